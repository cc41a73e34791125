"""What follows from chains and implications, and how sure it is; where nothing does, guesses."""

from __future__ import annotations

import pytest

from mettaclaw.atoms.truth import Truth, revise
from mettaclaw.reasoning import Bounds, infer
from tests.reasoning.conftest import Tell, only, statements, truth

# --- chains ----------------------------------------------------------------------------------


def test_a_plain_taxonomy_gives_the_textbook_value(tell: Tell) -> None:
    store = tell("(--> garfield cat)", "(--> cat animal)")
    answer = only(store, "(--> garfield animal)")
    assert (answer.truth.f, answer.truth.c) == pytest.approx((1.0, 0.81), abs=1e-9)
    assert answer.tier == "ACT"
    assert answer.proof.rule == "deduction"


def test_what_is_known_around_it_does_not_blur_the_textbook_value(tell: Tell) -> None:
    store = tell(
        *("(--> garfield cat)", "(--> cat animal)", "(--> tom cat)", "(--> tom animal)"),
        *("(--> dog animal)", "(--> rex dog)", "(--> garfield pet)", "(--> rex pet)"),
    )
    assert truth(store, "(--> garfield animal)") == (1.0, 0.81)


def test_confidence_falls_at_each_hop(tell: Tell) -> None:
    store = tell(*(f"(--> c{i} c{i + 1})" for i in range(6)))
    for hops, c in enumerate((0.9, 0.81, 0.729, 0.6561, 0.59049, 0.531441), start=1):
        assert truth(store, f"(--> c0 c{hops})") == (1.0, c)


def test_a_chain_is_found_to_the_depth_and_not_further(tell: Tell) -> None:
    store = tell(*(f"(--> c{i} c{i + 1})" for i in range(9)))
    assert len(infer(store, "(--> c0 c6)")) == 1
    assert infer(store, "(--> c0 c9)", Bounds(depth=3)) == []


def test_the_published_chain_of_implications(tell: Tell) -> None:
    store = tell(
        ("(==> fever infection)", (0.9, 0.9)),
        ("(==> infection antibiotics)", (0.85, 0.9)),
        ("(==> antibiotics tissuedamage)", (0.7, 0.7)),
    )
    assert truth(store, "(==> fever antibiotics)") == (0.765, 0.61965)
    assert truth(store, "(==> fever tissuedamage)") == (0.5355, 0.2322758025)


def test_a_statement_without_truth_counts_as_one_and_nine_tenths(tell: Tell) -> None:
    store = tell(("(--> garfield cat)", None), ("(--> cat animal)", None))
    assert truth(store, "(--> garfield animal)") == (1.0, 0.81)
    assert truth(store, "(--> garfield cat)") == (1.0, 0.9)


def test_chains_of_their_own_evidence_are_pooled(tell: Tell) -> None:
    store = tell("(--> a b)", "(--> b d)", "(--> a c)", "(--> c d)")
    assert truth(store, "(--> a d)") == (1.0, revise(Truth(1, 0.81), Truth(1, 0.81)).c)
    assert only(store, "(--> a d)").proof.rule == "revision"


def test_chains_that_share_a_premise_are_not_pooled(tell: Tell) -> None:
    store = tell("(--> a b)", "(--> b d)", "(--> b c)", "(--> c d)")
    pooled = revise(Truth(1, 0.9), Truth(1, 0.81)).c  # b->d itself has two supports
    assert truth(store, "(--> a d)") == (1.0, 0.9 * pooled)


def test_a_direct_belief_is_revised_with_what_follows_from_other_evidence(tell: Tell) -> None:
    store = tell("(--> a b)", "(--> b c)", ("(--> a c)", (1.0, 0.5)))
    assert truth(store, "(--> a c)") == (1.0, revise(Truth(1, 0.5), Truth(1, 0.81)).c)


def test_a_circle_of_statements_ends_and_adds_nothing(tell: Tell) -> None:
    store = tell("(--> a b)", "(--> b c)", "(--> c a)")
    assert truth(store, "(--> a c)") == (1.0, 0.81)
    assert infer(store, "(--> a a)") == []


def test_asking_twice_gives_the_same(tell: Tell) -> None:
    store = tell("(--> a b)", "(--> b d)", "(--> a c)", "(--> c d)")
    assert infer(store, "(--> a d)") == infer(store, "(--> a d)")


def test_properties_are_inherited(tell: Tell) -> None:
    store = tell("(--> garfield cat)", "(--> cat ([] friendly))")
    assert truth(store, "(--> garfield ([] friendly))") == (1.0, 0.81)


def test_similar_things_are_alike(tell: Tell) -> None:
    store = tell(("(<-> cat lynx)", (0.8, 0.9)), "(--> cat hunter)")
    assert truth(store, "(--> lynx hunter)") == (0.8, 0.8 * 0.81)


# --- implications ----------------------------------------------------------------------------


