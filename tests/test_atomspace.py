"""The atomspace as a library, with no agent: what it stores, finds, keeps and refuses."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mettaclaw
from mettaclaw.atoms.quoting import is_quote
from mettaclaw.atoms.syntax import Atom, Expression, Symbol, expr, read
from mettaclaw.atoms.truth import Truth, revise
from mettaclaw.atoms.unify import alpha_equal
from mettaclaw.atomspace import Atomspace
from mettaclaw.errors import (
    LimitError,
    MettaSyntaxError,
    StorageError,
    UsageError,
)
from tests.atoms.values import ODD, atoms, truths

CAT = "(--> garfield cat)"


def contents(kb: Atomspace) -> list[tuple[Atom, Truth | None]]:
    return [(belief.statement, belief.truth) for belief in kb.store.beliefs()]


# --- adding, believing, removing ---


def test_a_statement_that_was_added_is_there_with_its_evidence(kb: Atomspace) -> None:
    belief = kb.add(CAT, truth=(1.0, 0.9), source="user", words="Garfield is a cat.")
    assert belief == kb.belief(CAT)
    assert (belief.statement, belief.truth, belief.origin) == (read(CAT), Truth(1.0, 0.9), "user")
    assert kb.truth(CAT) == Truth(1.0, 0.9)
    assert [(e.source, e.words) for e in kb.evidence(CAT)] == [("user", "Garfield is a cat.")]
    assert kb.count() == 1


def test_more_evidence_revises(kb: Atomspace) -> None:
    kb.add(CAT, truth=(1.0, 0.9), source="user")
    kb.add(CAT, truth=Truth(0.0, 0.5), source="jon")
    assert kb.truth(CAT) == revise(Truth(1.0, 0.9), Truth(0.0, 0.5))
    assert len(kb.evidence(CAT)) == 2


def test_an_atom_without_truth_has_none_until_one_is_given(kb: Atomspace) -> None:
    kb.add(CAT)
    kb.add(CAT)
    assert kb.truth(CAT) is None
    assert len(kb.evidence(CAT)) == 1
    kb.add(CAT, truth=(0.8, 0.7))
    kb.add(CAT)
    assert kb.truth(CAT) == Truth(0.8, 0.7)


def test_a_removed_statement_is_gone_and_comes_back_afresh(kb: Atomspace) -> None:
    kb.add(CAT, truth=(0.0, 0.9))
    assert kb.remove(CAT) is True
    assert kb.remove(CAT) is False
    assert (kb.belief(CAT), kb.truth(CAT), kb.evidence(CAT), kb.count()) == (None, None, [], 0)
    assert kb.match("(--> $x cat)") == []
    assert kb.add(CAT, truth=(1.0, 0.5)).truth == Truth(1.0, 0.5)


@pytest.mark.parametrize(
    ("statement", "options", "error"),
    [
        ("(a", {}, MettaSyntaxError),
        ("a b", {}, MettaSyntaxError),
        ("", {}, MettaSyntaxError),
        ("(a \0)", {}, MettaSyntaxError),
        (Symbol("\ud800"), {}, MettaSyntaxError),
        (Expression((Symbol("a"),) * 10_000), {}, LimitError),
        (5, {}, UsageError),
        (None, {}, UsageError),
        (CAT, {"truth": (1.1, 0.9)}, UsageError),
        (CAT, {"truth": (1.0,)}, UsageError),
        (CAT, {"truth": "10"}, UsageError),
        (CAT, {"truth": ("1", "0")}, UsageError),
        (CAT, {"truth": 1.1}, UsageError),
        (CAT, {"words": "\ud800"}, UsageError),
        (CAT, {"source": "\udfff"}, UsageError),
    ],
)
def test_what_cannot_be_stored_is_refused_and_leaves_no_trace(
    kb: Atomspace, statement: str, options: dict[str, object], error: type[Exception]
) -> None:
    with pytest.raises(error):
        kb.add(statement, **options)  # type: ignore[arg-type]
    assert kb.count() == 0
    assert kb.stats()["transactions"] == 0


@pytest.mark.parametrize("text", [*ODD, "a" * 100_000], ids=range(len(ODD) + 1))
def test_odd_symbols_and_strings_are_stored_exactly(kb: Atomspace, text: str) -> None:
    statement = Expression((Symbol("f"), Symbol(text), mettaclaw.String(text)))
    kb.add(statement)
    assert kb.belief(statement) is not None
    assert kb.match(Expression((Symbol("f"), Symbol(text), mettaclaw.Variable("x")))) == [
        {"$x": mettaclaw.String(text)}
    ]


# --- matching ---


@pytest.fixture
def cats(kb: Atomspace) -> Atomspace:
    for text in (CAT, "(--> tom cat)", "(--> cat animal)", "(--> (x tom jerry) chase)"):
        kb.add(text)
    return kb


def test_any_position_can_be_the_known_one(cats: Atomspace) -> None:
    assert cats.match("(--> $x cat)") == [{"$x": Symbol("garfield")}, {"$x": Symbol("tom")}]
    assert cats.match("(--> garfield $y)") == [{"$y": Symbol("cat")}]
    assert cats.match("($r cat $y)") == [{"$r": Symbol("-->"), "$y": Symbol("animal")}]
    assert cats.match("(--> (x $a $b) chase)") == [{"$a": Symbol("tom"), "$b": Symbol("jerry")}]
    assert len(cats.match("$anything")) == 4


def test_a_pattern_without_variables_is_answered_yes_or_no(cats: Atomspace) -> None:
    assert cats.match(CAT) == [{}]
    assert cats.match("(--> garfield dog)") == []


def test_patterns_are_joined_in_any_order(cats: Atomspace) -> None:
    expected = {("garfield", "cat", "animal"), ("tom", "cat", "animal")}
    for patterns in (
        ["(--> $x $y)", "(--> $y $z)"],
        ["(--> $y $z)", "(--> $x $y)"],
        ["(--> $x $y)", "(--> $y $z)", "(--> $y animal)"],
    ):
        found = cats.match(*patterns)
        assert {(str(b["$x"]), str(b["$y"]), str(b["$z"])) for b in found} == expected
        assert len(found) == 2


def test_a_limit_is_kept(cats: Atomspace) -> None:
    assert len(cats.match("$x", limit=3)) == 3


def test_a_match_without_a_pattern_is_refused(kb: Atomspace) -> None:
    with pytest.raises(UsageError, match="needs a pattern"):
        kb.match()


def test_stored_variables_match_and_are_shown_as_stored(kb: Atomspace) -> None:
    kb.add("(==> (--> $x cat) (--> $x animal))")
    assert kb.match("(==> (--> garfield cat) $then)") == [{"$then": read("(--> garfield animal)")}]
    assert kb.match("(==> $if $then)") == [
        {"$if": read("(--> $x cat)"), "$then": read("(--> $x animal)")}
    ]
    (bound,) = kb.match("(==> (--> $x $z) $y)")
    assert alpha_equal(
        expr("f", str(bound["$x"]), str(bound["$y"])), read("(f $a (--> $a animal))")
    )


# --- transactions ---


def test_a_transaction_is_all_or_nothing(kb: Atomspace) -> None:
    kb.add(CAT)
    with pytest.raises(KeyError), kb.transaction(author="user", note="a mistake"):
        kb.add("(--> tom cat)")
        kb.remove(CAT)
        raise KeyError
    assert contents(kb) == [(read(CAT), None)]
    with kb.transaction():
        kb.add("(--> tom cat)")
        kb.remove(CAT)
    assert contents(kb) == [(read("(--> tom cat)"), None)]


def test_inside_a_transaction_its_own_writes_are_seen(kb: Atomspace) -> None:
    with kb.transaction():
        kb.add(CAT)
        assert kb.match("(--> $x cat)") == [{"$x": Symbol("garfield")}]
        kb.remove(CAT)
        assert kb.match("(--> $x cat)") == []


def test_a_failed_add_inside_a_transaction_spoils_nothing_else(kb: Atomspace) -> None:
    with kb.transaction():
        kb.add(CAT)
        with pytest.raises(LimitError):
            kb.add(Expression((Symbol("a"),) * 10_000))
        kb.add("(--> tom cat)")
    assert kb.count() == 2


def test_threads_share_an_atomspace(kb: Atomspace) -> None:
    errors: list[BaseException] = []

    def work(name: int) -> None:
        try:
            for number in range(25):
                kb.add(f"(n {name} {number})")
                kb.add("(shared)", truth=(1.0, 0.1), source=f"t{name}", words=str(number))
                assert len(kb.match(f"(n {name} $x)")) == number + 1
        except BaseException as error:  # noqa: BLE001  # told by the main thread
            errors.append(error)

    threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert kb.count() == 101
    assert len(kb.evidence("(shared)")) == 100


# --- opening and closing ---


def test_everything_is_there_when_it_is_opened_again(tmp_path: Path) -> None:
    with Atomspace.open(tmp_path / "kb.db") as kb:
        kb.add(CAT, truth=(1.0, 0.9), source="user", words="yes")
        before = kb.belief(CAT), kb.evidence(CAT), kb.stats()
    with Atomspace.open(tmp_path / "kb.db") as kb:
        assert (kb.belief(CAT), kb.evidence(CAT)) == before[:2]
        assert kb.stats()["atoms"] == before[2]["atoms"] == 1


def test_one_in_memory_leaves_no_file() -> None:
    kb = Atomspace.open(":memory:")
    kb.add(CAT)
    path = kb.database.path
    assert path.exists()
    kb.close()
    kb.close()
    assert not path.parent.exists()


def test_a_closed_one_says_so(tmp_path: Path) -> None:
    kb = Atomspace.open(tmp_path / "kb.db")
    kb.close()
    for act in (
        lambda: kb.add(CAT),
        lambda: kb.match("$x"),
        lambda: kb.count(),
        lambda: kb.evaluate("!(+ 1 2)"),
        lambda: kb.warm(),
        lambda: kb.infer(CAT),
    ):
        with pytest.raises(StorageError, match="it was closed"):
            act()


_FULL = """
import os, resource, sys
from mettaclaw import Atomspace
from mettaclaw.errors import MettaClawError
kb = Atomspace.open(sys.argv[1])
resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
held = []
try:
    while True:
        held.append(os.open("/dev/null", os.O_RDONLY))
