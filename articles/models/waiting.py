"""Pictures in texts that readers do not see yet: working copies, and changes that are scheduled.

Such a text is a revision, whose pictures no column names; so they are looked for in it. There are
as many of these texts as there are articles that are being changed.
"""

from collections.abc import Iterable, Iterator

from django.db.models import ProtectedError
from django.db.models.signals import pre_delete
from django.dispatch import receiver

from .articles import Article
from .image_uses import Use
from .images import Image
from .snapshots import Snapshot


def waiting_texts() -> Iterator[tuple[Use, Snapshot]]:
    """Each text that waits, with what it is to its article; one query."""
    articles = Article.objects.with_text_waiting().defer("body", "teaser").order_by("-pk")
    for article in articles.select_related("working_copy", "change"):
        if article.working_copy and not article.is_in_step:
            yield Use("in its working copy", article), article.working_copy.content
        if article.change and article.change != article.working_copy:
            yield Use("in the change that is scheduled", article), article.change.content


def waiting_pictures() -> set[int]:
    return {key for _, text in waiting_texts() for key in text.image_keys}


def waiting_uses(keys: Iterable[int]) -> list[Use]:
    """Where any of these pictures stands in a text that waits."""
    wanted = set(keys)
    return [use for use, text in waiting_texts() if wanted & text.image_keys]


@receiver(pre_delete, sender=Image)
def refuse_waiting(instance: Image, **_: object) -> None:
    """As for a picture of a text that is public; nothing is deleted then."""
    if uses := waiting_uses([instance.pk]):
        places = "; ".join(map(str, uses))
        raise ProtectedError(f"The picture stands in {places}.", {use.row for use in uses})
