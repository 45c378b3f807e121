"""Opens a trained Keras model: the states and every gate of its recurrent layers, step by step."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from unrolled.cells import sigmoid

Values = dict[str, np.ndarray]
"""Names of gates and states to arrays (batch, time, units)."""

# What one step computes: (x_t, the states before, what forces a gate) → its gates and states.
_Step = Callable[[np.ndarray, Values, Callable[[str, np.ndarray], np.ndarray]], Values]


@dataclass(frozen=True, eq=False)
class Trace:
    """What went on in one recurrent layer, in one direction.

    `values` holds "h" always, "i", "f", "g", "o", "c" of an LSTM, "z", "r", "n" of a GRU. Place t
    is about token t in both directions. `mask` (batch, time) is False where the state was kept.
    `weights` is (W_x, W_h, b), `start` the states before the first step.
    """

    layer: str
    cell: str
    backwards: bool
    values: Values
    mask: np.ndarray
    weights: tuple[np.ndarray, np.ndarray, np.ndarray]
    start: tuple[np.ndarray, ...]


def simple_steps(x, h0, W_x, W_h, b, mask=None) -> Values:
    """State "h" of a simple recurrent layer at every step, as `rnn_step` computes it.

    x (batch, time, features), h0 (batch, units), mask (batch, time) or None.
    """

    def step(x_t, before, _force):
        return {"h": np.tanh(x_t @ W_x + before["h"] @ W_h + b)}

    return _run(step, x, {"h": h0}, mask)


def lstm_steps(x, h0, c0, W_x, W_h, b, mask=None, forced=None) -> Values:
    """Gates "i", "f", "o", candidate "g", memory "c" and state "h", as `lstm_step` computes them.

    x (batch, time, features), h0 and c0 (batch, units), mask (batch, time) or None. `forced` maps
    the name of a gate, or "g", to what stands in its place: an array that broadcasts to
    (batch, time, units), NaN where the gate stays free.
    """

    def step(x_t, before, force):
        i, f, g, o = np.split(x_t @ W_x + before["h"] @ W_h + b, 4, axis=-1)
        i, f, o = force("i", sigmoid(i)), force("f", sigmoid(f)), force("o", sigmoid(o))
        g = force("g", np.tanh(g))
        c = f * before["c"] + i * g
        return {"i": i, "f": f, "g": g, "o": o, "c": c, "h": o * np.tanh(c)}

    return _run(step, x, {"h": h0, "c": c0}, mask, forced)


def gru_steps(x, h0, W_x, W_h, b, mask=None, forced=None) -> Values:
    """Gates "z" and "r", candidate "n" and state "h" of a GRU, in either form of the reset.

    b (3 units,) resets before the product, as `gru_step` does; b (2, 3 units) after it, as
    `gru_step_reset_after`. x, h0, mask and forced as in `lstm_steps`.
    """
    after = np.ndim(b) == 2
    b_x, b_h = b if after else (b, np.zeros_like(b))
    W_zr, W_n = W_h[:, : 2 * len(W_h)], W_h[:, 2 * len(W_h) :]
    b_zr, b_n = b_h[: 2 * len(W_h)], b_h[2 * len(W_h) :]

    def step(x_t, before, force):
        h = before["h"]
        x_z, x_r, x_n = np.split(x_t @ W_x + b_x, 3, axis=-1)
        h_z, h_r = np.split(h @ W_zr + b_zr, 2, axis=-1)
        z, r = force("z", sigmoid(x_z + h_z)), force("r", sigmoid(x_r + h_r))
        n = force("n", np.tanh(x_n + (r * (h @ W_n + b_n) if after else (r * h) @ W_n)))
        return {"z": z, "r": r, "n": n, "h": z * h + (1 - z) * n}

    return _run(step, x, {"h": h0}, mask, forced)


def _run(step: _Step, x, states: Values, mask=None, forced: Mapping[str, Any] | None = None):
    """Carry `states` along time; a masked step leaves them as they are."""
    batch, time = x.shape[:2]
    shape = (batch, time, states["h"].shape[-1])
    forces = {name: np.broadcast_to(value, shape) for name, value in (forced or {}).items()}
    steps: list[Values] = []
    for t in range(time):

        def force(name, value, t=t):
            given = forces[name][:, t] if name in forces else np.nan
            return np.where(np.isnan(given), value, given)

        made = step(x[:, t], states, force)
        if mask is not None:
            kept = {name: np.where(mask[:, t, None], made[name], states[name]) for name in states}
            made |= kept
        states = {name: made[name] for name in states}
        steps.append(made)
    if not steps:
        return {name: np.zeros(shape) for name in ({"h"} | set(states) | set(forces))}
    return {name: np.stack([made[name] for made in steps], axis=1) for name in steps[0]}


def trace(model, x) -> list[Trace]:
    """Read `x` with a Keras model and tell what went on in each of its recurrent layers.

    Reads SimpleRNN, LSTM and GRU (both forms of the reset) of Sequential and Functional models,
    stacked, masked, run backwards or inside Bidirectional. x is what the model takes, with a
    batch axis. Returns one `Trace` for each layer in the model's order, and for a Bidirectional
    two, forwards first. Raises ValueError for a model or a layer that cannot be read so.
    """
    import keras

    layers = [layer for layer in getattr(model, "layers", ()) if _cells_of(layer)]
    if not layers or not getattr(model, "inputs", None):
        raise ValueError(
            "trace needs a built Sequential or Functional Keras model with a SimpleRNN, LSTM or "
            f"GRU among its layers; this {type(model).__name__} shows none."
        )
    # What each layer is given: its sequence, then first states and a mask where there are any.
    given = [keras.tree.flatten(layer.input) for layer in layers]
    taken = model.inputs if len(model.inputs) > 1 else model.inputs[0]
    inner = keras.Model(taken, [tensor for tensors in given for tensor in tensors])
    computed = iter(keras.tree.flatten(inner(x)))
    traces = []
    for layer, tensors in zip(layers, given, strict=True):
        sequence, *others = [next(computed) for _tensor in tensors]
        masks = [np.asarray(each) for each in others if each.dtype == "bool"]
        states = [np.asarray(each) for each in others if each.dtype != "bool"]
        mask = masks[0] if masks else None
        parts = _cells_of(layer)
        share = len(states) // len(parts)
        for i, part in enumerate(parts):
            start = states[i * share : (i + 1) * share]
            traces.append(_traced(part, np.asarray(sequence), mask, start))
    return traces


_STATES = {"SimpleRNN": 1, "LSTM": 2, "GRU": 1}


def _cells_of(layer) -> list:
    """The simple, LSTM or GRU layers that a layer is made of: none, itself, or two directions."""
    if type(layer).__name__ == "Bidirectional":
        return [*_cells_of(layer.forward_layer), *_cells_of(layer.backward_layer)]
    return [layer] if type(layer).__name__ in _STATES else []


def _traced(layer, x: np.ndarray, mask, start: list[np.ndarray]) -> Trace:
    """Run one layer's own weights over its sequence."""
    cell = type(layer).__name__
    used = [getattr(layer, "activation", None), getattr(layer, "recurrent_activation", None)]
    names = [getattr(function, "__name__", "sigmoid") for function in used]
    if names != ["tanh", "sigmoid"]:
        raise ValueError(
            f"trace reads {cell} with tanh and sigmoid gates; {layer.name} uses {names[0]} and "
            f"{names[1]}."
        )
    W_x, W_h, *bias = (np.asarray(weight) for weight in layer.get_weights())
    columns = W_h.shape[1]
    after = cell == "GRU" and layer.reset_after
    b = bias[0] if bias else np.zeros((2, columns) if after else columns, W_x.dtype)
    start = start or [np.zeros((len(x), layer.units), W_x.dtype)] * _STATES[cell]
    real = np.ones(x.shape[:2], bool) if mask is None else np.asarray(mask, bool)
    turned = slice(None, None, -1 if layer.go_backwards else 1)
    run: Callable = {"SimpleRNN": simple_steps, "LSTM": lstm_steps, "GRU": gru_steps}[cell]
    values = run(x[:, turned], *start, W_x, W_h, b, mask=real[:, turned])
    values = {name: value[:, turned] for name, value in values.items()}
    return Trace(layer.name, cell, layer.go_backwards, values, real, (W_x, W_h, b), tuple(start))
