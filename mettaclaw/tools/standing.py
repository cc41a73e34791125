"""The tools of standing: promote, demote, support, contradict. In a message each item counts once.

Invariant: what a model says here ends no quarantine. What people say for an item or against it
counts by itself, where it is believed in their words (``memory.weighing``).
"""

from __future__ import annotations

from mettaclaw.atoms.quoting import is_quote
from mettaclaw.errors import CallError
from mettaclaw.memory import Item
from mettaclaw.protocol.tool import Outcome, Parameter, Tool
from mettaclaw.tools import values
from mettaclaw.tools.context import Context

_ID = Parameter("ID", "number", "the item's id, as query returns it")
_WORDS = Parameter("WORDS", "text", "what the person says, quoted verbatim from the message")


def declare(context: Context) -> tuple[Tool, ...]:
    """The tools, over an agent's memory."""

    def promote(number: float) -> Outcome:
        item = context.memory.promote(_id("promote", number), context.episode(), by_person=False)
        return _outcome("promoted", item)

    def demote(number: float) -> Outcome:
        return _outcome("demoted", context.memory.demote(_id("demote", number), context.episode()))

    def support(number: float, words: str) -> Outcome:
        _require_quote(context, "support", words)
        which = _id("support", number)
        item = context.memory.support(which, _episode(context), by_person=False)
        return _outcome("supported", item)

    def contradict(number: float, words: str) -> Outcome:
        _require_quote(context, "contradict", words)
        which = _id("contradict", number)
        item = context.memory.contradict(which, _episode(context), by_person=False)
        return _outcome("contradicted", item)

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
        Tool(
            "support",
            "Says that the person's words bear an item of long-term memory out. What is believed "
            "in quoted words counts without this; it is for what they bear out otherwise. In one "
            "message an item counts once; it ends no quarantine. Returns (supported ID).",
            (_ID, _WORDS),
            "memory",
            "allow",
            support,
            '(support 12 "Rex slept through the storm.")',
        ),
        Tool(
            "contradict",
            "Says that the person's words speak against an item of long-term memory: see support. "
            "Two such more than others quarantine an item that a model has kept. Returns "
            "(contradicted ID).",
            (_ID, _WORDS),
            "memory",
            "allow",
            contradict,
            '(contradict 12 "Rex hid under the bed again.")',
        ),
    )


def _require_quote(context: Context, tool: str, words: str) -> None:
    if not is_quote(words, context.message()):
        raise CallError(
            f"{tool}: WORDS are not in the person's message; quote a whole sentence of it verbatim"
        )


def _episode(context: Context) -> int:
    episode = context.episode()
    if episode is None:
        raise CallError("there is no message that could count; this needs one to answer")
    return episode


def _id(tool: str, number: float) -> int:
    if abs(number) >= 2**63 or number != int(number):
        raise CallError(f"{tool}: ID is {number}; it takes the id of an item, a whole number")
    return int(number)


def _outcome(name: str, item: Item) -> Outcome:
    notes = [values.note("it is in quarantine")] if item.is_quarantined else []
    return Outcome((values.form(name, item.id), *notes))
