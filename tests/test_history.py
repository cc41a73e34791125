"""The past of an atomspace: as of a moment, what changed, and taking changes back."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timezone
from itertools import pairwise
from pathlib import Path

import pytest

from mettaclaw.atoms import times
from mettaclaw.atoms.changes import FEW
from mettaclaw.atoms.syntax import read
from mettaclaw.atoms.truth import Truth
from mettaclaw.atomspace import Atomspace
from mettaclaw.errors import UsageError
from mettaclaw.knowledge import Knowledge

CAT, ANIMAL, DOG = "(--> tom cat)", "(--> cat animal)", "(--> tom dog)"
SAID = (1.0, 0.9)


@pytest.fixture
def kb(tmp_path: Path) -> Iterator[Atomspace]:
    with Atomspace.open(tmp_path / "kb.db") as kb:
        yield kb


def now(kb: Atomspace) -> float:
    """A moment after all that was done so far, and before all that will be."""
    last = kb.database.row("SELECT max(time) FROM txn")
    assert last is not None
    while (moment := datetime.now(timezone.utc).timestamp()) <= last[0]:
        pass
    return moment


def shown(knowledge: Knowledge) -> dict[str, tuple[float, float] | None]:
    return {
        str(b.statement): None if b.truth is None else (round(b.truth.f, 9), round(b.truth.c, 9))
        for b in knowledge.view.beliefs()
    }


def test_the_past_answers_as_it_would_have_then(kb: Atomspace) -> None:
    before = now(kb) if kb.history() else 0.0
    kb.add(CAT, SAID)
    kb.add(ANIMAL, SAID)
    first = now(kb)
    kb.remove(ANIMAL)
    kb.add(CAT, (0.0, 0.9))
    second = now(kb)
    assert shown(kb.as_of(before)) == {}
    then, later = kb.as_of(first), kb.as_of(second)
    assert then.truth(CAT) == Truth(1.0, 0.9)
    assert [str(answer.statement) for answer in then.infer("(--> tom animal)")] == [
        "(--> tom animal)"
    ]
    assert then.match("(--> cat $x)") == [{"$x": read("animal")}]
    assert then.match("(--> $x $y)", "(--> $y animal)") == [{"$x": read("tom"), "$y": read("cat")}]
    assert then.match("$anything") != []
    assert later.infer("(--> tom animal)") == []
    assert later.truth(CAT) == kb.truth(CAT) == Truth(0.5, kb.truth(CAT).c)  # type: ignore[union-attr]
    proof = then.why("(--> tom animal)")
    assert proof is not None
    assert len(list(proof.leaves())) == 2
    assert [one.source for one in then.evidence(CAT)] == ["api"]


def test_what_was_told_late_counts_from_its_own_time(kb: Atomspace) -> None:
    kb.add(CAT, (1.0, 0.7), source="sam", time="2026-11-16")
    kb.add(CAT, (0.0, 0.9), source="ann", time="2026-11-18T09:30")
    assert kb.as_of("2026-11-15").belief(CAT) is None
    assert kb.as_of("2026-11-17").truth(CAT) == Truth(1.0, 0.7)
    belief = kb.as_of("2026-11-18").belief(CAT)
    assert belief is not None
    assert belief.truth == kb.truth(CAT)
    assert [one.time for one in kb.evidence(CAT)] == [
        times.seconds("2026-11-16"),
        times.seconds("2026-11-18T09:30"),
    ]


@pytest.mark.parametrize("again", [1.0, 0.0])
def test_what_was_taken_back_and_told_anew_of_the_same_time_counts_once(
    kb: Atomspace, again: float
) -> None:
    kb.add(CAT, (1.0, 0.8), source="sam", time="2026-11-16")
    kb.add(CAT, (1.0, 0.5), source="ann", time="2026-11-16")
    kb.retire("sam")
    kb.add(CAT, (again, 0.8), source="sam", time="2026-11-16")
    then = kb.as_of("2026-11-17")
    assert then.truth(CAT) == kb.truth(CAT)
    assert [(one.source, one.truth) for one in then.evidence(CAT)] == [
        ("ann", Truth(1.0, 0.5)),
        ("sam", Truth(again, 0.8)),
    ]
    assert kb.diff("2026-11-17") == []


def test_what_was_known_stays_known_until_it_was_taken_back(
    kb: Atomspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    days = {day: times.seconds(f"2026-11-{day}T12:00") for day in (16, 18, 20)}
    monkeypatch.setattr("time.time", lambda: days[16])
    kb.add(CAT, (1.0, 0.8), source="sam")
    monkeypatch.setattr("time.time", lambda: days[20])
    kb.retract(CAT)
    for when in ("2026-11-17", "2026-11-19"):
        assert kb.as_of(when).truth(CAT) == Truth(1.0, 0.8)
    assert kb.as_of("2026-11-20").truth(CAT) is None
    kb.add(CAT, (0.0, 0.8), source="sam", time=days[18])
    assert kb.as_of("2026-11-17").truth(CAT) == Truth(1.0, 0.8), "it is of a later time"
    assert kb.as_of("2026-11-19").truth(CAT) == Truth(0.0, 0.8)
    kb.retract(CAT)
    kb.undo(kb.history()[0].id)
    assert kb.as_of("2026-11-19").truth(CAT) == Truth(0.0, 0.8)


@pytest.mark.parametrize(
    "time", ["tomorrow", "2026-13-01", "", True, None, "nan", 1e300, [], "9999-12-31"]
)
def test_what_is_no_time_or_has_not_come_is_refused(kb: Atomspace, time: object) -> None:
    if time is not None:
        with pytest.raises(UsageError, match="time"):
            kb.add(CAT, SAID, time=time)  # type: ignore[arg-type]
    if time != "9999-12-31":
        with pytest.raises(UsageError, match="no time"):
            kb.as_of(time)  # type: ignore[arg-type]
    assert kb.count() == 0


def test_a_date_is_the_end_of_its_day_when_one_looks_back(kb: Atomspace) -> None:
    kb.add(CAT, SAID, time="2026-11-16T23:30")
    assert kb.as_of("2026-11-16").belief(CAT) is not None
    assert kb.as_of("2026-11-16T12:00Z").belief(CAT) is None
    assert kb.as_of(datetime(2026, 11, 16, 23, 45)).belief(CAT) is not None


def test_the_difference_between_two_moments(kb: Atomspace) -> None:
    kb.add(CAT, SAID)
    kb.add(ANIMAL, SAID)
    first = now(kb)
    kb.remove(ANIMAL)
    kb.add(DOG, (0.0, 0.9))
    kb.add("(plain)")
    kb.remove("(plain)")
    second = now(kb)
    kb.add("(--> later all)", SAID)
    found = {str(one.statement): one for one in kb.diff(first, second)}
    assert set(found) == {ANIMAL, DOG}
    assert found[ANIMAL].after is None
    assert found[DOG].before is None
    assert {str(one.statement) for one in kb.diff(second)} == {"(--> later all)"}
    backwards = {str(one.statement): one for one in kb.diff(second, first)}
    assert backwards[ANIMAL].before is None
    assert kb.diff(second, second) == []


def test_a_transaction_can_be_taken_back_and_done_again(kb: Atomspace) -> None:
    kb.add(CAT, SAID, source="sam", words="Tom is a cat.")
    with kb.transaction(author="ann", note="a mistake"):
        kb.remove(CAT)
        kb.add(DOG, SAID, source="ann")
        kb.add(ANIMAL, SAID, source="ann")
    mistake = kb.history()[0]
    assert (mistake.author, mistake.note, mistake.told, mistake.retired) == (
        "ann",
        "a mistake",
        2,
        1,
    )
    kb.add(ANIMAL, (0.0, 0.9), source="sam")
    concerned = kb.undo(mistake.id)
    assert {str(one) for one in concerned} == {CAT, DOG, ANIMAL}
    assert shown(kb) == {CAT: SAID, ANIMAL: (0.0, 0.9)}
    (evidence,) = kb.evidence(CAT)
    assert (evidence.source, evidence.words) == ("sam", "Tom is a cat.")
    assert evidence.time < mistake.time
    with pytest.raises(UsageError, match=r"was taken back already, by transaction \d+; undo"):
        kb.undo(mistake.id)
    kb.undo(kb.history()[0].id)
    assert DOG in shown(kb)
    assert CAT not in shown(kb)


def test_a_change_that_an_undo_brought_back_can_be_taken_back(kb: Atomspace) -> None:
    kb.add(CAT, SAID, source="sam")
    kb.add(ANIMAL, SAID)
    told, _ = reversed(kb.history())
    kb.keep(kb.infer("(--> tom animal)")[0])
    kept = kb.history()[0]
    for _ in range(3):  # it is taken back, and comes back
        kb.retract(CAT)
        kb.undo(kb.history()[0].id)
    kb.retire("sam")
    gone = kb.history()[0].id
    for _ in range(3):
        kb.undo(kb.history()[0].id)
    kb.add(CAT, SAID, source="ann")
    kb.undo(told.id)
    assert [one.source for one in kb.evidence(CAT)] == ["ann"]
    kb.undo(kept.id)
    assert kb.belief("(--> tom animal)") is None
    with pytest.raises(UsageError, match=rf"transaction {told.id} .* undo \d+ to have it again"):
        kb.undo(told.id)
    with pytest.raises(UsageError, match=f"{gone + 1}; undo {gone + 3} to have it again"):
        kb.undo(gone)


def test_an_undo_of_an_undo_is_named_where_a_change_stands_by_it(kb: Atomspace) -> None:
    kb.add(CAT, SAID)
    told = kb.history()[0].id
    for last in (told, told + 1):
        kb.undo(last)
    with pytest.raises(UsageError, match=f"was undone by {told + 2}: undo {told + 2} to take it"):
        kb.undo(told)
    kb.undo(told + 2)
    assert kb.count() == 0


def test_history_names_the_statements_and_what_became_of_them(kb: Atomspace) -> None:
    kb.add(CAT, SAID, source="sam")
    kb.add(ANIMAL, SAID)
    kb.keep(kb.infer("(--> tom animal)")[0])
    kb.add(CAT, (0.0, 0.9), source="vet", time="2026-03-04")
    kb.remove("(--> tom animal)")
    kb.retract(CAT)
    turns = [
        [
            (str(one.statement), one.before and one.before.truth, one.after and one.after.truth)
            for one in entry.touched
        ]
        for entry in reversed(kb.history())
    ]
    animal, sure = "(--> tom animal)", Truth(*SAID)
    assert turns[:3] == [
        [(CAT, None, sure)],
        [(ANIMAL, None, sure)],
        [(animal, None, Truth(1.0, 0.81))],
    ]
    (cat, fallen, gone) = turns[3:]
    assert cat[0][:2] == (CAT, sure)
    assert cat[0][2] is not None
    assert cat[0][2].f == 0.5
    assert [turn[0] for turn in fallen] == [animal], "what only took back a derivation is listed"
    assert fallen[0][2] is None
    assert gone == [(CAT, cat[0][2], None)]
    last = kb.history()[0]
    assert (last.more, last.undone) == (False, None)
    kb.undo(last.id)
    undo, undone, *_ = kb.history()
    assert undone.undone == undo.id


def test_history_of_a_large_transaction_names_the_first_statements(kb: Atomspace) -> None:
    with kb.transaction("ann", "many"):
        for number in range(50):
            kb.add(f"(--> s{number} p)", SAID)
    (entry,) = kb.history()
    assert (entry.told, entry.more) == (50, True)
    assert [str(one.statement) for one in entry.touched] == [f"(--> s{n} p)" for n in range(FEW)]


def test_what_a_source_said_can_be_retired(kb: Atomspace) -> None:
    kb.add(CAT, SAID, source="sam")
    kb.add(CAT, (0.0, 0.5), source="blog")
    kb.add(DOG, SAID, source="blog")
    assert {str(one) for one in kb.retire("blog")} == {CAT, DOG}
    assert shown(kb) == {CAT: SAID}
    assert kb.retire("nobody") == []


@pytest.mark.parametrize("number", [999, -1, 10**30, True, "1", None])
def test_there_is_nothing_to_undo_in_what_is_no_transaction(kb: Atomspace, number: object) -> None:
    kb.add(CAT, SAID)
    with pytest.raises(UsageError, match=r"transaction|there is no change"):
        kb.undo(number)  # type: ignore[arg-type]
    assert shown(kb) == {CAT: SAID}


def test_every_moment_of_a_random_history_is_kept(kb: Atomspace) -> None:
    random.seed(11)
    names = [f"(--> s{number} p)" for number in range(8)] + ["(--> $x q)", "7", '"a text"']
    moments: list[tuple[float, dict[str, tuple[float, float] | None]]] = []
    for _ in range(120):
        name = random.choice(names)
        match random.randrange(5):
            case 0:
                kb.remove(name)
            case 1:
                kb.add(name)
            case 2 if kb.history():
                try:
                    kb.undo(random.choice(kb.history(5)).id)
                except UsageError:
                    continue
            case _:
                kb.add(name, (random.random(), random.random()), source=random.choice("ab"))
        moments.append((now(kb), shown(kb)))
    for moment, state in moments:
        past = kb.as_of(moment)
        assert shown(past) == state
        assert past.count() == len(state)
        found = {str(b.statement) for b in past.view.find(read("(--> s3 $y)"))}
        expected = {s for s in state if s.startswith(("(--> s3", "(--> $x"))}
        assert found == expected
    (first, before), (last, after) = moments[10], moments[-1]
    changed = {str(d.statement) for d in kb.diff(first, last)}
    assert changed == {
        s for s in before.keys() | after.keys() if before.get(s, 0) != after.get(s, 0)
    }


def test_what_was_removed_before_the_past_was_kept_is_found_in_it(kb: Atomspace) -> None:
    kb.add(CAT, SAID)
    then = now(kb)
    kb.remove(CAT)
    with kb.transaction():  # as an older version of the program left it
        kb.database.write("DELETE FROM leaf_gone")
        kb.database.write("INSERT INTO unposted SELECT id FROM atom WHERE version IS NULL")
    assert kb.as_of(then).match("(--> tom $x)") == [{"$x": read("cat")}]
    assert kb.as_of(then).match("(--> ann $x)") == []


# --- what comes back counts once ---


def test_what_a_retired_source_hid_weighs_no_more_afterwards(kb: Atomspace) -> None:
    """At the cap of confidence one truth value stands for very different weights."""
    kb.add(CAT, (1.0, 0.99), source="vet")
    for _ in range(50):
        kb.add(CAT, (1.0, 0.99), source="liar")
    kb.retire("liar")
    kb.add(CAT, (0.0, 0.99), source="ann")
    truth = kb.truth(CAT)
    assert truth is not None
    assert truth.f == pytest.approx(0.5)


@pytest.mark.parametrize("source", ["user", "model:m"])
def test_what_was_said_again_meanwhile_is_not_told_twice_by_undo(
    kb: Atomspace, source: str
) -> None:
    kb.add(CAT, (1.0, 0.9), source=source, words="Tom is a cat.")
    kb.retract(CAT)
    retracted = kb.history()[0].id
    kb.add(CAT, (1.0, 0.9), source="user", words="Tom is a cat.")
    kb.undo(retracted)
    assert kb.truth(CAT) == Truth(1.0, 0.9)


def test_an_opinion_that_was_replaced_again_does_not_come_back_beside_the_latest(
    kb: Atomspace,
) -> None:
    for f in (1.0, 0.0, 0.5):
        kb.evaluate(f"!(believe {CAT} (stv {f} 0.3))", source="model:m")
    second = kb.history()[1].id
    kb.undo(second)
    assert kb.truth(CAT) == Truth(0.5, 0.3)


def test_undo_puts_right_what_rests_on_many_statements_at_once(kb: Atomspace) -> None:
    names = [f"n{number}" for number in range(16)]
    with kb.transaction():
        for below, above in pairwise(names):
            kb.add(f"(--> {below} {above})", (1.0, 0.95), source="ann")
    for name in names:
        for answer in kb.infer(f"(--> {name} $x)"):
            kb.keep(answer)
    before = {str(s): kb.truth(s) for s in ("(--> n0 n2)", "(--> n3 n7)")}
    assert all(before.values())
    kb.retire("ann")
    assert kb.count() == 0
    kb.undo(kb.history()[0].id)
    assert {s: kb.truth(s) for s in before} == before
