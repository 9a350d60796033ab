"""The hand-over to Django: a whole request becomes a WSGI environment (PEP 3333)."""

import sys
from io import BytesIO
from typing import IO, Any
from wsgiref.types import WSGIApplication

from django.conf import settings

from magazine.logs import REQUEST_ID

from .answers import Answer, collected

# The server has dealt with these: the body is whole, and the connection is its own.
OF_THE_CONNECTION = {"transfer-encoding", "connection", "keep-alive", "expect", "te", "upgrade"}

READER_HEADERS = {"HTTP_HOST", *(settings.SECURE_PROXY_SSL_HEADER or ())[:1]}


def environ_of(scope: Any, body: IO[bytes]) -> dict[str, Any]:
    host, _, port = scope.server.rpartition(":")
    environ = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": scope.path.encode().decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "SERVER_NAME": host,
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in scope.headers.items():
        # With an underscore it would pass for a header that a proxy sets.
        if "_" not in name and name not in OF_THE_CONNECTION:
            add_header(environ, name, value)
    if scope.authority and "HTTP_HOST" not in environ:
        environ["HTTP_HOST"] = scope.authority
    size = body.seek(0, 2)
    body.seek(0)
    environ["CONTENT_LENGTH"] = str(size)
    return environ


def environ_for_a_reader(scope: Any, query: str) -> dict[str, Any]:
    """Return the environment of a plain GET that says of the client no more than a page may depend
    on: nothing that somebody sends along changes what the next reader is given."""
    environ = environ_of(scope, BytesIO())
    for name in [name for name in environ if name.startswith("HTTP_")]:
        if name not in READER_HEADERS:
            del environ[name]
    return {**environ, "REQUEST_METHOD": "GET", "QUERY_STRING": query, "REMOTE_ADDR": ""}


def add_header(environ: dict[str, Any], name: str, value: str) -> None:
    key = name.upper().replace("-", "_")
    key = key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"
    if key in environ:
        value = f"{environ[key]}{'; ' if name == 'cookie' else ','}{value}"
    environ[key] = value


def answer_of(application: WSGIApplication, environ: dict[str, Any]) -> Answer:
    """Return the application's answer to a request, whole."""
    begun: dict[str, Any] = {}

    def start_response(status: str, headers: list[tuple[str, str]], *args: Any) -> Any:
        begun.update(status=int(status[:3]), headers=headers)

    response: Any = application(environ, start_response)
    try:
        body = collected(response)
    finally:
        response.close()
    headers = [(name.lower(), value) for name, value in begun["headers"]]
    if request_id := REQUEST_ID.get():
        headers.append(("x-request-id", request_id))
    return Answer(begun["status"], headers, body)
