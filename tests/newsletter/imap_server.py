"""A small IMAP server on loopback (RFC 3501, as much of it as a mailbox of bounces needs), over TLS
with a certificate of its own."""

import datetime
import re
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass
class ImapServer:
    port: int
    certificate: Path
    folders: dict[str, dict[int, bytes]]
    abilities: str = "IMAP4rev1 MOVE UIDPLUS"
    user: str = "bounces"
    password: str = "p@ss/w:rd %"
    deleted: set[int] = field(default_factory=set)
    # Commands after which the connection is cut.
    cut_at: str = ""
    heard: list[str] = field(default_factory=list)

    def serve(self, connection: socket.socket) -> None:
        file = connection.makefile("rwb")

        def say(line: str) -> None:
            file.write(line.encode() + b"\r\n")
            file.flush()

        say("* OK ready")
        for raw in file:
            tag, _, rest = raw.decode().strip().partition(" ")
            command, _, arguments = rest.partition(" ")
            command = command.upper()
            if command == "UID":
                command, _, arguments = arguments.partition(" ")
            self.heard.append(command)
            if command == self.cut_at:
                connection.shutdown(socket.SHUT_RDWR)
                return
            self.answer(say, file, tag, command, arguments)
            if command == "LOGOUT":
                return

    def answer(self, say, file, tag: str, command: str, arguments: str) -> None:
        inbox = self.folders["INBOX"]
        key = int(found[0]) if (found := re.findall(r"^\d+", arguments)) else 0
        match command:
            case "CAPABILITY":
                say(f"* CAPABILITY {self.abilities}")
            case "LOGIN":
                user, password = re.findall(r'"((?:[^"\\]|\\.)*)"|(\S+)', arguments)
                if (max(user), max(password)) != (self.user, self.password):
                    return say(f"{tag} NO [AUTHENTICATIONFAILED] wrong: {arguments}")
            case "CREATE" if arguments in self.folders:
                return say(f"{tag} NO exists")
            case "CREATE":
                self.folders[arguments] = {}
            case "SELECT" if arguments.strip('"') not in self.folders:
                return say(f"{tag} NO no such folder")
            case "SELECT":
                say(f"* {len(inbox)} EXISTS")
            case "SEARCH":
                say("* SEARCH " + " ".join(str(one) for one in sorted(inbox)))
            case "FETCH":
                longest = int(re.findall(r"<0\.(\d+)>", arguments)[0])
                content = inbox[key][:longest]
                file.write(b"* 1 FETCH (UID %d BODY[]<0> {%d}\r\n" % (key, len(content)))
                file.write(content + b")\r\n")
            case "MOVE":
                self.folders["Processed"][key] = inbox.pop(key)
            case "COPY":
                self.folders["Processed"][key] = inbox[key]
            case "STORE":
                self.deleted.add(key)
            case "EXPUNGE":
                for one in {key} & self.deleted or self.deleted:
                    inbox.pop(one, None)
        say(f"{tag} OK done")
        return None


@contextmanager
def imap_server(folder: Path, *messages: bytes, **settings: str) -> Iterator[ImapServer]:
    """A server with these messages in its INBOX, until the block ends."""
    certificate = certified(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    listener = socket.create_server(("127.0.0.1", 0))
    server = ImapServer(
        listener.getsockname()[1],
        certificate,
        {"INBOX": dict(enumerate(messages, 11))},
        **settings,
    )

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return  # the listener was closed
            try:
                with context.wrap_socket(connection, server_side=True) as secured:
                    secured.settimeout(30)
                    server.serve(secured)
            except OSError:
                continue  # cut off, by a test or by its subject

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(timeout=30)


def certified(folder: Path) -> Path:
    """A key and a certificate for localhost, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "imap.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return file
