"""The whole demo, as a crawler reads it."""

import pytest

pytestmark = pytest.mark.benchmark


def test_the_demo_has_no_errors(demo_crawl, table):
    errors = [*demo_crawl.problems, *demo_crawl.dead_links]
    table.add("pages crawled", str(len(demo_crawl.pages)), "≥ 60")
    table.add("HTML errors, dead links", str(len(errors)), "0")
    assert len(demo_crawl.pages) >= 60
    assert errors == []
