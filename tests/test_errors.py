"""What errors are called where programs read it."""

from __future__ import annotations

from mettaclaw.errors import KINDS, MettaClawError, PermissionDeniedError, UnknownFunctionError
from mettaclaw.protocol.calls import Failure
from mettaclaw.tools.paths import NoFileError


def _family(error: type[MettaClawError]) -> list[type[MettaClawError]]:
    return [error, *(found for child in error.__subclasses__() for found in _family(child))]


def test_every_error_has_a_kind_of_the_documented_list() -> None:
    ours = [error for error in _family(MettaClawError) if error.__module__.startswith("mettaclaw.")]
    assert NoFileError in ours
    assert {error.kind for error in ours} <= KINDS.keys()


def test_a_kind_is_words_and_a_failed_call_has_that_of_its_error() -> None:
    error = PermissionDeniedError("no")
    assert error.kind == "permission denied"
    assert Failure.of(error) == Failure(error.kind, "no")
    assert UnknownFunctionError("?").kind == "unknown function"
