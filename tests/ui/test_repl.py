"""The REPL on a real pseudo-terminal: typing, Ctrl-C, Ctrl-D, slash commands, completion."""

from __future__ import annotations

import contextlib
import stat
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.endpoint import Endpoint
from tests.terminal import Claw, by_words, plain

pexpect = pytest.importorskip("pexpect")

PROMPT = "› "
ENTER = "\r"


class Screen:
    """A REPL on a pseudo-terminal; ``see`` waits for words and returns what came before them."""

    def __init__(self, child: Any) -> None:
        self.child = child

    def type(self, text: str) -> None:
        self.child.send(text)

    def say(self, text: str) -> None:
        """Type a line as a person does."""
        self.child.send(text)
        time.sleep(0.1)
        self.child.send(ENTER)

    def see(self, words: str, timeout_s: float = 20) -> str:
        self.child.expect_exact(words, timeout=timeout_s)
        return plain(self.child.before)

    def end(self) -> int:
        self.child.expect(pexpect.EOF)
        self.child.close()
        return self.child.exitstatus


@contextlib.contextmanager
def repl(claw: Claw, *args: str) -> Iterator[Screen]:
    screen = Screen(claw.terminal(*args))
    try:
        screen.see(PROMPT)
        yield screen
    finally:
        screen.child.close(force=True)


def test_the_banner_greets_a_newcomer_with_things_to_try(scripted: Claw) -> None:
    child = Screen(scripted.terminal())
    before = child.see(PROMPT)
    assert "MeTTaClaw" in before
    assert str(scripted.home) in before
    assert "0 statements, 0 items, 0 episodes" in before
    assert "Is Garfield an animal?" in before
    child.type("\x04")
    assert child.end() == 0


def test_the_banner_says_what_is_read_and_how_to_leave(claw: Claw) -> None:
    screen = Screen(claw.terminal())
    before = screen.see(PROMPT)
    assert "I read plain English" in before
    assert "Ctrl-D leaves" in before
    screen.child.close(force=True)


def test_an_endpoint_without_a_model_is_pointed_out(home: Path) -> None:
    keyed = Claw(home, {"OPENAI_API_KEY": "sk-1"})
    screen = Screen(keyed.terminal())
    before = screen.see(PROMPT)
    assert "english decides: OPENAI_API_KEY is set, but no model is named" in before
    screen.say("/model")
    screen.see("OPENAI_API_KEY is set, but no model is named")
    screen.child.close(force=True)
    screen = Screen(keyed.terminal("--model", "english"))
    assert "is set" not in screen.see(PROMPT)
    screen.child.close(force=True)


def test_ctrl_c_ends_an_evaluation_without_a_traceback(claw: Claw) -> None:
    with repl(claw) as screen:
        screen.say("/metta (= (loop $x) (loop (+ 1 $x))) !(loop 1)")
        time.sleep(1.5)
        screen.type("\x03")
        screen.see("stopped")
        assert "Traceback" not in screen.see(PROMPT)
        screen.say("!(+ 20 22)")
        assert "Traceback" not in screen.see("42")


def test_a_turn_shows_its_calls_and_the_reply(scripted: Claw, endpoint: Endpoint) -> None:
    by_words(scripted.home)
    endpoint.enqueue(text='(remember "keys") (query "keys") (send "found [red]them[/red]")')
    with repl(scripted) as screen:
        screen.say("where are the keys")
        screen.see('· (remember "keys") → (remembered 1)')
        screen.see('(query "keys")')
        shown = screen.see("found [red]them[/red]")
        assert "(send" not in shown
        screen.see(PROMPT)


def test_a_call_is_shown_in_full_on_two_lines_where_one_is_too_short(
    scripted: Claw, endpoint: Endpoint
) -> None:
    endpoint.enqueue(
        text='(metta (believe (--> (x garfield odie) chase) (stv 1.0 0.9) "Garfield chases Odie."))'
    )
    endpoint.enqueue(text='(send "noted")')
    screen = Screen(scripted.terminal(columns=80))
    screen.see(PROMPT)
    screen.say("Garfield chases Odie.")
    shown = " ".join(screen.see("noted").split())
    assert '(--> (x garfield odie) chase) (stv 1.0 0.9) "Garfield chases Odie."))' in shown
    assert "…" not in shown
    screen.child.close(force=True)


def test_a_program_that_ends_lines_with_newline_is_understood(
    scripted: Claw, endpoint: Endpoint
) -> None:
    endpoint.default = None
    endpoint.enqueue(text='(send "hello")')
    with repl(scripted) as screen:
        screen.child.sendline("hi")
        screen.see("hello")
        assert endpoint.requests[0].user.count("| hi\n") == 1


