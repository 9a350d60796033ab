"""What load balancers and monitoring are told, by real processes."""

import asyncio
import json
import re
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import Error, connection
from django.utils import timezone

from articles.models.redirects import RESERVED_SLUGS
from magazine.gateway import readiness
from magazine.gateway.readiness import NO_ANSWER, Remembered, Result, Status
from newsletter.models import Relay
from tests.conftest import ROOT, Site, free_port, stop, wait_until_served
from tests.magazine.kept_pages import Response, ask

TOKEN = "a token of the tests"
SAMPLE = re.compile(r'([a-z_]+)\{process="(\d+)"((?:,[a-z]+="[^"\\\n]*")*)\} (-?[0-9.e+-]+)')


@pytest.fixture(scope="module")
def port(kept_site: Site) -> Iterator[int]:
    """The magazine as behind a proxy, over TLS, with a token and a log of objects."""
    port = free_port()
    env = {
        **kept_site.env,
        "LOG_FORMAT": "json",
        "METRICS_TOKEN": TOKEN,
        "BEHIND_PROXY": "True",
        "SITE_URL": "https://magazine.example",
    }
    log = (kept_site.log.parent / "health.log").open("w")
    command = [sys.executable, "-m", "magazine.gateway", "--workers", "1", "--port", str(port)]
    process = subprocess.Popen(command, env=env, cwd=ROOT, start_new_session=True, stderr=log)
    try:
        wait_until_served(f"http://127.0.0.1:{port}/healthz/live", process, seconds=60)
        yield port
        assert process.poll() is None
    finally:
        stop(process)
        log.close()


def until(port: int, status: int) -> Response:
    deadline = time.monotonic() + 20
    while (answer := ask(port, "/healthz/ready")).status != status:
        assert time.monotonic() < deadline, answer
        time.sleep(0.1)
    return answer


def statuses(answer: Response) -> dict[str, str]:
    return {name: said["status"] for name, said in json.loads(answer.body)["checks"].items()}


def page(port: int, path: str = "/harbour/", **headers: str) -> Response:
    return ask(port, path, x_forwarded_proto="https", **headers)


# The addresses


def test_no_article_can_take_the_addresses():
    assert "healthz" in RESERVED_SLUGS


@pytest.mark.parametrize("path", ["/healthz/live", "/healthz/ready"])
def test_they_answer_to_any_host_and_without_tls_and_are_not_kept(port, path):
    until(port, 200)
    answer = ask(port, path, host="10.0.0.7")
    assert (answer.status, answer.headers["content-type"]) == (200, "application/json")
    assert answer.headers["cache-control"] == "no-store"
    assert json.loads(answer.body)["status"] in ("pass", "warn")
    assert ask(port, path, "HEAD").body == b""
    assert page(port, path, method="POST").status in (403, 404)
    assert page(port, f"{path}er").status == 404


def test_ready_names_each_check_and_counts_pages_without_secrets(port, kept_site):
    until(port, 200)
    page(port)
    before = json.loads(ask(port, "/healthz/ready").body)["page_cache"]
    assert page(port).found == "hit"
    answer = ask(port, "/healthz/ready")
    assert statuses(answer).keys() == readiness.CHECKS.keys()
    assert len(readiness.CHECKS) >= 5
    cache = json.loads(answer.body)["page_cache"]
    assert cache["hits"] == before["hits"] + 1
    assert cache["pages"] >= 1
    assert cache["bytes"] > 2_000
    text = answer.body.decode()
    secrets = [kept_site.env["VAR_DIR"], kept_site.env["DATABASE_URL"] or "sqlite", TOKEN]
    assert not [secret for secret in secrets if secret in text]


def test_a_process_that_lacks_a_migration_is_not_ready(port, kept_site):
    """Live it is all the same; and it is ready again without a restart."""
    until(port, 200)
    last = "order_by('-id')[0]"
    kept_site.run(
        "from django.db.migrations.recorder import MigrationRecorder as R; from django.db import *;"
        f"m = R(connection).migration_qs.{last}; m.name = 'x' + m.name; m.save()"
    )
    missing = until(port, 503)
    kept_site.run(
        "from django.db.migrations.recorder import MigrationRecorder as R; from django.db import *;"
        f"m = R(connection).migration_qs.{last}; m.name = m.name[1:]; m.save()"
    )
    assert statuses(missing)["migrations"] == "fail"
    assert ask(port, "/healthz/live").status == 200
    until(port, 200)


