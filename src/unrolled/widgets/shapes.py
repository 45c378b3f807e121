"""The four shapes of a sequence task: which arrows there are, and the Keras lines that make them.

Stated once, here: the page and the static picture draw what `picture` says.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

SHAPES = (
    "sequence_to_vector",
    "sequence_to_sequence",
    "delayed_sequence_to_sequence",
    "vector_to_sequence",
)
MOST_STEPS, MOST_PIXELS = 100, 64
SOFTMAX = 'Dense(outputs, activation="softmax")'


@dataclass(frozen=True)
class Example:
    """One real input and output of a task.

    inputs and outputs hold one word (note, syllable …) for each step that has one; a
    "vector_to_sequence" has one input, its name, and may have an image (height, width, 3) with
    values from 0 to 1. `task` is "sentiment", "melody", "translation", "caption" or a name of
    your own, and `name` tells the examples of one task apart. `language` ("en" or "ko") is that
    of the readers who see it first. `so_far` is what a model says after each step of a
    "sequence_to_vector" where it is asked too early. `head` is the Dense layer behind the
    states, of `width` outputs. Raises ValueError for what does not fit the shape.
    """

    task: str
    shape: str
    inputs: Sequence[str]
    outputs: Sequence[str]
    name: str = ""
    language: str = ""
    image: np.ndarray | None = None
    so_far: Sequence[str] = ()
    head: str = SOFTMAX
    width: str = "outputs"

    def __post_init__(self):
        for field in ("inputs", "outputs", "so_far"):
            # A string is a sequence too, but of letters: more likely a slip than meant so.
            if isinstance(getattr(self, field), str):
                raise ValueError(f"{self._named}: {field} is one string. Give a list of words.")
            object.__setattr__(self, field, tuple(str(word) for word in getattr(self, field)))
        if fault := _fault(self):
            raise ValueError(f"{self._named}: {fault}")
        if self.image is not None:
            object.__setattr__(self, "image", _checked_image(self.image, self._named))

    @property
    def _named(self) -> str:
        return f"Example {self.task!r} {self.name!r}" if self.name else f"Example {self.task!r}"

    @property
    def switchable(self) -> bool:
        """Whether return_sequences alone turns this picture into another one."""
        return self.shape in SHAPES[:2]


def _fault(example: Example) -> str:
    """What does not fit, and what to do; empty when all fits."""
    many_in, many_out = len(example.inputs), len(example.outputs)
    if example.shape not in SHAPES:
        return f"shape is {example.shape!r}. Use one of {', '.join(SHAPES)}."
    if not many_in or not many_out:
        return f"{many_in} inputs and {many_out} outputs. Give at least one of each."
    if max(many_in, many_out) > MOST_STEPS:
        return f"{many_in} inputs and {many_out} outputs. Show at most {MOST_STEPS} of each."
    if example.shape == "sequence_to_vector" and many_out != 1:
        return f"{many_out} outputs. A sequence_to_vector has one, at the last step."
    if example.shape == "sequence_to_sequence" and many_out != many_in:
        return (
            f"{many_in} inputs, but {many_out} outputs. A sequence_to_sequence has one at each step"
            "; where they differ, it is a delayed_sequence_to_sequence."
        )
    if example.shape == "vector_to_sequence" and many_in != 1:
        return f"{many_in} inputs. A vector_to_sequence has one, which comes in all at once."
    if example.so_far and len(example.so_far) != many_in:
        return f"so_far has {len(example.so_far)} entries for {many_in} steps. Give one for each."
    return ""


def _checked_image(image, named: str) -> np.ndarray:
    values = np.asarray(image, dtype=float)
    height, width, channels = values.shape if values.ndim == 3 else (0, 0, 0)
    if channels != 3 or not (0 < height <= MOST_PIXELS and 0 < width <= MOST_PIXELS):
        raise ValueError(
            f"{named}: image has shape {values.shape}. Give (height, width, 3), "
            f"at most {MOST_PIXELS} by {MOST_PIXELS}."
        )
    if not np.isfinite(values).all() or values.min() < 0 or values.max() > 1:
        raise ValueError(f"{named}: image needs values from 0 to 1. Divide bytes by 255.")
    return values


def shape_shown(example: Example, return_sequences: bool | None = None) -> str:
    """The shape of the picture, where return_sequences is switched by hand (None: it is not)."""
    if return_sequences is None or not example.switchable:
        return example.shape
    return SHAPES[1] if return_sequences else SHAPES[0]


def columns(example: Example, return_sequences: bool | None = None):
    """Two lists over the steps: the input read and the output written there, None where none is.

    An output for which there is no true answer is "?", or what `so_far` says.
    """
    shape = shape_shown(example, return_sequences)
    read, write = list(example.inputs), list(example.outputs)
    if shape == "sequence_to_vector":
        return read, [None] * (len(read) - 1) + write[-1:]
    if shape == "sequence_to_sequence":
        if example.shape == "sequence_to_vector":
            early = example.so_far or ["?"] * len(read)
            write = [*early[:-1], *write]
        return read, write
    if shape == "vector_to_sequence":
        return read + [None] * (len(write) - 1), write
    return read + [None] * len(write), [None] * len(read) + write


def arrows(example: Example, return_sequences: bool | None = None):
    """All arrows as (kind, from step, to step), steps counted from 0.

    "input": from the input below into the state; "state": from a state to the next; "output": up
    to the output; "fed": from an output into the state of the next step.
    """
    read, write = columns(example, return_sequences)
    steps = range(len(read))
    # Only who writes a text by itself reads its own last word; elsewhere the truth comes in.
    decoding = shape_shown(example, return_sequences) in SHAPES[2:]
    return (
        [("input", t, t) for t in steps if read[t] is not None]
        + [("state", t - 1, t) for t in steps[1:]]
        + [("output", t, t) for t in steps if write[t] is not None]
        + [("fed", t - 1, t) for t in steps[1:] if decoding and write[t - 1] is not None]
    )


def parts(example: Example):
    """(name, first step, last step) of the networks that take turns; empty where there is one."""
    if example.shape != "delayed_sequence_to_sequence":
        return []
    many = len(example.inputs)
    return [("encoder", 0, many - 1), ("decoder", many, many + len(example.outputs) - 1)]


def targets(example: Example, return_sequences: bool | None = None) -> int:
    """How many outputs there are a true answer for, in one example."""
    shape = shape_shown(example, return_sequences)
    return 1 if shape == "sequence_to_vector" else len(example.outputs)


def code_lines(example: Example, return_sequences: bool | None = None):
    """The Keras lines that make the shape: (code, shape in, shape out)."""
    read, write = len(example.inputs), len(example.outputs)
    width = example.width
    shape = shape_shown(example, return_sequences)
    if shape == "sequence_to_vector":
        return [
            (
                "h = SimpleRNN(32, return_sequences=False)(x)",
                f"(batch, {read}, features)",
                "(batch, 32)",
            ),
            (f"y = {example.head}(h)", "(batch, 32)", f"(batch, {width})"),
        ]
    if shape == "sequence_to_sequence":
        return [
            (
                "h = SimpleRNN(32, return_sequences=True)(x)",
                f"(batch, {read}, features)",
                f"(batch, {read}, 32)",
            ),
            (f"y = {example.head}(h)", f"(batch, {read}, 32)", f"(batch, {read}, {width})"),
        ]
    first = (
        (
            "state = SimpleRNN(32, return_sequences=False)(x)",
            f"(batch, {read}, features)",
            "(batch, 32)",
        )
        if shape == "delayed_sequence_to_sequence"
        else ('state = Dense(32, activation="tanh")(x)', "(batch, features)", "(batch, 32)")
    )
    return [
        first,
        (
            "h = SimpleRNN(32, return_sequences=True)(last_words, initial_state=state)",
            f"(batch, {write}, {width})",
            f"(batch, {write}, 32)",
        ),
        (f"y = {example.head}(h)", f"(batch, {write}, 32)", f"(batch, {write}, {width})"),
    ]


def shape_of_keras(model) -> str:
    """Which of SHAPES a Keras model has, read from its layers and the ranks of its tensors.

    Raises ValueError when it has no recurrent layer or neither reads nor writes a sequence.
    """
    kinds = [type(layer).__name__ for layer in model.layers]
    if not {"SimpleRNN", "LSTM", "GRU", "RNN", "Bidirectional"} & set(kinds):
        raise ValueError(f"TaskShapes.from_keras: {model.name!r} has no recurrent layer.")
    # Ids before an Embedding have no axis of features, yet are a sequence. Its nodes are asked,
    # since `layer.input` fails for one that two networks share.
    embedded = [
        id(tensor)
        for layer in model.layers
        if type(layer).__name__ == "Embedding"
        for node in layer._inbound_nodes
        for tensor in node.input_tensors
    ]
    reads = [len(tensor.shape) == 3 or id(tensor) in embedded for tensor in model.inputs]
    writes = len(model.outputs[0].shape) >= 3
    if not writes and any(reads):
        return SHAPES[0]
    if writes and not all(reads):
        return SHAPES[3]
    if writes and (len(reads) > 1 or "RepeatVector" in kinds):
        return SHAPES[2]
    if writes:
        return SHAPES[1]
    raise ValueError(
        f"TaskShapes.from_keras: {model.name!r} neither reads nor writes a sequence: its inputs "
        f"have shapes {[tensor.shape for tensor in model.inputs]}."
    )
