from .addresses import Addressed, Redirect
from .articles import Article, Byline
from .authors import Author
from .corrections import Correction
from .images import Image
from .pages import Page
from .publication import Publication
from .revisions import Revision
from .snapshots import Snapshot
from .taxonomy import Format, Section, Series

__all__ = [
    "Addressed",
    "Article",
    "Author",
    "Byline",
    "Correction",
    "Format",
    "Image",
    "Page",
    "Publication",
    "Redirect",
    "Revision",
    "Section",
    "Series",
    "Snapshot",
]
