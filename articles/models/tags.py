"""The tags of an article: taggit's, but for names that differ in their capitals only."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from taggit.managers import _TaggableManager
from taggit.models import Tag

from articles.names import called, folded


def as_stored(names: Iterable[str]) -> list[str]:
    """Return each name once, in the spelling of the tag that is there; of new ones the first."""
    names = list(names)
    known = called(Tag, names)
    stored: dict[str, str] = {}
    for name in names:
        tags = known.get(folded(name))
        stored.setdefault(folded(name), tags[0].name if tags else name)
    return list(stored.values())


def tags_of(article: Any) -> QuerySet[Tag]:
    """Return the tags of the article with this key, in the order in which they were given."""
    # Nothing but articles is tagged, so the type need not be asked for.
    items = "taggit_taggeditem_items"
    return Tag.objects.filter(**{f"{items}__object_id": article}).order_by(f"{items}__pk")


class TagNames(_TaggableManager):
    """What `article.tags` is: every name that is added means the tag that is there.

    taggit looks for capitals too, but as the database knows them, and SQLite knows ASCII alone.
    """

    def get_queryset(self, extra_filters: Any = None) -> QuerySet[Tag]:
        # taggit joins the types of what can be tagged, and sorts out doubles that a constraint
        # forbids: three times the work, for each article that is read.
        article = self.instance
        fetched = getattr(article, "_prefetched_objects_cache", {})
        if extra_filters or not (article and article.pk) or self.prefetch_cache_name in fetched:
            return super().get_queryset(extra_filters)
        return tags_of(article.pk)

    def _to_tag_model_instances(self, tags: Iterable[Any], tag_kwargs: Any) -> list[Tag]:
        names = as_stored(tag for tag in tags if isinstance(tag, str))
        rows = [tag for tag in tags if not isinstance(tag, str)]
        # In one order whoever asks, or two who make the same tags wait for each other.
        return super()._to_tag_model_instances([*rows, *sorted(names, key=folded)], tag_kwargs)
