import json

import pytest

from unrolled.authoring import notebooks

LECTURE = "course/00_start.ipynb"


def test_a_notebook_that_an_editor_saved_comes_back_to_one_form(course):
    path = course.root / LECTURE
    before = path.read_bytes()
    raw = json.loads(before)
    for number, cell in enumerate(raw["cells"]):
        cell["metadata"] = {"collapsed": True, "trusted": True}
        cell["source"] = "".join(cell["source"])
        if cell["cell_type"] == "code":
            cell["execution_count"] = number
            cell["outputs"] = [{"name": "stdout", "output_type": "stream", "text": "2"}]
    raw["metadata"]["language_info"] = {"name": "python", "version": "3.11.2"}
    path.write_text(json.dumps(raw))
    assert notebooks.tidy(path)
    assert path.read_bytes() == before
    assert not notebooks.tidy(path)


def test_korean_is_written_as_it_is(course):
    course.edit(LECTURE, "title", "Start", "시작")
    text = (course.root / LECTURE).read_text(encoding="utf-8")
    assert "시작" in text
    assert text.startswith('{\n "cells"')
    assert text.endswith("}\n")


def test_a_cell_without_an_id_gets_no_random_one(course):
    path = course.root / LECTURE
    raw = json.loads(path.read_text())
    del raw["cells"][0]["id"]
    path.write_text(json.dumps(raw))
    assert "id" not in notebooks.read(path).cells[0]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"nbformat": 4}', '{"nbformat": 3}'])
def test_what_is_no_notebook_is_named(tmp_path, text):
    path = tmp_path / "broken.ipynb"
    path.write_text(text)
    with pytest.raises(ValueError, match=r"broken\.ipynb is"):
        notebooks.read(path)


def test_points_are_those_of_the_test_cells(course):
    assert notebooks.exercise_points(course.read("source/00_start/00_start.ipynb")) == {"affine": 2}
