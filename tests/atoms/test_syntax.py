"""The reader and the writer: exact inverses, with limits and positions."""

from __future__ import annotations

import math
import re
import time
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mettaclaw.atoms.syntax import (
    MAX_CHARS,
    MAX_DEPTH,
    MAX_NODES,
    Atom,
    Expression,
    Form,
    Number,
    String,
    Symbol,
    Variable,
    check,
    expr,
    is_ground,
    program_text,
    read,
    read_all,
    read_program,
    variables,
)
from mettaclaw.errors import LimitError, MettaClawError, MettaSyntaxError
from tests.atoms.values import ODD, atoms, nested, texts


def same(a: Atom, b: Atom) -> bool:
    """Equality that also tells 1 from 1.0 and 0.0 from -0.0, computed without ours."""
    if type(a) is not type(b):
        return False
    if isinstance(a, Number) and isinstance(b, Number):
        return repr(a.value) == repr(b.value)
    if isinstance(a, Expression) and isinstance(b, Expression):
        return len(a.children) == len(b.children) and all(map(same, a.children, b.children))
    return a == b


@given(atoms)
def test_what_is_written_reads_back_exactly(atom: Atom) -> None:
    assert same(read(str(atom)), atom)
    assert read(str(atom)) == atom


@given(st.lists(atoms, max_size=4))
def test_atoms_written_one_a_line_read_back_as_a_program(many: list[Atom]) -> None:
    forms = read_program("\n".join(map(program_text, many)))
    assert [form.atom for form in forms] == many
    assert not any(form.evaluate for form in forms)


@given(atoms, atoms)
def test_equal_atoms_are_those_with_equal_text(a: Atom, b: Atom) -> None:
    assert (a == b) == (str(a) == str(b)) == same(a, b)
    if a == b:
        assert hash(a) == hash(b)


@given(atoms)
def test_text_of_an_atom_is_one_line(atom: Atom) -> None:
    assert len(str(atom).splitlines()) == 1


HIDING = st.text(
    "ab$#!\x01\x1b\x7f\x9b\u061c\u200b\u200d\u2028\u202e\u2066\ufeff\U000e0041", max_size=9
)


@given(st.one_of(atoms, HIDING.map(Symbol), HIDING.map(Variable), HIDING.map(String)))
def test_text_of_an_atom_neither_acts_on_a_terminal_nor_hides_in_it(atom: Atom) -> None:
    text = str(atom)
    assert not any(unicodedata.category(char) == "Cc" for char in text)
    assert not re.search(
        "[\u061c\u200b\u2028-\u202e\u2066-\u2069\ufeff\U000e0000-\U000e007f]", text
    )
    assert same(read(text), atom)


def test_a_symbol_with_an_emoji_is_written_as_it_is() -> None:
    for name in ("👩\u200d🚀", "❤\ufe0f", "می\u200cخواهم", "日本"):
        assert str(Symbol(name)) == name
        assert str(Variable(name)) == f"${name}"


def test_a_raw_control_character_in_text_is_read_as_the_escaped_one() -> None:
    assert read("a\x1b[2J") == read('#"a\\u{1b}[2J"') == Symbol("a\x1b[2J")


@pytest.mark.parametrize("text", ODD)
@pytest.mark.parametrize("kind", [Symbol, Variable, String])
def test_kinds_stay_apart_whatever_their_text(text: str, kind: Callable[[str], Atom]) -> None:
    atom = kind(text)
    assert same(read(str(atom)), atom)
    assert same(read(f"(f {atom} {atom})"), Expression((Symbol("f"), atom, atom)))


@pytest.mark.parametrize(
    ("text", "atom"),
    [
        ("1", Number(1)),
        ("+1", Number(1)),
        ("-0", Number(0)),
        ("-0.0", Number(-0.0)),
        ("1.0", Number(1.0)),
        ("1e3", Number(1000.0)),
        ("9223372036854775808", Number(2**63)),
        ("1e999", Number(math.inf)),
        ("-1e999", Number(-math.inf)),
        ("1.", Symbol("1.")),
        (".5", Symbol(".5")),
        ("1_000", Symbol("1_000")),
        ("0x1F", Symbol("0x1F")),
        ("٣", Symbol("٣")),  # a digit, and no number of MeTTa's
        ("inf", Symbol("inf")),
        ("nan", Symbol("nan")),
        ("True", Symbol("True")),
        ("$", Symbol("$")),
        ("$x", Variable("x")),
        ('"1"', String("1")),
        ('#"1"', Symbol("1")),
        ('$#"a b"', Variable("a b")),
        ('""', String("")),
        ('"a\\tb\\x41\\u{1F600}"', String("a\tbA\U0001f600")),
        ("()", Expression(())),
        ("( a\t(b)\n; a comment )\n c)", expr("a", "(b)", "c")),
        (";first\n a ; last", Symbol("a")),
        ("(a\xa0b)", expr("a", "b")),
        ("(a(b)c)", expr("a", "(b)", "c")),
    ],
)
def test_reading(text: str, atom: Atom) -> None:
    assert same(read(text), atom)