def test_alt_enter_ctrl_j_and_a_backslash_begin_a_new_line(
    scripted: Claw, endpoint: Endpoint
) -> None:
    for number in range(3):
        endpoint.enqueue(text=f'(send "hello {number}")')
    with repl(scripted) as screen:
        for number, newline in enumerate(["\x1b\r", "\n", "\\\r"]):
            screen.type(f"one{number}")
            time.sleep(0.3)
            screen.type(newline)
            time.sleep(0.3)
            screen.say("two")
            screen.see(f"hello {number}")
            assert f"| one{number}\n| two\n" in endpoint.requests[number].user


def test_pasted_lines_are_one_message(scripted: Claw, endpoint: Endpoint) -> None:
    endpoint.enqueue(text='(send "hello")')
    with repl(scripted) as screen:
        screen.type("\x1b[200~one\rtwo\rthree\x1b[201~")
        time.sleep(0.3)
        screen.type(ENTER)
        screen.see("hello")
    assert "| one\n| two\n| three\n" in endpoint.requests[0].user


def test_ctrl_c_stops_the_turn_and_not_the_program(scripted: Claw, endpoint: Endpoint) -> None:
    endpoint.enqueue(text='(send "too late")', delay=30)
    endpoint.enqueue(text='(send "next")')
    with repl(scripted) as screen:
        screen.say("slow")
        screen.see("thinking")
        time.sleep(0.3)
        screen.type("\x03")
        screen.see("stopped", 5)
        screen.see(PROMPT)
        screen.say("again")
        screen.see("next")
        screen.see(PROMPT)
        screen.type("\x04")
        screen.end()
    kinds = [e["state"] for e in scripted("run", "--json", "x").objects]
    assert len(kinds) == 1  # the stopped message is not taken up again


def test_ctrl_c_at_the_prompt_clears_the_line_or_gives_a_hint(
    scripted: Claw, endpoint: Endpoint
) -> None:
    with repl(scripted) as screen:
        screen.type("never sent")
        time.sleep(0.3)
        screen.type("\x03")
        time.sleep(0.3)
        screen.type("\x03")
        screen.see("Ctrl-D or /quit leaves")
        screen.say("/pin")
        screen.see("nothing is pinned")
    assert endpoint.requests == []


def test_ctrl_c_stops_an_evaluation_of_a_slash_command(scripted: Claw) -> None:
    with repl(scripted) as screen:
        screen.say("/metta (= (loop) (loop)) !(loop)")
        screen.see("!(loop) 1 s · Ctrl-C stops it")  # it tells that it is at work
        started = time.monotonic()
        screen.type("\x03")
        screen.see("stopped")
        assert time.monotonic() - started < 10
        screen.say("/metta (+ 1 2)")
        screen.see("3")


def test_what_is_typed_during_a_turn_waits_and_does_not_show(
    scripted: Claw, endpoint: Endpoint
) -> None:
    endpoint.enqueue(text='(send "first")', delay=1.5)
    endpoint.enqueue(text='(send "second")')
    with repl(scripted) as screen:
        screen.say("one")
        screen.see("thinking")
        screen.type("typed ahead\r")
        assert "typed ahead" not in screen.see("first")
        screen.see("typed ahead")
        screen.see("second")
    assert "| typed ahead\n" in endpoint.requests[1].user


@pytest.mark.parametrize("leave", ["\x04", "/quit\r", "/exit\r", "exit\r"])
def test_leaving(scripted: Claw, leave: str) -> None:
    with repl(scripted) as screen:
        screen.type(leave)
        assert screen.end() == 0


def test_a_terminal_that_goes_away_ends_the_program(scripted: Claw) -> None:
    with repl(scripted) as screen:
        screen.child.ptyproc.fileobj.close()  # the terminal itself: the program gets SIGHUP
        deadline = time.monotonic() + 20
        while screen.child.isalive() and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not screen.child.isalive()


def test_slash_commands_on_an_empty_home(scripted: Claw) -> None:
    with repl(scripted) as screen:
        for line, words in [
            ("/help", "/backup FILE"),
            ("/atoms", "nothing is stored yet"),
            ("/why", "no proof was seen yet"),
            ("/why (--> a b)", "nothing that is stored speaks for or against (--> a b)"),
            ("/memory", "nothing is remembered yet"),
            ("/memory keys", "nothing that fits is remembered"),
            ("/pin", "nothing is pinned"),
            ("/episodes 3", "nothing happened then"),
            ("/calls", "no calls in the last turn"),
            ("/tools", "(query "),
            ("/model", "openai:scripted"),
            ("/stats", "statements"),
            ("/backup", "name a new file"),
        ]:
            screen.say(line)
            screen.see(words)
            screen.see(PROMPT)


