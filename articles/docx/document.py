"""A manuscript while it is read: what its parts share, its notes, comments and pictures."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from itertools import count

from django.core.files.base import ContentFile
from lxml import etree

from articles.renditions import UNCUT, Crop

from . import chunks
from .blocks import Block
from .elements import deletion_of, words_of
from .numbering import Numbering
from .package import (
    LARGEST_PART,
    LARGEST_PICTURE,
    Package,
    Relation,
    Unreadable,
    local,
    value,
)
from .pictures import pictures_in
from .report import LONGEST_TEXT, Comment, Report, passage
from .styles import Styles


class Changes(StrEnum):
    """The treatment of tracked changes: as if all were accepted, or to be seen and decided."""

    ACCEPT = "accept"
    FLAG = "flag"


@dataclass(frozen=True)
class Picture:
    """A picture of the manuscript; `description` is what its author wrote about it, or nothing."""

    data: bytes
    description: str
    number: int
    # What is cut off on the left, above, on the right and below, as parts of the whole.
    crop: Crop = UNCUT


# Keeps a picture and answers with the key of its row; or None, and says in the report why not.
SaveImage = Callable[[Picture, Report], int | None]
# Comments whose passages overlap. Nobody reads more of them at once.
MOST_OPEN = 50


class Document:
    """`read` reads its story; one that is embedded in another shares the report of that, and the
    numbers of its pictures."""

    def __init__(
        self,
        package: Package,
        changes: Changes,
        save_image: SaveImage,
        read: Callable[["Document"], list[Block]],
        around: "Document | None" = None,
    ) -> None:
        self.package = package
        self.changes = changes
        self.is_flagging = changes is Changes.FLAG
        self.report: Report = around.report if around else Report()
        self._save_image = save_image
        self._read = read
        self._relations: dict[str, dict[str, Relation]] = {}
        self.styles = Styles(self._tree("styles"))
        self.numbering = Numbering(self._tree("numbering"), self.styles)
        # While it reads what was deleted or hidden, only the state of fields and comments changes.
        self.is_removing = False
        # By kind the part of the notes and the notes by their ids; None when one has been read.
        self.notes: dict[str, tuple[str, dict[str, etree._Element | None]]] = {
            kind: (package.part(f"{kind}s", package.document), {**self._by_id(f"{kind}s", kind)})
            for kind in ("footnote", "endnote")
        }
        self.comments = self._by_id("comments", "comment")
        # The words so far of the passages that comments stand at.
        self._passages: dict[str, str] = {}
        self._numbers: Iterator[int] = around._numbers if around else count(1)
        self._figures: dict[tuple[str, Crop], str] = {}
        self._charts: set[str] = set()
        self._leave_headers()

    def relations(self, part: str) -> dict[str, Relation]:
        if part not in self._relations:
            self._relations[part] = self.package.relations(part)
        return self._relations[part]

    @contextmanager
    def removing(self) -> Iterator[None]:
        before, self.is_removing = self.is_removing, True
        yield
        self.is_removing = before

    def picture(self, part: str, key: str, description: str, crop: Crop) -> str:
        """Return an image that `part` calls `key` as a figure; "" if it cannot stand in the
        text."""
        relation = self.relations(part).get(key)
        if relation and (relation.target, crop) in self._figures:
            return self._figures[relation.target, crop]
        number = next(self._numbers)
        if relation is None or relation.is_external or relation.target not in self.package.names:
            self.report.pictures.append(
                f"Picture {number} is not in the file, which only says where it was."
            )
            return ""
        left, top, right, bottom = crop
        if left + right >= 1 or top + bottom >= 1:
            self.report.pictures.append(f"Picture {number} is cut away as a whole.")
            return ""
        data = self.package.data(relation.target, LARGEST_PICTURE)
        image = self._save_image(Picture(data, description, number, crop), self.report)
        figure = f'<figure data-image="{image}"></figure>' if image else ""
        self._figures[relation.target, crop] = figure
        return figure

    def is_deleted(self, node: etree._Element) -> bool:
        """Return whether a row or a cell was deleted and is to be left out."""
        return not self.is_flagging and deletion_of(node) is not None

    def chunk(self, part: str, key: str) -> list[Block] | None:
        """Return a part that another program put in; None if it cannot be read."""
        relation = self.relations(part).get(key)
        if relation is None or relation.is_external or relation.target not in self.package.names:
            return None
        if self.package.embedded.is_used_up:
            return None
        data = self.package.data(relation.target, LARGEST_PART)
        if data.startswith(b"PK"):
            return self._embedded(data)
        self.package.embedded.letters -= len(data)
        html = chunks.html_of(data, self.report, is_flagging=self.is_flagging)
        return None if html is None else [Block("html", html)] if html else []

    def _embedded(self, data: bytes) -> list[Block] | None:
        try:
            package = Package(ContentFile(data), self.package)
            return self._read(
                Document(package, self.changes, self._save_image, self._read, around=self)
            )
        except Unreadable:
            return None

    def words_of(self, node: etree._Element) -> str:
        return words_of(node, self.styles)

    def words_of_charts(self, part: str, drawing: etree._Element) -> str:
        """Return the words of the charts and diagrams in a drawing, of each chart once."""
        found: list[str] = []
        for one in drawing.iter():
            if local(one) not in ("chart", "relIds"):
                continue
            relation = self.relations(part).get(value(one, "id") or value(one, "dm"))
            if relation and relation.target in self.package.names - self._charts:
                self._charts.add(relation.target)
                tree = self.package.tree(relation.target)
                found += [node.text or "" for node in tree.iter() if local(node) in ("t", "v")]
        return " ".join(" ".join(found).split())

    # Comments and the passages they stand at

    def begin_comment(self, key: str) -> None:
        if key in self.comments and len(self._passages) < MOST_OPEN:
            self._passages[key] = ""

    def add_commented_text(self, words: str) -> None:
        for key, text in self._passages.items():
            if len(text) <= LONGEST_TEXT:
                self._passages[key] = text + words[: LONGEST_TEXT + 1]

    def end_comment(self, key: str, around: str = "") -> None:
        """Report a comment, once; `around` is given if it has no passage of its own."""
        text = self._passages.pop(key, "")
        if (node := self.comments.pop(key, None)) is not None:
            comment = Comment(value(node, "author"), self.words_of(node), passage(text or around))
            self.report.comments.append(comment)

    def end(self) -> None:
        """Report the comments and notes that the text never came to, or never left."""
        for key in list(self.comments):
            self.end_comment(key)
        for _, notes in self.notes.values():
            left = (self.words_of(note) for note in notes.values() if note is not None)
            for words in filter(None, left):
                self.report.leave("notes", words)

    def _tree(self, kind: str) -> etree._Element | None:
        name = self.package.part(kind, self.package.document)
        return self.package.tree(name) if name else None

    def _by_id(self, kind: str, element: str) -> dict[str, etree._Element]:
        tree = self._tree(kind)
        return {
            value(node, "id"): node
            for node in (tree if tree is not None else ())
            # The lines between the text and its notes are notes too.
            if local(node) == element and "eparat" not in value(node, "type")
        }

    def _leave_headers(self) -> None:
        found = self.relations(self.package.document).values()
        parts = {one.target for one in found if one.kind in ("header", "footer")}
        for part in sorted(parts & self.package.names):
            tree = self.package.tree(part)
            if (words := self.words_of(tree)) or any(pictures_in(tree)):
                self.report.leave("headers", words)
