"""Parts that another program put into a manuscript: pages, whole documents, RTF, plain text."""

import pytest

from articles import prose
from articles.docx import Changes, Manuscript
from articles.docx import package as limits
from articles.prose import looks
from tests.articles.docx_files import cell, deleted, docx, image, notes, p, reference, row, run
from tests.articles.test_docx_reading import read
from tests.articles.text_rules import RULES

HERE = '<w:altChunk r:id="ch"/>'


def embedding(data: bytes, *blocks: str, changes: Changes = Changes.ACCEPT) -> Manuscript:
    """A manuscript with a part between two paragraphs, or where `blocks` have it."""
    story = blocks or (p("Before"), HERE, p("After"))
    return read(*story, chunks={"ch": data}, changes=changes)


def middle(found: Manuscript) -> str:
    body = prose.sanitize(found.body)
    return body.removeprefix("<p>Before</p>").removesuffix("<p>After</p>")


# Pages


@pytest.mark.parametrize("rule", RULES, ids=[rule[0] for rule in RULES])
def test_text_of_an_embedded_page_follows_the_same_rules_as_in_a_paste(rule):
    """The tests of paste and of the reader read the same table."""
    _, html, _, stored, is_said = rule
    found = embedding(f"<html><body>{html}</body></html>".encode())
    assert middle(found) == stored
    report = found.report
    assert bool(report.dropped() or report.changes or report.comments) == is_said


HIDDEN = {
    # By a sheet, by an attribute; the heavier rule and the later one win
    "<style><!-- @page {size:1} span.x, p.y {display:none} --></style><p>a <span class=x>b</span>":
        "<p>a</p>",
    "<style>.x {display:none} .y {display:block}</style><p class='x y'>a<p class=x>b": "<p>a</p>",
    "<style>p.x {display:none} .x {display:block}</style><p>a</p><p class=x>b": "<p>a</p>",
    "<style>p {margin:0}</style><style>.x {display:none}</style><p>a<p class=x>b": "<p>a</p>",
    "<style>#k {display:none} p {display:block}</style><p>a<p id=k>b": "<p>a</p>",
    "<style>p.x#k {display:none}</style><p id=k>a<p id=k class=x>b": "<p>a</p>",
    "<p>a<p hidden>b<p hidden style='display:block'>c": "<p>a</p><p>c</p>",
    "<p>a<template><p>b</template><p>c": "<p>a</p><p>c</p>",
    "<p>a<xml>b</xml>": "<p>a</p>",
    # Ends that nobody wrote, and those that end nothing
    "<p style=display:none>b<p>a": "<p>a</p>",
    "<table><tr><td>a<td hidden>b<td>c</table>":
        "<table><tbody><tr><td>a</td><td>c</td></tr></tbody></table>",
    "<ul><li>a<li style='mso-hide : ALL'>b<li>c</ul>": "<ul><li>a</li><li>c</li></ul>",
    "<div hidden>b<table><tr><td>b</div>b</table>b</div>a": "<p>a</p>",
    # What a child can take back, and what it cannot
    "<p>a<span style='visibility:hidden'>b<i style='visibility:visible'>c</i>b</span>":
        "<p>a<em>c</em></p>",
    "<p>a<span style='display:none'>b<i style='display:inline'>b</i></span>": "<p>a</p>",
    # Styles are read as CSS
    "<p>a<span/style='d\\69splay /* x */ : none !important; display:inline'>b</span>": "<p>a</p>",
    "<p>a<span style='background:url(\"x;display:none\")'>b</span>": "<p>ab</p>",
    "<p>a<span title='x>y' style='display:none;display:nonsense'>b</span>": "<p>a</p>",
    # Words on both sides are two words
    "a<div hidden>b</div>c": "<p>a c</p>",
}  # fmt: skip


