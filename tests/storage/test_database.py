"""The database: transactions, migrations, backup, and what it refuses."""

from __future__ import annotations

import contextlib
import sqlite3
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from mettaclaw.errors import SchemaError, StorageError, UsageError
from mettaclaw.storage import Database
from mettaclaw.storage.schema import APPLICATION_ID, MIGRATIONS, VERSION
from tests.storage.processes import run, start


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "claw.db"


def put(database: Database, text: str) -> None:
    database.write("INSERT INTO atom (hash, text) VALUES (0, ?)", (text,))


def texts(database: Database) -> list[str]:
    return [row[0] for row in database.rows("SELECT text FROM atom ORDER BY id")]


# --- transactions ---


def test_a_transaction_is_kept_and_has_time_and_author(path: Path) -> None:
    before = time.time()
    with Database.open(path) as database:
        with database.transaction("user", "a test") as transaction:
            put(database, "a")
        rows = database.rows("SELECT id, time, author, note FROM txn")
    assert rows == [(transaction.id, transaction.time, "user", "a test")]
    assert before <= transaction.time <= time.time()
    with Database.open(path) as database:
        assert texts(database) == ["a"]


def test_a_transaction_that_raises_leaves_no_trace(path: Path) -> None:
    with Database.open(path) as database:
        with pytest.raises(KeyError), database.transaction():
            put(database, "a")
            raise KeyError
        assert texts(database) == []
        assert database.rows("SELECT * FROM txn") == []
        assert database.current is None


def test_an_inner_transaction_rolls_back_alone(path: Path) -> None:
    with Database.open(path) as database:
        with database.transaction():
            put(database, "a")
            with pytest.raises(KeyError), database.transaction():
                put(database, "b")
                with database.transaction():
                    put(database, "c")
                raise KeyError
            with database.transaction():
                put(database, "d")
        assert texts(database) == ["a", "d"]
        assert len(database.rows("SELECT * FROM txn")) == 1


def test_an_outer_transaction_takes_its_inner_ones_back(path: Path) -> None:
    with Database.open(path) as database:
        with pytest.raises(KeyError), database.transaction():
            with database.transaction():
                put(database, "a")
            raise KeyError
        assert texts(database) == []


def test_a_write_outside_a_transaction_is_refused(path: Path) -> None:
    with Database.open(path) as database:
        with pytest.raises(UsageError, match="transaction"):
            put(database, "a")
        with pytest.raises(UsageError, match="transaction"):
            database.write_many("INSERT INTO atom (hash, text) VALUES (0, ?)", [("a",)])


def test_a_failed_statement_can_be_survived_inside_a_transaction(path: Path) -> None:
    with Database.open(path) as database:
        with database.transaction():
            put(database, "a")
            with pytest.raises(StorageError):
                database.write("INSERT INTO nowhere VALUES (1)")
            put(database, "b")
        assert texts(database) == ["a", "b"]


def test_callbacks_run_once_and_only_for_their_end(path: Path) -> None:
    ends: list[str] = []
    with Database.open(path) as database:
        with database.transaction():
            database.on_commit(lambda: ends.append("commit 1"))
            database.on_rollback(lambda: ends.append("rollback 1"))
        with pytest.raises(KeyError), database.transaction():
            database.on_commit(lambda: ends.append("commit 2"))
            database.on_rollback(lambda: ends.append("rollback 2"))
            raise KeyError
        with database.transaction():
            pass
    assert ends == ["commit 1", "rollback 2"]


def test_a_deferred_transaction_begins_at_its_first_write(path: Path) -> None:
    with Database.open(path) as database, Database.open(path) as other:
        with database.deferred("user"):
            assert database.current is None
            with other.transaction():  # nobody is kept out yet
                put(other, "other")
            put(database, "a")
            assert database.current is not None
            with database.transaction():
                put(database, "b")
        assert texts(database) == ["other", "a", "b"]
        with pytest.raises(KeyError), database.deferred():
            put(database, "c")
            raise KeyError
        with database.deferred():
            pass
        assert texts(database) == ["other", "a", "b"]
        assert len(database.rows("SELECT * FROM txn")) == 2


def test_a_deferred_transaction_that_cannot_begin_keeps_nobody_out(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mettaclaw.storage.connection.BUSY_TIMEOUT_S", 0.05)
    with Database.open(path) as database, Database.open(path) as other:
        with database.deferred():
            with other.transaction(), pytest.raises(StorageError, match="locked"):
                put(database, "a")
            put(database, "b")
        finished = threading.Thread(target=lambda: database.rows("SELECT 1"), daemon=True)
        finished.start()
        finished.join(5)
        assert not finished.is_alive(), "the lock was not let go"
        assert texts(database) == ["b"]


# --- threads and processes ---


def test_threads_take_turns(path: Path) -> None:
    with Database.open(path, synchronous="NORMAL") as database:
        seen: list[int] = []

        def work(name: int) -> None:
            for number in range(20):
                with database.transaction(str(name)):
                    put(database, f"{name} {number}")
                    put(database, f"{name} {number}")

        def look() -> None:
            for _ in range(50):
                seen.append(len(texts(database)))

        threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
        threads.append(threading.Thread(target=look))
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert all(count % 2 == 0 for count in seen), "half a transaction was seen"
        assert sorted(texts(database)) == sorted(
            f"{i} {n}" for i in range(4) for n in range(20) for _ in range(2)
        )


_WRITER = """
import sys
from mettaclaw.storage import Database
path, name = sys.argv[1:]
with Database.open(path) as database:
    for number in range(40):
        with database.transaction(name):
            for _ in range(3):
                database.write("INSERT INTO atom (hash, text) VALUES (0, ?)", (name,))
"""


def test_processes_that_open_a_new_file_at_once_and_write_lose_nothing(path: Path) -> None:
    writers = [start(_WRITER, path, f"writer {i}") for i in range(4)]
    for writer in writers:
        _, err = writer.communicate(timeout=100)
        assert writer.returncode == 0, err
    with Database.open(path) as database:
        rows = database.rows("SELECT text, count(*) FROM atom GROUP BY text ORDER BY text")
        assert rows == [(f"writer {i}", 120) for i in range(4)]
        assert database.check() == []


def test_a_reader_sees_only_what_is_committed(path: Path) -> None:
    with Database.open(path) as database, Database.open(path, read_only=True) as reader:
        with database.transaction():
            put(database, "a")
            assert texts(reader) == []
        assert texts(reader) == ["a"]


def test_another_process_that_keeps_the_lock_is_named(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mettaclaw.storage.connection.BUSY_TIMEOUT_S", 0.05)
    with Database.open(path) as one, Database.open(path) as other:
        with one.transaction():
            put(one, "a")
            with pytest.raises(StorageError, match="process kept it locked"), other.transaction():
                put(other, "b")
        with other.transaction():
            put(other, "b")
        assert texts(one) == ["a", "b"]


# --- opening ---


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


def test_a_damaged_file_is_told(path: Path) -> None:
    with Database.open(path) as database, database.transaction():
        for i in range(5_000):
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


# --- full disk, read-only places ---


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
resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, 600_000))
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


# --- backup ---


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
