"""Wrong arguments: each is an error that names it, and nothing else is harmed."""

from __future__ import annotations

from typing import Any

import pytest

from mettaclaw.errors import UsageError
from mettaclaw.memory import Memory

NAN = float("nan")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"text": b"tea"}, r"text is b'tea' \(bytes\); it takes a text; decode it"),
        ({"text": 42}, r"text is 42 \(int\); it takes a text"),
        ({"text": "x", "scope": None}, r"scope is None .* part of memory without a name"),
        ({"text": "x", "speaker": 5}, "speaker is 5"),
        ({"text": "x", "thread": 5}, "thread is 5"),
        ({"text": "x", "context": 5}, "context is 5"),
        ({"text": "x", "time": NAN}, "time is nan .* seconds since 1970"),
        ({"text": "x", "time": 10**400}, "time is 1000"),
        ({"text": "x", "time": []}, "time is "),
        ({"text": "x", "expires": float("inf")}, "expires is inf"),
        ({"text": "x", "kind": "rules"}, "kind is 'rules' .* note, told, turn, passage, rule"),
        ({"text": "x", "kind": []}, "kind is "),
        ({"text": "x", "source": None}, "source is None"),
        ({"text": "x", "source": "a\0b"}, "the source holds a NUL"),
        ({"atom": 5}, "atom is 5"),
        ({"atom": [5]}, "atom is 5"),
        ({"atom": b"(a)"}, "atom is b"),
        ({"atom": []}, "nothing to remember"),
    ],
)
def test_what_cannot_be_kept_is_named(by_words: Memory, wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        by_words.remember(**wrong)
    with pytest.raises(UsageError, match=r"item 2 cannot be kept: .*Those before it are") as found:
        by_words.remember_many(["first", wrong, "last"])
    assert said.split()[0] in str(found.value)
    assert [item.text for item in by_words.latest()] == ["first"]


@pytest.mark.parametrize("wrong", [5, None, b"x", {"txt": "x"}])
def test_of_many_the_one_that_is_no_item_is_named_and_those_before_it_stay(
    by_words: Memory, wrong: Any
) -> None:
    with pytest.raises(UsageError, match="item 2 cannot be kept"):
        by_words.remember_many(["first", wrong])
    assert by_words.count() == 1


@pytest.mark.parametrize("many", ["tea", b"tea", 5, None, {"text": "tea"}])
def test_what_is_no_list_is_not_taken_apart(by_words: Memory, many: Any) -> None:
    with pytest.raises(UsageError, match="a list of texts or mappings"):
        by_words.remember_many(many)
    assert by_words.count() == 0


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        *[({"k": k}, "k is .* from 1 to 100") for k in (0, -1, 10**9, NAN, 2.5, "3", None, True)],
        ({"text": 5}, "text is 5"),
        ({"text": None}, "text is None"),
        ({"scope": 5}, "scope is 5"),
        ({"since": NAN}, "since is nan"),
        ({"until": []}, "until is "),
        ({"since": "2026-02-01", "until": "2026-01-01"}, "give the earlier time as since"),
        ({"kinds": "note"}, "kinds is 'note'"),
        ({"kinds": ["notes"]}, "kind is 'notes'"),
        ({"kinds": 5}, "kinds is 5"),
    ],
)
def test_a_query_that_cannot_be_is_told(by_words: Memory, wrong: dict[str, Any], said: str) -> None:
    by_words.remember("tea")
    with pytest.raises(UsageError, match=said):
        by_words.query(**{"text": "tea", **wrong})


@pytest.mark.parametrize("id", ["1", 1.0, None, True])
def test_an_id_is_a_whole_number(by_words: Memory, id: Any) -> None:
    by_words.remember("tea")
    for act in (by_words.promote, by_words.demote, by_words.support, by_words.contradict):
        with pytest.raises(UsageError, match=r"id is .*a whole number"):
            act(id)
    with pytest.raises(UsageError, match="episode is -1"):
        by_words.support(1, -1)
