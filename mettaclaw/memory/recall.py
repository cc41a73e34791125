"""What comes to mind: the few items that are close to a message, before anybody asks for them.

An item clears the threshold by its meaning, or by having half of the telling words of one sentence
of the message: two at least, or one where the sentence has no more than two. Nothing is waited for:
while the embedding model is not loaded, words alone decide. What is in quarantine never comes to
mind.

Invariant: the text keeps to its budget, and says how much it left out. Empty where nothing clears
the threshold. Not covered: how it is shown to a model (``models.layout``), as data.
"""

from __future__ import annotations

from mettaclaw.atoms.times import moment
from mettaclaw.memory.items import Hit
from mettaclaw.memory.longterm import Memory
from mettaclaw.memory.telling import SENTENCE_END, telling_words

CLOSE = 0.45  # cosine
SHARE = 0.5  # of a sentence's telling words
LEAST = 2  # of them, where it has more
MOST = 10  # items
MAX_CHARS = 2_000  # of a message that are looked at
TOKEN_CHARS = 4


def recall(memory: Memory, text: str, budget_tokens: int) -> str:
    """The items that are close to a text, best first, a line each; empty for none.

    Args:
        memory: Where to look.
        text: The message.
        budget_tokens: How long the lines may be together, a token being four characters.
    """
    asked = text[:MAX_CHARS]
    if budget_tokens <= 0 or not asked.strip():
        return ""
    hits = [hit for hit in memory.search(asked, MOST, patient=False).hits if _is_close(hit, asked)]
    lines: list[str] = []
    room = budget_tokens * TOKEN_CHARS
    for hit in hits:
        line = _line(hit)
        if len(line) <= room:  # else a shorter one may have room
            room -= len(line)
            lines.append(line)
    if left := len(hits) - len(lines):
        lines.append(f"({left} more left out: over {budget_tokens:,} tokens)")
    return "\n".join(lines)


def _is_close(hit: Hit, asked: str) -> bool:
    if hit.item.is_quarantined:
        return False
    if hit.cosine is not None and hit.cosine >= CLOSE:
        return True
    there = telling_words(hit.item.words)
    return any(_has_enough(telling_words(part), there) for part in SENTENCE_END.split(asked))


def _has_enough(asked: frozenset[str], there: frozenset[str]) -> bool:
    common = asked & there
    return bool(common) and len(common) >= max(min(LEAST, len(asked) / 2), SHARE * len(asked))


def _line(hit: Hit) -> str:
    item = hit.item
    said = " ".join(item.words.split())
    premises = [f"({atom} {truth})" for atom, truth in hit.premises if truth is not None]
    who = item.source if item.speaker is None else f"{item.speaker}, {item.source}"
    return " ".join([f"item {item.id}, {moment(item.time)[:10]}, {who}: {said}", *premises])
