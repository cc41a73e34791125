"""The tools that read the record of beliefs: said, contradictions, changed. They write nothing."""

from __future__ import annotations

from itertools import islice

from mettaclaw.atoms import changes
from mettaclaw.atoms.moments import instant
from mettaclaw.atoms.syntax import Atom, Expression, String, Symbol
from mettaclaw.atoms.view import Belief
from mettaclaw.protocol.tool import Outcome, Parameter, Tool
from mettaclaw.reasoning.proof import evidence_atom
from mettaclaw.record import Saying
from mettaclaw.tools import values
from mettaclaw.tools.context import Context

_PIECES = 100
_DISPUTES = 20
_CHANGES = 100
_MOMENT_S = 1e-3
_TIME = "today, yesterday, 2h (so long ago), or an ISO time"


def declare(context: Context) -> tuple[Tool, ...]:
    """The tools, over an agent's atomspace."""
    kb = context.kb

    def said(
        who: str, about: Atom | None = None, since: str | None = None, until: str | None = None
    ) -> Outcome:
        first = None if since is None else instant(since)
        last = None if until is None else _end(until)
        topic = None if about in (String(""), Expression(())) else about
        found = kb.said(who.strip(), topic, first, last, _PIECES + 1)
        shown: list[Atom] = [_saying(one) for one in found[-_PIECES:]]
        if len(found) > _PIECES:
            shown.append(values.note(f"these are the latest {_PIECES}; there are more before"))
        return Outcome(tuple(shown))

    def contradictions(about: Atom | None = None) -> Outcome:
        found = kb.contradictions(about, _DISPUTES + 1)
        shown: list[Atom] = [values.contradiction(one) for one in found[:_DISPUTES]]
        if len(found) > _DISPUTES:
            shown.append(values.note(f"these are the first {_DISPUTES}; there are more"))
        return Outcome(tuple(shown))

    def changed(since: str, until: str | None = None) -> Outcome:
        first = instant(since) - _MOMENT_S  # what was told in the very moment is a change
        last = instant("now") if until is None else _end(until)
        found = list(islice(changes.differences(kb.database, first, last), _CHANGES + 1))
        shown: list[Atom] = [_change(one) for one in found[:_CHANGES]]
        if len(found) > _CHANGES:
            shown.append(values.note(f"these are the first {_CHANGES}; there are more"))
        return Outcome(tuple(shown))

    return (
        Tool(
            "said",
            "Who said what, oldest first: one (said STATEMENT (evidence ID SOURCE TIME WORDS (stv "
            f"f c))) a piece of evidence that stands, the latest {_PIECES} at most. An f below 0.5 "
            "speaks against STATEMENT.",
            (
                Parameter("WHO", "text", 'the source, such as sam; user is the person; "" anybody'),
                Parameter(
                    "ABOUT", "atom", 'a symbol, a statement or a pattern; "" for all', optional=True
                ),
                Parameter("SINCE", "text", _TIME, optional=True),
                Parameter("UNTIL", "text", "the same; a day counts to its end", optional=True),
            ),
            "pure",
            "allow",
            said,
            '(said "sam" tom "2026-11-16" "2026-11-17")',
        ),
        Tool(
            "contradictions",
            "What sources disagree about: one (contradiction STATEMENT (for EVIDENCE …) (against "
            f"EVIDENCE …)) each, {_DISPUTES} at most.",
            (Parameter("ABOUT", "atom", "the only statement to look at", optional=True),),
            "pure",
            "allow",
            contradictions,
            "(contradictions)",
        ),
        Tool(
            "changed",
            "What is believed otherwise than before: one (changed STATEMENT BEFORE AFTER) each, "
            f"{_CHANGES} at most, BEFORE and AFTER (stv f c) or none.",
            (
                Parameter("SINCE", "text", f"from the beginning of: {_TIME}"),
                Parameter("UNTIL", "text", "to the end of; now if not given", optional=True),
            ),
            "pure",
            "allow",
            changed,
            '(changed "yesterday")',
        ),
    )


def _end(until: str) -> float:
    """The last moment that counts; a day ends just before the next one begins."""
    return instant(until, end=True) - _MOMENT_S


def _saying(one: Saying) -> Atom:
    return values.form("said", one.statement, evidence_atom(one.evidence, pooled=True))


def _change(one: changes.Difference) -> Atom:
    return values.form("changed", one.statement, _truth(one.before), _truth(one.after))


def _truth(belief: Belief | None) -> Atom:
    return Symbol("none") if belief is None else belief.standing.to_atom()
