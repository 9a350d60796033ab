"""Kept pages, with real connections: the same for everybody, as HTTP has it."""

import gzip
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import brotli
import pytest

from magazine.gateway.answers import SPOOLED_FROM
from tests.magazine.kept_pages import BUMP, Response, ask, everywhere, kept

# Everybody is given the same

FOREIGN = {
    "accept": "application/json",
    "accept-charset": "koi8-r",
    "accept-language": "de",
    "authorization": "Basic eDp5",
    "cache-control": "no-store",
    "cdn-loop": "x",
    "cf-connecting-ip": "192.0.2.9",
    "cf-ipcountry": "DE",
    "client-ip": "192.0.2.9",
    "cookie": "csrftoken=x; messages=y; django_language=de; theme=dark",
    "device-memory": "8",
    "dnt": "1",
    "downlink": "1",
    "ect": "2g",
    "expect-ct": "x",
    "fastly-client-ip": "192.0.2.9",
    "forwarded": "for=192.0.2.9;host=evil.example;proto=https",
    "from": "a@evil.example",
    "front-end-https": "on",
    "if-match": '"x"',
    "if-range": '"x"',
    "if-unmodified-since": "Mon, 01 Jan 2001 00:00:00 GMT",
    "max-forwards": "1",
    "origin": "https://evil.example",
    "pragma": "no-cache",
    "priority": "u=1",
    "proxy-authorization": "Basic eDp5",
    "range": "bytes=0-9",
    "referer": "https://evil.example/",
    "rtt": "1",
    "save-data": "on",
    "sec-ch-prefers-color-scheme": "dark",
    "sec-ch-ua-mobile": "?1",
    "sec-ch-width": "1",
    "sec-fetch-dest": "iframe",
    "sec-fetch-mode": "cors",
    "sec-fetch-site": "cross-site",
    "sec-gpc": "1",
    "sec-purpose": "prefetch",
    "surrogate-capability": 'x="ESI/1.0"',
    "te": "trailers",
    "true-client-ip": "192.0.2.9",
    "upgrade-insecure-requests": "1",
    "user-agent": "Phone",
    "via": "1.1 evil.example",
    "viewport-width": "1",
    "warning": "199 x",
    "x-client-ip": "192.0.2.9",
    "x-csrftoken": "x",
    "x-forwarded-for": "192.0.2.9",
    "x-forwarded-host": "evil.example",
    "x-forwarded-port": "666",
    "x-forwarded-prefix": "/evil",
    "x-forwarded-proto": "https",
    "x-forwarded-scheme": "nothttps",
    "x-forwarded-server": "evil.example",
    "x-host": "evil.example",
    "x-http-method-override": "POST",
    "x-original-host": "evil.example",
    "x-original-url": "/admin/",
    "x-real-ip": "192.0.2.9",
    "x-requested-with": "XMLHttpRequest",
    "x-rewrite-url": "/admin/",
    "x-wap-profile": "https://evil.example/",
}
ADDRESSES = [
    *("/", "/harbour/", "/harbour/rest/", "/section/africa/", "/author/ines/", "/tag/ports/"),
    *("/corrections/", "/about/", "/newsletter/", "/newsletter/feed.xml"),
    "/newsletter/subscribe/",
    *("/nothing/", "/gone/", "/old-harbour/"),
]


def test_no_header_of_one_reader_changes_what_the_next_is_given(cold):
    """The first request for each page has them all; then the same as asked for plainly."""
    assert len(FOREIGN) >= 60
    first = {path: ask(cold, path, **FOREIGN) for path in ADDRESSES}
    assert {answer.found for answer in first.values()} == {"miss"}
    for path in ADDRESSES:
        second = ask(cold, path)
        assert second.found == "hit"
        assert second.body == first[path].body
        assert second.lasting == first[path].lasting
        assert second.headers.get("vary", "Accept-Encoding") == "Accept-Encoding"
        assert "set-cookie" not in second.headers
        assert not any(word in second.body for word in (b"evil.example", b"192.0.2.9"))
    statuses = Counter(answer.status for answer in first.values())
    assert statuses == {200: 11, 404: 1, 410: 1, 301: 1}


