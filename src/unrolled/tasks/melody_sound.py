"""A melody made to sound: a soft plucked tone in plain NumPy, and a player for the notebook."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from unrolled.language import _
from unrolled.tasks.melody_notes import Note, playable, read_notes

RATE, TEMPO = 22050, 120  # samples a second, beats a minute
SLOWEST, FASTEST = 30, 400
# How loud each overtone starts, the first being the note itself, and how soon it dies, in seconds.
_LOUDNESS = np.array([1.0, 0.45, 0.22, 0.1])
_DECAY = np.array([0.9, 0.6, 0.4, 0.25])
_ATTACK, _RELEASE = 0.008, 0.04  # seconds; without them each note would begin and end with a click


def frequency(pitch: int) -> float:
    """Cycles a second of a MIDI number, 440 for the A above the middle C (equal temperament)."""
    return float(440 * 2 ** ((pitch - 69) / 12))


def _tone(pitch: int, samples: int, rate: int) -> np.ndarray:
    seconds = np.arange(samples) / rate
    overtones = np.arange(1, len(_LOUDNESS) + 1)[:, None]
    waves = np.sin(2 * np.pi * frequency(pitch) * overtones * seconds)
    fading = _LOUDNESS[:, None] * np.exp(-seconds / _DECAY[:, None])
    left = (samples - 1 - np.arange(samples)) / rate
    edges = np.minimum(1, seconds / _ATTACK) * np.minimum(1, left / _RELEASE)
    return (waves * fading).sum(axis=0) * edges / _LOUDNESS.sum()


def waveform(notes: Sequence[Note] | str, rate: int = RATE, tempo: float = TEMPO) -> np.ndarray:
    """Return the sound of a melody: float32 (samples,) within -1 … 1.

    notes as `playable` or `read_notes` takes them; rate in samples a second, tempo in beats a
    minute. Raises ValueError for what is no melody.
    """
    melody = read_notes(notes) if isinstance(notes, str) else playable(notes)
    if not (SLOWEST <= tempo <= FASTEST and 1000 <= rate <= 96000):
        sentence = _(
            "Choose a tempo of {slow} to {fast} beats a minute and 1000 to 96000 samples a second."
        )
        raise ValueError(sentence.format(slow=SLOWEST, fast=FASTEST))
    ends = np.cumsum([note.beats for note in melody]) * 60 / tempo * rate
    edges = np.concatenate([[0], np.round(ends)]).astype(int)
    tones = [
        _tone(note.pitch, length, rate) for note, length in zip(melody, np.diff(edges), strict=True)
    ]
    return np.concatenate(tones).astype(np.float32)


def play(notes: Sequence[Note] | str, tempo: float = TEMPO, autoplay: bool = False) -> Any:
    """Return a player (`IPython.display.Audio`) of a melody; notes as `waveform` takes them."""
    from IPython.display import Audio

    return Audio(waveform(notes, RATE, tempo), rate=RATE, normalize=False, autoplay=autoplay)
