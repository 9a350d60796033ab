"""The tags of an article: taggit's, but for names that differ in their capitals only."""

from collections.abc import Iterable
from typing import Any

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

    def _to_tag_model_instances(self, tags: Iterable[Any], tag_kwargs: Any) -> list[Tag]:
        names = as_stored(tag for tag in tags if isinstance(tag, str))
        rows = [tag for tag in tags if not isinstance(tag, str)]
        # In one order whoever asks, or two who make the same tags wait for each other.
        return super()._to_tag_model_instances([*rows, *sorted(names, key=folded)], tag_kwargs)
