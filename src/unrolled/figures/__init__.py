"""The drawings of the lectures: each says one thing, in the colours of the widgets."""

from unrolled.figures.attention import attention
from unrolled.figures.batches import padding
from unrolled.figures.bidirectional import bidirectional_rnn
from unrolled.figures.drawing import Drawing
from unrolled.figures.gru import gru
from unrolled.figures.jobs import imagecaption, music, sentiment, translation
from unrolled.figures.learning import backpropagation, clipping, teacher_forcing
from unrolled.figures.lstm import lstm, lstm2
from unrolled.figures.melody import piano_roll
from unrolled.figures.pile_up import pile_up
from unrolled.figures.recurrence import recurrent_layer, recurrent_neuron
from unrolled.figures.scene import captioned
from unrolled.figures.shapes import one2seq, seq2one, seq2seq, seq2seq_delay
from unrolled.figures.stacked import stacked_recurrent_layer
from unrolled.figures.words import entity_exam, lookup, vocab2, vocabulary

__all__ = [
    "Drawing",
    "attention",
    "backpropagation",
    "bidirectional_rnn",
    "captioned",
    "clipping",
    "entity_exam",
    "gru",
    "imagecaption",
    "lookup",
    "lstm",
    "lstm2",
    "music",
    "one2seq",
    "padding",
    "piano_roll",
    "pile_up",
    "recurrent_layer",
    "recurrent_neuron",
    "sentiment",
    "seq2one",
    "seq2seq",
    "seq2seq_delay",
    "stacked_recurrent_layer",
    "teacher_forcing",
    "translation",
    "vocab2",
    "vocabulary",
]
