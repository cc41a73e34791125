"""What is known about something, or at all: in statements, and in the words that were kept.

Words that only are near in meaning to what was asked for are shown as such. Not covered: how
something is forgotten (``forgetting``).
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Sequence

from mettaclaw.atoms.syntax import Atom, Expression, Number, String, Symbol, Variable, walk
from mettaclaw.models.english import findings, replies, results
from mettaclaw.models.english.explanations import moment
from mettaclaw.models.english.meaning import USER, WHAT, WHO, Recall, is_a, related
from mettaclaw.models.english.references import is_naming
from mettaclaw.models.english.stage import Need, Play, Say, Stage, form, metta, proofs, stored
from mettaclaw.models.english.symbols import is_unnamed
from mettaclaw.models.english.terminals import closed_words
from mettaclaw.protocol.calls import Call, Result

_HOW, _IT = Variable("how"), Variable("it")
_FROM, _TO = Variable("from"), Variable("to")
_ITEMS = 5
_NEAR = 0.3  # the least score of words that have none in common with what was asked for
_MOST_SAID = 30
_MOST_DEEP = 3  # my sister's car's colour
_NEWEST = 10
_OWN_WORDS = ("i", "my", "me", "mine")


def recall(stage: Stage, act: Recall) -> Play:
    """What is known about something, or the newest of all that was told."""
    if act.thing is None:
        return (yield from _everything(stage))
    patterns = about(act.thing)
    first = stored(patterns[0]) if act.memory else form("infer", patterns[0])
    call = metta((first, *map(stored, patterns[1:])))
    wanted = " ".join(_OWN_WORDS) if act.thing == USER else act.text
    found = yield Need((look(wanted, _ITEMS), call))
    if found[1].failure is not None:
        return Say(text=replies.failed(found[1].failure))
    subject = stage.speech.other(act.thing)
    said: list[str] = []
    lines = _sentences(stage, call, found[1])
    more = yield from of_unnamed(stage, act.thing, proofs(call, found[1]))
    lines = [*lines, *(line for line in _told(stage, more) if line not in lines)]
    if len(lines) > _MOST_SAID:
        lines[_MOST_SAID:] = [f"… and {len(lines) - _MOST_SAID} more."]
    if lines:
        said += [f"About {subject} I know:", *(f"- {line}" for line in lines)]
    shown = {p.statement for p in (*proofs(call, found[1]), *more)}
    shown |= {one.statement for one in results.found(found[1].values)}
    every = results.items(found[0], believed=True)
    kept = [
        item
        for item in every
        if shown.isdisjoint(item.statements[:1]) and not _speaks_of(item, act.thing)
    ]
    naming = [item for item in kept if names(item, act.thing, act.text)]
    if naming:
        said += [_title(naming), *map(quoted, naming)]
    near = [
        item for item in kept if item.score >= _NEAR and act.thing != USER and not item.statements
    ]
    if not said and near:
        said = [f"I know nothing that names {subject}. This may be about it:", *map(quoted, near)]
    return Say(text="\n".join(said) or f"I know nothing about {subject} yet.")


def _speaks_of(item: results.Item, thing: Atom) -> bool:
    """Whether what is believed of an item's words names the thing: then it was asked for."""
    return any(thing == part for statement in item.statements[:1] for part in walk(statement))


def look(text: str, most: int) -> Call:
    """The call that looks for kept words."""
    return Call("query", (String(text), Number(most)))


def relations(stage: Stage, thing: Atom) -> Generator[Need, list[Result], str]:
    """What something does and is to others, in sentences; "" where nothing is known."""
    call = metta(stored(pattern) for pattern in about(thing)[1:])
    (result,) = yield Need((call,), last=True)
    return " ".join(_told(stage, proofs(call, result)))


def about(thing: Atom) -> list[Expression]:
    """The patterns of statements that speak of something, now and of a time."""
    plain = [is_a(thing, WHAT), related(thing, WHAT, _HOW), related(WHO, thing, _HOW)]
    return [
        *plain,
        *(form("at", pattern, _FROM, _TO) for pattern in plain),
        form("<->", thing, WHAT),
        form("<->", WHAT, thing),
        is_a(WHO, thing),
        form("==>", is_a(_IT, thing), WHAT),
        form("==>", WHAT, is_a(_IT, thing)),
    ]


def names(item: results.Item, thing: Atom, text: str) -> bool:
    """Whether kept words have every word that something is called by."""
    there = {_stem(word) for word in _words(item.text)}
    if thing == USER:
        return bool(there & set(_OWN_WORDS))
    closed = closed_words()
    wanted = [word for word in _words(text) if word not in closed] or _words(text)
    return bool(wanted) and all(_stem(word) in there for word in wanted)


def quoted(item: results.Item) -> str:
    """Kept words as a line of a list, with who said them and when."""
    source = "" if item.source == "user" else f", from {item.source}"
    return f'- "{item.text}",{moment(item.time)}{source}'


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+(?:-[^\W_]+)*", text.lower().replace("'s", "").replace("’s", ""))


