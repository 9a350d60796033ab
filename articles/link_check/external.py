"""Asking other websites whether a page is still there: politely, and never anything private.

The standard library's client is enough, and can be told which machine to talk to: an address is
resolved once, judged, and that very machine is asked. A client that resolves it again could be
led into our own network by a name that changes its mind.
"""

import socket
import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from threading import Timer
from typing import NamedTuple
from urllib.parse import SplitResult, urljoin, urlsplit

from django.utils.encoding import iri_to_uri

REDIRECTS = 5
PATIENCE = 15.0  # seconds for one answer, however slowly it drips
PAUSE = 1.0  # seconds between two questions to the same host
MOVED = {301, 302, 303, 307, 308}
# IANA's registries of special-purpose addresses (RFC 6890), with the IPv6 one as it was updated on
# 2025-10-09. Those that are reachable from everywhere are in it too: no website stands there.
SPECIAL = [
    ip_network(block)
    for block in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16"),
        *("172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24"),
        *("192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15"),
        *("198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4"),
        *("::/128", "::1/128", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "100:0:0:1::/64"),
        *("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20"),
        *("5f00::/16", "fc00::/7", "fe80::/10"),
    )
]
# All of IPv6 that IANA has given out so far; multicast and the old site-local ranges are outside.
GLOBAL_UNICAST = IPv6Network("2000::/3")
NO_URL = "It leads to what is no address of the web."
GONE = {404: "There is no such page (404).", 410: "The page is gone for good (410)."}


class LinkStatus(NamedTuple):
    """The outcome of a request; the words are for an editor. A site that does not talk to programs
    is not dead."""

    is_dead: bool
    words: str


class Unreachable(Exception):
    """A failure to reach a site, with a sentence that tells an editor why."""


@dataclass
class LinkChecker:
    """The client that asks one URL after the other. `allow_private` is for tests with a server of
    their own; without it only machines in the public Internet are talked to."""

    name: str
    allow_private: bool = False
    pause: float = PAUSE
    patience: float = PATIENCE
    wait: Callable[[float], None] = time.sleep
    asked_at: dict[str, float] = field(default_factory=dict)

    def check(self, url: str) -> LinkStatus:
        try:
            for _ in range(REDIRECTS + 1):
                status, location = self.status("HEAD", url)
                if status >= 400:
                    # Many sites answer HEAD wrongly; what they answer a reader is what counts.
                    status, location = self.status("GET", url)
                if status not in MOVED or not location:
                    return link_status(status)
                url = urljoin(url, location)
        except Unreachable as reason:
            return LinkStatus(True, str(reason))
        except ValueError:
            return LinkStatus(True, NO_URL)
        return LinkStatus(
            True, f"It leads from one address to the next, more than {REDIRECTS} times."
        )

    def status(self, method: str, url: str) -> tuple[int, str]:
        """Return the status of the answer, and the new URL if the page has moved."""
        parts, host = split_url(url)
        ip, port = self.resolve(parts, host)
        self.be_polite(host)
        connection = Connection(host, port, ip, parts.scheme == "https", self.patience)
        # A site may let its answer drip, each drop just in time: the whole has a limit as well.
        guard = Timer(self.patience, connection.hang_up)
        guard.daemon = True
        guard.start()
        try:
            query = f"?{parts.query}" if parts.query else ""
            target = iri_to_uri((parts.path or "/") + query)
            # Of what comes after the head nothing is read.
            connection.request(method, target, headers={"User-Agent": self.name, "Accept": "*/*"})
            answer = connection.getresponse()
            if connection.was_hung_up:
                raise TimeoutError  # What was cut off looks like an answer.
            return answer.status, answer.getheader("Location", "")
        except ssl.SSLCertVerificationError:
            raise Unreachable("Its certificate is not valid.") from None
        except ConnectionRefusedError:
            raise Unreachable("No website answers there.") from None
        except (OSError, HTTPException, ValueError) as error:
            if connection.was_hung_up or isinstance(error, TimeoutError):
                raise Unreachable(f"No answer within {self.patience:.0f} seconds.") from None
            raise Unreachable("The connection broke off.") from None
        finally:
            guard.cancel()
            connection.close()
            self.asked_at[host] = time.monotonic()

    def resolve(self, parts: SplitResult, host: str) -> tuple[str, int]:
        """Return the number of a machine with this name that may be asked, and the port."""
        try:
            port = parts.port or (443 if parts.scheme == "https" else 80)
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError, ValueError):
            raise Unreachable("There is no website of this name.") from None
        numbers = [str(entry[4][0]) for entry in found]
        if not self.allow_private and not all(map(is_public, numbers)):
            raise Unreachable("It leads into a private network, and was not asked.")
        return numbers[0], port

    def be_polite(self, host: str) -> None:
        rest = self.asked_at.get(host, float("-inf")) + self.pause - time.monotonic()
        if rest > 0:
            self.wait(rest)


class Connection(HTTPConnection):
    """A connection to a certain machine, whatever its name would lead to by now."""

    def __init__(self, host: str, port: int, ip: str, is_secure: bool, patience: float):
        super().__init__(host, port, timeout=patience)
        self.ip, self.is_secure = ip, is_secure
        self.was_hung_up = False

    def connect(self) -> None:
        self.sock = socket.create_connection((self.ip, self.port), self.timeout)
        if self.is_secure:
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(
                self.sock, server_hostname=self.host, do_handshake_on_connect=False
            )
            self.sock.do_handshake()

    def hang_up(self) -> None:
        # Said before it is done: whoever waits on the socket wakes at once and asks why.
        self.was_hung_up = True
        if self.sock:
            with suppress(OSError):  # It may have ended in this very moment.
                socket.socket.shutdown(self.sock, socket.SHUT_RDWR)


def split_url(url: str) -> tuple[SplitResult, str]:
    """Split a URL, with the name of its host as machines write it. Raises Unreachable if it is no
    URL of the web."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").encode("idna").decode("ascii")
    except ValueError:
        raise Unreachable(NO_URL) from None
    if parts.scheme not in ("http", "https") or not host:
        raise Unreachable(NO_URL)
    return parts, host


def is_public(number: str) -> bool:
    ip: IPv4Address | IPv6Address = ip_address(number.partition("%")[0])
    if isinstance(ip, IPv6Address) and ip.ipv4_mapped:
        ip = ip.ipv4_mapped  # the same machine, by its number of the old kind
    if isinstance(ip, IPv6Address) and ip not in GLOBAL_UNICAST:
        return False
    return not ip.is_multicast and not any(ip in block for block in SPECIAL)


def link_status(status: int) -> LinkStatus:
    if status in GONE:
        return LinkStatus(True, GONE[status])
    if status >= 500:
        return LinkStatus(True, f"The website fails ({status}).")
    if status >= 400:
        return LinkStatus(False, f"It answers, but not to a program ({status}).")
    return LinkStatus(False, "")
