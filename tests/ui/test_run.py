"""``mettaclaw run`` and messages on stdin: what is printed, in which form, with which exit code."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.endpoint import Endpoint
from tests.terminal import Claw, environment

SEND = '(send "hello")'


def wait_for(condition: object, timeout_s: float = 20.0) -> None:
    """Wait until a function is true."""
    end = time.monotonic() + timeout_s
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def test_one_text_gives_the_reply_and_nothing_else(scripted: Claw, endpoint: Endpoint) -> None:
    endpoint.enqueue(text=SEND)
    done = scripted("run", "hi")
    assert (done.code, done.out, done.err) == (0, "hello\n", "")


def test_several_texts_are_a_conversation_of_one_process(
    scripted: Claw, endpoint: Endpoint
) -> None:
    endpoint.enqueue(text='(pin "plan") (send "one")')
    endpoint.enqueue(text='(send "two\\nlines")')
    done = scripted("run", "a", "b\nc")
    assert done.out == "you: a\nclaw: one\nyou: b\n     c\nclaw: two\n      lines\n"
    assert "plan" in endpoint.requests[1].user  # the pin is volatile, so this was one session


def test_calls_are_shown_or_everything_is_quiet(scripted: Claw, endpoint: Endpoint) -> None:
    endpoint.default = None
    for _ in range(2):
        endpoint.enqueue(text='(remember "x") (send "ok")')
    shown = scripted("run", "--calls", "a").out.splitlines()
    assert shown[0] == "you: a"
    assert shown[1].startswith('  · (remember "x") → (remembered 1)  ')
    assert shown[2:] == ["claw: ok"]
    endpoint.enqueue(text='(send "ok")')
    assert scripted("run", "--quiet", "a", "b").out == "ok\nok\n"


def test_a_dash_is_all_of_stdin_as_one_message(scripted: Claw, endpoint: Endpoint) -> None:
    endpoint.enqueue(text=SEND)
    assert scripted("run", "-", stdin="first line\n# second line\n").code == 0
    assert "| first line\n| # second line" in endpoint.requests[0].user


@pytest.mark.parametrize("args", [["run", "--script", "-"], ["run"], []])
def test_stdin_is_messages_one_a_line(scripted: Claw, endpoint: Endpoint, args: list[str]) -> None:
    for _ in range(2):
        endpoint.enqueue(text=SEND)
    done = scripted(*args, stdin="\ufeffeins\r\n\n  # no message\nzwei")
    assert done.out == "you: eins\nclaw: hello\nyou: zwei\nclaw: hello\n"
    assert done.code == 0


def test_a_script_is_a_file_of_messages(scripted: Claw, endpoint: Endpoint, tmp_path: Path) -> None:
    endpoint.enqueue(text=SEND)
    file = tmp_path / "script.txt"
    file.write_text("# comment\n\nhi there\n")
    assert scripted("run", "--script", str(file)).out == "you: hi there\nclaw: hello\n"


def test_json_is_one_object_a_turn(scripted: Claw, endpoint: Endpoint) -> None:
    endpoint.enqueue(text='(remember "é") (query)')
    endpoint.enqueue(text='(send "a") (send "b")')
    endpoint.enqueue(text=SEND)
    done = scripted("run", "--json", "one", "two")
    assert done.err == ""
    first, second = done.objects
    assert list(first) == ["id", "message", "reply", "state", "cycles", "calls", "usage"]
    assert first["message"] == "one"
    assert first["reply"] == "a\nb"
    assert (first["id"], first["state"], first["cycles"]) == (1, "done", 2)
    assert first["usage"] == {"tokens_in": 200, "tokens_out": 40}
    remembered, failed, *_ = first["calls"]
    assert remembered.pop("ms") >= 0
    assert remembered == {"call": '(remember "é")', "ok": True, "value": "(remembered 1)"}
    assert (failed["call"], failed["ok"], failed["kind"]) == ("(query)", False, "call")
    assert "TEXT is missing" in failed["error"]
    assert (second["message"], second["reply"], second["cycles"]) == ("two", "hello", 1)


def test_replies_leave_as_they_come(scripted: Claw, endpoint: Endpoint) -> None:
    """A program that talks to us line by line is answered line by line."""
    endpoint.enqueue(text=SEND)
    endpoint.enqueue(text=SEND)
    process = scripted.start("run", "--script", "-", "--json")
    assert process.stdin is not None
    assert process.stdout is not None
    for word in ("one", "two"):
        process.stdin.write(f"{word}\n")
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["message"] == word
    process.stdin.close()
    assert process.wait(20) == 0


def test_a_failed_turn_is_an_error_and_exit_code_1(scripted: Claw, endpoint: Endpoint) -> None:
    for _ in range(3):
        endpoint.enqueue(status=401, message="no")
    done = scripted("run", "hi")
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("error: ")
    assert "OPENAI_API_KEY" in done.err
    assert len(done.err.splitlines()) == 1
    done = scripted("run", "--json", "hi")
    assert done.code == 1
    assert done.objects[0]["state"] == "failed"
    endpoint.enqueue(text=SEND)
    done = scripted("run", "hi", "again")
    assert done.code == 1
    assert "claw: error: " in done.out
    assert done.out.endswith("you: again\nclaw: hello\n")


def test_what_is_no_message_is_refused_and_the_rest_is_answered(
    scripted: Claw, endpoint: Endpoint
) -> None:
    endpoint.enqueue(text=SEND)
    done = scripted("run", "--json", "--script", "-", stdin=b"bad \0 one\ngood\n")
    assert done.code == 1
    bad, good = done.objects
    assert (bad["id"], bad["state"]) == (None, "failed")
    assert "NUL" in bad["reply"]
    assert good["reply"] == "hello"


def test_stdin_that_is_not_text_is_refused_by_line(scripted: Claw) -> None:
    done = scripted("run", "--script", "-", stdin=b"\xff\xfe\x00")
    assert done.code == 1
    assert done.err == "error: stdin, line 1: this is not UTF-8 text\n"


def test_no_messages_are_no_error(scripted: Claw) -> None:
    done = scripted("run", "--script", "-", stdin="# nothing\n")
    assert (done.code, done.out) == (0, "")


def test_untrusted_replies_cannot_draw_on_the_terminal(scripted: Claw, endpoint: Endpoint) -> None:
    endpoint.enqueue(text='(send "\\u{1b}]0;owned\\u{7}\\u{9b}31m")')
    assert scripted("run", "hi").out == "␛]0;owned␇�31m\n"


def test_ctrl_c_stops_and_takes_back_what_waits(scripted: Claw, endpoint: Endpoint) -> None:
    endpoint.enqueue(text=SEND, delay=30)
    process = scripted.start("run", "slow", "two", "three")
    wait_for(lambda: endpoint.requests)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "stopped; 2 messages taken back" in err
    assert "Traceback" not in err
    endpoint.enqueue(text=SEND)
    assert scripted("run", "hi").out == "hello\n"  # nothing is left from before


def test_what_a_crash_left_is_finished_first(scripted: Claw, endpoint: Endpoint) -> None:
    for _ in range(2):
        endpoint.enqueue(text=SEND, delay=30)
        process = scripted.start("run", "left", "behind")
        seen = len(endpoint.requests)
        wait_for(lambda seen=seen: len(endpoint.requests) > seen)
        process.kill()
        process.wait()
    endpoint.script.clear()
    for number in range(5):
        endpoint.enqueue(text=f'(send "reply {number}")')
    done = scripted("run", "--json", "new")
    assert [(o["message"], o.get("resumed", False)) for o in done.objects] == [
        ("left", True),
        ("behind", True),
        ("left", True),
        ("behind", True),
        ("new", False),
    ]
    assert [o["reply"] for o in done.objects] == [f"reply {n}" for n in range(5)]


DIES_BEFORE_ITS_END = """
import asyncio, os, signal
from mettaclaw.agent import Agent
from mettaclaw.protocol import events

