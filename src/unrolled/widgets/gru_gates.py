"""GRUGates: how do z and r share one state?"""

import numpy as np
import traitlets

from unrolled.language import _
from unrolled.widgets.base import Widget, css
from unrolled.widgets.bundle import esm
from unrolled.widgets.gru_challenges import CHALLENGES, gates, succeeds, unit_steps
from unrolled.widgets.gru_reading import GRUReading
from unrolled.widgets.static.gru_gates import gru_gates


class GRUGates(Widget):
    """One GRU unit whose gates z and r lie under the learner's hand at every step.

        n_t = tanh(2 x_t + r_t h_{t-1})
        h_t = z_t h_{t-1} + (1 - z_t) n_t

    z and r are numbers from 0 to 1, one for each of the `inputs` or one for all. `swapped` shows
    z as Chung et al. (2014) write it, with z and 1 - z exchanged; the trait stays in the writing
    of Keras and of Cho et al. (2014). Five challenges, each with a light; the keys 1 to 5 load
    gates that succeed, and of the fifth the reason why nothing does.

    `GRUGates.from_weights` and `GRUGates.from_keras` show the gates of a trained layer on a text:
    see `GRUReading`.
    """

    _esm = esm("gru_gates")
    _css = css("gru_gates")
    own = ("z", "r", "inputs", "challenge", "swapped", "gate")

    z = traitlets.List(traitlets.Float(), help="update gate at each step").tag(sync=True)
    r = traitlets.List(traitlets.Float(), help="reset gate at each step").tag(sync=True)
    inputs = traitlets.List(traitlets.Float(), help="x at each step").tag(sync=True)
    challenge = traitlets.Int(0, help="the challenge looked at, from 0").tag(sync=True)
    swapped = traitlets.Bool(False, help="show z as Chung et al. write it").tag(sync=True)
    gate = traitlets.Enum(("z", "r"), "z", help="the gate that the keys turn").tag(sync=True)
    predicting = traitlets.Bool(False, help="guess each step first").tag(sync=True)
    _challenges = traitlets.List().tag(sync=True)

    from_weights = GRUReading.from_weights
    from_keras = GRUReading.from_keras

    def __init__(self, z=0.5, r=1.0, inputs=None, **traits):
        if inputs is None:
            inputs = CHALLENGES[traits.get("challenge", 0)].inputs
        inputs = [float(x) for x in inputs]
        if not inputs or not np.isfinite(inputs).all():
            raise ValueError(f"GRUGates(inputs={inputs}): give the unit one finite input or more.")
        traits |= {"inputs": inputs, "z": _gate("z", z, inputs), "r": _gate("r", r, inputs)}
        traits["_challenges"] = [_plain(challenge) for challenge in CHALLENGES]
        super().__init__(**traits)

    @traitlets.validate("step", "challenge")
    def _within(self, proposal):
        many = len(self.inputs) if proposal["trait"].name == "step" else len(CHALLENGES)
        return min(max(proposal["value"], 0), max(many - 1, 0))

    @property
    def states(self) -> np.ndarray:
        """h at each step, (time,)."""
        return unit_steps(self.z, self.r, self.inputs)[1]

    @property
    def candidates(self) -> np.ndarray:
        """n at each step, (time,)."""
        return unit_steps(self.z, self.r, self.inputs)[0]

    @property
    def solved(self) -> tuple[str, ...]:
        """The challenge that the present gates fulfil on its own inputs, if any."""
        return tuple(
            it.kind
            for it in CHALLENGES
            if list(it.inputs) == self.inputs and succeeds(it, self.z, self.r)
        )

    def sentences(self):
        return {
            "title": _("How do z and r share one state?"),
            "challenges": _("Challenges"),
            "hold": _("Hold"),
            "replace": _("Replace"),
            "ignore": _("Start afresh"),
            "fade": _("Fade"),
            "count": _("Count"),
            "hold_aim": _(
                "Take in the +1 of step 2 and hold it: h stays above 0.8 to the end, whatever x "
                "says."
            ),
            "replace_aim": _(
                "Hold the first value up to step 4, put the new one in its place at step 5, and "
                "hold that."
            ),
            "ignore_aim": _(
                "At step 5 h becomes what a weak x alone says (0.46), as though there had been "
                "nothing before. Which gate blinds the candidate to the past?"
            ),
            "fade_aim": _(
                "Take in the +1 of step 2, then let h halve at every step, with no input to help."
            ),
            "count_aim": _(
                "Count the ones: let h rise by 0.15 or more at each of the eight steps."
            ),
            "count_told": _(
                "It cannot be done. h always lies between the old h and n, and n is a tanh: none "
                "of them ever passes 1, and eight rises of 0.15 end at 1.2. The memory c of an "
                "LSTM only adds (f = 1, i = 0.2) and knows no such bound (Weiss et al. 2018)."
            ),
            "memory": _("c of an LSTM"),
            "show": _("Show me"),
            "lit": _("solved"),
            "unlit": _("not yet solved"),
            "z": _("how old and new are mixed"),
            "r": _("how much of the old state the candidate sees"),
            "old": _("old h"),
            "new": _("candidate n"),
            "old_end": _("z = {z}: all old"),
            "new_end": _("z = {z}: all new"),
            "writing": _(
                "Papers write z both ways. What the unit does stays the same; the scale of z turns "
                "round."
            ),
            "keras": _("z keeps: Keras, Cho et al. 2014"),
            "chung": _("z takes: Chung et al. 2014"),
            "blend": _("The old state and the candidate as two ends, the new state between them"),
            "chart": _("The state h at each step, and below it the gates z and r and the input x"),
            "place": _("Step {step}"),
            "ask": _(
                "Step {step}: x is {x}, z {z}, r {r}, and the old h {before}. Will h go up, stay "
                "(within 0.05) or go down?"
            ),
            "up": _("up"),
            "stay": _("it stays"),
            "down": _("down"),
            "right": _("Right: h is {h}."),
            "wrong": _("Not this time: h is {h}."),
            "why": _("From the old {before}, h went {share} % of the way to the candidate {n}."),
            "score": _("{right} of {made} so far."),
            "keys": _(
                "← → step · ↑ z · ↓ r · O open (1) · S shut (0) · + − turn · C next challenge · "
                "1–5 show a solution · W writing · space play · R start again · Esc leave"
            ),
        }

    def words(self):
        h, n, t = self.states, self.candidates, self.step
        names = [self.sentences()[kind] for kind in self.solved]
        return " ".join(
            [
                _(
                    "One GRU unit. At step {step} of {steps} x is {x:g}, the old state {old:.2f} "
                    "and the candidate {new:.2f}; r is {r:.2f}."
                ).format(
                    step=t + 1,
                    steps=len(h),
                    x=self.inputs[t],
                    old=h[t - 1] if t else 0,
                    new=n[t],
                    r=self.r[t],
                ),
                _("z = {z:.2f} puts the new state at {h:.2f}, {share:.0f} % of the way.").format(
                    z=1 - self.z[t] if self.swapped else self.z[t],
                    h=h[t],
                    share=100 * (1 - self.z[t]),
                ),
                _("The state runs from {low:.2f} to {high:.2f} and ends at {last:.2f}.").format(
                    low=h.min(), high=h.max(), last=h[-1]
                ),
                _("Solved: {names}.").format(names=", ".join(names))
                if names
                else _("The challenge is not solved yet."),
            ]
        )

    def draw(self, theme):
        return gru_gates(
            self.z,
            self.r,
            self.inputs,
            self.candidates,
            self.states,
            self.step,
            self.swapped,
            theme,
        )


def _gate(name: str, value, inputs) -> list[float]:
    """A gate at each step, from one number or one for each of the inputs."""
    values = np.asarray(value, dtype=float)
    if values.ndim == 0:
        values = np.full(len(inputs), values)
    if values.shape != (len(inputs),) or not ((values >= 0) & (values <= 1)).all():
        raise ValueError(
            f"GRUGates({name}={value}): give one number from 0 to 1, or one for each of the "
            f"{len(inputs)} inputs."
        )
    return values.tolist()


def _plain(challenge) -> dict:
    """A challenge as the page gets it: its gates at the start, and those that solve it, if any."""
    many = len(challenge.inputs)
    solved = None
    if challenge.preset is not None:
        z, r = gates(challenge, challenge.preset)
        solved = {"z": z.tolist(), "r": r.tolist()}
    return {
        "kind": challenge.kind,
        "inputs": [float(x) for x in challenge.inputs],
        "events": list(challenge.events),
        "fresh": {"z": [0.5] * many, "r": [1.0] * many},
        "solved": solved,
    }
