"""Calls an answer once, on copies of its arguments, and keeps whatever happens."""

import contextlib
import copy
import io
import linecache
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import FunctionType
from typing import Any

import numpy as np

from unrolled.errors import AnswerError, AnswerTimeout
from unrolled.exercises import Case, Exercise
from unrolled.plain import plain, type_name

CALL_SECONDS = 10
# A first call may import TensorFlow, on a machine that is busy with other things.
KERAS_CALL_SECONDS = 60


@dataclass(frozen=True)
class Outcome:
    """What one call came to: a value or an error, and which arguments it changed in place."""

    value: Any = None
    error: AnswerError | AnswerTimeout | None = None
    changed: tuple[str, ...] = ()


def attempt(exercise: Exercise, answer: Callable, case: Case) -> Outcome:
    """Call an answer as its exercise observes it."""
    seconds = KERAS_CALL_SECONDS if exercise.keras else CALL_SECONDS
    return _attempt(case, lambda given: exercise.observe(answer, given), answer, seconds)


def outcome_of(function: Callable, case: Case) -> Outcome:
    """Call a function of ours: a reference, or what a known mistake gives."""
    # A mistake may print; its words would stand among the learner's own.
    with contextlib.redirect_stdout(io.StringIO()):
        return _attempt(case, lambda given: function(*given.values()), function, CALL_SECONDS)


def _attempt(case: Case, call: Callable, answer: Callable, seconds: float) -> Outcome:
    given = {key: _copied(value) for key, value in case.arguments.items()}
    value, error = None, None
    try:
        with _quiet_stderr(answer), _time_limit(answer, seconds):
            try:
                value = plain(call(given))
            except (AnswerError, AnswerTimeout, KeyboardInterrupt):
                raise
            except BaseException as raised:  # also SystemExit: an answer may not end the notebook
                error = _as_answer_error(raised, answer)
    except (AnswerError, AnswerTimeout) as raised:
        error = raised
    changed = tuple(key for key in given if not _unchanged(given[key], case.arguments[key]))
    return Outcome(value, error, changed)


def _as_answer_error(raised: BaseException, answer: Callable) -> AnswerError:
    # An exception class may have an empty name; an empty kind would mean a sentence of ours.
    kind = "ValueError" if isinstance(raised, ValueError) else type_name(raised) or "Exception"
    try:
        text = plain(str(raised))
    except AnswerTimeout:
        raise
    except BaseException:
        text = ""
    own_file = answer.__code__.co_filename if type(answer) is FunctionType else ""
    line = source = None
    trace = raised.__traceback__
    while trace:
        if trace.tb_frame.f_code.co_filename == own_file:
            line = trace.tb_lineno
            source = linecache.getline(own_file, line).strip() or None
        trace = trace.tb_next
    return AnswerError(kind, text, line, source)


def _copied(value: Any) -> Any:
    """Copy an argument. For arrays and lists of plain values ten times as fast as deepcopy."""
    if isinstance(value, np.ndarray):
        return value.copy()
    if type(value) is list:
        return [_copied(item) for item in value]
    return value if type(value) in (str, int, float, bool) else copy.deepcopy(value)


def _unchanged(now: Any, before: Any) -> bool:
    """Tell whether an argument still has its value, shape and contents.

    What an answer put into a list may be anything, so its type comes first.
    """
    if isinstance(before, np.random.Generator):  # meant to be used up
        return True
    if type(now) is not type(before):
        return False
    if isinstance(before, np.ndarray):
        same_shape = now.shape == before.shape
        # Bytes are compared ten times as fast; they differ for 0.0 and -0.0.
        same_bytes = now.dtype == before.dtype and now.tobytes() == before.tobytes()
        return same_shape and (same_bytes or np.array_equal(now, before, equal_nan=True))
    if isinstance(before, list | tuple):
        return len(now) == len(before) and all(map(_unchanged, now, before))
    if isinstance(before, dict):
        return now.keys() == before.keys() and all(_unchanged(now[k], before[k]) for k in before)
    return bool(now == before)


@contextlib.contextmanager
def _quiet_stderr(answer: Callable) -> Iterator[None]:
    """Show an answer's warnings as ordinary output, and its libraries' logs not at all.

    nbgrader gives 0 to a test cell that wrote one word to stderr, and TensorFlow writes several
    when it is imported, past sys.stderr. What a remote one writes does not come here.
    """
    if getattr(answer, "remote", False):
        yield
        return
    with contextlib.ExitStack() as after:
        # A browser kernel has no such descriptors.
        with contextlib.suppress(OSError, ValueError, AttributeError):
            sys.stderr.flush()
            kept, sink = os.dup(2), os.open(os.devnull, os.O_WRONLY)
            after.callback(os.close, kept)
            after.callback(os.dup2, kept, 2)
            os.dup2(sink, 2)
            os.close(sink)
        with contextlib.redirect_stderr(sys.stdout):
            yield


@contextlib.contextmanager
def _time_limit(answer: Callable, seconds: float) -> Iterator[None]:
    """Stop an endless answer. A remote one has a limit of its own."""
    here = threading.current_thread() is threading.main_thread()
    if getattr(answer, "remote", False) or not here or not hasattr(signal, "setitimer"):
        yield
        return

    def stop(*_signal):
        raise AnswerTimeout(seconds)

    before = signal.signal(signal.SIGALRM, stop)
    # Again each second: a bare `except:` inside a loop swallows the first one. A loop that does
    # nothing else swallows all of them; that one takes the kernel's interrupt button.
    running = signal.setitimer(signal.ITIMER_REAL, seconds, 1)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        signal.setitimer(signal.ITIMER_REAL, *running)  # somebody else's alarm goes on
