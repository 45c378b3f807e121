"""Exercises of 07_bidirectional: reversal, both directions, a masked loss, a tagger."""

import math

import numpy as np

from unrolled import cells, layers, sequences
from unrolled.errors import AnswerError
from unrolled.exercises import Case, Exercise, Sizes
from unrolled.exercises.models import AXES_SWAPPED, OTHER, observe_model
from unrolled.exercises.recurrent_neuron import CALM, weights
from unrolled.language import N_
from unrolled.language import _ as translated
from unrolled.plain import plain

# --- reverse_sequences -------------------------------------------------------------------------


def mask_of(lengths, time) -> np.ndarray:
    return np.arange(time) < np.asarray(lengths)[:, None]


def ragged(rng, batch, time) -> np.ndarray:
    """A mask whose rows end early, by two steps at least, but for one that is full."""
    lengths = rng.integers(2, time - 1, batch)
    if batch > 1:  # not the first row: its length is no other's
        lengths[rng.integers(1, batch)] = time
    return mask_of(lengths, time)


def reverse_cases(rng, sizes: Sizes) -> list[Case]:
    # Twice a prime: long enough for padding, and no other axis is as long.
    batch, time, features = sizes.batch, 2 * sizes.time, sizes.features

    def case(about, mask, dtype: type = np.float64):
        x = rng.normal(size=(*mask.shape, features)).astype(dtype)
        return Case(about, {"x": x, "mask": mask})

    padded_with_zeros = case(N_("padding of zeros"), ragged(rng, batch, time))
    padded_with_zeros.arguments["x"][~padded_with_zeros.arguments["mask"]] = 0
    short = rng.integers(2, time - 1, batch + 2)
    short[-1] = 1
    return [
        case(N_("rows of different lengths"), ragged(rng, batch, time)),
        case(N_("no padding at all"), mask_of([time] * batch, time)),
        case(N_("a batch of one"), ragged(rng, 1, time)),
        case(N_("padding in every row, one row of a single token"), mask_of(short, time)),
        case(N_("a single step"), mask_of([1] * batch, 1)),
        padded_with_zeros,
        case(N_("float32"), ragged(rng, batch, time), np.float32),
    ]


reverse_sequences = Exercise(
    "reverse_sequences",
    reference=sequences.reverse_sequences,
    cases=reverse_cases,
    returns={"reversed": ("row", "step", "feature")},
)


@reverse_sequences.mistake(
    "padding-to-the-front",
    "Whole rows are turned round, so padding comes first: turn the real part alone.",
    hint=1,
    seen="https://github.com/pytorch/pytorch/issues/1811",
)
def _(x, mask):
    return x[:, ::-1]


@reverse_sequences.mistake(
    "padding-zeroed",
    "Padding has become 0: it stays as it came, whatever it holds.",
    hint=2,
)
def _(x, mask):
    turned = np.zeros_like(x)
    for row, length in enumerate(mask.sum(axis=1)):
        turned[row, :length] = x[row, :length][::-1]
    return turned


@reverse_sequences.mistake(
    "masked-after-turning",
    "Whole rows are turned round, then multiplied by the mask: that drops the first real tokens.",
    hint=1,
)
def _(x, mask):
    return x[:, ::-1] * mask[:, :, None]


@reverse_sequences.mistake(
    "padding-read-into-the-row",
    "Real places are filled from whole rows turned round, whose first steps are padding.",
    hint=1,
)
def _(x, mask):
    turned = x.copy()
    turned[mask] = x[:, ::-1][mask]
    return turned


@reverse_sequences.mistake(
    "reversed-across-rows",
    "The real tokens of all rows are turned round as one long row: each row keeps its own.",
    hint=2,
)
def _(x, mask):
    turned = x.copy()
    turned[mask] = x[mask][::-1]
    return turned


@reverse_sequences.mistake(
    "padding-turned-too",
    "The padding is turned round as well: it stays where it is.",
    hint=2,
)
def _(x, mask):
    turned = x.copy()
    for row, length in enumerate(mask.sum(axis=1)):
        turned[row, :length] = x[row, :length][::-1]
        turned[row, length:] = x[row, length:][::-1]
    return turned


@reverse_sequences.mistake(
    "longest-row-for-all",
    "Every row is turned as far as the longest one: each has a length of its own.",
    hint=2,
)
def _(x, mask):
    turned = x.copy()
    length = mask.sum(axis=1).max()
    turned[:, :length] = x[:, :length][:, ::-1]
    return turned


@reverse_sequences.mistake(
    "first-row-for-all",
    "Every row is turned as far as the first one: each has a length of its own.",
    hint=2,
)
def _(x, mask):
    turned = x.copy()
    length = mask[0].sum()
    turned[:, :length] = x[:, :length][:, ::-1]
    return turned


@reverse_sequences.mistake(
    "mask-inverted",
    "As many steps are turned as there is padding: True marks the real tokens.",
    hint=2,
)
def _(x, mask):
    turned = x.copy()
    for row, length in enumerate((~mask).sum(axis=1)):
        turned[row, :length] = x[row, :length][::-1]
    return turned


@reverse_sequences.mistake(
    "zeros-taken-for-padding",
    "Zeros in x are taken for padding: where it begins is what the mask says.",
    hint=2,
)
def _(x, mask):
    turned = x.copy()
    for row, length in enumerate((x != 0).any(axis=2).sum(axis=1)):
        turned[row, :length] = x[row, :length][::-1]
    return turned


@reverse_sequences.mistake(
    "lengths-along-the-batch",
    "The mask is summed over the batch: a row's length is its sum along time.",
    hint=2,
)
def _(x, mask):
    turned = x.copy()
    for row, length in enumerate(mask.sum(axis=0)):
        turned[row, :length] = x[row, :length][::-1]
    return turned


@reverse_sequences.mistake(
    "last-token-left",
    "The last real token stays where it is: the slice ends one step too early.",
    hint=3,
)
def _(x, mask):
    turned = x.copy()
    for row, length in enumerate(mask.sum(axis=1)):
        turned[row, : length - 1] = x[row, : length - 1][::-1]
    return turned


@reverse_sequences.mistake(
    "one-step-too-many",
    "The first padding step is turned with the row: the slice ends one step too late.",
    hint=3,
)
def _(x, mask):
    turned = x.copy()
    for row, length in enumerate(mask.sum(axis=1)):
        turned[row, : length + 1] = x[row, : length + 1][::-1]
    return turned


@reverse_sequences.mistake(
    "overwritten-while-read",
    "The second half mirrors the first: values are read that are overwritten already.",
    hint=3,
)
def _(x, mask):
    turned = x.copy()
    for row, length in enumerate(mask.sum(axis=1)):
        for t in range(length):
            turned[row, t] = turned[row, length - 1 - t]
    return turned


@reverse_sequences.mistake(
    "nothing-turned",
    "The order is as it came: a reversed row was not stored, or each pair was swapped twice.",
    hint=3,
)
def _(x, mask):
    turned = x.copy()
    for row, length in enumerate(mask.sum(axis=1)):
        for t in range(length):
            turned[row, [t, length - 1 - t]] = turned[row, [length - 1 - t, t]]
    return turned


@reverse_sequences.mistake(
    "batch-reversed",
    "The rows of the batch change places: it is the steps of each row that turn.",
    hint=3,
    seen="https://github.com/EderSantana/seya/issues/32",
)
def _(x, mask):
    return x[::-1]


@reverse_sequences.mistake(
    "features-reversed",
    "The features of each token are turned round: the order of the tokens should be.",
    hint=3,
)
def _(x, mask):
    turned = x.copy()
    for row, length in enumerate(mask.sum(axis=1)):
        turned[row, :length] = x[row, :length, ::-1]
    return turned


@reverse_sequences.mistake(
    "every-axis-flipped",
    "np.flip without an axis turns the features round as well: only time turns.",
    hint=3,
)
def _(x, mask):
    turned = x.copy()
    for row, length in enumerate(mask.sum(axis=1)):
        turned[row, :length] = np.flip(x[row, :length])
    return turned


@reverse_sequences.mistake(
    "list-of-rows",
    "The result is a list of rows without their padding: return one array like x.",
    hint=2,
)
def _(x, mask):
    return [row[real][::-1] for row, real in zip(x, mask, strict=True)]


