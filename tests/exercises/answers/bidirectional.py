"""Right answers to assignment 07, in the styles people write them."""

import functools
import itertools
import math
import operator

import numpy as np

from tests.exercises.answers import right

# --- reverse_sequences -------------------------------------------------------------------------


@right("reverse_sequences")
def reverse_row_by_row(x, mask):
    turned = x.copy()
    for row in range(len(x)):
        length = int(mask[row].sum())
        turned[row, :length] = x[row, :length][::-1]
    return turned


@right("reverse_sequences")
def reverse_indices(x, mask):
    time = np.arange(x.shape[1])
    lengths = mask.sum(axis=1, keepdims=True)
    return x[np.arange(len(x))[:, None], np.where(mask, lengths - 1 - time, time)]


@right("reverse_sequences")
def reverse_take_along_axis(x, mask):
    steps = np.broadcast_to(np.arange(x.shape[1]), mask.shape)
    source = np.where(steps < mask.sum(1)[:, None], mask.sum(1)[:, None] - steps - 1, steps)
    return np.take_along_axis(x, source[..., None], axis=1)


@right("reverse_sequences")
def reverse_both_masks(x, mask):
    turned = np.array(x)
    turned[mask] = x[:, ::-1][mask[:, ::-1]]
    return turned


@right("reverse_sequences")
def reverse_concatenated(x, mask):
    rows = []
    for row, real in zip(x, mask, strict=True):
        rows.append(np.concatenate([row[real][::-1], row[~real]]))
    return np.stack(rows)


@right("reverse_sequences")
def reverse_boolean_rows(x, mask):
    turned = x.astype(np.float64)
    for i, real in enumerate(mask):
        turned[i][real] = np.flip(x[i][real], axis=0)
    return turned


