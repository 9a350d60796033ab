"""`manage.py check_links` and the report of what it found."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO
from ipaddress import ip_network
from unittest.mock import patch

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from articles.link_check import LinkChecker, LinkStatus, external
from articles.models import Article, LinkFinding, LinkPlace, Page
from tests import make

pytestmark = pytest.mark.django_db

REPORT = reverse("admin:articles_article_links")
STATUSES = {"/ok": 200, "/gone": 404, "/former": 410, "/broken": 503, "/locked": 403, "/many": 429}


class Elsewhere(BaseHTTPRequestHandler):
    """A website that answers as its paths say."""

    asked: list[tuple[str, str, str]] = []

    def do_HEAD(self) -> None:
        Elsewhere.asked.append((self.command, self.path, self.headers["User-Agent"]))
        if self.path.startswith("/round"):
            self.say(302, f"/round{len(self.path)}" + "x" * len(self.path))
        elif self.path == "/moved":
            self.say(301, "/ok")
        elif self.path == "/inside":
            self.say(302, "http://169.254.169.254/latest/meta-data/")
        elif self.path == "/file":
            self.say(302, "file:///etc/passwd")
        elif self.path == "/only-get":
            self.say(405 if self.command == "HEAD" else 200)
        elif self.path == "/slow":
            stop.wait(20)
        elif self.path == "/drip":
            self.wfile.write(b"HTTP/1.1 200 OK\r\n")
            for number in range(400):
                if stop.wait(0.05):
                    break
                self.wfile.write(b"X-%d: x\r\n" % (number % 90))
        elif self.path == "/noise":
            self.wfile.write(b"\x00\xff noise \r\n\r\n")
        else:
            self.say(STATUSES.get(self.path, 200))

    do_GET = do_HEAD

    def say(self, status: int, location: str = "") -> None:
        self.send_response(status)
        if location:
            self.send_header("Location", location)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


stop = threading.Event()


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Who hangs up on a slow answer is meant to."""


@pytest.fixture
def site() -> Iterator[str]:
    stop.clear()
    Elsewhere.asked.clear()
    server = Server(("127.0.0.1", 0), Elsewhere)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    stop.set()
    server.shutdown()
    thread.join()
    server.server_close()


def checker(**fields: object) -> LinkChecker:
    return LinkChecker("Test", **{"allow_private": True, "pause": 0.0, "patience": 0.5, **fields})


# Asking


@pytest.mark.parametrize(
    ("path", "is_dead", "words"),
    [
        ("/ok", False, ""),
        ("/moved", False, ""),
        ("/only-get", False, ""),
        ("/ümlaut?a=ü b", False, ""),
        ("/locked", False, "It answers, but not to a program (403)."),
        ("/many", False, "It answers, but not to a program (429)."),
        ("/gone", True, "There is no such page (404)."),
        ("/former", True, "The page is gone for good (410)."),
        ("/broken", True, "The website fails (503)."),
        ("/round", True, "It leads from one address to the next, more than 5 times."),
        ("/file", True, "It leads to what is no address of the web."),
        ("/slow", True, "No answer within 0 seconds."),
        ("/drip", True, "No answer within 0 seconds."),
        ("/noise", True, "The connection broke off."),
    ],
)
def test_what_a_website_answers_is_said_in_words(site, path, is_dead, words):
    """One that only does not talk to programs is not dead."""
    assert checker(patience=0.4).check(site + path) == LinkStatus(is_dead, words)
    assert all(name == "Test" for _, _, name in Elsewhere.asked)


def test_running_out_of_time_is_told_even_while_hanging_up_takes_a_moment(site, monkeypatch):
    """The one who waits for the answer wakes before the one who hung up is done."""
    hang_up = external.Connection.hang_up

    def dawdle(connection: external.Connection) -> None:
        hang_up(connection)
        stop.wait(0.5)

    monkeypatch.setattr(external.Connection, "hang_up", dawdle)
    assert checker(patience=0.4).check(f"{site}/drip") == LinkStatus(
        True, "No answer within 0 seconds."
    )


def test_a_chain_is_followed_five_times(site):
    checker().check(f"{site}/round")
    assert len(Elsewhere.asked) == 6


@pytest.mark.parametrize(
    "number",
    [
        *("127.0.0.1", "10.0.0.1", "192.168.1.1", "172.16.0.1", "169.254.169.254", "0.0.0.0"),
        *("100.64.0.1", "224.0.0.1", "255.255.255.255", "::1", "fe80::1%eth0", "fc00::1"),
        *("::ffff:127.0.0.1", "2002:7f00:1::", "64:ff9b::7f00:1", "ff02::1", "::"),
    ],
)
def test_machines_in_private_networks_are_not_asked(number):
    assert not external.is_public(number)


