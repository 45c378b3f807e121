"""GradientLab: why does the first token's gradient vanish or explode?"""

import numpy as np
import traitlets

from unrolled.language import _
from unrolled.widgets.backflow import (
    NORM_LIMIT,
    VALUE_LIMIT,
    Clipped,
    Flow,
    clip,
    flow,
    verdict,
)
from unrolled.widgets.base import Widget, css
from unrolled.widgets.bundle import esm
from unrolled.widgets.gradient_presets import (
    LONGEST,
    PRESETS,
    UNITS,
    Setting,
    as_traits,
    drives,
    inputs,
    matrices,
)
from unrolled.widgets.gradient_words import clip_words, power, sentences, why
from unrolled.widgets.layer_flow import Layer, layer_from_keras
from unrolled.widgets.static.gradient_lab import gradient_lab

# Up to here the page computes the gradient itself; above it, it is sent the result.
_UNITS_IN_PAGE, _STEPS_IN_PAGE = 32, LONGEST
_HAND = ("cell", "matrix", "radius", "strength", "timesteps", "forget_bias", "clip")


def _floats(array) -> bytes:
    return np.asarray(array, dtype="<f4").tobytes()


def _ranges(radius: float, strength: float, steps: int) -> dict[str, list[float]]:
    return {
        "radius": [0, radius, 0.01],
        "strength": [0, strength, 0.01],
        "timesteps": [min(1, steps), steps, 1],
    }


