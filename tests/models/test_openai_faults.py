"""Every way in which an endpoint can fail: one line that says what to do, and nothing half run."""

from __future__ import annotations

import email.utils
import socket
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mettaclaw.atoms.syntax import String
from mettaclaw.config import Settings
from mettaclaw.errors import ModelError
from mettaclaw.models.faults import retry_after
from mettaclaw.models.openai import MAX_ANSWER_CHARS, Backoff, OpenAI
from mettaclaw.protocol.calls import Call
from mettaclaw.protocol.packet import Answer, Note, Usage
from tests.endpoint import KEY, Endpoint, Scripted
from tests.models.packets import packet

HI = Call("send", (String("hi"),))
QUICK = Backoff(first_s=0.01, most_s=0.02, asked_s=0.5)


def model(*, retries: int = 2, native: bool = False, timeout_s: float = 5, **more: Any) -> OpenAI:
    chosen = Settings(native_tools=native, request_retries=retries, request_timeout_s=timeout_s)
    return OpenAI("clever-1", chosen, **({"backoff": QUICK} | more))


async def ask(asked: OpenAI) -> Answer:
    pieces = [piece async for piece in asked.answer(packet())]
    await asked.close()
    assert isinstance(pieces[-1], Answer)
    return pieces[-1]


async def failure(asked: OpenAI) -> str:
    """The one line that the person gets."""
    with pytest.raises(ModelError) as caught:
        await ask(asked)
    await asked.close()
    line = str(caught.value)
    assert "\n" not in line
    assert len(line) < 500
    assert KEY not in line
    assert KEY not in repr(caught.value.__cause__)
    assert "; " in line, "it must say what to do"
    return line


# --- refusals ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ({"status": 401, "message": f"Incorrect API key provided: {KEY}"}, ["OPENAI_API_KEY"]),
        ({"status": 403, "message": "no access"}, ["403", "no access", "clever-1"]),
        ({"status": 404, "message": "no such model"}, ["clever-1", "--model", "/v1"]),
        ({"status": 418, "message": "I am a teapot"}, ["418", "I am a teapot"]),
        ({"status": 400, "message": "bad 'temperature'"}, ["400", "bad 'temperature'"]),
        ({"status": 429, "code": "insufficient_quota"}, ["no quota", "top it up"]),
        (
            {"status": 400, "message": "This model's maximum context length is 8192 tokens."},
            ["context", "history_turns"],
        ),
        ({"status": 400, "code": "context_length_exceeded"}, ["context", "history_turns"]),
        ({"status": 413, "message": "too big"}, ["context", "history_turns"]),
        ({"status": 400, "code": "content_filter"}, ["content filter", "other words"]),
        ({"refusal": "I cannot do that."}, ["I cannot do that.", "other words"]),
        ({"text": '(send "x")', "finish": "content_filter"}, ["content filter"]),
    ],
    ids=lambda value: str(value)[:40],
)
async def test_what_cannot_pass_is_said_at_once(
    endpoint: Endpoint, answer: dict[str, Any], says: list[str]
) -> None:
    endpoint.enqueue(**answer)
    endpoint.default = Scripted(text='(send "hi")')
    line = await failure(model())
    assert all(word in line for word in says), line
    assert len(endpoint.requests) == 1


