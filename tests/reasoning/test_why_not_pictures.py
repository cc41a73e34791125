"""``why_not`` as lines, trees, pictures and objects."""

from __future__ import annotations

import pytest

from mettaclaw.reasoning import why_not
from mettaclaw.ui import pictures
from mettaclaw.ui.pictures import mermaid, svg
from tests.reasoning.conftest import Tell
from tests.reasoning.rejections import BIRD, EXCEPTION, FLIES, NO, PENGUIN, PINGU


def test_pictures_cross_out_what_was_rejected_and_say_why(tell: Tell) -> None:
    found = why_not(tell(PINGU, PENGUIN, BIRD, (EXCEPTION, NO)), FLIES)
    parts = pictures.why_not_parts(found)
    lines = pictures.lines(parts)
    assert lines[0] == f"{FLIES}  f 0, c 0.81  by exclusion"
    crossed = lines.index(f"✗ {FLIES}  f 1, c 0.729")
    assert lines[crossed + 1].startswith("  it is inherited by way of (--> pingu bird)")
    assert all("✗" not in line for line in lines[:crossed])
    graph = parts.graph()
    assert "✗" in mermaid.draw(graph)
    assert "rejected: " in svg.draw(graph)
    told = pictures.why_not_json(found)
    assert told["rejected"][0]["reason"] == "general"
    assert told["answer"]["truth"] == [0.0, pytest.approx(0.81)]


def test_pictures_of_what_is_unknown_name_what_is_needed(tell: Tell) -> None:
    lines = pictures.lines(pictures.why_not_parts(why_not(tell("(--> a b)"), "(--> a c)")))
    assert lines[:2] == ["(--> a c)  unknown", "  needed: (--> b c)"]
