"""What a manuscript's paragraphs, words, notes and tables become."""

from typing import Any

import pytest

from articles import docx, prose
from articles.docx import Changes, Manuscript, Package, Picture, Report
from tests.articles.docx_files import (
    STRICT,
    cell,
    deleted,
    field,
    image,
    inserted,
    link,
    notes,
    p,
    reference,
    row,
    run,
    upload,
)
from tests.articles.docx_files import docx as made
from tests.articles.text_rules import COMMENTS, RULES


def keep(picture: Picture, report: Report) -> int | None:
    return picture.number


def read(*blocks: str, changes: Changes = Changes.ACCEPT, **parts: Any) -> Manuscript:
    return docx.read(Package(upload(made(*blocks, **parts))), changes, keep)


def body(*blocks: str, **parts: Any) -> str:
    return prose.sanitize(read(*blocks, **parts).body)


def test_title_and_subtitle_leave_the_text():
    """They are the headline and the deck; a second title is a heading."""
    found = read(
        p("The port", style="Titel"),
        p("And its ships", style="Untertitel"),
        p("Text"),
        p("More", style="Titel"),
        p("Further", style="berschrift2"),
    )
    assert (found.headline, found.deck) == ("The port", "And its ships")
    assert found.body == "<p>Text</p><h2>More</h2><h3>Further</h3>"


@pytest.mark.parametrize(
    ("blocks", "headline", "text"),
    [
        (["h:1:One", "Text", "h:2:Two"], "One", "<p>Text</p><h2>Two</h2>"),
        (["Text", "h:1:One", "h:1:Two"], "One", "<p>Text</p><h2>One</h2><h2>Two</h2>"),
        (["h:2:Two", "h:3:Three"], "", "<h2>Two</h2><h3>Three</h3>"),
        (["Text"], "", "<p>Text</p>"),
    ],
)
def test_without_a_title_the_first_heading_is_the_headline(blocks, headline, text):
    """It stays in the text if something stands before it; the highest that is left is an h2."""
    parts = [block.split(":") for block in blocks]
    made_of = [p(one[-1], style=f"berschrift{one[1]}" if len(one) > 1 else "") for one in parts]
    found = read(*made_of)
    assert (found.headline, found.body) == (headline, text)


def test_a_style_made_from_a_heading_is_a_heading():
    """And one that is bold by its looks has no bold words; an outline level counts too."""
    assert (
        body(
            p("Title", style="Titel"),
            p(run("Bold by hand", "<w:b/>"), style="Zwischentitel"),
            p("Outlined", inside='<w:outlineLvl w:val="2"/>'),
        )
        == "<h2>Bold by hand</h2><h3>Outlined</h3>"
    )


def test_words_keep_the_marks_that_mean_something():
    """Direct or by a character style, switched off again, merged where they go on."""
    assert body(
        p(
            run("b", "<w:b/>"),
            run("b", '<w:b w:val="1"/><w:color w:val="FF0000"/>'),
            run(" off", '<w:rStyle w:val="Fett"/><w:b w:val="0"/>'),
            run(" strong", '<w:rStyle w:val="Fett"/>'),
            run(" both", '<w:rStyle w:val="Kursiv"/><w:b/>'),
            run(" H"),
            run("2", '<w:vertAlign w:val="subscript"/>'),
            run("O"),
            run("3", '<w:vertAlign w:val="superscript"/>'),
            run(" gone", "<w:strike/>"),
        )
    ) == (
        "<p><strong>bb</strong> off<strong> strong<em> both</em></strong>"
        " H<sub>2</sub>O<sup>3</sup><s> gone</s></p>"
    )


def test_the_characters_that_word_writes_as_elements_are_there():
    """Breaks, tabs, hyphens; what a symbol font shows is counted; markup in words is words."""
    found = read(
        p(
            "<w:r><w:t>a</w:t><w:br/><w:t>b</w:t><w:tab/><w:t>c</w:t><w:noBreakHyphen/>"
            '<w:t>d</w:t><w:br w:type="page"/><w:sym w:font="Wingdings" w:char="F0E0"/>'
            '<w:sym w:font="Arial" w:char="20AC"/></w:r>',
            run(" <script>1 & 2</script>"),
        )
    )
    assert found.body == "<p>a<br>b c‑d € &lt;script&gt;1 &amp; 2&lt;/script&gt;</p>"
    assert found.report.dropped() == ["1 character of a symbol font"]


