"""Exercises of 08_sequence_models: training, sampling, decoding, attention, captions."""

import itertools
from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from unrolled import sequences
from unrolled.comparison import summary
from unrolled.errors import AnswerError
from unrolled.exercises import Case, Exercise, Sizes, decoders
from unrolled.exercises.models import FIRST_INPUT_ALONE, INPUTS_SWAPPED, SECOND_INPUT_ALONE
from unrolled.language import N_
from unrolled.language import _ as translated
from unrolled.plain import plain, type_name
from unrolled.sequences import decoder_step

# --- teacher_forcing_inputs --------------------------------------------------------------------


def forcing_cases(rng, sizes: Sizes) -> list[Case]:
    def tokens(batch, time):
        # Each once, and neither 0 nor 1: a token that moved is seen wherever it stands.
        return rng.permutation(batch * time).reshape(batch, time) + 2

    def case(about, targets, start=1):
        return Case(about, {"targets": targets, "start": start})

    batch, time, _features, _units = sizes
    padded = tokens(batch, time + 2)
    padded[:, -2:] = 0
    with_start = tokens(batch, time)
    with_start[0, 1] = with_start[-1, -1] = 1
    return [
        case(N_("any targets"), tokens(batch, time)),
        case(N_("a batch of one"), tokens(1, time)),
        case(N_("a single step"), tokens(batch, 1)),
        case(N_("padding at the end"), padded),
        case(N_("another start token"), tokens(batch, time), batch * time + 7),
        case(N_("a start token with id 0"), tokens(batch, time), 0),
        case(N_("the start token among the targets"), with_start),
        case(N_("int32 ids"), tokens(batch, time).astype(np.int32)),
    ]


teacher_forcing_inputs = Exercise(
    "teacher_forcing_inputs",
    reference=sequences.teacher_forcing_inputs,
    cases=forcing_cases,
    returns={"inputs": ("row", "step")},
)


@teacher_forcing_inputs.mistake(
    "not-shifted",
    "Nothing is shifted: each step reads the very token it should predict, and learns to copy.",
    hint=1,
    seen="Project-MONAI/GenerativeModels#314",
)
def _(targets, start):
    return targets.copy()


@teacher_forcing_inputs.mistake(
    "shifted-twice",
    "The tokens are shifted by two steps: each step reads the token just before its target.",
    hint=2,
    seen="huggingface/transformers#46901",
)
def _(targets, start):
    first = np.full((len(targets), 2), start)
    return np.concatenate([first, targets], axis=1)[:, : targets.shape[1]]


@teacher_forcing_inputs.mistake(
    "shifted-to-the-left",
    "The shift goes the wrong way: each step reads the token after its target, from the future.",
    hint=1,
)
def _(targets, start):
    last = np.full((len(targets), 1), start)
    return np.concatenate([targets[:, 1:], last], axis=1)


@teacher_forcing_inputs.mistake(
    "last-token-kept",
    "The start token is put in front, but the last token stays: inputs are one step too long.",
    hint=2,
)
def _(targets, start):
    first = np.full((len(targets), 1), start)
    return np.concatenate([first, targets], axis=1)


@teacher_forcing_inputs.mistake(
    "start-at-the-end",
    "The start token stands at the end: it is the first thing the decoder reads.",
    hint=1,
)
def _(targets, start):
    last = np.full((len(targets), 1), start)
    return np.concatenate([targets[:, :-1], last], axis=1)


@teacher_forcing_inputs.mistake(
    "start-appended",
    "The start token is appended behind all targets: it belongs in front, and the last token goes.",
    hint=1,
)
def _(targets, start):
    last = np.full((len(targets), 1), start)
    return np.concatenate([targets, last], axis=1)


@teacher_forcing_inputs.mistake(
    "first-token-replaced",
    "The start token replaces the first token, and no token moves: they should make room for it.",
    hint=2,
)
def _(targets, start):
    inputs = targets.copy()
    inputs[:, 0] = start
    return inputs


@teacher_forcing_inputs.mistake(
    "start-dropped",
    "The last token is dropped, but the start token is not put in front.",
    hint=1,
    seen="Currie32/Text-Summarization-with-Amazon-Reviews#3",
)
def _(targets, start):
    return targets[:, :-1].copy()


@teacher_forcing_inputs.mistake(
    "zero-for-start",
    "Rows begin with 0, the padding: the first input is the start token that is handed in.",
    hint=3,
)
def _(targets, start):
    inputs = np.zeros_like(targets)
    inputs[:, 1:] = targets[:, :-1]
    return inputs


@teacher_forcing_inputs.mistake(
    "rolled",
    "The last token comes round to the front: it is dropped, and the start token stands there.",
    hint=3,
    seen="huggingface/transformers#7961",
)
def _(targets, start):
    return np.roll(targets, 1, axis=1)


@teacher_forcing_inputs.mistake(
    "one-start-for-all-rows",
    "The batch is treated as one long row: every row begins with a start token of its own.",
    hint=3,
)
def _(targets, start):
    return np.concatenate([[start], targets.ravel()[:-1]]).reshape(targets.shape)


@teacher_forcing_inputs.mistake(
    "shifted-along-the-batch",
    "The shift runs along the batch, so a row reads another row's tokens: time is axis 1.",
    hint=3,
)
def _(targets, start):
    first = np.full((1, targets.shape[1]), start)
    return np.concatenate([first, targets[:-1]], axis=0)


@teacher_forcing_inputs.mistake(
    "overwritten-before-read",
    "Every step copies the one before it after that was overwritten, so the start token spreads.",
    hint=3,
)
def _(targets, start):
    inputs = targets.copy()
    inputs[:, 0] = start
    for t in range(1, targets.shape[1]):
        inputs[:, t] = inputs[:, t - 1]
    return inputs


@teacher_forcing_inputs.mistake(
    "transposed",
    "The inputs are right, but come as (time, batch): keep (batch, time).",
    hint=3,
)
def _(targets, start):
    first = np.full((len(targets), 1), start)
    return np.concatenate([first, targets[:, :-1]], axis=1).T


@teacher_forcing_inputs.mistake(
    "shifted-in-place",
    "The inputs are right, but the targets were overwritten with them: the loss still needs those.",
    hint=3,
)
def _(targets, start):
    targets[:, 1:] = targets[:, :-1].copy()
    targets[:, 0] = start
    return targets


@teacher_forcing_inputs.mistake(
    "targets-returned-too",
    "Inputs and targets are returned as a pair: return the inputs alone.",
    hint=3,
)
def _(targets, start):
    first = np.full((len(targets), 1), start)
    return np.concatenate([first, targets[:, :-1]], axis=1), targets


# --- sample_next -------------------------------------------------------------------------------

DRAWS, FEW_DRAWS, STATES = 400, 12, 10
CLOSE = 0.152
"""How far cumulative frequencies may lie from a formula's probabilities.

Those of 400 right draws, cumulated in two orders, lie farther once in 20 million times
(Massart 1990).
"""
RIGHT_DRAWS = "softmax(logits / temperature)"
REVERSED = "softmax(-logits / temperature)"
LIKELIEST = N_("almost always the likeliest id")
EVEN = N_("all ids about equally often")
ONE_ID = N_("the same id in every draw")
LOGITS_IGNORED = N_("the same ids, wherever the large logits stand")
NOT_REPEATED = N_("different ids from equal generators")
OUTSIDE = N_("an id outside 0 … vocabulary - 1")
NO_PROBABILITIES = N_("NaN for probabilities")
PLACES = N_("places in order of probability, not ids")
AN_ID = N_("an id, and no error")
NOTHING = N_("no number, but {kind}")
OTHER_DRAWS = N_("ids by another formula")


def sampling_cases(rng, sizes: Sizes) -> list[Case]:
    def falling(gap):
        return -np.cumsum(gap * rng.uniform(0.9, 1.1, 13 + sizes.units))

    def mixed(falling):
        """Put the likeliest id last, the next first: one that is counted wrong drops out there."""
        return np.concatenate([falling[[1]], rng.permutation(falling[2:]), falling[[0]]])

    def case(about, logits, temperature):
        generator = np.random.default_rng(int(rng.integers(2**32)))
        return Case(about, {"logits": logits, "temperature": temperature, "rng": generator})

    # Either is far from what another use of the temperature, or noise of another kind, gives.
    low, high = 0.3, 4.0
    stairs, flat = low * falling(0.6), falling(0.05)
    flat[0] = np.log(np.exp(flat[1:]).sum())  # as likely as all others together
    flat *= high
    large = falling(30.0)
    large -= large.max()
    extreme = np.zeros(7, dtype=np.float32)
    extreme[1 + rng.permutation(6)[:2]] = 1000, -1000  # id 0 is what NaN leads to
    return [
        case(N_("a low temperature"), mixed(stairs - stairs.mean()), low),
        case(N_("a high temperature"), mixed(flat - flat.mean()), high),
        case(N_("logits up to 1000"), mixed(large + 1000), 1.0),
        case(N_("logits of -1000 and below"), mixed(large - 1000), 1.0),
        case(N_("logits of 1000, 0 and -1000"), extreme, 1.0),
        case(N_("a vocabulary of one token"), rng.normal(size=1), 2.0),
        case(N_("temperature 0"), rng.normal(size=sizes.units), 0.0),
        case(N_("a negative temperature"), rng.normal(size=sizes.units), -0.5),
        case(N_("temperature -0.0"), rng.normal(size=sizes.units), -0.0),
    ]


def right_draws(logits, temperature, rng):
    """What a check observes of a right answer: it refuses a temperature, or follows the formula."""
    sequences.sample_next(logits, temperature, rng)
    return RIGHT_DRAWS


def observe_draws(answer: Callable, given) -> str:
    """Say by which formula an answer draws: how it draws is free, so no id itself is compared."""
    logits, temperature, rng = given.values()
    if temperature <= 0:
        value = as_id(answer(logits, temperature, rng), len(logits))
        return value if isinstance(value, str) else translated(AN_ID)
    kept = logits.copy()
    seeds = rng.integers(2**63, size=STATES)
    certain = is_certain(kept, temperature)
    ids: list[int] = []
    for number in range(FEW_DRAWS if certain else DRAWS):
        # The first call alone gets the case's own logits: the check sees whether they changed.
        drawn = draw(answer, kept.copy() if number else logits, temperature, rng)
        if isinstance(drawn, str):
            return drawn
        ids.append(drawn)
    constant = len(set(ids)) == 1
    if certain and constant:
        return translated(RIGHT_DRAWS if ids[0] == kept.argmax() else ONE_ID)
    repeated, moved, likeliest = follow_up(answer, kept, temperature, seeds)
    if certain:
        return translated(OTHER_DRAWS if moved else LOGITS_IGNORED)
    if constant and not likeliest:
        return translated(ONE_ID)
    return translated(nearest_formula(ids, kept, temperature) if repeated else NOT_REPEATED)


