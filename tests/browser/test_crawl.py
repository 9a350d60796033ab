"""Every page of the demo that a link leads to."""

from urllib.parse import urlsplit

from tests.crawl import Client, Document


def test_the_crawl_reaches_every_kind_of_page(demo_crawl):
    """What the other tests of this module say, they say about the whole demo."""
    assert len(demo_crawl.pages) >= 60
    assert len(demo_crawl.articles) >= 30
    kinds = {path.split("/")[1] for path in demo_crawl.pages if path.count("/") == 3}
    assert {"section", "format", "series", "author", "tag"} <= kinds
    assert any("?before=" in path for path in demo_crawl.pages)


def test_every_page_that_is_linked_is_there(demo_crawl):
    """No dead internal link, and every #fragment stands on the page it leads to."""
    assert len(demo_crawl.links) > 1000
    assert demo_crawl.dead_links == []


def test_every_page_is_valid(demo_crawl):
    """No parse error, one h1, unique ids, alt on every picture, no reference to an id that is
    not there, structured data that can be read."""
    assert demo_crawl.problems == []


def test_a_wrong_page_would_be_found():
    """The checks of this module can fail."""
    page = Document(
        b'<!doctype html><title>.</title><p id="a"><img src="/x.jpg"><p id="a"></div>'
        b'<label for="b"></label><script type="application/ld+json">{</script>'
    )
    assert len(page.problems) == 6, page.problems


def test_internal_links_are_paths(demo_crawl):
    """An absolute link to the own host would break behind another name or behind TLS."""
    host = urlsplit(demo_crawl.url).netloc
    absolute = {
        f"{path}: {value}"
        for path, page in demo_crawl.pages.items()
        for value in page.values("//a/@href | //@src | //@srcset | //form/@action | //@data-rest")
        if host in value
    }
    assert absolute == set()


def test_every_page_names_its_own_address_as_the_canonical_one(demo_crawl):
    """But for those that no search engine is to keep."""
    kept = 0
    for path, page in demo_crawl.pages.items():
        canonical = page.values('//link[@rel="canonical"]/@href')
        if any("noindex" in robots for robots in page.values('//meta[@name="robots"]/@content')):
            assert canonical == [], path
        else:
            assert canonical == [demo_crawl.url + path]
            kept += 1
    assert kept >= 60


def test_every_article_has_structured_data(demo_crawl):
    for path in demo_crawl.articles:
        assert demo_crawl.pages[path].values('//script[@type="application/ld+json"]'), path


def test_every_size_of_every_picture_is_there(demo_crawl):
    pictures = {source for page in demo_crawl.pages.values() for source in page.pictures}
    assert len(pictures) > 100
    missing = {}
    with Client(demo_crawl.url) as client:
        for source in sorted(pictures):
            answer = client.get(source)
            if answer.status != 200 or not answer.kind.startswith("image/") or not answer.body:
                missing[source] = answer.status, answer.kind
    assert missing == {}


def test_every_rest_that_a_teaser_offers_is_there(demo_crawl):
    """What “keep reading” fetches is a fragment that is not empty."""
    rests = {
        address for page in demo_crawl.pages.values() for address in page.values("//@data-rest")
    }
    assert len(rests) >= 20
    with Client(demo_crawl.url) as client:
        for address in rests:
            answer = client.get(address)
            assert answer.status == 200, address
            assert b"<p" in answer.body, address
            assert b"<html" not in answer.body, address
