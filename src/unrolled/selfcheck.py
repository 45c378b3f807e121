"""Runs every check of a notebook outside Jupyter, in a kernel of its own."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import DeadKernelError
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from unrolled import exercises
from unrolled.language import _


@dataclass(frozen=True)
class CheckedExercise:
    """One check cell of a notebook: whether it passed, and the diagnosis if it did not."""

    exercise: str
    passed: bool
    message: str


def check_notebook(path: Path, seconds_per_cell: int = 60) -> list[CheckedExercise]:
    """Run a notebook from top to bottom and report each of its check cells.

    Raises ValueError, in one sentence, for a file that is no notebook. The file is not changed.
    """
    try:
        notebook = nbformat.read(path, as_version=4)
    except (OSError, ValueError, AttributeError, KeyError, nbformat.ValidationError) as error:
        text = _("{path} cannot be read as a notebook ({error}). Save it again from JupyterLab.")
        raise ValueError(text.format(path=path, error=type(error).__name__)) from None
    _restore_checks(notebook)
    client = NotebookClient(
        notebook,
        timeout=seconds_per_cell,
        interrupt_on_timeout=True,
        allow_errors=True,
        kernel_name="python3",
        resources={"metadata": {"path": str(path.parent)}},
    )
    try:
        # The kernel's own remarks are not for the student.
        client.execute(stderr=subprocess.DEVNULL)
    except DeadKernelError:
        text = _("{path}: a cell ended Python itself, so that no check after it could run.")
        raise ValueError(text.format(path=path)) from None
    results = [_result(cell, seconds_per_cell) for cell in notebook.cells]
    return [result for result in results if result]


def _restore_checks(notebook: NotebookNode) -> None:
    """Let every exercise of the notebook be checked, whatever became of its check cell."""
    known = {each.name for group in exercises.assignments().values() for each in group}
    cells = []
    for cell in notebook.cells:
        cell.metadata.pop("tags", None)  # a tag may keep a cell from running
        name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        if name.removeprefix("test_") in known and name.startswith("test_"):
            continue
        cells.append(cell)
        if name in known and cell.cell_type == "code":
            source = f'from unrolled import check\n\ncheck("{name}", {name})'
            cells.append(new_code_cell(source, metadata={"checks": name}))
    notebook.cells = cells


def _result(cell: NotebookNode, seconds: int) -> CheckedExercise | None:
    name = cell.metadata.get("checks")
    errors = [each for each in cell.get("outputs", []) if each.output_type == "error"]
    if name is None:
        if not any(error.ename == "KeyboardInterrupt" for error in errors):
            return None
        text = _("This cell ran for more than {seconds} s and was stopped.")
        return CheckedExercise(cell.get("id", ""), False, text.format(seconds=seconds))
    if not errors:
        return CheckedExercise(name, True, "")
    error = errors[0]
    if error.ename == "CheckFailed":
        return CheckedExercise(name, False, error.evalue)
    return CheckedExercise(name, False, f"{error.ename}: {error.evalue}")
