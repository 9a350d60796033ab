"""The tags of an article: taggit's, but for names that differ in their capitals only."""

from collections.abc import Iterable
from typing import Any

from django.contrib.contenttypes.models import ContentType
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
        content_type = ContentType.objects.get_for_model(article)
        items = "taggit_taggeditem_items"
        of_article = {f"{items}__content_type": content_type, f"{items}__object_id": article.pk}
        return Tag.objects.filter(**of_article).order_by(f"{items}__pk")

    def _to_tag_model_instances(self, tags: Iterable[Any], tag_kwargs: Any) -> list[Tag]:
        names = as_stored(tag for tag in tags if isinstance(tag, str))
        rows = [tag for tag in tags if not isinstance(tag, str)]
        # In one order whoever asks, or two who make the same tags wait for each other.
        return super()._to_tag_model_instances([*rows, *sorted(names, key=folded)], tag_kwargs)
