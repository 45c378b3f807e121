"""Names that only later words settle: a one-way and a bidirectional tagger, trained and measured.

"He said, Teddy" is the beginning of a president and of teddy bears. A network that reads from left
to right tosses a coin there, however large; one that also reads from right to left knows.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from unrolled.cells import sigmoid
from unrolled.language import _
from unrolled.layers import bidirectional, stacked_rnn
from unrolled.sequences import PAD, UNKNOWN, build_vocabulary, one_hot
from unrolled.tasks.later_name_sentences import (
    AMBIGUOUS,
    FRAME,
    HELD_OUT,
    Sentence,
    sentences,
    split,
)
from unrolled.tasks.name_sentences import tokenize
from unrolled.tasks.names import ids_of, readable
from unrolled.tasks.weights import load_weights, save_weights

__all__ = [
    "AMBIGUOUS",
    "HELD_OUT",
    "TOLERANCE",
    "LaterNameModel",
    "Sentence",
    "attempt",
    "baseline",
    "build",
    "evaluate",
    "load",
    "save",
    "sentences",
    "split",
    "tokenize",
    "train",
]

PATH = Path(__file__).with_name("later_names.npz")
VOCABULARY_SIZE, UNITS = 400, 8
EPOCHS, BATCH, DROPOUT, CUT, RATE = 12, 32, 0.15, 0.2, 0.01
ATTEMPT_EPOCHS = 4
TOLERANCE = 0.01  # how far a retrained score may lie from the shipped one

# Keras's own order of a network's weights.
ONE_WAY = ("one_way_W_x", "one_way_W_h", "one_way_b", "one_way_V", "one_way_c")
BOTH = (
    *("forward_W_x", "forward_W_h", "forward_b", "backward_W_x", "backward_W_h", "backward_b"),
    *("V", "c"),
)

Progress = Callable[[int, int], None]
Layer = tuple[np.ndarray, np.ndarray, np.ndarray]
"""W_x (features, units), W_h (units, units) and b (units,) of a simple recurrent layer."""

# --- The trained model -----------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class LaterNameModel:
    """Two taggers of simple recurrent layers, each with a sigmoid on the state at every word.

    One reads both ways: W_x, W_h, b of "forward_" and "backward_", then V (2 units,) and c (1,) on
    their states side by side. The other reads from left to right alone: "one_way_" before each of
    W_x, W_h, b, V (units,) and c (1,).
    """

    weights: dict[str, np.ndarray]
    vocabulary: dict[str, int]

    def layer(self, name: str) -> Layer:
        """Return W_x, W_h and b of "forward", "backward" or "one_way"."""
        W_x, W_h, b = (self.weights[f"{name}_{part}"] for part in ("W_x", "W_h", "b"))
        return W_x, W_h, b

    def halves(self) -> dict[str, Any]:
        """Return both halves, the head, the one-way tagger and the words, by keyword.

        What BiCompare.from_weights and directions.two_way_reader take.
        """

        def parts(name: str) -> dict[str, Any]:
            return dict(zip(("W_x", "W_h", "b"), self.layer(name), strict=True))

        head = {"V": self.weights["one_way_V"], "c": self.weights["one_way_c"]}
        return {
            "forward": parts("forward"),
            "backward": parts("backward"),
            "V": self.weights["V"],
            "c": self.weights["c"],
            "one_way": parts("one_way") | head,
            "vocabulary": self.vocabulary,
            "tokenize": tokenize,
        }

    def one_way(self, tokens: Sequence[str]) -> np.ndarray:
        """Return for each word how likely it is a name, given it and those before, (time,)."""
        if len(tokens) == 0:
            return np.zeros(0)
        states = stacked_rnn(self._inputs(tokens), [self.layer("one_way")])[0]
        return sigmoid(states @ self.weights["one_way_V"] + self.weights["one_way_c"])

    def bidirectional(self, tokens: Sequence[str]) -> np.ndarray:
        """Return for each word how likely it is a name, given the whole text, (time,)."""
        forward, backward = self.evidence(tokens)
        return sigmoid(forward + backward + self.weights["c"])

    def states(self, tokens: Sequence[str]) -> np.ndarray:
        """Return the states of both directions side by side, (time, 2 units), forwards first."""
        if len(tokens) == 0:
            return np.zeros((0, len(self.weights["V"])))
        layers = self.layer("forward"), self.layer("backward")
        return bidirectional(self._inputs(tokens), *layers)[0]

    def evidence(self, tokens: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        """Return what each direction says for a name (above 0) or against it at each word.

        Two arrays (time,), forwards first: the sigmoid of their sum and c is the probability.
        """
        shares = self.states(tokens) * self.weights["V"]
        forward, backward = np.split(shares, 2, axis=-1)
        return forward.sum(axis=-1), backward.sum(axis=-1)

    def predict(self, text: str) -> list[tuple[str, float, float]]:
        """Return each word with its probability of a name: reading one way, and both ways.

        Raises ValueError for a text without words or of more than 100 words.
        """
        tokens = readable(text)
        read = self.one_way(tokens).tolist(), self.bidirectional(tokens).tolist()
        return list(zip(tokens, *read, strict=True))

    def _inputs(self, tokens: Sequence[str]) -> np.ndarray:
        return one_hot(ids_of(tokens, self.vocabulary)[None], len(self.vocabulary))


def load() -> LaterNameModel:
    """Return the model that comes with the course; needs NumPy only."""
    return LaterNameModel(*load_weights(PATH))


def save(model: LaterNameModel, path: Path = PATH) -> None:
    """Write weights and vocabulary beside this module, byte for byte the same each time."""
    save_weights(model.weights, model.vocabulary, path)


# --- Training ----------------------------------------------------------------------------------


def _cut(sentence: Sentence, rng: np.random.Generator) -> Sentence:
    """Break some sentences off at or after the ambiguous word, so that doubt is learnt too."""
    if rng.random() >= CUT:
        return sentence
    length = rng.integers(sentence.place + 1, len(sentence.tokens))
    return sentence._replace(tokens=sentence.tokens[:length], labels=sentence.labels[:length])


def _batch(
    chosen: Sequence[Sentence], vocabulary: dict[str, int], rng: np.random.Generator | None = None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Lay sentences into arrays: one-hot words, labels, and 1 at real words; padding is zeros."""
    longest = max(len(sentence.tokens) for sentence in chosen)
    ids = np.full((len(chosen), longest), vocabulary[PAD])
    labels = np.zeros((len(chosen), longest, 1), dtype=np.float32)
    for row, sentence in enumerate(chosen):
        ids[row, : len(sentence.tokens)] = ids_of(sentence.tokens, vocabulary)
        labels[row, : len(sentence.labels), 0] = sentence.labels
    real = (ids != vocabulary[PAD]).astype(np.float32)
    if rng is not None:  # words are made unknown at random, so that the unknown are learnt too
        frame = [vocabulary[token] for token in [PAD, *FRAME.split()]]
        lost = (rng.random(ids.shape) < DROPOUT) & ~np.isin(ids, frame)
        ids = np.where(lost, vocabulary[UNKNOWN], ids)
    return one_hot(ids, len(vocabulary)) * real[..., None], labels, real