def is_certain(logits, temperature) -> bool:
    """Tell whether right draws all give one id, so that a few of them are enough."""
    return bool(sequences.softmax(logits / temperature).max() > 0.999)


def follow_up(answer: Callable, logits, temperature, seeds) -> tuple[bool, bool, bool]:
    """Draw with equal generators, one pair for each seed, and see how the draws hang together.

    Tells whether equal draws are repeated, whether other logits ever make another id of the same
    chance, and whether nearly every draw is the likeliest id. That one stands first, then last:
    a fixed chance cannot hit it at both ends.
    """
    orders = np.random.default_rng(seeds[0])
    likeliest_last = np.sort(logits)
    repeated, moved, hits = True, False, []
    for seed in seeds:
        likeliest_last[:-1] = orders.permutation(likeliest_last[:-1])
        likeliest_first = likeliest_last[::-1]
        first, again, last = (
            draw(answer, each.copy(), temperature, np.random.default_rng(seed))
            for each in (likeliest_first, likeliest_first, likeliest_last)
        )
        repeated = repeated and first == again
        moved = moved or first != last
        hits += [first == 0, last == len(logits) - 1]
    return repeated, moved, bool(np.mean(hits) > 0.9)


def nearest_formula(ids: list[int], logits, temperature) -> str:
    """Name the formula whose probabilities lie nearest to the frequencies of the ids."""
    right = sequences.softmax(logits / temperature)
    size = len(logits)
    others = [
        (REVERSED, sequences.softmax(-logits / temperature)),
        (PLACES, np.sort(right)[::-1]),
        (LIKELIEST, np.eye(size)[logits.argmax()]),
        (EVEN, np.full(size, 1 / size)),
        # So few draws cannot tell this one from the even or the certain one that it is near to.
        (EVEN if temperature < 1 else LIKELIEST, sequences.softmax(logits * temperature)),
    ]
    if not is_certain(logits, 1):  # else it is as good as the likeliest id alone
        others.append(("softmax(logits)", sequences.softmax(logits)))
    frequencies = np.bincount(ids, minlength=size) / len(ids)

    def distance(probabilities) -> float:
        off = frequencies - probabilities
        # Along falling logits a wrong temperature shows most, along the ids a wrong place.
        return max(np.abs(np.cumsum(each)).max() for each in (off[np.argsort(-logits)], off))

    if distance(right) <= CLOSE:
        return RIGHT_DRAWS
    nearest, probabilities = min(others, key=lambda each: distance(each[1]))
    return nearest if distance(probabilities) <= 2 * CLOSE else OTHER_DRAWS


def draw(answer: Callable, logits, temperature, rng) -> int | str:
    """Draw once: the id, or what came in its place."""
    try:
        return as_id(answer(logits, temperature, rng), len(logits))
    except (ValueError, AnswerError) as error:
        # NumPy's generators refuse them, each method in words of its own.
        if "NaN" in (error.text if isinstance(error, AnswerError) else str(error)):
            return translated(NO_PROBABILITIES)
        raise


def as_id(value, size: int) -> int | str:
    """Return a whole number from 0 to size - 1 as it is, else a text that says what came."""
    value = plain(value)
    if isinstance(value, np.ndarray) and value.shape:
        counts = value.shape == (size,) and value.dtype.kind in "biu"
        if counts and value.min() >= 0 and value.sum() == 1:
            return translated("a one-hot vector")
        return translated("an array of shape {shape}").format(shape=summary(value))
    if isinstance(value, np.ndarray):
        value = plain(value.item())
    if isinstance(value, bool) or not isinstance(value, int | float):
        return translated(NOTHING).format(kind=type_name(value))
    if value % 1:
        return translated("a number that is not whole")
    return int(value) if 0 <= value < size else translated(OUTSIDE)


def drawing(
    low: str = RIGHT_DRAWS,
    high: str = RIGHT_DRAWS,
    certain: str = RIGHT_DRAWS,
    accepted: Mapping[str, str] = MappingProxyType({}),
) -> Callable:
    """What a check observes of a wrong answer, where it differs from a right one.

    low and high: at such a temperature; certain: where the logits leave no chance to more than
    one id; accepted: what comes instead of an error at temperature "zero" and at a "negative" one.
    """

    def gives(logits, temperature, rng):
        if temperature <= 0:
            kind = "negative" if temperature else "zero"
            if kind not in accepted:
                raise ValueError
            return translated(accepted[kind])
        if len(logits) == 1:
            return RIGHT_DRAWS
        if is_certain(logits, temperature):
            return translated(certain)
        return translated(low if temperature < 1 else high)

    return gives


sample_next = Exercise(
    "sample_next",
    reference=right_draws,
    cases=sampling_cases,
    returns={N_("what is drawn"): ()},
    observe=observe_draws,
)


@sample_next.mistake(
    "likeliest-taken",
    "The likeliest id is taken each time: it should be drawn, so that others have their chance.",
    hint=2,
    gives=drawing(low=LIKELIEST, high=LIKELIEST),
    seen="https://github.com/AlexGascon/playing-with-keras",
)
def _(logits, temperature, rng):
    if temperature <= 0:
        raise ValueError("the temperature has to be above 0")
    return int(np.argmax(logits / temperature))


@sample_next.mistake(
    "temperature-multiplied",
    "The temperature works the wrong way round: a high one should make the odds more even.",
    hint=1,
    gives=drawing(low=EVEN, high=LIKELIEST),
)
def _(logits, temperature, rng):
    if temperature <= 0:
        raise ValueError("the temperature has to be above 0")
    scaled = logits * temperature
    powers = np.exp(scaled - scaled.max())
    return int(rng.choice(len(logits), p=powers / powers.sum()))


@sample_next.mistake(
    "temperature-without-effect",
    "The temperature has no effect: it has to change the logits, before they become probabilities.",
    hint=1,
    gives=drawing(low="softmax(logits)", high=LIKELIEST),
    seen="sameersingh/uci-statnlp#26",
)
def _(logits, temperature, rng):
    if temperature <= 0:
        raise ValueError("the temperature has to be above 0")
    powers = np.exp(logits - logits.max()) / temperature
    return int(rng.choice(len(logits), p=powers / powers.sum()))


@sample_next.mistake(
    "temperature-twice",
    "The temperature is applied twice: divide by it once.",
    hint=1,
    gives=drawing(low=LIKELIEST, high=EVEN),
    seen="RL-Align/RL-Kernel#86",
)
def _(logits, temperature, rng):
    if temperature <= 0:
        raise ValueError("the temperature has to be above 0")
    scaled = logits / temperature**2
    powers = np.exp(scaled - scaled.max())
    return int(rng.choice(len(logits), p=powers / powers.sum()))


@sample_next.mistake(
    "probabilities-divided",
    "The probabilities are divided and no longer sum to 1: temperature belongs to the logits.",
    hint=1,
)
def _(logits, temperature, rng):
    if temperature <= 0:
        raise ValueError("the temperature has to be above 0")
    powers = np.exp(logits - logits.max())
    return int(rng.choice(len(logits), p=powers / powers.sum() / temperature))


@sample_next.mistake(
    "softmax-twice",
    "Probabilities go through a softmax once more, which makes them nearly even: once is enough.",
    hint=2,
    gives=drawing(low=EVEN, high=EVEN, certain=OTHER_DRAWS),
    seen="keras-team/keras#6477",
)
def _(logits, temperature, rng):
    if temperature <= 0:
        raise ValueError("the temperature has to be above 0")
    scaled = logits / temperature
    powers = np.exp(scaled - scaled.max())
    powers = np.exp(powers / powers.sum())
    return int(rng.choice(len(logits), p=powers / powers.sum()))


@sample_next.mistake(
    "no-exponential",
    "The logits are divided by their sum: only powers of e make probabilities of them.",
    hint=2,
)
def _(logits, temperature, rng):
    if temperature <= 0:
        raise ValueError("the temperature has to be above 0")
    scaled = logits / temperature
    return int(rng.choice(len(logits), p=scaled / scaled.sum()))


@sample_next.mistake(
    "log-of-logits",
    "The logarithm of the logits is taken: they are logarithms of probabilities already.",
    hint=2,
)
def _(logits, temperature, rng):
    if temperature <= 0:
        raise ValueError("the temperature has to be above 0")
    powers = np.exp(np.log(logits) / temperature)
    return int(np.argmax(rng.multinomial(1, powers / powers.sum())))


@sample_next.mistake(
    "sign-turned",
    "The least likely ids come most often: the sign of the logits is turned round.",
    hint=2,
)
def _(logits, temperature, rng):
    if temperature <= 0:
        raise ValueError("the temperature has to be above 0")
    scaled = -logits / temperature
    powers = np.exp(scaled - scaled.max())
    return int(rng.choice(len(logits), p=powers / powers.sum()))


@sample_next.mistake(
    "all-equally-likely",
    "The logits play no part in the draw: hand their probabilities to the generator.",
    hint=2,
    gives=drawing(low=EVEN, high=EVEN, certain=LOGITS_IGNORED),
)
def _(logits, temperature, rng):
    if temperature <= 0:
        raise ValueError("the temperature has to be above 0")
    return int(rng.integers(len(logits)))


@sample_next.mistake(
    "another-generator",
    "Chance comes from elsewhere, such as np.random: draw from rng, so that it can be repeated.",
    hint=3,
    gives=drawing(low=NOT_REPEATED, high=NOT_REPEATED),
    seen="alexhernandezgarcia/gflownet#316",
)
def _(logits, temperature, rng):
    if temperature <= 0:
        raise ValueError("the temperature has to be above 0")
    scaled = logits / temperature
    powers = np.exp(scaled - scaled.max())
    return int(np.random.choice(len(logits), p=powers / powers.sum()))  # noqa: NPY002


@sample_next.mistake(
    "same-chance-each-time",
    "Each draw starts from the same state, a seed or copy of its own: draw from rng and use it up.",
    hint=3,
    gives=drawing(low=ONE_ID, high=ONE_ID),
    seen="vllm-project/tpu-inference#1189",
)
def _(logits, temperature, rng):
    if temperature <= 0:
        raise ValueError("the temperature has to be above 0")
    scaled = logits / temperature
    powers = np.exp(scaled - scaled.max())
    rng = np.random.default_rng(0)
    return int(rng.choice(len(logits), p=powers / powers.sum()))


