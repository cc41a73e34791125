"""Answers questions: asks for what follows, and says it with its truth value or its proof."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mettaclaw.atoms.syntax import Atom, Expression, Symbol, Variable, is_ground
from mettaclaw.atoms.unify import head
from mettaclaw.models.english import findings, replies, results
from mettaclaw.models.english.explanations import explained
from mettaclaw.models.english.meaning import (
    AGENT,
    USER,
    WHAT,
    WHO,
    Ask,
    Describe,
    Explain,
    Find,
    implies,
    is_a,
    is_tautology,
    owns,
    related,
)
from mettaclaw.models.english.prose import UNDECIDED, capital, is_negative, truth_text
from mettaclaw.models.english.recollection import relations
from mettaclaw.models.english.references import is_naming
from mettaclaw.models.english.rejections import rejected
from mettaclaw.models.english.retrospect import ever, then, times
from mettaclaw.models.english.stage import Need, Play, Say, Stage, about, form, metta, plain, stored
from mettaclaw.models.english.symbols import is_unnamed
from mettaclaw.models.english.values import asked, outdated

_HOW, _ANY = Variable("how"), Variable("1")
_MOST_ROLES = 3
_AGREED = 0.02
_CONTESTED = 0.2  # how far a frequency is from 0 and 1 where not all evidence agrees


def ask(stage: Stage, act: Ask) -> Play:
    """Whether something is so."""
    goals = [goal.atom for goal in act.goals]
    extra = [wanted for goal in act.goals if (wanted := asked(goal)) is not None]
    call = metta(form("infer", goal) for goal in (*goals, *extra))
    rules = [rule for goal in goals if (rule := _as_rule(stage, goal)) is not None]
    has = [goal for goal in goals if _as_role(goal) is not None]
    (result,) = yield Need((call,), last=not (rules or has))
    if result.failure is not None:
        return Say(text=replies.failed(result.failure))
    values = results.forms(result, len(call.args))
    later = dict(zip(extra, values[len(goals) :], strict=True))
    said: list[str] = []
    unanswered = True
    for goal, returned in zip(act.goals, values, strict=False):
        found = results.found(returned)
        role = _as_role(goal.atom)
        if role is not None and all(replies.is_guess(one) for one in found[:1]):
            (other,) = yield Need((metta([form("infer", role)]),))
            theirs = [one for one in results.found(other.values) if not replies.is_guess(one)]
            found = [one for one in theirs if one.truth.f >= 0.5][:1] or found
        rule = _as_rule(stage, goal.atom)
        if rule is not None and all(replies.is_guess(one) for one in found[:1]):
            (other,) = yield Need((metta([form("infer", rule)]),))
            ruled = [one for one in results.found(other.values) if not replies.is_guess(one)]
            found = ruled or found
        wanted = asked(goal)
        given = results.found(later[wanted]) if wanted is not None else []
        unanswered = unanswered and not found and not given and not is_tautology(goal.atom)
        said.append(
            outdated(stage.speech, goal.atom, given)
            or replies.answer(stage.speech, goal, found, results.unknown(returned))
        )
    return Say(text=" ".join(said), unanswered=unanswered)


def _as_rule(stage: Stage, goal: Atom) -> Expression | None:
    """What is asked of a kind, as a rule would say it: if something is a wug, then it is a fep."""
    match goal:
        case Expression((Symbol("-->"), Symbol() as kind, said)) if stage.speech.is_kind(kind):
            return implies(is_a(_ANY, kind), is_a(_ANY, said))
        case Expression((Symbol("-->"), Expression((_, Symbol() as kind, other)), relation)) if (
            stage.speech.is_kind(kind)
        ):
            return implies(is_a(_ANY, kind), related(_ANY, other, relation))
        case _:
            return None


def _as_role(goal: Atom) -> Expression | None:
    """Who it is that somebody is asked to have: a brother, if Karl is Anna's brother."""
    match goal:
        case Expression((Symbol("-->"), Expression((_, owner, Symbol() as noun)), Symbol("have"))):
            return owns(owner, WHAT, noun)
        case _:
            return None


