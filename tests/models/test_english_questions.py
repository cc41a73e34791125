"""Questions, memory and politeness: which calls they make, and what is said to the results."""

from __future__ import annotations

import pytest

from mettaclaw.protocol.calls import Failure
from tests.models.english import calls, cycle, exchange, forms, refused, reply

SAID = '(evidence 1 "user" "2026-11-21T10:02:33Z" "Wug is a blicket.")'
DIRECT = (
    f"((--> wug blicket) (stv 1.0 0.9) ACT (proof (--> wug blicket) (stv 1.0 0.9) said {SAID}))"
)


@pytest.mark.parametrize(
    ("question", "form"),
    [
        ("Is Wug a blicket?", "(infer (--> wug blicket))"),
        ("is wug a blicket", "(infer (--> wug blicket))"),
        ("Isn't Wug a blicket?", "(infer (--> wug blicket))"),
        ("Wug is a blicket?", "(infer (--> wug blicket))"),
        ("Wug is a blicket, isn't it?", "(infer (--> wug blicket))"),
        ("Do you know whether Wug is a blicket?", "(infer (--> wug blicket))"),
        ("Is it true that Wug is a blicket?", "(infer (--> wug blicket))"),
        ("Are blickets zorbs?", "(infer (--> blicket zorb))"),
        ("Is every blicket a zorb?", "(infer (--> blicket zorb))"),
        ("Are golden retrievers friendly?", "(infer (--> golden_retriever ([] friendly)))"),
        ("Is Wug daxy?", "(infer (--> wug ([] daxy)))"),
        ("Is New York big?", "(infer (--> new_york ([] big)))"),
        ("Is dark chocolate bitter?", "(infer (--> dark_chocolate ([] bitter)))"),
        ("Does Wug glip Fep?", "(infer (--> (x wug fep) glip))"),
        ("Did Wug glip Fep?", "(infer (--> (x wug fep) did_glip))"),
        ("Is Wug glipping Fep?", "(infer (--> (x wug fep) glip))"),
        ("Is Fep glipped by Wug?", "(infer (--> (x wug fep) glip))"),
        ("Do blickets glip zorbs?", "(infer (--> (x blicket zorb) glip))"),
        ("Does Wug sleep?", "(infer (--> wug ([] sleeping)))"),
        ("Can Wug fly?", "(infer (--> wug ([] can_fly)))"),
        ("Does Wug have a tail?", "(infer (--> (x wug tail) have))"),
        ("Is Wug in Paris?", "(infer (--> (x wug paris) be_in))"),
        ("Is Wug taller than Fep?", "(infer (--> (x wug fep) be_taller_than))"),
        ("Is Paris the capital of France?", "(infer (--> (x paris france) capital))"),
        ("Who glips Fep?", "(infer (--> (x $who fep) glip))"),
        ("Who is glipped by Wug?", "(infer (--> (x wug $who) glip))"),
        ("Who sleeps?", "(infer (--> $who ([] sleeping)))"),
        ("Who is a blicket?", "(infer (--> $who blicket))"),
        ("Who is friendly?", "(infer (--> $who ([] friendly)))"),
        ("Who has a tail?", "(infer (--> (x $who tail) have))"),
        ("Who lives in Paris?", "(infer (--> (x $who paris) live_in))"),
        ("What does Wug glip?", "(infer (--> (x wug $what) glip))"),
        ("Who does Wug like?", "(infer (--> (x wug $what) like))"),
        ("What is Wug glipping?", "(infer (--> (x wug $what) glip))"),
        ("What is Wug afraid of?", "(infer (--> (x wug $what) be_afraid_of))"),
        ("What do blickets have?", "(infer (--> (x blicket $what) have))"),
        ("Where does Wug live?", "(infer (--> (x wug $what) $how))"),
        ("Where is Wug?", "(infer (--> (x wug $what) $how))"),
        ("Which blickets are daxy?", "(infer (∧ (--> $who blicket) (--> $who ([] daxy))))"),
        ("Which blickets glip Fep?", "(infer (∧ (--> $who blicket) (--> (x $who fep) glip)))"),
        ("What animals are lazy?", "(infer (∧ (--> $who animal) (--> $who ([] lazy))))"),
        ("What is my favourite colour?", "(infer (--> (x $what user) favourite_colour))"),
        ("What's my name?", "(infer (--> (x $what user) name))"),
        ("Who is my sister?", "(infer (--> (x $what user) sister))"),
        ("Who is Wug's sister?", "(infer (--> (x $what wug) sister))"),
        ("What is the capital of France?", "(infer (--> (x $what france) capital))"),
        ("Do I like pizza?", "(infer (--> (x user pizza) like))"),
        ("What do I like?", "(infer (--> (x user $what) like))"),
        ("Am I hungry?", "(infer (--> user ([] hungry)))"),
        ("What is Wug?", "(infer (--> wug $what))"),
        ("Who is Wug?", "(infer (--> wug $what))"),
        ("Tell me who Wug is.", "(infer (--> wug $what))"),
        ("What is a blicket?", "(infer (--> blicket $what))"),
        ("Who am I?", "(infer (--> user $what))"),
        ("Does anyone glip Fep?", "(infer (--> (x $who fep) glip))"),
        ("Do any blickets fly?", "(infer (∧ (--> $who blicket) (--> $who ([] flying))))"),
        ("What colour is Wug?", "(infer (--> wug ([] $what)))"),
        ("When is my birthday?", "(infer (--> (x $what user) birthday))"),
        ("Do you remember what my name is?", "(infer (--> (x $what user) name))"),
        ("Why is Wug a blicket?", "(why (--> wug blicket))"),
        ("Why isn't Wug a zorb?", "(why (--> wug zorb))"),
        ("Why is Wug daxy?", "(why (--> wug ([] daxy)))"),
        ("Why does Wug glip Fep?", "(why (--> (x wug fep) glip))"),
        ("How do you know that Wug is a blicket?", "(why (--> wug blicket))"),
    ],
)
def test_a_question_asks_for_what_it_means(question: str, form: str) -> None:
    assert forms(question)[0] == form


