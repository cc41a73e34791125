"""A turn as it was: what the model saw in each cycle, what it answered, and what came of it.

Invariant: what is shown is what was stored at the time, and not made anew from what is known now;
nothing runs, and nothing is written. A turn that is still open, or that a crash interrupted, is
shown as far as it went. Packets of turns from before they were stored are None. A packet is stored
as the value that it was; as text it is laid out by the program that shows it.

Not covered: how it is printed (``mettaclaw.ui``), and how packets are stored (``loop.packets``).
"""

from __future__ import annotations

from dataclasses import dataclass

from mettaclaw.errors import UsageError
from mettaclaw.loop.inbox import Inbox
from mettaclaw.loop.journal import Journal, Step
from mettaclaw.loop.packets import Packets
from mettaclaw.memory import Episodes
from mettaclaw.models import layout, prompt
from mettaclaw.protocol.calls import Call, Result
from mettaclaw.protocol.packet import Message, Packet, Usage
from mettaclaw.storage import Database

NOTHING = Usage()


@dataclass(frozen=True, slots=True)
class Made:
    """A call of a cycle: its id, how far it got, and what became of it.

    ``state`` is ``planned``, ``begun``, ``done``, ``failed`` or ``skipped``; ``transaction`` is the
    id of the one that holds what it wrote, None where it wrote nothing.
    """

    id: int
    number: int
    call: Call
    state: str
    result: Result | None
    transaction: int | None


@dataclass(frozen=True, slots=True)
class Shown:
    """One time that a model was asked: the packet that it saw, and what it answered.

    ``id`` is the cycle's, None where no answer was recorded: the model failed, the turn was
    stopped, or a crash came first and the model was asked again. ``error`` says why an answer as a
    whole did not run. ``native``: the tools were offered as JSON functions. ``packet`` is None
    where it was not kept.
    """

    id: int | None
    number: int
    time: float
    model: str
    native: bool
    packet: Packet | None
    answer: str | None = None
    error: str | None = None
    usage: Usage = NOTHING
    calls: tuple[Made, ...] = ()

    def system(self) -> str | None:
        """The system prompt, as a chat model read it; None where the packet was not kept."""
        packet = self.packet
        if packet is None:
            return None
        limit = packet.calls_limit
        return prompt.system(packet.tools, limit, native=self.native, template=packet.system)

    def user(self) -> str | None:
        """Everything else that it read, as the text of one message."""
        return None if self.packet is None else layout.user(self.packet, native=self.native)


@dataclass(frozen=True, slots=True)
class Replay:
    """A turn: its message and state, each time the model was asked, what it said to the person.

    ``state`` is ``queued``, ``running``, ``done``, ``failed`` or ``stopped``; ``errors`` are those
    lines of the log that belong to the turn as a whole, such as a model that could not be reached.
    """

    message: Message
    state: str
    cycles: tuple[Shown, ...]
    replies: tuple[str, ...]
    errors: tuple[str, ...]


def replay(database: Database, episode: int) -> Replay:
    """The turn that a line of the log belongs to.

    Args:
        database: The one database.
        episode: The line's id; any line of the turn will do.

    Raises:
        UsageError: There is no such line, or it belongs to no turn.
    """
    line = Episodes(database).line(episode)
    if line is None:
        raise UsageError(f"there is no episode {str(episode)[:30]}; ids are in: mettaclaw episodes")
    if line.message is None:
        raise UsageError(f"episode {episode} belongs to no turn: there is nothing to replay")
    return turn(database, line.message)


def latest(database: Database) -> int | None:
    """The id of the latest line of the log that belongs to a turn that has begun, or None."""
    row = database.row(
        "SELECT e.id FROM episode e JOIN message m ON m.id = e.message "
        "WHERE m.state <> 'queued' ORDER BY e.id DESC LIMIT 1"
    )
    return row[0] if row else None


def turn(database: Database, number: int) -> Replay:
    """The turn of the message with this id.

    Raises:
        UsageError: There is none.
    """
    episodes = Episodes(database)
    journal = Journal(database, episodes)
    message, state = Inbox(database, episodes).message(number)
    errors = [
        line.text
        for line in episodes.of_message(number)
        if line.kind == "error" and line.cycle is None
    ]
    return Replay(
        message,
        state,
        (*_shown(database, journal, number),),
        tuple(journal.outbox.replies(number)),
        tuple(errors),
    )


def _shown(database: Database, journal: Journal, message: int) -> list[Shown]:
    packets = Packets(database)
    wrote = dict[int, int | None](
        database.rows(
            "SELECT k.id, k.txn FROM call k JOIN cycle c ON c.id = k.cycle "
            "WHERE c.message = ? AND k.state = 'done'",
            (message,),
        )
    )
    calls: dict[int, list[Made]] = {}
    for step in journal.steps(message):
        calls.setdefault(step.cycle, []).append(_made(step, wrote.get(step.id)))
    found: list[Shown] = []
    rows = database.rows(
        "SELECT c.id, c.number, coalesce(p.time, c.time) AS shown, c.model, p.native, p.id, "
        "c.answer, c.error, c.tokens_in, c.tokens_out "
        "FROM cycle c LEFT JOIN packet p ON p.id = c.packet WHERE c.message = ? "
        "UNION ALL SELECT NULL, number, time, model, native, id, NULL, NULL, 0, 0 "
        "FROM packet p WHERE message = ? AND NOT EXISTS "
        "(SELECT 1 FROM cycle c WHERE c.message = p.message AND c.packet = p.id)",
        (message, message),
    )
    for cycle, number, time, model, native, packet, answer, error, tokens_in, tokens_out in rows:
        shown = Shown(
            cycle,
            number,
            time,
            model,
            bool(native),
            None if packet is None else packets.read(packet),
            answer,
            error,
            Usage(tokens_in, tokens_out),
            tuple(calls.get(cycle, ())),
        )
        found.append(shown)
    return sorted(found, key=lambda shown: (shown.number, shown.id is not None, shown.time))


def _made(step: Step, transaction: int | None) -> Made:
    return Made(step.id, step.number, step.call, step.state, step.result, transaction)
