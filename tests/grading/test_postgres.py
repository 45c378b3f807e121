"""A course whose gradebook is a PostgreSQL database; the server is started here."""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from classroom import RIGHT, answered, submit, tables

from unrolled.grading.course import CannotGoOn, GradingError
from unrolled.grading.runner import grade

pytestmark = [pytest.mark.sandbox, pytest.mark.slow, pytest.mark.postgres]


def programs() -> Path:
    """Where initdb and postgres are; Debian keeps them off the path."""
    found = [Path(path).resolve() for path in [shutil.which("initdb")] if path]
    found += sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        missing = "PostgreSQL is not on this machine: sudo apt-get install postgresql"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    return found[-1].parent


class Server:
    """A server that listens on a socket in a folder of its own, and nowhere else."""

    def __init__(self, folder: Path):
        self.folder, self.bin = folder, programs()
        # PostgreSQL will not run as root.
        self.who = {}
        if os.geteuid() == 0:
            self.who = {"user": "nobody", "group": "nogroup", "extra_groups": []}
            shutil.chown(folder, "nobody", "nogroup")
        self.run(
            "initdb", "-D", str(folder / "data"), "-A", "trust", "-U", "unrolled", "-E", "UTF8"
        )
        self.start()
        self.run("createdb", "-h", str(folder), "-U", "unrolled", "gradebook")

    @property
    def url(self) -> str:
        return f"postgresql+psycopg2://unrolled@/gradebook?host={self.folder}"

    def run(self, program, *words):
        path = str(self.bin / program)
        subprocess.run([path, *words], check=True, capture_output=True, cwd="/", **self.who)

    def start(self):
        words = ["-D", str(self.folder / "data"), "-k", str(self.folder), "-c", "fsync=off"]
        words += ["-c", "listen_addresses="]
        log = subprocess.DEVNULL
        path = str(self.bin / "postgres")
        self.process = subprocess.Popen([path, *words], stdout=log, stderr=log, cwd="/", **self.who)
        until = time.monotonic() + 60
        while time.monotonic() < until:
            with contextlib.suppress(subprocess.CalledProcessError):
                self.run("pg_isready", "-h", str(self.folder), "-U", "unrolled", "-d", "postgres")
                return
            time.sleep(0.1)
        raise TimeoutError("PostgreSQL did not start")

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)  # it closes every connection
        self.process.wait(60)


@pytest.fixture
def server():
    # Not below pytest's own folder, which is closed to other users.
    with tempfile.TemporaryDirectory(prefix="unrolled-pg-") as folder:
        started = Server(Path(folder))
        try:
            yield started
        finally:
            started.stop()


def one_by_one(root, **options):
    with ThreadPoolExecutor(1) as executor:
        return grade(root, executor=executor, **options)


def use(root, url):
    with (root / "nbgrader_config.py").open("a") as file:
        file.write(f"c.CourseDirectory.db_url = {url!r}\n")


def test_scores_and_tables_are_those_of_sqlite(course, server, tmp_path):
    stamped = submit(course, "ada", answered(**RIGHT)).parent / "timestamp.txt"
    stamped.write_text("2026-03-01 10:00:00 +0900")
    submit(course, "bob", answered(affine="def affine(x, W, b): return x @ W"))
    submit(course, "민지", answered(affine=RIGHT["affine"]))
    submit(course, "dee", answered())
    submit(course, "eve", answered()).write_text("no")
    other = tmp_path / "other"
    shutil.copytree(course, other)
    use(other, server.url)
    for again in (False, True):
        if again:
            for root in (course, other):
                submit(root, "bob", answered(**RIGHT))
        plain, rows = ([row.as_dict() for row in one_by_one(root)] for root in (course, other))
        for row in (*plain, *rows):
            row.pop("seconds")
        assert rows == plain
        assert tables(server.url) == tables(f"sqlite:///{course}/gradebook.db")
    assert {row["student"]: row["score"] for row in rows} == {
        "ada": 4, "bob": 4, "dee": 0, "eve": None, "민지": 2,
    }  # fmt: skip
    assert all(row.skipped for row in one_by_one(other) if row.status == "graded")
    assert not (other / "gradebook.db").exists()


def test_a_server_that_goes_stops_the_batch_and_a_second_run_completes(course, server):
    use(course, server.url)
    for number in range(7):
        submit(course, f"s{number}", answered(**RIGHT))
    seen = []

    def stop_and_start(done, total, row):
        seen.append(row)
        if done == 1:
            server.stop()
        if done == 2:
            server.start()
        if done == 4:
            server.stop()

    with pytest.raises(CannotGoOn, match="run again"):
        one_by_one(course, progress=stop_and_start)
    statuses = ["graded", "failed", "graded", "graded", "failed", "failed"]
    assert [row.status for row in seen] == statuses
    assert "cannot be read or written" in (seen[1].reason or "")
    with pytest.raises(GradingError, match="cannot be read or written"):
        one_by_one(course)
    server.start()
    rows = one_by_one(course)
    assert [row.score for row in rows] == [4] * 7
    assert sum(row.skipped for row in rows) == 3


def test_a_driver_that_is_not_there_is_told(course):
    use(course, "postgresql+nodriver://unrolled@/gradebook")
    submit(course, "ada", answered(**RIGHT))
    with pytest.raises(GradingError, match=r"unrolled\[cluster\]"):
        one_by_one(course)
