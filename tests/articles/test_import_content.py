"""What `import_content` takes from a file."""

from pathlib import Path

import pytest

from articles.models import Article, Author, Byline, Format, Image, Publication, Section
from tests import make
from tests.articles.picture_files import animated
from tests.importing import PARAGRAPHS, piece, run, write


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
    assert slugs == ["elise", "hanseoyun", "lyla-msrwh"]
    assert all(author.kind == Author.Kind.PERSON for author in article.byline)


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


@pytest.mark.django_db
def test_the_frames_of_an_animation_that_are_left_out_are_reported(folder: Path) -> None:
    """With the article that is made of the file, and with the one that gets another picture."""
    (folder / "images/1.jpg").write_bytes(animated("GIF"))
    kept = "Only the first of the 2 frames of the animation is kept."
    assert f"created strait-1: {kept}\n" in run(write(folder, piece()))
    (folder / "images/1.jpg").write_bytes(animated("WEBP"))
    assert f"updated strait-1: lead_image. {kept}\n" in run(write(folder, piece()))
