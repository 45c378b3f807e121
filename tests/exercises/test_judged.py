"""A check says the same of an answer whether it is called here or stays in the sandbox."""

import pytest

from tests.exercises.proof import EVERY, judged

pytestmark = [pytest.mark.slow, pytest.mark.sandbox, pytest.mark.filterwarnings("ignore")]
# `make proof` takes them all.
MODELS_EVERY, MUTANTS_EVERY = 8, 20


@pytest.mark.parametrize("name", [name for name, each in EVERY.items() if not each.keras])
def test_the_judge_agrees_with_the_check(name):
    compared = list(judged(name, mutants_every=MUTANTS_EVERY))
    assert compared
    assert [each for each in compared if each[1] != each[2]] == []


@pytest.mark.keras
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", [name for name, each in EVERY.items() if each.keras])
def test_the_judge_agrees_with_the_check_of_models(name):
    assert [each for each in judged(name, MODELS_EVERY) if each[1] != each[2]] == []
