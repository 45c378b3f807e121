"""What a trace tells of a Keras layer is what Keras computes."""

import numpy as np
import pytest

from unrolled.cells import gru_step, gru_step_reset_after, lstm_step, rnn_step
from unrolled.layers import lstm_layer, rnn_layer
from unrolled.trace import gru_steps, lstm_steps, simple_steps, trace

BATCH, TIME, FEATURES, UNITS = 2, 5, 3, 7


def layer_inputs(columns, bias=1):
    rng = np.random.default_rng(8)
    shape = (columns * UNITS,) if bias == 1 else (bias, columns * UNITS)
    return (
        rng.normal(size=(BATCH, TIME, FEATURES)),
        rng.normal(size=(BATCH, UNITS)),
        rng.normal(size=(FEATURES, columns * UNITS)),
        rng.normal(size=(UNITS, columns * UNITS)) / 2,
        rng.normal(size=shape),
    )


def test_the_steps_are_the_reference_cells():
    given = layer_inputs(1)
    np.testing.assert_allclose(simple_steps(*given)["h"], rnn_layer(*given, step=rnn_step))
    for cell, bias in ((gru_step, 1), (gru_step_reset_after, 2)):
        given = layer_inputs(3, bias)
        np.testing.assert_allclose(gru_steps(*given)["h"], rnn_layer(*given, step=cell))
    x, h0, *weights = layer_inputs(4)
    values = lstm_steps(x, h0, -h0, *weights)
    h, c = lstm_layer(x, h0, -h0, *weights)
    np.testing.assert_allclose(values["h"], h)
    np.testing.assert_allclose(values["c"], c)


def test_gates_explain_the_state_they_lead_to():
    x, h0, *weights = layer_inputs(4)
    values = lstm_steps(x, h0, h0, *weights)
    before = np.concatenate([h0[:, None], values["c"][:, :-1]], axis=1)
    memory = values["f"] * before + values["i"] * values["g"]
    np.testing.assert_allclose(memory, values["c"])
    np.testing.assert_allclose(values["o"] * np.tanh(memory), values["h"])


def test_a_forced_gate_stands_where_it_was_put_and_nowhere_else():
    x, h0, *weights = layer_inputs(4)
    free = lstm_steps(x, h0, h0, *weights)
    force = np.full((TIME, UNITS), np.nan)
    force[2, 4] = 0.0
    forced = lstm_steps(x, h0, h0, *weights, forced={"f": force})
    assert not forced["f"][:, 2, 4].any()
    np.testing.assert_array_equal(forced["h"][:, :2], free["h"][:, :2])
    np.testing.assert_array_equal(
        np.delete(forced["c"][:, 2], 4, 1), np.delete(free["c"][:, 2], 4, 1)
    )
    assert not np.allclose(forced["h"][:, 3], free["h"][:, 3])
    h = lstm_step(x[:, 0], h0, h0, *weights)[0]
    np.testing.assert_allclose(h, forced["h"][:, 0])


def test_a_closed_update_gate_keeps_a_gru_as_it_was():
    x, h0, *weights = layer_inputs(3)
    kept = gru_steps(x, h0, *weights, forced={"z": 1.0})["h"]
    np.testing.assert_allclose(kept, np.broadcast_to(h0[:, None], kept.shape))


@pytest.fixture(scope="module")
def keras():
    import keras

    keras.utils.set_random_seed(3)
    return keras


def randomised(model):
    rng = np.random.default_rng(4)
    model.set_weights([rng.normal(size=weight.shape) / 2 for weight in model.get_weights()])
    return model


def kinds(keras):
    layer = keras.layers
    return {
        "SimpleRNN": layer.SimpleRNN(UNITS, return_sequences=True),
        "without bias": layer.SimpleRNN(UNITS, return_sequences=True, use_bias=False),
        "LSTM": layer.LSTM(UNITS, return_sequences=True),
        "GRU": layer.GRU(UNITS, return_sequences=True),
        "GRU, reset before": layer.GRU(UNITS, return_sequences=True, reset_after=False),
        "backwards": layer.GRU(UNITS, return_sequences=True, go_backwards=True),
    }


