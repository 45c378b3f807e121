"""A widget in a real JupyterLab, moved by a person's keys, with a real kernel behind it."""

import time

import nbformat
import pytest
from playwright.sync_api import expect

from .lab import Lab

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MAKE = """
import numpy as np
from unrolled.widgets import StateMap
words = "Harry Potter and Hermione Granger met a potter".split()
rng = np.random.default_rng(0)
weights = {"W_x": rng.normal(size=(10, 8)), "W_h": rng.normal(size=(8, 8)) / 3, "b": np.zeros(8)}
vocabulary = {word: i for i, word in enumerate(["<pad>", "<unk>", *words])}
widget = StateMap.from_weights(weights, " ".join(words), vocabulary)
widget
"""

BOX = """
from ipywidgets import HBox, IntSlider, jslink
from unrolled.widgets import NeuronLab
lab, slider = NeuronLab(), IntSlider(max=15)
jslink((slider, "value"), (lab, "step"))
HBox([lab, slider])
"""


@pytest.fixture(scope="module")
def notebook(chromium, jupyterlab):
    """The notebook open in JupyterLab, its first cell run."""
    book = nbformat.v4.new_notebook(
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
        cells=[
            nbformat.v4.new_code_cell(MAKE.strip(), id="make"),
            nbformat.v4.new_code_cell(
                "print('at', widget.step, widget.unit, widget.text.split()[-1])", id="ask"
            ),
            nbformat.v4.new_code_cell(BOX.strip(), id="box"),
        ],
    )
    nbformat.write(book, jupyterlab.folder / "map.ipynb")
    context = chromium.new_context(viewport={"width": 1300, "height": 1000})
    page = context.new_page()
    page.sent = []
    page.on(
        "websocket", lambda socket: socket.on("framesent", lambda frame: page.sent.append(frame))
    )
    jupyterlab.open(page, "map.ipynb")
    Lab.run(page, 0)
    page.locator(".unrolled .readout .token").wait_for(timeout=60_000)
    yield page
    context.close()


def asked(page):
    """What the second cell prints, run anew."""
    Lab.run(page, 1)
    cell = page.locator(".jp-Notebook .jp-CodeCell").nth(1)
    return cell.locator(".jp-OutputArea-output").last.inner_text().strip()


def traffic(page):
    return [frame for frame in page.sent if "comm_msg" in str(frame)]


def cells(page):
    """How many cells there are and which one is active."""
    return page.locator(".jp-Notebook .jp-CodeCell").evaluate_all(
        "all => [all.length, all.findIndex((e) => e.classList.contains('jp-mod-active'))]"
    )


def test_keys_move_the_widget_and_the_kernel_follows(notebook):
    root = notebook.locator(".unrolled")
    root.locator("tbody tr").nth(2).locator("td").first.click()
    expect(root.locator(".readout")).to_contain_text("unit 2:")
    before = cells(notebook)
    # "d d" and "x" would delete a cell, "a" insert one, arrows move away, were they JupyterLab's.
    for key in ("ArrowRight", "ArrowRight", "ArrowRight", "ArrowUp", "d", "d", "x", "a"):
        notebook.keyboard.press(key)
    expect(root.locator(".readout .token")).to_have_text("Hermione")
    expect(root.locator(".readout")).to_contain_text("unit 1:")
    assert cells(notebook) == before
    assert asked(notebook) == "at 3 1 potter"


def test_typing_costs_the_kernel_nothing_until_the_field_is_left(notebook):
    field = notebook.locator(".unrolled input")
    field.click()
    before = len(traffic(notebook))
    field.fill("Harry met")
    field.press_sequentially(" Hermione")
    expect(notebook.locator(".unrolled thead bdi")).to_have_text(["Harry", "met", "Hermione"])
    notebook.wait_for_timeout(300)
    assert len(traffic(notebook)) == before
    field.press("Enter")
    assert asked(notebook) == "at 0 1 Hermione"
    assert len(traffic(notebook)) > before


def test_the_kernel_moves_the_picture(notebook):
    cell = notebook.locator(".jp-Notebook .jp-CodeCell").nth(1).locator(".cm-content")
    cell.click()
    notebook.keyboard.press("Control+a")
    notebook.keyboard.insert_text(
        "widget.set_traits(text='Granger met Harry', step=1, unit=4)\nprint('at', widget.step)"
    )
    assert asked(notebook) == "at 1"
    expect(notebook.locator(".unrolled thead bdi")).to_have_text(["Granger", "met", "Harry"])
    expect(notebook.locator(".unrolled .readout")).to_contain_text("unit 4:")


def test_a_widget_lies_in_a_box_and_is_linked_with_a_control(notebook):
    Lab.run(notebook, 2)
    lab = notebook.locator(".unrolled.neuron-lab")
    lab.locator(".equation strong").wait_for()
    assert lab.bounding_box()["width"] > 400
    lab.focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowRight"):
        notebook.keyboard.press(key)
    expect(lab.locator(".equation")).to_contain_text("h4 =")
    expect(notebook.locator(".widget-readout")).to_have_text("3")


def test_the_pictures_ground_follows_jupyterlabs_theme(notebook):
    ground = notebook.locator(".unrolled.state-map").evaluate(
        "e => getComputedStyle(e).backgroundColor"
    )
    assert ground == "rgb(255, 255, 255)"
    notebook.locator("body").evaluate(
        "body => (body.dataset.jpThemeLight = 'false', "
        "document.documentElement.style.setProperty('--jp-layout-color1', '#111'))"
    )
    cell = notebook.locator(".unrolled.state-map").evaluate(
        "e => getComputedStyle(e).backgroundColor"
    )
    assert cell == "rgb(17, 17, 17)"


def test_a_notebook_opened_again_shows_the_picture_until_its_cell_runs(notebook, jupyterlab):
    """JupyterLab would say "model not found" there."""
    expect(notebook.locator("[data-unrolled]").first).to_be_hidden()
    notebook.keyboard.press("Control+s")
    saved = jupyterlab.folder / "map.ipynb"
    deadline = time.monotonic() + 20
    while "data-unrolled" not in saved.read_text() and time.monotonic() < deadline:
        notebook.wait_for_timeout(200)
    sessions = notebook.request.get(f"{jupyterlab.url}/api/sessions").json()
    token = next(c["value"] for c in notebook.context.cookies() if c["name"] == "_xsrf")
    for session in sessions:
        notebook.request.delete(
            f"{jupyterlab.url}/api/sessions/{session['id']}", headers={"X-XSRFToken": token}
        )
    jupyterlab.open(notebook, "map.ipynb")
    picture = notebook.locator("[data-unrolled] img").first
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.naturalWidth") > 300
    assert "Hidden states of 8 units" in picture.get_attribute("alt")
    expect(notebook.get_by_text("model not found").first).to_be_hidden()
    Lab.run(notebook, 0)
    expect(notebook.locator(".unrolled .readout .token")).to_be_visible()
    expect(picture).to_be_hidden()
