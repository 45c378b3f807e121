"""Write the file that a learning management system takes grades from."""

import contextlib
import csv
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import nbformat
from nbgrader.api import Assignment, Gradebook, Student, SubmittedAssignment

from unrolled.grading.course import Course
from unrolled.grading.report import Row, spreadsheet_safe

# The columns before the first score in Canvas's own file. Canvas asks for them in this order;
# Moodle lets one choose; Blackboard wants the one with the student's name called "Username".
STUDENT_COLUMNS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")


def write_lms(rows: Iterable[Row], course: Course, path: Path) -> None:
    """Write a line per student and a column per assignment, with the gradebook's final scores.

    A final score counts late penalties and what was graded by hand, as nbgrader's own export does.
    A cell is empty where the gradebook holds no grade, and where grading failed: what the gradebook
    has then is the grade of another notebook, and this one is to be graded again.
    """
    rows, sources = list(rows), course.assignments()
    wanted = sorted({row.assignment for row in rows} & set(sources))
    with contextlib.closing(Gradebook(course.directory().db_url)) as gradebook:
        scores = {name: final_scores(gradebook, name) for name in wanted}
        numbers = lms_numbers(gradebook)
    for row in rows:
        if row.status == "failed" and row.assignment in scores:
            scores[row.assignment].pop(row.student, None)
    with path.open("w", newline="", encoding="utf-8") as file:
        # Text stands in quotes: "0042" is a name, not a number, and Blackboard asks for them.
        lines = csv.writer(file, quoting=csv.QUOTE_NONNUMERIC)
        # In Canvas "NAME (18)" would be the assignment whose id is 18, so points have their word.
        heads = [f"{name} ({points_of(sources[name])} points)" for name in wanted]
        lines.writerow([*STUDENT_COLUMNS, *map(spreadsheet_safe, heads)])
        for student in sorted({row.student for row in rows}):
            name = spreadsheet_safe(student)
            found = [scores[assignment].get(student, "") for assignment in wanted]
            number = spreadsheet_safe(numbers.get(student, ""))
            lines.writerow([name, number, "", name, "", *found])


def final_scores(gradebook: Gradebook, assignment: str) -> dict[str, float]:
    """Each student's score after the late penalty, and never below 0."""
    columns: list[Any] = [
        SubmittedAssignment.student_id,
        SubmittedAssignment.score,
        SubmittedAssignment.late_submission_penalty,
    ]
    found = gradebook.db.query(*columns).join(Assignment).filter_by(name=assignment)
    return {
        student: plain_number(max(0.0, (score or 0.0) - (penalty or 0.0)))
        for student, score, penalty in found
    }


def points_of(notebooks: Iterable[Path]) -> float | int:
    """The points that an assignment's source notebooks give together."""
    cells = [cell for path in notebooks for cell in nbformat.read(path, as_version=4).cells]
    return plain_number(sum(cell.metadata.get("nbgrader", {}).get("points", 0) for cell in cells))


def lms_numbers(gradebook: Gradebook) -> Mapping[str, str]:
    """The number that each student has in the LMS, where nbgrader was told it."""
    found = gradebook.db.query(Student.id, Student.lms_user_id)
    return {student: str(number) for student, number in found if number}


def plain_number(value: float) -> float | int:
    """A score without the traces of adding floats, and without ".0"."""
    value = round(float(value), 4)
    return int(value) if value.is_integer() else value
