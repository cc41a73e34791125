"""The boundary between commands and the shell: options of all commands, errors, exit codes.

Exit codes: 0 done, 1 an error of ours (one line on stderr, no traceback), 2 wrong usage, 130
interrupted, 141 nobody reads our output any more. Not covered: what commands do.
"""

from __future__ import annotations

import asyncio
import contextlib
import difflib
import os
import signal
import sys
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn, TextIO, TypeVar, cast

import click

from mettaclaw.errors import MettaClawError
from mettaclaw.ui import arguments, render
from mettaclaw.ui.text import clean, one_line, sayable

if TYPE_CHECKING:
    from io import TextIOWrapper

    from rich.console import Console

    from mettaclaw.atomspace import Atomspace
    from mettaclaw.config import Home

T = TypeVar("T")

INTERRUPTED = 130
UNREAD = 141


@dataclass(slots=True)
class Options:
    """The global options, wherever they stood on the command line."""

    home: str | None = None
    model: str | None = None


def options() -> Options:
    """The global options of the running command."""
    return click.get_current_context().ensure_object(Options)


def open_home() -> Home:
    """The home that the options name."""
    from mettaclaw.config import Home

    return Home.open(options().home)


def open_atomspace() -> Atomspace:
    """The atomspace of the home, with its settings, and no agent."""
    from mettaclaw.atomspace import Atomspace

    return Atomspace.of(open_home())


def say(text: str = "", style: str = "") -> None:
    """A line on stdout, at once; our own signs as the stream can say them.

    Args:
        text: The line; ``clean`` it first where it is not our own.
        style: A colour's name, for terminals.
    """
    if style and in_terminal() and not os.environ.get("NO_COLOR"):
        text = click.style(text, fg=style)
    _write(sys.stdout, sayable(text, sys.stdout))


def say_json(value: object) -> None:
    """A value as one line of JSON on stdout."""
    encoding = str(getattr(sys.stdout, "encoding", "") or "utf-8").lower().replace("-", "")
    _write(sys.stdout, render.as_json(value, ascii_only=encoding != "utf8"))


def say_exactly(text: str) -> None:
    """A line of data on stdout: as it is into a file or a pipe, ``clean`` on a terminal."""
    _write(sys.stdout, clean(text) if in_terminal() else text)


def note(text: str) -> None:
    """A line for the person, on stderr."""
    _write(sys.stderr, sayable(text, sys.stderr))


def _write(stream: TextIO | None, line: str) -> None:
    if stream is not None:  # None where it was closed at the start
        stream.write(f"{line}\n")
        stream.flush()


def complain(error: object) -> None:
    """``error: …``, one line on stderr."""
    note(f"error: {one_line(str(error))}")


def fail(message: str) -> NoReturn:
    """End the command with an error."""
    complain(message)
    raise click.exceptions.Exit(1)


def in_terminal(stream: TextIO | None = None) -> bool:
    """Whether stdout (or another stream) is a terminal: then tables and trees, else plain lines."""
    found = cast("TextIO | None", stream or sys.stdout)  # None where it was closed at the start
    return found is not None and found.isatty()


def console() -> Console:
    """Where tables and trees are drawn; reads no markup in what it is given."""
    from rich.console import Console

    return Console(highlight=False, markup=False, emoji=False)


def wait(work: Coroutine[Any, Any, T]) -> T:
    """Run async work to its end. Ctrl-C cancels it (a third one leaves at once).

    Raises:
        KeyboardInterrupt: It was cancelled so, and is over.
    """
    presses = 0

    async def watched() -> T:
        task = asyncio.ensure_future(work)

        def interrupt() -> None:
            nonlocal presses
            presses += 1
            if presses == 1:
                task.cancel()
            elif presses > 2:
                os._exit(INTERRUPTED)

        asyncio.get_running_loop().add_signal_handler(signal.SIGINT, interrupt)
        return await task

    try:
        return asyncio.run(watched())
    except asyncio.CancelledError:
        if presses:
            raise KeyboardInterrupt from None
        raise


