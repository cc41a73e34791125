"""``mettaclaw episodes`` by text and call, ``episodes replay``, and /replay."""

from __future__ import annotations

import pytest

from tests.terminal import Claw, by_words, plain
from tests.ui.test_repl import PROMPT, repl


@pytest.fixture
def talked(claw: Claw) -> Claw:
    by_words(claw.home)
    done = claw("run", "Garfield is a cat. Every cat is an animal.", "--json")
    assert done.code == 0, done.err
    assert claw("run", "Is Garfield an animal?").out.startswith("Yes")
    return claw


def test_lines_are_chosen_by_text_and_call(talked: Claw) -> None:
    lines = talked("episodes", "--call", "send", "--json").objects
    assert [line["kind"] for line in lines] == ["reply", "call", "result"] * 2
    assert {line["tool"] for line in lines} == {"send"}
    assert all(line["message"] and line["cycle"] and line["call"] for line in lines)
    found = talked("episodes", "--text", "IS GARFIELD AN", "--json").objects
    assert [line["text"] for line in found] == ["Is Garfield an animal?"]
    shown = talked("episodes", "--text", "Is Garfield an").out.split(maxsplit=1)
    assert int(shown[0]) == found[0]["id"]
    none = talked("episodes", "--call", "forget")
    assert (none.code, none.out, none.err) == (
        0,
        "",
        "no line of the log fits; `mettaclaw episodes` shows the last ones\n",
    )


def test_a_turn_is_shown_again_by_the_id_of_any_of_its_lines(talked: Claw) -> None:
    lines = talked("episodes", "--json").objects
    second = [line for line in lines if line["message"] == 2]
    outputs = {talked("episodes", "replay", str(line["id"])).out for line in second[::3]}
    (shown,) = outputs
    assert "\x1b" not in shown
    parts = [
        "message 2, ",
        "  Is Garfield an animal?\n",
        "cycle 1, ",
        "it saw\n  # Earlier turns\n",
        "  | Garfield is a cat. Every cat is an animal.\n",
        "it answered\n  (metta (infer (--> garfield animal)))\n",
        "call 1 of 1\n",
        "returned, ",
        "cycle 2, ",
        "reply\n  Yes. Garfield is an animal",
    ]
    places = [shown.find(part) for part in parts]
    assert places == sorted(places), dict(zip(parts, places, strict=True))
    assert places[0] == 0
    assert "You are MeTTaClaw" not in shown
    assert "  You are MeTTaClaw" in talked("episodes", "replay", "1", "--system").out
    one = talked("episodes", "replay", str(second[0]["id"]), "--cycle", "2").out
    assert "cycle 2, " in one
    assert "cycle 1, 2" not in one


def test_a_script_gets_the_texts_whole_and_all_ids(talked: Claw) -> None:
    lines = talked("episodes", "--json").objects
    (shown,) = talked("episodes", "replay", "1", "--json").objects
    assert shown["message"]["text"] == "Garfield is a cat. Every cat is an animal."
    first = shown["cycles"][0]
    assert first["system"].startswith("You are MeTTaClaw")
    assert first["user"].endswith("Answer with your calls now.")
    assert [tool["name"] for tool in first["tools"]][:2] == ["pin", "remember"]
    calls = {call["id"]: call for cycle in shown["cycles"] for call in cycle["calls"]}
    logged = {line["call"]: line for line in lines if line["message"] == 1 and line["call"]}
    assert calls.keys() == logged.keys()
    for id_, call in calls.items():
        assert call["tool"] == logged[id_]["tool"]
        assert call["transaction"] == logged[id_]["transaction"]
    believed = first["calls"][0]
    assert believed["truth"] == [1.0, 0.9]
    changes = talked("atoms", "history", "--json").objects
    assert believed["transaction"] in {change["id"] for change in changes}


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (["replay", "999"], 1, "there is no episode 999"),
        (["replay", "1", "--cycle", "9"], 1, "no cycle 9; its cycles are 1 to 2"),
        (["replay"], 2, "ID"),
        (["replay", "x"], 2, "no whole number"),
        (["--limit", "3", "replay", "1"], 2, "stand after it"),
        (["repaly", "1"], 2, "did you mean replay"),
    ],
)
def test_what_cannot_be_shown_is_told(talked: Claw, args: list[str], code: int, words: str) -> None:
    done = talked("episodes", *args)
    assert done.code == code
    assert words in done.err
    assert done.out == ""
    assert len(done.err.splitlines()) == 1


def test_the_last_turn_is_shown_again_in_the_repl(talked: Claw) -> None:
    with repl(talked) as screen:
        screen.say("/replay")
        shown = screen.see("Yes. Garfield is an animal") + screen.see(PROMPT)
        assert "it saw" in plain(shown)
        screen.say("/replay 1")
        screen.see("Every cat is an animal.")
        screen.see("Noted: ")
        screen.see(PROMPT)
        screen.say("/replay 999")
        screen.see("there is no episode 999")
        screen.say("/replay x")
        screen.see("name a line of the log by its id")
