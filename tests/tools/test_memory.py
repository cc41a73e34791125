"""pin, remember, query, episodes, forget, send: what they return, and whom they name."""

from __future__ import annotations

import pytest

from mettaclaw.atoms.syntax import Expression, Number, String, read
from mettaclaw.errors import CallError, LimitError, UsageError
from tests.tools.conftest import Bench


def test_a_pin_replaces_the_one_before(bench: Bench) -> None:
    assert bench.values('(pin "plan A")') == ["(pinned)"]
    bench.call('(pin "plan B")')
    assert bench.context.pin.read() == "plan B"


def test_a_pin_that_is_too_long_is_refused(bench: Bench) -> None:
    with pytest.raises(LimitError, match="4,000"):
        bench.call(f'(pin "{"x" * 5_000}")')


def test_remember_keeps_words_and_names_who_said_them(bench: Bench) -> None:
    bench.said.append("Please note: I like green tea. Thanks!")
    assert bench.values('(remember "I like green tea.")') == ["(remembered 1)"]
    assert bench.values('(remember "The person likes tea.")') == ["(remembered 2)"]
    assert bench.values('(remember "I like green tea.")') == ["(remembered 1)"]
    sources = [item.source for item in reversed(bench.context.memory.latest())]
    assert sources == ["user", "model:scripted"]


def test_remember_keeps_an_expression_with_its_atom(bench: Bench) -> None:
    bench.call("(remember (--> garfield cat))")
    item = bench.context.memory.get(1)
    assert item is not None
    assert (item.text, item.atom) == (None, read("(--> garfield cat)"))


def test_words_are_kept_with_what_they_say_which_comes_back_as_a_premise(bench: Bench) -> None:
    bench.call('(remember "The cat is idle." (--> garfield ([] lazy)))')
    bench.context.kb.add("(--> garfield ([] lazy))", (1.0, 0.9))
    found, _ = bench.call('(query "idle")').values
    assert "(premises ((--> garfield ([] lazy)) (stv 1.0 0.9)))" in str(found)
    bench.context.kb.retract("(--> garfield ([] lazy))")
    found, _ = bench.call('(query "idle")').values
    assert "premises" not in str(found)
    assert "(atoms (--> garfield ([] lazy)))" in str(found)


def test_what_is_believed_of_a_sentence_is_found_by_that_sentence(bench: Bench) -> None:
    bench.said.append("Garfield is a cat. He is rather indolent.")
    bench.call('(metta (believe (--> garfield ([] lazy)) (stv 1.0 0.9) "He is rather indolent."))')
    found, _ = bench.call('(query "who is indolent")').values
    assert str(found).startswith('(item 1 "He is rather indolent." "user"')
    assert "(premises ((--> garfield ([] lazy)) (stv 1.0 0.9)))" in str(found)


@pytest.mark.parametrize("call", ['(remember "")', '(send "  ")'])
def test_nothing_is_refused(bench: Bench, call: str) -> None:
    with pytest.raises((UsageError, CallError), match="empty"):
        bench.call(call)
    assert bench.sent == []


def test_query_returns_items_best_first_and_says_what_was_lacking(bench: Bench) -> None:
    bench.call('(remember "Ann likes green tea")')
    bench.call('(remember "Bob likes coffee")')
    first, second, note = bench.call('(query "who likes green tea")').values
    match first:
        case Expression(
            (_, Number(1), String(text), String(source), String(time), Number(score), why)
        ):
            assert (text, source) == ("Ann likes green tea", "model:scripted")
            assert time.endswith("Z")
            assert score > 1
            assert str(why).startswith("(because (around 1.0)")
        case _:
            pytest.fail(str(first))
    assert str(second).startswith('(item 2 "Bob likes coffee"')
    assert str(note).startswith('(note "found by words only')


