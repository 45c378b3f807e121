"""Counts how long a notebook takes, and writes it behind the links of the map."""

import re
from collections.abc import Mapping
from pathlib import Path

from nbformat import NotebookNode

from unrolled.authoring import notebooks
from unrolled.authoring.links import leads_to

# A rough guide, the same for every reader: nobody was measured. A point stands for what an exercise
# asks beyond reading it.
WORDS_A_MINUTE, MINUTES_A_CELL, MINUTES_A_POINT = 150, 1, 3
STEP = 5
UNKNOWN = "…"
TIME = re.compile(r"(\]\((?P<target>[^()\s]+\.ipynb)\)<br>)(?:\d+|…)(?= min\b|분)")


def minutes(notebook: NotebookNode) -> int:
    """Return about how many minutes a lecture or an assignment takes, in steps of five."""
    words = sum(len(cell.source.split()) for cell in notebook.cells if cell.cell_type == "markdown")
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    read = sum(not notebooks.grading(cell) for cell in cells)
    points = sum(notebooks.exercise_points(notebook).values())
    exact = words / WORDS_A_MINUTE + read * MINUTES_A_CELL + points * MINUTES_A_POINT
    return max(STEP, STEP * round(exact / STEP))


def minutes_of_course(root: Path, released: Mapping[str, NotebookNode]) -> dict[str, int]:
    """Return the minutes of every lecture and released notebook, by path from the root.

    The Korean notebooks say what the English ones take.
    """
    found = {
        f"course/{path.name}": minutes(notebooks.read(path)) for path in root.glob("course/*.ipynb")
    }
    return found | {f"release/{key}": minutes(notebook) for key, notebook in released.items()}


def has_times(notebook: NotebookNode) -> bool:
    return any(cell.cell_type == "markdown" and TIME.search(cell.source) for cell in notebook.cells)


def timed(notebook: NotebookNode, path: str, known: Mapping[str, int]) -> NotebookNode:
    """Write the minutes behind each link `[…](….ipynb)<br>… min`, in a notebook of this path."""

    def time(match: re.Match) -> str:
        file = leads_to(match["target"], str(Path(path).parent))
        english = re.sub(r"^(course|release)/ko/", r"\1/", file)
        return f"{match[1]}{known.get(english, UNKNOWN)}"

    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = TIME.sub(time, cell.source)
    return notebook


def untimed(notebook: NotebookNode) -> NotebookNode:
    """Take the minutes out: a lecture that grows longer must not make a translation stale."""
    return timed(notebook, "", {})
