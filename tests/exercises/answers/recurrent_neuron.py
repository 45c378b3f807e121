"""Right answers to assignment 02, in the styles people write them."""

import itertools
import math
from collections import Counter, OrderedDict, defaultdict
from functools import reduce

import numpy as np

from tests.exercises.answers import right

# --- build_vocabulary --------------------------------------------------------------------------


@right("build_vocabulary")
def vocabulary_counter(sentences, size):
    counts = Counter(itertools.chain.from_iterable(sentences))
    tokens = ["<pad>", "<unk>"] + [token for token, _ in counts.most_common(size - 2)]
    return {token: i for i, token in enumerate(tokens)}


@right("build_vocabulary")
def vocabulary_plain_dict(sentences, size):
    counts = {}
    for sentence in sentences:
        for token in sentence:
            counts[token] = counts.get(token, 0) + 1
    vocabulary = {"<pad>": 0, "<unk>": 1}
    for token in sorted(counts, key=counts.get, reverse=True):
        if len(vocabulary) == size:
            break
        vocabulary[token] = len(vocabulary)
    return vocabulary


@right("build_vocabulary")
def vocabulary_first_places(sentences, size):
    tokens = [token for sentence in sentences for token in sentence]
    order = sorted(set(tokens), key=lambda token: (-tokens.count(token), tokens.index(token)))
    return dict(zip(["<pad>", "<unk>", *order][:size], range(size), strict=False))


@right("build_vocabulary")
def vocabulary_defaultdict(sentences, size):
    counts = defaultdict(int)
    for sentence in sentences:
        for token in sentence:
            counts[token] += 1
    vocabulary = defaultdict(lambda: 1)
    vocabulary.update({"<pad>": 0, "<unk>": 1})
    for token, _count in sorted(counts.items(), key=lambda pair: -pair[1])[: size - 2]:
        vocabulary[token] = len(vocabulary)
    return vocabulary


@right("build_vocabulary")
def vocabulary_numpy(sentences, size):
    tokens = [token for sentence in sentences for token in sentence]
    names, first, counts = np.unique(np.array(tokens), return_index=True, return_counts=True)
    order = np.lexsort((first, -counts))[: size - 2]
    return {"<pad>": np.int64(0), "<unk>": np.int64(1)} | {
        names[i]: np.int64(k + 2) for k, i in enumerate(order)
    }


@right("build_vocabulary")
def vocabulary_repeated_maximum(sentences, size):
    counts = Counter()
    for sentence in sentences:
        counts.update(sentence)
    tokens = ["<pad>", "<unk>"]
    while counts and len(tokens) < size:
        best = max(counts, key=lambda token: counts[token])
        tokens.append(best)
        del counts[best]
    return {token: tokens.index(token) for token in tokens}


@right("build_vocabulary")
def vocabulary_ordered(sentences, size):
    counts = OrderedDict()
    for token in sum(sentences, []):  # noqa: RUF017
        counts[token] = counts.get(token, 0) + 1
    ordered = sorted(counts.items(), key=lambda item: item[1], reverse=True)
    frequent = OrderedDict((token, i) for i, (token, _) in enumerate(ordered, start=2) if i < size)
    return OrderedDict({**frequent, "<unk>": 1, "<pad>": 0})


@right("build_vocabulary")
def vocabulary_own_lists(sentences, size):
    sentences = [sentence[::-1] for sentence in sentences]
    seen, counts = [], []
    for sentence in sentences:
        while sentence:
            token = sentence.pop()
            if token not in seen:
                seen.append(token)
                counts.append(0)
            counts[seen.index(token)] += 1
    order = np.argsort([-count for count in counts], kind="stable")
    vocabulary = {"<pad>": 0, "<unk>": 1}
    vocabulary.update({seen[i]: 2 + rank for rank, i in enumerate(order[: size - 2])})
    return vocabulary


# --- one_hot -----------------------------------------------------------------------------------


def refuse(ids, size):
    if np.any(ids < 0) or np.any(ids >= size):
        raise ValueError("an id is out of range")


@right("one_hot")
def one_hot_identity(ids, size):
    refuse(ids, size)
    return np.eye(size, dtype=np.float32)[ids]


