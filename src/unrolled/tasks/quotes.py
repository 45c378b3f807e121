"""Is a quotation open? A tiny LSTM that reads characters, its training and its measure.

The same mark opens and closes, so what it means hangs on the marks before it: one memory cell is
set by the first, holds through the quotation, and is cleared by the next.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from unrolled.language import _
from unrolled.sequences import PAD, UNKNOWN, build_vocabulary, one_hot
from unrolled.tasks.lstm_reader import (
    NAMES,
    LSTMReader,
    correlated_unit,
    token_ids,
)
from unrolled.tasks.quote_sentences import (
    GRAMMARS,
    HELD_OUT,
    MARK,
    normalize,
    opened,
    split,
    texts,
)
from unrolled.tasks.weights import load_weights, save_weights

__all__ = [
    "GRAMMARS",
    "HELD_OUT",
    "MARK",
    "TOLERANCE",
    "baseline",
    "build",
    "evaluate",
    "find_unit",
    "load",
    "normalize",
    "opened",
    "save",
    "split",
    "texts",
    "train",
]

PATH = Path(__file__).with_name("quotes.npz")
VOCABULARY_SIZE, UNITS = 120, 8
EPOCHS, BATCH, DROPOUT, RATE = 12, 32, 0.15, 0.02
FORGET_BIAS = 3
LONGEST_TEXT = 200  # characters
TOLERANCE = 0.02  # how far a retrained score may lie from the shipped one

# --- The trained model -----------------------------------------------------------------------


def _readable(text: str) -> list[str]:
    if not isinstance(text, str) or len(text) > LONGEST_TEXT:
        sentence = _(
            "The model reads a text of at most {characters} characters: write one in apostrophes."
        )
        raise ValueError(sentence.format(characters=LONGEST_TEXT))
    if not text.strip():
        raise ValueError(_("There is nothing in this text: write a sentence."))
    return list(normalize(text))


def load() -> LSTMReader:
    """Return the model that comes with the course; needs NumPy only."""
    return LSTMReader(*load_weights(PATH), _readable)


def save(model: LSTMReader, path: Path = PATH) -> None:
    """Write weights and vocabulary beside this module, byte for byte the same each time."""
    save_weights(model.weights, model.vocabulary, path)


# --- Training and measure ----------------------------------------------------------------------


def _batch(
    chosen: Sequence[str],
    vocabulary: dict[str, int],
    rng: np.random.Generator | None = None,
    longest: int | None = None,
):
    """Pad texts to arrays: one-hot characters, labels, and 1 at real characters as the weight."""
    longest = longest or max(len(text) for text in chosen)
    ids = np.full((len(chosen), longest), vocabulary[PAD])
    labels = np.zeros((len(chosen), longest, 1), dtype=np.float32)
    for row, text in enumerate(chosen):
        ids[row, : len(text)] = token_ids(text, vocabulary)
        labels[row, : len(text), 0] = opened(text)
    real = (ids != vocabulary[PAD]).astype(np.float32)
    if rng is not None:  # characters are made unknown at random, so that they are learnt too
        lost = (rng.random(ids.shape) < DROPOUT) & (ids != vocabulary[MARK]) & (real == 1)
        ids = np.where(lost, vocabulary[UNKNOWN], ids)
    return one_hot(ids, len(vocabulary)), labels, real


def build(vocabulary_size: int, units: int = UNITS, seed: int = 0):
    """Build the Keras model: LSTM, then one sigmoid on the state after each character."""
    import keras

    layers: Any = keras.layers  # its stubs take an initialiser for a mere name
    start, few = keras.initializers, keras.regularizers.L1
    # The L1 penalties leave few connections, so that one cell comes to hold the open quotation.
    recurrent = layers.LSTM(
        units,
        return_sequences=True,
        kernel_initializer=start.GlorotUniform(seed),
        recurrent_initializer=start.Orthogonal(seed=seed + 1),
        kernel_regularizer=few(2e-5),
        recurrent_regularizer=few(1e-4),
    )
    output = layers.Dense(
        1,
        activation="sigmoid",
        kernel_initializer=start.GlorotUniform(seed + 2),
        kernel_regularizer=few(3e-4),
    )
    return keras.Sequential([keras.Input((None, vocabulary_size)), recurrent, output])


def _remember_from_the_start(network: Any) -> None:
    """Open the forget gates before training: what fades at once cannot learn to hold."""
    layer = network.layers[0]
    W_x, W_h, b = layer.get_weights()
    b[len(W_h) : 2 * len(W_h)] = FORGET_BIAS
    layer.set_weights([W_x, W_h, b])


def train(
    seed: int = 0, progress: Callable[[int, int], None] | None = None
) -> tuple[LSTMReader, dict[str, float]]:
    """Train the model with Keras and return it with its score on held-out texts.

    progress is called with (epochs done, epochs in all). The same seed gives the same weights
    on the same machine, whatever the global seeds are.
    """
    import keras

    training, held_out = split(seed)
    vocabulary = build_vocabulary(training, VOCABULARY_SIZE)
    network: Any = build(len(vocabulary), seed=seed)
    _remember_from_the_start(network)
    network.compile(keras.optimizers.Adam(RATE, clipnorm=1.0), "binary_crossentropy")
    rng = np.random.default_rng(seed)
    longest = max(len(text) for text in training)
    for epoch in range(EPOCHS):
        chosen = [training[i] for i in rng.permutation(len(training))]
        x, labels, real = _batch(chosen, vocabulary, rng, longest)
        network.optimizer.learning_rate = RATE * (1 - epoch / EPOCHS)
        network.fit(x, labels, sample_weight=real, batch_size=BATCH, shuffle=False, verbose=0)
        if progress:
            progress(epoch + 1, EPOCHS)
    arrays = (np.array(array) for array in network.get_weights())
    model = LSTMReader(dict(zip(NAMES, arrays, strict=True)), vocabulary, _readable)
    return model, evaluate(model, held_out)


def _score(guess: Callable[[str], Sequence[int]], held_out: Sequence[str]) -> dict[str, float]:
    right = [np.array(guess(text)) == np.array(opened(text)) for text in held_out]
    return {
        "accuracy": float(np.concatenate(right).mean()),
        "whole_texts": float(np.mean([each.all() for each in right])),
    }


def evaluate(model: LSTMReader, held_out: Sequence[str]) -> dict[str, float]:
    """Return the share of characters told right, and of texts right at each ("whole_texts")."""
    return _score(lambda text: [int(p > 0.5) for p in model.probabilities(text)], held_out)


def baseline(training: Sequence[str], held_out: Sequence[str]) -> dict[str, float]:
    """Score whoever sees one character at a time: each gets its most frequent label.

    Returns what `evaluate` returns.
    """
    counts = Counter(pair for text in training for pair in zip(text, opened(text), strict=True))
    inside = {character for character, _ in counts if counts[character, 1] > counts[character, 0]}
    return _score(lambda text: [int(character in inside) for character in text], held_out)


def find_unit(model: LSTMReader, examples: Sequence[str]) -> tuple[int, float]:
    """Find the unit whose memory goes most with an open quotation; returns (unit, correlation).

    A negative correlation: the memory goes down there.
    """
    memories = np.concatenate([model.steps(text)["c"] for text in examples])
    labels = np.concatenate([opened(text) for text in examples])
    return correlated_unit(memories, labels)
