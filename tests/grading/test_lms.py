"""The file for a learning management system holds the gradebook's final scores, and no other."""

import csv
import datetime
from concurrent.futures import ThreadPoolExecutor

import nbformat
import pytest
from classroom import RIGHT, answered, source_notebook, submit
from nbgrader.api import Gradebook
from nbgrader.plugins import CsvExportPlugin

from unrolled.grading import judges
from unrolled.grading.course import open_course
from unrolled.grading.lms import STUDENT_COLUMNS, write_lms
from unrolled.grading.runner import grade

pytestmark = pytest.mark.sandbox

SCORES = "00_start (4 points)"


def written(root, *args, **options):
    """Grade and write the file; its lines by the student's name, and its text."""
    with ThreadPoolExecutor(1) as executor:
        rows = grade(root, *args, executor=executor, **options)
    path = root / "lms.csv"
    write_lms(rows, open_course(root), path)
    text = path.read_text(encoding="utf-8")
    return {line["SIS Login ID"]: line for line in csv.DictReader(text.splitlines())}, text


def test_what_was_not_graded_is_empty_and_never_0(course, monkeypatch):
    submit(course, "ada", answered(**RIGHT))
    submit(course, "0042", answered(affine="def affine(x, W, b): return x @ W"))
    submit(course, "=evil()", answered(**RIGHT)).write_text("no")
    submit(course, "failed", answered(**RIGHT))
    submit(course, "지민", answered(affine=RIGHT["affine"]))
    (course / "submitted" / "nothing").mkdir()
    real = judges.judge_submission

    def broken(task):
        if task.submission.student == "failed":
            raise OSError("the machine is full")
        return real(task)

    monkeypatch.setattr(judges, "judge_submission", broken)
    lines, text = written(course)
    assert {name: line[SCORES] for name, line in lines.items()} == {
        "ada": "4", "0042": "0", "'=evil()": "", "failed": "", "지민": "2", "nothing": "",
    }  # fmt: skip
    head = text.splitlines()[0]
    assert head == ",".join(f'"{name}"' for name in (*STUDENT_COLUMNS, SCORES))
    # A name stands in quotes, a score does not.
    assert '"0042","","","0042","",0\n' in text.replace("\r\n", "\n")


def test_a_second_assignment_is_a_second_column_and_a_student_has_one_line(course):
    (course / "source" / "01_next").mkdir()
    nbformat.write(source_notebook(), course / "source" / "01_next" / "01_next.ipynb")
    submit(course, "ada", answered(**RIGHT))
    submit(course, "ada", answered(affine=RIGHT["affine"]), "01_next")
    submit(course, "bob", answered(**RIGHT), "01_next")
    (course / "submitted" / "bob" / "99_unknown").mkdir()
    lines, text = written(course)
    assert len(text.splitlines()) == 3
    assert [lines["ada"][SCORES], lines["ada"]["01_next (4 points)"]] == ["4", "2"]
    assert [lines["bob"][SCORES], lines["bob"]["01_next (4 points)"]] == ["", "4"]
    assert "99_unknown" not in text
    lines, text = written(course, ["01_next"], ["bob"])
    assert list(lines) == ["bob"]
    assert SCORES not in text


def test_late_penalties_and_manual_grades_count_as_in_nbgrader_s_own_export(course):
    config = course / "nbgrader_config.py"
    late = "\nc.LateSubmissionPlugin.penalty_method = 'zero'\n"
    config.write_text(config.read_text() + late)
    for student, day in (("early", 1), ("late", 9)):
        folder = submit(course, student, answered(**RIGHT)).parent
        (folder / "timestamp.txt").write_text(f"2026-01-0{day} 10:00:00 UTC")
    submit(course, "by-hand", answered(affine=RIGHT["affine"]))
    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        gradebook.add_assignment("00_start", duedate=datetime.datetime(2026, 1, 5))
    lines, _ = written(course)
    assert {name: line[SCORES] for name, line in lines.items()} == {
        "early": "4", "late": "0", "by-hand": "2",
    }  # fmt: skip
    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        given = gradebook.find_grade("test_rnn_step", "00_start", "00_start", "by-hand")
        given.manual_score, given.extra_credit = 1.25, 0.5
        gradebook.update_or_create_student("by-hand", lms_user_id="1234")
    lines, _ = written(course)
    assert lines["by-hand"][SCORES] == "3.75"
    assert lines["by-hand"]["ID"] == "1234"
    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        CsvExportPlugin(to=str(course / "export.csv")).export(gradebook)
    with (course / "export.csv").open() as file:
        exported = {line["student_id"]: float(line["score"]) for line in csv.DictReader(file)}
    assert exported == {name: float(line[SCORES]) for name, line in lines.items()}


def test_a_refused_second_hand_in_keeps_the_score_that_stands(course):
    path = submit(course, "ada", answered(**RIGHT))
    written(course)
    path.write_text("{")
    lines, _ = written(course)
    assert lines["ada"][SCORES] == "4"


def test_what_failed_is_empty_even_where_an_earlier_grade_is_in_the_gradebook(course, monkeypatch):
    submit(course, "ada", answered(**RIGHT))
    written(course)
    submit(course, "ada", answered())

    def broken(*args):
        raise OSError("the machine is full")

    monkeypatch.setattr(judges, "judge_submission", broken)
    lines, _ = written(course)
    assert lines["ada"][SCORES] == ""  # that grade is of another notebook


def test_points_are_never_taken_for_the_number_of_an_assignment_of_canvas(course):
    """Canvas reads "NAME (18)" as the assignment with the id 18, whatever that is."""
    import re

    submit(course, "ada", answered(**RIGHT))
    _, text = written(course)
    for name in next(csv.reader(text.splitlines())):
        assert not re.search(r"\s\(\d+\)$", name)
