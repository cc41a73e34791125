"""What is found where: scopes, times, kinds, speakers, neighbours, atoms; and why."""

from __future__ import annotations

from pathlib import Path

import pytest

from mettaclaw.atoms.syntax import expr
from mettaclaw.atomspace import Atomspace
from mettaclaw.errors import ConfigError, UsageError
from mettaclaw.memory import Memory, words
from mettaclaw.memory.embed import UNWANTED
from mettaclaw.memory.items import EXACTLY, Draft
from mettaclaw.memory.retrieval import Filter, Plan, Weights
from mettaclaw.memory.retrieval.features import NAMES, recency, use
from mettaclaw.storage import Database

DAY = 86_400.0


def texts(memory: Memory, query: str, **within: object) -> list[str | None]:
    return [hit.item.text for hit in memory.query(query, **within)]  # type: ignore[arg-type]


# --- where to look -------------------------------------------------------------------------------


def test_a_scope_bounds_what_is_found(by_words: Memory) -> None:
    by_words.remember("The boat is green", scope="home")
    by_words.remember("The boat is red", scope="work")
    by_words.remember("The boat is blue", scope="Work")
    assert texts(by_words, "boat", scope="work") == ["The boat is red"]
    assert texts(by_words, "boat", scope="nowhere") == []
    assert len(texts(by_words, "boat")) == 3


@pytest.mark.parametrize("scope", ["a b", "é/ü", "🙂", "שלום", '"; drop', "x" * 200])
def test_any_text_may_be_a_scope(by_words: Memory, scope: str) -> None:
    by_words.remember("The boat is green", scope=scope)
    by_words.remember("The boat is red", scope=scope[:-1])
    assert texts(by_words, "boat", scope=scope) == ["The boat is green"]


def test_time_and_kind_bound_what_is_found(by_words: Memory) -> None:
    by_words.remember("The boat sank", time="2023-05-08", kind="turn")
    by_words.remember("The boat was raised", time="2023-06-01")
    assert texts(by_words, "boat", since="2023-05-09") == ["The boat was raised"]
    assert texts(by_words, "boat", until="2023-05-08") == ["The boat sank"]
    assert texts(by_words, "boat", since="2023-05-08", until="2023-05-31") == ["The boat sank"]
    assert texts(by_words, "boat", kinds=["turn"]) == ["The boat sank"]


def test_what_has_expired_is_not_found_and_not_gone(by_words: Memory) -> None:
    by_words.remember("The code is daxy", expires=1.0)
    kept = by_words.remember("The code is wug", expires="2999-01-01")
    assert texts(by_words, "code") == ["The code is wug"]
    assert [item.id for item in by_words.latest()] == [kept.id]
    assert [item.id for item in by_words.latest(expired=True)] == [1]
    assert by_words.get(1) is not None


# --- what a query is taken for -------------------------------------------------------------------


def test_the_names_of_speakers_are_taken_out_and_count_for_themselves(
    by_words: Memory, database: Database
) -> None:
    by_words.remember("Wow, Caroline! That is a great group", speaker="Melanie")
    by_words.remember("The group was lovely", speaker="Caroline")
    plan = Plan.of(database, "When did Caroline's group meet in May 2023?", Filter())
    assert plan.bare == "When did group meet in May 2023?"
    assert plan.names == {"caroline"}
    assert (plan.months, plan.years, plan.asks_when) == ({5}, {2023}, True)
    assert texts(by_words, "What did Caroline say of the group?")[0] == "The group was lovely"


def test_may_in_small_letters_is_no_month(database: Database) -> None:
    plan = Plan.of(database, "what may I eat in june", Filter())
    assert (plan.months, plan.words) == ({6}, ("eat", "june"))


def test_a_month_that_is_named_counts(by_words: Memory) -> None:
    by_words.remember("We went camping there", time="2023-05-08")
    by_words.remember("We went camping here", time="2023-07-08")
    assert texts(by_words, "camping in May")[0] == "We went camping there"
    assert texts(by_words, "camping in July 2023")[0] == "We went camping here"


def test_a_turn_is_found_by_the_question_before_it(by_words: Memory) -> None:
    for number in range(8):
        by_words.remember(f"Small talk number {number}", thread="t", speaker="Ann")
    by_words.remember("Which instrument does your sister play?", thread="t", speaker="Ann")
    by_words.remember("The cello, since she was nine.", thread="t", speaker="Bob")
    by_words.remember("How nice.", thread="other", speaker="Ann")
    assert "The cello, since she was nine." in texts(by_words, "sister instrument", k=2)


def test_a_thread_of_one_scope_has_no_neighbours_in_another(by_words: Memory) -> None:
    by_words.remember("Which instrument does she play?", thread="t", scope="a")
    by_words.remember("Fish, mostly.", thread="t", scope="b")
    assert texts(by_words, "instrument") == ["Which instrument does she play?"]


