"""What stands beside an article or a listing: rails, the stream, teasers."""

from collections.abc import Hashable, Iterable, Iterator, Mapping
from typing import NamedTuple, TypeVar

from django.db.models import IntegerField, Value
from django.template.loader import get_template
from taggit.models import Tag

from . import link_check, prose
from .models import Article, Image, Publication
from .models.articles import ArticleQuerySet
from .page_parts import PageParts

STREAM_LENGTH = 3
RAIL_LENGTH = 5
RAIL_COLUMNS = ("headline", "slug", "language", "published_at")

Name = TypeVar("Name", bound=Hashable)


class Rails(NamedTuple):
    latest: list[Article]
    quick: list[Article]


def rails(publication: Publication) -> Rails:
    """Fetch the articles of LATEST and of the quick takes, for every page but the front page, which
    chooses its own."""
    newest = Article.objects.published().newest_first().only(*RAIL_COLUMNS)
    quick = newest.filter(section=publication.quick_takes_id)
    return Rails(
        latest=list(newest[:RAIL_LENGTH]),
        quick=list(quick[:RAIL_LENGTH]) if publication.quick_takes_id else [],
    )


def pick_keys(lists: Mapping[Name, ArticleQuerySet]) -> dict[Name, list[int]]:
    """Fetch the keys of several short lists (sliced querysets), newest first, in one query.

    Each list is read through its own index and cut there, so the cost does not grow with the
    archive. A sliced query cannot stand in a UNION on SQLite, but it can stand in an IN.
    """
    parts = [
        Article.objects.filter(pk__in=articles.values("pk"))
        .annotate(number=Value(number, output_field=IntegerField()))
        .values_list("number", "published_at", "pk")
        .order_by()
        for number, articles in enumerate(lists.values())
    ]
    rows = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
    chosen: list[list[int]] = [[] for _ in parts]
    for number, _, pk in sorted(rows, key=lambda row: row[1:], reverse=True):
        chosen[number].append(pk)
    return dict(zip(lists, chosen, strict=True))


def cards(keys: Iterable[int], parts: PageParts) -> list[Article]:
    """Return the public articles of these keys as cards show them, not to be changed; two queries
    for all that no page of this version has shown yet."""
    return parts.get_many("card", keys, fetch_cards)


def fetch_cards(keys: Iterable[int]) -> dict[int, Article]:
    return Article.objects.for_cards().in_bulk(list(keys))


def teasers(keys: Iterable[int], parts: PageParts) -> list[str]:
    """Return the teasers of public articles as HTML."""
    return parts.get_many("teaser", keys, lambda missing: render_teasers(cards(missing, parts)))


def render_teasers(articles: Iterable[Article]) -> dict[int, str]:
    articles = list(articles)
    texts = link_check.for_readers(article.teaser for article in articles)
    images = Image.objects.for_prose(texts)
    template = get_template("articles/_teaser.html")
    found = {}
    for article, text in zip(articles, texts, strict=True):
        words = prose.render_teaser(text, images, key=article.pk, url=article.get_absolute_url())
        found[article.pk] = template.render({"article": article, "text": words})
    return found


def stream(article: Article, tags: Iterable[Tag], parts: PageParts) -> list[int]:
    """Return the keys of the articles to read after this one: from its series, then by its tags,
    from its section, the newest."""
    others = dict.fromkeys(key for key in candidates(article, tags, parts) if key != article.pk)
    return list(others)[:STREAM_LENGTH]


def candidates(article: Article, tags: Iterable[Tag], parts: PageParts) -> Iterator[int]:
    newest = Article.objects.published().newest_first()
    if article.series_id:
        yield from keys_of(newest.filter(series=article.series_id))
    # A tag of a preview may have no row yet.
    if tags := [tag for tag in tags if tag.pk]:
        yield from keys_of(newest.tagged(*tags))
    if section := article.section_id:
        yield from parts.get(("newest", section), lambda: keys_of(newest.filter(section=section)))
    yield from parts.get("newest", lambda: keys_of(newest))


def keys_of(articles: ArticleQuerySet) -> list[int]:
    # One more than are wanted: the article itself may be among them. Those of an earlier list may
    # come again in a later one.
    return list(articles.values_list("pk", flat=True)[: STREAM_LENGTH + 1])