def _remember(context: click.Context, parameter: click.Parameter, value: str | None) -> None:
    if value is not None:
        setattr(context.ensure_object(Options), str(parameter.name), value)


def _globals(hidden: bool) -> list[click.Parameter]:
    return [
        click.Option(
            ["--home"],
            metavar="PATH",
            expose_value=False,
            callback=_remember,
            hidden=hidden,
            help="The folder with everything the agent knows  [METTACLAW_HOME].",
        ),
        click.Option(
            ["--model"],
            metavar="NAME",
            expose_value=False,
            callback=_remember,
            hidden=hidden,
            help="What decides: english, or an endpoint's model  [METTACLAW_MODEL].",
        ),
    ]


class Command(click.Command):
    """A command that takes the global options too: people write them where they think of them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params.extend(_globals(hidden=True))

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the arguments; an error says of which command."""
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            error.ctx = error.ctx or ctx
            raise


json_option = click.option("--json", "as_json", is_flag=True, help="JSON, one object a line.")


class Commands(click.Group):
    """A family of commands, listed as they were declared; a mistyped one gets its nearest name."""

    command_class = Command

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params.extend(_globals(hidden=not isinstance(self, Program)))

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order of declaration."""
        return list(self.commands)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, or say which was meant."""
        name = args[0]
        if self.get_command(ctx, name) is None and not name.startswith("-"):
            raise click.UsageError(f"there is no command `{name}`; {self._guess(name)}", ctx)
        return super().resolve_command(ctx, args)

    def _guess(self, name: str) -> str:
        if " " in name.strip():
            return f'to say something: mettaclaw run "{name}"'
        shown = [command for command, found in self.commands.items() if not found.hidden]
        within = {
            child: f"{family} {child}"
            for family, found in self.commands.items()
            if isinstance(found, click.Group)
            for child in found.commands
        }
        if name in within:
            return f"did you mean {within[name]}?"
        near = difflib.get_close_matches(name, shown, n=2, cutoff=0.5)
        if near:
            return f"did you mean {' or '.join(near)}?"
        return f"there are {', '.join(shown)}"


Commands.group_class = Commands


class Program(Commands):
    """The whole command line."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: Any,
    ) -> Any:
        """Run, then exit with a code; see the module for which."""
        _open_standard_streams()
        try:
            code: object = super().main(
                args,
                prog_name or "mettaclaw",
                complete_var,
                standalone_mode=False,
                windows_expand_args=windows_expand_args,
                **extra,
            )
        except click.UsageError as error:
            complain(arguments.usage(error))
            code = 2
        except click.ClickException as error:
            complain(error.format_message())
            code = error.exit_code
        except click.Abort as abort:
            code = INTERRUPTED if isinstance(abort.__cause__, KeyboardInterrupt) else 1
        except MettaClawError as error:
            complain(error)
            code = 1
        except OSError as error:  # a full disk, a terminal that went away, files that cannot be
            named = f"{error.filename}: " if error.filename else ""
            complain(f"{named}{error.strerror or error}; mettaclaw doctor may tell more")
            code = 1
        sys.exit(code if isinstance(code, int) else 0)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; a reader of our output that went away ends it without a word."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            _forget_output()
            raise click.exceptions.Exit(UNREAD) from None


def _open_standard_streams() -> None:
    """Make the three streams safe.

    A closed one would give its number to the next file that is opened, such as the database, and
    what is printed would land there. Characters that a stream cannot encode are escaped.
    """
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            descriptor = os.open(os.devnull, os.O_RDWR)  # the lowest free number: this one
            if descriptor != number:
                os.dup2(descriptor, number)
                os.close(descriptor)
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, ValueError):  # None, or a test's stand-in
            cast("TextIOWrapper", stream).reconfigure(errors="backslashreplace")


def _forget_output() -> None:
    """Point stdout at nothing, so that the last flush at exit has somewhere to go."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        descriptor = os.open(os.devnull, os.O_WRONLY)
        os.dup2(descriptor, sys.stdout.fileno())
        os.close(descriptor)
