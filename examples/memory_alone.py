"""Long-term memory with no agent: words and atoms under one id, found by other words.

Run it with: python examples/memory_alone.py
"""

from mettaclaw import Memory

with Memory.open(":memory:") as memory:  # with a file's name, everything is still there tomorrow
    memory.kb.add("(--> rex ([] calm))", truth=(0.9, 0.8), source="vet")
    memory.remember("The dog sleeps through fireworks.", "(--> rex ([] calm))", speaker="Vet")
    memory.remember("Which train do you take?", speaker="Ann", thread="monday", time="2026-05-04")
    memory.remember("The night one.", speaker="Bob", thread="monday", time="2026-05-04")

    for hit in memory.query("fireworks and the dog", k=1):
        print(f"item {hit.item.id}: {hit.item.text}")
        for atom, truth in hit.premises:
            print("  a premise:", atom, truth)

    # A turn is found by what stands around it; names of speakers and months count for themselves.
    hits = memory.query("Which train does Bob take in May?", k=2)
    print("an answer:", [hit.item.text for hit in hits if hit.item.speaker == "Bob"])
    print("because of:", ", ".join(hits[0].parts))

    print("gone:", [item.text for item in memory.forget(entity="Bob").items])
