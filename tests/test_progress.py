"""The front page says of every exercise whether it is untouched, begun or passed, as saved."""

import json
import os
import shutil
from pathlib import Path

import pytest

from unrolled import check, checks, exercises
from unrolled.language import speaking
from unrolled.progress import LARGEST, Standing, _as_released, progress

ROOT = Path(__file__).parent.parent
FOLDERS = {"en": "release", "ko": "release/ko"}
FIRST = "00_start/00_start.ipynb"
RIGHT = "def affine(x, W, b):\n    return x @ W + b"


@pytest.fixture
def work(tmp_path):
    """A work copy as `make lab` makes it: lectures' folders and every released assignment."""
    shutil.copytree(ROOT / "release", tmp_path / "release")
    (tmp_path / "course/ko").mkdir(parents=True)
    return tmp_path


def edit(path, id, source=None, outputs=None):
    """Save a cell of a notebook as JupyterLab does: sources and texts in lines."""
    notebook = json.loads(path.read_text())
    cell = next(cell for cell in notebook["cells"] if cell["id"] == id)
    if source is not None:
        cell["source"] = source.splitlines(keepends=True)
    if outputs is not None:
        cell["outputs"] = outputs
    path.write_text(json.dumps(notebook))


def passed(name, answer, language="en"):
    """The outputs of a check that passed, as a kernel sends them."""
    from IPython.core.formatters import DisplayFormatter

    with speaking(language):
        data, _metadata = DisplayFormatter().format(check(name, answer))
    data = {key: text.splitlines(keepends=True) for key, text in data.items()}
    return [{"output_type": "execute_result", "data": data, "metadata": {}, "execution_count": 3}]


def affine(x, W, b):
    return x @ W + b


FAILED = [{"output_type": "error", "ename": "CheckFailed", "evalue": "not yet", "traceback": []}]


def standing(work, assignment="00_start", place="course") -> Standing:
    found = progress(work / place).standings
    return next(each for each in found if each.assignment == assignment)


def test_a_fresh_work_copy_is_untouched_throughout(work):
    found = progress(work / "course")
    names = [each.name for group in exercises.assignments().values() for each in group]
    assert [name for each in found.standings for name in each.states] == names
    assert found.count("untouched") == len(names)
    assert f"0 of {len(names)} exercises passed, 0 begun." in str(found)
    assert "Go on with affine in Assignment 00 · Start." in str(found)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_every_released_answer_cell_counts_as_released(language):
    paths = sorted((ROOT / FOLDERS[language]).glob("[0-9]*/*.ipynb"))
    assert len(paths) == 9
    for path in paths:
        for cell in json.loads(path.read_text())["cells"]:
            if cell["metadata"].get("nbgrader", {}).get("solution"):
                assert _as_released(cell), f"{path}: {cell['id']}"
                cell["source"] = [*cell["source"], "\n"]
                assert not _as_released(cell)


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("spoken", ["en", "ko"])
def test_untouched_begun_and_passed_are_told_apart_in_both_languages(work, language, spoken):
    path = work / FOLDERS[language] / FIRST
    with speaking(language):
        edit(path, "test_affine", outputs=FAILED)
        assert standing(work).states == {"affine": "untouched"}
        edit(path, "affine", source="def affine(x, W, b):\n    return x @ W")
        assert standing(work).states == {"affine": "begun"}
        edit(path, "affine", source=RIGHT)
        edit(path, "test_affine", outputs=passed("affine", affine, spoken))
        assert standing(work).states == {"affine": "passed"}
        edit(path, "test_affine", outputs=FAILED)
        assert standing(work).states == {"affine": "begun"}


def test_a_printed_check_counts_and_another_exercises_tick_does_not(work):
    path = work / "release" / FIRST
    edit(path, "affine", source=RIGHT)
    said = {"output_type": "stream", "name": "stdout"}
    edit(path, "test_affine", outputs=[said | {"text": ["✓ affinely: right\n"]}])
    assert standing(work).states == {"affine": "begun"}
    edit(path, "test_affine", outputs=[said | {"text": ["mine\n", "✓ affine: right\n"]}])
    assert standing(work).states == {"affine": "passed"}


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_passed_check_begins_with_a_tick_and_the_name(language):
    with speaking(language):
        assert str(checks.Report("rnn_step", 5, hidden=False)).startswith("✓ rnn_step:")


def test_a_cell_without_a_checksum_goes_by_its_stub(work):
    path = work / "release" / FIRST
    notebook = json.loads(path.read_text())
    for cell in notebook["cells"]:
        cell["metadata"] = {}  # as some editors save it
    path.write_text(json.dumps(notebook))
    assert standing(work).states == {"affine": "untouched"}
    edit(path, "affine", source=RIGHT)
    assert standing(work).states == {"affine": "begun"}


def test_the_students_own_file_counts_and_not_the_new_version_beside_it(work):
    path = work / "release" / FIRST
    shutil.copy(path, path.with_name("00_start.new2.ipynb"))
    edit(path, "affine", source=RIGHT)
    assert standing(work).states == {"affine": "begun"}
    assert standing(work).path == path
    assert standing(work).remark == ""


