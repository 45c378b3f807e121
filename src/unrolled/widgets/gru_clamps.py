"""Which clamps of one gate at one token turn the answer of a trained GRU? A search, not luck."""

import itertools
from dataclasses import dataclass

import numpy as np

from unrolled.widgets.clamps import EVERY_UNIT, MOVED, Clamp, each_forced
from unrolled.widgets.reader import STEPS_IN_PAGE, Reader

GATES = "zr"
TURNING, IDLE = 5, 3  # presets at most; the digits 1 to 9 load them
# Numbers that one batch of tries may hold for a gate: 8 MB as float64.
_ROOM = 1_000_000


@dataclass(frozen=True)
class Found:
    """A clamp and the probability at the end of the text with it."""

    clamp: Clamp
    answer: float


@dataclass(frozen=True)
class ClampSearch:
    """The clamps of one gate at one token that were tried on a text: how many turn its answer.

    `free` is the answer without a clamp: the probability after the last token. `found` begins with
    the clamp that moves it most; `tried` counts every clamp, in one unit or in all units at once.
    `idle` are those of all units that leave the answer within MOVED, first those that change the
    gate most.
    """

    text: str
    free: float
    tokens: tuple[str, ...]
    found: tuple[Found, ...]
    tried: int
    idle: tuple[Found, ...] = ()

    @property
    def share(self) -> float:
        """The share of the tried clamps that turn the answer."""
        return len(self.found) / self.tried if self.tried else 0.0


def search_clamps(reader: Reader, text: str, single: bool = True) -> ClampSearch:
    """Try each of z and r, open and shut, at each token, in each unit and in all units at once.

    An answer is turned when its probability at the end crosses 0.5. `single=False` leaves out the
    single units. Raises ValueError for a layer without a sigmoid head.
    """
    if not len(reader.V):
        raise ValueError(
            "search_clamps needs a sigmoid head: weights V and c, or Dense(1, sigmoid)."
        )
    tokens = reader.tokens(text)[:STEPS_IN_PAGE]
    if not tokens:
        return ClampSearch(text, float("nan"), (), (), 0)
    gates = reader.values(tokens)
    free = float(reader.odds(gates["h"])[-1])
    where = [EVERY_UNIT, *range(reader.units)] if single else [EVERY_UNIT]
    clamps = [
        Clamp(gate, step, unit, value)
        for unit, gate, step, value in itertools.product(
            where, GATES, range(len(tokens)), (0.0, 1.0)
        )
    ]
    many = max(1, _ROOM // (len(tokens) * reader.units))
    parts = [clamps[at : at + many] for at in range(0, len(clamps), many)]
    answers = np.concatenate([_answers(reader, tokens, part) for part in parts])
    results = [Found(clamp, float(answer)) for clamp, answer in zip(clamps, answers, strict=True)]
    results.sort(key=lambda it: -abs(it.answer - free))  # stable: ties keep their order
    turned = tuple(it for it in results if (it.answer > 0.5) != (free > 0.5))
    still = [it for it in results if abs(it.answer - free) <= MOVED and it.clamp.unit == EVERY_UNIT]
    # r at the first token can do nothing, as there is no past yet: too plain an example. Nor is
    # it one to shut what is shut.
    still = [it for it in still if (it.clamp.gate, it.clamp.step) != ("r", 0) and it not in turned]
    still.sort(key=lambda it: -np.abs(gates[it.clamp.gate][it.clamp.step] - it.clamp.value).mean())
    return ClampSearch(text, free, tuple(tokens), turned, len(clamps), tuple(still))


def _answers(reader: Reader, tokens, clamps) -> np.ndarray:
    """The probability at the end with each clamp alone, all in one batch."""
    drives = np.repeat(reader.drives(tokens)[None], len(clamps), axis=0)
    force = each_forced(clamps, GATES, len(tokens), reader.units)
    return reader.odds(reader.run(drives, force)["h"])[:, -1]


def choose_presets(searches) -> tuple[tuple[ClampSearch, Found], ...]:
    """The clamps that move the answers most, half of them of all units, and a few idle ones.

    Of one gate at one token of a text the strongest only. In the order of the texts and tokens, so
    that the place in the row does not say which is which.
    """
    best: dict[tuple, tuple[ClampSearch, Found]] = {}
    for search in searches:
        for found in search.found:  # the strongest first
            at = search.text, found.clamp.gate, found.clamp.step, found.clamp.unit == EVERY_UNIT
            best.setdefault(at, (search, found))
    ranked = sorted(best.values(), key=lambda each: -abs(each[1].answer - each[0].free))
    single = [each for each in ranked if each[1].clamp.unit != EVERY_UNIT]
    whole = [each for each in ranked if each[1].clamp.unit == EVERY_UNIT]
    turning = (whole[: max(TURNING - len(single), TURNING // 2)] + single)[:TURNING]
    chosen = list(turning)
    for search in searches[:IDLE]:
        taken = {_label(*each) for each in chosen}  # no two buttons with the same words
        new = (found for found in search.idle if _label(search, found) not in taken)
        chosen += [(search, found) for found in itertools.islice(new, 1)]
    order = {search.text: i for i, search in enumerate(searches)}
    return tuple(sorted(chosen, key=lambda each: (order[each[0].text], each[1].clamp.step)))


def _label(search: ClampSearch, found: Found) -> tuple:
    """What a reader sees of a clamp."""
    it = found.clamp
    return it.gate, search.tokens[it.step], it.value, it.unit
