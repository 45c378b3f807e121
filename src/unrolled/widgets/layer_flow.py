"""A trained SimpleRNN as GradientLab needs it: W_h and what reaches its sums at each step."""

from dataclasses import dataclass

import numpy as np

from unrolled.trace import trace
from unrolled.widgets.backflow import spectral_radius


@dataclass(frozen=True, eq=False)
class Layer:
    """W_h (units, units), its spectral radius, and x_t W_x + b as drives (time, units)."""

    W_h: np.ndarray
    drives: np.ndarray
    radius: float


def layer_from_keras(model, x, row: int = 0) -> Layer:
    """The first SimpleRNN of a Keras model on one row of x; masked steps are left out.

    A masked step keeps state and gradient as they are, so leaving it out changes nothing.
    """
    import keras

    x = [np.asarray(part) for part in x] if isinstance(x, list | tuple) else np.asarray(x)
    for part in x if isinstance(x, list) else [x]:
        if part.ndim < 2 or 0 in part.shape:
            raise ValueError(
                f"GradientLab.from_keras: x has shape {part.shape}; expected (batch, time, "
                "features), or (batch, time) of ids, with at least one row and one step."
            )
        if not -len(part) <= row < len(part):
            raise ValueError(f"GradientLab.from_keras: row={row}, but x has {len(part)} rows.")
    x = [part[row][None] for part in x] if isinstance(x, list) else x[row][None]
    traces = trace(model, x)
    found = next((each for each in traces if each.cell == "SimpleRNN"), None)
    names = [layer.name for layer in model.layers]
    if found is None or found.backwards or found.layer not in names:
        kinds = ", ".join(each.cell for each in traces)
        raise ValueError(
            f"GradientLab.from_keras needs a SimpleRNN that runs forwards; it found {kinds}."
        )
    if any(np.any(start) for start in found.start):
        raise ValueError(
            f"GradientLab.from_keras: {found.layer} starts from a given state; give it none."
        )
    taken = model.inputs if len(model.inputs) > 1 else model.inputs[0]
    sequence = keras.tree.flatten(model.get_layer(found.layer).input)[0]
    read = np.asarray(keras.Model(taken, sequence)(x), dtype=float)[0]
    W_x, W_h, b = (np.asarray(weight, dtype=float) for weight in found.weights)
    drives = (read @ W_x + b)[found.mask[0]].astype("f4").astype(float)
    return checked_layer(W_h, drives, found.layer)


def checked_layer(W_h: np.ndarray, drives: np.ndarray, name: str) -> Layer:
    """A layer whose numbers can be carried back; else ValueError."""
    if not len(drives):
        raise ValueError(f"GradientLab.from_keras: every step is masked, so {name} reads nothing.")
    if not np.isfinite(W_h).all() or not np.isfinite(drives).all():
        raise ValueError(
            f"GradientLab.from_keras: {name} holds NaN or infinite numbers, so no gradient can be "
            "followed. Load weights from before training blew up."
        )
    return Layer(W_h, drives, spectral_radius(W_h))
