"""Manuscripts of which something vanished, grew together or came back: nothing does."""

import pytest

from articles import docx, prose
from articles.docx import Changes, Manuscript, Package
from articles.prose.tree import blocks, text_of
from tests.articles.docx_files import TABLE, cell, field, notes, p, reference, row, run, upload
from tests.articles.picture_files import case
from tests.articles.test_docx_reading import body, keep, read


def of_case(name: str, changes: Changes = Changes.ACCEPT) -> Manuscript:
    return docx.read(Package(upload(case(name))), changes, keep)


def body_of(name: str, changes: Changes = Changes.ACCEPT) -> str:
    return prose.sanitize(of_case(name, changes).body)


# Nothing vanishes


def test_a_cell_in_a_content_control_is_a_cell():
    html = body_of("docx-cell-in-content-control/in.docx")
    assert html.count("<tr><td>") == 2
    assert "<td>Port</td><td>Tonnes</td><td>Year</td>" in html
    assert "<td>Lom</td><td>912</td><td>2024</td>" in html


def test_words_of_an_embedded_part_are_in_the_draft():
    """A whole page as well as a piece of one between two paragraphs."""
    found = of_case("docx-alt-chunk/in.docx")
    assert prose.sanitize(found.body) == "<h2>Head</h2><p>The whole text is here.</p>"
    assert body_of("docx-alt-chunk/mixed.docx") == "<p>Before.</p><p>The middle.</p><p>After.</p>"


def chunk(data: bytes) -> Manuscript:
    relation = (
        b'<Relationships><Relationship Id="ch" Type="x/aFChunk" Target="afchunk.x"/>'
        b"</Relationships>"
    )
    raw = {"word/afchunk.x": data, "word/_rels/document.xml.rels": relation}
    return read(p("Before"), '<w:altChunk r:id="ch"/>', p("After"), raw=raw)


MAIL = (
    b"MIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n boundary=x\r\n\r\n--x\r\n"
    b"Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n"
    b"\r\n<html><body><p>Middl=C3=A9</p></body></html>\r\n--x--\r\n"
)
IN_CYRILLIC = MAIL.replace(b"utf-8", b"windows-1251").replace(b"Middl=C3=A9", b"=CF=F0=E8")
OVER_GATEWAY = b'<p><a href="https://www.google.com/url?q=https%3A%2F%2Fexample.org%2F">x</a></p>'


@pytest.mark.parametrize(
    ("data", "middle"),
    [
        (b"One line\r\n\r\nand < another", "<p>One line</p><p>and &lt; another</p>"),
        ("<p>Caf\u00e9</p>".encode("cp1252"), "<p>Caf\u00e9</p>"),
        ("\ufeff<p>Caf\u00e9</p>".encode("utf-16"), "<p>Caf\u00e9</p>"),
        (b"<html><head><title>T</title></head><body bgcolor=x>Words</body>", "<p>Words</p>"),
        (b"<title>T</title><p>Words", "<p>Words</p>"),
        (MAIL, "<p>Middl\u00e9</p>"),
        (IN_CYRILLIC, "<p>\u041f\u0440\u0438</p>"),
        (OVER_GATEWAY, '<p><a href="https://example.org/">x</a></p>'),
    ],
)
def test_embedded_parts_are_read_in_the_forms_that_programs_write(data, middle):
    assert prose.sanitize(chunk(data).body) == f"<p>Before</p>{middle}<p>After</p>"


@pytest.mark.parametrize("data", [b"%PDF-1.7", b"PK\x03\x04...", b"<p>" + b"x " * 600_000])
def test_an_embedded_part_that_cannot_be_read_is_said(data):
    found = chunk(data)
    assert found.body == "<p>Before</p><p>After</p>"
    assert found.report.dropped() == ["1 part in a form that cannot be read here"]


def test_lists_that_share_a_definition_share_its_counter():
    """And one that begins again begins once."""
    assert body_of("docx-list-restart/in.docx") == (
        "<ol><li>A1</li><li>A2</li></ol><p>pause</p><ol><li>B1</li><li>B2</li></ol>"
    )
    assert body_of("docx-list-restart/shared.docx") == (
        "<ol><li>First</li><li>Second</li><li>Third</li></ol><p>A pause.</p>"
        '<ol start="4"><li>Fourth</li></ol>'
    )


def test_a_list_begins_again_with_its_first_item_alone():
    """The second item of a numbering that begins again counts on."""
    again = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'
    numbering = (
        f'<w:abstractNum w:abstractNumId="1">{level(0)}</w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num>'
        f'<w:num w:numId="2"><w:abstractNumId w:val="1"/>{again}</w:num>'
    )
    story = p("A1", number=(1, 0)), p("pause"), p("B1", number=(2, 0)), p("B2", number=(2, 0))
    assert body(*story, parts={"numbering": numbering}) == (
        "<ol><li>A1</li></ol><p>pause</p><ol><li>B1</li><li>B2</li></ol>"
    )


