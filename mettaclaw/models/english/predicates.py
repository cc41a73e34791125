"""What a predicate says of its subject: patterns of statements, with the subject filled in.

Not covered: who the subject is (``nouns``), and whether it is told, asked or doubted
(``interpretation``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mettaclaw.atoms.syntax import Atom, Expression, Symbol
from mettaclaw.models.english import degrees
from mettaclaw.models.english.meaning import (
    USER,
    WHAT,
    Statement,
    alike,
    has_quality,
    is_a,
    owns,
    related,
)
from mettaclaw.models.english.morphology import (
    base,
    gerund,
    gerund_base,
    is_plural,
    is_third_person,
    past_base,
)
from mettaclaw.models.english.nouns import Noun, Scope, Unclear
from mettaclaw.models.english.vocabulary import AMBIENT, VERBS, WEATHER, is_adjective, is_nation
from mettaclaw.models.english.words import Word

if TYPE_CHECKING:
    from mettaclaw.models.english.grammar import Node


@dataclass(frozen=True, slots=True)
class Said:
    """A statement without its truth value; ``denied`` where its own words negate it: no tail."""

    atom: Atom
    denied: bool = False
    value_of: Expression | None = None


@dataclass(frozen=True, slots=True)
class Mood:
    """How a clause is meant: its adverbs, whether it is negated, whether it only may be."""

    adverbs: tuple[str, ...] = ()
    denied: bool = False
    modal: bool = False

    def statement(self, said: Said, quantity: str | None) -> Statement:
        """The statement with the truth value that these words give it."""
        truth = degrees.truth(
            quantity, self.adverbs, denied=self.denied != said.denied, modal=self.modal
        )
        return Statement(said.atom, truth, said.value_of)


def tokens(node: Node, *kinds: str) -> list[str]:
    """The children of a node that are tokens of these kinds."""
    return [str(c) for c in node.children if getattr(c, "type", None) in kinds]


def trees(node: Node, *names: str) -> list[Node]:
    """The children of a node that are trees of these names; all trees where none is given."""
    found = [c for c in node.children if not isinstance(c, str)]  # a token is a str
    return [c for c in found if not names or str(c.data) in names]


def mood(scope: Scope, *nodes: Node) -> Mood:
    """The mood of a clause, from the modifiers and helpers in these nodes."""
    adverbs: list[str] = []
    denied = modal = False
    for node in nodes:
        modal = modal or bool(tokens(node, "MODAL"))
        for modifier in trees(node, "modifier"):
            word = scope.words(modifier.children[0])[0]
            if word.kind == "NOT":
                if denied:
                    raise Unclear
                denied = True
            else:
                adverbs.append(word.lower)
    return Mood(tuple(adverbs), denied, modal)


def number(scope: Scope, predicate: Node) -> bool | None:
    """Whether a predicate's verb is plural; None where its form does not tell."""
    first = next(
        (scope.words(c)[0] for c in predicate.children if getattr(c, "type", None) in _VERBAL),
        None,
    )
    if first is None:
        return None
    if first.lower in ("are", "do", "have", "were"):
        return True
    if first.lower in ("is", "does", "has", "was"):
        return False
    if first.kind != "OPEN":
        return None
    if is_third_person(first.lower):
        return False
    return None if past_base(first.lower) and first.lower not in VERBS else True


_VERBAL = ("BE", "DO", "CAN", "MODAL", "HAVE", "VERB")


def is_past(scope: Scope, predicate: Node) -> bool:
    """Whether a predicate's verb is in the past."""
    found = tokens(predicate, "BE", "DO", "HAVE", "CAN", "MODAL", "VERB")
    word = scope.words(found[0])[0] if found else None
    if word is None or word.kind != "OPEN":
        return word is not None and word.lower in ("was", "were", "did", "had")
    lower = word.lower
    return not is_third_person(lower) and lower not in VERBS and past_base(lower) is not None


def patterns(scope: Scope, predicate: Node, subject: Noun) -> list[Said]:
    """What a predicate says of a subject."""
    match predicate.data:
        case "is" | "who_is":
            many = number(scope, predicate)
            plural = subject.plural if many is None else many
            (complements,) = trees(predicate, "complements")
            return [
                said
                for complement in trees(complements)
                for said in _complement(scope, complement, subject, plural)
            ]
        case "has" | "who_has":
            return list(_relations(scope, predicate, scope.term(subject), "have"))
        case _:
            (verb, *_) = tokens(predicate, "VERB", "EN")
            helped = bool(tokens(predicate, "DO", "CAN", "MODAL"))
            lemma = _lemma(scope.words(verb)[0], helped=helped)
            if tokens(predicate, "EN"):
                lemma = past_base(scope.words(verb)[0].lower) or lemma
            if lemma in WEATHER and _is_bare_it(scope, subject):
                raise Unclear
            if tokens(predicate, "CAN"):
                lemma = f"can {lemma}"
            return list(_relations(scope, predicate, scope.term(subject), lemma))


