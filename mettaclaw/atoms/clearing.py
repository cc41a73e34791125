"""Atoms without secrets, as they may be written: what was an atom stays one.

Invariant: what is left out of an atom's text is left out of its strings and symbols; where only
their neighbours tell that they are secret, ``(password "…")``, they go as a whole. Not covered:
what a secret is (``mettaclaw.redaction``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from mettaclaw.atoms.syntax import Atom, Expression, String, Symbol, Variable
from mettaclaw.redaction import Label, Redactor, Span, marker
from mettaclaw.storage import Database

Counts = Counter[Label]


def cleared(database: Database, atom: Atom) -> Atom:
    """The atom without secrets; what was left out is counted in the open transaction."""
    return cleared_all(database, (atom,))[0]


def cleared_all(database: Database, atoms: Sequence[Atom]) -> tuple[Atom, ...]:
    """The atoms without secrets, each for itself; counted as by ``cleared``."""
    counts: Counts = Counter()
    found = tuple(_cleared(atom, database.redactor, counts) for atom in atoms)
    database.note_redacted(counts)
    return found


def has_none(database: Database, texts: Sequence[str]) -> bool:
    """Whether nothing in the texts of many atoms is to be left out: a quick look at all at once."""
    together = "\n".join(texts)
    return "\\" not in together and not database.redactor.find(together)


def _cleared(atom: Atom, redactor: Redactor, counts: Counts) -> Atom:
    text = str(atom)
    spans = redactor.find(text)
    if not spans and "\\" not in text:  # what is escaped may be a secret when it is not
        return atom
    return _part(atom, 0, spans, redactor, counts)


def _part(atom: Atom, start: int, spans: list[Span], redactor: Redactor, counts: Counts) -> Atom:
    """A part of the atom whose secrets are the spans; it begins at ``start`` of the whole text."""
    end = start + len(str(atom))
    over = next((span for span in spans if span.start < end and start < span.end), None)
    match atom:
        case Expression(children):
            if over is None and "\\" not in str(atom):
                return atom
            parts: list[Atom] = []
            place = start + 1
            for child in children:
                parts.append(_part(child, place, spans, redactor, counts))
                place += len(str(child)) + 1
            return Expression(tuple(parts))
        case String(text):
            redacted = redactor.cleaned(text)
            counts.update(redacted.counts)
            if redacted.counts or over is None:
                return String(redacted.text)
            counts[over.label] += 1
            return String(marker(over.label))
        case Symbol(text) | Variable(text):
            redacted = redactor.cleaned(text)
            counts.update(redacted.counts)
            if redacted.counts:
                name = redacted.text.replace(" ", "-")
                return Symbol(name) if isinstance(atom, Symbol) else Variable(name)
        case _:
            pass
    if over is None:
        return atom
    if over.start >= start:  # a number in groups counts once
        counts[over.label] += 1
    return Symbol(marker(over.label).replace(" ", "-"))
