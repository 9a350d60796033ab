"""The demo magazine, from its files into the database.

Only what is missing is added: an article, author, page or series that is there by its slug, or was
there before the newsroom moved it, stays as it is. Settings and sections are filled in only for a
magazine that has not been given a name yet.
"""

from collections.abc import Mapping
from concurrent.futures import BrokenExecutor, Future
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.core.management import CommandError
from django.db import DatabaseError, transaction
from django.utils import timezone
from django.utils.html import escape
from rich.console import Console

from articles import renditions
from articles.database.statistics import refresh_statistics
from articles.importing.lookup import Row, find_by_slug
from articles.importing.saving import atomic_with_files
from articles.management.terminal import progress_on
from articles.models import (
    Article,
    Author,
    Byline,
    Correction,
    Format,
    FrontPage,
    Image,
    Page,
    Publication,
    Section,
    Series,
    Slot,
)
from articles.models.front_page import Place
from articles.models.images import KNOWN_FROM_DECODING

from . import drawing, material
from .material import DemoArticle, DemoAuthor, Illustration
from .studio import Studio

STUDIO_CREDIT = "Illustration: The Envoy Studio"


def load(console: Console) -> None:
    """Load the demo. Drawing takes about a minute if all is missing, and nothing if nothing is.
    Raises CommandError with one line; what was loaded before stays, and a second run goes on."""
    try:
        articles, authors = material.articles(), material.authors()
        fill_in()
        new_authors = [author for author in authors if find_by_slug(Author, author.slug) is None]
        new_articles = [
            article for article in articles if find_by_slug(Article, article.slug) is None
        ]
        add(new_authors, new_articles, console)
        refresh_statistics(Article, Author, Byline, Article.tags.through, Image)
        lay_out_front(articles)
    except material.MaterialFault as fault:
        raise CommandError(f"The demo's files are damaged. {fault}") from None
    except (ValidationError, OSError, BrokenExecutor, DatabaseError) as error:
        raise CommandError(
            f"Not all of the demo could be loaded; run load_demo again to go on. {error}"
        ) from error
    left = len(articles) - len(new_articles)
    console.print(f"The demo: {len(new_articles)} articles added, {left} left as they were.")


def add(authors: list[DemoAuthor], articles: list[DemoArticle], console: Console) -> None:
    now = timezone.now()
    with Studio() as studio, progress_on(console) as progress:
        portraits = {
            author.slug: studio.order(
                drawing.portrait,
                author.art,
                alt=f"A printed medallion that stands for {author.name}",
                credit=STUDIO_CREDIT,
                credit_label="",
            )
            for author in authors
            if author.art is not None
        }
        pictures = {
            wanted: studio.order(drawing.illustration, wanted.art, wanted.seed, **words(wanted))
            for article in articles
            for wanted in article.illustrations
        }
        if portraits or pictures:
            console.print(f"Drawing {len(portraits) + len(pictures)} pictures for the demo …")
        task = progress.add_task("Loading The Envoy", total=len(authors) + len(articles))
        for author in authors:
            add_author(author, portraits.get(author.slug))
            progress.advance(task)
        for article in articles:
            drawn = {wanted: pictures[wanted].result() for wanted in article.illustrations}
            add_article(article, drawn, now)
            progress.advance(task)


def words(wanted: Illustration) -> dict[str, str]:
    return {
        "alt": wanted.alt,
        "caption": wanted.caption,
        "credit": wanted.credit,
        "credit_label": wanted.credit_label,
    }


