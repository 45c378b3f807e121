"""Reads and writes notebooks the one way the repository keeps them."""

import copy
import sys
from pathlib import Path
from typing import Any

from nbformat import NotebookNode, from_dict, v4

KERNEL = {
    "kernelspec": {
        "display_name": "Python 3 (ipykernel)",
        "language": "python",
        "name": "python3",
    },
    "language_info": {"name": "python"},
}
# What front ends leave behind in a cell's metadata and a reader never asked for.
VOLATILE = ("ExecuteTime", "collapsed", "execution", "scrolled", "trusted", "vscode")


def read(path: Path) -> NotebookNode:
    """Read a notebook as it stands; a file that is none raises a ValueError."""
    try:
        # nbformat.read would invent random ids for cells that have none.
        notebook = v4.reads(path.read_text(encoding="utf-8"))
        is_current = notebook.nbformat == 4 and notebook.nbformat_minor >= 5
    except (ValueError, AttributeError, TypeError) as error:
        raise ValueError(f"{path} is not a notebook: {error}. Mend or replace it.") from None
    if not is_current:
        raise ValueError(f"{path} is older than notebook format 4.5. Save it in JupyterLab 4.")
    return notebook


def language_of(notebook: NotebookNode) -> str:
    """Return the language that a notebook's metadata names, else English."""
    return notebook.metadata.get("unrolled", {}).get("language", "en")


def normalised(notebook: NotebookNode) -> NotebookNode:
    """Return a copy without outputs, run counts and what front ends leave behind."""
    cells = [_normalised_cell(copy.deepcopy(cell)) for cell in notebook.cells]
    metadata: dict[str, Any] = {**KERNEL, "unrolled": {"language": language_of(notebook)}}
    return NotebookNode(cells=cells, metadata=from_dict(metadata), nbformat=4, nbformat_minor=5)


def _normalised_cell(cell: NotebookNode) -> NotebookNode:
    cell.source = cell.source.rstrip("\n")
    for key in VOLATILE:
        cell.metadata.pop(key, None)
    if cell.cell_type == "code":
        cell.outputs, cell.execution_count = [], None
    return cell


def text_of(notebook: NotebookNode) -> str:
    """Return the file's text: sorted keys, indent 1, Korean as it is, a newline at the end."""
    return v4.writes(normalised(notebook)) + "\n"


def write(path: Path, notebook: NotebookNode) -> bool:
    """Write a notebook if its file would change; return whether it did."""
    text = text_of(notebook).encode()
    if path.is_file() and path.read_bytes() == text:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text)
    return True


def tidy(path: Path) -> bool:
    """Bring a notebook as an editor saved it into the repository's form."""
    return write(path, read(path))


def grading(cell: NotebookNode) -> dict[str, Any]:
    """Return what nbgrader notes about a cell, or nothing."""
    return cell.metadata.get("nbgrader", {})


def is_solution(cell: NotebookNode) -> bool:
    return bool(grading(cell).get("solution"))


def is_test(cell: NotebookNode) -> bool:
    return bool(grading(cell).get("grade")) and not is_solution(cell)


def exercise_points(notebook: NotebookNode) -> dict[str, float]:
    """Return the points of each exercise, in the notebook's order, by its solution's name."""
    return {
        grading(cell)["grade_id"].removeprefix("test_"): grading(cell)["points"]
        for cell in notebook.cells
        if is_test(cell)
    }


if __name__ == "__main__":  # also serves as a pre-commit hook
    written = [name for name in sys.argv[1:] if tidy(Path(name))]
    print("".join(f"tidied {name}\n" for name in written), end="")
    sys.exit(bool(written))
