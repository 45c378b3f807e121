"""LSTMGates: which gate did it, at this step?"""

import numpy as np
import traitlets

from unrolled.language import _
from unrolled.trace import Values
from unrolled.widgets import lstm_words
from unrolled.widgets.base import Widget, css
from unrolled.widgets.bundle import esm
from unrolled.widgets.clamps import EVERY_UNIT, fits, forced
from unrolled.widgets.lstm_clamps import GATES, Search, find_clamps
from unrolled.widgets.reader import (
    STEPS_IN_PAGE,
    Reader,
    packed,
    reader_from_keras,
    reader_from_weights,
)
from unrolled.widgets.static.lstm_gates import trained_gates, valves_by_hand
from unrolled.widgets.valves import TASKS, VALVES, cell, fulfils

# A clamp asks for a new run, so the page always computes: wider layers than this would be slow.
MOST_UNITS = 128
# What may be searched while the widget is made, in a second or so.
_SEARCHED_UNITS, _SEARCHED_STEPS = 32, 40
_MOST_PRESETS = 9


class LSTMGates(Widget):
    """The gates of an LSTM, to be opened and shut at any step.

        c' = f c + i g        h' = o tanh(c')

    `LSTMGates()` is one memory cell: candidates g arrive one after the other (`inputs`), and its
    three valves f, i, o lie under the learner's hand at every step. Five challenges, each with a
    light: keep, overwrite, erase, count and stay silent.

    `from_weights` and `from_keras` open a trained layer on a text: a gate of one unit, or of all,
    may be held open or shut at a token, and memory, state and answer follow at once. `examples`
    are further texts; on each text every single hold is tried, and those that turn the answer
    most become presets.
    """

    _esm = esm("lstm_valves")
    _css = css("lstm_gates")
    own = ("gate", "unit", "text", "tokens", "clamps", "everywhere")
    own += ("inputs", "valves", "challenge")

    gate = traitlets.Enum(tuple("ifogch"), "f", help="the row looked at").tag(sync=True)
    predicting = traitlets.Bool(False, help="guess first, then see").tag(sync=True)
    # by hand
    inputs = traitlets.List(traitlets.Float(), help="candidate g at each step").tag(sync=True)
    valves = traitlets.Dict(help="f, i and o at each step, from 0 to 1").tag(sync=True)
    challenge = traitlets.Int(0, help="the challenge looked at, from 0").tag(sync=True)
    _tasks = traitlets.List().tag(sync=True)
    # a trained layer
    unit = traitlets.Int(0, help="the unit looked at").tag(sync=True)
    text = traitlets.Unicode("", help="the text being read").tag(sync=True)
    tokens = traitlets.List(traitlets.Unicode()).tag(sync=True)
    clamps = traitlets.List(help="[gate, step, unit or -1 for all, value] held").tag(sync=True)
    everywhere = traitlets.Bool(False, help="hold a gate of all units at once").tag(sync=True)
    outcome = traitlets.Unicode(help="what the answer is the probability of").tag(sync=True)
    _weights = traitlets.Bytes().tag(sync=True)
    _shape = traitlets.List(traitlets.Int()).tag(sync=True)
    _vocabulary = traitlets.List().tag(sync=True)
    _split = traitlets.Unicode("kernel").tag(sync=True)
    _presets = traitlets.List().tag(sync=True)
    _searches = traitlets.List().tag(sync=True)

    def __init__(self, inputs=None, valves=None, **traits):
        self._reader: Reader | None = traits.pop("reader", None)
        self.searches: tuple[Search, ...] = ()
        if self._reader is None:
            traits |= _by_hand(inputs, valves, traits.get("challenge", 0))
        else:
            self._esm = esm("lstm_gates")
            texts = dict.fromkeys([traits.get("text", ""), *traits.pop("examples", ())])
            if traits.pop("search", True):
                self.searches = _searched(self._reader, list(texts))
            tokens = self._reader.tokens(traits.get("text", ""))
            traits |= {"tokens": tokens} | packed(self._reader)
            traits |= _found(self._reader, self.searches)
        super().__init__(**traits)

    @classmethod
    def from_weights(cls, weights, text, vocabulary, tokenize=str.split, **traits):
        """From a dict W_x, W_h, b (order i, f, g, o) and, with a sigmoid head, V and c.

        `examples` are more texts to search; `search=False` leaves the search out. Raises
        ValueError when shapes do not fit or numbers are not finite.
        """
        name = "LSTMGates: the weights"
        reader = reader_from_weights(weights, vocabulary, tokenize, "LSTM", name)
        return cls(reader=_usable(reader), text=text, **traits)

    @classmethod
    def from_keras(cls, model, text, vocabulary, tokenize=str.split, **traits):
        """From a Keras model whose first LSTM stands alone or behind an Embedding.

        A last Dense(1, sigmoid) gives the answer. Raises ValueError for a model that cannot be
        read so.
        """
        reader = reader_from_keras(model, vocabulary, tokenize, "LSTM", "LSTMGates")
        return cls(reader=_usable(reader), text=text, **traits)

    @traitlets.default("outcome")
    def _default_outcome(self):
        return _("probability")

    @traitlets.observe("text")
    def _text_changed(self, _change):
        if self._reader is not None:
            tokens = self._split_text()
            self.set_traits(tokens=tokens, step=min(self.step, max(len(tokens) - 1, 0)))

    @traitlets.validate("step", "challenge", "unit")
    def _within(self, proposal):
        name = proposal["trait"].name
        if name == "challenge":
            many = len(TASKS)
        elif self._reader is None:
            many = len(self.inputs) if name == "step" else 1
        else:
            many = len(self._split_text()[:STEPS_IN_PAGE]) if name == "step" else self._reader.units
        return min(max(proposal["value"], 0), max(many - 1, 0))

    @traitlets.validate("clamps")
    def _clamps_fit(self, proposal):
        for clamp in proposal["value"]:
            if not fits(clamp, GATES):
                raise traitlets.TraitError(
                    f"a clamp is [gate i, f or o, step, unit or -1, value 0 … 1], not {clamp}"
                )
        return [list(clamp) for clamp in proposal["value"]]

    @traitlets.validate("inputs", "valves")
    def _hand_fits(self, proposal):
        if self._reader is not None:
            return proposal["value"]
        if proposal["trait"].name == "inputs":
            return _checked_inputs(proposal["value"])
        return _checked_valves(proposal["value"], len(self.inputs))

    @traitlets.observe("inputs")
    def _inputs_changed(self, _change):
        if self._reader is None and len(self.valves["f"]) != len(self.inputs):
            self.valves = _half(len(self.inputs))

    def _split_text(self) -> list[str]:
        assert self._reader is not None
        try:
            return self._reader.tokens(self.text)
        except ValueError:  # a tokenizer may refuse what is typed half-way
            return []

    def _read_tokens(self) -> list[str]:
        return self.tokens[:STEPS_IN_PAGE]

    @property
    def trained(self) -> bool:
        """Whether this is a trained layer, not the one cell by hand."""
        return self._reader is not None

    @property
    def values(self) -> Values:
        """Gates i, f, o, candidate g, memory c and state h as they are held.

        Of the cell by hand (time,), of a trained layer (time, units).
        """
        return self._values(self.clamps)

    @property
    def free(self) -> Values:
        """The same with no gate held."""
        return self._values([])

    def _values(self, clamps) -> Values:
        if self._reader is None:
            given = {name: np.array(self.valves[name]) for name in VALVES}
            return given | {"g": np.array(self.inputs)} | cell(self.valves, self.inputs)
        tokens = self._read_tokens()
        force = forced(clamps, GATES, len(tokens), self._reader.units)
        return self._reader.values(tokens, force)

    def answers(self, values: Values) -> np.ndarray:
        """The head's probability after each token, (time,); of length 0 without a head."""
        return np.zeros(0) if self._reader is None else self._reader.odds(values["h"])

    @property
    def solved(self) -> tuple[str, ...]:
        """The challenges that the present valves fulfil: keep, overwrite, erase, count, silent."""
        return tuple(it.kind for it in TASKS if not self.trained and fulfils(it, self.valves))

    def sentences(self):
        if self.trained:
            return lstm_words.trained_sentences(self.searches)
        return lstm_words.hand_sentences()

    def words(self):
        return lstm_words.trained_words(self) if self.trained else lstm_words.hand_words(self)

    def draw(self, theme):
        if not self.trained:
            task = TASKS[self.challenge]
            return valves_by_hand(self.values, self.step, task, theme)
        clamped, free = self.values, self.free
        return trained_gates(
            self._read_tokens(),
            {name: value[:, self.unit] for name, value in clamped.items()},
            {name: value[:, self.unit] for name, value in free.items()},
            answers=self.answers(clamped),
            free_answers=self.answers(free),
            clamps=[it for it in self.clamps if it[2] in (self.unit, EVERY_UNIT)],
            place=(self.step, self.unit, self.gate),
            outcome=self.outcome,
            theme=theme,
        )


