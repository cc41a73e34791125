"""An OpenAI-compatible endpoint of our own on loopback, that plays a script.

It is a real HTTP server in a thread, so that a test walks the whole way: client, sockets,
streaming, retries. Each request takes the next answer that was enqueued::

    with Endpoint() as endpoint:
        endpoint.enqueue(text='(send "hello")')                      # streamed in small pieces
        endpoint.enqueue(tool_calls=[("send", {"text": "hello"})])   # native calls
        endpoint.enqueue(status=429, retry_after=1)                  # then a refusal
        ...  # point a client at endpoint.url
    endpoint.requests[0].body["messages"]                            # what was asked

With an empty script it answers 400 and says so; ``endpoint.default`` is played instead where it is
set, and ``endpoint.react`` (a function of the ``Request`` that returns a ``Scripted``) goes before
both. Environment of a client: ``endpoint.environment``. In pytest: the fixture ``endpoint``.
"""

from __future__ import annotations

import contextlib
import json
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KEY = "sk-loopback-0123456789abcdef"


@dataclass(frozen=True)
class Scripted:
    """One answer.

    text, tool_calls: What the model says; a call is ``(name, arguments)``, where arguments may be
        a dict or, to be malformed, a string.
    finish: The finish_reason; by default ``stop``, or ``tool_calls`` where there are any.
    status, message, code: An HTTP error instead, with its words; ``body`` sets all of its bytes.
    retry_after: The Retry-After header, as a number or as text such as an HTTP date.
    delay: Seconds before the first byte; ``stall`` seconds in the middle of the stream.
    truncate: End the stream half-way, politely, with no finish_reason.
    drop: Cut the connection half-way; ``drop_late`` cuts it after the finish_reason.
    comments: Send so many comments half-way, one each 0.05 s, as servers do to keep a line open.
    malformed: Send this text as one event of the stream, half-way.
    error: Send this error object as one event of the stream, half-way.
    refusal: Refuse in the way of the protocol.
    reasoning: Text in ``reasoning_content``, as reasoning models do.
    usage: (prompt, completion) tokens; sent where the client asks for them.
    stream: False to answer with one JSON document although a stream was asked for.
    index: "right", "zero" (every call has index 0) or "none", as endpoints in the wild do.
    piece: How many characters a streamed piece has.
    flood: Send these bytes again and again as the body, until the client hangs up or had 512 MiB.
    """

    text: str = ""
    tool_calls: Sequence[tuple[str, Mapping[str, Any] | str]] = ()
    finish: str = ""
    status: int = 200
    message: str = ""
    code: str | None = None
    body: bytes | None = None
    retry_after: float | str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    stall: float = 0.0
    truncate: bool = False
    drop: bool = False
    drop_late: bool = False
    comments: int = 0
    malformed: str | None = None
    error: Mapping[str, Any] | None = None
    refusal: str = ""
    reasoning: str = ""
    usage: tuple[int, int] = (100, 20)
    stream: bool = True
    index: str = "right"
    piece: int = 7
    flood: bytes = b""


@dataclass(frozen=True)
class Request:
    """One request as it came in."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: dict[str, Any]

    @property
    def system(self) -> str:
        """The text of the system role."""
        return "\n".join(m["content"] for m in self.body["messages"] if m["role"] == "system")

    @property
    def user(self) -> str:
        """The text of the user role."""
        return "\n".join(m["content"] for m in self.body["messages"] if m["role"] == "user")


class Endpoint:
    """The server; a context manager. ``url`` is its base URL, ``requests`` what was asked."""

    def __init__(self, port: int = 0) -> None:
        self.requests: list[Request] = []
        self.script: deque[Scripted] = deque()
        self.default: Scripted | None = None
        self.react: Callable[[Request], Scripted | None] | None = None
        self.closing = threading.Event()
        self.flooded = 0  # bytes of floods that clients took
        self._server = _Server(("127.0.0.1", port), _Handler)
        self._server.endpoint = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.daemon = True

    @property
    def url(self) -> str:
        """Such as ``http://127.0.0.1:40123/v1``."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    @property
    def environment(self) -> dict[str, str]:
        """The variables that point a client here."""
        return {"OPENAI_BASE_URL": self.url, "OPENAI_API_KEY": KEY}

    def enqueue(self, **answer: Any) -> None:
        """Add an answer to the script; the arguments are the fields of ``Scripted``."""
        self.script.append(Scripted(**answer))

    def start(self) -> Endpoint:
        self._thread.start()
        return self

    def close(self) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def __enter__(self) -> Endpoint:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.close()

    def next(self, request: Request) -> Scripted:
        """The answer to a request."""
        if self.react is not None and (answer := self.react(request)) is not None:
            return answer
        if self.script:
            return self.script.popleft()
        return self.default or Scripted(status=400, message="the script is at its end")


