"""Run one test cell's code here, in the judge, and say what a student may read of its outcome."""

import ast
import builtins
import contextlib
import io
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

import unrolled
from unrolled.authoring.invariants import hidden_lines
from unrolled.errors import AnswerError, AnswerTimeout
from unrolled.grading.graded_cells import TestCell
from unrolled.grading.outputs import error_lines, printable
from unrolled.grading.playback import Playback
from unrolled.grading.remote import Proxy, Worker, WorkerLost, lost_sentence
from unrolled.language import _

PACKAGE = str(Path(unrolled.__file__).parent)
OWN_NAMES: Mapping[str, Any] = {
    "np": np,
    "check": unrolled.check,
    "CheckFailed": unrolled.CheckFailed,
    "set_language": lambda language: None,
}


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


def run_test(worker: Worker, test: TestCell, playback: Playback, *, visible: bool) -> TestResult:
    """Run a test cell's code here, with proxies for what the notebook defines."""
    try:
        tree = visible_part(test.source) if visible else hidden_part(test.source)
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


def visible_part(source: str) -> ast.Module:
    """A test's code without its hidden lines; the others keep their numbers."""
    lines = source.splitlines()
    hidden = hidden_lines(source)
    return ast.parse("\n".join("" if n in hidden else line for n, line in enumerate(lines, 1)))


def hidden_part(source: str) -> ast.Module:
    """A test's code without the visible checks, which it has passed by the time this is run."""
    tree, hidden = ast.parse(source), hidden_lines(source)
    tree.body = [each for each in tree.body if each.lineno in hidden or not is_check(each)]
    return tree


def is_check(statement: ast.stmt) -> bool:
    """Whether a statement is nothing but a call of our check."""
    call = statement.value if isinstance(statement, ast.Expr) else None
    return isinstance(call, ast.Call) and getattr(call.func, "id", None) == "check"


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
    ours = inside or isinstance(error, MemoryError)  # the machine's, wherever it shows
    if (ours and not answered) or not here:
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
    return printable(f"{type(error).__name__}: {error}", 500)
