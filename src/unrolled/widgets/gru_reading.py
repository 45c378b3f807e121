"""GRUGates of a trained layer: how do z and r share one state, token by token?"""

import math
from dataclasses import replace

import numpy as np
import traitlets

from unrolled.language import _
from unrolled.sequences import UNKNOWN
from unrolled.trace import Values
from unrolled.widgets.base import Widget, css
from unrolled.widgets.bundle import esm
from unrolled.widgets.clamps import EVERY_UNIT, Clamp, fits, forced
from unrolled.widgets.gru_clamps import GATES, ClampSearch, choose_presets, search_clamps
from unrolled.widgets.reader import (
    STEPS_IN_PAGE,
    UNITS_IN_PAGE,
    Reader,
    packed,
    reader_from_keras,
    reader_from_weights,
)
from unrolled.widgets.static.gru_reading import gru_reading

# Above this a frame would take too long.
LARGEST = 128
# Multiplications that a search may take: about two seconds.
SEARCHED = 2e9


class GRUReading(Widget):
    """The gates of a trained GRU on a text, each of which can be held open or shut at a token.

    Rows z, r, n and h of one unit, the head's probability above, h as a curve below. `clamps` are
    [gate, step, unit, value] with gate "z" or "r" and unit -1 for all units; the unclamped curve
    stays as a ghost. Made by `GRUGates.from_weights` and `GRUGates.from_keras`.
    """

    _esm = esm("gru_reading")
    _css = css("gru_reading")
    own = ("unit", "gate", "everywhere", "text", "clamps")

    text = traitlets.Unicode("", help="the sentence being read").tag(sync=True)
    tokens = traitlets.List(traitlets.Unicode()).tag(sync=True)
    unit = traitlets.Int(0, help="the unit looked at").tag(sync=True)
    gate = traitlets.Enum(("z", "r", "n", "h"), "z", help="the row looked at").tag(sync=True)
    everywhere = traitlets.Bool(True, help="hold a gate in all units").tag(sync=True)
    clamps = traitlets.List(help="[gate, step, unit or -1, value] each").tag(sync=True)
    outcome = traitlets.Unicode(help="what the probability is of").tag(sync=True)
    beside_unit = traitlets.Int(0, help="the LSTM's unit whose c is shown")
    predicting = traitlets.Bool(False, help="guess what a clamp does first").tag(sync=True)
    _weights = traitlets.Bytes().tag(sync=True)
    _shape = traitlets.List(traitlets.Int()).tag(sync=True)
    _vocabulary = traitlets.List().tag(sync=True)
    _split = traitlets.Unicode("kernel").tag(sync=True)
    _beside = traitlets.Dict().tag(sync=True)
    _presets = traitlets.List().tag(sync=True)
    _searched = traitlets.Unicode().tag(sync=True)

    def __init__(self, reader: Reader, text: str, *, beside=None, examples=(), **traits):
        if reader.units > LARGEST:
            raise ValueError(
                f"GRUGates reads up to {LARGEST} units, this layer has {reader.units}: train a "
                "smaller one, or look at it with unrolled.trace."
            )
        self.reader, self._lstm, self.searches = reader, _lstm(beside, reader), ()
        if len(reader.V):
            self.searches = _searched(reader, dict.fromkeys((text, *examples)))
            traits.setdefault("outcome", _("probability"))
        self._choices = choose_presets(self.searches)
        super().__init__(
            text=text,
            _presets=[
                {"text": search.text, "clamp": found.clamp.plain()}
                for search, found in self._choices
            ],
            _searched=self.searches[0].text if self.searches else text,
            **(self._read(text, traits.get("beside_unit", 0)) | traits),
        )

    @classmethod
    def from_weights(cls, weights, text, vocabulary, tokenize=str.split, **options) -> "GRUReading":
        """From a dict W_x, W_h, b and, with a sigmoid head at each step, V and c.

        b is (3 units,) where the reset comes before the product, (2, 3 units) where after it.
        `examples` are more texts on which to search for clamps that turn the answer. `beside` are
        weights of an LSTM for the same vocabulary: its memory is drawn below, of `beside_unit`.
        Raises ValueError when shapes do not fit.
        """
        name = "GRUGates: the weights"
        return cls(reader_from_weights(weights, vocabulary, tokenize, "GRU", name), text, **options)

    @classmethod
    def from_keras(cls, model, text, vocabulary, tokenize=str.split, **options) -> "GRUReading":
        """From a Keras model whose first recurrent layer is a GRU; options as in `from_weights`.

        A last Dense(1, sigmoid) gives the answer. Raises ValueError for a model that cannot be
        read so.
        """
        reader = reader_from_keras(model, vocabulary, tokenize, "GRU", "GRUGates")
        return cls(reader, text, **options)

    @traitlets.default("outcome")
    def _default_outcome(self):
        return _("h at the end")

    def _read(self, text: str, beside_unit: int) -> dict:
        """The traits that follow from a text."""
        tokens = self._tokens(text)
        beside = {}
        if self._lstm is not None and tokens:
            memory = self._lstm.values(tokens)["c"][:, beside_unit]
            beside = {"text": text, "values": _short(memory)}
        return {"tokens": tokens, "_beside": beside} | _sent(self.reader, tokens)

    def _tokens(self, text: str) -> list[str]:
        """The tokens of a text that are read."""
        return self.reader.tokens(text)[:STEPS_IN_PAGE]

    @traitlets.observe("text", "beside_unit")
    def _text_changed(self, change):
        read = self._read(self.text, self.beside_unit)
        steps = len(read["tokens"])
        kept = [clamp for clamp in self.clamps if clamp[1] < steps]
        self.set_traits(**read, clamps=kept, step=min(self.step, max(steps - 1, 0)))

    @traitlets.validate("step", "unit")
    def _within(self, proposal):
        of_steps = proposal["trait"].name == "step"
        many = len(self._tokens(self.text)) if of_steps else self.reader.units
        return min(max(proposal["value"], 0), max(many - 1, 0))

    @traitlets.validate("beside_unit")
    def _beside_within(self, proposal):
        many = self._lstm.units if self._lstm else 1
        return min(max(proposal["value"], 0), many - 1)

    @traitlets.validate("clamps")
    def _clamps_fit(self, proposal):
        steps = len(self._tokens(self.text))
        for clamp in proposal["value"]:
            if not fits(clamp, GATES, steps, self.reader.units):
                raise traitlets.TraitError(
                    f'clamp {clamp}: give ["z" or "r", step from 0 to {steps - 1}, unit from 0 to '
                    f"{self.reader.units - 1} or -1 for all, value from 0 to 1]."
                )
        return proposal["value"]

    def values(self, clamped: bool = True) -> Values:
        """z, r, n and h of the present text, each (time, units), with or without the clamps."""
        tokens = self._tokens(self.text)
        clamps = self.clamps if clamped else []
        return self.reader.values(tokens, forced(clamps, GATES, len(tokens), self.reader.units))

    def probabilities(self, clamped: bool = True) -> np.ndarray:
        """The head's probability at each token, (time,); empty without a head."""
        return self.reader.odds(self.values(clamped)["h"])

    def answers(self) -> tuple[float, float]:
        """The answer at the end without and with the clamps; without a head, h of the unit."""
        if not self.tokens:
            return math.nan, math.nan
        free, now = (
            self.probabilities(clamped)
            if len(self.reader.V)
            else self.values(clamped)["h"][:, self.unit]
            for clamped in (False, True)
        )
        return float(free[-1]), float(now[-1])

    def sentences(self):
        # Where a preset is, not what it does, which is to be predicted.
        named = {
            f"preset_{i}": _where(found.clamp, search.tokens)
            for i, (search, found) in enumerate(self._choices)
        }
        return named | {
            "title": _("How do z and r share one state, token by token?"),
            "own": _("A sentence of your own"),
            "grid": _("Gates z and r, candidate n and state h of one unit, a column per token"),
            "unit_column": _("gate"),
            "curve": _("h of unit {unit} (dashed: with nothing held)"),
            "beside": _("To compare: c of unit {unit} of an LSTM").format(unit=self.beside_unit),
            "empty": _("Type a sentence to see what the gates make of it."),
            "unknown": _("Dotted words are not in the vocabulary: they are read as <unk>."),
            "share": self._share(),
            "s": _("shut: 0 (S)"),
            "o": _("open: 1 (O)"),
            "f": _("free (F)"),
            "a": _("in all units (A)"),
            "u": _("unit {unit} (U: next)"),
            "z_does": _("update gate: 1 keeps the old state, 0 takes the candidate"),
            "r_does": _("reset gate: how much of the old state the candidate sees"),
            "n_does": _("candidate: what the unit would like to hold next"),
            "h_does": _("state: between the old one and the candidate, at z"),
            "none": _("{outcome}: {before}. Hold a gate open or shut at a token: does it change?"),
            "turned": _("{outcome}: {before} → {after}. The answer turns."),
            "nudged": _("{outcome}: {before} → {after}. The answer moves."),
            "unmoved": _("{outcome}: {before} → {after}. The answer stays."),
            "first": _("Choose a gate and a token and hold it (O or S), or take an example below."),
            "ask": _("Next, {gate} at {token}: {value}. Will this rise, fall or stay: {outcome}?"),
            "rise": _("it rises"),
            "fall": _("it falls"),
            "stay": _("it stays (within 0.05)"),
            "right": _("Right: it changed by {by}."),
            "wrong": _("Not this time: it changed by {by}."),
            "score": _("{right} of {made} so far."),
            "keys": _(
                "← → token · ↑ ↓ gate · O open · S shut · F free · Enter next of them · "
                "A all units · U or Page ↑ ↓ unit · 1–9 example or guess · "
                "space play · R start again · Esc leave"
            ),
        }

    def _share(self) -> str:
        """How many of the clamps tried on the first text turn its answer."""
        if not self.searches:
            return _(
                "No search was made for what turns the answer: it takes a sigmoid head, and not "
                "too large a layer and text."
            )
        search = self.searches[0]
        words = _(
            "Of {tried} ways to hold one gate at one token, {turned} turn the answer ({share})."
        )
        below = _("Below are some that do and some that do not.")
        share = f"{100 * search.share:.1f} %"
        said = words.format(tried=search.tried, turned=len(search.found), share=share)
        return f"{said} {below}" if self._choices else said

    def words(self):
        if not self.tokens:
            return _("No tokens yet.")
        values, t, unit = self.values(), self.step, self.unit
        said = [
            _("Gates of a GRU with {units} units at {steps} tokens: {text}").format(
                units=self.reader.units, steps=len(self.tokens), text=" ".join(self.tokens) + "."
            ),
            _(
                "At token {step}, {token}, unit {unit} has z {z:.2f}, r {r:.2f}, n {n:.2f} and "
                "h {h:.2f}."
            ).format(
                step=t + 1,
                token=self.tokens[t],
                unit=unit,
                **{name: values[name][t, unit] for name in "zrnh"},
            ),
        ]
        before, after = self.answers()
        if self.clamps:
            held = ", ".join(_where(Clamp(*clamp), self.tokens) for clamp in self.clamps)
            said.append(_("Held: {clamps}.").format(clamps=held))
            moved = _("{outcome}: {before:.2f} without what is held, {after:.2f} with it.")
            said.append(moved.format(outcome=self.outcome, before=before, after=after))
        else:
            said.append(_("{outcome}: {value:.2f}.").format(outcome=self.outcome, value=before))
        known = self.reader.vocabulary
        strange = ", ".join(dict.fromkeys(token for token in self.tokens if token not in known))
        if strange:
            said.append(_("Not in the vocabulary: {tokens}.").format(tokens=strange))
        if self.searches and self.text == self._searched:
            said.append(self._share())
        return " ".join(said)

    def draw(self, theme):
        free = self.values(clamped=False)
        return gru_reading(
            self.tokens,
            {name: value[:, self.unit] for name, value in self.values().items()},
            free["h"][:, self.unit] if self.clamps else None,
            self.step,
            "zrnh".index(self.gate),
            held=[(g, t, v) for g, t, u, v in self.clamps if u in (-1, self.unit)],
            probabilities=self.probabilities(),
            outcome=self.outcome,
            unit=self.unit,
            memory=self._beside.get("values"),
            theme=theme,
        )


