"""Why not: what spoke for or against something and did not count, and what would help to know."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mettaclaw.atoms.syntax import Atom, Expression, String, Symbol, read
from mettaclaw.errors import MettaClawError
from mettaclaw.models.english import replies, results
from mettaclaw.models.english.prose import truth_text
from mettaclaw.models.english.speech import Speech

_MOST = 5
_POOR = ("guesses", "overlap", "faint")
_BACK = tuple(
    (re.compile(pattern), said)
    for pattern, said in (
        (r"\bit was forgotten (on \S+ \S+ UTC)", r"you took it back \1"),
        (
            r"\ball that this source had said was forgotten (on \S+ \S+ UTC)",
            r"you took back all that this source had said \1",
        ),
        (r"\buser said it\b", "you said it"),
        (r"\bon (\d{4}-\d\d-\d\d) 00:00 UTC", r"on \1"),
        (r"\bon (\d{4}-\d\d-\d\d) (\d\d:\d\d) UTC", r"on \1 at \2 UTC"),
    )
)
_FIGURES = re.compile(r" \(f [\d.]+, c [\d.]+\)(?=; )")
_SIGNS = ("-->", "<->", "==>", "¬", "∧", "at")


def rejected(speech: Speech, goal: Atom, values: Sequence[Atom]) -> str:
    """The results of ``why-not`` as lines; "" where nothing was considered.

    Poor guesses are told only where there is nothing better.
    """
    found: list[str] = []
    poor: list[str] = []
    needs: list[Atom] = []
    for value in values:
        match value:
            case Expression((Symbol("rejected"), Symbol(reason), String(words), proof)):
                step = results.step(proof)
                if step is not None and reason != "missing":
                    lines = poor if reason in _POOR else found
                    words = _taken_back(step, words) if reason == "retired" else words
                    lines.append(_line(speech, step, words))
            case Expression((Symbol("need"), need)):
                needs.append(need)
            case _:
                pass
    lines = dict.fromkeys(found or poor)
    more = [f"… and {len(lines) - _MOST} more."] if len(lines) > _MOST else []
    said = ["What I considered, and what did not count:", *list(lines)[:_MOST], *more]
    need = replies.helpful(speech, results.Unknown(goal, tuple(needs)))
    helps = [] if need is None else [replies.helping(speech, need, goal)]
    return "\n".join([*(said if lines else []), *helps])


def _line(speech: Speech, step: results.Step, words: str) -> str:
    clause = speech.clause(step.statement, denied=step.truth.f < 0.5)
    truth = f" {truth_text(step.truth)}" if step.truth.c > 0 else ""
    return f"- That {clause}{truth}: {told(speech, words)}."


def _taken_back(step: results.Step, words: str) -> str:
    """What is said of evidence that was taken back, as to the person who did that; the truth value
    of a statement of its own stands before it.
    """
    for pattern, said in _BACK:
        words = pattern.sub(said, words)
    return _FIGURES.sub("", words) if step.rule == "said" else words


def told(speech: Speech, words: str) -> str:
    """What is said of atoms in words, with the statements among them in English."""
    said: list[str] = []
    at = 0
    while at < len(words):
        end = _end(words, at) if words[at] == "(" else at
        atom = _statement(words[at:end]) if end > at else None
        if atom is None:
            said.append(words[at])
            at += 1
        else:
            said.append(f'"{speech.clause(atom)}"')
            at = end
    return "".join(said)


def _end(text: str, start: int) -> int:
    """Where what is opened at a place is closed; the place itself where it is not."""
    depth = 0
    for at in range(start, len(text)):
        depth += (text[at] == "(") - (text[at] == ")")
        if depth == 0:
            return at + 1
    return start


def _statement(text: str) -> Atom | None:
    try:
        atom = read(text)
    except MettaClawError:
        return None
    match atom:
        case Expression((Symbol(sign), _, *_)) if sign in _SIGNS:
            return atom
        case _:
            return None
