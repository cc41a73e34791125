"""The parser of the grammar in ``prompts/english.lark``, built once.

The parser takes phrases (``clauses.Phrase``) and not characters: which word is the verb is settled
before, so that the grammar has no ties and one attempt costs some 50 microseconds. To build it
takes some 0.3 s of processor time, so what lark has built it keeps in a file, and checks by its
digest that it is of the same grammar; what is damaged there is built anew.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

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
    return built(kept_in())


def kept_in() -> Path | None:
    """The file that has the parser from the last time; None where there can be none.

    It is read as a pickle, so nobody but the person may be able to write there.
    """
    import platformdirs

    folder = Path(platformdirs.user_cache_dir("mettaclaw", appauthor=False))
    if not folder.is_absolute():  # nobody's home is known here
        return None
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        about = folder.stat()
    except OSError:
        return None
    own = about.st_uid == os.geteuid() and not about.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    return folder / "english.lark.cache" if own and os.access(folder, os.W_OK) else None


def built(cache: Path | None) -> Lark:
    """The parser, from the file if that has it, and else from the grammar and into the file."""
    from lark import Lark

    from mettaclaw.models.english.lexer import Phrases

    return Lark(
        terminals.text(),
        parser="lalr",
        lexer=Phrases,
        start=["start", "noun_phrase"],
        maybe_placeholders=False,
        cache=False if cache is None else str(cache),
    )
