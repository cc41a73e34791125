"""Memory, in and out: items as JSON Lines, notes and chat logs.

Not covered: statements in files of MeTTa (``mettaclaw.atoms.textfile``).
"""

from mettaclaw.memory.transfer.export import dump, lines
from mettaclaw.memory.transfer.forms import FORMS, Form, look
from mettaclaw.memory.transfer.loading import Report, load

__all__ = ["FORMS", "Form", "Report", "dump", "lines", "load", "look"]
