"""Large uploads to the newsroom: nobody's click waits behind them; they outlive their window."""

import io
import secrets
import socket
import time
from concurrent.futures import ThreadPoolExecutor

import PIL.Image
import pytest
from django.urls import reverse

from magazine.gateway.pools import NEWSROOM_STAFF, READERS, SMALLEST_UPLOAD, UPLOADS, pool_for
from tests.faults.disk import DIALOG
from tests.faults.editors import Editor
from tests.magazine.kept_pages import ask

AT_ONCE = 6
LIMIT = 60


def large_picture() -> bytes:
    """A new one each time, without any compression: large, and processed within a second or two."""
    file = io.BytesIO()
    fields = PIL.Image.frombytes("RGB", (4, 3), secrets.token_bytes(4 * 3 * 3))
    fields.resize((2400, 1800)).save(file, "PNG", compress_level=0)
    assert file.tell() > SMALLEST_UPLOAD
    return file.getvalue()


@pytest.fixture
def editor(kept_site, port) -> Editor:
    return Editor(kept_site, port)


def count(kept_site, alt: str) -> int:
    code = f"from articles.models import Image; print(Image.objects.filter(alt={alt!r}).count())"
    return int(kept_site.run(code))


def test_pages_of_readers_and_newsroom_do_not_wait_for_uploads(editor, port):
    """There are more of them than threads: what waits behind them comes when most are done."""
    files = [large_picture() for _ in range(AT_ONCE)]
    with ThreadPoolExecutor(AT_ONCE) as editors:
        uploads = [
            editors.submit(editor.upload, DIALOG, file, alt="A field of noise", credit="N. Body")
            for file in files
        ]
        time.sleep(0.7)  # for the bodies to arrive; where they have not, nothing is shown
        assert editor.ask("GET", "/admin/articles/article/")[0] == 200
        assert ask(port, "/number-20/").status == 200
        assert sum(upload.done() for upload in uploads) < AT_ONCE - 1
        assert [upload.result(LIMIT)[0] for upload in uploads] == [201] * AT_ONCE


def test_an_upload_whose_window_was_closed_is_there_afterwards(editor, kept_site, port):
    body, mark = large_picture(), secrets.token_hex(12)
    alt = f"A closed window {mark}"
    fields = "".join(
        f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in {"alt": alt, "credit": "N. Body"}.items()
    )
    file = f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n'
    form = f"{fields}{file}".encode() + body + f"\r\n--{mark}--\r\n".encode()
    head = (
        f"POST {DIALOG} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\ncontent-length: {len(form)}\r\n"
        f"content-type: multipart/form-data; boundary={mark}\r\nx-csrftoken: {editor.token}\r\n"
        f"cookie: sessionid={editor.session}; csrftoken={editor.token}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", port)) as window:
        window.sendall(head.encode() + form)
        time.sleep(0.5)
    deadline = time.monotonic() + LIMIT
    while not count(kept_site, alt):
        assert time.monotonic() < deadline
        time.sleep(0.2)


@pytest.mark.parametrize(
    ("path", "size", "pool"),
    [
        ("/admin/articles/article/add/", SMALLEST_UPLOAD - 1, NEWSROOM_STAFF),
        ("/admin/articles/image/add/", SMALLEST_UPLOAD, UPLOADS),
        ("/newsletter/provider/", SMALLEST_UPLOAD, READERS),
        (reverse("admin:articles_image_upload"), 1, UPLOADS),
        (reverse("admin:articles_image_files"), 1, UPLOADS),
        (reverse("admin:articles_image_add"), 1, UPLOADS),
        (reverse("admin:articles_article_docx"), 1, UPLOADS),
        (reverse("admin:articles_article_docx"), 0, NEWSROOM_STAFF),
        (reverse("admin:newsletter_subscriber_import"), 1, NEWSROOM_STAFF),
    ],
)
def test_large_bodies_for_the_newsroom_are_uploads_and_files_that_take_their_time(path, size, pool):
    """A small .docx may keep its reader busy for as long as a large one."""
    assert pool_for(path, size) is pool