def test_letters_of_the_font_symbol_are_letters():
    """In a text box too; of other fonts for signs they are counted."""
    sign = '<w:r><w:sym w:font="{}" w:char="{}"/></w:r>'
    beta, arrow = sign.format("Symbol", "F062"), sign.format("Wingdings", "F0E0")
    box = f"<w:r><w:pict><w:txbxContent>{p('b ', beta)}</w:txbxContent></w:pict></w:r>"
    found = read(p("TGF-", beta, " ", sign.format("symbol", "b3"), "1", arrow, box))
    assert found.body == "<p>TGF-β ≥1</p>"
    assert found.report.words == {"text boxes": ["b β"]}
    assert found.report.counts["symbols"] == 1


def test_links_come_as_relations_and_as_fields():
    """Over several runs too; addresses that may not stand are named, their words stay."""
    found = read(
        p(link("one", "l1"), " ", field(' HYPERLINK "https://example.org/?a=1&b=2" ', "two")),
        p(
            link("bad", "l2"),
            " ",
            '<w:hyperlink w:anchor="x"><w:r><w:t>here</w:t></w:r></w:hyperlink>',
        ),
        p(field(' HYPERLINK \\l "x" ', "there"), " ", field(" PAGE ", "7")),
        links={"l1": "https://example.org/a b", "l2": "file:///C:/secret.docx"},
    )
    assert prose.sanitize(found.body) == (
        '<p><a href="https://example.org/a%20b">one</a> '
        '<a href="https://example.org/?a=1&amp;b=2">two</a></p><p>bad here</p><p>there 7</p>'
    )
    assert found.report.dropped() == [
        "2 links to places in the document itself: their words stay",
        "1 link with an address that a website cannot have: its words stay",
    ]
    assert found.report.words == {"addresses": ["file:///C:/secret.docx"]}


def test_lists_stand_in_lists_and_go_on_counting():
    """By level and by definition, also by a style; after a break a list goes on where it was."""
    assert body(
        p("one", number=(2, 0)),
        p("one a", number=(2, 1)),
        p("one a i", number=(2, 2)),
        p("two", number=(2, 0)),
        p("Between"),
        p("three", number=(2, 0)),
        p("other", number=(3, 0)),
        p("dot", style="Liste"),
        p("deep", number=(1, 1)),
        p("five", number=(4, 0)),
        p("no list", style="Liste", number=(0, 0)),
    ) == (
        "<ol><li>one<ol><li>one a<ol><li>one a i</li></ol></li></ol></li><li>two</li></ol>"
        '<p>Between</p><ol start="3"><li>three</li><li>other</li></ol>'
        '<ul><li>dot<ul><li>deep</li></ul></li></ul><ol start="5"><li>five</li></ol><p>no list</p>'
    )


def test_paragraphs_of_a_quotation_are_one_quotation():
    """Slanted by its looks, not by its words."""
    assert body(p("One", style="Zitat"), p("Two", style="Zitat"), p("Text")) == (
        "<blockquote><p>One</p><p>Two</p></blockquote><p>Text</p>"
    )


def test_notes_stand_where_their_marks_are():
    """Foot- and endnotes, with their links; the separators are no notes."""
    found = read(
        p("Said", reference("footnote", 1), " and done", reference("endnote", 1), "."),
        p("Again", reference("footnote", 1), reference("footnote", 9)),
        parts={
            "footnotes": notes("footnote", run("See ") + link("there", "n1")),
            "endnotes": notes("endnote", "At the end"),
        },
        raw={
            "word/_rels/footnotes.xml.rels": (
                b'<Relationships><Relationship Id="n1" Type="x/hyperlink" TargetMode="External" '
                b'Target="https://example.org/"/></Relationships>'
            )
        },
    )
    assert prose.sanitize(found.body) == (
        '<p>Said<small class="footnote">See <a href="https://example.org/">there</a></small>'
        ' and done<small class="footnote">At the end</small>.</p><p>Again</p>'
    )


