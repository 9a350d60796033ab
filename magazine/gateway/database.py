"""What a request waits for PostgreSQL: no thread hangs on a server that is stopped, slow or gone.

Only the gateway's processes call `limit_waiting()`. Commands, migrations and the newsletter's
worker may wait for as long as their work takes.
"""

import threading
from typing import Any, TypeVar

import psycopg
from django.conf import settings
from django.db import connections
from psycopg.abc import PQGen
from psycopg.pq import TransactionStatus

T = TypeVar("T")


class Patience(threading.local):
    """Seconds that this thread waits for each answer of the database."""

    seconds: float = settings.DATABASE_LIMITS["answer"]


PATIENCE = Patience()


class Connection(psycopg.Connection[Any]):
    """A connection that ends itself where no answer comes. The server has limits too, but says
    nothing while it hangs itself, or while what it says is lost on the way."""

    def wait(self, gen: PQGen[T], interval: float = 0.1, timeout: float | None = None) -> T:
        try:
            return super().wait(gen, interval, timeout or PATIENCE.seconds)
        except psycopg.OperationalError:
            if self.pgconn.transaction_status == TransactionStatus.ACTIVE:
                self.pgconn.finish()
            raise


def limit_waiting() -> None:
    """Give all connections of this process the limits of `settings.DATABASE_LIMITS`; before the
    first of them is opened."""
    limits = settings.DATABASE_LIMITS
    of_the_server = {
        "statement_timeout": limits["statement"],
        "lock_timeout": limits["lock"],
        # A process that is stopped in the middle would keep its locks for ever.
        "idle_in_transaction_session_timeout": limits["idle"],
    }
    for database in connections.settings.values():
        if database["ENGINE"].endswith("postgresql"):
            options = database["OPTIONS"]
            words = [f"-c {name}={seconds * 1000:.0f}" for name, seconds in of_the_server.items()]
            options["options"] = " ".join([*options.get("options", "").split(), *words])
            options["connect_timeout"] = limits["connect"]
            options["pool"] |= {
                "connection_class": Connection,
                "timeout": limits["pool"],
                # Each request tries anew, without pauses that grow.
                "reconnect_timeout": limits["pool"],
            }
