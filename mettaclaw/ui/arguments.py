"""What commands take: numbers and truth values, with errors in plain words.

Not covered: what is behind an argument, such as whether a file is there.
"""

from __future__ import annotations

from typing import Any

import click

_TRUTH = "write a frequency and a confidence from 0 to 1, such as --truth 1 0.9"
_UNTOLD = ""  # stands for the confidence where a frequency alone is written

MOST = 1_000_000_000  # more than anybody reads, and less than any part of ours can count


class Whole(click.IntRange):
    """A whole number of things."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The number, in its range."""
        try:
            number = int(value)
        except (TypeError, ValueError):
            self.fail(f"{str(value)[:40]!r} is no whole number", param, ctx)
        low, high = int(self.min or 0), int(self.max or MOST)
        if not low <= number <= high:
            self.fail(f"it must be from {low} to {high:,}, not {str(value)[:40]}", param, ctx)
        return number


class Seconds(click.types.FloatParamType):
    """A time in seconds."""

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """The number; its range is checked where it is used."""
        try:
            return float(value)
        except (TypeError, ValueError):
            self.fail(f"{str(value)[:40]!r} is no number of seconds", param, ctx)


def degrees(
    ctx: click.Context, param: click.Parameter, value: tuple[str, str] | None
) -> tuple[float, float | None] | None:
    """The two halves of a truth value; None for a confidence that was left out. That they are from
    0 to 1 is checked where truth values are.
    """
    if value is None:
        return None
    f, c = value
    return _degree(f, param, ctx), None if c == _UNTOLD else _degree(c, param, ctx)


def _degree(text: str, param: click.Parameter, ctx: click.Context) -> float:
    try:
        return float(text)
    except ValueError:
        words = f"{text[:40]!r} is no number; {_TRUTH}"
        raise click.BadParameter(words, ctx, param) from None


def with_confidence(args: list[str]) -> list[str]:
    """Arguments in which each ``--truth F`` has a second value, as ``--truth F C`` has."""
    found: list[str] = []
    for place, arg in enumerate(args):
        if arg == "--":
            return [*found, *args[place:]]
        found.append(arg)
        is_frequency = arg.startswith("--truth=") or (place > 0 and args[place - 1] == "--truth")
        following = args[place + 1] if place + 1 < len(args) else "--"
        if is_frequency and following.startswith(("--", "-h", "(")):
            found.append(_UNTOLD)
    return found


def usage(error: click.UsageError) -> str:
    """A wrong use of a command in one line, with what to type next."""
    message = error.format_message().rstrip(".")
    path = error.ctx.command_path if error.ctx else "mettaclaw"
    if isinstance(error, click.BadOptionUsage) and error.option_name == "--truth":
        message = f"--truth needs a value; {_TRUTH}"
    return (
        message if "see " in message or message.endswith("?") else f"{message}; see {path} --help"
    )
