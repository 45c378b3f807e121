"""A real Chromium and a real JupyterLab, for every test that a person could do by hand."""

import pytest
from playwright.sync_api import Browser, Page

from .lab import running_chromium, running_lab


@pytest.fixture(scope="module")
def chromium():
    """One headless Chromium for all tests of a file; one that is kept open goes on working."""
    with running_chromium() as browser:
        yield browser


class Visitor:
    """A browser page with the network cut off, which notes errors and what it asked for."""

    def __init__(self, browser: Browser, **context):
        self.context = browser.new_context(**{"viewport": {"width": 960, "height": 800}, **context})
        self.context.set_offline(True)
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(10_000)
        self.errors: list[str] = []
        self.asked: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on(
            "console",
            lambda said: said.type == "error" and self.errors.append(said.text),
        )
        self.page.on("request", lambda request: self.asked.append(request.url))

    def close(self):
        self.context.close()
        assert not self.errors
        assert all(url.startswith(("file:", "blob:", "data:")) for url in self.asked)


@pytest.fixture
def visit(chromium, tmp_path):
    """Open a widget's offline page; options are the browser context's (color_scheme, viewport …).

    At the end of the test there must have been no error and no request beyond the file.
    """
    visitors = []

    def open_page(widget, **context) -> Page:
        visitor = Visitor(chromium, **context)
        visitors.append(visitor)
        path = widget.to_html(tmp_path / f"{len(visitors)}.html")
        visitor.page.goto(path.as_uri())
        visitor.page.locator(".unrolled .title").wait_for()
        return visitor.page

    yield open_page
    for visitor in visitors:
        visitor.close()


@pytest.fixture(scope="session")
def jupyterlab(tmp_path_factory):
    """One JupyterLab for all tests."""
    with running_lab(tmp_path_factory.mktemp("lab")) as lab:
        yield lab
