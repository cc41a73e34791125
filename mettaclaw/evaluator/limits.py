"""The limits of one evaluation.

Invariant: every limit is enforced in code, inside the child or by the kernel, and the error that
tells of it (``errors.LimitError``) names the limit, its value and what to do.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

from mettaclaw.errors import LimitError, UsageError


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one evaluation may use.

    Attributes:
        text_chars: Characters of the program.
        seconds: Wall time; it does not run while an operation of the host's is busy.
        memory_mib: Memory that the child may add to what it starts with, in MiB.
        steps: Steps of the interpreter (some 100 for an addition), over all forms.
        results: Results of one form.
        result_chars: Characters of all results as text.
        output_chars: Characters that ``println!`` and the like may print.
        changes: Writes to ``&kb``.

    Raises:
        UsageError: A limit that is not above 0.
    """

    text_chars: int = 200_000
    seconds: float = 5.0
    memory_mib: int = 1024
    steps: int = 2_000_000
    results: int = 1_000
    result_chars: int = 50_000
    output_chars: int = 10_000
    changes: int = 10_000

    def __post_init__(self) -> None:
        for field in fields(self):
            if not getattr(self, field.name) > 0:
                raise UsageError(f"the limit {field.name} must be above 0")


UNCHANGED = "nothing was changed"  # whatever ends an evaluation, its changes end with it


def text_exceeded(chars: int, limits: Limits) -> LimitError:
    """The program is too long."""
    return LimitError(
        "text",
        f"the program has {chars:,} characters, and {limits.text_chars:,} are allowed (limit text)"
        "; send it in parts, or import data with `mettaclaw atoms import FILE`",
    )


def time_exceeded(limits: Limits) -> LimitError:
    """The clock ran out."""
    return LimitError(
        "time",
        f"the evaluation took longer than {limits.seconds:g} s (limit time) and was ended;"
        f" {UNCHANGED}: bound its recursion, ask for less at once, or raise evaluation_s in"
        " config.toml",
    )


def memory_exceeded(limits: Limits) -> LimitError:
    """The child could get no more memory."""
    return LimitError(
        "memory",
        f"the evaluation needed more than {limits.memory_mib:,} MiB (limit memory) and was ended;"
        f" {UNCHANGED}: build smaller expressions, or raise evaluation_mib in config.toml",
    )


def steps_exceeded(limits: Limits) -> LimitError:
    """The interpreter's steps are used up."""
    return LimitError(
        "steps",
        f"the evaluation needed more than {limits.steps:,} steps (limit steps) and was ended;"
        f" {UNCHANGED}: bound its recursion, or raise evaluation_steps in config.toml",
    )


def results_exceeded(limits: Limits) -> LimitError:
    """A form has too many results."""
    return LimitError(
        "results",
        f"a form has more than {limits.results:,} results (limit results), and only so many are"
        f" shown; {UNCHANGED}: make its pattern more specific",
    )


def result_chars_exceeded(limits: Limits) -> LimitError:
    """The results are too long a text."""
    return LimitError(
        "results",
        f"the results have more than {limits.result_chars:,} characters (limit results), and only"
        f" the first are shown; {UNCHANGED}: ask for less at once",
    )


def output_exceeded(limits: Limits) -> LimitError:
    """Too much was printed."""
    return LimitError(
        "output",
        f"the program printed more than {limits.output_chars:,} characters (limit output);"
        f" {UNCHANGED}: print less, or return results",
    )


def changes_exceeded(limits: Limits) -> LimitError:
    """Too many writes to the atomspace."""
    return LimitError(
        "changes",
        f"the program made more than {limits.changes:,} changes to &kb (limit changes), and none"
        " was kept; import large data with `mettaclaw atoms import FILE`",
    )


def matches_exceeded(most: int) -> LimitError:
    """One question to the atomspace has too many answers."""
    return LimitError(
        "results",
        f"one question to &kb has more than {most:,} answers (limit results);"
        f" {UNCHANGED}: make its pattern more specific",
    )