def find(stage: Stage, act: Find) -> Play:
    """What fits a question."""
    asked = [form("infer", act.goal), *([times(act.ever)] if act.ever is not None else [])]
    (result,) = yield Need((metta(asked),), last=not act.latest and _as_role(act.goal) is None)
    if result.failure is not None:
        return Say(text=replies.failed(result.failure))
    values, *held = results.forms(result, len(asked))
    found = results.found(values)
    times_of = " ".join(ever(stage, results.found(one)) for one in held)
    role = _as_role(act.goal)
    if role is not None and all(replies.is_guess(one) for one in found):
        (other,) = yield Need((metta([form("infer", role)]),), last=True)
        theirs = [one for one in results.found(other.values) if not replies.is_guess(one)]
        act, found = (replace(act, goal=role), theirs) if theirs else (act, found)
    pairs = findings.chosen(act, found)
    if act.latest and pairs and is_unnamed(pairs[0][0]):
        return (yield from describe(stage, Describe(pairs[0][0])))
    listed = findings.listing(stage.speech, act, found)
    more = "There may be more." if pairs and results.is_cut(values) else ""
    said = " ".join(filter(None, (listed, more, times_of)))
    if not said:
        said = _own_name(stage, act)
    return Say(text=said or findings.nothing(stage.speech, act), unanswered=not said)


def _own_name(stage: Stage, act: Find) -> str:
    """The name of what has no other than the one it goes by here."""
    match act.goal:
        case Expression((_, Expression((_, _, Symbol(owner) as thing)), Symbol("name"))):
            general = thing in (USER, AGENT) or owner.startswith("the_") or is_unnamed(thing)
            return "" if general else f"The name I have is {stage.speech.thing(thing)[0]}."
        case _:
            return ""


def describe(stage: Stage, act: Describe) -> Play:
    """What something is, and to whom; where that is not known, what it does."""
    other = stored(related(act.thing, WHAT, _HOW))
    asked = form("infer", act.find.goal) if act.find is not None else other
    (result,) = yield Need((metta((form("infer", is_a(act.thing, WHAT)), asked)),))
    if result.failure is not None:
        return Say(text=replies.failed(result.failure))
    first, second = results.forms(result, 2)
    kept = [one for one in results.found(first) if not is_naming(one.statement)]
    said = [findings.described(stage.speech, act.thing, kept)]
    if act.find is not None:
        others = [one for one in results.found(second) if not is_naming(one.statement)]
        listed = findings.listing(stage.speech, act.find, others)
        said.append(_instances(stage, act, listed) if listed else "")
    else:
        said.append(_roles(stage, act, second))
    if any(said):
        return Say(text=" ".join(s for s in said if s))
    known = yield from relations(stage, act.thing)
    subject = stage.speech.other(act.thing)
    nothing = f"I do not know anything about {subject} yet."
    return Say(text=known or nothing, unanswered=not known)


def _roles(stage: Stage, act: Describe, values: Sequence[Atom]) -> str:
    """What something is to others: Bob's mother is Alice."""
    known = [p for v in values if (p := results.step(v)) is not None]
    roles = [
        f"{capital(stage.speech.as_role(p.statement, act.thing))} {truth_text(p.truth)}."
        for p in known
        if stage.speech.is_role(p.statement) and not is_naming(p.statement) and p.truth.f >= 0.5
    ]
    return " ".join(roles[:_MOST_ROLES])


def _instances(stage: Stage, act: Describe, listed: str) -> str:
    """What is one, after what it is: the names alone need a verb."""
    asks_kind = act.find is not None and act.find.goal == is_a(WHO, act.thing)
    many = stage.speech.thing(act.thing)[0]
    return f"Of {many}, I know: {listed}" if asks_kind else listed


