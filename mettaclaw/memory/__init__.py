"""What the agent remembers beside the atomspace: items, the log of episodes, the pin."""

from mettaclaw.memory.embed import Embedder
from mettaclaw.memory.episodes import Episode, Episodes
from mettaclaw.memory.longterm import Found, Hit, Item, Memory
from mettaclaw.memory.pin import Pin

__all__ = ["Embedder", "Episode", "Episodes", "Found", "Hit", "Item", "Memory", "Pin"]
