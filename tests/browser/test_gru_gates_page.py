"""GRUGates' own pages, with no network: each control by hand and by keyboard alone."""

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.widgets.examples import HOSTILE, WORDS, gru_reading
from unrolled.widgets import GRUGates
from unrolled.widgets.gru_challenges import CHALLENGES

from .keys import median_press, press

pytestmark = pytest.mark.browser


def _number(text):
    return float(text.replace("−", "-"))


def test_each_challenge_is_solved_by_a_key_but_the_one_that_cannot_be(visit):
    page = visit(GRUGates())
    expect(page.locator(".lit")).to_have_count(0)
    for i, challenge in enumerate(CHALLENGES):
        press(page, str(i + 1))
        light = page.locator(".lights button").nth(i)
        expect(light).to_contain_text("✓" if challenge.preset else "✗")
    expect(page.locator(".lit")).to_have_count(4)  # solved stays solved
    expect(page.locator(".aim")).to_contain_text("cannot be done")
    expect(page.locator(".chart .memory")).to_have_count(1)
    press(page, "r")
    expect(page.locator(".lit")).to_have_count(0)


def test_a_challenge_is_solved_by_keys_alone(visit):
    page = visit(GRUGates())
    # Hold: z open everywhere but at step 2. The cursor is on z.
    press(page, "o", "ArrowRight", "s", *["ArrowRight", "o"] * 6)
    expect(page.locator(".lights button").first).to_contain_text("✓")
    expect(page.locator(".equation")).to_contain_text("Step 8")
    press(page, "c")
    expect(page.locator(".lights button").nth(1)).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".z output")).to_have_text("0.50")
    press(page, "ArrowDown", "-", "-")
    expect(page.locator(".r output")).to_have_text("0.80")
    press(page, "+", "ArrowUp", "+", "Home", "End", "-")
    expect(page.locator(".z output")).to_have_text("0.40")
    # Coming back, the gates are as they were left.
    page.locator(".lights button").first.click()
    press(page, "ArrowRight")
    expect(page.locator(".z output")).to_have_text("0.00")


def test_gates_follow_sliders_and_a_touch_of_the_chart(visit):
    page = visit(GRUGates())
    line = page.locator(".chart .line")
    before = line.get_attribute("points")
    press(page, "ArrowRight")
    page.locator(".z input").fill("0.2")
    expect(line).not_to_have_attribute("points", before)
    expect(page.locator(".equation strong").last).to_have_text("+0.77")
    lanes = page.locator(".chart .lane")
    box = lanes.nth(8 + 4).bounding_box()  # r at step 5
    page.mouse.click(box["x"] + 5, box["y"] + box["height"] / 2)
    expect(page.locator(".r output")).to_have_text("0.50")
    expect(page.locator(".equation")).to_contain_text("Step 5")
    page.mouse.move(box["x"] + 5, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 5, box["y"] + box["height"])
    page.mouse.up()
    expect(page.locator(".r output")).to_have_text("0.00")
    chart = page.locator(".chart").bounding_box()
    page.mouse.click(chart["x"] + chart["width"] - 20, chart["y"] + 40)
    expect(page.locator(".equation")).to_contain_text("Step 8")


def test_the_other_writing_turns_the_scale_and_nothing_else(visit):
    page = visit(GRUGates(z=0.2, step=1))
    h = page.locator(".chart .line").get_attribute("points")
    ends = page.locator(".ends span")
    expect(ends).to_have_text(["z = 0: all new", "z = 1: all old"])
    expect(page.locator(".z output")).to_have_text("0.20")
    place = page.locator(".blend .now").get_attribute("cx")
    press(page, "w")
    expect(ends).to_have_text(["z = 0: all old", "z = 1: all new"])
    expect(page.locator(".z output")).to_have_text("0.80")
    assert page.locator(".chart .line").get_attribute("points") == h
    assert page.locator(".blend .now").get_attribute("cx") != place
    expect(page.locator(".equation")).to_contain_text("(1 − z) h1 + z n")
    page.locator(".z input").fill("1")
    expect(page.locator(".equation strong").last).to_have_text("+0.96")
    page.get_by_role("button", name="z keeps").click()
    expect(page.locator(".z output")).to_have_text("0.00")


def test_the_new_state_lies_on_the_line_between_the_ends(visit):
    page = visit(GRUGates(z=0.3, step=3))
    old, new, now = (
        [float(page.locator(f".blend .{name}").get_attribute(axis)) for axis in ("cx", "cy")]
        for name in ("old", "new", "now")
    )
    np.testing.assert_allclose(now, 0.3 * np.array(old) + 0.7 * np.array(new), atol=0.01)


