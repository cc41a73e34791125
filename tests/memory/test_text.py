"""What is storable can be stored and stand in an atom; times that no calendar has are said so."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mettaclaw.atoms.syntax import String, read
from mettaclaw.errors import UsageError
from mettaclaw.memory.text import moment, require_storable, storable


@given(st.text(st.characters()))
def test_what_is_storable_survives_utf8_and_an_atom(text: str) -> None:
    clean = storable(text)
    assert clean.encode("utf-8").decode("utf-8") == clean
    assert read(str(String(clean))) == String(clean)
    require_storable(clean, "it")


@pytest.mark.parametrize("text", ["a\0b", "\ud800", "\udfff x"])
def test_what_is_not_storable_is_refused_by_its_name(text: str) -> None:
    with pytest.raises(UsageError, match="the pin holds a NUL or half of a surrogate pair"):
        require_storable(text, "the pin")


@pytest.mark.parametrize("seconds", [math.nan, math.inf, -math.inf, 1e30])
def test_a_time_that_no_calendar_has_is_told(seconds: float) -> None:
    assert moment(seconds) == "an unknown time"
    assert moment(0) == "1970-01-01T00:00:00Z"
