"""Usefulness, trials and quarantine: what counts, once, and what it changes."""

from __future__ import annotations

import time

import pytest

from mettaclaw.errors import UsageError
from mettaclaw.memory import Item, Memory, votes
from mettaclaw.memory.standing import MOST_USE, TRIAL_S

RULE = "(==> (--> $x cat) (--> $x lazy))"


def on_trial(memory: Memory, rule: str = RULE) -> Item:
    return memory.remember(rule, rule, source="model:m")


def age(memory: Memory, item: Item, days: float) -> None:
    """Let an item's usefulness be so many days old."""
    with memory.database.transaction():
        memory.database.write(
            "UPDATE item SET used = used - ? WHERE id = ?", (days * 86_400, item.id)
        )


def test_a_promoted_item_comes_before_its_like_and_a_demoted_one_after(by_words: Memory) -> None:
    for text in ("tea is hot", "tea is cold", "tea is red"):
        by_words.remember(text, time=1.0)
    by_words.promote(1)
    by_words.demote(3)
    hits = by_words.query("tea")
    assert [hit.item.id for hit in hits] == [1, 2, 3]
    assert hits[0].parts["use"] > 0 > hits[2].parts["use"]


def test_usefulness_never_trumps_what_fits(by_words: Memory) -> None:
    by_words.remember("tea is hot", time=1.0)
    by_words.remember("the green tea of Ann is cold", time=1.0)
    for _ in range(20):
        by_words.promote(1)
        by_words.demote(2)
    assert by_words.query("is the green tea of Ann cold?")[0].item.id == 2


def test_usefulness_is_bounded_and_wears_off(by_words: Memory) -> None:
    item = by_words.remember("x")
    for _ in range(20):
        item = by_words.promote(item.id)
    assert item.value == MOST_USE
    age(by_words, item, 9.0)
    item = by_words.promote(item.id)
    assert item.value == pytest.approx(MOST_USE * 10**-0.7 + 1, rel=1e-3)
    for _ in range(20):
        item = by_words.demote(item.id)
    assert item.value == -MOST_USE


def test_an_episode_counts_once_for_an_item_and_the_later_word_stands(by_words: Memory) -> None:
    one, two = by_words.remember("one").id, by_words.remember("two").id
    for _ in range(3):
        by_words.promote(one, episode=7)
    assert by_words.promote(two, episode=7).value == 1.0
    assert by_words.promote(one, episode=8).value == pytest.approx(2.0, abs=1e-3)
    assert by_words.demote(one, episode=8).value == pytest.approx(0.0, abs=1e-3)


def test_a_rule_that_a_model_makes_is_on_trial(by_words: Memory) -> None:
    rule = on_trial(by_words)
    assert (rule.kind, rule.is_quarantined) == ("rule", True)
    assert rule.expires == pytest.approx(time.time() + TRIAL_S, abs=60)
    for other in (
        by_words.remember("(= (f $x) 1)", "(= (f $x) 1)", source="user"),
        by_words.remember("(--> a b)", "(--> a b)", source="model:m"),
        by_words.remember("it rains", source="model:m"),
    ):
        assert (other.kind, other.is_quarantined, other.expires) == ("note", False, None)


def test_a_rule_on_trial_is_found_behind_others_of_its_kind(by_words: Memory) -> None:
    free = by_words.remember(atom="(==> (--> $x cat) (--> $x happy))", kind="rule", time=1.0)
    held = by_words.remember(atom="(==> (--> $x cat) (--> $x lazy))", source="model:m")
    hits = by_words.query("cat")
    assert [hit.item.id for hit in hits] == [free.id, held.id]
    assert hits[1].item.is_quarantined
    assert hits[1].parts["quarantine"] < 0


@pytest.mark.parametrize("way", ["supports", "person", "said by a person"])
def test_a_trial_ends_by_evidence_or_by_a_person(by_words: Memory, way: str) -> None:
    item = on_trial(by_words)
    if way == "supports":
        assert by_words.support(item.id, 1).is_quarantined
        assert by_words.support(item.id, 1).is_quarantined
        item = by_words.support(item.id, 2)
    elif way == "person":
        item = by_words.promote(item.id)
    else:
        item = by_words.remember(RULE, RULE)
    assert (item.is_quarantined, item.expires) == (False, None)
    again = on_trial(by_words)
    assert (again.id, again.is_quarantined, again.expires) == (item.id, False, None)


