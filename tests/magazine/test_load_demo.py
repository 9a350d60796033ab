import io
import re
import shutil
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from PIL import Image as Drawing
from taggit.models import TaggedItem

from articles import prose, renditions
from articles.models import (
    Article,
    Author,
    Correction,
    FrontPage,
    Image,
    Page,
    Publication,
    Section,
    Series,
)
from magazine.demo import artwork, drawing, loading, material
from magazine.demo.studio import Studio

ARTICLES = material.articles()
ROSTER = {author.slug: author for author in material.authors()}
DRAWN = sum(len(article.illustrations) for article in ARTICLES)
PORTRAITS = sum(author.art is not None for author in ROSTER.values())


def words(article: material.DemoArticle) -> int:
    """What a reader reads: without the footnotes and the figures."""
    body = re.sub(r"<(figure|small)\b.*?</\1>", " ", article.body, flags=re.DOTALL)
    return len(re.sub(r"<[^>]+>", " ", body).split())


def named(script: str) -> set[str]:
    names = {slug: author.own_name or author.name for slug, author in ROSTER.items()}
    return {slug for slug, name in names.items() if re.search(script, name)}


# What the demo must have, so that every page kind and every node has something real to show.
ASKED: dict[str, Callable[[material.DemoArticle], object]] = {
    "about 250 words": lambda article: 230 <= words(article) <= 290,
    "about 3,000 words": lambda article: 2800 <= words(article) <= 3300,
    "no author": lambda article: article.authors == [],
    "one author": lambda article: len(article.authors) == 1,
    "two authors": lambda article: len(article.authors) == 2,
    "five authors": lambda article: len(article.authors) == 5,
    "an organisation": lambda article: any(
        ROSTER[slug].kind == "organisation" for slug in article.authors
    ),
    "a Cyrillic name": lambda article: named("[А-я]") & set(article.authors),
    "a Korean name": lambda article: named("[가-힣]") & set(article.authors),
    "an Arabic name": lambda article: named("[ء-ي]") & set(article.authors),
    "no deck": lambda article: not article.deck,
    "no image": lambda article: article.lead_image is None,
    "no section": lambda article: not article.section,
    "no format": lambda article: not article.format,
    "further sections": lambda article: article.also_in,
    "a very long headline": lambda article: len(article.headline) > 150,
    "a correction": lambda article: article.correction,
    "a series": lambda article: article.series,
    "a pull quote": lambda article: '<aside class="pullquote">' in article.body,
    "a footnote": lambda article: '<small class="footnote">' in article.body,
    "a table": lambda article: "<table>" in article.body,
    "a blockquote": lambda article: "<blockquote>" in article.body,
    "a list": lambda article: "<li>" in article.body,
    "a figure in the body": lambda article: "<figure data-art=" in article.body,
    "the editor's break": lambda article: '<hr class="teaser-break">' in article.body,
    **{
        f"an embed of {provider}": lambda article, provider=provider: (
            f'<figure data-embed="{provider}"' in article.body
        )
        for provider in ("youtube", "vimeo", "x", "bluesky", "documentcloud", "pdf")
    },
}


@pytest.mark.parametrize("asked", ASKED)
def test_the_demo_has_an_article_with(asked: str) -> None:
    assert any(ASKED[asked](article) for article in ARTICLES)


def test_the_demo_has_enough_of_everything() -> None:
    """At least thirty articles, in every section and format, at every place they name."""
    assert len(ARTICLES) >= 30
    sections = set(material.publication().sections)
    assert len(sections) == 10
    assert {article.section for article in ARTICLES} - {""} == sections
    assert {slug for article in ARTICLES for slug in article.also_in} <= sections
    formats = {"analysis", "reporting", "opinion", "video", "podcast", "symposium"}
    assert {article.format for article in ARTICLES} - {""} == formats
    assert {article.series for article in ARTICLES} - {""} == {
        series.slug for series in material.series()
    }
    assert {slug for article in ARTICLES for slug in article.authors} == set(ROSTER)
    assert sorted(article.front_rank for article in ARTICLES if article.front_rank) == [
        1,
        2,
        3,
        4,
        5,
    ]
    assert all(2 <= len(set(article.tags)) == len(article.tags) <= 5 for article in ARTICLES)
    assert len({article.slug for article in ARTICLES}) == len(ARTICLES)


def test_every_drawing_is_another_and_can_be_drawn() -> None:
    drawings = [wanted for article in ARTICLES for wanted in article.illustrations]
    assert len(drawings) >= 30
    assert {wanted.art for wanted in drawings} == set(artwork.KINDS)
    assert len({(wanted.art, wanted.seed) for wanted in drawings}) == len(drawings)
    assert all(wanted.alt and wanted.credit for wanted in drawings)


