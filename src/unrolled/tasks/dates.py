"""A date as people write it into ISO digits: encoder, decoder and attention, trained and measured.

One GRU reads the characters, another writes "2024-03-12" character after character. With
attention the writer looks back at every step to the characters it needs, in whatever order they
stand; without, all it has is the reader's last state.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from unrolled.sequences import build_vocabulary, pad_sequences, teacher_forcing_inputs
from unrolled.tasks.date_phrases import (
    FIRST,
    FORMS,
    HELD_OUT,
    LAST,
    MONTHS,
    TRAINING,
    UNUSUAL,
    WEEKDAYS,
    Phrase,
    phrases,
    split,
    write,
)
from unrolled.tasks.date_reader import READ, START, STEPS, WRITTEN, DateModel, Reading
from unrolled.tasks.weights import load_weights, save_weights

__all__ = [
    "FIRST",
    "FORMS",
    "HELD_OUT",
    "LAST",
    "MONTHS",
    "TOLERANCE",
    "TRAINING",
    "UNUSUAL",
    "WEEKDAYS",
    "DateModel",
    "Phrase",
    "Reading",
    "baseline",
    "build",
    "evaluate",
    "load",
    "phrases",
    "save",
    "split",
    "train",
    "write",
]

PATH = Path(__file__).with_name("dates.npz")
EMBEDDINGS, UNITS = (16, 8), 32  # of characters read and written
EPOCHS, BATCH, RATE, CLIP = 8, 64, 0.01, 1.0
TOLERANCE = 0.02  # how far a retrained score may lie from the shipped one


def load() -> DateModel:
    """Return the model with attention that comes with the course; needs NumPy only."""
    return DateModel(*load_weights(PATH))


def save(model: DateModel, path: Path = PATH) -> None:
    """Write weights and vocabulary beside this module, byte for byte the same each time."""
    save_weights(model.weights, model.vocabulary, path)


# --- Training and measure ----------------------------------------------------------------------


def _batch(chosen: Sequence[Phrase]) -> tuple[np.ndarray, np.ndarray]:
    """Lay phrases into arrays: ids of the characters read, padded, and of those to write."""
    ids = {character: index for index, character in enumerate(READ)}
    read = pad_sequences([[ids[each] for each in phrase.text.lower()] for phrase in chosen])[0]
    written = np.array([[WRITTEN.index(each) for each in phrase.iso] for phrase in chosen])
    return read, written


def build(attention: bool = True, units: int = UNITS, seed: int = 0):
    """Build the Keras model: with attention, or its twin whose writer sees one state alone.

    It takes ids of the characters read (batch, time) and of those before each step (batch, 10),
    and returns the probability of each character at each step, (batch, 10, 11).
    """
    import keras

    layers: Any = keras.layers  # its stubs take an initialiser for a mere name
    start = keras.initializers

    def embedding(name: str, size: int, width: int, seed: int, **options):
        spread = start.RandomUniform(-0.3, 0.3, seed)
        return layers.Embedding(size, width, embeddings_initializer=spread, name=name, **options)

    def gru(name: str, seed: int, **options):
        kernel, recurrent = start.GlorotUniform(seed), start.Orthogonal(seed=seed + 1)
        options |= {"kernel_initializer": kernel, "recurrent_initializer": recurrent}
        return layers.GRU(units, return_sequences=True, name=name, **options)

    read = keras.Input((None,), dtype="int32")
    before = keras.Input((STEPS,), dtype="int32")
    characters = embedding("read", len(READ), EMBEDDINGS[0], seed, mask_zero=True)(read)
    digits = embedding("written", len(WRITTEN) + 1, EMBEDDINGS[1], seed + 1)(before)
    keys, last = gru("encoder", seed + 2, return_state=True)(characters)
    states = gru("decoder", seed + 4)(digits, initial_state=last)
    if attention:
        context = layers.Attention()([states, keys])  # each state asks, all of keys answer
        states = layers.Concatenate()([states, context])
    kernel = start.GlorotUniform(seed + 6)
    output = layers.Dense(
        len(WRITTEN), activation="softmax", kernel_initializer=kernel, name="output"
    )
    return keras.Model([read, before], output(states))


def _model_of(network: Any) -> DateModel:
    """Take the weights out of Keras's layers."""
    arrays = {}
    for layer, embedding in (("encoder", "read"), ("decoder", "written")):
        (arrays[f"{layer}_E"],) = network.get_layer(embedding).get_weights()
        for name, array in zip(
            ("W_x", "W_h", "b"), network.get_layer(layer).get_weights(), strict=True
        ):
            arrays[f"{layer}_{name}"] = array
    arrays["V"], arrays["c"] = network.get_layer("output").get_weights()
    return DateModel(arrays, {character: index for index, character in enumerate(READ)})


