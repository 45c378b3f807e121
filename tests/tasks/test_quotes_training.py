"""The quotation model and Keras: same arithmetic."""

import numpy as np
import pytest

from unrolled.sequences import UNKNOWN, one_hot
from unrolled.tasks import quotes

pytestmark = pytest.mark.keras


def test_numpy_reads_as_keras_does():
    model = quotes.load()
    network = quotes.build(len(model.vocabulary))
    network.set_weights([model.weights[name] for name in ("W_x", "W_h", "b", "V", "c")])
    for text in quotes.split()[1][::40]:
        unknown = model.vocabulary[UNKNOWN]
        ids = [[model.vocabulary.get(character, unknown) for character in text]]
        theirs = np.asarray(network(one_hot(ids, len(model.vocabulary))))[0, :, 0]
        np.testing.assert_allclose(model.probabilities(text), theirs, rtol=1e-4, atol=1e-5)


def test_padding_weighs_nothing_and_no_mark_is_lost_in_training():
    model = quotes.load()
    rng = np.random.default_rng(0)
    x, labels, real = quotes._batch(['a "b" c', "a"] * 50, model.vocabulary, rng, longest=9)
    assert real[:2].sum(axis=1).tolist() == [7, 1]
    assert labels[0, :, 0].tolist() == [0, 0, 1, 1, 0, 0, 0, 0, 0]
    assert (x[::2, [2, 4], model.vocabulary[quotes.MARK]] == 1).all()
    assert x[..., model.vocabulary[UNKNOWN]].sum() > 0


def test_memory_starts_out_open():
    network = quotes.build(20)
    quotes._remember_from_the_start(network)
    b = network.layers[0].get_weights()[2]
    assert b.reshape(4, quotes.UNITS)[:, 0].tolist() == [0, quotes.FORGET_BIAS, 0, 0]
