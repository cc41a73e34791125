"""The one loop, and the rows that let it go on where it was."""
