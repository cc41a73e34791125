"""Files that people name, and messages from a file or from stdin, one a line; comments (``#``) and
blank lines are none.

Invariant: a line is handed out as soon as it is complete, and lines that are there together come
together, so that a burst is queued as one. Text is UTF-8 whatever the locale says; anything else
is an error that names the line.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

from mettaclaw.errors import UsageError

MAX_LINE_BYTES = 4_000_000
_CHUNK = 65_536


def whole(name: str) -> str:
    """All text of a file, or of stdin for ``-``.

    Raises:
        UsageError: It cannot be read, or is not UTF-8.
    """
    if not name:
        raise UsageError("the file has no name; name one, or - for stdin")
    try:
        octets = b"".join(_chunks(0)) if name == "-" else Path(name).read_bytes()
        return octets.decode("utf-8-sig")
    except OSError as error:
        raise UsageError(f"{_shown(name)} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise UsageError(f"{_shown(name)}, line {line}: this is not UTF-8 text") from error


def new(name: str | Path, instead: str = "; name a new file", force: bool = False) -> Path:
    """The path of a file that is to be written.

    Args:
        name: Where it is to be.
        instead: What to do where there is one already.
        force: Whether one that is there may be written over.

    Raises:
        UsageError: It exists, or its folder does not.
    """
    if not str(name):
        raise UsageError(f"the file has no name{instead}")
    file = Path(name)
    try:
        if file.is_dir():
            raise UsageError(f"{file} is a folder; name a file in it")
        if not file.absolute().parent.is_dir():
            raise UsageError(f"there is no folder {file.parent}; make it, or name another place")
        if file.exists() and not force:
            raise UsageError(f"{file} exists already{instead}")
    except (OSError, ValueError) as error:  # a folder that is closed to us, a NUL in the name
        raise UsageError(f"{file} cannot be written: {error}") from error
    return file


def messages(text: str) -> list[str]:
    """The messages of a script."""
    lines = (line.strip() for line in text.split("\n"))
    return [line for line in lines if line and not line.startswith("#")]


async def arriving(descriptor: int = 0) -> AsyncIterator[list[str]]:
    """Messages as they arrive on a stream, in batches of those that are there together.

    The first batch is empty and comes at once, so that there is time for what was left.
    """
    loop = asyncio.get_running_loop()
    queue: asyncio.Queue[list[str] | UsageError | None] = asyncio.Queue()

    def read() -> None:
        try:
            for batch in _batches(descriptor):
                loop.call_soon_threadsafe(queue.put_nowait, batch)
            loop.call_soon_threadsafe(queue.put_nowait, None)
        except UsageError as error:
            loop.call_soon_threadsafe(queue.put_nowait, error)
        except RuntimeError:
            pass  # the loop has ended; nobody waits for the rest

    # A daemon that reads the bare descriptor: at exit nothing has to wait for it.
    threading.Thread(target=read, name="stdin", daemon=True).start()
    yield []
    while (batch := await queue.get()) is not None:
        if isinstance(batch, UsageError):
            raise batch
        if batch:
            yield batch


def _batches(descriptor: int) -> Iterator[list[str]]:
    pending, number = b"", 0
    for chunk in _chunks(descriptor):
        *lines, pending = (pending + chunk).split(b"\n")
        if len(pending) > MAX_LINE_BYTES:
            raise UsageError(f"stdin, line {number + len(lines) + 1}: more than 4 MB in one line")
        yield _decoded(lines, number)
        number += len(lines)
    yield _decoded([pending], number)


def _decoded(lines: list[bytes], before: int) -> list[str]:
    texts: list[str] = []
    for number, line in enumerate(lines, start=before + 1):
        try:
            texts.append(line.decode("utf-8-sig" if number == 1 else "utf-8"))
        except UnicodeDecodeError as error:
            raise UsageError(f"stdin, line {number}: this is not UTF-8 text") from error
    return messages("\n".join(texts))


def _chunks(descriptor: int) -> Iterator[bytes]:
    try:
        while chunk := os.read(descriptor, _CHUNK):
            yield chunk
    except OSError as error:
        raise UsageError(f"stdin cannot be read: {error.strerror}") from error


def _shown(name: str) -> str:
    return "stdin" if name == "-" else name
