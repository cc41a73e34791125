"""Atoms as English: what statements say, in sentences.

Every statement has a sentence: one that no pattern fits is shown as its MeTTa text. Kinds stand in
the plural (``cats are animals``), the person is ``you``, the agent ``I``.

Not covered: what a reply is made of (``replies``), and how words were written (``lexicon``).
"""

from __future__ import annotations

import re
from datetime import date
from typing import Literal

from mettaclaw.atoms.syntax import (
    Atom,
    Expression,
    Number,
    String,
    Symbol,
    Variable,
    replaced,
    variables,
    walk,
)
from mettaclaw.atoms.truth import Truth
from mettaclaw.models.english.degrees import FREQUENCY, QUANTITY
from mettaclaw.models.english.lexicon import Lexicon
from mettaclaw.models.english.meaning import AGENT, USER, WEATHER
from mettaclaw.models.english.morphology import (
    gerund,
    gerund_base,
    is_plural,
    past,
    plural,
    third_person,
    with_article,
)
from mettaclaw.models.english.prose import capital, is_negative, truth_text
from mettaclaw.models.english.tenses import held
from mettaclaw.models.english.terminals import closed_words
from mettaclaw.models.english.vocabulary import EVENTS, ROLES, VERBS, is_adjective, is_value

Number_ = Literal["i", "you", "one", "many"]

_BE: dict[Number_, str] = {"i": "am", "you": "are", "one": "is", "many": "are"}
_WAS: dict[Number_, str] = {"i": "was", "you": "were", "one": "was", "many": "were"}
_DO: dict[Number_, str] = {"i": "do", "you": "do", "one": "does", "many": "do"}
_ADVERBS = {f: word for word, f in [*FREQUENCY.items()][::-1] if f not in (0.0, 1.0)}
_QUANTITIES = {f: word for word, f in QUANTITY.items() if word in ("most", "many", "a few")}
_ACTOR = re.compile(r"[a-z]{3,}(?:er|or|ist|ian)\Z")


