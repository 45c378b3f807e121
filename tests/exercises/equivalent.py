"""The damages to a reference that change nothing that a contract asks for, and why."""

NO_SIGN = "a square has no sign"
ANY_ORDER = "a sum may be taken in any order"
LONGER = "what is longer than the steps is never read"
POSITIVE = "no probability, and no loss of one, is below 0"
LAST_AXIS = "the last axis is axis 1"
SHIFTED = "a softmax is the same after a shift"
TOO_SMALL = "too small a change for 200 draws to show"
SIGN = "the sign alone counts"
CLEAR = "the largest logit leads clearly"
OVERWRITTEN = "every step writes its own place"


def turned(line: str, was: str, now: str) -> str:
    """A damage in short, as mutation.damage tells it: the line with … as it was, and as it is."""
    return f"{line.replace('…', was)} → {line.replace('…', now)}"


SLOPE = "da = dh * …"
STEP_GRADIENTS = "return (da @ W_x.T, da @ W_h.T, x.T @ da, h_prev.T @ da, da.sum(axis=…))"
BEFORE = "before = np.concatenate([h0[:, None], states[…]], axis=1)"
INPUTS = "dx, dh = (…, np.zeros_like(h0))"
BACKWARD = (
    "dx[:, t], dh, *of_weights = "
    "rnn_step_backward(dh + dstates[:, t], x[:, t], before[:, t], …, W_x, W_h)"
)
NORM = "norm = np.sqrt(sum((np.sum(np.square(…, dtype=np.float64)) for g in gradients)))"
NORM_OF = "norm = np.sqrt(sum((np.sum(np.square(g, dtype=np.float64)) for g in …)))"
SCALE = "scale = max_norm / norm if … else 1.0"

ROLL = "inputs = np.roll(…)"
SOFTMAX, CHOICE = "probabilities = …", "return …"
PROBABILITIES = "softmax(logits / temperature)"
DRAW = "int(rng.choice(probabilities.size, p=probabilities))"
STEP, TAKEN = "logits, state = decoder_step(weights, token, …)", "token = int(np.argmax(…))"
FULL = "while … max_steps:"

