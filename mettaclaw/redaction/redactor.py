"""What leaves secrets out of a text before it is written: each becomes a marker that says what it
was.

Invariant: a marker is left as it is, so what was cleaned once stays as it is. The key of the
endpoint is always left out, wherever it is written as it is; the rest as the kinds say that were
chosen. Time is linear in the text, whatever it is.

Not covered: what has no form (a password of plain words, a name); text that was written before.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from mettaclaw.config import Settings
from mettaclaw.redaction import commands, keys, passwords
from mettaclaw.redaction.spans import LABELS, Label, Span, apart

_MARKER = re.compile(
    rf"\[redacted[ -](?:{'|'.join(re.sub('[ -]', '[ -]', label) for label in LABELS)})\]"
)
_LABEL_OF: dict[str, Label] = {f"[redacted {label}]".replace("-", " "): label for label in LABELS}
_PLAIN = {  # letters and spaces of other widths, one for one
    **{code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)},
    **dict.fromkeys(map(ord, "\u00a0\u2007\u2009\u202f\u3000"), " "),
    **dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013"), "-"),
}
_MOST_PASSES = 4  # what is left out may make something else stand free
_KEY_CHARS = 8  # the shortest that is looked for: a shorter one may be a word


@dataclass(frozen=True, slots=True)
class Redacted:
    """A text without what was left out, and how much that was, by label."""

    text: str
    counts: Mapping[Label, int]


class Redactor:
    """Leaves out what it was made for.

    Args:
        kinds: Some of ``config.REDACTABLE``; None for those of the defaults.
    """

    def __init__(self, kinds: Iterable[str] | None = None) -> None:
        self.kinds = Settings().redact if kinds is None else tuple(kinds)
        self._finders = _finders(self.kinds)

    def clean(self, text: str) -> str:
        """The text without what was found in it."""
        return self.cleaned(text).text

    def cleaned(self, text: str) -> Redacted:
        """The text without what was found in it, and how much that was."""
        counts: Counter[Label] = Counter()
        for _ in range(_MOST_PASSES):
            spans = self.find(text)
            if not spans:
                break
            counts.update(span.label for span in spans)
            text = _without(text, spans)
        return Redacted(text, counts)

    def find(self, text: str) -> list[Span]:
        """Where something stands that is left out, in order, none over another."""
        spans = list(self._spans(text))
        if not spans:
            return []
        return apart(spans, (found.span() for found in _MARKER.finditer(text)))

    def _spans(self, text: str) -> Iterator[Span]:
        key = os.environ.get("OPENAI_API_KEY", "").strip()
        yield from _of_key(text, key)
        if "secrets" in self.kinds:
            lowered = text.replace("İ", "I").lower()  # the one letter that becomes two
            yield from keys.find(text, lowered)
            yield from passwords.find(text, lowered)
            yield from commands.find(text, lowered)
        if self._finders and not text.isascii():
            text = text.translate(_PLAIN)
        for find in self._finders:
            yield from find(text)


def _finders(kinds: tuple[str, ...]) -> list[Callable[[str], Iterator[Span]]]:
    if not set(kinds) - {"secrets"}:
        return []
    from mettaclaw.redaction import personal  # most need it never

    known = {
        "email": personal.emails,
        "phone": personal.phones,
        "card": personal.cards,
        "iban": personal.ibans,
    }
    return [known[kind] for kind in kinds if kind in known]


def marked(text: str) -> Mapping[Label, int]:
    """How much was left out of a text, as its markers tell, by label."""
    return Counter(_LABEL_OF[found[0].replace("-", " ")] for found in _MARKER.finditer(text))


def keyless(text: str, key: str) -> str:
    """The text without this key; one of less than eight characters stays, for it may be a word."""
    return _without(text, apart(_of_key(text, key)))


def marker(label: Label) -> str:
    """What stands where something was left out."""
    return f"[redacted {label}]"


def counted(counts: Mapping[Label, int]) -> str:
    """Counts in words, such as ``1 API key, 2 passwords``."""
    return ", ".join(
        f"{counts[label]:,} {label}{'' if counts[label] == 1 else _plural(label)}"
        for label in LABELS
        if counts.get(label)
    )


def _plural(label: Label) -> str:
    return "es" if label.endswith("s") else "s"


def _of_key(text: str, key: str) -> Iterator[Span]:
    if len(key) < _KEY_CHARS:
        return
    place = text.find(key)
    while place >= 0:
        yield Span(place, place + len(key), "API key")
        place = text.find(key, place + len(key))


def _without(text: str, spans: list[Span]) -> str:
    parts: list[str] = []
    place = 0
    for span in spans:
        parts += [text[place : span.start], marker(span.label)]
        place = span.end
    return "".join([*parts, text[place:]])