def explain(stage: Stage, act: Explain) -> Play:
    """Why something is so, down to who said what."""
    goals = [goal.atom for goal in act.goals]
    forgotten: str | None = None
    if not goals:
        yield Need(())
        goals, forgotten = stage.topics(), stage.forgotten()
    if not goals:
        return Say(text=_nothing(forgotten))
    call = metta(about("why", goal) for goal in goals)
    if act.rejected:
        call = metta((*call.args, *(about("why-not", goal) for goal in goals)))
    (result,) = yield Need((call,), last=True)
    if result.failure is not None:
        return Say(text=replies.failed(result.failure))
    said: list[str] = []
    proven = False
    returned = results.forms(result, len(call.args))
    for number, goal in enumerate(map(plain, goals)):
        values = returned[number]
        steps = (p for v in values if (p := results.step(v)) is not None)
        proof = next((p for p in steps if not results.is_of_another(p)), None)
        if proof is not None:
            proven = True
            said.append(explained(stage.speech, proof))
        elif is_ground(goal) or head(goal) == "==>":
            said.append(f"I have no evidence that {stage.speech.clause(goal)}.")
        if act.rejected:
            others = rejected(stage.speech, goal, returned[len(goals) + number])
            said.append(others or ("Nothing else was considered." if proof else ""))
    if forgotten is not None:
        if not proven:
            return Say(text=_nothing(forgotten))
        said.append("Of what you had me forget since, nothing is left to explain.")
    text = "\n".join(one for one in said if one)
    return Say(text=then(goals, text or "There is nothing to explain: I knew no answer."))


def _nothing(forgotten: str | None) -> str:
    """That nothing is left to be explained, and why, where it was forgotten."""
    if forgotten is None:
        return "There is nothing to explain: ask me something first."
    if not forgotten:
        return "There is nothing to explain: you had me forget what it was about."
    said = f"There is nothing to explain: you had me forget {forgotten}."
    return f"{said} To have it back: {replies.BACK}"


def doubt(stage: Stage) -> Play:
    """How sure the last answer is."""
    yield Need(())
    goals = stage.topics()[:1]
    if not goals:
        return Say(text="Sure of what? Ask me something first.")
    (result,) = yield Need((metta([about("infer", goals[0])]),), last=True)
    if result.failure is not None:
        return Say(text=replies.failed(result.failure))
    found = results.found(result.values)
    if not found and not is_ground(goals[0]):
        return Say(text="No: I knew no answer.")
    if not found:
        unknown = results.Unknown(plain(goals[0]), ())
        return Say(text=then(goals, f"No. {replies.missing(stage.speech, unknown)}"))
    return Say(text=then(goals, _sureness(stage, found[0])))


def _sureness(stage: Stage, one: results.Found) -> str:
    c = one.truth.c
    how = "Yes, very sure" if c >= 0.85 else "Fairly sure" if c >= 0.5 else "Not very sure"
    if replies.is_guess(one):
        how = "No, I can only guess"
    elif UNDECIDED[0] < one.truth.f < UNDECIDED[1] and one.degree is None:
        how = "No, the evidence is mixed"
    elif _CONTESTED < one.truth.f < 1.0 - _CONTESTED and one.degree is None:
        how = "Not very sure, for there is something on either side"
    elif _AGREED < one.truth.f < 1.0 - _AGREED and one.degree is None:
        how = f"{'Fairly' if c >= 0.5 else 'Not very'} sure, for not all that I was told agrees"
    leaves = {leaf.id for leaf in one.proof.leaves()} if one.proof else set[float]()
    pieces = "one piece" if len(leaves) == 1 else f"{len(leaves)} pieces"
    rests = f" It rests on {pieces} of evidence: ask Why?" if leaves else ""
    denied = is_negative(one.truth)
    said = stage.speech.clause(one.statement, denied=denied, degree=one.degree)
    return f"{how}: {said} {truth_text(one.truth)}.{rests}"
