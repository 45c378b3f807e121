"""Keep hidden tests out of feedback pages, and scripts out of everything that shows a notebook."""

import nh3
from nbconvert.exporters import HTMLExporter
from nbconvert.filters import markdown2html
from nbformat.notebooknode import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor

from unrolled.grading.judge import BEGIN_HIDDEN, END_HIDDEN

POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; "
    "base-uri 'none'; form-action 'none'"
)


class HideTests(NbGraderPreprocessor):
    """Removes hidden tests from cells; nbgrader's own feedback shows them (its issue 917)."""

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict, cell_index: int
    ) -> tuple[NotebookNode, dict]:
        kept, hidden = [], False
        for line in cell.source.split("\n"):
            hidden = hidden or BEGIN_HIDDEN in line
            if not hidden:
                kept.append(line)
            hidden = hidden and END_HIDDEN not in line
        cell.source = "\n".join(kept)
        return cell, resources


class FeedbackExporter(HTMLExporter):
    """A notebook as a page that runs no script and loads nothing."""

    def from_notebook_node(self, nb, resources=None, **options):
        page, resources = super().from_notebook_node(nb, resources, **options)
        policy = f'<meta http-equiv="Content-Security-Policy" content="{POLICY}" />'
        return page.replace("<head>", f"<head>\n{policy}", 1), resources


def clean_markdown(source: str) -> str:
    """Markdown as HTML without scripts, forms or event handlers; nbconvert's own lets them by."""
    return nh3.clean(markdown2html(source))
