from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models, transaction
from django.db.models import Count, Exists, F, Min, OuterRef, Prefetch, Q, Subquery, Value
from django.db.models.functions import Coalesce, Concat, Greatest
from django.utils import timezone
from taggit.managers import TaggableManager

from articles import prose
from articles.database.word_index import has_words, is_word

from .authors import Author, Byline, in_byline_of
from .fields import LanguageField, ProseField, is_known
from .image_uses import Use
from .images import Image, refuse_file_name
from .links import LinkingText
from .publishing import Publishing, ReleaseQuerySet
from .snapshots import Snapshot
from .tags import TagNames
from .taxonomy import Format, Section, Series

# The public text is not the one that editors work on; see `Publishing.has_unpublished_changes`.
HAS_UNPUBLISHED_CHANGES = Q(working_copy__lt=F("live_revision")) | Q(
    working_copy__gt=F("live_revision")
)

PUBLIC_FROM = Greatest("published_at", Coalesce("embargoed_until", "published_at"))
# When something of an article becomes public, for those of `scheduled()`.
COMES_AT = Coalesce("scheduled_at", PUBLIC_FROM)

# Whose names a search looks at.
NAMES: dict[type[models.Model], tuple[Any, ...]] = {
    Author: (F("name"), F("own_name")),
    User: (F("first_name"), F("last_name"), F("username")),
}
MOST_PEOPLE = 200
NEVER_MET = 1_000_000_000

# A row in full takes half as long again to make, and a front page has forty.
CARD_COLUMNS = (
    *("headline", "deck", "slug", "language", "teaser", "has_rest", "lead_alt"),
    *("published_at", "embargoed_until", "released_at"),
    *(f"{group}__{name}" for group in ("section", "format") for name in ("name", "slug")),
    *(f"lead_image__{name}" for name in ("file", "alt", "licence_expires")),
    *(f"lead_image__{name}" for name in ("width", "height", "tone", "renditions")),
)


