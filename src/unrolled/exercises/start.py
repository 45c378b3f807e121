"""The exercise of 00_start: a warm-up without time."""

import numpy as np

from unrolled.exercises import Case, Exercise, Sizes
from unrolled.language import N_


def affine_reference(x, W, b):
    """x W + b for x (batch, features), W (features, units), b (units,)."""
    return x @ W + b


def affine_cases(rng, sizes: Sizes) -> list[Case]:
    def case(about, batch, dtype: type = np.float64, **replaced):
        x = rng.normal(size=(batch, sizes.features)).astype(dtype)
        W = rng.normal(size=(sizes.features, sizes.units)).astype(dtype)
        b = rng.normal(size=sizes.units).astype(dtype)
        return Case(about, {"x": x, "W": W, "b": b} | replaced)

    return [
        case(N_("any input"), sizes.batch),
        case(N_("a batch of one"), 1),
        case(N_("a bias of zeros"), sizes.batch, b=np.zeros(sizes.units)),
        case(N_("an input of zeros"), sizes.batch, x=np.zeros((sizes.batch, sizes.features))),
        case(N_("float32"), sizes.batch, np.float32),
    ]


affine = Exercise(
    "affine", reference=affine_reference, cases=affine_cases, returns={"y": ("row", "unit")}
)


@affine.mistake(
    "bias-ignored", "The bias b is missing: after the product, it is added to every row.", hint=1
)
def _(x, W, b):
    return x @ W


@affine.mistake(
    "bias-subtracted", "The bias is taken away; an affine layer adds it to the product.", hint=1
)
def _(x, W, b):
    return x @ W - b


@affine.mistake(
    "bias-added-first",
    "The bias is added to x. It has one number per unit, so it comes after the product.",
    hint=1,
)
def _(x, W, b):
    return (x + b) @ W


@affine.mistake(
    "one-bias-for-all-units",
    "All units share the first bias; each unit has one of its own.",
    hint=3,
)
def _(x, W, b):
    return x @ W + b[0]


@affine.mistake(
    "bias-as-a-column",
    "The bias is made a column. As it is, (units,), it already fits every row of the product.",
    hint=3,
)
def _(x, W, b):
    return x @ W + b[:, None]


@affine.mistake(
    "weights-first",
    "The weights stand before the input. Rows are examples here, so x comes first.",
    hint=2,
)
def _(x, W, b):
    return W @ x + b


@affine.mistake(
    "weights-transposed",
    "W is transposed; (features, units) already fits behind x (batch, features).",
    hint=2,
)
def _(x, W, b):
    return x @ W.T + b


@affine.mistake(
    "elementwise-product",
    "x and W are multiplied element by element. A matrix product is written @.",
    hint=2,
)
def _(x, W, b):
    return x * W + b


@affine.mistake(
    "result-transposed",
    "The result lies on its side: examples are rows, so it is (batch, units).",
    hint=3,
)
def _(x, W, b):
    return (x @ W + b).T


@affine.mistake(
    "first-row-only",
    "Only the first example is computed; every row of x needs its own answer.",
    hint=2,
)
def _(x, W, b):
    return x[0] @ W + b


@affine.mistake(
    "averaged-over-the-batch",
    "The rows are averaged into one: examples in a batch do not know of each other.",
    hint=2,
)
def _(x, W, b):
    return (x @ W + b).mean(axis=0)


@affine.mistake(
    "tanh-added",
    "A tanh is put around the sum. That comes in lecture 02: an affine layer stops at the sum.",
    hint=1,
)
def _(x, W, b):
    return np.tanh(x @ W + b)


EXERCISES = (affine,)
