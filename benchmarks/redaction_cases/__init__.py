"""Secrets in sentences, and what only looks like one, made from a seed.

Nothing here knows how secrets are found: each is built piece by piece as those who issue it do,
with its own check digits. Of each kind of negative there are as many as of the others.

Invariant: the same seed makes the same cases. Not covered: whether a key that is made here is in
use; all are random.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.redaction_cases import keys, markup, personal
from benchmarks.redaction_cases.draws import Draw, Made
from benchmarks.redaction_cases.negatives import NEGATIVES

SECRETS: dict[str, Callable[[Draw], Made]] = {
    "model key": keys.model_key,
    "cloud key": keys.cloud_key,
    "code host token": keys.code_host,
    "service token": keys.service,
    "bearer or JWT": keys.bearer,
    "private key": keys.private_key,
    "password in a URL": keys.url_password,
    "password or key that is assigned": keys.assigned,
    "password in a table or in markup": markup.markup,
    "password on a command line": markup.command,
    "key by its place or in a file of keys": markup.file,
    "e-mail address": personal.email,
    "phone number": personal.phone,
    "card number": personal.card,
    "IBAN": personal.iban,
}
STAY: dict[str, Callable[[Draw], Made]] = {"password that a sentence tells": keys.sentence}


@dataclass(frozen=True, slots=True)
class Secret:
    """A text before the secret, the secret, and the text after it."""

    kind: str
    before: str
    value: str
    after: str

    @property
    def text(self) -> str:
        return self.before + self.value + self.after


@dataclass(frozen=True, slots=True)
class Negative:
    """A text with nothing to leave out."""

    kind: str
    text: str


def secrets(
    count: int, seed: int = 20, of: dict[str, Callable[[Draw], Made]] = SECRETS
) -> list[Secret]:
    """So many secrets, of each type as many as of the others."""
    draw = Draw(seed)
    kinds = list(of.items())
    made: list[Secret] = []
    for number in range(count):
        kind, make = kinds[number % len(kinds)]
        made.append(Secret(kind, *make(draw)))
    return made


def negatives(count: int, seed: int = 21) -> list[Negative]:
    """So many texts without a secret, of each kind as many as of the others."""
    draw = Draw(seed)
    kinds = list(NEGATIVES.items())
    made: list[Negative] = []
    for number in range(count):
        kind, make = kinds[number % len(kinds)]
        made.append(Negative(kind, make(draw)))
    return made
