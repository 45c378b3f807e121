"""Texts whose attention map is worth looking at, found by search."""

from collections.abc import Iterable

import numpy as np

from unrolled.widgets.attention_readings import AttentionReading, attention_reading


def sharpness(reading: AttentionReading) -> float:
    """The mean of the largest weight of each output step: 1 if it always looks at one token."""
    return float(reading.weights.max(axis=1, initial=0).mean())


def order(reading: AttentionReading) -> float:
    """The correlation of when it looks with where: 1 if it looks in the order of reading."""
    at = reading.weights.argmax(axis=1)
    if len(at) < 2 or at.min() == at.max():
        return 1.0
    return float(np.corrcoef(np.arange(len(at)), at)[0, 1])


def looks_away(reading: AttentionReading) -> float:
    """How much weight goes elsewhere at steps whose written token also stands in the input.

    0 if it only looks at what it copies, or just past it, where the state has read it; 1 if never.
    """
    same = np.array(reading.written)[:, None] == np.array(reading.read)[None]
    same[:, 1:] |= same[:, :-1]
    copied = same.any(axis=1)
    return float(1 - (reading.weights * same)[copied].sum(axis=1).mean()) if copied.any() else 0.0


def find_readings(
    model, pairs: Iterable[tuple[str, str]], known: Iterable[str] = ()
) -> dict[str, tuple[str, str]]:
    """Search texts with their right answers for what an attention map can show.

    "clear": a right answer with sharp weights that looks in another order than it reads; "away": a
    right answer that looks least at what it copies; "wrong": a wrong answer, with the fewest wrong
    tokens and of these the sharpest look where it first goes wrong. A kind that no text shows is
    left out. Texts among `known` are not taken. Of two alike the shorter counts, then the earlier.
    """
    found: dict[str, list[tuple]] = {"clear": [], "away": [], "wrong": []}
    taken = set(known)
    for place, (text, expected) in enumerate(pairs):
        if text in taken:
            continue
        reading = attention_reading(model.read(text), expected, where=repr(text))
        if not reading.written or not reading.read:
            continue
        tie = (len(text), place, (text, expected))
        if (t := reading.differs) is None:
            found["clear"].append((-sharpness(reading) * (1 - order(reading)), *tie))
            found["away"].append((-looks_away(reading), *tie))
        else:
            look = reading.weights[min(t, len(reading.written) - 1)].max()
            found["wrong"].append((_wrong_tokens(reading), -float(look), *tie))
    chosen: dict[str, tuple[str, str]] = {}
    for kind, candidates in found.items():
        free = (each[-1] for each in sorted(candidates) if each[-1] not in chosen.values())
        if (best := next(free, None)) is not None:
            chosen[kind] = best
    return chosen


def _wrong_tokens(reading: AttentionReading) -> int:
    expected = reading.expected or []
    same = sum(is_ == should for is_, should in zip(reading.written, expected, strict=False))
    return max(len(reading.written), len(expected)) - same