@reverse_sequences.mistake(
    "written-in-place",
    "The rows are right, but they are written into the caller's x: start from a copy.",
    hint=3,
)
def _(x, mask):
    for row, length in enumerate(mask.sum(axis=1)):
        x[row, :length] = x[row, :length][::-1].copy()
    return x


# --- bidirectional -----------------------------------------------------------------------------


def bidirectional_cases(rng, sizes: Sizes) -> list[Case]:
    batch, time, features, _units = sizes

    def case(
        about, batch=batch, time=time, dtype: type = np.float64, spread=0.5, bias=True, **merge
    ):
        def direction():
            W_x, W_h, b = weights(rng, sizes, dtype, spread).values()
            return W_x, W_h, b if bias else 0 * b

        x = rng.normal(size=(batch, time, features)).astype(dtype)
        return Case(about, {"x": x, "forward": direction(), "backward": direction(), **merge})

    # Over many steps float32 drifts further than the comparison allows, so its case is short.
    return [
        case(N_("merge left out")),
        case('merge="concat"', merge="concat"),
        case('merge="sum"', merge="sum"),
        case('merge="ave"', merge="ave"),
        case('merge="mul"', merge="mul"),
        case(N_("a batch of one"), batch=1, merge="concat"),
        case(N_("a single step"), time=1, merge="sum"),
        case(N_("biases of zeros"), bias=False),
        case(N_("thirty steps"), time=30, spread=CALM),
        case(N_("float32"), time=min(time, 3), dtype=np.float32),
        case('merge="add"', merge="add"),
        case('merge="average"', merge="average"),
        case('merge="Concat"', merge="Concat"),
        case("merge=None", merge=None),
    ]


bidirectional = Exercise(
    "bidirectional",
    reference=layers.bidirectional,
    cases=bidirectional_cases,
    returns={"states": ("row", "step", "unit")},
)


@bidirectional.mistake(
    "backward-not-turned-again",
    "The backward states come in the order in which they were read: "
    "turn them round to meet their steps.",
    hint=2,
    seen="https://github.com/d2l-ai/d2l-en/issues/2306",
)
def _(x, forward, backward, merge="concat"):
    def run(x, W_x, W_h, b):
        h, states = np.zeros((x.shape[0], b.shape[0])), []
        for t in range(x.shape[1]):
            h = np.tanh(x[:, t] @ W_x + h @ W_h + b)
            states.append(h)
        return np.stack(states, axis=1)

    there = run(x, *forward)
    back = run(x[:, ::-1], *backward)
    if merge == "concat":
        return np.concatenate([there, back], axis=-1)
    if merge == "sum":
        return there + back
    if merge == "ave":
        return (there + back) / 2
    if merge == "mul":
        return there * back
    raise ValueError(f"unknown merge {merge!r}")


@bidirectional.mistake(
    "backward-reads-forwards",
    "Both directions read from the first step: "
    "the backward one starts at the last (x[::-1] would turn the batch).",
    hint=1,
    seen="https://github.com/stanfordmlgroup/nlc/issues/8",
)
def _(x, forward, backward, merge="concat"):
    def run(x, W_x, W_h, b):
        h, states = np.zeros((x.shape[0], b.shape[0])), []
        for t in range(x.shape[1]):
            h = np.tanh(x[:, t] @ W_x + h @ W_h + b)
            states.append(h)
        return np.stack(states, axis=1)

    there = run(x, *forward)
    back = run(x, *backward)
    if merge == "concat":
        return np.concatenate([there, back], axis=-1)
    if merge == "sum":
        return there + back
    if merge == "ave":
        return (there + back) / 2
    if merge == "mul":
        return there * back
    raise ValueError(f"unknown merge {merge!r}")


@bidirectional.mistake(
    "result-turned-only",
    "The backward layer reads forwards and its states are turned round: it has to read backwards.",
    hint=2,
)
def _(x, forward, backward, merge="concat"):
    def run(x, W_x, W_h, b):
        h, states = np.zeros((x.shape[0], b.shape[0])), []
        for t in range(x.shape[1]):
            h = np.tanh(x[:, t] @ W_x + h @ W_h + b)
            states.append(h)
        return np.stack(states, axis=1)

    there = run(x, *forward)
    back = run(x, *backward)[:, ::-1]
    if merge == "concat":
        return np.concatenate([there, back], axis=-1)
    if merge == "sum":
        return there + back
    if merge == "ave":
        return (there + back) / 2
    if merge == "mul":
        return there * back
    raise ValueError(f"unknown merge {merge!r}")


@bidirectional.mistake(
    "forward-half-twice",
    "The forward states stand in both halves: the backward ones are never used.",
    hint=1,
    seen="https://github.com/ematvey/tensorflow-seq2seq-tutorials/issues/1",
)
def _(x, forward, backward, merge="concat"):
    def run(x, W_x, W_h, b):
        h, states = np.zeros((x.shape[0], b.shape[0])), []
        for t in range(x.shape[1]):
            h = np.tanh(x[:, t] @ W_x + h @ W_h + b)
            states.append(h)
        return np.stack(states, axis=1)

    there = run(x, *forward)
    back = there
    if merge == "concat":
        return np.concatenate([there, back], axis=-1)
    if merge == "sum":
        return there + back
    if merge == "ave":
        return (there + back) / 2
    if merge == "mul":
        return there * back
    raise ValueError(f"unknown merge {merge!r}")


@bidirectional.mistake(
    "forward-weights-for-both",
    "Both directions use forward's weights: backward has weights of its own.",
    hint=1,
)
def _(x, forward, backward, merge="concat"):
    def run(x, W_x, W_h, b):
        h, states = np.zeros((x.shape[0], b.shape[0])), []
        for t in range(x.shape[1]):
            h = np.tanh(x[:, t] @ W_x + h @ W_h + b)
            states.append(h)
        return np.stack(states, axis=1)

    there = run(x, *forward)
    back = run(x[:, ::-1], *forward)[:, ::-1]
    if merge == "concat":
        return np.concatenate([there, back], axis=-1)
    if merge == "sum":
        return there + back
    if merge == "ave":
        return (there + back) / 2
    if merge == "mul":
        return there * back
    raise ValueError(f"unknown merge {merge!r}")


@bidirectional.mistake(
    "directions-swapped",
    "The weights are exchanged: forward's read from the first step, backward's from the last.",
    hint=1,
)
def _(x, forward, backward, merge="concat"):
    def run(x, W_x, W_h, b):
        h, states = np.zeros((x.shape[0], b.shape[0])), []
        for t in range(x.shape[1]):
            h = np.tanh(x[:, t] @ W_x + h @ W_h + b)
            states.append(h)
        return np.stack(states, axis=1)

    there = run(x, *backward)
    back = run(x[:, ::-1], *forward)[:, ::-1]
    if merge == "concat":
        return np.concatenate([there, back], axis=-1)
    if merge == "sum":
        return there + back
    if merge == "ave":
        return (there + back) / 2
    if merge == "mul":
        return there * back
    raise ValueError(f"unknown merge {merge!r}")


@bidirectional.mistake(
    "every-axis-flipped",
    "np.flip without an axis turns batch and features round as well: only time turns.",
    hint=2,
)
def _(x, forward, backward, merge="concat"):
    def run(x, W_x, W_h, b):
        h, states = np.zeros((x.shape[0], b.shape[0])), []
        for t in range(x.shape[1]):
            h = np.tanh(x[:, t] @ W_x + h @ W_h + b)
            states.append(h)
        return np.stack(states, axis=1)

    there = run(x, *forward)
    back = np.flip(run(np.flip(x), *backward), axis=1)
    if merge == "concat":
        return np.concatenate([there, back], axis=-1)
    if merge == "sum":
        return there + back
    if merge == "ave":
        return (there + back) / 2
    if merge == "mul":
        return there * back
    raise ValueError(f"unknown merge {merge!r}")


@bidirectional.mistake(
    "state-carried-over",
    "The backward layer starts from forward's last state: both start at zeros.",
    hint=2,
)
def _(x, forward, backward, merge="concat"):
    def run(x, h, W_x, W_h, b):
        states = []
        for t in range(x.shape[1]):
            h = np.tanh(x[:, t] @ W_x + h @ W_h + b)
            states.append(h)
        return np.stack(states, axis=1)

    zeros = np.zeros((x.shape[0], forward[2].shape[0]))
    there = run(x, zeros, *forward)
    back = run(x[:, ::-1], there[:, -1], *backward)[:, ::-1]
    if merge == "concat":
        return np.concatenate([there, back], axis=-1)
    if merge == "sum":
        return there + back
    if merge == "ave":
        return (there + back) / 2
    if merge == "mul":
        return there * back
    raise ValueError(f"unknown merge {merge!r}")