def test_tables_keep_their_heads_and_merged_cells():
    merged = '<w:gridSpan w:val="2"/>'
    down, on = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    table = (
        row(cell(p("Year")), cell(p("Cost"), properties=merged), properties="<w:tblHeader/>")
        + row(cell(p("2024"), properties=down), cell(p("1")), cell(p("2")))
        + row(cell(p(""), properties=on), cell(p("3")), cell(p("4"), p("5")))
    )
    assert body(f"<w:tbl>{table}</w:tbl>") == (
        '<table><thead><tr><th scope="col">Year</th><th scope="col" colspan="2">Cost</th></tr>'
        '</thead><tbody><tr><td rowspan="2">2024</td><td>1</td><td>2</td></tr>'
        "<tr><td>3</td><td><p>4</p><p>5</p></td></tr></tbody></table>"
    )


def test_a_table_of_one_cell_is_only_a_frame():
    assert body(f"<w:tbl>{row(cell(p('In a'), p('box')))}</w:tbl>") == "<p>In a</p><p>box</p>"


def test_pictures_stand_after_their_paragraph_with_their_captions():
    """The same picture twice is kept once; one that is only linked is named, never fetched."""
    asked: list[Picture] = []

    def ask(picture: Picture, report: Report) -> int:
        asked.append(picture)
        return 40 + picture.number

    file = made(
        p("Before ", image("i1", "A crane"), "after"),
        p("The crane", style="Beschriftung"),
        p(image("i1", "A crane")),
        p(image("elsewhere")),
        files={"i1": b"bytes"},
        links={"elsewhere": "https://example.org/tracker.png"},
    )
    found = docx.read(Package(upload(file)), Changes.ACCEPT, ask)
    assert prose.sanitize(found.body) == (
        '<p>Before after</p><figure data-image="41"><figcaption>The crane</figcaption></figure>'
        '<figure data-image="41"></figure>'
    )
    assert asked == [Picture(b"bytes", "A crane", 1)]
    assert found.report.pictures == ["Picture 2 is not in the file, which only says where it was."]


CHANGED = [
    p("We ", deleted("shall "), inserted("will "), "go"),
    p("joined", inside='<w:rPr><w:del w:id="3" w:author="Bo"/></w:rPr>'),
    p(" lines"),
    f"<w:tbl>{row(cell(p('a')), cell(p('b')))}"
    f"{row(cell(p('c')), cell(p('d')), properties='<w:del/>')}</w:tbl>",
    '<w:moveFrom w:id="4">' + p("moved") + "</w:moveFrom>",
    '<w:moveTo w:id="5">' + p("moved") + "</w:moveTo>",
]


def test_accepted_changes_leave_no_trace_in_the_text():
    """Insertions in, deletions out, also of the ends of paragraphs and of rows."""
    found = read(*CHANGED)
    assert found.body == (
        "<p>We will go</p><p>joined lines</p>"
        "<table><tbody><tr><td>a</td><td>b</td></tr></tbody></table><p>moved</p>"
    )
    assert [(change.kind, change.words) for change in found.report.changes] == [
        ("Deleted", "shall"),
        ("Inserted", "will"),
        ("Deleted", "c d"),
        ("Deleted", "moved"),
        ("Inserted", "moved"),
    ]


def test_flagged_changes_are_struck_through_and_listed():
    """Nothing is decided: what was deleted is there, with who did it in the report."""
    found = read(*CHANGED, changes=Changes.FLAG)
    assert found.body == (
        "<p>We <s>shall </s>will go</p><p>joined</p><p> lines</p>"
        "<table><tbody><tr><td>a</td><td>b</td></tr>"
        "<tr><td>c</td><td>d</td></tr></tbody></table><p>moved</p><p>moved</p>"
    )
    assert [(one.kind, one.who, one.words) for one in found.report.changes] == [
        ("Deleted", "Ada Quill", "shall"),
        ("Inserted", "Ada Quill", "will"),
        ("Deleted", "", "moved"),
        ("Inserted", "", "moved"),
    ]


