"""Statements: what english believes of them, with words it has never seen."""

from __future__ import annotations

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mettaclaw.models.english.morphology import (
    article,
    gerund,
    participle,
    past,
    plural,
    third_person,
)
from mettaclaw.models.english.vocabulary import ADJECTIVES, VERBS
from tests.models.english import refused, told

# {X} and {Y} are names, {k} and {l} kinds ({ks} many, {ak} one), {v} a verb ({vs} he, {ved} did,
# {ven} is done, {ving} is doing), {q} an adjective. An outcome is a statement with f and c; where
# c is left out it is 0.9, and f is 1.
FACTS = [
    ("{X} is {ak}.", "(--> {x} {k})"),
    ("{X} is not {ak}.", "(--> {x} {k}) 0"),
    ("{X} isn't {ak}.", "(--> {x} {k}) 0"),
    ("{X} isn’t {ak}.", "(--> {x} {k}) 0"),
    ("{X} is no {k}.", "(--> {x} {k}) 0"),
    ("Every {k} is {al}.", "(--> {k} {l})"),
    ("Each {k} is {al}.", "(--> {k} {l})"),
    ("{Ak} is {al}.", "(--> {k} {l})"),
    ("All {ks} are {ls}.", "(--> {k} {l})"),
    ("{Ks} are {ls}.", "(--> {k} {l})"),
    ("{Ks} are not {ls}.", "(--> {k} {l}) 0"),
    ("{Ks} aren't {ls}.", "(--> {k} {l}) 0"),
    ("No {k} is {al}.", "(--> {k} {l}) 0 | (--> {l} {k}) 0"),
    ("No {ks} are {ls}.", "(--> {k} {l}) 0 | (--> {l} {k}) 0"),
    ("{X} is {q}.", "(--> {x} ([] {q}))"),
    ("{X} is not {q}.", "(--> {x} ([] {q})) 0"),
    ("{Ks} are {q}.", "(--> {k} ([] {q}))"),
    ("Every {k} is {q}.", "(--> {k} ([] {q}))"),
    ("{X} {vs} {Y}.", "(--> (x {x} {y}) {v})"),
    ("{X} {ved} {Y}.", "(--> (x {x} {y}) did_{v})"),
    ("{X} is {ving} {Y}.", "(--> (x {x} {y}) {v})"),
    ("{X} does not {v} {Y}.", "(--> (x {x} {y}) {v}) 0"),
    ("{X} doesn't {v} {Y}.", "(--> (x {x} {y}) {v}) 0"),
    ("{X} did not {v} {Y}.", "(--> (x {x} {y}) did_{v}) 0"),
    ("{Y} is {ven} by {X}.", "(--> (x {x} {y}) {v})"),
    ("{Ks} {v} {ls}.", "(--> (x {k} {l}) {v})"),
    ("{Ks} don't {v} {ls}.", "(--> (x {k} {l}) {v}) 0"),
    ("Every {k} {vs} {Y}.", "(--> (x {k} {y}) {v})"),
    ("{X} {vs} {al}.", "(--> (x {x} {l}) {v})"),
    ("{X} {vs} in {Y}.", "(--> (x {x} {y}) {v}_in)"),
    ("{X} {vs}.", "(--> {x} ([] {ving}))"),
    ("{X} does not {v}.", "(--> {x} ([] {ving})) 0"),
    ("{Ks} {v}.", "(--> {k} ([] {ving}))"),
    ("{Ks} can {v}.", "(--> {k} ([] can_{v}))"),
    ("{X} cannot {v}.", "(--> {x} ([] can_{v})) 0"),
    ("{X} can't {v} {Y}.", "(--> (x {x} {y}) can_{v}) 0"),
    ("{X} has {ak}.", "(--> (x {x} {k}) have)"),
    ("{X} has no {k}.", "(--> (x {x} {k}) have) 0"),
    ("{X} doesn't have {ak}.", "(--> (x {x} {k}) have) 0"),
    ("{Ks} have {ls}.", "(--> (x {k} {l}) have)"),
    ("{X} is in {Y}.", "(--> (x {x} {y}) be_in)"),
    ("{X} is {q} of {Y}.", "(--> (x {x} {y}) be_{q}_of)"),
    ("{X} is {q}er than {Y}.", "(--> (x {x} {y}) be_{q}er_than)"),
    ("{X} is {Y}.", "(<-> {x} {y})"),
    ("{X} is similar to {Y}.", "(<-> {x} {y})"),
    # how often and how many
    ("{Ks} are always {q}.", "(--> {k} ([] {q}))"),
    ("{Ks} are usually {q}.", "(--> {k} ([] {q})) .9"),
    ("{Ks} often {v}.", "(--> {k} ([] {ving})) .75"),
    ("{Ks} sometimes {v} {ls}.", "(--> (x {k} {l}) {v}) .5"),
    ("{Ks} rarely {v}.", "(--> {k} ([] {ving})) .1"),
    ("{Ks} seldom {v}.", "(--> {k} ([] {ving})) .1"),
    ("{Ks} never {v}.", "(--> {k} ([] {ving})) 0"),
    ("{X} never {vs} {Y}.", "(--> (x {x} {y}) {v}) 0"),
    ("{Ks} are not always {q}.", "(--> {k} ([] {q})) .5"),
    ("{X} is usually not {q}.", "(--> {x} ([] {q})) .1"),
    ("Usually, {ks} are {q}.", "(--> {k} ([] {q})) .9"),
    ("Most {ks} are {ls}.", "(--> {k} {l}) .8"),
    ("Some {ks} are {ls}.", "(--> {k} {l}) .5"),
    ("Few {ks} are {q}.", "(--> {k} ([] {q})) .1"),
    ("Not all {ks} are {q}.", "(--> {k} ([] {q})) .5"),
    # how surely
    ("{X} is certainly {ak}.", "(--> {x} {k}) 1 .99"),
    ("{X} is definitely {q}.", "(--> {x} ([] {q})) 1 .99"),
    ("{X} probably {vs} {Y}.", "(--> (x {x} {y}) {v}) 1 .7"),
    ("{X} is likely {ak}.", "(--> {x} {k}) 1 .7"),
    ("{X} probably isn't {ak}.", "(--> {x} {k}) 0 .7"),
    ("Perhaps {X} is {ak}.", "(--> {x} {k}) 1 .4"),
    ("Maybe {X} {vs} {Y}.", "(--> (x {x} {y}) {v}) 1 .4"),
    ("{X} is possibly {q}.", "(--> {x} ([] {q})) 1 .4"),
    ("{X} may be {ak}.", "(--> {x} {k}) 1 .4"),
    ("I think {X} is {ak}.", "(--> {x} {k}) 1 .7"),
    ("I am sure that {X} is {ak}.", "(--> {x} {k}) 1 .99"),
    # several things at once
    ("{X} and {Y} are {ks}.", "(--> {x} {k}) | (--> {y} {k})"),
    ("{X} and {Y} {v} {ls}.", "(--> (x {x} {l}) {v}) | (--> (x {y} {l}) {v})"),
    ("{X} is {ak} and {al}.", "(--> {x} {k}) | (--> {x} {l})"),
    ("{X} is {ak} and {Y} is {al}.", "(--> {x} {k}) | (--> {y} {l})"),
    ("{X} is {ak}, but {Y} isn't.", None),
    ("{X} was {ak}.", None),
    ("{X} is big and {q}.", "(--> {x} ([] big)) | (--> {x} ([] {q}))"),
    ("{X} is a friendly {k}.", "(--> {x} {k}) | (--> {x} ([] friendly))"),
    ("{X} is a big, friendly {k}.", "(--> {x} {k}) | (--> {x} ([] big)) | (--> {x} ([] friendly))"),
    ("{X} is {ak} in {Y}.", "(--> {x} {k}) | (--> (x {x} {y}) be_in)"),
    ("{X} {vs} {Y}. It is {q}.", "(--> (x {x} {y}) {v}) | (--> {x} ([] {q}))"),
    ("{X} is not {ak} but {al}.", "(--> {x} {k}) 0 | (--> {x} {l})"),
    ("{X} doesn't {v} {Y} but {ks}.", "(--> (x {x} {y}) {v}) 0 | (--> (x {x} {k}) {v})"),
    # what belongs to whom
    ("My {k} is {X}.", "(--> (x {x} user) {k}) | (--> {x} {k})"),
    ("{X} is my {k}.", "(--> (x {x} user) {k}) | (--> {x} {k})"),
    ("{X}'s {k} is {Y}.", "(--> (x {y} {x}) {k}) | (--> {y} {k})"),
    ("{Y} is {X}'s {k}.", "(--> (x {y} {x}) {k}) | (--> {y} {k})"),
    ("{Y} is the {k} of {X}.", "(--> (x {y} {x}) {k}) | (--> {y} {k})"),
    ("The {k} of {X} is {Y}.", "(--> (x {y} {x}) {k}) | (--> {y} {k})"),
    ("My favourite {k} is {X}.", "(--> (x {x} user) favourite_{k})"),
    ("My favourite {k} is {q}.", "(--> (x {q} user) favourite_{k})"),
    ("{X}'s favourite {k} is not {Y}.", "(--> (x {y} {x}) favourite_{k}) 0"),
    ("My name is {X}.", "(--> (x {x} user) name)"),
    ("I am {X}.", "(--> (x {x} user) name)"),
    ("I'm {ak}.", "(--> user {k})"),
    ("I {v} {X}.", "(--> (x user {x}) {v})"),
    ("I don't {v} {ks}.", "(--> (x user {k}) {v}) 0"),
    ("I have {ak} named {X}.", "(--> (x {x} user) {k}) | (--> {x} {k}) | (--> (x user {x}) have)"),
    ("My {k} is called {X}.", "(--> (x {x} user) {k}) | (--> {x} {k})"),
    # the
    ("The {k} is {q}.", "(--> the_{k} ([] {q})) | (--> the_{k} {k})"),
    ("The {X} Tower is {ak}.", "(--> {x}_tower {k})"),
    # rules
    ("If something is {ak} then it is {al}.", "(==> (--> $1 {k}) (--> $1 {l}))"),
    ("If something is {ak}, it is {q}.", "(==> (--> $1 {k}) (--> $1 ([] {q})))"),
    ("If someone is {q} then they are {al}.", "(==> (--> $1 ([] {q})) (--> $1 {l}))"),
    ("If something {vs} {Y} then it is {q}.", "(==> (--> (x $1 {y}) {v}) (--> $1 ([] {q})))"),
    ("If something is {ak} then it {vs} {Y}.", "(==> (--> $1 {k}) (--> (x $1 {y}) {v}))"),
    ("If something is {ak} then it isn't {q}.", "(==> (--> $1 {k}) (--> $1 ([] {q}))) 0"),
    ("If something is {ak} then it is usually {q}.", "(==> (--> $1 {k}) (--> $1 ([] {q}))) .9"),
    ("Something is {q} if it is {ak}.", "(==> (--> $1 {k}) (--> $1 ([] {q})))"),
    ("If {X} is {ak} then {Y} is {al}.", "(==> (--> {x} {k}) (--> {y} {l}))"),
    ("If {X} is {ak} then it is {q}.", "(==> (--> {x} {k}) (--> {x} ([] {q})))"),
    (
        "If {X} {vs} then {Y} is {q} and {Y} is {ak}.",
        "(==> (--> {x} ([] {ving})) (--> {y} ([] {q})))"
        " | (==> (--> {x} ([] {ving})) (--> {y} {k}))",
    ),
    (
        "If something is {ak} and it is {q} then it {vs}.",
        "(==> (∧ (--> $1 {k}) (--> $1 ([] {q}))) (--> $1 ([] {ving})))",
    ),
    (
        "If someone {vs} something then it is {q}.",
        "(==> (--> (x $1 $2) {v}) (--> $2 ([] {q})))",
    ),
]