def test_counting_is_told_to_be_impossible_once_it_was_tried(visit):
    page = visit(GRUGates(challenge=4))
    press(page, "s", "ArrowRight", "s", "ArrowRight", "s")
    expect(page.locator(".aim")).to_contain_text("Count the ones")
    press(page, "ArrowRight", "s", "ArrowRight", "s", "ArrowRight", "s")
    expect(page.locator(".aim")).to_contain_text("cannot be done")


def test_by_hand_predicts_then_reveals(visit):
    widget = GRUGates(z=0.2)
    page = visit(widget)
    page.locator(".predict").click()
    expect(page.locator(".chart .dot")).to_have_count(0)
    expect(page.locator(".blend .asked")).to_have_text("?")
    expect(page.locator(".goal")).to_have_count(0)
    expect(page.locator(".guess")).to_contain_text("Step 1: x is 0, z 0.20, r 1.00")
    press(page, "2")
    expect(page.locator(".guess")).to_contain_text("Right: h is 0.00")
    expect(page.locator(".chart .dot")).to_have_count(1)
    press(page, "3")  # the +1 pulls it up
    expect(page.locator(".guess")).to_contain_text("Not this time: h is +0.77")
    expect(page.locator(".guess")).to_contain_text("80 % of the way to the candidate +0.96")
    expect(page.locator(".guess")).to_contain_text("1 of 2")
    for _step in range(6):
        page.locator(".guess button").first.click()
    expect(page.locator(".guess button")).to_have_count(0)
    expect(page.locator(".chart .dot")).to_have_count(8)


# --- On weights ------------------------------------------------------------------------------


def _shown(page):
    labels = page.locator("tbody td").evaluate_all("all => all.map(e => e.ariaLabel)")
    odds = page.locator(".odds td").all_text_contents()
    return [_number(label.split(": ")[-1]) for label in labels], [float(p) for p in odds]


def _expected(widget):
    values = widget.values()
    return np.ravel([values[name][:, widget.unit] for name in "zrnh"]), widget.probabilities()


def _agree(page, widget):
    values, odds = _shown(page)
    np.testing.assert_allclose(values, _expected(widget)[0], atol=0.0051)
    np.testing.assert_allclose(odds, _expected(widget)[1], atol=0.0051)


@pytest.mark.parametrize("after", [True, False])
def test_a_gate_is_held_by_keys_and_all_is_computed_in_the_page(visit, after):
    widget = gru_reading(after=after)
    page = visit(widget)
    _agree(page, widget)
    press(page, "ArrowRight", "ArrowRight", "o")
    widget.clamps = [["z", 2, -1, 1.0]]
    expect(page.locator(".held")).to_have_text(["1"])
    _agree(page, widget)
    before, now = (f"{value:.2f}" for value in widget.answers())
    expect(page.locator(".answer")).to_contain_text(f"{before} → {now}")
    press(page, "a", "ArrowDown", "ArrowRight", "u", "s")  # r of unit 1 alone
    widget.set_traits(unit=1, clamps=[*widget.clamps, ["r", 3, 1, 0.0]])
    expect(page.locator(".held")).to_have_text(["1", "0"])
    _agree(page, widget)
    press(page, "PageUp")
    expect(page.locator(".held")).to_have_text(["1"])  # unit 0 has its r free
    press(page, "PageDown", "f")
    expect(page.locator(".held")).to_have_text(["1"])
    press(page, "r")
    expect(page.locator(".held")).to_have_count(0)
    press(page, "ArrowDown", "ArrowDown", "o")  # n cannot be held
    expect(page.locator(".held")).to_have_count(0)
    expect(page.get_by_role("button", name="open")).to_be_disabled()


def test_a_gate_is_held_by_the_mouse(visit):
    page = visit(gru_reading())
    cell = page.locator("tbody tr").nth(1).locator("td").nth(4)
    cell.click()
    expect(page.locator(".readout")).to_contain_text("Granger")
    expect(page.locator(".held")).to_have_count(0)
    for mark in ("1", "0"):  # a second click on the chosen cell goes round
        cell.click()
        expect(page.locator(".held")).to_have_text([mark])
    cell.click()
    expect(page.locator(".held")).to_have_count(0)
    page.get_by_role("button", name="shut").click()
    expect(page.locator(".held")).to_have_text(["0"])
    expect(page.get_by_role("button", name="shut")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="free").click()
    expect(page.locator(".held")).to_have_count(0)
    page.get_by_role("button", name="unit 0").click()
    expect(page.get_by_role("button", name="unit 1")).to_be_visible()


