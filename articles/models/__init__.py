from .addresses import Addressed, Redirect
from .articles import Article, Byline
from .authors import Author
from .images import Image
from .links import Link
from .pages import Page
from .publication import Publication
from .taxonomy import Format, Section, Series

__all__ = [
    "Addressed",
    "Article",
    "Author",
    "Byline",
    "Format",
    "Image",
    "Link",
    "Page",
    "Publication",
    "Redirect",
    "Section",
    "Series",
]
