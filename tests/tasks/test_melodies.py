"""The melody task and its shipped model: what holds without Keras."""

import subprocess
import sys

import numpy as np
import pytest

from unrolled.tasks import melodies
from unrolled.tasks.melody_notes import KEYS, PARTS, TOKENS, Note, ids_of, in_every_key, transpose

TWINKLE = "C C G G | A A G:2 | F F E E | D D C:2 | G G F F | E E"
LITTLE = 1e-6


@pytest.fixture(scope="module")
def model():
    return melodies.load()


@pytest.fixture(scope="module")
def tunes():
    return melodies.split()


# --- Data


@pytest.mark.parametrize("seed", [0, 1, 7])
def test_a_held_out_tune_is_in_no_key_among_training(seed):
    training, held_out = melodies.split(seed)
    assert len(held_out) == melodies.HELD_OUT
    assert {*training, *held_out} == set(melodies.TUNES)
    assert len(training) + len(held_out) == len(melodies.TUNES)
    lines = [" ".join(map(str, in_every_key(tune.notes)[0])) for tune in training]
    for tune in held_out:
        assert not any(
            " ".join(map(str, in_every_key(tune.notes)[0][:20])) in each for each in lines
        )


def test_the_same_seed_splits_the_same_and_another_otherwise():
    assert melodies.split(3) == melodies.split(3)
    assert melodies.split(3)[1] != melodies.split(4)[1]


def test_each_note_is_paired_with_the_one_after_it(tunes):
    ids, targets, real = melodies.batches(tunes[1])
    assert ids.shape == targets.shape == real.shape
    assert len(ids) == KEYS * melodies.HELD_OUT
    assert real.sum() == KEYS * sum(len(tune.notes) - 1 for tune in tunes[1])
    first = ids_of(in_every_key(tunes[1][0].notes)[0])
    np.testing.assert_array_equal(ids[0][real[0]], first[:-1])
    np.testing.assert_array_equal(targets[0][real[0]], first[1:])


def test_a_window_is_twenty_notes_and_the_next(tunes):
    ids, targets = melodies.windows(tunes[1])
    count = sum(len(tune.notes) - melodies.WINDOW for tune in tunes[1])
    assert ids.shape == (KEYS * count, melodies.WINDOW)
    assert targets.shape == (KEYS * count,)
    assert ids[1, -1] == targets[0]


# --- Score


def test_the_model_beats_the_bigram_on_tunes_it_never_heard(model, tunes):
    score, bigram = melodies.evaluate(model, tunes[1]), melodies.baseline(*tunes)
    assert score.keys() == bigram.keys() == {"bits", "accuracy"}
    assert score["bits"] < bigram["bits"] - 0.3
    assert score["accuracy"] > bigram["accuracy"]
    assert score.keys() >= melodies.LOWER_IS_BETTER


def test_twenty_notes_tell_the_next_better_than_one(model, tunes):
    window = melodies.window_score(model, tunes[1])
    assert window["bits"] < melodies.window_score(model, tunes[1], size=1)["bits"] - 0.3


def test_whoever_knows_nothing_pays_for_every_note_of_the_vocabulary(tunes):
    nothing = melodies.MelodyModel(
        {name: np.zeros_like(array) for name, array in melodies.load().weights.items()}, {}
    )
    assert melodies.evaluate(nothing, tunes[1])["bits"] == pytest.approx(np.log2(len(TOKENS)))


def test_the_bigram_is_a_distribution_that_knows_what_it_saw():
    tune = melodies.Tune("", "", "", 4, 11 * "C:.5 G:3 ")
    score = melodies.baseline([tune], [tune])
    assert score["accuracy"] == 1
    assert 0 < score["bits"] < 0.5
    other = melodies.baseline([tune], [melodies.Tune("", "", "", 4, 11 * "C:.5 E:3 ")])
    assert other["accuracy"] == 0
    assert np.isfinite(other["bits"])


# --- The shipped model


def test_the_likeliest_notes_come_with_their_probabilities(model):
    likely = model.predict(TWINKLE)
    assert len(likely) == 5
    chances = [chance for _note, chance in likely]
    assert chances == sorted(chances, reverse=True)
    assert 0 < sum(chances) <= 1 + LITTLE
    after = model.probabilities(TWINKLE)
    assert after.shape == (20, len(TOKENS))
    np.testing.assert_allclose(after.sum(axis=-1), 1, rtol=1e-5)
    assert model.predict(melodies.read_notes(TWINKLE)) == likely