def test_slash_commands_show_what_is_there(
    scripted: Claw, endpoint: Endpoint, tmp_path: Path
) -> None:
    by_words(scripted.home)
    scripted("atoms", "add", "(--> garfield cat)", "--truth", "1", "0.9")
    scripted("atoms", "add", "(--> cat animal)", "--truth", "1", "0.9")
    scripted("memory", "remember", "the key is under the mat")
    endpoint.enqueue(text='(pin "my plan") (metta (infer (--> garfield animal)))')
    endpoint.enqueue(text='(send "yes")')
    copy = tmp_path / "copy.db"
    with repl(scripted) as screen:
        screen.say("is he?")
        screen.see("yes")
        for line, words in [
            ("/atoms", "(--> cat animal)"),
            ("/atoms (--> $x cat)", "(--> garfield cat)"),
            ("/atoms (--> $x $y) (--> $y animal)", "$y"),
            ("/why", "by deduction"),
            ("/why (--> garfield cat)", "user said it"),
            ("/memory key", "under the mat"),
            ("/pin", "my plan"),
            ("/episodes today", "is he?"),
            ("/calls", "(infer (--> garfield animal))"),
            ("/metta (truth (--> cat animal))", "(stv 1.0 0.9)"),
            ("!(+ 1 2)", "3"),
            (f"/backup {copy}", "KiB"),
        ]:
            screen.say(line)
            screen.see(words)
            screen.see(PROMPT)
    assert copy.exists()


def test_import_reads_notes_and_what_was_read_before_ctrl_c_is_kept(
    scripted: Claw, tmp_path: Path
) -> None:
    by_words(scripted.home)
    notes = tmp_path / "my notes"
    notes.mkdir()
    (notes / "a.md").write_text("# Shed\n\nThe ladder hangs behind the door.\n")
    many = tmp_path / "many.jsonl"
    many.write_text("".join(f'{{"text": "thing {n} is in box {n}"}}\n' for n in range(200_000)))
    with repl(scripted) as screen:
        for line, words in [
            ("/import", "name a file or a folder: /import PATH"),
            ("/import /nowhere", "error: /nowhere is not there"),
            (f"/import {notes}", "imported 1 new item"),
            ("/memory ladder", "behind the door"),
        ]:
            screen.say(line)
            screen.see(words)
            screen.see(PROMPT)
        screen.say(f"/import {many}")
        screen.see("%")
        screen.type("\x03")
        screen.see("are safe; the same command goes on after them")
        screen.see("stopped")
        screen.see(PROMPT)


def test_why_takes_a_statement_in_english(claw: Claw) -> None:
    claw("run", "Garfield is a cat. Every cat is an animal.")
    with repl(claw) as screen:
        for line in (
            "/why Garfield is an animal",
            "/why is Garfield an animal?",
            '/why "Garfield is an animal"',
            "/why '(--> garfield animal)'",
        ):
            screen.say(line)
            screen.see("by deduction")
            screen.see('user said "Every cat is an animal."')
            screen.see(PROMPT)
        screen.say("/why Garfield is a dog")
        screen.see("nothing that is stored speaks for or against (--> garfield dog)")
        screen.see(PROMPT)
        screen.say("/why oh my")
        screen.see("I cannot read oh my as a statement; try /why (--> garfield animal)")


def test_an_unknown_command_gets_its_nearest_names(scripted: Claw, endpoint: Endpoint) -> None:
    with repl(scripted) as screen:
        screen.say("/atmos")
        screen.see("did you mean /atoms")
        screen.say("/forget")
        screen.see("say it to the agent without the slash, such as: Forget that")
        screen.say("/ep 1")  # an unambiguous beginning is enough
        screen.see("nothing happened then")
    assert endpoint.requests == []


def test_capitals_and_words_too_many_do_no_harm(scripted: Claw, endpoint: Endpoint) -> None:
    with repl(scripted) as screen:
        screen.say("/Stats now")
        screen.see("/stats takes nothing after it; left out: now")
        screen.see("statements")
        screen.say("/help why")
        assert "/atoms" not in screen.see("the proof of a statement")
        screen.see(PROMPT)
        screen.say("/help whi")
        screen.see("did you mean /why")
        screen.say("/atoms dog")
        screen.see("such as /atoms (--> $x dog)")
        screen.see("/memory dog")
        screen.say("/QUIT now")
        assert screen.end() == 0
    assert endpoint.requests == []


def test_the_model_is_changed_in_place_or_stays(scripted: Claw, endpoint: Endpoint) -> None:
    endpoint.enqueue(text='(send "hello")')
    with repl(scripted) as screen:
        screen.say("/model other")
        screen.see("openai:other decides")
        screen.say("/model openai:")
        screen.see("needs the name of a model")
        screen.say("hi")
        screen.see("hello")
    assert endpoint.requests[0].body["model"] == "other"


