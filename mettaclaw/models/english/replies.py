"""What is said in reply: results as sentences, each with its truth value ``(f 1.00, c 0.81)``.

An answer is Yes or No, softened where the evidence is mixed or weak, and it says so where there is
none. Not covered: proofs (``explanations``), and which calls gave the results (``plays``).
"""

from __future__ import annotations

from collections.abc import Sequence

from mettaclaw.atoms.syntax import Atom, Expression, Number, Symbol, walk
from mettaclaw.atoms.truth import Truth, confidence, weight
from mettaclaw.models.english.meaning import AGENT, USER, WEATHER, Statement, Surface, is_tautology
from mettaclaw.models.english.prose import UNDECIDED, capital, truth_text
from mettaclaw.models.english.results import Found, Unknown
from mettaclaw.models.english.speech import Speech
from mettaclaw.models.english.symbols import is_unnamed
from mettaclaw.models.english.vocabulary import NUMERALS, ROLES, is_adjective, is_where
from mettaclaw.protocol.calls import Failure

WEAK = 0.5  # confidence below which an answer is only perhaps so
LIKELY = 0.7  # and up to which it is only probable
FAINT = 0.15  # and below which it is none
_SURENESS = {0.99: "certainly", 0.7: "probably", 0.4: "perhaps"}
HELP = (
    'I read plain sentences: facts ("Garfield is a cat.", "Cats usually chase mice.", "My favourite'
    ' colour is blue.", "If something is a cat, it is an animal."), questions ("Is Garfield an'
    ' animal?", "Who chases mice?", "What is my favourite colour?", "Why?"), and "Remember that …",'
    ' "What do you know about …?", "Forget that …".\n'
    "For free conversation, connect a language model: set OPENAI_API_KEY and start me with"
    " --model NAME."
)
METTA = (
    "That is MeTTa, and I read English. To evaluate it, type mettaclaw metta '…' in a shell, or"
    " /metta … at my prompt."
)
BACK = (
    "`/history` lists what has changed, and `/undo` with the number of a change takes it back (in a"
    " shell: `mettaclaw atoms history`, `mettaclaw atoms undo`)."
)
GREETINGS = {
    "hello": "Hello! Tell me facts, and ask me what follows from them.",
    "thanks": "You are welcome.",
    "bye": "Goodbye. What you told me is kept.",
    "how": "I am well, and all that you told me is still here.",
    "self": "I am MeTTaClaw, an agent that reasons over what you tell it. Right now I use my small"
    f" built-in English.\n{HELP}",
    "help": HELP,
    "fine": "All right.",
    "meant": 'I have changed nothing: say "Forget that …" with what is wrong, and then say again'
    " what you mean.",
    "undo": f"I have undone nothing, for that is yours to do: {BACK}",
    "that": 'I have forgotten nothing: say what, such as "Forget that Tom is a cat.",'
    ' "Forget Tom.", or "Forget what Sam said."',
    "all": 'I forget only what you name: "Forget Tom.", or "Forget that Tom is a cat."'
    " To begin anew, start me with another --home.",
}


def judged(truth: Truth, degree: float | None = None) -> str:
    """How a truth value answers a question of yes and no; ``degree`` is f where it was said."""
    if truth.c < FAINT:
        return "I cannot tell: there is hardly any evidence."
    if UNDECIDED[0] < truth.f < UNDECIDED[1]:
        return "It is undecided: the evidence is mixed." if degree is None else "Sometimes."
    positive = truth.f >= 0.5
    if truth.c < WEAK:
        return (
            "Perhaps: the evidence is weak." if positive else "Perhaps not: the evidence is weak."
        )
    if positive:
        return "Yes." if truth.f >= 0.95 and truth.c > LIKELY else "Yes, probably."
    return "No." if truth.f <= 0.05 and truth.c > LIKELY else "No, probably not."


def _agreed(truth: Truth) -> str:
    """How a truth value answers whether something is not so, where a Yes would be no answer."""
    if truth.c < FAINT or UNDECIDED[0] < truth.f < UNDECIDED[1]:
        return judged(truth)
    right = truth.f < 0.5
    if truth.c < WEAK:
        return f"Perhaps {'so' if right else 'not'}: the evidence is weak."
    sure = truth.c > LIKELY and (truth.f <= 0.05 or truth.f >= 0.95)
    if right:
        return "That is right." if sure else "That is probably right."
    return "On the contrary." if sure else "Probably on the contrary."