except OSError:
    pass
for _ in range(9):
    try:
        error = kb.evaluate("!(+ 1 2)").error
        assert error is None or isinstance(error, MettaClawError)
    except MettaClawError as error:
        assert "Too many open files" in str(error)
    os.close(held.pop())
"""


def test_too_many_open_files_are_an_error_of_ours(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _FULL, str(tmp_path / "kb.db")],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_two_on_one_file_see_each_others_commits(tmp_path: Path) -> None:
    with Atomspace.open(tmp_path / "kb.db") as one, Atomspace.open(tmp_path / "kb.db") as other:
        one.add(CAT, truth=(1.0, 0.9))
        other.add(CAT, truth=(1.0, 0.9))
        assert one.truth(CAT) == other.truth(CAT) == revise(Truth(1.0, 0.9), Truth(1.0, 0.9))
        assert other.remove(CAT)
        assert one.match("$x") == []


def test_stats_count(kb: Atomspace) -> None:
    kb.add(CAT, truth=(1.0, 0.9), words="a")
    kb.add(CAT, truth=(1.0, 0.9), words="b")
    kb.add("(--> tom cat)")
    stats = kb.stats()
    assert stats.pop("bytes") > 0
    assert stats == {"atoms": 2, "beliefs": 1, "evidence": 3, "transactions": 3}


def test_public_names_are_what_they_say() -> None:
    for name in mettaclaw.__all__:
        assert getattr(mettaclaw, name) is not None
    assert sorted(mettaclaw.__all__) == mettaclaw.__all__
    assert dir(mettaclaw) == mettaclaw.__all__
    with pytest.raises(AttributeError, match="nothing"):
        mettaclaw.nothing  # noqa: B018


# --- files ---


def put(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8", newline="")
    return path


@settings(max_examples=40)
@given(st.dictionaries(atoms, st.one_of(st.none(), truths), max_size=8))
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


def test_a_backup_opens_as_an_atomspace(kb: Atomspace, tmp_path: Path) -> None:
    kb.add(CAT, truth=(1.0, 0.9))
    kb.backup(tmp_path / "copy.db")
    kb.remove(CAT)
    with Atomspace.open(tmp_path / "copy.db") as copy:
        assert copy.truth(CAT) == Truth(1.0, 0.9)
        copy.add("(--> tom cat)")
    assert kb.count() == 0


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


def test_the_file_is_an_ordinary_database(kb: Atomspace) -> None:
    """History stays readable with any SQLite, whatever becomes of this program."""
    kb.add(CAT, truth=(1.0, 0.9))
    kb.add(CAT, truth=(0.0, 0.9))
    other = sqlite3.connect(kb.database.path)
    rows = other.execute(
        "SELECT a.text, b.version, b.retired IS NULL FROM belief b JOIN atom a ON a.id = b.atom"
    ).fetchall()
    other.close()
    assert rows == [(CAT, 1, 0), (CAT, 2, 1)]


@pytest.mark.parametrize(
    ("words", "message", "quoted"),
    [
        ("Garfield is a cat.", "Hi. Garfield is a cat. Bye.", True),
        ("Yes", "Yes", True),
        ("e", "the whole message", False),
        ("he whole", "the whole message", False),
        ("the whole", "the whole message", False),
        ("whole", "the whole message", False),
        ("", "anything", False),
        ("not said", "anything", False),
    ],
)
def test_only_words_that_were_said_are_put_down_to_the_person(
    words: str, message: str, quoted: bool
) -> None:
    assert is_quote(words, message) is quoted


def test_importing_an_export_back_counts_no_evidence_twice(tmp_path: Path) -> None:
    with Atomspace.open(tmp_path / "claw.db") as kb:
        kb.add("(a b)", (1.0, 0.9), source="ann")
        kb.add("(a b)", (1.0, 0.9), source="bob")
        before = kb.truth("(a b)")
        for name in ("one.metta", "two.metta"):
            kb.export(tmp_path / name)
            kb.import_file(tmp_path / name)
        assert kb.truth("(a b)") == before


# --- what a caller may get wrong ---


@pytest.mark.parametrize(
    ("act", "told"),
    [
        (lambda kb: kb.evaluate(5), "program=5 is no text; write a string"),
        (lambda kb: kb.evaluate(b"!(+ 1 2)"), "is no text"),
        (lambda kb: kb.evaluate("(a)", source=None), "source=None is no text"),
        (lambda kb: kb.add(5), "5 is no atom; write its MeTTa text"),
        (lambda kb: kb.add(("a", "b")), "is no atom"),
        (lambda kb: kb.add("(a)", truth="x"), r"'x' is no truth value; write \(1.0, 0.9\)"),
        (lambda kb: kb.add("(a)", truth=(2, 0.5)), r"frequency 2 is not in \[0, 1\]"),
        (lambda kb: kb.add("(a)", truth=(0.5,)), "is no truth value"),
        (lambda kb: kb.add("(a)", truth=("a", "b")), "frequency a is not in"),
        (lambda kb: kb.add("(a)", source=None), "source=None is no text"),
        (lambda kb: kb.add("(a)", words=["b"]), r"words=\['b'\] is no text"),
        (lambda kb: kb.match(None), "None is no atom"),
        (lambda kb: kb.match(), "match needs a pattern"),
        (lambda kb: kb.match("(a)", limit=-1), "limit=-1; it is a whole number"),
        (lambda kb: kb.match("(a)", limit="3"), "limit='3'; it is a whole number"),
        (lambda kb: kb.match("(a)", limit=2.5), "limit=2.5; it is a whole number"),
        (lambda kb: kb.truth(7), "7 is no atom"),
        (lambda kb: kb.remove(None), "None is no atom"),
        (lambda kb: kb.why(3), "3 is no atom"),
        (lambda kb: kb.infer([]), "is no atom"),
        (lambda kb: kb.import_file(3), "3 is no file name; write a string or a Path"),
        (lambda kb: kb.export(None), "None is no file name"),
        (lambda kb: kb.export("a\0b"), "is no file name"),
        (lambda kb: kb.backup(None), "None is no file name"),
        (lambda kb: Atomspace.open(5), "5 is no file name"),
        (lambda kb: kb.add("(a)", truth=list(range(1000))), r"\.\.\. is no truth value"),
    ],
)
def test_a_wrong_argument_is_told_with_what_to_pass(
    kb: Atomspace, act: Callable[[Atomspace], object], told: str
) -> None:
    with pytest.raises(UsageError, match=told):
        act(kb)
    assert kb.count() == 0


def test_the_same_without_words_is_new_evidence_and_with_words_is_not(kb: Atomspace) -> None:
    for _ in range(2):
        once = kb.add("(a)", (1.0, 0.5), source="ann", words="a it is")
    assert len(once.stamp) == 1
    twice = kb.add("(a)", (1.0, 0.5), source="ann")
    assert len(kb.add("(a)", (1.0, 0.5), source="ann").stamp) == len(twice.stamp) + 1 == 3


@pytest.mark.parametrize("number", [10**5_000, -(10**5_000)], ids=["above", "below"])
def test_a_number_of_very_many_digits_is_refused_clearly(kb: Atomspace, number: int) -> None:
    with pytest.raises(UsageError, match="digits"):
        kb.add(CAT, (number, 0.5))
    for ask in (kb.as_of, lambda time: kb.add(CAT, time=time)):
        with pytest.raises(UsageError, match="is no time"):
            ask(number)
    assert kb.count() == 0