@transaction.atomic
def fill_in() -> None:
    publication, demo = Publication.objects.current(), material.publication()
    is_unnamed = publication.name == Publication._meta.get_field("name").get_default()
    if is_unnamed:
        publication.name = demo.name
        publication.tagline = demo.tagline
        publication.description = demo.description
        publication.links = demo.links
        publication.donation_url = demo.donation_url
        publication.newsletter_blurb = demo.newsletter_blurb
        publication.footer_text = demo.footer_text
        publication.quick_takes = publication.quick_takes or find_by_slug(Section, "qiosk")
        publication.full_clean()
        publication.save()
        for slug, description in demo.sections.items():
            if section := find_by_slug(Section, slug):
                section.description = description
                section.save()
    for page in material.pages():
        found = find_by_slug(Page, page.slug)
        if found is None or is_unnamed:
            found = found or Page(slug=page.slug)
            found.title, found.summary, found.body = page.title, page.summary, page.body
            found.in_footer, found.position = page.in_footer, page.position
            found.full_clean()
            found.save()
    for series in material.series():
        if find_by_slug(Series, series.slug) is None:
            Series.objects.create(
                slug=series.slug, name=series.title, description=series.description
            )


def add_author(demo: DemoAuthor, portrait: "Future[Image] | None") -> None:
    drawn = [portrait.result()] if portrait else []
    with atomic_with_files(drawn):
        author = Author(
            slug=demo.slug,
            name=demo.name,
            own_name=demo.own_name,
            own_name_language=demo.own_name_language,
            kind=demo.kind,
            role=demo.role,
            affiliation=demo.affiliation,
            bio=demo.bio,
            links=demo.links,
            portrait=kept(drawn[0]) if drawn else None,
        )
        author.full_clean()
        author.save()


def add_article(demo: DemoArticle, drawn: Mapping[Illustration, Image], now: datetime) -> None:
    with atomic_with_files(drawn.values()):
        pictures = {wanted: kept(picture) for wanted, picture in drawn.items()}
        article = Article(
            headline=demo.headline,
            deck=demo.deck,
            slug=demo.slug,
            body=demo.body_with({wanted: figure(pictures[wanted]) for wanted in pictures}),
            section=row(Section, demo.section),
            format=row(Format, demo.format),
            series=row(Series, demo.series),
            lead_image=pictures[demo.lead_image] if demo.lead_image else None,
            stage=Article.Stage.READY,
            published_at=now - timedelta(days=demo.days_ago),
        )
        article.full_clean()
        article.save()
        article.also_in.set(filter(None, (row(Section, slug) for slug in demo.also_in)))
        article.set_byline(filter(None, (row(Author, slug) for slug in demo.authors)))
        article.tags.set(demo.tags)
        if demo.correction:
            made_at = now - timedelta(days=demo.days_ago / 2)  # after it was published
            Correction.objects.create(article=article, text=demo.correction, made_at=made_at)


HEAD = [Place("lead", 1), *(Place("seconds", number) for number in range(1, 5))]


@transaction.atomic
def lay_out_front(articles: list[DemoArticle]) -> None:
    """Publish the first version of the front page, if nobody has arranged one yet."""
    if FrontPage.objects.exists():
        return
    ranked = sorted(
        (demo.front_rank, article.pk)
        for demo in articles
        if demo.front_rank and (article := find_by_slug(Article, demo.slug))
    )
    page = FrontPage()
    page.published_at, page.stage = timezone.now(), FrontPage.Stage.RELEASED
    page.note = "The demo’s front page"
    page.save()
    slots = (Slot(article_id=key) for _, key in ranked)
    page.lay_out(dict(zip(HEAD, slots, strict=False)))


def row(model: type[Row], slug: str) -> Row | None:
    """Return the row of this slug; None if the newsroom has removed it."""
    return find_by_slug(model, slug) if slug else None


def kept(picture: Image) -> Image:
    """Return the stored image, if the same drawing was stored before."""
    known = Image.objects.filter(digest=renditions.digest(picture.file.file)).first()
    if known:
        return known
    picture.full_clean(exclude=KNOWN_FROM_DECODING)
    picture.save()
    return picture


def figure(picture: Image) -> str:
    caption = f"<figcaption>{escape(picture.caption)}</figcaption>" if picture.caption else ""
    return f'<figure data-image="{picture.pk}">{caption}</figure>'
