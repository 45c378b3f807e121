"""Notes as tokens: a pitch and a length in beats, written "C4:2", read, named and transposed.

A melody is one line without rests: what a singer waits counts to the note before.
"""

import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from unrolled.language import _

LOWEST, HIGHEST = 55, 83  # MIDI numbers: G3 and B5
BEATS = (0.5, 1.0, 1.5, 2.0, 3.0, 4.0)
KEYS = 12  # a tune is heard in every key, once each
LONGEST_TEXT, LONGEST_MELODY = 2000, 200  # characters, notes

_NAMES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
_SYLLABLES = dict(zip("도레미파솔라시", "CDEFGAB", strict=True))
_NOTE = re.compile(
    r"([A-G도레미파솔라시])([#B]?)([0-9])?(?::([0-9]{1,2}(?:\.[0-9]{0,3})?|\.[0-9]{1,3}))?"
)


class Note(NamedTuple):
    """A MIDI number (60 is the middle C, one more a semitone higher) and a length in beats."""

    pitch: int
    beats: float = 1.0

    def __str__(self) -> str:
        octave, step = divmod(self.pitch, 12)
        length = "" if self.beats == 1 else f":{self.beats:g}"
        return f"{_NAMES[step]}{octave - 1}{length}"


TOKENS = tuple(Note(pitch, beats) for pitch in range(LOWEST, HIGHEST + 1) for beats in BEATS)
"""The vocabulary: every pitch in every length. A note's id is its place here."""

_IDS = {token: index for index, token in enumerate(TOKENS)}
_PITCHES = range(LOWEST, HIGHEST + 1)
PARTS = np.array(
    [
        [pitch == each for each in _PITCHES] + [beats == each for each in BEATS]
        for pitch, beats in TOKENS
    ],
    dtype=np.float32,
)
"""Each note of the vocabulary as two one-hot vectors side by side, pitch and length: (174, 35)."""


def read_notes(text: str) -> list[Note]:
    """Read notes such as "C4 C4 G4 G4 | A4 A4 G4:2", or "도 도 솔 솔 라 라 솔:2".

    A name, # or b, the octave (4 if none is given), then a colon and the beats if they are not 1;
    bar lines are passed over. Raises ValueError, with a sentence, for what cannot be read.
    """
    if not isinstance(text, str) or len(text) > LONGEST_TEXT:
        sentence = _('Notes are read from a text of at most {characters} characters: "C C G G".')
        raise ValueError(sentence.format(characters=LONGEST_TEXT))
    plain = unicodedata.normalize("NFC", text).replace("♯", "#").replace("♭", "b")
    words = plain.replace("|", " ").split()
    if not words:
        raise ValueError(_('There is no note in this text: write some, such as "C C G G A A G:2".'))
    return playable([_read(word) for word in words])


def _read(word: str) -> Note:
    found = _NOTE.fullmatch(word.upper())
    if not found:
        sentence = _("{word!r} is no note. Write a name, an octave and the beats: C4, F#4, Bb3:2.")
        raise ValueError(sentence.format(word=word[:20]))
    letter, sign, octave, length = found.groups()
    step = _NAMES.index(_SYLLABLES.get(letter, letter)) + {"#": 1, "B": -1, "": 0}[sign]
    return Note(12 * (int(octave or 4) + 1) + step, float(length or 1))


def playable(notes: Sequence[Note]) -> list[Note]:
    """Return the notes as they are, if each one is a token; else raise ValueError, with a sentence.

    Whatever is a pair of numbers counts as a note.
    """
    try:
        made = [Note(int(pitch), float(beats)) for pitch, beats in notes]
        exact = all(note.pitch == pitch for note, (pitch, _beats) in zip(made, notes, strict=True))
    except (TypeError, ValueError, OverflowError):
        made, exact = [], False
    if not made or not exact:
        raise ValueError(_("A melody is a list of at least one (pitch, beats), such as (60, 1)."))
    if len(made) > LONGEST_MELODY:
        sentence = _("This melody is too long: at most {notes} notes.")
        raise ValueError(sentence.format(notes=LONGEST_MELODY))
    for note in made:
        if not LOWEST <= note.pitch <= HIGHEST:
            sentence = _("{note} lies outside what was learnt: {low} to {high}.")
            low, high = Note(LOWEST), Note(HIGHEST)
            # A number that has no name is told as it is.
            name = str(Note(note.pitch)) if 0 <= note.pitch < 128 else note.pitch
            raise ValueError(sentence.format(note=name, low=low, high=high))
        if note.beats not in BEATS:
            sentence = _("{beats:g} beats were never learnt. Choose from: {lengths}.")
            lengths = ", ".join(f"{beats:g}" for beats in BEATS)
            raise ValueError(sentence.format(beats=note.beats, lengths=lengths))
    return made


def write_notes(notes: Sequence[Note]) -> str:
    """Write notes as `read_notes` reads them."""
    return " ".join(map(str, notes))


def ids_of(notes: Sequence[Note]) -> np.ndarray:
    """Return the id of each note, (time,)."""
    return np.array([_IDS[note] for note in notes], dtype=int)


def transpose(notes: Sequence[Note], semitones: int) -> list[Note]:
    """Move every note by so many semitones."""
    return [Note(note.pitch + semitones, note.beats) for note in notes]


def in_every_key(notes: Sequence[Note]) -> list[list[Note]]:
    """Return the tune in its twelve keys: its lowest note is G3, G#3 … F#4 in turn."""
    down = LOWEST - min(note.pitch for note in notes)
    return [transpose(notes, down + key) for key in range(KEYS)]
