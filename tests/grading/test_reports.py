"""What is shown of a graded class: complete, valid, and nothing of a student's taken for markup."""

import csv
import io
import json
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
from rich.console import Console

from unrolled.grading import report, summary
from unrolled.grading.report import CommonMistake, ExerciseResult, Row
from unrolled.language import speaking

NASTY = (
    "<img src=x onerror=alert(1)> | [a](http://e.example) **b** `c` www.e.example me@e.example "
    "@someone #1\n\n# Heading\n```\n\\|</td></table><script>x</script>&amp; \x1b[31m\u202e"
)


def graded(student, assignment="02_recurrent_neuron", **options):
    exercises = {
        "one_hot": ExerciseResult(2, 2, None, "one_hot: right."),
        "rnn_step": ExerciseResult(0, 4, "state-ignored", "What happened:\n\nthe state"),
        "rnn_layer": ExerciseResult(0, 4, None, "not written yet"),
    }
    return Row(student, assignment, "graded", None, 2, 10, 1.5, exercises, **options)


def perfect(student):
    return Row(student, "02", "graded", None, 2, 2, 0.25, {"one_hot": ExerciseResult(2, 2)})


ROWS = [
    graded("ada"),
    graded("bob", skipped=True),
    perfect("cy"),
    Row("dee", "02", "refused", "linked.ipynb is a link, not a notebook"),
    Row("eve", "02", "failed", "the machine is full (not a score: run it again)", seconds=0.0),
    Row(NASTY, "02", "refused", NASTY),
]


def text_of(table):
    file = io.StringIO()
    Console(width=200, file=file).print(table)
    return file.getvalue()


def test_a_row_that_was_skipped_says_why_and_its_json_keeps_its_form(tmp_path):
    table = text_of(report.score_table(ROWS))
    (skipped,) = [row for row in ROWS if row.skipped]
    assert report.what_happened(skipped).endswith("; unchanged since it was graded")
    assert table.count("unchanged since it was graded") == 1
    report.write_csv(ROWS, tmp_path / "rows.csv")
    lines = list(csv.DictReader((tmp_path / "rows.csv").open()))
    assert [line["reason"] for line in lines if line["student"] == "bob"] == [report.UNCHANGED]
    report.write_json(ROWS, tmp_path / "rows.json")
    listed = json.loads((tmp_path / "rows.json").read_text())
    keys = ["student", "assignment", "status", "reason", "score", "points", "seconds", "exercises"]
    assert all(list(row) == keys for row in listed)
    assert listed[1]["reason"] is None


def test_the_commonest_mistakes_have_their_share_of_those_graded_in_that_exercise():
    most = report.commonest_mistakes(ROWS)
    assert most == [CommonMistake("rnn_step", "state-ignored", 2, 2)]
    assert most[0].share == "100%"
    assert most[0].sentence
    many = [graded(str(n)) for n in range(3)] + [
        Row("x", "02", "graded", exercises={"rnn_step": ExerciseResult(4, 4)})
    ]
    assert report.commonest_mistakes(many)[0].share == "75%"
    shown = " ".join(text_of(report.mistakes_table(most)).split())
    assert "2 of 2" in shown
    assert most[0].sentence in shown
    assert CommonMistake("no_such_exercise", "x", 1, 1).sentence == ""


@pytest.fixture
def junit(tmp_path):
    report.write_junit(ROWS, tmp_path / "rows.xml")
    return ElementTree.parse(tmp_path / "rows.xml").getroot()


def test_junit_counts_what_it_holds(junit):
    assert junit.tag == "testsuites"
    suites = junit.findall("testsuite")
    assert [suite.get("tests") for suite in suites] == ["3", "3", "1", "1", "1", "1"]
    for holder in (junit, *suites):
        for name, tag in (("tests", "testcase"), ("failures", "failure"), ("errors", "error")):
            assert int(holder.get(name)) == len(list(holder.iter(tag)))
        assert float(holder.get("time")) >= 0
    assert [junit.get(name) for name in ("tests", "failures", "errors")] == ["10", "4", "3"]


def test_junit_has_what_github_gitlab_and_jenkins_read(junit):
    """GitLab shows one case of those that have the same class and name."""
    cases = list(junit.iter("testcase"))
    assert len({(case.get("classname"), case.get("name")) for case in cases}) == len(cases)
    for suite in junit.iter("testsuite"):
        assert suite.get("name")
        times = [float(case.get("time")) for case in suite]
        assert sum(times) == pytest.approx(float(suite.get("time")), abs=0.01)
    for tag in ("failure", "error"):
        for found in junit.iter(tag):
            assert found.get("message")
            assert found.get("type")
            assert found.text
    (mistake,) = {f.get("message") for f in junit.iter("failure")} - {"0 of 4 points"}
    assert mistake == "state-ignored"


