"""Right answers to assignment 08, in the styles people write them."""

import bisect
import itertools
import math
import random
import statistics
from collections import deque

import numpy as np

from tests.exercises.answers import right
from unrolled.sequences import decoder_step

# --- teacher_forcing_inputs --------------------------------------------------------------------


@right("teacher_forcing_inputs")
def forcing_concatenate(targets, start):
    first = np.full((targets.shape[0], 1), start)
    return np.concatenate([first, targets[:, :-1]], axis=1)


@right("teacher_forcing_inputs")
def forcing_preallocated(targets, start):
    inputs = np.empty_like(targets)
    inputs[:, 0] = start
    inputs[:, 1:] = targets[:, :-1]
    return inputs


@right("teacher_forcing_inputs")
def forcing_roll(targets, start):
    inputs = np.roll(targets, 1, axis=1)
    inputs[:, 0] = start
    return inputs


@right("teacher_forcing_inputs")
def forcing_roll_of_the_flat_array(targets, start):
    inputs = np.roll(targets, 1)
    inputs[:, :1] = start
    return inputs


@right("teacher_forcing_inputs")
def forcing_lists(targets, start):
    return np.array([[start, *row[:-1]] for row in targets.tolist()])


@right("teacher_forcing_inputs")
def forcing_pad(targets, start):
    return np.pad(targets, ((0, 0), (1, 0)), constant_values=start)[:, :-1]


@right("teacher_forcing_inputs")
def forcing_insert(targets, start):
    return np.delete(np.insert(targets, 0, start, axis=1), -1, axis=1)


@right("teacher_forcing_inputs")
def forcing_stack_of_columns(targets, start):
    columns = [np.full(len(targets), start)]
    for t in range(targets.shape[1] - 1):
        columns.append(targets[:, t])
    return np.stack(columns, axis=1)


@right("teacher_forcing_inputs")
def forcing_loops(targets, start):
    inputs = np.zeros(targets.shape)
    for row in range(targets.shape[0]):
        previous = start
        for t in range(targets.shape[1]):
            inputs[row, t] = previous
            previous = targets[row, t]
    return inputs


@right("teacher_forcing_inputs")
def forcing_own_copy_backwards(targets, start):
    inputs = targets.copy()
    for t in range(targets.shape[1] - 1, 0, -1):
        inputs[:, t] = inputs[:, t - 1]
    inputs[:, 0] = start
    return inputs


@right("teacher_forcing_inputs")
def forcing_take(targets, start):
    extended = np.c_[targets, np.full(len(targets), start)]
    return np.take(extended, np.arange(targets.shape[1]) - 1, axis=1)


@right("teacher_forcing_inputs")
def forcing_queue(targets, start):
    rows = []
    for row in targets:
        queue = deque(row, maxlen=len(row))
        queue.appendleft(start)
        rows.append(list(queue))
    return np.array(rows, dtype=targets.dtype)


# --- sample_next -------------------------------------------------------------------------------


@right("sample_next")
def sample_choice(logits, temperature, rng):
    if temperature <= 0:
        raise ValueError("temperature must be positive")
    scaled = logits / temperature
    powers = np.exp(scaled - scaled.max())
    return int(rng.choice(len(logits), p=powers / powers.sum()))


@right("sample_next")
def sample_numpy_integer(logits, temperature, rng):
    if not temperature > 0:
        raise ValueError
    z = (logits - np.max(logits)) / temperature
    p = np.exp(z) / np.sum(np.exp(z))
    return rng.choice(np.arange(len(p)), p=p)


@right("sample_next")
def sample_inverse_of_the_distribution(logits, temperature, rng):
    if temperature <= 0:
        raise ValueError(temperature)
    z = logits.astype(np.float64) / temperature
    cumulative = np.cumsum(np.exp(z - z.max()))
    return np.searchsorted(cumulative, rng.random() * cumulative[-1], side="right")


@right("sample_next")
def sample_gumbel(logits, temperature, rng):
    if temperature <= 0:
        raise ValueError("no such temperature")
    return int(np.argmax(logits / temperature + rng.gumbel(size=len(logits))))


