"""What one GRU unit can be asked to do by its gates, how success is told, and gates that do it.

`unit_steps` and `succeeds` stand in gru_gates.js too, since the page judges alone; a test
compares them.
"""

import itertools
from dataclasses import dataclass

import numpy as np

W_X, W_H = 2.0, 1.0  # the candidate's weights, which stay as they are: gates are the topic


@dataclass(frozen=True)
class Challenge:
    """Inputs, the steps at which something is to happen, and gates that were found to succeed.

    `preset` holds z and r at those steps, then z and r at all others; None where nothing helps.
    """

    kind: str
    inputs: tuple[float, ...]
    events: tuple[int, ...]
    preset: tuple[float, float, float, float] | None


def unit_steps(z, r, inputs):
    """Candidate n and state h of one unit, both (..., time), whose gates are given.

        n_t = tanh(2 x_t + r_t h_{t-1})
        h_t = z_t h_{t-1} + (1 - z_t) n_t

    z and r (..., time): leading axes run many units at once. The state starts at zero.
    """
    z, r = np.broadcast_arrays(np.asarray(z, dtype=float), np.asarray(r, dtype=float))
    h, candidates, states = np.zeros(z.shape[:-1]), [], []
    for t, x in enumerate(inputs):
        n = np.tanh(W_X * x + W_H * r[..., t] * h)
        h = z[..., t] * h + (1 - z[..., t]) * n
        candidates.append(n)
        states.append(h)
    return np.stack(candidates, axis=-1), np.stack(states, axis=-1)


def succeeds(challenge: Challenge, z, r):
    """Whether the gates z and r (..., time) do what the challenge asks; arrays give arrays."""
    h = unit_steps(z, r, challenge.inputs)[1]
    at = challenge.events[-1]
    before, after = h[..., :at], h[..., at:]
    if challenge.kind == "hold":
        return (after > 0.8).all(-1)
    if challenge.kind == "replace":
        return (before > 0.7).all(-1) & (after < -0.7).all(-1)
    if challenge.kind == "ignore":
        alone = np.tanh(W_X * challenge.inputs[at])
        return (before > 0.7).all(-1) & (np.abs(after - alone) < 0.05).all(-1)
    if challenge.kind == "fade":
        with np.errstate(divide="ignore", invalid="ignore"):
            halved = np.abs(after[..., 1:] / after[..., :-1] - 0.5) < 0.08
        return (after[..., 0] > 0.5) & halved.all(-1)
    # "count": eight rises of 0.15 would end at 1.2, but h lies between the h before and n, and
    # n is a tanh: no gates do it.
    return (np.diff(h, axis=-1, prepend=0) >= 0.15).all(-1)


def gates(challenge: Challenge, four):
    """z and r (..., time) from four numbers: z and r at the events, z and r at all other steps."""
    event = np.isin(np.arange(len(challenge.inputs)), challenge.events)
    z_event, r_event, z_rest, r_rest = np.asarray(four, dtype=float).T[..., None]
    return np.where(event, z_event, z_rest), np.where(event, r_event, r_rest)


def find_preset(challenge: Challenge, notch: float = 0.1):
    """Search for the simplest gates that succeed and that small changes do not break.

    The widest margin (by which any one of the four numbers may be moved) that leaves a success
    counts first; then most gates fully open or shut, then most of all open, z before r. None if
    nothing succeeds.
    """
    marks = np.round(np.arange(0, 1 + notch / 2, notch), 10)
    grid = np.stack(np.meshgrid(*[marks] * 4, indexing="ij"), axis=-1).reshape(-1, 4)
    grid = grid[succeeds(challenge, *gates(challenge, grid))]
    for margin in (0.05, 0.02, 0.0):
        moves = [by * axis for axis, by in itertools.product(np.eye(4), (-margin, margin))]
        moved = [np.clip(grid + move, 0, 1) for move in moves]
        safe = grid[np.all([succeeds(challenge, *gates(challenge, m)) for m in moved], axis=0)]
        if len(safe):
            ends = ((safe == 0) | (safe == 1)).sum(-1)
            simplest = np.lexsort((-safe[:, ::2].sum(-1), -safe.sum(-1).round(6), -ends))[0]
            return tuple(float(gate) for gate in safe[simplest])
    return None


# The presets are what find_preset finds; a test searches again.
CHALLENGES = (
    Challenge("hold", (0, 1, 0, -1, 0, 0, -1, 0), (1,), (0.0, 1.0, 1.0, 1.0)),
    Challenge("replace", (1, 0, 0, 0, -1, 0, 0, 0), (0, 4), (0.0, 1.0, 1.0, 1.0)),
    Challenge("ignore", (1, 0, 0, 0, 0.25, 0, 0, 0), (0, 4), (0.0, 0.0, 1.0, 1.0)),
    Challenge("fade", (0, 1, 0, 0, 0, 0, 0, 0), (1,), (0.0, 1.0, 0.5, 0.0)),
    Challenge("count", (1, 1, 1, 1, 1, 1, 1, 1), (0,), None),
)
