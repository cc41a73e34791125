"""What goes with a thing that is forgotten: statements, names in columns, tellings of a time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from mettaclaw.atoms.syntax import read
from mettaclaw.errors import UsageError
from mettaclaw.memory import Episodes, Memory, embed, erasure
from mettaclaw.memory.selection import What
from mettaclaw.memory.transfer import loading
from tests.memory.test_erasure import grep

CALM = "(--> rex ([] calm))"
TOKEN = "ghp" + "_" + "a1B2c3D4e5F6" * 3


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Memory]:
    with Memory.open(tmp_path / "claw.db", embed.UNWANTED) as opened:
        yield opened


def test_an_items_statement_goes_with_it_and_what_only_followed(
    memory: Memory, tmp_path: Path
) -> None:
    assert memory.kb is not None
    memory.kb.add(CALM, (1.0, 0.9))
    memory.kb.add("(--> ([] calm) ([] kind))", (1.0, 0.9), source="anna")
    memory.kb.keep(memory.kb.infer("(--> rex ([] kind))")[0])
    item = memory.remember("Rex is calm.", CALM)
    found = memory.forget(id=item.id)
    assert found.statements == (CALM,)
    assert found.derived == ("(--> rex ([] kind))",)
    assert memory.kb.belief(CALM) is None
    memory.close()
    assert grep(tmp_path, "rex") == []


@pytest.mark.parametrize("way", [{"id": 1}, {"text": "Rex is calm."}])
def test_what_its_words_said_goes_and_what_others_said_stays(
    memory: Memory, way: dict[str, int]
) -> None:
    assert memory.kb is not None
    memory.kb.add(CALM, (1.0, 0.9), source="user", words="Rex is calm.")
    memory.kb.add(CALM, (1.0, 0.5), source="anna", words="Rex never barks.")
    memory.remember("Rex is calm.", CALM)
    found = memory.forget(**way)  # pyright: ignore[reportArgumentType]
    assert (found.statements, found.pieces, found.believed) == ((), 1, (CALM,))
    assert [one.words for one in memory.kb.evidence(CALM)] == ["Rex never barks."]


def test_what_its_words_said_of_anything_else_goes_too(memory: Memory) -> None:
    assert memory.kb is not None
    memory.kb.add("(--> fido ([] old))", (1.0, 0.9), source="user", words="Fido is old.")
    memory.remember("Rex is calm. Fido is old.", CALM)
    assert memory.forget(id=1).statements == ("(--> fido ([] old))",)


def test_an_item_that_stays_keeps_the_statement_without_the_words(memory: Memory) -> None:
    assert memory.kb is not None
    memory.kb.add(CALM, (1.0, 0.9), source="user", words="Rex is calm.")
    memory.remember("Rex is calm.", CALM)
    stays = memory.remember("My dog never gets upset.", CALM)
    found = memory.forget(id=1)
    assert (found.statements, found.believed) == ((), (CALM,))
    assert [one.words for one in memory.kb.evidence(CALM)] == [None]
    assert memory.get(stays.id) == stays


def test_a_conclusion_from_others_stays_where_an_item_says_it_too(memory: Memory) -> None:
    assert memory.kb is not None
    memory.kb.add("(--> tom cat)", (1.0, 0.9), source="anna")
    memory.kb.add("(--> cat animal)", (1.0, 0.9), source="anna")
    memory.kb.keep(memory.kb.infer("(--> tom animal)")[0])
    memory.remember("Tom is an animal.", "(--> tom animal)")
    assert memory.forget(id=1).believed == ("(--> tom animal)",)
    assert memory.kb.belief("(--> tom animal)") is not None


def test_forgetting_a_statement_leaves_the_others_of_its_item(memory: Memory) -> None:
    assert memory.kb is not None
    said = "Rex is calm and Tom is a cat."
    for statement in (CALM, "(--> tom cat)"):
        memory.kb.add(statement, (1.0, 0.9), source="user", words=said)
    memory.remember(said, [read(CALM), read("(--> tom cat)")])
    assert memory.forget(atom=CALM).statements == (CALM,)
    assert memory.kb.belief("(--> tom cat)") is not None


@pytest.mark.parametrize("column", ["scope", "thread", "speaker", "source"])
def test_an_item_kept_under_a_name_is_about_it(memory: Memory, tmp_path: Path, column: str) -> None:
    memory.remember("The vaccination is due in May.", **{column: "file:zorbax-notes.md"})  # pyright: ignore[reportArgumentType]
    memory.remember("Fido is old.")
    found = memory.forget(entity="Zorbax")
    assert [item.text for item in found.items] == ["The vaccination is due in May."]
    assert [item.text for item in memory.latest()] == ["Fido is old."]
    memory.close()
    assert grep(tmp_path, "zorbax") == []


def test_a_name_goes_from_files_and_transactions_of_rows_that_stay(
    memory: Memory, tmp_path: Path
) -> None:
    assert memory.kb is not None
    folder = tmp_path / "workspace"
    folder.mkdir()
    notes = folder / "zorbax-notes.md"
    notes.write_text("# Pets\n\nThe vaccination is due in May.\n")
    loading.load(memory, notes)
    memory.kb.add("(--> tom cat)", (1.0, 0.9), source=f"file:{notes}")
    memory.forget(entity="Zorbax")
    assert [one.source for one in memory.kb.evidence("(--> tom cat)")] == ["file:[forgotten]"]
    memory.close()
    assert grep(tmp_path, "zorbax") == []


@pytest.mark.parametrize(
    ("year", "left"),
    [("2020", ["2022", "2024"]), ("2022", ["2020", "2024"]), ("2024", ["2020", "2022"])],
)
def test_a_period_takes_the_tellings_within_it(memory: Memory, year: str, left: list[str]) -> None:
    for each in ("2020", "2022", "2024"):
        memory.remember("Rex has fleas.", time=f"{each}-01-01", source=f"s{each}")
    found = memory.forget(since=f"{year}-01-01", until=f"{year}-12-31")
    assert (found.items, found.retold) == ((), (1,))
    assert [source for _, source in memory.times(1)] == [f"s{each}" for each in left]
    item = memory.get(1)
    assert item is not None
    assert (item.count, item.source) == (2, f"s{left[0]}")
    assert item.time == memory.times(1)[0][0]


def test_an_item_told_only_in_the_period_goes(memory: Memory) -> None:
    for day in ("01", "02"):
        memory.remember("Rex has fleas.", time=f"2020-01-{day}")
    found = memory.forget(since="2020-01-01", until="2020-01-31")
    assert [item.id for item in found.items] == [1]
    assert memory.count() == 0


def test_a_text_is_compared_without_its_secrets_as_it_was_kept(memory: Memory) -> None:
    said = f"My key is {TOKEN}."
    kept = memory.remember(said)
    assert TOKEN not in kept.words
    assert erasure.preview(memory.database, What(texts=[said]))
    assert memory.forget(text=said).items[0].id == kept.id


def test_a_statement_is_compared_without_its_secrets_as_it_was_kept(memory: Memory) -> None:
    assert memory.kb is not None
    said = f'(key "{TOKEN}")'
    memory.kb.add(said, (1.0, 0.9))
    assert erasure.erase(memory.database, What(statements=[said])).statements


def test_a_preview_shows_the_first_lines_of_the_log_that_would_go(memory: Memory) -> None:
    memory.remember("Rex has fleas.")
    with memory.database.transaction("test", "test"):
        for number in range(9):
            Episodes(memory.database).append("message", f"{number}: Rex has fleas. {'x' * 999}")
    found = erasure.preview(memory.database, What(items=[1]))
    assert found.lines == 9
    assert [line[:17] for line in found.log] == [f"{n}: Rex has fleas." for n in range(5)]
    assert max(map(len, found.log)) <= 200


def test_a_period_that_ends_before_it_begins_is_refused(memory: Memory) -> None:
    with pytest.raises(UsageError, match="ends before it begins"):
        memory.forget(since="2024-01-01", until="2020-01-01")


def test_an_atom_that_nothing_has_any_more_goes_from_the_log_too(
    memory: Memory, tmp_path: Path
) -> None:
    memory.remember("My dog never gets upset.", CALM)
    with memory.database.transaction("test", "test"):
        Episodes(memory.database).append("call", f'(remember "My dog is like that." {CALM})')
    memory.forget(id=1)
    memory.close()
    assert grep(tmp_path, "rex") == []


@pytest.mark.parametrize(("name", "stays"), [("Manning", "man"), ("小明", "小王"), ("Zoë", "Zo")])
def test_a_name_is_no_other_word(memory: Memory, tmp_path: Path, name: str, stays: str) -> None:
    with memory.database.transaction("test", "test"):
        for said in (f"I met {name} there.", f"I met a {stays} there.", json.dumps(f"a {name}.")):
            Episodes(memory.database).append("message", said)
    found = memory.forget(entity=name)
    assert found.lines == 2
    shown = [line.text for line in Episodes(memory.database).between()]
    assert shown == ["[forgotten]", f"I met a {stays} there.", "[forgotten]"]
