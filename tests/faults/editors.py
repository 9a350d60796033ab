"""An editor at work: logged in, with a form and its files."""

import http.client
import io
import re
import secrets
from typing import Any

import PIL.Image

from tests.conftest import Site

SESSION = """
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore
chief, session = User.objects.get(username="chief"), SessionStore()
session[SESSION_KEY] = str(chief.pk)
session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
session[HASH_SESSION_KEY] = chief.get_session_auth_hash()
session.create()
print(session.session_key)
"""


class Editor:
    """A browser in which the chief has logged in."""

    def __init__(self, site: Site, port: int, patience: float = 60) -> None:
        self.port, self.patience = port, patience
        self.session = site.run(SESSION).strip()
        self.token = secrets.token_hex(16)

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.patience)
        sent = {
            "cookie": f"sessionid={self.session}; csrftoken={self.token}",
            "x-csrftoken": self.token,
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        try:
            connection.request(method, path, body, sent)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def upload(self, path: str, file: bytes, **fields: Any) -> tuple[int, str]:
        """Send a form with one file, as a browser does."""
        mark = secrets.token_hex(12)
        parts = [
            f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
            for name, value in fields.items()
        ]
        parts.append(
            f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n'
            "Content-Type: image/jpeg\r\n\r\n".encode()
            + file
            + f"\r\n--{mark}--\r\n".encode()
        )
        kind = f"multipart/form-data; boundary={mark}"
        return self.ask("POST", path, b"".join(parts), content_type=kind)


def picture() -> bytes:
    """A new JPEG each time, of some hundred kilobytes."""
    file = io.BytesIO()
    noise = PIL.Image.frombytes("RGB", (320, 240), secrets.token_bytes(320 * 240 * 3))
    noise.resize((1600, 1200)).save(file, "JPEG", quality=90)
    return file.getvalue()


def words_of(page: str) -> str:
    """Return what a person reads of a page, on one line."""
    text = re.sub(r"(?s)<(script|style|head).*?</\1>|<[^>]+>", " ", page)
    return " ".join(text.split())
