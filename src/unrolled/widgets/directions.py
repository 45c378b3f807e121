"""How the two halves of a bidirectional tagger read a sentence, and what each one adds."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from unrolled.cells import sigmoid
from unrolled.widgets.reader import CELLS, Reader, reader_from_weights


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
    """A forward and a backward half, each with its share V of a head, whose bias is the first's c.

    Also a one-way tagger to compare with, or None. All of them know the same words.
    """

    forward: Reader
    backward: Reader
    one_way: Reader | None = None

    @property
    def halves(self) -> list[Reader]:
        return [self.forward, self.backward, *([self.one_way] if self.one_way else [])]

    @property
    def vocabulary(self) -> Mapping[str, int]:
        return self.forward.vocabulary

    def tokens(self, text: str) -> list[str]:
        return self.forward.tokens(text)

    def read(self, text: str) -> TwoWayReading:
        """Read a text; an unknown word counts as "<unk>", or as no input."""
        tokens = self.tokens(text)
        # Place t is about token t in both directions.
        back = self.backward.values(tokens[::-1])["h"][::-1]
        states = self.forward.values(tokens)["h"], back
        pushes = np.stack([states[0] @ self.forward.V, back @ self.backward.V])
        alone = np.zeros(0)
        if self.one_way:
            alone = self.one_way.values(tokens)["h"] @ self.one_way.V + self.one_way.c
        known = self.forward.known(tokens)
        return TwoWayReading(tokens, known, states, pushes, self.forward.c, alone)


def cell_of(weights, name: str) -> str:
    """The cell that weights belong to, told by the shape of W_h; ValueError if there is none."""
    if "W_h" not in weights:
        raise ValueError(f"{name} lack W_h: give W_x, W_h and b.")
    shape = np.shape(weights["W_h"])
    for cell, matrices in CELLS.items():
        if len(shape) == 2 and shape[1] == matrices * shape[0]:
            return cell
    raise ValueError(
        f"{name} do not fit any cell: W_h {shape}. Expected (units, k units), with k = 1 for a "
        "SimpleRNN, 3 for a GRU, 4 for an LSTM."
    )


def two_way_reader(
    forward, backward, V, c, vocabulary, tokenize=str.split, one_way=None, cell=None
) -> TwoWayReader:
    """A reader from weights: V (forward units + backward units,) as behind a concat merge.

    one_way is a dict W_x, W_h, b, V, c, or None. Raises ValueError for what does not fit.
    """
    if cell is not None and cell not in CELLS:
        raise ValueError(f"BiCompare: cell={cell!r}; write one of {', '.join(CELLS)}.")
    V = np.asarray(V, dtype=np.float32).reshape(-1)
    sizes = [np.shape(given.get("W_h", ()))[:1] for given in (forward, backward)]
    units = [size[0] if size else 0 for size in sizes]
    if V.size != sum(units):
        raise ValueError(
            f"BiCompare: V has {V.size} weights; the two halves have {units[0]} + {units[1]} "
            "units. Give V the forward half's weights first, then the backward half's."
        )

    def reader(weights, name, cell=None):
        name = f"BiCompare: the {name} weights"
        cell = cell or cell_of(weights, name)
        return reader_from_weights(weights, vocabulary, tokenize, cell, name)

    alone = None
    if one_way is not None:
        if not np.size(one_way.get("V", ())):
            raise ValueError(
                "BiCompare: the one_way weights lack V: give those of its sigmoid head, V and c."
            )
        alone = reader(one_way, "one_way")
    first = reader({**forward, "V": V[: units[0]], "c": c}, "forward", cell)
    second = reader({**backward, "V": V[units[0] :], "c": 0.0}, "backward", cell)
    return TwoWayReader(first, second, alone)


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
