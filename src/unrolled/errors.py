"""What can go wrong with an answer, in process or in a sandbox."""


class AnswerError(Exception):
    """An answer raised: the exception's kind and text, and the line it came from.

    An empty kind means that the text is a sentence of ours. `detail` is what a visible check adds
    to it: it may quote the answer, so a hidden one leaves it out.
    """

    def __init__(
        self,
        kind: str,
        text: str,
        line: int | None = None,
        source: str | None = None,
        detail: str = "",
    ):
        super().__init__(kind, text, line, source, detail)
        self.kind, self.text, self.line, self.source = kind, text, line, source
        self.detail = detail


class AnswerTimeout(BaseException):
    """An answer did not return in time. Not an Exception, so that `except Exception` lets it by."""

    def __init__(self, seconds: float):
        super().__init__(seconds)
        self.seconds = seconds
