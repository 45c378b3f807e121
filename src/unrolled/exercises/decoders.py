"""What a check sees of a decoder of an image: what each of its steps reads, and what it says.

Architectures are free, so no formula is compared. One input is changed at a time, and where the
output changes with it, that input was read. As in `models`, only arrays are believed.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from unrolled.errors import AnswerError
from unrolled.exercises.models import built_model, outputs_of
from unrolled.language import N_, _

IMAGE_FOR_TOKENS = N_("The model takes the image for the tokens: its inputs are [image, tokens].")
SEVERAL_OUTPUTS = N_("The model has several outputs: it should have one.")
UNSEEN = N_("not looked at: its shape is another")

DISTRIBUTION = N_("a distribution at every step")
LOGARITHMS = N_("logarithms of a distribution")
OVER_STEPS = N_("a distribution over the steps, not the words")
NO_SUM = N_("numbers from 0 to 1 that do not add up to 1")
ANY_NUMBERS = N_("any numbers, not a distribution")

EVERY_STEP = N_("reaches every step")
NO_STEP = N_("reaches no step")
FIRST_STEP = N_("reaches the first step only")
SOME_STEPS = N_("reaches some of the steps only")

UP_TO_ITS_OWN = N_("each step reads those up to its own")
BEFORE_ITS_OWN = N_("each step reads those before its own only")
ITS_OWN = N_("each step reads its own only")
LAST_FEW = N_("each step reads its own and a few before it")
NO_TOKEN = N_("no step reads any")
FROM_THE_END = N_("the first step reads the last one, and so on")
FROM_ITS_OWN = N_("each step reads its own and later ones")
ALL = N_("each step reads all, later ones too")
ALL_UNORDERED = N_("each step reads all, in no order")
ALL_AND_ALIKE = N_("each step reads all, and all steps are alike")
ALL_UNORDERED_AND_ALIKE = N_("all are read in no order, and all steps are alike")
ALL_OF_THEM = {
    (False, False): ALL,
    (True, False): ALL_UNORDERED,
    (False, True): ALL_AND_ALIKE,
    (True, True): ALL_UNORDERED_AND_ALIKE,
}
"""By whether their order makes no difference, and whether all steps say the same."""
OTHER_TOKENS = N_("each step reads others than it should")

SET_THE_WIDTH = N_("set the width")
WITHOUT_EFFECT = N_("without effect")

# The share of the largest output by which a change has to show: float32 keeps seven digits, and
# whatever passed through untrained layers changed the third or the fourth.
NOTICED = 1e-5
ROWS = 16


def observe_captioner(build: Callable, given: Mapping[str, Any]) -> tuple:
    """Return the shape of a captioner's output, then what is seen of it, as four texts.

    They say what its numbers are, which steps the image reaches, which tokens a step reads, and
    what the argument `units` does. build: the answer, called with the values of `given`.
    """
    features, vocabulary, units, steps = given.values()
    inputs = changed_inputs(features, vocabulary, steps)
    model = built_model(build, given)
    looks = [look_at(model, inputs)]
    shape = looks[0].shape
    if shape[1:2] == (features,):  # a sequential model takes the first of two inputs in silence
        raise AnswerError("", _(IMAGE_FOR_TOKENS))
    # A second model, twice as wide and with larger weights, sees what the first one is blind to.
    wider = built_model(build, {**given, "units": 2 * units})
    if not wider.get_weights():
        look_at(wider, inputs)
    same = count(wider.get_weights()) == count(model.get_weights())
    wider.set_weights(enlarged(wider.get_weights()))
    looks.append(look_at(wider, inputs))
    seen = [UNSEEN, UNSEEN, UNSEEN]
    if len(shape) == 3 and shape[:2] == inputs[1].shape:
        looks = [look.reshape(-1, ROWS, steps, look.shape[-1]) for look in looks]
        seen = [numbers(looks), *readings(looks)]
    return shape, *map(_, [*seen, WITHOUT_EFFECT if same else SET_THE_WIDTH])


def look_at(model: Callable, inputs: list[np.ndarray]) -> np.ndarray:
    outputs = outputs_of(model, inputs)
    if isinstance(outputs, list | tuple | dict):
        raise AnswerError("", _(SEVERAL_OUTPUTS))
    return np.asarray(outputs, dtype=np.float64)


def rows(steps: int) -> int:
    """Return how many rows `changed_inputs` has."""
    return (steps + 3) * ROWS


def changed_inputs(features: int, vocabulary: int, steps: int) -> list[np.ndarray]:
    """Draw images and tokens, and repeat them with one thing changed in each repetition.

    These are, ROWS rows each: as drawn, another image, another token at the first, second, …
    step, and the first two tokens exchanged. Id 0 is left out: it may be padding.
    """
    rng = np.random.default_rng(steps)

    def another(ids):
        return 1 + (ids - 1 + rng.integers(1, vocabulary - 1, ids.shape)) % (vocabulary - 1)

    image, new_image = rng.normal(size=(2, ROWS, features)).astype(np.float32)
    tokens = rng.integers(1, vocabulary, (ROWS, steps))
    tokens[:, 1] = another(tokens[:, 0])
    changed = [np.where(np.arange(steps) == step, another(tokens), tokens) for step in range(steps)]
    exchanged = tokens[:, [1, 0, *range(2, steps)]]
    images = [image, new_image, *[image] * (steps + 1)]
    all_tokens = [tokens, tokens, *changed, exchanged]
    return [np.concatenate(images), np.concatenate(all_tokens).astype(np.int32)]


def enlarged(weights: list[np.ndarray]) -> list[np.ndarray]:
    """Make a model's weights larger: what is small or all zero could hide what is read."""
    rng = np.random.default_rng(len(weights))

    def enlarge(array):
        # Biases, and the scales and variances of a normalisation, stay what they are.
        if array.ndim < 2:
            return array
        return 2 * array if np.ptp(array) else rng.normal(0, 0.5, array.shape).astype(array.dtype)

    return [enlarge(np.asarray(array)) for array in weights]