@right("sample_next")
def sample_gumbel_by_hand(logits, temperature, rng):
    if temperature <= 0:
        raise ValueError("no such temperature")
    noise = -np.log(rng.exponential(size=logits.shape))
    return np.argmax(logits + temperature * noise)


@right("sample_next")
def sample_multinomial(logits, temperature, rng):
    if temperature <= 0.0:
        raise ValueError("temperature")
    z = logits / temperature
    p = np.exp(z - np.logaddexp.reduce(z)).astype(np.float64)
    return int(np.argmax(rng.multinomial(1, p / p.sum())))


@right("sample_next")
def sample_powers_of_probabilities(logits, temperature, rng):
    if temperature <= 0:
        raise ValueError("temperature")
    p = np.exp(logits - logits.max())
    p = (p / p.sum()) ** (1 / temperature)
    return int(rng.choice(p.size, p=p / p.sum()))


@right("sample_next")
def sample_logarithm_of_the_softmax(logits, temperature, rng):
    if temperature <= 0:
        raise ValueError("temperature")
    z = logits - logits.max()
    log_p = z - np.log(np.exp(z).sum())
    powers = np.exp(log_p / temperature)
    return rng.choice(len(powers), 1, p=powers / powers.sum())[0]


@right("sample_next")
def sample_loop(logits, temperature, rng):
    if temperature <= 0:
        raise ValueError("temperature")
    largest = max(logits.tolist())
    weights = [math.exp((logit - largest) / temperature) for logit in logits.tolist()]
    left = rng.uniform(0, sum(weights))
    for token, weight in enumerate(weights):
        left -= weight
        if left < 0:
            return token
    return len(weights) - 1


@right("sample_next")
def sample_bisect(logits, temperature, rng):
    if temperature <= 0:
        raise ValueError("temperature")
    largest = max(logits)
    weights = [math.exp((logit - largest) / temperature) for logit in logits]
    cumulative = list(itertools.accumulate(weights))
    return bisect.bisect(cumulative, float(rng.random()) * cumulative[-1])


@right("sample_next")
def sample_float32(logits, temperature, rng):
    if temperature <= 0:
        raise ValueError("temperature")
    z = np.float32(logits) / np.float32(temperature)
    p = np.exp(z - z.max())
    p /= p.sum()
    return int(rng.choice(len(p), p=p))


@right("sample_next")
def sample_sorted(logits, temperature, rng):
    if temperature <= 0:
        raise ValueError("temperature")
    order = np.argsort(logits)[::-1]
    z = logits[order] / temperature
    p = np.exp(z - z[0])
    place = int((np.cumsum(p / p.sum()) <= rng.random()).sum())
    return order[min(place, len(order) - 1)]


@right("sample_next")
def sample_long_double(logits, temperature, rng):
    if temperature <= 0:
        raise ValueError("temperature")
    p = np.exp(np.asarray(logits, dtype=np.longdouble) / temperature)
    return int(rng.choice(len(p), p=(p / p.sum()).astype(float)))


@right("sample_next")
def sample_own_generator_from_rng(logits, temperature, rng):
    if temperature <= 0:
        raise ValueError("temperature")
    own = random.Random(int(rng.integers(2**32)))
    p = np.exp((logits - logits.max()) / temperature)
    return own.choices(range(len(p)), weights=p)[0]


@right("sample_next")
def sample_own_copy_in_place(logits, temperature, rng):
    if temperature <= 0:
        raise ValueError("temperature")
    p = np.array(logits, dtype=np.float64)
    p -= p.max()
    p /= temperature
    np.exp(p, out=p)
    p /= p.sum()
    return np.array(rng.choice(len(p), p=p))


@right("sample_next")
def sample_race(logits, temperature, rng):
    if temperature <= 0:
        raise ValueError("temperature")
    rates = np.exp((logits - logits.max()) / temperature)
    with np.errstate(divide="ignore"):
        return int(np.argmin(rng.standard_exponential(len(rates)) / rates))


# --- greedy_decode -----------------------------------------------------------------------------


