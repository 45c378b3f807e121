"""LSTMGates' pages with no network: by hand, and on a trained layer."""

import re

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.widgets.examples import HOSTILE, SENTIMENT, WORDS, lstm_gates, random_gates
from unrolled.widgets import LSTMGates
from unrolled.widgets.valves import TASKS

from .keys import press, press_times

pytestmark = pytest.mark.browser

NEGATED = "the film is not dull and fun"


def shown(page):
    """The page's numbers in the order of the table: i, f, o, g, c, h at each token."""
    labels = page.locator("tbody td").evaluate_all("all => all.map((e) => e.ariaLabel)")
    return [float(label.split(": ")[-1].replace("−", "-")) for label in labels]


def test_a_key_shows_a_solution_of_each_challenge(visit):
    page = visit(LSTMGates())
    expect(page.locator(".lit")).to_have_count(0)
    for i, task in enumerate(TASKS):
        press(page, str(i + 1))
        expect(page.locator(".lights button").nth(i)).to_contain_text("✓")
        expect(page.locator(".show")).to_have_text(f"Show me ({i + 1})")
        assert LSTMGates(task.candidates, task.preset).labels[f"{task.kind}_aim"] in (
            page.locator(".aim").inner_text()
        )
    press(page, "r")
    expect(page.locator(".lit")).to_have_count(0)


def test_keep_is_solved_by_the_keyboard_alone(visit):
    page = visit(LSTMGates())
    press(page, "ArrowRight", "ArrowDown", "o")  # i open at step 2
    for step in range(8):
        press(page, *(["Home"] + ["ArrowRight"] * step))
        press(page, "ArrowUp", "ArrowUp", "o", "ArrowDown", *(["s"] if step != 1 else []))
    expect(page.locator(".lights button").first).to_contain_text("✓")
    expect(page.locator(".verdict")).to_contain_text("nothing did, the memory stays at +0.90")
    press(page, "Home", "ArrowRight")
    expect(page.locator(".verdict")).to_contain_text("i did it, it wrote +0.90")
    press(page, "ArrowRight", "ArrowUp", "Enter")
    expect(page.locator(".verdict")).to_contain_text("f did it, it let +0.90")
    expect(page.locator(".lit")).to_have_count(0)
    press(page, "+", "+")
    expect(page.locator(".f output")).to_have_text("0.20")
    press(page, "-")
    expect(page.locator(".f output")).to_have_text("0.10")
    press(page, "c")
    expect(page.locator(".lights button").nth(1)).to_have_attribute("aria-pressed", "true")


def test_count_is_solved_by_the_mouse_alone(visit):
    page = visit(LSTMGates())
    page.locator(".lights button").nth(3).click()
    chart = page.locator(".chart")
    lanes = page.locator(".chart .lane")
    assert lanes.count() == 4 * 8
    for k in range(16):  # f and i at each step: a click opens what is not open
        box = lanes.nth(k).bounding_box()
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.locator(".lights button").nth(3)).to_contain_text("✓")
    expect(page.locator(".equation")).to_contain_text("c8 = f 1.00 · +1.00 + i 1.00 · g −1.00")
    chart.click(position={"x": 200, "y": 50})
    expect(page.locator(".equation")).to_contain_text("c2 =")
    page.locator(".g input").fill("-0.5")
    expect(page.locator(".aim")).to_contain_text("You changed g")
    expect(page.locator(".lights button").nth(3)).to_contain_text("✓")
    page.get_by_role("button", name="Shut (S)").click()
    expect(page.locator(".g output")).to_have_text("0.00")
    page.get_by_role("button", name="Show me (4)").click()
    expect(page.locator(".aim")).not_to_contain_text("You changed g")