@pytest.mark.parametrize(
    ("text", "line", "column", "word"),
    [
        ("", 1, 1, "none"),
        ("   ; only a comment", 1, 20, "none"),
        ("a b", 1, 3, "second"),
        ("(a", 1, 1, "not closed"),
        ("(a\n  (b c\n d", 2, 3, "2 `(` not closed"),
        ("a)", 1, 2, "no `(`"),
        ("(a))", 1, 4, "no `(`"),
        ('(a\n "b', 2, 2, "closing"),
        ('(a #"b', 1, 4, "closing"),
        ('a"b"', 1, 2, "quote directly after"),
        ('("a"b)', 1, 5, "after a closing quote"),
        ('"a""b"', 1, 4, "after a closing quote"),
        ('(f "\\q")', 1, 4, "not an escape"),
        ('"\\u{110000}"', 1, 1, "not an escape"),
        ("(a \0)", 1, 4, "NUL"),
        ('"\\0"', 1, 1, "NUL"),
        ('"\\u{0}"', 1, 1, "NUL"),
        ('"\\u{d800}"', 1, 1, "surrogate"),
        ("é\n\ud800", 2, 1, "surrogate"),
    ],
)
def test_text_that_is_no_atom_is_refused_with_its_position(
    text: str, line: int, column: int, word: str
) -> None:
    with pytest.raises(MettaSyntaxError, match=re.escape(word)) as caught:
        read(text)
    assert (caught.value.line, caught.value.column) == (line, column)
    assert f"line {line}, column {column}" in str(caught.value)
    str(caught.value).encode()  # can be printed