def build(vocabulary_size: int, units: int = UNITS, layers: int = 1, both: bool = True, seed=0):
    """Build a Keras tagger: simple recurrent layers, then one sigmoid on the state at each word.

    both: each layer reads in both directions and lays their states side by side. Padding is masked,
    else the backward half would begin with it.
    """
    import keras

    kinds: Any = keras.layers  # its stubs take an initialiser for a mere name
    start = keras.initializers
    seeds: Iterator[int] = iter(range(seed, seed + 4 * layers + 1))

    def recurrent(**options):
        return kinds.SimpleRNN(
            units,
            return_sequences=True,
            kernel_initializer=start.GlorotUniform(next(seeds)),
            recurrent_initializer=start.Orthogonal(seed=next(seeds)),
            **options,
        )

    network = keras.Sequential([keras.Input((None, vocabulary_size)), kinds.Masking()])
    for _layer in range(layers):
        layer = recurrent()
        if both:
            backward = recurrent(go_backwards=True)
            layer = kinds.Bidirectional(layer, merge_mode="concat", backward_layer=backward)
        network.add(layer)
    output = start.GlorotUniform(next(seeds))
    network.add(kinds.Dense(1, activation="sigmoid", kernel_initializer=output))
    return network


def _fit(network: Any, training: Sequence[Sentence], vocabulary, seed, epochs, progress: Progress):
    import keras

    network.compile(keras.optimizers.Adam(RATE), "binary_crossentropy")
    rng = np.random.default_rng(seed)
    for epoch in range(epochs):
        chosen = [_cut(training[i], rng) for i in rng.permutation(len(training))]
        x, labels, real = _batch(chosen, vocabulary, rng)
        network.optimizer.learning_rate = RATE * (1 - epoch / epochs)
        network.fit(x, labels, sample_weight=real, batch_size=BATCH, shuffle=False, verbose=0)
        progress(epoch + 1, epochs)


