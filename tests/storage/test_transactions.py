"""Transactions are whole, nested or deferred; threads and processes take turns and lose nothing."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from mettaclaw.errors import StorageError, UsageError
from mettaclaw.storage import Database
from tests.storage.conftest import put, texts
from tests.storage.processes import start

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
