"""A trained encoder, decoder and attention for dates: read, and written with, by NumPy alone."""

import re
import unicodedata
from dataclasses import dataclass

import numpy as np

from unrolled.cells import gru_step_reset_after
from unrolled.language import _
from unrolled.sequences import PAD, attention, softmax
from unrolled.tasks.date_phrases import CHARACTERS
from unrolled.trace import gru_steps

READ = (PAD, *CHARACTERS)
WRITTEN = (*"0123456789-",)
START = len(WRITTEN)  # the id that the decoder reads first; it is never written
STEPS = len("YYYY-MM-DD")
LONGEST_TEXT, MOST_CHARACTERS = 2000, 40  # as typed; without needless spaces
TWO_DAYS = re.compile(r"(?<!\d)\d{1,2} ?[./-] ?\d{1,2} ?[./-] ?\d{2,4}(?!\d)")


@dataclass(frozen=True, eq=False)
class Reading:
    """What was read and what was written, character by character.

    `read` holds the characters of the text, `written` those of the date. `weights` (10, read) is
    the attention map: row t tells how much each character read counted when written[t] came;
    each row sums to 1 (to 0 in a model without attention). `encoder` (read, units) and `decoder`
    (10, units) are the states, `probabilities` (10, 11) what each entry of `vocabulary` was given.
    """

    read: list[str]
    written: list[str]
    weights: np.ndarray
    encoder: np.ndarray
    decoder: np.ndarray
    probabilities: np.ndarray
    vocabulary: tuple[str, ...] = WRITTEN

    @property
    def text(self) -> str:
        """The date as one text."""
        return "".join(self.written)

    def likeliest(self, step: int, count: int = 3) -> list[tuple[str, float]]:
        """Return the characters that seemed likeliest at a step, the first one first."""
        at = self.probabilities[step]
        chosen = np.argsort(-at, kind="stable")[:count]
        return [(self.vocabulary[index], float(at[index])) for index in chosen]


@dataclass(frozen=True, eq=False)
class DateModel:
    """Two GRUs, attention between them, and a softmax over what it read and what it found.

        h_t = GRU(E[token], h_{t-1})      context_t, weights_t = attention(h_t, encoder's states)
        logits_t = [h_t, context_t] V + c

    `weights` holds E, W_x, W_h, b of "encoder_" and "decoder_", then V and c. Without attention V
    reads h_t alone. `vocabulary` gives each character its id; "<pad>" is 0.
    """

    weights: dict[str, np.ndarray]
    vocabulary: dict[str, int]

    @property
    def units(self) -> int:
        """How many units either GRU has."""
        return len(self.weights["encoder_W_h"])

    @property
    def attends(self) -> bool:
        """Whether the decoder looks back at what was read."""
        return len(self.weights["V"]) == 2 * self.units

    def layer(self, name: str) -> list[np.ndarray]:
        """Return W_x, W_h and b of the "encoder" or the "decoder"."""
        return [self.weights[f"{name}_{part}"] for part in ("W_x", "W_h", "b")]

    def encode(self, ids: np.ndarray) -> np.ndarray:
        """Return the encoder's states (batch, time, units); padding leaves a state as it is."""
        h0 = np.zeros((len(ids), self.units), dtype=np.float32)
        x = self.weights["encoder_E"][ids]
        return gru_steps(x, h0, *self.layer("encoder"), mask=ids != self.vocabulary[PAD])["h"]

    def decoder_step(self, token: np.ndarray, state: np.ndarray, keys: np.ndarray, mask):
        """Read characters (ids, (batch,)) and look back at keys, the encoder's states.

        Returns logits (batch, 11), the new state (batch, units) and the attention weights
        (batch, time).
        """
        x = self.weights["decoder_E"][token]
        state = gru_step_reset_after(x, state, *self.layer("decoder"))
        seen, looks = state, np.zeros(mask.shape, dtype=np.float32)
        if self.attends:
            context, looks = attention(state, keys, keys, mask)
            seen = np.concatenate([state, context], axis=-1)
        return seen @ self.weights["V"] + self.weights["c"], state, looks

    def decode(self, ids: np.ndarray, forced: np.ndarray | None = None):
        """Write a date greedily for each row of ids (batch, time).

        Returns what was written (batch, 10), and at each step the attention weights (batch, 10,
        time), the probabilities (batch, 10, 11) and the decoder's state (batch, 10, units).
        `forced` (batch, 10) are ids that it reads instead of its own (teacher forcing).
        """
        keys, mask = self.encode(ids), ids != self.vocabulary[PAD]
        state, token = keys[:, -1], np.full(len(ids), START)
        steps = []
        for step in range(STEPS):
            token = token if forced is None else forced[:, step]
            logits, state, looks = self.decoder_step(token, state, keys, mask)
            token = logits.argmax(axis=-1)
            steps.append((token, looks, softmax(logits), state))
        return tuple(np.stack(each, axis=1) for each in zip(*steps, strict=True))

    def read(self, text: str) -> Reading:
        """Write a date as ISO digits and tell what went on at each step.

        Raises ValueError, with a sentence, for what cannot be read.
        """
        read = self._readable(text)
        ids = np.array([[self.vocabulary[each.lower()] for each in read]])
        written, looks, probabilities, states = (each[0] for each in self.decode(ids))
        characters = [WRITTEN[index] for index in written]
        return Reading(read, characters, looks, self.encode(ids)[0], states, probabilities)

    def predict(self, text: str) -> str:
        """Write a date as ISO digits: "12 March 2024" is "2024-03-12".

        A day that never was (31 February) and a year it has not learnt are written as well as it
        goes. Raises ValueError, with a sentence, for what cannot be read.
        """
        return self.read(text).text

    def _readable(self, text: str) -> list[str]:
        if not isinstance(text, str):
            raise ValueError(_("The model reads a text: write a date in quotation marks."))
        plain = text[: LONGEST_TEXT + 1]
        read = " ".join(unicodedata.normalize("NFKC", plain).split())
        if len(text) > LONGEST_TEXT or len(read) > MOST_CHARACTERS:
            sentence = _("This text is too long: at most {count} characters.")
            raise ValueError(sentence.format(count=MOST_CHARACTERS))
        if TWO_DAYS.search(read):
            raise ValueError(
                _("Digits alone may mean two days: write the month as a word, as in 3 April 2024.")
            )
        strange = [each for each in dict.fromkeys(read) if each.lower() not in self.vocabulary]
        if strange:
            sentence = _("The model does not know {strange}: no date it learnt from has them.")
            raise ValueError(sentence.format(strange=", ".join(map(repr, strange[:5]))))
        if not re.search(r"\d|년", read):
            raise ValueError(_("There is no date in this text: write one, such as 12 March 2024."))
        return list(read)
