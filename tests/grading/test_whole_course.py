"""All nine assignments graded as an instructor does: right ones score full, wrong ones are told."""

import json
import shutil
from functools import partial

import nbformat
import pytest
from classroom import REPOSITORY
from click.testing import CliRunner

from unrolled import exercises
from unrolled.authoring.notebooks import exercise_points, read
from unrolled.cli import main
from unrolled.demo import solutions, source_of

ASSIGNMENTS = exercises.assignments()
POINTS = {
    name: exercise_points(read(REPOSITORY / "source" / name / f"{name}.ipynb"))
    for name in ASSIGNMENTS
}
# Which of its known mistakes a student makes in every exercise.
MISTAKEN = {"first": 0, "second-ko": 1, "last": -1}

pytestmark = [
    pytest.mark.slow,
    pytest.mark.sandbox,
    pytest.mark.keras,
    pytest.mark.timeout(900),
]


def hand_in(root, student, assignment, answers):
    folder = "release/ko" if student.endswith("-ko") else "release"
    path = REPOSITORY / folder / assignment / f"{assignment}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        cell.source = answers.get(cell.metadata.get("nbgrader", {}).get("grade_id"), cell.source)
    handed_in = root / "submitted" / student / assignment / path.name
    handed_in.parent.mkdir(parents=True)
    nbformat.write(notebook, handed_in)


@pytest.fixture(scope="module")
def rows(tmp_path_factory):
    """The rows of `unrolled grade --json` for a small class that handed in everything."""
    root = tmp_path_factory.mktemp("course")
    shutil.copytree(REPOSITORY / "source", root / "source")
    shutil.copy(REPOSITORY / "nbgrader_config.py", root)
    for assignment, group in ASSIGNMENTS.items():
        give = partial(hand_in, root, assignment=assignment)
        give("right", answers=solutions(REPOSITORY, assignment))
        give("untouched", answers={})
        for student, which in MISTAKEN.items():
            wrong = {e.name: source_of(e.mistakes[which].function, e.name) for e in group}
            give(student, answers=wrong)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        result = CliRunner().invoke(main, ["grade", "--json", "grades.json"])
    assert result.exit_code == 0, result.output
    found = json.loads((root / "grades.json").read_text())
    return {(row["student"], row["assignment"]): row for row in found}


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_the_right_solutions_score_full(rows, assignment):
    row = rows["right", assignment]
    assert row["status"] == "graded"
    found = {name: each["score"] for name, each in row["exercises"].items()}
    assert found == POINTS[assignment]
    assert row["score"] == row["points"] == sum(POINTS[assignment].values())


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_an_untouched_release_scores_nothing(rows, assignment):
    assert rows["untouched", assignment]["score"] == 0


@pytest.mark.parametrize("student", MISTAKEN)
@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_each_known_mistake_is_named_and_costs_its_exercise(rows, assignment, student):
    row = rows[student, assignment]
    assert row["score"] == 0
    for exercise in ASSIGNMENTS[assignment]:
        told = row["exercises"][exercise.name]
        assert told["mistake"] == exercise.mistakes[MISTAKEN[student]].id
        assert told["message"]
        if student.endswith("-ko"):
            assert any("가" <= letter <= "힣" for letter in told["message"])
