"""A statement says when it holds in a form that is understood, or it is refused."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mettaclaw.atoms import spans
from mettaclaw.atoms.spans import Span
from mettaclaw.atoms.syntax import read
from mettaclaw.atomspace import Atomspace
from mettaclaw.errors import UsageError

DAY_S = 86_400
DAYS = st.dates(datetime(1971, 1, 1).date(), datetime(2100, 1, 1).date())

BAD = [
    ("(at p 5 1)", "ends before it begins"),
    ("(at p 2025-03-05 2025-03-01)", "ends before it begins"),
    ("(at p)", "says no times"),
    ("(at p 1)", "says no times"),
    ("(at p 1 2 3)", "says no times"),
    ("(at p x y)", "`x` in `(at p x y)` is no time"),
    ("(at p 2025-03-01 soon)", "`soon`"),
    ("(at p 2025-13-01 2025-13-02)", "`2025-13-01`"),
    ("(at p 1 1e999)", "is no time"),
    ("(at p (1) (2))", "`(1)`"),
    ("(¬ (at p 5 1))", "ends before it begins"),
    ("(==> (∧ q (at p $t)) r)", "says no times"),
    ("(=/> p q (after 2 parsecs))", "`(after 2 parsecs)` is no lag"),
    ("(=/> p q (after -2 d))", "is no lag"),
    ("(=/> p q (after 2))", "is no lag"),
]
GOOD = [
    "(at p 1 5)",
    "(at p 1 1)",
    "(at p 2025-03-01 2025-03-01)",
    '(at p "2025-03-01T12:00:00Z" 2025-03-01)',
    '(at p "2025-03-01" 1.8e9)',
    "(==> (at (--> $x ill) $from $to) (at (--> $x home) $from $to))",
    "(--> (x ann rome) at)",
    "(= (at $list $n) (car-atom $list))",
    "(=/> p q (after 2 d))",
]


@pytest.mark.parametrize(("text", "said"), BAD)
def test_what_cannot_be_understood_is_refused_and_nothing_is_stored(text: str, said: str) -> None:
    with Atomspace.open(":memory:") as kb:
        with pytest.raises(UsageError, match="as in \\(") as refused:
            kb.add(text, (1.0, 0.9))
        assert said in str(refused.value)
        for program in (f"!(believe {text} (stv 1.0 0.9))", f"!(add-atom &kb {text})"):
            done = kb.evaluate(program)
            assert said in str(done.error)
        assert kb.count() == 0


@pytest.mark.parametrize("text", GOOD)
def test_what_can_be_understood_is_stored(text: str) -> None:
    with Atomspace.open(":memory:") as kb:
        assert kb.add(text).statement == read(text)
        assert kb.evaluate(f"!(add-atom &kb {text})").error is None


def test_a_file_is_refused_with_the_line(tmp_path: Path) -> None:
    path = tmp_path / "facts.metta"
    path.write_text("(--> a b)\n(at p 1 2)\n(at p 5 1)\n", encoding="utf-8")
    with Atomspace.open(":memory:") as kb:
        with pytest.raises(UsageError, match=r"facts.metta, line 3: `\(at p 5 1\)` ends before"):
            kb.import_file(path)
        assert kb.count() == 0


def test_what_cannot_be_understood_is_no_question_either() -> None:
    with Atomspace.open(":memory:") as kb:
        with pytest.raises(UsageError, match="ends before it begins"):
            kb.infer("(at p 5 1)")
        assert not kb.retract("(at p 5 1)")  # a base may hold one that nobody looked at


@given(DAYS, DAYS)
def test_a_day_is_the_whole_of_it(one: object, other: object) -> None:
    days = spans.between(read(str(one)), read(str(other)))
    if str(one) > str(other):
        assert days is None
    else:
        assert days is not None
        assert (days.last - days.first) % DAY_S == pytest.approx(DAY_S - 1e-3, abs=1e-4)


@given(st.lists(st.integers(0, 20), min_size=4, max_size=4))
def test_what_holds_what_is_an_order(numbers: list[int]) -> None:
    a, b, c, d = numbers
    one, other = Span(min(a, b), max(a, b)), Span(min(c, d), max(c, d))
    assert one.holds(one)
    assert (one.holds(other) and other.holds(one)) == (one == other)


@given(DAYS, st.integers(0, 400))
def test_days_that_are_moved_by_days_are_days(day: object, number: int) -> None:
    found = spans.moved(read(f"(at p (+ {day} {number} d) (+ {day} {number} d))"))
    begun = datetime.fromisoformat(str(day)).replace(tzinfo=timezone.utc)
    moved = (begun + timedelta(days=number)).date()
    assert str(found) == f"(at p {moved} {moved})"
    assert spans.of(found) is not None


@pytest.mark.parametrize(
    ("told", "moved"),
    [
        ("(at p (+ 1 2 s) (+ 5 1 min))", "(at p 3 65)"),
        (
            "(at p (+ 2025-03-01 2 h) (+ 2025-03-01 2 h))",
            '(at p "2025-03-01T02:00:00Z" "2025-03-02T01:59:59Z")',
        ),
        ('(at p (+ "2025-03-01T12:00:00Z" 1 w) 9e9)', '(at p "2025-03-08T12:00:00Z" 9e9)'),
        ("(at p (+ soon 2 d) $t)", "(at p (+ soon 2 d) $t)"),
        ("(at p 1 2)", "(at p 1 2)"),
    ],
)
def test_times_are_moved(told: str, moved: str) -> None:
    assert spans.moved(read(told)) == read(moved)
