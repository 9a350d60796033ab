"""Answers, and how they are sent: a client that reads slowly keeps no thread."""

from collections.abc import Iterable
from http import HTTPStatus
from tempfile import SpooledTemporaryFile
from typing import IO, Any, NamedTuple

from django.template.loader import render_to_string

# Bytes that a body may have in memory; beyond them it is a file.
SPOOLED_FROM = 256 * 1024
PIECE = 64 * 1024
HEADERS = [("content-type", "text/html; charset=utf-8"), ("cache-control", "no-store")]


class Answer(NamedTuple):
    status: int
    headers: list[tuple[str, str]]
    body: bytes | IO[bytes]
    # Where it comes from: a word of the page cache's, refused, or "" for Django.
    kind: str = ""


class Refusal(Exception):
    """An answer that Django is not asked for."""

    def __init__(self, status: HTTPStatus, *, retry_after: int | None = None) -> None:
        super().__init__(status)
        headers = [*HEADERS, ("connection", "close")]
        if retry_after:
            headers.append(("retry-after", str(retry_after)))
        self.answer = Answer(status, headers, page_of(status), "refused")


def page_of(status: HTTPStatus) -> bytes:
    # These pages ask neither a request nor the database for anything.
    return render_to_string(f"{status}.html").encode()


def collected(pieces: Iterable[bytes]) -> bytes | IO[bytes]:
    """Return a body in one piece; one that is long, such as an export, as a file."""
    body = SpooledTemporaryFile(SPOOLED_FROM)  # noqa: SIM115 (whoever sends it closes it)
    size = sum(body.write(piece) for piece in pieces)
    body.seek(0)
    if size > SPOOLED_FROM:
        return body
    with body:
        return body.read()


async def send(protocol: Any, answer: Answer, *, has_body: bool) -> None:
    body = answer.body
    if isinstance(body, bytes):
        protocol.response_bytes(answer.status, answer.headers, body if has_body else b"")
        return
    with body:
        transport = protocol.response_stream(answer.status, answer.headers)
        while has_body and (piece := body.read(PIECE)):
            await transport.send_bytes(piece)
