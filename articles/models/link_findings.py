"""Dead links: the results of checking the URLs in texts, and the places of the links."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from django.db import models, transaction
from django.db.models import Case, Exists, OuterRef, Q, Value, When
from django.utils import timezone

from .articles import Article
from .pages import Page


class LinkLocation(NamedTuple):
    """The place of a link: the key of an "article" or "page", and the linked words."""

    kind: str
    key: int
    words: str


class LinkFindingManager(models.Manager["LinkFinding"]):
    def record(
        self, url: str, *, is_own: bool, is_dead: bool, words: str, places: Iterable[LinkLocation]
    ) -> None:
        now = timezone.now()
        with transaction.atomic():
            before = self.select_for_update().filter(url=url).first()
            since = before.dead_since if before and is_dead else None
            found, _ = self.update_or_create(
                url=url,
                defaults={
                    "is_own": is_own,
                    "words": words,
                    "dead_since": (since or now) if is_dead else None,
                    "last_checked": now,
                },
            )
            found.stand_in(places if is_dead else ())

    def checked_after(self, moment: datetime) -> set[str]:
        rows = self.filter(is_own=False, last_checked__gt=moment)
        return set(rows.values_list("url", flat=True))


class LinkFinding(models.Model):
    """The result of checking one URL; written by `manage.py check_links` alone."""

    # Longer ones exist, and are not asked for: databases do not compare them at once.
    url = models.CharField(max_length=600, unique=True)
    is_own = models.BooleanField(help_text="An address of this magazine.")
    words = models.CharField(max_length=300, blank=True)
    dead_since = models.DateTimeField(null=True)
    last_checked = models.DateTimeField()

    objects = LinkFindingManager()

    class Meta:
        indexes = [
            models.Index("is_own", name="link_finding_dead", condition=Q(dead_since__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.url

    def stand_in(self, places: Iterable[LinkLocation]) -> None:
        self.places.all().delete()
        places = list(places)
        # Asking other sites takes hours, in which texts may be deleted.
        keys = [place.key for place in places]
        there = {
            (kind, key)
            for kind, model in (("article", Article), ("page", Page))
            for key in model._default_manager.filter(pk__in=keys).values_list("pk", flat=True)
        }
        LinkPlace.objects.bulk_create(
            LinkPlace(finding=self, words=place.words[:200], **{f"{place.kind}_id": place.key})
            for place in places
            if place[:2] in there
        )


class LinkPlaceQuerySet(models.QuerySet["LinkPlace"]):
    def dead(self, *, is_own: bool) -> "LinkPlaceQuerySet":
        public = Q(Exists(Article.objects.published().filter(pk=OuterRef("article")))) | Q(
            page__is_public=True
        )
        return (
            self.filter(finding__is_own=is_own, finding__dead_since__isnull=False)
            .annotate(is_read=Case(When(public, then=Value(True)), default=Value(False)))
            .select_related("finding", "article", "page")
            .order_by("-is_read", "finding__url", "pk")
        )


class LinkPlace(models.Model):
    """A text in which a dead link stands."""

    finding = models.ForeignKey(LinkFinding, models.CASCADE, related_name="places")
    article = models.ForeignKey(Article, models.CASCADE, null=True, related_name="+")
    page = models.ForeignKey(Page, models.CASCADE, null=True, related_name="+")
    words = models.CharField(max_length=200, blank=True)

    objects = LinkPlaceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(article__isnull=False, page__isnull=True)
                | Q(article__isnull=True, page__isnull=False),
                name="link_place_is_one_text",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.finding} in “{self.text}”"

    @property
    def text(self) -> Any:
        return self.article or self.page
