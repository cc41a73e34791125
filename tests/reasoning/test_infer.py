from __future__ import annotations

import itertools
import random
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mettaclaw.atoms.store import AtomStore
from mettaclaw.atoms.syntax import Symbol, expr, read
from mettaclaw.atoms.truth import Truth, revise
from mettaclaw.errors import UsageError
from mettaclaw.reasoning import Answer, Bounds, Proof, ask, infer, needs
from tests.reasoning.conftest import Fact, Tell

NO = (0.0, 0.9)


def only(store: AtomStore, goal: str) -> Answer:
    answers = infer(store, goal)
    assert len(answers) == 1, [str(a.statement) for a in answers]
    assert answers[0].statement == read(goal)
    return answers[0]


def truth(store: AtomStore, goal: str) -> tuple[float, float]:
    answer = only(store, goal)
    return pytest.approx((answer.truth.f, answer.truth.c), abs=1e-9)  # pyright: ignore


def statements(answers: list[Answer]) -> list[str]:
    return [str(answer.statement) for answer in answers]


# --- chains ----------------------------------------------------------------------------------


def test_a_plain_taxonomy_gives_the_textbook_value(tell: Tell) -> None:
    store = tell("(--> garfield cat)", "(--> cat animal)")
    answer = only(store, "(--> garfield animal)")
    assert (answer.truth.f, answer.truth.c) == pytest.approx((1.0, 0.81), abs=1e-9)
    assert answer.tier == "ACT"
    assert answer.proof.rule == "deduction"


def test_what_is_known_around_it_does_not_blur_the_textbook_value(tell: Tell) -> None:
    store = tell(
        *("(--> garfield cat)", "(--> cat animal)", "(--> tom cat)", "(--> tom animal)"),
        *("(--> dog animal)", "(--> rex dog)", "(--> garfield pet)", "(--> rex pet)"),
    )
    assert truth(store, "(--> garfield animal)") == (1.0, 0.81)


def test_confidence_falls_at_each_hop(tell: Tell) -> None:
    store = tell(*(f"(--> c{i} c{i + 1})" for i in range(6)))
    for hops, c in enumerate((0.9, 0.81, 0.729, 0.6561, 0.59049, 0.531441), start=1):
        assert truth(store, f"(--> c0 c{hops})") == (1.0, c)


def test_a_chain_is_found_to_the_depth_and_not_further(tell: Tell) -> None:
    store = tell(*(f"(--> c{i} c{i + 1})" for i in range(9)))
    assert len(infer(store, "(--> c0 c6)")) == 1
    assert infer(store, "(--> c0 c9)", Bounds(depth=3)) == []


def test_the_published_chain_of_implications(tell: Tell) -> None:
    store = tell(
        ("(==> fever infection)", (0.9, 0.9)),
        ("(==> infection antibiotics)", (0.85, 0.9)),
        ("(==> antibiotics tissuedamage)", (0.7, 0.7)),
    )
    assert truth(store, "(==> fever antibiotics)") == (0.765, 0.61965)
    assert truth(store, "(==> fever tissuedamage)") == (0.5355, 0.2322758025)


def test_a_statement_without_truth_counts_as_one_and_nine_tenths(tell: Tell) -> None:
    store = tell(("(--> garfield cat)", None), ("(--> cat animal)", None))
    assert truth(store, "(--> garfield animal)") == (1.0, 0.81)
    assert truth(store, "(--> garfield cat)") == (1.0, 0.9)


def test_chains_of_their_own_evidence_are_pooled(tell: Tell) -> None:
    store = tell("(--> a b)", "(--> b d)", "(--> a c)", "(--> c d)")
    assert truth(store, "(--> a d)") == (1.0, revise(Truth(1, 0.81), Truth(1, 0.81)).c)
    assert only(store, "(--> a d)").proof.rule == "revision"


