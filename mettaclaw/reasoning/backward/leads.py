"""Which premise of a rule to look up first: the one whose beliefs leave the fewest ways to go on.

A search that begins each step at the end that leads to less does not cross what is above a goal's
subject with what is below its predicate.
"""

from __future__ import annotations

from typing import NamedTuple

from mettaclaw.atoms.syntax import Atom, Expression, Symbol, Variable
from mettaclaw.reasoning.backward.facts import Facts, Stream

CHUNK = 32  # beliefs that are read at once
_MANY = 256  # beliefs that fit a premise, up to which they are counted
_FEW = 8  # of them, up to which it is looked where they lead


class Lead(NamedTuple):
    """A premise of a rule, by its place, in canonical form, with the beliefs that fit it."""

    place: int
    premise: Atom
    stream: Stream


def order(leads: list[Lead], facts: Facts) -> None:
    """Put the premise first that leaves the fewest ways, of two or more."""
    counts = {lead.place: len(lead.stream.slice(0, CHUNK)) for lead in leads}
    if min(counts.values()) == CHUNK:
        counts = {lead.place: len(lead.stream.slice(0, _MANY)) for lead in leads}
    leads.sort(key=lambda lead: counts[lead.place])
    least, next_least = (counts[lead.place] for lead in leads[:2])
    if next_least <= min(_FEW, 2 * least):
        leads.sort(key=lambda lead: _ways(lead, facts))


def _ways(lead: Lead, facts: Facts) -> int:
    """How many ways its beliefs leave after the next step, where each is a link to another thing.

    Of ``(--> $0 cat)``, it is the number of beliefs about what is below those that fit.
    """
    found = 0
    for belief in lead.stream.slice(0, CHUNK):
        further = _next_link(lead.premise, belief.statement)
        ahead = facts.stream(further, is_canonical=True) if further is not None else None
        found += 1 if ahead is None else len(ahead.slice(0, CHUNK))
    return found


def _next_link(premise: Atom, found: Atom) -> Atom | None:
    """``(--> $0 tom)`` where ``(--> tom cat)`` fits ``(--> $0 cat)``; the other way likewise."""
    match premise, found:
        case (
            Expression((Symbol() as copula, Variable() as open_, _)),
            Expression((_, Symbol() as thing, _)),
        ):
            return Expression((copula, open_, thing))
        case (
            Expression((Symbol() as copula, _, Variable() as open_)),
            Expression((_, _, Symbol() as thing)),
        ):
            return Expression((copula, thing, open_))
        case _:
            return None
