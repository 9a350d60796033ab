"""The hand-over of a request to Django."""

import io
from types import SimpleNamespace
from typing import Any

import pytest
from django.http import StreamingHttpResponse

from magazine.gateway import wsgi
from magazine.gateway.answers import SPOOLED_FROM


def environ(*headers: tuple[str, str], body: bytes = b"", **scope: Any) -> dict[str, Any]:
    known = {
        "method": "GET",
        "path": "/",
        "query_string": "",
        "server": "127.0.0.1:8000",
        "client": "192.0.2.7:1234",
        "http_version": "1.1",
        "scheme": "http",
        "authority": None,
        "headers": SimpleNamespace(items=lambda: list(headers)),
    }
    return wsgi.environ_of(SimpleNamespace(**{**known, **scope}), io.BytesIO(body))


def test_headers_and_body_are_those_of_the_request():
    made = environ(
        ("host", "magazine.example"),
        ("content-type", "text/plain"),
        ("content-length", "99"),
        ("cookie", "a=1"),
        ("cookie", "b=2"),
        ("accept", "text/html"),
        ("accept", "*/*"),
        body=b"words",
        method="POST",
        query_string="a=%20b",
    )
    assert made["HTTP_HOST"] == "magazine.example"
    assert made["CONTENT_TYPE"] == "text/plain"
    assert made["CONTENT_LENGTH"] == "5"
    assert made["HTTP_COOKIE"] == "a=1; b=2"
    assert made["HTTP_ACCEPT"] == "text/html,*/*"
    assert made["QUERY_STRING"] == "a=%20b"
    assert made["wsgi.input"].read() == b"words"


@pytest.mark.parametrize("name", ["x_forwarded_for", "transfer-encoding", "connection", "expect"])
def test_no_header_passes_for_another_or_speaks_of_the_connection(name):
    """Django reads an underscore as the hyphen of a header that only a proxy sets."""
    assert not {key for key in environ((name, "x")) if key.startswith("HTTP_")}


@pytest.mark.parametrize(
    ("client", "address"), [("192.0.2.7:1234", "192.0.2.7"), ("[2001:db8::7]:1234", "2001:db8::7")]
)
def test_the_client_is_known_by_its_address(client, address):
    assert environ(client=client)["REMOTE_ADDR"] == address


def test_a_path_is_its_bytes():
    """As PEP 3333 has them, in strings of Latin-1."""
    assert environ(path="/한/")["PATH_INFO"].encode("latin-1").decode() == "/한/"


def test_a_long_answer_is_a_file_and_is_closed(monkeypatch):
    response = StreamingHttpResponse(b"x" * 1024 for _ in range(SPOOLED_FROM // 1024 + 1))
    closed = []
    monkeypatch.setattr(response, "close", lambda: closed.append(True))

    def django(environ: Any, start_response: Any) -> StreamingHttpResponse:
        start_response("200 OK", [("X-Kind", "export")])
        return response

    answer = wsgi.answer_of(django, {})
    assert closed == [True]
    assert answer.headers == [("x-kind", "export")]
    with answer.body:
        assert len(answer.body.read()) == SPOOLED_FROM + 1024
