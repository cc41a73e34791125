"""``why_not``: what was considered about a statement and did not count, and the reason."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from mettaclaw.atoms.store import AtomStore
from mettaclaw.atoms.syntax import Atom, read
from mettaclaw.atoms.times import minute
from mettaclaw.atoms.truth import Truth
from mettaclaw.atomspace import Atomspace
from mettaclaw.errors import UsageError
from mettaclaw.reasoning import Bounds, Proof, Rejected, WhyNot, from_atom, infer, why, why_not
from mettaclaw.reasoning.operations import OPERATIONS
from mettaclaw.reasoning.whynot.rejected import EACH, MOST
from mettaclaw.ui import pictures
from mettaclaw.ui.pictures import mermaid, svg
from tests.reasoning.conftest import Fact, Tell

SAID, NO = (1.0, 0.9), (0.0, 0.9)
PINGU, PENGUIN, BIRD = "(--> pingu penguin)", "(--> penguin bird)", "(--> bird flyer)"
EXCEPTION = "(--> penguin flyer)"
FLIES = "(--> pingu flyer)"
FED = "(==> (, (--> $x bird) (--> $x fed)) (--> $x happy))"


@pytest.fixture
def kb() -> Iterator[Atomspace]:
    with Atomspace.open(":memory:") as kb:
        yield kb


def of(found: WhyNot, reason: str) -> list[Rejected]:
    return [one for one in found.rejected if one.reason == reason]


def only(found: WhyNot, reason: str) -> Rejected:
    (one,) = of(found, reason)
    return one


def premises(proof: Proof) -> list[str]:
    return [str(premise.statement) for premise in proof.premises]


def nodes(proof: Proof) -> Iterator[Proof]:
    yield proof
    for premise in proof.premises:
        yield from nodes(premise)


def key(proof: Proof) -> tuple[object, ...]:
    leaves = tuple(evidence.id for evidence in proof.evidence)
    return proof.statement, proof.rule, proof.truth, tuple(map(key, proof.premises)), leaves


# --- the specific before the general ---------------------------------------------------------


def test_what_is_inherited_against_an_exception_names_the_exception(tell: Tell) -> None:
    found = why_not(tell(PINGU, PENGUIN, BIRD, (EXCEPTION, NO)), FLIES)
    assert found.answer is not None
    assert found.answer.truth == Truth(0.0, 0.81)
    one = only(found, "general")
    assert one.proof.truth.f == 1.0
    assert premises(one.proof) == ["(--> pingu bird)", BIRD]
    assert one.words == (
        "it is inherited by way of (--> pingu bird), and what follows by way of "
        "(--> pingu penguin), which is more specific, contradicts it (f 0, c 0.81)"
    )


def test_what_is_inherited_against_what_was_said_of_the_thing_names_that(tell: Tell) -> None:
    found = why_not(tell(PINGU, "(--> penguin flyer)", (FLIES, NO)), FLIES)
    one = only(found, "general")
    assert "by way of (--> pingu penguin)" in one.words
    assert "of the thing itself" in one.words
    assert f"{FLIES}, f 0, c 0.9" in one.words


# --- guesses ---------------------------------------------------------------------------------


def test_a_guess_is_silenced_by_what_was_said(tell: Tell) -> None:
    found = why_not(tell("(==> rained wet)", "wet", ("rained", NO)), "rained")
    assert found.answer is not None
    assert found.answer.truth == Truth(0.0, 0.9)
    one = only(found, "guess")
    assert one.proof.rule == "conditional-abduction"
    assert one.words == (
        "conditional-abduction only guesses (c 0.448), and something stronger was said (c 0.9)"
    )


def test_a_guess_is_silenced_by_deduction(tell: Tell) -> None:
    store = tell("(==> rained wet)", "wet", "(==> cloudy rained)", ("cloudy", (1.0, 0.7)))
    found = why_not(store, "rained")
    assert found.answer is not None
    assert found.answer.proof.rule == "conditional-deduction"
    one = only(found, "guess")
    assert one.proof.rule == "conditional-abduction"
    assert "conditional-deduction knows something stronger (c 0.63)" in one.words


def test_a_guess_on_a_guess_is_told_with_both(tell: Tell) -> None:
    found = why_not(tell("(==> a b)", "b", "(==> c a)"), "c")
    assert found.answer is None
    one = only(found, "guesses")
    assert "rests on a guess (conditional-abduction)" in one.words


def test_a_guess_too_weak_to_be_an_answer_is_told(tell: Tell) -> None:
    found = why_not(tell("(==> rained wet)", ("wet", (1.0, 0.2))), "rained")
    assert found.answer is None
    one = only(found, "faint")
    assert one.proof.truth.c < 0.2
    assert "a guess below c 0.2 is no answer" in one.words


def test_a_guess_whose_premises_rest_on_one_thing_names_it(tell: Tell) -> None:
    found = why_not(tell(PINGU, PENGUIN, BIRD), EXCEPTION)
    one = only(found, "overlap")
    assert one.proof.rule == "induction"
    assert f"rest on the same evidence: {PINGU}, user said" in one.words


# --- what counts twice -----------------------------------------------------------------------


def test_a_chain_that_shares_a_premise_with_a_better_one_names_it(tell: Tell) -> None:
    store = tell(
        *("(--> k p)", "(--> k q)", "(--> k s)"),
        "(==> (, (--> $x p) (--> $x q)) (--> $x r))",
        ("(==> (, (--> $x p) (--> $x s)) (--> $x r))", (1.0, 0.8)),
    )
    found = why_not(store, "(--> k r)")
    one = only(found, "shared")
    assert one.proof.truth.c == pytest.approx(0.648)
    assert '(--> k p), user said "they said (--> k p)" on ' in one.words
    assert "(--> k q)" not in one.words
    assert "(conditional-deduction, c 0.729)" in one.words


def test_the_same_evidence_in_another_order_is_not_rejected(tell: Tell) -> None:
    store = tell(*(f"(--> c{i} c{i + 1})" for i in range(5)))
    assert why_not(store, "(--> c0 c5)").rejected == ()


def test_what_the_search_did_not_come_to_is_told(tell: Tell) -> None:
    classes = [f for i in range(60) for f in (f"(--> tom k{i})", f"(--> k{i} animal)")]
    found = why_not(tell(*classes), "(--> tom animal)", bounds=Bounds(steps=200))
    assert found.answer is not None
    assert found.answer.truth.c == 0.99
    assert len(of(found, "late")) == EACH
    assert all("before the search came to it" in one.words for one in of(found, "late"))


# --- nothing found ---------------------------------------------------------------------------


def test_a_rule_that_lacks_a_premise_is_told_with_what_it_needs(tell: Tell) -> None:
    found = why_not(tell(FED, "(--> kim bird)"), "(--> kim happy)")
    assert found.answer is None
    assert str(found.needs[0]) == "(--> kim fed)"
    one = of(found, "missing")[0]
    assert one.words == "conditional-deduction needs (--> kim fed), which is not known"
    assert one.proof.truth.c == 0.0
    assert FED in premises(one.proof)


def test_a_rule_with_a_false_premise_names_it(tell: Tell) -> None:
    found = why_not(tell(FED, "(--> kim bird)", ("(--> kim fed)", NO)), "(--> kim happy)")
    assert found.answer is None
    assert only(found, "false").words == (
        "conditional-deduction needs (--> kim fed), which is false (f 0, c 0.9)"
    )


def test_a_false_premise_further_down_is_found(tell: Tell) -> None:
    store = tell(("(--> tom cat)", NO), "(--> cat animal)", "(--> animal being)")
    words = [one.words for one in of(why_not(store, "(--> tom being)"), "false")]
    assert any("needs (--> tom cat), which is false (f 0, c 0.9)" in line for line in words)


def test_of_an_unknown_statement_in_an_empty_base_there_is_nothing_to_tell(tell: Tell) -> None:
    found = why_not(tell(), "(--> tom animal)")
    assert (found.answer, found.rejected, found.needs) == (None, (), ())
    assert str(found) == "unknown: (--> tom animal)"


@pytest.mark.parametrize("goal", ["$x", "($a $b)", "()"])
def test_a_question_that_names_nothing_is_refused(tell: Tell, goal: str) -> None:
    with pytest.raises(UsageError, match="names nothing"):
        why_not(tell("(--> a b)"), goal)


# --- variables -------------------------------------------------------------------------------


def test_of_a_pattern_all_that_fit_are_told(tell: Tell) -> None:
    store = tell(
        *(PINGU, PENGUIN, BIRD, (EXCEPTION, NO)),
        *("(--> tux penguin)", "(--> tweety robin)", "(--> robin bird)"),
    )
    found = why_not(store, "(--> $who flyer)")
    assert found.answer == infer(store, "(--> $who flyer)")[0]
    told = {str(one.proof.statement) for one in of(found, "general")}
    assert told == {EXCEPTION, FLIES, "(--> tux flyer)"}


def test_of_a_rule_with_variables_what_was_taken_back_is_told(kb: Atomspace) -> None:
    rule = "(==> (--> $x bird) (--> $x flyer))"
    kb.add(rule, SAID, source="sam")
    kb.remove(rule)
    one = only(kb.why_not("(==> (--> $a bird) (--> $a flyer))"), "retired")
    assert one.proof.evidence[0].source == "sam"


# --- evidence that was taken back ------------------------------------------------------------


def test_a_retired_source_is_told_with_what_it_said_and_when(kb: Atomspace) -> None:
    kb.add(FLIES, SAID, source="ann")
    kb.add(FLIES, NO, source="sam", words="Pingu cannot fly.", time="2026-11-16T12:00")
    kb.retire("sam")
    found = kb.why_not(FLIES)
    assert found.answer is not None
    assert found.answer.truth == Truth(*SAID)
    one = only(found, "retired")
    assert one.proof.truth == Truth(*NO)
    assert [evidence.source for evidence in one.proof.evidence] == ["sam"]
    when = minute(kb.history()[0].time)
    assert one.words == (
        'sam said "Pingu cannot fly." on 2026-11-16 12:00 UTC (f 0, c 0.9); '
        f"all that this source had said was taken back on {when} UTC"
    )


def test_a_chain_that_rests_on_what_was_taken_back_is_told_whole(kb: Atomspace) -> None:
    for fact in (PINGU, PENGUIN, BIRD):
        kb.add(fact, SAID, source="ann")
    kb.add(EXCEPTION, NO, source="sam")
    kb.retract(EXCEPTION)
    found = kb.why_not(FLIES)
    assert found.answer is not None
    assert found.answer.truth.f == 1.0
    one = only(found, "retired")
    assert one.proof.truth == Truth(0.0, 0.81)
    assert premises(one.proof) == [PINGU, EXCEPTION]
    assert one.words.startswith(f"{EXCEPTION}: sam said it on ")
    assert "; it was taken back on " in one.words


def test_a_statement_that_fell_is_told_with_what_it_rested_on(kb: Atomspace) -> None:
    kb.add("(--> tom cat)", SAID)
    kb.add("(--> cat animal)", SAID, source="sam")
    kb.keep(kb.infer("(--> tom animal)")[0])
    kb.remove("(--> cat animal)")
    found = kb.why_not("(--> tom animal)")
    assert found.answer is None
    assert [str(need) for need in found.needs] == ["(--> cat animal)"]
    assert only(found, "retired").words.startswith("(--> cat animal): sam said it on ")


def test_what_was_taken_back_of_a_premise_is_told(kb: Atomspace) -> None:
    kb.add(PINGU, SAID, source="ann")
    kb.add(PINGU, NO, source="sam")
    kb.add("(--> penguin bird)", SAID)
    kb.retire("sam")
    one = only(kb.why_not("(--> pingu bird)"), "retired")
    assert str(one.proof.statement) == PINGU


@pytest.mark.parametrize("undone", [True, False])
def test_what_an_undo_took_back_is_told_and_what_it_told_again_is_not(
    kb: Atomspace, undone: bool
) -> None:
    kb.add(FLIES, SAID, source="sam")
    if undone:
        kb.undo(kb.history()[0].id)
        assert "; that was undone on " in only(kb.why_not(FLIES), "retired").words
    else:
        kb.remove(FLIES)
        kb.undo(kb.history()[0].id)
        assert kb.why_not(FLIES).rejected == ()


def test_an_opinion_that_was_changed_is_told_as_replaced(kb: Atomspace) -> None:
    for value in ("1.0 0.3", "0.0 0.3"):
        assert kb.evaluate(f"!(believe {FLIES} (stv {value}))", source="model").error is None
    one = only(kb.why_not(FLIES), "retired")
    assert one.proof.truth == Truth(1.0, 0.3)
    assert "; something newer took its place on " in one.words


def test_the_past_knows_nothing_of_what_was_taken_back_later(kb: Atomspace) -> None:
    kb.add(FLIES, SAID, source="ann")
    kb.add(FLIES, NO, source="sam")
    first = kb.history()[0].time
    kb.add(PINGU, SAID)
    kb.retire("sam")
    second = kb.history()[0].time
    kb.retire("ann")
    assert kb.as_of(first).why_not(FLIES).rejected == ()
    then = kb.as_of(second).why_not(FLIES)
    assert then.answer is not None
    assert then.answer.truth == Truth(*SAID)
    assert [one.proof.evidence[0].source for one in then.rejected] == ["sam"]
    sources = {one.proof.evidence[0].source for one in of(kb.why_not(FLIES), "retired")}
    assert sources == {"ann", "sam"}


def test_the_past_tells_chains_that_had_fallen_by_then(kb: Atomspace) -> None:
    kb.add(PINGU, SAID)
    kb.add(EXCEPTION, NO, source="sam")
    kb.retire("sam")
    then = kb.history()[0].time
    kb.add(EXCEPTION, NO, source="bob")
    one = only(kb.as_of(then).why_not(FLIES), "retired")
    assert one.words.startswith(f"{EXCEPTION}: sam said it on ")
    assert of(kb.why_not("(--> pingu swimmer)"), "retired") == []


# --- in MeTTa --------------------------------------------------------------------------------

RUN = {operation.name: operation.run for operation in OPERATIONS}


def call(store: AtomStore, statement: str) -> list[Atom]:
    return list(RUN["why-not"](store, (read(statement),)))  # pyright: ignore[reportArgumentType]


def test_in_metta_what_was_rejected_has_reason_words_and_proof(tell: Tell) -> None:
    store = tell(PINGU, PENGUIN, BIRD, (EXCEPTION, NO))
    first, *_ = call(store, FLIES)
    sign, reason, words, proof = first.children  # pyright: ignore
    assert (str(sign), str(reason)) == ("rejected", "general")
    assert "(--> pingu penguin)" in words.value  # pyright: ignore
    assert from_atom(proof).to_atom() == proof  # pyright: ignore
    assert pictures.best_proof([first]) is None, "what was rejected is no proof to show"


def test_in_metta_what_is_needed_follows(tell: Tell) -> None:
    found = [str(atom) for atom in call(tell("(--> tom cat)"), "(--> tom animal)")]
    assert found[-1] == "(need (--> cat animal))"
    assert found[0].startswith("(rejected missing ")
    assert [str(atom) for atom in call(tell(), "p")] == ["(unknown p)"]
    with pytest.raises(UsageError, match="takes one statement"):
        list(RUN["why-not"](tell(), ()))  # pyright: ignore[reportArgumentType]


def test_an_evaluation_may_ask(kb: Atomspace) -> None:
    for fact, value in ((PINGU, SAID), (PENGUIN, SAID), (BIRD, SAID), (EXCEPTION, NO)):
        kb.add(fact, value)
    done = kb.evaluate(f"!(why-not {FLIES})")
    assert done.error is None
    assert str(done.results[0][0]).startswith("(rejected general ")


def test_an_evaluation_is_told_what_was_taken_back_as_python_is(kb: Atomspace) -> None:
    kb.add(PINGU, SAID, source="ann")
    kb.add(EXCEPTION, NO, source="sam", time="2026-11-16T12:00")
    kb.retire("sam")
    then = kb.history()[0].time
    kb.add(PENGUIN, SAID, source="bob")
    for known, asked in (
        (kb, f"(why-not {FLIES})"),
        (kb.as_of(then), f"(as-of {then!r} (why-not {FLIES}))"),
    ):
        expected = of(known.why_not(FLIES), "retired")
        assert expected, "there is one to tell"
        done = kb.evaluate(f"!{asked}")
        assert done.error is None
        (results,) = done.results
        told = [one.children[2:] for one in results if str(one).startswith("(rejected retired ")]  # pyright: ignore
        assert [(words.value, str(proof)) for words, proof in told] == [  # pyright: ignore
            (one.words, str(one.proof.to_atom())) for one in expected
        ]


def test_in_metta_no_words_are_told_of_what_was_forgotten(kb: Atomspace) -> None:
    kb.add(EXCEPTION, NO, source="sam", words="a secret of penguins")
    kb.add(PINGU, SAID, source="ann", words="no secret")
    kb.remove(EXCEPTION)
    for statement in (EXCEPTION, FLIES):
        assert "a secret" in str(kb.why_not(statement).rejected[0].proof)
        text = " ".join(str(atom) for atom in call(kb.store, statement))
        assert "retired" in text
        assert "sam said it" in text
        assert "a secret" not in text


# --- in pictures -----------------------------------------------------------------------------


def test_pictures_cross_out_what_was_rejected_and_say_why(tell: Tell) -> None:
    found = why_not(tell(PINGU, PENGUIN, BIRD, (EXCEPTION, NO)), FLIES)
    parts = pictures.why_not_parts(found)
    lines = pictures.lines(parts)
    assert lines[0] == f"{FLIES}  f 0, c 0.81  by exclusion"
    crossed = lines.index(f"✗ {FLIES}  f 1, c 0.729")
    assert lines[crossed + 1].startswith("  it is inherited by way of (--> pingu bird)")
    assert all("✗" not in line for line in lines[:crossed])
    graph = parts.graph()
    assert "✗" in mermaid.draw(graph)
    assert "rejected: " in svg.draw(graph)
    told = pictures.why_not_json(found)
    assert told["rejected"][0]["reason"] == "general"
    assert told["answer"]["truth"] == [0.0, pytest.approx(0.81)]


def test_pictures_of_what_is_unknown_name_what_is_needed(tell: Tell) -> None:
    lines = pictures.lines(pictures.why_not_parts(why_not(tell("(--> a b)"), "(--> a c)")))
    assert lines[:2] == ["(--> a c)  unknown", "  needed: (--> b c)"]


# --- any little world ------------------------------------------------------------------------

TERMS = "abcde"
WORLD = st.lists(
    st.tuples(
        st.sampled_from(TERMS),
        st.sampled_from(TERMS),
        st.sampled_from([1.0, 1.0, 0.9, 0.5, 0.0]),
        st.sampled_from([0.9, 0.5]),
        st.booleans(),
        st.booleans(),
    ).filter(lambda edge: edge[0] != edge[1]),
    min_size=1,
    max_size=9,
    unique_by=lambda edge: (edge[0], edge[1], edge[4]),
)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(WORLD)
def test_what_is_rejected_is_in_no_proof_and_the_answer_is_that_of_infer(
    tell: Tell, world: list[tuple[str, str, float, float, bool, bool]]
) -> None:
    shapes = ("(--> {} {})", "(==> (--> $x {}) (--> $x {}))")
    facts = [(shapes[rule].format(a, b), (f, c)) for a, b, f, c, rule, _ in world]
    store = tell(*facts)
    with store.database.transaction():
        for (text, _), edge in zip(facts, world, strict=True):
            if edge[5]:
                store.retract(read(text))
    for goal in ("(--> a e)", "(--> b d)", "(--> a $y)"):
        found = why_not(store, goal)
        answers = infer(store, goal)
        assert found.answer == (answers[0] if answers else None)
        assert len(found.rejected) <= MOST
        assert not (found.answer and found.needs)
        proof = why(store, goal)
        counted = [key(node) for node in nodes(proof)] if proof is not None else []
        for one in found.rejected:
            assert one.words
            assert key(one.proof) not in counted
            pictures.lines(pictures.why_not_parts(found))


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.sampled_from([0.3, 0.5, 0.9]), min_size=1, max_size=5))
def test_nothing_is_rejected_where_there_is_one_candidate(
    tell: Tell, confidences: list[float]
) -> None:
    assume(math.prod(confidences) > 0.01)  # no fainter way is taken
    facts: list[Fact] = [(f"(--> n{i} n{i + 1})", (1.0, c)) for i, c in enumerate(confidences)]
    found = why_not(tell(*facts), f"(--> n0 n{len(facts)})")
    assert found.answer is not None
    assert found.rejected == ()


# --- bounds ----------------------------------------------------------------------------------


def test_a_thousand_contradictory_beliefs_of_one_statement_are_bounded(kb: Atomspace) -> None:
    with kb.transaction():
        for number in range(1_000):
            kb.store.add(read(FLIES), Truth(float(number % 2), 0.9), f"s{number}", f"w{number}")
    kb.add(PINGU, SAID)
    kb.add(EXCEPTION, NO)
    found = kb.why_not(FLIES)
    assert found.answer is not None
    assert found.answer.truth.c == 0.99
    kb.remove(FLIES)
    found = kb.why_not(FLIES)
    assert len(of(found, "retired")) == EACH
    assert all(len(one.words) < 500 for one in found.rejected)


def test_a_thousand_contradictory_ways_are_bounded(kb: Atomspace) -> None:
    with kb.transaction():
        kb.store.add(read("(==> (, top $anything) flag)"), None, "u")
        for number in range(1_000):
            sign = "flag" if number % 2 else "(¬ flag)"
            kb.store.add(read(f"(==> p{number} {sign})"), Truth(1.0, 0.5), "u")
            kb.store.add(read(f"p{number}"), Truth(1.0, 0.5), "u")
    found = why_not(kb.store, "flag", bounds=Bounds(steps=600))
    assert len(found.rejected) <= MOST
    assert len(str(found)) < 40_000