def test_every_internal_link_of_the_demo_leads_somewhere() -> None:
    known = {f"/{article.slug}/" for article in ARTICLES}
    known |= {f"/{page.slug}/" for page in material.pages()}
    known |= {f"/author/{slug}/" for slug in ROSTER}
    known |= {f"/section/{slug}/" for slug in material.publication().sections}
    bodies = [article.body for article in ARTICLES] + [page.body for page in material.pages()]
    links = re.findall(r'href="(/[^"]*)"', " ".join(bodies))
    assert len(links) >= 20
    assert {link for link in links if link not in known} == set()


def test_no_node_of_the_demo_is_lost_on_the_way_in() -> None:
    """The sanitizer leaves the demo's bodies as they were written: text, notes and embeds."""
    count = 0
    for text in [article.body for article in ARTICLES] + [page.body for page in material.pages()]:
        kept = prose.sanitize(material.BODY_FIGURE.sub("", text))
        for node in ("<small", "<aside", "<figure", "<table", "<blockquote", "<hr", "<a ", "<th"):
            assert kept.count(node) == material.BODY_FIGURE.sub("", text).count(node), node
            count += kept.count(node)
    assert count >= 100


class QuickStudio:
    """Draws nothing: what was ordered is the picture's bytes."""

    orders: list[tuple[Any, ...]] = []

    def __enter__(self) -> "QuickStudio":
        return self

    def __exit__(self, *error: object) -> None: ...

    def order(self, draw: Callable, *arguments: Any, **words: Any) -> "Future[Image]":
        self.orders.append(arguments)
        future: Future[Image] = Future()
        drawn = ContentFile(repr((draw.__name__, arguments)).encode(), "drawing.jpg")
        future.set_result(Image(file=drawn, **words))
        return future