def test_a_question_for_two_things_asks_for_both() -> None:
    assert forms("Is Wug a friendly blicket?") == [
        "(infer (--> wug blicket))",
        "(infer (--> wug ([] friendly)))",
    ]


@pytest.mark.parametrize(
    ("truth", "start"),
    [
        ((1.0, 0.81), "Yes. Wug is a blicket (f 1.00, c 0.81)."),
        ((0.9, 0.73), "Yes, probably. Wug is a blicket (f 0.90, c 0.73)."),
        ((0.0, 0.9), "No. Wug is not a blicket (f 0.00, c 0.90)."),
        ((0.2, 0.6), "No, probably not. Wug is not a blicket (f 0.20, c 0.60)."),
        ((0.5, 0.95), "It is undecided"),
        ((1.0, 0.4), "Perhaps: the evidence is weak."),
        ((1.0, 0.01), "I cannot tell"),
    ],
)
def test_the_answer_says_yes_no_or_how_unsure_with_the_truth(
    truth: tuple[float, float], start: str
) -> None:
    value = f"((--> wug blicket) (stv {truth[0]} {truth[1]}) ACT)"
    assert reply("Is Wug a blicket?", value).startswith(start)


def test_an_unknown_answer_says_so_and_what_would_help() -> None:
    said = reply("Is Wug a zorb?", "(unknown (--> wug zorb) (need (--> blicket zorb)))")
    assert said.startswith("I have no evidence on whether Wug is a zorb.")
    assert "whether blickets are zorbs" in said


def test_a_guess_is_called_a_guess() -> None:
    proof = f"(proof (--> wug zorb) (stv 1.0 0.45) abduction {_proof()} {_proof()})"
    said = reply("Is Wug a zorb?", f"((--> wug zorb) (stv 1.0 0.45) HYPOTHESIZE {proof})")
    assert said.startswith("I do not know: evidence is missing. A weak guess (abduction):")


def _proof() -> str:
    return f"(proof (--> wug blicket) (stv 1.0 0.9) said {SAID})"


def test_several_answers_are_ranked_with_their_truth() -> None:
    values = "((--> wug blicket) (stv 1.0 0.9) ACT) ((--> fep blicket) (stv 0.9 0.7) ACT)"
    before = exchange("Wug is nice. Fep is nice.")
    said = reply("Who is a blicket?", values, history=[before])
    assert said == "Wug (f 1.00, c 0.90) and Fep (f 0.90, c 0.70)."