def relation(scope: Scope, verb: str, preposition: str = "") -> Symbol:
    """The relation of a verb, with the preposition after it: ``live_in``."""
    text = f"{verb} {preposition}".strip()
    symbol = Symbol(text.replace(" ", "_"))
    scope.note("relation", symbol, text, "verb")
    return symbol


def asked_verb(scope: Scope, node: Node) -> Symbol:
    """The relation that a question after its object names: What does Tom live in?"""
    preposition = _preposition(scope, node)
    if node.data in ("has_what",):
        return relation(scope, "have", preposition)
    if node.data == "is_what":
        words = scope.words(tokens(node, "WORDS")[-1])
        return relation(scope, f"be {' '.join(w.lower for w in words)}", preposition)
    word = scope.words(tokens(node, "VERB", "ING", "EN")[0])[0]
    if node.data == "doing_what":
        verb = gerund_base(word.lower)
    elif node.data == "done_by_what":
        verb = past_base(word.lower)
    else:
        verb = _lemma(word, helped=True)
    if not verb:
        raise Unclear
    return relation(scope, f"can {verb}" if tokens(node, "CAN") else verb, preposition)


# --- complements -----------------------------------------------------------------------------


def _complement(scope: Scope, node: Node, subject: Noun, plural: bool) -> Iterator[Said]:
    kids = node.children
    if node.data == "complement":
        yield from _nominal(scope, node, subject, plural)
    elif node.data == "very":
        words = scope.words(kids[1])
        _not_ambient(scope, subject, words)
        term = scope.term(subject)
        yield Said(has_quality(term, scope.quality(words)))
        yield Said(has_quality(term, scope.quality((*scope.words(kids[0]), *words))))
    elif node.data == "one_very":
        words = scope.words(kids[2])
        if not is_adjective(words[0].lower) or len(words) < 2:
            raise Unclear
        yield from _kind_of(scope, scope.term(subject), words, plural=False)
        intense = (*scope.words(kids[1]), words[0])
        yield Said(has_quality(scope.term(subject), scope.quality(intense)))
    elif node.data == "at":
        yield from _toward(scope, subject, "be", node)
    elif node.data == "adjective_at":
        adjective = " ".join(w.lower for w in scope.words(kids[0]))
        other = scope.term(_place(scope, node))
        if adjective == "similar" and _preposition(scope, node) == "to":
            yield Said(alike(scope.term(subject), other))
        else:
            yield from _toward(scope, subject, f"be {adjective}", node)
    elif node.data == "compared":
        adjective = " ".join(w.lower for w in scope.words(kids[0]))
        other = scope.term(scope.noun(trees(node)[0]))
        name = relation(scope, f"be {adjective}", "than")
        yield Said(related(scope.term(subject), other, name))
    elif node.data == "passive":
        verb = past_base(scope.words(kids[0])[0].lower)
        if verb is None:
            raise Unclear
        doer = scope.term(scope.noun(trees(node)[0]))
        yield Said(related(doer, scope.term(subject), relation(scope, verb)))
    elif node.data == "doing":
        verb = gerund_base(scope.words(kids[0])[0].lower)
        if verb is None:
            raise Unclear
        _not_ambient(scope, subject, scope.words(kids[0]))
        yield from _relations(scope, node, scope.term(subject), verb)
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
            if subject.is_dimension:
                yield _value(scope, subject, scope.noun(phrase))
            else:
                yield from _kind_of(scope, scope.term(subject), words, plural=False)
        case "the":
            other = scope.words(tokens_[1])
            if subject.kind == "owned":
                yield _value(scope, subject, scope.noun(phrase))
            elif all(w.name for w in other):
                yield Said(alike(scope.term(subject), scope.name(other, "the")))
            else:
                kind = scope.kind(other, plural=plural and is_plural(other[-1].lower))
                yield Said(is_a(scope.term(subject), kind))
        case "some":
            noun = scope.noun(phrase)
            if noun.quantity != "no":
                raise Unclear
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
    head = words[-1]
    names = all(w.name for w in words)
    nation = names and len(words) == 1 and is_nation(head.lower) and not head.quoted
    adjective = nation or all(is_adjective(w.lower) for w in words)
    if subject.kind == "owned" and (subject.is_dimension or not adjective):
        kinds = plural and is_plural(head.lower) and not head.name
        if subject.is_dimension or not kinds:
            yield _value(scope, subject, scope.bare(words, plural))
            return
    if names and not nation and not all(w.is_number for w in words):
        if subject.atom == USER:  # I am Tom
            name = Symbol("name")
            yield Said(owns(USER, scope.name(words), name), value_of=owns(USER, WHAT, name))
            scope.note("relation", name, "name", "role")
        else:
            yield Said(alike(scope.term(subject), scope.name(words)))
        return
    _not_ambient(scope, subject, words)
    if plural and is_plural(head.lower) and not head.name and not is_adjective(head.lower):
        yield from _kind_of(scope, scope.term(subject), words, plural=True)
        return
    if len(words) > 3:
        raise Unclear
    yield Said(has_quality(scope.term(subject), scope.quality(words)))