# A name, another; a kind, another; a verb; an adjective.
WORDS = [
    ("Wug", "Fep", "blicket", "zorb", "glip", "daxy"),
    ("Élodie", "X-14", "ice-cream", "oxbow", "zibe", "flumish"),
    ("Thomas", "Bo-Katan", "wolf", "fly", "chase", "hungry"),
]


def filled(template: str, words: tuple[str, str, str, str, str, str]) -> str:
    name, other, kind, larger, verb, quality = words
    values = {
        "X": name,
        "Y": other,
        "x": name.lower(),
        "y": other.lower(),
        "k": kind,
        "ks": plural(kind),
        "Ks": plural(kind).capitalize(),
        "l": larger,
        "ls": plural(larger),
        "ak": f"{article(kind)} {kind}",
        "Ak": f"{article(kind)} {kind}".capitalize(),
        "al": f"{article(larger)} {larger}",
        "v": verb,
        "vs": third_person(verb),
        "ved": past(verb),
        "ven": participle(verb),
        "ving": gerund(verb),
        "q": quality,
    }
    used = {field for _, field, _, _ in string.Formatter().parse(template) if field}
    return template.format(**{field: values[field] for field in used})


def outcomes(text: str) -> list[tuple[str, float, float]]:
    found: list[tuple[str, float, float]] = []
    for part in text.split(" | "):
        statement, _, numbers = part.rpartition(")")
        f, c = [*numbers.split(), "1", "0.9"][:2] if len(numbers.split()) != 1 else (numbers, "0.9")
        found.append((f"{statement})", float(f), float(c)))
    return found


