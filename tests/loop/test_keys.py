"""The endpoint's key is stored nowhere, whoever says it: a person, a model, a command, a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from mettaclaw.agent import Agent
from mettaclaw.protocol.packet import Answer
from tests.scripted import Scripted

KEY = "sk-test-0123456789abcdef"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    (home / "workspace").mkdir(parents=True)
    (home / "config.toml").write_text("shell = true\n")
    (home / "workspace" / "key.txt").write_text(KEY)
    return home


def stored(home: Path) -> bytes:
    """All bytes of the database."""
    return b"".join(file.read_bytes() for file in home.glob("claw.db*"))


async def test_the_key_is_nowhere_in_the_database(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    model = Scripted(
        f'(shell "cat key.txt; echo {KEY}") (read-file "key.txt") (metta (concat "{KEY}" "!"))',
        f'(remember "the key is {KEY}") (pin "{KEY}") (metta (add-atom &kb (is key {KEY})))',
        f'(metta (believe (--> {KEY} key) (stv 1 0.9) "My key is {KEY}.")) (read-file "{KEY}")',
        f"({KEY}) ({KEY}",
        Answer(f"say {KEY}", error=f"no calls in {KEY}"),
        f'(send "Your key is {KEY}.")',
        ValueError(f"bad {KEY}"),
    )
    async with Agent.open(home, model) as agent:
        reply = await agent.run(f"My key is {KEY}.")
        assert reply.text == "Your key is [redacted API key]."
        assert model.packets[0].message.text == "My key is [redacted API key]."
        assert [str(v) for v in reply.results[1].values] == ['"[redacted API key]"']
        assert (await agent.run("again")).state == "failed"
        agent.memory.remember(f"by hand: {KEY}")
        agent.pin.write(KEY)
        assert KEY.encode() not in stored(home)
    assert KEY.encode() not in stored(home)
    assert KEY not in "".join(map(repr, model.packets))


@pytest.mark.parametrize("key", ["k", "sk-1234", " "])
async def test_a_short_key_mangles_nothing(
    home: Path, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", key)
    async with Agent.open(home, Scripted('(send "unknown sk-1234, kk")')) as agent:
        assert (await agent.run("known")).text == "unknown sk-1234, kk"
        assert [e.text for e in agent.episodes.between() if e.kind == "message"] == ["known"]


@pytest.mark.parametrize("key", ['(remember "', "remember", '") (send "', "12345678", "\\" * 8])
async def test_no_key_breaks_the_journal(
    home: Path, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", key)
    quoted = key.replace("\\", "\\\\").replace('"', '\\"')
    model = Scripted(f'(remember "a {quoted}") (metta (+ 12345678 1)) (send "x {quoted}")')
    async with Agent.open(home, model) as agent:
        reply = await agent.run("x")
        assert reply.text == "x [redacted API key]"
        assert agent.memory.latest()[0].text == "a [redacted API key]"
        assert (await agent.run("again")).text == "done"
