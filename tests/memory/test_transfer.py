"""Import and export: round trips, notes and chats as they are, nothing twice, errors in place."""

from __future__ import annotations

import base64
import json
import os
from array import array
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mettaclaw.errors import UsageError
from mettaclaw.memory import Embedder, Item, Memory, erasure, votes
from mettaclaw.memory.selection import What
from mettaclaw.memory.transfer import dump, lines, load, look
from mettaclaw.memory.transfer.passages import CHARS, WORDS, pieces, split


def other(tmp_path: Path, name: str = "other") -> Memory:
    """An empty memory with no embedding model."""
    return Memory.open(tmp_path / f"{name}.db", Embedder(tmp_path / "no-model"))


def texts(memory: Memory, **options: str) -> list[str | None]:
    return [item.text for item in reversed(memory.latest(10_000, **options))]


def without_ids(exported: list[str]) -> list[dict[str, object]]:
    return [{k: v for k, v in json.loads(line).items() if k != "id"} for line in exported[1:]]


def write(file: Path, *values: object) -> Path:
    file.write_text("".join(f"{json.dumps(value)}\n" for value in values), encoding="utf-8")
    return file


# --- JSON Lines ---


def fill(memory: Memory) -> None:
    """Items of all kinds."""
    memory.remember("Garfield is a cat.", "(--> garfield cat)", time=1_700_000_000.123456)
    memory.remember("Garfield is a cat.", source="file:b", time=1_700_000_001)
    memory.remember(atom=["(likes $x lasagna)", '(says "a\\nb")'], scope="facts", time=-5.0)
    memory.remember(" שלום 👩‍👩‍👧 你好\n\tx ", speaker="Ann", thread="t", scope="facts")
    memory.remember("And then?", speaker="Bob", thread="t", scope="facts", kind="turn")
    memory.remember("Well.", speaker="Ann", thread="t", scope="facts", kind="turn")
    memory.remember("soon gone", expires="2400-01-01", context="a note")
    memory.remember("(==> (a $x) (b $x))", "(==> (a $x) (b $x))", source="model:x")
    memory.promote(1)
    memory.contradict(1)
    memory.support(1, 7)
    memory.contradict(1, 8, by_person=False)


def test_an_export_read_into_an_empty_home_exports_the_same(
    by_words: Memory, tmp_path: Path
) -> None:
    fill(by_words)
    by_words.forget(text="Well.")  # so that ids differ
    assert dump(by_words, tmp_path / "x.jsonl") == 6
    with other(tmp_path) as copy:
        assert load(copy, tmp_path / "x.jsonl").new == 6
        assert without_ids(list(lines(copy))) == without_ids(list(lines(by_words)))
        assert votes.tally(copy.database, 1) == votes.Votes(1, 2)
        twin = copy.get(6)
        assert twin is not None
        assert (twin.kind, twin.is_quarantined) == ("rule", True)


def test_an_export_read_into_its_own_home_changes_nothing(by_words: Memory, tmp_path: Path) -> None:
    fill(by_words)
    before = list(lines(by_words))
    dump(by_words, tmp_path / "x.jsonl")
    for again in (False, True):
        assert load(by_words, tmp_path / "x.jsonl", again=again).new == 0
    assert list(lines(by_words)) == before


@given(
    st.lists(
        st.tuples(
            st.text(
                st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1
            ).filter(str.strip),
            st.sampled_from([None, "Ann", "a b"]),
            st.sampled_from([None, "t", "u"]),
            st.integers(-62_000_000_000_000_000, 250_000_000_000_000_000),
        ),
        max_size=12,
    )
)
def test_every_text_survives_the_round_trip(
    tmp_path_factory: pytest.TempPathFactory, said: list[tuple[str, str | None, str | None, int]]
) -> None:
    folder = tmp_path_factory.mktemp("trip")
    with other(folder) as first, other(folder, "second") as second:
        for text, speaker, thread, micros in said:
            first.remember(text, speaker=speaker, thread=thread, time=micros / 1e6)
        dump(first, folder / "x.jsonl")
        load(second, folder / "x.jsonl")
        assert without_ids(list(lines(second))) == without_ids(list(lines(first)))
        kept = [(item.text, item.speaker) for item in first.latest()]
        assert kept == [(item.text, item.speaker) for item in second.latest()]