def _by_hand(inputs, valves, challenge: int) -> dict:
    """The traits of the one cell by hand."""
    task = TASKS[min(max(challenge, 0), len(TASKS) - 1)]
    inputs = _checked_inputs(task.candidates if inputs is None else inputs)
    valves = _half(len(inputs)) if valves is None else valves
    return {
        "inputs": inputs,
        "valves": _checked_valves(valves, len(inputs)),
        "_tasks": [lstm_words.plain_task(task) for task in TASKS],
    }


def _checked_inputs(inputs) -> list[float]:
    inputs = [float(g) for g in inputs]
    if not inputs or not np.all(np.abs(inputs) <= 1):  # NaN fails this too
        raise ValueError(
            f"LSTMGates(inputs={inputs}): give at least one candidate, each from -1 to 1."
        )
    return inputs


def _half(steps: int) -> dict[str, list[float]]:
    """Valves half open: the memory blurs, and no challenge is solved by it."""
    return {name: [0.5] * steps for name in VALVES}


def _checked_valves(valves, steps: int) -> dict[str, list[float]]:
    """f, i and o of equal length, each from 0 to 1."""
    if set(valves) != set(VALVES):
        raise ValueError(f"LSTMGates: valves need f, i and o; got {', '.join(sorted(valves))}.")
    plain = {name: [float(value) for value in valves[name]] for name in VALVES}
    lengths = {len(values) for values in plain.values()} | {steps}
    inside = all(0 <= value <= 1 for values in plain.values() for value in values)
    if len(lengths) != 1 or not inside:
        raise ValueError(
            "LSTMGates: each valve needs one number from 0 (shut) to 1 (open) for every step."
        )
    return plain


