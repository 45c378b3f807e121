"""The widgets' own pages, with no network: hand, keyboard, eyes and screen readers."""

import nbformat
import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from nbclient import NotebookClient
from nbconvert import HTMLExporter
from playwright.sync_api import expect

from tests.widgets.examples import HOSTILE, MAKERS, WORDS, state_map
from unrolled.widgets import NeuronLab, ParamCounter, StateMap
from unrolled.widgets.challenges import CHALLENGES

from .keys import median_press, press

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("name", MAKERS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_has_no_accessibility_violation(visit, name, scheme):
    page = visit(MAKERS[name](), color_scheme=scheme)
    for predicting in (False, True):
        if predicting:
            page.locator(".predict").click()
        result = Axe().run(page)
        assert result.violations_count == 0, result.generate_report()


@pytest.mark.parametrize("name", MAKERS)
def test_dark_is_dark_and_light_is_light(visit, name):
    for scheme, bound in (("light", (200, 256)), ("dark", (0, 60))):
        page = visit(MAKERS[name](), color_scheme=scheme)
        ground = page.locator(".unrolled").evaluate("e => getComputedStyle(e).backgroundColor")
        level = int(ground.removeprefix("rgb(").split(",")[0])
        assert bound[0] <= level < bound[1]


@pytest.mark.parametrize("name", MAKERS)
@pytest.mark.parametrize("width", [400, 480])
def test_nothing_is_cut_off_in_a_narrow_cell_or_at_twice_the_zoom(visit, name, width):
    # 480 CSS pixels at two device pixels each are a 960-pixel window zoomed to 200 %.
    page = visit(
        MAKERS[name](),
        viewport={"width": width, "height": 800},
        device_scale_factor=2 if width == 480 else 1,
    )
    for predicting in (False, True):
        if predicting:
            page.locator(".predict").click()
        cut = page.evaluate(
            """() => [...document.querySelectorAll(".unrolled *")].filter((e) => {
              if (e.closest(".scroll")) return false;
              const box = e.getBoundingClientRect();
              return box.width && (box.right > innerWidth + 1 || box.left < -1);
            }).map((e) => e.outerHTML.slice(0, 90))"""
        )
        assert cut == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_widest_table_of_counts_fits_a_narrow_cell(visit):
    page = visit(ParamCounter(), viewport={"width": 400, "height": 800})
    press(page, "5")
    assert page.locator(".scroll").evaluate("e => e.scrollWidth <= e.clientWidth")


def test_a_pulse_is_switched_by_a_key(visit):
    page = visit(NeuronLab(inputs=[0, 0, 0, 0]))
    before = page.locator(".equation").inner_text()
    press(page, "ArrowRight", "x")
    expect(page.locator(".equation")).not_to_have_text(before)
    expect(page.locator(".equation")).to_contain_text("· 1")
    press(page, "x")
    expect(page.locator(".equation")).not_to_contain_text("· 1 ")


def test_digits_answer_an_open_question(visit):
    page = visit(ParamCounter(predicting=True))
    press(page, "ArrowUp")  # the units doubled: what becomes of the count?
    expect(page.locator(".guess button")).to_have_count(3)
    press(page, "2")
    expect(page.locator(".guess")).to_contain_text("Right")
    expect(page.locator(".total")).to_contain_text("644,")
    press(page, "2")  # no question is open any more: the second kind of layer
    expect(page.locator(".cells button").nth(1)).to_have_attribute("aria-pressed", "true")


def test_state_map_follows_keys(visit):
    page = visit(state_map(examples=["Harry met a potter"]))
    token = page.locator(".readout .token")
    expect(token).to_have_text("Harry")
    press(page, "ArrowRight", "ArrowRight")
    expect(token).to_have_text("and")
    press(page, "End")
    expect(token).to_have_text("potter")
    press(page, "Home", "ArrowDown")
    expect(token).to_have_text("Harry")
    expect(page.locator(".readout")).to_contain_text("unit 1:")
    press(page, "1")
    expect(page.locator("thead bdi")).to_have_text(["Harry", "met", "a", "potter"])
    press(page, "r")
    expect(page.locator("thead bdi")).to_have_count(8)
    expect(page.locator(".readout")).to_contain_text("unit 0:")


def test_space_plays_and_escape_leaves(visit):
    page = visit(state_map("Harry met a"))
    press(page, " ")
    expect(page.locator(".play")).to_have_attribute("aria-label", "Pause")
    expect(page.locator(".readout .token")).to_have_text("a")
    expect(page.locator(".play")).to_have_attribute("aria-label", "Play")
    page.locator("input").focus()
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.className") == "unrolled state-map"
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement === document.body")


def test_state_map_follows_the_mouse(visit):
    page = visit(state_map())
    page.locator("tbody tr").nth(5).locator("td").nth(3).click()
    expect(page.locator(".readout")).to_contain_text("Hermione")
    expect(page.locator(".readout")).to_contain_text("unit 5:")


@pytest.mark.parametrize("repeat", [1, 8])
def test_a_typed_sentence_is_computed_in_the_page(visit, repeat):
    widget = state_map(" ".join(WORDS * repeat), units=16)
    page = visit(widget)
    assert page.locator("canvas").count() == (repeat > 1)
    field = page.locator("input")
    field.fill("Hermione met r R 1 zyzzyva")
    expect(page.locator("thead bdi")).to_have_text(["Hermione", "met", "r", "R", "1", "zyzzyva"])
    expect(page.locator("thead .unknown")).to_have_count(4)
    expect(page.locator(".note")).to_contain_text("<unk>")
    widget.text = "Hermione met r R 1 zyzzyva"
    shown = [
        float(label.split(": ")[-1].replace("−", "-"))
        for label in page.locator("tbody td").evaluate_all("all => all.map(e => e.ariaLabel)")
    ]
    expected = widget.states.T.ravel()
    np.testing.assert_allclose(shown, expected, atol=0.0051)
    odds = [float(text) for text in page.locator(".odds td").all_text_contents()]
    np.testing.assert_allclose(odds, widget.probabilities, atol=0.0051)
    field.press("ArrowLeft")
    field.press_sequentially("1r ")
    expect(field).to_have_value("Hermione met r R 1 zyzzyv1r a")


def test_hostile_tokens_are_shown_as_text(visit):
    for widget in (
        state_map(" ".join(token.replace(" ", "\u00a0") for token in HOSTILE)),
        StateMap(HOSTILE, np.eye(len(HOSTILE))),
        state_map(" ".join(HOSTILE), tokenize=list),
    ):
        page = visit(widget)
        expect(page.locator("thead bdi")).to_have_text([t.strip() for t in widget.tokens])
        assert page.locator("img, .unrolled script").count() == 0
        assert page.title() == widget.labels["title"]
        assert page.evaluate("document.documentElement.scrollWidth") <= 960
        press(page, "End")
        expect(page.locator(".readout .token")).to_have_text(widget.tokens[-1])


@pytest.mark.parametrize(
    ("tokens", "units"), [(1, 1), (60, 500), (10_000, 16)], ids=["one step", "wide", "long"]
)
def test_extreme_sizes_are_shown_and_answer_keys(visit, tokens, units):
    rng = np.random.default_rng(0)
    widget = StateMap([f"w{i}" for i in range(tokens)], rng.uniform(-1, 1, size=(tokens, units)))
    page = visit(widget)
    press(page, "End", "ArrowDown")
    expect(page.locator(".readout .token")).to_have_text(f"w{tokens - 1}")
    expect(page.locator(".readout")).to_contain_text(f"unit {min(1, units - 1)}:")
    assert page.evaluate("document.documentElement.scrollWidth") <= 960


def test_weights_that_are_no_numbers_break_nothing(visit):
    widget = StateMap(["a", "b"], np.array([[np.nan, 0.5], [np.inf, -0.5]]))
    assert widget.describe()
    assert widget.static()
    page = visit(widget)
    press(page, "End", "ArrowDown")
    expect(page.locator(".readout")).to_contain_text("−0.50")


def test_state_map_predicts_then_reveals(visit):
    widget = state_map("Harry Potter met")
    page = visit(widget)
    page.locator(".predict").click()
    expect(page.locator("tbody td.hidden")).to_have_count(2 * 8)
    expect(page.locator(".odds td").nth(1)).to_have_text("?")
    press(page, "End")
    expect(page.locator(".readout .token")).to_have_text("Harry")
    right = widget.probabilities[1] > 0.5
    press(page, "1" if right else "2")
    expect(page.locator(".guess")).to_contain_text(f"Right: {widget.probabilities[1]:.2f}")
    expect(page.locator("tbody td.hidden")).to_have_count(8)
    wrong = widget.probabilities[2] < 0.5
    page.locator(".guess button").nth(0 if wrong else 1).click()
    expect(page.locator(".guess")).to_contain_text("1 of 2")
    expect(page.locator("tbody td.hidden")).to_have_count(0)


def test_neuron_lab_solves_each_challenge_by_a_key(visit):
    page = visit(NeuronLab())
    expect(page.locator(".lit")).to_have_count(0)
    for i, challenge in enumerate(CHALLENGES):
        press(page, str(i + 1))
        expect(page.locator(".lights button").nth(i)).to_contain_text("✓")
        values = [page.locator(f".{name} input").input_value() for name in ("w_x", "w_h", "b")]
        assert tuple(map(float, values)) == challenge.preset
    press(page, "r")
    expect(page.locator(".lit")).to_have_count(0)


def test_neuron_lab_follows_sliders_keys_and_clicks(visit):
    page = visit(NeuronLab())
    line = page.locator(".chart .line")
    before = line.get_attribute("points")
    page.locator(".w_h input").fill("-1.5")
    expect(line).not_to_have_attribute("points", before)
    page.locator(".w_h input").press("ArrowRight")
    expect(page.locator(".w_h output")).to_have_text("−1.45")
    press(page, "ArrowRight", "ArrowRight", "ArrowRight")
    expect(page.locator(".equation")).to_contain_text("h4 = tanh(")
    expect(page.locator(".equation strong")).to_have_text("+0.76")
    page.locator(".pulse").nth(3).click()
    expect(page.locator(".equation strong")).to_have_text("0.00")
    press(page, "ArrowDown")
    expect(page.locator(".lights button").nth(1)).to_have_attribute("aria-pressed", "true")


def test_neuron_lab_hides_its_curve_until_one_is_drawn(visit):
    page = visit(NeuronLab())
    page.locator(".predict").click()
    expect(page.locator(".chart .dot")).to_have_count(0)
    expect(page.locator(".reveal")).to_be_disabled()
    press(page, "ArrowRight", "ArrowRight", "ArrowRight", *["ArrowUp"] * 8)
    expect(page.locator(".chart .drawn")).to_have_count(1)
    page.locator(".reveal").click()
    expect(page.locator(".chart .dot")).to_have_count(16)
    expect(page.locator(".guess")).to_contain_text("Well predicted")


def test_param_counter_doubles_and_predicts(visit):
    page = visit(ParamCounter())
    total = page.locator(".total strong")
    expect(total).to_have_text("321,089")
    page.get_by_role("button", name="words in the sentence ×2").click()
    expect(page.locator(".total")).to_contain_text("nothing was added")
    press(page, "ArrowUp")
    expect(total).to_have_text("644,225")
    press(page, "r", "2")
    expect(total).to_have_text("1,284,257")
    for key, count in zip("345", ("963,297", "963,201", "2,568,513"), strict=True):
        press(page, key)
        expect(total).to_have_text(count)
    press(page, "1", "ArrowRight")
    expect(page.locator("tr.chosen")).to_contain_text("1,024")
    page.locator(".predict").click()
    page.get_by_role("button", name="units ×2").click()
    expect(total).to_have_text("?")
    page.get_by_role("button", name="about quadruples").click()
    expect(page.locator(".guess")).to_contain_text("Not so: ×2.01")
    expect(total).to_have_text("644,225")


def test_a_key_is_answered_within_a_frame_on_32_units_and_100_steps(visit):
    page = visit(state_map(" ".join((WORDS * 13)[:100]), units=32))
    assert page.locator("thead bdi").count() == 100
    assert median_press(page, "ArrowDown", "ArrowRight", "ArrowRight") < 16.7


def test_an_exported_notebook_shows_the_picture_without_a_kernel(chromium, tmp_path):
    """Other previews, such as the one on GitHub, show the same PNG."""
    cell = nbformat.v4.new_code_cell("from unrolled.widgets import NeuronLab\nNeuronLab()")
    book = nbformat.v4.new_notebook(cells=[cell])
    NotebookClient(book, timeout=60, kernel_name="python3").execute()
    assert any("image/png" in output.get("data", {}) for output in book.cells[0].outputs)
    page = tmp_path / "exported.html"
    page.write_text(HTMLExporter().from_notebook_node(book)[0], encoding="utf-8")
    context = chromium.new_context(offline=True)
    tab = context.new_page()
    tab.goto(page.as_uri(), wait_until="domcontentloaded")
    picture = tab.locator("[data-unrolled] img")
    expect(picture).to_be_visible()
    assert "One neuron" in picture.get_attribute("alt")
    context.close()
