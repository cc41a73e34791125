from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mettaclaw.atoms.truth import WEIGHABLE, Truth
from mettaclaw.reasoning import pln_functions as pln
from mettaclaw.reasoning.pln_functions import PLN_FUNCTIONS

unit = st.floats(0.0, 1.0)
truths = st.builds(Truth, unit, unit)
A, B, C = Truth(0.2, 0.9), Truth(0.3, 0.9), Truth(0.5, 0.9)
EQUAL = Truth(0.1, 0.9)


def near(truth: Truth | None, f: float, c: float) -> bool:
    assert truth is not None
    return truth.f == pytest.approx(f, abs=1e-9) and truth.c == pytest.approx(c, abs=1e-9)


@pytest.mark.parametrize(
    ("name", "arguments", "f", "c"),
    [
        ("pln-modus-ponens", [Truth(0.7, 0.8), Truth(0.9, 0.9)], 0.636, 0.4536),
        (
            "pln-symmetric-modus-ponens",
            [Truth(0.7, 0.8), Truth(0.9, 0.9)],
            0.63 + 0.2 * 0.3 * 1.9,
            0.72 * 0.97,
        ),
        (
            "pln-deduction",
            [Truth(0.8, 0.9), Truth(0.9, 0.9), EQUAL, EQUAL, EQUAL],
            0.7222222222222223,
            0.5832,
        ),
        (
            "pln-deduction",
            [Truth(0.5, 0.9), Truth(0.6, 0.8), A, B, C],
            0.3 + 0.5 * (0.5 - 0.18) / 0.7,
            0.3 * 0.72,
        ),
        (
            "pln-induction",
            [Truth(0.3, 0.9), Truth(0.4, 0.9), A, C, B],
            0.35,
            0.4 * 0.81 / (1 + 0.4 * 0.81),
        ),
        (
            "pln-abduction",
            [Truth(0.9, 0.9), Truth(0.8, 0.9), A, C, B],
            0.444,
            0.9 * 0.81 / (1 + 0.9 * 0.81),
        ),
        ("pln-revision", [Truth(0.8, 0.9), Truth(0.2, 0.5)], (9 * 0.8 + 0.2) / 10, 10 / 11),
        ("pln-inversion", [Truth(0.8, 0.9), Truth(0.2, 0.7)], 0.8, 0.6 * 0.7 * 0.9),
        ("pln-equivalence-implication", [Truth(0.5, 0.8), A, B], 2.5 * 0.5 / 1.5, 0.8),
        ("pln-equivalence-implication", [Truth(1.0, 0.995), A, B], 1.0, 0.995),
        (
            "pln-transitive-similarity",
            [Truth(0.8, 0.9), Truth(0.8, 0.9), EQUAL, EQUAL, EQUAL],
            0.6549375709421112,
            0.7776,
        ),
        (
            "pln-evaluation-implication",
            [Truth(0.5, 0.9), Truth(0.6, 0.8), A, B, C],
            0.3 + 0.5 * (0.5 - 0.18) / 0.7,
            0.3 * 0.72,
        ),
    ],
)
def test_a_function_is_its_formula(name: str, arguments: list[Truth], f: float, c: float) -> None:
    function = PLN_FUNCTIONS[name]
    assert function.arity == len(arguments)
    assert near(function.apply(*arguments), f, c)


def test_every_function_has_a_formula_test() -> None:
    marks = test_a_function_is_its_formula.pytestmark  # pyright: ignore
    assert {case[0] for mark in marks for case in mark.args[1]} == set(PLN_FUNCTIONS)


@given(st.sampled_from(sorted(PLN_FUNCTIONS)), st.lists(truths, min_size=5, max_size=5))
def test_truth_stays_in_range_whatever_goes_in(name: str, given_truths: list[Truth]) -> None:
    function = PLN_FUNCTIONS[name]
    result = function.apply(*given_truths[: function.arity])
    if result is not None:
        assert 0.0 <= result.f <= 1.0
        assert 0.0 <= result.c <= 1.0


@given(truths, truths, truths)
def test_revision_is_commutative_and_associative(a: Truth, b: Truth, c: Truth) -> None:
    a, b, c = (Truth(t.f, min(t.c, 0.95)) for t in (a, b, c))
    one, other = pln.revision(a, b), pln.revision(b, a)
    assert near(one, other.f, other.c)
    left, right = pln.revision(pln.revision(a, b), c), pln.revision(a, pln.revision(b, c))
    if max(a.c, b.c, c.c) > 0.0:  # with no evidence at all, the mean is a convention
        assert left.c == pytest.approx(right.c, abs=1e-9)
    if min(a.c, b.c, c.c) > 1e-3:
        assert left.f == pytest.approx(right.f, abs=1e-9)


def test_evidence_beyond_the_cap_of_nal_counts_but_is_never_certain() -> None:
    assert pln.revision(Truth(1.0, 0.99), Truth(1.0, 0.99)).c == pytest.approx(198 / 199)
    assert pln.revision(Truth(1.0, 1.0), Truth(1.0, 1.0)).c == WEIGHABLE


def test_links_that_no_probabilities_could_have_conclude_nothing() -> None:
    wide, narrow = Truth(0.9, 0.9), Truth(0.1, 0.9)
    assert not pln.consistent(wide.f, narrow.f, 0.9)
    assert not pln.consistent(0.0, 0.5, 0.5)
    assert not pln.consistent(0.8, 0.8, 0.1)
    assert pln.consistent(0.8, 0.8, 0.75)
    link = Truth(0.9, 0.9)
    assert pln.deduction(link, link, wide, narrow, wide) == Truth(1.0, 0.0)
    assert pln.evaluation_implication(link, link, wide, narrow, wide) is None
    assert pln.induction(link, link, Truth(0.0, 0.9), C, B) is None
    assert pln.abduction(link, link, A, narrow, wide) is None
    assert pln.equivalence_implication(Truth(0.9, 0.9), narrow, wide) is None
    assert pln.transitive_similarity(link, link, narrow, wide, narrow) is None


def test_a_hub_that_everything_is_tells_nothing_of_what_is_not_one() -> None:
    everything, link = Truth(1.0, 0.9), Truth(0.5, 0.9)
    result = pln.deduction(Truth(1.0, 0.9), link, A, everything, C)
    assert result.f == C.f
    abduced = pln.abduction(link, link, A, everything, B)
    assert abduced is not None
    assert abduced.f == B.f


@given(*[st.floats(0.05, 0.6)] * 5)
def test_similarity_does_not_depend_on_which_is_named_first(
    a: float, b: float, c: float, ab: float, bc: float
) -> None:
    priors = [Truth(s, 0.9) for s in (a, b, c)]
    one = pln.transitive_similarity(Truth(ab, 0.9), Truth(bc, 0.8), *priors)
    other = pln.transitive_similarity(Truth(bc, 0.8), Truth(ab, 0.9), *priors[::-1])
    if one is None:
        assert other is None
    else:
        assert near(other, one.f, one.c)
