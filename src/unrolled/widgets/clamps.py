"""Gates of a trained layer held open or shut: at one step, in one unit or in all of them."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass

import numpy as np

from unrolled.trace import Values

EVERY_UNIT = -1
MOVED = 0.05  # a smaller change of the answer counts as none; the page has the same number


@dataclass(frozen=True)
class Clamp:
    """A gate of one unit (or of all, EVERY_UNIT) held at a value at one step."""

    gate: str
    step: int
    unit: int
    value: float

    def plain(self) -> list:
        """As the page holds it: [gate, step, unit or -1, value]."""
        return list(astuple(self))


def fits(clamp, gates: str, steps: float = math.inf, units: float = math.inf) -> bool:
    """Whether this is [gate, step, unit or -1, value] of a text and a layer of that size."""
    try:
        gate, step, unit, value = clamp
        whole = isinstance(step, int) and isinstance(unit, int) and gate in [*gates]
        return whole and 0 <= step < steps and EVERY_UNIT <= unit < units and 0 <= value <= 1
    except (TypeError, ValueError):
        return False


def forced(clamps: Iterable[Sequence], gates: str, steps: int, units: int) -> Values:
    """What `lstm_steps` and `gru_steps` take: for each gate (time, units), NaN where it is free.

    Clamps are [gate, step, unit, value]; of two on one place the later holds, and one of a single
    unit goes before one of all. What lies outside the text or the layer is without effect.
    """
    given = {gate: np.full((steps, units), np.nan) for gate in gates}
    # Sorting is stable: all units first, then single ones, each in their order.
    for gate, step, unit, value in sorted(clamps, key=lambda clamp: clamp[2] != EVERY_UNIT):
        if 0 <= step < steps and EVERY_UNIT <= unit < units:
            given[gate][step, slice(None) if unit == EVERY_UNIT else unit] = value
    return given


def each_forced(clamps: Sequence[Clamp], gates: str, steps: int, units: int, first=0) -> Values:
    """A batch with one clamp in each row, for each gate (batch, steps from `first`, units)."""
    given = {gate: np.full((len(clamps), steps, units), np.nan) for gate in gates}
    for row, clamp in enumerate(clamps):
        which = slice(None) if clamp.unit == EVERY_UNIT else clamp.unit
        given[clamp.gate][row, clamp.step - first, which] = clamp.value
    return given