class _Server(ThreadingHTTPServer):
    endpoint: Endpoint
    daemon_threads = True
    request_queue_size = 64  # by default 5, and clients past it wait a second

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass  # clients that hang up are part of the tests


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_POST(self) -> None:
        length = int(self.headers.get("content-length", 0))
        body = json.loads(self.rfile.read(length) or b"{}")
        endpoint = self.server.endpoint
        request = Request("POST", self.path, {k.lower(): v for k, v in self.headers.items()}, body)
        endpoint.requests.append(request)
        answer = endpoint.next(request)
        if answer.delay and endpoint.closing.wait(answer.delay):
            self.close_connection = True
            return
        if answer.flood:
            self._flood(answer)
        elif answer.status != 200 or answer.body is not None:
            self._refuse(answer)
        elif not (answer.stream and body.get("stream")):
            self._document(json.dumps(_completion(answer)).encode(), answer)
        else:
            self._stream(answer, bool((body.get("stream_options") or {}).get("include_usage")))

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def _refuse(self, answer: Scripted) -> None:
        if answer.body is not None:
            self._document(answer.body, answer)
            return
        error = {"message": answer.message, "type": "scripted", "code": answer.code}
        self._document(json.dumps({"error": error}).encode(), answer)

    def _flood(self, answer: Scripted) -> None:
        self.send_response(answer.status)
        self.send_header("content-type", answer.headers.get("content-type", "application/json"))
        self.send_header("transfer-encoding", "chunked")
        self._extra_headers(answer)
        self.end_headers()
        endpoint, sent = self.server.endpoint, 0
        while sent < 512 * 1024 * 1024 and not endpoint.closing.is_set():
            self._write(answer.flood)
            sent += len(answer.flood)
            endpoint.flooded += len(answer.flood)
        self._write(b"")

    def _document(self, data: bytes, answer: Scripted) -> None:
        self.send_response(answer.status)
        kind = "text/html" if data[:1] == b"<" else "application/json"
        self.send_header("content-type", answer.headers.get("content-type", kind))
        self.send_header("content-length", str(len(data)))
        self._extra_headers(answer)
        self.end_headers()
        self.wfile.write(data)

    def _extra_headers(self, answer: Scripted) -> None:
        if answer.retry_after is not None:
            self.send_header("retry-after", str(answer.retry_after))
        for name, value in answer.headers.items():
            if name != "content-type":
                self.send_header(name, value)

    def _stream(self, answer: Scripted, with_usage: bool) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream; charset=utf-8")
        self.send_header("transfer-encoding", "chunked")
        self._extra_headers(answer)
        self.end_headers()
        deltas = list(_deltas(answer))
        middle = (len(deltas) + 1) // 2
        for number, delta in enumerate(deltas):
            if number == middle and not self._fault(answer):
                return
            self._event(_chunk({"choices": [{"index": 0, "delta": delta, "finish_reason": None}]}))
        if len(deltas) <= middle and not self._fault(answer):
            return
        finish = answer.finish or ("tool_calls" if answer.tool_calls else "stop")
        self._event(_chunk({"choices": [{"index": 0, "delta": {}, "finish_reason": finish}]}))
        if answer.drop_late:
            self.close_connection = True
            return
        if with_usage:
            self._event(_chunk({"choices": [], "usage": _usage(answer)}))
        self._write(b"data: [DONE]\n\n")
        self._write(b"")

    def _fault(self, answer: Scripted) -> bool:
        """What is to happen in the middle; whether the stream goes on after it."""
        if answer.stall and self.server.endpoint.closing.wait(answer.stall):
            return False
        for _ in range(answer.comments):
            self._write(b": still here\n\n")
            if self.server.endpoint.closing.wait(0.05):
                return False
        if answer.malformed is not None:
            self._write(f"data: {answer.malformed}\n\n".encode())
        if answer.error is not None:
            self._event({"error": dict(answer.error)})
        if answer.drop:
            self.wfile.flush()
            self.close_connection = True
            return False
        if answer.truncate:
            self._write(b"")
            return False
        return True

    def _event(self, data: Mapping[str, Any]) -> None:
        self._write(f"data: {json.dumps(data)}\n\n".encode())

    def _write(self, data: bytes) -> None:
        """One chunk of the transfer; an empty one ends it."""
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()


def _chunk(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "m"} | {
        **fields
    }


def _deltas(answer: Scripted) -> Iterator[dict[str, Any]]:
    yield {"role": "assistant", "content": ""}
    for piece in _pieces(answer.reasoning, answer.piece):
        yield {"reasoning_content": piece}
    if answer.refusal:
        yield {"refusal": answer.refusal}
    for piece in _pieces(answer.text, answer.piece):
        yield {"content": piece}
    for number, (name, arguments) in enumerate(answer.tool_calls):
        text = arguments if isinstance(arguments, str) else json.dumps(arguments)
        head: dict[str, Any] = {"id": f"call_{number}", "type": "function"}
        position = {"right": {"index": number}, "zero": {"index": 0}, "none": {}}[answer.index]
        yield {"tool_calls": [{**position, **head, "function": {"name": name, "arguments": ""}}]}
        for piece in _pieces(text, answer.piece):
            yield {"tool_calls": [{**position, "function": {"arguments": piece}}]}


def _pieces(text: str, size: int) -> Iterator[str]:
    for start in range(0, len(text), size):
        yield text[start : start + size]


def _completion(answer: Scripted) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": answer.text or None}
    if answer.tool_calls:
        message["tool_calls"] = [
            {
                "id": f"call_{number}",
                "type": "function",
                "function": {
                    "name": name,
                    "arguments": arguments if isinstance(arguments, str) else json.dumps(arguments),
                },
            }
            for number, (name, arguments) in enumerate(answer.tool_calls)
        ]
    finish = answer.finish or ("tool_calls" if answer.tool_calls else "stop")
    choice = {"index": 0, "message": message, "finish_reason": finish}
    return {"id": "c", "object": "chat.completion", "choices": [choice], "usage": _usage(answer)}


def _usage(answer: Scripted) -> dict[str, int]:
    prompt, completion = answer.usage
    return {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
    }


if __name__ == "__main__":  # by hand: an endpoint that always says hello
    with Endpoint() as served, contextlib.suppress(KeyboardInterrupt):
        served.default = Scripted(text='(send "hello")')
        print("\n".join(f"export {name}={value}" for name, value in served.environment.items()))
        threading.Event().wait()
