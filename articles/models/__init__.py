from .addresses import Addressed, Instead, Redirect
from .articles import Article, Byline
from .authors import Author
from .corrections import Correction
from .findings import LinkFinding, LinkPlace
from .front import FrontPage, Slot
from .image_uses import ImageUse
from .images import Image
from .invitations import Invitation
from .links import Link
from .notes import Note
from .pages import Page
from .presence import OpenForm
from .preview_links import PreviewLink
from .publication import Publication
from .revisions import Revision
from .snapshots import Snapshot
from .taxonomy import Format, Section, Series
from .waiting import refuse_waiting

__all__ = [
    "Addressed",
    "Article",
    "Author",
    "Byline",
    "Correction",
    "Format",
    "FrontPage",
    "Image",
    "ImageUse",
    "Instead",
    "Invitation",
    "Link",
    "LinkFinding",
    "LinkPlace",
    "Note",
    "OpenForm",
    "Page",
    "PreviewLink",
    "Publication",
    "Redirect",
    "Revision",
    "Section",
    "Series",
    "Slot",
    "Snapshot",
    "refuse_waiting",
]
