"""Links from text to text within the magazine, stored by key, so that they follow their targets.

A link that was typed as the URL of an article or a page, present or old, is stored with the key of
its row (`data-article`, `data-page`). The table of links finds the texts to rewrite when a URL
changes, without a look into every body, and the links that are dead.
"""

from collections.abc import Iterable
from typing import Any, ClassVar
from urllib.parse import urlsplit

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q

from articles import prose
from articles.prose import StoredLink

from .fields import ProseField
from .image_uses import ImageUse
from .redirects import RESERVED_SLUGS, HasRootSlug, Redirect, normalise_path

# Texts that are resolved anew with one statement.
BATCH = 100

# The name of a model and the key of its row that a link leads to.
Target = tuple[str, int]


class LinkingText(HasRootSlug):
    """An article or a page: a body with links to others, at an address that others link to."""

    body = ProseField(blank=True)
    prose_policy = models.PositiveSmallIntegerField(default=0, editable=False)
    # The body, and the columns that are made of it.
    body_columns: ClassVar = ["body", "prose_policy"]

    class Meta:
        abstract = True

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        self.derive_from_body()
        with transaction.atomic():
            super().save(*args, update_fields=update_fields, **kwargs)
            if update_fields is None or "body" in update_fields:
                Link.objects.update_links_in(self)
            Link.objects.rewrite_links_to(self)
            ImageUse.objects.update_uses_in(self.body, **{kind_of(self): self})

    def derive_from_body(self) -> None:
        """Sanitize the body, and set the columns that are made of it."""
        self.body = with_keys(prose.sanitize(self.body), self)
        self.prose_policy = prose.POLICY_VERSION


def path_of(href: str) -> str | None:
    """Return the path of a URL that an article or a page has, had or could have; None for another
    site, the front page, a place on the same page, and the magazine's fixed URLs."""
    if not href.startswith("/"):
        host = urlsplit(settings.SITE_URL).netloc
        parts = urlsplit(href)
        if parts.scheme not in ("https", "http") or parts.netloc.lower() != host.lower():
            return None
        href = parts.path
    path = normalise_path(href)
    first = path.split("/")[1].partition(".")[0]
    if path == "/" or first in RESERVED_SLUGS or "\0" in path:
        return None
    return path[: Redirect._meta.get_field("old_path").max_length]


def with_keys(html: str, text: LinkingText) -> str:
    """Give the links of `text` to articles and pages their keys and their present URLs.

    A link that leads to neither stays as it was typed, without a key. The number of queries is
    the same for a hundred links as for one; without links there is none.
    """
    links = [link for link in prose.links(html) if link.kind or path_of(link.href)]
    return prose.replace_links(html, Directory(links, text).resolve) if links else html


class Directory:
    """Where the links of one text lead, looked up for all of them at once."""

    def __init__(self, links: Iterable[StoredLink], text: LinkingText) -> None:
        links = list(links)
        paths = {path for link in links if (path := path_of(link.href))}
        self.by_path: dict[str, Target] = {}
        self.urls: dict[Target, str] = {}
        for model in LinkingText.__subclasses__():
            keys = [link.key for link in links if link.kind == kind_of(model)]
            slugs = [path.strip("/") for path in paths]
            found = model._base_manager.filter(Q(pk__in=keys) | Q(slug__in=slugs))
            for row in found.only("pk", "slug"):
                self.add(row)
        if text.pk:
            self.add(text)  # at the URL that it is about to have
        if older := paths - self.by_path.keys():
            redirects = Redirect.objects.filter(old_path__in=older)
            for redirect in redirects.select_related("article", "page"):
                if older_row := redirect.article or redirect.page:
                    self.by_path[redirect.old_path] = self.add(older_row)

    def add(self, row: LinkingText) -> Target:
        target = target_of(row)
        url = row.get_absolute_url().lower()
        self.urls[target] = url
        self.by_path[url] = target
        return target

    def resolve(self, link: StoredLink) -> StoredLink:
        """Return the link as it is stored. Its key counts before its URL, which may belong to
        another row by now."""
        path = path_of(link.href)
        target = (link.kind, link.key)
        if path and target not in self.urls:
            target = self.by_path.get(path, ("", 0))
        if path is None or target not in self.urls:
            return StoredLink(link.href)
        return led_to(link, self.urls[target], target)


def led_to(link: StoredLink, url: str, target: Target) -> StoredLink:
    """Return the link at the present URL of its target; its query and fragment are kept."""
    here = urlsplit(link.href)._replace(scheme="", netloc="", path=url)
    return StoredLink(here.geturl(), *target)