def test_pages_are_the_same_bytes_in_every_process(kept_site):
    """And so is what is said of them, but for the age and where it came from."""
    own = {"age", "server-timing", "date", "server", "x-request-id", "last-modified"}
    for path in ADDRESSES:
        answers = everywhere(kept_site, path)
        assert len({answer.body for answer in answers}) == 1
        said = {
            frozenset((n, v) for n, v in one.headers.items() if n not in own) for one in answers
        }
        assert len(said) == 1, path


@pytest.mark.parametrize(
    "query",
    ["?utm_source=x", "?fbclid=1&gclid=2", "?befor=1", "?" + "a=1&" * 500, "?%00", "?before"],
)
def test_what_no_page_asks_for_in_a_query_makes_no_page(cold, query):
    """Nor does it change one; an empty mark is none."""
    plain = kept(cold, "/section/africa/")
    again = ask(cold, f"/section/africa/{query}")
    assert again.body == plain.body
    assert again.found == ("miss" if query == "?before" else "hit")


def test_more_parameters_than_anybody_needs_are_refused(port):
    answer = ask(port, "/section/africa/?" + "a=1&" * 2_000)
    assert (answer.status, answer.found) == (400, "")


def test_a_known_parameter_makes_one_page_however_it_is_written(cold):
    older = ask(cold, "/section/africa/").body.split(b"?before=")[1].split(b'"')[0].decode()
    first = ask(cold, f"/section/africa/?before={older}")
    assert first.found == "miss"
    assert first.body != ask(cold, "/section/africa/").body
    again = ask(cold, f"/section/africa/?x=1&before=nonsense&%62efore={older}&y=2")
    assert (again.found, again.body) == ("hit", first.body)


@pytest.mark.parametrize(
    "path",
    [
        *(
            "//harbour/",
            "/harbour//",
            "/harbour%2f/",
            "/harbour/;x",
            "/harbour/x.css",
            "/harbour/.",
        ),
        *("/%68arbour/..%2f", "/harbour/%00", "/harbour/index.html", "/harbour/?/x.css"),
    ],
)
def test_no_trick_of_a_path_finds_a_kept_page(port, path):
    kept(port, "/harbour/")
    answer = ask(port, path)
    if path.endswith("?/x.css"):  # a query, and an unknown one
        assert answer.found == "hit"
    else:
        assert answer.status in (301, 400, 404)
        assert answer.found == ""


@pytest.mark.parametrize("host", ["evil.example", "localhost", "LOCALHOST", "127.0.0.1:1"])
def test_pages_are_kept_by_host_and_those_of_no_host_of_ours_are_not(port, host):
    kept(port, "/harbour/")
    answers = [ask(port, "/harbour/", host=host) for _ in range(2)]
    is_ours = host != "evil.example"
    assert [answer.status for answer in answers] == [200 if is_ours else 400] * 2
    assert answers[1].found == ("hit" if is_ours else "wait" if answers[1].found else "")


def test_who_is_logged_in_goes_around_and_leaves_nothing(cold):
    """Whether the session is one or not."""
    for _ in range(2):
        assert ask(cold, "/number-1/", cookie="a=b; sessionid=x").found == ""
    assert ask(cold, "/number-1/").found == "miss"


@pytest.mark.parametrize(
    "path",
    [
        *("/admin/", "/accounts/login/", f"/preview/{'0' * 32}-{'0' * 32}/"),
        *(f"/newsletter/confirm/{'0' * 43}/", f"/newsletter/preferences/{'0' * 32}/"),
        "/static/nothing.css",
    ],
)
def test_what_is_no_reader_page_is_never_kept(port, path):
    assert [ask(port, path).found for _ in range(2)] == ["", ""]


# As HTTP has it