def test_context_that_was_given_finds_an_item(by_words: Memory) -> None:
    by_words.remember("Third paragraph", context="The history of the lighthouse")
    assert texts(by_words, "lighthouse") == ["Third paragraph"]


# --- atoms ---------------------------------------------------------------------------------------


def test_atoms_come_back_as_premises_with_their_present_truth(tmp_path: Path) -> None:
    with Memory.open(tmp_path / "claw.db", UNWANTED) as memory:
        assert memory.kb is not None
        memory.remember("Garfield hates Mondays", ["(--> garfield grumpy)", "(hates garfield)"])
        memory.kb.add("(--> garfield grumpy)", (0.9, 0.8))
        (hit,) = memory.query("mondays")
        assert [(str(atom), truth and truth.f) for atom, truth in hit.premises] == [
            ("(--> garfield grumpy)", 0.9),
            ("(hates garfield)", None),
        ]


def test_items_that_share_a_name_with_the_best_ones_are_found(by_words: Memory) -> None:
    by_words.remember("The prize went to the cellist", "(won user_17 prize)")
    by_words.remember("She lives by the harbour", "(lives user_17 harbour)")
    by_words.remember("It rains")
    found = by_words.query("who got the prize")
    assert [hit.item.text for hit in found] == [
        "The prize went to the cellist",
        "She lives by the harbour",
    ]
    assert found[1].parts["shared"] > 0


# --- scores --------------------------------------------------------------------------------------


def test_where_shared_names_count_nothing_they_lead_nowhere(database: Database) -> None:
    shipped = Weights.read()
    for shared, expected in ((0.02, 2), (0.0, 1)):
        weights = Weights(shipped.meaning, {**shipped.words, "shared": shared})
        memory = Memory(database, UNWANTED, weights=weights)
        memory.remember("The vet came.", "(visits vet rex)")
        memory.remember("He barked all night.", "(barks rex)")
        assert len(memory.query("the vet")) == expected


def test_usefulness_decays_and_never_trumps() -> None:
    assert use(1.0, 0.0, 0.0) == 1.0
    assert use(1.0, 0.0, DAY) == pytest.approx(2**-0.7)
    assert use(2.0, 0.0, 9 * DAY) == pytest.approx(2 * 10**-0.7)
    assert use(1e9, 0.0, 0.0) == 3.0
    assert use(-1e9, 0.0, 0.0) == -3.0
    assert recency(30 * DAY) == pytest.approx(0.5)
    for weights in (Weights.read().meaning, Weights.read().words):
        assert weights["use"] <= 0.05, "a part of at most 1 that counts so little turns no order"


