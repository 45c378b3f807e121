"""Vocabularies, windows, padding, losses and decoding agree with their definitions and Keras."""

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unrolled import sequences
from unrolled.authoring import notebooks
from unrolled.sequences import build_vocabulary, one_hot

TOKENS = st.sampled_from(["a", "b", "A", "해리", "포터", "Potter", "."])


def by_definition(sentences, size):
    tokens = [token for sentence in sentences for token in sentence]
    vocabulary = {"<pad>": 0, "<unk>": 1}
    while len(vocabulary) < size:
        left = [token for token in tokens if token not in vocabulary]
        if not left:
            break
        most = max(left.count(token) for token in left)
        vocabulary[next(t for t in left if left.count(t) == most)] = len(vocabulary)
    return vocabulary


@settings(max_examples=300, deadline=None)
@given(st.lists(st.lists(TOKENS, max_size=8), max_size=6), st.integers(2, 10))
def test_a_vocabulary_is_its_definition(sentences, size):
    kept = [list(sentence) for sentence in sentences]
    assert build_vocabulary(sentences, size) == by_definition(sentences, size)
    assert sentences == kept


def test_ties_in_a_sentence_go_to_the_first_to_appear():
    sentence = "Harry Potter and Hermione Granger invented a new spell and Harry smiled"
    assert build_vocabulary([sentence.split()], 6) == {
        "<pad>": 0,
        "<unk>": 1,
        "Harry": 2,
        "and": 3,
        "Potter": 4,
        "Hermione": 5,
    }


@pytest.mark.parametrize("shape", [(), (1,), (5,), (2, 5), (2, 5, 3), (0,), (2, 0)])
@pytest.mark.parametrize("dtype", [np.int64, np.int32, np.uint8])
@pytest.mark.parametrize("size", [1, 2, 11])
def test_one_hot_is_its_definition(shape, dtype, size):
    ids = np.random.default_rng(3).integers(0, size, shape).astype(dtype)
    vectors = one_hot(ids, size)
    assert vectors.shape == (*shape, size)
    assert vectors.dtype == np.float32
    for place in np.ndindex(*shape):
        for k in range(size):
            assert vectors[(*place, k)] == (1 if k == ids[place] else 0)


@pytest.mark.parametrize("wrong", [-1, -11, 11, 12, 1000])
@pytest.mark.parametrize("place", [(0, 0), (1, 2), (1, 4)])
def test_an_id_out_of_range_is_an_error_that_says_so(wrong, place):
    ids = np.zeros((2, 5), dtype=int)
    ids[place] = wrong
    with pytest.raises(ValueError, match="0 … 10"):
        one_hot(ids, 11)


def test_one_hot_times_weights_is_a_look_up():
    ids = np.array([[3, 0], [10, 3]])
    W = np.random.default_rng(0).normal(size=(11, 4))
    np.testing.assert_array_equal(one_hot(ids, 11) @ W, W[ids])


@settings(max_examples=100, deadline=None)
@given(st.integers(2, 12), st.integers(1, 11), st.sampled_from([(), (3,), (2, 2)]))
def test_a_window_is_followed_by_its_target(n, size, trailing):
    sequence = np.arange(n * math.prod(trailing)).reshape(n, *trailing)
    if n <= size:
        with pytest.raises(ValueError, match=f"size {size}"):
            sequences.make_windows(sequence, size)
        return
    inputs, targets = sequences.make_windows(sequence, size)
    assert inputs.shape == (n - size, size, *trailing)
    assert targets.shape == (n - size, *trailing)
    for start in range(n - size):
        np.testing.assert_array_equal(inputs[start], sequence[start : start + size])
        np.testing.assert_array_equal(targets[start], sequence[start + size])


@pytest.mark.parametrize("size", [0, -1])
def test_a_window_holds_something(size):
    with pytest.raises(ValueError, match="No window"):
        sequences.make_windows(np.arange(5), size)


def test_a_target_is_the_token_after_its_input():
    ids = np.array([[5, 6, 7], [8, 9, 1]])
    inputs, targets = sequences.shift_targets(ids)
    np.testing.assert_array_equal(inputs, [[5, 6], [8, 9]])
    np.testing.assert_array_equal(targets, [[6, 7], [9, 1]])


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(st.integers(0, 9), min_size=1, max_size=6), min_size=1, max_size=5))
def test_padding_keeps_every_id_and_marks_the_real_ones(lists):
    ids, mask = sequences.pad_sequences(lists, pad=7)
    assert ids.shape == mask.shape == (len(lists), max(map(len, lists)))
    assert mask.dtype == bool
    for row, real in enumerate(lists):
        assert ids[row, mask[row]].tolist() == real
        assert mask[row].tolist() == [True] * len(real) + [False] * (ids.shape[1] - len(real))
        assert (ids[row, ~mask[row]] == 7).all()


