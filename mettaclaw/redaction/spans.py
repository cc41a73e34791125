"""Where in a text something stands that is left out, and what it is.

Not covered: finding it (the modules beside this one), and replacing it (``redaction.redactor``).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple, get_args

Label = Literal[
    "API key",
    "token",
    "password",
    "private key",
    "e-mail address",
    "phone number",
    "card number",
    "IBAN",
]
LABELS: tuple[Label, ...] = get_args(Label)


class Span(NamedTuple):
    """The characters from ``start`` up to ``end``, and what they are."""

    start: int
    end: int
    label: Label


def apart(spans: Iterable[Span], kept: Iterable[tuple[int, int]] = ()) -> list[Span]:
    """The spans in order, none over another; those that touch what is to be kept are dropped.

    Two that overlap are one, under the longer's label; but where a password stands before an ``@``,
    it is no part of an address.
    """
    fixed = sorted(kept)
    out: list[Span] = []
    place = 0
    for span in sorted(spans):
        while place < len(fixed) and fixed[place][1] <= span.start:
            place += 1
        if place < len(fixed) and fixed[place][0] < span.end:
            continue
        if out and span.start < out[-1].end:
            last = out.pop()
            if "e-mail address" in (last.label, span.label) and last.label != span.label:
                out.append(last if span.label == "e-mail address" else span)
                continue
            longer = max(last, span, key=lambda one: one.end - one.start)
            span = Span(last.start, max(last.end, span.end), longer.label)
        out.append(span)
    return out
