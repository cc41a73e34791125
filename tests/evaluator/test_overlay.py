"""The overlay answers as the store does once its changes are committed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from mettaclaw.atoms.store import AtomStore
from mettaclaw.atoms.syntax import Atom, read
from mettaclaw.atoms.truth import Truth
from mettaclaw.atoms.unify import canonical
from mettaclaw.atoms.view import View
from mettaclaw.evaluator import Limits
from mettaclaw.evaluator.overlay import Overlay
from mettaclaw.storage import Database

TERMS = ["a", "b", "c", "$x", "$y", "$x#s1", "1", '"a"', "(f a)", "(f $x)"]
ATOMS = st.builds(
    lambda head, one, two: read(f"({head} {one} {two})"),
    st.sampled_from(["p", "q", "$h"]),
    st.sampled_from(TERMS),
    st.sampled_from(TERMS),
)
TRUTHS = st.sampled_from([Truth(1.0, 0.9), Truth(0.0, 0.5), Truth(0.5, 0.2)])
WRITES = st.lists(
    st.one_of(
        st.tuples(st.just("add"), ATOMS),
        st.tuples(st.just("believe"), ATOMS, TRUTHS, st.sampled_from([None, "words"])),
        st.tuples(st.just("remove"), ATOMS),
    ),
    max_size=12,
)
# What an open transaction has added is not in the database, so its words cannot be compared.
UNQUOTED = WRITES.filter(lambda writes: not any("words" in write for write in writes))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[AtomStore]:
    with Database.open(tmp_path / "claw.db", synchronous="NORMAL") as database:
        yield AtomStore(database)


def _apply(store: AtomStore, overlay: Overlay) -> None:
    """What the agent's process does with the changes of an evaluation."""
    for change in overlay.changes:
        if change.kind == "remove":
            store.remove(change.atom)
        else:
            store.add(change.atom, change.truth, "evaluation", change.words)


def _write(overlay: Overlay, writes: list[tuple]) -> None:
    for kind, *arguments in writes:
        getattr(overlay, kind)(*arguments)


def _found(view: View, pattern: Atom) -> list[tuple[str, str]]:
    return sorted((str(canonical(b.statement)), str(b.truth)) for b in view.find(pattern))


def _matches(view: View, *patterns: Atom) -> list[str]:
    answers = view.match(*patterns)
    return sorted(str({str(k): str(canonical(v)) for k, v in answer.items()}) for answer in answers)


class _Undo(Exception):  # noqa: N818 - takes an example back
    pass


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@example(
    before=[],
    pending=[],
    writes=[
        ("add", read("(p a $x)")),
        ("add", read("(p $x $y)")),
        ("remove", read("(p $x $y)")),
        ("add", read("(p $y $x)")),
    ],
    pattern=read("(p a a)"),
    other=read("(p a $x)"),
)
@given(before=WRITES, pending=UNQUOTED, writes=WRITES, pattern=ATOMS, other=ATOMS)
def test_the_overlay_answers_as_the_store_will(
    store: AtomStore,
    before: list[tuple],
    pending: list[tuple],
    writes: list[tuple],
    pattern: Atom,
    other: Atom,
) -> None:
    with pytest.raises(_Undo), store.database.transaction():
        first = Overlay(store, [], Limits())
        _write(first, before)
        _apply(store, first)
        second = Overlay(store, [], Limits())
        _write(second, pending)

        # The open transaction's writes come as pending statements.
        touched = {canonical(change.atom): change.atom for change in second.changes}
        state = [(atom, second.belief(atom)) for atom in touched.values()]
        overlay = Overlay(store, state, Limits())
        _write(overlay, writes)
        seen = (
            _found(overlay, pattern),
            _matches(overlay, pattern, other),
            str(overlay.belief(other) and overlay.belief(other).truth),
            overlay.count(),
            len(list(overlay.atoms())),
        )
        _apply(store, second)
        _apply(store, overlay)
        assert seen == (
            _found(store, pattern),
            _matches(store, pattern, other),
            str(store.belief(other) and store.belief(other).truth),
            store.count(),
            store.count(),
        )
        raise _Undo


def test_evidence_of_the_evaluation_is_told_by_negative_ids(store: AtomStore) -> None:
    statement = read("(--> tom cat)")
    with store.database.transaction():
        store.add(statement, Truth(1.0, 0.9), "user", "Tom is a cat")
    overlay = Overlay(store, [], Limits())
    belief = overlay.believe(statement, Truth(1.0, 0.5), "I saw it")
    told = overlay.evidence(belief.stamp)
    assert [(e.id < 0, e.words) for e in told] == [(True, "I saw it"), (False, "Tom is a cat")]
    assert belief.truth is not None
    assert belief.truth.c > 0.9


def test_evidence_that_is_not_committed_has_no_words_but_a_truth(store: AtomStore) -> None:
    with pytest.raises(_Undo), store.database.transaction():
        belief = store.add(read("(a b)"), Truth(1.0, 0.7), "user", "words")
        raise _Undo
    overlay = Overlay(store, [(read("(a b)"), belief)], Limits())
    (told,) = overlay.evidence(belief.stamp)
    assert (told.truth, told.source, told.words) == (Truth(1.0, 0.7), "user", None)