async def main():
    agent = Agent.open(os.environ["METTACLAW_HOME"], "english")
    async for event in agent.stream("Tom is a cat."):
        if isinstance(event, events.CallFinished) and event.result.call.name == "send":
            os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""


@pytest.mark.parametrize("as_json", [True, False])
def test_a_turn_that_a_kill_left_between_its_reply_and_its_end_is_shown_once(
    claw: Claw, as_json: bool
) -> None:
    code = [sys.executable, "-c", DIES_BEFORE_ITS_END]
    died = subprocess.run(code, env=environment(claw.home), check=False)
    assert died.returncode == -signal.SIGKILL
    if as_json:
        first, second = claw("run", "--json", "Is Tom a cat?").objects
        assert (first["message"], first["state"], first["resumed"]) == (
            "Tom is a cat.",
            "done",
            True,
        )
        assert first["reply"].startswith("Noted: Tom is a cat")
        assert first["calls"][-1]["call"].startswith("(send ")
        assert second["message"] == "Is Tom a cat?"
    else:
        said = claw("run", "Is Tom a cat?").out.splitlines()
        assert said[:2] == ["(left from last time)", "you: Tom is a cat."]
        assert said[2].startswith("claw: Noted: Tom is a cat")
        assert said[3] == "you: Is Tom a cat?"
        assert len(said) == 5