@right("greedy_decode")
def decode_for(weights, state, start, end, max_steps):
    ids, token = [], start
    for _ in range(max_steps):
        logits, state = decoder_step(weights, token, state)
        token = int(np.argmax(logits))
        if token == end:
            break
        ids.append(token)
    return ids


@right("greedy_decode")
def decode_while(weights, state, start, end, max_steps):
    ids = []
    token = start
    while len(ids) < max_steps:
        logits, state = decoder_step(weights, token, state)
        token = logits.argmax()
        if token == end:
            return ids
        ids += [token]
    return ids


@right("greedy_decode")
def decode_last_of_the_list(weights, state, start, end, max_steps):
    ids = [start]
    for _ in range(max_steps):
        logits, state = decoder_step(weights, ids[-1], state)
        best = int(np.argmax(logits))
        if best == end:
            break
        ids.append(best)
    return ids[1:]


@right("greedy_decode")
def decode_recursive(weights, state, start, end, max_steps):
    if max_steps == 0:
        return []
    logits, state = decoder_step(weights, start, state)
    token = int(np.argmax(logits))
    if token == end:
        return []
    return [token, *decode_recursive(weights, state, token, end, max_steps - 1)]


@right("greedy_decode")
def decode_generator(weights, state, start, end, max_steps):
    def tokens(token, state):
        while True:
            logits, state = decoder_step(weights, token, state)
            token = max(range(len(logits)), key=logits.__getitem__)
            yield token

    sentence = itertools.takewhile(lambda token: token != end, tokens(start, state))
    return list(itertools.islice(sentence, max_steps))


@right("greedy_decode")
def decode_then_cut(weights, state, start, end, max_steps):
    ids, token = [], start
    for _ in range(max_steps):
        logits, state = decoder_step(weights, token, state)
        token = int(np.argsort(logits)[-1])
        ids.append(token)
    return ids[: ids.index(end)] if end in ids else ids


@right("greedy_decode")
def decode_tuple(weights, state, start, end, max_steps):
    ids, token = (), start
    while True:
        if len(ids) == max_steps:
            return ids
        logits, state = decoder_step(weights=weights, token=token, state=state)
        token = np.flatnonzero(logits == logits.max())[0]
        if token == end:
            return ids
        ids = (*ids, token)


@right("greedy_decode")
def decode_step_written_out(weights, state, start, end, max_steps):
    E, W_x, W_h, b, V, c = (weights[name] for name in ("E", "W_x", "W_h", "b", "V", "c"))
    h, ids, token = state.copy(), [], start
    for _ in range(max_steps):
        h = np.tanh(E[token] @ W_x + h @ W_h + b)
        token = int((h @ V + c).argmax())
        if token == end:
            break
        ids.append(token)
    return ids


@right("greedy_decode")
def decode_softmax_first(weights, state, start, end, max_steps):
    ids, token = [], start
    for _ in range(max_steps):
        logits, state = decoder_step(weights, token, state)
        probabilities = np.exp(logits - logits.max())
        probabilities /= probabilities.sum()
        token = probabilities.tolist().index(probabilities.max())
        if token != end:
            ids.append(token)
        else:
            break
    return ids


@right("greedy_decode")
def decode_preallocated(weights, state, start, end, max_steps):
    ids, length, token = np.zeros(max_steps, dtype=np.int32), 0, start
    while length < max_steps:
        logits, state = decoder_step(weights, token, state)
        token = np.argmax(logits)
        if token == end:
            break
        ids[length] = token
        length += 1
    return ids[:length].tolist()


@right("greedy_decode")
def decode_flag(weights, state, start, end, max_steps):
    finished, ids, step, token = max_steps < 1, [], 0, start
    while not finished:
        logits, state = decoder_step(weights, token, state)
        token = int(np.argmax(logits))
        step += 1
        if token == end:
            finished = True
        else:
            ids.append(token)
            finished = step >= max_steps
    return ids


@right("greedy_decode")
def decode_own_buffer(weights, state, start, end, max_steps):
    buffer, ids, token = np.array(state, dtype=np.float64), [], start
    for _ in range(max_steps):
        logits, buffer[...] = decoder_step(weights, token, buffer)
        token = int(np.argmax(logits))
        if token == end:
            break
        ids.append(token)
    return ids


