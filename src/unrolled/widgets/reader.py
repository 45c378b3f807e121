"""How a trained simple recurrent layer reads a sentence: tokens, states, probabilities."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from unrolled.cells import sigmoid
from unrolled.layers import rnn_layer
from unrolled.sequences import UNKNOWN


@dataclass(frozen=True)
class Reading:
    """A text as it was read: known (time,) bool, states (time, units), probabilities (time,)."""

    tokens: list[str]
    known: list[bool]
    states: np.ndarray
    probabilities: np.ndarray


@dataclass(frozen=True)
class Reader:
    """Weights W_x (features, units), W_h, b, an optional sigmoid head V (units,), c, and words.

    V of length 0 means that there is no head.
    """

    W_x: np.ndarray
    W_h: np.ndarray
    b: np.ndarray
    V: np.ndarray
    c: float
    vocabulary: Mapping[str, int]
    tokenize: Callable[[str], list[str]]

    @property
    def units(self) -> int:
        return len(self.b)

    def tokens(self, text: str) -> list[str]:
        return [str(token) for token in self.tokenize(text)]

    def read(self, text: str) -> Reading:
        """Read a text from a zero state; an unknown word counts as "<unk>", or as no input."""
        tokens = self.tokens(text)
        known = [token in self.vocabulary for token in tokens]
        ids = [self.vocabulary.get(token, self.vocabulary.get(UNKNOWN)) for token in tokens]
        # A one-hot vector times W_x is a row of W_x; the row is then fed through unchanged.
        rows = [np.zeros(self.units) if i is None else self.W_x[i] for i in ids]
        drives = np.reshape(rows, (1, len(tokens), self.units))
        if not tokens:
            return Reading([], [], np.zeros((0, self.units)), np.zeros(0))
        start = np.zeros((1, self.units))
        states = rnn_layer(drives, start, np.eye(self.units), self.W_h, self.b)[0]
        odds = sigmoid(states @ self.V + self.c) if len(self.V) else np.zeros(0)
        return Reading(tokens, known, states, odds)


def reader_from_weights(weights, vocabulary, tokenize=str.split) -> Reader:
    """A reader from a dict of W_x, W_h, b and, with a sigmoid head, V and c.

    Raises ValueError when shapes do not fit each other or the vocabulary.
    """
    missing = {"W_x", "W_h", "b"} - set(weights)
    if missing:
        raise ValueError(f"weights lack {', '.join(sorted(missing))}: give W_x, W_h and b.")
    W_x, W_h, b = (np.asarray(weights[name], dtype=np.float32) for name in ("W_x", "W_h", "b"))
    V = np.asarray(weights.get("V", ()), dtype=np.float32).reshape(-1)
    c = float(np.asarray(weights.get("c", 0.0)).reshape(-1)[0])
    units = b.size
    wrong = W_x.ndim != 2 or W_x.shape[1] != units or W_h.shape != (units, units)
    if wrong or b.ndim != 1 or V.size not in (0, units):
        raise ValueError(
            f"weights do not fit: W_x {W_x.shape}, W_h {W_h.shape}, b {b.shape}, V {V.shape}. "
            "Expected (features, units), (units, units), (units,) and, with a head, (units,)."
        )
    largest = max(vocabulary.values(), default=-1)
    if largest >= len(W_x):
        raise ValueError(f"the vocabulary has id {largest}, but W_x only {len(W_x)} rows.")
    return Reader(W_x, W_h, b, V, c, dict(vocabulary), tokenize)


def reader_from_keras(model, vocabulary, tokenize=str.split) -> Reader:
    """A reader from a Keras model whose first recurrent layer is a SimpleRNN with tanh.

    An Embedding before it is multiplied into W_x. A Dense(1, sigmoid) right behind it becomes
    the head. Raises ValueError for any other model.
    """
    layers = list(model.layers)
    kinds = [type(layer).__name__ for layer in layers]
    if "SimpleRNN" not in kinds:
        raise ValueError(f"StateMap.from_keras needs a SimpleRNN, not {', '.join(kinds)}.")
    at = kinds.index("SimpleRNN")
    layer, before = layers[at], [k for k in kinds[:at] if k not in ("InputLayer", "Dropout")]
    activation = getattr(layer.activation, "__name__", "?")
    if activation != "tanh" or layer.go_backwards:
        raise ValueError("StateMap.from_keras needs a SimpleRNN that runs forwards with tanh.")
    if before not in ([], ["Embedding"]):
        raise ValueError(f"StateMap.from_keras cannot read through {', '.join(before)}.")
    W_x, W_h, *bias = layer.get_weights()
    if before:
        W_x = layers[kinds.index("Embedding")].get_weights()[0] @ W_x
    weights = {"W_x": W_x, "W_h": W_h, "b": bias[0] if bias else np.zeros(len(W_h))}
    behind = [each for each in layers[at + 1 :] if type(each).__name__ != "Dropout"]
    # TimeDistributed(Dense) holds its Dense as `layer`; anything else is no head.
    head = getattr(behind[0], "layer", behind[0]) if len(behind) == 1 else layer
    if (
        type(head).__name__ == "Dense"
        and head.units == 1
        and getattr(head.activation, "__name__", "") == "sigmoid"
    ):
        V, *c = head.get_weights()
        weights |= {"V": V, "c": c[0] if c else 0.0}
    return reader_from_weights(weights, vocabulary, tokenize)
