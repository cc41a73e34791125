"""What a sentence means: the statements it makes, or what it asks, in terms of atoms.

A sentence may speak of things by what they are to somebody (``my cat``): such a thing is a variable
in the statements and a ``Reference`` beside them, to be looked up before anything else is done.
``Surface`` keeps how the person wrote a word, so that a reply can write it that way again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from mettaclaw.atoms.syntax import Atom, Expression, Symbol, Variable
from mettaclaw.atoms.truth import Truth
from mettaclaw.models.english.periods import When

USER = Symbol("user")
AGENT = Symbol("mettaclaw")
WEATHER = Symbol("weather")  # the `it` of: it is raining
WHO = Variable("who")
WHAT = Variable("what")

_INHERITS, _IMPLIES, _LIKE = Symbol("-->"), Symbol("==>"), Symbol("<->")
_PROPERTY, _PRODUCT, _AND, _NOT = Symbol("[]"), Symbol("x"), Symbol("∧"), Symbol("¬")


def is_a(thing: Atom, kind: Atom) -> Expression:
    """``(--> thing kind)``."""
    return Expression((_INHERITS, thing, kind))


def has_quality(thing: Atom, quality: Atom) -> Expression:
    """``(--> thing ([] quality))``."""
    return is_a(thing, Expression((_PROPERTY, quality)))


def related(first: Atom, second: Atom, relation: Atom) -> Expression:
    """``(--> (x first second) relation)``."""
    return is_a(Expression((_PRODUCT, first, second)), relation)


def owns(owner: Atom, value: Atom, noun: Symbol) -> Expression:
    """The value is the noun of the owner: ``(--> (x ann tom) sister)``, ``(--> (x tim tom) name)``.

    So a noun reads as a verb does, its first thing as its subject: Ann is the sister of Tom.
    """
    return related(value, owner, noun)


def alike(first: Atom, second: Atom) -> Expression:
    """``(<-> first second)``."""
    return Expression((_LIKE, first, second))


def implies(condition: Atom, consequence: Atom) -> Expression:
    """``(==> condition consequence)``."""
    return Expression((_IMPLIES, condition, consequence))


def all_of(parts: tuple[Atom, ...]) -> Atom:
    """``(∧ a b ...)``; a single part is itself."""
    return parts[0] if len(parts) == 1 else Expression((_AND, *parts))


def not_(statement: Atom) -> Expression:
    """``(¬ statement)``."""
    return Expression((_NOT, statement))


def is_tautology(statement: Atom) -> bool:
    """Whether a statement is so by its words alone: a cat is a cat."""
    match statement:
        case Expression((Symbol("-->" | "<->" | "==>"), first, second)):
            return first == second
        case _:
            return False


Use = Literal["thing", "quality", "relation"]
Form = Literal["name", "noun", "adjective", "verb", "role", "plain"]


@dataclass(frozen=True, slots=True)
class Surface:
    """How a symbol was written.

    ``use`` tells whether it stood for a thing or a kind, a quality, or a relation, and ``form``
    which part of speech it was. ``sure`` is False where a capital may only be the sentence's first
    letter. ``one`` tells that it stood after ``a``: has a tail, not tails; ``many`` that what is
    somebody's was spoken of in the plural: my keys; ``some`` that some of a kind were spoken of.
    """

    use: Use
    symbol: str
    text: str
    form: Form
    sure: bool = True
    one: bool = False
    many: bool = False
    some: bool = False


@dataclass(frozen=True, slots=True)
class Reference:
    """A thing that is spoken of as somebody's: ``my cat``, ``Tom's sister``, ``the boss of Ann``.

    ``owner`` may be the variable of another reference.
    """

    variable: Variable
    owner: Atom
    noun: Symbol

    @property
    def pattern(self) -> Expression:
        """The statement that would say who or what it is."""
        return owns(self.owner, self.variable, self.noun)


@dataclass(frozen=True, slots=True)
class Statement:
    """Something said, with its truth value.

    ``value_of`` is set where it says what somebody's something is, of which the latest counts: the
    pattern of all the values.
    """

    atom: Atom
    truth: Truth
    value_of: Expression | None = None


@dataclass(frozen=True, slots=True)
class Tell:
    """Statements; ``implied`` are those that the words presuppose: my cat is a cat.

    ``source`` is who says so where it is not the person, ``others`` are who say the same, and
    ``told`` is when that was. They held ``when``; ``present`` tells that they still do.
    """

    statements: tuple[Statement, ...]
    implied: tuple[Statement, ...] = ()
    source: str = ""
    told: When | None = None
    when: When | None = None
    present: bool = False
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ask:
    """A yes-or-no question: whether each goal is so, or where its f is 0, is not so."""

    goals: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Find:
    """A question for the things that fit: ``goal`` holds ``variable``.

    ``latest`` asks for the value that was given last; ``place`` keeps only relations of place
    and ``time`` those to a time, of ``verb`` where it is set; ``colour`` keeps only colours.
    ``ever`` is what was so at the times that are asked for, too: when did Tom sleep.
    """

    goal: Atom
    variable: Variable
    denied: bool = False
    latest: bool = False
    place: bool = False
    time: bool = False
    verb: str = ""
    colour: bool = False
    ever: Atom | None = None


@dataclass(frozen=True, slots=True)
class Describe:
    """What is X: what is known of what it is, and where ``find`` is set, of what is one."""

    thing: Atom
    find: Find | None = None


@dataclass(frozen=True, slots=True)
class Recall:
    """What do you know about X; of everything where ``thing`` is None.

    ``memory`` asks for what was told, and not for what follows from it.
    """

    thing: Atom | None
    text: str
    memory: bool = False


@dataclass(frozen=True, slots=True)
class Explain:
    """Why is it so; without goals, of what was asked or said before.

    ``rejected`` asks why not: for what was considered and did not count, too.
    """

    goals: tuple[Statement, ...] = ()
    rejected: bool = False


@dataclass(frozen=True, slots=True)
class Doubt:
    """Are you sure: of what was asked or said before."""


@dataclass(frozen=True, slots=True)
class Remember:
    """Keep these words, and believe what they say where they can be read."""

    text: str
    tell: Tell | None = None


@dataclass(frozen=True, slots=True)
class Forget:
    """Take back statements, of a time where ``when`` is set, and words; ``thing`` takes back all
    that is known about it, ``source`` all that somebody has said, about a thing and ``when``, where
    these are set. ``items`` are the numbers of items of memory; ``name`` is set where everything
    with this name in it is to go.
    """

    text: str
    statements: tuple[Statement, ...] = ()
    thing: Atom | None = None
    source: str = ""
    when: When | None = None
    items: tuple[int, ...] = ()
    name: str = ""


@dataclass(frozen=True, slots=True)
class Witness:
    """Who said so; without ``tell``, of what was asked or said before.

    ``against`` asks who said that it is not so, ``when`` only for what was said at a time, and
    ``source`` whether this one did, ``who`` as written; or where ``dated``, on which day.
    """

    tell: Tell | None = None
    against: bool = False
    when: When | None = None
    who: str = ""
    source: str = ""
    dated: bool = False


@dataclass(frozen=True, slots=True)
class Quote:
    """What somebody said, about a thing and ``when``, where these are set.

    ``who`` is the speaker as written, ``source`` as a source, both "" for anybody; ``text`` is the
    thing as written.
    """

    who: str
    source: str
    thing: Atom | None = None
    text: str = ""
    when: When | None = None


@dataclass(frozen=True, slots=True)
class Echo:
    """Somebody denies what was just said, or confirms it, and ``others`` do so too.

    With ``too``, somebody before has said so as well: that denial is not what is denied. With
    ``reply`` it is said to who spoke last.
    """

    who: str
    source: str
    denied: bool
    told: When | None = None
    others: tuple[str, ...] = ()
    too: bool = False
    reply: bool = False


@dataclass(frozen=True, slots=True)
class Disputes:
    """What sources contradict each other about; where ``source`` is set, and who says otherwise."""

    who: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Agreement:
    """Who has said the same as somebody, who is given as written and as a source."""

    who: str
    source: str


@dataclass(frozen=True, slots=True)
class Changes:
    """What is believed otherwise than before; None where it was not said since when."""

    when: When | None = None


@dataclass(frozen=True, slots=True)
class Chat:
    """Something said for politeness, or for help."""

    topic: str


Account: TypeAlias = Witness | Quote | Echo | Disputes | Agreement | Changes
Act: TypeAlias = (
    Tell | Ask | Find | Describe | Recall | Explain | Doubt | Remember | Forget | Account | Chat
)


@dataclass(frozen=True, slots=True)
class Antecedent:
    """What a pronoun of the next sentence stands for; ``he`` and ``she`` not for a thing."""

    atom: Atom
    plural: bool
    references: tuple[Reference, ...] = ()
    is_thing: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """What a sentence was read as; a question may be about what was known ``when``."""

    act: Act
    references: tuple[Reference, ...] = ()
    surfaces: tuple[Surface, ...] = ()
    antecedent: Antecedent | None = None
    when: When | None = None
