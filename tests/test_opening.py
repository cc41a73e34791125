"""An atomspace that is opened has what was stored; it is shared, copied and closed for good."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from mettaclaw.atoms.truth import Truth, revise
from mettaclaw.atomspace import Atomspace
from mettaclaw.errors import StorageError
from tests.statements import CAT


def test_everything_is_there_when_it_is_opened_again(tmp_path: Path) -> None:
    with Atomspace.open(tmp_path / "kb.db") as kb:
        kb.add(CAT, truth=(1.0, 0.9), source="user", words="yes")
        before = kb.belief(CAT), kb.evidence(CAT), kb.stats()
    with Atomspace.open(tmp_path / "kb.db") as kb:
        assert (kb.belief(CAT), kb.evidence(CAT)) == before[:2]
        assert kb.stats()["atoms"] == before[2]["atoms"] == 1


def test_one_in_memory_leaves_no_file() -> None:
    kb = Atomspace.open(":memory:")
    kb.add(CAT)
    path = kb.database.path
    assert path.exists()
    kb.close()
    kb.close()
    assert not path.parent.exists()


def test_a_closed_one_says_so(tmp_path: Path) -> None:
    kb = Atomspace.open(tmp_path / "kb.db")
    kb.close()
    for act in (
        lambda: kb.add(CAT),
        lambda: kb.match("$x"),
        lambda: kb.count(),
        lambda: kb.evaluate("!(+ 1 2)"),
        lambda: kb.warm(),
        lambda: kb.infer(CAT),
    ):
        with pytest.raises(StorageError, match="it was closed"):
            act()


_FULL = """
import os, resource, sys
from mettaclaw import Atomspace
from mettaclaw.errors import MettaClawError
kb = Atomspace.open(sys.argv[1])
resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
held = []
try:
    while True:
        held.append(os.open("/dev/null", os.O_RDONLY))
except OSError:
    pass
for _ in range(9):
    try:
        error = kb.evaluate("!(+ 1 2)").error
        assert error is None or isinstance(error, MettaClawError)
    except MettaClawError as error:
        assert "Too many open files" in str(error)
    os.close(held.pop())
"""


def test_too_many_open_files_are_an_error_of_ours(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _FULL, str(tmp_path / "kb.db")],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_two_on_one_file_see_each_others_commits(tmp_path: Path) -> None:
    with Atomspace.open(tmp_path / "kb.db") as one, Atomspace.open(tmp_path / "kb.db") as other:
        one.add(CAT, truth=(1.0, 0.9))
        other.add(CAT, truth=(1.0, 0.9))
        assert one.truth(CAT) == other.truth(CAT) == revise(Truth(1.0, 0.9), Truth(1.0, 0.9))
        assert other.remove(CAT)
        assert one.match("$x") == []


def test_a_backup_opens_as_an_atomspace(kb: Atomspace, tmp_path: Path) -> None:
    kb.add(CAT, truth=(1.0, 0.9))
    kb.backup(tmp_path / "copy.db")
    kb.remove(CAT)
    with Atomspace.open(tmp_path / "copy.db") as copy:
        assert copy.truth(CAT) == Truth(1.0, 0.9)
        copy.add("(--> tom cat)")
    assert kb.count() == 0


def test_the_file_is_an_ordinary_database(kb: Atomspace) -> None:
    """History stays readable with any SQLite, whatever becomes of this program."""
    kb.add(CAT, truth=(1.0, 0.9))
    kb.add(CAT, truth=(0.0, 0.9))
    other = sqlite3.connect(kb.database.path)
    rows = other.execute(
        "SELECT a.text, b.version, b.retired IS NULL FROM belief b JOIN atom a ON a.id = b.atom"
    ).fetchall()
    other.close()
    assert rows == [(CAT, 1, 0), (CAT, 2, 1)]