def failed(failure: Failure) -> str:
    """A call that did not work."""
    return f"That did not work: {failure.message}"


def missing(speech: Speech, unknown: Unknown) -> str:
    """That there is no evidence, and what would be needed."""
    whether = speech.clause(unknown.goal)
    said = f"I have no evidence on whether {whether}."
    if unknown.is_cut:
        said = f"I found no evidence on whether {whether}, but did not look at all that I know."
    need = helpful(speech, unknown)
    return said if need is None else f"{said} {helping(speech, need, unknown.goal)}"


def helpful(speech: Speech, unknown: Unknown) -> Atom | None:
    """What would help to know, and somebody could tell."""
    goal = unknown.goal
    return next((n for n in unknown.needs if n != goal and not _is_odd(speech, n, goal)), None)


def helping(speech: Speech, need: Atom, goal: Atom) -> str:
    """That it would help to know something, for a goal."""
    kind = _subject(need)
    unseen = isinstance(kind, Symbol) and speech.lexicon.find("thing", kind.name) is None
    if isinstance(kind, Symbol) and unseen and kind not in (_subject(goal), USER, AGENT):
        # What would tell of the subject is its kind, also where its words are long past.
        text = kind.name.replace("_", " ")
        speech.lexicon.learn((Surface("thing", kind.name, text, "noun"),))
    return f"It would help to know whether {speech.clause(need)}."


def _subject(statement: Atom) -> Atom:
    """What a statement is about: the first thing of a relation."""
    match statement:
        case Expression((Symbol("-->"), Expression((Symbol("x"), thing, _)), _)):
            return thing
        case Expression((Symbol("-->"), thing, _)):
            return thing
        case _:
            return statement


def _is_odd(speech: Speech, statement: Atom, goal: Atom) -> bool:
    """Whether nobody could tell a statement: it is no plain one of a thing or kind.

    Such are statements of qualities and relations, of what is said by its words alone, of numbers
    as kinds, of things as relations, of what a kind did once, where it is, or whose it is, and
    whether one thing is another because only of that one something is known.
    """
    match statement:
        case Expression((Symbol("-->"), Expression((Symbol("x"), a, b)), relation)):
            if not isinstance(relation, Symbol) or a == b or _is_one_thing(speech, relation):
                return True
            of_one = _is_of_one(relation.name) or speech.is_role(statement)
            things = goal.children[1] if isinstance(goal, Expression) else goal
            asked = (*walk(things), USER, AGENT)
            if of_one and any(p not in asked and not _is_name(speech, p) for p in (a, b)):
                return True
            return any(_is_no_thing(speech, part) for part in (a, b))
        case Expression((Symbol("-->"), Symbol() | Number() as thing, kind)):
            if is_tautology(statement) or thing == WEATHER or _is_no_kind(speech, thing):
                return True
            if isinstance(kind, Symbol):
                return (
                    kind in (WEATHER, USER, AGENT)
                    or _is_no_kind(speech, kind)
                    or _is_one_thing(speech, kind)
                )
            return not isinstance(kind, Expression) or not _is_quality(kind)
        case _:
            return True


def _is_of_one(relation: str) -> bool:
    """Whether what is done or is so is a matter of each one, and not of its kind: bit, is in."""
    return relation.startswith("did_") or relation.endswith("_than") or is_where(relation)


def _is_name(speech: Speech, part: Atom) -> bool:
    return not isinstance(part, Symbol) or _is_one_thing(speech, part)


def _is_one_thing(speech: Speech, symbol: Symbol) -> bool:
    """Whether a symbol stands for one thing: Tom, the dog, my cat."""
    return speech.is_name(symbol) or is_unnamed(symbol) or symbol.name.startswith("the_")


def _is_no_kind(speech: Speech, thing: Atom) -> bool:
    """Whether a symbol is a relation or only a quality: nobody asks whether hots are rivers."""
    if not isinstance(thing, Symbol):
        return False
    first = thing.name.split("_", 1)[0]
    number = (first[:1].isdigit() or first in NUMERALS) and first != thing.name
    odd = number or speech.is_relation(thing) or speech.is_quality(thing)
    return odd or (is_adjective(first) and not speech.is_name(thing))


def _is_quality(kind: Expression) -> bool:
    match kind:
        case Expression((Symbol("[]"), Symbol(name))):
            return not name[:1].isdigit()
        case _:
            return False


