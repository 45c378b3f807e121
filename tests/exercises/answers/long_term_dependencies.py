"""Right answers to assignment 04, in the styles people write them."""

import itertools
import math
from functools import reduce

import numpy as np

from tests.exercises.answers import right

# --- rnn_step_backward -------------------------------------------------------------------------


@right("rnn_step_backward")
def backward_operator(dh, x, h_prev, h, W_x, W_h):
    da = dh * (1 - h**2)
    return da @ W_x.T, da @ W_h.T, x.T @ da, h_prev.T @ da, da.sum(axis=0)


@right("rnn_step_backward")
def backward_dot(dh, x, h_prev, h, W_x, W_h):
    da = np.multiply(np.subtract(1, np.square(h)), dh)
    dx, dh_prev = np.dot(da, W_x.T), np.dot(da, W_h.T)
    return [dx, dh_prev, np.dot(x.T, da), np.dot(h_prev.T, da), np.sum(da, 0)]


@right("rnn_step_backward")
def backward_einsum(dh, x, h_prev, h, W_x, W_h):
    da = dh - dh * h * h
    return (
        np.einsum("bu,fu->bf", da, W_x),
        np.einsum("bu,vu->bv", da, W_h),
        np.einsum("bf,bu->fu", x, da),
        np.einsum("bv,bu->vu", h_prev, da),
        np.einsum("bu->u", da),
    )


@right("rnn_step_backward")
def backward_one_matrix(dh, x, h_prev, h, W_x, W_h):
    features = x.shape[1]
    ones = np.ones((len(x), 1))
    da = dh * (1 + h) * (1 - h)
    inputs = np.hstack([x, h_prev, ones])
    d_inputs = da @ np.vstack([W_x, W_h]).T
    d_weights = inputs.T @ da
    return (
        d_inputs[:, :features],
        d_inputs[:, features:],
        d_weights[:features],
        d_weights[features:-1],
        d_weights[-1],
    )


@right("rnn_step_backward")
def backward_loops(dh, x, h_prev, h, W_x, W_h):
    dx, dh_prev = np.zeros(x.shape), np.zeros(h_prev.shape)
    dW_x, dW_h, db = np.zeros(W_x.shape), np.zeros(W_h.shape), np.zeros(h.shape[1])
    for row, unit in np.ndindex(h.shape):
        da = dh[row, unit] * (1 - h[row, unit] ** 2)
        for i in range(x.shape[1]):
            dx[row, i] += da * W_x[i, unit]
            dW_x[i, unit] += da * x[row, i]
        for j in range(h.shape[1]):
            dh_prev[row, j] += da * W_h[j, unit]
            dW_h[j, unit] += da * h_prev[row, j]
        db[unit] += da
    return dx, dh_prev, dW_x, dW_h, db


@right("rnn_step_backward")
def backward_example_by_example(dh, x, h_prev, h, W_x, W_h):
    dx, dh_prev = np.empty_like(x), np.empty_like(h_prev)
    dW_x, dW_h, db = 0, 0, 0
    for row in reversed(range(len(x))):
        da = (1 - h[row] ** 2) * dh[row]
        dx[row], dh_prev[row] = W_x @ da, W_h @ da
        dW_x = dW_x + np.outer(x[row], da)
        dW_h = dW_h + np.outer(h_prev[row], da)
        db = db + da
    return dx, dh_prev, dW_x, dW_h, db


@right("rnn_step_backward")
def backward_columns(dh, x, h_prev, h, W_x, W_h):
    da = (dh * (1 - h * h)).T
    return (W_x @ da).T, (W_h @ da).T, (da @ x).T, (da @ h_prev).T, da.sum(axis=1)


@right("rnn_step_backward")
def backward_float64(dh, x, h_prev, h, W_x, W_h):
    dh, x, h_prev, h, W_x, W_h = (
        np.asarray(each, dtype=np.float64) for each in (dh, x, h_prev, h, W_x, W_h)
    )
    da = dh * (1.0 - np.power(h, 2))
    return da @ W_x.T, da @ W_h.T, x.T @ da, h_prev.T @ da, np.ones(len(da)) @ da


