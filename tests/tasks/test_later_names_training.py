"""The taggers of later_names and Keras: same arithmetic."""

import numpy as np
import pytest

from unrolled.tasks import later_names
from unrolled.trace import trace

pytestmark = pytest.mark.keras


def in_keras(model, both):
    """The Keras network of one tagger, with its shipped weights."""
    network = later_names.build(len(model.vocabulary), both=both)
    names = later_names.BOTH if both else later_names.ONE_WAY
    weights = [model.weights[name] for name in names]
    weights[-2] = weights[-2][:, None]
    network.set_weights(weights)
    return network


@pytest.mark.parametrize("both", [False, True], ids=["one way", "both ways"])
def test_numpy_reads_as_keras_does_with_padding(both):
    model = later_names.load()
    sentences = later_names.split()[1][::80]
    assert len({len(sentence.tokens) for sentence in sentences}) > 2
    x, _labels, _real = later_names._batch(sentences, model.vocabulary)
    theirs = np.asarray(in_keras(model, both)(x))[..., 0]
    read = model.bidirectional if both else model.one_way
    for sentence, probabilities in zip(sentences, theirs, strict=True):
        expected = probabilities[: len(sentence.tokens)]
        np.testing.assert_allclose(read(sentence.tokens), expected, rtol=1e-4, atol=1e-6)


def test_the_trace_of_both_directions_is_our_states():
    model = later_names.load()
    sentence = later_names.split()[1][0]
    x, _labels, _real = later_names._batch([sentence], model.vocabulary)
    there, back = trace(in_keras(model, both=True), x)
    assert (there.backwards, back.backwards) == (False, True)
    states = np.concatenate([there.values["h"][0], back.values["h"][0]], axis=-1)
    np.testing.assert_allclose(model.states(sentence.tokens), states, rtol=1e-4, atol=1e-6)


def test_padding_is_no_word_and_weighs_nothing():
    model = later_names.load()
    sentences = [
        later_names.Sentence(["he", "said", "rose", "slept", "well"], [0, 0, 1, 0, 0], 2, "en"),
        later_names.Sentence(["rose", "slept"], [1, 0], 0, "en"),
    ]
    x, labels, real = later_names._batch(sentences, model.vocabulary)
    assert real.tolist() == [[1, 1, 1, 1, 1], [1, 1, 0, 0, 0]]
    assert labels[..., 0].tolist() == [[0, 0, 1, 0, 0], [1, 0, 0, 0, 0]]
    assert x.sum(axis=-1).tolist() == real.tolist()
    network = later_names.build(len(model.vocabulary))
    network.compile("sgd", "binary_crossentropy")
    first = network.evaluate(x, labels, sample_weight=real, verbose=0)
    labels[1, 3] = 1
    assert network.evaluate(x, labels, sample_weight=real, verbose=0) == first


@pytest.mark.parametrize(("units", "layers", "both"), [(3, 1, False), (5, 3, False), (2, 2, True)])
def test_networks_of_any_size_have_the_weights_they_should(units, layers, both):
    network = later_names.build(7, units, layers, both)
    directions = 1 + both
    widths = [7] + (layers - 1) * [units * directions]
    each = [directions * (width * units + units * units + units) for width in widths]
    assert network.count_params() == sum(each) + directions * units + 1


def test_the_two_directions_start_differently():
    forward, backward = (later_names.build(7).layers[1].get_weights()[i] for i in (0, 3))
    assert not np.allclose(forward, backward)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("size", "ambiguous"), [({"units": 32, "layers": 2}, 0.5), ({"both": True}, 1.0)]
)
def test_neither_more_units_nor_more_layers_help_but_the_other_direction_does(size, ambiguous):
    calls = []
    score = later_names.attempt(**size, progress=lambda *call: calls.append(call))
    assert score["ambiguous"] == pytest.approx(ambiguous, abs=0.005)
    assert score["elsewhere"] > 0.99
    assert calls[-1] == (later_names.ATTEMPT_EPOCHS, later_names.ATTEMPT_EPOCHS)