@right("reverse_sequences")
def reverse_swapping_pairs(x, mask):
    turned = x.copy()
    for row, length in zip(turned, mask.sum(axis=-1), strict=True):
        for t in range(length // 2):
            row[[t, length - 1 - t]] = row[[length - 1 - t, t]]
    return turned


@right("reverse_sequences")
def reverse_nested_lists(x, mask):
    rows = []
    for row, real in zip(x.tolist(), mask.tolist(), strict=True):
        count = real.count(True)
        rows.append(list(reversed(row[:count])) + row[count:])
    return np.array(rows)


@right("reverse_sequences")
def reverse_token_by_token(x, mask):
    turned = np.empty_like(x)
    batch, time, _features = x.shape
    for row in range(batch):
        length = np.count_nonzero(mask[row])
        for t in range(time):
            turned[row, t, :] = x[row, length - 1 - t if t < length else t, :]
    return turned


@right("reverse_sequences")
def reverse_sorted_by_place(x, mask):
    time = mask.shape[1]
    order = np.argsort(np.where(mask, -np.arange(time), np.arange(time)), axis=1)
    return np.stack([row[places] for row, places in zip(x, order, strict=True)])


@right("reverse_sequences")
def reverse_inside_time_major(x, mask):
    x = x.transpose(1, 0, 2).copy()
    for row, length in enumerate(np.argmin(np.pad(mask, [(0, 0), (0, 1)]), axis=1)):
        x[:length, row] = x[:length, row][::-1].copy()
    return x.swapaxes(0, 1)


# --- bidirectional -----------------------------------------------------------------------------


@right("bidirectional")
def both_ways_plainly(x, forward, backward, merge="concat"):
    if merge not in ("concat", "sum", "ave", "mul"):
        raise ValueError(f"merge is {merge!r}")

    def layer(x, W_x, W_h, b):
        h = np.zeros((len(x), len(b)))
        states = []
        for t in range(x.shape[1]):
            h = np.tanh(x[:, t] @ W_x + h @ W_h + b)
            states.append(h)
        return np.stack(states, axis=1)

    there = layer(x, *forward)
    back = layer(x[:, ::-1], *backward)[:, ::-1]
    if merge == "concat":
        return np.concatenate([there, back], axis=-1)
    if merge == "sum":
        return there + back
    if merge == "ave":
        return (there + back) / 2
    return there * back


@right("bidirectional")
def both_ways_two_loops(x, forward, backward, merge="concat"):
    batch, time, _features = x.shape
    W_x, W_h, b = forward
    V_x, V_h, c = backward
    units = b.shape[0]
    there = np.empty((batch, time, units))
    back = np.empty((batch, time, units))
    h = np.zeros((batch, units))
    for t in range(time):
        h = there[:, t] = np.tanh(np.dot(x[:, t], W_x) + np.dot(h, W_h) + b)
    h = np.zeros((batch, units))
    for t in range(time - 1, -1, -1):
        h = back[:, t] = np.tanh(np.dot(x[:, t], V_x) + np.dot(h, V_h) + c)
    match merge:
        case "concat":
            return np.dstack([there, back])
        case "sum":
            return np.add(there, back)
        case "ave":
            return 0.5 * there + 0.5 * back
        case "mul":
            return np.multiply(there, back)
        case _:
            raise ValueError("merge must be concat, sum, ave or mul")


@right("bidirectional")
def both_ways_dictionary(x, forward, backward, merge="concat"):
    merges = {
        "concat": lambda pair: np.concatenate(pair, axis=2),
        "sum": lambda pair: np.sum(pair, axis=0),
        "ave": lambda pair: np.mean(pair, axis=0),
        "mul": lambda pair: np.prod(pair, axis=0),
    }
    try:
        merged = merges[merge]
    except KeyError:
        raise ValueError(merge) from None
    pair = []
    for step, (W_x, W_h, b) in ((1, forward), (-1, backward)):
        h, states = np.zeros_like(x[:, 0] @ W_x), []
        for t in range(x.shape[1])[::step]:
            h = np.tanh(x[:, t] @ W_x + h @ W_h + b)
            states.append(h)
        pair.append(np.stack(states[::step], axis=1))
    return merged(pair)


@right("bidirectional")
def both_ways_accumulate(x, forward, backward, merge="concat"):
    if merge not in {"concat", "sum", "ave", "mul"}:
        raise ValueError(merge)

    def states(steps, W_x, W_h, b):
        start = np.zeros((x.shape[0], W_h.shape[0]), dtype=x.dtype)
        walk = itertools.accumulate(
            steps, lambda h, x_t: np.tanh(x_t @ W_x + h @ W_h + b), initial=start
        )
        return list(walk)[1:]

    steps = list(np.moveaxis(x, 1, 0))
    there = states(steps, *forward)
    back = reversed(states(reversed(steps), *backward))
    pairs = list(zip(there, back, strict=True))
    if merge == "concat":
        merged = [np.hstack(pair) for pair in pairs]
    elif merge == "mul":
        merged = [functools.reduce(operator.mul, pair) for pair in pairs]
    else:
        merged = [sum(pair) / (2 if merge == "ave" else 1) for pair in pairs]
    return np.stack(merged, axis=1)


@right("bidirectional")
def both_ways_row_by_row(x, forward, backward, merge="concat"):
    if merge not in ["concat", "sum", "ave", "mul"]:
        raise ValueError("no such merge")

    def read(sequence, direction):
        W_x, W_h, b = direction
        h = np.zeros(len(b))
        for x_t in sequence:
            h = np.tanh(x_t @ W_x + h @ W_h + b)
            yield h

    rows = []
    for sequence in x:
        there = list(read(sequence, forward))
        back = list(read(sequence[::-1], backward))[::-1]
        row = []
        for f, b in zip(there, back, strict=True):
            if merge == "concat":
                row.append(np.r_[f, b])
            else:
                row.append({"sum": f + b, "ave": (f + b) / 2, "mul": f * b}[merge])
        rows.append(row)
    return np.array(rows)


@right("bidirectional")
def both_ways_one_matrix_float64(x, forward, backward, merge="concat"):
    def run(x, weights):
        W_x, W_h, b = (np.asarray(w, dtype=np.float64) for w in weights)
        W = np.vstack([W_x, W_h, b])
        h, ones = np.zeros((len(x), len(b))), np.ones((len(x), 1))
        states = np.zeros((len(x), x.shape[1], len(b)))
        for t in range(x.shape[1]):
            h = np.tanh(np.hstack([x[:, t], h, ones]) @ W)
            states[:, t] = h
        return states

    there = run(x, forward)
    back = np.flip(run(np.flip(x, axis=1), backward), axis=1)
    if merge == "concat":
        both = np.zeros((*there.shape[:2], 2 * there.shape[2]))
        both[:, :, : there.shape[2]] = there
        both[:, :, there.shape[2] :] = back
        return both
    if merge == "sum":
        return there + back
    if merge == "ave":
        return np.average([there, back], axis=0)
    if merge == "mul":
        return there * back
    raise ValueError("merge: " + str(merge))


@right("bidirectional")
def both_ways_together(x, forward, backward, merge="concat"):
    # Both directions in one loop, as a batch of two layers.
    if merge not in ("concat", "sum", "ave", "mul"):
        raise ValueError(merge)
    W_x, W_h, b = (np.stack(pair) for pair in zip(forward, backward, strict=True))
    inputs = np.einsum("dbtf,dfu->dbtu", np.stack([x, x[:, ::-1]]), W_x) + b[:, None, None]
    h, states = np.zeros_like(inputs[:, :, 0]), np.zeros_like(inputs)
    for t in range(x.shape[1]):
        h = np.tanh(inputs[:, :, t] + np.einsum("dbu,duv->dbv", h, W_h))
        states[:, :, t] = h
    there, back = states[0], states[1][:, ::-1]
    if merge == "concat":
        return np.append(there, back, axis=2)
    if merge == "mul":
        return there * back
    return (there + back) / {"sum": 1, "ave": 2}[merge]


@right("bidirectional")
def both_ways_recursive(x, forward, backward, merge="concat"):
    def run(steps, h, W_x, W_h, b):
        if not steps:
            return []
        h = np.tanh(steps[0] @ W_x + h @ W_h + b)
        return [h, *run(steps[1:], h, W_x, W_h, b)]

    steps = [x[:, t, :] for t in range(x.shape[1])]
    zeros = np.zeros((x.shape[0], forward[1].shape[1]))
    there = np.array(run(steps, zeros, *forward)).transpose(1, 0, 2)
    back = np.array(run(steps[::-1], zeros, *backward)[::-1]).transpose(1, 0, 2)
    joined = np.concatenate((there, back), -1)
    if merge == "concat":
        return joined
    first, second = np.split(joined, 2, axis=-1)
    if merge == "sum":
        return first + second
    if merge == "ave":
        return (first + second) * 0.5
    if merge == "mul":
        return first * second

    class UnknownMerge(ValueError):
        pass

    raise UnknownMerge(merge)


@right("bidirectional")
def both_ways_own_buffer(x, forward, backward, merge="concat"):
    names = ["concat", "sum", "ave", "mul"]
    if not isinstance(merge, str) or names.count(merge) == 0:
        raise ValueError("merge")
    units = len(forward[2])
    both = np.zeros((*x.shape[:2], 2, units), dtype=x.dtype)
    for d, (W_x, W_h, b) in enumerate([forward, backward]):
        steps = range(x.shape[1]) if d == 0 else range(x.shape[1] - 1, -1, -1)
        h = np.zeros((x.shape[0], units), dtype=x.dtype)
        for t in steps:
            h = x[:, t] @ W_x + h @ W_h
            h += b
            np.tanh(h, out=h)
            both[:, t, d] = h
    if merge == "concat":
        return both.reshape(*x.shape[:2], 2 * units)
    return {"sum": both.sum, "ave": both.mean, "mul": both.prod}[merge](axis=2)


# --- masked_binary_cross_entropy ---------------------------------------------------------------


@right("masked_binary_cross_entropy")
def loss_of_real_tokens(probabilities, targets, mask):
    p = np.clip(probabilities, 1e-7, 1 - 1e-7)
    loss = -(targets * np.log(p) + (1 - targets) * np.log(1 - p))
    return loss[mask].mean()


@right("masked_binary_cross_entropy")
def loss_masked_sum(probabilities, targets, mask):
    epsilon = 1e-12
    p = np.minimum(np.maximum(probabilities.astype(float), epsilon), 1 - epsilon)
    loss = targets * np.log(p) + (1 - targets) * np.log(1 - p)
    return -(loss * mask).sum() / mask.sum()


@right("masked_binary_cross_entropy")
def loss_probability_of_the_truth(probabilities, targets, mask):
    right = np.where(targets == 1, probabilities, 1 - probabilities)[mask]
    return float(np.mean(-np.log(np.clip(right, 1e-6, 1))))


@right("masked_binary_cross_entropy")
def loss_two_loops(probabilities, targets, mask):
    total, count = 0.0, 0
    for row in range(mask.shape[0]):
        for t in range(mask.shape[1]):
            if not mask[row, t]:
                continue
            p = min(max(float(probabilities[row, t]), 1e-10), 1 - 1e-10)
            total -= math.log(p) if targets[row, t] else math.log(1 - p)
            count += 1
    return total / count


@right("masked_binary_cross_entropy")
def loss_epsilon_inside(probabilities, targets, mask):
    y, p = targets[mask], probabilities[mask]
    return -np.mean(y * np.log(p + 1e-7) + (1 - y) * np.log(1 - p + 1e-7))


@right("masked_binary_cross_entropy")
def loss_epsilon_of_a_millionth(probabilities, targets, mask):
    y, p = targets[mask].astype(np.float64), probabilities[mask].astype(np.float64)
    return -(y * np.log(p + 1e-6) + (1 - y) * np.log(1 - p + 1e-6)).sum() / len(y)


@right("masked_binary_cross_entropy")
def loss_weighted_average(probabilities, targets, mask):
    p = np.clip(probabilities, 1e-6, 1 - 1e-6)
    loss = -np.log(np.abs(1 - targets - p))
    return np.average(loss, weights=mask)


@right("masked_binary_cross_entropy")
def loss_names_and_others(probabilities, targets, mask):
    p = np.clip(probabilities, np.finfo(np.float32).eps, 1 - np.finfo(np.float32).eps)
    names, others = mask & (targets == 1), mask & (targets == 0)
    return -(np.log(p[names]).sum() + np.log1p(-p[others]).sum()) / mask.sum()


@right("masked_binary_cross_entropy")
def loss_where_in_the_ufunc(probabilities, targets, mask):
    p = np.clip(probabilities, 1e-7, 1 - 1e-7)
    terms = np.where(targets > 0.5, np.log(p), np.log1p(-p))
    return np.negative(np.mean(terms, where=mask))


@right("masked_binary_cross_entropy")
def loss_from_logits(probabilities, targets, mask):
    p = np.clip(probabilities[mask].astype(np.float64), 1e-9, 1 - 1e-9)
    logits = np.log(p / (1 - p))
    return np.mean(np.logaddexp(0, logits) - targets[mask] * logits)


@right("masked_binary_cross_entropy")
def loss_dot_products(probabilities, targets, mask):
    y = targets.reshape(-1) * 1.0
    p = np.clip(probabilities.reshape(-1), 1e-7, 1 - 1e-7)
    w = mask.reshape(-1) / mask.sum()
    return -np.dot(w * y, np.log(p)) - np.dot(w * (1 - y), np.log(1 - p))


@right("masked_binary_cross_entropy")
def loss_masked_array(probabilities, targets, mask):
    p = np.ma.array(np.clip(probabilities, 1e-7, 1 - 1e-7), mask=~mask)
    return float(-(targets * np.ma.log(p) + (1 - targets) * np.ma.log(1 - p)).mean())


@right("masked_binary_cross_entropy")
def loss_clipped_logarithms(probabilities, targets, mask):
    with np.errstate(divide="ignore"):
        yes, no = np.log(probabilities), np.log(1 - probabilities)
    loss = targets * np.maximum(yes, -100) + (1 - targets) * np.maximum(no, -100)
    return -loss.sum(where=mask) / np.count_nonzero(mask)


@right("masked_binary_cross_entropy")
def loss_zero_dimensional_float32(probabilities, targets, mask):
    p = np.clip(probabilities.astype(np.float32), 1e-7, 1 - 1e-7)
    loss = np.where(targets, -np.log(p), -np.log(1 - p))
    return np.array(loss[mask].mean())


# --- build_name_tagger -------------------------------------------------------------------------


@right("build_name_tagger")
def tagger_sequential(timesteps, features, units):
    import keras
    from keras import layers

    return keras.Sequential(
        [
            keras.Input((timesteps, features)),
            layers.Bidirectional(layers.LSTM(units, return_sequences=True)),
            layers.Dense(1, activation="sigmoid"),
        ]
    )


@right("build_name_tagger")
def tagger_time_distributed(timesteps, features, units):
    import keras
    from keras import layers

    model = keras.Sequential()
    model.add(keras.Input(shape=(None, features)))
    model.add(layers.Bidirectional(layers.LSTM(units, return_sequences=True), name="both"))
    model.add(layers.TimeDistributed(layers.Dense(1, activation="sigmoid")))
    model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
    return model


@right("build_name_tagger")
def tagger_unbuilt(timesteps, features, units):
    import keras
    from keras import layers

    both = layers.Bidirectional(layers.LSTM(units, return_sequences=True), merge_mode="concat")
    return keras.Sequential([both, layers.Dense(1, "sigmoid")])


@right("build_name_tagger")
def tagger_functional(timesteps, features, units):
    import keras
    from keras import layers

    inputs = keras.Input((timesteps, features))
    states = layers.Bidirectional(layers.LSTM(units, return_sequences=True))(inputs)
    outputs = layers.Activation("sigmoid")(layers.Dense(1)(states))
    return keras.Model(inputs=inputs, outputs=outputs)


@right("build_name_tagger")
def tagger_subclassed(timesteps, features, units):
    import keras
    from keras import layers

    class Tagger(keras.Model):
        def __init__(self):
            super().__init__()
            self.tag = layers.Dense(1, activation="sigmoid")
            self.read = layers.Bidirectional(layers.LSTM(units, return_sequences=True))

        def call(self, x):
            return self.tag(self.read(x))

    return Tagger()


@right("build_name_tagger")
def tagger_two_lstms(timesteps, features, units):
    import keras
    from keras import layers

    x = keras.Input((timesteps, features))
    there = layers.LSTM(units, return_sequences=True)(x)
    back = layers.LSTM(units, return_sequences=True, go_backwards=True)(x)
    back = keras.ops.flip(back, axis=1)
    states = layers.Concatenate()([there, back])
    return keras.Model(x, layers.Dense(1, activation="sigmoid")(states))


@right("build_name_tagger")
def tagger_backward_half_first(timesteps, features, units):
    import keras
    from keras import layers

    x = keras.Input((None, features))
    back = layers.LSTM(units, return_sequences=True)(keras.ops.flip(x, axis=1))
    there = layers.LSTM(units, return_sequences=True)(x)
    states = layers.concatenate([keras.ops.flip(back, axis=1), there], axis=-1)
    return keras.Model(x, keras.ops.sigmoid(layers.Dense(1)(states)))


@right("build_name_tagger")
def tagger_own_backward_layer(timesteps, features, units):
    import keras
    from keras import layers

    return keras.Sequential(
        [
            keras.Input((timesteps, features)),
            layers.Bidirectional(
                layers.LSTM(units, return_sequences=True),
                backward_layer=layers.LSTM(units, return_sequences=True, go_backwards=True),
            ),
            layers.Dense(1, activation=keras.activations.sigmoid),
        ]
    )


@right("build_name_tagger")
def tagger_cells_in_loop_layers(timesteps, features, units):
    import keras
    from keras import layers

    inputs = keras.Input((timesteps, features))
    loop = layers.RNN(layers.LSTMCell(units), return_sequences=True)
    outputs = layers.Dense(1, "sigmoid")(layers.Bidirectional(loop)(inputs))
    return keras.Model(inputs, outputs)


@right("build_name_tagger")
def tagger_masked_with_dropout(timesteps, features, units):
    import keras
    from keras import layers

    return keras.Sequential(
        [
            keras.Input((timesteps, features)),
            layers.Masking(0.0),
            layers.Bidirectional(layers.LSTM(units, return_sequences=True, dropout=0.2)),
            layers.Dropout(0.5),
            layers.Dense(1, activation="sigmoid"),
        ]
    )


@right("build_name_tagger")
def tagger_convolution_of_width_one(timesteps, features, units):
    import keras
    from keras import layers

    lstm = layers.LSTM(units, return_sequences=True, unroll=True)
    both = layers.Bidirectional(lstm, input_shape=(timesteps, features))
    return keras.Sequential(
        [both, layers.Dense(1), layers.Reshape((-1, 1)), layers.Activation("sigmoid")]
    )
