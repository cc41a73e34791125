"""Every error that MeTTaClaw raises on purpose, in one family.

Invariant: a message says what happened and where, and ends with what to do next, so that it can
be shown to a person or a model as it is. Not covered: programming mistakes of ours, which stay
ordinary Python exceptions and are not caught.
"""

from __future__ import annotations


class MettaClawError(Exception):
    """The base of all errors below; catch this one to catch them all."""

    @property
    def kind(self) -> str:
        """A short stable word for this error, such as ``syntax`` or ``limit``."""
        return type(self).__name__.removesuffix("Error").removeprefix("Metta").lower()


class UsageError(MettaClawError):
    """The caller asked for something that cannot be: You can fix it."""


class ConfigError(UsageError):
    """A setting in ``config.toml``, the environment or an option is wrong."""


class MettaSyntaxError(MettaClawError):
    """Text that is not MeTTa.

    Args:
        message: What is wrong.
        text: The whole text that was read.
        offset: Where in ``text`` the trouble starts, in characters from 0.
    """

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
            ``results``, ``output``, ``changes``, ``calls`` or ``cycles``.
        message: The whole sentence for people.
    """

    def __init__(self, limit: str, message: str) -> None:
        self.limit = limit
        super().__init__(message)


class EvaluationError(MettaClawError):
    """MeTTa code that ran and failed: an ``(Error ...)`` result, or a dead interpreter."""


class UnknownFunctionError(EvaluationError):
    """An expression that came back unevaluated because nothing defines its head."""


class StorageError(MettaClawError):
    """The database cannot be opened, read or written: full disk, read-only home, corrupt file."""


class SchemaError(StorageError):
    """The database was written by a newer MeTTaClaw than this one."""


class CallError(MettaClawError):
    """One tool call that failed, or was never valid: unknown tool, wrong arity or type."""


class PermissionDeniedError(CallError):
    """A call whose effect the person has not permitted."""


class ModelError(MettaClawError):
    """The model could not answer: unreachable endpoint, refused key, truncated answer."""


class MissingPartError(UsageError):
    """An optional part is not installed; the message says which command installs it."""
