from __future__ import annotations

import os
from pathlib import Path

import pytest

from mettaclaw.atoms.syntax import read
from mettaclaw.atoms.truth import MAX_CONFIDENCE, Truth
from mettaclaw.config import resource
from mettaclaw.errors import UsageError
from mettaclaw.reasoning import Rules, conclude, infer
from mettaclaw.reasoning.conclusions import follow
from mettaclaw.reasoning.rules.rulefile import MAX_BYTES
from tests.reasoning.conftest import Tell

OWN = "(rule own (premise (likes $a $b) $t) (conclusion (knows $a $b) (negation $t)))\n"


def written(folder: Path, text: str, name: str = "mine.metta") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        (
            "\n\n(rule r (premise (a $x) $t) (conclusion (b $x) (abducton $t $t)))",
            3,
            "did you mean `abduction`",
        ),
        (
            "(rule r (premise (a $x) $t) (conclusion (b $x) (decompose $t $t)))",
            1,
            "did you mean `decompose-p.* or `decompose-",
        ),
        (
            "(rule r (premise (a $x) $t) (conclusion (b $y) $t))",
            1,
            r"\$y is in no premise, and only they",
        ),
        (
            "(rule r (premise (a $x) $t) (conclusion (b $x) (pln-inversion $t (prior $y))))",
            1,
            r"\$y is in no premise, so its prior",
        ),
        (
            "(rule r (premise (a $x) $t) (conclusion (b $x) $t) (before $x $z))",
            1,
            r"\$z is in no premise",
        ),
        (
            "(rule r (premise (a $x) $t) (conclusion (a $x) (negation $t)))",
            1,
            "would add nothing",
        ),
        (
            "(rule r (premise (a $x) $t) (premise (b $x) $u) (conclusion (b $x) (union $t $u)))",
            1,
            "would add nothing",
        ),
        ("(rule r (premise $x $t) (conclusion (a $x) $t))", 1, r"fit everything: \$x; write"),
        (
            "(rule r (premise $x $t) (premise $y $u) (conclusion (a $x $y) $t) (differ $x $y))",
            1,
            r"fit everything: \$x \$y",
        ),
        ("(rule r (premise (a $x) $t) (conclusion (b $x) (stv 1.5 0.9)))", 1, r"not in \[0, 1\]"),
        ("(rule r (premise (a $x) $t) (conclusion (b $x) (stv 1 -1)))", 1, r"not in \[0, 1\]"),
        ("(rule r (premise (a $x) $t) (conclusion (b $x) (stv NaN 0.9)))", 1, "no truth value"),
        ("(rule r (premise (a $x) $t) (conclusion (b $x) (stv 1)))", 1, "no truth value"),
        (
            "(rule r (premise (a $x) $t) (conclusion (b $x) $t) (introduce $x))",
            1,
            "cannot introduce it",
        ),
        (
            "(rule r (premise (a $x) $t) (conclusion (b $x) $t) (introduce x))",
            1,
            r"write \(introduce \$x\)",
        ),
        (
            "(rule r (premise (a $x) $t) (conclusion (b $x) $t) (before $x))",
            1,
            r"write \(before \$a \$b\)",
        ),
        (
            f"(rule r {''.join(f'(premise (a{i} $x) $t{i})' for i in range(9))} "
            "(conclusion (b $x) $t1))",
            1,
            "has 9 premises and may have 8",
        ),
        (
            f"(rule r (premise (a $x {'y ' * 500}) $t) (conclusion (b $x) $t))",
            1,
            "parts and may have 500",
        ),
        ("(logic)", 1, r"write \(logic NAME\)"),
        (f"{OWN}(logic mine)", 2, "stands before the rules"),
        ('(rule "r" (premise (a $x) $t) (conclusion (b $x) $t))', 1, "a rule has a name"),
        (
            "(rule deduction (premise (a $x) $t) (conclusion (b $x) $t))",
            1,
            r"nal\.metta, line \d+ has another rule of this name; .* my-deduction",
        ),
    ],
)
def test_a_malformed_rule_is_refused_with_file_line_and_rule(
    tmp_path: Path, text: str, line: int, says: str
) -> None:
    with pytest.raises(UsageError, match=says) as caught:
        Rules.load([written(tmp_path, text)])
    assert str(caught.value).startswith(f"mine.metta, line {line}")
    if "(rule r " in text:
        assert "rule r:" in str(caught.value)


