"""From words to arrays: vocabularies and one-hot vectors."""

from collections import Counter

import numpy as np

PAD, UNKNOWN = "<pad>", "<unk>"


def build_vocabulary(sentences, size):
    """Give each of the most frequent tokens an id.

    sentences is a list of lists of tokens. Returns a dict token → id with at most `size` ≥ 2
    entries: "<pad>" is 0, "<unk>" is 1, then tokens by falling frequency, ties in the order of
    their first appearance.
    """
    counts = Counter(token for sentence in sentences for token in sentence)
    frequent = [token for token, _ in counts.most_common(size - 2)]
    return {token: index for index, token in enumerate([PAD, UNKNOWN, *frequent])}


def one_hot(ids, size):
    """Turn ids of any shape into one-hot vectors, float32 (*ids.shape, size).

    Raises ValueError for an id outside 0 … size - 1.
    """
    ids = np.asarray(ids)
    if ids.size and (ids.min() < 0 or ids.max() >= size):
        raise ValueError(f"one_hot: every id must lie in 0 … {size - 1}.")
    vectors = np.zeros((*ids.shape, size), dtype=np.float32)
    np.put_along_axis(vectors, ids[..., None].astype(np.intp), 1, axis=-1)
    return vectors
