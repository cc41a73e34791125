"""How far a search goes: by the settings, by what a question asks for, and never past its range."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import pytest

from mettaclaw.atomspace import Atomspace
from mettaclaw.config import Home, Settings
from mettaclaw.errors import UsageError
from mettaclaw.reasoning import Bounds, ask
from mettaclaw.rulebook import Rulebook

CHAIN = [f"(--> c{i} c{i + 1})" for i in range(5)]
FAR = "(--> c0 c5)"


def chained(rulebook: Rulebook | None = None) -> Atomspace:
    kb = Atomspace.open(":memory:", rulebook=rulebook)
    for link in CHAIN:
        kb.add(link, (1.0, 0.95))
    return kb


@pytest.fixture
def kb() -> Iterator[Atomspace]:
    with chained() as kb:
        yield kb


def asked(kb: Atomspace, program: str) -> list[str]:
    done = kb.evaluate(program)
    assert done.error is None, done.error
    return [str(atom) for atom in done.results[0]]


def refused(kb: Atomspace, program: str) -> str:
    error = kb.evaluate(program).error
    assert isinstance(error, UsageError)
    return str(error)


def test_the_bounds_of_a_question_are_arguments(kb: Atomspace) -> None:
    assert kb.infer(FAR)
    assert kb.infer(FAR, depth=2) == []
    assert kb.infer(FAR, steps=3) == []
    assert kb.infer(FAR, time_s=1e-9) == []
    assert kb.infer(FAR, steps=5_000, time_s=5, depth=10)


def test_the_bounds_of_a_derivation_are_arguments(kb: Atomspace) -> None:
    assert kb.derive(CHAIN[0], steps=1) == []
    near = {str(answer.statement) for answer in kb.derive(CHAIN[0], depth=1)}
    assert near == {"(--> c0 c2)"}
    with chained() as other:
        assert "(--> c0 c3)" in {str(answer.statement) for answer in other.derive(CHAIN[0])}


def test_the_bounds_of_a_question_stand_after_it(kb: Atomspace) -> None:
    unknown = f"(unknown {FAR}"
    assert asked(kb, f"!(infer {FAR})")[0].startswith(f"({FAR} ")
    assert asked(kb, f"!(infer {FAR} (depth 2))")[0].startswith(unknown)
    assert asked(kb, f"!(infer {FAR} (steps 3))")[0].startswith(unknown)
    assert asked(kb, f"!(infer {FAR} nal (seconds 0.000000001))")[0].startswith(unknown)
    assert asked(kb, f"!(infer {FAR} (depth 9) (steps 9000) nal)")[0].startswith(f"({FAR} ")
    assert asked(kb, f"!(why {FAR} (depth 2))") == [f"(unknown {FAR})"]
    assert asked(kb, f"!(derive {CHAIN[0]} (steps 1))") == []
    assert len(asked(kb, f"!(derive {CHAIN[0]} (depth 1))")) == 1


def test_a_logic_stands_after_the_goal(kb: Atomspace) -> None:
    kb.add("(Inheritance a b)", (0.9, 0.9))
    kb.add("(Inheritance b c)", (0.9, 0.9))
    goal = "(Inheritance a c)"
    (answer,) = kb.infer(goal, "pln")
    assert asked(kb, f"!(infer {goal} pln)")[0].startswith(f"({goal} {answer.truth} ")
    assert asked(kb, f"!(infer {goal} nal)")[0].startswith(f"(unknown {goal}")
    assert asked(kb, f"!(why {goal} nal)") == [f"(unknown {goal})"]
    (rejected, *_) = asked(kb, f"!(why-not {goal} nal)")
    assert rejected == f"(unknown {goal})"
    assert "there is no logic 'x'; there are nal, pln" in refused(kb, f"!(infer {goal} x)")


def test_a_proof_is_that_of_the_logic_that_was_asked_for(kb: Atomspace) -> None:
    kb.add("(--> a b)", (0.8, 0.9))
    kb.add("(--> b c)", (0.9, 0.9))
    goal = "(--> a c)"
    for logic in ("nal", "pln", None):
        (answer,) = kb.infer(goal, logic)
        proof = kb.why(goal, logic)
        assert proof is not None
        assert (proof.truth, proof.rule) == (answer.truth, answer.proof.rule)
        assert f"{goal} {answer.truth}" in asked(kb, f"!(why {goal} {logic or ''})")[0]
    by_nal, by_pln = kb.why(goal, "nal"), kb.why(goal, "pln")
    assert by_nal is not None
    assert by_pln is not None
    assert by_nal.truth != by_pln.truth
    assert kb.why_not(goal, "pln").answer == kb.infer(goal, "pln")[0]
    for asking in (kb.why, kb.why_not):
        with pytest.raises(UsageError, match="there is no logic 'x'"):
            asking(goal, "x")


@pytest.mark.parametrize(
    ("bound", "words"),
    [
        ({"steps": 0}, "the steps of a search must be a whole number from 1 to 1,000,000,000"),
        ({"steps": -1}, "not -1"),
        ({"steps": 2.5}, "not 2.5"),
        ({"steps": True}, "not True"),
        ({"steps": "9"}, "not '9'"),
        ({"steps": 10**30}, "not a huge one"),
        ({"depth": 0}, "the depth of a search must be a whole number from 1 to 100, not 0"),
        ({"depth": 101}, "not 101"),
        ({"time_s": 0}, "the time in seconds of a search must be a number above 0 and up to 3,600"),
        ({"time_s": -0.5}, "not -0.5"),
        ({"time_s": math.nan}, "not nan"),
        ({"time_s": math.inf}, "not inf"),
    ],
)
def test_a_bound_out_of_its_range_is_an_error(
    kb: Atomspace, bound: dict[str, int], words: str
) -> None:
    for asking in (kb.infer, kb.derive):
        with pytest.raises(UsageError) as told:
            asking(CHAIN[0], **bound)
        assert words in str(told.value)


def test_a_wrong_option_is_an_error_that_says_the_form(kb: Atomspace) -> None:
    assert "1 to 100, not 0" in refused(kb, f"!(infer {FAR} (depth 0))")
    assert "not 2.5" in refused(kb, f"!(derive {CHAIN[0]} (steps 2.5))")
    assert "takes one statement, not 0" in refused(kb, "!(infer)")
    for wrong in (CHAIN[0], "(steps many)", "5", "nal pln"):
        said = refused(kb, f"!(infer {FAR} {wrong})")
        assert "after it a logic or bounds such as (steps 500)" in said
        assert "write (infer (--> garfield animal))" in said


def test_settings_bound_every_way_of_asking() -> None:
    near = Rulebook(settings=Settings(infer_depth=2))
    with chained(near) as kb:
        assert kb.infer(FAR) == []
        assert kb.why(FAR) is None
        assert kb.why_not(FAR).answer is None
        assert kb.as_of("2999-01-01").infer(FAR) == []
        assert asked(kb, f"!(infer {FAR})")[0].startswith("(unknown")
        assert asked(kb, f"!(why {FAR})") == [f"(unknown {FAR})"]
        assert kb.infer(FAR, depth=6)
        assert asked(kb, f"!(infer {FAR} (depth 6))")[0].startswith(f"({FAR} ")


def test_the_settings_of_a_home_count(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("infer_depth = 2\ninfer_steps = 1_000\ninfer_s = 3\n")
    with Atomspace.of(Home.open(tmp_path)) as kb:
        assert kb.rulebook.bounds() == Bounds(depth=2, steps=1_000, seconds=3.0)
        assert kb.rulebook.bounds(steps=7, depth=4) == Bounds(depth=4, steps=7, seconds=3.0)


def test_no_more_premises_are_looked_at_than_was_asked_for(kb: Atomspace) -> None:
    for number in range(300):
        kb.add(f"(--> x{number} c5)", (1.0, 0.9))
    assert ask(kb.view, "(--> $who c5)", Bounds(steps=50)).steps <= 50 + 32
