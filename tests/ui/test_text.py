"""What reaches a terminal is harmless, short and sayable."""

from __future__ import annotations

import io
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mettaclaw.atoms.syntax import read
from mettaclaw.protocol.calls import Call, Failure, Result
from mettaclaw.ui import render, reply
from mettaclaw.ui.text import clean, count, one_line, said, sayable, size

ATTACKS = [
    "\x1b]0;owned\x07",
    "\x1b[2J\x1b[H",
    "\x9b31m",
    "a\rb",
    "\x08\x08\x08",
    "\u202egnp.exe",
    "\u2066x\u2069",
    "\x00",
    "\x7f",
    "\ud800",
    "\u2028",
]


BIDI = ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")


@given(st.one_of(st.text(), st.text("a😀❤👩م\x1b\n\u200b\u200c\u200d\ufe0f\u202e\u2066\U000e0041")))
def test_clean_text_holds_no_control_character_but_newlines(text: str) -> None:
    cleaned = clean(text)
    assert not any(unicodedata.category(c) in ("Cc", "Cs") and c != "\n" for c in cleaned)
    assert not any(unicodedata.bidirectional(c) in BIDI for c in cleaned)
    assert clean(cleaned) == cleaned


@pytest.mark.parametrize("attack", ATTACKS)
def test_attacks_on_the_terminal_become_visible_signs(attack: str) -> None:
    cleaned = clean(f"before{attack}after")
    assert cleaned.startswith("before")
    assert cleaned.endswith("after")
    assert not set(cleaned) & set("\x1b\x9b\r\x08\x07\x00\x7f\u202e\u2066\u2069\ud800\u2028")


def test_ordinary_text_is_not_touched() -> None:
    text = "naïve 日本語 👩‍🚀 שלום\nnew line"
    assert clean(text) == text
    assert clean("a\tb\r\nc") == "a    b\nc"


INVISIBLE = [
    0x61C,
    *range(0x200B, 0x2010),
    *range(0x202A, 0x202F),
    *range(0x2060, 0x2065),
    *range(0x2066, 0x206A),
    0xFEFF,
    *range(0xE0000, 0xE0080),
]


@pytest.mark.parametrize(
    "around", [("pay", "pal"), ("", ""), (" ", " "), ("日", "本"), ("😀", "a")]
)
def test_what_cannot_be_seen_is_shown(around: tuple[str, str]) -> None:
    before, after = around
    for code in INVISIBLE:
        assert clean(f"{before}{chr(code)}{after}") == f"{before}\ufffd{after}", hex(code)
        assert len(clean(f"{before}{chr(code) * 3}{after}")) == len(before + after) + 3, hex(code)


@pytest.mark.parametrize(
    "text",
    [
        "👩\u200d🚀",
        "🏳\ufe0f\u200d🌈",
        "👨🏽\u200d👩🏽\u200d👧🏽",
        "❤\ufe0f\u200d🔥",
        "🧑\u200d⚕\ufe0f",
        "🐦\u200d⬛",
        "1\ufe0f\u20e3",
        "🇫🇷",
        "葛\U000e0100",
        "می\u200cخواهم",
        "क्\u200dष",
    ],
)
def test_what_belongs_to_what_is_seen_stays(text: str) -> None:
    assert clean(text) == text
    assert clean(f"a {text} b") == f"a {text} b"


@pytest.mark.parametrize("text", ["\ufe0f", " \ufe0f", "a\ufe0f\ufe0f", "a\U000e0100\U000e0101"])
def test_variants_of_nothing_are_shown(text: str) -> None:
    assert clean(text).endswith("\ufffd")


@given(st.text(), st.integers(10, 200))
def test_one_line_is_one_line_and_not_longer_than_it_may_be(text: str, limit: int) -> None:
    line = one_line(text, limit)
    assert "\n" not in line
    assert len(line) <= limit


def test_a_conversation_is_indented_under_its_speaker() -> None:
    assert said("claw", "one\ntwo\n") == "claw: one\n      two"


def test_our_own_signs_become_ascii_where_they_cannot_be_said() -> None:
    ascii_only = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    assert sayable("· a → b …", ascii_only) == "* a -> b ..."
    assert sayable("· a → b …", io.TextIOWrapper(io.BytesIO(), encoding="utf-8")) == "· a → b …"


