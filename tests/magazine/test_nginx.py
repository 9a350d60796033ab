"""The file for nginx, with a real one before the real gateway."""

import gzip
import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlencode

import brotli
import psutil
import pytest
from django.conf import settings

from articles.renditions import STORED_NAME
from magazine.files import PICTURE_HEADERS
from magazine.gateway import bodies
from tests import newsroom
from tests.conftest import ROOT, Site, empty_site, stop
from tests.magazine.kept_pages import ROWS, Response, ask
from tests.magazine.nginx import CONFIGURATION, HOST, Front, in_front, wait_for

TEXT = CONFIGURATION.read_text()
FORM = {
    "origin": f"https://{HOST}",
    "content_type": "application/x-www-form-urlencoded",
    "referer": f"https://{HOST}/",
}
OF_A_PAGE = (
    *("content-security-policy", "x-content-type-options", "cross-origin-resource-policy"),
    *("strict-transport-security", "referrer-policy", "permissions-policy", "x-frame-options"),
)
RENAME = (
    "from articles.models import Section; Section.objects.filter(slug='africa').update(name={!r})"
)
# Seconds after which no reader may be given a page as it was.
PATIENCE = 2.0


class Magazine:
    """Two workers, which can be killed, behind nginx."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.front: Front
        self.process: subprocess.Popen

    def start(self) -> None:
        command = [sys.executable, "-m", "magazine.gateway", "--port", str(self.site.port)]
        self.process = subprocess.Popen(
            command, env=self.site.env, cwd=ROOT, start_new_session=True
        )
        wait_for(self.site.port, self.process)

    def kill(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(timeout=20)

    def workers(self) -> list[psutil.Process]:
        children = psutil.Process(self.process.pid).children()
        return [one for one in children if "resource_tracker" not in " ".join(one.cmdline())]


@pytest.fixture(scope="module")
def magazine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Magazine]:
    var, folder = tmp_path_factory.mktemp("behind"), tmp_path_factory.mktemp("nginx")
    site = empty_site(var, "magazine_behind_nginx_of_tests")
    site.env |= {"SITE_URL": f"https://{HOST}", "ALLOWED_HOSTS": f"{HOST},127.0.0.1"}
    site.env |= {"BEHIND_PROXY": "True"}
    magazine = Magazine(site)
    with closing(site), in_front(site.port, var, folder) as magazine.front:
        site.run(ROWS)
        magazine.start()
        yield magazine
        stop(magazine.process)


@pytest.fixture
def front(magazine: Magazine) -> Front:
    return magazine.front


def found(answer: Response) -> str:
    return answer.headers.get("server-timing", "").partition('"')[2].rstrip('"')


def seconds_until(is_so: Callable[[], bool], most: float) -> float:
    begun = time.monotonic()
    while not is_so():
        assert time.monotonic() - begun < most
        time.sleep(0.02)
    return time.monotonic() - begun


# The site through it


@pytest.mark.parametrize(
    ("path", "status"),
    [
        *(("/", 200), ("/harbour/", 200), ("/harbour/rest/", 200), ("/section/africa/", 200)),
        *(("/author/ines/", 200), ("/tag/ports/", 200), ("/about/", 200), ("/newsletter/", 200)),
        *(("/newsletter/feed.xml", 200), ("/nothing/", 404), ("/gone/", 410), ("/Harbour/", 301)),
        *(("/old-harbour/", 301), ("/accounts/login/", 200), ("/admin/", 302)),
        *(("/harbour;x/", 404), ("/harbour/x.css", 404), ("/%C3%A4/", 404)),
    ],
)
def test_every_kind_of_page_is_answered_as_by_the_magazine_itself(magazine, path, status):
    answer = magazine.front.ask(path)
    own = ask(magazine.site.port, path, host=HOST, x_forwarded_proto="https")
    assert answer.status == own.status == status
    for headers in (answer.headers, own.headers):
        policy = headers["content-security-policy"]
        headers["content-security-policy"] = re.sub(r"'nonce-\S+'", "nonce", policy)
    for name in (*OF_A_PAGE, "location", "content-type", "cache-control"):
        assert answer.headers.get(name) == own.headers.get(name), name
    assert all(answer.headers[name] for name in OF_A_PAGE)


@pytest.mark.parametrize(
    "path", ["//harbour/", "/harbour%2f", "/./harbour/", "/a/../harbour/", "/%68arbour/"]
)
def test_no_other_spelling_becomes_the_page_of_an_address(magazine, path):
    """The address goes to the magazine as it was sent, and its answer is kept under it alone."""
    own = ask(magazine.site.port, path, host=HOST, x_forwarded_proto="https")
    for _ in range(2):
        answer = magazine.front.ask(path)
        assert (answer.status, answer.headers.get("location")) == (
            own.status,
            own.headers.get("location"),
        )
        assert magazine.front.ask("/harbour/").status == 200


@pytest.mark.parametrize("path", ["/healthz/live", "/healthz/ready", "/healthz/metrics", "/media/"])
def test_what_is_for_the_machine_itself_is_nothing_to_others(front, path):
    answer = front.ask(path)
    assert answer.status == 404
    assert b"nginx" in answer.body


def test_it_speaks_http_2_and_leads_plain_readers_to_tls(front):
    front.trusted.set_alpn_protocols(["h2"])
    connection = front.connection()
    assert connection.sock.selected_alpn_protocol() == "h2"
    connection.close()
    front.trusted.set_alpn_protocols(["http/1.1"])
    plain = front._replace(port=front.plain_port, trusted=None)
    answer = plain.ask("/harbour/?a=1")
    assert (answer.status, answer.headers["location"]) == (301, f"https://{HOST}/harbour/?a=1")


@pytest.mark.parametrize(
    ("accepted", "sent"),
    [
        *(("gzip, deflate, br, zstd", "br"), ("br;q=1.0, gzip;q=0.8", "br"), ("gzip", "gzip")),
        *(("GZIP, br;q=0", "gzip"), ("br;q=0.0,gzip;q=0", ""), ("deflate", ""), ("identity", "")),
    ],
)
def test_each_reader_is_given_the_best_form_that_the_magazine_packed(front, accepted, sent):
    # brotli is made after the first answer.
    seconds_until(
        lambda: front.ask("/about/", accept_encoding="br").headers.get("content-encoding") == "br",
        20,
    )
    unpack = {"br": brotli.decompress, "gzip": gzip.decompress, "": bytes}[sent]

    def is_the_page() -> bool:
        answer = front.ask("/about/", accept_encoding=accepted)
        assert answer.headers.get("content-encoding", "") == sent
        assert answer.headers["vary"] == "Accept-Encoding"
        return unpack(answer.body) == front.ask("/about/").body

    # A change that another test made may be in one of the forms only, so far.
    seconds_until(is_the_page, 2 * PATIENCE)


def test_pictures_and_static_files_come_from_the_disk_with_their_headers(magazine):
    page = magazine.front.ask("/harbour/").body.decode()
    pictures = set(re.findall(r"/media/[\w/-]+\.(?:avif|jpg)", page))
    sheets = set(re.findall(r"/static/[\w./-]+\.css", page))
    assert len(pictures) > 4
    assert sheets
    for path in pictures:
        answer = magazine.front.ask(path)
        assert answer.status == 200
        for name, value in PICTURE_HEADERS.items():
            assert answer.headers[name.lower()] == value
        assert answer.body == (Path(magazine.site.env["VAR_DIR"]) / path[1:]).read_bytes()
    for path in sheets:
        answer = magazine.front.ask(path, accept_encoding="gzip")
        assert (answer.status, answer.headers["content-encoding"]) == (200, "gzip")
        assert answer.headers["content-type"] == "text/css; charset=utf-8"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        best = magazine.front.ask(path, accept_encoding="gzip, br")
        packed = "br" if magazine.front.has_brotli else "gzip"
        assert best.headers["content-encoding"] == packed
    short = magazine.front.ask("/static/favicon.svg").headers["cache-control"]
    assert short == "public, max-age=60"


@pytest.mark.parametrize(
    "path", ["/media/notes.txt", "/media/pictures/0a/x.html", "/static/../db.sqlite3"]
)
def test_nothing_else_on_the_disk_is_served(magazine, path):
    file = Path(magazine.site.env["VAR_DIR"], path[1:])
    if "media" in path:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"secret")
    answer = magazine.front.ask(path)
    assert answer.status in (400, 404)
    assert b"secret" not in answer.body


# Bodies


def test_a_form_of_a_reader_arrives_with_the_address_of_the_reader(magazine):
    body = urlencode({"email": "reader@example.org", "website": ""}).encode()
    answer = magazine.front.ask("/newsletter/subscribe/", "POST", body, **FORM)
    assert (answer.status, answer.headers["location"]) == (303, "/newsletter/subscribed/")
    # Their network as it is counted: of the address that nginx saw, not of what they made up.
    networks = "from newsletter.models import SignUp; print(SignUp.objects.values('network'))"
    magazine.front.ask("/newsletter/subscribe/", "POST", body, **FORM, x_forwarded_for="192.0.2.7")
    assert "127.0.0" in magazine.site.run(networks)
    assert "192.0.2" not in magazine.site.run(networks)


@pytest.mark.parametrize(
    ("path", "size", "status"),
    [
        ("/newsletter/subscribe/", bodies.LARGEST_OF_READERS + 1, 413),
        ("/newsletter/subscribe/", bodies.LARGEST_OF_READERS, 403),
        ("/newsletter/provider/", bodies.LARGEST_OF_PROVIDERS + 1, 413),
        ("/newsletter/provider/", bodies.LARGEST_OF_PROVIDERS, 404),
        ("/accounts/login/", bodies.LARGEST_OF_PROVIDERS + 1, 403),
    ],
)
def test_bodies_have_the_limits_of_the_magazine(front, path, size, status):
    assert front.ask(path, "POST", b"x" * size).status == status


def test_the_limits_in_the_file_are_those_of_the_gateway():
    said = set(re.findall(r"client_max_body_size (\w+);", TEXT))
    kilo = 1024
    ours = {
        f"{bodies.LARGEST_OF_READERS // kilo}k",
        f"{bodies.LARGEST_OF_PROVIDERS // kilo**2}m",
        f"{settings.UPLOAD_MAX_MB}m",
    }
    assert said == ours
    assert f"location = {bodies.PROVIDERS} " in TEXT
    assert f'"~{settings.SESSION_COOKIE_NAME}=" 1;' in TEXT


def test_pictures_are_served_by_the_same_rules_as_by_the_magazine():
    """The same names, the same types, the same headers."""
    rules = TEXT.partition('    location ~ "^/media')[2].partition("\n    }\n")[0]
    assert f"^/media{rules}".partition('" {')[0] == f"^/media/{STORED_NAME.pattern}$"
    assert dict(re.findall(r'add_header (\S+) "([^"]+)"', rules)) == PICTURE_HEADERS
    assert "limit_except GET { deny all; }" in rules
    assert "types { image/avif avif; image/jpeg jpg; }" in rules


# The newsroom


@pytest.fixture(scope="module")
def session(magazine: Magazine) -> str:
    """The cookies of a chief who has logged in through nginx."""
    page = magazine.front.ask("/accounts/login/")
    token = re.findall(rb'name="csrfmiddlewaretoken" value="(\w+)"', page.body)[0].decode()
    cookie = re.findall(r"csrftoken=\w+", page.headers["set-cookie"])[0]
    typed = {
        "csrfmiddlewaretoken": token,
        "login": "chief",
        "password": magazine.site.passwords["chief"],
    }
    answer = magazine.front.ask(
        "/accounts/login/", "POST", urlencode(typed).encode(), **FORM, cookie=cookie
    )
    assert (answer.status, answer.headers["location"]) == (302, "/admin/")
    return "; ".join(re.findall(r"(?:csrftoken|sessionid)=\w+", answer.headers["set-cookie"]))


def test_the_newsroom_is_open_to_who_has_logged_in_and_never_kept(front, session):
    for _ in range(2):
        answer = front.ask("/admin/", cookie=session)
        assert answer.status == 200
        assert b"Log out" in answer.body
        assert "server-timing" not in answer.headers
        assert front.ask("/admin/").status == 302


def test_a_picture_of_more_than_a_reader_may_send_is_uploaded(front, session):
    token = re.findall(r"csrftoken=(\w+)", session)[0]
    picture = newsroom.upload((1200, 800)).read()
    picture += b"\0" * bodies.LARGEST_OF_PROVIDERS
    fields = {"csrfmiddlewaretoken": token, "alt": "A teal surface, uploaded"}
    body = b"".join(
        f'--edge\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{said}\r\n'.encode()
        for name, said in fields.items()
    )
    body += b'--edge\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n'
    body += b"Content-Type: image/jpeg\r\n\r\n" + picture + b"\r\n--edge--\r\n"
    headers = {**FORM, "content_type": "multipart/form-data; boundary=edge", "cookie": session}
    answer = front.ask("/admin/articles/image/upload/", "POST", body, **headers)
    assert answer.status == 201, answer.body[:500]


def test_staff_see_a_change_at_once_and_others_never_what_they_are_shown(magazine, session):
    front = magazine.front
    front.ask("/section/africa/")
    for number in range(3):
        magazine.site.run(RENAME.format(f"Africa, {number}"))
        answer = front.ask("/section/africa/", cookie=session)
        assert f"Africa, {number}".encode() in answer.body
        assert found(answer) == "BYPASS"
    assert found(front.ask("/section/africa/")) != "BYPASS"


# The cache


def test_a_second_answer_is_a_kept_one(front):
    """Also for who comes by a link of another site; with any other query nothing is kept."""
    answers = [front.ask("/author/ines/") for _ in range(20)]
    assert [found(answer) for answer in answers].count("HIT") >= 15
    assert len({answer.body for answer in answers}) == 1
    by_link = [front.ask("/author/ines/?utm_source=x&fbclid=1") for _ in range(20)]
    assert [found(answer) for answer in by_link].count("HIT") >= 15
    for query in ("?befor=1", "?%75tm_source=1", "?utm_source=1&before=2", "?x", "?utm_source"):
        assert {found(front.ask(f"/author/ines/{query}")) for _ in range(3)} == {"BYPASS"}


def test_what_may_not_be_kept_is_not(front):
    for path in ("/nothing/", "/gone/", "/accounts/login/", "/preview/nothing/"):
        assert "HIT" not in {found(front.ask(path)) for _ in range(5)}
    post = front.ask("/newsletter/subscribe/", "POST", b"", **FORM)
    assert post.status == 422
    assert front.ask("/newsletter/subscribe/").status == 200


@pytest.mark.parametrize("pause", [0.0, 0.7, 3.5])
def test_a_change_is_seen_within_two_seconds(magazine, pause):
    """On a page that is asked for all the time, and on one that nobody has asked for since: its
    first reader is not given the one of last night."""
    front, name = magazine.front, f"Africa after {pause}"
    before = front.ask("/section/africa/")
    magazine.site.run(RENAME.format(name))
    if pause > PATIENCE:
        time.sleep(pause)
        assert name.encode() in front.ask("/section/africa/").body
        return
    changed_at = time.monotonic()
    time.sleep(pause)
    seconds_until(lambda: name.encode() in front.ask("/section/africa/").body, 10)
    assert time.monotonic() - changed_at <= PATIENCE
    assert name.encode() not in before.body


@pytest.mark.parametrize(("act", "status"), [("withdraw", 410), ("delete", 404)])
def test_what_is_withdrawn_is_gone_here_too(magazine, act, status):
    """nginx would take 404 for a failure, in which a kept page stays."""
    path = f"/withdrawn-{act}/"
    magazine.site.run(f"from tests import make; make.article('Out', slug={path.strip('/')!r})")
    seconds_until(lambda: magazine.front.ask(path).status == 200, 10)
    article = f"Article.objects.get(slug={path.strip('/')!r})"
    magazine.site.run(f"from articles.models import Article; {article}.{act}()")
    assert seconds_until(lambda: magazine.front.ask(path).status == status, 10) <= PATIENCE


def test_no_request_fails_while_a_worker_is_killed(magazine):
    """Of those that may be sent twice; the other worker answers, until there is a new one."""
    dying, _ = magazine.workers()
    statuses: Counter[int] = Counter()
    number = 0

    def ask_once() -> None:
        nonlocal number
        number += 1
        # With a query of its own, past what nginx keeps.
        statuses[magazine.front.ask(f"/number-{number % 24}/?x={number}").status] += 1

    for _ in range(50):
        ask_once()
    dying.kill()
    # Until there is a new one.
    ends = time.monotonic() + 6
    while time.monotonic() < ends:
        ask_once()
    assert len(magazine.workers()) == 2
    assert set(statuses) == {200}, statuses


def test_readers_keep_their_pages_when_all_of_ours_are_gone(magazine):
    """Those that were asked for; others are told to come back. Whatever starts ours again, nothing
    else has to be done."""
    front = magazine.front
    kept = {path: front.ask(path) for path in ("/", "/harbour/", "/newsletter/")}
    style = re.findall(rb"/static/[\w./-]+\.css", kept["/"].body)[0].decode()
    magazine.kill()
    time.sleep(1.1)  # the second for which nginx does not ask
    for path, answer in kept.items():
        again = front.ask(path)
        assert (again.status, again.body, found(again)) == (200, answer.body, "STALE")
        assert "age" not in again.headers
    assert front.ask(style).status == 200
    for path in ("/number-3/?never=1", "/accounts/login/"):
        never = front.ask(path)
        assert (never.status, never.headers["retry-after"]) == (503, "10")
        assert never.headers["cache-control"] == "no-store"
        assert b"does not answer just now" in never.body
    magazine.start()
    assert front.ask("/number-3/?never=1").status == 200
    assert found(front.ask("/")) in ("HIT", "EXPIRED", "REVALIDATED")
