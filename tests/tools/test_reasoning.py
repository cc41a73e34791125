"""The metta tool: programs from arguments, results as atoms, failures without a trace."""

from __future__ import annotations

import pytest

from mettaclaw.atoms.syntax import read
from mettaclaw.atoms.truth import Truth
from mettaclaw.errors import CallError, EvaluationError, LimitError, MettaClawError
from mettaclaw.protocol.calls import parse
from mettaclaw.tools.reasoning import program
from tests.tools.conftest import Bench


def written(call: str) -> str:
    (only,) = parse(call)
    return program(only.args)


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("(metta (+ 1 2))", "!(+ 1 2)"),
        ("(metta (= (f) 1) (: g (-> A B)) (f))", "(= (f) 1)\n(: g (-> A B))\n!(f)"),
        ("(metta !(f) x)", "!(f)\n!x"),
        ('(metta "(= (f) 1) !(f)")', "(= (f) 1) !(f)"),
        ('(metta "a" "b")', '!"a"\n!"b"'),
        ("(metta (=) (= ))", "!(=)\n!(=)"),
    ],
)
def test_arguments_become_a_program(call: str, expected: str) -> None:
    assert written(call) == expected


def test_a_bang_alone_is_nothing_to_evaluate() -> None:
    with pytest.raises(CallError, match="nothing to evaluate"):
        written("(metta !)")


def test_one_form_returns_its_results_and_several_one_expression_each(bench: Bench) -> None:
    assert bench.values("(metta (+ 1 2))") == ["3"]
    assert bench.values("(metta (superpose (a b)))") == ["a", "b"]
    assert bench.values("(metta (+ 1 2) (superpose (a b)) (empty))") == ["(3)", "(a b)", "()"]
    assert bench.values('(metta "!(+ 1 2)")') == ["3"]


def test_definitions_live_for_their_call(bench: Bench) -> None:
    assert bench.values("(metta (= (double $x) (* 2 $x)) (double 4))") == ["8"]
    with pytest.raises(EvaluationError, match="double"):
        bench.call("(metta (double 4))")


def test_definitions_alone_say_that_nothing_was_evaluated(bench: Bench) -> None:
    (only,) = bench.values("(metta (= (f) 1))")
    assert only.startswith('(note "nothing was evaluated')


def test_what_is_stored_is_kept_and_what_fails_is_not(bench: Bench) -> None:
    bench.call("(metta (add-atom &kb (--> tom cat)))")
    with pytest.raises(MettaClawError):
        bench.call("(metta (add-atom &kb (--> jerry mouse)) (/ 1 0))")
    assert bench.context.kb.match("(--> $x $y)") == [{"$x": read("tom"), "$y": read("cat")}]


def test_belief_in_the_persons_words_is_theirs_and_the_rest_is_the_models(bench: Bench) -> None:
    bench.said.append("Garfield is a cat. He is lazy.")
    bench.call(
        '(metta (believe (--> garfield cat) (stv 1.0 0.9) "Garfield is a cat.")'
        ' (believe (--> garfield pet) (stv 1.0 0.5) "Garfield is a pet."))'
    )
    kb = bench.context.kb
    assert [e.source for e in kb.evidence("(--> garfield cat)")] == ["user"]
    assert [e.source for e in kb.evidence("(--> garfield pet)")] == ["model:scripted"]


def test_a_result_with_a_truth_value_has_it(bench: Bench) -> None:
    outcome = bench.call("(metta (believe (--> garfield cat) (stv 1.0 0.9)))")
    opinion = Truth(1.0, 0.35)  # a model's own, however sure it says that it is
    assert outcome.truth == opinion
    assert bench.call("(metta (truth (--> garfield cat)))").truth == opinion
    assert bench.call("(metta (infer (--> garfield cat)))").truth == opinion
    assert bench.call("(metta (+ 1 2))").truth is None
    assert bench.call("(metta (superpose ((a (stv 1 0.9)) (b (stv 1 0.9)))))").truth is None


def test_a_doubt_about_what_was_stored_is_a_note_and_nothing_is_refused(bench: Bench) -> None:
    bench.call("(metta (believe (--> garfield cat) (stv 1.0 0.9)))")
    truth, note = bench.values("(metta (believe (--> garfeild lazy) (stv 1.0 0.9)))")
    assert truth == "(stv 1.0 0.35)"
    assert note.startswith('(note "check (--> garfeild lazy): garfeild is new')
    assert "Did you mean (--> garfield lazy)?" in note
    assert bench.context.kb.truth("(--> garfeild lazy)") == Truth(1.0, 0.35)
    outcome = bench.call("(metta (believe (isa tom cat) (stv 1.0 0.8)))")
    assert outcome.truth == Truth(1.0, 0.35)
    assert "Did you mean (--> tom cat)?" in str(outcome.values[-1])
    assert bench.values("(metta (add-atom &kb (--> tom cat)))") == ["()"]


