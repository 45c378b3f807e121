"""Lists what is wrong with the notebooks that are written by hand."""

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from nbformat import NotebookNode

from unrolled.authoring import links, notebooks
from unrolled.authoring.invariants import hidden_lines
from unrolled.authoring.korean import SPEAKS
from unrolled.authoring.notebooks import grading, is_solution, is_test
from unrolled.authoring.prose import MAGIC

LINES, WIDTH = 12, 88
TIDY = "Run: .venv/bin/python -m unrolled.authoring.notebooks"
RANDOM_ID = re.compile(r"[0-9a-f]{8}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|(cell|id)?[-_]?\d+")


def lint(root: Path, paths: Iterable[str] | None = None) -> list[str]:
    """Return a sentence for everything wrong with these notebooks, else with all by hand."""
    if paths is None:
        found = [*root.glob("course/*.ipynb"), *root.glob("source/*/*.ipynb")]
        paths = sorted(path.relative_to(root).as_posix() for path in found)
    said: list[str] = []
    for path in paths:
        try:
            said += _faults(root, path, notebooks.read(root / path))
        except ValueError as error:
            said.append(str(error))
    return said


def _faults(root: Path, path: str, notebook: NotebookNode) -> Iterator[str]:
    is_run = False
    for cell in notebook.cells:
        where = f"{path}, cell {cell.get('id', '(without id)')}"
        leftovers = list(_leftovers(cell, path))
        is_run = is_run or bool(leftovers)
        yield from (f"{where}: {fault}" for fault in [*leftovers, *_cell(root, path, cell)])
    yield from (f"{path}{fault}" for fault in _ids(notebook))
    yield from (f"{path}{fault}" for fault in _setup(notebook))
    yield from (f"{path}, cell {fault}" for fault in _pairs(notebook))
    if not is_run and (root / path).read_text(encoding="utf-8") != notebooks.text_of(notebook):
        yield f"{path} is not in the form that the repository keeps. {TIDY} {path}"


def _leftovers(cell: NotebookNode, path: str) -> Iterator[str]:
    if cell.get("outputs"):
        yield f"it holds outputs. {TIDY} {path}"
    if cell.get("execution_count") is not None:
        yield f"it holds a run count. {TIDY} {path}"


def _cell(root: Path, path: str, cell: NotebookNode) -> Iterator[str]:
    if cell.cell_type == "markdown":
        yield from _dead_links(root, path, cell)
    if cell.cell_type != "code":
        return
    try:
        ast.parse(MAGIC.sub(r"\1pass", cell.source))
    except SyntaxError as error:
        yield f"line {error.lineno} is not Python ({error.msg}). Mend it."
    lines = [line for line in cell.source.splitlines() if line.strip()]
    code = [line for line in lines if not line.lstrip().startswith("#")]
    if path.startswith("course/") and len(code) > LINES:
        yield f"it has {len(code)} lines of code, more than {LINES}. Split it: one idea per cell."
    for line in lines:
        if len(line) > WIDTH:
            yield f"a line is {len(line)} wide, more than {WIDTH}: {line.strip()!r}. Break it."
    if path.startswith("source/"):
        yield from _exercise(cell)


def _exercise(cell: NotebookNode) -> Iterator[str]:
    name = grading(cell).get("grade_id")
    if name and cell.get("id") != name:
        yield f"its grade id is {name!r}. Give the cell the same id."
    if is_test(cell) and not hidden_lines(cell.source):
        yield "it has no hidden test. Add check(…, seed=...) between nbgrader's two marks."
    if is_solution(cell) and re.search(r"YOUR CODE HERE|raise NotImplementedError\b", cell.source):
        yield "it holds the stub in place of the solution. Write the solution."


def _dead_links(root: Path, path: str, cell: NotebookNode) -> Iterator[str]:
    # Students read an assignment in release/, as far from the root as in source/. What is
    # generated may not be there yet: its source must be.
    place = str(Path(path).parent)
    for target in links.targets(cell.source):
        if not links.is_relative(target):
            continue
        file = links.leads_to(target, place)
        made_of = re.sub(r"^(release|course)/ko/", r"\1/", file)
        made_of = re.sub(r"^release/", "source/", made_of)
        if path.startswith("course/") and file.startswith("source/"):
            yield f"it links to {target}, which students do not have. Link to release/ instead."
        elif not (root / file).exists() and not (root / made_of).exists():
            yield f"it links to {target}, which is not there. Mend the link."


def _ids(notebook: NotebookNode) -> Iterator[str]:
    ids = [cell.get("id", "") for cell in notebook.cells]
    for id_, count in Counter(ids).items():
        if not id_:
            yield f": {count} cells have no id. Give each one that says what it holds."
        elif count > 1:
            yield f", cell {id_}: {count} cells have this id. Give each its own."
        if RANDOM_ID.fullmatch(id_):
            yield f", cell {id_}: its id looks random. Give it one that says what it holds."


def _setup(notebook: NotebookNode) -> Iterator[str]:
    first = next((cell for cell in notebook.cells if cell.cell_type == "code"), None)
    if first is None or first.get("id") != "setup":
        yield ": its first code cell is not `setup`. Add one with that id."
    elif SPEAKS["en"] not in first.source:
        yield f", cell setup: it does not say {SPEAKS['en']}. Add the line."


def _pairs(notebook: NotebookNode) -> Iterator[str]:
    solutions = [grading(cell)["grade_id"] for cell in notebook.cells if is_solution(cell)]
    tests = [grading(cell)["grade_id"] for cell in notebook.cells if is_test(cell)]
    for name in solutions:
        if f"test_{name}" not in tests:
            yield f"{name}: there is no test cell test_{name}. Add it."
    for name in tests:
        if name.removeprefix("test_") not in solutions or not name.startswith("test_"):
            yield f"{name}: there is no solution cell it tests. A test cell is named test_NAME."
