"""The Python half: traits, words, static pictures, pages."""

import importlib
import pkgutil
import re

import numpy as np
import pytest
import traitlets
from matplotlib.figure import Figure

from unrolled import palette, widgets
from unrolled.language import speaking
from unrolled.widgets import NeuronLab, ParamCounter, StateMap
from unrolled.widgets.challenges import CHALLENGES, find_preset, succeeds

from .conftest import random_weights
from .examples import MAKERS


@pytest.fixture(params=MAKERS)
def widget(request):
    return MAKERS[request.param]()


def test_static_draws_a_figure_in_both_themes(widget):
    for theme in ("light", "dark"):
        figure = widget.static(theme)
        assert isinstance(figure, Figure)
        assert figure.axes


def test_a_front_end_without_widgets_gets_picture_and_words(widget):
    data, metadata = widget._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in data
    assert data["image/png"].startswith("iVBORw0KGgo")
    assert data["text/plain"] == metadata["image/png"]["alt"] == widget.describe()


def test_a_page_needs_no_network(widget, tmp_path):
    path = widget.to_html(tmp_path / "page.html")
    text = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
    assert not re.search(r"https?:", text)
    assert not re.search(r"\b(src|href)=", text)


def test_every_sentence_comes_from_the_catalogue_of_the_widgets_language(widget, monkeypatch):
    def other(sentence):
        return f"«{sentence}»"

    for module in pkgutil.walk_packages(widgets.__path__, "unrolled.widgets."):
        if hasattr(importlib.import_module(module.name), "_"):
            monkeypatch.setattr(f"{module.name}._", other)
    with widget.hold_trait_notifications():
        widget.lang = "ko"
    assert all(words.startswith("«") for words in widget.labels.values())
    assert widget.describe().startswith("«")
    assert any(text.get_text().startswith("«") for text in _texts(widget.static()))


def test_no_sentence_stays_english_in_korean(widget):
    english = widget.labels
    widget.lang = "ko"
    same = [key for key, words in widget.labels.items() if words == english[key]]
    assert not same
    assert re.search("[가-힣]", widget.describe())


def _texts(figure):
    return [text for axes in figure.axes for text in (axes._left_title, axes.title, *axes.texts)]


def test_every_widget_is_among_the_examples():
    assert {type(make()).__name__ for make in MAKERS.values()} == set(widgets.__all__)


def test_the_language_is_the_current_one_unless_given():
    assert NeuronLab().lang == "en"
    with speaking("ko"):
        assert NeuronLab().lang == "ko"
    with pytest.raises(traitlets.TraitError):
        NeuronLab(lang="tlh")


def test_the_step_stays_on_the_time_line(make_map):
    for widget, last in ((NeuronLab(), 15), (ParamCounter(), 3), (make_map(), 7)):
        widget.step = 99
        assert widget.step == last
        widget.step = -4
        assert widget.step == 0


def test_a_shorter_sentence_pulls_the_step_back(make_map):
    widget = make_map()
    widget.step = 6
    widget.text = "Harry met"
    assert (widget.step, widget.tokens) == (1, ["Harry", "met"])


def test_setting_several_traits_is_one_change_of_what_differs(make_map):
    widget = make_map()
    seen = []
    widget.observe(lambda change: seen.append(change["name"]), ["step", "unit", "text"])
    # A handler that sets another trait must not undo one that is still to come.
    widget.observe(lambda change: widget.set_traits(step=0), "text")
    widget.set_traits(unit=2, step=0, text="Harry met Potter")
    assert sorted(seen) == ["text", "unit"]
    assert (widget.unit, widget.step, widget.text) == (2, 0, "Harry met Potter")


def test_text_and_step_set_together_both_arrive(make_map):
    widget = make_map("Harry")
    widget.set_traits(step=4, text="Harry Potter and Hermione Granger")
    assert (widget.step, widget.text) == (4, "Harry Potter and Hermione Granger")


def test_a_front_end_may_send_text_and_step_together(make_map):
    widget = make_map("Harry")
    widget.set_state({"step": 4, "text": "Harry Potter and Hermione Granger"})
    assert (widget.step, len(widget.tokens)) == (4, 5)


def test_what_the_key_r_restores_is_how_it_was_made():
    widget = NeuronLab(w_h=-1.5, challenge=2)
    widget.w_h = 2
    assert widget._initial["w_h"] == -1.5
    assert widget._initial["challenge"] == 2


