"""What `import_content` refuses, and how it says so."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from articles.importing.reading import LARGEST_FILE
from articles.models import Article, Author, Format, Image, Section
from tests import make
from tests.importing import piece, refuse, run, stored_files, write

BAD_ARTICLES: dict[str, tuple[Any, str]] = {
    "not an object": ("text", "an article must be an object"),
    "missing key": ({"headline": "A headline", "slug": "a"}, "“paragraphs”, “published_at” are"),
    "unknown key": (piece(dek="A deck"), "“dek” is not known"),
    "headline empty": (piece(headline=" "), "headline is empty"),
    "headline too long": (piece(headline="a" * 241), "headline: Ensure this value has at most 240"),
    "headline no text": (piece(headline=None), "headline must be text, not null"),
    "headline on two lines": (piece(headline="a\nb"), "headline has the control character U+000A"),
    "deck too long": (piece(deck="a" * 401), "deck: Ensure this value has at most 400"),
    "slug empty": (piece(slug=""), "slug is empty"),
    "slug in capitals": (piece(slug="Strait"), "slug “Strait” may hold only lower-case"),
    "slug with a slash": (piece(slug="a/b"), "slug “a/b” may hold only"),
    "slug too long": (piece(slug="a" * 121), "slug: Ensure this value has at most 120"),
    "slug reserved": (piece(slug="admin"), "slug: “admin” is one of the magazine's own addresses"),
    "slug of a page": (piece(slug="about"), "slug: Another page has the address “about” already"),
    "paragraphs a text": (piece(paragraphs="text"), "paragraphs must be a list of texts, not text"),
    "paragraphs empty": (piece(paragraphs=["", " "]), "there is no text in paragraphs"),
    "paragraph a number": (piece(paragraphs=["a", 1]), "paragraph 2 must be text, not a number"),
    "NUL": (piece(paragraphs=["a\0b"]), "paragraph 1 has the control character U+0000"),
    "half a character": (piece(deck="\ud800"), "deck has the control character U+D800"),
    "date without zone": (piece(published_at="2025-07-09T04:05:00"), "has no time zone"),
    "date a word": (piece(published_at="yesterday"), "“yesterday” is not a date and time"),
    "date of no calendar": (piece(published_at="2025-02-30T00:00:00Z"), "is not a date and time"),
    "date before year 1": (piece(published_at="0001-01-01T00:00:00+14:00"), "is not a date"),
    "date a number": (piece(published_at=1752033900), "published_at must be text, not a number"),
    "complete a text": (piece(complete="no"), "complete must be true or false, not text"),
    "sections a text": (piece(sections="Europe"), "sections must be a list of names, not text"),
    "section twice": (piece(sections=["Europe", "EUROPE"]), "sections names “Europe” twice"),
    "author in two spellings": (
        piece(authors=["Ren\u00e9", "Rene\u0301"]),
        "authors names “Ren\u00e9” twice",
    ),
    "section too long": (piece(sections=["a" * 81]), "Ensure this value has at most 80"),
    "author a list": (
        piece(authors=[["A"]]),
        "a name in authors must be text, not a list",
    ),
    "author empty": (piece(authors=[" "]), "authors has an empty name in it"),
    "format a list": (piece(format=["Analysis"]), "format must be text, not a list"),
    "image a text": (piece(image="images/1.jpg"), "image must be an object or null, not text"),
    "image absolute": (
        piece(image={"title": "A quay at noon", "file": "/etc/passwd"}),
        "must be a path inside",
    ),
    "image above": (
        piece(image={"title": "A quay at noon", "file": "images/../../a.jpg"}),
        "must be a path inside",
    ),
    "image by a link": (
        piece(image={"title": "A quay at noon", "file": "images/link.jpg"}),
        "leads out of the folder",
    ),
    "image missing": (
        piece(image={"title": "A quay at noon", "file": "images/9.jpg"}),
        "“images/9.jpg” does not exist",
    ),
    "image a folder": (
        piece(image={"title": "A quay at noon", "file": "images"}),
        "“images” does not exist",
    ),
    "image broken": (
        piece(image={"title": "A quay at noon", "file": "images/broken.jpg"}),
        "file: The picture is damaged",
    ),
    "image an SVG": (
        piece(image={"title": "A quay at noon", "file": "images/drawing.svg"}),
        "file: This file is not a JPEG",
    ),
    "image with the name of its file": (
        piece(image={"title": "IMG_0042.jpg", "file": "images/1.jpg"}),
        "looks like the name of a file",
    ),
    "image with the headline": (
        piece(image={"title": "A note on strait 1.", "file": "images/1.jpg"}),
        "repeats the headline",
    ),
    "image without words": (piece(image={"title": "", "file": "images/1.jpg"}), "title is empty"),
}


@pytest.mark.django_db
@pytest.mark.parametrize("fault", BAD_ARTICLES)
def test_a_faulty_article_is_refused_and_the_rest_imported(
    folder: Path, tmp_path: Path, fault: str
) -> None:
    """The reason and the line are told; no row and no file of the article stays behind."""
    bad, reason = BAD_ARTICLES[fault]
    if isinstance(bad, dict):
        # What a refused article would have brought with it must not come.
        new = {"sections": ["A new one"], "format": "A new one", "authors": ["A new one"]}
        bad = {**bad, **{key: new[key] for key in new if bad.get(key) == piece()[key]}}
    (tmp_path / "elsewhere.jpg").write_bytes((folder / "images/1.jpg").read_bytes())
    (folder / "images/link.jpg").symlink_to(tmp_path / "elsewhere.jpg")
    (folder / "images/broken.jpg").write_bytes((folder / "images/1.jpg").read_bytes()[:300])
    (folder / "images/drawing.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>')
    before = (Section.objects.count(), Format.objects.count())
    path = folder / "content.json"
    good = piece(2, authors=[], image=None)
    path.write_text(json.dumps({"articles": [bad, good]}).replace("}, {", "},\n{"))

    report = refuse(path)

    assert "line 1: refused" in report
    assert reason in report
    assert "1 of the articles were refused" in report
    assert [article.slug for article in Article.objects.all()] == ["strait-2"]
    assert (Section.objects.count(), Format.objects.count()) == before
    assert not Author.objects.exists()
    assert not Image.objects.exists()
    assert not stored_files()


@pytest.mark.django_db
def test_the_line_is_where_the_article_begins(folder: Path) -> None:
    path = write(folder, piece(1), piece(2), piece(3, headline=""))
    lines = path.read_text().splitlines()
    report = refuse(path)
    number = int(report.split(": refused strait-3")[0].rsplit("line ")[-1])
    assert lines[number - 1].strip() == "{"
    assert '"A note on strait 2"' in "".join(lines[: number - 1])
    assert '"slug": "strait-3"' in "".join(lines[number:])


@pytest.mark.django_db
def test_a_slug_that_stands_twice_in_the_file_is_imported_once(folder: Path) -> None:
    report = refuse(write(folder, piece(1), piece(2, slug="strait-1")))
    assert "refused strait-1: the article on line 3 has this slug already" in report
    assert Article.objects.get().headline == "A note on strait 1"


@pytest.mark.django_db
def test_an_update_that_is_refused_changes_nothing(folder: Path) -> None:
    """What was there before an article was refused is there afterwards, its picture included."""
    run(write(folder, piece()))
    before = (Article.objects.values().get(), Image.objects.values().get(), stored_files())
    refuse(write(folder, piece(deck="x" * 500, image={**piece()["image"], "file": "images/2.jpg"})))
    assert (Article.objects.values().get(), Image.objects.values().get(), stored_files()) == before


@pytest.mark.django_db
def test_two_authors_of_one_name_are_not_confused(folder: Path) -> None:
    make.author("Ada Quill", slug="ada-1")
    make.author("Ada Quill", slug="ada-2")
    assert "2 authors are called “Ada Quill”" in refuse(write(folder, piece()))


BAD_FILES: dict[str, tuple[bytes, str]] = {
    "empty": (b" \n", "is empty"),
    "not JSON": (b'{"articles": [\n{"headline": "a",}\n]}', "line 2, column "),
    "cut off": (b'{"articles": [\n{"headline": "a"},\n', "line 3, column 1: this is not JSON"),
    "text after it": (b'{"articles": []}\nmore', "line 2, column 1: this is not JSON (Extra data)"),
    "no comma": (b'{"articles": [{}\n{}]}', "line 2, column 1: this is not JSON"),
    "a list": (b"[]", "must hold an object with a list “articles”"),
    "a list that is not known": (
        b'{"articles": [],\n"pages": [{"title": "About"}]}',
        "line 2: “pages” is not known; nothing is imported that would lose text",
    ),
    "no articles": (b'{"rails": []}', "no list “articles”"),
    "articles an object": (b'{"articles": {}}', "“articles” must be a list"),
    "UTF-16": ('{"articles": []}'.encode("utf-16"), "is in UTF-16"),
    "UTF-16 without a mark": ('{"articles": []}'.encode("utf-16-le"), "is in UTF-16"),
    "Latin-1": ('{"rails":\n ["é"]}'.encode("latin-1"), "line 2: this is not UTF-8"),
    "a key twice": (b'{"articles": [\n{"deck": "a", "deck": "b"}]}', "line 2: “deck” stands twice"),
    "a list twice": (
        b'{"articles": [],\n"articles": [{}]}',
        "line 2: “articles” stands twice",
    ),
    "a member without a name": (b'{[]: 1, "articles": []}', "[] is no name of a member"),
    "too deep": (b'{"articles": [\n' + b"[" * 100_000, "line 2: nested too deeply"),
    "endless number": (b'{"articles": [\n' + b"1" * 10_000 + b"]}", "line 2: Exceeds the limit"),
    "newsletter a text": (b'{"articles": [], "newsletter": "a"}', "“newsletter” must be an object"),
    "rails a text": (b'{"articles": [], "rails": "a"}', "“rails” must be a list of names"),
}


@pytest.mark.parametrize("fault", BAD_FILES)
def test_a_file_that_cannot_be_read_is_refused_as_a_whole(tmp_path: Path, fault: str) -> None:
    """One line says what is wrong and where; the database is not even asked."""
    data, reason = BAD_FILES[fault]
    path = tmp_path / "content.json"
    path.write_bytes(data)
    report = refuse(path)
    assert "Nothing was imported." in report
    assert reason in report


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    assert "is a folder" in refuse(tmp_path)
    assert "There is no file" in refuse(tmp_path / "missing.json")
    os.mkfifo(tmp_path / "pipe.json")
    assert "is not a regular file" in refuse(tmp_path / "pipe.json")
    with (tmp_path / "huge.json").open("wb") as huge:
        huge.truncate(LARGEST_FILE + 1)
    assert "is larger than 200 MB" in refuse(tmp_path / "huge.json")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_that_may_not_be_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "content.json"
    path.touch(mode=0o000)
    assert "Permission denied" in refuse(path)


@pytest.mark.django_db
def test_a_byte_order_mark_does_no_harm(folder: Path) -> None:
    path = write(folder, piece())
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert "line 3: created strait-1" in run(path)
