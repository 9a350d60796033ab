"""Manuscripts for tests: real WordprocessingML, as small as it can be."""

import io
import zipfile
from html import escape

from django.core.files.base import ContentFile

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
NAMES = (
    f'xmlns:w="{WORD}" xmlns:r="{OFFICE}" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture" '
    'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
)
STRICT = NAMES.replace(WORD, "http://purl.oclc.org/ooxml/wordprocessingml/main").replace(
    OFFICE, "http://purl.oclc.org/ooxml/officeDocument/relationships"
)
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
# Style ids as a German Word writes them; the names are English everywhere.
STYLES = [
    ("paragraph", "Titel", "Title", ""),
    ("paragraph", "Untertitel", "Subtitle", ""),
    ("paragraph", "berschrift1", "heading 1", "<w:rPr><w:b/></w:rPr>"),
    ("paragraph", "berschrift2", "heading 2", ""),
    ("paragraph", "berschrift3", "heading 3", ""),
    ("paragraph", "Zwischentitel", "House heading", '<w:basedOn w:val="berschrift2"/>'),
    ("paragraph", "Zitat", "Quote", "<w:rPr><w:i/></w:rPr>"),
    ("paragraph", "Beschriftung", "caption", ""),
    ("paragraph", "Verzeichnis1", "toc 1", ""),
    (
        "paragraph",
        "Liste",
        "List Bullet",
        '<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr>',
    ),
    ("character", "Fett", "Strong", "<w:rPr><w:b/></w:rPr>"),
    ("character", "Kursiv", "Emphasis", "<w:rPr><w:i/></w:rPr>"),
]
BULLETS = "".join(
    f'<w:lvl w:ilvl="{n}"><w:start w:val="1"/><w:numFmt w:val="bullet"/></w:lvl>' for n in range(4)
)
DECIMALS = "".join(
    f'<w:lvl w:ilvl="{n}"><w:start w:val="1"/><w:numFmt w:val="{form}"/></w:lvl>'
    for n, form in enumerate(("decimal", "lowerLetter", "lowerRoman", "decimal"))
)
# 1 is a list of bullets, 2 and 3 are numbered, 4 begins with 5.
NUMBERING = (
    f'<w:abstractNum w:abstractNumId="7">{BULLETS}</w:abstractNum>'
    f'<w:abstractNum w:abstractNumId="8">{DECIMALS}</w:abstractNum>'
    '<w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num>'
    '<w:num w:numId="2"><w:abstractNumId w:val="8"/></w:num>'
    '<w:num w:numId="3"><w:abstractNumId w:val="8"/></w:num>'
    '<w:num w:numId="4"><w:abstractNumId w:val="8"/>'
    '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride></w:num>'
)


