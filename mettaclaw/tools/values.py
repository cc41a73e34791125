"""The atoms that tools return for items, episodes and times; long texts are cut, and say so."""

from __future__ import annotations

from mettaclaw.atoms.syntax import Atom, Expression, Number, String, Symbol
from mettaclaw.atoms.times import moment
from mettaclaw.memory import Episode, Hit
from mettaclaw.memory.text import storable

_PARTS = 3  # of a score that are shown
TEXT_CHARS = 60_000  # of all texts in one result together


def form(name: str, *parts: Atom | str | float) -> Expression:
    """An expression such as ``(wrote "a.txt" 5 "2cf2…")``: texts become strings."""
    return Expression((Symbol(name), *map(_lift, parts)))


def note(text: str) -> Expression:
    """``(note "...")``: something to know about the results beside it."""
    return form("note", text)


def items(hits: list[Hit]) -> list[Atom]:
    """``(item ID TEXT SOURCE TIME SCORE …)`` for each hit; the score has two digits.

    What follows is what there is of ``(premises (STATEMENT (stv f c)) …)``, ``(atoms ATOM …)`` of
    which nothing is believed, ``(by WHO)``, and ``(because (PART NUMBER) …)`` with the largest
    parts; of one that is in quarantine, ``quarantined`` comes last.
    """
    return [_item(hit, _share(len(hits))) for hit in hits]


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


def _item(hit: Hit, limit: int) -> Expression:
    item = hit.item
    text = shortened(item.words, limit)
    score = round(hit.score, 2)
    shown = form("item", item.id, text, item.source, moment(item.time), score)
    believed = [Expression((atom, t.to_atom())) for atom, t in hit.premises if t is not None]
    others = [atom for atom, truth in hit.premises if truth is None]
    most = sorted(hit.parts.items(), key=lambda part: -abs(part[1]))[:_PARTS]
    why = [form(name, round(value, 2)) for name, value in most]
    more = (
        ("premises", believed),
        ("atoms", others),
        ("by", [item.speaker or ""]),
        ("because", why),
    )
    added = [form(name, *parts) for name, parts in more if any(part != "" for part in parts)]
    standing = [Symbol("quarantined")] if item.is_quarantined else []
    return Expression((*shown.children, *added, *standing))


def _share(count: int) -> int:
    return max(400, TEXT_CHARS // max(count, 1))


def _lift(part: Atom | str | float) -> Atom:
    if isinstance(part, str):
        return String(part)
    if isinstance(part, int | float):
        return Number(part)
    return part
