"""What hands phrases to lark's parser in the place of characters; imported when that is built."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lark import Token
from lark.lexer import Lexer


class Phrases(Lexer):
    """Hands over the phrases as they are: the kind of each, and its index as text."""

    __future_interface__ = 1

    def __init__(self, _conf: object) -> None:
        pass

    def lex(self, lexer_state: Any, parser_state: Any) -> Iterator[Token]:
        """The tokens."""
        return (Token(phrase.kind, str(i)) for i, phrase in enumerate(lexer_state.text))
