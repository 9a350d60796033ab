"""Which articles stand beside each other on a page, fetched with few queries."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import CharField, Value

from . import prose
from .models import Article, Image, Publication, Section
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


HEAD_LENGTH = 5
BAND_LENGTH = 4
# Among so many newest articles a section that is alive has enough for its band; one look at them
# costs a tenth of asking for each section.
RECENT = 200


@dataclass(frozen=True)
class Band:
    """A section's newest articles on the front page."""

    section: Section
    articles: list[Article]


@dataclass(frozen=True)
class Front:
    lead: Article | None
    seconds: list[Article]
    bands: list[Band]
    latest: list[Article]
    quick: list[Article]


def front(publication: Publication, sections: Iterable[Section]) -> Front:
    """The front page: hand-ranked articles first, then the newest; no article in two places of
    the main column. Four queries, and a fifth where a section has not stirred for long."""
    published = Article.objects.published()
    newest = published.newest_first()
    ranked = (
        published.filter(front_rank__isnull=False)
        .order_by("front_rank", "-published_at", "-pk")
        .values_list("pk", flat=True)[:HEAD_LENGTH]
    )
    recent = list(newest.values_list("pk", "section")[:RECENT])
    head = list(dict.fromkeys([*ranked, *(pk for pk, _ in recent)]))[:HEAD_LENGTH]

    # How many of each section are wanted, and which the recent ones give.
    quick_takes = publication.quick_takes_id
    wanted = {section.pk: BAND_LENGTH + HEAD_LENGTH for section in sections}
    if quick_takes:
        wanted[quick_takes] = RAIL_LENGTH
    chosen = {key: [pk for pk, section in recent if section == key] for key in wanted}
    few = [
        key
        for key, keys in chosen.items()
        if len({*keys} - {*head}) < BAND_LENGTH or (key == quick_takes and len(keys) < RAIL_LENGTH)
    ]
    if few and len(recent) == RECENT:
        older = {str(key): newest.filter(section=key)[: wanted[key]] for key in few}
        chosen |= {int(key): keys for key, keys in choose(older).items()}

    latest = [pk for pk, _ in recent[:RAIL_LENGTH]]
    quick = chosen[quick_takes][:RAIL_LENGTH] if quick_takes else []
    bands = {
        section: [pk for pk in chosen[section.pk] if pk not in head][:BAND_LENGTH]
        for section in sections
    }
    found = cards({*head, *latest, *quick, *(pk for keys in bands.values() for pk in keys)})
    return Front(
        lead=found[head[0]] if head else None,
        seconds=[found[pk] for pk in head[1:]],
        bands=[
            Band(section, [found[pk] for pk in keys]) for section, keys in bands.items() if keys
        ],
        latest=[found[pk] for pk in latest],
        quick=[found[pk] for pk in quick],
    )
