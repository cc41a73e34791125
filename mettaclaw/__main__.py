"""``python -m mettaclaw``: the same as the command ``mettaclaw``."""

from mettaclaw.ui.cli import main

main()
