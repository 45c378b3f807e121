"""A real dask cluster judges: scheduler and workers are processes of their own on loopback."""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import classroom
import nbformat
import pytest
from classroom import RIGHT, answered, cell, source_notebook, submit
from click.testing import CliRunner
from distributed import Client

import unrolled
from unrolled.cli import main
from unrolled.grading import cluster, judges
from unrolled.grading.cluster import UnfitWorker
from unrolled.grading.course import CannotGoOn, GradingError
from unrolled.grading.runner import grade

pytestmark = [pytest.mark.sandbox, pytest.mark.slow, pytest.mark.cluster]

SOURCE = Path(unrolled.__file__).parents[1]


@contextmanager
def running(*words, **environment):
    """A process of dask's, with unrolled on its path, that is ended again."""
    paths = os.pathsep.join([str(SOURCE), str(Path(__file__).parent)])
    given = {**os.environ, "PYTHONPATH": paths, **environment}
    given = {key: value for key, value in given.items() if value is not None}
    process = subprocess.Popen(
        [sys.executable, "-m", "distributed.cli." + words[0], *words[1:]],
        env=given,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@contextmanager
def scheduler(folder):
    file = folder / "scheduler.json"
    address = ("--host", "127.0.0.1", "--port", "0", "--no-dashboard")
    with running("dask_scheduler", *address, "--scheduler-file", str(file)) as process:
        yield address_in(file), process


def address_in(file):
    """The scheduler's address, once it has written it down."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with suppress(FileNotFoundError, json.JSONDecodeError):
            return json.loads(file.read_text())["address"]
        time.sleep(0.1)
    raise TimeoutError("the scheduler did not start")


def worker(address, *words, **environment):
    own = ("--host", "127.0.0.1", "--no-dashboard", "--nthreads", "1", "--no-nanny")
    return running("dask_worker", address, *own, *words, **environment)


def wait_for_workers(address, count):
    with Client(address, set_as_default=False) as client:
        client.wait_for_workers(count, timeout=60)


def scores(rows):
    return {row.student: row.score for row in rows}


def test_a_killed_worker_loses_nothing(course, tmp_path):
    for number in range(16):
        submit(course, f"s{number:02}", answered(**(RIGHT if number % 2 else {})))
    with scheduler(tmp_path) as (address, _), worker(address) as first, worker(address):
        wait_for_workers(address, 2)
        rows = []

        def kill_one(done, total, row):
            if done == 3:
                first.send_signal(signal.SIGKILL)

        rows = grade(course, scheduler=address, progress=kill_one)
        assert first.wait(10) == -signal.SIGKILL
    assert {row.reason for row in rows} == {None}
    assert scores(rows) == {f"s{n:02}": 4 * (n % 2) for n in range(16)}


SEED_SHOWN = """\
### BEGIN HIDDEN TESTS
import os
assert os.environ["UNROLLED_SEED"] == "7007"
### END HIDDEN TESTS
"""


def test_the_hidden_seed_and_the_files_travel(course, tmp_path, monkeypatch):
    """The seed shows in the judge alone; its own solution fails the test where it is another."""
    monkeypatch.setenv("UNROLLED_SEED", "7007")
    source = source_notebook()
    source.cells.append(cell("test_seed", SEED_SHOWN, grade=True, locked=True, points=1))
    nbformat.write(source, course / "source" / "00_start" / "00_start.ipynb")
    (course / "source" / "00_start" / "data.csv").write_text("1,2")
    handed_in = answered(affine="assert open('data.csv').read()\n" + RIGHT["affine"])
    submit(course, "ada", handed_in)
    other = {"UNROLLED_SEED": "1"}
    with scheduler(tmp_path) as (address, _), worker(address, **other):
        wait_for_workers(address, 1)
        (row,) = grade(course, scheduler=address)
    assert (row.status, row.score) == ("graded", 3)


def test_a_worker_with_other_code_is_refused_with_a_sentence(course, tmp_path):
    submit(course, "ada", answered(**RIGHT))
    copy = tmp_path / "other"
    subprocess.run(["cp", "-r", str(SOURCE), str(copy)], check=True)
    with (copy / "unrolled" / "checks.py").open("a") as file:
        file.write("# another version\n")
    with scheduler(tmp_path) as (address, _), worker(address, PYTHONPATH=str(copy)):
        wait_for_workers(address, 1)
        with pytest.raises(UnfitWorker, match="another version of unrolled"):
            grade(course, scheduler=address)
    assert not (course / "autograded" / "ada").exists()


def test_a_worker_without_a_sandbox_is_refused_with_a_sentence(course, tmp_path):
    submit(course, "ada", answered(**RIGHT))
    bare = "import os\nos.defpath = ''\nos.environ['PATH'] = ''\n"
    (tmp_path / "sitecustomize.py").write_text(bare)
    paths = os.pathsep.join([str(tmp_path), str(SOURCE)])
    with scheduler(tmp_path) as (address, _), worker(address, PYTHONPATH=paths):
        wait_for_workers(address, 1)
        with pytest.raises(UnfitWorker, match="apt-get install bubblewrap"):
            grade(course, scheduler=address)


def test_a_scheduler_that_goes_is_told_and_a_second_run_goes_on(course, tmp_path):
    for number in range(12):
        submit(course, f"s{number:02}", answered(**RIGHT))
    seen = []
    with scheduler(tmp_path) as (address, process), worker(address):
        wait_for_workers(address, 1)

        def kill(done, total, row):
            seen.append(row)
            if done == 2:
                process.send_signal(signal.SIGKILL)

        with pytest.raises(CannotGoOn, match="does not answer any more"):
            grade(course, scheduler=address, progress=kill)
    assert 2 <= len(seen) < 12
    (tmp_path / "scheduler.json").unlink()
    with scheduler(tmp_path) as (address, _), worker(address):
        wait_for_workers(address, 1)
        rows = grade(course, scheduler=address)
    assert scores(rows) == {f"s{n:02}": 4 for n in range(12)}
    assert sum(row.skipped for row in rows) == len(seen)


@pytest.mark.timeout(600)
def test_a_submission_that_kills_its_workers_fails_alone(course, tmp_path, monkeypatch):
    """Each worker has a nanny that starts it again, as a cluster's workers have."""
    for number in range(6):
        submit(course, f"s{number}", answered(**RIGHT))
    monkeypatch.setattr(judges, "judge_submission", classroom.deadly_judge)
    own = ("--host", "127.0.0.1", "--no-dashboard", "--nthreads", "1", "--nworkers", "2")
    with scheduler(tmp_path) as (address, _), running("dask_worker", address, *own):
        wait_for_workers(address, 2)
        rows = grade(course, scheduler=address)
    assert {row.student for row in rows if row.status == "failed"} == {"s2"}
    assert scores(rows) == {f"s{n}": None if n == 2 else 4 for n in range(6)}


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "nowhere", "tcp://127.0.0.1"])
def test_a_wrong_address_is_told_within_seconds(course, monkeypatch, address):
    submit(course, "ada", answered(**RIGHT))
    monkeypatch.chdir(course)
    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 2)
    began = time.monotonic()
    result = CliRunner().invoke(main, ["grade", "--scheduler", address])
    assert result.exit_code == 1
    assert f"no dask scheduler at {address}" in " ".join(result.output.split())
    assert time.monotonic() - began < 30


def test_a_cluster_without_workers_is_told(course, tmp_path, monkeypatch):
    submit(course, "ada", answered(**RIGHT))
    monkeypatch.setattr(cluster, "WORKERS_SECONDS", 1)
    with (
        scheduler(tmp_path) as (address, _),
        pytest.raises(GradingError, match="has no worker"),
    ):
        grade(course, scheduler=address)


def test_workers_and_scheduler_together_are_wrong_usage(course, monkeypatch):
    monkeypatch.chdir(course)
    assert CliRunner().invoke(main, ["grade", "--workers", "2", "--scheduler", "x"]).exit_code == 2
