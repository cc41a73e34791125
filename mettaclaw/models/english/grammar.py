"""The parser of the grammar in ``prompts/english.lark``, built once.

The parser takes phrases (``clauses.Phrase``) and not characters: which word is the verb is settled
before, so that the grammar has no ties and one attempt costs some 50 microseconds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias

from mettaclaw.models.english import terminals

if TYPE_CHECKING:
    from lark import Lark, Token, Tree

    from mettaclaw.models.english.clauses import Phrase

    Node: TypeAlias = Tree[Token]


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
        terminals.text(),
        parser="lalr",
        lexer=Phrases,
        start=["start", "noun_phrase"],
        maybe_placeholders=False,
    )
