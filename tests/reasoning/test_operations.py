from __future__ import annotations

from pathlib import Path

import pytest

from mettaclaw.atoms.store import AtomStore
from mettaclaw.atoms.syntax import read
from mettaclaw.atoms.truth import from_atom as from_truth
from mettaclaw.errors import LimitError, UsageError
from mettaclaw.reasoning import from_atom, infer
from mettaclaw.reasoning.kept import keep
from mettaclaw.reasoning.operations import OPERATIONS, provide, request
from tests.reasoning.conftest import Tell

RECORD = ["said", "contradictions", "changed"]
RUN = {operation.name: operation.run for operation in OPERATIONS}


def call(store: AtomStore, text: str) -> list[str]:
    name, *arguments = read(text).children  # pyright: ignore
    return [str(atom) for atom in RUN[str(name)](store, tuple(arguments))]  # pyright: ignore


def test_the_operations_are_declared() -> None:
    assert list(RUN) == ["|-", "|~", "infer", "derive", "opposed", "why", "why-not", *RECORD]
    assert all(operation.doc.startswith(f"({operation.name} ") for operation in OPERATIONS)


def test_conclusions_are_statement_truth_and_rule(tell: Tell) -> None:
    given = "(|- ((--> tom cat) (stv 1.0 0.9)) ((--> cat animal) (stv 1 0.9)))"
    assert call(tell(), given)[0] == "((--> tom animal) (stv 1.0 0.81) deduction)"


def test_what_follows_the_truth_of_a_premise_is_ignored(tell: Tell) -> None:
    given = '(|- (a (stv 1.0 0.9) deduction "words") ((==> a b) (stv 1.0 0.9) (1 2)))'
    assert call(tell(), given) == ["(b (stv 1.0 0.81) conditional-deduction)"]


def test_one_premise_may_be_given(tell: Tell) -> None:
    assert call(tell(), "(|- ((¬ a) (stv 1.0 0.9)))") == ["(a (stv 0.0 0.9) negation)"]


def test_premises_that_are_known_need_no_truth(tell: Tell) -> None:
    store = tell("(--> tom cat)", ("(--> cat animal)", (0.5, 0.9)))
    found = call(store, "(|- (--> tom cat) (--> cat animal))")
    assert "((--> tom animal) (stv 0.5 0.405) deduction)" in found


def test_a_belief_is_not_revised_with_itself(tell: Tell) -> None:
    store = tell("(--> tom cat)")
    assert call(store, "(|- (--> tom cat) (--> tom cat))") == []
    other = call(store, "(|- (--> tom cat) ((--> tom cat) (stv 1.0 0.9)))")
    assert [line.split(" ")[-1] for line in other] == ["revision)"]


def test_a_given_stamp_is_that_of_a_premise(tell: Tell) -> None:
    shared = "(|- (a (stv 1.0 0.5) (1 2)) (a (stv 1.0 0.6) (2 3)))"
    assert call(tell(), shared) == ["(a (stv 1.0 0.6) choice)"]
    apart = "(|- (a (stv 1.0 0.5) (1 2)) (a (stv 1.0 0.5) (3)))"
    assert call(tell(), apart) == [f"(a (stv 1.0 {2 / 3!r}) revision)"]


def rules(lines: list[str]) -> set[str]:
    return {line.removesuffix(")").split(" ")[-1] for line in lines}


@pytest.mark.parametrize(
    ("sign", "one", "other", "weak"),
    [
        ("|-", "(--> a b)", "(--> a c)", {"induction", "comparison", "generalization"}),
        ("|-", "(--> a c)", "(--> b c)", {"abduction", "comparison", "generalization"}),
        ("|-", "(--> a b)", "(--> b c)", {"exemplification"}),
        ("|-", "b", "(==> a b)", {"conditional-abduction"}),
        ("|-", "(at a 1 1)", "(at b 2 2)", {"succession", "sequence"}),
        ("|~", "(Inheritance h a)", "(Inheritance h b)", {"induction"}),
    ],
)
def test_rules_that_weigh_evidence_are_silent_where_premises_share_it(
    tell: Tell, sign: str, one: str, other: str, weak: set[str]
) -> None:
    def concluded(first: str, second: str) -> set[str]:
        given = f"({sign} ({one} (stv 1 0.9) ({first})) ({other} (stv 1 0.9) ({second})))"
        return rules(call(tell(), given))

    assert weak <= concluded("1 2", "3")
    assert concluded("1 2", "2 3") == concluded("1 2", "3") - weak


def test_what_two_beliefs_rest_on_is_weighed_once(tell: Tell) -> None:
    store = tell("(--> tom cat)", "(--> cat pet)", "(--> cat animal)")
    with store.database.transaction():
        for kind in ("pet", "animal"):
            (answer,) = infer(store, f"(--> tom {kind})")
            keep(store, answer.proof)
    shared = rules(call(store, "(|- (--> tom pet) (--> tom animal))"))
    assert "composition" in shared
    assert shared.isdisjoint({"induction", "comparison", "generalization"})


