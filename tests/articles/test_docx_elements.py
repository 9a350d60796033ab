"""Elements of a manuscript: each is read, looked through, or named in the report with its words."""

import pytest

from articles.docx import elements, report, runs
from tests.articles.docx_files import (
    TABLE,
    cell,
    control,
    deleted,
    image,
    mark,
    notes,
    p,
    reference,
    row,
    run,
)
from tests.articles.test_docx_reading import body, read

HOLDERS = {
    "content control": control("{}"),
    "custom XML": '<w:customXml w:element="x"><w:customXmlPr/>{}</w:customXml>',
    "compatibility block": '<mc:AlternateContent><mc:Choice Requires="wps">{}</mc:Choice>'
    "<mc:Fallback/></mc:AlternateContent>",
    "empty choice": '<mc:AlternateContent><mc:Choice Requires="x14"/><mc:Fallback>{}</mc:Fallback>'
    "</mc:AlternateContent>",
    "insertion": '<w:ins w:id="1" w:author="A">{}</w:ins>',
    "two of them": control('<w:customXml w:element="x">{}</w:customXml>'),
}
# Where a holder may stand: around the story's blocks, rows, cells, paragraphs of a cell, and runs.
PLACES = {
    "paragraph": p("held"),
    "table": TABLE,
    "row": row(cell(p("held")), cell(p("c"))),
    "cell": cell(p("held")),
    "run": run("held"),
    "stray run": run("held"),
}
AROUND = {
    "paragraph": "{}",
    "table": "{}",
    "row": "<w:tbl>{}</w:tbl>",
    "cell": f"<w:tbl><w:tr>{{}}{cell(p('c'))}</w:tr></w:tbl>",
    "run": "<w:p>{}</w:p>",
    "stray run": "{}",
}


@pytest.mark.parametrize("holder", HOLDERS)
@pytest.mark.parametrize("place", PLACES)
def test_what_only_holds_others_is_looked_through_wherever_it_stands(holder, place):
    held = HOLDERS[holder].replace("{}", PLACES[place])
    html = body(p("before"), AROUND[place].replace("{}", held), p("after"))
    assert html == body(p("before"), AROUND[place].replace("{}", PLACES[place]), p("after"))
    assert html.count("held") == 1


def test_what_nobody_thought_of_is_named_with_its_words():
    """In the story, in a table, in a paragraph; without words there is nothing to name."""
    odd = f"<w:odd>{p('odd words')}</w:odd>"
    found = read(odd, f"<w:tbl>{odd}{TABLE[7:]}", p(odd, "<w:odd/>", "Text"))
    assert found.report.dropped() == ["3 parts of kinds that are not known here"]
    assert found.report.words["unknown"] == ["odd words"] * 3
    assert "held" in found.body
    assert found.body.endswith("<p>Text</p>")


def test_the_signs_of_an_equation_that_stand_in_its_properties_stay():
    """Brackets, sums, roots; in the report too."""
    letter = "<m:e><m:r><m:t>{}</m:t></m:r></m:e>"
    square = '<m:dPr><m:begChr m:val="["/><m:endChr m:val=""/></m:dPr>'
    parts = (
        f"<m:r><m:t>f</m:t></m:r><m:d>{letter.format('x')}</m:d>"
        f"<m:d>{square}{letter.format('y')}</m:d><m:rad>{letter.format('2')}</m:rad>"
        f'<m:nary><m:naryPr><m:chr m:val="∑"/></m:naryPr>{letter.format("k")}</m:nary>'
    )
    math = f"<m:oMath>{parts}</m:oMath>"
    box = f"<w:r><w:pict><w:txbxContent>{p(math)}</w:txbxContent></w:pict></w:r>"
    found = read(p("E ", math, box))
    assert found.body == "<p>E f( x )[ y √ 2 ∑ k</p>"
    assert "".join(found.report.words["text boxes"][0].split()) == "f(x)[y√2∑k"


