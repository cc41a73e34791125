"""Swapped arguments: ``(--> (x A B) R)`` where what is known of R speaks for ``(--> (x B A) R)``.

No names of relations are built in. What speaks for the other order:

- R holds in one direction and the converse is believed. That R does, a rule says (the converse is
  denied or has another name), a denial of a converse of a believed pair shows, or R's pairs form a
  hierarchy: R leads on through its pairs, and leads back nowhere.
- The classes of both arguments are those of the other place, among the pairs that are known.
- R's two places have nothing in common, and each argument has always stood in the other one.

A pair that holds both ways ends the first and the last. Not covered: relations of three.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from mettaclaw.atoms.forms import NEGATIONS
from mettaclaw.atoms.syntax import Atom, Expression, Symbol, Variable
from mettaclaw.atoms.unify import head
from mettaclaw.reasoning.lint.doubts import Doubt
from mettaclaw.reasoning.lint.roles import (
    INHERITANCE,
    PRODUCTS,
    SAMPLE,
    Known,
    Pair,
    form,
    pair_of,
    relation,
)
from mettaclaw.reasoning.statements import IMPLICATION

_TYPED = 5  # pairs whose arguments' classes are looked up
_TYPICAL = 3  # pairs from which on the arguments of a place have a typical class
_HIERARCHY = 6  # other pairs, all one way, before a relation counts as a hierarchy
_APART = 6  # pairs before its places count as having nothing in common
_OFTEN = 4  # times in the other place that speak without the other argument


def swapped(statement: Atom, known: Known) -> Doubt | None:
    """A doubt about the order of the arguments of a relation that is said to hold."""
    found = pair_of(statement)
    if found is None or not isinstance(statement, Expression):
        return None
    pair, name = found
    if pair.left == pair.right or not isinstance(name, Symbol):
        return None
    product = statement.children[1]
    assert isinstance(product, Expression)
    meant = relation(product.children[0], pair.swapped, name)
    pairs = [one for one in known.pairs(name) if one != pair]
    sign = product.children[0]
    mutual = any(
        one.swapped in pairs
        and known.affirmed(relation(sign, one, name))
        and known.affirmed(relation(sign, one.swapped, name))
        for one in pairs
    )
    reason = None
    if not mutual and known.affirmed(meant):
        reason = _one_way(name, pair, pairs, sign, known)
        if reason:
            reason = f"{meant} is believed, and {reason}"
    reason = reason or _classes(name, pair, pairs, meant, known)
    if reason is None and not mutual:
        reason = _places(name, pair, pairs, known)
    return Doubt("arguments", statement, reason, meant) if reason else None


def _one_way(
    name: Symbol, pair: Pair, pairs: Sequence[Pair], sign: Atom, known: Known
) -> str | None:
    rules = list(_about_converse(name, known))
    if any(not directed for _, directed in rules):
        return None
    if rules:
        return f"{name} holds in one direction, as {rules[0][0]} says"
    others = [one for one in pairs if one != pair.swapped]
    for one in others:
        converse = relation(sign, one.swapped, name)
        if known.denied(converse):
            return f"{name} holds in one direction: {converse} is denied"
    if len(others) < _HIERARCHY or len(pairs) >= SAMPLE - 1 or _has_cycle(pairs):
        return None
    middles = {one.left for one in pairs} & {one.right for one in pairs}
    if len(middles) >= 2 and not middles.isdisjoint({pair.left, pair.right}):
        return f"none of {len(others)} other pairs of {name} leads back"
    return None


def _about_converse(name: Symbol, known: Known) -> Iterator[tuple[Atom, bool]]:
    """Rules about the converse of a relation, and whether it is then another relation or none."""
    some, related = Variable("q"), _related(name)
    for parts in ((related, some), (some, related), (some, form("¬", related))):
        for rule in known.some(Expression((Variable("c"), *parts)), 8):
            if head(rule) not in (IMPLICATION, "<=>") or not isinstance(rule, Expression):
                continue
            given, then = rule.children[1:]
            denied = known.denied(rule)
            if head(then) in NEGATIONS and isinstance(then, Expression):
                then, denied = then.children[1], not denied
            same = _is_converse(given, then)
            if same is not None and (same or not denied):
                yield rule, denied or not same


def _related(name: Atom) -> Expression:
    product = Expression((Variable("x"), Variable("a"), Variable("b")))
    return Expression((Variable("d"), product, name))


def _is_converse(given: Atom, then: Atom) -> bool | None:
    """Whether both are about one relation, if one is the converse of the other; else None."""
    match given, then:
        case (
            Expression((Symbol("-->"), Expression((Symbol(one), a, b)), name)),
            Expression((Symbol("-->"), Expression((Symbol(two), c, d)), other)),
        ) if one in PRODUCTS and two in PRODUCTS and (a, b) == (d, c) and a != b:
            return name == other
        case _:
            return None


def _has_cycle(pairs: Sequence[Pair]) -> bool:
    following: dict[Atom, list[Atom]] = {}
    for one in pairs:
        following.setdefault(one.left, []).append(one.right)
    while True:  # take away what leads nowhere, until nothing is left or all of it leads on
        ends = [n for n, rights in following.items() if all(r not in following for r in rights)]
        if not ends:
            return bool(following)
        for end in ends:
            del following[end]


def _classes(
    name: Symbol, pair: Pair, pairs: Sequence[Pair], meant: Atom, known: Known
) -> str | None:
    """Where both arguments are of the other place's class, or one is and the other is new."""
    left, right = known.kinds(pair.left), known.kinds(pair.right)
    if not (left or right):
        return None
    some = [one for one in pairs if one != pair.swapped or known.affirmed(meant)][:_TYPED]
    firsts = _typical([one.left for one in some], [one.right for one in some], known)
    seconds = _typical([one.right for one in some], [one.left for one in some], known)
    if not firsts or not seconds:
        return None
    wrong_left = next((c for c in left if c in seconds), None)
    wrong_right = next((c for c in right if c in firsts), None)
    if not firsts.isdisjoint(left) or not seconds.isdisjoint(right):
        return None
    if (left and wrong_left is None) or (right and wrong_right is None):
        return None
    said = [
        form(INHERITANCE, term, kind)
        for term, kind in ((pair.left, wrong_left), (pair.right, wrong_right))
        if kind is not None
    ]
    if not all(map(known.affirmed, said)):
        return None
    first, second = min(map(str, firsts)), min(map(str, seconds))
    told = " and ".join(map(str, said))
    return f"{name} is known between a {first} and a {second}, in this order, and {told}"


