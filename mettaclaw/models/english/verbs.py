"""What verbs say: relations of a subject and its objects, or qualities of who does something."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mettaclaw.atoms.syntax import Atom, Expression, Symbol
from mettaclaw.models.english.meaning import WHAT, has_quality, owns, related
from mettaclaw.models.english.moods import Said, contrasted, is_past, tokens, trees
from mettaclaw.models.english.morphology import (
    base,
    gerund,
    gerund_base,
    is_third_person,
    past_base,
)
from mettaclaw.models.english.nouns import Noun, Scope, Unclear
from mettaclaw.models.english.periods import is_weekday
from mettaclaw.models.english.vocabulary import NOUN_LIKE, VERBS, is_adjective, is_where
from mettaclaw.models.english.words import Word

if TYPE_CHECKING:
    from mettaclaw.models.english.grammar import Node


_WHOLE = (None, "any", "all", "every", "each")


def relation(scope: Scope, verb: str, preposition: str = "") -> Symbol:
    """The relation of a verb, with the preposition after it: ``live_in``."""
    text = f"{verb} {preposition}".strip()
    symbol = Symbol(text.replace(" ", "_"))
    scope.note("relation", symbol, text, "verb")
    return symbol


def asked_verb(scope: Scope, node: Node) -> Symbol:
    """The relation that a question after its object names: What does Tom live in?"""
    after = preposition(scope, node)
    past = is_past(scope, node)
    if node.data == "has_what":
        return relation(scope, "did have" if past else "have", after)
    if node.data == "is_what":
        words = scope.words(tokens(node, "WORDS")[-1])
        return relation(scope, f"be {' '.join(w.lower for w in words)}", after)
    word = scope.words(tokens(node, "VERB", "ING", "EN")[0])[0]
    if node.data == "doing_what":
        verb = gerund_base(word.lower)
    elif node.data == "done_by_what":
        verb = past_base(word.lower)
    else:
        verb = lemma(word, helped=True)
    if not verb:
        raise Unclear
    verb = f"did {verb}" if past else verb
    return relation(scope, f"can {verb}" if tokens(node, "CAN") else verb, after)


def relations(scope: Scope, node: Node, subject: Atom, verb: str) -> Iterator[Said]:
    """What a verb says with its objects; without any, a quality: ``([] purring)``."""
    found = trees(node, "objects")
    if not found:
        yield Said(has_quality(subject, _doing(scope, verb)))
        return
    (objects,) = found
    after = preposition(scope, objects)
    nouns = list(contrasted(scope, objects))
    if not nouns:
        yield Said(has_quality(subject, _doing(scope, f"{verb} {after}")))
        return
    name = relation(scope, verb, after)
    for phrase, meant in nouns:
        noun = scope.noun(phrase)
        counted = noun.quantity in ("some", "many")
        if counted and noun.plural and verb not in ("have", "did have"):
            raise Unclear  # likes some cats: not cats in general
        if noun.quantity not in (*_WHOLE, "no") and not counted:
            raise Unclear
        if noun.quantity in ("all", "every", "each") and scope.in_denial and not scope.asking:
            raise Unclear  # does not like all cats: some
        if after in ("between", "among") and len(nouns) > 1:
            raise Unclear  # between Graz and Linz: near neither
        if scope.in_past and after == "on" and noun.words and is_weekday(noun.words[-1].lower):
            raise Unclear  # slept on Monday: on a day, and which that is must be told
        term = scope.term(noun)
        if scope.in_past and noun.kind == "name" and noun.noun is not None:
            raise Unclear  # had a cat named Tom: it may be one no more
        if verb == "have" and noun.kind == "name" and noun.noun is not None and not meant:
            scope.note("relation", noun.noun, noun.noun.name.replace("_", " "), "role")
            scope.entailed.append(related(subject, term, name))
            yield Said(owns(subject, term, noun.noun))  # has a cat named Tom
            continue
        _note_one(scope, noun)
        said = related(subject, term, name)
        denied = (noun.quantity == "no") != meant
        yield Said(said, denied=denied, value_of=_where(scope, subject, name))


def _doing(scope: Scope, verb: str) -> Symbol:
    """The quality of who does something: ``purring``, or ``can_fly``."""
    text = verb if verb.startswith(("can ", "did ")) else gerund(verb)
    symbol = Symbol(text.replace(" ", "_"))
    scope.note("quality", symbol, verb, "verb")
    return symbol


def toward(scope: Scope, subject: Noun, verb: str, node: Node) -> Iterator[Said]:
    """A relation to what stands after a preposition: is in Paris, is afraid of dogs."""
    after = preposition(scope, node)
    if (verb, after) == ("be", "to"):
        raise Unclear  # is to be sold
    yield from beside(scope, subject, relation(scope, verb, after), place(scope, node))


def beside(scope: Scope, subject: Noun, name: Symbol, noun: Noun) -> Iterator[Said]:
    """A relation of a subject to what a noun phrase stands for; none where there is ``no``."""
    if noun.quantity not in (*_WHOLE, "no"):
        raise Unclear  # is afraid of some dogs
    _note_one(scope, noun)
    term = scope.term(subject)
    said = related(term, scope.term(noun), name)
    yield Said(said, denied=noun.quantity == "no", value_of=_where(scope, term, name))


def _where(scope: Scope, subject: Atom, name: Symbol) -> Expression | None:
    """The pattern of the places where one thing is or lives; kinds live in many."""
    kind = scope.subject is None or scope.subject.kind in ("kind", "variable")
    return related(subject, WHAT, name) if is_where(name.name) and not kind else None


def _note_one(scope: Scope, noun: Noun) -> None:
    """Keep that one was spoken of, and not the kind: has a tail."""
    if noun.article == "a" and noun.kind == "kind":
        text = " ".join(w.text for w in noun.words)
        scope.note("thing", noun.atom, text, "noun", one=True)


def place(scope: Scope, node: Node) -> Noun:
    """The noun phrase after a preposition."""
    noun = scope.noun(next(t for t in trees(node) if t.data != "preposition"))
    words = [word.lower for word in noun.words if not word.name]
    adjectives = bool(words) and all(map(is_adjective, words)) and NOUN_LIKE.isdisjoint(words)
    if noun.kind == "name" and adjectives:
        raise Unclear  # far from lazy
    return noun


def preposition(scope: Scope, node: Node) -> str:
    """The preposition in a node, or ""."""
    found = trees(node, "preposition")
    if found:
        return scope.words(found[0].children[0])[0].lower
    if node.data == "done_by_what":
        return ""
    own = tokens(node, "PREP", "BY")
    return scope.words(own[0])[0].lower if own else ""


def lemma(word: Word, *, helped: bool) -> str:
    """The base of a verb; after a helper it stands in its base, but for slips."""
    lower = word.lower
    if helped:
        return base(lower) if lower not in VERBS and base(lower) in VERBS else lower
    if is_third_person(lower):
        return base(lower)
    return lower if lower in VERBS else past_base(lower) or lower
