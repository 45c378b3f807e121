"""Judge a notebook: the student's cells run in a worker, the test cells here, with data between.

This process is trusted and never runs a line of the student's. In a test cell a student's name is
a proxy that sends arguments away as data and gets data back.
"""

import ast
import builtins
import contextlib
import io
import time
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_output
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import compute_checksum
from traitlets import Bool, Dict

import unrolled
from unrolled import exercises
from unrolled.errors import AnswerError, AnswerTimeout
from unrolled.grading.match import defines, language_of, name_of
from unrolled.grading.outputs import cell_outputs, error_lines, error_output, size_of
from unrolled.grading.playback import OutOfTime, Playback
from unrolled.grading.profiles import KERAS, NUMPY, Profile
from unrolled.grading.remote import (
    Proxy,
    Worker,
    WorkerLost,
    WorkerTimeout,
    lost_sentence,
    one_line,
)
from unrolled.language import _, speaking

BEGIN_HIDDEN, END_HIDDEN = "BEGIN HIDDEN TESTS", "END HIDDEN TESTS"
PACKAGE = str(Path(unrolled.__file__).parent)
OWN_NAMES: Mapping[str, Any] = {
    "np": np,
    "check": unrolled.check,
    "CheckFailed": unrolled.CheckFailed,
    "set_language": lambda language: None,
}
PLACES_TRIED = 4


class JudgeError(RuntimeError):
    """Something of ours went wrong; the submission is to be judged again, never scored 0."""


@dataclass(frozen=True)
class TestResult:
    """What one test cell came to."""

    exercise: str
    points: float
    passed: bool
    mistake: str | None = None
    message: str = ""


@dataclass(frozen=True)
class Judgement:
    """What judging a notebook came to: what its cells showed, by index, and its tests by id."""

    outputs: Mapping[int, list]
    tests: Mapping[str, TestResult]
    seconds: float


@dataclass(frozen=True)
class TestCell:
    """A test cell, and the cells after which its answer may be found, the likeliest first."""

    name: str
    exercise: str
    source: str
    points: float
    keras: bool
    index: int
    answer: int | None
    places: tuple[int, ...]


@dataclass
class Evaluation:
    """The best result so far of each test."""

    results: dict[str, TestResult] = field(default_factory=dict)

    def add(self, test: TestCell, result: TestResult, place: int) -> None:
        known = self.results.get(test.name)
        if known is None or result.passed or (place == test.places[0] and not known.passed):
            self.results[test.name] = result

    def passed(self, test: TestCell) -> bool:
        return test.name in self.results and self.results[test.name].passed


def judge_notebook(
    notebook: NotebookNode,
    *,
    sandboxed: bool = True,
    numpy_profile: Profile = NUMPY,
    keras_profile: Profile = KERAS,
) -> Judgement:
    """Judge a matched notebook; raises for what is our fault or the machine's."""
    began = time.monotonic()
    tests = test_cells(notebook)
    own = {test.index for test in tests}
    sources = {
        index: cell.source
        for index, cell in enumerate(notebook.cells)
        if cell.cell_type == "code" and index not in own and cell.source.strip()
    }
    evaluation = Evaluation()
    with speaking(language_of(notebook)):
        light = [test for test in tests if not test.keras]
        with Playback(numpy_profile, sources, sandboxed) as playback:
            judge_tests(playback, light, evaluation, last=len(notebook.cells) - 1)
            outputs = shown_outputs(playback, numpy_profile.limits.output_bytes)
        heavy = [test for test in tests if test.keras]
        if any(is_tried(notebook, test) for test in heavy):
            with Playback(keras_profile, sources, sandboxed) as playback:
                judge_tests(playback, heavy, evaluation, last=None)
        for test in heavy:
            if test.name not in evaluation.results:
                missing = _("{name} is not written yet.").format(name=test.exercise)
                evaluation.add(test, failed(test, missing), test.places[0])
    seconds = round(time.monotonic() - began, 3)
    return Judgement(outputs, evaluation.results, seconds)


def test_cells(notebook: NotebookNode) -> list[TestCell]:
    """The notebook's test cells; code cells that are graded and hold no answer."""
    found = []
    for index, cell in enumerate(notebook.cells):
        meta = cell.metadata.get("nbgrader", {})
        if cell.cell_type != "code" or not meta.get("grade") or meta.get("solution"):
            continue
        name = meta["grade_id"]
        exercise = name.removeprefix("test_")
        answer = [i for i, cell in enumerate(notebook.cells) if name_of(cell) == exercise]
        found.append(
            TestCell(
                name=name,
                exercise=exercise,
                source=cell.source,
                points=float(meta["points"]),
                keras=is_keras(exercise),
                index=index,
                answer=answer[0] if answer else None,
                places=answer_places(notebook, index, answer, exercise),
            )
        )
    return found


def is_keras(name: str) -> bool:
    with contextlib.suppress(ValueError):
        return exercises.get(name).keras
    return False