def test_chains_that_share_a_premise_are_not_pooled(tell: Tell) -> None:
    store = tell("(--> a b)", "(--> b d)", "(--> b c)", "(--> c d)")
    pooled = revise(Truth(1, 0.9), Truth(1, 0.81)).c  # b->d itself has two supports
    assert truth(store, "(--> a d)") == (1.0, 0.9 * pooled)


def test_a_direct_belief_is_revised_with_what_follows_from_other_evidence(tell: Tell) -> None:
    store = tell("(--> a b)", "(--> b c)", ("(--> a c)", (1.0, 0.5)))
    assert truth(store, "(--> a c)") == (1.0, revise(Truth(1, 0.5), Truth(1, 0.81)).c)


def test_a_circle_of_statements_ends_and_adds_nothing(tell: Tell) -> None:
    store = tell("(--> a b)", "(--> b c)", "(--> c a)")
    assert truth(store, "(--> a c)") == (1.0, 0.81)
    assert infer(store, "(--> a a)") == []


def test_asking_twice_gives_the_same(tell: Tell) -> None:
    store = tell("(--> a b)", "(--> b d)", "(--> a c)", "(--> c d)")
    assert infer(store, "(--> a d)") == infer(store, "(--> a d)")


def test_properties_are_inherited(tell: Tell) -> None:
    store = tell("(--> garfield cat)", "(--> cat ([] friendly))")
    assert truth(store, "(--> garfield ([] friendly))") == (1.0, 0.81)


def test_similar_things_are_alike(tell: Tell) -> None:
    store = tell(("(<-> cat lynx)", (0.8, 0.9)), "(--> cat hunter)")
    assert truth(store, "(--> lynx hunter)") == (0.8, 0.8 * 0.81)


# --- implications ----------------------------------------------------------------------------


def test_a_general_implication_applies_to_one_thing(tell: Tell) -> None:
    store = tell("(--> tweety bird)", "(==> (--> $x bird) (--> $x flyer))")
    assert truth(store, "(--> tweety flyer)") == (1.0, 0.81)


def test_implications_and_inheritance_mix(tell: Tell) -> None:
    store = tell(
        "(--> tweety robin)",
        "(--> robin bird)",
        "(==> (--> $x bird) (--> $x flyer))",
        "(--> flyer mover)",
    )
    assert truth(store, "(--> tweety mover)") == (1.0, 0.9**4)


@pytest.mark.parametrize("sign", [",", "∧", "and"])
def test_a_condition_of_several_parts_needs_all_of_them(tell: Tell, sign: str) -> None:
    rule = f"(==> ({sign} (--> $x bird) (--> $x young) (--> $x fed)) (--> $x happy))"
    store = tell(rule, "(--> kim bird)", "(--> kim young)", "(--> kim fed)", "(--> lee bird)")
    assert truth(store, "(--> kim happy)") == (1.0, 0.9**4)
    assert infer(store, "(--> lee happy)") == []


def test_parts_of_a_condition_share_their_variables(tell: Tell) -> None:
    store = tell(
        "(==> (, (--> (x $g $p) parent) (--> (x $p $c) parent)) (--> (x $g $c) grandparent))",
        *("(--> (x ann pat) parent)", "(--> (x pat bob) parent)", "(--> (x eve liz) parent)"),
    )
    assert truth(store, "(--> (x ann bob) grandparent)") == (1.0, 0.9**3)
    assert infer(store, "(--> (x eve bob) grandparent)") == []
    assert statements(infer(store, "(--> (x $who bob) grandparent)")) == [
        "(--> (x ann bob) grandparent)"
    ]


def test_a_rule_may_be_used_at_several_steps(tell: Tell) -> None:
    store = tell(
        "(==> (--> (x $a $b) parent) (--> (x $a $b) ancestor))",
        "(==> (∧ (--> (x $a $b) parent) (--> (x $b $c) ancestor)) (--> (x $a $c) ancestor))",
        *(f"(--> (x p{i} p{i + 1}) parent)" for i in range(4)),
    )
    found = statements(infer(store, "(--> (x p0 $who) ancestor)"))
    assert sorted(found) == [f"(--> (x p0 p{i}) ancestor)" for i in range(1, 5)]


