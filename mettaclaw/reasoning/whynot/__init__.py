"""Why not: what was considered about a statement and did not count, and why."""
