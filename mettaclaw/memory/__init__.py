"""What the agent remembers beside the atomspace: items, the log of episodes, the pin."""

from mettaclaw.memory.embed import Embedder
from mettaclaw.memory.episodes import Episode, Episodes
from mettaclaw.memory.items import Draft, Hit, Item
from mettaclaw.memory.longterm import Memory
from mettaclaw.memory.pin import Pin
from mettaclaw.memory.search import Found

__all__ = ["Draft", "Embedder", "Episode", "Episodes", "Found", "Hit", "Item", "Memory", "Pin"]
