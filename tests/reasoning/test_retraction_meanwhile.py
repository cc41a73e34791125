"""What is taken back while a search runs: answers are those of before or after, and none is kept
that rests on what is no more.

A search reads what is committed at each moment and keeps nobody out; what writes (``derive``) holds
its transaction. Not covered: several statements that change at once, of which a search may see one
before and one after.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from mettaclaw.atoms.reader import Reader
from mettaclaw.atoms.store import AtomStore
from mettaclaw.atoms.syntax import Atom, read
from mettaclaw.atoms.truth import Truth
from mettaclaw.atoms.view import Belief, Evidence
from mettaclaw.atomspace import Atomspace
from mettaclaw.errors import UsageError
from mettaclaw.reasoning import Proof, infer
from mettaclaw.reasoning.kept import keep
from mettaclaw.storage import Database
from tests.reasoning.conftest import Tell

LINK = read("(--> cat pet)")
GOAL = "(--> tom owned)"


class Interrupted(Reader):
    """Beliefs, of which somebody else changes one after some number of reads."""

    def __init__(self, database: Database, after: int, change: Callable[[], None]) -> None:
        super().__init__(database)
        self.left = after
        self._change = change

    def _read_once(self) -> None:
        self.left -= 1
        if self.left == -1:
            self._change()

    def belief(self, statement: Atom) -> Belief | None:
        self._read_once()
        return super().belief(statement)

    def find(self, pattern: Atom) -> Iterator[Belief]:
        for belief in super().find(pattern):
            self._read_once()
            yield belief
        self._read_once()

    def evidence(self, ids: Sequence[int]) -> list[Evidence]:
        self._read_once()
        return super().evidence(ids)


def told(proof: Proof) -> Iterator[Proof]:
    if proof.rule == "said":
        yield proof
    for premise in proof.premises:
        yield from told(premise)


def test_a_retraction_after_any_read_of_a_search_leaves_an_answer_of_before_or_after(
    tell: Tell,
) -> None:
    store = tell("(--> tom cat)", "(--> cat pet)", "(--> pet owned)")
    (before,) = infer(store, GOAL)
    seen: set[int] = set()
    with Database.open(store.database.path) as elsewhere:  # as another process has it
        other = AtomStore(elsewhere)

        def retract() -> None:
            with elsewhere.transaction():
                assert other.retract(LINK)

        for reads in range(1_000):
            view = Interrupted(store.database, reads, retract)
            answers = infer(view, GOAL)
            if view.left >= 0:  # it was over before
                break
            seen.add(len(answers))
            for answer in answers:
                assert answer.truth == before.truth
                for leaf in told(answer.proof):
                    assert [e.id for e in leaf.evidence] == list(leaf.belief.stamp) != []
                with pytest.raises(UsageError, match="is not believed"), elsewhere.transaction():
                    keep(other, answer.proof)
            assert infer(store, GOAL) == []
            assert store.belief(read(GOAL)) is None
            with elsewhere.transaction():
                other.add(LINK, Truth(1.0, 0.9), "user")
        assert reads > 5
    assert seen == {0, 1}  # some were too late, some in time


@pytest.mark.parametrize("where", ["another thread", "another connection"])
def test_a_retraction_waits_for_what_is_being_derived_and_takes_it_along(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    path = tmp_path / "kb.db"
    with Atomspace.open(path) as kb, Atomspace.open(path) as second:
        kb.add("(--> tom cat)", (1.0, 0.9))
        kb.add(LINK, (1.0, 0.9))
        other = kb if where == "another thread" else second
        retracted: list[bool] = []
        thread = threading.Thread(target=lambda: retracted.append(other.retract(LINK)))
        find = kb.store.find

        def interrupted(pattern: Atom) -> Iterator[Belief]:
            if thread.ident is None:
                thread.start()
                thread.join(0.2)
                assert retracted == []
            return find(pattern)

        monkeypatch.setattr(kb.store, "find", interrupted)
        derived = [str(answer.statement) for answer in kb.derive("(--> tom cat)")]
        thread.join()
        assert (derived, retracted) == (["(--> tom pet)"], [True])
        for each in (kb, second):
            assert each.belief("(--> tom pet)") is None
            assert each.belief(LINK) is None
            assert each.infer("(--> tom pet)") == []
        assert kb.database.check() == []
