"""Backpropagation through time: what each step hands back, and how little of it arrives."""

import numpy as np

from unrolled.layers import rnn_layer


def rnn_step_backward(dh, x, h_prev, h, W_x, W_h):
    """Gradients of one simple recurrent step, given that of its new state h.

        da      = dh (1 - h²)                 through tanh, for which tanh' = 1 - tanh²
        dx      = da W_xᵀ                     dh_prev = da W_hᵀ
        dW_x    = xᵀ da      dW_h = h_prevᵀ da      db = the sum of da over the batch

    dh, h_prev and h (batch, units), x (batch, features), W_x (features, units), W_h (units, units).
    Returns dx, dh_prev, dW_x, dW_h, db, each shaped like what it is the gradient of.
    """
    da = dh * (1 - h**2)
    return da @ W_x.T, da @ W_h.T, x.T @ da, h_prev.T @ da, da.sum(axis=0)


def bptt(dstates, x, h0, W_x, W_h, b):
    """Backpropagation through time of a simple recurrent layer (Werbos 1990).

        dh_t = dstates_t + what step t + 1 hands back

    dstates (batch, time, units) holds the loss gradient that reaches each state directly; x
    (batch, time, features), h0 (batch, units), weights as in `rnn_step`.
    Returns dx, dh0, dW_x, dW_h, db; the weights' gradients are sums over all steps.
    """
    states = rnn_layer(x, h0, W_x, W_h, b)
    before = np.concatenate([h0[:, None], states[:, :-1]], axis=1)
    dx, dh = np.zeros_like(x), np.zeros_like(h0)
    dW_x, dW_h, db = np.zeros_like(W_x), np.zeros_like(W_h), np.zeros_like(b)
    for t in reversed(range(x.shape[1])):
        dx[:, t], dh, *of_weights = rnn_step_backward(
            dh + dstates[:, t], x[:, t], before[:, t], states[:, t], W_x, W_h
        )
        for total, part in zip((dW_x, dW_h, db), of_weights, strict=True):
            total += part
    return dx, dh, dW_x, dW_h, db


def clip_by_global_norm(gradients, max_norm):
    """Scale gradients together where their joint norm exceeds max_norm (Pascanu et al. 2013).

        norm = sqrt(the sum of all squared entries)      g' = g max_norm / norm

    gradients is a list of arrays of any shapes. Returns a list of arrays; a norm up to max_norm,
    zero among them, leaves them as they are.
    """
    norm = np.sqrt(sum(np.sum(np.square(g, dtype=np.float64)) for g in gradients))
    scale = max_norm / norm if norm > max_norm else 1.0
    return [g * scale for g in gradients]


def gradient_norm_by_lag(states, W_h):
    """How much of a gradient at the last state arrives k steps earlier (Bengio et al. 1994).

        ‖∂h_T / ∂h_{T-k}‖ for k = 0 … time - 1, where ∂h_t / ∂h_{t-1} = W_h diag(1 - h_t²)

    states (batch, time, units) of a simple recurrent layer, W_h (units, units).
    Returns spectral norms (batch, time), by lag k.
    """
    batch, time, units = states.shape
    share = np.broadcast_to(np.eye(units), (batch, units, units))
    norms = [np.linalg.norm(share, 2, axis=(1, 2))]
    for t in reversed(range(1, time)):
        share = (W_h * (1 - states[:, t, None] ** 2)) @ share
        norms.append(np.linalg.norm(share, 2, axis=(1, 2)))
    return np.stack(norms, axis=1)