@pytest.mark.parametrize("html", HIDDEN)
def test_what_is_hidden_in_an_embedded_page_stays_away_and_is_said(html):
    found = embedding(html.encode())
    assert middle(found) == HIDDEN[html]
    is_hiding = "background" not in html
    assert found.report.dropped() == ["1 passage of hidden text"] * is_hiding


def test_pictures_of_an_embedded_page_are_counted():
    found = embedding(
        b"<p>a<img src=x><p hidden><img src=y><p style='visibility:hidden'><img src=z>"
    )
    assert found.report.dropped() == ["1 picture of an embedded part: add it by hand"]


def test_what_was_deleted_in_an_embedded_page_is_struck_through_if_changes_are_flagged():
    found = embedding(b"<p>a <del datetime=x>b</del></p>", changes=Changes.FLAG)
    assert middle(found) == "<p>a <s>b</s></p>"


def test_of_a_sheet_only_what_has_a_meaning_is_kept_and_no_more_than_anybody_writes():
    """Every element asks for all rules of its name, and for what they say."""
    rules = "p {color:red; font-family:'a;b'; display : none}" + "p {display:block}" * 10_000
    sheets = looks.Sheets([rules, f"b {{mso-hide:{'x' * 10_000}}}"])
    assert sheets.style("p", "a").startswith(" display : none;display:block;")
    assert len(sheets.style("p", "a")) < 5_000
    assert sheets.style("b", "") == ""


@pytest.mark.parametrize("html", ["<strong>a</strong>", "<section>a", "<u>a</u>", "<details>a"])
def test_a_fragment_of_a_page_is_a_page(html):
    assert middle(embedding(html.encode())) in ("<p>a</p>", "<p><strong>a</strong></p>")


@pytest.mark.parametrize(
    ("style", "said"),
    [
        ("font: italic bold 12px/1.5 'A; B', serif", {"em", "strong"}),
        ("font: 12px bold", {"upright", "light"}),
        ("font-weight: 650; FONT-STYLE: oblique 10deg", {"strong", "em"}),
        ("font-weight: bold; font-weight: wide", {"strong"}),
        ("font-weight: bold !important; font: 12px x", {"strong", "upright"}),
        ("text-decoration: underline line-through red", {"s"}),
        ("vertical-align: 3pt", set()),
        ("x: url(a;visibility:hidden); y: '\\'; display: none'", set()),
        ("/* display: none; */ mso-hide:\n all", {"hidden"}),
        ("mso-bidi-font-weight: bold; mso-display: none", set()),
        ("display", set()),
        (";;:;", set()),
    ],
)
def test_a_style_is_read_as_a_browser_reads_it(style, said):
    assert looks.says(style) == said


# Whole documents

INNER = docx(
    p("A heading", style="berschrift2"),
    p("Inner ", run("bold", "<w:b/>"), run("secret", "<w:vanish/>"), reference("footnote", 1)),
    p("item", number=(1, 0)),
    p(image("i1", "A crane")),
    f"<w:tbl>{row(cell(p('c1')), cell(p('c2')))}</w:tbl>",
    parts={"footnotes": notes("footnote", "By night."), "header": p("Draft 3")},
    files={"i1": b"bytes"},
)


def test_an_embedded_document_is_read_as_the_one_around_it_is():
    """With its notes, lists, tables and pictures; what it leaves behind stands in the report."""
    found = embedding(INNER)
    assert middle(found) == (
        '<h2>A heading</h2><p>Inner <strong>bold</strong><small class="footnote">By night.</small>'
        '</p><ul><li>item</li></ul><figure data-image="1"></figure>'
        "<table><tbody><tr><td>c1</td><td>c2</td></tr></tbody></table>"
    )
    assert found.report.dropped() == ["1 header or footer", "1 passage of hidden text"]


def test_documents_lie_in_documents_and_in_cells_and_their_pictures_are_counted_through():
    inner = docx('<w:altChunk r:id="deep"/>', p(image("i1")), chunks={"deep": INNER},
                 files={"i1": b"other"})  # fmt: skip
    found = embedding(inner, f"<w:tbl>{row(cell(HERE), cell(p('b')))}</w:tbl>")
    assert found.body.count("By night.") == 1
    assert found.body.index('data-image="1"') < found.body.index('data-image="2"')


