"""The tools of usefulness: promote, demote. In one message each item counts once."""

from __future__ import annotations

from mettaclaw.errors import CallError
from mettaclaw.memory import Item
from mettaclaw.protocol.tool import Outcome, Parameter, Tool
from mettaclaw.tools import values
from mettaclaw.tools.context import Context

_ID = Parameter("ID", "number", "the item's id, as query returns it")


def declare(context: Context) -> tuple[Tool, ...]:
    """The tools, over an agent's memory."""

    def promote(number: float) -> Outcome:
        item = context.memory.promote(_id("promote", number), context.episode(), by_person=False)
        return _outcome("promoted", item)

    def demote(number: float) -> Outcome:
        return _outcome("demoted", context.memory.demote(_id("demote", number), context.episode()))

    return (
        Tool(
            "promote",
            "Says that an item of long-term memory was useful, so that it is found a little "
            "sooner; that wears off. In one message an item counts once. Returns (promoted ID).",
            (_ID,),
            "memory",
            "allow",
            promote,
            "(promote 12)",
        ),
        Tool(
            "demote",
            "Says that an item of long-term memory was found and was of no use, so that it is "
            "found a little later; that wears off. In one message an item counts once. Returns "
            "(demoted ID).",
            (_ID,),
            "memory",
            "allow",
            demote,
            "(demote 12)",
        ),
    )


def _id(tool: str, number: float) -> int:
    if abs(number) >= 2**63 or number != int(number):
        raise CallError(f"{tool}: ID is {number}; it takes the id of an item, a whole number")
    return int(number)


def _outcome(name: str, item: Item) -> Outcome:
    notes = [values.note("it is in quarantine")] if item.is_quarantined else []
    return Outcome((values.form(name, item.id), *notes))
