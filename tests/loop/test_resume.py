"""What was acknowledged survives: queues, crashes in the middle of a turn, two agents on a home."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from mettaclaw.agent import Agent
from mettaclaw.errors import ModelError
from mettaclaw.protocol import events
from tests.scripted import Scripted

ROOT = Path(__file__).parents[2]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def crash(home: Path, code: str) -> subprocess.CompletedProcess[str]:
    """Run code in a process of its own that is expected to kill itself."""
    program = textwrap.dedent(code).replace("HOME", repr(str(home)))
    return subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


async def replies(agent: Agent) -> dict[int, str]:
    return {
        event.message: event.text
        async for event in agent.resume()
        if isinstance(event, events.ReplySent)
    }


async def test_a_burst_of_40_gets_40_answers_in_order(home: Path) -> None:
    async with Agent.open(home, Scripted()) as agent:
        done = await asyncio.gather(*(agent.run(f"m{i}") for i in range(40)))
    assert [reply.message for reply in done] == list(range(1, 41))
    assert {reply.text for reply in done} == {"done"}


async def test_a_burst_of_40_gets_40_answers_across_a_kill(home: Path) -> None:
    ended = crash(
        home,
        """
        import asyncio, os, signal
        from mettaclaw.agent import Agent
        from mettaclaw.protocol import events
        from tests.scripted import Scripted

        async def main():
            agent = Agent.open(HOME, Scripted())
            agent.submit_many([f"m{i}" for i in range(40)])
            heard = 0
            async for event in agent.resume():
                if isinstance(event, events.ReplySent):
                    print(event.message, flush=True)
                    heard += 1
                    if heard == 17:
                        os.kill(os.getpid(), signal.SIGKILL)

        asyncio.run(main())
        """,
    )
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    before = {int(line) for line in ended.stdout.split()}
    async with Agent.open(home, Scripted()) as agent:
        after = await replies(agent)
    assert before | set(after) == set(range(1, 41))
    assert before & set(after) <= {17}  # the one that was being said when the process died


@pytest.mark.parametrize("instant", ["ReplySent", "TurnEnded"])
@pytest.mark.parametrize("way", ["resume()", "stream('hello')"])
async def test_promise_1_a_kill_before_a_reply_was_shown_repeats_it(
    home: Path, instant: str, way: str
) -> None:
    ended = crash(
        home,
        f"""
        import asyncio, os, signal
        from mettaclaw.agent import Agent
        from mettaclaw.protocol import events
        from tests.scripted import Scripted

        async def main():
            agent = Agent.open(HOME, Scripted('(send "one") (send "two")'))
            if {way.startswith("resume")}:
                agent.submit("hello")
            async for event in agent.{way}:
                if isinstance(event, events.{instant}):
                    os.kill(os.getpid(), signal.SIGKILL)

        asyncio.run(main())
        """,
    )
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    async with Agent.open(home, Scripted()) as agent:
        heard = [e.text async for e in agent.resume() if isinstance(e, events.ReplySent)]
        assert heard == ["one", "two"]
        assert [e async for e in agent.resume()] == []
        assert [e.text for e in agent.episodes.between(None, None) if e.kind == "reply"] == heard


async def test_a_turn_goes_on_where_a_kill_left_it(home: Path) -> None:
    ended = crash(
        home,
        """
        import os, signal
        from mettaclaw.agent import Agent
        from tests.scripted import Scripted

        def die(packet):
            os.kill(os.getpid(), signal.SIGKILL)

        Agent.open(HOME, Scripted('(pin "plan") (remember "once")', die)).run_sync("do it")
        """,
    )
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    model = Scripted('(send "finished")')
    async with Agent.open(home, model) as agent:
        assert await replies(agent) == {1: "finished"}
        assert agent.memory.count() == 1
    (packet,) = model.packets
    assert packet.pin == "plan"
    assert [str(r.call) for r in packet.results[0].results] == ['(pin "plan")', '(remember "once")']


async def test_planned_calls_run_once_after_a_kill_between_them(home: Path) -> None:
    ended = crash(
        home,
        """
        import os, signal
        from mettaclaw.agent import Agent
        from mettaclaw.protocol import events
        from tests.scripted import Scripted
        import asyncio

        async def main():
            agent = Agent.open(HOME, Scripted('(remember "a") (remember "b") (send "both")'))
            async for event in agent.stream("do it"):
                if isinstance(event, events.CallFinished):
                    os.kill(os.getpid(), signal.SIGKILL)

        asyncio.run(main())
        """,
    )
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    model = Scripted()
    async with Agent.open(home, model) as agent:
        assert await replies(agent) == {1: "both"}
        assert agent.memory.count() == 2
    assert model.packets == []  # the answer was in the journal; nobody had to be asked again


async def test_a_write_that_a_kill_interrupted_is_looked_at_not_guessed(home: Path) -> None:
    async with Agent.open(home, Scripted('(write-file "a.txt" "hello")')) as agent:
        stream = agent.stream("write")
        async for event in stream:
            if isinstance(event, events.CallFinished):
                break
        await stream.aclose()
        with agent.kb.transaction():  # as if the process had died right after the effect
            agent.kb.database.write("UPDATE call SET state = 'begun', value = NULL")
            agent.kb.database.write("UPDATE message SET state = 'running'")
    model = Scripted()
    async with Agent.open(home, model) as agent:
        assert await replies(agent) == {1: "done"}
        assert (agent.home.workspace / "a.txt").read_text() == "hello"
    result = model.packets[0].results[0].results[0]
    assert result.failure is None


async def test_two_agents_share_a_home_and_answer_their_own(home: Path) -> None:
    async with Agent.open(home, Scripted()) as one, Agent.open(home, Scripted()) as two:
        waiting = one.submit("for one")
        assert (await two.run("for two")).message == waiting + 1
        assert await replies(two) == {}
        assert await replies(one) == {waiting: "done"}


async def test_many_processes_write_one_home_without_loss(home: Path) -> None:
    code = textwrap.dedent(
        """
        import json
        from mettaclaw.agent import Agent
        from tests.scripted import Scripted

        plays = [f'(remember "x{i}") (send "k")' for i in range(5)]
        with Agent.open(HOME, Scripted(*plays)) as agent:
            print(json.dumps([agent.run_sync("m").text for _ in range(5)]))
        """
    ).replace("HOME", repr(str(home)))
    running = [
        subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    outputs = [process.communicate(timeout=60)[0] for process in running]
    assert [json.loads(out) for out in outputs] == [["k"] * 5] * 3
    async with Agent.open(home, Scripted()) as agent:
        row = agent.kb.database.row("SELECT count(*) FROM message WHERE state = 'done'")
        assert row == (15,)


async def test_lock_files_do_not_pile_up(home: Path) -> None:
    for _ in range(3):
        async with Agent.open(home, Scripted()) as agent:
            await agent.run("x")
    assert os.listdir(home / "run") == []


async def test_what_a_crash_left_waits_on_while_the_model_cannot_be_reached(home: Path) -> None:
    left = Agent.open(home, Scripted())
    left.submit_many(["one", "two", "three"])
    left.close()
    down = Scripted(*[ModelError("nobody is there; try later.")] * 9)
    async with Agent.open(home, down) as agent:
        seen = [event async for event in agent.resume()]
        assert [type(event) for event in seen[-1:]] == [events.Notice]
        assert "nobody is there" in seen[-1].text
        assert "(3) waits on" in seen[-1].text
        assert len(down.packets) == 1  # the others are not tried for nothing
        reply = await agent.run("four")
        assert reply.state == "failed"
    async with Agent.open(home, Scripted()) as agent:
        ended = [e.reply async for e in agent.resume() if isinstance(e, events.TurnEnded)]
    assert [(reply.message, reply.state) for reply in ended] == [(n, "done") for n in (1, 2, 3)]
