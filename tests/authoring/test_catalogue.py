import gettext

import polib
import pytest

from unrolled.authoring import catalogue
from unrolled.authoring.fidelity import faults

LECTURE = "course/00_start.ipynb"


def entry(course, context):
    return next(e for e in catalogue.load(course.root) if e.msgctxt == context)


def test_every_sentence_is_in_the_catalogue_in_reading_order(course):
    left = catalogue.translate(course.root)
    po = catalogue.load(course.root)
    assert [e.msgctxt for e in po] == [
        "course/00_start:title",
        "course/00_start:plot",
        "release/00_start:title",
        "release/00_start:affine-statement",
        "release/00_start:affine",
        "release/00_start:affine-hints",
        None,
        None,
        None,
    ]
    assert len(left) == len(po)
    assert left[0] == (
        "locale/ko.po, course/00_start:title: there is no Korean yet. Write it in msgstr."
    )


def test_translators_see_the_students_version_not_the_solution(course):
    catalogue.translate(course.root)
    assert "raise NotImplementedError" in entry(course, "release/00_start:affine").msgid
    assert "matmul" not in (course.root / catalogue.PO).read_text()


def test_nothing_changed_leaves_every_byte(course):
    course.korean()
    assert catalogue.translate(course.root) == []
    before = course.snapshot()
    assert catalogue.translate(course.root) == []
    assert course.snapshot() == before
    assert catalogue.translate(course.root, check=True) == []


def test_code_that_moves_leaves_the_catalogue_alone(course):
    course.korean()
    file = course.root / "src/unrolled/exercise.py"
    file.write_text("import os\n\n\n" + file.read_text())
    assert catalogue.translate(course.root, check=True) == []


def test_a_changed_cell_keeps_its_korean_but_is_fuzzy(course):
    course.korean(has="단어")
    old = entry(course, "course/00_start:title").msgid
    course.edit(LECTURE, "title", "Start", "Begin")
    (stale, fuzzy) = catalogue.translate(course.root, check=True)
    assert stale == "locale/ko.po is stale: a sentence changed. Run: unrolled translate"
    assert fuzzy.startswith("locale/ko.po, course/00_start:title: the English changed.")
    assert catalogue.translate(course.root) == [fuzzy]
    now = entry(course, "course/00_start:title")
    assert now.fuzzy
    assert "단어" in now.msgstr
    assert now.previous_msgid == old
    # A second change still shows what was translated, and changing back mends all.
    course.edit(LECTURE, "title", "Begin", "Commence")
    catalogue.translate(course.root)
    assert entry(course, "course/00_start:title").previous_msgid == old
    course.edit(LECTURE, "title", "Commence", "Start")
    assert catalogue.translate(course.root) == []


def test_a_reworded_sentence_of_the_code_is_fuzzy_and_a_vanished_one_gone(course):
    course.korean(cases="경우")
    file = course.root / "src/unrolled/exercise.py"
    text = file.read_text().replace("{all} cases.", "all {all} cases.")
    file.write_text(text.replace('N_("another formula")', "None"))
    (fuzzy,) = catalogue.translate(course.root)
    assert "{count} of all {all} cases." in fuzzy
    po = catalogue.load(course.root)
    assert not po.find("another formula")
    assert po.find("{count} of all {all} cases.").msgstr == "{count} of {all} 경우."


def test_a_renamed_cell_keeps_its_korean(course):
    course.korean(Draw="그리기")
    notebook = course.read(LECTURE)
    next(cell for cell in notebook.cells if cell.id == "plot").id = "state"
    catalogue.notebooks.write(course.root / LECTURE, notebook)
    assert catalogue.translate(course.root) == []
    assert "그리기" in entry(course, "course/00_start:state").msgstr


def test_the_compiled_file_holds_the_sentences_of_the_code_alone(course):
    course.korean(formula="공식")
    with (course.root / catalogue.MO).open("rb") as file:
        translations = gettext.GNUTranslations(file)
    assert translations.gettext("another formula") == "another 공식"
    assert len(polib.mofile(str(course.root / catalogue.MO))) == 3


def test_check_writes_nothing(course):
    before = course.snapshot()
    assert catalogue.translate(course.root, check=True)
    assert course.snapshot() == before


