"""Two editors send large pictures, one a long manuscript and a long list of addresses, while
readers read and a fourth editor works."""

import asyncio
import io
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context

import PIL.Image

from tests.articles.docx_files import docx, p
from tests.conftest import ROOT, Site, stop
from tests.faults.crawl import paths
from tests.faults.disk import DIALOG
from tests.faults.editors import Editor
from tests.faults.readers import Seen, p99, statuses, steadily
from tests.faults.sites import KEPT, Server, cluster, served, set_up, wait_for
from tests.faults.table import Drill, Row, fault

PICTURES = 3
# Requests a second.
KEPT_RATE, COLD_RATE = 60, 4
# Who measures asks for so many seconds before it looks whether the editors are done.
SECONDS = 5
# An upload may take so long, and the whole work; what is not done by then has failed.
PATIENCE, LIMIT = 300, 900
# More than are asked for in that time, so that each is asked for once.
COLD = COLD_RATE * LIMIT
MANUSCRIPT = "/admin/articles/article/docx/"
NEWSROOM = "/admin/articles/article/"
IMPORT = "/admin/newsletter/subscriber/import/"
WORDING = "Signed the list at the spring conference, March 2026."
LIST = """
from newsletter.models import MailingList
print(MailingList.objects.get_or_create(slug="weekly", defaults={"name": "Weekly"})[0].pk)
"""
FILE = "from newsletter.models import AddressFile; print(AddressFile.objects.latest('made_at').pk)"
WAITS = "from newsletter.models import AddressFile; print(AddressFile.objects.get().is_waiting)"
IMPORTED = "from newsletter.models import Subscriber; print(Subscriber.objects.count())"


def large_picture() -> bytes:
    """A new photograph of 24 megapixels and 18 MB, full of grain."""
    file = io.BytesIO()
    grain = PIL.Image.effect_noise((6000, 4000), 60)
    PIL.Image.merge("RGB", [grain] * 3).save(file, "JPEG", quality=91)
    return file.getvalue()


def addresses(count: int) -> bytes:
    return b"email\n" + b"".join(b"reader%d@example.org\n" % n for n in range(count))


def send_pictures(editor: Editor, pictures: list[bytes]) -> list[int]:
    return [
        editor.upload(DIALOG, picture, alt="Grain in the evening", credit="N. Body")[0]
        for picture in pictures
    ]


def long_manuscript() -> bytes:
    """Of a book's length: 2,500 paragraphs, half a megabyte of text."""
    return docx(*[p("Words of a story. " * 12)] * 2_500)


def send_texts(site: Site, editor: Editor, file: bytes, to: str) -> int:
    """Send a manuscript and the file of addresses, and have its people imported; return how many
    there are on the list afterwards."""
    status, _ = editor.upload(MANUSCRIPT, long_manuscript(), changes="accept")
    if status != 302:
        raise RuntimeError(f"the manuscript was answered {status}")
    status, _ = editor.upload(IMPORT, file, list=to, wording=WORDING)
    if status != 302:
        raise RuntimeError(f"the list of addresses was answered {status}")
    page = f"{IMPORT}{site.run(FILE).strip()}/"
    for _ in ("looked through", "imported"):
        wait_for(lambda: site.run(WAITS).strip() == "False", LIMIT)
        editor.ask("POST", page)
    return int(site.run(IMPORTED))


@contextmanager
def working(site: Site) -> Iterator[None]:
    """The newsletter's worker, beside the server."""
    command = [sys.executable, "manage.py", "newsletter_worker"]
    process = subprocess.Popen(
        command, env=site.env, cwd=ROOT, stdout=subprocess.DEVNULL, start_new_session=True
    )
    try:
        yield
    finally:
        stop(process)


def click_meanwhile(editor: Editor, work: asyncio.Future) -> list[float]:
    """Ask for a page of the newsroom again and again; return how long each took."""
    took = []
    while not work.done():
        begun = time.monotonic()
        status, _ = editor.ask("GET", NEWSROOM)
        if status != 200:
            raise RuntimeError(f"the newsroom answered {status}")
        took.append(time.monotonic() - begun)
        time.sleep(0.5)
    return took


