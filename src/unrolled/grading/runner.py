"""Grade a course: judge many submissions at once, write them one by one, skip what is unchanged."""

import contextlib
import multiprocessing
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from nbformat.notebooknode import NotebookNode
from nbgrader.api import Gradebook, MissingEntry

from unrolled.grading.course import (
    Course,
    GradingError,
    Submission,
    alone,
    assignment_files,
    digest,
    judging_digest,
    open_course,
)
from unrolled.grading.gradebook import (
    clear_stages,
    record_assignment,
    standing_row,
    write_submission,
)
from unrolled.grading.graded_cells import is_keras
from unrolled.grading.intake import (
    Refused,
    check_name,
    parse_notebook,
    read_stamp,
    read_submission,
    refuse_links,
    shown_name,
)
from unrolled.grading.judge import Judge, Judgement, judge_notebook
from unrolled.grading.match import RecordedCell, language_of, match_cells, recorded_cells
from unrolled.grading.memory_watch import available
from unrolled.grading.profiles import Profile
from unrolled.grading.report import Row
from unrolled.grading.sandbox import SandboxUnavailable, require_sandbox

Progress = Callable[[int, int, Row], None]
Recorded = Mapping[str, tuple[RecordedCell, ...]]


class SelfTestFailed(GradingError):
    """The assignment's own solution does not score full here, so nothing is graded."""


@dataclass(frozen=True)
class Task:
    """One submission to judge, with all that a judging process needs to know."""

    submission: Submission
    notebooks: Mapping[str, NotebookNode]
    recorded: Recorded
    options: Mapping[str, Any]
    hash: str
    files: Mapping[str, bytes]