def test_a_model_cannot_end_the_trial_of_its_own_rule(by_words: Memory) -> None:
    item = on_trial(by_words)
    for episode in range(5):
        item = by_words.promote(item.id, episode, by_person=False)
        item = on_trial(by_words)
    assert item.is_quarantined
    assert item.expires is not None


def test_contradictions_put_an_item_into_quarantine_and_supports_take_it_out(
    by_words: Memory,
) -> None:
    item = by_words.remember("whales are fish", expires="2400-01-01")
    by_words.contradict(item.id, 1)
    assert not by_words.contradict(item.id, 1).is_quarantined
    assert by_words.contradict(item.id, 2).is_quarantined
    assert by_words.support(item.id, 2).is_quarantined  # the later word of that episode
    by_words.support(item.id, 3)
    freed = by_words.support(item.id, 4)
    assert (freed.is_quarantined, freed.expires) == (False, item.expires)


def test_a_rule_on_trial_that_is_spoken_against_expires_and_support_brings_it_back(
    by_words: Memory,
) -> None:
    item = on_trial(by_words)
    for _ in range(2):
        for episode in (1, 2):
            item = by_words.contradict(item.id, episode)
    assert by_words.query("cat") == []
    for episode in range(3, 7):
        item = by_words.support(item.id, episode)
    assert (item.is_quarantined, item.expires) == (False, None)
    for episode in range(7, 11):
        item = by_words.contradict(item.id, episode)
    assert item.is_quarantined
    assert item.expires == pytest.approx(time.time() + TRIAL_S, abs=60)  # a trial anew
    assert by_words.contradict(item.id, 10).expires == item.expires  # nothing new


def test_a_models_vote_frees_nothing_and_confines_only_what_a_model_keeps(
    by_words: Memory,
) -> None:
    rule, note = on_trial(by_words), by_words.remember("Ann likes tea")
    for episode in range(1, 6):
        rule = by_words.support(rule.id, episode, by_person=False)
        note = by_words.contradict(note.id, episode, by_person=False)
    assert (rule.is_quarantined, note.is_quarantined) == (True, False)
    assert votes.tally(by_words.database, note.id) == votes.Votes(0, 5)
    own = by_words.remember("it rains", source="model:m")
    for episode in (1, 2):
        own = by_words.contradict(own.id, episode, by_person=False)
    assert own.is_quarantined


def test_a_models_vote_takes_the_place_of_nobody_elses(by_words: Memory) -> None:
    item = by_words.remember("Ann likes tea")
    by_words.contradict(item.id, 1)
    by_words.support(item.id, 1, by_person=False)
    assert votes.tally(by_words.database, item.id) == votes.Votes(0, 1)


def test_what_a_person_says_outside_of_any_message_is_one_voice(by_words: Memory) -> None:
    item = on_trial(by_words)
    for _ in range(3):
        item = by_words.support(item.id)
    assert item.is_quarantined
    assert not by_words.support(item.id, 1).is_quarantined


def test_what_has_expired_is_listed_apart_and_is_back_when_it_is_said_again(
    by_words: Memory,
) -> None:
    by_words.remember("milk is open", expires=time.time() - 1)
    by_words.remember("milk is white")
    assert [i.text for i in by_words.latest()] == ["milk is white"]
    assert [i.text for i in by_words.latest(expired=True)] == ["milk is open"]
    by_words.remember("milk is open")
    assert len(by_words.query("milk")) == 2
    assert by_words.latest(expired=True) == []


def test_what_is_not_there_has_no_standing(by_words: Memory) -> None:
    for act in (by_words.promote, by_words.demote):
        with pytest.raises(UsageError, match="there is no item 5; `mettaclaw memory list`"):
            act(5)
    for vote in (by_words.support, by_words.contradict):
        with pytest.raises(UsageError, match="there is no item -1"):
            vote(-1, 1)


def test_a_forgotten_item_leaves_no_votes(by_words: Memory) -> None:
    item = by_words.remember("x")
    by_words.support(item.id, 1)
    by_words.promote(item.id, 1)
    by_words.forget(id=item.id)
    for table in ("item_vote", "item_use"):
        assert by_words.database.rows(f"SELECT * FROM {table}") == []
