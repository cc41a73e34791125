"""The program as a person or a script has it: as a process of its own, in an empty home.

``Claw`` runs ``python -m mettaclaw`` with nothing of the caller's settings in its environment.
``terminal`` starts it on a pseudo-terminal; ``plain`` takes the colours out of what it drew.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
_OURS = ("METTACLAW_", "OPENAI_", "NO_COLOR", "COLUMNS")
_ESCAPES = re.compile(r"\x1b(?:\[[0-9;?>]*[ -/]*[@-~]|\][^\x07]*\x07|[=>()][0-9A-B]?)")


def environment(home: Path, **more: str) -> dict[str, str]:
    """The environment of a process: the caller's without settings of ours, and a home."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(_OURS)}
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        kept.pop(name, None)
        kept.pop(name.lower(), None)
    return {
        **kept,
        "METTACLAW_HOME": str(home),
        "PYTHONPATH": str(ROOT),
        "TERM": "xterm",
        **more,
    }


def by_words(home: Path) -> None:
    """Let items be found by their words alone: what is tried is not searching, and it is quick."""
    home.mkdir(parents=True, exist_ok=True)
    (home / "config.toml").write_text("meaning = false\n")


def plain(text: str) -> str:
    """What a terminal shows, roughly: without escape sequences and carriage returns."""
    return _ESCAPES.sub("", text).replace("\r", "")


@dataclass(frozen=True)
class Done:
    """A process that has ended."""

    code: int
    out: str
    err: str

    @property
    def objects(self) -> list[dict[str, Any]]:
        """The JSON objects on stdout."""
        return [json.loads(line) for line in self.out.splitlines()]


@dataclass(frozen=True)
class Claw:
    """``mettaclaw`` on a home."""

    home: Path
    variables: Mapping[str, str] = field(default_factory=dict)

    @property
    def command(self) -> list[str]:
        return [sys.executable, "-m", "mettaclaw"]

    def __call__(self, *args: str, stdin: str | bytes = b"", **options: Any) -> Done:
        """Run it to its end."""
        octets = stdin.encode() if isinstance(stdin, str) else stdin
        done = subprocess.run(
            [*self.command, *args],
            input=octets,
            capture_output=True,
            env=environment(self.home, **self.variables),
            timeout=options.pop("timeout", 60),
            check=False,
            **options,
        )
        out, err = done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")
        return Done(done.returncode, out, err)

    def start(self, *args: str, **options: Any) -> subprocess.Popen[str]:
        """Start it with pipes, and leave it running."""
        return subprocess.Popen(
            [*self.command, *args],
            stdin=options.pop("stdin", subprocess.PIPE),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment(self.home, **self.variables),
            text=True,
            **options,
        )

    def terminal(self, *args: str, rows: int = 40, columns: int = 100) -> Any:
        """Start it on a pseudo-terminal; a ``pexpect.spawn``."""
        import pexpect

        return pexpect.spawn(
            self.command[0],
            [*self.command[1:], *args],
            env=environment(self.home, **self.variables),
            dimensions=(rows, columns),
            encoding="utf-8",
            timeout=30,
        )
