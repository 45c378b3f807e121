"""Right answers to assignment 06, in the styles people write them."""

import math
from itertools import product

import numpy as np

from tests.exercises.answers import right

# --- gru_step ----------------------------------------------------------------------------------


@right("gru_step")
def step_split(x, h, W_x, W_h, b):
    def sigmoid(a):
        return 1 / (1 + np.exp(-a))

    W_xz, W_xr, W_xn = np.split(W_x, 3, axis=1)
    W_hz, W_hr, W_hn = np.split(W_h, 3, axis=1)
    b_z, b_r, b_n = np.split(b, 3)
    z = sigmoid(x @ W_xz + h @ W_hz + b_z)
    r = sigmoid(x @ W_xr + h @ W_hr + b_r)
    n = np.tanh(x @ W_xn + (r * h) @ W_hn + b_n)
    return z * h + (1 - z) * n


@right("gru_step")
def step_slices(x, h, W_x, W_h, b):
    u = h.shape[-1]
    gates = np.dot(h, W_h[:, : 2 * u]) + np.dot(x, W_x[:, : 2 * u]) + b[: 2 * u]
    gates = 0.5 * (1 + np.tanh(0.5 * gates))
    z, r = gates[:, :u], gates[:, u:]
    n = np.tanh(np.dot(x, W_x[:, 2 * u :]) + b[2 * u :] + np.dot(h * r, W_h[:, 2 * u :]))
    return (1 - z) * n + z * h


@right("gru_step")
def step_einsum(x, h, W_x, W_h, b):
    features, units = x.shape[1], h.shape[1]
    V = W_x.reshape(features, 3, units)
    U = W_h.reshape(units, 3, units)
    a = np.einsum("bf,fku->kbu", x, V) + b.reshape(3, 1, units)
    z, r = 1 / (1 + np.exp(-a[:2] - np.einsum("bi,iku->kbu", h, U[:, :2])))
    n = np.tanh(a[2] + np.einsum("bi,bi,iu->bu", r, h, U[:, 2]))
    return np.einsum("bu,bu->bu", z, h) + np.einsum("bu,bu->bu", 1 - z, n)


@right("gru_step")
def step_one_matrix(x, h, W_x, W_h, b):
    units = len(W_h)
    W = np.vstack([W_x, W_h, b])
    one = np.ones((len(x), 1))
    gates = 1 / (1 + np.exp(-(np.hstack([x, h, one]) @ W[:, : 2 * units])))
    z, r = np.hsplit(gates, 2)
    n = np.tanh(np.hstack([x, r * h, one]) @ W[:, -units:])
    return n + z * (h - n)


@right("gru_step")
def step_loops(x, h, W_x, W_h, b):
    batch, units = h.shape

    def total(row, column, state):
        heard = sum(x[row, i] * W_x[i, column] for i in range(x.shape[1]))
        return b[column] + heard + sum(state[i] * W_h[i, column] for i in range(units))

    new = np.zeros((batch, units))
    for row in range(batch):
        r = [1 / (1 + math.exp(-total(row, units + j, h[row]))) for j in range(units)]
        kept = [r[j] * h[row, j] for j in range(units)]
        for j in range(units):
            z = 1 / (1 + math.exp(-total(row, j, h[row])))
            new[row, j] = z * h[row, j] + (1 - z) * math.tanh(total(row, 2 * units + j, kept))
    return new


@right("gru_step")
def step_columns(x, h, W_x, W_h, b):
    x, h, b = x.T, h.T, b[:, None]
    units = len(h)
    first, second, third = (slice(k * units, (k + 1) * units) for k in range(3))
    z = 1 / (1 + np.exp(-(W_x.T[first] @ x + W_h.T[first] @ h + b[first])))
    r = 1 / (1 + np.exp(-(W_x.T[second] @ x + W_h.T[second] @ h + b[second])))
    n = np.tanh(W_x.T[third] @ x + W_h.T[third] @ (r * h) + b[third])
    return (z * h + (1 - z) * n).T


@right("gru_step")
def step_own_buffers_in_place(x, h, W_x, W_h, b):
    units = h.shape[1]
    a = x @ W_x
    a += b
    gates = a[:, : 2 * units]
    gates += h @ W_h[:, : 2 * units]
    np.negative(gates, out=gates)
    np.exp(gates, out=gates)
    gates += 1
    np.reciprocal(gates, out=gates)
    z, r, n = a[:, :units], a[:, units : 2 * units], a[:, 2 * units :]
    n += (r * h) @ W_h[:, 2 * units :]
    np.tanh(n, out=n)
    new = h.copy()
    new -= n
    new *= z
    new += n
    return new


