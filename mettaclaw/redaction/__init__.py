"""What is left out of everything that is written: keys, tokens, passwords, personal numbers."""

from mettaclaw.redaction.redactor import Redacted, Redactor, counted, keyless, marked, marker
from mettaclaw.redaction.spans import LABELS, Label, Span

__all__ = [
    "LABELS",
    "Label",
    "Redacted",
    "Redactor",
    "Span",
    "counted",
    "keyless",
    "marked",
    "marker",
]
