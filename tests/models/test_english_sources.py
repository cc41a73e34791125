"""What others say, in English: who is the source, what contradicts whom, and taking it back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mettaclaw.agent import Agent
from tests.models.english import Talk, calls, forms, refused


@pytest.fixture
def talk(tmp_path: Path) -> Iterator[Talk]:
    home = tmp_path / "home"
    home.mkdir()
    (home / "config.toml").write_text('[sources]\nvet = "primary"\n')
    with Agent.open(home, "english") as agent:
        yield Talk(agent)


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        ("Sam says that Wug is a blicket.", "sam"),
        ("Sam said Wug is a blicket.", "sam"),
        ("According to Sam, Wug is a blicket.", "sam"),
        ("Wug is a blicket, according to the blog.", "blog"),
        ("Wug is a blicket, Ann says.", "ann"),
        ("My sister told me that Wug is a blicket.", "sister"),
        ("The New York Times reported that Wug is a blicket.", "new york times"),
        ("Dr. Smith claims that Wug is a blicket.", "dr. smith"),
        ('Sam said, "Wug is a blicket."', "sam"),
        ("The vet said: “Wug is a blicket”.", "vet"),
    ],
)
def test_who_said_something_is_its_source(talk: Talk, sentence: str, source: str) -> None:
    talk(sentence)
    (one,) = talk.agent.kb.evidence("(--> wug blicket)")
    assert (one.source, one.words) == (source, sentence)


@pytest.mark.parametrize(
    ("sentence", "sources"),
    [
        ("Sam and Bob said that Wug is a blicket.", ["sam", "bob"]),
        ("Both Sam and my sister say that Wug is a blicket.", ["sam", "sister"]),
        ("Wug is a blicket, according to the vet, Sam, and Ann.", ["vet", "sam", "ann"]),
        ("Wug is a blicket, say Sam, Bob, Ann and my sister.", ["sam", "bob", "ann", "sister"]),
        (
            "On Monday Sam, Bob, Ann and Kit said that Wug is a blicket.",
            ["sam", "bob", "ann", "kit"],
        ),
        ("The vet and Sam both said that Wug is a blicket.", ["vet", "sam"]),
        ("I and Sam said that Wug is a blicket.", ["sam", "user"]),
        ("Sam and Sam said that Wug is a blicket.", ["sam"]),
    ],
)
def test_each_of_several_who_said_something_is_its_source(
    talk: Talk, sentence: str, sources: list[str]
) -> None:
    talk(sentence)
    talk(sentence)
    assert [e.source for e in talk.agent.kb.evidence("(--> wug blicket)")] == sources


def test_several_who_said_the_same_are_named_together_and_each_when_asked(talk: Talk) -> None:
    assert talk("Sam and my sister said that Wug is a blicket.") == (
        "Noted: Sam and your sister said that Wug is a blicket (f 1.00, c 0.71)."
    )
    assert talk("Ann and the vet denied it.").startswith(
        "Noted: Ann and the vet said that Wug is not a blicket; together with what I had,"
    )
    why = talk("Why is Wug a blicket?")
    assert "  - your sister said the opposite on " in why
    assert "  - the vet said so on " in why
    talk("Forget what Sam said.")
    sources = [e.source for e in talk.agent.kb.evidence("(--> wug blicket)")]
    assert sources == ["sister", "ann", "vet"]


def test_several_things_that_one_said_are_each_his(talk: Talk) -> None:
    talk("Sam said that Wug is a blicket and that Fep is daxy, but that Zorb is not daxy.")
    said = [(str(one.statement), one.evidence.source) for one in talk.agent.kb.said("sam")]
    assert said == [
        ("(--> wug blicket)", "sam"),
        ("(--> fep ([] daxy))", "sam"),
        ("(--> zorb ([] daxy))", "sam"),
    ]


@pytest.mark.parametrize(
    "sentence",
    [
        "People say that Wug is a blicket.",
        "She said that Wug is a blicket.",
        "Nobody said that Wug is a blicket.",
        "Sam or Ann said that Wug is a blicket.",
        "Sam and people said that Wug is a blicket.",
        "Sam and she said that Wug is a blicket.",
        "Sam say that Wug is a blicket.",
        "Sam said Wug is a blicket and Ann said Fep is daxy.",
        "Sam said Wug is a blicket while the vet denied it.",
        "Sam and Ann disagree.",
        "Sam said that blickets disagree.",
        'Sam said, "I am a blicket."',
        'Sam said, "My cat is a blicket."',
        "Next Monday Sam said that Wug is a blicket.",
        "Monday Sam said that Wug is a blicket.",
        "Sam did not say that Wug is a blicket.",
        "Sam said that he is a blicket.",
        "I doubt that Sam said that Wug is a blicket.",
        "Sam said that Ann said that Wug is a blicket.",
        "Forget that Sam said that Wug is a blicket.",
        "Sam says that Wug is a blicket?",
    ],
)
def test_what_nobody_in_particular_said_is_left_unread(sentence: str) -> None:
    assert refused(sentence)


def test_what_is_told_of_a_day_counts_from_that_day(talk: Talk) -> None:
    for sentence in ("On 2025-03-03, Sam said that Wug is a blicket.", "Wug is daxy."):
        talk(sentence)
    talk("The vet said on 5 March 2025 that Wug is not a blicket.")
    kb = talk.agent.kb
    assert kb.as_of("2025-03-02").belief("(--> wug blicket)") is None
    assert [e.source for e in kb.as_of("2025-03-04").evidence("(--> wug blicket)")] == ["sam"]
    assert len(kb.as_of("2025-03-05").evidence("(--> wug blicket)")) == 2


def test_a_day_between_the_verb_and_what_was_said_is_when_it_was_said(talk: Talk) -> None:
    talk("Sam said on 2025-03-03 Wug is a blicket.")
    (one,) = talk.agent.kb.evidence("(--> wug blicket)")
    assert (one.source, talk.agent.kb.said("sam", last="2025-03-03")[0].evidence.id) == (
        "sam",
        one.id,
    )


@pytest.mark.parametrize(
    ("sentence", "instead"),
    [
        (
            "Sam no longer says that Wug is tame.",
            "say: Forget what Sam said.",
        ),
        ("What did Sam and Ann say?", "What did Sam say? What did Ann say?"),
    ],
)
def test_what_cannot_be_read_about_sayings_tells_what_can(sentence: str, instead: str) -> None:
    (send,) = calls(sentence)
    assert instead in str(send)


def test_contradictions_say_who_said_what_when_and_only_once(talk: Talk) -> None:
    talk("On 2025-03-03, Sam said that Wug is a blicket.")
    said = talk("On 2025-03-05, the vet said that Wug is not a blicket.")
    assert (
        "Sam said that Wug is a blicket, on Monday, 2025-03-03; on Wednesday, 2025-03-05, the vet "
        "said that it is not so." in said
    )
    assert "contradicts" not in talk("On 2025-03-06, the blog said that Wug is a blicket.")


def test_a_contradiction_with_the_person_is_said_aloud_too(talk: Talk) -> None:
    talk("On 2025-03-03, Sam said that Wug is a blicket.")
    said = talk("Wug is not a blicket.")
    assert "But I was told the opposite before: Sam said that Wug is a blicket, on Monday," in said
    assert ", you said that it is not so." in said


def test_a_report_says_what_it_changes_and_is_not_what_is_believed(talk: Talk) -> None:
    talk("Wug is not a blicket.")
    said = talk("Ann says that Wug is a blicket.")
    assert said.startswith(
        'Noted: Ann said that Wug is a blicket; together with what I had, "Wug is a blicket" is '
        "now (f 0.12, c 0.91)."
    )
    assert talk("Is Wug a blicket?").startswith("No")


def test_why_tells_each_source_with_what_it_said(talk: Talk) -> None:
    talk("On 2025-03-03, Sam said that Wug is a blicket.")
    talk("The vet said that Wug is not a blicket.")
    lines = talk("Why is Wug a blicket?").split("\n")
    assert lines[0].startswith("Wug is not a blicket (f 0.12, c 0.91): it was spoken of 2 times:")
    assert lines[1].startswith("  - Sam said the opposite on 2025-03-03 (f 1.00, c 0.55), as you")
    assert lines[2].startswith("  - the vet said so on ")
    assert '(f 0.00, c 0.90), as you told me: "The vet said that Wug is not a blicket."' in lines[2]


def test_what_a_source_said_is_taken_back_and_what_stays_is_told(talk: Talk) -> None:
    talk("Sam said that Wug is a blicket. The vet said that Wug is not a blicket.")
    talk("Blickets are zorbs. The vet said that Fep is a zorb.")
    forgotten = talk("Forget what the vet said.")
    change = talk.agent.kb.history()[0].id
    assert forgotten == (
        "I have taken back what the vet said, and what rested on it alone. Now:\n"
        "- Yes, probably. Wug is a blicket (f 1.00, c 0.55).\n"
        "- Fep is a zorb: of that I know nothing any more.\n"
        f"To have it back: `/undo {change}`.\n"
        "The log keeps the words that were said (`mettaclaw episodes`); I am not shown them again."
    )
    assert [e.source for e in talk.agent.kb.evidence("(--> wug blicket)")] == ["sam"]
    assert talk("Forget everything Bob told me.") == (
        "There is nothing to forget: I do not know everything Bob told you."
    )


def test_what_the_person_said_is_not_taken_back_all_at_once(talk: Talk) -> None:
    talk("Wug is a blicket.")
    assert "I forget only what you name" in talk("Forget what I said.")
    assert talk.agent.kb.count() == 1


def test_a_report_that_is_to_be_remembered_keeps_its_source() -> None:
    *_, believed = forms("Remember that Sam says that Wug is a blicket.")
    assert believed.endswith('"Sam says that Wug is a blicket." "sam")')


def test_what_was_concluded_and_kept_is_named_in_a_contradiction(talk: Talk) -> None:
    talk("Tom is a cat.")
    talk("Every cat is an animal.")
    kb = talk.agent.kb
    kb.keep(kb.infer("(--> tom animal)")[0])
    said = talk("Tom is not an animal.")
    assert "it follows that it is so, because Tom is a cat and cats are animals." in said


def test_what_holds_after_something_was_forgotten_is_what_is_explained(talk: Talk) -> None:
    talk("On 2025-03-03, Sam said that Wug is a blicket.")
    talk("On 2025-03-05, the vet said that Wug is not a blicket.")
    talk("Was Wug a blicket on 2025-03-04?")
    assert "Wug is not a blicket" in talk("Forget what Sam said.")
    assert talk("Why not?").startswith("Wug is not a blicket (f 0.00, c 0.90): the vet said so")
    talk("Fep is a blicket.")
    talk("Is Fep a blicket?")
    talk("Forget that Wug is not a blicket.")
    why = talk("Why?")
    assert why.startswith("Fep is a blicket"), "nothing was found, so nothing is explained"
    assert why.endswith("\nOf what you had me forget since, nothing is left to explain.")


def test_a_contradiction_that_only_follows_is_said_aloud_whatever_is_told_last(talk: Talk) -> None:
    for sentence in ("Sam said that Kit is a dog.", "Kit is a fox."):
        assert "contradicts" not in talk(sentence)
    answer = talk("No fox is a dog.")
    assert "That contradicts what I was told: Sam said that Kit is a dog, on " in answer
    because = "it follows that it is not so, because Kit is a fox and foxes are not dogs."
    assert answer.endswith(because)
    assert "contradicts" not in talk("No fox is a dog.")


def test_what_two_said_in_one_sentence_is_to_be_told_in_two(talk: Talk) -> None:
    said = talk("Sam said that Wug is a blicket, and Ann said Wug is daxy.")
    assert "Say it in two sentences: Sam said that Wug is a blicket. Ann said Wug is daxy." in said
    assert talk.agent.kb.count() == 0


@pytest.mark.parametrize(
    ("sentence", "meant"),
    [
        ("Sam siad Wug is daxy", "Sam said Wug is daxy"),
        ("Sam siad that Wug is daxy", "Sam said that Wug is daxy"),
        ("The vet saiid that Wug is daxy", "The vet said that Wug is daxy"),
        ("Ann Lee clamed that Wug is daxy", "Ann Lee claimed that Wug is daxy"),
    ],
)
def test_a_misspelled_verb_of_saying_is_no_part_of_a_name(sentence: str, meant: str) -> None:
    assert refused(f"{sentence}.")
    assert f"Did you mean: {meant}?" in str(calls(f"{sentence}.")[0])


def test_a_small_word_in_a_name_stays_in_it() -> None:
    (call,) = forms("Ludwig van Beethoven is a blicket.")
    assert "ludwig_van_beethoven" in call


@pytest.mark.parametrize(
    "sentence",
    [
        "On Monday, Sam also said that Wug is a blicket.",
        "Sam already said that Wug is a blicket.",
        "Sam then says that Wug is a blicket.",
        "Sam said again that Wug is a blicket.",
    ],
)
def test_a_word_beside_the_verb_of_saying_changes_nothing(talk: Talk, sentence: str) -> None:
    assert talk(sentence) == "Noted: Sam said that Wug is a blicket (f 1.00, c 0.55)."
    assert [one.evidence.source for one in talk.agent.kb.said("sam")] == ["sam"]
