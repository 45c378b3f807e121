"""The processes that judge on this machine: copies of one that has imported what judging takes.

Importing it takes most of a second. One process does so while the run reads its course, and those
that judge are forked from it.
"""

import contextlib
import itertools
import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import forkserver
from multiprocessing.connection import Connection
from multiprocessing.queues import SimpleQueue

CONTEXT = multiprocessing.get_context("forkserver")


def start_importing() -> None:
    """Start the process that those that judge are forked from; it ends when this one does."""
    CONTEXT.set_forkserver_preload(["unrolled.grading.judging"])
    # Ctrl+C in a terminal reaches it, too, but is the run's to heed.
    with interrupts_held():
        forkserver.ensure_running()


def start_pool(workers: int) -> tuple[ProcessPoolExecutor, Connection]:
    """A pool of processes that end, and their sandboxes with them, when the connection closes."""
    start_importing()
    watched, alive = CONTEXT.Pipe(duplex=False)
    cores = CONTEXT.SimpleQueue()
    for core in itertools.islice(itertools.cycle(usable_cores()), workers):
        cores.put(core)
    settings = (watched, cores, dict(os.environ))
    return ProcessPoolExecutor(workers, CONTEXT, begin, settings), alive


def usable_cores() -> list[int]:
    """The numbers of the cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return sorted(os.sched_getaffinity(0))
    return list(range(os.cpu_count() or 1))


def begin(alive: Connection, cores: SimpleQueue, environment: Mapping[str, str]) -> None:
    """Make this process one of a run's: with its environment, on one core, ending when it does.

    alive: the end of a pipe whose other end the run has, and loses however it ends.
    """

    def wait() -> None:
        with contextlib.suppress(EOFError, OSError):
            alive.recv()
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()
    # It is a copy of a process that may have begun under another environment.
    os.environ.clear()
    os.environ.update(environment)
    core = cores.get()
    # A judge and its worker take turns, thousands of them for one submission: on one core each
    # turn is a quarter cheaper than on two. (A core may have been taken away meanwhile.)
    if hasattr(os, "sched_setaffinity"):
        with contextlib.suppress(OSError):
            os.sched_setaffinity(0, {core})
    # A function, since being ignored would be handed on to what is started here.
    signal.signal(signal.SIGINT, lambda number, frame: None)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


@contextlib.contextmanager
def interrupts_held() -> Iterator[None]:
    """Hold Ctrl+C back for a moment; a process that is started meanwhile holds it back, too."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
