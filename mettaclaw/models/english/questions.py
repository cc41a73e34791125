"""What a question asks: whether something is so, what fits, what something is, or why.

Not covered: what is done to answer it (``inquiries``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mettaclaw.atoms.syntax import Atom, Variable
from mettaclaw.atoms.unify import head
from mettaclaw.models.english import moods, verbs, weather
from mettaclaw.models.english.degrees import DENIED, PLAIN
from mettaclaw.models.english.meaning import (
    AGENT,
    WHAT,
    WHO,
    Act,
    Ask,
    Chat,
    Describe,
    Explain,
    Find,
    Statement,
    all_of,
    has_quality,
    is_a,
    owns,
    related,
)
from mettaclaw.models.english.moods import mood, tokens, trees
from mettaclaw.models.english.morphology import is_plural
from mettaclaw.models.english.mutual import is_mutual
from mettaclaw.models.english.nouns import Noun, Scope, Unclear
from mettaclaw.models.english.predicates import patterns
from mettaclaw.models.english.vocabulary import EVENTS, NUMERALS, is_adjective

if TYPE_CHECKING:
    from mettaclaw.models.english.grammar import Node

_HOW = Variable("how")
_WHOEVER = Noun("variable", WHO)
_ALL = (None, "every", "each", "all")
_NOT_NOUNS = ("wh", "modifier", "preposition")


def ask(scope: Scope, polar: Node) -> tuple[Ask | Find, Noun | None]:
    """A question of yes and no, and its subject where it has only one."""
    scope.asking = True
    (subject_node,) = trees(polar, "subject")
    phrases = trees(subject_node)
    plural = moods.number(scope, polar) if len(phrases) == 1 else None
    if any(scope.words(token)[0].lower == "but" for token in tokens(subject_node, "AND")):
        raise Unclear  # is every cat but Tom lazy
    if len(phrases) == 1 and phrases[0].data == "anything":
        return Find(_joined(patterns(scope, polar, _WHOEVER)), WHO), None  # does anyone like Tom
    it = weather.subject(scope, phrases, [polar])
    subjects = [it] if it else [scope.noun(phrase, plural) for phrase in phrases]
    if len(subjects) == 1 and subjects[0].quantity in ("any", "some"):
        said = _joined(patterns(scope, polar, _WHOEVER))
        return Find(all_of((is_a(WHO, subjects[0].atom), said)), WHO), None  # do any cats fly
    if any(s.quantity not in _ALL for s in subjects) or "never" in mood(scope, polar).adverbs:
        raise Unclear
    if len(subjects) > 1 and is_mutual(scope, polar):
        raise Unclear  # did Tom and Ann meet: each other
    scope.together = tuple(subjects)
    denied = _is_denied(scope, polar)
    goals = [
        Statement(said.atom, DENIED if said.denied != denied else PLAIN, said.value_of)
        for subject in subjects
        for said in patterns(scope, polar, subject)
    ]
    return Ask(tuple(dict.fromkeys(goals))), subjects[0] if len(subjects) == 1 else None


def _is_denied(scope: Scope, polar: Node) -> bool:
    """Whether it is asked if something is not so: Is Tom not a cat? Isn't he? only doubts it."""
    kids = [child for child in polar.children if not isinstance(child, str)]
    at = next(i for i, child in enumerate(kids) if child.data == "subject")
    after = [scope.words(c.children[0])[0].kind for c in kids[at:] if c.data == "modifier"]
    return "NOT" in after


def _modifiers(scope: Scope, why: Node) -> set[str]:
    """The kinds of the modifiers in a question for a reason: why isn't he."""
    return {scope.phrase(m.children[0]).kind for m in trees(trees(why)[0], "modifier")}


def search(scope: Scope, node: Node) -> tuple[Act, Noun | None]:
    """Any other question, and what it was about where that is one thing."""
    match node.data:
        case "why":
            asked, noun = ask(scope, trees(node)[0])
            if isinstance(asked, Find):
                raise Unclear
            denied = any(goal.truth.f == 0.0 for goal in asked.goals) or "NOT" in _modifiers(
                scope, node
            )
            return Explain(asked.goals, denied), noun
        case "why_so":
            return Explain(rejected="NOT" in {p.kind for p in scope.phrases}), None
        case "who_is":
            return _who_is(scope, node)
        case "who_does" | "who_has":
            said = patterns(scope, node, _WHOEVER)
            return Find(_joined(said), WHO, denied=mood(scope, node).denied), None
        case "which_is":
            (predicate,) = trees(node, "is", "does", "has")
            coloured = _coloured(scope, node, predicate)
            if coloured is not None:
                return coloured
            if mood(scope, predicate).denied:
                raise Unclear
            said = _joined(patterns(scope, predicate, _WHOEVER))
            if head(said) == "<->":  # which colour is Tom
                raise Unclear
            return Find(all_of((is_a(WHO, _which(scope, node)), said)), WHO), None
        case "where_is" | "where_does":
            noun = _asked_subject(scope, node)
            goal = related(scope.term(noun), WHAT, _HOW)
            return Find(goal, WHAT, place=True, verb=_placed(scope, node)), noun
        case _:
            return _what(scope, node)


