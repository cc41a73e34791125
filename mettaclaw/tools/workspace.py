"""The workspace: the one folder whose files a model may read and write.

Invariants: only regular files inside of it are opened (see ``mettaclaw.tools.paths``). ``write``
replaces a file as a whole or not at all; ``append`` adds the whole text, or takes back what it
added. What was written is on the disk, and was read back, when a function returns.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import stat
from dataclasses import dataclass
from pathlib import Path

from mettaclaw.errors import CallError, LimitError, StorageError
from mettaclaw.tools.paths import OURS, NoFileError, explained, folder_error, located

MAX_READ_BYTES = 16 * 2**20
MAX_WRITE_BYTES = 2**20

_FILE = os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


@dataclass(frozen=True, slots=True)
class State:
    """What a file holds: its size in bytes and its SHA-256."""

    size: int
    sha256: str

    @classmethod
    def of(cls, data: bytes) -> State:
        """The state of a file with this content."""
        return cls(len(data), hashlib.sha256(data).hexdigest())


class Workspace:
    """Files below a folder, by paths relative to it."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def read(self, path: str) -> bytes:
        """The whole content of a file.

        Raises:
            CallError: There is no such file, or it may not be read; the message says what to do.
            LimitError: It is too large.
        """
        with located(self.root, path) as (folder, name), explained(path, folder):
            _status(path, folder, name)
            handle = os.open(name, os.O_RDONLY | _FILE, dir_fd=folder)
            with open(handle, "rb") as file:
                _regular(path, os.fstat(handle))
                data = file.read(MAX_READ_BYTES + 1)
        if len(data) > MAX_READ_BYTES:
            raise LimitError(
                "text",
                f"`{path}` is larger than {MAX_READ_BYTES:,} bytes, the most that is read "
                "(limit text)",
            )
        return data

    def state(self, path: str) -> State | None:
        """What a file holds now; None if there is no such file. Raises as ``read``."""
        try:
            return State.of(self.read(path))
        except NoFileError:
            return None

    def write(self, path: str, data: bytes) -> State:
        """Make a file hold exactly these bytes, and read it back; folders are made as needed.

        It is on the disk when this returns. If it fails, the file is as it was.
        """
        _require_size(path, data)
        with located(self.root, path, make=True) as (folder, name), explained(path, folder):
            mode = _mode(path, folder, name)
            part = f"{OURS}{os.getpid()}-{secrets.token_hex(4)}"
            try:
                handle = os.open(
                    part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _FILE, 0o666, dir_fd=folder
                )
                with open(handle, "wb") as file:
                    if mode is not None:
                        os.fchmod(handle, mode)
                    file.write(data)
                    file.flush()
                    os.fsync(handle)
                os.rename(part, name, src_dir_fd=folder, dst_dir_fd=folder)
            except BaseException:
                with contextlib.suppress(OSError):
                    os.unlink(part, dir_fd=folder)
                raise
            os.fsync(folder)
        return self._read_back(path, data, State.of(data), at=0)

    def append(self, path: str, data: bytes) -> State:
        """Add bytes to the end of a file, which is made if needed, and read it back.

        They are on the disk when this returns. If it fails, the file is as it was.
        """
        _require_size(path, data)
        with located(self.root, path, make=True) as (folder, name), explained(path, folder):
            created = _mode(path, folder, name) is None
            flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | _FILE
            handle = os.open(name, flags, 0o666, dir_fd=folder)
            try:
                before = _regular(path, os.fstat(handle)).st_size
                _require_room(path, before + len(data))
                _add(handle, data, before)
            except BaseException:
                if created and os.fstat(handle).st_size == 0:
                    os.unlink(name, dir_fd=folder)
                raise
            finally:
                os.close(handle)
            if created:
                os.fsync(folder)
        return self._read_back(path, data, None, at=before)

    def sweep(self, path: str, pid: int) -> None:
        """Remove the unfinished copies that a process that died has left beside a file."""
        with contextlib.suppress(NoFileError), located(self.root, path) as (folder, _):
            for name in os.listdir(folder):
                if name.startswith(f"{OURS}{pid}-"):
                    with contextlib.suppress(OSError):
                        os.unlink(name, dir_fd=folder)

    # --- inside ---

    def _read_back(self, path: str, data: bytes, expected: State | None, at: int) -> State:
        found = self.read(path)
        state = State.of(found)
        if found[at : at + len(data)] != data or expected not in (None, state):
            raise StorageError(
                f"`{path}` does not hold what was written: something else changed it at the same "
                "moment; read it before you go on"
            )
        return state


def _mode(path: str, folder: int, name: str) -> int | None:
    """The permissions of a file that is to be changed; None if it does not exist yet."""
    try:
        info = _status(path, folder, name)
    except FileNotFoundError:
        return None
    if not os.access(name, os.W_OK, dir_fd=folder):
        raise CallError(f"`{path}` is read-only; write another file, or ask for permission")
    return info.st_mode & 0o777


def _status(path: str, folder: int, name: str) -> os.stat_result:
    """What the system says of a file before it is opened: opening a pipe or device has effects."""
    info = os.stat(name, dir_fd=folder, follow_symlinks=False)
    if stat.S_ISDIR(info.st_mode):
        raise folder_error(path, folder, name)
    return _regular(path, info)


def _regular(path: str, info: os.stat_result) -> os.stat_result:
    if not stat.S_ISREG(info.st_mode):
        raise CallError(f"`{path}` is no plain file (a device, pipe, socket or link); name another")
    return info


def _require_size(path: str, data: bytes) -> None:
    if len(data) > MAX_WRITE_BYTES:
        raise LimitError(
            "text",
            f"{len(data):,} bytes for `{path}`, and {MAX_WRITE_BYTES:,} are written at once "
            "(limit text); write a part of it and append the rest",
        )


def _require_room(path: str, size: int) -> None:
    if size > MAX_READ_BYTES:
        raise LimitError(
            "text",
            f"`{path}` would grow to {size:,} bytes, past the {MAX_READ_BYTES:,} that can be read "
            "(limit text); begin another file",
        )


def _add(handle: int, data: bytes, before: int) -> None:
    """Append it all and sync, or take back what was appended."""
    done = 0
    try:
        while done < len(data):
            done += os.write(handle, data[done:])
        os.fsync(handle)
    except BaseException:
        with contextlib.suppress(OSError):
            if os.fstat(handle).st_size == before + done:  # nobody else has appended meanwhile
                os.ftruncate(handle, before)
        raise
