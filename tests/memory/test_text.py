"""What is storable can be stored and stand in an atom."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mettaclaw.atoms.syntax import String, read
from mettaclaw.errors import UsageError
from mettaclaw.memory.text import require_storable, storable


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
