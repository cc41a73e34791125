"""Places where a database cannot be written: a full disk, a read-only one; real ones, by root."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Generator
from pathlib import Path

import pytest


@contextlib.contextmanager
def small_disk(folder: Path, size: str = "2m") -> Generator[None, None, None]:
    """A disk of its own at ``folder``; the test is skipped where none can be mounted."""
    _mount("-t", "tmpfs", "-o", f"size={size},mode=755", "tmpfs", folder)
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@contextlib.contextmanager
def read_only(folder: Path) -> Generator[None, None, None]:
    """The folder, read-only for everybody."""
    _mount("--bind", folder, folder)
    try:
        _mount("-o", "remount,ro,bind", folder)
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(file: Path) -> None:
    """Write a file until the disk is full."""
    with file.open("wb", 0) as filler, contextlib.suppress(OSError):
        while filler.write(bytes(1024)):
            pass


def _mount(*arguments: str | Path) -> None:
    command = ["mount", *map(str, arguments)]
    if os.geteuid() != 0 or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("only root can mount a disk of its own")
