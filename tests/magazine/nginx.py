"""nginx with the file of `magazine/deploy/`, on this machine's own addresses."""

import http.client
import os
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.conftest import ROOT, free_port
from tests.magazine.kept_pages import Response

CONFIGURATION = ROOT / "magazine/deploy/nginx.conf"
HOST = "magazine.example"
BROTLI = Path("/usr/lib/nginx/modules/ngx_http_brotli_static_module.so")
# Started by root, its processes would be another user's, who may not read the folders of a test.
AROUND = """
{user}
{module}
worker_processes 2; daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
    access_log off; sendfile on;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
    include {folder}/magazine.conf;
}}
"""


class Front(NamedTuple):
    """nginx at work: where it listens, and whom a client is to trust."""

    port: int
    plain_port: int
    trusted: ssl.SSLContext | None
    process: subprocess.Popen
    has_brotli: bool

    def ask(
        self, path: str, method: str = "GET", body: bytes | None = None, **headers: str
    ) -> Response:
        connection = self.connection()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(
            method, path, body, {"host": HOST, "accept-encoding": "identity"} | named
        )
        answer = connection.getresponse()
        received = answer.read()
        connection.close()
        said: dict[str, str] = {}
        for name, value in answer.getheaders():
            name = name.lower()
            said[name] = f"{said[name]}\n{value}" if name in said else value
        return Response(answer.status, said, received)

    def connection(self) -> http.client.HTTPConnection:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        if self.trusted:
            plain = socket.create_connection(("127.0.0.1", self.port), timeout=30)
            connection.sock = self.trusted.wrap_socket(plain, server_hostname=HOST)
        return connection


def nginx() -> str:
    """The server of this machine. Without one, its tests are skipped; in CI they fail."""
    if path := shutil.which("nginx"):
        return path
    reason = "no nginx on this machine: install it to run the tests of magazine/deploy/nginx.conf"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@contextmanager
def in_front(of: int, var: Path, folder: Path, *, tls: bool = True) -> Iterator[Front]:
    """nginx before the server at port `of`, whose files are in `var`; its own are in `folder`.
    Without `tls` it answers as plainly as what a benchmark compares it with."""
    command = [nginx(), "-p", str(folder), "-c", str(folder / "nginx.conf")]
    port, plain_port, has_brotli = free_port(), free_port(), BROTLI.is_file()
    certify(folder)
    (folder / "magazine.conf").write_text(
        rendered(of, var, folder, port=port, plain_port=plain_port, tls=tls, brotli=has_brotli)
    )
    around = AROUND.format(
        user="user root;" if os.geteuid() == 0 else "",
        module=f"load_module {BROTLI};" if has_brotli else "",
        folder=folder,
    )
    (folder / "nginx.conf").write_text(around)
    subprocess.run([*command, "-t"], check=True, capture_output=True)
    process = subprocess.Popen(command)
    trusted = ssl.create_default_context(cafile=str(folder / "fullchain.pem")) if tls else None
    try:
        wait_for(port, process)
        yield Front(port, plain_port, trusted, process, has_brotli)
    finally:
        process.terminate()
        process.wait(timeout=20)


def rendered(
    of: int, var: Path, folder: Path, *, port: int, plain_port: int, tls: bool, brotli: bool
) -> str:
    text = CONFIGURATION.read_text()
    text = "\n".join(line for line in text.splitlines() if "[::]" not in line)
    replaced = {
        "127.0.0.1:8000": f"127.0.0.1:{of}",
        "127.0.0.1:8001": f"127.0.0.1:{free_port()}",
        "/etc/letsencrypt/live/magazine.example": str(folder),
        "/var/cache/nginx/magazine": str(folder / "cache"),
        "/var/lib/magazine": str(var),
        "listen 80": f"listen 127.0.0.1:{plain_port}",
        "listen 443": f"listen 127.0.0.1:{port}",
    }
    if not tls:
        replaced |= {f"listen 127.0.0.1:{port} ssl http2": f"listen 127.0.0.1:{port}"}
        replaced |= {"ssl_reject_handshake on;": ""}
    if brotli:
        replaced |= {"#brotli_static on;": "brotli_static on;"}
    for old, new in replaced.items():
        assert old in text, old
        text = text.replace(old, new)
    return text


def certify(folder: Path) -> None:
    """Write a certificate that only its own test trusts, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "fullchain.pem").write_bytes(certificate.public_bytes(pem))
    (folder / "privkey.pem").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


def wait_for(port: int, process: subprocess.Popen) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
            return
        except OSError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"nothing listens on port {port}") from None
            time.sleep(0.05)
