from .addresses import Addressed, Instead, Redirect
from .articles import Article, Byline
from .authors import Author
from .corrections import Correction
from .images import Image
from .pages import Page
from .preview_links import PreviewLink
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
    "Instead",
    "Page",
    "PreviewLink",
    "Publication",
    "Redirect",
    "Revision",
    "Section",
    "Series",
    "Snapshot",
]