def _searched(reader: Reader, texts) -> tuple[ClampSearch, ...]:
    """The searches on those texts that are short enough; of single units only if that is quick."""
    searches = []
    for text in texts:
        whole = 48 * reader.units**2 * len(reader.tokens(text)[:STEPS_IN_PAGE]) ** 2
        if whole < SEARCHED:
            searches.append(search_clamps(reader, text, single=whole * reader.units < SEARCHED))
    return tuple(searches)


def _lstm(beside, reader: Reader) -> Reader | None:
    if beside is None:
        return None
    name = "GRUGates: the weights beside, of an LSTM,"
    return reader_from_weights(beside, reader.vocabulary, reader.tokenize, "LSTM", name)


def _sent(reader: Reader, tokens: list[str]) -> dict:
    """What the page is sent of a layer: all of it, so that it reads any typed text alone.

    Of a wide layer, where that would be too slow, the words of the present text alone.
    """
    if reader.units <= UNITS_IN_PAGE:
        return packed(reader)
    words = sorted({*tokens, UNKNOWN} & reader.vocabulary.keys())
    W_x = reader.W_x[[reader.vocabulary[word] for word in words]]
    part = replace(reader, W_x=W_x, vocabulary={word: i for i, word in enumerate(words)})
    return packed(part) | {"_split": "kernel"}


def _short(values) -> list:
    """Numbers for the page, no longer than float32 tells them apart."""
    return [float(f"{value:.8g}") for value in np.ravel(values).tolist()]


def _where(clamp: Clamp, tokens) -> str:
    """A clamp in words; the token stands in marks that keep its direction to itself."""
    word = tokens[clamp.step]
    word = word if len(word) <= 24 else word[:23] + "…"
    unit = _("all units") if clamp.unit == EVERY_UNIT else _("unit {unit}").format(unit=clamp.unit)
    where = _("{gate} = {value:g} at {token}, {unit}")
    return where.format(gate=clamp.gate, value=clamp.value, token=f"\u2068{word}\u2069", unit=unit)
