"""Arithmetic of 64-bit integers and doubles that neither aborts nor wraps around silently.

Hyperon's own ``%`` aborts on zero, ``/`` on the smallest integer by -1, and ``+ - *`` wrap around.
Here these give ``(Error (OP A B) DivisionByZero)`` and ``(Error (OP A B) IntegerOverflow)``.
Everything else is as in hyperon: ``(/ 7 2)`` is 3, toward zero; a float makes the result a float;
floats follow IEEE 754, so ``(/ 1.0 0)`` is infinite.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false
# hyperon has no types.

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import hyperonpy as hp

from mettaclaw.evaluator.convert import INT_MAX, INT_MIN, CAtom
from mettaclaw.evaluator.grounded import Unreduced, operation
from mettaclaw.evaluator.run import current

Number = int | float


class _Fault(Exception):  # noqa: N818 - becomes an Error atom, never leaves this module
    """An operation that has no value."""


def value(catom: CAtom) -> Number:
    """The number in an atom.

    Raises:
        Unreduced: It is none.
    """
    text: str = hp.atom_to_str(catom)
    if hp.atom_get_metatype(catom) != hp.AtomKind.GROUNDED:
        raise Unreduced
    try:
        return int(text)
    except ValueError:
        pass
    try:
        return float(text)
    except ValueError:
        raise Unreduced from None


def to_atom(number: Number) -> CAtom:
    """The atom of a number."""
    return hp.atom_int(number) if isinstance(number, int) else hp.atom_float(number)


def operations() -> dict[str, CAtom]:
    """The grounded atoms that take the place of hyperon's, by name."""
    number = hp.atom_sym("Number")
    made = {name: operation(name, _binary(name, f), [number] * 3) for name, f in _BINARY.items()}
    made["abs-math"] = operation("abs-math", _absolute, [number] * 2)
    return made


def _binary(name: str, compute: Callable[[Number, Number], Number]) -> Callable[..., list[CAtom]]:
    def run(arguments: Sequence[CAtom]) -> list[CAtom]:
        a, b = value(arguments[0]), value(arguments[1])
        if isinstance(a, float) or isinstance(b, float):
            a, b = float(a), float(b)
        try:
            result = compute(a, b)
        except _Fault as fault:
            return [error(name, arguments, str(fault))]
        if isinstance(result, int) and not INT_MIN <= result <= INT_MAX:
            return [error(name, arguments, "IntegerOverflow")]
        return [to_atom(result)]

    return run


def error(name: str, arguments: Sequence[CAtom], reason: str) -> CAtom:
    """``(Error (NAME ARGUMENTS) REASON)``; the evaluation remembers that it was given."""
    call = hp.atom_expr([hp.atom_sym(name), *arguments])
    atom = hp.atom_expr([hp.atom_sym("Error"), call, hp.atom_sym(reason)])
    current().raised.append(hp.atom_to_str(atom))
    return atom


def _absolute(arguments: Sequence[CAtom]) -> list[CAtom]:
    result = abs(value(arguments[0]))
    if isinstance(result, int) and result > INT_MAX:
        return [error("abs-math", arguments, "IntegerOverflow")]
    return [to_atom(result)]


def _divide(a: Number, b: Number) -> Number:
    if isinstance(a, int) and isinstance(b, int):
        if b == 0:
            raise _Fault("DivisionByZero")
        quotient = abs(a) // abs(b)
        return quotient if (a < 0) == (b < 0) else -quotient
    if b == 0:
        if a == 0 or math.isnan(a):
            return math.nan
        return math.copysign(math.inf, a) * math.copysign(1.0, b)
    return a / b


def _remainder(a: Number, b: Number) -> Number:
    if isinstance(a, int) and isinstance(b, int):
        if b == 0:
            raise _Fault("DivisionByZero")
        rest = abs(a) % abs(b)
        return rest if a >= 0 else -rest
    if b == 0 or math.isinf(a) or math.isnan(a) or math.isnan(b):
        return math.nan
    return math.fmod(a, b)


def _multiply(a: Number, b: Number) -> Number:
    return a * b


_BINARY: dict[str, Callable[[Number, Number], Number]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": _multiply,
    "/": _divide,
    "%": _remainder,
}
