"""A Korean numeral into English words: a small encoder and decoder, trained and measured.

One GRU reads all the syllables; its last state is all that the other is given. That one writes
word after word, each time reading the word it wrote last, until it writes "<end>".
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from unrolled.sequences import PAD, one_hot, pad_sequences, teacher_forcing_inputs
from unrolled.tasks.numeral_reader import (
    END,
    MOST_WORDS,
    READ,
    START,
    WRITTEN,
    NumeralModel,
    Translation,
)
from unrolled.tasks.numeral_words import (
    HELD_OUT,
    LARGEST,
    SYLLABLES,
    WORDS,
    english,
    english_words,
    korean,
    numbers,
    split,
    syllables,
)
from unrolled.tasks.weights import load_weights, save_weights

__all__ = [
    "HELD_OUT",
    "LARGEST",
    "TOLERANCE",
    "NumeralModel",
    "Translation",
    "baseline",
    "build",
    "dictionary",
    "english",
    "evaluate",
    "forced_and_free",
    "korean",
    "load",
    "numbers",
    "save",
    "split",
    "train",
]

PATH = Path(__file__).with_name("numerals.npz")
LONGEST_READ, LONGEST_WRITTEN = 11, 10  # syllables; words and "<end>"
EMBEDDING, UNITS = 16, 48
EPOCHS, BATCH, RATE, CLIP = 16, 64, 0.008, 1.0
TOLERANCE = 0.02  # how far a retrained score may lie from the shipped one


def load() -> NumeralModel:
    """Return the model that comes with the course; needs NumPy only."""
    return NumeralModel(*load_weights(PATH))


def save(model: NumeralModel, path: Path = PATH) -> None:
    """Write weights and vocabulary beside this module, byte for byte the same each time."""
    save_weights(model.weights, model.vocabulary, path)


# --- Training and measure ----------------------------------------------------------------------


def _batch(chosen: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
    """Lay numbers into arrays: ids of syllables, and of words with "<end>", both padded."""
    filled = [*chosen, LARGEST]  # the longest of all: every array has the same number of steps
    read = [[READ.index(each) for each in syllables(korean(number))] for number in filled]
    written = [[WRITTEN.index(each) for each in [*english_words(n), END]] for n in filled]
    return pad_sequences(read)[0][:-1], pad_sequences(written)[0][:-1]


def build(units: int = UNITS, seed: int = 0):
    """Build the Keras model: an encoder's last state is where the decoder starts.

    It takes ids of syllables (batch, 11) and of the words before each step (batch, 10), and
    returns the probability of each word at each step.
    """
    import keras

    layers: Any = keras.layers  # its stubs take an initialiser for a mere name
    start = keras.initializers
    spread = [start.RandomUniform(-0.3, 0.3, seed), start.RandomUniform(-0.3, 0.3, seed + 1)]

    def gru(name: str, seed: int, **options):
        kernel, recurrent = start.GlorotUniform(seed), start.Orthogonal(seed=seed + 1)
        options |= {"kernel_initializer": kernel, "recurrent_initializer": recurrent}
        return layers.GRU(units, name=name, unroll=True, **options)  # unrolled it trains faster

    read = keras.Input((LONGEST_READ,), dtype="int32")
    before = keras.Input((LONGEST_WRITTEN,), dtype="int32")
    embedded = [
        layers.Embedding(
            *(size, EMBEDDING), embeddings_initializer=values, mask_zero=True, name=name
        )(ids)
        for size, values, name, ids in (
            (len(READ), spread[0], "syllables", read),
            (len(WRITTEN), spread[1], "words", before),
        )
    ]
    _outputs, state = gru("encoder", seed + 2, return_state=True)(embedded[0])
    states = gru("decoder", seed + 4, return_sequences=True)(embedded[1], initial_state=state)
    kernel = start.GlorotUniform(seed + 6)
    output = layers.Dense(
        len(WRITTEN), activation="softmax", kernel_initializer=kernel, name="output"
    )
    return keras.Model([read, before], output(states))


def _model_of(network: Any) -> NumeralModel:
    """Take the weights; an embedding times W_x is the W_x that reads one-hot tokens."""
    arrays = {}
    for layer, embedding in (("encoder", "syllables"), ("decoder", "words")):
        (rows,) = network.get_layer(embedding).get_weights()
        W_x, W_h, b = network.get_layer(layer).get_weights()
        arrays |= {f"{layer}_W_x": rows @ W_x, f"{layer}_W_h": W_h, f"{layer}_b": b}
    V, c = network.get_layer("output").get_weights()
    weights = {name: np.array(array) for name, array in (arrays | {"V": V, "c": c}).items()}
    return NumeralModel(weights, {token: index for index, token in enumerate(READ)})


def train(
    seed: int = 0, progress: Callable[[int, int], None] | None = None, epochs: int = EPOCHS
) -> tuple[NumeralModel, dict[str, float]]:
    """Train the translator with Keras and return it with its score on held-out numbers.

    progress is called with (epochs done, epochs in all). Fewer epochs are the beginning of the
    same training. The same seed gives the same weights on the same machine.
    """
    import keras

    training, held_out = split(seed)
    network: Any = build(seed=seed)
    network.compile(keras.optimizers.Adam(RATE, clipnorm=CLIP), "sparse_categorical_crossentropy")
    read, words = _batch(training)
    before = teacher_forcing_inputs(words, WRITTEN.index(START))
    real = (words != WRITTEN.index(PAD)).astype(np.float32)
    rng = np.random.default_rng(seed)
    for epoch in range(epochs):
        order = rng.permutation(len(training))
        network.optimizer.learning_rate = RATE * (1 - epoch / EPOCHS)
        network.fit(
            *([read[order], before[order]], words[order]),
            **{"sample_weight": real[order], "batch_size": BATCH, "shuffle": False, "verbose": 0},
        )
        if progress:
            progress(epoch + 1, epochs)
    model = _model_of(network)
    return model, evaluate(model, held_out)


def _score(written: np.ndarray, truth: np.ndarray) -> dict[str, float]:
    """Compare ids (numbers, steps) of words, padded after "<end>"."""
    padding = WRITTEN.index(PAD)
    right, real = written == truth, truth != padding
    return {"exact": float(right.all(axis=1).mean()), "words": float(right[real].mean())}


def evaluate(model: NumeralModel, held_out: Sequence[int]) -> dict[str, float]:
    """Let the decoder run freely and return the share of numbers that are right to the last word.

    "exact" counts whole numbers, "words" the true words (and "<end>") that stand in their place.
    """
    read, truth = _batch(held_out)
    ids = model.decode(model.encoder_steps(read)["h"][:, -1])[0]
    wider = [(0, 0), (0, MOST_WORDS - truth.shape[1])]
    return _score(ids, np.pad(truth, wider))


def forced_and_free(model: NumeralModel, chosen: Sequence[int]) -> dict[str, np.ndarray]:
    """Return the share of words right at each place, given the true words before, or its own.

    "forced" reads the truth, as in training (Williams & Zipser 1989); "free" reads what it wrote
    itself, so that one mistake brings more. Both (steps,), "<end>" counts as a word.
    """
    read, truth = _batch(chosen)
    state, steps = model.encoder_steps(read)["h"][:, -1], truth.shape[1]
    before = teacher_forcing_inputs(truth, WRITTEN.index(START))
    ways = {"forced": model.decode(state, steps, before)[0], "free": model.decode(state, steps)[0]}
    real = truth != WRITTEN.index(PAD)
    used = real.any(axis=0)
    counts = real.sum(axis=0)[used]
    return {way: ((ids == truth) & real).sum(axis=0)[used] / counts for way, ids in ways.items()}


def dictionary(training: Sequence[int]) -> dict[str, str]:
    """Find for each syllable the one word that translates it best, from whole numerals alone.

    Which word belongs to which syllable is not told; it is found by expectation maximisation
    (model 1 of Brown et al. 1993).
    """
    read, written = _batch(training)
    bags = [one_hot(read, len(READ)).sum(axis=1), one_hot(written, len(WRITTEN)).sum(axis=1)]
    there, here = bags[0][:, 1:], bags[1][:, len(WRITTEN) - len(WORDS) :]
    share = np.full((len(SYLLABLES), len(WORDS)), 1 / len(WORDS))
    for _round in range(30):
        share *= there.T @ (here / np.maximum(there @ share, 1e-12))
        share /= share.sum(axis=1, keepdims=True)
    return {each: WORDS[row.argmax()] for each, row in zip(SYLLABLES, share, strict=True)}


def baseline(training: Sequence[int], held_out: Sequence[int]) -> dict[str, float]:
    """Score whoever looks up syllable after syllable in `dictionary` and writes word for word.

    Returns what `evaluate` returns.
    """
    known = dictionary(training)
    truth = _batch(held_out)[1]
    written = np.zeros((len(held_out), LONGEST_READ + 1), dtype=int)
    for row, number in enumerate(held_out):
        words = [*(known[each] for each in syllables(korean(number))), END]
        written[row, : len(words)] = [WRITTEN.index(word) for word in words]
    return _score(written, np.pad(truth, [(0, 0), (0, written.shape[1] - truth.shape[1])]))
