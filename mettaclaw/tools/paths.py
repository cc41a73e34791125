"""Paths in the workspace: from a model's text to an open folder and a name in it.

Invariant: no path leads out of the workspace. It is walked from the workspace's own descriptor,
one name at a time, and the kernel never follows a link for us; links inside are resolved here, step
by step, and one that leads out is refused, so exchanging a folder for a link while we walk gains
nothing. ``explained`` turns the system's errors into ours.

Not covered: hard links, which a person may have made to a file elsewhere; and what ``shell`` does.
"""

from __future__ import annotations

import contextlib
import errno
import os
from collections import deque
from collections.abc import Generator
from dataclasses import dataclass, field
from pathlib import Path

from mettaclaw.errors import CallError, StorageError

MAX_LINKS = 40
MAX_NAMES = 32  # each open folder on the way is a descriptor
OURS = ".mettaclaw-"  # the beginning of names that are ours

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_SHOWN = 20


@dataclass(slots=True)
class _Walk:
    """A walk that has begun: open folders from the workspace down, and the names still to go."""

    root: Path
    asked: str
    names: deque[str]
    folders: list[int] = field(default_factory=list[int])
    links: int = 0


class NoFileError(CallError):
    """There is no file of that name."""


@contextlib.contextmanager
def located(root: Path, path: str, make: bool = False) -> Generator[tuple[int, str], None, None]:
    """An open descriptor of the folder that a file is in, and the file's name there.

    The name may be that of no file yet, of a folder, a device; but it is that of no link, unless
    somebody exchanges it: open it with ``O_NOFOLLOW``.

    Args:
        root: The workspace.
        path: Relative to it, or absolute and inside of it.
        make: Make the folders on the way that are missing.

    Raises:
        CallError: The path leads out of the workspace, or cannot be a path.
    """
    walk = _Walk(root, path, deque(_names(root, path)))
    try:
        with explained(path, None):
            walk.folders.append(os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC))
        name = _descend(walk, make)
        yield walk.folders[-1], name
    finally:
        for folder in walk.folders:
            os.close(folder)


def folder_error(path: str, parent: int, name: str) -> CallError:
    """The error for a path that names a folder, with what is in it."""
    folder = os.open(name, _FOLDER, dir_fd=parent)
    try:
        return _is_folder(path, folder)
    finally:
        os.close(folder)


@contextlib.contextmanager
def explained(path: str, folder: int | None) -> Generator[None, None, None]:
    """Turn the system's errors into ours, with what to do next."""
    try:
        yield
    except FileNotFoundError as error:
        if folder is None:
            raise StorageError("the workspace folder is gone; start the agent again") from error
        raise NoFileError(
            f"there is no file `{path}` in the workspace; near there: {_listing(folder)}"
        ) from error
    except OSError as error:
        raise _meaning(path, error) from error


def _descend(walk: _Walk, make: bool) -> str:
    while walk.names:
        name = walk.names.popleft()
        folder = walk.folders[-1]
        if name == "..":  # only links bring it here
            if len(walk.folders) == 1:
                raise _outside(walk.asked)
            os.close(walk.folders.pop())
            continue
        target = _link(folder, name)
        if target is not None:
            _follow(walk, target)
        elif not walk.names:
            return name
        elif len(walk.folders) > MAX_NAMES:
            raise _too_many(walk.asked)
        else:
            with explained(walk.asked, folder):
                walk.folders.append(_open_folder(folder, name, make))
    raise _is_folder(walk.asked, walk.folders[-1])


def _follow(walk: _Walk, target: str) -> None:
    walk.links += 1
    if walk.links > MAX_LINKS:
        raise CallError(f"`{walk.asked}` goes in circles: its links lead to each other")
    if target.startswith("/"):
        target = _below(walk.root, target, walk.asked)
        while len(walk.folders) > 1:
            os.close(walk.folders.pop())
    walk.names.extendleft(reversed(_split(target)))


def _names(root: Path, path: str) -> list[str]:
    if not path.strip():
        raise CallError('the path is empty; name a file, such as "notes.txt"')
    if any(_is_odd(char) for char in path):
        raise CallError("the path holds a character that cannot be seen; use plain names")
    names = _split(_below(root, path, path) if path.startswith("/") else path)
    if len(names) > MAX_NAMES:
        raise _too_many(path)
    if ".." in names or (names and names[0].startswith("~")):
        raise _outside(path)
    if names and path.endswith("/"):
        raise CallError(f"`{path}` names a folder; name a file in it")
    if any(name.startswith(OURS) for name in names):
        raise CallError(f"`{path}`: names that begin with {OURS} are taken; use another")
    return names


def _split(path: str) -> list[str]:
    return [name for name in path.split("/") if name not in ("", ".")]


def _below(root: Path, path: str, asked: str) -> str:
    """The part of an absolute path that is below the workspace."""
    start = str(root).rstrip("/")
    if path != start and not path.startswith(f"{start}/"):
        raise _outside(asked)
    return path[len(start) :]


def _is_odd(char: str) -> bool:
    """Control characters, surrogates, and those that turn the direction of what follows."""
    return (
        char < " "
        or "\x7f" <= char <= "\x9f"
        or "\ud800" <= char <= "\udfff"
        or char in "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
    )


def _link(folder: int, name: str) -> str | None:
    """Where a symbolic link points; None if the name is no link, or not there."""
    try:
        return os.readlink(name, dir_fd=folder)
    except OSError:
        return None


def _open_folder(parent: int, name: str, make: bool) -> int:
    try:
        return os.open(name, _FOLDER, dir_fd=parent)
    except FileNotFoundError:
        if not make:
            raise
    with contextlib.suppress(FileExistsError):
        os.mkdir(name, dir_fd=parent)
        os.fsync(parent)
    return os.open(name, _FOLDER, dir_fd=parent)


def _outside(path: str) -> CallError:
    return CallError(
        f"`{path}` is outside the workspace; use a path relative to it, without `..` or `~`"
    )


def _too_many(path: str) -> CallError:
    return CallError(f"`{path[:60]}…` has more than {MAX_NAMES} folders; use fewer")


def _is_folder(path: str, folder: int) -> CallError:
    return CallError(f"`{path}` is a folder; in it: {_listing(folder)}")


def _listing(folder: int) -> str:
    names = sorted(name for name in os.listdir(folder) if not name.startswith(OURS))
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(f"`{name}`" for name in names[:_SHOWN]) + more if names else "nothing"


def _meaning(path: str, error: OSError) -> CallError | StorageError:
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT:
            return StorageError(f"the disk is full: free some space; `{path}` is as it was")
        case errno.EFBIG:
            return StorageError(
                f"`{path}` would be larger than this system allows; it is as it was"
            )
        case errno.ENAMETOOLONG:
            return CallError(f"a name in `{path[:60]}…` is too long; use a shorter one")
        case errno.ENOTDIR | errno.ELOOP:
            return CallError(f"a part of `{path}` is no folder; name another")
        case errno.EACCES | errno.EPERM | errno.EROFS:
            return CallError(f"`{path}`: permission denied by the system; use another file")
        case _:
            return StorageError(f"`{path}`: {error.strerror or error}")
