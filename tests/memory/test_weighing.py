"""What people say later speaks for items and against them: by itself, and each episode once."""

from __future__ import annotations

from pathlib import Path

import pytest

from mettaclaw.agent import Agent
from mettaclaw.memory import Item, Memory, votes
from mettaclaw.memory.votes import Votes
from tests.scripted import Scripted

RULE = "(==> (--> $x cat) (--> $x ([] lazy)))"
SAYS_IT = ("If something is a cat, then it is lazy.", "If anyone is a cat, then it is lazy.")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    home.mkdir()
    (home / "config.toml").write_text("meaning = false\n")
    return home


def say(home: Path, *messages: str) -> None:
    """Messages to the embedded model, a turn each."""
    with Agent.open(home, "english") as agent:
        for message in messages:
            agent.run_sync(message)


def believing(home: Path, message: str, atom: str = RULE, truth: str = "(stv 1.0 0.9)") -> None:
    """A turn in which a model believes an atom in the words of the message."""
    play = f'(metta (believe {atom} {truth} "{message}")) (send "ok")'
    with Agent.open(home, Scripted(play)) as agent:
        results = agent.run_sync(message).results
        assert not any(result.failure for result in results), results


def keep_rule(home: Path) -> int:
    with Agent.open(home, Scripted(f'(remember "Cats." {RULE}) (send "ok")')) as agent:
        agent.run_sync("hello")
        (item,) = agent.memory.latest()
        assert item.is_quarantined
        return item.id


def standing(home: Path, text_or_id: str | int) -> tuple[Item, Votes]:
    with Memory.open(home / "claw.db") as memory:
        (item,) = [i for i in memory.latest() + memory.latest(expired=True)
                   if text_or_id in (i.id, i.text)]  # fmt: skip
        return item, votes.tally(memory.database, item.id)


def test_other_words_for_the_same_support_an_item(home: Path) -> None:
    say(home, "Garfield is a cat.", "Sam says that Garfield is a cat.")
    assert standing(home, "Garfield is a cat.")[1] == Votes(1, 0)


def test_the_words_themselves_and_their_own_message_support_nothing(home: Path) -> None:
    say(home, "Garfield is a cat. I think that Garfield is a cat.", "Garfield is a cat!")
    assert standing(home, "Garfield is a cat.")[1] == Votes()


def test_the_opposite_speaks_against_an_item_and_twice_quarantines_it(home: Path) -> None:
    say(home, "Garfield is a dog.", "Garfield is not a dog.")
    item, cast = standing(home, "Garfield is a dog.")
    assert (cast, item.is_quarantined) == (Votes(0, 1), False)
    say(home, "Sam says that Garfield is not a dog.")
    item, cast = standing(home, "Garfield is a dog.")
    assert (cast, item.is_quarantined, item.expires) == (Votes(0, 2), True, None)
    denial, cast = standing(home, "Garfield is not a dog.")
    assert (cast, denial.is_quarantined) == (Votes(1, 0), False)


def test_a_message_counts_once_however_often_it_says_so(home: Path) -> None:
    say(home, "Garfield is a dog.")
    say(home, "Garfield is not a dog. Sam says that Garfield is not a dog.")
    assert standing(home, "Garfield is a dog.")[1] == Votes(0, 1)


def test_a_rule_on_trial_is_freed_by_two_messages_that_say_it(home: Path) -> None:
    rule = keep_rule(home)
    believing(home, SAYS_IT[0])
    item, cast = standing(home, rule)
    assert (cast, item.is_quarantined) == (Votes(1, 0), True)
    believing(home, SAYS_IT[1])
    item, cast = standing(home, rule)
    assert (cast, item.is_quarantined, item.expires) == (Votes(2, 0), False, None)


def test_a_model_frees_no_rule_by_quoting_what_does_not_say_it(home: Path) -> None:
    rule = keep_rule(home)
    for words in ("The bank closes at six.", "My boat is green.", "Ann likes tea with milk."):
        believing(home, words)
    item, cast = standing(home, rule)
    assert (cast, item.is_quarantined) == (Votes(), True)


def test_a_models_own_word_supports_nothing(home: Path) -> None:
    say(home, "Garfield is a cat.")
    play = '(metta (believe (--> garfield cat) (stv 1.0 0.9) "he surely is one")) (send "ok")'
    with Agent.open(home, Scripted(play)) as agent:
        agent.run_sync("hello")
    assert standing(home, "Garfield is a cat.")[1] == Votes()


def test_a_rule_on_trial_expires_when_two_messages_speak_against_it(home: Path) -> None:
    rule = keep_rule(home)
    for words in SAYS_IT:
        believing(home, words.replace("it is lazy", "it is not lazy"), truth="(stv 0.0 0.9)")
    item, cast = standing(home, rule)
    assert (cast, item.is_quarantined) == (Votes(0, 2), True)
    with Memory.open(home / "claw.db") as memory:
        assert [i.id for i in memory.latest(expired=True)] == [rule]
