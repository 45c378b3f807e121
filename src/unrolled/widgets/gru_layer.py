"""A trained GRU layer that reads a text, with any of its gates clamped."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from unrolled.cells import sigmoid
from unrolled.sequences import UNKNOWN
from unrolled.trace import Values, gru_steps, lstm_steps

LONGEST = 100  # tokens that are read; the page computes no more


@dataclass(frozen=True)
class Clamp:
    """Gate "z" or "r" held at `value` at one step, in one unit or, with None, in all of them."""

    gate: str
    step: int
    value: float
    unit: int | None = None

    def plain(self) -> list:
        """As the page holds it: [gate, step, unit or -1, value]."""
        return [self.gate, self.step, -1 if self.unit is None else self.unit, self.value]


def clamp_of(plain) -> Clamp:
    """The clamp that the page holds as [gate, step, unit or -1, value]."""
    gate, step, unit, value = plain
    return Clamp(gate, step, value, None if unit < 0 else unit)


def fits(plain, steps: int, units: int) -> bool:
    """Whether this is [gate, step, unit or -1, value] of a text and layer of that size."""
    try:
        gate, step, unit, value = plain
        whole = isinstance(step, int) and isinstance(unit, int) and gate in ("z", "r")
        return whole and 0 <= step < steps and -1 <= unit < units and 0 <= value <= 1
    except (TypeError, ValueError):
        return False


@dataclass(frozen=True, eq=False)
class GatedLayer:
    """Weights W_x (features, columns), W_h, b, a sigmoid head V (units,), c, and known words.

    A GRU has columns z, r, n, an LSTM i, f, g, o. V of length 0 means that there is no head.
    """

    cell: str
    W_x: np.ndarray
    W_h: np.ndarray
    b: np.ndarray
    V: np.ndarray
    c: float
    vocabulary: Mapping[str, int]
    tokenize: Callable[[str], list[str]]

    @property
    def units(self) -> int:
        return len(self.W_h)

    def tokens(self, text: str) -> list[str]:
        """The first `LONGEST` tokens of a text."""
        return [str(token) for token in self.tokenize(text)][:LONGEST]

    def drives(self, tokens: list[str]) -> np.ndarray:
        """x_t W_x, (time, columns); an unknown word counts as "<unk>", or as no input."""
        ids = [self.vocabulary.get(token, self.vocabulary.get(UNKNOWN)) for token in tokens]
        columns = self.W_x.shape[1]
        rows = [np.zeros(columns) if i is None else self.W_x[i] for i in ids]
        return np.reshape(rows, (len(tokens), columns))

    def run(self, tokens: list[str], forced: Values | None = None) -> Values:
        """Gates and states (batch, time, units) from a zero state, `forced` as in `gru_steps`."""
        batch = len(next(iter(forced.values()))) if forced else 1
        drives = np.repeat(self.drives(tokens)[None], batch, axis=0)
        start, rows = np.zeros((batch, self.units)), np.eye(drives.shape[-1])
        if not tokens:
            names = "zrnh" if self.cell == "GRU" else "ifgoch"
            return {name: np.zeros((batch, 0, self.units)) for name in names}
        if self.cell == "GRU":
            return gru_steps(drives, start, rows, self.W_h, self.b, forced=forced)
        return lstm_steps(drives, start, start, rows, self.W_h, self.b, forced=forced)

    def odds(self, states: np.ndarray) -> np.ndarray:
        """The head's probability (…, time) of states (…, time, units)."""
        return (
            sigmoid(states @ self.V + self.c) if len(self.V) else np.zeros((*states.shape[:-2], 0))
        )


def forced_by(clamps: Iterable[Clamp], steps: int, units: int) -> Values:
    """What `gru_steps` takes: arrays (1, time, units), NaN where a gate is free.

    A clamp of a single unit goes before one of all units; else the later one holds.
    """
    forced = {name: np.full((1, steps, units), np.nan) for name in "zr"}
    for it in sorted(clamps, key=lambda clamp: clamp.unit is not None):  # stable
        forced[it.gate][0, it.step, slice(None) if it.unit is None else it.unit] = it.value
    return forced


