"""The page of AttentionMap: every control by hand and by keys, and predicting first."""

import ast
from pathlib import Path

import nbformat
import numpy as np
import pytest
from playwright.sync_api import expect

from tests.widgets.examples import HOSTILE, attention_map, translation
from tests.widgets.written_dates import DATES, Clerk
from unrolled.widgets import AttentionMap
from unrolled.widgets.attention_readings import peak

from .keys import median_press, press
from .lab import Lab

pytestmark = pytest.mark.browser
ROOT = Path(__file__).parent.parent.parent


def written(page):
    """The tokens on the page that the writer has written so far."""
    return "".join(page.locator(".writer .said").all_text_contents())


def test_the_text_is_written_step_by_step_by_keys(visit):
    page = visit(attention_map())
    token, place = page.locator(".readout .token"), page.locator(".readout")
    expect(place).to_contain_text("step 1 of 10")
    press(page, *["ArrowRight"] * 6)
    expect(token).to_have_text("3")
    expect(place).to_contain_text("looks most at “a”: 0.")
    assert written(page) == "2024-03"
    expect(page.locator(".writer .later")).to_have_count(3)
    press(page, "End")
    assert written(page) == "2024-03-12"
    press(page, "ArrowRight", "Home")
    assert written(page) == "2"


def test_lines_bars_and_cells_show_the_weights_of_the_step(visit):
    page = visit(attention_map(step=8))
    weights = Clerk().read(DATES[0][0]).weights
    bars = [float(text) for text in page.locator(".odds td").all_text_contents()]
    np.testing.assert_allclose(bars, weights[8], atol=0.0051)
    labels = page.locator("tbody td").evaluate_all("all => all.map(e => e.ariaLabel)")
    shown = [float(label.split(": ")[-1]) for label in labels]
    np.testing.assert_allclose(shown, weights.ravel(), atol=0.0051)
    thick = page.locator(".writer .look").evaluate_all(
        "all => all.map(e => +e.getAttribute('stroke-width'))"
    )
    drawn = weights[8][weights[8] >= 0.015]
    np.testing.assert_allclose(thick, 0.8 + 9 * drawn, atol=0.01)
    shades = page.locator("thead th").evaluate_all("all => all.map(e => e.style.background)")
    assert f"{round(48 * weights[8].max())}%" in shades[1 + peak(weights[8])]


def test_a_token_of_the_input_is_chosen_by_keys_and_by_hand(visit):
    page = visit(attention_map(step=5))
    who, column = page.locator(".who"), page.locator(".sheet > .column")
    expect(column).to_be_hidden()
    press(page, "ArrowDown")  # first the one that is looked at most
    expect(who).to_contain_text("Who looks at “M”, token 4 of the input? “0” at step 6 (0.55)")
    expect(column).to_be_visible()
    press(page, "ArrowUp")
    expect(who).to_contain_text("“␣”, token 3")
    page.locator("thead th").nth(1 + 12).click()
    expect(who).to_contain_text("“4”, token 13 of the input? “4” at step 4")
    page.locator("tbody tr").nth(6).locator("td").nth(7).click()
    expect(page.locator(".readout")).to_contain_text("step 7 of 10")
    expect(who).to_contain_text("“h”, token 8")
    press(page, *["ArrowUp"] * 20)
    expect(column).to_be_hidden()
    expect(who).to_be_empty()
    page.locator("tbody th").nth(1).click()
    expect(page.locator(".readout")).to_contain_text("step 2 of 10")
    page.locator(".writer .box").nth(8).click()
    expect(page.locator(".readout")).to_contain_text("step 9 of 10")


def test_examples_are_chosen_by_digits_and_by_hand(visit):
    page = visit(attention_map(step=3))
    buttons, outcome = page.locator(".examples button"), page.locator(".outcome")
    expect(buttons).to_have_text(
        ["1  12 March 2024 ✓", "2  7 August 2026 ✓", "3  31 October 1999 ✗"]
    )
    expect(outcome).to_have_text("The answer is right: 2024-03-12.")
    press(page, "3")
    expect(buttons.nth(2)).to_have_attribute("aria-pressed", "true")
    expect(outcome).to_contain_text("expected 1999-10-31. It goes wrong at step 9.")
    expect(page.locator(".readout")).to_contain_text("step 1 of 10")
    expect(page.locator(".writer .off")).to_have_count(0)
    press(page, "End")
    expect(page.locator(".writer .off")).to_have_count(2)
    buttons.nth(1).click()
    expect(outcome).to_contain_text("2026-08-07")
    press(page, "9", "ArrowRight", "ArrowDown", "r")
    expect(outcome).to_contain_text("2024-03-12")
    expect(page.locator(".readout")).to_contain_text("step 4 of 10")
    expect(page.locator(".sheet > .column")).to_be_hidden()


