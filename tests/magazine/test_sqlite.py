"""SQLite that several processes write."""

import sqlite3
import subprocess
import sys
import time
from contextlib import closing

import pytest
from django.db import connection

from magazine import checks, sqlite
from magazine.gateway import content
from tests.conftest import ROOT

LOCAL = "22 1 8:1 / / rw - ext4 /dev/sda1 rw\n"


@pytest.mark.parametrize(
    ("version", "mended"),
    [
        ((3, 40, 1), False),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 45, 0), False),
        ((3, 50, 7), True),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((4, 0, 0), True),
    ],
)
def test_mended_versions_are_told_from_the_others(version, mended):
    assert sqlite.is_mended(version) is mended


@pytest.mark.parametrize("kind", ["nfs4", "cifs", "fuse.sshfs"])
def test_the_longest_mount_point_decides(tmp_path, kind):
    mounts = tmp_path / "mountinfo"
    shared = tmp_path / "on a share"
    point = str(shared).replace(" ", "\\040")
    mounts.write_text(f"{LOCAL}23 22 0:40 / {point} rw shared:1 - {kind} host:/x rw\n")
    assert sqlite.network_file_system(shared / "db.sqlite3", mounts) == kind
    assert sqlite.network_file_system(tmp_path / "db.sqlite3", mounts) == ""
    assert sqlite.network_file_system(tmp_path, tmp_path / "missing") == ""


def test_the_size_of_the_log_is_measured(tmp_path):
    path = tmp_path / "db.sqlite3"
    assert sqlite.write_ahead_log_size(path) == 0
    database = sqlite3.connect(path)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("CREATE TABLE t (x)")
    assert sqlite.write_ahead_log_size(path) > 4096
    database.close()


@pytest.mark.skipif(connection.vendor != "sqlite", reason="speaks of SQLite")
def test_the_checks_tell_the_operator(monkeypatch):
    monkeypatch.setattr(sqlite, "is_mended", lambda: False)
    assert [found.id for found in checks.sqlite_is_mended(None)] == ["magazine.W005"]
    monkeypatch.setattr(sqlite, "is_mended", lambda: True)
    assert checks.sqlite_is_mended(None) == []
    assert checks.database_is_on_a_local_disk(None) == []
    monkeypatch.setattr(sqlite, "network_file_system", lambda path: "nfs4")
    assert [found.id for found in checks.database_is_on_a_local_disk(None)] == ["magazine.E008"]


MENDED, NOT_MENDED = (3, 51, 3), (3, 40, 1)
PAGE = 4096
ROOM = 20 * PAGE


def opened(path, version=NOT_MENDED) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=20, isolation_level=None)
    connection.executescript(sqlite.init_command(version))
    return connection


def value(connection, pragma: str) -> object:
    return connection.execute(f"PRAGMA {pragma}").fetchone()[0]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "db.sqlite3"


@pytest.fixture
def writer(path):
    """A connection that has filled the log with more than there is room for."""
    with closing(opened(path)) as writer:
        writer.execute("CREATE TABLE t (x)")
        write(writer, 30)
        assert sqlite.write_ahead_log_size(path) > ROOM
        yield writer


def write(writer, rows: int) -> None:
    writer.execute("BEGIN IMMEDIATE")
    writer.executemany("INSERT INTO t VALUES (?)", [("x" * PAGE,)] * rows)
    writer.execute("COMMIT")


def is_whole(path, rows: int) -> bool:
    with closing(opened(path)) as connection:
        (found,) = connection.execute("SELECT count(*) FROM t").fetchone()
        return value(connection, "integrity_check") == "ok" and found == rows


def test_no_connection_checkpoints_by_itself_where_that_can_do_damage(path):
    with closing(opened(path)) as connection:
        assert value(connection, "wal_autocheckpoint") == 0
        assert value(connection, "journal_mode") == "wal"
    with closing(opened(path, MENDED)) as connection:
        assert value(connection, "wal_autocheckpoint") == 1000


def test_the_database_is_not_mapped_into_memory(path):
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA mmap_size=1048576")
        assert value(connection, "mmap_size") == 1048576
        connection.executescript(sqlite.init_command())
        assert value(connection, "mmap_size") == 0


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "sqlite", reason="speaks of SQLite")
def test_the_connections_of_the_magazine_begin_like_that():
    expected = [1000 if sqlite.is_mended() else 0, 0, "wal"]
    with connection.cursor() as cursor:
        found = [value(cursor, name) for name in ("wal_autocheckpoint", "mmap_size")]
        assert [*found, value(cursor, "journal_mode")] == expected


def test_a_long_log_is_emptied_and_a_short_one_left(path, writer):
    size = sqlite.write_ahead_log_size(path)
    assert sqlite.shorten_log(path, limit=size)
    assert sqlite.write_ahead_log_size(path) == size
    assert sqlite.shorten_log(path, limit=size - 1)
    assert sqlite.write_ahead_log_size(path) == 0
    write(writer, 1)
    assert is_whole(path, 31)


