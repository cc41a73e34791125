"""``mettaclaw memory`` on items: list, show, promote, demote, reindex, import and export."""

from __future__ import annotations

from pathlib import Path

import pytest

from mettaclaw.memory import Embedder, Memory
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
