"""Clocks that jump, memory that is short, and submissions that change, hide or come in hundreds."""

import os
import re
import resource
import shutil
import signal
import unicodedata
from pathlib import Path

import pytest
from batches import (
    SOURCE,
    Batch,
    hand_in,
    kinds,
    new_course,
    result_of,
    said,
    wait_until,
    without_override,
    without_seconds,
)
from classroom import RIGHT, SOLUTIONS, source_notebook

from unrolled.grading import graded_cells
from unrolled.grading.trial import JudgeError, message_of

pytestmark = [pytest.mark.sandbox, pytest.mark.slow]

JUMPS = """
import itertools, time

def jumping(now, day):
    jumps = itertools.cycle((0, day, -400 * day, 7 * day))
    return lambda: now() + next(jumps)

time.time = jumping(time.time, 86400)
time.time_ns = jumping(time.time_ns, 86400 * 10**9)
"""


def notebook(batch, student):
    return batch.root / "submitted" / student / "00_start" / "00_start.ipynb"


def graded_with(batch, *words, **options):
    """A run's rows by student, and what it said."""
    path = batch.root.with_name("meanwhile.json")
    done = batch.run("--workers", "1", "--json", str(path), *words, **options)
    return {row["student"]: row for row in without_seconds(path)}, said(done)


def test_a_clock_that_jumps_changes_nothing(batch, undisturbed, tmp_path):
    """Every process that grades sees a time that goes days forth and back with every look."""
    (tmp_path / "clock").mkdir()
    (tmp_path / "clock" / "sitecustomize.py").write_text(JUMPS)
    paths = os.pathsep.join([str(tmp_path / "clock"), str(SOURCE)])
    rows, _ = graded_with(batch, PYTHONPATH=paths)
    assert list(rows.values()) == undisturbed.rows
    for number, path in enumerate(sorted(batch.root.rglob("*"))):
        os.utime(path, (0, (number % 3) * 2**31))
    assert batch.same_as(undisturbed)
    graded = sum(row["status"] == "graded" for row in undisturbed.rows)
    assert f"{graded} unchanged since they were graded" in batch.said


def test_memory_that_is_short_fails_rows_and_never_scores_them(batch, undisturbed):
    path = batch.root.with_name("short.json")
    process = batch.start("--workers", "1", "--json", str(path))
    before = batch.written()
    wait_until(lambda: batch.written() - before)
    (judging,) = wait_until(lambda: kinds(process.pid)["judging process"])
    (server,) = wait_until(lambda: kinds(process.pid)["fork server"])
    size = int(Path(f"/proc/{judging}/statm").read_text().split()[0]) * resource.getpagesize()
    resource.prlimit(judging, resource.RLIMIT_AS, (size // 2, size // 2))
    os.kill(server, signal.SIGKILL)
    done = result_of(process)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    due = {row["student"]: row for row in undisturbed.rows}
    rows = without_seconds(path)
    failed = [row for row in rows if row["status"] == "failed"]
    assert failed
    assert all(row == due[row["student"]] for row in rows if row not in failed)
    assert all(row["score"] is None for row in failed)
    assert all("(not a score: run it again)" in row["reason"] for row in failed)
    assert batch.same_as(undisturbed, "--workers", "1")


def test_memory_that_is_short_in_a_test_s_own_line_is_no_mistake_of_a_student_s():
    (test,) = graded_cells.test_cells(source_notebook({"affine": SOLUTIONS["affine"]}))
    with pytest.raises(MemoryError) as raised:
        exec(compile("raise MemoryError", f"<{test.name}>", "exec"))
    with pytest.raises(JudgeError, match="MemoryError"):
        message_of(raised.value, test, visible=True)


def test_submissions_that_change_between_listing_and_reading_are_refused(batch, undisturbed):
    kept = batch.root.with_name("kept")
    shutil.copytree(batch.root / "submitted", kept)
    path = batch.root.with_name("changed.json")
    process = batch.start("--workers", "1", "--json", str(path))
    # The solution is being judged: all are listed, none is read to be judged.
    wait_until(lambda: kinds(process.pid)["judging process"])
    notebook(batch, "hal").unlink()
    notebook(batch, "hal").symlink_to(notebook(batch, "ada"))
    os.truncate(notebook(batch, "gus"), 500)
    shutil.rmtree(batch.root / "submitted" / "cy")
    notebook(batch, "eve").write_text('{"nbformat": 4, "cells": [5]}')
    notebook(batch, "bob").unlink()
    notebook(batch, "bob").mkdir()
    done = result_of(process)
    assert "Traceback" not in done.stderr
    rows = {row["student"]: row for row in without_seconds(path)}
    due = {row["student"]: row for row in undisturbed.rows}
    reasons = {"hal": "is a link", "gus": "JSON breaks off", "cy": "nothing was handed in",
               "eve": "a cell that is no cell", "bob": "not a regular file"}  # fmt: skip
    for student, reason in reasons.items():
        assert (rows[student]["status"], rows[student]["score"]) == ("refused", None)
        assert reason in rows[student]["reason"]
    assert "the grade of what was handed in before, 4, stands" in rows["eve"]["reason"]
    assert all(rows[name] == due[name] for name in ("ada", "dee", "fay"))
    shutil.rmtree(batch.root / "submitted")
    shutil.copytree(kept, batch.root / "submitted")
    assert batch.same_as(undisturbed, "--workers", "1")


def test_what_may_not_be_read_is_refused_with_a_reason_and_stops_nobody(batch, undisturbed):
    submitted = batch.root / "submitted"
    closed = {
        notebook(batch, "hal"): 0o000,
        submitted / "gus" / "00_start": 0o000,
        submitted / "cy": 0o000,
        submitted / "bob": 0o600,
        submitted / "eve" / "00_start" / "timestamp.txt": 0o000,
    }
    before = {path: path.stat().st_mode for path in closed}
    for path, mode in closed.items():
        path.chmod(mode)
    try:
        rows, _ = graded_with(batch, within=without_override())
    finally:
        for path, mode in before.items():
            path.chmod(mode)
    due = {row["student"]: row for row in undisturbed.rows}
    assert set(rows) == set(due)
    for student in ("hal", "gus", "cy", "bob", "eve"):
        assert rows[student]["status"] == "refused"
        assert "cannot be read: Permission denied" in rows[student]["reason"]
    assert all(rows[name] == due[name] for name in ("ada", "dee", "fay"))
    assert batch.same_as(undisturbed, "--workers", "1")


def test_three_hundred_with_the_same_notebook_and_names_that_look_alike(tmp_path):
    """A name written in two ways is two folders, and two students."""
    batch = Batch(new_course(tmp_path / "course"))
    first = hand_in(batch.root, "s000", **RIGHT)
    names = [f"s{number:03}" for number in range(300)]
    names += [unicodedata.normalize(form, "민지é") for form in ("NFC", "NFD")]
    for name in names[1:]:
        shutil.copytree(first.parent, batch.root / "submitted" / name / "00_start")
    process = batch.start("--workers", "2")
    wait_until(lambda: len(batch.written()) > 100)
    process.kill()
    result_of(process)
    batch.finish("--workers", "2")
    assert sorted(row["student"] for row in batch.rows) == sorted(names)
    assert {row["score"] for row in batch.rows} == {4}
    unchanged = re.search(r"(\d+) unchanged since they were graded", batch.said)
    assert unchanged is not None
    assert 100 <= int(unchanged[1]) < 300
    batch.end()