@sample_next.mistake(
    "overflow",
    "e to the 1000 is infinite, and infinity over infinity is NaN: make the logits smaller first.",
    hint=3,
    gives=drawing(certain=NO_PROBABILITIES),
    seen="ollama/ollama#9631",
)
def _(logits, temperature, rng):
    if temperature <= 0:
        raise ValueError("the temperature has to be above 0")
    powers = np.exp(logits / temperature)
    return int(rng.choice(len(logits), p=powers / powers.sum()))


@sample_next.mistake(
    "overflow-unnoticed",
    "Large logits overflow to NaN, and a comparison with NaN is always False, which gives one id.",
    hint=3,
)
def _(logits, temperature, rng):
    if temperature <= 0:
        raise ValueError("the temperature has to be above 0")
    powers = np.exp(logits / temperature)
    return int(np.sum(np.cumsum(powers / powers.sum()) < rng.random()))


@sample_next.mistake(
    "one-hot-returned",
    "A one-hot vector is returned, as multinomial gives it: return the place of its 1.",
    hint=3,
)
def _(logits, temperature, rng):
    if temperature <= 0:
        raise ValueError("the temperature has to be above 0")
    scaled = logits / temperature
    powers = np.exp(scaled - scaled.max())
    return rng.multinomial(1, powers / powers.sum())


@sample_next.mistake(
    "array-of-one-returned",
    "The id comes in an array of one: return the number itself.",
    hint=3,
)
def _(logits, temperature, rng):
    if temperature <= 0:
        raise ValueError("the temperature has to be above 0")
    scaled = logits / temperature
    powers = np.exp(scaled - scaled.max())
    return rng.choice(len(logits), size=1, p=powers / powers.sum())


@sample_next.mistake(
    "probabilities-returned",
    "The probabilities are right, but they are returned: draw one id by them.",
    hint=2,
)
def _(logits, temperature, rng):
    if temperature <= 0:
        raise ValueError("the temperature has to be above 0")
    scaled = logits / temperature
    powers = np.exp(scaled - scaled.max())
    return powers / powers.sum()


@sample_next.mistake(
    "place-in-sorted-order",
    "After sorting, the place of a token is no longer its id: look up which id stands there.",
    hint=3,
    gives=drawing(low=PLACES, high=PLACES, certain=ONE_ID),
)
def _(logits, temperature, rng):
    if temperature <= 0:
        raise ValueError("the temperature has to be above 0")
    scaled = np.sort(logits / temperature)[::-1]
    powers = np.exp(scaled - scaled.max())
    return int(rng.choice(len(logits), p=powers / powers.sum()))


@sample_next.mistake(
    "ids-from-one",
    "Ids are counted from 1: the first is 0, and the vocabulary's size is no id.",
    hint=3,
)
def _(logits, temperature, rng):
    if temperature <= 0:
        raise ValueError("the temperature has to be above 0")
    scaled = logits / temperature
    powers = np.exp(scaled - scaled.max())
    return int(rng.choice(len(logits), p=powers / powers.sum())) + 1


@sample_next.mistake(
    "zero-accepted",
    "Temperature 0 is accepted, as the likeliest id perhaps: it has to raise ValueError too.",
    hint=1,
    gives=drawing(accepted={"zero": AN_ID}),
    seen="karpathy/nanoGPT#738",
)
def _(logits, temperature, rng):
    if temperature < 0:
        raise ValueError("the temperature has to be above 0")
    if temperature == 0:
        return int(np.argmax(logits))
    scaled = logits / temperature
    powers = np.exp(scaled - scaled.max())
    return int(rng.choice(len(logits), p=powers / powers.sum()))


@sample_next.mistake(
    "negative-accepted",
    "A negative temperature is accepted and turns the odds round: it has to raise ValueError.",
    hint=1,
    gives=drawing(accepted={"negative": AN_ID}),
)
def _(logits, temperature, rng):
    if temperature == 0:
        raise ValueError("the temperature has to be above 0")
    scaled = logits / temperature
    powers = np.exp(scaled - scaled.max())
    return int(rng.choice(len(logits), p=powers / powers.sum()))


@sample_next.mistake(
    "every-temperature-accepted",
    "Temperatures of 0 and below are taken for the likeliest id: they have to raise ValueError.",
    hint=1,
    gives=drawing(accepted={"zero": AN_ID, "negative": AN_ID}),
    seen="state-spaces/mamba#1041",
)
def _(logits, temperature, rng):
    if temperature <= 0:
        return int(np.argmax(logits))
    scaled = logits / temperature
    powers = np.exp(scaled - scaled.max())
    return int(rng.choice(len(logits), p=powers / powers.sum()))


@sample_next.mistake(
    "error-printed",
    "A temperature of 0 or below is reported by print, and None returned: raise ValueError.",
    hint=1,
)
def _(logits, temperature, rng):
    if temperature <= 0:
        print("the temperature has to be above 0")
        return None
    scaled = logits / temperature
    powers = np.exp(scaled - scaled.max())
    return int(rng.choice(len(logits), p=powers / powers.sum()))


@sample_next.mistake(
    "logits-changed-in-place",
    "The draw is right, but the caller's logits were changed: work on an array of your own.",
    hint=3,
)
def _(logits, temperature, rng):
    if temperature <= 0:
        raise ValueError("the temperature has to be above 0")
    logits -= logits.max()
    powers = np.exp(logits / temperature)
    return int(rng.choice(len(logits), p=powers / powers.sum()))


# --- greedy_decode -----------------------------------------------------------------------------

CLEAR = 0.05
"""By how much the largest logit leads: rounding may not decide which token comes next."""


def decoder(rng, sizes: Sizes, dtype: type = np.float64) -> dict[str, np.ndarray]:
    """Random weights of a decoder that wanders: it neither stays at one token nor forgets at once.

    Its vocabulary is larger than its state, which has at least four units.
    """
    features, units = sizes.features, sizes.units + 4
    vocabulary = units + features
    shapes = {
        "E": ((vocabulary, features), 1.0),
        "W_x": ((features, units), 1.5 / features**0.5),
        "W_h": ((units, units), 1.5 / units**0.5),
        "b": ((units,), 0.3),
        "V": ((units, vocabulary), 3 / units**0.5),
        "c": ((vocabulary,), 0.5),
    }
    return {name: rng.normal(0, s, shape).astype(dtype) for name, (shape, s) in shapes.items()}


def clear_tokens(weights, state, token: int, steps: int) -> list[int]:
    """Generate as if there were no end token, as long as each token is a clear choice."""
    tokens = []
    while len(tokens) < steps:
        logits, state = decoder_step(weights, token, state)
        second, first = np.sort(logits)[-2:]
        if first - second < CLEAR:
            break
        token = int(np.argmax(logits))
        tokens.append(token)
    return tokens


def decoding_case(
    about, rng, sizes: Sizes, wanted: Callable, start=None, dtype: type = np.float64, scale=1.0
) -> Case:
    """Draw decoders until the tokens of one are as wanted.

    wanted: takes the tokens of up to nine clear steps, the start token and a token that is neither
    of them, and returns the end token and max_steps, or None. scale: of the initial state.
    """
    while True:
        weights = decoder(rng, sizes, dtype)
        state = (scale * np.tanh(rng.normal(size=len(weights["b"])))).astype(dtype)
        first = int(rng.integers(len(weights["c"]))) if start is None else start
        tokens = clear_tokens(weights, state, first, 9)
        unused = rng.permutation(np.setdiff1d(np.arange(1, len(weights["c"])), [first, *tokens]))
        if not (len(unused) and tokens and (found := wanted(tokens, first, int(unused[0])))):
            continue
        end, max_steps = found
        arguments = {"weights": weights, "state": state, "start": first, "end": end}
        return Case(about, {**arguments, "max_steps": max_steps})


def decoding_cases(rng, sizes: Sizes) -> list[Case]:
    def varied(tokens, least=3):
        return len(set(tokens)) >= least

    def ends_early(tokens, start, unused):
        for place in range(4, len(tokens)):
            before = tokens[:place]
            if varied(before) and tokens[place] not in (start, *before):
                return tokens[place], place + sizes.time
        return None

    def ends_at_the_last_step(tokens, start, unused):
        place = tokens.index(0) if 0 in tokens else 0
        return (0, place + 1) if place > 2 and varied(tokens[:place]) else None

    def ends_at_once(tokens, start, unused):
        return (tokens[0], sizes.time) if tokens[0] != start and varied(tokens) else None

    def runs(steps, holds=lambda tokens, start: True):
        def wanted(tokens, start, unused):
            # One step more than is asked for, so that going on too long has a clear result too.
            enough = len(tokens) > steps and varied(tokens[: steps + 1], min(3, steps + 1))
            return (unused, steps) if enough and holds(tokens[:steps], start) else None

        return wanted

    def repeats(tokens, _start):
        twice = any(one == other for one, other in itertools.pairwise(tokens))
        return twice and tokens[-1] not in tokens[:-1]

    def start_again(tokens, start):
        return start in tokens[1:-2] and tokens[0] != start

    def zero_inside(tokens, start):
        return 0 in tokens[1:-2] and start

    def case(about, wanted, **options):
        return decoding_case(about, rng, sizes, wanted, **options)

    return [
        case(N_("the end token comes early"), ends_early),
        case(N_("max_steps comes first"), runs(6), start=0),
        case(N_("the start token is predicted again"), runs(7, start_again)),
        case(N_("a token twice in a row"), runs(7, repeats)),
        case(N_("id 0 is predicted"), runs(7, zero_inside)),
        case(N_("an initial state of zeros"), runs(5), scale=0.0),
        case(N_("the end token, id 0, at the last step"), ends_at_the_last_step),
        case(N_("the end token at once"), ends_at_once),
        case(N_("max_steps 1"), runs(1)),
        case(N_("max_steps 0"), runs(0)),
        case(N_("float32"), runs(3), dtype=np.float32),
    ]


greedy_decode = Exercise(
    "greedy_decode",
    reference=sequences.greedy_decode,
    cases=decoding_cases,
    returns={"ids": ()},
)


@greedy_decode.mistake(
    "end-kept",
    "The end token is in the list: look whether it came before you append.",
    hint=2,
)
def _(weights, state, start, end, max_steps):
    ids, token = [], start
    while len(ids) < max_steps and token != end:
        logits, state = decoder_step(weights, token, state)
        token = int(np.argmax(logits))
        ids.append(token)
    return ids


