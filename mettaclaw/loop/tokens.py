"""How many tokens a cycle took where its model does not count them: a guess from characters.

Invariant: what a model counted is never replaced, so that the limit of a turn holds for every
model and the figures that are stored and shown are the model's own. Not covered: how a tokenizer
really cuts a text; languages other than English, and code, take more tokens than this says.
"""

from __future__ import annotations

import json

from mettaclaw.models import layout
from mettaclaw.protocol.packet import Answer, Packet, Usage

CHARS = 4  # of English text, in one token


def uncounted(packet: Packet, answer: Answer) -> Usage:
    """The tokens that a model's usage leaves out, ``CHARS`` characters each; none if it has all."""
    usage = answer.usage
    return Usage(
        0 if usage.tokens_in else -(-_chars(packet) // CHARS),
        0 if usage.tokens_out else -(-len(answer.text) // CHARS),
    )


def _chars(packet: Packet) -> int:
    tools = sum(len(json.dumps(tool.json_schema())) for tool in packet.tools)
    return len(packet.system) + tools + len(layout.user(packet))
