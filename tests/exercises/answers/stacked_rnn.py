"""Right answers to assignment 03, in the styles people write them."""

import itertools
import math
from functools import reduce

import numpy as np

from tests.exercises.answers import right

# --- stacked_rnn -------------------------------------------------------------------------------


@right("stacked_rnn")
def stack_layer_by_layer(x, layers):
    for W_x, W_h, b in layers:
        h = np.zeros((x.shape[0], b.shape[0]))
        states = []
        for t in range(x.shape[1]):
            h = np.tanh(x[:, t] @ W_x + h @ W_h + b)
            states.append(h)
        x = np.stack(states, axis=1)
    return x


@right("stacked_rnn")
def stack_step_by_step(x, layers):
    states = [np.zeros((len(x), len(b))) for _, _, b in layers]
    top = []
    for t in range(x.shape[1]):
        signal = x[:, t, :]
        for i, (W_x, W_h, b) in enumerate(layers):
            states[i] = signal = np.tanh(signal @ W_x + states[i] @ W_h + b)
        top.append(signal)
    return np.stack(top, axis=1)


@right("stacked_rnn")
def stack_reduce(x, layers):
    def layer(x, weights):
        W_x, W_h, b = weights

        def step(h, x_t):
            return np.tanh(x_t @ W_x + h @ W_h + b)

        steps = np.moveaxis(x, 1, 0)
        states = itertools.accumulate(steps, step, initial=np.zeros((len(x), W_h.shape[0])))
        return np.stack(list(states)[1:], axis=1)

    return reduce(layer, layers, x)


@right("stacked_rnn")
def stack_recursive(x, layers):
    if not layers:
        return x
    (W_x, W_h, b), *above = layers
    states = np.empty((x.shape[0], x.shape[1], b.size), dtype=x.dtype)
    h = np.zeros((x.shape[0], b.size), dtype=x.dtype)
    for t in range(x.shape[1]):
        h = states[:, t] = np.tanh(x[:, t] @ W_x + h @ W_h + b)
    return stack_recursive(states, above)


@right("stacked_rnn")
def stack_inputs_first(x, layers):
    for W_x, W_h, b in layers:
        x = np.einsum("btf,fu->btu", x, W_x) + b
        for t in range(x.shape[1]):
            past = x[:, t - 1] @ W_h if t else 0
            x[:, t] = np.tanh(x[:, t] + past)
    return x


@right("stacked_rnn")
def stack_time_major(x, layers):
    x = x.transpose(1, 0, 2)
    for W_x, W_h, b in layers:
        h = np.zeros(b.shape)
        x = np.array([h := np.tanh(x_t @ W_x + np.dot(h, W_h) + b) for x_t in x])
    return x.transpose(1, 0, 2)


@right("stacked_rnn")
def stack_one_matrix_float64(x, layers):
    signal = np.asarray(x, dtype=np.float64)
    for W_x, W_h, b in layers:
        W = np.vstack([W_x, W_h, b]).astype(np.float64)
        h, states = np.zeros((len(x), len(b))), []
        for t in range(x.shape[1]):
            h = np.tanh(np.hstack([signal[:, t], h, np.ones((len(x), 1))]) @ W)
            states.append(h[:, None])
        signal = np.concatenate(states, axis=1)
    return signal


@right("stacked_rnn")
def stack_example_by_example(x, layers):
    def run(sequence):
        for W_x, W_h, b in layers:
            h, states = np.zeros_like(b), []
            for x_t in sequence:
                h = np.tanh(W_x.T @ x_t + W_h.T @ h + b)
                states.append(h)
            sequence = states
        return sequence

    return np.array([run(sequence) for sequence in x])


@right("stacked_rnn")
def stack_own_queue(x, layers):
    waiting = list(layers)
    while waiting:
        W_x, W_h, b = waiting.pop(0)
        h, states = np.zeros((len(x), len(b))), []
        for x_t in np.swapaxes(x, 0, 1):
            h = np.tanh(x_t.dot(W_x) + h.dot(W_h) + b)
            states.append(h)
        x = np.dstack(states).swapaxes(1, 2)
    return x


