"""Django's SQLite, where writers take turns and no command lets the log grow without bound."""

import logging
import sqlite3
import time
from pathlib import Path

from django.db.backends.sqlite3 import base

from magazine import sqlite

logger = logging.getLogger(__name__)

# Beyond what a gateway lets the log become: where one runs, nobody who writes does its work.
LONG_LOG = 2 * sqlite.LONG_LOG
# Seconds from an attempt that failed to the next.
PAUSE = 5


class DatabaseWrapper(base.DatabaseWrapper):
    shortens_at = 0.0

    def set_autocommit(
        self, autocommit: bool, force_begin_transaction_with_broken_autocommit: bool = False
    ) -> None:
        begins = force_begin_transaction_with_broken_autocommit and not autocommit
        if not begins or self.is_in_memory_db():
            super().set_autocommit(autocommit, force_begin_transaction_with_broken_autocommit)
            return
        self.ensure_connection()
        patience = self.settings_dict["OPTIONS"]["timeout"]
        with sqlite.turn(Path(self.settings_dict["NAME"]), patience) as left:
            sqlite.wait_at_most(left, self.connection)
            try:
                super().set_autocommit(autocommit, force_begin_transaction_with_broken_autocommit)
            finally:
                sqlite.wait_at_most(patience, self.connection)

    def commit(self) -> None:
        super().commit()
        if not self.is_in_memory_db() and time.monotonic() >= self.shortens_at:
            self.shorten_log()

    def shorten_log(self) -> None:
        """Shorten a long log; what was committed stays so, whatever comes of it."""
        is_done = False
        try:
            is_done = sqlite.shorten_log(Path(self.settings_dict["NAME"]), LONG_LOG)
        except (sqlite3.Error, OSError):
            logger.exception("The log of the database cannot be shortened.")
        if not is_done:
            self.shortens_at = time.monotonic() + PAUSE
