"""Prints the README's figures, measured on this machine: `make bench`."""

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import nbformat

from unrolled import check, exercises
from unrolled.authoring.release import release
from unrolled.demo import ASSIGNMENT, solutions
from unrolled.grading.runner import grade

from . import grading, widgets

ROOT = Path(__file__).parent.parent
CLASS = 20


def seconds(run: Callable[[], object], times: int) -> list[float]:
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        run()
        taken.append(time.perf_counter() - start)
    return taken


def row(what: str, taken: list[float], unit: str = "ms") -> None:
    factor = 1000 if unit == "ms" else 1
    low, middle, high = (f(taken) * factor for f in (min, statistics.median, max))
    print(f"{what:52} {middle:9.2f} {unit:2}   ({low:.2f} to {high:.2f})")


def course(folder: Path, assignment: str) -> Path:
    """A course whose whole class handed in the right answers."""
    root = folder / assignment
    source = f"source/{assignment}/{assignment}.ipynb"
    (root / source).parent.mkdir(parents=True)
    for name in (source, "nbgrader_config.py"):
        (root / name).write_bytes((ROOT / name).read_bytes())
    notebook = nbformat.read(ROOT / "release" / assignment / f"{assignment}.ipynb", as_version=4)
    answers = solutions(ROOT, assignment)
    for cell in notebook.cells:
        cell.source = answers.get(cell.id, cell.source)
    for number in range(CLASS):
        path = root / f"submitted/student-{number:02}/{assignment}/{assignment}.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(notebook, path)
    return root


def main() -> None:
    print("median (fastest to slowest)")
    # A fresh process, less what an empty one takes.
    empty = statistics.median(seconds(lambda: subprocess.run([sys.executable, "-c", ""]), 5))
    statement = [sys.executable, "-c", "import unrolled"]
    taken = seconds(lambda: subprocess.run(statement), 7)
    row("import unrolled", [each - empty for each in taken])
    for name in ("rnn_step", "rnn_layer"):
        answer = exercises.get(name).reference
        row(f'check("{name}", …), right', seconds(lambda n=name, a=answer: check(n, a), 50))
    row("unrolled release --check", seconds(lambda: release(ROOT, check=True), 5))
    with tempfile.TemporaryDirectory() as folder:
        for assignment, kind in (("00_start", "NumPy only"), (ASSIGNMENT, "with Keras")):
            root = course(Path(folder), assignment)
            for workers in (1, 2):

                def run(root=root, workers=workers):
                    rows = grade(root, workers=workers, force=True)
                    assert all(row.score == row.points for row in rows)

                taken = [each / CLASS for each in seconds(run, 3)]
                row(f"grading one of {CLASS} submissions, {kind}, {workers} at once", taken, "s")
    print()
    grading.main()
    print()
    widgets.main()


if __name__ == "__main__":
    main()
