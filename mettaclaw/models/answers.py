"""What a model wrote, read as an ``Answer``: text in calls, or native tool calls.

Invariant: all or nothing. An answer that does not parse, or one of whose native calls has no
readable arguments, holds no call at all and an error that tells the model what to write. A native
call that can be read but does not fit its tool keeps its name and says why, so that it fails
alone. Every call of an answer reads back from its own text. Reasoning that a model shows before
its answer (``<think> … </think>``) is taken off.

Not covered: which calls may run and how many (the loop), and prose with calls somewhere in it:
nothing is guessed out of prose. Only what opens as a call is never taken for prose.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn, cast

from mettaclaw.atoms.syntax import MAX_CHARS, Expression, Number, String, Symbol, check, quote, read
from mettaclaw.atoms.values import UNWRITABLE
from mettaclaw.errors import LimitError, MettaClawError, MettaSyntaxError
from mettaclaw.memory.text import storable
from mettaclaw.protocol.calls import Call, parse
from mettaclaw.protocol.packet import Answer, Usage
from mettaclaw.protocol.tool import Tool

FORMAT = (
    "Nothing ran. Answer with calls alone, one MeTTa expression each and nothing around them, "
    'such as (metta (infer (--> garfield animal))) or (send "text for the person").'
)

_THINKING = re.compile(
    r"\A\s*<(think|thinking|thought|reasoning)>.*?(?:</\1>\s*|\Z)", re.DOTALL | re.IGNORECASE
)
_THOUGHT_END = re.compile(r"</(?:think|thinking|thought|reasoning)>", re.IGNORECASE)
# How an answer opens that was meant as a call: of MeTTa, or of a chat template whose server left it
# in the text (Hermes, Mistral, Llama, Qwen), or as bare JSON.
_OPENING = re.compile(r"\A\s*(?:```[a-zA-Z]*\s*)?\(\s*([^\s()\"]+)\s*(.?)", re.DOTALL)
_TEMPLATE = re.compile(
    r"\A\s*(?:```[a-zA-Z]*\s*)?(?:</?tool_calls?>|<\|(?:tool_call|python_tag)|\[TOOL_CALLS\]|"
    r"<function[=_]|[\[{\s]*\"(?:name|function|tool|tool_name|tool_calls)\"\s*:)",
    re.IGNORECASE,
)
_FUNCTION_NAME = re.compile(r"[^a-zA-Z0-9_-]")
_RAW_MAX, _RAW_CHARS = 8, 200  # what is kept of arguments that cannot be used


@dataclass(frozen=True, slots=True)
class Request:
    """A native tool call as it came: the function's name, and its arguments as JSON."""

    name: str
    arguments: str | Mapping[str, Any]


def from_text(text: str, usage: Usage | None = None) -> Answer:
    """Read an answer that is written in calls."""
    usage = usage or Usage()
    body = without_thinking(text)
    try:
        calls = [_fitting(call) for call in parse(body)]
    except (MettaSyntaxError, LimitError) as error:
        end = _THOUGHT_END.search(body)
        if end:  # a template that opens the thinking itself: only its end is in the answer
            return from_text(body[end.end() :], usage)
        return Answer(body, error=f"{error}. {FORMAT}", usage=usage)
    if not calls:
        return Answer(body, error=f"the answer holds no call. {FORMAT}", usage=usage)
    return Answer(body, tuple(calls), usage=usage)


def from_native(
    content: str, requests: Sequence[Request], tools: Sequence[Tool], usage: Usage | None = None
) -> Answer:
    """Read an answer of native tool calls, with or without text beside them.

    Text without a call is prose: the reply. Text that opens as a call is read as calls: endpoints
    that drop the offered functions without a word leave models nothing else to write. Where it
    cannot be read to its end, it is an error: half a call is not for the person.
    """
    usage = usage or Usage()
    prose = without_thinking(content).strip()
    if not requests:
        if _opens_as_call(prose, tools):
            return from_text(content, usage)
        if not prose:
            error = "the answer is empty. Nothing ran. Call a function, such as send."
            return Answer("", error=error, usage=usage)
        if _TEMPLATE.match(prose):
            error = (
                "the answer is a call written as text in a form that cannot be read. Nothing ran. "
                "Call the functions that are offered."
            )
            return Answer(prose, error=error, usage=usage)
        return Answer(prose, prose=prose, usage=usage)
    known = functions(tools)
    calls: list[Call] = []
    for number, request in enumerate(requests, 1):
        try:
            arguments = _object(request.arguments)
        except ValueError as error:
            return Answer(
                "\n".join(f"{r.name} {r.arguments}" for r in requests),
                error=f"the arguments of call {number} (`{request.name}`) are no JSON object: "
                f"{error}. Nothing ran. Call again with valid JSON.",
                usage=usage,
                prose=prose,
            )
        calls.append(_call(request.name, arguments, known))
    return Answer("\n".join(str(call) for call in calls), tuple(calls), usage=usage, prose=prose)


