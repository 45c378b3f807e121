"""The reader of dates and Keras: same arithmetic, with attention and without."""

import numpy as np
import pytest

from unrolled.sequences import PAD, teacher_forcing_inputs
from unrolled.tasks import dates
from unrolled.tasks.date_reader import READ, START, STEPS

pytestmark = pytest.mark.keras

SOME = dates.phrases(20, "en", 7) + dates.phrases(20, "ko", 7)


@pytest.fixture(scope="module")
def model():
    return dates.load()


@pytest.fixture(scope="module")
def network(model):
    """The Keras model with the shipped weights."""
    network = dates.build()
    for layer, embedding in (("encoder", "read"), ("decoder", "written")):
        network.get_layer(embedding).set_weights([model.weights[f"{layer}_E"]])
        network.get_layer(layer).set_weights(model.layer(layer))
    network.get_layer("output").set_weights([model.weights["V"], model.weights["c"]])
    return network


def test_numpy_reads_and_writes_as_keras_does(model, network):
    read, written = dates._batch(SOME)
    before = teacher_forcing_inputs(written, START)
    ours = model.decode(read, before)[2]
    np.testing.assert_allclose(ours, np.asarray(network([read, before])), rtol=1e-3, atol=1e-5)


def test_the_map_is_that_of_keras_own_attention(model, network):
    import keras

    read, written = dates._batch(SOME)
    before = teacher_forcing_inputs(written, START)
    (layer,) = [each for each in network.layers if type(each).__name__ == "Attention"]
    inner = keras.Model(network.inputs, layer.input)
    states, keys = inner([read, before])
    mask = keras.ops.convert_to_tensor(read != READ.index(PAD))
    _context, theirs = layer([states, keys], mask=[None, mask], return_attention_scores=True)
    np.testing.assert_allclose(model.decode(read, before)[1], theirs, rtol=1e-3, atol=1e-5)


def test_keras_running_freely_writes_the_same(model, network):
    read, _written = dates._batch(SOME)
    ours = model.decode(read)[0]
    before = np.zeros((len(read), STEPS), dtype=int)
    before[:, 0] = START
    for step in range(STEPS):
        written = np.asarray(network([read, before]))[:, step].argmax(axis=-1)
        np.testing.assert_array_equal(written, ours[:, step])
        before[:, step + 1 : step + 2] = written[:, None]


@pytest.mark.parametrize("attention", [True, False])
def test_the_trained_network_is_read_whole(attention):
    network = dates.build(attention)
    model = dates._model_of(network)
    assert model.attends == attention
    assert sum(array.size for array in model.weights.values()) == network.count_params()
    read, written = dates._batch(SOME)
    before = teacher_forcing_inputs(written, START)
    theirs = np.asarray(network([read, before]))
    np.testing.assert_allclose(model.decode(read, before)[2], theirs, rtol=1e-4, atol=1e-6)


def test_twins_begin_alike():
    one, other = (dates._model_of(dates.build(attention)).weights for attention in (True, False))
    for name in sorted(set(one) - {"V"}):
        np.testing.assert_array_equal(one[name], other[name])


@pytest.mark.slow
def test_without_attention_two_rounds_of_training_teach_next_to_nothing():
    calls = []
    twin, score = dates.train(progress=lambda *call: calls.append(call), attention=False, epochs=2)
    assert calls == [(1, 2), (2, 2)]
    assert not twin.attends
    assert score["exact"] < 0.05
    assert 0.5 < score["characters"] < 0.8
    again, _score = dates.train(attention=False, epochs=2)
    for name, array in twin.weights.items():
        np.testing.assert_array_equal(array, again.weights[name])
