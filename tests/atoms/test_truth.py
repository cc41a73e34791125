"""Truth values: bounds, text, and revision as pooling of evidence."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mettaclaw.atoms.syntax import read
from mettaclaw.atoms.truth import (
    MAX_CONFIDENCE,
    Truth,
    choose,
    confidence,
    from_atom,
    revise,
    weight,
)
from mettaclaw.errors import UsageError
from tests.atoms.values import truths

units = st.floats(0.0, 1.0)


@pytest.mark.parametrize(
    "pair",
    [
        (-0.1, 0.5),
        (1.1, 0.5),
        (0.5, -1e-9),
        (0.5, 2),
        (math.nan, 0.5),
        (0.5, math.inf),
        (True, 0.5),
    ],
)
def test_values_outside_the_unit_interval_are_refused(pair: tuple[float, float]) -> None:
    with pytest.raises(UsageError, match=r"not in \[0, 1\]; write \(stv"):
        Truth(*pair)


@pytest.mark.parametrize("pair", [("1", 0.5), (0.5, None), ([1], 0.5)])
def test_what_is_no_number_is_refused(pair: tuple[object, object]) -> None:
    with pytest.raises(UsageError, match=r"write \(stv"):
        Truth(*pair)  # type: ignore[arg-type]


@given(truths)
def test_a_truth_value_reads_back_from_its_text(truth: Truth) -> None:
    assert from_atom(read(str(truth))) == truth
    assert str(truth.to_atom()) == str(truth)


def test_only_stv_of_two_numbers_is_a_truth_value() -> None:
    assert from_atom(read("(stv 1 0)")) == Truth(1.0, 0.0)
    for text in ("(stv 1)", "(stv 1 0 0)", "(stv a 0)", "(STV 1 0)", "stv", '(stv "1" 0)', "(1 0)"):
        assert from_atom(read(text)) is None
    with pytest.raises(UsageError, match="frequency 2"):
        from_atom(read("(stv 2 0.5)"))


def test_an_integer_is_taken_as_a_float() -> None:
    assert str(Truth(1, 0)) == "(stv 1.0 0.0)"


# --- revision: Wang (2013), the evidence of both is added up ---


@given(truths, truths)
def test_revision_is_commutative(a: Truth, b: Truth) -> None:
    one, other = revise(a, b), revise(b, a)
    assert one.f == pytest.approx(other.f, abs=1e-12)
    assert one.c == other.c


@given(truths, truths)
def test_revision_never_loses_confidence_nor_reaches_one(a: Truth, b: Truth) -> None:
    revised = revise(a, b)
    assert revised.c >= min(MAX_CONFIDENCE, max(a.c, b.c))
    assert revised.c <= MAX_CONFIDENCE


@given(truths, truths)
def test_revised_frequency_lies_between(a: Truth, b: Truth) -> None:
    assert min(a.f, b.f) - 1e-12 <= revise(a, b).f <= max(a.f, b.f) + 1e-12


@given(truths)
def test_no_evidence_changes_nothing(a: Truth) -> None:
    revised = revise(a, Truth(0.5, 0.0))
    assert revised.c == pytest.approx(min(MAX_CONFIDENCE, a.c))
    if a.c > 1e-9:
        assert revised.f == pytest.approx(a.f)


@given(units, st.floats(0.01, 0.9), st.floats(0.01, 0.9), units)
def test_revision_adds_weights_of_evidence(f1: float, c1: float, c2: float, f2: float) -> None:
    revised = revise(Truth(f1, c1), Truth(f2, c2))
    w1, w2 = c1 / (1 - c1), c2 / (1 - c2)
    if w1 + w2 < 90:  # below what MAX_CONFIDENCE allows
        assert revised.c / (1 - revised.c) == pytest.approx(w1 + w2)
    assert revised.f == pytest.approx((w1 * f1 + w2 * f2) / (w1 + w2))


def test_a_reference_case_of_revision() -> None:
    revised = revise(Truth(1.0, 0.9), Truth(0.0, 0.9))
    assert (revised.f, revised.c) == (pytest.approx(0.5), pytest.approx(18 / 19))


@given(units)
def test_weight_and_confidence_are_inverse(c: float) -> None:
    assert confidence(weight(c)) == pytest.approx(min(c, 0.9999))


@given(truths, truths)
def test_choice_takes_the_more_confident(a: Truth, b: Truth) -> None:
    assert choose(a, b) == (b if b.c > a.c else a)


@given(truths)
def test_expectation_is_a_probability(truth: Truth) -> None:
    assert 0.0 <= truth.expectation <= 1.0


@pytest.mark.parametrize(
    ("pair", "tier"),
    [
        ((0.6, 0.5), "ACT"),
        ((1.0, 0.49), "HYPOTHESIZE"),
        ((0.59, 0.9), "HYPOTHESIZE"),
        ((0.3, 0.2), "HYPOTHESIZE"),
        ((0.29, 0.9), "IGNORE"),
        ((1.0, 0.19), "IGNORE"),
    ],
)
def test_tiers(pair: tuple[float, float], tier: str) -> None:
    assert Truth(*pair).tier == tier
