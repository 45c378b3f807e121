"""Right answers pass their checks on every seed, in whatever style they are written."""

import pytest

from tests.exercises.answers import ANSWERS
from unrolled import check, exercises

SEEDS = 100  # `make proof` runs ten times as many
EVERY = {each.name: each for group in exercises.assignments().values() for each in group}


def answers(keras):
    for name, functions in ANSWERS.items():
        if name in EVERY and EVERY[name].keras is keras:
            for function in functions:
                yield pytest.param(name, function, id=function.__name__)


@pytest.mark.slow
@pytest.mark.parametrize(("exercise", "answer"), list(answers(keras=False)))
def test_right_answers_pass_on_every_seed(exercise, answer):
    for seed in (None, ..., *range(SEEDS)):
        check(exercise, answer, seed=seed)


@pytest.mark.keras
@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:Do not pass an `input_shape`:UserWarning")
@pytest.mark.parametrize(("exercise", "answer"), list(answers(keras=True)))
def test_right_models_pass(exercise, answer):
    for seed in (None, ..., 0, 1):
        check(exercise, answer, seed=seed)


@pytest.mark.parametrize("exercise", EVERY)
def test_each_exercise_has_many_right_answers(exercise):
    assert len(ANSWERS[exercise]) >= 8
