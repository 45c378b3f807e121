"""A cell carried along time: the same weights at every step, each state handed to the next."""

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