class Page(HTMLParser):
    """The tags of a page, and the texts that stand in <code> or <pre>."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.texts, self.inside = set(), [], 0
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        assert not attrs or (tag, attrs) == ("details", [("open", None)])
        self.tags.add(tag)
        if tag in ("code", "pre"):
            self.inside, self.texts = 1, [*self.texts, ""]

    def handle_endtag(self, tag):
        if tag in ("code", "pre"):
            self.inside = 0

    def handle_data(self, data):
        if self.inside:
            self.texts[-1] += data


def rendered(path):
    """The summary as a page: by a Markdown that lets HTML through, as GitHub's does."""
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark").render(path.read_text(encoding="utf-8"))


def test_nothing_that_a_student_wrote_is_markup_on_a_run_s_page(tmp_path):
    told = {"rnn_step": ExerciseResult(0, 4, None, NASTY)}
    rows = [*ROWS, Row(NASTY, NASTY, "graded", None, 0, 4, 1, told)]
    summary.write_summary(rows, tmp_path / "summary.md")
    page = rendered(tmp_path / "summary.md")
    found = Page(page)
    assert found.tags == {
        "h2", "table", "tr", "th", "td", "br", "code", "div", "details", "summary", "pre",
    }  # fmt: skip
    assert page.count("<table>") == page.count("</table>") == 2
    # It is all there, as text.
    once = " ".join(NASTY.split()).replace("\x1b", "?").replace("\u202e", "?")
    assert once in found.texts
    assert NASTY.replace("\x1b", "?").replace("\u202e", "?") in found.texts
    # Whatever is no word of ours stands in <code> or <pre>, where nobody looks for mentions.
    for word in ("someone", "e.example"):
        assert sum(text.count(word) for text in found.texts) == page.count(word)


def test_the_summary_has_the_scores_the_mistakes_and_what_was_told(tmp_path):
    summary.write_summary(ROWS[:5], tmp_path / "summary.md")
    texts = Page(rendered(tmp_path / "summary.md")).texts
    refused = "refused: linked.ipynb is a link, not a notebook"
    for wanted in ("ada", "rnn_step: state-ignored", refused, "What happened:\n\nthe state"):
        assert wanted in texts
    assert "2 / 2 (100%)" in (tmp_path / "summary.md").read_text()
    summary.write_summary([], tmp_path / "summary.md")
    assert "Nothing was handed in" in (tmp_path / "summary.md").read_text()


def test_the_page_of_one_student_shows_what_was_told_and_no_shares(tmp_path):
    summary.write_summary([graded("ada")], tmp_path / "summary.md")
    said = (tmp_path / "summary.md").read_text()
    assert "<details open>" in said
    assert "100%" not in said
    summary.write_summary([graded("ada"), graded("bob")], tmp_path / "summary.md")
    said = (tmp_path / "summary.md").read_text()
    assert "<details open>" not in said
    assert "2 / 2 (100%)" in said


def test_a_page_of_korean_work_is_korean_and_the_table_for_instructors_is_not(tmp_path):
    korean = [graded("ada", language="ko"), ROWS[3]]
    summary.write_summary(korean, tmp_path / "summary.md")
    said = (tmp_path / "summary.md").read_text()
    for wanted in ("학생", "점수", "맞지 않음: rnn_layer"):
        assert wanted in said
    assert report.commonest_mistakes(korean)[0].sentence not in said
    with speaking("ko"):
        assert "not right: rnn_layer" in text_of(report.score_table(korean))
    summary.write_summary([*korean, ROWS[0]], tmp_path / "summary.md")
    assert "학생" not in (tmp_path / "summary.md").read_text()


def test_a_summary_fits_its_page_and_says_what_it_left_out(tmp_path):
    message = {"rnn_step": ExerciseResult(0, 4, "state-ignored", "지" * 500)}
    rows = [Row(f"student-{n}", "02", "graded", None, 0, 4, 1, message) for n in range(20_000)]
    summary.write_summary(rows, tmp_path / "summary.md")
    assert (tmp_path / "summary.md").stat().st_size < 2**20
    said = (tmp_path / "summary.md").read_text()
    assert said.count("more are in the other reports") == 2
    assert Page(rendered(tmp_path / "summary.md")).tags >= {"table", "details"}
