"""Every lecture runs from top to bottom, in both languages, in time and without a network."""

import time
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

COURSE = Path(__file__).parent.parent / "course"
LECTURES = sorted(COURSE.glob("*.ipynb")) + sorted(COURSE.glob("ko/*.ipynb"))


@pytest.mark.slow
@pytest.mark.keras
@pytest.mark.parametrize(
    "path", LECTURES, ids=[path.relative_to(COURSE).as_posix() for path in LECTURES]
)
def test_a_lecture_runs_from_top_to_bottom_in_a_minute(path, monkeypatch):
    # A proxy that refuses every connection stands for a machine without a network.
    for name in ("http_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    notebook = nbformat.read(path, as_version=4)
    start = time.perf_counter()
    NotebookClient(notebook, timeout=60, resources={"metadata": {"path": path.parent}}).execute()
    assert time.perf_counter() - start < 60
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            assert output.get("name") != "stderr", f"{cell['id']} writes to stderr: {output.text}"


def test_every_lecture_has_its_korean():
    english = {path.name for path in COURSE.glob("*.ipynb")}
    assert english
    assert english == {path.name for path in COURSE.glob("ko/*.ipynb")}


@pytest.mark.parametrize(
    "path", LECTURES, ids=[path.relative_to(COURSE).as_posix() for path in LECTURES]
)
def test_every_relative_link_leads_somewhere(path):
    import re

    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "markdown":
            for target in re.findall(r"\]\(([^)#\s]+)", cell.source):
                if "://" not in target:
                    assert (path.parent / target).exists(), f"{cell['id']}: {target}"
