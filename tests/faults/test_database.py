"""PostgreSQL away, in each way in which it can be, and what readers and editors see of it.

For how long, and under how many requests, is measured by the command.
"""

from dataclasses import replace

import pytest

from tests.faults.sites import wait_for
from tests.magazine.kept_pages import ask

WORDS = b"Back in a moment"
AWAY = "The database is away"
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


def test_a_connection_that_breaks_alone_costs_readers_nothing(broken):
    """The next one stands, and the database is not taken for away."""
    port = broken.server.port
    broken.server.keep(["/"])
    before = broken.server.log.read_text().count(AWAY)
    for _ in range(3):
        broken.proxy.change("reset")
        broken.proxy.change("pass")
        wait_for(lambda: ask(port, "/").headers["age"] == "0")
        # The threads' own connections were broken too: each is answered once without.
        wait_for(lambda: ask(port, "/accounts/login/").status == 200)
    assert broken.server.log.read_text().count(AWAY) == before


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
