"""``add-atom`` and ``remove-atom``: what may be written where.

They stand in for hyperon's own, which abort when an atom names the very space that it is written
to, and which let a rule of a program change what the language means.

Invariant: no rule or type of a program is about a name of the language, in whatever space: it would
add a second meaning to every use of that name. ``&kb`` applies no rules, and what is stored there
from Python or a file is data; a program is refused it there too, because a rule is stored to be
added to a program one day.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false
# hyperon has no types.

from __future__ import annotations

from collections.abc import Sequence

import hyperonpy as hp

from mettaclaw.atoms.forms import stated, undoubled
from mettaclaw.atoms.syntax import Atom, Symbol, Variable
from mettaclaw.errors import EvaluationError
from mettaclaw.evaluator import arithmetic, denied
from mettaclaw.evaluator.convert import CAtom, Names, Reader, stored
from mettaclaw.evaluator.run import current

_KB = Symbol("&kb")


class Writes:
    """The operations, for one runner.

    Args:
        reader: Turns hyperon's atoms into ours.

    Attributes:
        language: The names that programs cannot define.
        offered: More of them, which the host offers to this evaluation.
    """

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.language = self.offered = frozenset[str]()

    def check(self, catom: CAtom) -> None:
        """See that an atom is no rule and no type of the language's.

        Raises:
            EvaluationError: It is; the message names what it is about.
        """
        if hp.atom_get_metatype(catom) != hp.AtomKind.EXPR:
            return
        sign, *rest = hp.atom_get_children(catom)[:2] or [None]
        if not rest:
            return
        match self._symbol(sign):
            case Symbol("="):
                about = self._symbol(_head(rest[0]))
                if isinstance(about, Variable):
                    raise EvaluationError(denied.everything(hp.atom_to_str(catom)))
            case Symbol(":"):
                about = self._symbol(rest[0])
            case _:
                return
        if isinstance(about, Symbol) and (
            about.name in self.language or about.name in self.offered
        ):
            raise EvaluationError(denied.redefined(about.name))

    def add(self, arguments: Sequence[CAtom]) -> list[CAtom]:
        """``(add-atom SPACE ATOM)``."""
        space, catom = arguments
        if not _is_space(space):
            return [_no_space("add-atom", arguments)]
        self.check(catom)
        if self._reader(space, Names()) == _KB:
            current().view.add(stated(stored(catom, self._reader, Names())))
        else:
            hp.space_add(hp.atom_get_space(space), catom)
        return [hp.atom_expr([])]

    def remove(self, arguments: Sequence[CAtom]) -> list[CAtom]:
        """``(remove-atom SPACE ATOM)``."""
        space, catom = arguments
        if not _is_space(space):
            return [_no_space("remove-atom", arguments)]
        if self._reader(space, Names()) == _KB:
            current().view.remove(undoubled(self._reader(catom, Names())))
        else:
            hp.space_remove(hp.atom_get_space(space), catom)
        return [hp.atom_expr([])]

    def _symbol(self, catom: CAtom) -> Atom | None:
        """The atom, unless it is an expression: those need not be looked into."""
        if hp.atom_get_metatype(catom) == hp.AtomKind.EXPR:
            return None
        return self._reader(catom, Names())


def _head(catom: CAtom) -> CAtom:
    """What a rule is about: the head of its left side, or the whole."""
    if hp.atom_get_metatype(catom) == hp.AtomKind.EXPR:
        return next(iter(hp.atom_get_children(catom)), catom)
    return catom


def _is_space(catom: CAtom) -> bool:
    return (
        hp.atom_get_metatype(catom) == hp.AtomKind.GROUNDED
        and hp.atom_to_str(hp.atom_get_grounded_type(catom)) == "SpaceType"
    )


def _no_space(name: str, arguments: Sequence[CAtom]) -> CAtom:
    return arithmetic.error(name, arguments, f"{name} expects a space as the first argument")
