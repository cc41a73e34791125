"""said, contradictions, changed: what they read, at which moment, and what they refuse."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from mettaclaw.atoms.syntax import read
from mettaclaw.atoms.truth import Truth
from mettaclaw.atomspace import Atomspace
from mettaclaw.errors import UsageError
from mettaclaw.reasoning.operations import OPERATIONS, provide, refusal

RUN = {operation.name: operation.run for operation in OPERATIONS}
TAME = "(--> tom ([] tame))"
MONDAY, TUESDAY, WEDNESDAY = "2025-03-03", "2025-03-04", "2025-03-05"


@pytest.fixture
def kb(tmp_path: Path) -> Iterator[Atomspace]:
    """Sam on Monday and the vet on Wednesday disagree."""
    with Atomspace.open(tmp_path / "claw.db", synchronous="NORMAL") as kb:
        kb.add(TAME, (1.0, 0.55), source="sam", words="Sam: Tom is tame.", time=MONDAY)
        kb.add(TAME, (0.0, 0.9), source="vet", words="The vet denied it.", time=WEDNESDAY)
        yield kb


def evaluated(kb: Atomspace, form: str) -> list[str]:
    done = kb.evaluate(f"!{form}")
    assert done.error is None, done.error
    assert done.notes == ()
    return [str(atom) for atom in done.results[0]]


def sources(kb: Atomspace, form: str) -> list[str]:
    return [text.split(' "')[1].rstrip('"') for text in evaluated(kb, form)]


@pytest.mark.parametrize(
    ("form", "who"),
    [
        ("(said sam)", ["sam"]),
        ("(said Sam tom)", ["sam"]),
        ('(said "")', ["sam", "vet"]),
        (f"(said $who {TAME})", ["sam", "vet"]),
        ("(said $who (--> $x ([] tame)))", ["sam", "vet"]),
        ('(said "" () 2025-03-04)', ["vet"]),
        ('(said "" "" 2025-03-03 2025-03-03)', ["sam"]),
        ("(said ann)", []),
    ],
)
def test_said_finds_by_source_subject_and_time(kb: Atomspace, form: str, who: list[str]) -> None:
    assert sources(kb, form) == who


@pytest.mark.parametrize("form", ["(said sam)", f"(changed {TUESDAY})"])
def test_results_may_be_evaluated_once_more(kb: Atomspace, form: str) -> None:
    (one,) = evaluated(kb, form)
    assert evaluated(kb, f"(let $one {form} $one)") == [one]
    assert evaluated(kb, f"(let $all (collapse {form}) (car-atom $all))") == [one]
    assert evaluated(kb, one) == [one]


def test_the_latest_is_found_however_much_was_said_of_a_thing(kb: Atomspace) -> None:
    with kb.transaction("test"):
        for i in range(5_200):
            kb.add(f"(--> tom q{i})", 1.0, source="ann")
        kb.add("(--> tom last)", 1.0, source="sam")
    begin = time.perf_counter()
    for about in ("", "tom", "(--> tom $x)"):
        assert "(--> tom last)" in evaluated(kb, f"(said sam {about})")[-1]
        latest = [str(one.statement) for one in kb.said("", about or None, limit=2)]
        assert latest == ["(--> tom q5199)", "(--> tom last)"]
    assert time.perf_counter() - begin < 60.0


@pytest.mark.parametrize("about", ["", " tom", " (--> tom cat)", " (--> tom $x)"])
def test_who_is_named_in_capitals_or_not_is_the_same(kb: Atomspace, about: str) -> None:
    kb.add("(--> tom cat)", 1.0, source="Élodie")
    kb.add("(--> tom cat)", 1.0, source="STRASSE")
    assert sources(kb, f'(said "élodie"{about})') == ["Élodie"]
    assert sources(kb, f'(said "straße"{about})') == ["STRASSE"]


def test_what_was_said_of_another_form_was_said_of_the_statement(kb: Atomspace) -> None:
    kb.add("(¬ (--> tom cat))", (1.0, 0.9), source="bob")
    kb.add("(<-> tom kit)", (1.0, 0.9), source="ann")
    assert sources(kb, '(said "" (--> tom cat))') == ["bob"]
    assert sources(kb, '(said "" (not (--> tom cat)))') == ["bob"]
    assert sources(kb, '(said "" (<-> kit tom))') == ["ann"]
    (one,) = kb.said("", "(--> tom cat)")
    assert (str(one.statement), one.evidence.truth) == ("(¬ (--> tom cat))", Truth(1.0, 0.9))


def test_the_record_of_then_is_read_as_of_then(kb: Atomspace) -> None:
    for form in ("(said $who)", "(said $who tom)", f"(said $who {TAME})"):
        assert sources(kb, f"(as-of {TUESDAY} {form})") == ["sam"]
    assert evaluated(kb, f"(as-of {TUESDAY} (contradictions))") == []
    assert len(evaluated(kb, f"(as-of {WEDNESDAY} (contradictions))")) == 1
    told = f"(changed {TAME} none (stv 1.0 0.55))"
    for form in ("(changed 2025-03-01)", "(changed 2025-03-01 today)"):
        assert evaluated(kb, f"(as-of {TUESDAY} {form})") == [told]
    assert evaluated(kb, f"(as-of {TUESDAY} (changed {WEDNESDAY}))") == []


def test_what_was_taken_back_was_said_as_of_then(kb: Atomspace) -> None:
    kb.remove(TAME)
    assert evaluated(kb, '(said "" tom)') == []
    assert evaluated(kb, '(said "")') == []
    for form in ("(said sam)", "(said sam tom)", f"(said sam {TAME})"):
        assert sources(kb, f"(as-of {TUESDAY} {form})") == ["sam"]


def test_of_what_was_said_and_follows_only_what_was_said_is_told(kb: Atomspace) -> None:
    kb.add("(--> kit cat)", (1.0, 0.9), source="ann")
    kb.add("(--> cat animal)", (1.0, 0.9), source="bob")
    kb.keep(kb.infer("(--> kit animal)")[0])
    assert evaluated(kb, '(said "" (--> kit animal))') == []
    kb.add("(--> kit animal)", (1.0, 0.6), source="eve")
    assert sources(kb, '(said "" (--> kit animal))') == ["eve"]
    assert [one.evidence.source for one in kb.said("", "(--> kit animal)")] == ["eve"]


def test_what_the_same_evaluation_writes_is_not_in_the_record_yet(kb: Atomspace) -> None:
    done = kb.evaluate("!(believe (--> rex dog) (stv 1.0 0.9))\n!(said $who rex)", source="ann")
    assert done.results[1] == []
    assert sources(kb, "(said $who rex)") == ["ann"]


def test_more_than_fits_is_told_in_a_note(kb: Atomspace) -> None:
    for i in range(5):
        kb.add(f"(--> wug{i} blicket)", 1.0, source="ann", words=f"{i} " + "x" * 10_000)
    *pieces, note = evaluated(kb, "(said ann)")
    assert ["wug2" in pieces[0], "wug4" in pieces[-1]] == [True, True]
    assert note == '(note "these are the latest 3; there are more before")'


@pytest.mark.parametrize(
    ("form", "message"),
    [
        ("(said)", r"`said` takes who .*; write \(said sam"),
        ("(said a b c d e)", r"`said` takes who .*; write \(said sam"),
        ("(said (a b))", r"`\(a b\)` names nobody .*; write \(said sam"),
        ("(said a b (c))", r"`\(c\)` is no time; write \(said sam"),
        ("(said a b someday)", "`someday` is no time"),
        ("(contradictions a b c)", r"takes a symbol, a statement .*; write \(contradictions\)"),
        ("(contradictions a (b))", r"`\(b\)` names nobody .*; write \(contradictions\)"),
        ("(said evidence (evidence 1))", r"`\(evidence 1\)` is no evidence .*; write \(said sam"),
        ("(said a (evidence 1 a b c))", "is no evidence"),
        ("(changed a b c)", r"`changed` takes since when.*; write \(changed yesterday\)"),
        ("(changed)", r"`changed` takes since when.*; write \(changed yesterday\)"),
        ("(changed $x)", r"`\$x` is no time; write \(changed"),
        ("(changed yesterday someday)", "`someday` is no time"),
    ],
)
def test_wrong_arguments_are_told_with_the_right_form(
    kb: Atomspace, form: str, message: str
) -> None:
    name, *arguments = read(form).children  # pyright: ignore
    with pytest.raises(UsageError, match=message):
        list(RUN[str(name)](kb.store, tuple(arguments)))  # pyright: ignore


def test_the_record_is_read_while_rules_cannot_be(kb: Atomspace) -> None:
    run = {operation.name: operation.run for operation in provide(refusal("no rules"))}
    assert len(list(run["contradictions"](kb.store, ()))) == 1  # pyright: ignore
    with pytest.raises(UsageError, match="no rules"):
        list(run["why"](kb.store, ()))  # pyright: ignore


def test_contradictions_are_found_by_pattern_and_by_who_takes_part(kb: Atomspace) -> None:
    for i in range(30):
        kb.add(f"(--> w{i} wug)", (1.0, 0.9), source="ann")
        kb.add(f"(--> w{i} wug)", (0.0, 0.9), source="bob")
    kb.add("(--> last wug)", (1.0, 0.9), source="Sam")
    for _ in range(5):
        kb.add("(--> last wug)", (1.0, 0.9), source="ann")
        kb.add("(--> last wug)", (0.0, 0.9), source="bob")
    assert len(kb.contradictions("(--> $x ([] tame))")) == 1
    for form in ("(contradictions (--> tom $x))", "(contradictions (--> $x ([] tame)) SAM)"):
        (one,) = evaluated(kb, form)
        assert one.startswith(f"(contradiction {TAME} ")
    *_, last = evaluated(kb, '(contradictions "" sam)')
    assert last.startswith("(contradiction (--> last wug)")
    assert '"Sam"' in last
    assert len(evaluated(kb, '(contradictions "" sam)')) == 2
    assert evaluated(kb, '(contradictions "" eve)') == []
    assert "there are more" in evaluated(kb, "(contradictions)")[-1]