def _is_no_thing(speech: Speech, part: Atom) -> bool:
    """Whether something stands in no relation: what is no symbol, or itself a relation."""
    if isinstance(part, Number):
        return False
    return not isinstance(part, Symbol) or part.name in ROLES or _is_no_kind(speech, part)


# --- what was told ---------------------------------------------------------------------------


def noted(speech: Speech, statement: Statement, now: Truth | None) -> str:
    """A fact that was taken in, with its truth value after it."""
    said = _told(speech, statement)
    return f"{said} {truth_text(now or statement.truth)}"


def tautologies(speech: Speech, statements: Sequence[Statement]) -> str:
    """That these say nothing, or contradict themselves; "" where there are none."""
    said = [
        f"{capital(speech.clause(s.atom))}, by the words alone: there is nothing to note."
        if s.truth.f >= 0.5
        else f"{capital(speech.clause(s.atom))}, by the words alone: I did not note the opposite."
        for s in dict.fromkeys(statements)
    ]
    return " ".join(said)


def remark(speech: Speech, statement: Statement, now: Truth | None, dispute: str = "") -> str:
    """What the truth value after it tells about what was believed before; "" where nothing.

    ``dispute`` is who said what when, where that has just come to be contradicted.
    """
    told = statement.truth
    if now is None:
        return ""
    said = _told(speech, statement)
    if abs(now.f - told.f) < 0.02:
        if dispute:  # what was said counts for more than what followed
            return f"Noted: {said} {truth_text(now)}. That contradicts what I knew: {dispute}"
        more = now.c - told.c > 0.005 and not _is_opposite(_before(told, now), told)
        return f"That agrees with what I had: {said}, now {truth_text(now)}." if more else ""
    opposite = _is_opposite(_before(told, now), told)
    plain = f'"{capital(speech.clause(statement.atom))}" is now {truth_text(now)}.'
    if opposite or dispute:
        before = f"But I was told the opposite before: {dispute}".rstrip()
        return (
            f"Noted: {said}. {before} {plain} If one was wrong, say"
            f' "Forget that {speech.yours(statement.atom)}", and tell me again what is right.'
        )
    return f"Noted: {said}. Together with what I had, {plain}"


def _is_opposite(earlier: Truth | None, told: Truth) -> bool:
    return earlier is not None and abs(earlier.f - told.f) >= 0.75


def _told(speech: Speech, statement: Statement) -> str:
    truth = statement.truth
    said = speech.clause(statement.atom, denied=truth.f < 0.5, degree=truth.f)
    return f"{_SURENESS[truth.c]} {said}" if truth.c in _SURENESS else said


def _before(told: Truth, now: Truth) -> Truth | None:
    """The truth value that revision with what was told has made into the one now."""
    w_told, w_now = weight(told.c), weight(now.c)
    rest = w_now - w_told
    if rest <= 0.01:
        return None
    f = (w_now * now.f - w_told * told.f) / rest
    return Truth(min(1.0, max(0.0, f)), min(0.99, confidence(rest)))


# --- yes and no ------------------------------------------------------------------------------


def is_guess(one: Found) -> bool:
    """Whether an answer follows from nothing, and is only made likely by what is like it."""
    return one.proof is not None and one.proof.is_guess and one.statement == one.proof.statement


def answer(speech: Speech, goal: Statement, found: Sequence[Found], unknown: Unknown | None) -> str:
    """The answer to whether a statement is so; or not so, where its f is 0."""
    if is_tautology(goal.atom):
        yes = "Yes." if goal.truth.f >= 0.5 else "On the contrary."
        return f"{yes} {capital(speech.clause(goal.atom))}, by the words alone."
    if not found:
        return missing(speech, unknown or Unknown(goal.atom, ()))
    best = found[0]
    said = speech.sentence(best.statement, best.truth, degree=best.degree)
    if best.proof is not None and is_guess(best):
        if best.truth.c < WEAK:
            return f"I do not know: evidence is missing. A weak guess ({best.proof.guess}): {said}"
        sure = "fairly sure" if best.truth.c > LIKELY else "not very sure"
        return f"I can only guess ({best.proof.guess}), and am {sure}: {said}"
    if said.startswith("Some ") and best.degree is not None:
        return f"In some cases. {said}"
    denied = goal.truth.f < 0.5
    return f"{_agreed(best.truth) if denied else judged(best.truth, best.degree)} {said}"