def test_tab_completes_slash_commands(scripted: Claw) -> None:
    with repl(scripted) as screen:
        screen.type("/epi")
        time.sleep(0.5)
        screen.type("\t")
        time.sleep(0.3)
        screen.type(ENTER)
        screen.see("nothing happened then")


def test_a_failed_turn_is_shown_and_the_conversation_goes_on(
    scripted: Claw, endpoint: Endpoint
) -> None:
    endpoint.enqueue(status=401, message="no")
    endpoint.enqueue(text='(send "hello")')
    with repl(scripted) as screen:
        screen.say("hi")
        screen.see("error: ")
        screen.see("OPENAI_API_KEY")
        screen.say("again")
        screen.see("hello")


def test_replies_cannot_draw_on_the_terminal(scripted: Claw, endpoint: Endpoint) -> None:
    endpoint.enqueue(text='(send "a\\u{1b}]0;owned\\u{7}b **bold** &#27;[2J")')
    with repl(scripted) as screen:
        screen.say("attack")
        screen.see("␛]0;owned␇b")
        rest = screen.child.before + screen.see(PROMPT)
        assert "\x1b]0;owned" not in rest


def test_what_was_left_is_told_at_the_start(scripted: Claw, endpoint: Endpoint) -> None:
    endpoint.enqueue(text='(send "x")', delay=30)
    process = scripted.start("run", "left behind")
    while not endpoint.requests:
        time.sleep(0.05)
    process.kill()
    process.wait()
    endpoint.script.clear()
    endpoint.enqueue(text='(send "at last")')
    screen = Screen(scripted.terminal())
    screen.see("left from last time")
    screen.see("you: left behind")
    screen.see("at last")
    screen.see(PROMPT)
    screen.child.close(force=True)


def test_the_history_is_kept_for_its_owner_alone(scripted: Claw, endpoint: Endpoint) -> None:
    endpoint.default = None
    endpoint.enqueue(text='(send "hello")')
    endpoint.enqueue(text='(send "hello again")')
    with repl(scripted) as screen:
        screen.say("remember me")
        screen.see("hello")
        screen.see(PROMPT)
        screen.type("\x04")
        screen.end()
    file = scripted.home / "history"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with repl(scripted) as screen:
        screen.type("\x1b[A")  # up
        time.sleep(0.3)
        screen.type(ENTER)
        screen.see("hello again")


def test_a_secret_that_was_typed_is_told_of_and_is_in_no_file(
    scripted: Claw, endpoint: Endpoint
) -> None:
    key = "sk-" + "a1B2c3D4e5" * 4
    endpoint.enqueue(text='(send "hello")')
    with repl(scripted) as screen:
        screen.say(f"the key is {key}")
        screen.see("left out of what is kept: 1 API key")
        screen.see("hello")
        screen.see(PROMPT)
        screen.type("\x04")
        screen.end()
    files = [file.read_bytes() for file in scripted.home.rglob("*") if file.is_file()]
    assert not any(key.encode() in content for content in files)
    assert "the key is [redacted API key]" in (scripted.home / "history").read_text()


def test_ctrl_r_looks_through_the_history_and_enter_takes_what_it_found(
    scripted: Claw, endpoint: Endpoint
) -> None:
    with repl(scripted) as screen:
        screen.say("/pin")
        screen.see("nothing is pinned")
        screen.see(PROMPT)
        screen.type("\x12")
        time.sleep(0.3)
        screen.type("pi")
        time.sleep(0.3)
        screen.type(ENTER)
        time.sleep(0.3)
        screen.type(ENTER)
        screen.see("nothing is pinned")
        screen.see(PROMPT)
        screen.type("\x12")
        time.sleep(0.3)
        screen.type("\x03")  # stops looking
        time.sleep(0.3)
        screen.say("/pin")
        screen.see("nothing is pinned")
    assert endpoint.requests == []


def test_letters_beyond_ascii_arrive_whatever_the_locale_says(
    scripted: Claw, endpoint: Endpoint
) -> None:
    endpoint.enqueue(text='(send "hello")')
    locale = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    screen = Screen(Claw(scripted.home, {**scripted.variables, **locale}).terminal())
    screen.see("> ")
    screen.say("Zoë is a cat")
    screen.see("hello")
    screen.child.close(force=True)
    assert "| Zoë is a cat\n" in endpoint.requests[0].user


def test_no_color_and_a_dumb_terminal_are_respected(scripted: Claw, endpoint: Endpoint) -> None:
    endpoint.enqueue(text='(remember "x") (send "hello")')
    bare = Claw(scripted.home, {**scripted.variables, "NO_COLOR": "1", "TERM": "dumb"})
    child = Screen(bare.terminal())
    child.see(PROMPT)
    child.say("hi")
    child.see("hello")
    assert "\x1b[3" not in child.child.before
    child.child.close(force=True)
