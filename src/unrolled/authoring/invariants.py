"""Says what students must never get, and what each of our assignments must have."""

import re
from collections.abc import Iterable, Iterator

from nbformat import NotebookNode

from unrolled.authoring.notebooks import exercise_points, grading, is_solution, is_test
from unrolled.exercises import Exercise

HINTS = 3
SOLUTION = re.compile(r"^.*BEGIN SOLUTION.*\n([\s\S]*?)^.*END SOLUTION", re.MULTILINE)
BEGIN_HIDDEN, END_HIDDEN = "BEGIN HIDDEN TESTS", "END HIDDEN TESTS"
MARKERS = ("BEGIN SOLUTION", "END SOLUTION", BEGIN_HIDDEN, END_HIDDEN)
# A shorter line, such as `states = []`, may well stand elsewhere by right.
TELLING = 16


def hidden_lines(source: str) -> set[int]:
    """Return the numbers of a cell's lines, from 1, that students must not see: marks included."""
    found, hidden = set(), False
    for number, line in enumerate(source.splitlines(), 1):
        hidden = hidden or BEGIN_HIDDEN in line
        if hidden:
            found.add(number)
        hidden = hidden and END_HIDDEN not in line
    return found


def leaks(where: str, source: NotebookNode, released: NotebookNode) -> Iterator[str]:
    """Yield where a released notebook holds a solution's or a hidden test's text."""
    secrets = {"solution": set(), "hidden test": set()}
    for cell in source.cells:
        if cell.cell_type == "code":
            solutions = SOLUTION.findall(cell.source)
            if is_solution(cell) and not solutions:
                solutions = [cell.source]
            secrets["solution"] |= _telling_lines(solutions)
            hidden, lines = hidden_lines(cell.source), cell.source.splitlines()
            secrets["hidden test"] |= _telling_lines(lines[number - 1] for number in hidden)
    for cell in released.cells:
        lines = {line.strip() for line in cell.source.splitlines()}
        for marker in MARKERS:
            if any(marker in line for line in lines):
                yield f"{where}, cell {cell.id}: {marker!r} reaches students. Close the region."
        if cell.cell_type != "code":
            continue  # the last hint may nearly say the line
        for what, secret in secrets.items():
            for line in sorted(lines & secret):
                yield f"{where}, cell {cell.id}: {line!r} of a {what} reaches students. Reword it."


def _telling_lines(regions: Iterable[str]) -> set[str]:
    lines = {line.strip() for region in regions for line in region.splitlines()}
    common = ("#", "import ", "from ")
    return {line for line in lines if len(line) >= TELLING and not line.startswith(common)}


def faults(
    where: str, released: NotebookNode, exercises: Iterable[Exercise], source: NotebookNode
) -> Iterator[str]:
    """Yield what one of our own assignments lacks: stubs, hints, tests, known mistakes."""
    bank = {exercise.name: exercise for exercise in exercises}
    solutions = {grading(c)["grade_id"]: c for c in released.cells if is_solution(c)}
    points = exercise_points(released)
    for name in solutions:
        if "raise NotImplementedError" not in solutions[name].source:
            yield f"{where}, cell {name}: its stub does not raise NotImplementedError. Restore it."
        if name not in points:
            yield f"{where}: {name} has no test cell test_{name}. Add it."
        if (count := _hints(released, name, solutions)) != HINTS:
            yield (
                f"{where}: {name} has {count} hints in the cells that bear its name, not {HINTS}. "
                f"Put three <details> into {name}-hints."
            )
        if name not in bank:
            yield f"{where}: unrolled.exercises knows no {name}. Add it to the assignment's file."
        elif not bank[name].mistakes:
            yield f"{where}: {name} knows no mistake by name. Add one: @{name}.mistake(…)"
    for name in bank.keys() - solutions.keys():
        yield f"{where}: there is no cell for the exercise {name}. Add it, or drop the exercise."
    for name, exercise in bank.items():
        for mistake in exercise.mistakes:
            if mistake.hint not in range(1, HINTS + 1):
                yield f"{name}, mistake {mistake.id}: there is no hint {mistake.hint}. Name 1 to 3."
    for cell in source.cells:
        if is_test(cell) and not hidden_lines(cell.source):
            yield f"{where}, cell {cell.id}: it has no hidden test. Add check(…, seed=...)."


def _hints(notebook: NotebookNode, name: str, names: Iterable[str]) -> int:
    """Count the hints in Markdown cells that bear an exercise's name and no longer one's."""

    def bears(cell: NotebookNode, name: str) -> bool:
        return bool(re.search(rf"(^|[-_]){re.escape(name)}([-_]|$)", cell.id))

    return sum(
        cell.source.count("<details")
        for cell in notebook.cells
        if cell.cell_type == "markdown"
        and name == max((n for n in names if bears(cell, n)), key=len, default="")
    )
