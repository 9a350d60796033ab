from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth.models import AbstractUser, User
from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, Subquery
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone
from taggit.managers import TaggableManager

from articles import prose

from .authors import Author
from .fields import ProseField
from .image_uses import ImageUse
from .images import Image, refuse_file_name
from .links import Linking
from .publishing import Publishing
from .snapshots import Snapshot
from .taxonomy import Format, Section, Series

if TYPE_CHECKING:
    from .revisions import Revision
# The public text is not the one that editors work on; see `Publishing.is_in_step`.
OUT_OF_STEP = Q(working_copy__lt=F("released")) | Q(working_copy__gt=F("released"))

# When something of an article becomes public, for those of `coming()`.
COMES_AT = Coalesce(
    "change_at", Greatest("published_at", Coalesce("embargoed_until", "published_at"))
)

# A row in full takes half as long again to make, and a front page has forty.
CARD_COLUMNS = (
    *("headline", "deck", "slug", "teaser", "has_rest", "lead_alt"),
    *("published_at", "embargoed_until"),
    *(f"{group}__{name}" for group in ("section", "format") for name in ("name", "slug")),
    *(f"lead_image__{name}" for name in ("file", "alt", "licence_expires")),
    *(f"lead_image__{name}" for name in ("width", "height", "tone", "renditions")),
)


class ArticleQuerySet(models.QuerySet["Article"]):
    def published(self, at: datetime | None = None) -> "ArticleQuerySet":
        """What the public may see at the moment `at` (now, if not given): the one rule for it."""
        at = at or timezone.now()
        return self.filter(published_at__lte=at).filter(
            Q(embargoed_until__isnull=True) | Q(embargoed_until__lte=at)
        )

    def withdrawn(self) -> "ArticleQuerySet":
        """What readers have seen and cannot see now."""
        public = Article.objects.published().values("pk")
        return self.filter(withdrawn_at__isnull=False).exclude(pk__in=public)

    def held(self, key: int) -> "Article":
        """The row as it stands, which nobody else may change before the transaction ends."""
        return self.select_for_update().get(pk=key)

    def with_change_due(self, at: datetime) -> "ArticleQuerySet":
        """Those whose scheduled change should be public at the moment `at`."""
        return self.filter(change_at__lte=at)

    def with_change_waiting(self) -> "ArticleQuerySet":
        """Public ones of which the newsroom has a newer text than the public."""
        return self.published().filter(OUT_OF_STEP)

    def with_text_waiting(self) -> "ArticleQuerySet":
        """Those with a text that is not their own: a working copy, or a scheduled change."""
        return self.filter(OUT_OF_STEP | Q(change_at__isnull=False))

    def unpublished(self) -> "ArticleQuerySet":
        """Those that have no moment yet from which on they are public."""
        return self.filter(published_at__isnull=True)

    def coming(self) -> "ArticleQuerySet":
        """Those of which something becomes public by itself: an article that is scheduled or under
        an embargo, or a change."""
        now = timezone.now()
        # Each of the three has an index of its own, and no row beside them is read.
        held = Q(embargoed_until__gt=now, published_at__isnull=False)
        rows = self.filter(Q(published_at__gt=now) | held | Q(change_at__gt=now))
        return rows.annotate(comes_at=COMES_AT)

    def published_since(self, moment: datetime) -> "ArticleQuerySet":
        """Those that the public sees, and that have a date after this moment."""
        return self.published().filter(published_at__gte=moment)

    def for_lists(self) -> "ArticleQuerySet":
        """All that a line of the newsroom shows of an article, without its text: two queries for
        any number."""
        notes = self.model._meta.get_field("notes").related_model.objects  # type: ignore[union-attr]
        number = notes.open().filter(article=OuterRef("pk")).values("article")
        return (
            self.select_related("section", "assignee")
            .defer("body", "teaser")
            .annotate(open_notes=Subquery(number.annotate(number=Count("*")).values("number")))
            .with_byline()
        )

    def of(self, person: models.Model) -> "ArticleQuerySet":
        """Those that this person began or was given."""
        return self.filter(Q(created_by=person) | Q(assignee=person))

    def newest_first(self) -> "ArticleQuerySet":
        """The order of every listing; the key makes it total, so that pages can be cut by it."""
        return self.order_by("-published_at", "-pk")

    def in_section(self, section: Section) -> "ArticleQuerySet":
        """Displayed in the section, or standing in it as well."""
        also = Article.also_in.through.objects.filter(article=OuterRef("pk"), section=section)
        return self.filter(Q(section=section) | Exists(also))

    def by_author(self, author: Author) -> "ArticleQuerySet":
        return self.filter(Exists(Byline.objects.filter(article=OuterRef("pk"), author=author)))

    def tagged(self, *tags: models.Model) -> "ArticleQuerySet":
        """With at least one of these tags."""
        through = Article.tags.through.objects.filter(
            object_id=OuterRef("pk"),
            content_type=ContentType.objects.get_for_model(Article),
            tag__in=tags,
        )
        return self.filter(Exists(through))

    def with_byline(self) -> "ArticleQuerySet":
        """Fetch the authors in their order with one query for all rows."""
        return self.prefetch_related(Article.in_byline())

    def for_cards(self) -> "ArticleQuerySet":
        """All that a card or a teaser shows, and nothing else: two queries for any number."""
        rows = self.select_related("section", "format", "lead_image")
        return rows.only(*CARD_COLUMNS).with_byline()

    def for_page(self) -> "ArticleQuerySet":
        """What an article's own page shows of it, but for its lists."""
        return self.select_related("section", "format", "series", "lead_image")


