"""Pictures of recurrent networks that a learner changes with hand or keyboard."""

from unrolled.widgets.attention_map import AttentionMap
from unrolled.widgets.bi_compare import BiCompare
from unrolled.widgets.gradient_lab import GradientLab
from unrolled.widgets.gru_gates import GRUGates
from unrolled.widgets.gru_reading import GRUReading
from unrolled.widgets.lstm_gates import LSTMGates
from unrolled.widgets.neuron_lab import NeuronLab
from unrolled.widgets.param_counter import ParamCounter
from unrolled.widgets.state_map import StateMap
from unrolled.widgets.task_shapes import TaskShapes

__all__ = [
    "AttentionMap",
    "BiCompare",
    "GRUGates",
    "GRUReading",
    "GradientLab",
    "LSTMGates",
    "NeuronLab",
    "ParamCounter",
    "StateMap",
    "TaskShapes",
]