@right("one_hot")
def one_hot_comparison(ids, size):
    refuse(ids, size)
    return (ids[..., np.newaxis] == np.arange(size)).astype("float32")


@right("one_hot")
def one_hot_bool(ids, size):
    refuse(ids, size)
    return np.expand_dims(ids, -1) == np.arange(size)


@right("one_hot")
def one_hot_loop(ids, size):
    vectors = np.zeros((*ids.shape, size))
    for place in np.ndindex(ids.shape):
        if not 0 <= ids[place] < size:
            raise ValueError(f"id {ids[place]} at {place} is not in 0 … {size - 1}")
        vectors[(*place, ids[place])] = 1
    return vectors


@right("one_hot")
def one_hot_flat(ids, size):
    flat = ids.reshape(-1)
    if min(flat) < 0 or max(flat) > size - 1:
        raise ValueError
    vectors = np.zeros((flat.size, size), dtype=np.float32)
    vectors[np.arange(flat.size), flat] = 1.0
    return vectors.reshape(ids.shape + (size,))  # noqa: RUF005


@right("one_hot")
def one_hot_take(ids, size):
    if not set(ids.ravel().tolist()) <= set(range(size)):
        raise ValueError("out of range")
    return np.take(np.identity(size, dtype=int), ids, axis=0)


@right("one_hot")
def one_hot_nested_lists(ids, size):
    def vector(i):
        if isinstance(i, list):
            return [vector(each) for each in i]
        if i not in range(size):
            raise ValueError(i)
        return [0] * i + [1] + [0] * (size - i - 1)

    return np.array(vector(ids.tolist()), dtype=np.float32)


@right("one_hot")
def one_hot_own_exception(ids, size):
    class IdOutOfRange(ValueError):
        pass

    if ids.min() < 0 or ids.max() >= size:
        raise IdOutOfRange(ids)
    vectors = np.zeros(ids.shape + (size,), dtype=np.float16)  # noqa: RUF005
    np.put_along_axis(vectors, ids[..., None].astype(int), 1, axis=-1)
    return vectors


# --- rnn_step ----------------------------------------------------------------------------------


@right("rnn_step")
def step_operator(x, h, W_x, W_h, b):
    return np.tanh(x @ W_x + h @ W_h + b)


@right("rnn_step")
def step_dot(x, h, W_x, W_h, b):
    return np.tanh(np.dot(h, W_h) + np.dot(x, W_x) + b)


@right("rnn_step")
def step_einsum(x, h, W_x, W_h, b):
    return np.tanh(np.einsum("bi,ij->bj", x, W_x) + np.einsum("bi,ij->bj", h, W_h) + b)


@right("rnn_step")
def step_one_matrix(x, h, W_x, W_h, b):
    return np.tanh(np.hstack([x, h]) @ np.vstack([W_x, W_h]) + b)


@right("rnn_step")
def step_loops(x, h, W_x, W_h, b):
    new = np.empty((len(x), len(b)))
    for row in range(len(x)):
        for unit in range(len(b)):
            total = b[unit]
            total += sum(value * W_x[i, unit] for i, value in enumerate(x[row]))
            total += sum(value * W_h[i, unit] for i, value in enumerate(h[row]))
            new[row, unit] = math.tanh(total)
    return new


@right("rnn_step")
def step_columns(x, h, W_x, W_h, b):
    return np.tanh(W_x.T @ x.T + W_h.T @ h.T + b[:, None]).T


@right("rnn_step")
def step_in_place_on_its_own(x, h, W_x, W_h, b):
    h = h.copy() @ W_h
    h += x @ W_x
    h += b
    np.tanh(h, out=h)
    return h


@right("rnn_step")
def step_float64(x, h, W_x, W_h, b):
    x, h, W_x, W_h, b = (np.asarray(each, dtype=np.float64) for each in (x, h, W_x, W_h, b))
    return np.tanh(x @ W_x + h @ W_h + b)


@right("rnn_step")
def step_exponentials(x, h, W_x, W_h, b):
    a = x @ W_x + h @ W_h + b
    return 1 - 2 / (np.exp(2 * a) + 1)


