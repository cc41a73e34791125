"""Names that are denied, and what a child that was taken over could reach."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from mettaclaw.evaluator import Limits, confinement, denied
from mettaclaw.evaluator.rights import LAYERS
from tests.evaluator.conftest import Bench

linux = pytest.mark.skipif(sys.platform != "linux", reason="these layers are Linux's")


@pytest.mark.parametrize("name", denied.DENIED)
def test_every_denied_name_is_named_by_its_error(bench: Bench, name: str) -> None:
    assert f"`{name}` is not available" in str(bench.error(f"!({name} a b)"))


def test_a_denied_operation_taken_out_of_the_library_reaches_nothing(bench: Bench) -> None:
    """The library's own rules hold the real `mod-space!`; it only finds what is loaded."""
    evaluation = bench.run(
        "!(match &self (= (help!) (let $s ($f $m) $rest)) ($f fileio))", Limits(seconds=2)
    )
    assert evaluation.changes == ()
    assert not any("file-open!" in str(atom) for form in evaluation.results for atom in form)
    assert bench.text("!(+ 1 2)") == "3"


@linux
def test_a_child_that_was_taken_over_reaches_nothing_of_the_system(bench: Bench) -> None:
    assert bench.texts("!(reach)") == [[]]
    assert not Path("/tmp/mettaclaw-escape").exists()


def test_a_child_has_only_the_descriptors_that_it_needs(bench: Bench) -> None:
    """Input, output, errors, what it printed, the talk, and the database's own few."""
    (found,) = bench.texts("!(descriptors)")
    assert len(found) <= 10


def test_secrets_of_the_environment_stay_with_the_agent(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    monkeypatch.setenv("SOME_TOKEN", "secret")
    bench.evaluator._zygote.close()
    (found,) = bench.texts("!(environment)")
    assert found
    assert not [name for name in found if "KEY" in name or "TOKEN" in name]


@linux
def test_the_database_cannot_be_written_by_a_child(bench: Bench) -> None:
    bench.learn("(a b)")
    (refused,) = bench.texts("!(tamper)")
    assert len([words for words in refused if "readonly" in words]) >= 2
    assert bench.texts("!(match &kb (a $x) $x)") == [["b"]]


def test_confinement_tells_which_layers_hold() -> None:
    held = confinement()
    assert set(held) == set(LAYERS)
    assert held["rlimits"]
    if sys.platform == "linux" and os.uname().machine in ("x86_64", "aarch64"):
        assert held["seccomp"]
        assert held["no_new_privs"]
        assert held["memory"]
