"""The prompt: history, completion of slash commands, several lines, keys.

Enter sends; Alt-Enter, Ctrl-J by itself or a backslash before Enter begin a new line; what is
pasted is one message however many lines it has. Ctrl-C clears what is typed, Ctrl-R looks through
the history, a file in the home that only its owner can read.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.enums import DEFAULT_BUFFER
from prompt_toolkit.filters import has_focus
from prompt_toolkit.formatted_text import FormattedText
from prompt_toolkit.history import FileHistory, History, InMemoryHistory
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent

from mettaclaw.redaction import Redactor
from mettaclaw.ui import slash
from mettaclaw.ui.text import sayable

if TYPE_CHECKING:
    from mettaclaw.agent import Agent

_SENT_WITH_TEXT_S = 0.03


class Prompt:
    """Reads what the person types.

    Args:
        home: The folder for the history.
        agent: What completions are about.
    """

    def __init__(self, home: Path, agent: Agent) -> None:
        # Asking the terminal where its cursor is gains us nothing, its late answer looks like
        # typing to the next prompt, and what does not answer is waited for.
        os.environ.setdefault("PROMPT_TOOLKIT_NO_CPR", "1")
        self._typed = 0.0
        self._session: PromptSession[str] = PromptSession(
            history=_history(home / "history", agent.kb.database.redactor),
            completer=SlashCompleter(agent),
            complete_while_typing=True,
            key_bindings=self._keys(),
            multiline=True,
            prompt_continuation=lambda width, number, soft: " " * width,
            reserve_space_for_menu=6,
        )
        self._session.default_buffer.on_text_changed += self._note_time

    async def read(self) -> str:
        """The next message or command; empty where nothing was typed.

        Raises:
            EOFError: Ctrl-D on an empty line.
        """
        sign = FormattedText([("bold ansigreen", sayable("› "))])
        text = await self._session.prompt_async(sign, handle_sigint=False)
        # Where the locale says ASCII, what is beyond it comes as the bytes that were typed.
        return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace").strip()

    def _note_time(self, _: object) -> None:
        self._typed = time.monotonic()

    def _keys(self) -> KeyBindings:
        keys = KeyBindings()
        typing = has_focus(DEFAULT_BUFFER)  # and not looking for something with Ctrl-R

        @keys.add("enter", filter=typing)
        def _(event: KeyPressEvent) -> None:
            buffer = event.current_buffer
            if buffer.document.current_line_before_cursor.endswith("\\"):
                buffer.delete_before_cursor()
                buffer.insert_text("\n")
            else:
                buffer.validate_and_handle()

        @keys.add("escape", "enter", filter=typing)
        def _(event: KeyPressEvent) -> None:
            event.current_buffer.insert_text("\n")

        @keys.add("c-j", filter=typing)
        def _(event: KeyPressEvent) -> None:
            # A program that drives the terminal ends its line with Ctrl-J, in one go with the
            # text; a person's Ctrl-J comes by itself.
            if event.current_buffer.text and time.monotonic() - self._typed < _SENT_WITH_TEXT_S:
                event.current_buffer.validate_and_handle()
            else:
                event.current_buffer.insert_text("\n")

        @keys.add("c-c", filter=typing)
        def _(event: KeyPressEvent) -> None:
            if event.current_buffer.text:
                event.current_buffer.reset()
            else:
                _hint(event, "Ctrl-D or /quit leaves")

        return keys


class SlashCompleter(Completer):
    """Completes the names of slash commands, and what some of them take."""

    def __init__(self, agent: Agent) -> None:
        self._agent = agent

    def get_completions(
        self, document: Document, complete_event: CompleteEvent
    ) -> Iterable[Completion]:
        """Completions for the text before the cursor."""
        text = document.text_before_cursor
        if not text.startswith("/") or "\n" in text:
            return
        name, space, argument = text[1:].partition(" ")
        if not space:
            for command in slash.COMMANDS:
                if command.name.startswith(name):
                    yield Completion(
                        command.name,
                        start_position=-len(name),
                        display=f"/{command.name} {command.argument}".rstrip(),
                        display_meta=command.doc,
                    )
        elif name == "model":
            for model in dict.fromkeys(("english", self._agent.model.name)):
                if model.startswith(argument):
                    yield Completion(model, start_position=-len(argument))


class _CleanHistory(FileHistory):
    """The history in a file, without what is left out of all that is written."""

    def __init__(self, file: Path, redactor: Redactor) -> None:
        super().__init__(str(file))
        self._redactor = redactor

    def store_string(self, string: str) -> None:
        """Write what was typed."""
        super().store_string(self._redactor.clean(string))


def _hint(event: KeyPressEvent, text: str) -> None:
    from prompt_toolkit.application import run_in_terminal

    run_in_terminal(lambda: print(text))


def _history(file: Path, redactor: Redactor) -> History:
    """The history in a file of the home; in memory where that cannot be written."""
    try:
        os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600))
        file.chmod(0o600)
    except OSError:
        return InMemoryHistory()
    return _CleanHistory(file, redactor)