@bidirectional.mistake(
    "backward-reads-the-states",
    "The backward layer reads forward's states: both directions read x, side by side.",
    hint=1,
)
def _(x, forward, backward, merge="concat"):
    def run(x, W_x, W_h, b):
        h, states = np.zeros((x.shape[0], b.shape[0])), []
        for t in range(x.shape[1]):
            h = np.tanh(x[:, t] @ W_x + h @ W_h + b)
            states.append(h)
        return np.stack(states, axis=1)

    there = run(x, *forward)
    back = run(there[:, ::-1], *backward)[:, ::-1]
    if merge == "concat":
        return np.concatenate([there, back], axis=-1)
    if merge == "sum":
        return there + back
    if merge == "ave":
        return (there + back) / 2
    if merge == "mul":
        return there * back
    raise ValueError(f"unknown merge {merge!r}")


@bidirectional.mistake(
    "state-not-carried",
    "Every step starts from zeros again: hand each state on to the next step.",
    hint=1,
)
def _(x, forward, backward, merge="concat"):
    def run(x, W_x, W_h, b):
        h, states = np.zeros((x.shape[0], b.shape[0])), []
        for t in range(x.shape[1]):
            states.append(np.tanh(x[:, t] @ W_x + h @ W_h + b))
        return np.stack(states, axis=1)

    there = run(x, *forward)
    back = run(x[:, ::-1], *backward)[:, ::-1]
    if merge == "concat":
        return np.concatenate([there, back], axis=-1)
    if merge == "sum":
        return there + back
    if merge == "ave":
        return (there + back) / 2
    if merge == "mul":
        return there * back
    raise ValueError(f"unknown merge {merge!r}")


@bidirectional.mistake(
    "bias-ignored",
    "The biases are missing: each direction has its own b.",
    hint=1,
)
def _(x, forward, backward, merge="concat"):
    def run(x, W_x, W_h, b):
        h, states = np.zeros((x.shape[0], b.shape[0])), []
        for t in range(x.shape[1]):
            h = np.tanh(x[:, t] @ W_x + h @ W_h)
            states.append(h)
        return np.stack(states, axis=1)

    there = run(x, *forward)
    back = run(x[:, ::-1], *backward)[:, ::-1]
    if merge == "concat":
        return np.concatenate([there, back], axis=-1)
    if merge == "sum":
        return there + back
    if merge == "ave":
        return (there + back) / 2
    if merge == "mul":
        return there * back
    raise ValueError(f"unknown merge {merge!r}")


@bidirectional.mistake(
    "backward-half-first",
    "concat puts the backward half first: the forward half comes first.",
    hint=3,
)
def _(x, forward, backward, merge="concat"):
    def run(x, W_x, W_h, b):
        h, states = np.zeros((x.shape[0], b.shape[0])), []
        for t in range(x.shape[1]):
            h = np.tanh(x[:, t] @ W_x + h @ W_h + b)
            states.append(h)
        return np.stack(states, axis=1)

    there = run(x, *forward)
    back = run(x[:, ::-1], *backward)[:, ::-1]
    if merge == "concat":
        return np.concatenate([back, there], axis=-1)
    if merge == "sum":
        return there + back
    if merge == "ave":
        return (there + back) / 2
    if merge == "mul":
        return there * back
    raise ValueError(f"unknown merge {merge!r}")


@bidirectional.mistake(
    "concatenated-along-time",
    "concat joins the halves along time: they stand side by side in each step.",
    hint=3,
)
def _(x, forward, backward, merge="concat"):
    def run(x, W_x, W_h, b):
        h, states = np.zeros((x.shape[0], b.shape[0])), []
        for t in range(x.shape[1]):
            h = np.tanh(x[:, t] @ W_x + h @ W_h + b)
            states.append(h)
        return np.stack(states, axis=1)

    there = run(x, *forward)
    back = run(x[:, ::-1], *backward)[:, ::-1]
    if merge == "concat":
        return np.concatenate([there, back], axis=1)
    if merge == "sum":
        return there + back
    if merge == "ave":
        return (there + back) / 2
    if merge == "mul":
        return there * back
    raise ValueError(f"unknown merge {merge!r}")


@bidirectional.mistake(
    "stacked-for-concatenated",
    "concat gives the two directions an axis of their own: join them along the units.",
    hint=3,
)
def _(x, forward, backward, merge="concat"):
    def run(x, W_x, W_h, b):
        h, states = np.zeros((x.shape[0], b.shape[0])), []
        for t in range(x.shape[1]):
            h = np.tanh(x[:, t] @ W_x + h @ W_h + b)
            states.append(h)
        return np.stack(states, axis=1)

    there = run(x, *forward)
    back = run(x[:, ::-1], *backward)[:, ::-1]
    if merge == "concat":
        return np.stack([there, back], axis=-1)
    if merge == "sum":
        return there + back
    if merge == "ave":
        return (there + back) / 2
    if merge == "mul":
        return there * back
    raise ValueError(f"unknown merge {merge!r}")


@bidirectional.mistake(
    "ave-not-halved",
    "ave gives the sum: the mean of two is half of it.",
    hint=3,
)
def _(x, forward, backward, merge="concat"):
    def run(x, W_x, W_h, b):
        h, states = np.zeros((x.shape[0], b.shape[0])), []
        for t in range(x.shape[1]):
            h = np.tanh(x[:, t] @ W_x + h @ W_h + b)
            states.append(h)
        return np.stack(states, axis=1)

    there = run(x, *forward)
    back = run(x[:, ::-1], *backward)[:, ::-1]
    if merge == "concat":
        return np.concatenate([there, back], axis=-1)
    if merge == "sum":
        return there + back
    if merge == "ave":
        return there + back
    if merge == "mul":
        return there * back
    raise ValueError(f"unknown merge {merge!r}")


@bidirectional.mistake(
    "only-backward-halved",
    "In ave only one of the two is halved: division comes before addition.",
    hint=3,
)
def _(x, forward, backward, merge="concat"):
    def run(x, W_x, W_h, b):
        h, states = np.zeros((x.shape[0], b.shape[0])), []
        for t in range(x.shape[1]):
            h = np.tanh(x[:, t] @ W_x + h @ W_h + b)
            states.append(h)
        return np.stack(states, axis=1)

    there = run(x, *forward)
    back = run(x[:, ::-1], *backward)[:, ::-1]
    if merge == "concat":
        return np.concatenate([there, back], axis=-1)
    if merge == "sum":
        return there + back
    if merge == "ave":
        return there + back / 2
    if merge == "mul":
        return there * back
    raise ValueError(f"unknown merge {merge!r}")


@bidirectional.mistake(
    "average-of-everything",
    "ave averages over all axes into one number: only the two directions are averaged.",
    hint=3,
)
def _(x, forward, backward, merge="concat"):
    def run(x, W_x, W_h, b):
        h, states = np.zeros((x.shape[0], b.shape[0])), []
        for t in range(x.shape[1]):
            h = np.tanh(x[:, t] @ W_x + h @ W_h + b)
            states.append(h)
        return np.stack(states, axis=1)

    there = run(x, *forward)
    back = run(x[:, ::-1], *backward)[:, ::-1]
    if merge == "concat":
        return np.concatenate([there, back], axis=-1)
    if merge == "sum":
        return there + back
    if merge == "ave":
        return np.mean([there, back])
    if merge == "mul":
        return there * back
    raise ValueError(f"unknown merge {merge!r}")


@bidirectional.mistake(
    "sum-and-mul-exchanged",
    "sum multiplies and mul adds: it is the other way round.",
    hint=3,
)
def _(x, forward, backward, merge="concat"):
    def run(x, W_x, W_h, b):
        h, states = np.zeros((x.shape[0], b.shape[0])), []
        for t in range(x.shape[1]):
            h = np.tanh(x[:, t] @ W_x + h @ W_h + b)
            states.append(h)
        return np.stack(states, axis=1)

    there = run(x, *forward)
    back = run(x[:, ::-1], *backward)[:, ::-1]
    if merge == "concat":
        return np.concatenate([there, back], axis=-1)
    if merge == "sum":
        return there * back
    if merge == "ave":
        return (there + back) / 2
    if merge == "mul":
        return there + back
    raise ValueError(f"unknown merge {merge!r}")


