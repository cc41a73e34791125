"""Approximate search in a graph of neighbours (HNSW), for parts of more than 100,000 items.

The graph is a cache of what SQLite holds. Its file is written beside, synced and renamed; a stamp,
written after it in the same way, names the file and says what it holds: model, size, how many
vectors, how far in their order, and a checksum. A kill at any moment leaves an old stamp with its
old file, or none. Whatever does not agree, in the stamp, the file or with the database, is an
error of ``load``, and the graph is built anew.

Not covered: when it is built and who serves meanwhile (``index``). Source: Malkov and Yashunin,
"Efficient and robust approximate nearest neighbor search using HNSW graphs", 2018; hnswlib.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import json
import os
import threading
import time
import zlib
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mettaclaw.errors import StorageError
from mettaclaw.memory.vectors.rows import Block, Part
from mettaclaw.storage import Database, files

if TYPE_CHECKING:
    from mettaclaw.memory.vectors.rows import Vectors

M = 16
EF_CONSTRUCTION = 200
EF = 2_000  # 0.99 of the exact nearest ten among a million, in 4 ms
_VERSION = 1
_SAMPLE = 32  # vectors that are held against the database when a file is loaded
_ROOM = 1.2
_CHUNK = 1 << 22


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
    file: str
    octets: int
    crc32: int


def available() -> bool:
    """Whether hnswlib is installed."""
    return importlib.util.find_spec("hnswlib") is not None


class Graph:
    """The vectors of one part of memory, as a graph. Any thread may use it.

    It finds neighbours; cosines of named items are made from the vectors in the database, which
    gives them out ten times as fast as hnswlib does.
    """

    def __init__(self, part: Part, database: Database, index: Any = None, seq: int = 0) -> None:
        import hnswlib

        self.part = part
        self._database = database
        self.seq = seq
        self._lock = threading.Lock()  # hnswlib must not add and search at once
        if index is None:
            index = hnswlib.Index(space="ip", dim=part.size)
            index.init_index(max_elements=1_000, M=M, ef_construction=EF_CONSTRUCTION)
        index.set_ef(EF)
        self._index = index
        self._ids: set[int] = set()
        self._gone: set[int] = set()

    def __len__(self) -> int:
        return len(self._ids)

    # --- building ---

    def add(self, block: Block) -> None:
        """Take in vectors; those of items that it has are replaced."""
        need = self._index.element_count + len(block.ids)
        with self._lock:
            if need > self._index.max_elements:
                self._index.resize_index(int(need * _ROOM))
            back = self._gone.intersection(block.ids.tolist())
            for number in back:
                self._index.unmark_deleted(number)
            self._gone -= back
            self._index.add_items(block.vectors, block.ids, num_threads=-1)
            self._ids.update(block.ids.tolist())
            self.seq = block.seq

    def update(self, progress: Callable[[int], bool] = lambda _: True) -> bool:
        """Take in what was written since; False where ``progress`` said that it shall stop."""
        for block in self.part.after(self._database, self.seq):
            self.add(block)
            if not progress(len(self)):
                return False
        return True

    def keep_only(self, ids: Iterable[int]) -> None:
        """Leave out the items that are gone."""
        gone = self._ids.difference(ids)
        with self._lock:
            for number in gone:
                self._index.mark_deleted(number)
            self._ids -= gone
            self._gone |= gone

    # --- searching ---

    def nearest(
        self, vector: Vectors, k: int, allowed: frozenset[int] | None = None
    ) -> dict[int, float]:
        """The cosines of about the k nearest items, by id; of those that are allowed."""
        with self._lock:
            if not self._ids:
                return {}
            self._index.set_ef(max(EF, 2 * k))
            keep = None if allowed is None else allowed.__contains__
            with contextlib.suppress(RuntimeError):  # so few are allowed that it finds less than k
                labels, far = self._index.knn_query(
                    vector, min(k, len(self._ids)), num_threads=1, filter=keep
                )
                return {int(n): 1.0 - float(d) for n, d in zip(labels[0], far[0], strict=True)}
        return self.of(allowed or self._ids, vector)

    def of(self, ids: Iterable[int], vector: Vectors) -> dict[int, float]:
        """The cosines of these items, as far as they are there."""
        with self._lock:
            known = self._ids.intersection(ids)
        found: dict[int, float] = {}
        for block in self.part.named(self._database, known):
            cosines: Vectors = block.vectors @ vector
            found |= zip(block.ids.tolist(), cosines.tolist(), strict=True)
        return found

    # --- the file ---

    def save(self, folder: Path) -> None:
        """Write the file and its stamp; an older file is there until both are on the disk.

        Raises:
            OSError: They cannot be written.
        """
        folder.mkdir(parents=True, exist_ok=True)
        key = _key(self.part)
        old = _stamp(folder, key)
        part = files.new_part(folder / f"{key}.hnsw")
        try:
            with self._lock:
                self._index.save_index(str(part))
                count, seq = len(self._ids), self.seq
            files.sync(part)
            token = part.name.rpartition(".part")[2]
            final = folder / f"{key}-{token}.hnsw"
            octets, crc32 = _checked(part)
            part.replace(final)
        finally:
            with contextlib.suppress(OSError):
                part.unlink()
        stamp = Stamp(
            _VERSION,
            base_of(self._database),
            self.part.model,
            self.part.size,
            self.part.scope,
            count,
            seq,
            final.name,
            octets,
            crc32,
        )
        with files.written(folder / f"{key}.json") as out:
            json.dump(asdict(stamp), out)
        if old is not None and old.file != final.name:
            with contextlib.suppress(OSError):
                (folder / old.file).unlink()

    @classmethod
    def load(cls, folder: Path, part: Part, database: Database) -> Graph:
        """The graph in the file of a part, as it was saved.

        Raises:
            StorageError: There is none, or it is not what its stamp and the database say.
        """
        import hnswlib

        stamp = _stamp(folder, _key(part))
        if stamp is None:
            raise StorageError("there is no index yet")
        wanted = (_VERSION, base_of(database), part.model, part.size, part.scope)
        found = (stamp.version, stamp.base, stamp.model, stamp.size, stamp.scope)
        if found != wanted:
            raise StorageError(f"the index {stamp.file} is of another model or memory")
        file = folder / Path(stamp.file).name
        try:
            if _checked(file) != (stamp.octets, stamp.crc32):
                raise StorageError(f"the index {file} is damaged")
            index = hnswlib.Index(space="ip", dim=part.size)
            index.load_index(str(file), max_elements=int(stamp.count * _ROOM) + 1_000)
        except (OSError, RuntimeError) as error:
            raise StorageError(f"the index {file} cannot be loaded ({error})") from error
        graph = cls(part, database, index, stamp.seq)
        graph._ids = set(index.get_ids_list())
        graph._compare()
        return graph

    def _compare(self) -> None:
        """Hold a few vectors against the database: another history may have the same numbers."""
        import numpy as np

        step = max(1, len(self._ids) // _SAMPLE)
        sample = sorted(self._ids)[::step]
        for block in self.part.named(self._database, sample, up_to=self.seq):
            if not np.allclose(self._index.get_items(block.ids), block.vectors, atol=1e-5):
                raise StorageError("the index holds other vectors than the database")


def sweep(folder: Path, older_than_s: float = 86_400) -> None:
    """Delete what killed processes left: files that no stamp names, and that nobody is writing."""
    before = time.time() - older_than_s
    stamps = [_stamp(folder, file.stem) for file in folder.glob("*.json")]
    named = {stamp.file for stamp in stamps if stamp is not None}
    for file in (*folder.glob("*.hnsw"), *folder.glob("*.part*")):
        with contextlib.suppress(OSError):
            if file.name not in named and file.stat().st_mtime <= before:
                file.unlink()


def base_of(database: Database) -> str:
    """The name of the base of knowledge in a database."""
    row = database.row("SELECT name FROM base")
    return str(row[0]) if row else ""


def _key(part: Part) -> str:
    named = json.dumps([part.model, part.size, part.scope])
    return f"items-{hashlib.sha256(named.encode()).hexdigest()[:16]}"


def _stamp(folder: Path, key: str) -> Stamp | None:
    try:
        return Stamp(**json.loads((folder / f"{key}.json").read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):  # there is none, or it is no stamp of ours
        return None


def _checked(file: Path) -> tuple[int, int]:
    """The size of a file in bytes, and its CRC-32."""
    crc = 0
    with file.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            crc = zlib.crc32(chunk, crc)
        return os.fstat(stream.fileno()).st_size, crc