@pytest.mark.parametrize("words", WORDS, ids=lambda words: words[0])
@pytest.mark.parametrize(("sentence", "meaning"), FACTS, ids=lambda value: str(value)[:40])
def test_a_statement_is_believed_as_it_was_meant(
    sentence: str, meaning: str | None, words: tuple[str, str, str, str, str, str]
) -> None:
    text = filled(sentence, words)
    if meaning is None:
        assert refused(text), text
    else:
        assert told(text) == outcomes(filled(meaning, words)), text


@pytest.mark.parametrize("words", WORDS[:1])
@pytest.mark.parametrize(("sentence", "meaning"), FACTS[:40])
def test_a_statement_without_its_final_mark_or_all_in_small_letters_is_the_same(
    sentence: str, meaning: str, words: tuple[str, str, str, str, str, str]
) -> None:
    text = filled(sentence, words)
    wanted = outcomes(filled(meaning, words))
    assert told(text.rstrip(".")) == wanted
    small = tuple(word.lower() for word in words)
    alike = "(<->" in meaning  # "wug is fep" is an adjective without its capital
    if not alike:
        assert told(filled(sentence, small)) == wanted  # pyright: ignore[reportArgumentType] six of them


ROOTS = st.builds(
    "".join,
    st.tuples(
        st.sampled_from(
            ["b", "bl", "d", "fl", "gl", "k", "kl", "m", "n", "p", "sk", "t", "v", "z"]
        ),
        st.sampled_from("aiou"),
        st.sampled_from(["ck", "lp", "mp", "nk", "rt", "x"]),
    ),
).filter(lambda w: w not in ADJECTIVES | VERBS)  # invented, that is


