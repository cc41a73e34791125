"""What was acknowledged survives ``kill -9`` at any instant; what was not leaves no trace."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from mettaclaw.atoms import pathindex
from mettaclaw.atoms.syntax import read
from mettaclaw.atomspace import Atomspace
from mettaclaw.storage import Database
from tests.durability.work import PARTS, last
from tests.durability.writers import Launcher

KILLS = 200


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_no_acknowledged_write_is_lost_and_none_is_torn(tmp_path: Path) -> None:
    path = tmp_path / "kb.db"
    instants = random.Random(20_26)
    known = -1
    written = 0
    longest = 0.08  # s; longer while a busy machine lets the writers come to nothing
    with Launcher() as launcher:
        for kill in range(KILLS):
            acknowledged = launcher.kill_after(instants.uniform(0.0, longest), "write_on", path)
            written += len(acknowledged)
            longest = longest / 1.1 if len(acknowledged) > 1 else min(longest * 1.1, 1.0)
            known = max([known, *acknowledged])
            with Atomspace.open(path) as kb:
                there = last(kb)
                assert known <= there <= known + 1, f"kill {kill}: {known} was acknowledged"
                entries = (
                    kb.match("(entry $n $part)") if kill % 20 == 0 or kill == KILLS - 1 else []
                )
                assert len(entries) in (0, (there + 1) * PARTS)
                assert len(kb.match(f"(entry {there} $part)")) == (PARTS if there >= 0 else 0)
                assert len(kb.evidence("(counter)")) == there + 1
            known = there
    assert written > KILLS // 4, "the writers hardly came to write"
    with Database.open(path) as database:
        assert database.check() == []
        rows = database.rows("SELECT id, text FROM atom WHERE version IS NOT NULL")
        expected = {(t, p, i) for i, text in rows for t, p in pathindex.leaves(read(text))}
        assert set(database.rows("SELECT leaf, path, atom FROM leaf")) == expected


def test_a_kill_while_a_new_file_is_made_leaves_one_that_opens(tmp_path: Path) -> None:
    instants = random.Random(7)
    with Launcher() as launcher:
        for kill in range(40):
            path = tmp_path / f"{kill}.db"
            acknowledged = launcher.kill_after(instants.uniform(0.0, 0.03), "make", path)
            with Atomspace.open(path) as kb:
                assert kb.count() in (0, 1)
                assert 1 not in acknowledged or kb.count() == 1
                kb.add("(after)")
                assert kb.database.check() == []


def test_a_killed_import_stores_all_or_nothing(tmp_path: Path) -> None:
    file = tmp_path / "all.metta"
    file.write_text("".join(f"((n {i}) (stv 1.0 0.9))\n" for i in range(3_000)))
    instants = random.Random(11)
    ends = set()
    middle = 0.3  # s; moves to where half of the kills come too late, on a machine of any speed
    with Launcher() as launcher:
        for kill in range(25):
            path = tmp_path / f"{kill}.db"
            instant = middle * instants.uniform(0.5, 1.5)
            acknowledged = launcher.kill_after(instant, "load", path, file)
            with Atomspace.open(path) as kb:
                count = kb.count()
                assert count in (0, 3_000)
                assert not acknowledged or count == 3_000
                assert len(kb.database.rows("SELECT 1 FROM leaf LIMIT 1")) == (count > 0)
            ends.add(count)
            middle *= 0.8 if count else 1.25
    assert ends == {0, 3_000}, "the kills came all too early or all too late"


def test_a_killed_export_or_backup_leaves_whole_files_only(tmp_path: Path) -> None:
    path, folder = tmp_path / "kb.db", tmp_path / "saved"
    folder.mkdir()
    with Atomspace.open(path) as kb, kb.transaction():
        for i in range(300):
            kb.add(f"(n {i})")
    instants = random.Random(13)
    with Launcher() as launcher:
        for _ in range(25):
            launcher.kill_after(instants.uniform(0.02, 0.2), "save", path, folder)
            for part in folder.glob("*.part*"):
                part.unlink()
    saved = sorted(folder.iterdir())
    assert {file.suffix for file in saved} == {".metta", ".db"}
    for file in saved:
        if file.suffix == ".db":
            with Atomspace.open(file) as copy:
                assert copy.count() == 300
        else:
            assert file.read_text().count("\n(n ") == 300
