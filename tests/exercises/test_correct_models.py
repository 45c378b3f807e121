"""Right models in the styles people build them: a check that fails one of them is wrong itself."""

from importlib import import_module
from typing import Any

import pytest

from unrolled import check

pytestmark = [pytest.mark.keras, pytest.mark.slow]
keras: Any = None
layers: Any = None


@pytest.fixture(scope="module", autouse=True)
def _import_keras():
    """Import it only where these tests are chosen: it takes seconds."""
    global keras, layers
    keras = import_module("keras")
    layers = keras.layers


def sequential(timesteps, features, units):
    return keras.Sequential(
        [
            keras.Input((timesteps, features)),
            layers.SimpleRNN(units),
            layers.Dense(1, activation="sigmoid"),
        ]
    )


def added_one_by_one(timesteps, features, units):
    model = keras.Sequential()
    model.add(keras.Input(shape=(None, features)))
    model.add(layers.SimpleRNN(units))
    model.add(layers.Dense(1, activation=keras.activations.sigmoid))
    return model


def unbuilt(timesteps, features, units):
    return keras.Sequential([layers.SimpleRNN(units), layers.Dense(1, "sigmoid")])


def old_input_shape(timesteps, features, units):
    return keras.Sequential(
        [
            layers.SimpleRNN(units, input_shape=(timesteps, features)),
            layers.Dense(1, activation="sigmoid"),
        ]
    )


def functional(timesteps, features, units):
    inputs = keras.Input((timesteps, features))
    outputs = layers.Dense(1, activation="sigmoid")(layers.SimpleRNN(units)(inputs))
    return keras.Model(inputs, outputs)


def subclassed(timesteps, features, units):
    class Classifier(keras.Model):
        def __init__(self):
            super().__init__()
            self.output_unit = layers.Dense(1, activation="sigmoid")
            self.recurrent = layers.SimpleRNN(units)

        def call(self, x):
            return self.output_unit(self.recurrent(x))

    return Classifier()


def compiled(timesteps, features, units):
    model = sequential(timesteps, features, units)
    model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
    model.summary()
    return model


def activation_apart(timesteps, features, units):
    return keras.Sequential(
        [
            keras.Input((timesteps, features)),
            layers.SimpleRNN(units, use_bias=True, name="states"),
            layers.Dense(1),
            layers.Activation("sigmoid"),
        ]
    )


def with_dropout(timesteps, features, units):
    return keras.Sequential(
        [
            keras.Input((timesteps, features)),
            layers.SimpleRNN(units, dropout=0.3),
            layers.Dropout(0.5),
            layers.Dense(1, activation="sigmoid"),
        ]
    )


def cell_in_a_loop_layer(timesteps, features, units):
    return keras.Sequential(
        [
            keras.Input((timesteps, features)),
            layers.RNN(layers.SimpleRNNCell(units)),
            layers.Dense(1, activation="sigmoid"),
        ]
    )


def last_step_taken_by_hand(timesteps, features, units):
    inputs = keras.Input((timesteps, features))
    states = layers.SimpleRNN(units, return_sequences=True, activation="tanh")(inputs)
    outputs = layers.Dense(1)(states[:, -1])
    return keras.Model(inputs, keras.ops.sigmoid(outputs))


def masked_and_unrolled(timesteps, features, units):
    return keras.Sequential(
        [
            keras.Input((timesteps, features)),
            layers.Masking(0.0),
            layers.SimpleRNN(units, unroll=True),
            layers.Flatten(),
            layers.Dense(1, activation="sigmoid"),
        ]
    )


MODELS = [
    sequential,
    added_one_by_one,
    unbuilt,
    pytest.param(old_input_shape, marks=pytest.mark.filterwarnings("ignore::UserWarning")),
    functional,
    subclassed,
    compiled,
    activation_apart,
    with_dropout,
    cell_in_a_loop_layer,
    last_step_taken_by_hand,
    masked_and_unrolled,
]


@pytest.mark.parametrize("build", MODELS)
def test_right_models_pass(build):
    for seed in (None, ..., 0, 1, 2):
        check("build_name_classifier", build, seed=seed)
