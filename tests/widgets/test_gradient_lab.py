"""GradientLab: its arithmetic against the reference, its presets, and what it refuses."""

import numpy as np
import pytest
import traitlets

from unrolled.cells import lstm_step
from unrolled.gradients import bptt, clip_by_global_norm, gradient_norm_by_lag
from unrolled.layers import rnn_layer
from unrolled.widgets import GradientLab
from unrolled.widgets.backflow import VALUE_LIMIT, clip, flow, spectral_radius, verdict
from unrolled.widgets.gradient_presets import PRESETS, as_traits, drives, flow_of, matrices
from unrolled.widgets.gradient_words import power
from unrolled.widgets.layer_flow import Layer, checked_layer


def _drawn(seed, units=7, time=13, columns=None):
    rng = np.random.default_rng(seed)
    W_h = rng.normal(size=(units, columns or units)) / units**0.5
    return W_h, rng.normal(size=(time, columns or units))


@pytest.mark.parametrize("scale", [0.3, 1.0, 2.5])
def test_a_simple_cells_shares_are_the_references(scale):
    W_h, x = _drawn(1)
    zero = np.zeros((1, 7))
    states = rnn_layer(x[None], zero, np.eye(7), scale * W_h, np.zeros(7))
    made = flow("tanh", scale * W_h, x)
    expected = gradient_norm_by_lag(states, scale * W_h)[0]
    np.testing.assert_allclose(10**made.logs, expected, rtol=1e-9)
    np.testing.assert_allclose(10 ** np.cumsum(np.log10(made.factors)), expected[1:], rtol=1e-9)
    seeds = np.zeros((1, 13, 7))
    seeds[0, -1] = 7**-0.5
    gradient = bptt(seeds, x[None], zero, np.eye(7), scale * W_h, np.zeros(7))[3]
    np.testing.assert_allclose(made.gradient, gradient.ravel(), rtol=1e-9)


def test_a_linear_cells_shares_are_those_of_states_at_zero():
    W_h, x = _drawn(2)
    expected = gradient_norm_by_lag(np.zeros((1, 13, 7)), W_h)[0]
    np.testing.assert_allclose(10 ** flow("linear", W_h, x).logs, expected, rtol=1e-9)


def test_an_lstms_shares_and_gradient_are_those_of_small_changes():
    units, time = 3, 6
    W_h, x = _drawn(3, units, time, 4 * units)
    none = np.zeros(4 * units)

    def run(state, first, W=W_h):
        h, c = state[None, :units], state[None, units:]
        for t in range(first, time):
            h, c = lstm_step(x[None, t], h, c, np.eye(4 * units), W, none)
        return np.concatenate([h[0], c[0]])

    def slopes(function, at):
        moves = np.eye(at.size).reshape(-1, *at.shape) * 1e-6
        return np.array([(function(at + by) - function(at - by)) / 2e-6 for by in moves])

    made = flow("lstm", W_h, x)
    states = [np.zeros(2 * units)]
    for t in range(time):
        h, c = states[-1][None, :units], states[-1][None, units:]
        h, c = lstm_step(x[None, t], h, c, np.eye(4 * units), W_h, none)
        states.append(np.concatenate([h[0], c[0]]))
    for lag in range(time):
        there = slopes(lambda state, lag=lag: run(state, time - lag), states[time - lag])
        assert 10 ** made.logs[lag] == pytest.approx(np.linalg.norm(there, 2), rel=1e-5)
    of_weights = slopes(lambda W: run(np.zeros(2 * units), 0, W)[:units].sum() / units**0.5, W_h)
    np.testing.assert_allclose(made.gradient, of_weights, atol=1e-8)


def test_orthogonal_and_linear_at_radius_one_nothing_is_lost():
    widget = GradientLab(1.0, "linear", timesteps=100)
    np.testing.assert_allclose(widget.shares, 1, rtol=1e-5)
    assert "1.00" in widget.describe()