def _usable(reader: Reader) -> Reader:
    if reader.units > MOST_UNITS:
        raise ValueError(
            f"LSTMGates shows 1 to {MOST_UNITS} units, not {reader.units}: train a smaller LSTM."
        )
    return reader


def _searched(reader: Reader, texts: list[str]) -> tuple[Search, ...]:
    """Every hold tried on each text that is not too long for it."""
    if not len(reader.V) or reader.units > _SEARCHED_UNITS:
        return ()
    many = max(2, 6 // len(texts))
    fitting = [text for text in texts if 0 < len(reader.tokens(text)) <= _SEARCHED_STEPS]
    return tuple(find_clamps(reader, text, many) for text in fitting[: _MOST_PRESETS // 2])


def _found(reader: Reader, searches: tuple[Search, ...]) -> dict:
    """What the search found, as the page holds it; with tokens, which it may not know to make."""
    presets = []
    for found in (found for search in searches for found in search.best):
        gate, step, unit, value = found.clamp.plain()
        place = {"text": found.text, "tokens": reader.tokens(found.text)}
        place |= {"gate": gate, "step": step, "clamps": []}
        place |= {"everywhere": True} if unit == EVERY_UNIT else {"everywhere": False, "unit": unit}
        presets.append({"place": place, "clamp": [gate, step, unit, value]})
    shares = [
        {"text": it.text, "tried": it.tried, "turned": it.turned, "moved": it.moved}
        for it in searches
    ]
    return {"_presets": presets[:_MOST_PRESETS], "_searches": shares}
