"""What there is one of at a time: a name, a favourite colour, a wife, the place where one lives.

The value that was given last counts, and those before it are told as earlier ones, unless both were
given at once, or the later one with ``also``. Nothing is overwritten: the newest evidence is found
by its id. Of all else there may be several, such as sisters and cats, and each of them is so.

Invariant: only single things have such values; of kinds, each may live in a place of its own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from mettaclaw.atoms.syntax import Atom, Expression, Symbol
from mettaclaw.models.english.meaning import WHAT, Statement, owns, related
from mettaclaw.models.english.prose import listed
from mettaclaw.models.english.replies import is_guess
from mettaclaw.models.english.results import Found
from mettaclaw.models.english.speech import Speech
from mettaclaw.models.english.symbols import is_unnamed
from mettaclaw.models.english.vocabulary import is_single, is_value, is_where

ALSO = re.compile(r"\balso\b|\btoo\b|\bas well\b", re.IGNORECASE)
_MOST = 3  # earlier values that are named


def pattern(speech: Speech, statement: Atom) -> Expression | None:
    """The pattern of all values of which a statement gives one; None where there may be several."""
    match statement:
        case Expression((Symbol("-->"), Expression((Symbol("x"), a, b)), Symbol() as relation)):
            if is_single(relation.name) and speech.is_role(statement):
                return owns(b, WHAT, relation)
            kind = isinstance(a, Symbol) and speech.is_kind(a)
            return related(a, WHAT, relation) if is_where(relation.name) and not kind else None
        case _:
            return None


def asked(said: Statement) -> Expression | None:
    """The same of what was said or asked, as it was read."""
    match said.value_of:
        case Expression((_, _, Symbol(noun))) if is_single(noun) or is_where(noun):
            return said.value_of
        case _:
            return None


def adds(later: Found, earlier: Found) -> bool:
    """Whether a value was given beside another one: in the same sentence, or with ``also``."""
    if later.proof is None or earlier.proof is None:
        return False
    mine, before = list(later.proof.leaves()), list(earlier.proof.leaves())
    if not mine or not before:
        return False
    new, old = max(mine, key=lambda s: s.id), max(before, key=lambda s: s.id)
    together = (new.words, new.time) == (old.words, old.time) and bool(new.words)
    return together or bool(ALSO.search(new.words))


def current(noun: Symbol, pairs: Sequence[tuple[Atom, Found]]) -> list[tuple[Atom, Found]]:
    """Of what was said to be somebody's something, newest first, that which may be meant now."""
    if not pairs or not is_single(noun.name):
        return list(pairs)
    kept = [pairs[0]]
    for pair in pairs[1:]:
        if not adds(kept[-1][1], pair[1]):
            break
        kept.append(pair)
    return kept


def valid(speech: Speech, known: Sequence[Found]) -> list[tuple[Found, list[Found]]]:
    """What counts of some statements, in their order, each with the earlier ones it replaced."""
    groups: dict[Atom, list[Found]] = {}
    for one in known:
        key = pattern(speech, one.statement)
        groups.setdefault(key if key and _is_positive(one) else one.statement, []).append(one)
    kept: list[tuple[Found, list[Found]]] = []
    for group in groups.values():
        newest = sorted(dict.fromkeys(group), key=lambda one: -one.latest)
        last = 1
        while last < len(newest) and adds(newest[last - 1], newest[last]):
            last += 1
        kept += [(one, []) for one in newest[1:last]]
        kept.append((newest[0], newest[last:]))
    order = {id(one): place for place, one in enumerate(known)}
    return sorted(kept, key=lambda pair: order[id(pair[0])])


def earlier(speech: Speech, statement: Atom, before: Sequence[Found]) -> str:
    """That other values were given before, newest first: Before, it was blue; "" where none was."""
    names = [
        speech.other(value)
        for one in before[:_MOST]
        if (value := _value(one.statement)) is not None and not is_unnamed(value)
    ]
    if not names:
        return ""
    match statement:
        case Expression((_, _, Symbol(noun))) if is_value(noun):
            return f"Before, it was {listed(names)}."
        case _:
            return f"Earlier you named {listed(names)}."


def outdated(speech: Speech, goal: Atom, values: Sequence[Found]) -> str:
    """That another value has been given since, where the question is about such a value."""
    told = [one for one in values if _is_positive(one)]
    latest = max(told, key=lambda one: one.latest, default=None)
    own = next((one for one in told if one.statement == goal), None)
    if latest is None or own is None or latest.statement == goal or latest.latest <= own.latest:
        return ""
    if adds(latest, own):
        return ""
    now = speech.sentence(latest.statement, latest.truth)
    match goal:
        case Expression((_, _, Symbol(noun))) if not is_value(noun):
            before = speech.sentence(own.statement, own.truth)
            return f"You said so once, and later you named another. {before} {now}"
        case _:
            return f"Not any more: you said so once, and later something else. {now}"


def _is_positive(one: Found) -> bool:
    return one.truth.f >= 0.5 and not is_guess(one)


def _value(statement: Atom) -> Atom | None:
    """The value in a statement that ``pattern`` knows."""
    match statement:
        case Expression((_, Expression((_, a, b)), Symbol(relation))):
            return a if is_single(relation) else b
        case _:
            return None
