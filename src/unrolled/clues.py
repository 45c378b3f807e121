"""Finds the most useful true thing to say of a wrong answer that is no known mistake.

A clue relates what came to what was expected, in all cases at once: right but for its sign, one
step late, right for a batch of one alone. It holds no number of an input.
"""

import itertools
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from unrolled.comparison import ATOL, RTOL
from unrolled.exercises import Arguments, Case
from unrolled.language import N_, _
from unrolled.outcome import Outcome

MOST_ENTRIES, MOST_AXES = 1_000_000, 5


@dataclass(frozen=True)
class Pair:
    """One returned value beside the expected one, the names of its axes, and the call."""

    value: Any
    expected: Any
    axes: tuple[str, ...]
    given: Arguments

    def step(self) -> int | None:
        return self.axes.index("step") if "step" in self.axes else None


Relation = Callable[[Pair], bool]


def same(value, expected) -> bool:
    """Compare two arrays or numbers as a check does."""
    value, expected = np.asarray(value), np.asarray(expected)
    return value.shape == expected.shape and bool(
        np.allclose(value, expected, rtol=RTOL, atol=ATOL)
    )


def _permuted(pair: Pair) -> bool:
    orders = itertools.permutations(range(pair.value.ndim))
    next(orders)  # as it is
    return pair.value.ndim > 1 and any(
        same(pair.value.transpose(order), pair.expected) for order in orders
    )


def _reshaped(pair: Pair) -> bool:
    value, shape = pair.value, pair.expected.shape
    return (
        value.shape != shape
        and value.size == pair.expected.size
        and same(value.reshape(shape), pair.expected)
    )


def _not_summed(pair: Pair) -> bool:
    extra = pair.value.ndim - pair.expected.ndim
    return extra > 0 and any(
        same(pair.value.sum(axis=axes), pair.expected)
        for axes in itertools.combinations(range(pair.value.ndim), extra)
    )


def _flipped(axis: str) -> Relation:
    def relation(pair: Pair) -> bool:
        if axis not in pair.axes or pair.value.shape != pair.expected.shape:
            return False
        return same(np.flip(pair.value, pair.axes.index(axis)), pair.expected)

    return relation


def _late(by: int) -> Relation:
    """What stands at a step belongs `by` steps earlier."""

    def relation(pair: Pair) -> bool:
        step = pair.step()
        if step is None or pair.value.shape != pair.expected.shape:
            return False
        value, expected = (np.moveaxis(each, step, 0) for each in (pair.value, pair.expected))
        if by < 0:
            value, expected = expected, value
        return len(value) == 1 or same(value[1:], expected[:-1])

    return relation


def _last_step_for_all(pair: Pair) -> bool:
    """The expected states' last step was returned where all are asked for."""
    step = pair.step()
    return step is not None and same(pair.value, np.take(pair.expected, -1, step))


def _all_steps_for_last(pair: Pair) -> bool:
    return pair.value.ndim == pair.expected.ndim + 1 and same(pair.value[:, -1], pair.expected)


def _right_rows(which: slice, others: slice) -> Relation:
    def relation(pair: Pair) -> bool:
        if pair.axes[:1] != ("row",) or pair.value.shape != pair.expected.shape:
            return False
        if len(pair.expected) < 2:
            return True
        return same(pair.value[which], pair.expected[which]) and not same(
            pair.value[others], pair.expected[others]
        )

    return relation


def _right_at_last_step(pair: Pair) -> bool:
    """Right where backpropagation begins, wrong farther back."""
    step = pair.step()
    if step is None or pair.value.shape != pair.expected.shape:
        return False
    value, expected = (np.moveaxis(each, step, 0) for each in (pair.value, pair.expected))
    return same(value[-1], expected[-1]) and (len(value) == 1 or not same(value[0], expected[0]))


def _right_where(real: bool) -> Relation:
    """Right at real tokens alone, or at padding alone."""

    def relation(pair: Pair) -> bool:
        mask = pair.given.get("mask")
        shape = pair.expected.shape
        if mask is None or pair.value.shape != shape or shape[:2] != mask.shape:
            return False
        place = mask if real else ~mask
        return same(pair.value[place], pair.expected[place])

    return relation