# --- attention ---------------------------------------------------------------------------------


@right("attention")
def attention_einsum(query, keys, values, mask):
    scores = np.einsum("bd,btd->bt", query, keys)
    scores = np.where(mask, scores, -np.inf)
    e = np.exp(scores - np.max(scores, axis=-1, keepdims=True))
    weights = e / np.sum(e, axis=-1, keepdims=True)
    return np.einsum("bt,btd->bd", weights, values), weights


@right("attention")
def attention_billion_taken_off(query, keys, values, mask):
    scores = (query[:, None, :] * keys).sum(axis=2)
    scores = scores - 1e9 * (1 - mask)
    scores = scores - scores.max(axis=1)[:, None]
    weights = np.exp(scores) / np.exp(scores).sum(axis=1)[:, None]
    context = (weights[:, :, None] * values).sum(axis=1)
    return context, weights


@right("attention")
def attention_billion_added(query, keys, values, mask):
    scores = np.sum(np.expand_dims(query, 1) * keys, axis=-1) + ~mask * -1e9
    scores -= scores.max(axis=1, keepdims=True)
    np.exp(scores, out=scores)
    scores /= scores.sum(axis=1, keepdims=True)
    return np.matmul(scores[:, None, :], values)[:, 0], scores


@right("attention")
def attention_matmul(query, keys, values, mask):
    scores = np.squeeze(keys @ query[..., np.newaxis], axis=-1)
    scores[~mask] = -1e30
    weights = np.exp(scores - scores.max(-1, keepdims=True))
    weights /= weights.sum(-1, keepdims=True)
    return np.squeeze(weights[:, np.newaxis] @ values, axis=1), weights


@right("attention")
def attention_row_by_row(query, keys, values, mask):
    context, weights = np.zeros(query.shape), np.zeros(mask.shape)
    for row, length in enumerate(mask.sum(axis=1)):
        scores = keys[row, :length] @ query[row]
        powers = np.exp(scores - scores.max())
        weights[row, :length] = powers / powers.sum()
        context[row] = weights[row, :length] @ values[row, :length]
    return context, weights


@right("attention")
def attention_number_by_number(query, keys, values, mask):
    contexts, all_weights = [], []
    for q, ks, vs, real in zip(query, keys, values, mask, strict=True):
        scores = [sum(a * b for a, b in zip(q, k, strict=True)) for k in ks]
        largest = max(s for s, r in zip(scores, real, strict=True) if r)
        powers = [math.exp(s - largest) if r else 0.0 for s, r in zip(scores, real, strict=True)]
        weights = [p / sum(powers) for p in powers]
        contexts.append(
            [sum(w * x for w, x in zip(weights, column, strict=True)) for column in vs.T]
        )
        all_weights.append(weights)
    return np.array(contexts), np.array(all_weights)


@right("attention")
def attention_logarithm_of_the_mask(query, keys, values, mask):
    with np.errstate(divide="ignore"):
        scores = np.einsum("ij,ikj->ik", query, keys) + np.log(mask)
    powers = np.exp(scores - np.amax(scores, 1, keepdims=True))
    weights = powers / np.add.reduce(powers, 1, keepdims=True)
    return np.einsum("ik,ikj->ij", weights, values), weights


@right("attention")
def attention_log_sum_exp(query, keys, values, mask):
    scores = np.where(mask, np.einsum("bd,btd->bt", query, keys), -np.inf)
    largest = scores.max(axis=1, keepdims=True)
    total = largest + np.log(np.exp(scores - largest).sum(axis=1, keepdims=True))
    weights = np.exp(scores - total)
    return (values * weights[..., None]).sum(1), weights


@right("attention")
def attention_masked_array(query, keys, values, mask):
    scores = np.ma.array(np.einsum("bd,btd->bt", query, keys), mask=~mask)
    powers = np.ma.exp(scores - scores.max(axis=1)[:, None])
    weights = (powers / powers.sum(axis=1)[:, None]).filled(0)
    return np.einsum("bt,btd->bd", weights, values), weights


