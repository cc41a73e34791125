"""Exact and approximate search: the same items, whatever happens to the cache."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

np = pytest.importorskip("numpy")
pytest.importorskip("hnswlib")

from mettaclaw.memory.retrieval.plan import Filter  # noqa: E402
from mettaclaw.memory.vectors import VectorIndex, graphfiles  # noqa: E402
from mettaclaw.memory.vectors.rows import Part  # noqa: E402
from mettaclaw.memory.vectors.served import Both  # noqa: E402
from mettaclaw.storage import Database  # noqa: E402

pytestmark = pytest.mark.neural
SIZE = 16


def unit(seed: int, count: int = 1) -> np.ndarray:
    vectors = np.random.default_rng(seed).standard_normal((count, SIZE)).astype("<f4")
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def fill(database: Database, count: int, seed: int = 1, scope: str = "") -> list[int]:
    ids: list[int] = []
    with database.transaction() as transaction:
        for vector in unit(seed, count):
            number = database.write(
                "INSERT INTO item (text, source, time, txn, scope) VALUES ('x', 'user', 0, ?, ?)",
                (transaction.id, scope),
            )
            database.write(
                "INSERT INTO embedding (item, model, data) VALUES (?, 'm', ?)",
                (number, vector.tobytes()),
            )
            ids.append(number)
    return ids


def exact(database: Database, vector: np.ndarray, k: int = 5) -> list[int]:
    return sorted(VectorIndex(database, "m", SIZE).ask(vector, Filter()).nearest(k))


def graph(database: Database, cache: Path | None = None) -> VectorIndex:
    index = VectorIndex(database, "m", SIZE, cache, exact_up_to=50)
    index.prepare()
    return index


def nearest(index: VectorIndex, vector: np.ndarray, within: Filter | None = None) -> list[int]:
    return sorted(index.ask(vector, within or Filter()).nearest(5))


def test_the_graph_finds_what_exact_search_finds(database: Database) -> None:
    fill(database, 400)
    index = graph(database)
    hits = sum(len(set(exact(database, v)) & set(nearest(index, v))) for v in unit(2, 40))
    assert hits >= 0.98 * 200


def test_what_is_written_and_removed_later_is_seen_by_both(database: Database) -> None:
    ids = fill(database, 100)
    index, plain = graph(database), VectorIndex(database, "m", SIZE)
    (asked,) = unit(1)
    assert ids[0] in nearest(index, asked)
    assert ids[0] in nearest(plain, asked)
    with database.transaction():
        database.write("DELETE FROM item WHERE id = ?", (ids[0],))
    assert ids[0] not in nearest(index, asked)
    assert ids[0] not in nearest(plain, asked)
    (again,) = fill(database, 1)
    assert again in nearest(index, asked)
    assert again in nearest(plain, asked)


def test_cosines_of_named_items_are_the_same_in_both(database: Database) -> None:
    ids = fill(database, 100)
    (asked,) = unit(3)
    few = ids[10:15]
    by_graph = graph(database).ask(asked, Filter()).of([*few, 99_999])
    plain = VectorIndex(database, "m", SIZE).ask(asked, Filter()).of([*few, 99_999])
    assert by_graph == pytest.approx(plain)
    assert sorted(plain) == few


def test_scopes_and_times_are_kept_apart(database: Database) -> None:
    fill(database, 200)
    few = fill(database, 10, seed=4, scope="work")
    index = graph(database)
    (asked,) = unit(5)
    assert set(nearest(index, asked, Filter(scope="work"))) <= set(few)
    with database.transaction():
        database.write("UPDATE item SET time = 9 WHERE id = ?", (few[3],))
    assert nearest(index, asked, Filter(since=8)) == [few[3]]


def test_another_process_loads_the_file_and_takes_in_what_is_new(
    database: Database, tmp_path: Path
) -> None:
    ids = fill(database, 200)
    first = graph(database, tmp_path)
    first.close()
    (new,) = fill(database, 1, seed=9)
    with database.transaction():
        database.write("DELETE FROM item WHERE id = ?", (ids[0],))
    again = VectorIndex(database, "m", SIZE, tmp_path, exact_up_to=50)
    held = again.ask(unit(9)[0], Filter())
    assert isinstance(held.held, Both), "it was loaded, and not built"
    assert new in held.nearest(3)
    assert ids[0] not in nearest(again, unit(1)[0])


def _truncated(folder: Path) -> None:
    (file,) = folder.glob("*.hnsw")
    os.truncate(file, file.stat().st_size // 2)


def _flipped(folder: Path) -> None:
    (file,) = folder.glob("*.hnsw")
    octets = bytearray(file.read_bytes())
    octets[len(octets) // 2] ^= 0xFF
    file.write_bytes(octets)


def _no_file(folder: Path) -> None:
    for file in folder.glob("*.hnsw"):
        file.unlink()


def _no_stamp(folder: Path) -> None:
    for file in folder.glob("*.json"):
        file.unlink()


def _odd_stamp(folder: Path) -> None:
    for file in folder.glob("*.json"):
        file.write_text('{"version": 1')


def _other_model(folder: Path) -> None:
    for file in folder.glob("*.json"):
        file.write_text(file.read_text().replace('"m"', '"other"'))


DAMAGE: list[Callable[[Path], None]] = [
    _truncated, _flipped, _no_file, _no_stamp, _odd_stamp, _other_model,
]  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_cache_is_built_anew_and_exact_search_serves_meanwhile(
    database: Database, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    fill(database, 200)
    graph(database, tmp_path).close()
    damage(tmp_path)
    index = VectorIndex(database, "m", SIZE, tmp_path, exact_up_to=50)
    (asked,) = unit(6)
    assert nearest(index, asked) == exact(database, asked)
    index.wait()
    assert isinstance(index.ask(asked, Filter()).held, Both)
    index.close()
    loaded = graphfiles.load(tmp_path, Part("m", SIZE), database)
    assert len(loaded) == 200


def test_the_cache_of_another_database_is_not_taken(tmp_path: Path) -> None:
    for name, seed in (("a", 1), ("b", 2)):
        with Database.open(tmp_path / f"{name}.db") as database:
            fill(database, 100, seed=seed)
            index = VectorIndex(database, "m", SIZE, tmp_path / "cache", exact_up_to=50)
            (asked,) = unit(7)
            assert nearest(index, asked) == exact(database, asked)
            index.close()


def test_a_restored_backup_with_another_history_does_not_take_the_cache(tmp_path: Path) -> None:
    with Database.open(tmp_path / "a.db") as database:
        fill(database, 1)
        database.backup(tmp_path / "b.db")
        fill(database, 100)
        graph(database, tmp_path / "cache").close()
    with Database.open(tmp_path / "b.db") as database:
        fill(database, 100, seed=8)
        index = VectorIndex(database, "m", SIZE, tmp_path / "cache", exact_up_to=50)
        (asked,) = unit(8)
        assert nearest(index, asked) == exact(database, asked)


def test_what_is_pending_is_seen_in_its_transaction_alone(database: Database) -> None:
    fill(database, 20)
    index = VectorIndex(database, "m", SIZE)
    (asked,) = unit(11)
    before = nearest(index, asked)
    with pytest.raises(RuntimeError), database.transaction():
        (new,) = fill(database, 1, seed=11)
        assert new in nearest(index, asked)
        raise RuntimeError
    assert nearest(index, asked) == before


def test_threads_may_ask_while_others_write(database: Database, tmp_path: Path) -> None:
    fill(database, 60)
    index = VectorIndex(database, "m", SIZE, tmp_path, exact_up_to=50)
    failed: list[BaseException] = []

    def ask() -> None:
        try:
            for vector in unit(12, 30):
                assert len(index.ask(vector, Filter()).nearest(5)) == 5
        except BaseException as error:  # noqa: BLE001 - told to the test's own thread
            failed.append(error)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for seed in range(20, 30):
        fill(database, 5, seed=seed)
    for thread in threads:
        thread.join()
    index.close()
    assert failed == []


def test_a_kill_while_the_index_is_saved_leaves_one_that_loads_or_is_built(tmp_path: Path) -> None:
    with Database.open(tmp_path / "claw.db", synchronous="NORMAL") as database:
        fill(database, 2_000)
    program = f"""
