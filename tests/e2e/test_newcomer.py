"""What a newcomer types, in an empty home with the built-in model: today and after a restart."""

from __future__ import annotations

import re

import pytest

from tests.terminal import ROOT, Claw, by_words

FACTS = "Garfield is a cat. Every cat is an animal."


def test_facts_a_question_over_two_hops_and_why_today_and_after_a_restart(claw: Claw) -> None:
    today = claw("run", "--json", FACTS, "Every animal is mortal.", "Is Garfield mortal?", "Why?")
    assert today.code == 0, today.err
    assert today.err == ""
    *_, answer, reason = today.objects
    assert re.match(r"Yes\b.*Garfield is mortal \(f 1\.00, c 0\.73\)", answer["reply"])
    assert answer["cycles"] == 2  # it looked first, then answered
    for words in ('"Garfield is a cat."', '"Every cat is an animal."', '"Every animal is mortal."'):
        assert words in reason["reply"]
    assert "you said" in reason["reply"]

    tomorrow = claw("run", "--json", "Why?", "Is Garfield mortal?", "Why?")
    again, answer, reason = tomorrow.objects
    assert "Garfield is mortal" in again["reply"]  # the conversation itself is not lost either
    assert answer["reply"].startswith("Yes")
    assert '"Every cat is an animal."' in reason["reply"]


def test_the_same_in_a_terminal(claw: Claw) -> None:
    pytest.importorskip("pexpect")
    for lines in (
        [
            ("Garfield is a cat.", "Noted: Garfield is a cat"),
            ("Every cat is an animal.", "Noted: "),
            ("Is Garfield an animal?", "Yes. Garfield is an animal"),
            ("Why?", 'you said "Garfield is a cat."'),
            ("/why", "by deduction"),
        ],
        [("Is Garfield an animal?", "Yes. Garfield is an animal"), ("/why", "by deduction")],
    ):
        child = claw.terminal()
        child.expect_exact("› ")
        for line, words in lines:
            child.sendline(line)
            child.expect_exact(words)
            child.expect_exact("› ")
        child.send("\x04")
        child.expect_exact(__import__("pexpect").EOF)
        child.close()
        assert child.exitstatus == 0


def test_the_example_is_read_to_its_end(claw: Claw) -> None:
    script = ROOT / "examples" / "garfield.txt"
    done = claw("run", "--json", "--script", str(script))
    assert done.code == 0
    turns = done.objects
    assert len(turns) >= 15
    assert [t["message"] for t in turns if not t["calls"][:-1]] == []  # each was understood
    by_message = {t["message"]: t["reply"] for t in turns}
    assert by_message["Is Odie purple?"].startswith("I have no evidence")
    assert by_message["What is my favourite food?"].startswith("Your favourite food is lasagna")
    assert "waters the plants" in by_message["What do you remember about the plants?"]
    assert turns[-1]["message"] == "Is Garfield an animal?"
    assert not turns[-1]["reply"].startswith("Yes")
    by_words(claw.home)
    again = claw("run", "--script", str(script))  # on what it left behind
    assert again.code == 0
    assert again.out.startswith("you: Garfield is a cat. Every cat is an animal.\nclaw: ")


def test_what_cannot_be_read_gets_help_and_is_in_the_log(claw: Claw) -> None:
    done = claw("run", "Colorless green ideas sleep furiously or else!?")
    assert done.code == 0
    assert done.out.strip()
    log = claw("episodes", "--json").objects
    assert log[0]["text"] == "Colorless green ideas sleep furiously or else!?"
    assert log[-1]["kind"] == "result"


def test_the_metta_command_sees_what_was_said(claw: Claw) -> None:
    claw("run", FACTS)
    assert claw("metta", "(match &kb (--> $x cat) $x)").out == "garfield\n"
    assert claw("metta", "(truth (--> garfield cat))").out == "(stv 1.0 0.9)\n"
    done = claw("metta", "(infer (--> garfield $what))", "--json")
    assert "(--> garfield animal)" in " ".join(done.objects[0]["results"][0])
    assert claw("metta", "!(believe (--> odie dog) (stv 1.0 0.9))").code == 0
    assert claw("run", "Is Odie a dog?").out.startswith("Yes")


def test_metta_from_a_file_and_from_stdin(claw: Claw, tmp_path: object) -> None:
    file = claw.home.parent / "program.metta"
    file.write_text("(= (double $x) (* 2 $x))\n!(double 21)\n!(println! said)\n")
    assert claw("metta", str(file)).out == "said\n42\n()\n"
    assert claw("metta", "-", stdin="!(+ 1 2)").out == "3\n"


def test_metta_that_fails_changes_nothing_and_is_no_result(claw: Claw) -> None:
    done = claw("metta", "!(add-atom &kb (a b))\n!(% 1 0)")
    assert done.code == 1
    assert "division by zero" in done.err
    assert "Error" not in done.out
    assert claw("atoms", "match", "(a $x)").out == ""
    done = claw("metta", "(undefined-function 1)")
    assert done.code == 1
    assert "undefined-function" in done.err
    done = claw("metta", "(+ 1", "--json")
    assert done.code == 1