def test_a_nested_implication_needs_both_conditions(tell: Tell) -> None:
    rule = "(==> (--> (x $a $b) friend) (==> (--> $a smoker) (--> $b smoker)))"
    store = tell(rule, "(--> (x anna bob) friend)", "(--> anna smoker)")
    assert truth(store, "(--> bob smoker)") == (1.0, 0.9**3)
    assert infer(tell(rule, "(--> (x anna bob) friend)"), "(--> bob smoker)") == []


def test_relations_of_classes_hold_of_their_members(tell: Tell) -> None:
    for sign in ("x", "×"):
        store = tell(f"(--> ({sign} cat mouse) chase)", "(--> tom cat)", "(--> jerry mouse)")
        assert truth(store, f"(--> ({sign} tom jerry) chase)") == (1.0, 0.9**3)
        assert infer(store, f"(--> ({sign} jerry tom) chase)") == []


# --- no --------------------------------------------------------------------------------------


def test_what_is_false_of_a_class_is_false_of_its_members(tell: Tell) -> None:
    store = tell("(--> pingu penguin)", ("(--> penguin flyer)", NO))
    assert truth(store, "(--> pingu flyer)") == (0.0, 0.81)


def test_a_rule_that_rarely_holds_gives_a_low_frequency(tell: Tell) -> None:
    store = tell("(--> kim cat)", ("(==> (--> $x cat) (--> $x swimmer))", (0.1, 0.9)))
    answer = only(store, "(--> kim swimmer)")
    assert answer.truth.f == pytest.approx(0.1)
    assert answer.truth.c > 0.5
    assert answer.tier == "IGNORE"


def test_a_class_without_the_thing_says_nothing_of_it(tell: Tell) -> None:
    store = tell(("(--> tom cat)", NO), "(--> cat animal)")
    assert infer(store, "(--> tom animal)") == []


def test_a_direct_no_is_not_swamped_by_what_is_inherited(tell: Tell) -> None:
    classes = [f for i in range(4) for f in (f"(--> tweety b{i})", f"(--> b{i} flyer)")]
    store = tell(*classes, ("(--> tweety flyer)", NO))
    assert truth(store, "(--> tweety flyer)") == NO


@pytest.mark.parametrize(
    "facts",
    [
        ["(--> pingu penguin)", "(--> penguin bird)", "(--> bird flyer)"],
        ["(--> pingu penguin)", "(--> pingu bird)", "(--> penguin bird)", "(--> bird flyer)"],
        ["(--> pingu penguin)", "(--> penguin bird)", "(==> (--> $x bird) (--> $x flyer))"],
    ],
)
@pytest.mark.parametrize(
    "exception",
    [("(--> penguin flyer)", (0.1, 0.8)), ("(==> (--> $x penguin) (--> $x flyer))", (0.0, 0.9))],
)
def test_an_exception_stands_against_the_rule(
    tell: Tell, facts: list[Fact], exception: Fact
) -> None:
    answer = only(tell(*facts, exception), "(--> pingu flyer)")
    assert answer.truth.f <= 0.1
    assert answer.truth.c >= 0.5


def test_the_rule_still_holds_where_there_is_no_exception(tell: Tell) -> None:
    store = tell("(--> tweety robin)", "(--> robin bird)", "(--> bird flyer)", "(--> p bird)")
    assert only(store, "(--> tweety flyer)").truth.f == 1.0


def test_a_weak_objection_does_not_silence_strong_evidence(tell: Tell) -> None:
    store = tell("(--> a b)", "(--> b c)", ("(--> a c)", (0.0, 0.2)))
    assert truth(store, "(--> a c)") == _both(Truth(0.0, 0.2), Truth(1.0, 0.81))


def _both(a: Truth, b: Truth) -> tuple[float, float]:
    pooled = revise(a, b)
    return pooled.f, pooled.c