@right("stacked_rnn")
def stack_all_states_at_hand(x, layers):
    batch, time, _ = x.shape
    # One step more than there are: step 0 holds the zeros.
    states = [x] + [np.zeros((batch, time + 1, b.size)) for _, _, b in layers]
    for level, (W_x, W_h, b) in enumerate(layers, start=1):
        below = states[level - 1] if level == 1 else states[level - 1][:, 1:]
        for t in range(time):
            total = below[:, t] @ W_x + states[level][:, t] @ W_h + b
            states[level][:, t + 1] = np.tanh(total)
    return states[-1][:, 1:]


@right("stacked_rnn")
def stack_plain_numbers(x, layers):
    sequences = x.tolist()
    for W_x, W_h, b in layers:
        columns = list(zip(W_x.T.tolist(), W_h.T.tolist(), b.tolist(), strict=True))
        outputs = []
        for sequence in sequences:
            h, states = [0.0] * len(columns), []
            for x_t in sequence:
                h = [
                    math.tanh(sum(map(float.__mul__, x_t, w)) + sum(map(float.__mul__, h, v)) + c)
                    for w, v, c in columns
                ]
                states.append(h)
            outputs.append(states)
        sequences = outputs
    return np.array(sequences)


# --- stacked_param_count -----------------------------------------------------------------------


@right("stacked_param_count")
def stacked_count_loop(features, units):
    count = 0
    below = features
    for width in units:
        count += below * width + width * width + width
        below = width
    return count


@right("stacked_param_count")
def stacked_count_pairs(features, units):
    return sum(
        own * (below + own + 1) for below, own in zip([features, *units], units, strict=False)
    )


@right("stacked_param_count")
def stacked_count_pairwise(features, units):
    widths = [features] + list(units)  # noqa: RUF005
    return sum(b * (a + b) + b for a, b in itertools.pairwise(widths))


@right("stacked_param_count")
def stacked_count_indices(features, units):
    total = features * units[0] + units[0] ** 2 + units[0]
    for i in range(1, len(units)):
        total += units[i - 1] * units[i] + units[i] ** 2 + units[i]
    return total


@right("stacked_param_count")
def stacked_count_recursive(features, units):
    if len(units) == 0:
        return 0
    first, *above = units
    return first * (features + first + 1) + stacked_count_recursive(first, above)


@right("stacked_param_count")
def stacked_count_numpy(features, units):
    own = np.array(units)
    below = np.concatenate([[features], own[:-1]])
    return np.sum(below * own + own * own + own)


@right("stacked_param_count")
def stacked_count_dot_float(features, units):
    own = np.array(units, dtype=float)
    below = np.append(float(features), own[:-1])
    return float(below @ own + own @ own + own.sum())


@right("stacked_param_count")
def stacked_count_kind_by_kind(features, units):
    input_weights = sum(map(int.__mul__, [features, *units[:-1]], units))
    recurrent_weights = sum(width**2 for width in units)
    biases = sum(units)
    return input_weights + recurrent_weights + biases


@right("stacked_param_count")
def stacked_count_real_weights(features, units):
    arrays, own = [], list(units)
    while own:
        width = own.pop()
        below = own[-1] if own else features
        arrays += [np.zeros((below, width)), np.zeros((width, width)), np.zeros(width)]
    return sum(array.size for array in arrays)


@right("stacked_param_count")
def stacked_count_reduce(features, units):
    def add(so_far, own):
        count, below = so_far
        return count + math.prod((below, own)) + own * own + own, own

    return reduce(add, units, (0, features))[0]


# --- build_stacked -----------------------------------------------------------------------------


@right("build_stacked")
def stacked_added_one_by_one(timesteps, features, units):
    import keras
    from keras import layers

    model = keras.Sequential()
    model.add(keras.Input(shape=(timesteps, features)))
    for i, width in enumerate(units):
        model.add(layers.SimpleRNN(width, return_sequences=i < len(units) - 1))
    model.add(layers.Dense(1, activation="sigmoid"))
    return model


@right("build_stacked")
def stacked_one_list(timesteps, features, units):
    import keras
    from keras import layers

    *lower, top = units
    return keras.Sequential(
        [
            keras.Input((None, features)),
            *[layers.SimpleRNN(width, return_sequences=True) for width in lower],
            layers.SimpleRNN(top),
            layers.Dense(1, activation=keras.activations.sigmoid),
        ]
    )


@right("build_stacked")
def stacked_unbuilt(timesteps, features, units):
    import keras
    from keras import layers

    recurrent = [layers.SimpleRNN(width, return_sequences=True) for width in units]
    recurrent[-1].return_sequences = False
    return keras.Sequential([*recurrent, layers.Dense(1, "sigmoid")])


