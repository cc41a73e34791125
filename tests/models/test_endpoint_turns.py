"""Every fault of an endpoint through the whole agent, over HTTP: the person gets one line that says
what to do, what the model can mend it is told, and the next turn runs.

Not covered: what each refusal means in detail (``test_openai_faults``).
"""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import pytest

from mettaclaw.agent import Agent
from mettaclaw.config import Settings
from mettaclaw.models.openai import Backoff, OpenAI
from mettaclaw.protocol import events
from mettaclaw.protocol.packet import Reply
from tests.endpoint import KEY, Endpoint, Request, Scripted


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


QUICK = Backoff(first_s=0.01, most_s=0.02, asked_s=0.5)


@pytest.fixture(params=[True, False], ids=["native", "text"])
def native(request: pytest.FixtureRequest) -> bool:
    return request.param


def model(native: bool, **more: Any) -> OpenAI:
    settings = Settings(native_tools=native, request_retries=1, request_timeout_s=0.5)
    return OpenAI("clever-1", settings, backoff=QUICK, **more)


def said(native: bool, *calls: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    """A scripted answer of these calls, in the way of the mode."""
    if native:
        return {"tool_calls": calls}
    text = "".join(f"({name} {' '.join(map(quoted, args.values()))})" for name, args in calls)
    return {"text": text}


def quoted(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value)


async def turn(home: Path, asked: OpenAI, text: str = "x") -> tuple[Reply, list[str]]:
    """One turn: its reply, and the notices on the way."""
    async with Agent.open(home, asked) as agent:
        notices: list[str] = []
        async for event in agent.stream(text):
            if isinstance(event, events.Notice):
                notices.append(event.text)
            if isinstance(event, events.TurnEnded):
                return event.reply, notices
    raise AssertionError("no end")


@pytest.mark.parametrize(
    ("fault", "what", "todo"),
    [
        ({"status": 401, "message": f"bad {KEY}"}, "401", "OPENAI_API_KEY"),
        ({"status": 404}, "no model clever-1", "check the name after --model"),
        ({"status": 429}, "429", "wait a little"),
        ({"status": 429, "retry_after": 7200}, "asks to wait 7,200 s", "another model"),
        ({"status": 500, "message": "oh no"}, "500", "send it again later"),
        ({"text": "Hello there", "truncate": True}, "broke off", "send it again"),
        ({"text": '(send "hello there")', "drop": True}, "broke off", "send it again"),
        ({"tool_calls": [("send", {"text": "hello"})], "truncate": True}, "broke off", "send it"),
        ({"text": "Hello there", "stall": 5.0}, "said nothing for 0.5 s", "request_timeout_s"),
        ({"delay": 5.0}, "said nothing for 0.5 s", "request_timeout_s"),
        ({"body": b"<html><body>Welcome</body></html>"}, "broke off", "check the server"),
        ({"body": b'{"choices": []}'}, "no choices", "check the server"),
        ({"text": "x", "malformed": '{"choices": []}', "truncate": True}, "broke off", "send it"),
        ({"refusal": "I cannot."}, "refused to answer", "say it in other words"),
    ],
    ids=lambda value: str(value)[:50],
)
async def test_a_fault_of_the_endpoint_is_one_line_that_says_what_to_do(
    home: Path, endpoint: Endpoint, native: bool, fault: dict[str, Any], what: str, todo: str
) -> None:
    endpoint.default = Scripted(**fault)
    async with Agent.open(home, model(native)) as agent:
        reply = await agent.run("Remember me?")
        assert reply.state == "failed"
        assert what in reply.text
        assert todo in reply.text
        assert "\n" not in reply.text
        assert "hello" not in reply.text.lower()  # nothing of half an answer
        assert KEY not in reply.text
        assert all(KEY not in e.text for e in agent.episodes.between(None, None))
        assert [r.call.name for r in reply.results] == []
        endpoint.default = Scripted(**said(native, ("send", {"text": "here again"})))
        assert (await agent.run("And now?")).text == "here again"


async def test_an_endpoint_that_is_not_there_is_named_with_what_to_check(
    home: Path, native: bool
) -> None:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{found.getsockname()[1]}/v1"
    reply, notices = await turn(home, model(native, base_url=url))
    assert reply.state == "failed"
    assert f"{url} cannot be reached (connection refused)" in reply.text
    assert "check base_url and that the server runs" in reply.text
    assert "\n" not in reply.text
    assert any("trying again" in notice for notice in notices)


async def test_a_wait_that_the_endpoint_asks_for_is_kept_and_shown(
    home: Path, endpoint: Endpoint, native: bool
) -> None:
    endpoint.enqueue(status=429, retry_after=0.3)
    endpoint.enqueue(**said(native, ("send", {"text": "hi"})))
    reply, notices = await turn(home, model(native))
    assert (reply.text, reply.cycles) == ("hi", 1)
    assert any("trying again in 0.3 s" in notice for notice in notices)


@pytest.mark.parametrize("text", ["", "  \n", "<think>hm</think>"])
async def test_an_answer_with_no_calls_is_told_to_the_model_which_can_mend_it(
    home: Path, endpoint: Endpoint, native: bool, text: str
) -> None:
    endpoint.enqueue(text=text)
    endpoint.enqueue(**said(native, ("send", {"text": "hi"})))
    reply, notices = await turn(home, model(native))
    assert (reply.text, reply.cycles, len(notices)) == ("hi", 2, 1)
    assert "nothing of it ran, because" in endpoint.requests[1].user


async def test_prose_is_the_reply_with_functions_and_an_error_without(
    home: Path, endpoint: Endpoint, native: bool
) -> None:
    endpoint.enqueue(text="It is a cat.")
    endpoint.default = Scripted(**said(native, ("send", {"text": "A cat, it is."})))
    reply, _ = await turn(home, model(native))
    assert reply.text == ("It is a cat." if native else "A cat, it is.")
    assert native or "is no call" in endpoint.requests[1].user


CUT = ['(send "hel', '(send "a") (pin "b', '<tool_call>{"name": "send", "arg']


@pytest.mark.parametrize("text", CUT)
@pytest.mark.parametrize("finish", ["stop", "length"])
async def test_half_a_call_is_told_to_the_model_and_never_shown_as_the_reply(
    home: Path, endpoint: Endpoint, native: bool, text: str, finish: str
) -> None:
    endpoint.enqueue(text=text, finish=finish)
    endpoint.enqueue(**said(native, ("send", {"text": "whole"})))
    reply, _ = await turn(home, model(native))
    assert (reply.text, reply.cycles) == ("whole", 2)
    assert [r.call.name for r in reply.results] == ["send"]
    assert "nothing of it ran, because" in endpoint.requests[1].user


@pytest.mark.parametrize("text", CUT)
@pytest.mark.parametrize("finish", ["stop", "length"])
async def test_a_model_that_only_writes_half_calls_is_given_up_in_a_clear_line(
    home: Path, endpoint: Endpoint, native: bool, text: str, finish: str
) -> None:
    endpoint.default = Scripted(text=text, finish=finish)
    reply, _ = await turn(home, model(native))
    assert (reply.state, reply.cycles) == ("failed", 3)
    assert reply.text.startswith("The model openai:clever-1 answered 3 times in a row with")
    assert reply.text.endswith("Say it again, or use another model with --model.")
    assert "\n" not in reply.text
    assert "Nothing ran" not in reply.text


async def test_arguments_that_are_no_json_run_nothing_and_are_told(
    home: Path, endpoint: Endpoint
) -> None:
    endpoint.enqueue(tool_calls=[("remember", {"what": "a"}), ("send", '{"text": "hel')])
    endpoint.enqueue(tool_calls=[("send", {"text": "mended"})])
    async with Agent.open(home, model(True)) as agent:
        assert (await agent.run("x")).text == "mended"
        assert agent.memory.count() == 0
    assert "call 2 (`send`) are no JSON object" in endpoint.requests[1].user


async def test_an_unknown_tool_fails_alone_and_the_model_is_told_the_near_names(
    home: Path, endpoint: Endpoint, native: bool
) -> None:
    endpoint.enqueue(**said(native, ("remembr", {"what": "a"}), ("remember", {"what": "b"})))
    endpoint.enqueue(**said(native, ("send", {"text": "ok"})))
    async with Agent.open(home, model(native)) as agent:
        assert (await agent.run("x")).text == "ok"
        assert agent.memory.count() == 1
    assert "there is no tool `remembr`; did you mean remember" in endpoint.requests[1].user


@pytest.mark.parametrize("count", [6, 9])
async def test_of_more_than_five_calls_five_run_and_the_rest_are_told(
    home: Path, endpoint: Endpoint, native: bool, count: int
) -> None:
    calls = [("remember", {"what": f"fact number {n}"}) for n in range(count)]
    endpoint.enqueue(**said(native, *calls))
    endpoint.enqueue(**said(native, ("send", {"text": "ok"})))
    async with Agent.open(home, model(native)) as agent:
        assert (await agent.run("x")).text == "ok"
        assert agent.memory.count() == 5
    seen = endpoint.requests[1].user
    assert seen.count(f"not run: {count} calls, and at most 5 run in a cycle") == count - 5


async def test_of_twenty_one_cycles_twenty_run_and_the_person_is_told(
    home: Path, endpoint: Endpoint, native: bool
) -> None:
    endpoint.default = Scripted(**said(native, ("pin", {"text": "again"})))
    reply, _ = await turn(home, model(native))
    assert (reply.state, reply.cycles) == ("failed", 20)
    assert "20 cycles without a reply (limit cycles_per_turn)" in reply.text
    assert len(endpoint.requests) == 20
    assert "send your reply now" in endpoint.requests[-1].user


async def test_an_endpoint_that_takes_no_functions_is_asked_in_text(
    home: Path, endpoint: Endpoint
) -> None:
    def react(request: Request) -> Scripted:
        if "tools" in request.body:
            return Scripted(status=400, message="this model does not support tools")
        return Scripted(text='(send "in text")')

    endpoint.react = react
    assert (await turn(home, model(True)))[0].text == "in text"
