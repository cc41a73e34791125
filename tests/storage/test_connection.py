"""Where a database is: full disks, read-only places, who may read what is made."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import stat
from pathlib import Path

import pytest

from mettaclaw.atomspace import Atomspace
from mettaclaw.config import Home
from mettaclaw.errors import SchemaError, StorageError
from mettaclaw.storage import Database
from mettaclaw.storage.schema import VERSION
from tests.storage.places import fill, read_only, small_disk
from tests.storage.processes import run


@pytest.fixture
def place(tmp_path: Path) -> Path:
    folder = tmp_path / "place"
    folder.mkdir()
    return folder


@pytest.fixture
def path(place: Path) -> Path:
    return place / "claw.db"


def put(database: Database, text: str) -> None:
    database.write("INSERT INTO atom (hash, text) VALUES (0, ?)", (text,))


def texts(database: Database) -> list[str]:
    return [row[0] for row in database.rows("SELECT text FROM atom ORDER BY id")]


def make(path: Path, *kept: str) -> None:
    with Database.open(path) as database, database.transaction():
        for text in kept:
            put(database, text)


_KILLED = """
import os, sys
from mettaclaw.storage import Database
database = Database.open(sys.argv[1])
with database.transaction():
    database.write("INSERT INTO atom (hash, text) VALUES (0, 'last')")
os._exit(0)
"""


def leave_a_log(path: Path) -> None:
    """Write as a process that ends before its log has come into the file."""
    run(_KILLED, path)
    assert path.with_name("claw.db-wal").stat().st_size > 0


# --- full disks ---


def test_a_full_disk_is_told_from_a_failing_one(place: Path, path: Path) -> None:
    with small_disk(place):
        make(path, "kept")
        fill(place / "filler")
        told = rf"the disk is full \(mounted at {place}, [\d,]+ bytes free\): free some space"
        with Database.open(path) as database:
            with pytest.raises(StorageError, match=told), database.transaction():
                put(database, "more")
            assert texts(database) == ["kept"]
        with pytest.raises(StorageError, match=told):
            Database.open(place / "new.db")
        (place / "filler").unlink()
        make(path, "more")
        with Database.open(path) as database:
            assert texts(database) == ["kept", "more"]
            assert database.check() == []


def test_a_disk_that_fills_up_while_it_is_written_is_told(place: Path, path: Path) -> None:
    with small_disk(place), Database.open(path) as database:
        with database.transaction():
            put(database, "kept")
        fill(place / "filler")
        with pytest.raises(StorageError, match="the disk is full"), database.transaction():
            put(database, "x" * 100_000)
        assert texts(database) == ["kept"]
        with Database.open(path) as other:
            assert texts(other) == ["kept"]


def test_what_a_killed_process_committed_is_read_on_a_full_disk(place: Path, path: Path) -> None:
    with small_disk(place):
        make(path, "kept")
        leave_a_log(path)
        fill(place / "filler")
        with Database.open(path) as database:
            assert texts(database) == ["kept", "last"]


_LIMITED = """
import resource, sys
from mettaclaw.errors import StorageError
from mettaclaw.storage import Database
resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, 600_000))
with Database.open(sys.argv[1]) as database:
    try:
        with database.transaction():
            for _ in range(1_000):
                database.write("INSERT INTO atom (hash, text) VALUES (0, ?)", ("x" * 3_000,))
        print("no error")
    except StorageError as error:
        print(error)
