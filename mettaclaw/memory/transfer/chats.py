"""Chat logs: messages as OpenAI's interface has them, and the conversations that ChatGPT exports.

A file is a list of messages (``{"role": …, "content": …}``), an object with ``messages``, a list of
such objects, one such a line (as for fine-tuning), or ChatGPT's ``conversations.json``, of which
the branch that was last seen is read. Each conversation is a thread, each message a turn.

Instructions to the model (system, developer), calls of tools and their results, images and sound
are left out and counted. Not covered: LoCoMo's form (``locomo``).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias, cast

from mettaclaw.atoms import times
from mettaclaw.errors import MettaClawError, UsageError
from mettaclaw.memory.transfer.entries import Cleaning, Entry, Left, Thread, Unit, text_of
from mettaclaw.memory.transfer.notes import files, source

SUFFIXES = (".json", ".jsonl", ".ndjson")
KIND = "turn"
Object: TypeAlias = Mapping[str, Any]

_INSTRUCTIONS = ("system", "developer")
_TOOLS = ("tool", "function")


def units(path: Path, scope: str, left: Left, cleaned: Cleaning) -> list[Unit]:
    """The files to read, by name.

    Raises:
        UsageError: There are none.
    """
    found = [
        Unit(file, shown, file.stat().st_size, partial(_read, file, shown, scope, left, cleaned))
        for file, shown in files(path, left, SUFFIXES)
    ]
    if not found:
        raise UsageError(f"{path} holds no chat logs ({', '.join(SUFFIXES)}); name another folder")
    return found


def parsed(text: str, shown: str) -> list[Any]:
    """The values of a JSON file: of a list its members, of lines each; one if it is one.

    Raises:
        UsageError: It is no JSON; the message says where.
    """
    try:
        whole = json.loads(text)
        return cast("list[Any]", whole) if isinstance(whole, list) else [whole]
    except RecursionError as error:
        raise UsageError(f"{shown} is nested too deeply to be a chat log") from error
    except ValueError as error:
        first = error
    found: list[Any] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            try:
                found.append(json.loads(line))
            except (ValueError, RecursionError) as error:
                where = f"line {number}" if found else str(first)
                why = "this is not JSON" if found else "it is not JSON, nor is each line of it"
                raise UsageError(f"{shown}, {where}: {why}; mend it, and import again") from error
    return found


def is_chat(value: object) -> bool:
    """Whether a value is a message or a conversation."""
    found = fields(value)
    return "messages" in found or "mapping" in found or ("role" in found and "content" in found)


def _read(file: Path, shown: str, scope: str, left: Left, cleaned: Cleaning) -> Iterator[Entry]:
    found = file.stat()
    values = parsed(text_of(file, shown), shown)
    if values and all(isinstance(value, dict) and "role" in value for value in values):
        values = [{"messages": values}]
    for number, value in enumerate(values, start=1):
        if not is_chat(value):
            raise UsageError(
                f"{shown}, conversation {number} is none: a conversation has `messages` (or is a "
                "list of messages with `role` and `content`)"
            )
        thread = _thread(value, shown, number, len(values))
        turns = Thread(scope, KIND, source(shown), thread, cleaned)
        at = found.st_size * number // len(values)
        began = _moment(value.get("create_time", value.get("created_at")), found.st_mtime)
        for message in _messages(value, f"{shown}, conversation {number}", left):
            yield from _turn(message, turns, began, at, left)


def _thread(value: Object, shown: str, number: int, of: int) -> str:
    known = value.get("conversation_id", value.get("id"))
    if isinstance(known, str | int) and not isinstance(known, bool):
        return f"chat {known}"
    return shown if of == 1 else f"{shown} {number}"


def _messages(value: Object, where: str, left: Left) -> Iterator[Object]:
    found = value.get("messages")
    if "mapping" in value:
        found = _branch(value, left)
    if not isinstance(found, list):
        raise UsageError(f"{where}: its messages are no list")
    for number, message in enumerate(cast("list[object]", found), start=1):
        if not isinstance(message, dict):
            raise UsageError(f"{where}, message {number} is no object with `role` and `content`")
        yield cast("Object", message)


def _branch(value: Object, left: Left) -> list[object]:
    """The messages of ChatGPT's tree from its root to the one that was last seen."""
    nodes = fields(value["mapping"])
    path: dict[str, None] = {}
    node = value.get("current_node") or next(
        (key for key in reversed(list(nodes)) if not fields(nodes[key]).get("children")), None
    )
    while isinstance(node, str) and node in nodes and node not in path:
        path[node] = None
        node = fields(nodes[node]).get("parent")
    others = [key for key in nodes if key not in path and fields(nodes[key]).get("message")]
    left.parts.update(["message of another branch"] * len(others))
    found = (fields(nodes[key]).get("message") for key in reversed(path))
    return [message for message in found if message is not None]


def _turn(message: Object, turns: Thread, began: float, at: int, left: Left) -> Iterator[Entry]:
    author = fields(message.get("author"))
    role = str(message.get("role") or author.get("role") or "")
    if role in _INSTRUCTIONS:
        left.parts["instruction to the model"] += 1
        return
    if role in _TOOLS:
        left.parts["result of a tool"] += 1
        return
    if message.get("tool_calls") or message.get("function_call"):
        left.parts["call of a tool"] += 1
    text = "\n".join(_texts(message.get("content"), left))
    who = message.get("name") or author.get("name") or role
    time = _moment(message.get("create_time", message.get("timestamp")), began)
    if text.strip():
        yield from turns.entries(text, time, at, speaker=str(who))


def _texts(content: object, left: Left) -> Iterator[str]:
    """The texts of a message's content: a string, or parts of several kinds."""
    match content:
        case str():
            yield content
        case {"parts": list()} | {"text": str()}:  # ChatGPT's
            inner = cast("Object", content)
            yield from _texts(inner.get("parts", inner.get("text")), left)
        case list():
            for part in cast("list[object]", content):
                match part:
                    case str():
                        yield part
                    case {"type": "text" | "input_text" | "output_text", "text": str(text)}:
                        yield text
                    case _:
                        left.parts[_what(part)] += 1
        case None:
            pass
        case _:
            left.parts[_what(content)] += 1


def _what(part: object) -> str:
    kind = fields(part).get("type") or fields(part).get("content_type")
    words = str(kind)[:40].replace("_", " ") if kind else "part without text"
    return f"{words} in a message"


def _moment(value: object, otherwise: float) -> float:
    try:
        return times.seconds(value) if value is not None else otherwise
    except MettaClawError:
        return otherwise


def fields(value: object) -> Object:
    """The fields of an object; none of anything else."""
    return cast("Object", value) if isinstance(value, dict) else {}
