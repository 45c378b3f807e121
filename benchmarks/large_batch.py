"""Prints what a large batch costs around the judging: reading, waiting, writing, skipping.

The judging itself is a stand-in here, which judges each distinct notebook once and answers the
same for all its copies at once. So these figures are the share of the one process that writes.
"""

import resource
import subprocess
import sys
import tempfile
import time
from concurrent.futures import Executor, Future
from dataclasses import replace
from pathlib import Path

import nbformat

from unrolled.demo import solutions
from unrolled.grading.judging import Task, judge_submission
from unrolled.grading.runner import grade
from unrolled.grading.writer import Judged

ROOT = Path(__file__).parent.parent
ASSIGNMENT = "05_lstm"
COUNTS = (200, 2_000, 10_000)


class StandIn(Executor):
    """Judges the first of equal notebooks, and answers the same for the others."""

    def __init__(self):
        self._known: dict[bytes, Judged] = {}

    def submit(self, function, /, *args, **options):
        future: Future = Future()
        (task,) = args
        future.set_result(self._judged(task) if function is judge_submission else function(task))
        return future

    def _judged(self, task: Task) -> Judged:
        (content,) = task.contents.values()
        if content not in self._known:
            self._known[content] = judge_submission(task)
        known = self._known[content]
        notebooks = {
            name: replace(notebook, text=notebook.text.replace(known.hash, task.hash))
            for name, notebook in known.notebooks.items()
        }
        return replace(known, notebooks=notebooks, hash=task.hash)


def write_class(root: Path, count: int) -> None:
    """A course in which every second student answered all, and the others nothing."""
    source = f"source/{ASSIGNMENT}/{ASSIGNMENT}.ipynb"
    (root / source).parent.mkdir(parents=True)
    for name in (source, "nbgrader_config.py"):
        (root / name).write_bytes((ROOT / name).read_bytes())
    released = ROOT / "release" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    notebook = nbformat.read(released, as_version=4)
    answers = solutions(ROOT, ASSIGNMENT)
    for cell in notebook.cells:
        cell.source = answers.get(cell.id, cell.source)
    contents = (released.read_bytes(), nbformat.writes(notebook).encode())
    for number in range(count):
        path = root / f"submitted/student-{number:06}/{ASSIGNMENT}/{ASSIGNMENT}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_bytes(contents[number % 2])


def measure(count: int) -> None:
    """Grade a class twice, in this process, and print a line for each run."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        write_class(root, count)
        for run in ("first run, all written", "second run, all skipped"):
            wall, own = time.perf_counter(), time.process_time()
            rows = grade(root, executor=StandIn())
            wall, own = time.perf_counter() - wall, time.process_time() - own
            assert len(rows) == count
            assert {row.status for row in rows} == {"graded"}
            assert all(row.skipped for row in rows) == run.startswith("second")
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(
                f"{count:6} submissions, {run:24} {wall:7.1f} s, processor {own:6.1f} s "
                f"({1000 * own / count:5.2f} ms each), peak {peak:4.0f} MB",
                flush=True,
            )


def main() -> None:
    print("a batch without its judging (a stand-in answers at once)")
    for count in COUNTS:
        # A process each: its peak of memory is its own.
        subprocess.run([sys.executable, "-m", "benchmarks.large_batch", str(count)], check=True)


if __name__ == "__main__":
    measure(int(sys.argv[1]))