def test_a_stamp_of_very_many_ids_counts_as_any_other(tell: Tell) -> None:
    many = " ".join(map(str, range(8_000)))
    premise = f"(a (stv 1.0 0.5) ({many}))"
    assert call(tell(), f"(|- {premise} (a (stv 1.0 0.6) (7999)))") == ["(a (stv 1.0 0.6) choice)"]
    assert rules(call(tell(), f"(|- {premise} (a (stv 1.0 0.6) (8000)))")) == {"revision"}
    with pytest.raises(LimitError, match="limit nodes"):
        call(tell(), f"(|- (a (stv 1.0 0.5) ({many} {many})) (a (stv 1.0 0.6) (1)))")


def test_a_belief_that_rests_on_ten_thousand_pieces_of_evidence_is_reasoned_with(
    tell: Tell,
) -> None:
    store = tell("(--> a b)", "(--> b c)")
    _multiply(store, 10_000)
    assert len(store.belief(read("(--> a b)")).stamp) == 10_000  # pyright: ignore
    (answer,) = infer(store, "(--> a c)")
    assert (answer.truth.f, answer.truth.c) == pytest.approx((1.0, 0.81), abs=1e-9)
    assert len(answer.proof.belief.stamp) == 10_001
    assert len(list(answer.proof.leaves())) == 10_001
    (found,) = call(store, "(infer (--> a c))")
    assert len(found) < 5_000
    assert rules(call(store, "(|- (--> a b) (--> b c))")) == {"deduction", "exemplification"}
    shared = "(|- (--> a b) ((--> a b) (stv 0.0 0.95) (7)))"
    assert call(store, shared) == ["((--> a b) (stv 0.0 0.95) choice)"]
    with store.database.transaction():
        keep(store, answer.proof)
        assert store.retract(read("(--> a b)"))
    assert store.belief(read("(--> a c)")) is None
    assert infer(store, "(--> a c)") == []


def _multiply(store: AtomStore, total: int) -> None:
    """Have the first piece of evidence told by so many; one by one it would take a minute."""
    columns = [row[1] for row in store.database.rows("PRAGMA table_info(evidence)")]
    copied = ", ".join(column for column in columns if column != "id")
    count = "WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < ?)"
    with store.database.transaction():
        copies = f"{count} SELECT {copied} FROM evidence, n WHERE id = 1"
        store.database.write(f"INSERT INTO evidence ({copied}) {copies}", (total,))


def test_pln_takes_the_priors_that_are_believed(tell: Tell) -> None:
    given = "(|~ ((Inheritance a c) (stv 0.9 0.9)) ((Inheritance b c) (stv 0.8 0.9)))"
    store = tell(("a", (0.2, 0.9)), ("b", (0.3, 0.9)), ("c", (0.5, 0.9)))
    (found,) = [line for line in call(store, given) if "(Inheritance a b)" in line]
    truth = from_truth(read(found).children[1])  # pyright: ignore
    assert truth is not None
    assert truth.f == pytest.approx(0.444, abs=1e-9)
    assert "(Inheritance a b) (stv 0.7222" in " ".join(call(tell(("c", None)), given))


def test_pln_concludes_from_one_premise(tell: Tell) -> None:
    assert call(tell(), "(|~ ((Not a) (stv 1.0 0.9)))") == ["(a (stv 0.0 0.9) not-elimination)"]


def test_a_persons_own_rules_reach_the_operations(tell: Tell, tmp_path: Path) -> None:
    path = tmp_path / "mine.metta"
    path.write_text(
        "(rule mine (premise (likes $a $b) $t1) (conclusion (knows $a $b) (negation $t1)))"
    )
    asked = request([path], prior=0.4)
    theirs = {operation.name: operation.run for operation in provide(asked)}
    (expression,) = [read("((likes tom pat) (stv 0.0 0.9))")]
    assert [str(atom) for atom in theirs["|-"](tell(), (expression,))] == [
        "((knows tom pat) (stv 1.0 0.9) mine)"
    ]
    link = read("((Inheritance a b) (stv 0.5 0.9))")
    other = read("((Inheritance b c) (stv 0.5 0.9))")
    (found,) = theirs["|~"](tell(), (link, other))
    assert "(stv 0.4166666666666667 0.2025)" in str(found)  # 1/4 + (0.4 - 0.2) / 2 / 0.6
    path.write_text(
        "(rule mine (premise (likes $a $b) $t1) (conclusion (knows $b $a) (negation $t1)))"
    )
    assert request([path], prior=0.4) != asked
    path.write_text("(rule mine)")
    with pytest.raises(UsageError, match=r"mine\.metta, line 1"):
        provide(request([path]))


