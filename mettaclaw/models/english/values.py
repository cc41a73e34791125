"""What there is one of at a time: a name, a favourite colour, a wife, the place where one lives.

The value that was said last counts, and those before it are told as earlier ones, unless both were
said at once, or the later one with ``also``. Last is by the day that it was said on, and on one day
by the order of telling. Of all else there may be several, such as sisters and cats, and each is so.

Invariant: only what was said replaces, and is replaced; what follows stands beside it. Evidence
that is clearly weaker replaces nothing. Only single things have such values: of kinds, each may
live in a place of its own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from mettaclaw.atoms.syntax import Atom, Expression, Symbol
from mettaclaw.models.english.hearsay import speaker
from mettaclaw.models.english.meaning import WHAT, Statement, owns, related
from mettaclaw.models.english.prose import capital, listed, truth_text
from mettaclaw.models.english.replies import is_guess
from mettaclaw.models.english.results import Found, Source, Step
from mettaclaw.models.english.speech import Speech
from mettaclaw.models.english.symbols import is_unnamed
from mettaclaw.models.english.vocabulary import is_single, is_value, is_where

ALSO = re.compile(r"\balso\b|\btoo\b|\bas well\b", re.IGNORECASE)
_MOST = 3  # other values that are named
_ABOUT_EQUAL = 0.1  # in confidence: certainly, and plainly said


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


@dataclass(frozen=True, slots=True)
class Standing:
    """How some values of one thing stand to each other.

    Those that are meant now; those that they replaced, newest first; those that were said later
    on weaker evidence; and those that follow from other things.
    """

    meant: tuple[Found, ...]
    before: tuple[Found, ...] = ()
    weaker: tuple[Found, ...] = ()
    following: tuple[Found, ...] = ()


def standing(known: Sequence[Found]) -> Standing:
    """How values stand to each other; there is at least one."""
    newest = sorted((one for one in known if is_told(one)), key=recency, reverse=True)
    if not newest:
        return Standing(tuple(known[:1]), following=tuple(known[1:]))
    strong = max(map(_strength, newest)) - _ABOUT_EQUAL
    at = next(i for i, one in enumerate(newest) if _strength(one) >= strong)
    meant, last = [newest[at]], at + 1
    while last < len(newest) and adds(newest[last - 1], newest[last]):
        last += 1
    meant += newest[at + 1 : last]
    weaker: list[Found] = []
    for one in newest[:at]:
        (meant if adds(one, newest[at]) else weaker).append(one)
    gone = {one.statement for one in (*newest[last:], *weaker)}
    following = [one for one in known if not is_told(one) and gone.isdisjoint(_rests_on(one))]
    return Standing(tuple(meant), tuple(newest[last:]), tuple(weaker), tuple(following))


def is_told(one: Found) -> bool:
    """Whether somebody said it, in so many words."""
    return one.proof is None or bool(_own(one.proof))


def recency(one: Found) -> tuple[str, float]:
    """When it was said last: the day, and the id, which grows with the telling."""
    said = _own(one.proof) if one.proof is not None else []
    return max(((source.time[:10], source.id) for source, _ in said), default=("", 0.0))


def _strength(one: Found) -> float:
    """How sure the surest of those is who said it."""
    said = _own(one.proof) if one.proof is not None else []
    return max((c for _, c in said), default=one.truth.c)


def _own(step: Step) -> list[tuple[Source, float]]:
    """Who said a statement itself, and did not deny it, each with the confidence of that."""
    if step.rule == "said":
        told = [(source, source.truth or step.truth) for source in step.sources]
        return [(source, truth.c) for source, truth in told if truth.f >= 0.5]
    if step.rule not in ("revision", "choice"):
        return []
    same = [premise for premise in step.premises if premise.statement == step.statement]
    return [pair for premise in same for pair in _own(premise)]


def _newest(one: Found) -> Source | None:
    said = [source for source, _ in _own(one.proof)] if one.proof is not None else []
    return max(said, key=lambda source: (source.time[:10], source.id), default=None)


def _rests_on(one: Found) -> set[Atom]:
    return {step.statement for step in one.proof.steps()} if one.proof is not None else set()


def adds(later: Found, earlier: Found) -> bool:
    """Whether a value was given beside another one: in the same sentence, or with ``also``."""
    new, old = _newest(later), _newest(earlier)
    if new is None or old is None:
        return False
    together = (new.words, new.time) == (old.words, old.time) and bool(new.words)
    return together or bool(ALSO.search(new.words))


def current(noun: Symbol, pairs: Sequence[tuple[Atom, Found]]) -> list[tuple[Atom, Found]]:
    """Of what was said to be somebody's something, newest first, that which may be meant now."""
    if not pairs or not is_single(noun.name):
        return list(pairs)
    meant = standing([one for _, one in pairs]).meant
    return [pair for pair in pairs if pair[1] in meant]


