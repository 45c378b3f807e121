"""A full disk, a folder or a gradebook that cannot be used, and others who use it meanwhile."""

import contextlib
import os
import shutil
import sqlite3
import subprocess
import sys
import time

import pytest
from batches import folders, gradebook, result_of, said, wait_until, without_override
from classroom import tables

pytestmark = [pytest.mark.sandbox, pytest.mark.slow]


class SmallDisk:
    """A file system of a few megabytes at a course's folder, seen by what is started in it."""

    def __init__(self, batch, size):
        self.batch = batch
        copy = batch.root.with_name("copy")
        shutil.copytree(batch.root, copy)
        user = [] if os.geteuid() == 0 else ["-U", "--map-current-user", "--keep-caps"]
        mount = f"mount -t tmpfs -o size={size} none {batch.root} && cp -a {copy}/. {batch.root}/"
        shell = f"{mount} && echo ready && exec sleep 600"
        self.process = subprocess.Popen(
            ["unshare", *user, "-m", "sh", "-c", shell], stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "ready\n"
        self.root = batch.root
        # How it looks from outside.
        batch.root = type(batch.root)(f"/proc/{self.process.pid}/root{self.root}")
        enter = ["nsenter", f"--mount=/proc/{self.process.pid}/ns/mnt", f"--wd={self.root}"]
        if user:
            enter += [f"--user=/proc/{self.process.pid}/ns/user", "--preserve-credentials"]
            enter += ["setpriv", "--ambient-caps=-all", "--inh-caps=-all"]
        self.within = tuple(enter)

    def fill(self):
        with contextlib.suppress(OSError), (self.batch.root / "ballast").open("ab", 0) as file:
            while True:
                file.write(bytes(4096))

    def empty(self):
        (self.batch.root / "ballast").unlink()

    def end(self):
        self.process.kill()
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()
        self.batch.root = self.root


def test_a_full_disk_is_told_and_what_was_graded_stands(batch, undisturbed):
    disk = SmallDisk(batch, "4m")
    try:
        disk.fill()
        done = batch.run("--workers", "1", within=disk.within)
        assert done.returncode == 1
        assert "disk" in said(done).lower() or "space" in said(done).lower()
        disk.empty()
        process = batch.start("--workers", "1", within=disk.within)
        before = batch.written()
        wait_until(lambda: batch.written() - before)
        disk.fill()
        done = result_of(process)
        assert done.returncode == 1
        assert "run again" in said(done)
        disk.empty()
        rows = batch.root / "rows.json"
        batch.run("--workers", "1", "--json", "rows.json", within=disk.within)
        batch.rows = rows.read_text()
        batch.temporary_root = shutil.copytree(batch.root, disk.root.with_name("after"))
    finally:
        disk.end()
    batch.root = batch.temporary_root
    (batch.root / "rows.json").unlink()
    assert tables(gradebook(batch.root)) == tables(gradebook(undisturbed.root))
    assert folders(batch.root) == folders(undisturbed.root)
    assert batch.same_as(undisturbed)
    done = batch.run("--json", "/dev/full")
    assert done.returncode == 1
    assert "/dev/full cannot be written: No space left on device. The grades stand" in said(done)


def damaged(path):
    path.write_bytes(path.read_bytes()[:2048] + bytes(4096))


def foreign(path):
    path.write_text("These are not the grades.")


def outdated(path):
    """As nbgrader 0.5 made it, before extra credit."""
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.execute("ALTER TABLE grade DROP COLUMN extra_credit")
        db.commit()


def folder(path):
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (foreign, "is damaged: file is not a database. Put a copy of it back"),
        (damaged, "gradebook.db"),
        (outdated, "it has no grade.extra_credit. Copy it to a safe place, then run: nbgrader db"),
        (folder, "cannot be read or written: unable to open database file"),
    ],
)
def test_a_gradebook_that_is_none_is_told_and_left_alone(batch, undisturbed, spoil, sentence):
    path = batch.root / "gradebook.db"
    kept = batch.root.with_name("kept.db")
    shutil.copy(path, kept)
    spoil(path)
    spoilt = path.read_bytes() if path.is_file() else None
    before = folders(batch.root)
    done = batch.run("--workers", "1")
    assert done.returncode == 1
    assert sentence in said(done)
    assert folders(batch.root) == before
    assert (path.read_bytes() if path.is_file() else None) == spoilt
    assert tables(f"sqlite:///{kept}") == tables(f"sqlite:///{kept}")