@greedy_decode.mistake(
    "start-kept",
    "The list begins with the start token: it is read first, but it was not generated.",
    hint=2,
)
def _(weights, state, start, end, max_steps):
    ids, token = [start], start
    for _step in range(max_steps):
        logits, state = decoder_step(weights, token, state)
        token = int(np.argmax(logits))
        if token == end:
            break
        ids.append(token)
    return ids


@greedy_decode.mistake(
    "state-not-carried",
    "Every step starts from the initial state: hand each new state on to the next step.",
    hint=1,
    seen="upskyy/ContextNet#4",
)
def _(weights, state, start, end, max_steps):
    ids, token = [], start
    for _step in range(max_steps):
        logits, _new_state = decoder_step(weights, token, state)
        token = int(np.argmax(logits))
        if token == end:
            break
        ids.append(token)
    return ids


@greedy_decode.mistake(
    "token-not-fed-back",
    "Every step reads the start token: the token just generated is what the next step reads.",
    hint=1,
)
def _(weights, state, start, end, max_steps):
    ids = []
    for _step in range(max_steps):
        logits, state = decoder_step(weights, start, state)
        token = int(np.argmax(logits))
        if token == end:
            break
        ids.append(token)
    return ids


@greedy_decode.mistake(
    "initial-state-ignored",
    "Decoding starts from a state of zeros: it should start from the state that is handed in.",
    hint=1,
    seen="nyu-dl/dl4mt-tutorial#65",
)
def _(weights, state, start, end, max_steps):
    ids, token, state = [], start, np.zeros_like(state)
    for _step in range(max_steps):
        logits, state = decoder_step(weights, token, state)
        token = int(np.argmax(logits))
        if token == end:
            break
        ids.append(token)
    return ids


@greedy_decode.mistake(
    "state-zero-at-each-step",
    "The state is set back to zeros at each step: make it once, before the loop.",
    hint=1,
)
def _(weights, state, start, end, max_steps):
    ids, token = [], start
    for _step in range(max_steps):
        logits, state = decoder_step(weights, token, np.zeros_like(state))
        token = int(np.argmax(logits))
        if token == end:
            break
        ids.append(token)
    return ids


@greedy_decode.mistake(
    "one-step-short",
    "It stops one id too early: the start token does not count, max_steps ids may be generated.",
    hint=3,
    seen="huggingface/transformers#9855",
)
def _(weights, state, start, end, max_steps):
    ids, token = [], start
    for _step in range(max_steps - 1):
        logits, state = decoder_step(weights, token, state)
        token = int(np.argmax(logits))
        if token == end:
            break
        ids.append(token)
    return ids


@greedy_decode.mistake(
    "one-step-long",
    "It goes on one step too long: with max_steps ids the list is full, and 0 of them is none.",
    hint=3,
)
def _(weights, state, start, end, max_steps):
    ids, token = [], start
    while len(ids) <= max_steps:
        logits, state = decoder_step(weights, token, state)
        token = int(np.argmax(logits))
        if token == end:
            break
        ids.append(token)
    return ids


@greedy_decode.mistake(
    "max-steps-checked-late",
    "Whether the list is full is asked after a step: with max_steps 0 not even one may be taken.",
    hint=3,
)
def _(weights, state, start, end, max_steps):
    ids, token = [], start
    while True:
        logits, state = decoder_step(weights, token, state)
        token = int(np.argmax(logits))
        if token == end:
            return ids
        ids.append(token)
        if len(ids) >= max_steps:
            return ids


@greedy_decode.mistake(
    "max-steps-ignored",
    "max_steps has no effect: a decoder may never say end, so it needs a limit.",
    hint=3,
)
def _(weights, state, start, end, max_steps):
    ids, token = [], start
    while len(ids) < 100 * (max_steps + 1):
        logits, state = decoder_step(weights, token, state)
        token = int(np.argmax(logits))
        if token == end:
            break
        ids.append(token)
    return ids


@greedy_decode.mistake(
    "end-ignored",
    "The end token does not stop it: what follows the end is no part of the sentence.",
    hint=2,
    seen="DongjunLee/transformer-tensorflow#5",
)
def _(weights, state, start, end, max_steps):
    ids, token = [], start
    for _step in range(max_steps):
        logits, state = decoder_step(weights, token, state)
        token = int(np.argmax(logits))
        ids.append(token)
    return ids


@greedy_decode.mistake(
    "end-skipped",
    "The end token is left out, but decoding goes on behind it: it should stop there.",
    hint=2,
)
def _(weights, state, start, end, max_steps):
    ids, token = [], start
    for _step in range(max_steps):
        logits, state = decoder_step(weights, token, state)
        token = int(np.argmax(logits))
        if token != end:
            ids.append(token)
    return ids


@greedy_decode.mistake(
    "stops-at-start",
    "It stops when the start token is predicted: that is an id like any other, end alone stops.",
    hint=2,
    seen="karpathy/llama2.c#121",
)
def _(weights, state, start, end, max_steps):
    ids, token = [], start
    for _step in range(max_steps):
        logits, state = decoder_step(weights, token, state)
        token = int(np.argmax(logits))
        if token in (start, end):
            break
        ids.append(token)
    return ids


@greedy_decode.mistake(
    "start-left-out",
    "A start token that is predicted again is left out: it is an id like any other.",
    hint=2,
)
def _(weights, state, start, end, max_steps):
    ids, token = [], start
    for _step in range(max_steps):
        logits, state = decoder_step(weights, token, state)
        token = int(np.argmax(logits))
        if token == end:
            break
        ids.append(token)
    return [token for token in ids if token != start]


@greedy_decode.mistake(
    "stops-at-zero",
    "It stops at id 0: which token ends a sentence is handed in as end.",
    hint=2,
    seen="ruotianluo/self-critical.pytorch#2",
)
def _(weights, state, start, end, max_steps):
    ids, token = [], start
    for _step in range(max_steps):
        logits, state = decoder_step(weights, token, state)
        token = int(np.argmax(logits))
        if token in (0, end):
            break
        ids.append(token)
    return ids


@greedy_decode.mistake(
    "repeats-left-out",
    "A token that comes twice in a row is kept once: a decoder's sentence may repeat a word.",
    hint=2,
)
def _(weights, state, start, end, max_steps):
    ids, token = [], start
    for _step in range(max_steps):
        logits, state = decoder_step(weights, token, state)
        token = int(np.argmax(logits))
        if token == end:
            break
        if not ids or token != ids[-1]:
            ids.append(token)
    return ids


@greedy_decode.mistake(
    "least-likely-taken",
    "The least likely token is taken: the largest logit decides.",
    hint=1,
)
def _(weights, state, start, end, max_steps):
    ids, token = [], start
    for _step in range(max_steps):
        logits, state = decoder_step(weights, token, state)
        token = int(np.argmin(logits))
        if token == end:
            break
        ids.append(token)
    return ids


@greedy_decode.mistake(
    "largest-logits-returned",
    "The list holds the largest logits; it should hold the places where they stand, the ids.",
    hint=1,
)
def _(weights, state, start, end, max_steps):
    values, token = [], start
    for _step in range(max_steps):
        logits, state = decoder_step(weights, token, state)
        token = int(np.argmax(logits))
        if token == end:
            break
        values.append(float(logits.max()))
    return values


@greedy_decode.mistake(
    "vector-read",
    "A vector is read next, such as a one-hot one: decoder_step takes the id itself.",
    hint=1,
)
def _(weights, state, start, end, max_steps):
    ids, token = [], start
    for _step in range(max_steps):
        logits, state = decoder_step(weights, token, state)
        if np.argmax(logits) == end:
            break
        ids.append(int(np.argmax(logits)))
        token = np.eye(len(logits))[np.argmax(logits)]
    return ids


@greedy_decode.mistake(
    "results-swapped",
    "Logits and state are taken for one another: decoder_step returns the logits first.",
    hint=1,
)
def _(weights, state, start, end, max_steps):
    ids, token = [], start
    for _step in range(max_steps):
        state, logits = decoder_step(weights, token, state)
        token = int(np.argmax(logits))
        if token == end:
            break
        ids.append(token)
    return ids


@greedy_decode.mistake(
    "nothing-without-end",
    "The list is returned at the end token alone: without one, None comes after max_steps.",
    hint=3,
)
def _(weights, state, start, end, max_steps):
    ids, token = [], start
    for _step in range(max_steps):
        logits, state = decoder_step(weights, token, state)
        token = int(np.argmax(logits))
        if token == end:
            return ids
        ids.append(token)


@greedy_decode.mistake(
    "padded",
    "The list is filled up with zeros to max_steps: return just the ids that were generated.",
    hint=3,
)
def _(weights, state, start, end, max_steps):
    ids, token = [0] * max_steps, start
    for place in range(max_steps):
        logits, state = decoder_step(weights, token, state)
        token = int(np.argmax(logits))
        if token == end:
            break
        ids[place] = token
    return ids


@greedy_decode.mistake(
    "array-returned",
    "The ids are right, but come as a NumPy array: return a list.",
    hint=3,
)
def _(weights, state, start, end, max_steps):
    ids, token = [], start
    for _step in range(max_steps):
        logits, state = decoder_step(weights, token, state)
        token = int(np.argmax(logits))
        if token == end:
            break
        ids.append(token)
    return np.array(ids)


@greedy_decode.mistake(
    "state-returned-too",
    "The ids and the last state are returned as a pair: return the list of ids alone.",
    hint=3,
)
def _(weights, state, start, end, max_steps):
    ids, token = [], start
    for _step in range(max_steps):
        logits, state = decoder_step(weights, token, state)
        token = int(np.argmax(logits))
        if token == end:
            break
        ids.append(token)
    return ids, state


@greedy_decode.mistake(
    "state-changed-in-place",
    "The ids are right, but the caller's state was overwritten: keep the new one under a name.",
    hint=3,
)
def _(weights, state, start, end, max_steps):
    ids, token = [], start
    for _step in range(max_steps):
        logits, state[:] = decoder_step(weights, token, state)
        token = int(np.argmax(logits))
        if token == end:
            break
        ids.append(token)
    return ids


@greedy_decode.mistake(
    "weights-changed-in-place",
    "The ids are right, but something was put into the caller's weights: leave them as they came.",
    hint=3,
)
def _(weights, state, start, end, max_steps):
    ids, token = [], start
    weights["state"] = state
    for _step in range(max_steps):
        logits, weights["state"] = decoder_step(weights, token, weights["state"])
        token = int(np.argmax(logits))
        if token == end:
            break
        ids.append(token)
    return ids


# --- attention ---------------------------------------------------------------------------------


