from django.db import models

from .links import LinkingText


class PageQuerySet(models.QuerySet["Page"]):
    def published(self) -> "PageQuerySet":
        return self.filter(is_public=True)


class Page(LinkingText):
    """A static page: about, masthead, submissions."""

    title = models.CharField(max_length=160)
    summary = models.TextField(blank=True, help_text="One sentence for search engines.")
    is_public = models.BooleanField("public", default=True)
    in_footer = models.BooleanField(default=True)
    position = models.PositiveSmallIntegerField(default=100, help_text="Order in the footer.")
    modified_at = models.DateTimeField(auto_now=True)

    # Nobody wrote down when it was; its address may be anywhere.
    has_been_public = True

    objects = PageQuerySet.as_manager()

    class Meta:
        ordering = ["position", "title"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(title=""), name="page_has_a_title"),
        ]

    def __str__(self) -> str:
        return self.title
