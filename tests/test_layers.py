"""The reference layers agree with Keras's layers, with a step at a time, and with its counts."""

import numpy as np
import pytest

from unrolled import cells, layers

BATCH, FEATURES, UNITS = 2, 3, 7
TIMES = [1, 5, 30]


def given(time, gates, bias_rows=None, states=1, seed=0):
    rng = np.random.default_rng([seed, time])
    bias = (gates * UNITS,) if bias_rows is None else (bias_rows, gates * UNITS)
    x = rng.normal(size=(BATCH, time, FEATURES))
    start = [rng.normal(size=(BATCH, UNITS)) for _ in range(states)]
    shapes = [(FEATURES, gates * UNITS), (UNITS, gates * UNITS), bias]
    return x, start, [rng.normal(0, 0.5, shape) for shape in shapes]


def keras_states(layer, x, start, w):
    layer.build(x.shape)
    layer.set_weights(w)
    return np.asarray(layer(x, initial_state=start if len(start) > 1 else start[0]))


@pytest.mark.keras
@pytest.mark.slow
@pytest.mark.parametrize("time", TIMES)
def test_rnn_layer_is_simple_rnn(time):
    import keras

    x, start, w = given(time, 1)
    layer = keras.layers.SimpleRNN(UNITS, return_sequences=True, dtype="float64")
    mine = layers.rnn_layer(x, *start, *w)
    np.testing.assert_allclose(mine, keras_states(layer, x, start, w), rtol=1e-9, atol=1e-12)


