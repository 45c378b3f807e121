"""The damages to a reference that change nothing that a contract asks for, and why."""

EQUIVALENT: dict[str, dict[str, str]] = {}