def ragged(seed):
    rng = np.random.default_rng(seed)
    lengths = rng.integers(1, 6, 4)
    return rng, np.arange(5) < lengths[:, None], lengths


@pytest.mark.parametrize("seed", range(5))
def test_the_last_valid_state_and_the_reversal_follow_the_lengths(seed):
    rng, mask, lengths = ragged(seed)
    states = rng.normal(size=(4, 5, 3))
    last, turned = sequences.last_valid(states, mask), sequences.reverse_sequences(states, mask)
    for row, n in enumerate(lengths):
        np.testing.assert_array_equal(last[row], states[row, n - 1])
        expected = [*states[row, :n][::-1], *states[row, n:]]
        np.testing.assert_array_equal(turned[row], expected)
    np.testing.assert_array_equal(sequences.reverse_sequences(turned, mask), states)


@pytest.mark.keras
@pytest.mark.slow
def test_the_masked_loss_is_that_of_keras_over_the_real_tokens():
    import keras

    rng, mask, _ = ragged(0)
    p, y = rng.uniform(0.02, 0.98, (4, 5)), rng.integers(0, 2, (4, 5))
    theirs = keras.losses.binary_crossentropy(y[mask][:, None], p[mask][:, None])
    mine = sequences.masked_binary_cross_entropy(p, y, mask)
    assert mine == pytest.approx(float(np.mean(theirs)), rel=1e-5)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_masked_loss_is_finite_where_a_probability_is_certain(dtype):
    p = np.array([[0.0, 1.0, 0.0, 1.0]], dtype=dtype)
    y, mask = np.array([[0, 1, 1, 0]]), np.ones((1, 4), bool)
    assert np.isfinite(sequences.masked_binary_cross_entropy(p, y, mask))
    assert sequences.masked_binary_cross_entropy(p[:, :2], y[:, :2], mask[:, :2]) < 1e-6


def test_teacher_forcing_reads_the_start_and_then_the_truth():
    targets = np.array([[5, 6, 7], [8, 9, 1]])
    np.testing.assert_array_equal(
        sequences.teacher_forcing_inputs(targets, 2), [[2, 5, 6], [2, 8, 9]]
    )


@pytest.mark.parametrize("temperature", [0.3, 1.0, 4.0])
def test_draws_follow_the_softmax_of_the_tempered_logits(temperature):
    logits = np.array([0.0, 1.0, -2.0, 1.5])
    rng = np.random.default_rng(5)
    draws = [sequences.sample_next(logits, temperature, rng) for _ in range(20_000)]
    expected = np.exp(logits / temperature) / np.exp(logits / temperature).sum()
    np.testing.assert_allclose(np.bincount(draws, minlength=4) / len(draws), expected, atol=0.02)


def test_a_draw_repeats_with_its_generator_and_survives_large_logits():
    logits = np.array([-1000.0, 1000.0, 0.0])
    assert sequences.sample_next(logits, 1.0, np.random.default_rng(0)) == 1
    flat = np.zeros(1000)
    once, again = (sequences.sample_next(flat, 1.0, np.random.default_rng(9)) for _ in range(2))
    assert once == again


@pytest.mark.parametrize("temperature", [0, -1.0])
def test_a_temperature_that_is_none_is_an_error(temperature):
    with pytest.raises(ValueError, match="above 0"):
        sequences.sample_next(np.zeros(3), temperature, np.random.default_rng(0))


def decoder(seed, vocabulary=6, features=3, units=4):
    rng = np.random.default_rng(seed)
    shapes = {
        "E": (vocabulary, features),
        "W_x": (features, units),
        "W_h": (units, units),
        "b": (units,),
        "V": (units, vocabulary),
        "c": (vocabulary,),
    }
    return {name: rng.normal(size=shape) for name, shape in shapes.items()}, rng.normal(size=units)


@pytest.mark.parametrize("seed", range(20))
def test_greedy_decoding_takes_the_likeliest_of_each_step(seed):
    weights, state = decoder(seed)
    ids = sequences.greedy_decode(weights, state, start=0, end=1, max_steps=8)
    token = 0
    for chosen in [*ids, 1][:8]:
        logits, state = sequences.decoder_step(weights, token, state)
        assert logits[chosen] == logits.max()
        token = chosen
    assert 1 not in ids
    assert sequences.greedy_decode(weights, state, 0, 1, 0) == []


def test_assignment_08_gives_the_decoder_step_of_the_reference():
    path = Path(__file__).parent.parent / "source/08_sequence_models/08_sequence_models.ipynb"
    (cell,) = (cell for cell in notebooks.read(path).cells if cell.id == "decoder_step")
    names = {"np": np}
    exec(cell.source, names)
    for seed in range(10):
        weights, state = decoder(seed)
        for token in range(6):
            given = names["decoder_step"](weights, token, state)
            for mine, theirs in zip(
                given, sequences.decoder_step(weights, token, state), strict=True
            ):
                np.testing.assert_array_equal(mine, theirs)


