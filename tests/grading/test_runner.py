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
from concurrent.futures.process import BrokenProcessPool

import nbformat
import pytest
from classroom import RIGHT, answered, recorded, source_notebook, submit
from nbconvert.filters import strip_files_prefix
from nbgrader.api import Gradebook

from unrolled.grading import judges, memory_watch, report
from unrolled.grading.course import AlreadyRunning, GradingError, open_course
from unrolled.grading.feedback import clean_markdown
from unrolled.grading.judge import Judge
from unrolled.grading.judging import Part, SelfTestFailed
from unrolled.grading.runner import grade
from unrolled.grading.trial import JudgeError

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
    assert {row.reason for row in rows} == {None}
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
    real = judges.judge_submission

    def broken(task):
        if task.submission.student == "bob":
            raise OSError("the machine is full")
        return real(task)

    monkeypatch.setattr(judges, "judge_submission", broken)
    rows = by_student(one_by_one(course))
    assert rows["ada"].score == 4
    assert (rows["bob"].status, rows["bob"].score) == ("failed", None)
    assert "full" in rows["bob"].reason
    monkeypatch.setattr(judges, "judge_submission", real)
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


def test_a_time_that_is_none_is_refused_until_it_is_mended(course):
    stamp = submit(course, "ada", answered(**RIGHT)).parent / "timestamp.txt"
    for wrong in ("yesterday, honestly", "9" * 50, "2026-01-01 " * 20):
        stamp.write_text(wrong)
        (row,) = one_by_one(course)
        assert row.status == "refused"
        assert "timestamp.txt" in (row.reason or "")
    stamp.write_text("2026-01-01 10:00:00 UTC\n")
    (row,) = one_by_one(course)
    assert (row.status, row.score) == ("graded", 4)
    assert (course / "autograded" / "ada" / "00_start" / "timestamp.txt").exists()
    assert one_by_one(course)[0].skipped
    stamp.write_text("2026-01-02 10:00:00 UTC")
    assert not one_by_one(course)[0].skipped


def test_every_folder_gets_a_row_with_a_reason(course):
    submit(course, "ada", answered(**RIGHT))
    (course / "submitted" / "bob").mkdir()
    (course / "submitted" / "cy").mkdir()
    (course / "submitted" / "cy" / "mail.txt").write_text("I was ill.")
    (course / "submitted" / ".ipynb_checkpoints").mkdir()
    for name in (".dee", "e[v]e", "f*", "g?"):
        submit(course, name, answered(**RIGHT))
    for wanted in ([], ["00_start"]):
        rows = by_student(one_by_one(course, wanted))
        assert set(rows) == {"ada", "bob", "cy", ".dee", "e[v]e", "f*", "g?"}
        assert rows.pop("ada").status == "graded"
        assert {row.status for row in rows.values()} == {"refused"}
        assert rows["bob"].reason == rows["cy"].reason == "nothing was handed in"
        assert "pattern" in (rows["e[v]e"].reason or "")
        assert "leading dot" in (rows[".dee"].reason or "")


def test_a_name_that_is_no_text_is_refused(course):
    submit(course, "ada", answered(**RIGHT))
    one_by_one(course)
    (course / "submitted" / "ada").rename(course / "submitted" / os.fsdecode(b"\xff\xfe"))
    (row,) = one_by_one(course)
    assert (row.status, row.student) == ("refused", "\\udcff\\udcfe")


def test_an_assignment_s_name_holds_no_pattern(course):
    (course / "source" / "00_start").rename(course / "source" / "00[s]tart")
    with pytest.raises(GradingError, match="Rename it"):
        one_by_one(course)


def test_files_of_the_assignment_are_there_and_count(course):
    data = course / "source" / "00_start" / "data.csv"
    data.write_text("1,2")
    read = "assert open('data.csv').read()\n" + RIGHT["affine"]
    submit(course, "ada", answered(affine=read))
    assert one_by_one(course)[0].score == 2
    assert nbgrader(course, "autograde", "00_start").returncode == 0
    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        assert gradebook.find_submission("00_start", "ada").score == 2
    data.write_text("")
    (row,) = one_by_one(course)
    assert (row.score, row.skipped) == (0, False)
    data.write_bytes(bytes(9 * 2**20))
    with pytest.raises(GradingError, match=r"source/00_start/ have 9\.0 MB"):
        one_by_one(course)


@pytest.mark.parametrize("error", [JudgeError("ours"), BrokenProcessPool(), OSError("full")])
def test_a_solution_that_cannot_be_judged_stops_everything_with_a_sentence(
    course, monkeypatch, error
):
    def broken(task):
        raise error

    submit(course, "ada", answered(**RIGHT))
    monkeypatch.setattr(judges, "judge_solution", broken)
    with pytest.raises(SelfTestFailed, match="Nothing was graded"):
        one_by_one(course)