def test_a_compiled_file_edited_by_hand_is_stale(course):
    course.korean()
    (course.root / catalogue.MO).write_bytes(b"")
    (stale,) = catalogue.translate(course.root, check=True)
    assert stale.startswith("src/unrolled/ko.mo is stale: locale/ko.po changed.")


def test_a_wrong_translation_is_reported(course):
    course.korean(count="수")
    (said,) = [line for line in catalogue.translate(course.root) if "placeholder {count}" in line]
    assert "'{count} of {all} cases.' (src/unrolled/exercise.py)" in said
    assert said.endswith("is missing. Mend msgstr.")


def test_a_translators_file_is_taken_over(course, tmp_path):
    catalogue.translate(course.root)
    sent = polib.POFile()
    sent.append(polib.POEntry(msgid="another formula", msgstr="다른 공식"))
    sent.append(polib.POEntry(msgid="long gone", msgstr="없음"))
    sent.append(polib.POEntry(msgid="{count} of {all} cases.", msgstr=""))
    sent.save(str(tmp_path / "sent.po"))
    (stranger,) = catalogue.adopt(course.root, tmp_path / "sent.po")
    assert "'long gone'" in stranger
    assert catalogue.load(course.root).find("another formula").msgstr == "다른 공식"
    assert len(catalogue.load(course.root)) == 9


CELL = '# Draw it.\nprint(f"{a} of {b} words", "h_t", "{n} states")'
TEXT = "## Gates\n\nSee [it](a.md): `W_h` has 10,000 rows, $x_t$.\n\n```\nx\n```\n\n| a |"


@pytest.mark.parametrize(
    ("kind", "english", "korean", "fault"),
    [
        ("text", "{a} of {b}", "{b} 중 {a}", None),
        ("text", "{a} of {b}", "{a} {a} 중", "the placeholder {b} is missing"),
        ("text", "{a} of", "{a} 중 {c}", "the placeholder {c} is not in the English"),
        ("text", "{a:.2f} of", "{a} 중", "the placeholder {a:.2f} is missing"),
        ("text", "one\n", "하나", "ends in"),
        ("code", CELL, CELL.replace("Draw it", "그리기").replace("states", "상태"), None),
        ("code", CELL, CELL.replace("{a} of {b} words", "{b}개 중 {a}개의 단어"), None),
        ("code", CELL, CELL.replace("print", "pront"), "its code differs: only"),
        ("code", CELL, CELL.replace("{b}", "{c}"), "its code differs: only"),
        ("code", CELL, CELL.replace("h_t", "상태"), "'h_t' became '상태'"),
        ("code", CELL, CELL.replace("{n}", "{m}"), "the placeholder {n} is missing"),
        ("code", CELL, CELL.replace('")', '"'), "is not Python"),
        ("code", "%time x\n# a b", "%timeit x\n# 가", "its code differs: only"),
        ("markdown", TEXT, TEXT.replace("See", "보기").replace("rows", "`W_h`"), None),
        ("markdown", TEXT, TEXT.replace("a.md", "b.md"), "the link a.md is missing"),
        ("markdown", TEXT, TEXT + " [x](a.md)", "it has 2 × link, the English 1"),
        ("markdown", TEXT, TEXT.replace("`W_h`", "W_h"), "the code span W_h is missing"),
        ("markdown", TEXT, TEXT.replace("## ", "# "), "the headings are"),
        ("markdown", TEXT, TEXT.replace("10,000", "10000"), "the number 10,000 is missing"),
        ("markdown", TEXT, TEXT + " 10,000", "it has 2 × number, the English 1"),
        ("markdown", TEXT, TEXT.replace("$x_t$", "x_t"), "it has 0 × formula, the English 1"),
        ("markdown", TEXT, TEXT.replace("```", ""), "it has 0 × code block"),
        ("markdown", TEXT, TEXT.replace("| a |", ""), "it has 0 × table row"),
        ("markdown", "<details>\n</details>", "", "it has 0 × <details>"),
    ],
)
def test_a_translation_differs_in_words_alone(kind, english, korean, fault):
    found = list(faults(kind, english, korean))
    assert bool(found) == bool(fault)
    assert not fault or fault in found[0]
