import pytest

from unrolled.authoring.links import relinked, targets

MOVED = {
    "course/00_start.ipynb": "course/ko/00_start.ipynb",
    "release/00_start/00_start.ipynb": "release/ko/00_start/00_start.ipynb",
}


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("[a](figures/x.svg)", "[a](../figures/x.svg)"),
        ("![a](figures/x.svg 'title')", "![a](../figures/x.svg 'title')"),
        ("[a](00_start.ipynb#how)", "[a](00_start.ipynb#how)"),
        (
            "[a](../release/00_start/00_start.ipynb)",
            "[a](../../release/ko/00_start/00_start.ipynb)",
        ),
        ("[a](../README.md)", "[a](../../README.md)"),
        ('<img alt="x" src="figures/x.svg">', '<img alt="x" src="../figures/x.svg">'),
        ("[a]: figures/x.svg", "[a]: ../figures/x.svg"),
        ("[a](https://keras.io/a)", "[a](https://keras.io/a)"),
        ("[a](#below)", "[a](#below)"),
        ("![a](attachment:x.png)", "![a](attachment:x.png)"),
        ("`[a](b.md)` ``[a](`b.md)``", "`[a](b.md)` ``[a](`b.md)``"),
        ("```\n[a](b.md)\n```", "```\n[a](b.md)\n```"),
        ("~~~\n[a](b.md)\n~~~", "~~~\n[a](b.md)\n~~~"),
    ],
)
def test_a_relative_link_leads_to_the_same_file_or_its_korean(written, wanted):
    assert relinked(written, "course", "course/ko", MOVED) == wanted


def test_links_are_found_with_brackets_in_them():
    text = "[a](x(1).md), ![b](<y.png>), [c](https://en.wikipedia.org/wiki/Gate_(LSTM))"
    assert list(targets(text)) == [
        "x(1).md",
        "y.png",
        "https://en.wikipedia.org/wiki/Gate_(LSTM)",
    ]
