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

from unrolled import exercises
from unrolled.language import N_, _, speaking

STATUSES = ("graded", "refused", "failed")
UNCHANGED = N_("unchanged since it was graded")


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

    @property
    def wrong(self) -> dict[str, ExerciseResult]:
        """The exercises that did not get all their points."""
        return {name: each for name, each in self.exercises.items() if each.score < each.points}


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
            reason = row.reason or (UNCHANGED if row.skipped else "")
            first = [row.student, row.assignment, row.status, reason]
            numbers = ["" if n is None else n for n in (row.score, row.points, row.seconds)]
            lines.writerow([*map(spreadsheet_safe, first), *numbers, *scores])


def spreadsheet_safe(text: str) -> str:
    """A student's text that a spreadsheet takes for text, not for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def write_junit(rows: Iterable[Row], path: Path) -> None:
    """A suite per submission with a case per exercise; what is not graded is an error.

    GitLab knows a case by its class and name, so the class bears the student. The judge takes time
    for a submission as a whole; its cases get equal shares.
    """
    root = ElementTree.Element("testsuites", name="unrolled")
    suites = [add_suite(root, row) for row in rows]
    for count in ("tests", "failures", "errors"):
        root.set(count, str(sum(int(suite.get(count, 0)) for suite in suites)))
    root.set("time", f"{sum(float(suite.get('time', 0)) for suite in suites):.3f}")
    ElementTree.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)


def add_suite(root: ElementTree.Element, row: Row) -> ElementTree.Element:
    ungraded = row.status != "graded"
    tests, name = len(row.exercises) + ungraded, xml_safe(f"{row.assignment}/{row.student}")
    counts = {"tests": tests, "failures": len(row.wrong), "errors": int(ungraded), "skipped": 0}
    about = {key: str(count) for key, count in counts.items()}
    about |= {"name": name, "time": f"{row.seconds:.3f}"}
    suite = ElementTree.SubElement(root, "testsuite", about)
    same = {"classname": name, "time": f"{row.seconds / max(tests, 1):.3f}"}
    if ungraded:
        case = ElementTree.SubElement(suite, "testcase", {**same, "name": "grading"})
        reason = xml_safe(row.reason or row.status)
        ElementTree.SubElement(case, "error", message=reason, type=row.status).text = reason
    for exercise, result in row.exercises.items():
        case = ElementTree.SubElement(suite, "testcase", {**same, "name": xml_safe(exercise)})
        if exercise in row.wrong:
            said = xml_safe(result.mistake or f"{result.score:g} of {result.points:g} points")
            failure = ElementTree.SubElement(case, "failure", message=said, type="CheckFailed")
            failure.text = xml_safe(result.message) or said
    return suite


def xml_safe(text: str) -> str:
    return "".join(c if c.isprintable() or c in "\n\t" else "?" for c in text)


def score_table(rows: Iterable[Row]) -> Table:
    """Student, language, score, and what happened in a few words."""
    table = Table("student", "assignment", "", "score")
    table.add_column("what happened", overflow="fold", ratio=1)
    with speaking("en"):
        for row in rows:
            style = {"refused": "yellow", "failed": "red"}.get(row.status)
            cells = [row.student, row.assignment, row.language, score_of(row), what_happened(row)]
            table.add_row(*map(escape, cells), style=style)
    return table


def score_of(row: Row) -> str:
    return "–" if row.score is None else f"{row.score:g} / {row.points:g}"


def what_happened(row: Row) -> str:
    """A row in a few words: the reason, or the mistakes named and what else is not right."""
    if row.status != "graded":
        return f"{row.status}: {row.reason}"
    named = [f"{name}: {each.mistake}" for name, each in row.wrong.items() if each.mistake]
    others = [name for name, each in row.wrong.items() if not each.mistake]
    if not row.wrong:
        said = _("all right")
    elif len(others) == len(row.exercises):
        said = _("nothing right")
    else:
        rest = [_("not right: {names}").format(names=", ".join(others))] if others else []
        said = "\n".join([*named, *rest])
    return f"{said}; {_(UNCHANGED)}" if row.skipped else said


@dataclass(frozen=True)
class CommonMistake:
    """A known mistake of an exercise, and how many of those who were graded in it made it."""

    exercise: str
    mistake: str
    students: int
    graded: int

    @property
    def share(self) -> str:
        return f"{self.students / self.graded:.0%}"

    @property
    def sentence(self) -> str:
        """The idea that went wrong, in English."""
        try:
            known = exercises.get(self.exercise).mistakes
        except ValueError:  # an exercise that the course does not know
            return ""
        return next((each.sentence for each in known if each.id == self.mistake), "")


def commonest_mistakes(rows: Iterable[Row], most: int = 10) -> list[CommonMistake]:
    """What a class gets wrong most, each with its share of those graded in that exercise."""
    made, graded = Counter(), Counter()
    for row in rows:
        for name, each in row.exercises.items():
            graded[name] += 1
            if each.mistake:
                made[name, each.mistake] += 1
    ordered = sorted(made.items(), key=lambda item: (-item[1], item[0]))
    return [
        CommonMistake(name, mistake, count, graded[name])
        for (name, mistake), count in ordered[:most]
    ]


def mistakes_table(most: Iterable[CommonMistake]) -> Table:
    """The commonest mistakes: exercise, mistake, how many made it, and what it is."""
    table = Table("exercise", "mistake", "students", "share")
    table.add_column("what it is", overflow="fold", ratio=1)
    for each in most:
        count = f"{each.students} of {each.graded}"
        cells = [each.exercise, each.mistake, count, each.share, each.sentence]
        table.add_row(*map(escape, cells))
    return table
