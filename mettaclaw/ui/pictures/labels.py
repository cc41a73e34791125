"""How wide a text may be in a font that we do not know, and how it is broken into rows.

Widths are in ems of a monospaced font, and rather too large than too small: viewers have other
fonts, and take signs that theirs lacks from wider ones. Invariant: a row is no wider than asked
for, unless a single sign is. Not covered: scripts whose letters join into wider signs; who draws
must clip what is outside a box.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

_NARROW, _UNSURE, _WIDE, _OTHER = 0.62, 0.8, 1.1, 1.5


def width(text: str) -> float:
    """How wide a text is at most, in ems."""
    return sum(map(_width, text))


def rows(text: str, limit: float, most: int) -> list[str]:
    """A text of one line in rows; where it needs more than ``most``, the last ends in ``…``.

    Args:
        text: What to break, at spaces if there are any.
        limit: The width of a row, in ems.
        most: How many rows.
    """
    found: list[str] = []
    for row in _broken(text, limit):
        if len(found) == most:
            found[-1] = _cut(found[-1], limit)
            break
        found.append(row)
    return found


def cut(text: str, most: int) -> str:
    """A text of at most so many characters; one that is cut ends in ``…``."""
    return text if len(text) <= most else f"{text[: _whole(text, most - 1)].rstrip()}…"


def _broken(text: str, limit: float) -> Iterator[str]:
    row, used = "", 0.0
    for word in text.split(" "):
        for piece in _pieces(word, limit):
            needs = width(piece)
            if row and used + _NARROW + needs <= limit:
                row, used = f"{row} {piece}", used + _NARROW + needs
                continue
            if row:
                yield row
            row, used = piece, needs
    if row:
        yield row


def _pieces(word: str, limit: float) -> Iterator[str]:
    """A word, broken where it is wider than a row."""
    piece, used = "", 0.0
    for sign in _signs(word):
        if piece and used + width(sign) > limit:
            yield piece
            piece, used = "", 0.0
        piece += sign
        used += width(sign)
    if piece:
        yield piece


def _signs(word: str) -> Iterator[str]:
    """What a reader sees as one: a letter with its accents, joined emoji."""
    start = 0
    for index in range(1, len(word)):
        if not _joins(word, index):
            yield word[start:index]
            start = index
    if word:
        yield word[start:]


def _cut(row: str, limit: float) -> str:
    end = len(row)
    while end and width(row[:end]) + _width("…") > limit:
        end = _whole(row, end - 1)
    return f"{row[:end].rstrip()}…"


def _whole(text: str, end: int) -> int:
    """The last place up to ``end`` where no sign is torn apart."""
    while end > 0 and end < len(text) and _joins(text, end):
        end -= 1
    return max(0, end)


def _joins(text: str, index: int) -> bool:
    """Whether the character at an index belongs to the one before it."""
    return not _width(text[index]) or text[index - 1] == "\u200d"


def _width(char: str) -> float:
    if " " <= char <= "~":
        return _NARROW
    if unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0.0
    if unicodedata.east_asian_width(char) in "WF":
        return _WIDE
    return _UNSURE if char < "\u0530" or "\u2010" <= char <= "\u22ff" else _OTHER
