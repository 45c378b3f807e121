"""The damages to a reference that change nothing that a contract asks for, and why."""

NO_SIGN = "a square has no sign"
ANY_ORDER = "a sum may be taken in any order"
LONGER = "what is longer than the steps is never read"
POSITIVE = "no probability, and no loss of one, is below 0"
SHIFTED = "a softmax is the same after a shift"
TOO_SMALL = "too small a change for 200 draws to show"
SIGN = "the sign alone counts"
CLEAR = "the largest logit leads clearly"
INFINITE = "infinity is as large as ever"
NO_ORDER = "units have no order"
AXIS_ONE = "the last axis is axis 1"
GATE = "a gate is never below 0"
NO_LOG = "the log of a number from 1 on is never below 0"
BY_ITSELF = "np.stack of no window raises a ValueError by itself"
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

WINDOWS = "if size < 1 or …:"
IN_RANGE = "if ids.size and (… or ids.max() >= size):"
FORGET = "forget = …"
DRAWN = "rng.uniform(1, longest - 1, units)"
CHRONO = "return np.concatenate([…, np.zeros(2 * units)])"
GRU_H = "return …"
SCORES, PRODUCT = "scores = …", "np.einsum('bd,btd->bt', query, keys)"
INSIDE = "np.where(mask, scores, -np.inf)"
WEIGHTS, MASKED = "weights = …", f"softmax({INSIDE})"
READ = "return (np.einsum('bt,btd->bd', …)"

