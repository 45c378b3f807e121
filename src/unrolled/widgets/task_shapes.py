"""TaskShapes: which inputs and outputs exist at which step?"""

from collections.abc import Iterable, Mapping
from itertools import groupby

import numpy as np
import traitlets

from unrolled.language import _
from unrolled.widgets import shape_words, shapes
from unrolled.widgets.base import Widget, css
from unrolled.widgets.bundle import esm
from unrolled.widgets.shape_examples import EXAMPLES, JOBS
from unrolled.widgets.shapes import SHAPES, Example
from unrolled.widgets.static.task_shapes import task_shapes


class TaskShapes(Widget):
    """An unrolled network, with arrows only where a task has an input or an output.

    `examples` are `Example`s, or dicts of their fields: each task named there becomes a button,
    with its examples to choose from. Without any, the four tasks of lecture 01 are shown.
    `return_sequences` is None as long as a task is shown as it is; True or False switches the
    outputs of a network that reads a sequence.
    """

    _esm = esm("task_shapes")
    _css = css("task_shapes")
    own = ("task", "example", "return_sequences")

    task = traitlets.Int(0, help="the task looked at, from 0").tag(sync=True)
    example = traitlets.Int(0, help="the task's example looked at, from 0").tag(sync=True)
    return_sequences = traitlets.Bool(
        None, allow_none=True, help="an output at every step? None: as the task has it"
    ).tag(sync=True)
    predicting = traitlets.Bool(False, help="name the shape of new jobs").tag(sync=True)
    _tasks = traitlets.List().tag(sync=True)
    _jobs = traitlets.List().tag(sync=True)
    _minis = traitlets.List().tag(sync=True)

    def __init__(self, examples: Iterable[Example | Mapping] | None = None, **traits):
        self._examples = _by_task(EXAMPLES if examples is None else examples)
        traits["_tasks"] = [
            {"name": name, "examples": [_sent(example) for example in group]}
            for name, group in self._examples.items()
        ]
        traits["_jobs"] = [
            {
                "key": job.key,
                "answer": job.answer,
                "examples": {"en": _sent(job.english), "ko": _sent(job.korean)},
            }
            for job in JOBS
        ]
        traits["_minis"] = [_picture(example) for example in _smallest()]
        super().__init__(**traits)
        if "example" not in traits:
            self.example = _preferred(self._group, self.lang)
            self._initial = self._initial | {"example": self.example}

    @classmethod
    def from_keras(cls, model, inputs, outputs, task="model", **traits):
        """Show the shape that a Keras model has, with one example of its inputs and outputs.

        Raises ValueError for a model that is none of the four, or where the example does not fit.
        """
        image = traits.pop("image", None)
        shape = shapes.shape_of_keras(model)
        return cls([Example(task, shape, inputs, outputs, image=image)], **traits)

    @traitlets.observe("lang")
    def _prefer(self, change):
        # A picture in the reader's own language, where the other one was not chosen by hand.
        if self.shown.language == change["old"]:
            self.example = _preferred(self._group, change["new"])

    @traitlets.validate("task", "example", "step")
    def _within(self, proposal):
        many = {
            "task": len(self._examples),
            "example": len(self._group),
            "step": len(self.columns[0]),
        }[proposal["trait"].name]
        return min(max(proposal["value"], 0), many - 1)

    @traitlets.observe("task", "example", "return_sequences")
    def _another(self, change):
        # A new task starts with its first example, and steps that it does not have are left.
        example = min(self.example, len(self._group) - 1)
        with self.hold_trait_notifications():
            self.example = example
            self.step = min(self.step, len(self.columns[0]) - 1)

    @property
    def _group(self) -> list[Example]:
        groups = list(self._examples.values())
        return groups[min(max(self.task, 0), len(groups) - 1)]

    @property
    def shown(self) -> Example:
        """The example looked at."""
        return self._group[min(max(self.example, 0), len(self._group) - 1)]

    @property
    def shape(self) -> str:
        """The shape of the picture: one of `unrolled.widgets.shapes.SHAPES`."""
        return shapes.shape_shown(self.shown, self.return_sequences)

    @property
    def columns(self):
        """The input and the output of each step, None where there is none: two lists."""
        return shapes.columns(self.shown, self.return_sequences)

    @property
    def arrows(self):
        """All arrows as (kind, from step, to step)."""
        return shapes.arrows(self.shown, self.return_sequences)

    def sentences(self):
        return {
            "title": _("Which inputs and outputs exist at which step?"),
            "tasks": _("Tasks"),
            "examples": _("Examples"),
            "every": _("an output at every step"),
            "input": _("input"),
            "state": _("state"),
            "output": _("output"),
            "encoder": _("encoder: reads"),
            "decoder": _("decoder: writes"),
            "sentiment": _("Sentiment"),
            "melody": _("Melody"),
            "translation": _("Translation"),
            "caption": _("Caption"),
            "model": _("Your model"),
            "code": _("In Keras"),
            "counts": _(
                "Steps with an input: {inputs}. Steps with an output: {outputs}. True answers to "
                "learn from: {targets}."
            ),
            "compare_once": _(
                "return_sequences=True would have {steps}, from the same cells and weights."
            ),
            "compare_every": _(
                "Same cells, same weights, {targets} times the answers of return_sequences=False."
            ),
            "compare_label": _("Same cells, same weights, and still one true answer."),
            "repeat": _("(RepeatVector({steps}) would hand the input to every step instead.)"),
            "answered": _("That was the last of the {made} jobs. {right} of them were right."),
            "right": _("Right: {shape}."),
            "wrong": _("Not so. {would} This job is {shape}."),
            "score": _("{right} of {made} so far."),
            "next_job": _("Next job"),
            "job": _("Job {number} of {jobs}"),
            "keys": _(
                "← → step · ↑ ↓ task or job · E example · S return_sequences · 1–4 task or answer "
                "· Enter next job · space play · R start again · Esc leave"
            ),
            **shape_words.shape_names(),
            **shape_words.would(),
            **shape_words.jobs(),
            **shape_words.sentences(),
        }

    def _said(self) -> str:
        key, values = shape_words.sayings(self.shown, self.return_sequences)[self.step]
        return shape_words.sentences()[key].format(**values)

    def words(self):
        read, write = self.columns
        name = self.sentences().get(self.shown.task, self.shown.task)
        code = shapes.code_lines(self.shown, self.return_sequences)
        return " ".join(
            [
                _("{task}: {shape}, {steps} steps.").format(
                    task=name, shape=shape_words.shape_names()[self.shape], steps=len(read)
                ),
                _("Inputs, by step: {words}.").format(words=_listed(read)),
                _("Outputs, by step: {words}.").format(words=_listed(write)),
                _("At step {step}:").format(step=self.step + 1),
                self._said(),
                _("In Keras:"),
                "; ".join(f"{line}: {into} → {out}" for line, into, out in code) + ".",
            ]
        )

    def draw(self, theme):
        return task_shapes(
            *self.columns,
            self.arrows,
            self.step,
            title=self.sentences()["title"],
            shape=shape_words.shape_names()[self.shape],
            said=self._said(),
            code=shapes.code_lines(self.shown, self.return_sequences),
            parts=[(self.sentences()[name], *ends) for name, *ends in shapes.parts(self.shown)],
            image=self.shown.image,
            theme=theme,
        )


