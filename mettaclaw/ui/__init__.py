"""What people touch: the command line, the REPL, and how atoms and proofs are drawn.

Everything here talks to the rest through ``Agent`` and ``Atomspace``. Heavy parts are imported
where they are used, so that ``mettaclaw --help`` is there at once.
"""
