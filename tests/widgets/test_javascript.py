"""The arithmetic of the page is that of the reference."""

import re
from pathlib import Path

import numpy as np
import pytest

from unrolled.layers import rnn_layer
from unrolled.trace import gru_steps, lstm_steps
from unrolled.widgets import base
from unrolled.widgets.base import css
from unrolled.widgets.bundle import esm
from unrolled.widgets.challenges import CHALLENGES, neuron, succeeds
from unrolled.widgets.param_counter import MATRICES, param_blocks
from unrolled.widgets.reader import reader_from_weights

from .conftest import random_weights

SHARED = {"core", "cells", "gates", "heatmap", "reader"}
MODULES = sorted({path.stem for path in Path(base.__file__).parent.glob("*.js")} - SHARED)


@pytest.mark.parametrize("seed", range(3))
def test_states_agree_with_numpy(javascript, seed):
    rng = np.random.default_rng(seed)
    time, features, units = 17, 5, 11
    x = rng.normal(size=(1, time, features))
    weights = random_weights(rng, features, units, head=False)
    expected = rnn_layer(x, np.zeros((1, units)), **weights)[0]
    data = {
        "drives": (x[0] @ weights["W_x"]).tolist(),
        "W_h": weights["W_h"].ravel().tolist(),
        "b": weights["b"].tolist(),
    }
    states = javascript("state_map", "widget.rnnStates(data.drives, data.W_h, data.b)", data)
    np.testing.assert_allclose(states, expected, atol=1e-5)


def _gated(seed, columns, units=7, time=11):
    rng = np.random.default_rng(seed)
    x, W_x = rng.normal(size=(1, time, 5)), rng.normal(size=(5, columns * units))
    W_h = rng.normal(size=(units, columns * units)) / units**0.5
    biases = rng.normal(size=(2, columns * units))
    # Some gates at some steps are forced; null leaves one alone.
    forced = np.where(rng.random((time, units)) < 0.2, rng.random((time, units)), np.nan)
    data = {
        "drives": (x[0] @ W_x).tolist(),
        "W_h": W_h.ravel().tolist(),
        "biases": biases.tolist(),
        "forced": [[None if np.isnan(v) else v for v in row] for row in forced],
    }
    return x, W_x, W_h, biases, forced, data


FORCED = "(name, t, j) => name === data.gate ? data.forced[t][j] ?? undefined : undefined"


@pytest.mark.parametrize("gate", [None, *"ifgo"])
def test_an_lstm_agrees_with_numpy(javascript, gate):
    x, W_x, W_h, biases, forced, data = _gated(1, 4)
    zero = np.zeros((1, 7))
    given = {gate: forced} if gate else None
    expected = lstm_steps(x, zero, zero, W_x, W_h, biases[0], forced=given)
    call = f"widget.lstmSteps(data.drives, data.W_h, data.biases[0], {FORCED})"
    steps = javascript("gates", call, data | {"gate": gate})
    for name, values in expected.items():
        np.testing.assert_allclose([step[name] for step in steps], values[0], atol=1e-5)


@pytest.mark.parametrize("after", [True, False])
@pytest.mark.parametrize("gate", [None, *"zrn"])
def test_a_gru_agrees_with_numpy(javascript, gate, after):
    x, W_x, W_h, biases, forced, data = _gated(2, 3)
    given = {gate: forced} if gate else None
    b = biases if after else biases[0]
    expected = gru_steps(x, np.zeros((1, 7)), W_x, W_h, b, forced=given)
    b_h = "data.biases[1]" if after else "undefined"
    call = f"widget.gruSteps(data.drives, data.W_h, data.biases[0], {b_h}, {FORCED})"
    steps = javascript("gates", call, data | {"gate": gate})
    for name, values in expected.items():
        np.testing.assert_allclose([step[name] for step in steps], values[0], atol=1e-5)


@pytest.mark.parametrize("head", [True, False])
def test_a_sentence_is_read_as_in_python(javascript, make_map, head):
    widget = make_map("Harry constructor __proto__ potter", head=head)
    data = {
        "weights": list(widget._weights),
        "shape": widget._shape,
        "vocabulary": widget._vocabulary,
        "text": widget.text,
    }
    read = javascript(
        "state_map",
        """widget.readTokens(
          widget.split(data.text, "space"), Object.fromEntries(data.vocabulary),
          widget.unpack(new DataView(Uint8Array.from(data.weights).buffer), data.shape))""",
        data,
    )
    assert read["tokens"] == widget.tokens
    assert read["known"] == widget._known == [True, False, False, True]
    np.testing.assert_allclose(read["states"], widget.states, atol=1e-5)
    np.testing.assert_allclose(read["odds"], widget.probabilities, atol=1e-5)
    assert len(read["odds"]) == (4 if head else 0)


