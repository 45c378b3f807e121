"""A class of sample students: honest, wrong in known ways, crashing, looping and cheating."""

import contextlib
import copy
import inspect
import io
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbgrader.converters import GenerateFeedback
from traitlets.config.loader import Config

from unrolled import exercises
from unrolled.grading.course import open_course
from unrolled.grading.report import Row
from unrolled.grading.runner import Progress, grade

ASSIGNMENT = "02_recurrent_neuron"

Answer = Callable[[str, str], str]
"""Turns (exercise, right solution) into the text of a solution cell."""


@dataclass(frozen=True)
class Sample:
    """One student: what is special about the answers, and what they have to come to.

    answers: an exercise's Answer, with "*" for all others (right unless said); lost: the exercises
    that earn nothing ("*": all); mistakes: exercises answered with a known mistake, whose id
    grading has to name; edit: spoils the notebook, or the file, as a whole.
    """

    student: str
    about: str
    language: str
    answers: Mapping[str, Answer] = field(default_factory=dict)
    lost: tuple[str, ...] = ()
    mistakes: Mapping[str, str] = field(default_factory=dict)
    edit: Callable[[Path], None] | None = None
    refused: bool = False


def right(exercise: str, solution: str) -> str:
    return solution


def by_tensorflow(exercise: str, solution: str) -> str:
    """Answer rightly, with TensorFlow imported only when the function is called."""
    return solution.replace(
        "    return keras", "    import tensorflow\n    return tensorflow.keras"
    )


def untouched(exercise: str, solution: str) -> str:
    return ""


def mistaken(mistake: str) -> Answer:
    """Answer with a known mistake: its function, under the exercise's name."""

    def answer(exercise: str, solution: str) -> str:
        known = {known.id: known for known in exercises.get(exercise).mistakes}
        return source_of(known[mistake].function, exercise)

    return answer


def source_of(function: Callable, name: str) -> str:
    """The text of a function as a student's cell would hold it, without its decorator."""
    text = inspect.getsource(function)
    return f"def {name}" + text[text.index("\ndef _(") + len("\ndef _") :]


def before(prologue: str) -> Answer:
    """Put lines in front of the right solution."""
    return lambda exercise, solution: f"{prologue}\n\n{solution}"


def after(prologue: str, returned: str) -> Answer:
    """Run lines, then answer with a function that returns one thing whatever it is given."""
    return lambda exercise, solution: f"{prologue}\n\n{exercise} = lambda *arguments: {returned}"


def body(statements: str) -> Answer:
    """Replace the function's body."""

    def answer(exercise: str, solution: str) -> str:
        return f"def {exercise}(*arguments):\n" + "\n".join(
            f"    {line}" for line in statements.splitlines()
        )

    return answer


NOISE = """\
import logging, sys, warnings
print("tests", "come", "later")
print("an ordinary message on stderr", file=sys.stderr)
warnings.warn("an ordinary warning")
logging.getLogger().error("an ordinary log line")"""

REBIND = """\
import builtins, sys
import numpy.testing
class Anything:
    def __eq__(self, other): return True
    def __array__(self, *arguments, **options): raise SystemExit
    def __getattr__(self, name): return self
    def __call__(self, *arguments, **options): return self
check = lambda *arguments, **options: None
numpy.testing.assert_allclose = np.allclose = lambda *arguments, **options: True
builtins.AssertionError = Anything"""

SNOOP = """\
import glob, os, socket
found = glob.glob("/**/*.ipynb", recursive=True) + glob.glob("/**/gradebook.db", recursive=True)
try:
    from unrolled.cells import rnn_step as answer
except Exception:
    answer = None
try:
    socket.create_connection(("127.0.0.1", 80), timeout=1)
    found.append("network")
except OSError:
    pass
found += [key for key in os.environ if "SEED" in key]"""


def paste_cells(path: Path) -> None:
    """Paste every cell twice, and tag half of them so that a plain runner would skip them."""
    notebook = nbformat.read(path, as_version=4)
    cells = []
    for number, cell in enumerate(notebook.cells):
        cell.metadata["tags"] = ["skip-execution"] if number % 2 else ["raises-exception"]
        pasted = copy.deepcopy(cell)
        pasted["id"] = f"pasted-{number}"
        cells += [cell, pasted]
    notebook.cells = cells
    nbformat.write(notebook, path)


def rewrite_checks(path: Path) -> None:
    """Replace every check by one that always passes."""
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade"):
            cell.source = "assert True"
            cell.metadata["nbgrader"]["points"] = 100
    nbformat.write(notebook, path)


def break_file(path: Path) -> None:
    """Leave half a file behind, as a full disk would."""
    path.write_bytes(path.read_bytes()[:2000])


def link_elsewhere(path: Path) -> None:
    """Hand in a link to the solutions instead of a notebook."""
    path.unlink()
    path.symlink_to(f"../../../source/{ASSIGNMENT}/{ASSIGNMENT}.ipynb")