def test_a_search_that_did_not_look_at_everything_says_so() -> None:
    note = '(note "the search ended after 2,000 steps, so there may be more; further")'
    tom = "((--> tom animal) (stv 1 0.9) ACT (proof x))"
    assert reply("Who is an animal?", f"{tom} {note}").endswith(" There may be more.")
    assert "more" not in reply("Who is an animal?", tom)
    said = reply("Is Tom a plant?", f"(unknown (--> tom plant)) {note}")
    assert said == (
        "I found no evidence on whether Tom is a plant, but did not look at all that I know."
    )


def test_what_is_denied_is_no_answer_to_who() -> None:
    said = reply("Who glips Fep?", "((--> (x wug fep) glip) (stv 0.0 0.9) IGNORE)")
    assert said.startswith("I know of nothing and nobody that glips Fep.")


def test_what_something_is_comes_in_one_sentence() -> None:
    values = (
        "(((--> wug blicket) (stv 1.0 0.9) ACT) ((--> wug ([] lazy)) (stv 1.0 0.81) ACT) "
        "((--> wug zorb) (stv 0.0 0.9) IGNORE)) ()"
    )
    assert reply("Who is Wug?", values) == (
        "Wug is a blicket (f 1.00, c 0.90), lazy (f 1.00, c 0.81) and is not a zorb"
        " (f 0.00, c 0.90)."
    )


def test_why_goes_down_to_who_said_what_when() -> None:
    proof = (
        f"(proof (--> wug zorb) (stv 1.0 0.81) deduction {_proof()} (proof (--> blicket zorb) "
        '(stv 1.0 0.9) said (evidence 2 "user" "2026-11-21T10:05:00Z" "Every blicket is a zorb.")'
        ' (evidence 3 "file:zoo.metta" "2026-11-21T10:06:00Z" "")))'
    )
    assert reply("Why is Wug a zorb?", proof).split("\n") == [
        "Wug is a zorb (f 1.00, c 0.81), because what holds of a kind holds of what belongs to it"
        " (deduction):",
        '  - Wug is a blicket (f 1.00, c 0.90): you said "Wug is a blicket." on 2026-11-21 at 10:02'
        " UTC.",
        "  - blickets are zorbs (f 1.00, c 0.90): it was said 2 times:",
        '    - you said "Every blicket is a zorb." on 2026-11-21 at 10:05 UTC.',
        "    - it is in the file zoo.metta on 2026-11-21 at 10:06 UTC.",
    ]


def test_why_alone_asks_about_the_last_question_of_an_earlier_turn() -> None:
    before = exchange(
        "Is Wug a blicket?", ("(metta (infer (--> wug blicket)))", DIRECT), ('(send "y")', "(sent)")
    )
    (call,) = calls("Why?", history=[before])
    assert str(call) == "(metta (why (--> wug blicket)))"


def test_why_alone_asks_about_the_best_answer_where_the_question_had_a_variable() -> None:
    before = exchange("Who is a blicket?", ("(metta (infer (--> $who blicket)))", DIRECT))
    (call,) = calls("why", history=[before])
    assert str(call) == "(metta (why (--> wug blicket)))"


def test_why_alone_asks_about_a_fact_that_was_told() -> None:
    before = exchange(
        "Wug is a blicket.",
        ('(metta (believe (--> wug blicket) (stv 1.0 0.9) "x"))', "(stv 1 0.9)"),
    )
    assert str(calls("Why?", history=[before])[0]) == "(metta (why (--> wug blicket)))"
    assert str(calls("Are you sure?", history=[before])[0]) == "(metta (infer (--> wug blicket)))"


def test_why_in_the_same_message_waits_for_the_answer() -> None:
    (first,) = calls("Who is a blicket? Why?")
    (second,) = calls("Who is a blicket? Why?", [cycle((first, DIRECT))])
    assert str(second) == "(metta (why (--> wug blicket)))"


def test_why_without_anything_before_says_so() -> None:
    (send,) = calls("Why?")
    assert "nothing to explain" in str(send)


def test_facts_and_questions_in_one_message_are_taken_in_order() -> None:
    names = [str(call)[:14] for call in calls("Wug is a blicket. Is Wug a zorb? Fep is a zorb.")]
    assert names == ["(metta (believ", "(metta (infer ", "(metta (believ"]


