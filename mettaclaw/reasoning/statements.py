"""What a statement must be like to be worth concluding, and how its variables are shown.

A variable of a statement stands for anything. So a conclusion may hold one only where a condition
binds it: ``(==> (--> $x bird) (--> $x flyer))`` says something, ``(--> $x flyer)`` says too much.
"""

from __future__ import annotations

from collections.abc import Collection
from itertools import count

from mettaclaw.atoms.forms import NEGATIONS
from mettaclaw.atoms.syntax import Atom, Expression, Symbol, Variable, is_ground, variables
from mettaclaw.atoms.unify import Substitution, alpha_equal, canonical, head, substitute_once
from mettaclaw.atoms.values import shape

IMPLICATION = "==>"
COPULAS = frozenset({"-->", "<->", IMPLICATION, "<=>"})
TEMPORAL = frozenset({"=/>", "=|>", "</>", "<|>"})
LINKS = frozenset(  # of PLN
    {
        "Inheritance",
        "Implication",
        "Similarity",
        "IntentionalSimilarity",
        "ExtensionalSimilarity",
        "Equivalence",
        "Member",
    }
)
EVERYDAY = frozenset({"-->", IMPLICATION})
_IMPLICATIONS = frozenset({IMPLICATION, "=/>", "=|>", "Implication"})
_BINDING = _IMPLICATIONS | {"<=>", "</>", "<|>", "Equivalence"}
_RELATING = COPULAS | TEMPORAL | LINKS
_COMPOUNDS = frozenset({"∪", "|", "∩", "&", "~", "−", "-"})
_SETS = frozenset({"{}", "[]"})
_JUNCTIONS = frozenset({"∧", "and", ",", "∨", "or", "¬", "not"})
COMPOSED = _COMPOUNDS | _SETS | _JUNCTIONS  # what compounds of terms and of statements begin with
# What stands first without naming anything; another head, as in ``(rains $where)``, is a name.
_OPERATORS = (
    _RELATING
    | _COMPOUNDS
    | _SETS
    | _JUNCTIONS
    | {"x", "×", "&/"}
    | {"Not", "And", "Or", "Evaluation", "List", "Concept", "Predicate"}
)


class Statement:
    """A statement in canonical form, as one object of one table: comparing and hashing it is cheap.

    Attributes:
        atom: The statement.
        ground: Whether it holds no variable.
    """

    __slots__ = ("atom", "ground")

    def __init__(self, atom: Atom) -> None:
        self.atom = atom
        self.ground = is_ground(atom)


class Table:
    """The statements that a search has met, each once."""

    def __init__(self) -> None:
        self._known: dict[Atom, Statement] = {}

    def of(self, atom: Atom) -> Statement:
        """The statement of an atom, whatever its variables are called."""
        atom = canonical(atom)
        found = self._known.get(atom)
        if found is None:
            found = self._known[atom] = Statement(atom)
        return found

    def find(self, atom: Atom) -> Statement | None:
        """The statement of a ground atom, if it was met."""
        return self._known.get(atom)


def parts(atom: Atom, conjunctions: Collection[str]) -> tuple[Atom, ...]:
    """The conjuncts of a conjunction, nested ones too, in order; any other atom is its own part."""
    if isinstance(atom, Expression) and len(atom.children) > 1 and head(atom) in conjunctions:
        return tuple(p for child in atom.children[1:] for p in parts(child, conjunctions))
    return (atom,)


def is_tautology(atom: Atom, conjunctions: Collection[str]) -> bool:
    """Whether a statement is true anyway, such as ``(--> a a)`` or ``(==> (∧ a b) a)``."""
    if not isinstance(atom, Expression) or len(atom.children) != 3:
        return False
    if head(atom) not in _RELATING:
        return False
    left, right = atom.children[1:]
    if alpha_equal(left, right):
        return True
    if head(atom) not in _IMPLICATIONS:
        return False
    given = parts(left, conjunctions)
    return all(part in given for part in parts(right, conjunctions))


def is_closed(atom: Atom) -> bool:
    """Whether every variable is bound by a condition of an implication around it."""
    return _closed(atom, frozenset())


def _closed(atom: Atom, bound: frozenset[Variable]) -> bool:
    if head(atom) in _BINDING and isinstance(atom, Expression) and len(atom.children) in (3, 4):
        condition, consequent = atom.children[1:3]  # what may follow is a lag
        return _closed(consequent, bound | set(variables(condition)))
    return all(variable in bound for variable in variables(atom))


