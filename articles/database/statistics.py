"""What the database knows of its rows, from which it chooses how to look for them."""

from functools import partial

from django.db import connection, transaction
from django.db.models import Model


def refresh_statistics(*models: type[Model]) -> None:
    """Let the database look anew at the tables of these models, once this transaction is over; call
    it after writing many rows.

    Until then its plans are those for the few rows of before, and a page takes six times as long.
    """
    transaction.on_commit(partial(analyze, models), robust=True)


def analyze(models: tuple[type[Model], ...]) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            # Else it reads each index whole, and nobody can write meanwhile.
            cursor.execute("PRAGMA analysis_limit = 1000")
        for model in models:
            cursor.execute(f"ANALYZE {connection.ops.quote_name(model._meta.db_table)}")