@pytest.mark.parametrize("as_json", [True, False])
def test_a_turn_that_fails_before_its_first_cycle_is_shown_once_and_as_its_own(
    claw: Claw, as_json: bool
) -> None:
    claw.home.mkdir()
    (claw.home / "config.toml").write_text("seconds_per_turn = 0.000001\n")
    done = claw("run", "--json" if as_json else "--calls", "hello")
    assert done.code == 1
    if as_json:
        (only,) = done.objects
        assert (only["message"], only["state"]) == ("hello", "failed")
        assert "resumed" not in only
        assert "seconds_per_turn" in only["reply"]
    else:
        first, second = done.out.splitlines()
        assert first == "you: hello"
        assert second.startswith("claw: error: I stopped after 1e-06 s without a reply")


def test_leftovers_are_told_apart_in_a_conversation(scripted: Claw, endpoint: Endpoint) -> None:
    endpoint.enqueue(text=SEND, delay=30)
    process = scripted.start("run", "left")
    wait_for(lambda: endpoint.requests)
    process.kill()
    process.wait()
    endpoint.script.clear()
    for _ in range(2):
        endpoint.enqueue(text=SEND)
    assert scripted("run", "new").out == (
        "(left from last time)\nyou: left\nclaw: hello\nyou: new\nclaw: hello\n"
    )


@pytest.mark.parametrize("text", ["!(+ 1 2)", "(match &kb $x $x)"])
def test_metta_that_is_said_gets_the_command_that_evaluates_it(claw: Claw, text: str) -> None:
    assert "type mettaclaw metta" in claw("run", text).out


@pytest.mark.parametrize("args", [["run"], [], ["run", "--json"]])
def test_no_message_at_all_is_an_error_that_says_how_to_say_one(
    claw: Claw, args: list[str]
) -> None:
    for stdin in ("", "# only a comment\n"):
        done = claw(*args, stdin=stdin)
        assert (done.code, done.out) == (2, "")
        assert 'no message on stdin; mettaclaw run "TEXT"' in done.err


def test_a_script_without_messages_is_none_and_says_so(claw: Claw, tmp_path: Path) -> None:
    script = tmp_path / "empty.txt"
    script.write_text("# nothing yet\n")
    done = claw("run", "--script", str(script))
    assert (done.code, done.out, done.err) == (0, "", f"no message in {script}\n")
    done = claw("run", "--script", "-")
    assert (done.code, done.err) == (0, "no message in stdin\n")
