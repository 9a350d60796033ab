"""What the newsroom's first page, list, search and calendar cost in a large magazine."""

import time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.benchmarks.test_queries import LARGE, fill
from tests.newsroom import person

pytestmark = pytest.mark.benchmark

PAGES = {
    "first page": ("/admin/", 12),
    "article list": ("/admin/articles/article/", 12),
    "article list, words found": ("/admin/articles/article/?q=harbour", 12),
    "article list, words not found": ("/admin/articles/article/?q=zzzqq+nothing", 12),
    "calendar, week": ("/admin/articles/article/calendar/", 10),
    "calendar, month": ("/admin/articles/article/calendar/?month=2020-03", 10),
}


@pytest.mark.django_db
def test_the_newsroom_finds_its_work_in_a_large_magazine(client, table):
    client.force_login(person("Editor"))
    fill(LARGE)
    counted = []
    for name, (address, most) in PAGES.items():
        client.get(address)
        started = time.perf_counter()
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        spent = (time.perf_counter() - started) * 1000
        table.add(f"queries, {name}, {LARGE} articles", str(len(captured)), f"≤ {most}")
        table.add(f"milliseconds, {name}", f"{spent:.0f}", "(not asserted)")
        texts = " ".join(query["sql"] for query in captured.captured_queries)
        # A count has a bound: it is made of a subquery that ends.
        assert texts.count("COUNT(*)") == texts.count("COUNT(*) FROM (SELECT") + texts.count(
            'COUNT(*) AS "number"'
        ), name
        counted.append(len(captured) <= most)
    assert counted == [True] * 6
