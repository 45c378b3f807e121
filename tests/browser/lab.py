"""A real Chromium and a real JupyterLab, as a person would sit before them."""

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Page, TimeoutError, expect, sync_playwright

QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@contextlib.contextmanager
def running_chromium() -> Iterator[Browser]:
    """The system's own Chromium, headless."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        raise RuntimeError("no Chromium found. Run: sudo apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(QUIET))
        yield browser
        browser.close()


class Lab:
    """A running JupyterLab: its address (no token) and the folder it serves."""

    def __init__(self, url: str, folder: Path):
        self.url, self.folder = url, folder

    def open(self, page: Page, notebook: str) -> None:
        """Show a notebook of the folder."""
        # The workspace lives on the server: without a reset it brings back another test's tabs.
        page.goto(f"{self.url}/lab/tree/{notebook}?reset")
        page.locator("[data-status='idle']").first.wait_for(timeout=60_000)

    @staticmethod
    def run(page: Page, cell: int) -> None:
        """Run the code cell of that number with Shift+Enter, and wait until it is done."""
        code = page.locator(".jp-Notebook .jp-CodeCell").nth(cell)
        prompt = code.locator(".jp-InputPrompt")
        before = prompt.inner_text()
        deadline = time.monotonic() + 60
        # While it still connects to the kernel, JupyterLab drops a run without a word, or marks
        # the cell [*] and then takes the mark back: a person would press again.
        while time.monotonic() < deadline:
            with contextlib.suppress(TimeoutError):  # a dialog over the page is named below
                code.locator(".cm-content").click(timeout=5_000)
            page.keyboard.press("Shift+Enter")
            with contextlib.suppress(AssertionError):
                expect(prompt).not_to_have_text(before, timeout=2_000)
                expect(prompt).not_to_have_text("[*]:", timeout=30_000)
            now = prompt.inner_text()
            if now != before and re.fullmatch(r"\[\d+\]:", now):
                return
        dialogs = page.locator(".jp-Dialog").all_inner_texts()
        raise RuntimeError(f"cell {cell} did not run: {code.inner_text()} {dialogs}")


@contextlib.contextmanager
def running_lab(home: Path) -> Iterator[Lab]:
    """JupyterLab on a random local port, with settings and files of its own under `home`."""
    folder, runtime = home / "files", home / "runtime"
    folder.mkdir()
    settings = home / "config/lab/user-settings/@jupyterlab/apputils-extension"
    settings.mkdir(parents=True)
    no_news = '{"fetchNews": "false", "checkForUpdates": false}'
    (settings / "notification.jupyterlab-settings").write_text(no_news)
    environment = os.environ | {
        "HOME": str(home),
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(runtime),
        "IPYTHONDIR": str(home / "ipython"),
        "PYTHONUNBUFFERED": "1",
    }
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--ip=127.0.0.1", "--port=0"]
    command += ["--IdentityProvider.token=", "--allow-root", f"--ServerApp.root_dir={folder}"]
    with (home / "log").open("w") as log:
        server = subprocess.Popen(command, env=environment, cwd=folder, stdout=log, stderr=log)
    try:
        deadline = time.monotonic() + 60
        while not (said := list(runtime.glob("jpserver-*.json"))):
            if server.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(
                    f"JupyterLab did not start:\n{(home / 'log').read_text()[-3000:]}"
                )
            time.sleep(0.2)
        yield Lab(json.loads(said[0].read_text())["url"].rstrip("/"), folder)
    finally:
        server.terminate()
        server.wait(timeout=20)