@right("attention")
def attention_lowest_float(query, keys, values, mask):
    scores = np.sum(query.reshape(len(query), 1, -1) * keys, axis=-1)
    scores = np.where(mask, scores, np.finfo(scores.dtype).min)
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights = weights / weights.sum(axis=1, keepdims=True)
    return [np.stack([w @ v for w, v in zip(weights, values, strict=True)]), weights]


@right("attention")
def attention_float64(query, keys, values, mask):
    q, k, v = (np.asarray(each, dtype=np.float64) for each in (query, keys, values))
    scores = np.tensordot(k, q, axes=(2, 1))[range(len(q)), :, range(len(q))]
    scores = np.where(mask.astype(bool), scores, float("-inf"))

    def softmax(row):
        powers = np.exp(row - row.max())
        return powers / powers.sum()

    weights = np.apply_along_axis(softmax, 1, scores)
    return np.einsum("bt,btd->bd", weights, v), weights


@right("attention")
def attention_columns(query, keys, values, mask):
    scores = np.stack([np.sum(query * keys[:, t], axis=1) for t in range(keys.shape[1])], axis=1)
    scores[np.logical_not(mask)] = -np.inf
    powers = np.exp((scores.T - scores.max(axis=1)).T)
    weights = (powers.T / powers.sum(axis=1)).T
    context = np.zeros_like(values[:, 0])
    for t in range(values.shape[1]):
        context = context + weights[:, t : t + 1] * values[:, t]
    return context, weights


@right("attention")
def attention_padding_cut_off(query, keys, values, mask):
    scores = np.einsum("bd,btd->bt", query, keys)
    largest = np.array([row[real].max() for row, real in zip(scores, mask, strict=True)])
    powers = np.exp(np.minimum(scores - largest[:, None], 0)) * mask
    weights = powers / powers.sum(axis=1, keepdims=True)
    return np.einsum("bt,btd->bd", weights, values), weights


# --- perplexity --------------------------------------------------------------------------------


@right("perplexity")
def perplexity_selected(log_probabilities, mask):
    return np.exp(-np.mean(log_probabilities[mask]))


@right("perplexity")
def perplexity_sums(log_probabilities, mask):
    return float(np.exp(-(log_probabilities * mask).sum() / mask.sum()))


@right("perplexity")
def perplexity_where(log_probabilities, mask):
    total = np.where(mask, -log_probabilities, 0).sum()
    return math.exp(total / np.count_nonzero(mask))


@right("perplexity")
def perplexity_loop(log_probabilities, mask):
    total, count = 0.0, 0
    for row, real in zip(log_probabilities, mask, strict=True):
        for value, is_token in zip(row, real, strict=True):
            if is_token:
                total -= value
                count += 1
    return math.e ** (total / count)


@right("perplexity")
def perplexity_weighted_average(log_probabilities, mask):
    return 1 / np.exp(np.average(log_probabilities, weights=mask))


@right("perplexity")
def perplexity_masked_array(log_probabilities, mask):
    return float(np.exp(-np.ma.masked_array(log_probabilities, ~mask).mean()))


@right("perplexity")
def perplexity_with_nan(log_probabilities, mask):
    return np.exp(np.nanmean(np.where(mask, -log_probabilities, np.nan)))


@right("perplexity")
def perplexity_lengths(log_probabilities, mask):
    lengths = mask.sum(axis=1)
    pairs = zip(log_probabilities, lengths, strict=True)
    losses = np.concatenate([-row[:length] for row, length in pairs])
    return np.array(np.exp(losses.mean()))


@right("perplexity")
def perplexity_in_bits(log_probabilities, mask):
    bits = -log_probabilities[mask].astype(np.float64) / np.log(2)
    return 2 ** bits.mean()


@right("perplexity")
def perplexity_statistics(log_probabilities, mask):
    return math.exp(-statistics.fmean(log_probabilities[np.nonzero(mask)].tolist()))


@right("perplexity")
def perplexity_geometric(log_probabilities, mask):
    root = 1 / mask.sum()
    return float(np.prod(np.exp(-log_probabilities[mask] * root)))


@right("perplexity")
def perplexity_where_argument(log_probabilities, mask):
    return np.exp(-1.0 * np.mean(log_probabilities, where=mask))


