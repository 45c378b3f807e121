"""One trained LSTM with a sigmoid on its state, as two tasks ship it: read with NumPy alone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from unrolled.cells import sigmoid
from unrolled.sequences import UNKNOWN, one_hot
from unrolled.trace import Values, lstm_steps

NAMES = ("W_x", "W_h", "b", "V", "c")


@dataclass(frozen=True, eq=False)
class LSTMReader:
    """An LSTM: W_x, W_h, b (columns i, f, g, o) of the layer, V, c of the sigmoid on its state.

    `tokens` splits a text and raises ValueError for one that cannot be read.
    """

    weights: dict[str, np.ndarray]
    vocabulary: dict[str, int]
    tokens: Callable[[str], list[str]]

    @property
    def units(self) -> int:
        """How many units the layer has."""
        return len(self.weights["W_h"])

    def steps(self, tokens: Sequence[str], forced: dict[str, Any] | None = None) -> Values:
        """Return gates i, f, o, candidate g, memory c and state h after each token, (time, units).

        `forced` puts values in the place of a gate or of g, as `lstm_steps` takes them.
        """
        x = one_hot(token_ids(tokens, self.vocabulary)[None], len(self.vocabulary))
        start = np.zeros((1, self.units), dtype=np.float32)
        layer = (self.weights[name] for name in ("W_x", "W_h", "b"))
        steps = lstm_steps(x, start, start, *layer, forced=forced)
        return {name: value[0] for name, value in steps.items()}

    def probabilities(
        self, tokens: Sequence[str], forced: dict[str, Any] | None = None
    ) -> np.ndarray:
        """Return what the sigmoid says after each token, (time,)."""
        h = self.steps(tokens, forced)["h"]
        return sigmoid(h @ self.weights["V"] + self.weights["c"])[:, 0]

    def predict(self, text: str) -> list[tuple[str, float]]:
        """Return each token of a text with what the sigmoid says once it is read.

        Raises ValueError, with a sentence, for what cannot be read.
        """
        tokens = self.tokens(text)
        return list(zip(tokens, self.probabilities(tokens).tolist(), strict=True))


def token_ids(tokens: Sequence[str], vocabulary: dict[str, int]) -> np.ndarray:
    """Return the id of each token, of "<unk>" where it is not in the vocabulary."""
    # `or`: nobody may write "<pad>" into a text.
    unknown = vocabulary[UNKNOWN]
    return np.array([vocabulary.get(token, unknown) or unknown for token in tokens], dtype=int)


def correlated_unit(columns: np.ndarray, idea: np.ndarray) -> tuple[int, float]:
    """Return the unit (a column) that goes most with an idea (one a row), and its correlation."""
    correlations = np.corrcoef(columns, idea, rowvar=False)[-1, :-1]
    unit = int(np.argmax(np.abs(correlations)))
    return unit, float(correlations[unit])
