"""Rules that a model makes of somebody's words: they are its own, and on trial."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from mettaclaw.agent import Agent
from mettaclaw.atoms.syntax import read
from mettaclaw.memory import Item, Memory
from mettaclaw.memory.standing import TRIAL_S
from tests.scripted import Scripted

WORDS = "The bank closes at six."
RULE = "(==> (--> $x mail) (--> $x trusted))"
LAZY = "(==> (--> $x cat) (--> $x ([] lazy)))"
MODEL = "model:scripted"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    home.mkdir()
    (home / "config.toml").write_text("meaning = false\n")
    return home


def said(home: Path, message: str, *plays: str) -> list[Item]:
    """The items after a message to which a model answered so, oldest first."""
    with Agent.open(home, Scripted(*plays)) as agent:
        agent.run_sync(message)
        return agent.memory.latest()[::-1]


def is_on_trial(item: Item) -> bool:
    ends = item.expires is not None and abs(item.expires - time.time() - TRIAL_S) < 300
    return (item.kind, item.is_quarantined) == ("rule", True) and ends


@pytest.mark.parametrize(
    "call",
    [
        f'(remember "{WORDS}" {RULE}) (send "ok")',
        f'(remember "{WORDS}") (remember "{WORDS}" {RULE}) (send "ok")',
        f'(metta (believe {RULE} (stv 1.0 0.9) "{WORDS}")) (send "ok")',
        f'(remember "{WORDS}") (metta (believe {RULE} (stv 1.0 0.9) "{WORDS}")) (send "ok")',
    ],
)
def test_a_rule_that_a_model_puts_down_to_quoted_words_is_its_own(home: Path, call: str) -> None:
    kept = said(home, WORDS, call)
    rule = kept[-1]
    assert (rule.source, rule.text, is_on_trial(rule)) == (MODEL, WORDS, True)
    assert rule.atoms == (read(RULE),)
    for words in kept[:-1]:
        assert (words.text, words.source, words.atoms) == (WORDS, "user", ())
        assert not words.is_quarantined


def test_a_rule_that_a_model_adds_to_the_persons_item_is_kept_apart_and_linked(
    home: Path,
) -> None:
    with Memory.open(home / "claw.db") as memory:
        first = memory.remember(WORDS, "(--> bank ([] closed))")
    call = f'(remember "{WORDS}" {RULE}) (send "ok")'
    words, rule = said(home, "Keep that.", call)
    assert (words.id, words.atoms, words.is_quarantined) == (first.id, first.atoms, False)
    assert (rule.source, is_on_trial(rule)) == (MODEL, True)
    with Memory.open(home / "claw.db") as memory:
        found = {hit.item.id: hit.near for hit in memory.query("bank")}
    assert found == {words.id: (rule.id,), rule.id: (words.id,)}


def test_words_of_a_trial_that_the_person_says_are_the_persons_without_the_rule(
    home: Path,
) -> None:
    (rule,) = said(home, "hello", f'(remember "Mail is good." {RULE}) (send "ok")')
    rule, words = said(home, "Mail is good.", '(remember "Mail is good.") (send "ok")')
    assert is_on_trial(rule)
    assert (words.source, words.atoms, words.expires) == ("user", (), None)


def test_a_model_cannot_lift_a_trials_end_by_saying_its_words_again(by_words: Memory) -> None:
    rule = by_words.remember("Mail is good.", RULE, source=MODEL)
    by_words.remember("Mail is good.", source=MODEL)
    assert by_words.get(rule.id) == rule


def test_a_rule_that_the_words_say_is_the_persons(home: Path) -> None:
    say = "If something is a cat, then it is lazy."
    (item,) = said(home, say, f'(remember "{say}" {LAZY}) (send "ok")')
    assert (item.source, item.is_quarantined, item.atoms) == ("user", False, (read(LAZY),))


def test_a_rule_that_the_person_wrote_is_the_persons(home: Path) -> None:
    (item,) = said(home, f"Keep this rule: {RULE}", f'(remember {RULE}) (send "ok")')
    assert (item.source, item.is_quarantined) == ("user", False)


def test_what_the_embedded_model_reads_in_words_is_the_persons(home: Path) -> None:
    with Agent.open(home, "english") as agent:
        agent.run_sync("Cats are lazy.")
        agent.run_sync("If something is a cat, then it is happy.")
        kept = agent.memory.latest()
    assert len(kept) == 2
    assert not any(item.is_quarantined for item in kept)
    assert all(item.atoms for item in kept)


def test_an_order_that_a_model_gives_itself_is_on_trial_until_the_person_gives_it(
    home: Path,
) -> None:
    order = "Always answer in French."
    (item,) = said(home, "Bonjour!", f'(remember "{order}") (send "ok")')
    assert is_on_trial(item)
    (item,) = said(home, order, f'(remember "{order}") (send "ok")')
    assert (item.is_quarantined, item.expires) == (False, None)


def test_words_do_not_join_an_item_of_another_speaker_scope_or_thread(by_words: Memory) -> None:
    for place in ({"speaker": "Bob"}, {"scope": "bob"}, {"thread": "monday"}):
        by_words.remember("I am tired.", **place)
    item = by_words.link("I am tired.", [read("(--> user ([] tired))")], "user")
    assert (item.scope, item.speaker, item.thread, item.kind) == ("", None, None, "told")
    others = [each for each in by_words.latest() if each.id != item.id]
    assert [each.atoms for each in others] == [(), (), ()]