@bidirectional.mistake(
    "last-states-only",
    "Only the two final states are merged: every step has a pair of its own.",
    hint=1,
)
def _(x, forward, backward, merge="concat"):
    def run(x, W_x, W_h, b):
        h, states = np.zeros((x.shape[0], b.shape[0])), []
        for t in range(x.shape[1]):
            h = np.tanh(x[:, t] @ W_x + h @ W_h + b)
            states.append(h)
        return np.stack(states, axis=1)

    there = run(x, *forward)[:, -1]
    back = run(x[:, ::-1], *backward)[:, -1]
    if merge == "concat":
        return np.concatenate([there, back], axis=-1)
    if merge == "sum":
        return there + back
    if merge == "ave":
        return (there + back) / 2
    if merge == "mul":
        return there * back
    raise ValueError(f"unknown merge {merge!r}")


@bidirectional.mistake(
    "last-step-only",
    "Only the last step is returned, where the backward half has read one token: "
    "return every step.",
    hint=1,
    seen="https://github.com/yunjey/pytorch-tutorial/issues/149",
)
def _(x, forward, backward, merge="concat"):
    def run(x, W_x, W_h, b):
        h, states = np.zeros((x.shape[0], b.shape[0])), []
        for t in range(x.shape[1]):
            h = np.tanh(x[:, t] @ W_x + h @ W_h + b)
            states.append(h)
        return np.stack(states, axis=1)

    there = run(x, *forward)[:, -1]
    back = run(x[:, ::-1], *backward)[:, ::-1][:, -1]
    if merge == "concat":
        return np.concatenate([there, back], axis=-1)
    if merge == "sum":
        return there + back
    if merge == "ave":
        return (there + back) / 2
    if merge == "mul":
        return there * back
    raise ValueError(f"unknown merge {merge!r}")


@bidirectional.mistake(
    "sum-by-default",
    "Without merge the states are added: concat is the default.",
    hint=3,
)
def _(x, forward, backward, merge="sum"):
    def run(x, W_x, W_h, b):
        h, states = np.zeros((x.shape[0], b.shape[0])), []
        for t in range(x.shape[1]):
            h = np.tanh(x[:, t] @ W_x + h @ W_h + b)
            states.append(h)
        return np.stack(states, axis=1)

    there = run(x, *forward)
    back = run(x[:, ::-1], *backward)[:, ::-1]
    if merge == "concat":
        return np.concatenate([there, back], axis=-1)
    if merge == "sum":
        return there + back
    if merge == "ave":
        return (there + back) / 2
    if merge == "mul":
        return there * back
    raise ValueError(f"unknown merge {merge!r}")


@bidirectional.mistake(
    "unknown-merge-accepted",
    "A merge that does not exist is taken for concat: it has to raise ValueError.",
    hint=3,
)
def _(x, forward, backward, merge="concat"):
    def run(x, W_x, W_h, b):
        h, states = np.zeros((x.shape[0], b.shape[0])), []
        for t in range(x.shape[1]):
            h = np.tanh(x[:, t] @ W_x + h @ W_h + b)
            states.append(h)
        return np.stack(states, axis=1)

    there = run(x, *forward)
    back = run(x[:, ::-1], *backward)[:, ::-1]
    if merge == "sum":
        return there + back
    if merge == "ave":
        return (there + back) / 2
    if merge == "mul":
        return there * back
    return np.concatenate([there, back], axis=-1)


@bidirectional.mistake(
    "unknown-merge-gives-none",
    "A merge that does not exist gives None: it has to raise ValueError.",
    hint=3,
    seen="https://github.com/keras-team/keras/pull/11232",
)
def _(x, forward, backward, merge="concat"):
    def run(x, W_x, W_h, b):
        h, states = np.zeros((x.shape[0], b.shape[0])), []
        for t in range(x.shape[1]):
            h = np.tanh(x[:, t] @ W_x + h @ W_h + b)
            states.append(h)
        return np.stack(states, axis=1)

    there = run(x, *forward)
    back = run(x[:, ::-1], *backward)[:, ::-1]
    if merge == "concat":
        return np.concatenate([there, back], axis=-1)
    if merge == "sum":
        return there + back
    if merge == "ave":
        return (there + back) / 2
    if merge == "mul":
        return there * back
    return None


@bidirectional.mistake(
    "none-merges-nothing",
    "merge None returns both directions unmerged, as Keras does: here it has to raise ValueError.",
    hint=3,
)
def _(x, forward, backward, merge="concat"):
    def run(x, W_x, W_h, b):
        h, states = np.zeros((x.shape[0], b.shape[0])), []
        for t in range(x.shape[1]):
            h = np.tanh(x[:, t] @ W_x + h @ W_h + b)
            states.append(h)
        return np.stack(states, axis=1)

    there = run(x, *forward)
    back = run(x[:, ::-1], *backward)[:, ::-1]
    if merge == "concat":
        return np.concatenate([there, back], axis=-1)
    if merge == "sum":
        return there + back
    if merge == "ave":
        return (there + back) / 2
    if merge == "mul":
        return there * back
    if merge is None:
        return [there, back]
    raise ValueError(f"unknown merge {merge!r}")


@bidirectional.mistake(
    "capitals-accepted",
    'Capitals are ignored: "Concat" is none of the four names and has to raise ValueError.',
    hint=3,
)
def _(x, forward, backward, merge="concat"):
    def run(x, W_x, W_h, b):
        h, states = np.zeros((x.shape[0], b.shape[0])), []
        for t in range(x.shape[1]):
            h = np.tanh(x[:, t] @ W_x + h @ W_h + b)
            states.append(h)
        return np.stack(states, axis=1)

    there = run(x, *forward)
    back = run(x[:, ::-1], *backward)[:, ::-1]
    merge = str(merge).lower()
    if merge == "concat":
        return np.concatenate([there, back], axis=-1)
    if merge == "sum":
        return there + back
    if merge == "ave":
        return (there + back) / 2
    if merge == "mul":
        return there * back
    raise ValueError(f"unknown merge {merge!r}")


@bidirectional.mistake(
    "key-error-for-value-error",
    "A merge that does not exist stops with a KeyError: a ValueError is asked for.",
    hint=3,
)
def _(x, forward, backward, merge="concat"):
    def run(x, W_x, W_h, b):
        h, states = np.zeros((x.shape[0], b.shape[0])), []
        for t in range(x.shape[1]):
            h = np.tanh(x[:, t] @ W_x + h @ W_h + b)
            states.append(h)
        return np.stack(states, axis=1)

    there = run(x, *forward)
    back = run(x[:, ::-1], *backward)[:, ::-1]
    merges = {
        "concat": np.concatenate([there, back], axis=-1),
        "sum": there + back,
        "ave": (there + back) / 2,
        "mul": there * back,
    }
    return merges[merge]


@bidirectional.mistake(
    "assert-for-raise",
    "merge is checked by assert, which raises AssertionError: raise ValueError.",
    hint=3,
)
def _(x, forward, backward, merge="concat"):
    def run(x, W_x, W_h, b):
        h, states = np.zeros((x.shape[0], b.shape[0])), []
        for t in range(x.shape[1]):
            h = np.tanh(x[:, t] @ W_x + h @ W_h + b)
            states.append(h)
        return np.stack(states, axis=1)

    assert merge in ("concat", "sum", "ave", "mul")
    there = run(x, *forward)
    back = run(x[:, ::-1], *backward)[:, ::-1]
    if merge == "concat":
        return np.concatenate([there, back], axis=-1)
    if merge == "sum":
        return there + back
    if merge == "ave":
        return (there + back) / 2
    if merge == "mul":
        return there * back
    raise ValueError(f"unknown merge {merge!r}")


@bidirectional.mistake(
    "turned-in-place",
    "The states are right, but the caller's x is turned round: read a reversed view or a copy.",
    hint=2,
)
def _(x, forward, backward, merge="concat"):
    def run(x, W_x, W_h, b):
        h, states = np.zeros((x.shape[0], b.shape[0])), []
        for t in range(x.shape[1]):
            h = np.tanh(x[:, t] @ W_x + h @ W_h + b)
            states.append(h)
        return np.stack(states, axis=1)

    if merge not in ("concat", "sum", "ave", "mul"):
        raise ValueError(f"unknown merge {merge!r}")
    there = run(x, *forward)
    x[:] = x[:, ::-1].copy()
    back = run(x, *backward)[:, ::-1]
    if merge == "concat":
        return np.concatenate([there, back], axis=-1)
    if merge == "sum":
        return there + back
    if merge == "ave":
        return (there + back) / 2
    if merge == "mul":
        return there * back
    raise ValueError(f"unknown merge {merge!r}")