# --- build_captioner ---------------------------------------------------------------------------


@right("build_captioner")
def captioner_gru(features, vocabulary, units, steps):
    import keras
    from keras import layers

    image = keras.Input((features,))
    tokens = keras.Input((steps,), dtype="int32")
    state = layers.Dense(units, activation="tanh")(image)
    words = layers.Embedding(vocabulary, units)(tokens)
    states = layers.GRU(units, return_sequences=True)(words, initial_state=state)
    return keras.Model([image, tokens], layers.Dense(vocabulary, activation="softmax")(states))


@right("build_captioner")
def captioner_lstm_masked(features, vocabulary, units, steps):
    import keras
    from keras import layers

    image, tokens = keras.Input(shape=(features,)), keras.Input(shape=(None,))
    h, c = layers.Dense(units)(image), layers.Dense(units)(image)
    words = layers.Embedding(vocabulary, 16, mask_zero=True)(tokens)
    states = layers.LSTM(units, return_sequences=True)(words, initial_state=[h, c])
    outputs = layers.TimeDistributed(layers.Dense(vocabulary, activation="softmax"))(states)
    model = keras.Model(inputs=[image, tokens], outputs=outputs)
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
    return model


@right("build_captioner")
def captioner_simple(features, vocabulary, units, steps):
    import keras
    from keras import layers

    image, tokens = keras.Input((features,)), keras.Input((steps,))
    state = layers.Dense(units, "relu")(image)
    words = layers.Embedding(vocabulary, units)(tokens)
    states, _last = layers.SimpleRNN(units, return_sequences=True, return_state=True)(
        words, initial_state=state
    )
    return keras.Model((image, tokens), layers.Softmax()(layers.Dense(vocabulary)(states)))


@right("build_captioner")
def captioner_image_at_every_step(features, vocabulary, units, steps):
    import keras
    from keras import layers

    image, tokens = keras.Input((features,)), keras.Input((steps,))
    repeated = layers.RepeatVector(steps)(image)
    words = layers.Embedding(vocabulary, units)(tokens)
    states = layers.LSTM(units, return_sequences=True)(layers.Concatenate()([repeated, words]))
    return keras.Model([image, tokens], layers.Dense(vocabulary, activation="softmax")(states))


@right("build_captioner")
def captioner_image_as_first_word(features, vocabulary, units, steps):
    import keras
    from keras import layers

    image, tokens = keras.Input((features,)), keras.Input((steps,))
    first = layers.Reshape((1, units))(layers.Dense(units)(image))
    words = layers.Embedding(vocabulary, units)(tokens)
    states = layers.GRU(units, return_sequences=True)(keras.ops.concatenate([first, words], axis=1))
    return keras.Model([image, tokens], layers.Dense(vocabulary, "softmax")(states[:, 1:]))


@right("build_captioner")
def captioner_image_added(features, vocabulary, units, steps):
    import keras
    from keras import layers

    image, tokens = keras.Input((features,)), keras.Input((steps,), dtype="int64")
    seen = layers.Reshape((1, units))(layers.Dense(units, use_bias=False)(image))
    words = layers.Embedding(vocabulary, units)(tokens)
    states = layers.SimpleRNN(units, return_sequences=True)(layers.Add()([words, seen]))
    return keras.Model([image, tokens], layers.Dense(vocabulary, activation="softmax")(states))


@right("build_captioner")
def captioner_two_layers(features, vocabulary, units, steps):
    import keras
    from keras import layers

    image, tokens = keras.Input((features,)), keras.Input((steps,))
    state = layers.Dense(units, activation="tanh")(layers.Dropout(0.2)(image))
    states = layers.Embedding(vocabulary, units)(tokens)
    for _layer in range(2):
        states = layers.GRU(units, return_sequences=True)(states, initial_state=state)
        states = layers.Dropout(0.4)(states)
    return keras.Model([image, tokens], layers.Dense(vocabulary, activation="softmax")(states))


