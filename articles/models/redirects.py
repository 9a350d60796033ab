"""URLs of rows: their slugs, and the redirects from the URLs that they had before."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.urls import reverse

from articles.slugs import slug_of

from .fields import WebURLField

# First segments of fixed URLs, present and planned: no article or page may take one as its
# slug. A system check holds this against the URLconf.
RESERVED_SLUGS = {
    *("accounts", "admin", "api", "archive", "author", "corrections", "favicon", "feed", "format"),
    *("healthz", "manifest", "media", "news-sitemap", "newsletter", "page", "preview", "rest"),
    *("robots", "search", "section", "series", "sitemap", "static", "tag"),
}
# So many slugs are looked up at once when one is made.
CANDIDATES = 50


@lru_cache(maxsize=10_000)
def url_of(view: str, slug: str) -> str:
    """Return the URL of a row by its view's name, cached: a page has a hundred of them, and
    resolving one takes as long as rendering a line of the page."""
    return reverse(view, args=[slug])


class HasURL(models.Model):
    """A row with a page of its own. Changing its slug leaves a redirect at the old URL."""

    slug = models.SlugField(
        max_length=120,
        unique=True,
        blank=True,
        help_text="The last part of the address: Latin letters, digits and hyphens. Left empty, "
        "it is made of the headline or name.",
    )

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.slug = self.slug.lower() or self.free_slug()
        with transaction.atomic():
            stored = type(self)._base_manager.filter(pk=self.pk).only("slug") if self.pk else ()
            old_url = next((row.get_absolute_url() for row in stored), None)
            super().save(*args, **kwargs)
            url = self.get_absolute_url()
            if old_url != url:
                # The row at a URL wins over what used to be there.
                Redirect.objects.filter(old_path=normalise_path(url)).delete()
                if old_url:
                    Redirect.objects.set_target(old_url, self)

    def get_absolute_url(self) -> str:
        return url_of(self._meta.model_name or "", self.slug)

    def free_slug(self) -> str:
        """Make a slug of the name or headline that no other row has, nor had before."""
        base = slug_of(str(self)) or self._meta.model_name or ""
        first = 1
        while True:
            numbers = range(first, first + CANDIDATES)
            slugs = [base if number == 1 else f"{base}-{number}" for number in numbers]
            taken = self.taken_slugs(slugs)
            if free := [slug for slug in slugs if slug not in taken]:
                return free[0]
            first += CANDIDATES

    def taken_slugs(self, slugs: Iterable[str]) -> set[str]:
        others = type(self)._base_manager.filter(slug__in=slugs).exclude(pk=self.pk)
        urls = {type(self)(slug=slug).get_absolute_url(): slug for slug in slugs}
        old = Redirect.objects.filter(old_path__in=urls)
        if self.pk:
            old = old.exclude(**{self._meta.model_name or "": self.pk})
        return {*others.values_list("slug", flat=True), *(urls[one.old_path] for one in old)}

    def delete_leading_to(self, target: "HasURL | RedirectOutcome") -> None:
        """Delete the row, and redirect its URL and all its older ones to `target`."""
        with transaction.atomic():
            older = Redirect.objects.filter(**{self._meta.model_name or "": self})
            paths = [self.get_absolute_url(), *older.values_list("old_path", flat=True)]
            self.delete()
            for path in paths:
                Redirect.objects.set_target(path, target, left_by_deletion=True)


class HasRootSlug(HasURL):
    """A page directly under `/`: articles and static pages share one set of slugs."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Raise ValidationError where the slug is reserved or belongs to an article or page."""
        with transaction.atomic():
            self.refuse_taken_slug()
            super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return url_of("article", self.slug)

    def clean(self) -> None:
        super().clean()
        self.refuse_taken_slug()

    def taken_slugs(self, slugs: Iterable[str]) -> set[str]:
        taken = super().taken_slugs(slugs) | RESERVED_SLUGS
        for model in HasRootSlug.kinds():
            if model is not type(self):
                rows = model._base_manager.filter(slug__in=slugs)
                taken.update(rows.values_list("slug", flat=True))
        return taken

    @staticmethod
    def kinds() -> list[type["HasRootSlug"]]:
        return [model for model in apps.get_models() if issubclass(model, HasRootSlug)]

    def refuse_taken_slug(self) -> None:
        slug = self.slug.lower()
        if slug in RESERVED_SLUGS:
            raise ValidationError(
                {"slug": f"“{slug}” is one of the magazine's own addresses; choose another slug."}
            )
        for model in HasRootSlug.kinds():
            others = model._base_manager.filter(slug=slug)
            if model is type(self):
                others = others.exclude(pk=self.pk)
            if others.exists():
                kind = model._meta.verbose_name
                raise ValidationError({"slug": f"Another {kind} has the address “{slug}” already."})