# --- masked_binary_cross_entropy ---------------------------------------------------------------

FINITE = N_("a finite number")


def certain_and_wrong(probabilities, targets, mask) -> bool:
    """Whether a real token had the probability 0 or 1 against its target."""
    return bool(np.any(mask & (np.abs(probabilities - targets) == 1)))


def judged(loss, probabilities, targets, mask):
    """What counts of a loss: its value, or only that it is finite if some token asks no more.

    How far from 0 and 1 an answer holds its probabilities decides what a token that was certain
    and wrong costs, and that is free.
    """
    loss = plain(loss)
    if isinstance(loss, np.ndarray) and loss.ndim == 0 and loss.dtype.kind in "iuf":
        loss = loss.item()
    if not certain_and_wrong(probabilities, targets, mask) or type(loss) not in (int, float):
        return loss
    return translated(FINITE) if math.isfinite(loss) else loss


def observe_loss(answer, given):
    return judged(answer(*given.values()), *given.values())


def judged_loss(probabilities, targets, mask):
    """What a check observes of the right loss."""
    loss = sequences.masked_binary_cross_entropy(probabilities, targets, mask)
    return judged(loss, probabilities, targets, mask)


def loss_cases(rng, sizes: Sizes) -> list[Case]:
    # Twice a prime: long enough for padding, and never as long as the batch.
    batch, time = sizes.batch, 2 * sizes.time

    def case(about, mask, dtype: type = np.float64, targets=None):
        # Between these, all that holds p away from 0 and 1 by up to 1e-6 agrees.
        probabilities = rng.uniform(0.05, 0.95, mask.shape).astype(dtype)
        if targets is None:
            targets = (rng.random(mask.shape) < 0.5).astype(dtype)
            targets[0, :2] = 0, 1  # among the real tokens there are both
        return Case(about, {"probabilities": probabilities, "targets": targets, "mask": mask})

    def certain(about, *tokens, mask=None):
        """Real tokens, or those of padding, whose (probability, target) are given."""
        of = ragged(rng, batch, time + 2) if mask is None else mask
        made = case(about, of)
        probabilities, targets, _mask = made.arguments.values()
        # The first two tokens of row 0 stay ordinary, so that no case is of certain ones alone.
        places = np.argwhere(of)[2:] if mask is None else np.argwhere(~of)
        for place, (probability, target) in zip(places, tokens, strict=False):
            probabilities[tuple(place)], targets[tuple(place)] = probability, target
        return made

    one_each = [1] * batch
    one_each[0] = time
    whole = rng.integers(0, 2, (batch, time))
    whole[0, :2] = 1, 0
    padded = ragged(rng, batch, time)
    padding = int((~padded).sum())
    return [
        case(N_("rows of different lengths"), ragged(rng, batch, time)),
        case(N_("no padding at all"), mask_of([time] * batch, time)),
        case(N_("a batch of one"), ragged(rng, 1, time)),
        case(N_("rows of a single token beside a long one"), mask_of(one_each, time)),
        case(N_("no name at all"), ragged(rng, batch, time), targets=np.zeros((batch, time))),
        case(N_("targets of whole numbers"), ragged(rng, batch, time), targets=whole),
        case(N_("float32"), ragged(rng, batch, time), np.float32),
        certain(N_("padding that is certain and wrong"), *[(0, 1), (1, 0)] * padding, mask=padded),
        certain(N_("certain and right"), (1, 1), (0, 0)),
        certain(N_("certain of no name, and wrong"), (0, 1)),
        certain(N_("certain of a name, and wrong"), (1, 0)),
        certain(N_("certain and wrong both ways"), (0, 1), (1, 0)),
    ]


masked_binary_cross_entropy = Exercise(
    "masked_binary_cross_entropy",
    reference=judged_loss,
    cases=loss_cases,
    returns={"loss": ()},
    observe=observe_loss,
)


@masked_binary_cross_entropy.mistake(
    "padding-in-the-denominator",
    "The sum leaves padding out, the division does not: divide by the number of real tokens.",
    hint=2,
    seen="https://github.com/d2l-ai/d2l-en/issues/2076",
)
def _(probabilities, targets, mask):
    p = np.clip(probabilities, 1e-7, 1 - 1e-7)
    loss = -(targets * np.log(p) + (1 - targets) * np.log(1 - p))
    return np.mean(loss * mask)


@masked_binary_cross_entropy.mistake(
    "padding-counted",
    "Padding counts like a token: the mean runs over real tokens only.",
    hint=2,
    seen="https://github.com/hiyoung123/SoftMaskedBert/issues/20",
)
def _(probabilities, targets, mask):
    p = np.clip(probabilities, 1e-7, 1 - 1e-7)
    loss = -(targets * np.log(p) + (1 - targets) * np.log(1 - p))
    return loss.mean()


@masked_binary_cross_entropy.mistake(
    "mask-inverted",
    "The mean runs over the padding: True marks the real tokens.",
    hint=2,
)
def _(probabilities, targets, mask):
    p = np.clip(probabilities, 1e-7, 1 - 1e-7)
    loss = -(targets * np.log(p) + (1 - targets) * np.log(1 - p))
    return loss[~mask].mean()


@masked_binary_cross_entropy.mistake(
    "sum-for-mean",
    "The losses are added up: divide by the number of real tokens.",
    hint=2,
)
def _(probabilities, targets, mask):
    p = np.clip(probabilities, 1e-7, 1 - 1e-7)
    loss = -(targets * np.log(p) + (1 - targets) * np.log(1 - p))
    return loss[mask].sum()


@masked_binary_cross_entropy.mistake(
    "divided-by-rows",
    "The sum is divided by the number of rows: divide by the number of real tokens.",
    hint=2,
)
def _(probabilities, targets, mask):
    p = np.clip(probabilities, 1e-7, 1 - 1e-7)
    loss = -(targets * np.log(p) + (1 - targets) * np.log(1 - p))
    return (loss * mask).sum() / len(mask)


@masked_binary_cross_entropy.mistake(
    "mean-of-row-means",
    "Each row is averaged first, so a short row counts as much as a long one: "
    "every token counts once.",
    hint=2,
)
def _(probabilities, targets, mask):
    p = np.clip(probabilities, 1e-7, 1 - 1e-7)
    loss = -(targets * np.log(p) + (1 - targets) * np.log(1 - p))
    return ((loss * mask).sum(axis=1) / mask.sum(axis=1)).mean()


@masked_binary_cross_entropy.mistake(
    "one-loss-per-row",
    "Every row gets a loss of its own: one number for the whole batch is asked for.",
    hint=2,
)
def _(probabilities, targets, mask):
    p = np.clip(probabilities, 1e-7, 1 - 1e-7)
    loss = -(targets * np.log(p) + (1 - targets) * np.log(1 - p))
    return (loss * mask).sum(axis=1) / mask.sum(axis=1)


@masked_binary_cross_entropy.mistake(
    "one-loss-per-token",
    "Every token's loss is returned: their mean is missing.",
    hint=2,
)
def _(probabilities, targets, mask):
    p = np.clip(probabilities, 1e-7, 1 - 1e-7)
    loss = -(targets * np.log(p) + (1 - targets) * np.log(1 - p))
    return loss[mask]


@masked_binary_cross_entropy.mistake(
    "sign-forgotten",
    "The loss is negative: the minus in front is missing.",
    hint=1,
    seen="https://community.deeplearning.ai/t/week-2-programming-exercise-cost-calculation/234194",
)
def _(probabilities, targets, mask):
    p = np.clip(probabilities, 1e-7, 1 - 1e-7)
    loss = targets * np.log(p) + (1 - targets) * np.log(1 - p)
    return loss[mask].mean()


@masked_binary_cross_entropy.mistake(
    "names-only",
    "Tokens of target 0 cost nothing: they cost -ln(1 - p).",
    hint=1,
)
def _(probabilities, targets, mask):
    p = np.clip(probabilities, 1e-7, 1 - 1e-7)
    loss = -targets * np.log(p)
    return loss[mask].mean()


