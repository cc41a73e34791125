"""Who may say what for whom: a model speaks for itself, quotes the person, and invents nobody."""

from __future__ import annotations

import pytest

from mettaclaw.atoms.truth import MAX_CONFIDENCE, Truth
from mettaclaw.atomspace import Atomspace
from mettaclaw.errors import UsageError

CAT, DOG = "(--> tom cat)", "(--> tom dog)"
MODEL = "model:m"


def believe(kb: Atomspace, rest: str, said: str, statement: str = CAT) -> str | None:
    """What is wrong with it, if something is."""
    done = kb.evaluate(f"!(believe {statement} {rest})", source=MODEL, quotable=said)
    assert done.error is None or isinstance(done.error, UsageError)
    return None if done.error is None else str(done.error)


def standing(kb: Atomspace, statement: str = CAT) -> list[tuple[str, float, float]]:
    """The sources of what stands, with truth values."""
    found = kb.evidence(statement)
    return [(e.source, e.truth.f, round(e.truth.c, 3)) for e in found if e.truth is not None]


def test_a_model_is_as_sure_as_its_quality_however_sure_it_says_that_it_is(kb: Atomspace) -> None:
    kb.add(CAT, (0.0, 0.9), source="user", words="Tom is not a cat.")
    assert believe(kb, "(stv 1.0 1.0)", "Hello.") is None
    assert standing(kb) == [("user", 0.0, 0.9), (MODEL, 1.0, 0.35)]


def test_nobody_is_certain(kb: Atomspace) -> None:
    assert believe(kb, '(stv 1.0 1.0) "Tom is a cat."', "Tom is a cat.") is None
    assert standing(kb) == [("user", 1.0, 0.99)]
    kb.add(DOG, (1.0, 1.0), source="user")
    kb.evaluate(f'!(believe {DOG} (stv 1.0 1.0) "It is.")', source="sam")
    assert standing(kb, DOG) == [("user", 1.0, 0.99), ("sam", 1.0, 0.99)]


def test_what_agrees_with_the_surest_lowers_no_confidence(kb: Atomspace) -> None:
    first = kb.add(DOG, (1.0, 1.0), source="sam")
    assert first.truth == Truth(1.0, MAX_CONFIDENCE)
    assert kb.add(DOG, (1.0, 0.9), source="ann").truth == first.truth


def test_words_that_quote_nobody_are_one_opinion_however_many_there_are(kb: Atomspace) -> None:
    kb.add(DOG, (0.0, 0.9), source="user", words="Tom is not a dog.")
    for number in range(5):
        assert believe(kb, f'(stv 1.0 0.9) "he told me so {number}"', "Hello", DOG) is None
    assert standing(kb, DOG) == [("user", 0.0, 0.9), (MODEL, 1.0, 0.35)]


@pytest.mark.parametrize(
    ("words", "source", "said"),
    [
        ("tom is a cat", "tom", "Why do you think that tom is a cat?"),
        ("Sam says that Tom is a cat", "cat", "Sam says that Tom is a cat, I think it is funny."),
        ("Sam says that Tom is a cat", "says", "Sam says that Tom is a cat, I think it is funny."),
        ("I think it is funny", "i", "Sam says that Tom is a cat, I think it is funny."),
        ("Tom is a cat", "sam", "Sam says that Tom is a cat."),
        ("Sam says that Tom is a cat", "sam", "Hello."),
        ("the user said Tom is a cat", "user ", "the user said Tom is a cat"),
        ("the user said Tom is a cat", "User", "the user said Tom is a cat"),
    ],
)
def test_who_did_not_say_so_by_the_persons_words_cannot_be_named(
    kb: Atomspace, words: str, source: str, said: str
) -> None:
    kb.add(CAT, (1.0, 0.9), source="user", words="Tom is a cat.")
    kb.add(CAT, (1.0, 0.9), source="vet", words="Tom is a cat.")
    assert believe(kb, f'(stv 0.0 0.0) "{words}" "{source}"', said) is not None
    assert standing(kb) == [("user", 1.0, 0.9), ("vet", 1.0, 0.9)], "nobody's words are gone"


@pytest.mark.parametrize(
    ("said", "source"),
    [
        ("Sam says that Tom is a cat.", "sam"),
        ("According to the vet, Tom is a cat.", "vet"),
        ("Tom is a cat, said Ann.", "ann"),
        ("My sister told me that Tom is a cat.", "sister"),
        ("Sam: Tom is a cat.", "sam"),
    ],
)
def test_who_said_so_by_the_persons_words_is_the_source(
    kb: Atomspace, said: str, source: str
) -> None:
    assert believe(kb, f'(stv 1.0 0.9) "{said}" {source}', said) is None
    assert standing(kb) == [(source, 1.0, 0.55)]


def test_what_somebody_else_said_is_not_the_persons_own_word_besides(kb: Atomspace) -> None:
    said = "Hello. Sam says: Tom is a dog."
    assert believe(kb, '(stv 1.0 0.9) "Tom is a dog"', said, DOG) is None
    assert standing(kb, DOG) == [(MODEL, 1.0, 0.35)]
    assert believe(kb, '(stv 1.0 0.9) "Sam says: Tom is a dog" sam', said, DOG) is None
    assert ("user", 1.0, 0.9) not in standing(kb, DOG)


def test_no_time_is_named_that_the_words_do_not_tell_of(kb: Atomspace) -> None:
    said = "Is it so that Tom is a cat?"
    assert believe(kb, f'(stv 1.0 0.9) "{said}" user "1999-01-01"', said) is not None
    dated = "On 1999-01-01 Tom was a cat."
    assert believe(kb, f'(stv 1.0 0.9) "{dated}" user "1999-01-01"', dated) is None
    assert kb.as_of("2000-01-01").truth(CAT) == Truth(1.0, 0.9)


@pytest.mark.parametrize(
    ("said", "source"),
    [
        ("Remember: Tom is a cat.", "user"),
        ("Note to self: Tom is a cat.", "user"),
        ("I know that Tom is a cat.", "user"),
        ("Sam says that Tom is a cat. I agree: Tom is a cat.", "user"),
        ("Sam says that Tom is a cat.", MODEL),
        ("My sister told me that Tom is a cat.", MODEL),
        ("According to Sam, Tom is a cat.", MODEL),
        ("Sam says that Tom is a cat, and Ann thinks that Tom is a cat.", MODEL),
    ],
)
def test_a_part_of_a_sentence_is_the_persons_unless_it_is_told_of_another(
    kb: Atomspace, said: str, source: str
) -> None:
    assert believe(kb, '(stv 1.0 0.3) "Tom is a cat"', said) is None
    assert standing(kb) == [(source, 1.0, 0.3)]


@pytest.mark.parametrize(
    ("said", "source"),
    [
        ("Sam says that Tom is a cat.", MODEL),
        ("My sister told me that Tom is a cat.", MODEL),
        ("According to Sam, Tom is a cat.", MODEL),
        ("I know that Tom is a cat.", "user"),
        ("Tom is a cat that knows his way.", "user"),
    ],
)
def test_a_whole_sentence_about_what_another_said_is_not_the_persons_own_word(
    kb: Atomspace, said: str, source: str
) -> None:
    assert believe(kb, f'(stv 1.0 0.3) "{said}"', said) is None
    assert standing(kb) == [(source, 1.0, 0.3)]
