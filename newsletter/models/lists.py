from datetime import datetime, time, timedelta

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from taggit.models import Tag

from articles import public
from articles.models import Author, Section, Series

# What a list may follow, at most one.
FOLLOWED: dict[str, type[models.Model]] = {
    "section": Section,
    "author": Author,
    "series": Series,
    "tag": Tag,
}


class MailingListQuerySet(models.QuerySet["MailingList"]):
    def public(self) -> "MailingListQuerySet":
        """Return the lists that do not follow what readers cannot see yet."""
        found = self
        for name, model in FOLLOWED.items():
            nothing = models.Q(**{f"{name}__isnull": True})
            found = found.filter(nothing | public.condition(model, f"{name}__"))
        return found

    def offered(self) -> "MailingListQuerySet":
        return self.public().filter(is_offered=True)

    def for_sign_up(self) -> "MailingListQuerySet":
        """Return the lists that the sign-up form on every page means: the first on offer."""
        return self.offered()[:1]


class Opening(models.TextChoices):
    NEVER = "", "never"
    DAILY = "daily", "every day"
    MONDAY = "0", "on Mondays"
    TUESDAY = "1", "on Tuesdays"
    WEDNESDAY = "2", "on Wednesdays"
    THURSDAY = "3", "on Thursdays"
    FRIDAY = "4", "on Fridays"
    SATURDAY = "5", "on Saturdays"
    SUNDAY = "6", "on Sundays"


class MailingList(models.Model):
    """Something that people subscribe to: the weekly round-up, breaking analysis, or what is new of
    a section, an author, a series or a tag."""

    name = models.CharField(max_length=80, unique=True)
    slug = models.SlugField(max_length=80, unique=True)
    blurb = models.CharField(
        max_length=200, blank=True, help_text="What comes, and how often: readers choose by it."
    )
    position = models.PositiveSmallIntegerField(
        default=0, help_text="The first of those on offer is what the form on every page means."
    )
    is_offered = models.BooleanField("offered to readers", default=True)
    # Protected: without what it followed, a list would mail everything.
    section = models.ForeignKey(Section, models.PROTECT, null=True, blank=True, related_name="+")
    author = models.ForeignKey(Author, models.PROTECT, null=True, blank=True, related_name="+")
    series = models.ForeignKey(Series, models.PROTECT, null=True, blank=True, related_name="+")
    tag = models.ForeignKey(Tag, models.PROTECT, null=True, blank=True, related_name="+")
    opens_on = models.CharField(
        "an issue opens by itself",
        max_length=5,
        choices=Opening,
        blank=True,
        default=Opening.NEVER,
        help_text="Filled with what has come out, if there is anything new and no draft of the "
        "list waits. It is sent when somebody approves it, or by itself if the letterhead says so.",
    )
    opens_at = models.PositiveSmallIntegerField(
        "at", choices=[(hour, f"{hour:02}:00") for hour in range(24)], default=7
    )
    # When it last did, or when its day or hour was last changed.
    opened_at = models.DateTimeField(null=True, editable=False)

    objects = MailingListQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if sum(getattr(self, name) is not None for name in FOLLOWED) > 1:
            raise ValidationError("A list follows a section, an author, a series or a tag: one.")

    def last_opening(self, now: datetime) -> datetime | None:
        """Return the last moment up to `now` at which an issue was to open by itself, in the
        magazine's own time."""
        today = timezone.localtime(now).date()
        for day in (today - timedelta(days=days) for days in range(8)):
            if self.opens_on in (Opening.DAILY, str(day.weekday())):
                moment = timezone.make_aware(datetime.combine(day, time(self.opens_at)))
                if moment <= now:
                    return moment
        return None
