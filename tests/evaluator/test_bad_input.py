"""Programs that crash, hang or fool plain hyperon: each is an error that names its cause."""

from __future__ import annotations

import time

import pytest

from mettaclaw.errors import (
    EvaluationError,
    LimitError,
    MettaSyntaxError,
)
from mettaclaw.evaluator import Limits
from tests.evaluator.conftest import QUICK, Bench

HANGS = {
    "a rule that calls itself": "(= (f) (f)) !(f)",
    "a growing term": "(= (f $x) (f (S $x))) !(f Z)",
    "a growing sum": "(= (f $x) (+ 1 (f $x))) !(f 1)",
    "exponentially many results": "(= (b) (superpose (0 1))) !(p" + " (b)" * 24 + ")",
    "a rule with itself twice": "(= (g) (superpose ((g) (g)))) !(g)",
    "a doubling term": "(= (d $x) (d ($x $x))) !(d a)",
    "a collapse of very many": "(= (n) (superpose (0 1 2 3 4 5 6 7 8 9)))"
    " !(collapse (p (n) (n) (n) (n)))",
    "deeply nested additions": "!" + "(+ 1 " * 250 + "1" + ")" * 250,
    "types of a deep term": "(: f (-> A A)) (: f (-> B A)) (: f (-> A B)) (: f (-> B B)) (: a A)"
    " (: a B) !(get-type " + "(f " * 24 + "a" + ")" * 24 + ")",
}


@pytest.mark.parametrize("program", HANGS.values(), ids=HANGS.keys())
def test_a_hang_ends_at_the_limit_and_names_it(bench: Bench, program: str) -> None:
    begun = time.monotonic()
    error = bench.error(program, Limits(seconds=0.7))
    assert time.monotonic() - begun < 10
    assert isinstance(error, LimitError | EvaluationError)
    if isinstance(error, LimitError):
        assert error.limit in ("time", "steps", "memory", "depth", "nodes", "results")
        assert f"limit {error.limit}" in str(error)


def test_the_time_limit_gives_its_value_and_its_setting(bench: Bench) -> None:
    error = bench.error("(= (f) (f)) !(f)", Limits(seconds=0.5))
    assert isinstance(error, LimitError)
    assert error.limit == "time"
    assert "0.5 s" in str(error)
    assert "evaluation_s" in str(error)


def test_the_step_limit_ends_a_loop(bench: Bench) -> None:
    error = bench.error("(= (f) (f)) !(f)", Limits(steps=5_000))
    assert isinstance(error, LimitError)
    assert error.limit == "steps"
    assert "5,000" in str(error)


ARITHMETIC = {
    "!(% 1 0)": "division by zero",
    "!(/ 1 0)": "division by zero",
    "!(/ -9223372036854775808 -1)": "64 bits",
    "!(% -9223372036854775808 -1)": None,
    "!(+ 9223372036854775807 1)": "64 bits",
    "!(- -9223372036854775808 1)": "64 bits",
    "!(* 9223372036854775807 2)": "64 bits",
    "!(abs-math -9223372036854775808)": "64 bits",
    "!(superpose-bind (a b))": "superpose-bind",
    "!(superpose-bind a)": "superpose-bind",
    "!(let $x (a b) (superpose-bind $x))": "SIGABRT",
}


@pytest.mark.parametrize(("program", "says"), ARITHMETIC.items(), ids=ARITHMETIC)
def test_what_aborts_or_wraps_in_hyperon_says_why_it_has_no_value(
    bench: Bench, program: str, says: str | None
) -> None:
    if says is None:
        assert bench.text(program) == "0"
    else:
        error = bench.error(program)
        assert isinstance(error, EvaluationError)
        assert says in str(error)


SYNTAX = {
    "an open parenthesis": ("!(+ 1 2", "not closed"),
    "a closing parenthesis": ("!(+ 1 2))", "no `(` before it"),
    "an open string": ('!(f "abc)', "closing"),
    "a NUL": ("!(f \0)", "NUL"),
    "half a surrogate pair": ("!(f \ud800)", "surrogate"),
    "an integer past 64 bits": ("!(+ 9223372036854775808 1)", "64 bits"),
    "a negative one": ("(= (f) -9223372036854775809)", "64 bits"),
    "a bang with nothing": ("!", "no atom"),
}


@pytest.mark.parametrize(("program", "says"), SYNTAX.values(), ids=SYNTAX.keys())
def test_text_that_is_no_program_is_a_syntax_error_with_its_place(
    bench: Bench, program: str, says: str
) -> None:
    error = bench.error(program)
    assert isinstance(error, MettaSyntaxError)
    assert says in str(error)
    assert "line 1, column" in str(error)


def test_nothing_of_a_program_runs_that_does_not_parse(bench: Bench) -> None:
    evaluation = bench.run("!(println! a) !(add-atom &kb (a b)) !(")
    assert isinstance(evaluation.error, MettaSyntaxError)
    assert evaluation.results == []
    assert evaluation.output == ""


