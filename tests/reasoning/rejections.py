"""What ``why_not`` tells, found by its reason; and the penguin that many of its tests ask about."""

from __future__ import annotations

from mettaclaw.reasoning import Proof, Rejected, WhyNot

SAID, NO = (1.0, 0.9), (0.0, 0.9)
PINGU, PENGUIN, BIRD = "(--> pingu penguin)", "(--> penguin bird)", "(--> bird flyer)"
EXCEPTION = "(--> penguin flyer)"
FLIES = "(--> pingu flyer)"


def of(found: WhyNot, reason: str) -> list[Rejected]:
    return [one for one in found.rejected if one.reason == reason]


def only(found: WhyNot, reason: str) -> Rejected:
    (one,) = of(found, reason)
    return one


def premises(proof: Proof) -> list[str]:
    return [str(premise.statement) for premise in proof.premises]
