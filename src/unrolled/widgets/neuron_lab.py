"""NeuronLab: what does one neuron do with x and its own past?"""

import traitlets

from unrolled.language import _
from unrolled.widgets.base import Widget, css
from unrolled.widgets.bundle import esm
from unrolled.widgets.challenges import CHALLENGES, neuron, succeeds
from unrolled.widgets.static.neuron_lab import neuron_lab


class NeuronLab(Widget):
    """One recurrent neuron whose three weights lie under the learner's hand.

        h_t = tanh(x_t w_x + h_{t-1} w_h + b)

    `inputs` are the x_t. Four challenges, each with a light, ask for a latch, a leak, a blink and
    a neuron that ignores its input; the keys 1 to 4 load weights that succeed.
    """

    _esm = esm("neuron_lab")
    _css = css("neuron_lab")
    own = ("w_x", "w_h", "b", "inputs", "challenge")

    w_x = traitlets.Float(1.0, help="weight of the input").tag(sync=True)
    w_h = traitlets.Float(0.5, help="weight of the neuron's own past").tag(sync=True)
    b = traitlets.Float(0.0, help="bias").tag(sync=True)
    inputs = traitlets.List(traitlets.Float(), help="x at each step").tag(sync=True)
    challenge = traitlets.Int(0, help="the challenge looked at, from 0").tag(sync=True)
    predicting = traitlets.Bool(False, help="draw h first, then see it").tag(sync=True)
    _challenges = traitlets.List().tag(sync=True)

    def __init__(self, w_x=1.0, w_h=0.5, b=0.0, inputs=None, **traits):
        if inputs is None:
            inputs = CHALLENGES[traits.get("challenge", 0)].inputs
        inputs = [float(x) for x in inputs]
        if not inputs:
            raise ValueError("NeuronLab(inputs=[]): give the neuron at least one input.")
        traits |= {"w_x": float(w_x), "w_h": float(w_h), "b": float(b), "inputs": inputs}
        traits["_challenges"] = [
            {
                "kind": challenge.kind,
                "inputs": list(challenge.inputs),
                "pulse": challenge.pulse,
                "preset": dict(zip(("w_x", "w_h", "b"), challenge.preset, strict=True)),
            }
            for challenge in CHALLENGES
        ]
        super().__init__(**traits)

    @classmethod
    def from_keras(cls, model, inputs=None, **traits):
        """The neuron of a Keras model: its first SimpleRNN, of one unit on one feature.

        Raises ValueError for a model that has no such neuron.
        """
        layers = [each for each in model.layers if type(each).__name__ == "SimpleRNN"]
        shapes = [weight.shape for weight in layers[0].get_weights()[:2]] if layers else []
        if shapes != [(1, 1), (1, 1)] or layers[0].activation.__name__ != "tanh":
            raise ValueError(
                "NeuronLab.from_keras needs a SimpleRNN with tanh, of one unit on one feature; "
                f"this model has {shapes[0][0]} features and {shapes[0][1]} units."
                if shapes
                else "NeuronLab.from_keras needs a built model with a SimpleRNN among its layers."
            )
        weights = [float(weight.reshape(-1)[0]) for weight in layers[0].get_weights()]
        return cls(*weights, **({"inputs": inputs} | traits))

    @traitlets.validate("step", "challenge")
    def _within(self, proposal):
        many = len(self.inputs) if proposal["trait"].name == "step" else len(CHALLENGES)
        return min(max(proposal["value"], 0), max(many - 1, 0))

    @property
    def states(self):
        """h at each step, (time,)."""
        return neuron(self.w_x, self.w_h, self.b, self.inputs)

    @property
    def solved(self) -> tuple[str, ...]:
        """The challenges that the present weights fulfil: of latch, leak, blink, ignore."""
        weights = self.w_x, self.w_h, self.b
        return tuple(it.kind for it in CHALLENGES if succeeds(it, *weights))

    def sentences(self):
        return {
            "title": _("What does one neuron do with x and its own past?"),
            "w_x": _("weight of the input"),
            "w_h": _("weight of its own past"),
            "b": _("bias"),
            "challenges": _("Challenges"),
            "latch": _("Latch"),
            "leak": _("Leak"),
            "blink": _("Blink"),
            "ignore": _("Ignore"),
            "latch_aim": _("One pulse switches h on: stay above 0.8 from then to the end."),
            "leak_aim": _("After the pulse h fades: it halves every 3 steps, all the way down."),
            "blink_aim": _("From the pulse on, h changes its sign at every step, beyond ±0.5."),
            "ignore_aim": _("End beyond ±0.5, and let no pulse move h: on, but deaf to x."),
            "show": _("Show me"),
            "lit": _("solved"),
            "unlit": _("not yet solved"),
            "chart": _("The state h at each step, and below it the inputs x"),
            "ask": _("Draw the h you expect: with the mouse, or with ← → and ↑ ↓. Then look."),
            "reveal": _("Reveal"),
            "again": _("Draw again"),
            "close": _("Well predicted: on average you were {gap} away."),
            "apart": _("On average you were {gap} away. Where do the two curves part, and why?"),
            "keys": _(
                "← → step · X or a click switches its pulse · ↑ ↓ challenge · "
                "1–4 show a solution · space play · R start again · Esc leave"
            ),
        }

    def words(self):
        h = self.states
        solved = [self.sentences()[kind] for kind in self.solved]
        return " ".join(
            [
                _("One neuron with w_x {w_x:.2f}, w_h {w_h:.2f} and b {b:.2f}.").format(
                    w_x=self.w_x, w_h=self.w_h, b=self.b
                ),
                _("At step {step} of {steps} its input is {x:g} and its state {h:.2f}.").format(
                    step=self.step + 1, steps=len(h), x=self.inputs[self.step], h=h[self.step]
                ),
                _("The state runs from {low:.2f} to {high:.2f} and ends at {last:.2f}.").format(
                    low=h.min(), high=h.max(), last=h[-1]
                ),
                _("Solved: {names}.").format(names=", ".join(solved))
                if solved
                else _("No challenge is solved yet."),
            ]
        )

    def draw(self, theme):
        return neuron_lab(self.w_x, self.w_h, self.b, self.inputs, self.states, self.step, theme)