@pytest.mark.keras
@pytest.mark.slow
def test_attention_is_that_of_keras():
    import keras

    rng, mask, _ = ragged(1)
    query, keys, values = (rng.normal(size=shape) for shape in [(4, 3), (4, 5, 3), (4, 5, 3)])
    layer = keras.layers.Attention(dtype="float64")
    theirs, scores = layer(
        [query[:, None], values, keys], mask=[None, mask], return_attention_scores=True
    )
    context, weights = sequences.attention(query, keys, values, mask)
    np.testing.assert_allclose(context, np.asarray(theirs)[:, 0], rtol=1e-6)
    np.testing.assert_allclose(weights, np.asarray(scores)[:, 0], rtol=1e-6, atol=1e-9)
    assert not weights[~mask].any()


def test_attention_survives_large_scores():
    query, keys = np.array([[1000.0]]), np.array([[[-1.0], [1.0], [1.0]]])
    values, mask = np.array([[[1.0], [2.0], [4.0]]]), np.array([[True, True, False]])
    context, weights = sequences.attention(query, keys, values, mask)
    np.testing.assert_array_equal(weights, [[0, 1, 0]])
    np.testing.assert_array_equal(context, [[2]])


def test_perplexity_is_the_number_of_choices_that_are_equally_likely():
    mask = np.array([[True, True, False], [True, False, False]])
    log_probabilities = np.where(mask, np.log(1 / 8), -999.0)
    assert sequences.perplexity(log_probabilities, mask) == pytest.approx(8)


@pytest.mark.parametrize(
    ("task", "shape"),
    [
        ("sequence_to_vector", (2, 11)),
        ("sequence_to_sequence", (2, 5, 11)),
        ("delayed_sequence_to_sequence", (2, 3, 11)),
        ("vector_to_sequence", (2, 3, 11)),
    ],
)
def test_each_task_has_its_shape(task, shape):
    assert sequences.output_shape(task, 2, 5, 3, 11) == shape


def test_an_unknown_task_is_an_error_that_lists_the_known_ones():
    with pytest.raises(ValueError, match="vector_to_sequence"):
        sequences.output_shape("seq2seq", 2, 5, 3, 11)


@pytest.mark.keras
@pytest.mark.slow
@pytest.mark.parametrize(
    "task",
    [
        "sequence_to_vector",
        "sequence_to_sequence",
        "delayed_sequence_to_sequence",
        "vector_to_sequence",
    ],
)
def test_a_keras_model_of_each_task_has_the_output_shape(task):
    import keras

    batch, input_steps, target_steps, outputs = 2, 5, 7, 3
    rnn, layers = keras.layers.SimpleRNN, keras.layers
    repeat = layers.RepeatVector(target_steps)
    stack = {
        "sequence_to_vector": [rnn(11)],
        "sequence_to_sequence": [rnn(11, return_sequences=True)],
        "delayed_sequence_to_sequence": [rnn(11), repeat, rnn(11, return_sequences=True)],
        "vector_to_sequence": [repeat, rnn(11, return_sequences=True)],
    }[task]
    model = keras.Sequential([*stack, layers.Dense(outputs)])
    x = np.zeros((batch, 13) if task == "vector_to_sequence" else (batch, input_steps, 13))
    assert tuple(model(x).shape) == sequences.output_shape(
        task, batch, input_steps, target_steps, outputs
    )


def test_results_share_no_memory_with_their_arguments():
    sequence, ids = np.arange(12), np.arange(12).reshape(3, 4)
    for argument, results in [
        (sequence, sequences.make_windows(sequence, 3)),
        (ids, sequences.shift_targets(ids)),
    ]:
        assert not any(np.shares_memory(argument, result) for result in results)


@pytest.mark.keras
@pytest.mark.slow
def test_ids_are_those_of_keras_padded_at_the_end():
    import keras

    sentences = [[7, 3], [5, 0, 9, 1], [4]]
    expected = keras.utils.pad_sequences(sentences, padding="post", value=8)
    np.testing.assert_array_equal(sequences.pad_sequences(sentences, 8)[0], expected)


@pytest.mark.keras
@pytest.mark.slow
def test_the_last_valid_state_is_what_a_masked_keras_layer_returns():
    import keras

    rng = np.random.default_rng(0)
    mask = np.arange(6) < np.array([3, 6, 1, 5])[:, None]
    x = rng.normal(size=(4, 6, 3)).astype(np.float32)
    every = keras.layers.SimpleRNN(7, return_sequences=True)
    states = np.asarray(every(x))
    last = keras.layers.SimpleRNN(7)
    last.build(x.shape)
    last.set_weights(every.get_weights())
    np.testing.assert_allclose(
        sequences.last_valid(states, mask), last(x, mask=mask), rtol=1e-5, atol=1e-6
    )
