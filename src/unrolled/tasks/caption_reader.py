"""A trained captioner: a picture becomes a state, and words come out of it, by NumPy alone."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from unrolled.language import _, current_language
from unrolled.sequences import PAD, decoder_step, softmax
from unrolled.tasks.scenes import GROUND, SCENES, SIZE, Scene, checked, checked_language, draw
from unrolled.tasks.scenes import read_scene as described

STARTS, END = {"en": "<en>", "ko": "<ko>"}, "<end>"
WORDS = tuple(
    dict.fromkeys(word for lang in STARTS for scene in SCENES for word in scene.caption(lang))
)
WRITTEN = (PAD, *STARTS.values(), END, *WORDS)
STRIDE, CONVOLUTIONS = 2, 3
MOST_WORDS = 20


@dataclass(frozen=True, eq=False)
class Caption:
    """What was written about a picture, step by step.

    `written` holds the words, at last "<end>" (unless none came). `start` (units,) is the state
    that the picture became, `states` (words, units) those after it, and `probabilities`
    (words, vocabulary) what each step gave to every entry of `vocabulary`.
    """

    picture: np.ndarray
    written: list[str]
    start: np.ndarray
    states: np.ndarray
    probabilities: np.ndarray
    vocabulary: tuple[str, ...]

    @property
    def text(self) -> str:
        """The words as one text, without "<end>"."""
        return " ".join(word for word in self.written if word != END)

    def likeliest(self, step: int, count: int = 3) -> list[tuple[str, float]]:
        """Return the words that seemed likeliest at a step, the first one first."""
        at = self.probabilities[step]
        chosen = np.argsort(-at, kind="stable")[:count]
        return [(self.vocabulary[index], float(at[index])) for index in chosen]


def convolve(x: np.ndarray, kernel: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """Lay a kernel on every second place of pictures: max(0, patch · kernel + bias).

    x (batch, height, width, channels), kernel (size, size, channels, features). Returns
    (batch, rows, columns, features), without padding at the edges.
    """
    size = len(kernel)
    patches = sliding_window_view(x, (size, size), axis=(1, 2))[:, ::STRIDE, ::STRIDE]
    return np.maximum(np.tensordot(patches, kernel.transpose(2, 0, 1, 3), axes=3) + bias, 0)


@dataclass(frozen=True, eq=False)
class CaptionModel:
    """Three convolutions, a dense layer that makes the first state, and a simple cell that writes.

    `weights` holds kernels K1 … K3 and biases k1 … k3, then P and p of the first state; E, W_x,
    W_h, b, V and c are what `unrolled.sequences.decoder_step` takes. `vocabulary` gives each word
    its id; "<pad>" is 0.
    """

    weights: dict[str, np.ndarray]
    vocabulary: dict[str, int]

    @property
    def units(self) -> int:
        """How many units the state has."""
        return len(self.weights["b"])

    def start(self, pictures: np.ndarray) -> np.ndarray:
        """Return the state that each picture becomes: (batch, 24, 24, 3) → (batch, units)."""
        x = GROUND - pictures  # empty paper is 0
        for number in range(1, CONVOLUTIONS + 1):
            x = convolve(x, self.weights[f"K{number}"], self.weights[f"k{number}"])
        return x.reshape(len(x), -1) @ self.weights["P"] + self.weights["p"]

    def decode(
        self,
        state: np.ndarray,
        lang: str = "en",
        steps: int = MOST_WORDS,
        forced: np.ndarray | None = None,
    ) -> tuple[np.ndarray, ...]:
        """Write greedily from states (batch, units): ids, probabilities and states at each step.

        They are (batch, steps), (batch, steps, vocabulary) and (batch, steps, units). Each step
        reads the likeliest word of the one before, the first one the token of the language; after
        "<end>" the ids are padding. `forced` (batch, steps) are ids that it reads instead of its
        own (teacher forcing).
        """
        token = np.full(len(state), self.vocabulary[STARTS[checked_language(lang)]])
        ended = np.zeros(len(state), dtype=bool)
        ids, probabilities, states = [], [], []
        for step in range(steps):
            token = token if forced is None else forced[:, step]
            logits, state = decoder_step(self.weights, token, state)
            token = logits.argmax(axis=-1)
            if forced is None:
                token = np.where(ended, self.vocabulary[PAD], token)
                ended |= token == self.vocabulary[END]
            ids.append(token)
            probabilities.append(softmax(logits))
            states.append(state)
        return tuple(np.stack(each, axis=1) for each in (ids, probabilities, states))

    def caption(self, scene: Any, lang: str = "en") -> Caption:
        """Look at a picture and write its caption in "en" or "ko"; tells what went on.

        scene is a picture (24, 24, 3), a `Scene`, or its description ("a red circle above a blue
        square"), which is drawn first. Raises ValueError, with a sentence, for what is none.
        """
        picture = seen(scene)
        start = self.start(picture[None])
        ids, probabilities, states = (each[0] for each in self.decode(start, lang))
        written = [WRITTEN[index] for index in ids if index != self.vocabulary[PAD]]
        count = len(written)
        return Caption(picture, written, start[0], states[:count], probabilities[:count], WRITTEN)

    def predict(self, scene: Any, lang: str = "en") -> str:
        """Return the caption of what `caption` takes, as one text."""
        return self.caption(scene, lang).text

    def example(self, scene: Any, lang: str | None = None) -> dict[str, Any]:
        """Return what `Example` of the widgets takes: `Example(**model.example(scene))`.

        The caption is the model's own, in the language of the reader unless lang says another.
        """
        lang = lang or current_language()
        said = self.caption(scene, lang)
        words = [word for word in said.written if word != END]
        return {
            **{"task": "caption", "shape": "vector_to_sequence"},
            **{"name": {"en": "English", "ko": "한국어"}[lang], "language": lang},
            **{"inputs": [_("picture")], "outputs": words or [END], "image": said.picture},
        }


def seen(scene: Any) -> np.ndarray:
    """Return the picture of a scene, drawn where it is described; a ValueError tells what is none.

    A picture is (24, 24, 3) with values from 0 to 1, or whole numbers from 0 to 255.
    """
    if isinstance(scene, str):
        return draw(*described(scene))
    if isinstance(scene, Scene):
        return draw(*checked(scene))
    try:
        picture = np.asarray(scene)
    except ValueError:  # rows of different lengths
        picture = np.asarray(None)
    if picture.dtype.kind not in "iuf":
        sentence = _("A picture is an array of numbers, such as draw(…) returns, or a description.")
        raise ValueError(sentence)
    if picture.shape != (SIZE, SIZE, 3):
        sentence = _(
            "A picture has the shape {right}: rows, columns, colours. This one has {shape}."
        )
        raise ValueError(sentence.format(right=(SIZE, SIZE, 3), shape=picture.shape))
    most = 1 if picture.dtype.kind == "f" else 255
    if not np.isfinite(picture).all() or picture.min() < 0 or picture.max() > most:
        sentence = _("A picture's values lie from 0 to 1, or as whole numbers from 0 to 255.")
        raise ValueError(sentence)
    return (picture / most).astype(np.float32)