@right("rnn_step_backward")
def backward_whole_jacobian(dh, x, h_prev, h, W_x, W_h):
    """∂h/∂a is a diagonal matrix for each row."""
    jacobian = np.eye(h.shape[1]) * (1 - h**2)[:, :, None]
    da = (dh[:, None, :] @ jacobian)[:, 0]
    return (
        np.tensordot(da, W_x, axes=(1, 1)),
        np.tensordot(da, W_h, axes=(1, 1)),
        np.tensordot(x, da, axes=(0, 0)),
        np.tensordot(h_prev, da, axes=(0, 0)),
        reduce(np.add, da),
    )


@right("rnn_step_backward")
def backward_in_place_on_its_own(dh, x, h_prev, h, W_x, W_h):
    da = h.copy()
    np.square(da, out=da)
    np.subtract(1, da, out=da)
    da *= dh
    return da.dot(W_x.T), da.dot(W_h.T), x.T.dot(da), h_prev.T.dot(da), np.add.reduce(da)


@right("rnn_step_backward")
def backward_hyperbolic(dh, x, h_prev, h, W_x, W_h):
    da = dh / np.cosh(np.arctanh(h.astype(np.float64))) ** 2
    per_row = x[:, :, None] * da[:, None, :], h_prev[:, :, None] * da[:, None, :]
    dW_x, dW_h = (each.sum(axis=0) for each in per_row)
    return np.inner(da, W_x), np.inner(da, W_h), dW_x, dW_h, np.array([math.fsum(u) for u in da.T])


# --- bptt --------------------------------------------------------------------------------------


@right("bptt")
def bptt_states_with_the_initial_one(dstates, x, h0, W_x, W_h, b):
    states = [h0]
    for t in range(x.shape[1]):
        states.append(np.tanh(x[:, t] @ W_x + states[-1] @ W_h + b))
    dx, dh = np.zeros_like(x), np.zeros_like(h0)
    dW_x, dW_h, db = np.zeros_like(W_x), np.zeros_like(W_h), np.zeros_like(b)
    for t in reversed(range(x.shape[1])):
        da = (dstates[:, t] + dh) * (1 - states[t + 1] ** 2)
        dx[:, t] = da @ W_x.T
        dW_x += x[:, t].T @ da
        dW_h += states[t].T @ da
        db += da.sum(axis=0)
        dh = da @ W_h.T
    return dx, dh, dW_x, dW_h, db


@right("bptt")
def bptt_own_step(dstates, x, h0, W_x, W_h, b):
    def step_backward(dh, x, h_prev, h, W_x, W_h):
        da = dh * (1 - h**2)
        return da @ W_x.T, da @ W_h.T, x.T @ da, h_prev.T @ da, da.sum(axis=0)

    cache, h = [], h0
    for t in range(x.shape[1]):
        h_prev, h = h, np.tanh(x[:, t] @ W_x + h @ W_h + b)
        cache.append((x[:, t], h_prev, h, W_x, W_h))
    steps, dh = [], 0
    for t in range(len(cache) - 1, -1, -1):
        dx_t, dh, *shared = step_backward(dstates[:, t] + dh, *cache[t])
        steps.append((dx_t, shared))
    dx = np.stack([dx_t for dx_t, _ in reversed(steps)], axis=1)
    return dx, dh, *(sum(parts) for parts in zip(*(s for _, s in steps), strict=True))


@right("bptt")
def bptt_weights_at_the_end(dstates, x, h0, W_x, W_h, b):
    """First the gradient of every sum, then one product for each weight."""
    batch, time, units = dstates.shape
    states = np.empty((batch, time + 1, units))
    states[:, 0] = h0
    for t in range(time):
        states[:, t + 1] = np.tanh(x[:, t] @ W_x + states[:, t] @ W_h + b)
    da = np.zeros((batch, time + 1, units))
    for t in range(time - 1, -1, -1):
        da[:, t] = (dstates[:, t] + da[:, t + 1] @ W_h.T) * (1 - states[:, t + 1] ** 2)
    da = da[:, :time]
    return (
        da @ W_x.T,
        da[:, 0] @ W_h.T,
        np.einsum("btf,btu->fu", x, da),
        np.tensordot(states[:, :-1], da, axes=([0, 1], [0, 1])),
        da.sum(axis=(0, 1)),
    )