class ArticleQuerySet(ReleaseQuerySet["Article"]):
    public_from = PUBLIC_FROM

    def is_due(self, at: datetime) -> Q:
        is_free = Q(embargoed_until__isnull=True) | Q(embargoed_until__lte=at)
        return super().is_due(at) & is_free

    def withdrawn(self) -> "ArticleQuerySet":
        public = Article.objects.published().filter(pk=OuterRef("pk"))
        return self.filter(~Exists(public), withdrawn_at__isnull=False)

    def locked(self, key: int) -> "Article":
        return self.select_for_update().get(pk=key)

    def with_revision_due(self, at: datetime) -> "ArticleQuerySet":
        return self.filter(scheduled_at__lte=at)

    def with_unpublished_changes(self) -> "ArticleQuerySet":
        return self.published().filter(HAS_UNPUBLISHED_CHANGES)

    def unpublished_texts(self) -> Iterator[tuple[Use, Snapshot]]:
        """Each working copy and scheduled revision that is not public, in one query.

        Such a text is a revision, and no column names the pictures in it. There are as many of
        them as there are articles that are being changed.
        """
        rows = self.filter(HAS_UNPUBLISHED_CHANGES | Q(scheduled_at__isnull=False)).order_by("-pk")
        fetched = rows.defer("body", "teaser").select_related("working_copy", "scheduled_revision")
        for article in fetched:
            working, scheduled = article.working_copy, article.scheduled_revision
            if working and article.has_unpublished_changes:
                yield Use("in its working copy", article), working.content
            if scheduled and scheduled != working:
                yield Use("in the change that is scheduled", article), scheduled.content

    def unpublished_image_uses(self, keys: Iterable[int]) -> list[Use]:
        wanted = set(keys)
        return [use for use, text in self.unpublished_texts() if wanted & text.image_keys]

    def with_headline(self, words: str) -> "ArticleQuerySet":
        """The articles with all these words (ten at most) in the headline, in any order; a word is
        found by its beginning."""
        # PostgreSQL raises DataError over a NUL.
        typed = words.replace("\0", "").split()[:10]
        found = self.filter(has_words(typed)) if typed else self
        for word in typed:
            found = found.filter(headline__icontains=word)
        return found

    def search(self, words: Sequence[str]) -> "ArticleQuerySet":
        """The articles with each of these words, in their text by its beginning or anywhere in the
        name of somebody: who signs, who began it, who works on it."""
        words = [word for word in words if is_word(word)]
        people = people_called(words) if words else {}
        in_text = [word for word in words if word not in people]
        if not people:
            return self.filter(has_words(in_text)) if in_text else self
        # Each part has an index, which an alternative of them has not. A limit that is never met
        # keeps PostgreSQL from looking at the texts of those that another part found.
        rows = Article.objects.order_by().values("pk")
        found = self
        if in_text:
            found = found.filter(pk__in=rows.filter(has_words(in_text))[:NEVER_MET])
        for word, (authors, users) in people.items():
            keys = rows.filter(has_words([word])).union(
                Byline.objects.order_by().filter(author__in=authors).values("article"),
                rows.filter(assignee__in=users),
                rows.filter(created_by__in=users),
                all=True,
            )
            found = found.filter(pk__in=keys[:NEVER_MET])
        return found

    def unpublished(self) -> "ArticleQuerySet":
        """The articles without a publication date; scheduled ones have one."""
        return self.filter(published_at__isnull=True)

    def scheduled(self) -> "ArticleQuerySet":
        """The articles that become public by themselves, or a revision of which does: those with a
        future date, an embargo or a scheduled revision."""
        now = timezone.now()
        # Each of the three has an index of its own, and no row beside them is read.
        waits = ~self.was_released()
        held = Q(embargoed_until__gt=now, published_at__isnull=False) & waits
        ahead = Q(published_at__gt=now) & waits
        rows = self.filter(ahead | held | Q(scheduled_at__gt=now))
        return rows.annotate(comes_at=COMES_AT)

    def published_since(self, moment: datetime) -> "ArticleQuerySet":
        is_freed = Q(embargoed_until__gte=moment)
        # It bounds the search by an index, which an alternative alone would not.
        first = self.published().filter(is_freed).aggregate(first=Min("published_at"))["first"]
        found = self.published().filter(published_at__gte=min(moment, first or moment))
        return found.filter(Q(published_at__gte=moment) | is_freed)

    def for_lists(self) -> "ArticleQuerySet":
        """Fetch what a line of the newsroom shows of an article, without its text: two queries for
        any number."""
        field: Any = self.model._meta.get_field("notes")
        notes = field.related_model.objects
        number = notes.open().filter(article=OuterRef("pk")).values("article")
        return (
            self.select_related("section", "assignee")
            .defer("body", "teaser")
            .annotate(open_notes=Subquery(number.annotate(number=Count("*")).values("number")))
            .with_byline()
        )

    def of(self, person: models.Model) -> "ArticleQuerySet":
        return self.filter(Q(created_by=person) | Q(assignee=person))

    def newest_first(self) -> "ArticleQuerySet":
        """Order as every listing does; the key makes it total, so that pages can be cut by it."""
        return self.order_by("-published_at", "-pk")

    def in_section(self, section: Section) -> "ArticleQuerySet":
        """Include the articles of which this is not the displayed section but a further one. No
        index has both: a listing of the whole archive reads them apart."""
        return self.filter(Q(section=section) | is_also_in(section))

    def also_in_section(self, section: Section) -> "ArticleQuerySet":
        """The articles of which this is a further section, not the displayed one."""
        return self.filter(is_also_in(section))

    def by_author(self, author: Author) -> "ArticleQuerySet":
        return self.filter(Exists(Byline.objects.filter(article=OuterRef("pk"), author=author)))

    def tagged(self, *keys: Any) -> "ArticleQuerySet":
        # Nothing but articles is tagged, so the type need not be asked for.
        through = Article.tags.through.objects.filter(object_id=OuterRef("pk"), tag__pk__in=keys)
        return self.filter(Exists(through))

    def with_byline(self) -> "ArticleQuerySet":
        return self.prefetch_related(Article.in_byline())

    def for_cards(self) -> "ArticleQuerySet":
        """Fetch only what a card or a teaser shows: two queries for any number."""
        rows = self.select_related("section", "format", "lead_image")
        return rows.only(*CARD_COLUMNS).with_byline()

    def for_page(self) -> "ArticleQuerySet":
        return self.select_related("section", "format", "series", "lead_image")


def is_also_in(section: Section) -> Exists:
    return Exists(Article.also_in.through.objects.filter(article=OuterRef("pk"), section=section))


def people_called(words: Iterable[str]) -> dict[str, tuple[list[int], list[int]]]:
    """Return the keys of the authors and of the users with a word somewhere in their names, for
    each word that somebody has; of two hundred people at most. One query."""
    kinds: list[Any] = []
    for number, (model, names) in enumerate(NAMES.items()):
        name = reduce(lambda left, right: Concat(left, Value(" "), right), names)
        rows = model._default_manager.order_by().annotate(called=name, whose=Value(number))
        having = reduce(or_, (Q(called__icontains=word) for word in words))
        kinds.append(rows.filter(having).values_list("whose", "pk", "called"))
    found = list(kinds[0].union(kinds[1], all=True)[:MOST_PEOPLE])
    people = {}
    for word in words:
        keys: tuple[list[int], list[int]] = [], []
        for whose, key, called in found:
            if word.lower() in called.lower():
                keys[whose].append(key)
        if any(keys):
            people[word] = keys
    return people


