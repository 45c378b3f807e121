"""Cells carried along time: one layer, several, both directions, and what their weights count."""

import itertools

import numpy as np

from unrolled.cells import lstm_step, rnn_step


def rnn_layer(x, h0, W_x, W_h, b, step=rnn_step):
    """All hidden states of a recurrent layer whose cell has one state (Elman 1990).

        h_t = step(x_t, h_{t-1}, W_x, W_h, b)      t = 1 … time

    x (batch, time, features), h0 (batch, units), weights as `step` takes them: `rnn_step`,
    `gru_step` or `gru_step_reset_after`. Returns the states (batch, time, units).
    """
    h, states = h0, []
    for x_t in np.moveaxis(x, 1, 0):
        h = step(x_t, h, W_x, W_h, b)
        states.append(h)
    return np.stack(states, axis=1)


def lstm_layer(x, h0, c0, W_x, W_h, b):
    """All hidden states and memory cells of an LSTM layer (Hochreiter & Schmidhuber 1997).

    x (batch, time, features), h0 and c0 (batch, units), weights as `lstm_step` takes them.
    Returns hidden states and cell states, each (batch, time, units).
    """
    h, c, states, cells = h0, c0, [], []
    for x_t in np.moveaxis(x, 1, 0):
        h, c = lstm_step(x_t, h, c, W_x, W_h, b)
        states.append(h)
        cells.append(c)
    return np.stack(states, axis=1), np.stack(cells, axis=1)


def rnn_param_count(features, units):
    """Number of weights of a simple recurrent layer: W_x, W_h and b."""
    return features * units + units * units + units


def lstm_param_count(features, units):
    """Number of weights of an LSTM layer: W_x, W_h and b, once for each of i, f, g and o."""
    return 4 * (features * units + units * units + units)


def gru_param_count(features, units, reset_after=True):
    """Number of weights of a GRU layer: a simple layer's, once for each of z, r and candidate.

    With the reset gate after the product (Keras's default) the recurrent product has biases of
    its own: 3 units more.
    """
    return 3 * rnn_param_count(features, units) + (3 * units if reset_after else 0)


def stacked_rnn(x, layers):
    """The top layer's states of simple recurrent layers, each of which reads the one below.

    x (batch, time, features), layers a list of (W_x, W_h, b) from the bottom up; every layer
    starts at zeros. Returns states (batch, time, units of the top layer).
    """
    for W_x, W_h, b in layers:
        h0 = np.zeros((len(x), len(b)))
        x = rnn_layer(x, h0, W_x, W_h, b)
    return x


def stacked_param_count(features, units):
    """Number of weights of stacked simple layers; units is the list of their widths."""
    widths = [features, *units]
    return sum(rnn_param_count(below, own) for below, own in itertools.pairwise(widths))


MERGES = {
    "concat": lambda there, back: np.concatenate([there, back], axis=-1),
    "sum": lambda there, back: there + back,
    "ave": lambda there, back: (there + back) / 2,
    "mul": lambda there, back: there * back,
}
"""How the states of two directions become one: Keras's merge modes."""


def bidirectional(x, forward, backward, merge="concat"):
    """States of two simple layers that read in opposite directions (Schuster & Paliwal 1997).

    x (batch, time, features); forward and backward are each (W_x, W_h, b), equally wide, and
    start at zeros; merge is "concat", "sum", "ave" or "mul", any other raises ValueError. What
    stands at step t is about step t in both directions.
    Returns states (batch, time, 2 units) for concat, else (batch, time, units).
    """
    if merge not in MERGES:
        raise ValueError(f"merge is {merge!r}. Use one of {', '.join(MERGES)}.")
    there = stacked_rnn(x, [forward])
    back = stacked_rnn(x[:, ::-1], [backward])[:, ::-1]
    return MERGES[merge](there, back)


def chrono_bias(units, longest, rng):
    """A starting bias (4 units,) for an LSTM to remember up to `longest` steps.

        b_f = log(u)      u uniform in [1, longest - 1], drawn for each unit
        b_i = -b_f        b_g = b_o = 0

    Source: Tallec & Ollivier 2018.
    """
    forget = np.log(rng.uniform(1, longest - 1, units))
    return np.concatenate([-forget, forget, np.zeros(2 * units)])
