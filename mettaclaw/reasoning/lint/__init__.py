"""A lint on statements that are about to be believed, or were just: is that what was meant?

Four kinds of doubt, each a value with what it rests on and, where that can be told, the statement
that was probably meant: mixed notation (``notation``), the wrong copula (``copulas``), swapped
arguments (``relations``), and new names that are near to known ones (``spelling``). The evidence is
what the base holds; names of relations and kinds are not built in.

Invariant: nothing is refused or changed, what stands in the base is not doubted for being there,
and the cost of a statement does not grow with the base. A denial states no order and no kind, so
only how it is written and spelled is looked at. Not covered: whether a statement is true.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mettaclaw.atoms import arguments
from mettaclaw.atoms.syntax import Atom, Expression, String, Symbol, replaced, walk
from mettaclaw.atoms.truth import Truth
from mettaclaw.atoms.unify import canonical, head
from mettaclaw.reasoning.lint import spelling
from mettaclaw.reasoning.lint.copulas import wrong_copula
from mettaclaw.reasoning.lint.doubts import Doubt
from mettaclaw.reasoning.lint.notation import mixed_notation
from mettaclaw.reasoning.lint.relations import swapped
from mettaclaw.reasoning.lint.roles import Base, Known, uses

MOST = 100  # statements of one batch that are looked at
_NAMES = 16  # names of one statement whose spelling is


def lint(
    base: Base, told: Iterable[tuple[Atom | str, Truth | tuple[float, float] | None]]
) -> list[Doubt]:
    """What is odd about some statements, in their order.

    Args:
        base: What is believed. It may hold the statements already; a statement counts as known to
            those after it, and not before.
        told: The statements, each with the truth value that it is given; as atoms or their text,
            and ``Truth`` or a pair.
    """
    told = [(arguments.atom(statement), arguments.truth(truth)) for statement, truth in told]
    held = dict.fromkeys(canonical(statement) for statement, _ in told)
    doubts: list[Doubt] = []
    for statement, truth in told[:MOST]:
        doubts += _doubts(statement, truth, Known(base, held))
        held.pop(canonical(statement), None)
    return doubts


def _doubts(statement: Atom, truth: Truth | None, known: Known) -> Iterator[Doubt]:
    notation = mixed_notation(statement, known)
    if notation is not None:
        yield notation
    elif truth is None or truth.f >= 0.5:
        yield from wrong_copula(statement, known)
        order = swapped(statement, known)
        if order is not None:
            yield order
    misspelled = _misspelled(statement, known)
    if misspelled is not None:
        yield misspelled


def _misspelled(statement: Atom, known: Known) -> Doubt | None:
    """A doubt about the new names in a statement."""
    if isinstance(statement, String) or head(statement) in (None, "="):
        return None
    names = dict.fromkeys(symbol for symbol, _ in uses(statement))
    meant: dict[Atom, Atom] = {}
    reasons: list[str] = []
    for name in list(names)[:_NAMES]:
        if known.holding(name, 1):
            continue
        for other, how in spelling.near(name.name, known.base.spelled):
            if _is_other(statement, name, Symbol(other), how, known):
                continue
            meant[name] = Symbol(other)
            reasons.append(f"{name} is new, and {Symbol(other)} is known")
            break
    if not meant:
        return None
    return Doubt("spelling", statement, "; ".join(reasons), replaced(statement, meant))


def _is_other(
    statement: Atom, name: Symbol, other: Symbol, how: spelling.Difference, known: Known
) -> bool:
    """Whether the near symbol is not what was meant, as its use shows."""
    if any(node == other for node in walk(statement)):
        return True  # told apart in one statement
    found = known.holding(other)
    if not found:
        return True
    here = {role for symbol, role in uses(statement) if symbol == name}
    there = {role for one in found for symbol, role in uses(one) if symbol == other}
    if how == "slip":
        return here.isdisjoint(there)
    if how == "case" and name.name[:1].isupper() and not other.name[:1].isupper():
        named = here == {"term"} and not _is_kind(statement, name)
        return named and _has_capitals(name, known)
    return False


def _is_kind(statement: Atom, name: Symbol) -> bool:
    """Whether a statement names something as the kind of another."""
    return (
        isinstance(statement, Expression)
        and head(statement) == "-->"
        and statement.children[-1] == name
    )


def _has_capitals(name: Symbol, known: Known) -> bool:
    """Whether the base knows other names with a capital."""
    found = known.base.spelled("A")
    while found is not None and (found == name.name or not known.holding(Symbol(found), 1)):
        found = known.base.spelled(found + "\x01")
    return found is not None and found[:1].isupper()
