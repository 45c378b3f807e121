"""A reader–writer of dates made by hand, for the tests of AttentionMap."""

import re
from types import SimpleNamespace

import numpy as np

MONTHS = [
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
]
DIGITS = "0123456789-"


class Clerk:
    """Writes "12 March 2024" as 2024-03-12, and looks where a person would: 0.7 there, 0.3 around.

    It knows no day above 29, which it takes for 29, and for August it looks at the day instead.
    """

    def read(self, text):
        found = re.fullmatch(r"(\d+) ([A-Z][a-z]+) (\d{4})", text)
        if not found or found[2] not in MONTHS:
            raise ValueError(f"I cannot read “{text}” as a date.")
        day, month = min(int(found[1]), 29), MONTHS.index(found[2]) + 1
        written = f"{found[3]}-{month:02}-{day:02}"
        year, name = found.start(3), found.start(2)
        looked = 0 if found[2] == "August" else name
        first = 0 if day > 9 else max(len(found[1]) - 2, 0)
        at = [year, year + 1, year + 2, year + 3, year - 1, looked, looked + 1, name - 1]
        at += [first, len(found[1]) - 1]
        distance = np.abs(np.arange(len(text)) - np.array(at)[:, None])
        weights = np.where(distance == 0, 0.7, 0.3 * 0.5**distance)
        odds = np.full((10, len(DIGITS)), 0.01)
        odds[np.arange(10), [DIGITS.index(each) for each in written]] = 0.9
        return SimpleNamespace(
            read=list(text),
            written=list(written),
            weights=weights / weights.sum(axis=1, keepdims=True),
            probabilities=odds,
            vocabulary=list(DIGITS),
        )


DATES = (
    ("12 March 2024", "2024-03-12"),
    ("7 August 2026", "2026-08-07"),
    ("31 October 1999", "1999-10-31"),
)
