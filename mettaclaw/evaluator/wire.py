"""What goes between the agent's process and an evaluation's child: framed JSON over a socket.

A frame is four bytes of length (big endian) and that many bytes of JSON. Atoms travel as MeTTa
text. The child is not trusted: whoever reads from it takes nothing for granted, so ``Message``
offers only accessors that check. Never pickle.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any, cast

from mettaclaw.atoms.evidence import Speaker
from mettaclaw.atoms.quality import Quality
from mettaclaw.atoms.syntax import Atom, read
from mettaclaw.atoms.truth import Truth
from mettaclaw.atoms.view import Belief, Change, Evidence
from mettaclaw.errors import (
    EvaluationError,
    LimitError,
    MettaClawError,
    MettaSyntaxError,
    StorageError,
    UnknownFunctionError,
    UsageError,
)

# Between the agent's process and the zygote: on the control socket, and on a child's lifeline.
EVALUATE, IDLE, READY, ENGAGED = b"E", b"I", b"R", b"A"

MAX_FRAME = 256 * 1024 * 1024
_KINDS: dict[str, type[MettaClawError]] = {
    kind.__name__: kind
    for kind in (UsageError, EvaluationError, UnknownFunctionError, StorageError, MettaClawError)
}


class ProtocolError(Exception):
    """The other side sent what is no message of ours."""


class Message:
    """A message whose fields are checked when they are looked at."""

    def __init__(self, fields: dict[str, Any]) -> None:
        self.fields = fields

    def text(self, name: str) -> str:
        """A field that must be a string."""
        return self._typed(name, str)

    def number(self, name: str) -> float:
        """A field that must be a number."""
        value = self.fields.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ProtocolError(f"{name} is no number")
        return float(value)

    def items(self, name: str) -> list[Any]:
        """A field that must be a list."""
        return self._typed(name, list)

    def texts(self, name: str) -> list[str]:
        """A field that must be a list of strings."""
        return to_texts(self.fields.get(name))

    def atoms(self, name: str) -> list[Atom]:
        """A field that must be a list of MeTTa texts."""
        return [read_atom(text) for text in self.texts(name)]

    def _typed(self, name: str, kind: type[Any]) -> Any:
        value = self.fields.get(name)
        if not isinstance(value, kind):
            raise ProtocolError(f"{name} is no {kind.__name__}")
        return value


def frame(fields: dict[str, Any]) -> bytes:
    """The bytes of a message. Half surrogate pairs survive as JSON escapes."""
    body = json.dumps(fields, ensure_ascii=True, separators=(",", ":")).encode("ascii")
    if len(body) > MAX_FRAME:
        raise LimitError(
            "text",
            f"a message of {len(body):,} bytes for the evaluator, and {MAX_FRAME:,} are allowed"
            " (limit text); commit the open transaction first, or send less",
        )
    return len(body).to_bytes(4, "big") + body


def parse(body: bytes) -> Message:
    """The message in a frame's body."""
    try:
        fields = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ProtocolError("no JSON") from error
    if not isinstance(fields, dict):
        raise ProtocolError("no JSON object")
    return Message(cast("dict[str, Any]", fields))


def length(header: bytes) -> int:
    """The length of the body that a header announces."""
    size = int.from_bytes(header, "big")
    if size > MAX_FRAME:
        raise ProtocolError(f"a frame of {size:,} bytes")
    return size


def receive(read_some: Callable[[int], bytes]) -> Message | None:
    """The next message from a blocking source, or None at its end.

    Args:
        read_some: Returns up to so many bytes, and none at the end.
    """
    header = _exactly(read_some, 4)
    if header is None:
        return None
    body = _exactly(read_some, length(header))
    return None if body is None else parse(body)


def write_all(descriptor: int, data: bytes) -> None:
    """Write everything, with plain ``write`` calls: a confined child may make no others."""
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def _exactly(read_some: Callable[[int], bytes], size: int) -> bytes | None:
    parts: list[bytes] = []
    while size > 0:
        part = read_some(min(size, 1 << 20))
        if not part:
            return None
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def to_texts(values: object) -> list[str]:
    """A list of strings."""
    if not isinstance(values, list):
        raise ProtocolError("no list of strings")
    texts = cast("list[object]", values)
    if not all(isinstance(text, str) for text in texts):
        raise ProtocolError("no list of strings")
    return cast("list[str]", texts)