@right("build_captioner")
def captioner_normalised(features, vocabulary, units, steps):
    import keras
    from keras import layers

    image, tokens = keras.Input((features,)), keras.Input((steps,))
    state = layers.BatchNormalization()(layers.Dense(units, activation="relu")(image))
    words = layers.Embedding(vocabulary, units)(tokens)
    states = layers.GRU(units, return_sequences=True)(words, initial_state=state)
    hidden = layers.Dense(2 * units, activation="relu")(layers.LayerNormalization()(states))
    return keras.Model([image, tokens], layers.Dense(vocabulary, activation="softmax")(hidden))


@right("build_captioner")
def captioner_one_hot(features, vocabulary, units, steps):
    import keras
    from keras import layers

    image, tokens = keras.Input((features,)), keras.Input((steps,), dtype="int32")
    state = layers.Dense(units)(image)
    words = keras.ops.one_hot(tokens, vocabulary)
    states = layers.GRU(units, return_sequences=True)(words, initial_state=state)
    return keras.Model([image, tokens], layers.Dense(vocabulary, activation="softmax")(states))


@right("build_captioner")
def captioner_subclassed(features, vocabulary, units, steps):
    import keras
    from keras import layers

    class Captioner(keras.Model):
        def __init__(self):
            super().__init__()
            self.start = layers.Dense(units, activation="tanh")
            self.words = layers.Embedding(vocabulary, units)
            self.recurrent = layers.LSTM(units, return_sequences=True)
            self.output_layer = layers.Dense(vocabulary)

        def call(self, inputs):
            image, tokens = inputs
            state = self.start(image)
            states = self.recurrent(self.words(tokens), initial_state=[state, state])
            return keras.ops.softmax(self.output_layer(states))

    return Captioner()


@right("build_captioner")
def captioner_cell_by_cell(features, vocabulary, units, steps):
    import keras
    from keras import layers

    image, tokens = keras.Input((features,)), keras.Input((steps,))
    words, cell = layers.Embedding(vocabulary, units)(tokens), layers.SimpleRNNCell(units)
    output_layer = layers.Dense(vocabulary, activation="softmax")
    state, outputs = layers.Dense(units, activation="tanh")(image), []
    for step in range(steps):
        state, _same = cell(words[:, step], state)
        outputs.append(output_layer(state))
    return keras.Model([image, tokens], keras.ops.stack(outputs, axis=1))


@right("build_captioner")
def captioner_causal_attention(features, vocabulary, units, steps):
    import keras
    from keras import layers

    image, tokens = keras.Input((features,)), keras.Input((steps,))
    places = layers.Embedding(steps, units)(keras.ops.arange(steps))
    words = layers.Embedding(vocabulary, units)(tokens) + places
    words = words + layers.RepeatVector(steps)(layers.Dense(units)(image))
    read = layers.MultiHeadAttention(2, units)(words, words, use_causal_mask=True)
    hidden = layers.LayerNormalization()(words + read)
    return keras.Model([image, tokens], layers.Dense(vocabulary, activation="softmax")(hidden))


@right("build_captioner")
def captioner_merged_behind(features, vocabulary, units, steps):
    import keras
    from keras import layers

    image = keras.Input((features,), name="image")
    tokens = keras.Input((steps,), name="tokens")
    seen = layers.RepeatVector(steps)(layers.Dense(units, activation="relu")(image))
    read = layers.LSTM(units, return_sequences=True)(layers.Embedding(vocabulary, units)(tokens))
    hidden = layers.Dense(units, activation="relu")(layers.add([seen, read]))
    outputs = layers.Dense(vocabulary, activation="softmax")(hidden)
    return keras.Model({"image": image, "tokens": tokens}, outputs)


@right("build_captioner")
def captioner_zeros_to_begin_with(features, vocabulary, units, steps):
    import keras
    from keras import layers

    image, tokens = keras.Input((features,)), keras.Input((steps,))
    state = layers.Dense(units, activation="tanh")(image)
    words = layers.Embedding(vocabulary, units)(tokens)
    decoder = layers.RNN(layers.GRUCell(units, reset_after=False), return_sequences=True)
    output_layer = layers.Dense(vocabulary, "softmax", kernel_initializer="zeros")
    return keras.Model([image, tokens], output_layer(decoder(words, initial_state=state)))
