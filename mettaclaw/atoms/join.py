"""Joins: the substitutions that make several patterns statements at once.

A join starts with the pattern that has the fewest candidates and goes on with the one that has the
fewest left, whatever order they are written in. Variables of statements are kept apart from those
of the patterns, and come out called as they are stored where that name is free.

Not covered: where the statements come from; a store and the layers upon it share this.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from mettaclaw.atoms.syntax import Atom, Expression, Variable, variables
from mettaclaw.atoms.unify import (
    Substitution,
    rename,
    substitute,
    substitute_once,
    unify,
    unused_mark,
)


class Candidates(Protocol):
    """Statements, found by pattern."""

    def candidates(self, pattern: Atom) -> Iterable[tuple[Atom, bool]]:
        """Statements that may unify with a pattern, each with whether it may hold variables."""
        ...

    def costs(self, patterns: Sequence[Atom]) -> list[int]:
        """For each pattern a bound on the number of its candidates, to find the cheapest."""
        ...


def answers(patterns: Sequence[Atom], statements: Candidates) -> Iterator[Substitution]:
    """The substitutions of the patterns' variables that make all of them statements.

    Each comes once: two that differ only in the names of variables are the same.
    """
    wanted = tuple(dict.fromkeys(v for pattern in patterns for v in variables(pattern)))
    mark = unused_mark("s", *wanted)
    seen: set[tuple[Atom, ...]] = set()
    for bound in _join(list(patterns), {}, mark, statements):
        values = tuple(substitute(v, bound) for v in wanted)
        held = variables(Expression(values))
        key = _renamed(values, {v: Variable(str(i)) for i, v in enumerate(held)})
        if key not in seen:
            seen.add(key)
            yield dict(zip(wanted, _renamed(values, _plain(held, wanted)), strict=True))


def _join(
    patterns: list[Atom], bound: Substitution, mark: str, statements: Candidates
) -> Iterator[Substitution]:
    if not patterns:
        yield bound
        return
    concrete = [substitute(pattern, bound) for pattern in patterns]
    index = 0
    if len(concrete) > 1:
        costs = statements.costs(concrete)
        index = costs.index(min(costs))
    rest = [*patterns[:index], *patterns[index + 1 :]]
    for statement, is_open in statements.candidates(concrete[index]):
        apart = rename(statement, f"{mark}{len(rest)}") if is_open else statement
        extended = unify(concrete[index], apart, bound)
        if extended is not None:
            yield from _join(rest, extended, mark, statements)


def _renamed(values: tuple[Atom, ...], mapping: Substitution) -> tuple[Atom, ...]:
    return tuple(substitute_once(value, mapping) for value in values) if mapping else values


def _plain(held: Sequence[Variable], taken: Sequence[Variable]) -> Substitution:
    """Plain names for the variables of statements, which were marked to keep them apart."""
    names = {variable.name for variable in taken}
    mapping: Substitution = {}
    for variable in held:
        if variable in taken:
            continue
        name = base = variable.name.rpartition("#")[0]
        number = 1
        while name in names:
            number += 1
            name = f"{base}{number}"
        names.add(name)
        mapping[variable] = Variable(name)
    return mapping
