"""The drawings say what they should, in both languages and themes, and the same way each time."""

import importlib
import pkgutil
import re
import xml.etree.ElementTree as ElementTree
from functools import partial
from importlib.resources import files
from itertools import combinations, product

import pytest
from fontTools.ttLib import TTFont

from unrolled import figures, palette
from unrolled.figures import drawing
from unrolled.language import speaking
from unrolled.tasks import scenes

VOCABULARY = {
    word: index
    for index, word in enumerate(["<pad>", "<unk>", "the", "a", "in", "potter", "met", "harry"])
}
TOKENS = ["the", "potter", "met", "harry", "potter"]
GIVEN, OWN = [(67, 1), (64, 1), (64, 2), (65, 1)], [(62, 1), (62, 2), (60, 4)]
PICTURES = [scenes.draw(*scenes.SCENES[index], rng=0) for index in (17, 305, 575)]
CAPTIONS = ["a red circle below a blue triangle", "초록 원이 파란 삼각형 아래에 있습니다"]
CAPTIONS += ["a yellow triangle right of a red triangle"]
TRUE_CAPTIONS = [*CAPTIONS[:2], "a yellow triangle right of a yellow triangle"]
SHARES = {"forced": [0.9, 0.95, 0.6, 1.0], "free": [0.9, 0.94, 0.5, 0.95]}
DRAWN = {
    "entity_exam": lambda theme: figures.entity_exam(TOKENS, [0, 0, 0, 1, 1], theme),
    "vocabulary": lambda theme: figures.vocabulary(VOCABULARY, TOKENS, theme),
    "vocab2": lambda theme: figures.vocab2(VOCABULARY, TOKENS, theme),
    "lookup": lambda theme: figures.lookup(theme),
    "recurrent_neuron": lambda theme: figures.recurrent_neuron(theme),
    "recurrent_layer": lambda theme: figures.recurrent_layer(theme=theme),
    "stacked_recurrent_layer": lambda theme: figures.stacked_recurrent_layer(theme=theme),
    "bidirectional_rnn": lambda theme: figures.bidirectional_rnn(theme=theme),
    "attention": lambda theme: figures.attention(theme=theme),
    "backpropagation": lambda theme: figures.backpropagation(theme=theme),
    "seq2one": figures.seq2one,
    "seq2seq": figures.seq2seq,
    "seq2seq_delay": figures.seq2seq_delay,
    "one2seq": figures.one2seq,
    "sentiment": figures.sentiment,
    "music": figures.music,
    "translation": figures.translation,
    "imagecaption": figures.imagecaption,
    "padding": figures.padding,
    "lstm": figures.lstm,
    "lstm2": figures.lstm2,
    "gru": figures.gru,
    "clipping": figures.clipping,
    "teacher_forcing": figures.teacher_forcing,
    "piano_roll": lambda theme: figures.piano_roll(GIVEN, OWN, theme),
    "pile_up": lambda theme: figures.pile_up(SHARES, theme),
    "captioned": lambda theme: figures.captioned(PICTURES, CAPTIONS, TRUE_CAPTIONS, theme),
}
every_figure = pytest.mark.parametrize("draw", DRAWN.values(), ids=DRAWN.keys())
every_language = pytest.mark.parametrize("language", ["en", "ko"])
FONT_FOLDER = files("unrolled").joinpath("fonts")


def kr_syllables() -> list[str]:
    rows, cells = range(0xB0, 0xC9), range(0xA1, 0xFF)
    return [bytes(pair).decode("euc_kr") for pair in product(rows, cells)]


def look_before_finishing(look, monkeypatch):
    """Have every drawing looked at when it is complete, in whichever module it is made."""
    real = drawing.finish

    def finish(axes, *rest, **more):
        look(axes)
        return real(axes, *rest, **more)

    for found in pkgutil.iter_modules(figures.__path__):
        module = importlib.import_module(f"unrolled.figures.{found.name}")
        if module is not drawing and hasattr(module, "finish"):
            monkeypatch.setattr(module, "finish", finish)


def lying_outside(draw, language, monkeypatch) -> list[str]:
    """Return the words of a drawing that its edge cuts off."""
    outside = []

    def look(axes):
        sheet = axes.figure.bbox
        for text in axes.texts:
            box = text.get_window_extent()
            if box.x0 < 0 or box.y0 < 0 or box.x1 > sheet.x1 or box.y1 > sheet.y1:
                outside.append(text.get_text())

    look_before_finishing(look, monkeypatch)
    with speaking(language):
        draw(theme=None)
    return outside