async def test_a_missing_key_is_told_apart_from_a_wrong_one(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    endpoint.enqueue(status=401)
    assert "wants a key (401); set OPENAI_API_KEY" in await failure(model())


@pytest.mark.parametrize(
    "leak",
    [f"key {KEY} is bad", f"Bearer {KEY}", "Incorrect API key provided: sk-abc***************wxyz"],
)
@pytest.mark.parametrize("status", [400, 403, 404, 500])
async def test_the_key_is_in_no_message(endpoint: Endpoint, leak: str, status: int) -> None:
    endpoint.default = Scripted(status=status, message=leak)
    line = await failure(model(retries=0))
    assert "wxyz" not in line
    assert "sk-" not in line


async def test_the_password_of_an_address_is_in_no_message() -> None:
    asked = model(base_url="http://user:hunter22@127.0.0.1:9/v1?token=t0psecret", retries=0)
    line = await failure(asked)
    assert "hunter22" not in line
    assert "t0psecret" not in line


async def test_a_key_of_any_form_is_in_no_message(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "plainwords")
    endpoint.default = Scripted(status=403, message="sorry, plainwords may not")
    assert "sorry, [redacted API key] may not" in await failure(model())


async def test_words_about_keys_are_quoted(endpoint: Endpoint) -> None:
    endpoint.default = Scripted(status=403, message="This key belongs to another project")
    assert "This key belongs to another project" in await failure(model())


async def test_an_html_page_is_not_quoted(endpoint: Endpoint) -> None:
    endpoint.default = Scripted(status=502, body=b"<html><body>Bad\ngateway</body></html>")
    line = await failure(model(retries=0))
    assert "502" in line
    assert "<" not in line


# --- passing failures --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 429},
        {"status": 500},
        {"status": 503, "body": b""},
        {"status": 408},
        {"text": '(send "hello there")', "drop": True},
        {"text": '(send "hello there")', "truncate": True},
        {"text": '(send "hello there")', "malformed": "{not json"},
        {"text": '(send "hello there")', "malformed": "7"},
        {"text": '(send "hello there")', "error": {"message": "overloaded, try again"}},
        {"text": '(send "x")', "finish": "error"},
        {"text": "", "truncate": True},
        {"body": b"not json"},
        {"body": b'{"choices": []}'},
        {"body": b"[]"},
    ],
    ids=lambda value: str(value)[:60],
)
async def test_a_passing_failure_is_tried_again(endpoint: Endpoint, fault: dict[str, Any]) -> None:
    endpoint.enqueue(**fault)
    endpoint.enqueue(text='(send "hi")')
    assert (await ask(model())).calls == (HI,)
    assert len(endpoint.requests) == 2


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ({"status": 429}, ["429", "3 tries", "wait a little"]),
        ({"status": 500, "message": "oh no"}, ["500", "oh no", "3 tries", "later"]),
        ({"text": '(pin "a") (send "b")', "truncate": True}, ["broke off", "none of it ran"]),
        ({"text": '(pin "a") (send "b")', "drop": True}, ["broke off", "none of it ran"]),
        ({"text": '(pin "a") (send "b")', "malformed": "{"}, ["broke off", "no JSON"]),
        ({"body": b'{"error": "boom"}'}, ["broke off", "boom"]),
    ],
    ids=lambda value: str(value)[:40],
)
@pytest.mark.parametrize("native", [True, False])
async def test_a_lasting_failure_ends_after_the_retries(
    endpoint: Endpoint, fault: dict[str, Any], says: list[str], native: bool
) -> None:
    endpoint.default = Scripted(**fault)
    line = await failure(model(native=native))
    assert all(word in line for word in says), line
    assert len(endpoint.requests) == 3


async def test_half_a_native_call_is_never_an_answer(endpoint: Endpoint) -> None:
    calls = [("send", {"text": "one"}), ("shell", {"command": "rm -r important"})]
    endpoint.default = Scripted(tool_calls=calls, truncate=True)
    assert "none of it ran" in await failure(model(native=True, retries=0))


async def test_each_wait_is_told(endpoint: Endpoint) -> None:
    endpoint.enqueue(status=429, retry_after=0.1)
    endpoint.enqueue(text='(send "hi")')
    asked = model()
    pieces = [piece async for piece in asked.answer(packet())]
    await asked.close()
    assert isinstance(pieces[0], Note)
    assert "429" in pieces[0]
    assert "again in 0.1 s" in pieces[0]
    assert sum(isinstance(piece, Note) for piece in pieces) == 1


async def test_an_error_event_that_lasts_is_told_in_its_words(endpoint: Endpoint) -> None:
    endpoint.default = Scripted(text="(x)", error={"message": "the tokenizer is on fire"})
    assert "the tokenizer is on fire" in await failure(model())
    assert len(endpoint.requests) == 1


async def test_a_connection_lost_after_the_end_loses_nothing(endpoint: Endpoint) -> None:
    endpoint.enqueue(text='(send "hi")', drop_late=True)
    assert (await ask(model())).calls == (HI,)


# --- limits ------------------------------------------------------------------------------------


