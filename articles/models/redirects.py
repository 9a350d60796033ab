"""Which address belongs to what, now and for ever after."""

from functools import lru_cache
from typing import Any
from urllib.parse import unquote

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.urls import reverse

from .fields import AddressField

# First segments of fixed addresses, present and planned: no article or page may take one as its
# slug. A system check holds this against the URLconf.
RESERVED_SLUGS = frozenset(
    (
        "admin",
        "accounts",
        "api",
        "archive",
        "author",
        "corrections",
        "favicon",
        "feed",
        "format",
        "healthz",
        "manifest",
        "media",
        "newsletter",
        "news-sitemap",
        "page",
        "preview",
        "rest",
        "robots",
        "search",
        "section",
        "series",
        "sitemap",
        "static",
        "tag",
    )
)


@lru_cache(maxsize=10_000)
def address_of(view: str, slug: str) -> str:
    """The address of a row by its view's name. A page has a hundred of them, and looking one up
    in the URLconf takes as long as writing a line of the page."""
    return reverse(view, args=[slug])


class Addressed(models.Model):
    """Anything with a page of its own. Changing its slug leaves a redirect at the old address."""

    slug = models.SlugField(
        max_length=120,
        unique=True,
        help_text="The last part of the address: lower-case letters, digits and hyphens.",
    )

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.slug = self.slug.lower()
        with transaction.atomic():
            old_address = self._stored_address()
            super().save(*args, **kwargs)
            address = self.get_absolute_url()
            if old_address != address:
                # Whoever lives at an address wins over what used to be there.
                Redirect.objects.filter(old_path=normalise_path(address)).delete()
                if old_address:
                    Redirect.objects.keep(old_address, self)

    def get_absolute_url(self) -> str:
        raise TypeError(f"{type(self).__name__} has no address")

    def delete_leading_to(self, target: "Addressed | Instead") -> None:
        """Delete the row; its address and all its older ones lead to `target` from now on."""
        with transaction.atomic():
            older = Redirect.objects.filter(**{self._meta.model_name or "": self})
            paths = [self.get_absolute_url(), *older.values_list("old_path", flat=True)]
            self.delete()
            for path in paths:
                Redirect.objects.keep(path, target, left_by_deletion=True)

    def _stored_address(self) -> str | None:
        """The address under which this row is stored at the moment, None for a new row."""
        if self.pk is None:
            return None
        stored = type(self)._base_manager.filter(pk=self.pk).only("pk", "slug").first()
        return stored.get_absolute_url() if stored else None


class RootAddressed(Addressed):
    """What lives directly under `/`: articles and static pages share one set of slugs."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Raise ValidationError where the slug is reserved or belongs to an article or page."""
        with transaction.atomic():
            self.refuse_taken_slug()
            super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return address_of("article", self.slug)

    def clean(self) -> None:
        super().clean()
        self.refuse_taken_slug()

    def refuse_taken_slug(self) -> None:
        slug = self.slug.lower()
        if slug in RESERVED_SLUGS:
            raise ValidationError(
                {"slug": f"“{slug}” is one of the magazine's own addresses; choose another slug."}
            )
        for model in apps.get_models():
            if not issubclass(model, RootAddressed):
                continue
            others = model._base_manager.filter(slug=slug)
            if model is type(self):
                others = others.exclude(pk=self.pk)
            if others.exists():
                kind = model._meta.verbose_name
                raise ValidationError({"slug": f"Another {kind} has the address “{slug}” already."})


def normalise_path(path: str) -> str:
    """The form in which old addresses are stored and looked up: decoded, lower case, one slash at
    each end. Query and fragment are not part of an old address."""
    path = unquote(path.split("?")[0].split("#")[0])
    return "/" + "".join(f"{part}/" for part in path.lower().split("/") if part)


class Instead(models.TextChoices):
    """What readers get at an old address that leads to no row."""

    FRONT = "front", "The front page"
    GONE = "gone", "Nowhere: the page says that it was withdrawn"


class RedirectManager(models.Manager["Redirect"]):
    def keep(
        self, old_path: str, target: "Addressed | Instead", *, left_by_deletion: bool = False
    ) -> "Redirect":
        """Lead `old_path` to `target` from now on, whatever it led to before."""
        fields: dict[str, Any] = dict.fromkeys(REDIRECT_TARGETS)
        fields |= {"elsewhere": "", "instead": "", "left_by_deletion": left_by_deletion}
        name = "instead" if isinstance(target, Instead) else target._meta.model_name or ""
        fields[name] = target
        redirect, _ = self.update_or_create(old_path=normalise_path(old_path), defaults=fields)
        return redirect

    def at(self, path: str) -> "Redirect | None":
        """What is known of `path` as an old address."""
        if "\0" in path:  # which no stored text can hold; PostgreSQL refuses to look for it
            return None
        return self.filter(old_path=normalise_path(path)).select_related(*REDIRECT_TARGETS).first()

    def target_of(self, path: str) -> str | None:
        """Where a reader who asks for `path` should be sent, or None.

        Promise: the answer is the present address of a row or another host, never another old
        address; so there are no chains, and no loop can be made.
        """
        redirect = self.at(path)
        return redirect.address or None if redirect else None


REDIRECT_TARGETS = ("article", "page", "section", "format", "series", "author")


def leads_to_exactly_one() -> models.Q:
    """One target column is filled and the others are empty."""
    empty = {
        **{name: models.Q(**{f"{name}__isnull": True}) for name in REDIRECT_TARGETS},
        **{name: models.Q(**{name: ""}) for name in ("elsewhere", "instead")},
    }
    either = models.Q()
    for chosen in empty:
        one = models.Q()
        for name, is_empty in empty.items():
            one &= ~is_empty if name == chosen else is_empty
        either |= one
    return either


class Redirect(models.Model):
    """An old address, and the row (not the address) that it leads to."""

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
    elsewhere = AddressField(
        "address elsewhere",
        blank=True,
        help_text="Only for what has moved to another website.",
    )
    instead = models.CharField(
        max_length=5,
        choices=Instead,
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
                condition=models.Q(instead__in=["", *Instead.values]),
                name="redirect_instead_is_known",
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
    def target(self) -> Addressed | None:
        """The row this leads to, if it leads to one."""
        return next((row for name in REDIRECT_TARGETS if (row := getattr(self, name))), None)

    @property
    def address(self) -> str:
        """Empty where the page is gone for good."""
        if self.instead == Instead.FRONT:
            return reverse("front")
        return self.target.get_absolute_url() if self.target else self.elsewhere

    @property
    def is_gone(self) -> bool:
        return self.instead == Instead.GONE