@settings(max_examples=25)
@given(st.lists(ROOTS, min_size=5, max_size=5, unique=True))
def test_any_invented_words_can_be_told_about(roots: list[str]) -> None:
    name, other, kind, larger, verb = roots
    words = (name.capitalize(), other.capitalize(), kind, larger, verb, "big")
    for sentence, meaning in FACTS[:30]:
        assert meaning is not None
        assert told(filled(sentence, words)) == outcomes(filled(meaning, words))


@pytest.mark.parametrize(
    ("text", "statement"),
    [
        ("Golden retrievers are dogs.", "(--> golden_retriever dog)"),
        ("New York is a city.", "(--> new_york city)"),
        ("James is a cat.", "(--> james cat)"),
        ("Paris is big.", "(--> paris ([] big))"),
        ("Chess is a game.", "(--> chess game)"),
        ("I play chess.", "(--> (x user chess) play)"),
        ("Tom likes glasses.", "(--> (x tom glass) like)"),
        ("Dr. Smith is a doctor.", "(--> dr_smith doctor)"),
        ("The U.S. is a country.", "(--> u.s. country)"),
        ("“Dune” is a book.", "(--> dune book)"),
        ('"The Lord of the Rings" is a book.', "(--> lord_of_the_rings book)"),
        ("The Lord of the Rings is a book.", "(--> lord_of_the_rings book)"),
        ("My lucky number is 7.", "(--> (x 7 user) lucky_number)"),
        ("C++ is a language.", "(--> c++ language)"),
        ("O'Brien sleeps.", "(--> o'brien ([] sleeping))"),
        ("Tom wakes up.", "(--> tom ([] waking_up))"),
        ("Tom has eaten fish.", "(--> (x tom fish) did_eat)"),
        ("My dog is called Rex.", "(--> (x rex user) dog)"),
        ("My brother Tom is tall.", "(--> tom ([] tall))"),
        ("Tom is French.", "(--> tom ([] french))"),
        ("GARFIELD IS A CAT.", "(--> garfield cat)"),
        ("Garfield Is A Cat", "(--> garfield cat)"),
        ("garfield isnt a cat", "(--> garfield cat)"),
        ("Actually, Tom is a dog.", "(--> tom dog)"),
        ("No, Tom is a dog.", "(--> tom dog)"),
        ("Hi, I am Tom.", "(--> (x tom user) name)"),
        ("Time flies like an arrow.", "(--> (x time arrow) fly_like)"),
        ("Garfield is a cat 😺", "(--> garfield cat)"),
    ],
)
def test_names_and_spellings_of_all_kinds_are_understood(text: str, statement: str) -> None:
    assert told(text)[0][0] == statement