@pytest.mark.parametrize("native", [True, False])
async def test_an_answer_cut_at_the_token_limit_runs_nothing(
    endpoint: Endpoint, native: bool
) -> None:
    calls = [("send", {"text": "hi"})]
    text = '(pin "whole") (send "ha'
    script: dict[str, Any] = {"tool_calls": calls} if native else {"text": text}
    endpoint.enqueue(**script, finish="length")
    answer = await ask(model(native=native))
    assert answer.calls == ()
    assert answer.error is not None
    assert "limit of tokens" in answer.error
    assert answer.usage in (Usage(100, 20), Usage())


async def test_an_answer_without_end_is_stopped(endpoint: Endpoint) -> None:
    endpoint.enqueue(text="x" * (2 * MAX_ANSWER_CHARS), piece=50_000)
    answer = await ask(model())
    assert answer.calls == ()
    assert answer.error is not None
    assert "cut off" in answer.error
    assert len(answer.text) < 1.5 * MAX_ANSWER_CHARS


# --- waiting -----------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["seconds", "date", "milliseconds"])
async def test_retry_after_is_honoured(endpoint: Endpoint, form: str) -> None:
    said: dict[str, Any] = {
        "seconds": {"retry_after": 0.3},
        "date": {"retry_after": email.utils.formatdate(time.time() + 2, usegmt=True)},
        "milliseconds": {"headers": {"retry-after-ms": "300"}},
    }[form]
    endpoint.enqueue(status=503, **said)
    endpoint.enqueue(text='(send "hi")')
    start = time.monotonic()
    await ask(model(backoff=Backoff(first_s=0.001, asked_s=3)))
    assert 0.29 < time.monotonic() - start < 10


async def test_asking_for_too_long_a_wait_is_told_at_once(endpoint: Endpoint) -> None:
    endpoint.default = Scripted(status=429, retry_after=7200)
    start = time.monotonic()
    assert "it asks to wait 7,200 s" in await failure(model())
    assert time.monotonic() - start < 10
    assert len(endpoint.requests) == 1


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "-5"}, 0.0),
        ({"retry-after": "12"}, 12.0),
        ({"retry-after": "Thu, 01 Jan 1970 00:01:40 GMT"}, 40.0),
        ({"retry-after": "Thu, 01 Jan 1970 00:00:10 GMT"}, 0.0),
        ({"retry-after": "3", "retry-after-ms": "250"}, 0.25),
    ],
)
def test_retry_after_is_read(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers, now=60.0) == seconds


@given(st.text(max_size=30), st.text(max_size=30))
@settings(deadline=None)
def test_no_header_can_break_the_reading_of_retry_after(one: str, two: str) -> None:
    found = retry_after({"retry-after": one, "retry-after-ms": two})
    assert found is None or found >= 0


@given(st.integers(1, 1000), st.none() | st.floats(0, 1e9))
def test_waits_are_bounded(tries: int, asked: float | None) -> None:
    wait = Backoff().wait_s(tries, asked)
    if asked is None:
        assert wait is not None
        assert 0 < wait <= 8
    else:
        assert wait == (asked if asked <= 60 else None)


# --- no answer at all --------------------------------------------------------------------------


def closed_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


