"""The pin: one string of working memory, in every packet.

Invariant: a session has one pin, and only the latest survives. It is volatile: a new session starts
with an empty one. Not covered: the pin of a turn that a crash interrupted (``loop.session``).
"""

from __future__ import annotations

from mettaclaw.errors import LimitError
from mettaclaw.memory.text import require_storable
from mettaclaw.storage import Database

MAX_CHARS = 4_000


class Pin:
    """The working memory of one session."""

    def __init__(self, database: Database, session: int) -> None:
        self._database = database
        self._session = session

    def read(self) -> str:
        """The pinned text; empty if nothing is pinned."""
        row = self._database.row("SELECT pin FROM session WHERE id = ?", (self._session,))
        return str(row[0]) if row else ""

    def write(self, text: str) -> None:
        """Replace what is pinned; the empty text clears it. Secrets are left out.

        Raises:
            LimitError: The text is too long to be in every packet.
            UsageError: It holds a NUL or half of a surrogate pair.
        """
        if len(text) > MAX_CHARS:
            raise LimitError(
                "text",
                f"a pin of {len(text):,} characters, and {MAX_CHARS:,} are allowed (limit text); "
                "pin a plan, and remember the rest",
            )
        require_storable(text, "the pin")
        with self._database.transaction("pin", "pin"):
            text = self._database.clean(text)
            self._database.write("UPDATE session SET pin = ? WHERE id = ?", (text, self._session))
