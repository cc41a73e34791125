"""Calls, their results, and the text a model writes them in.

An answer is a sequence of MeTTa expressions, one call each: ``(pin "plan") (send "hello")``.
Syntax is all or nothing: ``parse`` either returns every call of an answer or raises, and then
nothing has run. Which calls exist, and what they take, is the tools' business.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from mettaclaw.atoms.syntax import Atom, Expression, String, Symbol, read_all
from mettaclaw.atoms.truth import Truth
from mettaclaw.errors import MettaClawError, MettaSyntaxError

_UNREADABLE = Symbol("unreadable-arguments")


@dataclass(frozen=True, slots=True)
class Call:
    """One tool invocation that the model emits."""

    name: str
    args: tuple[Atom, ...] = ()

    def __str__(self) -> str:
        return str(Expression((Symbol(self.name), *self.args)))

    @classmethod
    def unreadable(cls, name: str, why: str, raw: Sequence[str] = ()) -> Call:
        """A call whose arguments do not fit its tool, as an endpoint's JSON may: it only fails.

        Why, and the raw arguments, stand in its one argument, so that they survive being written
        down; ``Tool.arguments`` raises them.
        """
        return cls(name, (Expression((_UNREADABLE, String(why), *map(String, raw))),))

    @property
    def problem(self) -> str | None:
        """Why an ``unreadable`` call fails; None for every other call."""
        match self.args:
            case (Expression((head, String(why), *_)),) if head == _UNREADABLE:
                return why
            case _:
                return None


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a call has no value: one of ``errors.KINDS``, and what to do next in a sentence."""

    kind: str
    message: str

    @classmethod
    def of(cls, error: MettaClawError) -> Failure:
        """The failure that an error of ours is."""
        return cls(error.kind, str(error))


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a call: its values, or the failure; never both.

    ``values`` are the atoms it returned (a text is one ``String``), ``truth`` the truth value
    where the result has one, ``ms`` the wall time it took.
    """

    call: Call
    values: tuple[Atom, ...] = ()
    failure: Failure | None = None
    truth: Truth | None = None
    ms: float = 0.0


_FENCE = re.compile(r"\A\s*```[a-zA-Z]*\n(.*?)\n?```\s*\Z", re.DOTALL)


def parse(answer: str) -> list[Call]:
    """Read the calls of a model's answer; a code fence around the whole answer is taken off.

    Raises:
        MettaSyntaxError: Not MeTTa, or something in it is no call, with the position.
        LimitError: A call is larger than an atom may be.
    """
    fenced = _FENCE.match(answer)
    text = fenced.group(1) if fenced else answer
    calls: list[Call] = []
    for atom in read_all(text):
        match atom:
            case Expression((Symbol(name), *args)):
                calls.append(Call(name, tuple(args)))
            case _:
                shown = str(atom)
                raise MettaSyntaxError(
                    f'`{shown[:60]}` is no call; an answer is calls such as (send "text") and '
                    "nothing around them",
                    text,
                    max(0, text.find(shown)),
                )
    return calls
