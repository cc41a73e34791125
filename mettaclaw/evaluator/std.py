"""Functions that people reach for and hyperon lacks: numbers, text, dates, lists, output.

Each is declared once in ``FUNCTIONS``; ``metta/std.metta`` documents them and adds those that
MeTTa itself defines. A program that defines a function of the same name gets its own instead.
Arguments are evaluated before, and wrong ones give an ``(Error ...)``.

Not covered: what MeTTa needs of its own, such as ``match``; that is hyperon's.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mettaclaw.atoms.syntax import Atom, Expression, Number, String, Symbol, text_of
from mettaclaw.errors import UsageError

MAX_RANGE = 5_000


@dataclass(frozen=True, slots=True)
class Function:
    """A function on atoms.

    Attributes:
        name: What it is called.
        types: Of its parameters and, last, its result, as MeTTa type names. Of a function that
            takes any number of arguments, the type of all of them and of the result.
        run: From the arguments to the result.
            Raises UsageError for arguments that it cannot take.
        variadic: Whether it takes any number of arguments.
    """

    name: str
    types: tuple[str, ...]
    run: Callable[[Sequence[Atom]], Atom]
    variadic: bool = False


# --- arguments -------------------------------------------------------------------------------


def _string(atom: Atom) -> str:
    if isinstance(atom, String):
        return atom.value
    raise UsageError(f"{_shown(atom)} is no string; write it in double quotes, or use repr")


def _number(atom: Atom) -> int | float:
    if isinstance(atom, Number):
        return atom.value
    raise UsageError(f"{_shown(atom)} is no number")


def _whole(atom: Atom) -> int:
    value = _number(atom)
    if isinstance(value, int):
        return value
    raise UsageError(f"{value} is no whole number")


def _list(atom: Atom) -> tuple[Atom, ...]:
    if isinstance(atom, Expression):
        return atom.children
    raise UsageError(f"{_shown(atom)} is no expression in parentheses")


def _date(atom: Atom) -> datetime.date:
    text = _string(atom)
    try:
        return datetime.date.fromisoformat(text[:10])
    except ValueError:
        raise UsageError(f'"{text[:40]}" is no date; write it as "2025-12-31"') from None


def _shown(atom: Atom) -> str:
    text = str(atom)
    return text if len(text) <= 60 else f"{text[:57]}..."


# --- numbers ---------------------------------------------------------------------------------


def _least(arguments: Sequence[Atom]) -> Atom:
    return min(arguments, key=_number)


def _greatest(arguments: Sequence[Atom]) -> Atom:
    return max(arguments, key=_number)


def _sum(arguments: Sequence[Atom]) -> Atom:
    total = sum(map(_number, _list(arguments[0])))
    return Number(total) if total == total else Symbol("NaN")


# --- text ------------------------------------------------------------------------------------


def _concat(arguments: Sequence[Atom]) -> Atom:
    return String("".join(map(text_of, arguments)))


def _string_length(arguments: Sequence[Atom]) -> Atom:
    return Number(len(_string(arguments[0])))


def _upper(arguments: Sequence[Atom]) -> Atom:
    return String(_string(arguments[0]).upper())


def _lower(arguments: Sequence[Atom]) -> Atom:
    return String(_string(arguments[0]).lower())


def _trim(arguments: Sequence[Atom]) -> Atom:
    return String(_string(arguments[0]).strip())


def _split(arguments: Sequence[Atom]) -> Atom:
    text, separator = map(_string, arguments)
    parts = text.split(separator) if separator else list(text)
    return Expression(tuple(map(String, parts)))


def _join(arguments: Sequence[Atom]) -> Atom:
    return String(_string(arguments[1]).join(map(text_of, _list(arguments[0]))))


def _contains(arguments: Sequence[Atom]) -> Atom:
    text, part = map(_string, arguments)
    return _bool(part in text)


def _substring(arguments: Sequence[Atom]) -> Atom:
    text, start, end = _string(arguments[0]), _whole(arguments[1]), _whole(arguments[2])
    if not 0 <= start <= end:
        raise UsageError(
            f"positions count from 0 and the end is not before the start: {start} {end}"
        )
    return String(text[start:end])


def _replace(arguments: Sequence[Atom]) -> Atom:
    text, old, new = map(_string, arguments)
    if not old:
        raise UsageError("the text to replace is empty")
    return String(text.replace(old, new))


def _chars(arguments: Sequence[Atom]) -> Atom:
    return Expression(tuple(Symbol(f"'{char}'") for char in _string(arguments[0])))


def _from_chars(arguments: Sequence[Atom]) -> Atom:
    return String("".join(text_of_char(char) for char in _list(arguments[0])))


def text_of_char(atom: Atom) -> str:
    """The character that a symbol such as ``'a'`` stands for."""
    if isinstance(atom, Symbol) and len(atom.name) == 3 and atom.name[0] == atom.name[2] == "'":
        return atom.name[1]
    raise UsageError(f"{_shown(atom)} is no character such as 'a'")


# --- dates -----------------------------------------------------------------------------------


def _today(_: Sequence[Atom]) -> Atom:
    return String(datetime.datetime.now().astimezone().date().isoformat())


def _now(_: Sequence[Atom]) -> Atom:
    return String(datetime.datetime.now().astimezone().isoformat(timespec="seconds"))


def _date_add(arguments: Sequence[Atom]) -> Atom:
    start, days = _date(arguments[0]), _whole(arguments[1])
    try:
        return String((start + datetime.timedelta(days=days)).isoformat())
    except OverflowError:
        raise UsageError(f"{days} days from {start} is outside the years 1 to 9999") from None


def _days_between(arguments: Sequence[Atom]) -> Atom:
    start, end = map(_date, arguments)
    return Number((end - start).days)


def _weekday(arguments: Sequence[Atom]) -> Atom:
    return String(_WEEKDAYS[_date(arguments[0]).weekday()])


_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


# --- lists -----------------------------------------------------------------------------------


def _length(arguments: Sequence[Atom]) -> Atom:
    return Number(len(_list(arguments[0])))


def _append(arguments: Sequence[Atom]) -> Atom:
    return Expression(tuple(item for argument in arguments for item in _list(argument)))


def _reverse(arguments: Sequence[Atom]) -> Atom:
    return Expression(_list(arguments[0])[::-1])


def _member(arguments: Sequence[Atom]) -> Atom:
    return _bool(arguments[0] in _list(arguments[1]))


def _last(arguments: Sequence[Atom]) -> Atom:
    items = _list(arguments[0])
    if not items:
        raise UsageError("an empty expression has no last item")
    return items[-1]


def _sort(arguments: Sequence[Atom]) -> Atom:
    return Expression(tuple(sorted(_list(arguments[0]), key=_rank)))


def _rank(atom: Atom) -> tuple[int, float, str]:
    """Numbers by value, then everything else by its text."""
    if isinstance(atom, Number):
        return 0, atom.value, ""
    return 1, 0.0, text_of(atom)


def _range(arguments: Sequence[Atom]) -> Atom:
    start, end = map(_whole, arguments)
    if end - start > MAX_RANGE:
        raise UsageError(f"a range of {end - start:,} numbers, and {MAX_RANGE:,} are allowed")
    return Expression(tuple(map(Number, range(start, end))))


def _bool(truth: bool) -> Atom:
    return Symbol("True" if truth else "False")


_ANY = "%Undefined%"

FUNCTIONS = (
    Function("min", ("Number", "Number", "Number"), _least),
    Function("max", ("Number", "Number", "Number"), _greatest),
    Function("sum", (_ANY, "Number"), _sum),
    Function("concat", (_ANY, "String"), _concat, variadic=True),
    Function("string-concat", (_ANY, "String"), _concat, variadic=True),
    Function("string-length", ("String", "Number"), _string_length),
    Function("upper-case", ("String", "String"), _upper),
    Function("lower-case", ("String", "String"), _lower),
    Function("trim", ("String", "String"), _trim),
    Function("split", ("String", "String", "Atom"), _split),
    Function("join", (_ANY, "String", "String"), _join),
    Function("contains", ("String", "String", "Bool"), _contains),
    Function("substring", ("String", "Number", "Number", "String"), _substring),
    Function("replace", ("String", "String", "String", "String"), _replace),
    Function("stringToChars", ("String", "Atom"), _chars),
    Function("charsToString", (_ANY, "String"), _from_chars),
    Function("today", ("String",), _today),
    Function("now", ("String",), _now),
    Function("date-add", ("String", "Number", "String"), _date_add),
    Function("days-between", ("String", "String", "Number"), _days_between),
    Function("weekday", ("String", "String"), _weekday),
    Function("length", (_ANY, "Number"), _length),
    Function("append", (_ANY, "Atom"), _append, variadic=True),
    Function("reverse", (_ANY, "Atom"), _reverse),
    Function("member", (_ANY, _ANY, "Bool"), _member),
    Function("last", (_ANY, "Atom"), _last),
    Function("sort", (_ANY, "Atom"), _sort),
    Function("range", ("Number", "Number", "Atom"), _range),
)