def overlap(one, two) -> bool:
    wide = min(one.x1, two.x1) - max(one.x0, two.x0)
    high = min(one.y1, two.y1) - max(one.y0, two.y0)
    return wide > 0 and high > 0


def test_every_figure_of_the_package_is_tested_here():
    assert set(DRAWN) == set(figures.__all__) - {"Drawing"}


@every_figure
def test_a_drawing_is_the_same_bytes_each_time(draw):
    assert draw(None) == draw(None)


@every_figure
def test_a_drawing_says_in_words_what_it_shows(draw):
    made = draw("light")
    image = ElementTree.fromstring(made.svg)
    assert image.get("role") == "img"
    assert image.get("aria-label") == made.alt == repr(made)
    assert len(made.alt.split()) > 5


@every_figure
def test_a_front_end_without_svg_gets_a_picture_and_words(draw):
    data, metadata = draw(None)._repr_mimebundle_()
    assert "<svg" in data["text/html"]
    assert data["image/png"].startswith(b"\x89PNG")
    assert data["text/plain"] == metadata["image/png"]["alt"]


@every_figure
def test_words_are_outlines_and_need_no_font_of_the_reader(draw):
    assert "<text" not in draw(None).svg


@every_figure
def test_no_date_and_no_version_is_left_in_a_drawing(draw):
    assert not re.search(r"<metadata|matplotlib|\b20\d\d-", draw(None).svg)


@every_figure
def test_every_id_of_a_drawing_is_referred_to(draw):
    svg = draw(None).svg
    assert set(re.findall(r' id="([^"]+)"', svg)) <= set(re.findall(r'#([^")]+)["\)]', svg))


@every_figure
@every_language
def test_no_word_is_cut_off_at_the_edge(draw, language, monkeypatch):
    assert lying_outside(draw, language, monkeypatch) == []


@every_figure
@every_language
def test_no_two_words_lie_on_each_other(draw, language, monkeypatch):
    touching = []

    def look(axes):
        boxes = [(text.get_text(), text.get_window_extent()) for text in axes.texts]
        touching.extend(
            (a, b) for (a, one), (b, two) in combinations(boxes, 2) if overlap(one, two)
        )

    look_before_finishing(look, monkeypatch)
    with speaking(language):
        draw(None)
    assert touching == []


@every_figure
def test_korean_labels_are_drawn_and_not_boxes(draw, recwarn):
    with speaking("ko"):
        made = draw(None)
    assert re.search("[가-힣]", made.alt)
    assert not [str(w.message) for w in recwarn if "missing from" in str(w.message)]


@every_figure
def test_a_drawing_without_a_theme_follows_the_page(draw):
    following, light, dark = draw(None).svg, draw("light").svg, draw("dark").svg
    ink, paper_ink = (palette.colour("ink", theme).lower() for theme in ("light", "dark"))
    assert f"var(--d-ink, {ink})" in following
    assert palette.colour("ink", "dark") in following  # what a dark page puts for the variable
    assert ink in light
    assert paper_ink not in light
    assert paper_ink in dark
    assert ink not in dark


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_what_is_written_stands_out_from_the_page(theme):
    def luminance(colour):
        parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    ground = luminance(palette.colour("ground", theme))
    for name in ("ink", "quiet", "state"):
        low, high = sorted([ground, luminance(palette.colour(name, theme))])
        assert (high + 0.05) / (low + 0.05) > 4.5, name


def test_a_sentence_points_at_its_own_ids():
    assert "the 2, potter 5, met 6, harry 7, potter 5" in DRAWN["vocabulary"]("light").alt


def test_a_long_vocabulary_is_shown_with_gaps():
    vocabulary = {f"word{index}": index for index in range(10_000)}
    made = figures.vocab2(vocabulary, ["word500"])
    assert float(ElementTree.fromstring(made.svg).get("height", "")[:-2]) < 400


def test_each_recurrent_weight_is_drawn_once_a_step_and_lights_up_with_its_copies():
    svg = figures.recurrent_layer().svg
    for i, j in product(range(4), repeat=2):
        assert len(re.findall(rf'class="w-{i}-{j}"', svg)) == 3
        assert f":has(.w-{i}-{j}:hover) .w-{i}-{j}:not(.touch)" in svg


