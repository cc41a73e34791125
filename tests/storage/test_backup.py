"""A backup is the database as it was, made while others write; it never overwrites."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from mettaclaw.errors import StorageError
from mettaclaw.storage import Database
from tests.storage.conftest import put, texts
from tests.storage.processes import start


def test_a_backup_is_the_database_as_it_was(path: Path) -> None:
    copy = path.with_name("copy.db")
    with Database.open(path) as database:
        with database.transaction():
            put(database, "before")
        size = database.backup(copy)
        with database.transaction():
            put(database, "after")
    assert size == copy.stat().st_size
    assert sorted(p.name for p in path.parent.iterdir()) == ["claw.db", "copy.db"]
    with Database.open(copy) as restored:
        assert texts(restored) == ["before"]
        assert restored.check() == []


def test_a_restored_backup_is_as_good_as_the_original(path: Path) -> None:
    copy = path.with_name("copy.db")
    with Database.open(path) as database:
        database.backup(copy)
    with Database.open(copy) as restored, Database.open(copy, read_only=True) as reader:
        assert restored.row("PRAGMA journal_mode") == ("wal",)
        with restored.transaction():
            put(restored, "a")
            assert texts(reader) == []  # a reader is not kept out


def test_a_backup_inside_a_transaction_has_what_is_committed(path: Path) -> None:
    copy = path.with_name("copy.db")
    with Database.open(path) as database:
        with database.transaction():
            put(database, "a")
        with database.transaction():
            put(database, "b")
            database.backup(copy)
    with Database.open(copy) as restored:
        assert texts(restored) == ["a"]


def test_a_backup_never_overwrites(path: Path) -> None:
    copy = path.with_name("copy.db")
    copy.write_text("precious")
    with Database.open(path) as database, pytest.raises(StorageError, match="exists already"):
        database.backup(copy)
    assert copy.read_text() == "precious"


def test_a_backup_that_cannot_be_written_leaves_nothing(path: Path) -> None:
    with Database.open(path) as database, pytest.raises(StorageError, match="No such file"):
        database.backup(path.with_name("missing") / "copy.db")
    assert [p.name for p in path.parent.iterdir()] == ["claw.db"]


_ENDLESS_WRITER = """
import sys
from mettaclaw.storage import Database
with Database.open(sys.argv[1], synchronous="NORMAL") as database:
    print("ready", flush=True)
    number = 0
    while True:
        number += 1
        with database.transaction():
            for _ in range(2):
                database.write("INSERT INTO atom (hash, text) VALUES (1, ?)", (f"n{number}",))
"""


def test_a_backup_ends_while_another_process_writes_on(path: Path) -> None:
    with Database.open(path, synchronous="NORMAL") as database:
        with database.transaction():
            for i in range(2_000):  # some 40 MB: several steps of SQLite's backup
                put(database, f"{i} " + "x" * 20_000)
        writer = start(_ENDLESS_WRITER, path)
        try:
            assert writer.stdout is not None
            assert writer.stdout.readline() == "ready\n"
            patience = threading.Timer(30, writer.kill)
            patience.start()
            database.backup(path.with_name("copy.db"))
            patience.cancel()
            assert writer.poll() is None, "the backup ended only after the writer"
        finally:
            writer.kill()
            writer.communicate()
    with Database.open(path.with_name("copy.db")) as restored:
        rows = restored.rows("SELECT text FROM atom WHERE hash = 1 ORDER BY id")
        assert [row[0] for row in rows] == [f"n{i // 2 + 1}" for i in range(len(rows))]
        assert restored.check() == []
