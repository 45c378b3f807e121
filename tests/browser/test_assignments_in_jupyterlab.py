"""A student in JupyterLab: a wrong answer is told its mistake, a right one passes."""

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import expect

from .lab import Lab

ROOT = Path(__file__).parent.parent.parent
SETUP, ANSWER, CHECK = range(3)
WRONG = "def affine(x, W, b):\n    return x @ W"
RIGHT = "def affine(x, W, b):\n    return x @ W + b"

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def write(page, cell, text):
    page.locator(".jp-Notebook .jp-CodeCell").nth(cell).locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(text)


def checked(page):
    """Run answer and check, and return the check's output."""
    Lab.run(page, ANSWER)
    Lab.run(page, CHECK)
    return page.locator(".jp-Notebook .jp-CodeCell").nth(CHECK).locator(".jp-OutputArea")


@pytest.mark.parametrize(
    ("folder", "unwritten", "mistake", "right"),
    [
        ("release", "is not written yet", "The bias b is missing", "✓ affine: right"),
        ("release/ko", "아직", "편향", "모두 맞았습니다"),
    ],
    ids=["en", "ko"],
)
def test_a_wrong_answer_is_diagnosed_and_a_right_one_passes(
    chromium, jupyterlab, folder, unwritten, mistake, right
):
    name = f"{folder.replace('/', '-')}.ipynb"
    shutil.copy(ROOT / folder / "00_start" / "00_start.ipynb", jupyterlab.folder / name)
    context = chromium.new_context(viewport={"width": 1300, "height": 1000})
    page = context.new_page()
    jupyterlab.open(page, name)
    Lab.run(page, SETUP)
    expect(checked(page)).to_contain_text(unwritten)
    write(page, ANSWER, WRONG)
    diagnosis = checked(page)
    expect(diagnosis).to_contain_text(mistake)
    # Python's own account of the error, with its frames of ours, is not shown.
    expect(diagnosis).not_to_contain_text("Traceback")
    expect(diagnosis).not_to_contain_text("checks.py")
    write(page, ANSWER, RIGHT)
    expect(checked(page)).to_contain_text(right)
    context.close()
