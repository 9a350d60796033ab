"""What stands beside an article or a listing: rails, the stream, teasers."""

from collections.abc import Hashable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple, TypeVar

from django.db.models import BigIntegerField, DateTimeField, IntegerField, Value
from django.template.loader import get_template
from django.utils import timezone
from taggit.models import Tag

from . import link_check, prose
from .database.prepared import Prepared
from .models import Article, Author, Byline, Image, Publication
from .models.articles import ArticleQuerySet
from .page_parts import PageParts

STREAM_LENGTH = 3
RAIL_LENGTH = 5
RAIL_COLUMNS = ("headline", "slug", "language", "published_at")

Name = TypeVar("Name", bound=Hashable)


def newest(now: Any, **of: Any) -> ArticleQuerySet:
    return Article.objects.filter(**of).published(now=now).newest_first()


def keys_of(articles: ArticleQuerySet) -> Any:
    # One more than are wanted: the article itself may be among them. Those of an earlier list may
    # come again in a later one.
    return articles.values_list("pk", flat=True)[: STREAM_LENGTH + 1]


MOMENT, KEY = DateTimeField(), BigIntegerField()
LATEST = Prepared(lambda now: newest(now).only(*RAIL_COLUMNS)[:RAIL_LENGTH], now=MOMENT)
QUICK = Prepared(
    lambda now, section: newest(now, section=section).only(*RAIL_COLUMNS)[:RAIL_LENGTH],
    now=MOMENT,
    section=KEY,
)
NEWEST = Prepared(lambda now: keys_of(newest(now)), now=MOMENT)
IN_SECTION = Prepared(
    lambda now, section: keys_of(newest(now, section=section)), now=MOMENT, section=KEY
)
IN_SERIES = Prepared(
    lambda now, series: keys_of(newest(now, series=series)), now=MOMENT, series=KEY
)
TAGGED = Prepared(lambda now, tags: keys_of(newest(now).tagged(*tags)), now=MOMENT, tags=[KEY])
# The bylines follow by a query that is prepared too.
CARDS = Prepared(
    lambda keys: Article.objects.for_cards().prefetch_related(None).filter(pk__in=keys), keys=[KEY]
)
BYLINES = Prepared(
    lambda articles: (
        Byline.objects.filter(article__pk__in=articles)
        .select_related("author")
        .only("article", "author__name", "author__slug")
    ),
    articles=[KEY],
)


class Rails(NamedTuple):
    latest: list[Article]
    quick: list[Article]


def rails(publication: Publication) -> Rails:
    """Fetch the articles of LATEST and of the quick takes, for every page but the front page, which
    chooses its own."""
    now, section = timezone.now(), publication.quick_takes_id
    quick = QUICK.rows(now=now, section=section) if section else []
    return Rails(LATEST.rows(now=now), quick)


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


def fetch_cards(keys: list[int]) -> dict[int, Article]:
    found = {article.pk: article for article in CARDS.rows(keys=keys)}
    authors: dict[int, list[Author]] = {key: [] for key in found}
    if found:
        for byline in BYLINES.rows(articles=list(found)):
            authors[byline.article_id].append(byline.author)
    for key, article in found.items():
        vars(article)["byline_authors"] = authors[key]
    return found


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
    now = timezone.now()
    if series := article.series_id:
        yield from IN_SERIES.rows(now=now, series=series)
    # A tag of a preview may have no row yet.
    if keys := [tag.pk for tag in tags if tag.pk]:
        yield from TAGGED.rows(now=now, tags=keys)
    if section := article.section_id:
        yield from parts.get(("newest", section), lambda: IN_SECTION.rows(now=now, section=section))
    yield from parts.get("newest", lambda: NEWEST.rows(now=now))
