"""The drawings of the lectures: each says one thing, in the colours of the widgets."""

from unrolled.figures.drawing import Drawing
from unrolled.figures.recurrence import recurrent_layer, recurrent_neuron
from unrolled.figures.words import entity_exam, lookup, vocab2, vocabulary

__all__ = [
    "Drawing",
    "entity_exam",
    "lookup",
    "recurrent_layer",
    "recurrent_neuron",
    "vocab2",
    "vocabulary",
]