def test_a_document_that_was_deleted_is_not_read():
    gone = deleted("x").replace("</w:del>", '<w:altChunk r:id="ch"/></w:del>')
    assert embedding(INNER, p("Text", gone)).body == "<p>Text</p>"


def test_documents_beyond_a_depth_a_number_or_a_size_are_named(monkeypatch):
    """Limits are shared: no file grows by being put in many times, at any depth."""
    deep = docx(p("deepest"))
    for _ in range(6):
        deep = docx(p("level"), HERE, chunks={"ch": deep})
    found = embedding(deep)
    assert found.body.count("level") == limits.DEEPEST_EMBEDDED
    assert found.report.dropped() == ["1 part in a form that cannot be read here"]
    many = HERE * (limits.MOST_EMBEDDED + 2)
    found = embedding(docx(p("one")), many)
    assert found.body.count("one") == limits.MOST_EMBEDDED
    assert found.report.dropped() == ["2 parts in forms that cannot be read here"]
    monkeypatch.setattr(limits, "ALL_EMBEDDED", 100)
    assert embedding(docx(p("one"))).body == "<p>Before</p><p>After</p>"


def test_a_page_that_is_put_in_a_thousand_times_does_not_grow_without_end():
    found = embedding(b"<p>" + b"x " * 400_000, HERE * 1_000)
    assert found.report.counts["parts"] == 1_000 - limits.ALL_LETTERS // 800_003 - 1


def test_a_bomb_within_a_document_is_named_and_the_text_around_it_is_read():
    bomb = docx(raw={"word/document.xml": b" " * 60_000_000})
    found = embedding(bomb)
    assert found.body == "<p>Before</p><p>After</p>"
    assert found.report.dropped() == ["1 part in a form that cannot be read here"]


# RTF and plain text

RTF = {
    r"{\rtf1\ansi\ansicpg1252 Caf\'e9\par two\tab words}": "<p>Café</p><p>two words</p>",
    r"{\rtf1\ansi\ansicpg1251 \'cf\'f0\'e8}": "<p>При</p>",
    r"{\rtf1\ansi\ansicpg932 \'93\'fa\'96{}\'7b}": "<p>日本</p>".replace("本", "\ufffd{"),
    r"{\rtf1\ansi\ansicpg932 \'93\'fa\'96\'7b}": "<p>日本</p>",
    r"{\rtf1\ansi{\fonttbl{\f0 Arial;}{\f1\fcharset204 Arial CYR{\*\falt x};}}\f1 \'cf\f0 \'cf}":
        "<p>ПÏ</p>",
    r"{\rtf1\mac caf\'8e}": "<p>café</p>",
    r"{\rtf1\ansicpg99999 caf\'e9}": "<p>café</p>",
    r"{\rtf1 \u1055?\uc0\u1088 i{\uc2\u1080 ab}\uc3\u1081\'41\'42 c!}": "<p>Прiийc!</p>",
    r"{\rtf1\uc1\u-10179?\u-8704?\u-4051 ?}": "<p>\U0001f600\uf02d</p>",
    r"{\rtf1 \{a\\b\} c\~d\_e\emdash f \ldblquote g\rdblquote}":
        "<p>{a\\b} c&nbsp;d‑e—f “g”</p>",
    r"{\rtf1{\fonttbl{\f0 Arial;}}{\colortbl;\red0;}{\stylesheet{Normal;}}{\info{\title No}}"
    r"{\*\generator No 1;}{\*\unheard No}Yes}": "<p>Yes</p>",
    r"{\rtf1 a {\b b{\i c}}\plain  d{\strike e}{\super 2}\b f\b0 g}":
        "<p>a <strong>b<em>c</em></strong> d<s>e</s><sup>2</sup>"
        "<strong>f</strong>g</p>",
    r"{\rtf1 \b a\plain b\super c\nosupersub d}": "<p><strong>a</strong>b<sup>c</sup>d</p>",
    r"{\rtf1 a{\field{\*\fldinst{HYPERLINK \"https://example.org/\"}}{\fldrslt{\ul b}}}c}":
        '<p>a<a href="https://example.org/">b</a>c</p>',
    r"{\rtf1 a{\footnote \chftn  note{\field{\*\fldinst x}{\fldrslt y}}}b\line c}":
        '<p>a<small class="footnote">notey</small>b<br>c</p>',
    r"{\rtf1 a\bin3 x{yb}": "<p>ab</p>",
    # As LibreOffice writes a note, and Word an equation.
    r"{\rtf1 a{\super \chftn}{\*\footnote\ftnalt note}b}":
        '<p>a<small class="footnote">note</small>b</p>',
    r"{\rtf1 a {\*\mmath{\*\moMath{\mr\mscr0 E=mc}}} b}": "<p>a E=mc b</p>",
    r"{\rtf1 a\bin3 }}}b}": "<p>ab</p>",
    r"{\rtf1\trowd a\cell b\cell\row c}": "<p>a</p><p>b</p><p>c</p>",
    r"{\rtf1 a <b> &amp; c": "<p>a &lt;b&gt; &amp;amp; c</p>",
    "{\\rtf1 a\nb\\\r\nc}": "<p>ab</p><p>c</p>",
}  # fmt: skip


