from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mettaclaw.atoms.syntax import read
from mettaclaw.atoms.truth import MAX_CONFIDENCE, Truth
from mettaclaw.atoms.unify import alpha_equal, canonical
from mettaclaw.errors import UsageError
from mettaclaw.reasoning import Conclusion, Rules, conclude
from mettaclaw.reasoning.conclusions import follow
from mettaclaw.reasoning.statements import says_something

Pair = tuple[float, float]


def found(conclusions: list[Conclusion], statement: str) -> Truth | None:
    matching = [c.truth for c in conclusions if alpha_equal(c.statement, read(statement))]
    assert len(matching) <= 1
    return matching[0] if matching else None


def test_relations_may_be_written_with_the_letter_x() -> None:
    conclusions = conclude(
        "(==> (--> (x $1 elephant) eat) (--> $1 ([] dangerous)))",
        (1.0, 0.9),
        "(--> (x tiger elephant) eat)",
        (1.0, 0.9),
    )
    assert found(conclusions, "(--> tiger ([] dangerous))") == Truth(1.0, 0.81)


def test_rules_of_one_premise_are_reached() -> None:
    conclusions = conclude("(∧ a b)", (1.0, 0.9))
    assert found(conclusions, "a") == Truth(1.0, 0.81)
    assert found(conclusions, "b") == Truth(1.0, 0.81)
    assert found(conclude("(¬ a)", (1.0, 0.9)), "a") == Truth(0.0, 0.9)


def test_two_equal_statements_give_their_revision_and_nothing_else() -> None:
    conclusions = conclude("(--> wolf animal)", (1.0, 0.45), "(--> wolf animal)", (1.0, 0.45))
    assert [(str(c.statement), c.rule) for c in conclusions] == [("(--> wolf animal)", "revision")]


def test_statements_that_differ_in_names_of_variables_are_revised() -> None:
    one, other = "(==> (--> $x a) (--> $x b))", "(==> (--> $y a) (--> $y b))"
    assert [c.rule for c in conclude(one, (1.0, 0.5), other, (1.0, 0.5))] == ["revision"]


def test_a_general_statement_is_not_revised_with_its_instance() -> None:
    general, instance = "(==> (--> $x a) b)", "(==> (--> tom a) b)"
    assert "revision" not in [c.rule for c in conclude(general, (1, 0.9), instance, (1, 0.9))]


def test_what_is_false_of_a_class_is_concluded_false_of_a_member() -> None:
    conclusions = conclude("(--> tom cat)", (1.0, 0.9), "(--> cat dog)", (0.0, 0.9))
    assert found(conclusions, "(--> tom dog)") == Truth(0.0, 0.81)


def test_plain_deduction_stands_wherever_it_says_anything() -> None:
    conclusions = conclude("(--> a b)", (0.9, 0.9), "(--> b c)", (0.1, 0.9))
    truth = found(conclusions, "(--> a c)")
    assert truth is not None
    assert (truth.f, truth.c) == pytest.approx((0.09, 0.09 * 0.81), abs=1e-9)


def test_conclusions_come_best_expectation_first() -> None:
    conclusions = conclude("(--> a b)", (1.0, 0.9), "(--> b c)", (0.9, 0.9))
    expectations = [c.truth.expectation for c in conclusions]
    assert len(expectations) > 1
    assert expectations == sorted(expectations, reverse=True)


def test_a_chain_of_general_implications_keeps_its_variables() -> None:
    conclusions = conclude(
        "(==> (--> $x robin) (--> $x bird))", None, "(==> (--> $y bird) (--> $y animal))", None
    )
    expected = "(==> (--> $z robin) (--> $z animal))"
    assert found(conclusions, expected) == Truth(1.0, 0.81)


def test_a_relation_of_two_things_implies_one_of_their_statements() -> None:
    conclusions = conclude(
        "(==> (--> (x $1 $2) friend) (==> (--> $1 ([] smokes)) (--> $2 ([] smokes))))",
        (1.0, 0.9),
        "(--> (x anna bob) friend)",
        (1.0, 0.9),
    )
    expected = "(==> (--> anna ([] smokes)) (--> bob ([] smokes)))"
    assert found(conclusions, expected) == Truth(1.0, 0.81)


def test_nothing_is_concluded_of_what_no_premise_names() -> None:
    conclusions = conclude("(==> (--> $x bird) (--> tom happy))", None, "(--> tom happy)", None)
    assert [c for c in conclusions if "$" in str(c.statement)] == []


