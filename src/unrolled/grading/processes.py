"""The processes that judge on this machine: copies of one that has imported what judging takes.

Importing it takes most of a second. One process does so while the run reads its course, and those
that judge are forked from it.
"""

import contextlib
import itertools
import multiprocessing
import os
import signal
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import forkserver
from multiprocessing.connection import Connection
from multiprocessing.context import BaseContext
from multiprocessing.queues import SimpleQueue
from multiprocessing.util import get_temp_dir

from unrolled.grading import launch
from unrolled.grading.profiles import Profile

# Where that process reads which folder is to go when it ends, for the run may have been killed.
SOCKETS = "UNROLLED_SOCKETS"
LONGEST_PATH = 70  # a socket's may have 107 bytes, and its folder and name are still to come


def start_importing() -> BaseContext:
    """Start the process that those that judge are forked from; it ends when this one does.

    Returns how they are started: where it finds no place for its socket (the disk is full, the path
    of temporary files too long), each of them by itself.
    """
    if len(tempfile.gettempdir()) > LONGEST_PATH:
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["unrolled.grading.preparation"])
    # Ctrl+C in a terminal reaches it, too, but is the run's to heed.
    with interrupts_held():
        try:
            os.environ[SOCKETS] = get_temp_dir()
            forkserver.ensure_running()
        except OSError:
            return multiprocessing.get_context("spawn")
        finally:
            os.environ.pop(SOCKETS, None)
    return context


def start_pool(workers: int, profiles: Sequence[Profile]) -> tuple[ProcessPoolExecutor, Connection]:
    """A pool of processes that end, and their sandboxes with them, when the connection closes.

    profiles: the kinds of worker that each will start, in a sandbox.
    """
    context = start_importing()
    watched, alive = context.Pipe(duplex=False)
    cores = context.SimpleQueue()
    for core in cores_for(workers):
        cores.put(core)
    settings = (watched, cores, dict(os.environ), profiles)
    pool = ProcessPoolExecutor(workers, context, begin, settings)
    with interrupts_held():
        for _each in range(workers):
            pool.submit(int)  # a process begins when there is something to do and nobody idle
    return pool, alive


def cores_for(workers: int) -> list[int | None]:
    """The core of each, or None where they are free to move.

    A judge and its worker take turns, thousands of them for one submission: on one core each turn
    is a quarter cheaper than on two. Fewer than there are cores could meet those of another run on
    some of them while others idle.
    """
    usable = usable_cores()
    if workers < len(usable):
        return [None] * workers
    return list(itertools.islice(itertools.cycle(usable), workers))


def usable_cores() -> list[int]:
    """The numbers of the cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return sorted(os.sched_getaffinity(0))
    return list(range(os.cpu_count() or 1))


def begin(
    alive: Connection,
    cores: SimpleQueue,
    environment: Mapping[str, str],
    profiles: Sequence[Profile],
) -> None:
    """Make this process one of a run's: with its environment, on its core, ending when it does.

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
    if core is not None and hasattr(os, "sched_setaffinity"):
        with contextlib.suppress(OSError):  # it may have been taken away meanwhile
            os.sched_setaffinity(0, {core})
    # A function, since being ignored would be handed on to what is started here.
    signal.signal(signal.SIGINT, lambda number, frame: None)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    # Keras takes seconds to import: all begin at once, not each with its first submission.
    for profile in profiles:
        launch.prepare(profile)


@contextlib.contextmanager
def interrupts_held() -> Iterator[None]:
    """Hold Ctrl+C back for a moment; a process that is started meanwhile holds it back, too."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
