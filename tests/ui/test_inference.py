"""What follows, in the terminal: ``atoms infer`` and ``derive``, ``/infer`` and ``/derive``."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from mettaclaw.errors import UsageError
from mettaclaw.ui.searches import Asked, asked
from tests.terminal import Claw
from tests.ui.test_repl import repl

CAT, ANIMAL, BEING = "(--> tom cat)", "(--> tom animal)", "(--> tom being)"


@pytest.fixture(scope="module")
def told_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home where two things follow."""
    claw = Claw(tmp_path_factory.mktemp("told") / "home")
    for statement in (CAT, "(--> cat animal)", "(--> animal being)"):
        claw("atoms", "add", statement, "--truth", "1", "0.9")
    return claw.home


@pytest.fixture
def told(home: Path, told_home: Path) -> Claw:
    """A copy of it."""
    shutil.copytree(told_home, home)
    return Claw(home)


def test_what_follows_is_derived_kept_and_taken_back(told: Claw) -> None:
    done = told("atoms", "derive", "Tom is a cat")
    assert done.code == 0
    assert done.out == (
        f"{ANIMAL}\t(stv 1.0 0.81)\tACT\tdeduction\n"
        f"{BEING}\t(stv 1.0 0.7290000000000001)\tACT\tdeduction\n"
    )
    said, _, undo = done.err.strip().rpartition("mettaclaw ")
    assert said == "to take this back: "
    assert told("atoms", "match", ANIMAL).out.startswith(ANIMAL)
    again = told("atoms", "derive", CAT)
    assert (again.code, again.out) == (0, "")
    assert "nothing follows that is worth knowing and not believed already" in again.err
    (entry, *_) = told("atoms", "history", "--json").objects
    assert (entry["author"], entry["note"], entry["undone"]) == ("user", "derive", None)
    assert told(*undo.split()).code == 0
    assert told("atoms", "match", ANIMAL).out == ""


def test_derived_answers_are_objects_with_proofs(told: Claw) -> None:
    (found,) = told("atoms", "derive", CAT, "--limit", "1", "--json").objects
    assert (found["statement"], found["tier"]) == (ANIMAL, "ACT")
    assert [one["statement"] for one in found["proof"]["premises"]] == [CAT, "(--> cat animal)"]


def test_what_was_said_in_a_negation_is_not_derived_otherwise(told: Claw) -> None:
    told("atoms", "add", f"(¬ {ANIMAL})", "--truth", "1", "0.9", "--source", "vet")
    done = told("atoms", "derive", CAT)
    assert f"{ANIMAL}\t(stv 0.0 0.9)\tIGNORE" in done.out
    assert "contradiction" not in done.err


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("derive", "(--> tom dog)"), "(--> tom dog) is not believed, so nothing follows from it"),
        (("derive",), "Missing argument 'STATEMENT...'"),
        (("derive", "blub blub blub"), "I cannot read blub blub blub as a statement; try"),
        (("derive", CAT, "--depth", "0"), "it must be from 1"),
        (("derive", CAT, "--depth", "101"), "the depth of a search must be a whole number from 1"),
        (("infer", CAT, "--steps", "many"), "'many' is no whole number"),
        (("infer", CAT, "--seconds", "soon"), "'soon' is no number of seconds"),
        (("infer", CAT, "--seconds", "-1"), "must be a number above 0 and up to 3,600, not -1.0"),
        (("infer", CAT, "--seconds", "nan"), "not nan"),
    ],
)
def test_wrong_arguments_are_one_line(told: Claw, args: tuple[str, ...], words: str) -> None:
    done = told("atoms", *args)
    assert (done.out, done.code != 0) == ("", True)
    assert words in done.err
    assert done.err.count("\n") == 1


def test_a_search_goes_as_far_as_it_is_told(told: Claw) -> None:
    assert told("atoms", "infer", BEING).out.startswith(BEING)
    near = told("atoms", "infer", BEING, "--depth", "1")
    assert near.out == ""
    assert near.err.startswith(f"unknown: {BEING}")
    bound = told("atoms", "infer", BEING, "--steps", "1", "--seconds", "2")
    assert bound.out == ""
    (told_json,) = told("atoms", "infer", BEING, "--depth", "1", "--json").objects
    assert told_json == {"unknown": BEING, "needs": [], "cut": "1 rule"}
    assert "the search ended after 1 step, so there may be more: --steps 20000" in bound.err
    (told.home / "config.toml").write_text("infer_depth = 1\n")
    assert told("atoms", "infer", BEING).out == ""
    assert told("atoms", "infer", BEING, "--depth", "3").out.startswith(BEING)