def test_calls_stay_within_the_limit_of_a_cycle() -> None:
    text = " ".join(f"N{i} is a blicket." for i in range(12))
    first = calls(text)
    assert len(first) == 5
    second = calls(text, [cycle(*((call, "(stv 1.0 0.9)") for call in first))])
    assert len(second) == 5
    assert {str(call) for call in first}.isdisjoint(str(call) for call in second)


def test_very_many_facts_share_calls() -> None:
    text = "\n".join(f"N{i} is a blicket." for i in range(60))
    first = calls(text)
    assert [len(call.args) for call in first] == [10] * 5


def test_revision_and_contradiction_are_mentioned() -> None:
    agrees = reply("Wug is a blicket.", "(stv 1.0 0.9473684210526316)")
    assert agrees == "That agrees with what I had: Wug is a blicket, now (f 1.00, c 0.95)."
    against = reply(
        "Wug is not a blicket.", "((unknown (--> wug blicket))) ((stv 0.5 0.9473684210526316))"
    )
    assert against == (
        "Noted: Wug is not a blicket. But I was told the opposite before: "
        '"Wug is a blicket" is now (f 0.50, c 0.95). If one was wrong, say '
        '"Forget that Wug is a blicket", and tell me again what is right.'
    )
    assert (
        reply("Wug is a blicket.", "(stv 1.0 0.9)") == "Noted: Wug is a blicket (f 1.00, c 0.90)."
    )


def test_the_latest_value_wins_and_the_earlier_ones_are_told() -> None:
    def value(colour: str, number: int) -> str:
        statement = f"(--> (x {colour} user) favourite_colour)"
        leaf = f'(evidence {number} "user" "2026-11-21T10:02:33Z" "It is {colour}.")'
        return f"({statement} (stv 1.0 0.9) ACT (proof {statement} (stv 1.0 0.9) said {leaf}))"

    said = reply("What is my favourite colour?", f"{value('blue', 3)} {value('green', 8)}")
    assert said == "Your favourite colour is green (f 1.00, c 0.90). Before, it was blue."
    both = f"({value('blue', 3)}) ({value('blue', 3)} {value('green', 8)})"
    assert reply("Is my favourite colour blue?", both).startswith("Not any more:")


def test_somebodys_thing_is_looked_up_before_it_is_spoken_of() -> None:
    (look,) = calls("My sister lives in Paris.")
    assert str(look) == "(metta (infer (--> (x $sister user) sister)))"
    known = "((--> (x ann user) sister) (stv 1.0 0.9) ACT)"
    (tell,) = calls("My sister lives in Paris.", [cycle((look, known))])
    assert "(believe (--> (x ann paris) live_in)" in str(tell)
    unknown = "(unknown (--> (x $sister user) sister))"
    (tell,) = calls("My sister lives in Paris.", [cycle((look, unknown))])
    assert "(believe (--> (x sister_of_user paris) live_in)" in str(tell)
    assert "(believe (--> sister_of_user sister)" in str(tell)


def test_remember_keeps_the_words_and_believes_what_they_say() -> None:
    assert [str(c) for c in calls("Remember that I want to learn to sail.")] == [
        '(remember "I want to learn to sail.")'
    ]
    kept, believed = calls("Please remember that Wug is a blicket.")
    assert str(kept) == '(remember "Wug is a blicket.")'
    assert "(believe (--> wug blicket)" in str(believed)


def test_what_is_remembered_comes_from_memory_and_from_statements() -> None:
    query, known = calls("What do you remember about Wug?")
    assert str(query).startswith('(query "Wug"')
    assert "(match &kb (--> wug $what) (why (--> wug $what)))" in str(known)
    said = reply(
        "What do you remember about Wug?",
        '(item 1 "Wug owes me tea" "user" "2026-11-21T10:02:33Z" 0.9)',
        f"({_proof()}) () () () () () ()",
    )
    assert "- Wug is a blicket (f 1.00, c 0.90)." in said
    assert '- "Wug owes me tea"' in said


