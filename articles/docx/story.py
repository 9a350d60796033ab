"""A manuscript while it is read: what its parts share, its notes, comments and pictures."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from lxml import etree

from .numbering import Numbering
from .package import LARGEST_PICTURE, Package, Relation, local, value
from .report import LONGEST_TEXT, Comment, Report, passage
from .styles import Styles


class Changes(StrEnum):
    """What becomes of tracked changes: as if all were accepted, or to be seen and decided."""

    ACCEPT = "accept"
    FLAG = "flag"


@dataclass(frozen=True)
class Picture:
    """A picture of the manuscript; `description` is what its author wrote about it, or nothing."""

    data: bytes
    description: str
    number: int


# Keeps a picture and answers with the key of its row; or None, and says in the report why not.
Keep = Callable[[Picture, Report], int | None]
# Comments whose passages overlap. Nobody reads more of them at once.
MOST_OPEN = 50


class Story:
    def __init__(self, package: Package, changes: Changes, keep: Keep) -> None:
        self.package = package
        self.changes = changes
        self.report = Report()
        self._keep = keep
        self._relations: dict[str, dict[str, Relation]] = {}
        self.styles = Styles(self._tree("styles"))
        self.numbering = Numbering(self._tree("numbering"))
        self.notes = {
            kind: (self.part(f"{kind}s"), self._by_id(f"{kind}s", kind))
            for kind in ("footnote", "endnote")
        }
        self.comments = self._by_id("comments", "comment")
        # The words so far of the passages that comments stand at.
        self._passages: dict[str, str] = {}
        self._pictures = 0
        self._figures: dict[str, str] = {}
        self._count_headers()

    @property
    def is_flagging(self) -> bool:
        return self.changes is Changes.FLAG

    def part(self, kind: str) -> str:
        """The name of the document's part of this kind, "" where it has none."""
        for relation in self.relations(self.package.document).values():
            if relation.kind == kind and relation.target in self.package.names:
                return relation.target
        return ""

    def relations(self, part: str) -> dict[str, Relation]:
        if part not in self._relations:
            self._relations[part] = self.package.relations(part)
        return self._relations[part]

    def picture(self, part: str, key: str, description: str) -> str:
        """A picture that `part` calls `key`, as a figure; "" where it cannot stand in the text."""
        relation = self.relations(part).get(key)
        if relation and relation.target in self._figures:
            return self._figures[relation.target]
        self._pictures += 1
        if relation is None or relation.is_external or relation.target not in self.package.names:
            self.report.pictures.append(
                f"Picture {self._pictures} is not in the file, which only says where it was."
            )
            return ""
        data = self.package.data(relation.target, LARGEST_PICTURE)
        image = self._keep(Picture(data, description, self._pictures), self.report)
        figure = f'<figure data-image="{image}"></figure>' if image else ""
        self._figures[relation.target] = figure
        return figure

    # Comments and the passages they stand at

    def begin_comment(self, key: str) -> None:
        if key in self.comments and len(self._passages) < MOST_OPEN:
            self._passages[key] = ""

    def hear(self, words: str) -> None:
        for key, heard in self._passages.items():
            if len(heard) <= LONGEST_TEXT:
                self._passages[key] = heard + words

    def end_comment(self, key: str, around: str = "") -> None:
        """Report a comment, once; `around` is said where it has no passage of its own."""
        heard = self._passages.pop(key, "")
        if (node := self.comments.pop(key, None)) is not None:
            comment = Comment(value(node, "author"), words_of(node), passage(heard or around))
            self.report.comments.append(comment)

    def end(self) -> None:
        """Report the comments that the text never came to, or never left."""
        for key in list(self.comments):
            self.end_comment(key)

    def _tree(self, kind: str) -> etree._Element | None:
        name = self.part(kind)
        return self.package.tree(name) if name else None

    def _by_id(self, kind: str, element: str) -> dict[str, etree._Element]:
        tree = self._tree(kind)
        return {
            value(node, "id"): node
            for node in (tree if tree is not None else ())
            # The lines between the text and its notes are notes too.
            if local(node) == element and "eparat" not in value(node, "type")
        }

    def _count_headers(self) -> None:
        """Those in which something is written."""
        found = self.relations(self.package.document).values()
        parts = {one.target for one in found if one.kind in ("header", "footer")}
        written = [part for part in parts & self.package.names if words_of(self.package.tree(part))]
        self.report.counts["headers"] = len(written)


def words_of(node: etree._Element) -> str:
    """The words in an element, in one line that is not too long for a list."""
    words = [
        " " if local(one) == "p" else one.text or ""
        for one in node.iter()
        if local(one) in ("t", "delText", "p")
    ]
    return passage("".join(words))
