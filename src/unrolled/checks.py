"""The check that a student calls: compares an answer with the reference, else diagnoses it."""

import html
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from types import EllipsisType

import numpy as np

from unrolled import exercises
from unrolled.comparison import summary
from unrolled.diagnosis import diagnose
from unrolled.errors import AnswerError, AnswerTimeout
from unrolled.exercises import Case
from unrolled.language import _
from unrolled.outcome import Outcome, attempt, outcome_of

__all__ = ["AnswerError", "AnswerTimeout", "CheckFailed", "Report", "check"]

FALLBACK_SEED = 20170
"""The seed of hidden checks where the instructor sets no UNROLLED_SEED."""


class CheckFailed(AssertionError):
    """An answer is not right yet. In a notebook its traceback is just the diagnosis."""

    def __init__(self, exercise: str, mistake: str | None, message: str):
        super().__init__(message)
        self.exercise, self.mistake, self.message = exercise, mistake, message

    def _render_traceback_(self) -> list[str]:
        return self.message.splitlines()


@dataclass(frozen=True)
class Report:
    """A passed check."""

    exercise: str
    cases: int
    hidden: bool

    def __str__(self) -> str:
        if self.hidden:
            return _("✓ {name}: right on the hidden test too.").format(name=self.exercise)
        return _("✓ {name}: right in all {cases} cases.").format(
            name=self.exercise, cases=self.cases
        )

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return f'<p style="color: var(--jp-success-color1, #1b7f3b)">{html.escape(str(self))}</p>'


def check(name: str, answer: Callable, seed: int | EllipsisType | None = None) -> Report:
    """Check an answer to the exercise `name`; raise CheckFailed with a diagnosis if it is wrong.

    seed None is the visible check on a small public case. `seed=...` is the hidden one, whose
    inputs come from the environment's UNROLLED_SEED, else from a fixed seed; an int is taken as
    it is. A hidden diagnosis shows no input and no number.
    """
    exercise = exercises.get(name)
    if seed is ...:
        seed = _hidden_seed()
    if not callable(answer):
        if seed is not None:  # a value could carry a hidden input out
            raise CheckFailed(name, None, _("{name} should be a function.").format(name=name))
        text = _("{name} should be a function; it is {value}.")
        raise CheckFailed(name, None, text.format(name=name, value=summary(answer)))
    cases, expected = _drawn(name, seed)
    outcomes: list[Outcome] = []
    for case in cases:
        outcomes.append(attempt(exercise, answer, case))
        if isinstance(outcomes[-1].error, AnswerTimeout):
            break  # the next call would not end either
    # A warning of ours on stderr would cost the answer its points, np.seterr("raise") more.
    with np.errstate(all="ignore"):
        diagnosis = diagnose(exercise, cases, outcomes, expected, hidden=seed is not None)
    if diagnosis:
        raise CheckFailed(name, *diagnosis) from None
    return Report(name, len(cases), hidden=seed is not None)


@lru_cache(maxsize=1024)  # a class needs two of each exercise; a proof draws a thousand
def _drawn(name: str, seed: int | None) -> tuple[list[Case], list[Outcome]]:
    """A check's cases, and what the reference gives: the same for a whole class."""
    exercise = exercises.get(name)
    cases = exercise.draw(seed)
    with np.errstate(all="ignore"):
        return cases, [outcome_of(exercise.reference, case) for case in cases]


def _hidden_seed() -> int:
    given = os.environ.get("UNROLLED_SEED", "")
    if given and not (given.isascii() and given.isdigit()):
        raise ValueError(f"UNROLLED_SEED is {given!r}. Set it to a whole number, or unset it.")
    return int(given) if given else FALLBACK_SEED
