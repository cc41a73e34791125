"""The overlay answers as the store does once its changes are committed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mettaclaw.atoms.evidence import Speaker
from mettaclaw.atoms.store import AtomStore
from mettaclaw.atoms.syntax import Atom, read
from mettaclaw.atoms.truth import Truth
from mettaclaw.atoms.unify import canonical
from mettaclaw.atoms.view import Belief, View
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
        st.tuples(st.just("believe"), ATOMS, TRUTHS, st.sampled_from([None, "words", "Yes."])),
        st.tuples(st.just("remove"), ATOMS),
    ),
    max_size=12,
)
MODEL = Speaker("model:m", "Yes. The words of the person.")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[AtomStore]:
    with Database.open(tmp_path / "claw.db", synchronous="NORMAL") as database:
        yield AtomStore(database)


def _apply(store: AtomStore, overlay: Overlay, speaker: Speaker = MODEL) -> None:
    """What the agent's process does with the changes of an evaluation."""
    for change in overlay.changes:
        if change.kind == "remove":
            store.remove(change.atom)
        else:
            store.tell(change.atom, speaker.said(change.truth, change.words))


def _write(overlay: Overlay, writes: list[tuple]) -> None:
    for kind, *arguments in writes:
        getattr(overlay, kind)(*arguments)


def _found(view: View, pattern: Atom) -> list[tuple[str, str]]:
    return sorted((str(canonical(b.statement)), _shown(b)) for b in view.find(pattern))


def _shown(belief: Belief | None) -> str:
    """Its truth value and its sources; sums in another order may differ in the last digit."""
    if belief is None or belief.truth is None:
        return "none" if belief is None else "untold"
    return f"{belief.truth.f:.9f} {belief.truth.c:.9f} {len(belief.stamp)} {belief.origin}"


def _matches(view: View, *patterns: Atom) -> list[str]:
    answers = view.match(*patterns)
    return sorted(str({str(k): str(canonical(v)) for k, v in answer.items()}) for answer in answers)


@settings(max_examples=60, deadline=None)
@example(
    speakers=(MODEL, MODEL),
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
@given(
    speakers=st.permutations((MODEL, Speaker("user"))),
    before=WRITES,
    pending=WRITES,
    writes=WRITES,
    pattern=ATOMS,
    other=ATOMS,
)
def test_the_overlay_answers_as_the_store_will(
    tmp_path_factory: pytest.TempPathFactory,
    before: list[tuple],
    pending: list[tuple],
    writes: list[tuple],
    speakers: tuple[Speaker, Speaker],
    pattern: Atom,
    other: Atom,
) -> None:
    path = tmp_path_factory.mktemp("overlay") / "claw.db"
    with Database.open(path, synchronous="NORMAL") as database:
        store = AtomStore(database)
        for speaker in speakers:
            first = Overlay(store, [], Limits(), speaker=speaker)
            _write(first, before)
            with database.transaction():
                _apply(store, first, speaker)
        with Database.open(path, read_only=True) as child, database.transaction():
            second = Overlay(store, [], Limits(), speaker=speakers[0])
            _write(second, pending)
            _apply(store, second, speakers[0])
            told = store.pending(), Limits(), store.uncommitted(), MODEL
            overlay = Overlay(AtomStore(child), *told)
            _write(overlay, writes)
            seen = (
                _found(overlay, pattern),
                _matches(overlay, pattern, other),
                _shown(overlay.belief(other)),
                overlay.count(),
                len(list(overlay.atoms())),
            )
            _apply(store, overlay)
            assert seen == (
                _found(store, pattern),
                _matches(store, pattern, other),
                _shown(store.belief(other)),
                store.count(),
                store.count(),
            )


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


def test_uncommitted_evidence_is_told_as_it_is(store: AtomStore) -> None:
    with store.database.transaction():
        store.add(read("(a b)"), Truth(1.0, 0.7), "user", "words")
        written = store.uncommitted()
        with Database.open(store.database.path, read_only=True) as child:
            overlay = Overlay(AtomStore(child), store.pending(), Limits(), written, MODEL)
            before = overlay.belief(read("(a b)"))
            assert before is not None
            (told,) = overlay.evidence(before.stamp)
            assert (told.truth, told.source, told.words) == (Truth(1.0, 0.7), "user", "words")
            assert overlay.believe(read("(a b)"), Truth(1.0, 0.7), "words") == before
