"""Synthetic articles in bulk, to see how the magazine bears an archive of many years."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any, TypeVar

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.text import slugify
from rich.console import Console
from taggit.models import Tag

from articles.management.terminal import progress_on
from articles.models import Article, Author, Byline, Format, Image, Section, Series

from .material import FOLDER, toml

Named = TypeVar("Named", Author, Series)

MOST = 1_000_000
BATCH = 500
SPAN = timedelta(days=20 * 365)
BODIES = 200
PICTURES = 12
AUTHORS = 36

WORDS: dict[str, list[str]] = toml(FOLDER / "archive.toml")


@dataclass(frozen=True)
class SharedRows:
    """What the articles are put together from."""

    sections: list[Section]
    formats: list[Format | None]
    series: list[Series]
    authors: list[Author]
    tags: list[Tag]
    pictures: list[Image | None]
    bodies: list[Article]


def generate(wanted: int, seed: int, console: Console) -> None:
    """Add `wanted` articles; each batch of them is stored whole or not at all.

    The same seed gives the same articles on the same magazine. A further run adds more.
    """
    rng = Random(seed)
    shared = add_shared_rows(rng)
    now = timezone.now()
    # No serial is above its row's key, so those after the highest key were never used.
    serial = (Article.objects.aggregate(highest=Max("pk"))["highest"] or 0) + 1
    with progress_on(console) as progress:
        task = progress.add_task("Generating the archive", total=wanted)
        for first in range(serial, serial + wanted, BATCH):
            serials = range(first, min(first + BATCH, serial + wanted))
            store([article(rng, shared, number, now) for number in serials], rng, shared)
            progress.advance(task, len(serials))
    console.print(f"{wanted} articles added, from {now - SPAN:%Y} to {now:%Y}.")


@transaction.atomic
def add_shared_rows(rng: Random) -> SharedRows:
    names = [f"{given} {family}" for given in WORDS["given"] for family in WORDS["family"]]
    return SharedRows(
        sections=list(Section.objects.all()),
        formats=[None, *Format.objects.all()],
        series=[get_or_create(Series, slugify(name), name) for name in WORDS["series"]],
        authors=[
            get_or_create(Author, f"archive-{slugify(name)}", name)
            for name in rng.sample(names, AUTHORS)
        ],
        tags=[Tag.objects.get_or_create(name=topic)[0] for topic in WORDS["topics"]],
        pictures=[None, *Image.objects.order_by("pk")[:PICTURES]],
        bodies=[body(rng) for _ in range(BODIES)],
    )


def get_or_create(model: type[Named], slug: str, name: str) -> Named:
    return model._default_manager.get_or_create(slug=slug, defaults={"name": name})[0]


def body(rng: Random) -> Article:
    paragraphs = "".join(f"<p>{paragraph(rng)}</p>" for _ in range(rng.randint(3, 24)))
    made = Article(body=paragraphs)
    made.derive_from_body()
    return made


def paragraph(rng: Random) -> str:
    forms = rng.sample(WORDS["sentences"], rng.randint(3, 6))
    return " ".join(filled(form, rng) for form in forms)


def filled(form: str, rng: Random) -> str:
    return form.format(
        subject=rng.choice(WORDS["subjects"]),
        verb=rng.choice(WORDS["verbs"]),
        place=rng.choice(WORDS["places"]),
        number=rng.randint(4, 900),
    )


def article(rng: Random, shared: SharedRows, serial: int, now: datetime) -> Article:
    headline = filled("The {subject} {verb} {place}", rng)
    copied = rng.choice(shared.bodies)
    return Article(
        headline=headline,
        deck=filled(rng.choice(WORDS["sentences"]), rng),
        slug=f"{slugify(headline)}-{serial}",
        body=copied.body,
        teaser=copied.teaser,
        has_rest=copied.has_rest,
        word_count=copied.word_count,
        prose_policy=copied.prose_policy,
        section=rng.choice(shared.sections) if shared.sections else None,
        format=rng.choice(shared.formats),
        series=rng.choice(shared.series) if rng.random() < 0.05 else None,
        lead_image=rng.choice(shared.pictures),
        stage=Article.Stage.READY,
        published_at=now - SPAN * rng.random(),
    )


@transaction.atomic
def store(articles: list[Article], rng: Random, shared: SharedRows) -> None:
    Article.objects.bulk_create(articles)
    Byline.objects.bulk_create(
        Byline(article=article, author=author, position=position)
        for article in articles
        for position, author in enumerate(some(rng, shared.authors, (0, 1, 1, 1, 1, 1, 2, 3)))
    )
    Tagged = Article.tags.through
    content_type = ContentType.objects.get_for_model(Article)
    Tagged.objects.bulk_create(
        Tagged(content_type=content_type, object_id=article.pk, tag=tag)
        for article in articles
        for tag in some(rng, shared.tags, (1, 2, 3))
    )
    AlsoIn = Article.also_in.through
    AlsoIn.objects.bulk_create(
        AlsoIn(article=article, section=section)
        for article in articles
        for section in some(rng, shared.sections, (0, 0, 0, 1))
        if section != article.section
    )


def some(rng: Random, shared: list[Any], sizes: tuple[int, ...]) -> list[Any]:
    return rng.sample(shared, min(len(shared), rng.choice(sizes)))
