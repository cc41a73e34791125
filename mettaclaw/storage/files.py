"""Files that people name: written whole or not at all, read only where they end.

Not covered: what is in them, and the database (``connection``, ``backup``).
"""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from collections.abc import Generator
from pathlib import Path
from typing import BinaryIO, TextIO

from mettaclaw.errors import UsageError

_MAGIC = b"SQLite format 3\0"


@contextlib.contextmanager
def written(file: Path) -> Generator[TextIO, None, None]:
    """UTF-8 text for a file that is complete and on the disk at the end, or as it was.

    A new file can be read by its owner alone, another keeps its mode, and links are followed.

    Raises:
        UsageError: It is there and is no regular file, or is a database.
        OSError: It cannot be written.
    """
    file = file.resolve()
    if file.exists() and not file.is_file():
        raise UsageError(f"{file} is no regular file; name another one, or `-` for stdout")
    if _is_of_database(file):
        raise UsageError(f"{file} belongs to a database, which is never written over; name another")
    part = new_part(file)
    try:
        with open(part, "w", encoding="utf-8") as out:
            if file.is_file():
                os.fchmod(out.fileno(), stat.S_IMODE(file.stat().st_mode))
            yield out
            out.flush()
            os.fsync(out.fileno())
        part.replace(file)
        sync(file.absolute().parent)
    finally:
        with contextlib.suppress(OSError):
            part.unlink()


def new_part(file: Path) -> Path:
    """An empty new file beside one that is to be written, which its owner alone can read or guess.

    Raises:
        OSError: It cannot be made.
    """
    descriptor, name = tempfile.mkstemp(
        prefix=f"{file.name[:200]}.part", dir=file.absolute().parent
    )
    os.close(descriptor)
    return Path(name)


@contextlib.contextmanager
def regular(file: Path) -> Generator[BinaryIO, None, None]:
    """A file, open to be read, that has an end.

    Raises:
        UsageError: It is a pipe or a device.
        OSError: It cannot be read.
    """
    with open(file, "rb", opener=_without_waiting) as stream:
        if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
            raise UsageError(
                f"{file} is no regular file, and might never end; copy what it gives to a file and "
                "import that (stdin: `mettaclaw atoms import -`)"
            )
        yield stream


def whole(file: Path, most: int) -> bytes:
    """All of a file that has an end, and at most so many bytes.

    Raises:
        UsageError: It is a pipe or a device, or has more.
        OSError: It cannot be read.
    """
    with open(file, "rb", opener=_without_waiting) as stream:
        if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
            raise UsageError(f"{file} is no regular file")
        octets = stream.read(most + 1)
    if len(octets) > most:
        raise UsageError(f"{file} has more than {most:,} bytes")
    return octets


def sync(path: Path) -> None:
    """Wait until a file, or a folder's list of files, is on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _is_of_database(file: Path) -> bool:
    """Whether it is a database of SQLite, or stands beside one as its log."""
    database = Path(str(file).removesuffix("-wal").removesuffix("-shm"))
    try:
        with open(database, "rb", opener=_without_waiting) as stream:
            return stream.read(len(_MAGIC)) == _MAGIC
    except OSError:  # there is none, or it cannot be read, and whoever writes will be told
        return False


def _without_waiting(path: str, flags: int) -> int:
    """For a pipe, without waiting until somebody writes to it."""
    return os.open(path, flags | os.O_NONBLOCK)
