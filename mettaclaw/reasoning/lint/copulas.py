"""The wrong copula: a sign between parts that are not of the kind it joins.

Invariant: what is possible is not doubted. A symbol may name a term, a proposition or both, and a
kind is not told from an individual by its name, so such doubts need evidence in the base.
"""

from __future__ import annotations

from collections.abc import Iterator

from mettaclaw.atoms.syntax import Atom, Expression, Symbol, Variable, variables
from mettaclaw.atoms.unify import head, substitute_once
from mettaclaw.reasoning.lint.doubts import Doubt
from mettaclaw.reasoning.lint.roles import (
    INHERITANCE,
    INSTANCES,
    PRODUCTS,
    PROPERTIES,
    SIMILARITY,
    Known,
    form,
    is_statement,
    pair_of,
    shared,
    uses,
)
from mettaclaw.reasoning.statements import COPULAS, IMPLICATION, TEMPORAL

_COPULAS = COPULAS | TEMPORAL
_CONVENTION = 3  # uses of a notation, from which on it tells
_NO_STATEMENTS = (*PRODUCTS, *PROPERTIES, *INSTANCES)


def wrong_copula(statement: Atom, known: Known) -> Iterator[Doubt]:
    """Doubts about the copula of a statement that is said to hold."""
    sign = head(statement)
    if sign not in _COPULAS or not isinstance(statement, Expression):
        return
    if len(statement.children) != 3:
        yield _arity(statement)
        return
    left, right = statement.children[1:]
    if sign == INHERITANCE:
        found = _nested(statement, left, right) or _individual(statement, left, right, known)
    elif sign == SIMILARITY:
        found = _instance(statement, left, right, known)
    else:
        found = _terms(statement, left, right, known) or _unbound(statement, left, right)
    if found is not None:
        yield found


def _arity(statement: Expression) -> Doubt:
    sign, *parts = statement.children
    meant: Atom | None = None
    if len(parts) == 3 and head(statement) == INHERITANCE:
        meant = form(INHERITANCE, form("x", parts[0], parts[1]), parts[2])
    elif len(parts) > 2 and head(statement) == IMPLICATION:
        meant = form(IMPLICATION, form("∧", *parts[:-1]), parts[-1])
    return Doubt("copula", statement, f"{sign} joins two parts, not {len(parts)}", meant)


def _nested(statement: Atom, left: Atom, right: Atom) -> Doubt | None:
    inner = next((part for part in (left, right) if head(part) in _COPULAS), None)
    if inner is None:
        return None
    both = is_statement(left) and is_statement(right)
    return Doubt(
        "copula",
        statement,
        f"--> joins terms, and {inner} is a statement; ==> joins statements",
        form(IMPLICATION, left, right) if both else None,
    )


def _individual(statement: Atom, left: Atom, right: Atom, known: Known) -> Doubt | None:
    """Where the predicate is an individual, which nothing is a kind or an instance of."""
    if not isinstance(left, Symbol) or not isinstance(right, Symbol) or left == right:
        return None
    converse = form(INHERITANCE, right, left)
    if any(member != left for member in known.members(right)):
        return _turned_round(statement, converse, known)
    if known.affirmed(converse):
        members = [member for member in known.members(left) if member != right]
        above = known.classes(left)
        lowest = members and not any(map(known.members, members))
        if lowest and above and {left, *above}.issuperset(known.classes(right)):
            text = f"{converse} is believed, and {left} is the kind: {members[0]} is one too"
            return Doubt("arguments", statement, text, converse)
        return _turned_round(statement, converse, known)
    if known.members(left):
        return None
    why = _name(right, known) or _sibling(left, right, known)
    if why is None:
        return None
    text = f"{right} is an individual as far as is known ({why}), and nothing is an instance of one"
    return Doubt("copula", statement, text, form(SIMILARITY, left, right))


def _turned_round(statement: Atom, converse: Atom, known: Known) -> Doubt | None:
    """Where a kind is said to be one of what surely is one of it, and that was not said before."""
    if known.is_told_again(statement) or not known.is_sure(converse):
        return None
    text = f"{converse} is believed, the other way round"
    return Doubt("arguments", statement, text, converse)