def padded_mask(rng, batch: int, time: int) -> np.ndarray:
    """Draw a mask whose rows have two real tokens at least, and some padding; the last has none."""
    lengths = rng.integers(2, time, batch)
    lengths[1:][-1:] = time
    return np.arange(time) < lengths[:, None]


def attention_cases(rng, sizes: Sizes) -> list[Case]:
    batch, depth, _, time = sorted(sizes)
    full, padded = np.ones((batch, time), dtype=bool), padded_mask(rng, batch, time)

    def case(about, mask, dtype: type = np.float64, scale=1.0, scores=None):
        rows, shape = len(mask), (*mask.shape, depth)
        query, keys = rng.normal(0, scale, (rows, depth)), rng.normal(0, scale, shape)
        # Padding fits the query best and holds large values: where it is read, it shows.
        keys = np.where(mask[..., None], keys, 2 * np.sign(query)[:, None])
        values = rng.normal(0, np.where(mask, 1, 10)[..., None], shape)
        if scores is not None:
            # Whole numbers, so that every order of summation gives the very same scores.
            query, keys = rng.integers(-2, 3, (rows, depth)), rng.integers(-3, 4, shape)
            query[:, 0] = 1
            keys[..., 0] += scores - np.einsum("bd,btd->bt", query, keys)
        drawn = {"query": query, "keys": keys, "values": values}
        return Case(about, {k: v.astype(dtype) for k, v in drawn.items()} | {"mask": mask})

    near = -rng.integers(0, 4, (batch, time))
    both = rng.permuted(np.resize([1000, -1000, 999, 998], (batch, time)), axis=1)
    rows_apart = near + np.resize([1000, -1000], batch)[:, None]
    return [
        case(N_("no padding"), full),
        case(N_("any lengths"), padded),
        case(N_("a batch of one"), padded_mask(rng, 1, time)),
        case(N_("a single step"), full[:, :1]),
        case(N_("one real token in each row"), np.arange(time) < np.ones((batch, 1))),
        case(N_("large scores"), padded, scale=3.0),
        case(N_("scores of 1000 and -1000"), full, scores=both),
        case(N_("one row near 1000, another near -1000"), full, scores=rows_apart),
        case(
            N_("scores near -1000, and 1000 at padding"),
            padded,
            scores=np.where(padded, near - 1000, 1000),
        ),
        # Scaled up, a right answer in float32 would miss the tolerance now and then.
        case(N_("float32"), padded, np.float32, scale=0.5),
    ]


attention = Exercise(
    "attention",
    reference=sequences.attention,
    cases=attention_cases,
    returns={"context": ("row", "feature"), "weights": ("row", "step")},
)


@attention.mistake(
    "scaled-by-root-depth",
    "The scores are divided by the root of depth, as transformers do; here they stay as they are.",
    hint=1,
    seen="tensorflow/tensorflow#45268",
)
def _(query, keys, values, mask):
    scores = np.einsum("bd,btd->bt", query, keys) / np.sqrt(query.shape[1])
    scores = np.where(mask, scores, -np.inf)
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights = powers / powers.sum(axis=1, keepdims=True)
    return np.einsum("bt,btd->bd", weights, values), weights


@attention.mistake(
    "scaled-by-depth",
    "The products are averaged over depth: a dot product is their sum.",
    hint=1,
)
def _(query, keys, values, mask):
    scores = np.mean(query[:, None, :] * keys, axis=2)
    scores = np.where(mask, scores, -np.inf)
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights = powers / powers.sum(axis=1, keepdims=True)
    return np.einsum("bt,btd->bd", weights, values), weights


@attention.mistake(
    "cosine-similarity",
    "The scores are cosines: the lengths of query and keys belong to a dot product.",
    hint=1,
)
def _(query, keys, values, mask):
    lengths = np.linalg.norm(query, axis=1)[:, None] * np.linalg.norm(keys, axis=2)
    scores = np.einsum("bd,btd->bt", query, keys) / lengths
    scores = np.where(mask, scores, -np.inf)
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights = powers / powers.sum(axis=1, keepdims=True)
    return np.einsum("bt,btd->bd", weights, values), weights


@attention.mistake(
    "distance-for-fit",
    "The scores are distances, so the keys that fit worst win: a dot product grows with the fit.",
    hint=1,
)
def _(query, keys, values, mask):
    scores = np.linalg.norm(query[:, None, :] - keys, axis=2)
    scores = np.where(mask, scores, -np.inf)
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights = powers / powers.sum(axis=1, keepdims=True)
    return np.einsum("bt,btd->bd", weights, values), weights


@attention.mistake(
    "one-query-for-all",
    "The first row's query is put to all rows: each row asks with its own.",
    hint=1,
)
def _(query, keys, values, mask):
    scores = keys @ query[0]
    scores = np.where(mask, scores, -np.inf)
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights = powers / powers.sum(axis=1, keepdims=True)
    return np.einsum("bt,btd->bd", weights, values), weights


@attention.mistake(
    "keys-and-values-swapped",
    "Keys and values are exchanged: keys are compared with the query, values are mixed.",
    hint=1,
)
def _(query, keys, values, mask):
    scores = np.einsum("bd,btd->bt", query, values)
    scores = np.where(mask, scores, -np.inf)
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights = powers / powers.sum(axis=1, keepdims=True)
    return np.einsum("bt,btd->bd", weights, keys), weights


@attention.mistake(
    "context-from-keys",
    "The weights are right, but they mix the keys: the context is made of values.",
    hint=1,
)
def _(query, keys, values, mask):
    scores = np.einsum("bd,btd->bt", query, keys)
    scores = np.where(mask, scores, -np.inf)
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights = powers / powers.sum(axis=1, keepdims=True)
    return np.einsum("bt,btd->bd", weights, keys), weights


@attention.mistake(
    "padding-not-masked",
    "Padding is read like any token: the mask is not used.",
    hint=2,
    seen="MaximumEntropy/Seq2Seq-PyTorch#6",
)
def _(query, keys, values, mask):
    scores = np.einsum("bd,btd->bt", query, keys)
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights = powers / powers.sum(axis=1, keepdims=True)
    return np.einsum("bt,btd->bd", weights, values), weights


@attention.mistake(
    "weights-masked-without-renormalising",
    "Weights are set to 0 after the softmax, and what is left no longer adds up to 1.",
    hint=2,
    seen="huggingface/pytorch-image-models#2236",
)
def _(query, keys, values, mask):
    scores = np.einsum("bd,btd->bt", query, keys)
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights = powers / powers.sum(axis=1, keepdims=True) * mask
    return np.einsum("bt,btd->bd", weights, values), weights


@attention.mistake(
    "padding-masked-too-late",
    "Padding is left out only after exp: where its score is the largest by far, NaN remains.",
    hint=2,
    seen="allenai/allennlp#437",
)
def _(query, keys, values, mask):
    scores = np.einsum("bd,btd->bt", query, keys)
    powers = np.exp(scores - scores.max(axis=1, keepdims=True)) * mask
    with np.errstate(all="ignore"):
        weights = powers / powers.sum(axis=1, keepdims=True)
    return np.einsum("bt,btd->bd", weights, values), weights


@attention.mistake(
    "score-zero-at-padding",
    "Padding gets the score 0, and exp(0) is 1: only a score below all others takes no weight.",
    hint=2,
    seen="ilivans/tf-rnn-attention#11",
)
def _(query, keys, values, mask):
    scores = np.einsum("bd,btd->bt", query, keys) * mask
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights = powers / powers.sum(axis=1, keepdims=True)
    return np.einsum("bt,btd->bd", weights, values), weights


@attention.mistake(
    "zeroed-keys-at-padding",
    "Keys and values are set to 0 at padding, but its score is then 0 and still takes weight.",
    hint=2,
)
def _(query, keys, values, mask):
    keys, values = keys * mask[..., None], values * mask[..., None]
    scores = np.einsum("bd,btd->bt", query, keys)
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights = powers / powers.sum(axis=1, keepdims=True)
    return np.einsum("bt,btd->bd", weights, values), weights


@attention.mistake(
    "small-number-at-padding",
    "Padding's score is lowered by 100 only: a real score may be lower still.",
    hint=2,
)
def _(query, keys, values, mask):
    scores = np.einsum("bd,btd->bt", query, keys) - 100.0 * ~mask
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights = powers / powers.sum(axis=1, keepdims=True)
    return np.einsum("bt,btd->bd", weights, values), weights


@attention.mistake(
    "mask-inverted",
    "The mask is the wrong way round: True marks the real tokens, False the padding.",
    hint=2,
    seen="lucidrains/halonet-pytorch#4",
)
def _(query, keys, values, mask):
    scores = np.einsum("bd,btd->bt", query, keys)
    scores = np.where(mask, -1e9, scores)
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights = powers / powers.sum(axis=1, keepdims=True)
    return np.einsum("bt,btd->bd", weights, values), weights


@attention.mistake(
    "softmax-over-the-batch",
    "The softmax runs over the batch: the weights of one row should add up to 1 over its steps.",
    hint=3,
    seen="PetrochukM/PyTorch-NLP#2",
)
def _(query, keys, values, mask):
    scores = np.einsum("bd,btd->bt", query, keys)
    scores = np.where(mask, scores, -1e9)
    powers = np.exp(scores - scores.max(axis=0))
    weights = powers / powers.sum(axis=0)
    return np.einsum("bt,btd->bd", weights, values), weights


@attention.mistake(
    "softmax-over-everything",
    "The softmax divides by the sum over all rows: each row has a sum of its own.",
    hint=3,
)
def _(query, keys, values, mask):
    scores = np.einsum("bd,btd->bt", query, keys)
    scores = np.where(mask, scores, -np.inf)
    powers = np.exp(scores - scores.max())
    weights = powers / powers.sum()
    return np.einsum("bt,btd->bd", weights, values), weights


@attention.mistake(
    "maximum-not-subtracted",
    "exp(1000) is infinite and exp(-1000) is 0: take each row's largest score off first.",
    hint=3,
)
def _(query, keys, values, mask):
    scores = np.einsum("bd,btd->bt", query, keys)
    with np.errstate(all="ignore"):
        powers = np.exp(np.where(mask, scores, -np.inf))
        weights = powers / powers.sum(axis=1, keepdims=True)
    return np.einsum("bt,btd->bd", weights, values), weights


@attention.mistake(
    "maximum-of-the-whole-batch",
    "One maximum is taken off all rows, and a row far below it becomes 0/0: each row has its own.",
    hint=3,
)
def _(query, keys, values, mask):
    scores = np.einsum("bd,btd->bt", query, keys)
    scores = np.where(mask, scores, -np.inf)
    powers = np.exp(scores - scores.max())
    with np.errstate(all="ignore"):
        weights = powers / powers.sum(axis=1, keepdims=True)
    return np.einsum("bt,btd->bd", weights, values), weights


