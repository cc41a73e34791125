"""What the lint doubts and what it must not: two tables, generated worlds, what english says."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest

from benchmarks.questions import world
from mettaclaw.atoms.store import AtomStore
from mettaclaw.atoms.syntax import Expression, Symbol, read
from mettaclaw.atoms.truth import Truth
from mettaclaw.reasoning.lint import Doubt, lint
from mettaclaw.reasoning.lint.spelling import difference
from tests.models.english import told
from tests.reasoning.conftest import Tell

_TABLE = Path(__file__).parents[1] / "models" / "conversations.txt"

CATS = ("(--> garfield cat)", "(--> tom cat)", "(--> cat animal)", "(--> dog animal)")
PEOPLE = (
    *("(--> ann person)", "(--> pat person)", "(--> bob person)", "(--> sue person)"),
    *("(--> tea drink)", "(--> milk drink)", "(--> cola drink)"),
    *("(--> (x ann tea) sips)", "(--> (x pat milk) sips)", "(--> (x bob tea) sips)"),
)
FAMILY = (
    *("(--> (x ann pat) parent)", "(--> (x pat bob) parent)", "(--> (x sue pat) parent)"),
    *("(--> (x bob kim) parent)", "(--> (x kim leo) parent)", "(--> (x ida leo) parent)"),
    *("(--> (x max ida) parent)", "(--> (x pat eve) parent)"),
)
HOMES = (
    *("(--> ann person)", "(--> bob person)", "(--> sue person)"),
    *("(--> rome city)", "(--> oslo city)", "(--> york city)"),
    *("(--> (x ann rome) lives-in)", "(--> (x bob oslo) lives-in)", "(--> (x sue york) lives-in)"),
)
CHILD = "(==> (--> (x $a $b) parent) (--> (x $b $a) child))"
DENIED = ("(--> (x pat ann) parent)", (0.0, 0.9))
NEVER = "(==> (--> (x $a $b) owns) (¬ (--> (x $b $a) owns)))"
COLOURS = tuple(f"(--> (x {c} {o}) paint)" for c in ("red", "blue", "teal") for o in ("o1", "o2"))
TRUTHS = ("(--> tom cat)", "(--> (x tom jerry) chase)", "(==> (--> $1 cat) (--> $1 animal))")
PLN = ("(Inheritance tom cat)", "(Inheritance cat animal)", "(Implication (Inheritance a b) c)")

ODD = [
    # arguments
    ((*FAMILY, CHILD), "(--> (x pat ann) parent)", "arguments", "(--> (x ann pat) parent)"),
    (FAMILY, "(--> (x pat ann) parent)", "arguments", "(--> (x ann pat) parent)"),
    (FAMILY, "(--> (x leo kim) parent)", "arguments", "(--> (x kim leo) parent)"),
    (FAMILY, "(--> (× leo kim) parent)", "notation", "(--> (x leo kim) parent)"),
    (("(--> (x a b) owns)", NEVER), "(--> (x b a) owns)", "arguments", "(--> (x a b) owns)"),
    (("(--> (x a b) rel)", "(--> (x c d) rel)", ("(--> (x d c) rel)", (0.0, 0.9))),
     "(--> (x b a) rel)", "arguments", "(--> (x a b) rel)"),
    (("(--> (x a b) rel)", ("(==> (--> (x $1 $2) rel) (--> (x $2 $1) rel))", (0.0, 0.9))),
     "(--> (x b a) rel)", "arguments", "(--> (x a b) rel)"),
    (("(--> (× a b) rel)", "(==> (--> (× $1 $2) ler) (--> (× $2 $1) rel))"),
     "(--> (× b a) rel)", "arguments", "(--> (× a b) rel)"),
    (PEOPLE, "(--> (x milk sue) sips)", "arguments", "(--> (x sue milk) sips)"),
    (PEOPLE, "(--> (x cola ann) sips)", "arguments", "(--> (x ann cola) sips)"),
    (PEOPLE, "(--> (x cola zed) sips)", "arguments", "(--> (x zed cola) sips)"),
    (PEOPLE, "(--> (x water sue) sips)", "arguments", "(--> (x sue water) sips)"),
    (COLOURS, "(--> (x o1 red) paint)", "arguments", "(--> (x red o1) paint)"),
    ((*COLOURS, "(--> (x pink o1) paint)"), "(--> (x o1 zinc) paint)", "arguments",
     "(--> (x zinc o1) paint)"),
    (CATS, "(--> cat garfield)", "arguments", "(--> garfield cat)"),
    (CATS, "(--> animal cat)", "arguments", "(--> cat animal)"),
    (("(--> cat animal)",), "(--> animal cat)", "arguments", "(--> cat animal)"),
    (HOMES, "(--> (x rome ann) lives-in)", "arguments", "(--> (x ann rome) lives-in)"),
    # copula
    (CATS, "(--> garfield tom)", "copula", "(<-> garfield tom)"),
    (("(--> Tom cat)", "(--> Sam dog)", "(--> cat animal)", "(--> dog animal)", "(--> a pet)"),
     "(--> Rex Tom)", "copula", "(<-> Rex Tom)"),
    (("(--> ({} tom) cat)",), "(--> rex tom)", "copula", "(<-> rex tom)"),
    (CATS, "(==> garfield cat)", "copula", "(--> garfield cat)"),
    (CATS, "(==> cat animal)", "copula", "(--> cat animal)"),
    (CATS, "(==> garfield animal)", "copula", "(--> garfield animal)"),
    (CATS, "(==> cat ([] lazy))", "copula", "(--> cat ([] lazy))"),
    ((), "(==> (x tom jerry) chase)", "copula", "(--> (x tom jerry) chase)"),
    ((), "(==> (--> tom cat) ([] lazy))", "copula", None),
    ((), "(<=> ({} tom) ({} thomas))", "copula", "(--> ({} tom) ({} thomas))"),
    (CATS, "(<-> garfield cat)", "copula", "(--> garfield cat)"),
    (CATS, "(<-> cat garfield)", "copula", "(--> garfield cat)"),
    (CATS, "(<-> animal dog)", "copula", "(--> dog animal)"),
    ((), "(--> (--> $1 cat) (--> $1 animal))", "copula", "(==> (--> $1 cat) (--> $1 animal))"),
    ((), "(--> (--> tom cat) true)", "copula", None),
    ((), "(--> (∧ a (--> b c)) (--> d e))", "copula", "(==> (∧ a (--> b c)) (--> d e))"),
    ((), "(==> (--> $1 cat) (--> $2 animal))", "copula", "(==> (--> $1 cat) (--> $1 animal))"),
    ((), "(==> (--> tom cat) (--> $1 animal))", "copula", None),
    ((), "(==> (∧ (--> $a b) (--> $c d)) (--> $e f))", "copula", None),
    ((), "(=/> (--> $x rain) (--> $y wet))", "copula", "(=/> (--> $x rain) (--> $x wet))"),
    ((), "(--> tom jerry chase)", "copula", "(--> (x tom jerry) chase)"),
    ((), "(--> tom)", "copula", None),
    ((), "(==> a b c)", "copula", "(==> (∧ a b) c)"),
    # spelling
    (CATS, "(--> Garfield lazy)", "spelling", "(--> garfield lazy)"),
    (CATS, "(--> felix Cat)", "spelling", "(--> felix cat)"),
    (CATS, "(--> felix CAT)", "spelling", "(--> felix cat)"),
    (CATS, "(--> felix cats)", "spelling", "(--> felix cat)"),
    (CATS, "(--> animals ([] alive))", "spelling", "(--> animal ([] alive))"),
    (CATS, "(--> garfeild ([] lazy))", "spelling", "(--> garfield ([] lazy))"),
    (CATS, "(--> garrfield ([] lazy))", "spelling", "(--> garfield ([] lazy))"),
    (CATS, "(--> garfild ([] lazy))", "spelling", "(--> garfield ([] lazy))"),
    (("(--> elephant animal)",), "(--> dumbo elephent)", "spelling", "(--> dumbo elephant)"),
    (("(--> pony horse)",), "(--> ponies small)", "spelling", "(--> pony small)"),
    (("(--> boxes thing)",), "(--> box thing)", "spelling", "(--> boxes thing)"),
    (("(--> ice_cream food)",), "(--> ice-cream food)", "spelling", "(--> ice_cream food)"),
    (("(--> ice_cream food)",), "(--> iceCream cold)", "spelling", "(--> ice_cream cold)"),
    (("(--> ice_cream food)",), '(--> #"ice cream" cold)', "spelling", "(--> ice_cream cold)"),
    (('(--> #"ice cream" food)',), "(--> IceCream hot)", "spelling", '(--> #"ice cream" hot)'),
    (("(--> IceCream food)",), "(--> icecream cold)", "spelling", "(--> IceCream cold)"),
    (("(--> gpt4 model)",), "(--> gpt_4 tool)", "spelling", "(--> gpt4 tool)"),
    (("(--> (x blue user) favourite_colour)",), "(--> (x red sam) favorite_colour)", "spelling",
     "(--> (x red sam) favourite_colour)"),
    (("(--> (x tom ann) like)",), "(--> (x sue bob) likes)", "spelling", "(--> (x sue bob) like)"),
    (("(--> (x tom ann) friend)",), "(--> (x sue bob) freind)", "spelling",
     "(--> (x sue bob) friend)"),
    (("(--> tom ([] friendly))",), "(--> sue ([] freindly))", "spelling",
     "(--> sue ([] friendly))"),
    (("(--> москва город)",), "(--> Москва столица)", "spelling", "(--> москва столица)"),
    (("(--> ленинград город)",), "(--> лениград большой)", "spelling",
     "(--> ленинград большой)"),
    ((*CATS, CHILD), "(==> (--> $1 cats) (--> $1 animals))", "spelling",
     "(==> (--> $1 cat) (--> $1 animal))"),
    # notation
    (TRUTHS, "(Inheritance felix cat)", "notation", "(--> felix cat)"),
    (TRUTHS, "(Implication (--> $1 dog) (--> $1 pet))", "notation",
     "(==> (--> $1 dog) (--> $1 pet))"),
    (PLN, "(--> felix cat)", "notation", "(Inheritance felix cat)"),
    (TRUTHS, "(--> (× sam rex) chase)", "notation", "(--> (x sam rex) chase)"),
    (("(--> (× tom jerry) chase)",), "(--> (x sam rex) chase)", "notation",
     "(--> (× sam rex) chase)"),
    (TRUTHS, "(--> (* sam rex) chase)", "notation", "(--> (x sam rex) chase)"),
    (TRUTHS, "(chase sam rex)", "notation", "(--> (x sam rex) chase)"),
    (TRUTHS, "(cat sam)", "notation", "(--> sam cat)"),
    ((), "(isa tom cat)", "notation", "(--> tom cat)"),
    ((), "(is-a tom cat)", "notation", "(--> tom cat)"),
    ((), "(→ tom cat)", "notation", "(--> tom cat)"),
    ((), "(=> a b)", "notation", "(==> a b)"),
    (PLN, "(isa felix cat)", "notation", "(Inheritance felix cat)"),
    (TRUTHS, "(: sam cat)", "notation", "(--> sam cat)"),
    ((), "(tom --> cat)", "notation", "(--> tom cat)"),
    ((), "(--> (tom x jerry) chase)", "notation", "(--> (x tom jerry) chase)"),
    ((), "(--> {tom} cat)", "notation", "(--> ({} tom) cat)"),
    ((), "(--> tom [lazy])", "notation", "(--> tom ([] lazy))"),
    ((), "(--> {tom sam} cat)", "notation", None),
    ((), "(--> (ExtSet tom) cat)", "notation", "(--> ({} tom) cat)"),
    ((), "(--> tom (IntSet lazy))", "notation", "(--> tom ([] lazy))"),
    ((), "((--> tom cat) (stv 1.0 0.9))", "notation", "(--> tom cat)"),
    ((), "(--> tom cat (stv 1.0 0.9))", "notation", "(--> tom cat)"),
    ((), "(--> tom cat 1.0 0.9)", "notation", "(--> tom cat)"),
    ((), "(==> (--> $1 cat) ((--> $1 pet) (stv 0.9 0.9)))", "notation", None),
    ((), '"Tom is a cat"', "notation", None),
    ((), '#"Tom is a cat"', "notation", None),
    ((), "(==> (&& (--> $1 a) (--> $1 b)) (--> $1 c))", "notation",
     "(==> (∧ (--> $1 a) (--> $1 b)) (--> $1 c))"),
    (("(==> (∧ (--> $1 d) (--> $1 e)) (--> $1 f))",),
     "(==> (and (--> $1 a) (--> $1 b)) (--> $1 c))", "notation",
     "(==> (∧ (--> $1 a) (--> $1 b)) (--> $1 c))"),
    (("(==> (and (--> $1 d) (--> $1 e)) (--> $1 f))",),
     "(==> (∧ (--> $1 a) (--> $1 b)) (--> $1 c))", "notation",
     "(==> (and (--> $1 a) (--> $1 b)) (--> $1 c))"),
    (("(¬ (--> tom dog))",), "(not (--> sam cat))", "notation", "(¬ (--> sam cat))"),
]  # fmt: skip

LIKES = (
    *("(--> (x tom ann) like)", "(--> (x ann tea) like)", "(--> (x bob ann) like)"),
    *("(--> (x tom bob) friend)", "(--> (x bob tom) friend)", "(--> (x ann tom) friend)"),
    "(==> (--> (x $a $b) sibling) (--> (x $b $a) sibling))",
    "(--> (x tom ann) sibling)",
)
WORDS = (
    *("(--> cat animal)", "(--> anna person)", "(--> martin person)", "(--> christian person)"),
    *("(--> thing1 kind1)", "(--> country place)", "(--> Adam person)", "(--> section_a part)"),
    *("(--> desert place)", "(--> sacred thing)", "(--> rose flower)", "(--> Eve person)"),
    *("(--> vitamin_b vitamin)", "(--> glass thing)", "(--> 2024 year)", "(--> r2_d2 robot)"),
    *("(--> house place)", "(--> teacher person)", "(--> internal thing)", "(--> kind1_2 sort)"),
    *("(--> red_rose flower)", "(--> red colour)"),
)
RIGHT: list[tuple[tuple[object, ...], str]] = [
    *((HOMES[:-1], one) for one in ("(--> (x rome ann) lives-in)", "(--> (x sue rome) lives-in)")),
    ((*HOMES[:-1], (HOMES[-1], (0.0, 0.9))), "(--> (x york sue) lives-in)"),
    *((((*CATS[:2], ("(--> cat animal)", truth))), "(--> animal cat)")
      for truth in ((1.0, 0.45), (0.4, 0.9))),
    *((FAMILY, one) for one in (
        "(--> (x ann joe) parent)", "(--> (x joe ann) parent)", "(--> (x pat joe) parent)",
        "(--> (x new1 new2) parent)", "(--> (x pat ann) child)", "(--> pat person)",
        "(--> parent relation)", "(--> (x ann pat) parent)", "(--> (x leo zoe) parent)",
        "(--> (x ann bob) grandparent)", "(--> (x ann ann) parent)",
    )),
    *((LIKES, one) for one in (
        "(--> (x ann tom) like)", "(--> (x ann bob) like)", "(--> (x tom tea) like)",
        "(--> (x tom ann) friend)", "(--> (x ann tom) sibling)", "(--> (x bob sue) friend)",
        "(--> (x tom tom) like)", "(--> (x sue tom) sibling)", "(--> (x ann tom) marry)",
    )),
    *((PEOPLE, one) for one in (
        "(--> (x sue cola) sips)", "(--> (x zed tea) sips)", "(--> (x ann zwater) sips)",
        "(--> (x new old) sips)", "(--> (x ann pat) knows)", "(--> (x tea ann) wakes)",
        "(--> (x sue pat) sips)",
    )),
    *((CATS, one) for one in (
        "(--> felix cat)", "(--> siamese cat)", "(--> garfield siamese)", "(--> garfield animal)",
        "(--> animal being)", "(--> cat ([] lazy))", "(--> garfield ([] lazy))", "(--> rex dog)",
        "(--> (x garfield tom) friend)", "(--> (x garfield user) pet)", "(--> (x cat dog) fear)",
        "(<-> cat dog)", "(<-> garfield tom)", "(<-> couch sofa)", "(--> puppy dog)",
        "(==> (--> $1 cat) (--> $1 ([] lazy)))", "(==> rain wet)", "(==> dog barking)",
        "(==> (--> $1 cat) (--> $1 animal))", "(--> garfield (∩ cat ([] lazy)))",
        "(==> (--> garfield cat) (--> tom cat))", "(--> ({} garfield) cat)",
        "(--> (x garfield (--> tom cat)) believes)", "(--> car machine)", "(--> cot furniture)",
        "(==> (--> $1 alarm) (--> garfield ([] awake)))", "(¬ (--> garfield dog))",
        "(∧ (--> garfield cat) (--> tom cat))", "(∨ (--> rex cat) (--> rex dog))",
        "(=/> (--> $1 cat) (--> $1 ([] asleep)))", "(at (--> garfield cat) 2020 2021)",
    )),
    *((WORDS, one) for one in (
        "(--> car machine)", "(--> hanna person)", "(--> martina person)", "(--> bat animal)",
        "(--> christina person)", "(--> thing2 kind1)", "(--> thing12 kind1)", "(--> hat thing)",
        "(--> thing1 kind2)", "(--> county place)", "(--> Adams person)", "(--> section_b part)",
        "(--> scar thing)", "(--> Rose person)", "(--> 2025 year)",
        "(--> vitamin_d vitamin)", "(--> glasgow city)", "(--> r2_d3 robot)", "(--> r22 robot)",
        "(--> mouse animal)", "(--> teaching work)", "(--> external thing)", "(--> kind12 sort)",
        "(--> red_nose thing)", "(--> anne person)", "(--> ann person)", "(--> cats_eye stone)",
        "(--> anna_b person)", "(--> 猫 animal)", "(--> été season)", "(--> cat_food food)",
        "(--> x1 y1)", "(--> a b)", "(--> mart place)", "(--> reed plant)",
        "(<-> cat cats)", "(--> vita person)", "(--> 202 number)",
    )),
    *(((), one) for one in (
        "(--> tom cat)", "(Inheritance tom cat)", "(--> (× tom jerry) chase)", "rains", "event1_0",
        "(==> event1_0 event1_1)", "(Implication a b)", "(Similarity a b)", "(not (--> a b))",
        "(==> (, (--> $1 a) (--> $1 b)) (--> $1 c))", "(and (--> a b) (--> c d))",
        "(= (f $x) (* $x 2))", "(: f (-> Number Number))", "(: Nat Type)", "(parent Tom Bob)",
        "(age tom 7)", "(Evaluation (Predicate chase) (List tom jerry))", "(--> a ([] b))",
        '(--> "The Lord of the Rings" book)', '(says ann "hello there you")', "(prior cat 0.2)",
        "(==> (--> (x $1 $2) friend) (==> (--> $1 ([] smokes)) (--> $2 ([] smokes))))",
        "(==> (∧ (--> (x $a $b) parent) (--> (x $b $c) parent)) (--> (x $a $c) grandparent))",
        "(stv 1.0 0.9)", "(--> (- mammal whale) walker)", "(--> (x 3 4) less)", "()", "7",
        "(--> 7 prime)", "(--> (∪ cat dog) pet)", "(like tom (tea green))",
    )),
]  # fmt: skip


def doubts(store: AtomStore, statement: str, f: float = 1.0) -> list[Doubt]:
    return lint(store, [(read(statement), Truth(f, 0.9))])


@pytest.mark.parametrize(("base", "statement", "kind", "meant"), ODD)
def test_what_is_odd_is_doubted_with_what_was_meant(
    tell: Tell, base: tuple[object, ...], statement: str, kind: str, meant: str | None
) -> None:
    found = doubts(tell(*base), statement)
    assert [doubt.kind for doubt in found] == [kind], [str(doubt) for doubt in found]
    assert found[0].meant == (None if meant is None else read(meant))
    assert statement in str(found[0])


@pytest.mark.parametrize(("base", "statement"), RIGHT)
def test_what_is_right_is_not_doubted(tell: Tell, base: tuple[object, ...], statement: str) -> None:
    assert [str(doubt) for doubt in doubts(tell(*base), statement)] == []


def test_the_page_shows_a_doubt_as_it_is(tell: Tell) -> None:
    page = (Path(__file__).parents[2] / "docs" / "reasoning.md").read_text(encoding="utf-8")
    (found,) = doubts(tell("(--> garfield cat)"), "(--> garfeild lazy)")
    assert f'(note "{found}")' in page


def test_the_tables_are_as_large_as_promised() -> None:
    assert len(ODD) >= 60
    assert len(RIGHT) >= 100


def test_a_denial_is_no_order_and_no_copula(tell: Tell) -> None:
    assert doubts(tell(*FAMILY), "(--> (x pat ann) parent)", 0.0) == []
    assert doubts(tell(*CATS), "(--> garfield tom)", 0.0) == []
    assert doubts(tell(*CATS), "(<-> garfield cat)", 0.0) == []
    (found,) = doubts(tell(*CATS), "(--> garfeild dog)", 0.0)
    assert found.kind == "spelling"


def test_statements_are_known_to_those_after_them_and_not_before(tell: Tell) -> None:
    told = ["(--> sparrow bird)", "(--> sparrows ([] small))", "(--> sparow ([] loud))"]
    believed = [(read(text), None) for text in told]
    assert [doubt.meant for doubt in lint(tell(), believed)] == []  # nothing was stored
    found = lint(tell(*told), believed)
    assert [str(doubt.statement) for doubt in found] == told[1:]
    assert [str(doubt.meant) for doubt in found] == [
        "(--> sparrow ([] small))",
        "(--> sparrow ([] loud))",
    ]


def test_what_stands_already_is_judged_by_the_rest(tell: Tell) -> None:
    store = tell(*FAMILY, CHILD, "(--> (x pat ann) parent)", "(--> garfeild cat)")
    assert [doubt.kind for doubt in doubts(store, "(--> (x pat ann) parent)")] == ["arguments"]
    assert doubts(store, "(--> garfeild cat)") == []


def test_what_was_said_both_ways_round_before_is_not_doubted(tell: Tell) -> None:
    store, statement = tell("(--> cat feline)", "(--> feline cat)"), read("(--> feline cat)")
    with store.database.transaction():
        store.add(statement, Truth(1.0, 0.9), "ann")
    assert doubts(store, "(--> feline cat)") == []
    assert doubts(store, "(<-> cat feline)") == []


@pytest.mark.parametrize(("seed", "size"), [(1, 100), (2, 300), (3, 1_000), (4, 1_000)])
def test_a_generated_world_is_told_without_a_doubt(tell: Tell, seed: int, size: int) -> None:
    store = tell()
    for text, (f, c), source in world(seed, size, size // 10).told:
        if text.startswith(("(Inheritance", "(Implication")):
            continue  # PLN's notation beside NAL's, which is doubted
        statement, truth = read(text), Truth(f, c)
        match statement:
            case Expression((Symbol("-->"), one, other)):
                converse = store.belief(Expression((Symbol("-->"), other, one)))
            case _:
                converse = None
        if converse is None:  # noise goes both ways round by chance, which is doubted
            assert [str(doubt) for doubt in lint(store, [(statement, truth)])] == []
        with store.database.transaction():
            store.add(statement, truth, source)


def test_what_english_believes_is_not_doubted(tell: Tell) -> None:
    believed = 0
    for said in islice(_conversations(), 0, None, 5):  # each takes a while to read
        store = tell()
        for message in said:
            facts = [(read(text), Truth(f, c)) for text, f, c in told(message)]
            with store.database.transaction():
                for statement, truth in facts:
                    store.add(statement, truth, "user")
            believed += len(facts)
            assert [str(doubt) for doubt in lint(store, facts)] == []
        store.database.close()
    assert believed > 120


def _conversations() -> Iterator[list[str]]:
    for line in _TABLE.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("# ") and "Garfeild" not in line:  # misspelled
            yield line.split(" => ")[0].replace("\\n", "\n").split(" | ")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        *[("cat", "car"), ("Anna", "Hanna"), ("Anna", "Anne"), ("kind1", "kind2")],
        *[("kind1_2", "kind12"), ("team_a", "team_b"), ("Adam", "Adams"), ("glass", "glas")],
        *[("Martin", "Martina"), ("county", "country"), ("maternal", "paternal")],
        *[("Christian", "Christina"), ("v1.2", "v12"), ("bus", "bu"), ("a", "A_")],
    ],
)
def test_near_names_of_different_things_are_told_apart(one: str, other: str) -> None:
    assert difference(one, other) is None
    assert difference(other, one) is None


@pytest.mark.parametrize(
    "statement",
    [
        *("()", "(((())))", "$x", "(-->)", "(--> a)", "(:)", "(¬)", "(--> (x) r)", "(==> $x $y)"),
        *("(--> (stv 1 0.9) (stv 1 0.9))", "(a b --> c)", '(--> #"a\\"b c" d)', "(--> (isa) {)"),
        f"(--> {'ab' * 4_000} c)",
        f"{'(--> ' * 250}a{' b)' * 250}",
        f"(--> (x {' '.join(f'name{i}' for i in range(4_000))}) rel)",
    ],
)
def test_whatever_can_be_stored_can_be_looked_over(tell: Tell, statement: str) -> None:
    store = tell("(--> tom cat)", f"(--> {'ab' * 4_000} d)", "(==> a b)", statement)
    for doubt in doubts(store, statement):
        assert len(str(doubt)) < 2_000
        assert doubt.meant != read(statement)


def test_a_name_costs_a_bounded_number_of_looks_at_a_crowded_base(tell: Tell) -> None:
    letters = "abcdefghij"
    store = tell(
        *(f"(--> elepha{a}{b}{c} thing)" for a in letters for b in letters for c in letters)
    )
    looks: list[str] = []

    class Counted(AtomStore):
        def spelled(self, text: str) -> str | None:
            looks.append(text)
            return super().spelled(text)

    doubted = lint(Counted(store.database), [(read("(--> elephabcdefg thing)"), None)])
    assert doubted == []
    assert 0 < len(looks) <= 400


def test_what_is_looked_over_may_be_text_and_pairs(tell: Tell) -> None:
    told = [("(--> garfeild ([] lazy))", (1.0, 0.9))]
    (doubt,) = lint(tell("(--> garfield cat)", "(--> garfield ([] fat))"), told)
    assert doubt.kind == "spelling"
