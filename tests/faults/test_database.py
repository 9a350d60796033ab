"""PostgreSQL away, in each way in which it can be, and what readers and editors see of it.

For how long, and under how many requests, is measured by the command.
"""

import time
from dataclasses import replace

import psycopg
import pytest

from tests.faults.sites import wait_for
from tests.magazine.kept_pages import ask

WORDS = b"Back in a moment"
AWAY = "The database is away"
# The last line of what is written down of a connection that was ended.
BROKE = "\ndjango.db.utils.OperationalError: terminating connection due to administrator command"
# The one with which the content stamp was read last.
END_ONE = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND query LIKE '%contentstamp%'
    AND pid <> pg_backend_pid() ORDER BY state_change DESC LIMIT 1
"""
LIMITS = """
from django.db import connection
def said(name):
    with connection.cursor() as cursor:
        cursor.execute(f"SHOW {name}")
        return cursor.fetchone()[0]
print(said("statement_timeout"), said("lock_timeout"))
"""
LIMITED = "from magazine.gateway.database import limit_waiting; limit_waiting()"
SLEEP = """
from django.db import OperationalError, connection
try:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(20)")
except OperationalError as error:
    print(error)
"""


@pytest.mark.parametrize(
    ("mode", "cold"),
    [
        ("refuse", "/number-1/"),
        ("reset", "/number-2/"),
        ("hang", "/number-4/"),
        ("delay", "/number-3/"),
    ],
)
def test_with_the_database_away_readers_keep_their_pages(broken, mode, cold):
    """A page that nobody asked for before is refused in our dress, with the files of that page;
    so is the newsroom. All come back by themselves."""
    port = broken.server.port
    broken.server.keep(["/", "/harbour/"])
    broken.proxy.change(mode, seconds=9)
    try:
        wait_for(lambda: ask(port, "/section/europe/?utm_source=x").status == 503)
        wait_for(lambda: int(ask(port, "/").headers["age"]) >= 2)
        for path in ("/", "/harbour/"):
            assert ask(port, path).status == 200
        for path in (cold, "/admin/", "/accounts/login/"):
            refused = ask(port, path)
            assert refused.status == 503
            assert int(refused.headers["retry-after"]) > 0
            assert WORDS in refused.body
        style = refused.body.partition(b'href="/static/css')[2].partition(b'"')[0].decode()
        assert ask(port, f"/static/css{style}").status == 200
    finally:
        broken.proxy.change("pass")
    wait_for(lambda: ask(port, cold).status == 200)
    wait_for(lambda: ask(port, "/").headers["age"] == "0")
    assert ask(port, "/admin/").status == 302


def test_a_connection_that_breaks_alone_is_no_database_that_is_away(broken):
    """The next one stands, and no reader is refused."""
    log = broken.server.log
    broken.server.keep(["/"])
    ended = log.read_text().count(BROKE)
    before = log.read_text().count(AWAY)
    with psycopg.connect(broken.site.env["DATABASE_URL"], autocommit=True) as chief:
        for number in range(1, 4):
            wait_for(lambda: chief.execute(END_ONE).fetchall() == [(True,)])
            wait_for(lambda number=number: log.read_text().count(BROKE) >= ended + number)
            time.sleep(1)  # two that break one after the other would be taken for more
    assert ask(broken.server.port, "/accounts/login/").status == 200
    assert log.read_text().count(AWAY) == before


def test_only_the_gateway_is_impatient(on_postgresql):
    """Commands, migrations and the newsletter's worker may take as long as their work does."""
    command, gateway = replace(on_postgresql, _shell=None), replace(on_postgresql, _shell=None)
    try:
        assert command.run(LIMITS).split() == ["0", "0"]
        gateway.run(LIMITED)
        assert gateway.run(LIMITS).split() == ["2500ms", "2s"]
        assert "statement timeout" in gateway.run(SLEEP)
    finally:
        command.close()
        gateway.close()
