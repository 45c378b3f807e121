"""The name tagger and Keras: same arithmetic."""

import numpy as np
import pytest

from unrolled.sequences import one_hot
from unrolled.tasks import names

pytestmark = pytest.mark.keras
LAYER = ("W_x", "W_h", "b", "V", "c")


def test_numpy_reads_as_keras_does():
    model = names.load()
    network = names.build(len(model.vocabulary))
    network.set_weights([model.weights[name] for name in LAYER])
    _, held_out = names.split()
    for tokens, _ in held_out[::100]:
        ids = [[model.vocabulary[token] for token in tokens]]
        theirs = np.asarray(network(one_hot(ids, len(model.vocabulary))))[0, :, 0]
        np.testing.assert_allclose(model.probabilities(tokens), theirs, rtol=1e-5, atol=1e-6)


def test_padding_weighs_nothing_in_training():
    model = names.load()
    sentences = [(["mr", "baker", "slept"], [0, 1, 0]), (["she", "sang"], [0, 0])]
    x, labels, real = names._batch(sentences, model.vocabulary, None)
    assert real.tolist() == [[1, 1, 1], [1, 1, 0]]
    assert labels[..., 0].tolist() == [[0, 1, 0], [0, 0, 0]]
    network = names.build(len(model.vocabulary))
    network.compile("sgd", "binary_crossentropy")
    labels[1, 2] = 1
    first = network.evaluate(x, labels, sample_weight=real, verbose=0)
    labels[1, 2] = 0
    assert network.evaluate(x, labels, sample_weight=real, verbose=0) == first
