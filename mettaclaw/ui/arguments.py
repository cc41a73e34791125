"""What commands take: numbers with errors in plain words.

Not covered: what is behind an argument, such as whether a file is there.
"""

from __future__ import annotations

from typing import Any

import click

_TRUTH = "write a frequency and a confidence from 0 to 1, such as --truth 1 0.9"


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


class Degree(click.FloatRange):
    """Half of a truth value; that it is from 0 to 1 is checked where truth values are."""

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """The number."""
        try:
            return float(value)
        except (TypeError, ValueError):
            self.fail(f"{value!r} is no number; {_TRUTH}", param, ctx)


def usage(error: click.UsageError) -> str:
    """A wrong use of a command in one line, with what to type next."""
    message = error.format_message().rstrip(".")
    path = error.ctx.command_path if error.ctx else "mettaclaw"
    if isinstance(error, click.BadOptionUsage) and error.option_name == "--truth":
        message = f"{message}; {_TRUTH}"
    return (
        message if "see " in message or message.endswith("?") else f"{message}; see {path} --help"
    )