EQUIVALENT: dict[str, dict[str, str]] = {
    "output_shape": {
        turned("return (batch, *steps[task]…, outputs)", "", "[::-1]"): "one number or none",
    },
    "make_windows": {
        turned("if … < 1 or count < 1:", "size", "2 * size"): SIGN,
        turned(WINDOWS, "count < 1", "2 * count < 1"): SIGN,
        turned(WINDOWS, "count < 1", "count + 1 < 1"): BY_ITSELF,
        turned(WINDOWS, "count < 1", "size < 1"): BY_ITSELF,
        turned(WINDOWS, "count < 1", "count < -1"): BY_ITSELF,
        turned(WINDOWS, "count < 1", "count < 0"): BY_ITSELF,
    },
    "pad_sequences": {
        turned("ids = …", "np.full(mask.shape, pad)", "np.flip(np.full(mask.shape, pad))"): (
            "it is the same number everywhere"
        ),
        turned("ids = np.full(mask.shape, pad)…", "", "[::-1]"): "it is the same number everywhere",
        turned("lengths = np.array([…(sequence) for sequence in sequences])", "len", "np.size"): (
            "a list of ids is flat"
        ),
    },
    "last_valid": {
        turned("return states[np.arange(len(states)), mask.sum(axis=…) - 1]", "1", "-1"): AXIS_ONE,
    },
    "one_hot": {
        turned("…", "ids = np.asarray(ids)", "pass"): "ids come as an array",
        turned("return …", "vectors", "np.abs(vectors)"): "no entry is below 0",
        turned("return …", "vectors", "np.round(vectors, 1)"): "every entry is 0 or 1",
        turned(IN_RANGE, "ids.min() < 0", "2 * ids.min() < 0"): SIGN,
        turned(IN_RANGE, "ids.min() < 0", "ids.min() / 2 < 0"): SIGN,
    },
    "stacked_rnn": {
        turned(
            "h0 = np.zeros(…)", "(len(x), len(b))", "(len(b),)"
        ): "NumPy repeats it for each row",
        turned("h0 = np.zeros((len(x), …(b)))", "len", "np.size"): "a bias has one axis",
    },
    "lstm_step": {
        turned("h = … * np.tanh(c)", "sigmoid(o)", "np.abs(sigmoid(o))"): GATE,
        turned("c = … * c + sigmoid(i) * np.tanh(g)", "sigmoid(f)", "np.abs(sigmoid(f))"): GATE,
        turned("c = sigmoid(f) * c + … * np.tanh(g)", "sigmoid(i)", "np.abs(sigmoid(i))"): GATE,
        turned("i, f, g, o = np.split(x @ W_x + h @ W_h + b, 4, axis=-…)", "1", "-1"): AXIS_ONE,
    },
    "chrono_bias": {
        turned(FORGET, f"np.log({DRAWN})", f"np.abs(np.log({DRAWN}))"): NO_LOG,
        turned(FORGET, f"np.log({DRAWN})", f"np.log(np.abs({DRAWN}))"): NO_LOG,
        turned(FORGET, f"np.log({DRAWN})", f"np.flip(np.log({DRAWN}))"): NO_ORDER,
        turned(FORGET, f"np.log({DRAWN})", f"np.sort(np.log({DRAWN}))"): NO_ORDER,
        turned(FORGET, f"np.log({DRAWN})", f"np.log({DRAWN})[::-1]"): NO_ORDER,
        turned(FORGET, f"np.log({DRAWN})", f"np.log(np.flip({DRAWN}))"): NO_ORDER,
        turned(FORGET, f"np.log({DRAWN})", f"np.log(np.sort({DRAWN}))"): NO_ORDER,
        turned(FORGET, f"np.log({DRAWN})", f"np.log({DRAWN}[::-1])"): NO_ORDER,
        turned(CHRONO, "-forget, forget", "-forget, np.abs(forget)"): NO_LOG,
        turned(CHRONO, "-forget, forget", "-np.abs(forget), forget"): NO_LOG,
    },
    "gru_step": {
        turned("z = …", "sigmoid(x_z + h @ W_z)", "np.abs(sigmoid(x_z + h @ W_z))"): GATE,
        turned("r = …", "sigmoid(x_r + h @ W_r)", "np.abs(sigmoid(x_r + h @ W_r))"): GATE,
        turned("n = np.tanh(x_n + … * h @ W_n)", "r", "np.abs(r)"): GATE,
        turned("W_z, W_r, W_n = np.split(W_h, 3, axis=-…)", "1", "-1"): AXIS_ONE,
        turned("x_z, x_r, x_n = np.split(x @ W_x + b, 3, axis=-…)", "1", "-1"): AXIS_ONE,
        turned(GRU_H, "z * h + (1 - z) * n", "np.abs(z) * h + (1 - z) * n"): GATE,
        turned(GRU_H, "z * h + (1 - z) * n", "z * h + np.abs(1 - z) * n"): GATE,
        turned(GRU_H, "z * h + (1 - z) * n", "z * h + (1 - np.abs(z)) * n"): GATE,
    },
    "gru_step_reset_after": {
        turned("z = …", "sigmoid(x_z + h_z)", "np.abs(sigmoid(x_z + h_z))"): GATE,
        turned("r = …", "sigmoid(x_r + h_r)", "np.abs(sigmoid(x_r + h_r))"): GATE,
        turned("n = np.tanh(x_n + … * h_n)", "r", "np.abs(r)"): GATE,
        turned("x_z, x_r, x_n = np.split(x @ W_x + b_x, 3, axis=-…)", "1", "-1"): AXIS_ONE,
        turned("h_z, h_r, h_n = np.split(h @ W_h + b_h, 3, axis=-…)", "1", "-1"): AXIS_ONE,
        turned(GRU_H, "z * h + (1 - z) * n", "np.abs(z) * h + (1 - z) * n"): GATE,
        turned(GRU_H, "z * h + (1 - z) * n", "z * h + np.abs(1 - z) * n"): GATE,
        turned(GRU_H, "z * h + (1 - z) * n", "z * h + (1 - np.abs(z)) * n"): GATE,
    },
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
        turned(ROLL, "targets, 1, axis=1", "targets, 1, axis=-1"): AXIS_ONE,
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
        turned(STEP, "state", "state + 0.001"): CLEAR,
        turned(STEP, "state", "state * 1.001"): CLEAR,
        turned(TAKEN, "logits", "logits + 0.001"): CLEAR,
        turned(TAKEN, "logits", "logits * 1.001"): CLEAR,
    },
    "attention": {
        turned(SCORES, PRODUCT, f"{PRODUCT} + 0.001"): SHIFTED,
        turned(SCORES, PRODUCT, "np.einsum('bd,btd->bt', query, keys + 0.001)"): SHIFTED,
        turned(WEIGHTS, MASKED, f"softmax({INSIDE} + 0.001)"): SHIFTED,
        turned(WEIGHTS, MASKED, "softmax(np.where(mask, scores + 0.001, -np.inf))"): SHIFTED,
        turned(WEIGHTS, MASKED, f"np.abs({MASKED})"): POSITIVE,
        turned(WEIGHTS, MASKED, "softmax(np.where(mask, scores, -np.inf + 1))"): INFINITE,
        turned(WEIGHTS, MASKED, "softmax(np.where(mask, scores, -np.inf - 1))"): INFINITE,
        turned(WEIGHTS, MASKED, "softmax(np.where(mask, scores, 2 * -np.inf))"): INFINITE,
        turned(WEIGHTS, MASKED, "softmax(np.where(mask, scores, -np.inf / 2))"): INFINITE,
        turned(READ, "weights, values), weights", "weights, values), np.abs(weights)"): POSITIVE,
        turned(READ, "weights, values), weights", "np.abs(weights), values), weights"): POSITIVE,
    },
}
