"""The newsroom: Django's admin, arranged for writing and publishing."""

from . import pages, publication, taxonomy
from .accounts import invitation, user
from .article import admin as article_admin
from .front_page import admin as front_page_admin
from .image import admin as image_admin

__all__ = [
    "article_admin",
    "front_page_admin",
    "image_admin",
    "invitation",
    "pages",
    "publication",
    "taxonomy",
    "user",
]
