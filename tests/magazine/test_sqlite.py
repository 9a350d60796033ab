"""SQLite that several processes write."""

import sqlite3

import pytest
from django.db import connection

from magazine import checks, sqlite

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
    assert [found.id for found in checks.database_is_on_a_local_disk(None)] == ["magazine.E006"]


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "sqlite", reason="speaks of SQLite")
def test_the_database_is_not_mapped_into_memory():
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA mmap_size")
        assert cursor.fetchone() in ((0,), None)
