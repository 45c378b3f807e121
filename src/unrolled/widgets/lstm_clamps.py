"""Which holds of one gate at one token turn the answer of a trained LSTM? A search, not luck."""

from dataclasses import dataclass

import numpy as np

from unrolled.trace import lstm_steps
from unrolled.widgets.clamps import EVERY_UNIT, MOVED, Clamp, each_forced
from unrolled.widgets.reader import Reader

GATES = "ifo"


@dataclass(frozen=True)
class Found:
    """A clamp on a text, the token it stands at, and the answer at its end, free and clamped."""

    text: str
    token: str
    clamp: Clamp
    free: float
    answer: float

    @property
    def change(self) -> float:
        """How far the clamp moves the answer, up or down."""
        return abs(self.answer - self.free)

    @property
    def turns(self) -> bool:
        """Whether the answer comes to lie on the other side of 0.5."""
        return (self.free > 0.5) != (self.answer > 0.5)


@dataclass(frozen=True)
class Search:
    """How many clamps were tried on a text, how many turn its answer, and those that move it most.

    `moved` counts those that move it by more than MOVED.
    """

    text: str
    tried: int
    turned: int
    moved: int
    best: tuple[Found, ...]


def every_clamp(steps: int, units: int) -> list[Clamp]:
    """Each gate open and shut at each token, for each unit and for all units at once."""
    return [
        Clamp(gate, step, unit, value)
        for gate in GATES
        for step in range(steps)
        for unit in range(EVERY_UNIT, units)
        for value in (0.0, 1.0)
    ]


def answers(reader: Reader, text: str) -> list[tuple[Clamp, float]]:
    """Every clamp on a text, each alone, with the answer at the end.

    What lies before the clamped step is as it was: each run starts there, all of a step at once.
    """
    drives, free = reader.drives(reader.tokens(text)), reader.read(text).values
    steps, units = len(drives), reader.units
    tried = every_clamp(steps, units)
    none = np.zeros((0, len(reader.b)))
    found = []
    for first in range(steps):
        here = [clamp for clamp in tried if clamp.step == first]
        force = each_forced(here, GATES, 1, units, first)
        before = [free[name][first - 1] if first else np.zeros(units) for name in "hc"]
        h, c = (np.broadcast_to(state, (len(here), units)) for state in before)
        for t in range(first, steps):
            empty, b = np.zeros((len(here), 1, 0)), reader.b + drives[t]
            given = force if t == first else None
            values = lstm_steps(empty, h, c, none, reader.W_h, b, forced=given)
            h, c = values["h"][:, 0], values["c"][:, 0]
        found += zip(here, reader.odds(h).tolist(), strict=True)
    return found


def find_clamps(reader: Reader, text: str, many: int = 4) -> Search:
    """Try every single clamp on a text and keep the few that turn its answer most.

    Half of `many` are of one unit, half of all units at once; of one gate at one token only the
    strongest is kept. Raises ValueError without a head, since then there is no answer to turn.
    """
    if not len(reader.V):
        raise ValueError("find_clamps needs weights with a head: give V and c.")
    reading = reader.read(text)
    results = [
        Found(text, reading.tokens[clamp.step], clamp, float(reading.probabilities[-1]), answer)
        for clamp, answer in answers(reader, text)
    ]
    tried = len(results)
    # Verdicts that turn first, then by how far; sorting is stable, so ties keep their order.
    results.sort(key=lambda each: (not each.turns, -each.change))
    moved = [each for each in results if each.change > MOVED]
    best = []
    for whole in (False, True):
        kept: dict[tuple, Found] = {}
        for each in moved:
            if (each.clamp.unit == EVERY_UNIT) == whole:
                kept.setdefault((each.clamp.gate, each.clamp.step), each)
        best += list(kept.values())[: many // 2]
    return Search(text, tried, sum(each.turns for each in results), len(moved), tuple(best))