def valid(speech: Speech, known: Sequence[Found]) -> list[tuple[Found, str]]:
    """What counts of some statements, in their order, each with what is told of other values."""
    groups: dict[Atom, dict[Atom, Found]] = {}
    for one in known:
        key = pattern(speech, one.statement)
        key = key if key and _is_positive(one) else one.statement
        groups.setdefault(key, {}).setdefault(one.statement, one)
    kept: dict[Atom, str] = {}
    for group in groups.values():
        stand = standing(list(group.values()))
        kept |= {one.statement: "" for one in (*stand.meant, *stand.following)}
        kept[stand.meant[0].statement] = others(speech, stand)
    once = {one.statement: one for one in reversed(known)}
    order = dict.fromkeys(one.statement for one in known)
    return [(once[statement], kept[statement]) for statement in order if statement in kept]


def replaced(speech: Speech, said: Statement, told: Sequence[Found]) -> str:
    """What was a value before it is said to be another one; "" where none was."""
    told = [one for one in told if is_told(one)]
    if not told or standing(told).meant[0].statement == said.atom:
        return ""
    other = [one for one in told if one.statement != said.atom]
    if said.truth.c < max(map(_strength, other)) - _ABOUT_EQUAL:
        best = standing(other).meant[0]
        return f"What was said more surely counts: {speech.sentence(best.statement, best.truth)}"
    return earlier(speech, sorted(other, key=recency, reverse=True))


def others(speech: Speech, stand: Standing) -> str:
    """That other values were given before, or on weaker evidence; "" where none was."""
    said = [earlier(speech, stand.before), less_sure(speech, stand.weaker)]
    return " ".join(filter(None, said))


def earlier(speech: Speech, before: Sequence[Found]) -> str:
    """That other values were given before, newest first: Before, it was blue; "" where none was."""
    said: list[str] = []
    for who, ones in _by_speaker(speech, before).items():
        names = listed([name for name, _ in ones])
        if who == "you" and _is_of_value(before[0].statement):
            said.append(f"Before, it was {names}.")
        else:
            said.append(f"Earlier {who} named {names}.")
    return " ".join(said)


def less_sure(speech: Speech, weaker: Sequence[Found]) -> str:
    """That other values were given since on weaker evidence; "" where none was."""
    said: list[str] = []
    for who, ones in _by_speaker(speech, weaker).items():
        names = [f"{name} {truth_text(one.truth)}" for name, one in ones]
        said.append(f"Less surely, {who} named {listed(names)}.")
    return " ".join(said)


def _by_speaker(speech: Speech, ones: Sequence[Found]) -> dict[str, list[tuple[str, Found]]]:
    """The values that have a name, by who gave them."""
    found: dict[str, list[tuple[str, Found]]] = {}
    for one in ones[:_MOST]:
        value = _value(one.statement)
        if value is not None and not is_unnamed(value):
            found.setdefault(_speaker(one), []).append((speech.other(value), one))
    return found


def _speaker(one: Found) -> str:
    source = _newest(one)
    return "you" if source is None else speaker(source.source, source.words)


def outdated(speech: Speech, goal: Atom, values: Sequence[Found]) -> str:
    """That another value counts, where the question is about one that was said, and does not."""
    told = [one for one in values if _is_positive(one)]
    own = next((one for one in told if one.statement == goal), None)
    if own is None:
        return ""
    stand = standing(told)
    now = speech.sentence(stand.meant[0].statement, stand.meant[0].truth)
    who, other = _speaker(own), _speaker(stand.meant[0])
    if own in stand.weaker:
        return f"Probably not: {who} said so, and what is surer names another. {now}"
    if own not in stand.before:
        return ""
    if _is_of_value(goal):
        later = "later something else" if who == other else f"later {other} named another"
        return f"Not any more: {who} said so once, and {later}. {now}"
    before = speech.sentence(own.statement, own.truth)
    return f"{capital(who)} said so once, and later {other} named another. {before} {now}"


def _is_of_value(statement: Atom) -> bool:
    """Whether a statement gives a value that is no thing of its own: a colour, a name."""
    match statement:
        case Expression((_, _, Symbol(noun))):
            return is_value(noun)
        case _:
            return False


def _is_positive(one: Found) -> bool:
    return one.truth.f >= 0.5 and not is_guess(one)


def _value(statement: Atom) -> Atom | None:
    """The value in a statement that ``pattern`` knows."""
    match statement:
        case Expression((_, Expression((_, a, b)), Symbol(relation))):
            return a if is_single(relation) else b
        case _:
            return None
