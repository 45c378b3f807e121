"""AttentionMap: when it writes this, which part of the input does it look at?"""

from collections.abc import Iterable, Mapping

import numpy as np
import traitlets

from unrolled.language import speaking
from unrolled.widgets import attention_words
from unrolled.widgets.attention_readings import (
    AttentionReading,
    attention_reading,
    joined,
    peak,
    read_so_far,
    reason,
)
from unrolled.widgets.base import Widget, css
from unrolled.widgets.bundle import esm
from unrolled.widgets.static.attention_map import attention_map


class AttentionMap(Widget):
    """Where a writer looks: output steps × input tokens, one step as lines to the input.

    `readings` are dicts or records with `read` and `written` (tokens) and `weights` (output steps,
    input steps), and maybe `probabilities` with `vocabulary`, or `likeliest`, and `expected`.
    `from_model` takes anything with `read(text)`: then a learner may type a text of their own.
    `step` is the output step, `token` the input token looked at (-1: none), `example` the reading.
    `attention_presets.find_readings` finds texts worth showing.
    """

    _esm = esm("attention_map")
    _css = css("attention_map")
    own = ("example", "token", "text")

    example = traitlets.Int(0, help="the reading looked at, from 0").tag(sync=True)
    token = traitlets.Int(-1, help="the input token looked at, from 0; -1: none").tag(sync=True)
    text = traitlets.Unicode("", help="a text of the learner's own").tag(sync=True)
    predicting = traitlets.Bool(False, help="say where it looks, first").tag(sync=True)
    _readings = traitlets.List().tag(sync=True)
    _typed = traitlets.Bool(False).tag(sync=True)
    _problem = traitlets.Unicode().tag(sync=True)

    def __init__(self, readings: Iterable, **traits):
        self._model = traits.pop("model", None)
        self._given = [
            each
            if isinstance(each, AttentionReading)
            else attention_reading(each, where=f"reading {number}")
            for number, each in enumerate(readings, start=1)
        ]
        if not self._given:
            raise ValueError("AttentionMap(readings=[]): give at least one reading.")
        self._own: AttentionReading | None = None
        text = traits.pop("text", "")
        super().__init__(
            _readings=[_sent(each) for each in self._given],
            _typed=self._model is not None,
            **traits,
        )
        if text:
            self.text = text
            self._initial = self._initial | {"text": text, "example": self.example}

    @classmethod
    def from_model(cls, model, texts, **traits):
        """From anything whose `read(text)` returns a reading.

        texts: texts, or pairs of a text and what should be written, or what `find_readings` found.
        A ValueError of the model about a text that is typed in is shown as a sentence.
        """
        named = texts.items() if isinstance(texts, Mapping) else [("", each) for each in texts]
        readings = []
        for kind, each in named:
            text, expected = (each, None) if isinstance(each, str) else each
            readings.append(attention_reading(model.read(text), expected, kind, repr(text)))
        return cls(readings, model=model, **traits)

    @traitlets.observe("text")
    def _text_changed(self, change):
        if self._model is None:
            return
        own, problem = None, ""
        if self.text.strip():
            try:
                with speaking(self.lang):
                    own = attention_reading(self._model.read(self.text), where=repr(self.text))
            except ValueError as error:
                problem = str(error)
        self._own = own
        sent = [*map(_sent, self._given), *([_sent(own) | {"own": True}] if own else [])]
        example = len(self._given) if own else min(self.example, len(self._given) - 1)
        self.set_traits(_readings=sent, _problem=problem, example=example)

    @traitlets.observe("example", "_readings")
    def _another(self, change):
        # What the other reading does not have is left.
        with self.hold_trait_notifications():
            self.step = min(self.step, max(len(self.shown.written) - 1, 0))
            self.token = min(self.token, len(self.shown.read) - 1)

    @traitlets.validate("example", "step", "token")
    def _within(self, proposal):
        name = proposal["trait"].name
        many = {
            "example": len(self._all),
            "step": len(self.shown.written),
            "token": len(self.shown.read),
        }[name]
        lowest = -1 if name == "token" else 0
        return min(max(proposal["value"], lowest), max(many - 1, lowest))

    @property
    def _all(self) -> list[AttentionReading]:
        return [*self._given, *([self._own] if self._own else [])]

    @property
    def shown(self) -> AttentionReading:
        """The reading looked at."""
        return self._all[min(max(self.example, 0), len(self._all) - 1)]

    @property
    def weights(self) -> np.ndarray:
        """Attention weights of the reading looked at, (output steps, input steps)."""
        return self.shown.weights

    def sentences(self):
        return attention_words.sentences()

    def words(self):
        return attention_words.described(self.shown, self.step, self.token)

    def draw(self, theme):
        it = self.shown
        said = attention_words.step_said(it, self.step) if it.written and it.read else ""
        return attention_map(
            it, self.step, self.token, self.sentences()["title"], said=said, theme=theme
        )


def _sent(reading: AttentionReading) -> dict:
    """A reading as the page gets it."""
    return {
        "text": joined(reading.read),
        "read": reading.read,
        "written": reading.written,
        "weights": reading.weights.astype("<f4").tobytes(),
        "likeliest": [[[token, round(p, 6)] for token, p in step] for step in reading.likeliest],
        "expected": reading.expected,
        "differs": -1 if reading.differs is None else reading.differs,
        "kind": reading.kind,
        "why": [
            [reason(reading.read, token, row), read_so_far(reading.read, peak(row))]
            for token, row in zip(reading.written, reading.weights, strict=True)
        ],
    }