@right("rnn_step")
def step_buffer(x, h, W_x, W_h, b, buffers={}):  # noqa: B006
    buffer = buffers.setdefault(h.shape, np.empty(h.shape))
    buffer[:] = np.tanh(reduce(np.add, [x @ W_x, h @ W_h, b]))
    return buffer


# --- rnn_layer ---------------------------------------------------------------------------------


@right("rnn_layer")
def layer_stack(x, h0, W_x, W_h, b):
    h, states = h0, []
    for t in range(x.shape[1]):
        h = np.tanh(x[:, t] @ W_x + h @ W_h + b)
        states.append(h)
    return np.stack(states, axis=1)


@right("rnn_layer")
def layer_preallocated(x, h0, W_x, W_h, b):
    batch, time, _ = x.shape
    states = np.empty((batch, time, len(b)))
    for t in range(time):
        h = states[:, t - 1] if t else h0
        states[:, t] = np.tanh(x[:, t] @ W_x + h @ W_h + b)
    return states


@right("rnn_layer")
def layer_inputs_first(x, h0, W_x, W_h, b):
    a = np.einsum("btf,fu->btu", x, W_x) + b
    h, states = h0.copy(), np.zeros_like(a)
    for t in range(a.shape[1]):
        h = np.tanh(a[:, t] + h @ W_h)
        states[:, t] = h
    return states


@right("rnn_layer")
def layer_time_major(x, h0, W_x, W_h, b):
    states = [h0]
    for x_t in x.transpose(1, 0, 2):
        states += [np.tanh(np.dot(x_t, W_x) + np.dot(states[-1], W_h) + b)]
    return np.array(states[1:]).swapaxes(0, 1)


@right("rnn_layer")
def layer_accumulate(x, h0, W_x, W_h, b):
    steps = [x[:, t] for t in range(x.shape[1])]
    states = itertools.accumulate(
        steps, lambda h, x_t: np.tanh(x_t @ W_x + h @ W_h + b), initial=h0
    )
    return np.stack(list(states)[1:], axis=-2)


@right("rnn_layer")
def layer_example_by_example(x, h0, W_x, W_h, b):
    def run(sequence, h):
        for x_t in sequence:
            h = np.tanh(x_t @ W_x + h @ W_h + b)
            yield h

    return np.array([list(run(sequence, h)) for sequence, h in zip(x, h0, strict=True)])


@right("rnn_layer")
def layer_one_matrix_float64(x, h0, W_x, W_h, b):
    W = np.concatenate([W_x, W_h]).astype(np.float64)
    h, states = h0.astype(np.float64), []
    for t in range(x.shape[1]):
        h = np.tanh(np.c_[x[:, t], h] @ W + b)
        states.append(h[:, None, :])
    return np.concatenate(states, axis=1)


@right("rnn_layer")
def layer_own_state_in_place(x, h0, W_x, W_h, b):
    h, states = h0.copy(), []
    for t in range(x.shape[1]):
        h[...] = np.tanh(x[:, t, :] @ W_x + h @ W_h + b)
        states.append(h.copy())
    return np.dstack(states).transpose(0, 2, 1)


@right("rnn_layer")
def layer_recursive(x, h0, W_x, W_h, b):
    if x.shape[1] == 0:
        return np.zeros((len(x), 0, len(b)))
    h = np.tanh(x[:, 0] @ W_x + h0 @ W_h + b)
    return np.concatenate([h[:, None], layer_recursive(x[:, 1:], h, W_x, W_h, b)], axis=1)


# --- rnn_param_count ---------------------------------------------------------------------------


@right("rnn_param_count")
def count_sum(features, units):
    return features * units + units * units + units


@right("rnn_param_count")
def count_product(features, units):
    return units * (features + units + 1)


@right("rnn_param_count")
def count_powers(features, units):
    return features * units + units**2 + units


@right("rnn_param_count")
def count_shapes(features, units):
    return sum(math.prod(shape) for shape in [(features, units), (units, units), (units,)])


@right("rnn_param_count")
def count_real_weights(features, units):
    W_x, W_h, b = np.zeros((features, units)), np.zeros((units, units)), np.zeros(units)
    return W_x.size + W_h.size + b.size


