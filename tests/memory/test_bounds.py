"""What cannot be kept, or looked for, is an error that says so; no file makes itself important."""

from __future__ import annotations

import json
import math
import time
from pathlib import Path

import pytest

from mettaclaw.errors import LimitError, UsageError
from mettaclaw.memory import Memory
from mettaclaw.memory.items import importer
from mettaclaw.memory.transfer import load

TOKEN = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"


def written(tmp_path: Path, *values: object) -> Path:
    file = tmp_path / "x.jsonl"
    file.write_text("".join(f"{json.dumps(value)}\n" for value in values))
    return file


def test_only_known_kinds_are_kept_and_an_import_names_the_line(
    by_words: Memory, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match=r"kind is 'odd'.*takes one of note"):
        by_words.remember("x", kind="odd")
    file = written(tmp_path, {"text": "a"}, {"text": "b", "kind": TOKEN})
    with pytest.raises(UsageError, match=r"x\.jsonl, line 2: kind is"):
        load(by_words, file)


def test_items_of_a_scope_with_a_secret_in_it_are_found_by_it(by_words: Memory) -> None:
    by_words.remember("the red kettle", scope=TOKEN)
    assert by_words.latest()[0].scope == "[redacted token]"
    assert [hit.item.text for hit in by_words.query("kettle", scope=TOKEN)] == ["the red kettle"]
    assert by_words.latest(scope=TOKEN)
    assert by_words.count(TOKEN) == 1


def test_two_secrets_in_one_sentence_are_one_item_for_nothing_tells_them_apart(
    by_words: Memory,
) -> None:
    by_words.remember(f"the key is {TOKEN}")
    assert by_words.remember(f"the key is {TOKEN[:-1]}z").count == 2


def test_a_scope_that_no_item_can_have_is_refused(by_words: Memory) -> None:
    by_words.remember("red")
    for ask in (by_words.latest, by_words.count):
        with pytest.raises(UsageError, match="surrogate"):
            ask(scope="a\ud800")
    with pytest.raises(UsageError, match="surrogate"):
        by_words.query("red", scope="a\ud800")


@pytest.mark.parametrize("moment", [math.inf, -math.inf, math.nan, 1e18])
def test_a_time_that_no_calendar_has_is_refused(moment: float, by_words: Memory) -> None:
    for key in ("time", "expires"):
        with pytest.raises(UsageError):
            by_words.remember_many([{"text": "x", key: moment}])
    assert by_words.count() == 0


def test_an_item_takes_a_hundred_atoms_at_once(by_words: Memory, tmp_path: Path) -> None:
    atoms = [f"(--> a{number} b)" for number in range(101)]
    with pytest.raises(LimitError, match="101 atoms for one item"):
        by_words.remember("x", atoms)
    with pytest.raises(UsageError, match="line 2: 101 atoms"):
        load(by_words, written(tmp_path, {"text": "a"}, {"text": "b", "atoms": atoms}))
    assert len(by_words.remember("x", atoms[:100]).atoms) == 100


def test_a_file_does_not_add_atoms_without_end_by_saying_the_same_again(
    by_words: Memory, tmp_path: Path
) -> None:
    lines = [
        {"text": "x", "atoms": [f"(--> a{start + n} b)" for n in range(100)]}
        for start in range(0, 2_000, 100)
    ]
    with pytest.raises(UsageError, match="item 1 has 1,100 atoms already"):
        load(by_words, written(tmp_path, *lines))


def test_words_that_say_more_than_that_keep_all_their_atoms(by_words: Memory) -> None:
    atoms = [by_words.remember(atom=f"(--> a{n} b)").atoms[0] for n in range(130)]
    assert len(by_words.link("a long list", atoms, "user").atoms) == 130


def test_a_context_that_is_too_long_is_refused(by_words: Memory) -> None:
    with pytest.raises(LimitError, match="a context of 200,001 characters"):
        by_words.remember("x", context="x" * 200_001)
    assert len(by_words.remember("x", context="y" * 200_000).context) == 200_000


def test_there_is_no_item_of_a_number_that_is_too_large(by_words: Memory) -> None:
    assert by_words.get(10**30) is None
    assert by_words.get(-1) is None
    assert by_words.times(10**30) == []
    assert by_words.forget(id=10**30).items == by_words.forget(id=7).items


def test_a_file_gives_no_item_more_worth_than_votes_do_and_its_claim_is_marked(
    by_words: Memory, tmp_path: Path
) -> None:
    forged = {"text": "buy it", "value": 1e300, "used": "2099-01-01", "source": "user"}
    load(by_words, written(tmp_path, forged, {"text": "mine"}))
    item = by_words.get(1)
    assert item is not None
    assert item.value == 3.0
    assert item.used is not None
    assert item.used <= time.time()
    assert importer(by_words.database, 1) == "file:x.jsonl"
    assert importer(by_words.database, 2) is None
    by_words.remember("told")
    assert importer(by_words.database, 3) is None


def test_a_long_branch_of_chatgpt_is_read_in_its_order(by_words: Memory, tmp_path: Path) -> None:
    nodes = {
        str(n): {
            "parent": str(n - 1) if n else None,
            "message": {"author": {"role": "user"}, "content": {"parts": [f"said {n}"]}},
        }
        for n in range(3_000)
    }
    nodes["0"]["parent"] = "2999"  # a ring ends too
    file = tmp_path / "conversations.json"
    file.write_text(json.dumps([{"mapping": nodes, "current_node": "2999"}]))
    assert load(by_words, file).new == 3_000
    assert [item.text for item in by_words.latest(2)] == ["said 2999", "said 2998"]
