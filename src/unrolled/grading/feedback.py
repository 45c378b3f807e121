"""Keep hidden tests out of feedback pages, and scripts out of everything that shows a notebook."""

import html
import re

import nh3
from nbconvert.exporters import HTMLExporter
from nbconvert.filters import markdown2html
from nbformat.notebooknode import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor

from unrolled.authoring.invariants import hidden_lines

POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; "
    "base-uri 'none'; form-action 'none'"
)


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
    """A notebook as a page that runs no script and loads nothing."""

    def from_notebook_node(self, nb, resources=None, **options):
        page, resources = super().from_notebook_node(nb, resources, **options)
        policy = f'<meta http-equiv="Content-Security-Policy" content="{POLICY}" />'
        return page.replace("<head>", f"<head>\n{policy}", 1), resources


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