@pytest.mark.keras
@pytest.mark.parametrize(
    "kind", ["SimpleRNN", "without bias", "LSTM", "GRU", "GRU, reset before", "backwards"]
)
def test_states_are_keras_own(keras, kind):
    inputs = keras.Input((None, FEATURES))
    model = randomised(keras.Model(inputs, kinds(keras)[kind](inputs)))
    x = np.random.default_rng(1).normal(size=(BATCH, TIME, FEATURES)).astype("float32")
    (found,) = trace(model, x)
    theirs = np.asarray(model(x))
    # A layer that runs backwards gives its states in the order in which it read.
    theirs = theirs[:, ::-1] if found.backwards else theirs
    np.testing.assert_allclose(found.values["h"], theirs, rtol=1e-5, atol=1e-6)


@pytest.mark.keras
def test_stacks_masks_and_both_directions_are_read(keras):
    layer = keras.layers
    model = keras.Sequential(
        [
            keras.Input((None,), dtype="int32"),
            layer.Embedding(11, FEATURES, mask_zero=True),
            layer.Bidirectional(layer.LSTM(UNITS, return_sequences=True)),
            layer.Dropout(0.5),
            layer.GRU(5, return_sequences=True),
            layer.Dense(1, activation="sigmoid"),
        ]
    )
    randomised(model)
    ids = np.array([[3, 7, 2, 0, 0], [1, 10, 4, 5, 6]])
    there, back, top = trace(model, ids)
    assert [there.cell, back.cell, top.cell] == ["LSTM", "LSTM", "GRU"]
    assert [there.backwards, back.backwards, top.backwards] == [False, True, False]
    assert back.mask.tolist() == [[True] * 3 + [False] * 2, [True] * 5]
    layers = [model.layers[1].output, model.layers[3].output]
    both, upper = (np.asarray(a) for a in keras.Model(model.inputs[0], layers)(ids))
    merged = np.concatenate([there.values["h"], back.values["h"]], axis=-1)
    real = there.mask
    np.testing.assert_allclose(merged[real], both[real], rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(top.values["h"][real], upper[real], rtol=1e-5, atol=1e-6)
    # The backward half has read nothing yet at the padding behind the last word.
    assert not back.values["h"][0, 3:].any()


@pytest.mark.keras
def test_a_given_first_state_is_where_a_layer_starts(keras):
    """Keras 3 hands no mask to a layer that is given its first state: neither does the trace."""
    image, words = keras.Input((UNITS,)), keras.Input((None, FEATURES))
    masked = keras.layers.Masking()(words)
    states = keras.layers.GRU(UNITS, return_sequences=True)(masked, initial_state=image)
    model = randomised(keras.Model([image, words], states))
    rng = np.random.default_rng(2)
    given = [rng.normal(size=(BATCH, UNITS)), rng.normal(size=(BATCH, TIME, FEATURES))]
    given[1][0, 2:] = 0.0
    (found,) = trace(model, [array.astype("float32") for array in given])
    np.testing.assert_allclose(found.start[0], given[0], rtol=1e-6)
    np.testing.assert_allclose(found.values["h"], np.asarray(model(given)), rtol=1e-5, atol=1e-6)


@pytest.mark.keras
def test_what_cannot_be_read_is_refused_with_a_reason(keras):
    plain = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    with pytest.raises(ValueError, match="Sequential shows none"):
        trace(plain, np.zeros((1, 3)))
    relu = keras.Sequential([keras.Input((4, 3)), keras.layers.LSTM(2, activation="relu")])
    with pytest.raises(ValueError, match="uses relu and sigmoid"):
        trace(relu, np.zeros((1, 4, 3)))
