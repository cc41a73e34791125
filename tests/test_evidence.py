"""What counts as evidence, by every way that it comes in: Python, MeTTa, files."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from mettaclaw.atoms.evidence import Said, replaced
from mettaclaw.atoms.quality import Quality
from mettaclaw.atoms.quoting import is_quote
from mettaclaw.atoms.syntax import String
from mettaclaw.atoms.truth import Truth, pool, revise
from mettaclaw.atoms.view import Evidence
from mettaclaw.atomspace import Atomspace

FACT = "(--> tom cat)"
SAID = "Tom is a cat."


def sources(kb: Atomspace, statement: str = FACT) -> list[tuple[str, str | None]]:
    return [(evidence.source, evidence.words) for evidence in kb.evidence(statement)]


def believe(
    kb: Atomspace, truth: str = "(stv 1.0 0.5)", words: str = "", source: str = "model:m"
) -> str:
    """Believe it, and see that what the evaluation shows is what is stored."""
    kb.quality = Quality(sources={"user": "primary", "model:*": "primary"})  # nothing is capped
    quoted = f' "{words}"' if words else ""
    program = f"!(believe {FACT} {truth}{quoted}) !(truth {FACT})"
    done = kb.evaluate(program, source=source, quotable=f"Hello. {SAID}")
    assert done.error is None
    stored = kb.truth(FACT)
    assert stored is not None
    assert [str(form[0]) for form in done.results] == [str(stored.to_atom())] * 2
    return str(stored)


# --- opinions ---


def test_an_opinion_counts_once_however_often_it_is_given(kb: Atomspace) -> None:
    assert [believe(kb) for _ in range(3)] == ["(stv 1.0 0.5)"] * 3
    assert sources(kb) == [("model:m", None)]


def test_a_new_opinion_takes_the_place_of_the_old_one(kb: Atomspace) -> None:
    kb.add(FACT, (1.0, 0.9), source="user", words=SAID)
    believe(kb, "(stv 1.0 0.5)")
    believe(kb, "(stv 0.0 0.3)")
    assert kb.truth(FACT) == revise(Truth(1.0, 0.9), Truth(0.0, 0.3))
    assert sources(kb) == [("user", SAID), ("model:m", None)]
    retired = kb.database.rows("SELECT f, c FROM evidence WHERE retired IS NOT NULL")
    assert retired == [(1.0, 0.5)]


def test_each_source_has_its_own_opinion(kb: Atomspace) -> None:
    believe(kb, source="user")
    believe(kb, source="model:m")
    believe(kb, source="user")
    assert sources(kb) == [("user", None), ("model:m", None)]


def test_several_opinions_in_one_evaluation_leave_the_last(kb: Atomspace) -> None:
    done = kb.evaluate(f"!(believe {FACT} (stv 1 0.5)) !(believe {FACT} (stv 0 0.5))")
    assert [str(form[0]) for form in done.results] == ["(stv 1.0 0.5)", "(stv 0.0 0.5)"]
    assert kb.truth(FACT) == Truth(0.0, 0.5)


def test_an_opinion_replaces_no_observation(kb: Atomspace) -> None:
    for _ in range(2):
        kb.add(FACT, (1.0, 0.5), source="api")
    kb.evaluate(f"!(believe {FACT} (stv 0 0.5))", source="api")
    kb.evaluate(f"!(believe {FACT} (stv 0 0.2))", source="api")
    assert kb.truth(FACT) == pool([Truth(1.0, 0.5), Truth(1.0, 0.5), Truth(0.0, 0.2)])


# --- words ---


def test_a_model_that_quotes_what_was_said_is_no_second_witness(kb: Atomspace) -> None:
    kb.add(FACT, (1.0, 0.9), source="ann", words="I saw Tom purr")
    assert believe(kb, "(stv 1.0 0.9)", "I saw Tom purr") == "(stv 1.0 0.9)"
    assert believe(kb, "(stv 1.0 0.4)", "I saw Tom purr") == "(stv 1.0 0.9)"
    assert believe(kb, "(stv 1.0 0.9)", "I saw Tom purr", "model") == "(stv 1.0 0.9)"
    assert sources(kb) == [("ann", "I saw Tom purr")]


def test_who_says_it_himself_takes_the_place_of_the_model_that_quoted_him(kb: Atomspace) -> None:
    believe(kb, "(stv 1.0 0.9)", "I saw Tom purr")
    kb.add(FACT, (1.0, 0.9), source="ann", words="I saw Tom purr")
    assert sources(kb) == [("ann", "I saw Tom purr")]
    assert kb.truth(FACT) == Truth(1.0, 0.9)


def test_a_model_that_reads_the_same_words_otherwise_changes_its_reading(kb: Atomspace) -> None:
    believe(kb, "(stv 1.0 0.5)", "a page on the web")
    assert believe(kb, "(stv 0.0 0.5)", "a page on the web") == "(stv 0.0 0.5)"


def test_two_witnesses_with_the_same_words_are_two(kb: Atomspace) -> None:
    for source in ("ann", "bob", "ann"):
        kb.add(FACT, (1.0, 0.5), source=source, words="I saw Tom purr")
    assert [source for source, _ in sources(kb)] == ["ann", "bob"]


def test_the_persons_own_words_count_once_by_whatever_way_they_come(kb: Atomspace) -> None:
    kb.add(FACT, (1.0, 0.9), source="user", words=SAID)
    assert believe(kb, "(stv 1.0 0.9)", SAID) == "(stv 1.0 0.9)"
    assert sources(kb) == [("user", SAID)]


def test_an_evaluation_in_a_transaction_knows_what_that_has_said(kb: Atomspace) -> None:
    with kb.transaction():
        kb.add(FACT, (1.0, 0.9), source="user", words=SAID)
        assert believe(kb, "(stv 1.0 0.9)", SAID) == "(stv 1.0 0.9)"
    assert sources(kb) == [("user", SAID)]


# --- the order ---


@pytest.mark.parametrize("c", [0.99, 1.0, 0.98, 0.0])
def test_the_order_of_evidence_makes_no_difference(kb: Atomspace, c: float) -> None:
    found: set[str] = set()
    for i, order in enumerate(itertools.permutations([(1.0, c), (0.0, c), (1.0, c), (0.5, 0.9)])):
        for truth in order:
            belief = kb.add(f"(case {i})", truth)
        assert belief.truth is not None
        found.add(f"{belief.truth.f:.9f} {belief.truth.c:.9f}")
    assert len(found) == 1


def test_evidence_past_the_cap_still_counts(kb: Atomspace) -> None:
    truths = [Truth(float(i % 3 > 0), 0.9) for i in range(60)]
    for truth in truths:
        belief = kb.add("(a)", truth)
    assert belief.truth is not None
    assert belief.truth.c == 0.99
    assert belief.truth.f == pytest.approx(pool(truths).f)
    assert belief.truth.f == pytest.approx(2 / 3)


# --- files ---


def put(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_independent_files_are_two_witnesses_and_a_copy_is_none(
    kb: Atomspace, tmp_path: Path
) -> None:
    line = f"!(believe {FACT} (stv 1.0 0.9))\n"
    one, two = put(tmp_path / "one.metta", line), put(tmp_path / "two.metta", line + "(a)\n")
    copy = put(tmp_path / "copy.metta", line)
    for file in (one, copy, one, two, copy, two):
        kb.import_file(file)
    assert [source for source, _ in sources(kb)] == ["file:one.metta", "file:two.metta"]
    assert kb.truth(FACT) == revise(Truth(1.0, 0.9), Truth(1.0, 0.9))


def test_other_files_of_one_name_are_other_sources_and_a_later_edition_is_the_same(
    kb: Atomspace, tmp_path: Path
) -> None:
    line = f"!(believe {FACT} (stv 1.0 0.9))\n"
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        kb.import_file(put(tmp_path / folder / "facts.metta", f"({folder})\n{line}"))
    assert len({source for source, _ in sources(kb)}) == 2
    before = kb.truth(FACT)
    kb.import_file(put(tmp_path / "a" / "facts.metta", f"(a)\n{line}(new)\n"))
    assert kb.truth(FACT) == before
    assert kb.belief("(new)") is not None


def test_what_was_removed_comes_back_with_its_file(kb: Atomspace, tmp_path: Path) -> None:
    file = put(tmp_path / "f.metta", f"!(believe {FACT} (stv 1.0 0.9))\n(plain)\n")
    kb.import_file(file)
    kb.remove(FACT)
    kb.remove("(plain)")
    kb.import_file(file)
    assert kb.truth(FACT) == Truth(1.0, 0.9)
    assert kb.belief("(plain)") is not None


def test_an_older_export_of_this_base_is_no_evidence_for_what_it_believes(
    kb: Atomspace, tmp_path: Path
) -> None:
    kb.add(FACT, (1.0, 0.9), source="ann")
    kb.add("(gone)", (1.0, 0.8), source="ann")
    kb.export(tmp_path / "old.metta")
    kb.add(FACT, (1.0, 0.9), source="bob")
    kb.remove("(gone)")
    before = kb.belief(FACT)
    kb.import_file(tmp_path / "old.metta")
    assert kb.belief(FACT) == before
    assert kb.truth("(gone)") == Truth(1.0, 0.8)


def test_an_export_of_another_base_is_evidence(kb: Atomspace, tmp_path: Path) -> None:
    kb.add(FACT, (1.0, 0.9), source="ann")
    with Atomspace.open(tmp_path / "other.db") as other:
        other.add(FACT, (1.0, 0.9), source="bob")
        other.export(tmp_path / "other.metta")
    kb.import_file(tmp_path / "other.metta")
    assert [source for source, _ in sources(kb)] == ["ann", "file:other.metta"]


def test_what_was_added_by_hand_to_an_export_counts(kb: Atomspace, tmp_path: Path) -> None:
    kb.add(FACT, (1.0, 0.9), source="ann")
    kb.export(tmp_path / "own.metta")
    text = (tmp_path / "own.metta").read_text()
    kb.import_file(put(tmp_path / "own.metta", text + f"!(believe {FACT} (stv 0.0 0.3))\n"))
    assert kb.truth(FACT) == revise(Truth(1.0, 0.9), Truth(0.0, 0.3))


def test_an_import_that_fails_is_not_remembered(kb: Atomspace, tmp_path: Path) -> None:
    file = put(tmp_path / "f.metta", "(a)")
    with pytest.raises(KeyError), kb.transaction():
        kb.import_file(file)
        raise KeyError
    assert kb.database.rows("SELECT * FROM import") == []


# --- quotes ---


@pytest.mark.parametrize(
    ("words", "quoted"),
    [
        ("Sure.", True),
        ("sure", False),
        ("I think that it is so", False),
        ("I think that Tom is a cat", True),
        ("Tom is a cat", True),
        ("Tom is", False),
        ("is a cat", True),
        ("that it is", False),
        ("Tom is a ca", False),
        ("Tom's sister", False),
        ("Rex barks", True),
        ("Tom's sister isn't there", True),
        ("...", False),
        ("猫はねこ", True),
        ("猫", False),
        ("buy milk", True),
        ("buy", False),
        ("Remember", False),
    ],
)
def test_a_fragment_that_states_nothing_is_no_quote(words: str, quoted: bool) -> None:
    message = "Sure. I think that Tom is a cat, so that it is. Rex barks; he is. 猫はねこ。はい"
    message += "\nTom's sister isn't there! Remember: buy milk."
    assert is_quote(words, message) is quoted


# --- one message, one piece of evidence ---


def test_what_a_model_cuts_from_one_message_counts_once(kb: Atomspace) -> None:
    message = "Garfield is a cat, and he is fat."
    for number, words in enumerate(
        ("Garfield is a cat", "Garfield is a cat,", message, "is a cat, and", message[:-1])
    ):
        kb.evaluate(
            f'!(believe {FACT} (stv 1.0 0.9{number}) "{words}")',
            source="model:m",
            quotable=message,
        )
    (evidence,) = kb.evidence(FACT)
    assert evidence.source == "user"
    assert kb.truth(FACT) == Truth(1.0, 0.94)


@pytest.mark.parametrize(
    "again", ["Tom is a cat", "tom is a cat.", "Tom  is a cat!", " Tom is a\ncat "]
)
def test_a_person_who_says_it_again_is_one_witness(kb: Atomspace, again: str) -> None:
    for message in ("Tom is a cat.", again):
        program = f"!(believe {FACT} (stv 1.0 0.9) {String(message)})"
        assert kb.evaluate(program, source="model:m", quotable=message).error is None
    assert len(kb.evidence(FACT)) == 1


# --- knowledge that comes back ---


def test_knowledge_that_comes_back_by_way_of_another_base_is_not_new(tmp_path: Path) -> None:
    with Atomspace.open(":memory:") as ours, Atomspace.open(":memory:") as theirs:
        ours.add(FACT, (1.0, 0.9), source="ann")
        for round_ in range(3):
            ours.export(tmp_path / f"ours{round_}.metta")
            theirs.import_file(tmp_path / f"ours{round_}.metta")
            theirs.add("(--> new fact)", (1.0, 0.5))
            theirs.export(tmp_path / f"theirs{round_}.metta")
            ours.import_file(tmp_path / f"theirs{round_}.metta")
        assert ours.truth(FACT) == theirs.truth(FACT) == Truth(1.0, 0.9)
        assert ours.belief("(--> new fact)") is not None


def test_a_restored_backup_that_went_on_by_itself_brings_no_second_evidence(
    kb: Atomspace, tmp_path: Path
) -> None:
    kb.add(FACT, (1.0, 0.9), source="ann")
    kb.backup(tmp_path / "copy.db")
    with Atomspace.open(tmp_path / "copy.db") as copy:
        copy.add(FACT, (1.0, 0.5), source="sam")
        copy.export(tmp_path / "copy.metta")
    kb.import_file(tmp_path / "copy.metta")
    assert kb.truth(FACT) == Truth(1.0, 0.9)


def test_copies_that_differ_in_comments_are_one_source_and_the_latest_edition_stands(
    kb: Atomspace, tmp_path: Path
) -> None:
    for number in range(4):
        kb.import_file(
            put(tmp_path / f"{number}.metta", f"; copy {number}\n!(believe {FACT} (stv 1.0 0.9))\n")
        )
    assert kb.truth(FACT) == Truth(1.0, 0.9)
    for c in (0.6, 0.7, 0.8):
        kb.import_file(put(tmp_path / "news.metta", f"!(believe {FACT} (stv 0.0 {c}))\n"))
    assert kb.truth(FACT) == revise(Truth(1.0, 0.9), Truth(0.0, 0.8))


def test_a_denial_that_quotes_what_was_said_stands_beside_it() -> None:
    tom = Evidence(7, Truth(1.0, 0.9), "user", 0.0, "Tom is a cat", opinion=False)
    denial = "It is not true that Tom is a cat"
    assert replaced(Said(Truth(0.0, 0.9), "user", denial, message=denial), [tom]) == ()
    again = "I know that Tom is a cat"
    assert replaced(Said(Truth(1.0, 0.9), "user", again, message=again), [tom]) is None
