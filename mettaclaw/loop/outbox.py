"""The outbox: replies that were said, and whether the person has heard them.

Invariant: a reply is a row of the transaction of the call that said it, and leaves after the
commit; one that is not marked as delivered is said again after a crash. Not covered: how it reaches
the person (``mettaclaw.ui``).
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from mettaclaw.memory import Episodes, erasure
from mettaclaw.storage import Database


@dataclass(frozen=True, slots=True)
class Pending:
    """A reply in the outbox."""

    id: int
    message: int
    text: str


class Outbox:
    """The replies to all messages."""

    def __init__(self, database: Database, episodes: Episodes) -> None:
        self._database = database
        self._episodes = episodes

    def queue(self, message: int, text: str) -> int:
        """Put a reply into the outbox, without secrets; it leaves after the commit."""
        text = self._database.clean(text)
        number = self._database.write(
            "INSERT INTO outbox (message, text, time) VALUES (?, ?, ?)",
            (message, text, time.time()),
        )
        self._episodes.append("reply", text, message=message)
        return number

    def replies(self, message: int) -> list[str]:
        """What was said in answer to a message."""
        rows = self._database.rows(
            "SELECT text FROM outbox WHERE message = ? ORDER BY id", (message,)
        )
        return [row[0] for row in rows]

    def undelivered(self, message: int) -> list[Pending]:
        """Replies to a message that have not left yet."""
        rows = self._database.rows(
            "SELECT id, message, text FROM outbox WHERE delivered IS NULL AND message = ? "
            "ORDER BY id",
            (message,),
        )
        return [Pending(*row) for row in rows]

    def unheard(self, session: int) -> list[Pending]:
        """Replies of turns that are over and that nobody has heard: what a crash left behind.

        Those to one message stand together, in the order in which they were said.
        """
        rows = self._database.rows(
            "SELECT o.id, o.message, o.text FROM outbox o JOIN message m ON m.id = o.message "
            "WHERE o.delivered IS NULL AND m.session = ? "
            "AND m.state NOT IN ('queued', 'running') ORDER BY o.message, o.id",
            (session,),
        )
        return [Pending(*row) for row in rows]

    def delivered(self, replies: Sequence[int]) -> None:
        """Replies, by their ids, have reached the person; of what they forgot nothing is kept."""
        now = time.time()
        with self._database.transaction("loop", "delivery"):
            self._database.write_many(
                "UPDATE outbox SET delivered = ? WHERE id = ?", [(now, reply) for reply in replies]
            )
        erasure.settle(self._database)
