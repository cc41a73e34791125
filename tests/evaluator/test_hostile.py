"""Hostile programs through the two doors: ``kb.evaluate``, and the ``metta`` tool of an agent."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from mettaclaw.agent import Agent
from mettaclaw.atoms.syntax import Atom, String
from mettaclaw.atomspace import Atomspace
from mettaclaw.errors import MettaClawError
from mettaclaw.evaluator import Limits
from mettaclaw.protocol.calls import Call, parse
from mettaclaw.protocol.tool import Outcome, find
from tests.evaluator.hostile import CASES, SOUND
from tests.scripted import Scripted

KEPT = ("atom", "belief", "evidence", "leaf", "txn", "item", "message", "outbox")


@pytest.fixture(scope="module")
def kb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Atomspace]:
    path = tmp_path_factory.mktemp("hostile") / "kb.db"
    with Atomspace.open(path, synchronous="NORMAL", limits=Limits(seconds=0.5)) as opened:
        opened.add("(a b)", (1.0, 0.9))
        yield opened


@pytest.fixture(scope="module")
def agent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Agent]:
    home = tmp_path_factory.mktemp("hostile") / "home"
    home.mkdir()
    (home / "config.toml").write_text("evaluation_s = 0.5\n")
    with Agent.open(home, Scripted()) as opened:
        opened.kb.add("(a b)", (1.0, 0.9))
        yield opened


@pytest.fixture(scope="module")
def patient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Agent]:
    """One with the time that a busy machine takes."""
    with Agent.open(tmp_path_factory.mktemp("patient") / "home", Scripted()) as opened:
        opened.kb.add("(a b)", (1.0, 0.9))
        yield opened


def _kept(kb: Atomspace) -> dict[str, list[Any]]:
    """All rows of the tables that hold what is believed, remembered and said."""
    return {name: kb.database.rows(f"SELECT * FROM {name} ORDER BY 1, 2") for name in KEPT}


def _texts(atoms: Sequence[Atom]) -> list[str]:
    return [str(atom) for atom in atoms]


@pytest.mark.parametrize(("program", "says"), CASES.values(), ids=CASES.keys())
def test_the_atomspace_survives_it_and_says_what_was_wrong(
    kb: Atomspace, program: str, says: str, tmp_path: Path
) -> None:
    escape = tmp_path / "escaped"
    before = _kept(kb)
    evaluation = kb.evaluate(program.replace("{escape}", str(escape)))
    assert isinstance(evaluation.error, MettaClawError)
    assert re.search(says, str(evaluation.error))
    assert evaluation.changes == ()
    assert _kept(kb) == before
    assert not escape.exists()
    assert [_texts(form) for form in kb.evaluate("!(match &kb (a $x) $x)").results] == [["b"]]


def _call(agent: Agent, call: Call) -> Outcome:
    """As the loop does it: checked, and in one transaction."""
    tool = find(agent.tools, call.name)
    with agent.kb.database.deferred("test", "call"):
        return tool.run(*tool.arguments(call))


@pytest.mark.parametrize(("program", "says"), CASES.values(), ids=CASES.keys())
def test_the_agent_survives_it_and_the_tool_says_what_was_wrong(
    agent: Agent, program: str, says: str, tmp_path: Path
) -> None:
    escape = tmp_path / "escaped"
    before, tools, pin = _kept(agent.kb), dict(agent.tools), agent.pin.read()
    program = program.replace("{escape}", str(escape))
    with pytest.raises(MettaClawError, match=says):
        _call(agent, Call("metta", (String(program),)))
    assert (_kept(agent.kb), dict(agent.tools), agent.pin.read()) == (before, tools, pin)
    assert not escape.exists()
    assert _texts(_call(agent, *parse("(metta (match &kb (a $x) $x))")).values) == ["b"]


@pytest.mark.parametrize(("program", "value"), SOUND.values(), ids=SOUND.keys())
def test_what_other_versions_of_hyperon_die_or_lie_on_has_its_value(
    patient: Agent, program: str, value: list[str]
) -> None:
    evaluation = patient.kb.evaluate(program)
    assert evaluation.error is None
    assert _texts(evaluation.results[-1]) == value
    last = _call(patient, Call("metta", (String(program),))).values[-1]
    assert str(last) in (value[0], f"({value[0]})")