@attention.mistake(
    "softmax-twice",
    "The softmax is taken twice, which makes the weights nearly equal.",
    hint=3,
)
def _(query, keys, values, mask):
    weights = np.einsum("bd,btd->bt", query, keys)
    for _time in range(2):
        weights = np.where(mask, weights, -np.inf)
        weights = np.exp(weights - weights.max(axis=1, keepdims=True))
        weights = weights / weights.sum(axis=1, keepdims=True)
    return np.einsum("bt,btd->bd", weights, values), weights


@attention.mistake(
    "sigmoid-weights",
    "Each score passes through a sigmoid alone: weights compete, and add up to 1 in each row.",
    hint=3,
)
def _(query, keys, values, mask):
    scores = np.einsum("bd,btd->bt", query, keys)
    weights = (1 + np.tanh(scores / 2)) / 2 * mask
    return np.einsum("bt,btd->bd", weights, values), weights


@attention.mistake(
    "tanh-of-scores",
    "The scores pass through tanh, as in additive attention: a dot product is used as it is.",
    hint=1,
)
def _(query, keys, values, mask):
    scores = np.tanh(np.einsum("bd,btd->bt", query, keys))
    powers = np.exp(np.where(mask, scores, -np.inf))
    weights = powers / powers.sum(axis=1, keepdims=True)
    return np.einsum("bt,btd->bd", weights, values), weights


@attention.mistake(
    "divided-by-the-sum",
    "The scores are divided by their sum, without exp: a negative score gives a negative weight.",
    hint=3,
)
def _(query, keys, values, mask):
    scores = np.einsum("bd,btd->bt", query, keys) * mask
    weights = scores / scores.sum(axis=1, keepdims=True)
    return np.einsum("bt,btd->bd", weights, values), weights


@attention.mistake(
    "best-token-only",
    "The best token gets all the weight: attention mixes, each token by its share.",
    hint=3,
)
def _(query, keys, values, mask):
    scores = np.einsum("bd,btd->bt", query, keys)
    best = np.where(mask, scores, -np.inf).argmax(axis=1)
    weights = np.eye(mask.shape[1])[best]
    return np.einsum("bt,btd->bd", weights, values), weights


@attention.mistake(
    "all-tokens-alike",
    "Every real token weighs the same: the query has no say.",
    hint=1,
)
def _(query, keys, values, mask):
    weights = mask / mask.sum(axis=1, keepdims=True)
    return np.einsum("bt,btd->bd", weights, values), weights


@attention.mistake(
    "context-averaged",
    "The weighted values are averaged: the weights add up to 1 already, so they are summed.",
    hint=3,
)
def _(query, keys, values, mask):
    scores = np.einsum("bd,btd->bt", query, keys)
    scores = np.where(mask, scores, -np.inf)
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights = powers / powers.sum(axis=1, keepdims=True)
    return (weights[..., None] * values).mean(axis=1), weights


@attention.mistake(
    "context-not-summed",
    "The weighted values are not summed over the steps: the context is one vector for each row.",
    hint=3,
)
def _(query, keys, values, mask):
    scores = np.einsum("bd,btd->bt", query, keys)
    scores = np.where(mask, scores, -np.inf)
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights = powers / powers.sum(axis=1, keepdims=True)
    return weights[..., None] * values, weights


@attention.mistake(
    "weights-with-a-spare-axis",
    "The weights keep an axis of length 1 from the product: they are (batch, time).",
    hint=3,
)
def _(query, keys, values, mask):
    scores = keys @ query[..., None]
    scores = np.where(mask[..., None], scores, -np.inf)
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights = powers / powers.sum(axis=1, keepdims=True)
    return (weights * values).sum(axis=1), weights


@attention.mistake(
    "context-with-a-spare-axis",
    "The context keeps an axis of length 1 from the product: it is (batch, depth).",
    hint=3,
)
def _(query, keys, values, mask):
    scores = np.einsum("bd,btd->bt", query, keys)
    scores = np.where(mask, scores, -np.inf)
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights = powers / powers.sum(axis=1, keepdims=True)
    return weights[:, None, :] @ values, weights


@attention.mistake(
    "returned-the-other-way-round",
    "Weights and context are exchanged: return the context first, then the weights.",
    hint=3,
)
def _(query, keys, values, mask):
    scores = np.einsum("bd,btd->bt", query, keys)
    scores = np.where(mask, scores, -np.inf)
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights = powers / powers.sum(axis=1, keepdims=True)
    return weights, np.einsum("bt,btd->bd", weights, values)


@attention.mistake(
    "values-weighted-in-place",
    "The result is right, but the caller's values are multiplied in place: make a new array.",
    hint=3,
)
def _(query, keys, values, mask):
    scores = np.einsum("bd,btd->bt", query, keys)
    scores = np.where(mask, scores, -np.inf)
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights = powers / powers.sum(axis=1, keepdims=True)
    values *= weights[..., None]
    return values.sum(axis=1), weights


# --- perplexity --------------------------------------------------------------------------------


def perplexity_cases(rng, sizes: Sizes) -> list[Case]:
    batch, *_, time = sorted(sizes)
    full, padded = np.ones((batch, time), dtype=bool), padded_mask(rng, batch, time)
    short = padded.copy()
    short[0, 1:] = False

    def case(about, mask, log_probabilities=None, dtype: type = np.float64):
        if log_probabilities is None:
            log_probabilities = np.log(rng.uniform(0.05, 0.9, mask.shape))
        # No logarithm of a probability is positive: padding may hold anything.
        nonsense = rng.normal(0, 20, mask.shape)
        given = np.where(mask, log_probabilities, nonsense).astype(dtype)
        return Case(about, {"log_probabilities": given, "mask": mask})

    unlikely = rng.uniform(-40, -20, padded.shape)
    return [
        case(N_("no padding"), full),
        case(N_("any lengths"), padded),
        case(N_("a batch of one"), padded_mask(rng, 1, time)),
        case(N_("a row of one real token"), short),
        case(N_("every token equally likely"), padded, -np.log(sizes.units + 4)),
        case(N_("every token certain"), padded, 0.0),
        case(N_("very unlikely tokens"), padded, unlikely),
        case(N_("a long text"), padded_mask(rng, batch, 2000)),
        case(N_("float32"), padded, dtype=np.float32),
    ]


perplexity = Exercise(
    "perplexity",
    reference=sequences.perplexity,
    cases=perplexity_cases,
    returns={"perplexity": ()},
)


@perplexity.mistake(
    "padding-counted",
    "Padding counts as text: the mean runs over all places, not over the real tokens.",
    hint=2,
    seen="axolotl-ai-cloud/axolotl#3988",
)
def _(log_probabilities, mask):
    return float(np.exp(-log_probabilities.mean()))


@perplexity.mistake(
    "padding-in-the-sum",
    "Padding is not counted, but it is added in: sum over the real tokens only.",
    hint=2,
    seen="ml-explore/mlx-lm#1855",
)
def _(log_probabilities, mask):
    with np.errstate(all="ignore"):
        return float(np.exp(-log_probabilities.sum() / mask.sum()))


@perplexity.mistake(
    "padding-in-the-count",
    "Padding is not added, but it is counted: divide by the number of real tokens.",
    hint=2,
    seen="neulab/xnmt#229",
)
def _(log_probabilities, mask):
    return float(np.exp(-np.where(mask, log_probabilities, 0).mean()))


@perplexity.mistake(
    "mask-inverted",
    "The mask is the wrong way round: True marks the real tokens, False the padding.",
    hint=2,
)
def _(log_probabilities, mask):
    padding = ~mask
    mean = (log_probabilities * padding).sum() / max(padding.sum(), 1)
    return float(np.exp(-mean))


@perplexity.mistake(
    "base-two",
    "2 is raised to a mean of natural logarithms: what undoes a natural logarithm is exp.",
    hint=3,
    seen="huggingface/evaluate#241",
)
def _(log_probabilities, mask):
    return float(2 ** -log_probabilities[mask].mean())


@perplexity.mistake(
    "base-ten",
    "10 is raised to a mean of natural logarithms: what undoes a natural logarithm is exp.",
    hint=3,
)
def _(log_probabilities, mask):
    return float(10 ** -log_probabilities[mask].mean())


@perplexity.mistake(
    "sign-forgotten",
    "The sign is missing, so it is below 1: a perplexity is 1 at best, and grows with doubt.",
    hint=1,
)
def _(log_probabilities, mask):
    return float(np.exp(log_probabilities[mask].mean()))


@perplexity.mistake(
    "cross-entropy-returned",
    "This is the mean of the negative logarithms, the cross-entropy: exp is missing.",
    hint=1,
)
def _(log_probabilities, mask):
    return float(-log_probabilities[mask].mean())


@perplexity.mistake(
    "logarithm-for-exp",
    "A logarithm is taken of the mean; exp undoes the logarithms that are in it.",
    hint=3,
)
def _(log_probabilities, mask):
    with np.errstate(all="ignore"):
        return float(np.log(-log_probabilities[mask].mean()))


@perplexity.mistake(
    "logarithm-taken-again",
    "The logarithm is taken once more: what is given are logarithms already.",
    hint=1,
)
def _(log_probabilities, mask):
    with np.errstate(all="ignore"):
        return float(np.exp(-np.log(log_probabilities[mask]).mean()))


@perplexity.mistake(
    "square-root",
    "A square root of the mean is taken; exp undoes the logarithms that are in it.",
    hint=3,
    seen="SocialComplexityLab/life2vec#8",
)
def _(log_probabilities, mask):
    return float(np.sqrt(-log_probabilities[mask].mean()))


@perplexity.mistake(
    "sum-for-mean",
    "The logarithms are summed, so a longer text looks worse: take their mean.",
    hint=1,
)
def _(log_probabilities, mask):
    with np.errstate(all="ignore"):
        return float(np.exp(-log_probabilities[mask].sum()))


@perplexity.mistake(
    "mean-of-token-perplexities",
    "exp is taken of each token, then the mean: first the mean of the logarithms, then exp.",
    hint=3,
    seen="magenta/magenta#239",
)
def _(log_probabilities, mask):
    return float(np.exp(-log_probabilities[mask]).mean())


@perplexity.mistake(
    "mean-probability-inverted",
    "The probabilities are averaged: the mean is of their logarithms.",
    hint=3,
)
def _(log_probabilities, mask):
    return float(1 / np.exp(log_probabilities[mask]).mean())


