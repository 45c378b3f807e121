"""AttentionMap in Python: readings, what is told of them, the search, and the page's arithmetic."""

import json
import re
from types import SimpleNamespace

import numpy as np
import pytest

from unrolled.tasks import dates
from unrolled.widgets import AttentionMap
from unrolled.widgets.attention_presets import find_readings, looks_away, order, sharpness
from unrolled.widgets.attention_readings import (
    attention_reading,
    judge,
    lookers,
    peak,
    reason,
)

from .examples import HOSTILE, attention_map, translation
from .written_dates import DATES, MONTHS, Clerk


def _reading(**changes):
    given = {"read": ["a", "b"], "written": ["x"], "weights": [[0.25, 0.75]]}
    return attention_reading(given | changes)


def test_a_step_is_told_in_words():
    widget = attention_map(step=6)
    said = widget.describe()
    assert "Read: 12 March 2024. Written: 2024-03-12." in said
    assert "Step 7 of 10 writes “3” and looks most at “a”" in said
    assert "“3” 0.90" in said
    assert said.endswith("The answer is right: 2024-03-12.")
    widget.token = 4
    assert "Who looks at “a”, token 5 of the input? “3” at step 7" in widget.describe()
    widget.example = 2
    assert "expected 1999-10-31. It goes wrong at step 9." in widget.describe()


def test_step_token_and_example_stay_within_the_reading():
    widget = attention_map()
    widget.set_traits(step=99, token=99, example=99)
    assert (widget.step, widget.token, widget.example) == (9, len(widget.shown.read) - 1, 2)
    widget.set_traits(step=-9, token=-9, example=-9)
    assert (widget.step, widget.token, widget.example) == (0, -1, 0)
    two = AttentionMap([_reading(), Clerk().read("12 March 2024")], example=1, step=7, token=9)
    two.example = 0
    assert (two.step, two.token) == (0, 1)


def test_what_is_sent_is_what_was_given():
    widget = attention_map()
    json.dumps([{k: v for k, v in it.items() if k != "weights"} for it in widget._readings])
    for sent, given in zip(widget._readings, DATES, strict=True):
        text, expected = given
        reading = Clerk().read(text)
        weights = np.frombuffer(sent["weights"], "<f4").reshape(10, -1)
        np.testing.assert_allclose(weights, reading.weights, atol=1e-6)
        assert (sent["text"], "".join(sent["expected"])) == (text, expected)
        assert [step[0][0] for step in sent["likeliest"]] == reading.written
    assert [it["differs"] for it in widget._readings] == [-1, -1, 8]


def test_a_text_of_ones_own_is_read_by_the_model_and_kept_beside_the_others():
    widget = attention_map(step=7, token=3)
    widget.text = "1 May 1999"
    assert widget.example == 3
    assert widget.shown.written == list("1999-05-01")
    assert widget._readings[3]["own"]
    widget.text = "tomorrow"
    assert (widget.example, len(widget._readings)) == (2, 3)
    assert widget._problem == "I cannot read “tomorrow” as a date."
    widget.text = " "
    assert widget._problem == ""
    start = attention_map(text="1 May 1999")
    assert start._initial["text"] == "1 May 1999"
    assert start._initial["example"] == start.example == 3


def test_readings_without_a_model_take_no_text():
    widget = translation(["ein", "Satz"], ["a", "sentence"])
    widget.text = "something"
    assert (widget._typed, len(widget._readings), widget.example) == (False, 1, 0)


def test_probabilities_and_likeliest_say_the_same():
    odds = [[0.1, 0.2, 0.3, 0.4]]
    vocabulary = {"w": 0, "x": 1, "y": 2, "z": 3}
    told = [[("z", 0.4), ("y", 0.3), ("x", 0.2)]]
    assert _reading(probabilities=odds, vocabulary=vocabulary).likeliest == told
    assert _reading(probabilities=odds, vocabulary=list(vocabulary)).likeliest == told
    assert _reading(likeliest=[[*told[0], ("w", 0.1)]]).likeliest == told
    assert _reading().likeliest == [[]]


@pytest.mark.parametrize(
    ("read", "token", "row", "why"),
    [
        ("ab", "a", [0.7, 0.3], "copy"),
        ("ab", "b", [0.7, 0.3], "ahead"),
        ("ab", "a", [0.3, 0.7], "past"),
        ("abc", "c", [0.7, 0.2, 0.1], "elsewhere"),
        ("abc", "d", [0.7, 0.2, 0.1], "nowhere"),
        ("abc", "a", [0.35, 0.34, 0.31], "spread"),
    ],
)
def test_each_reason_is_told_apart(read, token, row, why):
    assert reason(list(read), token, np.array(row)) == why


def test_the_page_judges_and_reads_as_python_does(javascript):
    rng = np.random.default_rng(7)
    weights = rng.dirichlet(np.full(11, 0.5), size=23).astype(np.float32)
    read = [str(i) for i in rng.integers(0, 9, 11)]
    written = [str(i) for i in rng.integers(0, 9, 23)]
    done = javascript(
        "attention_map",
        """(() => {
          const view = new DataView(Uint8Array.from(data.bytes).buffer);
          const rows = widget.unpackRows(view, data.written.length);
          return {
            rows: rows.map((row) => [...row]),
            judged: rows.map((row) => data.read.map((_, i) => widget.judge(row, i))),
            peaks: rows.map(widget.peak),
            lookers: data.read.map((_, i) => widget.lookers(rows, i)),
          };
        })()""",
        {"bytes": list(weights.tobytes()), "read": read, "written": written},
    )
    np.testing.assert_allclose(done["rows"], weights, atol=1e-5)
    assert done["judged"] == [[judge(row, i) for i in range(11)] for row in weights]
    assert {"right", "near", "wrong"} == {word for row in done["judged"] for word in row}
    assert done["peaks"] == [peak(row) for row in weights]
    assert done["lookers"] == [lookers(weights, i) for i in range(11)]


