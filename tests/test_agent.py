"""The agent inside other people's programs: async and sync, many tasks, threads and processes."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from mettaclaw import Agent
from mettaclaw.errors import MettaClawError, UsageError
from mettaclaw.protocol import events
from tests.scripted import Scripted

ROOT = Path(__file__).parents[1]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def program(code: str) -> subprocess.CompletedProcess[str]:
    """A program of somebody else."""
    return subprocess.run(
        [sys.executable, "-W", "error", "-X", "dev", "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


# --- one program, one agent --------------------------------------------------------------------


async def test_async_with_and_await_run(home: Path) -> None:
    model = Scripted('(send "hello")')
    async with Agent.open(home, model) as agent:
        assert (await agent.run("hi")).text == "hello"
    assert model.closed


def test_run_sync_and_asyncio_run_one_after_the_other(home: Path) -> None:
    """Each ``asyncio.run`` is another event loop; what was contended in one is free in the next."""
    with Agent.open(home, Scripted(wait_s=0.02)) as agent:

        async def both() -> list[str]:
            return [reply.text for reply in await asyncio.gather(agent.run("a"), agent.run("b"))]

        assert agent.run_sync("sync").text == "done"
        assert asyncio.run(both()) == ["done", "done"]
        assert asyncio.run(both()) == ["done", "done"]
        assert agent.run_sync("sync again").text == "done"


async def test_sync_calls_inside_an_event_loop_say_what_to_write(home: Path) -> None:
    async with Agent.open(home, Scripted()) as agent:
        with pytest.raises(UsageError, match=r"await agent\.run"):
            agent.run_sync("a")
        with pytest.raises(UsageError, match=r"await agent\.run"):
            agent.resume_sync()
        assert (await agent.run("b")).text == "done"


def test_a_short_program_leaves_no_warning_behind(home: Path) -> None:
    done = program(f"""
import asyncio
from mettaclaw import Agent
from tests.scripted import Scripted

async def main():
    asyncio.get_running_loop().slow_callback_duration = 60  # a busy machine is no fault of ours
    async with Agent.open({str(home)!r}, Scripted('(metta (+ 1 2))')) as agent:
        async for event in agent.stream("x"):
            break
        async for event in agent.stream("y"):
            pass
    agent = Agent.open({str(home)!r}, Scripted())
    async for event in agent.stream("left in the middle, and closed"):
        break
    await agent.aclose()

asyncio.run(main())
with Agent.open({str(home)!r}, Scripted()) as agent:
    print([agent.message(n)[1] for n in (1, 2, 3)])
