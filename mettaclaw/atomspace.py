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
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from mettaclaw.atoms import arguments, imports
from mettaclaw.atoms.evidence import Speaker
from mettaclaw.atoms.store import AtomStore
from mettaclaw.atoms.syntax import Atom, check
from mettaclaw.atoms.truth import Truth
from mettaclaw.atoms.view import Belief, Change, Evidence
from mettaclaw.errors import EvaluationError, StorageError, UsageError
from mettaclaw.storage import Database, Transaction, files
from mettaclaw.storage.connection import Synchronous

if TYPE_CHECKING:  # heavy parts are imported where they are used
    from mettaclaw.evaluator import Evaluation, Evaluator, Limits
    from mettaclaw.reasoning import Answer, Proof

_ATTEMPTS = 4  # at an evaluation whose atoms others change meanwhile, before they must wait
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
        self._closed = False
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
        with self._warming:
            self._closed = True
            evaluator, self._evaluator = self._evaluator, None
        if evaluator is not None:
            evaluator.close()
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
        witness; the whole rule is the docstring of ``atoms.evidence``.

        Args:
            statement: The atom.
            truth: (f, c), each in [0, 1]; None stores an atom without a truth value.
            source: Who says so.
            words: The words it was said in. The same source saying the same in the same words
                counts once, and a model (source ``model`` or ``model:NAME``) that repeats
                anybody's words does not count.

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
        error of ours; it is returned, not raised. Reading and changing are one step: where others
        have changed atoms meanwhile, the program is evaluated again over what they have left, in
        the end with the others waiting. Operations of the host run again then.

        What ``(believe A (stv f c))`` stores without words is the opinion of the source, one for
        each statement: the latest stands.

        Args:
            program: MeTTa text; ``!`` before a form evaluates it. ``&kb`` is this atomspace.
            source: Who is to be named as the source of what it believes.
            quotable: Words of a person. A ``believe`` that quotes from them verbatim (see
                ``atoms.evidence.is_quote``) has the source ``user``, so that nobody else can claim
                to speak for the person.
            host: Operations that MeTTa may call and that run here, by name.

        Raises:
            UsageError: The program or the source is no text.
            StorageError: Its changes cannot be committed, or the atomspace was closed.
            EvaluationError: The evaluator's own modules cannot be read.
        """
        arguments.text(program, "program")
        arguments.text(source, "source")
        speaker = Speaker(source, quotable)
        for _ in range(_ATTEMPTS):
            state = self.store.state()
            evaluation = self._evaluated(program, speaker, host or {})
            if evaluation.error is not None or not evaluation.changes:
                return evaluation
            with contextlib.suppress(_OvertakenError):
                self._commit(evaluation, speaker, state)
                return evaluation
        with self.database.transaction(author=source, note="evaluate"):
            evaluation = self._evaluated(program, speaker, host or {})
            if evaluation.error is None:
                self._commit(evaluation, speaker, self.store.state())
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
                for total, line in enumerate(imports.exported(now)):  # noqa: B007 - of the last one
                    out.write(line + "\n")
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

    # --- inside ---

    def _warm(self) -> Evaluator:
        with self._warming:
            if self._closed:
                raise StorageError(f"atomspace {self.database.path}: it was closed: open it again")
            if self._evaluator is None:
                try:
                    from mettaclaw.evaluator import Evaluator
                except OSError as error:  # too many open files, say
                    raise EvaluationError(f"the evaluator cannot be loaded: {error}") from error

                self._evaluator = Evaluator(self.database.path, providers=_OPERATIONS)
            return self._evaluator

    def _evaluated(self, program: str, speaker: Speaker, host: Host) -> Evaluation:
        """What a program comes to; nothing is changed."""
        return self._warm().evaluate(
            program,
            pending=self.store.pending(),
            uncommitted=self.store.uncommitted(),
            speaker=speaker,
            host=host,
            limits=self._limits,
        )

    def _commit(self, evaluation: Evaluation, speaker: Speaker, state: int) -> None:
        """Do the changes of an evaluation, if atoms are still in the state that it has read.

        Raises:
            _OvertakenError: They are not; nothing was changed.
        """
        with self.database.transaction(author=speaker.source, note="evaluate"):
            if self.store.state() != state:
                raise _OvertakenError
            for change in evaluation.changes:
                self._apply(change, speaker)

    def _apply(self, change: Change, speaker: Speaker) -> None:
        if change.kind == "remove":
            self.store.remove(change.atom)
        else:
            source = speaker.of(change.words)
            self.store.add(change.atom, change.truth, source, change.words, opinion=True)

    def __repr__(self) -> str:
        return f"<Atomspace {self.database.path}>"


class _OvertakenError(Exception):
    """Others have changed atoms since an evaluation has read them."""