def _cut(pair: Pair) -> bool:
    return not same(pair.expected, np.trunc(pair.expected)) and any(
        same(pair.value, whole(pair.expected)) for whole in (np.trunc, np.floor, np.round)
    )


def _at_other_places(pair: Pair) -> bool:
    return pair.value.shape == pair.expected.shape and same(
        np.sort(pair.value, axis=None), np.sort(pair.expected, axis=None)
    )


def _off_by(amount: int) -> Relation:
    return lambda pair: pair.expected.ndim == 0 and same(pair.value, pair.expected + amount)


ARRAY_RELATIONS: tuple[tuple[str, Relation], ...] = (
    (N_("{name} is right but for its sign."), lambda pair: same(-pair.value, pair.expected)),
    (N_("{name} is one too large."), _off_by(1)),
    (N_("{name} is one too small."), _off_by(-1)),
    (N_("{name} is right but cut to whole numbers: store it as float."), _cut),
    (N_("{name} is right but for the order of its axes."), _permuted),
    (N_("{name} holds the right numbers in another shape."), _reshaped),
    (N_("{name} would be right if it were summed over the axes that are too many."), _not_summed),
    (N_("{name} has every step, where the last alone is asked for."), _all_steps_for_last),
    (N_("{name} is the last step alone, where every step is asked for."), _last_step_for_all),
    (N_("{name} is right but turned round in time."), _flipped("step")),
    (N_("{name} is right but comes one step late."), _late(1)),
    (N_("{name} is right but comes one step early."), _late(-1)),
    (N_("{name} is right but its rows are in reverse order."), _flipped("row")),
    (N_("{name} is right but its units are in reverse order."), _flipped("unit")),
    (N_("{name} is right at the last step and goes wrong before it."), _right_at_last_step),
    (N_("{name} is right at real tokens and wrong at padding."), _right_where(True)),
    (N_("{name} is right at padding and wrong at real tokens."), _right_where(False)),
    (N_("{name} is right in the first row alone."), _right_rows(slice(0, 1), slice(1, None))),
    (N_("{name} is right in the last row alone."), _right_rows(slice(-1, None), slice(0, -1))),
    (N_("{name} holds the right numbers at the wrong places."), _at_other_places),
)

LIST_RELATIONS: tuple[tuple[str, Relation], ...] = (
    (
        N_("{name} begins right but goes on too long."),
        lambda pair: pair.value[: len(pair.expected)] == pair.expected,
    ),
    (
        N_("{name} is right as far as it goes but ends too early."),
        lambda pair: pair.expected[: len(pair.value)] == pair.value,
    ),
    (N_("{name} is in reverse order."), lambda pair: pair.value[::-1] == pair.expected),
    (
        N_("{name} has the right entries in another order."),
        lambda pair: Counter(pair.value) == Counter(pair.expected),
    ),
)


def clue_of_values(
    returns: Mapping[str, tuple[str, ...]],
    cases: Sequence[Case],
    outcomes: Sequence[Outcome],
    expected: Sequence[Outcome],
) -> str:
    """Return how all values relate to those expected, or "" where nothing simple is true.

    returns: names and axes of what the exercise returns.
    """
    if len(outcomes) < len(cases) or any(outcome.error for outcome in outcomes):
        return ""
    values = [
        (case, outcome.value, wanted.value)
        for case, outcome, wanted in zip(cases, outcomes, expected, strict=True)
        if not wanted.error
    ]
    return _of_values(returns, values) if values else ""


def clue_of_cases(cases: Sequence[Case], right: Sequence[bool]) -> str:
    """Return which cases are right, or wrong if they are fewer; "" where none is right."""
    good = [_(case.about) for case, is_right in zip(cases, right, strict=False) if is_right]
    bad = [_(case.about) for case, is_right in zip(cases, right, strict=False) if not is_right]
    if not good or len(right) < len(cases):
        return ""
    if len(bad) <= len(good):
        return _("It is wrong in these cases alone: {cases}.").format(cases=", ".join(bad))
    return _("It is right in these cases alone: {cases}.").format(cases=", ".join(good))


