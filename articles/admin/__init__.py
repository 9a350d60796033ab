"""The newsroom: Django's admin, arranged for writing and publishing."""

from . import (
    article,
    author,
    front,
    image,
    invitation,
    page,
    people,
    publication,
    redirect,
    taxonomy,
)

__all__ = [
    "article",
    "author",
    "front",
    "image",
    "invitation",
    "page",
    "people",
    "publication",
    "redirect",
    "taxonomy",
]
