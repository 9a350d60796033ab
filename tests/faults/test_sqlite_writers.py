"""Processes that write one SQLite file and are killed; for how long is measured by the command."""

import pytest
from django.db import connection

from tests.conftest import empty_site
from tests.faults.sites import served
from tests.faults.sqlite_writers import rows
from tests.magazine.kept_pages import ROWS


@pytest.mark.skipif(connection.vendor != "sqlite", reason="speaks of SQLite")
def test_eight_writers_lose_nothing(tmp_path):
    """One is killed every two seconds; the log is emptied meanwhile."""
    site = empty_site(tmp_path / "var", "")
    site.run(ROWS)
    site.close()
    with served(site) as server:
        found = list(rows(site, server, seconds=12, every=2))
    assert len(found) == 4
    assert [row.seen for row in found if not row.held] == []
