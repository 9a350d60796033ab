import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from PIL import Image as Drawing

from articles.importing.names import slug_of
from articles.importing.reading import LARGEST_FILE
from articles.models import Article, Author, Byline, Format, Image, Publication, Section
from tests import make
from tests.conftest import ROOT, Site, site_environment

PARAGRAPHS = [
    "The envoy’s note — “read, and burnt” — ran to two lines.",
    "Nobody in Łódź, Київ or 서울 had asked for it; it cost < 3% & no more.",
    "A third paragraph, so that there is a rest.",
]


def piece(number: int = 1, **fields: Any) -> dict[str, Any]:
    """An article of the file, complete, with a picture of its own."""
    return {
        "headline": f"A note on strait {number}",
        "deck": "Two lines were enough",
        "sections": ["Europe", "Media"],
        "image": {
            "title": "A ferry at a quay",
            "credit_label": "Top photo credit",
            "credit": f"Ada Quill/HARBOUR {number}",
            "file": f"images/{number}.jpg",
        },
        "paragraphs": PARAGRAPHS,
        "complete": True,
        "published_at": "2025-07-09T04:05:00Z",
        "slug": f"strait-{number}",
        "format": "Analysis",
        "authors": ["Ada Quill", "Дмитро Галасенко"],
        **fields,
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return folder_of_pictures(tmp_path / "content", 3)


def folder_of_pictures(folder: Path, count: int) -> Path:
    (folder / "images").mkdir(parents=True)
    for number in range(1, count + 1):
        Drawing.new("RGB", (60 + number, 40), "teal").save(folder / f"images/{number}.jpg")
    return folder


def write(folder: Path, *pieces: Any, **members: Any) -> Path:
    path = folder / "content.json"
    text = json.dumps({**members, "articles": pieces}, ensure_ascii=False, indent=1)
    path.write_text(text, encoding="utf-8")
    return path


def run(path: Path) -> str:
    """The report of an import that refuses nothing."""
    output = io.StringIO()
    call_command("import_content", str(path), stdout=output)
    return output.getvalue()


def refuse(path: Path) -> str:
    """The report of an import that refuses something, its closing error included."""
    output = io.StringIO()
    with pytest.raises(CommandError) as error:
        call_command("import_content", str(path), stdout=output)
    return f"{output.getvalue()}{error.value}"


def stored_files() -> set[Path]:
    return {path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()}


@pytest.mark.django_db
def test_an_article_is_imported_word_for_word(folder: Path) -> None:
    """Every field lands where readers look for it; curly quotes and signs stay as they are."""
    report = run(write(folder, piece()))

    assert "line 3: created strait-1\n" in report
    article = Article.objects.published().get()
    assert article.headline == "A note on strait 1"
    assert article.deck == "Two lines were enough"
    assert article.body == "".join(
        f"<p>{text}</p>".replace("< 3% &", "&lt; 3% &amp;") for text in PARAGRAPHS
    )
    assert (article.section, list(article.also_in.all())) == (
        Section.objects.get(slug="europe"),
        [Section.objects.get(slug="media")],
    )
    assert article.format == Format.objects.get(slug="analysis")
    assert [author.name for author in article.byline] == ["Ada Quill", "Дмитро Галасенко"]
    assert [author.slug for author in article.byline] == ["ada-quill", "dmitro-galasenko"]
    assert article.lead_image is not None
    assert article.lead_image.alt == "A ferry at a quay"
    assert article.lead_image.credit_line == "Top photo credit: Ada Quill/HARBOUR 1"


@pytest.mark.django_db
def test_a_second_run_changes_nothing(folder: Path) -> None:
    """The same file again: all unchanged, and no row of any kind is written."""
    path = write(folder, piece(1), piece(2))
    run(path)
    models = (Article, Author, Byline, Image, Section, Format)
    before = [list(model.objects.order_by("pk").values()) for model in models]

    report = run(path)

    assert "2 articles: 0 created, 0 updated, 2 unchanged, 0 refused" in report
    assert [list(model.objects.order_by("pk").values()) for model in models] == before


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "reported"),
    [
        ({"headline": "Another headline"}, "headline"),
        ({"deck": ""}, "deck"),
        ({"paragraphs": PARAGRAPHS[:2]}, "body"),
        ({"published_at": "2025-07-09T06:06:00+02:00"}, "published_at"),
        ({"format": None}, "format"),
        ({"sections": ["Media", "Europe"]}, "section, also_in"),
        ({"sections": ["Europe"]}, "also_in"),
        ({"authors": ["Дмитро Галасенко", "Ada Quill"]}, "authors"),
        ({"authors": []}, "authors"),
        ({"image": None}, "lead_image"),
        ({"image": {**piece()["image"], "file": "images/2.jpg"}}, "lead_image"),
        ({"image": {**piece()["image"], "credit": "Bo Reed"}}, "words of the lead image"),
    ],
)
def test_a_changed_file_updates_what_changed(folder: Path, change: dict, reported: str) -> None:
    """The report names the fields, and a further run finds nothing left to do."""
    run(write(folder, piece()))
    path = write(folder, piece(**change))
    assert f"line 3: updated strait-1: {reported}\n" in run(path)
    assert "line 3: unchanged strait-1\n" in run(path)


