"""Atoms without secrets: they stay atoms, and only what is secret of them is left out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mettaclaw.atoms.clearing import cleared
from mettaclaw.atoms.syntax import Expression, String, Symbol, read
from mettaclaw.config import REDACTABLE
from mettaclaw.redaction import Redactor
from mettaclaw.storage import Database

KEY = "sk-" + "a1B2c3D4e5" * 4


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with Database.open(tmp_path / "claw.db", redactor=Redactor(REDACTABLE)) as opened:
        yield opened


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (f'(is "my key is {KEY}" secret)', '(is "my key is [redacted API key]" secret)'),
        (f"(--> {KEY} key)", "(--> [redacted-API-key] key)"),
        (f"(a (b ($x {KEY})) c)", "(a (b ($x [redacted-API-key])) c)"),
        ('(password "Tr0ub4dor&3")', '(password "[redacted password]")'),
        ("(card 4111111111111111)", "(card [redacted-card-number])"),
        ('(says "a\\"b" "ann@example.org\\n")', '(says "a\\"b" "[redacted e-mail address]\\n")'),
        ("(--> garfield cat)", "(--> garfield cat)"),
    ],
)
def test_what_is_secret_is_left_out_of_an_atom(database: Database, text: str, left: str) -> None:
    with database.transaction():
        found = cleared(database, read(text))
        assert found == read(left)
        assert read(str(found)) == found
        assert cleared(database, found) == found


def test_a_secret_over_several_lines_goes_though_it_is_escaped(database: Database) -> None:
    key = "\n".join(["-----BEGIN " + "PRIVATE KEY-----", "MIIB", "-----END " + "PRIVATE KEY-----"])
    with database.transaction():
        found = cleared(database, Expression((Symbol("is"), String(key))))
    assert found == Expression((Symbol("is"), String("[redacted private key]")))


def test_each_is_counted_once(database: Database) -> None:
    with database.transaction():
        cleared(database, read(f'(a {KEY} "ann@example.org and bob@example.org")'))
        cleared(database, read("(card 4111 1111 1111 1111)"))
    assert database.redacted() == {"API key": 1, "e-mail address": 2, "card number": 1}


def test_what_is_rolled_back_is_not_counted(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), database.transaction():
        database.clean(KEY)
        raise ZeroDivisionError
    database.clean(KEY)  # nothing is written
    assert database.redacted() == {}
