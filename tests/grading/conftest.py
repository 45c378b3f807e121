"""The fixtures of the grading tests."""

import shutil
import sys
from pathlib import Path

import nbformat
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from classroom import REPOSITORY, source_notebook

from unrolled.grading.remote import Worker


@pytest.fixture
def course(tmp_path):
    """The root of a course with one assignment, and no submissions yet."""
    root = tmp_path / "course"
    (root / "source" / "00_start").mkdir(parents=True)
    (root / "submitted").mkdir()
    nbformat.write(source_notebook(), root / "source" / "00_start" / "00_start.ipynb")
    shutil.copy(REPOSITORY / "nbgrader_config.py", root)
    return root


@pytest.fixture
def worker():
    with Worker() as started:
        yield started
