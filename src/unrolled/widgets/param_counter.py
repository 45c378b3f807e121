"""ParamCounter: where do a recurrent layer's parameters sit?"""

from dataclasses import dataclass
from math import prod

import traitlets

from unrolled.language import _
from unrolled.widgets.base import Widget, css
from unrolled.widgets.bundle import esm
from unrolled.widgets.static.param_counter import param_counter

MATRICES = {"SimpleRNN": 1, "LSTM": 4, "GRU": 3}  # side by side in one kernel


@dataclass(frozen=True)
class Block:
    """One block of weights: its name, what it belongs to, and the product that counts it."""

    name: str
    kind: str
    factors: tuple[int, ...]

    @property
    def count(self) -> int:
        return prod(self.factors)


def param_blocks(cell, features, units, reset_after=True, bidirectional=False, outputs=1):
    """The blocks W_x, W_h, b of a layer and of the Dense layer that reads its last state."""
    ways = 2 if bidirectional else 1
    many = tuple(n for n in (ways, MATRICES[cell]) if n > 1)
    biases = (2,) if cell == "GRU" and reset_after else ()
    return (
        Block("W_x", "input", (*many, features, units)),
        Block("W_h", "state", (*many, units, units)),
        Block("b", "bias", (*many, *biases, units)),
        Block("Dense", "output", (ways * units + 1, outputs)),
    )


def _preset(name: str, cell: str, reset_after: bool = True, bidirectional: bool = False) -> dict:
    shape = {"cell": cell, "reset_after": reset_after, "bidirectional": bidirectional}
    return {"name": name, "set": shape}


PRESETS = (
    _preset("SimpleRNN", "SimpleRNN"),
    _preset("LSTM", "LSTM"),
    _preset("GRU", "GRU"),
    _preset("GRU, reset_after=False", "GRU", reset_after=False),
    _preset("Bidirectional LSTM", "LSTM", bidirectional=True),
)


class ParamCounter(Widget):
    """The parameters of one recurrent layer and a Dense layer behind it, as areas.

    `timesteps` is the length of the sentence, which adds nothing. The steps are the four blocks.
    """

    _esm = esm("param_counter")
    _css = css("param_counter")
    own = ("cell", "features", "units", "timesteps", "reset_after", "bidirectional")

    cell = traitlets.Enum(tuple(MATRICES), "SimpleRNN").tag(sync=True)
    features = traitlets.Int(10_000, min=1, help="size of the vocabulary").tag(sync=True)
    units = traitlets.Int(32, min=1).tag(sync=True)
    timesteps = traitlets.Int(3, min=1, help="length of the sentence").tag(sync=True)
    outputs = traitlets.Int(1, min=1, help="units of the Dense layer").tag(sync=True)
    reset_after = traitlets.Bool(True, help="a GRU's second bias, as in Keras").tag(sync=True)
    bidirectional = traitlets.Bool(False).tag(sync=True)
    predicting = traitlets.Bool(False, help="guess each growth first").tag(sync=True)
    _presets = traitlets.List(list(PRESETS)).tag(sync=True)

    def __init__(self, features=10_000, units=32, cell="SimpleRNN", **traits):
        super().__init__(features=features, units=units, cell=cell, **traits)

    @classmethod
    def from_keras(cls, model, **traits):
        """Count a Keras model's first recurrent layer and the Dense layer behind it."""
        for layer in model.layers:
            inner = getattr(layer, "forward_layer", layer)
            if type(inner).__name__ in MATRICES:
                break
        else:
            raise ValueError(f"ParamCounter.from_keras: {model.name!r} has no recurrent layer.")
        features = layer.get_weights()[0].shape[0]
        last = model.layers[-1]
        if type(last).__name__ == "Dense":
            traits.setdefault("outputs", last.units)
        return cls(
            features,
            inner.units,
            type(inner).__name__,
            reset_after=getattr(inner, "reset_after", True),
            bidirectional=inner is not layer,
            **traits,
        )

    @traitlets.validate("step")
    def _within(self, proposal):
        return min(max(proposal["value"], 0), 3)

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The four blocks of weights with their counts."""
        return param_blocks(
            self.cell, self.features, self.units, self.reset_after, self.bidirectional, self.outputs
        )

    @property
    def total(self) -> int:
        """All parameters together."""
        return sum(block.count for block in self.blocks)

    def sentences(self):
        return {
            "title": _("Where do the parameters sit?"),
            "cell": _("Kind of layer"),
            "features": _("vocabulary"),
            "units": _("units"),
            "timesteps": _("words in the sentence"),
            "block": _("block"),
            "product": _("product"),
            "parameters": _("parameters"),
            "share": _("share"),
            "shared": _("same weights"),
            "in_all": _("parameters"),
            "same": _("as before: nothing was added"),
            "was": _("before: {before} ({ratio})"),
            "lens": _("the other {share}, drawn {times} times as large"),
            "chart": _("Bars whose lengths are the numbers of parameters"),
            "why_W_x": _("W_x has a row for each of the {features} words and a column per unit."),
            "why_W_h": _(
                "W_h joins each of the {units} units to each: twice the units, four times W_h."
            ),
            "why_b": _("b is added to every unit at every step, whatever the input."),
            "why_Dense": _("Dense reads the last state: one weight per number in it, and a bias."),
            "ask": _("Press a ×2. Before the number changes, say what it will do."),
            "features_doubled": _("The vocabulary doubles. The number of parameters …"),
            "units_doubled": _("The units double. The number of parameters …"),
            "timesteps_doubled": _("The sentence doubles in length. The number of parameters …"),
            "times_1": _("stays the same"),
            "times_2": _("about doubles"),
            "times_4": _("about quadruples"),
            "right": _("Right: {ratio}."),
            "wrong": _("Not so: {ratio}. Which block explains it?"),
            "keys": _(
                "← → block · ↑ ↓ double or halve the units · 1–5 layer or guess · space play · "
                "R start again · Esc leave"
            ),
        }

    def words(self):
        total = self.total
        shares = [
            _("{name}: {count:,} ({share:.2f} %)").format(
                name=block.name, count=block.count, share=100 * block.count / total
            )
            for block in self.blocks
        ]
        layer = f"Bidirectional({self.cell})" if self.bidirectional else self.cell
        return " ".join(
            [
                _("{layer}, {units} units on {features:,} features: {total:,} parameters.").format(
                    layer=layer, units=self.units, features=self.features, total=total
                ),
                ", ".join(shares) + ".",
                _("The length of the sentence ({timesteps}) adds none.").format(
                    timesteps=self.timesteps
                ),
            ]
        )

    def draw(self, theme):
        blocks = [(block.name, block.kind, block.factors) for block in self.blocks]
        return param_counter(blocks, self.step, theme)