class Article(Publishing, LinkingText):
    """An article, with the text that the public reads.

    What a save of an article does, in this order; all that is written, in one transaction:

    | step | where | what is written |
    |---|---|---|
    | sanitizing | `derive_from_body()`, `ProseField` | the body as safe HTML |
    | links | `with_keys()` | each link in the body to an article or page gets its key and URL |
    | teaser | `derive_from_body()` | `teaser`, `has_rest`, `word_count`, `prose_policy` |
    | slug | `HasRootSlug.save()` | refused where it is reserved or taken |
    | redirects | `HasURL.save()` | from the old URL to this row; none from its new URL |
    | link table | `Link.objects.update_links_in()` | the rows of the links in this body |
    | OTHER bodies | `Link.objects.rewrite_links_to()` | the texts that link here get the new URL |
    | image uses | `ImageUse.objects.update_uses_in()` | the rows of the images in this body |

    It does not touch revisions, byline, tags or `published_at`. The other texts do not count as
    modified, and neither do their revisions change: `newest()` resolves the links anew.
    """

    headline = models.CharField(max_length=240)
    deck = models.CharField(max_length=400, blank=True, help_text="The line under the headline.")
    # Derived from the body when it is saved, so that listings never read a body.
    teaser = ProseField(blank=True, editable=False)
    has_rest = models.BooleanField(default=False, editable=False)
    word_count = models.PositiveIntegerField(default=0, editable=False)
    body_columns: ClassVar = [*LinkingText.body_columns, "teaser", "has_rest", "word_count"]

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
    tags = TaggableManager(blank=True, manager=TagNames)
    authors = models.ManyToManyField(
        Author, through="Byline", blank=True, related_name="articles", verbose_name="byline"
    )

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
    language = LanguageField(
        blank=True, help_text="Of the text, where it is not the publication's."
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
            is_known("stage", "draft in_review ready", of="article"),
            models.CheckConstraint(
                condition=Q(updated_at__isnull=True)
                | Q(published_at__isnull=True)
                | Q(updated_at__gte=F("published_at")),
                name="article_updated_after_it_was_published",
                violation_error_message="“Updated” cannot be before the publication.",
            ),
            models.CheckConstraint(
                condition=Q(scheduled_revision__isnull=True, scheduled_at__isnull=True)
                | Q(scheduled_revision__isnull=False, scheduled_at__isnull=False),
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
                "scheduled_at", name="article_change_due", condition=Q(scheduled_at__isnull=False)
            ),
            # For the newsroom's dashboard, list and calendar.
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
                "published_at",
                name="article_unreleased",
                condition=Q(published_at__isnull=False, released_at__isnull=True),
            ),
            models.Index(
                F("modified_at").desc(),
                name="article_change_waits",
                condition=HAS_UNPUBLISHED_CHANGES,
            ),
        ]

    def __str__(self) -> str:
        return self.headline

    def derive_from_body(self) -> None:
        super().derive_from_body()
        self.teaser, self.has_rest, self.word_count = prose.split_teaser(self.body)

    @property
    def byline(self) -> list[Author]:
        """The authors in their order: what every surface shows. Fetch with `with_byline()`."""
        fetched: list[Author] | None = self.__dict__.get("byline_authors")
        if fetched is None:
            return list(in_byline_of(self.pk))
        return fetched

    @staticmethod
    def in_byline() -> Prefetch:
        in_order = Author.objects.order_by("bylines__position", "bylines")
        return Prefetch("authors", in_order, to_attr="byline_authors")

    def set_byline(self, authors: Iterable[Author]) -> None:
        self.__dict__.pop("byline_authors", None)
        self.bylines.all().delete()
        Byline.objects.bulk_create(
            Byline(article=self, author=author, position=position)
            for position, author in enumerate(authors)
        )

    def correct(
        self, kind: str, text: str, *, by: User | None = None, substantive: bool = False
    ) -> None:
        """Publish a correction beside the public text, at once and for good.

        A public article is called updated only where this is `substantive`.
        """
        with transaction.atomic():
            self.lock()
            made = self.corrections.create(kind=kind, text=text, made_by=by)
            if substantive and self.is_public:
                self.update_columns(updated_at=self.not_before_publication(made.made_at))

    @property
    def content(self) -> Snapshot:
        if self.has_unpublished_changes and self.working_copy:
            return self.working_copy.content
        return Snapshot.of(self)

    @property
    def caption(self) -> str:
        return self.lead_caption or (self.lead_image.caption if self.lead_image else "")

    @property
    def alt(self) -> str:
        return self.lead_alt or (self.lead_image.alt if self.lead_image else "")
