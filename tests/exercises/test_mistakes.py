"""Every known mistake fails, is told by its own name, and says no more than it should."""

import inspect
import re

import numpy as np
import pytest

from unrolled import CheckFailed, check, exercises, sequences
from unrolled.language import _, speaking
from unrolled.outcome import attempt, outcome_of

# Mistakes divide by zero and overflow, as learners' answers do.
pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")
SEEDS = [None, ..., *range(4)]  # `make proof` runs many more, and so do the first assignments
FIRST = {
    each.name
    for name in ("00_start", "02_recurrent_neuron")
    for each in exercises.assignments()[name]
}
EVERY = [exercise for group in exercises.assignments().values() for exercise in group]
NUMPY = [
    pytest.param(exercise, mistake, id=f"{exercise.name}-{mistake.id}")
    for exercise in EVERY
    if not exercise.keras
    for mistake in exercise.mistakes
]
KERAS = [
    pytest.param(exercise, mistake, id=f"{exercise.name}-{mistake.id}")
    for exercise in EVERY
    if exercise.keras
    for mistake in exercise.mistakes
]


def failure(exercise, answer, seed):
    with pytest.raises(CheckFailed) as failed:
        check(exercise.name, answer, seed=seed)
    return failed.value


@pytest.mark.parametrize(("exercise", "mistake"), NUMPY)
def test_every_mistake_is_named(exercise, mistake):
    for seed in [*SEEDS, *range(4, 50)] if exercise.name in FIRST else SEEDS:
        assert failure(exercise, mistake.function, seed).mistake == mistake.id, seed


@pytest.mark.keras
@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:.*softmax over axis:UserWarning")
@pytest.mark.parametrize(("exercise", "mistake"), KERAS)
def test_every_wrong_model_is_named(exercise, mistake):
    for seed in (None, ...):
        assert failure(exercise, mistake.function, seed).mistake == mistake.id, seed


@pytest.mark.keras
@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:.*softmax over axis:UserWarning")
@pytest.mark.parametrize(("exercise", "mistake"), KERAS)
def test_what_a_wrong_model_gives_is_what_a_check_observes(exercise, mistake):
    for case in exercise.draw(3):
        seen, said = attempt(exercise, mistake.function, case), outcome_of(mistake.gives, case)
        assert seen.value == said.value
        assert getattr(seen.error, "args", None) == getattr(said.error, "args", None)


@pytest.mark.parametrize(
    ("exercise", "mistake"), [pytest.param(e.values[0], e.values[1], id=e.id) for e in KERAS]
)
def test_no_two_wrong_models_are_observed_alike(exercise, mistake):
    for seed in SEEDS:
        cases = exercise.draw(20170 if seed is ... else seed)
        mine = [seen(mistake.gives, case) for case in cases]
        others = [known for known in exercise.mistakes if known is not mistake]
        for other in others:
            assert mine != [seen(other.gives, case) for case in cases], (seed, other.id)
        assert mine != [seen(exercise.reference, case) for case in cases], seed


def seen(function, case):
    outcome = outcome_of(function, case)
    return outcome.value or outcome.error.args


def test_every_exercise_knows_enough_mistakes():
    # Cells, layers, backward passes, masks, reversal, decoding and attention need more.
    twelve = {
        *("rnn_step", "rnn_layer", "stacked_rnn", "lstm_step", "lstm_layer"),
        *("gru_step", "gru_step_reset_after", "bidirectional"),
        *("rnn_step_backward", "bptt"),
        *("pad_sequences", "last_valid", "masked_binary_cross_entropy", "reverse_sequences"),
        *("greedy_decode", "attention"),
    }
    for exercise in EVERY:
        least = 12 if exercise.name in twelve else 8
        assert len(exercise.mistakes) >= least, exercise.name


def test_mistakes_are_well_formed():
    for exercise in EVERY:
        ids = [mistake.id for mistake in exercise.mistakes]
        sentences = [mistake.sentence for mistake in exercise.mistakes]
        assert len(set(ids)) == len(ids)
        assert len(set(sentences)) == len(sentences)
        for mistake in exercise.mistakes:
            assert re.fullmatch(r"[a-z]+(-[a-z]+)+|[a-z]+", mistake.id)
            assert mistake.hint in (1, 2, 3)
            assert mistake.sentence.endswith(".")
            assert len(mistake.sentence) <= 140


@pytest.mark.parametrize(("exercise", "mistake"), NUMPY + KERAS)
def test_mistakes_stand_alone_as_a_learners_cell(exercise, mistake):
    source = inspect.getsource(mistake.function)
    lines = source.splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("def _("))
    cell = "\n".join(lines[start:]).replace("def _(", f"def {exercise.name}(", 1)
    # What the notebook has at hand: NumPy, and the decoder that assignment 08 gives.
    allowed = {"np": np, "decoder_step": sequences.decoder_step}
    exec(compile(cell, "cell", "exec"), allowed)
    names = set(allowed[exercise.name].__code__.co_names)
    assert not names & {"cells", "sequences", "exercises", "translated", "RIGHT_FORMULA"}
    if not exercise.keras:
        assert failure(exercise, allowed[exercise.name], None).mistake == mistake.id


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize(("exercise", "mistake"), NUMPY)
def test_a_mistake_gets_its_sentence_in_both_languages(exercise, mistake, language):
    with speaking(language):
        for seed in (None, ...):
            failed = failure(exercise, mistake.function, seed)
            assert failed.mistake == mistake.id
            assert exercise.name in failed.message
            assert str(mistake.hint) in failed.message.splitlines()[-1]
            if language == "en":
                assert mistake.sentence in failed.message
            else:
                assert mistake.sentence not in failed.message
                assert re.search("[가-힣]", failed.message.splitlines()[-2])


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize(("exercise", "mistake"), NUMPY)
def test_a_hidden_diagnosis_holds_no_number(exercise, mistake, language):
    with speaking(language):
        for seed in (..., 0):
            message = failure(exercise, mistake.function, seed).message
            title, advice = message.split("\n\n")
            idea, hint = advice.splitlines()
            assert not re.search(r"\d", title)
            assert re.findall(r"\d+", hint) == [str(mistake.hint)]
            # What the sentence itself says, such as "counting starts at 1", is no input.
            assert not re.search(r"\d", idea.replace(_(mistake.sentence), ""))
