"""The page of TaskShapes: every control by hand and by keys, the arrows, the jobs."""

from collections import Counter

import pytest
from playwright.sync_api import expect

from tests.widgets.examples import HOSTILE
from unrolled.widgets import TaskShapes
from unrolled.widgets.shape_examples import EXAMPLES, JOBS
from unrolled.widgets.shapes import SHAPES, Example, arrows, columns

from .keys import median_press, press

pytestmark = pytest.mark.browser

TASKS = list(dict.fromkeys(example.task for example in EXAMPLES))


def drawn(page):
    """How many arrows of each kind the large picture has."""
    kinds = page.locator(".wiring .arrow").evaluate_all("all => all.map(e => e.classList[1])")
    return Counter(kinds)


def expected(example, return_sequences=None):
    return Counter(kind for kind, _from, _to in arrows(example, return_sequences))


def test_the_arrows_on_the_page_are_those_of_python(visit):
    page = visit(TaskShapes())
    for number, task in enumerate(TASKS, start=1):
        for example in (each for each in EXAMPLES if each.task == task):
            press(
                page, str(number), *["e"] * [e for e in EXAMPLES if e.task == task].index(example)
            )
            assert drawn(page) == expected(example)
            read, write = columns(example)
            words = 0 if example.image is not None else sum(word is not None for word in read)
            expect(page.locator(".word.input")).to_have_count(words)
            expect(page.locator(".word.output")).to_have_count(sum(w is not None for w in write))
            expect(page.locator(".wiring .cell")).to_have_count(len(read))
            if example.switchable:
                press(page, "s")
                assert drawn(page) == expected(example, example.shape == SHAPES[0])
                press(page, "s")
                assert drawn(page) == expected(example)


def test_the_steps_run_by_keys_and_an_output_is_written_only_at_its_step(visit):
    page = visit(TaskShapes(task=2))
    outputs, said = page.locator(".word.output"), page.locator(".said")
    expect(said).to_contain_text("1 / 12")
    press(page, "ArrowRight", "ArrowRight")
    expect(said).to_contain_text("read 3 of 7 syllables and may not write yet")
    assert "two" not in page.locator(".wiring").inner_html()
    press(page, *["ArrowRight"] * 5)
    expect(outputs).to_have_text(["two", "", "", "", ""])
    press(page, "End")
    expect(outputs).to_have_text(["two", "thousand", "three", "hundred", "forty-five"])
    press(page, "Home", "ArrowLeft")
    expect(said).to_contain_text("1 / 12")
    expect(outputs).to_have_text([""] * 5)


def test_tasks_are_chosen_by_arrows_digits_and_hand(visit):
    page = visit(TaskShapes())
    chosen = page.locator(".card[aria-pressed='true']")
    expect(chosen).to_contain_text("Sentiment")
    press(page, "ArrowDown")
    expect(chosen).to_contain_text("Melody")
    press(page, "4")
    expect(chosen).to_contain_text("Caption")
    expect(page.locator(".every")).to_be_hidden()
    press(page, "ArrowDown", "9")
    expect(chosen).to_contain_text("Caption")
    press(page, "ArrowUp")
    expect(chosen).to_contain_text("Translation")
    page.locator(".card").first.click()
    expect(chosen).to_contain_text("Sentiment")
    page.get_by_role("button", name="한국어").click()
    expect(page.locator(".word.input").first).to_have_text("배우들은")
    press(page, "ㄷ")  # E on a Korean keyboard
    expect(page.locator(".word.input").first).to_have_text("The")
    press(page, "2", "e", "s", "ArrowRight", "r")
    expect(chosen).to_contain_text("Sentiment")
    expect(page.locator(".said")).to_contain_text("1 / 10")


def test_the_switch_makes_twenty_answers_of_one(visit):
    page = visit(TaskShapes(task=1))
    every, counts = page.locator(".every"), page.locator(".counts")
    expect(every).to_have_attribute("aria-pressed", "true")
    expect(counts).to_contain_text("20 times the answers")
    every.click()
    expect(every).to_have_attribute("aria-pressed", "false")
    assert drawn(page)["output"] == 1
    expect(page.locator(".choice strong")).to_have_text("sequence-to-vector")
    expect(page.locator(".code")).to_contain_text("return_sequences=False")
    expect(page.locator(".code")).to_contain_text("(batch, 20, features) → (batch, 32)")
    expect(counts).to_contain_text("would have 20")
    press(page, "ㄴ")  # S on a Korean keyboard
    assert drawn(page)["output"] == 20
    expect(page.locator(".code")).to_contain_text("(batch, 20, outputs)")


