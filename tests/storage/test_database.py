"""A database that is opened: its schema and migrations, and what is refused and left alone."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

import pytest

from mettaclaw.errors import SchemaError, StorageError, UsageError
from mettaclaw.storage import Database
from mettaclaw.storage.schema import APPLICATION_ID, MIGRATIONS, VERSION
from tests.storage.conftest import put, texts


def test_a_new_file_has_the_current_schema(path: Path) -> None:
    with Database.open(path) as database:
        assert database.row("PRAGMA user_version") == (VERSION,)
        assert database.row("PRAGMA application_id") == (APPLICATION_ID,)
        assert database.row("PRAGMA journal_mode") == ("wal",)
        assert database.row("PRAGMA synchronous") == (2,)
    with Database.open(path, synchronous="NORMAL") as database:
        assert database.row("PRAGMA synchronous") == (1,)


def test_migrations_run_in_order_from_any_version(path: Path) -> None:
    for start_at in range(VERSION + 1):
        file = path.with_name(f"v{start_at}.db")
        old = sqlite3.connect(file)
        for script in MIGRATIONS[:start_at]:
            old.executescript(script)
        if start_at:
            old.execute(f"PRAGMA application_id={APPLICATION_ID}")
        old.execute(f"PRAGMA user_version={start_at}")
        old.close()
        with Database.open(file) as database:
            assert database.row("PRAGMA user_version") == (VERSION,)
            tables = {row[0] for row in database.rows("SELECT name FROM sqlite_master")}
            assert {"txn", "atom", "belief", "evidence", "leaf", "episode"} <= tables


def test_a_migration_that_fails_leaves_the_file_as_it_was(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Database.open(path):
        pass
    broken = (*MIGRATIONS, "CREATE TABLE half (x);\nCREATE TABLE txn (x);\n")
    with monkeypatch.context() as patch:
        patch.setattr("mettaclaw.storage.connection.MIGRATIONS", broken)
        patch.setattr("mettaclaw.storage.connection.VERSION", len(broken))
        with pytest.raises(StorageError, match="already exists"):
            Database.open(path)
    with Database.open(path) as database:
        assert database.row("PRAGMA user_version") == (VERSION,)
        assert database.row("SELECT name FROM sqlite_master WHERE name = 'half'") is None


def test_a_newer_schema_is_refused(path: Path) -> None:
    with Database.open(path) as database:
        database.rows(f"PRAGMA user_version={VERSION + 1}")
    for read_only in (False, True):
        with pytest.raises(SchemaError, match=r"newer version wrote it.*pip install -U"):
            Database.open(path, read_only=read_only)


def test_an_old_schema_is_not_migrated_by_a_reader(path: Path) -> None:
    with Database.open(path) as database:
        database.rows(f"PRAGMA user_version={VERSION - 1}")
    with pytest.raises(StorageError, match="old schema"):
        Database.open(path, read_only=True)


def test_a_database_of_another_program_is_refused_and_left_alone(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as foreign:
        foreign.execute("CREATE TABLE theirs (x)")
    before = path.read_bytes()
    with pytest.raises(StorageError, match="another program; name another file"):
        Database.open(path)
    assert path.read_bytes() == before


def test_a_file_that_is_no_database_is_refused_and_left_alone(path: Path) -> None:
    path.write_text("(--> garfield cat)\n" * 1_000)
    with pytest.raises(StorageError, match="damaged or no database"):
        Database.open(path)
    assert path.read_text() == "(--> garfield cat)\n" * 1_000


def test_an_empty_file_becomes_a_database(path: Path) -> None:
    path.touch()
    with Database.open(path) as database, database.transaction():
        put(database, "a")
    with Database.open(path) as database:
        assert texts(database) == ["a"]


def test_a_damaged_file_is_told(path: Path) -> None:
    with Database.open(path) as database, database.transaction():
        for i in range(50_000):  # so many that the middle is theirs
            put(database, f"text {i}")
    content = bytearray(path.read_bytes())
    middle = len(content) // 2 // 4096 * 4096
    content[middle : middle + 40_960] = b"\x5a" * 40_960
    path.write_bytes(content)
    with Database.open(path) as database:
        with pytest.raises(StorageError, match=r"damaged.*(backup|recover)"):
            texts(database)
        assert database.check() != []


@pytest.mark.parametrize("name", ["missing/claw.db", ".", "file.txt/claw.db"])
def test_a_place_that_cannot_be_opened_is_told(tmp_path: Path, name: str) -> None:
    (tmp_path / "file.txt").touch()
    with pytest.raises(StorageError, match=r"cannot be opened|damaged|disk"):
        Database.open(tmp_path / name)


def test_a_reader_needs_a_file(path: Path) -> None:
    with pytest.raises(StorageError, match="no database at"):
        Database.open(path, read_only=True)
    assert not path.exists()


def test_a_reader_cannot_write(path: Path) -> None:
    with Database.open(path):
        pass
    with Database.open(path, read_only=True) as reader:
        with pytest.raises(StorageError, match="cannot be written"), reader.transaction():
            put(reader, "a")
        assert texts(reader) == []


def test_a_wrong_synchronous_is_refused(path: Path) -> None:
    with pytest.raises(UsageError, match="FULL or NORMAL"):
        Database.open(path, synchronous="OFF")  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["a b.db", "a?mode=ro.db", "a#b.db", "a%20b.db", "é😀.db"])
def test_odd_file_names_are_ordinary(tmp_path: Path, name: str) -> None:
    with Database.open(tmp_path / name) as database, database.transaction():
        put(database, "a")
    assert (tmp_path / name).exists()
    database = Database.open(tmp_path / name, read_only=True)
    assert texts(database) == ["a"]
    database.close()


def test_a_closed_database_says_so_and_closes_twice(path: Path) -> None:
    database = Database.open(path)
    database.close()
    database.close()
    with pytest.raises(StorageError, match="it was closed: open it again"):
        database.rows("SELECT 1")
    with pytest.raises(StorageError, match="it was closed"), database.transaction():
        pass


def test_closing_inside_a_transaction_rolls_it_back(path: Path) -> None:
    database = Database.open(path)
    with pytest.raises(StorageError, match="it was closed"), database.transaction():
        put(database, "a")
        database.close()
    with Database.open(path) as again:
        assert texts(again) == []


def test_text_that_is_no_unicode_is_refused(path: Path) -> None:
    with Database.open(path) as database:
        with pytest.raises(UsageError, match="surrogate"), database.transaction():
            put(database, "\ud800")
        with pytest.raises(UsageError, match="surrogate"), database.transaction("\udfff"):
            pass
        with pytest.raises(UsageError, match="surrogate"):
            database.rows("SELECT ?", ("\ud800",))
        assert texts(database) == []
        with database.transaction():
            put(database, "a\0b")
        assert texts(database) == ["a\0b"]
