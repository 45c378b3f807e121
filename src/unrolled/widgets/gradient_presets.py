"""The small cells of GradientLab, and settings found by search that show one thing each."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from functools import cache

import numpy as np

from unrolled.widgets.backflow import GONE, WILD, clip, flow, spectral_radius, verdict

UNITS, LONGEST = 8, 100
_GRID = [round(0.5 + 0.05 * i, 2) for i in range(21)]
_STRENGTHS = (0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.7, 1.0)


@dataclass(frozen=True)
class Setting:
    """What lies under the learner's hand."""

    cell: str = "tanh"
    matrix: str = "orthogonal"
    radius: float = 0.9
    strength: float = 0.2
    timesteps: int = 50
    forget_bias: float = 0.0
    clip: str = "none"


@cache
def matrices() -> dict[str, np.ndarray]:
    """W_h at spectral radius 1: orthogonal, random, and an LSTM's four random ones side by side.

    In float32, as they are sent to the page.
    """
    rng = np.random.default_rng(4)
    drawn = [rng.normal(size=(UNITS, UNITS)) for _matrix in range(5)]
    random = [matrix / spectral_radius(matrix) for matrix in drawn]
    made = {
        "orthogonal": np.linalg.qr(drawn[0])[0],
        "random": random[0],
        "lstm": np.concatenate(random[1:], axis=1),
    }
    return {name: matrix.astype("f4") for name, matrix in made.items()}


@cache
def inputs() -> dict[str, np.ndarray]:
    """x_t W_x at strength 1: what each of LONGEST + 1 tokens adds to the sums.

    An LSTM's gates get the same numbers, for each gate moved on by two units more.
    """
    x = np.random.default_rng(5).normal(size=(LONGEST + 1, UNITS)).astype("f4")
    return {"simple": x, "lstm": np.hstack([np.roll(x, -2 * gate, axis=1) for gate in range(4)])}


def drives(setting: Setting, given=None) -> np.ndarray:
    """What reaches the sums from outside at each of timesteps + 1 tokens."""
    lstm = setting.cell == "lstm"
    x = inputs()["lstm" if lstm else "simple"] if given is None else given
    x = setting.strength * np.asarray(x[: setting.timesteps + 1], float)
    if lstm:
        x[:, UNITS : 2 * UNITS] += setting.forget_bias
    return x


def flow_of(setting: Setting):
    """The flow of a setting on the lab's own matrices."""
    base = matrices()["lstm" if setting.cell == "lstm" else setting.matrix]
    return flow(setting.cell, setting.radius * base.astype(float), drives(setting))


def _share(setting: Setting, lag: int = -1) -> float:
    return flow_of(setting).logs[lag]


@dataclass(frozen=True)
class Preset:
    """A name, what a setting must do, and the candidates in the order of preference."""

    name: str
    holds: Callable[[Setting], bool]
    candidates: Callable[[], list[Setting]]
    found: Setting

    def search(self) -> Setting:
        """The first candidate that does what the preset's name says."""
        for setting in self.candidates():
            if self.holds(setting):
                return setting
        raise ValueError(f"no setting of GradientLab does what {self.name!r} asks for")


def _vary(start: Setting, name: str, values) -> list[Setting]:
    return [replace(start, **{name: value}) for value in values]


def _tamed(setting: Setting) -> bool:
    """tanh makes vanish what W_h alone would have made explode."""
    made = flow_of(setting)
    return made.logs[-1] < GONE and np.log10(made.pushed).sum() > WILD


def _turned(setting: Setting) -> bool:
    """It explodes past tanh, and clipping each weight alone turns it by 20 degrees or more."""
    made = flow_of(setting)
    return made.logs[-1] > WILD and clip(made.gradient, setting.clip).turned > 20


def _carried(setting: Setting) -> bool:
    """The forget gates alone carry a tenth back, and what arrives stays in reach."""
    made = flow_of(setting)
    return np.log10(made.kept).sum() > -1 and verdict(made.logs[-1]) == "stays"


_LINEAR = Setting("linear", timesteps=LONGEST)
_LSTM = Setting("lstm", "random", 0.9, 0.2, LONGEST)

# `found` is what the search finds; a test searches again.
PRESETS = (
    # The largest radius with which less than a thousandth is left after 20 steps.
    Preset(
        "below",
        lambda it: _share(it, 20) < GONE,
        lambda: _vary(replace(_LINEAR, timesteps=50), "radius", reversed(_GRID)),
        replace(_LINEAR, timesteps=50, radius=0.7),
    ),
    # The liveliest inputs under which half of it survives 100 steps through tanh.
    Preset(
        "one",
        lambda it: _share(it) > np.log10(0.5),
        lambda: _vary(replace(_LINEAR, cell="tanh", radius=1.0), "strength", reversed(_STRENGTHS)),
        replace(_LINEAR, cell="tanh", radius=1.0, strength=0.01),
    ),
    # The smallest radius that explodes within 100 steps.
    Preset(
        "above",
        lambda it: _share(it) > WILD,
        lambda: _vary(_LINEAR, "radius", _GRID),
        replace(_LINEAR, radius=1.1),
    ),
    # The same matrix through tanh, with the faintest inputs that make it vanish.
    Preset(
        "tamed",
        _tamed,
        lambda: _vary(replace(_LINEAR, cell="tanh", radius=1.1), "strength", _STRENGTHS),
        replace(_LINEAR, cell="tanh", radius=1.1, strength=0.3),
    ),
    # The smallest radius that explodes in spite of tanh, so that clipping has work to do.
    Preset(
        "clipped",
        _turned,
        lambda: _vary(replace(_LINEAR, cell="tanh", strength=0.02, clip="value"), "radius", _GRID),
        replace(_LINEAR, cell="tanh", radius=1.4, strength=0.02, clip="value"),
    ),
    # The smallest forget bias with which the gates alone bring a tenth back over 100 steps.
    Preset(
        "gated",
        _carried,
        lambda: _vary(_LSTM, "forget_bias", [b / 2 for b in range(13)]),
        replace(_LSTM, forget_bias=4.0),
    ),
)


def as_traits(setting: Setting) -> dict:
    """A setting as the widget's traits, the first token looked at."""
    return asdict(setting) | {"step": setting.timesteps}
