"""GRUGates: one unit by hand, and a trained layer with gates held at a token."""

import numpy as np
import pytest
import traitlets

from unrolled.trace import gru_steps, lstm_steps
from unrolled.widgets import GRUGates, GRUReading
from unrolled.widgets.clamps import EVERY_UNIT, Clamp
from unrolled.widgets.gru_challenges import CHALLENGES, find_preset, gates, succeeds, unit_steps
from unrolled.widgets.gru_clamps import choose_presets, search_clamps
from unrolled.widgets.reader import STEPS_IN_PAGE, reader_from_weights

from .examples import HOSTILE, WORDS, gru_reading

SOLVABLE = [challenge for challenge in CHALLENGES if challenge.preset]


def test_presets_are_what_the_search_finds_and_solve_their_challenge():
    for challenge in CHALLENGES:
        assert challenge.preset == find_preset(challenge), challenge.kind
    for challenge in SOLVABLE:
        z, r = gates(challenge, challenge.preset)
        assert GRUGates(z, r, challenge.inputs).solved == (challenge.kind,)


def test_no_challenge_is_solved_from_the_start_and_one_never():
    assert [it.kind for it in CHALLENGES if not it.preset] == ["count"]
    for i in range(len(CHALLENGES)):
        assert GRUGates(challenge=i).solved == ()


def test_no_gates_count_as_h_lies_between_its_past_and_the_candidate():
    rng = np.random.default_rng(0)
    z, r = rng.random((2, 20_000, 8)) ** rng.choice([0.2, 1, 5], size=(2, 20_000, 1))
    count = CHALLENGES[-1]
    assert not succeeds(count, z, r).any()
    n, h = unit_steps(z, r, rng.normal(size=8))
    past = np.concatenate([np.zeros((len(h), 1)), h[:, :-1]], axis=1)
    assert (np.minimum(past, n) - 1e-12 <= h).all()
    assert (h <= np.maximum(past, n) + 1e-12).all()
    assert (np.abs(h) <= 1).all()


def test_the_unit_is_a_gru_whose_gates_are_forced():
    rng = np.random.default_rng(1)
    z, r = rng.random((2, 1, 8, 1))
    x = rng.normal(size=(1, 8, 1))
    W_x, W_h = np.array([[0, 0, 2.0]]), np.array([[0, 0, 1.0]])
    forced = {"z": z, "r": r}
    steps = gru_steps(x, np.zeros((1, 1)), W_x, W_h, np.zeros(3), forced=forced)
    n, h = unit_steps(z[0, :, 0], r[0, :, 0], x[0, :, 0])
    np.testing.assert_allclose(n, steps["n"][0, :, 0])
    np.testing.assert_allclose(h, steps["h"][0, :, 0])


def test_challenges_are_judged_as_in_python(javascript):
    rng = np.random.default_rng(2)
    tried = {}
    for challenge in CHALLENGES:
        z, r = rng.random((2, 200, 8))
        if challenge.preset:  # near a preset, where verdicts turn
            centre = np.stack(gates(challenge, challenge.preset))[:, None]
            z, r = np.clip(centre + rng.normal(size=(2, 200, 8)) * 0.08, 0, 1)
            z[0], r[0] = centre[:, 0]
        tried[challenge.kind] = (z, r)
    data = [
        {
            "kind": it.kind,
            "inputs": it.inputs,
            "events": it.events,
            "gates": [
                {"z": z.tolist(), "r": r.tolist()} for z, r in zip(*tried[it.kind], strict=True)
            ],
        }
        for it in CHALLENGES
    ]
    answer = javascript(
        "gru_gates",
        """data.map((it) => it.gates.map((gates) => {
          const steps = widget.unitSteps(gates, it.inputs);
          const h = steps.map((step) => step.h);
          return { h, n: steps.map((step) => step.n), ok: widget.succeeds(it, h) };
        }))""",
        data,
    )
    for challenge, rows in zip(CHALLENGES, answer, strict=True):
        z, r = tried[challenge.kind]
        n, h = unit_steps(z, r, challenge.inputs)
        np.testing.assert_allclose([row["n"] for row in rows], n, atol=1e-5)
        np.testing.assert_allclose([row["h"] for row in rows], h, atol=1e-5)
        verdicts = [row["ok"] for row in rows]
        assert verdicts == succeeds(challenge, z, r).tolist()
        assert any(verdicts) == (challenge.preset is not None)
        assert not all(verdicts)