@given(st.text('()"\\;#$! \nab1', max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    for reader in (read, read_all, read_program):
        try:
            reader(text)
        except MettaSyntaxError as error:
            offset = error.offset
        else:
            offset = 0
        assert 0 <= offset <= len(text)


@given(st.text('()"\\;#$! \nab1', max_size=30))
def test_what_was_read_can_be_written(text: str) -> None:
    try:
        found = read_all(text)
    except MettaSyntaxError:
        return
    assert read_all(" ".join(map(str, found))) == found


# --- programs ---


def test_a_bang_asks_for_evaluation() -> None:
    assert read_program("(a) !(b)\n! c (! d)") == [
        Form(expr("a"), False, 0),
        Form(expr("b"), True, 4),
        Form(Symbol("c"), True, 9),
        Form(expr("!", "d"), False, 13),
    ]


@pytest.mark.parametrize(("text", "column"), [("!", 1), ("(a) !", 5), ("!!(a)", 2), ("! !a", 3)])
def test_a_bang_without_an_atom_is_refused(text: str, column: int) -> None:
    with pytest.raises(MettaSyntaxError, match="`!`") as caught:
        read_program(text)
    assert caught.value.column == column


def test_a_symbol_that_begins_with_a_bang_is_not_evaluated_when_read_back() -> None:
    for name in ("!", "!a", "!="):
        assert read_program(program_text(Symbol(name))) == [Form(Symbol(name), False, 0)]


# --- what cannot be an atom ---


def test_nan_is_refused() -> None:
    with pytest.raises(ValueError, match="nan"):
        Number(math.nan)


def test_a_bool_is_no_number() -> None:
    with pytest.raises(ValueError, match="True"):
        Number(True)


@pytest.mark.parametrize("bad", ["a\0b", "\ud800", "a\udfff", "\ud83d\ude00"])
@pytest.mark.parametrize("kind", [Symbol, Variable, String])
def test_nul_and_lone_surrogates_are_refused(bad: str, kind: Callable[[str], Atom]) -> None:
    with pytest.raises(MettaSyntaxError, match=r"NUL|surrogate"):
        check(Expression((Symbol("f"), kind(bad))))
    with pytest.raises(MettaSyntaxError, match=r"NUL|surrogate"):
        read(f'(f "{bad}")')
    with pytest.raises(MettaSyntaxError, match=r"NUL|surrogate"):
        read(f"(f {bad})")


# --- limits: named, and reached at once ---


def assert_limit(limit: str, act: Callable[[], object], seconds: float = 10.0) -> None:
    start = time.perf_counter()
    with pytest.raises(LimitError, match=f"limit {limit}") as caught:
        act()
    assert caught.value.limit == limit
    assert time.perf_counter() - start < seconds


def test_depth_is_limited() -> None:
    deepest = nested(MAX_DEPTH, Symbol("a"))
    assert read(str(deepest)) == check(deepest) == deepest
    deeper = Expression((deepest,))
    assert_limit("depth", lambda: check(deeper))
    assert_limit("depth", lambda: read(str(deeper)))


@pytest.mark.parametrize("closed", [True, False])
def test_a_hundred_thousand_parentheses_are_refused_at_once(closed: bool) -> None:
    text = "(" * 100_000 + (")" * 100_000 if closed else "")
    for reader in (read, read_all, read_program):
        assert_limit("depth", lambda reader=reader: reader(text))


def test_nodes_are_limited() -> None:
    full = Expression((Symbol("a"),) * (MAX_NODES - 1))
    assert read(str(full)) == check(full)
    more = Expression((Symbol("a"),) * MAX_NODES)
    assert_limit("nodes", lambda: check(more))
    assert_limit("nodes", lambda: read(str(more)))


def test_an_expression_of_ten_thousand_children_is_refused() -> None:
    assert_limit("nodes", lambda: read("(" + "a " * 10_000 + ")"))
    assert_limit("nodes", lambda: read("(" + "(b) " * 10_000 + ")"))


def test_nodes_count_for_each_atom_alone() -> None:
    assert len(read_all("(a b) " * 10_000)) == 10_000


@pytest.mark.parametrize(
    "text",
    ["a" * 1_000_000, '"' + "a" * 1_000_000 + '"', '"\\n' * 500_000],
    ids=["a symbol", "a string", "strings"],
)
def test_a_megabyte_of_text_is_no_atom(text: str) -> None:
    start = time.perf_counter()
    with pytest.raises(MettaClawError, match=r"limit text|after a closing quote"):
        read(text)
    assert time.perf_counter() - start < 20


@settings(max_examples=25)
@given(st.integers(MAX_CHARS - 3, MAX_CHARS + 3), st.sampled_from(["a", "\n", '"']))
def test_what_passes_the_check_can_be_read_back(size: int, char: str) -> None:
    atom = String(char * (size // len(str(String(char))[1:-1])))
    try:
        check(atom)
    except LimitError:
        assert len(str(atom)) > MAX_CHARS
    else:
        assert len(str(atom)) <= MAX_CHARS
        assert read(str(atom)) == atom


@given(atoms)
def test_the_check_lets_ordinary_atoms_pass(atom: Atom) -> None:
    assert check(atom) is atom


@pytest.mark.parametrize("digits", [3_900, 3_913, 3_914, 3_950, 4_000, 4_001, 100_000])
def test_an_integer_is_read_and_written_or_refused(digits: int) -> None:
    text = "9" * digits
    if digits <= 3_913:
        assert str(read(text)) == text
    else:
        with pytest.raises(LimitError, match="3,900 digits"):
            read(text)
        with pytest.raises(LimitError, match="3,900 digits"):
            check(Number(1 << 13_000))


# --- the deepest atoms, whatever the caller's own stack ---


def test_the_deepest_atoms_need_no_stack() -> None:
    a, b = (nested(MAX_DEPTH, Variable("x")) for _ in range(2))
    other = nested(MAX_DEPTH, Variable("y"))

    def deep(frames: int) -> None:
        if frames:
            return deep(frames - 1)
        assert a == b
        assert a != other
        assert hash(a) == hash(b)
        assert str(a) == str(b)
        assert repr(a) == repr(b)
        assert check(a) is a
        assert variables(a) == (Variable("x"),)
        assert not is_ground(a)
        assert read(str(a)) == a
        return None

    deep(700)


@given(texts)
def test_reading_does_not_change_what_an_equal_symbol_is(text: str) -> None:
    assert Symbol(text) != String(text) != Variable(text) != Symbol(text)


def test_numbers_of_different_type_or_sign_are_different_atoms() -> None:
    assert len({Number(1), Number(1.0), Number(0.0), Number(-0.0), Number(0)}) == 5
    assert Number(1) != 1


def test_expr_builds_from_text_and_numbers() -> None:
    assert expr("-->", "$x", 1, 2.5, Symbol("a b")) == read('(--> $x 1 2.5 #"a b")')


@given(st.text("() \n\t\xa0ab1$!", max_size=30))
def test_short_text_is_read_like_any_other(text: str) -> None:
    """Text without strings and comments takes a quicker way; a comment at its end prevents that."""

    def outcome(reader: Callable[[str], object], text: str) -> object:
        try:
            return reader(text)
        except MettaSyntaxError as error:
            return error.message, error.offset

    for reader in (read_all, read_program):
        assert outcome(reader, text) == outcome(reader, f"{text};")
    if text.strip():  # at the end of nothing, the position differs by the comment
        assert outcome(read, text) == outcome(read, f"{text};")
