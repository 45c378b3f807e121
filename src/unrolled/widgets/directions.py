"""How the two halves of a bidirectional tagger read a sentence, and what each one adds."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from unrolled.cells import sigmoid
from unrolled.sequences import UNKNOWN
from unrolled.trace import gru_steps, lstm_steps, simple_steps

CELLS: Mapping[str, int] = {"SimpleRNN": 1, "GRU": 3, "LSTM": 4}  # matrices side by side


@dataclass(frozen=True, eq=False)
class Half:
    """One layer and its share of a sigmoid head: the head adds `states · V + c` to the logit.

    W_x (features, k units), W_h (units, k units), b (k units,) or, of a GRU that resets after the
    product, (2, 3 units); V (units,).
    """

    W_x: np.ndarray
    W_h: np.ndarray
    b: np.ndarray
    V: np.ndarray
    c: float = 0.0

    @property
    def units(self) -> int:
        return len(self.W_h)

    @property
    def cell(self) -> str:
        many = self.W_h.shape[1] // self.units
        return next(cell for cell, matrices in CELLS.items() if matrices == many)

    def states(self, ids, backwards: bool = False) -> np.ndarray:
        """States (time, units) from zero; place t is about token t in both directions."""
        if not len(ids):
            return np.zeros((0, self.units))
        # A one-hot vector times W_x is a row of W_x; the row is then fed through unchanged.
        columns = self.W_x.shape[1]
        rows = [np.zeros(columns) if i is None else self.W_x[i] for i in ids]
        x = np.reshape(rows[::-1] if backwards else rows, (1, len(ids), columns))
        zero, same = np.zeros((1, self.units)), np.eye(columns)
        if self.cell == "LSTM":
            values = lstm_steps(x, zero, zero, same, self.W_h, self.b)
        else:
            run = gru_steps if self.cell == "GRU" else simple_steps
            values = run(x, zero, same, self.W_h, self.b)
        return values["h"][0, ::-1] if backwards else values["h"][0]


@dataclass(frozen=True, eq=False)
class TwoWayReading:
    """A text as it was read: states (time, units) of either half, pushes (2, time), a bias c.

    `one_way` (time,) is the logit of a tagger that reads forwards alone; empty without one.
    """

    tokens: list[str]
    known: list[bool]
    states: tuple[np.ndarray, np.ndarray]
    pushes: np.ndarray
    c: float
    one_way: np.ndarray

    @property
    def probabilities(self) -> np.ndarray:
        return sigmoid(self.pushes.sum(axis=0) + self.c)


@dataclass(frozen=True, eq=False)
class TwoWayReader:
    """A forward and a backward half, words, and a one-way tagger to compare with, or None."""

    forward: Half
    backward: Half
    vocabulary: Mapping[str, int]
    tokenize: Callable[[str], list[str]] = str.split
    one_way: Half | None = None

    @property
    def halves(self) -> list[Half]:
        return [self.forward, self.backward, *([self.one_way] if self.one_way else [])]

    def tokens(self, text: str) -> list[str]:
        return [str(token) for token in self.tokenize(text)]

    def read(self, text: str) -> TwoWayReading:
        """Read a text; an unknown word counts as "<unk>", or as no input."""
        tokens = self.tokens(text)
        known = [token in self.vocabulary for token in tokens]
        ids = [self.vocabulary.get(token, self.vocabulary.get(UNKNOWN)) for token in tokens]
        states = self.forward.states(ids), self.backward.states(ids, backwards=True)
        pushes = np.stack([states[0] @ self.forward.V, states[1] @ self.backward.V])
        alone = np.zeros(0)
        if self.one_way:
            alone = self.one_way.states(ids) @ self.one_way.V + self.one_way.c
        return TwoWayReading(tokens, known, states, pushes, self.forward.c, alone)


def half_from_weights(weights, V, c=0.0, name="forward", cell=None) -> Half:
    """A half from a dict of W_x, W_h and b; its cell follows from the shapes.

    Raises ValueError when the shapes fit neither each other nor `cell`.
    """
    missing = {"W_x", "W_h", "b"} - set(weights)
    if missing:
        raise ValueError(f"{name} lacks {', '.join(sorted(missing))}: give W_x, W_h and b.")
    W_x, W_h, b = (np.asarray(weights[key], dtype=np.float32) for key in ("W_x", "W_h", "b"))
    V = np.asarray(V, dtype=np.float32).reshape(-1)
    if cell is not None and cell not in CELLS:
        raise ValueError(f"cell={cell!r}: write one of {', '.join(CELLS)}.")
    units = len(W_h) if W_h.ndim == 2 else 0
    columns = {kind: many * units for kind, many in CELLS.items() if cell in (None, kind)}
    fits = units and W_x.ndim == 2 and W_h.shape[1] in columns.values()
    biases = [W_h.shape[1:]] + ([(2, 3 * units)] if units and W_h.shape[1] == 3 * units else [])
    if not fits or W_x.shape[1] != W_h.shape[1] or b.shape not in biases or V.size != units:
        raise ValueError(
            f"{name} does not fit: W_x {W_x.shape}, W_h {W_h.shape}, b {b.shape}, V {V.shape}. "
            "Expected (features, k units), (units, k units), (k units,) and (units,), with k = 1 "
            f"for a SimpleRNN, 3 for a GRU, 4 for an LSTM{f'; cell is {cell}' if cell else ''}."
        )
    return Half(W_x, W_h, b, V, float(np.asarray(c).reshape(-1)[0]))


def two_way_reader(
    forward, backward, V, c, vocabulary, tokenize=str.split, one_way=None, cell=None
) -> TwoWayReader:
    """A reader from weights: V (forward units + backward units,) as behind a concat merge.

    one_way is a dict W_x, W_h, b, V, c, or None. Raises ValueError for what does not fit.
    """
    V = np.asarray(V, dtype=np.float32).reshape(-1)
    sizes = [np.shape(given.get("W_h", ()))[:1] for given in (forward, backward)]
    units = [size[0] if size else 0 for size in sizes]
    if V.size != sum(units):
        raise ValueError(
            f"V has {V.size} weights; the two halves have {units[0]} + {units[1]} units. "
            "Give V the forward half's weights first, then the backward half's."
        )
    first = half_from_weights(forward, V[: units[0]], c, "forward", cell)
    second = half_from_weights(backward, V[units[0] :], 0.0, "backward", cell)
    alone = None
    if one_way is not None:
        if "V" not in one_way:
            raise ValueError("one_way lacks V: give the weights of its sigmoid head, V and c.")
        alone = half_from_weights(one_way, one_way["V"], one_way.get("c", 0.0), name="one_way")
    reader = TwoWayReader(first, second, dict(vocabulary), tokenize, alone)
    largest = max(vocabulary.values(), default=-1)
    for half, name in zip(reader.halves, ("forward", "backward", "one_way"), strict=False):
        if largest >= len(half.W_x):
            raise ValueError(
                f"the vocabulary has id {largest}, but W_x of {name} only {len(half.W_x)} rows."
            )
    return reader


def shared_start(tokens: list[str], others: list[str]) -> int:
    """How many tokens two sentences have in common before they part."""
    for t, (token, other) in enumerate(zip(tokens, others, strict=False)):
        if token != other:
            return t
    return min(len(tokens), len(others))


def parting(one: TwoWayReading, two: TwoWayReading) -> int:
    """The token, among those that both sentences share, where the two answers differ most."""
    many = shared_start(one.tokens, two.tokens)
    apart = np.abs(one.probabilities[:many] - two.probabilities[:many])
    return many - 1 - int(np.argmax(apart[::-1])) if many else 0


def find_pairs(reader: TwoWayReader, sentences: Iterable[str], most: int = 4):
    """Search for pairs of sentences that start alike and yet get different answers there.

    Up to a word that both share the forward half reads the same, so what tells them apart is the
    backward half. Returns up to `most` pairs (text, other), one for each such word, the widest gap
    of the two probabilities first, then the shortest; P is below 0.5 in text and above in other.
    """
    starts: dict[tuple[str, ...], list[tuple[float, str]]] = defaultdict(list)
    for text in dict.fromkeys(sentences):
        reading = reader.read(text)
        for t, odds in enumerate(reading.probabilities):
            starts[tuple(reading.tokens[: t + 1])].append((float(odds), text))
    found = []
    for start, read in starts.items():
        (low, text), (high, other) = min(read), max(read)
        if low < 0.5 < high:
            found.append((low - high, len(text) + len(other), start[-1], (text, other)))
    best: dict[str, tuple[str, str]] = {}
    for _gap, _length, word, pair in sorted(found):
        best.setdefault(word, pair)
    return list(best.values())[:most]
