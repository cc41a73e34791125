"""The one database: connection, migrations, transactions. Tables are declared in ``schema``."""

from mettaclaw.storage.database import Database, Transaction

__all__ = ["Database", "Transaction"]
