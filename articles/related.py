"""Rails, streams and teasers: the articles beside the main one, fetched with few queries."""

from collections.abc import Hashable, Iterable, Mapping
from typing import TypeVar

from django.db.models import IntegerField, Value, prefetch_related_objects
from django.utils.safestring import SafeString

from . import prose
from .models import Article, Image, Publication
from .models.articles import ArticleQuerySet

STREAM_LENGTH = 3
RAIL_LENGTH = 5


Name = TypeVar("Name", bound=Hashable)


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


def fetch_cards(keys: Iterable[int], beside: Article | None = None) -> dict[int, Article]:
    """Fetch the articles of these keys as cards show them, by key; two queries. The byline of
    `beside` is fetched along."""
    found = Article.objects.for_cards().prefetch_related(None).in_bulk(list(keys))
    prefetch_related_objects([*found.values(), *([beside] if beside else [])], Article.in_byline())
    return found


def teasers(
    articles: Iterable[Article], texts: Iterable[str], images: Mapping[int, Image]
) -> list[tuple[Article, SafeString]]:
    """Pair each article of a stream with its first paragraphs, word for word: `texts` holds its
    teaser as readers may see it."""
    return [
        (one, prose.render_teaser(text, images, key=one.pk, url=one.get_absolute_url()))
        for one, text in zip(articles, texts, strict=True)
    ]


def sidebar(publication: Publication, article: Article | None = None) -> dict[str, list[Article]]:
    """Fetch what stands beside a listing, a static page or an article (with the stream below it):
    LATEST and the quick takes, in three queries. The front page has rails of its own."""
    newest = Article.objects.published().newest_first()
    lists = {"latest": newest[:RAIL_LENGTH]}
    if publication.quick_takes_id:
        lists["quick"] = newest.filter(section=publication.quick_takes_id)[:RAIL_LENGTH]
    candidates = related(article) if article else {}
    keys = {"quick": [], **pick_keys({**lists, **candidates})}
    stream = dict.fromkeys(pk for name in candidates for pk in keys.pop(name))
    keys["stream"] = list(stream)[:STREAM_LENGTH]
    found = fetch_cards({pk for chosen in keys.values() for pk in chosen}, beside=article)
    return {name: [found[pk] for pk in chosen] for name, chosen in keys.items()}


def related(article: Article) -> dict[str, ArticleQuerySet]:
    """List candidates for the stream, best first: series, tags, section, newest."""
    others = Article.objects.published().exclude(pk=article.pk).newest_first()
    lists = {}
    if article.series_id:
        lists["series"] = others.filter(series=article.series_id)
    # A tag of a preview may have no row yet.
    if tags := [tag for tag in article.tags.all() if tag.pk]:
        lists["tags"] = others.tagged(*tags)
    if article.section_id:
        lists["section"] = others.filter(section=article.section_id)
    lists["newest"] = others
    # As many as the stream holds from each: those of an earlier list may come again in a later one.
    return {name: articles[:STREAM_LENGTH] for name, articles in lists.items()}
