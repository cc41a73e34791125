"""Mixed notation: what says the same as other statements in another way, and so is not found.

A sign has a family of signs with one meaning; the base's own habit decides between those that the
rules understand, else the first of them, that of docs/reasoning.md. Invariant: a sign that the base
uses already, and no less than another of its family, is not doubted, if rules understand it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from mettaclaw.atoms.forms import NEGATIONS
from mettaclaw.atoms.syntax import Atom, Expression, Number, String, Symbol
from mettaclaw.atoms.unify import head
from mettaclaw.reasoning.lint.doubts import Doubt
from mettaclaw.reasoning.lint.roles import (
    CONNECTIVES,
    INHERITANCE,
    PRODUCTS,
    Known,
    Pair,
    form,
    relation,
)
from mettaclaw.reasoning.statements import COPULAS, IMPLICATION, LINKS, TEMPORAL


@dataclass(frozen=True, slots=True)
class _Family:
    """Signs with one meaning: those that the rules understand, the usual one first, and others."""

    understood: tuple[str, ...]
    others: tuple[str, ...] = ()


_FAMILIES = (
    _Family(
        (INHERITANCE, "Inheritance"),
        # The last ones stand for nothing else where they join two terms.
        (
            *("isa", "is-a", "is_a", "isA", "IsA", "ISA", "is", "instance-of", "instance_of"),
            *("InstanceOf", "kind-of", "kind_of", "subclass-of", "subclass_of", "SubclassOf"),
            *("inherits", "→", "⟶", "->", "--->", "InheritanceLink"),
        ),
    ),
    _Family(("<->", "Similarity"), ("<-->", "↔", "similar", "SimilarityLink")),
    _Family((IMPLICATION, "Implication"), ("=>", "⇒", "implies", "Implies", "ImplicationLink")),
    _Family(("<=>", "Equivalence"), ("<==>", "⇔", "iff", "EquivalenceLink")),
    _Family(PRODUCTS, ("*", "X", "Product", "product")),
    _Family(("∧", "and", ","), ("And", "AND", "&&")),
    _Family(("∨", "or"), ("Or", "OR", "||")),
    _Family(NEGATIONS, ("NOT", "--")),
    _Family(("[]",), ("IntSet",)),
    _Family(("{}",), ("ExtSet",)),
)
_OWN = 10  # uses from which on a sign that no rule understands is the base's own word
_FAMILY = {sign: f for f in _FAMILIES for sign in (*f.understood, *f.others)}
_JOINING = (
    frozenset(s for f in _FAMILIES[:4] for s in (*f.understood, *f.others)) | COPULAS | TEMPORAL
)
_INFIX = frozenset(s for f in _FAMILIES[:7] for s in (*f.understood, *f.others)) - {","}
_BETWEEN = frozenset((*PRODUCTS, "*"))  # which may join two terms of any kind
_TRUTHS = frozenset(("stv", "STV", "tv", "TV", "TruthValue"))
_DATA = frozenset(("=", "rule", "notation", "prior", "skill", "when", "export", "given", "example"))
_TYPES = frozenset(("Type", "Atom", "Symbol", "Expression", "Variable", "Grounded"))
_VALUES = frozenset(("Number", "String", "Bool", "%Undefined%"))
_BRACKETED = re.compile(r"([{\[])([^{}\[\]]+)[}\]]")
_SIGNS = (
    COPULAS
    | TEMPORAL
    | LINKS
    | {*_FAMILY, *CONNECTIVES, "Evaluation", "List", "Predicate", "Concept"}
)


def mixed_notation(statement: Atom, known: Known) -> Doubt | None:
    """A doubt about how a statement is written."""
    if isinstance(statement, String) or (
        isinstance(statement, Symbol) and statement.name.count(" ") > 1
    ):
        text = "words are no statement: `remember` keeps them, and (--> tom cat) is one"
        return Doubt("notation", statement, text)
    if head(statement) in _DATA or str(head(statement)).startswith("@"):
        return None
    usual = _Usual(known)
    meant = usual.statement(statement)
    if not usual.reasons:
        return None
    text = "; ".join(dict.fromkeys(usual.reasons))
    return Doubt("notation", statement, text, None if meant == statement else meant)


class _Usual:
    """Writes statements as the base would."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self.reasons: list[str] = []

    def statement(self, atom: Atom) -> Atom | None:
        """A whole statement."""
        match atom:
            case Expression((Expression() as inner, truth)) if _is_truth(truth):
                self.reasons.append(f"a truth value stands beside a statement: (believe S {truth})")
                return self._atom(inner)
            case Expression((Symbol(":"), thing, Symbol(kind))):
                return self._typed(atom, thing, Symbol(kind))
            case Expression((Symbol(name), *arguments)) if name not in _SIGNS:
                plain = self._predicate(atom, Symbol(name), arguments)
                if plain is not None:
                    return plain
            case _:
                pass
        return self._atom(atom)

    def _atom(self, atom: Atom) -> Atom | None:
        """Any part; None where nothing tells what was meant."""
        if isinstance(atom, Symbol):
            return self._symbol(atom)
        if not isinstance(atom, Expression) or not atom.children or head(atom) == ":":
            return atom
        for rewrite in (self._without_truth, self._prefix, self._usual_sign):
            found = rewrite(atom)
            if not isinstance(found, Expression):
                return found
            atom = found
        parts = [self._atom(child) for child in atom.children]
        whole = [part for part in parts if part is not None]
        return Expression(tuple(whole)) if len(whole) == len(parts) else None

    def _symbol(self, symbol: Symbol) -> Atom | None:
        found = _BRACKETED.fullmatch(symbol.name)
        if found:
            sign = self._sign("{}" if found[1] == "{" else "[]")
            meant = form(sign, Symbol(found[2]))
            self.reasons.append(f"{symbol} is one symbol, brackets and all; {meant} is a set")
            return meant
        broken = symbol.name[:1] in ("{", "[") or symbol.name[-1:] in ("}", "]")
        if broken and symbol.name not in ("{}", "[]") and len(symbol.name) > 1:
            self.reasons.append(f"{symbol} is a symbol, bracket and all; a set is ({{}} a)")
            return None
        return symbol

    def _without_truth(self, atom: Expression) -> Expression | None:
        """The same without truth values in it."""
        kept = [child for child in atom.children if not _is_truth(child)]
        if head(atom) in _JOINING and len(kept) > 3:
            numbers = [isinstance(child, Number) for child in kept[3:]]
            kept = kept[:3] if all(numbers) else kept
        if len(kept) == len(atom.children):
            return atom
        self.reasons.append("a truth value is no part of a statement: (believe S (stv f c))")
        return Expression(tuple(kept)) if len(kept) > 2 else None

    def _prefix(self, atom: Expression) -> Expression:
        """``(a --> b)`` as ``(--> a b)``."""
        match atom:
            case Expression((left, Symbol(sign), right)) if sign in _INFIX:
                if head(atom) in _SIGNS or (sign in _BETWEEN and isinstance(right, Number)):
                    return atom
                self.reasons.append(f"the sign comes first: ({sign} a b)")
                return form(sign, left, right)
            case _:
                return atom

    def _usual_sign(self, atom: Expression) -> Expression:
        sign = head(atom)
        if sign is None or len(atom.children) < 2:
            return atom
        if sign == "--" and len(atom.children) != 2:
            return atom
        usual = self._sign(sign)
        if usual == sign:
            return atom
        is_used = self._known.heads(usual, 1) > 0
        why = f"what is known has {usual}" if is_used else f"the rules know {usual}"
        self.reasons.append(f"{why}, and not {sign}")
        return form(usual, *atom.children[1:])

    def _sign(self, sign: str) -> str:
        """The sign of its family that the base would use."""
        family = _FAMILY.get(sign)
        if family is None:
            return sign
        first = family.understood[0]
        if sign in family.understood and self._known.heads(sign, 1) and sign == first:
            return sign
        others = [other for other in family.understood if other != sign]
        uses = {other: self._known.heads(other) for other in others}
        mine = self._known.heads(sign)
        best = max(uses, key=lambda other: uses[other], default=first)
        if uses and uses[best] > mine and not (sign == first and mine):
            return best
        if sign in family.understood:
            ahead = mine and sign != first and uses[first] == mine
            return first if ahead else sign
        return sign if mine >= _OWN else first

    def _typed(self, atom: Expression, thing: Atom, kind: Symbol) -> Atom:
        declared = form(":", kind, Symbol("Type"))
        if kind.name in _TYPES | _VALUES or self._known.base.belief(declared) is not None:
            return atom
        if self._known.heads(":", 1) and not self._known.members(kind):
            return atom
        sign = self._sign(INHERITANCE)
        self.reasons.append(f": declares a type of MeTTa; what a thing is, {sign} says")
        return form(sign, thing, kind)

    def _predicate(self, atom: Expression, name: Symbol, arguments: list[Atom]) -> Atom | None:
        """``(chase tom jerry)`` as the relation that is known; None if it is not."""
        meant: Atom | None = None
        if len(arguments) == 2 and self._known.pairs(name):
            sign = Symbol(self._sign(PRODUCTS[0]))
            meant = relation(sign, Pair(*arguments), name)
        elif len(arguments) == 1 and self._known.members(name):
            meant = form(self._sign(INHERITANCE), arguments[0], name)
        if meant is None or self._known.heads(name.name, 1):
            return None
        self.reasons.append(f"{name} is known from statements such as {meant}, and not as a sign")
        return meant


def _is_truth(atom: Atom) -> bool:
    match atom:
        case Expression((Symbol(sign), Number(), Number())):
            return sign in _TRUTHS
        case _:
            return False
