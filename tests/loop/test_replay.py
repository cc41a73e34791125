"""A turn can be shown again: what the model saw is stored as it was, before the model is asked."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from mettaclaw.agent import Agent
from mettaclaw.config import Settings
from mettaclaw.errors import UsageError
from mettaclaw.loop.replay import Replay, latest, turn
from mettaclaw.models.openai import Backoff, OpenAI
from mettaclaw.protocol.packet import Answer, Packet
from mettaclaw.protocol.tool import Tool
from mettaclaw.storage import Database
from mettaclaw.storage.schema import APPLICATION_ID, MIGRATIONS
from tests.endpoint import Endpoint
from tests.scripted import Scripted
from tests.terminal import by_words

ROOT = Path(__file__).parents[2]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    by_words(folder)
    return folder


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[Endpoint]:
    with Endpoint() as opened:
        for name, value in opened.environment.items():
            monkeypatch.setenv(name, value)
        yield opened


def model(native: bool) -> OpenAI:
    settings = Settings(native_tools=native, request_retries=0, request_timeout_s=5.0)
    return OpenAI("clever-1", settings, backoff=Backoff(first_s=0.01, most_s=0.02))


def of(agent: Agent, message: int) -> Replay:
    """The turn of a message, by the first line that it has in the log."""
    line = agent.episodes.of_message(message)[0]
    return agent.replay(line.id)


def declared(tools: tuple[Tool, ...]) -> list[Tool]:
    """Tools as they are declared, without what they do."""
    bare = {"run": print, "prepare": None, "recover": None, "cancel": None}
    return [replace(tool, **bare) for tool in tools]


def same(shown: Packet | None, seen: Packet) -> bool:
    """Whether a packet that was stored is the one that was seen."""
    assert shown is not None
    assert declared(shown.tools) == declared(seen.tools)
    return replace(shown, tools=()) == replace(seen, tools=())


@pytest.mark.parametrize("native", [True, False], ids=["native", "text"])
async def test_what_an_endpoint_read_is_shown_again_byte_for_byte(
    home: Path, endpoint: Endpoint, native: bool
) -> None:
    first = (
        '(remember "my code is 4711") (pin "a plan") (metta (believe (--> tom cat) (stv 1 0.9)))'
    )
    for text in (first, "(pin", '(send "kept")', '(pin "")', '(send "gone")'):
        endpoint.enqueue(text=text)
    async with Agent.open(home, model(native)) as agent:
        assert (await agent.run("Odd: <|im_end|> ‮ é \x07 keep 4711")).text == "kept"
        agent.pin.write("written over")
        assert (await agent.run("Drop it.")).text == "gone"
    async with Agent.open(home, Scripted()) as agent:
        await agent.run("later")
        cycles = [shown for message in (1, 2) for shown in of(agent, message).cycles]
        assert len(cycles) == len(endpoint.requests) == 5
        for shown, request in zip(cycles, endpoint.requests, strict=True):
            assert shown.user() == request.user
            assert shown.system() == request.system
            assert shown.native is native
        assert "4711" in (cycles[3].user() or "")


async def test_a_packet_that_the_model_failed_on_is_there(home: Path, endpoint: Endpoint) -> None:
    endpoint.enqueue(text='(pin "x")')
    endpoint.enqueue(status=400, message="the cup is empty")
    async with Agent.open(home, model(native=False)) as agent:
        assert (await agent.run("x")).state == "failed"
        shown = of(agent, 1)
    assert [cycle.answer for cycle in shown.cycles] == ['(pin "x")', None]
    assert [cycle.user() for cycle in shown.cycles] == [r.user for r in endpoint.requests]
    assert shown.state == "failed"
    assert "the cup is empty" in shown.errors[0]


async def test_a_stored_packet_is_the_value_that_the_model_got(home: Path) -> None:
    long = "y" * 5_000
    scripted = Scripted(
        "(metta (believe (--> a b) (stv 1.0 0.9))) (metta (infer (--> a b)))",
        '(metta "é \\n\\"x\\"") (pin "p")',
        "(no such (thing",
        '(nothing-like-it 1 -2.5 $x "") (remember)',
        Answer("prose", prose="Done, in prose."),
        f'(write-file "a.txt" "{long}") (read-file "a.txt")',
        '(send "one") (send "two")',
        ValueError("no"),
        '(metta (+ 1 2)) (send "three")',
    )
    async with Agent.open(home, scripted) as agent:
        for number in range(4):
            await agent.run(f"message {number}\n with two lines ")
        kept = [cycle.packet for message in range(1, 5) for cycle in of(agent, message).cycles]
    assert len(kept) == len(scripted.packets) >= 7
    assert all(same(*pair) for pair in zip(kept, scripted.packets, strict=True))


async def test_english_gives_the_same_answer_to_a_packet_that_is_shown_again(home: Path) -> None:
    said = ("Garfield is a cat. Every cat is an animal.", "Is he an animal?", "Why?")
    async with Agent.open(home) as agent:
        for text in said:
            await agent.run(text)
        await agent.run("Tom is a dog.")
        for message in range(1, len(said) + 1):
            for shown in of(agent, message).cycles:
                assert shown.packet is not None
                pieces = [piece async for piece in agent.model.answer(shown.packet)]
                assert isinstance(pieces[-1], Answer)
                assert pieces[-1].text == shown.answer
        await agent.run("Forget that Garfield is a cat.")
        for message in range(1, len(said) + 1):
            for shown in of(agent, message).cycles:
                assert shown.packet is not None, "it can be read all the same"
                assert "arfield is a cat" not in (shown.user() or "")
                assert "Garfield is a cat" in (shown.system() or ""), "an example of the prompt"


async def test_a_turn_shows_its_calls_results_transactions_and_replies(home: Path) -> None:
    scripted = Scripted(
        '(metta (believe (--> a b) (stv 1.0 0.9))) (episodes "today") (no-tool)',
        '(send "done")',
    )
    async with Agent.open(home, scripted) as agent:
        await agent.run("go")
        shown = of(agent, 1)
        believe, look, missing = shown.cycles[0].calls
        assert [made.state for made in (believe, look, missing)] == ["done", "done", "failed"]
        assert [made.transaction is None for made in (believe, look, missing)] == [
            False,
            True,
            True,
        ]
        row = agent.kb.database.row("SELECT author FROM txn WHERE id = ?", (believe.transaction,))
        assert row == ("tool:metta",)
        assert believe.result is not None
        assert str(believe.result.truth) == "(stv 1.0 0.35)"
        assert missing.result is not None
        assert missing.result.failure is not None
        assert shown.replies == ("done",)
        assert shown.state == "done"
        before = agent.episodes.count()
        assert agent.replay(agent.episodes.between()[-1].id) == shown  # any line of it
        assert agent.episodes.count() == before


async def test_every_line_names_its_message_cycle_call_and_transaction(home: Path) -> None:
    scripted = Scripted('(remember "a") (no-tool)', '(send "done")')
    async with Agent.open(home, scripted) as agent:
        await agent.run("go")
        lines = agent.episodes.between()
        shown = of(agent, 1)
        ids = [(cycle.id, made.id) for cycle in shown.cycles for made in cycle.calls]
        seen = [(line.kind, line.cycle, line.call, line.tool) for line in lines]
        remember, missing, send = ids
        assert seen == [
            ("message", None, None, None),
            ("call", *remember, "remember"),
            ("result", *remember, "remember"),
            ("call", *missing, "no-tool"),
            ("error", *missing, "no-tool"),
            ("reply", *send, "send"),
            ("call", *send, "send"),
            ("result", *send, "send"),
        ]
        assert {line.message for line in lines} == {1}
        authors = dict(agent.kb.database.rows("SELECT id, author FROM txn"))
        assert [authors[line.transaction or 0] for line in lines] == [
            "user",
            *["tool:remember"] * 2,
            *["loop"] * 2,
            *["tool:send"] * 3,
        ]
        assert [line.text for line in agent.episodes.of_call("remember")] == [
            '(remember "a")',
            "(remembered 1)",
        ]


async def test_what_a_conversation_stores_grows_with_what_was_said(home: Path) -> None:
    def stored(agent: Agent) -> int:
        tables = {"blob": "text", "part": "ids", "packet": "results"}
        sizes = [
            agent.kb.database.row(f"SELECT coalesce(sum(length({column})), 0) FROM {table}")
            for table, column in tables.items()
        ]
        return sum(row[0] for row in sizes if row)

    sizes: list[int] = []
    plays = [f'(pin "{n} {"p" * 300}")' if n % 2 == 0 else f'(send "{n}")' for n in range(120)]
    async with Agent.open(home, Scripted(*plays)) as agent:
        for n in range(60):
            await agent.run(f"{n} {'m' * 1_000}")
            sizes.append(stored(agent))
    once = sizes[39] - sizes[19]  # of twenty turns, in which every packet has twelve earlier ones
    assert 20 * 1_300 < once < 20 * 3_000
    assert abs((sizes[59] - sizes[39]) - once) < once / 20


async def test_equal_large_results_are_stored_once_and_found(home: Path) -> None:
    text = "\n".join(f"line {n} of many" for n in range(2_500)) + " needle"
    scripted = Scripted('(read-file "big.txt") (read-file "big.txt")', '(send "done")')
    async with Agent.open(home, scripted) as agent:
        (agent.home.workspace / "big.txt").write_text(text)
        reply = await agent.run("read")
        large = [
            (table, row)
            for table, column in (("blob", "text"), ("call", "value"), ("episode", "text"))
            for row in agent.kb.database.rows(
                f"SELECT id FROM {table} WHERE length({column}) > 10000"
            )
        ]
        assert len(large) == 1, large
        assert reply.results[0].values == reply.results[1].values
        assert scripted.packets[1].results[0].results == reply.results[:2]
        assert len([e for e in agent.episodes.search("needle") if e.kind == "result"]) == 2
        found = agent.episodes.of_call("read-file")
        assert [len(e.text) > len(text) for e in found if e.kind == "result"] == [True, True]
        again = of(agent, 1).cycles[0].calls[0].result
        assert again == reply.results[0]


async def test_a_text_that_was_rewritten_is_shown_so_and_stored_anew_when_it_is_said_again(
    home: Path,
) -> None:
    plays = ['(remember "4711 is the code")', '(send "kept")'] * 2
    async with Agent.open(home, Scripted(*plays)) as agent:
        await agent.run("the code is 4711")
        database = agent.kb.database
        with database.transaction():
            database.write("UPDATE blob SET text = '[forgotten]' WHERE text LIKE '%4711%'")
        old = of(agent, 1)
        assert old.cycles[1].packet is not None
        assert "4711" not in repr([cycle.packet for cycle in old.cycles])
        assert "[forgotten]" in (old.cycles[1].user() or "")
        await agent.run("the code is 4711")
        assert "4711" in (of(agent, 2).cycles[0].user() or "")
        assert of(agent, 1).cycles[0].user() == old.cycles[0].user()


def test_promise_1_what_was_shown_is_there_after_a_kill_while_the_model_thinks(home: Path) -> None:
    program = """
        import os, signal
        from mettaclaw.agent import Agent
        from tests.scripted import Scripted

        def die(packet):
            os.kill(os.getpid(), signal.SIGKILL)

        Agent.open(HOME, Scripted('(pin "half way") (remember "a")', die)).run_sync("go on")
        """
    code = textwrap.dedent(program).replace("HOME", repr(str(home)))
    ended = subprocess.run([sys.executable, "-c", code], cwd=ROOT, timeout=60, check=False)
    assert ended.returncode == -signal.SIGKILL
    with Database.open(home / "claw.db") as database:
        line = latest(database)
        assert line is not None
        left = turn(database, 1)
        assert left.state == "running"
        assert [cycle.answer is None for cycle in left.cycles] == [False, True]
        assert "half way" in (left.cycles[1].user() or "")
    with Agent.open(home, Scripted()) as agent:
        agent.resume_sync()
        shown = agent.replay(line)
        assert [(cycle.number, cycle.answer) for cycle in shown.cycles] == [
            (1, '(pin "half way") (remember "a")'),
            (2, None),
            (2, '(send "done")'),
        ]
        assert shown.cycles[:2] == left.cycles
        assert shown.state == "done"


def test_a_turn_from_before_packets_were_kept_shows_the_rest(home: Path) -> None:
    since = next(n for n, script in enumerate(MIGRATIONS) if "TABLE packet" in script)
    old = sqlite3.connect(home / "claw.db")
    for script in MIGRATIONS[:since]:
        old.executescript(script)
    old.executescript(
        f"""
        PRAGMA application_id={APPLICATION_ID};
        PRAGMA user_version={since};
        INSERT INTO session (started, ended, pid) VALUES (1, 2, 1);
        INSERT INTO message (session, time, text, state) VALUES (1, 5.0, 'hello', 'done');
        INSERT INTO cycle (message, number, time, model, answer) VALUES (1, 1, 6.0, 'm', 'said');
        INSERT INTO call (cycle, number, text, state, value) VALUES (1, 1, '(pin "")', 'done', '');
        INSERT INTO outbox (message, text, time, delivered) VALUES (1, 'hi', 7.0, 7.0);
        INSERT INTO episode (time, kind, text, message) VALUES (5.0, 'message', '(hello)', 1);
        INSERT INTO episode (time, kind, text, message, cycle) VALUES (6, 'call', '(pin "")', 1, 1);
        INSERT INTO episode (time, kind, text, message, cycle) VALUES (6, 'call', '(a)', 1, 1);
        """
    )
    old.close()
    with Agent.open(home, Scripted()) as agent:
        shown = agent.replay(2)
        (cycle,) = shown.cycles
        assert (cycle.packet, cycle.user(), cycle.answer) == (None, None, "said")
        assert str(cycle.calls[0].call) == '(pin "")'
        assert shown.replies == ("hi",)
        assert [line.id for line in agent.episodes.of_call("pin")] == [2]
        assert [line.tool for line in agent.episodes.between()] == [None, "pin", "a"]
        assert [line.call for line in agent.episodes.between()] == [None] * 3


@pytest.mark.parametrize("id_", [0, -1, 2, 10**30])
def test_a_line_that_is_not_there_is_told(home: Path, id_: int) -> None:
    with Agent.open(home, Scripted()) as agent:
        with agent.kb.transaction():
            agent.episodes.append("message", "of no turn")
        with pytest.raises(UsageError, match="there is no episode"):
            agent.replay(id_)
        with pytest.raises(UsageError, match="belongs to no turn"):
            agent.replay(1)


async def test_a_tool_of_a_packet_that_is_shown_runs_nothing(home: Path) -> None:
    async with Agent.open(home, Scripted()) as agent:
        await agent.run("x")
        packet = of(agent, 1).cycles[0].packet
        assert packet is not None
        tools = {tool.name: tool for tool in packet.tools}
        assert json.dumps(tools["remember"].json_schema()) == json.dumps(
            agent.tools["remember"].json_schema()
        )
        with pytest.raises(UsageError, match="runs nothing"):
            tools["remember"].run("a")
        assert agent.memory.count() == 0
        assert os.listdir(agent.home.workspace) == []
