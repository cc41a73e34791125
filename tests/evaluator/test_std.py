"""The standard library: each function does what its documentation shows."""

from __future__ import annotations

import datetime
import re

import pytest

from mettaclaw.atoms.syntax import Expression, String, Symbol, read_all
from mettaclaw.config import resource
from mettaclaw.errors import EvaluationError
from mettaclaw.evaluator import std
from tests.evaluator.conftest import Bench

LIBRARY = read_all(resource("metta/std.metta").read_text(encoding="utf-8"))


def _documented() -> dict[str, str]:
    """Each documented function's description."""
    found: dict[str, str] = {}
    for atom in LIBRARY:
        match atom:
            case Expression((Symbol("@doc"), Symbol(name), Expression((_, String(text))), *_)):
                found[name] = text
            case _:
                pass
    return found


DOCUMENTED = _documented()
EXAMPLES = {
    text.split(": ", 1)[1].split("; ")[0]: name
    for name, text in DOCUMENTED.items()
    if " is " in text and ": (" in text
}


def test_every_function_is_documented() -> None:
    assert {function.name for function in std.FUNCTIONS} <= set(DOCUMENTED)


@pytest.mark.parametrize("example", EXAMPLES, ids=EXAMPLES.values())
def test_the_example_in_the_documentation_is_true(bench: Bench, example: str) -> None:
    call, _, value = example.partition(") is ")
    assert bench.text(f"!{call})") == value


def test_most_functions_have_an_example() -> None:
    without = set(DOCUMENTED) - set(EXAMPLES.values())
    assert without <= {"today", "now", "stringToChars", "charsToString"}


MORE = {
    "(min 1 2.5)": "1",
    "(max 1 2.5)": "2.5",
    "(max -1 -2)": "-1",
    "(min (+ 1 1) (* 2 3))": "2",
    "(concat)": '""',
    '(concat "a" "b" "c" 1.5 (x y))': '"abc1.5(x y)"',
    '(string-length "")': "0",
    '(string-length "😀é")': "2",
    '(split "a b" " ")': '("a" "b")',
    '(split "abc" "")': '("a" "b" "c")',
    '(join ("a" "b") ", ")': '"a, b"',
    '(contains "abc" "x")': "False",
    '(days-between "2025-03-01" "2025-02-01")': "-28",
    '(date-add "2024-02-28" 1)': '"2024-02-29"',
    '(days-between "2025-01-01T10:00:00+00:00" "2025-01-02")': "1",
    "(length ())": "0",
    "(length (collapse (superpose (1 2 3))))": "3",
    "(append (1) (2) (3))": "(1 2 3)",
    "(append)": "()",
    "(reverse ())": "()",
    "(member z (a b))": "False",
    '(member "a" (a b))': "False",
    "(sort (b 10 a 9))": "(9 10 a b)",
    "(sum ())": "0",
    "(range 3 3)": "()",
    '(charsToString (stringToChars "a b"))': '"a b"',
    '(parse (repr (a "b\\n" $x)))': '(a "b\\n" $x)',
    '(repr "a")': '"\\"a\\""',
    "(!= a b)": "True",
    "(+ 1 (last (1 2 3)))": "4",
    "(car-atom (reverse (a b)))": "reverse",
    "(let $r (reverse (a b)) (car-atom $r))": "b",
    "(map-atom (1 2) $x (max $x 2))": "(2 2)",
    "(foldl-atom (1 2 3) 0 $a $b (max $a $b))": "3",
}


@pytest.mark.parametrize(("form", "value"), MORE.items(), ids=MORE)
def test_more_values(bench: Bench, form: str, value: str) -> None:
    assert bench.text(f"!{form}") == value


WRONG = {
    "(upper-case foo)": "no string",
    '(date-add "tomorrow" 1)': "no date",
    '(date-add "9999-12-31" 1)': "years",
    "(length 5)": "no expression",
    "(sum (1 a))": "no number",
    "(last ())": "empty",
    "(range 0 1000000)": "5,000",
    '(parse "(a")': "not closed",
    '(substring "abc" 2 1)': "positions",
    '(replace "abc" "" "x")': "empty",
    '(min 1 "a")': "wrong type",
}


@pytest.mark.parametrize(("form", "says"), WRONG.items(), ids=WRONG)
def test_wrong_arguments_are_errors_that_say_why(bench: Bench, form: str, says: str) -> None:
    error = bench.error(f"!{form}")
    assert isinstance(error, EvaluationError)
    assert says in str(error)


def test_today_and_now_are_the_persons_own(bench: Bench) -> None:
    today = datetime.datetime.now().astimezone().date()
    assert bench.text("!(today)") in (f'"{today}"', f'"{today + datetime.timedelta(days=1)}"')
    pattern = r'"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d"'
    assert re.fullmatch(pattern, bench.text("!(now)"))


@pytest.mark.parametrize("name", ["max", "abs", "concat", "append", "parse"])
def test_a_programs_own_function_of_that_name_wins(bench: Bench, name: str) -> None:
    assert bench.texts(f"(= ({name} $x $y) own) !({name} 1 2)") == [["own"]]
    assert bench.run(f"!(get-type {name})").error is None


def test_the_library_is_not_in_self(bench: Bench) -> None:
    assert bench.texts("(a b) !(get-atoms &self)") == [["(a b)"]]


def test_get_doc_knows_the_library(bench: Bench) -> None:
    assert "The smaller of two numbers" in bench.text("!(get-doc min)")
    assert "(concat " in bench.text("!(get-doc concat)")


def test_output_comes_in_order(bench: Bench) -> None:
    evaluation = bench.run('!(println! "one") !(trace! (two "x") 3) !(print-alternatives! n (4 5))')
    assert evaluation.output.splitlines()[:2] == ["one", '(two "x")']
    assert len(evaluation.output.splitlines()) > 2