def level(number: int, more: str = "") -> str:
    return f'<w:lvl w:ilvl="{number}"><w:start w:val="1"/><w:numFmt w:val="decimal"/>{more}</w:lvl>'


LINKED = {
    "numbering": '<w:abstractNum w:abstractNumId="1"><w:styleLink w:val="Own"/>'
    f"{level(0)}{level(1, '<w:lvlRestart w:val=$0$/>'.replace('$', chr(34)))}</w:abstractNum>"
    '<w:abstractNum w:abstractNumId="2"><w:numStyleLink w:val="Own"/></w:abstractNum>'
    '<w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num>'
    '<w:num w:numId="2"><w:abstractNumId w:val="2"/></w:num>'
    f'<w:abstractNum w:abstractNumId="3">{level(0)}'
    f"{level(1, '<w:pStyle w:val=$Sub$/>'.replace('$', chr(34)))}</w:abstractNum>"
    '<w:num w:numId="3"><w:abstractNumId w:val="3"/></w:num>',
    "styles": '<w:style w:type="numbering" w:styleId="Own"><w:name w:val="Own"/><w:pPr><w:numPr>'
    '<w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="Main"><w:pPr><w:numPr><w:numId w:val="3"/></w:numPr>'
    "</w:pPr></w:style>"
    '<w:style w:type="paragraph" w:styleId="Sub"><w:basedOn w:val="Main"/></w:style>',
}


def test_a_list_is_found_by_every_way_that_leads_to_its_definition():
    """Through a style of lists, through a paragraph's style and its ancestor, by a level's."""
    assert body(
        p("one", number=(1, 0)),
        p("two", number=(2, 0)),
        p("between"),
        p("first", style="Main"),
        p("deeper", style="Sub"),
        parts=LINKED,
    ) == (
        "<ol><li>one</li><li>two</li></ol><p>between</p>"
        "<ol><li>first<ol><li>deeper</li></ol></li></ol>"
    )


def test_a_level_that_never_begins_again_goes_on():
    assert body(
        p("1", number=(1, 0)),
        p("a", number=(1, 1)),
        p("2", number=(1, 0)),
        p("b", number=(2, 1)),
        parts=LINKED,
    ) == (
        '<ol><li>1<ol><li>a</li></ol></li><li>2<ol start="2"><li>b</li></ol></li></ol>'
    )  # fmt: skip


# Styles


def test_headings_take_part_in_the_counting_of_their_list():
    """Each begins the level below it again."""
    story = [p(one, style="berschrift2", number=(2, 0)) + p("a", number=(2, 1)) for one in "AB"]
    below = "<ol><li>a</li></ol>"
    assert body(*story, p("c", number=(2, 0))) == (
        f'<h2>A</h2>{below}<h2>B</h2>{below}<ol start="3"><li>c</li></ol>'
    )


def test_an_item_that_is_hidden_as_a_whole_is_not_counted():
    """One whose words alone are hidden keeps its number."""
    hidden = run("x", "<w:vanish/>")
    end = "<w:rPr><w:vanish/></w:rPr>"
    a, c = p("a", number=(2, 0)), p("c", number=(2, 0))
    assert body(a, p(hidden, number=(2, 0), inside=end), c) == "<ol><li>a</li><li>c</li></ol>"
    assert 'start="3"' in body(a, p(hidden, number=(2, 0)), c)


def test_a_paragraph_whose_end_was_moved_away_goes_on_in_the_next():
    end = '<w:rPr><w:moveFrom w:id="1"/></w:rPr>'
    moved = f'<w:moveFrom w:id="2">{run("gone")}</w:moveFrom>'
    assert body(p("a ", moved, inside=end), p(moved, "b")) == "<p>a b</p>"


def test_a_style_with_an_outline_level_is_a_heading():
    found = of_case("docx-heading-by-style-outline/in.docx")
    assert "<h2>House head</h2>" in found.body


def test_a_large_first_letter_belongs_to_its_word():
    """Also with a style that says so, and where no paragraph follows."""
    assert body_of("docx-drop-cap/in.docx") == (
        "<p>When the ferry stopped, nobody spoke.</p><p>Next paragraph.</p>"
    )
    styles = (
        '<w:style w:type="paragraph" w:styleId="Cap"><w:pPr><w:framePr w:dropCap="margin"/></w:pPr>'
        '</w:style><w:style w:type="paragraph" w:styleId="Own"><w:basedOn w:val="Cap"/></w:style>'
    )
    assert body(
        p("W", style="Own"),
        p("hen it ended."),
        p("E", style="Cap"),
        TABLE,
        parts={"styles": styles},
    ) == "<p>When it ended.</p><p>E</p>" + body(TABLE)


