"""The recurrent cells, one step each, in the letters of the textbook.

Row vectors: `x` is (batch, features), `h` and `c` are (batch, units). Columns of gated weights
stand side by side in Keras's order: i, f, g, o for the LSTM and z, r, candidate for the GRU.
"""

import numpy as np


def sigmoid(a):
    """1 / (1 + exp(-a)) for any array, without overflow."""
    return 0.5 * (1 + np.tanh(0.5 * a))


def rnn_step(x, h, W_x, W_h, b):
    """One step of a simple recurrent layer (Elman 1990).

        h' = tanh(x W_x + h W_h + b)

    x (batch, features), h (batch, units), W_x (features, units), W_h (units, units), b (units,).
    Returns the new hidden state (batch, units).
    """
    return np.tanh(x @ W_x + h @ W_h + b)


def lstm_step(x, h, c, W_x, W_h, b):
    """One step of an LSTM (Hochreiter & Schmidhuber 1997; forget gate Gers et al. 2000).

        i, f, o = sigmoid(x W_x + h W_h + b)      input, forget and output gate
        g       = tanh(x W_x + h W_h + b)         candidate
        c'      = f c + i g
        h'      = o tanh(c')

    x (batch, features), h and c (batch, units), W_x (features, 4 units), W_h (units, 4 units),
    b (4 units,), columns in the order i, f, g, o.
    Returns the new hidden state and the new memory cell, each (batch, units).
    """
    i, f, g, o = np.split(x @ W_x + h @ W_h + b, 4, axis=-1)
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    h = sigmoid(o) * np.tanh(c)
    return h, c


def gru_step(x, h, W_x, W_h, b):
    """One step of a GRU whose reset gate comes before the product (Cho et al. 2014).

        z, r = sigmoid(x W_x + h W_h + b)         update and reset gate
        n    = tanh(x W_x + (r h) W_h + b)        candidate
        h'   = z h + (1 - z) n

    x (batch, features), h (batch, units), W_x (features, 3 units), W_h (units, 3 units),
    b (3 units,), columns in the order z, r, candidate.
    Returns the new hidden state (batch, units).
    """
    W_z, W_r, W_n = np.split(W_h, 3, axis=-1)
    x_z, x_r, x_n = np.split(x @ W_x + b, 3, axis=-1)
    z = sigmoid(x_z + h @ W_z)
    r = sigmoid(x_r + h @ W_r)
    n = np.tanh(x_n + (r * h) @ W_n)
    return z * h + (1 - z) * n


def gru_step_reset_after(x, h, W_x, W_h, b):
    """One step of a GRU whose reset gate comes after the product, as in Keras and cuDNN.

        z, r = sigmoid(x W_x + b_x + h W_h + b_h)
        n    = tanh(x W_x + b_x + r (h W_h + b_h))
        h'   = z h + (1 - z) n

    Shapes as in `gru_step`, but b (2, 3 units): b_x for the input, b_h for the recurrent product.
    Returns the new hidden state (batch, units).
    """
    b_x, b_h = b
    x_z, x_r, x_n = np.split(x @ W_x + b_x, 3, axis=-1)
    h_z, h_r, h_n = np.split(h @ W_h + b_h, 3, axis=-1)
    z = sigmoid(x_z + h_z)
    r = sigmoid(x_r + h_r)
    n = np.tanh(x_n + r * h_n)
    return z * h + (1 - z) * n
