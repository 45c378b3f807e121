"""The weights of a bidirectional or one-way tagger, out of a trained Keras model."""

import numpy as np

from unrolled.trace import trace
from unrolled.widgets.reader import CELLS, SILENT, sigmoid_head


def tagger_weights(model) -> list[dict]:
    """W_x, W_h, b, V and c of each direction of a tagger: one dict, or forward and backward.

    The model is [Embedding →] one SimpleRNN, LSTM or GRU, or a Bidirectional of one, that returns
    sequences → Dense(1, sigmoid). An Embedding is multiplied into W_x. c is the head's bias, the
    same in both. Raises ValueError for any other model.
    """
    layers = [it for it in getattr(model, "layers", ()) if type(it).__name__ not in SILENT]
    kinds = [type(layer).__name__ for layer in layers]
    embedding = layers.pop(0) if kinds[:1] == ["Embedding"] else None
    if len(layers) != 2 or type(layers[0]).__name__ not in (*CELLS, "Bidirectional"):
        raise ValueError(
            "BiCompare reads [Embedding →] one recurrent layer → Dense(1, sigmoid); this model "
            f"has {' → '.join(kinds) or 'no layers'}."
        )
    recurrent, last = layers
    head = sigmoid_head(last)
    if head is None:
        raise ValueError(
            f"BiCompare needs a last Dense(1, activation='sigmoid'); {last.name} is another layer."
        )
    if not recurrent.return_sequences:
        raise ValueError(
            f"BiCompare needs an answer at every token: give {recurrent.name} "
            "return_sequences=True."
        )
    ways = [one.weights for one in _traced(model, recurrent)]
    table = embedding.get_weights()[0] if embedding else None
    return [
        {
            "W_x": W_x if table is None else table @ W_x,
            "W_h": W_h,
            "b": b,
            "V": share,
            "c": head["c"],
        }
        for (W_x, W_h, b), share in zip(ways, _shares(recurrent, head["V"], len(ways)), strict=True)
    ]


def _traced(model, recurrent):
    """One word read, to learn how the layer's directions are made up; forward first."""
    taken = model.inputs[0]
    shape = [size or 1 for size in taken.shape]
    ways = trace(model, np.zeros(shape, taken.dtype))
    if [way.backwards for way in ways] not in ([False], [False, True]):
        raise ValueError(
            f"BiCompare needs {recurrent.name} to read forwards, or forwards and backwards."
        )
    return ways


def _shares(recurrent, V: np.ndarray, ways: int) -> list[np.ndarray]:
    """The head's weights on each half: a sum of halves is a sum of pushes, a product is not."""
    if ways == 1:
        return [V]
    merge = recurrent.merge_mode
    if merge == "concat":
        return [V[: recurrent.forward_layer.units], V[recurrent.forward_layer.units :]]
    if merge in ("sum", "ave"):
        return [V / (2 if merge == "ave" else 1)] * 2
    raise ValueError(
        f"BiCompare cannot split the answer of {recurrent.name} into two pushes: merge_mode is "
        f"{merge!r}. Use 'concat', 'sum' or 'ave'."
    )
