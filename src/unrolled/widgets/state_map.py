"""StateMap: what does each unit hold at each token?"""

import numpy as np
import traitlets

from unrolled.language import _
from unrolled.widgets.base import Widget, css
from unrolled.widgets.bundle import esm
from unrolled.widgets.reader import (
    STEPS_IN_PAGE,
    UNITS_IN_PAGE,
    Reader,
    packed,
    reader_from_keras,
    reader_from_weights,
    split_in_page,
)
from unrolled.widgets.static.state_map import state_map


class StateMap(Widget):
    """Hidden states of a layer, tokens × units, with one unit as a curve below.

    `StateMap(tokens, states)` shows states (time, units) as they are. `from_weights` and
    `from_keras` take a trained layer: then a learner may type a sentence of their own.
    `units` picks and orders the units to show; `probabilities` (time,) makes a row of their own
    under the heading `outcome`; `examples` are sentences to choose from.
    """

    _esm = esm("state_map")
    _css = css("state_map")
    own = ("unit", "text")

    unit = traitlets.Int(0, help="the unit looked at").tag(sync=True)
    text = traitlets.Unicode("", help="the sentence being read").tag(sync=True)
    tokens = traitlets.List(traitlets.Unicode()).tag(sync=True)
    outcome = traitlets.Unicode(help="what the probability is of").tag(sync=True)
    examples = traitlets.List(traitlets.Unicode()).tag(sync=True)
    predicting = traitlets.Bool(False, help="guess each step first").tag(sync=True)
    _known = traitlets.List(traitlets.Bool()).tag(sync=True)
    _rows = traitlets.List(traitlets.Int()).tag(sync=True)
    _states = traitlets.Bytes().tag(sync=True)
    _probabilities = traitlets.List(traitlets.Float()).tag(sync=True)
    _weights = traitlets.Bytes().tag(sync=True)
    _shape = traitlets.List(traitlets.Int()).tag(sync=True)
    _vocabulary = traitlets.List().tag(sync=True)
    _split = traitlets.Unicode("kernel").tag(sync=True)
    _where = traitlets.Unicode("kernel").tag(sync=True)
    _typed = traitlets.Bool(False).tag(sync=True)

    def __init__(self, tokens=(), states=None, units=None, *, probabilities=None, **traits):
        self._reader: Reader | None = traits.pop("reader", None)
        if self._reader is None:
            self._given = _checked(tokens, states, probabilities)
            many = self._given[1].shape[1]
        else:
            many = self._reader.units
        rows = list(range(many)) if units is None else [int(unit) for unit in units]
        if not rows or not set(rows) <= set(range(many)):
            raise ValueError(f"StateMap(units={units}): choose units among 0 … {many - 1}.")
        traits.setdefault("unit", rows[0])
        super().__init__(_rows=rows, **(self._from_reader() | self._read(traits) | traits))

    @classmethod
    def from_weights(cls, weights, text, vocabulary, tokenize=str.split, units=None, **traits):
        """From a dict W_x, W_h, b and, with a sigmoid head at each step, V and c.

        Raises ValueError when the shapes do not fit.
        """
        reader = reader_from_weights(weights, vocabulary, tokenize, name="StateMap: the weights")
        return cls(units=units, reader=reader, text=text, **traits)

    @classmethod
    def from_keras(cls, model, text, vocabulary, tokenize=str.split, units=None, **traits):
        """From a Keras model whose first recurrent layer is a SimpleRNN.

        A last Dense(1, sigmoid) gives the row of probabilities. Raises ValueError for a model
        that cannot be read so.
        """
        reader = reader_from_keras(model, vocabulary, tokenize)
        return cls(units=units, reader=reader, text=text, **traits)

    @traitlets.default("outcome")
    def _default_outcome(self):
        return _("probability")

    def _from_reader(self) -> dict:
        """What is sent once: weights and vocabulary, when the page may compute."""
        reader = self._reader
        if reader is None:
            return {}
        if reader.units <= UNITS_IN_PAGE:
            return {"_typed": True} | packed(reader)
        return {"_typed": True, "_split": split_in_page(reader.tokenize)}

    def _read(self, traits: dict) -> dict:
        """The traits that follow from the text; states only where the page cannot compute."""
        if self._reader is None:
            tokens, states, odds = self._given
            known, in_page = [True] * len(tokens), False
        else:
            reading = self._reader.read(traits.get("text", ""))
            tokens, known = reading.tokens, reading.known
            states, odds = reading.states, reading.probabilities
            in_page = self._reader.units <= UNITS_IN_PAGE and len(tokens) <= STEPS_IN_PAGE
        return {
            "tokens": tokens,
            "_known": known,
            "_where": "page" if in_page else "kernel",
            "_states": b"" if in_page else np.asarray(states, dtype="<f4").tobytes(),
            "_probabilities": [] if in_page else [float(p) for p in odds],
        }

    @traitlets.observe("text")
    def _text_changed(self, change):
        if self._reader is not None:
            read = self._read({"text": self.text})
            self.set_traits(**read, step=min(self.step, max(len(read["tokens"]) - 1, 0)))

    @traitlets.validate("step")
    def _step_within(self, proposal):
        tokens = self.tokens if self._reader is None else self._reader.tokens(self.text)
        return min(max(proposal["value"], 0), max(len(tokens) - 1, 0))

    @traitlets.validate("unit")
    def _unit_shown(self, proposal):
        if proposal["value"] not in self._rows:
            raise traitlets.TraitError(f"unit {proposal['value']} is not among {self._rows}")
        return proposal["value"]

    @property
    def states(self) -> np.ndarray:
        """Hidden states of the present text, (time, units)."""
        return self._given[1] if self._reader is None else self._reader.read(self.text).states

    @property
    def probabilities(self) -> np.ndarray:
        """The head's probability at each token, (time,); empty without a head."""
        if self._reader is None:
            return self._given[2]
        return self._reader.read(self.text).probabilities

    def sentences(self):
        return {
            "title": _("What does each unit hold at each token?"),
            "own": _("A sentence of your own"),
            "grid": _("Hidden states, one column per token and one row per unit"),
            "unit_column": _("unit"),
            "unit": _("unit {unit}"),
            "curve": _("Unit {unit} at each token"),
            "place": _("token {step} of {steps}"),
            "empty": _("Type a sentence to see what the units make of it."),
            "unknown": _("Dotted words are not in the vocabulary: they are read as <unk>."),
            "long": _("Only the first {count} tokens are shown."),
            "ask_odds": _("Next: {token}. Will {outcome} be above 0.5?"),
            "ask_state": _("Next: {token}. Will unit {unit} go up or down?"),
            "yes": _("above"),
            "no": _("below"),
            "up": _("up"),
            "down": _("down"),
            "right": _("Right: {value}."),
            "wrong": _("Not this time: {value}."),
            "score": _("{right} of {made} so far."),
            "keys": _(
                "← → token · ↑ ↓ unit · 1–9 example or guess · space play · R start again · "
                "Esc leave"
            ),
        }

    def words(self):
        if not self.tokens:
            return _("No tokens yet.")
        states, odds = self.states, self.probabilities
        shown = states[self.step, self._rows]
        strongest = self._rows[int(np.abs(shown).argmax())]
        said = [
            _("Hidden states of {units} units at {steps} tokens: {text}").format(
                units=len(self._rows), steps=len(self.tokens), text=" ".join(self.tokens) + "."
            ),
            _("At token {step}, {token}, unit {unit} is {value:.2f}.").format(
                step=self.step + 1,
                token=self.tokens[self.step],
                unit=self.unit,
                value=states[self.step, self.unit],
            ),
            _("The strongest there is unit {unit} with {value:.2f}.").format(
                unit=strongest, value=states[self.step, strongest]
            ),
        ]
        if len(odds):
            said.append(
                _("{outcome}: {value:.2f}.").format(outcome=self.outcome, value=odds[self.step])
            )
        words = zip(self.tokens, self._known, strict=True)
        strange = ", ".join(dict.fromkeys(token for token, known in words if not known))
        if strange:
            said.append(_("Not in the vocabulary: {tokens}.").format(tokens=strange))
        return " ".join(said)

    def draw(self, theme):
        return state_map(
            self.tokens,
            self.states,
            self.step,
            self.unit,
            rows=self._rows,
            probabilities=self.probabilities,
            outcome=self.outcome,
            known=self._known,
            theme=theme,
        )


def _checked(tokens, states, probabilities):
    """Tokens, states (time, units) and probabilities (time,) that fit together."""
    tokens = [str(token) for token in tokens]
    states = np.asarray(states if states is not None else np.zeros((0, 0)), dtype=float)
    odds = np.asarray(probabilities if probabilities is not None else (), dtype=float)
    if states.ndim != 2 or len(states) != len(tokens) or not states.size:
        raise ValueError(
            f"StateMap: {len(tokens)} tokens need states of shape ({len(tokens)}, units); "
            f"got {states.shape}."
        )
    if odds.shape not in ((0,), (len(tokens),)):
        raise ValueError(
            f"StateMap: probabilities have shape {odds.shape}; expected ({len(tokens)},)."
        )
    return tokens, states, odds
