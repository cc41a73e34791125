"""Messages: what was said to an agent, with a state each, in the order of their arrival.

A message is queued, running, and then done, failed or stopped. Invariant: it is on the disk when
its id is given out, and only what nobody has begun to answer can be taken back. Not covered: its
turn (``loop.journal``), and whose session it belongs to (``loop.session``).
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import cast

from mettaclaw.errors import UsageError
from mettaclaw.memory import Episodes
from mettaclaw.protocol.packet import Message
from mettaclaw.storage import Database


class Inbox:
    """The messages of all sessions. Methods that write are one transaction each."""

    def __init__(self, database: Database, episodes: Episodes) -> None:
        self._database = database
        self._episodes = episodes

    def enqueue(self, session: int, texts: Sequence[str]) -> list[int]:
        """Queue messages, each with an id; they are on the disk when this returns.

        What is redacted (``mettaclaw.redaction``) is left out of them: it is for nobody to keep.
        """
        now = time.time()
        ids: list[int] = []
        with self._database.transaction("user", "message"):
            for text in map(self._database.clean, texts):
                number = self._database.write(
                    "INSERT INTO message (session, time, text, state) VALUES (?, ?, ?, 'queued')",
                    (session, now, text),
                )
                self._episodes.append("message", text, message=number)
                ids.append(number)
        return ids

    def open_messages(self, session: int) -> list[Message]:
        """The session's messages that have no end yet, in order of arrival."""
        rows = self._database.rows(
            "SELECT id, text, time FROM message WHERE session = ? "
            "AND state IN ('queued', 'running') ORDER BY id",
            (session,),
        )
        return [Message(*row) for row in rows]

    def message(self, number: int) -> tuple[Message, str]:
        """A message and its state.

        Raises:
            UsageError: There is no message with this id.
        """
        if not isinstance(cast("object", number), int):
            raise UsageError(f"a message's id is a whole number, not {type(number).__name__}")
        sql = "SELECT id, text, time, state FROM message WHERE id = ?"
        row = self._database.row(sql, (number,)) if 0 < number < 2**63 else None
        if row is None:
            shown = number if abs(number) < 2**63 else f"of {number.bit_length():,} bits"
            raise UsageError(f"there is no message {shown}")
        return Message(*row[:3]), row[3]

    def withdraw(self, session: int, only: int | None = None) -> int:
        """Stop the session's messages, or the one of this id, that nobody has begun to answer.

        Returns how many there were.
        """
        with self._database.transaction("user", "withdraw"):
            rows = self._database.rows(
                "SELECT id FROM message WHERE session = ? AND state = 'queued' "
                "AND (? IS NULL OR id = ?)",
                (session, only, only),
            )
            for (number,) in rows:
                self._database.write("UPDATE message SET state = 'stopped' WHERE id = ?", (number,))
        return len(rows)

    def start(self, message: Message) -> None:
        """A message's turn begins, or is taken up again."""
        with self._database.transaction("loop", "turn"):
            self._database.write("UPDATE message SET state = 'running' WHERE id = ?", (message.id,))

    def put_back(self, message: Message) -> None:
        """A message whose turn came to nothing waits again."""
        with self._database.transaction("loop", "turn"):
            self._database.write("UPDATE message SET state = 'queued' WHERE id = ?", (message.id,))