def _placed(scope: Scope, node: Node) -> str:
    """The verb of a question for a place: live, did_live, be_born; "" for is."""
    if node.data == "where_does":
        return verbs.asked_verb(scope, node).name
    words = [word.lower for token in tokens(node, "WORDS") for word in scope.words(token)]
    if words and words[-1] not in EVENTS:
        raise Unclear
    return "_".join(["be", *words]) if words else ""


def _coloured(scope: Scope, node: Node, predicate: Node) -> tuple[Find, Noun] | None:
    """``What colour is Tom``: the colours among his qualities."""
    asked = scope.words(tokens(node, "WORDS")[0])[-1].lower
    found = trees(predicate, "complements")
    complements = trees(found[0]) if found else []
    if asked not in ("colour", "color") or len(complements) != 1:
        return None
    if complements[0].data != "complement":
        raise Unclear
    noun = scope.noun(trees(complements[0])[0], moods.number(scope, predicate))
    return Find(has_quality(scope.term(noun), WHAT), WHAT, colour=True), noun


def _what(scope: Scope, node: Node) -> tuple[Find, Noun]:
    """A question for the object: what does Tom chase, what is he afraid of, who is he chased by."""
    noun = _asked_subject(scope, node)
    relation = verbs.asked_verb(scope, node)
    term = scope.term(noun)
    pair = (WHAT, term) if node.data == "done_by_what" else (term, WHAT)
    goal = related(*pair, relation)
    if node.data == "does_which":
        goal = all_of((goal, is_a(WHAT, _which(scope, node))))
    return Find(goal, WHAT, denied=mood(scope, node).denied), noun


def _which(scope: Scope, node: Node) -> Atom:
    """The kind that ``which`` asks for."""
    words = scope.words(tokens(node, "WORDS")[0])
    if words[-1].lower in (*NUMERALS, "ones"):
        raise Unclear
    return scope.kind(words, plural=is_plural(words[-1].lower))


def _asked_subject(scope: Scope, node: Node) -> Noun:
    """The subject of a question for its object."""
    found = trees(node, "subject")
    phrases = trees(found[0]) if found else [t for t in trees(node) if t.data not in _NOT_NOUNS]
    if len(phrases) != 1:
        raise Unclear
    noun = scope.noun(phrases[0], moods.number(scope, node))
    if noun.quantity not in _ALL:
        raise Unclear
    return noun


def _who_is(scope: Scope, node: Node) -> tuple[Act, Noun | None]:
    """``Who is …``, ``What is …``: who fits, or what it is that is named."""
    (complements,) = trees(node, "complements")
    found = trees(complements)
    denied = mood(scope, node).denied
    if len(found) == 1 and found[0].data == "complement" and not denied:
        named = _named(scope, node, trees(found[0])[0])
        if named is not None:
            return named
    return _fitting(scope, node, denied=denied), None


def _fitting(scope: Scope, node: Node, *, denied: bool = False) -> Find:
    return Find(_joined(patterns(scope, node, _WHOEVER)), WHO, denied=denied)


def _named(scope: Scope, node: Node, phrase: Node) -> tuple[Act, Noun | None] | None:
    """What a question says that names a thing; None for one that asks who is such."""
    plural = moods.number(scope, node)
    person = scope.phrase(trees(node, "wh")[0].children[0]).kind == "WHO"
    match phrase.data:
        case "bare":
            words = scope.words(phrase.children[0])
            if all(is_adjective(w.lower) for w in words) and not words[0].name:
                return None
            if person and plural and is_plural(words[-1].lower):
                return None
            noun = scope.bare(words, plural)
            named = not person or any(w.name for w in words)
            return Describe(noun.atom, None if named else _fitting(scope, node)), noun
        case "one":
            if person:
                return None
            kind = scope.noun(phrase).atom
            return Describe(kind, Find(is_a(WHO, kind), WHO)), None
        case "the":
            noun = scope.noun(phrase, plural)
            return Describe(noun.atom, None if noun.kind == "name" else _fitting(scope, node)), noun
        case "of" | "owned":
            noun = scope.noun(phrase, plural)
            if noun.owner is None or noun.noun is None or noun.owner == AGENT:
                return Chat("self"), None
            goal = owns(noun.owner, WHAT, noun.noun)
            return Find(goal, WHAT, latest=not noun.plural), None
        case "user" | "pronoun":
            noun = scope.noun(phrase, plural)
            return Describe(scope.term(noun)), noun
        case "agent":
            return Chat("self"), None
        case _:
            raise Unclear


def _joined(said: Sequence[moods.Said]) -> Atom:
    if any(s.denied for s in said):
        raise Unclear
    return all_of(tuple(s.atom for s in said))