HIDING = (
    '<w:style w:type="paragraph" w:styleId="Off"><w:rPr><w:vanish/></w:rPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="Based"><w:basedOn w:val="Off"/></w:style>'
    '<w:style w:type="character" w:styleId="Secret"><w:rPr><w:vanish/></w:rPr></w:style>'
    '<w:style w:type="character" w:styleId="More"><w:basedOn w:val="Secret"/></w:style>'
)


def test_hidden_text_is_hidden_by_every_style_that_says_so():
    """Of words, of paragraphs, of their ancestors; what is said of the words themselves counts."""
    shown = '<w:vanish w:val="0"/>'
    found = read(
        p("seen ", run("hidden1", '<w:rStyle w:val="Secret"/>')),
        p(run("hidden2", '<w:rStyle w:val="More"/>'), "and"),
        p("hidden3", style="Off"),
        p("hidden4 ", run("shown", shown), style="Based"),
        p(run("shown", f'<w:rStyle w:val="Secret"/>{shown}')),
        p("x", reference("footnote", 1)),
        parts={
            "styles": HIDING,
            "footnotes": notes("footnote", run("hidden5", '<w:rStyle w:val="More"/>')),
        },
    )
    assert found.body == "<p>seen </p><p>and</p><p>shown</p><p>shown</p><p>x</p>"
    assert found.report.dropped() == ["5 passages of hidden text"]


# Words never grow together


def test_words_on_both_sides_of_a_page_break_stay_apart():
    assert body_of("docx-page-break-in-paragraph/in.docx") == "<p>word next</p>"


def within(inner: str) -> str:
    return f"<w:r><w:t>one</w:t>{inner}<w:t>two</w:t></w:r>"


@pytest.mark.parametrize(
    "block",
    [
        p(within('<w:br w:type="column"/>')),
        p(within("<w:br/>")),
        p(within("<w:cr/>")),
        p(within("<w:tab/>")),
        p(within('<w:ptab w:alignment="left"/>')),
        p(within('<w:sym w:font="Wingdings" w:char="F0E0"/>')),
        p(within("<w:drawing><wp:inline/></w:drawing>")),
        p(within("<w:object/>")),
        p("one", inside='<w:rPr><w:del w:id="1"/></w:rPr>') + p("two"),
        p("one", p("two")),
        p("one", TABLE.replace("held", "two")),
        p("<m:oMath><m:f><m:num><m:r><m:t>one</m:t></m:r></m:num><m:den><m:r><m:t>two</m:t></m:r>"
          "</m:den></m:f></m:oMath>"),
        f"<w:tbl>{row(cell(p('one')), cell(p('two')))}</w:tbl>",
        f"<w:tbl>{p('one')}{row(cell(p('two')))}</w:tbl>",
        p("<w:ruby><w:rt><w:r><w:t>two</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>one</w:t></w:r>"
          "</w:rubyBase></w:ruby>"),
        run("one") + p("two"),
        '<w:p><w:pPr><w:pStyle w:val="berschrift1"/></w:pPr>' + within("<w:br/>") + "</w:p>",
    ],
)  # fmt: skip
def test_no_two_words_grow_together(block):
    found = read(p("Before"), block)
    words = " ".join(text_of(one) for one in blocks(prose.sanitize(found.body)))
    assert set(words.replace("(two)", "two").split()) >= {"one", "two"}


def test_a_drawing_that_lies_beside_the_line_parts_no_word():
    assert body(p(within("<w:drawing><wp:anchor/></w:drawing>"))) == "<p>onetwo</p>"


def test_words_in_the_report_do_not_grow_together_either():
    """Those of a text box, a comment and a change."""
    inner = within("<w:tab/>") + run(" ") + within("<w:br/>")
    box = f"<w:r><w:pict><w:txbxContent><w:p>{inner}</w:p>{TABLE}</w:txbxContent></w:pict></w:r>"
    found = read(
        p("Text", box, f"<w:ins>{inner}</w:ins>", reference("comment", 0)),
        parts={"comments": f'<w:comment w:id="0"><w:p>{inner}</w:p></w:comment>'},
    )
    assert found.report.words["text boxes"] == ["one two one two held c"]
    assert found.report.changes[0].words == "one two one two"
    assert found.report.comments[0].words == "one two one two"


# Links


def test_links_over_gateways_lead_straight_to_their_places():
    """As a relation and as a field, each told once, however many runs it has."""
    over = "https://l.facebook.com/l.php?u=https%3A%2F%2Fexample.org%2F"
    found = read(
        p(
            f'<w:hyperlink r:id="g">{run("one ")}{run("link", "<w:b/>")}</w:hyperlink>',
            field(f'HYPERLINK "{over}b"', "two").replace("</w:t>", f"</w:t></w:r>{run('!')}<w:r>"),
        ),
        links={"g": f"{over}a"},
    )
    assert prose.sanitize(found.body) == (
        '<p><a href="https://example.org/a">one <strong>link</strong></a>'
        '<a href="https://example.org/b">two!</a></p>'
    )
    assert found.report.words == {"gateways": ["https://example.org/a", "https://example.org/b"]}