def _listed(row) -> str:
    """The words of a row with the steps they stand at."""
    return ", ".join(f"{t + 1} {word}" for t, word in enumerate(row) if word is not None)


def _by_task(examples) -> dict[str, list[Example]]:
    groups: dict[str, list[Example]] = {}
    for each in examples:
        example = each if isinstance(each, Example) else Example(**each)
        groups.setdefault(str(example.task), []).append(example)
    if not groups:
        raise ValueError("TaskShapes(examples=[]): give at least one example, or none at all.")
    return groups


def _preferred(group: list[Example], lang: str) -> int:
    """The first example for readers of the language, else the first of all."""
    return next((i for i, each in enumerate(group) if each.language == lang), 0)


def _smallest() -> list[Example]:
    """Of each shape a picture of four steps, for the buttons."""
    many = {SHAPES[0]: (4, 1), SHAPES[1]: (4, 4), SHAPES[2]: (2, 2), SHAPES[3]: (1, 4)}
    return [Example("", shape, ["·"] * r, ["·"] * w) for shape, (r, w) in many.items()]


def _sent(example: Example) -> dict:
    """An example as the page gets it: its picture as it is, and as the switch makes it."""
    switched = (False, True) if example.switchable else ()
    return {
        "name": example.name,
        "language": example.language,
        "image": None if example.image is None else _drawn(example.image),
        "own": _picture(example),
        "switched": [_picture(example, value) for value in switched],
    }


def _picture(example: Example, return_sequences: bool | None = None) -> dict:
    read, write = shapes.columns(example, return_sequences)
    return {
        "shape": shapes.shape_shown(example, return_sequences),
        "inputs": read,
        "outputs": write,
        "arrows": [list(arrow) for arrow in shapes.arrows(example, return_sequences)],
        "parts": [list(part) for part in shapes.parts(example)],
        "says": [list(said) for said in shape_words.sayings(example, return_sequences)],
        "code": [list(line) for line in shapes.code_lines(example, return_sequences)],
        "counts": {
            "steps": len(read),
            "inputs": sum(word is not None for word in read),
            "outputs": sum(word is not None for word in write),
            "targets": shapes.targets(example, return_sequences),
        },
        "note": _note(example, return_sequences),
    }


def _note(example: Example, return_sequences: bool | None) -> str:
    """What else the lines of code could be: the key of a sentence, or none."""
    if example.shape == "vector_to_sequence":
        return "repeat"
    if example.shape == "sequence_to_sequence" and len(example.inputs) > 1:
        return "compare_once" if return_sequences is False else "compare_every"
    return "compare_label" if example.switchable and return_sequences else ""


def _drawn(image) -> dict:
    """An image as runs of one colour, [left, top, length, colour], which the page draws."""
    runs = []
    for top, row in enumerate(np.round(image * 255).astype(np.uint8)):
        left = 0
        for colour, run in groupby(f"#{pixel.tobytes().hex()}" for pixel in row):
            runs.append([left, top, length := len(list(run)), colour])
            left += length
    return {"size": max(image.shape[:2]), "runs": runs}
