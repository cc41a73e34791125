"""Atoms as English: every statement has a sentence, and what was said can be said again."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mettaclaw.atoms.syntax import Atom, Expression, Number, String, Symbol, Variable, read
from mettaclaw.atoms.truth import Truth
from mettaclaw.models.english.explanations import explained
from mettaclaw.models.english.lexicon import Lexicon
from mettaclaw.models.english.meaning import Surface
from mettaclaw.models.english.prose import capital, truth_text
from mettaclaw.models.english.replies import missing
from mettaclaw.models.english.results import Step, Unknown
from mettaclaw.models.english.speech import Speech
from tests.models.english import told
from tests.models.test_english_facts import FACTS, WORDS, filled


@pytest.mark.parametrize(
    ("atom", "text"),
    [
        ("(--> garfield cat)", "garfield is a cat"),
        ("(--> garfield ([] lazy))", "garfield is lazy"),
        ("(--> garfield ([] purring))", "garfield purrs"),
        ("(--> tweety ([] can_fly))", "tweety can fly"),
        ("(--> (x tom jerry) chase)", "tom chases jerry"),
        ("(--> (x tom paris) live_in)", "tom lives in paris"),
        ("(--> (x tom paris) be_in)", "tom is in paris"),
        ("(--> (x tom paris) in)", "tom is in paris"),
        ("(--> (x tom dog) afraid_of)", "tom is afraid of dog"),
        ("(--> (x tom bob) taller_than)", "tom is taller than bob"),
        ("(--> (x blue user) favourite_colour)", "your favourite colour is blue"),
        ("(--> (x ann user) sister)", "your sister is ann"),
        ("(--> (x ann pat) parent)", "pat's parent is ann"),
        ("(--> user ([] hungry))", "you are hungry"),
        ("(--> (x user pizza) like)", "you like pizza"),
        ("(--> mettaclaw ([] nice))", "I am nice"),
        ("(--> the_cat ([] hungry))", "the cat is hungry"),
        ("(--> cat_of_user ([] hungry))", "your cat is hungry"),
        ("(--> new_york city)", "new york is a city"),
        ("(<-> couch sofa)", "couch is similar to sofa"),
        ("(--> $x cat)", "something is a cat"),
        ("(--> (x $x jerry) chase)", "something chases jerry"),
        ("(==> (--> $1 cat) (--> $1 ([] lazy)))", "if something is a cat, then it is lazy"),
        (
            "(==> (∧ (--> $1 cat) (--> $1 ([] hungry))) (--> (x $1 mouse) chase))",
            "if something is a cat and it is hungry, then it chases mouse",
        ),
        (
            "(==> (--> (x $1 $2) like) (--> (x $2 $1) like))",
            "if X likes Y, then Y likes X",
        ),
        ("(==> (¬ (--> $1 cat)) (--> $1 dog))", "if something is not a cat, then it is a dog"),
        ("(--> (x 7 user) lucky_number)", "your lucky number is 7"),
        ("(some thing else)", "`(some thing else)`"),
        ("odd", "`odd`"),
    ],
)
def test_a_statement_without_any_words_to_go_by_has_a_sentence(atom: str, text: str) -> None:
    assert Speech().clause(read(atom)) == text


@pytest.mark.parametrize(
    ("atom", "text"),
    [
        ("(--> garfield cat)", "garfield is not a cat"),
        ("(--> (x tom jerry) chase)", "tom does not chase jerry"),
        ("(--> (x user pizza) like)", "you do not like pizza"),
        ("(--> tweety ([] can_fly))", "tweety cannot fly"),
        ("(--> (x blue user) favourite_colour)", "your favourite colour is not blue"),
        ("(==> (--> $1 cat) (--> $1 dog))", "if something is a cat, then it is not a dog"),
    ],
)
def test_what_is_false_is_said_in_the_negative(atom: str, text: str) -> None:
    assert Speech().clause(read(atom), denied=True) == text


def test_names_and_kinds_are_written_as_the_person_wrote_them() -> None:
    speech = Speech(
        Lexicon(
            [
                Surface("thing", "garfield", "garfield", "name", sure=True),
                Surface("thing", "garfield", "Garfield", "name", sure=True),
                Surface("thing", "mouse", "mouse", "noun"),
                Surface("thing", "tail", "tail", "noun", one=True),
            ]
        )
    )
    assert speech.clause(read("(--> (x garfield mouse) chase)")) == "Garfield chases mice"
    assert speech.clause(read("(--> (x garfield tail) have)")) == "Garfield has a tail"
    assert speech.clause(read("(--> mouse animal)"), degree=0.9) == "mice are usually animals"
    assert speech.clause(read("(--> mouse animal)"), degree=0.8) == "most mice are animals"


def test_truth_values_have_one_form() -> None:
    assert truth_text(Truth(1.0, 0.81)) == "(f 1.00, c 0.81)"
    assert truth_text(Truth(0.123456, 0.9)) == "(f 0.12, c 0.90)"


@pytest.mark.parametrize("words", WORDS[:1])
@pytest.mark.parametrize(("sentence", "meaning"), FACTS)
def test_what_is_said_of_a_statement_reads_back_as_the_statement(
    sentence: str, meaning: str | None, words: tuple[str, str, str, str, str, str]
) -> None:
    from mettaclaw.models.english.turn import readings

    if meaning is None or "$" in meaning:
        return
    text = filled(sentence, words)
    lines, _ = readings(text)
    surfaces = [s for line in lines if line.reading for s in line.reading.surfaces]
    speech = Speech(Lexicon(surfaces))
    for statement, _, _ in told(text):
        if statement.startswith("(<->"):
            continue
        again = capital(speech.clause(read(statement)))
        again = again.replace("You ", "I ").replace("Your ", "My ").replace("I are", "I am")
        assert statement in [fact for fact, _, _ in told(f"{again}.")], again


ATOMS = st.recursive(
    st.one_of(
        st.sampled_from(
            ["-->", "==>", "<->", "[]", "x", "∧", "¬", "cat", "tom", "user", "chase", "live_in"]
        ).map(Symbol),
        st.text(min_size=1, max_size=8).map(Symbol),
        st.text(max_size=8).map(String),
        st.integers().map(Number),
        st.sampled_from("abc").map(Variable),
    ),
    lambda inner: st.lists(inner, max_size=4).map(lambda parts: Expression(tuple(parts))),
    max_leaves=12,
)


@settings(max_examples=300)
@given(ATOMS, st.booleans())
def test_every_atom_has_words(atom: Atom, denied: bool) -> None:
    assert Speech().clause(atom, denied=denied)
    assert Speech().sentence(atom, Truth(0.1, 0.5)).endswith(".")


def test_a_very_large_proof_is_cut_and_says_so() -> None:
    leaf = Step(read("(--> a b)"), Truth(1, 0.9), "said")
    proof = Step(read("(--> a c)"), Truth(1, 0.5), "revision", (leaf,) * 200)
    text = explained(Speech(), proof)
    assert text.count("\n") <= 41
    assert "more lines" in text


@pytest.mark.parametrize(
    ("goal", "need", "said"),
    [
        ("(--> (x wug fep) vex)", "(--> (x blorp fep) vex)", "blorps vex fep"),
        ("(--> wug ([] tall))", "(--> blorp ([] tall))", "blorps are tall"),
        ("(--> wug ([] tall))", "(--> wug blorp)", "wug is a blorp"),
    ],
)
def test_what_would_help_to_know_is_said_of_a_kind_whose_words_are_long_past(
    goal: str, need: str, said: str
) -> None:
    text = missing(Speech(), Unknown(read(goal), (read(need),)))
    assert text.endswith(f"It would help to know whether {said}.")
