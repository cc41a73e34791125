"""The tool that runs commands: ``shell``, off unless ``config.toml`` says ``shell = true``.

It runs in the workspace with an environment of its own (no keys), a closed input, limits on time,
output, memory and file size, and in a process group of its own, all of which is killed at the end
(``mettaclaw.tools.group``). The keys of this process are hidden from it (``mettaclaw.tools.keys``).
This is no sandbox: a command can do what the person's account can do, its files and network
included.
"""

from __future__ import annotations

import json
import os
import tempfile
import threading
from typing import IO

from mettaclaw.errors import CallError, LimitError, StorageError
from mettaclaw.protocol.tool import Outcome, Parameter, Tool
from mettaclaw.tools import keys, values
from mettaclaw.tools.context import Context
from mettaclaw.tools.group import Group

TIMEOUT_S = 30.0
OUTPUT_CHARS = 20_000

_KEPT = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "USER", "LOGNAME")
# Set by the shell itself, as code between fork and exec is not safe beside threads. What a system
# does not know is left out. CPU seconds, open files, KiB of memory, 512-byte blocks of a file.
_LIMITS = "ulimit -c 0; ulimit -t 60; ulimit -n 512; ulimit -v 8388608; ulimit -f 524288"
_WRAP = f'{{ {_LIMITS}; }} 2>/dev/null; exec /bin/sh -c "$1"'


class Shell:
    """Runs one command at a time a thread; ``cancel`` ends those that run."""

    def __init__(self, folder: str, timeout_s: float = TIMEOUT_S) -> None:
        self._folder = folder
        self._timeout_s = timeout_s
        self._lock = threading.Lock()
        self._running: set[Group] = set()

    def run(self, command: str) -> tuple[int, str]:
        """Run a command; its exit code (below 0: the signal that ended it) and its output.

        Raises:
            LimitError: It ran too long, and was killed with all its children.
            CallError: It was cancelled, or cannot be a command.
        """
        if not command.strip() or "\0" in command:
            raise CallError("the command is empty or holds a NUL; give one line of shell")
        with tempfile.TemporaryFile() as output:
            code = self._wait(command, output)
            return code, _tail(output)

    def cancel(self) -> None:
        """End what is running."""
        with self._lock:
            for group in self._running:
                group.kill()

    def _wait(self, command: str, output: IO[bytes]) -> int:
        keys.hide()
        arguments = ["/bin/sh", "-c", _WRAP, "sh", command]
        with self._lock:
            try:
                group = Group(arguments, self._folder, _environment(self._folder), output)
            except (OSError, ValueError) as error:
                raise StorageError(f"no shell can be started: {error}") from error
            self._running.add(group)
        try:
            in_time = group.wait(self._timeout_s)
        finally:
            with self._lock:
                self._running.discard(group)
            code = group.end()  # before its output is read: the place in the file is shared
        if group.killed:
            raise CallError("the command was stopped before it was done")
        if not in_time:
            raise LimitError(
                "time",
                f"the command ran past {self._timeout_s:g} s (limit time) and was killed with its "
                f"children; make it shorter. Its output so far: {_tail(output)[-500:]!r}",
            )
        return code


def declare(context: Context) -> tuple[Tool, ...]:
    """The tool, in an agent's workspace."""
    permitted = context.settings.shell
    shell = Shell(str(context.workspace))

    def prepare(command: str) -> str:
        return json.dumps({"command": command})

    def run(command: str) -> Outcome:
        code, output = shell.run(command)
        return Outcome((values.form("exit", code, output),))

    return (
        Tool(
            "shell",
            f"Runs a command with /bin/sh in the workspace, for at most {TIMEOUT_S:.0f} s, with no "
            "input. Returns (exit CODE OUTPUT), OUTPUT with the errors in it.",
            (Parameter("COMMAND", "text", "one command line"),),
            "shell",
            "allow" if permitted else "deny",
            run,
            '(shell "ls -l")',
            prepare=prepare,
            cancel=shell.cancel,
            denial="The person can permit it with `shell = true` in config.toml.",
        ),
    )


def _environment(folder: str) -> dict[str, str]:
    """What a command may know: no key and no setting of ours is in it."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return {"PATH": "/usr/local/bin:/usr/bin:/bin", **kept, "HOME": folder, "TERM": "dumb"}


def _tail(output: IO[bytes]) -> str:
    """What was written, cut in the middle if it is long, as text without NULs."""
    size = output.seek(0, os.SEEK_END)
    output.seek(0)
    if size <= 4 * OUTPUT_CHARS:
        return values.shortened(output.read().decode("utf-8", "replace"), OUTPUT_CHARS)
    head = output.read(OUTPUT_CHARS // 2).decode("utf-8", "replace")
    output.seek(-OUTPUT_CHARS // 2, os.SEEK_END)
    tail = output.read().decode("utf-8", "replace")
    return f"{head} …[about {size - OUTPUT_CHARS:,} bytes cut]… {tail}".replace("\0", "\ufffd")
