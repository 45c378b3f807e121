"""The front page in JupyterLab: its cell shows a student's progress, and links open notebooks."""

import shutil
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from unrolled.lab import refresh_work_copy

from .lab import Lab

ROOT = Path(__file__).parent.parent.parent

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def work(jupyterlab):
    """The work copy as `make lab` makes it."""
    root = jupyterlab.folder / "front"
    for folder in ("course", "release"):
        shutil.copytree(ROOT / folder, root / folder)
    assert refresh_work_copy(root) == []
    return "front/work"


@pytest.mark.parametrize(
    ("place", "release", "none_passed"),
    [
        ("course", "release", "0 of 35 exercises passed"),
        ("course/ko", "release/ko", "연습 문제 35개 중 0개 통과"),
    ],
    ids=["en", "ko"],
)
def test_progress_is_shown_and_its_links_open_the_assignments(
    chromium, jupyterlab, work, place, release, none_passed
):
    context = chromium.new_context(viewport={"width": 1280, "height": 1000})
    page = context.new_page()
    jupyterlab.open(page, f"{work}/{place}/index.ipynb")
    Lab.run(page, 0)
    output = page.locator(".jp-Notebook .jp-CodeCell .jp-OutputArea").first
    expect(output).to_contain_text(none_passed)
    found = Axe().run(page, context=".jp-Notebook .jp-OutputArea").response["violations"]
    assert [rule["id"] for rule in found] == []
    output.locator("tbody a").nth(2).click()
    lecture = "02_recurrent_neuron/02_recurrent_neuron.ipynb"
    page.wait_for_url(f"**/lab/tree/{work}/{release}/{lecture}*")
    context.close()


def test_a_lecture_and_its_assignment_open_from_the_map(chromium, jupyterlab, work):
    context = chromium.new_context(viewport={"width": 1280, "height": 1000})
    page = context.new_page()
    for link, opened in [
        ("The LSTM", "course/05_lstm.ipynb"),
        ("cell, layer, count, first bias", "release/05_lstm/05_lstm.ipynb"),
    ]:
        jupyterlab.open(page, f"{work}/course/index.ipynb")
        page.locator(".jp-MarkdownCell a", has_text=link).first.click()
        page.wait_for_url(f"**/lab/tree/{work}/{opened}*")
    context.close()
