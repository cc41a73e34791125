"""Packets as they were shown, in the database, so that any cycle can be shown again.

A packet is kept before the model is asked. Its texts are stored once each by their content, as are
its parts (each cycle, each earlier turn): the next packet holds the same ones and adds what is new,
so N turns take as much text as was said in them, and not its square.

Invariant: ``read`` gives the packet that ``keep`` was given, but for what its tools do: they are
declarations here and run nothing. Texts stand alone in their rows, with nothing of ours around
them, so that one can be rewritten where it is forgotten; a call or a value that cannot be read any
more then is shown as a text. The key of the endpoint is in none.

Not covered: how a packet is laid out as text (``models.layout``), and what came of it
(``loop.replay``).
"""

from __future__ import annotations

import json
from typing import Any, NoReturn

from mettaclaw.atoms.syntax import Atom, Expression, String, Symbol, read, read_all
from mettaclaw.atoms.truth import Truth
from mettaclaw.errors import MettaClawError, UsageError
from mettaclaw.memory.text import storable
from mettaclaw.protocol.calls import Call, Failure, Result
from mettaclaw.protocol.packet import Cycle, Exchange, Message, Packet
from mettaclaw.protocol.tool import Parameter, Tool
from mettaclaw.storage import Database, blobs

_KNOWN = 4_096  # parts whose ids are known by heart
_COLUMNS = (
    "message, number, time, model, native, system, tools, pin, text, said, notice, history, "
    "results, calls_limit, cycles_left, recall"
)
_DECLARED = ("name", "doc", "effect", "permission", "example", "denial")  # and the parameters


