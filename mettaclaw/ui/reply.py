"""A reply on the screen: plain as it was sent, or as Markdown where it clearly is that.

Invariant: whatever a reply holds, the terminal gets characters and our own styles, no control
sequence of the reply's making, not even one that Markdown would decode (``&#27;``).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mettaclaw.ui.text import clean

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType, RenderResult

_MARKDOWN = re.compile(
    r"^```|^#{1,4} \S|\*\*\S[^*\n]*\*\*"
    r"|^(?:[-*] .+\n){2,}|^(?:\d+\. .+\n){2,}|^\|.+\|\n\|[-: |]+\|",
    re.MULTILINE,
)


def looks_like_markdown(text: str) -> bool:
    """Whether a text has fences, headings, bold words, a table or a list of two items."""
    return bool(_MARKDOWN.search(f"{text}\n"))


def render(text: str, *, markdown: bool) -> RenderableType:
    """What to print for a reply; ``markdown`` says whether the model may mean Markdown."""
    from rich.console import Group
    from rich.padding import Padding
    from rich.text import Text

    text = clean(text).strip("\n")
    if markdown and looks_like_markdown(text):
        return _Harmless(text)
    # A long line goes on under its own beginning.
    return Group(
        *(
            Padding(
                Text(line.lstrip(" ")), (0, 0, 0, len(line) - len(line.lstrip(" "))), expand=False
            )
            for line in text.split("\n")
        )
    )


class _Harmless:
    """Markdown, of which every piece is cleaned once more after it has been decoded."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        from rich.markdown import Markdown
        from rich.segment import Segment

        for segment in console.render(Markdown(self._text, hyperlinks=False), options):
            yield segment if segment.control else Segment(clean(segment.text), segment.style)