def _name(term: Symbol, known: Known) -> str | None:
    """Why a term is an individual, by how it is written."""
    sets = (s for s in known.holding(term) for s in _sets(s, term))
    found = next(sets, None)
    if found is not None:
        return f"{found} is known"
    if not term.name[:1].isupper() or not known.classes(term):
        return None
    kinds = {
        one.children[2]
        for one in known.some(form(INHERITANCE, Variable("m"), Variable("k")), 32)
        if isinstance(one, Expression) and pair_of(one) is None
    }
    names = {kind.name for kind in kinds if isinstance(kind, Symbol)}
    if len(names) >= _CONVENTION and not any(name[:1].isupper() for name in names):
        return f"no kind is written with a capital, such as {min(names)}"
    return None


def _sets(atom: Atom, term: Atom) -> Iterator[Atom]:
    if isinstance(atom, Expression):
        if head(atom) in INSTANCES and term in atom.children[1:]:
            yield atom
        for child in atom.children:
            yield from _sets(child, term)


def _sibling(left: Symbol, right: Symbol, known: Known) -> str | None:
    """Both are said to be of the same lowest kind, and neither of any other."""
    classes = known.classes(right)
    if len(classes) != 1 or known.classes(left) != classes:
        return None
    (kind,) = classes
    if any(known.members(member) for member in known.members(kind)):
        return None
    if known.classes(kind) or known.is_argument(right):
        return f"it is a {kind} as {left} is, and nothing is known to be a {right}"
    return None


def _instance(statement: Atom, left: Atom, right: Atom, known: Known) -> Doubt | None:
    one, other = form(INHERITANCE, left, right), form(INHERITANCE, right, left)
    if known.affirmed(one) == known.affirmed(other):
        return None
    said = one if known.affirmed(one) else other
    text = f"{said} is believed, and <-> is between things of one level"
    return Doubt("copula", statement, text, said)


def _terms(statement: Atom, left: Atom, right: Atom, known: Known) -> Doubt | None:
    """Where an implication joins what are no statements."""
    sign = head(statement)
    odd = next((part for part in (left, right) if head(part) in _NO_STATEMENTS), None)
    if odd is not None:
        text = f"{sign} joins statements, and {odd} is a term"
        is_term = not is_statement(left) and not is_statement(right)
        return Doubt("copula", statement, text, form(INHERITANCE, left, right) if is_term else None)
    if sign != IMPLICATION or not (isinstance(left, Symbol) and isinstance(right, Symbol)):
        return None
    if not known.members(right) or not (known.members(left) or known.classes(left)):
        return None
    if any(_is_more(term, known) for term in (left, right)):
        return None
    rules = known.some(form(IMPLICATION, Variable("a"), Variable("b")))
    if left == right or any(_is_bare(rule) for rule in rules):
        return None
    linked = any(
        known.affirmed(form(INHERITANCE, kind, right)) for kind in (left, *known.classes(left))
    )
    if not linked and len(rules) < _CONVENTION:
        return None
    text = f"==> joins statements, and {left} and {right} are known as terms of -->"
    return Doubt("copula", statement, text, form(INHERITANCE, left, right))


def _is_bare(implication: Atom) -> bool:
    """Whether an implication joins propositions that are symbols."""
    return isinstance(implication, Expression) and all(
        isinstance(part, Symbol) for part in implication.children[1:]
    )


def _is_more(term: Symbol, known: Known) -> bool:
    """Whether a symbol is used as something else than a term of ``-->``."""
    roles = {role for one in known.holding(term) for name, role in uses(one) if name == term}
    return known.affirmed(term) or known.denied(term) or roles != {"term"}


def _unbound(statement: Atom, left: Atom, right: Atom) -> Doubt | None:
    given, then = variables(left), variables(right)
    if not then or shared(left, right):
        return None
    if not given:
        text = f"{then[0]} occurs in no condition, so it stands for anything"
        return Doubt("copula", statement, text)
    text = f"the condition is about {given[0]} and what follows about {then[0]}: any two things"
    meant = None
    if len(given) == len(then) == 1:
        same = substitute_once(right, {then[0]: given[0]})
        meant = None if same == left else form(head(statement) or IMPLICATION, left, same)
    return Doubt("copula", statement, text, meant)
