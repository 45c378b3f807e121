"""Writes the table of exercises into the documents that ask for it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

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