def test_an_error_in_django_is_logged_with_the_id_of_its_answer(port, kept_site):
    """A broken table stands for a fault; the proxy's id is taken, and no kept page has one."""
    until(port, 200)
    rename = (
        "from django.db import connection;"
        "connection.cursor().execute('ALTER TABLE {} RENAME TO {}')"
    )
    kept_site.run(rename.format("articles_byline", "articles_away"))
    try:
        failed = page(port, "/number-20/", x_request_id="from-the-proxy-1")
    finally:
        kept_site.run(rename.format("articles_away", "articles_byline"))
    assert failed.status >= 500
    assert failed.headers["x-request-id"] == "from-the-proxy-1"
    log = (kept_site.log.parent / "health.log").read_text().splitlines()
    entries = [json.loads(line) for line in log]
    mine = [one for one in entries if one.get("request_id") == "from-the-proxy-1"]
    assert {one["logger"] for one in mine} == {"django.request"}
    assert "articles_byline" in mine[0]["exception"]
    assert "x-request-id" not in page(port, x_request_id="from-the-proxy-2").headers


# The checks


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("seconds", "status", "words"),
    [(5, "pass", ""), (40, "warn", "has been seen since 20"), (None, "warn", "has been seen.")],
)
def test_a_silent_worker_is_a_warning(seconds, status, words):
    if seconds is not None:
        seen_at = timezone.now() - timedelta(seconds=seconds)
        Relay.objects.update_or_create(pk=1, defaults={"worker_seen_at": seen_at})
    result = readiness.newsletter_worker()
    assert result.status == status
    assert words in result.output
    assert Relay.objects.count() == (seconds is not None)


def test_a_log_of_sqlite_that_nobody_empties_is_a_warning(tmp_path, monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "NAME", tmp_path / "db.sqlite3")
    with (tmp_path / "db.sqlite3-wal").open("wb") as log:
        log.truncate(255_000_000)
        assert readiness.write_ahead_log() == readiness.PASSED
        log.truncate(257_000_000)
    if connection.vendor == "sqlite":
        assert readiness.write_ahead_log().status is Status.WARN
    else:
        assert readiness.write_ahead_log() == readiness.PASSED


def test_a_disk_with_little_room_is_a_warning(settings, tmp_path, monkeypatch):
    """Also where the folder is not made yet."""
    settings.VAR_DIR, settings.MEDIA_ROOT = tmp_path, tmp_path / "no" / "media"
    monkeypatch.setattr(readiness, "ROOM_IN_MB", 0)
    monkeypatch.setattr(readiness, "ROOM_IN_FILES", 0)
    assert readiness.disk() == readiness.PASSED
    monkeypatch.setattr(readiness, "ROOM_IN_FILES", 10**15)
    assert "MEDIA_ROOT has room for" in readiness.disk().output
    monkeypatch.setattr(readiness, "ROOM_IN_MB", 10**12)
    assert re.fullmatch(r"VAR_DIR .* \d+ MB\. MEDIA_ROOT .* \d+ MB\.", readiness.disk().output)
    assert readiness.disk().status is Status.WARN


def test_content_that_is_not_read_any_more_is_a_failure(monkeypatch):
    assert "not been read yet" in readiness.content().output
    monkeypatch.setattr(readiness.CONTENT, "version", (1, 0))
    monkeypatch.setattr(readiness.CONTENT, "checked_at", time.monotonic() - 4)
    assert readiness.content() == readiness.PASSED
    monkeypatch.setattr(readiness.CONTENT, "checked_at", time.monotonic() - 7)
    assert readiness.content().status is Status.FAIL


def test_where_the_database_is_away_nothing_else_is_asked(monkeypatch):
    def fail() -> Result:
        raise Error("password=hush")

    monkeypatch.setitem(readiness.CHECKS, "database", fail)
    results: dict[str, Result] = {}
    Remembered.thread.submit(readiness.run_checks, results).result(20)
    assert results["database"] == Result(Status.FAIL, "The database does not answer.")
    assert list(results) == ["content", "disk", "write_ahead_log", "database"]


