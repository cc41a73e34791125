"""What was taken back, as it is read again; and that nothing above the store reads tables."""

from __future__ import annotations

from pathlib import Path

import mettaclaw.reasoning
from mettaclaw.atoms.archive import Archive
from mettaclaw.atoms.syntax import read
from mettaclaw.atoms.truth import Truth
from mettaclaw.atomspace import Atomspace

CAT = "(--> tom cat)"


def test_evidence_that_was_taken_back_is_read_with_how() -> None:
    with Atomspace.open(":memory:") as kb:
        kb.add(CAT, (1.0, 0.9), source="ann", words="Tom is a cat")
        kb.add(CAT, (1.0, 0.5), source="bob")
        assert Archive.under(kb.store) is None
        kb.retire("ann")
        kb.retract(CAT)
        archive = Archive.under(kb.store)
        assert archive is not None
        found = {one.evidence.source: one.how for one in archive.of(read(CAT))}
        assert found == {"ann": "source", "bob": "taken back"}
        (belief,) = archive.find(read("(--> $who cat)"))
        assert belief.truth is not None
        assert belief.truth.c > Truth(1.0, 0.9).c
        hushed = Archive.under(kb.store, quoted=False)
        assert hushed is not None
        assert all(one.evidence.words is None for one in hushed.of(read(CAT)))


def test_reasoning_knows_no_tables() -> None:
    folder = Path(mettaclaw.reasoning.__file__).parent
    for file in folder.rglob("*.py"):
        assert "SELECT " not in file.read_text(encoding="utf-8"), file