def test_a_gradebook_that_is_gone_is_made_anew_and_all_is_graded(batch, undisturbed):
    (batch.root / "gradebook.db").unlink()
    batch.finish("--workers", "1")
    due = {row["student"]: row for row in undisturbed.rows}
    for row in batch.rows:
        if row["student"] not in ("bob", "eve"):  # what a person gave, a date that was due
            assert (row["score"], row["status"]) == (
                due[row["student"]]["score"],
                due[row["student"]]["status"],
            )
    shutil.copy(undisturbed.root / "gradebook.db", batch.root / "gradebook.db")
    assert batch.same_as(undisturbed, "--workers", "1")


def test_another_course_in_the_gradebook_does_no_harm(batch, undisturbed):
    with contextlib.closing(sqlite3.connect(batch.root / "gradebook.db")) as db:
        db.execute("INSERT INTO course VALUES ('another')")
        db.execute("UPDATE assignment SET course_id = 'another'")
        db.commit()
    batch.finish("--workers", "1")
    assert batch.rows == undisturbed.rows


def test_what_cannot_be_written_is_told_before_anything_is_judged(batch, undisturbed):
    for path, mode in ((batch.root / "autograded" / ".grading" / "lock", 0o444),
                       (batch.root / "gradebook.db", 0o444),
                       (batch.root / "source" / "00_start" / "00_start.ipynb", 0o000),
                       (batch.root / "autograded" / "ada", 0o555)):  # fmt: skip
        before = path.stat().st_mode
        path.chmod(mode)
        done = batch.run("--workers", "1", "--student", "ada", within=without_override())
        path.chmod(before)
        assert done.returncode == 1
        assert path.name in said(done)
        assert "run again" in said(done) or "try again" in said(done)
    assert batch.same_as(undisturbed, "--workers", "1")


def locked(root):
    db = sqlite3.connect(root / "gradebook.db", isolation_level=None, check_same_thread=False)
    db.execute("BEGIN IMMEDIATE")
    return db


def test_a_gradebook_that_is_locked_a_while_is_waited_for_and_for_ever_is_told(batch, undisturbed):
    config = batch.root / "nbgrader_config.py"
    text = config.read_text()
    config.write_text(
        text + "from unrolled.grading import gradebook\ngradebook.LOCKED_MILLISECONDS = 200\n"
    )
    process = batch.start("--workers", "1")
    before = batch.written()
    wait_until(lambda: batch.written() - before)
    with contextlib.closing(locked(batch.root)):
        done = result_of(process)
    assert done.returncode == 1
    assert "database is locked" in said(done)
    assert "run again" in said(done)
    config.write_text(text)
    process = batch.start("--workers", "1")
    wait_until(lambda: len(os.listdir(f"/proc/{process.pid}/task")) > 1)
    with contextlib.closing(locked(batch.root)):
        time.sleep(3)
    assert "locked" not in said(result_of(process))
    assert batch.same_as(undisturbed, "--workers", "1")


FORMGRADER = """
import sys
from nbgrader.api import Gradebook
for number in range(60):
    with Gradebook("sqlite:///gradebook.db", "unrolled") as db:
        last = number == 59
        grade = db.find_grade("test_affine", "00_start", "00_start", "dee")
        grade.extra_credit = None if last else number
        comment = db.find_comment("affine", "00_start", "00_start", "ada")
        comment.manual_comment = None if last else str(number)
        db.db.commit()
"""


def test_a_second_run_stops_and_formgrader_may_write_meanwhile(batch, undisturbed):
    runs = [batch.start("--workers", "1") for _ in range(2)]
    formgrader = subprocess.Popen([sys.executable, "-c", FORMGRADER], cwd=batch.root)
    texts = sorted(map(said, map(result_of, runs)), key=len)
    assert "This course is being graded by another run" in texts[0]
    assert "being graded by another run" not in texts[1]
    assert "locked" not in texts[1]
    assert formgrader.wait(60) == 0
    assert batch.same_as(undisturbed, "--workers", "1")
