"""Every widget in a real JupyterLab, by keyboard alone and by mouse, its kernel behind it."""

import ast
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import expect

from tests.widgets.examples import MAKERS

from .lab import Lab

pytestmark = [pytest.mark.browser, pytest.mark.slow]
ROOT = Path(__file__).parent.parent.parent
# One of each kind; those on a canvas or of odd sizes have their tests in their own pages.
SHOWN = [
    *("TaskShapes", "NeuronLab", "ParamCounter", "StateMap", "GradientLab"),
    *("LSTMGates", "LSTMGates of a trained layer", "GRUGates", "GRUGates on weights"),
    *("BiCompare", "AttentionMap"),
]


@pytest.fixture(scope="module")
def page(chromium, jupyterlab):
    """A notebook with a widget in each cell, all of them run."""
    prepare = f"import sys\nsys.path.insert(0, {str(ROOT)!r})\n"
    prepare += "from tests.widgets.examples import MAKERS\nshown = {}"
    sources = [prepare, *(f"shown[{n!r}] = MAKERS[{n!r}]()\nshown[{n!r}]" for n in SHOWN)]
    sources.append("print({name: [it.step, it.predicting] for name, it in shown.items()})")
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(s) for s in sources])
    book.metadata.kernelspec = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(book, jupyterlab.folder / "all.ipynb")
    context = chromium.new_context(viewport={"width": 1300, "height": 1000})
    page = context.new_page()
    jupyterlab.open(page, "all.ipynb")
    for number in range(len(sources) - 1):
        Lab.run(page, number)
    yield page
    context.close()


def root_of(page, name):
    code = page.locator(".jp-Notebook .jp-CodeCell").nth(1 + SHOWN.index(name))
    root = code.locator(".unrolled").last
    root.locator(".title").wait_for(timeout=30_000)
    return root


def in_kernel(page) -> dict:
    """Step and predicting of each widget, as the kernel has them."""
    last = 1 + len(SHOWN)
    Lab.run(page, last)
    cell = page.locator(".jp-Notebook .jp-CodeCell").nth(last)
    return ast.literal_eval(cell.locator(".jp-OutputArea-output").last.inner_text().strip())


def test_keys_move_every_widget_and_nothing_else(page):
    before, cells = in_kernel(page), page.locator(".jp-Notebook .jp-CodeCell").count()
    for name in SHOWN:
        root_of(page, name).focus()
        # Were they JupyterLab's, "d d" and "x" would delete a cell, "a" and "b" insert one.
        for key in ("d", "d", "b", "Home", "ArrowRight"):
            page.keyboard.press(key)
    after = in_kernel(page)
    assert page.locator(".jp-Notebook .jp-CodeCell").count() == cells
    for name in SHOWN:
        assert after[name][0] == 1, (name, before[name], after[name])


def test_the_mouse_does_what_the_keys_do(page):
    for name in SHOWN:
        root = root_of(page, name)
        root.locator("button.predict").click()
        expect(root.locator("button.predict")).to_have_attribute("aria-pressed", "true")
    assert all(predicting for _step, predicting in in_kernel(page).values())
    for name in SHOWN:
        root = root_of(page, name)
        root.locator("button.predict").click()
        root.locator("button.reset").click()
    initial = {name: MAKERS[name]().step for name in SHOWN}
    for name, (step, predicting) in in_kernel(page).items():
        assert (step, predicting) == (initial[name], False), name
