"""Which note comes next? A small LSTM that reads a melody note by note, its training and measure.

After every note it gives a probability to each note that may follow (sequence-to-sequence); its
answer after the twentieth alone is the window's (sequence-to-vector). What it says is drawn and
read next, and so it goes on with a tune of its own. It is judged on tunes that it never heard.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from unrolled.cells import lstm_step
from unrolled.language import _
from unrolled.layers import lstm_layer
from unrolled.sequences import make_windows, pad_sequences, sample_next, shift_targets, softmax
from unrolled.tasks.melody_notes import (
    PARTS,
    TOKENS,
    Note,
    ids_of,
    in_every_key,
    playable,
    read_notes,
    write_notes,
)
from unrolled.tasks.melody_sound import play, waveform
from unrolled.tasks.melody_tunes import TUNES, Tune
from unrolled.tasks.weights import load_weights, save_weights

__all__ = [
    "LOWER_IS_BETTER",
    "TOKENS",
    "TOLERANCE",
    "TUNES",
    "MelodyModel",
    "Note",
    "Tune",
    "baseline",
    "batches",
    "build",
    "evaluate",
    "load",
    "play",
    "read_notes",
    "save",
    "split",
    "train",
    "waveform",
    "window_score",
    "windows",
    "write_notes",
]

PATH = Path(__file__).with_name("melodies.npz")
HELD_OUT = 6  # tunes
UNITS = 32
EPOCHS, BATCH, RATE = 90, 16, 0.02
INPUT_DROPOUT, DROPOUT = 0.1, 0.5  # chosen on tunes kept back from training
WINDOW, LIKELIEST, LONGEST_CONTINUATION = 20, 5, 500  # notes
TOLERANCE = 0.05  # how far a retrained score may lie from the shipped one
LOWER_IS_BETTER = frozenset({"bits"})

NAMES = ("W_x", "W_h", "b", "V", "c")  # Keras's own order

Score = dict[str, float]
State = tuple[np.ndarray, np.ndarray]

# --- The trained model -----------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class MelodyModel:
    """W_x, W_h, b (columns i, f, g, o) of an LSTM, V and c of the scores on its state.

    A note is read as `PARTS` gives it, pitch and length side by side, and its score is that of its
    pitch plus that of its length: V is (units, 35) and c (35,), though the softmax is over 174.
    """

    weights: dict[str, np.ndarray]
    vocabulary: dict[str, int]

    @property
    def units(self) -> int:
        """How many units the layer has."""
        return len(self.weights["W_h"])

    def logits(self, ids: np.ndarray) -> np.ndarray:
        """Score every note that may follow each of ids (batch, time): (batch, time, vocabulary)."""
        start = np.zeros((len(ids), self.units), np.float32)
        layer = (self.weights[name] for name in ("W_x", "W_h", "b"))
        h, _c = lstm_layer(PARTS[ids], start, start, *layer)
        return self._scores(h)

    def probabilities(self, notes: Sequence[Note] | str) -> np.ndarray:
        """Return after each note how likely each one is to follow, (time, vocabulary)."""
        return softmax(self.logits(ids_of(_melody(notes))[None])[0])

    def predict(self, text: Sequence[Note] | str) -> list[tuple[str, float]]:
        """Return the five notes that are likeliest to follow, each with its probability.

        Raises ValueError, with a sentence, for what cannot be read as notes.
        """
        after = self.probabilities(text)[-1]
        best = np.argsort(-after, kind="stable")[:LIKELIEST]
        return [(str(TOKENS[index]), float(after[index])) for index in best]

    def continue_melody(
        self,
        notes: Sequence[Note] | str,
        steps: int = 24,
        temperature: float = 1.0,
        rng: np.random.Generator | None = None,
    ) -> list[Note]:
        """Go on with a melody: draw a note, read it, draw the next. Returns the `steps` new notes.

        A low temperature stays with what is likeliest, a high one wanders. Raises ValueError for
        what is no melody, no number of notes or no temperature.
        """
        if isinstance(steps, bool) or not isinstance(steps, int | np.integer):
            steps = -1
        if not 0 <= steps <= LONGEST_CONTINUATION:
            sentence = _("steps is how many notes are added: a whole number from 0 to {most}.")
            raise ValueError(sentence.format(most=LONGEST_CONTINUATION))
        rng = np.random.default_rng() if rng is None else rng
        *before, last = ids_of(_melody(notes))
        h = c = np.zeros((1, self.units), np.float32)
        for note in before:
            h, c = self._read(note, h, c)
        ids = [last]
        for _step in range(steps):
            h, c = self._read(ids[-1], h, c)
            ids.append(sample_next(self._scores(h[0]), temperature, rng))
        return [TOKENS[index] for index in ids[1:]]

    def _read(self, note: int, h: np.ndarray, c: np.ndarray) -> State:
        layer = (self.weights[name] for name in ("W_x", "W_h", "b"))
        return lstm_step(PARTS[[note]], h, c, *layer)

    def _scores(self, h: np.ndarray) -> np.ndarray:
        return (h @ self.weights["V"] + self.weights["c"]) @ PARTS.T


def _melody(notes: Sequence[Note] | str) -> list[Note]:
    return read_notes(notes) if isinstance(notes, str) else playable(notes)


def load() -> MelodyModel:
    """Return the model that comes with the course; needs NumPy only."""
    return MelodyModel(*load_weights(PATH))


def save(model: MelodyModel, path: Path = PATH) -> None:
    """Write weights and vocabulary beside this module, byte for byte the same each time."""
    save_weights(model.weights, model.vocabulary, path)


# --- Data --------------------------------------------------------------------------------------


def split(seed: int = 0) -> tuple[list[Tune], list[Tune]]:
    """Return training and held-out tunes; a held-out tune is in no key among training."""
    tunes = random.Random(f"melodies {seed}").sample(TUNES, len(TUNES))
    return tunes[HELD_OUT:], tunes[:HELD_OUT]


def batches(tunes: Sequence[Tune]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Lay tunes out in every key: ids read, the ids after them, and True where there is a note.

    All three (12 tunes, longest - 1).
    """
    ids, mask = pad_sequences([ids_of(key) for tune in tunes for key in in_every_key(tune.notes)])
    return *shift_targets(ids), mask[:, 1:]