@pytest.mark.keras
@pytest.mark.slow
@pytest.mark.parametrize("time", TIMES)
def test_lstm_layer_is_lstm(time):
    import keras

    x, start, w = given(time, 4, states=2)
    layer = keras.layers.LSTM(UNITS, return_sequences=True, return_state=True, dtype="float64")
    layer.build(x.shape)
    layer.set_weights(w)
    states, last_h, last_c = (np.asarray(each) for each in layer(x, initial_state=start))
    mine, memory = layers.lstm_layer(x, *start, *w)
    np.testing.assert_allclose(mine, states, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(mine[:, -1], last_h, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(memory[:, -1], last_c, rtol=1e-9, atol=1e-12)


@pytest.mark.keras
@pytest.mark.slow
@pytest.mark.parametrize("time", TIMES)
@pytest.mark.parametrize("reset_after", [False, True])
def test_gru_layers_are_gru_in_both_forms(time, reset_after):
    import keras

    x, start, w = given(time, 3, bias_rows=2 if reset_after else None)
    step = cells.gru_step_reset_after if reset_after else cells.gru_step
    layer = keras.layers.GRU(UNITS, return_sequences=True, reset_after=reset_after, dtype="float64")
    mine = layers.rnn_layer(x, *start, *w, step=step)
    np.testing.assert_allclose(mine, keras_states(layer, x, start, w), rtol=1e-9, atol=1e-12)


@pytest.mark.keras
@pytest.mark.slow
@pytest.mark.parametrize(("features", "units"), [(3, 7), (7, 3), (1, 1), (10_000, 32)])
def test_rnn_param_count_is_what_keras_counts(features, units):
    import keras

    layer = keras.layers.SimpleRNN(units)
    layer.build((None, 4, features))
    assert layers.rnn_param_count(features, units) == layer.count_params()


@pytest.mark.keras
@pytest.mark.slow
@pytest.mark.parametrize(("features", "units"), [(3, 7), (7, 3), (1, 1), (10_000, 32)])
def test_lstm_param_count_is_what_keras_counts(features, units):
    import keras

    layer = keras.layers.LSTM(units)
    layer.build((None, 4, features))
    assert layers.lstm_param_count(features, units) == layer.count_params()


@pytest.mark.keras
@pytest.mark.slow
@pytest.mark.parametrize(("features", "units"), [(3, 7), (7, 3), (1, 1), (10_000, 32)])
@pytest.mark.parametrize("form", [{}, {"reset_after": True}, {"reset_after": False}])
def test_gru_param_count_is_what_keras_counts_in_both_forms(features, units, form):
    import keras

    layer = keras.layers.GRU(units, **form)
    layer.build((None, 4, features))
    assert layers.gru_param_count(features, units, **form) == layer.count_params()


@pytest.mark.keras
@pytest.mark.slow
@pytest.mark.parametrize(
    ("features", "units"), [(3, [7]), (7, [3, 5]), (3, [5, 2, 7]), (10_000, [32, 32])]
)
def test_stacked_param_count_is_what_keras_counts(features, units):
    import keras

    stack = [keras.layers.SimpleRNN(width, return_sequences=True) for width in units]
    model = keras.Sequential([keras.Input((4, features)), *stack])
    assert layers.stacked_param_count(features, units) == model.count_params()


def test_the_lectures_layers_have_their_numbers_of_weights():
    assert layers.rnn_param_count(10_000, 32) == 321_056
    assert layers.stacked_param_count(10_000, [32, 32]) == 323_136
    assert layers.lstm_param_count(10_000, 32) == 1_284_224
    assert layers.gru_param_count(10_000, 32) == 963_264
    assert layers.gru_param_count(10_000, 32, reset_after=False) == 963_168


def test_a_layer_is_its_cell_step_by_step():
    x, (h,), w = given(11, 1)
    states = layers.rnn_layer(x, h, *w)
    for t in range(11):
        h = cells.rnn_step(x[:, t], h, *w)
        np.testing.assert_array_equal(states[:, t], h)


def test_a_layer_cut_in_two_and_carried_on_is_the_same():
    x, (h,), w = given(30, 1)
    whole = layers.rnn_layer(x, h, *w)
    first = layers.rnn_layer(x[:, :13], h, *w)
    second = layers.rnn_layer(x[:, 13:], first[:, -1], *w)
    np.testing.assert_array_equal(whole, np.concatenate([first, second], axis=1))


def test_a_state_knows_nothing_of_later_inputs_or_other_rows():
    x, (h,), w = given(5, 1)
    states = layers.rnn_layer(x, h, *w)
    later, other = x.copy(), x.copy()
    later[:, 3:] += 1
    other[1] += 1
    np.testing.assert_array_equal(layers.rnn_layer(later, h, *w)[:, :3], states[:, :3])
    assert not np.allclose(layers.rnn_layer(later, h, *w)[:, 3], states[:, 3])
    np.testing.assert_array_equal(layers.rnn_layer(other, h, *w)[0], states[0])


@pytest.mark.parametrize("time", TIMES)
def test_layers_return_every_step_and_leave_their_inputs_alone(time):
    x, (h, c), w = given(time, 4, states=2)
    kept = [each.copy() for each in (x, h, c, *w)]
    for states in layers.lstm_layer(x, h, c, *w):
        assert states.shape == (BATCH, time, UNITS)
    assert all(np.array_equal(a, b) for a, b in zip((x, h, c, *w), kept, strict=True))


@pytest.mark.keras
@pytest.mark.slow
@pytest.mark.parametrize("widths", [[7], [7, 5], [7, 5, 7]])
def test_stacked_rnn_is_simple_rnns_upon_each_other(widths):
    import keras

    rng = np.random.default_rng(1)
    x = rng.normal(size=(BATCH, 5, FEATURES))
    model = keras.Sequential(
        [keras.layers.SimpleRNN(units, return_sequences=True, dtype="float64") for units in widths]
    )
    model.build(x.shape)
    model.set_weights([rng.normal(0, 0.5, w.shape) for w in model.get_weights()])
    weights = model.get_weights()
    mine = layers.stacked_rnn(x, [tuple(weights[i : i + 3]) for i in range(0, len(weights), 3)])
    np.testing.assert_allclose(mine, np.asarray(model(x)), rtol=1e-9, atol=1e-12)


@pytest.mark.keras
@pytest.mark.slow
@pytest.mark.parametrize("merge", ["concat", "sum", "ave", "mul"])
def test_bidirectional_is_that_of_keras(merge):
    import keras

    rng = np.random.default_rng(2)
    x = rng.normal(size=(BATCH, 5, FEATURES))
    one = keras.layers.SimpleRNN(UNITS, return_sequences=True, dtype="float64")
    layer = keras.layers.Bidirectional(one, merge_mode=merge, dtype="float64")
    layer.build(x.shape)
    layer.set_weights([rng.normal(0, 0.5, w.shape) for w in layer.get_weights()])
    weights = layer.get_weights()
    mine = layers.bidirectional(x, tuple(weights[:3]), tuple(weights[3:]), merge)
    np.testing.assert_allclose(mine, np.asarray(layer(x)), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("merge", ["add", "average", "Concat", "", None])
def test_an_unknown_merge_is_an_error_that_lists_the_known_ones(merge):
    weights = (np.zeros((FEATURES, UNITS)), np.zeros((UNITS, UNITS)), np.zeros(UNITS))
    with pytest.raises(ValueError, match="concat, sum, ave, mul"):
        layers.bidirectional(np.zeros((1, 2, FEATURES)), weights, weights, merge)


@pytest.mark.parametrize("longest", [3, 10, 1000])
def test_chrono_biases_are_spread_as_the_paper_says(longest):
    units = 20_000
    bias = layers.chrono_bias(units, longest, np.random.default_rng(4))
    i, f, g, o = np.split(bias, 4)
    np.testing.assert_array_equal(i, -f)
    assert not g.any()
    assert not o.any()
    u = np.sort(np.exp(f))
    assert 1 <= u[0] <= u[-1] <= longest - 1
    # Kolmogorov–Smirnov's distance from the uniform distribution; 1.95 has p = 0.001.
    distance = np.abs((u - 1) / (longest - 2) - np.linspace(0, 1, units)).max()
    assert distance < 1.95 / np.sqrt(units)
