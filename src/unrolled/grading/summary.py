"""Write the Markdown that a CI run shows on its page: the scores, the mistakes, what was said."""

from collections.abc import Iterable
from html import escape
from pathlib import Path

from unrolled.grading.report import (
    CommonMistake,
    Row,
    commonest_mistakes,
    score_of,
    what_happened,
    xml_safe,
)
from unrolled.language import _, speaking

# A page of GitHub's takes 1 MiB.
MAX_BYTES = 900_000


def write_summary(rows: Iterable[Row], path: Path) -> None:
    """Write a table of rows, the commonest mistakes, and what each wrong answer was told.

    The tables are HTML, which Markdown leaves as it is, and every text in them is escaped, so that
    nothing a student wrote (a folder's name, an exception's text) is taken for markup. What a page
    cannot hold is left out, and said. Where all rows are Korean, the page is too.
    """
    rows = list(rows)
    languages = {row.language for row in rows if row.status == "graded"}
    with speaking(languages.pop() if len(languages) == 1 else "en"):
        path.write_text("\n".join(parts_of(rows)), encoding="utf-8")


def parts_of(rows: list[Row]) -> list[str]:
    grades, mistakes, told_title = _("Grades"), _("The commonest mistakes"), _("What was told")
    parts = [f"## {grades}\n"]
    if not rows:
        parts.append(_("Nothing was handed in.") + "\n")
    score = _("Score").lower()
    head = head_line(_("student"), _("assignment"), score, _("what happened"))
    parts += kept_within(MAX_BYTES // 2, f"<table>\n{head}", map(row_line, rows), "</table>\n")
    # One student's own page: no shares of a class, and what was told is to be seen at once.
    alone = len({row.student for row in rows}) == 1
    most = [] if alone else commonest_mistakes(rows)
    if most:
        parts.append(f"## {mistakes}\n")
        head = head_line(_("exercise"), _("mistake"), _("students"), _("what it is"))
        lines = map(mistake_line, most)
        parts += kept_within(MAX_BYTES // 4, f"<table>\n{head}", lines, "</table>\n")
    told = [line for row in rows for line in told_lines(row, unfolded=alone)]
    if told:
        parts.append(f"## {told_title}\n")
        parts += kept_within(MAX_BYTES // 4, "<div>", told, "</div>\n")
    return parts


def kept_within(size: int, start: str, lines: Iterable[str], end: str) -> list[str]:
    """The lines that go into so many bytes, between start and end; nothing where there are none."""
    kept, left_out = [], 0
    for line in lines:
        size -= len(line.encode()) + 1
        if size > 0:
            kept.append(line)
        else:
            left_out += 1
    said = [_("{count} more are in the other reports.").format(count=left_out) + "\n"]
    return [start, *kept, end, *(said if left_out else [])] if kept or left_out else []


def head_line(*titles: str) -> str:
    return "<tr>" + "".join(f"<th>{escape(title)}</th>" for title in titles) + "</tr>"


def row_line(row: Row) -> str:
    lines = "<br>".join(map(shown, what_happened(row).splitlines()))
    score = score_of(row)
    cells = [shown(row.student), shown(row.assignment), score, lines]
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def mistake_line(each: CommonMistake) -> str:
    count = f"{each.students} / {each.graded} ({each.share})"
    cells = [shown(each.exercise), shown(each.mistake), count, escape(_(each.sentence))]
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def told_lines(row: Row, *, unfolded: bool) -> list[str]:
    """What each wrong answer of a submission was told."""
    lines, details = [], "<details open>" if unfolded else "<details>"
    for name, each in row.wrong.items():
        about = f"{shown(row.student)} {shown(name)}"
        # An empty line would end the HTML, and what follows would be Markdown.
        message = xml_safe(each.message)
        text = escape(message).replace("\n", "&#10;")
        lines.append(f"{details}<summary>{about}</summary><pre>{text}</pre></details>")
    return lines


def shown(text: str) -> str:
    """A stranger's text as it is: on one line, escaped, and no mention or link within it."""
    line = " ".join(xml_safe(text).split())
    return f"<code>{escape(line)}</code>"