def train(
    seed: int = 0, progress: Progress | None = None
) -> tuple[LaterNameModel, dict[str, float]]:
    """Train both taggers with Keras and return them with their scores on held-out sentences.

    progress is called with (epochs done, epochs in all). The same seed gives the same weights
    on the same machine, up to rounding, whatever the global seeds are.
    """
    training, held_out = split(seed)
    vocabulary = _vocabulary(training)
    weights: dict[str, np.ndarray] = {}
    for turn, (both, names) in enumerate(((False, ONE_WAY), (True, BOTH))):

        def passed(done: int, epochs: int, turn: int = turn) -> None:
            if progress:
                progress(turn * epochs + done, 2 * epochs)

        network = build(len(vocabulary), both=both, seed=seed)
        _fit(network, training, vocabulary, seed, EPOCHS, passed)
        weights |= dict(zip(names, network.get_weights(), strict=True))
    for name in ("one_way_V", "V"):
        weights[name] = weights[name][:, 0]
    model = LaterNameModel(weights, vocabulary)
    return model, evaluate(model, held_out)


def _vocabulary(training: Sequence[Sentence]) -> dict[str, int]:
    return build_vocabulary([sentence.tokens for sentence in training], VOCABULARY_SIZE)


def attempt(
    units: int = UNITS,
    layers: int = 1,
    both: bool = False,
    seed: int = 0,
    progress: Progress | None = None,
) -> dict[str, float]:
    """Train one tagger of this size for a moment: does it help? Returns its held-out scores.

    "ambiguous" is the share told right of the ambiguous words, "elsewhere" of all other words,
    "parameters" the number of weights. both: it reads in both directions.
    Raises ValueError for a size outside 1 … 128 units and 1 … 4 layers.
    """
    if not (1 <= units <= 128 and 1 <= layers <= 4):
        sentence = _("{units} units in {layers} layers: choose 1 to 128 units and 1 to 4 layers.")
        raise ValueError(sentence.format(units=units, layers=layers))
    training, held_out = split(seed)
    vocabulary = _vocabulary(training)
    network: Any = build(len(vocabulary), units, layers, both, seed)
    _fit(network, training, vocabulary, seed, ATTEMPT_EPOCHS, progress or (lambda *_done: None))
    x, _labels, _real = _batch(held_out, vocabulary)
    read = np.asarray(network.predict_on_batch(x))[..., 0]
    scores = _scores(read, held_out)
    return {
        "ambiguous": scores[""],
        "elsewhere": scores["_elsewhere"],
        "parameters": network.count_params(),
    }


# --- Measure -----------------------------------------------------------------------------------


def _scores(read: Iterable[np.ndarray], held_out: Sequence[Sentence]) -> dict[str, float]:
    """Score probabilities of a name: at ambiguous words, in all and by language, and elsewhere."""
    right: dict[str, list[bool]] = defaultdict(list)
    for probabilities, sentence in zip(read, held_out, strict=True):
        for place, label in enumerate(sentence.labels):
            groups = ("", f"_{sentence.lang}") if place == sentence.place else ("_elsewhere",)
            for group in groups:
                right[group].append((probabilities[place] > 0.5) == bool(label))
    return {group: float(np.mean(told)) for group, told in sorted(right.items())}


def _both_scores(one_way: Iterable, both: Iterable, held_out: Sequence[Sentence]):
    told = {"one_way": _scores(one_way, held_out), "bidirectional": _scores(both, held_out)}
    return {f"{name}{group}": told[name][group] for name in told for group in told[name]}


def evaluate(model: LaterNameModel, held_out: Sequence[Sentence]) -> dict[str, float]:
    """Return the share of ambiguous words told right by either tagger.

    "one_way" and "bidirectional", each with "_en" and "_ko" for one language, and "_elsewhere" for
    all words that are not ambiguous.
    """
    sentences = [sentence.tokens for sentence in held_out]
    return _both_scores(
        map(model.one_way, sentences), map(model.bidirectional, sentences), held_out
    )


def baseline(training: Sequence[Sentence], held_out: Sequence[Sentence]) -> dict[str, float]:
    """Score whoever sees one word at a time: each word gets its most frequent label.

    An unseen word counts as no name, a tie too. Returns what `evaluate` returns, for both taggers
    the same.
    """
    counts = Counter(
        pair for sentence in training for pair in zip(sentence.tokens, sentence.labels, strict=True)
    )
    names = {token for token, _ in counts if counts[token, 1] > counts[token, 0]}

    usual = [
        np.array([float(token in names) for token in sentence.tokens]) for sentence in held_out
    ]
    return _both_scores(usual, usual, held_out)
