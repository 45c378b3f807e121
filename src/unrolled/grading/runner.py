"""Grade a course: judge many submissions at once, write them one by one, skip what is unchanged.

Submissions flow through: of each, no more is kept than its row.
"""

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from unrolled.grading.cluster import cluster_judges
from unrolled.grading.course import (
    CannotGoOn,
    Submission,
    alone,
    assignment_files,
    digest,
    judging_digest,
    open_course,
)
from unrolled.grading.intake import (
    Refused,
    check_name,
    parse_notebook,
    read_regular,
    read_stamp,
    refuse_links,
    shown_name,
)
from unrolled.grading.judge import Judge
from unrolled.grading.judges import (
    Judges,
    Outcome,
    judged,
    local_judges,
    self_test,
)
from unrolled.grading.judging import Part, Task
from unrolled.grading.match import language_of
from unrolled.grading.report import Row
from unrolled.grading.sandbox import bubblewrap
from unrolled.grading.writer import Writer

Progress = Callable[[int, int, Row], None]


def grade(
    root: Path | str,
    assignments: Sequence[str] = (),
    students: Sequence[str] = (),
    *,
    workers: int | None = None,
    force: bool = False,
    sandboxed: bool = True,
    executor: Executor | None = None,
    scheduler: str | None = None,
    progress: Progress | None = None,
) -> list[Row]:
    """Grade the submissions of a course; one row each, in the order of students.

    workers: how many are judged at once (one per core, and no more than the memory is enough for,
    unless given); force: judge the unchanged ones too; sandboxed: False runs students' code as it
    is; executor: takes the place of the local pool; scheduler: the address of a dask cluster that
    judges instead; progress: called with (done, all, row) for each. Raises GradingError and
    SandboxUnavailable before anything was graded, CannotGoOn in the middle of it. Each process of
    the pool imports the caller's main module, which must not grade on import.
    """
    course = open_course(root)
    sources = course.assignments(assignments)
    options = Judge(config=course.config).options()
    options["sandboxed"] = sandboxed and options["sandboxed"]
    with alone(course) as workshop, Writer(course, workshop) as writer:
        submissions = course.submissions(list(sources), students, every=not assignments)
        rows = Rows(len(submissions), progress)
        reader = Reader(sources, options)
        waiting = [each for each in submissions if not settled(each, reader, writer, force, rows)]
        if waiting:
            if options["sandboxed"] and scheduler is None:
                bubblewrap()  # where it is missing, say so before anything is written
            parts = record(sources, {each.assignment for each in waiting}, options, writer)
            if scheduler is not None:
                there = cluster_judges(scheduler, options["sandboxed"])
            else:
                there = local_judges(executor, workers, len(waiting), parts.values(), options)
            with there as judges:
                for name, part in parts.items():
                    self_test(judges, name, sources[name], part)
                judge_all(judges, waiting, parts, reader, writer, rows)
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


@dataclass(frozen=True)
class HandedIn:
    """What is read of a submission: its notebooks' bytes by name, its time, the hash of all."""

    contents: Mapping[str, bytes]
    stamp: str | None
    hash: str


class Reader:
    """Reads submissions, with the hash of all that their grades depend on."""

    def __init__(self, sources: Mapping[str, tuple[Path, ...]], options: Mapping[str, Any]):
        self._sources = sources
        ours = judging_digest(repr(sorted(options.items(), key=str)))
        self._parts = {}
        for name, paths in sources.items():
            files = repr(sorted(assignment_files(paths[0].parent).items())).encode()
            self._parts[name] = [ours, *(path.read_bytes() for path in paths), files]

    def read(self, submission: Submission) -> HandedIn:
        """Read every notebook of a submission that its assignment asks for; raises Refused."""
        check_name(submission.student)
        if submission.assignment not in self._sources:
            raise Refused("there is no such assignment in source/")
        refuse_links(submission.folder)
        names = self.names(submission)
        contents = {name: read_regular(submission.folder / f"{name}.ipynb") for name in names}
        stamp = read_stamp(submission.folder)
        parts = [*self._parts[submission.assignment], *contents.values(), (stamp or "").encode()]
        return HandedIn(contents, stamp, digest(parts))

    def names(self, submission: Submission) -> list[str]:
        return [path.stem for path in self._sources[submission.assignment]]


def settled(
    submission: Submission, reader: Reader, writer: Writer, force: bool, rows: Rows
) -> bool:
    """Whether a submission need not be judged: its row is there already, or it is refused."""
    try:
        handed_in = reader.read(submission)
        row = None
        if not force:
            names = reader.names(submission)
            row = writer.standing_row(submission, names, handed_in.hash)
        if row is None:
            for content in handed_in.contents.values():
                parse_notebook(content)
            return False
    except Refused as reason:
        row = refused_row(submission, reason, writer)
    rows.add(row)
    return True


def record(
    sources: Mapping[str, tuple[Path, ...]],
    wanted: Iterable[str],
    options: Mapping[str, Any],
    writer: Writer,
) -> dict[str, Part]:
    """Record the assignments that are to be judged, and gather what judging needs of them."""
    parts = {}
    for name in sorted(wanted):
        recorded = writer.record(name, [path.stem for path in sources[name]])
        files = assignment_files(sources[name][0].parent)
        parts[name] = Part(recorded, files, options, writer.direct)
    return parts


def judge_all(
    judges: Judges,
    waiting: Iterable[Submission],
    parts: Mapping[str, Part],
    reader: Reader,
    writer: Writer,
    rows: Rows,
) -> None:
    """Read, judge and write, each submission as soon as there is room for it."""

    def tasks() -> Iterator[Task]:
        for submission in waiting:
            try:
                read = reader.read(submission)
            except Refused as reason:  # it changed meanwhile
                rows.add(refused_row(submission, reason, writer))
                continue
            part = parts[submission.assignment]
            yield Task(submission, read.contents, part, read.hash, read.stamp)

    for task, outcome in judged(judges, tasks()):
        rows.add(finish(writer, task, outcome))


def finish(writer: Writer, task: Task, outcome: Outcome) -> Row:
    """Write a judged submission down; a failure of ours is a row, not a score."""
    submission = task.submission
    if isinstance(outcome, Refused):
        return refused_row(submission, outcome, writer)
    if not isinstance(outcome, BaseException):
        try:
            return writer.write(submission, outcome)
        except CannotGoOn:
            raise
        except Exception as error:  # the batch goes on; this one is to be run again
            outcome = error
    elif not isinstance(outcome, Exception):
        raise outcome
    language = "en"
    with contextlib.suppress(Refused):  # it changed after it was looked through
        language = language_of(parse_notebook(next(iter(task.contents.values()))))
    return Row(
        submission.student,
        submission.assignment,
        status="failed",
        reason=f"{outcome} (not a score: run it again)",
        language=language,
    )


def refused_row(submission: Submission, reason: Exception, writer: Writer) -> Row:
    names = shown_name(submission.student), shown_name(submission.assignment)
    text = str(reason)
    with contextlib.suppress(UnicodeError):  # a name that no gradebook can hold
        earlier = writer.score_before(submission)
        if earlier is not None:
            text += f"; the grade of what was handed in before, {earlier:g}, stands"
    return Row(*names, status="refused", reason=text)
