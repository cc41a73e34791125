"""Calls and results as one compact line; atoms abridged by structure, not in the middle of a word.

Invariant: every returned text is ``clean`` and has no line breaks. Not covered: trees and tables
(``pictures``).
"""

from __future__ import annotations

import json
from typing import Any

from mettaclaw.atoms.syntax import Atom, Expression, Number, String, Symbol
from mettaclaw.protocol.calls import Call, Result
from mettaclaw.protocol.packet import Reply, Usage
from mettaclaw.ui.text import clean, one_line

# What is shortened first: long strings, then what is nested deeply. (depth, characters of a string)
_STEPS = ((99, 60), (99, 30), (99, 16), (99, 8), *((depth, 8) for depth in range(8, 0, -1)))


def abridged(atom: Atom, limit: int, *, proofs: bool = True) -> str:
    """An atom's MeTTa text in at most about ``limit`` characters; what is left out is ``…``.

    Args:
        atom: What to show.
        limit: In characters.
        proofs: False leaves the inside of every ``(proof …)`` out, however short, and rounds
            truth values.
    """
    if proofs and len(full := _flat(str(atom))) <= limit:
        return full
    for depth, string_limit in _STEPS:
        text = _flat(_text(atom, depth, string_limit, proofs))
        if len(text) <= limit:
            return text
    return one_line(str(atom), limit)


def duration(ms: float) -> str:
    """Such as ``12 ms`` or ``1.3 s``."""
    return f"{ms:.0f} ms" if ms < 1000 else f"{ms / 1000:.1f} s"


def call_text(call: Call, limit: int = 72) -> str:
    """A call in one line."""
    return abridged(Expression((Symbol(call.name), *call.args)), limit)


def outcome_text(result: Result, limit: int = 72) -> str:
    """What became of a call, in one line: its values or why it failed."""
    if result.failure is not None:
        return one_line(result.failure.message, limit * 3)
    if not result.values:
        return "nothing"
    shown: list[str] = []
    left = limit
    for number, value in enumerate(result.values):
        text = abridged(value, max(16, left), proofs=False)
        if shown and left < len(text):
            return f"{' '.join(shown)} … {len(result.values) - number} more"
        shown.append(text)
        left -= len(text) + 1
    return " ".join(shown)


def call_line(result: Result, width: int = 140) -> str:
    """A call and what became of it, ``(metta (+ 1 2)) → 3  12 ms``, in about ``width`` characters.

    What is left out is ``…``; ``is_abridged`` tells.
    """
    took = duration(result.ms)
    room = max(36, width - len(took) - 5)
    outcome = outcome_text(result, room // 3)  # what one does not need, the other may have
    called = call_text(result.call, max(16, room - len(outcome)))
    outcome = outcome_text(result, max(16, room - len(called)))
    return f"{called} → {outcome}  {took}"


def is_abridged(line: str) -> bool:
    """Whether a line leaves something out, apart from a proof, which has its own picture."""
    return "…" in line.replace("(proof …)", "")


def as_json(value: object, *, ascii_only: bool = False) -> str:
    """One line of JSON; always as ASCII where it holds half a surrogate pair."""
    text = json.dumps(value, ensure_ascii=ascii_only)
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(value)
    return text


def call_json(result: Result) -> dict[str, Any]:
    """``{call, ok, value | error, kind, ms}``; ``value`` is MeTTa text, one atom a line."""
    fields: dict[str, Any] = {"call": str(result.call), "ok": result.failure is None}
    if result.failure is None:
        fields["value"] = "\n".join(map(str, result.values))
    else:
        fields["error"] = result.failure.message
        fields["kind"] = result.failure.kind
    return {**fields, "ms": round(result.ms, 3)}


def reply_json(reply: Reply, message: str) -> dict[str, Any]:
    """A turn as one object."""
    return {
        "id": reply.message,
        "message": message,
        "reply": reply.text,
        "state": reply.state,
        "cycles": reply.cycles,
        "calls": [call_json(result) for result in reply.results],
        "usage": usage_json(reply.usage),
    }


def usage_json(usage: Usage) -> dict[str, int]:
    """Tokens of a turn."""
    return {"tokens_in": usage.tokens_in, "tokens_out": usage.tokens_out}


def _text(atom: Atom, depth: int, string_limit: int, proofs: bool) -> str:
    match atom:
        case Expression((head, *_)) if depth <= 0 or (not proofs and head == Symbol("proof")):
            return f"({_text(head, 0, string_limit, proofs)} …)"
        case Expression((Symbol("stv"), Number(f), Number(c))) if not proofs:
            return f"(stv {round(f, 3)} {round(c, 3)})"
        case Expression(children):
            parts = [_text(child, depth - 1, string_limit, proofs) for child in children]
            return f"({' '.join(parts)})"
        case String(value) if len(value) > string_limit:
            return f"{String(value[: string_limit - 1])!s}"[:-1] + '…"'
        case _:
            return str(atom)


def _flat(text: str) -> str:
    return " ".join(clean(text).split("\n"))
