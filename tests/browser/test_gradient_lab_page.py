"""GradientLab's own page: every control by hand and by keyboard, predictions, presets."""

import nbformat
import pytest
from playwright.sync_api import expect

from tests.widgets.examples import HOSTILE, gradient_layer
from unrolled.widgets import GradientLab
from unrolled.widgets.backflow import verdict
from unrolled.widgets.gradient_presets import PRESETS, flow_of
from unrolled.widgets.gradient_words import power, why

from .keys import median_press, press
from .lab import Lab

pytestmark = pytest.mark.browser


def share(page):
    return page.locator(".equation strong")


def test_each_preset_by_its_key_and_by_its_button(visit):
    page = visit(GradientLab())
    for i, preset in enumerate(PRESETS):
        made = flow_of(preset.found)
        end = power(made.logs[-1])
        press(page, "r", str(i + 1))
        expect(share(page)).to_have_text(end)
        expect(page.locator(".why")).to_contain_text(
            {"vanishes": "It vanishes", "stays": "It neither", "explodes": "It explodes"}[
                verdict(made.logs[-1])
            ]
        )
        press(page, "r")
        page.locator(".cells button").nth(i).click()
        expect(share(page)).to_have_text(end)
        expect(page.locator(".cells button").nth(i)).to_have_attribute("aria-pressed", "true")


def test_the_page_says_what_describe_says(visit):
    for preset in PRESETS:
        setting = preset.found
        widget = GradientLab(**{name: getattr(setting, name) for name in GradientLab.own})
        page = visit(widget)
        said = page.locator(".why").evaluate(
            "e => [...e.childNodes].map(n => n.tagName ? 'W_h' : n.data).join('')"
        )
        assert said.startswith(why(widget.flow, widget.cell))
        assert said in widget.describe()


def test_steps_go_back_by_keys_and_by_hand(visit):
    widget = GradientLab(step=0)
    page = visit(widget)
    expect(page.locator(".equation")).to_have_text("share after 0 steps = 1.00")
    press(page, "ArrowRight", "ArrowRight")
    expect(page.locator(".equation")).to_contain_text("share after 2 steps = ")
    expect(page.locator(".equation")).to_contain_text(f"= {widget.flow.factors[1]:.2f}")
    press(page, "End")
    expect(page.locator(".equation")).to_contain_text("(50 factors)")
    expect(share(page)).to_have_text(power(widget.flow.logs[-1]))
    press(page, "Home")
    box = page.locator(".chart").bounding_box()
    wide = (box["width"] - 60) / 50
    page.mouse.move(box["x"] + 46 + 10 * wide, box["y"] + 100)
    page.mouse.down()
    expect(page.locator(".equation")).to_contain_text("share after 10 steps")
    page.mouse.move(box["x"] + 46 + 30 * wide, box["y"] + 100)
    expect(page.locator(".equation")).to_contain_text("share after 30 steps")
    page.mouse.up()
    page.mouse.move(box["x"] + 46 + 40 * wide, box["y"] + 100)
    expect(page.locator(".equation")).to_contain_text("share after 30 steps")


def test_the_radius_turns_by_arrow_and_by_slider(visit):
    page = visit(GradientLab(0.95, "linear", step=50))
    number = page.locator(".radius output")
    expect(number).to_have_text("0.95 (below 1)")
    press(page, "ArrowUp")
    expect(number).to_have_text("1.00 (at 1)")
    expect(share(page)).to_have_text("1.00")
    press(page, "ArrowUp")
    expect(number).to_have_text("1.05 (above 1)")
    press(page, "ArrowDown", "ArrowDown", "ArrowDown")
    expect(number).to_have_text("0.90 (below 1)")
    page.locator(".radius input").fill("1.2")
    expect(share(page)).to_have_text(power(GradientLab(1.2, "linear").flow.logs[-1]))
    page.locator(".radius input").press("ArrowRight")
    expect(number).to_have_text("1.21 (above 1)")
    press(page, *["ArrowUp"] * 9)
    expect(number).to_have_text("1.50 (above 1)")
    press(page, "r")
    expect(number).to_have_text("0.95 (below 1)")


def test_every_slider_and_choice_changes_the_curve_with_the_keyboard_alone(visit):
    page = visit(GradientLab(cell="lstm", strength=0.3, step=50))
    line = page.locator(".chart .line")
    for name in ("radius", "strength", "timesteps", "forget_bias"):
        before = line.get_attribute("points")
        page.locator(f".{name} input").press("ArrowRight")
        expect(line).not_to_have_attribute("points", before)
    for value in ("tanh", "random", "linear", "orthogonal"):
        before = line.get_attribute("points")
        page.locator(f"button[value={value}]").press("Enter")
        expect(line).not_to_have_attribute("points", before)
    expect(page.locator(".forget_bias")).to_be_hidden()
    page.locator("button[value=lstm]").press(" ")
    expect(page.locator(".forget_bias")).to_be_visible()
    expect(page.locator(".choice.matrix")).to_be_hidden()


