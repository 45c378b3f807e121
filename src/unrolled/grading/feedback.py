"""Keep hidden tests out of feedback pages, and scripts out of everything that shows a notebook."""

import html
import re

import nh3
from nbconvert.exporters import HTMLExporter
from nbconvert.filters import markdown2html
from nbformat.notebooknode import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor

from unrolled.authoring.invariants import hidden_lines
from unrolled.grading.match import language_of
from unrolled.language import _, speaking

POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; "
    "base-uri 'none'; form-action 'none'"
)
# nbgrader's style sheet hides that a hint can be unfolded.
STYLE = "summary { display: list-item; cursor: pointer; }"

SCHEMES = {"data", "https", "mailto"}
# Markdown that is longer, pictures aside, is shown as it was written: what takes a moment at this
# length can take hours at ten times of it.
MAX_RENDERED = 20_000
PICTURE = re.compile(r"data:image/[a-z+.-]+;base64,[A-Za-z0-9+/=]+")


class HideTests(NbGraderPreprocessor):
    """Removes hidden tests from cells; nbgrader's own feedback shows them (its issue 917)."""

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict, cell_index: int
    ) -> tuple[NotebookNode, dict]:
        hidden = hidden_lines(cell.source)
        lines = enumerate(cell.source.splitlines(), 1)
        cell.source = "\n".join(line for number, line in lines if number not in hidden)
        return cell, resources


class FeedbackExporter(HTMLExporter):
    """A notebook as a page that runs no script, loads nothing, and speaks its reader's language."""

    def from_notebook_node(self, nb, resources=None, **options):
        language = language_of(nb)
        page, resources = super().from_notebook_node(nb, resources, **options)
        policy = f'<meta http-equiv="Content-Security-Policy" content="{POLICY}" />'
        with speaking(language):
            page = labelled(page)
        page = page.replace("<html>", f'<html lang="{language}">', 1)
        page = page.replace("</head>", f"<style>{STYLE}</style>\n</head>", 1)
        return page.replace("<head>", f"<head>\n{policy}", 1), resources


def labelled(page: str) -> str:
    """A page with nbgrader's labels in the reader's language, and exercises called by their names.

    Only whole pieces of nbgrader's template are replaced; no text of a notebook looks like one.
    """
    label, score, top = '<span class="nbgrader-label">', _("Score"), _("to the top")
    answer, check, late = _("Your answer"), _("Check of {name}"), _("Late submission penalty")
    comments = _("Comments")
    page = re.sub(r'(<a href="#test_(\w+)">)Test cell(?=</a>)', r"\1<code>\2</code>", page)
    page = re.sub(
        rf"({label})Grade cell: <code>test_(\w+)</code>",
        lambda found: found[1] + check.format(name=f"<code>{found[2]}</code>"),
        page,
    )
    for whole, translated in (
        (f"{label}Student's answer<", f"{label}{answer}<"),
        (">Late submission penalty (Score: ", f">{late} ("),
        ('<a href="#top">(Top)</a>', f'<a href="#top">({top})</a>'),
        ("<b>Comments:</b>", f"<b>{comments}:</b>"),
    ):
        page = page.replace(whole, translated)
    return re.sub(
        r"(<h4>\S+ \(|</a> \(|<span class=\"pull-right\">\s+)Score: (?=[\d.]+ / [\d.]+)",
        lambda found: f"{found[1]}{score}: ",
        page,
    )


def clean_markdown(source: str) -> str:
    """Markdown as HTML without scripts, forms or event handlers; nbconvert's own lets them by.

    Pictures come from the page itself alone: formgrader's pages have no policy that would keep
    them from telling a stranger's machine when they are looked at.
    """
    if len(PICTURE.sub("", source)) > MAX_RENDERED:
        page = f"<pre>{html.escape(source)}</pre>"
    else:
        page = nh3.clean(markdown2html(source), url_schemes=SCHEMES, attribute_filter=harmless)
    # nbconvert looks for links in what comes of this once more, from each bracket to the end.
    return page.replace("[", "&#91;")


def harmless(tag: str, attribute: str, value: str) -> str | None:
    """An attribute's value, or None where it loads something or opens what is no page."""
    if attribute == "src":
        return value if value.startswith("data:image/") else None
    return None if value.startswith("data:") else value