def test_candidates_are_shown_with_their_probabilities(visit):
    page = visit(attention_map(step=6))
    expect(page.locator(".candidates bdi")).to_have_text(["3", "0", "1"])
    expect(page.locator(".candidates b")).to_have_text(["0.90", "0.01", "0.01"])
    page = visit(translation(["a"], ["b"]))
    expect(page.locator(".candidates")).to_be_hidden()


def test_why_it_looks_there_is_said(visit):
    page = visit(attention_map())
    why = page.locator(".why")
    expect(why).to_have_text("It writes what it looks at.")
    press(page, *["ArrowRight"] * 5)
    expect(why).to_contain_text("A “0” stands in the input too")
    press(page, "ArrowRight")
    expect(why).to_have_text(
        "“3” stands nowhere in the input: it is worked out from the state that has read “12 Ma”."
    )


def test_predicting_by_keys_alone_covers_asks_and_reveals(visit):
    page = visit(attention_map(step=4))
    guess, cells = page.locator(".guess"), page.locator("tbody td.hidden")
    page.locator(".predict").focus()
    page.keyboard.press("Enter")
    expect(guess).to_contain_text("about to write token 1, “2”")
    expect(cells).to_have_count(130)
    expect(page.locator(".odds td").first).to_have_text("?")
    expect(page.locator(".writer .look")).to_have_count(0)
    expect(page.locator(".outcome, .candidates, .why:not(:empty)")).to_have_count(2)
    expect(page.locator(".outcome")).to_be_hidden()
    expect(page.locator(".candidates")).to_be_hidden()
    press(page, "End", "ArrowRight", "Enter")  # nothing is given away, nothing pointed at yet
    expect(guess).to_contain_text("token 1,")
    press(page, *["ArrowDown"] * 10)
    expect(page.locator(".commit")).to_contain_text("This one: “2”")
    press(page, "Enter")
    expect(guess).to_contain_text("Right: “2” gets 0.5")
    expect(guess).to_contain_text("It writes what it looks at. 1 of 1 so far.")
    expect(cells).to_have_count(117)
    assert page.locator(".writer .look").count() > 0
    press(page, "Enter")
    expect(guess).to_contain_text("token 2, “0”")
    press(page, *["ArrowDown"] * 10, "Enter")  # beside the zero of 2024
    expect(guess).to_contain_text("Near: most goes to “0”")
    press(page, "ArrowRight", "Home")
    expect(page.locator(".odds td").nth(9)).to_contain_text("0.5")
    press(page, "r")
    expect(guess).to_have_count(1)
    expect(page.locator(".predict")).to_have_attribute("aria-pressed", "true")
    expect(cells).to_have_count(130)


def test_predicting_by_hand_to_the_end(visit):
    page = visit(attention_map())
    reading = Clerk().read(DATES[0][0])
    guess = page.locator(".guess")
    page.locator(".predict").click()
    for t in range(10):
        expect(guess).to_contain_text(f"token {t + 1},")
        wrong = t == 8
        at = 12 if wrong else peak(reading.weights[t])
        if t % 2:
            page.locator("tbody tr").nth(t).locator("td").nth(at).click()
        else:
            page.locator("thead th").nth(1 + at).click()
        expect(guess).to_contain_text("Not this time: most goes to “1”" if wrong else "Right:")
        assert written(page) == "2024-03-12"[: t + 1]
        if t < 9:
            page.locator(".next").click()
    expect(guess).to_contain_text("9 of 10 so far")
    expect(page.locator(".next")).to_have_count(0)
    expect(page.locator(".outcome")).to_be_visible()
    page.locator(".predict").click()
    expect(guess).to_be_hidden()
    press(page, "End")
    assert written(page) == "2024-03-12"


def test_space_plays_to_the_end(visit):
    page = visit(translation(["ein", "Satz"], ["a", "short", "sentence"]))
    press(page, " ")
    expect(page.locator(".play")).to_have_attribute("aria-label", "Pause")
    expect(page.locator(".readout .token")).to_have_text("sentence")
    expect(page.locator(".play")).to_have_attribute("aria-label", "Play")


def test_a_page_without_a_kernel_has_no_field_that_does_nothing(visit):
    page = visit(attention_map())
    expect(page.locator("input")).to_have_count(0)


def test_hostile_tokens_are_shown_as_text(visit):
    page = visit(translation(HOSTILE, HOSTILE))
    for t, token in enumerate(HOSTILE):
        expect(page.locator(".readout .token")).to_contain_text(token.strip()[:20])
        expect(page.locator("thead th").nth(1 + t)).to_have_attribute("title", token)
        press(page, "ArrowRight", "ArrowDown")
    assert page.locator("img, .unrolled script").count() == 0
    assert page.title().startswith("When it writes this")
    assert page.evaluate("document.documentElement.scrollWidth") <= 960


