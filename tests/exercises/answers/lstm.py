"""Right answers to assignment 05, in the styles people write them."""

import itertools
import math

import numpy as np

from tests.exercises.answers import right

# --- lstm_step ---------------------------------------------------------------------------------


@right("lstm_step")
def step_split(x, h, c, W_x, W_h, b):
    i, f, g, o = np.split(x @ W_x + h @ W_h + b, 4, axis=-1)
    i, f, o = (1 / (1 + np.exp(-a)) for a in (i, f, o))
    c = f * c + i * np.tanh(g)
    return o * np.tanh(c), c


@right("lstm_step")
def step_slices(x, h, c, W_x, W_h, b):
    def sigmoid(a):
        return 1.0 / (1.0 + np.exp(-a))

    units = h.shape[1]
    z = np.dot(x, W_x) + np.dot(h, W_h) + b
    i = sigmoid(z[:, :units])
    f = sigmoid(z[:, units : 2 * units])
    g = np.tanh(z[:, 2 * units : 3 * units])
    o = sigmoid(z[:, 3 * units :])
    c_new = f * c + i * g
    h_new = o * np.tanh(c_new)
    return h_new, c_new


@right("lstm_step")
def step_gate_by_gate(x, h, c, W_x, W_h, b):
    W, U, B = (np.split(each, 4, axis=-1) for each in (W_x, W_h, b))
    gates = [x @ W[k] + h @ U[k] + B[k] for k in range(4)]
    squash = [lambda a: np.exp(a) / (1 + np.exp(a))] * 4
    squash[2] = np.tanh
    i, f, g, o = (s(a) for s, a in zip(squash, gates, strict=True))
    memory = np.multiply(f, c) + np.multiply(i, g)
    return np.multiply(o, np.tanh(memory)), memory


@right("lstm_step")
def step_one_matrix(x, h, c, W_x, W_h, b):
    z = np.concatenate([x, h, np.ones((len(x), 1))], axis=1) @ np.vstack([W_x, W_h, b])
    z = z.reshape(len(x), 4, -1)
    gates = 0.5 * (1 + np.tanh(0.5 * z))
    c = gates[:, 1] * c + gates[:, 0] * np.tanh(z[:, 2])
    return gates[:, 3] * np.tanh(c), c


@right("lstm_step")
def step_einsum(x, h, c, W_x, W_h, b):
    units = h.shape[-1]
    a = np.einsum("bf,fku->kbu", x, W_x.reshape(-1, 4, units))
    a = a + np.einsum("bv,vku->kbu", h, W_h.reshape(-1, 4, units))
    a = a + b.reshape(4, 1, units)
    i, f, o = 1 / (1 + np.exp(-a[[0, 1, 3]]))
    c = f * c + i * np.tanh(a[2])
    return [o * np.tanh(c), c]


@right("lstm_step")
def step_loops(x, h, c, W_x, W_h, b):
    batch, units = h.shape
    new_h, new_c = np.zeros((batch, units)), np.zeros((batch, units))

    def total(row, column):
        inputs = sum(x[row, k] * W_x[k, column] for k in range(x.shape[1]))
        return inputs + sum(h[row, k] * W_h[k, column] for k in range(units)) + b[column]

    for row in range(batch):
        for unit in range(units):
            i, f, o = (1 / (1 + math.exp(-total(row, unit + k * units))) for k in (0, 1, 3))
            g = math.tanh(total(row, unit + 2 * units))
            new_c[row, unit] = f * c[row, unit] + i * g
            new_h[row, unit] = o * math.tanh(new_c[row, unit])
    return new_h, new_c


@right("lstm_step")
def step_columns(x, h, c, W_x, W_h, b):
    z = W_x.T @ x.T + W_h.T @ h.T + b[:, None]
    i, f, g, o = np.array_split(z, 4)
    i, f, o = map(lambda a: 1 / (1 + np.exp(-a)), (i, f, o))
    c = f * c.T + i * np.tanh(g)
    return (o * np.tanh(c)).T, c.T


@right("lstm_step")
def step_float64_in_place_on_its_own(x, h, c, W_x, W_h, b):
    x, h, c, W_x, W_h, b = (np.array(each, dtype=np.float64) for each in (x, h, c, W_x, W_h, b))
    x = x @ W_x
    x += h @ W_h
    x += b
    i, f, g, o = np.hsplit(x, 4)
    for gate in (i, f, o):
        gate[:] = 1 / (1 + np.exp(-gate))
    np.tanh(g, out=g)
    c *= f
    c += i * g
    np.tanh(c, out=h)
    h *= o
    return h, c


@right("lstm_step")
def step_two_branches(x, h, c, W_x, W_h, b):
    def sigmoid(a):
        small = np.exp(-np.abs(a))
        return np.where(a >= 0, 1 / (1 + small), small / (1 + small))

    def tanh(a):
        return 2 * sigmoid(2 * a) - 1

    units = h.shape[1]
    i, f, g, o = np.split(x @ W_x + h @ W_h + b, [units, 2 * units, 3 * units], axis=1)
    c = sigmoid(f) * c + sigmoid(i) * tanh(g)
    return sigmoid(o) * tanh(c), c


