"""A streamed chat completion, put together from its chunks.

Chunks are untrusted JSON from servers that read the protocol in their own ways: fields may be
missing or of another type, and the pieces of a tool call come with an index, with an index that is
always 0, or with none. Whatever cannot be read counts as absent; whether the whole is complete is
for ``finish`` to say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from mettaclaw.models.answers import Request, repair
from mettaclaw.protocol.packet import Usage

_MAX_TOKENS = 1_000_000_000  # of one answer
_MAX_REFUSAL_CHARS = 2_000
_CALL_CHARS = 40  # what a call counts beside its name and its arguments


@dataclass(slots=True)
class _Slot:
    """A tool call on its way."""

    id: str = ""
    name: str = ""
    pieces: list[str] = field(default_factory=list[str])
    whole: Mapping[str, Any] | None = None


@dataclass(slots=True)
class Gathered:
    """What has come so far.

    ``finish`` is the endpoint's word for why it stopped, empty while it has not said; ``chars``
    counts everything that was written, names and arguments of calls included.
    """

    finish: str = ""
    refusal: str = ""
    usage: Usage = field(default_factory=Usage)
    chars: int = 0
    _content: list[str] = field(default_factory=list[str])
    _slots: list[_Slot] = field(default_factory=list[_Slot])
    _by_index: dict[int, _Slot] = field(default_factory=dict[int, _Slot])

    @property
    def content(self) -> str:
        """The text of the answer."""
        return repair("".join(self._content))

    @property
    def requests(self) -> list[Request]:
        """The tool calls of the answer, in order."""
        return [
            Request(repair(slot.name), slot.whole or repair("".join(slot.pieces)))
            for slot in self._slots
        ]

    def add(self, chunk: Mapping[str, Any]) -> str:
        """Take in a chunk (or a whole completion); returns the text that it adds."""
        self._count(_mapping(chunk.get("usage")))
        for choice in _mappings(chunk.get("choices"))[:1]:
            self.finish = _string(choice.get("finish_reason")) or self.finish
            delta = _mapping(choice.get("delta")) or _mapping(choice.get("message"))
            refusal = _string(delta.get("refusal"))
            self.refusal = (self.refusal + refusal)[:_MAX_REFUSAL_CHARS]
            for call in _mappings(delta.get("tool_calls")):
                self._add_call(call)
            text = _content(delta.get("content"))
            self._content.append(text)
            self.chars += len(text)
            return repair(text)
        return ""

    def _add_call(self, delta: Mapping[str, Any]) -> None:
        function = _mapping(delta.get("function"))
        name = _string(function.get("name"))
        slot = self._slot(delta.get("index"), _string(delta.get("id")), name)
        slot.name = slot.name or name
        self.chars += len(name)
        arguments: object = function.get("arguments")
        if isinstance(arguments, Mapping):
            slot.whole = cast("Mapping[str, Any]", arguments)
            self.chars += len(str(slot.whole))
        else:
            slot.pieces.append(_string(arguments))
            self.chars += len(slot.pieces[-1])

    def _slot(self, index: object, id_: str, name: str) -> _Slot:
        """The call that a piece belongs to, or a new one."""
        if isinstance(index, int):
            slot = self._by_index.get(index)
            other = slot is not None and bool(id_) and bool(slot.id) and id_ != slot.id
        else:
            slot = self._slots[-1] if self._slots else None
            other = slot is not None and (id_ != slot.id if id_ else bool(name))
        if slot is None or other:
            slot = _Slot()
            self._slots.append(slot)
            self.chars += _CALL_CHARS
            if isinstance(index, int):
                self._by_index[index] = slot
        slot.id = slot.id or id_
        return slot

    def _count(self, usage: Mapping[str, Any]) -> None:
        if usage:
            self.usage = Usage(
                _tokens(usage.get("prompt_tokens")), _tokens(usage.get("completion_tokens"))
            )


def _content(value: object) -> str:
    """The text of a content field: a string, or parts of which some are text."""
    if isinstance(value, str):
        return value
    return "".join(
        _string(part.get("text")) for part in _mappings(value) if part.get("type") == "text"
    )


def _string(value: object) -> str:
    return value if isinstance(value, str) else ""


def _tokens(value: object) -> int:
    """A number of tokens that can be true; 0 for anything else."""
    return value if isinstance(value, int) and 0 < value <= _MAX_TOKENS else 0


def _mapping(value: object) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else {}


def _mappings(value: object) -> list[Mapping[str, Any]]:
    if not isinstance(value, Sequence) or isinstance(value, str):
        return []
    return [_mapping(item) for item in cast("Sequence[object]", value)]
