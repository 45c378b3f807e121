"""The processes that judge: each as the run is now, on a core of its own, gone when the run is."""

import os
import tempfile
import time
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import pytest

from unrolled.grading.processes import cores_for, start_importing, start_pool, usable_cores


def test_each_is_as_the_run_is_now_whatever_it_is_a_copy_of(monkeypatch):
    for seed in ("1", "2"):
        monkeypatch.setenv("UNROLLED_SEED", seed)
        pool, alive = start_pool(1, [])
        with pool, alive:
            assert pool.submit(os.getenv, "UNROLLED_SEED").result() == seed


def test_each_has_a_core_of_its_own_while_there_are_some(tmp_path):
    cores = usable_cores()
    count = len(cores) + 1
    pool, alive = start_pool(count, [])
    with alive, pool:
        together = [pool.submit(its_core, tmp_path, count) for _each in range(count)]
        assert sorted(future.result() for future in together) == sorted([*cores, cores[0]])


def test_fewer_than_there_are_cores_are_free_to_move(monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {0, 1, 5})
    assert [cores_for(count) for count in (1, 2, 3, 4)] == [
        [None], [None, None], [0, 1, 5], [0, 1, 5, 0]
    ]  # fmt: skip


def its_core(folder: Path, count: int) -> int:
    """The one core of the process that runs this, told when all of them run it."""
    (folder / str(os.getpid())).touch()
    until = time.monotonic() + 60
    while len(os.listdir(folder)) < count and time.monotonic() < until:
        time.sleep(0.01)
    (core,) = os.sched_getaffinity(0)
    return core


@pytest.mark.parametrize("obstacle", ["a long path", "a full disk"])
def test_each_starts_by_itself_where_a_socket_has_no_place(obstacle, monkeypatch, tmp_path):
    if obstacle == "a long path":
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / ("long" * 30)))
    else:
        monkeypatch.setattr("unrolled.grading.processes.get_temp_dir", full)
    assert start_importing().get_start_method() == "spawn"
    pool, alive = start_pool(1, [])
    with pool, alive:
        assert pool.submit(abs, -1).result() == 1


def full() -> str:
    raise OSError(28, "No space left on device")


def test_they_end_with_the_run():
    pool, alive = start_pool(1, [])
    assert pool.submit(abs, -1).result() == 1
    alive.close()
    with pool, pytest.raises(BrokenProcessPool):
        pool.submit(os.read, os.pipe()[0], 1).result(timeout=30)
