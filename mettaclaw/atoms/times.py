"""Times as text, in UTC: the only place that writes them.

Invariant: every number of seconds has a text, also one that no calendar has (``UNKNOWN``); years
have four digits. Times that people ask for (``today``, ``2h``) are ``memory.episodes``'.
"""

from __future__ import annotations

import math
from datetime import datetime, timezone

UNKNOWN = "an unknown time"


def utc(seconds: float) -> datetime | None:
    """A time in seconds as a date; None where no calendar has it."""
    try:
        return datetime.fromtimestamp(math.floor(seconds), timezone.utc)
    except (ValueError, OverflowError, OSError):
        return None


def moment(seconds: float) -> str:
    """A time as ISO 8601, to the second: ``2025-03-01T12:00:00Z``."""
    when = utc(seconds)
    return f"{when.replace(tzinfo=None).isoformat()}Z" if when else UNKNOWN


def minute(seconds: float) -> str:
    """A time for people: ``2025-03-01 12:00``."""
    when = utc(seconds)
    return when.replace(tzinfo=None).isoformat(" ", "minutes") if when else UNKNOWN


def seconds_of(text: str) -> float:
    """The time that ``moment`` wrote; infinite for one that is unknown.

    Raises:
        ValueError: The text is no time.
    """
    if text == UNKNOWN:
        return math.inf
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()
