"""Odd input: huge, broken, foreign or hostile text is safe, quick, and answered."""

from __future__ import annotations

import asyncio
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mettaclaw.atoms.syntax import Expression, String, Symbol, walk
from mettaclaw.models.english import English
from mettaclaw.models.english.reader import read
from mettaclaw.models.english.sentences import split
from mettaclaw.models.english.terminals import closed_words
from mettaclaw.models.english.turn import readings
from mettaclaw.protocol.packet import Answer
from tests.models.english import answered, calls
from tests.models.packets import packet

TOOLS = {"metta", "send", "remember", "query", "forget"}
OPERATIONS = {"believe", "infer", "why", "match", "truth"}


@pytest.mark.parametrize(
    "text",
    [
        "word " * 20_000,
        "Tom is a cat. " * 7_000,
        "I could have sworn that. " * 4_000,
        "a" * 100_000,
        "a," * 50_000,
        "Tom and " * 12_000 + "Jerry are cats.",
        '"' * 100_000,
        "(" * 100_000,
        "'s " * 30_000,
        "😀" * 50_000,
        "." * 100_000,
        "? " * 50_000,
        "If " * 30_000,
        "If " + ", ".join(["Tom is a cat"] * 15) + ", it is.",
        ", ".join(["Tom"] * 60) + " and Jerry are cats.",
        "why " * 20_000,
        "Cats purr and " * 30 + "dogs bark.",
    ],
    ids=lambda text: f"{text[:12]}… {len(text)}",
)
def test_huge_text_is_answered_quickly(text: str) -> None:
    calls("Tom is a cat.")  # the grammar is built once
    start = time.perf_counter()
    assert calls(text)
    assert time.perf_counter() - start < 30.0


@pytest.mark.parametrize("text", ["🙂", "?!", "...", "()", '"', "((((", "-", "1", "\t", "。", "''"])
def test_text_without_words_gets_the_help(text: str) -> None:
    (send,) = calls(text)
    assert send.name == "send"
    assert "OPENAI_API_KEY" in str(send)


@pytest.mark.parametrize(
    "text",
    [
        'send "ok") (shell "id")',
        'Remember that ") (shell "id") (remember "',
        'Tom is a "cat") (shell "id").',
        "(metta (remove-atom &kb $x))",
        "!(match &kb $x $x)",
        'Tom is a cat.") (shell "rm -rf /")',
        'My name is "x") (shell "id").',
        "&kb is a cat.",
        "$x is a cat.",
        "Tom is a (= (f) (shell)).",
        "Forget ) (shell",
    ],
)
def test_no_text_becomes_a_call_of_its_own(text: str) -> None:
    for call in calls(text):
        assert call.name in TOOLS
        for arg in call.args:
            if isinstance(arg, Expression):
                assert isinstance(arg.children[0], Symbol)
                assert arg.children[0].name in OPERATIONS


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=200))
@example("Tom is a cat\x00.")
@example("Tom’s “cat” isn’t\u2028here.")
@example("x's's's is 's")
def test_any_text_is_answered_in_calls_that_exist(text: str) -> None:
    answer = answered(packet(text))
    assert answer.calls
    assert all(call.name in TOOLS for call in answer.calls)
    for call in answer.calls:
        for arg in call.args:
            for node in walk(arg):
                if isinstance(node, String) and call.name == "metta":
                    assert node.value in text


_VOCABULARY = st.sampled_from([*closed_words(), "Tom", "cat", "cats", "chases", "red", ",", "'s"])


@settings(max_examples=200, deadline=None)
@given(st.lists(_VOCABULARY, min_size=1, max_size=14).map(" ".join), st.booleans())
def test_any_jumble_of_words_is_answered_in_calls_that_exist(text: str, question: bool) -> None:
    made = calls(text + ("?" if question else "."))
    assert made
    assert all(call.name in TOOLS for call in made)


@given(st.text(alphabet="ab.!? \n\"“”'-;A1", max_size=80))
def test_sentences_are_verbatim_pieces_in_order(text: str) -> None:
    end = 0
    for sentence in split(text):
        assert text[sentence.start : sentence.end] == sentence.text
        assert sentence.start >= end
        end = sentence.end


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("Tom is a cat. Jerry is a mouse.", ["Tom is a cat.", "Jerry is a mouse."]),
        ("Tom is a cat.Jerry is a mouse", ["Tom is a cat.", "Jerry is a mouse"]),
        ("Dr. Smith is a doctor. He is old.", ["Dr. Smith is a doctor.", "He is old."]),
        ("J. R. R. Tolkien is a writer.", ["J. R. R. Tolkien is a writer."]),
        ("I like vitamin C. Tom does not.", ["I like vitamin C.", "Tom does not."]),
        ("Pi is 3.14. Tom is 5.", ["Pi is 3.14.", "Tom is 5."]),
        ("Node.js is fast.", ["Node.js is fast."]),
        ("Really?! Yes!", ["Really?!", "Yes!"]),
        ('He said "I am. You are." Tom is.', ['He said "I am. You are."', "Tom is."]),
        ("“Tom is a cat.” Yes.", ["“Tom is a cat.”", "Yes."]),
        ("Tom is a cat; Jerry is a mouse", ["Tom is a cat;", "Jerry is a mouse"]),
        (
            "- Tom is a cat\n* Jerry is a mouse\n1. Spike is",
            ["Tom is a cat", "Jerry is a mouse", "Spike is"],
        ),
        ("Tom is a cat\n\nJerry is a mouse", ["Tom is a cat", "Jerry is a mouse"]),
        ("Is Tom a cat? He is e.g. a tomcat.", ["Is Tom a cat?", "He is e.g. a tomcat."]),
    ],
)
def test_a_message_is_split_where_its_sentences_end(text: str, pieces: list[str]) -> None:
    assert [sentence.text for sentence in split(text)] == pieces


def test_a_sentence_may_go_on_in_the_next_line() -> None:
    lines, _ = readings("Garfield is\na cat\nTom is a cat")
    assert [line.sentence.text for line in lines] == ["Garfield is\na cat", "Tom is a cat"]
    assert all(line.reading for line in lines)


def test_a_sentence_is_read_in_less_than_five_milliseconds() -> None:
    sentences = [
        "The quick brown fox {} jumps over the lazy dog.",
        "If something is a cat {} and it is hungry then it usually chases mice.",
        "What is the favourite colour of my sister {}?",
        "Tom {}, Jerry, Spike and Tyke are big, friendly animals in Paris.",
    ]
    read("Tom is a cat", question=False, ended=True)
    start = time.perf_counter()
    for i in range(100):
        for sentence in sentences:
            read(sentence.format(f"N{i}"), question=False, ended=True)
    assert (time.perf_counter() - start) / 400 < 0.05


def test_importing_the_package_does_not_load_the_grammar() -> None:
    import subprocess
    import sys

    code = "import sys, mettaclaw, mettaclaw.models.english; print('lark' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_an_answer_comes_as_text_and_as_calls() -> None:
    async def pieces() -> list[str | Answer]:
        model = English()
        assert model.name == "english"
        found = [piece async for piece in model.answer(packet("Tom is a cat."))]
        await model.close()
        return found

    text, answer = asyncio.run(pieces())
    assert isinstance(answer, Answer)
    assert text == answer.text


def test_the_same_packet_has_the_same_answer() -> None:
    shown = packet("Tom is a cat. Is he an animal? Why?")
    assert answered(shown) == answered(shown)
