"""`&kb` in MeTTa text: matches, joins, writes, truth values, open transactions."""

from __future__ import annotations

import pytest

from mettaclaw.atoms.syntax import Symbol, read
from mettaclaw.atoms.truth import UNTOLD, Truth, revise
from mettaclaw.atoms.view import Change
from mettaclaw.errors import EvaluationError, LimitError, UsageError
from mettaclaw.evaluator import Limits
from mettaclaw.evaluator.space import MAX_MATCHES
from tests.evaluator.conftest import Bench


def test_match_finds_what_is_stored_at_any_position(bench: Bench) -> None:
    bench.learn("(--> garfield cat)", "(--> tom cat)", "(--> rex dog)")
    assert bench.texts("!(match &kb (--> $x cat) $x) !(match &kb (--> rex $x) $x)") == [
        ["garfield", "tom"],
        ["dog"],
    ]
    assert bench.texts("!(match &persistent ($c rex dog) $c)") == [["-->"]]
    assert bench.texts("!(match &kb (--> nobody cat) yes)") == [[]]
    assert bench.texts("!(match &kb (--> tom cat) yes)") == [["yes"]]


def test_match_joins_patterns(bench: Bench) -> None:
    bench.learn("(--> (x ann bob) parent)", "(--> (x bob cy) parent)", "(--> (x bob di) parent)")
    pattern = "(, (--> (x $a $b) parent) (--> (x $b $c) parent))"
    assert bench.texts(f"!(match &kb {pattern} ($a $c))") == [["(ann cy)", "(ann di)"]]


def test_templates_of_matches_are_evaluated(bench: Bench) -> None:
    bench.learn("(age ann 40)", "(age bob 30)")
    assert bench.texts("!(match &kb (age $x $n) (+ $n 1))") == [["31", "41"]] or bench.texts(
        "!(match &kb (age $x $n) (+ $n 1))"
    ) == [["41", "31"]]


def test_unify_takes_the_atomspace(bench: Bench) -> None:
    bench.learn("(--> tom cat)")
    assert bench.text("!(unify &kb (--> $x cat) $x none)") == "tom"
    assert bench.text("!(unify &kb (--> $x dog) $x none)") == "none"


ODD = [
    "(f 1)",
    "(f 1.0)",
    "(f -0.0)",
    "(f 1e999)",
    '(f "1")',
    '(f #"1")',
    '(f #"two words")',
    '(f "quote \\" backslash \\\\ line \\n tab \\t")',
    '(f "\\u{200d}\\u{a0}")',
    "(f 😀 \u05d0)",
    "(f ())",
    "(f True)",
    "(f + &self)",
    "(f (g (h $x $y) $x))",
    "(= (double $x) (* 2 $x))",
    "f",
    "42",
    '"a string"',
    '(f $#"odd name" $a#b)',
]


@pytest.mark.parametrize("text", ODD)
def test_atoms_pass_through_hyperon_unchanged(bench: Bench, text: str) -> None:
    """Stored, matched by a pattern, quoted, added again: always the same atom."""
    atom = read(text)
    bench.learn(text)
    (found,) = bench.evaluator.evaluate("!(get-atoms &kb)").results
    (copied,) = bench.evaluator.evaluate(f"!(add-atom &kb (copy {text}))").changes
    (quoted,) = bench.evaluator.evaluate(f"!(quote {text})").results
    assert found == [atom]
    assert copied.atom == read(f"(copy {text})")
    assert quoted == [read(f"(quote {text})")]


def test_numbers_match_by_kind_as_they_are_stored(bench: Bench) -> None:
    bench.learn("(f 1)", "(f 1.0)")
    assert bench.texts("!(match &kb (f 1) int) !(match &kb (f 1.0) float)") == [["int"], ["float"]]


