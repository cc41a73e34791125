"""Endpoints that send without end, or what is no answer: bounded, and said in one line."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import AsyncIterator
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mettaclaw.config import Settings
from mettaclaw.errors import ModelError
from mettaclaw.models import bodies
from mettaclaw.models.openai import MAX_ANSWER_CHARS, Backoff, OpenAI
from mettaclaw.protocol.packet import Answer, Usage
from tests.endpoint import Endpoint
from tests.models.packets import packet

QUICK = Backoff(first_s=0.01, most_s=0.02, asked_s=0.5)
EVENTS = {"content-type": "text/event-stream"}
HI = '(send "hi")'
MIB = 1024 * 1024


def model(retries: int = 0) -> OpenAI:
    chosen = Settings(native_tools=False, request_retries=retries, request_timeout_s=20)
    return OpenAI("clever-1", chosen, backoff=QUICK)


async def ask(asked: OpenAI) -> Answer:
    try:
        pieces = [piece async for piece in asked.answer(packet())]
    finally:
        await asked.close()
    assert isinstance(pieces[-1], Answer)
    return pieces[-1]


async def failure(asked: OpenAI) -> str:
    with pytest.raises(ModelError) as caught:
        await ask(asked)
    line = str(caught.value)
    assert "\n" not in line
    assert len(line) < 500
    assert "; " in line, "it must say what to do"
    return line


def completion(text: str, usage: Any = None) -> dict[str, Any]:
    message = {"role": "assistant", "content": text}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    return {"id": "c", "object": "chat.completion", "choices": [choice], "usage": usage}


# --- without end -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("flood", "headers", "most_mib"),
    [
        (b'{"choices": [' + b" " * 65_536, {}, 8),
        (b"data: " + b"x" * 65_536, EVENTS, 4),
        (b"a\n" * 32_768, EVENTS, 4),
        (b"data: {}\r" * 7_000, EVENTS, 4),
        (b": still here\n\n" + b":" * 65_536 + b"\n\n", EVENTS, 64),
        (b"<html>" * 10_000, {"content-type": "text/html"}, 4),
    ],
    ids=["document", "one event", "lines", "lines with \\r", "comments", "page"],
)
async def test_an_answer_without_end_is_told_and_not_asked_for_again(
    endpoint: Endpoint, flood: bytes, headers: dict[str, str], most_mib: int
) -> None:
    endpoint.enqueue(flood=flood, headers=headers)
    line = await failure(model(retries=2))
    assert f"longer than {most_mib} MiB" in line
    assert "none of it ran" in line
    assert endpoint.flooded < (most_mib + 16) * MIB  # what sockets hold on both sides included
    assert len(endpoint.requests) == 1


@pytest.mark.parametrize(("status", "says"), [(500, "failed (500)"), (401, "key"), (429, "429")])
async def test_a_failure_without_end_is_told_by_its_status(
    endpoint: Endpoint, status: int, says: str
) -> None:
    endpoint.enqueue(status=status, flood=b'{"error": "' + b"x" * 65_536)
    assert says in await failure(model())
    assert endpoint.flooded < 16 * MIB


async def test_a_redirect_without_end_is_followed(endpoint: Endpoint) -> None:
    endpoint.enqueue(status=307, flood=b"x" * 65_536, headers={"location": "/v1/elsewhere"})
    endpoint.enqueue(text=HI)
    assert (await ask(model())).text == HI
    assert endpoint.requests[-1].path == "/v1/elsewhere"
    assert endpoint.flooded < 16 * MIB


def bomb(mib: int) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    parts = [packer.compress(b" " * MIB) for _ in range(mib)]
    return b"".join([*parts, packer.flush()])


@pytest.mark.parametrize("events", [False, True])
async def test_what_unpacks_without_end_is_told(endpoint: Endpoint, events: bool) -> None:
    headers = {"content-encoding": "gzip"} | (EVENTS if events else {})
    endpoint.enqueue(body=bomb(100), headers=headers)
    assert f"longer than {4 if events else 8} MiB" in await failure(model())


def test_what_is_packed_is_unpacked_in_small_pieces() -> None:
    sizes = [len(piece) for piece in bodies.Unpacker()(bomb(20))]
    assert sum(sizes) == 20 * MIB
    assert max(sizes) <= 65_536


async def test_a_packed_failure_is_told_by_its_status(endpoint: Endpoint) -> None:
    endpoint.enqueue(status=503, body=bomb(50), headers={"content-encoding": "gzip"})
    assert "failed (503)" in await failure(model())


@pytest.mark.parametrize("coding", ["gzip", "x-gzip", "GZIP", "identity, gzip", "deflate"])
async def test_an_answer_that_comes_packed_is_read(endpoint: Endpoint, coding: str) -> None:
    data = json.dumps(completion(HI)).encode()
    packed = zlib.compress(data) if coding == "deflate" else gzip.compress(data)
    endpoint.enqueue(body=packed, headers={"content-encoding": coding})
    assert (await ask(model())).text == HI
    assert endpoint.requests[0].headers["accept-encoding"] == "identity"


@pytest.mark.parametrize("coding", ["br", "zstd", "gzip, gzip", "rot13"])
async def test_an_answer_packed_in_a_way_that_was_not_asked_for_is_refused(
    endpoint: Endpoint, coding: str
) -> None:
    endpoint.enqueue(body=bomb(1), headers={"content-encoding": coding})
    assert "not asked for" in await failure(model())


async def test_what_is_not_packed_as_it_says_is_refused(endpoint: Endpoint) -> None:
    endpoint.enqueue(body=json.dumps(completion(HI)).encode(), headers={"content-encoding": "gzip"})
    assert "cannot be unpacked" in await failure(model())


async def test_a_codec_of_python_is_no_character_set(endpoint: Endpoint) -> None:
    for codec in ("zip", "hex", "undefined", "rot13"):
        kind = f"application/json; charset={codec}"
        endpoint.enqueue(status=400, message="no", headers={"content-type": kind})
        assert "(400): no" in await failure(model())


@pytest.mark.parametrize("stream", [True, False])
async def test_a_long_answer_is_cut_off_streamed_or_not(endpoint: Endpoint, stream: bool) -> None:
    endpoint.enqueue(text="x" * (3 * MAX_ANSWER_CHARS), piece=2 * MAX_ANSWER_CHARS, stream=stream)
    answer = await ask(model())
    assert answer.calls == ()
    assert answer.error is not None
    assert "cut off" in answer.error
    assert len(answer.text) <= MAX_ANSWER_CHARS


async def test_calls_without_end_are_cut_off_though_they_say_nothing(endpoint: Endpoint) -> None:
    call = {"index": None, "id": "c", "function": {"name": "n", "arguments": ""}}
    many = [{**call, "id": str(number)} for number in range(2_000)]
    event = {"choices": [{"index": 0, "delta": {"tool_calls": many}, "finish_reason": None}]}
    endpoint.enqueue(flood=f"data: {json.dumps(event)}\n\n".encode(), headers=EVENTS)
    answer = await ask(model())
    assert answer.error is not None
    assert "cut off" in answer.error


@given(
    st.lists(st.sampled_from([b"\n", b"\r", b"\r\n", b"data: x", b": c", b"\n\n", b"y"])),
    st.integers(1, 5),
)
@example([b"data: x", b"\r\n", b"\r\n", b"data: y", b"\n\n"], 1)
async def test_events_are_the_same_bytes_whatever_the_pieces(parts: list[bytes], size: int) -> None:
    whole = b"".join(parts)

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(whole), size):
            yield whole[start : start + size]

    found = [event async for event in bodies.events(pieces())]
    assert b"".join(found) == whole
    assert all(event.endswith((b"\n\n", b"\r\r", b"\r\n\r\n")) for event in found[:-1])


# --- no answer ---------------------------------------------------------------------------------

DEEP = "[" * 200_000
NONSENSE = {
    "deep": DEEP,
    "deep and closed": DEEP + "]" * 200_000,
    "nested": '{"a":' * 900 + "1" + "}" * 900,
    "digits": "9" * 6_000,
    "in usage": '{"choices": [], "usage": {"prompt_tokens": ' + "9" * 6_000 + "}}",
    "nested calls": '{"choices": [{"delta": {"tool_calls": [{"function": {"arguments": '
    + '{"a":' * 400
    + "1"
    + "}" * 400
    + "}}]}}]}",
    "nan": '{"choices": NaN}',
    "list": "[1]",
    "null": "null",
}


@pytest.mark.parametrize("kind", ["stream", "document", "failure"])
@pytest.mark.parametrize("nonsense", NONSENSE.values(), ids=NONSENSE)
async def test_no_json_makes_a_fault_of_the_program(
    endpoint: Endpoint, nonsense: str, kind: str
) -> None:
    if kind == "stream":
        body = f"data: {nonsense}\n\ndata: [DONE]\n\n".encode()
        endpoint.enqueue(body=body, headers=EVENTS)
    else:
        endpoint.enqueue(status=200 if kind == "document" else 400, body=nonsense.encode())
    assert "clever-1" in await failure(model())


async def test_bytes_that_are_no_text_are_told(endpoint: Endpoint) -> None:
    endpoint.enqueue(body=b'data: {"\xff\xfe": 1}\n\n', headers=EVENTS)
    endpoint.enqueue(body=b'{"\xff\xfe": 1}')
    for _ in range(2):
        assert "broke off" in await failure(model())


@pytest.mark.parametrize(
    "tokens", [10**30, -(10**30), -1, 1.5, 1e308, "many", None, [], {"a": 1}, 10**9 + 1]
)
@pytest.mark.parametrize("stream", [True, False])
async def test_usage_that_cannot_be_is_left_out_and_the_answer_kept(
    endpoint: Endpoint, tokens: Any, stream: bool
) -> None:
    usage = {"prompt_tokens": tokens, "completion_tokens": 7}
    whole = completion(HI, usage)
    if stream:
        delta = {"index": 0, "delta": {"content": HI}, "finish_reason": "stop"}
        event = {**whole, "object": "chat.completion.chunk", "choices": [delta]}
        endpoint.enqueue(body=f"data: {json.dumps(event)}\n\n".encode(), headers=EVENTS)
    else:
        endpoint.enqueue(body=json.dumps(whole).encode())
    answer = await ask(model())
    assert (answer.text, answer.usage) == (HI, Usage(0, 7))