from pathlib import Path
from mettaclaw.memory.vectors import VectorIndex, graphfiles
from mettaclaw.storage import Database
with Database.open({str(tmp_path / "claw.db")!r}) as database:
    index = VectorIndex(database, "m", {SIZE}, Path({str(tmp_path / "cache")!r}), exact_up_to=50)
    index.prepare()
    graph = index._parts[None]._graph
    print("ready", flush=True)
    while True:
        graphfiles.save(graph, Path({str(tmp_path / "cache")!r}), database)
"""
    drawn = random.Random(1)
    for _ in range(20):
        running = subprocess.Popen(
            [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True
        )
        assert running.stdout is not None
        assert running.stdout.readline() == "ready\n"
        with pytest.raises(subprocess.TimeoutExpired):
            running.wait(drawn.random() / 10)
        running.send_signal(signal.SIGKILL)
        running.wait()
        running.stdout.close()
    (asked,) = unit(13)
    with Database.open(tmp_path / "claw.db") as database:
        index = VectorIndex(database, "m", SIZE, tmp_path / "cache", exact_up_to=50)
        held = index.ask(asked, Filter())
        assert isinstance(held.held, Both), "the file before the kill is whole"
        assert len(set(held.nearest(5)) & set(exact(database, asked))) >= 4
        index.close()
        graphfiles.sweep(tmp_path / "cache", older_than_s=0)
    assert len(list((tmp_path / "cache").iterdir())) == 2


def test_an_index_that_cannot_be_saved_serves_all_the_same(
    database: Database, tmp_path: Path
) -> None:
    fill(database, 100)
    blocked = tmp_path / "cache"
    blocked.write_text("a file, where a folder should be")
    (asked,) = unit(14)
    index = graph(database, blocked)
    assert nearest(index, asked) == exact(database, asked)
    assert f"the index cannot be written to {blocked}" in (index.lacking() or "")


def remove(database: Database, *ids: int) -> None:
    with database.transaction():
        for number in ids:
            database.write("DELETE FROM item WHERE id = ?", (number,))


def vector_of(database: Database, number: int) -> bytes:
    row = database.row("SELECT data FROM embedding WHERE item = ?", (number,))
    assert row is not None
    return row[0]


def test_a_file_that_was_saved_after_removals_is_loaded_again(
    database: Database, tmp_path: Path
) -> None:
    ids = fill(database, 300)
    first = graph(database, tmp_path)
    remove(database, *ids[:20])
    assert ids[0] not in nearest(first, unit(1)[0])
    fill(database, 100, seed=3)
    first.prepare()
    first.close()
    for _ in range(2):
        again = VectorIndex(database, "m", SIZE, tmp_path, exact_up_to=50)
        for asked in unit(4, 10):
            assert len(set(nearest(again, asked)) & set(exact(database, asked))) >= 4
        assert isinstance(again.ask(unit(1)[0], Filter()).held, Both), "it was loaded"
        again.close()


def test_the_vectors_of_removed_items_are_in_no_file(database: Database, tmp_path: Path) -> None:
    ids = fill(database, 300)
    graph(database, tmp_path).close()
    gone = [vector_of(database, number) for number in ids[5:8]]
    (file,) = tmp_path.glob("*.hnsw")
    assert all(vector in file.read_bytes() for vector in gone)
    remove(database, *ids[5:8])
    graphfiles.blank(tmp_path, database)
    (file,) = tmp_path.glob("*.hnsw")
    assert not any(vector in file.read_bytes() for vector in gone)
    assert vector_of(database, ids[9]) in file.read_bytes()
    index = VectorIndex(database, "m", SIZE, tmp_path, exact_up_to=50)
    (asked,) = unit(6)
    assert isinstance(index.ask(asked, Filter()).held, Both), "it is still one that is loaded"
    assert len(set(nearest(index, asked)) & set(exact(database, asked))) >= 4


def test_a_running_index_writes_no_vector_of_what_was_removed_meanwhile(
    database: Database, tmp_path: Path
) -> None:
    ids = fill(database, 300)
    index = graph(database, tmp_path)
    gone = vector_of(database, ids[7])
    remove(database, ids[7])
    fill(database, 200, seed=5)
    index.prepare()
    index.close()
    graphfiles.blank(tmp_path, database)
    assert not any(gone in file.read_bytes() for file in tmp_path.glob("*.hnsw"))


def test_what_came_in_by_the_thousand_is_found_before_the_graph_has_it(
    database: Database, tmp_path: Path
) -> None:
    fill(database, 200)
    index = graph(database, tmp_path)
    new = fill(database, 3_000, seed=21)
    (asked,) = unit(21)
    assert new[0] in nearest(index, asked)
    assert nearest(index, asked) == exact(database, asked)
    index.wait()
    assert new[0] in nearest(index, asked)
    index.close()


def test_programs_that_end_early_come_to_an_index_together(
    database: Database, tmp_path: Path
) -> None:
    fill(database, 9_000)
    (asked,) = unit(22)
    for _ in range(200):
        index = VectorIndex(database, "m", SIZE, tmp_path, exact_up_to=50)
        assert nearest(index, asked) == exact(database, asked)
        index.close()
        if len(graphfiles.load(tmp_path, Part("m", SIZE), database)) == 9_000:
            return
    pytest.fail("each begins anew")


def test_a_backup_that_is_put_back_does_not_take_a_file_of_what_came_after_it(
    tmp_path: Path,
) -> None:
    with Database.open(tmp_path / "a.db") as database:
        fill(database, 300)
        database.backup(tmp_path / "b.db")
        fill(database, 10, seed=2)
        graph(database, tmp_path / "cache").close()
    with Database.open(tmp_path / "b.db") as database:
        new = fill(database, 10, seed=3)
        index = VectorIndex(database, "m", SIZE, tmp_path / "cache", exact_up_to=50)
        (asked,) = unit(3)
        assert new[0] in nearest(index, asked)
        assert nearest(index, asked) == exact(database, asked)
        index.close()


def test_a_large_scope_shares_the_graph_of_all_and_is_kept_apart(database: Database) -> None:
    large = fill(database, 300)
    small = fill(database, 40, seed=1, scope="work")  # the same vectors
    index = graph(database)
    for asked in unit(23, 10):
        found = nearest(index, asked, Filter(scope=""))
        assert len(found) == 5
        assert set(found) <= set(large)
        assert set(nearest(index, asked, Filter(scope="work"))) <= set(small)
    assert set(index._parts) == {None, "work"}


def test_threads_that_write_and_ask_inside_transactions_never_wait_for_each_other(
    database: Database, tmp_path: Path
) -> None:
    fill(database, 300)
    index = VectorIndex(database, "m", SIZE, tmp_path, exact_up_to=50)
    done: list[int] = []

    def work(seed: int) -> None:
        for n in range(10):
            (asked,) = unit(seed)
            if n % 2:
                with database.transaction():
                    fill(database, 3, seed=seed + n)
                    done.append(len(nearest(index, asked)))
            else:
                done.append(len(nearest(index, asked)))

    threads = [threading.Thread(target=work, args=(seed,), daemon=True) for seed in range(30, 34)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert done == [5] * 40
    index.close()


def test_what_has_expired_takes_no_place_among_the_nearest(database: Database) -> None:
    old = fill(database, 300)
    (live,) = fill(database, 1, seed=40)
    with database.transaction():
        database.write("UPDATE item SET expires = 1 WHERE id <= ?", (old[-1],))
    for index in (VectorIndex(database, "m", SIZE), graph(database)):
        assert nearest(index, unit(1)[0], Filter(now=2.0)) == [live]
