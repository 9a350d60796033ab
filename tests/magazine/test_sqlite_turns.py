"""Connections of the magazine's own kind to one SQLite file: they take turns, and shorten its
log."""

import subprocess
import sys
import threading
import time
from contextlib import closing

import pytest
from django.db import OperationalError, connection, connections

from magazine import sqlite
from magazine.backends.sqlite3 import base
from tests.conftest import ROOT

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "sqlite", reason="speaks of SQLite"),
]
PAGE = 4096


@pytest.fixture
def path(tmp_path):
    return tmp_path / "db.sqlite3"


@pytest.fixture
def connect(path):
    """Open a connection; it is closed when the test ends, and may be used in any thread."""
    opened = []

    def connect(timeout: float = 20) -> base.DatabaseWrapper:
        options = {**connection.settings_dict["OPTIONS"], "timeout": timeout}
        there = {**connection.settings_dict, "NAME": str(path), "OPTIONS": options}
        opened.append(base.DatabaseWrapper(there, "other"))
        opened[-1].inc_thread_sharing()
        return opened[-1]

    yield connect
    for one in opened:
        one.close()


def begin(one: base.DatabaseWrapper) -> None:
    one.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)


def commit(one: base.DatabaseWrapper, rows: int = 0) -> None:
    with one.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS t (x)")
        cursor.executemany("INSERT INTO t VALUES (%s)", [("x" * PAGE,)] * rows)
    one.commit()
    one.set_autocommit(True)


def test_the_magazine_has_such_connections():
    assert isinstance(connections["default"], base.DatabaseWrapper)


def test_a_writer_waits_for_its_turn(path, connect):
    """Though SQLite itself would let it write; it gives the turn back once it may."""
    writer = connect()
    begins = threading.Thread(target=begin, args=[writer])
    with sqlite.turn(path, 0):
        begins.start()
        begins.join(0.3)
        assert begins.is_alive()
    begins.join()
    with path.with_name(f"{path.name}-turn").open("w") as file:
        assert sqlite.locks(file)
    commit(writer)


def test_a_turn_ends_with_the_process_that_had_it(path):
    hold = f"from magazine.sqlite import turn\nwith turn({str(path)!r}, 0):\n print(flush=True)\n"
    command = [sys.executable, "-c", f"{hold} input()"]
    with (
        subprocess.Popen(command, cwd=ROOT, stdin=-1, stdout=-1) as holder,
        path.with_name(f"{path.name}-turn").open("w") as file,
    ):
        holder.stdout.readline()
        assert not sqlite.locks(file)
        holder.kill()
        holder.wait()
        assert sqlite.locks(file)


def test_the_wait_ends_with_the_error_of_sqlite(path, connect):
    """A turn that is held for too long keeps nobody; the lock of SQLite does."""
    first, second = connect(), connect(timeout=0.05)
    begin(first)
    with sqlite.turn(path, 0), pytest.raises(OperationalError, match="database is locked"):
        begin(second)
    commit(first)
    with sqlite.turn(path, 0):
        begin(second)
    commit(second)
    with second.cursor() as cursor:
        assert cursor.execute("PRAGMA busy_timeout").fetchone() == (50,)


def test_a_commit_shortens_a_long_log(path, connect):
    writer = connect()
    rows = base.LONG_LOG // PAGE
    begin(writer)
    commit(writer, rows // 4)
    assert sqlite.write_ahead_log_size(path) > base.LONG_LOG // 4
    begin(writer)
    commit(writer, rows)
    assert sqlite.write_ahead_log_size(path) == 0
    with closing(connect().cursor()) as cursor:
        assert cursor.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert cursor.execute("SELECT count(*) FROM t").fetchone() == (rows + rows // 4,)


def test_a_log_that_cannot_be_shortened_breaks_no_commit(path, connect, monkeypatch, caplog):
    writer = connect()
    monkeypatch.setattr(base, "LONG_LOG", 0)
    path.with_name(f"{path.name}-checkpoint").mkdir()
    begin(writer)
    commit(writer, 1)
    assert "The log of the database cannot be shortened." in caplog.text
    assert writer.shortens_at > time.monotonic()
    with closing(connect().cursor()) as cursor:
        assert cursor.execute("SELECT count(*) FROM t").fetchone() == (1,)