def test_words_that_only_some_programs_show_are_named():
    """What an old program would say otherwise, a box of a form, a field without a result."""
    both = (
        f'<mc:AlternateContent><mc:Choice Requires="wps">{run("new")}</mc:Choice>'
        f"<mc:Fallback>{run('old')}</mc:Fallback></mc:AlternateContent>"
    )
    box = (
        '<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:ddList><w:result w:val="1"/>'
        '<w:listEntry w:val="no"/><w:listEntry w:val="yes"/></w:ddList></w:ffData></w:fldChar>'
        f"</w:r><w:r><w:instrText>FORMDROPDOWN</w:instrText></w:r>{mark('end')}"
    )
    button = (
        mark("begin")
        + "<w:r><w:instrText>MACROBUTTON x Click here</w:instrText></w:r>"
        + mark("end")
    )
    index = mark("begin") + '<w:r><w:instrText>XE "port"</w:instrText></w:r>' + mark("end")
    found = read(p(both, " ", box, button, index))
    assert found.body == "<p>new yes</p>"
    assert found.report.words == {"alternatives": ["old"], "fields": ["MACROBUTTON x Click here"]}


def test_notes_that_no_mark_leads_to_are_named():
    """Those whose marks were deleted are deleted with them."""
    gone = deleted("x").replace("</w:del>", f"{reference('footnote', 2)}</w:del>")
    found = read(
        p("Text", reference("footnote", 1), gone),
        parts={"footnotes": notes("footnote", "led to", "deleted", "left alone")},
    )
    assert found.report.words == {"notes": ["left alone"]}
    assert "deleted" not in found.body


def test_a_mark_whose_note_is_not_in_the_file_is_named():
    """Once for each note; a second mark of a note that was read is none."""
    gone = deleted("x").replace("</w:del>", f"{reference('footnote', 8)}</w:del>")
    marks = [reference("footnote", key) for key in (1, 1, 9, 9)]
    found = read(p("Text", *marks, gone), parts={"footnotes": notes("footnote", "here")})
    assert found.report.dropped() == ["1 note that is not in the file, which only has its mark"]


def test_the_link_of_a_picture_is_named():
    """Around it, or its own; the picture stays."""
    around = f'<w:hyperlink r:id="l">{image("i")}</w:hyperlink>'
    own = image("i").replace("<a:graphic>", '<a:hlinkClick r:id="l"/><a:graphic>')
    found = read(p(around), p(own), files={"i": b"x"}, links={"l": "https://example.org/"})
    assert found.body.count("<figure") == 2
    assert found.report.words == {"picture links": ["https://example.org/"] * 2}


def test_long_words_in_the_report_are_not_cut():
    """Those of a comment, a text box and a header are all there."""
    words = " ".join(f"word{number}" for number in range(400))
    box = f"<w:r><w:pict><w:txbxContent>{p(words)}</w:txbxContent></w:pict></w:r>"
    found = read(
        p("Text", box, reference("comment", 0)),
        parts={
            "comments": f'<w:comment w:id="0" w:author="Bo">{p(words)}</w:comment>',
            "header": p(words),
        },
    )
    assert found.report.words == {"text boxes": [words], "headers": [words]}
    assert found.report.comments[0].words == words


def test_a_list_in_the_report_that_is_too_long_says_how_many_words_are_missing():
    box = f"<w:r><w:pict><w:txbxContent>{p('three small words')}</w:txbxContent></w:pict></w:r>"
    (line,) = read(p(*[box] * 205)).report.as_data()["dropped"]
    assert len(line["words"]) == 201
    assert line["words"][-1] == "… and 5 more, with 15 words"


def test_a_cell_that_a_merge_covers_keeps_its_words():
    """Downwards, and in the old way sideways."""
    down, on = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    side, over = '<w:hMerge w:val="restart"/>', '<w:hMerge w:val="continue"/>'
    html = body(
        f"<w:tbl>{row(cell(p('a'), properties=down), cell(p('b')))}"
        f"{row(cell(p('under'), properties=on), cell(p('c')))}"
        f"{row(cell(p('d'), properties=side), cell(p('beside'), properties=over))}</w:tbl>"
    )
    assert html == (
        '<table><tbody><tr><td rowspan="2"><p>a</p><p>under</p></td><td>b</td></tr>'
        '<tr><td>c</td></tr><tr><td colspan="2"><p>d</p><p>beside</p></td></tr></tbody></table>'
    )


