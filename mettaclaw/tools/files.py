"""The tools of files: read-file, write-file, append-file, inside the workspace.

Written ahead: the intent of a write records what the file held before (and which process writes),
so that after a crash it can be told whether it took place. If not, it is carried out then; if the
file holds neither the old nor the new, nobody can know, and nothing is touched.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from typing import Any

from mettaclaw.atoms.syntax import Atom, String
from mettaclaw.errors import CallError
from mettaclaw.protocol.tool import Outcome, Parameter, Tool
from mettaclaw.tools import values
from mettaclaw.tools.context import Context
from mettaclaw.tools.workspace import State, Workspace

PIECE_CHARS = 60_000  # every character may need an escape in the result

_PATH = Parameter("PATH", "text", "relative to the workspace, such as notes/plan.txt")


def declare(context: Context) -> tuple[Tool, ...]:
    """The tools, over an agent's workspace."""
    workspace = Workspace(context.workspace)

    def read(path: str, start: float | None = None) -> Outcome:
        text = _text(path, workspace.read(path))
        if start is not None and start not in range(len(text) + 1):
            raise CallError(f"`{path}` has {len(text):,} characters; START is one of 0 to that")
        first = int(start or 0)
        piece = text[first : first + PIECE_CHARS]
        shown: list[Atom] = [String(piece)]
        if first + len(piece) < len(text):
            shown.append(values.form("more", first + len(piece), len(text)))
        return Outcome(tuple(shown))

    def reread(_intent: str, args: Sequence[Any]) -> Outcome:
        return read(*args)

    def write(path: str, text: str) -> Outcome:
        return _wrote(path, workspace.write(path, _bytes(text)))

    def append(path: str, text: str) -> Outcome:
        return _wrote(path, workspace.append(path, _bytes(text)))

    def prepare(path: str, text: str) -> str:
        _bytes(text)
        return _intent(workspace.state(path))

    def recover_write(intent: str, args: Sequence[Any]) -> Outcome | None:
        path, text = args
        before, pid = _read_intent(intent)
        workspace.sweep(path, pid)
        now, after = workspace.state(path), State.of(_bytes(text))
        if now == after:
            return _wrote(path, after)
        return write(path, text) if now == before else None

    def recover_append(intent: str, args: Sequence[Any]) -> Outcome | None:
        path, text = args
        before, _ = _read_intent(intent)
        now = workspace.state(path)
        if now is None:
            return append(path, text) if before is None else None
        content, data = workspace.read(path), _bytes(text)
        old = 0 if before is None else before.size
        if before is not None and State.of(content[:old]) != before:
            return None
        added = content[old:]
        if added.startswith(data):
            return _wrote(path, now)
        if data.startswith(added):  # it stopped in the middle, or before it began
            return _wrote(path, workspace.append(path, data[len(added) :]))
        return None

    return (
        Tool(
            "read-file",
            f"Reads a text file of the workspace. Returns its text; of a long one {PIECE_CHARS:,} "
            "characters, and then (more START CHARACTERS): read on from that START.",
            (_PATH, Parameter("START", "number", "characters to skip, 0 if not given", True)),
            "files",
            "allow",
            read,
            '(read-file "notes.txt")',
            prepare=lambda *_: "{}",
            recover=reread,
        ),
        Tool(
            "write-file",
            "Makes a file of the workspace hold exactly this text; what it held is lost. Folders "
            "are made as needed. Returns (wrote PATH BYTES SHA256) of the file, read back.",
            (_PATH, Parameter("TEXT", "text", "the whole new content")),
            "files",
            "allow",
            write,
            '(write-file "notes.txt" "tea\\n")',
            prepare=prepare,
            recover=recover_write,
        ),
        Tool(
            "append-file",
            "Adds text to the end of a file of the workspace, which is made if needed. Returns "
            "(wrote PATH BYTES SHA256) of the whole file, read back.",
            (_PATH, Parameter("TEXT", "text", "what to add; begin or end it with a newline")),
            "files",
            "allow",
            append,
            '(append-file "notes.txt" "coffee\\n")',
            prepare=prepare,
            recover=recover_append,
        ),
    )


def _wrote(path: str, state: State) -> Outcome:
    return Outcome((values.form("wrote", path, state.size, state.sha256),))


def _intent(before: State | None) -> str:
    held = None if before is None else [before.size, before.sha256]
    return json.dumps({"before": held, "pid": os.getpid()})


def _read_intent(intent: str) -> tuple[State | None, int]:
    told = json.loads(intent)
    return None if told["before"] is None else State(*told["before"]), int(told["pid"])


def _bytes(text: str) -> bytes:
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise CallError("the text holds half of a surrogate pair; remove it") from error


def _text(path: str, data: bytes) -> str:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise CallError(
            f"`{path}` is no UTF-8 text: byte {data[error.start]:#04x} at {error.start:,} of "
            f"{len(data):,} bytes; only text files can be read"
        ) from error
    if "\0" in text:
        at = text.index("\0")
        raise CallError(f"`{path}` is no text: a NUL at character {at:,} of {len(text):,}")
    return text
