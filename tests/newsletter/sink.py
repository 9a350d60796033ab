"""A mail server for tests: real sockets, in processes of its own, that does what a script says.

Each connection is served by a process of its own, so that the sink is never what limits a sender.
What it accepts it writes to a file before it says so: a line for each recipient, in one write that
only appends, so that whoever is killed, the file knows which mails exist.

A script is a list of rules. The first that fits the point and the recipient is done:
    {"at": "rcpt", "to": "ann@", "say": "550 5.1.1 nobody"}   answer with this
    {"at": "end", "do": "drop"}                                close the connection
    {"at": "end", "do": "hold"}                                say nothing until `release()`
    {"at": "end", "wait": 0.5}                                 answer after so many seconds
`after: N` fits only from the N-th mail of a connection on, `times: N` only so often in all.
`drop` and `hold` at `end` come when the mail is accepted and written down; at `body` the client has
been told to send, and nothing of the mail was read.
"""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

POINTS = ("connect", "ehlo", "login", "mail", "rcpt", "data", "body", "refuse", "end", "idle")
OK = {
    "connect": "220 sink.test ready",
    "login": "235 2.7.0 welcome",
    "mail": "250 2.1.0 ok",
    "rcpt": "250 2.1.5 ok",
    "data": "354 go ahead",
    "end": "250 2.0.0 taken",
}


class Dropped(Exception):
    pass


class Sink:
    """The sink as tests see it. Its folder holds the script and what was accepted."""

    def __init__(self, folder: Path, *, login: bool = False, keep: bool = False) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.script()
        (folder / "accepted").touch()
        (folder / "options").write_text(json.dumps({"login": login, "keep": keep}))
        self.process = subprocess.Popen(
            [sys.executable, "-S", __file__, str(folder)],
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        assert self.process.stdout is not None
        self.port = int(self.process.stdout.readline())

    def __enter__(self) -> "Sink":
        return self

    def __exit__(self, *fault: object) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)  # with the connections' own processes
        self.process.wait(timeout=20)
        assert self.process.stdout is not None
        self.process.stdout.close()

    def script(self, *rules: dict[str, Any]) -> None:
        """From now on, for new connections and open ones alike."""
        new = self.folder / "script.new"
        new.write_text(json.dumps(rules))
        new.replace(self.folder / "script")

    def accepted(self) -> list[tuple[str, str]]:
        """Recipient and Message-ID of every mail, in the order of their coming."""
        lines = (self.folder / "accepted").read_text().splitlines()
        return [tuple(line.split(" ", 1)) for line in lines]  # type: ignore[misc]

    def mails(self) -> list[bytes]:
        """Those that were kept, as they came over the wire, dots unstuffed."""
        return [path.read_bytes() for path in sorted(self.folder.glob("mail-*"))]

    def connections(self) -> int:
        return len(list(self.folder.glob("connection-*")))

    def held(self) -> int:
        return len(list(self.folder.glob("held-*")))

    def release(self) -> None:
        """Let go of those that are held, and hold nobody any more."""
        self.script()
        for path in self.folder.glob("held-*"):
            path.unlink(missing_ok=True)