def test_a_file_that_is_too_large_is_refused_unread(tmp_path: Path) -> None:
    path = written(tmp_path, ";" * (MAX_BYTES + 1))
    with pytest.raises(UsageError, match=r"has more than 1,048,576 bytes"):
        Rules.load([path])


def test_a_file_of_very_many_rules_is_refused(tmp_path: Path) -> None:
    text = "".join(
        f"(rule r{i} (premise (a{i} $x) $t) (conclusion (b $x) $t))\n" for i in range(5_001)
    )
    with pytest.raises(UsageError, match=r"line 5001: a rule file holds at most 5,000"):
        Rules.load([written(tmp_path, text)])


def test_two_files_may_say_the_same_but_not_two_things_under_one_name(tmp_path: Path) -> None:
    one = written(tmp_path, OWN)
    again = written(tmp_path, f"; the same\n{OWN}", "again.metta")
    assert len([r for r in Rules.load([one, again, one]).rules if r.name == "own"]) == 1
    other = written(tmp_path, OWN.replace("knows", "minds"), "other.metta")
    with pytest.raises(UsageError, match=r"other\.metta, line 1, rule own: mine\.metta, line 1"):
        Rules.load([one, other])


def test_a_copy_of_what_ships_changes_nothing(tmp_path: Path) -> None:
    text = resource("metta/nal.metta").read_text(encoding="utf-8")
    for name in ("mine.metta", "nal.metta"):
        rules = Rules.load([written(tmp_path, text, name)])
        assert len(rules.rules) == len(Rules.load().rules)


def test_a_rule_may_have_several_forms_in_one_file(tmp_path: Path) -> None:
    text = OWN + OWN.replace("(likes $a $b)", "(loves $a $b)")
    rules = Rules.load([written(tmp_path, text)])
    for verb in ("likes", "loves"):
        given = [(read(f"({verb} tom pat)"), Truth(0.0, 0.9))]
        assert [str(c.statement) for c in follow(rules, given)] == ["(knows tom pat)"]


def test_a_constant_of_full_confidence_is_capped(tmp_path: Path) -> None:
    text = "(rule r (premise (a $x) $t) (conclusion (b $x) (stv 1 1)))"
    rules = Rules.load([written(tmp_path, text)])
    (conclusion,) = follow(rules, [(read("(a 1)"), Truth(1.0, 0.5))])
    assert conclusion.truth == Truth(1.0, MAX_CONFIDENCE)


def test_a_logic_of_ones_own_stands_apart_and_beside(tmp_path: Path, tell: Tell) -> None:
    text = f"(logic mine)\n{OWN}(rule deduction (premise (∧ $a $b) $t) (conclusion $b $t))"
    rules = Rules.load([written(tmp_path, text)])
    assert rules.logics == ("nal", "pln", "mine")
    given = ("(likes tom pat)", (0.0, 0.9))
    assert conclude(*given, rules=rules) == []
    assert [c.rule for c in conclude(*given, logic="mine", rules=rules)] == ["own"]
    assert [c.rule for c in conclude("(and a b)", (1, 1), logic="mine", rules=rules)] == [
        "deduction"
    ]
    answers = infer(tell(("(likes tom pat)", (0.0, 0.9))), "(knows tom pat)", rules=rules)
    assert [answer.truth for answer in answers] == [Truth(1.0, 0.9)]


