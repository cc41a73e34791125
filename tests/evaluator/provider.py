"""Operations as another layer would offer them."""

from __future__ import annotations

import time
from collections.abc import Iterable

from mettaclaw.atoms.syntax import Atom, Expression, Number, Symbol
from mettaclaw.atoms.view import Operation, View
from mettaclaw.errors import UsageError


def echo(_view: View, arguments: tuple[Atom, ...]) -> Iterable[Atom]:
    return [Expression((Symbol("heard"), *arguments))]


def kinds(view: View, arguments: tuple[Atom, ...]) -> Iterable[Atom]:
    for belief in view.find(arguments[0]):
        yield belief.statement


def refuse(_view: View, arguments: tuple[Atom, ...]) -> Iterable[Atom]:
    raise UsageError("refused; say please")


def stumble(_view: View, _arguments: tuple[Atom, ...]) -> Iterable[Atom]:
    yield Number(1)
    raise ZeroDivisionError("a mistake in the operation")


def sleep(_view: View, _arguments: tuple[Atom, ...]) -> Iterable[Atom]:
    time.sleep(60)
    return []


def hoard(_view: View, _arguments: tuple[Atom, ...]) -> Iterable[Atom]:
    return [Number(len(bytearray(1 << 40)))]


OPERATIONS = (
    Operation("echo", echo, "gives back what it gets"),
    Operation("kinds", kinds, "statements that match"),
    Operation("refuse", refuse, "raises an error of ours"),
    Operation("stumble", stumble, "raises another error"),
    Operation("sleep", sleep, "takes a minute"),
    Operation("hoard", hoard, "takes a terabyte"),
)