# The schema


# fmt: off
# The elements of WordprocessingML (ISO/IEC 29500-1, wml.xsd) that may stand in a story, by the
# groups that the schema has for them, and those that Word has added since.
SCHEMA = {
    "EG_BlockLevelElts": "customXml sdt p tbl altChunk sectPr",
    "EG_RunLevelElements": "proofErr permStart permEnd ins del moveFrom moveTo oMathPara oMath",
    "EG_RangeMarkupElements":
        "bookmarkStart bookmarkEnd moveFromRangeStart moveFromRangeEnd moveToRangeStart "
        "moveToRangeEnd commentRangeStart commentRangeEnd customXmlInsRangeStart "
        "customXmlInsRangeEnd customXmlDelRangeStart customXmlDelRangeEnd "
        "customXmlMoveFromRangeStart customXmlMoveFromRangeEnd customXmlMoveToRangeStart "
        "customXmlMoveToRangeEnd",
    "EG_PContent": "customXml smartTag sdt dir bdo r fldSimple hyperlink subDoc",
    "EG_RunInnerContent":
        "br t contentPart delText instrText delInstrText noBreakHyphen softHyphen dayShort "
        "monthShort yearShort dayLong monthLong yearLong annotationRef footnoteRef endnoteRef "
        "separator continuationSeparator sym pgNum cr tab object pict fldChar ruby "
        "footnoteReference endnoteReference commentReference drawing ptab lastRenderedPageBreak",
    "tables": "tblPr tblGrid tr tblPrEx trPr tc tcPr",
    "properties and what they stand beside":
        "pPr rPr sdtPr sdtEndPr sdtContent customXmlPr smartTagPr rubyPr rt rubyBase fldData body "
        "background",
    "EG_OMathMathElements":
        "acc bar box borderBox d eqArr f func groupChr limLow limUpp m nary phant rad sPre sSub "
        "sSubSup sSup r",
    "compatibility": "AlternateContent Choice Fallback",
    "Word 2010 and later":
        "conflictIns conflictDel customXmlConflictInsRangeStart customXmlConflictInsRangeEnd "
        "customXmlConflictDelRangeStart customXmlConflictDelRangeEnd contentPart",
}
# fmt: on


def test_every_element_of_the_schema_is_known():
    """Read, looked through, passed over because it has no words, or named in the report."""
    names = [name for group in SCHEMA.values() for name in group.split()]
    assert len(set(names)) == 119
    assert [name for name in names if name not in elements.KIND_OF] == []
    handled = {"silent", *runs.READERS, *report.DROPPED}
    assert set(elements.KINDS) - handled == set()


def test_no_element_is_of_two_kinds():
    names = [name for names in elements.KINDS.values() for name in names.split()]
    assert len(names) == len(set(names)) == len(elements.KIND_OF)


@pytest.mark.parametrize("name", sorted({n for g in SCHEMA.values() for n in g.split()}))
def test_words_in_any_element_are_in_the_draft_or_in_the_report(name):
    """Between paragraphs and in one; properties have none, and what was deleted is left out."""
    held = f"<w:{name}>{run('held')}</w:{name}>"
    for story in (held, p(held)):
        found = read(p("before"), story, p("after"))
        told = found.body + " ".join(
            words for kind in found.report.words.values() for words in kind
        )
        is_left_out = elements.KIND_OF[name] in ("silent", "deleted")
        is_shown = "held" in told
        # A code is what a field does, and a break, a mark or a letter has nothing in it.
        assert is_shown or is_left_out or elements.KIND_OF[name] in EMPTY
        assert "beforeheld" not in told
        assert "heldafter" not in told


EMPTY = {
    "instruction",
    "field mark",
    "character",
    "break",
    "symbol",
    "note",
    "comment",
    "words",
    "chunk",
}
