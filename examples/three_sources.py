"""Three sources, each as sure as its kind is, contradict each other in the course of a week.

Run it with: python examples/three_sources.py
"""

from mettaclaw import Atomspace
from mettaclaw.atoms.quality import Quality

QUALITY = Quality(  # in a home, the tables [quality] and [sources] of config.toml
    {"expert": 0.9, "friend": 0.8, "general": 0.55},
    {"vet": "expert", "sam": "friend"},  # any other source is general
)
TAME = "(--> tom ([] tame))"

with Atomspace.open(":memory:", quality=QUALITY) as kb:
    kb.add("(--> tom cat)", 1, source="sam", words="Tom is a cat.", time="2025-03-03")
    kb.add("(--> cat ([] tame))", 1, source="sam", words="Cats are tame.", time="2025-03-03")
    kb.add(TAME, 0, source="vet", words="Tom is wild!", time="2025-03-05")
    kb.add(TAME, 1, source="blog", words="Tom is the tamest.", time="2025-03-07")

    print("now:", *(f"{a.statement} {a.truth}" for a in kb.infer(TAME)))
    print("why:", kb.why(TAME), sep="\n")
    print("why not otherwise:", kb.why_not(TAME), sep="\n")

    tuesday = kb.as_of("2025-03-04")
    print("as of Tuesday:", *(f"{a.statement} {a.truth}" for a in tuesday.infer(TAME)))
    print("why then:", tuesday.why(TAME), sep="\n")

    for found in kb.contradictions():
        sides = found.speaking_for, found.speaking_against
        who = [" and ".join(f"{one.source} {one.truth}" for one in side) for side in sides]
        print(f"contradiction: {found.statement} for {who[0]}, against {who[1]}")

    print("without the vet:", *kb.retire("vet"), *(a.truth for a in kb.infer(TAME)))
    print("why now:", kb.why(TAME), sep="\n")
    print("why not otherwise:", kb.why_not(TAME), sep="\n")