def test_by_hand_each_step_is_guessed_before_it_is_seen(visit):
    page = visit(LSTMGates())
    page.locator(".predict").click()
    expect(page.locator(".chart .dot")).to_have_count(0)
    expect(page.locator(".equation")).to_contain_text("= ?")
    expect(page.locator(".guess")).to_contain_text("Step 1: memory 0.00, f 0.50, i 0.50, g +0.40")
    press(page, "1")
    expect(page.locator(".guess")).to_contain_text("Right: from 0.00 to +0.20")
    expect(page.locator(".chart .dot")).to_have_count(1)
    page.locator(".guess button").nth(1).click()
    expect(page.locator(".guess")).to_contain_text(
        "Not this time: from +0.20 to +0.55. +0.10 stays of the old memory, +0.45 is written."
    )
    expect(page.locator(".guess")).to_contain_text("1 of 2")
    press(page, *"333333")
    expect(page.locator(".guess button")).to_have_count(0)
    expect(page.locator(".chart .dot")).to_have_count(8)
    press(page, "1")  # nothing is asked any more: the first solution
    expect(page.locator(".chart .dot")).to_have_count(0)


def test_a_gate_is_held_by_keys_and_the_answer_follows(visit):
    widget = lstm_gates("the film is not good")
    page = visit(widget)
    expect(page.locator(".verdict")).to_contain_text("All gates are free")
    press(page, "ArrowRight", "ArrowRight", "ArrowRight", "ArrowUp", "s")
    expect(page.locator(".verdict")).to_have_text(
        re.compile("Shutting i of unit 0 at “.?not.?” turned P.kind. from 0.05 to 0.94. The answer")
    )
    expect(page.locator(".held")).to_have_text(["0"])
    expect(page.locator(".dashed")).to_have_count(3)
    widget.clamps = [["i", 3, 0, 0.0]]
    expected = np.concatenate([widget.values[name][:, 0] for name in "ifogch"])
    np.testing.assert_allclose(shown(page), expected, atol=0.0051)
    odds = [float(text) for text in page.locator(".odds td").all_text_contents()]
    np.testing.assert_allclose(odds, widget.answers(widget.values), atol=0.0051)
    press(page, "Enter")  # shut → free
    expect(page.locator(".held")).to_have_count(0)
    press(page, "Enter")  # free → open
    expect(page.locator(".verdict")).to_contain_text("next to nothing")
    press(page, "f")
    expect(page.locator(".dashed")).to_have_count(0)
    press(page, "PageDown")
    expect(page.locator(".readout")).to_contain_text("unit 1")
    press(page, "a", "s", "Home", "ArrowDown", "o")
    expect(page.locator(".verdict")).to_contain_text("The 2 held gates turned")
    press(page, "PageUp")
    expect(page.locator(".held")).to_have_count(2)
    press(page, "ArrowDown", "ArrowDown", "s")  # g is no gate
    expect(page.locator(".held")).to_have_count(2)
    press(page, "r")
    expect(page.locator(".held")).to_have_count(0)


def test_a_gate_is_held_by_the_mouse(visit):
    page = visit(lstm_gates("the film is not good"))
    cell = page.locator("tbody tr").nth(0).locator("td").nth(3)
    cell.click()
    expect(page.locator(".readout")).to_contain_text("i unit 0")
    cell.click()
    expect(page.locator(".held")).to_have_text(["1"])
    cell.click()
    expect(page.locator(".held")).to_have_text(["0"])
    cell.click()
    expect(page.locator(".held")).to_have_count(0)
    page.get_by_role("button", name="all units (A)").click()
    page.get_by_role("button", name="Shut (S)").click()
    expect(page.locator(".verdict")).to_contain_text("i of all units")
    page.locator("select").select_option("2")
    expect(page.locator(".readout")).to_contain_text("unit 2")
    expect(page.locator(".held")).to_have_count(1)
    page.get_by_role("button", name="Free (F)").click()
    expect(page.locator(".held")).to_have_count(0)
    page.locator("tbody tr").nth(4).locator("td").nth(1).click()
    expect(page.get_by_role("button", name="Open (O)")).to_be_disabled()


def test_found_holds_are_loaded_by_digit_and_click(visit):
    widget = lstm_gates("the film is not good", examples=[NEGATED])
    page = visit(widget)
    buttons = page.locator(".presets button")
    expect(buttons).to_have_count(len(widget._presets))
    found = [each for search in widget.searches for each in search.best]
    for i, each in enumerate(found):
        if i % 2:
            buttons.nth(i).click()
        else:
            press(page, str(i + 1))
        expect(page.locator("thead bdi")).to_have_text(each.text.split())
        expect(page.locator(".verdict")).to_contain_text(
            f"from {each.free:.2f} to {each.answer:.2f}"
        )
    expect(page.get_by_text("All 210 single holds on this text were tried")).to_be_visible()


