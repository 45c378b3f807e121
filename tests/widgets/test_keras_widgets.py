"""Widgets made from Keras models show what Keras computes."""

import numpy as np
import pytest

from unrolled.sequences import one_hot
from unrolled.trace import trace
from unrolled.widgets import LSTMGates, NeuronLab, ParamCounter, StateMap

pytestmark = pytest.mark.keras

VOCABULARY = {"<pad>": 0, "<unk>": 1, "Harry": 2, "met": 3, "Ron": 4}


@pytest.fixture(scope="module")
def keras():
    import keras

    keras.utils.set_random_seed(5)
    return keras


def _randomised(model):
    rng = np.random.default_rng(2)
    model.set_weights([rng.normal(size=weight.shape) / 2 for weight in model.get_weights()])
    return model


def test_states_and_probability_are_keras_own(keras):
    inputs = keras.Input((None, 5))
    hidden = keras.layers.SimpleRNN(7, return_sequences=True)(inputs)
    model = _randomised(keras.Model(inputs, keras.layers.Dense(1, activation="sigmoid")(hidden)))
    widget = StateMap.from_keras(model, "Harry met Luna", VOCABULARY)
    x = one_hot(np.array([[2, 3, 1]]), 5)
    states = keras.Model(inputs, hidden)(x)
    np.testing.assert_allclose(widget.states, states[0], atol=1e-5)
    np.testing.assert_allclose(widget.probabilities, np.ravel(model(x)), atol=1e-5)
    assert widget._known == [True, True, False]


def test_an_embedding_in_front_and_the_last_state_alone(keras):
    layers = [keras.layers.Embedding(5, 3), keras.layers.SimpleRNN(4)]
    layers.append(keras.layers.Dense(1, activation="sigmoid"))
    model = keras.Sequential([keras.Input((None,), dtype="int32"), *layers])
    _randomised(model)
    widget = StateMap.from_keras(model, "Harry met Ron", VOCABULARY)
    answer = float(model(np.array([[2, 3, 4]]))[0, 0])
    assert widget.probabilities[-1] == pytest.approx(answer, abs=1e-5)


def test_a_model_it_cannot_read_is_refused(keras):
    lstm = keras.Sequential([keras.Input((None, 5)), keras.layers.LSTM(4)])
    with pytest.raises(ValueError, match=r"StateMap.*a SimpleRNN as first.*begins with LSTM"):
        StateMap.from_keras(lstm, "Harry", VOCABULARY)
    relu = keras.Sequential([keras.Input((None, 5)), keras.layers.SimpleRNN(4, activation="relu")])
    with pytest.raises(ValueError, match=r"rnn.* has relu"):
        StateMap.from_keras(relu, "Harry", VOCABULARY)


@pytest.mark.parametrize("kind", ["SimpleRNN", "LSTM", "GRU", "Bidirectional"])
def test_counts_are_keras_own(keras, kind):
    layer = (
        keras.layers.Bidirectional(keras.layers.LSTM(32))
        if kind == "Bidirectional"
        else getattr(keras.layers, kind)(32)
    )
    model = keras.Sequential(
        [keras.Input((3, 10_000)), layer, keras.layers.Dense(1, activation="sigmoid")]
    )
    assert ParamCounter.from_keras(model).total == model.count_params()


@pytest.mark.parametrize("each_state", [True, False])
def test_gates_and_answer_are_keras_own(keras, each_state):
    inputs = keras.Input((None,), dtype="int32")
    embedded = keras.layers.Embedding(5, 3)(inputs)
    hidden = keras.layers.LSTM(7, return_sequences=each_state)(embedded)
    model = _randomised(keras.Model(inputs, keras.layers.Dense(1, activation="sigmoid")(hidden)))
    widget = LSTMGates.from_keras(model, "Harry met Luna", VOCABULARY)
    x = np.array([[2, 3, 1]])
    for name, values in trace(model, x)[0].values.items():
        np.testing.assert_allclose(widget.values[name], values[0], atol=1e-5)
    answers = np.ravel(model(x))
    np.testing.assert_allclose(widget.answers(widget.values)[-len(answers) :], answers, atol=1e-5)
    assert widget.searches[0].tried == 3 * 3 * 8 * 2


def test_an_lstm_that_it_cannot_read_is_refused(keras):
    gru = keras.Sequential([keras.Input((None, 5)), keras.layers.GRU(4)])
    with pytest.raises(ValueError, match=r"LSTMGates.*an LSTM as first.*begins with GRU"):
        LSTMGates.from_keras(gru, "Harry", VOCABULARY)
    both = keras.Sequential(
        [keras.Input((None, 5)), keras.layers.Bidirectional(keras.layers.LSTM(4))]
    )
    with pytest.raises(ValueError, match="begins with Bidirectional"):
        LSTMGates.from_keras(both, "Harry", VOCABULARY)
    relu = keras.Sequential([keras.Input((None, 5)), keras.layers.LSTM(4, activation="relu")])
    with pytest.raises(ValueError, match="tanh and sigmoid gates"):
        LSTMGates.from_keras(relu, "Harry", VOCABULARY)


def test_a_single_neuron_is_taken_from_a_model(keras):
    neuron = keras.layers.SimpleRNN(1, return_sequences=True)
    model = _randomised(keras.Sequential([keras.Input((None, 1)), neuron]))
    pulses = [0.0, 1.0, 0.0, -1.0, 0.5]
    widget = NeuronLab.from_keras(model, inputs=pulses)
    theirs = np.ravel(model(np.reshape(pulses, (1, -1, 1)).astype("float32")))
    np.testing.assert_allclose(widget.states, theirs, atol=1e-5)
    wide = keras.Sequential([keras.Input((None, 2)), keras.layers.SimpleRNN(3)])
    with pytest.raises(ValueError, match="2 features and 3 units"):
        NeuronLab.from_keras(wide)
    with pytest.raises(ValueError, match="among its layers"):
        NeuronLab.from_keras(keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)]))
