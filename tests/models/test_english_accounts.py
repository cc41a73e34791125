"""Who said what, in English, and who agrees."""

from __future__ import annotations

import pytest

from mettaclaw.models.english.meaning import Agreement, Changes, Disputes, Echo, Quote, Witness
from mettaclaw.models.english.reader import read
from tests.models.english import SAM, SAM_SAID, VET, VET_SAID, Talk, refused, told, told_by_sam


def act(text: str) -> object:
    """What a question was read as doing; None where it was not read."""
    reading = read(text, question=True, ended=True)
    return reading.act if reading is not None else None


@pytest.mark.parametrize(
    ("text", "against"),
    [
        ("Who said that Wug is tame", False),
        ("Who says Wug is tame", False),
        ("Who told you that Wug is tame", False),
        ("Who else said that Wug is tame", False),
        ("Did anyone say that Wug is tame", False),
        ("Who said on Monday that Wug is tame", False),
        ("Who said that Wug is tame on Monday", False),
        ("Who denied that Wug is tame", True),
        ("Who disagrees that Wug is tame", True),
    ],
)
def test_who_said_something_is_asked_of_that_statement(text: str, against: bool) -> None:
    asked = act(text)
    assert isinstance(asked, Witness)
    assert asked.tell is not None
    (one,) = asked.tell.statements
    assert (str(one.atom), one.truth.f < 0.5) == ("(--> wug ([] tame))", against)
    assert (asked.when is not None) == ("Monday" in text)


@pytest.mark.parametrize(
    "text", ["Who says so", "Who said that", "Who told you that", "Says who", "Who agrees"]
)
def test_who_said_so_is_asked_of_what_was_said_last(text: str) -> None:
    assert act(text) == Witness()


@pytest.mark.parametrize("text", ["Who disagrees", "Does anyone disagree", "Who denied it"])
def test_who_disagrees_is_asked_of_what_was_said_last(text: str) -> None:
    assert act(text) == Witness(against=True)


@pytest.mark.parametrize(
    ("text", "source", "thing", "first"),
    [
        ("What did Sam say", "sam", "None", ""),
        ("What has the old vet said", "old vet", "None", ""),
        ("What did my sister tell you about Wug", "sister", "wug", ""),
        ("What did I say on Monday", "user", "None", "monday"),
        ("What did I say", "user", "None", ""),
        ("What did Sam say about Wug on Monday", "sam", "wug", "monday"),
        ("What did Sam say on Monday about Wug", "sam", "wug", "monday"),
        ("Last week what did Sam say", "sam", "None", "last week"),
        ("What did Sam say about me", "sam", "user", ""),
        ("What did people say about Wug", "", "wug", ""),
        ("What was said about Wug yesterday", "", "wug", "yesterday"),
    ],
)
def test_what_somebody_said_is_asked_with_speaker_subject_and_time(
    text: str, source: str, thing: str, first: str
) -> None:
    asked = act(text)
    assert isinstance(asked, Quote)
    when = asked.when.first if asked.when else ""
    assert (asked.source, str(asked.thing), when) == (source, thing, first)


def test_other_questions_with_such_words_are_what_they_were() -> None:
    for text in ("Who says hello to Wug", "What did he say", "What did you say", "Who said"):
        assert not isinstance(act(text), Witness | Quote), text
    assert isinstance(act("What contradictions are there"), Disputes)
    assert act("Who disagrees with the vet") == Disputes("the vet", "vet")
    assert isinstance(act("What has changed since Monday"), Changes)
    assert isinstance(act("What's new since Monday"), Changes)


def test_who_denies_something_says_that_it_is_not_so() -> None:
    assert told("Sam denied that Wug is tame.") == []  # not the person's own word
    assert not refused("Sam denied that Wug is tame.")
    assert refused("Sam denied that cats are tame."), "some may be"
    assert refused("She denied that Wug is tame.")


@pytest.mark.parametrize(
    ("text", "denied"),
    [
        ("The vet denied it", True),
        ("On Monday the vet denied that", True),
        ("The vet said that it is not true", True),
        ("The vet confirmed it", False),
        ("The vet said so too", False),
    ],
)
def test_what_is_said_to_a_claim_is_no_relation_to_it(text: str, denied: bool) -> None:
    reading = read(text, question=False, ended=True)
    assert reading is not None
    assert isinstance(reading.act, Echo)
    assert (reading.act.source, reading.act.denied) == ("vet", denied)


