"""BiCompare: what did each direction know at "Teddy"?"""

import numpy as np
import traitlets

from unrolled.cells import sigmoid
from unrolled.language import _
from unrolled.widgets.base import Widget, css
from unrolled.widgets.bundle import esm
from unrolled.widgets.directions import TwoWayReader, TwoWayReading, parting, two_way_reader
from unrolled.widgets.keras_directions import tagger_weights
from unrolled.widgets.reader import UNITS_IN_PAGE, split_in_page
from unrolled.widgets.static.axes import short
from unrolled.widgets.static.bi_compare import bi_compare


def _floats(array) -> bytes:
    return np.asarray(array, dtype="<f4").tobytes()


def _numbers(array) -> list:
    """Four digits of each number, and 0 for what is none: JSON knows no NaN."""
    return np.round(np.nan_to_num(np.asarray(array, dtype=float)), 4).tolist()


def _plain(reading: TwoWayReading) -> dict:
    """A reading as the page would have made it."""
    halves = zip(reading.states, reading.pushes, strict=True)
    return {
        "tokens": reading.tokens,
        "known": reading.known,
        "c": _numbers(reading.c),
        "halves": [{"states": _numbers(h), "pushes": _numbers(push)} for h, push in halves],
        "one_way": _numbers(reading.one_way),
    }