def run(words: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{escape(words)}</w:t></w:r>'


def p(*runs: str, style: str = "", number: tuple[int, int] | None = None, inside: str = "") -> str:
    """A paragraph; `number` is a list and a depth in it, a bare string of words a run."""
    style = f'<w:pStyle w:val="{style}"/>' if style else ""
    in_list = (
        f'<w:numPr><w:ilvl w:val="{number[1]}"/><w:numId w:val="{number[0]}"/></w:numPr>'
        if number
        else ""
    )
    content = "".join(one if one.startswith("<") else run(one) for one in runs)
    return f"<w:p><w:pPr>{style}{in_list}{inside}</w:pPr>{content}</w:p>"


def inserted(words: str, who: str = "Ada Quill") -> str:
    return f'<w:ins w:id="1" w:author="{who}">{run(words)}</w:ins>'


def deleted(words: str, who: str = "Ada Quill") -> str:
    gone = run(words).replace("w:t>", "w:delText>").replace("<w:t ", "<w:delText ")
    return f'<w:del w:id="2" w:author="{who}">{gone}</w:del>'


def link(words: str, relation: str) -> str:
    return f'<w:hyperlink r:id="{relation}">{run(words)}</w:hyperlink>'


def mark(kind: str) -> str:
    """Where a field begins, shows what it has to show, or ends."""
    return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'


def field(code: str, words: str) -> str:
    instruction = f"<w:r><w:instrText>{escape(code)}</w:instrText></w:r>"
    return f"{mark('begin')}{instruction}{mark('separate')}{run(words)}{mark('end')}"


def reference(kind: str, key: int) -> str:
    return f'<w:r><w:{kind}Reference w:id="{key}"/></w:r>'


def notes(kind: str, *texts: str) -> str:
    """The part of the foot- or endnotes, with the separator that Word puts into it; ids from 1."""
    mark = f"<w:r><w:{kind}Ref/></w:r>"
    rows = "".join(
        f'<w:{kind} w:id="{number}">{p(mark, *([text] if text else []))}</w:{kind}>'
        for number, text in enumerate(texts, 1)
    )
    return f'<w:{kind} w:type="separator" w:id="0">{p("----")}</w:{kind}>{rows}'


def image(relation: str, description: str = "") -> str:
    return (
        '<w:r><w:drawing><wp:inline><wp:docPr id="1" name="Picture 1" '
        f'descr="{escape(description)}"/><a:graphic><a:graphicData><pic:pic><pic:blipFill>'
        f'<a:blip r:embed="{relation}"/></pic:blipFill></pic:pic></a:graphicData></a:graphic>'
        "</wp:inline></w:drawing></w:r>"
    )


def cell(*blocks: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{''.join(blocks)}</w:tc>"


def row(*cells: str, properties: str = "") -> str:
    return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(cells)}</w:tr>"


def styles() -> str:
    return "".join(
        f'<w:style w:type="{kind}" w:styleId="{key}"><w:name w:val="{name}"/>{more}</w:style>'
        for kind, key, name, more in STYLES
    )


def docx(
    *blocks: str,
    parts: dict[str, str] | None = None,
    files: dict[str, bytes] | None = None,
    links: dict[str, str] | None = None,
    raw: dict[str, bytes] | None = None,
    chunks: dict[str, bytes] | None = None,
    names: str = NAMES,
) -> bytes:
    """A file: `parts` by their kind (footnotes, comments, header …), `files` are what the document
    calls by an id, `links` addresses by id, `chunks` pages by id, `raw` stands over any member."""
    parts = {"styles": styles(), "numbering": NUMBERING, **(parts or {})}
    relations = [(f"rId{kind}", f"{OFFICE}/{kind}", f"{kind}.xml", "") for kind in parts]
    relations += [
        (key, f"{OFFICE}/hyperlink", address, ' TargetMode="External"')
        for key, address in (links or {}).items()
    ]
    members: dict[str, bytes] = {
        "[Content_Types].xml": f"{HEAD}<Types/>".encode(),
        "_rels/.rels": related([("rId1", f"{OFFICE}/officeDocument", "word/document.xml", "")]),
        "word/document.xml": (
            f"{HEAD}<w:document {names}><w:body>{''.join(blocks)}<w:sectPr/></w:body></w:document>"
        ).encode(),
    }
    for kind, content in parts.items():
        members[f"word/{kind}.xml"] = f"{HEAD}<w:{kind} {names}>{content}</w:{kind}>".encode()
    for key, data in (files or {}).items():
        relations.append((key, f"{OFFICE}/image", f"media/{key}.png", ""))
        members[f"word/media/{key}.png"] = data
    for key, data in (chunks or {}).items():
        relations.append((key, f"{OFFICE}/aFChunk", f"{key}.html", ""))
        members[f"word/{key}.html"] = data
    members["word/_rels/document.xml.rels"] = related(relations)
    members |= raw or {}
    return packed(members)


def related(relations: list[tuple[str, str, str, str]]) -> bytes:
    rows = "".join(
        f'<Relationship Id="{key}" Type="{kind}" Target="{escape(target)}"{mode}/>'
        for key, kind, target, mode in relations
    )
    return f"{HEAD}<Relationships>{rows}</Relationships>".encode()


def packed(members: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return file.getvalue()


def upload(data: bytes, name: str = "manuscript.docx") -> ContentFile:
    return ContentFile(data, name)


def control(content: str) -> str:
    return f"<w:sdt><w:sdtPr/><w:sdtContent>{content}</w:sdtContent></w:sdt>"


TABLE = f"<w:tbl>{row(cell(p('held')), cell(p('c')))}</w:tbl>"