@pytest.mark.parametrize("sign", ["¬", "not"])
def test_negation_is_understood_both_ways(tell: Tell, sign: str) -> None:
    assert truth(tell(f"({sign} rain)"), "rain") == (0.0, 0.9)
    assert truth(tell(("rain", (0.2, 0.9))), f"({sign} rain)") == (0.8, 0.9)
    rule = f"(==> (∧ smoke ({sign} rain)) alarm)"
    assert truth(tell(rule, "smoke", ("rain", NO)), "alarm") == (1.0, 0.9**3)
    denied = f"(==> (--> $x penguin) ({sign} (--> $x flyer)))"
    assert truth(tell(denied, "(--> pingu penguin)"), "(--> pingu flyer)") == (0.0, 0.81)


# --- guesses ---------------------------------------------------------------------------------


def test_weak_rules_answer_where_nothing_else_does(tell: Tell) -> None:
    answer = only(tell("(==> rained wetGrass)", "wetGrass"), "rained")
    assert (answer.truth.f, answer.truth.c) == pytest.approx((1.0, 0.44751381215469616), abs=1e-9)
    assert answer.tier == "HYPOTHESIZE"
    answer = only(tell("(--> robin bird)", "(--> robin flyer)"), "(--> bird flyer)")
    assert answer.proof.rule == "induction"
    assert answer.truth.c <= 0.4476


def test_weak_rules_are_silent_on_open_questions(tell: Tell) -> None:
    store = tell("(--> cat animal)", "(--> dog animal)", "(--> rex dog)")
    assert infer(store, "(--> $who cat)") == []


def test_guesses_do_not_stand_on_guesses(tell: Tell) -> None:
    store = tell("(==> a b)", "b", "(==> c a)")
    assert only(store, "a").proof.rule == "conditional-abduction"
    assert infer(store, "c") == []
    guessed = only(tell(("a", (1.0, 0.9)), "(==> c a)"), "c")  # as it is where a is no guess
    assert guessed.proof.rule == "conditional-abduction"


def test_a_guess_that_something_strong_asked_for_carries_no_guess_either(tell: Tell) -> None:
    store = tell("(==> a b)", "b", "(==> c a)", ("(==> a c)", (0.3, 0.9)))
    assert only(store, "a").guess
    answer = only(store, "c")  # a guess on a guess would say f = 1, c = 0.287
    assert answer.proof.rule == "conditional-exclusion"
    assert answer.truth.f == pytest.approx(0.3)


# --- open questions --------------------------------------------------------------------------


def test_an_open_goal_gives_all_answers_ranked(tell: Tell) -> None:
    store = tell(
        *("(--> garfield cat)", "(--> tom cat)", "(--> lion cat)", "(--> leo lion)"),
        *(("(--> rex cat)", NO), ("(--> kim cat)", (0.8, 0.9)), "(--> rex dog)"),
    )
    answers = infer(store, "(--> $who cat)")
    assert set(statements(answers[:3])) == {f"(--> {n} cat)" for n in ("garfield", "lion", "tom")}
    assert statements(answers[3:]) == ["(--> leo cat)", "(--> kim cat)", "(--> rex cat)"]


def test_what_something_is_can_be_asked(tell: Tell) -> None:
    store = tell("(--> tom cat)", "(--> cat animal)", "(==> (--> $x animal) (--> $x mortal))")
    assert statements(infer(store, "(--> tom $what)")) == [
        "(--> tom cat)",
        "(--> tom animal)",
        "(--> tom mortal)",
    ]


def test_what_something_is_can_be_asked_among_very_many_rules(tell: Tell) -> None:
    rules = [f"(==> (--> $x p{i}) (--> $x q{i}))" for i in range(100)]
    store = tell(*rules, "(--> tom p7)", "(--> q7 z)")
    answers = ask(store, "(--> tom $what)")
    assert statements(answers.answers) == ["(--> tom p7)", "(--> tom q7)", "(--> tom z)"]
    assert answers.steps < 500


