"""Small mail servers on loopback, as much of IMAP (RFC 3501) and POP3 (RFC 1939) as a mailbox of
bounces needs, over TLS with a certificate of their own."""

import datetime
import re
import socket
import ssl
import threading
from base64 import b64decode
from collections.abc import Callable, Iterator
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
    context: ssl.SSLContext
    abilities: str = "IMAP4rev1 MOVE UIDPLUS"
    user: str = "bounces"
    password: str = "p@ss/w:rd %"
    deleted: set[int] = field(default_factory=set)
    # Commands after which the connection is cut.
    cut_at: str = ""
    heard: list[str] = field(default_factory=list)

    def serve(self, connection: socket.socket) -> None:
        """Talk in clear until STARTTLS, where that is among the abilities; else over TLS."""
        if "STARTTLS" in self.abilities:
            connection.sendall(b"* OK ready\r\n")
            self.converse(connection)
        else:
            with self.context.wrap_socket(connection, server_side=True) as secured:
                secured.sendall(b"* OK ready\r\n")
                self.converse(secured)

    def converse(self, connection: socket.socket) -> None:
        file = connection.makefile("rwb")

        def say(line: str) -> None:
            file.write(line.encode() + b"\r\n")
            file.flush()

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
            if command == "STARTTLS":
                say(f"{tag} OK begin")
                self.abilities = self.abilities.replace("STARTTLS", "")
                with self.context.wrap_socket(connection, server_side=True) as secured:
                    self.converse(secured)
                return
            if command == "AUTHENTICATE":
                say("+ ")
                arguments = b64decode(file.readline()).decode()
            self.answer(say, file, tag, command, arguments)
            if command == "LOGOUT":
                connection.shutdown(socket.SHUT_RDWR)
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
            case "AUTHENTICATE" if arguments != f"\0{self.user}\0{self.password}":
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
        context,
        **settings,
    )

    with serving(listener, server.serve):
        yield server


@contextmanager
def serving(listener: socket.socket, serve: Callable[[socket.socket], None]) -> Iterator[None]:
    """Serve one connection after another, until the block ends."""

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return  # the listener was closed
            try:
                with connection:
                    connection.settimeout(30)
                    serve(connection)
            except OSError:
                continue  # cut off, by a test or by its subject

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(timeout=30)


@dataclass
class Pop3Server:
    port: int
    certificate: Path
    messages: list[bytes]
    context: ssl.SSLContext
    user: str = "bounces"
    password: str = "p@ss/w:rd %"
    cut_at: str = ""

    def serve(self, connection: socket.socket) -> None:
        with self.context.wrap_socket(connection, server_side=True) as secured:
            self.converse(secured)

    def converse(self, connection: socket.socket) -> None:
        file = connection.makefile("rwb")
        deleted: set[int] = set()
        file.write(b"+OK ready\r\n")
        file.flush()
        for raw in file:
            command, _, argument = raw.decode().rstrip("\r\n").partition(" ")
            if command == self.cut_at:
                return
            answer = b"+OK"
            if command == "PASS" and argument != self.password:
                answer = f"-ERR wrong: {argument}".encode()
            elif command == "STAT":
                answer = b"+OK %d %d" % (len(self.messages), sum(map(len, self.messages)))
            elif command == "RETR":
                lines = self.messages[int(argument) - 1].splitlines()
                stuffed = [b"." + one if one.startswith(b".") else one for one in lines]
                answer = b"\r\n".join([b"+OK", *stuffed, b"."])
            elif command == "DELE":
                deleted.add(int(argument))
            elif command == "QUIT":
                kept = [one for n, one in enumerate(self.messages, 1) if n not in deleted]
                self.messages[:] = kept
            file.write(answer + b"\r\n")
            file.flush()
            if command == "QUIT":
                return


@contextmanager
def pop3_server(folder: Path, *messages: bytes, **settings: str) -> Iterator[Pop3Server]:
    certificate = certified(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    server = Pop3Server(port, certificate, list(messages), context, **settings)
    with serving(listener, server.serve):
        yield server


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
