"""`migrate` beside a table that is in use: who reads it does not wait behind the migration."""

import threading

import psycopg

from tests.faults.migrations import MIGRATE

READ = "SELECT 1 FROM articles_article LIMIT 1"
COLUMNS = """
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("SELECT count(reading_minutes), count(*) FROM articles_article")
    print(*cursor.fetchone())
"""


def test_a_migration_lets_go_of_a_table_that_somebody_reads_and_comes_back(on_postgresql):
    url = on_postgresql.env["DATABASE_URL"]
    migrating = threading.Thread(target=on_postgresql.run, args=[MIGRATE])
    with psycopg.connect(url) as backup, psycopg.connect(url, autocommit=True) as reader:
        backup.execute(READ)
        # What a request would wait for, and longer than a migration does.
        reader.execute("SET lock_timeout = '2s'")
        migrating.start()
        for _ in range(40):
            reader.execute(READ)
            migrating.join(0.1)
        assert migrating.is_alive(), "nothing stood in its way"
        backup.rollback()
        migrating.join(60)
    filled, rows = on_postgresql.run(COLUMNS).split()
    assert filled == rows != "0"
