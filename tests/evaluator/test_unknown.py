"""A misspelt function is an error with near names, and data is not."""

from __future__ import annotations

import pytest

from mettaclaw.errors import EvaluationError, UnknownFunctionError
from tests.evaluator.conftest import Bench

UNKNOWN = {
    "!(undefined-fn 1 2)": "undefined-fn",
    "!(+ 1 (foo 2))": "foo",
    "!(if (foo) 1 2)": "foo",
    "!(let $x (foo 1) (+ $x 1))": "foo",
    "!(let* (($x (foo 1)) ($y 2)) ($x $y))": "foo",
    "(= (g $x) (bar $x)) !(g 1)": "bar",
    "!(Pair 1 (+ 1 (foo 2)))": "foo",
    "!(collapse (foo 1))": "foo",
    "!(case (foo 1) ((1 one) ($x $x)))": "foo",
    "!(chain (foo 1) $x $x)": "foo",
    "!(match &kb (--> tom $x) (truht $x))": "truht",
    "!(map-atom (1 2) $x (frob $x))": "frob",
    "!(|~ (a b) (c d))": "|~",
    "!(println (a b))": "println",
}


@pytest.mark.parametrize(("program", "name"), UNKNOWN.items(), ids=UNKNOWN)
def test_a_call_of_what_nobody_defines_is_reported(bench: Bench, program: str, name: str) -> None:
    bench.learn("(--> tom cat)")
    evaluation = bench.run(program)
    assert isinstance(evaluation.error, UnknownFunctionError)
    assert f"no function `{name}`" in str(evaluation.error)
    assert evaluation.results[-1], "hyperon's own result is there"
    assert evaluation.changes == ()


DATA = [
    "!(quote (foo 1))",
    "!(Pair 1 2)",
    "!(--> a b)",
    "!(stv 1.0 0.9)",
    "(: point (-> Number Number Point)) !(point 1 2)",
    "(edge a b) !(edge b c)",
    "(edge a b) !(match &self (edge $x $y) (reversed $y $x))",
    "!(match &kb (--> $x cat) (found $x))",
    "!(match &kb (--> $x cat) ($x is nice))",
    "!(superpose ((left 1) (right 2)))",
    "!(collapse (superpose (a b c)))",
    "!(cdr-atom (f a b))",
    "!(reverse (a b c))",
    "!(append (a b) (c d))",
    "!(cat garfield)",
    "(= (first ($a $b)) $a) !(first ((x 1) (y 2)))",
    "(= (make $x) (Made $x)) !(make 1)",
    "!(add-atom &self (likes a b)) !(match &self (likes $x $y) (likes $y $x))",
    "!(get-type (undefined 1))",
    "!(echo (anything at all))",
    "!(believe (whatever a) (stv 1.0 0.9))",
    "!((name Bob) (age 5))",
    "!()",
]


@pytest.mark.parametrize("program", DATA)
def test_data_is_not_taken_for_a_call(bench: Bench, program: str) -> None:
    bench.learn("(--> garfield cat)")
    assert bench.run(program).error is None


def test_near_names_are_told(bench: Bench) -> None:
    for wrong, right in (("beleive", "believe"), ("colapse", "collapse"), ("ehco", "echo")):
        assert f"`{right}`" in str(bench.run(f"!({wrong} a)").error)
    own = "(= (grandparent $x) 1) !(grandparnt ann)"
    assert "`grandparent`" in str(bench.run(own).error)


def test_the_message_says_how_to_make_it_data(bench: Bench) -> None:
    message = str(bench.run("!(point 1 2)").error)
    assert "(= (point ...) ...)" in message
    assert "(: point " in message


def test_the_program_goes_on_after_an_unknown_call_as_in_hyperon(bench: Bench) -> None:
    evaluation = bench.run("!(undefined-fn 1) !(add-atom &kb (a b)) !(+ 1 1)")
    assert [[str(a) for a in form] for form in evaluation.results] == [
        ["(undefined-fn 1)"],
        ["()"],
        ["2"],
    ]
    assert isinstance(evaluation.error, UnknownFunctionError)
    assert evaluation.changes == ()


def test_a_known_function_that_cannot_take_its_arguments_is_noted(bench: Bench) -> None:
    evaluation = bench.run("(= (f 1) one) !(f 2)")
    assert evaluation.error is None
    assert "no rule of `f`" in evaluation.notes[0]


def test_constructors_are_not_noted(bench: Bench) -> None:
    program = (
        "(: Cons (-> $t $l List)) (: z (-> A B)) (: a A) !(Cons 1 Nil) !(z a) !(quote (+ 1 2))"
    )
    evaluation = bench.run(program + " !(get-doc if) !(--> a b)")
    assert evaluation.error is None
    assert evaluation.notes == ()


def test_an_error_that_collapse_swallows_is_noted(bench: Bench) -> None:
    evaluation = bench.run("!(collapse (superpose (1 (/ 1 0) 3)))")
    assert [str(atom) for atom in evaluation.results[0]] == ["(1 3)"]
    assert "DivisionByZero" in evaluation.notes[0]
    shown = bench.run("!(/ 1 0)")
    assert isinstance(shown.error, EvaluationError)
    assert shown.notes == ()


def test_an_unevaluated_list_is_noted(bench: Bench) -> None:
    evaluation = bench.run("!(size-atom (collapse (superpose (1 2 3))))")
    assert [str(atom) for atom in evaluation.results[0]] == ["2"]
    assert "does not evaluate its argument" in evaluation.notes[0]