@pytest.mark.parametrize("truth", [(1.0,), (1.0, 0.9, 0.9), 1.0, "1 0.9"])
def test_what_is_no_truth_value_is_refused(truth: object) -> None:
    with pytest.raises(UsageError, match=r"is no truth value; write \(1.0, 0.9\)"):
        conclude("(--> a b)", truth)  # pyright: ignore[reportArgumentType]
    with pytest.raises(UsageError, match="is no truth value"):
        conclude("(--> a b)", (1.0, 0.9), "(--> b c)", truth)  # pyright: ignore[reportArgumentType]


def test_rules_that_take_a_premise_apart_are_applied_to_each_of_two() -> None:
    conclusions = conclude("(∧ a b)", (1.0, 0.9), "(--> c d)", (1.0, 0.9))
    assert found(conclusions, "a") == Truth(1.0, 0.81)
    assert found(conclude("(--> c d)", (1, 0.9), "(--> e f)", (1, 0.9)), "(--> d c)") is None


def test_a_statement_is_turned_around() -> None:
    truth = found(conclude("(--> a b)", (0.8, 0.9)), "(--> b a)")
    assert truth is not None
    assert (truth.f, truth.c) == pytest.approx((1.0, 0.72 / 1.72), abs=1e-9)
    counter = found(conclude("(==> a b)", (0.2, 0.9)), "(==> (¬ b) (¬ a))")
    assert counter is not None
    assert (counter.f, counter.c) == pytest.approx((0.0, 0.72 / 1.72), abs=1e-9)


@pytest.mark.parametrize(
    ("p1", "p2", "expected"),
    [
        ("(--> m p)", "(--> m s)", {"(--> m (∩ p s))": 0.4, "(--> m (∪ p s))": 0.9}),
        ("(--> p m)", "(--> s m)", {"(--> (∪ p s) m)": 0.4, "(--> (∩ p s) m)": 0.9}),
        ("(==> m p)", "(==> m s)", {"(==> m (∧ p s))": 0.4, "(==> m (∨ p s))": 0.9}),
        ("(==> p m)", "(==> s m)", {"(==> (∨ p s) m)": 0.4, "(==> (∧ p s) m)": 0.9}),
        ("p", "s", {"(∧ p s)": 0.4, "(∨ p s)": 0.9}),
    ],
)
def test_compounds_are_composed_once_whatever_the_order(
    p1: str, p2: str, expected: dict[str, float]
) -> None:
    for conclusions in (
        conclude(p1, (0.5, 0.9), p2, (0.8, 0.9)),
        conclude(p2, (0.8, 0.9), p1, (0.5, 0.9)),
    ):
        for statement, f in expected.items():
            truth = found(conclusions, statement)
            assert truth is not None
            assert (truth.f, truth.c) == pytest.approx((f, 0.81), abs=1e-9)
        composed = [c for c in conclusions if c.rule == "composition"]
        assert len(composed) == len(expected)


def test_statements_with_a_term_in_common_are_not_composed_as_a_whole() -> None:
    conclusions = conclude("(--> tom cat)", (1.0, 0.9), "(--> cat animal)", (1.0, 0.9))
    assert "composition" not in [c.rule for c in conclusions]


def test_equivalence_serves_as_similarity_of_statements() -> None:
    given = ("(<=> a b)", (0.9, 0.9))
    assert found(conclude(*given), "(==> b a)") == Truth(0.9, 0.9 * 0.9 * 0.9)
    assert found(conclude(*given, "b", (1.0, 0.9)), "a") == found(
        conclude(*given, "a", (1.0, 0.9)), "b"
    )
    chain = found(conclude(*given, "(<=> b c)", (0.8, 0.9)), "(<=> a c)")
    assert chain is not None
    assert (chain.f, chain.c) == pytest.approx((0.72, 0.7938), abs=1e-9)
    both = conclude("(==> a b)", (0.9, 0.9), "(==> b a)", (0.8, 0.9))
    assert found(both, "(<=> a b)") == Truth(0.9 * 0.8, 0.81)


def test_what_happens_together_does_so_either_way_round() -> None:
    for link in ("(<|> a b)", "(<|> b a)"):
        conclusions = conclude(link, (0.8, 0.9), "(=|> a c)", (1.0, 0.9))
        assert found(conclusions, "(=|> b c)") == Truth(0.8, 0.8 * 0.9 * 0.9)


def test_what_comes_after_is_not_turned_around() -> None:
    sure = (1.0, 0.9)
    assert found(conclude("(</> a b)", sure, "(=/> b c)", sure), "(=/> a c)") == Truth(1.0, 0.81)
    assert found(conclude("(</> b c)", sure, "(=/> a b)", sure), "(=/> a c)") == Truth(1.0, 0.81)
    assert conclude("(</> a b)", sure) == []
    ahead = {str(c.statement) for c in conclude("(</> a b)", sure, "(=/> a c)", sure)}
    assert ahead.isdisjoint({"(=/> b c)", "(=/> c b)"})
    before = {str(c.statement) for c in conclude("(</> b c)", sure, "(=/> a c)", sure)}
    assert before.isdisjoint({"(=/> a b)", "(=/> b a)"})


