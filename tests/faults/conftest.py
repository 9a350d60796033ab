"""A magazine behind a bad network, where the tests run on PostgreSQL."""

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import environ
import pytest
from django.conf import settings

from tests.conftest import Site, empty_site
from tests.faults.proxy import Proxy
from tests.faults.sites import Server, served
from tests.magazine.kept_pages import ROWS


class Broken(NamedTuple):
    """A site whose server reaches its database through a proxy; commands do not."""

    site: Site
    server: Server
    proxy: Proxy


@pytest.fixture(scope="module")
def on_postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A magazine with a few articles; nothing serves it."""
    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        pytest.skip("SQLite is no server that could be away: name PostgreSQL in DATABASE_URL")
    site = empty_site(tmp_path_factory.mktemp("broken"), "magazine_broken_of_tests")
    site.run(ROWS)
    yield site
    site.close()


@pytest.fixture(scope="module")
def broken(on_postgresql: Site) -> Iterator[Broken]:
    where = environ.Env.db_url_config(on_postgresql.env["DATABASE_URL"])
    with Proxy(where["PORT"], where["HOST"]) as proxy:
        account = on_postgresql.env["DATABASE_URL"].rpartition("@")[0]
        url = f"{account}@127.0.0.1:{proxy.port}/{where['NAME']}"
        behind = replace(on_postgresql, env=on_postgresql.env | {"DATABASE_URL": url})
        with served(behind, workers=1) as server:
            yield Broken(on_postgresql, server, proxy)