def test_no_machine_of_a_special_range_is_asked():
    """The first and the last of each block of the registries, and of ranges older than them."""
    older = ["224.0.0.0/4", "ff00::/8", "fec0::/10", "::ffff:0:0:0/96", "4000::/3", "::/96"]
    blocks = [*external.SPECIAL, *map(ip_network, older)]
    assert len(blocks) == 37
    for block in blocks:
        for number in (block[0], block[-1]):
            assert not external.is_public(str(number)), number
            if number.version == 4:
                assert not external.is_public(f"::ffff:{number}"), number


@pytest.mark.parametrize(
    "number",
    [
        *("93.184.216.34", "100.63.255.255", "172.32.0.1", "192.0.1.1", "198.20.0.1", "1.1.1.1"),
        *("2606:2800:220:1::1", "::ffff:8.8.8.8", "2001:200::1", "2a00::1", "2620:4f:8001::1"),
    ],
)
def test_machines_of_the_internet_are(number):
    assert external.is_public(number)


def test_nothing_private_is_asked_by_any_name(site):
    """Not by its number, however it is written, nor by the name of this machine."""
    port = site.rpartition(":")[2]
    for host in ("127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]"):
        answer = checker(allow_private=False).check(f"http://{host}:{port}/ok")
        assert answer.is_dead
        assert "private network" in answer.words or "no website of this name" in answer.words
    assert Elsewhere.asked == []


def test_a_redirect_leads_to_nothing_private_either(site, monkeypatch):
    """Each step is judged anew."""
    judge = external.is_public
    monkeypatch.setattr(
        external, "is_public", lambda number: number == "127.0.0.1" or judge(number)
    )
    answer = checker(allow_private=False).check(f"{site}/inside")
    assert answer == LinkStatus(True, "It leads into a private network, and was not asked.")
    assert len(Elsewhere.asked) == 1


@pytest.mark.parametrize(
    "url",
    ["http://[broken/", "http:///path", "ftp://example.org/", "http://a..b/", "https://x:99999/"],
)
def test_what_is_no_address_is_told_and_breaks_nothing(url):
    assert checker().check(url).is_dead


def test_the_same_host_is_given_time_between_two_questions(site):
    waited: list[float] = []
    patient = checker(pause=5.0, wait=waited.append)
    for path in ("/ok", "/ok"):
        patient.check(site + path)
    assert len(waited) == 1
    assert 4 < waited[0] <= 5


def test_a_port_where_nobody_listens(site):
    assert checker().check("http://127.0.0.1:1/").words == "No website answers there."


# The command


def run(*options: str) -> str:
    """What the command says; it need not be polite to a site of our own."""
    said = StringIO()
    with patch.object(LinkChecker, "be_polite"):
        call_command("check_links", *options, stdout=said)
    return said.getvalue()


def body(*urls: str) -> str:
    return "".join(f'<p>A <a href="{one}">link <em>in</em> it</a>.</p>' for one in urls)


def test_dead_links_within_the_magazine_are_found_without_asking_anybody(site):
    article = make.article(body=body("/gone/", "/about/", f"{site}/gone"))
    page = Page.objects.get(slug="about")
    Page.objects.filter(pk=page.pk).update(body=body("/gone/"))
    assert "1 dead addresses" in run()
    places = LinkPlace.objects.dead(is_own=True)
    assert [(str(place.finding), place.text, place.words) for place in places] == [
        ("/gone/", article, "link in it"),
        ("/gone/", page, "link in it"),
    ]
    assert LinkFinding.objects.get().words == "Nothing has this address."
    assert Elsewhere.asked == []


def test_what_was_mended_is_forgotten_and_what_stays_dead_keeps_its_day(time_machine):
    article = make.article(body=body("/gone/", "/lost/"))
    run()
    since = LinkFinding.objects.get(url="/gone/").dead_since
    time_machine.move_to(timezone.now() + timedelta(days=3))
    make.article(slug="lost")
    run()
    found = LinkFinding.objects.get()
    assert (found.url, found.dead_since) == ("/gone/", since)
    assert found.last_checked > since
    article.delete()
    run()
    assert not LinkFinding.objects.exists()


def test_other_sites_are_asked_only_when_told_to(site):
    """Once each, by the magazine's name; the dead ones are kept with where they stand."""
    first = make.article(body=body(f"{site}/gone", f"{site}/ok", "mailto:a@example.org", "#x"))
    second = make.article(body=body(f"{site}/gone"))
    said = run("--external", "--allow-private")
    assert "2 addresses elsewhere asked, 1 of them dead; 0 not asked" in said
    assert {place.text for place in LinkPlace.objects.dead(is_own=False)} == {first, second}
    names = {name for _, _, name in Elsewhere.asked}
    assert names == {"The Magazine link check (+http://localhost:8000)"}


