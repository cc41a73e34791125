"""Conversations with the real agent: facts, questions over several hops, proofs, memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mettaclaw.agent import Agent
from mettaclaw.atoms.truth import Truth
from tests.models.english import Talk, calls


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def talk(home: Path) -> Iterator[Talk]:
    with Agent.open(home, "english") as agent:
        yield Talk(agent)


def test_a_question_that_needs_two_facts_is_answered_with_its_proof_also_after_a_restart(
    home: Path,
) -> None:
    with Agent.open(home, "english") as agent:
        talk = Talk(agent)
        assert talk("Wug is a blicket. Every blicket is a zorb.") == (
            "Noted: Wug is a blicket (f 1.00, c 0.90); blickets are zorbs (f 1.00, c 0.90)."
        )
        assert talk("Is Wug a zorb?") == "Yes. Wug is a zorb (f 1.00, c 0.81)."
        before = talk("Why?")
    with Agent.open(home, "english") as agent:
        talk = Talk(agent)
        assert talk("Is Wug a zorb?") == "Yes. Wug is a zorb (f 1.00, c 0.81)."
        assert talk("Why?") == before
    lines = before.split("\n")
    assert lines[0].startswith("Wug is a zorb (f 1.00, c 0.81), because")
    assert '  - Wug is a blicket (f 1.00, c 0.90): you said "Wug is a blicket." on ' in lines[1]
    assert 'you said "Every blicket is a zorb." on ' in lines[2]
    assert lines[2].endswith(" UTC.")


def test_why_right_after_a_restart_is_about_the_question_before_it(home: Path) -> None:
    with Agent.open(home, "english") as agent:
        Talk(agent)("Wug is a blicket. Is Wug a blicket?")
    with Agent.open(home, "english") as agent:
        assert 'you said "Wug is a blicket."' in Talk(agent)("Why?")


def test_chains_of_kinds_verbs_and_qualities_are_followed(talk: Talk) -> None:
    talk("Zorbs are blickets. Blickets glip. Blickets are usually daxy. Wug is a zorb.")
    assert talk("Does Wug glip?").startswith("Yes. Wug glips (f 1.00, c 0.73)")
    assert talk("Is Wug daxy?").startswith("Yes, probably. Wug is daxy (f 0.90")
    talk("Zorbs chase feps. Quux is a fep.")
    assert talk("Does Wug chase Quux?").startswith("Yes. Wug chases Quux")
    assert talk("Who chases Quux?").startswith("Zorbs")


def test_what_no_member_of_a_kind_is_or_does_is_denied(talk: Talk) -> None:
    talk("No blicket is a zorb. Blickets can't fly. Wug is a blicket.")
    assert talk("Is Wug a zorb?").startswith("No. Wug is not a zorb (f 0.00")
    assert talk("Can Wug fly?").startswith("No. Wug cannot fly (f 0.00")


def test_rules_with_several_conditions_and_relations_are_used(talk: Talk) -> None:
    talk("If something is a blicket and it is hungry then it is dangerous.")
    talk("Wug is a hungry blicket. Fep is a blicket.")
    assert talk("Is Wug dangerous?").startswith("Yes")
    assert not talk("Is Fep dangerous?").startswith("Yes")
    talk("If someone chases something then it is scared. Wug chases Fep.")
    assert talk("Is Fep scared?").startswith("Yes. Fep is scared (f 1.00, c 0.81)")
    assert "if X chases Y, then Y is scared" in talk("Why?")


def test_missing_evidence_is_named(talk: Talk) -> None:
    assert talk("Is Wug a zorb?") == "I have no evidence on whether Wug is a zorb."
    talk("Wug is a blicket.")
    assert "It would help to know whether blickets are zorbs" in talk("Is Wug a zorb?")


def test_contradictions_are_said_aloud(talk: Talk) -> None:
    talk("Wug is a blicket.")
    assert "I was told the opposite before" in talk("Wug is not a blicket.")
    assert talk("Is Wug a blicket?").startswith("It is undecided")


def test_saying_the_same_twice_in_the_same_words_counts_once(
    talk: Talk,
) -> None:
    talk("Wug is a blicket.")
    assert talk("Wug is a blicket.") == "Noted: Wug is a blicket (f 1.00, c 0.90)."
    assert talk.agent.kb.truth("(--> wug blicket)") == Truth(1.0, 0.9)
    assert talk("I know that Wug is a blicket.") == "Noted: Wug is a blicket (f 1.00, c 0.90)."


def test_what_was_said_has_the_person_as_its_source(talk: Talk) -> None:
    talk("Wug is a blicket. Wug is “daxy”.\n- Fep is a blicket")
    for statement in ("(--> wug blicket)", "(--> fep blicket)"):
        assert [e.source for e in talk.agent.kb.evidence(statement)] == ["user"]


def test_ones_own_things_are_kept_and_the_latest_counts(talk: Talk) -> None:
    talk("My favourite colour is blue.")
    assert talk("What is my favourite colour?").startswith("Your favourite colour is blue")
    talk("Actually, my favourite colour is green.")
    assert talk("What is my favourite colour?") == (
        "Your favourite colour is green (f 1.00, c 0.90). Before, it was blue."
    )
    assert talk("Is my favourite colour green?").startswith("Yes")
    assert talk("Is my favourite colour blue?").startswith("Not any more")
    assert talk("What is my name?") == "I do not know your name yet."
    talk("I'm Ann.")
    assert talk("What's my name?").startswith("Your name is Ann")


def test_things_of_somebody_need_no_name(talk: Talk) -> None:
    talk("My dog is hungry. Dogs are animals.")
    assert talk("Is my dog an animal?").startswith("Yes. Your dog is an animal")
    assert talk("What is my dog?").startswith("Your dog is hungry")
    assert talk("Who is hungry?").startswith("Your dog is hungry")
    talk("Wug's sister is Fep. Fep lives in Paris.")
    assert talk("Where does Wug's sister live?").startswith("Fep lives in Paris")
    assert talk("Who is Wug's sister?").startswith("Wug's sister is Fep")
    assert talk("Who is Fep?").endswith("Fep is Wug's sister (f 1.00, c 0.90).")


def test_pronouns_go_over_sentences_and_messages(talk: Talk) -> None:
    talk("Wug is a blicket. She is daxy and she likes Fep.")
    assert talk("Is she daxy?").startswith("Yes. Wug is daxy")
    assert talk("Does she like Fep?").startswith("Yes. Wug likes Fep")


def test_his_and_her_stand_for_whose_it_is(talk: Talk) -> None:
    talk("I have a dog named Wug. His tail is long. Fep loves her mother.")
    assert talk("Is Wug's tail long?").startswith("Yes. Wug's tail is long")
    assert talk("Who is my dog?").startswith("Your dog is Wug")
    assert talk("What is my dog's name?") == "The name I have is Wug."
    assert talk("What does Fep love?").startswith("Fep loves Fep's mother")


def test_colours_are_asked_for_among_the_qualities(talk: Talk) -> None:
    talk("My car is red. My car is fast.")
    assert talk("What colour is my car?").startswith("Your car is red")
    assert "fast" not in talk("What color is my car?")


def test_memory_holds_words_and_statements_and_lets_go_of_both(talk: Talk) -> None:
    talk("Remember that Wug is a blicket. Remember that Wug owes me two cups of tea.")
    said = talk("What do you remember about Wug?")
    assert "Wug is a blicket (f 1.00, c 0.90)" in said
    assert '"Wug owes me two cups of tea."' in said
    assert "I have forgotten" in talk("Forget that Wug is a blicket.")
    assert talk.agent.kb.truth("(--> wug blicket)") is None
    assert talk("Is Wug a blicket?").startswith("I have no evidence")
    assert "I have forgotten" in talk("Forget that Wug owes me two cups of tea.")
    assert talk.agent.memory.count() == 0
    assert "I did not know" in talk("Forget that Wug is a blicket.")


def test_forgetting_somebody_takes_back_all_that_is_known_of_them(talk: Talk) -> None:
    talk("Wug is a blicket. Wug likes Fep. Quux chases Wug. Fep is a zorb.")
    talk("Forget Wug.")
    assert talk("What do you know about Wug?") == "I know nothing about Wug yet."
    assert (
        talk("What do you know about Fep?")
        == "About Fep I know:\n- Fep is a zorb (f 1.00, c 0.90)."
    )


def test_what_something_is_lists_kinds_and_qualities_also_inherited_ones(talk: Talk) -> None:
    talk("Wug is a lazy blicket. Blickets are zorbs.")
    said = talk("What is Wug?")
    assert said.startswith("Wug is ")
    for part in ("a blicket (f 1.00, c 0.90)", "lazy (f 1.00", "a zorb (f 1.00, c 0.81)"):
        assert part in said
    assert talk("What is a blicket?").startswith("Blickets are zorbs (f 1.00, c 0.90). Of blickets")
    assert talk("Which blickets are lazy?").startswith("Wug is lazy")
    assert talk("What is a quux?").startswith("I do not know anything about quux")


def test_are_you_sure_weighs_the_last_answer(talk: Talk) -> None:
    talk("Wug is a blicket. Blickets are zorbs. Is Wug a zorb?")
    said = talk("Are you sure?")
    assert said.startswith("Fairly sure: Wug is a zorb (f 1.00, c 0.81).")
    assert "2 pieces of evidence" in said


def test_a_mixed_message_does_what_it_can_and_names_the_rest(talk: Talk) -> None:
    said = talk("Hi! Wug is a blicket. I could have sworn the train leaves at 5. Is Wug a blicket?")
    assert "Noted: Wug is a blicket" in said
    assert "Yes. Wug is a blicket (f 1.00, c 0.90)." in said
    assert '"I could have sworn the train leaves at 5."' in said
    assert talk.agent.kb.count() == 1


def test_a_hundred_facts_in_one_message_are_all_kept(talk: Talk) -> None:
    said = talk("\n".join(f"N{i} is a blicket." for i in range(100)))
    assert talk.agent.kb.count() == 100
    assert "N99 is a blicket" in said


def test_hostile_text_changes_nothing(talk: Talk) -> None:
    for text in ('send "ok") (shell "id")', "(metta (remove-atom &kb $x))", "((((", "🙂"):
        said = talk(text)
        assert "I could not read" in said or "That is MeTTa" in said
    assert talk.agent.kb.count() == 0


def test_the_same_things_can_be_said_of_words_that_mean_something_to_metta(talk: Talk) -> None:
    talk("Match is a cat. If is a dog. Error is an animal. X is a cat. Let is a cat.")
    assert talk("Is Match a cat?").startswith("Yes")
    assert talk("Is X a cat?").startswith("Yes")
    assert talk("Who is a cat?").count("(f 1.00") >= 2


def test_why_is_about_the_last_answer_and_never_about_an_older_one(talk: Talk) -> None:
    talk("Wug is a blicket.")
    assert talk("Is Wug a blicket?").startswith("Yes")
    assert talk("Who is Fep?").startswith("I do not know anything about Fep")
    assert talk("Why?") == "There is nothing to explain: I knew no answer."
    assert talk("Are you sure?") == "No: I knew no answer."
    talk("Fep is a zorb.")
    talk("Forget everything about Fep.")
    assert talk("Why?").startswith("There is nothing to explain")
    talk("Fep was a zorb.")
    assert talk("Why?").startswith("There is nothing to explain")
    talk("Is Wug a blicket?")
    talk("Thanks!")
    assert 'you said "Wug is a blicket."' in talk("Why?")
    talk("Fep likes Wug. Who is Fep?")
    assert 'you said "Fep likes Wug."' in talk("Why?")


def test_what_the_same_words_entail_is_forgotten_with_somebody_and_other_things_are_named(
    talk: Talk,
) -> None:
    talk("Tom is Anna's husband. Tom and Anna are cats. Tom is a friend. Tom is Ben's friend.")
    said = talk("Forget everything about Anna.")
    assert "- that Anna's husband is Tom\n" in said
    assert "- that Tom is a husband\n" in said
    assert "stays, to be forgotten by itself:\n- Tom is a cat (f 1.00, c 0.90)." in said
    assert talk.agent.kb.truth("(--> tom husband)") is None
    assert "Tom is a friend" not in talk("Forget that Tom is Ben's friend.")
    assert talk.agent.kb.truth("(--> tom friend)") is not None  # it was said by itself too


def test_what_is_known_about_somebody_has_their_nameless_things(talk: Talk) -> None:
    talk("My birthday is on May 4. My sister's car is red. My cat is Garfield.")
    said = talk("What do you know about me?")
    assert "- Your birthday is on May 4 (f 1.00, c 0.90)." in said
    assert "- Your sister's car is red (f 1.00, c 0.90)." in said
    assert "- Your cat is Garfield (f 1.00, c 0.90)." in said
    talk("Forget everything about me.")
    assert talk.agent.kb.count() == 0


def test_forgetting_says_once_that_the_log_keeps_nothing_of_it(talk: Talk) -> None:
    talk("Wug is a blicket. Fep is a blicket.")
    assert "Nothing of what I have forgotten is kept, not even in the log" in talk("Forget Wug.")
    lines = talk.agent.episodes.between(None, None, 100)
    assert not any("Wug is a blicket" in line.text for line in lines)
    assert any("Fep is a blicket" in line.text for line in lines)
    assert talk("Forget Fep.") == "I have forgotten that Fep is a blicket."


def test_the_help_for_what_was_not_read_is_given_once(talk: Talk) -> None:
    assert "I read plain sentences" in talk("Zorp zip zap the.")
    said = talk("Zorp zip the zap.")
    assert "/help" in said.split("\n")[-1]
    assert "I read plain sentences" not in said
    assert "I read plain sentences" in talk("Help me.")


def test_why_after_something_was_taken_back_says_so_and_how_to_have_it_back(talk: Talk) -> None:
    talk("Sam said that Wug is tame.")
    talk("Forget what Sam said.")
    undo = "To have it back: `/history` lists what has changed, and `/undo` with the number of a"
    nothing = f"There is nothing to explain: you had me forget what Sam said. {undo}"
    assert talk("Why?").startswith(nothing)
    talk("Thanks.")
    assert talk("Why not?").startswith(nothing)
    talk("Forget what Bob said.")
    assert talk("Why?").startswith(nothing), "that was nothing"
    last = talk.agent.kb.history(1)[0]
    talk.agent.kb.undo(last.id)
    assert talk("Is Wug tame?").startswith("Yes, probably.")
    assert talk("Why?").startswith("Wug is tame (f 1.00, c 0.55): Sam said so")
    talk("Forget that Wug is tame.")
    assert talk("Why?") == "There is nothing to explain: you had me forget what it was about."


@pytest.mark.parametrize("text", ["Undo that.", "Undo.", "undo", "Please undo my last change."])
def test_what_undoes_a_change_is_told_whoever_asks_for_it(text: str) -> None:
    (send,) = calls(text)
    assert "I have undone nothing, for that is yours to do: `/history` lists" in str(send)
    assert "`/undo` with the number" in str(send)


def test_what_is_asked_after_a_forgetting_is_explained_if_it_was_queued_before(talk: Talk) -> None:
    talk("Bob said that Rex is big.")
    talk.agent.submit_many(["Forget what Bob said.", "Is Rex big?", "Why not?"])
    *_, said = talk.agent.resume_sync()
    assert said.text.startswith("I have no evidence that Rex is big.\nWhat I considered")
    assert "bob said it" in said.text


def test_what_is_asked_in_the_message_that_forgets_is_explained(talk: Talk) -> None:
    talk("Ann said that Pingu is a penguin. Penguins can swim.")
    talk("Forget what Ann said. Can Pingu swim?")
    assert talk("Why not?").startswith("I have no evidence that Pingu can swim.\nWhat I considered")
