"""The exercise of 00_start: a warm-up without time."""

import numpy as np

from unrolled.exercises import Case, Exercise, Sizes
from unrolled.language import N_


def affine_reference(x, W, b):
    """x W + b for x (batch, features), W (features, units), b (units,)."""
    return x @ W + b


def affine_cases(rng, sizes: Sizes) -> list[Case]:
    def case(about, batch, dtype: type = np.float64):
        x = rng.normal(size=(batch, sizes.features)).astype(dtype)
        W = rng.normal(size=(sizes.features, sizes.units)).astype(dtype)
        b = rng.normal(size=sizes.units).astype(dtype)
        return Case(about, {"x": x, "W": W, "b": b})

    return [
        case(N_("any input"), sizes.batch),
        case(N_("a batch of one"), 1),
        case(N_("float32"), sizes.batch, np.float32),
    ]


affine = Exercise(
    "affine", reference=affine_reference, cases=affine_cases, returns={"y": ("row", "unit")}
)


@affine.mistake("bias-ignored", "The bias b is missing: y = x W + b.", hint=1)
def _(x, W, b):
    return x @ W


EXERCISES = (affine,)
