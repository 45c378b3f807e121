"""How a trained recurrent layer reads a sentence: tokens, states and gates, probabilities."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from unrolled.cells import sigmoid
from unrolled.sequences import UNKNOWN
from unrolled.trace import Values, gru_steps, lstm_steps, simple_steps

CELLS: Mapping[str, int] = {"SimpleRNN": 1, "GRU": 3, "LSTM": 4}  # matrices side by side
SILENT = {"InputLayer", "Dropout", "SpatialDropout1D"}  # layers that leave a sentence as it is
# Up to here the page computes the cell itself; above it, the kernel does.
UNITS_IN_PAGE, STEPS_IN_PAGE = 32, 100
_VALUES = {"SimpleRNN": "h", "GRU": "zrnh", "LSTM": "ifgoch"}


def split_in_page(tokenize) -> str:
    """By what name the page knows a way to split: "space", "character", else "kernel"."""
    return {str.split: "space", list: "character"}.get(tokenize, "kernel")


@dataclass(frozen=True, eq=False)
class Reading:
    """A text as it was read: known (time,) bool, probabilities (time,).

    `values` holds "h", of an LSTM also "i", "f", "g", "o" and "c", of a GRU "z", "r" and "n", each
    (time, units).
    """

    tokens: list[str]
    known: list[bool]
    values: Values
    probabilities: np.ndarray

    @property
    def states(self) -> np.ndarray:
        """Hidden states, (time, units)."""
        return self.values["h"]


@dataclass(frozen=True, eq=False)
class Reader:
    """Weights W_x (features, columns), W_h, b, an optional sigmoid head V (units,), c, and words.

    There are as many columns as units, of a GRU three times as many in the order z, r, n, of an
    LSTM four times as many in the order i, f, g, o. A GRU's b is (columns,) where the reset comes
    before the product, (2, columns) where after it. V of length 0 means that there is no head.
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

    def known(self, tokens: list[str]) -> list[bool]:
        """Whether each token is in the vocabulary."""
        return [token in self.vocabulary for token in tokens]

    def drives(self, tokens: list[str]) -> np.ndarray:
        """x_t W_x of each token, (time, columns); an unknown word counts as "<unk>", or as none."""
        ids = [self.vocabulary.get(token, self.vocabulary.get(UNKNOWN)) for token in tokens]
        # A one-hot vector times W_x is a row of W_x.
        columns = self.W_x.shape[1]
        rows = [np.zeros(columns) if i is None else self.W_x[i] for i in ids]
        return np.reshape(rows, (len(tokens), columns))

    def run(self, drives: np.ndarray, forced: Values | None = None) -> Values:
        """All gates and states (batch, time, units) from a zero state; `forced` as in trace."""
        start = np.zeros((len(drives), self.units))
        rows = np.eye(drives.shape[-1])  # a drive is fed through unchanged
        weights = rows, self.W_h, self.b
        if self.cell == "SimpleRNN":
            return simple_steps(drives, start, *weights)
        if self.cell == "GRU":
            values = gru_steps(drives, start, *weights, forced=forced)
        else:
            values = lstm_steps(drives, start, start, *weights, forced=forced)
        # Of no steps, trace knows the states alone.
        return {name: values.get(name, values["h"]) for name in _VALUES[self.cell]}

    def values(self, tokens: list[str], forced: Values | None = None) -> Values:
        """All gates and states (time, units) of one text; `forced` as in trace."""
        return {name: it[0] for name, it in self.run(self.drives(tokens)[None], forced).items()}

    def odds(self, states: np.ndarray) -> np.ndarray:
        """The head's probability after each state (…, units); of length 0 without a head."""
        return sigmoid(states @ self.V + self.c) if len(self.V) else np.zeros(0)

    def read(self, text: str) -> Reading:
        """Read a text from a zero state."""
        tokens = self.tokens(text)
        values = self.values(tokens)
        return Reading(tokens, self.known(tokens), values, self.odds(values["h"]))


def packed(reader: Reader) -> dict:
    """What a page that computes is sent once: weights as float32, their sizes, words, the split."""
    head = [reader.c] if len(reader.V) else []
    blocks = [reader.W_x, reader.W_h, reader.V, head, reader.b]
    return {
        "_weights": b"".join(np.asarray(block, dtype="<f4").tobytes() for block in blocks),
        "_shape": [len(reader.W_x), reader.units, len(head), CELLS[reader.cell]],
        "_split": split_in_page(reader.tokenize),
        # Pairs keep any word a plain value; as keys, "__proto__" would be lost in the page.
        "_vocabulary": [[word, int(i)] for word, i in reader.vocabulary.items()],
    }