def test_who_moved_on_to_the_new_version_or_the_other_language_is_told_where(work):
    new = work / "release/00_start/00_start.new2.ipynb"
    shutil.copy(work / "release" / FIRST, new)
    edit(new, "affine", source=RIGHT)
    assert standing(work).states == {"affine": "begun"}
    assert standing(work).remark == "This is what release/00_start/00_start.new2.ipynb holds."
    edit(work / "release/ko" / FIRST, "test_affine", outputs=passed("affine", affine))
    assert standing(work).remark == f"This is what release/ko/{FIRST} holds."
    with speaking("ko"):
        assert standing(work, place="course/ko").remark == ""


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "it cannot be read as a notebook. Rename it, and `make lab` copies a new one."),
        (b"\xff\xfe{", "it cannot be read as a notebook."),
        (b"[" * 100_000, "it cannot be read as a notebook."),
        (b"1" * 5_000, "it cannot be read as a notebook."),
        (b"[1, 2]", "it cannot be read as a notebook."),
        (b'{"cells": 3}', "it cannot be read as a notebook."),
        (b" " * (LARGEST + 1), "it is too large to read (20 MB). Clear its outputs and save it."),
        (None, "it is not there. `make lab` copies it again."),
    ],
    ids=["empty", "bytes", "deep", "number", "list", "no-cells", "huge", "missing"],
)
def test_a_notebook_that_cannot_be_read_is_a_sentence(work, content, sentence):
    path = work / "release" / FIRST
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    assert standing(work).remark.startswith(f"release/{FIRST}: {sentence}")
    assert f"release/{FIRST}: {sentence}" in progress(work)._repr_html_()
    with speaking("ko"):  # the Korean notebook beside it is whole
        assert standing(work).remark == ""
    shutil.rmtree(work / "release/ko")
    assert standing(work).states == {"affine": "unknown"}
    assert "Assignment" not in standing(work).title
    assert "00_start: ? of 1\n    release/" in str(progress(work))
    assert ('href="release/00_start/' in progress(work)._repr_html_()) == (content is not None)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes on this system")
def test_a_pipe_or_a_folder_in_a_notebooks_place_stops_nothing(work):
    path = work / "release" / FIRST
    path.unlink()
    os.mkfifo(path)
    assert "it is not there" in standing(work).remark
    path.unlink()
    path.mkdir()
    assert "it is not there" in standing(work).remark


@pytest.mark.parametrize(
    "strange",
    [None, 3, "text", [], {}, [None, 3], {"a": []}, "\ud800"],
    ids=repr,
)
@pytest.mark.parametrize("key", ["id", "cell_type", "metadata", "source", "outputs"])
def test_a_strange_cell_is_no_error(work, key, strange):
    path = work / "release" / FIRST
    notebook = json.loads(path.read_text())
    for cell in notebook["cells"]:
        cell[key] = strange
    notebook["cells"] += [strange, {"outputs": [strange, {"data": strange, "text": strange}]}]
    path.write_text(json.dumps(notebook))
    found = progress(work)
    assert str(found).encode()
    assert found._repr_html_().encode()


def test_nothing_is_changed_by_looking(work):
    before = {path: path.read_bytes() for path in work.rglob("*.ipynb")}
    str(progress(work / "course"))
    assert {path: path.read_bytes() for path in work.rglob("*.ipynb")} == before


def test_outside_a_work_copy_it_says_how_to_open_the_course(tmp_path):
    found = progress(tmp_path)
    assert "make lab" in str(found)
    assert found._repr_html_().startswith("<p>There is no folder release/")


@pytest.mark.parametrize("place", ["course", "course/ko"])
def test_the_links_of_the_table_lead_to_the_notebooks(work, place):
    import re

    with speaking("ko" if place.endswith("ko") else "en"):
        page = progress(work / place)._repr_html_()
        links = re.findall(r'href="([^"]+)"', page)
        assert len(links) == 10  # nine assignments, and where to go on
        assert all((work / place / link).is_file() for link in links)
        own = "release/ko" if place.endswith("ko") else "release/0"
        assert all(own in link for link in links)


def test_a_title_cannot_bring_markup_along(work):
    edit(work / "release" / FIRST, "title", source="# <script>alert(1)</script>")
    page = progress(work)._repr_html_()
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_what_was_begun_comes_before_what_was_not(work):
    edit(work / "release/02_recurrent_neuron/02_recurrent_neuron.ipynb", "rnn_layer", source="1")
    found = progress(work)
    assert "Go on with rnn_layer in Assignment 02 · The recurrent neuron." in str(found)
    assert "35 exercises passed, 1 begun." in str(found)


def test_when_all_is_passed_it_says_so(work):
    edit(work / "release" / FIRST, "test_affine", outputs=passed("affine", affine))
    found = progress(work)
    assert found.count("passed") == 1
    assert "Go on with output_shape in Assignment 01" in str(found)
    only = type(found)(found.standings[:1], folder=work)
    assert str(only).endswith("Every exercise is passed.")
