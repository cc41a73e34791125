"""What limits and refusals say, what they leave, and what stays allowed; see ``hostile`` too."""

from __future__ import annotations

import pytest

from mettaclaw.errors import (
    EvaluationError,
    LimitError,
    MettaSyntaxError,
)
from mettaclaw.evaluator import Limits
from tests.evaluator.conftest import Bench
from tests.evaluator.hostile import SYNTAX


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


@pytest.mark.parametrize("program", [text for text, _ in SYNTAX.values()], ids=SYNTAX.keys())
def test_text_that_is_no_program_is_a_syntax_error_with_its_place(
    bench: Bench, program: str
) -> None:
    error = bench.error(program)
    assert isinstance(error, MettaSyntaxError)
    assert "line 1, column" in str(error)


def test_nothing_of_a_program_runs_that_does_not_parse(bench: Bench) -> None:
    evaluation = bench.run("!(println! a) !(add-atom &kb (a b)) !(")
    assert isinstance(evaluation.error, MettaSyntaxError)
    assert evaluation.results == []
    assert evaluation.output == ""


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


def test_a_rule_of_the_languages_that_is_stored_from_python_is_data(bench: Bench) -> None:
    bench.learn("(= (if True $a $b) hacked)", "(= $x poisoned)")
    assert bench.texts("!(if True 1 2) !(match &kb (= (if True $a $b) $c) $c)") == [
        ["1"],
        ["hacked", "poisoned"],
    ]


def test_rules_of_the_language_can_be_read_and_quoted(bench: Bench) -> None:
    (found, quoted) = bench.texts(
        "!(match &self (= (if True $a $b) $c) found) !(quote (= (if $a $b $c) 1))"
    )
    assert (found, quoted) == (["found"], ["(quote (= (if $a $b $c) 1))"])


def test_the_name_of_the_knowledge_base_can_be_stored_in_it(bench: Bench) -> None:
    """It means the same in every evaluation; a space of the program's own does not."""
    bench.learn("(a b)")
    rule = "(= (f) (match &kb (a $x) $x))"
    evaluation = bench.run(f"!(add-atom &kb {rule}) !(add-reduct &kb (on &kb))")
    assert [str(change.atom) for change in evaluation.changes] == [rule, "(on &kb)"]
    again = f"!(add-atom &kb {rule}) !(remove-atom &kb {rule}) !(get-atoms &kb)"
    assert bench.texts(again)[-1] == ["(a b)"]
    bench.learn(rule)
    assert bench.texts("!(match &kb (= (f) $body) $body)") == [["b"]]
    for forbidden in ("(new-space)", "(new-state 1)"):
        error = bench.error(f"!(let $s {forbidden} (add-atom &kb (x $s)))")
        assert "cannot be stored in &kb" in str(error)


def test_removing_the_standard_library_ends_with_its_evaluation(bench: Bench) -> None:
    bench.run("!(match &self (= (if True $a $b) $c) (remove-atom &self (= (if True $a $b) $c)))")
    assert bench.text("!(if True 1 2)") == "1"


def test_definitions_last_for_one_evaluation(bench: Bench) -> None:
    assert bench.text("(= (twice $x) (* 2 $x)) !(twice 4)") == "8"
    assert isinstance(bench.run("!(twice 4)").error, EvaluationError)


@pytest.mark.parametrize(
    ("program", "limits"),
    [
        ("(= (f) (f)) !(f)", Limits(seconds=0.3)),
        ("(= (f) (f)) !(f)", Limits(steps=5_000)),
        ("(= (d $x) (d ($x $x))) !(d a)", Limits(memory_mib=300)),
        ("!(superpose (a a a a a a a a))", Limits(results=5)),
        ('!(println! "0123456789")', Limits(output_chars=5)),
        ("!(crash)", None),
        ("!(let $x (a b) (superpose-bind $x))", None),
    ],
    ids=["time", "steps", "memory", "results", "output", "crash", "abort"],
)
def test_an_evaluation_that_dies_says_that_it_changed_nothing(
    bench: Bench, program: str, limits: Limits | None
) -> None:
    assert "nothing was changed" in str(bench.error(f"!(add-atom &kb (a b)) {program}", limits))
