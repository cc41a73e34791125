"""LoCoMo's files as they are found, and the scores, on a conversation that was made up for this."""

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks.locomo_data import DataError, Question, load, mean, scores, summary

OURS = Path(__file__).with_name("conversation.json")


def entry() -> dict[str, Any]:
    return json.loads(OURS.read_text())


def put(folder: Path, content: object) -> Path:
    (folder / "talk.json").write_text(json.dumps(content))
    return folder


def test_turns_come_in_order_with_speaker_time_and_caption(tmp_path: Path) -> None:
    (talk,) = load(put(tmp_path, entry()))
    assert (talk.name, talk.speakers) == ("talk", ("Nora", "Piet"))
    assert [turn.id for turn in talk.turns] == ["D1:1", "D1:2", "D1:3", "D2:1", "D2:2", "D2:3"]
    second, fourth = talk.turns[1], talk.turns[3]
    assert second.said == "Piet: Good! Did the varnish hold?"
    assert second.caption == "a wooden boat by a quay"
    assert (fourth.session, fourth.number, fourth.caption) == (2, 1, None)
    assert fourth.time == 1615765200  # date -u -d '2021-03-14 23:40' +%s


def test_evidence_is_repaired_where_it_names_a_turn_and_dropped_where_it_names_none(
    tmp_path: Path,
) -> None:
    (talk,) = load(put(tmp_path, entry()))
    assert [(asked.category, asked.evidence) for asked in talk.questions] == [
        (4, ("D1:3",)),
        (2, ("D2:1",)),
        (1, ("D1:1", "D2:1", "D2:3")),
    ]


def test_sessions_under_keys_of_their_own_and_many_in_one_file_are_the_same(tmp_path: Path) -> None:
    (want,) = load(put(tmp_path, entry()))
    data = entry()
    told = {"speaker_a": "Nora", "speaker_b": "Piet", "session_3_date_time": "no turns that day"}
    for session in reversed(data["sessions"]):
        told[f"session_{session['session']}"] = session["turns"]
        told[f"session_{session['session']}_date_time"] = session["date_time"]
    published = {"sample_id": "talk", "conversation": told, "qa": data["qa"]}
    found = load(put(tmp_path, [published, published]))
    assert found == [want, want]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("{", "cannot be read as JSON"),
        ("[1]", "is not as LoCoMo's"),
        ('{"speaker_a": "Nora"}', "has no 'sessions'"),
        (json.dumps({**entry(), "qa": None}), "is not as LoCoMo's"),
        (OURS.read_text().replace("11:40 pm", "23:40"), "does not match format"),
        (OURS.read_text().replace('"D2:2"', '"D2-2"'), "dia_id 'D2-2'"),
        (OURS.read_text().replace('"D2:2"', '"D2:1"'), "same dia_id"),
    ],
)
def test_a_file_that_is_not_as_it_should_be_is_named_with_what_is_wrong(
    tmp_path: Path, content: str, says: str
) -> None:
    (tmp_path / "talk.json").write_text(content)
    with pytest.raises(DataError) as failure:
        load(tmp_path)
    assert says in str(failure.value)
    assert str(tmp_path / "talk.json") in str(failure.value)


def test_a_folder_with_no_conversation_says_where_to_get_one(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "none"):
        with pytest.raises(DataError, match="snap-research/locomo") as failure:
            load(folder)
        assert str(folder) in str(failure.value)


def test_a_score_counts_the_evidence_within_its_depth() -> None:
    ranked = [f"x{place}" for place in range(1, 31)]
    one = scores(ranked, ("x4", "x7", "x15", "x25"))
    assert (one.r5, one.r10, one.r20, one.all10, one.mrr) == (0.25, 0.5, 0.75, 0, 0.25)
    assert scores(ranked, ("x10", "x2")).all10 == 1
    assert scores(ranked, ("x21",)).mrr == scores([], ("x21",)).mrr == 0


def test_an_id_that_is_ranked_twice_counts_once_and_takes_one_place() -> None:
    assert scores(["a", "a", "a", "a", "a", "b"], ("b", "c")).r5 == 0.5


def test_the_mean_is_over_questions_overall_and_by_category() -> None:
    hit, miss = scores(["a"], ("a",)), scores(["a"], ("b",))
    found = summary(
        [(Question("", 4, ("a",)), hit), (Question("", 4, ("b",)), miss)]
        + [(Question("", 1, ("a",)), hit)] * 2
    )
    assert {name: one.r5 for name, one in found.items()} == {"all": 0.75, "1": 1.0, "4": 0.5}
    with pytest.raises(ValueError, match="no mean"):
        mean([])
    with pytest.raises(ValueError, match="no evidence"):
        scores(["a"], ())