@right("rnn_param_count")
def count_numpy_integer(features, units):
    return np.sum([features * units, units * units, units])


@right("rnn_param_count")
def count_float(features, units):
    return float(features * units + units * units + units)


@right("rnn_param_count")
def count_zero_dimensional(features, units):
    return np.array((features + units + 1) * units, dtype=np.int32)


# --- build_name_classifier ---------------------------------------------------------------------


@right("build_name_classifier")
def classifier_sequential(timesteps, features, units):
    import keras
    from keras import layers

    return keras.Sequential(
        [
            keras.Input((timesteps, features)),
            layers.SimpleRNN(units),
            layers.Dense(1, activation="sigmoid"),
        ]
    )


@right("build_name_classifier")
def classifier_added_one_by_one(timesteps, features, units):
    import keras
    from keras import layers

    model = keras.Sequential()
    model.add(keras.Input(shape=(None, features)))
    model.add(layers.SimpleRNN(units))
    model.add(layers.Dense(1, activation=keras.activations.sigmoid))
    return model


@right("build_name_classifier")
def classifier_unbuilt(timesteps, features, units):
    import keras
    from keras import layers

    return keras.Sequential([layers.SimpleRNN(units), layers.Dense(1, "sigmoid")])


@right("build_name_classifier")
def classifier_old_input_shape(timesteps, features, units):
    import keras
    from keras import layers

    return keras.Sequential(
        [
            layers.SimpleRNN(units, input_shape=(timesteps, features)),
            layers.Dense(1, activation="sigmoid"),
        ]
    )


@right("build_name_classifier")
def classifier_functional(timesteps, features, units):
    import keras
    from keras import layers

    inputs = keras.Input((timesteps, features))
    outputs = layers.Dense(1, activation="sigmoid")(layers.SimpleRNN(units)(inputs))
    return keras.Model(inputs, outputs)


@right("build_name_classifier")
def classifier_subclassed(timesteps, features, units):
    import keras
    from keras import layers

    class Classifier(keras.Model):
        def __init__(self):
            super().__init__()
            self.output_unit = layers.Dense(1, activation="sigmoid")
            self.recurrent = layers.SimpleRNN(units)

        def call(self, x):
            return self.output_unit(self.recurrent(x))

    return Classifier()


@right("build_name_classifier")
def classifier_compiled(timesteps, features, units):

    model = classifier_sequential(timesteps, features, units)
    model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
    model.summary()
    return model


@right("build_name_classifier")
def classifier_activation_apart(timesteps, features, units):
    import keras
    from keras import layers

    return keras.Sequential(
        [
            keras.Input((timesteps, features)),
            layers.SimpleRNN(units, use_bias=True, name="states"),
            layers.Dense(1),
            layers.Activation("sigmoid"),
        ]
    )


@right("build_name_classifier")
def classifier_with_dropout(timesteps, features, units):
    import keras
    from keras import layers

    return keras.Sequential(
        [
            keras.Input((timesteps, features)),
            layers.SimpleRNN(units, dropout=0.3),
            layers.Dropout(0.5),
            layers.Dense(1, activation="sigmoid"),
        ]
    )


@right("build_name_classifier")
def classifier_cell_in_a_loop_layer(timesteps, features, units):
    import keras
    from keras import layers

    return keras.Sequential(
        [
            keras.Input((timesteps, features)),
            layers.RNN(layers.SimpleRNNCell(units)),
            layers.Dense(1, activation="sigmoid"),
        ]
    )


@right("build_name_classifier")
def classifier_last_step_taken_by_hand(timesteps, features, units):
    import keras
    from keras import layers

    inputs = keras.Input((timesteps, features))
    states = layers.SimpleRNN(units, return_sequences=True, activation="tanh")(inputs)
    outputs = layers.Dense(1)(states[:, -1])
    return keras.Model(inputs, keras.ops.sigmoid(outputs))


@right("build_name_classifier")
def classifier_masked_and_unrolled(timesteps, features, units):
    import keras
    from keras import layers

    return keras.Sequential(
        [
            keras.Input((timesteps, features)),
            layers.Masking(0.0),
            layers.SimpleRNN(units, unroll=True),
            layers.Flatten(),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
