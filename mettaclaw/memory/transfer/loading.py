"""Importing: entries from files into memory, 500 in one transaction together with how far it got.

So a kill at any moment loses at most what was not acknowledged, the same import goes on where it
was, and in the end there is what one undisturbed import gives. A file that changed since is read
anew: what is there of it already counts once.

Invariant: nothing is removed but with ``replace``. Not covered: what the files hold (``forms``).
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from struct import iter_unpack
from typing import get_args

from mettaclaw.errors import UsageError
from mettaclaw.memory import items
from mettaclaw.memory.bygones import Bygones
from mettaclaw.memory.drafts import MAX_SCOPE_CHARS
from mettaclaw.memory.longterm import Memory
from mettaclaw.memory.text import require_storable
from mettaclaw.memory.transfer import notes
from mettaclaw.memory.transfer.entries import Became, Entry, Left, Unit, clean, keep, name
from mettaclaw.memory.transfer.forms import FORMS, Form, look, units
from mettaclaw.redaction import Label, marked

AT_ONCE = 500  # items of one transaction
_UNIT_LENGTH = 0.01  # by which the length of a vector may differ from 1
_PATH = "SELECT sha256, done, complete FROM item_import WHERE form = ? AND place = ? AND path = ?"


@dataclass(slots=True)
class Report:
    """What an import has done so far.

    ``new`` items are new, ``again`` were there and are told once more, ``known`` add nothing.
    ``files`` were read, and ``unchanged`` ones not, for they had been before. ``vectors`` were
    taken as they stood, and ``strange`` ones not. ``removed`` items were replaced, and
    ``gone`` ones are passages that stay though their notes have them no more. Of ``forgotten``
    entries all or a part was erased before, and left out. ``redacted`` is what was left out as a
    secret of what is new, by label.
    """

    form: Form
    new: int = 0
    again: int = 0
    known: int = 0
    files: int = 0
    unchanged: int = 0
    removed: int = 0
    gone: int = 0
    forgotten: int = 0
    vectors: int = 0
    strange: int = 0
    redacted: Counter[Label] = field(default_factory=Counter[Label])
    left: Left = field(default_factory=Left)

    @property
    def kept(self) -> int:
        """How many entries are safe."""
        return self.new + self.again + self.known

    def add(self, done: Report) -> None:
        """Add what a transaction has done."""
        for what in (*get_args(Became), "removed", "gone", "forgotten", "vectors", "strange"):
            setattr(self, what, getattr(self, what) + getattr(done, what))
        self.redacted.update(done.redacted)


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
        again: Whether files that were read in before are read once more, and what was forgotten of
            them is taken in.
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
    said: set[str] = field(default_factory=set[str])  # its passages, as they are kept


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
        self._clean = memory.database.redactor.clean
        self._path, self._scope = path, scope
        self._place = "its own" if scope is None else f"in {self._clean(scope)}"
        self._report, self._told, self._vectors = report, told, vectors
        self._bygones = Bygones.of(self._database)
        self._batch: list[tuple[Entry, _Mark]] = []
        self._marks: dict[Path, _Mark] = {}
        self._behind = self._at = self._total = 0

    def run(self, *, replace: bool, again: bool) -> None:
        cleaned = self._database.redactor.cleaned
        found = units(self._path, self._report.form, self._scope, self._report.left, cleaned)
        self._total = sum(unit.size for unit in found)
        self._replace, self._again = replace, again
        is_folder = self._path.is_dir()
        for unit in found:
            try:
                self._unit(unit)
            except (UsageError, OSError) as error:
                self._flush()
                self._complain(unit, error, is_folder)
            self._behind += unit.size
            self._at = 0
        self._flush()
        if is_folder and self._report.files == self._report.unchanged == 0:
            raise UsageError(next(iter(self._report.left.files.values())))
        if is_folder and self._report.form == "notes":
            self._gone({unit.path for unit in found})

    def _complain(self, unit: Unit, error: Exception, is_folder: bool) -> None:
        reason = error if isinstance(error, UsageError) else f"{unit.name} cannot be read: {error}"
        if is_folder:
            self._report.left.files[unit.name] = str(reason)
            return
        kept = f"; what was before it ({self._report.kept:,}) is kept" if self._report.kept else ""
        raise UsageError(f"{reason}{kept}") from error

    def _unit(self, unit: Unit) -> None:
        sha256 = _digest(unit.path)
        place = (self._report.form, self._place, self._known_as(unit.path))
        known = self._database.row(_PATH, place)
        is_same = known is not None and known[0] == sha256 and not (self._replace or self._again)
        if known is not None and is_same and known[2]:
            self._report.unchanged += 1
            return
        mark = _Mark(unit, sha256, 0)
        for number, entry in enumerate(unit.read(), start=1):
            if known is None or not is_same or number > known[1]:
                self._batch.append((entry, mark))
            elif self._report.form == "notes":
                mark.said.add(self._database.redactor.clean(entry.draft.text or ""))
            mark.done = number
            self._marks[unit.path] = mark
            self._at = entry.at
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
        done = Report(self._report.form)
        with self._database.transaction(f"file:{name(self._path.name)}", "import") as transaction:
            for entry, mark in batch:
                for each in self._wanted(entry, done):
                    self._keep(each, mark, transaction.id, done)
            for mark in marks.values():
                self._mark(mark, done)
        self._report.add(done)
        if self._told is not None:
            self._told(min(self._behind + self._at, self._total), self._total, self._report)

    def _keep(self, entry: Entry, mark: _Mark, transaction: int, done: Report) -> None:
        number, became, draft = keep(self._database, entry, transaction)
        setattr(done, became, getattr(done, became) + 1)
        if draft.text is not None and self._report.form == "notes":
            mark.said.add(draft.text)
        done.redacted.update(entry.left_out)
        if became == "new":
            before, after = (marked(each.text or "") for each in (entry.draft, draft))
            done.redacted.update({what: n - before.get(what, 0) for what, n in after.items()})
        if entry.vector is not None and self._vectors:
            is_taken = self._take(number, entry)
            done.vectors, done.strange = done.vectors + is_taken, done.strange + (not is_taken)

    def _wanted(self, entry: Entry, done: Report) -> list[Entry]:
        """An entry without what was forgotten of it: in pieces, where that is from its middle."""
        if self._bygones is None:
            return [entry]
        draft = entry.draft
        clean = self._database.redactor.clean
        words = clean(draft.text if draft.text is not None else items.said(draft.atoms))
        if self._again:
            self._bygones.release(words, clean(draft.source))
            return [entry]
        left = self._bygones.without(words, clean(draft.source))
        if left == [words]:
            return [entry]
        done.forgotten += 1
        texts = left if draft.text is not None else []
        return [replace(entry, draft=replace(draft, text=text), vector=None) for text in texts]

    def _mark(self, mark: _Mark, done: Report) -> None:
        path = self._known_as(mark.unit.path)
        self._database.write(
            "INSERT INTO item_import (form, place, path, sha256, done, complete) "
            "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET "
            "done = CASE WHEN sha256 = excluded.sha256 THEN max(done, excluded.done) "
            "ELSE excluded.done END, "
            "complete = CASE WHEN sha256 = excluded.sha256 THEN max(complete, excluded.complete) "
            "ELSE excluded.complete END, sha256 = excluded.sha256",
            (self._report.form, self._place, path, mark.sha256, mark.done, int(mark.complete)),
        )
        if mark.complete and self._report.form == "notes":
            self._passages(mark.unit.name, mark.said, done)

    def _passages(self, shown: str, said: set[str], done: Report) -> None:
        """Remove the passages of a file that it has not any more, or count them."""
        there = items.select(
            self._database,
            "i.scope = ? AND i.thread = ? AND i.kind = ? AND i.source = ?",
            (
                self._clean(self._scope or ""),
                self._clean(name(shown)),
                notes.KIND,
                self._clean(name(notes.source(shown))),
            ),
        )
        gone = [item.id for item in there if item.text not in said]
        if self._replace:
            items.remove(self._database, gone)
            done.removed += len(gone)
        else:
            done.gone += len(gone)

    def _gone(self, there: set[Path]) -> None:
        """The same with files that were in the folder and are not any more."""
        root, known = Path(self._known_as(self._path)), set(map(self._known_as, there))
        sql = "SELECT path FROM item_import WHERE form = ? AND place = ?"
        for (text,) in self._database.rows(sql, (self._report.form, self._place)):
            file = Path(str(text))
            if not file.is_relative_to(root) or text in known or self._exists(file):
                continue
            with self._database.transaction(f"file:{name(root.name)}", "import"):
                self._passages(str(file.relative_to(root)), set(), self._report)
                if self._replace:
                    self._database.write(
                        "DELETE FROM item_import WHERE form = ? AND place = ? AND path = ?",
                        (self._report.form, self._place, text),
                    )

    def _known_as(self, file: Path) -> str:
        """The name under which it is noted how far a file was read: a name may hold a secret."""
        return self._clean(clean(str(file.resolve())))

    def _exists(self, known: Path) -> bool:
        """Whether there is a file that is known by this name."""
        if known.exists() or not (marked(str(known)) or "\ufffd" in str(known)):
            return known.exists()
        return str(known) in map(self._known_as, self._path.resolve().rglob("*"))

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