def layer_from_weights(weights, vocabulary, tokenize=str.split, cell="GRU") -> GatedLayer:
    """A layer from a dict of W_x, W_h, b and, with a sigmoid head, V and c.

    A GRU's b is (3 units,) where the reset comes before the product, (2, 3 units) where after it.
    Raises ValueError when shapes do not fit each other or the vocabulary.
    """
    missing = {"W_x", "W_h", "b"} - set(weights)
    if missing:
        raise ValueError(f"{cell} weights lack {', '.join(sorted(missing))}: give W_x, W_h and b.")
    W_x, W_h, b = (np.asarray(weights[name], dtype=np.float32) for name in ("W_x", "W_h", "b"))
    V = np.asarray(weights.get("V", ()), dtype=np.float32).reshape(-1)
    c = float(np.asarray(weights.get("c", 0.0)).reshape(-1)[0])
    blocks = 3 if cell == "GRU" else 4
    units = W_h.shape[0] if W_h.ndim else 0
    wide = blocks * units
    biases = {(wide,), (2, wide)} if cell == "GRU" else {(wide,)}
    if (
        not units
        or W_h.shape != (units, wide)
        or W_x.ndim != 2
        or W_x.shape[1] != wide
        or b.shape not in biases
        or V.size not in (0, units)
    ):
        either = " or (2, 3 units)" if cell == "GRU" else ""
        raise ValueError(
            f"{cell} weights do not fit: W_x {W_x.shape}, W_h {W_h.shape}, b {b.shape}, "
            f"V {V.shape}. Expected (features, {blocks} units), (units, {blocks} units), "
            f"({blocks} units,){either} and, with a head, (units,)."
        )
    for name, values in (("W_x", W_x), ("W_h", W_h), ("b", b), ("V", V), ("c", np.array(c))):
        if not np.isfinite(values).all():
            raise ValueError(
                f"{cell} weights: {name} holds NaN or infinity, so training went wrong. Clip the "
                "gradient or lower the learning rate, and train again."
            )
    largest = max(vocabulary.values(), default=-1)
    if largest >= len(W_x):
        raise ValueError(f"the vocabulary has id {largest}, but W_x only {len(W_x)} rows.")
    return GatedLayer(cell, W_x, W_h, b, V, c, dict(vocabulary), tokenize)


def layer_from_keras(model, vocabulary, tokenize=str.split) -> GatedLayer:
    """A layer from a Keras model whose first recurrent layer is a GRU, in either form of the reset.

    An Embedding before it is multiplied into W_x. A Dense(1, sigmoid) right behind it becomes
    the head. Raises ValueError for any other model.
    """
    layers: list[Any] = list(getattr(model, "layers", ()))
    kinds = [type(layer).__name__ for layer in layers]
    recurrent = [kind for kind in kinds if kind in ("SimpleRNN", "LSTM", "GRU", "Bidirectional")]
    if recurrent[:1] != ["GRU"]:
        said = f"begins with {recurrent[0]}" if recurrent else f"has none among {', '.join(kinds)}"
        raise ValueError(
            "GRUGates.from_keras needs a GRU as first recurrent layer; this model "
            f"{said if kinds else 'has none at all'}."
        )
    at = kinds.index("GRU")
    layer = layers[at]
    used = [layer.activation, layer.recurrent_activation]
    names = [getattr(function, "__name__", "?") for function in used]
    if names != ["tanh", "sigmoid"] or layer.go_backwards:
        raise ValueError(
            "GRUGates.from_keras needs a GRU that runs forwards with tanh and sigmoid gates; "
            f"{layer.name} has {names[0]} and {names[1]}{', backwards' * layer.go_backwards}."
        )
    before = [kind for kind in kinds[:at] if kind not in ("InputLayer", "Dropout")]
    if before not in ([], ["Embedding"]):
        raise ValueError(f"GRUGates.from_keras cannot read through {', '.join(before)}.")
    W_x, W_h, *bias = layer.get_weights()
    if before:
        W_x = layers[kinds.index("Embedding")].get_weights()[0] @ W_x
    wide = W_h.shape[1]
    b = bias[0] if bias else np.zeros((2, wide) if layer.reset_after else wide)
    weights = {"W_x": W_x, "W_h": W_h, "b": b} | _head(layers[at + 1 :])
    return layer_from_weights(weights, vocabulary, tokenize)


def _head(behind) -> dict:
    """V and c of a Dense(1, sigmoid) that stands alone behind the layer, else nothing."""
    behind = [each for each in behind if type(each).__name__ != "Dropout"]
    # TimeDistributed(Dense) holds its Dense as `layer`.
    head = getattr(behind[0], "layer", behind[0]) if len(behind) == 1 else None
    activation = getattr(getattr(head, "activation", None), "__name__", "")
    if head is None or type(head).__name__ != "Dense" or head.units != 1 or activation != "sigmoid":
        return {}
    V, *c = head.get_weights()
    return {"V": V, "c": c[0] if c else 0.0}