class BiCompare(Widget):
    """Two sentences that part after one word, read by both halves of a bidirectional tagger.

    The head adds what each half says to one number, so each half is shown as a push towards "a
    name" or "not a name". `text` and `other` are the sentences (`other` may be empty), `examples`
    pairs of them, `one_way` a tagger that reads forwards alone. `directions.find_pairs` finds
    pairs worth showing.
    """

    _esm = esm("bi_compare")
    _css = css("bi_compare")
    own = ("text", "other", "sentence")

    text = traitlets.Unicode("", help="the first sentence").tag(sync=True)
    other = traitlets.Unicode("", help="the second sentence, or nothing").tag(sync=True)
    sentence = traitlets.Int(0, help="the sentence looked at: 0 or 1").tag(sync=True)
    outcome = traitlets.Unicode("P(name)", help="what the probability is of").tag(sync=True)
    predicting = traitlets.Bool(False, help="say which half can tell, first").tag(sync=True)
    _examples = traitlets.List().tag(sync=True)
    _readings = traitlets.List().tag(sync=True)
    _weights = traitlets.List().tag(sync=True)
    _reach = traitlets.Float(1.0).tag(sync=True)
    _vocabulary = traitlets.List().tag(sync=True)
    _split = traitlets.Unicode("kernel").tag(sync=True)

    def __init__(self, reader: TwoWayReader, text="", other="", examples=(), **traits):
        self.reader = reader
        pairs = [(str(one), str(two)) for one, two in examples]
        traits["_examples"] = [self._example(*pair) for pair in pairs]
        traits.setdefault("step", self._words(text, other)[1])
        sent = self._from_reader() | {
            "_readings": self._read(text, other),
            "_reach": self._longest_bar(text, other, *(each for pair in pairs for each in pair)),
        }
        super().__init__(text=text, other=other, **(sent | traits))

    @classmethod
    def from_weights(
        cls, forward, backward, V, c, text, vocabulary, tokenize=str.split, *, other="",
        one_way=None, cell=None, **traits,
    ):  # fmt: skip
        """From dicts W_x, W_h, b of either half and the head V, c behind their concat.

        V holds the forward half's weights, then the backward half's. SimpleRNN, GRU and LSTM are
        told by their shapes, or named in `cell`. one_way is a dict W_x, W_h, b, V, c of a tagger
        that reads forwards alone. Raises ValueError for what does not fit.
        """
        reader = two_way_reader(forward, backward, V, c, vocabulary, tokenize, one_way, cell)
        return cls(reader, text, other, **traits)

    @classmethod
    def from_keras(
        cls, model, text, vocabulary, tokenize=str.split, *, other="", one_way=None, **traits
    ):
        """From a Keras tagger with one Bidirectional layer, merged by concat, sum or ave.

        one_way is another Keras tagger that reads forwards alone, or its dict of weights. Raises
        ValueError for a model that cannot be read so.
        """
        ways = tagger_weights(model)
        if len(ways) != 2:
            raise ValueError("BiCompare.from_keras needs a model with a Bidirectional layer.")
        if one_way is not None and not isinstance(one_way, dict):
            one_way, *more = tagger_weights(one_way)
            if more:
                raise ValueError("one_way must read forwards alone; it holds a Bidirectional.")
        V = np.concatenate([way["V"] for way in ways])
        forward, backward = ways
        return cls.from_weights(
            forward, backward, V, forward["c"], text, vocabulary, tokenize,
            other=other, one_way=one_way, **traits,
        )  # fmt: skip

    def _from_reader(self) -> dict:
        """What is sent once: weights and vocabulary, when the page may compute."""
        if not self._in_page:
            return {}
        names = ("W_x", "W_h", "b", "V", "c")
        return {
            "_split": split_in_page(self.reader.forward.tokenize),
            "_weights": [{n: _floats(getattr(it, n)) for n in names} for it in self.reader.halves],
            # Pairs keep any word a plain value; as keys, "__proto__" would be lost in the page.
            "_vocabulary": [[word, int(i)] for word, i in self.reader.vocabulary.items()],
        }

    @property
    def _in_page(self) -> bool:
        return max(half.units for half in self.reader.halves) <= UNITS_IN_PAGE

    def _longest_bar(self, *texts: str) -> float:
        """The end of the axis: one for all sentences, or a longer bar would not mean more."""
        longest = [np.abs(it.pushes).sum(0) + abs(it.c) for it in map(self.reader.read, texts)]
        most = np.nan_to_num(np.concatenate(longest), posinf=0).max(initial=0)
        return float(most) or 1.0

    def _example(self, text: str, other: str) -> dict:
        tokens, at = self._words(text, other)
        return {
            "word": short(tokens[at], 24) if tokens else "",
            "title": f"{text} / {other}",
            "set": {"text": text, "other": other, "sentence": 0, "step": at},
        }

    def _read(self, *texts: str) -> list[dict]:
        """Tokens, and only where the page cannot compute them, states and pushes."""
        if self._in_page:
            return [{"tokens": self.reader.tokens(text)} for text in texts]
        return [_plain(self.reader.read(text)) for text in texts]

    def _words(self, text: str, other: str) -> tuple[list[str], int]:
        """The tokens of a text, and the shared one where the two answers differ most."""
        one, two = self.reader.read(text), self.reader.read(other)
        return one.tokens, parting(one, two)

    @traitlets.observe("text", "other")
    def _text_changed(self, change):
        # Set only when it differs: the page reads anew at each change of it.
        self.set_traits(_readings=self._read(self.text, self.other))
        self.sentence = self.sentence and int(bool(self.reader.tokens(self.other)))
        self.step = self._within(self.step)

    @traitlets.observe("sentence")
    def _sentence_changed(self, change):
        self.step = self._within(self.step)

    @traitlets.validate("sentence")
    def _one_of_two(self, proposal):
        return int(proposal["value"] > 0 and bool(self.reader.tokens(self.other)))

    @traitlets.validate("step")
    def _step_within(self, proposal):
        return self._within(proposal["value"])

    def _within(self, step: int) -> int:
        text = self.other if self.sentence else self.text
        return min(max(step, 0), max(len(self.reader.tokens(text)) - 1, 0))

    @property
    def readings(self) -> list[TwoWayReading]:
        """Both sentences as they are read; one where there is no other."""
        both = [self.reader.read(text) for text in (self.text, self.other)]
        return both[: 1 + bool(both[1].tokens)]

    def sentences(self):
        return {
            "title": self._title(),
            "question": _("What did each direction know at “{word}”?"),
            "own": _("Sentence {number}"),
            "grid": _("Hidden states of both halves, one column per token, one row per unit"),
            "unit_column": _("unit"),
            "forward": _("forward →"),
            "backward": _("← backward"),
            "bias": _("bias"),
            "sum": _("sum"),
            "both": _("both halves"),
            "one_way": _("one-way tagger"),
            "no": _("not a name"),
            "yes": _("a name"),
            "read": _("{count} of {all} words read"),
            "pushes": _(
                "The tagger adds one push from each half and a bias. The sigmoid of the sum is its "
                "probability: a sum above 0 says “a name”."
            ),
            "apart": _("{half} differs by {gap}"),
            "same": _(
                "Up to here both sentences are the same, and so is all that the forward half has "
                "read. Only the backward half knows what follows."
            ),
            "parted": _("From here on the sentences differ, and so does what each half has read."),
            "pitfall": _(
                "states[:, -1] takes the last column: there the backward half has read 1 word. "
                "At the first word it has read all {count}."
            ),
            "empty": _("Type a sentence to see what each half makes of it."),
            "unknown": _("Dotted words are not in the vocabulary: they are read as <unk>."),
            "ask": _("At “{word}”: which half can tell the two sentences apart?"),
            "ask_alone": _("At “{word}”: which half pushes harder?"),
            "half_0": _("the forward half"),
            "half_1": _("the backward half"),
            "half_2": _("neither"),
            "right": _("Right: {half}."),
            "wrong": _("Not this time: {half}."),
            "keys": _(
                "Type your own sentences · ← → token · ↑ ↓ or T the other sentence · "
                "1–9 pair or guess · space play · R start again · Esc leave"
            ),
        }

    def _title(self) -> str:
        tokens = self.reader.tokens(self.other if self.sentence else self.text)
        if not tokens:
            return _("What did each direction know at each word?")
        word = short(tokens[min(self.step, len(tokens) - 1)], 24)
        return _("What did each direction know at “{word}”?").format(word=word)

    def words(self):
        readings = self.readings
        if not readings[self.sentence].tokens:
            return _("No tokens yet.")
        said = [self._told(reading) for reading in readings]
        if len(readings) == 2:
            steps = [min(self.step, len(it.tokens) - 1) for it in readings]
            one, two = (it.pushes[:, t] for it, t in zip(readings, steps, strict=True))
            said.append(
                _(
                    "Between the two sentences the forward half's push differs by {forward:.2f}, "
                    "the backward half's by {backward:.2f}."
                ).format(forward=abs(one[0] - two[0]), backward=abs(one[1] - two[1]))
            )
        strange = dict.fromkeys(
            token
            for it in readings
            for token, known in zip(it.tokens, it.known, strict=True)
            if not known
        )
        if strange:
            said.append(_("Not in the vocabulary: {tokens}.").format(tokens=", ".join(strange)))
        return " ".join(said)

    def _told(self, reading: TwoWayReading) -> str:
        """One sentence at the present step, in words."""
        count = len(reading.tokens)
        t = min(self.step, count - 1)
        said = [
            _("{text}: at {token} the forward half has read {read} of {count} words,").format(
                text=" ".join(reading.tokens), token=reading.tokens[t], read=t + 1, count=count
            ),
            _("the backward half {read}.").format(read=count - t),
            _("Pushes: forward {forward:+.2f}, backward {backward:+.2f}, bias {bias:+.2f}.").format(
                forward=reading.pushes[0, t], backward=reading.pushes[1, t], bias=reading.c
            ),
            _("{outcome} of both halves: {value:.2f}.").format(
                outcome=self.outcome, value=reading.probabilities[t]
            ),
        ]
        if len(reading.one_way):
            alone = sigmoid(reading.one_way[t])
            said.append(_("Of the one-way tagger: {value:.2f}.").format(value=alone))
        return " ".join(said)

    def draw(self, theme):
        return bi_compare(
            self.readings, self.step, self._title(), outcome=self.outcome, theme=theme
        )