@pytest.mark.parametrize("matrix", ["orthogonal", "random"])
@pytest.mark.parametrize("radius", [0.6, 1.0, 1.5])
def test_what_tanh_leaves_is_never_above_one(matrix, radius):
    widget = GradientLab(radius, matrix=matrix, strength=0.3, timesteps=80)
    assert (widget.flow.kept <= 1 + 1e-12).all()
    if matrix == "orthogonal":
        np.testing.assert_allclose(widget.flow.pushed, radius, rtol=1e-5)


def test_the_matrices_have_spectral_radius_one():
    made = matrices()
    blocks = [made["orthogonal"], made["random"], *np.split(made["lstm"], 4, axis=1)]
    assert [spectral_radius(block) for block in blocks] == pytest.approx([1] * 6, rel=1e-5)


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
def test_a_preset_is_what_the_search_finds_and_holds(preset):
    assert preset.search() == preset.found
    assert preset.holds(preset.found)


def test_the_presets_show_each_outcome():
    ends = {preset.name: verdict(flow_of(preset.found).logs[-1]) for preset in PRESETS}
    assert ends == {
        "below": "vanishes",
        "one": "stays",
        "above": "explodes",
        "tamed": "vanishes",
        "clipped": "explodes",
        "gated": "stays",
    }
    above, tamed = (p.found for p in PRESETS if p.name in ("above", "tamed"))
    assert above.radius == tamed.radius  # tanh alone makes the difference
    closed = GradientLab(0.9, "lstm", matrix="random", timesteps=100, forget_bias=0.0)
    assert verdict(closed.flow.logs[-1]) == "vanishes"


def test_clipping_by_norm_keeps_the_direction_and_by_value_does_not():
    gradient = np.random.default_rng(0).normal(size=30) * 4
    by_norm, by_value = clip(gradient, "norm"), clip(gradient, "value")
    reference = clip_by_global_norm([gradient], 1.0)[0]
    assert by_norm.clipped == pytest.approx(tuple(reference[list(by_norm.pair)]))
    assert by_norm.after == pytest.approx(1)
    assert by_norm.turned == pytest.approx(0, abs=1e-4)
    assert by_value.turned > 5
    assert max(np.abs(by_value.clipped)) == VALUE_LIMIT
    assert clip(gradient / 1e3, "norm").clipped == clip(gradient / 1e3, "none").clipped
    assert clip(np.zeros(4), "norm").turned == 0


SETTINGS = [
    {"cell": cell, "matrix": matrix, "radius": radius, "strength": strength, "timesteps": steps}
    for cell in ("linear", "tanh", "lstm")
    for matrix in ("orthogonal", "random")
    for radius, strength, steps in ((0.7, 0.2, 100), (1.0, 0.05, 37), (1.5, 0.02, 100), (0, 1, 1))
]


def test_the_page_carries_gradients_back_as_python_does(javascript):
    settings = [preset.found for preset in PRESETS]
    settings += [type(settings[0])(**it, forget_bias=1.5) for it in SETTINGS]
    base = [matrices()["lstm" if it.cell == "lstm" else it.matrix].astype(float) for it in settings]
    data = [
        {"cell": it.cell, "W_h": (it.radius * W).ravel().tolist(), "drives": drives(it).tolist()}
        for it, W in zip(settings, base, strict=True)
    ]
    answers = javascript("gradient_lab", "data.map(widget.flow)", data)
    for setting, answer in zip(settings, answers, strict=True):
        made = flow_of(setting)
        logs = [-np.inf if log is None else log for log in answer["logs"]]  # JSON has no infinity
        np.testing.assert_allclose(10 ** np.array(logs), 10**made.logs, rtol=1e-5)
        np.testing.assert_allclose(answer["kept"], made.kept, rtol=1e-5)
        np.testing.assert_allclose(answer["pushed"], made.pushed, rtol=1e-5)
        largest = np.abs(made.gradient).max()
        np.testing.assert_allclose(
            answer["gradient"], made.gradient, rtol=1e-5, atol=1e-9 * largest
        )