def test_a_found_hold_on_another_text_needs_no_kernel_to_split_it(visit):
    widget = lstm_gates("the film is not good", examples=[NEGATED], tokenize=lambda t: t.split())
    page = visit(widget)
    other = [found for search in widget.searches for found in search.best].index(
        widget.searches[1].best[0]
    )
    press(page, str(other + 1))
    expect(page.locator("thead bdi")).to_have_text(NEGATED.split())
    expect(page.locator(".held")).to_have_count(1)
    press(page, "r")
    expect(page.locator("thead bdi")).to_have_text(["the", "film", "is", "not", "good"])


def test_a_hold_is_guessed_before_it_is_seen(visit):
    page = visit(lstm_gates("the film is not good", examples=[NEGATED]))
    page.locator(".predict").click()
    expect(page.locator(".guess")).to_contain_text("you will be asked")
    press(page, "1")
    expect(page.locator(".guess")).to_contain_text("What will P(kind) do at the end?")
    expect(page.locator(".held")).to_have_count(0)
    expect(page.locator(".odds td").last).to_have_text("0.05")
    press(page, "1")
    expect(page.locator(".guess")).to_contain_text("Right: 0.05 → 0.94. The memory of unit 0 ends")
    expect(page.locator(".held")).to_have_count(1)
    press(page, "Home", "f", "o")
    page.get_by_role("button", name="2 fall").click()
    expect(page.locator(".guess")).to_contain_text("Not this time: 0.94 → 0.94")
    expect(page.locator(".guess")).to_contain_text("1 of 2")


def test_a_typed_sentence_frees_every_gate(visit):
    page = visit(lstm_gates("the film is not good"))
    press(page, "End", "s")
    page.locator(".field input").fill("film zyzzyva o s good")
    expect(page.locator("thead bdi")).to_have_text(["film", "zyzzyva", "o", "s", "good"])
    expect(page.locator("thead .unknown")).to_have_count(3)
    expect(page.locator(".held")).to_have_count(0)
    expect(page.locator(".note").first).to_contain_text("<unk>")
    page.locator(".field input").fill("")
    expect(page.locator(".note").first).to_contain_text("Type a sentence")
    expect(page.locator(".readout")).to_be_hidden()
    press(page, "o", "ArrowRight", "End", "Enter")
    page.locator(".field input").fill("good")
    expect(page.locator(".readout")).to_contain_text("token 1 of 1")


def test_hostile_tokens_are_shown_as_text(visit):
    widget = random_gates(" ".join(HOSTILE), examples=[" ".join(HOSTILE) + " met"])
    page = visit(widget)
    expect(page.locator("thead bdi")).to_have_text(widget.tokens)
    press(page, "1", "End", "s")
    assert page.locator("img, .unrolled script").count() == 0
    assert page.title() == "Which gate did it, at this step?"
    assert page.evaluate("document.documentElement.scrollWidth") <= 960


def test_a_hold_is_answered_within_a_frame_on_32_units_and_100_steps(visit):
    page = visit(random_gates(" ".join((WORDS * 13)[:100]), units=32))
    expect(page.locator("canvas")).to_have_count(1)
    times = press_times(page, "Enter", "ArrowRight")
    move, hold = (sorted(ms for k, ms in times if k == key) for key in ("ArrowRight", "Enter"))
    assert move[10] < 16.7
    # A hold runs the layer again and lays the map out anew: three frames, and of the quick ones,
    # since a busy machine is not the page's fault.
    assert hold[2] < 50


def test_the_vocabulary_of_the_example_is_read(visit):
    page = visit(lstm_gates(" ".join(SENTIMENT[2:])))
    expect(page.locator("thead .unknown")).to_have_count(0)


def test_a_question_about_a_text_that_is_gone_is_withdrawn(visit):
    page = visit(lstm_gates("the film is not good", predicting=True))
    press(page, "End", "s")
    expect(page.locator(".guess button")).to_have_count(3)
    page.locator(".field input").fill("the film")
    expect(page.locator(".guess button")).to_have_count(0)
    press(page, "1")
    expect(page.locator(".guess button")).to_have_count(3)
