"""A wrong answer that is no known mistake is told the most useful true thing about it."""

import numpy as np
import pytest

from unrolled import CheckFailed, check, exercises
from unrolled.clues import ARRAY_RELATIONS, LIST_RELATIONS, clue_of_values
from unrolled.exercises import Case
from unrolled.language import speaking
from unrolled.outcome import Outcome, outcome_of

RNG = np.random.default_rng(0)
AXES = ("row", "step", "unit")
STATES = RNG.normal(size=(3, 4, 5))
MASK = np.arange(4) < np.array([[4], [2], [1]])


def said(value, expected, axes=AXES, **given):
    """What is said of one value in place of another."""
    case = Case("", {"x": STATES, **given})
    return clue_of_values({"h": axes}, [case], [Outcome(value)], [Outcome(expected)])


def with_noise(keep):
    return np.where(keep, STATES, STATES + 1 + STATES**2)


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        (-STATES, "right but for its sign"),
        (np.trunc(STATES), "cut to whole numbers"),
        (STATES.swapaxes(0, 1), "order of its axes"),
        (STATES.reshape(3, -1), "right numbers in another shape"),
        (STATES[:, None], "right numbers in another shape"),
        (np.stack([STATES / 4] * 4, axis=1), "summed over the axes"),
        (STATES[:, -1], "the last step alone"),
        (STATES[:, ::-1], "turned round in time"),
        (np.concatenate([STATES[:, :1] * 9, STATES[:, :-1]], 1), "one step late"),
        (np.concatenate([STATES[:, 1:], STATES[:, :1] * 9], 1), "one step early"),
        (STATES[::-1], "rows are in reverse order"),
        (STATES[..., ::-1], "units are in reverse order"),
        (with_noise(np.arange(3)[:, None, None] == 0), "in the first row alone"),
        (with_noise(np.arange(3)[:, None, None] == 2), "in the last row alone"),
        (with_noise(np.arange(4)[:, None] == 3), "right at the last step and goes wrong before it"),
        (STATES[:, :, [1, 0, 2, 3, 4]], "right numbers at the wrong places"),
        (STATES / 3, "divided by the number of rows"),
        (STATES * 3, "multiplied by the number of rows"),
        (STATES * 0.7, "constant factor"),
        (STATES + STATES**2, ""),
        (np.full_like(STATES, np.nan), ""),
    ],
)
def test_arrays(value, sentence):
    found = said(value, STATES)
    assert sentence in found
    assert bool(found) == bool(sentence)


def test_right_at_real_tokens_alone_and_at_padding_alone():
    assert "wrong at padding" in said(with_noise(MASK[..., None]), STATES, mask=MASK)
    assert "wrong at real tokens" in said(with_noise(~MASK[..., None]), STATES, mask=MASK)


def test_all_steps_for_the_last():
    assert "the last alone is asked for" in said(STATES, STATES[:, -1], ("row", "unit"))


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ([3, 1, 4, 1, 5], "goes on too long"),
        ([3, 1], "ends too early"),
        ([4, 1, 3], "reverse order"),
        ([1, 3, 4], "another order"),
        ([3, 1, 9], ""),
        ([np.zeros(2), 1, 4], ""),
    ],
)
def test_lists(value, sentence):
    found = said(value, [3, 1, 4], ())
    assert sentence in found
    assert bool(found) == bool(sentence)


def test_numbers():
    assert "one too large" in said(12, 11, ())
    assert "one too small" in said(10, 11, ())
    assert "constant factor" in said(22, 11, ())


def test_a_factor_that_changes_from_case_to_case_is_no_constant():
    cases = [Case("", {})] * 2
    seen = [Outcome(STATES * 2), Outcome(STATES * 3)]
    found = clue_of_values({"h": AXES}, cases, seen, [Outcome(STATES)] * 2)
    assert "differs from case to case" in found


def test_values_in_another_order():
    case = Case("", {"x": STATES})
    one, other = STATES[0], STATES[1]
    returns = {"h": ("step", "unit"), "c": ("step", "unit")}
    found = clue_of_values(returns, [case], [Outcome((other, one))], [Outcome((one, other))])
    assert found == "The values are right but in another order: return h, c."


@pytest.mark.parametrize(
    "value",
    [
        np.broadcast_to(np.float64(1), (10**6, 10**6)),
        np.zeros((1,) * 32),
        np.array(["a"]),
        np.array(None),
        np.zeros((0, 3)),
        [[[]]],
        {"a": 1},
        pytest.param(10**5000, id="a number of 5000 digits"),
        "text",
        None,
    ],
)
def test_anything_may_have_been_returned(value):
    for expected in (STATES, STATES[0, 0], 11, 0.5, [1, 2], {"a": 2}):
        said(value, expected, AXES if expected is STATES else ())


def test_cases_that_are_right_are_named():
    def rnn_step(x, h, W_x, W_h, b):
        if len(x) > 1:
            h = h + 0.01 * x[::-1].sum(axis=1, keepdims=True)
        return np.tanh(x @ W_x + h @ W_h + b)

    for seed in (None, ...):
        with pytest.raises(CheckFailed) as failed:
            check("rnn_step", rnn_step, seed=seed)
        assert failed.value.mistake is None
        assert "It is right in these cases alone: a batch of one." in failed.value.message


def test_a_clue_comes_in_korean_too():
    def rnn_step(x, h, W_x, W_h, b):
        return -np.tanh(x @ W_x + h @ W_h + b)

    with speaking("ko"), pytest.raises(CheckFailed) as failed:
        check("rnn_step", rnn_step)
    assert "부호" in failed.value.message


def test_no_clue_is_true_of_a_right_answer():
    for group in exercises.assignments().values():
        for exercise in group:
            if exercise.keras:
                continue
            cases = exercise.draw(None)
            expected = [outcome_of(exercise.reference, case) for case in cases]
            assert clue_of_values(exercise.returns, cases, expected, expected) == ""


def test_every_relation_is_a_sentence():
    for text, _relation in (*ARRAY_RELATIONS, *LIST_RELATIONS):
        assert text.startswith("{name} ")
        assert text.endswith(".")
