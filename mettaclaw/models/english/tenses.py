"""What held at a time, as English: Anna lived in Rome in 2019, Tom is ill since Monday."""

from __future__ import annotations

import re
from datetime import date
from typing import Protocol

from mettaclaw.atoms.syntax import Atom, Expression, Symbol
from mettaclaw.models.english.periods import during, read_days, since

_IS = re.compile(r"\b(is|am|are)\b")
_BEEN = {"is": "has been", "am": "have been", "are": "have been"}
_WAS = {"is": "was", "am": "was", "are": "were"}


class Voice(Protocol):
    """Says statements, as ``speech.Speech`` does, which says those of a time by ``held``."""

    today: date | None

    def clause(self, atom: Atom, *, denied: bool = False, degree: float | None = None) -> str:
        """A statement as a clause."""
        ...

    def is_role(self, atom: Atom) -> bool:
        """Whether a statement says whose something is."""
        ...

    def doing(self, quality: Atom) -> str | None:
        """What a quality says that somebody does."""
        ...


def held(speech: Voice, atom: Expression, *, denied: bool, degree: float | None) -> str:
    """``(at STATEMENT FROM TO)`` inside a sentence; what holds until today is said of now."""
    _, inner, first, last = atom.children
    when = read_days(first, last)
    if when is None:
        clause = speech.clause(inner, denied=denied, degree=degree)
        return f"{clause} from {_text(first)} to {_text(last)}"
    did = _done(speech, inner)
    if when.last == speech.today and when.first != when.last:
        now = speech.clause(inner, denied=denied, degree=degree)
        been = _IS.sub(lambda m: _BEEN[m[0]], now, count=1) if did == inner else now
        been = been.replace("been not ", "not been ", 1)
        return f"{been} {since(when.first)}"
    return f"{before(speech, inner, denied=denied, degree=degree)} {during(when)}"


def before(speech: Voice, atom: Atom, *, denied: bool = False, degree: float | None = None) -> str:
    """What was so once, inside a sentence: you were in Oslo, you sold the car."""
    did = _done(speech, atom)
    clause = speech.clause(did, denied=denied, degree=degree)
    return _IS.sub(lambda m: _WAS[m[0]], clause, count=1) if did == atom else clause


def _done(speech: Voice, atom: Atom) -> Atom:
    """What is done, as what was done; what only is stays."""
    match atom:
        case Expression((Symbol("-->"), Expression() as things, Symbol(relation))) if (
            not relation.startswith("be_") and not speech.is_role(atom)
        ):
            return Expression((Symbol("-->"), things, Symbol(f"did_{relation}")))
        case Expression((Symbol("-->"), thing, Expression((Symbol("[]"), quality)))):
            verb = speech.doing(quality)
            if verb is None or verb.startswith(("can ", "did ")):
                return atom
            done = Symbol("did_" + verb.replace(" ", "_"))
            return Expression((Symbol("-->"), thing, Expression((Symbol("[]"), done))))
        case _:
            return atom


def _text(atom: Atom) -> str:
    return str(atom).strip('"')
