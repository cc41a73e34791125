"""Evaluations over an atomspace: a program runs in a disposable child, its changes are committed.

Invariant: reading and changing are one step. Where others have changed atoms while a program ran,
it runs again over what they have left, in the end with the others waiting. What a child proposes
is checked: it is not trusted. Not covered: the child (``mettaclaw.evaluator``).
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from mettaclaw.atoms import clearing
from mettaclaw.atoms.conflicts import Arising
from mettaclaw.atoms.evidence import Said, Speaker
from mettaclaw.atoms.store import AtomStore
from mettaclaw.atoms.syntax import Atom
from mettaclaw.atoms.truth import APART
from mettaclaw.atoms.view import Belief, Change
from mettaclaw.errors import EvaluationError, StorageError, UsageError
from mettaclaw.rulebook import Rulebook

if TYPE_CHECKING:  # heavy parts are imported where they are used
    from mettaclaw.evaluator import Evaluation, Evaluator, Limits

_TELLING = ("add", "believe", "derive")  # the kinds of changes that may contradict others
_ATTEMPTS = 4  # at an evaluation whose atoms others change meanwhile, before they must wait

Host = Mapping[str, Callable[[tuple[Atom, ...]], Iterable[Atom]]]


class Evaluations:
    """The evaluations over one store.

    Args:
        store: The atoms.
        rulebook: The rules that programs reason by.
        limits: Of one evaluation; None for the defaults.
    """

    def __init__(self, store: AtomStore, rulebook: Rulebook, limits: Limits | None = None) -> None:
        self._store = store
        self._rulebook = rulebook
        self._provider = ""  # whose operations the evaluator has
        self._database = store.database
        self._limits = limits
        self._evaluator: Evaluator | None = None
        self._warming = threading.Lock()
        self._closed = False

    def run(self, program: str, speaker: Speaker, host: Host) -> Evaluation:
        """Evaluate, and commit the changes in one transaction; see ``Atomspace.evaluate``."""
        for _ in range(_ATTEMPTS):
            state = self._store.state()
            evaluation = self._evaluated(program, speaker, host)
            if evaluation.error is not None or not evaluation.changes:
                return evaluation
            with contextlib.suppress(_OvertakenError):
                return self._committed(evaluation, speaker, state)
        with self._database.transaction(author=speaker.source, note="evaluate"):
            evaluation = self._evaluated(program, speaker, host)
            if evaluation.error is None:
                evaluation = self._committed(evaluation, speaker, self._store.state())
            return evaluation

    def warm(self) -> None:
        """Start the evaluator's process without waiting, so that the first evaluation is quick.

        With rules that cannot be read nothing starts: the first evaluation says what is wrong.
        """
        with contextlib.suppress(UsageError):
            self._warm().warm()

    def cancel(self) -> None:
        """End the evaluations that other threads are waiting for."""
        if self._evaluator is not None:
            self._evaluator.cancel()

    def close(self) -> None:
        """End the evaluator's processes. Closing twice does nothing."""
        with self._warming:
            self._closed = True
            evaluator, self._evaluator = self._evaluator, None
        if evaluator is not None:
            evaluator.close()

    # --- inside ---

    def _warm(self) -> Evaluator:
        with self._warming:
            if self._closed:
                raise StorageError(f"atomspace {self._database.path}: it was closed: open it again")
            provider = self._rulebook.provider()
            if self._evaluator is not None and provider != self._provider:
                self._evaluator.close()
                self._evaluator = None
            if self._evaluator is None:
                try:
                    from mettaclaw.evaluator import Evaluator
                except OSError as error:  # too many open files, say
                    raise EvaluationError(f"the evaluator cannot be loaded: {error}") from error

                self._evaluator = Evaluator(self._database.path, providers=(provider,))
                self._provider = provider
            return self._evaluator

    def _evaluated(self, program: str, speaker: Speaker, host: Host) -> Evaluation:
        """What a program comes to; nothing is changed."""
        return self._warm().evaluate(
            program,
            pending=self._store.pending(),
            uncommitted=self._store.uncommitted(),
            speaker=speaker,
            host=host,
            limits=self._limits,
        )

    def _committed(self, evaluation: Evaluation, speaker: Speaker, state: int) -> Evaluation:
        """Do the changes of an evaluation, if atoms are still in the state that it has read.

        Raises:
            _OvertakenError: They are not; nothing was changed.
        """
        try:
            with self._database.transaction(author=speaker.source, note="evaluate"):
                if self._store.state() != state:
                    raise _OvertakenError
                told = [c.atom for c in evaluation.changes if c.kind in _TELLING]
                telling = clearing.cleared_all(self._database, told)
                arising = Arising(self._store, telling)
                before = {atom: self._store.belief(atom) for atom in telling}
                for change in evaluation.changes:
                    self._apply(change, speaker)
                found = arising.found()
                news = tuple(atom for atom in before if self._is_news(atom, before[atom]))
        except (EvaluationError, UsageError) as error:
            return replace(evaluation, error=error, changes=())
        return replace(evaluation, contradictions=found, news=news)

    def _is_news(self, atom: Atom, before: Belief | None) -> bool:
        """Whether it was not believed before, or to be the opposite."""
        now = self._store.belief(atom)
        was = None if before is None else before.truth
        if now is None or now.truth is None:
            return False
        return was is None or abs(was.f - now.truth.f) >= APART

    def _apply(self, change: Change, speaker: Speaker) -> None:
        store = self._store
        match change.kind:
            case "remove":
                store.remove(change.atom)
            case "retract":
                store.retract(change.atom)
            case "derive":
                from mettaclaw.reasoning import kept

                rules = self._rulebook.rules()
                kept.keep_proposed(store, change.atom, change.rule or "", change.premises, rules)
            case "add" | "believe":
                store.tell(change.atom, _said(change, speaker))


def _said(change: Change, speaker: Speaker) -> Said:
    if change.truth is None or change.words is None or change.source is None:
        return speaker.said(change.truth, change.words)
    return speaker.reported(change.truth, change.words, change.source, change.time)


class _OvertakenError(Exception):
    """Others have changed atoms since an evaluation has read them."""
