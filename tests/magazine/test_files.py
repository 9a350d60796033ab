"""Pictures and static files, as the one middleware that serves them answers."""

from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client

from magazine.files import PICTURE_HEADERS
from tests.newsroom import picture

STEM = "pictures/0a/0123456789abcdef"


def stored(name: str) -> str:
    assert default_storage.save(name, ContentFile(b"bytes")) == name
    return f"/media/{name}"


@pytest.mark.django_db
def test_every_file_of_a_picture_is_served_to_be_kept_for_ever_and_never_run(client):
    """Both formats, every shape and the master; to the newsroom's people as to everybody."""
    names = picture((1000, 700)).file_names
    assert len(names) > 10
    for name in names:
        answer = client.get(f"/media/{name}")
        assert answer.status_code == 200
        kind = "image/avif" if name.endswith(".avif") else "image/jpeg"
        assert answer.headers["Content-Type"] == kind
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert "Set-Cookie" not in answer.headers
        assert answer.content == Path(default_storage.path(name)).read_bytes()


def test_what_a_browser_has_is_not_sent_again(client):
    """By its ETag; HEAD says the same without the bytes, a range is part of them."""
    url = stored(f"{STEM}-card-240.avif")
    first = client.get(url)
    again = client.get(url, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    head = client.head(url)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["Content-Length"] == "5"
    part = client.get(url, headers={"Range": "bytes=1-2"})
    assert (part.status_code, part.content) == (206, b"yt")
    assert first.content == b"bytes"
    for answer in (first, again, head, part):
        assert answer.headers.items() >= PICTURE_HEADERS.items()


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"])
def test_pictures_know_two_methods(client, method):
    answer = client.generic(method, stored(f"{STEM}-full-320.jpg"))
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name",
    [
        f"{STEM}-full-320.svg",
        f"{STEM}-full-320.html",
        f"{STEM}-full-320.jpg.html",
        f"{STEM}-master.avif",
        f"{STEM}-full-320.JPG",
        f"{STEM}-full-320.jpg\n",
        f"{STEM}-other-320.jpg",
        "pictures/0a/short-full-320.jpg",
        "notes.txt",
        "shell.php",
        ".htaccess",
        "db.sqlite3",
    ],
)
def test_only_what_the_worker_writes_is_served(client, name):
    """Whatever else comes to lie in the folder, by a restore or by a slip, stays there."""
    path = Path(settings.MEDIA_ROOT) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"<script>alert(1)</script>")
    answer = client.get(f"/media/{name}")
    assert answer.status_code == 404
    assert b"alert(1)" not in answer.content


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    [
        f"{STEM}-full-9.jpg",
        f"../media/{STEM}-full-320.jpg",
        "pictures/../secret_key",
        f"/{STEM}-full-320.jpg",
        "%00",
        "%2e%2e/db.sqlite3",
        "",
        "pictures/",
    ],
)
def test_no_path_leads_out_of_the_folder_or_to_a_failure(client, path):
    stored(f"{STEM}-full-320.jpg")
    assert client.get(f"/media/{path}").status_code == 404


def test_static_files_are_served_by_the_same_rules(tmp_path, settings):
    """Not sniffed, for our own pages, with an ETag, by GET and HEAD."""
    settings.STATIC_ROOT = tmp_path
    (tmp_path / "site.css").write_text("body {}")
    client = Client()
    answer = client.get("/static/site.css")
    assert (answer.status_code, answer.content) == (200, b"body {}")
    assert answer.headers["Content-Type"] == 'text/css; charset="utf-8"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    known = {"If-None-Match": answer.headers["ETag"]}
    assert client.get("/static/site.css", headers=known).status_code == 304
    assert client.post("/static/site.css").status_code == 405


def test_a_file_is_sent_in_one_piece(client):
    """The server's thread hands one piece over and is free; for each of many it would wait until a
    slow reader has taken the one before."""
    name = default_storage.save(f"{STEM}-master.jpg", ContentFile(bytes(3_000_000)))
    assert [len(piece) for piece in client.get(f"/media/{name}")] == [3_000_000]
