"""What a reader–writer did with one text: what it read and wrote, and where it looked meanwhile."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

CANDIDATES = 3  # of the tokens that could be written at a step, so many are shown
SPREAD = 0.4  # below this the largest weight of a step singles out no token
WORTH_A_WORD = 0.1  # a smaller weight is not spoken of


@dataclass(frozen=True, eq=False)
class AttentionReading:
    """One text, read and written. weights (output steps, input steps): each row adds up to 1.

    `likeliest` holds for each output step the likeliest tokens with their probabilities, or
    nothing; `expected` the tokens that should have been written, or None where nobody says; `kind`
    why the text was chosen, as `attention_presets.find_readings` names it.
    """

    read: list[str]
    written: list[str]
    weights: np.ndarray
    likeliest: list[list[tuple[str, float]]]
    expected: list[str] | None = None
    kind: str = ""

    @property
    def differs(self) -> int | None:
        """The first output step that is not as expected; None if all are, or nobody says."""
        if self.expected is None or self.written == self.expected:
            return None
        pairs = zip(self.written, self.expected, strict=False)
        shorter = min(len(self.written), len(self.expected))
        return next((t for t, (is_, should) in enumerate(pairs) if is_ != should), shorter)


def joined(tokens: Sequence[str]) -> str:
    """Tokens as one text: letters as they are, words with blanks between them."""
    return ("" if all(len(token) < 2 for token in tokens) else " ").join(tokens)


def peak(row: np.ndarray) -> int:
    """The input step that is looked at most."""
    return int(np.argmax(row))


def judge(row: np.ndarray, guess: int) -> str:
    """Whether a guess at the peak is "right", "near" (beside it or half as heavy) or "wrong"."""
    most = row.max()
    if row[guess] >= most - 1e-6:
        return "right"
    return "near" if abs(guess - peak(row)) == 1 or row[guess] >= most / 2 else "wrong"


def reason(read: Sequence[str], token: str, row: np.ndarray) -> str:
    """How what is looked at goes with the token that is written.

    "spread": several tokens at once; "copy": the same token; "past": the same token stands just
    before; "ahead": just behind; "elsewhere": it stands in the input, but is not looked at;
    "nowhere": it does not.
    """
    at = peak(row)
    if row[at] < SPREAD:
        return "spread"
    if read[at] == token:
        return "copy"
    if at and read[at - 1] == token:
        return "past"
    if at + 1 < len(read) and read[at + 1] == token:
        return "ahead"
    return "elsewhere" if token in read else "nowhere"


def read_so_far(read: Sequence[str], at: int) -> str:
    """What had been read up to an input step; of a long text its end."""
    start = max(0, at + 1 - (12 if max(map(len, read)) < 2 else 4))
    return ("…" if start else "") + joined(read[start : at + 1])


def lookers(weights: np.ndarray, token: int) -> list[int]:
    """The output steps that look at an input token, the heaviest first, at most three."""
    column = weights[:, token]
    heaviest = np.argsort(-column, kind="stable")[:3]
    return [int(t) for t in heaviest if column[t] >= WORTH_A_WORD]


def attention_reading(source, expected=None, kind: str = "", where="reading 1") -> AttentionReading:
    """A reading out of a dict or a record with `read`, `written` and `weights`.

    It may have `likeliest`, or `probabilities` (output steps, vocabulary) with `vocabulary`, the
    tokens by id, and `expected`, a text or tokens. Raises ValueError for what does not fit.
    """
    where = f"AttentionMap: {where}"
    read, written = _tokens(source, "read", where), _tokens(source, "written", where)
    weights = _weights(_part(source, "weights"), len(written), len(read), where)
    if expected is None:
        expected = _part(source, "expected")
    return AttentionReading(
        read, written, weights, _likeliest(source, len(written), where),
        _expected(expected, written), kind or str(_part(source, "kind") or ""),
    )  # fmt: skip


def _part(source, name: str) -> Any:
    """A field of a dict or of a record, None if it has none."""
    return source.get(name) if isinstance(source, Mapping) else getattr(source, name, None)


def _tokens(source, name: str, where: str) -> list[str]:
    given = _part(source, name)
    if given is None or isinstance(given, str):
        got = "is missing" if given is None else "is one string"
        raise ValueError(f"{where}: {name} {got}. Give a list of tokens; list(text) for letters.")
    return [str(token) for token in given]


def _weights(given, steps: int, count: int, where: str) -> np.ndarray:
    """Weights (output steps, input steps) as float32, checked."""
    if given is None:
        raise ValueError(f"{where}: weights are missing. Give them as (output steps, input steps).")
    weights = np.asarray(given, dtype=np.float32)
    if steps == 0 and weights.size == 0:
        return np.zeros((0, count), np.float32)
    if weights.shape != (steps, count):
        raise ValueError(
            f"{where}: {steps} tokens written and {count} read need weights of shape "
            f"({steps}, {count}); got {weights.shape}."
        )
    if not np.isfinite(weights).all():
        t = int(np.argmin(np.isfinite(weights).all(axis=1)))
        raise ValueError(f"{where}: the weights of output step {t} hold NaN or infinity.")
    if not weights.any():
        raise ValueError(f"{where}: all weights are 0: this model has no attention to show.")
    sums = weights.sum(axis=1)
    wrong = (np.abs(sums - 1) > 0.01) | (weights.min(axis=1, initial=0) < -1e-6)
    if wrong.any():
        t = int(np.argmax(wrong))
        raise ValueError(
            f"{where}: the weights of output step {t} add up to {sums[t]:.3g}, the least is "
            f"{weights[t].min(initial=0):.3g}. Give weights after the softmax: none below 0, each "
            "row adds up to 1."
        )
    return weights


def _likeliest(source, steps: int, where: str) -> list[list[tuple[str, float]]]:
    """The likeliest tokens of each step; empty lists where nothing is known of them."""
    given, odds = _part(source, "likeliest"), _part(source, "probabilities")
    if odds is not None and (callable(given) or given is None):
        odds = np.asarray(odds, dtype=float)
        names = _part(source, "vocabulary")
        if names is None:
            raise ValueError(f"{where}: probabilities need a vocabulary, the tokens by id.")
        names = (
            sorted(names, key=lambda name: names[name]) if isinstance(names, dict) else list(names)
        )
        if odds.shape != (steps, len(names)):
            raise ValueError(
                f"{where}: probabilities have shape {odds.shape}; expected ({steps}, {len(names)}):"
                " output steps, vocabulary."
            )
        order = np.argsort(-odds, axis=1, kind="stable")[:, :CANDIDATES]
        odds = np.nan_to_num(odds)
        given = [[(names[i], p[i]) for i in row] for row, p in zip(order, odds, strict=True)]
    if given is None or callable(given):
        return [[] for _step in range(steps)]
    if len(given) != steps:
        raise ValueError(f"{where}: likeliest has {len(given)} entries for {steps} output steps.")
    return [[(str(token), float(p)) for token, p in step[:CANDIDATES]] for step in given]


def _expected(given, written: list[str]) -> list[str] | None:
    """Expected tokens; a text is cut into letters where letters were written, else into words."""
    if isinstance(given, str):
        return list(given) if all(len(token) < 2 for token in written) else given.split()
    return None if given is None else [str(token) for token in given]