@perplexity.mistake(
    "exp-twice",
    "exp is taken before the mean and after it: once, after it, is enough.",
    hint=3,
)
def _(log_probabilities, mask):
    return float(np.exp(-np.exp(log_probabilities[mask]).mean()))


@perplexity.mistake(
    "mean-of-row-means",
    "Each row is averaged first, so short rows count too much: take one mean over all real tokens.",
    hint=2,
    seen="huggingface/transformers#34387",
)
def _(log_probabilities, mask):
    means = np.where(mask, log_probabilities, 0).sum(axis=1) / mask.sum(axis=1)
    return float(np.exp(-means.mean()))


@perplexity.mistake(
    "mean-of-row-perplexities",
    "Each row gets a perplexity and these are averaged: there is one mean over all real tokens.",
    hint=2,
    seen="kpu/kenlm#69",
)
def _(log_probabilities, mask):
    means = np.where(mask, log_probabilities, 0).sum(axis=1) / mask.sum(axis=1)
    return float(np.exp(-means).mean())


@perplexity.mistake(
    "one-for-each-row",
    "There is a perplexity for each row: return one number for the whole batch.",
    hint=2,
)
def _(log_probabilities, mask):
    means = np.where(mask, log_probabilities, 0).sum(axis=1) / mask.sum(axis=1)
    return np.exp(-means)


@perplexity.mistake(
    "divided-by-the-rows",
    "The sum is divided by the number of rows: divide by the number of real tokens.",
    hint=2,
)
def _(log_probabilities, mask):
    with np.errstate(all="ignore"):
        return float(np.exp(-log_probabilities[mask].sum() / len(mask)))


@perplexity.mistake(
    "product-of-probabilities",
    "The probabilities are multiplied: over a long text the product becomes 0. Add logarithms.",
    hint=3,
)
def _(log_probabilities, mask):
    probabilities = np.exp(log_probabilities[mask])
    with np.errstate(all="ignore"):
        return float(np.prod(probabilities) ** (-1 / len(probabilities)))


@perplexity.mistake(
    "epsilon-added",
    "A small number is added to the probabilities, which hides how unlikely a token was.",
    hint=3,
)
def _(log_probabilities, mask):
    probabilities = np.exp(log_probabilities[mask])
    return float(np.exp(-np.log(probabilities + 1e-9).mean()))


# --- build_captioner ---------------------------------------------------------------------------


def captioner_cases(rng, sizes: Sizes) -> list[Case]:
    def case(about, features, vocabulary, units, steps):
        names = ("features", "vocabulary", "units", "steps")
        return Case(about, dict(zip(names, (features, vocabulary, units, steps), strict=True)))

    few, some, more, most = (size + 2 for size in sorted(sizes))
    return [
        case(N_("any sizes"), few, most, some + most, more),
        # Few units can all be dead, or at their end, and then let nothing through.
        case(N_("other sizes"), more, most, few + most, some),
    ]


def captioner(features, vocabulary, units, steps):
    """What a check observes of a right model: shape, numbers, image, tokens, units."""
    seen = (decoders.DISTRIBUTION, decoders.EVERY_STEP, decoders.UP_TO_ITS_OWN)
    shape = (decoders.rows(steps), steps, vocabulary)
    return shape, *map(translated, (*seen, decoders.SET_THE_WIDTH))


build_captioner = Exercise(
    "build_captioner",
    reference=captioner,
    cases=captioner_cases,
    returns={
        N_("output shape"): (),
        N_("output"): (),
        N_("image"): (),
        N_("tokens"): (),
        N_("units"): (),
    },
    keras=True,
    observe=decoders.observe_captioner,
)


def caption(shape=None, **seen):
    """What a check observes of a wrong model, where it differs from the right one.

    shape: what stands in place of (steps, vocabulary), a function of f features, v words, u units
    and s steps; of an output of another shape than (steps, …) nothing else is seen. seen: numbers,
    image, tokens or units.
    """

    def gives(features, vocabulary, units, steps):
        right, *texts = captioner(features, vocabulary, units, steps)
        named = dict(zip(("numbers", "image", "tokens", "units"), texts, strict=True))
        tail = right[1:]
        if shape:
            tail = shape(features, vocabulary, units, steps)
            if len(tail) != 2 or tail[0] != steps:
                named |= dict.fromkeys(("numbers", "image", "tokens"), translated(decoders.UNSEEN))
        named |= {name: translated(text) for name, text in seen.items()}
        return (right[0], *tail), *named.values()

    return gives


@build_captioner.mistake(
    "no-softmax",
    "The outputs are bare scores: a distribution over the words takes a softmax.",
    hint=3,
    gives=caption(numbers=decoders.ANY_NUMBERS),
)
def _(features, vocabulary, units, steps):
    import keras

    image, tokens = keras.Input((features,)), keras.Input((steps,), dtype="int32")
    state = keras.layers.Dense(units, activation="tanh")(image)
    words = keras.layers.Embedding(vocabulary, units)(tokens)
    states = keras.layers.GRU(units, return_sequences=True)(words, initial_state=state)
    return keras.Model([image, tokens], keras.layers.Dense(vocabulary)(states))


@build_captioner.mistake(
    "log-softmax",
    "The outputs are logarithms of probabilities: return the probabilities themselves.",
    hint=3,
    gives=caption(numbers=decoders.LOGARITHMS),
)
def _(features, vocabulary, units, steps):
    import keras

    image, tokens = keras.Input((features,)), keras.Input((steps,), dtype="int32")
    state = keras.layers.Dense(units, activation="tanh")(image)
    words = keras.layers.Embedding(vocabulary, units)(tokens)
    states = keras.layers.GRU(units, return_sequences=True)(words, initial_state=state)
    outputs = keras.layers.Dense(vocabulary, activation="log_softmax")(states)
    return keras.Model([image, tokens], outputs)


@build_captioner.mistake(
    "sigmoid-for-each-word",
    "Each word gets a sigmoid of its own: the words compete for one place, so it is a softmax.",
    hint=3,
    gives=caption(numbers=decoders.NO_SUM),
)
def _(features, vocabulary, units, steps):
    import keras

    image, tokens = keras.Input((features,)), keras.Input((steps,), dtype="int32")
    state = keras.layers.Dense(units, activation="tanh")(image)
    words = keras.layers.Embedding(vocabulary, units)(tokens)
    states = keras.layers.GRU(units, return_sequences=True)(words, initial_state=state)
    outputs = keras.layers.Dense(vocabulary, activation="sigmoid")(states)
    return keras.Model([image, tokens], outputs)


@build_captioner.mistake(
    "softmax-over-the-steps",
    "The softmax runs over the steps: at each step the words should add up to 1.",
    hint=3,
    gives=caption(numbers=decoders.OVER_STEPS, tokens=decoders.ALL),
)
def _(features, vocabulary, units, steps):
    import keras

    image, tokens = keras.Input((features,)), keras.Input((steps,), dtype="int32")
    state = keras.layers.Dense(units, activation="tanh")(image)
    words = keras.layers.Embedding(vocabulary, units)(tokens)
    states = keras.layers.GRU(units, return_sequences=True)(words, initial_state=state)
    scores = keras.layers.Dense(vocabulary)(states)
    return keras.Model([image, tokens], keras.layers.Softmax(axis=1)(scores))


@build_captioner.mistake(
    "last-step-only",
    "Only the last step answers: a caption takes a distribution at every step.",
    hint=2,
    gives=caption(lambda f, v, u, s: (v,)),
    seen="keras-team/keras#7237",
)
def _(features, vocabulary, units, steps):
    import keras

    image, tokens = keras.Input((features,)), keras.Input((steps,), dtype="int32")
    state = keras.layers.Dense(units, activation="tanh")(image)
    words = keras.layers.Embedding(vocabulary, units)(tokens)
    last = keras.layers.GRU(units)(words, initial_state=state)
    outputs = keras.layers.Dense(vocabulary, activation="softmax")(last)
    return keras.Model([image, tokens], outputs)


@build_captioner.mistake(
    "last-state-repeated",
    "The last state, which has read the whole caption, is repeated: each step should use its own.",
    hint=2,
    gives=caption(tokens=decoders.ALL_AND_ALIKE),
)
def _(features, vocabulary, units, steps):
    import keras

    image, tokens = keras.Input((features,)), keras.Input((steps,), dtype="int32")
    state = keras.layers.Dense(units, activation="tanh")(image)
    words = keras.layers.Embedding(vocabulary, units)(tokens)
    last = keras.layers.GRU(units)(words, initial_state=state)
    states = keras.layers.RepeatVector(steps)(last)
    outputs = keras.layers.Dense(vocabulary, activation="softmax")(states)
    return keras.Model([image, tokens], outputs)


@build_captioner.mistake(
    "as-wide-as-units",
    "At each step there is a number for every unit: there should be one for every word.",
    hint=3,
    gives=caption(lambda f, v, u, s: (s, u)),
)
def _(features, vocabulary, units, steps):
    import keras

    image, tokens = keras.Input((features,)), keras.Input((steps,), dtype="int32")
    state = keras.layers.Dense(units, activation="tanh")(image)
    words = keras.layers.Embedding(vocabulary, units)(tokens)
    states = keras.layers.GRU(units, return_sequences=True)(words, initial_state=state)
    outputs = keras.layers.Dense(units, activation="softmax")(states)
    return keras.Model([image, tokens], outputs)


@build_captioner.mistake(
    "steps-and-words-swapped",
    "Steps and words are exchanged in the output: it is (batch, steps, vocabulary).",
    hint=3,
    gives=caption(lambda f, v, u, s: (v, s)),
)
def _(features, vocabulary, units, steps):
    import keras

    image, tokens = keras.Input((features,)), keras.Input((steps,), dtype="int32")
    state = keras.layers.Dense(units, activation="tanh")(image)
    words = keras.layers.Embedding(vocabulary, units)(tokens)
    states = keras.layers.GRU(units, return_sequences=True)(words, initial_state=state)
    outputs = keras.layers.Dense(vocabulary, activation="softmax")(states)
    return keras.Model([image, tokens], keras.layers.Permute((2, 1))(outputs))


@build_captioner.mistake(
    "image-step-kept",
    "The image's own step is kept, so there is one output too many: leave it out.",
    hint=2,
    gives=caption(lambda f, v, u, s: (s + 1, v)),
)
def _(features, vocabulary, units, steps):
    import keras

    image, tokens = keras.Input((features,)), keras.Input((steps,), dtype="int32")
    first = keras.layers.Reshape((1, units))(keras.layers.Dense(units)(image))
    words = keras.layers.Embedding(vocabulary, units)(tokens)
    sequence = keras.layers.Concatenate(axis=1)([first, words])
    states = keras.layers.GRU(units, return_sequences=True)(sequence)
    outputs = keras.layers.Dense(vocabulary, activation="softmax")(states)
    return keras.Model([image, tokens], outputs)