def count(weights: list[np.ndarray]) -> int:
    return sum(np.size(array) for array in weights)


def numbers(looks: list[np.ndarray]) -> str:
    """Say what a model's numbers (…, steps, words) are."""

    def adds_up(values, axis):
        return np.allclose(values.sum(axis=axis), 1, atol=1e-3)

    if all(look.min() >= 0 for look in looks):
        if all(adds_up(look, axis=-1) for look in looks):
            return DISTRIBUTION
        if all(adds_up(look, axis=-2) for look in looks):
            return OVER_STEPS
        return NO_SUM if all(look.max() <= 1 for look in looks) else ANY_NUMBERS
    with np.errstate(all="ignore"):
        logarithms = all(adds_up(np.exp(look), axis=-1) for look in looks)
    return LOGARITHMS if logarithms else ANY_NUMBERS


def readings(looks: list[np.ndarray]) -> tuple[str, str]:
    """Say which steps the image reaches and which tokens each step reads.

    looks (repetitions, rows, steps, words), the repetitions as in `changed_inputs`.
    """

    def differs(some, others):
        return np.abs(some - others).max(axis=-1) > NOTICED * np.abs(others).max(axis=-1)

    # One row or one model may be blind to a change, where a unit is dead or at its end.
    changed = np.any([differs(look[1:], look[0]) for look in looks], axis=(0, 2))
    unordered = not changed[-1, -1]
    alike = not any(differs(look[0], look[0][:, :1]).any() for look in looks)
    return image_reach(changed[0]), tokens_read(changed[1:-1].T, unordered, alike)


def image_reach(reached: np.ndarray) -> str:
    """Say which steps the image reaches, from a truth value for each."""
    if reached.all():
        return EVERY_STEP
    if not reached.any():
        return NO_STEP
    return FIRST_STEP if reached[0] and not reached[1:].any() else SOME_STEPS


def tokens_read(read: np.ndarray, unordered: bool, alike: bool) -> str:
    """Say which tokens each step reads, from the truth values (step, step of the token)."""
    token = np.arange(len(read))
    step = token[:, None]
    patterns = [
        (UP_TO_ITS_OWN, token <= step),
        (BEFORE_ITS_OWN, token < step),
        (ITS_OWN, token == step),
        (NO_TOKEN, np.zeros_like(read)),
        (FROM_THE_END, token + step >= len(read) - 1),
        (FROM_ITS_OWN, token >= step),
        *[(LAST_FEW, (token <= step) & (token > step - few)) for few in range(2, len(read))],
        (ALL_OF_THEM[unordered, alike], np.ones_like(read)),
    ]
    return next((text for text, pattern in patterns if np.array_equal(read, pattern)), OTHER_TOKENS)
