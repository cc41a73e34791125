"""Proofs drawn into files: ``mettaclaw atoms why … --svg FILE`` and ``/why … --mermaid FILE``."""

from __future__ import annotations

import shutil
from pathlib import Path
from xml.etree import ElementTree

import pytest

from mettaclaw.errors import UsageError
from mettaclaw.ui.pictures.files import Target, asked
from tests.terminal import Claw
from tests.ui.test_repl import repl

ANIMAL = "(--> garfield animal)"


@pytest.fixture(scope="module")
def told_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home where a proof has two premises."""
    claw = Claw(tmp_path_factory.mktemp("told") / "home")
    claw("atoms", "add", "(--> garfield cat)", "--truth", "1", "0.9", "--source", "vet")
    claw("atoms", "add", "(--> cat animal)", "--truth", "1", "0.9")
    return claw.home


@pytest.fixture
def told(home: Path, told_home: Path) -> Claw:
    """A copy of it."""
    shutil.copytree(told_home, home)
    return Claw(home)


def why(claw: Claw, *args: str) -> tuple[int, str, str]:
    done = claw("atoms", "why", ANIMAL, *args)
    return done.code, done.out, done.err


def test_a_proof_is_drawn_into_files(told: Claw, tmp_path: Path) -> None:
    svg, mermaid = tmp_path / "proof.svg", tmp_path / "proof.mmd"
    assert why(told, "--svg", str(svg), "--mermaid", str(mermaid)) == (
        0,
        f"wrote {svg}\nwrote {mermaid}\n",
        "",
    )
    assert "vet said it" in "".join(ElementTree.parse(svg).getroot().itertext())
    assert mermaid.read_text(encoding="utf-8").startswith("flowchart TD\n")
    assert sorted(file.name for file in tmp_path.iterdir() if file.is_file()) == [
        "proof.mmd",
        "proof.svg",
    ]


def test_a_file_is_written_over_only_by_force(told: Claw, tmp_path: Path) -> None:
    file = tmp_path / "proof.svg"
    file.write_text("mine")
    code, out, err = why(told, "--svg", str(file))
    assert (code, out) == (1, "")
    assert err == f"error: {file} exists already; name a new file, or add --force\n"
    assert file.read_text() == "mine"
    assert why(told, "--svg", str(file), "--force")[0] == 0
    assert file.read_text(encoding="utf-8").startswith("<svg ")


def test_a_link_stays_one_and_what_it_leads_to_is_written(told: Claw, tmp_path: Path) -> None:
    file, link = tmp_path / "proof.svg", tmp_path / "link.svg"
    file.write_text("old")
    link.symlink_to(file)
    assert why(told, "--svg", str(link), "--force")[0] == 0
    assert link.is_symlink()
    assert file.read_text(encoding="utf-8").startswith("<svg ")


def test_a_picture_on_stdout_is_alone_there(told: Claw, tmp_path: Path) -> None:
    code, out, err = why(told, "--svg", "-")
    assert (code, err) == (0, "")
    assert ElementTree.fromstring(out).tag.endswith("svg")
    file = tmp_path / "proof.mmd"
    _, out, err = why(told, "--svg", "-", "--mermaid", str(file))
    assert ElementTree.fromstring(out).tag.endswith("svg")
    assert err == f"wrote {file}\n"


def test_json_comes_beside_files(told: Claw, tmp_path: Path) -> None:
    file = tmp_path / "proof.svg"
    done = told("atoms", "why", ANIMAL, "--json", "--svg", str(file))
    assert done.objects[0]["rule"] == "deduction"
    assert done.err == f"wrote {file}\n"
    assert file.exists()


def test_words_that_stdout_cannot_encode_become_codes(told: Claw) -> None:
    told("atoms", "add", "(--> tom 猫)", "--truth", "1", "0.9")
    told = Claw(told.home, {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"})
    out = told("atoms", "why", "(--> tom 猫)", "--svg", "-").out
    assert "(--> tom 猫)" in "".join(ElementTree.fromstring(out).itertext())
    assert "(--#62; tom #29483;)" in told("atoms", "why", "(--> tom 猫)", "--mermaid", "-").out


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (["--svg", "/nowhere/at/all.svg"], 1, "there is no folder /nowhere/at"),
        (["--svg", "/dev/null", "--force"], 1, "is no regular file; - is stdout"),
        (["--svg", ""], 1, "- is stdout"),
        (["--svg", "."], 1, "is a folder"),
        (["--svg", "-", "--mermaid", "-"], 1, "name two files"),
        (["--svg", "-", "--json"], 2, "cannot both go to stdout"),
    ],
)
def test_what_cannot_be_written_is_said_before_anything_is_done(
    told: Claw, args: list[str], code: int, words: str
) -> None:
    found, out, err = why(told, *args)
    assert (found, out) == (code, "")
    assert words in err
    assert len(err.splitlines()) == 1


def test_the_repl_draws_into_files_too(told: Claw, tmp_path: Path) -> None:
    svg, mermaid = tmp_path / "my proof.svg", tmp_path / "last.mmd"
    with repl(told) as screen:
        screen.say(f'/why {ANIMAL} --svg "{svg}"')
        screen.see("wrote ")
        screen.say(f"!(why {ANIMAL})")
        screen.see("(proof")
        screen.say(f"/why --mermaid {mermaid}")
        screen.see("wrote ")
        screen.say(f"/why {ANIMAL} --svg '{svg}'")
        screen.see("already")  # one word: lines are broken where the path ends
        screen.say("/why --svg")
        screen.see("needs")
    assert ElementTree.parse(svg).getroot().tag.endswith("svg")
    assert mermaid.read_text(encoding="utf-8").startswith("flowchart TD\n")


def test_options_in_the_repl_end_the_statement_and_no_statement_is_torn(tmp_path: Path) -> None:
    file = tmp_path / "a(1).svg"
    drawn = [Target("svg", file)]
    assert asked(f"(--> a b) --svg {str(file)!r}") == ("(--> a b)", drawn)
    assert asked(f"Garfield is an animal --svg='{file}'") == ("Garfield is an animal", drawn)
    assert asked(f"--svg={str(file)!r} --force") == ("", drawn)
    assert asked('(says "x --svg y" --svg z)') == ('(says "x --svg y" --svg z)', [])
    assert asked(f"(says --svg z) --svg '{file}'") == ("(says --svg z)", drawn)
    assert asked("") == ("", [])
    for wrong, words in (
        ("(a b) --svg", "needs the name of a file"),
        ("(a b) --svg --force", "needs the name of a file"),
        ("(a b) --svg x --png y", "there is no option --png; there are --svg"),
        ("(a b) --svg 'x", "a quotation mark is open"),
    ):
        with pytest.raises(UsageError, match=words):
            asked(wrong)
