"""Vocabularies and one-hot vectors agree with their definitions, taken word by word."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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