@build_captioner.mistake(
    "one-token-behind",
    "Step t has not read token t yet: tokens come shifted already, and are shifted once more here.",
    hint=2,
    gives=caption(tokens=decoders.BEFORE_ITS_OWN),
    seen="huggingface/transformers#47394",
)
def _(features, vocabulary, units, steps):
    import keras

    image, tokens = keras.Input((features,)), keras.Input((steps,), dtype="int32")
    first = keras.layers.Reshape((1, units))(keras.layers.Dense(units)(image))
    words = keras.layers.Embedding(vocabulary, units)(tokens)
    sequence = keras.layers.Concatenate(axis=1)([first, words[:, :-1]])
    states = keras.layers.GRU(units, return_sequences=True)(sequence)
    outputs = keras.layers.Dense(vocabulary, activation="softmax")(states)
    return keras.Model([image, tokens], outputs)


@build_captioner.mistake(
    "image-ignored",
    "The image is an input, but nothing depends on it: every image gets the same caption.",
    hint=2,
    gives=caption(image=decoders.NO_STEP),
    seen="Hvass-Labs/TensorFlow-Tutorials#125",
)
def _(features, vocabulary, units, steps):
    import keras

    image, tokens = keras.Input((features,)), keras.Input((steps,), dtype="int32")
    words = keras.layers.Embedding(vocabulary, units)(tokens)
    states = keras.layers.GRU(units, return_sequences=True)(words)
    outputs = keras.layers.Dense(vocabulary, activation="softmax")(states)
    return keras.Model([image, tokens], outputs)


@build_captioner.mistake(
    "image-at-the-first-step-only",
    "The image is added behind the recurrent layer, at the first step: no state carries it on.",
    hint=2,
    gives=caption(image=decoders.FIRST_STEP),
)
def _(features, vocabulary, units, steps):
    import keras

    image, tokens = keras.Input((features,)), keras.Input((steps,), dtype="int32")
    first = keras.layers.Reshape((1, units))(keras.layers.Dense(units)(image))
    first = keras.ops.pad(first, [(0, 0), (0, steps - 1), (0, 0)])
    words = keras.layers.Embedding(vocabulary, units)(tokens)
    states = keras.layers.GRU(units, return_sequences=True)(words) + first
    outputs = keras.layers.Dense(vocabulary, activation="softmax")(states)
    return keras.Model([image, tokens], outputs)


@build_captioner.mistake(
    "tokens-ignored",
    "No token is read: the next word depends on the words so far, and in training these are given.",
    hint=1,
    gives=caption(tokens=decoders.NO_TOKEN),
)
def _(features, vocabulary, units, steps):
    import keras

    image, tokens = keras.Input((features,)), keras.Input((steps,), dtype="int32")
    sequence = keras.layers.RepeatVector(steps)(image)
    states = keras.layers.GRU(units, return_sequences=True)(sequence)
    outputs = keras.layers.Dense(vocabulary, activation="softmax")(states)
    return keras.Model([image, tokens], outputs)


@build_captioner.mistake(
    "present-token-only",
    "Each step knows its own token alone: a recurrent layer remembers the ones before it.",
    hint=1,
    gives=caption(tokens=decoders.ITS_OWN),
)
def _(features, vocabulary, units, steps):
    import keras

    image, tokens = keras.Input((features,)), keras.Input((steps,), dtype="int32")
    words = keras.layers.Embedding(vocabulary, units)(tokens)
    both = keras.layers.Concatenate()([keras.layers.RepeatVector(steps)(image), words])
    hidden = keras.layers.Dense(units, activation="tanh")(both)
    outputs = keras.layers.Dense(vocabulary, activation="softmax")(hidden)
    return keras.Model([image, tokens], outputs)


@build_captioner.mistake(
    "last-few-tokens",
    "A convolution sees the last few tokens: step t should know all of them, back to the first.",
    hint=1,
    gives=caption(tokens=decoders.LAST_FEW),
)
def _(features, vocabulary, units, steps):
    import keras

    image, tokens = keras.Input((features,)), keras.Input((steps,), dtype="int32")
    words = keras.layers.Embedding(vocabulary, units)(tokens)
    both = keras.layers.Concatenate()([keras.layers.RepeatVector(steps)(image), words])
    hidden = keras.layers.Conv1D(units, 2, padding="causal", activation="tanh")(both)
    outputs = keras.layers.Dense(vocabulary, activation="softmax")(hidden)
    return keras.Model([image, tokens], outputs)


@build_captioner.mistake(
    "bidirectional-decoder",
    "A backward half reads the words to come: while a caption is written these are not there yet.",
    hint=1,
    gives=caption(tokens=decoders.ALL),
    seen="timbmg/Sentence-VAE#22",
)
def _(features, vocabulary, units, steps):
    import keras

    image, tokens = keras.Input((features,)), keras.Input((steps,), dtype="int32")
    words = keras.layers.Embedding(vocabulary, units)(tokens)
    both = keras.layers.Concatenate()([keras.layers.RepeatVector(steps)(image), words])
    cell = keras.layers.GRU(units, return_sequences=True)
    states = keras.layers.Bidirectional(cell)(both)
    outputs = keras.layers.Dense(vocabulary, activation="softmax")(states)
    return keras.Model([image, tokens], outputs)


@build_captioner.mistake(
    "attention-without-a-causal-mask",
    "The attention sees every token, also those to come: it needs a causal mask.",
    hint=1,
    gives=caption(tokens=decoders.ALL_UNORDERED),
    seen="pytorch/tutorials#2478",
)
def _(features, vocabulary, units, steps):
    import keras

    image, tokens = keras.Input((features,)), keras.Input((steps,), dtype="int32")
    words = keras.layers.Embedding(vocabulary, units)(tokens)
    words = words + keras.layers.RepeatVector(steps)(keras.layers.Dense(units)(image))
    states = words + keras.layers.Attention()([words, words])
    outputs = keras.layers.Dense(vocabulary, activation="softmax")(states)
    return keras.Model([image, tokens], outputs)


@build_captioner.mistake(
    "tokens-averaged",
    "The tokens are averaged into one vector: their order is lost, and words to come are in it.",
    hint=1,
    gives=caption(tokens=decoders.ALL_UNORDERED_AND_ALIKE),
)
def _(features, vocabulary, units, steps):
    import keras

    image, tokens = keras.Input((features,)), keras.Input((steps,), dtype="int32")
    words = keras.layers.Embedding(vocabulary, units)(tokens)
    mean = keras.layers.GlobalAveragePooling1D()(words)
    both = keras.layers.Concatenate()([image, mean])
    hidden = keras.layers.Dense(units, activation="tanh")(both)
    states = keras.layers.RepeatVector(steps)(hidden)
    outputs = keras.layers.Dense(vocabulary, activation="softmax")(states)
    return keras.Model([image, tokens], outputs)


@build_captioner.mistake(
    "read-backwards",
    "The recurrent layer reads from the end: the first step should read the first token.",
    hint=1,
    gives=caption(tokens=decoders.FROM_THE_END),
    seen="keras-team/keras#1431",
)
def _(features, vocabulary, units, steps):
    import keras

    image, tokens = keras.Input((features,)), keras.Input((steps,), dtype="int32")
    state = keras.layers.Dense(units, activation="tanh")(image)
    words = keras.layers.Embedding(vocabulary, units)(tokens)
    layer = keras.layers.GRU(units, return_sequences=True, go_backwards=True)
    states = layer(words, initial_state=state)
    outputs = keras.layers.Dense(vocabulary, activation="softmax")(states)
    return keras.Model([image, tokens], outputs)


@build_captioner.mistake(
    "width-written-in",
    "The width is a number of its own: the layers should be as wide as units says.",
    hint=2,
    gives=caption(units=decoders.WITHOUT_EFFECT),
)
def _(features, vocabulary, units, steps):
    import keras

    image, tokens = keras.Input((features,)), keras.Input((steps,), dtype="int32")
    state = keras.layers.Dense(32, activation="tanh")(image)
    words = keras.layers.Embedding(vocabulary, 16)(tokens)
    states = keras.layers.GRU(32, return_sequences=True)(words, initial_state=state)
    outputs = keras.layers.Dense(vocabulary, activation="softmax")(states)
    return keras.Model([image, tokens], outputs)


def refuses(sentence):
    def gives(features, vocabulary, units, steps):
        raise AnswerError("", translated(sentence))

    return gives


@build_captioner.mistake(
    "inputs-in-the-other-order",
    "The model takes the tokens first: its inputs are [image, tokens], in this order.",
    hint=3,
    gives=refuses(INPUTS_SWAPPED),
)
def _(features, vocabulary, units, steps):
    import keras

    image, tokens = keras.Input((features,)), keras.Input((steps,), dtype="int32")
    state = keras.layers.Dense(units, activation="tanh")(image)
    words = keras.layers.Embedding(vocabulary, units)(tokens)
    states = keras.layers.GRU(units, return_sequences=True)(words, initial_state=state)
    outputs = keras.layers.Dense(vocabulary, activation="softmax")(states)
    return keras.Model([tokens, image], outputs)


@build_captioner.mistake(
    "image-input-alone",
    "The model takes the image alone: a decoder in training also reads the tokens.",
    hint=1,
    gives=refuses(FIRST_INPUT_ALONE),
)
def _(features, vocabulary, units, steps):
    import keras

    image = keras.Input((features,))
    sequence = keras.layers.RepeatVector(steps)(image)
    states = keras.layers.GRU(units, return_sequences=True)(sequence)
    outputs = keras.layers.Dense(vocabulary, activation="softmax")(states)
    return keras.Model(image, outputs)


@build_captioner.mistake(
    "token-input-alone",
    "The model takes the tokens alone: nothing tells it what is in the image.",
    hint=1,
    gives=refuses(SECOND_INPUT_ALONE),
)
def _(features, vocabulary, units, steps):
    import keras

    tokens = keras.Input((steps,), dtype="int32")
    words = keras.layers.Embedding(vocabulary, units)(tokens)
    states = keras.layers.GRU(units, return_sequences=True)(words)
    outputs = keras.layers.Dense(vocabulary, activation="softmax")(states)
    return keras.Model(tokens, outputs)


EXERCISES = (
    teacher_forcing_inputs,
    sample_next,
    greedy_decode,
    attention,
    perplexity,
    build_captioner,
)