""")
    assert (done.stdout, done.stderr) == ("['stopped', 'done', 'stopped']\n", "")


# --- ending ------------------------------------------------------------------------------------


async def test_a_closed_agent_refuses_everything_clearly(home: Path) -> None:
    agent = Agent.open(home, Scripted())
    assert (await agent.run("x")).text == "done"
    await agent.aclose()
    await agent.aclose()
    agent.close()

    async def resume() -> None:
        async for _ in agent.resume():
            pass

    for work in (agent.run("y"), resume(), agent.use("english")):
        with pytest.raises(UsageError, match=r"closed; open another with Agent\.open"):
            await work
    for call in (lambda: agent.submit("y"), lambda: agent.submit_many(["y"])):
        with pytest.raises(UsageError, match=r"closed; open another with Agent\.open"):
            call()
    for call in (lambda: agent.message(1), agent.withdraw, agent.kb.count, agent.pin.read):
        with pytest.raises(MettaClawError, match="closed"):
            call()


def test_a_closed_agent_refuses_sync_calls_clearly(home: Path) -> None:
    with Agent.open(home, Scripted()) as agent:
        agent.run_sync("x")
    for call in (lambda: agent.run_sync("y"), agent.resume_sync):
        with pytest.raises(UsageError, match=r"closed; open another with Agent\.open"):
            call()


async def test_closing_stops_the_turn_that_runs_and_keeps_what_waits(home: Path) -> None:
    agent = Agent.open(home, Scripted(wait_s=600))
    running = asyncio.create_task(agent.run("running"))
    waiting = asyncio.create_task(agent.run("waiting"))
    while agent.kb.database.row("SELECT 1 FROM message WHERE state = 'running'") is None:
        await asyncio.sleep(0.01)
    await agent.aclose()
    ended = await asyncio.gather(running, waiting, return_exceptions=True)
    assert isinstance(ended[0], asyncio.CancelledError)
    assert isinstance(ended[1], UsageError)
    async with Agent.open(home, Scripted()) as agent:
        assert agent.message(1)[1] == "stopped"
        heard = [e.message async for e in agent.resume() if isinstance(e, events.ReplySent)]
    assert heard == [2]


@pytest.mark.parametrize("seen", [events.CycleStarted, events.CallStarted, events.CallFinished])
async def test_a_stream_that_is_cancelled_in_the_middle_stops_its_turn_only(
    home: Path, seen: type[events.Event]
) -> None:
    async with Agent.open(home, Scripted("(metta (+ 1 1))", wait_s=0.01)) as agent:
        reached = asyncio.Event()

        async def listen() -> None:
            async for event in agent.stream("x"):
                if isinstance(event, seen):
                    reached.set()

        task = asyncio.create_task(listen())
        await reached.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert agent.message(1)[1] == "stopped"
        assert (await agent.run("next")).text == "done"


# --- threads and processes ---------------------------------------------------------------------


def test_threads_that_call_run_sync_take_turns(home: Path) -> None:
    with Agent.open(home, Scripted(wait_s=0.02)) as agent:
        said: list[str] = []
        faults: list[BaseException] = []

        def talk(name: str) -> None:
            try:
                said.extend(agent.run_sync(f"{name}{n}").text for n in range(5))
            except BaseException as fault:  # noqa: BLE001 - shown below
                faults.append(fault)

        threads = [threading.Thread(target=talk, args=(name,)) for name in "abc"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert (faults, said) == ([], ["done"] * 15)
        assert [agent.message(n)[1] for n in range(1, 16)] == ["done"] * 15


async def test_a_second_event_loop_is_refused_while_a_turn_runs_in_the_first(home: Path) -> None:
    async with Agent.open(home, Scripted(wait_s=1.0)) as agent:
        turn = asyncio.create_task(agent.run("here"))
        await asyncio.sleep(0.05)
        with pytest.raises(UsageError, match="event loop of another thread; await it there"):
            await asyncio.to_thread(lambda: asyncio.run(agent.run("there")))
        with pytest.raises(UsageError, match="event loop of another thread; await it there"):
            await asyncio.to_thread(agent.close)
        assert (await turn).text == "done"
        assert (await asyncio.to_thread(agent.run_sync, "now there")).text == "done"


async def test_two_agents_of_one_process_on_one_home(home: Path) -> None:
    async with Agent.open(home, Scripted()) as one, Agent.open(home, Scripted()) as two:
        replies = await asyncio.gather(*(agent.run("x") for agent in (one, two) for _ in range(5)))
        assert {reply.text for reply in replies} == {"done"}
        assert len({reply.message for reply in replies}) == 10
        one.kb.add("(shared)")
        assert two.kb.count() == 1
    assert list((home / "run").iterdir()) == []


def test_two_agents_of_two_processes_on_one_home(home: Path) -> None:
    with Agent.open(home, Scripted()) as agent:
        done = program(f"""
from mettaclaw import Agent
from tests.scripted import Scripted

with Agent.open({str(home)!r}, Scripted('(remember "from there") (send "k")')) as agent:
    print(agent.run_sync("there").text, agent.resume_sync())
