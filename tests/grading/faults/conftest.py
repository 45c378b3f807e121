"""A class that is graded twice, undisturbed, for disturbed batches to be compared with."""

import shutil
import sys
from pathlib import Path

import pytest

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1])]

from batches import Batch, first_hand_in, new_course, second_hand_in  # noqa: E402


@pytest.fixture(scope="session")
def graded_once(tmp_path_factory):
    """A course whose class was graded, has graded by hand, and has handed in again since."""
    batch = Batch(new_course(tmp_path_factory.mktemp("faults") / "course"))
    first_hand_in(batch.root)
    assert batch.run("--workers", "1").returncode == 1  # one is refused
    batch.end()
    second_hand_in(batch.root)
    return batch.root


@pytest.fixture(scope="session")
def undisturbed(graded_once, tmp_path_factory):
    """The same course after one more batch that nothing disturbs."""
    batch = Batch(copy_of(graded_once, tmp_path_factory.mktemp("undisturbed") / "course"))
    batch.finish("--workers", "2")
    batch.end()
    return batch


@pytest.fixture
def batch(graded_once, undisturbed, tmp_path):
    """A course to disturb; the last check of each test is that nothing is left of it."""
    made = Batch(copy_of(graded_once, tmp_path / "course"))
    yield made
    made.end()


def copy_of(root, place):
    shutil.copytree(root, place)
    return place
