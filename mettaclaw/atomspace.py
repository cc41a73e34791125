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
import math
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from time import time as clock
from typing import TYPE_CHECKING

from mettaclaw.atoms import arguments, changes, imports, moments, sayings, times
from mettaclaw.atoms.changes import Difference, Entry
from mettaclaw.atoms.conflicts import Arising
from mettaclaw.atoms.evidence import Speaker
from mettaclaw.atoms.forms import stated
from mettaclaw.atoms.past import Past
from mettaclaw.atoms.quality import Quality
from mettaclaw.atoms.sayings import Saying
from mettaclaw.atoms.store import AtomStore
from mettaclaw.atoms.syntax import Atom, check
from mettaclaw.atoms.truth import Truth
from mettaclaw.atoms.view import Belief
from mettaclaw.config import Home
from mettaclaw.errors import StorageError, UsageError
from mettaclaw.evaluations import Evaluations, Host
from mettaclaw.knowledge import Knowledge
from mettaclaw.rulebook import Rulebook
from mettaclaw.storage import Database, Transaction, files
from mettaclaw.storage.connection import Synchronous

if TYPE_CHECKING:  # heavy parts are imported where they are used
    from mettaclaw.evaluator import Evaluation, Limits
    from mettaclaw.reasoning import Answer, Proof


