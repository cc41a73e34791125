"""Moments that people name, and looking back at them: one reader for all who ask."""

from __future__ import annotations

import contextlib
import time
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mettaclaw.atoms.moments import back, instant
from mettaclaw.atoms.times import moment
from mettaclaw.atomspace import Atomspace
from mettaclaw.errors import UsageError

NOW = 1_763_690_400.0  # 2025-11-21T02:00:00Z


@pytest.mark.parametrize(
    ("text", "end", "expected"),
    [
        ("now", False, NOW),
        ("2h", False, NOW - 7_200),
        ("90 min ago", False, NOW - 5_400),
        ("1.5d", True, NOW - 129_600),
        ("2025-11-20", False, 1_763_596_800.0),
        ("2025-11-20", True, 1_763_683_200.0),
        ("2024", False, 1_704_067_200.0),
        ("2024", True, 1_735_689_600.0),
        ("2025-11-20T14:30", True, 1_763_649_000.0),
        ("2025-11-20T14:30:00Z", False, 1_763_649_000.0),
        ("2025-11-20T14:30+02:00", False, 1_763_641_800.0),
    ],
)
def test_a_time_is_read(text: str, end: bool, expected: float) -> None:
    assert instant(text, now=NOW, end=end) == expected


def test_days_are_those_of_the_local_clock() -> None:
    today = datetime.fromtimestamp(NOW).replace(hour=0, minute=0, second=0)
    assert instant("today", now=NOW) == today.timestamp()
    assert instant("Yesterday ", now=NOW) == (today - timedelta(days=1)).timestamp()
    assert instant("yesterday", now=NOW, end=True) == today.timestamp()
    assert instant("today", now=NOW, end=True) == (today + timedelta(days=1)).timestamp()


def test_a_weekday_is_the_last_one_before_today() -> None:
    today = datetime.fromtimestamp(NOW).replace(hour=0, minute=0, second=0)
    for ago in range(1, 8):
        day = today - timedelta(days=ago)
        assert instant(f"{day:%A}", now=NOW) == day.timestamp()
        assert instant(f"last  {day:%A}", now=NOW) == day.timestamp()
        assert instant(f"{day:%A}", now=NOW, end=True) == (day + timedelta(days=1)).timestamp()


@pytest.mark.parametrize(
    ("text", "first", "after"),
    [
        ("2025-06", "2025-06-01", "2025-07-01"),
        ("June 2025", "2025-06-01", "2025-07-01"),
        ("dec. 2024", "2024-12-01", "2025-01-01"),
        ("June", "2025-06-01", "2025-07-01"),
        ("november", "2025-11-01", "2025-12-01"),
        ("December", "2024-12-01", "2025-01-01"),
        ("10 June 2025", "2025-06-10", "2025-06-11"),
        ("June 10, 2025", "2025-06-10", "2025-06-11"),
        ("25.6.2025", "2025-06-25", "2025-06-26"),
        ("6.25.2025", "2025-06-25", "2025-06-26"),
        ("06.06.2025", "2025-06-06", "2025-06-07"),
    ],
)
def test_months_and_days_of_a_calendar_have_a_beginning_and_an_end(
    text: str, first: str, after: str
) -> None:
    assert instant(text, now=NOW) == instant(first)
    assert instant(text, now=NOW, end=True) == instant(after)


def test_weeks_months_and_years_are_reckoned_from_today() -> None:
    today = datetime.fromtimestamp(NOW).replace(hour=0, minute=0, second=0)
    monday = today - timedelta(days=today.weekday())
    for text, first, after in (
        ("this week", monday, monday + timedelta(days=7)),
        ("last week", monday - timedelta(days=7), monday),
        ("this month", datetime(2025, 11, 1), datetime(2025, 12, 1)),
        ("Last Month", datetime(2025, 10, 1), datetime(2025, 11, 1)),
        ("this year", datetime(2025, 1, 1), datetime(2026, 1, 1)),
        ("last year", datetime(2024, 1, 1), datetime(2025, 1, 1)),
    ):
        assert instant(text, now=NOW) == first.timestamp()
        assert instant(text, now=NOW, end=True) == after.timestamp()


