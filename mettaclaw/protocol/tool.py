"""What a tool is: declared once, and everything else (docs, JSON schema, checks) follows from it.

A tool's ``run`` is synchronous and may block: the loop calls it in a worker thread. Its effect
decides how the loop wraps it. ``pure`` tools (which write nothing), ``memory`` and ``reply`` tools
run inside the call's transaction; a reply is a row of the outbox. ``files``, ``shell`` and
``network`` are effects outside the database and are written ahead (intent, effect, outcome).
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from mettaclaw.atoms.syntax import Atom, Number, String, read_all
from mettaclaw.atoms.truth import Truth
from mettaclaw.errors import CallError
from mettaclaw.protocol.calls import Call

Effect = Literal["pure", "memory", "files", "shell", "network", "reply"]
Permission = Literal["allow", "deny"]
ParameterType = Literal["text", "atom", "atoms", "number"]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One argument of a tool.

    ``text`` takes a string (any other atom is taken as its text), ``atom`` one atom of any kind,
    ``atoms`` the rest of the arguments (at least one), ``number`` an int or float.
    """

    name: str
    type: ParameterType
    doc: str
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a tool returns: its atoms, and a truth value where they have one."""

    values: tuple[Atom, ...]
    truth: Truth | None = None


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool's declaration. ``run`` gets one Python value per parameter, in order:

    ``text`` a str, ``atom`` an Atom, ``atoms`` a tuple of Atoms, ``number`` an int or float, and
    None for an optional one that is not given. It returns an ``Outcome`` or raises an error of
    ours, which becomes the call's failure.

    A tool whose effect is outside the database may be interrupted by a crash between effect and
    outcome. ``prepare`` gets the arguments before the effect and returns the intent: text that
    tells later what the world was like, never empty, committed before ``run`` starts; what it
    raises fails the call before anything happened. After a crash ``recover`` gets the intent and
    the arguments. It returns the outcome if the effect took place, or if it was certain that it
    had not and it has now carried it out; None if nobody can know. It may itself be interrupted.

    ``cancel`` ends a ``run`` that another thread is in, if there is one; it then raises.

    The loop runs no call of a tool whose ``permission`` is ``deny``; ``denial`` is the sentence
    that says how to permit it.
    """

    name: str
    doc: str
    parameters: tuple[Parameter, ...]
    effect: Effect
    permission: Permission
    run: Callable[..., Outcome]
    example: str = ""
    prepare: Callable[..., str] | None = None
    recover: Callable[[str, Sequence[Any]], Outcome | None] | None = None
    cancel: Callable[[], None] | None = None
    denial: str = ""

    @property
    def signature(self) -> str:
        """Such as ``(query TEXT [K])``; three dots follow what may be repeated."""
        names = [f"{p.name}..." if p.type == "atoms" else p.name for p in self.parameters]
        words = [
            f"[{name}]" if p.optional else name
            for name, p in zip(names, self.parameters, strict=True)
        ]
        return f"({' '.join([self.name, *words])})"

    def arguments(self, call: Call) -> list[Any]:
        """Check a call's arguments against the declaration and convert them for ``run``.

        Raises:
            CallError: Wrong number or type of arguments, with the signature.
        """
        if call.problem:
            raise CallError(call.problem)
        args = list(call.args)
        out: list[Any] = []
        for parameter in self.parameters:
            if parameter.type == "atoms":
                if not args and not parameter.optional:
                    raise self._wrong(call, f"{parameter.name} is missing")
                out.append(tuple(args))
                args = []
            elif args:
                out.append(self._convert(call, parameter, args.pop(0)))
            elif parameter.optional:
                out.append(None)
            else:
                raise self._wrong(call, f"{parameter.name} is missing")
        if args:
            raise self._wrong(call, f"{len(args)} argument(s) too many")
        return out

    def json_schema(self) -> dict[str, Any]:
        """The tool as an OpenAI function: arguments are strings or numbers, atoms as MeTTa text."""
        kinds: Mapping[str, dict[str, Any]] = {
            "text": {"type": "string"},
            "atom": {"type": "string", "description": "one MeTTa expression"},
            "atoms": {"type": "string", "description": "one or more MeTTa expressions"},
            "number": {"type": "number"},
        }
        properties = {
            p.name.lower(): {**kinds[p.type], "description": p.doc} for p in self.parameters
        }
        required = [p.name.lower() for p in self.parameters if not p.optional]
        schema = {
            "type": "object",
            "properties": properties,
            "required": required,
            "additionalProperties": False,
        }
        return {
            "type": "function",
            "function": {"name": self.name, "description": self.doc, "parameters": schema},
        }

    def from_json(self, arguments: Mapping[str, Any]) -> Call:
        """The call that a native tool call with these JSON arguments stands for.

        Raises:
            CallError: An argument that the tool does not have, or of the wrong type.
            MettaSyntaxError: MeTTa text that does not parse.
        """
        known = {p.name.lower(): p for p in self.parameters}
        strange = [name for name in arguments if name not in known]
        if strange:
            raise CallError(f"{self.name} has no argument {strange[0]!r}: {self.signature}")
        args: list[Atom] = []
        left_out = ""
        for name, parameter in known.items():
            value = arguments.get(name)
            if value is None:
                left_out = left_out or parameter.name
            elif left_out:
                raise CallError(f"{self.name}: {name} without {left_out}: {self.signature}")
            elif isinstance(value, bool) or value != value:
                raise CallError(f"{self.name}: {name} has the wrong type: {self.signature}")
            elif parameter.type == "number" and isinstance(value, int | float):
                args.append(Number(value))
            elif parameter.type == "text" and isinstance(value, str):
                args.append(String(value))
            elif isinstance(value, str) and parameter.type != "number":
                args.extend(read_all(value))
            else:
                raise CallError(f"{self.name}: {name} has the wrong type: {self.signature}")
        return Call(self.name, tuple(args))

    def _convert(self, call: Call, parameter: Parameter, atom: Atom) -> Any:
        if parameter.type == "atom":
            return atom
        if parameter.type == "text":
            return atom.value if isinstance(atom, String) else str(atom)
        if isinstance(atom, Number):
            return atom.value
        raise self._wrong(call, f"{parameter.name} takes a number, not `{str(atom)[:40]}`")

    def _wrong(self, call: Call, what: str) -> CallError:
        hint = f" Example: {self.example}" if self.example else ""
        return CallError(f"`{str(call)[:80]}`: {what}. The tool is {self.signature}.{hint}")


def find(tools: Mapping[str, Tool], name: str) -> Tool:
    """The tool of that name.

    Raises:
        CallError: There is none; the message has the nearest names.
    """
    tool = tools.get(name)
    if tool is None:
        near = difflib.get_close_matches(name, tools, n=3, cutoff=0.5)
        guess = f"did you mean {' or '.join(near)}?" if near else f"there are {' '.join(tools)}"
        raise CallError(f"there is no tool `{name}`; {guess}")
    return tool