@right("lstm_step")
def step_buffers(x, h, c, W_x, W_h, b, buffers={}):  # noqa: B006
    i, f, g, o = np.split(x @ W_x + h @ W_h + b, 4, -1)
    new_h, new_c = buffers.setdefault(h.shape, (np.empty(h.shape), np.empty(h.shape)))
    new_c[:] = c / (1 + np.exp(-f)) + np.tanh(g) / (1 + np.exp(-i))
    new_h[:] = np.tanh(new_c) / (1 + np.exp(-o))
    return new_h, new_c


# --- lstm_layer --------------------------------------------------------------------------------


def one_step(x, h, c, W_x, W_h, b):
    i, f, g, o = np.split(x @ W_x + h @ W_h + b, 4, axis=-1)
    i, f, o = (1 / (1 + np.exp(-a)) for a in (i, f, o))
    c = f * c + i * np.tanh(g)
    return o * np.tanh(c), c


@right("lstm_layer")
def layer_stack(x, h0, c0, W_x, W_h, b):
    h, c, states, memory = h0, c0, [], []
    for t in range(x.shape[1]):
        h, c = one_step(x[:, t], h, c, W_x, W_h, b)
        states.append(h)
        memory.append(c)
    return np.stack(states, axis=1), np.stack(memory, axis=1)


@right("lstm_layer")
def layer_preallocated(x, h0, c0, W_x, W_h, b):
    batch, time, _ = x.shape
    states, memory = np.empty((batch, time, h0.shape[1])), np.empty((batch, time, h0.shape[1]))
    for t in range(time):
        h, c = (states[:, t - 1], memory[:, t - 1]) if t else (h0, c0)
        states[:, t], memory[:, t] = one_step(x[:, t], h, c, W_x, W_h, b)
    return states, memory


@right("lstm_layer")
def layer_inputs_first(x, h0, c0, W_x, W_h, b):
    a = np.einsum("btf,fu->tbu", x, W_x) + b
    h, c, units = h0.copy(), c0.copy(), h0.shape[1]
    both = np.zeros((2, len(x), x.shape[1], units))
    for t, a_t in enumerate(a):
        z = a_t + h @ W_h
        gates = 1 / (1 + np.exp(-z))
        c = gates[:, units : 2 * units] * c + gates[:, :units] * np.tanh(z[:, 2 * units : -units])
        h = gates[:, -units:] * np.tanh(c)
        both[0, :, t], both[1, :, t] = h, c
    return both[0], both[1]


@right("lstm_layer")
def layer_time_major(x, h0, c0, W_x, W_h, b):
    pairs = [(h0, c0)]
    for x_t in x.transpose(1, 0, 2):
        pairs.append(one_step(x_t, *pairs[-1], W_x, W_h, b))
    states, memory = zip(*pairs[1:], strict=True)
    return np.array(states).swapaxes(0, 1), np.array(memory).swapaxes(0, 1)


@right("lstm_layer")
def layer_accumulate(x, h0, c0, W_x, W_h, b):
    steps = np.moveaxis(x, 1, 0)
    pairs = itertools.accumulate(
        steps, lambda state, x_t: one_step(x_t, *state, W_x, W_h, b), initial=(h0, c0)
    )
    return tuple(np.stack(each, axis=-2) for each in zip(*list(pairs)[1:], strict=True))


@right("lstm_layer")
def layer_example_by_example(x, h0, c0, W_x, W_h, b):
    def run(sequence, h, c):
        for x_t in sequence:
            h, c = one_step(x_t, h, c, W_x, W_h, b)
            yield h, c

    pairs = np.array([list(run(*each)) for each in zip(x, h0, c0, strict=True)])
    return pairs[:, :, 0], pairs[:, :, 1]


@right("lstm_layer")
def layer_one_matrix_float64(x, h0, c0, W_x, W_h, b):
    W = np.concatenate([W_x, W_h]).astype(np.float64)
    h, c, states, memory = h0.astype(np.float64), c0.astype(np.float64), [], []
    for t in range(x.shape[1]):
        i, f, g, o = np.hsplit(np.c_[x[:, t], h] @ W + b, 4)
        c = c / (1 + np.exp(-f)) + np.tanh(g) / (1 + np.exp(-i))
        h = np.tanh(c) / (1 + np.exp(-o))
        states.append(h[:, None, :])
        memory.append(c[:, None, :])
    return np.concatenate(states, axis=1), np.concatenate(memory, axis=1)


@right("lstm_layer")
def layer_own_states_in_place(x, h0, c0, W_x, W_h, b):
    h, c, states, memory = h0.copy(), c0.copy(), [], []
    for t in range(x.shape[1]):
        h[...], c[...] = one_step(x[:, t, :], h, c, W_x, W_h, b)
        states.append(h.copy())
        memory.append(c.copy())
    return np.dstack(states).transpose(0, 2, 1), np.dstack(memory).transpose(0, 2, 1)


