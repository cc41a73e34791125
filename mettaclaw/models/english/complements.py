"""What ``is`` says with its complement: a kind, a quality, a place, a value, a likeness."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from mettaclaw.atoms.syntax import Atom, Symbol
from mettaclaw.models.english.irregular import PARTICIPLES
from mettaclaw.models.english.meaning import USER, WHAT, alike, has_quality, is_a, owns, related
from mettaclaw.models.english.moods import Said, contrasted, trees
from mettaclaw.models.english.morphology import gerund_base, is_plural, past_base, singular
from mettaclaw.models.english.mutual import adjective, is_reciprocal, reciprocal
from mettaclaw.models.english.nouns import Noun, Scope, Unclear, is_mentioned
from mettaclaw.models.english.verbs import beside, place, preposition, relation, relations, toward
from mettaclaw.models.english.vocabulary import (
    ADJECTIVES,
    AMBIENT,
    EVENTS,
    LIMITS,
    NOUN_LIKE,
    NUMERALS,
    PLACES,
    ROLES,
    VERBS,
    is_adjective,
    is_nation,
)
from mettaclaw.models.english.words import Word

if TYPE_CHECKING:
    from mettaclaw.models.english.grammar import Node


def complements(scope: Scope, parent: Node, subject: Noun, plural: bool) -> Iterator[Said]:
    """Several complements; after ``the mother of Bob`` a name is another one of whom she is it."""
    role: Noun | None = None
    nodes = list(contrasted(scope, parent))
    for node, meant in nodes:
        phrase = trees(node)[0] if node.data == "complement" else None
        names = phrase is not None and phrase.data == "bare" and _is_name(scope, phrase)
        if names and phrase is not None and len(nodes) > 1 and subject.kind != "owned":
            if role is None:
                raise Unclear  # Tom is a cat and Jerry
            owner = scope.term(scope.noun(phrase))
            yield _role(scope, subject, replace(role, owner=owner))
            continue
        of = phrase is not None and phrase.data == "of" and subject.kind != "owned"
        role = scope.noun(phrase) if of and phrase is not None else None
        for said in _complement(scope, node, subject, plural):
            yield replace(said, denied=said.denied != meant)


def _is_name(scope: Scope, bare: Node) -> bool:
    words = scope.words(bare.children[0])
    return all(w.name for w in words) and not is_nation(words[-1].lower)


def _complement(scope: Scope, node: Node, subject: Noun, plural: bool) -> Iterator[Said]:
    kids = node.children
    if node.data == "complement":
        yield from _nominal(scope, node, subject, plural)
    elif node.data == "very":
        words = scope.words(kids[1])
        _not_ambient(scope, subject, words)
        term = scope.term(subject)
        if not (scope.in_denial or scope.asking):  # not very lazy: lazy, perhaps
            yield Said(has_quality(term, scope.quality(words)))
        yield Said(has_quality(term, scope.quality((*scope.words(kids[0]), *words))))
    elif node.data == "one_very":
        words = scope.words(kids[2])
        if not is_adjective(words[0].lower) or len(words) < 2:
            raise Unclear
        if scope.in_denial and not scope.asking:
            raise Unclear  # not a very big cat: no cat, or not very big
        yield from _kind_of(scope, scope.term(subject), words, plural=False)
        intense = (*scope.words(kids[1]), words[0])
        yield Said(has_quality(scope.term(subject), scope.quality(intense)))
    elif node.data == "one_at":
        if scope.words(kids[2])[0].lower not in PLACES or _is_limited(scope, node):
            raise Unclear
        yield from _kind_of(scope, scope.term(subject), scope.words(kids[1]), plural=False)
        yield from toward(scope, subject, "be", node)
    elif node.data == "at":
        yield from toward(scope, subject, "be", node)
    elif node.data == "adjective_at":
        adjective = " ".join(w.lower for w in scope.words(kids[0]))
        _not_planned(scope, adjective, node)
        if adjective in NUMERALS:
            raise Unclear  # one of my friends
        if scope.in_past and adjective not in EVENTS and _is_limited(scope, node):
            raise Unclear  # was he ill on Monday: on a day, and which that is must be told
        role = _roles(scope, node)
        if role:
            noun = scope.owned(scope.term(place(scope, node)), role)
            yield _role(scope, subject, noun)
            return
        other = scope.term(place(scope, node))
        if adjective == "similar" and preposition(scope, node) == "to":
            yield Said(alike(scope.term(subject), other))
        else:
            yield from toward(scope, subject, f"be {adjective}", node)
    elif node.data == "compared":
        adjective = " ".join(w.lower for w in scope.words(kids[0]))
        name = relation(scope, f"be {adjective}", "than")
        yield from beside(scope, subject, name, scope.noun(trees(node)[0]))
    elif node.data == "passive":
        verb = past_base(scope.words(kids[0])[0].lower)
        if verb is None:
            raise Unclear
        noun = scope.noun(trees(node)[0])
        if noun.article == "a" and scope.in_past:
            raise Unclear  # bitten by a dog: by one, and not by dogs
        doer = scope.term(noun)
        verb = f"did {verb}" if scope.in_past else verb
        yield Said(related(doer, scope.term(subject), relation(scope, verb)))
    elif node.data == "doing":
        verb = gerund_base(scope.words(kids[0])[0].lower)
        if verb is None:
            raise Unclear
        words = scope.words(kids[0])
        if subject.is_value and not trees(node, "objects"):  # my hobby is swimming
            yield _value(scope, subject, scope.bare(words, plural=False))
            return
        _not_ambient(scope, subject, words)
        for objects in trees(node, "objects"):
            _not_planned(scope, words[0].lower, objects)
        yield from relations(scope, node, scope.term(subject), verb)
    else:
        raise Unclear


def _nominal(scope: Scope, node: Node, subject: Noun, plural: bool) -> Iterator[Said]:
    """``X is Y`` with a noun phrase for Y, or an adjective that looks like one."""
    phrase = trees(node)[0]
    tokens_ = phrase.children
    match phrase.data:
        case "bare":
            yield from _bare(scope, scope.words(tokens_[0]), subject, plural)
        case "one":
            words = scope.words(tokens_[1])
            if scope.noun(phrase).kind == "name":
                raise Unclear  # Tom is a cat named Jerry
            if subject.is_value:
                yield _value(scope, subject, scope.noun(phrase))
            else:
                yield from _kind_of(scope, scope.term(subject), words, plural=False)
        case "the":
            other = scope.words(tokens_[1])
            if subject.kind == "owned":
                yield _value(scope, subject, scope.noun(phrase))
            elif all(w.name for w in other):
                yield Said(alike(scope.term(subject), scope.name(other, "the")))
            elif scope.in_denial and not scope.asking:
                raise Unclear  # not the boss: that is not no boss
            else:
                kind = scope.kind(other, plural=plural and is_plural(other[-1].lower))
                yield Said(is_a(scope.term(subject), kind))
        case "some":
            noun = scope.noun(phrase)
            if noun.quantity != "no":
                raise Unclear
            if is_reciprocal(scope, noun.words):
                yield from reciprocal(scope, subject, noun.words, denied=True)
                return
            yield Said(is_a(scope.term(subject), noun.atom), denied=True)
        case "of" | "owned":
            noun = scope.noun(phrase)
            if subject.kind == "owned":
                yield _value(scope, subject, noun)
            else:
                yield _role(scope, subject, noun)
        case _:
            raise Unclear


def _bare(scope: Scope, words: tuple[Word, ...], subject: Noun, plural: bool) -> Iterator[Said]:
    """``X is Y`` with Y in open words only: an adjective, a name, a kind in the plural, a value."""
    head, named = words[-1], words[1:]
    if named and words[0].lower in ("called", "named"):
        yield _called(scope, subject, named)
        return
    names = all(w.name for w in words)
    nation = names and len(words) == 1 and is_nation(head.lower) and not head.quoted
    adjective = nation or all(is_adjective(w.lower) and not w.quoted for w in words)
    adjective = adjective or (_is_participle(head) and not subject.is_value)
    kinds = plural and is_plural(head.lower) and not head.name and not is_adjective(head.lower)
    valued = subject.takes_quality or not (adjective or (kinds and not subject.is_value))
    if subject.kind == "owned" and valued:
        yield _value(scope, subject, scope.bare(words, plural))
    elif names and not nation and not all(w.is_number or w.is_code for w in words):
        if subject.atom == USER:  # I am Tom
            yield _called(scope, subject, words)
        else:
            if any(is_mentioned(w) for w in words):
                raise Unclear  # is "lazy"
            yield Said(alike(scope.term(subject), scope.name(words)))
    elif kinds and is_reciprocal(scope, words):
        yield from reciprocal(scope, subject, words)
    elif kinds:
        yield from _kind_of(scope, scope.term(subject), words, plural=True)
    elif len(words) > 3 or _is_incomplete(words):
        raise Unclear
    else:
        _not_ambient(scope, subject, words)
        yield Said(has_quality(scope.term(subject), scope.quality(words)))


def _is_incomplete(words: tuple[Word, ...]) -> bool:
    """Whether some words after ``is`` are more than one adjective: good news, considered smart."""
    if len(words) < 2:
        return False
    first, last = words[0].lower, words[-1].lower
    noun = first in NUMERALS or (is_adjective(first) and not is_adjective(last))
    return noun or (_is_participle(words[0]) and not first.endswith("ing"))


def _called(scope: Scope, subject: Noun, words: tuple[Word, ...]) -> Said:
    """``My dog is called Rex``: my dog is Rex; of anything else it is its name."""
    if subject.kind == "owned":
        return _value(scope, subject, Noun("name", scope.name(words), words=words))
    relation = Symbol("name")
    scope.note("relation", relation, "name", "role")
    term = scope.term(subject)
    return Said(owns(term, scope.name(words), relation), value_of=owns(term, WHAT, relation))


def _is_participle(word: Word) -> bool:
    lower = word.lower
    shaped = lower.endswith(("ed", "ing")) and len(lower) > 4
    return not word.name and (shaped or lower in PARTICIPLES.values())


def _kind_of(scope: Scope, term: Atom, words: tuple[Word, ...], *, plural: bool) -> Iterator[Said]:
    """``X is a friendly dog``: a dog, and friendly."""
    if all(is_adjective(w.lower) and w.lower not in NOUN_LIKE for w in words):
        raise Unclear
    if words[-1].lower in ADJECTIVES - NOUN_LIKE and not words[-1].name:
        raise Unclear  # a bit lazy
    if any(word.lower == "like" for word in words[1:]):
        raise Unclear  # a cat like Felix: perhaps no cat
    adjectives, rest = scope.described(words)
    if adjectives and scope.in_denial and not scope.asking:
        raise Unclear  # not a big cat: no cat, or not big
    kind = scope.kind(rest, plural=plural)
    yield Said(is_a(term, kind))
    for word in adjectives:
        yield Said(has_quality(term, scope.quality((word,))))


def _value(scope: Scope, subject: Noun, value: Noun) -> Said:
    """``X's Y is Z``: the value of somebody's something."""
    assert subject.owner is not None
    assert subject.noun is not None
    atom = scope.term(value)
    named = value.kind == "name" and any(w.name for w in value.words) and not value.is_number
    if named and not subject.is_value:
        scope.entailed.append(is_a(atom, subject.noun))  # my cat is Tom: Tom is a cat
        scope.note("thing", subject.noun, subject.noun.name.replace("_", " "), "noun")
    values = owns(subject.owner, WHAT, subject.noun)
    return Said(
        owns(subject.owner, atom, subject.noun),
        value_of=None if subject.plural else values,
    )


def _role(scope: Scope, subject: Noun, role: Noun) -> Said:
    """``Z is X's Y``: the same, said the other way round."""
    assert role.owner is not None
    assert role.noun is not None
    atom = scope.term(subject)
    if subject.kind in ("name", "the") and not role.is_value:
        scope.entailed.append(is_a(atom, role.noun))
        scope.note("thing", role.noun, role.noun.name.replace("_", " "), "noun")
    return Said(owns(role.owner, atom, role.noun))


