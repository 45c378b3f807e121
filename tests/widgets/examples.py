"""One widget of each kind and case, for the tests that hold for all of them."""

import numpy as np

from unrolled.widgets import (
    AttentionMap,
    GradientLab,
    GRUGates,
    LSTMGates,
    NeuronLab,
    ParamCounter,
    StateMap,
    TaskShapes,
)
from unrolled.widgets.layer_flow import checked_layer
from unrolled.widgets.shapes import Example

from .two_way import SKY, TEDDY, bi_compare, random_weights
from .written_dates import DATES, Clerk

WORDS = ["Harry", "Potter", "and", "Hermione", "Granger", "met", "a", "potter"]
HOSTILE = [
    "<img src=x onerror=document.title='owned'>",
    "</script><script>document.title='owned'</script>",
    "שלום",
    "\u202egnorw",
    "w" * 400,
    "&amp;",
    "__proto__",
]


def state_map(text=None, units=8, head=True, **options):
    """A StateMap on random weights."""
    vocabulary = {word: i for i, word in enumerate(["<pad>", "<unk>", *WORDS])}
    rng = np.random.default_rng(4)
    weights = {
        "W_x": rng.normal(size=(len(vocabulary), units)),
        "W_h": rng.normal(size=(units, units)) / units**0.5,
        "b": np.zeros(units),
    }
    if head:
        weights |= {"V": rng.normal(size=units), "c": 0.0}
    text = " ".join(WORDS) if text is None else text
    return StateMap.from_weights(weights, text, vocabulary, outcome="P(name)", **options)


def gradient_layer(units=5, steps=7, **options):
    """A GradientLab on a random layer."""
    rng = np.random.default_rng(6)
    W_h = rng.normal(size=(units, units)) / units**0.5
    layer = checked_layer(W_h, rng.normal(size=(steps, units)) / 3, "rnn")
    return GradientLab(layer.radius, layer=layer, strength=1.0, **options)


def gru_reading(text=None, units=6, head=True, after=True, beside=True, **options):
    """GRUGates on random weights, beside an LSTM."""
    vocabulary = {word: i for i, word in enumerate(["<pad>", "<unk>", *WORDS])}
    rng = np.random.default_rng(6)

    def weights(blocks):
        wide = blocks * units
        made = {
            "W_x": 1.5 * rng.normal(size=(len(vocabulary), wide)),
            "W_h": rng.normal(size=(units, wide)) / units**0.5,
            "b": rng.normal(size=(2, wide) if after and blocks == 3 else wide) / 3,
        }
        return made | ({"V": 2 * rng.normal(size=units), "c": 0.1} if head else {})

    options |= {"beside": weights(4)} if beside else {}
    text = " ".join(WORDS) if text is None else text
    return GRUGates.from_weights(weights(3), text, vocabulary, outcome="P(name)", **options)


SENTIMENT = ["<pad>", "<unk>", "the", "film", "is", "not", "good", "bad", "dull", "and", "fun"]


def negating_weights():
    """An LSTM built by hand, which answers whether a sentence is kind.

    Unit 0 remembers "not". Unit 1 takes up kind and unkind words as they are where nothing has
    been negated, unit 2 takes them up turned round where something has. Unit 3 does nothing.
    """
    units, shut, open_ = 4, -6.0, 6.0
    W_x, W_h = np.zeros((len(SENTIMENT), 4, units)), np.zeros((units, 4, units))
    b = np.zeros((4, units))
    i, f, g, o = range(4)
    b[i], b[f], b[o] = shut, open_, open_
    words = {word: k for k, word in enumerate(SENTIMENT)}
    W_x[words["not"], i, 0], W_x[words["not"], g, 0] = 12, 4
    for word, kind in (("good", 1), ("fun", 1), ("bad", -1), ("dull", -1)):
        W_x[words[word], i, 1], W_x[words[word], g, 1] = 12, 2 * kind
        W_x[words[word], i, 2], W_x[words[word], g, 2] = 3, -2 * kind
    # tanh(1) = 0.76 of unit 0 shuts the one way in and opens the other.
    W_h[0, i, 1], W_h[0, i, 2] = -16, 12
    V = np.array([0, 4, 4, 0.0])
    wide = 4 * units
    return {
        "W_x": W_x.reshape(-1, wide), "W_h": W_h.reshape(-1, wide), "b": b.ravel(), "V": V, "c": 0.0
    }  # fmt: skip


