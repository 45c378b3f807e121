"""The sentiment model and Keras: same arithmetic."""

from dataclasses import replace

import numpy as np
import pytest

from unrolled.sequences import PAD, UNKNOWN, one_hot
from unrolled.tasks import sentiment
from unrolled.trace import trace

pytestmark = pytest.mark.keras
LAYER = ("W_x", "W_h", "b")


@pytest.fixture(scope="module")
def model():
    return sentiment.load()


@pytest.fixture(scope="module")
def one_hot_network(model):
    """The Keras model that reads one-hot tokens with the shipped weights."""
    import keras

    recurrent = keras.layers.LSTM(model.units, return_sequences=True)
    output = keras.layers.Dense(1, activation="sigmoid")
    network = keras.Sequential([keras.Input((None, len(model.vocabulary))), recurrent, output])
    network.set_weights([model.weights[name] for name in (*LAYER, "V", "c")])
    return network


def test_numpy_reads_as_keras_does(model, one_hot_network):
    _, held_out = sentiment.split()
    for review in held_out[::100]:
        ids = [[model.vocabulary.get(token, 1) for token in review.tokens]]
        theirs = np.asarray(one_hot_network(one_hot(ids, len(model.vocabulary))))[0, :, 0]
        np.testing.assert_allclose(model.probabilities(review.tokens), theirs, rtol=1e-4, atol=1e-5)


def test_every_gate_is_as_traced(model, one_hot_network):
    tokens = sentiment.tokenize("the film was not good")
    ids = [[model.vocabulary[token] for token in tokens]]
    (traced,) = trace(one_hot_network, one_hot(ids, len(model.vocabulary)))
    for name, values in model.steps(tokens).items():
        np.testing.assert_allclose(values, traced.values[name][0], rtol=1e-4, atol=1e-5)


def test_an_embedding_multiplied_in_reads_the_same(model):
    network = sentiment.build(len(model.vocabulary))
    embedding, W_x, *others = network.get_weights()
    names = (*LAYER, "V", "c")
    weights = dict(zip(names, [embedding @ W_x, *others], strict=True))
    same = replace(model, weights=weights)
    tokens = ["the", "film", "was", "good"]
    ids = np.array([[model.vocabulary[token] for token in tokens]])
    theirs = np.asarray(network(ids))[0, :, 0]
    np.testing.assert_allclose(same.probabilities(tokens), theirs, rtol=1e-5, atol=1e-6)


def test_padding_weighs_nothing_in_training(model):
    reviews = [review for review in sentiment.reviews(20, "en", 0) if len(review.tokens) < 9]
    ids, verdicts, weights = sentiment._batch(reviews, model.vocabulary, longest=12)
    assert ids.shape == weights.shape == verdicts.shape[:2] == (len(reviews), 12)
    for row, review in enumerate(reviews):
        length = len(review.tokens)
        assert (ids[row, length:] == model.vocabulary[PAD]).all()
        assert (weights[row, length:] == 0).all()
        assert weights[row, length - 1] == sentiment.SAID
        assert verdicts[row, :length, 0].tolist() == list(review.verdicts)


def test_what_a_review_is_about_is_made_unknown_and_nothing_else(model):
    reviews = sentiment.reviews(300, "ko", 0)
    rng = np.random.default_rng(0)
    longest = max(len(review.tokens) for review in reviews) + 3
    ids, verdicts, weights = sentiment._batch(reviews, model.vocabulary, rng, longest)
    unknown = model.vocabulary[UNKNOWN]
    lost = set()
    for row, review in enumerate(reviews):
        length = int((weights[row] > 0).sum())
        before = length - len(review.tokens)
        assert (ids[row, :before] == unknown).all()
        assert verdicts[row, length - 1, 0] == review.positive
        tokens = zip(review.tokens, ids[row, before:length], strict=True)
        lost |= {token for token, index in tokens if index == unknown}
    assert lost
    assert lost <= sentiment.topic_tokens()
