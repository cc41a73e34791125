"""What sentences are put together with: lists, capitals, quotes, truth values."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mettaclaw.atoms.truth import Truth

UNDECIDED = (0.4, 0.6)  # between them the evidence is mixed
STRAIGHT = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "“": '"', "”": '"', "«": '"', "»": '"'})
_MARKS = (".", "!", "?", "…", "。", "！", "？")
_ENDING = re.compile(r"[.!?…。！？]+[\"'”’»)]*")


def truth_text(truth: Truth) -> str:
    """A truth value as people see it: ``(f 1.00, c 0.81)``."""
    return f"(f {truth.f:.2f}, c {truth.c:.2f})"


def is_negative(truth: Truth, degree: float | None = None) -> bool:
    """Whether a truth value is told with the denial of its statement: not where it is undecided."""
    return truth.f <= UNDECIDED[0] or (degree is not None and truth.f < 0.5)


def capital(text: str) -> str:
    """The text with a capital at its start."""
    return text[:1].upper() + text[1:]


def listed(parts: Sequence[str], link: str = "and") -> str:
    """``a, b and c``."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {link} {parts[-1]}"


def in_quotes(words: str) -> str:
    """Words in quotes at the end of a sentence: with a full stop where they have no mark."""
    return f'"{words}"' if words.endswith(_MARKS) else f'"{words}".'


def written(text: str, sentence: str) -> str:
    """A part of a sentence as it was written there, with the marks that end it.

    ``text`` is the part as it was read: with straight quotes, single spaces and without a mark.
    """
    pattern = r"\s+".join(re.escape(word) for word in text.split())
    every = list(re.finditer(pattern, sentence.translate(STRAIGHT), re.IGNORECASE))
    found = every[-1] if every else None  # the last: Remember "remember" …
    if found is None:
        return text
    ending = _ENDING.match(sentence, found.end())
    return sentence[found.start() : ending.end() if ending else found.end()]
