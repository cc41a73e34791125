"""The files of graphs: a cache of what SQLite holds.

A file is written beside, synced and renamed; a stamp, written after it in the same way, names the
file and says what it holds: model, size, how many vectors, how far in their order, which are marked
as removed, and a checksum. A kill at any moment leaves an old stamp with its old file, or none.

The database knows the files that were written of it, so that one of another history, as after a
backup was put back, is none of them. Whatever does not agree, in the stamp, the file or with the
database, is an error of ``load``, and the graph is built anew.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import time
import zlib
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from mettaclaw.errors import StorageError
from mettaclaw.memory.vectors.approximate import Graph
from mettaclaw.memory.vectors.rows import Part
from mettaclaw.storage import Database, files

_VERSION = 2
_SAMPLE = 32  # vectors that are held against the database when a file is loaded
_ROOM = 1.2
_CHUNK = 1 << 22
# hnswlib's file begins with these, a size_t each; its elements, with their vectors, begin at START.
_HEAD = ("level0", "room", "count", "element", "label", "data")
_START = 96


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a file of a graph holds. ``base`` names the base of knowledge that it is of."""

    version: int
    base: str
    model: str
    size: int
    scope: str | None
    count: int
    seq: int
    gone: tuple[int, ...]
    file: str
    octets: int
    crc32: int

    @property
    def part(self) -> Part:
        """The part of memory that it is of."""
        return Part(self.model, self.size, self.scope)


