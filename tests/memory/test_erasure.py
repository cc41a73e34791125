"""What is forgotten leaves no trace that ``grep`` finds in the files of a home."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from mettaclaw.agent import Agent
from mettaclaw.atoms.moments import instant
from mettaclaw.atoms.syntax import Expression, read, read_all
from mettaclaw.atomspace import Atomspace
from mettaclaw.errors import UsageError
from mettaclaw.memory import erasure
from mettaclaw.memory.selection import What
from mettaclaw.storage import Database
from tests.scripted import Scripted
from tests.terminal import by_words, environment


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
        lambda agent: erasure.erase(agent.kb.database, What(items=[1])),
    ),
    "an item by its text": (
        f'(remember "{SAID}")',
        lambda agent: erasure.erase(agent.kb.database, What(texts=[SAID])),
    ),
    "a statement": (
        BELIEVE,
        lambda agent: erasure.erase(
            agent.kb.database, What(statements=["(--> (x kx4711 user) locker-code)"])
        ),
    ),
    "a name": (
        f'(remember "{SAID}") {BELIEVE}',
        lambda agent: erasure.erase(agent.kb.database, What(entity="KX4711"), store=agent.kb.store),
    ),
    "a time": (
        f'(remember "{SAID}") {BELIEVE}',
        lambda agent: erasure.erase(agent.kb.database, What(since=0.0), store=agent.kb.store),
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
        found = erasure.erase(kb.database, What(statements=["(--> tom cat)"]), store=kb.store)
        assert found.statements == ("(--> tom cat)",)
        assert [str(s["$x"]) for s in kb.match("(--> $x cat)")] == ["anna"]
        assert kb.evidence("(--> anna cat)")[0].words == "Anna is a cat."
        assert kb.as_of("2h").belief("(--> tom cat)") is None


def test_nothing_found_is_nothing_erased(tmp_path: Path) -> None:
    with Database.open(tmp_path / "claw.db") as database:
        assert not erasure.erase(database, What(items=[7], texts=["tea"], statements=["(a b)"]))
        assert not erasure.is_left(database)


def test_what_only_followed_from_it_goes_too_and_nothing_of_it_comes_back(tmp_path: Path) -> None:
    with Atomspace.open(tmp_path / "claw.db") as kb:
        kb.add("(--> tom cat)", (1.0, 0.9), source="user")
        kb.add("(--> cat animal)", (1.0, 0.9), source="user")
        kb.add("(--> tom pet)", (1.0, 0.9), source="sam")
        told = kb.history()[-1].id
        kb.keep(kb.infer("(--> tom animal)")[0])
        kept = kb.history()[0].id
        kb.retract("(--> tom pet)")
        taken_back = kb.history()[0].id
        before = time.time()
        found = erasure.erase(kb.database, What(statements=["(--> tom cat)"]), store=kb.store)
        assert found.derived == ("(--> tom animal)",)
        assert kb.belief("(--> tom animal)") is None
        assert kb.as_of(before).belief("(--> tom cat)") is None
        assert kb.as_of(before).belief("(--> tom animal)") is None
        for change in (told, kept):
            with pytest.raises(UsageError, match=r"was forgotten by change \d+, and erased"):
                kb.undo(change)
        with pytest.raises(UsageError, match="has erased what it forgot"):
            kb.undo(int(kb.database.rows("SELECT max(eraser) FROM erased")[0][0]))
        kb.undo(taken_back)  # what was only taken back can still be had back
        assert kb.belief("(--> tom pet)") is not None
        assert kb.diff(0.0)
        kb.history()
        assert kb.database.check() == []
    assert grep(tmp_path, "(--> tom cat)", "(--> tom animal)") == []


def test_a_statement_that_was_taken_back_before_can_be_erased(tmp_path: Path) -> None:
    with Atomspace.open(tmp_path / "claw.db") as kb:
        kb.add("(--> zorp ([] ill))", (1.0, 0.9), source="user", words="Zorp is ill.")
        kb.remove("(--> zorp ([] ill))")
        assert erasure.erase(kb.database, What(statements=["(--> zorp ([] ill))"]))
        assert kb.why_not("(--> zorp ([] ill))").statement is not None
    assert grep(tmp_path, "zorp") == []


def test_of_a_statement_told_at_another_time_too_only_the_pieces_of_a_period_go(
    tmp_path: Path,
) -> None:
    with Atomspace.open(tmp_path / "claw.db") as kb:
        kb.add("(--> tom cat)", (1.0, 0.9), time="2025-03-03", words="Tom is a cat.")
        kb.add("(--> tom cat)", (1.0, 0.9), time="2025-06-06", words="Tom is a cat, I say.")
        kb.add("(--> wug zorp)", (1.0, 0.9), time="2025-06-06")
        since, until = instant("2025-06-01"), instant("2025-06-30", end=True)
        found = erasure.erase(kb.database, What(since=since, until=until), store=kb.store)
        assert (found.statements, found.pieces) == (("(--> wug zorp)",), 1)
        assert [e.words for e in kb.evidence("(--> tom cat)")] == ["Tom is a cat."]
        belief = kb.belief("(--> tom cat)")
        assert belief is not None
        assert belief.truth is not None
        assert belief.truth.c == pytest.approx(0.9)
    assert grep(tmp_path, "wug", "I say") == []


def test_a_name_goes_from_what_its_bearer_said_which_stays(tmp_path: Path) -> None:
    with Atomspace.open(tmp_path / "claw.db") as kb:
        kb.add("(--> wug tame)", (1.0, 0.9), source="zorp", words="Zorp said that Wug is tame.")
        kb.add("(--> zorp ([] ill))", (1.0, 0.9), source="user")
        kb.add("(--> zorpling small)", (1.0, 0.9), source="user")
        found = erasure.erase(kb.database, What(entity="Zorp"), store=kb.store)
        assert found.sources == ("zorp",)
        assert found.statements == ("(--> zorp ([] ill))",)
        assert kb.evidence("(--> wug tame)")[0].source == "[forgotten]"
        assert kb.belief("(--> zorpling small)") is not None
    octets = (tmp_path / "claw.db").read_bytes()
    assert octets.count(b"zorp") == octets.count(b"zorpling")


@pytest.mark.parametrize("name", ["will", "I", "  ", "the"])
def test_a_word_of_grammar_is_no_name_to_forget_all_about(tmp_path: Path, name: str) -> None:
    with Atomspace.open(tmp_path / "claw.db") as kb, pytest.raises(UsageError, match="is no name"):
        erasure.erase(kb.database, What(entity=name))


def test_a_preview_changes_nothing(tmp_path: Path) -> None:
    with Atomspace.open(tmp_path / "claw.db") as kb:
        kb.add("(--> tom cat)", (1.0, 0.9), words="Tom is a cat.")
        assert erasure.preview(kb.database, What(entity="tom")).statements == ("(--> tom cat)",)
        assert kb.belief("(--> tom cat)") is not None
        assert not erasure.is_left(kb.database)


def test_what_an_older_version_left_in_free_pages_goes_with_the_first(tmp_path: Path) -> None:
    file = tmp_path / "claw.db"
    with Database.open(file) as database, database.transaction():
        for number in range(200):
            sql = "INSERT INTO item (text, source, time, txn) VALUES (?, 'user', 0.0, 1)"
            database.write(sql, (f"swordfish {number} " * 20,))
    old = sqlite3.connect(file)
    old.execute("PRAGMA secure_delete=OFF")
    old.execute("DELETE FROM item WHERE id > 1")
    old.commit()
    old.close()
    assert grep(tmp_path, "swordfish 77")
    with Database.open(file) as database:
        erasure.erase(database, What(items=[1]))
    assert grep(tmp_path, "swordfish") == []


def test_pages_wait_for_a_process_that_reads_and_go_when_the_home_is_opened_next(
    home: Path,
) -> None:
    with Agent.open(home, Scripted("")) as agent:
        agent.memory.remember("The code is kx4711.")
    reader = sqlite3.connect(home / "claw.db")
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM item").fetchall()
    with Database.open(home / "claw.db") as database:
        assert erasure.erase(database, What(items=[1]))
        assert erasure.is_left(database)
    reader.close()
    with Agent.open(home, Scripted("")) as agent:
        assert not erasure.is_left(agent.kb.database)
        assert grep(home, "kx4711") == []


KILLED = """
import os, signal, sys
from mettaclaw.agent import Agent
from mettaclaw.protocol import events
import asyncio

