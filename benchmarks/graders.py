"""Prints what grading costs here and elsewhere: nbgrader, otter and this course on the same class.

One class of right answers is graded by `nbgrader autograde` as it comes, by `otter run` in an
environment of its own, and by `unrolled grade` with one worker and with two. Times are of the whole
command, its start included, and of all processors of the machine: let nothing else run.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import nbformat

from unrolled.demo import solutions

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent
OTTER = ROOT / "build" / "otter"  # an environment of its own: it asks for other versions than ours
OTTER_PACKAGES = ("otter-grader>=6", "ipykernel", f"{ROOT}[keras]")
KINDS = {"NumPy": "05_lstm", "NumPy and Keras": "02_recurrent_neuron"}
STUDENTS = 50
OTTER_STUDENTS = 3  # each is a command of its own
ROUNDS = 3
CURVE = (10, 50, 300, 1000)


@dataclass(frozen=True)
class Cost:
    """Seconds for each submission: on the clock, and of all processors together."""

    wall: float
    processor: float


def processor_seconds() -> float:
    """What the machine's processors have worked so far, for whomever."""
    fields = Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]
    user, nice, system, _idle, _wait, irq, softirq = map(int, fields[:7])
    return (user + nice + system + irq + softirq) / os.sysconf("SC_CLK_TCK")


def cost(run: Callable[[], object], root: Path, submissions: int) -> Cost:
    """Of one run on work that was never graded before."""
    shutil.rmtree(root / "autograded", ignore_errors=True)
    began, worked = time.perf_counter(), processor_seconds()
    run()
    taken = time.perf_counter() - began, processor_seconds() - worked
    return Cost(*(each / submissions for each in taken))


def course(folder: Path, assignment: str, students: int) -> Path:
    """A course whose whole class handed in the right answers."""
    root = folder / f"{assignment}-{students}"
    shutil.copytree(ROOT / "source" / assignment, root / "source" / assignment)
    notebook = nbformat.read(ROOT / "release" / assignment / f"{assignment}.ipynb", as_version=4)
    answers = solutions(ROOT, assignment)
    for cell in notebook.cells:
        cell.source = answers.get(cell.id, cell.source)
    for number in range(students):
        path = root / f"submitted/student-{number:04}/{assignment}/{assignment}.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(notebook, path)
    return root


def command(*words: object, folder: Path, programs: Path = BIN) -> None:
    """Run a program of an environment; what it says is shown only when it fails."""
    environment = os.environ | {"PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}
    run = subprocess.run(
        [str(programs / str(words[0])), *map(str, words[1:])],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode:
        raise SystemExit(f"{' '.join(map(str, words))} failed:\n{run.stdout}\n{run.stderr}")


def prepare(root: Path, *, ours: bool) -> None:
    """Configure a course for this project's judge, or for nbgrader as it comes."""
    stock = "c = get_config()\nc.CourseDirectory.course_id = 'unrolled'\n"
    config = (ROOT / "nbgrader_config.py").read_text() if ours else stock
    (root / "nbgrader_config.py").write_text(config)
    if not ours:
        (name,) = (path.name for path in (root / "source").iterdir())
        command("nbgrader", "generate_assignment", name, folder=root)


def unrolled_grade(root: Path, workers: int) -> Callable[[], None]:
    return lambda: command("unrolled", "grade", "--workers", workers, folder=root)


def nbgrader_autograde(root: Path) -> Callable[[], None]:
    (name,) = (path.name for path in (root / "source").iterdir())
    return lambda: command("nbgrader", "autograde", name, folder=root)


TEST = """from otter.test_files import test_case

OK_FORMAT = False
name = "{name}"
points = 1


@test_case(points=1, hidden=True)
def test_{name}({name}):
    from unrolled import check

    check("{name}", {name})
    check("{name}", {name}, seed=...)
"""


def otter_run(root: Path) -> Callable[[], None]:
    """Each notebook by a command of its own, which is how otter grades without a container."""
    uv = BIN / "uv"
    if not (OTTER / "bin" / "otter").exists():
        subprocess.run([uv, "venv", "--quiet", "--clear", OTTER], check=True)
        install = [uv, "pip", "install", "--quiet", "--compile-bytecode"]
        subprocess.run([*install, "--python", OTTER / "bin/python", *OTTER_PACKAGES], check=True)
    (assignment,) = (path.name for path in (root / "source").iterdir())
    tests, results = root / "tests", root / "results"
    for folder in (tests, results):
        folder.mkdir()
    for name in solutions(ROOT, assignment):
        (tests / f"{name}.py").write_text(TEST.format(name=name))
    programs = OTTER / "bin"
    generate = ("otter", "generate", "-t", tests, "-o", root / "autograder.zip", "--no-environment")
    command(*generate, folder=root, programs=programs)
    notebooks = sorted((root / "submitted").rglob("*.ipynb"))

    def run() -> None:
        for notebook in notebooks:
            words = ("otter", "run", "--no-logo", "-a", root / "autograder.zip", "-o", results)
            command(*words, notebook, folder=root, programs=programs)

    return run


def compare(folder: Path, kind: str) -> None:
    """Print a row for each grader, measured in turns so that a busy minute hits them all."""
    assignment, students = KINDS[kind], STUDENTS
    ours, theirs = (course(folder / side, assignment, students) for side in ("ours", "theirs"))
    prepare(ours, ours=True)
    prepare(theirs, ours=False)
    few = course(folder, assignment, OTTER_STUDENTS)
    runs = {
        "nbgrader autograde": (nbgrader_autograde(theirs), theirs, students),
        "otter run": (otter_run(few), few, OTTER_STUDENTS),
        "unrolled grade, 1 worker": (unrolled_grade(ours, 1), ours, students),
        "unrolled grade, 2 workers": (unrolled_grade(ours, 2), ours, students),
    }
    taken: dict[str, list[Cost]] = {name: [] for name in runs}
    for _round in range(ROUNDS):
        for name, (run, root, number) in runs.items():
            taken[name].append(cost(run, root, number))
    middle = {
        name: Cost(
            statistics.median(each.wall for each in costs),
            statistics.median(each.processor for each in costs),
        )
        for name, costs in taken.items()
    }
    base = middle["unrolled grade, 2 workers"]
    print(f"{kind} ({assignment}, {students} submissions; otter {OTTER_STUDENTS})")
    for name, each in middle.items():
        ratios = each.wall / base.wall, each.processor / base.processor
        print(
            f"  {name:28} {each.wall:8.3f} s  {each.processor:8.3f} s of the processors"
            f"   {ratios[0]:6.1f} x {ratios[1]:6.1f} x"
        )


def curve(folder: Path, assignment: str = KINDS["NumPy"]) -> None:
    """Print what a submission costs in classes of several sizes, and what a second core brings."""
    print(f"one submission in a class ({assignment}): wall milliseconds, and of the processors")
    print("  students   1 worker               2 workers")
    for students in CURVE:
        root = course(folder, assignment, students)
        prepare(root, ours=True)
        one, two = (cost(unrolled_grade(root, n), root, students) for n in (1, 2))
        row = "".join(
            f"{each.wall * 1000:8.1f} ms {each.processor * 1000:8.1f} ms   " for each in (one, two)
        )
        print(f"  {students:8} {row} {one.wall / two.wall:5.2f} x")
        shutil.rmtree(root)


def main() -> None:
    print("seconds for one submission (medians), beside `unrolled grade` with 2 workers")
    with tempfile.TemporaryDirectory() as folder:
        for kind in KINDS:
            compare(Path(folder) / KINDS[kind], kind)
        curve(Path(folder))


if __name__ == "__main__":
    main()
