"""Runs a piece of Python as a process of its own, as another program would be one."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

ROOT = Path(__file__).parents[2]


def start(script: str, *args: object) -> subprocess.Popen[str]:
    """Start a Python script with arguments; its output is text."""
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script), *map(str, args)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def run(script: str, *args: object, timeout_s: float = 60) -> str:
    """Run a script to its end and return what it printed; fails if it fails."""
    process = start(script, *args)
    out, err = process.communicate(timeout=timeout_s)
    assert process.returncode == 0, err
    return out.strip()
