"""What pages for readers cost as the archive grows, side by side: queries, and processor time.

    DATABASE_URL=postgres://postgres@127.0.0.1:5432/postgres \\
        .venv/bin/python -m tests.benchmarks.archive 1000 100000 1000000

One archive grows, in a database of its own beside the one that is named, on this machine. A plan
holds where no step of it reads more rows of a large table than a page may.
"""

import argparse
import json
import os
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

from tests.conftest import Site, empty_site, own_database

DATABASE = "magazine_archive_of_benchmarks"
MEASURE = """
import json
from tests.benchmarks import page_costs
print(json.dumps(page_costs.measure()))
"""
# Queries, milliseconds, and what is wrong with a plan, by the kind of page.
Costs = dict[str, tuple[int, float, list[str]]]


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "magazine.settings")
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.archive")
    parser.add_argument("sizes", nargs="+", type=int, metavar="ARTICLES")
    sizes = sorted(parser.parse_args().sizes)
    if not own_database(DATABASE):
        parser.error("DATABASE_URL names no PostgreSQL.")
    with tempfile.TemporaryDirectory() as var:
        site = empty_site(Path(var), DATABASE)
        try:
            print_costs(sizes, [measure(site, size) for size in sizes])
        finally:
            site.close()
            # A million articles are gigabytes; an empty one stays.
            own_database(DATABASE)


def measure(site: Site, size: int) -> Costs:
    begun = time.monotonic()
    site.manage("generate_archive", str(size), timeout=7_200)
    minutes = (time.monotonic() - begun) / 60
    print(f"brought to {size:,} articles in {minutes:.1f} minutes", flush=True)
    found: Costs = json.loads(site.run(MEASURE))
    return found


def print_costs(sizes: list[int], costs: list[Costs]) -> None:
    heading = f"pages at {side_by_side(f'{size:,}' for size in sizes)} articles"
    print(f"\n{heading:48}{'queries':>14}{'ms':>24}  plan")
    for kind in costs[0]:
        queries, milliseconds, faults = zip(*(cost[kind] for cost in costs), strict=True)
        wrong = [fault for some in faults for fault in some]
        print(
            f"{kind:48}{side_by_side(queries):>14}"
            f"{side_by_side(f'{each:.1f}' for each in milliseconds):>24}"
            f"  {'; '.join(wrong) or 'holds'}"
        )


def side_by_side(values: Iterable[object]) -> str:
    return " / ".join(map(str, values))


if __name__ == "__main__":
    main()
