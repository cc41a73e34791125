"""What form a file has: found by looking into it, where nobody says.

Not covered: what is in it (``notes``, ``chats``, ``locomo``, ``jsonlines``).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal, TypeAlias, cast, get_args

from mettaclaw.errors import UsageError
from mettaclaw.memory.transfer import chats, jsonlines, locomo, notes
from mettaclaw.memory.transfer.entries import Cleaning, Left, Unit, text_of
from mettaclaw.storage.files import regular

Form: TypeAlias = Literal["notes", "chat", "locomo", "jsonl"]
FORMS: tuple[Form, ...] = get_args(Form)

_ASK = "say what it is: --as notes, chat, locomo or jsonl (in Python, form=)"
_LOOK_BYTES = 4_000_000


def units(path: Path, form: Form, scope: str | None, left: Left, cleaned: Cleaning) -> list[Unit]:
    """The files of a form at a path, in order.

    Raises:
        UsageError: There are none, or they cannot be read.
    """
    match form:
        case "notes":
            return notes.units(path, scope or "", left, cleaned)
        case "chat":
            return chats.units(path, scope or "", left, cleaned)
        case "locomo":
            return locomo.units(path, scope or "", left, cleaned)
        case "jsonl":
            return jsonlines.units(path, scope, left)


def look(path: Path) -> Form:
    """The form of what is at a path.

    Raises:
        UsageError: There is nothing, or it has none of the forms.
    """
    try:
        if path.is_dir():
            return _of_folder(path)
        with regular(path) as stream:
            head = stream.read(_LOOK_BYTES)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from error
    if path.suffix.lower() in notes.SUFFIXES:
        return "notes"
    if b"\0" in head[:8_192]:
        raise UsageError(f"{path} is no text, and no other files are read")
    first = head.lstrip(b"\xef\xbb\xbf \t\r\n").split(b"\n", 1)[0]
    value = _value(first) if first.startswith((b"{", b"[")) else None
    if value is None and first.startswith((b"{", b"[")):
        value = _whole(path)
    form = _of(value)
    if form is None:
        raise UsageError(f"{path} is not known for any of the forms that are read; {_ASK}")
    return form


def _of_folder(path: Path) -> Form:
    left = Left()
    if next(notes.files(path, left, notes.SUFFIXES), None):
        return "notes"
    for file, _ in notes.files(path, left, chats.SUFFIXES):
        return look(file)
    raise UsageError(
        f"{path} holds neither notes ({', '.join(notes.SUFFIXES)}) nor chat logs "
        f"({', '.join(chats.SUFFIXES)}); name another folder"
    )


def _of(value: object) -> Form | None:
    if isinstance(value, list):
        value = next(iter(cast("list[Any]", value)), None)
    if not isinstance(value, dict):
        return None
    if chats.is_chat(cast("object", value)):
        return "chat"
    if locomo.is_conversation(cast("object", value)):
        return "locomo"
    return "jsonl" if {"format", "text", "atoms"} & value.keys() else None


def _value(octets: bytes) -> object:
    try:
        return json.loads(octets)
    except (ValueError, RecursionError):
        return None


def _whole(path: Path) -> object:
    try:
        return json.loads(text_of(path, path.name))
    except (ValueError, RecursionError):
        return None