@pytest.mark.parametrize("units", [1, 2, 5, 32])
@pytest.mark.parametrize("spread", ["equal", "close", "wide", "one row"])
def test_the_page_finds_spectral_norms(javascript, units, spread):
    rng = np.random.default_rng(units)
    left, right = (np.linalg.qr(rng.normal(size=(units, units)))[0] for _side in range(2))
    values = {
        "equal": np.ones(units),
        "close": 1 + 1e-4 * rng.random(units),
        "wide": 10.0 ** rng.uniform(-12, 3, units),
        "one row": np.eye(units)[0],
    }[spread]
    matrix = left @ np.diag(values) @ right * 1e-40
    log = javascript("gradient_lab", "widget.logNorm(data)", matrix.tolist())
    assert log == pytest.approx(np.log10(np.linalg.norm(matrix, 2)), abs=1e-6)


@pytest.mark.parametrize("how", ["none", "norm", "value"])
def test_the_page_clips_as_python_does(javascript, how):
    rng = np.random.default_rng(9)
    gradients = [rng.normal(size=64) * size for size in (0.01, 1, 1e5)] + [np.zeros(4), np.ones(1)]
    call = f"data.map((g) => widget.clipped(g, '{how}', {{ norm: 1, value: 0.5 }}))"
    answers = javascript("gradient_lab", call, [gradient.tolist() for gradient in gradients])
    for gradient, answer in zip(gradients, answers, strict=True):
        made = clip(gradient, how)
        assert answer["norm"] == pytest.approx(made.norm, rel=1e-9)
        assert answer["after"] == pytest.approx(made.after, rel=1e-9)
        assert answer["turned"] == pytest.approx(made.turned, abs=1e-4)
        assert answer["raw"] == pytest.approx(list(made.raw))
        assert answer["cut"] == pytest.approx(list(made.clipped))


def test_numbers_are_written_as_in_python(javascript):
    logs = [0, 0.0, -0.01, 1.5, 2.7, 3.9999, 4, 7.123, -2, -2.001, -11.9999999, -300.2, 450.3]
    assert javascript("gradient_lab", "data.map(widget.power)", logs) == [power(v) for v in logs]
    assert [power(-np.inf), power(np.inf), power(0), power(-5)] == ["0", "∞", "1.00", "1.0·10⁻⁵"]


def test_steps_and_sliders_stay_in_reach():
    widget = GradientLab(timesteps=400)
    assert widget.timesteps == 100
    widget.step = 99
    widget.timesteps = 30
    assert widget.step == 30
    widget.timesteps = -2
    assert (widget.timesteps, widget.step, len(widget.shares)) == (1, 1, 2)
    for name in ("radius", "strength", "forget_bias"):
        with pytest.raises(traitlets.TraitError):
            setattr(widget, name, float("nan"))
    with pytest.raises(traitlets.TraitError):
        GradientLab(-1)
    widget.set_traits(**as_traits(PRESETS[0].found))
    assert (widget.step, widget.timesteps, widget.radius) == (50, 50, 0.7)


def test_a_layer_is_asked_for_by_name():
    with pytest.raises(ValueError, match="from_keras"):
        GradientLab(matrix="layer")


@pytest.mark.parametrize(("units", "steps"), [(33, 5), (4, 102)])
def test_a_large_layer_is_sent_as_a_result(units, steps):
    W_h, x = _drawn(5, units, steps)
    widget = GradientLab(spectral_radius(W_h), layer=Layer(W_h, x, spectral_radius(W_h)))
    sent = np.frombuffer(widget._sent["logs"], "<f4")
    np.testing.assert_allclose(sent, widget.flow.logs, rtol=1e-5)
    assert len(sent) == steps
    assert not widget._matrices
    widget.timesteps = 2
    assert widget.timesteps == steps - 1


