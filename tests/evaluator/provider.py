"""Operations as another layer would offer them."""

from __future__ import annotations

import ctypes
import gc
import mmap
import os
import resource
import socket
import sqlite3
import time
from collections.abc import Callable, Iterable

from mettaclaw.atoms.syntax import Atom, Expression, Number, String, Symbol
from mettaclaw.atoms.view import Operation, View
from mettaclaw.errors import UsageError


def echo(_view: View, arguments: tuple[Atom, ...]) -> Iterable[Atom]:
    return [Expression((Symbol("heard"), *arguments))]


def kinds(view: View, arguments: tuple[Atom, ...]) -> Iterable[Atom]:
    for belief in view.find(arguments[0]):
        yield belief.statement


def refuse(_view: View, arguments: tuple[Atom, ...]) -> Iterable[Atom]:
    raise UsageError("refused; say please")


def stumble(_view: View, _arguments: tuple[Atom, ...]) -> Iterable[Atom]:
    yield Number(1)
    raise ZeroDivisionError("a mistake in the operation")


def sleep(_view: View, _arguments: tuple[Atom, ...]) -> Iterable[Atom]:
    time.sleep(60)
    return []


def doze(_view: View, _arguments: tuple[Atom, ...]) -> Iterable[Atom]:
    time.sleep(0.6)
    return []


def hoard(_view: View, _arguments: tuple[Atom, ...]) -> Iterable[Atom]:
    return [Number(len(bytearray(1 << 40)))]


def crash(_view: View, _arguments: tuple[Atom, ...]) -> Iterable[Atom]:
    ctypes.string_at(0)
    return []


def reach(_view: View, _arguments: tuple[Atom, ...]) -> Iterable[Atom]:
    """What a child that was taken over could reach of the system, by plain system calls."""
    attempts: dict[str, Callable[[], object]] = {
        "read a file": lambda: os.open("/etc/passwd", os.O_RDONLY),
        "write a file": lambda: os.open("/tmp/mettaclaw-escape", os.O_WRONLY | os.O_CREAT),
        "list a folder": lambda: os.listdir("/"),
        "remove a file": lambda: os.unlink("/tmp/mettaclaw-escape"),
        "open a socket": lambda: socket.socket(),
        "fork": os.fork,
        "run a program": lambda: os.execv("/bin/true", ["true"]),
        "signal the parent": lambda: os.kill(os.getppid(), 0),
        "make a pipe": os.pipe,
        "make memory executable": lambda: mmap.mmap(-1, 4096, prot=mmap.PROT_EXEC),
        "raise a limit": lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64)),
        "change the user": lambda: os.setuid(0),
        "change the folder": lambda: os.chdir("/"),
    }
    for name, attempt in attempts.items():
        try:
            attempt()
        except (OSError, ValueError):
            continue
        yield String(name)


def tamper(_view: View, _arguments: tuple[Atom, ...]) -> Iterable[Atom]:
    """How a child that was taken over fails to write through the connection that it reads with."""
    connections = [one for one in gc.get_objects() if isinstance(one, sqlite3.Connection)]
    for connection in connections:
        for command in ("PRAGMA query_only = OFF", "DELETE FROM leaf", "DROP TABLE atom"):
            try:
                connection.execute(command)
            except sqlite3.Error as error:
                yield String(str(error))


def descriptors(_view: View, _arguments: tuple[Atom, ...]) -> Iterable[Atom]:
    """The open descriptors of the child."""
    for number in range(256):
        try:
            os.fstat(number)
        except OSError:
            continue
        yield Number(number)


def environment(_view: View, _arguments: tuple[Atom, ...]) -> Iterable[Atom]:
    return [String(name) for name in os.environ]


OPERATIONS = (
    Operation("crash", crash, "reads from address 0"),
    Operation("reach", reach, "what of the system can be reached"),
    Operation("tamper", tamper, "writes to the database"),
    Operation("descriptors", descriptors, "open descriptors"),
    Operation("environment", environment, "names of environment variables"),
    Operation("echo", echo, "gives back what it gets"),
    Operation("kinds", kinds, "statements that match"),
    Operation("refuse", refuse, "raises an error of ours"),
    Operation("stumble", stumble, "raises another error"),
    Operation("sleep", sleep, "takes a minute"),
    Operation("doze", doze, "takes a moment"),
    Operation("hoard", hoard, "takes a terabyte"),
)
