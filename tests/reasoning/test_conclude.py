from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mettaclaw.atoms.syntax import read
from mettaclaw.atoms.truth import MAX_CONFIDENCE, Truth
from mettaclaw.atoms.unify import alpha_equal, canonical
from mettaclaw.errors import UsageError
from mettaclaw.reasoning import Conclusion, conclude
from mettaclaw.reasoning.statements import says_something

Pair = tuple[float, float]
CASES: list[tuple[str, str, Pair, str, Pair, dict[str, Pair]]] = [
    (
        "1",
        "(--> golden_retriever friendly)",
        (1.0, 0.9),
        "(--> friendly family_friendly)",
        (0.9, 0.85),
        {
            "(--> golden_retriever family_friendly)": (0.9, 0.6885),
            "(--> family_friendly golden_retriever)": (1.0, 0.4077583654130886),
        },
    ),
    (
        "2",
        "(==> rained wetGrass)",
        (1.0, 0.9),
        "wetGrass",
        (1.0, 0.9),
        {"rained": (1.0, 0.44751381215469616)},
    ),
    (
        "3",
        "(--> wolf animal)",
        (1.0, 0.45),
        "(--> wolf animal)",
        (1.0, 0.45),
        {"(--> wolf animal)": (1.0, 0.6206896551724138)},
    ),
    (
        "4",
        "(--> cat dangerous)",
        (0.2, 0.8),
        "(--> cat dangerous)",
        (0.9, 0.5),
        {"(--> cat dangerous)": (0.34, 0.8333333333333334)},
    ),
    (
        "5",
        "(==> (--> (× $1 elephant) eat) (--> $1 ([] dangerous)))",
        (1.0, 0.9),
        "(--> (× tiger elephant) eat)",
        (1.0, 0.9),
        {"(--> tiger ([] dangerous))": (1.0, 0.81)},
    ),
    (
        "7",
        "(--> (× sam garfield) friend)",
        (1.0, 0.9),
        "(--> garfield animal)",
        (1.0, 0.9),
        {"(--> (× sam animal) friend)": (1.0, 0.44751381215469616)},
    ),
    (
        "8, first step",
        "(==> fever infection)",
        (0.9, 0.9),
        "(==> infection antibiotics)",
        (0.85, 0.9),
        {"(==> fever antibiotics)": (0.765, 0.61965)},
    ),
    (
        "8, second step",
        "(==> fever antibiotics)",
        (0.765, 0.61965),
        "(==> antibiotics tissuedamage)",
        (0.7, 0.7),
        {"(==> fever tissuedamage)": (0.5355, 0.2322758025)},
    ),
    (
        "9",
        "(--> robin bird)",
        (0.9, 0.8),
        "(--> robin flyer)",
        (0.7, 0.6),
        {
            "(--> flyer bird)": (0.9, 0.25149700598802394),
            "(--> bird flyer)": (0.7, 0.30167597765363136),
            "(<-> bird flyer)": (0.6494845360824743, 0.31768558951965065),
        },
    ),
    (
        "11",
        "(<-> a b)",
        (0.9, 0.9),
        "(<-> b c)",
        (0.8, 0.9),
        {"(<-> a c)": (0.72, 0.7938)},
    ),
    (
        "12",
        "(==> (∧ a b) c)",
        (1.0, 0.9),
        "a",
        (1.0, 0.9),
        {"(==> b c)": (1.0, 0.81)},
    ),
]


def found(conclusions: list[Conclusion], statement: str) -> Truth | None:
    matching = [c.truth for c in conclusions if alpha_equal(c.statement, read(statement))]
    assert len(matching) <= 1
    return matching[0] if matching else None


@pytest.mark.parametrize("swapped", [False, True], ids=["as given", "swapped"])
@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_reference_case(
    case: tuple[str, str, Pair, str, Pair, dict[str, Pair]], swapped: bool
) -> None:
    _, p1, t1, p2, t2, expected = case
    conclusions = conclude(p2, t2, p1, t1) if swapped else conclude(p1, t1, p2, t2)
    for statement, (f, c) in expected.items():
        truth = found(conclusions, statement)
        assert truth is not None, f"{statement} is not concluded"
        assert truth.f == pytest.approx(f, abs=1e-9)
        assert truth.c == pytest.approx(c, abs=1e-9)


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


def test_an_effect_gives_one_answer_about_its_cause() -> None:
    conclusions = conclude("b", (0.0, 0.9), "(==> a b)", (1.0, 0.9))
    assert found(conclusions, "a") in (None, Truth(1.0, 0.0))


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


def test_an_unknown_logic_is_refused() -> None:
    with pytest.raises(UsageError, match="nal"):
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
