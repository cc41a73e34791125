"""Cases that were run on the public MeTTa libraries, and what these get wrong."""

from __future__ import annotations

import pytest

from mettaclaw.atoms.syntax import read
from mettaclaw.atoms.truth import Truth, pool
from mettaclaw.atoms.unify import alpha_equal
from mettaclaw.reasoning import Conclusion, conclude, infer
from tests.reasoning.conftest import Tell

Pair = tuple[float, float]
Premise = tuple[str, Pair]
SURE = (1.0, 0.9)
WEAK = 0.44751381215469616  # k(0.81)
GROUND_UNEQUAL = {"a": 0.2, "b": 0.3, "c": 0.5}

NAL: dict[str, tuple[list[Premise], dict[str, Pair]]] = {
    "1": (
        [
            ("(--> golden_retriever friendly)", SURE),
            ("(--> friendly family_friendly)", (0.9, 0.85)),
        ],
        {
            "(--> golden_retriever family_friendly)": (0.9, 0.6885),
            "(--> family_friendly golden_retriever)": (1.0, 0.4077583654130886),
        },
    ),
    "2": (
        [("(==> rained wetGrass)", SURE), ("wetGrass", SURE)],
        {"rained": (1.0, WEAK)},
    ),
    "3": (
        [("(--> wolf animal)", (1.0, 0.45))] * 2,
        {"(--> wolf animal)": (1.0, 0.6206896551724138)},
    ),
    "4": (
        [("(--> cat dangerous)", (0.2, 0.8)), ("(--> cat dangerous)", (0.9, 0.5))],
        {"(--> cat dangerous)": (0.34, 0.8333333333333334)},
    ),
    "5": (
        [
            ("(==> (--> (× $1 elephant) eat) (--> $1 ([] dangerous)))", SURE),
            ("(--> (× tiger elephant) eat)", SURE),
        ],
        {"(--> tiger ([] dangerous))": (1.0, 0.81)},
    ),
    "7": (
        [("(--> (× sam garfield) friend)", SURE), ("(--> garfield animal)", SURE)],
        {"(--> (× sam animal) friend)": (1.0, WEAK)},
    ),
    "8a": (
        [("(==> fever infection)", (0.9, 0.9)), ("(==> infection antibiotics)", (0.85, 0.9))],
        {"(==> fever antibiotics)": (0.765, 0.61965)},
    ),
    "8b": (
        [
            ("(==> fever antibiotics)", (0.765, 0.61965)),
            ("(==> antibiotics tissuedamage)", (0.7, 0.7)),
        ],
        {"(==> fever tissuedamage)": (0.5355, 0.2322758025)},
    ),
    "9": (
        [("(--> robin bird)", (0.9, 0.8)), ("(--> robin flyer)", (0.7, 0.6))],
        {
            "(--> flyer bird)": (0.9, 0.25149700598802394),
            "(--> bird flyer)": (0.7, 0.30167597765363136),
            "(<-> bird flyer)": (0.6494845360824743, 0.31768558951965065),
        },
    ),
    "11": (
        [("(<-> a b)", (0.9, 0.9)), ("(<-> b c)", (0.8, 0.9))],
        {"(<-> a c)": (0.72, 0.7938)},
    ),
    "12": ([("(==> (∧ a b) c)", SURE), ("a", SURE)], {"(==> b c)": (1.0, 0.81)}),
    "15": ([("b", (0.0, 0.9)), ("(==> a b)", SURE)], {"a": (1.0, 0.0)}),
    "16": ([("(∧ a b)", SURE)], {"a": (1.0, 0.81), "b": (1.0, 0.81)}),
    "17": (
        [("(at a 1 1)", SURE), ("(at b 2 2)", (0.0, 0.9))],
        {"(=/> a b)": (0.0, WEAK), "(&/ a b)": (0.0, 0.81)},
    ),
}