@right("bptt")
def bptt_recursive(dstates, x, h0, W_x, W_h, b):
    if x.shape[1] == 0:
        zeros = np.zeros_like(W_x), np.zeros_like(W_h), np.zeros_like(b)
        return np.zeros_like(x), np.zeros_like(h0), *zeros
    h = np.tanh(x[:, 0] @ W_x + h0 @ W_h + b)
    dx, dh, dW_x, dW_h, db = bptt_recursive(dstates[:, 1:], x[:, 1:], h, W_x, W_h, b)
    da = (dh + dstates[:, 0]) * (1 - h * h)
    dx = np.concatenate([(da @ W_x.T)[:, None], dx], axis=1)
    return dx, da @ W_h.T, x[:, 0].T @ da + dW_x, h0.T @ da + dW_h, da.sum(axis=0) + db


@right("bptt")
def bptt_example_by_example(dstates, x, h0, W_x, W_h, b):
    dx, dh0 = np.empty_like(x), np.empty_like(h0)
    dW_x, dW_h, db = np.zeros_like(W_x), np.zeros_like(W_h), np.zeros_like(b)
    for row in range(len(x)):
        states = [h0[row]]
        for x_t in x[row]:
            states.append(np.tanh(x_t @ W_x + states[-1] @ W_h + b))
        dh = np.zeros_like(h0[row])
        for t in range(len(x[row]))[::-1]:
            da = (dh + dstates[row, t]) * (1 - states[t + 1] ** 2)
            dx[row, t] = W_x @ da
            dW_x += np.outer(x[row, t], da)
            dW_h += states[t][:, None] * da
            db += da
            dh = W_h @ da
        dh0[row] = dh
    return dx, dh0, dW_x, dW_h, db


@right("bptt")
def bptt_time_first_and_one_matrix(dstates, x, h0, W_x, W_h, b):
    W = np.concatenate([W_x, W_h, b[None]])
    ones = np.ones((len(x), 1), dtype=x.dtype)
    inputs, states = [], [h0]
    for x_t in np.swapaxes(x, 0, 1):
        inputs.append(np.concatenate([x_t, states[-1], ones], axis=1))
        states.append(np.tanh(inputs[-1] @ W))
    features, dW, dh, dx = x.shape[2], np.zeros_like(W), np.zeros_like(h0), []
    steps = zip(inputs, states[1:], dstates.swapaxes(0, 1), strict=True)
    for step_inputs, h, direct in reversed(list(steps)):
        da = (direct + dh) * (1 - h**2)
        dW += step_inputs.T @ da
        back = da @ W[:-1].T
        dx.insert(0, back[:, :features])
        dh = back[:, features:]
    return np.array(dx).swapaxes(0, 1), dh, dW[:features], dW[features:-1], dW[-1]


@right("bptt")
def bptt_own_copy_in_place(dstates, x, h0, W_x, W_h, b):
    """The gradients at the states are completed in a copy of dstates."""
    dh = np.zeros((x.shape[0], x.shape[1] + 1, h0.shape[1]), dtype=np.float64)
    dh[:, 1:] = dstates
    h = np.zeros_like(dh)
    h[:, 0] = h0
    for t in range(x.shape[1]):
        h[:, t + 1] = np.tanh(x[:, t] @ W_x + h[:, t] @ W_h + b)
    dx, dW_x, dW_h, db = np.zeros(x.shape), 0.0, 0.0, 0.0
    for t in range(x.shape[1], 0, -1):
        da = dh[:, t]
        da *= 1 - h[:, t] ** 2
        dx[:, t - 1] = da @ W_x.T
        dh[:, t - 1] += da @ W_h.T
        dW_x, dW_h = dW_x + x[:, t - 1].T @ da, dW_h + h[:, t - 1].T @ da
        db = db + da.sum(0)
    return [dx, dh[:, 0], dW_x, dW_h, db]


