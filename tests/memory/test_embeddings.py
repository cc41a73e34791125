"""Vectors made anew for another model, caught up with, and killed in the middle."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

np = pytest.importorskip("numpy")

from mettaclaw.memory import Memory  # noqa: E402
from mettaclaw.memory.embed import Embedder  # noqa: E402
from mettaclaw.storage import Database  # noqa: E402
from tests.memory.quick import Quick  # noqa: E402

pytestmark = pytest.mark.neural
ITEMS = 400


def models(database: Database) -> dict[str, int]:
    return dict(database.rows("SELECT model, count(*) FROM embedding GROUP BY model"))


def fill(database: Database) -> None:
    memory = Memory(database, Quick("old"))
    memory.remember_many(f"The boat number {n} is green" for n in range(ITEMS))
    assert memory.embed_missing() == 0
    assert models(database) == {"old": ITEMS}


def test_another_model_embeds_all_anew_and_the_old_vectors_go(database: Database) -> None:
    fill(database)
    told: list[int] = []
    memory = Memory(database, Quick("new", size=12))
    assert memory.embeddings.catch_up(told=told.append) == 0
    assert told == sorted(told, reverse=True)
    assert (len(told), told[-1]) == (13, 0)
    assert models(database) == {"new": ITEMS}
    assert database.rows("SELECT name, size FROM embedder") == [("new", 12)]
    assert memory.search("boat").note is None


def test_a_kill_while_all_is_embedded_anew_loses_nothing_that_was_done(tmp_path: Path) -> None:
    path = tmp_path / "claw.db"
    with Database.open(path, synchronous="NORMAL") as database:
        fill(database)
    program = f"""
from mettaclaw.memory import Memory
from mettaclaw.storage import Database
from tests.memory.quick import Quick
with Database.open({str(path)!r}) as database:
    memory = Memory(database, Quick("new", delay_s=0.01))
    print("ready", flush=True)
    memory.embed_missing()
"""
    drawn = random.Random(1)
    before = 0
    for _ in range(20):
        running = subprocess.Popen(
            [sys.executable, "-c", program],
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        )
        assert running.stdout is not None
        assert running.stdout.readline() == "ready\n"
        try:
            running.wait(drawn.random() / 20)
        except subprocess.TimeoutExpired:
            running.send_signal(signal.SIGKILL)
            running.wait()
        running.stdout.close()
        with Database.open(path) as database:
            assert database.check() == []
            done = models(database)
            assert done.get("old", ITEMS) == ITEMS or done == {"new": ITEMS}
            assert done.get("new", 0) >= before
            before = done.get("new", 0)
    with Database.open(path) as database:
        memory = Memory(database, Quick("new"))
        assert memory.embed_missing() == 0
        assert models(database) == {"new": ITEMS}


def test_nearly_the_same_that_come_together_are_linked_within_their_scope(
    database: Database,
) -> None:
    memory = Memory(database, Quick("old"))
    said = ("The green boat is here", "the green BOAT is here", "A red car is there")
    memory.remember_many([*said, "tea is hot", "Tea is hot"])
    memory.remember_many([{"text": said[0], "scope": "elsewhere"}])
    assert memory.embed_missing() == 0
    near = {hit.item.id: hit.near for hit in memory.query("green boat tea car", 10)}
    assert near == {1: (2,), 2: (1,), 3: (), 4: (), 5: (), 6: ()}


def test_texts_that_say_nearly_the_same_are_linked_and_stay_apart(database: Database) -> None:
    memory = Memory(database, Quick("m"))
    first = memory.remember("The green boat lies in the harbour")
    twin = memory.remember("the green boat lies in the harbour")  # the same letters, for Quick
    other = memory.remember("Rain is expected on Sunday afternoon")
    hits = {hit.item.id: hit.near for hit in memory.query("green boat")}
    assert hits[first.id] == (twin.id,)
    assert hits[twin.id] == (first.id,)
    assert hits.get(other.id, ()) == ()
    memory.forget(id=first.id)
    assert {hit.item.id: hit.near for hit in memory.query("green boat")}[twin.id] == ()


def test_a_folder_without_a_model_is_told_and_words_serve(
    database: Database, tmp_path: Path
) -> None:
    memory = Memory(database, Embedder(tmp_path / "nothing", own=True))
    memory.remember("The boat is green")
    found = memory.search("boat")
    assert [hit.item.text for hit in found.hits] == ["The boat is green"]
    assert "no sentence-transformers model" in (found.note or "")
    assert "`embedding` in config.toml" in (found.note or "")


def test_a_model_of_ones_own_in_a_folder_is_used(database: Database, tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer

    from mettaclaw.memory import embed

    folder = tmp_path / "mine"
    SentenceTransformer(str(embed._package_folder()), device="cpu").save(str(folder))
    embedder = Embedder(folder, own=True)
    assert embedder.name.startswith("mine-")
    assert embedder.size == 384
    memory = Memory(database, embedder, patience_s=100)
    memory.remember("My sister plays the cello.")
    found = memory.search("relatives who make music")
    assert found.note is None
    assert [hit.item.text for hit in found.hits] == ["My sister plays the cello."]
    assert models(database) == {embedder.name: 1}


def test_two_processes_that_embed_all_anew_at_once_are_both_done(tmp_path: Path) -> None:
    path = tmp_path / "claw.db"
    with Database.open(path, synchronous="NORMAL") as database:
        fill(database)
    program = f"""
from mettaclaw.memory import Memory
from mettaclaw.storage import Database
from tests.memory.quick import Quick
with Database.open({str(path)!r}) as database:
    print("ready", flush=True)
    input()
    assert Memory(database, Quick("new", delay_s=0.005)).embed_missing() == 0
"""
    both = [
        subprocess.Popen(
            [sys.executable, "-c", program],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        )
        for _ in range(2)
    ]
    for each in both:
        assert each.stdout is not None
        assert each.stdout.readline() == "ready\n"
    for each in both:
        assert each.stdin is not None
        each.stdin.write("\n")
        each.stdin.flush()
    assert [each.communicate(timeout=60)[1] for each in both] == [None, None]
    assert [each.returncode for each in both] == [0, 0]
    with Database.open(path) as database:
        assert models(database) == {"new": ITEMS}
        assert database.check() == []


def test_a_full_disk_while_vectors_are_made_is_told_and_what_is_there_serves(
    database: Database,
) -> None:
    fill(database)
    memory = Memory(database, Quick("old"))
    memory.query("boat")
    by_words = Memory(database, Embedder(wanted=False))
    by_words.remember_many(f"Rain fell on day {n}, and more of it: {n} drops" for n in range(1_500))
    (pages,) = database.row("PRAGMA page_count") or (0,)
    database.rows(f"PRAGMA max_page_count = {pages + 4}")
    found = memory.search("The boat number 7 is green")
    while "disk is full" not in (found.note or ""):  # on a slow machine it takes more than one
        assert "are found by words only for now" in (found.note or "")
        found = memory.search("The boat number 7 is green")
    assert found.hits[0].item.text == "The boat number 7 is green"
    assert "items are found by words only for now (" in (found.note or "")
    assert "disk is full" in (found.note or "")
    memory.embeddings.close()
    database.rows("PRAGMA max_page_count = 1000000")
    memory = Memory(database, Quick("old"))
    assert memory.search("boat").note is None
    assert models(database) == {"old": ITEMS + 1_500}
