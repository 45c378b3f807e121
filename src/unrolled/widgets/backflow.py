"""How much of the last step's gradient arrives k steps earlier, and what shrank or grew it.

The arithmetic stands in gradient_lab.js too, since the page computes alone; a test compares them.
"""

from dataclasses import dataclass

import numpy as np

from unrolled.trace import lstm_steps, simple_steps

NORM_LIMIT = 1.0  # of clipping by global norm, Keras's clipnorm for all weights together
VALUE_LIMIT = 0.5  # of clipping each weight's gradient alone, Keras's clipvalue
GONE, WILD = -3.0, 3.0  # powers of ten below which a gradient has vanished, above which exploded


@dataclass(frozen=True, eq=False)
class Flow:
    """A gradient carried back from the last of time states, lag by lag.

    `logs` (time,): log10 of the spectral norm of ∂h_T / ∂h_{T-k}, by lag k. Each step back
    multiplies it by one factor, `factors` (time - 1,). Of a simple cell the factor is
    `kept` · `pushed`: what tanh' leaves, never above 1, and what W_h makes of that. Of an LSTM
    `kept` is the mean forget gate. `gradient` (units · columns,) is that of W_h, row after row,
    for a gradient of norm 1, evenly spread over the last state.
    """

    logs: np.ndarray
    kept: np.ndarray
    pushed: np.ndarray
    gradient: np.ndarray

    @property
    def factors(self) -> np.ndarray:
        return self.kept * self.pushed


def _linear_states(drives, W_h):
    h, states = np.zeros(len(W_h)), []
    for drive in drives:
        h = drive + h @ W_h
        states.append(h)
    return np.stack(states)


def flow(cell: str, W_h, drives) -> Flow:
    """Carry a gradient back through a "linear", "tanh" or "lstm" cell that starts from zero.

    W_h (units, columns), drives (time, columns), where columns is units, or 4 units of an LSTM
    (i, f, g, o); a drive is x_t W_x + b. The state of an LSTM is h and c together.
    """
    W_h, drives = np.asarray(W_h, float), np.asarray(drives, float)
    zero, none = np.zeros((1, len(W_h))), np.zeros(W_h.shape[1])
    if cell == "lstm":
        steps = lstm_steps(drives[None], zero, zero, np.eye(len(none)), W_h, none)
        values = {name: value[0] for name, value in steps.items()}
    elif cell == "tanh":
        values = {"h": simple_steps(drives[None], zero, np.eye(len(none)), W_h, none)["h"][0]}
    else:
        values = {"h": _linear_states(drives, W_h)}
    back = _lstm_back if cell == "lstm" else _simple_back
    size = len(W_h) * (2 if cell == "lstm" else 1)
    rows = np.eye(size)  # row j: a gradient that starts as 1 at unit j of the last state
    carried = np.zeros((1, size))
    carried[:, : len(W_h)] = len(W_h) ** -0.5
    gradient = np.zeros_like(W_h)
    logs, kept, pushed = [0.0], [], []
    for t in range(len(drives) - 1, 0, -1):
        at_sums, carried = back(cell, values, W_h, t, carried)
        gradient += np.outer(values["h"][t - 1], at_sums[0])
        at_sums, rows = back(cell, values, W_h, t, rows)
        left = values["f"][t].mean() if cell == "lstm" else np.linalg.norm(at_sums, 2)
        norm = np.linalg.norm(rows, 2)
        kept.append(left)
        pushed.append(norm / left if left else 0.0)
        with np.errstate(divide="ignore"):
            logs.append(logs[-1] + np.log10(norm))
        rows = rows / norm if norm else rows  # scaled, it neither over- nor underflows
    return Flow(np.array(logs), np.array(kept), np.array(pushed), gradient.ravel())


def _simple_back(cell, values, W_h, t, rows):
    """Gradients at state t, one per row → at its sums (before tanh), and at the state before."""
    at_sums = rows * (1 - values["h"][t] ** 2) if cell == "tanh" else rows
    return at_sums, at_sums @ W_h.T


def _lstm_back(_cell, values, W_h, t, rows):
    """As `_simple_back`, for an LSTM, whose rows hold the gradients of h and c side by side."""
    i, f, g, o, c = (values[name][t] for name in "ifgoc")
    dh, dc = np.split(rows, 2, axis=1)
    shown = np.tanh(c)
    dc = dc + dh * o * (1 - shown**2)
    at_gates = (
        dc * g * i * (1 - i),
        dc * values["c"][t - 1] * f * (1 - f),
        dc * i * (1 - g**2),
        dh * shown * o * (1 - o),
    )
    at_sums = np.concatenate(at_gates, axis=1)
    return at_sums, np.concatenate([at_sums @ W_h.T, dc * f], axis=1)


@dataclass(frozen=True, eq=False)
class Clipped:
    """A gradient as the optimiser sees it: its norm before and after, in degrees how far clipping
    turned it, and two of its weights, before and after, to draw."""

    norm: float
    after: float
    turned: float
    pair: tuple[int, int]
    raw: tuple[float, float]
    clipped: tuple[float, float]


def clip(gradient, how: str) -> Clipped:
    """Clip by global "norm" (direction kept), by "value" (each weight alone), or "none".

    The two weights to draw are the steepest and the one nearest to a third as steep.
    """
    norm = float(np.linalg.norm(gradient))
    clipped = gradient
    if how == "norm" and norm > NORM_LIMIT:
        clipped = gradient * (NORM_LIMIT / norm)
    elif how == "value":
        clipped = np.clip(gradient, -VALUE_LIMIT, VALUE_LIMIT)
    after = float(np.linalg.norm(clipped))
    cosine = gradient @ clipped / norm / after if norm and after else 1.0
    sizes = np.abs(gradient)
    first = int(sizes.argmax())
    gaps = np.abs(sizes - sizes[first] / 3)
    gaps[first] = np.inf
    pair = first, int(gaps.argmin())
    a, b = pair
    return Clipped(
        norm,
        after,
        float(np.degrees(np.arccos(min(1.0, cosine)))),
        pair,
        (float(gradient[a]), float(gradient[b])),
        (float(clipped[a]), float(clipped[b])),
    )


def verdict(log: float) -> str:
    """What became of the gradient: "vanishes", "stays" or "explodes"."""
    return "vanishes" if log < GONE else "explodes" if log > WILD else "stays"


def spectral_radius(W) -> float:
    """The largest absolute eigenvalue of a square matrix."""
    return float(np.abs(np.linalg.eigvals(W)).max())