PLN: dict[str, tuple[list[Premise], dict[str, float], dict[str, Pair]]] = {
    "18": ([("A", (0.7, 0.8)), ("(Implication A B)", (0.9, 0.9))], {}, {"B": (0.636, 0.4536)}),
    "19": (
        [("(Inheritance a b)", (0.8, 0.9)), ("(Inheritance b c)", (0.9, 0.9))],
        {},
        {"(Inheritance a c)": (0.7222222222222223, 0.5832)},
    ),
    "20": (
        [("(Inheritance bird flyer)", SURE), ("(Inheritance robin flyer)", SURE)],
        {},
        {"(Inheritance bird robin)": (1.0, WEAK), "(Inheritance robin bird)": (1.0, WEAK)},
    ),
    "22": (
        [("(Similarity A B)", (0.8, 0.9)), ("(Similarity B C)", (0.8, 0.9))],
        {},
        {"(Similarity A C)": (0.6549375709421112, 0.7776)},
    ),
    "abduction by role": (
        [("(Inheritance a c)", (0.9, 0.9)), ("(Inheritance b c)", (0.8, 0.9))],
        GROUND_UNEQUAL,
        {"(Inheritance a b)": (0.444, 0.729 / 1.729)},
    ),
    "induction by role": (
        [("(Inheritance c a)", (0.3, 0.9)), ("(Inheritance c b)", (0.4, 0.9))],
        GROUND_UNEQUAL,
        {"(Inheritance a b)": (0.35, 0.324 / 1.324)},
    ),
}


def found(conclusions: list[Conclusion], statement: str) -> Truth:
    matching = [c.truth for c in conclusions if alpha_equal(c.statement, read(statement))]
    assert len(matching) == 1, f"{statement} is concluded {len(matching)} times"
    return matching[0]


def orders(premises: list[Premise]) -> list[list[Premise]]:
    return [premises, premises[::-1]]


def flat(premises: list[Premise]) -> list[str | Pair]:
    return [part for premise in premises for part in premise]


@pytest.mark.parametrize("case", NAL)
def test_nal_concludes_what_was_measured_in_either_order(case: str) -> None:
    premises, expected = NAL[case]
    for order in orders(premises):
        conclusions = conclude(*flat(order))  # pyright: ignore
        for statement, (f, c) in expected.items():
            truth = found(conclusions, statement)
            assert truth.f == pytest.approx(f, abs=1e-9)
            assert truth.c == pytest.approx(c, abs=1e-9)


@pytest.mark.parametrize("case", PLN)
@pytest.mark.parametrize("sign", ["Inheritance", "-->"])
def test_pln_concludes_what_was_measured_in_either_order(case: str, sign: str) -> None:
    premises, priors, expected = PLN[case]
    other = {"Inheritance": sign, "Implication": "==>", "Similarity": "<->"}

    def written(text: str) -> str:
        for one, new in other.items() if sign == "-->" else ():
            text = text.replace(one, new)
        return text

    for order in orders([(written(text), truth) for text, truth in premises]):
        conclusions = conclude(*flat(order), logic="pln", priors=priors)  # pyright: ignore
        for statement, (f, c) in expected.items():
            truth = found(conclusions, written(statement))
            assert truth.f == pytest.approx(f, abs=1e-9)
            assert truth.c == pytest.approx(c, abs=1e-9)


def test_an_effect_that_failed_gives_one_answer_about_its_cause() -> None:
    conclusions = conclude("b", (0.0, 0.9), "(==> a b)", SURE)
    assert [c.truth for c in conclusions if str(c.statement) == "a"] == [Truth(1.0, 0.0)]


def test_support_and_contradiction_move_an_item_as_published() -> None:
    item, against = Truth(1.0, 0.5), Truth(0.0, 0.5)
    for number, c in ((1, 2 / 3), (2, 0.75), (3, 0.8)):
        supported = pool([item, *[item] * number])
        assert (supported.f, supported.c) == pytest.approx((1.0, c), abs=1e-9)
        opposed = pool([item, *[against] * number])
        assert (opposed.f, opposed.c) == pytest.approx((1 / (number + 1), c), abs=1e-9)