class Article(Publishing, Linking):
    headline = models.CharField(max_length=240)
    deck = models.CharField(max_length=400, blank=True, help_text="The line under the headline.")
    body = ProseField(blank=True)
    # Derived from the body when it is saved, so that listings never read a body.
    teaser = ProseField(blank=True, editable=False)
    has_rest = models.BooleanField(default=False, editable=False)
    word_count = models.PositiveIntegerField(default=0, editable=False)
    prose_policy = models.PositiveSmallIntegerField(default=0, editable=False)
    body_columns = ["body", "teaser", "has_rest", "word_count", "prose_policy"]

    format = models.ForeignKey(
        Format, models.PROTECT, null=True, blank=True, related_name="articles"
    )
    section = models.ForeignKey(
        Section,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="articles",
        help_text="The one that is displayed.",
    )
    also_in = models.ManyToManyField(
        Section,
        blank=True,
        related_name="also_articles",
        help_text="Further sections that list it.",
    )
    series = models.ForeignKey(
        Series, models.SET_NULL, null=True, blank=True, related_name="articles"
    )
    tags = TaggableManager(blank=True)
    authors = models.ManyToManyField(Author, through="Byline", blank=True, related_name="articles")

    lead_image = models.ForeignKey(
        Image, models.PROTECT, null=True, blank=True, related_name="lead_of"
    )
    lead_caption = models.TextField(
        "caption", blank=True, help_text="For this article only; else the picture's own is shown."
    )
    lead_alt = models.CharField(
        "alternative text",
        max_length=400,
        blank=True,
        validators=[refuse_file_name],
        help_text="For this article only; else the picture's own is read out.",
    )
    author_note = models.TextField(
        blank=True, help_text="Stands under the article, such as “The views are the author's own.”"
    )

    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="assigned_articles",
        help_text="Who works on it now.",
    )
    due_on = models.DateField("due", null=True, blank=True)

    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    modified_at = models.DateTimeField(auto_now=True)

    objects = ArticleQuerySet.as_manager()

    class Meta:
        permissions = [("publish_article", "Can publish, and change every article")]
        constraints = [
            models.CheckConstraint(condition=~Q(headline=""), name="article_has_a_headline"),
            models.CheckConstraint(
                condition=Q(stage__in=["draft", "in_review", "ready"]),
                name="article_stage_is_known",
            ),
            models.CheckConstraint(
                condition=Q(updated_at__isnull=True)
                | Q(published_at__isnull=True)
                | Q(updated_at__gte=F("published_at")),
                name="article_updated_after_it_was_published",
                violation_error_message="“Updated” cannot be before the publication.",
            ),
            models.CheckConstraint(
                condition=Q(change__isnull=True, change_at__isnull=True)
                | Q(change__isnull=False, change_at__isnull=False),
                name="article_change_has_its_moment",
            ),
        ]
        indexes = [
            models.Index(F("published_at").desc(), F("id").desc(), name="article_newest"),
            *(
                models.Index(
                    F(f"{group}_id"),
                    F("published_at").desc(),
                    F("id").desc(),
                    name=f"article_newest_in_{group}",
                )
                for group in ("section", "format", "series")
            ),
            models.Index(
                "change_at", name="article_change_due", condition=Q(change_at__isnull=False)
            ),
            # What the newsroom's first page, list and calendar look for.
            models.Index(F("modified_at").desc(), F("id").desc(), name="article_last_changed"),
            models.Index(
                "stage",
                F("modified_at").desc(),
                name="article_unpublished",
                condition=Q(published_at__isnull=True),
            ),
            models.Index("due_on", name="article_due", condition=Q(due_on__isnull=False)),
            models.Index(
                "embargoed_until",
                name="article_embargoed",
                condition=Q(embargoed_until__isnull=False),
            ),
            models.Index(
                F("modified_at").desc(), name="article_change_waits", condition=OUT_OF_STEP
            ),
        ]

    def __str__(self) -> str:
        return self.headline

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.take_teaser()
        with transaction.atomic():
            super().save(*args, **kwargs)
            ImageUse.objects.follow(self.body, article=self)

    def take_teaser(self) -> None:
        """Sanitize the body and keep with the article what listings need to know of it."""
        self.take_links()
        cut = prose.cut(self.body)
        self.teaser, self.has_rest = cut.teaser, cut.has_rest
        self.word_count = cut.word_count
        self.prose_policy = prose.POLICY_VERSION

    @property
    def byline(self) -> list[Author]:
        """The authors in their order: what every surface shows. Fetch with `with_byline()`."""
        fetched: list[Author] | None = self.__dict__.get("signed_by")
        if fetched is None:
            return list(self.authors.order_by("bylines__position", "bylines"))
        return fetched

    @staticmethod
    def in_byline() -> Prefetch:
        """Of the authors, in their order."""
        in_order = Author.objects.order_by("bylines__position", "bylines")
        return Prefetch("authors", in_order, to_attr="signed_by")

    @classmethod
    def fetch_bylines(cls, articles: "list[Article]") -> None:
        """As `with_byline()` does, for articles in hand that were not fetched together."""
        models.prefetch_related_objects(articles, cls.in_byline())

    def sign(self, authors: Iterable[Author]) -> None:
        """Replace the byline by these authors, in this order."""
        self.__dict__.pop("signed_by", None)
        self.bylines.all().delete()
        Byline.objects.bulk_create(
            Byline(article=self, author=author, position=position)
            for position, author in enumerate(authors)
        )

    def correct(
        self, kind: str, text: str, *, by: User | None = None, substantive: bool = False
    ) -> None:
        """Tell readers what was wrong: beside the public text, at once and for good.

        A public article is called updated only where this is `substantive`.
        """
        with transaction.atomic():
            self.hold()
            made = self.corrections.create(kind=kind, text=text, made_by=by)
            if substantive and self.is_public:
                self.point(updated_at=made.made_at)

    @property
    def content(self) -> Snapshot:
        """What editors work on: the working copy, or the article itself where it holds that."""
        working: Revision | None = None if self.is_in_step else self.working_copy
        return working.content if working else Snapshot.of(self)

    def restore(self, revision: "Revision", by: AbstractUser) -> "Revision":
        """Make an old text the working copy again; the present one remains a version.

        What cannot be stored any more is left out or stays as it is, see `Snapshot.fit_for()`.
        The public page does not change where there is one.
        """
        with transaction.atomic():
            self.hold()
            newest = self.revisions.newest(self)
            text = revision.content.fit_for(self, instead=newest.content)
            name = str(revision) if revision.number else "What was not saved"
            note = f"{name} restored"
            kept = self.revisions.keep(
                self, text, base=newest.pk, by=by, kind="restored", note=note
            )
            self.hold()
        return kept.revision

    @property
    def rest_address(self) -> str:
        """Where a reader without script goes on reading: the paragraph after the teaser."""
        return f"{self.get_absolute_url()}#rest"

    @property
    def caption(self) -> str:
        """The lead image's caption in this article."""
        return self.lead_caption or (self.lead_image.caption if self.lead_image else "")

    @property
    def alt(self) -> str:
        """The lead image's alternative text in this article."""
        return self.lead_alt or (self.lead_image.alt if self.lead_image else "")


class Byline(models.Model):
    """An author's place among those who sign an article."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="bylines")
    author = models.ForeignKey(Author, models.PROTECT, related_name="bylines")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["article", "author"],
                name="byline_names_an_author_once",
                violation_error_message="This author stands in the byline already.",
            ),
        ]

    def __str__(self) -> str:
        return self.author.name
