"""What a check sees of a Keras model: shapes, counts and which formula its outputs follow.

A check believes arrays alone: it gives the model weights of its own choosing, calls it, and
compares with the reference run on the same weights. It asks no name, class or configuration, so a
Functional, a Sequential and a subclassed model are equal, and it needs no Keras itself.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from unrolled.comparison import shape_text, summary
from unrolled.errors import AnswerError
from unrolled.language import N_, _

OTHER = N_("another formula")
AXES_SWAPPED = N_("The model takes (batch, features, timesteps), not (batch, timesteps, features).")
Formula = Callable[..., np.ndarray]


def observe_model(
    build: Callable,
    given: Mapping[str, Any],
    inputs: np.ndarray,
    weight_names: Mapping[tuple[int, ...], str],
    formulas: Mapping[str, Formula],
) -> tuple[tuple[int, ...], int, str]:
    """Return the shape of a model's output, its parameters, and the formula it follows.

    build: the answer, called with the values of `given`; inputs: what the model is called on,
    (batch, timesteps, features); weight_names: what the weight of a shape is called; formulas:
    what may be computed, by the text that is shown, each a function of the inputs and the weights
    by name.
    """
    model = build(*given.values())
    if model is None:
        raise AnswerError("", _("It returned None: does every path end in a return?"))
    if not (callable(model) and hasattr(model, "get_weights")):
        detail = _("It returned {value}.").format(value=summary(model))
        raise AnswerError("", _("It should return a Keras model."), detail=detail)
    _first_call(model, inputs)
    shapes = [np.shape(weight) for weight in model.get_weights()]
    rng = np.random.default_rng(len(shapes))
    # Keras starts biases at zero, which would hide a missing one.
    weights = [rng.normal(0, 0.5, shape).astype(np.float32) for shape in shapes]
    tried = []
    # One draw may leave every output positive, where a linear unit and ReLU cannot be told apart.
    for signed in (weights, [-weight for weight in weights]):
        model.set_weights(signed)
        named = {weight_names.get(w.shape, shape_text(w.shape)): w for w in signed}
        tried.append((np.asarray(model(inputs)), named))
    follows = OTHER
    if len(named) == len(weights) and set(named) == set(weight_names.values()):
        for text, formula in formulas.items():
            if all(is_close(outputs, formula(inputs, **named)) for outputs, named in tried):
                follows = text
                break
    return tried[0][0].shape, sum(weight.size for weight in weights), _(follows)


def _first_call(model: Callable, inputs: np.ndarray) -> None:
    """Build the model; where it refuses its inputs, see whether it wants other axes."""
    try:
        model(inputs)
    except Exception:
        try:
            model(np.swapaxes(inputs, 1, 2))
        except Exception:
            turned_works = False
        else:
            turned_works = True
        if turned_works:
            raise AnswerError("", _(AXES_SWAPPED)) from None
        raise


def is_close(outputs: np.ndarray, wanted: np.ndarray) -> bool:
    """Compare in the precision of a float32 model."""
    return outputs.shape == wanted.shape and bool(np.allclose(outputs, wanted, 1e-4, 1e-5))