def test_smokers_who_have_friends(tell: Tell) -> None:
    """The implication and what was said of Edward himself, and no friend of his."""
    smokes = "(--> {} ([] smokes))".format
    store = tell(
        (
            f"(==> (--> (x $1 $2) friend) (==> {smokes('$1')} {smokes('$2')}))",
            (0.4, 0.9),
        ),
        (f"(==> {smokes('$1')} (--> $1 ([] cancerous)))", (0.6, 0.9)),
        "(--> (x Anna Bob) friend)",
        "(--> (x Anna Edward) friend)",
        "(--> (x Anna Frank) friend)",
        "(--> (x Edward Frank) friend)",
        "(--> (x Gary Helen) friend)",
        ("(--> (x Gary Frank) friend)", (0.0, 0.9)),
        smokes("Anna"),
        smokes("Edward"),
    )
    (answer,) = infer(store, "(--> Edward ([] cancerous))")
    assert (answer.truth.f, answer.truth.c) == pytest.approx((0.6, 0.486), abs=1e-9)
    assert answer.proof.belief.stamp == (2, 10)


# --- faults of the libraries -----------------------------------------------------------------


def test_a_belief_does_not_climb_by_being_revised_with_itself(tell: Tell) -> None:
    store = tell(("(--> a b)", (1.0, 0.45)))
    assert [a.truth for a in infer(store, "(--> a b)")] == [Truth(1.0, 0.45)]


def test_revision_gives_no_tautologies() -> None:
    conclusions = conclude("(--> wolf animal)", (1.0, 0.45), "(--> wolf animal)", (1.0, 0.45))
    assert [str(c.statement) for c in conclusions] == ["(--> wolf animal)"]
    links = conclude("(Inheritance a b)", SURE, "(Inheritance b a)", SURE, logic="pln")
    assert "(Inheritance a a)" not in [str(c.statement) for c in links]


def test_order_in_time_decides_which_predicts_which() -> None:
    for first, second in (
        ("1", "2"),
        ("2025-03-03", "2025-03-04"),
        ('"2025-03-03T12:00:00Z"', '"2025-03-03T13:00:00+00:30"'),
        ("2025-03-03", "1e12"),
    ):
        early, late = f"(at a {first} {first})", f"(at b {second} {second})"
        conclusions = conclude(late, SURE, early, SURE)
        assert found(conclusions, "(=/> a b)") == Truth(1.0, WEAK)
        assert found(conclusions, "(&/ a b)") == Truth(1.0, 0.81)
        statements = {str(c.statement) for c in conclusions}
        assert statements.isdisjoint({"(=/> b a)", "(&/ b a)", "(=|> a b)", "(=|> b a)"})


def test_what_overlaps_in_time_coincides_and_predicts_nothing() -> None:
    conclusions = conclude("(at a 1 4)", SURE, "(at b 4 6)", (0.0, 0.9))
    assert found(conclusions, "(=|> a b)") == Truth(0.0, WEAK)
    assert not [c for c in conclusions if str(c.statement).startswith("(=/>")]


def test_what_has_no_time_predicts_nothing() -> None:
    for premise in ("b", "(at b soon later)", "(at b $t $u)", "(at b (1) (2))"):
        conclusions = conclude("(at a 1 1)", SURE, premise, SURE)
        assert not [c for c in conclusions if str(c.statement).startswith(("(=/>", "(=|>", "(&/"))]


def test_confidence_one_divides_nothing_by_zero() -> None:
    sure = (1.0, 1.0)
    for logic in ("nal", "pln"):
        for p1, p2 in (("a", "a"), ("(==> a b)", "a"), ("(--> a b)", "(--> b c)")):
            conclusions = conclude(p1, sure, p2, sure, logic=logic)
            assert conclusions
            assert all(c.truth.c < 1.0 for c in conclusions)


def test_sets_are_written_as_statements_write_them() -> None:
    assert found(conclude("(--> tom ({} cat))", SURE), "(<-> tom ({} cat))") == Truth(1.0, 0.81)
    assert found(conclude("(--> ([] red) apple)", SURE), "(<-> ([] red) apple)") == Truth(1.0, 0.81)