def test_sources_that_come_to_disagree_are_named_once(bench: Bench) -> None:
    bench.context.kb.add("(--> tom cat)", (1.0, 0.9), source="sam", words="Tom is a cat")
    bench.said.append("I know that Tom is no cat.")
    no = '(metta (believe (--> tom cat) (stv 0.0 {}) "I know that Tom is no cat."))'
    truth, found = bench.values(no.format(0.9))
    assert truth == "(stv 0.5 0.9473684210526316)"
    assert found.startswith('(contradiction (--> tom cat) (for (evidence 1 "sam" "')
    assert '"Tom is a cat")) (against (evidence 2 "user' in found
    assert len(bench.values(no.format(0.8))) == 1


def test_what_was_concluded_and_kept_is_named_with_its_rule(bench: Bench) -> None:
    for statement in ("(--> tom cat)", "(--> cat tame)"):
        bench.context.kb.add(statement, (1.0, 0.9))
    bench.values("(metta (derive (--> tom cat)))")
    bench.said.append("Tom is not tame.")
    _, found = bench.values(
        '(metta (believe (--> tom tame) (stv 0.0 0.9) "Tom is not tame."))',
    )
    kept = "(for (kept deduction (--> tom cat) (--> cat tame)))"
    assert found.startswith(f"(contradiction (--> tom tame) {kept} (against (evidence")


def test_what_follows_against_what_was_said_is_named_once(bench: Bench) -> None:
    bench.context.kb.add("(--> kit dog)", (1.0, 0.6), source="vet", words="Kit is a dog")
    bench.context.kb.add("(--> kit fox)", (1.0, 0.9))
    bench.said.append("No fox is a dog.")
    rule = '(metta (believe (--> fox dog) (stv 0.0 0.9) "No fox is a dog."))'
    _, found = bench.values(rule)
    assert found.startswith('(contradiction (--> kit dog) (for (evidence 1 "vet"')
    assert found.endswith("(against (follows exclusion (--> kit fox) (¬ (--> fox dog)))))")
    assert len(bench.values(rule)) == 1


def test_what_is_taken_out_or_only_asked_is_not_doubted(bench: Bench) -> None:
    bench.call("(metta (add-atom &kb (isa tom cat)))")
    assert bench.values("(metta (remove-atom &kb (isa tom cat)))") == ["()"]
    assert "check" not in str(bench.values("(metta (infer (isa tom cat)))"))


def test_of_many_doubts_the_first_are_shown(bench: Bench) -> None:
    stored = " ".join(f"(add-atom &kb (isa thing{i} kind))" for i in range(9))
    results = bench.values(f"(metta {stored})")
    assert len([text for text in results if "(note" in text]) == 6
    assert "4 more statements" in results[-1]


def test_memory_can_be_asked_from_metta(bench: Bench) -> None:
    bench.call('(remember "Ann likes green tea")')
    first, *_ = bench.values('(metta (query "green tea"))')
    assert first.startswith('(item 1 "Ann likes green tea"')
    first, note = bench.values('(metta (let $item (query "tea" 1) (Found $item)))')
    assert first.startswith('(Found (item 1 "Ann likes green tea"')
    assert note.startswith('(note "found by words only')
    with pytest.raises(MettaClawError, match="query takes"):
        bench.call("(metta (query))")


def test_printed_output_follows_the_results(bench: Bench) -> None:
    assert bench.values('(metta (println! "hello"))') == ["()", '(output "hello\\n")']


def test_a_result_larger_than_an_atom_is_a_failure(bench: Bench) -> None:
    many = " ".join(f"(a {i} b c d e f g h i j)" for i in range(900))
    with pytest.raises(LimitError):
        bench.call(f"(metta (superpose ({many})) (superpose (a)))")


@pytest.mark.parametrize(
    "call",
    [
        '(metta "(+ 1")',
        '(metta "!(import! &self os)")',
        '(metta "!(pragma! x y)")',
        '(metta (py-atom "os.system"))',
        "(metta (= (f) (f)) (f))",
    ],
)
def test_what_cannot_be_evaluated_is_an_error_of_ours_and_leaves_no_trace(
    bench: Bench, call: str
) -> None:
    with pytest.raises(MettaClawError) as caught:
        bench.call(call)
    assert str(caught.value)
    assert bench.context.kb.count() == 0
    assert bench.values("(metta (+ 1 2))") == ["3"]