class Speech:
    """Says atoms, writing words as a lexicon has them."""

    def __init__(self, lexicon: Lexicon | None = None, today: date | None = None) -> None:
        self.lexicon = lexicon or Lexicon()
        self.today = today

    # --- things ---

    def thing(self, atom: Atom) -> tuple[str, Number_]:
        """A thing or kind as a subject, and what its verb agrees with."""
        if atom == USER:
            return "you", "you"
        if atom == AGENT:
            return "I", "i"
        if not isinstance(atom, Symbol):
            return self._odd(atom), "one"
        surface = self.lexicon.find("thing", atom.name)
        if atom == WEATHER and surface is None:
            return "it", "one"
        if surface is not None and surface.form == "noun":
            return plural(surface.text), "many"
        text = surface.text if surface is not None else self._unnamed(atom.name)
        noun, of, _ = atom.name.partition("_of_")
        many = text.startswith("the ") and is_plural(text.lower()) and text.endswith("s")
        several = bool(of) and self.lexicon.is_several(noun)
        return text, "many" if (many and not text.endswith("news")) or several else "one"

    def other(self, atom: Atom) -> str:
        """A thing or kind as an object."""
        if atom == AGENT:
            return "me"
        if isinstance(atom, Symbol):
            surface = self.lexicon.find("thing", atom.name)
            if surface is not None and surface.form == "noun":
                counted = self.lexicon.is_counted(atom.name) and not surface.text[:1].isdigit()
                return with_article(surface.text) if counted else plural(surface.text)
        return self.thing(atom)[0]

    def whose(self, atom: Atom) -> str:
        """The possessive: your, Tom's, cats'."""
        if atom == USER:
            return "your"
        if atom == AGENT:
            return "my"
        text, number = self.thing(atom)
        return f"{text}'" if number == "many" and text.endswith("s") else f"{text}'s"

    def kind(self, atom: Atom) -> str:
        """A kind in the singular, without an article."""
        if isinstance(atom, Symbol):
            surface = self.lexicon.find("thing", atom.name)
            return surface.text if surface is not None else _plain(atom.name)
        return self._odd(atom)

    def owned(self, noun: str) -> str:
        """What somebody's something without a name is called: key, or keys if that was said."""
        return plural(_plain(noun)) if self.lexicon.is_several(noun) else _plain(noun)

    def noun_of(self, atom: Atom) -> str:
        """What a relation is called: favourite colour."""
        if isinstance(atom, Symbol):
            surface = self.lexicon.find("relation", atom.name)
            return surface.text if surface is not None else _plain(atom.name)
        return self._odd(atom)

    # --- statements ---

    def sentence(
        self, atom: Atom, truth: Truth | None = None, *, degree: float | None = None
    ) -> str:
        """A statement as a sentence of its own, with its truth value where one is given."""
        denied = truth is not None and is_negative(truth, degree)
        said = self.clause(atom, denied=denied, degree=degree)
        shown = f" {truth_text(truth)}" if truth is not None else ""
        return f"{capital(said)}{shown}."

    def clause(self, atom: Atom, *, denied: bool = False, degree: float | None = None) -> str:
        """A statement inside a sentence; ``degree`` is its f, where that is said as an adverb."""
        match atom:
            case Expression((Symbol("==>"), condition, consequence)):
                return self._implication(condition, consequence, denied)
            case Expression((Symbol("∧" | "," | "and"), *parts)) if parts:
                return " and ".join(self.clause(part) for part in parts)
            case Expression((Symbol("¬" | "not"), part)):
                return self.clause(part, denied=not denied)
            case Expression((Symbol("-->"), Expression((Symbol("x" | "×"), a, b)), r)):
                if isinstance(r, Symbol) and self._is_role(r):
                    no = "is not" if denied else "is"
                    return f"{self.whose(b)} {self.noun_of(r)} {no} {self.other(a)}"
                subject, number, denied, degree = self._subject(a, denied, degree)
                verb = self._verb(self._relation(r), number, denied=denied, degree=degree)
                return f"{subject} {verb} {self.other(b)}"
            case Expression((Symbol("-->"), thing, _)):
                subject, number, denied, degree = self._subject(thing, denied, degree)
                said = self.predicate(atom, number, denied=denied, degree=degree)
                return f"{subject} {said}"
            case Expression((Symbol("at"), _, _, _)):
                return held(self, atom, denied=denied, degree=degree)
            case Expression((Symbol("<->"), a, b)):
                subject, number = self.thing(a)
                like = "" if _is_name(subject) and _is_name(self.other(b)) else "similar to "
                return f"{subject} {be(number, denied)} {like}{self.other(b)}"
            case _:
                return f"`{atom}`"

    def yours(self, atom: Atom) -> str:
        """A statement as the person would say it: I live in Graz."""
        for node in walk(atom):
            if isinstance(node, Symbol) and node.name.endswith(f"_of_{USER.name}"):
                return "…"  # what is theirs is called so for the agent: your cat

        return self.clause(replaced(atom, {USER: AGENT, AGENT: USER}))

    def verb(self, name: str, number: Number_) -> str:
        """A verb by its symbol's name, with its subject's number: lives, lived, was born."""
        return self._verb(_plain(name), number, denied=False)

    def is_kind(self, symbol: Symbol) -> bool:
        """Whether a symbol was used as a noun, and not as a name."""
        surface = self.lexicon.find("thing", symbol.name)
        return surface is not None and surface.form == "noun"

    def is_name(self, symbol: Symbol) -> bool:
        """Whether a symbol was used as a name: of one thing, which nothing else is."""
        surface = self.lexicon.find("thing", symbol.name)
        return surface is not None and surface.form == "name"

    def is_quality(self, symbol: Symbol) -> bool:
        """Whether a symbol was used as an adjective, and as no thing or kind."""
        quality = self.lexicon.find("quality", symbol.name)
        return quality is not None and self.lexicon.find("thing", symbol.name) is None

    def is_relation(self, symbol: Symbol) -> bool:
        """Whether a symbol was used as a verb or a role, and as no thing or kind."""
        relation = self.lexicon.find("relation", symbol.name)
        return relation is not None and self.lexicon.find("thing", symbol.name) is None

    @staticmethod
    def has_adverb(degree: float | None) -> bool:
        """Whether there is a word for this f, so that no ``not`` is needed."""
        return degree in _ADVERBS

    def is_role(self, atom: Atom) -> bool:
        """Whether a statement says what somebody is to somebody, or what a value of theirs is."""
        match atom:
            case Expression((Symbol("-->"), Expression((Symbol("x"), _, _)), Symbol() as relation)):
                return self._is_role(relation)
            case _:
                return False

    def as_role(self, atom: Atom, topic: Atom) -> str:
        """Such a statement with its topic first: Alice is Bob's mother, Bob's mother is Alice."""
        match atom:
            case Expression((_, Expression((_, value, owner)), Symbol() as relation)):
                if value != topic:
                    return self.clause(atom)
                subject, number = self.thing(value)
                return f"{subject} {be(number, False)} {self.whose(owner)} {self.noun_of(relation)}"
            case _:
                return self.clause(atom)

    def predicate(
        self,
        atom: Atom,
        number: Number_ = "one",
        *,
        denied: bool = False,
        degree: float | None = None,
    ) -> str:
        """What ``(--> subject kind)`` or ``(--> subject ([] quality))`` says of its subject."""
        match atom:
            case Expression((Symbol("-->"), thing, Expression((Symbol("[]"), quality)))):
                verb = self.doing(quality)
                if verb is not None:
                    happened = verb.startswith("did ") or self.has_adverb(degree)
                    if thing == WEATHER and not happened:
                        return f"{be(number, denied)} {gerund(verb)}"  # it is raining
                    return self._verb(verb, number, denied=denied, degree=degree)
                return f"{be(number, denied, degree)} {self.quality(quality)}"
            case Expression((Symbol("-->"), _, kind)):
                return f"{be(number, denied, degree)} {self._predicate_noun(kind, number)}"
            case _:
                return f"`{atom}`"

    def quality(self, atom: Atom) -> str:
        """A quality as an adjective: lazy, purring."""
        if isinstance(atom, Symbol):
            surface = self.lexicon.find("quality", atom.name)
            if surface is not None and surface.form == "adjective":
                return surface.text
            return _plain(atom.name)
        return self._odd(atom)

    # --- inside ---

    def _unnamed(self, name: str) -> str:
        """A name without a surface; ``tail_of_tom`` is Tom's tail, if there is a Tom."""
        noun, of, owner = name.partition("_of_")
        known = owner == USER.name or owner.endswith("_of_user")
        if of and (known or self.lexicon.find("thing", owner) is not None):
            return f"{self.whose(Symbol(owner))} {self.owned(noun)}"
        return _plain(name)

    def _subject(
        self, atom: Atom, denied: bool, degree: float | None
    ) -> tuple[str, Number_, bool, float | None]:
        """The subject of a clause; of kinds, with its f as a word where there is one."""
        text, number = self.thing(atom)
        if number == "many" and degree in _QUANTITIES:
            return f"{_QUANTITIES[degree]} {text}", number, False, None
        part = isinstance(atom, Symbol) and self.lexicon.is_in_part(atom.name)
        if number == "many" and degree == QUANTITY["some"] and part:
            return f"some {text}", number, False, None
        if number == "many" and degree == QUANTITY["few"] and part:
            return f"few {text}", number, False, None
        return text, number, denied and degree not in _ADVERBS, degree

    def _predicate_noun(self, kind: Atom, number: Number_) -> str:
        if not isinstance(kind, Symbol):
            return self._odd(kind)
        surface = self.lexicon.find("thing", kind.name)
        text = surface.text if surface is not None else _plain(kind.name)
        if surface is not None and surface.form == "name" and surface.text[:1].isupper():
            return text
        return plural(text) if number == "many" else with_article(text)

    def doing(self, quality: Atom) -> str | None:
        """The verb that a quality is made of, or None for an adjective."""
        if not isinstance(quality, Symbol):
            return None
        surface = self.lexicon.find("quality", quality.name)
        if surface is not None:
            return surface.text if surface.form == "verb" else None
        text = _plain(quality.name)
        if text.startswith(("can ", "did ")):
            return text
        head, _, rest = text.partition(" ")
        base = gerund_base(head)
        if base in VERBS and not is_adjective(head):
            return f"{base} {rest}".strip()
        return None

    def _verb(
        self, verb: str, number: Number_, *, denied: bool, degree: float | None = None
    ) -> str:
        adverb = f"{_ADVERBS[degree]} " if degree in _ADVERBS and not denied else ""
        if verb.startswith("be ") and verb.split(" ")[1] in EVENTS:
            return f"{_WAS[number]} {'not ' if denied else adverb}{verb[3:]}"
        if verb.startswith("be "):
            return f"{be(number, denied, degree)} {verb[3:]}"
        if verb.startswith("can "):
            return f"{'cannot' if denied else 'can'} {adverb}{verb[4:]}"
        if verb.startswith("did "):
            return f"did not {verb[4:]}" if denied else f"{adverb}{past(verb[4:])}"
        if denied:
            return f"{_DO[number]} not {verb}"
        return adverb + (third_person(verb) if number == "one" else verb)

    def _relation(self, relation: Atom) -> str:
        """A relation as a verb in its base, such as ``live in`` or ``be afraid of``."""
        if not isinstance(relation, Symbol):
            return self._odd(relation)
        surface = self.lexicon.find("relation", relation.name)
        if surface is not None and surface.form == "verb":
            return surface.text
        text = _plain(relation.name)
        first = text.split(" ", 1)[0]
        if first in ("be", "can", "did", "have") or first in VERBS:
            return text
        prepositions = ("PREP", "OF", "BY", "THAN")
        compared = text.endswith(" than")
        if compared or closed_words().get(first) in prepositions or is_adjective(first):
            return f"be {text}"
        return text

    def _is_role(self, relation: Symbol) -> bool:
        surface = self.lexicon.find("relation", relation.name)
        if surface is not None:
            return surface.form == "role"
        last = _plain(relation.name).rsplit(" ", 1)[-1]
        actor = _ACTOR.match(last) and last not in VERBS
        return last in ROLES or is_value(relation.name) or bool(actor)

    def _implication(self, condition: Atom, consequence: Atom, denied: bool) -> str:
        found = variables(Expression((condition, consequence)))
        if len(found) == 1:
            named = Speech(_Renamed(self.lexicon, {found[0]: "something"}))
            again = Speech(_Renamed(self.lexicon, {found[0]: "it"}))
            parts = _conjuncts(condition)
            conditions = [named.clause(parts[0]), *(again.clause(part) for part in parts[1:])]
            return f"if {' and '.join(conditions)}, then {again.clause(consequence, denied=denied)}"
        letters: dict[Variable, str] = dict(zip(found, "XYZVW", strict=False))
        speech = Speech(_Renamed(self.lexicon, letters))
        return f"if {speech.clause(condition)}, then {speech.clause(consequence, denied=denied)}"

    def _odd(self, atom: Atom) -> str:
        match atom:
            case Number(value):
                return str(value)
            case String(value):
                return value
            case Variable():
                names = self.lexicon.names if isinstance(self.lexicon, _Renamed) else {}
                return names.get(atom, "something")
            case Expression((Symbol("[]"), quality)):
                return self.quality(quality)
            case _:
                return f"`{atom}`"


class _Renamed(Lexicon):
    """A lexicon in which variables have names."""

    def __init__(self, lexicon: Lexicon, names: dict[Variable, str]) -> None:
        super().__init__()
        self._best = lexicon._best
        self._after_a = lexicon._after_a
        self._several = lexicon._several
        self._in_part = lexicon._in_part
        self.names = names


def _conjuncts(atom: Atom) -> tuple[Atom, ...]:
    match atom:
        case Expression((Symbol("∧" | "," | "and"), *parts)) if parts:
            return tuple(parts)
        case _:
            return (atom,)


def be(number: Number_, denied: bool = False, degree: float | None = None) -> str:
    """The form of be for a subject: is, are not, are usually."""
    word = _BE[number]
    if denied:
        return f"{word} not"
    return f"{word} {_ADVERBS[degree]}" if degree in _ADVERBS else word


def _is_name(text: str) -> bool:
    return text[:1].isupper() or text == "you"


def _plain(name: str) -> str:
    """A symbol's name as words: golden retriever, the cat."""
    return name.replace("_", " ").strip() or name
