"""What the search for a goal makes of equivalence, compound terms and time."""

from __future__ import annotations

import pytest

from mettaclaw.reasoning import infer
from tests.reasoning.conftest import Fact, Tell

UNTIL = "2025-03-0{} 2025-03-0{}".format


@pytest.mark.parametrize(
    ("told", "goal", "truth"),
    [
        (["(<=> p q)", "q"], "p", (1.0, 0.81)),
        (["(<=> p q)", "(==> q r)"], "(==> p r)", (1.0, 0.81)),
        (["(<=> p q)"], "(==> q p)", (1.0, 0.81)),
        (["(--> tom (∩ cat happy))"], "(--> tom happy)", (1.0, 0.81)),
        (["(--> tom (& cat happy))", "(--> cat animal)"], "(--> tom animal)", (1.0, 0.729)),
        (["(--> tom (- cat happy))"], "(--> tom happy)", (0.0, 0.81)),
        (["(--> ({} tom felix) cat)"], "(--> ({} felix) cat)", (1.0, 0.81)),
        (["(--> tom ([] red big))"], "(--> tom ([] big))", (1.0, 0.81)),
        (["(=/> p q)", "(=/> q r)"], "(=/> p r)", (1.0, 0.81)),
        (["(=/> p q)", "p"], "q", (1.0, 0.81)),
        (["(=|> p q)", "(at p 1 2)"], "(at q 1 2)", (1.0, 0.81)),
    ],
)
def test_a_goal_is_reached(
    told: list[Fact], goal: str, truth: tuple[float, float], tell: Tell
) -> None:
    (answer,) = infer(tell(*told), goal)
    assert (answer.truth.f, answer.truth.c) == pytest.approx(truth, abs=1e-9)
    assert not answer.guess


def test_what_was_predicted_and_came_or_did_not_is_evidence(tell: Tell) -> None:
    cloud, rain = "(at (--> sky cloudy) {})".format, "(at (--> sky rainy) {})".format
    store = tell(
        cloud(UNTIL(1, 1)),
        (rain(UNTIL(2, 2)), (0.0, 0.9)),
    )
    (answer,) = infer(store, "(=/> (--> sky cloudy) (--> sky rainy))")
    assert answer.truth.f == 0.0
    assert answer.truth.c == pytest.approx(0.81 / 1.81, abs=1e-9)
    together = tell(rain(UNTIL(1, 2)), cloud(UNTIL(2, 3)))
    (answer,) = infer(together, "(=|> (--> sky rainy) (--> sky cloudy))")
    assert (answer.truth.f, answer.truth.c) == pytest.approx((1.0, 0.81 / 1.81), abs=1e-9)
    assert infer(together, "(=/> (--> sky rainy) (--> sky cloudy))") == []