def test_votes_of_two_homes_are_united_each_once_and_decide(
    by_words: Memory, tmp_path: Path
) -> None:
    rule = "(==> (a $x) (b $x))"
    with other(tmp_path) as copy:
        for memory in (by_words, copy):
            kept = memory.remember(rule, rule, source="model:x")
            assert memory.support(kept.id, 1).is_quarantined
        dump(copy, tmp_path / "x.jsonl")
    assert load(by_words, tmp_path / "x.jsonl").again == 1
    for _ in range(2):
        item = by_words.get(1)
        assert item is not None
        assert (item.is_quarantined, item.expires) == (False, None)
        assert votes.tally(by_words.database, 1) == votes.Votes(2, 0)
        assert load(by_words, tmp_path / "x.jsonl", again=True).known == 1


def test_of_two_states_of_usefulness_the_later_stands(by_words: Memory, tmp_path: Path) -> None:
    by_words.remember("tea")
    with other(tmp_path) as copy:
        copy.remember("tea")
        copy.promote(1)
        dump(copy, tmp_path / "x.jsonl")
    for _ in range(2):
        load(by_words, tmp_path / "x.jsonl", again=True)
        item = by_words.get(1)
        assert item is not None
        assert item.value == 1.0
    later = by_words.promote(1).value
    load(by_words, tmp_path / "x.jsonl", again=True)
    item = by_words.get(1)
    assert item is not None
    assert item.value == later


def test_a_rule_of_a_model_that_comes_in_a_file_is_on_trial(
    by_words: Memory, tmp_path: Path
) -> None:
    line = {"text": "a", "atoms": ["(==> a b)"], "source": "model:x"}
    load(by_words, write(tmp_path / "x.jsonl", line))
    (item,) = by_words.latest()
    assert (item.kind, item.is_quarantined) == ("rule", True)
    assert item.expires is not None


def test_a_scope_and_items_without_atoms_can_be_exported_alone(by_words: Memory) -> None:
    fill(by_words)
    assert {line.get("scope") for line in without_ids(list(lines(by_words, "facts")))} == {"facts"}
    first, *_ = without_ids(list(lines(by_words, "", atoms=False)))
    assert "atoms" not in first
    assert all("text" in one or "atoms" in one for one in without_ids(list(lines(by_words))))


