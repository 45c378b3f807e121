"""A whole batch: right scores, refused and failed rows, skipping, killing, plain nbgrader."""

import csv
import fcntl
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import nbformat
import pytest
from classroom import RIGHT, answered, source_notebook, submit
from nbgrader.api import Gradebook

from unrolled.grading import report, runner
from unrolled.grading.course import AlreadyRunning, GradingError
from unrolled.grading.runner import SelfTestFailed, grade

pytestmark = pytest.mark.sandbox


def one_by_one(root, *args, **options):
    """Grade in this process: quicker for a few, and open to monkeypatching."""
    with ThreadPoolExecutor(1) as executor:
        return grade(root, *args, executor=executor, **options)


def by_student(rows):
    return {row.student: row for row in rows}


def a_class(root):
    submit(root, "ada", answered(**RIGHT))
    submit(root, "bob", answered(affine="def affine(x, W, b): return x @ W"))
    submit(root, "cy", answered(affine="import os; os._exit(0)", rnn_step=RIGHT["rnn_step"]))
    submit(root, "dee", answered())


SCORES = {"ada": 4, "bob": 0, "cy": 2, "dee": 0}


def test_a_class_is_graded_in_processes_and_skipped_when_unchanged(course):
    a_class(course)
    seen = []
    rows = grade(course, workers=2, progress=lambda *done: seen.append(done))
    assert {row.student: row.score for row in rows} == SCORES
    assert {row.status for row in rows} == {"graded"}
    assert [(done, all_) for done, all_, _ in seen] == [(n, 4) for n in range(1, 5)]
    assert by_student(rows)["bob"].exercises["affine"].mistake == "bias-ignored"
    again = one_by_one(course)
    assert all(row.skipped for row in again)
    assert [row.as_dict() for row in again] == [row.as_dict() for row in rows]
    submit(course, "dee", answered(**RIGHT))
    third = by_student(one_by_one(course))
    assert third["dee"].score == 4
    assert [name for name, row in third.items() if not row.skipped] == ["dee"]
    assert not any(row.skipped for row in one_by_one(course, students=["ada"], force=True))


def test_a_changed_assignment_is_graded_again(course):
    submit(course, "ada", answered(**RIGHT))
    one_by_one(course)
    notebook = source_notebook()
    notebook.cells[3].metadata["nbgrader"]["points"] = 5
    nbformat.write(notebook, course / "source" / "00_start" / "00_start.ipynb")
    (row,) = one_by_one(course)
    assert (row.score, row.points, row.skipped) == (7, 7, False)


def test_strange_submissions_are_refused_with_a_reason_and_stop_nobody(course, tmp_path):
    a_class(course)
    places = {name: submit(course, name, answered()) for name in ("link", "pipe", "huge", "text",
              "bomb", "old", "empty", "folder", "cell", "bytes")}  # fmt: skip
    secret = tmp_path / "secret.ipynb"
    nbformat.write(answered(**RIGHT), secret)
    for name in ("link", "pipe", "folder"):
        places[name].unlink()
    places["link"].symlink_to(secret)
    os.mkfifo(places["pipe"])
    places["folder"].mkdir()
    places["huge"].write_bytes(b" " * (11 * 2**20))
    places["text"].write_text("not a notebook")
    places["bomb"].write_text("[" * 10**6)
    places["old"].write_text('{"nbformat": 3, "worksheets": []}')
    places["empty"].unlink()
    places["cell"].write_text('{"nbformat": 4, "cells": [{"cell_type": "code", "source": 5}]}')
    places["bytes"].write_bytes(b"\xff\xfe")
    (course / "submitted" / "whole").symlink_to(course / "submitted" / "ada")
    (course / "submitted" / "evil\u202e").mkdir()
    shutil.copytree(
        course / "submitted" / "ada" / "00_start", course / "submitted" / "evil\u202e" / "00_start"
    )
    (course / "submitted" / "ada" / "99_unknown").mkdir()
    rows = one_by_one(course)
    refused = {row.student: row for row in rows if row.status == "refused"}
    assert set(refused) == {*places, "whole", "evil\\u202e", "ada"}
    assert all(row.reason and row.score is None for row in refused.values())
    graded = {row.student: row.score for row in rows if row.status == "graded"}
    assert graded == SCORES
    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        assert {student.id for student in gradebook.students} == set(SCORES)


def test_a_failure_of_ours_is_a_row_and_no_score_and_is_tried_again(course, monkeypatch):
    submit(course, "ada", answered(**RIGHT))
    submit(course, "bob", answered(**RIGHT))
    real = runner.judge_submission

    def broken(task):
        if task.submission.student == "bob":
            raise OSError("the machine is full")
        return real(task)

    monkeypatch.setattr(runner, "judge_submission", broken)
    rows = by_student(one_by_one(course))
    assert rows["ada"].score == 4
    assert (rows["bob"].status, rows["bob"].score) == ("failed", None)
    assert "full" in rows["bob"].reason
    monkeypatch.setattr(runner, "judge_submission", real)
    rows = by_student(one_by_one(course))
    assert (rows["bob"].score, rows["ada"].skipped) == (4, True)


