"""Forms of words: the known ones are right, and invented ones come back unchanged."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mettaclaw.models.english.irregular import SAME
from mettaclaw.models.english.morphology import (
    article,
    base,
    gerund,
    gerund_base,
    is_plural,
    is_third_person,
    participle,
    past,
    past_base,
    plural,
    singular,
    third_person,
)

NOUNS = """
cat:cats wolf:wolves bus:buses box:boxes fly:flies mouse:mice person:people child:children
species:species sheep:sheep glass:glasses blicket:blickets zorb:zorbs house:houses virus:viruses
potato:potatoes photo:photos quiz:quizzes movie:movies cave:caves knife:knives church:churches
policeman:policemen analysis:analyses dormouse:dormice leaf:leaves dress:dresses pizza:pizzas
boy:boys key:keys toe:toes shoe:shoes nose:noses rose:roses horse:horses prize:prizes
dish:dishes human:humans cookie:cookies glove:gloves stomach:stomachs goose:geese
werewolf:werewolves bookshelf:bookshelves
"""

VERBS = """watch:watches:watched:watching fly:flies:flew:flying go:goes:went:going
have:has:had:having do:does:did:doing study:studies:studied:studying chase:chases:chased:chasing
stop:stops:stopped:stopping hope:hopes:hoped:hoping hop:hops:hopped:hopping
visit:visits:visited:visiting open:opens:opened:opening lie:lies:lied:lying die:dies:died:dying
see:sees:saw:seeing glip:glips:glipped:glipping dax:daxes:daxed:daxing zorp:zorps:zorped:zorping
buzz:buzzes:buzzed:buzzing miss:misses:missed:missing quit:quits:quit:quitting
begin:begins:began:beginning play:plays:played:playing dance:dances:danced:dancing
wug:wugs:wugged:wugging agree:agrees:agreed:agreeing focus:focuses:focused:focusing"""


@pytest.mark.parametrize("pair", NOUNS.split())
def test_nouns_have_their_plural_and_come_back_from_it(pair: str) -> None:
    one, many = pair.split(":")
    assert plural(one) == many
    assert singular(many) == one
    assert is_plural(many)


@pytest.mark.parametrize("pair", VERBS.split())
def test_verbs_have_their_forms_and_come_back_from_them(pair: str) -> None:
    verb, third, before, doing = pair.split(":")
    assert third_person(verb) == third
    assert base(third) == verb
    assert is_third_person(third)
    assert past(verb) == before
    assert past_base(before) == verb
    assert gerund(verb) == doing
    assert gerund_base(doing) == verb


@pytest.mark.parametrize(
    "word",
    [
        "chess",
        "bus",
        "glass",
        "tennis",
        "james",
        "paris",
        "news",
        "chaos",
        "famous",
        "gas",
        "lens",
        "mathematics",
        "series",
    ],
)
def test_singular_words_that_end_like_a_plural_stay_as_they_are(word: str) -> None:
    assert singular(word) == word


@pytest.mark.parametrize(
    ("word", "wanted"),
    [
        ("cat", "a"),
        ("animal", "an"),
        ("hour", "an"),
        ("honest man", "an"),
        ("university", "a"),
        ("umbrella", "an"),
        ("European", "a"),
        ("one-eyed cat", "a"),
        ("FBI agent", "an"),
        ("NATO member", "a"),
        ("8-year-old", "an"),
        ("11th hour", "an"),
        ("110", "a"),
        ("unicorn", "a"),
        ("uncle", "an"),
        ("élan", "an"),
    ],
)
def test_the_article_follows_the_sound(word: str, wanted: str) -> None:
    assert article(word) == wanted


def test_phrases_are_inflected_at_their_head() -> None:
    assert plural("golden retriever") == "golden retrievers"
    assert singular("golden retrievers") == "golden retriever"
    assert third_person("look after") == "looks after"
    assert gerund("wake up") == "waking up"
    assert participle("chase") == "chased"


# Invented words of one or two syllables. Left out are the endings whose forms two words share:
# -s, -z, -e, -o and -i, -ch and -f of nouns, and for verbs the vowels before a single consonant
# that only a known word can tell (hoped is of hope, and opened of open).
_ONSET = st.sampled_from(
    [
        "b",
        "bl",
        "d",
        "dr",
        "f",
        "fl",
        "g",
        "gl",
        "k",
        "kl",
        "m",
        "n",
        "p",
        "pl",
        "r",
        "sk",
        "sl",
        "t",
        "tr",
        "v",
        "z",
    ]
)
_VOWEL = st.sampled_from("aeiou")
_NOUN_END = st.sampled_from(
    [
        "b",
        "ck",
        "d",
        "dge",
        "g",
        "l",
        "ll",
        "m",
        "n",
        "nk",
        "nt",
        "p",
        "r",
        "rk",
        "rt",
        "sh",
        "sk",
        "st",
        "t",
        "x",
    ]
)
_VERB_END = st.sampled_from(
    ["ck", "lp", "mp", "nk", "nt", "rk", "rt", "sk", "ft", "b", "d", "g", "p", "t", "n", "m"]
)
_NOUNS = st.builds("".join, st.tuples(_ONSET, _VOWEL, _NOUN_END)).filter(lambda w: len(w) > 3)
_LONG = st.builds("".join, st.tuples(_ONSET, _VOWEL, _ONSET, _VOWEL, _NOUN_END))
_WUGS = st.builds("".join, st.tuples(_ONSET, _VOWEL, _VERB_END)).filter(
    lambda w: len(w) > 3 and past_base(w) is None and singular(w) == w and base(w) == w
)


@given(st.one_of(_NOUNS, _LONG).filter(lambda w: singular(w) == w and plural(w) not in SAME))
def test_an_invented_noun_comes_back_from_its_plural(noun: str) -> None:
    assert plural(noun) != noun
    assert singular(plural(noun)) == noun


@given(_WUGS)
def test_an_invented_verb_comes_back_from_its_third_person(verb: str) -> None:
    assert is_third_person(third_person(verb))
    assert base(third_person(verb)) == verb


@given(_WUGS)
def test_an_invented_verb_comes_back_from_its_past_and_gerund(verb: str) -> None:
    assert past_base(past(verb)) == verb
    assert gerund_base(gerund(verb)) == verb


@given(st.text(max_size=30))
def test_no_text_is_too_odd_for_any_form(text: str) -> None:
    for change in (plural, singular, third_person, base, past, participle, gerund, article):
        assert isinstance(change(text), str)
    for tell in (past_base, gerund_base):
        assert tell(text) is None or isinstance(tell(text), str)