"""


def test_a_limit_on_the_size_of_files_is_told_from_a_failing_disk(path: Path) -> None:
    told = run(_LIMITED, path)
    assert "`ulimit -f`" in told
    assert "failed" not in told


# --- read-only places ---


def test_a_read_only_place_is_read_and_says_why_it_is_not_written(place: Path, path: Path) -> None:
    make(path, "kept")
    with read_only(place):
        with Database.open(path) as database:
            assert database.read_only
            assert texts(database) == ["kept"]
            with database.snapshot() as now:
                assert texts(now) == ["kept"]
            told = "cannot be written: .* is read-only"
            with pytest.raises(StorageError, match=told), database.transaction():
                put(database, "more")
            with pytest.raises(StorageError, match=told), database.deferred():
                put(database, "more")
        with Database.open(path, read_only=True) as reader:
            assert texts(reader) == ["kept"]
        with pytest.raises(StorageError, match="is read-only"):
            Database.open(place / "new.db")
    make(path, "more")
    with Database.open(path) as database:
        assert not database.read_only
        assert texts(database) == ["kept", "more"]


def test_what_is_only_in_the_log_is_read_in_a_read_only_place(place: Path, path: Path) -> None:
    make(path, "kept")
    leave_a_log(path)
    with read_only(place), Database.open(path) as database:
        assert database.read_only
        assert texts(database) == ["kept", "last"]


def test_a_log_that_cannot_be_read_is_told_and_not_left_out(place: Path, path: Path) -> None:
    make(path, "kept")
    leave_a_log(path)
    path.with_name("claw.db-shm").unlink()
    with read_only(place):
        for only in (False, True):
            with pytest.raises(StorageError, match=r"committed last is in claw.db-wal.*copy both"):
                Database.open(path, read_only=only)
    with Database.open(path) as database:
        assert texts(database) == ["kept", "last"]


def test_a_file_that_changes_while_it_is_read_without_locks_is_told(
    place: Path, path: Path
) -> None:
    make(path, "kept")
    with read_only(place):
        database = Database.open(path)
        assert texts(database) == ["kept"]
    make(path, "more")  # it can be written again, and somebody does
    for read in (lambda: texts(database), lambda: database.row("SELECT 1")):
        with pytest.raises(StorageError, match="changed while it was read"):
            read()
    database.close()


def test_a_restored_backup_is_read_in_a_read_only_place(place: Path, path: Path) -> None:
    make(path, "kept")
    with Database.open(path) as database:
        database.backup(place / "copy.db")
    with read_only(place), Database.open(place / "copy.db") as restored:
        assert texts(restored) == ["kept"]


def test_a_backup_can_be_made_from_a_read_only_place(
    tmp_path: Path, place: Path, path: Path
) -> None:
    make(path, "kept")
    with read_only(place), Database.open(path) as database:
        database.backup(tmp_path / "copy.db")
        with pytest.raises(StorageError, match="Read-only file system"):
            database.backup(place / "copy.db")
    with Database.open(tmp_path / "copy.db") as restored:
        assert texts(restored) == ["kept"]


def test_what_is_wrong_with_a_file_is_told_in_a_read_only_place_too(
    place: Path, path: Path
) -> None:
    make(path)
    with contextlib.closing(sqlite3.connect(path)) as raw:
        raw.execute(f"PRAGMA user_version={VERSION + 1}")
    (place / "empty.db").touch()
    (place / "text.db").write_text("(--> garfield cat)\n" * 1_000)
    with read_only(place):
        with pytest.raises(SchemaError, match="newer version"):
            Database.open(path)
        with pytest.raises(StorageError, match="is read-only"):
            Database.open(place / "empty.db")
        with pytest.raises(StorageError, match="damaged or no database"):
            Database.open(place / "text.db")


def test_an_atomspace_in_a_read_only_place_answers_and_changes_nothing(
    tmp_path: Path, place: Path
) -> None:
    with Atomspace.open(place / "kb.db") as kb:
        kb.add("(--> garfield cat)", (1.0, 0.9))
    with read_only(place), Atomspace.open(place / "kb.db") as kb:
        assert [str(found["$x"]) for found in kb.match("(--> $x cat)")] == ["garfield"]
        assert kb.why("(--> garfield cat)") is not None
        assert kb.stats()["atoms"] == 1
        assert kb.export(tmp_path / "out.metta") == 1
        done = kb.evaluate("!(match &kb (--> $x cat) $x)")
        assert done.error is None
        assert [str(atom) for atom in done.results[0]] == ["garfield"]
        with pytest.raises(StorageError, match="is read-only"):
            kb.evaluate("!(add-atom &kb (a))")
        for act in (lambda: kb.add("(a)"), lambda: kb.remove("(--> garfield cat)")):
            with pytest.raises(StorageError, match="is read-only"):
                act()
        with pytest.raises(StorageError, match="Read-only"):
            kb.export(place / "out.metta")
        assert kb.count() == 1


# --- who may read what is made ---


def mode(file: Path) -> int:
    return stat.S_IMODE(file.stat().st_mode)


@pytest.mark.parametrize("umask", [0o000, 0o022])
def test_what_is_made_is_closed_to_other_people(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        home = Home.open(tmp_path / "home")
        with Atomspace.open(home.database) as kb:
            kb.add("(a b)")
            made = {file.name: mode(file) for file in home.path.iterdir()}
            kb.backup(tmp_path / "copy.db")
            kb.export(tmp_path / "out.metta")
    finally:
        os.umask(before)
    assert mode(home.path) == 0o700
    assert made == {"claw.db": 0o600, "claw.db-wal": 0o600, "claw.db-shm": 0o600}
    assert mode(tmp_path / "copy.db") == mode(tmp_path / "out.metta") == 0o600


def test_the_modes_of_what_is_there_are_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "home"
    folder.mkdir()
    folder.chmod(0o750)
    for name in ("claw.db", "out.metta"):
        (folder / name).touch()
        (folder / name).chmod(0o640)
    with Atomspace.open(Home.open(folder).database) as kb:
        kb.add("(a b)")
        kb.export(folder / "out.metta")
    assert (folder / "out.metta").read_text().splitlines()[1:-1] == ["(a b)"]
    assert mode(folder) == 0o750
    assert mode(folder / "claw.db") == mode(folder / "out.metta") == 0o640


def test_a_new_database_is_made_where_a_link_points(place: Path, path: Path) -> None:
    path.symlink_to(place / "real.db")
    make(path, "kept")
    assert mode(place / "real.db") == 0o600
    with Database.open(path) as database:
        assert texts(database) == ["kept"]


def test_a_sqlite_that_is_too_old_is_told_at_once(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 36, 0))
    monkeypatch.setattr(sqlite3, "sqlite_version", "3.36.0")
    with pytest.raises(StorageError, match=r"SQLite 3\.36\.0, and MeTTaClaw needs 3\.37\.0"):
        Database.open(path)
    assert not path.exists()