@right("lstm_layer")
def layer_recursive(x, h0, c0, W_x, W_h, b):
    if x.shape[1] == 0:
        return np.zeros((len(x), 0, h0.shape[1])), np.zeros((len(x), 0, h0.shape[1]))
    h, c = one_step(x=x[:, 0], h=h0, c=c0, W_x=W_x, W_h=W_h, b=b)
    states, memory = layer_recursive(x[:, 1:], h, c, W_x, W_h, b)
    return [np.hstack([h[:, None], states]), np.hstack([c[:, None], memory])]


# --- lstm_param_count --------------------------------------------------------------------------


@right("lstm_param_count")
def count_sum(features, units):
    return 4 * (features * units + units * units + units)


@right("lstm_param_count")
def count_product(features, units):
    return 4 * units * (features + units + 1)


@right("lstm_param_count")
def count_matrices(features, units):
    return features * 4 * units + units * 4 * units + 4 * units


@right("lstm_param_count")
def count_shapes(features, units):
    shapes = [(features, 4 * units), (units, 4 * units), (4 * units,)]
    return sum(math.prod(shape) for shape in shapes)


@right("lstm_param_count")
def count_gate_by_gate(features, units):
    total = 0
    for _gate in ("i", "f", "g", "o"):
        total += features * units + units**2 + units
    return total


@right("lstm_param_count")
def count_real_weights(features, units):
    W_x, W_h = np.zeros((features, 4 * units)), np.zeros((units, 4 * units))
    return W_x.size + W_h.size + np.zeros(4 * units).size


@right("lstm_param_count")
def count_numpy_integer(features, units):
    return np.sum(4 * np.array([features * units, units * units, units]))


@right("lstm_param_count")
def count_float(features, units):
    return 4.0 * ((features + 1) * units + units**2)


@right("lstm_param_count")
def count_zero_dimensional(features, units):
    return np.array(4 * units * (features + units + 1), dtype=np.int32)


# --- chrono_bias -------------------------------------------------------------------------------


@right("chrono_bias")
def chrono_concatenated(units, longest, rng):
    forget = np.log(rng.uniform(1, longest - 1, units))
    return np.concatenate([-forget, forget, np.zeros(2 * units)])


@right("chrono_bias")
def chrono_written_into_zeros(units, longest, rng):
    bias = np.zeros(4 * units)
    bias[units : 2 * units] = np.log(rng.uniform(low=1, high=longest - 1, size=units))
    bias[:units] = -bias[units : 2 * units]
    return bias


@right("chrono_bias")
def chrono_loop(units, longest, rng):
    bias = np.zeros((4, units))
    for unit in range(units):
        u = rng.uniform(1, longest - 1)
        bias[0, unit], bias[1, unit] = -math.log(u), math.log(u)
    return bias.reshape(-1)


@right("chrono_bias")
def chrono_last_unit_first(units, longest, rng):
    forget = np.log([rng.uniform(1.0, longest - 1.0) for _ in range(units)])[::-1]
    return np.hstack((-forget, forget, forget * 0, forget * 0))


@right("chrono_bias")
def chrono_scaled_draws(units, longest, rng):
    u = 1 + (longest - 2) * rng.random(units)
    return np.r_[np.log(1 / u), np.log(u), np.zeros(units), np.zeros(units)]


@right("chrono_bias")
def chrono_float32(units, longest, rng):
    u = 1 + (longest - 2) * rng.random(units, dtype=np.float32)
    bias = np.zeros(4 * units, dtype=np.float32)
    bias[:units] -= np.log(u)
    bias[units : 2 * units] += np.log(u)
    return bias


@right("chrono_bias")
def chrono_more_draws_than_needed(units, longest, rng):
    u = rng.uniform(1, longest - 1, size=(4, units))
    signs = np.array([[-1.0], [1.0], [0.0], [0.0]])
    return (signs * np.log(u[2])).ravel()


@right("chrono_bias")
def chrono_from_above(units, longest, rng):
    generator = np.random.default_rng(rng)
    forget = np.log1p((longest - 2) * (1 - generator.random(units)))
    zeros = [0.0] * units
    return np.array([*-forget, *forget, *zeros, *zeros])


@right("chrono_bias")
def chrono_beta_draws(units, longest, rng):
    forget = np.log(longest - 1 - (longest - 2) * rng.beta(1, 1, units))
    return np.block([-forget, forget, np.zeros_like(forget), np.zeros_like(forget)])


@right("chrono_bias")
def chrono_from_a_draw_of_a_seed(units, longest, rng):
    own = np.random.default_rng(rng.integers(2**63))
    u = own.permutation(own.uniform(1, longest - 1, 2 * units))[:units]
    return np.pad(np.concatenate([-np.log(u), np.log(u)]), (0, 2 * units))


@right("chrono_bias")
def chrono_one_buffer(units, longest, rng, buffers={}):  # noqa: B006
    bias = buffers.setdefault(units, np.zeros(4 * units))
    rng.random(out=bias[units : 2 * units])
    bias[units : 2 * units] *= longest - 2
    np.log1p(bias[units : 2 * units], out=bias[units : 2 * units])
    np.negative(bias[units : 2 * units], out=bias[:units])
    return bias
