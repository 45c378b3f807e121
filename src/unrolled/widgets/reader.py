"""How a trained recurrent layer reads a sentence: tokens, states and gates, probabilities."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from unrolled.cells import sigmoid
from unrolled.sequences import UNKNOWN
from unrolled.trace import Values, lstm_steps, simple_steps

# How many times its units a cell's weights are wide.
_BLOCKS = {"SimpleRNN": 1, "LSTM": 4}


@dataclass(frozen=True)
class Reading:
    """A text as it was read: known (time,) bool, probabilities (time,).

    `values` holds "h" and, of an LSTM, "i", "f", "g", "o" and "c", each (time, units).
    """

    tokens: list[str]
    known: list[bool]
    values: Values
    probabilities: np.ndarray

    @property
    def states(self) -> np.ndarray:
        """Hidden states, (time, units)."""
        return self.values["h"]


@dataclass(frozen=True)
class Reader:
    """Weights W_x (features, columns), W_h, b, an optional sigmoid head V (units,), c, and words.

    There are as many columns as units, of an LSTM four times as many in the order i, f, g, o.
    V of length 0 means that there is no head.
    """

    W_x: np.ndarray
    W_h: np.ndarray
    b: np.ndarray
    V: np.ndarray
    c: float
    vocabulary: Mapping[str, int]
    tokenize: Callable[[str], list[str]]
    cell: str = "SimpleRNN"

    @property
    def units(self) -> int:
        return len(self.W_h)

    def tokens(self, text: str) -> list[str]:
        return [str(token) for token in self.tokenize(text)]

    def drives(self, tokens: list[str]) -> np.ndarray:
        """x_t W_x of each token, (time, columns); an unknown word counts as "<unk>", or as none."""
        ids = [self.vocabulary.get(token, self.vocabulary.get(UNKNOWN)) for token in tokens]
        # A one-hot vector times W_x is a row of W_x.
        rows = [np.zeros(len(self.b)) if i is None else self.W_x[i] for i in ids]
        return np.reshape(rows, (len(tokens), len(self.b)))

    def run(self, drives: np.ndarray, forced: Values | None = None) -> Values:
        """All gates and states (batch, time, units) from a zero state; `forced` as in trace."""
        start = np.zeros((len(drives), self.units))
        rows = np.eye(len(self.b))  # a drive is fed through unchanged
        if self.cell == "SimpleRNN":
            return simple_steps(drives, start, rows, self.W_h, self.b)
        values = lstm_steps(drives, start, start, rows, self.W_h, self.b, forced=forced)
        # Of no steps, trace knows the states alone.
        return {name: values.get(name, values["h"]) for name in "ifgoch"}

    def odds(self, states: np.ndarray) -> np.ndarray:
        """The head's probability after each state (…, units); of length 0 without a head."""
        return sigmoid(states @ self.V + self.c) if len(self.V) else np.zeros(0)

    def read(self, text: str, forced: Values | None = None) -> Reading:
        """Read a text from a zero state."""
        tokens = self.tokens(text)
        known = [token in self.vocabulary for token in tokens]
        values = self.run(self.drives(tokens)[None], forced)
        values = {name: value[0] for name, value in values.items()}
        return Reading(tokens, known, values, self.odds(values["h"]))


def reader_from_weights(weights, vocabulary, tokenize=str.split, cell="SimpleRNN") -> Reader:
    """A reader from a dict of W_x, W_h, b and, with a sigmoid head, V and c.

    Raises ValueError when shapes do not fit each other, the cell or the vocabulary.
    """
    missing = {"W_x", "W_h", "b"} - set(weights)
    if missing:
        raise ValueError(f"weights lack {', '.join(sorted(missing))}: give W_x, W_h and b.")
    W_x, W_h, b = (np.asarray(weights[name], dtype=np.float32) for name in ("W_x", "W_h", "b"))
    V = np.asarray(weights.get("V", ()), dtype=np.float32).reshape(-1)
    c = float(np.asarray(weights.get("c", 0.0)).reshape(-1)[0])
    blocks, columns = _BLOCKS[cell], b.size
    units = columns // blocks
    wrong = W_x.ndim != 2 or W_x.shape[1] != columns or W_h.shape != (units, columns)
    if wrong or b.ndim != 1 or columns % blocks or V.size not in (0, units):
        wide = "units" if blocks == 1 else f"{blocks} units"
        raise ValueError(
            f"weights do not fit: W_x {W_x.shape}, W_h {W_h.shape}, b {b.shape}, V {V.shape}. "
            f"Expected (features, {wide}), (units, {wide}), ({wide},) and, with a head, (units,)."
        )
    largest = max(vocabulary.values(), default=-1)
    if largest >= len(W_x):
        raise ValueError(f"the vocabulary has id {largest}, but W_x only {len(W_x)} rows.")
    return Reader(W_x, W_h, b, V, c, dict(vocabulary), tokenize, cell)


def reader_from_keras(model, vocabulary, tokenize=str.split, cell="SimpleRNN") -> Reader:
    """A reader from a Keras model whose first `cell` layer has tanh (and sigmoid gates).

    An Embedding before it is multiplied into W_x. A Dense(1, sigmoid) right behind it becomes
    the head. Raises ValueError for any other model.
    """
    widget = {"SimpleRNN": "StateMap", "LSTM": "LSTMGates"}[cell]
    article = "an" if cell == "LSTM" else "a"
    layers = list(model.layers)
    kinds = [type(layer).__name__ for layer in layers]
    if cell not in kinds:
        raise ValueError(f"{widget}.from_keras needs {article} {cell}, not {', '.join(kinds)}.")
    at = kinds.index(cell)
    layer, before = layers[at], [k for k in kinds[:at] if k not in ("InputLayer", "Dropout")]
    used = [layer.activation, getattr(layer, "recurrent_activation", None)]
    names = [getattr(function, "__name__", "sigmoid") for function in used]
    if names != ["tanh", "sigmoid"] or layer.go_backwards:
        gates = " and sigmoid gates" if cell == "LSTM" else ""
        raise ValueError(
            f"{widget}.from_keras needs {article} {cell} that runs forwards with tanh{gates}."
        )
    if before not in ([], ["Embedding"]):
        raise ValueError(f"{widget}.from_keras cannot read through {', '.join(before)}.")
    W_x, W_h, *bias = layer.get_weights()
    if before:
        W_x = layers[kinds.index("Embedding")].get_weights()[0] @ W_x
    weights = {"W_x": W_x, "W_h": W_h, "b": bias[0] if bias else np.zeros(W_h.shape[1])}
    return reader_from_weights(weights | _head(layers[at + 1 :]), vocabulary, tokenize, cell)


def _head(behind) -> dict:
    """V and c of a Dense(1, sigmoid) that stands alone behind the recurrent layer, else nothing."""
    behind = [each for each in behind if type(each).__name__ != "Dropout"]
    if len(behind) != 1:
        return {}
    # TimeDistributed(Dense) holds its Dense as `layer`; anything else is no head.
    head = getattr(behind[0], "layer", behind[0])
    activation = getattr(getattr(head, "activation", None), "__name__", "")
    if type(head).__name__ != "Dense" or head.units != 1 or activation != "sigmoid":
        return {}
    V, *c = head.get_weights()
    return {"V": V, "c": c[0] if c else 0.0}
