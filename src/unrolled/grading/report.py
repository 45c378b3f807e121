"""Show what grading came to: a table for people; JSON, CSV and JUnit for machines."""

import csv
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from rich.markup import escape
from rich.table import Table

STATUSES = ("graded", "refused", "failed")


@dataclass(frozen=True)
class ExerciseResult:
    """One exercise of one submission."""

    score: float
    points: float
    mistake: str | None = None
    message: str = ""


@dataclass(frozen=True)
class Row:
    """One submission: its status, and its score where it has one."""

    student: str
    assignment: str
    status: str
    reason: str | None = None
    score: float | None = None
    points: float | None = None
    seconds: float = 0.0
    exercises: dict[str, ExerciseResult] = field(default_factory=dict)
    # For the table only.
    language: str = "en"
    skipped: bool = False

    def as_dict(self) -> dict[str, Any]:
        """The row as ``--json`` has it."""
        row = asdict(self)
        del row["language"], row["skipped"]
        return row


def write_json(rows: Iterable[Row], path: Path) -> None:
    listed = [row.as_dict() for row in rows]
    path.write_text(json.dumps(listed, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def write_csv(rows: Iterable[Row], path: Path) -> None:
    """One line per submission; an exercise has a column of its score."""
    rows = list(rows)
    names = list(dict.fromkeys(name for row in rows for name in row.exercises))
    with path.open("w", newline="", encoding="utf-8") as file:
        lines = csv.writer(file)
        head = ["student", "assignment", "status", "reason", "score", "points", "seconds"]
        lines.writerow([*head, *names])
        for row in rows:
            scores = [row.exercises[name].score if name in row.exercises else "" for name in names]
            first = [row.student, row.assignment, row.status, row.reason or ""]
            numbers = ["" if n is None else n for n in (row.score, row.points, row.seconds)]
            lines.writerow([*map(spreadsheet_safe, first), *numbers, *scores])


def spreadsheet_safe(text: str) -> str:
    """A student's text that a spreadsheet takes for text, not for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def write_junit(rows: Iterable[Row], path: Path) -> None:
    """One test case per exercise; what is not graded is an error."""
    rows = list(rows)
    suites = ElementTree.Element("testsuites")
    for row in rows:
        wrong = [e for e in row.exercises.values() if e.score < e.points]
        suite = ElementTree.SubElement(
            suites,
            "testsuite",
            name=xml_safe(f"{row.assignment}/{row.student}"),
            tests=str(max(len(row.exercises), int(row.status != "graded"))),
            failures=str(len(wrong)),
            errors=str(int(row.status != "graded")),
            time=f"{row.seconds:.3f}",
        )
        if row.status != "graded":
            case = ElementTree.SubElement(suite, "testcase", name=row.status)
            ElementTree.SubElement(case, "error", message=xml_safe(row.reason or row.status))
        for name, exercise in row.exercises.items():
            case = ElementTree.SubElement(suite, "testcase", name=name, classname=row.assignment)
            if exercise.score < exercise.points:
                message = exercise.mistake or f"{exercise.score:g} of {exercise.points:g} points"
                failure = ElementTree.SubElement(case, "failure", message=xml_safe(message))
                failure.text = xml_safe(exercise.message)
    ElementTree.ElementTree(suites).write(path, encoding="utf-8", xml_declaration=True)


def xml_safe(text: str) -> str:
    return "".join(c if c.isprintable() or c in "\n\t" else "?" for c in text)


def score_table(rows: Iterable[Row]) -> Table:
    """Student, language, score, and what happened in a few words."""
    table = Table("student", "assignment", "", "score")
    table.add_column("what happened", overflow="fold", ratio=1)
    for row in rows:
        score = "–" if row.score is None else f"{row.score:g} / {row.points:g}"
        style = {"refused": "yellow", "failed": "red"}.get(row.status)
        cells = [row.student, row.assignment, row.language, score, what_happened(row)]
        table.add_row(*map(escape, cells), style=style)
    return table


def what_happened(row: Row) -> str:
    """A row in a few words: the reason, or the mistakes named and what else is not right."""
    if row.status != "graded":
        return f"{row.status}: {row.reason}"
    wrong = {name: each for name, each in row.exercises.items() if each.score < each.points}
    named = [f"{name}: {each.mistake}" for name, each in wrong.items() if each.mistake]
    others = [name for name, each in wrong.items() if not each.mistake]
    if not wrong:
        return "all right"
    if len(others) == len(row.exercises):
        return "nothing right"
    return "\n".join([*named, *([f"not right: {', '.join(others)}"] if others else [])])


def commonest_mistakes(rows: Iterable[Row], most: int = 5) -> list[tuple[str, str, int]]:
    """The (exercise, mistake, how many students) that a class makes most."""
    counted = Counter(
        (name, exercise.mistake)
        for row in rows
        for name, exercise in row.exercises.items()
        if exercise.mistake
    )
    ordered = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    return [(name, mistake or "", count) for (name, mistake), count in ordered[:most]]