async def test_an_unreachable_endpoint_is_named_with_the_setting_to_check(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    url = f"http://127.0.0.1:{closed_port()}/v1"
    monkeypatch.setenv("OPENAI_BASE_URL", url)
    line = await failure(model())
    assert url in line
    assert "connection refused" in line
    assert "check OPENAI_BASE_URL" in line
    monkeypatch.delenv("OPENAI_BASE_URL")
    asked = OpenAI("m", Settings(base_url=url, request_retries=1), backoff=QUICK)
    assert "base_url in config.toml" in await failure(asked)


async def test_a_server_that_comes_up_late_is_reached() -> None:
    with Endpoint() as endpoint:
        url = endpoint.url
    # the port is free again; nobody listens for the first tries
    notes: list[str] = []
    late: Endpoint | None = None
    asked = model(base_url=url, retries=50)
    async for piece in asked.answer(packet()):
        if isinstance(piece, Note):
            notes.append(piece)
            if len(notes) == 2:
                late = Endpoint(int(url.split(":")[2].split("/")[0])).start()
                late.enqueue(text='(send "hi")')
        elif isinstance(piece, Answer):
            assert piece.calls == (HI,)
    await asked.close()
    assert late is not None
    late.close()
    assert len(notes) >= 2


async def test_a_name_that_no_server_has_is_told() -> None:
    line = await failure(model(base_url="http://no-such-host.invalid/v1", retries=0))
    assert "no-such-host.invalid/v1 cannot be reached" in line


@pytest.mark.parametrize("fault", [{"delay": 5.0}, {"text": "(pin 1) (pin 2)", "stall": 5.0}])
async def test_silence_ends_with_the_timeout_and_is_not_tried_again(
    endpoint: Endpoint, fault: dict[str, Any]
) -> None:
    endpoint.default = Scripted(**fault)
    start = time.monotonic()
    line = await failure(model(timeout_s=0.3))
    assert time.monotonic() - start < 4.5
    assert "said nothing for 0.3 s" in line
    assert "request_timeout_s" in line
    assert len(endpoint.requests) == 1


async def test_keep_alive_comments_are_not_an_answer(endpoint: Endpoint) -> None:
    """Comments of a stream keep a socket awake; the timeout counts parts of the answer."""
    endpoint.default = Scripted(text="(pin 1) (pin 2)", comments=50)
    start = time.monotonic()
    assert "said nothing" in await failure(model(timeout_s=0.3))
    assert time.monotonic() - start < 4.5


# --- what the environment says -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SSL_CERT_FILE", "/nowhere/ca.pem"),
        ("SSL_CERT_FILE", __file__),
        ("ALL_PROXY", "socks5://user:hunter22@127.0.0.1:9"),
        ("HTTPS_PROXY", "gopher://user:hunter22@127.0.0.1:9"),
        ("HTTP_PROXY", "http://user:hunter22@[::1"),
        ("HTTP_PROXY", "http://127.0.0.1:port"),
        ("OPENAI_ORG_ID", "größe"),
    ],
)
async def test_what_keeps_a_request_from_being_sent_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    line = await failure(model(base_url="https://127.0.0.1:9/v1", retries=0))
    assert "https://127.0.0.1:9/v1" in line
    assert name in line
    assert "hunter22" not in line


async def test_a_key_that_is_no_longer_than_a_word_is_not_looked_for(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    endpoint.default = Scripted(status=403, message="not known")
    assert "not known" in await failure(model())


# --- redirects ---------------------------------------------------------------------------------


async def test_a_redirect_to_where_nobody_listens_names_that_server(endpoint: Endpoint) -> None:
    target = f"http://127.0.0.1:{closed_port()}/v1"
    location = target.replace("//", "//user:hunter22@") + "?token=t0psecret"
    endpoint.default = Scripted(status=307, headers={"location": location})
    line = await failure(model(retries=0))
    assert f"{target} (redirected from {endpoint.url}) cannot be reached" in line
    assert "connection refused" in line
    assert "hunter22" not in line
    assert "t0psecret" not in line


@pytest.mark.parametrize("status", [400, 401, 404, 405])
async def test_a_refusal_after_a_redirect_names_that_server_and_what_to_set(
    endpoint: Endpoint, status: int
) -> None:
    with Endpoint() as other:
        other.default = Scripted(status=status, message="no")
        endpoint.default = Scripted(status=308, headers={"location": f"{other.url}/there"})
        line = await failure(model(retries=0))
        assert f"{other.url}/there (redirected from {endpoint.url})" in line
        assert "set OPENAI_BASE_URL" in line
        assert "authorization" not in other.requests[0].headers


@pytest.mark.parametrize("location", ["ftp://127.0.0.1/", "//", "x" * 70_000, ""])
async def test_a_redirect_to_nowhere_is_told(endpoint: Endpoint, location: str) -> None:
    endpoint.default = Scripted(status=302, headers={"location": location})
    assert endpoint.url in await failure(model(retries=0))


async def test_a_redirect_in_a_circle_is_told(endpoint: Endpoint) -> None:
    endpoint.default = Scripted(status=307, headers={"location": "/v1/chat/completions"})
    assert "redirects" in await failure(model(retries=0))
