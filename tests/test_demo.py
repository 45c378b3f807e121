"""The sample class, graded for real: each honest student gets exactly the score that is due."""

from pathlib import Path

import pytest

from unrolled import exercises
from unrolled.authoring.notebooks import exercise_points, read
from unrolled.demo import ASSIGNMENT, SAMPLES, due, grade_class, write_class

ROOT = Path(__file__).parent.parent
POINTS = exercise_points(read(ROOT / "source" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"))


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    return write_class(ROOT, tmp_path_factory.mktemp("class") / "demo")


@pytest.fixture(scope="module")
def rows(demo):
    return {row.student: row for row in grade_class(demo)}


pytestmark = [pytest.mark.slow, pytest.mark.sandbox, pytest.mark.timeout(900)]


def test_the_class_holds_every_kind_of_student():
    assert len(SAMPLES) >= 12
    assert {sample.language for sample in SAMPLES} == {"en", "ko"}
    assert len({sample.student for sample in SAMPLES}) == len(SAMPLES)


@pytest.mark.parametrize("sample", SAMPLES, ids=[sample.student for sample in SAMPLES])
def test_each_student_gets_exactly_the_score_that_is_due(rows, sample):
    row = rows[sample.student]
    assert row.score == due(sample, row)
    if not sample.refused:
        assert {name: each.points for name, each in row.exercises.items()} == POINTS
    assert row.status == ("refused" if sample.refused else "graded")
    assert bool(row.reason) == sample.refused


@pytest.mark.parametrize("sample", SAMPLES, ids=[sample.student for sample in SAMPLES])
def test_each_known_mistake_is_named(rows, sample):
    for name, mistake in sample.mistakes.items():
        result = rows[sample.student].exercises[name]
        assert result.mistake == mistake
        assert result.score == 0
        assert result.message


def test_korean_students_are_told_in_korean(rows):
    message = rows["mistaken-ko"].exercises["rnn_step"].message
    assert any("가" <= letter <= "힣" for letter in message)


def test_every_exercise_of_the_assignment_has_a_row(rows):
    names = {exercise.name for exercise in exercises.assignments()[ASSIGNMENT]}
    for row in rows.values():
        if row.status == "graded":
            assert set(row.exercises) == names


def test_a_second_run_grades_nobody_again_and_changes_no_score(demo, rows):
    again = {row.student: row for row in grade_class(demo)}
    assert {name: row.score for name, row in again.items()} == {
        name: row.score for name, row in rows.items()
    }
