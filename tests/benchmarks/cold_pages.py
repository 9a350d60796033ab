"""Processor time of pages that nobody has asked for since a change."""

import time
from pathlib import Path
from statistics import median

import psutil

from tests.conftest import Site
from tests.magazine.kept_pages import BUMP, ask

ROUNDS = 8
TIMES = 100
ADDRESSES = """
from articles.models import Article, Section
for rows in (Section.objects.in_menu(), Article.objects.published()):
    print(" ".join(row.get_absolute_url() for row in rows))
"""


def measure(site: Site, port: int, worker: psutil.Process) -> dict[str, float]:
    """Return milliseconds of processor time by the kind of page."""
    sections, articles = (line.split() for line in site.run(ADDRESSES).splitlines())
    rounds = [one_round(site, port, worker, sections, articles) for _ in range(ROUNDS)]
    return {kind: median(one[kind] for one in rounds) for kind in rounds[0]}


def one_round(
    site: Site, port: int, worker: psutil.Process, sections: list[str], articles: list[str]
) -> dict[str, float]:
    def cost(paths: list[str]) -> float:
        before = processor_time(worker)
        for path in paths:
            answer = ask(port, path, accept_encoding="gzip")
            assert answer.status == 200
            assert answer.found in ("miss", ""), path
        return (processor_time(worker) - before) / len(paths)

    cost(["/empty/", "/plain/"])
    found = {"empty view": cost(["/empty/"] * TIMES), "plain page": cost(["/plain/"] * 10)}
    for kind, first in {"article": articles[0], "section": sections[0], "front": "/"}.items():
        site.run(BUMP)
        time.sleep(0.6)
        found[f"{kind}, the first page after a change"] = cost([first])
    return found | {
        "section": cost(sections),
        "article": cost(articles),
    }


def processor_time(process: psutil.Process) -> float:
    """Return milliseconds, of all threads; psutil counts in hundredths of a second."""
    tasks = Path(f"/proc/{process.pid}/task").iterdir()
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e6