def target_of(text: LinkingText) -> Target:
    return kind_of(text), text.pk


def kind_of(row: models.Model | type[models.Model]) -> str:
    return row._meta.model_name or ""


class LinkQuerySet(models.QuerySet["Link"]):
    def of(self, text: LinkingText) -> "LinkQuerySet":
        return self.filter(**{f"in_{kind_of(text)}": text})

    def to(self, text: LinkingText) -> "LinkQuerySet":
        return self.filter(**{kind_of(text): text})

    def update_links_in(self, text: LinkingText) -> None:
        """Make the rows of `text` those of the links in its body as it is stored now."""
        wanted = {
            path: (link.kind, link.key) if link.kind else None
            for link in prose.links(text.body)
            if (path := path_of(link.href))
        }
        stored = {(link.path, link.target): link.pk for link in self.of(text)}
        if wrong := stored.keys() - wanted.items():
            self.filter(pk__in=[stored[link] for link in wrong]).delete()
        Link.objects.bulk_create(
            Link(
                path=path,
                **{f"in_{kind_of(text)}": text},
                **({f"{target[0]}_id": target[1]} if target else {}),
            )
            for path, target in wanted.items() - stored.keys()
        )

    def rewrite_links_to(self, text: LinkingText) -> None:
        """Rewrite the texts that link to `text` at another URL than it has, and those that linked
        to its URL before anything was there.

        One statement for a hundred texts: a link in a thousand texts changes at once.
        """
        url = text.get_absolute_url()
        stale = list(
            self.to(text).exclude(path=url) | self.filter(path=url, article=None, page=None)
        )
        for model in LinkingText.__subclasses__():
            column = f"in_{kind_of(model)}_id"
            keys = sorted({getattr(link, column) for link in stale} - {None})
            for start in range(0, len(keys), BATCH):
                rewrite_links(text, model, keys[start : start + BATCH])
        if stale:
            self.filter(pk__in=[link.pk for link in stale]).delete()
            # A text that linked to it twice, at the old URL and at the new, does so once now.
            Link.objects.bulk_create(
                [
                    Link(
                        path=url,
                        in_article_id=article,
                        in_page_id=page,
                        **{kind_of(text): text},
                    )
                    for article, page in {(link.in_article_id, link.in_page_id) for link in stale}
                ],
                ignore_conflicts=True,
            )


def rewrite_links(target: LinkingText, model: type[LinkingText], keys: list[int]) -> None:
    """Rewrite the links to `target` in these texts with its key and its present URL.

    The rows are locked, so that what an editor saves at this moment is not overwritten, and do not
    count as changed: nobody has edited them.
    """
    url, aim = target.get_absolute_url(), target_of(target)

    def resolved(link: StoredLink) -> StoredLink:
        is_nameless = not link.kind and path_of(link.href) == url
        return led_to(link, url, aim) if is_nameless or (link.kind, link.key) == aim else link

    columns = [field.name for field in model._meta.fields if isinstance(field, ProseField)]
    rows = list(model._base_manager.select_for_update().filter(pk__in=keys).order_by("pk"))
    for row in rows:
        for column in columns:
            setattr(row, column, prose.replace_links(getattr(row, column), resolved))
    model._base_manager.bulk_update(rows, columns)


class Link(models.Model):
    """A link from the body of an article or page to another, or to a URL that nothing has.

    Made of the body at each save, and never by hand.
    """

    in_article = models.ForeignKey("Article", models.CASCADE, null=True, related_name="links")
    in_page = models.ForeignKey("Page", models.CASCADE, null=True, related_name="links")
    path = models.CharField(max_length=255)
    article = models.ForeignKey("Article", models.SET_NULL, null=True, related_name="linked_from")
    page = models.ForeignKey("Page", models.SET_NULL, null=True, related_name="linked_from")

    objects = LinkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["in_article", "path"], name="link_in_article_once"),
            models.UniqueConstraint(fields=["in_page", "path"], name="link_in_page_once"),
            models.CheckConstraint(
                condition=Q(in_article__isnull=False, in_page__isnull=True)
                | Q(in_article__isnull=True, in_page__isnull=False),
                name="link_stands_in_one_text",
            ),
            models.CheckConstraint(
                condition=Q(article__isnull=True) | Q(page__isnull=True),
                name="link_leads_to_at_most_one",
            ),
        ]
        indexes = [
            models.Index("path", name="link_dead", condition=Q(article=None, page=None)),
        ]

    def __str__(self) -> str:
        return self.path

    @property
    def target(self) -> Target | None:
        if self.article_id:
            return "article", self.article_id
        return ("page", self.page_id) if self.page_id else None
