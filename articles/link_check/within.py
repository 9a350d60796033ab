"""Where links within the magazine lead."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.db.models import Case, CharField, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Cast
from django.urls import Resolver404, ResolverMatch, resolve
from lxml import etree
from taggit.models import Tag

from articles.models import Article, Author, Format, Page, Redirect, Section, Series
from articles.models.addresses import normalise_path
from articles.prose.tree import plain

NOTHING_THERE = "Nothing has this address."
NOT_PUBLIC = "It leads to what readers cannot see: “{}”."
IN_NEWSROOM = "It leads into the newsroom, where readers cannot go."

# What an address is about: the kind of row and its slug.
Home = tuple[str, str]
FIXED, NEWSROOM = ("fixed", ""), ("newsroom", "")
# The views whose slug is an article's or a page's, and those of which the slug is another row's.
TEXT_VIEWS = ("article", "rest")
GROUPS: dict[str, Any] = {
    "section": Section,
    "format": Format,
    "series": Series,
    "author": Author,
    "tag": Tag,
}
# Files are answered outside of the URLconf, and not looked at.
FILES = (settings.STATIC_URL, settings.MEDIA_URL)


@dataclass(frozen=True)
class StandingLink:
    """A link as it stands in a text: its address, and the words that lead there."""

    href: str
    words: str


def links_of(body: Iterable[etree._Element]) -> list[StandingLink]:
    """The links in blocks of prose, in their order."""
    return [
        StandingLink(link.get("href", ""), plain(link))
        for block in body
        for link in block.iter("a")
    ]


def own_path(href: str) -> str | None:
    """The path of an address of this magazine; None for other sites, mail, places on the page."""
    try:
        parts = urlsplit(href)
    except ValueError:
        return None
    if href.startswith("/") and not href.startswith("//"):
        return parts.path
    is_own = parts.netloc.lower() == urlsplit(settings.SITE_URL).netloc.lower()
    return (parts.path or "/") if parts.scheme in ("http", "https") and is_own else None


def faults(hrefs: Iterable[str]) -> dict[str, str]:
    """Those of these addresses at which no reader arrives, each with a sentence that says why.

    Addresses of other sites are not judged. Two queries at most, however many addresses.
    """
    paths = {href: path for href in hrefs if (path := own_path(href)) is not None}
    homes = {path: home_of(path) for path in set(paths.values())}
    hidden = names_of_hidden({home for home in homes.values() if home})
    gone = {
        normal
        for path, home in homes.items()
        if (home is None or home not in hidden) and "\0" not in (normal := normalise_path(path))
    }
    moved = names_behind(gone) if gone else {}
    told = {}
    for href, path in paths.items():
        home = homes[path]
        name = hidden.get(home) if home else None
        if name is None:
            name = moved.get(normalise_path(path))
        if home == NEWSROOM:
            told[href] = IN_NEWSROOM
        elif name is None:
            told[href] = NOTHING_THERE
        elif name:
            told[href] = NOT_PUBLIC.format(name)
    return told


def home_of(path: str) -> Home | None:
    """What an address is about; None where no page has an address of this form."""
    if path.startswith(FILES):
        return FIXED
    match = match_of(unquote(path)) or match_of(normalise_path(path))
    if match is None:
        return None
    if "admin" in match.app_names:
        return NEWSROOM
    name, slug = match.url_name or "", match.kwargs.get("slug", "").lower()
    if name in TEXT_VIEWS:
        return ("text", slug)
    return (name, slug) if name in GROUPS else FIXED


def match_of(path: str) -> ResolverMatch | None:
    try:
        return resolve(path)
    except Resolver404:
        return None


def names_of_hidden(homes: set[Home]) -> dict[Home, str]:
    """Those that exist; each with the name of what readers cannot see there, "" where they can."""
    found = {home: "" for home in homes if home in (FIXED, NEWSROOM)}
    public = Article.objects.published().filter(pk=OuterRef("pk"))
    kinds: list[tuple[str, QuerySet[Any], Any]] = [
        ("text", Article.objects.all(), unless(Exists(public), "headline")),
        ("text", Page.objects.all(), unless(Q(is_public=True), "title")),
        *((kind, model._default_manager.all(), Value("")) for kind, model in GROUPS.items()),
    ]
    queries = []
    for kind, rows, hidden in kinds:
        if slugs := [slug for of, slug in homes if of == kind]:
            there = rows.filter(slug__in=slugs).order_by()
            queries.append(
                there.annotate(
                    of_kind=Value(kind, CharField()), hidden=Cast(hidden, CharField())
                ).values_list("of_kind", "slug", "hidden")
            )
    if queries:
        for kind, slug, name in queries[0].union(*queries[1:], all=True):
            found[kind, slug] = name
    return found


def unless(condition: Any, name: str) -> Case:
    return Case(When(condition, then=Value("")), default=F(name))


def names_behind(paths: set[str]) -> dict[str, str]:
    """Those of these that are old addresses; each with the name of what is hidden behind it."""
    found = {}
    for redirect in Redirect.objects.filter(old_path__in=paths).select_related("article", "page"):
        row = redirect.article or redirect.page
        found[redirect.old_path] = "" if row is None or row.is_public else str(row)
    return found
