"""Every lecture runs from top to bottom, in both languages, in time and without a network."""

import re
import time
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from tests.authoring.seed_table import counts_of
from unrolled.authoring.measured import printed, unprinted

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
    # What the prose says was measured must be what this very run measured.
    assert unprinted(notebook) == []
    for what, (cell, number) in counts_of(path.stem).items():
        (named,) = [each for each in notebook.cells if each.id == cell]
        known = printed(nbformat.from_dict({"cells": [named]}))
        assert number in [each.value for each in known], f"cell {cell} does not print {what}"


def test_every_lecture_has_its_korean():
    english = {path.name for path in COURSE.glob("*.ipynb")}
    assert english
    assert english == {path.name for path in COURSE.glob("ko/*.ipynb")}


@pytest.mark.parametrize(
    "path", LECTURES, ids=[path.relative_to(COURSE).as_posix() for path in LECTURES]
)
def test_every_relative_link_leads_somewhere(path):
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "markdown":
            for target in re.findall(r"\]\(([^)#\s]+)", cell.source):
                if "://" not in target:
                    assert (path.parent / target).exists(), f"{cell['id']}: {target}"


INDEX = nbformat.read(COURSE / "index.ipynb", as_version=4)
KOREAN_INDEX = nbformat.read(COURSE / "ko/index.ipynb", as_version=4)
ROW = re.compile(r"^\| (\d\d) \| \[.+?\]\((.+?)\)<br>.*? \| (.+?) \| .+? \| \[.+?\]\((.+?)\)", re.M)


@pytest.mark.parametrize(("index", "place"), [(INDEX, COURSE), (KOREAN_INDEX, COURSE / "ko")])
def test_the_map_holds_every_lecture_with_its_own_question_and_assignment(index, place):
    map_cell = next(cell for cell in index.cells if cell.id == "map-of-the-course")
    rows = ROW.findall(map_cell.source)
    assert [number for number, *_ in rows] == [f"{number:02}" for number in range(9)]
    assert {path.name for path in place.glob("[0-9]*.ipynb")} <= {Path(r[1]).name for r in rows}
    for number, lecture, question, assignment in rows:
        assert Path(lecture).name == Path(assignment).name
        assert lecture.rpartition("/")[2].startswith(number)
        assert (place / assignment).is_file()
        if (place / lecture).is_file():
            opening = nbformat.read(place / lecture, as_version=4).cells[0].source
            assert f"**{question}**" in opening, f"{lecture} asks another question"


def test_the_map_stands_in_one_place():
    for path in LECTURES:
        if path.name != "index.ipynb":
            for cell in nbformat.read(path, as_version=4).cells:
                others = set(re.findall(r"\]\((\d\d_\w+\.ipynb)", cell.source)) - {path.name}
                assert len(others) <= 3, f"{path.name}, cell {cell.id} is a second map"


def test_the_readme_asks_the_same_questions():
    readme = (COURSE.parent / "README.md").read_text()
    map_cell = next(cell for cell in INDEX.cells if cell.id == "map-of-the-course")
    for number, lecture, question, _assignment in ROW.findall(map_cell.source):
        if f"](course/{lecture})" in readme:
            assert question in readme, f"the README asks another question for {number}"
