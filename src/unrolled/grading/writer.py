"""Write judged submissions one by one, each whole or not at all, and tell which still stand.

A submission has two homes: the gradebook and its folder in autograded/. A mark is set before the
first changes and is taken away after the last: what bears a mark is judged again, whatever its
folder says. So a kill between the two leaves nothing that a later run believes.
"""

import contextlib
import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from nbgrader.converters import Autograde, GenerateAssignment
from nbgrader.converters.base import NbGraderException
from traitlets.config import Config

from unrolled.grading.course import CannotGoOn, Course, GradingError, Submission, digest
from unrolled.grading.files_beside import copy_assignments_files, copy_students_files
from unrolled.grading.grade_tables import Standing, holds
from unrolled.grading.gradebook import GradebookAway, OpenGradebook
from unrolled.grading.graded_notebook import GradedNotebook, read_graded
from unrolled.grading.intake import STAMP
from unrolled.grading.judge import Judgement
from unrolled.grading.match import RecordedCell
from unrolled.grading.quiet import last_error, quiet
from unrolled.grading.report import ExerciseResult, Row
from unrolled.grading.shipped import is_as_shipped, require_judge

PATIENCE = 3  # submissions in a row that the gradebook or the disk does not take


@dataclass(frozen=True)
class JudgedNotebook:
    """A notebook as it will lie in autograded/, and the judgement where nbgrader puts it in."""

    text: str
    judgement: Judgement | None = None


@dataclass(frozen=True)
class Judged:
    """A judged submission: its notebooks by name, and when it was handed in, if it says so."""

    notebooks: Mapping[str, JudgedNotebook]
    hash: str
    stamp: str | None


class Writer:
    """The one process, and the one gradebook, through which a batch's grades go."""

    def __init__(self, course: Course, workshop: Path):
        self._course = course
        self._stage = workshop / f"stage-{os.getpid()}"
        self._marks = workshop / "unsure"
        self._directory = course.directory()
        self._autograded = course.root / self._directory.autograded_directory
        # nbgrader's own converter: what it is set to, and the permissions it gives.
        self._converter = self._make_converter()
        require_judge(self._converter)
        self.direct = is_as_shipped(course.config, self._converter)
        self._gradebook = OpenGradebook(
            course, create_students=bool(self._converter.create_student)
        )
        self._failures = 0

    def __enter__(self) -> "Writer":
        clear_stages(self._stage.parent)
        return self

    def __exit__(self, *error) -> None:
        self._gradebook.close()
        clear_stages(self._stage.parent)

    def record(
        self, assignment: str, notebooks: Iterable[str]
    ) -> dict[str, tuple[RecordedCell, ...]]:
        """Record what `nbgrader generate_assignment` would; returns the cells of each notebook."""
        record_assignment(self._course, assignment, self._stage)
        self._gradebook.forget()
        return {name: self._gradebook.recorded(assignment, name) for name in notebooks}

    def score_before(self, submission: Submission) -> float | None:
        """The score of what was handed in before, where there is one."""
        standing = self._gradebook.standing(submission)
        return None if standing is None else standing.score

    def standing_row(
        self, submission: Submission, notebooks: Sequence[str], expected: str
    ) -> Row | None:
        """The row of a submission that was graded as it is now, or None where that is not so."""
        if self._mark(submission).exists():
            return None
        folder = self._final(submission)
        try:
            if sorted(path.stem for path in folder.glob("*.ipynb")) != sorted(notebooks):
                return None
            graded = read_folder(folder, notebooks)
        except (KeyError, ValueError, OSError, TypeError, AttributeError):
            return None  # half-written, or by plain nbgrader
        if any(notebook.hash != expected for notebook in graded.values()):
            return None
        standing = self._gradebook.standing(submission)
        if standing is None or (self.direct and not holds(standing, graded)):
            return None  # the gradebook is another one
        return graded_row(submission, graded, standing, skipped=True)

    def write(self, submission: Submission, judged: Judged) -> Row:
        """Write a judged submission to the gradebook and to autograded/; returns its row."""
        mark = self._mark(submission)
        try:
            shutil.rmtree(self._stage, ignore_errors=True)
            mark.parent.mkdir(exist_ok=True)
            if self.direct:
                self._lay_out(submission, judged)
                graded = read_folder(self._made(submission), judged.notebooks)
                mark.touch()
                standing = self._gradebook.save(submission, judged.stamp, graded)
            else:
                mark.touch()
                self._convert(submission, judged)
                graded = read_folder(self._made(submission), judged.notebooks)
                standing = self._gradebook.standing(submission)
            row = None if standing is None else graded_row(submission, graded, standing)
            if row is None:
                raise GradingError("the gradebook does not hold what was written")
            self._put_in_place(submission)
            mark.unlink()
        except (GradebookAway, OSError) as error:
            self._failures += 1
            text = self._unwritable(error) if isinstance(error, OSError) else str(error)
            if self._failures >= PATIENCE:
                raise CannotGoOn(f"{text} What was graded until now stands.") from error
            raise GradingError(text) from error
        self._failures = 0
        return row

    def _lay_out(self, submission: Submission, judged: Judged) -> None:
        """Make the folder as nbgrader's converter would, in the stage."""
        ignored = self._directory.ignore
        place = self._made(submission)
        place.mkdir(parents=True)
        copy_students_files(submission.folder, place, ignored)
        source = self._course.root / self._directory.source_directory / submission.assignment
        left = self._converter.exclude_overwriting.get(submission.assignment, [])
        copy_assignments_files(source, place, ignored, left)
        for name, notebook in judged.notebooks.items():
            (place / f"{name}.ipynb").write_text(notebook.text, encoding="utf-8")
        with quiet():
            self._converter.set_permissions(submission.assignment, submission.student)

    def _convert(self, submission: Submission, judged: Judged) -> None:
        """Let nbgrader's converter write, with whatever the course's configuration adds to it."""
        place = self._stage / "submitted" / submission.student / submission.assignment
        place.mkdir(parents=True)
        copy_students_files(submission.folder, place, [*self._directory.ignore, STAMP])
        if judged.stamp:
            (place / STAMP).write_text(judged.stamp)
        for name, notebook in judged.notebooks.items():
            (place / f"{name}.ipynb").write_text(notebook.text, encoding="utf-8")
        for name, notebook in judged.notebooks.items():
            config = Config(self._course.config)
            config.Judge.prepared, config.Judge.record = notebook.judgement, {"hash": judged.hash}
            converter = self._make_converter(
                config,
                submitted_directory=self._inside("submitted"),
                student_id=submission.student,
                assignment_id=submission.assignment,
                notebook_id=name,
            )
            with quiet() as said:
                try:
                    converter.start()
                except NbGraderException:
                    raise RuntimeError(f"nbgrader could not write it: {last_error(said)}") from None

    def _put_in_place(self, submission: Submission) -> None:
        final = self._final(submission)
        final.parent.mkdir(parents=True, exist_ok=True)
        if final.exists():
            final.rename(self._stage / "old")
        self._made(submission).rename(final)
        if self._directory.groupshared:
            with contextlib.suppress(PermissionError):
                self._autograded.chmod((self._autograded.stat().st_mode | 0o2770) & 0o2777)

    def _unwritable(self, error: OSError) -> str:
        where = error.filename2 or error.filename or self._autograded
        why = error.strerror or type(error).__name__
        return f"{where} cannot be written: {why}. See to its disk and permissions, then run again."

    def _make_converter(self, config: Config | None = None, **options) -> Autograde:
        """nbgrader's converter, set to write into the stage."""
        options["autograded_directory"] = self._inside("autograded")
        directory = self._course.directory(**options)
        return Autograde(coursedir=directory, config=config or self._course.config)

    def _inside(self, folder: str) -> str:
        return str((self._stage / folder).relative_to(self._course.root))

    def _made(self, submission: Submission) -> Path:
        return self._stage / "autograded" / submission.student / submission.assignment

    def _final(self, submission: Submission) -> Path:
        return self._autograded / submission.student / submission.assignment

    def _mark(self, submission: Submission) -> Path:
        names = [submission.student.encode(), submission.assignment.encode()]
        return self._marks / digest(names)


