"""Which words of a sentence are names? A small recurrent tagger, its training and its measure.

The same word is a name or not by what stands *before* it ("mr baker met the baker", "내 친구
바다가 웃었다" and "파란 바다가 보인다"), so a network that reads from left to right can know, and
one that looks at a single word cannot.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from unrolled.cells import sigmoid
from unrolled.language import _
from unrolled.layers import rnn_layer
from unrolled.sequences import PAD, UNKNOWN, build_vocabulary, one_hot
from unrolled.tasks.name_sentences import (
    FRAME,
    GRAMMARS,
    HELD_OUT,
    Sentence,
    sentences,
    split,
    tokenize,
    windows,
)
from unrolled.tasks.weights import load_weights, save_weights

__all__ = [
    "GRAMMARS",
    "HELD_OUT",
    "TOLERANCE",
    "NameModel",
    "ambiguous_words",
    "baseline",
    "build",
    "evaluate",
    "find_unit",
    "load",
    "save",
    "sentences",
    "split",
    "tokenize",
    "train",
    "windows",
]

PATH = Path(__file__).with_name("names.npz")
VOCABULARY_SIZE, UNITS = 250, 16
EPOCHS, BATCH, DROPOUT, RATE = 30, 64, 0.15, 0.006
LONGEST_TEXT, LONGEST_SENTENCE = 2000, 100  # characters, words
TOLERANCE = 0.01  # how far a retrained score may lie from the shipped one

# --- The trained model -----------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class NameModel:
    """A recurrent tagger: weights W_x, W_h, b of the layer, V, c of the sigmoid on each state."""

    weights: dict[str, np.ndarray]
    vocabulary: dict[str, int]

    @property
    def units(self) -> int:
        """How many recurrent units the layer has."""
        return len(self.weights["b"])

    def states(self, tokens: Sequence[str]) -> np.ndarray:
        """Return the hidden state after each word, (time, units)."""
        if len(tokens) == 0:
            return np.zeros((0, self.units), dtype=np.float32)
        x = one_hot(ids_of(tokens, self.vocabulary)[None], len(self.vocabulary))
        h0 = np.zeros((1, self.units), dtype=np.float32)
        return rnn_layer(x, h0, *(self.weights[name] for name in ("W_x", "W_h", "b")))[0]

    def probabilities(self, tokens: Sequence[str]) -> np.ndarray:
        """Return for each word how likely it is a name, (time,)."""
        return sigmoid(self.states(tokens) @ self.weights["V"] + self.weights["c"])[:, 0]

    def predict(self, text: str) -> list[tuple[str, float]]:
        """Return each word of a text with the probability that it is a name.

        Raises ValueError for a text without words or of more than 100 words.
        """
        tokens = readable(text)
        return list(zip(tokens, self.probabilities(tokens).tolist(), strict=True))


def ids_of(tokens: Sequence[str], vocabulary: dict[str, int]) -> np.ndarray:
    """Return the id of each token, (time,); a word that is not in the vocabulary is unknown."""
    # `or`: nobody may write "<pad>" into a sentence.
    unknown = vocabulary[UNKNOWN]
    return np.array([vocabulary.get(token, unknown) or unknown for token in tokens])


def readable(text: str) -> list[str]:
    """Return the words of a text; raises ValueError for one that cannot be read."""
    if not isinstance(text, str):
        raise ValueError(_("The tagger reads a text: write a sentence in quotation marks."))
    tokens = tokenize(text) if len(text) <= LONGEST_TEXT else []
    if len(text) > LONGEST_TEXT or len(tokens) > LONGEST_SENTENCE:
        sentence = _("This text is too long: at most {words} words and {characters} characters.")
        raise ValueError(sentence.format(words=LONGEST_SENTENCE, characters=LONGEST_TEXT))
    if not tokens:
        raise ValueError(_("There is no word in this text: write a sentence."))
    return tokens


def load() -> NameModel:
    """Return the model that comes with the course; needs NumPy only."""
    return NameModel(*load_weights(PATH))


def save(model: NameModel, path: Path = PATH) -> None:
    """Write weights and vocabulary beside this module, byte for byte the same each time."""
    save_weights(model.weights, model.vocabulary, path)


# --- Training and measure ----------------------------------------------------------------------


def _batch(chosen: Sequence[Sentence], vocabulary: dict[str, int], rng: np.random.Generator | None):
    """Pad sentences to arrays: one-hot words, labels, and 1 at real words as the weight."""
    longest = max(len(tokens) for tokens, _ in chosen)
    ids = np.full((len(chosen), longest), vocabulary[PAD])
    labels = np.zeros((len(chosen), longest, 1), dtype=np.float32)
    for row, (tokens, marks) in enumerate(chosen):
        ids[row, : len(tokens)] = ids_of(tokens, vocabulary)
        labels[row, : len(marks), 0] = marks
    real = (ids != vocabulary[PAD]).astype(np.float32)
    if rng is not None:  # words are made unknown at random, so that the unknown are learnt too
        frame = [vocabulary[token] for token in [PAD, *FRAME.split()]]
        lost = (rng.random(ids.shape) < DROPOUT) & ~np.isin(ids, frame)
        ids = np.where(lost, vocabulary[UNKNOWN], ids)
    return one_hot(ids, len(vocabulary)), labels, real


def build(vocabulary_size: int, units: int = UNITS, seed: int = 0):
    """Build the Keras model: SimpleRNN, then one sigmoid on the state after each word."""
    import keras

    layers: Any = keras.layers  # its stubs take an initialiser for a mere name
    start, few = keras.initializers, keras.regularizers.L1
    # The L1 penalties leave few connections, so that single units come to hold an idea.
    recurrent = layers.SimpleRNN(
        units,
        return_sequences=True,
        kernel_initializer=start.GlorotUniform(seed),
        recurrent_initializer=start.Orthogonal(seed=seed + 1),
        recurrent_regularizer=few(3e-4),
    )
    output = layers.Dense(
        1,
        activation="sigmoid",
        kernel_initializer=start.GlorotUniform(seed + 2),
        kernel_regularizer=few(1e-3),
    )
    return keras.Sequential([keras.Input((None, vocabulary_size)), recurrent, output])


def train(
    seed: int = 0, progress: Callable[[int, int], None] | None = None
) -> tuple[NameModel, dict[str, float]]:
    """Train the tagger with Keras and return it with its score on held-out sentences.

    progress is called with (epochs done, epochs in all). The same seed gives the same weights
    on the same machine, whatever the global seeds are.
    """
    import keras

    training, held_out = split(seed)
    vocabulary = build_vocabulary([tokens for tokens, _ in training], VOCABULARY_SIZE)
    network: Any = build(len(vocabulary), seed=seed)
    network.compile(keras.optimizers.Adam(RATE), "binary_crossentropy")
    rng = np.random.default_rng(seed)
    for epoch in range(EPOCHS):
        chosen = [training[i] for i in rng.permutation(len(training))]
        x, labels, real = _batch(chosen, vocabulary, rng)
        network.optimizer.learning_rate = RATE * (1 - epoch / EPOCHS)
        network.fit(x, labels, sample_weight=real, batch_size=BATCH, shuffle=False, verbose=0)
        if progress:
            progress(epoch + 1, EPOCHS)
    arrays = (np.array(array) for array in network.get_weights())
    weights: dict[str, np.ndarray] = dict(zip(("W_x", "W_h", "b", "V", "c"), arrays, strict=True))
    model = NameModel(weights, vocabulary)
    return model, evaluate(model, held_out)


def ambiguous_words(examples: Sequence[Sentence]) -> set[str]:
    """Return the words that are a name in one sentence and none in another."""
    seen = defaultdict(set)
    for tokens, labels in examples:
        for token, label in zip(tokens, labels, strict=True):
            seen[token].add(label)
    return {token for token, labels in seen.items() if len(labels) == 2}


def _score(guess: Callable[[list[str]], Sequence[int]], held_out: Sequence[Sentence]):
    ambiguous = ambiguous_words(held_out)
    right, hard = [], []
    for tokens, labels in held_out:
        for token, label, guessed in zip(tokens, labels, guess(tokens), strict=True):
            right.append(label == guessed)
            hard += [label == guessed] if token in ambiguous else []
    return {"accuracy": float(np.mean(right)), "ambiguous": float(np.mean(hard))}


def evaluate(model: NameModel, held_out: Sequence[Sentence]) -> dict[str, float]:
    """Return the share of words told right: of all ("accuracy") and of the "ambiguous" ones."""
    return _score(lambda tokens: [int(p > 0.5) for p in model.probabilities(tokens)], held_out)


def baseline(training: Sequence[Sentence], held_out: Sequence[Sentence]) -> dict[str, float]:
    """Score whoever sees one word at a time: each word gets its most frequent label.

    On the training sentences no dense model without memory can do better, however wide. An
    unseen word counts as no name. Returns what `evaluate` returns.
    """
    counts = Counter(pair for pairs in training for pair in zip(*pairs, strict=True))
    names = {token for token, label in counts if counts[token, 1] > counts[token, 0]}
    return _score(lambda tokens: [int(token in names) for token in tokens], held_out)


def find_unit(
    model: NameModel, examples: Sequence[Sentence], concept: str = "name"
) -> tuple[int, float]:
    """Find the unit whose state goes most with an idea; returns (unit, its correlation).

    concept is "name" (the word just read is part of a name) or "introduced" (among the words
    that are not: the next one is a name). A negative correlation: the unit goes down there.
    """
    if concept not in ("name", "introduced"):
        sentence = _("No concept {concept!r}: write 'name' or 'introduced'.")
        raise ValueError(sentence.format(concept=concept))
    # The last word introduces nothing and is left out for both.
    states = np.concatenate([model.states(tokens)[:-1] for tokens, labels in examples])
    here = np.concatenate([labels[:-1] for tokens, labels in examples])
    ahead = np.concatenate([labels[1:] for tokens, labels in examples])
    if concept == "name":
        correlations = np.corrcoef(states, here, rowvar=False)[-1, :-1]
    else:
        correlations = np.corrcoef(states[here == 0], ahead[here == 0], rowvar=False)[-1, :-1]
    unit = int(np.argmax(np.abs(correlations)))
    return unit, float(correlations[unit])
