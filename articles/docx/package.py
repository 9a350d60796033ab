"""A .docx file as a set of named parts, opened within limits.

It is a zip archive of XML that a stranger may have made: nothing of it is believed before it was
counted, nothing is unpacked to a disk, and macros are never looked at.
"""

import posixpath
import zipfile
import zlib
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import unquote

from django.core.exceptions import ValidationError
from django.core.files.base import File
from lxml import etree

# In bytes. A manuscript of 200 pages is about 5 MB of XML; the rest of a file is its pictures.
LARGEST_FILE = 50_000_000
LARGEST_PART = 16_000_000
LARGEST_PICTURE = 40_000_000
ALL_PARTS = 200_000_000
MOST_MEMBERS = 4_000
# Documents within a document, by their number, their bytes all together, and how deep they lie.
MOST_EMBEDDED = 50
ALL_EMBEDDED = 48_000_000
DEEPEST_EMBEDDED = 4
# In bytes, of parts that are web pages, RTF or plain text.
ALL_LETTERS = 8_000_000
LARGEST_DIRECTORY = 1_000_000

END_OF_DIRECTORY = b"PK\x05\x06"
DAMAGED = (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, OSError, ValueError, KeyError)

SAVE_AS = "Open it in the program that made it, and save it as “Word document (.docx)”."
OTHER_KINDS = {
    b"%PDF": f"This is a PDF. {SAVE_AS}",
    b"{\\rtf": f"This is an RTF file. {SAVE_AS}",
    b"<": f"This is a web page or XML, not a .docx. {SAVE_AS}",
}
# A part by which other files of the same packing are known.
OTHER_ARCHIVES = {
    "index/document.iwa": f"This is a Pages or Keynote file. {SAVE_AS}",
    "mimetype": f"This is an OpenDocument file or an e-book, not a .docx. {SAVE_AS}",
    "xl/workbook.xml": "This is an Excel workbook, not a .docx.",
    "ppt/presentation.xml": "This is a PowerPoint presentation, not a .docx.",
}
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


class Unreadable(ValidationError):
    """A file that cannot be read, with one sentence that tells an editor what is wrong with it."""


class Relation(NamedTuple):
    """The target of an id in a part: another part, or a URL."""

    kind: str
    target: str
    is_external: bool


@dataclass
class Allowance:
    """The rest of what may still be unpacked; `files` of documents within the document, `letters`
    of its parts in other forms."""

    bytes: int
    files: int = MOST_EMBEDDED
    letters: int = ALL_LETTERS

    @property
    def is_used_up(self) -> bool:
        return min(self.bytes, self.files, self.letters) <= 0


