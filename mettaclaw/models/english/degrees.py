"""What words of frequency, quantity and certainty do to a truth value.

``FREQUENCY`` and ``QUANTITY`` set f, ``CERTAINTY`` sets c. The values are those that the system
prompt gives to language models, so that every model of a home means the same; ``docs/english.md``
shows these tables, and a test keeps them equal.
"""

from __future__ import annotations

from collections.abc import Iterable
from types import MappingProxyType

from mettaclaw.atoms.truth import Truth

PLAIN = Truth(1.0, 0.9)  # of what is said plainly,
DENIED = Truth(0.0, 0.9)  # and of what is denied

FREQUENCY = MappingProxyType(
    {
        "always": 1.0,
        "almost always": 0.95,
        "nearly always": 0.95,
        "usually": 0.9,
        "normally": 0.9,
        "generally": 0.9,
        "typically": 0.9,
        "mostly": 0.9,
        "often": 0.75,
        "frequently": 0.75,
        "sometimes": 0.5,
        "occasionally": 0.3,
        "rarely": 0.1,
        "seldom": 0.1,
        "hardly ever": 0.05,
        "almost never": 0.05,
        "never": 0.0,
    }
)

QUANTITY = MappingProxyType(
    {
        "every": 1.0,
        "each": 1.0,
        "all": 1.0,
        "any": 1.0,
        "nearly all": 0.95,
        "almost all": 0.95,
        "nearly every": 0.95,
        "almost every": 0.95,
        "most": 0.8,
        "many": 0.7,
        "some": 0.5,
        "not all": 0.5,
        "not every": 0.5,
        "a few": 0.3,
        "few": 0.1,
        "hardly any": 0.05,
        "no": 0.0,
    }
)

EXHAUSTIVE = ("every", "each", "all", "any", "no")  # quantities that may have exceptions

CERTAINTY = MappingProxyType(
    {
        "certainly": 0.99,
        "definitely": 0.99,
        "surely": 0.99,
        "undoubtedly": 0.99,
        "of course": 0.99,
        "without doubt": 0.99,
        "without a doubt": 0.99,
        "for sure": 0.99,
        "probably": 0.7,
        "likely": 0.7,
        "presumably": 0.7,
        "apparently": 0.7,
        "maybe": 0.4,
        "perhaps": 0.4,
        "possibly": 0.4,
    }
)

MODAL = 0.4  # of what may or might be

_DENIED = {1.0: 0.5, 0.95: 0.5}  # not always is sometimes, not never


def truth(
    quantity: str | None,
    adverbs: Iterable[str],
    *,
    denied: bool,
    modal: bool = False,
    under: bool = True,
) -> Truth:
    """The truth value of a statement with these words in it.

    Args:
        quantity: A key of ``QUANTITY``, or None.
        adverbs: Keys of ``FREQUENCY`` and ``CERTAINTY``, in order.
        denied: Whether the verb is negated.
        modal: Whether it only may be.
        under: Whether the adverbs stand after the negation: not always.
    """
    given = [QUANTITY[quantity]] if quantity else []
    sure: list[float] = [MODAL] if modal else []
    for adverb in adverbs:
        if adverb in FREQUENCY:
            given.append(FREQUENCY[adverb])
        else:
            sure.append(CERTAINTY[adverb])
    f = 1.0
    for value in given:
        f *= value
    if denied:  # "cats are not always lazy", but "no cat is lazy" and "all cats are not dogs"
        frequencies = given[1:] if quantity else given
        f = _DENIED.get(f, 1.0 - f) if frequencies and under else 1.0 - f
    return Truth(round(f, 6), min(sure, default=PLAIN.c))
