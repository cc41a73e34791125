"""Atoms in a file: whatever is written is read back, and what cannot be read is told by line."""

from __future__ import annotations

import io
import re
import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mettaclaw.atoms import textfile
from mettaclaw.atoms.syntax import MAX_CHARS, Atom, Expression, String, Symbol, expr, read
from mettaclaw.atoms.truth import Truth
from mettaclaw.errors import UsageError
from tests.atoms.values import statable, truths

facts = st.tuples(statable, st.one_of(st.none(), truths))


def entries(text: str) -> list[textfile.Entry]:
    return list(textfile.entries(lines_of(text), "facts.metta"))


def lines_of(text: str) -> list[str]:
    """Lines as an open text file gives them: they end at \\n only."""
    return re.findall(r"[^\n]*\n|[^\n]+\Z", text)


@given(st.lists(facts, max_size=5))
def test_what_is_written_reads_back(many: list[textfile.Entry]) -> None:
    text = "".join(textfile.entry_text(*fact) + "\n" for fact in many)
    assert list(textfile.entries(lines_of(text), "facts.metta")) == many


@pytest.mark.parametrize(
    "atom",
    [
        read("((a b) (stv 1.0 0.9))"),
        read("((a b) (stv 2.0 0.9))"),
        read("((a b) (stv -1 0))"),
        read("(a (stv 1.0 0.9))"),
        read("(believe a (stv 1.0 0.9))"),
        read("(add-atom &kb a)"),
        Symbol("!"),
        Symbol("!a"),
        Symbol("!="),
        read("(! a)"),
        read('(a "first\nsecond ; no comment ( \\" \n")'),
        Symbol("a\nb"),
        String("(((("),
    ],
    ids=str,
)
def test_atoms_that_look_like_entries_stay_atoms(atom: Atom) -> None:
    for truth in (None, Truth(0.5, 0.5)):
        assert entries(textfile.entry_text(atom, truth)) == [(atom, truth)]


def test_what_people_write_is_read() -> None:
    text = """
    ; a smiley :( and a quote "
    (--> garfield cat)   (--> nermal cat) ; two, and (
    (==> (--> $x cat)
         ; inside
         (--> $x animal))
    ((--> tom cat) (stv 1 0.5))
    !(believe (--> pluto dog)
              (stv 0.9 0.8))
    !
    (add-atom &persistent ((a) (stv 1 1)))
    (says jon "a
    b ( c")
    "a text" 3
    (\\)"""
    assert entries(text) == [
        (read("(--> garfield cat)"), None),
        (read("(--> nermal cat)"), None),
        (read("(==> (--> $x cat) (--> $x animal))"), None),
        (read("(--> tom cat)"), Truth(1.0, 0.5)),
        (read("(--> pluto dog)"), Truth(0.9, 0.8)),
        (read("((a) (stv 1 1))"), None),
        (read('(says jon "a\n    b ( c")'), None),
        (String("a text"), None),
        (read("3"), None),
        (read("(\\)"), None),
    ]


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        ("(a)\n(b\n(c)\n", 2, "not closed"),
        ("(a)\nb)\n(c)\n", 2, "no `(`"),
        ('(a)\n(b)\n"c\n(d)\n', 3, "closing"),
        ("(a)\n\n(b \0)\n", 3, "NUL"),
        ("(a) (b)\n!(println! a)\n", 2, "`!(println! a)` is no fact"),
        ("(a\nb)\n(c) !(d\n)", 3, "is no fact"),
        ("(a\nb) !(d)", 2, "is no fact"),
        ("((a) (stv 1 2))", 1, "confidence 2"),
        ("(a)\n!(believe a (stv -1 1))", 2, "frequency -1"),
        ("!(believe a)", 1, "is no fact"),
        ("(a)\n!", 2, "no atom"),
        ("(a)\n" + "(" * 300 + ")" * 300, 2, "limit depth"),
        ("(a)\n(" + "b " * 9_000 + ")", 2, "limit nodes"),
        ("(a)\n" + "b" * (MAX_CHARS + 1), 2, "limit text"),
        ("; notes\nGarfield is a cat.\n", 2, "`Garfield` stands alone"),
        ("(a) (b\nc) $x", 2, "`$x` stands alone"),
    ],
)
def test_what_is_no_fact_is_told_by_its_line(text: str, line: int, word: str) -> None:
    with pytest.raises(UsageError, match=re.escape(word)) as caught:
        entries(text)
    assert f"facts.metta, line {line}" in str(caught.value)


