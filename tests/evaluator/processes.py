"""The evaluator's processes, as tests look at them from outside."""

from __future__ import annotations

import time
from collections.abc import Callable

from tests.evaluator.conftest import Bench


def zygote_pid(bench: Bench) -> int:
    running = bench.evaluator._zygote._process
    assert running is not None
    return running.pid


def wait_for(condition: Callable[[], bool], seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)
