"""Operations of ours as grounded atoms of hyperon.

Invariant: no Python exception ever goes back into hyperon, which would abort, or show a traceback
as data. What an operation raises is kept in ``run.Run.failure`` and ends the evaluation.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false
# hyperon has no types.

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, cast

import hyperonpy as hp
from hyperon.atoms import Atom as HyperonAtom
from hyperon.atoms import NoReduceError, OperationObject

from mettaclaw.evaluator.convert import CAtom
from mettaclaw.evaluator.run import current

Function = Callable[[Sequence[CAtom]], Iterable[CAtom]]


class Unreduced(Exception):  # noqa: N818 - not an error: hyperon's "these arguments are not for me"
    """Raised by an operation to leave its call as it stands."""


class Lent(HyperonAtom):
    """An atom handed to hyperon, which copies it: it may be a shared one, so it is not freed."""

    def __del__(self) -> None:
        """Does nothing: see above."""


class Grounded(OperationObject):
    """What hyperon executes: gets and returns hyperon's atoms, and never raises."""

    def execute(self, *atoms: Any, res_typ: Any = None) -> list[Any]:
        """Called by hyperon. ``res_typ`` is part of its signature."""
        del res_typ
        self.lent = atoms  # results may share them, and are copied only after this returns
        run = cast("Function", self.content)
        try:
            return [Lent(catom) for catom in run([atom.catom for atom in atoms])]
        except Unreduced as reason:
            raise NoReduceError from reason  # hyperon's own sign, which it does handle
        except BaseException as error:  # noqa: BLE001 - a boundary: beyond it lies abort()
            current().fail(error, str(self.id))
            return []


def operation(name: str, run: Function, types: Sequence[CAtom]) -> CAtom:
    """The grounded atom of an operation.

    Args:
        name: What it prints as.
        run: From hyperon's atoms to the results.
        types: Of its parameters and, last, of its result.
    """
    kind = hp.atom_expr([hp.atom_sym("->"), *types])
    return hp.atom_py(Grounded(name, run, False), kind)


def untyped(name: str, run: Function) -> CAtom:
    """An operation that takes whatever it is applied to, by whatever way it got there."""
    return hp.atom_py(Grounded(name, run, False), hp.atom_sym("%Undefined%"))


def unevaluated(name: str, run: Function) -> Callable[[int], CAtom]:
    """An operation that takes any number of arguments, which hyperon does not evaluate.

    Returns its grounded atom for a given number of arguments. Its results are not evaluated.
    """
    atom = hp.atom_sym("Atom")
    made: dict[int, CAtom] = {}

    def of(arity: int) -> CAtom:
        if arity not in made:
            made[arity] = operation(name, run, [atom] * (arity + 1))
        return made[arity]

    return of
