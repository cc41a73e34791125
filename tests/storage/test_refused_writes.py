"""A full disk and a read-only place are told, and what was committed is there and whole."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from mettaclaw.errors import StorageError
from mettaclaw.storage import Database
from tests.storage.conftest import put, texts
from tests.storage.processes import run


def test_a_full_disk_is_told_and_nothing_is_lost_or_torn(path: Path) -> None:
    with Database.open(path) as database:
        with database.transaction():
            put(database, "kept")
        pages = database.row("PRAGMA page_count")
        assert pages is not None
        database.rows(f"PRAGMA max_page_count={pages[0] + 5}")
        told = r"disk is full.*what was committed is safe"
        with pytest.raises(StorageError, match=told), database.transaction():
            for _ in range(1_000):
                put(database, "x" * 4_000)
        assert texts(database) == ["kept"]
        assert database.current is None
        database.rows("PRAGMA max_page_count=1073741823")
        with database.transaction():
            put(database, "after")
        assert texts(database) == ["kept", "after"]
        assert database.check() == []


def test_what_follows_a_full_disk_in_the_same_transaction_is_refused(path: Path) -> None:
    """SQLite rolls back by itself then; a write after it would be outside of any transaction."""
    with Database.open(path) as database:
        pages = database.row("PRAGMA page_count")
        assert pages is not None
        database.rows(f"PRAGMA max_page_count={pages[0] + 5}")
        with pytest.raises(StorageError, match="rolled back"), database.transaction():
            put(database, "first")
            with pytest.raises(StorageError, match="disk is full"), database.transaction():
                for _ in range(1_000):
                    put(database, "x" * 4_000)
            database.rows("PRAGMA max_page_count=1073741823")
            with pytest.raises(StorageError, match="rolled back"):
                put(database, "astray")
            with pytest.raises(StorageError, match="rolled back"), database.transaction():
                put(database, "astray in a savepoint")
        assert texts(database) == []
        with database.transaction():
            put(database, "after")
        assert texts(database) == ["after"]


_SMALL_FILES = """
import resource, signal, sys
from mettaclaw.errors import StorageError
from mettaclaw.storage import Database
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (900_000, 900_000))
with Database.open(sys.argv[1]) as database:
    kept = 0
    try:
        while True:
            with database.transaction():
                database.write("INSERT INTO atom (hash, text) VALUES (0, ?)", ("x" * 3_000,))
            kept += 1
    except StorageError as error:
        print(kept, error)
"""


def test_a_file_that_may_not_grow_loses_nothing_that_was_committed(path: Path) -> None:
    count, _, message = run(_SMALL_FILES, path).partition(" ")
    assert "disk" in message
    assert int(count) > 10
    with Database.open(path) as database:
        assert len(texts(database)) == int(count)
        assert database.check() == []


_AS_NOBODY = """
import os, sys
from pathlib import Path
from mettaclaw.config import Home
from mettaclaw.errors import StorageError
from mettaclaw.storage import Database
if os.getuid() == 0:
    os.setgid(65534)
    os.setuid(65534)
for act in (
    lambda: Database.open(sys.argv[1] + "/new.db"),
    lambda: Home.open(sys.argv[1] + "/home"),
    lambda: Database.open(sys.argv[1] + "/closed/any.db"),
):
    try:
        act()
        print("no error")
    except StorageError as error:
        print(error)
with Database.open(sys.argv[1] + "/old.db") as database:
    try:
        with database.transaction():
            database.write("INSERT INTO atom (hash, text) VALUES (0, 'a')")
        print("no error")
    except StorageError as error:
        print(error)
    print(*database.row("SELECT text FROM atom"))
"""


@pytest.fixture
def public() -> Iterator[Path]:
    """A folder that other users reach; pytest's own are closed to them."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


def test_a_place_that_only_others_may_write_is_told_and_read(public: Path) -> None:
    folder = public / "place"
    folder.mkdir()
    with Database.open(folder / "old.db") as database, database.transaction():
        put(database, "kept")
    (folder / "old.db").chmod(0o444)
    (folder / "closed").mkdir()
    (folder / "closed").chmod(0o000)
    folder.chmod(0o555)
    try:
        new, home, closed, old, read = run(_AS_NOBODY, folder).splitlines()
    finally:
        folder.chmod(0o755)
        (folder / "closed").chmod(0o700)
    assert "cannot be written: check the permissions of the file and its folder" in new
    assert "cannot be made (Permission denied)" in home
    assert "cannot be reached (Permission denied)" in closed
    assert "cannot be written: check the permissions of the file and its folder" in old
    assert read == "kept"
    with Database.open(folder / "old.db") as database:
        assert texts(database) == ["kept"]
