"""A bidirectional tagger set by hand, and random ones, for the tests of BiCompare."""

import numpy as np

from unrolled.widgets import BiCompare

TEDDY = (
    "He said , Teddy bears are on sale",
    "He said , Teddy Roosevelt was a president",
)
SKY = ("어제 하늘은 정말 맑았다", "어제 하늘은 정말 웃었다")
SENTENCES = [*TEDDY, *SKY, "He said , bears are on sale", "어제 정말 맑았다"]
WORDS = list(dict.fromkeys(word for text in SENTENCES for word in text.split()))
VOCABULARY = {word: i for i, word in enumerate(["<pad>", "<unk>", *WORDS])}


def teddy_weights(units=4) -> dict:
    """Weights of a tagger that knows which words settle what "Teddy" and 하늘 are.

    Unit 0 of the forward half says whether the word at hand may be a name: yes, no, perhaps. Unit
    0 of the backward half carries from the end what it met: a person's deed or a thing's. The
    other units do next to nothing.
    """
    rng = np.random.default_rng(7)

    def half(meaning, keep):
        W_x = rng.normal(size=(len(VOCABULARY), units)) / 2
        W_h = rng.normal(size=(units, units)) / 2
        W_x[:, 0] = [meaning(word) for word in VOCABULARY]
        W_h[:, 0] = W_h[0] = 0
        W_h[0, 0] = keep
        return {"W_x": W_x, "W_h": W_h, "b": np.zeros(units)}

    certain = {"Roosevelt": 2.0, "Teddy": 0.0, "하늘은": 0.0}
    later = {"Roosevelt": 2.0, "웃었다": 2.0, "bears": -2.0, "맑았다": -2.0}
    forward = half(lambda word: certain.get(word, -2.0), keep=0.0)
    backward = half(lambda word: later.get(word, 0.0), keep=1.6)
    V = np.concatenate([[8.0], np.full(units - 1, 0.05), [4.5], np.full(units - 1, 0.05)])
    one_way = forward | {"V": np.concatenate([[9.0], np.full(units - 1, 0.05)]), "c": -0.1}
    return {"forward": forward, "backward": backward, "V": V, "c": -0.4, "one_way": one_way}


def random_half(rng, cell="GRU", units=7, after=True) -> dict:
    wide = {"SimpleRNN": 1, "GRU": 3, "LSTM": 4}[cell] * units
    return {
        "W_x": rng.normal(size=(len(VOCABULARY), wide)),
        "W_h": rng.normal(size=(units, wide)) / units**0.5,
        "b": rng.normal(size=(2, wide) if cell == "GRU" and after else wide) / 3,
    }


def random_weights(cell="GRU", units=7, after=True, one_way=True) -> dict:
    rng = np.random.default_rng(5)
    forward, backward, alone = (random_half(rng, cell, units, after=after) for _ in range(3))
    alone |= {"V": rng.normal(size=units), "c": 0.2}
    both = {"forward": forward, "backward": backward, "V": rng.normal(size=2 * units), "c": -0.3}
    return both | {"one_way": alone if one_way else None}


def bi_compare(pair=TEDDY, weights=None, **options):
    """A BiCompare on the tagger set by hand, or on other weights."""
    text, other = pair
    weights = teddy_weights() if weights is None else weights
    return BiCompare.from_weights(
        text=text, vocabulary=VOCABULARY, other=other, **weights, **options
    )
