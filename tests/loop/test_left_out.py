"""Secrets are in nothing that is written, whichever way they come; and it is said and counted."""

from __future__ import annotations

from pathlib import Path

import pytest

from mettaclaw.agent import Agent
from mettaclaw.atomspace import Atomspace
from mettaclaw.protocol.events import Notice
from tests.scripted import Scripted

KEY = "sk-" + "a1B2c3D4e5" * 4
PASSWORD = "Tr0ub" + "4dor&3"


def stored(home: Path) -> bytes:
    """All bytes of the home but for the workspace's."""
    files = [file for file in home.rglob("*") if file.is_file() and "workspace" not in file.parts]
    return b"".join(file.read_bytes() for file in files)


async def test_a_secret_is_in_nothing_that_is_written(tmp_path: Path) -> None:
    (tmp_path / "workspace").mkdir()
    (tmp_path / "workspace" / "key.txt").write_text(f"{KEY}\npassword: {PASSWORD}\n")
    facts = tmp_path / "workspace" / "facts.metta"
    facts.write_text(f'(--> {KEY} key)\n(login ann (password "{PASSWORD}"))\n(--> tom cat)\n')
    model = Scripted(
        f'(read-file "key.txt") (remember "it is {KEY}") (pin "use {KEY}") (remember (is {KEY}))',
        f"(metta (add-atom &kb (is key {KEY}))) (metta (believe (--> {KEY} key) (stv 1 0.9)))",
        f"({KEY})",
        f'(send "Your key is {KEY}.")',
    )
    async with Agent.open(tmp_path, model) as agent:
        reply = await agent.run(f"My key is {KEY}, password: {PASSWORD}.")
        agent.memory.remember("by hand", f"(key {KEY})", source=f"ann {KEY}")
        agent.kb.add(f"(is {KEY} key)", (1.0, 0.9), source=f"ann {KEY}", words=f"{KEY} is a key.")
        agent.kb.add("(is tom cat)", source=f"bob {KEY}")
        assert agent.kb.retire(f"bob {KEY}")
        assert agent.kb.import_file(facts) == 3
        assert KEY.encode() not in stored(tmp_path)
        assert PASSWORD.encode() not in stored(tmp_path)
        assert agent.kb.truth("(--> tom cat)") is None
        assert agent.kb.belief("(--> tom cat)") is not None
        assert agent.kb.belief('(login ann (password "[redacted password]"))') is not None
        assert agent.kb.database.redacted().keys() >= {"API key", "password"}
    assert reply.text == "Your key is [redacted API key]."
    assert KEY not in "".join(map(repr, model.packets))
    assert PASSWORD not in "".join(map(repr, model.packets))
    assert KEY.encode() not in stored(tmp_path)


async def test_the_person_is_told_what_was_left_out_of_a_message(tmp_path: Path) -> None:
    async with Agent.open(tmp_path, Scripted('(send "noted")', '(send "yes")')) as agent:
        happened = [event async for event in agent.stream(f"key {KEY} and password: {PASSWORD}")]
        assert isinstance(happened[0], Notice)
        assert happened[0].text == "left out of what is kept: 1 API key, 1 password"
        assert agent.kb.database.redacted() == {"API key": 1, "password": 1}
        again = [event async for event in agent.stream("Thank you")]
        assert not any(isinstance(event, Notice) for event in again)


async def test_a_message_without_its_secret_can_still_be_quoted(tmp_path: Path) -> None:
    words = "Tom with [redacted API key] is a cat."
    model = Scripted(f'(metta (believe (--> tom cat) (stv 1 0.9) "{words}")) (send "ok")')
    async with Agent.open(tmp_path, model) as agent:
        await agent.run(f"Tom with {KEY} is a cat.")
        (evidence,) = agent.kb.evidence("(--> tom cat)")
        assert (evidence.source, evidence.words) == ("user", words)


async def test_the_setting_says_what_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('redact = ["email"]\n')
    async with Agent.open(tmp_path, Scripted('(send "ok")')) as agent:
        await agent.run(f"Ann is at ann@example.org, and the key is {KEY}")
        said = [e.text for e in agent.episodes.between() if e.kind == "message"]
        assert said == [f"Ann is at [redacted e-mail address], and the key is {KEY}"]


def test_english_remembers_a_sentence_without_its_secret(tmp_path: Path) -> None:
    with Agent.open(tmp_path, "english") as agent:
        agent.run_sync(f"Remember that the server's key is {KEY}.")
        (item,) = agent.memory.latest()
        assert item.text.endswith("key is [redacted API key].")


@pytest.mark.parametrize("redact", [None, []])
def test_an_atomspace_by_path_leaves_secrets_out_unless_told_not_to(
    tmp_path: Path, redact: list[str] | None
) -> None:
    with Atomspace.open(tmp_path / "kb.db", redact=redact) as kb:
        kb.add(f"(is {KEY} key)")
    assert (KEY.encode() in stored(tmp_path)) == (redact == [])
