"""Why not, in English, and questions with several answers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from mettaclaw.agent import Agent
from tests.models.english import Talk, forms


@pytest.fixture
def talk(tmp_path: Path) -> Iterator[Talk]:
    with Agent.open(tmp_path / "home", "english") as agent:
        yield Talk(agent)


def test_why_not_after_a_no_tells_what_holds_and_what_did_not_count(talk: Talk) -> None:
    talk("Pingu is a penguin. Penguins are birds. Birds can fly. Penguins cannot fly.")
    assert talk("Can Pingu fly?").startswith("No.")
    said = talk("Why not?")
    assert said.startswith("Pingu cannot fly (f 0.00, c 0.81), because what a kind is not")
    assert said.endswith(
        "What I considered, and what did not count:\n"
        '- That Pingu can fly (f 1.00, c 0.73): it is inherited by way of "Pingu is a bird", and '
        'what follows by way of "Pingu is a penguin", which is more specific, contradicts it '
        "(f 0, c 0.81)."
    )
    assert talk("Why can't Pingu fly?") == said
    assert talk("Why can Pingu not fly?") == said


def test_why_not_after_an_unknown_tells_what_would_help(talk: Talk) -> None:
    talk("If something is a dog then it barks.")
    assert talk("Does Rex bark?").startswith("I have no evidence")
    assert talk("Why not?") == (
        "I have no evidence that Rex barks.\nIt would help to know whether Rex is a dog."
    )
    assert talk("Why does Rex not bark?") == talk("Why not?")


def test_why_not_of_what_was_said_outright_is_who_said_it(talk: Talk) -> None:
    talk("Wug is not a blicket.")
    talk("Is Wug a blicket?")
    lines = talk("Why not?").split("\n")
    assert lines[0].startswith('Wug is not a blicket (f 0.00, c 0.90): you said "Wug is not a')
    assert lines[1:] == ["Nothing else was considered."]


def test_why_alone_does_not_ask_what_was_rejected() -> None:
    assert forms("Why is Wug a blicket?") == ["(why (--> wug blicket))"]
    wanted = ["(why (--> wug blicket))", "(why-not (--> wug blicket))"]
    assert forms("Why is Wug not a blicket?") == wanted
    assert forms("Why isn't Wug a blicket?") == wanted


def test_who_lists_all_answers_best_first_each_with_its_truth(talk: Talk) -> None:
    talk("Felix is probably a cat. Max is maybe a cat. Kitty is a cat. Mia is a kitten.")
    talk("Kittens are cats. Tom is a cat. Bob is not a cat.")
    talk("Ann says that Tom is not a cat. The vet says that Tom is not a cat.")
    assert talk("Who is a cat?") == (
        "Kittens (f 1.00, c 0.90), Kitty (f 1.00, c 0.90), Mia (f 1.00, c 0.81), Felix (f 1.00, "
        "c 0.70) and Tom (f 0.79, c 0.92), disputed. Perhaps also Max (f 1.00, c 0.40)."
    )
    talk("Felix likes fish. Kitty probably likes fish.")
    assert talk("Who likes fish?") == "Felix (f 1.00, c 0.90) and Kitty (f 1.00, c 0.70)."


def test_an_answer_that_is_disputed_says_so(talk: Talk) -> None:
    talk("Wug is a blicket. Fep is a blicket. No, Fep is not a blicket.")
    assert talk("Who is a blicket?") == ("Wug (f 1.00, c 0.90) and Fep (f 0.50, c 0.95), disputed.")


def test_why_not_says_who_took_evidence_back_and_its_truth_once(talk: Talk) -> None:
    talk("Foxes are animals. Kit is not an animal. On 2025-03-03, Sam said that Kit is a fox.")
    talk("Forget what Sam said.")
    (line,) = [one for one in talk("Why is Kit not a fox?").split("\n") if "sam said" in one]
    assert re.fullmatch(
        r"- That Kit is a fox \(f 1\.00, c 0\.55\): sam said it on 2025-03-03;"
        r" you took it back on \S+ at \S+ UTC\.",
        line,
    )
    talk("Rex is a fox.")
    kb = talk.agent.kb
    with kb.transaction("tool:forget", "forget"):  # as of a piece of evidence
        kb.retract("(--> rex fox)")
    said = talk("Why is Rex not an animal?")
    assert '"Rex is a fox": you said it on ' in said
    assert "; you took it back on " in said
    assert "tool:" not in said


def test_what_a_false_premise_kept_from_following_is_told_as_it_was_considered(talk: Talk) -> None:
    talk("The vet said that Tom is not a cat. Cats are tame.")
    talk("Is Tom tame?")
    line = '- That Tom is tame: deduction needs "Tom is a cat", which is false (f 0, c 0.55).'
    assert talk("Why not?").split("\n")[2:] == [line]


def test_why_not_tells_nothing_of_guesses_about_other_things(talk: Talk) -> None:
    talk("The vet said that Tom is not a cat. Cats are tame. Tom is not a dog. Dogs bark.")
    talk("Does Tom bark?")
    line = '- That Tom barks: deduction needs "Tom is a dog", which is false (f 0, c 0.9).'
    assert talk("Why not?").split("\n")[2:] == [line]
