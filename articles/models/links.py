"""Links from text to text within the magazine: kept by key, so that they follow what they lead to.

A link that was typed as the address of an article or a page, present or old, is stored with the
key of its row (`data-article`, `data-page`). The table says who links to whom: it finds the texts
to write anew when an address changes without a look into every body, and the links that are dead.
"""

from collections.abc import Iterable
from typing import Any, ClassVar
from urllib.parse import urlsplit

from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q

from articles import prose
from articles.prose import StoredLink

from .addresses import RESERVED_SLUGS, Redirect, RootAddressed, normalise_path
from .fields import ProseField

# Texts that are written anew with one statement.
BATCH = 100

# The name of a model and the key of its row that a link leads to.
Target = tuple[str, int]


class Linking(RootAddressed):
    """An article or a page: a body with links to others, at an address that others link to.

    Whoever derives from it calls `take_links()` before saving.
    """

    body: Any
    # The columns that are made of the body, and the body.
    body_columns: ClassVar[list[str]]

    class Meta:
        abstract = True

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        with transaction.atomic():
            super().save(*args, update_fields=update_fields, **kwargs)
            if update_fields is None or "body" in update_fields:
                Link.objects.keep(self)
            Link.objects.follow(self)

    def take_links(self) -> None:
        """Sanitize the body, and give each link within the magazine its key."""
        self.body = with_keys(prose.sanitize(self.body), self)


def path_of(href: str) -> str | None:
    """The path of an address that an article or a page has, had or could have; None for another
    site, the front page, a place on the same page, and the magazine's fixed addresses."""
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


def with_keys(html: str, text: Linking) -> str:
    """Stored prose of `text`, its links to articles and pages with their keys and at their present
    addresses. A link that leads to neither stays as it was typed, without a key.

    Asks the database as often for a hundred links as for one, and not at all for none.
    """
    links = [link for link in prose.links(html) if link.kind or path_of(link.href)]
    return prose.relinked(html, Directory(links, text).written) if links else html


class Directory:
    """Where the links of one text lead, looked up for all of them at once."""

    def __init__(self, links: Iterable[StoredLink], text: Linking) -> None:
        links = list(links)
        paths = {path for link in links if (path := path_of(link.href))}
        self.by_path: dict[str, Target] = {}
        self.addresses: dict[Target, str] = {}
        for model in Linking.__subclasses__():
            keys = [link.key for link in links if link.kind == kind_of(model)]
            slugs = [path.strip("/") for path in paths]
            found = model._base_manager.filter(Q(pk__in=keys) | Q(slug__in=slugs))
            for row in found.only("pk", "slug"):
                self.add(row)
        if text.pk:
            self.add(text)  # at the address that it is about to have
        if older := paths - self.by_path.keys():
            redirects = Redirect.objects.filter(old_path__in=older)
            for redirect in redirects.select_related("article", "page"):
                if older_row := redirect.article or redirect.page:
                    self.by_path[redirect.old_path] = self.add(older_row)

    def add(self, row: Linking) -> Target:
        target = target_of(row)
        address = row.get_absolute_url().lower()
        self.addresses[target] = address
        self.by_path[address] = target
        return target

    def written(self, link: StoredLink) -> StoredLink:
        """The link as it is to be stored. Its key is believed before its address, which may
        belong to somebody else by now."""
        path = path_of(link.href)
        target = (link.kind, link.key)
        if path and target not in self.addresses:
            target = self.by_path.get(path, ("", 0))
        if path is None or target not in self.addresses:
            return StoredLink(link.href)
        return led(link, self.addresses[target], target)


def led(link: StoredLink, address: str, target: Target) -> StoredLink:
    """The link at the present address of what it leads to; its query and place are kept."""
    here = urlsplit(link.href)._replace(scheme="", netloc="", path=address)
    return StoredLink(here.geturl(), *target)


def target_of(text: Linking) -> Target:
    return kind_of(text), text.pk


def kind_of(row: models.Model | type[models.Model]) -> str:
    return row._meta.model_name or ""


class LinkQuerySet(models.QuerySet["Link"]):
    def of(self, text: Linking) -> "LinkQuerySet":
        """The links that stand in this text."""
        return self.filter(**{f"in_{kind_of(text)}": text})

    def to(self, text: Linking) -> "LinkQuerySet":
        """The links, in whatever text, that lead to this one."""
        return self.filter(**{kind_of(text): text})

    def dead(self) -> "LinkQuerySet":
        """The links to an address that nothing has or had."""
        old = Redirect.objects.filter(old_path=OuterRef("path"))
        return self.filter(~Exists(old), article=None, page=None)

    def keep(self, text: Linking) -> None:
        """Let the table say what the body of `text` links to, as it is stored now."""
        wanted = {
            path: (link.kind, link.key) if link.kind else None
            for link in prose.links(text.body)
            if (path := path_of(link.href))
        }
        stored = {link.path: link for link in self.of(text)}
        wrong = [
            link.pk
            for path, link in stored.items()
            if path not in wanted or link.target != wanted.pop(path)
        ]
        if wrong:
            self.filter(pk__in=wrong).delete()
        Link.objects.bulk_create(
            Link(
                path=path,
                **{f"in_{kind_of(text)}": text},
                **({f"{target[0]}_id": target[1]} if target else {}),
            )
            for path, target in wanted.items()
        )

    def follow(self, text: Linking) -> None:
        """Write the texts anew that link to `text` at another address than it has, and those that
        linked to its address before there was anything at it.

        A statement for a hundred of them: an address in a thousand texts changes in one go.
        """
        address = text.get_absolute_url()
        stale = list(
            self.to(text).exclude(path=address) | self.filter(path=address, article=None, page=None)
        )
        for model in Linking.__subclasses__():
            column = f"in_{kind_of(model)}_id"
            keys = sorted({getattr(link, column) for link in stale} - {None})
            for start in range(0, len(keys), BATCH):
                lead_to(text, model, keys[start : start + BATCH])
        if stale:
            self.filter(pk__in=[link.pk for link in stale]).delete()
            # A text that linked to it twice, at the old address and at the new, does so once now.
            Link.objects.bulk_create(
                [
                    Link(
                        path=address,
                        in_article_id=article,
                        in_page_id=page,
                        **{kind_of(text): text},
                    )
                    for article, page in {(link.in_article_id, link.in_page_id) for link in stale}
                ],
                ignore_conflicts=True,
            )


def lead_to(target: Linking, model: type[Linking], keys: list[int]) -> None:
    """Write the links to `target` in these texts with its key and its present address.

    The rows are locked, so that what an editor saves at this moment is not overwritten, and do not
    count as changed: nobody has edited them.
    """
    address, aim = target.get_absolute_url(), target_of(target)

    def written(link: StoredLink) -> StoredLink:
        is_nameless = not link.kind and path_of(link.href) == address
        return led(link, address, aim) if is_nameless or (link.kind, link.key) == aim else link

    columns = [field.name for field in model._meta.fields if isinstance(field, ProseField)]
    rows = list(model._base_manager.select_for_update().filter(pk__in=keys).order_by("pk"))
    for row in rows:
        for column in columns:
            setattr(row, column, prose.relinked(getattr(row, column), written))
    model._base_manager.bulk_update(rows, columns)


class Link(models.Model):
    """A link from the body of an article or page to another, or to an address that nothing has.

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
        """What the table keeps of where it leads."""
        if self.article_id:
            return "article", self.article_id
        return ("page", self.page_id) if self.page_id else None