""")
        assert (done.stdout, done.stderr) == ("k []\n", "")
        assert agent.run_sync("here").text == "done"
        assert agent.memory.count() == 1


@pytest.mark.parametrize("said", [None, 3, b"hello", "", " \n", "a\0b", "x" * 200_001])
def test_what_is_no_message_is_refused_and_nothing_is_queued(home: Path, said: Any) -> None:
    with Agent.open(home, model="english") as agent:
        with pytest.raises(UsageError, match="message"):
            agent.run_sync(said)
        with pytest.raises(UsageError, match="message"):
            agent.submit_many(["Garfield is a cat.", said])
        assert agent.resume_sync() == []


@pytest.mark.parametrize("said", ["ab", b"ab"])
def test_one_text_is_no_list_of_messages(home: Path, said: Any) -> None:
    with Agent.open(home, Scripted()) as agent:
        with pytest.raises(UsageError, match="submit"):
            agent.submit_many(said)
        assert agent.withdraw() == 0


@pytest.mark.parametrize("number", [0, -1, 7, 10**30, -(10**30), "1", None, 1.0])
def test_a_message_that_there_is_not_is_told(home: Path, number: Any) -> None:
    with Agent.open(home, Scripted()) as agent, pytest.raises(UsageError, match="message"):
        agent.message(number)


@pytest.mark.parametrize("model", [3, object(), Agent, ["english"], b"english"])
async def test_what_is_no_model_is_refused_and_the_old_one_goes_on(home: Path, model: Any) -> None:
    with pytest.raises(UsageError, match="is no model"):
        Agent.open(home, model)
    old = Scripted()
    async with Agent.open(home, old) as agent:
        with pytest.raises(UsageError, match="is no model"):
            await agent.use(model)
        assert agent.model is old
        assert not old.closed
        assert (await agent.run("go on")).text == "done"


# --- what would wait for itself ----------------------------------------------------------------


async def test_a_turn_inside_a_transaction_is_refused_at_once(home: Path) -> None:
    async with Agent.open(home, Scripted()) as agent:
        with agent.kb.transaction():
            agent.kb.add("(kept)")
            with pytest.raises(UsageError, match="transaction"):
                await agent.run("x")
            with pytest.raises(UsageError, match="transaction"):
                [event async for event in agent.resume()]
        assert agent.kb.count() == 1
        assert (await agent.run("x")).text == "done"


def test_run_sync_inside_a_transaction_is_refused_at_once(home: Path) -> None:
    with Agent.open(home, Scripted()) as agent:
        with agent.kb.transaction():
            number = agent.submit("first")  # a part of it, like any other write
            with pytest.raises(UsageError, match="before or after"):
                agent.run_sync("x")
            with pytest.raises(UsageError, match="before or after"):
                agent.resume_sync()
        assert [reply.message for reply in agent.resume_sync()] == [number]


def test_a_transaction_of_another_thread_is_waited_for(home: Path) -> None:
    with Agent.open(home, Scripted()) as agent:
        begun, go_on = threading.Event(), threading.Event()

        def other() -> None:
            with agent.kb.transaction():
                agent.kb.add("(other)")
                begun.set()
                go_on.wait(30)

        thread = threading.Thread(target=other)
        thread.start()
        begun.wait(30)
        threading.Timer(0.2, go_on.set).start()
        assert agent.run_sync("x").text == "done"
        thread.join()


@pytest.mark.parametrize("which", ["stream", "resume"])
async def test_a_task_in_the_middle_of_a_turn_is_told_that_it_would_wait_for_itself(
    home: Path, which: str
) -> None:
    async with Agent.open(home, Scripted()) as agent:
        if which == "resume":
            agent.submit("first")
        half = agent.stream("first") if which == "stream" else agent.resume()
        await anext(half)
        for other in (agent.run("second"), anext(agent.resume()), agent.use(Scripted())):
            with pytest.raises(UsageError, match="aclose"):
                await other
        assert [e async for e in half][-1] == events.TurnEnded(1, agent._journal.reply(1))
        assert (await agent.run("second")).message == 2


async def test_another_task_waits_for_a_half_read_turn(home: Path) -> None:
    async with Agent.open(home, Scripted()) as agent:
        half = agent.stream("first")
        await anext(half)
        second = asyncio.create_task(agent.run("second"))
        await asyncio.sleep(0.1)
        assert not second.done()
        await half.aclose()
        assert (await second).text == "done"


async def test_a_turn_that_was_left_keeps_nobody_out(home: Path) -> None:
    async with Agent.open(home, Scripted()) as agent:
        async for _ in agent.stream("left"):
            break
        assert (await agent.run("second")).text == "done"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_process_is_told_to_open_an_agent_of_its_own(home: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", FORK, str(home)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    lines = ended.stdout.splitlines()
    assert [line.partition(": ")[0] for line in lines] == ["run_sync", "run", "submit", "own", "we"]
    assert all("forked off" in line for line in lines[:3])
    assert lines[3:] == ["own: done", "we: done"]


FORK = """
import asyncio, os, signal, sys
from mettaclaw import Agent
from mettaclaw.errors import UsageError
from tests.scripted import Scripted

agent = Agent.open(sys.argv[1], Scripted())
agent.run_sync("before")
child = os.fork()
if child == 0:
    signal.alarm(30)
    for name, act in {
        "run_sync": lambda: agent.run_sync("x"),
        "run": lambda: asyncio.run(agent.run("x")),
        "submit": lambda: agent.submit("x"),
    }.items():
        try:
            act()
        except UsageError as error:
            print(f"{name}: {error}", flush=True)
    agent.close()  # does nothing: what is open is the parent's
    with Agent.open(sys.argv[1], Scripted()) as own:
        print("own:", own.run_sync("x").text, flush=True)
    os._exit(0)
status = os.waitpid(child, 0)[1]
print("we:", agent.run_sync("after").text, flush=True)
agent.close()
sys.exit(status)
"""
