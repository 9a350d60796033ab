"""The rows around articles that readers may see.

A grouping is public once a public article stands behind it, and a section of the menu always. This
is the one home of that rule; `published()` in `models/publishing.py` is that of the articles' own.
"""

from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from taggit.models import Tag

from .models import Article, Author, Format, Page, Redirect, Section, Series
from .models.redirects import REDIRECT_TARGETS

# The fields of an article that lead to the rows of each kind of grouping.
GROUPINGS: dict[type[Model], tuple[str, ...]] = {
    Section: ("section", "also_in"),
    Format: ("format",),
    Series: ("series",),
    Author: ("authors",),
    Tag: ("tags",),
}


def rows(model: type[Model]) -> QuerySet[Any]:
    return model._default_manager.filter(condition(model))


def is_public(row: Model) -> bool:
    """Say whether readers may see it. By its key PostgreSQL knows how few articles stand behind it;
    for any row, it would look through all articles for one."""
    model = type(row)
    return model._default_manager.filter(condition(model, key=row.pk), pk=row.pk).exists()


def condition(model: type[Model], path: str = "", *, key: int | None = None, now: Any = None) -> Q:
    """Return the condition that readers may see a row of `model`, or the one with this key; `now`
    is for a query that is prepared. `path` leads to it from the rows that are filtered, such as
    "section__"; each part of the condition is answered by an index."""
    if model is Page:
        return Q(**{f"{path}is_public": True})
    if model is Redirect:
        return leads_to_public(now)
    row = OuterRef(f"{path}pk") if key is None else key
    published = Article.objects.published(now=now)
    if model is Article:
        return Q(Exists(published.filter(pk=row)))
    if model is Tag:
        # Not by `tags`, which asks for the type of what is tagged too: without statistics both
        # databases read every tag of every article then. Nothing but articles is tagged.
        has_tag = Article.tags.through.objects.filter(tag=row)
        return Q(Exists(has_tag.filter(Exists(published.filter(pk=OuterRef("object_id"))))))
    found = reduce(or_, (Q(Exists(published.filter(**{by: row}))) for by in GROUPINGS[model]))
    return found | Q(**{f"{path}in_menu": True}) if model is Section else found


def leads_to_public(now: Any = None) -> Q:
    hidden = Q()
    for name in REDIRECT_TARGETS:
        target: Any = Redirect._meta.get_field(name)
        seen = condition(target.related_model, f"{name}__", now=now)
        hidden |= Q(**{f"{name}__isnull": False}) & ~seen
    return ~hidden
