"""What one neuron can be asked to do, how success is told, and numbers that do it.

The predicates stand in neuron_lab.js too, since the page judges alone; a test compares them.
"""

import itertools
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Challenge:
    """Inputs with the first pulse at step `pulse`, and weights that were found to succeed."""

    kind: str
    inputs: tuple[float, ...]
    pulse: int
    preset: tuple[float, float, float]


def neuron(w_x, w_h, b, inputs):
    """States h_t = tanh(x_t w_x + h_{t-1} w_h + b) of one neuron from zero.

    The weights may be arrays of one shape: then many neurons run at once, time last.
    """
    w_x, w_h, b = np.broadcast_arrays(*(np.asarray(w, dtype=float) for w in (w_x, w_h, b)))
    h, states = np.zeros(w_x.shape), []
    for x in inputs:
        h = np.tanh(x * w_x + h * w_h + b)
        states.append(h)
    return np.stack(states, axis=-1)


def succeeds(challenge: Challenge, w_x, w_h, b):
    """Whether the neuron does what the challenge asks; arrays of weights give arrays."""
    h = neuron(w_x, w_h, b, challenge.inputs)
    quiet, after = h[..., : challenge.pulse], h[..., challenge.pulse :]
    if challenge.kind == "latch":
        return (quiet < 0.2).all(-1) & (after > 0.8).all(-1)
    if challenge.kind == "blink":
        turns = after[..., 1:] * after[..., :-1] < 0
        return (np.abs(after) > 0.5).all(-1) & turns.all(-1)
    if challenge.kind == "leak":
        with np.errstate(divide="ignore", invalid="ignore"):
            halved = np.abs(after[..., 3:] / after[..., :-3] - 0.5) < 0.05
        return (np.abs(quiet) < 0.02).all(-1) & (after[..., 0] > 0.1) & halved.all(-1)
    deaf = neuron(w_x, w_h, b, np.zeros(len(challenge.inputs)))
    return (np.abs(h[..., -1]) > 0.5) & (np.abs(h - deaf) < 0.02).all(-1)


def find_preset(challenge: Challenge, reach: float = 3.0, notch: float = 0.1):
    """Search all weights in ±reach for the simplest success that small changes do not break.

    The widest margin (by which any one weight may be moved) that leaves a success counts first;
    then most zeros, then the smallest sum of squares, then the order of the search.
    """
    marks = np.round(np.arange(round(reach / notch), -round(reach / notch) - 1, -1) * notch, 10)
    grid = np.stack(np.meshgrid(marks, marks, marks, indexing="ij"), axis=-1).reshape(-1, 3)
    grid = grid[succeeds(challenge, *grid.T)]
    for margin in (0.2, 0.1, 0.05, 0.02, 0.001):
        moves = [by * axis for axis, by in itertools.product(np.eye(3), (-margin, margin))]
        safe = grid[np.all([succeeds(challenge, *(grid + move).T) for move in moves], axis=0)]
        if len(safe):
            simplest = np.lexsort(((safe**2).sum(-1).round(6), (safe != 0).sum(-1)))[0]
            return tuple(float(weight) for weight in safe[simplest])
    raise ValueError(f"no weights within ±{reach} pass the challenge {challenge.kind!r}")


def _pulses(*at: int, steps: int = 16) -> tuple[float, ...]:
    return tuple(float(t in at) for t in range(steps))


# The presets are what find_preset finds; a test searches again.
CHALLENGES = (
    Challenge("latch", _pulses(3), 3, (2.7, 1.7, -0.1)),
    Challenge("leak", _pulses(3), 3, (0.6, 0.8, 0.0)),
    Challenge("blink", _pulses(3), 3, (0.9, -1.3, 0.0)),
    Challenge("ignore", _pulses(2, 3, 7, 9, 10, 13), 2, (0.0, 0.0, 2.0)),
)
