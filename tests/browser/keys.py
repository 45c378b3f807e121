"""A widget's keys: pressed, and timed."""

import statistics

from playwright.sync_api import Page


def press(page: Page, *keys: str) -> None:
    """Press keys with the widget focused."""
    page.locator(".unrolled").focus()
    for key in keys:
        if key.isascii():
            page.keyboard.press(key)
        else:  # a letter that Playwright's keyboard does not have
            page.locator(".unrolled").dispatch_event("keydown", {"key": key, "bubbles": True})


def press_times(page: Page, *keys: str, presses: int = 40) -> list[tuple[str, float]]:
    """Press keys in turn, one a frame, and return each with its milliseconds.

    Script, style and layout count; painting comes after.
    """
    times = page.evaluate(
        """async ([keys, presses]) => {
          const root = document.querySelector(".unrolled");
          const times = [];
          for (let i = 0; i < presses; i++) {
            const key = keys[i % keys.length];
            const start = performance.now();
            root.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
            await null;
            root.getBoundingClientRect();
            times.push([key, performance.now() - start]);
            await new Promise(requestAnimationFrame);
          }
          return times;
        }""",
        [list(keys), presses],
    )
    return [(key, milliseconds) for key, milliseconds in times]


def median_press(page: Page, *keys: str) -> float:
    """The milliseconds that half of the presses of these keys, in turn, do not exceed."""
    return statistics.median(milliseconds for _key, milliseconds in press_times(page, *keys))