class Packets:
    """The packets of a database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: dict[Cycle | Exchange | tuple[Tool, ...], int] = {}
        self._rewritten = -1

    def keep(self, packet: Packet, number: int, model: str, native: bool) -> int:
        """Store a packet inside the open transaction; its id.

        Args:
            packet: What is about to be shown.
            number: Of its cycle.
            model: The name of whom it is shown to.
            native: Whether the tools are offered as JSON functions.
        """
        rewritten = blobs.rewritten(self._database)
        if rewritten != self._rewritten or len(self._known) > _KNOWN:
            self._known.clear()
            self._rewritten = rewritten
        self._database.on_rollback(self._known.clear)
        history = json.dumps([self._exchange(exchange) for exchange in packet.history])
        message = packet.message
        return self._database.write(
            f"INSERT INTO packet ({_COLUMNS}) VALUES ({', '.join('?' * 16)})",
            (
                message.id,
                number,
                packet.time,
                model,
                native,
                blobs.keep(self._database, packet.system),
                self._tools(packet.tools),
                self._text(packet.pin),
                self._text(message.text),
                message.time,
                self._text(packet.notice),
                self._part(history),
                json.dumps([self._cycle(cycle) for cycle in packet.results]),
                packet.calls_limit,
                packet.cycles_left,
                self._text(packet.recall),
            ),
        )

    def read(self, id_: int) -> Packet:
        """The packet with this id, as it was shown."""
        row = self._database.row(f"SELECT {_COLUMNS} FROM packet WHERE id = ?", (id_,))
        if row is None:
            raise AssertionError(f"there is no packet {id_}")
        message, _, time, _, _, system, tools, pin, text, said, notice, *rest = row
        history, results, calls_limit, cycles_left, recall = rest
        parts = _Parts(self._database, [history], json.loads(results))
        texts = blobs.texts(
            self._database, {system, tools, pin, text, notice, recall, *parts.texts}
        )
        return Packet(
            system=texts[system],
            tools=tuple(_tool(declared) for declared in json.loads(texts[tools])),
            pin=texts[pin],
            results=tuple(_cycle(parts.cycles[cycle], texts) for cycle in json.loads(results)),
            history=tuple(
                _exchange(parts.exchanges[id_], parts.cycles, texts) for id_ in parts.history
            ),
            message=Message(message, texts[text], said),
            time=time,
            calls_limit=calls_limit,
            cycles_left=cycles_left,
            notice=texts[notice],
            recall=texts[recall],
        )

    # --- storing ---

    def _text(self, text: str) -> int:
        return blobs.keep(self._database, self._database.clean(storable(text)))

    def _part(self, ids: str) -> int:
        row = self._database.row("SELECT id FROM part WHERE ids = ?", (ids,))
        return row[0] if row else self._database.write("INSERT INTO part (ids) VALUES (?)", (ids,))

    def _cycle(self, cycle: Cycle) -> int:
        if (known := self._known.get(cycle)) is not None:
            return known
        error = None if cycle.error is None else self._text(cycle.error)
        results = [self._result(result) for result in cycle.results]
        stored = self._part(json.dumps([cycle.number, self._text(cycle.answer), error, results]))
        self._known[cycle] = stored
        return stored

    def _result(self, result: Result) -> list[object]:
        failure, truth = result.failure, result.truth
        return [
            self._text(str(result.call)),
            self._text("\n".join(map(str, result.values))),
            failure and failure.kind,
            failure and self._text(failure.message),
            truth and truth.f,
            truth and truth.c,
            result.ms,
        ]

    def _exchange(self, exchange: Exchange) -> int:
        if (known := self._known.get(exchange)) is not None:
            return known
        message = exchange.message
        cycles = [self._cycle(cycle) for cycle in exchange.cycles]
        replies = [self._text(reply) for reply in exchange.replies]
        stored = self._part(
            json.dumps([message.id, message.time, self._text(message.text), cycles, replies])
        )
        self._known[exchange] = stored
        return stored

    def _tools(self, tools: tuple[Tool, ...]) -> int:
        if (known := self._known.get(tools)) is not None:
            return known
        declared = [
            {name: getattr(tool, name) for name in _DECLARED}
            | {"parameters": [[p.name, p.type, p.doc, p.optional] for p in tool.parameters]}
            for tool in tools
        ]
        stored = blobs.keep(self._database, json.dumps(declared))
        self._known[tools] = stored
        return stored


class _Parts:
    """The parts of one packet, by their ids; ``texts`` are the ids of what they say."""

    def __init__(self, database: Database, history: list[int], results: list[int]) -> None:
        (ids,) = _read(database, history).values()
        self.history: list[int] = ids
        self.exchanges = _read(database, self.history)
        within = [cycle for exchange in self.exchanges.values() for cycle in exchange[3]]
        self.cycles = _read(database, [*results, *within])
        self.texts: set[int] = set()
        for _, _, text, _, replies in self.exchanges.values():
            self.texts |= {text, *replies}
        for _, answer, error, made in self.cycles.values():
            said = [id_ for call, values, _, why, *_ in made for id_ in (call, values, why)]
            self.texts |= {id_ for id_ in (answer, error, *said) if id_ is not None}


def _read(database: Database, ids: list[int]) -> dict[int, Any]:
    found: dict[int, Any] = {}
    wanted = sorted(set(ids))
    for start in range(0, len(wanted), 500):
        some = wanted[start : start + 500]
        marks = ", ".join("?" * len(some))
        rows = database.rows(f"SELECT id, ids FROM part WHERE id IN ({marks})", some)
        found |= {id_: json.loads(stored) for id_, stored in rows}
    return found


def _exchange(stored: Any, cycles: dict[int, Any], texts: dict[int, str]) -> Exchange:
    id_, time, text, made, replies = stored
    return Exchange(
        Message(id_, texts[text], time),
        tuple(_cycle(cycles[cycle], texts) for cycle in made),
        tuple(texts[reply] for reply in replies),
    )


def _cycle(stored: Any, texts: dict[int, str]) -> Cycle:
    number, answer, error, results = stored
    return Cycle(
        number,
        texts[answer],
        tuple(_result(result, texts) for result in results),
        None if error is None else texts[error],
    )


def _result(stored: Any, texts: dict[int, str]) -> Result:
    call, values, kind, why, f, c, ms = stored
    failure = None if kind is None else Failure(kind, texts[why])
    truth = None if f is None else Truth(f, c)
    return Result(_call(texts[call]), _values(texts[values]), failure, truth, ms)


def _call(text: str) -> Call:
    try:
        atom = read(text)
    except MettaClawError:
        atom = String(text)
    match atom:
        case Expression((Symbol(name), *args)):
            return Call(name, tuple(args))
        case _:
            return Call("forgotten", (String(text),))


def _values(text: str) -> tuple[Atom, ...]:
    try:
        return tuple(read_all(text))
    except MettaClawError:
        return (String(text),)


def _tool(declared: dict[str, Any]) -> Tool:
    parameters = tuple(Parameter(*parameter) for parameter in declared.pop("parameters"))
    return Tool(**declared, parameters=parameters, run=_refuse)


def _refuse(*_: object) -> NoReturn:
    raise UsageError("this tool is part of a packet that was stored: it is shown and runs nothing")
