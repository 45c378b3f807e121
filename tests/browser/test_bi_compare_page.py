"""BiCompare's own page: both sentences by hand and by keyboard, and the question about halves."""

import re

import pytest
from playwright.sync_api import expect

from tests.widgets.examples import HOSTILE
from tests.widgets.two_way import SKY, TEDDY, bi_compare, random_weights

from .keys import median_press, press

pytestmark = pytest.mark.browser


def numbers(page, panel):
    """The numbers beside a panel's bars: forward, backward, bias, sum, both, one-way."""
    texts = page.locator(".panel").nth(panel).locator(".bars b").all_text_contents()
    return [float(text.replace("−", "-")) for text in texts]


def lit(page, panel, way):
    """The words of a lane that stand out from the ground of their panel."""
    return page.locator(".panel").nth(panel).locator(f".{way} bdi").evaluate_all(
        """all => all.filter((e) => {
          const { backgroundColor, backgroundImage } = getComputedStyle(e);
          return backgroundColor !== "rgba(0, 0, 0, 0)" || backgroundImage !== "none";
        }).map((e) => e.textContent)"""
    )  # fmt: skip


def chosen(page):
    return page.locator(".panel").evaluate_all("all => all.map(e => e.ariaCurrent)")


def test_the_forward_half_is_the_same_and_the_backward_half_tells(visit):
    page = visit(bi_compare())
    expect(page.locator(".title")).to_have_text("What did each direction know at “Teddy”?")
    one, two = numbers(page, 0), numbers(page, 1)
    assert one[0] == two[0]
    assert one[1] < -4 < 4 < two[1]
    for each in (one, two):
        assert sum(each[:3]) == pytest.approx(each[3], abs=0.02)
    assert (one[4] < 0.1, two[4] > 0.9, one[5] == two[5]) == (True, True, True)
    expect(page.locator(".gap b").nth(0)).to_have_text("forward → differs by 0.00")
    expect(page.locator(".gap b").nth(1)).to_contain_text("differs by 8.")
    expect(page.locator(".gap")).to_contain_text("Only the backward half knows")
    for panel, text in enumerate(TEDDY):
        assert lit(page, panel, "forward") == ["He", "said", ",", "Teddy"]
        assert lit(page, panel, "backward") == text.split()[3:]


def test_bars_start_where_the_one_before_ends(visit):
    page = visit(bi_compare())
    boxes = [
        page.locator(f".panel .bars i.{look}").nth(1).bounding_box()
        for look in ("forward", "backward", "bias", "sum")
    ]
    _forward, backward, bias, total = [(box["x"], box["x"] + box["width"]) for box in boxes if box]
    assert backward[1] == pytest.approx(bias[1], abs=1.5)  # the bias pushes back
    assert total[1] == pytest.approx(bias[0], abs=1.5)


def test_keys_move_the_word_and_turn_to_the_other_sentence(visit):
    page = visit(bi_compare(examples=[TEDDY, SKY]))
    press(page, "ArrowRight")
    expect(page.locator(".title")).to_contain_text("“bears”")
    expect(page.locator(".gap")).to_contain_text("From here on the sentences differ")
    for key in ("t", "ArrowUp", "ArrowDown", "T"):
        before = chosen(page)
        press(page, key)
        assert chosen(page) == before[::-1]
    press(page, "t", "End")
    expect(page.locator(".title")).to_contain_text("“president”")
    expect(page.locator("thead bdi").nth(4)).to_have_text("Roosevelt")
    assert lit(page, 1, "backward") == ["president"]
    lane = page.locator(".panel").nth(1).locator(".lane.backward")
    expect(lane).to_contain_text("1 of 8 words read")
    expect(page.locator(".note")).to_contain_text("states[:, -1]")
    press(page, "Home")
    assert lit(page, 1, "backward") == TEDDY[1].split()
    press(page, "2")
    expect(page.locator(".title")).to_contain_text("“하늘은”")
    assert chosen(page) == ["true", "false"]
    press(page, "r")
    expect(page.locator(".title")).to_contain_text("“Teddy”")
    assert page.locator("input").nth(1).input_value() == TEDDY[1]


def test_the_mouse_does_the_same(visit):
    page = visit(bi_compare(examples=[TEDDY, SKY]))
    page.locator(".panel").nth(1).locator(".backward bdi").nth(4).click()
    expect(page.locator(".title")).to_contain_text("“Roosevelt”")
    assert chosen(page) == ["false", "true"]
    page.locator(".panel").nth(0).locator(".bars").click()
    assert chosen(page) == ["true", "false"]
    page.locator("tbody tr").nth(5).locator("td").nth(1).click()
    expect(page.locator(".title")).to_contain_text("“said”")
    page.locator(".examples button").nth(1).click()
    expect(page.locator(".title")).to_contain_text("“하늘은”")


def test_space_plays_to_the_end(visit):
    page = visit(bi_compare(SKY))
    press(page, " ")
    expect(page.locator(".title")).to_contain_text("“맑았다”")
    expect(page.locator(".play")).to_have_attribute("aria-label", "Play")


