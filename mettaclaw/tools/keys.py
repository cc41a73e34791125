"""The keys of this process, kept from the commands that it runs.

A command gets an environment of its own, but it runs as the same person, and on Linux that person
may read the environment that a process was started with (``/proc/PID/environ``) and its memory.
So before the first command the block that the kernel shows is written over where it holds a key,
and the process is made one that others of the same person cannot look into.

Invariant: this process, and what it starts by other ways, has its variables as before. Not covered:
root, for whom memory stays open; other processes that hold the same key, such as the terminal that
started this one; files; macOS, where the block cannot be found.
"""

from __future__ import annotations

import ctypes
import os
import re
import sys
import threading
from pathlib import Path

_SECRET = re.compile(rb"_?(KEY|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIALS?)$", re.IGNORECASE)
_PR_SET_DUMPABLE = 4
_ENV_START = 47  # of the fields of /proc/self/stat that follow the name: proc(5), 50 and 51
_lock = threading.Lock()
_hidden: set[int] = set()


def hide() -> None:
    """Write over the keys that others can see; once for a process is enough."""
    with _lock:
        if os.getpid() not in _hidden and sys.platform == "linux":
            _hidden.add(os.getpid())
            _write_over()
            ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def _write_over() -> None:
    try:
        fields = Path("/proc/self/stat").read_bytes().rpartition(b")")[2].split()
        start, end = int(fields[_ENV_START]), int(fields[_ENV_START + 1])
    except (OSError, ValueError, IndexError):
        return
    if not 0 < start < end:  # a process that may not be told
        return
    place = start
    for entry in ctypes.string_at(start, end - start).split(b"\0"):
        name, equals, value = entry.partition(b"=")
        if equals and value and _SECRET.search(name):
            if name in os.environb:
                os.environb[name] = os.environb[name]  # the variable moves to memory of its own
            ctypes.memset(place + len(name) + 1, ord("*"), len(value))
        place += len(entry) + 1