@right("bptt")
def bptt_accumulate(dstates, x, h0, W_x, W_h, b):
    steps = range(x.shape[1])
    states = list(
        itertools.accumulate(steps, lambda h, t: np.tanh(x[:, t] @ W_x + h @ W_h + b), initial=h0)
    )
    slopes = [1 - h**2 for h in states[1:]]
    das = list(
        itertools.accumulate(
            reversed(steps),
            lambda da, t: (dstates[:, t] + da @ W_h.T) * slopes[t],
            initial=np.zeros_like(h0),
        )
    )[:0:-1]
    before, da = np.concatenate(states[:-1]), np.concatenate(das)
    inputs = np.concatenate([x[:, t] for t in steps])
    dx = np.stack([each @ W_x.T for each in das], axis=-2)
    return dx, das[0] @ W_h.T, inputs.T @ da, before.T @ da, da.sum(axis=0)


@right("bptt")
def bptt_each_loss_alone(dstates, x, h0, W_x, W_h, b):
    """Gradients add up: every step's loss is sent back to the start by itself."""
    states = [h0.astype(np.float64)]
    for t in range(x.shape[1]):
        states.append(np.tanh(x[:, t] @ W_x + states[-1] @ W_h + b))
    dx, dh0 = np.zeros(x.shape), np.zeros(h0.shape)
    dW_x, dW_h, db = np.zeros(W_x.shape), np.zeros(W_h.shape), np.zeros(b.shape)
    for last in range(x.shape[1]):
        dh = dstates[:, last]
        for t in range(last, -1, -1):
            da = dh * (1 - states[t + 1] ** 2)
            dx[:, t] += da @ W_x.T
            dW_x += x[:, t].T @ da
            dW_h += states[t].T @ da
            db += da.sum(axis=0)
            dh = da @ W_h.T
        dh0 += dh
    return dx, dh0, dW_x, dW_h, db


@right("bptt")
def bptt_jacobians(dstates, x, h0, W_x, W_h, b):
    """The Jacobian of every step as a matrix for each row."""
    h, before, jacobians, slopes = h0, [], [], []
    for t in range(x.shape[1]):
        before.append(h)
        h = np.tanh(np.einsum("bf,fu->bu", x[:, t], W_x) + np.einsum("bv,vu->bu", h, W_h) + b)
        slopes.append(1 - h**2)
        jacobians.append(slopes[-1][:, :, None] * W_h.T[None])
    dh, dx = np.zeros_like(h0), np.zeros_like(x)
    dW_x, dW_h, db = np.zeros_like(W_x), np.zeros_like(W_h), np.zeros_like(b)
    for t in reversed(range(x.shape[1])):
        total = dstates[:, t] + dh
        da = total * slopes[t]
        dx[:, t] = (W_x @ da[:, :, None])[:, :, 0]
        dW_x += np.einsum("bf,bu->fu", x[:, t], da)
        dW_h += np.einsum("bv,bu->vu", before[t], da)
        db += np.einsum("bu->u", da)
        dh = np.einsum("bu,buv->bv", total, jacobians[t])
    return dx, dh, dW_x, dW_h, db


@right("bptt")
def bptt_class_with_a_cache(dstates, x, h0, W_x, W_h, b):
    class Layer:
        def __init__(self):
            self.grads = {"x": {}, "W_x": 0, "W_h": 0, "b": 0}
            self.cache = []

        def forward(self, h):
            for t in range(x.shape[1]):
                new = np.tanh(np.matmul(h, W_h) + np.matmul(x[:, t, :], W_x) + b)
                self.cache.append((t, h, new))
                h = new

        def backward(self):
            dh_next = np.zeros(h0.shape, dtype=h0.dtype)
            while self.cache:
                t, h_prev, h = self.cache.pop()
                da = (1 - h * h) * (dh_next + dstates[:, t, :])
                self.grads["x"][t] = np.matmul(da, W_x.transpose())
                self.grads["W_x"] = self.grads["W_x"] + np.matmul(x[:, t, :].T, da)
                self.grads["W_h"] = self.grads["W_h"] + np.matmul(h_prev.T, da)
                self.grads["b"] = self.grads["b"] + np.sum(da, axis=0)
                dh_next = np.matmul(da, W_h.transpose())
            return dh_next

    layer = Layer()
    layer.forward(h0)
    dh0 = layer.backward()
    dx = np.stack([layer.grads["x"][t] for t in range(x.shape[1])], axis=1)
    return dx, dh0, layer.grads["W_x"], layer.grads["W_h"], layer.grads["b"]


