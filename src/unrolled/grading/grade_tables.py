"""Read and write the rows of nbgrader's gradebook that one submission has.

Every query names the cells and notebooks it is about, since nbgrader's tables are indexed so. All
of it happens in the caller's transaction.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    GradeCell,
    Notebook,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
    TaskCell,
)
from sqlalchemy import and_, bindparam, insert, or_, select, update

from unrolled.grading.graded_notebook import GradedNotebook

# nbgrader's tables; their rows need none of what its classes would load around them.
ASSIGNMENT, NOTEBOOK = Assignment.__table__, Notebook.__table__
CELL, GRADE_CELL, TASK_CELL = BaseCell.__table__, GradeCell.__table__, TaskCell.__table__
STUDENT, HANDED_IN = Student.__table__, SubmittedAssignment.__table__
HANDED_IN_NOTEBOOK = SubmittedNotebook.__table__
GRADE, COMMENT = Grade.__table__, Comment.__table__
SCORE: Any = Grade.score  # by hand, else by the tests, and extra credit


@dataclass(frozen=True)
class OutlineCell:
    """A cell that is graded or commented on, as the gradebook knows it."""

    notebook: str
    name: str
    points: float | None
    commented: bool


@dataclass(frozen=True)
class Outline:
    """What an assignment consists of: notebook name → id, cell id → cell."""

    id: str
    notebooks: Mapping[str, str]
    cells: Mapping[str, OutlineCell]

    @property
    def points(self) -> float:
        return sum(cell.points or 0.0 for cell in self.cells.values())


@dataclass(frozen=True)
class StandingGrade:
    """What a cell earned, by hand or by the tests, and what by the tests alone."""

    score: float
    auto_score: float | None
    points: float


@dataclass(frozen=True)
class Standing:
    """The grades that the gradebook holds of a submission, by (notebook, cell)."""

    grades: Mapping[tuple[str, str], StandingGrade]
    points: float

    @property
    def score(self) -> float:
        return sum(grade.score for grade in self.grades.values())

    def score_of(self, notebook: str) -> float:
        return sum(grade.score for (name, _), grade in self.grades.items() if name == notebook)


def read_outline(db, assignment: str) -> Outline | None:
    own = db.execute(select(ASSIGNMENT.c.id).where(ASSIGNMENT.c.name == assignment)).scalar()
    if own is None:
        return None
    columns = (NOTEBOOK.c.id, NOTEBOOK.c.name)
    names = db.execute(select(*columns).where(NOTEBOOK.c.assignment_id == own))
    notebooks = {id: name for id, name in names}
    points = {}
    for table in (GRADE_CELL, TASK_CELL):
        points |= {id: most for id, most in db.execute(select(table.c.id, table.c.max_score))}
    columns = (CELL.c.id, CELL.c.name, CELL.c.type, CELL.c.notebook_id)
    found = db.execute(select(*columns).where(CELL.c.notebook_id.in_(list(notebooks))))
    cells = {
        id: OutlineCell(notebooks[notebook], name, points.get(id), kind != "GradeCell")
        for id, name, kind, notebook in found
    }
    return Outline(own, {name: id for id, name in notebooks.items()}, cells)


def hand_in_again(
    db, outline: Outline, student: str, time: datetime | None
) -> dict[str, str] | None:
    """The rows of what a student handed in before, or None: notebook name → id of its row."""
    mine = and_(HANDED_IN.c.assignment_id == outline.id, HANDED_IN.c.student_id == student)
    known = db.execute(select(HANDED_IN.c.id).where(mine)).scalar()
    if known is None:
        return None
    if time is not None:
        db.execute(update(HANDED_IN).where(HANDED_IN.c.id == known).values(timestamp=time))
    names = {id: name for name, id in outline.notebooks.items()}
    columns = (HANDED_IN_NOTEBOOK.c.notebook_id, HANDED_IN_NOTEBOOK.c.id)
    found = db.execute(
        select(*columns).where(
            HANDED_IN_NOTEBOOK.c.notebook_id.in_(list(names)),
            HANDED_IN_NOTEBOOK.c.assignment_id == known,
        )
    )
    return {names[notebook]: id for notebook, id in found}


def hand_in(db, outline: Outline, student: str, time: datetime | None) -> dict[str, str]:
    """Make the rows that each submission of an assignment has: notebook name → id of its row."""
    row = {"assignment_id": outline.id, "student_id": student, "timestamp": time}
    handed_in = db.execute(insert(HANDED_IN).values(row)).inserted_primary_key[0]
    places = {}
    for name, id in outline.notebooks.items():
        row = {"notebook_id": id, "assignment_id": handed_in}
        made = db.execute(insert(HANDED_IN_NOTEBOOK).values(row))
        places[name] = made.inserted_primary_key[0]
    graded, commented = [], []
    for id, cell in outline.cells.items():
        row = {"cell_id": id, "notebook_id": places[cell.notebook]}
        if cell.points is not None:
            graded.append(row)
        if cell.commented:
            commented.append(row)
    for table, rows in ((GRADE, graded), (COMMENT, commented)):
        if rows:
            db.execute(insert(table), rows)
    return places


def write_grades(
    db, outline: Outline, places: Mapping[str, str], notebooks: Mapping[str, GradedNotebook]
) -> None:
    """What the tests gave; a grade that a person gave stays, and is to be looked at again."""
    grades, comments = [], []
    for id, cell in outline.cells.items():
        row = {"cell": id, "notebook": places[cell.notebook]}
        graded = notebooks.get(cell.notebook)
        if graded is None:  # a notebook that is in the gradebook alone earns nothing
            grades.append({**row, "score": 0.0, "by_hand": False})
            continue
        if cell.name in graded.scores and cell.points is not None:
            score = graded.scores[cell.name]
            grades.append({**row, "score": score, "by_hand": score is None})
        if cell.name in graded.comments and cell.commented:
            comments.append({**row, "comment": graded.comments[cell.name]})
    if grades:
        by_hand = or_(GRADE.c.manual_score.is_not(None), bindparam("by_hand"))
        changes = {"auto_score": bindparam("score"), "needs_manual_grade": by_hand}
        db.execute(update(GRADE).where(of_cell(GRADE)).values(changes), grades)
    if comments:
        changes = {"auto_comment": bindparam("comment")}
        db.execute(update(COMMENT).where(of_cell(COMMENT)).values(changes), comments)


def knows(db, student: str) -> bool:
    return db.execute(select(STUDENT.c.id).where(STUDENT.c.id == student)).scalar() is not None


def meet(db, student: str) -> None:
    db.execute(insert(STUDENT).values(id=student))


def penalise(db, place: str, penalty: float | None) -> None:
    """Set the penalty of a notebook that was handed in."""
    row = HANDED_IN_NOTEBOOK.c.id == place
    db.execute(update(HANDED_IN_NOTEBOOK).where(row).values(late_submission_penalty=penalty))


def of_cell(table):
    return and_(table.c.cell_id == bindparam("cell"), table.c.notebook_id == bindparam("notebook"))


def read_standing(db, outline: Outline, student: str) -> Standing | None:
    columns = (GRADE.c.cell_id, SCORE, GRADE.c.auto_score)
    found = db.execute(
        select(*columns)
        .join(HANDED_IN_NOTEBOOK, HANDED_IN_NOTEBOOK.c.id == GRADE.c.notebook_id)
        .join(HANDED_IN, HANDED_IN.c.id == HANDED_IN_NOTEBOOK.c.assignment_id)
        .where(
            HANDED_IN.c.assignment_id == outline.id,
            HANDED_IN.c.student_id == student,
            HANDED_IN_NOTEBOOK.c.notebook_id.in_(list(outline.notebooks.values())),
            GRADE.c.cell_id.in_(list(outline.cells)),
        )
    ).all()
    if not found:
        return None
    grades = {}
    for id, score, auto_score in found:
        cell = outline.cells[id]
        grades[cell.notebook, cell.name] = StandingGrade(
            float(score or 0), auto_score, float(cell.points or 0)
        )
    return Standing(grades, outline.points)


def holds(standing: Standing, notebooks: Mapping[str, GradedNotebook]) -> bool:
    """Whether the gradebook has what the tests gave, of every graded cell."""
    return all(
        (name, cell) in standing.grades and standing.grades[name, cell].auto_score == score
        for name, notebook in notebooks.items()
        for cell, score in notebook.scores.items()
    )


def seconds_late(db, outline: Outline, student: str) -> float:
    """How late it was handed in, any extension counted; 0 where no date is due."""
    columns = (ASSIGNMENT.c.duedate, HANDED_IN.c.timestamp, HANDED_IN.c.extension)
    due, time, extension = db.execute(
        select(*columns)
        .join(ASSIGNMENT, ASSIGNMENT.c.id == HANDED_IN.c.assignment_id)
        .where(HANDED_IN.c.assignment_id == outline.id, HANDED_IN.c.student_id == student)
    ).one()
    if due is None or time is None:
        return 0.0
    return max(0.0, (time - due - (extension or timedelta())).total_seconds())
