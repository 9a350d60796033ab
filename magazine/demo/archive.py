"""Synthetic articles in bulk, to see how the magazine bears an archive of many years."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any, TypeVar

from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.db.models import Max, Model
from django.utils import timezone
from django.utils.text import slugify
from rich.console import Console
from taggit.models import Tag

from articles.database.statistics import refresh_statistics
from articles.management.terminal import progress_on
from articles.models import Article, Author, Byline, Format, Image, Section, Series

from .material import FOLDER, toml

Named = TypeVar("Named", Author, Series)

MOST = 1_000_000
BATCH = 1_000
SPAN = timedelta(days=20 * 365)
BODIES = 200
PICTURES = 12
AUTHORS = 80
# One author and one tag have far more than the others, so that measurements meet such a one.
SHARE_OF_FIRST_AUTHOR = 0.05
SHARE_OF_FIRST_TAG = 0.2

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
    """Bring the articles of this seed to `wanted`: it goes on after the last one that is there.

    Each batch is stored whole or not at all, so it may be killed at any moment and run again. The
    same seed gives the same articles on the same magazine.
    """
    shared = add_shared_rows(Random(seed))
    now = timezone.now()
    there = last_number(seed)
    with progress_on(console) as progress:
        task = progress.add_task("Generating the archive", total=wanted, completed=there)
        for first in range(there + 1, wanted + 1, BATCH):
            numbers = range(first, min(first + BATCH, wanted + 1))
            # Of its own, so that it does not matter where an earlier run was killed.
            rng = Random(f"{seed}-{first}")
            store([article(rng, shared, seed, number, now) for number in numbers], rng, shared)
            progress.advance(task, len(numbers))
    if there < wanted:
        refresh_statistics(
            *(Article, Byline, Article.tags.through, Article.also_in.through),
            *(Author, Series, Tag),
        )
    console.print(
        f"{max(wanted - there, 0)} articles added, {max(wanted, there)} of seed {seed} in all."
    )


def prefix_of(seed: int) -> str:
    return f"archive-{seed}-"


def last_number(seed: int) -> int:
    """Return the highest number of an article of this seed. The digits of all are as many, so the
    last slug has it."""
    prefix = prefix_of(seed)
    last = Article.objects.filter(slug__startswith=prefix).aggregate(last=Max("slug"))["last"]
    return int(last.removeprefix(prefix).partition("-")[0]) if last else 0


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


def article(rng: Random, shared: SharedRows, seed: int, number: int, now: datetime) -> Article:
    headline = filled("The {subject} {verb} {place}", rng)
    copied = rng.choice(shared.bodies)
    published_at = now - SPAN * rng.random()
    return Article(
        headline=headline,
        deck=filled(rng.choice(WORDS["sentences"]), rng),
        slug=f"{prefix_of(seed)}{number:07}-{slugify(headline)}",
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
        published_at=published_at,
        released_at=published_at,
        created_at=published_at,
        modified_at=published_at,
    )


@transaction.atomic
def store(articles: list[Article], rng: Random, shared: SharedRows) -> None:
    columns = [field for field in Article._meta.concrete_fields if not field.primary_key]
    insert(
        Article,
        [field.column or "" for field in columns],
        ([getattr(article, field.attname) for field in columns] for article in articles),
    )
    slugs = [article.slug for article in articles]
    keys = dict(Article.objects.filter(slug__in=slugs).values_list("slug", "pk"))
    pairs = [(keys[article.slug], article) for article in articles]
    insert(
        Byline,
        ["article_id", "author_id", "position"],
        (
            (key, author.pk, position)
            for key, _ in pairs
            for position, author in enumerate(
                some(rng, shared.authors, (0, 1, 1, 1, 1, 1, 2, 3), SHARE_OF_FIRST_AUTHOR)
            )
        ),
    )
    content_type = ContentType.objects.get_for_model(Article).pk
    insert(
        Article.tags.through,
        ["content_type_id", "object_id", "tag_id"],
        (
            (content_type, key, tag.pk)
            for key, _ in pairs
            for tag in some(rng, shared.tags, (1, 2, 3), SHARE_OF_FIRST_TAG)
        ),
    )
    insert(
        Article.also_in.through,
        ["article_id", "section_id"],
        (
            (key, section.pk)
            for key, article in pairs
            for section in some(rng, shared.sections, (0, 0, 0, 1))
            if section.pk != article.section_id
        ),
    )


def insert(model: type[Model], columns: Collection[str], rows: Iterable[Collection[Any]]) -> None:
    """Write rows as they are, past what Django does with each value: a body would be sanitized
    four times on its way, which takes longer than all else."""
    quote = connection.ops.quote_name
    into = f"{quote(model._meta.db_table)} ({', '.join(map(quote, columns))})"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {into} FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            values = ", ".join(["%s"] * len(columns))
            statement = f"INSERT INTO {into} VALUES ({values})"  # noqa: S608
            cursor.executemany(statement, list(map(adapted, rows)))


def adapted(row: Collection[Any]) -> list[Any]:
    adapt = connection.ops.adapt_datetimefield_value
    return [adapt(value) if isinstance(value, datetime) else value for value in row]


def some(rng: Random, shared: list[Any], sizes: tuple[int, ...], first: float = 0) -> list[Any]:
    """Pick so many of these rows, in any order; the first of them stands at the beginning with the
    probability `first`, and else never."""
    if first:
        begun = shared[:1] if rng.random() < first else []
        shared = shared[1:]
        return begun + some(rng, shared, tuple(max(size - len(begun), 0) for size in sizes))
    return rng.sample(shared, min(len(shared), rng.choice(sizes)))
