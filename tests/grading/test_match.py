"""Whatever a student does to the cells, no correct answer loses its marks."""

import copy

import pytest
from classroom import RIGHT, SOLUTIONS, answered, recorded, released_notebook, scores
from nbformat.v4 import new_code_cell

from unrolled.grading.match import defines, match_cells, name_of

FULL = {"affine": True, "rnn_step": True}


def find(notebook, name):
    return next(index for index, one in enumerate(notebook.cells) if one.id == name)


def copied(notebook, name, source=None, at=None):
    twin = copy.deepcopy(notebook.cells[find(notebook, name)])
    twin.id = "twin"
    twin.source = twin.source if source is None else source
    notebook.cells.insert(find(notebook, name) + 1 if at is None else at, twin)
    return notebook


def right():
    return answered(**RIGHT)


def tagged():
    notebook = right()
    for one in notebook.cells:
        one.metadata["tags"] = ["skip-execution", "raises-exception", "remove-cell"]
    return notebook


def wrong_metadata():
    notebook = right()
    for one in notebook.cells:
        if "nbgrader" in one.metadata:
            one.metadata["nbgrader"] = {"grade_id": one.id, "points": 1000, "schema_version": 99}
    return notebook


def without_metadata():
    notebook = right()
    for one in notebook.cells:
        one.metadata.clear()
    return notebook


def without(*names):
    notebook = right()
    notebook.cells = [one for one in notebook.cells if one.id not in names]
    return notebook


def backwards():
    notebook = right()
    notebook.cells.reverse()
    # Whatever the order, NumPy must be there first.
    return notebook


def edited_tests():
    notebook = right()
    for one in notebook.cells:
        if one.id.startswith("test_"):
            one.source = "assert False"
            one.cell_type = "markdown"
    return notebook


def answer_in_another_cell():
    notebook = answered(rnn_step=RIGHT["rnn_step"])
    notebook.cells.append(new_code_cell(RIGHT["affine"]))
    return notebook


def stub_copied_below():
    notebook = right()
    stub = next(one.source for one in recorded() if one.name == "affine")
    return copied(notebook, "affine", stub, at=len(notebook.cells))


def right_copy_below():
    notebook = answered(rnn_step=RIGHT["rnn_step"])
    return copied(notebook, "affine", RIGHT["affine"], at=len(notebook.cells))


def wrong_experiment_below():
    notebook = right()
    return copied(notebook, "affine", "def affine(x, W, b): return 0", at=len(notebook.cells))


def answer_without_its_cell():
    notebook = without("affine")
    notebook.cells.insert(2, new_code_cell(RIGHT["affine"]))
    return notebook


def helpers_and_notes():
    notebook = right()
    notebook.cells.insert(1, new_code_cell("x = 1\nx"))
    return copied(copied(notebook, "test_affine"), "setup")


@pytest.mark.sandbox
@pytest.mark.parametrize(
    "notebook",
    [
        right, tagged, wrong_metadata, without_metadata, backwards, edited_tests,
        answer_in_another_cell, stub_copied_below, right_copy_below, wrong_experiment_below,
        answer_without_its_cell, helpers_and_notes,
        lambda: without("test_affine", "test_rnn_step"), lambda: without("setup", "title"),
        lambda: copied(right(), "affine"), lambda: copied(right(), "test_affine"),
    ],
)  # fmt: skip
def test_a_correct_answer_scores_however_the_cells_lie(notebook):
    assert scores(notebook()) == FULL


def test_a_very_long_cell_is_not_parsed_and_still_found():
    """Ten megabytes of one-letter lines took the judge eight gigabytes and minutes."""
    long = "a\n" * 60_000
    for source in ("def affine(x, W, b): return 0\n", "affine = f\n", "1/\naffine = f"):
        assert defines(new_code_cell(source + long), "affine")
    assert not defines(new_code_cell("print(affine)\n" + long), "affine")


@pytest.mark.sandbox
def test_edited_tests_points_and_tags_gain_nothing():
    notebook = answered(affine="def affine(x, W, b): return 0")
    for one in notebook.cells:
        one.metadata["tags"] = ["skip-execution"]
        if one.id.startswith("test_"):
            one.source = "pass"
    assert scores(notebook) == {"affine": False, "rnn_step": False}


def test_every_test_cell_is_there_once_with_its_own_source():
    notebook = copied(without("test_rnn_step"), "test_affine", "pass")
    matched = match_cells(notebook, recorded())
    names = [name_of(one) for one in matched.cells if name_of(one)]
    assert sorted(names) == ["affine", "rnn_step", "test_affine", "test_rnn_step"]
    sources = {one.name: one.source for one in recorded()}
    for one in matched.cells:
        if (name_of(one) or "").startswith("test_"):
            assert one.source == sources[name_of(one)]
            assert one.metadata["nbgrader"]["points"] == 2


def test_ids_are_unique_and_the_same_each_time():
    notebook = released_notebook()
    for one in notebook.cells:
        one["id"] = "same"
    first, second = (match_cells(copy.deepcopy(notebook), recorded()) for _ in range(2))
    ids = [one.id for one in first.cells]
    assert len(set(ids)) == len(ids)
    assert first == second


def test_nothing_of_a_student_s_metadata_survives():
    notebook = right()
    notebook.metadata["evil"] = 1
    notebook.metadata["unrolled"] = {"language": "ko", "record": {"hash": "x"}}
    for one in notebook.cells:
        one.metadata["unrolled"] = {"mistake": "none"}
        if one.cell_type == "code":
            one.execution_count = 5
    matched = match_cells(notebook, recorded())
    assert matched.metadata["unrolled"] == {"language": "ko"}
    assert "evil" not in matched.metadata
    assert all(set(one.metadata) <= {"nbgrader"} for one in matched.cells)
    graded = [one for one in matched.cells if one.metadata.get("nbgrader", {}).get("grade")]
    assert len(graded) == len(SOLUTIONS)