# --- values ----------------------------------------------------------------------------------


def read_atom(text: str) -> Atom:
    """An atom that the other side wrote."""
    try:
        return read(text)
    except MettaClawError as error:
        raise ProtocolError(f"no atom: {error}") from error


def belief_fields(belief: Belief | None) -> list[Any] | None:
    """A belief without its statement; None stands for a statement that was removed."""
    if belief is None:
        return None
    truth = [belief.truth.f, belief.truth.c] if belief.truth else None
    told, untold = belief_fields(belief.told), [belief.untold.f, belief.untold.c]
    known = belief.origin, belief.time, belief.derived
    return [truth, list(belief.stamp), *known, untold, told]


def to_belief(statement: Atom, fields: list[Any] | None) -> Belief | None:
    """The inverse of ``belief_fields``. Only the agent's own process sends these."""
    if fields is None:
        return None
    value, stamp, origin, time, derived, untold, told = fields
    truth = Truth(*value) if value else None
    known = tuple(stamp), origin, time, derived, Truth(*untold)
    return Belief(statement, truth, *known, told=to_belief(statement, told))


def evidence_fields(evidence: Evidence) -> list[Any]:
    """A piece of evidence."""
    truth = [evidence.truth.f, evidence.truth.c] if evidence.truth else None
    e = evidence
    return [e.id, truth, e.source, e.time, e.words, e.opinion]


def to_evidence(fields: list[Any]) -> Evidence:
    """The inverse of ``evidence_fields``. Only the agent's own process sends these."""
    number, truth, source, time, words, opinion = fields
    return Evidence(number, Truth(*truth) if truth else None, source, time, words, opinion)


def change_fields(change: Change) -> list[Any]:
    """A change as JSON values."""
    truth = [change.truth.f, change.truth.c] if change.truth else None
    if change.kind == "derive":
        return [change.kind, str(change.atom), truth, change.rule, list(map(str, change.premises))]
    told = [] if change.source is None else [change.source, change.time]
    return [change.kind, str(change.atom), truth, change.words, *told]


def to_change(fields: Any) -> Change:
    """The change that a child proposes, checked."""
    match fields:
        case ["add" | "remove" | "retract" as kind, str(text), None, None]:
            return Change(kind, read_atom(text))
        case ["believe", str(text), truth, words] if words is None or isinstance(words, str):
            return Change("believe", read_atom(text), _truth(truth), words)
        case ["believe", str(text), truth, str(words), str(source), None | float() | int() as time]:
            return Change(
                "believe", read_atom(text), _truth(truth), words, source=source, time=time
            )
        case ["derive", str(text), truth, str(rule), [*premises]]:
            given = tuple(read_atom(premise) for premise in premises if isinstance(premise, str))
            if len(given) == len(premises):
                return Change("derive", read_atom(text), _truth(truth), rule=rule, premises=given)
        case _:
            pass
    raise ProtocolError("no change")


def _truth(fields: Any) -> Truth:
    match fields:
        case [float() | int() as f, float() | int() as c]:
            try:
                return Truth(f, c)
            except UsageError as error:
                raise ProtocolError(str(error)) from error
        case _:
            raise ProtocolError("no truth value")


def to_speaker(fields: dict[str, Any]) -> Speaker:
    """The speaker whom the agent's own process names, from ``dataclasses.asdict``."""
    return Speaker(fields["source"], fields["quotable"], Quality(**fields["quality"]))


def error_fields(error: MettaClawError) -> dict[str, Any]:
    """An error of ours as JSON values."""
    fields: dict[str, Any] = {"kind": type(error).__name__, "message": str(error)}
    if isinstance(error, LimitError):
        fields["limit"] = error.limit
    if isinstance(error, MettaSyntaxError):
        fields["message"] = error.message
        fields["offset"] = error.offset
    return fields


def to_error(fields: object, program: str) -> MettaClawError | None:
    """The error that the other side tells of, or None; of a kind that we know."""
    if fields is None:
        return None
    if not isinstance(fields, dict):
        raise ProtocolError("no error")
    message = Message(cast("dict[str, Any]", fields))
    kind, text = message.text("kind"), message.text("message")
    if kind == "LimitError":
        return LimitError(message.text("limit"), text)
    if kind == "MettaSyntaxError":
        return MettaSyntaxError(text, program, max(0, int(message.number("offset"))))
    return _KINDS.get(kind, EvaluationError)(text)
