"""The grammar of ``prompts/english.lark``: its closed words, and its parser, built once.

The parser takes phrases (``clauses.Phrase``) and not characters: which word is the verb is settled
before, so that the grammar has no ties and one attempt costs some 50 microseconds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias

from mettaclaw.config import resource
from mettaclaw.models.english.degrees import CERTAINTY, FREQUENCY, QUANTITY

if TYPE_CHECKING:
    from lark import Lark, Token, Tree

    from mettaclaw.models.english.clauses import Phrase

    Node: TypeAlias = Tree[Token]

_TERMINAL = re.compile(r'^([A-Z_]+):((?:\s*\|?\s*"[^"]+")+)', re.MULTILINE)


@lru_cache(maxsize=1)
def text() -> str:
    """The grammar file."""
    return resource("prompts/english.lark").read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def closed_words() -> dict[str, str]:
    """The words of the closed classes, such as ``is``, with the terminal that each is."""
    found: dict[str, str] = {}
    for terminal, alternatives in _TERMINAL.findall(text()):
        for words in re.findall(r'"([^"]+)"', alternatives):
            found.setdefault(words, terminal)
    for terminal, table in (
        ("FREQUENCY", FREQUENCY),
        ("QUANTITY", QUANTITY),
        ("CERTAINTY", CERTAINTY),
    ):
        found.update(dict.fromkeys(table, terminal))
    return found


def parse(phrases: Sequence[Phrase], start: str = "start") -> Node | None:
    """The tree of a sentence in phrases, or None where the grammar has no such sentence.

    With ``start="noun_phrase"``, that of a noun phrase on its own.

    The value of a token is the index of its phrase, as text.
    """
    from lark.exceptions import UnexpectedInput

    try:
        return _parser().parse(phrases, start=start)  # pyright: ignore[reportUnknownMemberType] lark's stub
    except UnexpectedInput:
        return None


@lru_cache(maxsize=1)
def _parser() -> Lark:
    from lark import Lark, Token
    from lark.lexer import Lexer

    class Phrases(Lexer):
        """Hands over the phrases as they are."""

        __future_interface__ = 1

        def __init__(self, _conf: object) -> None:
            pass

        def lex(self, lexer_state: Any, parser_state: Any) -> Iterator[Token]:
            return (Token(phrase.kind, str(i)) for i, phrase in enumerate(lexer_state.text))

    return Lark(
        text(),
        parser="lalr",
        lexer=Phrases,
        start=["start", "noun_phrase"],
        maybe_placeholders=False,
    )