def test_a_click_on_a_column_goes_to_its_step(visit):
    page = visit(TaskShapes(task=3))
    page.locator(".wiring .cell").nth(4).click()
    expect(page.locator(".said")).to_contain_text("5 / 7")
    page.locator(".word.output").nth(1).click()
    expect(page.locator(".said")).to_contain_text("2 / 7")
    expect(page.locator(".said")).to_contain_text("red")
    assert page.locator(".wiring svg rect").count() > 24


def test_space_plays_to_the_end(visit):
    page = visit(TaskShapes([Example("t", SHAPES[0], ["a", "b", "c"], ["d"])]))
    press(page, " ")
    expect(page.locator(".said")).to_contain_text("3 / 3")
    expect(page.locator(".play")).to_have_attribute("aria-label", "Play")


def test_six_jobs_are_answered_by_keys_alone(visit):
    page = visit(TaskShapes())
    page.locator(".predict").focus()
    page.keyboard.press("Enter")
    guess = page.locator(".guess")
    for number, job in enumerate(JOBS, start=1):
        expect(page.locator(".ask")).to_contain_text(f"Job {number} of 6")
        expect(page.locator(".wiring")).to_be_hidden()
        expect(page.locator(".code")).to_be_hidden()
        wrong = number == 2
        press(page, str(4 if wrong else job.answer + 1))
        expect(guess).to_contain_text("Not so. Vector-to-sequence takes in" if wrong else "Right:")
        expect(page.locator(".card.truth")).to_contain_text(str(job.answer + 1))
        expect(page.locator(".card.missed")).to_have_count(int(wrong))
        assert drawn(page) == expected(job.english)
        expect(page.locator(".word.output").last).to_have_text(job.english.outputs[-1])
        press(page, "1")  # what is answered stays answered
        right = number - (number >= 2)
        if number < 6:
            expect(guess).to_contain_text(f"{right} of {number} so far")
            press(page, "Enter")
    expect(guess).to_contain_text("5 of them were right")
    expect(page.locator(".next")).to_have_count(0)
    press(page, "ArrowUp", "Home")
    expect(page.locator(".ask")).to_contain_text("Job 5 of 6")
    expect(page.locator(".said")).to_contain_text("1 / 6")
    press(page, "r")
    expect(page.locator(".ask")).to_contain_text("Job 1 of 6")
    expect(guess).to_be_hidden()


def test_a_job_is_answered_by_hand_and_the_keys_go_on(visit):
    page = visit(TaskShapes(lang="ko"))
    page.locator(".predict").click()
    page.locator(".card").nth(1).click()
    expect(page.locator(".guess")).to_contain_text("아닙니다.")
    expect(page.locator(".guess")).to_contain_text("시퀀스-투-벡터")
    page.locator(".next").click()
    expect(page.locator(".ask")).to_contain_text("과제 2 / 6")
    page.keyboard.press("2")
    expect(page.locator(".guess")).to_contain_text("맞습니다")
    page.locator(".predict").click()
    expect(page.locator(".ask")).to_be_hidden()
    expect(page.locator(".card[aria-pressed='true']")).to_contain_text("감성 분류")


@pytest.mark.parametrize("shape", SHAPES)
def test_hostile_words_are_shown_as_text(visit, shape):
    read = HOSTILE[:1] if shape == SHAPES[3] else HOSTILE
    write = HOSTILE[-1:] if shape == SHAPES[0] else HOSTILE
    name = "<img src=x>"
    widget = TaskShapes([Example(name, shape, read, write, name=name)])
    page = visit(widget)
    press(page, "End")
    expect(page.locator(".word.input")).to_have_text([word.strip() for word in read])
    expect(page.locator(".word.output")).to_have_text([word.strip() for word in write])
    assert page.locator("img, .unrolled script").count() == 0
    assert page.title() == widget.labels["title"]
    assert page.evaluate("document.documentElement.scrollWidth") <= 960


def test_a_narrow_page_keeps_the_step_in_sight(visit):
    page = visit(TaskShapes(task=1), viewport={"width": 400, "height": 800})
    for _ in range(19):
        press(page, "ArrowRight")
        inside = page.locator(".wiring .cell.now").evaluate(
            """e => {
              const [box, room] = [e, e.closest(".scroll")].map((it) => it.getBoundingClientRect());
              return box.left >= room.left + 48 && box.right <= room.right;
            }"""
        )
        assert inside


def test_a_key_is_answered_within_a_frame_on_a_hundred_steps(visit):
    words = [f"word{i}" for i in range(100)]
    page = visit(TaskShapes([Example("t", SHAPES[1], words, words)]))
    assert median_press(page, "ArrowRight") < 16.7