def test_a_check_that_breaks_off_is_a_failure_and_stops_no_other(monkeypatch):
    monkeypatch.setattr(readiness, "CHECKS", {"a": lambda: 1 // 0, "b": lambda: readiness.PASSED})
    results: dict[str, Result] = {}
    Remembered.thread.submit(readiness.run_checks, results).result(20)
    assert [result.status for result in results.values()] == ["fail", "pass"]


def test_a_check_that_hangs_is_waited_for_once(monkeypatch):
    """What was found until then is told; who asks later is answered at once; and it is asked at
    most once a second."""
    monkeypatch.setattr(readiness, "PATIENCE", 0.3)
    go_on, calls = threading.Event(), []

    def fill(found: dict[str, Result]) -> None:
        calls.append(found)
        found["content"] = readiness.PASSED
        go_on.wait(20)
        found["database"] = readiness.PASSED

    async def ask_often() -> list[dict[str, Result]]:
        remembered = Remembered(fill)
        monkeypatch.setattr(readiness, "RESULTS", remembered)
        begun = time.monotonic()
        told = [await readiness.results_of_checks() for _ in range(20)]
        assert time.monotonic() - begun < 5
        go_on.set()
        await remembered.filling
        return [*told, *[await readiness.results_of_checks() for _ in range(20)]]

    told = asyncio.run(ask_often())
    assert (told[0]["content"], told[0]["database"]) == (readiness.PASSED, NO_ANSWER)
    assert told[-1]["database"] == readiness.PASSED
    assert len(calls) <= 2


# Metrics


def metrics(port: int) -> dict[str, float]:
    answer = ask(port, "/healthz/metrics", authorization=f"Bearer {TOKEN}")
    assert answer.status == 200
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    found = {}
    families = Counter()
    for line in answer.body.decode().splitlines():
        if line.startswith("# "):
            families[line.split(" ")[1]] += 1
        else:
            name, _, labels, value = SAMPLE.fullmatch(line).groups()
            found[name + labels] = float(value)
    assert families["HELP"] == families["TYPE"] >= 10
    return found


@pytest.mark.parametrize(
    "authorization", ["", "Bearer", "Bearer x", f"Basic {TOKEN}", f"Bearer {TOKEN}x", "Bearer é"]
)
def test_metrics_are_for_who_has_the_token(port, authorization):
    answer = ask(port, "/healthz/metrics", authorization=authorization)
    assert (answer.status, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert b"magazine_" not in answer.body


def test_without_a_token_there_are_no_metrics(kept_site):
    for authorization in ("", "Bearer", "Bearer "):
        answer = ask(kept_site.port, "/healthz/metrics", authorization=authorization)
        assert answer.status == 404


def test_every_request_is_counted_once_by_where_its_answer_came_from(port):
    page(port)
    before = metrics(port)
    assert page(port).found == "hit"
    page(port, "/admin/")
    page(port, "/static/nothing.css")
    page(port, "/newsletter/subscribe/", method="POST", content_length="99999")
    ask(port, "/healthz/live")
    after = metrics(port)

    def more(name: str) -> float:
        return after[name] - before.get(name, 0)

    for kind, code in (("hit", 200), ("newsroom", 302), ("other", 404), ("refused", 413)):
        assert more(f'magazine_requests_total,kind="{kind}",code="{code}"') == 1
        assert more(f'magazine_request_duration_seconds_count,kind="{kind}"') == 1
        assert more(f'magazine_request_duration_seconds_bucket,kind="{kind}",le="+Inf"') == 1
        assert more(f'magazine_request_duration_seconds_sum,kind="{kind}"') > 0
    assert after['magazine_threads_busy,pool="readers"'] == 0
    assert after["magazine_pages_kept"] >= 1
    assert 0 <= after["magazine_content_age_seconds"] < 5
    assert after['magazine_newsletter_waiting_mails,kind="issue"'] == 0
    assert after["process_resident_memory_bytes"] > 10_000_000
    assert after['magazine_check_status,check="database"'] == 0
