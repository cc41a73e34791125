"""What is forgotten leaves no trace that ``grep`` finds in the files of a home."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from mettaclaw.agent import Agent
from mettaclaw.atomspace import Atomspace
from mettaclaw.memory import erasure
from mettaclaw.storage import Database
from tests.scripted import Scripted
from tests.terminal import by_words


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    by_words(folder)
    return folder


def grep(home: Path, *secrets: str) -> list[str]:
    """Which files of a home hold which of the words, in any case."""
    return [
        f"{file.relative_to(home)}: {secret}"
        for file in sorted(home.rglob("*"))
        if file.is_file() and "workspace" not in file.relative_to(home).parts
        for octets in [file.read_bytes().lower()]
        for secret in secrets
        if secret.lower().encode() in octets
    ]


SAID = "My locker code is kx4711."
BELIEVE = f'(metta (believe (--> (x kx4711 user) locker-code) (stv 1 0.9) "{SAID}"))'
WAYS: dict[str, tuple[str, Callable[[Agent], object]]] = {
    "an item by its id": (
        f'(remember "{SAID}")',
        lambda agent: erasure.erase(agent.kb.database, items=[1]),
    ),
    "an item by its text": (
        f'(remember "{SAID}")',
        lambda agent: erasure.erase(agent.kb.database, texts=[SAID]),
    ),
    "a statement": (
        BELIEVE,
        lambda agent: erasure.erase(
            agent.kb.database, statements=["(--> (x kx4711 user) locker-code)"]
        ),
    ),
    "a name": (
        f'(remember "{SAID}") {BELIEVE}',
        lambda agent: erasure.erase(agent.kb.database, entity="KX4711", store=agent.kb.store),
    ),
    "a time": (
        f'(remember "{SAID}") {BELIEVE}',
        lambda agent: erasure.erase(agent.kb.database, since=0.0, store=agent.kb.store),
    ),
}


@pytest.mark.parametrize("way", WAYS)
async def test_nothing_of_it_is_left_in_any_file(home: Path, way: str) -> None:
    store, forget = WAYS[way]
    model = Scripted(
        f'{store} (pin "the code is kx4711") (send "Noted: your locker code is kx4711. Hm.")',
        '(query "locker") (metta (match &kb $x $x)) (send "It is kx4711. You like tea.")',
        '(write-file "x.txt" "no") (send "ok")',
    )
    (home / "history").write_text(f"\n# 2026-01-02 03:04:05.678\n+{SAID}\n+I like tea.\n")
    async with Agent.open(home, model) as agent:
        await agent.run(f"{SAID} I like tea.")
        await agent.run("What is my locker code?")
        assert grep(home, "kx4711")
        found = forget(agent)
        assert isinstance(found, erasure.Erased)
        assert found.items or found.statements
        assert found.lines >= 4
        assert not erasure.is_left(agent.kb.database)
        assert grep(home, "kx4711") == []
        await agent.run("What now?")
        if way != "a time":
            assert any("I like tea." in line.text for line in agent.episodes.between())
            assert "I like tea." in (home / "history").read_text()
    assert grep(home, "kx4711") == []


async def test_the_turn_that_asks_for_it_leaves_nothing_either(home: Path) -> None:
    async with Agent.open(home, "english") as agent:
        await agent.run("Remember that the locker code is 4711.")
        await agent.run("What is the locker code?")
        reply = await agent.run("Forget that the locker code is 4711.")
        assert "the locker code is 4711" in reply.text
        assert grep(home, "4711") == []
    assert grep(home, "4711") == []


def test_only_what_is_named_goes(tmp_path: Path) -> None:
    with Atomspace.open(tmp_path / "claw.db") as kb:
        kb.add("(--> tom cat)", (1.0, 0.9), words="Tom is a cat.", source="user")
        kb.add("(--> anna cat)", (1.0, 0.9), words="Anna is a cat.", source="user")
        found = erasure.erase(kb.database, statements=["(--> tom cat)"], store=kb.store)
        assert found.statements == ("(--> tom cat)",)
        assert [str(s["$x"]) for s in kb.match("(--> $x cat)")] == ["anna"]
        assert kb.evidence("(--> anna cat)")[0].words == "Anna is a cat."
        assert kb.as_of("2h").belief("(--> tom cat)") is None


def test_nothing_found_is_nothing_erased(tmp_path: Path) -> None:
    with Database.open(tmp_path / "claw.db") as database:
        assert not erasure.erase(database, items=[7], texts=["tea"], statements=["(a b)"])
        assert not erasure.is_left(database)