def _typical(terms: Sequence[Atom], others: Sequence[Atom], known: Known) -> set[Atom]:
    """The kinds that most of these terms, as far as is known, and none of the others are of."""
    different = dict.fromkeys(terms)
    typed = [kinds for term in different if (kinds := known.kinds(term))]
    if len(terms) < _TYPICAL or len(typed) < min(2, len(different)):
        return set()
    counts = Counter(kind for kinds in typed for kind in kinds)
    excluded = {kind for term in others for kind in known.kinds(term)}
    return {kind for kind, n in counts.items() if n >= 0.75 * len(typed)} - excluded


def _places(name: Symbol, pair: Pair, pairs: Sequence[Pair], known: Known) -> str | None:
    """Where each argument has always stood in the other place, and no term stands in both."""
    firsts, seconds = Counter(one.left for one in pairs), Counter(one.right for one in pairs)
    if firsts.total() < _APART or not firsts.keys().isdisjoint(seconds.keys()):
        return None
    if firsts[pair.left] or seconds[pair.right]:
        return None
    behind, before = seconds[pair.left], firsts[pair.right]
    if not (behind >= 2 and before >= 2) and max(behind, before) < _OFTEN:
        return None
    if set(known.classes(pair.left)) & set(known.classes(pair.right)):
        return None
    first, second = (pair.right, pair.left)
    parts = [f"{first} stood first {before} times"] if before else []
    parts += [f"{second} second {behind} times"] if behind else []
    return f"in {name}, {' and '.join(parts)}, and never the other way"