def test_those_who_said_a_statement_are_told_and_those_who_said_it_is_not_so(talk: Talk) -> None:
    talk(SAM)
    talk(VET)
    but = "But the vet said that it is not so, on Wednesday, 2025-03-05 (f 0.00, c 0.90)."
    assert talk("Who said that Wug is tame?") == f"{SAM_SAID}\n{but}"
    assert talk("Who disagrees?") == f"T{VET_SAID}"
    assert talk("Who said on 2025-03-04 that Wug is tame?") == (
        "Nobody told me on Tuesday, 2025-03-04 that Wug is tame."
    )
    talk("On 2025-03-06, Ann said that Wug is tame.")
    assert talk("Who said so?").startswith(
        "That Wug is tame was said by:\n- Sam, on Monday, 2025-03-03 (f 1.00, c 0.55)\n- Ann, on "
    )
    talk("Forget what Sam said.")
    assert "Sam" not in talk("Who said that Wug is tame?")


def test_whether_somebody_said_something_is_answered_by_what_he_said(talk: Talk) -> None:
    talk(SAM)
    assert talk("Did Sam say that Wug is tame?") == f"Yes: {SAM_SAID}"
    assert talk("Did Sam say that Wug is not tame?") == f"On the contrary: {SAM_SAID}"
    none = "Not that I know of: the vet told me nothing on that."
    assert talk("Did the vet say on Monday that Wug is tame?") == none


def test_when_somebody_said_something_is_answered_with_the_day_and_the_words(talk: Talk) -> None:
    assert talk("When did Sam say so?") == "Said what? Name it: When did Sam say that …?"
    talk(SAM)
    on = f'on Monday, 2025-03-03 (f 1.00, c 0.55), as you told me: "{SAM}"'
    assert talk("When did Sam say that Wug is tame?") == f"Sam said that Wug is tame {on}"
    assert talk("When did Sam say so?") == f"Sam said that Wug is tame {on}"
    assert talk("On which day did Sam last say Wug is tame?") == f"Sam said that Wug is tame {on}"
    assert talk("When did Sam deny it?") == f"On the contrary: {SAM_SAID}"
    none = "Not that I know of: the vet told me nothing on that."
    assert talk("When did the vet say that Wug is tame?") == none
    talk("Sam said that Wug is tame.")
    assert talk("When did Sam say that?").startswith(f"Sam said that Wug is tame:\n- {on}\n- on ")
    talk("Wug is daxy.")
    assert talk("When did I say so?").endswith(' (f 1.00, c 0.90): "Wug is daxy."')
    assert talk("When was it said that Wug is tame?").startswith("That Wug is tame was said by:")


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Tell me what Sam said about Wug", "What did Sam say about Wug"),
        ("Do you know what the vet said", "What did the vet say"),
        ("Can you tell me when Sam said that Wug is tame", "When did Sam say that Wug is tame"),
        ("Do you know whether Sam said that Wug is tame", "Did Sam say that Wug is tame"),
        ("Is it true that Sam said that Wug is tame", "Did Sam say that Wug is tame"),
        ("Does Ann disagree with Sam", "Who disagrees with Sam"),
        ("Did Ann agree with Sam", "Who agrees with Sam"),
    ],
)
def test_what_was_said_may_be_asked_in_other_words(text: str, plain: str) -> None:
    assert isinstance(act(plain), Quote | Witness | Disputes | Agreement)
    assert act(text) == act(plain)


@pytest.mark.parametrize("who", ["he", "everybody", "Sam and Ann", "my sister and the vet"])
def test_what_several_or_nobody_by_name_said_is_not_taken_back(talk: Talk, who: str) -> None:
    talk(SAM)
    assert talk(f"Forget what {who} said.").startswith("I have forgotten nothing: say whom you")
    assert talk.agent.kb.count() == 1


def test_who_agrees_is_asked_of_a_statement_and_not_of_a_question(talk: Talk) -> None:
    talk("Where is Wug?")
    assert talk("Who agrees?") == "Said what? Name it: Who said that …?"


def test_who_agrees_with_somebody_is_who_said_the_same(talk: Talk) -> None:
    assert talk("Who agrees with Sam?") == "I know of nothing that Sam said."
    talk(SAM)
    assert talk("Who agrees with him?") == "I know of nobody who agrees with Sam."
    talk(VET)
    talk("On 2025-03-06, Ann said that Wug is tame.")
    ann = "Ann said that Wug is tame, on Thursday, 2025-03-06 (f 1.00, c 0.55)."
    assert talk("Who agrees with Sam?") == ann
    assert talk("Who agrees with Ann?") == SAM_SAID
    assert talk("Who agrees that Wug is not tame?").startswith(f"T{VET_SAID}")


@pytest.mark.parametrize(
    "text",
    [
        "Who said anything about Wug",
        "Who said what about Wug",
        "Who told you about Wug",
        "Who else has talked about Wug",
    ],
)
def test_what_anybody_said_of_a_thing_is_asked_by_who_said_it(text: str) -> None:
    asked = act(text)
    assert isinstance(asked, Quote)
    assert (asked.source, str(asked.thing)) == ("", "wug")