def test_of_two_truths_that_share_evidence_the_more_confident_stands() -> None:
    one, other = (read("a"), Truth(0.2, 0.8)), (read("a"), Truth(0.9, 0.5))
    for order in ([one, other], [other, one]):
        (chosen,) = follow(Rules.load(), order, revisable=False)
        assert (chosen.truth, chosen.rule) == (one[1], "choice")
    assert follow(Rules.load(), [one, one], revisable=False) == []


def test_priors_are_given_by_term() -> None:
    link = ("(Inheritance a b)", (0.5, 0.9), "(Inheritance b c)", (0.6, 0.9))
    priors = {"a": 0.2, "b": (0.3, 0.8), "c": Truth(0.5, 0.9)}
    truth = found(conclude(*link, "pln", priors), "(Inheritance a c)")
    assert truth is not None
    assert truth.f == pytest.approx(0.3 + 0.5 * (0.5 - 0.18) / 0.7, abs=1e-9)
    unknown = found(conclude(*link, "pln"), "(Inheritance a c)")
    assert unknown is not None
    assert unknown.f == pytest.approx(0.3 + 0.5 * (0.1 - 0.06) / 0.9, abs=1e-9)


def test_a_concept_has_the_prior_of_its_name() -> None:
    given = ("(Inheritance (Concept a) (Concept b))", (0.8, 0.9))
    one = conclude(*given, logic="pln", priors={"b": (0.3, 0.5)})
    other = conclude(*given, logic="pln", priors={"(Concept b)": (0.3, 0.5)})
    assert [c.truth.c for c in one] == [pytest.approx(0.6 * 0.5 * 0.9)]
    assert one == other


@pytest.mark.parametrize("prior", [1.2, float("nan"), (0.2, 2.0), "much", (0.1,), True])
def test_a_prior_that_is_none_is_refused(prior: Any) -> None:
    with pytest.raises(UsageError, match="the prior of a"):
        conclude("(Inheritance a b)", None, logic="pln", priors={"a": prior})


def test_an_unknown_logic_is_refused() -> None:
    with pytest.raises(UsageError, match="there are nal, pln"):
        conclude("a", None, "b", None, logic="modal")


def test_a_truth_value_out_of_range_is_refused() -> None:
    with pytest.raises(UsageError, match=r"\[0, 1\]"):
        conclude("a", (1.2, 0.9), "(==> a b)", (1.0, 0.9))
    with pytest.raises(UsageError, match=r"\[0, 1\]"):
        conclude("a", (float("nan"), 0.9))


NAMES = st.sampled_from("abcd")
TERMS = st.one_of(NAMES, st.builds("(x {} {})".format, NAMES, NAMES))
PLAIN = st.builds("({} {} {})".format, st.sampled_from(["-->", "<->"]), TERMS, TERMS)
CONDITIONS = st.one_of(PLAIN, st.builds("({} {} {})".format, st.sampled_from("∧,"), PLAIN, PLAIN))
STATEMENTS = st.one_of(
    PLAIN,
    st.builds("(¬ {})".format, PLAIN),
    st.builds("(<=> {} {})".format, PLAIN, PLAIN),
    st.builds("(--> {} (∩ {} {}))".format, NAMES, NAMES, NAMES),
    st.builds("(at {} {} {})".format, PLAIN, st.integers(0, 2), st.integers(2, 4)),
    st.builds("(==> {} {})".format, CONDITIONS, PLAIN),
    st.builds("(==> (--> $x {}) (--> $x {}))".format, NAMES, NAMES),
)
UNIT = st.tuples(st.floats(0.0, 1.0), st.floats(0.0, 1.0))


@given(STATEMENTS, UNIT, STATEMENTS, UNIT)
def test_conclusions_are_sound_in_form_and_do_not_depend_on_the_order(
    p1: str, t1: Pair, p2: str, t2: Pair
) -> None:
    conclusions = conclude(p1, t1, p2, t2)
    swapped = {canonical(c.statement): c.truth for c in conclude(p2, t2, p1, t1)}
    assert len(swapped) == len(conclusions)
    same = alpha_equal(read(p1), read(p2))
    for conclusion in conclusions:
        other = swapped[canonical(conclusion.statement)]
        assert conclusion.truth.f == pytest.approx(other.f, abs=1e-9)
        assert conclusion.truth.c == pytest.approx(other.c, abs=1e-9)
        assert conclusion.truth.c <= MAX_CONFIDENCE
        assert same or says_something(conclusion.statement, frozenset("∧,"))
