"""Exports of other bases: what came from one base is one evidence, however often it came."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mettaclaw.atoms.truth import Truth, revise
from mettaclaw.atomspace import Atomspace

FACT, OTHER, PLAIN = "(--> tom cat)", "(--> tom pet)", "(plain)"
SAID = Truth(1.0, 0.9)


@pytest.fixture
def kb() -> Iterator[Atomspace]:
    with Atomspace.open(":memory:") as kb:
        yield kb


@pytest.fixture
def foreign(tmp_path: Path) -> Iterator[Atomspace]:
    with Atomspace.open(tmp_path / "foreign.db") as kb:
        kb.add(FACT, (1.0, 0.9), source="ann")
        kb.add(PLAIN)
        yield kb


def brought(kb: Atomspace, other: Atomspace, file: Path) -> None:
    """Bring what one base exports into another."""
    other.export(file)
    kb.import_file(file)


def test_two_exports_of_one_base_are_one_evidence(
    kb: Atomspace, foreign: Atomspace, tmp_path: Path
) -> None:
    brought(kb, foreign, tmp_path / "monday.metta")
    foreign.add(OTHER, (1.0, 0.5))
    brought(kb, foreign, tmp_path / "tuesday.metta")
    assert kb.truth(FACT) == SAID
    assert kb.truth(OTHER) == Truth(1.0, 0.5)
    assert len(kb.evidence(FACT)) == len(kb.evidence(PLAIN)) == 1


def test_a_later_export_takes_the_place_of_an_earlier_one(
    kb: Atomspace, foreign: Atomspace, tmp_path: Path
) -> None:
    brought(kb, foreign, tmp_path / "monday.metta")
    foreign.add(FACT, (0.0, 0.5), source="bob")
    brought(kb, foreign, tmp_path / "tuesday.metta")
    assert kb.truth(FACT) == foreign.truth(FACT) == revise(SAID, Truth(0.0, 0.5))
    kb.add(FACT, (1.0, 0.5), source="me")
    foreign.retire("bob")
    brought(kb, foreign, tmp_path / "wednesday.metta")
    assert kb.truth(FACT) == revise(SAID, Truth(1.0, 0.5))


def test_an_export_of_another_base_at_the_same_place_is_another_source(
    kb: Atomspace, foreign: Atomspace, tmp_path: Path
) -> None:
    brought(kb, foreign, tmp_path / "news.metta")
    with Atomspace.open(":memory:") as third:
        third.add(FACT, (1.0, 0.9), source="ann")
        brought(kb, third, tmp_path / "news.metta")
    assert kb.truth(FACT) == revise(SAID, SAID)


@pytest.mark.parametrize("directly_first", [True, False])
def test_what_comes_by_way_of_another_base_is_not_counted_twice(
    kb: Atomspace, foreign: Atomspace, tmp_path: Path, directly_first: bool
) -> None:
    foreign.export(tmp_path / "foreign.metta")
    with Atomspace.open(":memory:") as between:
        between.import_file(tmp_path / "foreign.metta")
        between.add(OTHER, (1.0, 0.5))
        between.export(tmp_path / "between.metta")
    for name in sorted(("foreign.metta", "between.metta"), reverse=directly_first):
        kb.import_file(tmp_path / name)
    assert kb.truth(FACT) == SAID
    assert kb.truth(OTHER) == Truth(1.0, 0.5)
    kb.add(PLAIN, (1.0, 0.5), source="me")
    assert kb.truth(PLAIN) == revise(SAID, Truth(1.0, 0.5))


def test_of_two_exports_with_common_knowledge_the_more_confident_stands(
    kb: Atomspace, foreign: Atomspace, tmp_path: Path
) -> None:
    foreign.export(tmp_path / "foreign.metta")
    with Atomspace.open(":memory:") as between:
        between.import_file(tmp_path / "foreign.metta")
        between.add(FACT, (1.0, 0.9), source="bob")
        surer = between.truth(FACT)
        between.export(tmp_path / "between.metta")
    for _ in range(2):
        for name in ("foreign.metta", "between.metta"):
            kb.import_file(tmp_path / name)
        assert kb.truth(FACT) == surer == revise(SAID, SAID)
    kb.add(FACT, (1.0, 0.9), source="me")
    assert kb.truth(FACT) != surer


def test_files_with_no_base_are_told_apart_as_before(kb: Atomspace, tmp_path: Path) -> None:
    for name in ("one", "two"):
        file = tmp_path / f"{name}.metta"
        file.write_text(f"({name})\n!(believe {FACT} (stv 1.0 0.9))\n")
        kb.import_file(file)
    assert kb.truth(FACT) == revise(SAID, SAID)