@right("gru_step")
def step_float64(x, h, W_x, W_h, b):
    x, h, W_x, W_h, b = (np.asarray(each, dtype=np.float64) for each in (x, h, W_x, W_h, b))
    units = h.shape[1]
    everything = x @ W_x + b
    both = np.exp(-np.logaddexp(0, -(everything + h @ W_h)[:, : 2 * units]))
    reset = both[:, units:] * h
    candidate = np.tanh(everything[:, 2 * units :] + reset @ W_h[:, 2 * units :])
    return np.where(True, both[:, :units] * h + (1 - both[:, :units]) * candidate, 0)


@right("gru_step")
def step_row_by_row(x, h, W_x, W_h, b):
    def one(x, h):
        a_z, a_r, a_n = np.array_split(W_x.T @ x + b, 3)
        U_z, U_r, U_n = np.array_split(W_h.T, 3)
        z = np.exp(a_z + U_z @ h) / (1 + np.exp(a_z + U_z @ h))
        r = np.exp(a_r + U_r @ h) / (1 + np.exp(a_r + U_r @ h))
        n = np.tanh(a_n + U_n @ (r * h))
        return z * h + (1 - z) * n

    return np.stack([one(x[i], h[i]) for i in range(len(x))])


@right("gru_step")
def step_lists(x, h, W_x, W_h, b):
    def times(rows, columns):
        return [[sum(p * q for p, q in zip(r, c, strict=True)) for c in columns] for r in rows]

    def sigmoid(a):
        return 1 / (1 + math.exp(-a))

    units = len(b) // 3
    x, h, b = x.tolist(), h.tolist(), b.tolist()
    X = times(x, W_x.T.tolist())
    H = times(h, W_h.T.tolist())
    kept = [row[:] for row in h]
    for i, j in product(range(len(h)), range(units)):
        k = units + j
        kept[i][j] = h[i][j] * sigmoid(X[i][k] + H[i][k] + b[k])
    N = times(kept, W_h.T.tolist()[2 * units :])
    new = []
    for i in range(len(h)):
        z = [sigmoid(X[i][j] + H[i][j] + b[j]) for j in range(units)]
        n = [math.tanh(X[i][2 * units + j] + N[i][j] + b[2 * units + j]) for j in range(units)]
        new.append([z[j] * h[i][j] + (1 - z[j]) * n[j] for j in range(units)])
    return np.array(new)


@right("gru_step")
def step_sigmoid_by_sign(x, h, W_x, W_h, b):
    def sigmoid(a):
        small = np.exp(-np.abs(a))
        return np.where(a >= 0, 1 / (1 + small), small / (1 + small))

    def part(k, state):
        own = np.arange(k * h.shape[1], (k + 1) * h.shape[1])
        return x @ W_x[:, own] + state @ W_h[:, own] + np.take(b, own)

    keep, reset = sigmoid(part(0, h)), sigmoid(part(1, h))
    return keep * h + (1.0 - keep) * np.tanh(part(2, np.multiply(reset, h)))


@right("gru_step")
def step_diagonal_matrices(x, h, W_x, W_h, b):
    units = h.shape[1]
    rows = []
    for x_i, h_i in zip(x, h, strict=True):
        a = x_i @ W_x + b
        z, r = 1 / (1 + np.exp(-(a + h_i @ W_h)[: 2 * units].reshape(2, units)))
        n = np.tanh(a[2 * units :] + h_i @ np.diag(r) @ W_h[:, 2 * units :])
        rows.append(h_i @ np.diag(z) + n @ (np.eye(units) - np.diag(z)))
    return np.array(rows)


# --- gru_step_reset_after ----------------------------------------------------------------------


@right("gru_step_reset_after")
def after_split(x, h, W_x, W_h, b):
    def sigmoid(a):
        return 1 / (1 + np.exp(-a))

    x_z, x_r, x_n = np.split(x @ W_x + b[0], 3, axis=1)
    h_z, h_r, h_n = np.split(h @ W_h + b[1], 3, axis=1)
    z, r = sigmoid(x_z + h_z), sigmoid(x_r + h_r)
    return z * h + (1 - z) * np.tanh(x_n + r * h_n)