def test_a_conjunction_can_be_asked(tell: Tell) -> None:
    store = tell("(--> tom cat)", "(--> tom tame)", "(--> leo cat)", "(--> cat animal)")
    assert statements(infer(store, "(, (--> $x animal) (--> $x tame))")) == [
        "(, (--> tom animal) (--> tom tame))"
    ]


@pytest.mark.parametrize("goal", ["$x", "($a $b)", "($a ($b $c))", "()"])
def test_a_goal_that_names_nothing_is_refused(tell: Tell, goal: str) -> None:
    with pytest.raises(UsageError, match="names nothing"):
        infer(tell("(--> a b)"), goal)


def test_a_goal_of_a_copula_alone_is_bounded(tell: Tell) -> None:
    store = tell(*(f"(--> a{i} b)" for i in range(200)))
    assert len(infer(store, "(--> $a $b)", Bounds(answers=50))) == 50


# --- what is missing -------------------------------------------------------------------------


def test_what_would_have_helped_is_named(tell: Tell) -> None:
    store = tell("(--> cat animal)")
    assert [str(need) for need in needs(store, "(--> tom animal)")] == ["(--> tom cat)"]


def test_a_missing_part_of_a_condition_is_named(tell: Tell) -> None:
    store = tell("(==> (, (--> $x bird) (--> $x fed)) (--> $x happy))", "(--> kim bird)")
    assert str(needs(store, "(--> kim happy)")[0]) == "(--> kim fed)"


NONSENSE = {
    "a way by what is disbelieved": (
        ["(--> tom cat)", ("(--> cat dog)", (0.0, 0.9)), "(--> dog animal)"],
        "(--> tom mammal)",
        ["(--> cat mammal)"],
    ),
    "a member by what is disbelieved": (
        [("(--> tom bird)", (0.0, 0.9)), "(--> bird flyer)"],
        "(--> rex flyer)",
        ["(--> rex bird)"],
    ),
    "a property as a thing": (
        ["(--> garfield ([] lazy))", "(--> garfield cat)"],
        "(--> garfield ([] red))",
        ["(--> cat ([] red))"],
    ),
    "a property as one of two things": (
        ["(--> garfield ([] lazy))", "(--> garfield cat)", "(--> (x odie meat) like)"],
        "(--> (x garfield meat) like)",
        ["(--> garfield odie)", "(--> cat odie)", "(--> (x cat meat) like)"],
    ),
    "a relation as a class": (
        ["(--> (x tom fish) like)", "(--> tom cat)"],
        "(--> (x tom fish) adore)",
        ["(--> (x cat fish) adore)"],
    ),
    "a product as a kind": (
        ["(--> (x ann bob) pair)", "(--> couple pair)"],
        "(--> tom pair)",
        ["(--> tom couple)"],
    ),
}


@pytest.mark.parametrize(("facts", "goal", "sensible"), NONSENSE.values(), ids=NONSENSE.keys())
def test_what_nobody_could_say_is_not_needed(
    tell: Tell, facts: list[Fact], goal: str, sensible: list[str]
) -> None:
    assert sorted(str(need) for need in needs(tell(*facts), goal)) == sorted(sensible)


def test_needs_are_few_and_none_where_there_is_an_answer(tell: Tell) -> None:
    store = tell(*(f"(--> c{i} animal)" for i in range(50)), "(--> tom c3)")
    assert len(needs(store, "(--> rex animal)")) == 5
    assert needs(store, "(--> tom animal)") == []
    assert needs(tell(), "(--> tom animal)") == []


# --- bounds ----------------------------------------------------------------------------------