EQUIVALENT: dict[str, dict[str, str]] = {
    "rnn_step_backward": {
        turned(SLOPE, "(1 - h ** 2)", "np.abs(1 - h ** 2)"): "tanh' is never negative",
        turned(SLOPE, "(1 - h ** 2)", "(1 - np.abs(h ** 2))"): NO_SIGN,
        turned(SLOPE, "(1 - h ** 2)", "(1 - (-h) ** 2)"): NO_SIGN,
        turned(SLOPE, "(1 - h ** 2)", "(1 - np.abs(h) ** 2)"): NO_SIGN,
        turned(STEP_GRADIENTS, "0", "-2"): "the first of two axes is the last but one",
    },
    "bptt": {
        turned(BEFORE, ":, :-1", ":,"): LONGER,
        turned(BEFORE, ":, :-1", ":, :"): LONGER,
        turned(INPUTS, "np.zeros_like(x)", "np.ones_like(x)"): OVERWRITTEN,
        turned(INPUTS, "np.zeros_like(x)", "np.zeros_like(x) + 0.001"): OVERWRITTEN,
        turned(BACKWARD, "states[:, t]", "-states[:, t]"): NO_SIGN,
        turned(BACKWARD, "states[:, t]", "(-states)[:, t]"): NO_SIGN,
        turned(BACKWARD, "states[:, t]", "np.abs(states[:, t])"): NO_SIGN,
        turned(BACKWARD, "states[:, t]", "np.abs(states)[:, t]"): NO_SIGN,
        turned("return (dx, dh, dW_x, dW_h, …)", "db", "total"): "total is db after the loop",
    },
    "clip_by_global_norm": {
        turned(SCALE, "norm > max_norm", "norm >= max_norm"): "at max_norm the scale is 1",
        turned(NORM, "g", "-g"): NO_SIGN,
        turned(NORM, "g", "np.abs(g)"): NO_SIGN,
        turned(NORM, "g", "np.flip(g)"): ANY_ORDER,
        turned(NORM_OF, "gradients", "gradients[::-1]"): ANY_ORDER,
    },
    "reverse_sequences": {
        "for row, length in enumerate(mask.sum(axis=1)): → "
        "for row, length in enumerate(mask.sum(axis=-1)):": "a mask has two axes",
        "turned[row, :length] = x[row, :length][::-1] → "
        "turned[row, :length] = turned[row, :length][::-1]": "a row is turned only once",
    },
    "masked_binary_cross_entropy": {
        "p = np.clip(np.asarray(probabilities, dtype=np.float64), 1e-07, 1 - 1e-07) → "
        "p = np.abs(np.clip(np.asarray(probabilities, dtype=np.float64), 1e-07, 1 - 1e-07))": (
            POSITIVE
        ),
        "p = np.clip(np.asarray(probabilities, dtype=np.float64), 1e-07, 1 - 1e-07) → "
        "p = np.clip(np.abs(np.asarray(probabilities, dtype=np.float64)), 1e-07, 1 - 1e-07)": (
            POSITIVE
        ),
        "p = np.clip(np.asarray(probabilities, dtype=np.float64), 1e-07, 1 - 1e-07) → "
        "p = np.clip(np.asarray(np.abs(probabilities), dtype=np.float64), 1e-07, 1 - 1e-07)": (
            POSITIVE
        ),
        "loss = -(targets * np.log(p) + (1 - targets) * np.log(1 - p)) → "
        "loss = np.abs(-(targets * np.log(p) + (1 - targets) * np.log(1 - p)))": POSITIVE,
        "loss = -(targets * np.log(p) + (1 - targets) * np.log(1 - p)) → "
        "loss = -(targets * np.log(np.abs(p)) + (1 - targets) * np.log(1 - p))": POSITIVE,
        "loss = -(targets * np.log(p) + (1 - targets) * np.log(1 - p)) → "
        "loss = -(targets * np.log(p) + (1 - targets) * np.log(np.abs(1 - p)))": POSITIVE,
        "loss = -(targets * np.log(p) + (1 - targets) * np.log(1 - p)) → "
        "loss = -(targets * np.log(p) + (1 - targets) * np.log(1 - np.abs(p)))": POSITIVE,
        "return float(loss[mask].mean()) → return float(np.abs(loss[mask]).mean())": POSITIVE,
        "return float(loss[mask].mean()) → return float(np.abs(loss)[mask].mean())": POSITIVE,
    },
    "teacher_forcing_inputs": {
        turned(ROLL, "targets, 1, axis=1", "targets, 1, axis=-1"): LAST_AXIS,
        turned(ROLL, "targets, 1, axis=1", "targets, 1"): "what comes round is overwritten",
        turned("…[:, 0] = start", "inputs", "inputs[::-1]"): "all rows get the same token",
    },
    "sample_next": {
        turned("if … 0:", "temperature <=", "temperature <"): "0 makes NaN, which rng refuses",
        turned("if … 0:", "temperature <=", "2 * temperature <="): SIGN,
        turned("if … 0:", "temperature <=", "temperature / 2 <="): SIGN,
        turned(SOFTMAX, PROBABILITIES, "softmax(logits / temperature + 0.001)"): SHIFTED,
        turned(SOFTMAX, PROBABILITIES, "softmax((logits + 0.001) / temperature)"): SHIFTED,
        turned(SOFTMAX, PROBABILITIES, "softmax(logits / temperature * 1.001)"): TOO_SMALL,
        turned(SOFTMAX, PROBABILITIES, "softmax(logits * 1.001 / temperature)"): TOO_SMALL,
        turned(SOFTMAX, PROBABILITIES, "softmax(np.round(logits / temperature, 1))"): TOO_SMALL,
        turned(SOFTMAX, PROBABILITIES, "softmax(np.round(logits, 1) / temperature)"): TOO_SMALL,
        turned(SOFTMAX, PROBABILITIES, f"np.abs({PROBABILITIES})"): POSITIVE,
        turned(CHOICE, DRAW, DRAW.replace("p=probabilities", "p=np.abs(probabilities)")): POSITIVE,
        turned(CHOICE, DRAW, DRAW.replace("int", "float")): "values are graded, not types",
    },
    "greedy_decode": {
        turned(FULL, "len(ids) <", "len(ids) !="): "ids come one by one",
        turned(FULL, "len(ids) <", "np.size(ids) <"): "the list is flat",
        turned(FULL, "len(ids) <", "len(ids[::-1]) <"): "turned round it is as long",
        turned(STEP, "state", "state + 0.001"): CLEAR,
        turned(STEP, "state", "state * 1.001"): CLEAR,
        turned(TAKEN, "logits", "logits + 0.001"): CLEAR,
        turned(TAKEN, "logits", "logits * 1.001"): CLEAR,
        turned(TAKEN, "logits", "np.round(logits, 1)"): CLEAR,
    },
}