async def read_meanwhile(port: int, cold: Iterator[str], work: asyncio.Future) -> list[Seen]:
    seen: list[Seen] = []
    while not work.done():
        kept, others = await asyncio.gather(
            steadily(port, KEPT, KEPT_RATE, SECONDS),
            steadily(port, [next(cold) for _ in range(COLD_RATE * SECONDS)], COLD_RATE, SECONDS),
        )
        seen += kept + others
    return seen


async def work_and_read(
    site: Site, server: Server, count: int
) -> tuple[list[Seen], list[int], int, list[float]]:
    """Return what readers saw, how the pictures were answered, how many were imported, and how long
    the pages of another editor took."""
    cold = iter([path for path in paths(site, COLD) if path not in KEPT])
    one, other, importer, clicking = (Editor(site, server.port, PATIENCE) for _ in range(4))
    to = site.run(LIST).strip()
    file, pictures = addresses(count), [large_picture() for _ in range(2 * PICTURES)]
    run = asyncio.get_running_loop().run_in_executor
    # In processes of their own: they must not hold up the one that takes the time.
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as editors:
        work = asyncio.gather(
            run(editors, send_pictures, one, pictures[:PICTURES]),
            run(editors, send_pictures, other, pictures[PICTURES:]),
            asyncio.to_thread(send_texts, site, importer, file, to),
        )
        async with asyncio.timeout(LIMIT):
            clicks = asyncio.create_task(asyncio.to_thread(click_meanwhile, clicking, work))
            seen = await read_meanwhile(server.port, cold, work)
            first, second, imported = await work
            took = await clicks
    return seen, first + second, imported, took


def found(one: Seen) -> str:
    """Return what became of a page in the cache, "" for what goes around it."""
    return one.headers.get("server-timing", "").partition('desc="')[2].rstrip('"')


def measure(name: str, site: Site, count: int) -> Iterator[Row]:
    site.manage("generate_archive", "1000", timeout=600)
    site.run(LIST)
    with served(site) as server, working(site):
        server.keep(KEPT)
        alone = asyncio.run(steadily(server.port, KEPT, KEPT_RATE, 2 * SECONDS))
        seen, pictures, imported, clicks = asyncio.run(work_and_read(site, server, count))
    site.close()
    yield Row(
        name,
        f"{pictures.count(201)} of {2 * PICTURES} pictures taken, {imported:,} people imported",
        f"all, {count:,}",
        pictures == [201] * 2 * PICTURES and imported == count,
    )
    yield Row(
        name,
        f"{len(clicks)} pages of another editor, the slowest {max(clicks):.1f} s",
        "< 2 s",
        max(clicks) < 2,
    )
    # Each new picture is a change of the content: pages that were kept are rendered once more.
    kept = [one for one in seen if found(one) in ("hit", "stale")]
    cold = [one for one in seen if found(one) in ("miss", "wait")]
    lost = [one for one in seen if one.status not in (200, 301, 404, 410)]
    yield Row(
        name,
        f"{len(kept):,} kept pages: {statuses(kept)}; p99 {p99(kept) * 1000:.0f} ms, "
        f"before the uploads {p99(alone) * 1000:.0f} ms",
        "none lost, < 100 ms",
        not lost and p99(kept) < 0.1,
    )
    yield Row(
        name,
        f"{len(cold):,} cold pages: {statuses(cold)}; p99 {p99(cold) * 1000:.0f} ms; "
        f"{len(lost)} of {len(seen):,} answers lost",
        "none lost, < 1 s",
        not lost and p99(cold) < 1,
    )


@fault
def uploads(drill: Drill) -> Iterator[Row]:
    count = drill.choose(200_000, 10_000)
    yield from measure("uploads, SQLite", set_up(drill.folder / "sqlite"), count)
    with cluster(drill.folder / "cluster") as one:
        site = set_up(drill.folder / "postgresql", one.url)
        yield from measure("uploads, PostgreSQL", site, count)