def test_a_seed_that_is_none_is_told_before_anything_is_graded(course, monkeypatch):
    for wrong in ("seven", "-1", "1.5", "\u0663"):
        monkeypatch.setenv("UNROLLED_SEED", wrong)
        with pytest.raises(GradingError, match="UNROLLED_SEED"):
            open_course(course)
    monkeypatch.setenv("UNROLLED_SEED", "7")
    open_course(course)


def test_a_course_is_opened_without_a_path_and_twice_alike(course, monkeypatch, tmp_path):
    monkeypatch.delenv("PATH")
    open_course(course)
    path = os.environ["PATH"]
    open_course(course)
    assert os.environ["PATH"] == path
    with pytest.raises(GradingError, match="nbgrader_config"):
        open_course(tmp_path)


def test_no_more_are_judged_at_once_than_the_memory_is_enough_for(monkeypatch):
    options = Judge().options()

    def heaviest(parts):
        return judges.profiles_of(parts, options)[-1]

    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: set(range(16)))
    for mib, count in ((100, 1), (3000, 2), (10**6, 16), (None, 16)):
        size = None if mib is None else mib * 2**20
        monkeypatch.setattr(judges, "available", lambda size=size: size)
        assert judges.default_workers(heaviest([])) == count
    monkeypatch.setattr(judges, "available", lambda: 9000 * 2**20)
    (keras,) = recorded({"build_name_classifier": "### BEGIN SOLUTION\n1\n### END SOLUTION"})[:1]
    assert judges.default_workers(heaviest([Part({"00": (keras,)}, {}, options)])) == 4


def test_a_container_s_limit_counts_without_the_files_that_were_read(monkeypatch, tmp_path):
    monkeypatch.setattr(memory_watch, "CGROUP", tmp_path)
    assert (memory_watch.available() or 0) > 10**8
    for name, text in (("max", "7000"), ("current", "6000"), ("stat", "anon 9\ninactive_file 50")):
        (tmp_path / f"memory.{name}").write_text(f"{text}\n")
    assert memory_watch.available() == 1050


def test_advice_that_deletes_grades_says_so(course):
    submit(course, "ada", answered(**RIGHT))
    one_by_one(course)
    broken = source_notebook()
    del broken.cells[4:]
    nbformat.write(broken, course / "source" / "00_start" / "00_start.ipynb")
    with pytest.raises(
        GradingError, match=r"deletes every grade of 00_start(.|\n)*nbgrader export"
    ):
        one_by_one(course)


def test_markdown_shows_no_picture_from_elsewhere():
    said = clean_markdown(
        "![a](http://e.example/a.png) ![b](//e.example/b.png) ![c](data:image/png;base64,AA==)\n"
        "<img src='https://e.example/d.png' srcset='https://e.example/e.png'>\n"
        "[page](https://w.example) [mail](mailto:a@w.example) [bad](javascript:alert(1)) "
        "[worse](data:text/html;base64,AA==)"
    )
    assert "e.example" not in said
    assert "javascript" not in said
    assert "text/html" not in said
    for kept in ("data:image/png", "https://w.example", "mailto:a@w.example"):
        assert kept in said


def test_endless_markdown_is_shown_as_it_was_written():
    """A hundred kilobytes of Markdown once took 38 seconds to show, and brackets even longer."""
    long = "$a " * 60_000 + "\\begin{a}" * 60_000
    assert clean_markdown(f"<b>{long}") == f"<pre>&lt;b&gt;{long}</pre>"
    assert strip_files_prefix(clean_markdown("[" * 300_000)).count("&#91;") == 300_000
    assert clean_markdown("a[1] and [b](https://b.example)").count("<a href") == 1
    picture = f"![p](data:image/png;base64,{'A' * 100_000})"
    assert "<img" in clean_markdown(picture)


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
    finished = "autograded/student*/00_start/00_start.ipynb"
    while not list(course.glob(finished)) and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait()
    done = len(list(course.glob(finished)))
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
    assert '<failure message="bias-ignored"' in (tmp_path / "rows.xml").read_text()
    assert report.commonest_mistakes(rows) == [report.CommonMistake("affine", "bias-ignored", 1, 4)]
    from rich.console import Console

    with (tmp_path / "table.txt").open("w") as file:
        Console(file=file, width=160).print(report.score_table(rows))
    table = (tmp_path / "table.txt").read_text()
    assert "affine: bias-ignored" in table
    assert "refused" in table
