"""What goes wrong beside the plan: faults of the program, races, denials, an early end."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import fcntl
import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from mettaclaw.agent import Agent
from mettaclaw.atoms.syntax import String
from mettaclaw.errors import MettaClawError
from mettaclaw.protocol import events
from mettaclaw.protocol.calls import Call
from mettaclaw.protocol.packet import Answer
from mettaclaw.protocol.tool import Outcome, Tool
from mettaclaw.storage import Database
from tests.scripted import Scripted

ROOT = Path(__file__).parents[2]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def tool(agent: Agent, name: str, **changes: object) -> None:
    """Change a tool of an agent, as a program that embeds it could."""
    agent.tools = {**agent.tools, name: dataclasses.replace(agent.tools[name], **changes)}


async def test_a_fault_of_a_model_fails_its_turn_and_no_other(home: Path) -> None:
    async with Agent.open(home, Scripted(ValueError("a bug"))) as agent:
        reply = await agent.run("first")
        assert (reply.state, "a bug" in reply.text) == ("failed", True)
        assert (await agent.run("second")).text == "done"
        logged = [e.text for e in agent.episodes.between(None, None) if e.kind == "error"]
    assert any("Traceback" in text for text in logged)
    async with Agent.open(home, Scripted()) as agent:
        assert (await agent.run("after a restart")).text == "done"


async def test_a_fault_of_a_tool_fails_its_call_and_no_other(home: Path) -> None:
    def broken(_text: str) -> Outcome:
        raise KeyError("a bug")

    model = Scripted('(pin "x") (remember "kept")')
    async with Agent.open(home, model) as agent:
        tool(agent, "pin", run=broken)
        await agent.run("x")
        assert agent.memory.count() == 1
    failure = model.packets[1].results[0].results[0].failure
    assert failure is not None
    assert failure.kind == "fault"


async def test_no_call_of_a_denied_tool_runs(home: Path) -> None:
    ran: list[str] = []

    def run(text: str) -> Outcome:
        ran.append(text)
        return Outcome(())

    model = Scripted('(remember "x")')
    async with Agent.open(home, model) as agent:
        changed: Tool = agent.tools["remember"]
        assert changed.permission == "allow"
        tool(agent, "remember", run=run, permission="deny", denial="Ask first.")
        await agent.run("x")
    assert ran == []
    failure = model.packets[1].results[0].results[0].failure
    assert failure is not None
    assert "Ask first." in failure.message


async def test_run_beside_resume_gets_its_reply(home: Path) -> None:
    async with Agent.open(home, Scripted(wait_s=0.05)) as agent:
        agent.submit("queued")

        async def resume() -> int:
            return len([e async for e in agent.resume() if isinstance(e, events.TurnEnded)])

        resuming = asyncio.create_task(resume())
        await asyncio.sleep(0.01)
        assert (await agent.run("run")).text == "done"
        assert await resuming == 2


async def test_withdrawing_leaves_the_running_turn_alone(home: Path) -> None:
    async with Agent.open(home, Scripted(wait_s=0.2)) as agent:
        one = asyncio.create_task(agent.run("one"))
        await asyncio.sleep(0.05)
        two = asyncio.create_task(agent.run("two"))
        await asyncio.sleep(0.05)
        assert agent.withdraw() == 1
        assert (await one).state == "done"
        assert (await two).state == "stopped"


async def test_a_reply_that_nobody_heard_waits_for_resume(home: Path) -> None:
    async with Agent.open(home, Scripted('(send "to the first")')) as agent:
        first = agent.submit("first")
        await agent.run("second")
        heard = [e async for e in agent.resume() if isinstance(e, events.ReplySent)]
    assert [(e.message, e.text) for e in heard] == [(first, "to the first")]


async def test_leaving_a_stream_early_stops_the_turn(home: Path) -> None:
    async with Agent.open(home, Scripted("(metta (+ 1 1))")) as agent:
        stream = agent.stream("x")
        async for event in stream:
            if isinstance(event, events.CallFinished):
                break
        await stream.aclose()
        assert agent.message(1)[1] == "stopped"
        assert (await agent.run("next")).text == "done"


async def test_leaving_a_stream_at_its_reply_ends_the_turn_as_done(home: Path) -> None:
    async with Agent.open(home, Scripted()) as agent:
        stream = agent.stream("x")
        async for event in stream:
            if isinstance(event, events.ReplySent):
                break
        await stream.aclose()
        assert agent.message(1)[1] == "done"
        assert [e async for e in agent.resume()] == []


def test_ctrl_c_in_run_sync_stops_the_turn_at_once(home: Path) -> None:
    program = textwrap.dedent(
        f"""
        import sys
        from mettaclaw.agent import Agent
        from tests.scripted import Scripted

        def busy(packet):
            print("busy", flush=True)
            total = 0
            for number in range(20_000_000):
                total += number
            return "(metta (+ 1 1))"

        agent = Agent.open({str(home)!r}, Scripted(busy))
        try:
            agent.run_sync("x")
        except KeyboardInterrupt:
            print(agent.message(1)[1], agent.run_sync("next").text, flush=True)
        agent.close()
        """
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "busy\n"
    os.kill(process.pid, signal.SIGINT)
    out, _ = process.communicate(timeout=60)
    assert out == "stopped done\n"


@pytest.mark.parametrize(
    "answer",
    [
        Answer("", prose="x" * 270_000),
        Answer("", prose="\x1b" * 50_000),
        Answer("", calls=(Call("send", (String("y" * 300_000),)),)),
    ],
)
async def test_an_oversized_answer_is_an_error_and_blocks_no_home(
    home: Path, answer: Answer
) -> None:
    async with Agent.open(home, Scripted(answer, answer, answer)) as agent:
        reply = await agent.run("x")
        assert reply.state == "failed"
        assert "limit text" in reply.text
    async with Agent.open(home, Scripted()) as agent:
        assert (await agent.run("next")).text == "done"


async def test_a_cancelled_request_that_waits_is_never_carried_out(home: Path) -> None:
    model = Scripted(wait_s=0.3)
    async with Agent.open(home, model) as agent:
        first = asyncio.create_task(agent.run("one"))
        second = asyncio.create_task(agent.run("two"))
        await asyncio.sleep(0.1)
        second.cancel()
        with pytest.raises(asyncio.CancelledError):
            await second
        await first
        await agent.run("three")
        assert agent.message(2)[1] == "stopped"
    assert [packet.message.text for packet in model.packets] == ["one", "three"]


async def test_the_event_loop_goes_on_while_another_process_holds_the_database(home: Path) -> None:
    async with Agent.open(home, Scripted()) as agent:
        other = Database.open(agent.home.database)
        held, let_go = threading.Event(), threading.Event()

        def hold() -> None:
            with other.transaction("other", "a long import"):
                held.set()
                let_go.wait(20)

        holder = threading.Thread(target=hold)
        holder.start()
        held.wait(20)
        turn = asyncio.create_task(agent.run("hello"))
        for _ in range(10):
            await asyncio.sleep(0.01)  # would not come back while a commit blocked the loop
        assert not turn.done()
        let_go.set()
        assert (await turn).text == "done"
        holder.join()
        other.close()


def workspace_in_a_file(home: Path) -> None:
    (home / "config.toml").write_text('workspace = "claw.db/inside"\n')


def lock_file_is_a_folder(home: Path) -> None:
    with Database.open(home / "claw.db") as database, database.transaction():
        number = database.write("INSERT INTO session (started, pid) VALUES (0, 1)")
    (home / "run" / f"session-{number}.lock").mkdir()


def locks_cannot_be_made(home: Path) -> None:
    (home / "run").rmdir()
    (home / "run").write_text("no folder")


def adopting_fails(home: Path) -> None:
    with Database.open(home / "claw.db") as database, database.transaction():
        database.write("INSERT INTO session (started, pid) VALUES (0, 1)")
        database.write(
            "CREATE TRIGGER full BEFORE UPDATE ON session BEGIN SELECT raise(ABORT, 'full'); END"
        )


@pytest.mark.parametrize(
    "spoil", [workspace_in_a_file, lock_file_is_a_folder, locks_cannot_be_made, adopting_fails]
)
def test_an_agent_that_cannot_be_opened_holds_nothing(
    home: Path, spoil: Callable[[Path], None]
) -> None:
    Agent.open(home, Scripted()).close()
    before = open_files(home)
    spoil(home)
    with pytest.raises((MettaClawError, sqlite3.Error)):
        Agent.open(home, Scripted())
    assert open_files(home) == before == []
    assert [lock for lock in home.glob("run/*.lock") if is_held(lock)] == []


def is_held(lock: Path) -> bool:
    with contextlib.suppress(IsADirectoryError), lock.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def open_files(home: Path) -> list[str]:
    """The files below a folder that this process holds open."""
    listed = subprocess.run(
        ["ls", "-l", f"/proc/{os.getpid()}/fd"], capture_output=True, text=True, check=False
    )
    return [line for line in listed.stdout.splitlines() if str(home) in line]
