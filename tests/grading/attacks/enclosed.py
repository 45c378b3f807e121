"""Grade attackers beside honest students, inside the enclosure, and report what was won.

Run by test_attacks.py in a sandbox that enclosure.py makes: -m … REPORT [--no-sandbox] [NAME …]
"""

import contextlib
import ctypes
import io
import json
import os
import socket
import sys
import time
from functools import cache
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell
from nbgrader.converters import GenerateFeedback
from traitlets.config import Config

from tests.grading.attacks import findings
from tests.grading.attacks.attack import RIGHT, Attack
from tests.grading.attacks.canaries import Canaries, plant
from tests.grading.attacks.groups import ATTACKS
from tests.grading.attacks.keras_lies import EXERCISES
from tests.grading.attacks.watch import MemoryPeak, processes, temporary_files
from tests.grading.classroom import REPOSITORY, SOLUTIONS, answered, source_notebook, submit
from unrolled.demo import solutions
from unrolled.grading.course import CannotGoOn, open_course
from unrolled.grading.intake import shown_name
from unrolled.grading.remote import Worker
from unrolled.grading.report import Row
from unrolled.grading.runner import grade
from unrolled.grading.sandbox import require_sandbox

ROOT = Path("/tmp/course")
WORKERS = 3
LIMITS = {"call_seconds": 2.5, "cell_seconds": 2.5, "submission_seconds": 12}
SUBREAPER = 36
HONEST = {
    "ada": RIGHT,
    "bob": {"affine": "def affine(x, W, b): return x @ W", "rnn_step": RIGHT["rnn_step"]},
    "dee": {"affine": RIGHT["affine"]},
    "zoe": RIGHT,
}


@cache
def sources() -> dict[str, dict[str, str]]:
    """The assignments' answer cells by exercise, solutions marked."""
    return {"00_start": SOLUTIONS, "keras": {
        name: f"### BEGIN SOLUTION\n{source}\n### END SOLUTION"
        for name, source in keras_solutions().items()
    }}  # fmt: skip


def keras_solutions() -> dict[str, str]:
    return {
        name: f"import keras\n{source}"
        for assignment in ("02_recurrent_neuron", "03_stacked_rnn", "07_bidirectional")
        for name, source in solutions(REPOSITORY, assignment).items()
        if name in EXERCISES
    }


def require_walls() -> None:
    """Refuse to go on where something outside can be changed, or a sandbox does not hide."""
    for path in (REPOSITORY / "written", Path("/usr/written"), Path(sys.prefix) / "written"):
        with contextlib.suppress(OSError):
            path.touch()
            path.unlink()
            raise RuntimeError(f"{path.parent} can be written from the enclosure")
    if [name for _, name in socket.if_nameindex() if name != "lo"]:
        raise RuntimeError("the enclosure has a network")
    for path in ("/tmp", "/run", "/dev/shm", os.environ["HOME"]):
        if os.stat(path).st_dev == os.stat("/").st_dev:
            raise RuntimeError(f"the enclosure's {path} is the machine's")
    require_sandbox()
    secret = Path("/tmp/probe")
    secret.write_text("seen")
    with Worker() as worker:
        result = worker.run(f"print(open({str(secret)!r}).read())", "0")
    secret.unlink()
    if result.error is None or "seen" in str(result.outputs):
        raise RuntimeError("a sandbox in the enclosure shows the machine's files")


def write_course(canaries: Canaries) -> None:
    """The course, with a secret in every place that a student must not see."""
    for name, answers in sources().items():
        notebook = source_notebook(answers)
        for cell in notebook.cells:
            word = canaries.word(f"the source of {cell.id} in {name}")
            if cell.id.startswith("test_"):
                hidden = f"### BEGIN HIDDEN TESTS\nassert '{word}'"
                cell.source = cell.source.replace("### BEGIN HIDDEN TESTS", hidden)
            elif "### BEGIN SOLUTION" in cell.source:
                start = cell.source.index("### BEGIN SOLUTION")
                indent = " " * (start - cell.source.rfind("\n", 0, start) - 1)
                cell.source = cell.source.replace(
                    "### END SOLUTION", f"'{word}'\n{indent}### END SOLUTION"
                )
        path = ROOT / "source" / name / f"{name}.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(notebook, path)
    config = (REPOSITORY / "nbgrader_config.py").read_text()
    config += f"\nc.Judge.limits = {LIMITS}\n# {canaries.word('the configuration')}\n"
    (ROOT / "nbgrader_config.py").write_text(config)


def write_honest(canaries: Canaries) -> None:
    for student, answers in HONEST.items():
        notebook = answered(**answers)
        word = canaries.word(f"the notebook of {student}")
        notebook.cells.append(new_code_cell(f"kept = '{word}'"))
        submit(ROOT, student, notebook)