def test_comments_are_listed_with_the_passage_they_stand_at():
    """Across runs and paragraphs, at a point, and where nothing is marked at all."""
    comments = "".join(
        f'<w:comment w:id="{key}" w:author="Bo">{p(words)}</w:comment>'
        for key, words in enumerate(("Sure?", "Source!", "Lost"))
    )
    found = read(
        p("A ", '<w:commentRangeStart w:id="0"/>', run("wide "), run("claim", "<w:b/>")),
        p("goes on", '<w:commentRangeEnd w:id="0"/>', reference("comment", 0), " here"),
        p("At a point", reference("comment", 1)),
        parts={"comments": comments},
    )
    assert [(one.who, one.words, one.passage) for one in found.report.comments] == [
        ("Bo", "Sure?", "wide claim goes on"),
        ("Bo", "Source!", "At a point"),
        ("Bo", "Lost", ""),
    ]


def test_everything_that_is_left_behind_is_counted_in_plain_words():
    """A line each, one or many; the words in text boxes are listed, those of equations stay."""
    box = f"<w:txbxContent>{p('Boxed words')}</w:txbxContent>"
    both = (
        '<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wps:txbx>'
        f"{box}</wps:txbx></w:drawing></mc:Choice><mc:Fallback><w:pict>{box}</w:pict>"
        "</mc:Fallback></mc:AlternateContent></w:r>"
    )
    found = read(
        p("Contents", style="Verzeichnis1"),
        p(field(' TOC \\o "1-3" ', "One … 1")),
        p("Text", both, both),
        p("<m:oMath><m:r><m:t>E=mc</m:t></m:r></m:oMath>", run(" secret", "<w:vanish/>")),
        p("<w:r><w:object/></w:r>", '<w:r><w:drawing><c:chart r:id="x"/></w:drawing></w:r>'),
        p("<w:r><w:drawing/></w:r>", run("Red", '<w:color w:val="FF0000"/>')),
        parts={"header": p("Draft 3"), "footer": p("")},
    )
    assert found.body == "<p>Text</p><p>E=mc</p><p>Red</p>"
    assert found.report.dropped() == [
        "2 text boxes: their words are listed below",
        "1 header or footer",
        "1 equation: its letters stay as plain text",
        "1 embedded object, such as a spreadsheet",
        "1 chart or diagram",
        "1 drawn shape",
        "1 passage of hidden text",
        "2 lines of a table of contents",
        "Fonts, colours, sizes and underlining",
    ]
    assert found.report.words == {
        "headers": ["Draft 3"],
        "contents": ["Contents", "One … 1"],
        "text boxes": ["Boxed words", "Boxed words"],
    }


@pytest.mark.parametrize("rule", RULES, ids=[rule[0] for rule in RULES])
def test_text_follows_the_same_rules_as_in_a_paste(rule):
    """The browser's tests read the same table."""
    _, _, runs, stored, is_said = rule
    found = read(p(*runs), parts={"comments": COMMENTS})
    assert prose.sanitize(found.body) == stored
    if is_said:
        assert found.report.dropped() or found.report.changes or found.report.comments


def test_content_controls_and_smart_tags_are_looked_through():
    inner = f"<w:smartTag>{run('Kyiv')}</w:smartTag>"
    assert (
        body(f"<w:sdt><w:sdtPr/><w:sdtContent>{p(inner)}</w:sdtContent></w:sdt>") == "<p>Kyiv</p>"
    )


def test_strict_files_are_read_like_the_others():
    """Word's other flavour has the same names in other namespaces."""
    strict = made(p("Title", style="Titel"), p(run("bold", "<w:b/>")), names=STRICT)
    found = docx.read(Package(upload(strict)), Changes.ACCEPT, keep)
    assert (found.headline, found.body) == ("Title", "<p><strong>bold</strong></p>")
