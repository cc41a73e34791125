"""Importing: entries from files into memory, 500 in one transaction together with how far it got.

So a kill at any moment loses at most what was not acknowledged, the same import goes on where it
was, and in the end there is what one undisturbed import gives. A file that changed since is read
anew: what is there of it already counts once.

Invariant: nothing is removed but with ``replace``. Not covered: what the files hold (``forms``).
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from struct import iter_unpack

from mettaclaw.errors import UsageError
from mettaclaw.memory import items
from mettaclaw.memory.drafts import MAX_SCOPE_CHARS
from mettaclaw.memory.longterm import Memory
from mettaclaw.memory.text import require_storable
from mettaclaw.memory.transfer import notes
from mettaclaw.memory.transfer.entries import Entry, Left, Unit, keep, name
from mettaclaw.memory.transfer.forms import FORMS, Form, look, units

AT_ONCE = 500  # items of one transaction
_UNIT_LENGTH = 0.01  # by which the length of a vector may differ from 1
_PATH = "SELECT sha256, done, complete FROM item_import WHERE form = ? AND place = ? AND path = ?"


@dataclass(slots=True)
class Report:
    """What an import has done so far.

    ``new`` items are new, ``again`` were there and are told once more, ``known`` add nothing.
    ``files`` were read, and ``unchanged`` ones not, for they had been before. ``vectors`` were
    taken as they stood, and ``strange`` ones not. ``removed`` items were replaced.
    """

    form: Form
    new: int = 0
    again: int = 0
    known: int = 0
    files: int = 0
    unchanged: int = 0
    removed: int = 0
    vectors: int = 0
    strange: int = 0
    left: Left = field(default_factory=Left)

    @property
    def kept(self) -> int:
        """How many entries are safe."""
        return self.new + self.again + self.known


Told = Callable[[int, int, Report], object]


def load(
    memory: Memory,
    path: str | Path,
    form: Form | None = None,
    scope: str | None = None,
    *,
    replace: bool = False,
    again: bool = False,
    vectors: bool = True,
    told: Told | None = None,
    report: Report | None = None,
) -> Report:
    """Read a file or a folder into memory; what it has done.

    Args:
        memory: Where it goes.
        path: The file or the folder.
        form: What it is; None finds out.
        scope: The part of memory to put it into; None for the one that items of an export name,
            and else for the one without a name.
        replace: Whether passages of notes that are not in their files any more are removed.
        again: Whether files that were read in before are read once more, as after a ``forget``.
        vectors: Whether those of an export are taken.
        told: Is called with bytes that are done, bytes in all, and the report.
        report: What is filled in and returned, for whom an error or Ctrl-C ends the import.

    Raises:
        UsageError: There is nothing to read, or a line that cannot be read; the message says
            where. What was read before it is kept.
        StorageError: It cannot be written; what was acknowledged is kept.
    """
    path = Path(path)
    if not path.is_dir() and not path.is_file():
        what = "is no regular file" if path.exists() else "is not there"
        raise UsageError(f"{path} {what}; name a file or a folder")
    if form is not None and form not in FORMS:
        raise UsageError(f"there is no form `{str(form)[:40]}`; there are {', '.join(FORMS)}")
    if scope is not None:
        require_storable(scope, "the scope")
        if len(scope) > MAX_SCOPE_CHARS:
            raise UsageError(f"the scope has more than {MAX_SCOPE_CHARS} characters")
    form = form or look(path)
    if replace and form != "notes":
        raise UsageError("--replace (in Python, replace=True) is for notes; this is none")
    if form == "jsonl" and path.is_dir():
        raise UsageError(f"{path} is a folder, and an export is a file; name that")
    report = report or Report(form)
    report.form = form
    loading = _Loading(memory, path, scope, report, told, vectors=vectors)
    loading.run(replace=replace, again=again)
    return report


@dataclass(slots=True)
class _Mark:
    """How far a file was read."""

    unit: Unit
    sha256: str
    done: int
    complete: bool = False
    said: set[str] | None = None  # the passages that stay, where others are removed


class _Loading:
    """One import."""

    def __init__(
        self,
        memory: Memory,
        path: Path,
        scope: str | None,
        report: Report,
        told: Told | None,
        *,
        vectors: bool,
    ) -> None:
        self._memory, self._database = memory, memory.database
        self._path, self._scope = path, scope
        self._place = "its own" if scope is None else f"in {scope}"
        self._report, self._told, self._vectors = report, told, vectors
        self._batch: list[Entry] = []
        self._marks: dict[Path, _Mark] = {}
        self._behind = self._at = self._total = 0

    def run(self, *, replace: bool, again: bool) -> None:
        found = units(self._path, self._report.form, self._scope, self._report.left)
        self._total = sum(unit.size for unit in found)
        is_folder = self._path.is_dir()
        for unit in found:
            try:
                self._unit(unit, replace=replace, again=again)
            except (UsageError, OSError) as error:
                self._flush()
                self._complain(unit, error, is_folder)
            self._behind += unit.size
            self._at = 0
        self._flush()
        if is_folder and self._report.files == self._report.unchanged == 0:
            raise UsageError(next(iter(self._report.left.files.values())))
        if replace and is_folder:
            self._remove_gone({unit.path for unit in found})

    def _complain(self, unit: Unit, error: Exception, is_folder: bool) -> None:
        reason = error if isinstance(error, UsageError) else f"{unit.name} cannot be read: {error}"
        if is_folder:
            self._report.left.files[unit.name] = str(reason)
            return
        kept = f"; the {self._report.kept:,} items before it are kept" if self._report.kept else ""
        raise UsageError(f"{reason}{kept}") from error

    def _unit(self, unit: Unit, *, replace: bool, again: bool) -> None:
        sha256 = _digest(unit.path)
        known = self._database.row(
            _PATH, (self._report.form, self._place, str(unit.path.resolve()))
        )
        is_same = known is not None and known[0] == sha256 and not replace and not again
        if known is not None and is_same and known[2]:
            self._report.unchanged += 1
            return
        mark = _Mark(unit, sha256, known[1] if known is not None and is_same else 0)
        mark.said = set() if replace else None
        for entry in islice(unit.read(), mark.done, None):
            mark.done += 1
            self._marks[unit.path] = mark
            self._batch.append(entry)
            self._at = entry.at
            if mark.said is not None and entry.draft.text is not None:
                mark.said.add(entry.draft.text)
            if len(self._batch) >= AT_ONCE:
                self._flush()
        mark.complete = True
        self._marks[unit.path] = mark
        self._report.files += 1

    def _flush(self) -> None:
        """Write what was read, with how far that is."""
        batch, marks = self._batch, self._marks
        self._batch, self._marks = [], {}
        if not marks:
            return
        became = {"new": 0, "again": 0, "known": 0}
        taken = strange = removed = 0
        with self._database.transaction(f"file:{name(self._path.name)}", "import") as transaction:
            for entry in batch:
                number, what = keep(self._database, entry, transaction.id)
                became[what] += 1
                if entry.vector is not None and self._vectors:
                    is_taken = self._take(number, entry)
                    taken, strange = taken + is_taken, strange + (not is_taken)
            for mark in marks.values():
                removed += self._mark(mark)
        report = self._report
        report.new += became["new"]
        report.again += became["again"]
        report.known += became["known"]
        report.vectors, report.strange = report.vectors + taken, report.strange + strange
        report.removed += removed
        if self._told is not None:
            self._told(min(self._behind + self._at, self._total), self._total, report)

    def _mark(self, mark: _Mark) -> int:
        path = str(mark.unit.path.resolve())
        self._database.write(
            "INSERT INTO item_import (form, place, path, sha256, done, complete) "
            "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET "
            "done = CASE WHEN sha256 = excluded.sha256 THEN max(done, excluded.done) "
            "ELSE excluded.done END, "
            "complete = CASE WHEN sha256 = excluded.sha256 THEN max(complete, excluded.complete) "
            "ELSE excluded.complete END, sha256 = excluded.sha256",
            (self._report.form, self._place, path, mark.sha256, mark.done, int(mark.complete)),
        )
        if mark.complete and mark.said is not None:
            return self._remove(mark.unit.name, mark.said)
        return 0

    def _remove(self, shown: str, said: set[str]) -> int:
        """Remove the passages of a file that it has not any more."""
        there = items.select(
            self._database,
            "i.scope = ? AND i.thread = ? AND i.kind = ? AND i.source = ?",
            (self._scope or "", name(shown), notes.KIND, name(notes.source(shown))),
        )
        gone = [item.id for item in there if item.text not in said]
        items.remove(self._database, gone)
        return len(gone)

    def _remove_gone(self, there: set[Path]) -> None:
        """Remove the passages of files that were in the folder and are not any more."""
        root = self._path.resolve()
        sql = "SELECT path FROM item_import WHERE form = ? AND place = ?"
        for (text,) in self._database.rows(sql, (self._report.form, self._place)):
            file = Path(str(text))
            if file.is_relative_to(root) and file not in there and not file.exists():
                with self._database.transaction(f"file:{name(root.name)}", "import"):
                    self._report.removed += self._remove(str(file.relative_to(root)), set())
                    self._database.write(
                        "DELETE FROM item_import WHERE form = ? AND place = ? AND path = ?",
                        (self._report.form, self._place, text),
                    )

    def _take(self, number: int, entry: Entry) -> bool:
        """Keep the vector that an item came with, if it is one of the model that serves here."""
        model, vector = self._memory.embeddings.embedder, entry.vector or b""
        if entry.model != model.name or len(vector) != 4 * model.size:
            return False
        squares = math.fsum(value * value for (value,) in iter_unpack("<f", vector))
        if not abs(squares - 1) <= _UNIT_LENGTH:
            return False
        self._database.write(
            "INSERT OR IGNORE INTO embedding (item, model, data) VALUES (?, ?, ?)",
            (number, model.name, vector),
        )
        return True


def _digest(file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        for chunk in _chunks(stream.read):
            digest.update(chunk)
    return digest.hexdigest()


def _chunks(read: Callable[[int], bytes]) -> Iterator[bytes]:
    return iter(lambda: read(1 << 20), b"")