def test_words_tell_z_as_it_is_written():
    widget = GRUGates(z=0.25, step=1)
    assert "z = 0.25" in widget.describe()
    assert "75 % of the way" in widget.describe()
    widget.swapped = True
    assert "z = 0.75" in widget.describe()
    assert "75 % of the way" in widget.describe()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"inputs": []}, "one finite input"),
        ({"inputs": [1, float("nan")]}, "one finite input"),
        ({"z": 1.2}, "from 0 to 1"),
        ({"r": [0.5, 0.5]}, "each of the 8 inputs"),
        ({"z": float("nan")}, "from 0 to 1"),
    ],
)
def test_gates_and_inputs_that_do_not_fit_are_refused(options, words):
    with pytest.raises(ValueError, match=words):
        GRUGates(**options)


def test_one_step_is_enough():
    widget = GRUGates(inputs=[1])
    assert widget.describe()
    assert widget.static()


# --- On weights ------------------------------------------------------------------------------


@pytest.mark.parametrize("after", [True, False])
@pytest.mark.parametrize("head", [True, False])
def test_a_sentence_is_read_as_in_python(javascript, after, head):
    clamps = [
        ["z", 1, -1, 1.0],
        ["z", 1, 2, 0.0],
        ["r", 3, 0, 0.5],
        ["z", 3, 1, 0],
        ["r", 2, -1, 0],
    ]
    text = "Harry constructor __proto__ potter"
    widget = gru_reading(text, after=after, head=head, clamps=clamps)
    answer = javascript(
        "gru_reading",
        """[data.clamps, []].map((clamps) => widget.readGates(
          widget.split(data.text, data.split), Object.fromEntries(data.vocabulary),
          widget.unpack(new DataView(Uint8Array.from(data.weights).buffer), data.shape),
          clamps))""",
        {
            "text": text,
            "split": widget._split,
            "vocabulary": widget._vocabulary,
            "weights": list(widget._weights),
            "shape": widget._shape,
            "clamps": clamps,
        },
    )
    for clamped, read in zip((True, False), answer, strict=True):
        expected = widget.values(clamped)
        for name in "zrnh":
            shown = [step[name] for step in read["steps"]]
            np.testing.assert_allclose(shown, expected[name], atol=1e-5)
        np.testing.assert_allclose(read["odds"], widget.probabilities(clamped), atol=1e-5)
        assert len(read["odds"]) == 4 * head
        assert read["known"] == [True, False, False, True]
    assert widget.values()["z"][1].tolist() == [1, 1, 0, 1, 1, 1]


@pytest.mark.parametrize("text", ["  two  words ", "탭\t과 줄", "", "a\u00a0b", "é🙂ㅎ"])
def test_a_text_is_split_as_in_python(javascript, text):
    assert javascript("gru_reading", "widget.split(data, 'space')", text) == text.split()
    assert javascript("gru_reading", "widget.split(data, 'character')", text) == list(text)


def test_the_search_finds_every_single_clamp_that_turns_the_answer():
    widget = gru_reading("Harry Potter met a potter", units=3)
    search = search_clamps(widget.reader, widget.text)
    turned = {}
    for gate in "zr":
        for step in range(5):
            for unit in (-1, 0, 1, 2):
                for value in (0.0, 1.0):
                    widget.clamps = [[gate, step, unit, value]]
                    before, after = widget.answers()
                    assert before == pytest.approx(search.free)
                    if (before > 0.5) != (after > 0.5):
                        turned[Clamp(*widget.clamps[0])] = after
    assert search.tried == 2 * 5 * 4 * 2
    assert {it.clamp: pytest.approx(it.answer) for it in search.found} == turned
    assert search.share == len(turned) / 80
    changes = [abs(it.answer - search.free) for it in search.found]
    assert changes == sorted(changes, reverse=True)
    assert all(abs(it.answer - search.free) <= 0.05 for it in search.idle)