def _roles(scope: Scope, node: Node) -> tuple[Word, ...]:
    """The words of what several are to somebody: friends of Bob; none for an adjective: fond of."""
    words = scope.words(node.children[0])
    last = words[-1]
    noun = is_plural(last.lower) and singular(last.lower) in ROLES and not last.name
    return words if noun and preposition(scope, node) == "of" else ()


def _not_ambient(scope: Scope, subject: Noun, words: Sequence[Word]) -> None:
    """``It is raining``, ``it is late`` speak of nothing that was mentioned."""
    if words[-1].lower in AMBIENT and is_bare_it(scope, subject):
        raise Unclear


def _is_limited(scope: Scope, node: Node) -> bool:
    """Whether something is said of a time or a tale alone: a cat on Mondays, in theory."""
    words = place(scope, node).words
    last = words[-1].lower if words else ""
    return any(word.is_number for word in words) or not LIMITS.isdisjoint((last, singular(last)))


def _not_planned(scope: Scope, verb: str, node: Node) -> None:
    """``Going to sleep`` is what will be."""
    if verb != "going" or preposition(scope, node) != "to":
        return
    words = place(scope, node).words
    if words and words[0].lower in VERBS and not words[0].name:
        raise Unclear


def is_bare_it(scope: Scope, subject: Noun) -> bool:
    """Whether the subject is an ``it`` that need not stand for anything: it rains."""
    it = any(p.kind == "IT" for p in scope.phrases)
    return it and subject.kind == "pronoun" and not scope.in_rule


def is_event(scope: Scope, predicate: Node) -> bool:
    """Whether what somebody ``was`` is what happened once, and not how it was: born, chased by."""
    (found,) = trees(predicate, "complements")
    return all(_happened(scope, node) for node in trees(found))


def _happened(scope: Scope, node: Node) -> bool:
    if node.data == "adjective_at":
        return scope.words(node.children[0])[-1].lower in EVENTS
    words = adjective(scope, node)
    return node.data == "passive" or (bool(words) and words[-1].lower in EVENTS)


def is_doing(predicate: Node) -> bool:
    """Whether somebody is doing something right now."""
    return any(trees(found, "doing") for found in trees(predicate, "complements"))