def test_forget_looks_first_and_then_takes_back_statement_and_words() -> None:
    text = "Please forget that Wug is a blicket."
    query, look = calls(text)
    assert str(query) == '(query "Wug is a blicket" 20)'
    timed = "(at (--> wug blicket) $from $to)"
    plain = "(match &kb (--> wug blicket) (why (--> wug blicket)))"
    assert str(look) == f"(metta {plain} (match &kb {timed} (why {timed})))"
    proof = _proof().replace("Wug is a blicket.", "Remember that Wug is a blicket.")
    first = cycle((query, ""), (look, f"({proof}) ()"))
    gone = calls(text, [first])
    assert [str(c) for c in gone] == [
        "(forget (--> wug blicket))",
        '(forget "Wug is a blicket")',
    ]
    done = cycle(*((c, '(forgot statement "x")') for c in gone), number=2)
    (check,) = calls(text, [first, done])
    assert str(check) == "(metta (infer (--> wug blicket)))"
    unknown = "(unknown (--> wug blicket))"
    (send,) = calls(text, [first, done, cycle((check, unknown), number=3)])
    assert "I have forgotten" in str(send)


def test_forgetting_by_a_name_that_several_words_have_asks_which() -> None:
    text = "Forget the zorb."
    query, look = calls(text)
    items = " ".join(
        f'(item {n} "the zorb {said}" "user" "2026-11-21T10:02:33Z" 0.9)'
        for n, said in ((1, "is wet"), (2, "was lent to Fep"))
    )
    (send,) = calls(text, [cycle((query, items), (look, "() () () () () () () ()"))])
    assert "I have forgotten nothing. I keep:" in str(send)
    assert "the zorb was lent to Fep" in str(send)


def test_forgetting_what_was_not_known_says_so() -> None:
    text = "Forget that Wug is a blicket."
    query, look = calls(text)
    first = cycle((query, ""), (look, "() ()"))
    (check,) = calls(text, [first])
    assert check.name == "metta"
    (send,) = calls(text, [first, cycle((check, "(unknown (--> wug blicket))"), number=2)])
    assert "There is nothing to forget: I did not know that Wug is a blicket." in str(send)


def test_forget_it_forgets_nothing() -> None:
    before = exchange("Wug is a blicket.")
    for text in ("Forget it.", "forget that", "Never mind."):
        (send,) = calls(text, history=[before])
        assert send.name == "send"
        assert ("say what" in str(send)) == text.lower().startswith("forget")


def test_what_was_said_about_somebody_is_forgotten_by_what_they_are_called() -> None:
    for text in ("Forget Wug.", "Forget about Wug.", "Forget what I said about Wug."):
        assert "(match &kb (--> wug $what) (why (--> wug $what)))" in str(calls(text)[1])


def test_errors_of_calls_are_told_as_they_are() -> None:
    failure = Failure("limit", "the evaluation took longer than 5 s (limit time); ask for less")
    for text in ("Is Wug a blicket?", "Wug is a blicket.", "Who is Wug?", "Why is Wug daxy?"):
        assert failure.message in reply(text, failure)


@pytest.mark.parametrize("text", ["Hello!", "hi there", "Thanks a lot.", "help", "How are you?"])
def test_politeness_gets_an_answer_in_one_cycle(text: str) -> None:
    (send,) = calls(text)
    assert send.name == "send"
    assert "could not read" not in str(send)


def test_what_cannot_be_read_is_named_and_the_rest_is_done() -> None:
    text = "Wug is a blicket. I could have sworn the train leaves at 5. Is Wug a zorb?"
    said = reply(text, "(stv 1.0 0.9)", "(unknown (--> wug zorb))")
    assert said.startswith("Noted: Wug is a blicket (f 1.00, c 0.90).\nI have no evidence")
    assert 'I could not read "I could have sworn the train leaves at 5."' in said
    assert "OPENAI_API_KEY" in said
    assert "--model NAME" in said


def test_the_help_is_short_and_says_how_to_connect_a_model() -> None:
    (send,) = calls("Why do the tides come and go as they please?")
    text = str(send)
    assert text.count("\\n") <= 2
    assert "OPENAI_API_KEY" in text
    assert refused("Why do the tides come and go as they please?")


def test_the_last_cycle_sends_whatever_is_there() -> None:
    from tests.models.english import answered
    from tests.models.packets import packet

    (send,) = answered(packet("Is Wug a blicket?", cycles_left=1)).calls
    assert send.name == "send"
    assert "ran out of cycles" in str(send)


def test_a_pronoun_stands_for_what_was_spoken_of_last() -> None:
    before = exchange("Who is Wug?", ("(metta (infer (--> wug $what)))", ""))
    assert (
        str(calls("Is he a blicket?", history=[before])[0]) == "(metta (infer (--> wug blicket)))"
    )
    assert refused("Is he a blicket?")