def windows(tunes: Sequence[Tune], size: int = WINDOW) -> tuple[np.ndarray, np.ndarray]:
    """Cut tunes in every key into windows (n, size) of ids, each with the id that follows (n,)."""
    cut = [make_windows(ids_of(key), size) for tune in tunes for key in in_every_key(tune.notes)]
    inputs, targets = zip(*cut, strict=True)
    return np.concatenate(inputs), np.concatenate(targets)


# --- Training and measure ----------------------------------------------------------------------


def build(units: int = UNITS, seed: int = 0, every_step: bool = True):
    """Build the Keras model: LSTM, then one softmax over the notes that may follow.

    It answers after every note, (batch, time, vocabulary), or with every_step=False after the
    last alone, (batch, vocabulary): the weights are the same.
    """
    import keras

    layers: Any = keras.layers  # its stubs take an initialiser for a mere name
    start = keras.initializers
    recurrent = layers.LSTM(
        units,
        return_sequences=every_step,
        kernel_initializer=start.GlorotUniform(seed),
        recurrent_initializer=start.Orthogonal(seed=seed + 1),
        dropout=INPUT_DROPOUT,
        seed=seed + 2,
    )
    scores = layers.Dense(PARTS.shape[1], kernel_initializer=start.GlorotUniform(seed + 3))
    # Both ends are fixed: a note is its pitch and its length, and scores what these score.
    apart = layers.Embedding(*PARTS.shape, trainable=False)
    together = layers.Dense(len(PARTS), "softmax", use_bias=False, trainable=False)
    forget = layers.Dropout(DROPOUT, seed=seed + 4)
    network = keras.Sequential(
        [keras.Input((None,), dtype="int32"), apart, recurrent, forget, scores, together]
    )
    apart.set_weights([PARTS])
    together.set_weights([PARTS.T])
    return network


def train(
    seed: int = 0, progress: Callable[[int, int], None] | None = None
) -> tuple[MelodyModel, Score]:
    """Train the model with Keras and return it with its score on held-out tunes.

    progress is called with (epochs done, epochs in all). The same seed gives the same weights
    on the same machine, whatever the global seeds are.
    """
    import keras

    training, held_out = split(seed)
    network: Any = build(seed=seed)
    network.compile(keras.optimizers.Adam(RATE, clipnorm=1.0), "sparse_categorical_crossentropy")
    rng = np.random.default_rng(seed)
    x, targets, real = batches(training)
    for epoch in range(EPOCHS):
        order = rng.permutation(len(x))
        network.optimizer.learning_rate = RATE * (1 - epoch / EPOCHS)
        network.fit(
            x[order],
            targets[order],
            sample_weight=real[order].astype(np.float32),
            batch_size=BATCH,
            shuffle=False,
            verbose=0,
        )
        if progress:
            progress(epoch + 1, EPOCHS)
    arrays: Any = [variable.numpy() for variable in network.trainable_variables]
    vocabulary = {str(note): index for index, note in enumerate(TOKENS)}
    model = MelodyModel(dict(zip(NAMES, arrays, strict=True)), vocabulary)
    return model, evaluate(model, held_out)


def _score(probabilities: np.ndarray, targets: np.ndarray) -> Score:
    """Judge probabilities (n, vocabulary) by the notes that came (n,)."""
    given = probabilities[np.arange(len(targets)), targets]
    right = probabilities.argmax(axis=-1) == targets
    return {"bits": float(-np.log2(given).mean()), "accuracy": float(right.mean())}


def evaluate(model: MelodyModel, held_out: Sequence[Tune]) -> Score:
    """Return the bits that a note costs (lower is better) and how often the likeliest one came.

    Counted over every note but the first, of every tune in every key.
    """
    ids, targets, real = batches(held_out)
    return _score(softmax(model.logits(ids)[real]), targets[real])


def window_score(model: MelodyModel, tunes: Sequence[Tune], size: int = WINDOW) -> Score:
    """Score the note after each window of `size` notes, as `evaluate` does every note."""
    ids, targets = windows(tunes, size)
    return _score(softmax(model.logits(ids)[:, -1]), targets)


def baseline(training: Sequence[Tune], held_out: Sequence[Tune]) -> Score:
    """Score a bigram: how often each note followed this one in training, in every key.

    A pair never seen gets its share from how frequent the note is (Witten & Bell 1991). Returns
    what `evaluate` returns.
    """
    ids, targets, real = batches(training)
    counts = np.zeros((len(TOKENS), len(TOKENS)))
    np.add.at(counts, (ids[real], targets[real]), 1)
    frequent = (counts.sum(axis=0) + 1) / (counts.sum() + len(TOKENS))
    kinds = (counts > 0).sum(axis=1, keepdims=True)
    seen = counts.sum(axis=1, keepdims=True)
    table = (counts + np.maximum(kinds, 1) * frequent) / (seen + np.maximum(kinds, 1))
    ids, targets, real = batches(held_out)
    return _score(table[ids[real]], targets[real])
