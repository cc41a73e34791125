"""The command line: ``mettaclaw`` and its commands.

Each family of commands is a module of its own; here they are put together, and it is decided what
``mettaclaw`` alone does: the REPL where stdin and stdout are terminals, else messages from stdin.
"""

from __future__ import annotations

import sys
from typing import Any

import click

import mettaclaw
from mettaclaw.ui import (
    atoms_commands,
    home_commands,
    item_commands,
    item_files,
    memory_commands,
    metta_command,
    talk,
)
from mettaclaw.ui.program import Program, in_terminal, note, options, say


class _Families(Program):
    """The whole command line; a family of commands without one of them shows its help."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except click.UsageError as error:
            if type(error).__name__ != "NoArgsIsHelpError" or error.ctx is None:
                raise
            say(error.ctx.get_help())
            raise click.exceptions.Exit(2) from None


@click.group(
    cls=_Families,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(mettaclaw.__version__, prog_name="mettaclaw", message="%(prog)s %(version)s")
@click.pass_context
def program(context: click.Context) -> None:
    """An agent that thinks with a logic over an atomspace that is never lost.

    Without a command: talk to it (in a terminal), or give it messages on stdin, one a line.
    """
    if context.invoked_subcommand is not None:
        return
    if in_terminal(sys.stdin) and in_terminal(sys.stdout):
        from mettaclaw.ui.repl import start

        context.exit(start(options()))
    if in_terminal(sys.stdin):
        note("messages, one a line; Ctrl-D ends")
    context.invoke(talk.run, script="-" if in_terminal(sys.stdin) else None)


@program.command(hidden=True)
@click.argument("words", nargs=-1, metavar="[COMMAND]...")
@click.pass_context
def help(context: click.Context, words: tuple[str, ...]) -> None:
    """Show the help of a command, as --help after it does."""
    program.main([*words, "--help"], prog_name=context.find_root().info_name)


program.add_command(talk.run)
program.add_command(metta_command.metta)
program.add_command(atoms_commands.atoms)
program.add_command(memory_commands.memory)
for _command in (*item_commands.COMMANDS, *item_files.COMMANDS):
    memory_commands.memory.add_command(_command)
program.add_command(memory_commands.episodes)
program.add_command(home_commands.backup)
program.add_command(home_commands.doctor)


def main() -> None:
    """The console script."""
    program()
