"""Who said what, found by the indexes and not by all that was ever said."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mettaclaw import Atomspace
from mettaclaw.atoms.syntax import Symbol, read
from mettaclaw.storage import Database


@pytest.fixture
def kb(tmp_path: Path) -> Iterator[Atomspace]:
    with Atomspace.open(tmp_path / "kb.db") as opened:
        for i in range(6):
            for source in ("Sam", "sam", "ann", f"s{i}"):
                opened.add(f"(--> t{i} cat)", (1.0, 0.9), source=source)
        yield opened


def asked(kb: Atomspace, source: str, about: str | None) -> tuple[list[str], str]:
    """The plan of every query that a look at what was said makes, and the sources that it found."""
    queries: list[tuple[str, tuple[object, ...]]] = []
    plain = Database.rows

    def traced(self: Database, sql: str, values: tuple[object, ...] = ()) -> list[tuple[object]]:
        queries.append((sql, values))
        return plain(self, sql, values)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Database, "rows", traced)
        found = kb.said(source, about)
    every = [
        str(step[3])
        for sql, values in queries
        if "evidence" in sql
        for step in kb.database.rows(f"EXPLAIN QUERY PLAN {sql}", values)
    ]
    return every, " ".join(sorted({one.evidence.source for one in found}))


@pytest.mark.parametrize(
    ("source", "about", "sources", "index"),
    [
        ("ANN", None, "ann", "evidence_source"),
        ("sam", None, "Sam sam", "evidence_source"),
        ("nobody", None, "", "evidence_source"),
        ("sam", "t1", "Sam sam", "evidence_atom"),
        ("ann", "(--> t1 cat)", "ann", "evidence_atom"),
    ],
)
def test_what_one_source_said_is_found_without_reading_what_others_said(
    kb: Atomspace, source: str, about: str | None, sources: str, index: str
) -> None:
    plan, found = asked(kb, source, about)
    assert found == sources
    assert not [step for step in plan if step.startswith(("SCAN e", "SCAN evidence"))], plan
    looked_up = [step for step in plan if step.startswith("SEARCH e USING INDEX")]
    assert any(index in step for step in looked_up), plan


def test_the_latest_of_one_source_is_found_without_sorting_all_of_it(kb: Atomspace) -> None:
    plan, _ = asked(kb, "ann", None)
    assert not [step for step in plan if "ORDER BY" in step], plan
    (last,) = kb.said("ann", limit=1)
    assert last.statement == read("(--> t5 cat)")
    assert [one.statement for one in kb.said("ann", Symbol("t2"))] == [read("(--> t2 cat)")]