@right("gru_step_reset_after")
def after_slices(x, h, W_x, W_h, b):
    u = h.shape[1]
    b_x, b_h = b
    X, H = np.dot(x, W_x) + b_x, np.dot(h, W_h) + b_h
    z = 0.5 * np.tanh(0.5 * (X + H)[:, :u]) + 0.5
    r = 0.5 * np.tanh(0.5 * (X + H)[:, u : 2 * u]) + 0.5
    n = np.tanh(X[:, 2 * u :] + H[:, 2 * u :] * r)
    return n - z * n + z * h


@right("gru_step_reset_after")
def after_biases_of_the_gates_added(x, h, W_x, W_h, b):
    units = h.shape[1]
    gates, last = slice(0, 2 * units), slice(2 * units, None)
    a = x @ W_x[:, gates] + h @ W_h[:, gates] + b[:, gates].sum(axis=0)
    z, r = np.split(1 / (1 + np.exp(-a)), 2, axis=1)
    n = np.tanh(x @ W_x[:, last] + b[0, last] + r * (h @ W_h[:, last]) + r * b[1, last])
    return (1 - z) * n + z * h


@right("gru_step_reset_after")
def after_einsum(x, h, W_x, W_h, b):
    units = h.shape[1]
    b = b.reshape(2, 3, 1, units)
    X = np.einsum("bf,fku->kbu", x, W_x.reshape(-1, 3, units)) + b[0]
    H = np.einsum("bi,iku->kbu", h, W_h.reshape(-1, 3, units)) + b[1]
    z, r = 1 / (1 + np.exp(-(X[:2] + H[:2])))
    return (z * h) + (1 - z) * np.tanh(X[2] + r * H[2])


@right("gru_step_reset_after")
def after_loops(x, h, W_x, W_h, b):
    batch, units = h.shape
    new = np.empty((batch, units))
    for i in range(batch):
        for j in range(units):
            X = [b[0, k * units + j] for k in range(3)]
            H = [b[1, k * units + j] for k in range(3)]
            for k in range(3):
                for f in range(x.shape[1]):
                    X[k] += x[i, f] * W_x[f, k * units + j]
                for f in range(units):
                    H[k] += h[i, f] * W_h[f, k * units + j]
            z, r = (1 / (1 + math.exp(-X[k] - H[k])) for k in (0, 1))
            new[i, j] = z * h[i, j] + (1 - z) * math.tanh(X[2] + r * H[2])
    return new


@right("gru_step_reset_after")
def after_columns(x, h, W_x, W_h, b):
    X = W_x.T @ x.T + b[0][:, None]
    H = W_h.T @ h.T + b[1][:, None]
    X, H = X.reshape(3, -1, len(x)), H.reshape(3, -1, len(x))
    z, r = (np.exp(-np.logaddexp(0, -(X[k] + H[k]))) for k in (0, 1))
    return z.T * h + (1 - z.T) * np.tanh(X[2] + r * H[2]).T


@right("gru_step_reset_after")
def after_own_buffers_in_place(x, h, W_x, W_h, b):
    units = h.shape[1]
    X = x @ W_x
    X += b[0]
    H = h @ W_h
    H += b[1]
    X[:, : 2 * units] += H[:, : 2 * units]
    z, r, n = (X[:, k * units : (k + 1) * units] for k in range(3))
    for gate in (z, r):
        gate *= -1
        np.exp(gate, out=gate)
        gate += 1
        np.divide(1, gate, out=gate)
    H[:, 2 * units :] *= r
    n += H[:, 2 * units :]
    np.tanh(n, out=n)
    n *= 1 - z
    n += z * h
    return n.copy()


@right("gru_step_reset_after")
def after_float64(x, h, W_x, W_h, b):
    x, h, W_x, W_h, b = (each.astype(np.float64) for each in (x, h, W_x, W_h, b))
    (x_z, x_r, x_n), (h_z, h_r, h_n) = (
        np.hsplit(v @ W + row, 3) for v, W, row in [(x, W_x, b[0]), (h, W_h, b[1])]
    )
    keep = np.reciprocal(1 + np.exp(-(x_z + h_z)))
    reset = np.reciprocal(1 + np.exp(-(x_r + h_r)))
    return np.average([h, np.tanh(x_n + reset * h_n)], axis=0, weights=[keep, 1 - keep])


