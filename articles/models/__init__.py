from .addresses import Addressed, Redirect
from .articles import Article, Byline
from .authors import Author
from .images import Image
from .notes import Note
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
    "Format",
    "Image",
    "Note",
    "Page",
    "Publication",
    "Redirect",
    "Revision",
    "Section",
    "Series",
    "Snapshot",
]
