"""The atomspace as a library, with no agent: what it stores, finds and takes back."""

from __future__ import annotations

import threading

import pytest

import mettaclaw
from mettaclaw.atoms.quoting import is_quote
from mettaclaw.atoms.syntax import Expression, Symbol, expr, read
from mettaclaw.atoms.truth import Truth, revise
from mettaclaw.atoms.unify import alpha_equal
from mettaclaw.atomspace import Atomspace
from mettaclaw.errors import LimitError, MettaSyntaxError, UsageError
from tests.atoms.values import ODD
from tests.statements import CAT, contents

# --- adding, believing, removing ---


def test_a_statement_that_was_added_is_there_with_its_evidence(kb: Atomspace) -> None:
    belief = kb.add(CAT, truth=(1.0, 0.9), source="user", words="Garfield is a cat.")
    assert belief == kb.belief(CAT)
    assert (belief.statement, belief.truth, belief.origin) == (read(CAT), Truth(1.0, 0.9), "user")
    assert kb.truth(CAT) == Truth(1.0, 0.9)
    assert [(e.source, e.words) for e in kb.evidence(CAT)] == [("user", "Garfield is a cat.")]
    assert kb.count() == 1


def test_more_evidence_revises(kb: Atomspace) -> None:
    kb.add(CAT, truth=(1.0, 0.9), source="user")
    kb.add(CAT, truth=Truth(0.0, 0.5), source="jon")
    assert kb.truth(CAT) == revise(Truth(1.0, 0.9), Truth(0.0, 0.5))
    assert len(kb.evidence(CAT)) == 2


def test_an_atom_without_truth_has_none_until_one_is_given(kb: Atomspace) -> None:
    kb.add(CAT)
    kb.add(CAT)
    assert kb.truth(CAT) is None
    assert len(kb.evidence(CAT)) == 1
    kb.add(CAT, truth=(0.8, 0.7))
    kb.add(CAT)
    assert kb.truth(CAT) == Truth(0.8, 0.7)


def test_a_removed_statement_is_gone_and_comes_back_afresh(kb: Atomspace) -> None:
    kb.add(CAT, truth=(0.0, 0.9))
    assert kb.remove(CAT) is True
    assert kb.remove(CAT) is False
    assert (kb.belief(CAT), kb.truth(CAT), kb.evidence(CAT), kb.count()) == (None, None, [], 0)
    assert kb.match("(--> $x cat)") == []
    assert kb.add(CAT, truth=(1.0, 0.5)).truth == Truth(1.0, 0.5)


@pytest.mark.parametrize(
    ("statement", "options", "error"),
    [
        ("(a", {}, MettaSyntaxError),
        ("a b", {}, MettaSyntaxError),
        ("", {}, MettaSyntaxError),
        ("(a \0)", {}, MettaSyntaxError),
        (Symbol("\ud800"), {}, MettaSyntaxError),
        (Expression((Symbol("a"),) * 10_000), {}, LimitError),
        (5, {}, UsageError),
        (None, {}, UsageError),
        (CAT, {"truth": (1.1, 0.9)}, UsageError),
        (CAT, {"truth": (1.0,)}, UsageError),
        (CAT, {"truth": "10"}, UsageError),
        (CAT, {"truth": ("1", "0")}, UsageError),
        (CAT, {"truth": 1.1}, UsageError),
        (CAT, {"words": "\ud800"}, UsageError),
        (CAT, {"source": "\udfff"}, UsageError),
    ],
)
def test_what_cannot_be_stored_is_refused_and_leaves_no_trace(
    kb: Atomspace, statement: str, options: dict[str, object], error: type[Exception]
) -> None:
    with pytest.raises(error):
        kb.add(statement, **options)  # type: ignore[arg-type]
    assert kb.count() == 0
    assert kb.stats()["transactions"] == 0


@pytest.mark.parametrize("text", [*ODD, "a" * 100_000], ids=range(len(ODD) + 1))
def test_odd_symbols_and_strings_are_stored_exactly(kb: Atomspace, text: str) -> None:
    statement = Expression((Symbol("f"), Symbol(text), mettaclaw.String(text)))
    kb.add(statement)
    assert kb.belief(statement) is not None
    assert kb.match(Expression((Symbol("f"), Symbol(text), mettaclaw.Variable("x")))) == [
        {"$x": mettaclaw.String(text)}
    ]


@pytest.mark.parametrize(
    ("words", "message", "quoted"),
    [
        ("Garfield is a cat.", "Hi. Garfield is a cat. Bye.", True),
        ("Yes", "Yes", True),
        ("e", "the whole message", False),
        ("he whole", "the whole message", False),
        ("the whole", "the whole message", False),
        ("whole", "the whole message", False),
        ("", "anything", False),
        ("not said", "anything", False),
    ],
)
def test_only_words_that_were_said_are_put_down_to_the_person(
    words: str, message: str, quoted: bool
) -> None:
    assert is_quote(words, message) is quoted


def test_the_same_without_words_is_new_evidence_and_with_words_is_not(kb: Atomspace) -> None:
    for _ in range(2):
        once = kb.add("(a)", (1.0, 0.5), source="ann", words="a it is")
    assert len(once.stamp) == 1
    twice = kb.add("(a)", (1.0, 0.5), source="ann")
    assert len(kb.add("(a)", (1.0, 0.5), source="ann").stamp) == len(twice.stamp) + 1 == 3


