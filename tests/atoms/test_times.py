"""Every time has a text, and a text that was written is read back."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mettaclaw.atoms.times import UNKNOWN, minute, moment, seconds, seconds_of, utc


@pytest.mark.parametrize("seconds", [math.nan, math.inf, -math.inf, 1e30, -1e30, 253402300800])
def test_a_time_that_no_calendar_has_is_told(seconds: float) -> None:
    assert utc(seconds) is None
    assert moment(seconds) == minute(seconds) == UNKNOWN
    assert moment(seconds_of(UNKNOWN)) == UNKNOWN


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "1970-01-01T00:00:00Z"),
        (-0.5, "1969-12-31T23:59:59Z"),
        (-62135596800, "0001-01-01T00:00:00Z"),
        (253402300799.5, "9999-12-31T23:59:59Z"),
        (1740830400.999, "2025-03-01T12:00:00Z"),
    ],
)
def test_a_time_is_written_to_the_second_with_four_digits_a_year(seconds: float, text: str) -> None:
    assert moment(seconds) == text
    assert minute(seconds) == text[:16].replace("T", " ")


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026", "2026-01-01T00:00:00Z", "2026-12-31T23:59:59Z"),
        ("1000", "1000-01-01T00:00:00Z", "1000-12-31T23:59:59Z"),
        ("2999", "2999-01-01T00:00:00Z", "2999-12-31T23:59:59Z"),
        ("3000", "1970-01-01T00:50:00Z", "1970-01-01T00:50:00Z"),
        ("2026.0", "1970-01-01T00:33:46Z", "1970-01-01T00:33:46Z"),
        ("02026", "1970-01-01T00:33:46Z", "1970-01-01T00:33:46Z"),
    ],
)
def test_four_digits_that_somebody_writes_are_a_year(text: str, first: str, last: str) -> None:
    assert moment(seconds(text)) == first
    assert moment(seconds(text, end=True)) == last


@given(st.integers(-62135596800, 253402300799))
def test_what_is_written_reads_back(seconds: int) -> None:
    assert seconds_of(moment(seconds)) == seconds
