"""Unification, substitution and alpha equivalence of atoms.

A substitution is a dict from variables to atoms, in triangular form: a bound variable may lead
to another variable, and ``substitute`` follows the chain. Both sides of ``unify`` may hold
variables, as in MeTTa's ``match``; whoever matches stored atoms renames theirs first (``rename``).
"""

from __future__ import annotations

from collections.abc import Iterator

from mettaclaw.atoms.values import (
    MAX_DEPTH,
    MAX_NODES,
    Atom,
    Expression,
    Symbol,
    Variable,
    is_ground,
    shape,
    too_deep,
    too_many,
    variables,
)

Substitution = dict[Variable, Atom]

_RECURSION = 16  # levels: an atom may be deeper than the stack of whoever calls has room


def unify(left: Atom, right: Atom, given: Substitution | None = None) -> Substitution | None:
    """The most general substitution that makes both atoms equal and extends ``given``, or None.

    ``given`` is not changed. A variable is never bound to an atom that contains it.
    """
    bound: Substitution = dict(given) if given else {}
    stack = [(left, right)]
    met: set[tuple[int, int]] = set()  # bindings share parts: meet each pair of parts once
    while stack:
        a, b = stack.pop()
        if type(a) is Symbol and type(b) is Symbol:  # most are
            if a.name != b.name:
                return None
            continue
        if type(a) is Variable:
            a = resolve(a, bound)
        if type(b) is Variable:
            b = resolve(b, bound)
        if a is b:
            continue
        if isinstance(a, Variable):
            if a == b:
                continue
            if type(b) is not Symbol and _occurs(a, b, bound):
                return None
            bound[a] = b
        elif isinstance(b, Variable):
            if type(a) is not Symbol and _occurs(b, a, bound):
                return None
            bound[b] = a
        elif isinstance(a, Expression) and isinstance(b, Expression):
            if len(a.children) != len(b.children):
                return None
            if bound:
                pair = (id(a), id(b))
                if pair in met:
                    continue
                met.add(pair)
            stack.extend(zip(a.children, b.children, strict=True))
        elif a != b:
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
    """The atom with every bound variable replaced, all the way down.

    Raises:
        LimitError: The result is larger or deeper than an atom may be: substitutions share parts,
            and a small one can stand for an atom that does not fit into any memory.
    """
    if isinstance(atom, Variable):
        atom = resolve(atom, bound)
    return _rebuild(atom, bound, True) if isinstance(atom, Expression) else atom


def canonical(atom: Atom) -> Atom:
    """The atom with its variables renamed ``$0 $1 …`` in order of appearance.

    Two atoms are alpha equivalent exactly when their canonical forms are equal.
    """
    names = variables(atom)
    return (
        substitute_once(atom, {v: Variable(str(i)) for i, v in enumerate(names)}) if names else atom
    )


def apart(atom: Atom, mark: str) -> Atom:
    """``rename``, where there is anything to rename: most atoms hold no variables."""
    return atom if is_ground(atom) else rename(atom, mark)


def alpha_equal(a: Atom, b: Atom) -> bool:
    """Whether two atoms are equal up to the names of their variables."""
    return a == b or (bool(variables(a)) and canonical(a) == canonical(b))


def rename(atom: Atom, mark: str) -> Atom:
    """The atom with ``#mark`` after each variable's name, to keep two atoms' variables apart."""
    names = variables(atom)
    return (
        substitute_once(atom, {v: Variable(f"{v.name}#{mark}") for v in names}) if names else atom
    )


def unused_mark(base: str, *atoms: Atom) -> str:
    """A mark for ``rename`` that begins with ``base`` and ends no variable's name in the atoms."""
    taken = {v.name.rpartition("#")[2] for a in atoms for v in variables(a) if "#" in v.name}
    while any(mark.startswith(base) for mark in taken):
        base += "_"
    return base


def substitute_once(atom: Atom, mapping: Substitution) -> Atom:
    """Like ``substitute``, but replacements are not looked into again: for renaming."""
    if isinstance(atom, Variable):
        return mapping.get(atom, atom)
    return _rebuild(atom, mapping, False) if isinstance(atom, Expression) else atom


def _rebuild(root: Expression, bound: Substitution, follow: bool) -> Expression:
    """The expression with its variables replaced; parts that stay are shared."""
    if not shape(root)[0]:
        return root
    found = _rebuilt(root, bound, follow, [MAX_NODES], 1)
    return _rebuilt_deep(root, bound, follow) if found is None else found


def _rebuilt(
    root: Expression, bound: Substitution, follow: bool, left: list[int], level: int
) -> Expression | None:
    """As ``_rebuild``, by recursion, which is quick; None where that is not to go on so deep."""
    if level > _RECURSION:
        return None
    children = root.children
    left[0] -= len(children)
    done: list[Atom] = []
    same = True
    for child in children:
        part: Atom | None = child
        if type(child) is Variable:
            part = bound.get(child, child)
            if follow and type(part) is Variable:
                part = resolve(part, bound)
        if type(part) is Expression:
            names, nodes, levels = shape(part)
            if names and (follow or part is child):
                part = _rebuilt(part, bound, follow, left, level + 1)
                if part is None:
                    return None
            else:
                left[0] -= nodes
                if level + levels > MAX_DEPTH:
                    raise too_deep()
        if left[0] < 0:
            raise too_many()
        if part is not child:
            same = False
        done.append(part)
    return root if same else Expression(tuple(done))


def _rebuilt_deep(root: Expression, bound: Substitution, follow: bool) -> Expression:
    """As ``_rebuild``, without recursion."""
    stack: list[tuple[Expression, Iterator[Atom], list[Atom]]] = [(root, iter(root.children), [])]
    nodes = 0
    while True:
        whole, rest, done = stack[-1]
        for node in rest:
            part = node
            if isinstance(part, Variable):
                part = resolve(part, bound) if follow else bound.get(part, part)
                if not follow or not isinstance(part, Expression):
                    done.append(part)
                    continue
            if isinstance(part, Expression):
                nodes += len(part.children)
                if nodes > MAX_NODES:
                    raise too_many()
                if len(stack) >= MAX_DEPTH:
                    raise too_deep()
                stack.append((part, iter(part.children), []))
                break
            done.append(part)
        else:
            stack.pop()
            same = all(a is b for a, b in zip(done, whole.children, strict=True))
            result = whole if same else Expression(tuple(done))
            if not stack:
                return result
            stack[-1][2].append(result)


def head(atom: Atom) -> str | None:
    """The name of an expression's first symbol, or None."""
    if isinstance(atom, Expression) and atom.children and isinstance(atom.children[0], Symbol):
        return atom.children[0].name
    return None


def _occurs(variable: Variable, atom: Atom, bound: Substitution) -> bool:
    stack = [atom]
    met: set[Variable] = set()
    while stack:
        node = stack.pop()
        if isinstance(node, Variable):
            if node == variable:
                return True
            if node not in met:
                met.add(node)
                if node in bound:
                    stack.append(bound[node])
        elif isinstance(node, Expression):
            stack.extend(node.children)
    return False
