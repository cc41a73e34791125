"""Files of atoms, in and out: whose export one is, and whether it came before.

Each base has a name. Its exports carry that in their first line, and in the next lines the names of
the bases whose knowledge it has read from files: what comes back by way of others is known as ours.
Their last line is a digest, which tells whether somebody has edited them.
A file is known by what it says, its comments left out: a copy under another name is the same
source, and so is a later edition at the same place, and another export of the same base wherever it
stands. Another file of the same name is a source of its own.

Two exports of different bases that share the knowledge of a third may tell the same evidence. It is
not counted twice: of what they say of one statement, what is more confident stands.

Not covered: what a file says (``atoms.textfile``), and what of it is new (``atoms.evidence``).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from mettaclaw.atoms import textfile
from mettaclaw.atoms.reader import Reader
from mettaclaw.atoms.store import AtomStore, Own
from mettaclaw.atoms.truth import held
from mettaclaw.storage import Database

_HEADER = re.compile(rb"(?:\xef\xbb\xbf)?; exported from base ([0-9a-f]{32}): \d+ statements?\r?\n")
_WITH = re.compile(rb"; with knowledge of base ([0-9a-f]{32})\r?\n")
_HEADER_BYTES = 200
_FIRST = "substr(bases, 1, 32)"  # the base whose export it is
_MOST_BASES = 1_000
_LINE_BYTES = 1 << 20


class Origin(NamedTuple):
    """Where a file comes from.

    Attributes:
        source: Who is named as the source of what it says.
        own: Whether this base's knowledge is in it: ``whole`` as it was exported, or ``edited``.
        akin: Other sources that have knowledge of another base in them that is in this one too.
    """

    source: str
    own: Own
    akin: tuple[str, ...] = ()


def load(
    store: AtomStore,
    stream: BinaryIO,
    path: Path,
    progress: Callable[[int], None] | None = None,
    *,
    bare: bool = False,
) -> int:
    """Store the atoms of a file, inside a transaction; returns how many it had.

    Args:
        store: Where to.
        stream: The file, open to be read.
        path: Where it is.
        progress: Called with the number of atoms so far, every thousand.
        bare: Whether a symbol or a variable may stand alone.
    """
    source, own, akin = origin(store.database, stream, path)
    lines = textfile.read_lines(stream, path.name)
    entries = _counted(textfile.entries(lines, path.name, bare=bare), progress)
    said = ((atom, None if truth is None else held(truth)) for atom, truth in entries)
    return store.add_many(said, source, own=own, akin=akin)


def exported(database: Database) -> Iterator[str]:
    """The lines of an export, without their ends: whose it is, then what was said.

    What only follows from it is left out: who reads the file would take it for one more witness.
    """
    reader = Reader(database)
    yield _header(database, reader.count() - reader.count_derived())
    yield from (f"; with knowledge of base {name}" for name in sorted(_read_from(database)))
    digest = hashlib.sha256()
    for belief in reader.beliefs():
        if not belief.derived:
            line = textfile.entry_text(belief.statement, belief.by_word.truth)
            digest.update(line.strip().encode())
            yield line
    yield _seal(digest.hexdigest())


def _seal(sha256: str) -> str:
    """The last line of an export, which tells whether it was edited since."""
    return f"; end of the export: sha256 {sha256}"


def _header(database: Database, statements: int) -> str:
    return f"; exported from base {_name(database)}: {statements} statement{'s'[: statements != 1]}"


def origin(database: Database, stream: BinaryIO, path: Path) -> Origin:
    """Where a file comes from; it is noted, so that it is known when it comes again.

    Args:
        database: Inside a transaction.
        stream: The file, open to be read, at its start; it is there again afterwards.
        path: Where it is.
    """
    digest, last = hashlib.sha256(), ""
    for line in iter(lambda: stream.readline(_LINE_BYTES), b""):
        said = line.strip()
        if said.startswith(b";"):
            last = said.decode("utf-8", "replace")
        else:
            digest.update(said)
    stream.seek(0)
    bases = _bases(stream)
    stream.seek(0)
    source = _source(database, digest.hexdigest(), path.absolute(), bases)
    akin = _akin(database, source, bases)
    if _name(database) not in bases:
        return Origin(source, "", akin)
    return Origin(source, "whole" if last == _seal(digest.hexdigest()) else "edited", akin)


def _bases(stream: BinaryIO) -> list[str]:
    """The names of the bases whose knowledge a file has in it, as its first lines say."""
    first = _HEADER.match(stream.readline(_HEADER_BYTES))
    if first is None:
        return []
    names = [first[1].decode()]
    while len(names) < _MOST_BASES and (more := _WITH.match(stream.readline(_HEADER_BYTES))):
        names.append(more[1].decode())
    return names


def _read_from(database: Database) -> set[str]:
    """The names of the other bases whose knowledge files have brought here."""
    rows = database.rows("SELECT bases FROM import WHERE bases <> ''")
    return {name for (names,) in rows for name in str(names).split()} - {_name(database)}


def _source(database: Database, sha256: str, path: Path, bases: list[str]) -> str:
    row = database.row("SELECT source FROM import WHERE sha256 = ?", (sha256,))
    if row is not None:
        return str(row[0])
    place = database.clean(str(path).encode("utf-8", "replace").decode())
    foreign = bases[:1] if bases and bases[0] != _name(database) else []
    if foreign:
        row = database.row(f"SELECT source FROM import WHERE {_FIRST} = ? LIMIT 1", foreign)
    if row is None:
        named = "path = ? AND bases = ''" if foreign else "path = ?"
        row = database.row(f"SELECT source FROM import WHERE {named} LIMIT 1", (place,))
    source = str(row[0]) if row is not None else _unused(database, f"file:{path.name}", sha256)
    txn = database.current
    database.write(
        "INSERT INTO import (sha256, path, source, txn, bases) VALUES (?, ?, ?, ?, ?)",
        (sha256, place, source, txn.id if txn is not None else 0, " ".join(bases)),
    )
    return source


def _akin(database: Database, source: str, bases: list[str]) -> tuple[str, ...]:
    """The other sources that have knowledge of another base in them that this file has too."""
    shared = set(bases) - {_name(database)}
    rows = database.rows(
        "SELECT DISTINCT source, bases FROM import WHERE bases <> '' AND source <> ?", (source,)
    )
    return tuple(str(other) for other, names in rows if not shared.isdisjoint(str(names).split()))


def _unused(database: Database, source: str, sha256: str) -> str:
    """The source, or one that tells it from another file of the same name."""
    source = database.clean(source.encode("utf-8", "replace").decode())
    taken = database.row("SELECT 1 FROM import WHERE source = ? LIMIT 1", (source,))
    return source if taken is None else f"{source}#{sha256[:12]}"


def _name(database: Database) -> str:
    row = database.row("SELECT name FROM base")
    return str(row[0]) if row is not None else ""


def _counted(
    entries: Iterator[textfile.Entry], progress: Callable[[int], None] | None
) -> Iterator[textfile.Entry]:
    for number, entry in enumerate(entries, start=1):
        yield entry
        if progress is not None and number % 1000 == 0:
            progress(number)
