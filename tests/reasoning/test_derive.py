"""``derive`` stays within its time, whatever it begins with."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from mettaclaw.atoms.store import AtomStore
from mettaclaw.atoms.syntax import Atom, read
from mettaclaw.atoms.view import Belief
from mettaclaw.atomspace import Atomspace
from mettaclaw.reasoning import Bounds, consequences, forward, proposals
from tests.reasoning.conftest import Tell

PARTS = 1_900
HUGE = [
    f"(∧ {' '.join(f'(--> x{i} y)' for i in range(PARTS))})",
    f"(--> tom (∪ {' '.join(f'x{i}' for i in range(PARTS))}))",
    f"(==> (∧ {' '.join(f'(--> x{i} y)' for i in range(PARTS))}) y)",
]


class Slow:
    """A store in which each look for a pattern takes 0.2 s, by a clock of its own."""

    def __init__(self, store: AtomStore) -> None:
        self._store = store
        self.looks = 0

    def monotonic(self) -> float:
        return 0.2 * self.looks

    def find(self, pattern: Atom) -> Iterator[Belief]:
        self.looks += 1
        return self._store.find(pattern)

    def candidates(self, pattern: Atom) -> Iterator[tuple[Atom, bool]]:
        self.looks += 1
        return self._store.candidates(pattern)

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)


@pytest.mark.parametrize("statement", ["(--> tom cat)", "(==> (∧ a b) c)"])
def test_no_more_is_looked_up_after_the_time_is_over(
    tell: Tell, monkeypatch: pytest.MonkeyPatch, statement: str
) -> None:
    store = tell(statement, "a", *(f"(--> cat c{i})" for i in range(50)))
    slow = Slow(store)
    for module in (forward, proposals):
        monkeypatch.setattr(module, "time", slow)
    assert consequences(slow, [statement], Bounds(seconds=1.0)) == []  # pyright: ignore
    assert 5 <= slow.looks <= 8


@pytest.mark.parametrize("statement", HUGE, ids=["conjunction", "union", "condition"])
def test_a_compound_of_very_many_parts_is_derived_from_in_bounded_time(
    tell: Tell, statement: str
) -> None:
    store = tell(statement, "(--> x3 y)", "(--> y z)")
    assert store.belief(read(statement)) is not None
    begun = time.monotonic()
    consequences(store, [statement], Bounds(seconds=0.2))
    assert time.monotonic() - begun < 10


def test_what_is_larger_than_where_it_begins_follows_from_a_larger_premise(tell: Tell) -> None:
    store = tell(
        "(--> tweety bird)", "(--> bird ([] flying))", "(==> (--> $x bird) (--> $x (x a b)))"
    )
    found = [str(answer.statement) for answer in consequences(store, ["(--> tweety bird)"])]
    assert set(found) == {"(--> tweety ([] flying))", "(--> tweety (x a b))"}


def test_a_depth_that_is_given_is_how_far_derive_goes() -> None:
    links = [f"(--> c{i} c{i + 1})" for i in range(8)]
    last = "(--> c0 c6)"
    for given, is_reached in ((None, False), (2, False), (6, True)):
        with Atomspace.open(":memory:") as kb:
            for link in links:
                kb.add(link, (1.0, 0.95))
            kb.derive(links[0], depth=given)
            assert (kb.truth(last) is not None) is is_reached
        with Atomspace.open(":memory:") as kb:
            for link in links:
                kb.add(link, (1.0, 0.95))
            asked = "" if given is None else f" (depth {given})"
            done = kb.evaluate(f"!(derive {links[0]}{asked})")
            assert done.error is None, done.error
            assert (kb.truth(last) is not None) is is_reached


def test_derive_says_that_it_leaves_consequences_out() -> None:
    with Atomspace.open(":memory:") as kb:
        kb.add("(--> tom cat)", (1.0, 0.9))
        for i in range(20):
            kb.add(f"(--> cat p{i})", (1.0, 0.9))
        done = kb.evaluate("!(derive (--> tom cat))")
        assert done.error is None, done.error
        assert len(done.results[0]) == 20
        kb.undo(kb.history()[0].id)
        kb.add("(--> cat p20)", (1.0, 0.9))
        done = kb.evaluate("!(derive (--> tom cat))")
        assert done.error is None, done.error
        *found, note = map(str, done.results[0])
        assert len(found) == 20
        assert note == '(note "these are the first 20; there are more")'