def test_counts_and_sizes_are_for_people() -> None:
    assert count(1, "reply", "replies") == "1 reply"
    assert count(2_000, "statement") == "2,000 statements"
    assert size(0) == "0 bytes"
    assert size(1536) == "1.5 KiB"
    assert size(3 << 30) == "3.0 GiB"


# --- calls ---


def result(call: str, *values: str, error: str = "") -> Result:
    head, *args = read(call).children  # type: ignore[union-attr]
    failure = Failure("call", error) if error else None
    return Result(Call(head.name, tuple(args)), tuple(map(read, values)), failure, None, 12.4)


def test_a_short_call_is_shown_whole() -> None:
    line = render.call_line(result("(metta (+ 1 2))", "3"))
    assert line == "(metta (+ 1 2)) → 3  12 ms"
    assert not render.is_abridged(line)


def test_proofs_are_left_out_of_a_line() -> None:
    done = result(
        "(metta (infer (--> a c)))", "((--> a c) (stv 1.0 0.81) ACT (proof (--> a c) x y z))"
    )
    assert render.outcome_text(done) == "((--> a c) (stv 1.0 0.81) ACT (proof …))"
    assert not render.is_abridged(render.call_line(done))  # a proof has its own picture
    assert render.is_abridged(render.call_line(result(f'(pin "{"long " * 40}")')))


def test_long_calls_are_cut_by_their_structure() -> None:
    done = result(
        "(metta (match &kb (, (--> $aaaaaaaaaaaaaaa bbbbbbbbbbbbbb) (--> $a cccccccccccc)) $a))"
    )
    text = render.call_text(done.call, 40)
    assert len(text) <= 40
    assert text.startswith("(metta (match ")
    assert text.count("(") == text.count(")")


def test_a_failure_and_no_result_are_told_apart() -> None:
    assert render.outcome_text(result('(shell "id")', error="not permitted")) == "not permitted"
    assert render.outcome_text(result('(query "x")')) == "nothing"


def test_many_values_say_how_many_are_left_out() -> None:
    text = render.outcome_text(result("(metta x)", *(f"value_number_{i}" for i in range(20))), 60)
    assert text.endswith(" more")
    assert len(text) < 90


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_call_can_draw_on_the_terminal(attack: str) -> None:
    from mettaclaw.atoms.syntax import String

    done = Result(Call("send", (String(attack),)), (String(attack),), None, None, 1.0)
    assert clean(render.call_line(done)) == render.call_line(done)


# --- replies ---


def drawn(text: str, *, markdown: bool) -> str:
    from rich.console import Console

    console = Console(file=io.StringIO(), force_terminal=True, width=80, color_system=None)
    console.print(reply.render(text, markdown=markdown))
    return console.file.getvalue()  # type: ignore[attr-defined]


def test_markup_and_emoji_codes_are_not_interpreted() -> None:
    assert drawn("[red]x[/red] :smile: [link=http://x]y[/link]", markdown=True).strip() == (
        "[red]x[/red] :smile: [link=http://x]y[/link]"
    )


@pytest.mark.parametrize(
    "text", ["**bold** &#27;]0;owned&#7;", "`&#27;[2J` **x**", "# t\n&#x9b;31m"]
)
def test_markdown_cannot_smuggle_control_characters(text: str) -> None:
    shown = drawn(text, markdown=True)
    assert not {"\x07", "\x9b"} & set(shown)
    assert "\x1b]" not in shown
    assert "\x1b[2J" not in shown


def test_only_what_is_clearly_markdown_is_drawn_as_such() -> None:
    assert reply.looks_like_markdown("# Title\ntext")
    assert reply.looks_like_markdown("- one\n- two")
    assert reply.looks_like_markdown("```\ncode\n```")
    assert not reply.looks_like_markdown("2 * 3 * 4 = 24")
    assert not reply.looks_like_markdown("- one dash")
    assert not reply.looks_like_markdown("(--> garfield cat)")
    tree = "Because:\n  (--> a b)\n    user said it"
    assert drawn(tree, markdown=True).rstrip() == tree


def test_json_is_one_line_of_utf8_or_of_ascii() -> None:
    assert render.as_json({"a": "é\n"}) == '{"a": "é\\n"}'
    assert render.as_json({"a": "\ud800"}) == '{"a": "\\ud800"}'
