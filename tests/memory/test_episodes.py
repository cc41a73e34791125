"""The log and the pin."""

from __future__ import annotations

import pytest

from mettaclaw.errors import LimitError, UsageError
from mettaclaw.memory import Episodes, Pin
from mettaclaw.memory.episodes import Place
from mettaclaw.storage import Database

NOW = 1_763_690_400.0  # 2025-11-21T02:00:00Z


@pytest.fixture
def episodes(database: Database) -> Episodes:
    return Episodes(database)


def test_lines_are_kept_in_order_with_what_they_belong_to(
    episodes: Episodes, database: Database
) -> None:
    with database.transaction():
        first = episodes.append("message", "hello", message=3)
        second = episodes.append("reply", "hi", message=3, cycle=7)
    lines = episodes.between(None, None)
    assert [(e.id, e.kind, e.text, e.message, e.cycle) for e in lines] == [
        (first, "message", "hello", 3, None),
        (second, "reply", "hi", 3, 7),
    ]
    assert episodes.count() == 2


def test_a_line_outside_a_transaction_is_refused(episodes: Episodes) -> None:
    with pytest.raises(UsageError, match="transaction"):
        episodes.append("message", "hello")


def test_a_range_is_half_open_and_gives_the_latest(episodes: Episodes, database: Database) -> None:
    with database.transaction():
        for i in range(10):
            number = episodes.append("message", f"m{i}")
            database.write("UPDATE episode SET time = ? WHERE id = ?", (float(i), number))
    assert [e.text for e in episodes.between(2.0, 5.0)] == ["m2", "m3", "m4"]
    assert [e.text for e in episodes.between(None, None, limit=2)] == ["m8", "m9"]


def test_lines_stay_in_the_order_they_were_written_when_the_clock_is_set_back(
    episodes: Episodes, database: Database
) -> None:
    with database.transaction():
        for time in (5.0, 6.0, 1.0, 2.0):
            number = episodes.append("message", f"m{time:g}")
            database.write("UPDATE episode SET time = ? WHERE id = ?", (time, number))
    assert [e.text for e in episodes.between()] == ["m5", "m6", "m1", "m2"]
    assert [e.text for e in episodes.between(limit=2)] == ["m1", "m2"]
    assert [e.text for e in episodes.between(2.0, 6.0)] == ["m5", "m2"]


@pytest.mark.parametrize("limit", [-1, 10**30])
def test_a_number_of_lines_that_cannot_be_is_refused(episodes: Episodes, limit: int) -> None:
    with pytest.raises(UsageError, match="limit"):
        episodes.between(limit=limit)
    with pytest.raises(UsageError, match="limit"):
        episodes.search("x", limit)


@pytest.mark.parametrize("text", ["100%", "a_b", "back\\slash", "Ünï"])
def test_a_search_takes_signs_literally(episodes: Episodes, database: Database, text: str) -> None:
    with database.transaction():
        episodes.append("message", f"say {text} now")
        episodes.append("message", "100 aXb back/slash")
    assert [e.text for e in episodes.search(text)] == [f"say {text} now"]


def test_half_a_surrogate_pair_can_be_logged(episodes: Episodes, database: Database) -> None:
    with database.transaction():
        episodes.append("error", "bad \ud800 text")
    assert [e.text for e in episodes.between()] == ["bad \ufffd text"]


def test_the_pin_is_one_slot_of_its_session(database: Database) -> None:
    with database.transaction():
        ids = [
            database.write("INSERT INTO session (started, pid) VALUES (0.0, 1)") for _ in range(2)
        ]
    one, two = (Pin(database, id_) for id_ in ids)
    one.write("plan A")
    one.write("plan B\n🙂")
    assert (one.read(), two.read()) == ("plan B\n🙂", "")
    one.write("")
    assert one.read() == ""


def test_a_pin_that_cannot_be_in_every_packet_is_refused(database: Database) -> None:
    pin = Pin(database, 1)
    with pytest.raises(LimitError, match="4,000"):
        pin.write("x" * 4_001)
    with pytest.raises(UsageError):
        pin.write("a\0b")


def test_lines_are_found_by_time_text_and_call_together(
    episodes: Episodes, database: Database
) -> None:
    with database.transaction():
        for time in range(4):
            for call, tool in ((1, "pin"), (2, "pinch")):
                with episodes.within(Place(cycle=7, call=call, tool=tool)):
                    number = episodes.append("call", f"({tool} {time})", message=3)
                database.write("UPDATE episode SET time = ? WHERE id = ?", (float(time), number))
        episodes.append("message", "(pin 9)")
    assert [e.text for e in episodes.of_call("pin")] == [f"(pin {n})" for n in range(4)]
    assert [e.text for e in episodes.of_call("pin", 2)] == ["(pin 2)", "(pin 3)"]
    assert [e.text for e in episodes.find(1.0, 3.0, tool="pinch")] == ["(pinch 1)", "(pinch 2)"]
    assert [e.text for e in episodes.find(0.0, text="3", tool="pin")] == ["(pin 3)"]
    (line,) = episodes.find(text="(PINCH 0)")
    assert (line.message, line.cycle, line.call, line.tool) == (3, 7, 2, "pinch")
    assert episodes.between()[-1].tool is None  # no longer within a call
    assert episodes.of_call("pi") == episodes.of_call("%") == []


def test_large_lines_are_stored_once_and_read_as_any_other(
    episodes: Episodes, database: Database
) -> None:
    large = "a" * 100_000 + " needle"
    with database.transaction():
        ids = [episodes.append("result", large) for _ in range(2)]
        episodes.append("result", "small needle")
    assert database.row("SELECT sum(length(text)) FROM blob") == (len(large),)
    assert database.row("SELECT sum(length(text)) FROM episode") == (len("small needle"),)
    assert [e.text for e in episodes.between()] == [large, large, "small needle"]
    assert [e.id for e in episodes.search("A NEEDLE")] == ids
    found = episodes.line(ids[1])
    assert found is not None
    assert found.text == large