@right("gru_step_reset_after")
def after_row_by_row(x, h, W_x, W_h, b):
    def one(x, h):
        X, H = W_x.T @ x + b[0], W_h.T @ h + b[1]
        (x_z, x_r, x_n), (h_z, h_r, h_n) = np.reshape(X, (3, -1)), np.reshape(H, (3, -1))
        z = 1 - 1 / (1 + np.exp(x_z + h_z))
        r = 1 - 1 / (1 + np.exp(x_r + h_r))
        return z * h + (1 - z) * np.tanh(x_n + r * h_n)

    return np.concatenate([one(*pair)[None] for pair in zip(x, h, strict=True)])


@right("gru_step_reset_after")
def after_bias_as_a_row_of_weights(x, h, W_x, W_h, b):
    one = np.ones((len(x), 1), dtype=x.dtype)
    X = np.c_[x, one] @ np.r_[W_x, b[:1]]
    H = np.c_[h, one] @ np.r_[W_h, b[1:]]
    x_parts, h_parts = np.array_split(X, 3, axis=-1), np.array_split(H, 3, axis=-1)
    z, r = (1 / (1 + np.exp(-sum(pair))) for pair in zip(x_parts[:2], h_parts[:2], strict=True))
    n = np.tanh(x_parts[2] + np.multiply(r, h_parts[2]))
    return np.add(z * h, (1 - z) * n)


@right("gru_step_reset_after")
def after_lists(x, h, W_x, W_h, b):
    batch, units = h.shape
    x, h, W_x, W_h, b = (each.tolist() for each in (x, h, W_x, W_h, b))

    def product_and_bias(rows, W, bias):
        width = range(len(bias))
        return [
            [bias[j] + sum(v * W[i][j] for i, v in enumerate(row)) for j in width] for row in rows
        ]

    X, H = product_and_bias(x, W_x, b[0]), product_and_bias(h, W_h, b[1])
    new = [[0.0] * units for _ in range(batch)]
    for i, j in np.ndindex(batch, units):
        z, r = (1 / (1 + math.exp(-X[i][k] - H[i][k])) for k in (j, units + j))
        n = math.tanh(X[i][2 * units + j] + r * H[i][2 * units + j])
        new[i][j] = z * h[i][j] + (1 - z) * n
    return np.asarray(new)


# --- gru_param_count ---------------------------------------------------------------------------


@right("gru_param_count")
def count_conditional(features, units, reset_after=True):
    biases = 2 if reset_after else 1
    return 3 * (features * units + units * units + biases * units)


@right("gru_param_count")
def count_branches(features, units, reset_after=True):
    weights = 3 * units * (features + units)
    if reset_after:
        return weights + 6 * units
    return weights + 3 * units


@right("gru_param_count")
def count_boolean_as_number(features, units, reset_after=True):
    return 3 * units * (features + units + 1 + reset_after)


@right("gru_param_count")
def count_shapes(features, units, reset_after=True):
    bias = (2, 3 * units) if reset_after else (3 * units,)
    return sum(math.prod(shape) for shape in [(features, 3 * units), (units, 3 * units), bias])


@right("gru_param_count")
def count_real_weights(features, units, reset_after=True):
    W_x, W_h = np.zeros((features, 3 * units)), np.zeros((units, 3 * units))
    b = np.zeros((1 + int(reset_after), 3 * units))
    return sum(each.size for each in (W_x, W_h, b))


@right("gru_param_count")
def count_part_by_part(features, units, reset_after=True):
    count = 0
    for _part in ("update", "reset", "candidate"):
        count += features * units + units**2 + units
        if reset_after is True:
            count += units
    return count


@right("gru_param_count")
def count_unit_by_unit(features, units, reset_after=True):
    per_unit = [features, units, 1] + [1] * bool(reset_after)
    return sum(sum(per_unit) for _ in range(3 * units))


@right("gru_param_count")
def count_numpy_integer(features, units, reset_after=True):
    return np.int64(3) * np.sum([features * units, units * units, units, reset_after * units])


@right("gru_param_count")
def count_float(features, units, reset_after=True):
    return 3.0 * units * (features + units + (2.0 if reset_after else 1.0))


@right("gru_param_count")
def count_any_arguments(*sizes, **named):
    features, units, reset_after, *_ = *sizes, True
    reset_after = named.get("reset_after", reset_after)
    return count_branches(features, units, reset_after=reset_after)
