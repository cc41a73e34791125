"""What may stand after the goal of ``infer`` and ``why``: a logic's name, and bounds of the search.

::

    (infer (--> tom $what) pln (steps 500) (seconds 2) (depth 3))

``derive`` takes bounds alone, after its statements. Not covered: what a number may be (``Bounds``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from mettaclaw.atoms.syntax import Atom, Expression, Number, String, Symbol
from mettaclaw.atoms.unify import head
from mettaclaw.errors import UsageError
from mettaclaw.reasoning.backward.goals import Bounds


class Options(NamedTuple):
    """By which logic to reason, and how far; None: by all of them, side by side."""

    logic: str | None
    bounds: Bounds


def read(arguments: Sequence[Atom], name: str, form: str, bounds: Bounds) -> Options:
    """What stands after a goal.

    Args:
        arguments: The atoms after it.
        name: The operation's, for errors.
        form: How it is written, for errors.
        bounds: Those that are not named.

    Raises:
        UsageError: An atom is neither a logic's name nor a bound, or a bound is out of its range.
    """
    logic: str | None = None
    for one in arguments:
        match one:
            case Symbol(said) | String(said) if logic is None:
                logic = said
            case _ if (found := _bound(one, bounds)) is not None:
                bounds = found
            case _:
                raise UsageError(
                    f"`{name}` takes one statement, and after it a logic or bounds such as "
                    f"(steps 500), not `{str(one)[:60]}`; write {form}"
                )
    return Options(logic, bounds)


def bounded(arguments: Sequence[Atom], bounds: Bounds) -> tuple[list[Atom], Bounds, int | None]:
    """Statements, the bounds that stand among them, and the depth where that is one of these.

    Raises as ``read`` does of bounds.
    """
    statements: list[Atom] = []
    depth: int | None = None
    for one in arguments:
        found = _bound(one, bounds)
        if found is None:
            statements.append(one)
        else:
            bounds = found
            depth = bounds.depth if head(one) == "depth" else depth
    return statements, bounds, depth


def _bound(atom: Atom, bounds: Bounds) -> Bounds | None:
    """The bounds with one that an atom names; None if it names none."""
    match atom:
        case Expression((Symbol("steps"), Number(value))):
            return bounds.but(steps=value)
        case Expression((Symbol("seconds"), Number(value))):
            return bounds.but(seconds=value)
        case Expression((Symbol("depth"), Number(value))):
            return bounds.but(depth=value)
        case _:
            return None