@masked_binary_cross_entropy.mistake(
    "targets-swapped",
    "The targets are swapped: target 1 costs -ln p, target 0 costs -ln(1 - p).",
    hint=1,
)
def _(probabilities, targets, mask):
    p = np.clip(probabilities, 1e-7, 1 - 1e-7)
    loss = -(targets * np.log(1 - p) + (1 - targets) * np.log(p))
    return loss[mask].mean()


@masked_binary_cross_entropy.mistake(
    "logarithm-of-the-targets",
    "The logarithm is taken of the targets: it belongs to the probabilities.",
    hint=1,
)
def _(probabilities, targets, mask):
    y = np.clip(targets, 1e-7, 1 - 1e-7)
    loss = -(probabilities * np.log(y) + (1 - probabilities) * np.log(1 - y))
    return loss[mask].mean()


@masked_binary_cross_entropy.mistake(
    "squared-error",
    "This is the squared error: cross-entropy is the logarithm of the probability of what "
    "was true.",
    hint=1,
)
def _(probabilities, targets, mask):
    loss = (probabilities - targets) ** 2
    return loss[mask].mean()


@masked_binary_cross_entropy.mistake(
    "probability-without-logarithm",
    "One minus the probability of the truth is averaged: its negative logarithm is asked for.",
    hint=1,
)
def _(probabilities, targets, mask):
    loss = targets * (1 - probabilities) + (1 - targets) * probabilities
    return loss[mask].mean()


@masked_binary_cross_entropy.mistake(
    "logarithm-to-base-two",
    "The logarithm is to base 2: natural logarithms are asked for.",
    hint=1,
)
def _(probabilities, targets, mask):
    p = np.clip(probabilities, 1e-7, 1 - 1e-7)
    loss = -(targets * np.log2(p) + (1 - targets) * np.log2(1 - p))
    return loss[mask].mean()


@masked_binary_cross_entropy.mistake(
    "logarithm-to-base-ten",
    "The logarithm is to base 10: natural logarithms are asked for.",
    hint=1,
)
def _(probabilities, targets, mask):
    p = np.clip(probabilities, 1e-7, 1 - 1e-7)
    loss = -(targets * np.log10(p) + (1 - targets) * np.log10(1 - p))
    return loss[mask].mean()


@masked_binary_cross_entropy.mistake(
    "log-of-zero",
    "ln 0 is minus infinity, and 0 times that is not a number: hold p away from 0 and 1.",
    hint=3,
    seen="https://community.deeplearning.ai/t/logistic-loss-function-divide-by-zero-encountered-in-log/192184",
)
def _(probabilities, targets, mask):
    p = probabilities
    loss = -(targets * np.log(p) + (1 - targets) * np.log(1 - p))
    return loss[mask].mean()


@masked_binary_cross_entropy.mistake(
    "infinity-times-the-mask",
    "0 times infinity is not a number, so the mask cannot multiply it away: "
    "hold p away from 0 and 1.",
    hint=3,
    seen="https://github.com/ecmwf/WeatherGenerator/issues/2723",
)
def _(probabilities, targets, mask):
    p = probabilities
    loss = -(targets * np.log(p) + (1 - targets) * np.log(1 - p))
    return (loss * mask).sum() / mask.sum()


@masked_binary_cross_entropy.mistake(
    "infinite-where-wrong",
    "A token that was certain and wrong costs infinity: hold p away from 0 and 1.",
    hint=3,
)
def _(probabilities, targets, mask):
    right = np.where(targets == 1, probabilities, 1 - probabilities)
    return -np.log(right[mask]).mean()


@masked_binary_cross_entropy.mistake(
    "largest-float-for-infinity",
    "nan_to_num makes infinity the largest float: "
    "two add up to infinity again. Hold p away from 0 and 1.",
    hint=3,
)
def _(probabilities, targets, mask):
    p = probabilities
    loss = -(np.nan_to_num(targets * np.log(p)) + np.nan_to_num((1 - targets) * np.log(1 - p)))
    return loss[mask].mean()


@masked_binary_cross_entropy.mistake(
    "one-end-open",
    "p = 1 still gives ln 0: hold p away from 1 as well, by more than rounding swallows.",
    hint=3,
    seen="https://github.com/keras-team/keras/issues/377",
)
def _(probabilities, targets, mask):
    p = np.clip(probabilities, 1e-7, 1)
    loss = -(targets * np.log(p) + (1 - targets) * np.log(1 - p))
    return loss[mask].mean()


@masked_binary_cross_entropy.mistake(
    "epsilon-too-large",
    "What is added inside the logarithm shows in every loss: make it tiny, 1e-7 for example.",
    hint=3,
)
def _(probabilities, targets, mask):
    p = probabilities
    loss = -(targets * np.log(p + 0.01) + (1 - targets) * np.log(1 - p + 0.01))
    return loss[mask].mean()


@masked_binary_cross_entropy.mistake(
    "clipped-too-far",
    "p is held so far from 0 and 1 that a certain, right token costs something: 1e-7 is enough.",
    hint=3,
)
def _(probabilities, targets, mask):
    p = np.clip(probabilities, 0.01, 0.99)
    loss = -(targets * np.log(p) + (1 - targets) * np.log(1 - p))
    return loss[mask].mean()


@masked_binary_cross_entropy.mistake(
    "clipped-in-place",
    "The loss is right, but the caller's probabilities are clipped: make a new array.",
    hint=3,
)
def _(probabilities, targets, mask):
    p = np.clip(probabilities, 1e-7, 1 - 1e-7, out=probabilities)
    loss = -(targets * np.log(p) + (1 - targets) * np.log(1 - p))
    return loss[mask].mean()


# --- build_name_tagger -------------------------------------------------------------------------

TAGGER_BATCH = 31
# The arrows say which way a state has read; T is the last step.
RIGHT_FORMULA = "sigmoid([→h_t, ←h_t] V + c)"
BACKWARD_FIRST = "sigmoid([←h_t, →h_t] V + c)"
BOTH_FORWARDS = "sigmoid([→h_t, →h_t] V + c)"
FINAL_STATES = "sigmoid([→h_T, ←h_1] V + c)"
LAST_STEP = "sigmoid([→h_T, ←h_T] V + c)"
REPEATED = N_("sigmoid([→h_T, ←h_1] V + c) at every step")
NOT_TURNED = N_("sigmoid([→h_t, ←h_t] V + c), ←h_t in the order in which it was read")
RELU_CELL = N_("sigmoid([→h_t, ←h_t] V + c) with ReLU for tanh")


def tagger_cases(rng, sizes: Sizes) -> list[Case]:
    def case(about, timesteps, features, units):
        return Case(about, {"timesteps": timesteps, "features": features, "units": units})

    return [
        case(N_("any sizes"), sizes.time, sizes.features, sizes.units),
        case(N_("other sizes"), sizes.features, sizes.units, sizes.time),
    ]


def name_tagger(timesteps, features, units):
    """What a check observes of the right model: output shape, parameters, formula."""
    parameters = 2 * layers.lstm_param_count(features, units) + 2 * units + 1
    return (TAGGER_BATCH, timesteps, 1), parameters, RIGHT_FORMULA


