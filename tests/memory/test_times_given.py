"""Times as callers of Python have them: dates and datetimes, seconds and words."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from typing import Any

import pytest

from mettaclaw.errors import UsageError
from mettaclaw.memory import Memory

DAY = 1_777_852_800.0  # 2026-05-04, UTC


@pytest.mark.parametrize(
    "time",
    [
        datetime(2026, 5, 4),
        datetime(2026, 5, 4, 2, tzinfo=timezone(timedelta(hours=2))),
        date(2026, 5, 4),
        "2026-05-04",
        "4 May 2026",
        DAY,
        int(DAY),
    ],
)
def test_a_time_is_what_a_caller_has(by_words: Memory, time: Any) -> None:
    assert by_words.remember("x", time=time).time == DAY


def test_a_day_as_the_end_of_a_query_counts_to_its_end(by_words: Memory) -> None:
    by_words.remember("tea", time=datetime(2026, 5, 4, 23, 59))
    assert by_words.query("tea", since=date(2026, 5, 4), until=date(2026, 5, 4))
    assert by_words.query("tea", since="May 2026", until="May 2026")
    assert not by_words.query("tea", since=date(2026, 5, 5))
    assert not by_words.query("tea", until=datetime(2026, 5, 4))


@pytest.mark.parametrize("time", [float("nan"), float("inf"), True, b"2026", [2026], "soon"])
def test_what_is_no_time_says_what_to_give(by_words: Memory, time: Any) -> None:
    for attempt in (
        lambda: by_words.remember("x", time=time),
        lambda: by_words.remember("x", expires=time),
        lambda: by_words.query("x", since=time),
        lambda: by_words.forget(until=time),
    ):
        with pytest.raises(UsageError, match=r"takes a datetime|is no time; say"):
            attempt()
    assert by_words.count() == 0


def test_a_query_whose_end_is_before_its_beginning_says_so(by_words: Memory) -> None:
    with pytest.raises(UsageError, match="give the earlier time as since"):
        by_words.query("x", since="2026-05-04", until="2026-05-01")


@pytest.mark.parametrize("many", ["a string", b"x", {"text": "x"}, 5, None])
def test_one_item_is_not_many(by_words: Memory, many: Any) -> None:
    with pytest.raises(UsageError, match="takes a list of texts or mappings; for one"):
        by_words.remember_many(many)
    assert by_words.count() == 0
