"""``mettaclaw memory`` on items: what they are, where they stand, and their way in and out."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path

import pytest

from mettaclaw.memory import Embedder, Memory, items
from mettaclaw.ui import item_views
from tests.terminal import Claw, by_words

RULE = "(==> (--> $x cat) (--> $x lazy))"


@pytest.fixture
def words(claw: Claw) -> Claw:
    """The program in a home where items are found by their words alone."""
    by_words(claw.home)
    return claw


def fill(claw: Claw) -> None:
    claw("atoms", "add", "(--> garfield cat)", "--truth", "1", "0.9")
    with Memory.open(claw.home / "claw.db", Embedder(wanted=False)) as memory:
        memory.remember("Garfield is a cat.", "(--> garfield cat)", time=0.0, thread="t")
        memory.remember("Garfield is a cat.", source="file:x", time=60.0, thread="t")
        memory.remember("(x)", RULE, source="model:m", scope="s")
        memory.remember("long ago", expires=1.0)


def test_an_item_is_shown_in_full(words: Claw) -> None:
    fill(words)
    assert words("memory", "show", "1").out == (
        "item 1, a note\n"
        "Garfield is a cat.\n"
        "atom: (--> garfield cat) (stv 1.0 0.9)\n"
        "thread: t\n"
        "said: 1970-01-01 00:00 by user\n"
        "said: 1970-01-01 00:01 by file:x\n"
    )
    (item,) = words("memory", "show", "1", "--json").objects
    assert item["truths"] == [[1.0, 0.9]]
    assert [one["source"] for one in item["times"]] == ["user", "file:x"]
    done = words("memory", "show", "9")
    assert (done.code, done.err) == (
        1,
        "error: there is no item 9; `mettaclaw memory list` shows what there is\n",
    )


def test_lists_show_what_stands_how(words: Claw) -> None:
    fill(words)
    assert words("memory", "list").out == "2\t(x)\t(quarantined)\n1\tGarfield is a cat.\n"
    assert words("memory", "list", "--scope", "s").out == "2\t(x)\t(quarantined)\n"
    assert words("memory", "list", "--kind", "note").out == "1\tGarfield is a cat.\n"
    assert words("memory", "list", "--expired").out == "3\tlong ago\n"
    assert "no such item" in words("memory", "list", "--kind", "turn").err
    assert "(x)\t(quarantined)\n" in words("memory", "query", "lazy").out


def test_what_stands_nowhere_is_said_with_what_is_near(words: Claw) -> None:
    fill(words)
    words("memory", "remember", "The bank closes at six.", "--scope", "work")
    for name, said in (
        ("wrk", "there is no scope `wrk`; did you mean `work`?\n"),
        ("Work", "there is no scope `Work`; did you mean `work`?\n"),
        ("zzz", "there is no scope `zzz`; `mettaclaw memory scopes` names them\n"),
        ("work", "nothing that fits is remembered\n"),
    ):
        assert words("memory", "query", "tulips", "--scope", name).err == said
    assert "did you mean `work`?" in words("memory", "list", "--scope", "wrk").err
    assert "'foo' is not one of 'note'" in words("memory", "query", "x", "--kind", "foo").err
    done = words("memory", "query", "x", "--since", "2026-06", "--until", "May 2026")
    assert (done.code, "give the earlier time as since" in done.err) == (1, True)


def test_parts_of_memory_are_listed_with_what_is_in_them(words: Claw) -> None:
    assert words("memory", "scopes").err == "nothing is remembered yet\n"
    fill(words)
    first, second = words("memory", "scopes", "--json").objects
    assert (first["scope"], first["items"], first["first"]) == ("", 2, 0.0)
    assert (second["scope"], second["items"]) == ("s", 1)
    assert words("memory", "scopes").out.startswith("(no name)\t2\t1970-01-01 00:00\t")


def test_what_is_found_can_be_handed_on_by_its_id(words: Claw) -> None:
    fill(words)
    number, score, text, *_ = words("memory", "query", "Garfield").out.split("\t")
    assert (number, text) == ("1", "Garfield is a cat.")
    assert float(score) > 0
    assert text in words("memory", "show", number).out


def test_a_plan_tells_what_was_done(words: Claw) -> None:
    fill(words)
    said = words(
        *("memory", "query", "the cat", "--since", "1970", "--until", "June 2026", "--explain"),
        *("--kind", "note", "--kind", "told", "--scope", ""),
    ).out
    assert said.startswith(
        "plan\n"
        '  looked in scope ""\n'
        "  only what was said since 1970-01-01 00:00 before 2026-07-01 00:00 (UTC)\n"
        "  only of the kind note or told\n"
        "  by meaning: not compared, words alone decide\n"
        "  by words: cat\n"
    )


def test_an_item_is_kept_with_all_that_is_known_of_it(words: Claw) -> None:
    more = ("--thread", "monday", "--context", "on the boat", "--expires", "June 2999")
    (item,) = words("memory", "remember", "Yes.", *more, "--json").objects
    assert (item["thread"], item["context"]) == ("monday", "on the boat")
    assert item["expires"] == datetime(2999, 7, 1, tzinfo=timezone.utc).timestamp()
    assert "Yes." in words("memory", "query", "boat").out


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("delete", "forget"),
        ("rm", "forget"),
        ("search", "query"),
        ("find", "query"),
        ("edit", "forget, and then remember"),
        ("qurey", "query"),
        ("stats", "scopes"),
    ],
)
def test_a_word_of_other_programs_names_the_command(claw: Claw, typed: str, meant: str) -> None:
    done = claw("memory", typed, "x")
    assert (done.code, done.err) == (
        2,
        f"error: there is no command `{typed}`; did you mean {meant}?\n",
    )


def test_an_empty_log_says_what_it_is_and_where_the_rest_is(words: Claw) -> None:
    words("memory", "remember", "Garfield is a cat.")
    said = words("episodes").err
    assert "the log is empty: it has what is said and done in conversations" in said
    assert "`mettaclaw memory list`" in said
    assert "no line of the log fits" in words("episodes", "--since", "2h").err


def test_an_import_says_what_it_left_out_and_what_is_gone(words: Claw, tmp_path: Path) -> None:
    file = tmp_path / "a.md"
    file.write_text("# One\n\nkey: ghp_A1b2C3d4E5f6G7h8I9j0A1b2C3d4E5f6G7h8\n\n# Two\n\nMy gout.\n")
    assert "left out of what is kept: 1 token\n" in words("memory", "import", str(file)).err
    words("memory", "forget", "--entity", "gout", "--yes")
    file.write_text("# One\n\nnothing\n\n# Two\n\nMy gout.\n")
    done = words("memory", "import", str(file))
    assert done.out == "imported 1 new item from 1 file (notes)\n"
    assert "1 passage was forgotten before, and left out; --again takes it in\n" in done.err
    assert "1 passage is gone from the notes; --replace removes it\n" in done.err
    assert "1 new item, 1 known" in words("memory", "import", str(file), "--again").out


def test_a_person_promotes_and_demotes(words: Claw) -> None:
    fill(words)
    shown = words("memory", "show", "2").out
    assert "in quarantine; `mettaclaw memory promote 2` ends that\nexpires: " in shown
    assert words("memory", "promote", "2").out == "item 2 has a usefulness of 1.00, and is free\n"
    assert words("memory", "demote", "2").out == "item 2 has a usefulness of 0.00\n"
    shown = words("memory", "show", "2").out
    assert "quarantine" not in shown
    assert "expires" not in shown
    assert "usefulness: " in shown


def test_a_person_says_what_bears_an_item_out_and_what_speaks_against_it(words: Claw) -> None:
    fill(words)
    words("run", "Tom is lazy.")
    line = words("episodes", "--limit", "1").out.split()[0]
    once = "item 2 has 1 for it, 0 against it; it is in quarantine\n"
    assert words("memory", "support", "2").out == once
    assert words("memory", "support", "2").out == once
    freed = words("memory", "support", "2", "--episode", line).out
    assert freed == "item 2 has 2 for it, 0 against it; it is free\n"
    said = words("memory", "contradict", "2").out
    assert said == "item 2 has 1 for it, 1 against it; it is free\n"
    assert "evidence: 1 for it, 1 against it\n" in words("memory", "show", "2").out
    done = words("memory", "support", "2", "--episode", "999")
    assert (done.code, done.out) == (1, "")
    assert "line 999 of the log is not there; `mettaclaw episodes`" in done.err
    assert "there is no item 77" in words("memory", "contradict", "77").err


def test_without_a_model_reindex_says_what_is_lacking(words: Claw) -> None:
    done = words("memory", "reindex")
    assert done.code == 1
    assert "meaning = false" in done.err


@pytest.mark.neural
@pytest.mark.slow
def test_what_is_imported_has_vectors_which_an_export_carries(claw: Claw, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("My sister plays the cello.\n")
    assert claw("memory", "import", str(tmp_path / "a.md")).out == (
        "imported 1 new item from 1 file (notes)\n"
    )
    assert claw("memory", "reindex").out == "all-MiniLM-L6-v2 serves: 1 item, 0 new vectors\n"
    assert claw("memory", "export", str(tmp_path / "x.jsonl"), "--vectors").code == 0
    other = Claw(tmp_path / "other")
    assert "1 vector taken" in other("memory", "import", str(tmp_path / "x.jsonl")).err
    assert other("memory", "reindex").out == "all-MiniLM-L6-v2 serves: 1 item, 0 new vectors\n"


def test_an_export_goes_through_a_pipe(words: Claw, tmp_path: Path) -> None:
    fill(words)
    exported = words("memory", "export", "-").out
    other = Claw(tmp_path / "other")
    by_words(other.home)
    assert other("memory", "import", "-", stdin=exported).out == (
        "imported 3 new items from 1 file (jsonl)\n"
    )
    assert other("memory", "export", "-").out.splitlines()[1:] == exported.splitlines()[1:]


def test_what_is_left_out_is_said(words: Claw, tmp_path: Path) -> None:
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "a.md").write_text("A note.")
    (folder / "b.md").write_bytes(b"\xff")
    (folder / ".c.md").write_text("hidden")
    done = words("memory", "import", str(folder))
    assert done.out == "imported 1 new item from 1 file (notes)\n"
    assert "left out: 1 × hidden file\n" in done.err
    assert "left out: b.md (b.md, line 1: this is not UTF-8 text" in done.err
    again = words("memory", "import", str(folder))
    assert "1 file read before and unchanged since; `mettaclaw memory import --again`" in again.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere"], "nowhere is not there"),
        (["/dev/null"], "no regular file"),
        (["x.bin", "--as", "films"], "'films'"),
        (["x.md", "--replace", "--as", "chat"], "--replace"),
    ],
)
def test_a_wrong_import_says_what_to_do(
    words: Claw, tmp_path: Path, arguments: list[str], said: str
) -> None:
    (tmp_path / "x.md").write_text("x")
    done = words("memory", "import", *arguments, cwd=tmp_path)
    assert done.code in (1, 2)
    assert said in done.err
    assert done.err.startswith("error: ")


def test_the_kinds_that_a_command_offers_are_those_there_are() -> None:
    assert item_views.KINDS == items.KINDS, "named twice, so that --help need not load memory"
