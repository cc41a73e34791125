"""What the search for a goal makes of equivalence, compound terms and time."""

from __future__ import annotations

import pytest

from mettaclaw.atoms.truth import Truth
from mettaclaw.atomspace import Atomspace
from mettaclaw.reasoning import conclude, consequences, infer
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


# --- time ------------------------------------------------------------------------------------

FORETOLD = "(=/> cloud rain)"
NO = (0.0, 0.9)


def test_each_occurrence_is_paired_with_the_nearest(tell: Tell) -> None:
    store = tell("(at cloud 1 2)", "(at rain 5 6)", "(at cloud 11 12)", ("(at rain 15 16)", NO))
    (answer,) = infer(store, FORETOLD)
    assert answer.truth.f == pytest.approx(0.5)
    pairs = {tuple(str(p.statement) for p in one.premises) for one in answer.proof.premises}
    assert pairs == {
        ("(at cloud 1 2)", "(at rain 5 6)"),
        ("(at cloud 11 12)", "(at rain 15 16)"),
    }


@pytest.mark.parametrize("failures", [1, 5])
def test_a_failed_prediction_speaks_against_what_was_said(tell: Tell, failures: int) -> None:
    facts: list[Fact] = [FORETOLD]
    for day in range(failures):
        facts += [f"(at cloud {10 * day} {10 * day + 1})"]
        facts += [(f"(at rain {10 * day + 2} {10 * day + 3})", NO)]
    (answer,) = infer(tell(*facts), FORETOLD)
    said, seen = 9.0, failures * 0.81  # weights of evidence
    assert answer.truth.f == pytest.approx(said / (said + seen), abs=1e-9)
    assert answer.truth.c == pytest.approx((said + seen) / (said + seen + 1), abs=1e-9)
    assert not answer.guess


def test_what_follows_in_time_is_found_for_an_open_question(tell: Tell) -> None:
    store = tell("(at (--> tom hungry) 1 2)", "(at (--> tom happy) 5 6)")
    for goal in ("(=/> (--> tom hungry) $x)", "(=/> $x (--> tom happy))"):
        answers = [str(answer.statement) for answer in infer(store, goal)]
        assert answers == ["(=/> (--> tom hungry) (--> tom happy))"]
    assert infer(store, "(=/> (--> tom happy) $x)") == []


def test_an_interval_that_ends_before_it_begins_says_nothing() -> None:
    found = conclude("(at p 9 3)", (1.0, 0.9), "(at q 4 5)", (1.0, 0.9))
    assert not [c for c in found if str(c.statement).startswith(("(=/>", "(=|>", "(&/"))]


def test_forward_pairs_only_what_it_is_given(tell: Tell) -> None:
    store = tell("(at cloud 1 2)", ("(at rain 5 6)", NO), "(at news 7 8)")
    assert consequences(store, ["(at cloud 1 2)"]) == []
    found = consequences(store, ["(at cloud 1 2)", "(at rain 5 6)"])
    (foretold,) = [answer for answer in found if str(answer.statement) == FORETOLD]
    assert foretold.truth.f == 0.0


def test_python_metta_and_forward_agree_on_a_failed_prediction() -> None:
    with Atomspace.open(":memory:") as kb:
        kb.add("(at cloud 2025-03-01 2025-03-02)", (1.0, 0.9))
        kb.add("(at rain 2025-03-03 2025-03-04)", NO)
        (answer,) = kb.infer(FORETOLD)
        assert answer.truth == Truth(0.0, answer.truth.c)
        premises = "(at cloud 2025-03-01 2025-03-02) (at rain 2025-03-03 2025-03-04)"
        done = kb.evaluate(f"!(|- {premises}) !(derive {premises}) !(infer {FORETOLD})")
        assert done.error is None
        for results in done.results:
            assert any(str(atom).startswith(f"({FORETOLD} {answer.truth}") for atom in results)
        assert kb.truth(FORETOLD) == answer.truth
        kb.add("(at cloud 2025-04-01 2025-04-02)", (1.0, 0.9))
        kb.add("(at rain 2025-04-03 2025-04-04)", (1.0, 0.9))
        assert kb.infer(FORETOLD)[0].truth.f == pytest.approx(0.5)


@pytest.mark.parametrize(("came", "failed"), [(5, 5), (40, 40), (40, 1), (150, 50)])
def test_every_occurrence_of_a_prediction_counts_the_last_ones_too(
    kb: Atomspace, came: int, failed: int
) -> None:
    with kb.transaction():
        for i in range(came + failed):
            begin = 1_000 * i
            kb.add(f"(at cloud {begin} {begin + 10})", (1.0, 0.9))
            kb.add(f"(at rain {begin + 20} {begin + 30})", (float(i < came), 0.9))
    (answer,) = kb.infer("(=/> cloud rain)")
    assert answer.truth.f == pytest.approx(came / (came + failed))