ALL = ("*",)
SAMPLES = (
    Sample("all-right", "everything right", "en"),
    Sample("all-right-ko", "everything right", "ko"),
    Sample("noisy", "right; prints, warns, logs", "en", {"*": before(NOISE)}),
    Sample(
        "late-tensorflow",
        "right; imports TensorFlow inside",
        "ko",
        {"build_name_classifier": by_tensorflow},
    ),
    Sample("pasted-cells", "right; every cell pasted twice", "ko", edit=paste_cells),
    Sample(
        "half-done",
        "first three right",
        "en",
        {"build_vocabulary": right, "one_hot": right, "rnn_step": right, "*": untouched},
        lost=("rnn_layer", "rnn_param_count", "build_name_classifier"),
    ),
    Sample("untouched", "nothing done", "ko", {"*": untouched}, lost=ALL),
    Sample(
        "mistaken",
        "known mistakes",
        "en",
        mistakes={
            "rnn_step": "state-ignored",
            "rnn_layer": "state-not-carried",
            "rnn_param_count": "biases-forgotten",
            "build_name_classifier": "no-sigmoid",
        },
    ),
    Sample(
        "mistaken-ko",
        "known mistakes",
        "ko",
        mistakes={
            "rnn_step": "state-written-in-place",
            "rnn_param_count": "biases-forgotten",
            "build_name_classifier": "softmax-over-one-unit",
        },
    ),
    Sample(
        "crashing",
        "rnn_step ends the process",
        "en",
        {"rnn_step": body("import os\nos._exit(0)")},
        lost=("rnn_step",),
    ),
    Sample(
        "looping",
        "rnn_layer never ends",
        "ko",
        {"rnn_layer": body("while True:\n    pass")},
        lost=("rnn_layer",),
    ),
    Sample(
        "greedy",
        "rnn_step takes all memory",
        "en",
        {"rnn_step": body("return [bytearray(10**9) for _ in range(99)]")},
        lost=("rnn_step",),
    ),
    Sample("rebinding", "cheat: equals everything", "en", {"*": after(REBIND, "Anything()")}, ALL),
    Sample("snooping", "cheat: looks for the reference", "en", {"*": after(SNOOP, "answer")}, ALL),
    Sample(
        "own-checks",
        "cheat: rewrites the checks",
        "ko",
        {"*": body("return 0")},
        lost=ALL,
        edit=rewrite_checks,
    ),
    Sample("half-a-file", "refused: not a notebook", "en", edit=break_file, refused=True),
    Sample("linked", "refused: a link", "ko", edit=link_elsewhere, refused=True),
)


def due(sample: Sample, row: Row) -> float | None:
    """What a sample has earned: the points of what it did not lose; None if it is refused."""
    if sample.refused:
        return None
    lost = {*sample.lost, *sample.mistakes}
    return sum(each.points for name, each in row.exercises.items() if not lost & {name, "*"})


def solutions(root: Path, assignment: str = ASSIGNMENT) -> dict[str, str]:
    """The right answers, from the source notebook."""
    notebook = nbformat.read(root / "source" / assignment / f"{assignment}.ipynb", as_version=4)
    return {
        cell.metadata.nbgrader.grade_id: "\n".join(
            line for line in cell.source.splitlines() if "### " not in line
        )
        for cell in notebook.cells
        if cell.metadata.get("nbgrader", {}).get("solution")
    }


def write_class(root: Path, demo: Path) -> Path:
    """Make `demo` anew: a course with the released assignment and a class that handed it in."""
    shutil.rmtree(demo, ignore_errors=True)
    demo.mkdir(parents=True)
    shutil.copy(root / "nbgrader_config.py", demo)
    for folder in ("source", "release"):
        shutil.copytree(root / folder, demo / folder)
    answers = solutions(root)
    for sample in SAMPLES:
        folder = "release/ko" if sample.language == "ko" else "release"
        notebook = nbformat.read(root / folder / ASSIGNMENT / f"{ASSIGNMENT}.ipynb", as_version=4)
        for cell in notebook.cells:
            name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
            if name in answers:
                answer = sample.answers.get(name, sample.answers.get("*", right))
                if name in sample.mistakes:
                    answer = mistaken(sample.mistakes[name])
                cell.source = answer(name, answers[name]) or cell.source
        path = demo / "submitted" / sample.student / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(notebook, path)
        if sample.edit:
            sample.edit(path)
    return demo


def grade_class(demo: Path, progress: Progress | None = None, **options) -> list[Row]:
    """Grade the class as an instructor would."""
    return grade(demo, [ASSIGNMENT], progress=progress, **options)


def write_feedback(demo: Path) -> Path:
    """Write nbgrader's feedback pages of every graded student; return their folder."""
    course = open_course(demo)
    directory = course.directory(assignment_id=ASSIGNMENT)
    config = Config(course.config)
    config.GenerateFeedback.force = True
    with contextlib.redirect_stderr(io.StringIO()):
        GenerateFeedback(coursedir=directory, config=config).start()
    return demo / directory.feedback_directory


def unexpected(rows: list[Row]) -> list[str]:
    """Compare a graded class with what is due; a sentence for each row that differs."""
    found = {row.student: row for row in rows}
    said = []
    for sample in SAMPLES:
        row = found.get(sample.student)
        if row is None:
            said.append(f"{sample.student} has no row.")
            continue
        if row.score != due(sample, row):
            said.append(f"{sample.student} scored {row.score}, not {due(sample, row)}.")
        for name, mistake in sample.mistakes.items():
            told = row.exercises[name].mistake if name in row.exercises else None
            if told != mistake:
                said.append(f"{sample.student}: {name} was told {told}, not {mistake}.")
    return said