async def main():
    async with Agent.open(sys.argv[1], "english") as agent:
        await agent.run("Remember that the locker code is 4711.")
        async for event in agent.stream("Forget that the locker code is 4711."):
            if type(event).__name__ == sys.argv[2]:
                os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""


@pytest.mark.parametrize("moment", ["ReplySent", "TurnEnded"])
def test_a_kill_right_after_the_reply_keeps_nothing(home: Path, moment: str) -> None:
    command = [sys.executable, "-c", KILLED, str(home), moment]
    done = subprocess.run(command, env=environment(home), capture_output=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    with Agent.open(home, "english") as agent:
        replies = agent.resume_sync()
        assert ["the locker code is 4711" in reply.text for reply in replies] == [True]
        assert grep(home, "4711") == []


async def test_what_is_told_again_in_the_same_message_stays(home: Path) -> None:
    async with Agent.open(home, "english") as agent:
        await agent.run("Garfield is a cat.")
        await agent.run("Forget that Garfield is a cat. Garfield is a cat.")
        assert (await agent.run("Is Garfield a cat?")).text.startswith("Yes.")
        (piece,) = agent.kb.evidence("(--> garfield cat)")
        assert piece.words == "Garfield is a cat."


async def test_rows_that_were_rewritten_are_calls_and_results_still(home: Path) -> None:
    async with Agent.open(home, "english") as agent:
        await agent.run("Remember that the locker code is 4711.")
        await agent.run("Tom is a cat. Cats are animals.")
        await agent.run("Is Tom an animal?")
        await agent.run("Forget the locker code.")
        await agent.run("Forget that Tom is a cat.")
        rows = agent.kb.database.rows("SELECT text, coalesce(value, '') FROM call")
        assert any("[forgotten]" in text for text, _ in rows)
        for text, value in rows:
            assert isinstance(read(text), Expression)
            read_all(value)
        assert (await agent.run("Are cats animals?")).text.startswith("Yes.")
        assert (await agent.run("Why?")).state == "done"
