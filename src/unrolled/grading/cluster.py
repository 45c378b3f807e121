"""Judge on a dask.distributed cluster: see that its workers are fit, send them all they need.

A worker judges with the hidden seed of the machine that grades and with the same code, or not at
all. A worker that dies loses nothing: dask sends its submissions to another.
"""

import contextlib
import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass
from typing import Any

from unrolled.grading.course import CannotGoOn, GradingError, code_digest
from unrolled.grading.judges import WINDOW
from unrolled.grading.judging import Task
from unrolled.grading.sandbox import SandboxUnavailable, require_sandbox

CONNECT_SECONDS = 10
WORKERS_SECONDS = 30  # until a cluster without workers has one
COUNT_SECONDS = 2  # between two looks at how many there are
# What this process was loaded from, even if an update comes while it runs.
LOADED = code_digest()
# A seed and a language are a process's own, so a worker with several threads judges one by one.
ONE_AT_A_TIME = threading.Lock()
# The errands for which this process was found fit.
FIT: set["Errand"] = set()


@dataclass(frozen=True)
class Errand:
    """What holds for every submission of a batch: the hidden seed, the code, the sandbox."""

    seed: str | None
    code: str
    sandboxed: bool


class UnfitWorker(CannotGoOn):
    """A worker that would judge otherwise than this machine, or unprotected."""


class ClusterJudges:
    """The workers of a cluster, however many there are at the moment."""

    def __init__(self, client: Any, address: str, sandboxed: bool):
        from distributed import KilledWorker

        self._client, self._address = client, address
        self._executor = client.get_executor(pure=False)
        self._errand = Errand(os.environ.get("UNROLLED_SEED"), LOADED, sandboxed)
        self._killed = KilledWorker
        self._threads, self._counted = 0, 0.0
        self.renew()
        self._inspect()

    def submit(self, function: Callable, task: Task) -> Future:
        with self._there():
            return self._executor.submit(judge_there, function, task, self._errand)

    def window(self) -> int:
        self.watch()
        return WINDOW * max(1, self._threads)

    def lost(self, error: BaseException | None) -> bool:
        if isinstance(error, CancelledError):
            raise CannotGoOn(self._gone())
        if isinstance(error, UnfitWorker):
            raise error
        return isinstance(error, self._killed)

    def renew(self) -> None:
        """Wait until there is a worker."""
        until = time.monotonic() + WORKERS_SECONDS
        while not self._count():
            if time.monotonic() > until:
                raise CannotGoOn(
                    f"The cluster at {self._address} has no worker. Start some: dask worker "
                    f"{self._address}. What was graded until now stands; then run again."
                )
            time.sleep(0.2)

    def watch(self) -> None:
        """See from time to time that scheduler and workers are there."""
        if self._client.status != "running":
            raise CannotGoOn(self._gone())
        if time.monotonic() - self._counted > COUNT_SECONDS and not self._count():
            self.renew()

    def _count(self) -> int:
        with self._there():
            self._threads = sum(self._client.nthreads().values())
        self._counted = time.monotonic()
        return self._threads

    def _inspect(self) -> None:
        """Ask every worker whether it is fit to judge, before anything is graded."""
        with self._there():
            said = self._client.run(why_unfit, self._errand, on_error="return")
        for worker, reason in said.items():
            if isinstance(reason, BaseException):
                reason = f"it has no unrolled like this one ({type(reason).__name__}: {reason})"
            if reason is not None:
                raise UnfitWorker(f"The worker {worker} cannot judge: {reason}")

    @contextlib.contextmanager
    def _there(self) -> Iterator[None]:
        """Say in a sentence that the scheduler does not answer."""
        try:
            yield
        except (OSError, TimeoutError, RuntimeError) as error:
            if isinstance(error, GradingError | SandboxUnavailable):
                raise
            raise CannotGoOn(self._gone()) from error

    def _gone(self) -> str:
        return (
            f"The scheduler at {self._address} does not answer any more. What was graded until "
            "now stands: run again when it is back."
        )


@contextlib.contextmanager
def cluster_judges(address: str, sandboxed: bool) -> Iterator[ClusterJudges]:
    """The judges of a cluster whose scheduler has this address."""
    try:
        from distributed import Client
    except ModuleNotFoundError:
        raise GradingError(
            'A scheduler needs dask.distributed on this machine: pip install "unrolled[cluster]"'
        ) from None
    # The client has a level of its own, and would print the traceback of a lost scheduler.
    for name in ("distributed", "distributed.client"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        client = Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, TimeoutError, ValueError, RuntimeError) as error:
        raise GradingError(
            f"There is no dask scheduler at {address} ({type(error).__name__}). Its address is in "
            "what `dask scheduler` says when it starts, such as tcp://10.0.0.5:8786."
        ) from error
    try:
        yield ClusterJudges(client, address, sandboxed)
    finally:
        with contextlib.suppress(Exception):
            client.close(timeout=2)


def judge_there(function: Callable, task: Task, errand: Errand) -> Any:
    """Judge a task on a worker; raises UnfitWorker where the worker would judge otherwise."""
    with ONE_AT_A_TIME:
        reason = why_unfit(errand)
        if reason is not None:
            raise UnfitWorker(f"The worker on {socket.gethostname()} cannot judge: {reason}")
        with seeded(errand.seed):
            return function(task)


def why_unfit(errand: Errand) -> str | None:
    """Why this process may not judge, or None."""
    if errand in FIT:
        return None
    if errand.code != LOADED:
        return "it has another version of unrolled. Install there what is here, and start it again."
    if errand.sandboxed:
        try:
            require_sandbox()
        except SandboxUnavailable as error:
            return str(error)
    FIT.add(errand)
    return None


@contextlib.contextmanager
def seeded(seed: str | None) -> Iterator[None]:
    """Let the hidden seed be this one, or the published one for None."""
    before = os.environ.pop("UNROLLED_SEED", None)
    if seed is not None:
        os.environ["UNROLLED_SEED"] = seed
    try:
        yield
    finally:
        os.environ.pop("UNROLLED_SEED", None)
        if before is not None:
            os.environ["UNROLLED_SEED"] = before
