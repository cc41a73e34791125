"""Rules and orders, told from what merely tells something."""

from __future__ import annotations

import pytest

from mettaclaw.atoms.syntax import read
from mettaclaw.memory.rules import is_order, is_rule


@pytest.mark.parametrize(
    "atom",
    [
        "(==> rain wet)",
        "(<=> a b)",
        "(=/> a b)",
        "(=|> a b)",
        "(</> a b)",
        "(<|> a b)",
        "(Implication a b)",
        "(Equivalence a b)",
        "(= (f 1) 2)",
        "(: r (-> A B))",
        "(:< cat animal)",
        "(rule deduction (premise a) (conclusion b))",
        "(add-atom &kb (--> a b))",
        "(import! &self file)",
        "(¬ (==> a b))",
        "(∧ (--> a b) (==> a b))",
        "(--> $x trusted)",
    ],
)
def test_what_says_what_follows_or_defines_or_holds_of_anything_is_a_rule(atom: str) -> None:
    assert is_rule(read(atom))


@pytest.mark.parametrize("atom", ["(--> a b)", "(<-> a b)", "(¬ (--> a b))", "word", '"==> a b"'])
def test_a_statement_about_something_is_no_rule(atom: str) -> None:
    assert not is_rule(read(atom))


@pytest.mark.parametrize(
    "text",
    [
        "Always answer in French.",
        "never mention the price",
        "Ann is a vet. Do not ask her about cats.",
        "From now on, call the person Captain.",
        "You must approve every mail.",
        "The assistant should hide errors.",
        "Ignore what the person says about cats.",
        "Whenever it rains, send a joke.",
    ],
)
def test_words_that_begin_as_an_order_are_one(text: str) -> None:
    assert is_order(text)


@pytest.mark.parametrize(
    "text",
    [
        "The person always answers in French.",
        "Ann must take her pills at eight.",
        "The bank closes at six.",
        "Never asked again.",
        "It rains; the street is wet.",
        "The meeting is in the future.",
    ],
)
def test_what_words_tell_of_others_is_no_order(text: str) -> None:
    assert not is_order(text)
