"""Forgetting takes out what repeats a thing, and leaves what only shares its words."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from mettaclaw.atoms.syntax import String, read, read_all
from mettaclaw.memory import Episodes, Memory, embed
from mettaclaw.memory.repeats import Repeats
from mettaclaw.memory.telling import MARK


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Memory]:
    with Memory.open(tmp_path / "claw.db", embed.UNWANTED) as opened:
        yield opened


def log(memory: Memory, *lines: tuple[str, str]) -> None:
    with memory.database.transaction("test", "test"):
        for kind, text in lines:
            Episodes(memory.database).append(kind, text)


def shown(memory: Memory) -> list[str]:
    return [line.text for line in Episodes(memory.database).between()]


LIST = "milk\neggs\nswordfish"


@pytest.mark.parametrize(
    ("kept", "line"),
    [
        (LIST, ("message", f"Remember:\n{LIST}")),
        (LIST, ("message", "Remember milk eggs   swordfish")),
        (LIST, ("call", f"(remember {String(LIST)})")),
        (LIST, ("call", f"(remember {String(LIST)}")),  # which is no atom
        (LIST, ("reply", json.dumps({"text": LIST}))),
        (LIST, ("reply", json.dumps(json.dumps({"text": LIST})))),
        (LIST, ("result", f"(item 1 {String(LIST)})")),
        (LIST, ("reply", "I have kept milk, eggs and swordfish.")),
        (LIST, ("reply", "I have kept eggs and swordfish.")),
        (LIST, ("reply", "Swordfish!")),
        ("The code word? Swordfish.", ("message", "Remember this: The code word? Swordfish.")),
        ("The code word? Swordfish.", ("reply", "The code word is swordfish.")),
        ("The code word? Swordfish.", ("reply", "It is swordfish.")),
        ("I hide Swordfish.", ("message", "I HIDE\nSWORDFISH, as I said to Anna last year.")),
        ("I hide swordfish in Rome.", ("reply", "Noted: you hide swordfish in Rome.")),
        ("Über Swordfish schläft Käthe.", ("reply", json.dumps("über swordfish\tschläft Käthe"))),
        ("I’m a swordfish, you know.", ("reply", json.dumps("I’m a swordfish – you know it"))),
        ("My doctor is Swordfish.", ("reply", "Swordfish.")),
        ("My phrase is correct battery swordfish staple.", ("reply", "correct battery swordfish.")),
        ("我喜欢吃swordfish。", ("message", "因为我喜欢吃swordfish所以")),
    ],
)
def test_what_repeats_it_goes_however_it_is_written(
    memory: Memory, tmp_path: Path, kept: str, line: tuple[str, str]
) -> None:
    item = memory.remember(kept)
    log(memory, line)
    found = memory.forget(id=item.id)
    assert found.lines == 1
    assert found.log == (line[1],)
    assert "swordfish" not in shown(memory)[0].lower()
    memory.close()
    assert b"swordfish" not in (tmp_path / "claw.db").read_bytes().lower()


@pytest.mark.parametrize(
    ("kept", "line"),
    [
        ("milk", "My daughter is allergic to milk and nearly died of it in 2019."),
        ("milk", "I noted that milk is dangerous for her."),
        ("milk", "We need bread, milk and eggs."),
        ("milk", "(metta (believe (--> milk ([] white)) (stv 1 0.9)))"),
        ("I like tea.", "I do not like tea, my doctor forbade it."),
        ("I like tea.", "I don't like tea."),
        ("I like tea.", "She likes tea."),
        ("I like tea.", "Anna hates coffee and likes tea."),
        ("I like tea.", "Bob and Ann like green tea from Ceylon."),
        ("My dog is called Rex.", "Rex bit the postman."),
        ("My dog is called Rex.", "Is a dog called Fido in the park?"),
        ("Yes.", "Yes. My flat is warm."),
        ("I was born in 1987.", "In 1987 it was cold."),
        ("My appointment is on Monday.", "It is Monday."),
        (LIST, "Swordfish hunt alone in the deep sea."),
    ],
)
def test_what_only_shares_its_words_stays_to_the_letter(
    memory: Memory, kept: str, line: str
) -> None:
    item = memory.remember(kept)
    log(memory, ("call" if line.startswith("(") else "message", line))
    assert memory.forget(id=item.id).lines == 0
    assert shown(memory) == [line]


@pytest.mark.parametrize(
    ("kept", "text", "left"),
    [
        ("I like tea.", "I like tea. I like milk.", f"{MARK} I like milk."),
        ("I like tea.", "You like tea, so I bought a pot.", f"{MARK}, so I bought a pot."),
        ("I like tea.", "Anna knows I like tea from Ceylon.", f"Anna knows {MARK} from Ceylon."),
        ("🦄🦄", "I saw 🦄🦄 there", f"I saw {MARK} there"),
        (
            "My key is under the blue stone.",
            "Rome was hot in May, your key is under the blue stone, I noted.",
            f"Rome was hot in May, {MARK}, I noted.",
        ),
        (
            "My locker code is kx4711.",
            "The meeting is at noon, the code is kx4711 and Anna comes.",
            f"The meeting is at noon, {MARK} and Anna comes.",
        ),
    ],
)
def test_a_line_that_says_more_loses_the_part_that_repeats_it(
    kept: str, text: str, left: str
) -> None:
    assert Repeats([kept]).without(text) == left


@pytest.mark.parametrize(
    "text",
    [
        "The code is kx4711.",
        'say "kx4711"',
        "code=kx4711;",
        "\\nkx4711",
        "{kx4711}",
        "Anna: KX4711",
    ],
)
def test_a_code_goes_wherever_it_stands(text: str) -> None:
    assert "kx4711" not in Repeats(["My locker code is kx4711."]).without(text).lower()


@pytest.mark.parametrize(
    ("kept", "text"),
    [
        ("Ring 12-34-56 at the gate.", "At Anna's gate I typed 12-34-56 and went in."),
        ("Write to zorp@wug.org.", "Everybody in Rome has zorp@wug.org as a contact."),
    ],
)
def test_grouped_numbers_and_addresses_are_codes(kept: str, text: str) -> None:
    left = Repeats([kept]).without(text)
    assert ("12-34-56" in left, "zorp@wug.org" in left) == (False, False)


def test_what_was_rewritten_in_a_call_is_an_atom_still() -> None:
    told = Repeats([LIST])
    call = told.call(read(f"(remember {String(LIST)} (--> swordfish ([] cold)))"))
    assert list(read_all(str(call))) == [call]
    assert "eggs" not in str(call)


def test_a_text_of_many_sentences_is_looked_for_by_each_of_them() -> None:
    text = " ".join(f"Room {number} has lamp w{number}x." for number in range(20_000))
    told = Repeats([text])
    assert MARK in told.without("Anna said: room 17 has lamp w17x.")
    assert told.without("Anna went home.") == "Anna went home."
    assert told.without(f"Keep this: {text}") == f"Keep this: {MARK}"


def test_a_number_that_another_item_has_too_takes_nothing_of_that(by_words: Memory) -> None:
    gone = by_words.remember("We moved to Python3 on 12000 hosts.", thread="a")
    town = by_words.remember("The town has 12000 inhabitants and teaches Python3.", thread="b")
    after = by_words.remember("Good to know.", thread="b")
    before = by_words.get(after.id).context
    assert before is not None
    assert "12000" in before
    by_words.forget(id=gone.id)
    assert by_words.get(town.id).text == "The town has 12000 inhabitants and teaches Python3."
    assert by_words.get(after.id).context == before


def test_a_name_is_found_in_either_form_of_unicode(by_words: Memory) -> None:
    for form in ("NFC", "NFD"):
        by_words.remember(unicodedata.normalize(form, "Zoë Quibbleton had measles"))
    assert len(by_words.forget(entity="Zoë").items) == by_words.count() + 2 == 2
