"""Unification, substitution and alpha equivalence of atoms.

A substitution is a dict from variables to atoms, in triangular form: a bound variable may lead
to another variable, and ``substitute`` follows the chain. Both sides of ``unify`` may hold
variables, as in MeTTa's ``match``; whoever matches stored atoms renames theirs first (``rename``).
"""

from __future__ import annotations

from mettaclaw.atoms.syntax import Atom, Expression, Symbol, Variable, variables

Substitution = dict[Variable, Atom]


def unify(left: Atom, right: Atom, given: Substitution | None = None) -> Substitution | None:
    """The most general substitution that makes both atoms equal and extends ``given``, or None.

    ``given`` is not changed. A variable is never bound to an atom that contains it.
    """
    bound: Substitution = dict(given) if given else {}
    stack = [(left, right)]
    while stack:
        a, b = stack.pop()
        a, b = resolve(a, bound), resolve(b, bound)
        if a is b or a == b:
            continue
        if isinstance(a, Variable):
            if _occurs(a, b, bound):
                return None
            bound[a] = b
        elif isinstance(b, Variable):
            if _occurs(b, a, bound):
                return None
            bound[b] = a
        elif isinstance(a, Expression) and isinstance(b, Expression):
            if len(a.children) != len(b.children):
                return None
            stack.extend(zip(a.children, b.children, strict=True))
        else:
            return None
    return bound


def resolve(atom: Atom, bound: Substitution) -> Atom:
    """What a variable stands for after following its chain; any other atom is itself."""
    while isinstance(atom, Variable):
        nxt = bound.get(atom)
        if nxt is None:
            return atom
        atom = nxt
    return atom


def substitute(atom: Atom, bound: Substitution) -> Atom:
    """The atom with every bound variable replaced, all the way down."""
    if isinstance(atom, Variable):
        target = resolve(atom, bound)
        return target if isinstance(target, Variable) else substitute(target, bound)
    if isinstance(atom, Expression):
        children = tuple(substitute(child, bound) for child in atom.children)
        return atom if children == atom.children else Expression(children)
    return atom


def canonical(atom: Atom) -> Atom:
    """The atom with its variables renamed ``$0 $1 …`` in order of appearance.

    Two atoms are alpha equivalent exactly when their canonical forms are equal.
    """
    names = variables(atom)
    return (
        substitute_once(atom, {v: Variable(str(i)) for i, v in enumerate(names)}) if names else atom
    )


def alpha_equal(a: Atom, b: Atom) -> bool:
    """Whether two atoms are equal up to the names of their variables."""
    return canonical(a) == canonical(b)


def rename(atom: Atom, mark: str) -> Atom:
    """The atom with ``#mark`` after each variable's name, to keep two atoms' variables apart."""
    names = variables(atom)
    return (
        substitute_once(atom, {v: Variable(f"{v.name}#{mark}") for v in names}) if names else atom
    )


def substitute_once(atom: Atom, mapping: Substitution) -> Atom:
    """Like ``substitute``, but replacements are not looked into again: for renaming."""
    if isinstance(atom, Variable):
        return mapping.get(atom, atom)
    if isinstance(atom, Expression):
        return Expression(tuple(substitute_once(child, mapping) for child in atom.children))
    return atom


def head(atom: Atom) -> str | None:
    """The name of an expression's first symbol, or None."""
    if isinstance(atom, Expression) and atom.children and isinstance(atom.children[0], Symbol):
        return atom.children[0].name
    return None


def _occurs(variable: Variable, atom: Atom, bound: Substitution) -> bool:
    stack = [atom]
    while stack:
        node = resolve(stack.pop(), bound)
        if node == variable:
            return True
        if isinstance(node, Expression):
            stack.extend(node.children)
    return False