@pytest.mark.django_db
def test_what_the_file_leaves_out_stays(folder: Path) -> None:
    """A key that is missing says nothing; neither does a publication date of null."""
    run(write(folder, piece()))
    silent = {key: piece()[key] for key in ("headline", "slug", "paragraphs")}
    report = run(write(folder, {**silent, "published_at": None}))
    assert "unchanged strait-1" in report


@pytest.mark.django_db
def test_the_beginning_of_an_article_never_replaces_the_whole(folder: Path) -> None:
    """`complete: false` brings a teaser; where the magazine has more, that stays."""
    run(write(folder, piece()))
    path = write(folder, piece(paragraphs=PARAGRAPHS[:2], complete=False))
    assert "unchanged strait-1" in run(path)
    assert PARAGRAPHS[2] in Article.objects.get().body


@pytest.mark.django_db
def test_names_are_matched_whatever_their_capitals(folder: Path) -> None:
    """QIOSK is the QiOSK section; a section, format or author nobody knows is made."""
    make.author("ÉLISE Örn", slug="elise")
    sections = Section.objects.count()
    run(
        write(
            folder,
            piece(
                sections=["qiosk", "The High North"],
                format="Dispatch",
                authors=["Élise örn", "한서윤", "ليلى مصاروة"],
            ),
        )
    )
    article = Article.objects.get()
    assert article.section == Section.objects.get(name="QiOSK")
    assert article.also_in.get().slug == "the-high-north"
    assert Section.objects.count() == sections + 1
    assert article.format == Format.objects.get(slug="dispatch")
    slugs = [author.slug for author in article.byline]
    assert slugs[:2] == ["elise", "hanseoyun"]
    assert slugs[2].startswith("author-")
    assert all(author.kind == Author.Kind.PERSON for author in article.byline)


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Tomás Aguirre Vidal", "tomas-aguirre-vidal"),
        ("Søren Łoś-Þórsson", "soren-los-thorsson"),
        ("Щербак Юлія", "shcherbak-iuliia"),
        ("김 지우", "gim-jiu"),
        ("李雷", ""),
    ],
)
def test_names_are_spelled_in_latin_letters(name: str, slug: str) -> None:
    assert slug_of(name) == slug


@pytest.mark.django_db
def test_an_author_whose_name_gives_a_taken_slug_gets_the_next(folder: Path) -> None:
    """Also where the slug is only an old address that still leads to somebody."""
    renamed = make.author("Ada B. Quill", slug="ada-quill")
    renamed.slug = "ada-b-quill"
    renamed.save()
    run(write(folder, piece(authors=["Ada Quill"])))
    assert [author.slug for author in Article.objects.get().byline] == ["ada-quill-2"]


@pytest.mark.django_db
def test_an_article_that_the_newsroom_moved_is_known_by_its_old_slug(folder: Path) -> None:
    path = write(folder, piece())
    run(path)
    article = Article.objects.get()
    article.slug = "a-better-slug"
    article.save()
    assert "unchanged strait-1" in run(path)
    assert Article.objects.get().slug == "a-better-slug"


@pytest.mark.django_db
def test_html_in_a_paragraph_is_text(folder: Path) -> None:
    """A tag that somebody typed is shown, not obeyed."""
    run(write(folder, piece(paragraphs=["<script>alert(1)</script> and <b>bold</b>"])))
    assert Article.objects.get().body == (
        "<p>&lt;script&gt;alert(1)&lt;/script&gt; and &lt;b&gt;bold&lt;/b&gt;</p>"
    )


@pytest.mark.django_db
def test_one_picture_for_two_articles_is_stored_once_for_the_same_words(folder: Path) -> None:
    """Other words make another picture: a credit belongs to the use that it was given for."""
    image = piece(1)["image"]
    other = {**image, "title": "The same ferry, later"}
    path = write(folder, piece(1), piece(2, image=image), piece(3, image=other))
    run(path)
    leads = [article.lead_image_id for article in Article.objects.order_by("slug")]
    assert leads[0] == leads[1] != leads[2]
    assert Image.objects.count() == 2
    # A correction for one of the two that share it leaves the other's credit alone.
    path = write(folder, piece(1, image={**image, "credit": "Bo Reed"}), piece(2, image=image))
    run(path)
    credits = [article.lead_image.credit for article in Article.objects.order_by("slug")]
    assert credits[:2] == ["Bo Reed", image["credit"]]


