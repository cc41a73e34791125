"""Importing what is no ordinary file: pipes, devices, lines without an end."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from mettaclaw.atomspace import Atomspace
from mettaclaw.errors import UsageError
from tests.storage.processes import run
from tests.terminal import Claw


def test_a_pipe_is_refused_at_once(kb: Atomspace, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(UsageError, match="pipe is no regular file"):
        kb.import_file(pipe)
    done = Claw(tmp_path / "home")("atoms", "import", str(pipe), timeout=30)
    assert done.code == 1
    assert "is no regular file" in done.err


def test_a_device_is_refused(kb: Atomspace) -> None:
    with pytest.raises(UsageError, match="/dev/zero is no regular file"):
        kb.import_file("/dev/zero")


_LONG_LINE = """
import resource, sys
from mettaclaw.atomspace import Atomspace
from mettaclaw.errors import UsageError
with Atomspace.open(":memory:") as kb:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        kb.import_file(sys.argv[1])
    except UsageError as error:
        print(error)
    kib = 1 if sys.platform == "linux" else 1024
    print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // kib)
    print(kb.count())
"""


def test_very_much_without_an_end_of_line_are_refused_in_little_memory(tmp_path: Path) -> None:
    file = tmp_path / "long.metta"
    with file.open("wb") as out:
        out.write(b"(a)\n(b)\n")
        out.truncate(300_000_000)  # a hole: takes no space on the disk
    told, grown_kib, count = run(_LONG_LINE, file).splitlines()
    assert told.startswith("long.metta, line 3: more than 4,000,000 bytes in one line")
    assert int(grown_kib) < 100_000
    assert count == "0"


def test_an_endless_line_on_stdin_is_refused(tmp_path: Path) -> None:
    claw = Claw(tmp_path / "home")
    with subprocess.Popen(["cat", "/dev/zero"], stdout=subprocess.PIPE) as endless:
        process = claw.start("atoms", "import", "-", stdin=endless.stdout)
        _, err = process.communicate(timeout=60)
        endless.kill()
    assert process.returncode == 1
    assert err.startswith("error: stdin, line 1: more than 4,000,000 bytes")


def test_stdin_is_imported_as_a_file_is(tmp_path: Path) -> None:
    claw = Claw(tmp_path / "home")
    assert claw("atoms", "import", "-", stdin="(a é)\r\n(b)").out == "imported 2 atoms\n"
    assert claw("atoms", "export", "-").out.splitlines()[1:-1] == ["(a é)", "(b)"]
    done = claw("atoms", "import", "-", stdin=b"(c)\n(\xff)")
    assert "stdin, line 2: this is not UTF-8" in done.err
    assert claw("atoms", "export", "-").out.splitlines()[1:-1] == ["(a é)", "(b)"]