def test_the_learner_says_first_which_half_can_tell(visit):
    page = visit(bi_compare(examples=[TEDDY, SKY]))
    page.locator(".predict").click()
    expect(page.locator(".guess")).to_contain_text("At “Teddy”: which half")
    expect(page.locator(".bars b")).to_have_text(["?"] * 12)
    expect(page.locator(".bars i:visible")).to_have_count(0)
    expect(page.locator(".gap")).to_be_hidden()
    expect(page.locator("tbody td.hidden")).to_have_count(8 * 8)
    assert lit(page, 0, "forward") == ["He", "said", ",", "Teddy"]
    press(page, "ArrowLeft")  # one may look at what has been read
    assert lit(page, 0, "forward") == ["He", "said", ","]
    press(page, "1")
    expect(page.locator(".guess")).to_contain_text("Not this time: the backward half.")
    expect(page.locator(".gap")).to_be_visible()
    expect(page.locator(".title")).to_contain_text("“Teddy”")
    press(page, "t")  # what was revealed stays so
    expect(page.locator(".guess")).to_contain_text("Not this time")
    press(page, "2")  # another pair, another question
    expect(page.locator(".guess")).to_contain_text("At “하늘은”")
    page.locator(".guess button").nth(1).click()
    expect(page.locator(".guess")).to_contain_text("Right: the backward half.")
    assert "?" not in page.locator(".bars").nth(0).inner_text()
    page.keyboard.press("ArrowRight")  # the pressed button is gone, the keys go on
    expect(page.locator(".title")).to_contain_text("“정말”")


def test_the_keyboard_alone_predicts(visit):
    page = visit(bi_compare())
    page.locator(".predict").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".guess button")).to_have_count(3)
    press(page, "2")
    expect(page.locator(".guess")).to_contain_text("Right")


def test_one_sentence_is_asked_which_half_pushes_harder(visit):
    page = visit(bi_compare((TEDDY[0], "")))
    expect(page.locator(".bars")).to_have_count(1)
    expect(page.locator(".gap")).to_be_hidden()
    press(page, "t")
    assert chosen(page) == ["true", "false"]
    page.locator(".predict").click()
    expect(page.locator(".guess")).to_contain_text("At “He”: which half pushes harder?")
    press(page, "1")
    expect(page.locator(".guess")).to_contain_text("Right: the forward half.")


def test_a_typed_sentence_is_computed_in_the_page(visit):
    widget = bi_compare()
    page = visit(widget)
    field = page.locator("input").nth(1)
    field.fill("He said , Teddy zyzzyva was a bears")
    expect(page.locator(".note")).to_contain_text("<unk>")
    expect(page.locator(".panel").nth(1).locator(".forward bdi")).to_have_count(8)
    widget.other = "He said , Teddy zyzzyva was a bears"
    reading, at = widget.readings[1], 3
    shown = numbers(page, 1)
    expected = [*reading.pushes[:, at], reading.c, None, reading.probabilities[at]]
    for value, number in zip(expected, shown, strict=False):
        assert value is None or number == pytest.approx(value, abs=0.0051)
    field.press("ArrowLeft")
    field.press_sequentially("1t ")
    expect(field).to_have_value("He said , Teddy zyzzyva was a bear1t s")
    field.fill("")
    expect(page.locator(".bars")).to_have_count(1)
    page.locator("input").nth(0).fill("")
    expect(page.locator(".bars")).to_have_count(0)
    expect(page.locator(".map")).to_be_hidden()
    page.locator("input").nth(0).fill("He")
    expect(page.locator(".title")).to_contain_text("“He”")


def test_hostile_words_are_shown_as_text(visit):
    pair = " ".join(HOSTILE), " ".join(HOSTILE[::-1])
    for widget in (bi_compare(pair), bi_compare(pair, random_weights("LSTM", 33))):
        for width in (400, 960):
            page = visit(widget, viewport={"width": width, "height": 800})
            words = page.locator(".panel").nth(0).locator(".forward bdi")
            expect(words).to_have_text([re.compile(re.escape(t)) for t in pair[0].split()])
            assert page.locator("img, .unrolled script").count() == 0
            assert page.title() == widget.labels["title"]
            assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_extreme_weights_do_not_break_the_page(visit):
    weights = random_weights()
    weights["forward"]["W_x"][:] = 3e38
    page = visit(bi_compare(weights=weights))
    press(page, "ArrowRight", "t")
    page.locator(".predict").click()
    press(page, "3")
    expect(page.locator(".guess p")).to_contain_text(re.compile("Right|Not this time"))


def test_a_long_sentence_on_many_units_is_answered_within_a_frame(visit):
    long = " ".join((TEDDY[0] + " " + SKY[0]).split() * 9)[:500], TEDDY[1]
    page = visit(bi_compare(long, random_weights("GRU", 32)))
    assert median_press(page, "ArrowRight") < 16.7