def test_presets_turn_the_answer_or_are_idle_and_both_are_there():
    widget = gru_reading(examples=["Harry met a potter", "Granger and Potter"])
    texts = {search.text: search for search in widget.searches}
    assert list(texts) == [widget.text, "Harry met a potter", "Granger and Potter"]
    kinds = set()
    for preset in widget._presets:
        widget.set_traits(text=preset["text"], clamps=[preset["clamp"]])
        before, after = widget.answers()
        turns = (before > 0.5) != (after > 0.5)
        assert turns or abs(after - before) <= 0.05
        kinds.add(turns)
    assert kinds == {True, False}
    assert len(widget._presets) <= 9
    assert [it["clamp"] for it in widget._presets] == [
        found.clamp.plain() for _search, found in choose_presets(widget.searches)
    ]


def test_a_search_needs_a_head():
    widget = gru_reading(head=False)
    assert widget.searches == ()
    assert "takes a sigmoid head" in widget.labels["share"]
    with pytest.raises(ValueError, match="needs a sigmoid head"):
        search_clamps(widget.reader, "Harry")


def test_clamps_that_do_not_fit_are_refused_and_a_shorter_text_drops_them():
    widget = gru_reading()
    for wrong in (
        ["n", 0, 0, 1],
        ["z", 8, 0, 1],
        ["z", 0, 6, 1],
        ["z", 0, 0, np.nan],
        ["z"],
        3,
        ["z", 0.5, 0, 1],
    ):
        with pytest.raises(traitlets.TraitError, match=r'give \["z" or "r"'):
            widget.clamps = [wrong]
    widget.clamps = [["z", 1, -1, 1.0], ["r", 6, 0, 0.0]]
    widget.step = 7
    widget.text = "Harry met"
    assert (widget.clamps, widget.step) == ([["z", 1, -1, 1.0]], 1)
    widget.set_state({"text": " ".join(WORDS), "clamps": [["r", 7, 0, 1.0]], "step": 7})
    assert (widget.clamps, widget.step) == ([["r", 7, 0, 1.0]], 7)


def test_what_is_held_is_told():
    widget = gru_reading(clamps=[["z", 1, -1, 1.0]])
    before, after = widget.answers()
    words = widget.describe()
    assert "z = 1 at \u2068Potter\u2069, all units" in words
    assert f"{before:.2f} without what is held, {after:.2f} with it" in words
    assert "zyzzyva" in gru_reading("Harry zyzzyva").describe().split("vocabulary")[1]


def test_a_large_layer_is_sent_for_the_words_of_the_text_alone():
    widget = gru_reading("Harry met Potter", units=33)
    assert widget._split == "kernel"
    assert [word for word, _id in widget._vocabulary] == ["<unk>", "Harry", "Potter", "met"]
    widget.text = "a potter"
    assert [word for word, _id in widget._vocabulary] == ["<unk>", "a", "potter"]
    with pytest.raises(ValueError, match="up to 128 units, this layer has 129"):
        gru_reading("Harry", units=129)


def test_only_the_first_tokens_of_a_long_text_are_read():
    widget = gru_reading("Harry met " * 60)
    assert len(widget.tokens) == STEPS_IN_PAGE
    assert widget.static()


def test_the_lstm_beside_is_that_of_the_trace():
    widget = gru_reading("Harry met Potter", beside_unit=2)
    lstm = widget._lstm
    assert lstm is not None
    drives, zero = lstm.drives(widget.tokens)[None], np.zeros((1, 6))
    steps = lstm_steps(drives, zero, zero, np.eye(24), lstm.W_h, lstm.b)
    np.testing.assert_allclose(widget._beside["values"], steps["c"][0, :, 2], atol=1e-6)
    before = widget._beside["values"]
    widget.beside_unit = 3
    assert widget._beside["values"] != before
    assert gru_reading(beside=False)._beside == {}


@pytest.mark.parametrize("text", ["", "Harry", *HOSTILE])
def test_hostile_and_short_texts_are_drawn_and_described(text):
    widget = gru_reading(text.replace(" ", "\u00a0"))
    assert widget.describe()
    assert widget.static("dark")