def test_query_for_nothing_finds_the_newest(bench: Bench) -> None:
    for words in ("buy milk", "xylophone", "zeppelin"):
        bench.call(f'(remember "{words}")')
    found = bench.values('(query "" 2)')
    assert ["zeppelin" in found[0], "xylophone" in found[1], len(found)] == [True, True, 2]


def test_query_without_hits_returns_no_items(bench: Bench) -> None:
    assert bench.values('(query "tea")') == []


def test_query_takes_as_many_as_asked_for(bench: Bench) -> None:
    for i in range(12):
        bench.call(f'(remember "tea number {i}")')
    assert len([v for v in bench.values('(query "tea")') if v.startswith("(item")]) == 10
    assert len([v for v in bench.values('(query "tea" 3)') if v.startswith("(item")]) == 3


@pytest.mark.parametrize("k", ["0", "2.5", "-3", "101", "1e999"])
def test_a_wrong_count_is_refused(bench: Bench, k: str) -> None:
    with pytest.raises(CallError, match="100"):
        bench.call(f'(query "tea" {k})')


def test_long_items_are_cut_in_results_and_say_so(bench: Bench) -> None:
    bench.context.memory.remember("tea " + "x" * 150_000)
    shown = bench.values('(query "tea")')[0]
    assert "characters cut" in shown
    assert len(shown) < 70_000


def test_episodes_are_shown_by_time(bench: Bench) -> None:
    database = bench.context.kb.database
    with database.transaction():
        bench.context.episodes.append("message", "hello")
    (line,) = bench.values('(episodes "today")')
    assert line.startswith('(episode 1 "message" "hello" "')
    assert bench.values('(episodes "yesterday" "yesterday")') == []
    assert bench.values('(episodes "2h" now)') == [line]
    with pytest.raises(UsageError, match="yesterday"):
        bench.call('(episodes "soon")')


def test_many_episodes_are_the_latest_and_say_that_there_are_more(bench: Bench) -> None:
    with bench.context.kb.database.transaction():
        for i in range(150):
            bench.context.episodes.append("message", f"m{i}")
    shown = bench.values('(episodes "today")')
    assert len(shown) == 101
    assert '"m50"' in shown[0]
    assert '"m149"' in shown[99]
    assert shown[100].startswith('(note "these are the latest 100')


def test_forget_by_id_text_and_statement(bench: Bench) -> None:
    kb = bench.context.kb
    kb.add("(--> garfield dog)", (1.0, 0.9))
    bench.call('(remember "tea")')
    bench.call('(remember "coffee")')
    bench.call("(remember (--> garfield dog))")
    for what in ("1", '"coffee"', "(--> garfield dog)"):
        with pytest.raises(CallError, match="message does not ask to forget anything"):
            bench.call(f"(forget {what})")
    assert (kb.count(), bench.context.memory.count()) == (1, 3)
    bench.said.append("Please delete these.")
    assert bench.values("(forget 1)") == ['(forgot "item" "tea")']
    assert bench.values('(forget "coffee")') == ['(forgot "item" "coffee")']
    assert bench.values("(forget (--> garfield dog))") == [
        '(forgot "statement" "(--> garfield dog)")',
        '(forgot "item" "(--> garfield dog)")',
    ]
    assert (kb.count(), bench.context.memory.count()) == (0, 0)


def test_forget_erases_all_about_a_name_that_the_person_gave(bench: Bench) -> None:
    kb = bench.context.kb
    kb.add("(--> wug tame)", (1.0, 0.9), source="user", words="Wug is tame.")
    kb.add("(--> fep tame)", (1.0, 0.9), source="user", words="Fep is tame.")
    bench.call('(remember "Wug likes tea")')
    with pytest.raises(CallError, match="message does not name `wug`"):
        bench.call("(forget (entity wug))")
    bench.said.append("Forget all about Wug.")
    assert bench.values('(forget (entity "Wug"))') == [
        '(forgot "statement" "(--> wug tame)")',
        '(forgot "item" "Wug likes tea")',
    ]
    assert [str(found["$x"]) for found in kb.match("(--> $x tame)")] == ["fep"]
    assert bench.values("(forget (entity wug))") == [
        '(note "nothing has the name wug but this turn, which loses it too")'
    ]


