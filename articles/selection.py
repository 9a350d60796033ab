"""Which articles stand beside each other on a page, fetched with few queries."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import CharField, Value

from . import prose
from .models import Article, Image, Publication
from .models.articles import ArticleQuerySet

STREAM_LENGTH = 3
RAIL_LENGTH = 5


def choose(lists: Mapping[str, ArticleQuerySet]) -> dict[str, list[int]]:
    """The keys of several short lists (each a sliced queryset), newest first, in one query.

    Each list is read through its own index and cut there, so the cost does not grow with the
    archive. A sliced query cannot stand in a UNION on SQLite, but it can stand in an IN.
    """
    parts = [
        Article.objects.filter(pk__in=articles.values("pk"))
        .annotate(list_name=Value(name, output_field=CharField()))
        .values_list("list_name", "published_at", "pk")
        .order_by()
        for name, articles in lists.items()
    ]
    rows = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
    chosen: dict[str, list[int]] = {name: [] for name in lists}
    for name, _, pk in sorted(rows, key=lambda row: row[1:], reverse=True):
        chosen[name].append(pk)
    return chosen


def cards(keys: Iterable[int], beside: Article | None = None) -> dict[int, Article]:
    """The articles of these keys with all that a card shows, by key; two queries. The byline of
    the article `beside` comes with theirs."""
    found = Article.objects.for_cards().prefetch_related(None).in_bulk(list(keys))
    Article.fetch_bylines([*found.values(), *([beside] if beside else [])])
    return found


@dataclass(frozen=True)
class Teaser:
    """An article as it stands in a stream: a card and its first paragraphs, word for word."""

    article: Article
    html: str


def teasers(articles: Iterable[Article], images: Mapping[int, Image]) -> list[Teaser]:
    """Render the kept teasers; `images` holds at least the pictures that they show."""
    return [Teaser(article, prose.render_teaser(article, images)) for article in articles]


@dataclass(frozen=True)
class Surroundings:
    """What stands around the matter of a page: the rails, and the stream under an article."""

    latest: list[Article]
    quick: list[Article]
    stream: list[Article] = field(default_factory=list)


def surroundings(publication: Publication, article: Article | None = None) -> Surroundings:
    """LATEST, the quick takes and (for an article) its stream, in three queries."""
    lists = rail_lists(publication)
    candidates = related(article) if article else {}
    chosen = choose({**lists, **candidates})
    stream = list(dict.fromkeys(pk for name in candidates for pk in chosen[name]))[:STREAM_LENGTH]
    found = cards({*chosen["latest"], *chosen.get("quick", ()), *stream}, beside=article)
    return Surroundings(
        latest=[found[pk] for pk in chosen["latest"]],
        quick=[found[pk] for pk in chosen.get("quick", ())],
        stream=[found[pk] for pk in stream],
    )


def rail_lists(publication: Publication) -> dict[str, ArticleQuerySet]:
    """LATEST, and the newest of the section that the magazine uses for quick takes."""
    newest = Article.objects.published().newest_first()
    lists = {"latest": newest[:RAIL_LENGTH]}
    if publication.quick_takes_id:
        lists["quick"] = newest.filter(section=publication.quick_takes_id)[:RAIL_LENGTH]
    return lists


def related(article: Article) -> dict[str, ArticleQuerySet]:
    """Candidates for the stream under an article, best first: series, tags, section, newest."""
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
