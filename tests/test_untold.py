"""Atoms without a truth value: what they count as beside what anybody says of them."""

from __future__ import annotations

import pytest

from mettaclaw.atoms.quality import Quality
from mettaclaw.atoms.truth import Truth, revise
from mettaclaw.atomspace import Atomspace
from mettaclaw.config import Settings

CAT = "(--> tom cat)"
UNTOLD = Truth(1.0, 0.9)
MODEL = "model:m"


def sources(kb: Atomspace) -> set[str]:
    return {evidence.source for evidence in kb.evidence(CAT)}


def test_it_stands_beside_what_others_say_with_a_truth_value(kb: Atomspace) -> None:
    kb.add(CAT, source="user")
    belief = kb.add(CAT, (0.0, 0.55), source="blog")
    assert belief.truth == revise(UNTOLD, Truth(0.0, 0.55))
    assert sources(kb) == {"user", "blog"}
    assert len(kb.contradictions()) == 1
    kb.retire("blog")
    assert kb.infer(CAT)[0].truth == UNTOLD
    kb.retire("user")
    assert not kb.evidence(CAT)


def test_a_model_that_agrees_or_not_does_not_take_its_place(kb: Atomspace) -> None:
    kb.add(CAT, source="user")
    done = kb.evaluate(f"!(believe {CAT} (stv 1.0 0.9))", source=MODEL, quotable="")
    assert done.results[0][0] == kb.truth(CAT).to_atom()  # type: ignore[union-attr]
    assert kb.truth(CAT) == revise(UNTOLD, Truth(1.0, 0.35))
    kb.evaluate(f"!(believe {CAT} (stv 0.0 0.9))", source=MODEL, quotable="")
    assert kb.truth(CAT) == revise(UNTOLD, Truth(0.0, 0.35))


def test_what_its_own_source_says_of_it_then_takes_its_place(kb: Atomspace) -> None:
    kb.add(CAT, source="user")
    assert kb.add(CAT, (0.3, 0.8), source="user").truth == Truth(0.3, 0.8)


def test_a_second_source_is_a_second_source(kb: Atomspace) -> None:
    kb.add(CAT, source="user")
    kb.add(CAT, source="sam", words="Tom is a cat.")
    assert sources(kb) == {"user", "sam"}
    assert kb.truth(CAT) is None, "nobody has given it one"
    kb.retire("user")
    assert kb.infer(CAT)[0].truth == UNTOLD
    kb.add(CAT, source="sam")
    assert len(kb.evidence(CAT)) == 1, "the same source says nothing new"


def test_it_counts_beside_what_was_told_before(kb: Atomspace) -> None:
    kb.add(CAT, (0.0, 0.55), source="blog")
    assert kb.add(CAT, source="user").truth == revise(Truth(0.0, 0.55), UNTOLD)
    assert kb.add(CAT, source="user").truth == revise(Truth(0.0, 0.55), UNTOLD)


def test_taking_back_what_was_told_leaves_it_as_it_was(kb: Atomspace) -> None:
    kb.add(CAT, source="user")
    kb.add(CAT, (0.0, 0.55), source="blog")
    kb.undo(kb.history()[0].id)
    assert (kb.truth(CAT), sources(kb)) == (None, {"user"})


@pytest.mark.parametrize("program", [f"!(add-atom &kb {CAT})", f"!(believe {CAT} (stv 1.0 1.0))"])
def test_a_model_is_as_sure_of_what_it_adds_as_of_what_it_believes(
    kb: Atomspace, program: str
) -> None:
    kb.evaluate(program, source=MODEL, quotable="")
    (answer,) = kb.infer(CAT)
    assert (answer.truth, answer.tier) == (Truth(1.0, 0.35), "HYPOTHESIZE")
    kb.add("(--> cat animal)", (1.0, 0.9))
    assert kb.infer("(--> tom animal)")[0].truth.c == pytest.approx(0.9 * 0.35)
    kb.add(CAT, source="user")
    assert kb.infer(CAT)[0].truth.c >= 0.9


def test_to_add_an_atom_that_is_there_changes_nothing_in_a_program(kb: Atomspace) -> None:
    kb.add(CAT, (0.0, 0.55), source="blog")
    assert kb.evaluate(f"!(add-atom &kb {CAT})", source="user").changes == ()
    assert kb.truth(CAT) == Truth(0.0, 0.55)


def test_a_program_sees_what_will_be_stored(kb: Atomspace) -> None:
    kb.add(CAT, source="sam")
    program = f'!(believe {CAT} (stv 0.0 0.5) "Tom is no cat.") !(truth {CAT})'
    seen = kb.evaluate(program, source="user").results[-1][0]
    truth = kb.truth(CAT)
    assert truth == revise(UNTOLD, Truth(0.0, 0.5))
    assert seen == truth.to_atom()


@pytest.mark.parametrize(("kinds", "c"), [({"claim": 0.2}, 0.2), ({"claim": 0.6}, 0.6)])
def test_what_a_model_alone_has_added_is_as_sure_as_the_setting_says(
    kinds: dict[str, float], c: float
) -> None:
    quality = Quality({**Settings().quality, **kinds})
    with Atomspace.open(":memory:", quality=quality) as kb:
        done = kb.evaluate(f"!(add-atom &kb {CAT}) !(truth {CAT})", source=MODEL)
        assert str(done.results[1][0]) == f"(stv 1.0 {c})"
        assert kb.infer(CAT)[0].truth == Truth(1.0, c)
        assert kb.as_of("2999-01-01").infer(CAT)[0].truth == Truth(1.0, c)
        assert str(kb.evaluate(f"!(truth {CAT})").results[0][0]) == f"(stv 1.0 {c})"
        kb.add("(--> cat animal)", (1.0, 0.9))
        kb.keep(kb.infer("(--> tom animal)")[0])
        kept = kb.truth("(--> tom animal)")
        assert kept is not None
        assert kept.c == pytest.approx(0.9 * c)
        with kb.transaction():
            kb.evaluate("!(add-atom &kb (--> tom pet))", source=MODEL)
            assert str(kb.evaluate("!(truth (--> tom pet))").results[0][0]) == f"(stv 1.0 {c})"
        kb.add(CAT, (0.0, 0.5), source="sam")
        assert kb.truth(CAT) == revise(Truth(1.0, c), Truth(0.0, 0.5))


def test_one_model_may_be_surer_than_another() -> None:
    quality = Quality(sources={**Settings().sources, "model:good": "secondary"})
    with Atomspace.open(":memory:", quality=quality) as kb:
        kb.add(CAT, source="model:good")
        kb.add("(--> tom pet)", source=MODEL)
        assert kb.infer(CAT)[0].truth == Truth(1.0, 0.7)
        assert kb.infer("(--> tom pet)")[0].truth == Truth(1.0, 0.35)
