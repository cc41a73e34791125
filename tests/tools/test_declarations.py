"""What is declared: the names, the schema, the docs that follow from it."""

from __future__ import annotations

from pathlib import Path

import pytest

from mettaclaw.errors import CallError
from mettaclaw.tools.__main__ import declared, reference
from tests.tools.conftest import Bench

NAMES = (
    "pin remember query episodes forget promote demote support contradict metta "
    "read-file write-file append-file shell send"
)
PURE = ["episodes"]


def test_the_tools_are_these(bench: Bench) -> None:
    assert list(bench.tools) == NAMES.split()
    assert {t.name for t in bench.tools.values() if t.permission == "deny"} == {"shell"}


def test_every_example_fits_its_declaration(bench: Bench) -> None:
    from mettaclaw.protocol.calls import parse

    for tool in bench.tools.values():
        (call,) = parse(tool.example)
        assert call.name == tool.name
        assert tool.arguments(call)
        assert tool.doc
        assert tool.signature.startswith(f"({tool.name} ")


def test_every_tool_is_a_json_function_that_becomes_the_same_call(bench: Bench) -> None:
    for tool in bench.tools.values():
        schema = tool.json_schema()["function"]
        assert schema["name"] == tool.name
        assert set(schema["parameters"]["required"]) <= set(schema["parameters"]["properties"])
    tool = bench.tools["query"]
    assert str(tool.from_json({"text": "tea", "k": 3})) == '(query "tea" 3)'


def test_only_what_writes_nothing_is_declared_pure(bench: Bench) -> None:
    bench.call('(remember "The person prefers tea.")')
    context = bench.context
    for tool in bench.tools.values():
        if tool.effect != "pure":
            continue
        before = context.kb.database.rows("SELECT max(id) FROM txn")
        bench.call(tool.example)
        assert context.kb.database.rows("SELECT max(id) FROM txn") == before, tool.name
    assert [t.name for t in bench.tools.values() if t.effect == "pure"] == PURE
    assert bench.tools["query"].permission == "allow"


def test_effects_outside_the_database_can_be_asked_about_after_a_crash(bench: Bench) -> None:
    outside = [t for t in bench.tools.values() if t.effect in ("files", "shell", "network")]
    assert [t.name for t in outside if t.prepare is None] == []
    assert [t.name for t in outside if t.recover is None] == ["shell"]


def test_the_page_of_tools_is_current() -> None:
    page = Path(__file__).parents[2] / "docs" / "tools.md"
    assert page.read_text(encoding="utf-8") == reference(declared()), (
        "run: python -m mettaclaw.tools > docs/tools.md"
    )


@pytest.mark.parametrize(
    "call",
    ["(pin)", '(pin "a" "b")', '(query "x" "many")', "(forget)", '(write-file "a")', "(metta)"],
)
def test_wrong_arguments_are_told_with_the_signature(bench: Bench, call: str) -> None:
    with pytest.raises(CallError, match="The tool is"):
        bench.call(call)
