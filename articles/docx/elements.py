"""The elements that may stand in the story of a manuscript, and what each is to its reader.

An element that is not here, and an element of a kind that the reader does not take up, is named in
the report with its words: nothing of a story is passed over because nobody thought of it.
"""

from collections.abc import Iterator

from lxml import etree

from articles.prose.looks import says

from .package import child, local, value
from .styles import Styles
from .symbols import letter_of

KINDS = {
    "paragraph": "p",
    "table": "tbl",
    "row": "tr",
    "cell": "tc",
    "run": "r",
    "words": "t delText",
    "character": "tab ptab noBreakHyphen softHyphen",
    "break": "br cr",
    "symbol": "sym",
    # What only holds others; they are read wherever it stands.
    "transparent": "body sdt sdtContent customXml smartTag dir bdo rubyBase Choice Fallback",
    "ruby": "ruby",
    "alternatives": "AlternateContent",
    "reading aid": "rt",
    "inserted": "ins moveTo conflictIns",
    "deleted": "del moveFrom conflictDel",
    "link": "hyperlink",
    "field": "fldSimple",
    "field mark": "fldChar",
    "instruction": "instrText delInstrText",
    "note": "footnoteReference endnoteReference",
    "comment": "commentRangeStart commentRangeEnd commentReference",
    "equation": "oMath oMathPara acc bar box borderBox d eqArr f func groupChr limLow limUpp m "
    "nary phant rad sPre sSub sSubSup sSup",
    "part of an equation": "e num den sub sup deg fName lim mr",
    "drawing": "drawing pict object contentPart",
    "chunk": "altChunk",
    # Named: words that another file has, or that Word makes when it shows the page.
    "subdocuments": "subDoc",
    "dates": "dayShort dayLong monthShort monthLong yearShort yearLong pgNum",
    # How something looks, where something else begins or ends, what a program has to remember.
    "silent": "pPr rPr tblPr tblPrEx tblGrid trPr tcPr sectPr sdtPr sdtEndPr customXmlPr "
    "smartTagPr rubyPr fldData background proofErr permStart permEnd bookmarkStart bookmarkEnd "
    "lastRenderedPageBreak annotationRef footnoteRef endnoteRef separator continuationSeparator "
    "moveFromRangeStart moveFromRangeEnd moveToRangeStart moveToRangeEnd "
    "customXmlInsRangeStart customXmlInsRangeEnd customXmlDelRangeStart customXmlDelRangeEnd "
    "customXmlMoveFromRangeStart customXmlMoveFromRangeEnd customXmlMoveToRangeStart "
    "customXmlMoveToRangeEnd customXmlConflictInsRangeStart customXmlConflictInsRangeEnd "
    "customXmlConflictDelRangeStart customXmlConflictDelRangeEnd",
}
KIND_OF = {name: kind for kind, names in KINDS.items() for name in names.split()}
CHARACTERS = {"noBreakHyphen": "\u2011", "softHyphen": "\u00ad"}
# Where one of these begins and ends, a word ends.
APART = {"paragraph", "table", "row", "cell", "break", "symbol", "note", "chunk", "reading aid"}
APART |= {"part of an equation", "equation"}
# Of equations: the properties with the signs before and after their parts, and what stands there if
# nothing is said (ISO/IEC 29500-1, 22.1.2).
SIGNS = {
    "d": (("begChr", "("), ("endChr", ")")),
    "nary": (("chr", "∫"), ("", "")),
    "rad": (("", "√"), ("", "")),
}
BLOCKS = {"paragraph", "table", "row", "cell", "chunk"}
# Where a drawing, and each of the shapes and pictures in it, has its name.
SHAPE_NAMES = (("docPr",), ("cNvPr",), *((name, "cNvPr") for name in ("nvPicPr", "nvSpPr")))
HIDDEN = {"hidden", "unseen"}


def kind_of(node: etree._Element) -> str:
    return KIND_OF.get(local(node), "unknown")


def has_blocks(node: etree._Element) -> bool:
    return any(kind_of(one) in BLOCKS for one in node.iter())


def chosen(alternatives: etree._Element) -> etree._Element:
    """Choose what new programs are to take, of what a file says twice for new and for old ones; of
    several the first that holds anything that can be read."""
    held = ("t", "blip", "imagedata")
    for one in alternatives:
        if any(local(inner) in held for inner in one.iter()):
            return one
    return next(iter(alternatives), alternatives)


def signs_of(equation: etree._Element) -> tuple[str, str]:
    """Return the signs before and after the parts of an equation, which its properties name."""
    properties = child(equation, f"{local(equation)}Pr")
    before, after = SIGNS.get(local(equation), (("", ""), ("", "")))
    return sign_in(properties, *before), sign_in(properties, *after)


def sign_in(properties: etree._Element | None, name: str, default: str) -> str:
    own = child(properties, name)
    return default if own is None else value(own)


def deletion_of(node: etree._Element) -> etree._Element | None:
    """Return the mark of a row or a cell that was deleted."""
    found = child(node, "trPr", "del")
    return child(node, "tcPr", "cellDel") if found is None else found


def is_hidden_shape(node: etree._Element) -> bool:
    """Return whether a drawing, or a shape within one, was hidden."""
    names = (child(node, *path) for path in SHAPE_NAMES)
    if any(value(name, "hidden") in ("1", "true", "on") for name in names):
        return True
    return not HIDDEN.isdisjoint(says(value(node, "style")))


def shown_in(drawing: etree._Element) -> Iterator[etree._Element]:
    """Yield the elements of a drawing without those that were hidden, or lie in what was."""
    left = [drawing]
    while left:
        one = left.pop()
        if not is_hidden_shape(one):
            yield one
            left += reversed(one)


def words_of(node: etree._Element, styles: Styles) -> str:
    """Return the words in an element, in one line; nothing that was deleted or hidden."""
    found: list[str] = []
    _add_words(found, node, styles, "")
    return " ".join("".join(found).split())


def _add_words(found: list[str], node: etree._Element, styles: Styles, style: str) -> None:
    kind = kind_of(node)
    if kind == "words":
        found.append(node.text or "")
    elif kind == "character":
        found.append(CHARACTERS.get(local(node), " "))
    elif kind == "symbol":
        found.append(letter_of(value(node, "font"), value(node, "char")) or " ")
    elif kind == "alternatives":
        if len(node):
            _add_words(found, chosen(node), styles, style)
    elif not _is_left_out(node, kind, styles, style):
        style = value(child(node, "pPr", "pStyle")) or style
        apart = " " if kind in APART else ""
        # Words that are drawn as a picture, such as a watermark, stand in an attribute.
        found.append(f" {value(node, 'string')} " if local(node) == "textpath" else apart)
        before, after = signs_of(node) if kind == "equation" else ("", "")
        found.append(before)
        for one in node:
            _add_words(found, one, styles, style)
        found += [after, apart]


def _is_left_out(node: etree._Element, kind: str, styles: Styles, style: str) -> bool:
    if kind == "run":
        return styles.is_hidden(child(node, "rPr"), style)
    if kind == "unknown":
        return is_hidden_shape(node)
    return kind in ("silent", "instruction", "deleted") or deletion_of(node) is not None