def test_a_chain_among_ten_thousand_distractors_is_found_in_few_steps(tell: Tell) -> None:
    store = tell("(--> ca cb)", "(--> cb cc)", "(--> cc cd)")
    chance = random.Random(7)
    terms = [Symbol(f"t{i}") for i in range(3_000)]
    with store.database.transaction():
        store.add_many(
            ((expr(Symbol("-->"), *chance.sample(terms, 2)), Truth(1, 0.9)) for _ in range(10_000)),
            "file",
        )
    outcome = ask(store, "(--> ca cd)")
    assert [answer.truth.c for answer in outcome.answers] == [pytest.approx(0.729, abs=1e-9)]
    assert outcome.steps < 50


@pytest.mark.parametrize("thicket", ["above the subject", "below the predicate"])
def test_where_both_ends_leave_as_many_ways_that_end_is_taken_which_leads_to_fewer(
    tell: Tell, thicket: str
) -> None:
    def link(low: str, high: str) -> str:
        return f"(--> {low} {high})" if thicket == "above the subject" else f"(--> {high} {low})"

    chain = [link(low, high) for low, high in itertools.pairwise("abcd")]
    for end in "abcd":
        chain += [link(end, f"wood{n}") for n in (1, 2, 3)]  # where it goes on and on
        chain += [link(f"{end}{n}", end) for n in (1, 2, 3)]  # where it ends at once
    wood = {link(f"wood{n}", f"wood{n * k % 61}") for n in range(1, 61) for k in (2, 3, 5, 7)}
    outcome = ask(tell(*chain, *sorted(wood)), link("a", "d"))
    assert [answer.truth.c for answer in outcome.answers] == [pytest.approx(0.729, abs=1e-9)]
    assert outcome.steps < 40


@pytest.mark.parametrize(("classes", "members"), [(3, 3), (41, 42), (41, 300), (300, 41)])
def test_an_answer_counts_all_that_is_said_however_much_that_is(
    tell: Tell, classes: int, members: int
) -> None:
    crowd = [f"(--> tom class{n})" for n in range(classes)]
    crowd += [f"(--> member{n} flyer)" for n in range(members)]
    two_ways = ["(--> tom a)", "(--> a flyer)", *crowd, "(--> tom b)", "(--> b flyer)"]
    pooled = revise(Truth(1.0, 0.81), Truth(1.0, 0.81))
    assert only(tell(*two_ways), "(--> tom flyer)").truth == pooled
    exception = ("(--> penguin flyer)", (0.0, 0.9))
    birds = ["(--> tom bird)", "(--> bird flyer)", *crowd, "(--> penguin bird)"]
    answer = only(tell(*birds, "(--> tom penguin)", exception), "(--> tom flyer)")
    assert answer.truth == Truth(0.0, 0.81)


def test_all_rules_that_conclude_a_thing_count_however_many_there_are(tell: Tell) -> None:
    rules = [f"(==> cause{n} effect)" for n in range(70)]
    answer = only(tell(*rules, "cause3", "cause68"), "effect")
    assert answer.truth == revise(Truth(1.0, 0.81), Truth(1.0, 0.81))


def test_nothing_that_follows_is_certain(tell: Tell) -> None:
    store = tell(("(--> a b)", (1.0, 1.0)), ("(--> b c)", (1.0, 1.0)))
    assert only(store, "(∧ (--> a b) (--> b c))").truth == Truth(1.0, 0.99)


@pytest.mark.parametrize(
    ("told", "goal"),
    [
        (["(<-> tom ann)", "(--> ann rich)"], "(--> tom rich)"),
        (["(<=> p q)", "p"], "q"),
    ],
)
@pytest.mark.parametrize("c", [0.05, 0.35])
def test_a_faint_word_for_it_takes_nothing_from_what_follows(
    tell: Tell, told: list[str], goal: str, c: float
) -> None:
    answer = only(tell(*told, (goal, (1.0, c))), goal)
    assert answer.truth.f == 1.0
    assert answer.truth.c == pytest.approx(revise(Truth(1.0, 0.81), Truth(1.0, c)).c, abs=1e-9)


