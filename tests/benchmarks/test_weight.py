"""What an article's first view costs a reader on the way to the screen."""

import gzip
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.page_kinds import PAGE_KINDS, visit
from tests.browser.progress import Watch

pytestmark = pytest.mark.benchmark

KILOBYTE = 1000
PHONE: Any = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2}


@dataclass
class Transfer:
    address: str
    kind: str
    size: int = 0


@dataclass(frozen=True)
class FirstView:
    """What came over the wire, headers included, until a page that nobody scrolled was at rest."""

    path: str
    transfers: list[Transfer]
    lead: str

    def weight(self, *kinds: str) -> int:
        return sum(one.size for one in self.transfers if one.kind in kinds)

    @property
    def without_fonts(self) -> int:
        return self.weight("Document", "Stylesheet", "Script")

    @property
    def with_fonts(self) -> int:
        return self.without_fonts + self.weight("Font")

    @property
    def requests(self) -> int:
        """Without what a browser fetches ahead: pictures further down, rules for the next page."""
        return sum(
            one.address == self.lead
            or not (one.kind == "Image" or one.address.endswith(".speculationrules"))
            for one in self.transfers
        )

    @property
    def lead_size(self) -> int:
        return sum(one.size for one in self.transfers if self.lead and one.address == self.lead)

    @property
    def is_latin(self) -> bool:
        """No name and no word on it needs letters beyond those of western Europe."""
        fonts = [one.address for one in self.transfers if one.kind == "Font"]
        return all("-latin." in address for address in fonts)


def first_view(browser: Browser, url: str, path: str) -> FirstView:
    """A visit on a phone, without anything from an earlier one."""
    context = browser.new_context(**PHONE)
    page = context.new_page()
    found = transfers(page)
    page.goto(url + path, wait_until="networkidle")
    leads = page.locator(".article__lead img")
    lead = leads.evaluate("picture => picture.currentSrc") if leads.count() else ""
    context.close()
    return FirstView(path, list(found.values()), lead)


def transfers(page: Page) -> dict[str, Transfer]:
    """What this page fetches from now on, by the browser's own key for it."""
    found: dict[str, Transfer] = {}
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.on(
        "Network.responseReceived",
        lambda event: found.setdefault(
            event["requestId"], Transfer(event["response"]["url"], event["type"])
        ),
    )

    def finish(event: dict) -> None:
        found[event["requestId"]].size = event["encodedDataLength"]

    session.on("Network.loadingFinished", finish)
    return found


@pytest.fixture(scope="module")
def views(browser, demo_site, demo_crawl) -> list[FirstView]:
    """The first view of every article of the demo."""
    assert len(demo_crawl.articles) >= 30
    return [first_view(browser, demo_site.url, path) for path in demo_crawl.articles]


def test_an_article_is_light(views, table):
    """The limits are those of a Latin page; what other letters add is printed beside them."""
    latin = [view for view in views if view.is_latin]
    assert len(latin) >= 10
    bare = max(views, key=lambda view: view.without_fonts)
    dressed = max(latin, key=lambda view: view.with_fonts)
    busiest = max(latin, key=lambda view: view.requests)
    dressed_for_all = max(views, key=lambda view: view.with_fonts)
    busiest_of_all = max(views, key=lambda view: view.requests)
    table.add("article without pictures and fonts", kilobytes(bare.without_fonts), "≤ 35 KB")
    table.add("article without pictures", kilobytes(dressed.with_fonts), "≤ 80 KB")
    table.add("  with letters beyond Latin", kilobytes(dressed_for_all.with_fonts), "")
    table.add("requests of an article", str(busiest.requests), "≤ 8")
    table.add("  with letters beyond Latin", str(busiest_of_all.requests), "")
    assert bare.without_fonts <= 35 * KILOBYTE, bare.path
    assert dressed.with_fonts <= 80 * KILOBYTE, dressed.path
    assert busiest.requests <= 8, [one.address for one in busiest.transfers]


def test_the_most_detailed_lead_picture_is_light(views, table):
    heaviest = max(views, key=lambda view: view.lead_size)
    assert heaviest.lead_size > 0
    table.add("heaviest lead picture, 390 px, 2x", kilobytes(heaviest.lead_size), "≤ 90 KB")
    assert heaviest.lead_size <= 90 * KILOBYTE, heaviest.path


def test_no_page_has_much_script_or_asks_anybody_else(browser, demo_site, table):
    script = {}
    hosts: set[str] = set()
    cookies = 0
    for kind in PAGE_KINDS:
        context = browser.new_context(base_url=demo_site.url)
        page = context.new_page()
        watch = Watch(page)
        visit(page, kind)
        page.wait_for_load_state("networkidle")
        scripts = {one.url: one for one in watch.requests if one.resource_type == "script"}
        script[kind] = sum(len(gzip.compress(one.response().body())) for one in scripts.values())
        hosts |= watch.hosts_beside(demo_site.url)
        cookies += len(context.cookies())
        context.close()
    most = max(script, key=script.__getitem__)
    assert script["article"] > 0
    table.add(f"script, gzipped, most ({most})", kilobytes(script[most]), "≤ 8 KB")
    table.add("requests to another host, every page kind", str(len(hosts)), "0")
    table.add("cookies set, every page kind", str(cookies), "0")
    assert script[most] <= 8 * KILOBYTE
    assert (hosts, cookies) == (set(), 0)


def kilobytes(size: int) -> str:
    return f"{size / KILOBYTE:.1f} KB"