def says_something(atom: Atom, conjunctions: Collection[str]) -> bool:
    """Whether an atom can be a conclusion: a closed statement that is no tautology."""
    if not isinstance(atom, Symbol | Expression):
        return False
    if is_tautology(atom, conjunctions):
        return False
    return is_ground(atom) or is_closed(atom)


def size(atom: Atom) -> int:
    """The number of nodes of an atom."""
    return 1 + (shape(atom)[1] if isinstance(atom, Expression) else 0)


def names_something(pattern: Atom) -> bool:
    """Whether a pattern holds a ground leaf other than an operator, by which it can be found."""
    stack = [pattern]
    while stack:
        node = stack.pop()
        if isinstance(node, Expression):
            stack.extend(node.children[0 if _is_name(node.children[:1]) else 1 :])
        elif not isinstance(node, Variable):
            return True
    return False


def _is_name(first: tuple[Atom, ...]) -> bool:
    match first:
        case (Symbol(name),):
            return name not in _OPERATORS
        case (Expression(),):
            return True  # it is looked into
        case _:
            return False


def is_rare(pattern: Atom) -> bool:
    """Whether most bases hold no belief of this shape, so that asking first saves many questions.

    So it is for statements with another sign than the everyday copulas, for implications that
    have an operator in them, and for compound terms and sets of several things.
    """
    if not isinstance(pattern, Expression):
        return False
    sign = head(pattern)
    if sign in NEGATIONS and len(pattern.children) == 2:  # a belief that is false is one as well
        return is_rare(pattern.children[1]) or isinstance(pattern.children[1], Variable)
    if sign not in EVERYDAY:
        return sign is not None
    inner = [child for child in pattern.children[1:] if isinstance(child, Expression)]
    if sign == IMPLICATION:
        return any(head(child) is not None for child in inner)
    return any(
        head(child) in _COMPOUNDS or (head(child) in _SETS and len(child.children) > 2)
        for child in inner
    )


def is_term(atom: Atom) -> bool:
    """Whether an atom is a compound term, ``(∪ cat dog)``."""
    return head(atom) in _COMPOUNDS


def outline(pattern: Atom) -> Atom:
    """The signs of a pattern with nothing of their parts: ``(∧)`` for ``(∧ (¬ $0) $1)``.

    For an everyday copula it is ``(--> (∪) $0)``. What has such a sign has it with any number of
    parts, so this fits no statement: it is for asking which ones may fit.
    """
    if not isinstance(pattern, Expression) or not pattern.children:
        return pattern
    sign, *children = pattern.children
    if head(pattern) not in EVERYDAY:
        return Expression((sign,))
    inner = (
        Expression(child.children[:1])
        if isinstance(child, Expression) and head(child) is not None
        else Variable(str(i))
        for i, child in enumerate(children)
    )
    return Expression((sign, *inner))


def product_shape(pattern: Atom, products: Collection[str]) -> Atom | None:
    """``(--> (x $0 $1) (x $2 $3))`` for a copula between two products; None for other patterns."""
    if not isinstance(pattern, Expression) or len(pattern.children) != 3:
        return None
    sign, left, right = pattern.children
    if head(left) not in products or head(right) not in products:
        return None
    shapes: list[Atom] = []
    places = count()
    for side in (left, right):
        assert isinstance(side, Expression)
        blanks = (Variable(str(next(places))) for _ in side.children[1:])
        shapes.append(Expression((side.children[0], *blanks)))
    return Expression((sign, *shapes))


def legible(pattern: Atom) -> Atom:
    """A pattern in canonical form with its variables called ``$x $y $z $x2 ...``."""
    names = {
        variable: Variable("xyz"[i % 3] + (str(i // 3 + 1) if i > 2 else ""))
        for i, variable in enumerate(variables(pattern))
    }
    return substitute_once(pattern, dict(names))


def tidy(atom: Atom) -> Atom:
    """The atom with the marks of renaming taken off its variables, which stay different ones."""
    mapping: Substitution = {}
    taken: set[str] = set()
    for variable in variables(atom):
        base = name = variable.name.split("#")[0] or "x"
        number = 2
        while name in taken:
            name, number = f"{base}{number}", number + 1
        taken.add(name)
        mapping[variable] = Variable(name)
    return substitute_once(atom, mapping) if mapping else atom