@pytest.mark.parametrize(("read", "write"), [(1, 1), (3, 90), (90, 2), (0, 0), (2, 0)])
def test_extreme_sizes_are_shown_and_answer_keys(visit, read, write):
    weights = np.full((write, read), 1 / max(read, 1))
    tokens = [f"r{i}" for i in range(read)], [f"w{i}" for i in range(write)]
    widget = AttentionMap([{"read": tokens[0], "written": tokens[1], "weights": weights}])
    page = visit(widget)
    press(page, "End", "ArrowDown", "ArrowUp", "Enter", "ArrowLeft", "End")
    if write:
        expect(page.locator(".readout .token")).to_have_text(f"w{write - 1}")
    else:
        expect(page.locator(".note")).to_have_text("Nothing was written here.")
    page.locator(".predict").click()
    press(page, "ArrowDown", "Enter", "Enter")
    assert page.evaluate("document.documentElement.scrollWidth") <= 960


def test_a_narrow_page_brings_what_is_looked_at_into_sight(visit):
    text = "30 September 2024"
    widget = AttentionMap.from_model(Clerk(), [text])
    page = visit(widget, viewport={"width": 400, "height": 800})
    weights = Clerk().read(text).weights
    for t in range(10):
        inside = (
            page.locator("thead th")
            .nth(1 + peak(weights[t]))
            .evaluate(
                """e => {
              const [box, room] = [e, e.closest(".scroll")].map((it) => it.getBoundingClientRect());
              return box.left >= room.left + 50 && box.right <= room.right + 1;
            }"""
            )
        )
        assert inside, t
        # The thickest line ends where that token stands, wherever the map is scrolled to.
        assert page.locator(".writer .look").count() > 0
        press(page, "ArrowRight")


def test_a_key_is_answered_within_a_frame_on_a_hundred_by_a_hundred(visit):
    tokens = [f"t{i}" for i in range(100)]
    page = visit(translation(tokens, tokens))
    assert median_press(page, "ArrowRight") < 16.7
    page = visit(translation(tokens[:40], tokens[:10]))
    assert median_press(page, "ArrowRight", "ArrowDown", "ArrowLeft") < 16.7


def test_a_narrow_page_shows_where_it_looked_after_a_guess_elsewhere(visit):
    """The guess pinned the map to where it stood, so the answer stayed out of sight."""
    page = visit(
        AttentionMap.from_model(Clerk(), ["30 September 2024"]),
        viewport={"width": 400, "height": 800},
    )
    page.locator(".predict").click()
    press(page, "ArrowDown", "Enter")
    expect(page.locator(".guess")).to_contain_text("Not this time")
    assert page.locator(".writer .look").count() > 3
    assert page.locator(".map.scroll").evaluate("e => e.scrollLeft") > 0


@pytest.mark.slow
def test_a_text_typed_in_jupyterlab_is_read_by_the_kernel(chromium, jupyterlab):
    make = f"import sys\nsys.path.insert(0, {str(ROOT)!r})\n"
    make += "from tests.widgets.examples import attention_map\nwidget = attention_map()\nwidget"
    cells = [nbformat.v4.new_code_cell(source) for source in (make, "print(widget.shown.written)")]
    book = nbformat.v4.new_notebook(cells=cells)
    book.metadata.kernelspec = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(book, jupyterlab.folder / "attention.ipynb")
    context = chromium.new_context(viewport={"width": 1300, "height": 1000})
    page = context.new_page()
    jupyterlab.open(page, "attention.ipynb")
    Lab.run(page, 0)
    root = page.locator(".unrolled")
    field = root.locator("input")
    field.fill("9 May 1987")
    field.press("Enter")
    expect(root.locator(".examples button")).to_have_count(4)
    expect(root.locator("thead bdi")).to_have_text([*"9␣May␣1987"])
    page.keyboard.press("End")  # the keys go on where the field was
    expect(root.locator(".readout")).to_contain_text("step 10 of 10")
    assert written(page) == "1987-05-09"
    field.fill("tomorrow")
    field.press("Enter")
    expect(root.locator(".problem")).to_have_text("I cannot read “tomorrow” as a date.")
    expect(root.locator(".examples button")).to_have_count(3)
    expect(root.locator(".readout .token")).to_be_visible()
    field.fill("9 May 1987")
    field.press("Enter")
    expect(root.locator(".examples button")).to_have_count(4)
    expect(root.locator(".problem")).to_be_hidden()
    Lab.run(page, 1)
    output = page.locator(".jp-Notebook .jp-CodeCell").nth(1).locator(".jp-OutputArea-output")
    assert "".join(ast.literal_eval(output.last.inner_text().strip())) == "1987-05-09"
    context.close()
