"""Purging the pages that a CDN keeps, with a provider on loopback."""

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.core.checks import run_checks

from articles.content_stamp import cdn
from articles.content_stamp.cdn import Purger, purge_request
from articles.models import ContentStamp

Call = tuple[str, str, dict[str, str], bytes]


class Provider(ThreadingHTTPServer):
    """Records each call; answers with a status, or not at all."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.calls: list[Call] = []
        self.status = 200
        self.hangs = threading.Event()
        self.hangs.set()


class Answering(BaseHTTPRequestHandler):
    server: Provider

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.calls.append((self.command, self.path, headers, body))
        self.server.hangs.wait(20)
        self.send_response(self.server.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_POST = do_BAN = answer

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def provider(monkeypatch) -> Iterator[Provider]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    server = Provider()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.hangs.set()
    server.shutdown()
    thread.join()
    server.server_close()


def setting(provider: Provider, kind: str) -> str:
    here = f"127.0.0.1:{provider.server_port}"
    return {
        "cloudflare": f"cloudflare://tok-en@zone1?api=http://{here}/client/v4",
        "fastly": f"fastly://tok-en@4UiI4O?api=http://{here}",
        "varnish": f"varnish://{here}",
    }[kind]


@pytest.fixture
def purger(db, provider, monkeypatch) -> Purger:
    """One for which a change settles at once."""
    monkeypatch.setattr(cdn, "SETTLED_AFTER", 0.0)
    monkeypatch.setattr(cdn, "FIRST_PAUSE", 0.05)
    ContentStamp.objects.get_or_create(pk=1)
    return Purger(purge_request(setting(provider, "varnish")))


def change() -> None:
    stamp = ContentStamp.objects.get()
    ContentStamp.objects.update(value=stamp.value + 1)


@pytest.mark.parametrize(
    ("kind", "method", "path", "headers", "body"),
    [
        (
            *("cloudflare", "POST", "/client/v4/zones/zone1/purge_cache"),
            {"authorization": "Bearer tok-en", "content-type": "application/json"},
            {"tags": [cdn.TAG]},
        ),
        (
            *("fastly", "POST", f"/service/4UiI4O/purge/{cdn.TAG}"),
            {"fastly-key": "tok-en", "fastly-soft-purge": "1"},
            None,
        ),
        ("varnish", "BAN", "/", {"surrogate-key": cdn.TAG}, None),
    ],
)
def test_each_provider_is_called_as_it_wants_to_be(
    db, provider, monkeypatch, kind, method, path, headers, body
):
    monkeypatch.setattr(cdn, "SETTLED_AFTER", 0.0)
    ContentStamp.objects.get_or_create(pk=1)
    Purger(purge_request(setting(provider, kind))).look()
    ((called, at, said, sent),) = provider.calls
    assert (called, at) == (method, path)
    assert said.items() >= headers.items()
    assert (json.loads(sent) if sent else None) == body


def test_it_calls_once_for_a_change_and_never_for_none(purger, provider):
    purger.look()  # whatever changed before it began
    for _ in range(5):
        purger.look()
    assert len(provider.calls) == 1
    change()
    change()
    for _ in range(5):
        purger.look()
    assert len(provider.calls) == 2


def test_it_waits_until_every_process_has_the_change(purger, provider, monkeypatch):
    """A CDN that asked sooner would keep an old page; what changes meanwhile gets a call too."""
    monkeypatch.setattr(cdn, "SETTLED_AFTER", 0.3)
    begun = time.monotonic()
    purger.look()
    change()
    while len(provider.calls) < 1:
        purger.look()
    assert time.monotonic() - begun >= 0.3
    change()
    called_at = time.monotonic()
    while len(provider.calls) < 2:
        purger.look()
    assert time.monotonic() - called_at >= 0.3


def test_it_purges_at_a_moment_at_which_nobody_saved_anything(purger, provider, monkeypatch):
    purger.look()
    purger.moment = cdn.timezone.now()
    purger.look()
    assert len(provider.calls) == 2


@pytest.mark.parametrize("trouble", ["refuses", "hangs", "is away"])
def test_what_fails_is_logged_once_and_tried_until_it_succeeds(
    purger, provider, monkeypatch, caplog, trouble
):
    monkeypatch.setattr(cdn, "SECONDS_TO_ANSWER", 0.2)
    provider.status = 429 if trouble == "refuses" else 200
    request = purger.request
    if trouble == "hangs":
        provider.hangs.clear()
    if trouble == "is away":
        purger.request = purge_request("varnish://127.0.0.1:9")
    purger.look()
    for _ in range(2):
        purger.due_at = 0.0
        purger.look()
    assert len(caplog.records) == 1
    assert "cannot be purged" in caplog.text
    assert purger.pause == pytest.approx(0.2)
    provider.status, purger.request = 200, request
    provider.hangs.set()
    assert purger.due_at > time.monotonic()
    purger.due_at = 0.0
    purger.look()
    assert (purger.due_at, purger.pause) == (None, 0.0)
    assert "purged again" in caplog.text


@pytest.mark.parametrize(
    "typed",
    ["cloudflare://zone", "fastly://@x", "varnish://tok@host", "https://host/", "varnish://", "x"],
)
def test_a_setting_that_names_no_cdn_is_refused_without_its_token(settings, typed):
    settings.CDN_PURGE_URL = typed
    (found,) = [one for one in run_checks() if one.id == "magazine.E007"]
    assert "cloudflare://TOKEN@ZONE" in found.msg
    assert "tok@" not in found.msg


def test_without_a_setting_nothing_is_called(settings):
    settings.CDN_PURGE_URL = ""
    assert cdn.purger() is None