class GradientLab(Widget):
    """The share of the last step's gradient that arrives k steps earlier, for every lag k.

        share after k steps = ‖∂h_T / ∂h_{T-k}‖ = the product of k factors

    Eight units. `cell` is "linear", "tanh" or "lstm"; `matrix` "orthogonal" or "random", scaled
    to spectral radius `radius`; `strength` scales the inputs, and with them how far tanh is bent.
    `step` is the lag looked at. `clip` shows what clipping makes of the gradient of W_h. The keys
    1 to 6 load settings that were found by search. `from_keras` takes a trained layer instead.
    """

    _esm = esm("gradient_lab")
    _css = css("gradient_lab")
    own = _HAND

    cell = traitlets.Enum(("linear", "tanh", "lstm"), "tanh").tag(sync=True)
    matrix = traitlets.Enum(("orthogonal", "random", "layer"), "orthogonal").tag(sync=True)
    radius = traitlets.Float(0.9, min=0, max=100, help="spectral radius of W_h").tag(sync=True)
    strength = traitlets.Float(0.2, min=0, max=100, help="scale of the inputs").tag(sync=True)
    timesteps = traitlets.Int(50, help="steps from the last token to the first").tag(sync=True)
    forget_bias = traitlets.Float(0.0, min=-10, max=10, help="of an LSTM").tag(sync=True)
    clip = traitlets.Enum(("none", "norm", "value"), "none").tag(sync=True)
    tokens = traitlets.List(traitlets.Unicode(), help="words to name the steps").tag(sync=True)
    predicting = traitlets.Bool(False, help="say what will happen first").tag(sync=True)
    _units = traitlets.Int().tag(sync=True)
    _matrices = traitlets.Dict().tag(sync=True)
    _drives = traitlets.Dict().tag(sync=True)
    _sent = traitlets.Dict().tag(sync=True)
    _presets = traitlets.List().tag(sync=True)
    _choices = traitlets.Dict().tag(sync=True)
    _ranges = traitlets.Dict(help="lowest, highest and notch of each slider").tag(sync=True)
    _clipping = traitlets.Dict({"norm": NORM_LIMIT, "value": VALUE_LIMIT}).tag(sync=True)

    def __init__(self, radius=0.9, cell="tanh", **traits):
        self._layer: Layer | None = traits.pop("layer", None)
        traits |= {"radius": float(radius), "cell": cell}
        layer = self._layer
        if layer is not None:
            traits |= {"cell": "tanh", "matrix": "layer"}
        elif traits.get("matrix") == "layer":
            raise ValueError('GradientLab(matrix="layer"): a layer comes by GradientLab.from_keras')
        traits.setdefault("timesteps", 50 if layer is None else len(layer.drives) - 1)
        traits.setdefault("step", min(20, traits["timesteps"]))
        super().__init__(**(self._sent_once() | traits))

    def _sent_once(self) -> dict:
        """Matrices and inputs, when the page may compute."""
        layer, clips = self._layer, {"clip": ["none", "norm", "value"]}
        if layer is None:
            kinds = {"cell": ["linear", "tanh", "lstm"], "matrix": ["orthogonal", "random"]}
            return {
                "_units": UNITS,
                "_matrices": {name: _floats(matrix) for name, matrix in matrices().items()},
                "_drives": {cell: _floats(x) for cell, x in inputs().items()},
                "_presets": [{"name": it.name, "set": as_traits(it.found)} for it in PRESETS],
                "_choices": kinds | clips,
                "_ranges": _ranges(1.5, 1, LONGEST) | {"forget_bias": [-2, 6, 0.1]},
            }
        steps = len(layer.drives) - 1
        sent = {
            "_units": len(layer.W_h),
            "_choices": clips,
            "_ranges": _ranges(max(1.5, round(1.5 * layer.radius, 1)), 3, steps),
        }
        if self._fixed:
            made = flow("tanh", layer.W_h, layer.drives)
            names = ("logs", "kept", "pushed", "gradient")
            return sent | {"_sent": {name: _floats(getattr(made, name)) for name in names}}
        base = _floats(layer.W_h / layer.radius)
        return sent | {"_matrices": {"layer": base}, "_drives": {"simple": _floats(layer.drives)}}

    @property
    def _fixed(self) -> bool:
        """Whether the page only shows what it is sent: too large a layer, or no radius to turn."""
        layer = self._layer
        if layer is None:
            return False
        large = len(layer.W_h) > _UNITS_IN_PAGE or len(layer.drives) - 1 > _STEPS_IN_PAGE
        return large or layer.radius < 1e-6

    @classmethod
    def from_keras(cls, model, x, tokens=(), row=0, **traits):
        """The first SimpleRNN of a Keras model, reading row `row` of x (batch, time, …).

        Its own W_h and its own states; the sliders then scale both. `tokens` name the steps.
        Raises ValueError for a model or an x that cannot be read so.
        """
        layer = layer_from_keras(model, x, row)
        tokens = [str(token) for token in tokens]
        if tokens and len(tokens) != len(layer.drives):
            raise ValueError(
                f"GradientLab.from_keras: {len(tokens)} tokens for {len(layer.drives)} steps; "
                "give one for each step that is not masked."
            )
        given = {"radius": layer.radius, "strength": 1.0, "tokens": tokens}
        return cls(layer=layer, **(given | traits))

    @traitlets.validate("timesteps")
    def _reachable(self, proposal):
        layer = self._layer
        least, most = (1, LONGEST) if layer is None else (0, len(layer.drives) - 1)
        return most if self._fixed else min(max(proposal["value"], least), most)

    @traitlets.validate("step")
    def _within(self, proposal):
        return min(max(proposal["value"], 0), self.timesteps)

    @traitlets.validate("radius", "strength", "forget_bias")
    def _finite(self, proposal):
        if not np.isfinite(proposal["value"]):
            raise traitlets.TraitError(f"{proposal['trait'].name} must be a finite number.")
        return proposal["value"]

    @traitlets.observe("timesteps")
    def _shortened(self, change):
        self.step = min(self.step, self.timesteps)

    @property
    def flow(self) -> Flow:
        """What the present setting does to the gradient, lag by lag."""
        layer = self._layer
        if layer is not None and self._fixed:
            return flow("tanh", layer.W_h, layer.drives)
        setting = Setting(**{name: getattr(self, name) for name in _HAND})
        if layer is not None:
            W_h, x = layer.W_h / layer.radius, drives(setting, layer.drives)
        else:
            W_h = matrices()["lstm" if self.cell == "lstm" else self.matrix].astype(float)
            x = drives(setting)
        return flow(self.cell, self.radius * W_h, x)

    @property
    def shares(self) -> np.ndarray:
        """‖∂h_T / ∂h_{T-k}‖ for k = 0 … timesteps, as `gradient_norm_by_lag` tells it."""
        return 10**self.flow.logs

    @property
    def clipped(self) -> Clipped:
        """The gradient of W_h before and after clipping."""
        return clip(self.flow.gradient, self.clip)

    def sentences(self):
        return sentences()

    def words(self):
        made, k = self.flow, self.step
        names = sentences()
        said = [
            _("Cell: {cell}, {units} units, spectral radius {radius:.2f}, {steps} steps.").format(
                cell=names[self.cell], units=self._units, radius=self.radius, steps=self.timesteps
            ),
            _("Share of the last step's gradient {k} steps earlier: {share}.").format(
                k=k, share=power(made.logs[k])
            ),
            why(made, self.cell),
            names[verdict(made.logs[-1])],
        ]
        if self.clip != "none":
            said.append(clip_words(self.clipped, self.clip))
        return " ".join(said)

    def draw(self, theme):
        return gradient_lab(
            self.flow, self.step, self.cell, self.radius, theme, self.clip, self.clipped
        )