def _kind_of(scope: Scope, term: Atom, words: tuple[Word, ...], *, plural: bool) -> Iterator[Said]:
    """``X is a friendly dog``: a dog, and friendly."""
    adjectives, rest = scope.described(words)
    kind = scope.kind(rest, plural=plural)
    yield Said(is_a(term, kind))
    for adjective in adjectives:
        yield Said(has_quality(term, scope.quality((adjective,))))


def _value(scope: Scope, subject: Noun, value: Noun) -> Said:
    """``X's Y is Z``: the value of somebody's something."""
    assert subject.owner is not None
    assert subject.noun is not None
    atom = scope.term(value)
    if value.kind == "name" and not subject.is_dimension and not value.is_number:
        scope.presupposed.append(is_a(atom, subject.noun))  # my cat is Tom: Tom is a cat
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
    if subject.kind in ("name", "the") and not role.is_dimension:
        scope.presupposed.append(is_a(atom, role.noun))
        scope.note("thing", role.noun, role.noun.name.replace("_", " "), "noun")
    return Said(owns(role.owner, atom, role.noun))


def _not_ambient(scope: Scope, subject: Noun, words: Sequence[Word]) -> None:
    """``It is raining``, ``it is late`` speak of nothing that was mentioned."""
    if words[-1].lower in AMBIENT and _is_bare_it(scope, subject):
        raise Unclear


def _is_bare_it(scope: Scope, subject: Noun) -> bool:
    it = any(p.kind == "IT" for p in scope.phrases)
    return it and subject.kind == "pronoun" and not scope.in_rule


# --- verbs -----------------------------------------------------------------------------------


def _relations(scope: Scope, node: Node, subject: Atom, verb: str) -> Iterator[Said]:
    """What a verb says with its objects; without any, a quality: ``([] purring)``."""
    found = trees(node, "objects")
    if not found:
        yield Said(has_quality(subject, _doing(scope, verb)))
        return
    (objects,) = found
    preposition = _preposition(scope, objects)
    nouns = [t for t in trees(objects) if t.data != "preposition"]
    if not nouns:
        yield Said(has_quality(subject, _doing(scope, f"{verb} {preposition}")))
        return
    name = relation(scope, verb, preposition)
    for phrase in nouns:
        noun = scope.noun(phrase)
        if noun.quantity not in (None, "no", "any", "all", "every", "each", "some", "many"):
            raise Unclear
        term = scope.term(noun)
        if noun.article == "a" and noun.kind == "kind":
            scope.note("thing", term, " ".join(w.text for w in noun.words), "noun", one=True)
        yield Said(related(subject, term, name), denied=noun.quantity == "no")


def _doing(scope: Scope, verb: str) -> Symbol:
    """The quality of who does something: ``purring``, or ``can_fly``."""
    text = verb if verb.startswith("can ") else gerund(verb)
    symbol = Symbol(text.replace(" ", "_"))
    scope.note("quality", symbol, verb, "verb")
    return symbol


def _toward(scope: Scope, subject: Noun, verb: str, node: Node) -> Iterator[Said]:
    other = scope.term(_place(scope, node))
    name = relation(scope, verb, _preposition(scope, node))
    yield Said(related(scope.term(subject), other, name))


def _place(scope: Scope, node: Node) -> Noun:
    return scope.noun(next(t for t in trees(node) if t.data != "preposition"))


def _preposition(scope: Scope, node: Node) -> str:
    found = trees(node, "preposition")
    if found:
        return scope.words(found[0].children[0])[0].lower
    return "by" if tokens(node, "BY") and node.data != "done_by_what" else ""


def _lemma(word: Word, *, helped: bool) -> str:
    """The base of a verb; after a helper it stands in its base, but for slips."""
    lower = word.lower
    if helped:
        return base(lower) if lower not in VERBS and base(lower) in VERBS else lower
    if is_third_person(lower):
        return base(lower)
    return lower if lower in VERBS else past_base(lower) or lower
