"""Log entries, and the ids of requests in them."""

import asyncio
import json
import logging
import os
import subprocess
import sys
import threading
from types import SimpleNamespace

import pytest

from magazine import checks, logs
from magazine.gateway.pools import Pool
from magazine.gateway.wsgi import answer_of
from tests.conftest import ROOT


def record(message: str = "Broken: %s") -> logging.LogRecord:
    try:
        raise ValueError("no\nnumber")
    except ValueError:
        given = (logging.ERROR, __file__, 1, message, ("“x”\n",), sys.exc_info())
        return logging.LogRecord("magazine", *given)


@pytest.fixture
def request_id():
    token = logs.REQUEST_ID.set("0123456789abcdef")
    yield "0123456789abcdef"
    logs.REQUEST_ID.reset(token)


def test_an_entry_is_one_object_on_one_line(request_id):
    text = logs.JSONFormatter().format(record())
    assert "\n" not in text
    entry = json.loads(text)
    assert entry["message"] == "Broken: “x”\n"
    assert (entry["level"], entry["logger"]) == ("ERROR", "magazine")
    assert entry["request_id"] == request_id
    assert entry["time"].endswith("+00:00")
    assert "ValueError: no\nnumber" in entry["exception"]


def test_a_line_names_the_request_before_its_traceback(request_id):
    head, *traceback = logs.LineFormatter().format(record("Broken%.0s")).splitlines()
    assert head.endswith("ERROR magazine: Broken [request 0123456789abcdef]")
    assert traceback[0].startswith("Traceback")


def test_outside_a_request_there_is_no_id():
    assert "request" not in logs.LineFormatter().format(record())
    assert "request_id" not in json.loads(logs.JSONFormatter().format(record()))


@pytest.mark.parametrize(
    ("given", "is_taken"),
    [
        ("f1d2" * 8, True),
        ("a-b_c.d1", True),
        *((one, False) for one in ("", "short", "x" * 65, "a b c d e f", "abcdefg\n", "ééééééééé")),
    ],
)
def test_an_id_is_taken_from_a_proxy_alone_and_only_a_good_one(settings, given, is_taken):
    scope = SimpleNamespace(headers={"x-request-id": given})
    settings.BEHIND_PROXY = True
    assert (logs.request_id_of(scope) == given) == is_taken
    settings.BEHIND_PROXY = False
    made = {logs.request_id_of(scope) for _ in range(3)}
    assert len(made - {given}) == 3
    assert all(logs.WELL_FORMED.fullmatch(one) for one in made)


async def answered(pool: Pool, request_id: str, application) -> dict[str, str]:
    logs.REQUEST_ID.set(request_id)
    return dict((await pool.run(answer_of, application, {})).headers)


def test_each_thread_of_django_knows_its_own_request_and_says_it():
    """Two at once in one pool; afterwards the thread knows none."""
    both, known = threading.Barrier(2), []

    def application(environ, start_response):
        both.wait(10)
        known.append(json.loads(logs.JSONFormatter().format(record()))["request_id"])
        start_response("200 OK", [])
        return Body()

    async def two() -> list[object]:
        pool = Pool("test", threads=2, waiting=0)
        headers = await asyncio.gather(
            *(asyncio.create_task(answered(pool, one, application)) for one in ("one", "two"))
        )
        return [*headers, await asyncio.create_task(pool.run(logs.REQUEST_ID.get))]

    assert asyncio.run(two()) == [{"x-request-id": "one"}, {"x-request-id": "two"}, ""]
    assert sorted(known) == ["one", "two"]


class Body(list):
    def close(self) -> None:
        pass


def test_a_mistyped_form_of_the_log_is_an_error_in_plain_words():
    """And the entry about it can be read."""
    ended = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env={**os.environ, "LOG_FORMAT": "jsn"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1
    assert "(magazine.E006) LOG_FORMAT is “jsn”.\n\tHINT: Say line or json" in ended.stderr


def test_known_forms_are_no_error(settings):
    for settings.LOG_FORMAT in logs.LOG_FORMATS:
        assert checks.log_format_is_known(None) == []
