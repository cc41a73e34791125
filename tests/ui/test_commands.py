"""The commands that need no agent: atoms, memory, episodes, backup; their errors and exit codes."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import time
from pathlib import Path

import pytest

import mettaclaw
from mettaclaw.atoms.syntax import Symbol, expr, read
from tests.terminal import Claw


def test_help_is_there_at_once(claw: Claw) -> None:
    took: list[float] = []
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = claw("--help")
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        took.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        assert done.code == 0
        assert "Commands:" in done.out
    assert min(took) < 0.5  # seconds of the processor: others may be at work beside
    assert not claw.home.exists()  # looking costs nothing


def test_help_of_every_command_is_one_page_with_an_explanation(claw: Claw) -> None:
    for words in (["run"], ["metta"], ["atoms"], ["atoms", "match"], ["memory"], ["doctor"]):
        done = claw(*words, "-h")
        assert done.code == 0
        assert done.out.startswith(f"Usage: mettaclaw {' '.join(words)}")


def test_a_family_of_commands_alone_shows_its_help(claw: Claw) -> None:
    for family in ("atoms", "memory"):
        done = claw(family)
        assert done.out.startswith(f"Usage: mettaclaw {family}")
        assert "\nCommands:\n" in done.out
        assert done.err == ""


def test_help_is_a_command_too(claw: Claw) -> None:
    assert claw("help").out == claw("--help").out
    assert claw("help", "atoms", "add").out == claw("atoms", "add", "--help").out
    assert "did you mean atoms" in claw("help", "atmos").err


def test_the_version(claw: Claw) -> None:
    assert claw("--version").out == f"mettaclaw {mettaclaw.__version__}\n"


# --- atoms ---


def test_what_is_added_is_matched_in_the_next_process(claw: Claw) -> None:
    assert claw("atoms", "add", "(--> garfield cat)", "--truth", "1", "0.9").code == 0
    done = claw("atoms", "match", "(--> $x cat)")
    assert (done.code, done.out) == (0, "(--> garfield cat)\t(stv 1.0 0.9)\n")
    done = claw("atoms", "match", "(--> $x cat)", "--json")
    assert done.objects == [
        {
            "bindings": {"$x": "garfield"},
            "statement": "(--> garfield cat)",
            "truth": [1.0, 0.9],
            "source": "user",
            "evidence": [1],
        }
    ]


def test_adding_twice_revises(claw: Claw) -> None:
    claw("atoms", "add", "(--> a b)", "--truth", "1", "0.9")
    done = claw("atoms", "add", "(--> a b)", "--truth", "0", "0.9", "--source", "vet", "--json")
    (belief,) = done.objects
    assert belief["truth"] == pytest.approx([0.5, 0.947], abs=1e-3)
    assert belief["evidence"] == [1, 2]


@pytest.mark.parametrize(
    ("args", "f", "c", "kind"),
    [
        (["--source", "sam", "--truth", "0.5"], 0.5, 0.7, "secondary"),
        (["--truth=0.5", "--source", "blog:cats"], 0.5, 0.2, "gossip"),
        (["--source", "sam"], 1.0, 0.7, "secondary"),
        (["--source", "a stranger", "--truth", "0"], 0.0, 0.55, "general"),
        (["--truth", "0.5"], 0.5, 0.9, "primary"),
    ],
)
def test_without_a_confidence_the_quality_of_the_source_counts(
    claw: Claw, args: list[str], f: float, c: float, kind: str
) -> None:
    claw.home.mkdir()
    (claw.home / "config.toml").write_text(
        '[quality]\ngossip = 0.2\n[sources]\nsam = "secondary"\n"blog:*" = "gossip"\n'
    )
    done = claw("atoms", "add", "(--> a b)", *args)
    assert (done.code, done.out) == (0, f"(--> a b)\t(stv {f} {c})\n")
    assert done.err.startswith(f"said with f {f:g}, c {c:g}: ")
    assert done.err.endswith(f" is a {kind} source\n")
    assert claw("atoms", "add", "(--> c d)", *args, "--json").objects[0]["truth"] == [f, c]
    before = claw("atoms", "add", *args, "(--> e f)")
    assert before.out == f"(--> e f)\t(stv {f} {c})\n", "the statement may come last"


def test_what_is_no_statement_gets_no_truth_from_its_source(claw: Claw) -> None:
    for atom in ("(= (f $x) $x)", "(: f (-> Atom Atom))"):
        done = claw("atoms", "add", atom, "--source", "sam")
        assert (done.code, done.out, done.err) == (0, f"{atom}\n", "")


def test_the_help_says_how_a_truth_value_is_written(claw: Claw) -> None:
    text = claw("atoms", "add", "--help").out
    assert "--truth F [C]" in text
    assert "None" not in text
    assert "quality" in text


def test_patterns_are_joined(claw: Claw, tmp_path: Path) -> None:
    file = tmp_path / "facts.metta"
    file.write_text("(--> tom cat) (--> kit cat) (--> (x tom jerry) chase)")
    assert claw("atoms", "import", str(file)).out == "imported 3 atoms\n"
    done = claw("atoms", "match", "(--> $x cat)", "(--> (x $x $y) chase)")
    assert done.out == "$x = tom, $y = jerry\n"
    done = claw("atoms", "match", "(--> $x cat)", "(--> (x $x $y) chase)", "--json")
    assert done.objects == [{"bindings": {"$x": "tom", "$y": "jerry"}}]


def test_a_limit_says_that_there_is_more(claw: Claw, tmp_path: Path) -> None:
    file = tmp_path / "facts.metta"
    file.write_text("\n".join(f"(--> thing{i} cat)" for i in range(30)))
    claw("atoms", "import", str(file))
    done = claw("atoms", "match", "(--> $x cat)", "--limit", "7")
    assert len(done.out.splitlines()) == 7
    assert "there are more" in done.err
    assert len(claw("atoms", "match", "(--> $x cat)").out.splitlines()) == 30


def test_nothing_found_is_said_on_stderr_and_is_no_error(claw: Claw) -> None:
    done = claw("atoms", "match", "(--> $x unicorn)")
    assert (done.code, done.out, done.err) == (0, "", "nothing matches\n")


@pytest.mark.parametrize("words", [["dog"], ["big", "dog"]])
def test_a_word_that_is_no_pattern_gets_one_and_the_command_that_searches(
    claw: Claw, words: list[str]
) -> None:
    done = claw("atoms", "match", *words)
    assert (done.code, done.out) == (0, "")
    assert "mettaclaw atoms match '(--> $x dog)'" in done.err
    assert f"mettaclaw memory query '{' '.join(words)}'" in done.err


@pytest.mark.parametrize(
    ("command", "instead"),
    [
        ("add", "mettaclaw run 'Garfield is a cat'"),
        ("remove", "mettaclaw run 'Forget that Garfield is a cat'"),
        ("match", "mettaclaw run 'Garfield is a cat'"),
    ],
)
def test_english_where_metta_is_wanted_is_told_its_metta(
    claw: Claw, command: str, instead: str
) -> None:
    done = claw("atoms", command, "Garfield is a cat.")
    assert done.code == 1
    assert "Write MeTTa: '(--> garfield cat)'; or tell the agent" in done.err
    assert instead in done.err
    assert "Write MeTTa, such as '(--> " in claw("atoms", command, "lorem ipsum dolor").err


def test_why_takes_english(claw: Claw) -> None:
    claw("run", "Garfield is a cat. Every cat is an animal.")
    done = claw("atoms", "why", "Garfield is an animal.")
    assert done.out.startswith("(--> garfield animal)  f 1, c 0.81  by deduction\n")
    done = claw("atoms", "why", "lorem ipsum dolor")
    assert (done.code, done.out) == (1, "")
    assert "cannot read lorem ipsum dolor as a statement" in done.err


@pytest.mark.parametrize("statement", ["(--> a $x)", "(--> $x cat)", "(<-> $x (x a $y))"])
def test_an_inheritance_of_a_variable_is_refused(claw: Claw, statement: str) -> None:
    done = claw("atoms", "add", statement, "--truth", "1", "0.9")
    assert (done.code, done.out) == (1, "")
    assert "is a variable" in done.err
    assert claw("atoms", "match", "$x").out == ""


def test_a_rule_with_variables_is_stored(claw: Claw) -> None:
    rule = "(==> (--> $x cat) (--> $x animal))"
    assert claw("atoms", "add", rule, "--truth", "1", "0.9").out.startswith(rule)


def test_prose_is_not_imported_unless_bare_symbols_are_asked_for(
    claw: Claw, tmp_path: Path
) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("(--> a b)\nGarfield likes lasagna\n")
    done = claw("atoms", "import", str(file))
    assert done.code == 1
    assert "notes.txt, line 2: `Garfield` stands alone" in done.err
    assert "--bare" in done.err
    assert claw("atoms", "match", "$x").out == ""
    assert claw("atoms", "import", "--bare", str(file)).out == "imported 4 atoms\n"
    exported = claw("atoms", "export", "-").out
    other = Claw(tmp_path / "other")
    assert other("atoms", "import", "-", stdin=exported).out == "imported 4 atoms\n"


def test_an_export_writes_over_no_file_unless_told_to(claw: Claw, tmp_path: Path) -> None:
    claw("atoms", "add", "(--> a b)")
    file = tmp_path / "mine.metta"
    file.write_text("mine")
    done = claw("atoms", "export", str(file))
    assert done.code == 1
    assert "exists already" in done.err
    assert file.read_text() == "mine"
    assert claw("atoms", "export", "--force", str(file)).code == 0
    assert "(--> a b)" in file.read_text()


def test_export_and_import_give_the_same_back(claw: Claw, tmp_path: Path) -> None:
    claw("atoms", "add", "(--> a b)", "--truth", "0.5", "0.25")
    claw("atoms", "add", '(note "two\\nlines \\u{1b}[2J")')
    first = claw("atoms", "export", "-").out
    assert "\x1b" not in first
    file = tmp_path / "out.metta"
    assert claw("atoms", "export", str(file)).out == f"exported 2 atoms to {file}\n"
    assert file.read_text() == first
    other = Claw(tmp_path / "other")
    assert other("atoms", "import", "-", stdin=first).code == 0
    again = other("atoms", "export", "-").out
    lineage, *statements, _digest = again.splitlines()[1:]
    assert lineage.startswith("; with knowledge of base ")
    assert statements == first.splitlines()[1:-1]


def test_a_bad_line_imports_nothing(claw: Claw, tmp_path: Path) -> None:
    file = tmp_path / "facts.metta"
    file.write_text("(--> a b)\n(--> c\n")
    done = claw("atoms", "import", str(file))
    assert done.code == 1
    assert "line 2" in done.err
    assert "atoms         0\n" in claw("atoms", "stats").out


def test_why_goes_down_to_who_said_it(claw: Claw) -> None:
    claw("atoms", "add", "(--> garfield cat)", "--truth", "1", "0.9", "--source", "vet")
    claw("atoms", "add", "(--> cat animal)", "--truth", "1", "0.9")
    done = claw("atoms", "why", "(--> garfield animal)")
    assert done.out.startswith("(--> garfield animal)  f 1, c 0.81  by deduction\n")
    assert "vet said it on" in done.out
    (proof,) = claw("atoms", "why", "(--> garfield animal)", "--json").objects
    assert proof["rule"] == "deduction"
    assert {p["evidence"][0]["source"] for p in proof["premises"]} == {"vet", "user"}
    done = claw("atoms", "why", "(--> garfield unicorn)")
    assert done.code == 1
    assert "nothing" in done.err


def test_what_is_removed_is_gone_and_cannot_be_removed_again(claw: Claw) -> None:
    claw("atoms", "add", "(--> a b)")
    assert claw("atoms", "remove", "(--> a b)").out == "removed (--> a b)\n"
    done = claw("atoms", "remove", "(--> a b)")
    assert done.code == 1
    assert done.err.startswith("error: (--> a b) is not stored")


def test_stats_count(claw: Claw) -> None:
    claw("atoms", "add", "(--> a b)", "--truth", "1", "0.9")
    (stats,) = claw("atoms", "stats", "--json").objects
    assert (stats["atoms"], stats["beliefs"], stats["evidence"]) == (1, 1, 1)


# --- memory, episodes, backup ---


def test_what_is_remembered_is_found_by_its_words(claw: Claw) -> None:
    assert claw("memory", "remember", "the key is under the mat").out == (
        "item 1: the key is under the mat\n"
    )
    (item,) = claw("memory", "query", "key", "--json").objects
    assert item["text"] == "the key is under the mat"
    assert item["score"] > 0
    assert claw("memory", "list").out == "1\tthe key is under the mat\n"


def test_what_is_left_out_of_an_item_is_told_and_counted(claw: Claw) -> None:
    key = "sk-" + "a1B2c3D4e5" * 4
    done = claw("memory", "remember", f"the key is {key}")
    assert done.out == "item 1: the key is [redacted API key]\n"
    assert "note: left out of what is kept: 1 API key" in done.err
    assert claw("memory", "remember", "no key").err == ""
    found = {f["name"]: f["detail"] for f in claw("doctor", "--json").objects}
    assert found["redaction"] == "secrets; left out of what was written so far: 1 API key"
    talk = claw("run", "--model", "english", f"My password: Xk9{'mmq'}2!")
    assert "left out of what is kept: 1 password" in talk.err


def test_a_backup_holds_everything_and_never_overwrites(claw: Claw, tmp_path: Path) -> None:
    claw("atoms", "add", "(--> a b)")
    file = tmp_path / "copy.db"
    assert claw("backup", str(file)).code == 0
    done = claw("backup", str(file))
    assert done.code == 1
    assert "exists already" in done.err
    restored = Claw(tmp_path / "restored")
    restored.home.mkdir()
    file.rename(restored.home / "claw.db")
    assert restored("atoms", "export", "-").out.splitlines()[1:-1] == ["(--> a b)"]


@pytest.mark.parametrize("command", [["backup"], ["atoms", "export"]])
def test_a_place_that_is_none_is_named_before_anything_is_written(
    claw: Claw, tmp_path: Path, command: list[str]
) -> None:
    done = claw(*command, str(tmp_path / "missing" / "copy"))
    assert done.err == f"error: there is no folder {tmp_path / 'missing'}; make it, or name " + (
        "another place\n"
    )
    assert "is a folder; name a file in it" in claw(*command, str(tmp_path)).err


def test_episodes_take_times_as_people_say_them(claw: Claw) -> None:
    assert claw("episodes", "--since", "today", "--until", "now").code == 0
    done = claw("episodes", "--since", "last tuesday-ish")
    assert done.code == 1
    assert "is no time" in done.err


# --- errors ---


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["rnu", "x"], "did you mean run"),
        (["atoms", "mtach", "x"], "did you mean match"),
        (["why", "x"], "did you mean atoms why?"),
        (["remember", "x"], "did you mean memory remember?"),
        (["Garfield is a cat."], 'mettaclaw run "Garfield is a cat."'),
        (["run", "--wrong", "x"], "No such option"),
        (["atoms", "add"], "Missing argument"),
        (["atoms", "match", "x", "--limit", "0"], "--limit"),
        (["run", "x", "--script", "y"], "not both"),
        (["atoms", "add", "(a)", "--truth", "high", "low"], "such as --truth 1 0.9"),
        (["atoms", "add", "(a)", "--truth"], "--truth needs a value; write a frequency"),
        (["atoms", "add", "(a)", "--truth", "1", "low"], "such as --truth 1 0.9"),
        (["atoms", "match", "x", "--limit", "few"], "'few' is no whole number"),
        (["memory", "query", "x", "--limit", "101"], "from 1 to 100"),
        (["memory", "list", "--limit", "9" * 23], "from 1 to 1,000,000,000"),
        (["episodes", "--limit", "9" * 23], "from 1 to 1,000,000,000"),
        (["atoms", "match", "$x", "--limit", "9" * 23], "from 1 to 1,000,000,000"),
        (["atoms", "match", "$x", "--limit", "9" * 5_000], "is no whole number"),
    ],
)
def test_wrong_usage_is_one_line_and_exit_code_2(claw: Claw, args: list[str], words: str) -> None:
    done = claw(*args)
    assert done.code == 2
    assert done.out == ""
    assert len(done.err.splitlines()) == 1
    assert done.err.startswith("error: ")
    assert words in done.err
    assert not claw.home.exists()


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["atoms", "add", "(a"], "not closed"),
        (["atoms", "add", "(a)", "--truth", "2", "0.5"], "not in [0, 1]"),
        (["atoms", "import", "/nowhere/x.metta"], "cannot be read"),
        (["run", "--script", "/nowhere/x.txt"], "cannot be read"),
        (["metta", "nothere.metta"], "there is no file"),
        (["metta", "Garfield is a cat."], "Write MeTTa: '(--> garfield cat)'"),
        (["memory", "remember", "  "], "nothing to remember"),
        (["atoms", "export", ""], "the file has no name"),
        (["run", "--script", ""], "the file has no name"),
        (["--home", "", "atoms", "stats"], "the home has no name"),
        (["run", "--model", "gpt-5", "hello"], "needs an endpoint"),
        (["run", "--model", "englsh", "hello"], "--model english"),
    ],
)
def test_errors_are_one_line_and_exit_code_1(claw: Claw, args: list[str], words: str) -> None:
    done = claw(*args)
    assert done.code == 1
    assert done.out == ""
    assert len(done.err.splitlines()) == 1
    assert done.err.startswith("error: ")
    assert words in done.err


def test_a_wrong_setting_is_named(claw: Claw) -> None:
    claw.home.mkdir()
    (claw.home / "config.toml").write_text("modle = 'english'\n")
    done = claw("atoms", "stats")
    assert done.code == 1
    assert "did you mean `model`" in done.err


def test_global_options_may_come_before_or_after_the_command(claw: Claw, tmp_path: Path) -> None:
    other = tmp_path / "other"
    claw("--home", str(other), "atoms", "add", "(--> a b)")
    claw("atoms", "--home", str(other), "add", "(--> c d)")
    claw("atoms", "add", "(--> e f)", "--home", str(other))
    assert not claw.home.exists()
    assert "atoms         3\n" in claw("atoms", "stats", "--home", str(other)).out


# --- the shell's side ---


def test_a_reader_that_goes_away_ends_it_without_a_word(claw: Claw, tmp_path: Path) -> None:
    file = tmp_path / "facts.metta"
    file.write_text("\n".join(f"(--> thing_number_{i} cat)" for i in range(20_000)))
    claw("atoms", "import", str(file))
    process = claw.start("atoms", "export", "-")
    assert process.stdout is not None
    process.stdout.readline()
    process.stdout.close()
    assert process.wait(30) == 141
    assert process.stderr is not None
    assert process.stderr.read() == ""


def test_output_is_ascii_where_the_terminal_is(claw: Claw) -> None:
    ascii_only = Claw(claw.home, {"PYTHONIOENCODING": "ascii", "LC_ALL": "C"})
    done = ascii_only("atoms", "add", '(name "Zoë 😀")')
    assert done.code == 0
    assert done.out == '(name "Zo\\xeb \\U0001f600")\n'
    assert '"Zoë 😀"' in claw("atoms", "export", "-").out
    (belief,) = ascii_only("atoms", "match", "$x", "--json").objects
    assert belief["statement"] == '(name "Zoë 😀")'
    assert ascii_only("doctor").out.isascii()


def test_control_characters_in_atoms_do_not_reach_the_terminal(claw: Claw) -> None:
    claw("atoms", "add", "(--> \x1b[2J \x9b31m)")
    assert not {"\x1b", "\x9b"} & set(claw("atoms", "match", "$x").out)
    exported = claw("atoms", "export", "-").out  # the exact data, escaped as atoms are written
    assert exported.splitlines()[1:-1] == ['(--> #"\\u{1b}[2J" #"\\u{9b}31m")']
    assert read(exported) == expr("-->", Symbol("\x1b[2J"), Symbol("\x9b31m"))


def test_closed_standard_streams_do_not_end_up_in_the_database(claw: Claw) -> None:
    def close() -> None:
        for descriptor in (0, 1, 2):
            os.close(descriptor)

    for _ in range(2):
        process = subprocess.Popen(
            [*claw.command, "atoms", "add", "(--> a b)", "--truth", "1", "0.9"],
            env={**os.environ, "METTACLAW_HOME": str(claw.home)},
            preexec_fn=close,
        )
        assert process.wait(30) == 0
    assert claw("doctor").out.count("sound: 1 statement") == 1


def test_ctrl_c_exits_with_130_and_no_traceback(claw: Claw) -> None:
    process = claw.start("atoms", "import", "-")  # waits for stdin
    time.sleep(1.0)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "Traceback" not in err


@pytest.mark.parametrize("name", ["claw.db", "claw.db-wal"])
def test_no_flag_writes_over_a_database(claw: Claw, name: str) -> None:
    cat = "(--> garfield cat)"
    claw("atoms", "add", cat, "--truth", "1", "0.9")
    file = claw.home / name
    file.touch()
    for args in (["why", cat, "--svg", str(file), "--force"], ["export", str(file), "--force"]):
        done = claw("atoms", *args)
        assert done.code == 1
        assert "belongs to a database" in done.err
    assert cat in claw("atoms", "match", "(--> $x cat)").out