@pytest.mark.parametrize(
    "text",
    [
        "I could have sworn the train leaves at 5.",
        "Let's go to the park.",
        "Buy milk and eggs.",
        "Play some music.",
        "Explain quantum physics.",
        "Tom gave Mary a book.",
        "Tom gives Mary flowers.",
        "Tom makes Ann happy.",
        "Tom runs quickly.",
        "Tom looks sad.",
        "Tom got married.",
        "Tom is going to sleep.",
        "Tom will come tomorrow.",
        "Tom should sleep.",
        "Tom is a cat or a dog.",
        "Tom thinks that Jerry is bad.",
        "Everyone likes Tom.",
        "Someone chased Tom.",
        "A man walked into a bar.",
        "Two cats sleep.",
        "There is a cat.",
        "It is cold.",
        "This is a test.",
        "Dogs that bark are annoying.",
        "Although Tom is a cat, he likes water.",
        "Tom runs faster than Jerry.",
        "If you are a cat, you purr.",
        "If someone likes someone then they are happy.",
        "Best wishes",
        "Prices rose sharply last month.",
        "Next year Tom moves to Berlin.",
        "Tom plays chess on Mondays.",
        "Tom takes care of Ann.",
        "Tom used to smoke.",
        "Tom alone is lazy.",
        "Tom is far from lazy.",
        "Tom is one of my friends.",
        "Ann was bitten by a dog.",
        "Ann taught Tom English.",
        "Ann is considered smart.",
        "No news is good news.",
        "Tom is a cat and Jerry.",
        "Cats love their owners.",
        "apple pies",
        "Show cats",
        "cats",
        "Tom (a cat) is lazy.",
        "Tom is a cat/dog.",
        "2 + 2 is 4.",
        "What time is it?",
        "How many cats are there?",
        "Could you write a poem about love?",
        "Summarise this text for me.",
        "Is Tom or Jerry a cat?",
        "汤姆是一只猫。",
    ],
)
def test_a_sentence_that_does_not_fit_is_refused_rather_than_garbled(text: str) -> None:
    assert refused(text)