def test_a_word_outside_the_vocabulary_without_unk_is_no_input(javascript):
    weights = random_weights(np.random.default_rng(0), 2, 3)
    reading = reader_from_weights(weights, {"a": 0, "b": 1}).read("a c")
    np.testing.assert_allclose(
        reading.states[1], np.tanh(reading.states[0] @ weights["W_h"] + weights["b"]), atol=1e-6
    )
    read = javascript(
        "state_map",
        """widget.readTokens(["a", "c"], { a: 0, b: 1 }, { ...data, units: 3,
          W_x: Float32Array.from(data.W_x), V: Float32Array.from(data.V) })""",
        {
            "W_x": weights["W_x"].ravel().tolist(),
            "W_h": weights["W_h"].ravel().tolist(),
            "b": weights["b"].tolist(),
            "V": weights["V"].tolist(),
            "c": [weights["c"]],
        },
    )
    np.testing.assert_allclose(read["states"], reading.states, atol=1e-5)


@pytest.mark.parametrize("text", ["  two  words ", "탭\t과 줄", "", "a\u00a0b", "é🙂ㅎ"])
def test_a_text_is_split_as_in_python(javascript, text):
    assert javascript("state_map", "widget.split(data, 'space')", text) == text.split()
    assert javascript("state_map", "widget.split(data, 'character')", text) == list(text)


def test_challenges_are_judged_as_in_python(javascript):
    rng = np.random.default_rng(0)
    tried = np.round(rng.uniform(-3, 3, size=(400, 3)) / 0.05) * 0.05
    presets = np.array([challenge.preset for challenge in CHALLENGES])
    spreads = np.repeat([[0.4], [0.02]], 200, axis=0)  # near presets, where verdicts turn
    near = [preset + rng.normal(size=(400, 3)) * spreads for preset in presets]
    tried = np.concatenate([tried, *near, presets])
    data = {
        "challenges": [
            {"kind": it.kind, "inputs": it.inputs, "pulse": it.pulse} for it in CHALLENGES
        ],
        "tried": tried.tolist(),
    }
    answer = javascript(
        "neuron_lab",
        """data.tried.map(([w_x, w_h, b]) => data.challenges.map((it) => [
          widget.succeeds(it, { w_x, w_h, b }), widget.neuron({ w_x, w_h, b }, it.inputs)]))""",
        data,
    )
    for k, challenge in enumerate(CHALLENGES):
        verdicts = [row[k][0] for row in answer]
        assert verdicts == succeeds(challenge, *tried.T).tolist()
        assert verdicts[len(tried) - len(CHALLENGES) + k], challenge.kind
        states = np.array([row[k][1] for row in answer])
        np.testing.assert_allclose(states, neuron(*tried.T, challenge.inputs), atol=1e-5)


def test_parameters_are_counted_as_in_python(javascript):
    shapes = [
        {
            "cell": cell,
            "features": features,
            "units": units,
            "reset_after": after,
            "bidirectional": both,
            "outputs": 2,
        }
        for cell in MATRICES
        for features, units in ((10_000, 32), (3, 7))
        for after in (True, False)
        for both in (True, False)
    ]
    answer = javascript("param_counter", "data.map(widget.blocks)", shapes)
    for shape, blocks in zip(shapes, answer, strict=True):
        expected = param_blocks(**shape)
        assert [block["count"] for block in blocks] == [block.count for block in expected]
        assert [tuple(block["factors"]) for block in blocks] == [b.factors for b in expected]
        assert [block["name"] for block in blocks] == [block.name for block in expected]


def test_a_growth_is_named_by_its_nearest_factor(javascript):
    factors = javascript("param_counter", "data.map(widget.nearest)", [1, 1.02, 1.997, 2.2, 3.7, 9])
    assert factors == [1, 1, 2, 2, 4, 4]


@pytest.mark.parametrize("module", MODULES)
def test_a_module_is_one_small_file_without_imports_or_network(module):
    text = esm(module)
    assert len(text.encode()) < 20_000
    assert not any(line.startswith("import ") for line in text.splitlines())
    for address in ("http://", "https://", "fetch(", "import("):
        assert address not in text.replace("http://www.w3.org/2000/svg", "")
    assert "innerHTML" not in text
    assert "url(" not in css(module)


def test_a_module_takes_from_the_shared_files_what_it_uses_and_no_more():
    text = esm("gradient_lab")
    for used in ("lstmSteps", "sums", "sigmoid", "rnnStates", "frame", "clamp"):
        assert re.search(rf"(const|function) {used}\b", text), used
    for unused in ("gruSteps", "curve", "colours", "heatmap"):
        assert f"function {unused}(" not in text
    assert "function gruSteps" in esm("gates")