def _weights(units=2, features=2, **others):
    made = {
        "W_x": np.zeros((features, 3 * units)),
        "W_h": np.zeros((units, 3 * units)),
        "b": np.zeros(3 * units),
    }
    return made | others


@pytest.mark.parametrize(
    ("weights", "words"),
    [
        ({"W_x": np.eye(2)}, "lack W_h, b"),
        (_weights(b=np.zeros((3, 6))), "GRUGates: the weights do not fit"),
        (_weights(W_h=np.zeros((2, 8))), r"\(units, 3 units\)"),
        (_weights(V=np.zeros(3)), "do not fit"),
        (_weights(features=1), "only 1 rows"),
        (_weights(W_h=np.full((2, 6), np.nan)), "NaN or infinity in W_h"),
        ({name: 1.0 for name in ("W_x", "W_h", "b")}, "do not fit"),
    ],
)
def test_weights_that_do_not_fit_are_refused_with_a_reason(weights, words):
    with pytest.raises(ValueError, match=words):
        GRUGates.from_weights(weights, "a", {"a": 1})


def test_lstm_weights_are_checked_too():
    with pytest.raises(ValueError, match="weights beside, of an LSTM, do not fit"):
        GRUGates.from_weights(_weights(), "a", {"a": 1}, beside=_weights())


def test_a_clamp_is_the_same_on_its_way_through_the_page():
    for clamp in (Clamp("z", 3, EVERY_UNIT, 1.0), Clamp("r", 0, 5, 0.0)):
        assert Clamp(*clamp.plain()) == clamp


@pytest.mark.keras
@pytest.mark.parametrize("after", [True, False])
@pytest.mark.parametrize("bias", [True, False])
def test_gates_and_answer_are_those_of_keras(after, bias):
    import keras

    rng = np.random.default_rng(3)
    model = keras.Sequential(
        [
            keras.Input((None,), dtype="int32"),
            keras.layers.Embedding(6, 4),
            keras.layers.Dropout(0.2),
            keras.layers.GRU(5, reset_after=after, use_bias=bias),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.set_weights([rng.normal(size=weight.shape) for weight in model.get_weights()])
    vocabulary = {"<pad>": 0, "<unk>": 1, "not": 2, "good": 3, "bad": 4}
    widget = GRUGates.from_keras(model, "not good strange", vocabulary)
    assert isinstance(widget, GRUReading)
    answer = float(model(np.array([[2, 3, 1]]))[0, 0])
    assert widget.probabilities()[-1] == pytest.approx(answer, abs=1e-5)
    states = keras.Model(model.inputs[0], model.layers[2].output)(np.array([[2, 3, 1]]))
    np.testing.assert_allclose(widget.values()["h"][-1], states[0], atol=1e-5)


@pytest.mark.keras
def test_a_model_it_cannot_read_is_refused():
    import keras

    def model(*layers):
        return keras.Sequential([keras.Input((None, 5)), *layers])

    layers = keras.layers
    for made, words in (
        (model(layers.LSTM(4)), "begins with LSTM"),
        (model(layers.Bidirectional(layers.GRU(4))), "Bidirectional"),
        (model(layers.Dense(3)), "none among Dense"),
        (model(layers.GRU(4, activation="relu")), "relu"),
        (model(layers.GRU(4, go_backwards=True)), "backwards"),
        (model(layers.Dense(3), layers.GRU(4)), "read through Dense"),
        (object(), "has no layers at all"),
    ):
        with pytest.raises(ValueError, match=words):
            GRUGates.from_keras(made, "a", {"a": 1})


def test_a_layer_given_alone_reads_in_batches():
    reader = reader_from_weights(_weights(V=np.ones(2)), {"a": 1}, cell="GRU")
    drives = np.repeat(reader.drives(["a"])[None], 3, axis=0)
    values = reader.run(drives, {"z": np.full((3, 1, 2), np.nan), "r": np.zeros((3, 1, 2))})
    assert values["h"].shape == (3, 1, 2)
    assert reader.odds(values["h"]).shape == (3, 1)
