"""Writes the tables of the documents: of the exercises, and of the tasks trained."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

TASK_HEAD = "| task | measure | score | baseline | seconds |\n|---|---|--:|--:|--:|"
BLOCK = re.compile(r"(<!-- exercises -->\n)[\s\S]*?(<!-- /exercises -->)")


@dataclass(frozen=True)
class Row:
    """An exercise, its points and how many mistakes are told by name."""

    assignment: str
    exercise: str
    points: float
    mistakes: int


def refreshed(text: str, rows: Iterable[Row]) -> str:
    """Return a document whose block between the exercise marks holds these rows."""
    lines = ["| assignment | exercise | points | mistakes told by name |", "|---|---|--:|--:|"]
    shown = ""
    for row in rows:
        name = "" if row.assignment == shown else row.assignment
        shown = row.assignment
        lines.append(f"| {name} | `{row.exercise}` | {row.points:g} | {row.mistakes} |")
    table = "\n".join(lines) + "\n"
    return BLOCK.sub(lambda match: match[1] + table + match[2], text)


@dataclass(frozen=True)
class Trained:
    """A task trained anew: its scores and its baseline's by measure, and how long it took."""

    task: str
    score: Mapping[str, float]
    baseline: Mapping[str, float]
    seconds: float
    lower_is_better: Collection[str] = ()


def task_table(rows: Iterable[Trained]) -> str:
    """Return the Markdown table of tasks, a line for each measure."""
    lines = [TASK_HEAD]
    for row in rows:
        task, seconds = row.task, f"{row.seconds:.0f}"
        for measure, value in row.score.items():
            name = f"{measure} (lower is better)" if measure in row.lower_is_better else measure
            figures = f"{value:.3f} | {row.baseline[measure]:.3f}"
            lines.append(f"| {task} | {name} | {figures} | {seconds} |")
            task = seconds = ""
    return "\n".join(lines) + "\n"
