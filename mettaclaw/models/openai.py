"""Any OpenAI-compatible endpoint as a model: streamed chat completions through ``openai``.

Invariants: an answer is whole or it is an error, whatever the endpoint does; every failure is one
``ModelError`` of one line; the key appears in none. A request that fails for a passing reason
(429, 5xx, no connection, a stream that breaks off) is made again, after the time that the endpoint
asks for. The package's own retries are off: they cannot take up a broken stream, and which
Retry-After they honour changed between its versions.

What an endpoint refuses of the optional parts of a request (functions, token usage) is left out
from then on; without functions the same tools are called in text.

Not covered: the Responses API, images, local weights.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import json
import random
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from mettaclaw.config import Settings
from mettaclaw.models import answers, faults, layout
from mettaclaw.models.endpoint import find_endpoint
from mettaclaw.models.faults import BrokenStreamError, Fault
from mettaclaw.models.stream import Gathered
from mettaclaw.protocol.packet import Answer, Note, Packet

if TYPE_CHECKING:
    import openai
    from openai.types.chat import ChatCompletionChunk

MAX_ANSWER_CHARS = 400_000
CONNECT_S = 10.0

_CUT = ("length", "max_tokens", "MAX_TOKENS", "model_length")


@dataclass(frozen=True, slots=True)
class Backoff:
    """How long to wait before another try, in seconds.

    ``first_s`` doubles with every try up to ``most_s``; an endpoint's own Retry-After counts
    instead, up to ``asked_s``: one that asks for more gets no further try.
    """

    first_s: float = 0.5
    most_s: float = 8.0
    asked_s: float = 60.0

    def wait_s(self, tries: int, asked_s: float | None) -> float | None:
        """Seconds to wait after so many tries; None where it is not worth waiting."""
        if asked_s is not None:
            return asked_s if asked_s <= self.asked_s else None
        return min(self.most_s, self.first_s * 2 ** min(tries - 1, 30)) * random.uniform(0.75, 1.0)


class OpenAI:
    """A model behind an OpenAI-compatible endpoint.

    Args:
        name: The endpoint's name for the model, with or without ``openai:`` before it.
        settings: Native tools or text, timeout and retries; None for the defaults.
        api_key: None for OPENAI_API_KEY; a server of one's own may need none.
        base_url: None for OPENAI_BASE_URL, then ``base_url`` of the settings, then OpenAI's.
        backoff: How long to wait between tries; None for the defaults.

    Raises:
        ConfigError: The address is no URL, or the key cannot be sent.
    """

    def __init__(
        self,
        name: str,
        settings: Settings | None = None,
        *,
        api_key: str | None = None,
        base_url: str | None = None,
        backoff: Backoff | None = None,
    ) -> None:
        self._settings = settings or Settings()
        self._backoff = backoff or Backoff()
        self._endpoint = find_endpoint(
            " ".join(name.removeprefix("openai:").split()), self._settings, api_key, base_url
        ).check()
        self._native = self._settings.native_tools
        self._usage = True
        self._client: openai.AsyncOpenAI | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def name(self) -> str:
        """Such as ``openai:gpt-5``."""
        return f"openai:{self._endpoint.model}"

    @property
    def native(self) -> bool:
        """Whether the tools are offered as JSON functions."""
        return self._native

    @property
    def url(self) -> str:
        """The endpoint's address, for people: without a password."""
        return self._endpoint.shown_url

    async def answer(self, packet: Packet) -> AsyncIterator[str | Answer]:
        """Ask the endpoint: text as it comes, a ``Note`` for each wait, then one ``Answer``.

        Raises:
            ModelError: There is no answer, with what to do.
            ConfigError: The packet's system prompt asks for a value that there is not.
        """
        tries = 0
        while True:
            tries += 1
            try:
                async with aclosing(self._ask(packet)) as pieces:
                    async for piece in pieces:
                        yield piece
            except _failures() as error:
                fault = faults.read(error, self._endpoint)
            else:
                return
            if self._leave_out(fault):
                tries -= 1
                continue
            wait_s = self._backoff.wait_s(tries, fault.wait_s)
            if not fault.again or wait_s is None or tries > self._settings.request_retries:
                if fault.again and wait_s is None:
                    asked = f"it asks to wait {fault.wait_s:,.0f} s: {fault.todo}"
                    fault = Fault(fault.what, asked)
                raise fault.error(tries)
            yield Note(f"{fault.what}; trying again in {wait_s:.1f} s")
            await asyncio.sleep(wait_s)

    async def close(self) -> None:
        """Let go of connections; the model can be used again after."""
        client, self._client = self._client, None
        if client is not None and self._loop is asyncio.get_running_loop():
            await client.close()

    async def _ask(self, packet: Packet) -> AsyncGenerator[str | Answer]:
        """One request."""
        native, gathered = self._native, Gathered()
        try:
            async with aclosing(self._chunks(self._body(packet, native))) as chunks:
                async for chunk in chunks:
                    piece = _added(gathered, chunk)
                    if gathered.chars > MAX_ANSWER_CHARS:
                        gathered.finish = "length"
                        break
                    if piece:
                        yield piece
        except _failures():
            if not gathered.finish:  # what comes after the end is no part of the answer
                raise
        yield self._whole(gathered, packet, native)

    def _body(self, packet: Packet, native: bool) -> dict[str, Any]:
        body: dict[str, Any] = {
            "model": self._endpoint.model,
            "messages": layout.messages(packet, native=native),
            "stream": True,
        }
        if self._usage:
            body["stream_options"] = {"include_usage": True}
        if native and packet.tools:
            body["tools"] = answers.schemas(packet.tools)
        return body

    async def _chunks(self, body: dict[str, Any]) -> AsyncGenerator[Mapping[str, Any]]:
        """The chunks of the answer as plain JSON; a completion that was not streamed is one.

        Raises:
            BrokenStreamError: Something that is no JSON object, or no answer at all.
            ModelError: The request cannot be sent.
        """
        timeout_s = self._settings.request_timeout_s
        # a plain dict: some of our values are newer than the package's types, some older
        create = cast("Any", self._connect().chat.completions.create)
        try:
            begun = await asyncio.wait_for(create(**body), timeout_s)
        except ValueError as error:  # a header that no request can have
            raise faults.unprepared(error, self._endpoint).error() from error
        stream = cast("openai.AsyncStream[ChatCompletionChunk]", begun)
        try:
            if "json" in stream.response.headers.get("content-type", ""):
                text = await asyncio.wait_for(stream.response.aread(), timeout_s)
                yield _completion(text)
                return
            chunks = aiter(stream)
            while True:
                try:
                    chunk = await asyncio.wait_for(anext(chunks), timeout_s)
                    if not hasattr(chunk, "to_dict"):
                        raise BrokenStreamError("a part of it was no JSON object")
                    found = chunk.to_dict(mode="json", warnings=False)
                except StopAsyncIteration:
                    return
                except (ValueError, RecursionError) as error:
                    raise BrokenStreamError("a part of it was no JSON") from error
                yield found
        finally:
            await stream.close()

    def _whole(self, gathered: Gathered, packet: Packet, native: bool) -> Answer:
        """The answer, if it came to its end.

        Raises:
            BrokenStreamError: It did not.
            ModelError: The endpoint refused to answer.
        """
        if gathered.finish == "content_filter" or gathered.refusal:
            raise faults.refusal(self._endpoint, gathered.refusal).error()
        if gathered.finish in _CUT:
            return Answer(
                gathered.content[:MAX_ANSWER_CHARS],
                error="the answer was cut off at the limit of tokens and none of it ran; answer "
                "with fewer or shorter calls, one cycle after the other",
                usage=gathered.usage,
            )
        if gathered.finish in ("", "error"):
            raise BrokenStreamError("the endpoint stopped before the end")
        content, usage = gathered.content, gathered.usage
        if native:
            return answers.from_native(content, gathered.requests, packet.tools, usage)
        return answers.from_text(content, usage)

    def _leave_out(self, fault: Fault) -> bool:
        """Stop sending what the endpoint refuses; whether there was something to leave out."""
        for part in fault.refused:
            if part == "usage" and self._usage:
                self._usage = False
                return True
            if part == "tools" and self._native:
                self._native = False
                return True
        return False

    def _connect(self) -> openai.AsyncOpenAI:
        """The client of this event loop: connections cannot move between loops."""
        loop = asyncio.get_running_loop()
        if self._client is None or self._loop is not loop:
            # openai looks at httpx2 wherever that was begun to be imported, as another thread does
            # that loads the embedding model: importing it here waits until it is whole.
            with contextlib.suppress(ImportError):
                importlib.import_module("httpx2")
            import httpx
            import openai

            from mettaclaw.models.bodies import bound

            timeout_s = self._settings.request_timeout_s
            timeout = httpx.Timeout(timeout_s, connect=min(CONNECT_S, timeout_s))
            try:
                self._client = openai.AsyncOpenAI(
                    api_key=self._endpoint.key or "none",
                    base_url=self._endpoint.url,
                    default_headers={"Accept-Encoding": "identity"},
                    http_client=openai.DefaultAsyncHttpxClient(
                        timeout=timeout, event_hooks={"response": [bound]}
                    ),
                    max_retries=0,
                )
            except (OSError, ImportError, ValueError, httpx.InvalidURL) as error:
                raise faults.unprepared(error, self._endpoint).error() from error
            self._loop = loop
        return self._client


def _failures() -> tuple[type[Exception], ...]:
    """What a request may raise when it fails; ``openai`` lets errors of a stream through as they
    come from httpx.
    """
    import httpx
    import openai

    return (
        openai.OpenAIError,
        httpx.HTTPError,
        httpx.StreamError,
        asyncio.TimeoutError,
        BrokenStreamError,
    )


def _added(gathered: Gathered, chunk: Mapping[str, Any]) -> str:
    try:
        return gathered.add(chunk)
    except RecursionError as error:
        raise BrokenStreamError("it is nested too deep") from error


def _completion(text: bytes) -> Mapping[str, Any]:
    try:
        found: object = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BrokenStreamError("it was no JSON") from error
    if not isinstance(found, dict):
        raise BrokenStreamError("it was no JSON object")
    body = cast("dict[str, Any]", found)
    if not body.get("choices"):
        raise BrokenStreamError(f"it holds no choices: {str(body.get('error', ''))[:100]}")
    return body