@pytest.fixture
def orders(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """What the loader has drawn; with it the loader takes a second."""
    processed = renditions.ProcessedImage(
        60, 40, "111", "", [renditions.Encoding("master", "jpg", 60, 40, b"a picture")]
    )
    monkeypatch.setattr(renditions, "process", lambda upload, focus: processed)
    monkeypatch.setattr(loading, "Studio", QuickStudio)
    monkeypatch.setattr(QuickStudio, "orders", [])
    return QuickStudio.orders


def load() -> str:
    output = io.StringIO()
    call_command("load_demo", stdout=output)
    return output.getvalue()


def everything() -> list[list[dict[str, Any]]]:
    models = (Article, Author, FrontPage, Image, Page, Publication, Section, Series, TaggedItem)
    rows = [list(model._default_manager.order_by("pk").values()) for model in models]
    return [*rows, list(Article.also_in.through.objects.order_by("pk").values())]


@pytest.mark.django_db
def test_an_empty_magazine_becomes_the_envoy(orders: list) -> None:
    """Every file of the demo is in the magazine, with its words, authors and pictures."""
    assert f"{len(ARTICLES)} articles added, 0 left" in load()

    assert len(orders) == DRAWN + PORTRAITS == Image.objects.count()
    published = {article.slug: article for article in Article.objects.published().with_byline()}
    assert len(published) == len(ARTICLES)
    for demo in ARTICLES:
        article = published[demo.slug]
        assert [author.slug for author in article.byline] == demo.authors
        assert (article.section.slug if article.section else "") == demo.section
        assert (article.format.slug if article.format else "") == demo.format
        assert [section.slug for section in article.also_in.all()] == demo.also_in
        assert set(article.tags.names()) == set(demo.tags)
        assert (article.lead_image.alt if article.lead_image else "") == (
            demo.lead_image.alt if demo.lead_image else ""
        )
        in_body = [wanted for wanted in demo.illustrations if wanted is not demo.lead_image]
        shown = Image.objects.for_prose([article.body])
        assert [image.alt for image in shown.values()] == [wanted.alt for wanted in in_body]
        assert "data-art=" not in article.body
    newest = [article.slug for article in Article.objects.newest_first()]
    assert newest == [demo.slug for demo in ARTICLES]
    front = FrontPage.objects.current()
    ranked = {demo.front_rank: demo.slug for demo in ARTICLES if demo.front_rank}
    assert [slot.article.slug for slot in front.slots.order_by("area", "position")] == [
        ranked[rank] for rank in range(1, 6)
    ]
    publication = Publication.objects.current()
    assert (publication.name, publication.quick_takes) == (
        "The Envoy",
        Section.objects.get(slug="qiosk"),
    )
    assert all(section.description for section in Section.objects.all())
    assert {page.slug: page.body for page in Page.objects.all()}.keys() >= {
        page.slug for page in material.pages()
    }
    assert "The Envoy is a magazine" in Page.objects.get(slug="about").body
    assert {author.slug for author in Author.objects.exclude(portrait=None)} == {
        slug for slug, author in ROSTER.items() if author.art
    }


@pytest.mark.django_db
def test_a_second_load_changes_and_draws_nothing(orders: list) -> None:
    load()
    before = everything()
    orders.clear()
    assert f"0 articles added, {len(ARTICLES)} left" in load()
    assert orders == []
    assert everything() == before


@pytest.mark.django_db
def test_a_load_leaves_what_the_newsroom_has_changed(orders: list) -> None:
    """Words, addresses, pages and settings: what an editor did is not undone; what was deleted
    from among the articles comes back."""
    load()
    article = Article.objects.get(slug=ARTICLES[0].slug)
    article.headline, article.slug = "The editor's own", "the-editors-own"
    article.save()
    author = Author.objects.get(slug="colm-hanratty")
    author.slug = "colm"
    author.save()
    Page.objects.filter(slug="about").update(body="<p>Ours.</p>")
    Publication.objects.update(tagline="Ours")
    Article.objects.get(slug="the-envoy-nobody-sends").delete()
    Section.objects.filter(slug="media").update(description="")
    FrontPage.objects.current().undo(None)

    assert f"1 articles added, {len(ARTICLES) - 1} left" in load()

    assert Article.objects.count() == len(ARTICLES)
    article.refresh_from_db()
    assert article.headline == "The editor's own"
    assert [line.slug for line in Article.objects.get(slug="the-envoy-nobody-sends").byline] == [
        "colm"
    ]
    assert Author.objects.count() == len(ROSTER)
    assert Page.objects.get(slug="about").body == "<p>Ours.</p>"
    assert Publication.objects.current().tagline == "Ours"
    assert Section.objects.get(slug="media").description == ""
    assert not FrontPage.objects.current().slots.exists()
    told = [record.text for record in Correction.objects.all()]
    assert told == [demo.correction for demo in ARTICLES if demo.correction]
    # The picture of the deleted article was still in the library.
    assert Image.objects.count() == DRAWN + PORTRAITS


@pytest.mark.django_db
def test_a_magazine_with_a_name_keeps_its_settings(orders: list) -> None:
    Publication.objects.update(name="Our Own", tagline="")
    Page.objects.filter(slug="about").update(body="<p>Ours.</p>")
    load()
    assert Publication.objects.current().tagline == ""
    assert Page.objects.get(slug="about").body == "<p>Ours.</p>"
    assert Page.objects.filter(slug="corrections-policy").exists()


@pytest.mark.django_db
def test_a_load_that_fails_leaves_whole_articles_and_goes_on_later(
    orders: list, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    """The article that could not be stored leaves no row and no file behind."""
    set_byline = Article.set_byline

    def failing(article: Article, authors: Any) -> None:
        if article.slug == ARTICLES[5].slug:
            raise OSError("No space left on device")
        set_byline(article, authors)

    monkeypatch.setattr(Article, "set_byline", failing)
    with pytest.raises(CommandError, match=r"run load_demo again to go on\. No space left"):
        load()
    assert Article.objects.count() == 5
    files = [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]
    assert len(files) == Image.objects.count()

    monkeypatch.setattr(Article, "set_byline", set_byline)
    assert f"{len(ARTICLES) - 5} articles added, 5 left" in load()
    assert Image.objects.count() == DRAWN + PORTRAITS


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (('headline = "', 'headlin = "'), "unexpected keyword argument 'headlin'"),
        (('headline = "', '# "'), "missing 1 required positional argument: 'headline'"),
        (('slug = "', 'slug = "x'), "the slug is not the name of the file"),
        (("+++\n", ""), "no front matter"),
        (("tags = [", "tags = "), "at line 6"),
        (
            ("[lead_image]\n", '[lead_image]\nheight = "2"\n'),
            "unexpected keyword argument 'height'",
        ),
    ],
)
def test_a_damaged_file_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: tuple[str, str], reason: str
) -> None:
    """Before anything is loaded, and without a traceback."""
    folder = tmp_path / "demo"
    shutil.copytree(material.FOLDER / "articles", folder / "articles")
    path = folder / "articles" / "hotline-nobody-answers.html"
    path.write_text(path.read_text().replace(*change, 1))
    monkeypatch.setattr(material, "FOLDER", folder)
    with pytest.raises(CommandError) as error:
        load()
    assert str(path) in str(error.value)
    assert reason in str(error.value)


def test_the_studio_draws_in_other_processes_and_develops() -> None:
    """What was ordered comes back as an unsaved picture, ready to be stored."""
    with Studio() as studio:
        future = studio.order(drawing.jpeg, Drawing.new("RGB", (90, 60), "teal"), alt="Teal")
        image = future.result(timeout=60)
        assert image.file.process(image.file.file).width == 90
        assert (image.pk, image.alt) == (None, "Teal")
        broken = studio.order(drawing.illustration, "no such art", 1, alt="Nothing")
        with pytest.raises(KeyError):
            broken.result(timeout=60)
