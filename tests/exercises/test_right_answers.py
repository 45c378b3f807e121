"""Right answers pass their checks on every seed, in whatever style they are written."""

import pytest

from tests.exercises.answers import ANSWERS
from unrolled import check, exercises

# `make proof` runs a thousand for each; the first assignments get more. What is judged as a
# distribution is called hundreds of times in a single check.
SEEDS, OF_FIRST, OF_DISTRIBUTIONS = 50, 500, 3
FIRST = {
    each.name
    for name in ("00_start", "02_recurrent_neuron")
    for each in exercises.assignments()[name]
}
DISTRIBUTIONS = {"chrono_bias", "sample_next"}
EVERY = {each.name: each for group in exercises.assignments().values() for each in group}


def answers(keras):
    for name, functions in ANSWERS.items():
        if name in EVERY and EVERY[name].keras is keras:
            for function in functions:
                yield pytest.param(name, function, id=function.__name__)


@pytest.mark.slow
@pytest.mark.parametrize(("exercise", "answer"), list(answers(keras=False)))
def test_right_answers_pass_on_every_seed(exercise, answer):
    seeds = OF_FIRST if exercise in FIRST else SEEDS
    seeds = OF_DISTRIBUTIONS if exercise in DISTRIBUTIONS else seeds
    for seed in (None, ..., *range(seeds)):
        check(exercise, answer, seed=seed)


@pytest.mark.keras
@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:Do not pass an `input_shape`:UserWarning")
@pytest.mark.parametrize(("exercise", "answer"), list(answers(keras=True)))
def test_right_models_pass(exercise, answer):
    for seed in (None, ..., 0):
        check(exercise, answer, seed=seed)


@pytest.mark.parametrize("exercise", EVERY)
def test_each_exercise_has_many_right_answers(exercise):
    assert len(ANSWERS[exercise]) >= 8
