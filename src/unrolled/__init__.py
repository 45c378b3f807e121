"""A course on recurrent neural networks whose exercises say which mistake was made."""

import os

# TensorFlow greets whoever imports it with lines about the processor. A newcomer reads them as
# errors, and so does nbgrader: it gives 0 to a test cell that wrote to stderr. Who has set one of
# these keeps it.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")

from unrolled.checks import CheckFailed, check
from unrolled.language import set_language

__all__ = ["CheckFailed", "check", "set_language"]
__version__ = "0.1.0"