def _of_values(returns: Mapping[str, tuple[str, ...]], values: list[tuple]) -> str:
    count = len(returns)
    if count == 1:
        values = [(case, [value], [wanted]) for case, value, wanted in values]
    if not all(isinstance(value, list | tuple) and len(value) == count for _c, value, _w in values):
        return ""
    if count > 1 and _other_order(values):
        names = ", ".join(_(name) for name in returns)
        return _("The values are right but in another order: return {names}.").format(names=names)
    for place, (name, axes) in enumerate(returns.items()):
        pairs = [
            Pair(value[place], wanted[place], axes, case.arguments)
            for case, value, wanted in values
        ]
        if pairs and (sentence := _of_pairs(pairs)):
            return _(sentence).format(name=_(name))
    return ""


def _other_order(values: list[tuple]) -> bool:
    def fits(order: Sequence[int]) -> bool:
        return all(
            isinstance(value[place], np.ndarray) and same(value[place], wanted[index])
            for _case, value, wanted in values
            for index, place in enumerate(order)
        )

    orders = itertools.permutations(range(len(values[0][2])))
    next(orders)  # as they are
    return any(map(fits, orders))


def _of_pairs(pairs: list[Pair]) -> str:
    numeric = [_as_arrays(pair) for pair in pairs]
    if all(pair is not None for pair in numeric):
        arrays = [pair for pair in numeric if pair is not None]
        if all(same(pair.value, pair.expected) for pair in arrays):
            return ""
        found = (text for text, holds in ARRAY_RELATIONS if all(map(holds, arrays)))
        return next(found, "") or _of_factors(arrays)
    if all(_is_flat(each) for pair in pairs for each in (pair.value, pair.expected)):
        if all(pair.value == pair.expected for pair in pairs):
            return ""
        return next((text for text, holds in LIST_RELATIONS if all(map(holds, pairs))), "")
    return ""


def _is_flat(value: Any) -> bool:
    return type(value) is list and all(type(item) in (int, str) for item in value)


def _as_arrays(pair: Pair) -> Pair | None:
    """The pair as arrays of finite numbers, else None."""
    kinds = (np.ndarray, int, float)
    if not (isinstance(pair.value, kinds) and isinstance(pair.expected, kinds)):
        return None
    value, expected = np.asarray(pair.value), np.asarray(pair.expected)
    # An answer may return anything: a terabyte that is a broadcast view, or thirty axes.
    if value.size > MOST_ENTRIES or value.ndim > MOST_AXES:
        return None
    if value.dtype.kind not in "biuf" or expected.dtype.kind not in "biuf":
        return None
    value, expected = value.astype(float), expected.astype(float)
    if not np.isfinite(value).all():
        return None
    return Pair(value, expected, pair.axes, pair.given)


def _of_factors(pairs: list[Pair]) -> str:
    """Say whether the value is the expected one times a number, and what that number may be."""
    factors, rows = [], []
    for pair in pairs:
        if pair.value.shape != pair.expected.shape:
            return ""
        if not pair.expected.any():
            if pair.value.any():
                return ""
            continue
        factor = float(np.vdot(pair.value, pair.expected) / np.vdot(pair.expected, pair.expected))
        if factor == 0 or not same(pair.value, factor * pair.expected):
            return ""
        factors.append(factor)
        arrays = (each for each in pair.given.values() if isinstance(each, np.ndarray))
        rows.append(next((len(each) for each in arrays if each.ndim > 1), 1))
    if not factors:
        return ""
    if max(rows) > 1 and np.allclose(np.multiply(factors, rows), 1):
        return N_("{name} is right but divided by the number of rows.")
    if max(rows) > 1 and np.allclose(factors, rows):
        return N_("{name} is right but multiplied by the number of rows.")
    if np.allclose(factors, factors[0]):
        return N_("{name} is right but for a constant factor.")
    return N_("{name} is right but for a factor that differs from case to case.")
