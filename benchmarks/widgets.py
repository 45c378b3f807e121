"""Measures a widget and `interact` in one JupyterLab: from the key to the new picture."""

import statistics
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat
from playwright.sync_api import Locator, Page

from tests.browser.lab import Lab, running_chromium, running_lab

SIZES = ((16, 40), (32, 100), (128, 500))
KEYS = 40

PREPARE = """
import numpy as np
from unrolled.widgets import StateMap
rng = np.random.default_rng(0)
def layer(units):
    W_x, W_h = rng.normal(size=(12, units)), rng.normal(size=(units, units)) / units**0.5
    return {"W_x": W_x, "W_h": W_h, "b": np.zeros(units), "V": rng.normal(size=units), "c": 0.0}
words = [f"word{i}" for i in range(10)]
vocabulary = {word: i for i, word in enumerate(["<pad>", "<unk>", *words])}
"""
WIDGET = 'StateMap.from_weights(layer({units}), " ".join((words * 50)[:{steps}]), vocabulary)'
# A bare heatmap and a curve.
SKETCH = """
%matplotlib inline
import matplotlib.pyplot as plt
from ipywidgets import interact
states = rng.uniform(-1, 1, size=({steps}, {units}))
def show(step=0):
    figure, (above, below) = plt.subplots(2, 1, figsize=(9, 5))
    above.imshow(states.T, vmin=-1, vmax=1, cmap="RdBu", aspect="auto")
    above.axvline(step)
    below.plot(states[:, 0])
    below.plot(step, states[step, 0], "o")
    plt.show()
interact(show, step=(0, {last}));
"""
# The same picture: the static twin, drawn anew for each step.
TWIN = """
%matplotlib inline
from ipywidgets import interact
from IPython.display import display
twin = StateMap.from_weights(layer({units}), " ".join((words * 50)[:{steps}]), vocabulary)
def show(step=0):
    twin.step = step
    display(twin.static())
interact(show, step=(0, {last}));
"""
# From the key event to the first paint in which the picture is another one.
WATCH = """
(root) => {
  window.painted = new Promise((resolve) => {
    let pressed;
    const once = { capture: true, once: true };
    addEventListener("keydown", (event) => (pressed = event.timeStamp), once);
    const seen = new MutationObserver(async () => {
      const image = root.querySelector("img");
      if (root.matches(".widget-interact") && (!image || image.src === window.before)) return;
      seen.disconnect();
      if (image) await image.decode();
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => resolve(performance.now() - pressed);
        port2.postMessage(0);
      });
    });
    window.before = root.querySelector("img")?.src;
    seen.observe(root, { subtree: true, childList: true, attributes: true, characterData: true });
  });
}
"""
# Script, style and layout of a key, without the wait for the next paint.
FRAMES = """
async (root) => {
  const times = [];
  for (let i = 0; i < 60; i++) {
    const start = performance.now();
    const key = i % 2 ? "ArrowDown" : "ArrowRight";
    root.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
    await null;
    root.getBoundingClientRect();
    times.push(performance.now() - start);
    await new Promise(requestAnimationFrame);
  }
  return times;
}
"""


@dataclass(frozen=True)
class Measured:
    """Milliseconds from key to repaint and of a frame, and bytes over the wire for each key."""

    repaint: list[float]
    frame: list[float]
    sent: float
    received: float


class Wire:
    """Counts what a page and its kernel send each other."""

    def __init__(self, page: Page):
        self.sent = self.received = 0
        page.on("websocket", self._listen)

    def _listen(self, socket) -> None:
        socket.on("framesent", lambda frame: self._add("sent", frame))
        socket.on("framereceived", lambda frame: self._add("received", frame))

    def _add(self, way: str, frame) -> None:
        setattr(self, way, getattr(self, way) + len(frame))


def keys_of(page: Page, wire: Wire, root: Locator, focus: Locator, frames: bool) -> Measured:
    focus.focus()
    page.wait_for_timeout(500)
    before, repaint = (wire.sent, wire.received), []
    for _key in range(KEYS if frames else KEYS // 4):
        root.evaluate(WATCH)
        page.keyboard.press("ArrowRight")
        repaint.append(page.evaluate("window.painted"))
        page.wait_for_timeout(50)
    page.wait_for_timeout(500)
    sent, received = (
        (now - then) / len(repaint)
        for now, then in zip((wire.sent, wire.received), before, strict=True)
    )
    return Measured(repaint, root.evaluate(FRAMES) if frames else [], sent, received)


def measured() -> Iterator[tuple[str, Measured]]:
    """StateMap, then `interact` with a sketch and with the same picture, at each size."""
    cells = [PREPARE]
    for units, steps in SIZES:
        for code in (WIDGET, SKETCH, TWIN):
            cells.append(code.format(units=units, steps=steps, last=steps - 1))
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c.strip()) for c in cells])
    book.metadata.kernelspec = {"name": "python3", "display_name": "Python 3"}
    with (
        tempfile.TemporaryDirectory() as home,
        running_lab(Path(home)) as lab,
        running_chromium() as browser,
    ):
        nbformat.write(book, lab.folder / "bench.ipynb")
        page = browser.new_page(viewport={"width": 1300, "height": 1000})
        wire = Wire(page)
        lab.open(page, "bench.ipynb")
        Lab.run(page, 0)
        for number, (units, steps) in enumerate(SIZES):
            size = f"{units} × {steps}"
            first = 3 * number + 1
            Lab.run(page, first)
            code = page.locator(".jp-Notebook .jp-CodeCell").nth(first)
            root = code.locator(".unrolled")
            root.locator(".readout .token").wait_for()
            yield f"StateMap, {size}", keys_of(page, wire, root, root, frames=True)
            for cell, what in ((first + 1, "a sketch"), (first + 2, "the same picture")):
                Lab.run(page, cell)
                code = page.locator(".jp-Notebook .jp-CodeCell").nth(cell)
                root = code.locator(".widget-interact")
                root.locator("img").wait_for()
                handle = root.locator(".noUi-handle")
                yield f"interact, {what}, {size}", keys_of(page, wire, root, handle, False)


def column(times: list[float]) -> str:
    """The median and the 95th percentile."""
    if not times:
        return f"{'–':>7} {'–':>6}"
    return f"{statistics.median(times):7.1f} {statistics.quantiles(times, n=20)[-1]:6.1f}"


def main() -> None:
    print(f"{'':36} {'key to repaint':>14} {'frame':>14} {'bytes for each key':>20}")
    print(f"{'':36} {'ms':>7} {'95 %':>6} {'ms':>7} {'95 %':>6} {'sent':>9} {'got':>10}")
    found: dict[str, Measured] = {}
    for name, each in measured():
        found[name] = each
        print(
            f"{name:36} {column(each.repaint)} {column(each.frame)} "
            f"{each.sent:9.0f} {each.received:10.0f}",
            flush=True,
        )
    for units, steps in SIZES:
        size = f"{units} × {steps}"
        ours = found[f"StateMap, {size}"]
        for what in ("a sketch", "the same picture"):
            key = statistics.median(found[f"interact, {what}, {size}"].repaint)
            # The rest of a key's time is the wait for the screen's next refresh, the same for both.
            print(
                f"{size}: interact with {what} takes "
                f"{key / statistics.median(ours.repaint):.1f} times as long from key to repaint, "
                f"and {key / statistics.median(ours.frame):.0f} frames of StateMap"
            )


if __name__ == "__main__":
    main()