def test_a_solution_that_fails_its_own_test_stops_everything(course):
    submit(course, "ada", answered(**RIGHT))
    broken = source_notebook()
    broken.cells[2].source = broken.cells[2].source.replace("x @ W + b", "0")
    nbformat.write(broken, course / "source" / "00_start" / "00_start.ipynb")
    with pytest.raises(SelfTestFailed, match="source/00_start"):
        one_by_one(course)
    assert not (course / "autograded" / "ada").exists()


def test_a_second_run_at_the_same_time_stops_with_a_word(course):
    (course / "autograded" / ".grading").mkdir(parents=True)
    with (course / "autograded" / ".grading" / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(AlreadyRunning, match="another run"):
            one_by_one(course)


def test_wrong_names_are_told_what_there_is(course):
    with pytest.raises(GradingError, match="00_start"):
        one_by_one(course, ["07_nothing"])
    with pytest.raises(GradingError, match="nobody"):
        one_by_one(course, students=["nobody"])


def test_a_killed_run_leaves_nothing_that_the_next_believes(course):
    for number in range(6):
        submit(course, f"student{number}", answered(**RIGHT))
    script = course / "run.py"
    script.write_text(
        "from unrolled.grading.runner import grade\n"
        f"if __name__ == '__main__': grade({str(course)!r}, workers=2)\n"
    )
    process = subprocess.Popen([sys.executable, str(script)])
    deadline = time.monotonic() + 60
    while not list(course.glob("autograded/student*")) and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait()
    done = len(list(course.glob("autograded/student*/00_start/00_start.ipynb")))
    assert done > 0
    rows = one_by_one(course)
    assert [row.score for row in rows] == [4] * 6
    assert sum(row.skipped for row in rows) <= done
    assert not list(course.glob("autograded/.grading/stage-*"))


def nbgrader(root, *args):
    path = os.pathsep.join([os.path.dirname(sys.executable), os.environ["PATH"]])
    return subprocess.run(
        [sys.executable, "-m", "nbgrader", *args],
        cwd=root,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )


def test_plain_nbgrader_gives_the_same_scores_and_feedback_hides_the_tests(course):
    a_class(course)
    answer = answered(affine=RIGHT["affine"])
    answer.cells.insert(0, nbformat.v4.new_markdown_cell("<script>alert(1)</script>\n\n*hello*"))
    answer.cells.insert(0, nbformat.v4.new_code_cell("print('<script>alert(2)</script>')"))
    submit(course, "eve", answer)
    link = course / "submitted" / "dee" / "00_start" / "passwords"
    link.symlink_to("/etc/passwd")
    assert nbgrader(course, "generate_assignment", "00_start").returncode == 0
    said = nbgrader(course, "autograde", "00_start")
    assert "passwords is not a regular file" in said.stderr
    assert not (course / "autograded" / "dee" / "00_start").exists()
    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        plain = {
            name: gradebook.find_submission("00_start", name).score
            for name in ("ada", "bob", "cy", "eve")
        }
    link.unlink()
    rows = {row.student: row.score for row in one_by_one(course)}
    assert rows == SCORES | {"eve": 2}
    assert plain == {name: rows[name] for name in plain}

    assert nbgrader(course, "generate_feedback", "00_start").returncode == 0
    pages = {p.parent.parent.name: p.read_text() for p in course.glob("feedback/*/*/*.html")}
    assert set(pages) == {"ada", "bob", "cy", "dee", "eve"}
    for page in pages.values():
        assert "default-src &#39;none&#39;" in page or "default-src 'none'" in page
        assert "HIDDEN" not in page
        text = re.sub(r"<style.*?</style>|<script.*?</script>", "", page, flags=re.S)
        assert not re.search(r"seed\W", text)
    assert "bias b is missing" in pages["bob"]
    assert "alert(1)" not in pages["eve"]
    assert "<script>alert(2)" not in pages["eve"]
    assert "<em>hello</em>" in pages["eve"]

    assert nbgrader(course, "export").returncode == 0
    with (course / "grades.csv").open() as file:
        exported = {line["student_id"]: float(line["score"]) for line in csv.DictReader(file)}
    assert exported == rows


def test_reports_are_written_for_people_and_machines(course, tmp_path):
    a_class(course)
    submit(course, "=evil()", answered()).write_text("no")
    rows = one_by_one(course)
    report.write_json(rows, tmp_path / "rows.json")
    report.write_csv(rows, tmp_path / "rows.csv")
    report.write_junit(rows, tmp_path / "rows.xml")
    listed = json.loads((tmp_path / "rows.json").read_text())
    keys = ["student", "assignment", "status", "reason", "score", "points", "seconds", "exercises"]
    assert all(list(row) == keys for row in listed)
    ada = next(row for row in listed if row["student"] == "ada")
    assert ada["exercises"]["affine"].keys() == {"score", "points", "mistake", "message"}
    assert "'=evil()" in (tmp_path / "rows.csv").read_text()
    assert '<failure message="bias-ignored">' in (tmp_path / "rows.xml").read_text()
    assert report.commonest_mistakes(rows) == [("affine", "bias-ignored", 1)]
    from rich.console import Console

    with (tmp_path / "table.txt").open("w") as file:
        Console(file=file, width=160).print(report.score_table(rows))
    table = (tmp_path / "table.txt").read_text()
    assert "affine: bias-ignored" in table
    assert "refused" in table
