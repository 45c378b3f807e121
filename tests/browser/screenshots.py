"""Takes the README's pictures of the widgets, on the course's trained models:
`.venv/bin/python -m tests.browser.screenshots`.
"""

import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.browser.lab import running_chromium
from unrolled.tasks import dates, later_names, names, sentiment
from unrolled.widgets import (
    AttentionMap,
    BiCompare,
    GradientLab,
    GRUGates,
    LSTMGates,
    NeuronLab,
    ParamCounter,
    StateMap,
    TaskShapes,
)
from unrolled.widgets.base import Widget
from unrolled.widgets.challenges import CHALLENGES

DOCS = Path(__file__).parent.parent.parent / "docs"


def state_map() -> Widget:
    model = names.load()
    text = "Harry Potter and Hermione met a clever potter near the river"
    return StateMap.from_weights(
        model.weights, text, model.vocabulary, names.tokenize, outcome="P(name)", step=1
    )


def lstm_gates() -> Widget:
    model = sentiment.load()
    return LSTMGates.from_weights(
        model.weights,
        "the film was not good",
        model.vocabulary,
        sentiment.tokenize,
        outcome="P(kind)",
        step=3,
    )


def bi_compare() -> Widget:
    model = later_names.load()
    halves = [
        dict(zip(("W_x", "W_h", "b"), model.layer(name), strict=True))
        for name in ("forward", "backward")
    ]
    return BiCompare.from_weights(
        *halves,
        model.weights["V"],
        model.weights["c"],
        "he said teddy bears are on sale",
        model.vocabulary,
        later_names.tokenize,
        other="he said teddy roosevelt was a great president",
    )


def attention_map() -> Widget:
    return AttentionMap.from_model(dates.load(), ["Tuesday, 12 March 2024"], step=5)


PICTURES: dict[str, Callable[[], Widget]] = {
    "task-shapes": lambda: TaskShapes(task=2, step=4),
    "neuron-lab": lambda: NeuronLab(*CHALLENGES[0].preset, step=5),
    "param-counter": ParamCounter,
    "statemap": state_map,
    "gradient-lab": GradientLab,
    "lstm-gates": lstm_gates,
    "gru-gates": GRUGates,
    "bi-compare": bi_compare,
    "attention-map": attention_map,
}


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, running_chromium() as browser:
        page = browser.new_page(viewport={"width": 900, "height": 700})
        for name, make in PICTURES.items():
            page.goto(make().to_html(Path(folder, f"{name}.html")).as_uri())
            page.locator(".unrolled .title").wait_for()
            page.wait_for_timeout(500)
            page.locator(".unrolled").screenshot(path=DOCS / f"{name}.png")
            print(DOCS / f"{name}.png")


if __name__ == "__main__":
    main()