def test_a_page_comes_in_the_encoding_that_a_client_takes(port):
    plain = kept(port, "/")
    packed = kept(port, "/", accept_encoding="gzip, deflate")
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body
    for _ in range(50):
        best = ask(port, "/", accept_encoding="gzip;q=0.5, BR, zstd")
        if best.headers["content-encoding"] == "br":
            break
        time.sleep(0.05)
    assert brotli.decompress(best.body) == plain.body
    assert len(best.body) < len(packed.body)
    for refused in ("br;q=0, gzip;q=0.000", "identity", "brx, xgzip", ""):
        assert ask(port, "/", accept_encoding=refused).body == plain.body
    for answer in (plain, packed, best):
        assert answer.headers["vary"] == "Accept-Encoding"
        assert answer.headers["content-length"] == str(len(answer.body))
        assert answer.headers["etag"].removeprefix("W/") == plain.headers["etag"]


def test_head_says_what_get_says_and_sends_nothing(port):
    whole = kept(port, "/harbour/")
    head = ask(port, "/harbour/", "HEAD")
    assert (head.status, head.lasting, head.body) == (200, whole.lasting, b"")


def test_who_has_a_page_is_told_so(kept_site, cold):
    """By its tag, which decides before the date; the date is that of the bytes."""
    page = kept(cold, "/harbour/")
    etag, modified = page.headers["etag"], page.headers["last-modified"]
    for headers in (
        {"if_none_match": etag},
        {"if_none_match": f'"x", W/{etag}'},
        {"if_none_match": "*"},
        {"if_modified_since": modified},
        {"if_none_match": etag, "if_modified_since": "Mon, 01 Jan 2001 00:00:00 GMT"},
    ):
        told = ask(cold, "/harbour/", **headers)
        assert (told.status, told.body, told.headers["etag"]) == (304, b"", etag)
    for headers in (
        {"if_none_match": '"x"'},
        {"if_none_match": '"x"', "if_modified_since": modified},
        {"if_modified_since": "Mon, 01 Jan 2001 00:00:00 GMT"},
        {"if_modified_since": "yesterday"},
    ):
        assert ask(cold, "/harbour/", **headers).body == page.body
    kept_site.run(BUMP)
    time.sleep(1.1)
    again = ask(cold, "/harbour/")
    assert (again.found, again.lasting) == ("miss", page.lasting)


def test_the_answer_says_how_long_it_may_be_kept(port):
    control = kept(port, "/").headers["cache-control"]
    assert (
        control == "public, max-age=0, s-maxage=1, stale-while-revalidate=1, stale-if-error=86400"
    )


# Many at once, and a database that fails


def ask_at_once(port: int, path: str, count: int) -> list[Response]:
    with ThreadPoolExecutor(count) as readers:
        return list(readers.map(lambda _: ask(port, path), range(count)))


def test_a_page_is_rendered_once_however_many_ask_for_it(cold):
    kept(cold, "/section/africa/")
    answers = ask_at_once(cold, "/number-7/", 40)
    found = Counter(answer.found for answer in answers)
    assert found["miss"] == 1
    assert sum(found.values()) == 40
    assert set(found) <= {"miss", "wait", "hit"}
    assert len({answer.body for answer in answers}) == 1


def test_a_long_page_is_kept_too_and_given_to_everybody_who_waits(cold):
    """Longer than what is handed on in memory elsewhere."""
    answers = ask_at_once(cold, "/long/", 8)
    assert {answer.status for answer in answers} == {200}
    assert len({answer.body for answer in answers}) == 1
    assert len(answers[0].body) > SPOOLED_FROM
    assert ask(cold, "/long/").found == "hit"


def test_readers_keep_a_page_that_cannot_be_rendered_any_more(kept_site, port):
    """A broken table stands for a broken database; a page that nobody read is an error."""
    page = kept(port, "/number-10/")
    table = (
        "from django.db import connection;"
        "connection.cursor().execute('ALTER TABLE {} RENAME TO {}')"
    )
    kept_site.run(BUMP)
    kept_site.run(table.format("articles_byline", "articles_away"))
    try:
        time.sleep(1)
        again = ask(port, "/number-10/")
        assert (again.status, again.body, again.found) == (200, page.body, "stale")
        assert int(again.headers["age"]) >= 0
        assert ask(port, "/number-11/").status >= 500
    finally:
        kept_site.run(table.format("articles_away", "articles_byline"))
    assert ask(port, "/number-10/").found == "miss"
