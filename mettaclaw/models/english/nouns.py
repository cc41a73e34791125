"""What noun phrases stand for: names, kinds, the things of somebody, pronouns, variables of rules.

A ``Scope`` belongs to one sentence. It collects what the sentence leaves behind beside its meaning:
references to look up, what is presupposed (the cat is a cat), and how symbols were written.
Raises ``Unclear`` where a phrase stands for nothing that can be told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from mettaclaw.atoms.syntax import Atom, Number, Symbol, Variable
from mettaclaw.models.english.degrees import QUANTITY
from mettaclaw.models.english.irregular import SAME
from mettaclaw.models.english.meaning import (
    AGENT,
    USER,
    Antecedent,
    Form,
    Reference,
    Surface,
    Use,
    is_a,
    owns,
)
from mettaclaw.models.english.morphology import is_plural, singular
from mettaclaw.models.english.symbols import (
    Unclear,
    is_mentioned,
    number_of,
    shown_as,
    symbol_of,
    text_of,
    title,
)
from mettaclaw.models.english.vocabulary import (
    SUBSTANCES,
    is_intersective,
    is_nation,
    is_value,
    takes_quality,
)
from mettaclaw.models.english.words import Word

if TYPE_CHECKING:
    from mettaclaw.models.english.clauses import Phrase
    from mettaclaw.models.english.grammar import Node

_RULE_LETTERS = ("x", "y", "z")
_PRONOUNS = {"their": "they", "its": "it"}
_OF_LIVING = ("he", "she", "him", "her")


@dataclass(frozen=True, slots=True)
class Noun:
    """A noun phrase. ``owner`` and ``noun`` are set where it is somebody's something.

    ``plural`` is what the verb agrees with; ``words`` are its open words.
    """

    kind: Literal["name", "kind", "the", "owned", "self", "pronoun", "variable"]
    atom: Atom
    plural: bool = False
    quantity: str | None = None
    words: tuple[Word, ...] = ()
    article: str = ""
    owner: Atom | None = None
    noun: Symbol | None = None

    @property
    def is_number(self) -> bool:
        """Whether it is a number."""
        return isinstance(self.atom, Number)

    @property
    def is_value(self) -> bool:
        """Whether it is somebody's name, age, favourite food: a value, rather than a thing."""
        return self.noun is not None and is_value(self.noun.name)

    @property
    def takes_quality(self) -> bool:
        """Whether an adjective can be its value: my favourite colour is blue."""
        return self.noun is not None and takes_quality(self.noun.name)


