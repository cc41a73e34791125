"""The values that pass between model, loop and tools."""
