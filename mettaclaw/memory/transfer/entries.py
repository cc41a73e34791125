"""What an import reads: entries from files, cleaned of what no database can hold.

An entry says how often something was told: by all its times where those are known, else by being
the n-th time that the same words stand in their thread of their file. So an entry that was kept
once adds nothing when it is read again, whatever happened in between.

Invariant: what ``keep`` writes is part of the open transaction. Not covered: files and their forms.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeAlias

from mettaclaw.errors import UsageError
from mettaclaw.memory import items, votes
from mettaclaw.memory.drafts import MAX_SCOPE_CHARS
from mettaclaw.memory.items import Draft
from mettaclaw.memory.text import storable
from mettaclaw.memory.transfer.passages import pieces
from mettaclaw.memory.votes import Vote
from mettaclaw.redaction import Label, Redacted
from mettaclaw.storage import Database
from mettaclaw.storage.files import whole

Became: TypeAlias = Literal["new", "again", "known"]
Telling: TypeAlias = tuple[float, str]
Cleaning: TypeAlias = Callable[[str], Redacted]

MAX_FILE_BYTES = 200_000_000  # of one that is read as a whole
_PIECE_CHARS = 50_000  # of what one speaker says at once; what is longer becomes several items
_HASH_CHARS = 12
_MOST_ATOMS = 1_000  # of an item that a file goes on adding to; each is looked up in every hit


@dataclass(frozen=True, slots=True)
class Entry:
    """An item as a file has it.

    ``times`` are all its tellings, where they are known, and else it is the ``nth`` time that these
    words are said in their thread. ``at`` is how many bytes of the file are behind (about).
    ``vector`` is its vector by ``model``, float32 (little endian); ``value`` and ``used`` are its
    usefulness, ``votes`` what episodes said of it. ``left_out`` is what was left out of a text
    before it was cut into this entry and those after it.
    """

    draft: Draft
    times: tuple[Telling, ...] = ()
    nth: int = 1
    at: int = 0
    vector: bytes | None = None
    model: str = ""
    value: float = 0.0
    used: float | None = None
    votes: tuple[Vote, ...] = ()
    left_out: Mapping[Label, int] = field(default_factory=dict[Label, int])


@dataclass(frozen=True, slots=True)
class Unit:
    """A file that is read as a whole: its name for people, its bytes, and its entries in order."""

    path: Path
    name: str
    size: int
    read: Callable[[], Iterator[Entry]]


@dataclass(slots=True)
class Left:
    """What was not read in: files with the reason, and how many parts of each kind."""

    files: dict[str, str] = field(default_factory=dict[str, str])
    parts: Counter[str] = field(default_factory=Counter[str])


class Thread:
    """Entries of one conversation or document, in order, counted where words come again.

    Secrets are left out of a text before it is cut, for a part of one tells by no form what it is.
    """

    def __init__(self, scope: str, kind: str, source: str, thread: str, cleaned: Cleaning) -> None:
        self._place = (name(scope), kind, name(source), name(thread))
        self._said: Counter[int] = Counter()
        self._cleaned = cleaned

    def entries(
        self,
        text: str,
        time: float,
        at: int,
        *,
        speaker: str | None = None,
        context: str | None = None,
    ) -> Iterator[Entry]:
        """A text as entries: one, unless it is very long."""
        scope, kind, source, thread = self._place
        who = name(speaker) or None if speaker is not None else None
        redacted = self._cleaned(clean(text))
        left_out: Mapping[Label, int] = redacted.counts
        for piece in pieces(redacted.text, _PIECE_CHARS):
            if not piece.strip():
                continue
            sign = hash((piece, who))
            self._said[sign] += 1
            draft = Draft(piece, (), source, time, scope, kind, who, thread, context)
            yield Entry(draft, nth=self._said[sign], at=at, left_out=left_out)
            left_out = dict[Label, int]()


def keep(database: Database, entry: Entry, transaction: int) -> tuple[int, Became, Draft]:
    """Write an entry, as far as it is not there yet; the item's id, what became of it, and what was
    kept: its draft without what is a secret by the settings.
    """
    database.note_redacted(entry.left_out)
    draft = items.cleared(database, entry.draft)
    twin = items.twin(database, draft)
    if twin is None:
        number = items.keep(database, draft, transaction).item.id
        _tell(database, number, entry.times[1:], transaction)
        if entry.used is not None:
            database.write(
                "UPDATE item SET value = ?, used = ? WHERE id = ?",
                (entry.value, entry.used, number),
            )
        votes.take(database, number, entry.votes, is_new=True)
        return number, "new", draft
    if draft.atoms and len(twin.atoms) > _MOST_ATOMS:
        raise UsageError(
            f"item {twin.id} has {len(twin.atoms):,} atoms already, and a file may add some up to "
            f"{_MOST_ATOMS:,}; leave atoms out of the lines that say it again"
        )
    items.attach(database, twin, draft.atoms)
    is_told = votes.take(database, twin.id, entry.votes, is_new=False)
    if entry.used is not None and (twin.used is None or micros(twin.used) < micros(entry.used)):
        sql = "UPDATE item SET value = ?, used = ? WHERE id = ?"
        database.write(sql, (entry.value, entry.used, twin.id))
        is_told = True
    if entry.times:
        there = Counter(map(_told, items.times(database, twin.id)))
        missing: list[Telling] = []
        for telling in entry.times:
            there[_told(telling)] -= 1
            if there[_told(telling)] < 0:
                missing.append(telling)
    else:
        missing = [(draft.time, draft.source)] if twin.count < entry.nth else []
    _tell(database, twin.id, missing, transaction)
    return twin.id, "again" if missing or is_told else "known", draft


def clean(text: str) -> str:
    """A text that can be kept: without NUL and halves of surrogate pairs."""
    return storable(text)


def micros(time: float) -> float:
    """A time in whole microseconds, as which exports write it."""
    return round(time * 1e6) if math.isfinite(time * 1e6) else time


def name(text: str) -> str:
    """A name that can be kept; of one that is too long, the beginning and a sign of the rest."""
    found = clean(text)
    if len(found) <= MAX_SCOPE_CHARS:
        return found
    sign = hashlib.sha256(found.encode()).hexdigest()[:_HASH_CHARS]
    return f"{found[: MAX_SCOPE_CHARS - _HASH_CHARS - 1]}…{sign}"


def text_of(file: Path, shown: str) -> str:
    """The text of a file.

    Raises:
        UsageError: It cannot be read, is empty, or is not UTF-8 text; the message says which.
    """
    try:
        if file.stat().st_size > MAX_FILE_BYTES:
            raise UsageError(f"{shown} has more than {MAX_FILE_BYTES:,} bytes; split it")
        octets = whole(file, MAX_FILE_BYTES)
    except OSError as error:
        raise UsageError(f"{shown} cannot be read: {error.strerror}") from error
    if b"\0" in octets[:8_192]:
        raise UsageError(f"{shown} is no text: it holds NUL bytes near its beginning")
    try:
        text = octets.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = octets.count(b"\n", 0, error.start) + 1
        raise UsageError(
            f"{shown}, line {line}: this is not UTF-8 text; convert the file "
            "(`iconv -t UTF-8`) and import it again"
        ) from error
    if not text.strip():
        raise UsageError(f"{shown} is empty")
    return text


def _tell(
    database: Database, number: int, tellings: list[Telling] | tuple[Telling, ...], transaction: int
) -> None:
    if tellings:
        database.write_many(
            "INSERT INTO item_again (item, time, source, txn) VALUES (?, ?, ?, ?)",
            [(number, time, source, transaction) for time, source in tellings],
        )
        database.write("UPDATE item SET count = count + ? WHERE id = ?", (len(tellings), number))


def _told(telling: Telling) -> tuple[float, str]:
    return micros(telling[0]), telling[1]
