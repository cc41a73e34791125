"""Text from anywhere on its way into the database.

Invariant: what ``storable`` returns, and what ``require_storable`` lets pass, can be stored as
UTF-8 and stand in an atom. Not covered: what may be shown on a terminal (``mettaclaw.ui.text``).
"""

from __future__ import annotations

from mettaclaw.atoms.values import UNWRITABLE
from mettaclaw.errors import UsageError


def storable(text: str) -> str:
    """The text with each NUL and each half of a surrogate pair replaced by U+FFFD."""
    return UNWRITABLE.sub("\ufffd", text)


def require_storable(text: str, what: str) -> None:
    """Refuse a text that ``storable`` would change.

    Args:
        text: The text.
        what: What it is, such as ``the message``; the error begins with it.

    Raises:
        UsageError: It holds a NUL or half of a surrogate pair.
    """
    if UNWRITABLE.search(text):
        raise UsageError(f"{what} holds a NUL or half of a surrogate pair; remove it")
