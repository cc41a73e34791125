"""Atomspace: atoms, truth values and evidence that are never lost; usable with no agent at all.

The facade over storage, atoms, reasoning and evaluator::

    with Atomspace.open("claw.db") as kb:
        kb.add("(--> garfield cat)", truth=(1.0, 0.9), source="user")
        kb.match("(--> $x cat)")        # [{"$x": Symbol("garfield")}]

Every write is one transaction, on the disk when the call returns; ``with kb.transaction():`` makes
several one. Wherever an atom is taken, its MeTTa text is too. Any thread may use it. How it is told
something, and takes it back, is in ``ledger``; what it is asked, in ``knowledge``.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mettaclaw.atoms import arguments, imports
from mettaclaw.atoms.evidence import Speaker
from mettaclaw.atoms.quality import Quality
from mettaclaw.atoms.store import AtomStore
from mettaclaw.config import Home
from mettaclaw.errors import StorageError, UsageError
from mettaclaw.evaluations import Evaluations, Host
from mettaclaw.ledger import Ledger
from mettaclaw.redaction import Redactor
from mettaclaw.rulebook import Rulebook
from mettaclaw.storage import Database, files
from mettaclaw.storage.connection import Synchronous

if TYPE_CHECKING:  # heavy parts are imported where they are used
    from mettaclaw.evaluator import Evaluation, Limits


class Atomspace(Ledger):
    """A persistent atomspace. Use ``Atomspace.open``; a context manager that closes it."""

    def __init__(
        self,
        database: Database,
        limits: Limits | None = None,
        rulebook: Rulebook | None = None,
        quality: Quality | None = None,
    ) -> None:
        book = rulebook or Rulebook()
        super().__init__(AtomStore(database, book, quality), book)
        self._evaluations = Evaluations(self.store, book, limits)
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    @classmethod
    def open(
        cls,
        path: str | Path,
        *,
        synchronous: Synchronous = "FULL",
        limits: Limits | None = None,
        rulebook: Rulebook | None = None,
        quality: Quality | None = None,
        redact: Sequence[str] | None = None,
    ) -> Atomspace:
        """Open the atomspace in a database file, which is made if it does not exist.

        One whose place cannot be written (a read-only folder, a full disk) is opened to be read:
        then each change is a ``StorageError`` that says why.

        Args:
            path: The file; ``":memory:"`` is a temporary one that goes when it is closed.
            synchronous: ``FULL`` survives a power cut, ``NORMAL`` a crash of the process.
            limits: Of one evaluation; None for the defaults.
            rulebook: The rules to reason by; None for those that ship.
            quality: How sure sources are; None for the defaults.
            redact: What is left out of what is written, as in the setting; None for the default.

        Raises:
            StorageError: It cannot be opened; the message says why and what to do.
        """
        redactor = Redactor(redact)
        if str(path) != ":memory:":
            file = arguments.path(path)
            database = Database.open(file, synchronous=synchronous, redactor=redactor)
            return cls(database, limits, rulebook, quality)
        folder = tempfile.TemporaryDirectory(prefix="mettaclaw-")
        path = Path(folder.name) / "claw.db"
        database = Database.open(path, synchronous="NORMAL", redactor=redactor)
        kb = cls(database, limits, rulebook, quality)
        kb._folder = folder
        return kb

    @classmethod
    def of(cls, home: Home) -> Atomspace:
        """Open the atomspace of a home, with the settings that are made there.

        Raises:
            StorageError: It cannot be opened; the message says why and what to do.
        """
        from mettaclaw.evaluator import Limits

        settings = home.settings
        return cls.open(
            home.database,
            synchronous=settings.synchronous,
            limits=Limits(
                seconds=settings.evaluation_s,
                memory_mib=settings.evaluation_mib,
                steps=settings.evaluation_steps,
            ),
            rulebook=Rulebook(home.rules, settings),
            quality=Quality(settings.quality, settings.sources),
            redact=settings.redact,
        )

    def close(self) -> None:
        """End the evaluator's processes and close the database. Closing twice does nothing."""
        self._evaluations.close()
        self.database.close()
        if self._folder is not None:
            self._folder.cleanup()

    def __enter__(self) -> Atomspace:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def stats(self) -> dict[str, int]:
        """Counts: atoms, beliefs with a truth value, live evidence, transactions, bytes on disk."""
        row = self.database.row(
            "SELECT (SELECT count(*) FROM belief WHERE retired IS NULL AND f IS NULL),"
            " (SELECT count(*) FROM evidence)"
            " - (SELECT count(*) FROM evidence WHERE retired IS NOT NULL),"
            " (SELECT count(*) FROM txn)"
        )
        plain, evidence, transactions = row or (0, 0, 0)
        atoms = self.count()
        return {
            "atoms": atoms,
            "beliefs": atoms - plain,
            "evidence": evidence,
            "transactions": transactions,
            "bytes": self.database.size(),
        }

    # --- thinking ---

    def evaluate(
        self, program: str, *, source: str = "api", quotable: str = "", host: Host | None = None
    ) -> Evaluation:
        """Evaluate MeTTa text in a disposable child, then commit its changes in one transaction.

        An evaluation that fails changes nothing: see ``Evaluation.error``, which is None or an
        error of ours; it is returned, not raised. Reading and changing are one step: where others
        have changed atoms meanwhile, the program is evaluated again over what they have left, in
        the end with the others waiting. Operations of the host run again then.

        What ``(believe A (stv f c))`` stores without words is the opinion of the source, one for
        each statement: the latest stands.

        Args:
            program: MeTTa text; ``!`` before a form evaluates it. ``&kb`` is this atomspace.
            source: Who is to be named as the source of what it believes.
            quotable: Words of a person. A ``believe`` that quotes from them verbatim (see
                ``atoms.quoting.is_quote``) has the source ``user``, so that nobody else can claim
                to speak for the person.
            host: Operations that MeTTa may call and that run here, by name.

        Raises:
            UsageError: The program or the source is no text, or a rule file is malformed.
            StorageError: Its changes cannot be committed, or the atomspace was closed.
            EvaluationError: The evaluator's own modules cannot be read.
        """
        arguments.text(program, "program")
        arguments.text(source, "source")
        return self._evaluations.run(program, Speaker(source, quotable, self.quality), host or {})

    def warm(self) -> None:
        """Start the evaluator's process without waiting, so that the first evaluation is quick."""
        self._evaluations.warm()

    def cancel(self) -> None:
        """End the evaluations that other threads are waiting for."""
        self._evaluations.cancel()

    # --- files ---

    def import_file(
        self,
        path: str | Path,
        progress: Callable[[int], None] | None = None,
        *,
        bare: bool = False,
    ) -> int:
        """Store all atoms of a MeTTa file in one transaction; returns how many it had.

        The file is read as a stream, in bounded memory. What it says is evidence from this file.
        The same content again, under any name, changes nothing, and neither does a statement that
        a later edition of the file repeats. An export of this very base, however old, brings back
        what is not believed any more, and no evidence for what is.

        Args:
            path: The file; see ``atoms.textfile`` for how truth values are written.
            progress: Called with the number of atoms so far, every thousand.
            bare: Whether a symbol or a variable may stand alone, as it does in prose.

        Raises:
            UsageError: The file is no regular one or cannot be read, or a line is no fact or too
                long; nothing was stored then.
        """
        file = arguments.path(path)
        try:
            with (
                files.regular(file) as stream,
                self.database.transaction(author=f"file:{file.name}", note="import"),
            ):
                return imports.load(self.store, stream, file, progress, bare=bare)
        except OSError as error:
            raise UsageError(f"{file} cannot be read: {error.strerror}") from error

    def export(self, path: str | Path) -> int:
        """Write all current statements as MeTTa text that ``import_file`` reads back.

        They are those of one instant, whoever writes meanwhile. The file is complete and on the
        disk, or as it was; a new one can be read by its owner alone. Returns the number of
        statements.
        """
        file = arguments.path(path)
        total = 0
        try:
            with self.database.snapshot() as now, files.written(file) as out:
                for line in imports.exported(now):
                    out.write(line + "\n")
                    total += not line.startswith(";")
        except OSError as error:
            raise StorageError(f"no export: {file} cannot be written ({error.strerror})") from error
        return total

    def exported(self) -> Iterator[str]:
        """The lines of an export, without their ends; see ``export``."""
        with self.database.snapshot() as now:
            yield from imports.exported(now)

    def backup(self, path: str | Path) -> int:
        """Copy the whole database to a new file while it is in use; returns its bytes."""
        return self.database.backup(arguments.path(path))

    def __repr__(self) -> str:
        return f"<Atomspace {self.database.path}>"
