"""``&kb``: the atomspace as a space of hyperon.

Hyperon asks it whole questions, joins included, and hands it what to add and remove. It is made
before the fork and finds the atomspace of the evaluation with ``run.current``.

Invariant: no exception leaves it, because hyperon would abort: what goes wrong is kept as the
evaluation's failure, and the space answers with nothing.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false
# pyright: reportIncompatibleMethodOverride=false
# hyperon has no types.

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

import hyperonpy as hp
from hyperon.atoms import BindingsSet
from hyperon.base import AbstractSpace

from mettaclaw.atoms.forms import stated, undoubled
from mettaclaw.atoms.syntax import Atom, Expression, Symbol, Variable, variables
from mettaclaw.atoms.unify import Substitution
from mettaclaw.evaluator.convert import (
    Builder,
    CAtom,
    Names,
    Reader,
    fresh,
    stored,
    variable,
    verbatim,
)
from mettaclaw.evaluator.grounded import Lent
from mettaclaw.evaluator.limits import matches_exceeded
from mettaclaw.evaluator.run import current

MAX_MATCHES = 10_000

Found = TypeVar("Found")

_COMMA = Symbol(",")


class KnowledgeSpace(AbstractSpace):
    """The space behind ``&kb``."""

    def __init__(self, builder: Builder, reader: Reader) -> None:
        super().__init__()
        self._builder = builder
        self._reader = reader
        self._fresh = 0

    def query(self, query_atom: Any) -> Any:
        """The bindings that make a pattern, or all of ``(, P1 P2 ...)``, current beliefs."""
        found = BindingsSet(hp.bindings_set_empty())
        try:
            pattern = self._reader(query_atom.catom, verbatim)
            own = {v: variable(v.name) for v in variables(pattern)}
            answers = current().view.match(*_conjuncts(pattern), limit=MAX_MATCHES + 1)
            for answer in _at_most(MAX_MATCHES, answers):
                hp.bindings_set_push(found.c_set, self._bindings(answer, own))
        except BaseException as error:  # noqa: BLE001 - beyond this boundary lies abort()
            current().fail(error, "match &kb")
        return found

    def add(self, atom: Any) -> None:
        """Propose to store an atom."""
        try:
            current().view.add(stated(stored(atom.catom, self._reader, Names())))
        except BaseException as error:  # noqa: BLE001 - beyond this boundary lies abort()
            current().fail(error, "add-atom &kb")

    def remove(self, atom: Any) -> bool:
        """Propose to take an atom out; whether it was there."""
        try:
            return current().view.remove(undoubled(self._reader(atom.catom, Names())))
        except BaseException as error:  # noqa: BLE001 - beyond this boundary lies abort()
            current().fail(error, "remove-atom &kb")
            return False

    def replace(self, atom: Any, replacement: Any) -> bool:
        """Propose to put one atom in the place of another, if that is there."""
        if not self.remove(atom):
            return False
        self.add(replacement)
        return True

    def atom_count(self) -> int:
        """How many atoms there are; -1 if that cannot be told."""
        try:
            return current().view.count()
        except BaseException as error:  # noqa: BLE001 - beyond this boundary lies abort()
            current().fail(error, "&kb")
            return -1

    def atoms_iter(self) -> Iterator[Any]:
        """All atoms, up to the limit on matches."""
        found: list[Any] = []
        try:
            for atom in _at_most(MAX_MATCHES, current().view.atoms()):
                own = {v: self._fresh_variable(v) for v in variables(atom)}
                found.append(Lent(self._builder(atom, own)))
        except BaseException as error:  # noqa: BLE001 - beyond this boundary lies abort()
            current().fail(error, "get-atoms &kb")
        return iter(found)

    def _bindings(self, answer: Substitution, own: dict[Variable, CAtom]) -> Any:
        bindings = hp.bindings_new()
        known = dict(own)  # and the variables of stored atoms, which are new in each answer
        for name, value in answer.items():
            if name == value:
                continue
            for inner in variables(value):
                if inner not in known:
                    known[inner] = self._fresh_variable(inner)
            hp.bindings_add_var_binding(bindings, own[name], self._builder(value, known))
        return bindings

    def _fresh_variable(self, stored_variable: Variable) -> CAtom:
        self._fresh += 1
        return fresh(stored_variable.name, self._fresh)


def _at_most(most: int, found: Iterable[Found]) -> Iterator[Found]:
    for number, one in enumerate(found):
        if number == most:
            raise matches_exceeded(most)
        yield one


def _conjuncts(pattern: Atom) -> tuple[Atom, ...]:
    if isinstance(pattern, Expression) and pattern.children[:1] == (_COMMA,):
        return pattern.children[1:]
    return (pattern,)