def test_inference_gives_statement_truth_tier_and_proof(tell: Tell) -> None:
    store = tell("(--> tom cat)", "(--> cat animal)")
    (found,) = call(store, "(infer (--> tom animal))")
    assert found.startswith("((--> tom animal) (stv 1.0 0.81) ACT (proof (--> tom animal) ")
    proof = from_atom(read(found).children[3])  # pyright: ignore
    assert [e.words for e in proof.leaves()] == [
        "they said (--> tom cat)",
        "they said (--> cat animal)",
    ]


def test_inference_that_fails_says_what_it_needs(tell: Tell) -> None:
    assert call(tell("(--> cat animal)"), "(infer (--> tom animal))") == [
        "(unknown (--> tom animal) (need (--> tom cat)))"
    ]
    assert call(tell(), "(infer (--> tom animal))") == ["(unknown (--> tom animal))"]


def test_very_many_answers_give_the_best_that_fit_and_a_note(tell: Tell) -> None:
    store = tell(*(f"(--> {'long' * 50}{i} cat)" for i in range(120)))
    *found, note = call(store, "(infer (--> $who cat))")
    assert 10 < len(found) < 100
    assert sum(map(len, found)) <= 40_000
    assert note == f'(note "these are the best {len(found)}; there are more")'


@pytest.mark.parametrize(("total", "notes"), [(100, 0), (101, 1)])
def test_a_hundred_answers_are_all_and_more_are_noted(tell: Tell, total: int, notes: int) -> None:
    store = tell(*(f"(--> t{i} cat)" for i in range(total)))
    found = call(store, "(infer (--> $who cat) (steps 5000))")
    assert len(found) == 100 + notes
    assert found[100:] == ['(note "these are the best 100; there are more")'] * notes


def test_a_search_that_a_bound_ended_is_noted(tell: Tell) -> None:
    store = tell(*(f"(--> t{i} cat)" for i in range(50)), "(--> cat animal)")
    *found, note = call(store, "(infer (--> $who animal) (steps 60))")
    assert len(found) < 51
    assert "ended after 60 steps, so there may be more" in note
    assert "looks further" in call(store, "(infer (--> t3 plant) (steps 10))")[-1]


def test_what_was_rejected_and_does_not_fit_is_noted(tell: Tell) -> None:
    birds = [f"(--> pingu {'bird' * 2_000}{i})" for i in range(3)]
    store = tell(*birds, *(f"(--> {'bird' * 2_000}{i} flyer)" for i in range(3)))
    with store.database.transaction():
        for bird in birds:
            store.remove(read(bird))
    *found, note = call(store, "(why-not (--> pingu flyer))")
    assert found[0].startswith("(rejected retired ")
    rejected = [line for line in found if line.startswith("(rejected ")]
    assert sum(map(len, rejected)) <= 40_000
    first = f"of what was rejected, these are the first {len(rejected)}"
    assert note == f'(note "{first}; there are more")'


def test_why_gives_a_proof_or_says_that_it_is_unknown(tell: Tell) -> None:
    store = tell("(--> tom cat)")
    assert call(store, "(why (--> tom cat))")[0].startswith("(proof (--> tom cat) (stv 1.0 0.9) s")
    assert call(store, "(why (--> tom dog))") == ["(unknown (--> tom dog))"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("(|-)", r"one or two premises, not 0; write \(\|- "),
        ("(|- a b c)", "not 3"),
        ("(|~)", r"`\|~` takes one or two premises, not 0; write \(\|~ "),
        ("(|- (--> tom cat) (--> cat animal))", r"&kb holds no `\(--> tom cat\)`"),
        ("(|- ((--> tom cat) (stv 1.0)) a)", "is no truth value"),
        ("(|- ((--> tom cat) (stv 2.0 0.9)) a)", r"not in \[0, 1\]"),
        ("(infer)", r"write \(infer "),
        ("(infer a b)", "no logic .b.; there are nal, pln"),
        ("(infer a (b))", r"not `\(b\)`; write \(infer "),
        ("(infer $x)", "names nothing"),
        ("(why)", r"write \(why "),
        ("(why-not)", r"write \(why-not "),
        ("(why-not a (b))", r"not `\(b\)`; write \(why-not "),
    ],
)
def test_wrong_arguments_are_told_the_right_form(tell: Tell, text: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        call(tell(), text)


@pytest.mark.parametrize("stamp", ["(e1)", "5", "(1 x)", "(1 2.5)"])
def test_a_malformed_stamp_is_refused(tell: Tell, stamp: str) -> None:
    premise = f"((--> a b) (stv 1.0 0.9) {stamp})"
    with pytest.raises(UsageError, match="is no evidence"):
        call(tell(), f"(|- {premise} {premise})")