@pytest.mark.parametrize(
    "text",
    [
        "How many people said that Wug is tame",
        "Who was the first to say that Wug is tame",
        "Who agrees that Wug is tame",
    ],
)
def test_all_who_said_something_are_named_where_one_or_their_number_is_asked(text: str) -> None:
    asked = act(text)
    assert isinstance(asked, Witness)
    assert asked.tell is not None


def test_he_and_she_are_the_speaker_who_was_named_last(talk: Talk) -> None:
    assert "say the name, such as: What did Sam say?" in talk("What did he say?")
    talk(SAM)
    wug = "Sam said:\n- Wug is tame (f 1.00, c 0.55), on Monday, 2025-03-03."
    assert talk("What did he say?") == wug
    assert talk("Is Wug tame?").startswith("Yes, probably.")
    assert talk("What did he say?") == wug
    talk(VET)
    assert talk("What did she say about Wug?").startswith("The vet said about Wug:")
    assert talk("Did she say that Wug is tame?").startswith("On the contrary: the vet said that")
    assert talk("Who disagrees with her?").startswith("Sam said that Wug is tame, on Monday")
    talk("On 2025-03-06, my sister said that Fep is daxy. Zorb is daxy.")
    talk("Who said that Fep is daxy?")
    assert talk("When did she say so?").startswith("Your sister said that Fep is daxy on Thursday")


def test_of_several_speakers_none_is_meant_by_a_pronoun(talk: Talk) -> None:
    talk("Sam and Bob said that Wug is tame.")
    assert "I do not know who is meant by they" in talk("What did they say?")
    talk("Who said that Wug is tame?")
    assert "I do not know who is meant by he" in talk("When did he say that?")


def test_where_nobody_said_it_what_follows_is_explained(talk: Talk) -> None:
    talk("Wug is a blicket. Blickets are tame.")
    said = talk("Who told you that Wug is tame?")
    assert said.startswith("Nobody told me that Wug is tame.\nIt follows from what I was told:\n")
    assert talk("Who said that Fep is tame?") == "Nobody told me that Fep is tame."


def test_what_somebody_said_is_his_alone_and_of_its_time_and_subject(talk: Talk) -> None:
    talk(f"{SAM} On 2025-03-05, Sam said that Fep is a blicket. {VET} Fep is daxy.")
    assert talk("What did Sam say?") == (
        "Sam said:\n- Wug is tame (f 1.00, c 0.55), on Monday, 2025-03-03.\n"
        "- Fep is a blicket (f 1.00, c 0.55), on Wednesday, 2025-03-05."
    )
    wug = "Sam said about Wug:\n- Wug is tame (f 1.00, c 0.55), on Monday, 2025-03-03."
    assert talk("What did Sam say about Wug?") == wug
    assert talk("What did the vet say on 2025-03-05?") == (
        "The vet said on Wednesday, 2025-03-05:\n- Wug is not tame (f 0.00, c 0.90)."
    )
    assert talk("What did the vet say on 2025-03-03?") == (
        "I know of nothing that the vet said on Monday, 2025-03-03."
    )
    assert talk("What did I say about Fep?").startswith("You said about Fep:\n- Fep is daxy (f")
    assert talk("What did I say on 2025-03-03?") == (
        "I know of nothing that you said on Monday, 2025-03-03."
    )
    assert "- Sam said that Fep is a blicket" in talk("What did people say about Fep?")


def test_who_said_the_negation_of_something_denied_it(talk: Talk) -> None:
    talk.agent.kb.add("(¬ (--> wug blicket))", (1.0, 0.9), source="bob", time="2025-03-03")
    assert talk("Who denied that Wug is a blicket?").startswith(
        "Bob said that Wug is not a blicket, on Monday, 2025-03-03"
    )
    assert talk("Did Bob say that Wug is a blicket?").startswith("On the contrary: Bob said that")


def test_who_disagrees_with_somebody_is_found_among_many(talk: Talk) -> None:
    with talk.agent.kb.transaction("test"):
        for i in range(25):
            talk.agent.kb.add(f"(--> w{i} wug)", (1.0, 0.9), source="ann")
            talk.agent.kb.add(f"(--> w{i} wug)", (0.0, 0.9), source="bob")
    talk("Sam said that Fep is a blicket. The vet said that Fep is not a blicket.")
    assert talk("Who disagrees with Sam?").startswith("Sam said that Fep is a blicket")
    assert talk("Who disagrees with Ann?").endswith("\n… and more.")


def test_how_much_more_was_said_is_told_only_where_it_is_known(talk: Talk) -> None:
    told_by_sam(talk, 30)
    assert "\n10 more before; then:\n" in talk("What did Sam say?")
    for i in range(100):
        talk.agent.kb.add(f"(--> v{i} wug)", 1.0, source="sam")
    assert "\nMore before; then:\n" in talk("What did Sam say?")