@dataclass(slots=True)
class Scope:
    """The things that one sentence speaks of."""

    phrases: Sequence[Phrase]
    antecedent: Antecedent | None = None
    in_rule: bool = False
    references: list[Reference] = field(default_factory=list)
    presupposed: list[Atom] = field(default_factory=list)  # also where it is denied: the cat
    entailed: list[Atom] = field(default_factory=list)  # only where it is told: my cat is Tom
    surfaces: list[Surface] = field(default_factory=list)
    bound: dict[str, Variable] = field(default_factory=dict)
    holder: Noun | None = None  # in a rule, what pronouns stand for
    in_denial: bool = False  # whether the predicate that is read is negated
    asking: bool = False  # whether it is a question
    in_past: bool = False  # whether the predicate that is read is
    introduced: Atom | None = None  # a cat named Tom
    together: tuple[Noun, ...] = ()  # all subjects of the clause
    subject: Noun | None = None  # while the predicate is read: what ``his`` is about

    # --- words ---

    def phrase(self, token: object) -> Phrase:
        """The phrase of a token of the grammar."""
        return self.phrases[int(str(token))]

    def words(self, token: object) -> tuple[Word, ...]:
        """The words of a token of the grammar."""
        return self.phrase(token).words

    def note(self, use: Use, symbol: Atom, text: str, form: Form, **more: bool) -> None:
        """Keep how a symbol was written."""
        if isinstance(symbol, Symbol):
            self.surfaces.append(Surface(use, symbol.name, text, form, **more))

    # --- phrases ---

    def noun(self, node: Node, plural: bool | None = None) -> Noun:
        """The meaning of a noun phrase; ``plural`` is what its verb says, if it says so."""
        tokens = node.children
        match node.data:
            case "bare":
                return self.bare(self.words(tokens[0]), plural)
            case "one":
                words = self.words(tokens[1])
                called = self._called(words)
                if called is not None:
                    return called
                kind = self.kind(words, plural=False)
                return Noun("kind", kind, plural=False, words=words, article="a")
            case "the":
                return self._definite(self.words(tokens[1]), plural)
            case "some":
                return self._counted(node, plural)
            case "of":
                article = self.words(tokens[0])[0].lower
                return self._of(article, self.words(tokens[1]), self.noun(_tree(tokens[3])))
            case "owned":
                owner, words = self._owner(_tree(tokens[0])), self.words(tokens[1])
                return self._named(owner, words) or self.owned(owner, words)
            case "user":
                return Noun("self", USER)
            case "agent":
                return Noun("self", AGENT)
            case "pronoun":
                return self._pronoun(self.words(tokens[0])[0].lower)
            case "anything":
                return self._anything(self.phrase(tokens[0]).kind)
            case _:
                raise Unclear

    def term(self, noun: Noun) -> Atom:
        """The atom of a noun phrase; somebody's something becomes a reference."""
        if noun.kind != "owned":
            return noun.atom
        assert noun.owner is not None
        assert noun.noun is not None
        for known in self.references:
            if (known.owner, known.noun) == (noun.owner, noun.noun):
                return known.variable
        taken = {known.variable.name for known in self.references}
        name = noun.noun.name
        variable = Variable(name if name not in taken else f"{name}{len(taken) + 1}")
        self.references.append(Reference(variable, noun.owner, noun.noun))
        return variable

    def bare(self, words: tuple[Word, ...], plural: bool | None = None) -> Noun:
        """Words without an article: a name, or in the plural a kind."""
        head = words[-1]
        letter = words[0].lower if len(words) == 1 else ""
        if self.in_rule and letter in _RULE_LETTERS:
            return Noun("variable", self._variable(letter), words=words)
        unlike = plural is None and head.lower in SAME and head.text[:1].isupper()  # James
        if plural is not False and not head.name and is_plural(head.lower) and not unlike:
            return Noun("kind", self.kind(words, plural=True), plural=True, words=words)
        return Noun("name", self.name(words), plural=False, words=words)

    def kind(self, words: Sequence[Word], *, plural: bool) -> Symbol:
        """The symbol of a class: ``golden_retriever`` for golden retrievers."""
        if any(is_mentioned(w) for w in words):
            raise Unclear  # a "cat": so-called, or the word
        head = words[-1]
        last = singular(head.lower) if plural else head.lower
        symbol = symbol_of([*(w.lower for w in words[:-1]), last])
        kept = head.text if last == head.lower and head.name else last
        shown = " ".join([*(shown_as(w) for w in words[:-1]), kept])
        self.note("thing", symbol, shown, "noun")
        return symbol

    def name(self, words: Sequence[Word], article: str = "") -> Atom:
        """The symbol of a name, or a number."""
        if len(words) == 1 and not words[0].quoted:
            number = number_of(words[0].lower)
            if number is not None:
                return number
        symbol = symbol_of([title(w) for w in words])
        mass = len(words) == 1 and not words[0].name and words[0].lower in SUBSTANCES
        text = words[0].lower if mass else f"{article} {text_of(words)}".strip()
        sure = any(w.name for w in words) or not words[0].first
        self.note("thing", symbol, text, "name", sure=sure)
        return symbol

    def quality(self, words: Sequence[Word]) -> Atom:
        """The symbol of an adjective, or a number."""
        number = number_of(words[0].lower) if len(words) == 1 else None
        if number is not None:
            return number
        symbol = symbol_of([w.lower for w in words])
        shown = " ".join(w.text if w.name else w.lower for w in words)
        self.note("quality", symbol, shown, "adjective")
        return symbol

    def described(self, words: tuple[Word, ...]) -> tuple[tuple[Word, ...], tuple[Word, ...]]:
        """The adjectives that open a noun phrase and say something on their own, and the rest."""
        split = 0
        while split < len(words) - 1 and _is_plain_adjective(words[split]):
            split += 1
        return words[:split], words[split:]

    # --- inside ---

    def _definite(self, words: tuple[Word, ...], plural: bool | None) -> Noun:
        if all(w.name for w in words):
            return Noun("name", self.name(words, "the"), plural=False, words=words, article="the")
        many = plural is not False and is_plural(words[-1].lower)
        kind = self.kind(words, plural=many)
        symbol = symbol_of(["the", *(w.lower for w in words)])
        self.note("thing", symbol, f"the {text_of(words)}", "name")
        self.presupposed.append(is_a(symbol, kind))
        return Noun("the", symbol, plural=many, words=words, article="the")

    def _counted(self, node: Node, plural: bool | None) -> Noun:
        tokens = node.children
        words = self.words(tokens[-1])
        quantity = self.words(tokens[0])[0].lower
        many = plural is not False and is_plural(words[-1].lower)
        if quantity == "no" and words[0].name and not (many or is_nation(words[-1].lower)):
            raise Unclear  # no Tom is not a cat
        kind = self.kind(words, plural=many)
        if QUANTITY[quantity] in (QUANTITY["some"], QUANTITY["few"]):
            self.surfaces.append(replace(self.surfaces[-1], some=True))
        return Noun("kind", kind, plural=many, quantity=quantity, words=words)

    def _owner(self, node: Node) -> Atom:
        match node.data:
            case "user":
                return USER
            case "agent":
                return AGENT
            case "pronoun":
                return self._possessor(self.words(node.children[0])[0].lower)
            case _:
                return self.term(self.noun(_tree(node.children[0])))

    def _possessor(self, word: str) -> Atom:
        """Whose ``his`` is: the subject's of the clause, or of what was spoken of before."""
        if self.subject is None or self.subject.kind == "self":
            return self.term(self._pronoun(_PRONOUNS.get(word, "he")))
        if self.subject.kind not in ("name", "the", "pronoun", "owned"):
            raise Unclear  # cats love their owners: each its own
        return self.term(self.subject)

    def _called(self, words: tuple[Word, ...]) -> Noun | None:
        """``A cat named Tom``: Tom, who is a cat."""
        marks = [i for i, w in enumerate(words) if w.lower in ("named", "called") and i > 0]
        named = words[marks[0] + 1 :] if marks else ()
        if not named or (len(named) > 2 and not all(w.name for w in named)):
            return None
        atom = self.introduced = self.name(named)
        kind = self.kind(words[: marks[0]], plural=False)
        (self.presupposed if self.subject is None else self.entailed).append(is_a(atom, kind))
        return Noun("name", atom, words=named, noun=kind)

    def _of(self, article: str, words: tuple[Word, ...], owner: Noun) -> Noun:
        if owner.kind == "kind" and article == "a":  # a cup of coffee
            raise Unclear
        return replace(self.owned(self.term(owner), words), article=article)

    def owned(self, owner: Atom, words: tuple[Word, ...]) -> Noun:
        """What is so called of an owner."""
        many = not words[-1].name and is_plural(words[-1].lower)
        last = singular(words[-1].lower) if many else words[-1].lower
        noun = symbol_of([*(w.lower for w in words[:-1]), last])
        self.note("relation", noun, noun.name.replace("_", " "), "role", many=many)
        return Noun("owned", noun, plural=many, words=words, owner=owner, noun=noun)

    def _named(self, owner: Atom, words: tuple[Word, ...]) -> Noun | None:
        """``My brother Tom``: Tom, who is the brother."""
        names = [w for w in words if w.name and not w.is_number]
        role = words[: len(words) - len(names)]
        if not names or not role or any(w.name for w in role):
            return None
        atom = self.name(names)
        noun = self.owned(owner, role).noun
        assert noun is not None
        self.presupposed += [owns(owner, atom, noun), is_a(atom, noun)]
        return Noun("name", atom, words=tuple(names))

    def _pronoun(self, word: str) -> Noun:
        if self.in_rule and (self.bound or self.holder):
            return self._rule_pronoun(word)
        if self.antecedent is None or (
            word != "they" and word != "them" and self.antecedent.plural
        ):
            raise Unclear
        if self.antecedent.is_thing and word in _OF_LIVING:
            raise Unclear  # the key is old. She is tired: somebody else
        for reference in self.antecedent.references:
            if reference not in self.references:
                self.references.append(reference)
        return Noun("pronoun", self.antecedent.atom, plural=self.antecedent.plural)

    def _rule_pronoun(self, word: str) -> Noun:
        wanted = "SOMETHING" if word == "it" else "SOMEONE"
        if wanted in self.bound:
            return Noun("variable", self.bound[wanted])
        if self.holder is not None:
            return self.holder
        others = [v for k, v in self.bound.items() if k in ("SOMETHING", "SOMEONE")]
        if len(others) != 1:
            raise Unclear
        return Noun("variable", others[0])

    def _anything(self, kind: str) -> Noun:
        if not self.in_rule or kind in self.bound:
            raise Unclear  # two somethings may be one
        return Noun("variable", self._variable(kind))

    def _variable(self, key: str) -> Variable:
        if key not in self.bound:
            self.bound[key] = Variable(str(len(self.bound) + 1))
        return self.bound[key]


def _is_plain_adjective(word: Word) -> bool:
    return is_nation(word.lower) if word.name else is_intersective(word.lower)


def _tree(node: object) -> Node:
    return node  # pyright: ignore[reportReturnType] the grammar has a tree at this place
