"""The gateway before Django, with real connections: none that is slow holds the others up."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.conftest import ROOT, Site, free_port, stop, wait_until_served
from tests.crawl import Client

FORM = "/newsletter/subscribe/"


@pytest.fixture(scope="module")
def port(demo_site: Site) -> Iterator[int]:
    """The demo once more, from a single process that waits a second for a body."""
    port = free_port()
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "granian", "--interface", "rsgi", "--workers", "1"),
            *(
                "--port",
                str(port),
                "--log-level",
                "warning",
                "tests.magazine.impatient:application",
            ),
        ],
        env=demo_site.env,
        cwd=ROOT,
        start_new_session=True,
    )
    try:
        wait_until_served(f"http://127.0.0.1:{port}", process, seconds=60)
        yield port
        assert process.poll() is None
    finally:
        stop(process)


def asked(port: int, request: str, body: bytes = b"") -> socket.socket:
    """A connection on which so much was sent."""
    connection = socket.create_connection(("127.0.0.1", port))
    connection.settimeout(10)
    head = request.replace("\n", "\r\n") + f"\r\nHost: 127.0.0.1:{port}\r\n\r\n"
    connection.sendall(head.encode("latin-1") + body)
    return connection


def answer(connection: socket.socket) -> tuple[int, bytes]:
    """The status, and all that came until the other side closed or fell silent."""
    received = b""
    connection.settimeout(2)
    try:
        while piece := connection.recv(65_536):
            received += piece
    except TimeoutError:
        pass
    return int(received.split(b" ", 2)[1]) if received else 0, received


def seconds_of_a_page(port: int) -> float:
    begun = time.monotonic()
    with Client(f"http://127.0.0.1:{port}") as client:
        assert client.get("/").status == 200
    return time.monotonic() - begun


def test_clients_that_stop_in_the_middle_of_a_body_hold_nobody_up(port):
    """Nor do those that stop before it or in the head; those that stalled are told so."""
    alone = seconds_of_a_page(port)
    with ExitStack() as stack:
        stalled = [
            stack.enter_context(asked(port, f"POST {FORM} HTTP/1.1\nContent-Length: 100", sent))
            for sent in (b"email=", b"") * 75
        ]
        for _ in range(50):
            head = stack.enter_context(socket.create_connection(("127.0.0.1", port)))
            head.sendall(b"GET / HTTP/1.1\r\nHost: ")
        assert seconds_of_a_page(port) < alone + 5
        time.sleep(1.2)
        told = [answer(connection) for connection in stalled[:3]]
    assert [status for status, _ in told] == [408] * 3
    assert b"did not arrive in time" in told[0][1]


def test_clients_that_do_not_read_hold_nobody_up(port, demo_site):
    """More of them than there are threads, each with an answer that fills its buffers."""
    with ExitStack() as stack:
        for _ in range(20):
            connection = stack.enter_context(socket.socket())
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
            connection.connect(("127.0.0.1", port))
            get = f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept-Encoding: identity\r\n\r\n"
            connection.sendall(get.encode() * 20)
        assert seconds_of_a_page(port) < 10


@pytest.mark.parametrize(
    ("request_", "body", "status"),
    [
        (f"POST {FORM} HTTP/1.1\nContent-Length: 99999", b"", 413),
        (f"POST {FORM} HTTP/1.1\nContent-Length: {'9' * 30}", b"", 400),
        (f"POST {FORM} HTTP/1.1\nContent-Length: -1", b"", 400),
        (f"POST {FORM} HTTP/1.1\nContent-Length: x", b"", 400),
        (f"POST {FORM} HTTP/1.1\nTransfer-Encoding: chunked", b"1\r\nx\r\n0\r\n\r\n", 411),
        # Django refuses them for want of a token; it has seen them, that is.
        (f"POST {FORM} HTTP/1.1\nContent-Length: 16384", b"x" * 16_384, 403),
        (f"POST {FORM} HTTP/1.1\nContent-Length: 0", b"", 403),
        ("POST /accounts/login/ HTTP/1.1\nContent-Length: 100000", b"x" * 100_000, 403),
        ("POST /newsletter/provider/ HTTP/1.1\nContent-Length: 100000", b"x" * 100_000, 404),
        ("GET / HTTP/1.1\nX-Odd: caf\xe9", b"", 200),
        ("GET /%ED%A0%80/ HTTP/1.1", b"", 404),
        ("GET /%00/ HTTP/1.1", b"", 404),
        ("GET http://127.0.0.1/ HTTP/1.1", b"", 200),
    ],
)
def test_bodies_within_their_limits_reach_django_and_no_others(port, request_, body, status):
    with asked(port, request_, body) as connection:
        assert answer(connection)[0] == status
    assert seconds_of_a_page(port) < 10


def test_an_upload_that_keeps_its_pace_may_take_longer(port):
    """With all that has arrived there is more time for the rest."""
    head = "POST /accounts/login/ HTTP/1.1\nContent-Length: 2000001"
    with asked(port, head, b"x" * 2_000_000) as connection:
        time.sleep(1.5)
        connection.sendall(b"x")
        assert answer(connection)[0] == 403


def test_a_body_that_breaks_off_reaches_nobody(port, demo_site):
    """Half of a form is not what somebody wanted."""
    count = "from newsletter.models import Subscriber; print(Subscriber.objects.count())"
    before = demo_site.run(count)
    half = b"email=half@example.org&website="
    with asked(port, f"POST {FORM} HTTP/1.1\nContent-Length: 99", half):
        pass
    with asked(port, f"POST {FORM} HTTP/1.1\nContent-Length: 99", half) as connection:
        connection.shutdown(socket.SHUT_WR)
        assert answer(connection)[0] in (0, 400)
    assert demo_site.run(count) == before


def test_a_head_has_no_body_and_the_same_length(port):
    with asked(port, "GET / HTTP/1.1\nConnection: close") as connection:
        _, page = answer(connection)
    with asked(port, "HEAD / HTTP/1.1\nConnection: close") as connection:
        status, head = answer(connection)
    assert status == 200
    assert head.endswith(b"\r\n\r\n")
    body = page.split(b"\r\n\r\n", 1)[1]
    length = f"content-length: {len(body)}\r\n".encode()
    assert length in page
    assert length in head