def test_a_speaker_who_is_asked_about_is_found_in_small_letters_too(talk: Talk) -> None:
    talk("On Monday Sam said Kit is a fox. Kit is not a fox. Sam said Fep is daxy.")
    assert talk("What did sam say on monday").startswith("Sam said on Monday")
    assert "Sam said that Kit is a fox" in talk("Who disagrees with sam?")
    assert talk("did sam say that Kit is a fox?").startswith("Yes: Sam said that Kit is a fox")
    assert talk("What did bob say?") == "I know of nothing that Bob said."
    assert talk("forget what sam said about kit").startswith("I have taken back what sam said")
    assert "Kit" not in talk("What did Sam say?")
    assert talk("forget everything sam said").startswith("I have taken back everything sam said")


def test_what_was_said_as_of_a_day_is_said_until_that_day(talk: Talk) -> None:
    talk("On 2025-03-03, the vet said that Wug is tame.")
    said = talk("As of 2025-03-05, what did the vet say?")
    assert said.startswith("The vet said until Wednesday, 2025-03-05:\n- Wug is tame")
    assert "0001" not in said


def test_the_first_time_that_something_is_taken_back_tells_that_the_log_keeps_it(
    talk: Talk,
) -> None:
    talk("Sam said that Wug is tame. Ann said that Fep is tame.")
    assert talk("Forget what Ben said.").startswith("There is nothing to forget")
    assert "The log keeps the words" in talk("Forget what Sam said.")
    assert "The log keeps the words" not in talk("Forget what Ann said.")


def test_what_somebody_said_is_told_in_the_degree_that_he_said_it_in(talk: Talk) -> None:
    few = "the vet said that few blickets are daxy"
    assert talk("The vet said that few blickets are daxy.").startswith(f"Noted: {few} (f 0.10")
    assert talk("Did the vet say that blickets are daxy?").startswith(f"On the contrary: {few}, ")
    said = talk("Sam said that most blickets are daxy.")
    assert f"That contradicts what I was told: {few}, on " in said
    assert talk("Did Sam say that most blickets are daxy?").startswith("Yes: Sam said that most ")
    assert talk("Did Sam say that blickets are daxy?").startswith("Not quite: Sam said that most ")
    assert "But the vet said that few blickets are daxy, on " in talk(
        "Who said that blickets are daxy?"
    )


def test_what_is_undecided_is_told_plainly_and_explained_with_what_each_said(talk: Talk) -> None:
    talk("Ann said that few blickets are daxy. Sam said that most blickets are daxy.")
    assert talk("Are blickets daxy?") == (
        "It is undecided: the evidence is mixed. Blickets are daxy (f 0.45, c 0.71)."
    )
    why = talk("Why?")
    assert why.startswith("Blickets are daxy (f 0.45, c 0.71): it was spoken of 2 times:")
    assert "- Ann said that few blickets are daxy on " in why
    assert "opposite" not in why


def test_where_sources_disagree_nothing_is_very_sure(talk: Talk) -> None:
    talk("Wug is tame.")
    talk("Is Wug tame?")
    assert talk("Are you sure?").startswith("Yes, very sure: Wug is tame (f 1.00, c 0.90).")
    talk("Sam denied it.")
    assert talk("Are you sure?").startswith(
        "Fairly sure, for not all that I was told agrees: Wug is tame (f 0.88, c 0.91)."
    )


def test_somebody_of_the_persons_is_known_by_his_name_as_one_who_said_something(talk: Talk) -> None:
    talk("Sam is my doctor. Sam said that Wug is tame.")
    assert talk("What did my doctor say about Wug?").startswith(
        "Sam said about Wug:\n- Wug is tame"
    )
    assert talk("Forget what my doctor said about Wug.") == (
        'Your doctor is Sam: to take that back, say "Forget what Sam said about Wug."'
    )
    assert talk("Forget what my sister said.").startswith("There is nothing to forget: ")


def test_what_was_said_in_a_week_or_a_year_is_told_of_all_of_it(talk: Talk) -> None:
    assert talk("In 2020, Sam said that Wug is tame.").startswith("Noted: Sam said in 2020 that ")
    assert talk("Who said so?") == "Sam said that Wug is tame, in 2020 (f 1.00, c 0.55)."
    assert "Sam said so in 2020, as you told me:" in talk("Why is Wug tame?")
    assert talk("Sam said last week that Fep is daxy.").startswith(
        "Noted: Sam said in the week of "
    )
    assert ", in the week of " in talk("What did Sam say about Fep?")
    talk("On 2025-03-03, Sam said that Zorb is daxy.")
    assert talk("Who said that Zorb is daxy?").startswith("Sam said that Zorb is daxy, on Monday, ")
