"""Django's migrate, which keeps nobody waiting: where something else uses a table for long, it lets
go, and goes on a little later."""

import time
from typing import Any

from django.core.management.commands import migrate
from django.db import OperationalError, connections

from magazine.errors import codes_of

# Whoever wants to read a table waits behind a migration that waits for it. A request waits longer
# than this (DATABASE_LIMITS), and so notices nothing.
LOCK_TIMEOUT = "1s"
LOCK_NOT_AVAILABLE = "55P03"
ATTEMPTS = 60
PAUSE = 2.0


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        connection = connections[options["database"]]
        if connection.vendor != "postgresql":
            super().handle(*args, **options)
            return
        for attempt in range(1, ATTEMPTS + 1):
            with connection.cursor() as cursor:
                cursor.execute(f"SET lock_timeout = '{LOCK_TIMEOUT}'")
            try:
                super().handle(*args, **options)
                break
            except OperationalError as error:
                if codes_of(error)[0] != LOCK_NOT_AVAILABLE or attempt == ATTEMPTS:
                    raise
                self.stderr.write("A table is in use; trying again in a moment.")
                time.sleep(PAUSE)
        with connection.cursor() as cursor:
            cursor.execute("RESET lock_timeout")