def save(graph: Graph, folder: Path, database: Database) -> None:
    """Write a graph's file and its stamp; an older file is there until both are on the disk.

    Raises:
        OSError, RuntimeError: They cannot be written.
        StorageError: The database cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    key = _key(graph.part)
    old = _stamp(folder / f"{key}.json")
    part = files.new_part(folder / f"{key}.hnsw")
    try:
        count, seq, gone = graph.write(part)
        files.sync(part)
        final = folder / f"{key}-{part.name.rpartition('.part')[2]}.hnsw"
        octets, crc32 = _checked(part)
        with database.transaction("memory", "index"):
            database.write("INSERT OR IGNORE INTO index_file (name) VALUES (?)", (final.name,))
        part.replace(final)
    finally:
        with contextlib.suppress(OSError):
            part.unlink()
    held = graph.part.model, graph.part.size, graph.part.scope, count, seq, gone
    stamp = Stamp(_VERSION, base_of(database), *held, final.name, octets, crc32)
    _write(folder / f"{key}.json", stamp)
    with database.transaction("memory", "index"):  # another process may have written one since
        last = _stamp(folder / f"{key}.json") or stamp
        database.write(
            "DELETE FROM index_file WHERE name GLOB ? AND name != ?", (f"{key}-*", last.file)
        )
    if old is not None and old.file not in (final.name, last.file):
        with contextlib.suppress(OSError):
            (folder / old.file).unlink()


def load(folder: Path, part: Part, database: Database) -> Graph:
    """The graph in the file of a part, as it was saved.

    Raises:
        StorageError: There is none, or it is not what its stamp and the database say.
    """
    import hnswlib

    stamp = _stamp(folder / f"{_key(part)}.json")
    if stamp is None:
        raise StorageError("there is no index yet")
    if (stamp.version, stamp.base, stamp.part) != (_VERSION, base_of(database), part):
        raise StorageError(f"the index {stamp.file} is of another model or memory")
    if database.row("SELECT 1 FROM index_file WHERE name = ?", (stamp.file,)) is None:
        raise StorageError(f"the index {stamp.file} is of another history of this memory")
    file = folder / stamp.file
    try:
        if _checked(file) != (stamp.octets, stamp.crc32):
            raise StorageError(f"the index {file} is damaged")
        index = hnswlib.Index(space="ip", dim=part.size)
        index.load_index(str(file), max_elements=int(stamp.count * _ROOM) + 1_000)
    except (OSError, RuntimeError) as error:
        raise StorageError(f"the index {file} cannot be loaded ({error})") from error
    graph = Graph(part, database, index, stamp.seq, stamp.gone)
    graph.remove(graph.lost(part.ids(database).tolist()))
    _compare(graph, database)
    return graph


def blank(folder: Path, database: Database) -> None:
    """Overwrite the vectors of items that are gone in the files of this base of knowledge.

    A file that is not as hnswlib writes it is deleted, and built anew.

    Raises:
        StorageError: The database cannot be written.
    """
    row = database.row("SELECT removed FROM item_change")
    removed = int(row[0]) if row else 0
    for stamp_file in sorted(folder.glob("items-*.json")):
        stamp = _stamp(stamp_file)
        if stamp is None or stamp.base != base_of(database):
            continue
        known = database.row("SELECT removed FROM index_file WHERE name = ?", (stamp.file,))
        if known == (removed,):
            continue
        file = folder / stamp.file
        try:
            if _blank(file, stamp.part, database):
                octets, crc32 = _checked(file)
                _write(stamp_file, replace(stamp, octets=octets, crc32=crc32))
        except (OSError, ValueError):
            with contextlib.suppress(OSError):
                file.unlink()
            if file.exists():
                continue  # it is not noted as done, so that the next one tries
        with database.transaction("memory", "index"):
            database.write(
                "UPDATE index_file SET removed = ? WHERE name = ?", (removed, stamp.file)
            )


def sweep(folder: Path, older_than_s: float = 86_400) -> None:
    """Delete what killed processes left: files that no stamp names, and that nobody is writing."""
    before = time.time() - older_than_s
    stamps = [_stamp(file) for file in folder.glob("*.json")]
    named = {stamp.file for stamp in stamps if stamp is not None}
    for file in (*folder.glob("*.hnsw"), *folder.glob("*.part*")):
        with contextlib.suppress(OSError):
            if file.name not in named and file.stat().st_mtime <= before:
                file.unlink()


def base_of(database: Database) -> str:
    """The name of the base of knowledge in a database."""
    row = database.row("SELECT name FROM base")
    return str(row[0]) if row else ""


# --- inside --------------------------------------------------------------------------------------


def _blank(file: Path, part: Part, database: Database) -> bool:
    """Overwrite in one file; whether there was anything.

    Raises:
        ValueError: It is no file of hnswlib's, as this version of it writes them.
    """
    import numpy as np

    with file.open("rb") as stream:
        head = np.frombuffer(stream.read(8 * len(_HEAD)), dtype="<u8").tolist()
    if len(head) != len(_HEAD):
        raise ValueError("it ends in its head")
    at = dict(zip(_HEAD, head, strict=True))
    is_known = at["label"] == at["data"] + 4 * part.size and at["element"] == at["label"] + 8
    if not is_known or _START + at["count"] * at["element"] > file.stat().st_size:
        raise ValueError("it is laid out in another way")
    element = np.dtype(
        {
            "names": ["data", "label"],
            "formats": [("<f4", (part.size,)), "<u8"],
            "offsets": [at["data"], at["label"]],
            "itemsize": at["element"],
        }
    )
    elements = np.memmap(file, element, "r+", _START, shape=(at["count"],))
    gone = np.flatnonzero(~np.isin(elements["label"], part.ids(database)))
    left = [place for place in gone.tolist() if elements["data"][place].any()]
    for place in left:
        elements["data"][place] = 0
    elements.flush()
    return bool(left)


def _compare(graph: Graph, database: Database) -> None:
    """Hold a few vectors against the database, for what no stamp tells."""
    numbers = graph.part.ids(database).tolist()
    sample = numbers[:: max(1, len(numbers) // _SAMPLE)]
    for block in graph.part.named(database, sample, up_to=graph.seq):
        if not graph.holds(block):
            raise StorageError("the index holds other vectors than the database")


def _key(part: Part) -> str:
    named = json.dumps([part.model, part.size, part.scope])
    return f"items-{hashlib.sha256(named.encode()).hexdigest()[:16]}"


def _stamp(file: Path) -> Stamp | None:
    try:
        told: Any = json.loads(file.read_text(encoding="utf-8"))
        return Stamp(
            version=int(told["version"]),
            base=str(told["base"]),
            model=str(told["model"]),
            size=int(told["size"]),
            scope=None if told["scope"] is None else str(told["scope"]),
            count=int(told["count"]),
            seq=int(told["seq"]),
            gone=tuple(map(int, told["gone"])),
            file=Path(str(told["file"])).name,
            octets=int(told["octets"]),
            crc32=int(told["crc32"]),
        )
    except (OSError, ValueError, TypeError, KeyError):  # there is none, or it is no stamp of ours
        return None


def _write(file: Path, stamp: Stamp) -> None:
    with files.written(file) as out:
        json.dump(asdict(stamp), out)


def _checked(file: Path) -> tuple[int, int]:
    """The size of a file in bytes, and its CRC-32."""
    crc = 0
    with file.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            crc = zlib.crc32(chunk, crc)
        return os.fstat(stream.fileno()).st_size, crc