@right("build_stacked")
def stacked_old_input_shape(timesteps, features, units):
    import keras
    from keras import layers

    model = keras.Sequential()
    for i, width in enumerate(units):
        # As the lecture's source wrote it: on every layer, where only the first listens.
        model.add(
            layers.SimpleRNN(
                width, input_shape=(timesteps, features), return_sequences=i + 1 < len(units)
            )
        )
    model.add(layers.Dense(1, activation="sigmoid"))
    return model


@right("build_stacked")
def stacked_functional(timesteps, features, units):
    import keras
    from keras import layers

    x = inputs = keras.Input((timesteps, features), name="words")
    for level, width in enumerate(units, start=1):
        x = layers.SimpleRNN(width, return_sequences=level != len(units), name=f"level_{level}")(x)
    return keras.Model(inputs, layers.Dense(1, activation="sigmoid", name="answer")(x))


@right("build_stacked")
def stacked_last_step_taken_by_hand(timesteps, features, units):
    import keras
    from keras import layers

    inputs = states = keras.Input((timesteps, features))
    for width in units:
        states = layers.SimpleRNN(width, return_sequences=True, activation="tanh")(states)
    outputs = layers.Dense(1)(states[:, -1, :])
    return keras.Model(inputs, keras.ops.sigmoid(outputs))


@right("build_stacked")
def stacked_subclassed(timesteps, features, units):
    import keras
    from keras import layers

    class Stacked(keras.Model):
        def __init__(self):
            super().__init__()
            # The weights lie in another order than data flows.
            self.answer = layers.Dense(1, activation="sigmoid")
            self.top = layers.SimpleRNN(units[-1])
            self.lower = [layers.SimpleRNN(width, return_sequences=True) for width in units[:-1]]

        def call(self, x):
            for layer in self.lower:
                x = layer(x)
            return self.answer(self.top(x))

    return Stacked()


@right("build_stacked")
def stacked_cells(timesteps, features, units):
    import keras
    from keras import layers

    return keras.Sequential(
        [
            keras.Input((timesteps, features)),
            layers.RNN([layers.SimpleRNNCell(width) for width in units]),
            layers.Dense(1, activation="sigmoid"),
        ]
    )


@right("build_stacked")
def stacked_compiled(timesteps, features, units):
    model = stacked_one_list(timesteps, features, units)
    model.compile(optimizer="rmsprop", loss="binary_crossentropy", metrics=["accuracy"])
    model.summary()
    return model


@right("build_stacked")
def stacked_models_in_a_model(timesteps, features, units):
    import keras
    from keras import layers

    recurrent = keras.Sequential([keras.Input((timesteps, features))])
    for width in units:
        recurrent.add(layers.SimpleRNN(width, return_sequences=True))
    head = keras.Sequential([layers.Dense(1), layers.Activation("sigmoid")])
    inputs = keras.Input((timesteps, features))
    return keras.Model(inputs, head(recurrent(inputs)[:, timesteps - 1]))


@right("build_stacked")
def stacked_with_dropout(timesteps, features, units):
    import keras
    from keras import layers

    model = keras.Sequential([keras.Input((timesteps, features))])
    for width in units[:-1]:
        model.add(layers.SimpleRNN(width, return_sequences=True, dropout=0.2))
        model.add(layers.Dropout(0.3))
    model.add(layers.SimpleRNN(units[-1], recurrent_dropout=0.1, unroll=True))
    model.add(layers.Dense(1, activation="sigmoid"))
    return model


@right("build_stacked")
def stacked_every_step_then_the_last(timesteps, features, units):
    import keras
    from keras import layers

    x = inputs = keras.Input((timesteps, features))
    for width in units:
        x = layers.SimpleRNN(width, return_sequences=True)(x)
    x = layers.TimeDistributed(layers.Dense(1, activation="sigmoid"))(x)
    return keras.Model(inputs, layers.Reshape((timesteps,))(x)[:, -1:])


@right("build_stacked")
def stacked_states_asked_for(timesteps, features, units):
    import keras
    from keras import layers

    x = inputs = keras.Input((timesteps, features))
    for width in units:
        x, last = layers.SimpleRNN(width, return_sequences=True, return_state=True)(x)
    return keras.Model(inputs, layers.Dense(1, activation="sigmoid")(last))
