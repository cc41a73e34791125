"""Atomspace: atoms, truth values and evidence that are never lost; usable with no agent at all.

The facade over storage, atoms, reasoning and evaluator::

    with Atomspace.open("claw.db") as kb:
        kb.add("(--> garfield cat)", truth=(1.0, 0.9), source="user")
        kb.match("(--> $x cat)")        # [{"$x": Symbol("garfield")}]

Every write is one transaction, on the disk when the call returns; ``with kb.transaction():`` makes
several one. Wherever an atom is taken, its MeTTa text is too. Any thread may use it.
"""

from __future__ import annotations

import contextlib
import re
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from mettaclaw.atoms import arguments, textfile
from mettaclaw.atoms.store import AtomStore
from mettaclaw.atoms.syntax import Atom, check
from mettaclaw.atoms.truth import Truth
from mettaclaw.atoms.view import Belief, Change, Evidence
from mettaclaw.errors import StorageError, UsageError
from mettaclaw.storage import Database, Transaction, files
from mettaclaw.storage.connection import Synchronous

if TYPE_CHECKING:  # heavy parts are imported where they are used
    from mettaclaw.evaluator import Evaluation, Evaluator, Limits
    from mettaclaw.reasoning import Answer, Proof

_OPERATIONS = ("mettaclaw.reasoning.operations",)

Host = Mapping[str, Callable[[tuple[Atom, ...]], Iterable[Atom]]]