class Package:
    """The archive of parts, which may lie within another, `around`. It and each method raise
    Unreadable if the file is not what it claims to be."""

    def __init__(self, file: File, around: "Package | None" = None) -> None:
        self.depth: int = around.depth + 1 if around else 0
        self.allowance = around.embedded if around else Allowance(ALL_PARTS)
        # What all that lies within it may take together, at any depth.
        self.embedded: Allowance = around.embedded if around else Allowance(ALL_EMBEDDED)
        self.embedded.files -= around is not None
        if self.depth > DEEPEST_EMBEDDED:
            raise Unreadable("The file holds far more than a manuscript does.")
        refuse_other_kinds(file)
        try:
            refuse_large_directory(file)
            self.archive = zipfile.ZipFile(file)
        except DAMAGED:
            raise Unreadable("The file is damaged or was cut off on its way.") from None
        members = self.archive.infolist()
        if len(members) > MOST_MEMBERS or self.weighs_more(members):
            raise Unreadable("The file holds far more than a manuscript does.")
        self.members = {part_name(member.filename): member for member in members}
        self.names = self.members.keys()
        for member, sentence in OTHER_ARCHIVES.items():
            if member in self.names:
                raise Unreadable(sentence)
        self.document = self.part("officeDocument", "")
        if not self.document:
            raise Unreadable("There is no Word document in this file.")

    def weighs_more(self, members: list[zipfile.ZipInfo]) -> bool:
        return sum(member.file_size for member in members) > self.allowance.bytes

    def part(self, kind: str, of: str) -> str:
        """Return the name of the first part of this kind that `of` has; "" if it has none."""
        targets = [one.target for one in self.relations(of).values() if one.kind == kind]
        return next((target for target in targets if target in self.names), "")

    def data(self, name: str, limit: int) -> bytes:
        """Return a part of at most `limit` bytes, whatever the archive says of its size."""
        limit = min(limit, self.allowance.bytes)
        try:
            member = self.members[name]
            if member.flag_bits & 1:
                raise Unreadable("The file is protected with a password. Save it without one.")
            if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise Unreadable("The file is packed in a way that Word does not use.")
            with self.archive.open(member) as part:
                data = part.read(limit + 1)
        except DAMAGED:
            raise Unreadable("The file is damaged: a part of it cannot be unpacked.") from None
        if len(data) > limit:
            raise Unreadable("The file holds far more than a manuscript does.")
        self.allowance.bytes -= len(data)
        return data

    def tree(self, name: str) -> etree._Element:
        """Parse a part as XML, without entities and without a look at anything outside of it."""
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
            remove_comments=True, remove_pis=True,
        )  # fmt: skip
        data = self.data(name, LARGEST_PART)
        try:
            root = etree.fromstring(data, parser)
        except (etree.XMLSyntaxError, ValueError):
            raise Unreadable("The file is damaged: its text cannot be read.") from None
        if root.getroottree().docinfo.internalDTD is not None:
            raise Unreadable("The file holds definitions that Word does not write.")
        return root

    def relations(self, part: str) -> dict[str, Relation]:
        """Return the targets of `part`, by id; "" is the file as a whole."""
        folder, name = posixpath.split(part)
        where = posixpath.join(folder, "_rels", f"{name}.rels")
        if where not in self.names:
            return {}
        found = {}
        for node in self.tree(where):
            target, is_external = node.get("Target", ""), node.get("TargetMode") == "External"
            if not is_external:
                target = posixpath.join(f"/{folder}", part_name(target))
                target = posixpath.normpath(target).lstrip("/")
            kind = node.get("Type", "").rpartition("/")[2]
            found[node.get("Id", "")] = Relation(kind, target, is_external)
        return found


def part_name(written: str) -> str:
    """Return the one spelling of a part's name: capitals make no difference (ECMA-376-2, 9.1.1),
    letters may be percent-encoded, and some programs on Windows write backslashes."""
    return unquote(written).replace("\\", "/").lower()


def refuse_other_kinds(file: File) -> None:
    """Raise Unreadable for what is empty, too large, or by its first bytes something else."""
    if not file.size:
        raise Unreadable("The file is empty.")
    if file.size > LARGEST_FILE:
        raise Unreadable(
            f"It has {file.size // 1_000_000} MB, and {LARGEST_FILE // 1_000_000} is the most. "
            "Take out some pictures and upload them by themselves."
        )
    file.seek(0)
    start = file.read(8)
    if start == OLE:
        content = file.read()
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise Unreadable("The file is protected with a password. Save it without one.")
        raise Unreadable(f"This is a file of old Word (.doc). {SAVE_AS}")
    for beginning, sentence in OTHER_KINDS.items():
        if start.startswith(beginning):
            raise Unreadable(sentence)
    if not start.startswith(b"PK"):
        raise Unreadable(f"This is not a Word document. {SAVE_AS}")


def refuse_large_directory(file: File) -> None:
    """Raise Unreadable if the list of members alone would fill the memory, ValueError if there is
    none."""
    tail = min(int(file.size), 65_557)
    file.seek(-tail, 2)
    end = file.read()
    at = end.rindex(END_OF_DIRECTORY)
    if int.from_bytes(end[at + 12 : at + 16], "little") > LARGEST_DIRECTORY:
        raise Unreadable("The file holds far more than a manuscript does.")
    file.seek(0)


def local(node: etree._Element) -> str:
    """Return the name without its namespace: there are two sets of those, with the same names in
    them."""
    return str(node.tag).rpartition("}")[2]


def value(node: etree._Element | None, name: str = "val") -> str:
    if node is not None:
        for key, found in node.items():
            if str(key).rpartition("}")[2] == name:
                return str(found)
    return ""


def child(node: etree._Element | None, *path: str) -> etree._Element | None:
    for name in path:
        if node is None:
            return None
        node = next((one for one in node if local(one) == name), None)
    return node