class Conversation:
    """One connection, in its own process."""

    def __init__(self, client: socket.socket, folder: Path, options: dict[str, Any]) -> None:
        self.client = client
        self.folder = folder
        self.options = options
        self.buffer = bytearray()
        self.rules: list[dict[str, Any]] = []
        self.rules_are_of = 0
        self.log = os.open(folder / "accepted", os.O_WRONLY | os.O_APPEND)
        self.mails = 0
        self.recipient = ""

    def serve(self) -> None:
        self.point("connect")
        while True:
            line = self.line()
            verb = line[:4].upper()
            if verb in ("EHLO", "HELO"):
                login = "250-AUTH PLAIN\r\n" if self.options["login"] else ""
                self.point(
                    "ehlo", f"250-sink.test\r\n{login}250-SMTPUTF8\r\n250-8BITMIME\r\n250 SIZE"
                )
            elif verb == "AUTH":
                self.point("login")
            elif verb == "MAIL":
                self.recipient = ""
                self.point("mail")
            elif verb == "RCPT":
                self.recipient = line.partition("<")[2].partition(">")[0]
                if not self.point("rcpt"):
                    self.recipient = ""
            elif verb == "DATA":
                if not self.recipient:
                    self.say("503 5.5.1 no recipient")
                elif self.point("data"):
                    self.take()
            elif verb == "QUIT":
                self.say("221 2.0.0 bye")
                raise Dropped
            else:
                self.say("250 2.0.0 ok")

    def take(self) -> None:
        self.act(self.rule("body"))
        start = 0
        while (end := self.buffer.find(b"\r\n.\r\n", start)) < 0:
            start = max(0, len(self.buffer) - 4)
            self.read()
        content = bytes(self.buffer[: end + 2])
        del self.buffer[: end + 5]
        self.mails += 1
        if refusal := self.rule("refuse"):
            self.say(refusal["say"])
            return
        found = re.search(rb"(?im)^message-id:\s*(\S+)", content)
        if self.options["keep"]:
            name = self.folder / f"mail-{time.monotonic_ns()}"
            name.write_bytes(content.replace(b"\r\n..", b"\r\n."))
        message_id = found[1].decode() if found else "-"
        os.write(self.log, f"{self.recipient} {message_id}\n".encode())
        self.point("end")
        if self.rule("idle"):
            raise Dropped

    def point(self, name: str, usual: str = "") -> bool:
        """Do what the script has for this point, else answer that all is well; whether it is."""
        rule = self.rule(name)
        self.act(rule)
        answer = (rule or {}).get("say", usual or OK[name])
        self.say(answer)
        if answer.startswith("421"):
            raise Dropped
        return answer[0] in "23"

    def rule(self, point: str) -> dict[str, Any] | None:
        self.read_script()
        for number, rule in enumerate(self.rules):
            if (
                rule["at"] == point
                and re.search(rule.get("to", ""), self.recipient)
                and self.mails >= rule.get("after", 0)
                and self.has_times_left(number, rule)
            ):
                return rule
        return None

    def read_script(self) -> None:
        path = self.folder / "script"
        changed = path.stat().st_mtime_ns
        if changed != self.rules_are_of:
            self.rules, self.rules_are_of = json.loads(path.read_text()), changed

    def has_times_left(self, number: int, rule: dict[str, Any]) -> bool:
        if "times" not in rule:
            return True
        for count in range(rule["times"]):
            name = self.folder / f"time-{self.rules_are_of}-{number}-{count}"
            try:
                os.close(os.open(name, os.O_CREAT | os.O_EXCL))
            except FileExistsError:
                continue
            return True
        return False

    def act(self, rule: dict[str, Any] | None) -> None:
        if rule is None:
            return
        time.sleep(rule.get("wait", 0))
        if rule.get("do") == "drop":
            raise Dropped
        if rule.get("do") == "hold":
            mark = self.folder / f"held-{os.getpid()}"
            mark.touch()
            while mark.exists():
                time.sleep(0.01)

    def line(self) -> str:
        while b"\r\n" not in self.buffer:
            self.read()
        line, _, rest = bytes(self.buffer).partition(b"\r\n")
        self.buffer[:] = rest
        return line.decode()

    def read(self) -> None:
        data = self.client.recv(1 << 18)
        if not data:
            raise Dropped
        self.buffer += data

    def say(self, text: str) -> None:
        self.client.sendall(text.encode() + b"\r\n")


def main(folder: Path) -> None:
    options = json.loads((folder / "options").read_text())
    server = socket.create_server(("127.0.0.1", 0), backlog=64)
    print(server.getsockname()[1], flush=True)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # children leave nothing behind
    number = 0
    while True:
        client, _ = server.accept()
        number += 1
        (folder / f"connection-{number}").touch()
        if os.fork():
            client.close()
            continue
        server.close()
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            Conversation(client, folder, options).serve()
        except (Dropped, OSError):
            client.close()
        os._exit(0)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
