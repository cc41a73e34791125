"""The atomspace's own operations, as MeTTa text may call them: truth, believe, retract, as-of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mettaclaw.atoms import truth as truths
from mettaclaw.atoms.forms import stated, undoubled
from mettaclaw.atoms.syntax import Atom, Expression, Number, String, Symbol
from mettaclaw.errors import UsageError
from mettaclaw.evaluator.overlay import Overlay

_BELIEVE = (
    '(believe STATEMENT (stv 1.0 0.9)), or with the words it came from as a third: "...", and then '
    'perhaps who said them, and when: "Sam says ..." sam 2026-11-17'
)


def truth(view: Overlay, arguments: Sequence[Atom]) -> Iterable[Atom]:
    """``(truth A)``: ``(stv f c)``, as it counts in reasoning too, or ``(unknown A)``."""
    if len(arguments) != 1:
        raise UsageError(f"`truth` takes one statement, not {len(arguments)}: (truth STATEMENT)")
    belief = view.belief(undoubled(arguments[0]))
    if belief is None:
        return [Expression((Symbol("unknown"), arguments[0]))]
    return [belief.standing.to_atom()]


def believe(view: Overlay, arguments: Sequence[Atom]) -> Iterable[Atom]:
    """``(believe A (stv f c) ["words" [SOURCE [TIME]]])``: the statement's truth after revision."""
    words = source = when = None
    match arguments:
        case [statement, value]:
            pass
        case [statement, value, String(words)]:
            pass
        case [statement, value, String(words), Symbol(source) | String(source)]:
            pass
        case [
            statement,
            value,
            String(words),
            Symbol(source) | String(source),
            Symbol(when) | String(when) | Number(when),
        ]:
            pass
        case _:
            raise UsageError(f"`believe` got the wrong arguments; write {_BELIEVE}")
    given = truths.from_atom(value)
    if given is None:
        raise UsageError(f"`{str(value)[:80]}` is no truth value; write {_BELIEVE}")
    statement = stated(statement)
    if words is None or source is None:
        belief = view.believe(statement, given, words)
    else:
        belief = view.believe_reported(statement, given, words, source, when)
    return [belief.standing.to_atom()]


def retract(view: Overlay, arguments: Sequence[Atom]) -> Iterable[Atom]:
    """``(retract A)``: takes back what was said of a statement; ``()``, or ``(unknown A)``."""
    if len(arguments) != 1:
        raise UsageError(
            f"`retract` takes one statement, not {len(arguments)}: (retract STATEMENT)"
        )
    gone = view.retract(undoubled(arguments[0]))
    return [Expression(()) if gone else Expression((Symbol("unknown"), arguments[0]))]


def as_of(_view: Overlay, _arguments: Sequence[Atom]) -> Iterable[Atom]:
    """``(as-of TIME EXPR)`` inside of something else, where it cannot be evaluated."""
    raise UsageError(
        "`as-of` stands outermost and takes a time and one expression: "
        '!(as-of "2026-11-17" (infer GOAL)), or "last Monday", yesterday, 2h'
    )
