"""Statements go to a file and come back: exactly, all or none, and counted once."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mettaclaw.atoms.syntax import Atom, expr, read
from mettaclaw.atoms.truth import Truth, revise
from mettaclaw.atomspace import Atomspace
from mettaclaw.errors import StorageError, UsageError
from tests.atoms.values import statable, truths
from tests.statements import CAT, contents


def put(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8", newline="")
    return path


@settings(max_examples=40)
@given(st.dictionaries(statable, st.one_of(st.none(), truths), max_size=8))
def test_export_and_import_round_trip(
    tmp_path_factory: pytest.TempPathFactory, many: dict[Atom, Truth | None]
) -> None:
    folder = tmp_path_factory.mktemp("round")
    file = folder / "all.metta"
    with (
        Atomspace.open(folder / "one.db", synchronous="NORMAL") as one,
        Atomspace.open(folder / "other.db", synchronous="NORMAL") as other,
    ):
        with one.transaction():
            for atom, truth in many.items():
                one.add(atom, truth)
        assert one.export(file) == one.count()
        assert other.import_file(file) == one.count()
        assert contents(other) == contents(one)
        assert other.import_file(file) == one.count()
        assert contents(other) == contents(one)
        assert other.stats()["evidence"] == one.count()


def test_a_file_is_imported_once_however_often(kb: Atomspace, tmp_path: Path) -> None:
    file = put(tmp_path / "f.metta", f"({CAT} (stv 1.0 0.9))\n({CAT} (stv 0.0 0.9))\n(--> a b)\n")
    assert kb.import_file(file) == 3
    first = contents(kb), kb.evidence(CAT)
    for _ in range(3):
        assert kb.import_file(file) == 3
    assert (contents(kb), kb.evidence(CAT)) == first
    assert [e.source for e in kb.evidence(CAT)] == ["file:f.metta"] * 2
    assert kb.truth(CAT) == revise(Truth(1.0, 0.9), Truth(0.0, 0.9))


def test_a_file_is_no_surer_than_anybody_may_be(kb: Atomspace, tmp_path: Path) -> None:
    kb.import_file(put(tmp_path / "f.metta", f"({CAT} (stv 1.0 1.0))\n({CAT} (stv 1.0 1.0) )\n"))
    assert kb.truth(CAT) == Truth(1.0, 0.99)
    assert kb.add(CAT, (1.0, 0.5)).truth == Truth(1.0, 0.99)


def test_a_file_that_fails_late_stores_nothing(kb: Atomspace, tmp_path: Path) -> None:
    lines = "".join(f"(n {i})\n" for i in range(7_000))  # past the first batch
    file = put(tmp_path / "f.metta", f"{lines}(broken\n")
    kb.add(CAT)
    with pytest.raises(UsageError, match=r"f\.metta, line 7001.*not closed"):
        kb.import_file(file)
    assert contents(kb) == [(read(CAT), None)]
    assert kb.import_file(put(tmp_path / "g.metta", "(a)")) == 1


def test_an_import_is_part_of_the_transaction_around_it(kb: Atomspace, tmp_path: Path) -> None:
    good, bad = put(tmp_path / "a.metta", "(a)"), put(tmp_path / "b.metta", "(b) )")
    with kb.transaction():
        kb.import_file(good)
        with pytest.raises(UsageError):
            kb.import_file(bad)
    assert contents(kb) == [(expr("a"), None)]
    with pytest.raises(KeyError), kb.transaction():
        kb.import_file(put(tmp_path / "c.metta", "(c)"))
        raise KeyError
    assert kb.count() == 1


def test_a_byte_order_mark_and_any_line_ends_are_read(kb: Atomspace, tmp_path: Path) -> None:
    file = tmp_path / "f.metta"
    file.write_bytes(b'\xef\xbb\xbf(a)\r\n(b\r\n c)\r\n;end\r\n("x\r\ny")')
    kb.import_file(file)
    assert [str(atom) for atom, _ in contents(kb)] == ["(a)", "(b c)", '("x\\ny")']


def test_progress_is_told_every_thousand(kb: Atomspace, tmp_path: Path) -> None:
    told: list[int] = []
    file = put(tmp_path / "f.metta", "".join(f"(n {i})\n" for i in range(2_500)))
    kb.import_file(file, progress=told.append)
    assert told == [1_000, 2_000]


@pytest.mark.parametrize(
    ("name", "word"),
    [("missing.metta", "cannot be read"), (".", "cannot be read"), ("bytes", "not UTF-8")],
)
def test_a_file_that_cannot_be_read_is_told(
    kb: Atomspace, tmp_path: Path, name: str, word: str
) -> None:
    (tmp_path / "bytes").write_bytes(b"(a)\n\xff\xfe")
    with pytest.raises(UsageError, match=word):
        kb.import_file(tmp_path / name)
    assert kb.count() == 0


def test_an_export_that_fails_leaves_the_old_file(
    kb: Atomspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kb.add(CAT)
    file = tmp_path / "all.metta"
    kb.export(file)
    with pytest.raises(StorageError, match="cannot be written"):
        kb.export(tmp_path / "missing" / "all.metta")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    kb.add("(--> tom cat)")
    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", full)
        with pytest.raises(StorageError, match="No space left on device"):
            kb.export(file)
    assert file.read_text().splitlines()[1:-1] == [CAT]
    assert [p.name for p in tmp_path.glob("all*")] == ["all.metta"]


def test_an_export_is_of_one_instant(
    kb: Atomspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for i in range(3):
        kb.add(expr("n", i))
    from mettaclaw.atoms import textfile

    real = textfile.entry_text

    def slow(atom: Atom, truth: Truth | None) -> str:
        if atom == expr("n", 0):  # others write while the export runs
            kb.add("(later)")
            kb.remove("(n 2)")
        return real(atom, truth)

    monkeypatch.setattr(textfile, "entry_text", slow)
    kb.export(tmp_path / "all.metta")
    header, *lines, _digest = (tmp_path / "all.metta").read_text().splitlines()
    assert header.endswith(": 3 statements")
    assert lines == ["(n 0)", "(n 1)", "(n 2)"]


def test_an_export_inside_a_transaction_has_its_writes(kb: Atomspace, tmp_path: Path) -> None:
    with kb.transaction():
        kb.add(CAT)
        assert kb.export(tmp_path / "all.metta") == 1


def test_a_million_atoms_do_not_sit_in_memory(tmp_path: Path) -> None:
    """Measured on a tenth of that: what an import holds does not grow with the file."""
    import tracemalloc

    peaks: list[int] = []
    for size in (10_000, 40_000):
        file = put(
            tmp_path / f"{size}.metta", "".join(f"(n {i // 200} {i % 200})\n" for i in range(size))
        )
        with Atomspace.open(tmp_path / f"{size}.db", synchronous="NORMAL") as kb:
            tracemalloc.start()
            kb.import_file(file)
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
    assert peaks[1] < peaks[0] * 1.5


def test_importing_an_export_back_counts_no_evidence_twice(tmp_path: Path) -> None:
    with Atomspace.open(tmp_path / "claw.db") as kb:
        kb.add("(a b)", (1.0, 0.9), source="ann")
        kb.add("(a b)", (1.0, 0.9), source="bob")
        before = kb.truth("(a b)")
        for name in ("one.metta", "two.metta"):
            kb.export(tmp_path / name)
            kb.import_file(tmp_path / name)
        assert kb.truth("(a b)") == before