LARGE = {
    "a megabyte": ("!(f " + "a " * 500_000 + ")", "text"),
    "100,000 nested parentheses": ("!" + "(" * 100_000 + ")" * 100_000, "text|depth"),
    "300 nested parentheses": ("!" + "(" * 300 + ")" * 300, "depth"),
    "10,000 children": ("!(f" + " a" * 10_000 + ")", "nodes"),
    "10,000 children to add": ("(f" + " a" * 10_000 + ")", "nodes"),
}


@pytest.mark.parametrize(("program", "limits"), LARGE.values(), ids=LARGE.keys())
def test_large_text_meets_a_limit(bench: Bench, program: str, limits: str) -> None:
    error = bench.error(program, QUICK)
    assert isinstance(error, LimitError)
    assert error.limit in limits.split("|")


def test_a_wide_expression_within_the_limits_works(bench: Bench) -> None:
    wide = "(f" + " a" * 5_000 + ")"
    assert bench.texts(f"(has {wide}) !(match &self (has $x) (size-atom $x))") == [["5001"]]


def test_a_result_that_nests_too_deeply_is_an_error(bench: Bench) -> None:
    def nest(inner: str) -> str:
        return "(" * 150 + inner + ")" * 150

    error = bench.error(f"!(let $x (quote {nest('a')}) (quote {nest('$x')}))")
    assert isinstance(error, LimitError)
    assert error.limit == "depth"


def test_a_segmentation_fault_is_an_error_that_says_so(bench: Bench) -> None:
    error = bench.error("!(crash)")
    assert isinstance(error, EvaluationError)
    assert "SIGSEGV" in str(error)


def test_results_before_a_crash_are_kept(bench: Bench) -> None:
    evaluation = bench.run("!(+ 1 1) !(add-atom &kb (a b)) !(crash) !(+ 2 2)")
    assert [[str(atom) for atom in results] for results in evaluation.results] == [["2"], ["()"]]
    assert evaluation.changes == ()


def test_too_many_results_are_cut_and_say_so(bench: Bench) -> None:
    program = "!(superpose " + "(" + "a " * 50 + "))"
    evaluation = bench.run(program, Limits(results=20))
    assert isinstance(evaluation.error, LimitError)
    assert evaluation.error.limit == "results"
    assert [len(results) for results in evaluation.results] == [20]


def test_too_long_results_are_cut_and_say_so(bench: Bench) -> None:
    evaluation = bench.run("!(superpose (abcdefghij abcdefghij))", Limits(result_chars=15))
    assert isinstance(evaluation.error, LimitError)
    assert evaluation.error.limit == "results"
    assert [str(atom) for atom in evaluation.results[0]] == ["abcdefghij"]


def test_too_much_output_is_cut_and_says_so(bench: Bench) -> None:
    evaluation = bench.run('!(println! "abcdefghij")', Limits(output_chars=5))
    assert isinstance(evaluation.error, LimitError)
    assert evaluation.error.limit == "output"
    assert evaluation.output == "abcde"


def test_output_of_hyperon_itself_is_bounded_too(bench: Bench) -> None:
    evaluation = bench.run("!(help!)", Limits(output_chars=500))
    assert isinstance(evaluation.error, LimitError)
    assert len(evaluation.output) == 500


def test_memory_is_limited(bench: Bench) -> None:
    program = '(= (grow $s) (grow (concat $s $s))) !(grow "aaaaaaaaaaaaaaaa")'
    error = bench.error(program, Limits(memory_mib=64, seconds=5))
    assert isinstance(error, LimitError)
    assert error.limit == "memory"
    assert "64 MiB" in str(error)


def test_an_operation_that_asks_for_too_much_memory_is_a_memory_error(bench: Bench) -> None:
    error = bench.error("!(hoard)")
    assert isinstance(error, LimitError)
    assert error.limit == "memory"


def test_an_operation_that_sleeps_meets_the_time_limit(bench: Bench) -> None:
    error = bench.error("!(sleep)", Limits(seconds=0.3))
    assert isinstance(error, LimitError)
    assert error.limit == "time"


def test_redefining_if_ends_with_its_evaluation(bench: Bench) -> None:
    assert sorted(bench.texts("(= (if True $a $b) hacked) !(if True 1 2)")[0]) == ["1", "hacked"]
    assert bench.texts("!(if True 1 2)") == [["1"]]
    bench.run("(= $x poisoned) !(undefined 1)")
    assert bench.text("!(+ 1 2)") == "3"


def test_removing_the_standard_library_ends_with_its_evaluation(bench: Bench) -> None:
    bench.run("!(match &self (= (if True $a $b) $c) (remove-atom &self (= (if True $a $b) $c)))")
    assert bench.text("!(if True 1 2)") == "1"


def test_definitions_last_for_one_evaluation(bench: Bench) -> None:
    assert bench.text("(= (twice $x) (* 2 $x)) !(twice 4)") == "8"
    assert isinstance(bench.run("!(twice 4)").error, EvaluationError)