def lstm_gates(text="the film is not good", head=True, **options):
    """LSTMGates on the weights built by hand."""
    weights = negating_weights()
    if not head:
        weights = {name: weights[name] for name in ("W_x", "W_h", "b")}
    vocabulary = {word: i for i, word in enumerate(SENTIMENT)}
    options = {"outcome": "P(kind)", **options}
    return LSTMGates.from_weights(weights, text, vocabulary, **options)


def random_gates(text, units=8, **options):
    """LSTMGates on random weights."""
    vocabulary = {word: i for i, word in enumerate(["<pad>", "<unk>", *WORDS])}
    rng = np.random.default_rng(4)
    weights = {
        "W_x": rng.normal(size=(len(vocabulary), 4 * units)),
        "W_h": rng.normal(size=(units, 4 * units)) / units**0.5,
        "b": np.zeros(4 * units),
        "V": rng.normal(size=units),
        "c": 0.0,
    }
    return LSTMGates.from_weights(weights, text, vocabulary, outcome="P(name)", **options)


def attention_map(**options):
    """An AttentionMap of a writer of dates made by hand."""
    return AttentionMap.from_model(Clerk(), DATES, **options)


def translation(read, written, **options):
    """An AttentionMap of words, with random weights."""
    weights = np.random.default_rng(5).dirichlet(np.full(len(read), 0.4), size=len(written))
    reading = {"read": read, "written": written, "weights": weights}
    return AttentionMap([reading], **options)


# A new widget goes in here: it is then drawn, described, translated, made a page, looked at by
# axe-core in both themes, squeezed into a narrow cell and zoomed.
MAKERS = {
    "AttentionMap": attention_map,
    "AttentionMap of a wrong answer": lambda: attention_map(example=2, step=8, token=1),
    "AttentionMap of words": lambda: translation(WORDS, WORDS[:5], step=2),
    "AttentionMap on canvas": lambda: translation(WORDS * 5, WORDS * 4, step=20),
    "AttentionMap on hostile words": lambda: translation(HOSTILE[2:], HOSTILE[2:], step=2),
    "GRUGates": GRUGates,
    "GRUGates on weights": gru_reading,
    "GRUGates on weights, held": lambda: gru_reading(
        after=False, clamps=[["z", 2, -1, 1.0], ["r", 4, 0, 0.0]]
    ),
    "BiCompare": lambda: bi_compare(examples=[TEDDY, SKY]),
    "BiCompare on one sentence": lambda: bi_compare(("He said , Teddy", ""), step=3),
    "BiCompare with states": lambda: bi_compare(weights=random_weights("LSTM", 33)),
    "GradientLab": GradientLab,
    "GradientLab on a layer, clipped": lambda: gradient_layer(tokens=WORDS[:7], clip="value"),
    "GradientLab of an LSTM": lambda: GradientLab(cell="lstm", forget_bias=2.0),
    "LSTMGates": LSTMGates,
    "LSTMGates of a trained layer": lambda: lstm_gates(
        examples=["the film is not good", "the film is not bad and fun"]
    ),
    "LSTMGates on canvas": lambda: random_gates(" ".join(WORDS * 9), units=8),
    "LSTMGates without a head": lambda: lstm_gates("the film", head=False),
    "NeuronLab": NeuronLab,
    "ParamCounter": ParamCounter,
    "StateMap": lambda: state_map(examples=["Harry met a potter"]),
    "StateMap on canvas": lambda: state_map(" ".join(WORDS * 8), units=16),
    "StateMap with states": lambda: StateMap(["a", "<b>"], np.eye(2)),
    "TaskShapes": TaskShapes,
    "TaskShapes translating": lambda: TaskShapes(task=2, step=8),
    "TaskShapes on hostile words": lambda: TaskShapes(
        [Example("<b>", "sequence_to_sequence", HOSTILE[2:], HOSTILE[2:])], step=3
    ),
}
