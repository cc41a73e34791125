"""The system prompt: whole when it goes out, and its examples are right."""

from __future__ import annotations

import re

import pytest

from mettaclaw.atoms.syntax import Atom, Expression, String, Symbol, read, read_all, walk
from mettaclaw.atoms.truth import from_atom
from mettaclaw.errors import ConfigError
from mettaclaw.models import prompt
from mettaclaw.protocol.calls import parse
from tests.models.packets import NAMES, TOOLS

OPERATIONS = ["believe", "infer", "why", "truth", "match", "|-", "add-atom", "remove-atom"]
OPERATIONS += ["said", "changed"]


def examples() -> list[tuple[str, str]]:
    """Each example answer of the prompt, with the data line before it."""
    text = prompt.shipped("system.md").split("## Examples")[1]
    found = re.findall(r"\n\| ([^\n]*)\n```\n(.*?)\n```", text, re.DOTALL)
    assert len(found) == text.count("```") // 2
    return found


@pytest.mark.parametrize("native", [False, True])
def test_the_prompt_is_filled_completely(native: bool) -> None:
    text = prompt.system(TOOLS, 4, native=native)
    assert "{{" not in text
    assert "}}" not in text
    assert "4." in text
    for tool in TOOLS:
        assert f"- `{tool.signature}` {tool.doc}" in text


def test_each_mode_is_told_its_own_way_to_answer() -> None:
    text, native = prompt.system(TOOLS, 5), prompt.system(TOOLS, 5, native=True)
    assert "one MeTTa expression each" in text
    assert "functions" not in text
    assert "Call the functions" in native
    assert "No prose" not in native


@pytest.mark.parametrize("template", ["{{nope}}", "{{#maybe}}x{{/maybe}}", "{{#text}}x", "{{}}"])
def test_a_placeholder_without_a_value_is_an_error(template: str) -> None:
    with pytest.raises(ConfigError, match="the prompt"):
        prompt.system(TOOLS, 5, template=template + "{{tools}}")


def test_values_are_not_read_as_templates() -> None:
    assert prompt.render("{{a}}", {"a": "{{b}}", "b": "no"}, "text") == "{{b}}"


def test_every_example_parses_within_the_limit_and_names_tools_that_exist() -> None:
    found = examples()
    assert len(found) >= 5
    for _, answer in found:
        calls = parse(answer)
        assert 1 <= len(calls) <= 5
        assert {call.name for call in calls} <= set(NAMES)
        by_name = {tool.name: tool for tool in TOOLS}
        for call in calls:
            by_name[call.name].arguments(call)


def test_an_example_turn_ends_with_send_as_the_last_call() -> None:
    for _, answer in examples():
        names = [call.name for call in parse(answer)]
        assert "send" not in names[:-1]
    assert parse(examples()[-1][1])[-1].name == "send"


def test_words_of_believe_are_quoted_verbatim_from_the_message() -> None:
    quoted = 0
    for message, answer in examples():
        for call in parse(answer):
            for atom in call.args:
                for node in walk(atom):
                    if isinstance(node, Expression) and node.children[:1] == (Symbol("believe"),):
                        _, _, truth, words = node.children
                        assert from_atom(truth) is not None
                        assert isinstance(words, String)
                        assert words.value in message
                        quoted += 1
    assert quoted >= 2


def test_the_metta_of_examples_uses_operations_that_exist() -> None:
    def head(atom: Atom) -> str:
        assert isinstance(atom, Expression)
        assert isinstance(atom.children[0], Symbol)
        return atom.children[0].name

    for _, answer in examples():
        for call in parse(answer):
            if call.name == "metta":
                assert {head(atom) for atom in call.args} <= set(OPERATIONS)


def test_all_metta_in_the_prompt_is_metta() -> None:
    text = prompt.shipped("system.md")
    for code in re.findall(r"`(\([^`]*\))`", text):
        assert read_all(code.replace("…", "more")), code
    for statement in re.findall(r": `(\((?:-->|<->|==>)[^`]*\))`", text):
        assert isinstance(read(statement), Expression)


def test_every_operation_of_the_metta_tool_is_explained() -> None:
    text = prompt.shipped("system.md")
    for name in OPERATIONS:
        assert f"`({name} " in text, name


def test_the_prompt_stays_short() -> None:
    assert len(prompt.system((), 5)) < 8_000
