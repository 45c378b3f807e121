"""A course on recurrent neural networks whose exercises say which mistake was made."""

from unrolled.checks import CheckFailed, check
from unrolled.language import set_language

__all__ = ["CheckFailed", "check", "set_language"]
__version__ = "0.1.0"
