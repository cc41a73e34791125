"""A packet as the messages that a chat model reads: one from the system, one from the user.

Invariants:

- The system message is our own prompt and nothing else (``mettaclaw.models.prompt``). Everything
  that a person, a tool, a file or a memory wrote stands in the user message, as data.
- Every line of data starts with ``| `` and no other line does, so no text can end its block or
  imitate our own lines: the lines without a bar depend on the packet's shape alone. The bar needs
  no secret, which leaves equal packets equal (they can be cached, replayed and compared).
- Marks that chat templates read as the end of a message (``<|im_end|>`` and its kin) get a space,
  for servers that look for them in content as well.
- What is stable comes first: earlier turns, this turn's message, its cycles in order; then what
  changes with every cycle: time, limits, pin. A cycle appends, and the prefix can be cached.
- What is left out is said, with how much it was.

One layout serves native tool calling too: the cycles of a turn are shown as blocks, not as
assistant and tool messages. Endpoints differ in what they demand of those (ids of a certain form,
an answer to every call, signatures of thoughts sent back), a turn may go on with another model
after a restart, and calls that never ran have no place there; blocks work everywhere.

Not covered: counting tokens. Limits are in characters.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from mettaclaw.atoms.syntax import String
from mettaclaw.atoms.times import moment, utc
from mettaclaw.models import prompt
from mettaclaw.protocol.calls import Result
from mettaclaw.protocol.packet import Cycle, Exchange, Packet


@dataclass(frozen=True, slots=True)
class Budget:
    """How many characters of each part are shown.

    ``call`` and ``result`` are for one of this turn, ``brief`` for one of an earlier turn or of a
    cycle past the newest ones that fill ``turn``; ``speech`` is for one message or reply of an
    earlier turn, and ``history`` for all earlier turns together.
    """

    message: int = 100_000
    call: int = 2_000
    result: int = 8_000
    turn: int = 60_000
    brief: int = 300
    speech: int = 3_000
    history: int = 40_000
    pin: int = 8_000
    recall: int = 40_000


BUDGET = Budget()

BAR = "| "

# What the chat templates in use take for the start or end of a message, or of a tool's part in it.
_MARK = re.compile(
    r"<(?=[|｜])|(?<=[|｜])>"
    r"|<(?=/?(?:s|bos|eos|start_of_turn|end_of_turn|tool_call|tool_response)>)"
    r"|\[(?=/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS)\])"
    r"|<(?=</?SYS>>)",
    re.IGNORECASE,
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]")


def messages(
    packet: Packet, *, native: bool = False, budget: Budget = BUDGET
) -> list[dict[str, str]]:
    """The packet as chat messages: ``{"role": …, "content": …}``, system and user.

    Raises:
        ConfigError: The packet's own system prompt asks for a value that there is not.
    """
    system = prompt.system(packet.tools, packet.calls_limit, native=native, template=packet.system)
    return [
        {"role": "system", "content": system},
        {"role": "user", "content": user(packet, native=native, budget=budget)},
    ]


def user(packet: Packet, *, native: bool = False, budget: Budget = BUDGET) -> str:
    """Everything but the system prompt, as the text of one message."""
    lines: list[str] = []
    if packet.history:
        lines += ["# Earlier turns", *_history(packet.history, budget), ""]
    if packet.recall:
        lines += ["# From long-term memory", "[close to this turn's message; query finds more]"]
        lines += [*block(packet.recall, budget.recall), ""]
    lines += ["# This turn", f"[message {packet.message.id}, {moment(packet.message.time)}]"]
    lines += block(packet.message.text, budget.message)
    lines += _turn(packet.results, budget)
    lines += ["", "# Now", _moment(packet.time)]
    number = len(packet.results) + 1
    lines.append(f"[cycle {number}; cycles left, with this one: {packet.cycles_left}]")
    lines += ["[your pin]", *block(packet.pin, budget.pin)] if packet.pin else ["[no pin]"]
    if packet.notice:
        lines += ["[notice from the loop]", *block(packet.notice, budget.speech)]
    lines.append("Call your tools now." if native else "Answer with your calls now.")
    return "\n".join(lines)


def block(text: str, limit: int) -> list[str]:
    """A text as lines of data; from the middle of a long one a line tells what is left out."""
    if len(text) <= limit:
        return _barred(text)
    head = limit * 3 // 4
    tail = limit - head
    left_out = f"[{len(text) - limit:,} characters are left out here]"
    return [*_barred(text[:head]), left_out, *_barred(text[len(text) - tail :])]


def _barred(text: str) -> list[str]:
    safe = _CONTROL.sub(_visible, _MARK.sub(_spaced, text))
    return [f"{BAR}{line}" for line in safe.splitlines() or [""]]


def _spaced(found: re.Match[str]) -> str:
    return f" {found.group()}" if found.group() == ">" else f"{found.group()} "


def _visible(found: re.Match[str]) -> str:
    return f"\\u{{{ord(found.group()):x}}}"


# --- this turn ---------------------------------------------------------------------------------


def _turn(cycles: Sequence[Cycle], budget: Budget) -> list[str]:
    """All cycles, oldest first; those that the newest leave no room for are shown in brief."""
    shown: list[list[str]] = []
    room = budget.turn
    for cycle in reversed(cycles):
        lines = _cycle(cycle, budget.call, budget.result)
        room -= sum(len(line) for line in lines)
        if room < 0 and shown:
            lines = _cycle(cycle, budget.brief, budget.brief)
        shown.append(lines)
    return [line for lines in reversed(shown) for line in lines]


def _cycle(cycle: Cycle, call_limit: int, result_limit: int) -> list[str]:
    if cycle.error is not None:
        return [
            f"[cycle {cycle.number}: your answer]",
            *block(cycle.answer, call_limit),
            "[nothing of it ran, because]",
            *block(cycle.error, result_limit),
        ]
    if not cycle.results:
        return [f"[cycle {cycle.number}: your answer]", *block(cycle.answer, call_limit)]
    lines: list[str] = []
    for number, result in enumerate(cycle.results, 1):
        lines.append(f"[cycle {cycle.number}, call {number} of {len(cycle.results)}]")
        lines += block(str(result.call), call_limit)
        lines += _result(result, result_limit)
    return lines


def _result(result: Result, limit: int) -> list[str]:
    spent = f"{result.ms:.0f} ms"
    if result.failure is not None:
        kind = re.sub(r"[^\w ]", "", result.failure.kind)
        return [f"[failed ({kind}), {spent}]", *block(result.failure.message, limit)]
    truth = f", truth {result.truth}" if result.truth is not None else ""
    match result.values:
        case ():
            return [f"[returned nothing{truth}, {spent}]"]
        case (String(text),):
            return [f"[returned a text{truth}, {spent}]", *block(text, limit)]
        case values:
            text = "\n".join(str(value) for value in values)
            return [f"[returned {len(values)}{truth}, {spent}]", *block(text, limit)]


# --- earlier turns -----------------------------------------------------------------------------


def _history(exchanges: Sequence[Exchange], budget: Budget) -> list[str]:
    """The newest turns that fit, oldest first."""
    shown: list[list[str]] = []
    room = budget.history
    for exchange in reversed(exchanges):
        lines = _exchange(exchange, budget)
        room -= sum(len(line) for line in lines)
        if room < 0:
            break
        shown.append(lines)
    left_out = len(exchanges) - len(shown)
    note = [f"[{left_out} earlier turns are left out here; the log of episodes has them]"]
    return (note if left_out else []) + [line for lines in reversed(shown) for line in lines]


def _exchange(exchange: Exchange, budget: Budget) -> list[str]:
    message = exchange.message
    lines = [f"[message {message.id}, {moment(message.time)}]"]
    lines += block(message.text, budget.speech)
    for cycle in exchange.cycles:
        for result in cycle.results:
            if result.call.name == "send" and result.failure is None:
                continue  # the replies below say it
            lines += ["[you called]", *block(str(result.call), budget.brief)]
            lines += _result(result, budget.brief)
    for reply in exchange.replies:
        lines += ["[you replied]", *block(reply, budget.speech)]
    return lines


# --- now ---------------------------------------------------------------------------------------


def _moment(seconds: float) -> str:
    when = utc(seconds)
    return f"[{moment(seconds)}, a {when:%A}]" if when else f"[{moment(seconds)}]"