def test_the_weight_asked_for_is_lit_at_every_step():
    svg = figures.recurrent_layer(lit=(3, 1), theme="light").svg
    groups = re.findall(r'<g class="(w-\d-\d)">\s*<path[^>]*stroke-width: 3\.6', svg)
    assert groups == ["w-3-1"] * 3


def test_the_font_holds_what_koreans_write():
    (file,) = (file for file in FONT_FOLDER.iterdir() if file.name.endswith(".ttf"))
    known = TTFont(str(file)).getBestCmap()
    assert len(kr_syllables()) == 2350
    for letter in [*kr_syllables(), *"ㄱㅎㅏㅣ", *"→·−×≤≥αβσφ…“”"]:
        assert ord(letter) in known, letter


def test_the_font_bears_a_name_of_its_own_and_its_licence():
    (file,) = (file for file in FONT_FOLDER.iterdir() if file.name.endswith(".ttf"))
    name = TTFont(str(file))["name"]
    licence = FONT_FOLDER.joinpath("OFL.txt").read_text(encoding="utf-8")
    assert "SIL OPEN FONT LICENSE" in licence
    # The licence reserves the original's name: a modified version may not bear it.
    assert not [n for n in (1, 3, 4, 6) if "nanum" in str(name.getDebugName(n)).lower()]
    assert name.getDebugName(1) == drawing.FONT


def test_what_either_direction_has_read_ends_at_the_word_asked_for():
    alt = figures.bidirectional_rnn(["He", "said", "Teddy", "was", "sold"], at=2).alt
    assert "has read “He said Teddy”" in alt
    assert "the backward state “Teddy was sold”" in alt


def test_at_the_last_word_the_backward_reading_knows_that_word_alone():
    assert "the backward state “sold”" in figures.bidirectional_rnn(["Teddy", "sold"], at=-1).alt


@every_language
@pytest.mark.parametrize("count", [1, 2, 3, 8])
def test_no_word_of_either_direction_is_cut_off_wherever_it_looks(count, language, monkeypatch):
    for at in range(count):
        draw = partial(figures.bidirectional_rnn, ["a"] * count, at)
        assert lying_outside(draw, language, monkeypatch) == []


@pytest.mark.parametrize(("share", "shown"), [(0.5, "0.125, 0.25, 0.5, 1"), (2, "8, 4, 2, 1")])
def test_the_gradient_that_is_handed_back_shrinks_or_grows_by_its_share(share, shown):
    assert f"arrives at them as {shown}." in figures.backpropagation(share, 4).alt


def test_the_melody_has_twenty_notes_and_the_one_to_come():
    svg = figures.music("light").svg
    note = palette.colour("input").lower()
    assert len(re.findall(rf"stroke: {note}", svg)) == 2 * 20


def test_gates_keep_their_colours_on_a_dark_page():
    for draw in (figures.lstm, figures.lstm2, figures.gru):
        assert "var(--d-right" not in draw(None).svg
        assert "var(--d-wrong" not in draw(None).svg


def test_a_caption_that_errs_is_told_with_what_is_true_and_a_right_one_is_not():
    told = DRAWN["captioned"](None).alt
    assert f"“{CAPTIONS[2]}”, though it shows “{TRUE_CAPTIONS[2]}”" in told
    assert told.count("though") == 1
    one = figures.captioned(PICTURES[0], CAPTIONS[0], CAPTIONS[0])
    assert one.alt == f"A picture with the caption “{CAPTIONS[0]}”."


@pytest.mark.parametrize(
    ("pictures", "captions", "truths", "said"),
    [
        (PICTURES, CAPTIONS[:2], (), "2 captions for 3 pictures"),
        (PICTURES, CAPTIONS, CAPTIONS[:1], "3 captions for 3 pictures"),
        ([], [], (), "0 captions for 0 pictures"),
        (PICTURES[0][0], "a red circle", (), "rows, columns, colours"),
    ],
)
def test_what_cannot_be_drawn_with_its_caption_is_told(pictures, captions, truths, said):
    with pytest.raises(ValueError, match=said):
        figures.captioned(pictures, captions, truths)


@pytest.mark.parametrize("free", [[0.5], [], [0.5, 1.5], [0.5, float("nan")]])
def test_shares_of_errors_that_pile_up_must_be_shares_of_the_same_places(free):
    with pytest.raises(ValueError, match="as many shares"):
        figures.pile_up({"forced": [0.9, 0.8], "free": free})