def test_forget_erases_a_time_that_the_person_named(bench: Bench) -> None:
    kb = bench.context.kb
    kb.add("(--> wug tame)", (1.0, 0.9), source="user", time="2025-06-06")
    kb.add("(--> fep tame)", (1.0, 0.9), source="user", time="2025-07-07")
    with pytest.raises(CallError, match="message names no time"):
        bench.call('(forget (between "2025-06-01" "2025-06-30"))')
    bench.said.append("Forget all that you heard in June 2025.")
    assert bench.values('(forget (between "2025-06-01" "2025-06-30"))') == [
        '(forgot "statement" "(--> wug tame)")'
    ]
    assert [str(found["$x"]) for found in kb.match("(--> $x tame)")] == ["fep"]
    with pytest.raises(UsageError, match="ends before it begins"):
        bench.call('(forget (between "2025-06-30" "2025-06-01"))')


def test_forget_says_what_followed_and_what_tells_the_same_and_stays(bench: Bench) -> None:
    kb = bench.context.kb
    kb.add("(--> wug tame)", (1.0, 0.9), source="user")
    kb.add("(--> tame calm)", (1.0, 0.9), source="user")
    kb.keep(kb.infer("(--> wug calm)")[0])
    bench.call('(remember "Wug is tame, they say")')
    with kb.database.transaction():
        bench.context.episodes.append("message", "Is Wug tame? Hm.")
    bench.said.append("Forget it.")
    assert bench.values("(forget (--> wug tame))") == [
        '(forgot "statement" "(--> wug tame)")',
        '(forgot "derived" "(--> wug calm)")',
        '(forgot "lines" 1)',
        '(note "the same is told by what stays: item 1")',
    ]
    assert bench.context.episodes.between()[0].text == "[forgotten] Hm."


def test_forget_takes_back_all_that_a_source_said_and_nobody_elses_words(bench: Bench) -> None:
    for source in ("sam", "ann", "user"):
        bench.context.kb.add("(--> tom cat)", (1.0, 0.9), source=source)
    bench.context.kb.add("(--> tom ([] lazy))", (1.0, 0.9), source="sam")
    with pytest.raises(CallError, match="message does not name the source `sam`"):
        bench.call("(forget (source sam))")
    bench.said.append("Forget what Sam said.")
    assert bench.values('(forget (source "sam"))') == [
        '(forgot "source" "sam" (--> tom cat) (--> tom ([] lazy)))',
        f"(change {bench.context.kb.history()[0].id})",
    ]
    assert [e.source for e in bench.context.kb.evidence("(--> tom cat)")] == ["ann", "user"]
    assert bench.context.kb.belief("(--> tom ([] lazy))") is None
    for kept in ("user", "User", '"file:cats.metta"', "model:x"):
        with pytest.raises(CallError, match="is the person, a model or a file"):
            bench.call(f"(forget (source {kept}))")
    with pytest.raises(CallError, match="no source `sam` with anything that stands"):
        bench.call("(forget (source sam))")


@pytest.mark.parametrize("what", ["7", "1e999", "1.5", '"tea"', "(--> a b)", "tea"])
def test_to_forget_what_is_not_there_is_a_failed_call(bench: Bench, what: str) -> None:
    bench.said.append("Forget it.")
    with pytest.raises(CallError, match="nothing to forget") as caught:
        bench.call(f"(forget {what})")
    assert caught.value.kind == "call"


def test_send_delivers_the_text_as_it_is(bench: Bench) -> None:
    assert bench.values('(send "Hello,\\n\\"you\\" 🙂")') == ["(sent)"]
    assert bench.sent == ['Hello,\n"you" 🙂']