class Atomspace(Knowledge):
    """A persistent atomspace. Use ``Atomspace.open``; a context manager that closes it."""

    def __init__(
        self,
        database: Database,
        limits: Limits | None = None,
        rulebook: Rulebook | None = None,
        quality: Quality | None = None,
    ) -> None:
        book = rulebook or Rulebook()
        self.database = database
        self.quality = quality or Quality()
        self.store = AtomStore(database, book, self.quality)
        super().__init__(self.store, book)
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

        Raises:
            StorageError: It cannot be opened; the message says why and what to do.
        """
        if str(path) != ":memory:":
            database = Database.open(arguments.path(path), synchronous=synchronous)
            return cls(database, limits, rulebook, quality)
        folder = tempfile.TemporaryDirectory(prefix="mettaclaw-")
        database = Database.open(Path(folder.name) / "claw.db", synchronous="NORMAL")
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

    # --- writing ---

    def add(
        self,
        statement: Atom | str,
        truth: Truth | tuple[float, float] | float | None = None,
        *,
        source: str = "api",
        words: str | None = None,
        time: float | str | datetime | None = None,
    ) -> Belief:
        """Store a statement as one piece of evidence; returns the belief after revision, with the
        contradictions that this brought about (``belief.contradictions``).

        Without ``words``, each call is a new observation: saying the same twice raises the
        confidence, as seeing it twice would. Pass ``words`` to tell a repetition from another
        witness; the whole rule is the docstring of ``atoms.evidence``.

        Args:
            statement: The atom.
            truth: (f, c), each in [0, 1]; f alone has the confidence of the source's quality;
                None stores an atom without a truth value.
            source: Who says so.
            words: The words it was said in. The same source saying the same in the same words
                counts once, and a model (source ``model`` or ``model:NAME``) that repeats
                anybody's words does not count.
            time: When it was said or seen, where that was not now; see ``atoms.times``.

        Raises:
            MettaSyntaxError, LimitError: The atom is no MeTTa, or too large.
            UsageError: It names nothing, as ``$x`` does; a truth value outside [0, 1]; a time that
                is none or has not come yet.
        """
        atom = stated(arguments.atom(statement))
        arguments.text(source, "source")
        if isinstance(truth, int | float) and not isinstance(truth, bool):
            truth = (truth, self.quality.of(source))
        value = arguments.truth(truth)
        if words is not None:
            arguments.text(words, "words")
        when = None if time is None else arguments.past(time)
        with self.database.transaction(author=source, note="add"):
            arising = Arising(self.store, (check(atom),))
            belief = self.store.add(atom, value, source, words, time=when)
            return replace(belief, contradictions=arising.found())

    def keep(self, answer: Answer | Proof) -> Belief:
        """Store what was inferred, with the derivations of its proof; returns the belief.

        It is found like any other belief from now on, and goes when a premise does. The belief has
        the ``contradictions`` that this brought about.

        Raises:
            UsageError: What the proof rests on is not believed (any more).
        """
        from mettaclaw.reasoning import Proof, kept

        proof = answer if isinstance(answer, Proof) else answer.proof
        with self.database.transaction(note="keep"):
            arising = Arising(self.store, kept.concluded(proof))
            kept.keep(self.store, proof, self.rulebook.rules())
            belief = self.store.belief(proof.statement)
            if belief is None:  # it was not derived, and nobody says so any more
                raise UsageError(
                    f"`{str(proof.statement)[:60]}` is not believed any more; ask for it anew"
                )
            return replace(belief, contradictions=arising.found())

    def derive(
        self,
        *statements: Atom | str,
        limit: int = 20,
        steps: int | None = None,
        time_s: float | None = None,
        depth: int | None = None,
    ) -> list[Answer]:
        """What follows from statements that are believed and is worth knowing, kept; best first.

        Each answer has the ``contradictions`` that keeping it brought about.

        Args:
            statements: Where to begin; each is believed.
            limit: How many consequences at most.
            steps: How many premises to look at; None for the setting ``infer_steps``.
            time_s: For how long, in seconds; None for ``infer_s``.
            depth: How many rules may stand one above the other; None for ``infer_depth``.

        Raises:
            UsageError: There is no statement, one is not believed, or a bound is out of its range.
        """
        from mettaclaw.reasoning import consequences, kept

        given = [check(arguments.atom(statement)) for statement in statements]
        most = arguments.whole(limit, "limit")
        rules, bounds = self.rulebook.rules(), self.rulebook.bounds(steps, time_s, depth)
        with self.database.transaction(note="derive"):
            found = consequences(self.store, given, bounds, rules, most)
            for place, answer in enumerate(found):
                arising = Arising(self.store, kept.concluded(answer.proof))
                kept.keep(self.store, answer.proof, rules)
                found[place] = replace(answer, contradictions=arising.found())
        return found

    def remove(self, statement: Atom | str) -> bool:
        """Retire a statement with all its evidence and the derivations of it that were kept.

        What rests on it goes in the same transaction, as far as nothing else supports it. False
        if it was not there.
        """
        atom = arguments.atom(statement)
        with self.database.transaction(note="remove"):
            return self.store.remove(atom)

    def retract(self, statement: Atom | str) -> bool:
        """Take back what was said of a statement: all of its evidence is retired.

        As ``remove``, but the statement stays where a kept derivation supports it.
        """
        atom = arguments.atom(statement)
        with self.database.transaction(note="retract"):
            return self.store.retract(atom)

    def retire(self, source: str) -> list[Atom]:
        """Take back all that a source has said; the statements that this concerns.

        What rests on it alone goes in the same transaction.
        """
        arguments.text(source, "source")
        with self.database.transaction(note=f"retire {source}"):
            return self.store.retire(source)

    def withdraw(self, *evidence: int) -> list[Saying]:
        """Take back pieces of evidence by their ids; those that stood, with their statements.

        What rests on them alone goes in the same transaction.
        """
        ids = [arguments.whole(one, "evidence") for one in evidence]
        with self.database.transaction(note="withdraw"):
            return self.store.withdraw(ids)

    def undo(self, transaction: int) -> list[Atom]:
        """Take back what one transaction did to beliefs (``history`` has their ids).

        What it told is retired, what it retired is told again; what came since stays. Undoing the
        undoing does it again. Returns the statements that are concerned.

        Raises:
            UsageError: It did nothing to beliefs that still stands.
        """
        number = arguments.whole(transaction, "transaction")
        with self.database.transaction(note=f"undo {number}"):
            return self.store.undo(number)

    def transaction(
        self, author: str = "api", note: str = ""
    ) -> contextlib.AbstractContextManager[Transaction]:
        """All or nothing: what happens in the block is committed at its end, or not at all."""
        return self.database.transaction(author, note)

    # --- reading ---

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

    def said(
        self,
        source: str = "",
        about: Atom | str | None = None,
        first: float | str | datetime | None = None,
        last: float | str | datetime | None = None,
        limit: int = 100,
    ) -> list[Saying]:
        """What was said and stands, in the order of its times; the latest ``limit`` pieces.

        Args:
            source: Who said it; ``""`` for anybody.
            about: A symbol that the statement holds, or a pattern that it fits; None for all.
            first: Since when, as for ``as_of``; a date is the beginning of its day.
            last: Until when; a date is the end of its day.
            limit: How many at most.

        Raises:
            MettaSyntaxError, LimitError: What it is about is no MeTTa, or too large.
            UsageError: A time that is none; a limit that is no number.
        """
        topic = None if about is None else check(arguments.atom(about))
        since = -math.inf if first is None else times.seconds(first)
        until = math.inf if last is None else times.seconds(last, end=True)
        arguments.text(source, "source")
        most = arguments.whole(limit, "limit")
        return sayings.said(self.store, source, topic, since, until, most)

    # --- the past ---

    def as_of(self, time: float | str | datetime) -> Knowledge:
        """The beliefs of a past moment, which answer as they would have done then.

        Args:
            time: Seconds, a ``datetime``, ISO 8601 text in UTC, or words such as ``last Monday``,
                ``yesterday`` and ``2h`` (ago); a date is the end of its day.

        Raises:
            UsageError: It is no time.
        """
        past = Past(self.database, moments.back(time), self.quality)
        return Knowledge(past, self.rulebook)

    def diff(
        self, first: float | str | datetime, second: float | str | datetime | None = None
    ) -> list[Difference]:
        """The statements that are believed otherwise at the second moment (None: now) than at the
        first. Times as for ``as_of``.
        """
        end = moments.back(second) if second is not None else clock()
        return list(changes.differences(self.database, moments.back(first), end))

    def history(self, limit: int = 20) -> list[Entry]:
        """The latest transactions that changed beliefs, newest first."""
        return changes.entries(self.database, arguments.whole(limit, "limit"))

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
