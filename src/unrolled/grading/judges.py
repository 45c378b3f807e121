"""Keep a bounded number of submissions at the judges, and hand over each outcome as it comes."""

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any, Protocol

from unrolled.grading.course import GradingError, Submission
from unrolled.grading.graded_cells import is_keras
from unrolled.grading.judging import Part, SelfTestFailed, Task, judge_solution, judge_submission
from unrolled.grading.memory_watch import available
from unrolled.grading.processes import start_pool, usable_cores
from unrolled.grading.profiles import Profile
from unrolled.grading.sandbox import SandboxUnavailable
from unrolled.grading.writer import Judged

WINDOW = 4  # submissions at hand for each that is judged: none waits, and few are in memory
WATCH_SECONDS = 2

Outcome = Judged | BaseException


class Judges(Protocol):
    """Where submissions are judged: processes of this machine, or a cluster."""

    def submit(self, function: Callable, task: Task) -> Future:
        """Judge a task; the future's exception is what went wrong."""
        ...

    def window(self) -> int:
        """How many may be at hand at once."""
        ...

    def lost(self, error: BaseException | None) -> bool:
        """Whether the judging process ended, perhaps by another submission's fault."""
        ...

    def renew(self) -> None:
        """Make good what was lost."""
        ...

    def watch(self) -> None:
        """Raise CannotGoOn where nothing will ever come."""
        ...


class LocalJudges:
    """A pool of processes; made anew when one of them died, which ends the pool."""

    def __init__(self, workers: int, profiles: Sequence[Profile]):
        self._settings = workers, profiles
        self._pool, self._alive = start_pool(workers, profiles)

    def submit(self, function: Callable, task: Task) -> Future:
        try:
            return self._pool.submit(function, task)
        except BrokenProcessPool as error:  # it died before anybody asked
            future: Future = Future()
            future.set_exception(error)
            return future

    def window(self) -> int:
        return WINDOW * self._settings[0]

    def lost(self, error: BaseException | None) -> bool:
        return isinstance(error, BrokenProcessPool)

    def renew(self) -> None:
        self.close()
        self._pool, self._alive = start_pool(*self._settings)

    def watch(self) -> None:
        pass

    def close(self) -> None:
        self._pool.shutdown(cancel_futures=True)

    def end(self) -> None:
        """Close, without waiting for what is being judged: it will be judged another time."""
        self._alive.close()
        self.close()


class GivenJudges:
    """An executor of the caller's, which is left running."""

    def __init__(self, executor: Executor, workers: int):
        self._executor, self._workers = executor, workers

    def submit(self, function: Callable, task: Task) -> Future:
        return self._executor.submit(function, task)

    def window(self) -> int:
        return WINDOW * self._workers

    def lost(self, error: BaseException | None) -> bool:
        return False

    def renew(self) -> None:
        pass

    def watch(self) -> None:
        pass


@contextlib.contextmanager
def local_judges(
    executor: Executor | None,
    workers: int | None,
    tasks: int,
    parts: Iterable[Part],
    options: Mapping[str, Any],
) -> Iterator[Judges]:
    """The judges of this machine: a pool, or what the caller gives in its place."""
    profiles = profiles_of(parts, options)
    workers = workers or default_workers(profiles[-1])
    if executor is not None:
        yield GivenJudges(executor, workers)
        return
    pool = LocalJudges(min(workers, tasks + 1), profiles if options["sandboxed"] else [])
    try:
        yield pool
    except BaseException:
        pool.end()
        raise
    pool.close()


def judged(judges: Judges, tasks: Iterable[Task]) -> Iterator[tuple[Task, Outcome]]:
    """Each task with what it came to, as they come; no more are read than the window holds."""
    tasks, futures = iter(tasks), {}
    while True:
        while len(futures) < judges.window() and (task := next(tasks, None)) is not None:
            futures[judges.submit(judge_submission, task)] = task
        if not futures:
            return
        lost = yield from take(judges, futures, some(judges, futures))
        if lost:
            # Others may have been lost with it. Each is judged once more by itself, so that the
            # one whose fault it is takes no other with it.
            while futures:
                lost += yield from take(judges, futures, some(judges, futures))
            yield from one_by_one(judges, lost)


def some(judges: Judges, futures: Iterable[Future]) -> set[Future]:
    """Wait until one or more are done."""
    while not (done := wait(futures, WATCH_SECONDS, return_when=FIRST_COMPLETED).done):
        judges.watch()
    return done


def take(
    judges: Judges, futures: dict[Future, Task], done: Iterable[Future]
) -> Iterator[tuple[Task, Outcome]]:
    """Hand over what is done; returns the tasks whose judging process ended."""
    lost = []
    for future in done:
        task, error = futures.pop(future), outcome_error(future)
        if judges.lost(error):
            lost.append(task)
        else:
            yield task, error or future.result()
    return lost


def one_by_one(judges: Judges, tasks: Iterable[Task]) -> Iterator[tuple[Task, Outcome]]:
    judges.renew()
    for task in tasks:
        future = judges.submit(judge_submission, task)
        some(judges, [future])
        error = outcome_error(future)
        if judges.lost(error):
            judges.renew()
        yield task, error or future.result()


def outcome_error(future: Future) -> BaseException | None:
    """A future's exception; being cancelled is one too."""
    try:
        return future.exception()
    except BaseException as error:
        return error


def self_test(judges: Judges, assignment: str, paths: Sequence[Path], part: Part) -> None:
    """The assignment's own solution must score full where its submissions will be judged."""
    contents = {path.stem: path.read_bytes() for path in paths}
    solution = Submission("the solution", assignment, paths[0].parent)
    try:
        future = judges.submit(judge_solution, Task(solution, contents, part))
        some(judges, [future])
        judges.lost(outcome_error(future))  # a cluster that is gone says so
        future.result()
    except (GradingError, SandboxUnavailable):
        raise
    except Exception as error:  # whatever it is, it would meet every submission
        what = str(error) or type(error).__name__
        if isinstance(error, BrokenProcessPool):
            what = "the process that judged it ended; is the machine out of memory?"
        raise SelfTestFailed(
            f"Nothing was graded: the solution in source/{assignment} could not be judged on this "
            f"machine: {what}\nMend the assignment, or the machine, then try again."
        ) from error


def profiles_of(parts: Iterable[Part], options: Mapping[str, Any]) -> list[Profile]:
    """The kinds of worker that judging these takes, the heaviest last."""
    cells = [cell for part in parts for found in part.recorded.values() for cell in found]
    heavy = any(cell.solution and is_keras(cell.name) for cell in cells)
    return [options["numpy_profile"], *([options["keras_profile"]] if heavy else [])]


def default_workers(heaviest: Profile) -> int:
    """One worker per core, but no more than the memory is enough for.

    Where the machine runs out of memory it ends processes of its own choice, and that must not be
    taken for the fault of a student.
    """
    cores, memory = len(usable_cores()), available()
    if memory is None:
        return cores
    return max(1, min(cores, memory // heaviest.limits.memory_bytes))