def normalise_path(path: str) -> str:
    """Return the form in which old paths are stored and looked up: decoded, lower case, a slash
    at each end. Query and fragment are not part of an old path."""
    path = unquote(path.split("?")[0].split("#")[0])
    return "/" + "".join(f"{part}/" for part in path.lower().split("/") if part)


class RedirectOutcome(models.TextChoices):
    """The answer at an old path that leads to no row."""

    FRONT = "front", "The front page"
    GONE = "gone", "Nowhere: the page says that it was withdrawn"


class RedirectManager(models.Manager["Redirect"]):
    def set_target(
        self, old_path: str, target: "HasURL | RedirectOutcome", *, left_by_deletion: bool = False
    ) -> "Redirect":
        """Redirect `old_path` to `target`, whatever it led to before."""
        fields: dict[str, Any] = dict.fromkeys(REDIRECT_TARGETS)
        fields |= {"external_url": "", "outcome": "", "left_by_deletion": left_by_deletion}
        name = "outcome" if isinstance(target, RedirectOutcome) else target._meta.model_name or ""
        fields[name] = target
        redirect, _ = self.update_or_create(old_path=normalise_path(old_path), defaults=fields)
        return redirect

    def at(self, path: str) -> "Redirect | None":
        """Return the redirect of an old path. It leads to the present URL of a row or to another
        host, never to another old path; so there are no chains and no loops."""
        if "\0" in path:  # which no stored text can hold; PostgreSQL refuses to look for it
            return None
        return self.filter(old_path=normalise_path(path)).select_related(*REDIRECT_TARGETS).first()


REDIRECT_TARGETS = ("article", "page", "section", "format", "series", "author")


def leads_to_exactly_one() -> models.Q:
    empty = {
        **{name: models.Q(**{f"{name}__isnull": True}) for name in REDIRECT_TARGETS},
        **{name: models.Q(**{name: ""}) for name in ("external_url", "outcome")},
    }
    either = models.Q()
    for chosen in empty:
        one = models.Q()
        for name, is_empty in empty.items():
            one &= ~is_empty if name == chosen else is_empty
        either |= one
    return either


class Redirect(models.Model):
    """An old path, and the row (not the URL) to which it leads."""

    old_path = models.CharField(
        "old address",
        max_length=255,
        unique=True,
        help_text="The path readers may still have, such as /2019/05/old-name/.",
    )
    article = models.ForeignKey("Article", models.CASCADE, null=True, blank=True)
    page = models.ForeignKey("Page", models.CASCADE, null=True, blank=True)
    section = models.ForeignKey("Section", models.CASCADE, null=True, blank=True)
    format = models.ForeignKey("Format", models.CASCADE, null=True, blank=True)
    series = models.ForeignKey("Series", models.CASCADE, null=True, blank=True)
    author = models.ForeignKey("Author", models.CASCADE, null=True, blank=True)
    external_url = WebURLField(
        "address elsewhere",
        blank=True,
        help_text="Only for what has moved to another website.",
    )
    outcome = models.CharField(
        "instead",
        max_length=5,
        choices=RedirectOutcome,
        blank=True,
        help_text="Only for what is gone and has no successor.",
    )
    # Then what it leads to is something else than what stood there.
    left_by_deletion = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = RedirectManager()

    class Meta:
        ordering = ["old_path"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(old_path__startswith="/") & ~models.Q(old_path="/"),
                name="redirect_old_path_is_a_path",
                violation_error_message="An old address is a path other than the front page.",
            ),
            models.CheckConstraint(
                condition=leads_to_exactly_one(),
                name="redirect_leads_to_exactly_one",
                violation_error_message="Choose exactly one thing that the old address leads to.",
            ),
            models.CheckConstraint(
                condition=models.Q(outcome__in=["", *RedirectOutcome.values]),
                name="redirect_outcome_is_known",
            ),
        ]

    def __str__(self) -> str:
        return self.old_path

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.old_path = normalise_path(self.old_path)
        super().save(*args, **kwargs)

    def clean(self) -> None:
        self.old_path = normalise_path(self.old_path)

    @property
    def target(self) -> HasURL | None:
        return next((row for name in REDIRECT_TARGETS if (row := getattr(self, name))), None)

    @property
    def is_gone(self) -> bool:
        was_withdrawn = self.article is not None and self.article.is_withdrawn
        return was_withdrawn or self.outcome == RedirectOutcome.GONE

    @property
    def url(self) -> str:
        if self.outcome == RedirectOutcome.FRONT:
            return reverse("front")
        return self.target.get_absolute_url() if self.target else self.external_url
