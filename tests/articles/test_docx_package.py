"""Files that are no manuscripts, or pretend to be: refused in words, in little time and memory."""

import io
import struct
import time
import tracemalloc
import zipfile

import pytest

from articles import docx
from articles.docx import Changes, Package, Unreadable, package
from tests.articles.docx_files import HEAD, NAMES, image, notes, p, packed, reference, upload
from tests.articles.docx_files import docx as made

GOOD = made(p("Text"))
TEXT = f"{HEAD}<w:document {NAMES}><w:body>%s</w:body></w:document>"


def with_document(xml: str) -> bytes:
    return made(raw={"word/document.xml": xml.encode()})


def encrypted() -> bytes:
    """As a zip program protects it: the flag is set on each member."""
    data = bytearray(GOOD)
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(signature)
        while at >= 0:
            data[at + flags] |= 1
            at = data.find(signature, at + 4)
    return bytes(data)


def endless_directory() -> bytes:
    """Three hundred thousand empty members."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a", b"")
    one = file.getvalue()
    entry = one[one.index(b"PK\x01\x02") : one.index(b"PK\x05\x06")]
    directory = entry * 300_000
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, len(directory), 31, 0)
    return one[: one.index(b"PK\x01\x02")] + directory + end


def changed_bytes() -> bytes:
    """One byte of the packed text is another."""
    at = GOOD.index(b"word/document.xml") + 60
    return GOOD[:at] + bytes([GOOD[at] ^ 0xFF]) + GOOD[at + 1 :]


def lying() -> bytes:
    """The archive says that the text has ten bytes; it has twenty million."""
    data = bytearray(with_document(TEXT % (" " * 20_000_000)))
    for signature, sizes in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = data.find(signature)
        while at >= 0:
            name = 30 if signature == b"PK\x03\x04" else 46
            if data[at + name : at + name + 17] == b"word/document.xml":
                data[at + sizes : at + sizes + 4] = struct.pack("<L", 10)
            at = data.find(signature, at + 4)
    return bytes(data)


LAUGHS = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
OTHER = zipfile.ZIP_LZMA


def packed_otherwise() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", OTHER) as archive, zipfile.ZipFile(io.BytesIO(GOOD)) as good:
        for name in good.namelist():
            archive.writestr(name, good.read(name))
    return file.getvalue()


REFUSED = {
    "nothing": (b"", "The file is empty."),
    "a PDF by another name": (b"%PDF-1.7 ...", "This is a PDF."),
    "RTF": (b"{\\rtf1 Text}", "This is an RTF file."),
    "a web page that calls itself .doc": (b"<html><body>", "This is a web page"),
    "a file of old Word": (package.OLE + b"W\0o\0r\0d\0D\0o\0c\0", "old Word (.doc)"),
    "one that Word has protected": (
        package.OLE + "EncryptedPackage".encode("utf-16-le"),
        "protected with a password",
    ),
    "a text": (b"Dear editor,", "This is not a Word document."),
    "OpenDocument": (packed({"mimetype": b"application/vnd.oasis"}), "OpenDocument"),
    "Pages": (packed({"Index/Document.iwa": b"x"}), "Pages"),
    "a workbook": (packed({"xl/workbook.xml": b"x"}), "Excel"),
    "any archive": (packed({"holiday.jpg": b"x"}), "no Word document in this file"),
    "one cut off on its way": (GOOD[: len(GOOD) // 2], "damaged or was cut off"),
    "one with a changed byte": (changed_bytes(), "damaged"),
    "only the first bytes of an archive": (b"PK\x03\x04", "damaged or was cut off"),
    "an encrypted archive": (encrypted(), "protected with a password"),
    "packed in another way": (packed_otherwise(), "packed in a way that Word does not use"),
    "a directory without an end": (endless_directory(), "far more than a manuscript"),
    "too many members": (
        packed({f"word/{number}": b"" for number in range(4_100)}),
        "far more than a manuscript",
    ),
    "a bomb of blanks": (with_document(TEXT % (" " * 30_000_000)), "far more than a manuscript"),
    "a bomb among the pictures": (
        made(files={f"i{n}": bytes(50_000_000) for n in range(5)}),
        "far more than a manuscript",
    ),
    "a size that is a lie": (lying(), "damaged"),
    "a billion laughs": (
        with_document(f"<!DOCTYPE x [<!ENTITY a0 'ha'>{LAUGHS}]>{TEXT[len(HEAD) :] % '&a9;'}"),
        "",
    ),
    "a look at another file": (
        with_document(
            f'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>{TEXT[len(HEAD) :] % p("&f;")}'
        ),
        "definitions that Word does not write",
    ),
    "half a text": (with_document((TEXT % p("x"))[:-30]), "its text cannot be read"),
    "elements in elements": (
        with_document(TEXT % ("<w:ins>" * 5_000 + "</w:ins>" * 5_000)),
        "its text cannot be read",
    ),
    "no XML at all": (with_document("Dear editor,"), "its text cannot be read"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_manuscript_is_refused_in_words(name):
    """With less memory than the largest part may have, thrice."""
    data, sentence = REFUSED[name]
    tracemalloc.start()
    with pytest.raises(Unreadable) as refused:
        docx.read(Package(upload(data)), Changes.ACCEPT, lambda picture, report: None)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert sentence in refused.value.message
    assert peak < 50_000_000


def test_there_are_many_ways_not_to_be_a_manuscript():
    assert len(REFUSED) == 26


def test_a_file_that_is_too_large_is_not_even_looked_at():
    """Its size is known before its first byte is read."""

    class Large(io.BytesIO):
        size = 100_000_000

        def read(self, *args: object) -> bytes:
            raise AssertionError("read")

    with pytest.raises(Unreadable, match="It has 100 MB, and 50 is the most"):
        Package(Large())  # type: ignore[arg-type]


DEEP = 60
STRANGE = {
    "tables in tables": "<w:tbl><w:tr><w:tc>" * DEEP + p("x") + "</w:tc></w:tr></w:tbl>" * DEEP,
    "changes in changes": "<w:p>" + "<w:ins>" * 200 + "<w:r><w:t>x</w:t></w:r>" + "</w:ins>" * 200
    + "</w:p>",
    "fields without an end": '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r></w:p>' * 20_000
    + p("x"),
    "a style based on itself": p("x", style="Kreis"),
    "a list that nobody defined": p("x", number=(99, 3)),
    "numbers that are none": '<w:p><w:pPr><w:numPr><w:ilvl w:val="-7"/><w:numId w:val="1"/>'
    '</w:numPr></w:pPr><w:r><w:t>x</w:t></w:r></w:p><w:tbl><w:tr><w:tc><w:tcPr>'
    '<w:gridSpan w:val="99999999999"/></w:tcPr></w:tc></w:tr></w:tbl>',
    "empty everything": "<w:p/><w:tbl/><w:sdt/><w:p><w:r/><w:hyperlink/></w:p>" + p("x"),
    "one note for many marks": p('<w:r><w:footnoteReference w:id="1"/></w:r>' * 5_000, "x"),
}  # fmt: skip


@pytest.mark.parametrize("name", STRANGE)
def test_what_no_word_would_write_is_read_all_the_same(name):
    """Its words come out; were the time the square of the length, each would take minutes."""
    data = made(
        STRANGE[name],
        parts={
            "styles": '<w:style w:styleId="Kreis"><w:basedOn w:val="Kreis"/></w:style>',
            "footnotes": f'<w:footnote w:id="1">{p("note " * 10_000)}</w:footnote>',
        },
    )
    began = time.process_time()
    found = docx.read(Package(upload(data)), Changes.ACCEPT, lambda picture, report: None)
    assert time.process_time() - began < 30
    assert "x" in found.body or name == "fields without an end"
    assert len(found.body) < 100_000


@pytest.mark.parametrize(
    ("written", "otherwise"),
    [
        ("word/footnotes.xml", "word/Footnotes.XML"),
        ("word/document.xml", "Word/Document.xml"),
        ("word/media/i.png", "word/media/%69.png"),
        ("word/media/i.png", "word\\media\\i.png"),
    ],
)
def test_a_part_is_found_in_whatever_way_its_name_is_spelled(written, otherwise):
    """As Word finds it: else notes and pictures would be gone without a word."""
    data = made(
        p("Text", reference("footnote", 1), image("i")),
        parts={"footnotes": notes("footnote", "and note")},
        files={"i": b"x"},
    )
    with zipfile.ZipFile(io.BytesIO(data)) as whole:
        members = {name: whole.read(name) for name in whole.namelist()}
    members[otherwise] = members.pop(written)
    found = docx.read(Package(upload(packed(members))), Changes.ACCEPT, lambda *_: 1)
    assert found.body == (
        '<p>Text<small class="footnote">and note</small></p><figure data-image="1"></figure>'
    )