def test_every_part_that_counts_has_a_name(by_words: Memory) -> None:
    by_words.remember("Ann likes tea", speaker="Ann", thread="t")
    considered = by_words.consider("tea")
    assert considered is not None
    assert set(considered.rows[1]) == set(NAMES)
    weights = Weights.read()
    assert {*weights.meaning, *weights.words} <= set(NAMES)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[meaning]\nmeanng = 1.0\n", "did you mean `meaning`"),
        ("[meaning]\nmeaning = nan\n", "takes a number"),
        ("[meaning]\nmeaning = true\n", "takes a number"),
        ("[meaning]\n", "is empty"),
        ("[other]\nmeaning = 1.0\n", "[meaning] and [words]"),
        ("meaning = 1", "is empty"),
        ("[meaning", "cannot be read"),
    ],
)
def test_a_wrong_file_of_weights_is_told(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "weights.toml"
    file.write_text(text)
    with pytest.raises(ConfigError) as told:
        Weights.read(file)
    assert said in str(told.value)
    assert str(file) in str(told.value)


def test_weights_in_a_file_take_the_place_of_those_that_ship(tmp_path: Path) -> None:
    file = tmp_path / "weights.toml"
    file.write_text("[words]\nlength = -1.0\n")
    weights = Weights.read(file)
    assert weights.words == {"length": -1.0}
    assert weights.meaning == Weights.read().meaning
    file.write_text(weights.text())
    assert Weights.read(file) == weights
    with Database.open(tmp_path / "claw.db") as database:
        memory = Memory(database, UNWANTED, weights=weights)
        memory.remember("The boat is green and old and of wood")
        memory.remember("A boat")
        assert texts(memory, "boat")[0] == "A boat"


# --- bad input -----------------------------------------------------------------------------------


def test_many_items_at_once_tell_which_one_cannot_be_kept(by_words: Memory) -> None:
    many = [{"text": f"boat {n}"} for n in range(600)] + [{"text": "  "}, {"text": "after"}]
    with pytest.raises(UsageError, match=r"item 601 cannot be kept.*empty.*600"):
        by_words.remember_many(many)
    assert by_words.count() == 600


@pytest.mark.parametrize("wrong", [7, {"txt": "a"}, None])
def test_what_is_no_item_is_told(by_words: Memory, wrong: object) -> None:
    with pytest.raises(UsageError, match="item 1 cannot be kept"):
        by_words.remember_many([wrong])  # type: ignore[list-item]


def test_mixed_scripts_are_kept_and_found(by_words: Memory) -> None:
    said = ["שלום עולם", "مرحبا بالعالم", "你好 世界", "🙂 smile", "naïve café", "\u202eevil\u202c"]
    for text in said:
        by_words.remember(text)
    for text in said:
        assert text in texts(by_words, text)


def test_memory_needs_no_agent_and_is_there_again(tmp_path: Path) -> None:
    with Memory.open(tmp_path / "notes.db", UNWANTED) as memory:
        memory.remember("The boat is green")
    with Memory.open(tmp_path / "notes.db", UNWANTED) as memory:
        assert texts(memory, "boat") == ["The boat is green"]
    with Atomspace.open(tmp_path / "notes.db") as kb:
        assert kb.count() == 0


def test_many_items_are_kept_in_time_that_grows_with_their_number(database: Database) -> None:
    """Whether the same was said before is looked up, and not searched for."""
    plan = database.rows(
        f"EXPLAIN QUERY PLAN SELECT i.id FROM item i WHERE {EXACTLY}", ("a", 1, "a", "a")
    )
    assert any("item_exact" in str(row) for row in plan)


def test_in_a_large_memory_the_rarest_words_are_looked_for(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(words, "_SMALL", 50)
    monkeypatch.setattr(words, "_BUDGET", 60)
    memory = Memory(database, UNWANTED)
    memory.remember_many(f"The boat number {n} is {'green' if n % 4 else 'red'}" for n in range(99))
    memory.remember("A boat of glass")
    index = words.WordIndex(database)
    assert index.affordable(["boat", "glass", "red", "green"]) == (["glass", "red"], False)
    assert index.affordable(["boat"]) == (["boat"], False), "the rarest, where it is the only one"
    assert texts(memory, "boat of glass")[0] == "A boat of glass"


def test_a_word_that_is_common_in_another_scope_is_found_in_this_one(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(words, "_SMALL", 50)
    monkeypatch.setattr(words, "_BUDGET", 60)
    monkeypatch.setattr(words, "_ALONE", 80)
    memory = Memory(database, UNWANTED)
    mine = memory.remember("Anna deploys on Friday", scope="anna")
    memory.remember_many(
        [Draft(f"deploy number {n} is done", (), "api", float(n), "ci") for n in range(200)]
    )
    assert [hit.item.id for hit in memory.query("deploy", scope="anna")] == [mine.id]
    everywhere = memory.query("deploy")
    assert len(everywhere) == 10, "too common to be weighed, it is found all the same"


def test_what_has_expired_takes_no_place_from_what_has_not(database: Database) -> None:
    memory = Memory(database, UNWANTED)
    memory.remember_many(
        [Draft(f"deploy {n}", (), "api", float(n), expires=9.0) for n in range(450)]
    )
    live = memory.remember("We deploy with a checklist that hangs in the kitchen")
    assert [hit.item.id for hit in memory.query("deploy")] == [live.id]


def test_a_speaker_of_another_scope_and_a_thing_are_no_names(database: Database) -> None:
    memory = Memory(database, UNWANTED)
    wall = memory.remember("The mark on the wall is red.", scope="a")
    memory.remember_many(
        [Draft(f"window {n} on the wall", (), "user", float(n), "a") for n in range(5)]
    )
    memory.remember("I like tea.", speaker="Mark", scope="b")
    assert memory.query("where is Mark's mark on a wall", scope="a")[0].item.id == wall.id
    assert memory.query("where is the mark", scope="a")[0].item.id == wall.id
    memory.remember("I like rum.", speaker="Mark", scope="a")
    assert memory.query("where is the mark", scope="a")[0].item.id == wall.id
    plan = memory.search("what does mark like", scope="a").plan
    assert plan is not None
    assert plan.names == {"mark"}


def test_names_in_another_scope_lead_nowhere_and_take_nothing(database: Database) -> None:
    memory = Memory(database, UNWANTED)
    memory.remember("Rex barks.", "(--> rex dog)", scope="a")
    shared = memory.remember("He had a bath on Monday.", "(--> rex clean)", scope="a")
    memory.remember_many(
        [
            Draft(f"note {n}", (expr("-->", "rex", f"thing{n}"),), "user", float(n), "b")
            for n in range(60)
        ]
    )
    assert shared.id in [hit.item.id for hit in memory.query("Rex barks", scope="a")]
