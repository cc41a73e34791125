"""Rules: what one is, how a file says it, and sets of them that find the ones a goal needs."""
