"""A student's feedback page, as `nbgrader generate_feedback` makes it after `unrolled grade`."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner
from playwright.sync_api import expect

from unrolled import exercises
from unrolled.cli import main
from unrolled.demo import source_of
from unrolled.language import _, speaking

ROOT = Path(__file__).parents[2]
MISTAKE = next(each for each in exercises.get("affine").mistakes if each.id == "bias-ignored")
LANGUAGES = {"en": "release", "ko": "release/ko"}

pytestmark = [pytest.mark.browser, pytest.mark.sandbox]


@pytest.fixture(scope="module")
def feedback(tmp_path_factory):
    """The folder with the pages of one student for each language, who made a known mistake."""
    root = tmp_path_factory.mktemp("course")
    shutil.copytree(ROOT / "source/00_start", root / "source/00_start")
    shutil.copy(ROOT / "nbgrader_config.py", root)
    for language, folder in LANGUAGES.items():
        notebook = nbformat.read(ROOT / folder / "00_start/00_start.ipynb", as_version=4)
        for cell in notebook.cells:
            if cell.id == "affine":
                cell.source = source_of(MISTAKE.function, "affine")
        place = root / "submitted" / language / "00_start"
        place.mkdir(parents=True)
        nbformat.write(notebook, place / "00_start.ipynb")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        assert CliRunner().invoke(main, ["grade"]).exit_code == 0
    path = os.pathsep.join([os.path.dirname(sys.executable), os.environ["PATH"]])
    subprocess.run(
        [sys.executable, "-m", "nbgrader", "generate_feedback", "00_start"],
        cwd=root,
        env={**os.environ, "PATH": path},
        check=True,
        capture_output=True,
    )
    return root / "feedback"


@pytest.fixture
def page(chromium):
    context = chromium.new_context(viewport={"width": 1000, "height": 900})
    context.set_offline(True)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["affine is not right yet.", "Next: hint", "Your answer", "Check of affine"]),
        (
            "ko",
            [
                "affine: 아직 맞지 않습니다.",
                "다음: 이 연습 문제의 힌트",
                "제출한 답안",
                "affine 검사",
            ],
        ),
    ],
)
def test_a_page_names_the_mistake_and_the_hint_in_its_reader_s_language(
    feedback, page, language, words
):
    page.goto((feedback / language / "00_start/00_start.html").as_uri())
    said = page.locator("body").inner_text()
    with speaking(language):
        sentence = _(MISTAKE.sentence)
    for wanted in (*words, sentence):
        assert wanted in said
    for foreign in ("Test cell", "Grade cell", "Student's answer", "(Top)"):
        assert foreign not in said
    assert page.locator("html").get_attribute("lang") == language
    # The contents lead to the check by the exercise's name.
    page.locator("#toc").get_by_role("link", name="affine").click()
    assert page.url.endswith("#test_affine")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_hints_can_be_seen_to_unfold_and_do(feedback, page, language):
    page.goto((feedback / language / "00_start/00_start.html").as_uri())
    hints = page.locator("details")
    assert hints.count() == 3
    first = hints.nth(0)
    summary = first.locator("summary")
    assert summary.evaluate("e => getComputedStyle(e).display") == "list-item"
    hidden = first.locator("> :not(summary)").first
    expect(hidden).not_to_be_visible()
    summary.click()
    expect(hidden).to_be_visible()
