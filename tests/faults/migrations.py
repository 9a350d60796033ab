"""A migration of many rows while the code of the release before serves."""

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace

import psycopg

from tests.conftest import Site
from tests.faults.readers import Seen, ask, statuses, steadily
from tests.faults.sites import KEPT, cluster, served, set_up
from tests.faults.table import Drill, Row, fault

# Copies of one article, without triggers, which would count each of them.
ROWS = """
from django.db import connection
from articles.models import Article
own = {{"headline": "'Bulk ' || n", "slug": "'bulk-' || n",
    **dict.fromkeys(["published_at", "released_at"], "published_at - n * interval '1 minute'")}}
names = [field.column for field in Article._meta.concrete_fields if not field.primary_key]
columns = ", ".join(f'"{{name}}"' for name in names)
values = ", ".join(own.get(name, f'"{{name}}"') for name in names)
with connection.cursor() as cursor:
    cursor.execute("SET session_replication_role = replica")
    cursor.execute(f"INSERT INTO articles_article ({{columns}}) SELECT {{values}}"
        " FROM articles_article, generate_series(1, {count}) AS n WHERE slug = 'harbour'")
    cursor.execute("RESET session_replication_role")
    cursor.execute("ANALYZE")
"""
MIGRATE = """
from django.conf import settings
from django.core.management import call_command
settings.MIGRATION_MODULES = {"articles": "tests.faults.later"}
call_command("migrate", interactive=False, verbosity=0)
"""
# What an editor's save of the old code does.
SAVE = """
from articles.models import Article
article = Article.objects.get(slug="ports-of-call")
article.deck = "Saved by the release before"
article.save()
"""
NEW = 'from tests import make; make.article("Ports", slug="ports-of-call")'
LONGEST_WAIT = """
    SELECT coalesce(max(extract(epoch FROM clock_timestamp() - query_start)), 0)
    FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query NOT ILIKE '%concurrently%'
"""


class Watcher(threading.Thread):
    """Looks again and again how long somebody has waited for a lock."""

    def __init__(self, url: str) -> None:
        super().__init__(daemon=True)
        self.url, self.longest, self.is_over = url, 0.0, threading.Event()

    def run(self) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            while not self.is_over.wait(0.05):
                row = connection.execute(LONGEST_WAIT).fetchone()
                self.longest = max(self.longest, float(row[0]) if row else 0.0)


class Saver(threading.Thread):
    """An editor who saves the same article on and on, with the old code."""

    def __init__(self, site: Site) -> None:
        super().__init__(daemon=True)
        self.site, self.slowest, self.saves, self.is_over = site, 0.0, 0, threading.Event()
        self.failure = ""

    def run(self) -> None:
        while not self.is_over.wait(0.2):
            begun = time.monotonic()
            try:
                self.site.run(SAVE)
            except RuntimeError as error:
                self.failure = str(error)
            self.slowest = max(self.slowest, time.monotonic() - begun)
            self.saves += 1
        self.site.close()


def hold_table(url: str, seconds: float) -> None:
    """Read from the articles in a transaction that stays open, as a backup does."""
    with psycopg.connect(url) as connection:
        connection.execute("SELECT 1 FROM articles_article LIMIT 1")
        time.sleep(seconds)


async def read_during(port: int, rows: int, migrating: threading.Thread) -> list[Seen]:
    """Ask for kept pages and for ones that nobody asked for until it is migrated."""
    seen: list[Seen] = []
    number = 0
    while migrating.is_alive():
        cold = [f"/bulk-{(number + step) * 37 % rows + 1}/" for step in range(10)]
        number += 10
        seen += await steadily(port, [*KEPT * 3, *cold], 40, 1)
    return [*seen, *[await ask(port, path) for path in KEPT]]


@fault
def migration(drill: Drill) -> Iterator[Row]:
    """A column, its values in each row and an index on it, while a backup reads the table."""
    rows = drill.choose(500_000, 20_000)
    with ExitStack() as stack:
        one = stack.enter_context(cluster(drill.folder / "cluster"))
        site = set_up(drill.folder / "var", one.url)
        site.run(NEW)
        site.run(ROWS.format(count=rows))
        site.close()
        server = stack.enter_context(served(site))
        server.keep(KEPT)
        saver, watcher = Saver(replace(site, _shell=None)), Watcher(one.url)
        backup = threading.Thread(target=hold_table, args=[one.url, 6])
        failures: list[Exception] = []

        def migrate() -> None:
            try:
                site.run(MIGRATE)
            except RuntimeError as error:
                failures.append(error)

        migrating = threading.Thread(target=migrate)
        for thread in (saver, watcher, backup):
            thread.start()
        time.sleep(1)
        begun = time.monotonic()
        migrating.start()
        seen = asyncio.run(read_during(server.port, rows, migrating))
        took = time.monotonic() - begun
        for thread in (saver, watcher):
            thread.is_over.set()
            thread.join(30)
        site.close()
    if failures:
        raise failures[0]
    slowest = max(one.seconds for one in seen)
    yield Row(
        f"migration of {rows:,} rows",
        f"{took:.0f} s; readers of the old code: {statuses(seen)}, slowest {slowest:.2f} s",
        "no answer other than 200",
        {one.status for one in seen} == {200},
    )
    yield Row(
        f"migration of {rows:,} rows",
        f"{saver.saves} saves by the old code, slowest {saver.slowest:.2f} s"
        f"{', one failed: ' + saver.failure[-200:] if saver.failure else ''}; "
        f"longest wait for a lock {watcher.longest:.2f} s",
        "none fails; no lock for > 2 s",
        not saver.failure and watcher.longest <= 2,
    )