# --- clip_by_global_norm -----------------------------------------------------------------------


@right("clip_by_global_norm")
def clip_condition(gradients, max_norm):
    norm = np.sqrt(sum(np.sum(g**2) for g in gradients))
    if norm > max_norm:
        return [g * max_norm / norm for g in gradients]
    return gradients


@right("clip_by_global_norm")
def clip_joined(gradients, max_norm):
    norm = np.linalg.norm(np.concatenate([g.ravel() for g in gradients]))
    scale = max_norm / norm if norm >= max_norm else 1.0
    return [scale * g for g in gradients]


@right("clip_by_global_norm")
def clip_norm_of_norms(gradients, max_norm):
    norm = np.linalg.norm([np.linalg.norm(g) for g in gradients])
    return tuple(g * (max_norm / max(norm, max_norm)) for g in gradients)


@right("clip_by_global_norm")
def clip_like_pytorch(gradients, max_norm):
    total = math.sqrt(sum(float((g.astype(np.float64) ** 2).sum()) for g in gradients))
    coefficient = max_norm / (total + 1e-6)
    return [g * min(coefficient, 1.0) for g in gradients]


@right("clip_by_global_norm")
def clip_like_tensorflow(gradients, max_norm):
    norm = np.sqrt(np.sum([np.sum(np.square(g)) for g in gradients]))
    return [g * max_norm * np.minimum(1 / norm, 1 / max_norm) for g in gradients]


@right("clip_by_global_norm")
def clip_own_copies_in_place(gradients, max_norm):
    copies = [g.copy() for g in gradients]
    norm = sum(np.vdot(g, g) for g in copies) ** 0.5
    if norm > max_norm:
        for g in copies:
            g *= max_norm / norm
    return copies


@right("clip_by_global_norm")
def clip_entry_by_entry(gradients, max_norm):
    total = 0.0
    for g in gradients:
        for value in g.flat:
            total += float(value) ** 2
    norm, clipped = math.sqrt(total), []
    for g in gradients:
        new = np.array(g, dtype=float)
        for place in np.ndindex(g.shape):
            new[place] = g[place] if norm <= max_norm else g[place] / norm * max_norm
        clipped.append(new)
    return clipped


@right("clip_by_global_norm")
def clip_squares_compared(gradients, max_norm):
    square = reduce(lambda total, g: total + (g * g).sum(), gradients, 0.0)
    if square <= max_norm**2:
        return list(gradients)
    return list(map(lambda g: g / np.sqrt(square / max_norm**2), gradients))


@right("clip_by_global_norm")
def clip_hypotenuse(gradients, max_norm):
    norm = math.hypot(*(value for g in gradients for value in np.ravel(g).tolist()))
    return [np.divide(g, max(1, norm / max_norm)) for g in gradients]


@right("clip_by_global_norm")
def clip_split_again(gradients, max_norm):
    flat = np.concatenate([np.reshape(g, -1) for g in gradients])
    norm = np.sqrt(flat @ flat)
    if norm > max_norm:
        flat = flat * (max_norm / norm)
    ends = np.cumsum([g.size for g in gradients])[:-1]
    parts = np.split(flat, ends)
    return [part.reshape(g.shape) for part, g in zip(parts, gradients, strict=True)]


@right("clip_by_global_norm")
def clip_by_clip(gradients, max_norm):
    norm = np.sqrt(np.sum([np.einsum("i,i", g.ravel(), g.ravel()) for g in gradients]))
    return [g * np.clip(max_norm / norm, 0, 1) for g in gradients]