def test_a_layer_of_one_step_or_of_zeros_is_drawn_and_described():
    for W_h, steps in ((np.eye(2), 1), (np.zeros((2, 2)), 4)):
        layer = checked_layer(W_h, np.ones((steps, 2)), "rnn")
        widget = GradientLab(layer.radius, layer=layer, clip="value")
        assert widget.describe()
        assert widget.static()


def test_numbers_that_are_none_are_refused():
    with pytest.raises(ValueError, match="NaN"):
        checked_layer(np.full((2, 2), np.nan), np.ones((3, 2)), "rnn")
    with pytest.raises(ValueError, match="every step is masked"):
        checked_layer(np.eye(2), np.ones((0, 2)), "rnn")


@pytest.fixture(scope="module")
def keras():
    import keras

    keras.utils.set_random_seed(5)
    return keras


def _model(keras, *layers, shape=(None, 3), **options):
    return keras.Sequential([keras.Input(shape, **options), *layers, keras.layers.Dense(1)])


@pytest.mark.keras
def test_the_shares_are_those_of_the_layers_own_states(keras):
    rnn = keras.layers.SimpleRNN(5, bias_initializer="random_normal", return_sequences=True)
    model = _model(keras, rnn)
    x = np.random.default_rng(1).normal(size=(2, 11, 3)).astype("f4")
    widget = GradientLab.from_keras(model, x, list("abcdefghijk"), row=1)
    W_h = model.layers[0].get_weights()[1]
    expected = gradient_norm_by_lag(np.asarray(rnn(x), float), W_h.astype(float))[1]
    np.testing.assert_allclose(widget.shares, expected, rtol=1e-4)
    assert widget.radius == pytest.approx(spectral_radius(W_h))
    assert widget.timesteps == 10
    widget.radius = 2 * widget.radius
    assert widget.shares[1] != pytest.approx(expected[1])


@pytest.mark.keras
def test_masked_steps_are_left_out(keras):
    embedding = keras.layers.Embedding(9, 4, mask_zero=True)
    model = _model(keras, embedding, keras.layers.SimpleRNN(5), shape=(None,), dtype="int32")
    padded = GradientLab.from_keras(model, np.array([[3, 1, 4, 0, 0]]))
    plain = GradientLab.from_keras(model, np.array([[3, 1, 4]]))
    np.testing.assert_allclose(padded.shares, plain.shares)
    with pytest.raises(ValueError, match="every step is masked"):
        GradientLab.from_keras(model, np.array([[0, 0]]))


@pytest.mark.keras
def test_what_it_cannot_read_is_refused_with_a_reason(keras):
    x = np.ones((1, 4, 3), "f4")
    simple = _model(keras, keras.layers.SimpleRNN(2))
    with pytest.raises(ValueError, match="found LSTM"):
        GradientLab.from_keras(_model(keras, keras.layers.LSTM(2)), x)
    with pytest.raises(ValueError, match="runs forwards"):
        GradientLab.from_keras(_model(keras, keras.layers.SimpleRNN(2, go_backwards=True)), x)
    with pytest.raises(ValueError, match=r"shape \(1, 0, 3\)"):
        GradientLab.from_keras(simple, x[:, :0])
    with pytest.raises(ValueError, match="row=1"):
        GradientLab.from_keras(simple, x, row=1)
    with pytest.raises(ValueError, match="2 tokens for 4 steps"):
        GradientLab.from_keras(simple, x, ["a", "b"])
    simple.set_weights([np.full_like(w, np.nan) for w in simple.get_weights()])
    with pytest.raises(ValueError, match="NaN"):
        GradientLab.from_keras(simple, x)


def test_factors_above_the_frame_are_drawn_at_its_edge():
    """A trained layer of radius 2 once showed no factor of W_h at all in the static picture."""
    lab = GradientLab(cell="linear", radius=3.0)
    assert lab.flow.pushed.min() > 1.6
    axes = next(axes for axes in lab.draw("light").axes if axes.get_xlabel())
    (dashes,) = axes.collections
    drawn = [y for path in dashes.get_paths() for y in path.vertices[:, 1]]
    assert max(drawn) < axes.get_ylim()[1]