def test_a_general_implication_applies_to_one_thing(tell: Tell) -> None:
    store = tell("(--> tweety bird)", "(==> (--> $x bird) (--> $x flyer))")
    assert truth(store, "(--> tweety flyer)") == (1.0, 0.81)


def test_implications_and_inheritance_mix(tell: Tell) -> None:
    store = tell(
        "(--> tweety robin)",
        "(--> robin bird)",
        "(==> (--> $x bird) (--> $x flyer))",
        "(--> flyer mover)",
    )
    assert truth(store, "(--> tweety mover)") == (1.0, 0.9**4)


@pytest.mark.parametrize("sign", [",", "∧", "and"])
def test_a_condition_of_several_parts_needs_all_of_them(tell: Tell, sign: str) -> None:
    rule = f"(==> ({sign} (--> $x bird) (--> $x young) (--> $x fed)) (--> $x happy))"
    store = tell(rule, "(--> kim bird)", "(--> kim young)", "(--> kim fed)", "(--> lee bird)")
    assert truth(store, "(--> kim happy)") == (1.0, 0.9**4)
    assert infer(store, "(--> lee happy)") == []


def test_parts_of_a_condition_share_their_variables(tell: Tell) -> None:
    store = tell(
        "(==> (, (--> (x $g $p) parent) (--> (x $p $c) parent)) (--> (x $g $c) grandparent))",
        *("(--> (x ann pat) parent)", "(--> (x pat bob) parent)", "(--> (x eve liz) parent)"),
    )
    assert truth(store, "(--> (x ann bob) grandparent)") == (1.0, 0.9**3)
    assert infer(store, "(--> (x eve bob) grandparent)") == []
    assert statements(infer(store, "(--> (x $who bob) grandparent)")) == [
        "(--> (x ann bob) grandparent)"
    ]


def test_a_rule_may_be_used_at_several_steps(tell: Tell) -> None:
    store = tell(
        "(==> (--> (x $a $b) parent) (--> (x $a $b) ancestor))",
        "(==> (∧ (--> (x $a $b) parent) (--> (x $b $c) ancestor)) (--> (x $a $c) ancestor))",
        *(f"(--> (x p{i} p{i + 1}) parent)" for i in range(4)),
    )
    found = statements(infer(store, "(--> (x p0 $who) ancestor)"))
    assert sorted(found) == [f"(--> (x p0 p{i}) ancestor)" for i in range(1, 5)]


def test_a_nested_implication_needs_both_conditions(tell: Tell) -> None:
    rule = "(==> (--> (x $a $b) friend) (==> (--> $a smoker) (--> $b smoker)))"
    store = tell(rule, "(--> (x anna bob) friend)", "(--> anna smoker)")
    assert truth(store, "(--> bob smoker)") == (1.0, 0.9**3)
    assert infer(tell(rule, "(--> (x anna bob) friend)"), "(--> bob smoker)") == []


def test_relations_of_classes_hold_of_their_members(tell: Tell) -> None:
    for sign in ("x", "×"):
        store = tell(f"(--> ({sign} cat mouse) chase)", "(--> tom cat)", "(--> jerry mouse)")
        assert truth(store, f"(--> ({sign} tom jerry) chase)") == (1.0, 0.9**3)
        assert infer(store, f"(--> ({sign} jerry tom) chase)") == []


# --- guesses ---------------------------------------------------------------------------------


def test_weak_rules_answer_where_nothing_else_does(tell: Tell) -> None:
    answer = only(tell("(==> rained wetGrass)", "wetGrass"), "rained")
    assert (answer.truth.f, answer.truth.c) == pytest.approx((1.0, 0.44751381215469616), abs=1e-9)
    assert answer.tier == "HYPOTHESIZE"
    answer = only(tell("(--> robin bird)", "(--> robin flyer)"), "(--> bird flyer)")
    assert answer.proof.rule == "induction"
    assert answer.truth.c <= 0.4476


def test_weak_rules_are_silent_on_open_questions(tell: Tell) -> None:
    store = tell("(--> cat animal)", "(--> dog animal)", "(--> rex dog)")
    assert infer(store, "(--> $who cat)") == []


def test_guesses_do_not_stand_on_guesses(tell: Tell) -> None:
    store = tell("(==> a b)", "b", "(==> c a)")
    assert only(store, "a").proof.rule == "conditional-abduction"
    assert infer(store, "c") == []
    guessed = only(tell(("a", (1.0, 0.9)), "(==> c a)"), "c")  # as it is where a is no guess
    assert guessed.proof.rule == "conditional-abduction"


def test_a_guess_that_something_strong_asked_for_carries_no_guess_either(tell: Tell) -> None:
    store = tell("(==> a b)", "b", "(==> c a)", ("(==> a c)", (0.3, 0.9)))
    assert only(store, "a").guess
    answer = only(store, "c")  # a guess on a guess would say f = 1, c = 0.287
    assert answer.proof.rule == "conditional-exclusion"
    assert answer.truth.f == pytest.approx(0.3)
