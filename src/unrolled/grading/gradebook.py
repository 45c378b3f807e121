"""Keep nbgrader's gradebook open for a batch: read standing grades, write a submission's at once.

nbgrader's own steps open the database anew each time and commit one by one, which costs 90 ms a
submission and lets a kill leave half a grade. Here the same rows are written in one transaction.
"""

import contextlib
from collections.abc import Iterator, Mapping
from typing import cast

from nbgrader.api import Gradebook
from nbgrader.plugins import LateSubmissionPlugin
from nbgrader.preprocessors import AssignLatePenalties
from nbgrader.utils import parse_utc
from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import (
    DatabaseError,
    DBAPIError,
    InterfaceError,
    NoSuchModuleError,
    OperationalError,
    SQLAlchemyError,
)

from unrolled.grading import grade_tables as tables
from unrolled.grading.course import Course, GradingError, Submission
from unrolled.grading.grade_tables import Outline, Standing
from unrolled.grading.gradebook_file import prepare
from unrolled.grading.graded_notebook import GradedNotebook
from unrolled.grading.match import RecordedCell, recorded_cells
from unrolled.grading.quiet import quiet

LOCKED_MILLISECONDS = 30_000  # formgrader and others write to the same file


class OpenGradebook:
    """A gradebook that stays open for a whole batch."""

    def __init__(self, course: Course, *, create_students: bool = True):
        self._config, self._create_students = course.config, create_students
        directory = course.directory()
        self._url = directory.db_url
        url = make_url(self._url)
        self.place = url.render_as_string(hide_password=True)
        with self._said():
            prepare(self._url)
            self._gradebook = Gradebook(self._url, directory.course_id)
        self._db = self._gradebook.db
        if url.get_backend_name() == "sqlite":
            event.listen(self._gradebook.engine, "connect", wait_for_locks)
            self._db.remove()
            self._gradebook.engine.dispose()
        self._outlines: dict[str, Outline] = {}

    def close(self) -> None:
        self._gradebook.close()

    def forget(self) -> None:
        """Look up anew what the assignments consist of."""
        self._outlines.clear()

    def recorded(self, assignment: str, notebook: str) -> tuple[RecordedCell, ...]:
        """The cells that a recorded notebook consists of."""
        with self._said():
            return recorded_cells(self._url, assignment, notebook)

    def outline(self, assignment: str) -> Outline | None:
        """What an assignment consists of, or None where the gradebook does not know it."""
        if assignment not in self._outlines:
            with self._transaction() as db, quiet():
                found = tables.read_outline(db, assignment)
            if found is None:
                return None
            self._outlines[assignment] = found
        return self._outlines[assignment]

    def standing(self, submission: Submission) -> Standing | None:
        """The grades of what a student handed in before, or None."""
        outline = self.outline(submission.assignment)
        if outline is None:
            return None
        with self._transaction() as db:
            return tables.read_standing(db, outline, submission.student)

    def save(
        self, submission: Submission, stamp: str | None, notebooks: Mapping[str, GradedNotebook]
    ) -> Standing:
        """Write what was judged, as SaveAutoGrades and AssignLatePenalties would, all or nothing.

        Returns the grades that stand now: what a person graded by hand stays.
        """
        outline = self.outline(submission.assignment)
        if outline is None:
            raise GradingError(f"the gradebook does not know {submission.assignment}")
        with self._transaction() as db:
            places = self._hand_in(db, outline, submission.student, stamp)
            tables.write_grades(db, outline, places, notebooks)
            standing = tables.read_standing(db, outline, submission.student)
            if standing is None or not tables.holds(standing, notebooks):
                raise GradingError("the gradebook does not hold what was written")
            judged = {name: places[name] for name in notebooks}
            self._penalise(db, outline, submission.student, standing, judged)
        return standing

    def _hand_in(self, db, outline: Outline, student: str, stamp: str | None) -> dict[str, str]:
        """Record that a student handed in: notebook name → id of the notebook handed in."""
        time = parse_utc(stamp) if stamp else None
        places = tables.hand_in_again(db, outline, student, time)
        if places is not None:
            return places
        if not tables.knows(db, student):
            if not self._create_students:
                raise GradingError(
                    "the gradebook does not know this student, and c.Autograde.create_student is "
                    f"False. Run: nbgrader db student add {student}"
                )
            tables.meet(db, student)
        return tables.hand_in(db, outline, student, time)

    def _penalise(
        self, db, outline: Outline, student: str, standing: Standing, places: Mapping[str, str]
    ) -> None:
        """Take off what the course's plugin says for handing in late."""
        seconds = tables.seconds_late(db, outline, student)
        for name, place in places.items():
            penalty = None
            if seconds > 0:
                score = standing.score_of(name)
                step = AssignLatePenalties(config=self._config)
                with quiet():
                    step.init_plugin()
                    plugin = cast(LateSubmissionPlugin, step.plugin_inst)
                    penalty = plugin.late_submission_penalty(student, score, seconds)
                penalty = None if penalty is None else min(max(penalty, 0), score)
            tables.penalise(db, place, penalty)

    @contextlib.contextmanager
    def _transaction(self) -> Iterator:
        """All that is done inside, or nothing of it; a database's complaint is a sentence."""
        with self._said():
            try:
                yield self._db
                self._db.commit()
            except BaseException:
                with contextlib.suppress(SQLAlchemyError):
                    self._db.rollback()
                raise

    @contextlib.contextmanager
    def _said(self) -> Iterator[None]:
        try:
            yield
        except (OperationalError, InterfaceError) as error:
            raise GradebookAway(
                f"The gradebook {self.place} cannot be read or written: {said(error)}. "
                "See that it is there and that nothing else holds it, then run again."
            ) from error
        except DBAPIError as error:
            if type(error) is DatabaseError:  # SQLite's word for a file that is no database
                raise GradebookAway(
                    f"The gradebook {self.place} is damaged: {said(error)}. Put a copy of it back; "
                    "or move it away, with the grades that a person gave, and run again."
                ) from error
            raise GradingError(f"the gradebook does not take it: {said(error)}") from error
        except (ModuleNotFoundError, NoSuchModuleError) as error:
            raise GradebookAway(
                f"The gradebook {self.place} needs a driver that is not installed ({error}). "
                'For PostgreSQL: pip install "unrolled[cluster]", and a db_url that begins with '
                "postgresql+psycopg2://"
            ) from error


class GradebookAway(GradingError):
    """The database does not answer, or is locked."""


def said(error: DBAPIError) -> str:
    """The database's own words, without the statement."""
    return " ".join(str(error.orig).split())[:200].rstrip(".")


def wait_for_locks(connection, record) -> None:
    """Let SQLite wait for other writers longer than its 5 s."""
    connection.execute(f"PRAGMA busy_timeout = {LOCKED_MILLISECONDS}")
