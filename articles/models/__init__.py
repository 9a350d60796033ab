from .addresses import Addressed, Redirect
from .articles import Article, Byline
from .authors import Author
from .front import FrontPage, Slot
from .images import Image
from .pages import Page
from .publication import Publication
from .taxonomy import Format, Section, Series

__all__ = [
    "Addressed",
    "Article",
    "Author",
    "Byline",
    "Format",
    "FrontPage",
    "Image",
    "Page",
    "Publication",
    "Redirect",
    "Section",
    "Series",
    "Slot",
]