def answer_places(
    notebook: NotebookNode, test: int, answer: list[int], exercise: str
) -> tuple[int, ...]:
    """The cells after which the test may be run, the likeliest first.

    Students move cells, copy them, and write their answer elsewhere. The first place is the test's
    own, or the answer's where that comes later; the others are later cells that define the name.
    """
    first = max([test, *answer])
    later = [i for i, c in enumerate(notebook.cells) if i > test and defines(c, exercise)]
    return (first, *[i for i in later if i != first][-PLACES_TRIED:])


def places_of(tests: list[TestCell]) -> list[int]:
    return sorted({place for test in tests for place in test.places})


def is_tried(notebook: NotebookNode, test: TestCell) -> bool:
    """Whether a Keras answer was touched at all; else Keras need not be started."""
    for cell in notebook.cells:
        if name_of(cell) == test.exercise:
            if not is_stub(cell):
                return True
        elif defines(cell, test.exercise):
            return True
    return False


def is_stub(cell: NotebookNode) -> bool:
    """Whether an answer's cell is still what was released."""
    return cell.metadata["nbgrader"].get("checksum") == compute_checksum(cell)


def judge_tests(
    playback: Playback, tests: list[TestCell], evaluation: Evaluation, last: int | None
) -> None:
    """Judge tests at their places: first what is visible of each, forwards, then what is hidden.

    With ``last`` all cells up to that one run between the two, in a worker that can go back.
    """
    promising: dict[int, list[TestCell]] = {}
    try:
        for place in places_of(tests):
            for test in (test for test in tests if place in test.places):
                result = judge_part(playback, test, place, visible=True, aside=last is not None)
                if result.passed and BEGIN_HIDDEN in test.source:
                    promising.setdefault(place, []).append(test)
                else:
                    evaluation.add(test, result, place)
            if last is not None and place in promising:
                playback.keep(place)
        if last is not None:
            playback.play(last)
        playback.freeze()
        for place, hopeful in sorted(promising.items(), reverse=True):
            for test in hopeful:
                if not evaluation.passed(test):
                    evaluation.add(test, judge_part(playback, test, place, visible=False), place)
    except OutOfTime as error:
        for test in tests:
            if test.name not in evaluation.results:
                text = _("The notebook took more than its {seconds:g} s before this test.")
                result = failed(test, text.format(seconds=error.seconds))
                evaluation.add(test, result, test.places[0])


def judge_part(
    playback: Playback, test: TestCell, place: int, *, visible: bool, aside: bool = False
) -> TestResult:
    """One test at one place; once more if the worker was lost meanwhile for no clear reason."""
    for attempt in (1, 2):
        worker = playback.worker_at(place)
        with playback.aside() if aside else contextlib.nullcontext():
            result = run_test(worker, test, playback, visible=visible)
        if worker.lost is None or isinstance(worker.lost, WorkerTimeout) or attempt == 2:
            break
    return result


def run_test(worker: Worker, test: TestCell, playback: Playback, *, visible: bool) -> TestResult:
    """Run a test cell's code here, with proxies for what the notebook defines."""
    try:
        tree = ast.parse(visible_part(test.source) if visible else test.source)
    except SyntaxError as error:
        raise JudgeError(f"{test.name} is not valid Python: mend the assignment") from error
    try:
        names, absent = proxies(worker, tree)
    except WorkerLost as error:
        return failed(test, lost_message(test, error))
    if absent:
        return failed(test, absent_message(absent[0], test, playback))
    code = compile(tree, f"<{test.name}>", "exec")
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            exec(code, {**names, **OWN_NAMES, "__name__": test.name})
    except (Exception, AnswerTimeout) as error:
        mistake = error.mistake if isinstance(error, unrolled.CheckFailed) else None
        message = message_of(error, test, visible=visible)
        return replace(failed(test, message), mistake=mistake)
    return TestResult(test.exercise, test.points, passed=True, message=passed_message(test))


def visible_part(source: str) -> str:
    """A test's source with its hidden lines empty, so that the others keep their numbers."""
    lines = source.splitlines()
    hidden = hidden_lines(source)
    return "\n".join("" if n in hidden else line for n, line in enumerate(lines, 1))


def hidden_lines(source: str) -> set[int]:
    found, hidden = set(), False
    for number, text in enumerate(source.splitlines(), 1):
        hidden = hidden or BEGIN_HIDDEN in text
        if hidden:
            found.add(number)
        hidden = hidden and END_HIDDEN not in text
    return found


