"""Times in English: since Monday, from 2019 to 2021, and what was known on Tuesday."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from mettaclaw.agent import Agent
from mettaclaw.models.english import periods
from tests.models.english import Talk, forms, refused, reply, told

SATURDAY = 1_763_769_600.0  # 2025-11-22


@pytest.fixture
def talk(tmp_path: Path) -> Iterator[Talk]:
    with Agent.open(tmp_path / "home", "english") as agent:
        yield Talk(agent)


@pytest.mark.parametrize(
    ("words", "first", "last"),
    [
        ("on Monday", "2025-11-17", "2025-11-17"),
        ("last Saturday", "2025-11-15", "2025-11-15"),
        ("since Friday", "2025-11-21", "2025-11-22"),
        ("yesterday", "2025-11-21", "2025-11-21"),
        ("last week", "2025-11-10", "2025-11-16"),
        ("last month", "2025-10-01", "2025-10-31"),
        ("in 2020", "2020-01-01", "2020-12-31"),
        ("in February 2024", "2024-02-01", "2024-02-29"),
        ("in December", "2024-12-01", "2024-12-31"),
        ("from 2019 to 2021", "2019-01-01", "2021-12-31"),
        ("between May 2020 and June 2021", "2020-05-01", "2021-06-30"),
        ("on Tuesday, 2025-03-04", "2025-03-04", "2025-03-04"),
        ("on the 4th of March 2025", "2025-03-04", "2025-03-04"),
        ("on March 4, 2025", "2025-03-04", "2025-03-04"),
        ("three days ago", "2025-11-19", "2025-11-19"),
        ("two weeks ago", "2025-11-03", "2025-11-09"),
        ("a year ago", "2024-01-01", "2024-12-31"),
        ("13 months ago", "2024-10-01", "2024-10-31"),
    ],
)
def test_a_time_is_the_days_that_it_means_on_the_day_it_is_said(
    words: str, first: str, last: str
) -> None:
    found = periods.ending(f"Tom was ill {words}")
    assert found is not None
    assert found[1] == "Tom was ill"
    assert periods.days(found[0], SATURDAY) == periods.Days(
        date.fromisoformat(first), date.fromisoformat(last)
    )


@pytest.mark.parametrize(
    "words", ["on 31 February", "on Friday, 2025-03-03", "in 2030", "from 2021 to 2019"]
)
def test_days_that_there_are_not_or_that_have_not_come_are_none(words: str) -> None:
    found = periods.ending(f"Tom was ill {words}")
    assert found is not None
    assert periods.days(found[0], SATURDAY) is None


@pytest.mark.parametrize(
    ("sentence", "facts"),
    [
        (
            "Anna lived in Rome from 2019 to 2021.",
            [
                ("(at (--> (x anna rome) live_in) 2019-01-01 2021-12-31)", 1.0, 0.9),
                ("(--> (x anna rome) did_live_in)", 1.0, 0.9),
            ],
        ),
        (
            "Wug is ill since 2025-11-17.",
            [
                ("(at (--> wug ([] ill)) 2025-11-17 2025-11-21)", 1.0, 0.9),
                ("(--> wug ([] ill))", 1.0, 0.9),
            ],
        ),
        (
            "Wug has been ill since Monday.",
            [
                ("(at (--> wug ([] ill)) 2025-11-17 2025-11-21)", 1.0, 0.9),
                ("(--> wug ([] ill))", 1.0, 0.9),
            ],
        ),
        (
            "Wug was not a blicket in 2020.",
            [("(at (--> wug blicket) 2020-01-01 2020-12-31)", 0.0, 0.9)],
        ),
        (
            "Last week Wug slept.",
            [
                ("(at (--> wug ([] sleeping)) 2025-11-10 2025-11-16)", 1.0, 0.9),
                ("(--> wug ([] did_sleep))", 1.0, 0.9),
            ],
        ),
    ],
)
def test_what_held_at_a_time_is_kept_with_its_days(
    sentence: str, facts: list[tuple[str, float, float]]
) -> None:
    assert told(sentence) == facts


@pytest.mark.parametrize(
    "sentence",
    [
        "Wug was a blicket.",
        "Wug is a blicket on Monday.",
        "Wug was a blicket since Monday.",
        "Wug is ill from Monday to Friday.",
        "As of Monday, Wug is a blicket.",
        "If Wug was ill on Monday then Wug is ill.",
        "Forget that Sam said that Wug was ill on Monday.",
    ],
)
def test_a_time_that_does_not_fit_the_verb_is_refused(sentence: str) -> None:
    assert refused(sentence)


def test_what_has_not_come_yet_is_not_kept(talk: Talk) -> None:
    assert talk("Wug was ill on 2125-03-03.").startswith("I keep what was and what is")
    assert talk("On 2125-03-03, Sam said that Wug is ill.").startswith("I keep what was")
    assert talk.agent.kb.count() == 0


def test_what_held_at_a_time_answers_questions_about_it(talk: Talk) -> None:
    assert talk("Anna lived in Rome from 2019 to 2021.") == (
        "Noted: Anna lived in Rome from 2019 to 2021 (f 1.00, c 0.90)."
    )
    answer = "Anna lived in Rome from 2019 to 2021 (f 1.00, c 0.90)."
    assert talk("Did Anna live in Rome in 2020?") == f"Yes. {answer}"
    assert talk("Who lived in Rome in 2020?") == answer
    assert talk("Where did Anna live in 2020?") == answer
    assert talk("When did Anna live in Rome?") == answer
    assert talk("Did Anna live in Rome?") == "Yes. Anna lived in Rome (f 1.00, c 0.90)."
    assert talk("Did Anna live in Rome in 2022?").startswith("On Saturday, 2022-12-31, as far as I")
    assert "I do not know when Bob was ill." in talk("When was Bob ill?")
    assert 'you said "Anna lived in Rome from 2019 to 2021."' in (
        talk("Did Anna live in Rome in 2020?") and talk("Why?")
    )


def test_what_holds_since_a_day_holds_now(talk: Talk) -> None:
    talk("Wug is ill since 2025-03-03.")
    assert talk("Is Wug ill?") == "Yes. Wug is ill (f 1.00, c 0.90)."
    assert talk("Since when is Wug ill?").startswith(
        "Wug has been ill since Monday, 2025-03-03 (f 1.00"
    )
    assert talk("Was Wug ill on 4 March 2025?").startswith("Yes. Wug has been ill since Monday")


def test_what_was_known_on_a_day_is_answered_as_of_that_day(talk: Talk) -> None:
    talk("On 2025-03-03, Sam said that Wug is a blicket.")
    talk("On 2025-03-05, Ann said that Wug is not a blicket. Remember the wug in the attic.")
    then = "On Tuesday, 2025-03-04, as far as I knew:"
    yes = f"{then} Yes, probably. Wug is a blicket (f 1.00, c 0.55)."
    assert talk("Was Wug a blicket on 4 March 2025?") == yes
    assert talk("As of 2025-03-04, is Wug a blicket?") == yes
    assert "Ann" not in talk("Why?")
    for question in ("Why?", "Why not?", "Are you sure?"):
        assert talk(question).startswith(f"{then} "[:-1]), question
    assert talk("Who was a blicket on 2025-03-04?").startswith(f"{then} Wug is a blicket (f 1.00")
    known = talk("What did you know about Wug on 2025-03-04?")
    assert known == f"{then}\nAbout Wug I know:\n- Wug is a blicket (f 1.00, c 0.55)."
    assert "attic" in talk("What do you know about Wug?")
    assert "nothing" in talk("What did I know about Wug on 2025-03-01?")
    assert talk("Is Wug a blicket?").startswith("It is undecided")


def test_a_question_as_of_a_day_is_one_of_the_past_and_changes_nothing() -> None:
    (held,) = forms("Was Wug a blicket on Monday?")
    assert held == "(infer (at (--> wug blicket) 2025-11-17 2025-11-17))"
    (asked,) = forms("As of Monday, is Wug a blicket?")
    assert asked == '(as-of "2025-11-17" (infer (--> wug blicket)))'
    text = reply("As of Monday, is Wug a blicket?", "(unknown (--> wug blicket))")
    assert text == (
        "On Monday, 2025-11-17, as far as I knew: I have no evidence on whether Wug is a blicket."
    )


def test_why_explains_the_very_time_that_was_answered(talk: Talk) -> None:
    talk("Bob was ill on Tuesday. Bob was ill on Sunday.")
    talk("Ann lived in Oslo in 2022. Ann lived in Rome in 2020.")
    for question, words in (
        ("Was Bob ill on Tuesday?", "Bob was ill on Tuesday."),
        ("Was Bob ill on Sunday?", "Bob was ill on Sunday."),
        ("Where did Ann live in 2020?", "Ann lived in Rome in 2020."),
    ):
        talk(question)
        for why in ("Why?", "Why not?"):
            said = talk(why).splitlines()[0]
            assert f'you said "{words}"' in said, question
    talk("When was Bob ill?")
    assert talk("Why?").count("you said") == 2
    both = talk("Was Bob ill on Tuesday? Why? Was Bob ill on Sunday? Why?").splitlines()
    assert "on Tuesday" in both[1]
    assert "on Sunday" in both[3]


def test_what_was_known_in_a_time_that_is_not_over_was_known_until_today(talk: Talk) -> None:
    talk("Tom is ill.")
    today = talk("Was Tom ill today?")
    assert talk("Was Tom ill this year?") == talk("Was Tom ill this month?") == today


def test_who_disagrees_is_asked_of_the_time_that_was_answered(talk: Talk) -> None:
    talk("Bob was ill on Tuesday. Bob was ill on Sunday. Sam said that Bob is ill.")
    talk("Was Bob ill on Tuesday?")
    assert talk("Who disagrees?").startswith("Nobody told me that Bob was not ill on Tuesday")
    talk("Was Bob ill on Tuesday?")
    assert "Bob was not ill on Tuesday" in talk("The vet denied it.")
    talk("Was Bob ill on Tuesday?")
    assert talk("Who disagrees?").startswith("The vet said that Bob was not ill on Tuesday")


def test_why_something_was_so_at_a_time_is_answered_as_whether_it_was(talk: Talk) -> None:
    talk("Bob was ill on Sunday.")
    assert talk("Was Bob ill on Sunday?").startswith("Yes. Bob was ill on Sunday")
    assert 'you said "Bob was ill on Sunday."' in talk("Why was Bob ill on Sunday?")
    assert "as far as I knew" not in talk("Why was Bob ill on Sunday?")
    unknown = talk("Why was Bob ill on Monday?")
    assert "as far as I knew: I have no evidence" in unknown


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Was Cy ill last Friday?", "Yes. Cy was ill on Friday"),
        ("Who was ill last Friday?", "Cy was ill on Friday"),
        ("Did Tom sleep last Friday?", "Yes. Tom slept on Friday"),
        ("When did Tom sleep?", "Tom slept on Friday"),
        ("Was Cy a fox last Friday?", "On Friday"),
    ],
)
def test_last_friday_is_a_time_in_a_question_too(talk: Talk, question: str, answer: str) -> None:
    talk("Cy was ill last Friday. Tom slept last Friday.")
    assert talk(question).startswith(answer)


def test_a_weekday_before_now_is_no_word_of_what_happened() -> None:
    assert told("Tom slept last Sunday.") == [
        ("(at (--> tom ([] sleeping)) 2025-11-16 2025-11-16)", 1.0, 0.9),
        ("(--> tom ([] did_sleep))", 1.0, 0.9),
    ]


def test_what_was_said_of_a_day_counts_against_a_longer_time(talk: Talk) -> None:
    talk("Bob said that Rex was ill from 2025-11-10 to 2025-11-20.")
    told = talk("The vet said that Rex was not ill on 2025-11-12.")
    assert "That contradicts what I was told: Bob said that Rex was ill from" in told
    assert talk("Was Rex ill on 2025-11-12?").startswith("No, probably not.")
    assert "the vet said so" in talk("Why?")
    assert talk("Was Rex ill on 2025-11-13?").startswith("Yes, probably.")


@pytest.mark.parametrize(
    "question",
    [
        "Is Wug ill since 3 March 2025?",
        "Has Wug been ill since 3 March 2025?",
        "Since when has Wug been ill?",
        "How long has Wug been ill?",
    ],
)
def test_since_when_something_is_so_may_be_asked_in_other_words(talk: Talk, question: str) -> None:
    talk("Wug is ill since 2025-03-03.")
    assert talk(question) == talk("Since when is Wug ill?")


@pytest.mark.parametrize("text", ["Wug is no longer ill.", "Wug isn't ill any more."])
def test_what_is_no_longer_so_is_not_so_now(talk: Talk, text: str) -> None:
    talk(text)
    assert talk("Is Wug ill?").startswith("No. Wug is not ill")


def test_what_hardly_followed_is_not_held_against_what_is_told(tmp_path: Path) -> None:
    with Agent.open(tmp_path / "home", "english") as agent:
        agent.run_sync("Eve was ill from 2020-11-10 to 2020-11-12.")
        assert agent.run_sync("Eve is not ill.").text == "Noted: Eve is not ill (f 0.00, c 0.90)."
