"""How a clause is meant: told or denied, how often, how surely; and the parts of its tree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mettaclaw.atoms.syntax import Atom, Expression
from mettaclaw.models.english import degrees
from mettaclaw.models.english.degrees import EXHAUSTIVE
from mettaclaw.models.english.irregular import PASTS
from mettaclaw.models.english.meaning import Statement
from mettaclaw.models.english.morphology import is_third_person, past_base
from mettaclaw.models.english.nouns import Scope, Unclear
from mettaclaw.models.english.vocabulary import VERBS

if TYPE_CHECKING:
    from mettaclaw.models.english.grammar import Node

_ONE = ("name", "the", "owned", "pronoun")  # of nouns, those that stand for one thing
_VERBAL = ("BE", "DO", "CAN", "MODAL", "HAVE", "VERB")


@dataclass(frozen=True, slots=True)
class Said:
    """A statement without its truth value; ``denied`` where its own words negate it: no tail."""

    atom: Atom
    denied: bool = False
    value_of: Expression | None = None


@dataclass(frozen=True, slots=True)
class Mood:
    """How a clause is meant: its adverbs, whether it is negated, whether it only may be.

    ``under`` tells that the adverbs stand under the negation: not always, and not always not.
    """

    adverbs: tuple[str, ...] = ()
    denied: bool = False
    modal: bool = False
    under: bool = True

    def statement(self, said: Said, quantity: str | None) -> Statement:
        """The statement with the truth value that these words give it."""
        truth = degrees.truth(
            quantity,
            self.adverbs,
            denied=self.denied != said.denied,
            modal=self.modal,
            under=self.under,
        )
        return Statement(said.atom, truth, said.value_of)


def tokens(node: Node, *kinds: str) -> list[str]:
    """The children of a node that are tokens of these kinds."""
    return [str(c) for c in node.children if getattr(c, "type", None) in kinds]


def trees(node: Node, *names: str) -> list[Node]:
    """The children of a node that are trees of these names; all trees where none is given."""
    found = [c for c in node.children if not isinstance(c, str)]  # a token is a str
    return [c for c in found if not names or str(c.data) in names]


def contrasted(scope: Scope, node: Node) -> Iterator[tuple[Node, bool]]:
    """The trees of a coordination; True for those that are meant where the others are denied.

    ``Not a fish but a mammal``: what is after ``but`` in a negated clause; or the other way round,
    ``all cats but Tom``: what is excepted.
    """
    kids = [c for c in node.children if getattr(c, "data", "") != "preposition"]
    links = [scope.words(c)[0].lower for c in kids if isinstance(c, str)]
    excepting = False
    if links and scope.in_denial and not scope.asking and "but" not in links:
        raise Unclear  # not lazy and fat: neither, or not both
    if "but" in links and node.data == "objects":
        excepting = _is_contrast(scope, [c for c in kids if not isinstance(c, str)])
    elif "but" in links:
        excepting = scope.in_denial
    meant = False
    for child in kids:
        if isinstance(child, str):
            meant = meant or (excepting and scope.words(child)[0].lower == "but")
        else:
            yield child, meant


def _is_contrast(scope: Scope, nouns: list[Node]) -> bool:
    """Whether objects after ``but`` are meant the other way round than the first one."""
    first, *others = (_quantity(scope, noun) for noun in nouns)
    if first in EXHAUSTIVE:
        if scope.in_denial and first != "any":
            raise Unclear  # does not like all cats but Tom
        return first != "no"  # likes no cat but Tom: that is said of the cats alone
    if first is not None:
        raise Unclear  # likes most cats but Tom
    if not scope.in_denial and set(others) != {"no"}:
        raise Unclear  # likes cats but Tom
    return scope.in_denial


def _quantity(scope: Scope, noun: Node) -> str | None:
    return scope.words(noun.children[0])[0].lower if noun.data == "some" else None


def mood(scope: Scope, *nodes: Node) -> Mood:
    """The mood of a clause, from the modifiers and helpers in these nodes."""
    adverbs: list[str] = []
    denied = modal = False
    under = True
    for node in nodes:
        modal = modal or bool(tokens(node, "MODAL"))
        for modifier in trees(node, "modifier"):
            word = scope.words(modifier.children[0])[0]
            if word.kind == "NOT":
                if denied:
                    raise Unclear
                denied = True
            elif denied and word.kind == "CERTAINTY":
                raise Unclear  # not definitely: perhaps
            else:
                adverbs.append(word.lower)
                under = under and denied
    return Mood(tuple(adverbs), denied, modal, under)


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
    if _is_same_in_past(first.lower):
        return None
    return None if past_base(first.lower) and first.lower not in VERBS else True


def has_got(scope: Scope, predicate: Node) -> bool:
    """Whether a predicate only has: has got a cat."""
    done = tokens(predicate, "EN")
    return bool(done and tokens(predicate, "HAVE")) and scope.words(done[0])[0].lower == "got"


def is_had(scope: Scope, predicate: Node) -> bool:
    """Whether a predicate has ``had``."""
    return scope.words(tokens(predicate, "HAVE")[0])[0].lower == "had"


def is_past(scope: Scope, predicate: Node) -> bool:
    """Whether a predicate's verb is in the past; what somebody has done is past."""
    if tokens(predicate, "HAVE") and tokens(predicate, "EN"):
        return not has_got(scope, predicate) or is_had(scope, predicate)
    found = tokens(predicate, "BE", "DO", "HAVE", "CAN", "MODAL", "VERB")
    word = scope.words(found[0])[0] if found else None
    if word is None or word.kind != "OPEN":
        return word is not None and word.lower in ("was", "were", "did", "had")
    lower = word.lower
    if _is_same_in_past(lower):  # Bob read Dune: else he reads it
        (subject,) = scope.together if len(scope.together) == 1 else (None,)
        one = subject is not None and not subject.plural and subject.kind in _ONE
        return str(predicate.data) == "who_does" or (one and not scope.in_rule)
    return not is_third_person(lower) and lower not in VERBS and past_base(lower) is not None


def _is_same_in_past(verb: str) -> bool:
    """Whether a verb has the same form in the past: read, put, hit."""
    return PASTS.get(verb) == verb
