"""Small damages to a reference are all noticed by its check, or are listed as changing nothing."""

import ast

import pytest

from tests.exercises.equivalent import EQUIVALENT
from tests.exercises.mutation import damage, definition, mutants, runnable
from tests.exercises.proof import EVERY, mutation, said

NUMPY = [name for name, exercise in EVERY.items() if not exercise.keras]


@pytest.mark.parametrize("name", NUMPY)
def test_the_undamaged_reference_passes(name):
    whole = runnable(name, ast.unparse(definition(name)))
    assert said(name, whole, None).passed
    assert said(name, whole, ...).passed


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", NUMPY)
def test_every_damage_to_a_reference_is_noticed(name):
    found = mutation(name, most=100)
    assert found.made - len(found.survived) >= 50
    assert set(found.survived) <= EQUIVALENT.get(name, {}).keys()


def test_what_survives_is_listed_with_its_reason():
    for name, damages in EQUIVALENT.items():
        made = {damage(name, source) for source in mutants(name)}
        assert damages.keys() <= made, name
        assert all(damages.values())