@pytest.mark.parametrize("more", [[], [1], [2], [3], [1, 2, 3]])
def test_rules_that_feed_each_other_end_and_all_answers_are_found(
    tmp_path: Path, tell: Tell, more: list[int]
) -> None:
    text = (
        "(rule c0 (premise (p $a) $t) (conclusion (q $a) (deduction $t $t)))",
        "(rule c1 (premise (q $a) $t) (conclusion (p $a) (deduction $t $t)))",
        "(rule c2 (premise (q $a) $t) (conclusion (q (s $a)) $t))",
        "(rule c3 (premise (q (s $a)) $t) (conclusion (q $a) $t))",
    )
    rules = Rules.load([written(tmp_path, "\n".join(text[number] for number in (0, *more)))])
    store = tell("(p 1)", "(p 2)")
    found = {str(one.statement): one.truth for one in infer(store, "(q $x)", rules=rules)}
    assert found == {"(q 1)": Truth(1.0, 0.81), "(q 2)": Truth(1.0, 0.81)}
    assert infer(store, "(q 3)", rules=rules) == []


def test_a_notation_of_ones_own_holds_for_all_rules_of_its_logic(tmp_path: Path) -> None:
    rules = Rules.load([written(tmp_path, "(notation --> isa)")])
    conclusions = conclude("(isa a b)", (1, 0.9), "(isa b c)", (1, 0.9), rules=rules)
    assert "(isa a c)" in [str(c.statement) for c in conclusions]


def test_a_rule_compares_times(tmp_path: Path) -> None:
    text = """(rule later
      (premise (at $a $s $e) $t1) (premise (at (end $a) $u $v) $t2)
      (conclusion (closed $a) (intersection $t1 $t2)) (not-after $e $u))"""
    rules = Rules.load([written(tmp_path, text)])
    for end, closes in (("2025-03-04", True), ("2025-03-05", True), ("2025-03-03", False)):
        given = [
            (read("(at shop 2025-03-01 2025-03-04)"), Truth(1.0, 0.9)),
            (read(f"(at (end shop) {end} 2025-04-01)"), Truth(1.0, 0.9)),
        ]
        found = [c for c in follow(rules, given) if c.rule == "later"]
        assert bool(found) is closes


def test_nal_and_pln_serve_side_by_side_told_apart_by_their_signs(tell: Tell) -> None:
    rules = Rules.load()
    beside = {(r.logic, str(r.premises[0])) for r in rules.rules}
    assert not [p for logic, p in beside if logic == "pln" and "-->" in p]
    store = tell(
        ("(--> a b)", (0.8, 0.9)),
        ("(--> b c)", (0.9, 0.9)),
        ("(Inheritance a b)", (0.8, 0.9)),
        ("(Inheritance b c)", (0.9, 0.9)),
    )
    (nal,) = infer(store, "(--> a c)")
    (pln,) = infer(store, "(Inheritance a c)")
    assert (nal.truth.f, nal.truth.c) == pytest.approx((0.72, 0.72 * 0.81), abs=1e-9)
    assert (pln.truth.f, pln.truth.c) == pytest.approx((0.7222222222222223, 0.5832), abs=1e-9)
    (by_pln,) = infer(store, "(--> a c)", rules=rules.of("pln"))
    assert by_pln.truth == pln.truth


def test_a_rule_is_not_called_as_what_was_said(tmp_path: Path) -> None:
    text = "(rule said (premise (--> $a $b) $t) (conclusion (--> $a (k $b)) $t))"
    with pytest.raises(UsageError, match="line 1, rule said"):
        Rules.load([written(tmp_path, text)])


def test_what_has_no_end_is_no_rule_file(tmp_path: Path) -> None:
    pipe, endless, gone = (tmp_path / f"{name}.metta" for name in ("pipe", "endless", "gone"))
    os.mkfifo(pipe)
    endless.symlink_to("/dev/zero")
    gone.symlink_to(tmp_path / "nothing")
    for path in (pipe, endless):
        with pytest.raises(UsageError, match="no regular file"):
            Rules.load([path])
    with pytest.raises(UsageError, match="No such file"):
        Rules.load([gone])
