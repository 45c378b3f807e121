"""Notes and tunes: read, named, transposed; and every tune keeps its bars."""

import pytest

from unrolled.tasks.melody_notes import (
    BEATS,
    HIGHEST,
    KEYS,
    LOWEST,
    TOKENS,
    Note,
    ids_of,
    in_every_key,
    playable,
    read_notes,
    transpose,
    write_notes,
)
from unrolled.tasks.melody_tunes import TUNES

every_tune = pytest.mark.parametrize("tune", TUNES, ids=lambda tune: tune.title)

# --- Notes


@pytest.mark.parametrize(
    ("text", "notes"),
    [
        ("C4", [(60, 1)]),
        ("c C4:1 c4:1.0", 3 * [(60, 1)]),
        ("C C G G | A A G:2 |", [(60, 1), (60, 1), (67, 1), (67, 1), (69, 1), (69, 1), (67, 2)]),
        ("F#4 Gb4 f♯ g♭", 4 * [(66, 1)]),
        ("Bb3:1.5 bb3:1.5 B3:.5", [(58, 1.5), (58, 1.5), (59, 0.5)]),
        ("Cb5 B4 B#3 C4", [(71, 1), (71, 1), (60, 1), (60, 1)]),
        ("도 레 미 파 솔 라 시 도5", [(p, 1) for p in (60, 62, 64, 65, 67, 69, 71, 72)]),
        ("도#:2 솔3", [(61, 2), (55, 1)]),
    ],
)
def test_notes_are_read(text, notes):
    assert read_notes(text) == notes


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "read from a text"),
        (3, "read from a text"),
        (b"C4", "read from a text"),
        (2001 * "C", "at most 2000 characters"),
        ("", "no note in this text"),
        (" | \n", "no note in this text"),
        ("C H", "'H' is no note"),
        ("C44", "'C44' is no note"),
        ("CC", "'CC' is no note"),
        ("C4:", "'C4:' is no note"),
        ("C4:.", "'C4:.' is no note"),
        ("C4:0", "0 beats were never learnt"),
        ("C4:-1", "'C4:-1' is no note"),
        ("C4:nan", "'C4:nan' is no note"),
        ("C:²", "'C:²' is no note"),
        ("C④", "no note"),
        ("C4:5", "5 beats were never learnt. Choose from: 0.5, 1, 1.5, 2, 3, 4"),
        ("C2", "C2 lies outside what was learnt: G3 to B5"),
        ("C9", "C9 lies outside"),
        (201 * "C ", "at most 200 notes"),
        (100 * "x", "is no note"),
        ("\ud800", "is no note"),
    ],
)
def test_what_is_no_note_gets_a_sentence(text, said):
    with pytest.raises(ValueError, match=r".") as caught:
        read_notes(text)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    "notes",
    [
        *([], None, 5, [1], [(60,)], [(60, 1, 2)], [("C", 1)], [(60.5, 1)], [None]),
        *([(float("nan"), 1)], [(float("inf"), 1)], [(60, float("nan"))], [(10**30, 1)], [(-5, 1)]),
        [(60, 7)],
    ],
)
def test_what_is_no_melody_gets_a_sentence(notes):
    with pytest.raises(ValueError, match=r"A melody is|outside|never learnt"):
        playable(notes)


def test_plain_pairs_are_notes():
    assert playable([(60, 1), [62, 2]]) == [Note(60), Note(62, 2)]


def test_every_token_is_written_as_it_is_read():
    assert len(TOKENS) == len(set(TOKENS)) == (HIGHEST - LOWEST + 1) * len(BEATS)
    for token in TOKENS:
        assert read_notes(str(token)) == [token]
    assert ids_of(TOKENS).tolist() == list(range(len(TOKENS)))
    assert write_notes([Note(60), Note(58, 1.5)]) == "C4 A#3:1.5"


# --- Tunes


@every_tune
def test_every_bar_is_full(tune):
    """The upbeat and the last bar make one together."""
    bars = [sum(note.beats for note in read_notes(bar)) for bar in tune.text.split("|")]
    whole = bars if bars[0] == tune.meter else [*bars[1:-1], bars[0] + bars[-1]]
    assert set(whole) == {tune.meter}


@every_tune
def test_a_tune_is_heard_once_in_each_key_and_every_note_is_a_token(tune):
    keys = in_every_key(tune.notes)
    assert len(keys) == KEYS == len({notes[0].pitch % 12 for notes in keys})
    for notes in keys:
        assert ids_of(notes).shape == (len(tune.notes),)
        assert transpose(notes, tune.notes[0].pitch - notes[0].pitch) == tune.notes
    assert min(note.pitch for note in keys[0]) == LOWEST


@every_tune
def test_a_tune_has_a_window_and_a_source(tune):
    assert 21 <= len(tune.notes) <= 80
    assert tune.korean
    assert any(word in tune.source for word in ("traditional", "18", "17", "15"))


def test_no_tune_is_there_twice_under_another_name():
    assert len(TUNES) == 30
    assert len({tune.title for tune in TUNES}) == len({tune.korean for tune in TUNES}) == 30
    openings = {tuple(in_every_key(tune.notes)[0][:12]) for tune in TUNES}
    assert len(openings) == 30


def test_well_known_tunes_begin_as_everybody_knows_them():
    begins = {tune.korean: tune.text[:25] for tune in TUNES}
    assert read_notes("도 도 솔 솔 라 라 솔:2") == read_notes(begins["반짝반짝 작은 별"][:17])
    assert read_notes("솔 미 미:2 파 레 레:2") == read_notes(begins["나비야"][:17])
    assert read_notes("미 미 파 솔 솔 파 미 레") == read_notes(begins["환희의 송가"][:17])