def proxies(worker: Worker, tree: ast.AST) -> tuple[dict[str, Any], list[str]]:
    """The student's names that a test uses: as proxies or data, and those that are not there."""
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    stored = {node.id for node in nodes if isinstance(node.ctx, ast.Store)}
    stored |= {
        (alias.asname or alias.name).partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    wanted = list(dict.fromkeys(node.id for node in nodes if isinstance(node.ctx, ast.Load)))
    wanted = [n for n in wanted if n not in stored | set(OWN_NAMES) and not hasattr(builtins, n)]
    kinds = worker.names(wanted)
    found = {
        name: Proxy(worker, name) if kind == "callable" else worker.get(name)
        for name, kind in kinds.items()
    }
    return found, [name for name in wanted if name not in kinds]


def failed(test: TestCell, message: str) -> TestResult:
    return TestResult(test.exercise, test.points, passed=False, message=message)


def passed_message(test: TestCell) -> str:
    return _("{name}: right.").format(name=test.exercise)


def lost_message(test: TestCell, error: WorkerLost) -> str:
    return f"{test.exercise}: {lost_sentence(error)}"


def absent_message(name: str, test: TestCell, playback: Playback) -> str:
    """What to say of a name that no cell defined, with the error that may be why."""
    text = _("{name} is not defined: write it, run its cell and save.").format(name=name)
    for index, result in sorted(playback.results.items()):
        about = index == test.answer or name in playback.sources[index]
        if result.error is not None and about:
            return "\n".join([text, _("Its cell stopped:"), *error_lines(result.error)])
    return text


def message_of(error: BaseException, test: TestCell, *, visible: bool) -> str:
    """What a student may read of an exception in a test; ours are raised, not shown.

    Once hidden inputs are about, only a check's own hidden diagnosis is, which holds none of them.
    """
    frames = traceback.extract_tb(error.__traceback__)
    inside = any(frame.filename.startswith(PACKAGE) for frame in frames[1:])
    answered = isinstance(error, AnswerError | AnswerTimeout | AssertionError)
    here = [frame.lineno for frame in frames if frame.filename == f"<{test.name}>"]
    if (inside and not answered) or not here:
        raise JudgeError(f"{test.name}: {type(error).__name__}: {error}") from error
    if not visible and here[-1] not in hidden_lines(test.source):
        return _("{name}: a hidden test failed.").format(name=test.exercise)
    if isinstance(error, unrolled.CheckFailed):
        return error.message
    if not visible:
        return _("{name}: a hidden test failed.").format(name=test.exercise)
    if isinstance(error, AnswerTimeout):
        text = _("{name} did not end within {seconds:g} s.")
        return text.format(name=test.exercise, seconds=error.seconds)
    if isinstance(error, AnswerError):
        return "\n".join(error_lines(error))
    return one_line(f"{type(error).__name__}: {error}", 500)


def shown_outputs(playback: Playback, limit: int) -> dict[int, list[NotebookNode]]:
    """What the student's cells showed, all of it from before the first hidden call."""
    shown, left = {}, limit
    for index, result in sorted(playback.results.items()):
        outputs = []
        for output in cell_outputs(result.outputs, result.error):
            left -= size_of([output])
            if left >= 0:
                outputs.append(output)
        shown[index] = outputs
    return shown


def write_judgement(notebook: NotebookNode, judgement: Judgement) -> NotebookNode:
    """Put a judgement into the notebook, in the form from which nbgrader takes its scores."""
    for index, outputs in judgement.outputs.items():
        notebook.cells[index].outputs = [NotebookNode(output) for output in outputs]
    for cell in notebook.cells:
        result = judgement.tests.get(name_of(cell) or "")
        if result is None:
            continue
        # Any error output is 0 points; an execute_result would be read as a number of points.
        if result.passed:
            cell.outputs = [new_output("display_data", data={"text/plain": result.message})]
        else:
            lines = result.message.splitlines() or [""]
            cell.outputs = [error_output("CheckFailed", lines[0], lines)]
        cell.metadata["unrolled"] = {
            "exercise": result.exercise,
            "mistake": result.mistake,
            "message": result.message,
        }
    notebook.metadata["unrolled"]["seconds"] = judgement.seconds
    return notebook


class Judge(NbGraderPreprocessor):
    """nbgrader's way in: takes the place of Execute in ``c.Autograde.autograde_preprocessors``."""

    sandboxed = Bool(True, help="Run students' code in the sandbox.").tag(config=True)
    limits = Dict(
        help="Limits of the course's own, such as {'call_seconds': 20}; see grading/profiles.py."
    ).tag(config=True)
    keras_limits = Dict(help="The same for Keras exercises.").tag(config=True)

    # What was judged before: a batch is judged in many processes and written by one.
    prepared: Judgement | None = None
    record: Mapping[str, Any] | None = None

    def judge(self, notebook: NotebookNode) -> Judgement:
        return judge_notebook(notebook, **self.options())

    def options(self) -> dict[str, Any]:
        """The keyword arguments of ``judge_notebook`` that this configuration means."""
        return {
            "sandboxed": self.sandboxed,
            "numpy_profile": replace(NUMPY, limits=replace(NUMPY.limits, **self.limits)),
            "keras_profile": replace(KERAS, limits=replace(KERAS.limits, **self.keras_limits)),
        }

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        judgement = Judge.prepared or self.judge(nb)
        write_judgement(nb, judgement)
        if Judge.record is not None:
            nb.metadata["unrolled"]["record"] = dict(Judge.record)
        return nb, resources
