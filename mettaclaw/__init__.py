"""MeTTaClaw."""
