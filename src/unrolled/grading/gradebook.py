"""Write what was judged with nbgrader's own converters, and read the scores it holds."""

import contextlib
import io
import logging
import os
import shutil
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import nbformat
from nbformat.notebooknode import NotebookNode
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.converters import Autograde, GenerateAssignment
from nbgrader.converters.base import NbGraderException
from sqlalchemy.exc import SAWarning
from traitlets.config import Config

from unrolled.grading.course import Course, GradingError, Submission
from unrolled.grading.intake import STAMP, read_stamp
from unrolled.grading.judge import Judgement
from unrolled.grading.report import ExerciseResult, Row


def record_assignment(course: Course, assignment: str, stage: Path) -> None:
    """Record what `nbgrader generate_assignment` would; release/ is left as it is."""
    place = str((stage / "release").relative_to(course.root))
    directory = course.directory(release_directory=place, assignment_id=assignment)
    with quiet() as said:
        try:
            GenerateAssignment(coursedir=directory, config=course.config, force=True).start()
        except NbGraderException:
            raise GradingError(
                f"{assignment} cannot be recorded in the gradebook:\n{last_error(said)}\n"
                "If its exercises changed after students' work was recorded, the old record must "
                f"go first, and that deletes every grade of {assignment}. So keep them: run "
                "`nbgrader export`, copy gradebook.db to a safe place. Then run: "
                f"nbgrader db assignment remove {assignment} --force"
            ) from None


def write_submission(
    course: Course,
    submission: Submission,
    notebooks: Mapping[str, NotebookNode],
    judgements: Mapping[str, Judgement],
    record: Mapping[str, Any],
    stage: Path,
) -> None:
    """Let nbgrader write a judged submission; it appears in autograded/ whole or not at all."""
    shutil.rmtree(stage, ignore_errors=True)
    submitted, autograded = stage / "submitted", stage / "autograded"
    place = submitted / submission.student / submission.assignment
    place.mkdir(parents=True)
    for name, notebook in notebooks.items():
        nbformat.write(notebook, place / f"{name}.ipynb")
    stamp = read_stamp(submission.folder)
    if stamp:
        (place / STAMP).write_text(stamp)
    for name, judgement in judgements.items():
        directory = course.directory(
            submitted_directory=str(submitted.relative_to(course.root)),
            autograded_directory=str(autograded.relative_to(course.root)),
            student_id=submission.student,
            assignment_id=submission.assignment,
            notebook_id=name,
        )
        config = Config(course.config)
        config.Judge.prepared, config.Judge.record = judgement, dict(record)
        with quiet() as said:
            try:
                Autograde(coursedir=directory, config=config).start()
            except NbGraderException:
                raise RuntimeError(f"nbgrader could not write it: {last_error(said)}") from None
    final = course.root / course.directory().autograded_directory
    final = final / submission.student / submission.assignment
    final.parent.mkdir(parents=True, exist_ok=True)
    if final.exists():
        final.rename(stage / "old")
    (autograded / submission.student / submission.assignment).rename(final)
    shutil.rmtree(stage, ignore_errors=True)


@contextlib.contextmanager
def quiet() -> Iterator[io.StringIO]:
    """Keep nbgrader's log from the terminal, and to hand for an error."""
    said = io.StringIO()
    logger = logging.getLogger("traitlets")
    handler, level, handlers = logging.StreamHandler(said), logger.level, logger.handlers[:]
    logger.handlers[:] = [handler]
    logger.setLevel(logging.ERROR)
    propagate, logger.propagate = logger.propagate, False
    try:
        with warnings.catch_warnings():
            # nbgrader's own queries, which SQLAlchemy 2.1 finds old-fashioned.
            warnings.simplefilter("ignore", SAWarning)
            yield said
    finally:
        logger.handlers[:] = handlers
        logger.setLevel(level)
        logger.propagate = propagate


def last_error(said: io.StringIO) -> str:
    """The exception in nbgrader's log, not the advice after it."""
    lines = [line for line in said.getvalue().splitlines() if line.strip()]
    errors = [line for line in lines if "Error" in line.split(":")[0]]
    return (errors or lines or ["no reason given"])[-1].strip()[:300]


def standing_row(
    course: Course, submission: Submission, gradebook: Gradebook, expected: str
) -> Row | None:
    """The row of a submission that was graded as it is now, or None where that is not so."""
    folder = course.root / course.directory().autograded_directory
    folder = folder / submission.student / submission.assignment
    exercises, seconds, language = {}, 0.0, "en"
    paths = sorted(folder.glob("*.ipynb"))
    for path in paths:
        try:
            notebook = nbformat.read(path, as_version=4)
            ours = notebook.metadata["unrolled"]
            if ours["record"]["hash"] != expected:
                return None
            language, seconds = ours["language"], seconds + ours["seconds"]
        except (KeyError, ValueError, OSError, TypeError):
            return None  # half-written, or by plain nbgrader
        try:
            exercises |= exercise_results(notebook, gradebook, submission, path.stem)
            total = gradebook.find_submission(submission.assignment, submission.student)
        except MissingEntry:
            return None  # the gradebook is another one
    if not paths:
        return None
    return Row(
        student=submission.student,
        assignment=submission.assignment,
        status="graded",
        score=total.score,
        points=total.max_score,
        seconds=round(seconds, 3),
        exercises=exercises,
        language=language,
        skipped=True,
    )


def exercise_results(
    notebook: NotebookNode, gradebook: Gradebook, submission: Submission, name: str
) -> dict[str, ExerciseResult]:
    """The scores that the gradebook holds, with what the judge said of each."""
    results = {}
    for cell in notebook.cells:
        said = cell.metadata.get("unrolled")
        if not said:
            continue
        grade = gradebook.find_grade(
            cell.metadata.nbgrader.grade_id, name, submission.assignment, submission.student
        )
        results[said["exercise"]] = ExerciseResult(
            float(grade.score or 0), float(grade.max_score or 0), said["mistake"], said["message"]
        )
    return results


def clear_stages(workshop: Path) -> None:
    """Remove what a killed run left behind."""
    for path in workshop.glob("stage-*"):
        for folder, _, _ in os.walk(path):
            os.chmod(folder, 0o700)
        shutil.rmtree(path, ignore_errors=True)
