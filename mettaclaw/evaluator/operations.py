"""The atomspace's own operations, ``truth`` and ``believe``, as MeTTa text may call them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mettaclaw.atoms import truth as truths
from mettaclaw.atoms.syntax import Atom, Expression, String, Symbol
from mettaclaw.errors import UsageError
from mettaclaw.evaluator.overlay import Overlay

_BELIEVE = '(believe STATEMENT (stv 1.0 0.9)), or with the words it came from as a third: "..."'


def truth(view: Overlay, arguments: Sequence[Atom]) -> Iterable[Atom]:
    """``(truth A)``: ``(stv f c)``, as it counts in reasoning too, or ``(unknown A)``."""
    if len(arguments) != 1:
        raise UsageError(f"`truth` takes one statement, not {len(arguments)}: (truth STATEMENT)")
    belief = view.belief(arguments[0])
    if belief is None:
        return [Expression((Symbol("unknown"), arguments[0]))]
    return [belief.standing.to_atom()]


def believe(view: Overlay, arguments: Sequence[Atom]) -> Iterable[Atom]:
    """``(believe A (stv f c) ["words"])``: the statement's truth after revision."""
    match arguments:
        case [statement, value]:
            words = None
        case [statement, value, String(words)]:
            pass
        case _:
            raise UsageError(f"`believe` got the wrong arguments; write {_BELIEVE}")
    given = truths.from_atom(value)
    if given is None:
        raise UsageError(f"`{str(value)[:80]}` is no truth value; write {_BELIEVE}")
    belief = view.believe(statement, given, words)
    return [belief.standing.to_atom()]
