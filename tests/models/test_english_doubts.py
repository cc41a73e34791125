"""What the lint doubts about a statement reaches the person, as one short question."""

from __future__ import annotations

from pathlib import Path

import pytest

from mettaclaw.agent import Agent
from tests.models.english import Talk, reply

TOLD = "Noted: Tom chases Jerry (f 1.00, c 0.90)."


@pytest.mark.parametrize(
    ("note", "question"),
    [
        (
            "check (--> (x tom jerry) chase): Jerry chases as a rule. "
            "Did you mean (--> (x jerry tom) chase)?",
            "Did you mean that Jerry chases Tom?",
        ),
        (
            "check (--> (x tom jerry) chase): jerry is new, and gerry is known. "
            "Did you mean (--> (x tom gerry) chase)?",
            'You wrote "Jerry"; did you mean Gerry?',
        ),
        (
            "check (--> (x tom jerry) chase): chase is new, and chasing is known. "
            "Did you mean (--> (x tom jerry) chasing)?",
            'You wrote "chase"; did you mean chasing?',
        ),
        (
            "check (--> (x tom jerry) chase): (--> tom jerry) is known, and x is rare. "
            "Did you mean (--> tom jerry)?",
            "Did you mean that Tom is Jerry?",
        ),
        (
            "check (--> (x tom jerry) chase): as it contradicts (--> tom cat).",
            '"Tom chases Jerry" looks odd: as it contradicts "Tom is a cat".',
        ),
        ("2 more statements to check like these", ""),
        ("check (--> (x tom: jerry. Did you mean nothing?", ""),
    ],
)
def test_a_doubt_is_asked_in_one_sentence(note: str, question: str) -> None:
    said = reply("Tom chases Jerry.", f'(stv 1.0 0.9) (note "{note}")')
    assert said == "\n".join(filter(None, (TOLD, question)))


def test_a_slip_of_the_pen_is_noted_and_asked_about(tmp_path: Path) -> None:
    with Agent.open(tmp_path / "home", "english") as agent:
        talk = Talk(agent)
        talk("Garfield is a cat.")
        said = talk("Garfeild is a cat.")
        assert said.endswith('\nYou wrote "Garfeild"; did you mean Garfield?')
        assert "?" not in talk("Garfield is a cat, indeed. Odie is a cat.").split("I could not")[0]
