"""The past in the terminal: looking back, both sides of a contradiction, taking changes back."""

from __future__ import annotations

import asyncio
import io
import re
import shlex
import shutil
import time
from pathlib import Path

import pytest
from rich.console import Console

from mettaclaw.agent import Agent
from mettaclaw.errors import UsageError
from mettaclaw.ui import moments, slash
from mettaclaw.ui.desk import Desk
from tests.terminal import ROOT, Claw
from tests.ui.test_repl import PROMPT, repl

CAT, ANIMAL = "(--> tom cat)", "(--> tom animal)"


@pytest.fixture(scope="module")
def told_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A week in which three sources contradict each other."""
    claw = Claw(tmp_path_factory.mktemp("told") / "home")
    for source, truth, when in (
        ("sam", ("1", "0.8"), "2026-03-02T09:00"),
        ("vet", ("0", "0.9"), "2026-03-04T09:00"),
        ("blog", ("1", "0.6"), "2026-03-06T09:00"),
    ):
        told = ("--truth", *truth, "--source", source, "--time", when)
        assert claw("atoms", "add", CAT, *told).code == 0
    rest = ("--truth", "1", "0.9", "--time", "2026-03-01")
    assert claw("atoms", "add", "(--> cat animal)", *rest).code == 0
    return claw.home


@pytest.fixture
def told(home: Path, told_home: Path) -> Claw:
    """A copy of it."""
    shutil.copytree(told_home, home)
    return Claw(home)


def truth(claw: Claw, *args: str) -> list[float] | None:
    found = claw("atoms", "match", CAT, "--json", *args).objects
    return [round(part, 3) for part in found[0]["truth"]] if found else None


# --- looking back ---


def test_a_week_of_sources_is_answered_as_of_each_day(told: Claw) -> None:
    assert truth(told, "--as-of", "2026-03-01") is None
    assert truth(told, "--as-of", "2026-03-03") == [1.0, 0.8]
    assert truth(told, "--as-of", "2026-03-04T08:59") == [1.0, 0.8]
    assert truth(told, "--as-of", "2026-03-04") == [0.308, 0.929]
    assert truth(told) == [0.379, 0.935]
    done = told("atoms", "match", CAT, "--as-of", "2026-03-03")
    assert done.err == "as of 2026-03-03 23:59 UTC\n"
    done = told("atoms", "match", "(--> tom $x)", "(--> $x animal)", "--as-of", "2026-03-03")
    assert done.out == "$x = cat\n"


def test_why_and_infer_answer_as_of_a_moment(told: Claw) -> None:
    done = told("atoms", "why", "Tom is an animal", "--as-of", "2026-03-03")
    assert done.out.startswith(f"{ANIMAL}  f 1, c 0.72  by deduction\n")
    assert "vet" not in done.out
    done = told("atoms", "infer", "(--> tom $x)", "--as-of", "2026-03-03")
    assert [line.split("\t")[0] for line in done.out.splitlines()] == [CAT, ANIMAL]
    (answer,) = told("atoms", "infer", ANIMAL, "--json").objects
    assert answer["truth"] == pytest.approx([0.379, 0.319], abs=1e-3)
    done = told("atoms", "why", ANIMAL, "--as-of", "2026-03-01")
    assert (done.code, done.out) == (1, "")
    assert f"nothing that was stored then speaks for or against {ANIMAL}" in done.err


def test_days_in_words_are_looked_back_at_from_their_end(claw: Claw) -> None:
    claw("atoms", "add", CAT, "--truth", "1", "0.8", "--time", "yesterday")
    done = claw("atoms", "add", CAT, "--truth", "0", "0.9", "--time", "today")
    assert done.err.startswith("said on ")
    assert truth(claw, "--as-of", "3d") is None
    assert truth(claw, "--as-of", "yesterday") == [1.0, 0.8]
    assert truth(claw, "--as-of", "now") == truth(claw)


def test_a_moment_is_read_as_the_python_api_and_the_log_read_it() -> None:
    assert moments.back("2026-11-16") == pytest.approx(moments.back("2026-11-16T23:59:59.999"))
    assert moments.back("1700000000") == 1_700_000_000.0
    assert moments.back("2h") == pytest.approx(time.time() - 7_200, abs=30)
    assert moments.back("yesterday") < moments.told("today")  # type: ignore[operator]
    assert moments.told("2026-11-16") == "2026-11-16"
    for text in ("soon", "", "2026-13-01", "nan", "999999w"):
        with pytest.raises(UsageError, match="is no time"):
            moments.back(text)


@pytest.mark.parametrize(
    "args",
    [
        ("match", "$x", "--as-of"),
        ("why", CAT, "--as-of"),
        ("infer", CAT, "--as-of"),
        ("diff",),
        ("add", CAT, "--time"),
    ],
)
def test_what_is_no_time_is_told_what_one_is(told: Claw, args: tuple[str, ...]) -> None:
    done = told("atoms", *args, "soon")
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("error: `soon` is no time; say today, yesterday")
    assert len(done.err.splitlines()) == 1


def test_nothing_is_said_at_a_time_that_has_not_come(claw: Claw) -> None:
    done = claw("atoms", "add", CAT, "--time", "2999-01-01")
    assert done.code == 1
    assert "time='2999-01-01' has not come yet" in done.err
    assert claw("atoms", "match", "$x").out == ""


def test_the_page_on_the_past_shows_what_the_commands_print(claw: Claw) -> None:
    page = (ROOT / "docs" / "reasoning.md").read_text(encoding="utf-8")
    section = page.split("## The past\n")[1].split("\n## ")[0]
    (shown,) = re.findall(r"```console\n(.*?)```", section, re.DOTALL)
    for step in shown.removeprefix("$ ").split("\n$ "):
        command, _, expected = step.partition("\n")
        done = claw(*shlex.split(command)[1:])
        assert sorted((done.out + done.err).splitlines()) == sorted(expected.splitlines())


# --- infer ---


def test_answers_are_ranked_with_truth_tier_and_rule(told: Claw) -> None:
    told("atoms", "add", "(--> kit cat)", "--truth", "1", "0.9")
    done = told("atoms", "infer", "(--> $who animal)")
    rows = [line.split("\t") for line in done.out.splitlines()]
    assert rows[0] == ["(--> cat animal)", "(stv 1.0 0.9)", "ACT", "said"]
    assert rows[1][0] == "(--> kit animal)"
    assert rows[1][3] == "deduction"
    assert rows[2][::2] == [ANIMAL, "HYPOTHESIZE"]
    done = told("atoms", "infer", "(--> $who animal)", "--limit", "1", "--json")
    assert [one["statement"] for one in done.objects] == ["(--> cat animal)"]
    assert done.objects[0]["proof"]["rule"] == "said"
    assert "the first 1; there are more" in done.err


def test_a_goal_without_an_answer_tells_what_would_be_needed(told: Claw) -> None:
    goal = "(--> ann animal)"
    done = told("atoms", "infer", goal)
    assert (done.code, done.out) == (0, "")
    assert done.err == f"unknown: {goal}; one of these would help:\n  (--> ann cat)\n"
    (found,) = told("atoms", "infer", goal, "--json").objects
    assert found == {"unknown": goal, "needs": ["(--> ann cat)"], "cut": None}
    done = told("atoms", "infer", "(--> ann unicorn)")
    assert done.err.startswith("unknown: (--> ann unicorn)")


def test_one_logic_alone_is_asked(claw: Claw) -> None:
    for statement in ("(Inheritance tom cat)", "(Inheritance cat animal)"):
        claw("atoms", "add", statement, "--truth", "1", "0.9")
    goal = "(Inheritance tom animal)"
    assert claw("atoms", "infer", goal, "--logic", "pln").out.startswith(f"{goal}\t")
    assert claw("atoms", "infer", goal, "--logic", "nal").out == ""
    done = claw("atoms", "infer", goal, "--logic", "nall")
    assert (done.code, done.err) == (1, "error: there is no logic 'nall'; there are nal, pln\n")


# --- contradictions ---


def test_both_sides_are_shown_with_who_said_what_when(told: Claw) -> None:
    expected = (
        f"{CAT}  f 0.379, c 0.935\n"
        "  for  f 1, c 0.846\n"
        "    sam said it on 2026-03-02 09:00 UTC with f 1, c 0.8\n"
        "    blog said it on 2026-03-06 09:00 UTC with f 1, c 0.6\n"
        "  against  f 0, c 0.9\n"
        "    vet said it on 2026-03-04 09:00 UTC\n"
    )
    assert told("atoms", "contradictions").out == expected
    assert told("atoms", "contradictions", CAT).out == expected
    assert told("atoms", "contradictions", "Tom is a cat").out == expected
    (found,) = told("atoms", "contradictions", "--json").objects
    assert found["statement"] == CAT
    assert [one["source"] for one in found["for"]] == ["sam", "blog"]
    assert [one["truth"] for one in found["against"]] == [[0.0, 0.9]]
    done = told("atoms", "contradictions", "(--> cat animal)")
    nowhere = "sources contradict each other nowhere about (--> cat animal)\n"
    assert (done.code, done.out, done.err) == (0, "", nowhere)


def test_a_contradiction_quotes_the_words(claw: Claw) -> None:
    claw("run", "Tom is a cat.")
    claw("run", "Tom is not a cat.")
    out = claw("atoms", "contradictions").out
    assert 'user said "Tom is a cat." on ' in out
    assert 'user said "Tom is not a cat." on ' in out


def test_adding_says_what_it_contradicts_once(claw: Claw) -> None:
    claw("atoms", "add", CAT, "--truth", "1", "0.9", "--source", "ann")
    done = claw("atoms", "add", CAT, "--truth", "0", "0.9", "--source", "vet")
    assert done.out.startswith(CAT)
    assert done.err == (
        f"contradiction about {CAT}  for: ann; against: vet\n"
        "both sides: mettaclaw atoms contradictions\n"
    )
    assert claw("atoms", "add", CAT, "--truth", "0", "0.8", "--source", "eve").err == ""


def test_a_kept_conclusion_stands_on_its_side_of_a_contradiction(claw: Claw) -> None:
    claw("atoms", "add", CAT, "--truth", "1", "0.9")
    claw("atoms", "add", "(--> cat animal)", "--truth", "1", "0.9")
    claw("metta", f"!(derive {CAT})")
    follows = f"it follows by deduction from {CAT}, (--> cat animal)"
    done = claw("atoms", "add", ANIMAL, "--truth", "0", "0.9", "--source", "vet")
    assert f"contradiction about {ANIMAL}  for: {follows}; against: vet\n" in done.err
    assert f"  for  f 1, c 0.81\n    {follows}\n  against  f 0, c 0.9\n    vet said it on" in (
        claw("atoms", "contradictions").out
    )
    (found,) = claw("atoms", "contradictions", "--json").objects
    (kept,) = found["kept_for"]
    assert (kept["rule"], kept["premises"]) == ("deduction", [CAT, "(--> cat animal)"])
    assert (found["for"], found["kept_against"]) == ([], [])


def test_contradictions_beyond_the_limit_are_pointed_out(claw: Claw, tmp_path: Path) -> None:
    for name, f in (("one", "1.0"), ("two", "0.0")):
        file = tmp_path / f"{name}.metta"
        file.write_text("\n".join(f"((--> s{i} p) (stv {f} 0.9))" for i in range(4)))
        claw("atoms", "import", str(file))
    done = claw("atoms", "contradictions", "--limit", "3", "--json")
    assert len(done.objects) == 3
    assert "the first 3; there are more" in done.err


# --- changes ---


def test_history_tells_who_when_and_what_became_of_which_statement(told: Claw) -> None:
    done = told("atoms", "history")
    assert done.err == "to take one back: mettaclaw atoms undo ID\n"
    rows = [line.split("\t") for line in done.out.splitlines()]
    assert [row[2:4] for row in rows] == [
        [source, "add"] for source in ("user", "blog", "vet", "sam")
    ]
    turns = [row[4] for row in rows]
    assert turns[0] == "(--> cat animal): not believed → (stv 1.0 0.9)"
    assert turns[2].startswith(f"{CAT}: (stv 1.0 0.8) → (stv 0.30769")
    assert turns[3] == f"{CAT}: not believed → (stv 1.0 0.8)"
    assert [int(row[0]) for row in rows] == sorted((int(row[0]) for row in rows), reverse=True)
    (last,) = told("atoms", "history", "--limit", "1", "--json").objects
    assert (last["author"], last["told"], last["retired"]) == ("user", 1, 0)
    assert last["time"] == pytest.approx(time.time(), abs=600)
    assert last["statements"] == [
        {
            "statement": "(--> cat animal)",
            "before": None,
            "after": {"truth": [1.0, 0.9], "source": "user"},
        }
    ]
    assert (last["more"], last["undone"]) == (False, None)


def test_history_of_a_large_change_tells_some_of_it(claw: Claw, tmp_path: Path) -> None:
    file = tmp_path / "many.metta"
    file.write_text("\n".join(f"(--> s{number} p)" for number in range(40)))
    claw("atoms", "import", str(file))
    (line,) = claw("atoms", "history").out.splitlines()
    turns = line.split("\t")[-1].split("; ")
    assert turns[0] == "(--> s0 p): not believed → no truth value"
    assert (len(turns), turns[-1]) == (6, "… 40 told in all")


def test_history_tells_what_was_taken_back(told: Claw) -> None:
    told("atoms", "undo", "2")
    rows = [line.split("\t") for line in told("atoms", "history").out.splitlines()]
    notes = {row[0]: row[3] for row in rows}
    assert notes["2"] == f"add (undone by {rows[0][0]})"
    assert rows[0][3] == "undo 2"
    assert rows[0][4].startswith(f"{CAT}: (stv 0.37")


def test_history_of_nothing_is_said(claw: Claw) -> None:
    done = claw("atoms", "history")
    assert (done.code, done.out, done.err) == (0, "", "no belief has changed yet\n")


def test_of_a_change_of_many_statements_the_first_are_shown_and_all_are_counted(
    claw: Claw, tmp_path: Path
) -> None:
    (tmp_path / "many.metta").write_text("".join(f"(--> a{i} b)\n" for i in range(30)))
    claw("atoms", "import", str(tmp_path / "many.metta"))
    (entry,) = claw("atoms", "history", "--json").objects
    done = claw("atoms", "undo", str(entry["id"]))
    assert len(done.out.splitlines()) == 20
    first, last = done.err.splitlines()
    assert first == "and 10 more of 30 statements; all of them: --json"
    again = last.removeprefix("to take this back: mettaclaw atoms undo ")
    assert len(claw("atoms", "undo", again, "--json").objects) == 30


def test_a_change_is_undone_and_done_again(told: Claw) -> None:
    vet = next(one for one in told("atoms", "history", "--json").objects if one["author"] == "vet")
    done = told("atoms", "undo", str(vet["id"]))
    assert done.out.startswith(f"{CAT}\t(stv 1.0 0.8")
    again = done.err.removeprefix("to take this back: mettaclaw atoms undo ").strip()
    (newest, *_) = told("atoms", "history", "--json").objects
    assert newest["id"] == int(again)
    assert (newest["author"], newest["note"]) == ("user", f"undo {vet['id']}")
    assert truth(told) == [1.0, 0.846]
    done = told("atoms", "undo", str(vet["id"]))
    assert done.code == 1
    assert f"was taken back already, by transaction {again}" in done.err
    (belief,) = told("atoms", "undo", again, "--json").objects
    assert belief["belief"]["truth"] == pytest.approx([0.379, 0.935], abs=1e-3)


@pytest.mark.parametrize(("number", "code"), [("999", 1), ("0", 2), ("x", 2), ("9" * 5000, 2)])
def test_what_is_no_change_cannot_be_undone(told: Claw, number: str, code: int) -> None:
    done = told("atoms", "undo", number)
    assert (done.code, done.out) == (code, "")
    assert len(done.err.splitlines()) == 1
    assert truth(told) == [0.379, 0.935]


def test_why_nothing_is_undone_is_told_with_what_lists_the_changes_there(told: Claw) -> None:
    nothing = "has nothing to take back: it changed no belief, or nothing of what it did still"
    shell = "the changes are listed by: mettaclaw atoms history\n"
    done = told("atoms", "undo", "999")
    assert done.err == f"error: there is no change 999 in the history; {shell}"
    told("atoms", "add", "(--> kit cat)")
    (added,) = told("atoms", "history", "--limit", "1", "--json").objects
    told("atoms", "remove", "(--> kit cat)")
    done = told("atoms", "undo", str(added["id"]))
    assert done.err.startswith(f"error: change {added['id']} {nothing}")
    assert done.err.endswith(shell)
    with repl(told) as screen:
        screen.say("/undo 999")
        screen.see("there is no change 999 in the history")
        screen.see("/history")


def test_a_source_is_retired_and_comes_back(told: Claw) -> None:
    done = told("atoms", "retire", "vet")
    assert done.out.startswith(f"{CAT}\t(stv 1.0 0.8")
    assert told("atoms", "contradictions").out == ""
    assert truth(told, "--as-of", "now") == [1.0, 0.846]
    told(*done.err.split("mettaclaw ")[1].split())
    assert truth(told) == [0.379, 0.935]
    done = told("atoms", "retire", "nobody")
    assert (done.code, done.out) == (1, "")
    assert "nobody has said nothing that stands" in done.err


def test_what_was_said_is_retracted_in_english_too(told: Claw) -> None:
    done = told("atoms", "retract", "Tom is a cat.")
    assert (done.code, done.out) == (0, f"{CAT}\tnot believed\n")
    assert told("atoms", "infer", ANIMAL).out == ""
    (found,) = told("atoms", "retract", "(--> cat animal)", "--json").objects
    assert found == {"statement": "(--> cat animal)", "belief": None}
    done = told("atoms", "retract", CAT)
    assert (done.code, done.out) == (1, "")
    assert f"{CAT} is not stored" in done.err


def test_what_nobody_said_cannot_be_retracted(told: Claw) -> None:
    assert told("metta", "(derive (--> tom cat))").code == 0
    assert told("atoms", "match", ANIMAL).out != ""
    done = told("atoms", "retract", ANIMAL)
    assert (done.code, done.out) == (1, "")
    assert f"nobody said {ANIMAL}" in done.err
    told("atoms", "retract", CAT)
    assert told("atoms", "match", ANIMAL).out == ""


def test_a_difference_has_both_sides(told: Claw) -> None:
    done = told("atoms", "diff", "2026-03-01", "2026-03-03")
    assert done.out == f"{CAT}\tnot believed\t(stv 1.0 0.8)\n"
    assert done.err == "between 2026-03-01 23:59 UTC and 2026-03-03 23:59 UTC\n"
    (found,) = told("atoms", "diff", "2026-03-03", "--json").objects
    assert found["before"]["truth"] == [1.0, 0.8]
    assert found["after"]["truth"] == pytest.approx([0.379, 0.935], abs=1e-3)
    done = told("atoms", "diff", "2020-01-01", "--limit", "1")
    assert len(done.out.splitlines()) == 1
    assert "the first 1; there are more" in done.err
    done = told("atoms", "diff", "2020-01-01", "2020-01-02")
    assert done.err.startswith("nothing changed between ")


# --- the REPL ---


def test_the_repl_looks_back_and_takes_changes_back(told: Claw) -> None:
    with repl(told) as screen:
        for line, words in [
            ("/contradictions", "vet said it"),
            ("/contradictions Tom is an animal", "contradict each other nowhere"),
            (f"/why {ANIMAL} --as-of 2026-03-03", "f 1, c 0.72"),
            ("/why --as-of 2026-03-01", "no proof was seen yet"),
            (f"!(why {ANIMAL})", "(proof"),
            ("/why --as-of 2026-03-01", "nothing that was stored then speaks"),
            (f"/why {CAT} --as-of soon", "is no time"),
            ("/history 2", "UTC  blog: add"),
            ("/history 1", "(--> cat animal): not believed → f 1, c 0.9"),
            ("/history 3", "to take one back: /undo ID"),
            ("/history x", "takes a number of changes"),
            ("/undo 2", "to take this back: /undo "),
            (f"/atoms {CAT}", "f 1, c 0.846"),
            ("/undo 2", "was taken back already"),
            ("/undo", "which /history shows"),
            (f"/undo {'9' * 60}", "which /history shows"),
        ]:
            screen.say(line)
            screen.see(words)
            screen.see(PROMPT)


def test_why_without_a_statement_is_as_of_the_time_that_was_asked(home: Path) -> None:
    """Without a terminal: what is printed is the same."""
    out = io.StringIO()
    with Agent.open(home, "english") as agent:
        agent.run_sync("On 2025-03-03, Sam said that Tom is tame.")
        agent.run_sync("On 2025-03-05, the vet said that Tom is not tame.")
        desk = Desk(agent, Console(file=out, width=120), asyncio.new_event_loop())

        def shown(question: str, command: str) -> str:
            for result in agent.run_sync(question).results:
                desk.see(result.call.args, result.values)
            out.truncate(0)
            slash.perform(desk, command)
            return out.getvalue()

        past = "Was Tom tame on 2025-03-04?"
        why = shown(past, "/why")
        assert "as of 2025-03-04 23:59 UTC" in why
        assert ("On 2025-03-03" in why, "On 2025-03-05" in why) == (True, False)
        assert "as of 2025-03-04 23:59 UTC" in shown(past, "/why-not")
        assert "as of 2025-03-05" in shown(past, "/why --as-of 2025-03-05")
        now = shown("Is Tom tame?", "/why")
        assert ("as of" in now, "On 2025-03-05" in now) == (False, True)
        slash.perform(desk, '/metta (as-of "2025-03-03" (why (--> tom ([] tame))))')
        out.truncate(0)
        slash.perform(desk, "/why")
        assert "as of 2025-03-03 23:59 UTC" in out.getvalue()
        desk.loop.close()


def test_the_time_of_a_line_ends_the_statement_and_tears_none() -> None:
    assert moments.asked(f"{CAT} --as-of yesterday") == (CAT, "yesterday")
    assert moments.asked(f"{CAT} --svg a.svg --as-of='2h ago'") == (f"{CAT} --svg a.svg", "2h ago")
    assert moments.asked("Tom is a cat --as-of 2h ago --force") == (
        "Tom is a cat --force",
        "2h ago",
    )
    assert moments.asked("--as-of today") == ("", "today")
    assert moments.asked(f"--as-of 2h ago {CAT}") == (CAT, "2h ago")
    inside = '(says "x --as-of y" --as-of z)'
    assert moments.asked(inside) == (inside, None)
    assert moments.asked(f"{inside} --as-of 2d") == (inside, "2d")
    assert moments.asked("") == ("", None)
    for wrong in ("--as-of", f"{CAT} --as-of --svg x", f"{CAT} --as-of="):
        with pytest.raises(UsageError, match="--as-of needs a time"):
            moments.asked(wrong)


def test_a_terminal_gets_tables_and_a_tree(told: Claw) -> None:
    import pexpect

    from tests.terminal import plain

    for args, words in (
        (("history",), "UTC  vet: add"),
        (("diff", "2026-03-03"), "before"),
        (("infer", ANIMAL), "tier"),
        (("contradictions",), "── for  f 1, c 0.846"),
        (("retire", "vet"), "now"),
    ):
        child = told.terminal("atoms", *args)
        child.expect(pexpect.EOF)
        assert words in plain(child.before), args