def reader_from_weights(
    weights, vocabulary, tokenize=str.split, cell="SimpleRNN", name="weights"
) -> Reader:
    """A reader from a dict of W_x, W_h, b and, with a sigmoid head, V and c.

    A GRU's b is (3 units,) where the reset comes before the product, (2, 3 units) where after it.
    `name` is what a sentence calls the weights. Raises ValueError when they are not finite, or
    when shapes do not fit each other, the cell or the vocabulary.
    """
    missing = {"W_x", "W_h", "b"} - set(weights)
    if missing:
        raise ValueError(f"{name} lack {', '.join(sorted(missing))}: give W_x, W_h and b.")
    W_x, W_h, b = (np.asarray(weights[key], dtype=np.float32) for key in ("W_x", "W_h", "b"))
    V = np.asarray(weights.get("V", ()), dtype=np.float32).reshape(-1)
    c = np.asarray(weights.get("c", 0.0)).reshape(-1)[:1]
    units = len(W_h) if W_h.ndim else 0
    columns = CELLS[cell] * units
    biases = [(columns,), (2, columns)] if cell == "GRU" else [(columns,)]
    fits = W_h.shape == (units, columns) and W_x.shape[1:] == (columns,) and b.shape in biases
    if not units or not fits or V.size not in (0, units):
        wide = "units" if cell == "SimpleRNN" else f"{CELLS[cell]} units"
        either = f" or (2, {wide})" if cell == "GRU" else ""
        raise ValueError(
            f"{name} do not fit: W_x {W_x.shape}, W_h {W_h.shape}, b {b.shape}, V {V.shape}. "
            f"Of {_a(cell)}, expected (features, {wide}), (units, {wide}), ({wide},){either} and, "
            "with a head, (units,)."
        )
    arrays = {"W_x": W_x, "W_h": W_h, "b": b, "V": V, "c": c}
    broken = [key for key, array in arrays.items() if not np.isfinite(array).all()]
    if broken:
        raise ValueError(
            f"{name} hold NaN or infinity in {', '.join(broken)}, so training went wrong. Clip "
            "the gradient or lower the learning rate, and train again."
        )
    largest = max(vocabulary.values(), default=-1)
    if largest >= len(W_x):
        raise ValueError(
            f"{name} do not fit the vocabulary: it has id {largest}, but W_x only {len(W_x)} rows. "
            "Give the vocabulary that the layer was trained with."
        )
    return Reader(W_x, W_h, b, V, float(c[0]), dict(vocabulary), tokenize, cell)


def reader_from_keras(
    model, vocabulary, tokenize=str.split, cell="SimpleRNN", widget="StateMap"
) -> Reader:
    """A reader from a Keras model whose first recurrent layer is a `cell` with tanh (and sigmoids).

    An Embedding before it is multiplied into W_x. A Dense(1, sigmoid) right behind it becomes
    the head. Raises ValueError, in the name of the widget, for any other model.
    """
    needs = f"{widget}.from_keras needs {_a(cell)}"
    layers: list[Any] = list(getattr(model, "layers", ()))
    kinds = [type(layer).__name__ for layer in layers]
    recurrent = [kind for kind in kinds if kind in CELLS or kind == "Bidirectional"]
    if recurrent[:1] != [cell]:
        said = f"begins with {recurrent[0]}" if recurrent else f"has none among {', '.join(kinds)}"
        said = said if kinds else "has no layers at all"
        raise ValueError(f"{needs} as first recurrent layer; this model {said}.")
    at = kinds.index(cell)
    layer, before = layers[at], [kind for kind in kinds[:at] if kind not in SILENT]
    used = [layer.activation, getattr(layer, "recurrent_activation", None)]
    names = [getattr(function, "__name__", "?") for function in used if function is not None]
    if names != ["tanh", "sigmoid"][: len(names)] or layer.go_backwards:
        gates = "" if cell == "SimpleRNN" else " and sigmoid gates"
        raise ValueError(
            f"{needs} that runs forwards with tanh{gates}; {layer.name} has {' and '.join(names)}"
            f"{', backwards' * layer.go_backwards}."
        )
    if before not in ([], ["Embedding"]):
        raise ValueError(
            f"{widget}.from_keras cannot read through {', '.join(before)}: before the {cell} only "
            "an Embedding may stand."
        )
    W_x, W_h, *bias = layer.get_weights()
    if before:
        W_x = layers[kinds.index("Embedding")].get_weights()[0] @ W_x
    columns = W_h.shape[1]
    none = np.zeros((2, columns) if cell == "GRU" and layer.reset_after else columns)
    weights = {"W_x": W_x, "W_h": W_h, "b": bias[0] if bias else none}
    behind = [each for each in layers[at + 1 :] if type(each).__name__ not in SILENT]
    weights |= (sigmoid_head(behind[0]) or {}) if len(behind) == 1 else {}
    name = f"{widget}: the weights of {layer.name}"
    return reader_from_weights(weights, vocabulary, tokenize, cell, name)


def sigmoid_head(layer) -> dict | None:
    """V (units,) and c of a Dense(1, sigmoid); None if the layer is another one."""
    # TimeDistributed(Dense) holds its Dense as `layer`.
    head = getattr(layer, "layer", layer)
    activation = getattr(getattr(head, "activation", None), "__name__", "")
    if type(head).__name__ != "Dense" or head.units != 1 or activation != "sigmoid":
        return None
    V, *c = (np.asarray(weight) for weight in head.get_weights())
    return {"V": V[:, 0], "c": float(c[0][0]) if c else 0.0}


def _a(cell: str) -> str:
    return f"an {cell}" if cell == "LSTM" else f"a {cell}"
