"""How much of the large tables a query reads, as the database itself says.

PostgreSQL counts the rows of each step; SQLite only names the index.
"""

import json
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import connection

# What reads more grows with the archive. A list of the newsroom holds 2,000 rows at most, of a
# section with a tenth of all articles.
MOST_ROWS = {"reader": 5_000, "newsroom": 25_000}
LARGE = 20_000


def large_tables() -> set[str]:
    models = apps.get_models(include_auto_created=True)
    return {one._meta.db_table for one in models if one._base_manager.count() >= LARGE}


def faults(sql: str, large: set[str], most: float) -> list[str]:
    """Say what of a query grows with the archive; nothing if it does not. `most` bounds the rows
    that each step of the plan may read."""
    if connection.vendor == "postgresql":
        return list(postgresql_faults(sql, large, most))
    return list(sqlite_faults(sql, large))


def postgresql_faults(sql: str, large: set[str], most: float) -> Iterator[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {sql}")
        (plan,) = cursor.fetchone()
    explained = json.loads(plan) if isinstance(plan, str) else plan
    for node in nodes(explained[0]["Plan"]):
        kind, table, loops = node["Node Type"], node.get("Relation Name", ""), node["Actual Loops"]
        removed = sum(node.get(f"Rows Removed by {by}", 0) for by in ("Filter", "Index Recheck"))
        read = (node["Actual Rows"] + removed) * loops
        # A list of the newsroom is counted to a bound, and a look at each row in turn ends there.
        allowed = most if most >= MOST_ROWS["newsroom"] else 0
        if kind.endswith("Seq Scan") and table in large and read > min(allowed, LARGE * 1.25):
            yield f"a sequential scan of {table}: {read:,.0f} rows"
        elif read > most:
            yield f"{kind} {node.get('Index Name', table)}: {read:,.0f} rows"


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from nodes(part)


def sqlite_faults(sql: str, large: set[str]) -> Iterator[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
        for *_, step in cursor.fetchall():
            words = step.split()
            if words[0] == "SCAN" and words[1] in large and "INDEX" not in words:
                yield step