def read_folder(folder: Path, notebooks: Iterable[str]) -> dict[str, GradedNotebook]:
    paths = {name: folder / f"{name}.ipynb" for name in notebooks}
    return {name: read_graded(path.read_text(encoding="utf-8")) for name, path in paths.items()}


def graded_row(
    submission: Submission,
    notebooks: Mapping[str, GradedNotebook],
    standing: Standing,
    *,
    skipped: bool = False,
) -> Row | None:
    """The scores that the gradebook holds, with what the judge said; None if it lacks one."""
    exercises = {}
    for name, notebook in notebooks.items():
        for cell, told in notebook.told.items():
            grade = standing.grades.get((name, cell))
            if grade is None:
                return None
            exercises[told.exercise] = ExerciseResult(
                grade.score, grade.points, told.mistake, told.message
            )
    return Row(
        student=submission.student,
        assignment=submission.assignment,
        status="graded",
        score=standing.score,
        points=standing.points,
        seconds=round(sum(notebook.seconds for notebook in notebooks.values()), 3),
        exercises=exercises,
        language=next(iter(notebooks.values())).language,
        skipped=skipped,
    )


def record_assignment(course: Course, assignment: str, stage: Path) -> None:
    """Record what `nbgrader generate_assignment` would; release/ is left as it is."""
    place = str((stage / "release").relative_to(course.root))
    directory = course.directory(release_directory=place, assignment_id=assignment)
    with quiet() as said:
        try:
            GenerateAssignment(coursedir=directory, config=course.config, force=True).start()
        except NbGraderException:
            text = f"{assignment} cannot be recorded in the gradebook:\n{last_error(said)}"
            if "Cannot add or remove cells" in said.getvalue():
                text += (
                    "\nIts exercises changed after students' work was recorded, so the old record "
                    f"must go first, and that deletes every grade of {assignment}. So keep them: "
                    "run `nbgrader export`, copy gradebook.db to a safe place. Then run: "
                    f"nbgrader db assignment remove {assignment} --force"
                )
            else:
                text += "\nMend that, then run again: what was graded until now stands."
            raise GradingError(text) from None


def clear_stages(workshop: Path) -> None:
    """Remove what a killed run left behind."""
    for path in workshop.glob("stage-*"):
        for folder, _, _ in os.walk(path):
            os.chmod(folder, 0o700)
        shutil.rmtree(path, ignore_errors=True)
