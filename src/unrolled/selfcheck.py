"""Runs every check of a notebook outside Jupyter, in a kernel of its own."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import DeadKernelError

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
    for cell in notebook.cells:
        cell.metadata.pop("tags", None)  # a tag may keep a cell from running
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
    return [_result(cell) for cell in notebook.cells if _is_check(cell)]


def _is_check(cell) -> bool:
    graded = cell.metadata.get("nbgrader", {})
    return cell.cell_type == "code" and bool(graded.get("grade"))


def _result(cell) -> CheckedExercise:
    name = cell.metadata.nbgrader.get("grade_id", "").removeprefix("test_")
    errors = [output for output in cell.outputs if output.output_type == "error"]
    if not errors:
        return CheckedExercise(name, True, "")
    error = errors[0]
    if error.ename == "CheckFailed":
        return CheckedExercise(name, False, error.evalue)
    return CheckedExercise(name, False, f"{error.ename}: {error.evalue}")