def test_variables_of_stored_atoms_stay_apart(bench: Bench) -> None:
    bench.learn("(same $x $x)", "(any $x $y)")
    assert bench.texts("!(match &kb (same $a b) $a) !(match &kb (same a b) $x)") == [["b"], []]
    assert bench.texts("!(match &kb (any $p $q) ($p $q))") == [["($x $y)"]] or bench.texts(
        "!(match &kb (any $p $q) ($p $q))"
    ) == [["($p $q)"]]


def test_one_variable_keeps_one_name_in_a_result(bench: Bench) -> None:
    assert bench.text("!(sealed ($x) (f $x $y $x))") == "(f $x $y $x)"


def test_writes_are_proposed_and_read_back(bench: Bench) -> None:
    bench.learn("(--> tom cat)")
    evaluation = bench.run(
        "!(add-atom &kb (--> rex dog)) !(remove-atom &kb (--> tom cat))"
        " !(match &kb (--> $x $y) ($x $y)) !(believe (--> rex pet) (stv 0.8 0.5))"
    )
    assert evaluation.error is None
    assert [str(a) for a in evaluation.results[2]] == ["(rex dog)"]
    assert evaluation.changes == (
        Change("add", read("(--> rex dog)")),
        Change("remove", read("(--> tom cat)")),
        Change("believe", read("(--> rex pet)"), Truth(0.8, 0.5)),
    )
    assert bench.texts("!(match &kb (--> $x $y) ($x $y))") == [["(tom cat)"]]


def test_joins_see_stored_and_new_statements(bench: Bench) -> None:
    bench.learn("(parent ann bob)")
    program = (
        "!(add-atom &kb (parent bob cy)) !(match &kb (, (parent $a $b) (parent $b $c)) ($a $c))"
    )
    assert bench.texts(program) == [["()"], ["(ann cy)"]]


def test_removing_what_is_not_there_is_no_error(bench: Bench) -> None:
    evaluation = bench.run("!(remove-atom &kb (not there))")
    assert evaluation.error is None
    assert evaluation.changes == ()


def test_adding_what_is_there_proposes_nothing(bench: Bench) -> None:
    bench.learn("(--> tom cat)")
    assert bench.run("!(add-atom &kb (--> tom cat))").changes == ()


def test_an_evaluation_that_fails_proposes_nothing(bench: Bench) -> None:
    evaluation = bench.run("!(add-atom &kb (a b)) !(/ 1 0) !(add-atom &kb (c d)) !(+ 1 1)")
    assert isinstance(evaluation.error, EvaluationError)
    assert evaluation.changes == ()
    assert len(evaluation.results) == 2
    assert "form 2 of 4" in evaluation.notes[-1]


def test_believe_revises_and_truth_tells(bench: Bench) -> None:
    first, second = Truth(1.0, 0.9), Truth(0.0, 0.5)
    bench.learn("(--> tom cat)", truth=first)
    program = "!(believe (--> tom cat) (stv 0.0 0.5)) !(truth (--> tom cat)) !(truth (--> x y))"
    revised = str(revise(first, second))
    assert bench.texts(program) == [[revised], [revised], ["(unknown (--> x y))"]]


def test_what_has_no_truth_value_is_told_as_what_it_counts_as(bench: Bench) -> None:
    bench.learn("(--> tom cat)", truth=None)
    program = "!(add-atom &kb (--> rex dog)) !(truth (--> tom cat)) !(truth (--> rex dog))"
    assert bench.texts(program)[1:] == [[str(UNTOLD)], [str(UNTOLD)]]


def test_the_same_words_count_once(bench: Bench) -> None:
    say = '(believe (--> tom cat) (stv 1.0 0.5) "Tom is a cat")'
    assert bench.texts(f"!{say} !{say}") == [["(stv 1.0 0.5)"], ["(stv 1.0 0.5)"]]
    evaluation = bench.run(f"!{say}")
    assert evaluation.changes[0].words == "Tom is a cat"


