"""Kept conclusions beside what is more specific: the policy of ``weighing`` for what is stored.

A kept conclusion is a stored belief, and nobody asks ``infer`` when it is read. So when something
changes, the kept conclusions are found that it may contradict: of a class, or of what belongs to
it, where the classes above disagree about a predicate; and those whose opposite follows within two
rules from what was said. They are asked for anew, and where the answer contradicts what was kept,
its derivation is kept too. Of the derivations of one statement those count that the policy lets
stand; the others stay, and count again when the exception falls.

Invariant: bounded work, however much is kept: ``MOST`` classes above the changed statement,
``_ABOVE`` conclusions that are looked at, ``_ASKED`` that are asked for, ``_BEGUN`` statements of
one change from which is gone forward. Not covered: what a file brings that is imported.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import TypeAlias

from mettaclaw.atoms.forms import NEGATIONS, forms
from mettaclaw.atoms.policy import Candidate
from mettaclaw.atoms.reader import Reader
from mettaclaw.atoms.store import AtomStore
from mettaclaw.atoms.syntax import Atom, Expression, Symbol, Variable, is_ground
from mettaclaw.atoms.truth import APART, Truth
from mettaclaw.reasoning import kept
from mettaclaw.reasoning.backward.classes import EDGES, MOST, by_way_of
from mettaclaw.reasoning.backward.derived import AUDIBLE, LEAST, Derived, Step
from mettaclaw.reasoning.backward.goals import Bounds
from mettaclaw.reasoning.backward.weighing import chosen
from mettaclaw.reasoning.engine import infer
from mettaclaw.reasoning.proposals import Step as Ahead
from mettaclaw.reasoning.proposals import proposals
from mettaclaw.reasoning.rules.ruleset import Rules
from mettaclaw.reasoning.statements import Statement, Table, size

_Wider: TypeAlias = dict[Atom, dict[Atom, float]]
_IS_A = Symbol("-->")
_CHANGED = 500  # statements of one change that are looked at
_ABOVE = 1_000  # conclusions that are looked at for one change
_ASKED = 100  # that are asked for anew for one change
_SECONDS = 0.2  # for each of them
_TOTAL = 2.0  # for all of them
_BEGUN = 5
_AHEAD = Bounds(steps=100, seconds=0.2, depth=2)


def counted(
    reader: Reader, conclusion: Atom, candidates: Sequence[Candidate], rules: Rules
) -> list[int]:
    """The places of the derivations that count, by points 2 to 5 of the policy; the first one best.

    Where nothing counts, the most confident one does.
    """
    table = Table()
    statement = table.of(conclusion)
    derived = [_derived(one, statement, table, rules) for one in candidates]
    ways = [way for one in derived if (way := by_way_of(one)) is not None]
    degrees = [one.truth.f for one in candidates]
    contested = max(degrees) - min(degrees) >= APART
    links = set(_links(reader, ways)) if contested else set[tuple[Atom, Atom]]()
    audible = [one for one in derived if one.truth.c >= LEAST]
    found = chosen(audible, lambda narrow, wide: (narrow, wide) in links)
    places = [place for one in found for place, own in enumerate(derived) if own is one]
    return places or [max(range(len(derived)), key=lambda place: derived[place].truth.c)]


def judge(store: AtomStore, changed: Sequence[Atom], rules: Rules) -> None:
    """Judge anew the kept conclusions that a change of these statements may contradict."""
    concerned: dict[Atom, None] = {}
    known: dict[Atom, _Wider] = {}
    for statement in changed[:_CHANGED]:
        for atom in _concerned(store, statement, _ABOVE - len(concerned), known):
            concerned[atom] = None
    concerned |= dict.fromkeys(_overtaken(store, changed, rules))
    ends = time.monotonic() + _TOTAL
    for asked, atom in enumerate(concerned):
        store.rejudge(atom)
        belief = store.belief(atom)
        if belief is None or asked >= _ASKED or time.monotonic() > ends:
            continue
        bounds = Bounds(seconds=_SECONDS, answers=1)
        for answer in infer(store, atom, bounds, rules):
            if _is_news(answer.truth, belief.standing):
                kept.keep(store, answer.proof, rules)


def _overtaken(store: AtomStore, changed: Sequence[Atom], rules: Rules) -> list[Atom]:
    """Kept conclusions whose opposite follows from what was said, in whatever form.

    What was taken back may still be said in another form, of which nothing was kept while it stood.
    """
    told = (store.belief(form) for statement in changed[:_BEGUN] for form, _ in forms(statement))
    begun = [
        Ahead(belief.statement, belief.standing, 0, size(belief.statement))
        for belief in told
        if belief is not None and not belief.derived
    ]
    found: dict[Atom, None] = {}

    def look(step: Ahead) -> None:
        belief = store.belief(step.atom)
        if belief is None or not belief.is_concluded:
            return
        if abs(belief.standing.f - step.truth.f) >= APART:
            found[step.atom] = None

    if begun:
        ends = time.monotonic() + _AHEAD.seconds
        for _ in proposals(store, begun, rules, _AHEAD, ends, look):
            pass
    return list(found)


def _is_news(found: Truth, known: Truth) -> bool:
    """Whether an answer contradicts what was kept, or that says nothing any more."""
    faint = known.c < LEAST and found.c >= AUDIBLE
    return faint or abs(found.f - known.f) >= APART


def _derived(one: Candidate, statement: Statement, table: Table, rules: Rules) -> Derived:
    premises = tuple(
        Derived(table.of(atom), truth, frozenset(), "said", within=frozenset((table.of(atom),)))
        for atom, truth in one.premises
    )
    rule = kept.rule_of(one.rule, [atom for atom, _ in one.premises], statement.atom, rules)
    step = None
    if rule is not None:
        premises = premises[: len(rule.premises)]
        step = Step(rule, tuple(premise.statement for premise in premises), statement)
    within = frozenset((statement, *map(table.of, one.within)))
    weak = int(rule is not None and rule.weak)
    stamp = frozenset[int]().union(*one.stamps[: len(premises) or 1])  # or of what was said
    return Derived(statement, one.truth, stamp, one.rule, premises, None, within, weak, step)


def _links(reader: Reader, ways: Sequence[Statement]) -> Iterator[tuple[Atom, Atom]]:
    """Which of the classes that derivations go by belong to which others of them."""
    classes = {_object(way.atom) for way in ways}
    for narrow in classes:
        above = _wider(reader, narrow) if len(classes) > 1 else {}
        for wide in classes:
            if wide in above and wide != narrow:
                yield narrow, wide


def _object(atom: Atom) -> Atom:
    assert isinstance(atom, Expression)
    return atom.children[2]


def _wider(reader: Reader, narrow: Atom) -> _Wider:
    """What a class belongs to, itself included, the nearest first; of each, what is said of it."""
    found: _Wider = {narrow: {}}
    waiting = [narrow]
    for term in waiting:
        for statement, f in _said_of(reader, term):
            assert isinstance(statement, Expression)
            object_ = statement.children[2]
            found[term][object_] = f
            if f >= APART and object_ not in found and len(found) < MOST:
                found[object_] = {}
                waiting.append(object_)
    return found


def _said_of(reader: Reader, term: Atom) -> Iterator[tuple[Atom, float]]:
    """The links up from a term and how true each is, those that a negation says among them."""
    link = Expression((_IS_A, term, Variable("x")))
    yield from reader.degrees(link, EDGES)
    for sign in NEGATIONS:
        for statement, f in reader.degrees(Expression((Symbol(sign), link)), EDGES):
            assert isinstance(statement, Expression)
            yield statement.children[1], 1.0 - f


def _concerned(
    store: Reader, statement: Atom, limit: int, known: dict[Atom, _Wider]
) -> Iterator[Atom]:
    """Kept conclusions about what a statement is about, or what belongs to that, and about which
    the classes above disagree.
    """
    match next(forms(statement))[0]:
        case Expression((Symbol("-->"), narrow, wide)) if is_ground(statement):
            pass
        case _:
            return
    classes: _Wider = {}
    for term in (wide, narrow):
        if term not in known:
            known[term] = _wider(store, term)
        classes |= known[term]
    said: dict[Atom, dict[Atom, float]] = {}
    for term, about in classes.items():
        for predicate, f in about.items():
            said.setdefault(predicate, {})[term] = f
    for predicate, by in said.items():
        if max(by.values()) - min(by.values()) < APART:
            continue
        for term in by:
            for atom in store.above(Expression((_IS_A, term, predicate)), max(limit, 0)):
                match atom:
                    case Expression((Symbol("-->"), subject, about)) if about == predicate:
                        belief = store.belief(atom)
                        is_kept = belief is not None and belief.is_concluded
                        if is_kept and (subject == narrow or narrow in _wider(store, subject)):
                            yield atom
                    case _:
                        pass
