"""Match a student's cells with the assignment's own, by grade id, and clean all the rest.

What comes out has every test cell once, with the assignment's source and metadata, and the
student's code in the student's order. Nothing else that a notebook can carry (tags, metadata,
outputs, attachments) survives, so nothing else can change a grade.
"""

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell
from nbgrader.api import Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor

LANGUAGES = ("en", "ko")
CELL_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")
NEW_CELL = {"code": new_code_cell, "markdown": new_markdown_cell, "raw": new_raw_cell}
SCHEMA = 3  # of nbgrader's cell metadata
# Python's tree of a source takes a thousand times its memory.
MAX_PARSED = 100_000


@dataclass(frozen=True)
class RecordedCell:
    """A cell as the gradebook holds it: the assignment's side of a match."""

    name: str
    cell_type: str
    source: str
    checksum: str | None
    locked: bool
    grade: bool
    solution: bool
    task: bool
    points: float | None

    @property
    def restored(self) -> bool:
        """Whether the student's source of this cell counts for nothing."""
        return (
            self.task or (self.locked and not self.solution) or (self.grade and not self.solution)
        )

    def metadata(self) -> dict:
        nbgrader = {
            "cell_type": self.cell_type,
            "checksum": self.checksum,
            "grade": self.grade,
            "grade_id": self.name,
            "locked": self.locked,
            "schema_version": SCHEMA,
            "solution": self.solution,
            "task": self.task,
        }
        if self.points is not None:
            nbgrader["points"] = self.points
        return {"nbgrader": nbgrader}


def recorded_cells(db_url: str, assignment: str, notebook: str) -> tuple[RecordedCell, ...]:
    """The cells of an assignment's notebook that the gradebook knows."""
    with Gradebook(db_url) as gradebook:
        found = gradebook.find_notebook(notebook, assignment)
        solutions = {cell.name for cell in found.solution_cells}
        grades = {cell.name: cell.max_score for cell in found.grade_cells}
        tasks = {cell.name: cell.max_score for cell in found.task_cells}
        return tuple(
            RecordedCell(
                name=cell.name,
                cell_type=cell.cell_type,
                source=cell.source,
                checksum=cell.checksum,
                locked=bool(cell.locked),
                grade=cell.name in grades,
                solution=cell.name in solutions,
                task=cell.name in tasks,
                points=(grades | tasks).get(cell.name),
            )
            for cell in found.source_cells
        )


def match_cells(submitted: NotebookNode, recorded: Iterable[RecordedCell]) -> NotebookNode:
    """A clean notebook of the student's cells, matched with the assignment's."""
    known = {cell.name: cell for cell in recorded}
    cells = [cell for cell in submitted.get("cells", []) if cell.get("cell_type") in NEW_CELL]
    holders = {index: name for name, index in choose_holders(cells, known).items()}
    matched = []
    for index, cell in enumerate(cells):
        name = holders.get(index)
        if name is None:
            matched.append(NEW_CELL[cell["cell_type"]](source=source_of(cell), metadata={}))
            matched[-1]["id"] = str(cell.get("id", ""))
        else:
            matched.append(restored_cell(known[name], source_of(cell)))
    add_missing(matched, known)
    give_ids(matched)
    language = language_of(submitted)
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    return new_notebook(cells=matched, metadata={**metadata, "unrolled": {"language": language}})


def language_of(notebook: NotebookNode) -> str:
    """The language that a notebook was released in."""
    ours = notebook.get("metadata", {}).get("unrolled")
    language = ours.get("language") if isinstance(ours, dict) else None
    return language if language in LANGUAGES else LANGUAGES[0]


def source_of(cell: NotebookNode) -> str:
    source = cell.get("source", "")
    source = "".join(source) if isinstance(source, list) else str(source)
    # Half a surrogate pair is valid JSON but can be written to no file.
    return source.encode("utf-8", "replace").decode()