def grade(
    root: Path | str,
    assignments: Sequence[str] = (),
    students: Sequence[str] = (),
    *,
    workers: int | None = None,
    force: bool = False,
    sandboxed: bool = True,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> list[Row]:
    """Grade the submissions of a course; one row each, in the order of students.

    workers: how many are judged at once (one per core, and no more than the memory is enough for,
    unless given); force: judge the unchanged
    ones too; sandboxed: False runs students' code as it is; executor: takes the place of the local
    pool; progress: called with (done, all, row) for each. Raises GradingError and
    SandboxUnavailable before anything was graded. Each process of the pool imports the caller's
    main module, which must not grade on import.
    """
    course = open_course(root)
    sources = course.assignments(assignments)
    options = Judge(config=course.config).options()
    options["sandboxed"] = sandboxed and options["sandboxed"]
    with alone(course) as workshop:
        clear_stages(workshop)
        every = not assignments
        submissions = course.submissions(list(sources), students, every=every)
        rows = Rows(len(submissions), progress)
        tasks = list(waiting_tasks(course, sources, submissions, options, force, rows))
        if tasks:
            if options["sandboxed"]:
                require_sandbox()
            stage = workshop / f"stage-{os.getpid()}"
            wanted = sorted({task.submission.assignment for task in tasks})
            recorded = {}
            for name in wanted:
                record_assignment(course, name, stage)
                recorded[name] = read_recorded(course, name, sources[name])
            tasks = [replace(t, recorded=recorded[t.submission.assignment]) for t in tasks]
            workers = workers or default_workers(recorded.values(), options)
            with pool(executor, workers, len(tasks)) as judges:
                for name in wanted:
                    self_test(judges, name, sources[name], recorded[name], options)
                for task, outcome in judged(judges, tasks):
                    rows.add(finish(course, task, outcome, stage))
            clear_stages(workshop)
        return rows.ordered()


class Rows:
    """The rows so far, told to whoever watches."""

    def __init__(self, total: int, progress: Progress | None):
        self._total, self._progress, self._rows = total, progress, []

    def add(self, row: Row) -> None:
        self._rows.append(row)
        if self._progress is not None:
            self._progress(len(self._rows), self._total, row)

    def ordered(self) -> list[Row]:
        return sorted(self._rows, key=lambda row: (row.assignment, row.student))


def waiting_tasks(
    course: Course,
    sources: Mapping[str, tuple[Path, ...]],
    submissions: Iterable[Submission],
    options: Mapping[str, Any],
    force: bool,
    rows: Rows,
) -> Iterator[Task]:
    """The submissions that must be judged; rows are added for those that must not."""
    ours = judging_digest(repr(sorted(options.items(), key=str)))
    files = {name: assignment_files(paths[0].parent) for name, paths in sources.items()}
    parts = {
        name: [*(p.read_bytes() for p in paths), repr(sorted(files[name].items())).encode()]
        for name, paths in sources.items()
    }
    with contextlib.closing(Gradebook(course.directory().db_url)) as gradebook:
        for submission in submissions:
            try:
                contents, notebooks = read_all(submission, sources)
            except Refused as reason:
                rows.add(refused_row(submission, reason, gradebook))
                continue
            hash = digest([ours, *parts[submission.assignment], *contents])
            row = None if force else standing_row(course, submission, gradebook, hash)
            if row is not None:
                rows.add(row)
                continue
            yield Task(submission, notebooks, {}, options, hash, files[submission.assignment])


def read_all(
    submission: Submission, sources: Mapping[str, tuple[Path, ...]]
) -> tuple[list[bytes], dict[str, NotebookNode]]:
    """Every notebook of a submission that its assignment asks for."""
    check_name(submission.student)
    if submission.assignment not in sources:
        raise Refused("there is no such assignment in source/")
    refuse_links(submission.folder)
    contents, notebooks = [], {}
    for path in sources[submission.assignment]:
        content, notebooks[path.stem] = read_submission(submission.folder, path.stem)
        contents.append(content)
    contents.append((read_stamp(submission.folder) or "").encode())
    return contents, notebooks


def refused_row(submission: Submission, reason: Exception, gradebook: Gradebook) -> Row:
    names = shown_name(submission.student), shown_name(submission.assignment)
    text = str(reason)
    with contextlib.suppress(MissingEntry):
        earlier = gradebook.find_submission(submission.assignment, submission.student)
        text += f"; the grade of what was handed in before, {earlier.score:g}, stands"
    return Row(*names, status="refused", reason=text)


def read_recorded(course: Course, assignment: str, paths: Iterable[Path]) -> Recorded:
    url = course.directory().db_url
    return {path.stem: recorded_cells(url, assignment, path.stem) for path in paths}


def judge_submission(task: Task) -> dict[str, Judgement]:
    """Judge one submission; runs in a process of the pool."""
    return {
        name: judge_notebook(
            match_cells(notebook, task.recorded[name]), files=task.files, **task.options
        )
        for name, notebook in task.notebooks.items()
    }


def self_test(
    judges: Executor,
    assignment: str,
    paths: Sequence[Path],
    recorded: Recorded,
    options: Mapping[str, Any],
) -> None:
    """The assignment's own solution must score full on this machine."""
    notebooks = {path.stem: parse_notebook(path.read_bytes()) for path in paths}
    solution = Submission("the solution", assignment, paths[0].parent)
    task = Task(solution, notebooks, recorded, options, "", assignment_files(paths[0].parent))
    try:
        judgements = judges.submit(judge_submission, task).result()
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
    for judgement in judgements.values():
        for test in judgement.tests.values():
            if not test.passed:
                raise SelfTestFailed(
                    f"Nothing was graded: the solution in source/{assignment} does not pass its "
                    f"own test of {test.exercise} on this machine.\n{test.message}\n"
                    "Mend the assignment, or see whether the machine is overloaded."
                )


def judged(
    judges: Executor, tasks: Sequence[Task]
) -> Iterator[tuple[Task, dict[str, Judgement] | BaseException]]:
    """Each task with its judgements, or with what went wrong, as they come."""
    futures: dict[Future, Task] = {judges.submit(judge_submission, task): task for task in tasks}
    lost = []
    for future in as_completed(futures):
        error = future.exception()
        if isinstance(error, BrokenProcessPool):
            lost.append(futures[future])
        else:
            yield futures[future], error or future.result()
    # A judging process died, and the pool with it. Each lost one gets a pool of its own, so that
    # the one whose fault it is takes no other with it.
    for task in lost:
        with pool(None, 1, 1) as judge:
            future = judge.submit(judge_submission, task)
            yield task, future.exception() or future.result()


def finish(
    course: Course, task: Task, outcome: dict[str, Judgement] | BaseException, stage: Path
) -> Row:
    """Write a judged submission down; a failure of ours is a row, not a score."""
    submission = task.submission
    language = language_of(next(iter(task.notebooks.values())))
    if not isinstance(outcome, BaseException):
        try:
            record = {"hash": task.hash}
            write_submission(course, submission, task.notebooks, outcome, record, stage)
            with contextlib.closing(Gradebook(course.directory().db_url)) as gradebook:
                row = standing_row(course, submission, gradebook, task.hash)
            if row is not None:
                return replace(row, skipped=False)
            outcome = GradingError("the gradebook does not hold what was written")
        except Exception as error:  # the batch goes on; this one is to be run again
            outcome = error
    return Row(
        submission.student,
        submission.assignment,
        status="failed",
        reason=f"{outcome} (not a score: run it again)",
        language=language,
    )


def default_workers(recorded: Iterable[Recorded], options: Mapping[str, Any]) -> int:
    """One worker per core, but no more than the memory is enough for.

    Where the machine runs out of memory it ends processes of its own choice, and that must not be
    taken for the fault of a student.
    """
    cells = [cell for notebooks in recorded for found in notebooks.values() for cell in found]
    heavy = any(cell.solution and is_keras(cell.name) for cell in cells)
    profile: Profile = options["keras_profile" if heavy else "numpy_profile"]
    cores, memory = len(os.sched_getaffinity(0)), available()
    if memory is None:
        return cores
    return max(1, min(cores, memory // profile.limits.memory_bytes))


@contextlib.contextmanager
def pool(executor: Executor | None, workers: int, tasks: int) -> Iterator[Executor]:
    """The processes that judge; an executor given from outside is left running."""
    if executor is not None:
        yield executor
        return
    count = min(workers, tasks + 1)
    context = multiprocessing.get_context("spawn")
    processes = ProcessPoolExecutor(count, mp_context=context, initializer=end_with_parent)
    try:
        yield processes
    finally:
        processes.shutdown(cancel_futures=True)


def end_with_parent() -> None:
    """Let this process, and with it its sandbox, end when the run that started it is killed."""

    def wait() -> None:
        parent = multiprocessing.parent_process()
        if parent is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=wait, daemon=True).start()
