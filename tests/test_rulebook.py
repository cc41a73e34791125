"""A person's own rule files: used by every way of asking, read anew, and never in the way."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from mettaclaw import Agent
from mettaclaw.atoms.truth import Truth
from mettaclaw.atomspace import Atomspace
from mettaclaw.errors import ConfigError, UsageError
from mettaclaw.rulebook import Rulebook

OWN = "(rule own (premise (likes $a $b) $t) (conclusion (knows $a $b) (deduction $t $t)))\n"
LIKES, KNOWS = "(likes ann tom)", "(knows ann tom)"
SAID = (1.0, 0.9)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "rules"


@pytest.fixture
def kb(folder: Path) -> Iterator[Atomspace]:
    with Atomspace.open(":memory:", rulebook=Rulebook(folder)) as kb:
        kb.add(LIKES, SAID, words="Ann likes Tom")
        yield kb


def write(folder: Path, text: str, name: str = "mine.metta") -> None:
    folder.mkdir(exist_ok=True)
    file = folder / name
    file.write_text(text, encoding="utf-8")
    later = file.stat().st_mtime_ns + 1_000_000  # file systems' clocks are coarse
    os.utime(file, ns=(later, later))


def answered(kb: Atomspace, goal: str = KNOWS) -> list[str]:
    done = kb.evaluate(f"!(infer {goal})")
    assert done.error is None, done.error
    return [str(atom) for atom in done.results[0]]


def test_a_rule_file_is_used_by_python_and_by_metta_from_the_next_question_on(
    kb: Atomspace, folder: Path
) -> None:
    assert kb.infer(KNOWS) == []
    assert answered(kb)[0].startswith("(unknown")
    write(folder, OWN)
    (answer,) = kb.infer(KNOWS)
    assert (answer.truth, answer.proof.rule) == (Truth(1.0, 0.81), "own")
    assert answered(kb)[0].startswith(f"({KNOWS} (stv 1.0 0.81")
    concluded = kb.evaluate(f"!(|- ({LIKES} (stv 1.0 0.9)))")
    assert f"({KNOWS} (stv 1.0 0.81) own)" in map(str, concluded.results[0])
    proof = kb.why(KNOWS)
    assert proof is not None
    assert proof.rule == "own"
    (folder / "mine.metta").unlink()
    assert kb.infer(KNOWS) == []
    assert answered(kb)[0].startswith("(unknown")


def test_a_malformed_rule_is_named_by_every_question_until_it_is_mended(
    kb: Atomspace, folder: Path
) -> None:
    write(folder, "\n(rule own (premise (likes $a $b) $t) (conclusion (knows $a $c) (nope $t)))\n")
    with pytest.raises(UsageError, match=r"mine\.metta.*2"):
        kb.infer(KNOWS)
    for program in (f"!(infer {KNOWS})", f"!(why {KNOWS})", f"!(|- ({LIKES} (stv 1.0 0.9)))"):
        assert re.search(r"mine\.metta.*2", str(kb.evaluate(program).error))
    told = kb.evaluate("!(believe (likes bob ann) (stv 1.0 0.9))")
    assert told.error is None, "it keeps nobody from telling"
    assert kb.truth("(likes bob ann)") == Truth(1.0, 0.9)
    write(folder, OWN)
    assert len(kb.infer(KNOWS)) == 1
    assert len(answered(kb)) == 1


def test_a_folder_of_rules_may_be_missing_but_be_nothing_else(kb: Atomspace, folder: Path) -> None:
    assert kb.infer(KNOWS) == []
    kb.add("(--> cat animal)", SAID)
    kb.keep(kb.infer("(--> cat animal)")[0])
    folder.write_text("rules")
    for ask in (kb.infer, kb.why, kb.why_not, kb.derive):
        with pytest.raises(
            UsageError, match=r"rules cannot be read: Not a directory; it is a folder"
        ):
            ask(LIKES)
    assert "it is a folder" in str(kb.evaluate(f"!(infer {KNOWS})").error)
    assert kb.retract(LIKES), "what is stored can be taken back all the same"


def test_what_was_kept_by_an_own_rule_stays_true_to_it(kb: Atomspace, folder: Path) -> None:
    write(folder, OWN)
    done = kb.evaluate(f"!(derive {LIKES})")
    assert done.error is None, done.error
    assert kb.truth(KNOWS) == Truth(1.0, 0.81)
    kb.add(LIKES, SAID, source="bob")
    belief = kb.truth(LIKES)
    assert belief is not None
    known = kb.truth(KNOWS)
    assert known is not None
    assert known.c == pytest.approx(belief.c**2)


def test_a_broken_file_never_stands_in_the_way_of_a_retraction(kb: Atomspace, folder: Path) -> None:
    write(folder, OWN)
    kb.derive(LIKES)
    write(folder, "(rule")
    assert kb.retract(LIKES)
    assert kb.truth(KNOWS) is None


def test_two_logics_answer_apart_and_side_by_side(kb: Atomspace) -> None:
    for link in ("(Inheritance a b)", "(Inheritance b c)"):
        kb.add(link, (0.9, 0.9))
    for term, strength in (("a", 0.2), ("b", 0.3), ("c", 0.5)):
        kb.add(term, (strength, 0.9))
    (answer,) = kb.infer("(Inheritance a c)", "pln")
    expected = 0.9 * 0.9 + 0.1 * (0.5 - 0.3 * 0.9) / 0.7
    assert answer.truth.f == pytest.approx(expected, abs=1e-9)
    assert kb.infer("(Inheritance a c)")[0].truth == answer.truth
    assert kb.infer("(Inheritance a c)", "nal") == []
    kb.keep(answer)
    assert all(a.proof.rule != "deduction" for a in kb.infer("(Inheritance a c)", "nal"))
    with pytest.raises(UsageError, match=r"no logic 'fuzzy'; there are nal, pln"):
        kb.infer("(Inheritance a c)", "fuzzy")


def test_the_priors_of_terms_that_are_not_known_are_a_setting(tmp_path: Path) -> None:
    for prior in (0.1, 0.4):
        home = tmp_path / str(prior)
        home.mkdir()
        (home / "config.toml").write_text(f"pln_prior = {prior}\n")
        with Agent.open(home) as agent:
            for link in ("(Inheritance a b)", "(Inheritance b c)"):
                agent.kb.add(link, (0.8, 0.9))
            s = 0.8 * 0.8 + 0.2 * (prior - prior * 0.8) / (1 - prior)
            (answer,) = agent.kb.infer("(Inheritance a c)")
            assert answer.truth.f == pytest.approx(s, abs=1e-9)
            assert answered(agent.kb, "(Inheritance a c)")[0].startswith(
                f"((Inheritance a c) {answer.truth.to_atom()}"
            )
    (home / "config.toml").write_text("pln_prior = 1.5\n")
    with pytest.raises(ConfigError, match="pln_prior"):
        Agent.open(home)


def test_a_kept_conclusion_of_pln_follows_its_priors(kb: Atomspace) -> None:
    for link in ("(Inheritance a b)", "(Inheritance b c)"):
        kb.add(link, (0.8, 0.9))
    kb.keep(kb.infer("(Inheritance a c)")[0])
    kb.add("c", (0.5, 0.9))
    kb.add("(Inheritance a b)", (0.8, 0.9))
    kept = kb.belief("(Inheritance a c)")
    assert kept is not None
    assert kept.truth is not None
    assert kept.truth.f == pytest.approx(0.8 * 0.8 + 0.2 * (0.5 - 0.1 * 0.8) / 0.9, abs=1e-9)


def test_what_was_kept_by_a_rule_that_is_gone_stands_on_nothing(
    kb: Atomspace, folder: Path
) -> None:
    write(folder, OWN)
    kb.keep(kb.infer(KNOWS)[0])
    (folder / "mine.metta").write_text("(rule own)")  # it is being edited
    kb.add(LIKES, (1.0, 0.5), source="sam", words="likes")
    known = kb.truth(KNOWS)
    assert known is not None
    assert known.c > 0.81, "the rules that were last read hold meanwhile"
    (folder / "mine.metta").unlink()
    kb.add(LIKES, (0.0, 0.5), source="bob", words="likes not")
    known = kb.truth(KNOWS)
    assert known is not None
    assert known.c == 0.0
    write(folder, OWN)
    kb.add(LIKES, (1.0, 0.2), source="eve", words="likes too")
    assert kb.truth(KNOWS) == kb.infer(KNOWS)[0].truth


def test_what_was_kept_by_a_rule_that_is_gone_counts_until_what_it_rests_on_changes(
    kb: Atomspace, folder: Path
) -> None:
    write(folder, OWN)
    kb.add("(==> (knows $a $b) (greets $a $b))", SAID)
    kb.keep(kb.infer(KNOWS)[0])
    (folder / "mine.metta").unlink()
    (answer,) = kb.infer(KNOWS)
    assert answer.truth == kb.truth(KNOWS) == Truth(1.0, 0.81)
    assert answered(kb)[0].startswith(f"({KNOWS} (stv 1.0 0.81")
    greets = kb.infer("(greets ann tom)")[0]
    assert kb.keep(greets).truth == greets.truth
    done = kb.evaluate(f"!(derive {KNOWS})")
    assert done.error is None, done.error
    kb.add(LIKES, (0.0, 0.5), source="bob", words="likes not")
    assert kb.infer(KNOWS) == []


def test_what_another_logic_says_of_these_links_is_not_kept_as_this_ones(kb: Atomspace) -> None:
    kb.add("(--> a b)", (0.8, 0.9))
    kb.add("(--> b c)", (0.9, 0.9))
    answer = kb.infer("(--> a c)", logic="pln")[0]
    usual = kb.infer("(--> a c)")[0]
    assert kb.keep(answer).truth == answer.truth != usual.truth
    assert [one.rule for one in kb.store.derivations(answer.statement)] == ["pln:deduction"]
    kb.remove("(--> a c)")
    assert kb.keep(usual).truth == usual.truth


def test_rules_that_cannot_be_read_keep_nobody_from_telling(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    write(tmp_path / "home" / "rules", "(rule own")
    with Agent.open(tmp_path / "home") as agent:
        told = agent.run_sync("Tom is a cat.")
        assert "Noted: Tom is a cat" in told.text
        _, note = map(str, told.results[0].values)
        assert "it was not looked whether this contradicts" in note
        assert "mine.metta" in note