def test_bare_symbols_are_read_where_they_are_asked_for() -> None:
    lines = lines_of("a\n(b) \\( \\)\n$x")
    found = [atom for atom, _ in textfile.entries(lines, "f", bare=True)]
    assert found == [Symbol("a"), expr("b"), read("\\"), read("(\\)"), read("$x")]


def test_entries_before_an_error_come_first() -> None:
    stream = textfile.entries(["(a)\n", "(b\n"], "f")
    assert next(stream) == (expr("a"), None)
    with pytest.raises(UsageError, match="line 2"):
        next(stream)


def test_an_atom_over_many_lines_after_an_odd_comment_is_read() -> None:
    """Comments hold brackets and quotes too; they must not make later lines hang together."""
    long = "(p\n" + "  (q a)\n" * 2_000 + ")\n"
    text = '(first) ; :( "\n' + long * 40
    found = entries(text)
    assert len(found) == 41
    assert {atom for atom, _ in found[1:]} == {read(long)}


def test_a_long_line_may_leave_an_atom_open() -> None:
    text = "(a) " * 60_000 + "(b\n c)\n"
    found = entries(text)
    assert len(found) == 60_001
    assert found[-1] == (expr("b", "c"), None)


@pytest.mark.parametrize("opening", ["(", '"', '(a "'])
def test_an_atom_that_is_never_closed_is_told_in_time(opening: str) -> None:
    lines = [f"{opening}\n"] + ["(--> garfield cat)\n"] * 200_000
    taken = iter(lines)
    start = time.perf_counter()
    with pytest.raises(UsageError, match="line"):
        list(textfile.entries(taken, "f"))
    assert time.perf_counter() - start < 60


def test_only_one_atom_is_in_memory_at_a_time() -> None:
    given_ = 0

    def lines() -> Iterator[str]:
        nonlocal given_
        for number in range(1_000):
            given_ = number
            yield f"(n {number})\n"

    for number, _ in enumerate(textfile.entries(lines(), "f")):
        assert given_ <= number + 1


@given(st.lists(statable, min_size=1, max_size=4))
def test_where_lines_break_does_not_matter(many: list[Atom]) -> None:
    """Any space outside of strings may be a line's end."""
    text = "".join(f"(f\n{atom}\n)\n" for atom in many)
    found = list(textfile.entries(lines_of(text), "f"))
    assert [atom for atom, _ in found] == [Expression((Symbol("f"), atom)) for atom in many]


# --- reading lines ---


def read_lines(octets: bytes) -> list[str]:
    return list(textfile.read_lines(io.BytesIO(octets), "facts.metta"))


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\ufeff")))
def test_lines_are_those_of_the_text(text: str) -> None:
    assert read_lines(text.encode()) == lines_of(text)


def test_lines_may_end_as_on_windows_and_begin_with_a_mark() -> None:
    assert read_lines(b"\xef\xbb\xbf(a)\r\n(b)\r\n(c)") == ["(a)\n", "(b)\n", "(c)"]


def test_a_line_that_is_not_utf8_is_told() -> None:
    with pytest.raises(UsageError, match=r"facts.metta, line 2: this is not UTF-8"):
        read_lines(b"(a)\n(\xff)\n")


class Endless(io.RawIOBase):
    """A line without an end, which counts what was read of it."""

    given = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        buffer[:] = b"a" * len(buffer)
        self.given += len(buffer)
        return len(buffer)


def test_a_line_without_an_end_is_told_before_it_fills_the_memory() -> None:
    endless = Endless()
    with pytest.raises(UsageError, match=r"facts.metta, line 1: more than .*limit text"):
        list(textfile.read_lines(io.BufferedReader(endless), "facts.metta"))
    assert endless.given < 2 * textfile.MAX_LINE_BYTES
