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
from http.client import HTTPConnection, HTTPException, HTTPResponse
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from threading import Timer
from urllib.parse import SplitResult, quote, urljoin, urlsplit

REDIRECTS = 5
PATIENCE = 15.0  # seconds for one answer, however slowly it drips
PAUSE = 1.0  # seconds between two questions to the same host
MOVED = {301, 302, 303, 307, 308}
SAFE = "%/?:@!$&'()*+,;=-._~[]|"  # stands in addresses as it is
NAT64 = IPv6Network("64:ff9b::/96")
NO_ADDRESS = "It leads to what is no address of the web."
GONE = {404: "There is no such page (404).", 410: "The page is gone for good (410)."}


@dataclass(frozen=True)
class Answer:
    """What came of asking; the words are for an editor. A site that does not talk to programs is
    not dead."""

    is_dead: bool
    words: str


class Unreachable(Exception):
    """Carries a sentence that tells an editor why nobody answered."""


@dataclass
class Asker:
    """Asks one address after the other. `allow_private` is for tests with a server of their own;
    without it only machines in the public Internet are talked to."""

    name: str
    allow_private: bool = False
    pause: float = PAUSE
    patience: float = PATIENCE
    wait: Callable[[float], None] = time.sleep
    asked: dict[str, float] = field(default_factory=dict)

    def ask(self, address: str) -> Answer:
        try:
            return self.follow(address)
        except Unreachable as reason:
            return Answer(True, str(reason))

    def follow(self, address: str) -> Answer:
        for _ in range(REDIRECTS + 1):
            status, location = self.status("HEAD", address)
            if status >= 400:
                # Many sites answer HEAD wrongly; what they answer a reader is what counts.
                status, location = self.status("GET", address)
            if status not in MOVED or not location:
                return judged(status)
            try:
                address = urljoin(address, location)
            except ValueError:
                raise Unreachable(NO_ADDRESS) from None
        return Answer(True, f"It leads from one address to the next, more than {REDIRECTS} times.")

    def status(self, method: str, address: str) -> tuple[int, str]:
        """The status that the address answers with, and where it leads if it has moved."""
        parts, host = parted(address)
        machine, port = self.machine(parts, host)
        self.be_polite(host)
        connection = Connection(host, port, machine, parts.scheme == "https", self.patience)
        # A site may let its answer drip, each drop just in time: the whole has a limit as well.
        guard = Timer(self.patience, connection.hang_up)
        guard.daemon = True
        guard.start()
        try:
            answer = connection.question(method, target_of(parts), self.name)
            if connection.was_hung_up:
                raise TimeoutError  # What was cut off looks like an answer.
            return answer.status, answer.getheader("Location", "")
        except ssl.SSLCertVerificationError:
            raise Unreachable("Its certificate is not valid.") from None
        except TimeoutError:
            raise Unreachable(f"No answer within {self.patience:.0f} seconds.") from None
        except ConnectionRefusedError:
            raise Unreachable("No website answers there.") from None
        except (OSError, HTTPException, ValueError):
            if connection.was_hung_up:
                raise Unreachable(f"No answer within {self.patience:.0f} seconds.") from None
            raise Unreachable("The connection broke off.") from None
        finally:
            guard.cancel()
            connection.close()
            self.asked[host] = time.monotonic()

    def machine(self, parts: SplitResult, host: str) -> tuple[str, int]:
        """The number of a machine with this name that may be asked, and the port."""
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
        if host in self.asked and (rest := self.asked[host] + self.pause - time.monotonic()) > 0:
            self.wait(rest)


class Connection(HTTPConnection):
    """A connection to a certain machine, whatever its name would lead to by now."""

    def __init__(self, host: str, port: int, machine: str, is_secure: bool, patience: float):
        super().__init__(host, port, timeout=patience)
        self.machine, self.is_secure = machine, is_secure
        self.was_hung_up = False

    def connect(self) -> None:
        self.sock = socket.create_connection((self.machine, self.port), self.timeout)
        if self.is_secure:
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(
                self.sock, server_hostname=self.host, do_handshake_on_connect=False
            )
            self.sock.do_handshake()

    def question(self, method: str, target: str, name: str) -> HTTPResponse:
        # Of what comes after the head nothing is read.
        self.request(method, target, headers={"User-Agent": name, "Accept": "*/*"})
        return self.getresponse()

    def hang_up(self) -> None:
        # Said before it is done: whoever waits on the socket wakes at once and asks why.
        self.was_hung_up = True
        if self.sock:
            with suppress(OSError):  # It may have ended in this very moment.
                socket.socket.shutdown(self.sock, socket.SHUT_RDWR)


def parted(address: str) -> tuple[SplitResult, str]:
    """An address in its parts, and the name of its host as machines write it.

    Raises Unreachable where it is no address of the web.
    """
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").encode("idna").decode("ascii")
    except ValueError:
        raise Unreachable(NO_ADDRESS) from None
    if parts.scheme not in ("http", "https") or not host:
        raise Unreachable(NO_ADDRESS)
    return parts, host


def target_of(parts: SplitResult) -> str:
    """Path and query as they are sent; letters beyond ASCII as browsers write them."""
    query = f"?{quote(parts.query, safe=SAFE)}" if parts.query else ""
    return (quote(parts.path, safe=SAFE) or "/") + query


def is_public(number: str) -> bool:
    """Whether this is the number of a machine in the public Internet."""
    machine: IPv4Address | IPv6Address = ip_address(number.partition("%")[0])
    if isinstance(machine, IPv6Address):
        # Behind these stands a number of the old kind, which is the one that counts.
        inner = machine.ipv4_mapped or machine.sixtofour
        if machine in NAT64 or machine.teredo:
            return False
        machine = inner or machine
    return machine.is_global and not machine.is_multicast


def judged(status: int) -> Answer:
    if status in GONE:
        return Answer(True, GONE[status])
    if status >= 500:
        return Answer(True, f"The website fails ({status}).")
    if status >= 400:
        return Answer(False, f"It answers, but not to a program ({status}).")
    return Answer(False, "")
