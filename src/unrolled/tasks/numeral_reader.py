"""A trained encoder and decoder for numerals: read, and written with, by NumPy alone."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from unrolled.cells import gru_step_reset_after
from unrolled.language import _
from unrolled.sequences import PAD, one_hot, softmax
from unrolled.tasks.numeral_words import LARGEST, SYLLABLES, WORDS, joined, korean, syllables
from unrolled.trace import Values, gru_steps

START, END = "<start>", "<end>"
READ = (PAD, *SYLLABLES)
WRITTEN = (PAD, START, END, *WORDS)
LONGEST_TEXT, MOST_SYLLABLES, MOST_WORDS = 200, 30, 20  # of a text: characters, …


@dataclass(frozen=True, eq=False)
class Translation:
    """What was read and what was written, step by step.

    `read` holds the syllables, `written` the words, at last "<end>" (unless none came).
    `encoder` (syllables, units) and `decoder` (words, units) are the states at each step, and
    `probabilities` (words, vocabulary) what the decoder gave to every entry of `vocabulary`.
    """

    read: list[str]
    written: list[str]
    encoder: np.ndarray
    decoder: np.ndarray
    probabilities: np.ndarray
    vocabulary: tuple[str, ...]

    @property
    def text(self) -> str:
        """The words as one text, without "<end>"."""
        return joined([word for word in self.written if word != END])

    def likeliest(self, step: int, count: int = 3) -> list[tuple[str, float]]:
        """Return the words that seemed likeliest at a step of the decoder, the first one first."""
        at = self.probabilities[step]
        chosen = np.argsort(-at, kind="stable")[:count]
        return [(self.vocabulary[index], float(at[index])) for index in chosen]


@dataclass(frozen=True, eq=False)
class NumeralModel:
    """Two GRUs and a softmax: W_x, W_h, b of "encoder_" and "decoder_", then V and c.

    `vocabulary` gives each syllable its id, `words` each English word; "<pad>" is 0 in both.
    """

    weights: dict[str, np.ndarray]
    vocabulary: dict[str, int]

    @property
    def words(self) -> dict[str, int]:
        """The id of each word that the decoder reads and writes."""
        return {word: index for index, word in enumerate(WRITTEN)}

    @property
    def units(self) -> int:
        """How many units either GRU has."""
        return len(self.weights["encoder_W_h"])

    def layer(self, name: str) -> list[np.ndarray]:
        """Return W_x, W_h and b of the "encoder" or the "decoder"."""
        return [self.weights[f"{name}_{part}"] for part in ("W_x", "W_h", "b")]

    def encoder_steps(self, ids: np.ndarray) -> Values:
        """Return gates z, r, candidate n and state h of the encoder, each (batch, time, units).

        ids (batch, time); padding leaves the state as it is.
        """
        h0 = np.zeros((len(ids), self.units), dtype=np.float32)
        x = one_hot(ids, len(self.vocabulary))
        return gru_steps(x, h0, *self.layer("encoder"), mask=ids != self.vocabulary[PAD])

    def decoder_step(self, token: np.ndarray, state: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Read words (ids, (batch,)); return logits (batch, vocabulary) and the new state."""
        x = one_hot(token, len(WRITTEN))
        state = gru_step_reset_after(x, state, *self.layer("decoder"))
        return state @ self.weights["V"] + self.weights["c"], state

    def decode(self, state: np.ndarray, steps: int = MOST_WORDS, forced: np.ndarray | None = None):
        """Write greedily from states (batch, units): ids, probabilities and states at each step.

        They are (batch, steps), (batch, steps, vocabulary) and (batch, steps, units). Each step
        reads the likeliest word of the one before; after "<end>" the ids are padding. `forced`
        (batch, steps) are ids that it reads instead of its own (teacher forcing).
        """
        padding, end = WRITTEN.index(PAD), WRITTEN.index(END)
        token = np.full(len(state), WRITTEN.index(START))
        ended = np.zeros(len(state), dtype=bool)
        ids, probabilities, states = [], [], []
        for step in range(steps):
            token = token if forced is None else forced[:, step]
            logits, state = self.decoder_step(token, state)
            token = logits.argmax(axis=-1)
            if forced is None:
                token = np.where(ended, padding, token)
                ended |= token == end
            ids.append(token)
            probabilities.append(softmax(logits))
            states.append(state)
        return tuple(np.stack(each, axis=1) for each in (ids, probabilities, states))

    def steps(self, text: str) -> Translation:
        """Translate a numeral and tell what went on at each step.

        Raises ValueError, with a sentence, for what cannot be read.
        """
        read = self._readable(text)
        encoder = self.encoder_steps(np.array([[self.vocabulary[each] for each in read]]))["h"][0]
        ids, probabilities, states = (each[0] for each in self.decode(encoder[-1:]))
        written = self._named(ids)
        count = len(written)
        return Translation(
            *(read, written, encoder, states[:count], probabilities[:count], WRITTEN)
        )

    def predict(self, text: str) -> str:
        """Translate a Korean numeral of up to six digits into English words.

        What lies beyond, or is no numeral (이십삼십), is translated too, as well as it goes.
        Raises ValueError, with a sentence, for what cannot be read.
        """
        return self.steps(text).text

    def so_far(self, text: str) -> list[tuple[str, str]]:
        """Return each beginning of a numeral with what would be written if it ended there."""
        steps = self.steps(text)
        ids = self.decode(steps.encoder)[0]
        beginnings = ["".join(steps.read[: time + 1]) for time in range(len(steps.read))]
        texts = [joined([word for word in self._named(row) if word != END]) for row in ids]
        return list(zip(beginnings, texts, strict=True))

    def example(self, text: str) -> dict[str, Any]:
        """Return what `Example` of the widgets takes: `Example(**model.example("이천"))`."""
        steps = self.steps(text)
        words = [word for word in steps.written if word != END]
        shape = "delayed_sequence_to_sequence"
        return {
            **{"task": "translation", "shape": shape, "name": "".join(steps.read)},
            **{"inputs": steps.read, "outputs": words or [END]},
        }

    def _named(self, ids: np.ndarray) -> list[str]:
        """Give ids their words, up to the first padding."""
        return [WRITTEN[index] for index in ids if index != WRITTEN.index(PAD)]

    def _readable(self, text: str) -> list[str]:
        if not isinstance(text, str):
            sentence = _("The translator reads a text: write a Korean numeral in quotation marks.")
            raise ValueError(sentence)
        read = syllables(text) if len(text) <= LONGEST_TEXT else []
        if len(text) > LONGEST_TEXT or len(read) > MOST_SYLLABLES:
            sentence = _("This text is too long: at most {count} syllables.")
            raise ValueError(sentence.format(count=MOST_SYLLABLES))
        if not read:
            raise ValueError(_("There is no numeral in this text: write one, such as 이천삼백."))
        if any(each.isdigit() for each in read):
            raise ValueError(_in_syllables("".join(read).replace(",", "")))
        if strange := [each for each in dict.fromkeys(read) if each not in SYLLABLES]:
            sentence = _("The translator does not know {strange}. It reads the syllables {known}.")
            named = ", ".join(repr(each) for each in strange[:5])
            raise ValueError(sentence.format(strange=named, known=" ".join(SYLLABLES)))
        return read


def _in_syllables(digits: str) -> str:
    """What to tell someone who wrote digits."""
    if digits.isdecimal() and int(digits) <= LARGEST:
        sentence = _("Write the numeral in syllables: for {digits} write {numeral}.")
        return sentence.format(digits=int(digits), numeral=korean(int(digits)))
    return _("Write the numeral in syllables, without digits: 이천삼백, not 2300.")