def tagger_formulas() -> dict:
    """What two LSTMs and one output unit may compute, right and wrong."""

    def states(x, W_x, W_h, b):
        zeros = np.zeros((len(x), len(W_h)))
        return layers.lstm_layer(x, zeros, zeros, W_x, W_h, b)[0]

    def relu_states(x, W_x, W_h, b):
        h = c = np.zeros((len(x), len(W_h)))
        found = []
        for x_t in np.moveaxis(x, 1, 0):
            i, f, g, o = np.split(x_t @ W_x + h @ W_h + b, 4, axis=-1)
            c = cells.sigmoid(f) * c + cells.sigmoid(i) * relu(g)
            h = cells.sigmoid(o) * relu(c)
            found.append(h)
        return np.stack(found, axis=1)

    def relu(a):
        return np.maximum(0, a)

    def directions(x, w, states=states):
        there = states(x, w["W_x"], w["W_h"], w["b"])
        back = states(x[:, ::-1], w["back_W_x"], w["back_W_h"], w["back_b"])[:, ::-1]
        return there, back

    def read(there, back, w):
        return np.concatenate([there, back], axis=-1) @ w["V"] + w["c"]

    def scores(x, **w):
        return read(*directions(x, w), w)

    def backward_first(x, **w):
        there, back = directions(x, w)
        return cells.sigmoid(read(back, there, w))

    def both_forwards(x, **w):
        there, back = states(x, w["W_x"], w["W_h"], w["b"]), directions(x[:, ::-1], w)[1]
        return cells.sigmoid(read(there, back[:, ::-1], w))

    def final_states(x, **w):
        there, back = directions(x, w)
        return cells.sigmoid(read(there[:, -1], back[:, 0], w))

    def not_turned(x, **w):
        there, back = directions(x, w)
        return cells.sigmoid(read(there, back[:, ::-1], w))

    return {
        RIGHT_FORMULA: lambda x, **w: cells.sigmoid(scores(x, **w)),
        BACKWARD_FIRST: backward_first,
        "[→h_t, ←h_t] V + c": scores,
        "tanh([→h_t, ←h_t] V + c)": lambda x, **w: np.tanh(scores(x, **w)),
        "relu([→h_t, ←h_t] V + c)": lambda x, **w: relu(scores(x, **w)),
        "softmax([→h_t, ←h_t] V + c) = 1": lambda x, **w: np.ones((*x.shape[:2], 1)),
        BOTH_FORWARDS: both_forwards,
        FINAL_STATES: final_states,
        LAST_STEP: lambda x, **w: cells.sigmoid(scores(x, **w)[:, -1]),
        REPEATED: lambda x, **w: np.repeat(final_states(x, **w)[:, None], x.shape[1], axis=1),
        NOT_TURNED: not_turned,
        RELU_CELL: lambda x, **w: cells.sigmoid(read(*directions(x, w, relu_states), w)),
    }


def observe_tagger(build, given):
    timesteps, features, units = given.values()
    shapes = {
        "W_x": (features, 4 * units),
        "W_h": (units, 4 * units),
        "b": (4 * units,),
        "back_W_x": (features, 4 * units),
        "back_W_h": (units, 4 * units),
        "back_b": (4 * units,),
        "V": (2 * units, 1),
        "c": (1,),
    }
    rng = np.random.default_rng(timesteps)
    inputs = rng.normal(size=(TAGGER_BATCH, timesteps, features)).astype(np.float32)
    shape, count, formula = observe_model(build, given, inputs, shapes, tagger_formulas())
    # V is learnt, so either half may come first.
    return shape, count, RIGHT_FORMULA if formula == BACKWARD_FIRST else formula


build_name_tagger = Exercise(
    "build_name_tagger",
    reference=name_tagger,
    cases=tagger_cases,
    returns={N_("output shape"): (), N_("number of parameters"): (), N_("output"): ()},
    keras=True,
    observe=observe_tagger,
)


def another(shape=None, parameters=None, formula=OTHER):
    """What a check observes of a wrong model, where it differs from the right one.

    shape and parameters: functions of t timesteps, f features and u units; parameters gives the
    difference from the right number.
    """

    def gives(timesteps, features, units):
        right_shape, count, _formula = name_tagger(timesteps, features, units)
        if parameters:
            count += parameters(timesteps, features, units)
        wrong_shape = shape(timesteps, features, units) if shape else right_shape
        return wrong_shape, count, translated(formula)

    return gives


def lstm(features, units):
    return layers.lstm_param_count(features, units)


def two_lstms_of(features, units, wanted):
    """The difference in parameters where two layers of another kind stand for the two LSTMs."""
    return 2 * wanted(features, units) - 2 * lstm(features, units)


@build_name_tagger.mistake(
    "no-sigmoid",
    "The output unit is linear: a probability needs a sigmoid.",
    hint=2,
    gives=another(formula="[→h_t, ←h_t] V + c"),
)
def _(timesteps, features, units):
    import keras

    return keras.Sequential(
        [
            keras.Input((timesteps, features)),
            keras.layers.Bidirectional(keras.layers.LSTM(units, return_sequences=True)),
            keras.layers.Dense(1),
        ]
    )


@build_name_tagger.mistake(
    "softmax-over-one-unit",
    "A softmax over one unit is always 1. One unit takes a sigmoid.",
    hint=2,
    gives=another(formula="softmax([→h_t, ←h_t] V + c) = 1"),
    seen="https://github.com/keras-team/keras/issues/500",
)
def _(timesteps, features, units):
    import keras

    return keras.Sequential(
        [
            keras.Input((timesteps, features)),
            keras.layers.Bidirectional(keras.layers.LSTM(units, return_sequences=True)),
            keras.layers.Dense(1, activation="softmax"),
        ]
    )


@build_name_tagger.mistake(
    "tanh-output",
    "The output goes through tanh, from -1 to 1; a probability needs a sigmoid.",
    hint=2,
    gives=another(formula="tanh([→h_t, ←h_t] V + c)"),
)
def _(timesteps, features, units):
    import keras

    return keras.Sequential(
        [
            keras.Input((timesteps, features)),
            keras.layers.Bidirectional(keras.layers.LSTM(units, return_sequences=True)),
            keras.layers.Dense(1, activation="tanh"),
        ]
    )


@build_name_tagger.mistake(
    "relu-output",
    "The output goes through ReLU and has no upper end: a probability needs a sigmoid.",
    hint=2,
    gives=another(formula="relu([→h_t, ←h_t] V + c)"),
)
def _(timesteps, features, units):
    import keras

    return keras.Sequential(
        [
            keras.Input((timesteps, features)),
            keras.layers.Bidirectional(keras.layers.LSTM(units, return_sequences=True)),
            keras.layers.Dense(1, activation="relu"),
        ]
    )


@build_name_tagger.mistake(
    "two-units-softmax",
    "Two output units with softmax do give a probability, "
    "but one sigmoid unit says the same with fewer weights: use that.",
    hint=2,
    gives=another(lambda t, f, u: (TAGGER_BATCH, t, 2), lambda t, f, u: 2 * u + 1),
)
def _(timesteps, features, units):
    import keras

    return keras.Sequential(
        [
            keras.Input((timesteps, features)),
            keras.layers.Bidirectional(keras.layers.LSTM(units, return_sequences=True)),
            keras.layers.Dense(2, activation="softmax"),
        ]
    )


@build_name_tagger.mistake(
    "output-of-units-width",
    "Every step gets one number per unit: a word has one answer, so one output unit.",
    hint=2,
    gives=another(lambda t, f, u: (TAGGER_BATCH, t, u), lambda t, f, u: (2 * u + 1) * (u - 1)),
)
def _(timesteps, features, units):
    import keras

    return keras.Sequential(
        [
            keras.Input((timesteps, features)),
            keras.layers.Bidirectional(keras.layers.LSTM(units, return_sequences=True)),
            keras.layers.Dense(units, activation="sigmoid"),
        ]
    )