def train(
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
    attention: bool = True,
    epochs: int = EPOCHS,
) -> tuple[DateModel, dict[str, float]]:
    """Train the model, or its twin without attention, and return it with its held-out score.

    progress is called with (epochs done, epochs in all). Fewer epochs than usual are the
    beginning of the same training; in more the rate falls more slowly. The same seed gives the
    same weights on the same machine.
    """
    import keras

    training, held_out = split(seed)
    network: Any = build(attention, seed=seed)
    network.compile(keras.optimizers.Adam(RATE, clipnorm=CLIP), "sparse_categorical_crossentropy")
    read, written = _batch(training)
    before = teacher_forcing_inputs(written, START)
    rng = np.random.default_rng(seed)
    for epoch in range(epochs):
        order = rng.permutation(len(training))
        network.optimizer.learning_rate = RATE * (1 - epoch / max(epochs, EPOCHS))
        network.fit(
            *([read[order], before[order]], written[order]),
            **{"batch_size": BATCH, "shuffle": False, "verbose": 0},
        )
        if progress:
            progress(epoch + 1, epochs)
    model = _model_of(network)
    return model, evaluate(model, held_out)


def _score(written: np.ndarray, truth: np.ndarray) -> dict[str, float]:
    """Compare ids (phrases, 10) of what was written and of what was meant."""
    right = written == truth
    return {"exact": float(right.all(axis=1).mean()), "characters": float(right.mean())}


def evaluate(model: DateModel, held_out: Sequence[Phrase]) -> dict[str, float]:
    """Let the decoder run freely and return the share of dates that are right to the last digit.

    "exact" counts whole dates, "characters" all characters, both hyphens too.
    """
    read, truth = _batch(held_out)
    return _score(model.decode(read)[0], truth)


def baseline(
    training: Sequence[Phrase], held_out: Sequence[Phrase], neighbours: int = 2
) -> dict[str, float]:
    """Score whoever counts pairs of neighbouring characters, wherever in the text they stand.

    A linear regression for each of the ten characters, with a small penalty. neighbours=1 counts
    single characters, so that nothing of their order is left. Returns what `evaluate` returns.
    """
    cut = [_neighbours(phrase, neighbours) for phrase in training]
    vocabulary = build_vocabulary(cut, size=10_000)

    def bags(chosen: Sequence[Phrase]) -> np.ndarray:
        counts = np.zeros((len(chosen), len(vocabulary)))
        for row, phrase in zip(counts, chosen, strict=True):
            ids = [vocabulary.get(each, 1) for each in _neighbours(phrase, neighbours)]
            np.add.at(row, ids, 1)
        return counts

    x, penalty = bags(training), 1.0
    targets = np.eye(len(WRITTEN))[_batch(training)[1]].reshape(len(x), -1)
    weights = np.linalg.solve(x.T @ x + penalty * np.eye(len(vocabulary)), x.T @ targets)
    scores = (bags(held_out) @ weights).reshape(len(held_out), STEPS, -1)
    return _score(scores.argmax(axis=-1), _batch(held_out)[1])


def _neighbours(phrase: Phrase, size: int) -> list[str]:
    """Cut a phrase, with a space at either end, into all runs of `size` characters."""
    text = f" {phrase.text.lower()} "
    return [text[i : i + size] for i in range(len(text) - size + 1)]