def test_who_and_what_are_goals_with_a_variable(told: Claw) -> None:
    (found,) = told("atoms", "infer", "Who is a cat?", "--json").objects
    assert found["statement"] == CAT
    assert BEING in told("atoms", "infer", "What is Tom?").out
    with repl(told) as screen:
        screen.say("/infer Who is a cat?")
        screen.see(CAT)


def test_the_repl_infers_and_explains_the_best_answer(told: Claw) -> None:
    with repl(told) as screen:
        screen.say("/infer (--> tom $what)")
        screen.see("(--> tom being)")
        screen.see("f 1, c 0.729")
        screen.say("/infer Tom is an animal --steps 500")
        screen.see("deduction")
        screen.say("/why")
        screen.see("user said it")
        screen.say(f"/infer {BEING} --depth 1")
        screen.see("unknown: ")
        screen.see("the search ended after 1 rule")
        screen.say("/infer Tom is a plant")
        screen.see("one of these would help")
        screen.say("/infer")
        screen.see("a goal is missing")
        screen.say(f"/infer {BEING} --logic x")
        screen.see("there is no logic 'x'; there are nal, pln")
        screen.say(f"/infer {CAT} --as-of 2001-01-01")
        screen.see("as of 2001-01-01")
        screen.see("unknown: ")


def test_the_repl_derives_and_says_how_to_take_it_back(told: Claw) -> None:
    with repl(told) as screen:
        screen.say(f"/derive {CAT} (--> cat animal)")
        screen.see(BEING)
        screen.see("to take this back: /undo ")
        screen.say("/derive Tom is a cat")
        screen.see("nothing follows that is worth knowing")
        screen.say("/derive (--> tom dog)")
        screen.see("is not believed")
        screen.say("/help derive")
        screen.see("/derive STATEMENT…")


def test_a_proof_is_that_of_a_logic(told: Claw) -> None:
    for statement in (CAT, "(--> cat animal)"):
        told("atoms", "add", statement, "--truth", "0.2", "0.9", "--source", "vet")
    by_pln = told("atoms", "why", ANIMAL, "--logic", "pln")
    assert by_pln.out.startswith(f"{ANIMAL}  f ")
    assert by_pln.out.splitlines()[0] != told("atoms", "why", ANIMAL).out.splitlines()[0]
    wrong = told("atoms", "why-not", ANIMAL, "--logic", "x")
    assert "there is no logic 'x'; there are nal, pln" in wrong.err
    with repl(told) as screen:
        screen.say(f"/why --logic x {ANIMAL}")
        screen.see("there is no logic 'x'")
        screen.say(f"/why {ANIMAL} --logic pln")
        screen.see(by_pln.out.splitlines()[0].split("  ")[1])
        screen.say(f"/why-not {ANIMAL} --logic x")
        screen.see("there is no logic 'x'")


@pytest.mark.parametrize(
    ("line", "rest", "wanted"),
    [
        (CAT, CAT, Asked()),
        (f"{CAT} --logic pln", CAT, Asked("pln")),
        (f"--logic pln {CAT}", CAT, Asked("pln")),
        ("--logic=nal --steps 9 Tom is a cat --depth 3", "Tom is a cat", Asked("nal", 9, None, 3)),
        (f"{CAT} --steps 9 --as-of 2h --depth=3", f"{CAT} --as-of 2h", Asked(None, 9, None, 3)),
        ("Tom is a cat --seconds 0.5", "Tom is a cat", Asked(None, None, 0.5)),
        (f'{CAT} --svg "a (1).svg" --logic nal', f'{CAT} --svg "a (1).svg"', Asked("nal")),
        (f"{CAT} {ANIMAL} --depth 2", f"{CAT} {ANIMAL}", Asked(None, None, None, 2)),
        ("(f --steps 9) --depth 2", "(f --steps 9)", Asked(None, None, None, 2)),
        ("(f --steps 9)", "(f --steps 9)", Asked()),
    ],
)
def test_the_options_of_a_slash_command_stand_before_or_after_the_statement(
    line: str, rest: str, wanted: Asked
) -> None:
    assert asked(line) == (rest, wanted)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (f"{CAT} --steps", "--steps needs a value, such as /infer"),
        (f"{CAT} --logic --steps 9", "--logic needs a value"),
        (f"{CAT} --depth deep", "--depth deep is no whole number"),
        (f"{CAT} --seconds soon", "--seconds soon is no number"),
    ],
)
def test_a_wrong_option_of_a_slash_command_says_what_to_write(line: str, words: str) -> None:
    with pytest.raises(UsageError) as told:
        asked(line)
    assert words in str(told.value)