def test_believe_works_inside_a_match(bench: Bench) -> None:
    bench.learn("(--> tom cat)", "(--> bo cat)")
    program = "!(match &kb (--> $x cat) (believe (--> $x animal) (stv 1.0 0.8)))"
    assert sorted(str(change.atom) for change in bench.run(program).changes) == [
        "(--> bo animal)",
        "(--> tom animal)",
    ]


@pytest.mark.parametrize(
    "form",
    [
        "(believe (--> a b))",
        "(believe (--> a b) 0.9)",
        "(believe (--> a b) (stv 2 0.9))",
        "(believe (--> a b) (stv 1.0 0.9) words)",
        "(truth)",
        "(truth a b)",
    ],
)
def test_wrong_arguments_say_the_right_form(bench: Bench, form: str) -> None:
    error = bench.error(f"!{form}")
    assert isinstance(error, UsageError)
    assert "(stv" in str(error) or "(truth STATEMENT)" in str(error)


def test_a_space_or_state_cannot_be_stored(bench: Bench) -> None:
    for made in ("(new-space)", "(new-state 1)"):
        error = bench.error(f"!(let $s {made} (add-atom &kb (has $s)))")
        assert "cannot be stored" in str(error)


def test_too_many_writes_meet_their_limit(bench: Bench) -> None:
    error = bench.error(
        "!(superpose ((add-atom &kb a) (add-atom &kb b) (add-atom &kb c)))", Limits(changes=2)
    )
    assert isinstance(error, LimitError)
    assert error.limit == "changes"


def test_one_question_with_too_many_answers_meets_a_limit(bench: Bench) -> None:
    with bench.database.transaction():
        atoms = ((read(f"(n {i})"), None) for i in range(MAX_MATCHES + 1))
        bench.store.add_many(atoms, "file")
    for program in ("!(match &kb (n $x) $x)", "!(get-atoms &kb)"):
        error = bench.error(program)
        assert isinstance(error, LimitError)
        assert error.limit == "results"
        assert f"{MAX_MATCHES:,}" in str(error)


def test_an_open_transaction_is_seen(bench: Bench) -> None:
    bench.learn("(--> tom cat)", "(--> bo cat)")
    with bench.database.transaction():
        bench.store.add(read("(--> rex dog)"), Truth(1.0, 0.7), "user")
        bench.store.remove(read("(--> tom cat)"))
        evaluation = bench.evaluator.evaluate(
            "!(match &kb (--> $x $y) $x) !(truth (--> rex dog)) !(truth (--> tom cat))",
            pending=bench.store.pending(),
        )
    assert [sorted(map(str, results)) for results in evaluation.results] == [
        ["bo", "rex"],
        ["(stv 1.0 0.7)"],
        ["(unknown (--> tom cat))"],
    ]


def test_an_evaluation_sees_one_moment_of_the_database(bench: Bench) -> None:
    bench.learn("(n 1)")

    def learn_more(_arguments: object) -> list[Symbol]:
        bench.learn("(n 2)")
        return [Symbol("done")]

    evaluation = bench.evaluator.evaluate(
        "!(match &kb (n $x) $x) !(learn-more) !(match &kb (n $x) $x)",
        host={"learn-more": learn_more},
    )
    assert evaluation.error is None
    assert [[str(a) for a in form] for form in evaluation.results] == [["1"], ["done"], ["1"]]
    assert bench.texts("!(match &kb (n $x) $x)") == [["1", "2"]]


def test_data_in_the_atomspace_is_not_a_program(bench: Bench) -> None:
    bench.learn("(= (if True $a $b) hacked)", "(= (evil) 1)")
    assert bench.texts("!(if True 1 2)") == [["1"]]
    assert bench.texts("!(+ 1 (evil))") == [["(+ 1 (evil))"]]


def test_a_missing_database_is_an_error(bench: Bench) -> None:
    from mettaclaw.evaluator import Evaluator

    with Evaluator(bench.database.path.with_name("nowhere.db")) as evaluator:
        evaluation = evaluator.evaluate("!(+ 1 2)")
    assert "nowhere.db" in str(evaluation.error)
