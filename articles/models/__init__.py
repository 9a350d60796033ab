from .addresses import Addressed, Redirect
from .articles import Article, Byline
from .authors import Author
from .images import Image
from .invitations import Invitation
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
    "Invitation",
    "Page",
    "Publication",
    "Redirect",
    "Section",
    "Series",
]
