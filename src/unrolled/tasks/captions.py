"""A picture into words: a small captioner, its training and its measure.

Convolutions turn the picture into one vector, and that vector is the state in which a recurrent
decoder starts: it is all that the decoder ever sees of the picture. Which language it writes in is
told by the first token that it reads.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from unrolled.sequences import PAD, teacher_forcing_inputs
from unrolled.tasks.caption_reader import (
    CONVOLUTIONS,
    END,
    MOST_WORDS,
    STARTS,
    STRIDE,
    WRITTEN,
    Caption,
    CaptionModel,
)
from unrolled.tasks.scenes import (
    COLOURS,
    FORMS,
    GROUND,
    RELATIONS,
    SIZE,
    Example,
    Scene,
    draw,
    paint,
    split,
)
from unrolled.tasks.weights import load_weights, save_weights

__all__ = [
    "COLOURS",
    "FORMS",
    "RELATIONS",
    "TOLERANCE",
    "Caption",
    "CaptionModel",
    "Example",
    "Scene",
    "baseline",
    "build",
    "draw",
    "evaluate",
    "load",
    "nearest",
    "paint",
    "save",
    "split",
    "train",
]

PATH = Path(__file__).with_name("captions.npz")
KERNELS, FEATURES = (4, 3, 3), (12, 16, 16)  # of the convolutions
EMBEDDING, UNITS, LONGEST = 8, 38, 9  # LONGEST: words and "<end>"
EPOCHS, WARM, BATCH, RATE, CLIP = 24, 2, 64, 0.005, 1.0
TOLERANCE = 0.05  # how far a retrained score may lie: threads alone make .02

Score = dict[str, float]


def load() -> CaptionModel:
    """Return the model that comes with the course; needs NumPy only."""
    return CaptionModel(*load_weights(PATH))


def save(model: CaptionModel, path: Path = PATH) -> None:
    """Write weights and vocabulary beside this module, byte for byte the same each time."""
    save_weights(model.weights, model.vocabulary, path)


# --- Training and measure ----------------------------------------------------------------------


def _targets(examples: Sequence[Example], lang: str) -> np.ndarray:
    """The ids of the true captions with "<end>", padded: (examples, 9)."""
    known = {word: index for index, word in enumerate(WRITTEN)}
    ids = np.zeros((len(examples), LONGEST), dtype=int)  # padding is 0
    for row, example in zip(ids, examples, strict=True):
        words = [*example.scene.caption(lang), END]
        row[: len(words)] = [known[word] for word in words]
    return ids


def build(units: int = UNITS, seed: int = 0):
    """Build the Keras model: a picture becomes the state in which a SimpleRNN starts.

    It takes what differs from empty paper (batch, 24, 24, 3) and the ids of the words before each
    step (batch, 9), and returns the probability of each word at each step.
    """
    import keras

    layers: Any = keras.layers  # its stubs take an initialiser for a mere name
    start = keras.initializers
    picture = keras.Input((SIZE, SIZE, 3))
    before = keras.Input((LONGEST,), dtype="int32")
    x = picture
    for number, (size, features) in enumerate(zip(KERNELS, FEATURES, strict=True), 1):
        kernel = start.HeUniform(seed + number)
        x = layers.Conv2D(
            features, size, STRIDE, activation="relu", kernel_initializer=kernel, name=f"K{number}"
        )(x)
    x = layers.Flatten()(x)
    kernel = start.GlorotUniform(seed + 4)
    state = layers.Dense(units, kernel_initializer=kernel, name="state")(x)
    spread = start.RandomUniform(-0.3, 0.3, seed + 5)
    words = layers.Embedding(len(WRITTEN), EMBEDDING, spread, name="words")(before)
    states = layers.SimpleRNN(
        units,
        return_sequences=True,
        kernel_initializer=start.GlorotUniform(seed + 6),
        recurrent_initializer=start.Orthogonal(seed=seed + 7),
        unroll=True,  # it trains faster so
        name="decoder",
    )(words, initial_state=state)
    kernel = start.GlorotUniform(seed + 8)
    output = layers.Dense(
        len(WRITTEN), activation="softmax", kernel_initializer=kernel, name="output"
    )
    return keras.Model([picture, before], output(states))


def _model_of(network: Any) -> CaptionModel:
    """Take the weights of a Keras model under the names that the NumPy one reads them by."""
    named = {f"K{number}": f"K{number} k{number}" for number in range(1, CONVOLUTIONS + 1)}
    named |= {"state": "P p", "words": "E", "decoder": "W_x W_h b", "output": "V c"}
    weights = {}
    for layer, names in named.items():
        arrays = network.get_layer(layer).get_weights()
        weights |= {name: np.array(a) for name, a in zip(names.split(), arrays, strict=True)}
    return CaptionModel(weights, {word: index for index, word in enumerate(WRITTEN)})


def train(
    seed: int = 0, progress: Callable[[int, int], None] | None = None, epochs: int = EPOCHS
) -> tuple[CaptionModel, Score]:
    """Train the captioner with Keras and return it with its score on held-out scenes.

    progress is called with (epochs done, epochs in all). Fewer epochs are the beginning of the
    same training. The same seed gives the same weights on the same machine.
    """
    import keras

    training, held_out = split(seed)
    network: Any = build(seed=seed)
    steps = -(-len(training) // BATCH)  # of an epoch
    rate: Any = keras.optimizers.schedules.CosineDecay(
        0.0, (EPOCHS - WARM) * steps, alpha=0.05, warmup_target=RATE, warmup_steps=WARM * steps
    )
    network.compile(keras.optimizers.Adam(rate, clipnorm=CLIP), "sparse_categorical_crossentropy")
    pictures = GROUND - np.stack([example.picture for example in training])
    captions = [_targets(training, lang) for lang in STARTS]
    forced = [
        teacher_forcing_inputs(ids, WRITTEN.index(start))
        for ids, start in zip(captions, STARTS.values(), strict=True)
    ]
    rng = np.random.default_rng(seed)
    for epoch in range(epochs):
        order = rng.permutation(len(training))
        chosen = rng.integers(2, size=len(training))  # a language for each picture
        words, before = (np.stack(both)[chosen, order] for both in (captions, forced))
        network.fit(
            *([pictures[order], before], words),
            sample_weight=(words != WRITTEN.index(PAD)).astype(np.float32),
            **{"batch_size": BATCH, "shuffle": False, "verbose": 0},
        )
        if progress:
            progress(epoch + 1, epochs)
    model = _model_of(network)
    return model, evaluate(model, held_out)


def _score(written: np.ndarray, truth: np.ndarray) -> Score:
    """Compare ids (captions, steps) of words, padded after "<end>"."""
    right, real = written == truth, truth != WRITTEN.index(PAD)
    return {"exact": float(right.all(axis=1).mean()), "words": float(right[real].mean())}


def evaluate(model: CaptionModel, held_out: Sequence[Example]) -> Score:
    """Let the decoder run freely and return the share of captions that are right to the last word.

    "exact" counts whole captions, "words" the true words (and "<end>") that stand in their place,
    in both languages.
    """
    start = model.start(np.stack([example.picture for example in held_out]))
    written = np.concatenate([model.decode(start, lang)[0] for lang in STARTS])
    truth = np.concatenate([_targets(held_out, lang) for lang in STARTS])
    return _score(written, np.pad(truth, [(0, 0), (0, MOST_WORDS - LONGEST)]))


def baseline(training: Sequence[Example], held_out: Sequence[Example]) -> Score:
    """Score whoever never looks at the picture and writes the commonest word at each place.

    Returns what `evaluate` returns.
    """
    written, truth = [], []
    for lang in STARTS:
        known = _targets(training, lang)
        commonest = [Counter(column.tolist()).most_common(1)[0][0] for column in known.T]
        written.append(np.tile(commonest, (len(held_out), 1)))
        truth.append(_targets(held_out, lang))
    return _score(np.concatenate(written), np.concatenate(truth))


def nearest(training: Sequence[Example], held_out: Sequence[Example]) -> Score:
    """Score whoever remembers each picture of training and repeats the most similar one's caption.

    It cannot put a new caption together. Returns what `evaluate` returns.
    """
    known, new = (
        GROUND - np.stack([example.picture for example in examples]).reshape(len(examples), -1)
        for examples in (training, held_out)
    )
    distances = (known**2).sum(axis=1) - 2 * new @ known.T  # but for what is the same in a row
    likest = [training[index] for index in distances.argmin(axis=1)]
    written, truth = (
        np.concatenate([_targets(examples, lang) for lang in STARTS])
        for examples in (likest, held_out)
    )
    return _score(written, truth)
