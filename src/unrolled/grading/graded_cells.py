"""Find a notebook's test cells, and the cells after which each one's answer may be."""

import contextlib
from dataclasses import dataclass

from nbformat.notebooknode import NotebookNode
from nbgrader.utils import compute_checksum

from unrolled import exercises
from unrolled.grading.match import defines, name_of

PLACES_TRIED = 4


@dataclass(frozen=True)
class TestCell:
    """A test cell, and the cells after which its answer may be found, the likeliest first."""

    name: str
    exercise: str
    source: str
    points: float
    keras: bool
    index: int
    answer: int | None
    places: tuple[int, ...]


def test_cells(notebook: NotebookNode) -> list[TestCell]:
    """The notebook's test cells; code cells that are graded and hold no answer."""
    found = []
    for index, cell in enumerate(notebook.cells):
        meta = cell.metadata.get("nbgrader", {})
        if cell.cell_type != "code" or not meta.get("grade") or meta.get("solution"):
            continue
        name = meta["grade_id"]
        exercise = name.removeprefix("test_")
        answer = [i for i, cell in enumerate(notebook.cells) if name_of(cell) == exercise]
        found.append(
            TestCell(
                name=name,
                exercise=exercise,
                source=cell.source,
                points=float(meta["points"]),
                keras=is_keras(exercise),
                index=index,
                answer=answer[0] if answer else None,
                places=answer_places(notebook, index, answer, exercise),
            )
        )
    return found


def is_keras(name: str) -> bool:
    with contextlib.suppress(ValueError):
        return exercises.get(name).keras
    return False


def answer_places(
    notebook: NotebookNode, test: int, answer: list[int], exercise: str
) -> tuple[int, ...]:
    """The cells after which the test may be run, the likeliest first.

    Students move cells, copy them, and write their answer elsewhere. The first place is the test's
    own, or the answer's where that comes later; the others are later cells that define the name.
    """
    first = max([test, *answer])
    later = [i for i, c in enumerate(notebook.cells) if i > test and defines(c, exercise)]
    return (first, *[i for i in later if i != first][-PLACES_TRIED:])


def places_of(tests: list[TestCell]) -> list[int]:
    return sorted({place for test in tests for place in test.places})


def is_tried(notebook: NotebookNode, test: TestCell) -> bool:
    """Whether a Keras answer was touched at all; else Keras need not be started."""
    for cell in notebook.cells:
        if name_of(cell) == test.exercise:
            if not is_stub(cell):
                return True
        elif defines(cell, test.exercise):
            return True
    return False


def is_stub(cell: NotebookNode) -> bool:
    """Whether an answer's cell is still what was released."""
    return cell.metadata["nbgrader"].get("checksum") == compute_checksum(cell)
