"""Every error that MeTTaClaw raises on purpose, in one family.

Invariant: a message says what happened and where, and ends with what to do next, so that it can
be shown to a person or a model as it is. Not covered: programming mistakes of ours, which stay
ordinary Python exceptions and are not caught.
"""

from __future__ import annotations

from typing import ClassVar

#: Every ``kind`` that an error, a failed call or a line of JSON can have, and what it says.
KINDS = {
    "usage": "what was asked for cannot be; the one who asked can mend it",
    "configuration": "a setting, a variable of the environment or an option is wrong",
    "missing part": "an optional part is not installed",
    "syntax": "the text is not MeTTa",
    "limit": "a limit was reached; the message names it",
    "evaluation": "MeTTa code ran and failed",
    "unknown function": "nothing defines the head of an expression",
    "storage": "the database cannot be opened, read or written",
    "schema": "a newer version wrote the database",
    "call": "a tool call was not valid, or failed",
    "permission denied": "nobody has permitted what the call would do",
    "model": "the model could not answer",
    "stopped": "the turn ended before the call was done",
    "fault": "a mistake of the program itself",
    "error": "anything else",
}


class MettaClawError(Exception):
    """The base of all errors below; catch this one to catch them all.

    Attributes:
        kind: What sort of error it is, in a word or two that do not change: one of ``KINDS``.
    """

    kind: ClassVar[str] = "error"


class UsageError(MettaClawError):
    """The caller asked for something that cannot be: You can fix it."""

    kind = "usage"


class ConfigError(UsageError):
    """A setting in ``config.toml``, the environment or an option is wrong."""

    kind = "configuration"


class MettaSyntaxError(MettaClawError):
    """Text that is not MeTTa.

    Args:
        message: What is wrong.
        text: The whole text that was read.
        offset: Where in ``text`` the trouble starts, in characters from 0.
    """

    kind = "syntax"

    def __init__(self, message: str, text: str = "", offset: int = 0) -> None:
        self.message = message
        self.offset = offset
        before = text[:offset]
        self.line = before.count("\n") + 1
        self.column = offset - (before.rfind("\n") + 1) + 1
        excerpt = text[max(0, offset - 20) : offset + 20].replace("\n", " ")
        where = f"line {self.line}, column {self.column}"
        super().__init__(f"{message} ({where}" + (f", near `{excerpt}`)" if excerpt else ")"))


class LimitError(MettaClawError):
    """A limit was reached; the message names the limit, its value and how to stay below it.

    Args:
        limit: The limit's name: ``text``, ``depth``, ``nodes``, ``steps``, ``time``, ``memory``,
            ``results``, ``output``, ``changes``, ``calls``, ``cycles`` or ``atoms``.
        message: The whole sentence for people.
    """

    kind = "limit"

    def __init__(self, limit: str, message: str) -> None:
        self.limit = limit
        super().__init__(message)


class EvaluationError(MettaClawError):
    """MeTTa code that ran and failed: an ``(Error ...)`` result, or a dead interpreter."""

    kind = "evaluation"


class UnknownFunctionError(EvaluationError):
    """An expression that came back unevaluated because nothing defines its head."""

    kind = "unknown function"


class StorageError(MettaClawError):
    """The database cannot be opened, read or written: full disk, read-only home, corrupt file."""

    kind = "storage"


class SchemaError(StorageError):
    """The database was written by a newer MeTTaClaw than this one."""

    kind = "schema"


class CallError(MettaClawError):
    """One tool call that failed, or was never valid: unknown tool, wrong arity or type."""

    kind = "call"


class PermissionDeniedError(CallError):
    """A call whose effect the person has not permitted."""

    kind = "permission denied"


class ModelError(MettaClawError):
    """The model could not answer: unreachable endpoint, refused key, truncated answer."""

    kind = "model"


class MissingPartError(UsageError):
    """An optional part is not installed; the message says which command installs it."""

    kind = "missing part"