def test_a_line_that_is_wrong_is_named_and_those_before_it_are_kept(
    by_words: Memory, tmp_path: Path
) -> None:
    file = write(tmp_path / "x.jsonl", {"text": "one"}, {"text": "two"}, {"txt": "three"})
    told = r"x\.jsonl, line 3: there is nothing.*what was before it \(2\) is kept"
    with pytest.raises(UsageError, match=told):
        load(by_words, file)
    assert texts(by_words) == ["one", "two"]
    write(file, {"text": "one"}, {"text": "two"}, {"text": "three"})
    assert load(by_words, file).new == 1
    assert [item.count for item in by_words.latest()] == [1, 1, 1]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "line 1: this is not JSON"),
        ("[1]", "one object"),
        ('{"text": 5}', "`text` is a text"),
        ('{"text": " "}', "empty"),
        ('{"text": "x", "atoms": "(a"}', "line 1"),
        ('{"text": "x", "atoms": [5]}', "`atoms` is a list"),
        ('{"text": "x", "time": "soon"}', "line 1"),
        ('{"text": "x", "time": NaN}', "`time` is nan"),
        ('{"text": "x", "count": 1e99}', "`count`"),
        ('{"text": "x", "times": 5}', "`times`"),
        ('{"text": "x", "vector": "é"}', "`vector`"),
        ('{"format": "other"}', "its format is"),
        ('{"format": "mettaclaw-memory", "version": 2}', "update it"),
        (json.dumps({"text": "x" * 300_000}), "200,000"),
        (json.dumps({"text": "x" * 10_000_000}), "more than 4,000,000 bytes"),
        ("[" * 100_000, "line 1: this is not JSON"),
    ],
    ids=range(16),
)
def test_a_wrong_line_says_what_is_wrong(
    by_words: Memory, tmp_path: Path, line: str, said: str
) -> None:
    file = tmp_path / "x.jsonl"
    file.write_text(f"{line}\n", encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        load(by_words, file, "jsonl")
    assert said in str(caught.value)
    assert len(str(caught.value)) < 400
    assert by_words.count() == 0


def test_times_of_two_exports_of_one_item_are_united(by_words: Memory, tmp_path: Path) -> None:
    said = [{"time": t, "source": "user"} for t in (1, 2, 3)]
    write(tmp_path / "a.jsonl", {"text": "x", "source": "user", "time": 1, "times": said[:2]})
    write(tmp_path / "b.jsonl", {"text": "x", "source": "user", "time": 2, "times": said[1:]})
    for name in ("a", "b", "a", "b"):
        load(by_words, tmp_path / f"{name}.jsonl", again=True)
    assert sorted(by_words.times(1)) == [(1.0, "user"), (2.0, "user"), (3.0, "user")]
    assert by_words.latest()[0].count == 3


def test_only_vectors_of_the_model_that_serves_are_taken(by_words: Memory, tmp_path: Path) -> None:
    model = by_words.embeddings.embedder
    unit = array("f", [1.0] + [0.0] * (model.size - 1))

    def encoded(values: array[float]) -> str:
        return base64.b64encode(values.tobytes()).decode()

    file = write(
        tmp_path / "x.jsonl",
        {"format": "mettaclaw-memory", "version": 1, "model": model.name},
        {"text": "fits", "vector": encoded(unit)},
        {"text": "of another model", "vector": encoded(unit), "model": "other"},
        {"text": "too short", "vector": encoded(unit[:10])},
        {"text": "not of length one", "vector": encoded(array("f", [2.0] * model.size))},
        {"text": "no number", "vector": encoded(array("f", [float("nan")] * model.size))},
        {"text": "none"},
    )
    report = load(by_words, file)
    assert (report.new, report.vectors, report.strange) == (6, 1, 4)
    assert by_words.embeddings.left() == 5
    exported = without_ids(list(lines(by_words, vectors=True)))
    assert [line.get("vector") for line in exported] == [encoded(unit)] + [None] * 5


# --- notes ---


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    folder = tmp_path / "notes"
    (folder / "trips").mkdir(parents=True)
    (folder / ".git").mkdir()
    (folder / ".git" / "x.md").write_text("hidden")
    (folder / "recipes.md").write_text("# Soups\n\n## Tomato\n\nTake six tomatoes.\n")
    (folder / "trips" / "2024-03-05 rome.txt").write_text("The train left at nine.\n")
    (folder / "picture.png").write_bytes(b"\x89PNG")
    (folder / "binary.md").write_bytes(b"a\0b")
    (folder / "latin.md").write_bytes("caf\xe9".encode("latin-1"))
    (folder / "empty.md").write_text(" \n")
    os.symlink("/etc/hostname", folder / "out.md")
    os.symlink("/etc", folder / "etc")
    return folder


def test_a_folder_of_notes_is_read_and_what_is_left_out_is_named(
    by_words: Memory, notes: Path
) -> None:
    report = load(by_words, notes)
    first, second = reversed(by_words.latest())
    assert (first.text, first.kind, first.source) == (
        "# Soups\n\n## Tomato\n\nTake six tomatoes.",
        "passage",
        "file:recipes.md",
    )
    assert (first.context, first.thread) == ("recipes > Soups > Tomato", "recipes.md")
    assert (second.text, second.time) == ("The train left at nine.", 1_709_596_800.0)
    assert set(report.left.files) == {"binary.md", "latin.md", "empty.md", "out.md"}
    assert report.left.parts == {
        "hidden folder": 1,
        "link to a folder": 1,
        "file that is not .md, .markdown or .txt": 1,
    }


def test_notes_that_changed_are_read_again_and_nothing_is_counted_twice(
    by_words: Memory, notes: Path
) -> None:
    load(by_words, notes)
    (notes / "recipes.md").write_text("# Soups\n\nTake six tomatoes.\n\n# Bread\n\nTake flour.\n")
    (notes / "new.md").write_text("A new note.")
    report = load(by_words, notes)
    assert (report.files, report.unchanged) == (2, 1)
    assert len(texts(by_words)) == 5  # the old passage stays
    assert report.gone == 1
    assert {item.count for item in by_words.latest()} == {1}
    assert load(by_words, notes).files == 0


def test_with_replace_what_is_gone_from_the_notes_is_removed(by_words: Memory, notes: Path) -> None:
    by_words.remember("mine", thread="recipes.md")
    load(by_words, notes)
    (notes / "recipes.md").write_text("Take flour.\n")
    (notes / "trips" / "2024-03-05 rome.txt").unlink()
    assert load(by_words, notes, replace=True).removed == 2
    assert texts(by_words) == ["mine", "Take flour."]


def test_what_was_forgotten_stays_so_until_it_is_asked_for(by_words: Memory, notes: Path) -> None:
    load(by_words, notes)
    by_words.forget(text="The train left at nine.")
    assert load(by_words, notes).new == 0
    assert load(by_words, notes, again=True).new == 1


SECRETS = "sk-proj-" + "Ab1Cd2Ef3Gh4Ij5Kl6Mn7Op8" * 2, "ghp_" + "A1b2C3d4E5f6G7h8I9j0" * 2


def test_what_is_left_out_as_a_secret_is_counted_and_stays_with_replace(
    by_words: Memory, tmp_path: Path
) -> None:
    file = tmp_path / "a.md"
    file.write_text("".join(f"# {n}\n\nThe key is {key}\n\n" for n, key in enumerate(SECRETS)))
    report = load(by_words, file)
    assert (report.new, sum(report.redacted.values())) == (2, 2)
    again = load(by_words, file, replace=True)
    assert (again.known, again.removed, sum(again.redacted.values())) == (2, 0, 2)
    assert by_words.count() == 2


def test_what_was_forgotten_stays_so_when_its_file_changes(
    by_words: Memory, tmp_path: Path
) -> None:
    file = tmp_path / "health.md"
    file.write_text("# Uncle\n\nHe has gout.\nHe walks.\n\n# Shop\n\nBuy milk.\n")
    load(by_words, file)
    assert len(by_words.forget(entity="gout").items) == 1
    file.write_text("# Uncle\n\nHe has\ngout. He swims.\n\n# Shop\n\nBuy oat milk.\n")
    report = load(by_words, file)
    assert (report.new, report.forgotten) == (2, 1)
    assert texts(by_words) == ["# Shop\n\nBuy milk.", "He swims.", "# Shop\n\nBuy oat milk."]
    again = load(by_words, file, again=True)
    assert (again.new, again.forgotten) == (1, 0)
    assert "# Uncle\n\nHe has\ngout. He swims." in texts(by_words)
    file.write_text(file.read_text() + "\nAnd bread.\n")
    assert load(by_words, file).forgotten == 0  # it was wanted again


def test_what_was_forgotten_is_known_under_another_name_and_only_as_a_whole(
    by_words: Memory, tmp_path: Path
) -> None:
    (tmp_path / "a.md").write_text("Uncle Joe has gout. He is at home today.\n")
    load(by_words, tmp_path / "a.md")
    by_words.forget(entity="gout")
    (tmp_path / "b.md").write_text("UNCLE Joe has gout.\nHe is at home today.\n")
    (tmp_path / "c.md").write_text("He is at home today.\n")
    assert load(by_words, tmp_path / "b.md").forgotten == 1
    assert load(by_words, tmp_path / "c.md").new == 1
    assert texts(by_words) == ["He is at home today."]
    by_words.remember("Uncle Joe has gout. He is at home today.")
    assert by_words.count() == 2


def test_a_preview_of_forgetting_keeps_nothing_out(by_words: Memory, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("Uncle Joe has gout. He is at home today.\n")
    load(by_words, tmp_path / "a.md")
    assert erasure.preview(by_words.database, What(entity="gout")).items
    assert by_words.database.row("SELECT count(*) FROM item_erased") == (0,)


def test_front_matter_gives_the_date_and_is_no_passage(by_words: Memory, tmp_path: Path) -> None:
    front = "---\ntitle: The Gouda trip\ndate: 2026-11-17\ntags:\n  - cheese\n  - canals\n---\n"
    (tmp_path / "a.md").write_text(f"{front}# H\n\nBody.\n")
    load(by_words, tmp_path / "a.md")
    (item,) = by_words.latest()
    assert (item.text, item.time) == ("# H\n\nBody.", 1_794_873_600.0)
    assert item.context == "a > H\nThe Gouda trip, cheese, canals"
    assert by_words.query("canals")[0].item == item


def test_text_between_two_rules_is_no_front_matter(by_words: Memory, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("---\nNote: we met.\nThen it rained.\n---\nBody.\n")
    load(by_words, tmp_path / "a.md")
    assert "Then it rained." in "".join(item.words for item in by_words.latest())


@given(
    st.lists(
        st.sampled_from(
            [
                "# A",
                "## B c",
                "text",
                "long " * 150,
                "One. Two? " * 60,
                "```",
                "---",
                "- x",
                "",
                "",
                "字" * 700,
                "مرحبا بك.",
                "👩‍👩‍👧" * 300,
                "    code",
                "=====",
                "~~~",
                "x" * 5_000,
            ]
        ),
        max_size=30,
    ),
    st.booleans(),
)
def test_passages_hold_all_words_of_a_text_in_order(parts: list[str], markdown: bool) -> None:
    text = "\n".join(parts)
    found = list(split(text, markdown=markdown))
    at = 0
    for passage in found:
        assert text[passage.start : passage.start + len(passage.text)] == passage.text
        assert not text[at : passage.start].strip()
        at = passage.start + len(passage.text)
    assert not text[at:].strip()
    assert all(len(one.text.split()) <= 2 * WORDS for one in found)
    assert all(len(one.text) <= 2 * CHARS for one in found)


def test_a_long_paragraph_is_cut_where_a_sentence_ends() -> None:
    text = " ".join(f"Sentence number {n} is here." for n in range(300))
    found = [passage.text for passage in split(text)]
    assert len(found) > 5
    assert all(one.endswith(".") and one.startswith("Sentence") for one in found)


def test_pieces_are_a_text_in_order() -> None:
    text = "a b. " * 100 + "x" * 500
    assert "".join("".join(pieces(text, 60)).split()) == "".join(text.split())
    assert all(len(piece) <= 60 for piece in pieces(text, 60))


# --- chats ---


def roles(items: list[Item]) -> list[tuple[str | None, str | None, str | None]]:
    return [(item.thread, item.speaker, item.text) for item in reversed(items)]


def test_messages_of_openai_become_turns(by_words: Memory, tmp_path: Path) -> None:
    messages = [
        {"role": "system", "content": "Be kind."},
        {"role": "user", "content": "Yes.", "name": "Ann"},
        {"role": "assistant", "content": None, "tool_calls": [{}]},
        {"role": "tool", "content": "4"},
        {
            "role": "assistant",
            "content": [{"type": "text", "text": "Fine."}, {"type": "image_url"}],
        },
        {"role": "user", "content": "Yes.", "name": "Ann"},
    ]
    expected = [("Ann", "Yes."), ("assistant", "Fine.")]
    lists = write(tmp_path / "a.json", messages)
    objects = write(tmp_path / "b.json", {"messages": messages})
    many = write(tmp_path / "c.jsonl", {"messages": messages}, {"id": "q7", "messages": messages})
    for file, threads in (
        (lists, ["a.json"]),
        (objects, ["b.json"]),
        (many, ["c.jsonl 1", "chat q7"]),
    ):
        report = load(by_words, file, scope=file.name)
        found = by_words.latest(scope=file.name)
        assert roles(found) == [(t, who, text) for t in threads for who, text in expected]
        assert [item.count for item in reversed(found)] == [2, 1] * len(threads)
        assert {item.source for item in found} == {f"file:{file.name}"}
        assert report.left.parts["image url in a message"] == len(threads)
        assert load(by_words, file, scope=file.name, again=True).known == 3 * len(threads)


def test_of_chatgpts_conversations_the_branch_last_seen_is_read(
    by_words: Memory, tmp_path: Path
) -> None:
    def node(parent: str | None, role: str, text: object, time: float, *children: str) -> object:
        content = {"content_type": "text", "parts": [text]}
        message = {"author": {"role": role}, "create_time": time, "content": content}
        return {"parent": parent, "children": list(children), "message": message}

    tree = {
        "title": "Soup",
        "conversation_id": "abc",
        "current_node": "d",
        "mapping": {
            "a": {"parent": None, "children": ["b", "c"], "message": None},
            "b": node("a", "user", "the first try", 10.0),
            "c": node("a", "user", "How do I make soup?", 11.5, "d"),
            "d": node("c", "assistant", "With water.", 12.0),
        },
    }
    file = tmp_path / "conversations.json"
    file.write_text(json.dumps([tree], indent=1))
    assert look(file) == "chat"
    report = load(by_words, file)
    assert roles(by_words.latest()) == [
        ("chat abc", "user", "How do I make soup?"),
        ("chat abc", "assistant", "With water."),
    ]
    assert [item.time for item in by_words.latest()] == [12.0, 11.5]
    assert report.left.parts == {"message of another branch": 1}


@pytest.mark.parametrize("layout", ["list", "keys"])
def test_locomos_conversations_are_read_in_both_layouts(
    by_words: Memory, tmp_path: Path, layout: str
) -> None:
    turns = [{"speaker": "Ann", "dia_id": "D1:1", "text": "Hi!", "blip_caption": "a dog"}]
    date = "1:56 pm on 8 May, 2023"
    if layout == "list":
        value = {"sessions": [{"session": 1, "date_time": date, "turns": turns}]}
    else:
        told = {"session_1": turns, "session_1_date_time": date, "session_2_date_time": date}
        value = {"sample_id": "one", "conversation": told}
    file = write(tmp_path / "one.json", value)
    assert look(file) == "locomo"
    report = load(by_words, file, scope="s")
    assert roles(by_words.latest()) == [("one session 1", "Ann", "Hi! [image: a dog]")]
    assert [(i.time, i.scope, i.kind) for i in by_words.latest()] == [(1683554160.0, "s", "turn")]
    assert not report.left.parts


@pytest.mark.parametrize(
    ("name", "octets", "said"),
    [
        ("a.md", b"\xff\xfe\x00", "NUL"),
        ("a.md", b"caf\xe9", "line 1: this is not UTF-8"),
        ("a.md", b"", "is empty"),
        ("a.json", b"{}", "--as notes, chat"),
        ("a.json", b'{"messages": 5}', "no list"),
        ("a.json", b'{"messages": [5]}', "message 1 is no object"),
        ("a.json", b'[{"messages": []}, 5]', "conversation 2 is none"),
        ("a.json", b'{"sessions": [{"session": 1}]}', "not as LoCoMo's are: no 'date_time'"),
        ("a.pdf", b"%PDF\0", "no text"),
    ],
    ids=range(9),
)
def test_a_file_that_cannot_be_read_says_why(
    by_words: Memory, tmp_path: Path, name: str, octets: bytes, said: str
) -> None:
    (tmp_path / name).write_bytes(octets)
    with pytest.raises(UsageError) as caught:
        load(by_words, tmp_path / name)
    assert said in str(caught.value)


def test_an_empty_folder_and_one_without_notes_say_so(by_words: Memory, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match="holds neither notes"):
        load(by_words, tmp_path / "empty")
    with pytest.raises(UsageError, match="holds no notes"):
        load(by_words, tmp_path / "empty", "notes")
    with pytest.raises(UsageError, match="is not there"):
        load(by_words, tmp_path / "nowhere")


def test_large_notes_are_read_whatever_they_are(by_words: Memory, tmp_path: Path) -> None:
    made = {
        "headings.md": "# " + "#" * 400 + "b\n" + "# x\n" * 100_000,
        "word.md": "x" * 2_000_000,
        "line.txt": "many words and no end " * 100_000,
        "fence.md": "```\n" + "code\n" * 100_000,
    }
    for name, text in made.items():
        (tmp_path / name).write_text(text)
    assert load(by_words, tmp_path).files == 4
    row = by_words.database.row("SELECT max(length(text)), sum(count) FROM item")
    assert row is not None
    assert row[0] <= 2 * CHARS
    assert row[1] > 1_900