# --- matching ---


@pytest.fixture
def cats(kb: Atomspace) -> Atomspace:
    for text in (CAT, "(--> tom cat)", "(--> cat animal)", "(--> (x tom jerry) chase)"):
        kb.add(text)
    return kb


def test_any_position_can_be_the_known_one(cats: Atomspace) -> None:
    assert cats.match("(--> $x cat)") == [{"$x": Symbol("garfield")}, {"$x": Symbol("tom")}]
    assert cats.match("(--> garfield $y)") == [{"$y": Symbol("cat")}]
    assert cats.match("($r cat $y)") == [{"$r": Symbol("-->"), "$y": Symbol("animal")}]
    assert cats.match("(--> (x $a $b) chase)") == [{"$a": Symbol("tom"), "$b": Symbol("jerry")}]
    assert len(cats.match("$anything")) == 4


def test_a_pattern_without_variables_is_answered_yes_or_no(cats: Atomspace) -> None:
    assert cats.match(CAT) == [{}]
    assert cats.match("(--> garfield dog)") == []


def test_patterns_are_joined_in_any_order(cats: Atomspace) -> None:
    expected = {("garfield", "cat", "animal"), ("tom", "cat", "animal")}
    for patterns in (
        ["(--> $x $y)", "(--> $y $z)"],
        ["(--> $y $z)", "(--> $x $y)"],
        ["(--> $x $y)", "(--> $y $z)", "(--> $y animal)"],
    ):
        found = cats.match(*patterns)
        assert {(str(b["$x"]), str(b["$y"]), str(b["$z"])) for b in found} == expected
        assert len(found) == 2


def test_a_limit_is_kept(cats: Atomspace) -> None:
    assert len(cats.match("$x", limit=3)) == 3


def test_a_match_without_a_pattern_is_refused(kb: Atomspace) -> None:
    with pytest.raises(UsageError, match="needs a pattern"):
        kb.match()


def test_stored_variables_match_and_are_shown_as_stored(kb: Atomspace) -> None:
    kb.add("(==> (--> $x cat) (--> $x animal))")
    assert kb.match("(==> (--> garfield cat) $then)") == [{"$then": read("(--> garfield animal)")}]
    assert kb.match("(==> $if $then)") == [
        {"$if": read("(--> $x cat)"), "$then": read("(--> $x animal)")}
    ]
    (bound,) = kb.match("(==> (--> $x $z) $y)")
    assert alpha_equal(
        expr("f", str(bound["$x"]), str(bound["$y"])), read("(f $a (--> $a animal))")
    )


# --- transactions ---


def test_a_transaction_is_all_or_nothing(kb: Atomspace) -> None:
    kb.add(CAT)
    with pytest.raises(KeyError), kb.transaction(author="user", note="a mistake"):
        kb.add("(--> tom cat)")
        kb.remove(CAT)
        raise KeyError
    assert contents(kb) == [(read(CAT), None)]
    with kb.transaction():
        kb.add("(--> tom cat)")
        kb.remove(CAT)
    assert contents(kb) == [(read("(--> tom cat)"), None)]


def test_inside_a_transaction_its_own_writes_are_seen(kb: Atomspace) -> None:
    with kb.transaction():
        kb.add(CAT)
        assert kb.match("(--> $x cat)") == [{"$x": Symbol("garfield")}]
        kb.remove(CAT)
        assert kb.match("(--> $x cat)") == []


def test_a_failed_add_inside_a_transaction_spoils_nothing_else(kb: Atomspace) -> None:
    with kb.transaction():
        kb.add(CAT)
        with pytest.raises(LimitError):
            kb.add(Expression((Symbol("a"),) * 10_000))
        kb.add("(--> tom cat)")
    assert kb.count() == 2


def test_threads_share_an_atomspace(kb: Atomspace) -> None:
    errors: list[BaseException] = []

    def work(name: int) -> None:
        try:
            for number in range(25):
                kb.add(f"(n {name} {number})")
                kb.add("(shared)", truth=(1.0, 0.1), source=f"t{name}", words=str(number))
                assert len(kb.match(f"(n {name} $x)")) == number + 1
        except BaseException as error:  # noqa: BLE001  # told by the main thread
            errors.append(error)

    threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert kb.count() == 101
    assert len(kb.evidence("(shared)")) == 100


# --- what it says of itself ---


def test_stats_count(kb: Atomspace) -> None:
    kb.add(CAT, truth=(1.0, 0.9), words="a")
    kb.add(CAT, truth=(1.0, 0.9), words="b")
    kb.add("(--> tom cat)")
    stats = kb.stats()
    assert stats.pop("bytes") > 0
    assert stats == {"atoms": 2, "beliefs": 1, "evidence": 3, "transactions": 3}


def test_public_names_are_what_they_say() -> None:
    for name in mettaclaw.__all__:
        assert getattr(mettaclaw, name) is not None
    assert sorted(mettaclaw.__all__) == mettaclaw.__all__
    assert dir(mettaclaw) == mettaclaw.__all__
    with pytest.raises(AttributeError, match="nothing"):
        mettaclaw.nothing  # noqa: B018
