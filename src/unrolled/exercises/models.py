"""What a check sees of a Keras model: shapes, counts and which formula its outputs follow.

A check believes arrays alone: it gives the model weights of its own choosing, calls it, and
compares with the reference run on the same weights. It asks no name, class or configuration, so a
Functional, a Sequential and a subclassed model are equal, and it needs no Keras itself.
"""

import itertools
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from unrolled.comparison import summary
from unrolled.errors import AnswerError
from unrolled.language import N_, _

OTHER = N_("another formula")
AXES_SWAPPED = N_("The model takes (batch, features, timesteps), not (batch, timesteps, features).")
Formula = Callable[..., np.ndarray]


def observe_model(
    build: Callable,
    given: Mapping[str, Any],
    inputs: np.ndarray,
    weight_shapes: Mapping[str, tuple[int, ...]],
    formulas: Mapping[str, Formula],
) -> tuple[tuple[int, ...], int, str]:
    """Return the shape of a model's output, its parameters, and the formula it follows.

    build: the answer, called with the values of `given`; inputs: what the model is called on,
    (batch, timesteps, features); weight_shapes: the weights it should have, by name; formulas:
    what may be computed, by the text that is shown, each a function of the inputs and the weights
    by name. Weights of one shape may come in any order.
    """
    model = called_model(build, given, inputs)
    shapes = [np.shape(weight) for weight in model.get_weights()]
    rng = np.random.default_rng(len(shapes))
    # Keras starts biases at zero, which would hide a missing one.
    weights = [rng.normal(0, 0.5, shape).astype(np.float32) for shape in shapes]
    tried = []
    # One draw may leave every output positive, where a linear unit and ReLU cannot be told apart.
    for signed in (weights, [-weight for weight in weights]):
        model.set_weights(signed)
        tried.append((np.asarray(model(inputs)), signed))

    def follows(formula: Formula, order: Mapping[str, int]) -> bool:
        return all(
            is_close(outputs, formula(inputs, **{name: ws[i] for name, i in order.items()}))
            for outputs, ws in tried
        )

    orders = list(_orders(shapes, weight_shapes))
    found = (text for text, formula in formulas.items() if any(follows(formula, o) for o in orders))
    return tried[0][0].shape, sum(weight.size for weight in weights), _(next(found, OTHER))


def called_model(build: Callable, given: Mapping[str, Any], inputs: Any) -> Any:
    """Return the model that an answer builds, called once: until then it may have no weights."""
    model = build(*given.values())
    if model is None:
        raise AnswerError("", _("It returned None: does every path end in a return?"))
    if not (callable(model) and hasattr(model, "get_weights")):
        detail = _("It returned {value}.").format(value=summary(model))
        raise AnswerError("", _("It should return a Keras model."), detail=detail)
    try:
        model(inputs)
    except Exception:
        if isinstance(inputs, np.ndarray) and _accepts(model, np.swapaxes(inputs, 1, 2)):
            raise AnswerError("", _(AXES_SWAPPED)) from None
        raise
    return model


def _accepts(model: Callable, inputs: np.ndarray) -> bool:
    try:
        model(inputs)
    except Exception:
        return False
    return True


def _orders(
    shapes: list[tuple[int, ...]], weight_shapes: Mapping[str, tuple[int, ...]]
) -> Iterator[dict[str, int]]:
    """Yield every way to name a model's weights, by their place, that fits their shapes."""
    names: dict[tuple[int, ...], list[str]] = {}
    places: dict[tuple[int, ...], list[int]] = {}
    for name, shape in weight_shapes.items():
        names.setdefault(shape, []).append(name)
    for place, shape in enumerate(shapes):
        places.setdefault(shape, []).append(place)
    if {s: len(n) for s, n in names.items()} != {s: len(p) for s, p in places.items()}:
        return
    named = [name for same in names.values() for name in same]
    for order in itertools.product(*(itertools.permutations(places[shape]) for shape in names)):
        yield dict(zip(named, itertools.chain(*order), strict=True))


def is_close(outputs: np.ndarray, wanted: np.ndarray) -> bool:
    """Compare in the precision of a float32 model."""
    return outputs.shape == wanted.shape and bool(np.allclose(outputs, wanted, 1e-4, 1e-5))
