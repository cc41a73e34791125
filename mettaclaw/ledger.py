"""Beliefs of now that can be changed and looked back on: told, kept, taken back, undone.

``Atomspace`` is one that also evaluates, and reads and writes files. Invariant: each change is one
transaction, or part of the one that is open. Not covered: what is asked (``knowledge``), and what
is new evidence (``atoms.evidence``).
"""

from __future__ import annotations

import contextlib
import math
from dataclasses import replace
from datetime import datetime
from time import time as clock
from typing import TYPE_CHECKING

from mettaclaw.atoms import arguments, changes, clearing, moments, sayings
from mettaclaw.atoms.changes import Difference, Entry
from mettaclaw.atoms.conflicts import Arising
from mettaclaw.atoms.forms import stated, undoubled
from mettaclaw.atoms.past import Past
from mettaclaw.atoms.sayings import Saying
from mettaclaw.atoms.store import AtomStore
from mettaclaw.atoms.syntax import Atom, check
from mettaclaw.atoms.truth import Truth, held
from mettaclaw.atoms.view import Belief
from mettaclaw.errors import UsageError
from mettaclaw.knowledge import Knowledge
from mettaclaw.rulebook import Rulebook
from mettaclaw.storage import Transaction

if TYPE_CHECKING:  # heavy parts are imported where they are used
    from mettaclaw.reasoning import Answer, Proof


class Ledger(Knowledge):
    """The beliefs of a store.

    Attributes:
        store: The store.
        database: Its database.
        quality: How sure sources are.
    """

    def __init__(self, store: AtomStore, rulebook: Rulebook) -> None:
        super().__init__(store, rulebook)
        self.store = store
        self.database = store.database
        self.quality = store.quality

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
            truth: (f, c), each in [0, 1]; a c above 0.99 counts as 0.99, for nobody is certain; f
                alone has the confidence of the source's quality; None stores an atom without a
                truth value.
            source: Who says so.
            words: The words it was said in. The same source saying the same in the same words
                counts once, and a model (source ``model`` or ``model:NAME``) that repeats
                anybody's words does not count.
            time: When it was said or seen, where that was not now, as for ``as_of``; a date is
                the beginning of its day.

        Raises:
            MettaSyntaxError, LimitError: The atom is no MeTTa, or too large.
            UsageError: It names nothing, as ``$x`` does; a truth value outside [0, 1]; a time that
                is none or has not come yet.
        """
        arguments.text(source, "source")
        if isinstance(truth, int | float) and not isinstance(truth, bool):
            truth = (truth, self.quality.of(source))
        value = arguments.truth(truth)
        value = held(value) if value is not None else None
        if words is not None:
            arguments.text(words, "words")
        when = None if time is None else arguments.past(time)
        statement = check(arguments.atom(statement))
        with self.database.transaction(author=source, note="add"):
            atom = stated(clearing.cleared(self.database, statement))
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
            depth: How many rules may stand one above the other; None for three, or ``infer_depth``
                where that is less.

        Raises:
            UsageError: There is no statement, one is not believed, or a bound is out of its range.
        """
        from mettaclaw.reasoning import consequences, kept

        given = [undoubled(check(arguments.atom(statement))) for statement in statements]
        most = arguments.whole(limit, "limit")
        rules, bounds = self.rulebook.rules(), self.rulebook.bounds(steps, time_s, depth)
        with self.database.transaction(note="derive"):
            found = consequences(self.store, given, bounds, rules, most, depth)
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
        atom = undoubled(arguments.atom(statement))
        with self.database.transaction(note="remove"):
            return self.store.remove(atom)

    def retract(self, statement: Atom | str) -> bool:
        """Take back what was said of a statement: all of its evidence is retired.

        As ``remove``, but the statement stays where a kept derivation supports it.
        """
        atom = undoubled(arguments.atom(statement))
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
            UsageError: There is no such transaction, or nothing of it is left to take back.
        """
        number = arguments.whole(transaction, "transaction")
        with self.database.transaction(note=f"undo {number}"):
            return self.store.undo(number)

    def transaction(
        self, author: str = "api", note: str = ""
    ) -> contextlib.AbstractContextManager[Transaction]:
        """All or nothing: what happens in the block is committed at its end, or not at all."""
        return self.database.transaction(author, note)

    # --- looking back ---

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
        since = -math.inf if first is None else moments.told(first)
        until = math.inf if last is None else moments.back(last)
        arguments.text(source, "source")
        most = arguments.whole(limit, "limit")
        return sayings.said(self.store, source, topic, since, until, most)
