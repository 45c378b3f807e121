"""From words to arrays and back: vocabularies, windows, padding, losses and decoding."""

from collections import Counter

import numpy as np

PAD, UNKNOWN = "<pad>", "<unk>"


def build_vocabulary(sentences, size):
    """Give each of the most frequent tokens an id.

    sentences is a list of lists of tokens. Returns a dict token → id with at most `size` ≥ 2
    entries: "<pad>" is 0, "<unk>" is 1, then tokens by falling frequency, ties in the order of
    their first appearance.
    """
    counts = Counter(token for sentence in sentences for token in sentence)
    frequent = [token for token, _ in counts.most_common(size - 2)]
    return {token: index for index, token in enumerate([PAD, UNKNOWN, *frequent])}


def one_hot(ids, size):
    """Turn ids of any shape into one-hot vectors, float32 (*ids.shape, size).

    Raises ValueError for an id outside 0 … size - 1.
    """
    ids = np.asarray(ids)
    if ids.size and (ids.min() < 0 or ids.max() >= size):
        raise ValueError(f"one_hot: every id must lie in 0 … {size - 1}.")
    vectors = np.zeros((*ids.shape, size), dtype=np.float32)
    np.put_along_axis(vectors, ids[..., None].astype(np.intp), 1, axis=-1)
    return vectors


def output_shape(task, batch, input_steps, target_steps, outputs):
    """Shape of what a network returns in one of the four sequence tasks.

    "sequence_to_vector": (batch, outputs); "sequence_to_sequence": (batch, input_steps, outputs);
    "delayed_sequence_to_sequence" and "vector_to_sequence": (batch, target_steps, outputs).
    Any other task raises ValueError.
    """
    steps = {
        "sequence_to_vector": (),
        "sequence_to_sequence": (input_steps,),
        "delayed_sequence_to_sequence": (target_steps,),
        "vector_to_sequence": (target_steps,),
    }
    if task not in steps:
        raise ValueError(f"task is {task!r}. Use one of {', '.join(steps)}.")
    return (batch, *steps[task], outputs)


def make_windows(sequence, size):
    """Cut a sequence into windows, each with the value that follows it.

    sequence (n, …). Returns inputs (n - size, size, …) and targets (n - size, …); n ≤ size or
    size < 1 raises ValueError.
    """
    count = len(sequence) - size
    if size < 1 or count < 1:
        raise ValueError(f"No window of size {size} with a target fits {len(sequence)} values.")
    inputs = np.stack([sequence[start : start + size] for start in range(count)])
    return inputs, sequence[size:].copy()


def shift_targets(ids):
    """Pair each token with the one after it.

    ids (batch, time). Returns inputs and targets, each (batch, time - 1).
    """
    return ids[:, :-1].copy(), ids[:, 1:].copy()


def pad_sequences(sequences, pad=0):
    """Lay lists of ids of different lengths into one array.

    Returns ids (batch, longest), filled with `pad` at the end, and mask (batch, longest), True at
    real tokens.
    """
    lengths = np.array([len(sequence) for sequence in sequences])
    mask = np.arange(lengths.max()) < lengths[:, None]
    ids = np.full(mask.shape, pad)
    ids[mask] = np.concatenate(sequences)
    return ids, mask


def last_valid(states, mask):
    """Each row's state at its last real token: (batch, time, units) → (batch, units)."""
    return states[np.arange(len(states)), mask.sum(axis=1) - 1]


def reverse_sequences(x, mask):
    """Turn the real part of each row round; padding stays where it is.

    x (batch, time, …), mask (batch, time). Returns an array like x.
    """
    turned = x.copy()
    for row, length in enumerate(mask.sum(axis=1)):
        turned[row, :length] = x[row, :length][::-1]
    return turned


def masked_binary_cross_entropy(probabilities, targets, mask):
    """Mean over real tokens of -log of the probability given to what was true.

    All three (batch, time), targets 0 or 1. Returns a float, finite at probabilities 0 and 1.
    """
    p = np.clip(np.asarray(probabilities, dtype=np.float64), 1e-7, 1 - 1e-7)
    loss = -(targets * np.log(p) + (1 - targets) * np.log(1 - p))
    return float(loss[mask].mean())


def teacher_forcing_inputs(targets, start):
    """What a decoder reads in training: the start token, then the true tokens, one step late.

    targets (batch, time). Returns inputs (batch, time) (Williams & Zipser 1989).
    """
    inputs = np.roll(targets, 1, axis=1)
    inputs[:, 0] = start  # in place of the last token, which came round
    return inputs


def softmax(scores):
    """exp(scores) / sum of exp(scores) along the last axis, without overflow."""
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def sample_next(logits, temperature, rng):
    """Draw an id with probability softmax(logits / temperature) (Ackley et al. 1985).

    logits (vocabulary,), rng a NumPy generator. temperature ≤ 0 raises ValueError.
    """
    if temperature <= 0:
        raise ValueError(f"temperature is {temperature}. It has to be above 0.")
    probabilities = softmax(logits / temperature)
    return int(rng.choice(probabilities.size, p=probabilities))


def decoder_step(weights, token, state):
    """One step of a small decoder, for one sequence: what assignment 08 gives.

    weights is a dict of E (vocabulary, features), W_x, W_h and b of a simple cell, and the output
    layer's V (units, vocabulary) and c (vocabulary,); token an id, state (units,).
    Returns logits (vocabulary,) and the new state (units,).
    """
    x = weights["E"][token]
    state = np.tanh(x @ weights["W_x"] + state @ weights["W_h"] + weights["b"])
    return state @ weights["V"] + weights["c"], state


def greedy_decode(weights, state, start, end, max_steps):
    """Generate by taking the likeliest token at each step and reading it next.

    weights and state as `decoder_step` takes them. Returns a list of at most max_steps ids,
    without the first `start` and without `end`, at which it stops.
    """
    ids, token = [], start
    while len(ids) < max_steps:
        logits, state = decoder_step(weights, token, state)
        token = int(np.argmax(logits))
        if token == end:
            break
        ids.append(token)
    return ids


def attention(query, keys, values, mask):
    """Read a weighted mean of values, weighted by how well keys fit the query (Luong et al. 2015).

        weights = softmax over real steps of query · keys_t      context = Σ_t weights_t values_t

    query (batch, depth), keys and values (batch, time, depth), mask (batch, time).
    Returns context (batch, depth) and weights (batch, time), 0 at padding.
    """
    scores = np.einsum("bd,btd->bt", query, keys)
    weights = softmax(np.where(mask, scores, -np.inf))
    return np.einsum("bt,btd->bd", weights, values), weights


def perplexity(log_probabilities, mask):
    """exp of the mean negative log-probability of the true tokens; padding does not count.

    log_probabilities (batch, time), natural logarithms; mask (batch, time). Returns a float.
    """
    total, count = log_probabilities[mask].sum(dtype=np.float64), mask.sum()
    return float(np.exp(-total / count))