class Atomspace:
    """A persistent atomspace. Use ``Atomspace.open``; a context manager that closes it."""

    def __init__(self, database: Database, limits: Limits | None = None) -> None:
        self.database = database
        self.store = AtomStore(database)
        self._limits = limits
        self._evaluator: Evaluator | None = None
        self._warming = threading.Lock()
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    @classmethod
    def open(
        cls,
        path: str | Path,
        *,
        synchronous: Synchronous = "FULL",
        limits: Limits | None = None,
    ) -> Atomspace:
        """Open the atomspace in a database file, which is made if it does not exist.

        One whose place cannot be written (a read-only folder, a full disk) is opened to be read:
        then each change is a ``StorageError`` that says why.

        Args:
            path: The file; ``":memory:"`` is a temporary one that goes when it is closed.
            synchronous: ``FULL`` survives a power cut, ``NORMAL`` a crash of the process.
            limits: Of one evaluation; None for the defaults.

        Raises:
            StorageError: It cannot be opened; the message says why and what to do.
        """
        if str(path) != ":memory:":
            return cls(Database.open(arguments.path(path), synchronous=synchronous), limits)
        folder = tempfile.TemporaryDirectory(prefix="mettaclaw-")
        kb = cls(Database.open(Path(folder.name) / "claw.db", synchronous="NORMAL"), limits)
        kb._folder = folder
        return kb

    def close(self) -> None:
        """End the evaluator's processes and close the database. Closing twice does nothing."""
        if self._evaluator is not None:
            self._evaluator.close()
            self._evaluator = None
        self.database.close()
        if self._folder is not None:
            self._folder.cleanup()

    def __enter__(self) -> Atomspace:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # --- writing ---

    def add(
        self,
        statement: Atom | str,
        truth: Truth | tuple[float, float] | None = None,
        *,
        source: str = "api",
        words: str | None = None,
    ) -> Belief:
        """Store a statement as one piece of evidence; returns the belief after revision.

        Without ``words``, each call is a new observation: saying the same twice raises the
        confidence, as seeing it twice would. Pass ``words`` to tell a repetition from another
        witness.

        Args:
            statement: The atom.
            truth: (f, c), each in [0, 1]; None stores an atom without a truth value.
            source: Who says so.
            words: The words it was said in. The same source saying the same in the same words
                counts once.

        Raises:
            MettaSyntaxError, LimitError: The atom is no MeTTa, or too large.
            UsageError: A truth value outside [0, 1].
        """
        atom = arguments.atom(statement)
        value = arguments.truth(truth)
        arguments.text(source, "source")
        if words is not None:
            arguments.text(words, "words")
        with self.database.transaction(author=source, note="add"):
            return self.store.add(atom, value, source, words)

    def remove(self, statement: Atom | str) -> bool:
        """Retire a statement with all its evidence; False if it was not there."""
        atom = arguments.atom(statement)
        with self.database.transaction(note="remove"):
            return self.store.remove(atom)

    def transaction(
        self, author: str = "api", note: str = ""
    ) -> contextlib.AbstractContextManager[Transaction]:
        """All or nothing: what happens in the block is committed at its end, or not at all."""
        return self.database.transaction(author, note)

    # --- reading ---

    def match(self, *patterns: Atom | str, limit: int | None = None) -> list[dict[str, Atom]]:
        """The bindings that make all patterns stored statements; several patterns are joined.

        Returns a list of dicts from variable text (``"$x"``) to atom.

        Raises:
            MettaSyntaxError, LimitError: A pattern is no MeTTa, or too large.
            UsageError: There is no pattern, or one is no atom; a limit that is no number.
        """
        atoms = [arguments.atom(pattern) for pattern in patterns]
        most = arguments.limit(limit)
        if not atoms:
            raise UsageError("match needs a pattern, such as kb.match('(--> $x cat)')")
        return [
            {str(variable): value for variable, value in bound.items()}
            for bound in self.store.match(*atoms, limit=most)
        ]

    def belief(self, statement: Atom | str) -> Belief | None:
        """The current belief of exactly this statement, or None."""
        return self.store.belief(arguments.atom(statement))

    def truth(self, statement: Atom | str) -> Truth | None:
        """The truth value of exactly this statement; None if it is not stored or has none."""
        belief = self.belief(statement)
        return belief.truth if belief else None

    def evidence(self, statement: Atom | str) -> list[Evidence]:
        """What was said or observed for this statement itself, oldest first."""
        belief = self.belief(statement)
        return self.store.evidence(belief.stamp) if belief else []

    def count(self) -> int:
        """How many statements are stored now."""
        return self.store.count()

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
        error of ours; it is returned, not raised.

        Args:
            program: MeTTa text; ``!`` before a form evaluates it. ``&kb`` is this atomspace.
            source: Who is to be named as the source of what it believes.
            quotable: Words of a person. A ``believe`` that quotes from them verbatim has the
                source ``user``, so that nobody else can claim to speak for the person.
            host: Operations that MeTTa may call and that run here, by name.

        Raises:
            UsageError: The program or the source is no text.
            StorageError: Its changes cannot be committed.
        """
        arguments.text(program, "program")
        arguments.text(source, "source")
        evaluation = self._warm().evaluate(
            program, pending=self.store.pending(), host=host or {}, limits=self._limits
        )
        if evaluation.error is None and evaluation.changes:
            with self.database.transaction(author=source, note="evaluate"):
                for change in evaluation.changes:
                    self._apply(change, source, quotable)
        return evaluation

    def warm(self) -> None:
        """Start the evaluator's process without waiting, so that the first evaluation is quick."""
        self._warm().warm()

    def infer(self, goal: Atom | str) -> list[Answer]:
        """What follows about a goal, which may hold variables; best first, each with its proof."""
        from mettaclaw import reasoning

        return reasoning.infer(self.store, check(arguments.atom(goal)))

    def why(self, statement: Atom | str) -> Proof | None:
        """The proof of a statement, down to its evidence; None if nothing speaks for it."""
        from mettaclaw import reasoning

        return reasoning.why(self.store, check(arguments.atom(statement)))

    def cancel(self) -> None:
        """End the evaluations that other threads are waiting for."""
        if self._evaluator is not None:
            self._evaluator.cancel()

    # --- files ---

    def import_file(self, path: str | Path, progress: Callable[[int], None] | None = None) -> int:
        """Store all atoms of a MeTTa file in one transaction; returns how many it had.

        The file is read as a stream, in bounded memory. Importing the same file again changes
        nothing.

        Args:
            path: The file; see ``atoms.textfile`` for how truth values are written.
            progress: Called with the number of atoms so far, every thousand.

        Raises:
            UsageError: The file is no regular one or cannot be read, or a line is no fact or too
                long; nothing was stored then.
        """
        file = arguments.path(path)
        try:
            with files.regular(file) as stream:
                source = f"file:{file.name}"
                with self.database.transaction(author=source, note="import"):
                    lines = textfile.read_lines(stream, file.name)
                    entries = textfile.entries(lines, file.name)
                    return self.store.add_many(_counted(entries, progress), source)
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
                for belief in AtomStore(now).beliefs():
                    out.write(textfile.entry_text(belief.statement, belief.truth) + "\n")
                    total += 1
        except OSError as error:
            raise StorageError(f"no export: {file} cannot be written ({error.strerror})") from error
        return total

    def backup(self, path: str | Path) -> int:
        """Copy the whole database to a new file while it is in use; returns its bytes."""
        return self.database.backup(arguments.path(path))

    # --- inside ---

    def _warm(self) -> Evaluator:
        with self._warming:
            if self._evaluator is None:
                from mettaclaw.evaluator import Evaluator

                self._evaluator = Evaluator(self.database.path, providers=_OPERATIONS)
            return self._evaluator

    def _apply(self, change: Change, source: str, quotable: str) -> None:
        if change.kind == "remove":
            self.store.remove(change.atom)
            return
        said = is_quote(change.words or "", quotable)
        self.store.add(change.atom, change.truth, "user" if said else source, change.words)

    def __repr__(self) -> str:
        return f"<Atomspace {self.database.path}>"


def is_quote(words: str, message: str) -> bool:
    """Whether words are quoted verbatim from a message, so that they may be put down to its author.

    At least two words, from the start of one to the end of another; or the whole message. A letter
    that happens to stand somewhere in the message is no quote.
    """
    said, whole = words.strip(), message.strip()
    if not said:
        return False
    if said == whole:
        return True
    pattern = rf"(?<!\w){re.escape(said)}(?!\w)"
    return len(said.split()) > 1 and re.search(pattern, message) is not None


def _counted(
    entries: Iterator[textfile.Entry], progress: Callable[[int], None] | None
) -> Iterator[textfile.Entry]:
    for number, entry in enumerate(entries, start=1):
        yield entry
        if progress is not None and number % 1000 == 0:
            progress(number)