def test_a_second_run_goes_on_where_the_first_stopped(site):
    """What was asked lately is not asked again, unless it is told to; a limit holds."""
    make.article(body=body(*(f"{site}/ok?{number}" for number in range(5))))
    assert "2 addresses elsewhere asked" in run("--external", "--allow-private", "--limit=2")
    assert "3 addresses elsewhere asked" in run("--external", "--allow-private")
    assert "0 addresses elsewhere asked" in run("--external", "--allow-private")
    assert "5 addresses elsewhere asked" in run("--external", "--allow-private", "--since=0")
    assert len(Elsewhere.asked) == 10


def test_who_stops_it_keeps_what_was_found(site, monkeypatch):
    asked = LinkChecker.check

    def stop_at_third(self: LinkChecker, url: str) -> LinkStatus:
        if len(Elsewhere.asked) == 4:  # two addresses, each with HEAD and GET
            raise KeyboardInterrupt
        return asked(self, url)

    monkeypatch.setattr(LinkChecker, "check", stop_at_third)
    make.article(body=body(*(f"{site}/gone?{number}" for number in range(5))))
    for number in range(5):
        monkeypatch.setitem(STATUSES, f"/gone?{number}", 404)
    assert "Stopped. What was found is kept" in run("--external", "--allow-private")
    assert LinkFinding.objects.filter(dead_since__isnull=False).count() == 2


def test_a_text_deleted_while_others_are_asked_is_left_out(site, monkeypatch):
    make.article(body=body(f"{site}/gone"))
    asked = LinkChecker.check

    def delete_first(self: LinkChecker, url: str) -> LinkStatus:
        Article.objects.all().delete()
        return asked(self, url)

    monkeypatch.setattr(LinkChecker, "check", delete_first)
    run("--external", "--allow-private")
    assert LinkFinding.objects.get().places.count() == 0


def test_no_host_is_asked_twice_in_a_row_while_there_is_another():
    from articles.management.commands.check_links import by_turns

    found = by_turns(["http://a/1", "http://a/2", "http://A/3", "http://b/1"])
    assert list(found) == ["http://a/1", "http://b/1", "http://a/2", "http://A/3"]


def test_an_address_too_long_to_be_kept_is_passed_over(site):
    make.article(body=body(f"{site}/{'x' * 700}", f"/{'x' * 700}/"))
    assert "1 not asked" in run("--external", "--allow-private")
    assert not LinkFinding.objects.exists()


# The report


def test_the_report_lists_what_the_public_reads_first(editor):
    draft = make.article("A draft", minutes_ago=None, body=body("/a-gone/"))
    live = make.article("A live one", body=body("/z-gone/"))
    run()
    page = editor.get(REPORT)
    assert [row["text"] for row in page.context["rows"]] == [live, draft]
    html = page.content.decode()
    assert "/z-gone/" in html
    assert reverse("admin:articles_article_change", args=[live.pk]) in html
    assert "Nobody has looked" in editor.get(f"{REPORT}?of=elsewhere").content.decode()


def test_what_was_mended_since_is_left_out_at_once(editor):
    """The link was taken out, or something has its address by now."""
    make.article(body=body("/gone/"))
    edited = make.article(body=body("/lost/"))
    run()
    assert len(editor.get(REPORT).context["rows"]) == 2
    make.article(slug="gone")
    edited.body = body("/about/")
    edited.save()
    assert editor.get(REPORT).context["rows"] == []
    assert "Everything on this page is mended." in editor.get(REPORT).content.decode()


def test_the_report_of_other_sites(editor, site):
    """A page of the newsroom asks no other site."""
    make.article(body=body(f"{site}/gone"))
    run("--external", "--allow-private")
    Elsewhere.asked.clear()
    html = editor.get(f"{REPORT}?of=elsewhere").content.decode()
    assert "There is no such page (404)." in html
    assert Elsewhere.asked == []


def test_the_report_takes_the_same_queries_for_many_links(editor, django_assert_max_num_queries):
    """And is cut into pages."""
    make.article(body=body("/gone/"))
    run()
    with django_assert_max_num_queries(13):
        editor.get(REPORT)
    for number in range(60):
        make.article(body=body(f"/gone-{number}/", "/gone/"))
    run()
    with django_assert_max_num_queries(13):
        page = editor.get(REPORT)
    assert len(page.context["rows"]) == 50
    assert "?p=2" in page.content.decode()
    assert editor.get(f"{REPORT}?p=x").status_code == 200


def test_the_report_is_for_those_who_publish(writer, client):
    assert writer.get(REPORT).status_code == 403
    assert "Dead links" not in writer.get("/admin/articles/article/").content.decode()


def test_the_list_of_articles_leads_to_the_report(editor):
    assert f'href="{REPORT}"' in editor.get("/admin/articles/article/").content.decode()
