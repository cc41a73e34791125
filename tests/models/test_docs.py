"""docs/models.md: its settings, example layout and model are those of the program."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from mettaclaw.atoms.syntax import String, read
from mettaclaw.config import Settings
from mettaclaw.models.layout import user
from mettaclaw.protocol.calls import Call, Result
from mettaclaw.protocol.packet import Answer, Cycle
from tests.models.packets import NOW, packet

PAGE = (Path(__file__).parents[2] / "docs" / "models.md").read_text(encoding="utf-8")


def test_every_setting_is_there_with_its_default() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (?:`([^`]*)`)? *\|", PAGE, re.MULTILINE)
    assert len(rows) == 6
    for key, default in rows:
        assert str(getattr(Settings(), key)).lower() == default


def test_the_example_packet_is_laid_out_so() -> None:
    call = Call("metta", (read("(infer (--> garfield animal))"),))
    value = read("((--> garfield animal) (stv 1.0 0.81) ACT (proof …))")
    done = Cycle(1, "", (Result(call, (value,), ms=12),))
    shown = user(packet(results=(done,), time=NOW + 3, cycles_left=19))
    assert f"```\n{shown}\n```" in PAGE


async def test_the_model_of_your_own_answers() -> None:
    names: dict[str, Any] = {}
    exec(re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)[0], names)
    pieces = [piece async for piece in names["Parrot"]().answer(packet())]
    assert isinstance(pieces[-1], Answer)
    assert pieces[-1].calls == (Call("send", (String("Hello!"),)),)
