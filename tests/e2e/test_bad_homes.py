"""Homes and streams that are broken: one clear line, no traceback, nothing lost."""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.terminal import Claw, Done, by_words, environment

_PR_CAPBSET_DROP = 24


def unprivileged() -> None:
    """Give up root's right to write what it may not, in a child that is about to be executed."""
    if sys.platform != "linux":
        return
    for capability in (1, 2):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
        ctypes.CDLL(None).prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0)


def one_clear_line(done: Done) -> str:
    """The error of a command that failed as it should."""
    assert done.code == 1
    assert done.out == ""
    assert "Traceback" not in done.err
    assert len(done.err.splitlines()) == 1
    assert done.err.startswith("error: ")
    return done.err


def test_a_read_only_home(claw: Claw) -> None:
    by_words(claw.home)
    claw("run", "Garfield is a cat.")
    for path in [*claw.home.rglob("*"), claw.home]:
        path.chmod(0o500 if path.is_dir() else 0o400)
    try:
        if claw("atoms", "add", "(a)", preexec_fn=unprivileged).code == 0:
            pytest.skip("this user may write everything")
        for args in (["run", "hello"], ["atoms", "add", "(a b)"], ["memory", "remember", "x"]):
            error = one_clear_line(claw(*args, preexec_fn=unprivileged))
            assert "permission" in error
        done = claw("doctor", preexec_fn=unprivileged)
        assert done.code == 1
        assert "cannot be written" in done.out
        assert "Traceback" not in done.err
    finally:
        for path in [claw.home, *claw.home.rglob("*")]:
            path.chmod(0o700)
    assert claw("run", "Is Garfield a cat?").out.startswith("Yes")


def test_a_home_that_cannot_be_made(claw: Claw) -> None:
    claw.home.parent.mkdir(exist_ok=True)
    claw.home.write_text("a file")
    assert "--home" in one_clear_line(claw("run", "hello"))
    assert "--home" in one_clear_line(claw("atoms", "stats", "--home", "/proc/nowhere/home"))


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda file: file.write_bytes(b"this is no database, only text" * 200), "damaged"),
        (lambda file: _scramble(file), "damaged"),
        (lambda file: _other_program(file), "another program"),
        (lambda file: _newer(file), "newer version"),
    ],
)
def test_a_database_that_is_damaged_or_not_ours(
    claw: Claw, damage: Callable[[Path], None], words: str
) -> None:
    by_words(claw.home)
    claw("atoms", "add", "(--> garfield cat)")
    file = claw.home / "claw.db"
    for beside in ("claw.db-wal", "claw.db-shm"):
        (claw.home / beside).unlink(missing_ok=True)
    damage(file)
    before = file.read_bytes()
    assert words in one_clear_line(claw("run", "hello"))
    done = claw("doctor")
    assert done.code == 1
    assert words in done.out
    assert "Traceback" not in done.out + done.err
    assert file.read_bytes() == before  # nobody made it worse


def test_a_full_disk_stops_clearly_and_loses_nothing() -> None:
    with tempfile.TemporaryDirectory() as folder, _small_disk(Path(folder)):
        claw = Claw(Path(folder) / "home")
        assert claw("run", "Garfield is a cat.").out.startswith("Noted")
        with (Path(folder) / "filler").open("wb", 0) as filler, contextlib.suppress(OSError):
            while filler.write(b"\0" * 1024):
                pass
        error = one_clear_line(claw("run", "Odie is a dog."))
        assert "disk" in error
        (Path(folder) / "filler").unlink()
        done = claw("run", "--json", "Is Garfield a cat?")
        assert done.objects[-1]["reply"].startswith("Yes")
        assert claw("doctor").code == 0


def test_a_limit_on_file_sizes_stops_clearly_and_loses_nothing(claw: Claw) -> None:
    claw("run", "Garfield is a cat.")

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (64 * 1024, 64 * 1024))

    big = "(note " + "x" * 200_000 + ")"
    error = one_clear_line(claw("atoms", "import", "-", stdin=big, preexec_fn=limited))
    assert "disk" in error or "cannot be written" in error or "too large" in error.lower()
    assert claw("run", "Is Garfield a cat?").out.startswith("Yes")
    assert claw("doctor").code == 0


def test_closed_stdout_does_not_stop_the_work(claw: Claw) -> None:
    code = (
        "import os, runpy, sys; os.close(1);"
        "sys.argv = ['mettaclaw', 'run', 'Garfield is a cat.'];"
        "runpy.run_module('mettaclaw', run_name='__main__')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environment(claw.home),
        stderr=subprocess.PIPE,
        timeout=60,
        check=False,
    )
    assert b"Traceback" not in done.stderr
    assert claw("run", "Is Garfield a cat?").out.startswith("Yes")
    assert claw("doctor").code == 0


def test_a_reply_that_nobody_could_take_is_said_again(claw: Claw) -> None:
    process = claw.start("run", "--script", "-")
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdout.close()
    process.stdin.write("Garfield is a cat.\n")
    process.stdin.close()
    assert process.wait(60) == 141
    assert process.stderr is not None
    assert process.stderr.read() == ""
    assert "claw: Noted: Garfield is a cat" in claw("run", "--script", "-").out


def _scramble(file: Path) -> None:
    octets = bytearray(file.read_bytes())
    for start in range(100, len(octets), 97):
        octets[start] ^= 0xFF
    file.write_bytes(bytes(octets))


def _other_program(file: Path) -> None:
    file.unlink()
    with contextlib.closing(sqlite3.connect(file)) as database:
        database.execute("CREATE TABLE recipes (name TEXT)")


def _newer(file: Path) -> None:
    with contextlib.closing(sqlite3.connect(file)) as database:
        database.execute("PRAGMA user_version = 999")


@contextlib.contextmanager
def _small_disk(folder: Path) -> Iterator[None]:
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a small disk can only be made where tmpfs may be mounted")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)
