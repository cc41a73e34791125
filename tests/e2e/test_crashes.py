"""``kill -9`` at bad moments, many processes on one home: nothing that was said is lost."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from tests.endpoint import Endpoint, Scripted
from tests.terminal import Claw


def test_killed_between_turns_everything_said_is_there(claw: Claw) -> None:
    process = claw.start("run", "--script", "-", "--json")
    assert process.stdin is not None
    assert process.stdout is not None
    for fact in ("Garfield is a cat.", "Every cat is an animal."):
        process.stdin.write(f"{fact}\n")
        process.stdin.flush()
        assert '"state": "done"' in process.stdout.readline()
    process.kill()
    process.wait()
    done = claw("run", "--json", "Is Garfield an animal?")
    # The reply that was being said when it was killed may be said again.
    again = [o["message"] for o in done.objects if o.get("resumed")]
    assert again in ([], ["Every cat is an animal."])
    assert [o["message"] for o in done.objects][len(again) :] == ["Is Garfield an animal?"]
    assert done.objects[-1]["reply"].startswith("Yes")


@pytest.mark.parametrize("after_s", [0.02, 0.1])
def test_killed_in_the_middle_of_a_turn_it_is_finished_and_nothing_is_done_twice(
    scripted: Claw, endpoint: Endpoint, after_s: float
) -> None:
    keep = Scripted(text="".join(f'(remember "thing {i}")' for i in range(4)) + "(metta (+ 1 1))")
    say = Scripted(text='(send "all kept")')
    # An answer on its way to the killed process is lost, and asked for again.
    endpoint.react = lambda request: say if "thing 0" in request.user else keep
    process = scripted.start("run", "keep four things")
    while not endpoint.requests:
        time.sleep(0.005)
    time.sleep(after_s)
    process.kill()
    process.wait()
    heard = "all kept" in process.stdout.read() if process.stdout else False
    done = scripted("run", "--json", "--script", "-")
    assert done.code == 0
    answers = [o["reply"] for o in done.objects if o["message"] == "keep four things"]
    assert heard or answers == ["all kept"]
    items = scripted("memory", "list", "--json").objects
    assert sorted(i["text"] for i in items) == [f"thing {i}" for i in range(4)]


@pytest.mark.parametrize("kill_after", [13])
def test_a_burst_of_40_gets_40_answers_across_a_kill(
    claw: Claw, tmp_path: Path, kill_after: int
) -> None:
    script = tmp_path / "burst.txt"
    script.write_text("".join(f"Thing{i} is a cat.\n" for i in range(40)))
    process = claw.start("run", "--script", str(script))
    assert process.stdout is not None
    heard = []
    for line in process.stdout:
        heard += re.findall(r"^claw: Noted: (Thing\d+) is a cat", line)
        if len(heard) == kill_after:
            break
    process.kill()
    heard += re.findall(r"^claw: Noted: (Thing\d+) is a cat", process.stdout.read(), re.MULTILINE)
    process.wait()
    after = claw("run", "--script", "-")
    heard += re.findall(r"^claw: Noted: (Thing\d+) is a cat", after.out, re.MULTILINE)
    assert set(heard) == {f"Thing{i}" for i in range(40)}
    assert len(heard) <= 41  # the one that was being said may be said again
    stored = claw("atoms", "match", "(--> $x cat)", "--json").objects
    assert len(stored) == 40
    assert {len(belief["evidence"]) for belief in stored} == {1}  # nothing was counted twice
    assert claw("doctor").code == 0


def test_two_processes_on_one_home_answer_their_own_messages(claw: Claw) -> None:
    running = {
        name: claw.start("run", "--json", *(f"{name}{i} is a cat." for i in range(8)))
        for name in ("Tom", "Kit", "Leo")
    }
    for name, process in running.items():
        out, err = process.communicate(timeout=60)
        assert process.returncode == 0, err
        assert re.findall(r'"message": "(\w+) is a cat', out) == [f"{name}{i}" for i in range(8)]
    assert "atoms         24\n" in claw("atoms", "stats").out


def test_the_message_of_a_living_process_is_not_taken_from_it(
    scripted: Claw, endpoint: Endpoint
) -> None:
    endpoint.enqueue(text='(send "slow")', delay=2)
    endpoint.enqueue(text='(send "quick")')
    slow = scripted.start("run", "slow one")
    while not endpoint.requests:
        time.sleep(0.02)
    assert scripted("run", "quick one").out == "quick\n"
    out, _ = slow.communicate(timeout=30)
    assert out == "slow\n"