@build_name_tagger.mistake(
    "one-answer-only",
    "Only the final states are handed on, so the sentence gets one answer: "
    "every word needs its own.",
    hint=2,
    gives=another(lambda t, f, u: (TAGGER_BATCH, 1), formula=FINAL_STATES),
    seen="https://github.com/keras-team/keras/issues/168",
)
def _(timesteps, features, units):
    import keras

    return keras.Sequential(
        [
            keras.Input((timesteps, features)),
            keras.layers.Bidirectional(keras.layers.LSTM(units)),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )


@build_name_tagger.mistake(
    "last-step-taken",
    "Only the last step answers, where the backward half has read one word: "
    "every word needs an answer.",
    hint=2,
    gives=another(lambda t, f, u: (TAGGER_BATCH, 1), formula=LAST_STEP),
    seen="https://github.com/yunjey/pytorch-tutorial/issues/149",
)
def _(timesteps, features, units):
    import keras

    inputs = keras.Input((timesteps, features))
    states = keras.layers.Bidirectional(keras.layers.LSTM(units, return_sequences=True))(inputs)
    outputs = keras.layers.Dense(1, activation="sigmoid")(states[:, -1])
    return keras.Model(inputs, outputs)


@build_name_tagger.mistake(
    "final-states-repeated",
    "The same answer is given at every step: "
    "hand on the state of each step instead of repeating the last.",
    hint=2,
    gives=another(formula=REPEATED),
)
def _(timesteps, features, units):
    import keras

    return keras.Sequential(
        [
            keras.Input((timesteps, features)),
            keras.layers.Bidirectional(keras.layers.LSTM(units)),
            keras.layers.RepeatVector(timesteps),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )


@build_name_tagger.mistake(
    "one-direction-only",
    'The model reads forwards only: at "Teddy" it has not seen what follows.',
    hint=1,
    gives=another(parameters=lambda t, f, u: -lstm(f, u) - u),
)
def _(timesteps, features, units):
    import keras

    return keras.Sequential(
        [
            keras.Input((timesteps, features)),
            keras.layers.LSTM(units, return_sequences=True),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )


@build_name_tagger.mistake(
    "halves-merged-into-one",
    "The halves are merged into one of the same width (sum, ave or mul): "
    "concat keeps both, 2 · units in all.",
    hint=3,
    gives=another(parameters=lambda t, f, u: -u),
)
def _(timesteps, features, units):
    import keras

    return keras.Sequential(
        [
            keras.Input((timesteps, features)),
            keras.layers.Bidirectional(
                keras.layers.LSTM(units, return_sequences=True), merge_mode="sum"
            ),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )


@build_name_tagger.mistake(
    "width-shared-by-both",
    "Each direction has half of the units: "
    "units is the width of one direction, together they have twice that.",
    hint=2,
    gives=another(
        parameters=lambda t, f, u: (
            two_lstms_of(f, u, lambda f, u: lstm(f, u // 2)) + 2 * (u // 2) - 2 * u
        )
    ),
)
def _(timesteps, features, units):
    import keras

    return keras.Sequential(
        [
            keras.Input((timesteps, features)),
            keras.layers.Bidirectional(keras.layers.LSTM(units // 2, return_sequences=True)),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )


@build_name_tagger.mistake(
    "gru-inside",
    "The layers inside are GRUs: this model has LSTMs.",
    hint=3,
    gives=another(parameters=lambda t, f, u: two_lstms_of(f, u, layers.gru_param_count)),
)
def _(timesteps, features, units):
    import keras

    return keras.Sequential(
        [
            keras.Input((timesteps, features)),
            keras.layers.Bidirectional(keras.layers.GRU(units, return_sequences=True)),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )


@build_name_tagger.mistake(
    "simple-rnn-inside",
    "The layers inside are simple recurrent ones: this model has LSTMs.",
    hint=3,
    gives=another(parameters=lambda t, f, u: two_lstms_of(f, u, layers.rnn_param_count)),
)
def _(timesteps, features, units):
    import keras

    return keras.Sequential(
        [
            keras.Input((timesteps, features)),
            keras.layers.Bidirectional(keras.layers.SimpleRNN(units, return_sequences=True)),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )


@build_name_tagger.mistake(
    "backward-not-turned-again",
    "The backward states come in the order in which they were read: "
    "go_backwards does not turn them round again.",
    hint=3,
    gives=another(formula=NOT_TURNED),
    seen="https://github.com/keras-team/keras/issues/3163",
)
def _(timesteps, features, units):
    import keras

    inputs = keras.Input((timesteps, features))
    there = keras.layers.LSTM(units, return_sequences=True)(inputs)
    back = keras.layers.LSTM(units, return_sequences=True, go_backwards=True)(inputs)
    states = keras.layers.Concatenate()([there, back])
    return keras.Model(inputs, keras.layers.Dense(1, activation="sigmoid")(states))


@build_name_tagger.mistake(
    "both-read-forwards",
    "Both LSTMs read from the first word: one of them has to start at the last.",
    hint=3,
    gives=another(formula=BOTH_FORWARDS),
    seen="https://github.com/stanfordmlgroup/nlc/issues/8",
)
def _(timesteps, features, units):
    import keras

    inputs = keras.Input((timesteps, features))
    there = keras.layers.LSTM(units, return_sequences=True)(inputs)
    back = keras.layers.LSTM(units, return_sequences=True)(inputs)
    states = keras.layers.Concatenate()([there, back])
    return keras.Model(inputs, keras.layers.Dense(1, activation="sigmoid")(states))


@build_name_tagger.mistake(
    "one-lstm-for-both",
    "One LSTM reads both ways with the same weights: each direction has its own.",
    hint=3,
    gives=another(parameters=lambda t, f, u: -lstm(f, u)),
)
def _(timesteps, features, units):
    import keras

    inputs = keras.Input((timesteps, features))
    shared = keras.layers.LSTM(units, return_sequences=True)
    back = keras.ops.flip(shared(keras.ops.flip(inputs, axis=1)), axis=1)
    states = keras.layers.Concatenate()([shared(inputs), back])
    return keras.Model(inputs, keras.layers.Dense(1, activation="sigmoid")(states))


@build_name_tagger.mistake(
    "two-bidirectional-layers",
    "Two bidirectional layers are stacked: this model has one.",
    hint=1,
    gives=another(parameters=lambda t, f, u: 2 * lstm(2 * u, u)),
)
def _(timesteps, features, units):
    import keras

    return keras.Sequential(
        [
            keras.Input((timesteps, features)),
            keras.layers.Bidirectional(keras.layers.LSTM(units, return_sequences=True)),
            keras.layers.Bidirectional(keras.layers.LSTM(units, return_sequences=True)),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )


@build_name_tagger.mistake(
    "states-flattened",
    "The states of all steps are flattened for timesteps output units: "
    "one unit reads each step alone.",
    hint=2,
    gives=another(
        lambda t, f, u: (TAGGER_BATCH, t), lambda t, f, u: t * (2 * u * t + 1) - 2 * u - 1
    ),
)
def _(timesteps, features, units):
    import keras

    return keras.Sequential(
        [
            keras.Input((timesteps, features)),
            keras.layers.Bidirectional(keras.layers.LSTM(units, return_sequences=True)),
            keras.layers.Flatten(),
            keras.layers.Dense(timesteps, activation="sigmoid"),
        ]
    )


@build_name_tagger.mistake(
    "hidden-dense-layer",
    "A dense layer stands in between: the output unit reads the states themselves.",
    hint=1,
    gives=another(parameters=lambda t, f, u: u * (2 * u + 1) - u),
)
def _(timesteps, features, units):
    import keras

    return keras.Sequential(
        [
            keras.Input((timesteps, features)),
            keras.layers.Bidirectional(keras.layers.LSTM(units, return_sequences=True)),
            keras.layers.Dense(units, activation="relu"),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )


@build_name_tagger.mistake(
    "relu-for-tanh",
    "The LSTMs use ReLU: they keep their default, tanh.",
    hint=3,
    gives=another(formula=RELU_CELL),
)
def _(timesteps, features, units):
    import keras

    return keras.Sequential(
        [
            keras.Input((timesteps, features)),
            keras.layers.Bidirectional(
                keras.layers.LSTM(units, activation="relu", return_sequences=True)
            ),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )


@build_name_tagger.mistake(
    "recurrent-biases-off",
    "The LSTMs have no biases: the lecture's model has all of them.",
    hint=3,
    gives=another(parameters=lambda t, f, u: -8 * u),
)
def _(timesteps, features, units):
    import keras

    return keras.Sequential(
        [
            keras.Input((timesteps, features)),
            keras.layers.Bidirectional(
                keras.layers.LSTM(units, return_sequences=True, use_bias=False)
            ),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )


@build_name_tagger.mistake(
    "output-bias-off",
    "The output unit has no bias: the lecture's model has all of them.",
    hint=3,
    gives=another(parameters=lambda t, f, u: -1),
)
def _(timesteps, features, units):
    import keras

    return keras.Sequential(
        [
            keras.Input((timesteps, features)),
            keras.layers.Bidirectional(keras.layers.LSTM(units, return_sequences=True)),
            keras.layers.Dense(1, activation="sigmoid", use_bias=False),
        ]
    )


def refuses_the_axes(timesteps, features, units):
    raise AnswerError("", translated(AXES_SWAPPED))


@build_name_tagger.mistake(
    "timesteps-and-features-swapped",
    "Timesteps and features are swapped: without the batch, an input is (timesteps, features).",
    hint=3,
    gives=refuses_the_axes,
)
def _(timesteps, features, units):
    import keras

    return keras.Sequential(
        [
            keras.Input((features, timesteps)),
            keras.layers.Bidirectional(keras.layers.LSTM(units, return_sequences=True)),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )


EXERCISES = (
    reverse_sequences,
    bidirectional,
    masked_binary_cross_entropy,
    build_name_tagger,
)