# The diamond A->B->D and A->C->D. The library answers (0.125, 0.304): it inverts A->B, induces from
# B->A and B->D with the prior of D in the place of the hub's, and pools the two ways. With the hub
# in its place these ways give 0.5, which is also what the probabilities say: P(D | A) is 0.25 * 0.5
# by way of B and 0.75 * 0.5 by way of what is not B.
DIAMOND = {"A": 0.5, "B": 0.25, "C": 0.25, "D": 0.5}


def library_induction(hub_x: float, hub_y: float, x: float, hub: float, y: float) -> float:
    """The public library's: the prior of the hub and that of the target have changed places."""
    hub, y = y, hub
    back = hub_x * hub / x
    return back * hub_y + (1 - back) * (y - hub * hub_y) / (1 - hub)


def test_a_diamond_by_the_librarys_way_differs_from_it_in_the_place_of_the_hub() -> None:
    ways: list[Truth] = []
    for hub in "BC":
        back = found(
            conclude(f"(Inheritance A {hub})", (0.25, 0.9), logic="pln", priors=DIAMOND),
            f"(Inheritance {hub} A)",
        )
        assert (back.f, back.c) == pytest.approx((0.25, 0.486), abs=1e-9)
        link = (f"(Inheritance {hub} A)", back, f"(Inheritance {hub} D)", (0.5, 0.9))
        ways.append(found(conclude(*link, "pln", DIAMOND), "(Inheritance A D)"))
        wrong = library_induction(back.f, 0.5, DIAMOND["A"], DIAMOND[hub], DIAMOND["D"])
        assert wrong == pytest.approx(0.125, abs=1e-9)
    pooled = conclude("(Inheritance A D)", ways[0], "(Inheritance A D)", ways[1], "pln")
    assert (pooled[0].truth.f, pooled[0].truth.c) == pytest.approx(
        (0.5, 0.30429942952553224), abs=1e-9
    )


@pytest.mark.parametrize("link", ["Inheritance", "Implication"])
def test_a_diamond_is_answered_by_deduction_and_not_by_guesses_on_guesses(
    tell: Tell, link: str
) -> None:
    """Both ways by deduction, c = 0.25 * 0.5 * 0.81 each, and those pooled."""
    store = tell(
        *((term, (prior, 0.9)) for term, prior in DIAMOND.items()),
        *((f"({link} A {hub})", (0.25, 0.9)) for hub in "BC"),
        *((f"({link} {hub} D)", (0.5, 0.9)) for hub in "BC"),
    )
    (answer,) = infer(store, f"({link} A D)")
    weight = 2 * 0.10125 / (1 - 0.10125)
    assert (answer.truth.f, answer.truth.c) == pytest.approx((0.5, weight / (1 + weight)), abs=1e-9)
    assert [premise.rule for premise in answer.proof.premises] == ["deduction", "deduction"]
    assert {5, 6, 7, 8} <= set(answer.proof.belief.stamp)
    assert not answer.guess


@pytest.mark.parametrize("second", [0.0, 0.1, 0.3, 0.45, 0.6, 0.8, 1.0])
@pytest.mark.parametrize("first", [0.1, 0.3, 0.6, 0.8, 1.0])
@pytest.mark.parametrize(
    "links", [("(--> a b)", "(--> b c)", "(--> a c)"), ("p", "(==> p q)", "q")]
)
def test_a_search_over_two_links_has_the_frequency_of_deduction(
    tell: Tell, links: tuple[str, str, str], first: float, second: float
) -> None:
    one, two, goal = links
    (answer,) = infer(tell((one, (first, 0.9)), (two, (second, 0.9))), goal)
    most = max(second, 1.0 - second)  # what speaks for it counts, or what speaks against it
    assert answer.truth.f == pytest.approx(first * second, abs=1e-9)
    assert answer.truth.c == pytest.approx(first * most * 0.81, abs=1e-9)
