from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, OuterRef, Q

if TYPE_CHECKING:
    from .subscribers import Subscriber


class MailingListQuerySet(models.QuerySet["MailingList"]):
    def offered(self) -> "MailingListQuerySet":
        """Those that a reader may choose, the one that the form on every page speaks of first."""
        return self.filter(is_offered=True)

    def choice_of(self, subscriber: "Subscriber") -> "MailingListQuerySet":
        """What this person may choose from: those on offer, and those they are on."""
        theirs = subscriber.subscriptions.wanted().filter(list=OuterRef("pk"))
        return self.filter(Q(is_offered=True) | Exists(theirs))


class MailingList(models.Model):
    """Something that people subscribe to: the weekly round-up, breaking analysis."""

    name = models.CharField(max_length=80, unique=True)
    slug = models.SlugField(max_length=80, unique=True)
    blurb = models.CharField(
        max_length=200, blank=True, help_text="What comes, and how often: readers choose by it."
    )
    position = models.PositiveSmallIntegerField(
        default=0, help_text="The first of those on offer is what the form on every page means."
    )
    is_offered = models.BooleanField("offered to readers", default=True)

    objects = MailingListQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.name
