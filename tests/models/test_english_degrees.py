"""Words that set a truth value mean the same everywhere: tables, documentation, system prompt."""

from __future__ import annotations

import re

import pytest

from mettaclaw.config import resource
from mettaclaw.models.english import degrees
from mettaclaw.models.english.terminals import closed_words
from tests.models.english import told

DOCS = resource("prompts").parent / "docs" / "english.md"


@pytest.mark.parametrize("name", ["FREQUENCY", "QUANTITY", "CERTAINTY"])
def test_the_documentation_has_the_tables_that_are_used(name: str) -> None:
    text = DOCS.read_text(encoding="utf-8")
    found = re.search(rf"<!-- table: {name} -->(.*?)<!-- end -->", text, re.DOTALL)
    assert found is not None
    rows = [line.strip("| ").split(" | ") for line in found[1].splitlines() if line.count("|") > 2]
    table = {word: float(value) for words, value in rows[2:] for word in words.split(", ")}
    assert table == dict(getattr(degrees, name))


def test_the_system_prompt_gives_language_models_the_same_values() -> None:
    prompt = resource("prompts/system.md").read_text(encoding="utf-8")
    line = re.search(r"How often sets f: (.*?)\. How sure sets c: (.*?)\.\s", prompt, re.DOTALL)
    assert line is not None
    for text, table in ((line[1], degrees.FREQUENCY), (line[2], degrees.CERTAINTY)):
        pairs = re.findall(r"(\w+)\s+([01]\.\d+)", text)
        assert len(pairs) >= 3
        assert {word: float(value) for word, value in pairs} == {w: table[w] for w, _ in pairs}


@pytest.mark.parametrize("word", degrees.FREQUENCY)
def test_every_word_of_frequency_sets_f(word: str) -> None:
    assert told(f"Blickets are {word} daxy.") == [
        ("(--> blicket ([] daxy))", degrees.FREQUENCY[word], 0.9)
    ]


@pytest.mark.parametrize("word", degrees.QUANTITY)
def test_every_word_of_quantity_sets_f(word: str) -> None:
    one = word in ("every", "each", "nearly every", "almost every", "not every")
    text = f"{word.capitalize()} {'blicket is' if one else 'blickets are'} daxy."
    assert told(text) == [("(--> blicket ([] daxy))", degrees.QUANTITY[word], 0.9)]


@pytest.mark.parametrize("word", degrees.CERTAINTY)
def test_every_word_of_certainty_sets_c(word: str) -> None:
    wanted = [("(--> wug blicket)", 1.0, degrees.CERTAINTY[word])]
    assert told(f"Wug is {word} a blicket.") == wanted
    assert told(f"{word.capitalize()}, Wug is a blicket.") == wanted


def test_words_of_degree_are_words_of_the_grammar() -> None:
    closed = closed_words()
    for name in ("FREQUENCY", "QUANTITY", "CERTAINTY"):
        assert {closed[word] for word in getattr(degrees, name)} == {name}