def test_presets_are_what_the_search_finds_and_solve_their_challenge():
    for challenge in CHALLENGES:
        assert challenge.preset == find_preset(challenge)
        assert succeeds(challenge, *challenge.preset)
        assert challenge.kind in NeuronLab(*challenge.preset).solved


def test_no_challenge_is_solved_from_the_start():
    assert NeuronLab().solved == ()


def test_the_lectures_counts():
    assert ParamCounter().total == 321_089
    assert [block.count for block in ParamCounter().blocks] == [320_000, 1_024, 32, 33]
    assert ParamCounter(cell="LSTM").total == 1_284_257
    assert ParamCounter(cell="GRU").total == 963_297
    assert ParamCounter(cell="GRU", reset_after=False).total == 963_201
    assert ParamCounter(cell="LSTM", bidirectional=True).total == 2_568_513
    assert ParamCounter(timesteps=6).total == ParamCounter(timesteps=3).total
    assert "321,089" in ParamCounter().describe()


def test_states_are_computed_in_the_page_up_to_its_limit_and_sent_above(make_map):
    small, wide, long = make_map(units=32), make_map(units=33), make_map("Harry met " * 51)
    assert (small._where, small._states) == ("page", b"")
    assert small._weights
    for widget in (wide, long):
        assert widget._where == "kernel"
        sent = np.frombuffer(widget._states, "<f4").reshape(widget.states.shape)
        np.testing.assert_allclose(sent, widget.states, atol=1e-6)
        assert len(widget._probabilities) == len(widget.tokens)
    before = wide._states
    wide.text = "Harry met Potter"
    assert wide._states != before
    assert wide.tokens == ["Harry", "met", "Potter"]


def test_a_python_tokenizer_stays_with_the_kernel(make_map):
    widget = make_map("HARRY met", tokenize=lambda text: text.title().split())
    assert widget._split == "kernel"
    assert widget.tokens == ["Harry", "Met"]
    assert make_map(tokenize=list)._split == "character"


def test_unknown_words_are_told(make_map):
    assert "zyzzyva" in make_map("Harry zyzzyva").describe().split("vocabulary")[1]


def test_units_pick_and_order_the_rows():
    widget = StateMap(["a", "b"], np.arange(6).reshape(2, 3) / 10, units=[2, 0])
    assert (widget._rows, widget.unit) == ([2, 0], 2)
    with pytest.raises(traitlets.TraitError, match="not among"):
        widget.unit = 1


def test_an_empty_text_is_drawn_and_described(make_map):
    widget = make_map("")
    assert widget.describe()
    assert widget.static()


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: StateMap(["a"], np.zeros((2, 3))), "1 tokens need states"),
        (lambda: StateMap(["a"], np.zeros((1, 3)), units=[3]), "among 0 … 2"),
        (lambda: StateMap(["a"], np.zeros((1, 3)), probabilities=[1, 0]), "probabilities"),
        (lambda: NeuronLab(inputs=[]), "at least one input"),
        (
            lambda: StateMap.from_weights({"W_x": np.eye(2)}, "a", {}),
            "StateMap: the weights lack W_h, b",
        ),
        (
            lambda: StateMap.from_weights(
                random_weights(np.random.default_rng(0), 2) | {"c": np.nan}, "a", {"a": 0}
            ),
            "StateMap: the weights hold NaN or infinity in c",
        ),
        (
            lambda: StateMap.from_weights(
                {"W_x": np.eye(2), "W_h": np.eye(3), "b": np.zeros(2)}, "a", {}
            ),
            "do not fit",
        ),
        (
            lambda: StateMap.from_weights(
                random_weights(np.random.default_rng(0), 2), "a", {"a": 2}
            ),
            "only 2 rows",
        ),
    ],
)
def test_what_does_not_fit_is_refused_with_a_reason(make, words):
    with pytest.raises(ValueError, match=words):
        make()


def _luminance(colour):
    channels = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_map_leaves_its_ground_evenly_on_both_sides(theme):
    low, mid_low, ground, mid_high, high = map(_luminance, palette.diverging(theme))
    signs = np.sign(np.diff([low, mid_low, ground, mid_high, high]))
    assert abs(signs[:2].sum()) == abs(signs[2:].sum()) == 2
    assert signs[0] == -signs[3]
    assert palette.diverging(theme)[2] == palette.colour("ground", theme)


def test_colours_reach_the_page_from_the_palette(widget):
    for theme in ("light", "dark"):
        for identity in ("input", "state", "right"):
            assert f"--u-{identity}: {palette.colour(identity, theme)};" in widget._css
