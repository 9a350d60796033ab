"""Where links within the magazine lead."""

import re
from collections.abc import Iterable
from functools import lru_cache
from posixpath import normpath
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.db.models import Case, CharField, DateTimeField, F, QuerySet, Value, When
from django.db.models.functions import Cast, Coalesce
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils import timezone
from lxml import etree
from taggit.models import Tag

from articles import prose, public
from articles.database.prepared import Prepared
from articles.models import Article, Author, Format, Page, Redirect, Section, Series
from articles.models.redirects import REDIRECT_TARGETS, normalise_path
from articles.prose.tree import text_of

NOTHING_THERE = "Nothing has this address."
NOT_PUBLIC = "It leads to what readers cannot see: “{}”."
IN_NEWSROOM = "It leads into the newsroom, where readers cannot go."

# What an address is about: the kind of row and its slug.
Home = tuple[str, str]
FIXED, NEWSROOM = ("fixed", ""), ("newsroom", "")
NOWHERE = ("", "")  # no page has an address of this form
# The views whose slug is that of such a row.
GROUPS: dict[str, Any] = {
    "section": Section,
    "format": Format,
    "series": Series,
    "author": Author,
    "tag": Tag,
}
OLD = "old"
NAMES = {"article": F("article__headline"), "page": F("page__title")}
# The rows that have addresses: their kind, model and column, and the name of what stands there.
ROWS: list[tuple[str, Any, str, F | Coalesce]] = [
    ("text", Article, "slug", F("headline")),
    ("text", Page, "slug", F("title")),
    *((kind, model, "slug", F("name")) for kind, model in GROUPS.items()),
    (
        OLD,
        Redirect,
        "old_path",
        Coalesce(*(NAMES.get(one, F(f"{one}__name")) for one in REDIRECT_TARGETS)),
    ),
]
KINDS = {kind for kind, *_ in ROWS}
# Files are answered outside of the URLconf, and not looked at.
FILES = (settings.STATIC_URL, settings.MEDIA_URL)


DETOURS = re.compile(r"//|/\.|%2[ef]", re.IGNORECASE)


class StandingLink(NamedTuple):
    """A link as it stands in a text: its URL, and the words that lead there."""

    href: str
    words: str


def links_of(body: Iterable[etree._Element]) -> list[StandingLink]:
    return [
        StandingLink(link.get("href", ""), text_of(link))
        for block in body
        for link in block.iter("a")
    ]


def own_path(href: str) -> str | None:
    """Return the path of a URL of this magazine; None for other sites, mail, places on the page."""
    try:
        parts = urlsplit(href)
    except ValueError:
        return None
    if href.startswith("/") and not href.startswith("//"):
        return without_detours(parts.path)
    # Whatever the port: an address of ours that is mistyped tells as much as a right one.
    is_own = (parts.hostname or "").rstrip(".") == urlsplit(settings.SITE_URL).hostname
    is_web = parts.scheme in ("http", "https")
    return without_detours(parts.path or "/") if is_web and is_own else None


def without_detours(path: str) -> str:
    """Return the path that browsers ask for: without `.`, `..`, and slashes after slashes."""
    if not DETOURS.search(path):
        return path
    return normpath(f"/{unquote(path).strip('/')}").rstrip("/") + "/"


def faults(hrefs: Iterable[str]) -> dict[str, str]:
    """Return the dead ones of these URLs, each with a sentence that says why. URLs of other sites
    are not judged. One query, however many URLs; another where one may be an old address."""
    paths = {href: path for href in hrefs if (path := own_path(href)) is not None}
    homes = {path: home_of(path) for path in set(paths.values())}
    found = names_of_hidden(set(homes.values()))
    old = {path: (OLD, normalise_path(path)) for path, home in homes.items() if home not in found}
    found |= names_of_hidden(set(old.values()))
    told = {}
    for href, path in paths.items():
        name = found.get(homes[path], found.get(old.get(path, NOWHERE)))
        if homes[path] == NEWSROOM:
            told[href] = IN_NEWSROOM
        elif name is None:
            told[href] = NOTHING_THERE
        elif name:
            told[href] = NOT_PUBLIC.format(name)
    return told


def hidden(hrefs: Iterable[str]) -> set[str]:
    # The other faults are of what is there, but not for readers.
    known = (NOTHING_THERE, IN_NEWSROOM)
    return {href for href, fault in faults(hrefs).items() if fault not in known}


def for_readers(texts: Iterable[str]) -> list[str]:
    """Return stored prose without its links to what readers cannot see; the words stay. No query
    for texts without links within the magazine."""
    texts = list(texts)
    unseen = hidden({link.href for text in texts for link in prose.links(text)})
    return [prose.without_links(text, unseen) for text in texts] if unseen else texts


def home_of(path: str) -> Home:
    if path.startswith(FILES):
        return FIXED
    match = match_of(unquote(path)) or match_of(normalise_path(path))
    if match is None:
        return NOWHERE
    if "admin" in match.app_names:
        return NEWSROOM
    name, slug = match.url_name or "", match.kwargs.get("slug", "").lower()
    if name in ("article", "rest"):
        return ("text", slug)
    return (name, slug) if name in GROUPS else FIXED


def match_of(path: str) -> ResolverMatch | None:
    try:
        return resolve(path)
    except Resolver404:
        return None


def names_of_hidden(homes: set[Home]) -> dict[Home, str]:
    """Return the existing rows; each with the name of what readers cannot see there, "" if they
    can."""
    found = {home: "" for home in homes if home in (FIXED, NEWSROOM)}
    asked: dict[str, list[str]] = {}
    for kind, value in homes:
        if kind in KINDS and "\0" not in value:
            asked.setdefault(kind, []).append(value)
    if asked:
        rows = query_of(*sorted(asked)).rows(now=timezone.now(), **asked)
        found |= {(kind, value): name for kind, value, name in rows}
    return found


@lru_cache
def query_of(*kinds: str) -> Prepared[tuple[str, str, str]]:
    """Return the query for the rows of these kinds: each with its kind, its slug or path, and the
    name that is hidden."""

    def make(now: Any, **values: Any) -> QuerySet[Any, Any]:
        first, *others = [
            model._default_manager.filter(**{f"{column}__in": values[kind]})
            .order_by()
            .annotate(of_kind=Value(kind, CharField()), hidden=name_of_hidden(model, name, now))
            .values_list("of_kind", column, "hidden")
            for kind, model, column, name in ROWS
            if kind in kinds
        ]
        return first.union(*others, all=True) if others else first

    return Prepared(make, now=DateTimeField(), **{kind: [CharField()] for kind in kinds})


def name_of_hidden(model: Any, name: F | Coalesce, now: Any) -> Cast:
    seen = When(public.condition(model, now=now), then=Value(""))
    return Cast(Case(seen, default=name), CharField())
