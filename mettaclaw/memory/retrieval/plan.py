"""What a query asks for, taken apart once: words, names, months, and where to look.

The names of people who speak in the memory are taken out of what is compared by meaning and by
words, and become a sign of their own: conversations are full of names that are called out, and
those turns would come first. Measured on conversations, this counts more than anything else.

Invariant: a plan reads the database and writes nothing; no text can be a syntax error of FTS5.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from mettaclaw.atoms.times import minute
from mettaclaw.memory import words
from mettaclaw.storage import Database

_MONTHS = """
january february march april may june july august september october november december
"""
MONTHS = tuple(_MONTHS.split())

_NAME_WORDS = 3  # a name of more words is not looked for
_WORDS = 64  # of a query, among which names are looked for
_WORD = re.compile(r"[^\W_][\w.\-]*(?:['’]s)?")
_POSSESSIVE = re.compile(r"['’]s?$")
_THING = re.compile(r"\b(?:an?|the|this|that|my|your|our)\s+[^\W\dA-Z_][\w.\-]*")
_ROLES = frozenset({"user", "assistant", "system", "tool"})  # who speaks in logs of chats
_MONTH = re.compile(rf"\b({'|'.join(MONTHS)})\b", re.IGNORECASE)
_VERB_MAY = re.compile(r"\bmay\b")  # in small letters it is a verb
_YEAR = re.compile(r"\b((?:19|20)\d\d)\b")
_WHEN = re.compile(r"\b(?:when|(?:what|which)\s+(?:year|month|day|date|week))\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Filter:
    """Which items may be found at all.

    ``scope`` None is everywhere. ``since`` and ``until`` bound the time of an item (seconds, UTC;
    since <= time < until). ``kinds`` empty are all kinds. What has expired by ``now`` is not found.
    """

    scope: str | None = None
    since: float | None = None
    until: float | None = None
    kinds: tuple[str, ...] = ()
    now: float = 0.0

    def where(self) -> tuple[str, tuple[str | float, ...]]:
        """A condition on the table ``item i``, and its values."""
        parts = ["(i.expires IS NULL OR i.expires > ?)"]
        values: list[str | float] = [self.now]
        for part, value in (
            ("i.scope = ?", self.scope),
            ("i.time >= ?", self.since),
            ("i.time < ?", self.until),
        ):
            if value is not None:
                parts.append(part)
                values.append(value)
        if self.kinds:
            parts.append(f"i.kind IN ({', '.join('?' * len(self.kinds))})")
            values += self.kinds
        return " AND ".join(parts), tuple(values)

    @property
    def is_scope_only(self) -> bool:
        """Whether nothing but the scope and the expiry decides."""
        return self.since is None and self.until is None and not self.kinds


def has_expired(database: Database, within: Filter) -> bool:
    """Whether there is an item that is not found because it has expired."""
    sql = "SELECT 1 FROM item WHERE expires IS NOT NULL AND expires <= ? LIMIT 1"
    return database.row(sql, (within.now,)) is not None


@dataclass(frozen=True, slots=True)
class Plan:
    """A query, taken apart.

    ``bare`` is the text without the names of speakers, ``words`` what is looked for by words,
    ``names`` the speakers that are named, ``months`` (1 to 12) and ``years`` those that are.
    ``asks_when`` is whether a time is asked for.
    """

    text: str
    bare: str
    words: tuple[str, ...]
    names: frozenset[str]
    months: frozenset[int]
    years: frozenset[int]
    asks_when: bool
    filter: Filter

    @classmethod
    def of(cls, database: Database, text: str, within: Filter) -> Plan:
        """Take a query apart; which names are those of speakers is looked up."""
        names = _speakers(database, text, within.scope)
        bare = _without(text, names)
        months = {found.lower() for found in _MONTH.findall(_VERB_MAY.sub(" ", text))}
        return cls(
            text=text,
            bare=bare or text,
            words=tuple(words.telling(_VERB_MAY.sub(" ", bare) or text)),
            names=frozenset(name.casefold() for name in names),
            months=frozenset(MONTHS.index(month) + 1 for month in months),
            years=frozenset(int(year) for year in _YEAR.findall(text)),
            asks_when=_WHEN.search(text) is not None,
            filter=within,
        )

    def lines(self, *, by_words: bool = False) -> list[str]:
        """The plan for people, a line each.

        Args:
            by_words: Whether words alone decided, and nothing was compared by meaning.
        """
        chosen = self.filter
        place = "everywhere" if chosen.scope is None else f'in scope "{chosen.scope}"'
        bounds = (
            ("" if chosen.since is None else f"since {minute(chosen.since)}"),
            ("" if chosen.until is None else f"before {minute(chosen.until)}"),
            ("" if chosen.since is chosen.until is None else "(UTC)"),
        )
        kinds = " or ".join(chosen.kinds)
        named = ", ".join(sorted(self.names))
        months = ", ".join(MONTHS[month - 1].title() for month in sorted(self.months))
        years = ", ".join(map(str, sorted(self.years)))
        told = (
            ("looked", place),
            ("only what was said", " ".join(filter(None, bounds))),
            ("only of the kind", kinds),
            ("by meaning:", "not compared, words alone decide" if by_words else self.bare),
            ("by words:", " ".join(self.words)),
            ("speakers named:", named),
            ("time named:", " ".join(filter(None, (months, years)))),
            ("asks", "when" if self.asks_when else ""),
        )
        return [f"{what} {value}" for what, value in told if value]


def _speakers(database: Database, text: str, scope: str | None) -> set[str]:
    """The names in a text, as they stand there, that are names of speakers in the scope.

    In small letters after an article it is a thing: "the mark" is nobody called Mark.
    """
    found = [_POSSESSIVE.sub("", word) for word in _WORD.findall(_THING.sub(" ", text))[:_WORDS]]
    runs = {
        " ".join(found[start : start + length])
        for length in range(1, _NAME_WORDS + 1)
        for start in range(len(found) - length + 1)
    }
    runs = {run for run in runs if run.casefold() not in _ROLES}
    if not runs:
        return set()
    places = ", ".join("?" * len(runs))
    sql = f"SELECT DISTINCT speaker FROM item WHERE speaker COLLATE NOCASE IN ({places})"
    values = sorted(runs)
    if scope is not None:
        sql, values = f"{sql} AND scope = ?", [*values, scope]
    return {str(row[0]) for row in database.rows(sql, values)}


def _without(text: str, names: set[str]) -> str:
    for name in sorted(names, key=len, reverse=True):
        pattern = rf"(?<!\w){re.escape(name)}(?:['’]s?)?(?!\w)"
        text = re.sub(pattern, " ", text, flags=re.IGNORECASE)
    return " ".join(text.split())