def test_presets_do_what_the_search_found(visit):
    widget = gru_reading(examples=["Harry met a potter"])
    page = visit(widget)
    assert len(widget._presets) > 2
    for i, preset in enumerate(widget._presets):
        if i % 2:
            page.locator(".examples button").nth(i).click()
        else:
            press(page, str(i + 1))
        widget.set_traits(text=preset["text"], clamps=[preset["clamp"]])
        before, now = widget.answers()
        expect(page.locator(".answer")).to_contain_text(f"{before:.2f} → {now:.2f}")
        turns = (before > 0.5) != (now > 0.5)
        expect(page.locator(".answer")).to_contain_text("turns" if turns else "stays")
        expect(page.locator(".field input")).to_have_value(preset["text"])


def test_on_weights_predicts_then_reveals(visit):
    widget = gru_reading()
    page = visit(widget)
    page.locator(".predict").click()
    expect(page.locator(".guess")).to_contain_text("Choose a gate")
    press(page, "ArrowRight", "s")
    expect(page.locator(".held")).to_have_count(0)  # not before the guess
    widget.clamps = [["z", 1, -1, 0.0]]
    before, now = widget.answers()
    right = 2 if abs(now - before) <= 0.05 else int(now < before)
    press(page, str(right + 1))
    expect(page.locator(".guess")).to_contain_text("Right: it changed by")
    expect(page.locator(".held")).to_have_text(["0"])
    press(page, "f")
    page.locator(".guess button").nth((right + 1) % 3).click()
    expect(page.locator(".guess")).to_contain_text("1 of 2")
    press(page, "1")  # a preset waits for its guess, too
    expect(page.locator(".guess button")).to_have_count(3)


def test_a_typed_sentence_is_read_in_the_page(visit):
    widget = gru_reading(clamps=[["z", 1, -1, 1.0]])
    page = visit(widget)
    expect(page.locator(".note")).to_contain_text("turn the answer")
    page.locator("input").fill("Hermione met o s zyzzyva")
    expect(page.locator("thead .unknown")).to_have_count(3)
    expect(page.locator(".held")).to_have_count(0)  # it belonged to the other sentence
    expect(page.locator(".note")).not_to_contain_text("turn the answer")
    expect(page.locator("svg.c")).to_have_count(0)
    widget.set_traits(text="Hermione met o s zyzzyva", clamps=[])
    _agree(page, widget)
    page.locator("input").fill("")
    expect(page.locator(".note")).to_contain_text("Type a sentence")
    press(page, "o", "ArrowRight", "1")


def test_a_wide_layer_is_sent_with_the_words_of_its_text_alone(visit):
    widget = gru_reading("Harry zyzzyva Potter", units=40, clamps=[["z", 1, -1, 1.0]])
    page = visit(widget)
    _agree(page, widget)
    expect(page.locator("thead .unknown")).to_have_text(["zyzzyva"])
    press(page, "End", "u", "o")
    widget.set_traits(unit=1, step=2, clamps=[["z", 1, -1, 1.0], ["z", 2, -1, 1.0]])
    _agree(page, widget)


def test_hostile_tokens_are_shown_as_text(visit):
    widget = gru_reading(" ".join(token.replace(" ", "\u00a0") for token in HOSTILE))
    page = visit(widget)
    expect(page.locator("thead bdi")).to_have_text([token.strip() for token in widget.tokens])
    assert page.locator("img, .unrolled script").count() == 0
    assert page.title() == widget.labels["title"]
    press(page, "End", "o")
    expect(page.locator(".readout .token")).to_have_text(widget.tokens[-1])
    assert page.evaluate("document.documentElement.scrollWidth") <= 960


def test_a_key_is_answered_within_a_frame_on_32_units_and_100_steps(visit):
    page = visit(gru_reading(" ".join((WORDS * 13)[:100]), units=32))
    expect(page.locator("thead bdi")).to_have_count(100)
    assert median_press(page, "ArrowRight", "ArrowDown", "ArrowRight", "ArrowUp") < 16.7


def test_a_layer_without_a_head_answers_with_its_own_state(visit):
    widget = gru_reading(head=False)
    page = visit(widget)
    press(page, "End", "s")
    widget.clamps = [["z", 7, -1, 0.0]]
    said = page.locator(".answer").inner_text()
    assert GRUGates.from_weights(
        {"W_x": np.eye(3), "W_h": np.zeros((1, 3)), "b": np.zeros(3)}, "a", {"a": 0}
    ).outcome.startswith("h at")
    after = _number(said.split("→ ")[1].split(". ")[0])
    assert after == pytest.approx(widget.answers()[1], abs=0.0051)
