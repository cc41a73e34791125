"""``kill -9`` of the whole agent in the middle of turns: each message is answered, and once."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

from mettaclaw.agent import Agent
from tests.durability.work import Echo
from tests.durability.writers import Launcher

BURST = 40
KILLS = 25  # after so many, it is left to finish


def test_promise_1_a_burst_of_40_gets_40_answers_across_kills_at_random_instants(
    tmp_path: Path,
) -> None:
    home = tmp_path / "home"
    with Agent.open(home, Echo()) as agent:
        agent.submit_many([f"m{number}" for number in range(1, BURST + 1)])
    instants = random.Random(40)
    heard: Counter[int] = Counter()
    kills = 0
    with Launcher() as launcher:
        while not heard[0]:
            assert kills < 300, "no headway"
            delay_s = instants.uniform(0.1, 0.5) if kills < KILLS else 3.0
            heard.update(launcher.kill_after(delay_s, "converse", home, at_work=True))
            kills += 1
    assert kills > 5, "the kills came too late"
    assert heard.pop(-1) == kills
    assert heard.pop(0) == 1
    assert set(heard) == set(range(1, BURST + 1)), "an answer was lost"
    assert sum(heard.values()) < BURST + kills, "more than one repeat a kill"

    said = [f"m{number}" for number in range(1, BURST + 1)]
    with Agent.open(home, Echo()) as agent:
        assert agent.resume_sync() == []
        assert [agent.message(n)[1] for n in range(1, BURST + 1)] == ["done"] * BURST
        log = agent.episodes.between(limit=10_000)
        replies = [e.text for e in log if e.kind == "reply"]
        assert replies == [f"heard {text}" for text in said], "lost or twice in the log"
        assert agent.memory.count() == BURST
        assert sorted(str(b["$x"]) for b in agent.kb.match("(said $x)")) == sorted(said)
        assert {len(agent.kb.evidence(f"(said {text})")) for text in said} == {1}
        assert (agent.home.workspace / "log.txt").read_text().split() == said
        cycles = (shown for line in log[::9] for shown in agent.replay(line.id).cycles)
        assert all(shown.packet is not None for shown in cycles), "what the model saw is lost"
        assert agent.kb.database.check() == []
