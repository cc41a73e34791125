"""A turn that is shown again: ``mettaclaw episodes replay`` and ``/replay``.

Invariant: in a terminal and in a pipe the same lines, in the order in which things happened; texts
of others are indented below a line of ours and made harmless. ``--json`` has them as they were,
byte for byte. Not covered: where they come from (``mettaclaw.loop.replay``).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mettaclaw.atoms.times import moment
from mettaclaw.errors import UsageError
from mettaclaw.ui import render
from mettaclaw.ui.text import clean

if TYPE_CHECKING:
    from mettaclaw.loop.replay import Made, Replay, Shown

HEADING = "cyan"
_UNKEPT = "what it saw was not kept: the turn is older than packets are"


def only(replay: Replay, number: int | None) -> tuple[Shown, ...]:
    """The cycles of a turn, or the one of this number, each time that it was asked.

    Raises:
        UsageError: The turn has no such cycle.
    """
    if number is None:
        return replay.cycles
    found = tuple(shown for shown in replay.cycles if shown.number == number)
    if not found:
        numbers = sorted({shown.number for shown in replay.cycles})
        there = f"its cycles are {numbers[0]} to {numbers[-1]}" if numbers else "it has none"
        raise UsageError(f"the turn has no cycle {number}; {there}")
    return found


def lines(
    replay: Replay, *, cycle: int | None = None, system: bool = False
) -> Iterator[tuple[str, str]]:
    """A turn as lines, each with the name of its colour, or nothing.

    Args:
        replay: The turn.
        cycle: The number of the only cycle that is wanted.
        system: Whether the system prompt is shown too.
    """
    cycles = only(replay, cycle)
    message = replay.message
    yield f"message {message.id}, {moment(message.time)}, {replay.state}", HEADING
    yield from _text(message.text)
    for shown in cycles:
        yield from _cycle(shown, system)
    if cycle is not None:
        return
    for error in replay.errors:
        yield "error", "red"
        yield from _text(error)
    for reply in replay.replies:
        yield "reply", HEADING
        yield from _text(reply)


def as_json(replay: Replay, cycle: int | None = None) -> dict[str, object]:
    """The turn as an object: all texts whole, all ids."""
    message = replay.message
    return {
        "message": {"id": message.id, "time": message.time, "text": message.text},
        "state": replay.state,
        "cycles": [_cycle_json(shown) for shown in only(replay, cycle)],
        "replies": list(replay.replies),
        "errors": list(replay.errors),
    }


# --- lines -------------------------------------------------------------------------------------


def _cycle(shown: Shown, system: bool) -> Iterator[tuple[str, str]]:
    tokens = ""
    if shown.usage.tokens_in or shown.usage.tokens_out:
        tokens = f", {shown.usage.tokens_in:,} tokens in, {shown.usage.tokens_out:,} out"
    yield "", ""
    yield f"cycle {shown.number}, {moment(shown.time)}, {clean(shown.model)}{tokens}", HEADING
    user = shown.user()
    if user is None:
        yield _UNKEPT, "yellow"
    else:
        if system:
            yield "the system prompt", HEADING
            yield from _text(shown.system() or "")
        yield "it saw", HEADING
        yield from _text(user)
    if shown.answer is None:
        yield "no answer was recorded", "yellow"
        return
    yield "it answered", HEADING
    yield from _text(shown.answer)
    if shown.error is not None:
        yield "nothing of it ran, because", "red"
        yield from _text(shown.error)
    for made in shown.calls:
        yield from _made(made, len(shown.calls))


def _made(made: Made, number: int) -> Iterator[tuple[str, str]]:
    yield f"call {made.number} of {number}", HEADING
    yield from _text(str(made.call))
    wrote = "" if made.transaction is None else f", transaction {made.transaction}"
    result = made.result
    if result is None:
        yield f"{made.state}: it has no result", "yellow"
    elif result.failure is not None:
        yield f"{made.state} ({clean(result.failure.kind)})", "red"
        yield from _text(result.failure.message)
    else:
        spent = render.duration(result.ms)
        truth = "" if result.truth is None else f", truth {result.truth}"
        returned = "returned" if result.values else "returned nothing"
        yield f"{returned}, {spent}{truth}{wrote}", HEADING
        for value in result.values:
            yield from _text(str(value))


def _text(text: str) -> Iterator[tuple[str, str]]:
    for line in text.split("\n"):
        yield f"  {clean(line)}".rstrip(), ""


# --- JSON --------------------------------------------------------------------------------------


def _cycle_json(shown: Shown) -> dict[str, object]:
    packet = shown.packet
    return {
        "cycle": shown.id,
        "number": shown.number,
        "time": shown.time,
        "model": shown.model,
        "native": shown.native,
        "system": shown.system(),
        "user": shown.user(),
        "pin": packet and packet.pin,
        "tools": packet and [tool.json_schema()["function"] for tool in packet.tools],
        "answer": shown.answer,
        "error": shown.error,
        "tokens_in": shown.usage.tokens_in,
        "tokens_out": shown.usage.tokens_out,
        "calls": [_made_json(made) for made in shown.calls],
    }


def _made_json(made: Made) -> dict[str, object]:
    told = {"call": str(made.call)} if made.result is None else render.call_json(made.result)
    truth = made.result and made.result.truth
    return {
        "id": made.id,
        "number": made.number,
        "tool": made.call.name,
        "state": made.state,
        **told,
        "truth": truth and [truth.f, truth.c],
        "transaction": made.transaction,
    }