def choose_holders(cells: list, known: dict[str, RecordedCell]) -> dict[str, int]:
    """Which cell bears each grade id: grade id → index.

    Of several copies of a test cell the first; its source is restored anyway. Of several copies of
    an answer the last one changed from the stub before its test, else the first one changed: what
    the student worked on. The judge also tries the other places that define the name.
    """
    claims: dict[str, list[int]] = {name: [] for name in known}
    for index, cell in enumerate(cells):
        name = claimed_name(cell, known)
        if name is not None:
            claims[name].append(index)
    holders = {name: at[0] for name, at in claims.items() if at and known[name].restored}
    for name, at in claims.items():
        if name in holders or not at:
            continue
        changed = [i for i in at if source_of(cells[i]).strip() != known[name].source.strip()]
        test = holders.get(f"test_{name}", len(cells))
        before = [index for index in changed if index < test]
        holders[name] = before[-1] if before else (changed or at)[0]
    return holders


def claimed_name(cell: NotebookNode, known: dict[str, RecordedCell]) -> str | None:
    """The grade id that a cell says it has, in nbgrader's metadata or as its own id."""
    metadata = cell.get("metadata", {})
    ours = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    for name in (ours.get("grade_id") if isinstance(ours, dict) else None, cell.get("id")):
        if isinstance(name, str) and name in known:
            return name
    return None


def restored_cell(recorded: RecordedCell, source: str) -> NotebookNode:
    source = recorded.source if recorded.restored else source
    cell = NEW_CELL[recorded.cell_type](source=source, metadata=recorded.metadata())
    cell["id"] = recorded.name
    return cell


def add_missing(cells: list, known: dict[str, RecordedCell]) -> None:
    """Put back what the student removed; an answer that was removed stays removed."""
    present = {name_of(cell) for cell in cells}
    for name, recorded in known.items():
        if name in present or not (recorded.restored or recorded.grade):
            continue
        cell = restored_cell(recorded, recorded.source)
        if recorded.grade or recorded.task:
            places = [i for i, c in enumerate(cells) if defines(c, name.removeprefix("test_"))]
            cells.insert(places[-1] + 1 if places else len(cells), cell)
        else:
            cells.insert(0, cell)


def name_of(cell: NotebookNode) -> str | None:
    return cell.metadata.get("nbgrader", {}).get("grade_id")


def defines(cell: NotebookNode, name: str) -> bool:
    """Whether a code cell gives a value to a name at its top level."""
    if cell.get("cell_type") != "code":
        return False
    source = source_of(cell)
    if name not in source:
        return False
    bound = names_bound_by(source)
    if bound is None:
        own = re.escape(name)
        pattern = rf"^\s*(async\s+)?(def|class)\s+{own}\b|^{own}\s*[:=]"
        return re.search(pattern, source, re.M) is not None
    return name in bound


@lru_cache(maxsize=256)
def names_bound_by(source: str) -> frozenset[str] | None:
    """The names that a cell binds at its top level; None for what is not Python, or very long."""
    if len(source) > MAX_PARSED:
        return None
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None  # magics, or a cell that does not run
    return frozenset().union(*map(bound_names, tree.body))


def bound_names(statement: ast.stmt) -> set[str]:
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {statement.name}
    if isinstance(statement, ast.Import | ast.ImportFrom):
        return {alias.asname or alias.name for alias in statement.names}
    return {
        node.id
        for node in ast.walk(statement)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    } | {
        node.name
        for node in ast.walk(statement)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    }


def give_ids(cells: list) -> None:
    """Every cell an id of its own, the same on each run."""
    taken = {name_of(cell) for cell in cells} - {None}
    for number, cell in enumerate(cells):
        if name_of(cell) is not None:
            continue
        wanted = cell["id"]
        if not CELL_ID.fullmatch(wanted) or wanted in taken:
            wanted = f"cell-{number}"
            while wanted in taken:
                wanted += "-"
        taken.add(wanted)
        cell["id"] = wanted


class MatchCells(NbGraderPreprocessor):
    """nbgrader's way in: in place of DeduplicateIds, OverwriteCells and CheckCellMetadata."""

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        where = resources["nbgrader"]
        recorded = recorded_cells(where["db_url"], where["assignment"], where["notebook"])
        return match_cells(nb, recorded), resources
