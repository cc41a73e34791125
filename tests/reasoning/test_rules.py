from __future__ import annotations

from pathlib import Path

import pytest

from mettaclaw.atoms.syntax import read
from mettaclaw.atoms.truth import Truth
from mettaclaw.atoms.unify import canonical
from mettaclaw.errors import UsageError
from mettaclaw.reasoning import Rules, ask, infer
from mettaclaw.reasoning.conclusions import follow
from mettaclaw.reasoning.functions import FUNCTIONS
from tests.reasoning.conftest import Tell

GOOD = """; one of my own
(rule cause
  (premise (--> (x $a $b) causes) $t1) (premise $a $t2)
  (conclusion $b (deduction $t2 $t1)))
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "mine.metta"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_rules_that_ship_are_sound_in_form() -> None:
    rules = Rules.load()
    names = {rule.name for rule in rules.rules}
    assert {"deduction", "induction", "abduction", "exemplification", "revision"} <= names
    assert {"conditional-deduction", "component-deduction", "negation"} <= names
    for logic in ("nal", "pln"):
        of_it = rules.of(logic).rules
        assert of_it
        assert all(rule.origin.startswith(f"{logic}.metta, line ") for rule in of_it)


def test_each_rule_holds_in_every_notation() -> None:
    shapes = {str(canonical(premise)) for rule in Rules.load().rules for premise in rule.premises}
    assert {"(¬ $0)", "(not $0)", "(--> (x $0 $1) $2)", "(--> (× $0 $1) $2)"} <= shapes
    assert {"(∧ $0 $1)", "(and $0 $1)", "(, $0 $1)", "(∨ $0 $1)", "(or $0 $1)"} <= shapes
    assert Rules.load().conjunctions == {"∧", "and", ","}


def test_a_persons_own_rule_is_used_in_both_directions(tmp_path: Path, tell: Tell) -> None:
    rules = Rules.load([written(tmp_path, GOOD)])
    given = [(read("(--> (x rain wet) causes)"), Truth(1, 0.9)), (read("rain"), Truth(1, 0.9))]
    assert ("wet", Truth(1.0, 0.81), "cause") in [
        (str(c.statement), c.truth, c.rule) for c in follow(rules, given)
    ]
    store = tell("(--> (x rain wet) causes)", "rain")
    assert [answer.truth for answer in infer(store, "wet", rules=rules)] == [Truth(1.0, 0.81)]
    assert infer(store, "wet") == []


@pytest.mark.parametrize("negation", ["¬", "not"])
def test_a_negated_premise_is_met_by_what_is_believed_to_be_false(
    tmp_path: Path, tell: Tell, negation: str
) -> None:
    text = f"""(rule fly
      (premise (--> $a bird) $t) (premise ({negation} (--> $a penguin)) $u)
      (conclusion (--> $a flier) (deduction $t $u)))"""
    rules = Rules.load([written(tmp_path, text)])
    store = tell("(--> tweety bird)", ("(--> tweety penguin)", (0.0, 0.9)), "(--> pingu bird)")
    assert [a.truth for a in infer(store, "(--> tweety flier)", rules=rules)] == [Truth(1.0, 0.81)]
    assert all(answer.guess for answer in infer(store, "(--> pingu flier)", rules=rules))


def test_a_rule_may_take_three_premises(tmp_path: Path, tell: Tell) -> None:
    text = """(rule triangle
      (premise (--> (x $a $b) near) $t1) (premise (--> (x $b $c) near) $t2)
      (premise (--> (x $c $a) near) $t3)
      (conclusion (--> (x $a (x $b $c)) triangle) (deduction $t1 (deduction $t2 $t3))))"""
    store = tell("(--> (x p q) near)", "(--> (x q r) near)", "(--> (x r p) near)")
    rules = Rules.load([written(tmp_path, text)])
    answers = infer(store, "(--> (x p (x q r)) triangle)", rules=rules)
    assert [answer.truth.c for answer in answers] == [pytest.approx(0.729, abs=1e-9)]


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("\n(rule r (premise $a $t) (conclusion $a (deducton $t $t)))", 2, "did you mean `ded"),
        ("(rule r (premise $a $t) (conclusion $a (zzz $t)))", 1, "there are revision, choice, ded"),
        ("(rule r (premise $a $t) (conclusion $a (deduction $t)))", 1, "takes 2 truth values"),
        ("(rule r (premise $a $t) (conclusion $b (negation $t)))", 1, r"\$b is in no premise"),
        ("(rule r (premise $a $t) (conclusion $a (negation $u)))", 1, r"\$u is in no premise"),
        ("(rule r (premise $a $t) (conclusion $a $t) (differ $a $c))", 1, r"\$c is in no premise"),
        ("(rule r (premise $a $a) (conclusion $a $a))", 1, "a truth variable of its own"),
        ("(rule r (premise $a $t) (premise $b $t) (conclusion $a $t))", 1, "of its own"),
        ("(rule r (premise $a) (conclusion $a $t))", 1, r"write \(premise PATTERN \$t1\)"),
        ("(rule r (premis $a $t) (conclusion $a $t))", 1, "did you mean `premise`"),
        ("(rule r (premise $a $t))", 1, "one .conclusion PATTERN"),
        ("(rule r (conclusion a (stv 1 1)))", 1, "one .premise PATTERN"),
        ("(rule r (premise $a $t) (conclusion $a $t) (forward) (backward))", 1, "exclude"),
        ("(rule r (premise $a $t) (conclusion $a (stv 2 1)))", 1, r"not in \[0, 1\]"),
        ("(rule (premise $a $t))", 1, "a rule has a name"),
        ("\n\n(= (f $x) $x)", 3, "is no rule"),
        ("!(rule r (premise $a $t) (conclusion $a $t))", 1, "is no rule"),
        ("(notation x)", 1, "write .notation SIGN OTHER"),
        ("\n(rule r", 2, "not closed"),
    ],
)
def test_a_malformed_rule_is_refused_with_its_place(
    tmp_path: Path, text: str, line: int, says: str
) -> None:
    path = written(tmp_path, text)
    with pytest.raises(UsageError, match=says) as caught:
        Rules.load([path])
    assert str(caught.value).startswith(f"mine.metta, line {line}")
    if "(rule r " in text and "is no rule" not in says and "closed" not in says:
        assert "rule r:" in str(caught.value)


def test_a_rule_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        Rules.load([tmp_path / "none.metta"])


def test_rules_that_feed_each_other_end(tmp_path: Path, tell: Tell) -> None:
    text = """(rule there (premise (a $x) $t) (conclusion (b $x) (structural-deduction $t)))
    (rule back (premise (b $x) $t) (conclusion (a $x) (structural-deduction $t)))
    (rule grow (premise (a $x) $t) (conclusion (a (s $x)) (structural-deduction $t)))"""
    rules = Rules.load([written(tmp_path, text)])
    assert [a.truth for a in infer(tell("(a 0)"), "(b 0)", rules=rules)] == [Truth(1.0, 0.81)]
    assert infer(tell("(a 0)"), "(b 1)", rules=rules) == []
    grown = ask(tell("(a 0)"), "(a $x)", rules=rules)
    assert [str(a.statement) for a in grown.answers] == ["(a 0)", "(a (s 0))"]
    assert grown.answers[1].truth.c == pytest.approx(0.81, abs=1e-9)
    assert grown.steps < 20


def test_every_truth_function_is_known_by_its_name() -> None:
    assert all(function.name == name for name, function in FUNCTIONS.items())
