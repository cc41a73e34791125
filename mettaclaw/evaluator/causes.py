"""Why a child died, from its wait status and its last words."""

from __future__ import annotations

import os
import re
import signal

from mettaclaw.errors import EvaluationError, MettaClawError
from mettaclaw.evaluator.limits import UNCHANGED, Limits, memory_exceeded, time_exceeded

_NO_MEMORY = re.compile(
    r"memory allocation of \d+ bytes failed|MemoryError|bad_alloc|[Oo]ut of memory"
)
_PANIC = re.compile(r"panicked at [^\n]*\n([^\n]+)")
_GUIDANCE = f"simplify the expression; {UNCHANGED}"


def explain(status: int, said: str, limits: Limits) -> MettaClawError:
    """The error for a child that ended without saying how.

    Args:
        status: As ``os.waitpid`` gives it.
        said: What it wrote to stderr, perhaps cut.
        limits: Its limits.
    """
    if _NO_MEMORY.search(said):
        return memory_exceeded(limits)
    if not os.WIFSIGNALED(status):
        last = said.strip().splitlines()[-1] if said.strip() else "it said nothing"
        return EvaluationError(
            f"the evaluation ended before its time ({last[:300]}); {UNCHANGED}, and that is a"
            " fault of MeTTaClaw: please report it"
        )
    number = os.WTERMSIG(status)
    if number in (signal.SIGALRM, signal.SIGXCPU):
        return time_exceeded(limits)
    if number in (signal.SIGSEGV, signal.SIGBUS):
        return EvaluationError(
            "the interpreter crashed (SIGSEGV), most likely because its stack overflowed on an"
            " expression that nests too deeply; flatten it, or bound the recursion;"
            f" {UNCHANGED}"
        )
    if number == signal.SIGABRT:
        panic = _PANIC.search(said)
        last = said.strip().splitlines()[-1:] or ["no reason given"]
        why = panic.group(1).strip() if panic else last[0][:300]
        return EvaluationError(f"the interpreter aborted (SIGABRT): {why}; {_GUIDANCE}")
    if number == signal.SIGKILL:
        return EvaluationError(
            "the evaluation was killed (SIGKILL), most likely because the machine ran out of"
            f" memory; {_GUIDANCE}"
        )
    name = signal.Signals(number).name
    return EvaluationError(f"the evaluation was ended by {name}; {_GUIDANCE}")