def test_a_dotted_date_that_may_be_two_days_is_neither() -> None:
    with pytest.raises(UsageError, match="10 June or 6 October; write 2026-06-10 or 2026-10-06"):
        instant("10.6.2026")


@pytest.mark.parametrize("text", ["2025-13", "June 9999", "31 June 2025", "31.31.2025", "last 2h"])
def test_a_period_that_no_calendar_has_is_no_time(text: str) -> None:
    with pytest.raises(UsageError, match="is no time; say today"):
        instant(text)


@pytest.mark.parametrize("text", ["", "soon", "2025-13-01", "-2h", "9999-12-31T", "1e400d"])
def test_what_is_no_time_is_an_error_that_says_what_is(text: str) -> None:
    with pytest.raises(UsageError, match="2h"):
        instant(text, now=NOW)


@given(st.text(max_size=30))
def test_no_text_breaks_the_reading_of_times(text: str) -> None:
    with contextlib.suppress(UsageError):
        assert isinstance(instant(text, now=NOW), float)


@pytest.mark.parametrize("text", ["yesterday", "Tuesday", "last tuesday", "2025-11-20", "2024"])
def test_a_day_that_is_looked_back_at_is_its_end(text: str) -> None:
    found, end = back(text), instant(text, end=True)
    assert end - 0.01 < found < end


@pytest.mark.parametrize(
    "when",
    ["last Monday", "monday", "Yesterday", "2h", "90 min ago", "2h ago", "2020-01-01", "now"],
)
def test_metta_and_python_look_back_at_the_same_moments(when: str) -> None:
    with Atomspace.open(":memory:") as kb:
        kb.add("(--> tom cat)", (1.0, 0.9), time=time.time() - 3_600)
        kb.add("(--> tom cat)", (0.0, 0.9), time="2021-06-01")
        then = kb.as_of(when).truth("(--> tom cat)")
        done = kb.evaluate(f'!(as-of "{when}" (truth (--> tom cat)))')
        assert done.error is None
        ((found,),) = done.results
        unknown = "(unknown (--> tom cat))"
        assert str(found) == (unknown if then is None else str(then.to_atom()))
        assert (then is None) is (when == "2020-01-01")
        assert kb.diff(when, when) == []


def test_a_day_that_is_a_symbol_is_looked_back_at() -> None:
    with Atomspace.open(":memory:") as kb:
        kb.add("(--> tom cat)", (1.0, 0.9), time=moment(time.time() - 30 * 86_400))
        done = kb.evaluate("!(as-of Tuesday (truth (--> tom cat)))")
        assert [str(one) for one in done.results[0]] == ["(stv 1.0 0.9)"]


@pytest.mark.parametrize("when", ["soon", '"last blue moon"', "last-monday"])
def test_what_is_no_moment_is_an_error_that_says_what_is(when: str) -> None:
    with Atomspace.open(":memory:") as kb:
        done = kb.evaluate(f"!(as-of {when} (truth p))")
        assert "is no time; say today, yesterday, tuesday" in str(done.error)


@pytest.mark.parametrize("when", ["yesterday", "last tuesday", "2d", "90 min ago"])
def test_what_was_said_takes_the_times_that_are_looked_back_at(when: str) -> None:
    with Atomspace.open(":memory:") as kb:
        kb.add("(--> tom cat)", (1.0, 0.9), time=when)
        done = kb.evaluate(f'!(believe (--> rex dog) (stv 1 0.9) "" ann "{when}")')
        assert done.error is None
        for statement in ("(--> tom cat)", "(--> rex dog)"):
            (said,) = kb.evidence(statement)
            assert said.time == pytest.approx(instant(when), abs=60)
        assert len(kb.said(first="30d", last="today")) == 2
        assert kb.said(last="30d") == []


@pytest.mark.parametrize("when", ["soon", "9999-01-01"])
def test_what_was_said_is_refused_a_time_that_is_none_or_has_not_come(when: str) -> None:
    with Atomspace.open(":memory:") as kb:
        with pytest.raises(UsageError, match=r"is no time|has not come"):
            kb.add("(--> tom cat)", (1.0, 0.9), time=when)
        done = kb.evaluate(f'!(believe (--> rex dog) (stv 1 0.9) "" ann "{when}")')
        assert "is no time" in str(done.error) or "has not come" in str(done.error)
