from .articles import Article
from .authors import Author, Byline
from .corrections import Correction
from .front_page import FrontPage, Slot
from .image_uses import ImageUse
from .images import Image
from .invitations import Invitation
from .link_findings import LinkFinding, LinkPlace
from .links import Link
from .notes import Note
from .pages import Page
from .presence import OpenForm
from .preview_links import PreviewLink
from .publication import ContentStamp, Publication
from .redirects import HasURL, Redirect, RedirectOutcome
from .revisions import Revision
from .snapshots import Snapshot
from .taxonomy import Format, Section, Series

__all__ = [
    "Article",
    "Author",
    "Byline",
    "ContentStamp",
    "Correction",
    "Format",
    "FrontPage",
    "HasURL",
    "Image",
    "ImageUse",
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
    "RedirectOutcome",
    "Revision",
    "Section",
    "Series",
    "Slot",
    "Snapshot",
]