def functions(tools: Sequence[Tool]) -> dict[str, Tool]:
    """The tools by the names under which they are offered as functions.

    Endpoints take letters, digits, ``_`` and ``-``, at most 64; other names are made to fit, and
    told apart by a number.
    """
    named: dict[str, Tool] = {}
    for tool in tools:
        base = name = _FUNCTION_NAME.sub("_", tool.name)[:64] or "_"
        number = 1
        while name in named:
            number += 1
            name = f"{base[:60]}_{number}"
        named[name] = tool
    return named


def schemas(tools: Sequence[Tool]) -> list[dict[str, Any]]:
    """The tools as the ``tools`` of a chat completion."""
    offered: list[dict[str, Any]] = []
    for name, tool in functions(tools).items():
        schema = tool.json_schema()
        offered.append({**schema, "function": {**schema["function"], "name": name}})
    return offered


def without_thinking(text: str) -> str:
    """The answer after the reasoning that it opens with; nothing, where it is all reasoning."""
    while (found := _THINKING.match(text)) is not None:
        text = text[found.end() :]
    return text


def _opens_as_call(text: str, tools: Sequence[Tool]) -> bool:
    """Whether a text begins with a call of a tool, or of one whose name is nearly written so."""
    opening = _OPENING.match(text)
    if opening is None:
        return False
    name, follows = opening.groups()
    names = [tool.name for tool in tools]
    near = bool(difflib.get_close_matches(name.lower(), names, n=1, cutoff=0.75))
    return name in names or (near and follows in ('"', "(", ")", ""))


def _call(name: str, arguments: Mapping[str, Any], known: Mapping[str, Tool]) -> Call:
    tool = known.get(name)
    raw = [_plain(value) for value in list(arguments.values())[:_RAW_MAX]]
    if tool is None:  # the loop says that there is no such tool
        return Call(storable(name[:64]), tuple(map(String, raw)))
    try:
        return _fitting(tool.from_json(_spoken(tool, arguments)))
    except MettaClawError as error:
        return Call.unreadable(tool.name, str(error), raw)


def _spoken(tool: Tool, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """Arguments in which plain words stand as MeTTa strings where one atom is asked for.

    Models write ``{"what": "I like tea"}`` and forget the quotes that MeTTa text wants inside.
    What opens like MeTTa, and what reads as one atom, is left as it is.
    """
    said = dict(arguments)
    for name in (p.name.lower() for p in tool.parameters if p.type == "atom"):
        value = said.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool):
            said[name] = str(Number(value))
        elif isinstance(value, str) and not value.lstrip().startswith(("(", '"')):
            try:
                read(value)
            except MettaClawError:
                said[name] = quote(value)
    return said


def _fitting(call: Call) -> Call:
    """The call, if it can be read back from its own text, in which escapes take room.

    Raises:
        LimitError: It is too large.
        MettaSyntaxError: It holds what no text can.
    """
    check(Expression((Symbol(call.name), *call.args)))
    size = len(str(call))
    if size > MAX_CHARS:
        raise LimitError(
            "text",
            f"`{call.name}` with {size:,} characters, and {MAX_CHARS:,} are allowed (limit text); "
            "make several calls",
        )
    return call


def _object(arguments: str | Mapping[str, Any]) -> Mapping[str, Any]:
    """A JSON object.

    Raises:
        ValueError: It is something else, with what.
    """
    if not isinstance(arguments, str):
        return arguments
    if not arguments.strip():
        return {}
    try:
        found: object = json.loads(arguments, parse_constant=_no_constant)
    except RecursionError:
        raise ValueError("it is nested too deep") from None
    if not isinstance(found, dict):
        raise ValueError(f"it is {str(found)[:40]!r}")  # noqa: TRY004 one kind of error for callers
    return cast("dict[str, Any]", found)


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


def _plain(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return storable(text[:_RAW_CHARS])


def repair(text: str) -> str:
    """Text with the halves of surrogate pairs joined, and what stays half replaced."""
    if not UNWRITABLE.search(text):
        return text
    return storable(text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))