def _dates():
    for year in (1987, 2026):
        for month, name in enumerate(MONTHS, start=1):
            for day in (1, 9, 23, 30):
                yield f"{day} {name} {year}", f"{year}-{month:02}-{day:02}"


def clear(reading):
    return sharpness(reading) * (1 - order(reading))


def test_the_search_finds_a_clear_one_one_that_looks_away_and_an_error():
    found = find_readings(Clerk(), _dates())
    assert list(found) == ["clear", "away", "wrong"]
    assert len(set(found.values())) == 3
    readings = {kind: attention_reading(Clerk().read(t), e) for kind, (t, e) in found.items()}
    assert readings["clear"].differs is readings["away"].differs is None
    assert readings["wrong"].differs is not None
    for text, expected in _dates():
        other = attention_reading(Clerk().read(text), expected)
        if other.differs is None:
            assert clear(other) <= clear(readings["clear"]) + 1e-6
            if (text, expected) != found["clear"]:
                assert looks_away(other) <= looks_away(readings["away"]) + 1e-6
    assert found == find_readings(Clerk(), _dates())
    assert found["clear"] not in find_readings(Clerk(), _dates(), [found["clear"][0]]).values()


def test_what_was_found_is_shown_with_its_reason():
    widget = AttentionMap.from_model(Clerk(), find_readings(Clerk(), _dates()))
    assert [it["kind"] for it in widget._readings] == ["clear", "away", "wrong"]
    for it in widget._readings:
        assert f"kind_{it['kind']}" in widget.labels


def test_a_search_that_finds_no_error_has_none():
    pairs = [("12 March 2024", "2024-03-12"), ("8 March 2024", "2024-03-08")]
    assert set(find_readings(Clerk(), pairs)) == {"clear", "away"}
    assert find_readings(Clerk(), []) == {}


def test_wrong_answers_of_another_length_go_wrong_where_they_end():
    assert _reading(expected="x").differs is None
    assert _reading(expected="xy").differs == 1
    assert _reading(expected=[]).differs == 0
    assert _reading(written=["go", "on"], weights=[[1, 0]] * 2, expected="go off").differs == 1


@pytest.mark.parametrize("read", [HOSTILE, ["one"], []])
@pytest.mark.parametrize("written", [HOSTILE, ["$x$"], []])
def test_hostile_short_and_empty_readings_are_drawn_and_described(read, written):
    if written and not read:
        return
    weights = np.full((len(written), len(read)), 1 / max(len(read), 1))
    widget = AttentionMap([{"read": read, "written": written, "weights": weights}], step=9)
    assert widget.static("dark")
    assert widget.describe()
    if not written:
        assert "Nothing was written" in widget.describe()


def test_a_record_of_another_kind_serves_as_well():
    record = SimpleNamespace(read=("a",), written=("b",), weights=[[1.0]], expected="b")
    assert AttentionMap([record]).shown.differs is None


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: AttentionMap([]), "give at least one reading"),
        (lambda: _reading(read="ab"), "read is one string. Give a list of tokens"),
        (lambda: attention_reading({"read": ["a"]}), "written is missing"),
        (lambda: _reading(weights=None), "weights are missing"),
        (lambda: _reading(weights=[[1.0], [1.0]]), r"of shape \(1, 2\); got \(2, 1\)"),
        (lambda: _reading(weights=[[np.nan, 1]]), "output step 0 hold NaN"),
        (lambda: _reading(weights=[[0, 0]]), "no attention to show"),
        (lambda: _reading(weights=[[2, 3]]), "output step 0 add up to 5"),
        (lambda: _reading(weights=[[-1, 2]]), "the least is -1"),
        (lambda: _reading(probabilities=[[1.0]]), "need a vocabulary"),
        (
            lambda: _reading(probabilities=[[1.0]], vocabulary=["a", "b"]),
            r"shape \(1, 1\); expected \(1, 2\)",
        ),
        (lambda: _reading(likeliest=[]), "0 entries for 1 output steps"),
        (lambda: AttentionMap([{"read": ["a"], "written": []}, {}]), "reading 1"),
        (lambda: AttentionMap.from_model(Clerk(), ["tomorrow"]), "I cannot read"),
    ],
)
def test_what_does_not_fit_is_refused_with_a_reason(make, words):
    with pytest.raises(ValueError, match=words):
        make()


def test_no_token_of_korean_is_followed_by_a_bare_particle():
    widget = attention_map(lang="ko")
    for sentence in widget.labels.values():
        assert not re.search(r"\{(token|written|guess)\}”?(을|를|이|가|은|는|로|과|와)\b", sentence)


def test_the_search_finds_all_three_kinds_among_held_out_dates():
    model, (_training, held_out) = dates.load(), dates.split(0)
    found = find_readings(model, [(phrase.text, phrase.iso) for phrase in held_out])
    assert list(found) == ["clear", "away", "wrong"]
    widget = AttentionMap.from_model(model, found, text="Tuesday, 12 March 2024")
    assert [it["differs"] < 0 for it in widget._readings[:3]] == [True, True, False]
    assert widget.shown.written == list("2024-03-12")
    # The year stands last and is written first.
    assert [peak(row) for row in widget.weights[:4]] == [19, 19, 20, 21]
    record = model.read("12 March 2024")
    blind = vars(record) | {"weights": 0 * record.weights}  # what the twin without attention gives
    with pytest.raises(ValueError, match="no attention to show"):
        attention_reading(blind)
