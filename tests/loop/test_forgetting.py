"""What was forgotten is in no packet after: not in earlier turns, the pin, or the log as a tool.

Each test shows a packet's whole text, as an endpoint would get it.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from mettaclaw.agent import Agent
from mettaclaw.memory import telling
from mettaclaw.memory.forgotten import Forgotten
from mettaclaw.memory.telling import MARK
from mettaclaw.models.layout import user
from mettaclaw.protocol.packet import Packet
from tests.scripted import Scripted
from tests.terminal import by_words


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    by_words(folder)
    return folder


def earlier(packet: Packet) -> str:
    """What a packet shows of anything before its own message."""
    return user(packet).partition("# This turn")[0]


async def packet_of(agent: Agent, text: str = "What now?") -> Packet:
    model = Scripted()
    await agent.use(model)
    await agent.run(text)
    return model.packets[0]


FORGETTING = {
    "an item by its words": (
        "My locker code is 4711.",
        '(remember "My locker code is 4711.")',
        '(forget "My locker code is 4711.")',
    ),
    "an item by its id": (
        "My locker code is 4711.",
        '(remember "My locker code is 4711.")',
        "(forget 1)",
    ),
    "a statement": (
        "My locker code is 4711.",
        '(metta (believe (--> (x 4711 user) locker-code) (stv 1 0.9) "My locker code is 4711."))',
        "(forget (--> (x 4711 user) locker-code))",
    ),
    "a statement by MeTTa": (
        "My locker code is 4711.",
        "(metta (add-atom &kb (locker-code 4711)))",
        "(metta (remove-atom &kb (locker-code 4711)))",
    ),
}


@pytest.mark.parametrize("how", FORGETTING)
async def test_the_words_of_what_was_forgotten_are_in_no_later_packet(home: Path, how: str) -> None:
    said, store, forget = FORGETTING[how]
    model = Scripted(
        f'{store} (send "Noted: your locker code is 4711.")',
        '(query "locker") (metta (match &kb $x $x)) (send "It is 4711. You like tea.")',
        f'(pin "the code is 4711") {forget} (send "Forgotten: 4711, your code for the locker.")',
    )
    async with Agent.open(home, model) as agent:
        await agent.run(f"{said} I like tea.")
        await agent.run("What is my locker code?")
        assert "4711" in earlier(model.packets[-1])
        await agent.run("Forget that my locker code is 4711.")
        packet = await packet_of(agent)
    assert "4711" not in user(packet)
    assert "I like tea." in earlier(packet)  # what else was said stays
    assert "What is my locker code?" in earlier(packet)
    assert MARK in packet.pin


@pytest.mark.parametrize("through", ["item", "statement"])
async def test_what_is_forgotten_by_hand_is_in_no_later_packet(home: Path, through: str) -> None:
    store = {
        "item": '(remember "Garfield is a cat.")',
        "statement": '(metta (believe (--> garfield cat) (stv 1 0.9) "Garfield is a cat."))',
    }[through]
    async with Agent.open(home, Scripted(f'{store} (send "So Garfield is a cat!")')) as agent:
        await agent.run("Garfield is a cat.")
        if through == "item":
            agent.memory.forget(id=1)
        else:
            agent.kb.remove("(--> garfield cat)")
        assert "arfield" not in user(await packet_of(agent))


async def test_the_log_shows_a_model_nothing_that_was_forgotten(home: Path) -> None:
    model = Scripted(
        '(remember "My locker code is 4711.") (send "Noted.")',
        '(forget 1) (send "I have forgotten 4711.")',
        '(episodes "today")',
    )
    async with Agent.open(home, model) as agent:
        await agent.run("My locker code is 4711. I like tea.")
        await agent.run("Forget it, and the code 4711 with it.")
        await agent.run("What did I say today?")
        assert "4711" not in user(model.packets[-1])
        assert "I like tea." in user(model.packets[-1])
        assert not any("4711" in line.text for line in agent.episodes.between())


async def test_what_is_told_again_after_it_was_forgotten_is_shown(home: Path) -> None:
    believe = '(metta (believe (--> garfield cat) (stv 1 0.9) "Garfield is a cat."))'
    model = Scripted(
        f'{believe} (send "ok")',
        '(forget (--> garfield cat)) (send "ok")',
        f'{believe} (remember "Garfield is a cat.") (send "ok")',
    )
    async with Agent.open(home, model) as agent:
        await agent.run("Garfield is a cat.")
        await agent.run("Forget Garfield, the cat.")
        await agent.run("Garfield is a cat after all.")
        assert "Garfield is a cat after all." in earlier(await packet_of(agent))


async def test_a_question_after_the_forgetting_stays(home: Path) -> None:
    async with Agent.open(home, "english") as agent:
        await agent.run("Garfield is a cat.")
        await agent.run("Forget that Garfield is a cat.")
        await agent.run("Is Garfield a cat?")
        shown = earlier(await packet_of(agent))
    assert "Is Garfield a cat?" in shown
    assert shown.count("Garfield is a cat") == 1  # "I have no evidence on whether …"


async def test_the_embedded_model_talks_on_after_a_forgetting(home: Path) -> None:
    async with Agent.open(home, "english") as agent:
        await agent.run("Wug is a blicket. Fep is a zorb.")
        await agent.run("Forget that Wug is a blicket.")
        assert (await agent.run("Why?")).state == "done"
        assert (await agent.run("Is Fep a zorb?")).text.startswith("Yes. Fep is a zorb")
        assert 'you said "Fep is a zorb."' in (await agent.run("Why?")).text


async def test_what_nobody_forgot_is_shown_as_it_is(home: Path) -> None:
    model = Scripted('(remember "Tom is 4711.") (send "Tom is 4711.")')
    async with Agent.open(home, model) as agent:
        await agent.run("Tom is 4711.")
        assert MARK not in user(await packet_of(agent))


@pytest.mark.parametrize(
    ("gone", "text", "shown"),
    [
        ("My locker code is 4711.", "Is 4711 it? Yes.", f"{MARK} Yes."),
        ("My password is hunter2", "I think hunter2 was it", MARK),
        ("Garfield is a cat.", "Garfield ate. A cat slept.", "Garfield ate. A cat slept."),
        ("Garfield is a cat.", "Is garfield one of the cats?", MARK),
        ("Garfield is a cat.", "GARFIELD:\nCAT!", "GARFIELD:\nCAT!"),
        ("I was born in 1987.", "1987 was cold.", "1987 was cold."),
        ("tea", "I like tea. I like milk.", f"{MARK} I like milk."),
        ("Yes. My dog is Rex.", "Yes. No.", "Yes. No."),
        ("我的密码是4711", "密码4711", MARK),
    ],
)
def test_a_sentence_is_left_out_by_its_telling_words(gone: str, text: str, shown: str) -> None:
    assert Forgotten([(gone, 0.0)]).without(text) == shown


def test_a_code_is_looked_for_once_a_word_however_long_words_are() -> None:
    looked_at = [i for i in range(1_000) if telling._CODE.match("x" * 999 + "1", i)]  # pyright: ignore[reportPrivateUsage]
    assert looked_at == [0], "a look at each letter would take time by the square of the length"
    gone = Forgotten([("The code is kx9321.", 1.0)])
    assert gone.is_in("Is it kx9321?")
    assert not gone.is_in("x" * 300_000), "which would take minutes"


@pytest.mark.parametrize(
    ("messages", "secrets"),
    [
        (
            (
                "My daughter Lena is allergic to peanuts.",
                "Is Lena allergic to peanuts?",
                "Forget that Lena is allergic to peanuts.",
            ),
            ("peanut", "allerg"),
        ),
        (
            (
                "Remember that the spare key is under the blue flowerpot.",
                "Where is the spare key?",
                "Forget that the spare key is under the blue flowerpot.",
            ),
            ("flowerpot",),
        ),
        (
            (
                "My daughter Lena is allergic to peanuts.",
                "Today I took Lena to the dentist.",
                "Forget everything about Lena.",
            ),
            ("lena", "peanut", "dentist"),
        ),
    ],
)
async def test_what_was_said_asked_and_forgotten_in_english_leaves_no_word(
    home: Path, messages: tuple[str, ...], secrets: tuple[str, ...]
) -> None:
    async with Agent.open(home, "english") as agent:
        for message in messages:
            assert await agent.run(message)
    assert (home / "claw.db").stat().st_size > 0
    files = [file.read_bytes().lower() for file in home.rglob("*") if file.is_file()]
    left = [secret for secret in secrets if any(secret.encode() in octets for octets in files)]
    assert left == []
