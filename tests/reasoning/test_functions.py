from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mettaclaw.atoms.truth import MAX_CONFIDENCE, Truth, pool, revise
from mettaclaw.reasoning.functions import FUNCTIONS

unit = st.floats(0.0, 1.0)
truths = st.builds(Truth, unit, unit)
ordinary = st.builds(Truth, unit, st.floats(0.0, MAX_CONFIDENCE))


def near(truth: Truth, f: float, c: float) -> bool:
    return truth.f == pytest.approx(f, abs=1e-9) and truth.c == pytest.approx(c, abs=1e-9)


A, B = Truth(0.8, 0.9), Truth(0.4, 0.7)


@pytest.mark.parametrize(
    ("name", "f", "c"),
    [
        ("deduction", 0.32, 0.32 * 0.63),
        ("abduction", 0.4, 0.504 / 1.504),
        ("refutation", 0.32, 0.3024 / 1.3024),
        ("induction", 0.8, 0.252 / 1.252),
        ("exemplification", 1.0, 0.2016 / 1.2016),
        ("comparison", 0.32 / 0.88, 0.5544 / 1.5544),
        ("analogy", 0.32, 0.252),
        ("resemblance", 0.32, 0.88 * 0.63),
        ("intersection", 0.32, 0.63),
        ("union", 0.88, 0.63),
        ("difference", 0.48, 0.63),
        ("choice", 0.8, 0.9),
        ("revision", (9 * 0.8 + 7 / 3 * 0.4) / (9 + 7 / 3), (9 + 7 / 3) / (10 + 7 / 3)),
        ("decompose-pnn", 0.52, 0.48 * 0.63),
        ("decompose-npp", 0.08, 0.08 * 0.63),
        ("decompose-pnp", 0.48, 0.48 * 0.63),
        ("decompose-ppp", 0.32, 0.32 * 0.63),
        ("decompose-nnn", 0.88, 0.12 * 0.63),
        ("exclusion", 0.32, 0.8 * 0.6 * 0.63),
    ],
)
def test_a_function_of_two_truths_is_its_formula(name: str, f: float, c: float) -> None:
    assert near(FUNCTIONS[name].apply(A, B), f, c)


@pytest.mark.parametrize(
    ("name", "f", "c"),
    [
        ("negation", 0.2, 0.9),
        ("conversion", 1.0, 0.72 / 1.72),
        ("contraposition", 0.0, (0.2 * 0.9) / (1 + 0.2 * 0.9)),
        ("structural-deduction", 0.8, 0.9 * 0.8 * 0.9),
        ("structural-deduction-negated", 0.2, 0.9 * 0.8 * 0.9),
        ("structural-intersection", 0.8, 0.81),
        ("eternalize", 0.8, 0.9 / 1.9),
    ],
)
def test_a_function_of_one_truth_is_its_formula(name: str, f: float, c: float) -> None:
    assert near(FUNCTIONS[name].apply(A), f, c)


def test_every_function_has_a_formula_test() -> None:
    tested = {
        arguments[0]
        for test in (
            test_a_function_of_two_truths_is_its_formula,
            test_a_function_of_one_truth_is_its_formula,
        )
        for mark in test.pytestmark  # pyright: ignore
        for arguments in mark.args[1]
    }
    assert tested == set(FUNCTIONS)


@given(st.sampled_from(sorted(FUNCTIONS)), truths, truths)
def test_truth_stays_in_range_whatever_goes_in(name: str, a: Truth, b: Truth) -> None:
    function = FUNCTIONS[name]
    result = function.apply(*(a, b)[: function.arity])
    assert 0.0 <= result.f <= 1.0
    assert 0.0 <= result.c <= 1.0
    if function.weak:
        assert result.c <= 0.5


@given(truths, truths)
def test_revision_is_commutative(a: Truth, b: Truth) -> None:
    assert near(revise(a, b), *_pair(revise(b, a)))


@given(st.lists(ordinary, min_size=3, max_size=5))
def test_pooling_does_not_depend_on_the_order(given_truths: list[Truth]) -> None:
    results = [pool(order) for order in itertools.islice(itertools.permutations(given_truths), 24)]
    assert all(near(result, *_pair(results[0])) for result in results)


@given(*[st.builds(Truth, unit, st.floats(0.01, 0.9))] * 3)
def test_revision_is_associative_below_the_cap(a: Truth, b: Truth, c: Truth) -> None:
    left, right = revise(revise(a, b), c), revise(a, revise(b, c))
    assert near(left, *_pair(right))
    assert near(pool([a, b, c]), *_pair(left))


@given(st.lists(truths, min_size=2, max_size=30))
def test_no_amount_of_evidence_passes_the_cap(given_truths: list[Truth]) -> None:
    result = pool(given_truths)
    assert result.c <= MAX_CONFIDENCE + 1e-12
    assert min(t.f for t in given_truths) - 1e-9 <= result.f
    assert result.f <= max(t.f for t in given_truths) + 1e-9


@given(truths, truths)
def test_more_evidence_never_lowers_confidence(a: Truth, b: Truth) -> None:
    assert revise(a, b).c >= min(max(a.c, b.c), MAX_CONFIDENCE) - 1e-12


def test_confidence_one_can_be_weighed() -> None:
    assert revise(Truth(1.0, 1.0), Truth(0.0, 1.0)) == Truth(0.5, MAX_CONFIDENCE)
    assert near(FUNCTIONS["eternalize"].apply(Truth(1.0, 1.0)), 1.0, 0.5)


def test_a_single_truth_pools_to_itself() -> None:
    assert pool([Truth(0.3, 0.123)]) == Truth(0.3, 0.123)


def test_confidence_of_independent_sources_grows_as_published() -> None:
    one = Truth(1.0, 0.9)
    for number, c in ((2, 0.9474), (3, 0.9643), (4, 0.9730), (5, 0.9783), (11, 0.99)):
        found = pool([one] * number).c
        assert found == pytest.approx(c, abs=5e-5)
        assert found == pytest.approx(9 * number / (9 * number + 1), abs=1e-9)  # w / (w + 1)
    weak = Truth(1.0, 0.45)
    assert pool([weak] * 3).c == pytest.approx(0.7105263157894737, abs=1e-9)
    assert pool([weak] * 5).c == pytest.approx(45 / 56, abs=1e-9)


def _pair(truth: Truth) -> tuple[float, float]:
    return truth.f, truth.c