@pytest.mark.parametrize("rtf", RTF)
def test_the_words_of_embedded_rtf_are_in_the_draft(rtf):
    found = embedding(rtf.encode("latin-1"))
    assert middle(found) == RTF[rtf]
    assert found.report.dropped() == []


def test_what_stands_beside_the_text_of_rtf_is_in_the_report():
    """Hidden and deleted words, comments, headers, text boxes, pictures, gateways."""
    found = embedding(
        rb"{\rtf1 a{\v secret{\b  too}}{\deleted gone}\v x\v0 b{\header Draft 3}"
        rb"{\*\atnauthor Bo}{\*\annotation{\*\atnref 1}Sure?}"
        rb"{\shp{\*\shpinst{\sp{\sn f}{\sv 1}}{\shptxt Boxed}}{\shprslt{Boxed}}}"
        rb"{\*\shppict{\pict 00ff}}{\nonshppict{\pict 00}}"
        rb'{\field{\*\fldinst HYPERLINK "https://www.google.com/url?q=https%3A%2F%2Fexample.org"}'
        rb"{\fldrslt c}}}"
    )
    assert middle(found) == '<p>ab<a href="https://example.org">c</a></p>'
    report = found.report
    assert report.dropped() == [
        "1 text box: its words are listed below",
        "1 header or footer",
        "1 picture of an embedded part: add it by hand",
        "1 address of a gateway in a link: it leads straight to its place",
        "2 passages of hidden text",
    ]
    assert (report.words["headers"], report.words["text boxes"]) == (["Draft 3"], ["Boxed"])
    assert [(one.who, one.words) for one in report.comments] == [("Bo", "Sure?")]
    assert [(one.kind, one.words) for one in report.changes] == [("Deleted", "gone")]


def test_words_of_rtf_are_hidden_until_they_are_plain_and_no_script_is_linked():
    found = embedding(
        rb'{\rtf1 a\v b\plain c{\field{\*\fldinst HYPERLINK "javascript:x"}{\fldrslt d}}}'
    )
    assert middle(found) == "<p>acd</p>"
    assert found.report.counts == {"embedded pictures": 0, "hidden": 1, "addresses": 1}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_plain_text_is_read_in_whatever_way_it_is_written(encoding):
    found = embedding("Café in Łódź 1 < 2\r\n\r\nand more".encode(encoding))
    assert middle(found) == "<p>Café in Łódź 1 &lt; 2</p><p>and more</p>"
