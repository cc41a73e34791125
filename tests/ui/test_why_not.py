"""``mettaclaw atoms why-not`` and ``/why-not``: what did not count, in text, objects, pictures."""

from __future__ import annotations

import shutil
from pathlib import Path
from xml.etree import ElementTree

import pytest

from mettaclaw.ui import pictures
from mettaclaw.ui.pictures import mermaid, svg
from tests.terminal import Claw
from tests.ui.test_repl import repl

FLIES = "(--> pingu flyer)"
REASON = "it is inherited by way of (--> pingu bird)"


@pytest.fixture(scope="module")
def told_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home where an exception speaks against what is inherited."""
    claw = Claw(tmp_path_factory.mktemp("told") / "home")
    for statement, f, day in (
        ("(--> pingu penguin)", "1", "02"),
        ("(--> penguin bird)", "1", "02"),
        ("(--> bird flyer)", "1", "02"),
        ("(--> penguin flyer)", "0", "04"),
    ):
        when = f"2026-03-{day}"
        claw("atoms", "add", statement, "--truth", f, "0.9", "--source", "ann", "--time", when)
    return claw.home


@pytest.fixture
def told(home: Path, told_home: Path) -> Claw:
    """A copy of it."""
    shutil.copytree(told_home, home)
    return Claw(home)


def test_what_holds_comes_first_and_then_what_did_not_count_with_the_reason(told: Claw) -> None:
    done = told("atoms", "why-not", FLIES)
    assert (done.code, done.err) == (0, "")
    lines = done.out.splitlines()
    assert lines[0] == "(--> pingu flyer)  f 0, c 0.81  by exclusion"
    assert "✗ (--> pingu flyer)  f 1, c 0.729" in lines
    reason = lines[lines.index("✗ (--> pingu flyer)  f 1, c 0.729") + 1]
    assert reason.strip().startswith(REASON)
    assert told("atoms", "why-not", "Pingu is a flyer").out == done.out, "English is read too"


def test_objects_have_answer_reasons_and_needs(told: Claw) -> None:
    (found,) = told("atoms", "why-not", FLIES, "--json").objects
    assert found["statement"] == FLIES
    assert found["answer"]["truth"] == pytest.approx([0.0, 0.81])
    assert found["rejected"][0]["reason"] == "general"
    assert found["needs"] == []


def test_of_what_is_unknown_it_is_said_what_would_be_needed(told: Claw) -> None:
    done = told("atoms", "why-not", "(--> pingu fish)")
    assert done.code == 0
    assert done.out.startswith("(--> pingu fish)  unknown\n  needed: (--> penguin fish)\n")


def test_evidence_that_was_taken_back_is_told_with_its_words(claw: Claw) -> None:
    claw("run", "Tom is a cat.")
    claw("atoms", "retract", "(--> tom cat)")
    done = claw("atoms", "why-not", "(--> tom cat)")
    assert done.code == 0
    assert '✗ (--> tom cat)  f 1, c 0.9\n  user said "Tom is a cat." on ' in done.out
    assert "; it was taken back on " in done.out


def test_a_past_moment_knows_no_later_exception(told: Claw) -> None:
    done = told("atoms", "why-not", FLIES, "--as-of", "2026-03-03")
    assert done.code == 0
    assert done.err.startswith("as of 2026-03-03 23:59 UTC\n")
    assert done.out.startswith("(--> pingu flyer)  f 1, c 0.729  by deduction\n")
    assert "exclusion" not in done.out


@pytest.mark.parametrize("as_json", [True, False])
def test_where_nothing_was_rejected_it_is_said(claw: Claw, as_json: bool) -> None:
    claw("atoms", "add", "(--> tom cat)", "--truth", "1", "0.9")
    done = claw("atoms", "why-not", "(--> tom cat)", *(["--json"] if as_json else []))
    assert (done.code, done.err) == (0, "nothing about (--> tom cat) was rejected\n")
    assert "(--> tom cat)" in done.out


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("(--> tom cat)", "error: nothing that is stored speaks for or against (--> tom cat)\n"),
        ("tom", "error: tom is only a word; try mettaclaw atoms why-not "),
        ("oh my", "error: I cannot read oh my as a statement; try mettaclaw atoms why-not "),
        ("$x", "names nothing"),
    ],
)
def test_of_nothing_there_is_nothing_to_tell(claw: Claw, statement: str, words: str) -> None:
    done = claw("atoms", "why-not", statement)
    assert (done.code, done.out) == (1, "")
    assert words in done.err


def test_it_is_drawn_into_files(told: Claw, tmp_path: Path) -> None:
    drawn, chart = tmp_path / "not.svg", tmp_path / "not.mmd"
    done = told("atoms", "why-not", FLIES, "--svg", str(drawn), "--mermaid", str(chart))
    assert (done.code, done.out) == (0, f"wrote {drawn}\nwrote {chart}\n")
    assert REASON in "".join(ElementTree.parse(drawn).getroot().itertext())
    assert chart.read_text(encoding="utf-8").startswith("flowchart TD\n")
    done = told("atoms", "why-not", FLIES, "--svg", str(drawn))
    assert done.code == 1
    assert "exists already" in done.err
    done = told("atoms", "why-not", FLIES, "--svg", "-", "--json")
    assert (done.code, done.out) == (2, "")


def test_several_statements_are_one_picture() -> None:
    from mettaclaw.atomspace import Atomspace

    with Atomspace.open(":memory:") as kb:
        kb.add("(--> tom cat)", (1.0, 0.9), source="sam")
        kb.add("(--> pat cat)", (1.0, 0.9), source="sam")
        kb.retire("sam")
        found = [kb.why_not(f"(--> {name} cat)") for name in ("tom", "pat")]
    parts = pictures.why_not_parts(*found)
    assert parts.title == "Why not (--> tom cat), (--> pat cat)"
    for text in (svg.draw(parts.graph()), mermaid.draw(parts.graph())):
        assert "tom" in text
        assert "pat" in text


def test_the_repl_tells_it_too(told: Claw, tmp_path: Path) -> None:
    drawn = tmp_path / "not.svg"
    with repl(told) as screen:
        screen.say("/why-not")
        screen.see("no proof was seen yet; name a statement: /why-not")
        screen.say("/why-not Pingu is a flyer")
        screen.see("✗ (--> pingu flyer)")
        screen.say(f"/why-not {FLIES} --as-of 2026-03-03")
        screen.see("as of 2026-03-03 23:59 UTC")
        screen.see("f 1, c 0.729")
        screen.say(f"/why-not {FLIES} --svg {drawn}")
        screen.see("wrote ")
        screen.say(f"!(why {FLIES})")
        screen.see("(proof")
        screen.say("/why-not")
        screen.see("✗ (--> pingu flyer)")
        screen.say("/why-not (--> zork blurb)")
        screen.see("nothing that is stored speaks for or against (--> zork blurb)")
        screen.say("/wh (--> a b)")
        screen.see("did you mean /why or /why-not?")
    assert ElementTree.parse(drawn).getroot().tag.endswith("svg")


def test_its_name_is_completed() -> None:
    from prompt_toolkit.completion import CompleteEvent
    from prompt_toolkit.document import Document

    from mettaclaw.ui.prompt import SlashCompleter

    completer = SlashCompleter(None)  # pyright: ignore[reportArgumentType]
    found = completer.get_completions(Document("/why"), CompleteEvent())
    assert [one.text for one in found] == ["why", "why-not"]


def test_evidence_that_was_forgotten_is_told_once_and_in_words(claw: Claw) -> None:
    claw("run", "Sam said that Tom is tame.")
    claw("run", "Forget what Sam said.")
    done = claw("atoms", "why-not", "(--> tom ([] tame))")
    assert done.out.count("sam said ") == 1
    assert "; it was forgotten on " in done.out
    assert "tool:" not in done.out
