"""The bodies of an endpoint's answers, bounded while they come in.

Invariants: of no answer more is held than its limit, in bytes after any compression, and no piece
is unpacked whole before it is counted. A stream of events is handed on event by event, so that one
that never ends, or comes a byte at a time, costs its reader nothing. What tells of a failure or
leads elsewhere is cut at its limit, for the status says enough; an answer past its limit is an
error.

Not covered: what the bodies say; time, which the caller bounds.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import AsyncIterator, Iterator

import httpx

from mettaclaw.models.faults import BrokenStreamError, TooLongError

MIB = 1024 * 1024
MAX_FAILURE_BYTES = 256 * 1024
MAX_DOCUMENT_BYTES = 8 * MIB
MAX_STREAM_BYTES = 64 * MIB
MAX_EVENT_BYTES = 4 * MIB
MAX_EVENT_LINES = 1_000

_UNPACKED_BYTES = 64 * 1024
_EVENT_END = re.compile(rb"\n\n|\r\r|\r\n\r\n")
_PACKED = {"gzip", "x-gzip", "deflate"}


async def bound(response: httpx.Response) -> None:
    """Bound what will be read of a response: a hook for each one, redirects included."""
    packing = [
        coding.strip().lower()
        for coding in response.headers.get("content-encoding", "").split(",")
        if coding.strip().lower() not in ("", "identity")
    ]
    if packing:
        del response.headers["content-encoding"]
    response.encoding = "utf-8"  # else it may name any codec of Python's, such as zip
    stream = response.stream
    if isinstance(stream, httpx.AsyncByteStream):
        kind = response.headers.get("content-type", "")
        response.stream = _Bounded(stream, packing, response.is_success, "json" in kind)


class _Bounded(httpx.AsyncByteStream):
    """A body that ends, or fails, at its limit."""

    def __init__(
        self, stream: httpx.AsyncByteStream, packing: list[str], answers: bool, document: bool
    ) -> None:
        self._stream = stream
        self._packing = packing
        self._answers = answers
        self._document = document

    async def __aiter__(self) -> AsyncIterator[bytes]:
        if not self._answers:
            async for piece in self._cut():
                yield piece
        elif self._document:
            async for piece in self._limited(MAX_DOCUMENT_BYTES):
                yield piece
        else:
            async for piece in events(self._limited(MAX_STREAM_BYTES)):
                yield piece

    async def aclose(self) -> None:
        await self._stream.aclose()

    async def _cut(self) -> AsyncIterator[bytes]:
        try:
            async for piece in self._limited(MAX_FAILURE_BYTES):
                yield piece
        except BrokenStreamError:
            return

    async def _limited(self, limit: int) -> AsyncIterator[bytes]:
        left = limit
        unpack = _unpacker(self._packing)
        async for raw in self._stream:
            for piece in unpack(raw):
                left -= len(piece)
                if left < 0:
                    raise TooLongError(f"{limit // MIB} MiB")
                yield piece


class Unpacker:
    """Unpacks gzip or zlib, a bounded piece at a time."""

    def __init__(self) -> None:
        self._zlib = zlib.decompressobj(zlib.MAX_WBITS | 32)

    def __call__(self, raw: bytes) -> Iterator[bytes]:
        """What these bytes hold, in pieces of at most 64 KiB."""
        piece = b""
        while not self._zlib.eof and (raw or len(piece) == _UNPACKED_BYTES):
            try:
                piece = self._zlib.decompress(raw, _UNPACKED_BYTES)
            except zlib.error as error:
                raise BrokenStreamError("it was packed, and cannot be unpacked") from error
            raw = self._zlib.unconsumed_tail
            yield piece


def _unpacker(packing: list[str]) -> Unpacker | _Plain:
    if not packing:
        return _Plain()
    if len(packing) > 1 or packing[0] not in _PACKED:
        raise BrokenStreamError("it was packed in a way that was not asked for")
    return Unpacker()


class _Plain:
    """What is not packed."""

    def __call__(self, raw: bytes) -> Iterator[bytes]:
        yield raw


async def events(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The same bytes, in pieces that end where an event does.

    The reader of ``openai`` copies what it has of an event for each line, and for each piece.

    Raises:
        TooLongError: An event is too large, or has too many lines.
    """
    held = bytearray()
    lines = 0
    async for piece in pieces:
        fresh, start = len(held), 0
        held += piece
        for found in _EVENT_END.finditer(held, max(0, fresh - 3)):
            end = found.end()
            _check(end - start, lines + _lines(held, fresh, end))
            fresh = start = end
            lines = 0
        lines += _lines(held, fresh, len(held))
        _check(len(held) - start, lines)
        if start:
            yield bytes(held[:start])
            del held[:start]
    if held:
        yield bytes(held)


def _lines(held: bytearray, start: int, end: int) -> int:
    return held.count(b"\n", start, end) + held.count(b"\r", start, end)


def _check(size: int, lines: int) -> None:
    if size > MAX_EVENT_BYTES or lines > MAX_EVENT_LINES:
        raise TooLongError(f"{MAX_EVENT_BYTES // MIB} MiB or {MAX_EVENT_LINES:,} lines in one part")
