"""The atoms that tools return for items, episodes and times; long texts are cut, and say so."""

from __future__ import annotations

from mettaclaw.atoms.syntax import Atom, Expression, Number, String, Symbol
from mettaclaw.atoms.times import moment
from mettaclaw.memory import Episode, Hit, Item
from mettaclaw.memory.text import storable

TEXT_CHARS = 60_000  # of all texts in one result together


def form(name: str, *parts: Atom | str | float) -> Expression:
    """An expression such as ``(wrote "a.txt" 5 "2cf2…")``: texts become strings."""
    return Expression((Symbol(name), *map(_lift, parts)))


def note(text: str) -> Expression:
    """``(note "...")``: something to know about the results beside it."""
    return form("note", text)


def items(hits: list[Hit]) -> list[Atom]:
    """``(item ID TEXT SOURCE TIME SCORE)`` for each hit; the score has two digits."""
    return [_item(hit.item, hit.score, _share(len(hits))) for hit in hits]


def episodes(lines: list[Episode]) -> list[Atom]:
    """``(episode ID KIND TEXT TIME)`` for each line of the log."""
    limit = _share(len(lines))
    return [
        form("episode", line.id, line.kind, shortened(line.text, limit), moment(line.time))
        for line in lines
    ]


def shortened(text: str, limit_chars: int) -> str:
    """The text, or its beginning and end with what was left out between them, which is said.

    NUL and halves of surrogate pairs, which no atom can hold, become U+FFFD.
    """
    clean = storable(text)
    if len(clean) <= limit_chars:
        return clean
    head = limit_chars * 3 // 4
    tail = limit_chars - head
    left_out = len(clean) - limit_chars
    return f"{clean[:head]} …[{left_out:,} characters cut]… {clean[-tail:]}"


def _item(item: Item, score: float, limit: int) -> Expression:
    text = shortened(item.words, limit)
    return form("item", item.id, text, item.source, moment(item.time), round(score, 2))


def _share(count: int) -> int:
    return max(400, TEXT_CHARS // max(count, 1))


def _lift(part: Atom | str | float) -> Atom:
    if isinstance(part, str):
        return String(part)
    if isinstance(part, int | float):
        return Number(part)
    return part
