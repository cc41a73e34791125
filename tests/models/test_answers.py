"""Answers: all or nothing, native calls like written ones, a wrong one fails alone."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mettaclaw.atoms.syntax import Number, String, read
from mettaclaw.errors import CallError
from mettaclaw.models.answers import Request, from_native, from_text, functions, schemas
from mettaclaw.models.stream import Gathered
from mettaclaw.protocol.calls import Call, parse
from mettaclaw.protocol.packet import Answer, Usage
from mettaclaw.protocol.tool import Outcome, Parameter, Tool, find
from tests.models.packets import TOOLS


def native(*requests: tuple[str, Any], content: str = "") -> Answer:
    asked = [Request(n, a if isinstance(a, str) else json.dumps(a)) for n, a in requests]
    return from_native(content, asked, TOOLS)


def run(call: Call) -> list[Any]:
    """What the loop does before it runs a call."""
    return find({tool.name: tool for tool in TOOLS}, call.name).arguments(call)


# --- written calls -----------------------------------------------------------------------------


def test_written_calls_are_read() -> None:
    answer = from_text('(pin "plan") (send "hi")', Usage(3, 4))
    assert answer.calls == (Call("pin", (String("plan"),)), Call("send", (String("hi"),)))
    assert (answer.error, answer.usage) == (None, Usage(3, 4))


@pytest.mark.parametrize(
    "text",
    [
        "Hello there!",
        '(send "hi"',
        'Sure: (send "hi")',
        '(send "hi") done',
        "",
        "  \n",
        "```\n```",
        '(send "a") "b"',
        "(send 'a",
        "((x))",
        '<think>only thoughts (send "x")',
    ],
)
def test_what_is_not_calls_alone_runs_nothing_and_says_how_to_answer(text: str) -> None:
    answer = from_text(text)
    assert answer.calls == ()
    assert answer.error is not None
    assert "Nothing ran" in answer.error
    assert "(send " in answer.error


@pytest.mark.parametrize(
    "text",
    [
        '<think>Let me (see "this")</think>\n(send "hi")',
        '<thinking>a</thinking><think>b</think> (send "hi")',
        '<THINK>\nmulti\nline\n</THINK>\n```metta\n(send "hi")\n```',
        'so the answer is easy.\n</think>\n\n(send "hi")',
    ],
)
def test_reasoning_before_the_answer_is_taken_off(text: str) -> None:
    assert from_text(text).calls == (Call("send", (String("hi"),)),)


def test_tags_inside_a_text_stay() -> None:
    text = '(send "write <think>x</think> to think")'
    assert from_text(text).calls == (Call("send", (String("write <think>x</think> to think"),)),)


def test_an_injected_call_in_a_string_stays_a_string() -> None:
    inner = 'ok") (shell "id'
    assert from_text(str(Call("send", (String(inner),)))).calls == (Call("send", (String(inner),)),)
    assert native(("send", {"text": inner})).calls == (Call("send", (String(inner),)),)


def test_an_answer_past_the_limits_of_atoms_is_an_error() -> None:
    answer = from_text("(metta " + "(" * 400 + ")" * 401)
    assert answer.error is not None
    assert "deep" in answer.error


# --- native calls ------------------------------------------------------------------------------


def test_native_calls_become_the_same_calls_as_written_ones() -> None:
    answer = native(
        ("metta", {"expr": "(infer (--> $x cat)) (truth a)"}),
        ("query", {"text": "tea", "k": 5}),
        ("send", {"text": 'hi "you"'}),
    )
    written = '(metta (infer (--> $x cat)) (truth a)) (query "tea" 5) (send "hi \\"you\\"")'
    assert answer.calls == tuple(parse(written)) == tuple(parse(answer.text))
    assert answer.error is None


def test_text_without_calls_is_prose_and_text_beside_calls_is_kept() -> None:
    assert native(content="Hello!") == Answer("Hello!", prose="Hello!")
    assert native(content="<think>x</think> Hello!").prose == "Hello!"
    answer = native(("send", {"text": "hi"}), content="I will greet.")
    assert (answer.prose, len(answer.calls)) == ("I will greet.", 1)


def test_calls_written_as_text_are_read_where_functions_were_dropped() -> None:
    assert native(content='(send "hi")').calls == (Call("send", (String("hi"),)),)
    mixed = native(content='(sned "hi") (pin "x")')
    assert [call.name for call in mixed.calls] == ["sned", "pin"]  # the first fails alone


@pytest.mark.parametrize(
    "prose",
    [
        "(well hello)",
        "(Pinning it down is hard.) Yes.",
        "(as you said) yes",
        "(perhaps",
        "(Send me more.)",
        ":-)",
        '{"age": 7}',
        "[1, 2]",
    ],
)
def test_prose_in_parentheses_or_braces_stays_prose(prose: str) -> None:
    assert native(content=prose).prose == prose


@pytest.mark.parametrize(
    "content",
    [
        '(send "hel',
        '  (send "hel',
        '```metta\n(send "hel',
        "```metta\n(send",
        '<think>so</think>(send "hel',
        '(send "hi") and that is all',
        '(pin "plan") (send "hel',
        "(metta (infer (--> a",
        '(sned "hel',
        '(Send "hel',
        '<tool_call>\n{"name": "send", "arguments": {"text": "hel',
        '[TOOL_CALLS][{"name": "send"',
        "<|python_tag|>send.call(",
        "<function=send>{",
        '{"name": "send", "arguments": {"text": "hi"}}',
        '[{"function": {"name": "send"',
        '```json\n{"tool": "send"',
    ],
)
def test_text_that_opens_as_a_call_and_cannot_be_read_is_an_error_and_never_a_reply(
    content: str,
) -> None:
    answer = native(content=content)
    assert (answer.calls, answer.prose) == ((), "")
    assert answer.error is not None
    assert "Nothing ran" in answer.error


@pytest.mark.parametrize("content", ["", "  ", "<think>hm</think>"])
def test_an_empty_native_answer_is_an_error(content: str) -> None:
    answer = native(content=content)
    assert (answer.calls, answer.prose) == ((), "")
    assert answer.error is not None
    assert "empty" in answer.error


@pytest.mark.parametrize(
    "arguments", ['{"text": "a', "[1]", "NaN", '"x"', "{'text': 'a'}", '{"k": NaN}', "[" * 100_000]
)
def test_unreadable_arguments_of_one_call_run_nothing_at_all(arguments: str) -> None:
    answer = native(("send", {"text": "hi"}), ("query", arguments))
    assert answer.calls == ()
    assert answer.error is not None
    assert "call 2 (`query`)" in answer.error


@pytest.mark.parametrize(
    ("name", "arguments", "says"),
    [
        ("send", {"message": "hi"}, "no argument 'message'"),
        ("query", {"text": "a", "k": "many"}, "wrong type"),
        ("query", {"text": "a", "k": True}, "wrong type"),
        ("query", {"k": 3}, "without TEXT"),
        ("query", {}, "TEXT is missing"),
        ("metta", {"expr": "(infer (a"}, "not closed"),
        ("metta", {"expr": ""}, "EXPR is missing"),
        ("send", {"text": "\ud800"}, "surrogate"),
        ("send", {"text": "a\0b"}, "NUL"),
        ("remember", {"what": "(a) (b)"}, "too many"),
        ("remember", {"what": "(a"}, "not closed"),
        ("remember", {"what": True}, "wrong type"),
        ("remember", {"what": "a \ud800 b"}, "surrogate"),
        ("sned", {"text": "hi"}, "did you mean send"),
    ],
)
def test_a_call_that_does_not_fit_its_tool_fails_alone(
    name: str, arguments: dict[str, Any], says: str
) -> None:
    answer = native((name, arguments), ("send", {"text": "hi"}))
    assert answer.error is None
    assert [call.name for call in answer.calls] == [name, "send"]
    with pytest.raises(CallError, match=says):
        run(answer.calls[0])
    assert run(answer.calls[1]) == ["hi"]


@pytest.mark.parametrize(
    ("said", "atom"),
    [
        ("I like (green) tea; it's 5 o'clock", String("I like (green) tea; it's 5 o'clock")),
        ('say "hi" twice', String('say "hi" twice')),
        ('"I like tea"', String("I like tea")),
        ("(--> tea drink)", read("(--> tea drink)")),
        ("Bob", read("Bob")),
        ("12", Number(12)),
        (12, Number(12)),
    ],
)
def test_plain_words_are_a_string_where_one_atom_is_asked_for(said: Any, atom: Any) -> None:
    assert native(("remember", {"what": said})).calls == (Call("remember", (atom,)),)


def test_missing_optional_arguments_and_nulls_are_left_out() -> None:
    assert native(("query", {"text": "a", "k": None})).calls == (Call("query", (String("a"),)),)
    assert native(("query", {"text": "a", "k": 2.5})).calls[0].args[1] == Number(2.5)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
keys = st.sampled_from(["text", "k", "expr", "what", "path"]) | st.text(max_size=5)


@given(
    st.lists(
        st.tuples(
            st.sampled_from([tool.name for tool in TOOLS]) | st.text(st.characters(), max_size=8),
            st.dictionaries(keys, json_values, max_size=3).map(json.dumps) | st.text(max_size=20),
        ),
        max_size=4,
    ),
    st.text(st.characters(), max_size=20),
)
@settings(max_examples=200, deadline=None)
def test_any_native_answer_becomes_calls_or_an_error_and_is_utf8(
    asked: list[tuple[str, str]], content: str
) -> None:
    answer = from_native(content, [Request(n, a) for n, a in asked], TOOLS)
    assert not (answer.error and answer.calls)
    for call in answer.calls:
        str(call).encode("utf-8")
        assert parse(str(call))[0].args == call.args


@pytest.mark.parametrize("size", [150_000, 300_000])
def test_a_call_too_large_to_be_written_down_does_not_run(size: int) -> None:
    text = "\n" * size  # each takes two characters when it is written down
    written = from_text(f'(send "{text}")')
    assert written.error is not None
    assert "limit text" in written.error
    answer = native(("send", {"text": text}), ("send", {"text": "hi"}))
    with pytest.raises(CallError, match="limit"):
        run(answer.calls[0])
    assert run(answer.calls[1]) == ["hi"]


def test_a_call_that_cannot_run_still_cannot_after_it_was_written_down() -> None:
    call = native(("send", {"message": "hi"})).calls[0]
    again = parse(str(call))[0]
    assert again == call
    with pytest.raises(CallError, match="no argument 'message'"):
        run(again)


# --- functions ---------------------------------------------------------------------------------


def test_tools_are_offered_under_names_that_endpoints_take() -> None:
    odd = [
        Tool(name, "doc", (Parameter("X", "text", "x"),), "pure", "allow", lambda x: Outcome(()))
        for name in ("read-file", "kin.aunts?", "kin.aunts!", "a" * 80, "🐈")
    ]
    named = functions(odd)
    assert [tool.name for tool in named.values()] == [tool.name for tool in odd]
    assert list(named)[:3] == ["read-file", "kin_aunts_", "kin_aunts__2"]
    assert all(0 < len(name) <= 64 and name.isascii() for name in named)
    offered = schemas(odd)
    assert [s["function"]["name"] for s in offered] == list(named)
    answer = from_native("", [Request("kin_aunts__2", '{"x": "Ann"}')], odd)
    assert answer.calls == (Call("kin.aunts!", (String("Ann"),)),)


# --- streams -----------------------------------------------------------------------------------


def gather(*deltas: dict[str, Any]) -> Gathered:
    gathered = Gathered()
    for delta in deltas:
        gathered.add({"choices": [{"delta": delta}]})
    return gathered


def piece(arguments: str = "", name: str = "", id_: str = "", index: int | None = None) -> Any:
    call: dict[str, Any] = {"function": {"arguments": arguments}}
    if name:
        call["function"]["name"] = name
    if id_:
        call["id"] = id_
    if index is not None:
        call["index"] = index
    return {"tool_calls": [call]}


@pytest.mark.parametrize(
    "deltas",
    [
        [
            piece("", "a", "1", 0),
            piece("{", index=0),
            piece("", "b", "2", 1),
            piece("}", index=0),
            piece("{}", index=1),
        ],
        [piece("{}", "a", "1", 0), piece("{}", "b", "2", 0)],
        [piece("{}", "a", "1"), piece("{}", "b", "2")],
        [piece("{", "a"), piece("}"), piece("{", "b"), piece("}")],
        [piece("{", "a", "1"), piece("}", "", "1"), piece("{}", "b", "2")],
        [piece("{", "a", "1", 0), piece("}", "a", "1", 0), piece("{}", "b", "2", 1)],
    ],
    ids=["in turns", "all zero", "no index", "no index, no id", "id repeated", "name repeated"],
)
def test_pieces_of_calls_find_together_however_they_are_numbered(deltas: list[Any]) -> None:
    assert gather(*deltas).requests == [Request("a", "{}"), Request("b", "{}")]


@given(
    st.recursive(
        json_values,
        lambda x: st.dictionaries(
            st.sampled_from(
                ["choices", "delta", "tool_calls", "function", "content", "usage", "index"]
            ),
            x | st.lists(x, max_size=2),
            max_size=3,
        ),
        max_leaves=10,
    )
)
@settings(max_examples=200, deadline=None)
def test_no_chunk_can_break_the_assembly(chunk: Any) -> None:
    gathered = Gathered()
    if isinstance(chunk, dict):
        gathered.add(chunk).encode("utf-8")
    assert gathered.usage.tokens_in >= 0
    gathered.content.encode("utf-8")


def test_halves_of_a_character_in_two_chunks_are_joined() -> None:
    cat = "🐈"
    high, low = json.loads(json.dumps(cat)[:7] + '"'), json.loads('"' + json.dumps(cat)[7:])
    assert gather({"content": high}, {"content": low}).content == cat


def test_parts_and_ready_objects_are_read_too() -> None:
    gathered = gather(
        {"content": [{"type": "text", "text": "hi"}, {"type": "image"}]},
        {"tool_calls": [{"function": {"name": "send", "arguments": {"text": "a"}}}]},
    )
    assert gathered.content == "hi"
    assert from_native("", gathered.requests, TOOLS).calls == (Call("send", (String("a"),)),)


def test_mettas_own_atoms_survive_a_native_call() -> None:
    atom = '(believe (--> "odd one" ([] big)) (stv 1.0 0.9) "said \\"so\\"")'
    assert native(("metta", {"expr": atom})).calls == (Call("metta", (read(atom),)),)
