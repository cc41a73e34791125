"""What is denied, disputed, changed and taken back in part, in English."""

from __future__ import annotations

import pytest

from tests.models.english import SAM, VET, Talk, told_by_sam


def test_a_denial_is_testimony_against_what_was_said_last(talk: Talk) -> None:
    asks = 'What does the vet deny? Say it in full: "The vet denied that …".'
    assert talk("The vet denied it.") == asks
    talk("Wug is tame and Fep is tame.")
    assert talk("The vet denied it.") == asks, "two things were said"
    talk("Sam said that Wug is daxy.")
    assert talk("The vet denied it.").startswith("Noted: the vet said that Wug is not daxy;")
    assert talk("Ann denied it.").startswith("Noted: Ann said that Wug is not daxy;")
    assert talk("Bob denied it too.").startswith("Noted: Bob said that Wug is not daxy;")
    assert talk("Joe confirmed it.").startswith("What does Joe confirm?"), "it, or the denial"
    sources = [e.source for e in talk.agent.kb.evidence("(--> wug ([] daxy))")]
    assert sources == ["sam", "vet", "ann", "bob"]
    assert talk.agent.kb.match("(--> (x $a $b) did_deny)") == []


@pytest.mark.parametrize(
    "text",
    [
        "Sam disagrees",
        "Sam disagreed with that",
        "Sam does not agree",
        "Sam doesn't agree with it",
        "Sam contradicts that",
        "Sam disputed it",
        "Sam says otherwise",
    ],
)
def test_who_disagrees_denies_what_was_said_last(talk: Talk, text: str) -> None:
    talk("The vet said that Wug is tame.")
    assert talk(f"{text}.").startswith("Noted: Sam said that Wug is not tame;")
    assert "Sam" not in talk("What do you know about Wug?")


def test_who_agrees_says_so_too_and_who_disagrees_too_denies_it_too(talk: Talk) -> None:
    talk("The vet said that Wug is tame. Sam agrees.")
    assert talk("Bob disagrees.").startswith("Noted: Bob said that Wug is not tame;")
    assert talk("Ann disagrees too.").startswith("Noted: Ann said that Wug is not tame;")
    assert "- Sam, on " in talk("Who said that Wug is tame?")


def test_the_same_sentence_may_tell_what_one_says_to_what_another_said(talk: Talk) -> None:
    said = talk("My mum says that Wug is a blicket, but the vet disagrees.")
    assert said.startswith("Noted: your mum said that Wug is a blicket (f 1.00, c 0.55); the vet")
    talk("Fep is tame, and Bob agrees.")
    sources = [(e.source, e.truth.f) for e in talk.agent.kb.evidence("(--> wug blicket)")]
    assert sources == [("mum", 1.0), ("vet", 0.0)]
    assert [e.source for e in talk.agent.kb.evidence("(--> fep ([] tame))")] == ["user", "bob"]


def test_what_is_asked_about_a_claim_leaves_it_the_one_that_is_denied(talk: Talk) -> None:
    talk("Wug is tame.")
    assert talk("Why?").startswith("Wug is tame (f 1.00, c 0.90): you said")
    assert talk("Who said that?").startswith("You said that Wug is tame, on ")
    assert talk("No, the vet denied it.").startswith("Noted: the vet said that Wug is not tame;")
    assert talk("Who disagrees with me?").startswith("You said that Wug is tame, on ")


def test_disagreements_are_told_with_who_said_what_when(talk: Talk) -> None:
    assert talk("What contradictions are there?").startswith("There are none")
    talk(f"{SAM} {VET}")
    dispute = (
        "Sam said that Wug is tame, on Monday, 2025-03-03; on Wednesday, 2025-03-05, the vet said "
        "that it is not so. Now: Wug is not tame (f 0.12, c 0.91)."
    )
    assert talk("What contradictions are there?") == dispute
    assert talk("Who disagrees with Sam?") == dispute
    assert talk("Who disagrees with me?") == "I know of nobody who disagrees with you."


def test_what_changed_is_told_with_how_it_was(talk: Talk) -> None:
    talk(f"{SAM} {VET}")
    assert talk("What changed since 2025-03-04?") == (
        "What has changed since Tuesday, 2025-03-04, that day included:\n"
        "- Wug is not tame (f 0.12, c 0.91). Before, it was (f 1.00, c 0.55)."
    )
    assert "- New: Wug is tame (f 1.00, c 0.55)." in talk("What changed on 2025-03-03?")
    assert talk("What changed in 2024?") == "In 2024, nothing has changed in what I believe."
    assert talk("What changed?").startswith("Since when?")
    talk("Forget what the vet said.")
    talk("Forget what Sam said.")
    assert "- Gone: wug is not tame; it was (f 0.12, c 0.91)." in talk(
        "What changed since 2025-03-06?"
    )


def test_only_a_part_of_what_somebody_said_is_taken_back(talk: Talk) -> None:
    talk(f"{SAM} On 2025-03-05, Sam said that Fep is tame. Sam said that Wug is daxy. {VET}")
    forgotten = talk("Forget what Sam said about Fep.")
    change = talk.agent.kb.history()[0].id
    assert forgotten == (
        "I have taken back what Sam said about Fep, and what rested on it alone. Now:\n"
        "- Fep is tame: of that I know nothing any more.\n"
        f"To have it back: `/undo {change}`.\n"
        "The log keeps the words that were said (`mettaclaw episodes`); I am not shown them again."
    )
    forgotten = talk("Forget what Sam said on 2025-03-03.")
    change = talk.agent.kb.history()[0].id
    assert forgotten.endswith(
        f"Now:\n- No. Wug is not tame (f 0.00, c 0.90).\nTo have it back: `/undo {change}`."
    )
    assert "- Wug is daxy" in talk("What did Sam say?")
    assert talk("Forget what Sam said on 2025-03-03.").startswith("There is nothing to forget")


def test_forgetting_somebody_takes_back_what_he_said_where_nothing_else_is_known(
    talk: Talk,
) -> None:
    assert talk("Forget Sam.") == 'There is nothing to forget: I did not know "Sam".'
    talk("Sam said that Wug is tame. Sam is a zorb.")
    said = talk("Forget Sam.")
    assert "I have forgotten that Sam is a zorb." in said
    assert said.endswith('What Sam has said stays; to take that back, say "Forget what Sam said."')
    assert talk("Forget Sam.").startswith("I have taken back what Sam said")
    assert talk("What did Sam say?") == "I know of nothing that Sam said."


@pytest.mark.parametrize(("count", "words"), [(130, ""), (15, "x " * 4_500)])
def test_all_that_was_said_on_a_day_is_taken_back_however_much_it_is(
    talk: Talk, count: int, words: str
) -> None:
    told_by_sam(talk, count, words)
    said = talk("Forget what Sam said on 2025-03-03.")
    assert said.startswith("I have taken back what Sam said on 2025-03-03, and what rested on it")
    assert talk.agent.kb.said("sam") == []


def test_what_is_too_much_to_be_taken_back_at_once_is_told_with_what_to_say(talk: Talk) -> None:
    told_by_sam(talk, 50, "x " * 4_500)
    before = len(talk.agent.kb.said("sam"))
    said = talk("Forget what Sam said on 2025-03-03.")
    left = len(talk.agent.kb.said("sam"))
    assert said.startswith(f"Of what Sam said on 2025-03-03 I have taken back {before - left} pie")
    assert "at least 4 are left: to forget that too, tell me the same again. Now:" in said
    assert talk("Forget what Sam said on 2025-03-03.").startswith("I have taken back what Sam said")
    assert talk.agent.kb.said("sam") == []