def test_the_last_note_of_a_window_does_not_see_beyond_it(model):
    whole, part = model.probabilities(TWINKLE), model.probabilities("C C G G | A A")
    np.testing.assert_allclose(part, whole[:6], rtol=1e-4, atol=1e-6)


def test_it_goes_on_note_by_note_as_the_whole_reading_says(model):
    rng = np.random.default_rng(4)
    more = model.continue_melody(TWINKLE, 8, temperature=1e-4, rng=rng)
    notes = melodies.read_notes(TWINKLE)
    for note in more:  # as cold as this, the likeliest is drawn
        best = TOKENS[int(model.probabilities(notes)[-1].argmax())]
        assert note == best
        notes.append(note)


def test_the_same_generator_draws_the_same_tune_and_heat_makes_it_wander(model):
    def tune(temperature, seed):
        rng = np.random.default_rng(seed)
        return model.continue_melody("C D E F", 60, temperature, rng)

    assert tune(1, 3) == tune(1, 3) != tune(1, 4)
    assert len(tune(1, 3)) == 60
    assert {type(note) for note in tune(1, 3)} == {Note}
    kinds = [np.mean([len(set(tune(heat, seed))) for seed in range(5)]) for heat in (0.2, 1, 2)]
    assert kinds == sorted(kinds)
    assert kinds[0] < kinds[2] / 2


def test_it_keeps_to_the_key_it_was_given(model):
    scale = {0, 2, 4, 5, 7, 9, 11}
    for key in range(KEYS):
        start = transpose(melodies.read_notes("C C G G A A G:2 F F E E D D C:2"), key)
        more = model.continue_melody(start, 40, 0.5, np.random.default_rng(0))
        assert np.mean([(note.pitch - key) % 12 in scale for note in more]) > 0.8


def test_what_it_makes_can_be_read_drawn_and_heard(model):
    more = model.continue_melody(TWINKLE, rng=np.random.default_rng(0))
    assert melodies.read_notes(melodies.write_notes(more)) == more
    assert len(melodies.waveform(more)) > 10_000
    assert model.continue_melody("C", 0) == []


@pytest.mark.parametrize("text", ["", "H", "la la la", None, 3, [], [(60, 9)], "C1", 300 * "C "])
def test_what_cannot_be_read_is_refused(model, text):
    for read in (model.predict, model.probabilities, model.continue_melody):
        with pytest.raises(ValueError, match=r"\w \w"):
            read(text)


@pytest.mark.parametrize("steps", [-1, 501, 2.5, "3", None, True])
def test_steps_that_are_no_number_of_notes_are_refused(model, steps):
    with pytest.raises(ValueError, match="whole number"):
        model.continue_melody("C", steps)


def test_a_temperature_of_none_is_refused(model):
    with pytest.raises(ValueError, match="above 0"):
        model.continue_melody("C", 3, temperature=0)


def test_shapes_are_as_documented(model):
    units, parts = melodies.UNITS, PARTS.shape[1]
    assert {name: array.shape for name, array in model.weights.items()} == {
        **{"W_x": (parts, 4 * units), "W_h": (units, 4 * units), "b": (4 * units,)},
        **{"V": (units, parts), "c": (parts,)},
    }
    assert [melodies.read_notes(word)[0] for word in model.vocabulary] == list(TOKENS)
    assert {array.dtype for array in model.weights.values()} == {np.dtype(np.float32)}


def test_the_weights_are_small_and_load_without_keras_at_once():
    code = (
        "import sys, time, numpy; import unrolled.tasks.melodies as melodies\n"
        "start = time.perf_counter(); melodies.load(); seconds = time.perf_counter() - start\n"
        "assert not {'tensorflow', 'keras', 'IPython'} & set(sys.modules), 'Keras was loaded'\n"
        "print(seconds)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert float(run.stdout) < 0.05
    assert melodies.PATH.stat().st_size < 200_000


def test_saving_what_was_loaded_gives_the_same_bytes(model, tmp_path):
    melodies.save(model, tmp_path / "again.npz")
    assert (tmp_path / "again.npz").read_bytes() == melodies.PATH.read_bytes()
