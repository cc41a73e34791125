"""``mettaclaw memory forget`` shows what would go, asks, and leaves nothing; so does the REPL."""

from __future__ import annotations

import pytest

from tests.terminal import Claw, by_words
from tests.ui.test_repl import PROMPT, repl

pexpect = pytest.importorskip("pexpect")


def holds(claw: Claw, secret: str) -> bool:
    files = [file for file in claw.home.rglob("*") if file.is_file()]
    return any(secret.encode() in file.read_bytes() for file in files)


@pytest.fixture
def told(claw: Claw) -> Claw:
    by_words(claw.home)
    claw("memory", "remember", "The locker code is kx4711.")
    claw("atoms", "add", "(--> wug zorp)")
    return claw


@pytest.mark.parametrize(
    ("how", "secret"),
    [
        (("--id", "1"), "kx4711"),
        (("--text", "The locker code is kx4711."), "kx4711"),
        (("--entity", "kx4711"), "kx4711"),
        (("--statement", "(--> wug zorp)"), "zorp"),
        (("--statement", "Wug is a zorp"), "zorp"),
        (("--since", "1h"), "zorp"),
        (("--since", "1h", "--until", "today"), "kx4711"),
    ],
)
def test_each_way_erases_with_yes(told: Claw, how: tuple[str, ...], secret: str) -> None:
    assert holds(told, secret)
    asked = told("memory", "forget", *how)
    assert (asked.code, "add --yes" in asked.err) == (1, True)
    assert holds(told, secret), "nobody could be asked"
    done = told("memory", "forget", *how, "--yes", "--json")
    assert done.code == 0
    assert done.objects[0]["erased"] is True
    assert done.objects[0]["left"] is False
    assert not holds(told, secret)
    again = told("memory", "forget", *how, "--yes")
    assert (again.code, "there is nothing like that" in again.err) == (1, True)


def test_without_anything_named_it_says_what_it_takes(told: Claw) -> None:
    done = told("memory", "forget", "--yes")
    assert (done.code, "say what to forget: --id N" in done.err) == (2, True)


def test_in_a_terminal_it_shows_what_would_go_and_asks(told: Claw) -> None:
    for answer, stays in (("n", True), ("y", False)):
        screen = told.terminal("memory", "forget", "--id", "1")
        screen.expect_exact("item 1: The locker code is kx4711.")
        screen.expect_exact("Erase this for good?")
        screen.sendline(answer)
        screen.expect(pexpect.EOF)
        screen.close()
        assert (screen.exitstatus, holds(told, "kx4711")) == (int(stays), stays)


def test_what_was_typed_in_the_repl_is_forgotten_with_the_rest(claw: Claw) -> None:
    by_words(claw.home)
    with repl(claw) as screen:
        screen.say("Remember that the locker code is kx4711.")
        screen.see("I will remember")
        screen.see(PROMPT)
        screen.say("Forget that the locker code is kx4711.")
        screen.see("Nothing of what I have forgotten is kept")
        screen.see(PROMPT)
        screen.say("Tom is a cat.")
        screen.see("Noted")
    assert not holds(claw, "kx4711")
    assert holds(claw, "+Tom is a cat.")


@pytest.mark.parametrize(
    "options",
    [
        ("--entity", "Lena", "--since", "2026-06-01"),
        ("--text", "the bank moved", "--id", "1"),
        ("--statement", "(--> a b)", "--until", "2026-06-01"),
    ],
)
def test_two_kinds_of_options_are_refused_since_less_or_more_may_be_meant(
    claw: Claw, options: tuple[str, ...]
) -> None:
    by_words(claw.home)
    claw("memory", "remember", "Lena got shoes", "--time", "2026-01-10")
    claw("memory", "remember", "the bank moved", "--time", "2026-06-12")
    done = claw("memory", "forget", *options, "--yes")
    assert done.code == 2
    assert "do not go together" in done.err
    assert "Lena got shoes" in claw("memory", "list").out
    assert "the bank moved" in claw("memory", "list").out


def test_what_is_erased_without_a_question_is_shown(claw: Claw) -> None:
    by_words(claw.home)
    claw("memory", "remember", "Lena got shoes")
    done = claw("memory", "forget", "--id", "1", "--yes")
    assert "item 1: Lena got shoes" in done.out
    assert "erased: 1 item" in done.out
