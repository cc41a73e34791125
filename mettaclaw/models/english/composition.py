"""Puts what the sentences of a message were answered with together into one reply."""

from __future__ import annotations

from collections.abc import Sequence

from mettaclaw.models.english import replies
from mettaclaw.models.english.advice import advice
from mettaclaw.models.english.meaning import Chat, Reading
from mettaclaw.models.english.prose import capital, listed
from mettaclaw.models.english.stage import Say

MAX_SENTENCES = 100
_MAX_REPLY_CHARS = 8_000
_MAX_QUOTE_CHARS = 200
_MOST_QUOTES = 10
_CONNECT = (
    "To talk freely, connect a language model: set OPENAI_API_KEY and start me with --model NAME."
)

_AGAIN = 'Say "Help me." for what I can read; /help lists the commands of my prompt.'


def composed(
    said: Sequence[tuple[Reading, Say]],
    unread: Sequence[str],
    unfinished: Sequence[str],
    left_out: int,
    earlier: Sequence[str] = (),
    remembered: Sequence[str] = (),
) -> str:
    """The reply.

    Args:
        said: What was said to each sentence, in order.
        unread: The sentences that could not be read, as they were written.
        unfinished: Those for which no cycle was left.
        left_out: How many more the message had.
        earlier: What was said in the turns before: help that was given once is not repeated.
        remembered: What was told that may answer questions among those that could not be read.
    """
    paragraphs: list[str] = []
    noted: list[str] = []
    answered = any(not isinstance(reading.act, Chat) for reading, _ in said)
    for reading, say in said:
        if answered and reading.act == Chat("fine"):
            continue
        noted += say.noted
        if say.text:
            paragraphs += [*_noted(noted), say.text]
            noted = []
    paragraphs += _noted(noted)
    if unfinished:
        paragraphs.append(
            f"I ran out of cycles before {_quoted(unfinished)}. What was stored so far is kept; "
            "send the rest again."
        )
    if unread:
        proposed = [text for text in map(advice, unread[:_MOST_QUOTES]) if text]
        instead = remembered or proposed[:1]
        refused = " ".join((f"I could not read {_quoted(unread)}.", *dict.fromkeys(instead)))
        paragraphs.append(f"{refused}\n{_help(earlier, _CONNECT if paragraphs else replies.HELP)}")
    if left_out:
        more = "sentence" if left_out == 1 else f"{left_out} sentences"
        paragraphs.append(f"I read {MAX_SENTENCES} sentences; send the last {more} again.")
    text = "\n".join(paragraphs) or replies.HELP
    if len(text) <= _MAX_REPLY_CHARS:
        return text
    return f"{text[:_MAX_REPLY_CHARS]} … (cut; ask for less at once)"


def _help(earlier: Sequence[str], text: str) -> str:
    """The help, or where it stands in the conversation already, how to get it again."""
    return _AGAIN if any(text in reply or replies.HELP in reply for reply in earlier) else text


def _noted(facts: Sequence[str]) -> list[str]:
    if len(facts) > 3:
        return ["\n".join(["Noted:", *(f"- {capital(fact)}." for fact in facts)])]
    return [f"Noted: {'; '.join(facts)}."] if facts else []


def _quoted(sentences: Sequence[str]) -> str:
    texts = list(dict.fromkeys(sentences))
    shown = [f'"{_cut(text)}"' for text in texts[:_MOST_QUOTES]]
    more = len(texts) - len(shown)
    return f"{', '.join(shown)} and {more} more" if more else listed(shown)


def _cut(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _MAX_QUOTE_CHARS else f"{flat[:_MAX_QUOTE_CHARS]}…"