@pytest.mark.django_db
def test_the_newsletter_blurb_is_taken_once(folder: Path) -> None:
    """It fills an unwritten blurb and never overwrites the newsroom's own."""
    run(write(folder, piece(), newsletter={"title": "Newsletter", "blurb": "Every Friday."}))
    assert Publication.objects.current().newsletter_blurb == "Every Friday."
    report = run(write(folder, piece(), newsletter={"blurb": "Every Monday."}, rails=["LATEST"]))
    assert "newsletter blurb: unchanged: the magazine has its own" in report
    assert Publication.objects.current().newsletter_blurb == "Every Friday."


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
    "section too long": (piece(sections=["a" * 81]), "Ensure this value has at most 80"),
    "author an object": (
        piece(authors=[{"name": "A"}]),
        "a name in authors must be text, not an o",
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
    "no articles": (b'{"rails": []}', "no list “articles”"),
    "articles an object": (b'{"articles": {}}', "“articles” must be a list"),
    "UTF-16": ('{"articles": []}'.encode("utf-16"), "is in UTF-16"),
    "UTF-16 without a mark": ('{"articles": []}'.encode("utf-16-le"), "is in UTF-16"),
    "Latin-1": ('{"rails":\n ["é"]}'.encode("latin-1"), "line 2: this is not UTF-8"),
    "a key twice": (b'{"articles": [\n{"deck": "a", "deck": "b"}]}', "line 2: “deck” stands twice"),
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


# What a process tells of its database: for each article all that may be missing from half a one.
TELL = """
from articles.models import Article, Author, Image
from django.core.files.storage import default_storage as storage
for article in Article.objects.all():
    files = article.lead_image.file_names
    print(article.slug, article.section.slug, article.also_in.count(), len(article.byline),
          article.word_count, all(map(storage.exists, files)))
print(Article.objects.count(), Image.objects.count(), Author.objects.count())
"""
# An import whose process is killed when it has written the row of the third article.
KILLED = """
import os, signal, sys
import django
django.setup()
from django.core.management import call_command
from articles.importing import storing
set_lists = storing.set_lists
def killed(article, words):
    if article.slug == "strait-3":
        os.kill(os.getpid(), signal.SIGKILL)
    return set_lists(article, words)
storing.set_lists = killed
call_command("import_content", sys.argv[1])
"""


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """A magazine of its own for processes that are killed or race."""
    env = site_environment(tmp_path / "var", "magazine_import_of_tests")
    (tmp_path / "var").mkdir()
    site = Site(0, {**env, "DJANGO_SETTINGS_MODULE": "magazine.settings"})
    site.manage("migrate", "--verbosity=0")
    return site


def tell(site: Site) -> list[str]:
    return site.manage("shell", "--no-imports", "-c", TELL).splitlines()


def start(site: Site, *arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, *arguments],
        env=site.env,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def whole_articles(told: list[str]) -> list[str]:
    """The slugs of what was told, once it is certain that nothing is missing anywhere."""
    *articles, _ = told
    assert {line.split()[1:4] == ["europe", "1", "2"] for line in articles} == {True}
    assert {line.split()[5] for line in articles} == {"True"}
    assert len({line.split()[4] for line in articles}) == 1
    return [line.split()[0] for line in articles]


def test_a_killed_import_leaves_whole_articles_and_a_second_run_completes_it(
    site: Site, tmp_path: Path
) -> None:
    """SIGKILL at the worst moment: what is there is whole, the rest is as if never begun."""
    folder = folder_of_pictures(tmp_path / "content", 5)
    path = write(folder, *(piece(number) for number in range(1, 6)))
    killed = start(site, "-c", KILLED, str(path))
    killed.communicate(timeout=60)
    assert killed.returncode == -9
    told = tell(site)
    assert whole_articles(told) == ["strait-1", "strait-2"]
    assert told[-1] == "2 2 2"

    report = site.manage("import_content", str(path))

    assert "5 articles: 3 created, 0 updated, 2 unchanged, 0 refused" in report
    told = tell(site)
    assert len(whole_articles(told)) == 5
    assert told[-1] == "5 5 2"


def test_two_imports_at_once_make_every_article_once(site: Site, tmp_path: Path) -> None:
    folder = folder_of_pictures(tmp_path / "content", 8)
    path = write(folder, *(piece(number) for number in range(1, 9)))
    racers = [start(site, "manage.py", "import_content", str(path)) for _ in range(2)]
    reports = [racer.communicate(timeout=120)[0] for racer in racers]
    assert [racer.returncode for racer in racers] == [0, 0], reports
    told = tell(site)
    assert len(whole_articles(told)) == 8
    assert told[-1] == "8 8 2"
    assert "8 unchanged" in site.manage("import_content", str(path))