def _maze() -> list[str]:
    chance = random.Random(3)
    names = [f"n{i}" for i in range(40)]
    return sorted({f"(--> {a} {b})" for a, b in (chance.sample(names, 2) for _ in range(400))})


def test_a_hopeless_search_ends_at_its_steps(tell: Tell) -> None:
    outcome = ask(tell(*_maze()), "(--> n0 nowhere)", Bounds(steps=500, seconds=60))
    assert outcome.answers == []
    assert 400 < outcome.steps <= 500 + 64


def test_a_search_ends_when_its_time_is_over_and_keeps_what_it_found(
    tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hundredth of a second passes at each look at the clock, however fast the machine is."""
    looks = itertools.count()
    clock = SimpleNamespace(monotonic=lambda: next(looks) / 100)
    monkeypatch.setattr("mettaclaw.reasoning.backward.goals.time", clock)
    outcome = ask(tell(*_maze()), "(--> n0 $x)", Bounds(steps=2_000, seconds=0.5))
    assert outcome.answers
    assert outcome.steps < 200
    assert next(looks) < 100  # half of its time again is for what it found late


def test_a_class_with_very_many_members_is_no_obstacle(tell: Tell) -> None:
    store = tell("(--> tom cat)", "(--> cat animal)")
    with store.database.transaction():
        store.add_many(((read(f"(--> m{i} animal)"), Truth(1, 0.9)) for i in range(5_000)), "file")
    assert ask(store, "(--> tom animal)").steps < 50
    assert len(infer(store, "(--> $x animal)", Bounds(answers=100))) == 100


# --- any little world ------------------------------------------------------------------------

LETTERS = "abcdef"
EDGES = st.lists(
    st.tuples(
        st.sampled_from(LETTERS),
        st.sampled_from(LETTERS),
        st.sampled_from([1.0, 1.0, 0.9, 0.5, 0.0]),
        st.sampled_from([0.9, 0.5]),
    ).filter(lambda edge: edge[0] != edge[1]),
    min_size=1,
    max_size=9,
    unique_by=lambda edge: edge[:2],
)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(EDGES, st.randoms())
def test_every_answer_counts_its_evidence_once(
    tell: Tell, edges: list[tuple[str, str, float, float]], chance: random.Random
) -> None:
    facts = [(f"(--> {a} {b})", (f, c)) for a, b, f, c in edges]
    store = tell(*facts)
    shuffled = list(facts)
    chance.shuffle(shuffled)
    other = tell(*shuffled)
    ways = {(a, b) for a, b, f, _ in edges if f > 0}
    for start, end in itertools.permutations(LETTERS[:4], 2):
        goal = f"(--> {start} {end})"
        answers, again = (infer(one, goal, Bounds(seconds=60)) for one in (store, other))
        assert [a.statement for a in again] == [a.statement for a in answers]
        for one, two in zip(answers, again, strict=True):
            assert one.truth.f == pytest.approx(two.truth.f, abs=1e-9)
            assert one.truth.c == pytest.approx(two.truth.c, abs=1e-9)
        for answer in answers:
            _check(answer.proof, ())
        if (start, end) in ways:
            assert answers


def _check(proof: Proof, above: tuple[object, ...]) -> None:
    assert 0.0 < proof.truth.c <= 0.99
    if proof.rule == "revision":
        stamps = [set(premise.belief.stamp) for premise in proof.premises]
        assert sum(map(len, stamps)) == len(set[int]().union(*stamps))
        assert all(premise.statement == proof.statement for premise in proof.premises)
    else:
        assert proof.statement not in above, "a statement is among its own reasons"
        above = (*above, proof.statement)
    if not proof.premises:
        assert [e.id for e in proof.evidence] == list(proof.belief.stamp)
    for premise in proof.premises:
        _check(premise, above)


def test_a_tautology_as_a_goal_costs_nothing(tell: Tell) -> None:
    outcome = ask(tell("(--> a b)", "(--> b c)"), "(==> (--> a b) (--> a b))")
    assert outcome.answers == []
    assert outcome.steps < 10