def test_clipping_shows_two_arrows_and_leaves_the_curve(visit):
    page = visit(GradientLab())
    press(page, "5")
    line = page.locator(".chart .line").get_attribute("points")
    arrows = page.locator(".plane path:not(.rule)")
    turns = "all => all.map(e => e.getAttribute('transform'))"
    expect(arrows).to_have_count(2)
    by_value = arrows.evaluate_all(turns)
    assert by_value[0] != by_value[1]
    expect(page.locator(".clipping")).to_contain_text("the direction turns by 34°")
    page.locator("button[value=norm]").click()
    by_norm = arrows.evaluate_all(turns)
    assert by_norm[0] == by_norm[1]
    expect(page.locator(".clipping")).to_contain_text("becomes 1.00")
    assert page.locator(".chart .line").get_attribute("points") == line
    page.locator("button[value=none]").click()
    expect(page.locator(".clipped")).to_be_hidden()


@pytest.mark.parametrize("hand", [True, False])
def test_a_prediction_comes_before_the_curve(visit, hand):
    page = visit(GradientLab(clip="norm"))
    page.locator(".predict").click()
    press(page, "ArrowUp", "ArrowUp", "ArrowUp", "ArrowUp")  # 1.10, with tanh
    expect(page.locator(".chart .line")).to_have_count(0)
    for hidden in (".equation", ".why", ".clipped"):
        expect(page.locator(hidden)).to_be_hidden()
    expect(page.locator(".guess button")).to_have_count(3)
    press(page, "7")  # no answer
    expect(page.locator(".guess button")).to_have_count(3)
    if hand:
        page.locator(".guess button").nth(2).click()
    else:
        press(page, "3")
    end = power(GradientLab(1.1).flow.logs[-1])
    expect(page.locator(".guess")).to_contain_text(f"Not this time: {end} arrives.")
    expect(page.locator(".chart .line")).to_have_count(1)
    expect(page.locator(".why")).to_contain_text("never above 1")
    expect(share(page)).to_have_text(end)
    press(page, "1")  # a preset again, which asks anew
    expect(page.locator(".chart .line")).to_have_count(0)
    press(page, "1")
    expect(page.locator(".guess")).to_contain_text("Right")
    page.locator(".predict").click()
    expect(page.locator(".guess")).to_be_empty()
    expect(page.locator(".chart .line")).to_have_count(1)


def test_the_product_is_built_up_while_it_plays(visit):
    page = visit(GradientLab(timesteps=4, step=4))
    press(page, " ")
    expect(page.locator(".play")).to_have_attribute("aria-label", "Pause")
    expect(page.locator(".equation")).to_contain_text("share after 4 steps")
    expect(page.locator(".play")).to_have_attribute("aria-label", "Play")


def test_a_layers_words_are_text_and_name_the_steps(visit):
    page = visit(gradient_layer(tokens=HOSTILE, step=0), viewport={"width": 400, "height": 800})
    for word in reversed(HOSTILE):
        assert page.locator(".equation .token").text_content() == word
        press(page, "ArrowRight")
    assert page.title() != "owned"
    assert page.locator("img").count() == 0
    expect(page.locator("button[value=lstm]")).to_have_count(0)
    expect(page.locator(".cells button")).to_have_count(0)
    before = page.locator(".chart .line").get_attribute("points")
    press(page, "ArrowUp")
    expect(page.locator(".chart .line")).not_to_have_attribute("points", before)


def test_a_layer_of_one_step_and_one_too_large_are_shown_as_they_are(visit):
    page = visit(gradient_layer(steps=1))
    press(page, "ArrowRight", "End")
    expect(page.locator(".equation")).to_have_text("share after 0 steps = 1.00")
    widget = gradient_layer(units=40, steps=120, clip="norm", step=119)
    page = visit(widget)
    expect(share(page)).to_have_text(power(widget.flow.logs[-1]))
    expect(page.locator(".radius input")).to_be_disabled()
    press(page, "ArrowUp", "4")
    expect(share(page)).to_have_text(power(widget.flow.logs[-1]))


def test_a_key_on_the_largest_layer_is_answered_within_a_frame(visit):
    page = visit(gradient_layer(units=32, steps=101, clip="value"))
    assert median_press(page, "ArrowRight") < 16.7


@pytest.mark.slow
def test_matrices_reach_a_real_jupyterlab_and_its_kernel_follows(chromium, jupyterlab):
    cells = [
        "from unrolled.widgets import GradientLab\nlab = GradientLab(1.0, 'linear')\nlab",
        "print(lab.radius, lab.cell, lab.step)",
    ]
    book = nbformat.v4.new_notebook(
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
        cells=[nbformat.v4.new_code_cell(cell, id=f"c{i}") for i, cell in enumerate(cells)],
    )
    nbformat.write(book, jupyterlab.folder / "gradient.ipynb")
    context = chromium.new_context(viewport={"width": 1300, "height": 1400})
    page = context.new_page()
    jupyterlab.open(page, "gradient.ipynb")
    Lab.run(page, 0)
    expect(share(page)).to_have_text("1.00", timeout=60_000)
    press(page, "4")  # found by search: above 1, and vanishing by tanh
    preset = PRESETS[3].found
    expect(share(page)).to_have_text(power(flow_of(preset).logs[-1]))
    Lab.run(page, 1)
    printed = page.locator(".jp-Notebook .jp-CodeCell").nth(1).locator(".jp-OutputArea-output")
    expect(printed).to_have_text(f"{preset.radius} {preset.cell} {preset.timesteps}")
    context.close()
