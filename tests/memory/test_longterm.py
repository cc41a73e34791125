"""Items: kept verbatim, found by words, merged, forgotten; without the embedding model."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mettaclaw.atoms.syntax import read
from mettaclaw.config import Settings
from mettaclaw.errors import LimitError, MettaClawError, UsageError
from mettaclaw.memory import Memory
from mettaclaw.memory.embed import of
from mettaclaw.storage import Database

same_memory = settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def texts(memory: Memory, query: str, k: int = 10) -> list[str]:
    return [hit.item.text for hit in memory.query(query, k)]


def test_words_stay_as_they_were_given(by_words: Memory) -> None:
    said = '  Ann: "I ♥ tea", שלום, مرحبا, 你好 🙂\n\tx  '
    item = by_words.remember(said, source="user", time=12.5)
    assert by_words.get(item.id) == item
    assert (item.text, item.source, item.time, item.atom) == (said, "user", 12.5, None)


def test_words_find_their_other_forms(by_words: Memory) -> None:
    by_words.remember("Cats are chasing mice")
    by_words.remember("The sky is blue")
    assert texts(by_words, "does a cat chase anything?") == ["Cats are chasing mice"]


def test_the_item_that_shares_more_words_comes_first(by_words: Memory) -> None:
    by_words.remember("Ann likes green tea")
    by_words.remember("Bob likes coffee")
    hits = by_words.query("who likes green tea?")
    assert [h.item.text for h in hits] == ["Ann likes green tea", "Bob likes coffee"]
    assert all(h.score == pytest.approx(sum(h.parts.values())) for h in hits)
    assert {"words", "around", "recency"} <= set(hits[0].parts)
    assert not any("meaning" in part for part in hits[0].parts)


def test_stop_words_find_nothing_unless_there_is_nothing_else(by_words: Memory) -> None:
    by_words.remember("to be or not to be")
    by_words.remember("a ship on the sea")
    assert texts(by_words, "the ship of Theseus") == ["a ship on the sea"]
    assert texts(by_words, "to be or not") == ["to be or not to be"]


def test_without_the_model_a_search_says_so(by_words: Memory) -> None:
    by_words.remember("Garfield is a cat")
    found = by_words.search("cat")
    assert [h.item.text for h in found.hits] == ["Garfield is a cat"]
    assert found.note is not None
    assert "by words only" in found.note


def test_without_the_neural_tier_it_says_what_installs_it(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mettaclaw.memory import Embedder

    monkeypatch.setitem(sys.modules, "torch", None)
    memory = Memory(database, Embedder())
    memory.remember("Garfield is a cat")
    note = memory.search("garfield").note
    assert note is not None
    assert 'pip install "mettaclaw[neural]"' in note
    assert 'pip install "mettaclaw[neural]"' in (memory.lacking() or "")
    with pytest.raises(MettaClawError, match="neural"):
        memory.embed_missing()


def test_a_search_by_meaning_that_nobody_wants_is_not_missed_and_loads_nothing(
    database: Database,
) -> None:
    embedder = of(Settings(meaning=False))
    memory = Memory(database, embedder)
    memory.remember("Garfield is a cat")
    found = memory.search("garfield")
    assert [hit.item.text for hit in found.hits] == ["Garfield is a cat"]
    assert found.note is None
    memory.warm()
    assert not embedder.loaded
    assert "meaning = false" in (memory.lacking() or "")


def test_an_empty_memory_has_no_hits_and_nothing_to_note(by_words: Memory) -> None:
    assert by_words.search("anything") == type(by_words.search("x"))([], None)


def test_the_same_text_is_one_item_that_counts(by_words: Memory) -> None:
    first = by_words.remember("Ann likes tea", time=1.0)
    again = by_words.remember("Ann likes tea", time=2.0, source="model:x")
    assert (again.id, again.count, again.time, again.source) == (first.id, 2, 1.0, "user")
    assert by_words.times(first.id) == [(1.0, "user"), (2.0, "model:x")]
    assert by_words.remember("Ann likes tea.").id != first.id
    assert by_words.count() == 2


def test_the_same_words_of_another_speaker_scope_or_thread_are_another_item(
    by_words: Memory,
) -> None:
    ids = {
        by_words.remember("Thanks!").id,
        by_words.remember("Thanks!", speaker="Ann").id,
        by_words.remember("Thanks!", speaker="Bob").id,
        by_words.remember("Thanks!", scope="work").id,
        by_words.remember("Thanks!", thread="monday").id,
    }
    assert len(ids) == 5


def test_texts_that_only_begin_alike_stay_apart(by_words: Memory) -> None:
    start = "the same forty characters at the very beginning of it "
    assert len({by_words.remember(f"{start}{i}").id for i in range(5)}) == 5


def test_an_atom_joins_the_words_that_say_the_same(by_words: Memory) -> None:
    plain = by_words.remember("Garfield is a cat")
    joined = by_words.remember("Garfield is a cat", "(--> garfield cat)")
    assert joined.id == plain.id
    assert by_words.get(plain.id) == joined
    assert joined.count == 2
    assert joined.atom == read("(--> garfield cat)")
    assert by_words.remember("Garfield is a cat").id == joined.id
    more = by_words.remember("Garfield is a cat", "(--> garfield pet)")
    assert more.id == joined.id
    assert [str(atom) for atom in more.atoms] == ["(--> garfield cat)", "(--> garfield pet)"]
    assert [i.id for i in by_words.latest()] == [plain.id]


def test_an_atom_alone_is_found_by_its_names(by_words: Memory) -> None:
    by_words.remember("(--> garfield cat)", "(--> garfield cat)")
    (hit,) = by_words.query("what is garfield?")
    assert hit.item.atom == read("(--> garfield cat)")


def test_forget_by_id_text_and_atom_says_what_went(by_words: Memory) -> None:
    a = by_words.remember("a")
    b = by_words.remember("b", "(==> (--> $x cat) (--> $x lazy))")
    c = by_words.remember("c", "(--> c d)")
    d = by_words.remember("d", "(--> c d)")

    def gone(**what: object) -> list[int]:
        return [item.id for item in by_words.forget(**what).items]  # type: ignore[arg-type]

    assert gone(id=a.id) == [a.id]
    assert not by_words.forget(id=a.id)
    assert gone(atom="(==> (--> $who cat) (--> $who lazy))") == [b.id]
    assert gone(text="c") == [c.id]
    assert gone(atom=read("(--> c d)")) == [d.id]
    assert by_words.count() == 0
    assert by_words.query("c") == []


@pytest.mark.parametrize("criteria", [{}, {"id": 1, "text": "a"}])
def test_forget_takes_exactly_one_criterion(by_words: Memory, criteria: dict[str, object]) -> None:
    with pytest.raises(UsageError, match="one of"):
        by_words.forget(**criteria)  # type: ignore[arg-type]


def test_an_id_is_never_used_twice(by_words: Memory) -> None:
    last = by_words.remember("a")
    by_words.forget(id=last.id)
    assert by_words.remember("b").id > last.id


def test_what_is_rolled_back_is_not_remembered(by_words: Memory, database: Database) -> None:
    by_words.remember("kept tea")
    with contextlib.suppress(RuntimeError), database.transaction():
        by_words.remember("lost tea")
        by_words.forget(text="kept tea")
        raise RuntimeError
    assert texts(by_words, "tea") == ["kept tea"]


@pytest.mark.parametrize("text", ["", "  \n", "a\0b", "a\ud800b"])
def test_a_text_that_cannot_be_kept_is_refused(by_words: Memory, text: str) -> None:
    with pytest.raises(UsageError):
        by_words.remember(text)


def test_a_text_that_is_too_long_names_the_limit(by_words: Memory) -> None:
    with pytest.raises(LimitError, match="200,000"):
        by_words.remember("x" * 10_000_000)
    assert by_words.remember("x" * 200_000).id


@pytest.mark.parametrize("k", [0, -1, 101])
def test_k_is_between_1_and_100(by_words: Memory, k: int) -> None:
    with pytest.raises(UsageError, match="100"):
        by_words.query("x", k)


def test_k_bounds_the_hits(by_words: Memory) -> None:
    for i in range(30):
        by_words.remember(f"tea number {i}")
    assert len(by_words.query("tea", 7)) == 7


@pytest.mark.parametrize(
    "query",
    ['"', "tea OR", "NEAR(", "text:tea", "*", "tea*", "^tea", "-tea", "(tea", "a AND NOT", "{x}:y"],
)
def test_syntax_of_fts_is_only_words(by_words: Memory, query: str) -> None:
    by_words.remember("tea with milk")
    assert texts(by_words, query) == (["tea with milk"] if "tea" in query else [])


@same_memory
@given(st.text(max_size=200))
def test_no_query_is_an_error(by_words: Memory, query: str) -> None:
    by_words.remember("tea with milk, NEAR the AND of text")
    if query.strip():
        by_words.query(query)
    else:
        with pytest.raises(UsageError):
            by_words.query(query)


@same_memory
@given(st.text(st.characters(categories=["Lu", "Ll", "Lo", "Nd"], max_codepoint=0x5FF), min_size=1))
def test_a_text_finds_itself(by_words: Memory, text: str) -> None:
    item = by_words.remember(text)
    assert item.id in [hit.item.id for hit in by_words.query(text, 100)]
    by_words.forget(id=item.id)


def test_a_query_of_a_megabyte_is_quick(by_words: Memory) -> None:
    by_words.remember("tea with milk")
    assert texts(by_words, "tea " + "x" * 1_000_000) == ["tea with milk"]
    assert texts(by_words, " ".join(f"w{i}" for i in range(200_000))) == []


def test_another_process_sees_and_is_seen(by_words: Memory, database: Database) -> None:
    by_words.remember("tea here")
    code = (
        "import sys; from mettaclaw.memory import Memory; from mettaclaw.storage import Database\n"
        "memory = Memory(Database.open(sys.argv[1]), patience_s=0)\n"
        "assert memory.count() == 1; memory.remember('tea there')"
    )
    subprocess.run([sys.executable, "-c", code, str(database.path)], check=True, timeout=60)
    assert sorted(texts(by_words, "tea")) == ["tea here", "tea there"]


def test_many_threads_write_without_loss(by_words: Memory) -> None:
    def work(name: int) -> None:
        for i in range(20):
            by_words.remember(f"fact {name} {i}")
            by_words.query(f"fact {name}")

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert by_words.count() == 80


def test_latest_are_newest_first(by_words: Memory) -> None:
    for word in ("one", "two", "three"):
        by_words.remember(word)
    assert [item.text for item in by_words.latest(2)] == ["three", "two"]


def test_importing_memory_is_light() -> None:
    code = (
        "import sys, mettaclaw.memory, mettaclaw.tools\n"
        "heavy = {'torch', 'numpy', 'sentence_transformers', 'transformers', 'hyperon'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60, cwd=Path(__file__).parent)


@pytest.mark.parametrize("limit", [-1, 10**30])
def test_a_number_of_items_that_cannot_be_is_refused(by_words: Memory, limit: int) -> None:
    with pytest.raises(UsageError, match="limit"):
        by_words.latest(limit)
