"""The sound of a melody: its length, its pitch, no click and no clipping."""

import numpy as np
import pytest

from unrolled.tasks.melody_notes import Note
from unrolled.tasks.melody_sound import RATE, frequency, play, waveform


def test_pitches_are_those_of_a_tuning_fork_and_its_octaves():
    assert frequency(69) == 440
    assert frequency(81) == pytest.approx(880)
    assert frequency(60) == pytest.approx(261.63, abs=0.01)


@pytest.mark.parametrize(
    ("tempo", "rate", "seconds"), [(120, 22050, 3.5), (60, 22050, 7), (90, 8000, 4.6667)]
)
def test_the_sound_lasts_as_long_as_the_notes(tempo, rate, seconds):
    sound = waveform("C C G:2 | A:3", rate, tempo)
    assert sound.dtype == np.float32
    assert len(sound) == pytest.approx(seconds * rate, abs=1)


@pytest.mark.parametrize("pitch", [55, 60, 66, 69, 83])
def test_a_note_sounds_at_its_pitch(pitch):
    sound = waveform([Note(pitch, 4)])
    spectrum = np.abs(np.fft.rfft(sound))
    heard = np.fft.rfftfreq(len(sound), 1 / RATE)[spectrum.argmax()]
    assert heard == pytest.approx(frequency(pitch), abs=0.6)


def test_each_note_sounds_in_its_turn():
    sound, beat = waveform("C4 A4 G3:2"), RATE // 2
    for part, pitch in (
        (slice(0, beat), 60),
        (slice(beat, 2 * beat), 69),
        (slice(2 * beat, None), 55),
    ):
        spectrum = np.abs(np.fft.rfft(sound[part]))
        heard = np.fft.rfftfreq(len(sound[part]), 1 / RATE)[spectrum.argmax()]
        assert heard == pytest.approx(frequency(pitch), abs=2)


def test_nothing_clips_and_no_note_begins_or_ends_with_a_click():
    sound = waveform("C C G G A:.5 A:.5 B5:4 G3:4")
    assert 0.3 < np.abs(sound).max() < 1
    beat = RATE // 2
    for edge in (0, beat, 2 * beat, 3 * beat, len(sound)):
        assert np.abs(sound[max(edge - 2, 0) : edge + 2]).max() < 0.02
    assert abs(sound.mean()) < 0.01


@pytest.mark.parametrize("notes", ["", "H", [], None, [(60, 9)]])
def test_what_is_no_melody_makes_no_sound(notes):
    with pytest.raises(ValueError, match=r"."):
        waveform(notes)


@pytest.mark.parametrize(
    ("rate", "tempo"), [(0, 120), (-1, 120), (22050, 0), (22050, float("nan"))]
)
def test_a_rate_or_tempo_that_is_none_is_refused(rate, tempo):
    with pytest.raises(ValueError, match="tempo"):
        waveform("C", rate, tempo)


def test_the_player_holds_the_sound_as_it_is():
    player = play("C C G G")
    assert player._repr_html_().count("<audio") == 1
    assert player.data[:4] == b"RIFF"
    assert len(player.data) == 44 + 2 * len(waveform("C C G G"))
