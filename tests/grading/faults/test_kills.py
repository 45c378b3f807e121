"""Whatever of a batch is killed, and however it is told to stop, the next run makes it whole."""

import contextlib
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import time

import pytest
from batches import Batch, hand_in, kinds, new_course, result_of, said, wait_until, without_seconds
from classroom import RIGHT, tables
from test_cluster import scheduler, wait_for_workers, worker

pytestmark = [pytest.mark.sandbox, pytest.mark.slow]

KILLS = 10
ENDLESS = "import time\ntime.sleep(29)\n" + RIGHT["affine"]


def test_ten_kills_at_any_moment_change_nothing(batch, undisturbed):
    """Each run grades everything anew, so that every kill falls among things under way."""
    moments, hit = random.Random(4), 0
    for tenth in moments.sample(range(KILLS), KILLS):
        process = batch.start("--workers", "1", "--force")
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait((tenth + moments.random()) / KILLS * undisturbed.seconds)
        batch.note(process)
        process.kill()
        hit += result_of(process).returncode == -signal.SIGKILL
    assert hit >= KILLS // 2
    assert batch.same_as(undisturbed, "--workers", "1")


def test_what_is_killed_in_the_middle_changes_no_score(batch, undisturbed):
    """Each kind of process that a run starts, one after the other in one run."""
    rows = batch.root.with_name("killed.json")
    process = batch.start("--workers", "1", "--force", "--json", str(rows))
    before, killed = batch.written(), []
    for kind in ("fork server", "sandbox", "judging process", "importing process"):
        # The first one once submissions are judged; two in one submission would be its own fault.
        wait_until(lambda: len(batch.written() - before) > len(killed))
        (victim,) = wait_until(lambda kind=kind: kinds(process.pid)[kind])
        with contextlib.suppress(ProcessLookupError):
            os.kill(victim, signal.SIGKILL)
            killed.append(kind)
    done = result_of(process)
    assert "Traceback" not in done.stderr
    assert len(killed) == 4
    due = {row["student"]: row for row in undisturbed.rows}
    for row in without_seconds(rows):
        if row["status"] == "failed":
            assert row["score"] is None
        else:
            assert row == due[row["student"]]
    assert batch.same_as(undisturbed, "--workers", "1")


@pytest.mark.cluster
def test_what_a_cluster_began_is_finished_without_it(batch, undisturbed, tmp_path):
    with scheduler(tmp_path) as (address, process), worker(address):
        wait_for_workers(address, 1)
        run = batch.start("--scheduler", address, "--force")
        before = batch.written()
        wait_until(lambda: batch.written() - before)
        process.kill()
        done = result_of(run)
    assert done.returncode == 1
    assert "does not answer any more. What was graded until now stands" in said(done)
    assert batch.same_as(undisturbed, "--workers", "1")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_run_that_is_told_to_stop_says_a_sentence_and_leaves_nothing(batch, number):
    hand_in(batch.root, "yan", affine=RIGHT["affine"])
    hand_in(batch.root, "zed", affine=ENDLESS)
    before = signal.signal(number, signal.SIG_DFL)  # nohup lets what it starts ignore SIGHUP
    process = batch.start("--workers", "1", "--student", "yan", "--student", "zed")
    signal.signal(number, before)
    # Now the endless one is judged.
    wait_until((batch.root / "autograded" / "yan" / "00_start" / "00_start.ipynb").exists)
    time.sleep(0.5)
    batch.note(process)
    began = time.monotonic()
    # Ctrl+C in a terminal reaches every process of the run.
    (os.killpg if number == signal.SIGINT else os.kill)(process.pid, number)
    done = result_of(process)
    assert time.monotonic() - began < 20
    assert done.returncode == 1
    assert done.stderr.strip() == (
        "Stopped. What was graded until now stands: run again to grade the others."
    )
    assert not (batch.root / "autograded" / "zed").exists()


def test_a_kill_while_the_gradebook_is_made_leaves_none_that_is_half(tmp_path):
    """nbgrader makes its tables first and notes their revision a second later."""
    batch = Batch(new_course(tmp_path / "course"))
    hand_in(batch.root, "ada", **RIGHT)
    place = batch.root / "gradebook.db"
    process = batch.start()
    wait_until(lambda: place.exists() and place.stat().st_size)
    process.kill()
    result_of(process)
    batch.finish()
    assert [row["score"] for row in batch.rows] == [4]
    whole = revisions(place)
    assert len(whole) == 1
    shutil.copy(place, tmp_path / "half.db")
    forget_revision(place)
    batch.finish()
    assert revisions(place) == whole
    assert tables(f"sqlite:///{place}") == tables(f"sqlite:///{tmp_path}/half.db")
    batch.end()


def revisions(place):
    with contextlib.closing(sqlite3.connect(place)) as db:
        return db.execute("SELECT version_num FROM alembic_version").fetchall()


def forget_revision(place):
    with contextlib.closing(sqlite3.connect(place)) as db:
        db.execute("DROP TABLE alembic_version")
        db.commit()