def write_attack(attack: Attack, canaries: Canaries) -> None:
    known = sources().get(attack.assignment, SOLUTIONS)
    answers = {k: canaries.replaced(source, attack) for k, source in attack.answers.items()}
    notebook = answered(known, **answers)
    first = next(i for i, cell in enumerate(notebook.cells) if cell.id in known)
    notebook.cells[first:first] = [made(s, attack, canaries) for s in attack.before]
    notebook.cells += [made(source, attack, canaries) for source in attack.after]
    if attack.edit:
        attack.edit(notebook)
    path = submit(ROOT, attack.name, notebook, attack.assignment)
    if attack.spoil:
        attack.spoil(path)


def made(source: str, attack: Attack, canaries: Canaries) -> NotebookNode:
    return new_code_cell(canaries.replaced(source, attack))


def write_feedback() -> None:
    """nbgrader's feedback page of everyone who was graded."""
    for assignment in sources():
        if not list(ROOT.glob(f"autograded/*/{assignment}")):
            continue
        directory = open_course(ROOT).directory(assignment_id=assignment)
        config = Config(open_course(ROOT).config)
        with contextlib.redirect_stderr(io.StringIO()):
            GenerateFeedback(coursedir=directory, config=config).start()


def told(rows: list[Row]) -> dict[str, object]:
    """Honest students' rows, without what differs from run to run."""
    found = {row.student: row.as_dict() for row in rows if row.student in HONEST}
    return {student: {**row, "seconds": 0} for student, row in found.items()}


def lay_out(attacks: list[Attack]) -> tuple[Canaries, dict[str, object]]:
    """A course with its class; what was planted, and honest rows from when they were alone."""
    canaries = plant(ROOT)
    write_course(canaries)
    write_honest(canaries)
    alone = told(grade(ROOT, students=[*HONEST], workers=2))
    for attack in attacks:
        write_attack(attack, canaries)
    if any(attack.assignment == "keras" for attack in attacks):
        right = answered(sources()["keras"], **keras_solutions())
        submit(ROOT, "kim", right, "keras")
    canaries.remember()
    return canaries, alone


def run(attacks: list[Attack], sandboxed: bool) -> dict[str, object]:
    """Grade the attackers and say, for each and for the batch, what was won."""
    ctypes.CDLL(None).prctl(SUBREAPER, 1, 0, 0, 0)  # what outlives its parent comes to light here
    canaries, alone = lay_out(attacks)
    running, lying, peak = processes(), temporary_files(), MemoryPeak()
    peak.start()
    began = time.monotonic()
    rows, stopped = [], []
    try:
        rows = grade(ROOT, workers=WORKERS, force=True, sandboxed=sandboxed)
    except CannotGoOn as error:  # an attack that won took the gradebook, say
        stopped.append(f"the batch could not go on: {error}")
    graded = time.monotonic()
    batch = [*stopped, *peak.end(), *canaries.changed(), *of_honest(alone, rows)]
    batch += [f"{line} still runs" for line in sorted(processes() - running)]
    batch += [f"{path} was left" for path in sorted(temporary_files() - lying)]
    try:
        write_feedback()
        page = findings.Page((ROOT / "feedback/ada/00_start/00_start.html").read_text())
    except Exception as error:  # an attack that won took what it needs
        batch.append(f"no feedback could be written: {error}")
        page = findings.Page("")
    found = {(row.student, row.assignment): row for row in rows}
    return {
        "won": {a.name: findings.of_attack(a, row_of(a, found), canaries, page) for a in attacks},
        "batch": batch,
        "seconds": round(graded - began, 1),
        "feedback": round(time.monotonic() - graded, 1),
        "memory": peak.bytes,
        "rows": {row.student: row.seconds for row in rows},
    }


def of_honest(alone: dict[str, object], rows: list[Row]) -> list[str]:
    """What the attackers changed for honest students, a sentence for each."""
    together = told(rows)
    said = [
        f"the row of {student} changed: {alone[student]} → {together.get(student)}"
        for student in HONEST
        if together.get(student) != alone[student]
    ]
    models = [row for row in rows if row.student == "kim" and row.score != row.points]
    return said + [f"kim's right models scored {row.score} of {row.points}" for row in models]


def row_of(attack: Attack, found: dict[tuple[str, str], Row]) -> Row | None:
    name = shown_name(attack.name)
    own = [row for (student, _), row in found.items() if student == name]
    exact = found.get((name, attack.assignment))
    return exact or (own[0] if own else None)


def main() -> None:
    report, *options = sys.argv[1:]
    try:
        require_walls()
    except Exception as error:
        print(error, file=sys.stderr)
        sys.exit(3)
    names = [name for name in options if name != "--no-sandbox"]
    attacks = [ATTACKS[name] for name in names] if names else list(ATTACKS.values())
    result = run(attacks, sandboxed="--no-sandbox" not in options)
    (Path("/tmp/report") / report).write_text(json.dumps(result, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