SHORTEN = """
import pathlib, sys
from magazine import sqlite
begun = sqlite.checkpoint
def checkpoint(connection):
    print("begins", flush=True)
    sys.stdin.readline()
    return begun(connection)
sqlite.checkpoint = checkpoint
print(sqlite.shorten_log(pathlib.Path(sys.argv[1]), int(sys.argv[2])))
"""


def test_one_process_at_a_time_does_it(path, writer):
    """Another one leaves it alone, until the first has ended, or was killed."""

    def begin() -> subprocess.Popen:
        command = [sys.executable, "-c", SHORTEN, str(path), str(ROOM)]
        other = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert other.stdout.readline() == "begins\n"
        return other

    other = begin()
    size = sqlite.write_ahead_log_size(path)
    assert sqlite.shorten_log(path, ROOM)
    assert sqlite.write_ahead_log_size(path) == size
    assert other.communicate("go\n", timeout=30)[0] == "True\n"
    assert sqlite.write_ahead_log_size(path) == 0
    write(writer, 30)
    killed = begin()
    killed.kill()
    killed.communicate(timeout=30)
    assert sqlite.shorten_log(path, ROOM)
    assert is_whole(path, 60)


def test_a_reader_who_is_long_at_it_loses_nothing(path, writer, monkeypatch):
    """What he sees stays as it was, and the log is emptied once he has gone."""
    monkeypatch.setattr(sqlite, "PATIENCE_WITH_READERS", 0.05)
    with closing(opened(path)) as reader:
        reader.execute("BEGIN")
        count = "SELECT count(*) FROM t"
        assert reader.execute(count).fetchone() == (30,)
        write(writer, 5)
        assert not sqlite.shorten_log(path, ROOM)
        assert sqlite.write_ahead_log_size(path) > ROOM
        write(writer, 5)
        assert reader.execute(count).fetchone() == (30,)
        reader.execute("COMMIT")
        assert reader.execute(count).fetchone() == (40,)
    assert sqlite.shorten_log(path, ROOM)
    assert sqlite.write_ahead_log_size(path) == 0
    assert is_whole(path, 40)


def test_a_writer_is_not_disturbed(path, writer):
    """And the next look may follow at once: nobody waited for this one."""
    size = sqlite.write_ahead_log_size(path)
    writer.execute("BEGIN IMMEDIATE")
    assert sqlite.shorten_log(path, ROOM)
    assert sqlite.write_ahead_log_size(path) == size
    writer.execute("INSERT INTO t VALUES (1)")
    writer.execute("COMMIT")
    assert sqlite.shorten_log(path, ROOM)
    assert sqlite.write_ahead_log_size(path) == 0
    assert is_whole(path, 31)


def test_a_checkpoint_begins_with_something_to_bring_in(path, writer, monkeypatch):
    """Else a writer might begin the log anew while it runs."""
    monkeypatch.setattr(sqlite, "PATIENCE_WITH_READERS", 0.05)
    with closing(opened(path)) as reader, closing(opened(path)) as connection:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM t").fetchone()
        _, pages, brought_in = writer.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        assert pages == brought_in > 30
        size = sqlite.write_ahead_log_size(path)
        assert not sqlite.checkpoint(connection)
        assert size < sqlite.write_ahead_log_size(path) < size + 2 * PAGE


@pytest.mark.skipif(connection.vendor != "sqlite", reason="speaks of SQLite")
def test_the_gateway_does_it_and_tries_again_later(path, writer, monkeypatch, caplog):
    monkeypatch.setitem(connection.settings_dict, "NAME", str(path))
    watch = content.Content()
    write(writer, sqlite.LONG_LOG // PAGE)
    with closing(opened(path)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM t").fetchone()
        watch.shorten_log()
    watch.shorten_log()
    assert sqlite.write_ahead_log_size(path) > sqlite.LONG_LOG
    assert 0 < watch.shortens_at - time.monotonic() <= content.PAUSE
    watch.shortens_at = 0
    watch.shorten_log()
    assert sqlite.write_ahead_log_size(path) == 0
    assert watch.shortens_at == 0
    assert caplog.text == ""


@pytest.mark.skipif(connection.vendor != "sqlite", reason="speaks of SQLite")
def test_a_log_that_cannot_be_shortened_is_told(path, monkeypatch, caplog):
    monkeypatch.setitem(connection.settings_dict, "NAME", str(path))
    path.write_text("This is no database at all, and it is longer than the head of one." * 9)
    path.with_name(f"{path.name}-wal").write_bytes(bytes(sqlite.LONG_LOG + 1))
    watch = content.Content()
    watch.shorten_log()
    assert "The log of the database cannot be shortened." in caplog.text
    assert watch.shortens_at > time.monotonic()
