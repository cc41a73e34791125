"""What fits a question, as sentences: who and what, of values the latest, what something is.

Not covered: yes and no (``replies``), and which calls gave the results (``plays``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from mettaclaw.atoms.syntax import Atom, Expression, Number, Symbol, is_ground
from mettaclaw.atoms.unify import unify
from mettaclaw.models.english import values
from mettaclaw.models.english.meaning import Find
from mettaclaw.models.english.morphology import singular
from mettaclaw.models.english.prose import capital, listed, truth_text
from mettaclaw.models.english.replies import FAINT, WEAK, is_guess
from mettaclaw.models.english.results import Found
from mettaclaw.models.english.speech import Speech, be
from mettaclaw.models.english.symbols import is_unnamed
from mettaclaw.models.english.vocabulary import COLOURS, LIMITS, PLACES, is_single

_TIME = re.compile(
    r"\A(?:1[0-9]|20)\d\d\b|\b\d{1,2}:\d\d\b|\b\d{1,2} ?[ap]m\b|noon|midnight|o'clock"
)
_MOST = 10  # answers that are listed


def chosen(find: Find, found: Sequence[Found]) -> list[tuple[Atom, Found]]:
    """The answers that fit the question, with what its variable stands for, best first."""
    picked: dict[Atom, Found] = {}
    for one in found:
        bound = unify(find.goal, one.statement)
        value = bound.get(find.variable) if bound else None
        if not isinstance(value, Symbol | Number) or one.truth.c < FAINT:
            continue
        if (one.truth.f < 0.5) != find.denied or _is_elsewhere(find, one.statement, value):
            continue
        if find.colour and str(value) not in COLOURS:
            continue
        picked.setdefault(value, one)
    ranked = list(picked.items())
    if find.latest:
        ranked.sort(key=lambda pair: values.recency(pair[1]), reverse=True)
        return ranked
    strong = [pair for pair in ranked if pair[1].truth.c >= WEAK]
    return strong or ranked


def _weaker(find: Find, found: Sequence[Found], best: Found) -> list[tuple[Atom, Found]]:
    """Beside surer answers, those that are no guesses, of which there is little evidence."""
    if best.truth.c < WEAK or is_guess(best):
        return []
    return chosen(find, [one for one in found if one.truth.c < WEAK and not is_guess(one)])


def listing(speech: Speech, find: Find, found: Sequence[Found]) -> str:
    """The answer to a question for what fits; "" where nothing does."""
    pairs = chosen(find, found)
    if not pairs:
        return ""
    if find.latest:
        return _latest(speech, find, pairs)
    shown = _shown(speech, find, pairs)
    pairs, before = list(shown.pairs), "".join(f" {said}" for said in shown.remarks)
    certain = not is_guess(pairs[0][1])
    perhaps = "" if certain else "I can only guess: "
    if pairs[0][1].truth.c < WEAK:
        perhaps = "Perhaps, on weak evidence: "
    weaker = _weaker(find, found, pairs[0][1])
    weaker = [pair for pair in weaker if pair not in pairs and pair not in shown.following]
    also = _also(speech, shown.following)
    if len(pairs) == 1 and not weaker:
        _, one = pairs[0]
        if one.is_disputed and not perhaps:
            return stated(speech, replace(one, statement=_main(find, one.statement)))
        denied = one.truth.f < 0.5
        said = speech.clause(_main(find, one.statement), denied=denied, degree=one.degree)
        said = f"{perhaps}{said if perhaps else capital(said)} {truth_text(one.truth)}{also}."
        return f"{said}{before}"
    named = [_named(speech, v, one) for v, one in pairs[:_MOST]]
    more = [f"{len(pairs) - _MOST} more"] if len(pairs) > _MOST else []
    said = listed([*named, *more])
    faint = listed([_named(speech, v, one) for v, one in weaker[:_MOST]])
    perhaps_also = f" Perhaps also {faint}." if faint else ""
    return f"{perhaps}{said if perhaps else capital(said)}{also}.{perhaps_also}{before}"


def given(speech: Speech, find: Find, found: Sequence[Found]) -> list[Found]:
    """The answers that are given to a question, best first."""
    pairs = chosen(find, found)
    return [one for _, one in _shown(speech, find, pairs).pairs] if pairs else []


@dataclass(frozen=True, slots=True)
class _Shown:
    """Answers that count, those that only follow beside them, and what is told of others."""

    pairs: tuple[tuple[Atom, Found], ...]
    following: tuple[tuple[Atom, Found], ...] = ()
    remarks: tuple[str, ...] = ()


def _shown(speech: Speech, find: Find, pairs: Sequence[tuple[Atom, Found]]) -> _Shown:
    """What is shown of some answers; of values those that count."""
    certain = [pair for pair in pairs if not is_guess(pair[1])]
    pairs = certain or pairs  # what is known is not mixed with guesses
    if find.latest:
        named = [pair for pair in pairs if not is_unnamed(pair[0])] or list(pairs)
        match named[0][1].statement:
            case Expression((_, _, Symbol() as noun)):
                meant = values.current(noun, named)
            case _:
                meant = named[:1]
        if not _is_one(named):
            return _Shown(tuple(meant))
        stand = values.standing([one for _, one in named])
        following = tuple(pair for pair in named if pair[1] in stand.following)
        return _Shown(tuple(meant), following, (values.others(speech, stand),))
    if not (find.place or find.time):
        return _Shown(tuple(pairs))
    counts = values.valid(speech, [one for _, one in pairs])
    kept = [one for one, _ in counts]
    told = [pair for pair in pairs if pair[1] in kept and values.is_told(pair[1])]
    follow = [pair for pair in pairs if pair[1] in kept and pair not in told]
    remarks = tuple(said for _, said in counts if said)
    return _Shown(tuple(told or follow), tuple(follow if told else ()), remarks)


def _is_one(pairs: Sequence[tuple[Atom, Found]]) -> bool:
    match pairs[0][1].statement:
        case Expression((_, _, Symbol(noun))):
            return is_single(noun)
        case _:
            return False


def _also(speech: Speech, following: Sequence[tuple[Atom, Found]]) -> str:
    """What follows beside what was said: ; also Europe."""
    names = [_named(speech, value, one) for value, one in following[:_MOST]]
    return f"; also {listed(names)}" if names else ""


def _named(speech: Speech, value: Atom, one: Found) -> str:
    disputed = ", disputed" if one.is_disputed else ""
    return f"{speech.thing(value)[0]} {truth_text(one.truth)}{disputed}"


def nothing(speech: Speech, find: Find) -> str:
    """That nothing fits a question."""
    goal = _main(find, find.goal)
    match goal:
        case Expression((Symbol("-->"), Expression((Symbol("x"), _, owner)), Symbol() as noun)) if (
            find.latest or speech.is_role(goal)
        ):
            return f"I do not know {speech.whose(owner)} {speech.noun_of(noun)} yet."
        case Expression((Symbol("-->"), Expression((Symbol("x"), thing, _)), _)) if (
            find.place or find.time
        ):
            subject, number = speech.thing(thing)
            does = speech.verb(find.verb, number) if find.verb else be(number)
            return f"I do not know {'when' if find.time else 'where'} {subject} {does}."
        case Expression((Symbol("-->"), thing, _)) if find.colour:
            subject, number = speech.thing(thing)
            return f"I do not know what colour {subject} {be(number)}."
        case _:
            pass
    said = speech.clause(goal, denied=find.denied)
    first, last = said.removeprefix("something "), said.removesuffix(" something")
    if goal != find.goal:
        return f"I know of nothing that fits: {speech.clause(find.goal)}."
    if first != said or last != said:
        return f"I know of nothing and nobody that {first if first != said else last}."
    return f"I have no evidence of anything such that {said}."


def described(speech: Speech, thing: Atom, found: Sequence[Found]) -> str:
    """What something is: a cat, an animal and lazy; "" where nothing is known."""
    once = {f.statement: f for f in reversed(found)}  # the best of each
    kept = [f for f in once.values() if f.truth.c >= FAINT and _is_legible(f.statement)]
    kept.reverse()
    kept = [f for f in kept if not is_guess(f)] or kept
    strong = [f for f in kept if f.truth.c >= WEAK] or kept
    disputed = " ".join(stated(speech, f) for f in strong if f.is_disputed)
    strong = [f for f in strong if not f.is_disputed]
    if not strong:
        return disputed
    subject, number = speech.thing(thing)
    parts: list[str] = []
    before = ""
    for one in strong[:_MOST]:
        denied = one.truth.f < 0.5
        denied = denied and not speech.has_adverb(one.degree)
        text = speech.predicate(one.statement, number, denied=denied, degree=one.degree)
        verb, _, rest = text.partition(" ")
        same = verb == before and verb in ("is", "are", "am") and not rest.startswith("not ")
        parts.append(f"{rest if same else text} {truth_text(one.truth)}")
        before = verb
    if len(strong) > _MOST:
        parts.append(f"{len(strong) - _MOST} more things")
    text = f"{subject} {listed(parts)}."
    said = f"I can only guess: {text}" if is_guess(strong[0]) else capital(text)
    return f"{said} {disputed}".rstrip()


def ambiguous(speech: Speech, owner: Atom, noun: Symbol, things: Sequence[Atom]) -> str:
    """That it is not clear which one is meant."""
    known = listed([speech.other(thing) for thing in things[:_MOST]])
    what = f"{speech.whose(owner)} {speech.noun_of(noun)}"
    return f'By "{what}", which do you mean: I know of {known}. Say it again with the name.'


def _latest(speech: Speech, find: Find, pairs: Sequence[tuple[Atom, Found]]) -> str:
    """The value that counts, with those before it; or all, where there may be several."""
    shown = _shown(speech, find, pairs)
    also, before = _also(speech, shown.following), " ".join(shown.remarks)
    names = [f"{speech.thing(v)[0]} {truth_text(one.truth)}" for v, one in shown.pairs[:_MOST]]
    one = next(one for _, one in shown.pairs)
    said = capital(listed(names)) if names[1:] else stated(speech, one).removesuffix(".")
    return f"{said}{also}. {before}".rstrip()


def stated(speech: Speech, one: Found) -> str:
    """A statement as a sentence with its truth value; and that it is disputed, where it is."""
    if one.is_disputed:
        said = speech.clause(one.statement)
        return f"It is disputed whether {said} {truth_text(one.truth)}."
    return speech.sentence(one.statement, one.truth, degree=one.degree)


def told(speech: Speech, known: Sequence[Found]) -> list[str]:
    """Statements as sentences, each once; of values the latest, with those before it."""
    said = [
        f"{stated(speech, one)} {others}".rstrip() for one, others in values.valid(speech, known)
    ]
    return list(dict.fromkeys(said))


def _main(find: Find, statement: Atom) -> Atom:
    """Of a question with conditions, the part that answers it."""
    match statement:
        case Expression((Symbol("∧"), *parts)) if parts:
            return parts[-1] if find.variable.name == "who" else parts[0]
        case _:
            return statement


def _is_elsewhere(find: Find, statement: Atom, value: Atom) -> bool:
    """Whether a question for a place or time is not answered by a statement."""
    match statement:
        case Expression((_, _, Symbol(relation))) if find.place or find.time:
            verb = relation.rpartition("_")[0]
            other = verb != find.verb if find.verb else verb.startswith(("did_", "can_"))
            timed = is_time(value)
            return other or timed != find.time or (find.place and not _is_place(statement))
        case _:
            return find.place or find.time


def is_time(value: Atom) -> bool:
    """Whether something is a time by its name: Monday, 3 May 1990, 5 pm."""
    text = str(value).replace("_", " ")
    return bool(_TIME.search(text)) or any(singular(word) in LIMITS for word in text.split())


def _is_place(statement: Atom) -> bool:
    match statement:
        case Expression((Symbol("-->"), _, Symbol(relation))):
            verb, _, preposition = relation.rpartition("_")
            return (bool(verb) and preposition in PLACES) or relation in PLACES
        case _:
            return False


def _is_legible(statement: Atom) -> bool:
    """Whether a statement says of a thing what kind it is or what quality it has."""
    match statement:
        case Expression((Symbol("-->"), _, Symbol())):
            return True
        case Expression((Symbol("-->"), _, Expression((Symbol("[]"), *_)))):
            return is_ground(statement)
        case _:
            return False
