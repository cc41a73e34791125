"""What MeTTa text may ask of the record: ``said``, ``contradictions`` and ``changed``.

They run in the evaluator's child and read what is stored: what the same evaluation, or a
transaction that is still open, has written is not told. Inside of ``as-of`` they answer from the
record of then. Invariant: nothing is written, and only evidence is shown that stands, or that stood
then. What is more than fits well into one evaluation's results is left out, which a note says.

``said`` and ``changed`` give their own results back unchanged, for a program may evaluate them
once more, as ``let`` does.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NoReturn

from mettaclaw.atoms import changes, disputes, sayings
from mettaclaw.atoms.moments import instant
from mettaclaw.atoms.past import Past
from mettaclaw.atoms.reader import Reader, beneath
from mettaclaw.atoms.sources import folded
from mettaclaw.atoms.syntax import Atom, Expression, Number, String, Symbol, Variable, text_of
from mettaclaw.atoms.truth import Truth
from mettaclaw.atoms.view import Belief, Contradiction, Derivation, Evidence, Operation, View
from mettaclaw.errors import UsageError
from mettaclaw.reasoning.excerpts import excerpt, note, noted
from mettaclaw.reasoning.opposition import Opposition
from mettaclaw.reasoning.proof import evidence_atom

_PIECES = 100
_DISPUTES = 20
_CHANGES = 100
_WITNESSES = 3  # of each side of a contradiction
_MOMENT_S = 1e-3
_SAID = '(said sam), (said "" tom) or (said sam tom "2026-11-16" "2026-11-17")'
_CONTRADICTIONS = '(contradictions), (contradictions (--> tom $x)) or (contradictions "" sam)'
_CHANGED = '(changed yesterday) or (changed "2026-11-16" "2026-11-17")'
_ANYTHING = (String(""), Expression(()))


def said(view: View, arguments: tuple[Atom, ...]) -> Iterator[Atom]:
    """``(said WHO [ABOUT [SINCE [UNTIL]]])``: ``(said STATEMENT EVIDENCE)``, oldest first."""
    match arguments:
        case (_, Expression((Symbol("evidence"), *_)) as piece):
            if not _is_evidence(piece):
                raise UsageError(
                    f"`{str(piece)[:60]}` is no evidence as `said` gives it, and nothing that "
                    f"somebody said; write {_SAID}"
                )
            yield _form("said", *arguments)
            return
        case (who, *rest) if len(rest) <= 3:
            about, since, until = (*rest, *[None] * (3 - len(rest)))
        case _:
            _refuse("said", "who said it, and perhaps about what, since and until when", _SAID)
    first = -math.inf if since is None else _instant(since, _SAID)
    last = math.inf if until is None else _end(until, _SAID)
    topic = None if about in _ANYTHING else about
    found = sayings.said(stored(view), _source(who, _SAID), topic, first, last, _PIECES + 1)
    pieces = [_form("said", o.statement, evidence_atom(o.evidence, pooled=True)) for o in found]
    shown = excerpt(reversed(pieces), _PIECES)
    yield from reversed(shown)
    if len(shown) < len(found):
        yield note(f"these are the latest {len(shown)}; there are more before")


def contradictions(view: View, arguments: tuple[Atom, ...]) -> Iterator[Atom]:
    """``(contradictions [ABOUT [WHO]])``: what ``contradiction_atom`` makes of each."""
    if len(arguments) > 2:
        takes = "a symbol, a statement or a pattern, and perhaps who takes part"
        _refuse("contradictions", takes, _CONTRADICTIONS)
    about, who = (*arguments, *[String("")] * (2 - len(arguments)))
    source = _source(who, _CONTRADICTIONS)
    every = disputes.found(stored(view), None if about in _ANYTHING else about, source)
    found = list(islice(every, _DISPUTES + 1))
    yield from _first([contradiction_atom(view, one, source) for one in found], _DISPUTES)


def changed(view: View, arguments: tuple[Atom, ...]) -> Iterator[Atom]:
    """``(changed SINCE [UNTIL])``: ``(changed STATEMENT BEFORE AFTER)`` each, or ``none``."""
    reader = stored(view)
    match arguments:
        case (_, before, after) if _was(before) and _was(after):
            yield _form("changed", *arguments)
            return
        case (since,):
            last = instant("now")
        case (since, until):
            last = _end(until, _CHANGED)
        case _:
            _refuse("changed", "since when, and perhaps until when", _CHANGED)
    first = _instant(since, _CHANGED) - _MOMENT_S  # what was told in the very moment is a change
    if isinstance(reader, Past):
        last = min(last, reader.time)
    if first < last:
        found = islice(changes.differences(reader.database, first, last), _CHANGES + 1)
        yield from _first(list(map(_change, found)), _CHANGES)


def contradiction_atom(view: View, found: Contradiction, source: str = "") -> Expression:
    """``(contradiction STATEMENT (for EVIDENCE …) (against EVIDENCE …))``, the latest of each, and
    first those of a source; of what follows, ``(kept RULE PREMISE …)`` stands among the evidence,
    in which a premise that is not so is negated.
    """
    sides = (
        ("for", found.speaking_for, found.kept_for),
        ("against", found.speaking_against, found.kept_against),
    )
    return _form(
        "contradiction",
        found.statement,
        *(
            _form(
                name,
                *map(evidence_atom, _witnesses(side, source)),
                *(_kept(view, one) for one in kept[-_WITNESSES:]),
            )
            for name, side, kept in sides
        ),
    )


def opposition_atom(found: Opposition) -> Expression:
    """The same of what follows now and is not kept: ``(follows RULE PREMISE …)`` is that side."""
    said = [evidence_atom(one) for one in _witnesses(found.said, "")]
    follows = [_form("follows", Symbol(found.rule), *(_so(*one) for one in found.premises))]
    speaking_for, against = (follows, said) if found.is_denied else (said, follows)
    return _form(
        "contradiction",
        found.statement,
        _form("for", *speaking_for),
        _form("against", *against),
    )


def _witnesses(side: Sequence[Evidence], source: str) -> list[Evidence]:
    first = sorted(side, key=lambda one: folded(one.source) == folded(source))
    return sorted(first[-_WITNESSES:], key=lambda one: one.id)


def _kept(view: View, derivation: Derivation) -> Expression:
    beliefs = ((premise, view.belief(premise)) for premise in derivation.premises)
    premises = (_so(premise, belief.standing if belief else None) for premise, belief in beliefs)
    return _form("kept", Symbol(derivation.rule), *premises)


def _so(premise: Atom, truth: Truth | None) -> Atom:
    """A premise as what is so: one that is rather false is negated."""
    return premise if truth is None or truth.f >= 0.5 else _form("¬", premise)


def _change(one: changes.Difference) -> Atom:
    return _form("changed", one.statement, _truth(one.before), _truth(one.after))


def _truth(belief: Belief | None) -> Atom:
    return Symbol("none") if belief is None else belief.standing.to_atom()


def _is_evidence(atom: Expression) -> bool:
    """Whether an atom is what ``evidence_atom`` makes."""
    match atom.children[1:]:
        case (Number(), String(), String(), String(), *own):
            return len(own) < 2 and all(_is_truth(one) for one in own)
        case _:
            return False


def _was(atom: Atom) -> bool:
    """Whether an atom is what ``changed`` tells of a belief."""
    return atom == Symbol("none") or _is_truth(atom)


def _is_truth(atom: Atom) -> bool:
    match atom:
        case Expression((Symbol("stv"), Number(), Number())):
            return True
        case _:
            return False


def _source(who: Atom, form: str) -> str:
    match who:
        case Symbol() | String():
            return text_of(who).strip()
        case Variable():
            return ""
        case _:
            raise UsageError(
                f'`{str(who)[:60]}` names nobody who says something ("" is anybody); write {form}'
            )


def _instant(when: Atom, form: str, *, end: bool = False) -> float:
    if isinstance(when, Expression | Variable):
        raise UsageError(f"`{str(when)[:60]}` is no time; write {form}")
    return instant(text_of(when), end=end)


def _end(until: Atom, form: str) -> float:
    """The last moment that counts; a day ends just before the next one begins."""
    return _instant(until, form, end=True) - _MOMENT_S


def _first(found: Sequence[Atom], most: int) -> Iterator[Atom]:
    return noted(excerpt(found, most), len(found))


def stored(view: View) -> Reader:
    """What has the record of who said what.

    Raises:
        UsageError: There is none.
    """
    reader = beneath(view)
    if reader is None:
        raise UsageError("what is asked has no record of who said what; ask &kb")
    return reader


def _form(head: str, *parts: Atom) -> Expression:
    return Expression((Symbol(head), *parts))


def _refuse(name: str, takes: str, form: str) -> NoReturn:
    raise UsageError(f"`{name}` takes {takes}; write {form}")


OPERATIONS = (
    Operation(
        "said",
        said,
        "(said WHO), (said WHO ABOUT), (said WHO ABOUT SINCE UNTIL): what somebody has said and "
        'stands, oldest first; "" is anybody, or all',
    ),
    Operation(
        "contradictions",
        contradictions,
        "(contradictions [STATEMENT or PATTERN [WHO]]): what sources "
        'disagree about, and one of them with others; "" is all',
    ),
    Operation(
        "changed",
        changed,
        "(changed SINCE), (changed SINCE UNTIL): what is believed otherwise than before",
    ),
)
