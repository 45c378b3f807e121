"""Calls an answer once, on copies of its arguments, and keeps whatever happens."""

import contextlib
import copy
import linecache
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from unrolled.errors import AnswerError, AnswerTimeout
from unrolled.exercises import Case, Exercise

CALL_SECONDS = 10


@dataclass(frozen=True)
class Outcome:
    """What one call came to: a value or an error, and which arguments it changed in place."""

    value: Any = None
    error: AnswerError | AnswerTimeout | None = None
    changed: tuple[str, ...] = ()


def attempt(exercise: Exercise, answer: Callable, case: Case) -> Outcome:
    """Call an answer as its exercise observes it."""
    return _attempt(case, lambda given: exercise.observe(answer, given), answer)


def outcome_of(function: Callable, case: Case) -> Outcome:
    """Call a function of ours: a reference, or what a known mistake gives."""
    return _attempt(case, lambda given: function(*given.values()), function)


def _attempt(case: Case, call: Callable, answer: Callable) -> Outcome:
    given = copy.deepcopy(dict(case.arguments))
    value, error = None, None
    try:
        with _quiet_stderr(), _time_limit(answer):
            value = call(given)
    except (AnswerError, AnswerTimeout) as raised:
        error = raised
    except KeyboardInterrupt:
        raise
    except BaseException as raised:  # also SystemExit: an answer may not end the notebook
        error = _as_answer_error(raised, answer)
    changed = tuple(key for key in given if not _unchanged(given[key], case.arguments[key]))
    return Outcome(value, error, changed)


def _as_answer_error(raised: BaseException, answer: Callable) -> AnswerError:
    kind = "ValueError" if isinstance(raised, ValueError) else type(raised).__name__
    try:
        text = str(raised)
    except Exception:
        text = ""
    own_file = getattr(getattr(answer, "__code__", None), "co_filename", "")
    line = source = None
    trace = raised.__traceback__
    while trace:
        if trace.tb_frame.f_code.co_filename == own_file:
            line = trace.tb_lineno
            source = linecache.getline(own_file, line).strip() or None
        trace = trace.tb_next
    return AnswerError(kind, text, line, source)


def _unchanged(now: Any, before: Any) -> bool:
    """Tell whether an argument still has its value, shape and contents."""
    if isinstance(before, np.ndarray):
        return isinstance(now, np.ndarray) and np.array_equal(now, before, equal_nan=True)
    if isinstance(before, list | tuple):
        return len(now) == len(before) and all(map(_unchanged, now, before))
    # A random generator is meant to be used up.
    return isinstance(before, np.random.Generator) or bool(now == before)


@contextlib.contextmanager
def _quiet_stderr() -> Iterator[None]:
    """Show an answer's warnings as ordinary output, and its libraries' logs not at all.

    nbgrader gives 0 to a test cell that wrote one word to stderr, and TensorFlow writes several
    when it is imported, past sys.stderr.
    """
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
def _time_limit(answer: Callable) -> Iterator[None]:
    """Stop an endless answer. A remote one has a limit of its own."""
    here = threading.current_thread() is threading.main_thread()
    if getattr(answer, "remote", False) or not here or not hasattr(signal, "setitimer"):
        yield
        return

    def stop(*_signal):
        raise AnswerTimeout(CALL_SECONDS)

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, CALL_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