def _stem(word: str) -> str:
    """A word without the ending of a plural; what it leaves need not be a word."""
    if len(word) > 3 and word.endswith("ies"):
        return f"{word[:-3]}y"
    if len(word) > 4 and word.endswith(("ses", "xes", "zes", "ches", "shes")):
        return word[:-2]
    return word[:-1] if len(word) > 3 and word.endswith("s") and word[-2] != "s" else word


def _title(items: Sequence[results.Item]) -> str:
    asked = all(item.source == "user" and not item.statements for item in items)
    return "You asked me to remember:" if asked else "I keep in memory:"


def _sentences(stage: Stage, call: Call, result: Result) -> list[str]:
    known: list[results.Found] = []
    for values in results.forms(result, len(call.args)):
        for value in values:
            proof = results.step(value)
            answers = [f for f in results.found([value]) if f.truth.c >= 0.3]
            if proof is not None:
                answers = [results.Found(proof.statement, proof.truth, proof)]
            known += [one for one in answers if not is_naming(one.statement)]
    return findings.told(stage.speech, known)


def _told(stage: Stage, known: Sequence[results.Step]) -> list[str]:
    found = [results.Found(step.statement, step.truth, step) for step in known]
    return findings.told(stage.speech, [f for f in found if not is_naming(f.statement)])


def of_unnamed(
    stage: Stage, thing: Atom, known: Sequence[results.Step]
) -> Generator[Need, list[Result], list[results.Step]]:
    """What is stored of somebody's things that have no name: my birthday is on May 4.

    ``known`` is what is stored of its owner. Of the things of such things the same.
    """
    found: dict[Atom, results.Step] = {}
    owners: list[Atom] = [thing]
    for _ in range(_MOST_DEEP):
        new = dict.fromkeys(value for step in known for value in _things_of(step, owners))
        new = [value for value in new if value not in owners]
        if not new:
            break
        call = metta(stored(pattern) for value in new for pattern in about(value))
        (result,) = yield Need((call,))
        known = proofs(call, result)
        found |= {step.statement: step for step in known}
        owners += new
    return list(found.values())


def _things_of(step: results.Step, owners: Sequence[Atom]) -> Iterator[Symbol]:
    """The unnamed things in a statement that they are their owner's."""
    match step.statement:
        case Expression((_, Expression((_, Symbol() as thing, owner)), Symbol())) if (
            owner in owners and is_unnamed(thing) and is_naming(step.statement)
        ):
            yield thing
        case _:
            pass


# --- everything ------------------------------------------------------------------------------


def _everything(stage: Stage) -> Play:
    """The newest statements and words, how many more there are, and what shows them all."""
    call = metta([_newest(_NEWEST)])
    found = yield Need((look("", _NEWEST), call), last=True)
    said: list[str] = []
    if found[1].failure is not None:
        said.append(
            "There is too much to go through here. `mettaclaw atoms match '$it'` lists all"
            " statements."
        )
    else:
        said += _statements(stage, found[1])
    kept = sorted(results.items(found[0]), key=lambda item: -item.id)
    if kept:
        said += [_title(kept[:_NEWEST]), *map(quoted, kept[:_NEWEST])]
        said.append("`mettaclaw memory list` lists all that is kept in words.")
    return Say(text="\n".join(said) or "I know nothing yet: tell me something.")


def _statements(stage: Stage, result: Result) -> list[str]:
    total = 0
    steps: dict[Atom, results.Step] = {}
    for value in result.values:
        match value:
            case Expression((Symbol("total"), Number(number))):
                total = int(number)
            case _:
                step = results.step(value)
                if step is not None and not is_naming(step.statement):
                    steps.setdefault(step.statement, step)
    if not total:
        return []
    newest = sorted(steps.values(), key=lambda s: -max((e.id for e in s.leaves()), default=0.0))
    lines = [f"- {stage.speech.sentence(s.statement, s.truth, degree=s.degree)}" for s in newest]
    rest = total - _NEWEST
    more = f"… and {rest} more: " if rest > 0 else ""
    whole = f"{more}`mettaclaw atoms match '$it'` lists all statements."
    return ["The newest that I know:" if rest > 0 else "I know:", *lines, whole]


def _newest(most: int) -> Expression:
    """A form that returns how many statements there are, and the proofs of those stored last."""
    everything, count, back, one = (Variable(n) for n in ("all", "count", "back", "one"))
    numbers = Expression(tuple(Number(i) for i in range(1, most + 1)))
    place = form("-", count, back)
    proof = form("let", one, form("index-atom", everything, place), form("why", one))
    each = form("if", form("<", count, back), form("empty"), proof)
    each = form("let", back, form("superpose", numbers), each)
    both = form("superpose", Expression((form("total", count), each)))
    counted = form("let", count, form("size-atom", everything), both)
    matched = form("match", Symbol("&kb"), _IT, _IT)
    return form("let", everything, form("collapse", matched), counted)
